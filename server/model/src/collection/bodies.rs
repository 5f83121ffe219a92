//! What records of a collection look like, and the bodies that create and update them, key by key.
//!
//! It is what a client sees who is no superuser: hidden fields are left out, which such a client
//! neither reads nor writes, but for the password of an auth record. `all` is what superusers see.
//! Rules are not looked at: they may let nobody write.

use super::Collection;
use crate::field::shape::{Form, Presence, Shape, TextForm, TextFormat};
use crate::field::{Field, Modifier};

/// A key of a body or a record.
#[derive(Clone, Debug)]
pub struct Member<'a> {
    /// The key.
    pub key: String,
    /// What stands there when it is not empty.
    pub form: Form,
    /// In a record: whether it is always there. In a body: whether it is refused without.
    pub needed: bool,
    /// Whether an empty value is refused.
    pub filled: bool,
    /// The field that it belongs to; `None` for what a sign-in record is sent beside its fields.
    pub field: Option<&'a Field>,
    /// How it changes the field; `None` where it sets it.
    pub modifier: Option<Modifier>,
}

impl Collection {
    /// The fields of a record as it is read, without `collectionId`, `collectionName` and
    /// `expand`. An e-mail address may be missing, as its record says; a password is a text of no
    /// characters.
    #[must_use]
    pub fn record_members(&self, all: bool) -> Vec<Member<'_>> {
        let signs_in = self.auth().is_some();
        let is_secret = |field: &Field| {
            signs_in && field.system && matches!(field.name.as_str(), "password" | "tokenKey")
        };
        let shapes = self.shapes(all).into_iter();
        let shown = shapes.filter(|(field, _)| !is_secret(field));
        shown
            .map(|(field, shape)| {
                let mut member = Member::of(field, &shape);
                member.needed = !(signs_in && field.name == "email");
                if !shape.readable {
                    member.filled = false;
                    member.form = Form::Text(TextForm {
                        max_chars: Some(0),
                        ..TextForm::default()
                    });
                }
                member
            })
            .collect()
    }

    /// The keys of a body that creates a record; none where records cannot be written.
    #[must_use]
    pub fn create_members(&self, all: bool) -> Vec<Member<'_>> {
        let mut members = self.written(all, |shape| shape.create);
        for member in &mut members {
            // An empty text is what a generated one stands in for.
            member.filled &= !member.field.is_some_and(is_generated);
        }
        self.add_password_keys(&mut members, &[("passwordConfirm", true)]);
        members
    }

    /// The keys of a body that updates a record; none where records cannot be written.
    #[must_use]
    pub fn update_members(&self, all: bool) -> Vec<Member<'_>> {
        let mut members = self.written(all, |shape| shape.update);
        let keys = [("passwordConfirm", false), ("oldPassword", false)];
        self.add_password_keys(&mut members, &keys);
        members
    }

    fn shapes(&self, all: bool) -> Vec<(&Field, Shape)> {
        let signs_in = self.auth().is_some();
        let fields = self.fields.iter();
        fields
            .filter(|field| all || !field.hidden || (signs_in && field.name == "password"))
            .map(|field| (field, field.shape()))
            .collect()
    }

    fn written(&self, all: bool, presence: impl Fn(&Shape) -> Presence) -> Vec<Member<'_>> {
        let mut members = Vec::new();
        if self.is_view() {
            return members;
        }
        for (field, shape) in self.shapes(all) {
            let presence = presence(&shape);
            if presence == Presence::Never {
                continue;
            }
            members.push(Member {
                needed: presence == Presence::Needed,
                ..Member::of(field, &shape)
            });
            members.extend(shape.modifiers.into_iter().map(|(modifier, form)| Member {
                key: modifier.key(&field.name),
                form,
                needed: false,
                filled: false,
                field: Some(field),
                modifier: Some(modifier),
            }));
        }
        members
    }

    fn add_password_keys(&self, members: &mut Vec<Member<'_>>, keys: &[(&str, bool)]) {
        if self.auth().is_none() {
            return;
        }
        members.extend(keys.iter().map(|(key, needed)| Member {
            key: (*key).to_owned(),
            form: Form::Text(TextForm {
                format: TextFormat::Password,
                ..TextForm::default()
            }),
            needed: *needed,
            filled: *needed,
            field: None,
            modifier: None,
        }));
    }
}

fn is_generated(field: &Field) -> bool {
    let text = field.kind.as_text();
    text.is_some_and(|text| !text.autogenerate_pattern.is_empty())
}

impl<'a> Member<'a> {
    fn of(field: &'a Field, shape: &Shape) -> Self {
        Self {
            key: field.name.clone(),
            form: shape.form.clone(),
            needed: true,
            filled: shape.required,
            field: Some(field),
            modifier: None,
        }
    }
}
