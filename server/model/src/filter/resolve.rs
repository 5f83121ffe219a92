//! What a name in a filter or sort means.

use super::json_path::Segment;
use super::macros::{MACROS, Macro};
use super::scalar::Scalar;
use super::suggestion::nearest;
use super::term::{Access, Column, Modifier, RequestTerm, Storage, Term, holds_names};
use super::{Audience, FilterError, Scope};
use crate::field::Field;
use crate::id::FieldNumber;

/// Looks names up for one author.
pub(crate) struct Resolver<'a> {
    scope: &'a Scope<'a>,
}

/// A name cut into its parts, with its place for messages.
struct Name<'a> {
    written: &'a str,
    position: usize,
    first: &'a str,
    rest: Vec<&'a str>,
    modifier: Option<Modifier>,
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(scope: &'a Scope<'a>) -> Self {
        Self { scope }
    }

    /// The meaning of an identifier.
    pub(super) fn resolve(&self, written: &str, position: usize) -> Result<Term, FilterError> {
        if self.visible_field(written).is_none() {
            match written.to_ascii_lowercase().as_str() {
                "null" => return Ok(Term::Constant(Scalar::Null)),
                "true" => return Ok(Term::Constant(Scalar::Integer(1))),
                "false" => return Ok(Term::Constant(Scalar::Integer(0))),
                _ => {}
            }
        }
        if let Some(found) = Macro::named(written) {
            return Ok(Term::Macro(found));
        }
        if written.starts_with("@collection.") || written.starts_with("@request.") {
            self.refuse_clients(position)?;
        }
        if written.starts_with("@collection.") {
            return Err(not_yet(written, position));
        }
        let name = Name::parse(written, position)?;
        match name.first {
            "@request" => self.request(&name),
            first if first.starts_with('@') => Err(unknown_at_name(&name)),
            _ => self.column(&name).map(Term::Own),
        }
    }

    /// The meaning of the name of a field, with path and modifier.
    pub(crate) fn field(&self, written: &str, position: usize) -> Result<Column, FilterError> {
        if written.starts_with("@collection.") {
            return Err(not_yet(written, position));
        }
        if written.starts_with('@') {
            let message = format!(
                "{written:?} is not a sort key; sort by fields of the record, @rowid or @random"
            );
            return Err(FilterError::at(position, message));
        }
        self.column(&Name::parse(written, position)?)
    }

    /// The field that says where an e-mail address is shown, if the author is a client and
    /// `reads_email` finds that the address is read.
    pub(crate) fn email_shown_by(
        &self,
        reads_email: impl FnOnce(&Field) -> bool,
    ) -> Option<FieldNumber> {
        if self.scope.audience != Audience::Client {
            return None;
        }
        self.scope.collection.auth()?;
        let email = self.scope.collection.field("email")?;
        let shown_by = self.scope.collection.field("emailVisibility")?;
        reads_email(email).then_some(shown_by.number)
    }

    fn column(&self, name: &Name<'_>) -> Result<Column, FilterError> {
        let field = self.usable_field(name)?;
        let mut column = Column::whole(field);
        if !name.rest.is_empty() {
            column.access = self.path(field, name)?;
        }
        match name.modifier {
            None => {}
            Some(Modifier::Lower) => column.lower = true,
            Some(Modifier::Each) if holds_names(field) => column.access = Access::Each,
            Some(Modifier::Length) if holds_names(field) => column.access = Access::Length,
            // As in the contract: without meaning for other types, and ignored there.
            Some(Modifier::Each | Modifier::Length) => {}
            Some(Modifier::IsSet | Modifier::Changed) => {
                let message = format!(
                    "{:?}: :isset and :changed belong to @request.…, not to a field of the record",
                    name.written
                );
                return Err(FilterError::at(name.position, message));
            }
        }
        Ok(column)
    }

    fn path(&self, field: &Field, name: &Name<'_>) -> Result<Access, FilterError> {
        if field.kind.as_relation().is_some() {
            return Err(not_yet(name.written, name.position));
        }
        match Storage::of(field) {
            Storage::Json | Storage::GeoPoint => Ok(Access::Path(
                name.rest.iter().map(|part| Segment::parse(part)).collect(),
            )),
            _ => {
                let message = format!(
                    "{:?}: the {} field {:?} has no parts; only json, geoPoint and relation \
                     fields have",
                    name.written,
                    field.kind.type_name(),
                    field.name
                );
                Err(FilterError::at(name.position, message))
            }
        }
    }

    /// A field that the author may use.
    fn usable_field(&self, name: &Name<'_>) -> Result<&'a Field, FilterError> {
        match self.visible_field(name.first) {
            Some(field) if field.kind.as_password().is_none() => return Ok(field),
            Some(_) => {
                let message = format!(
                    "{:?} is a password; passwords cannot be compared",
                    name.first
                );
                return Err(FilterError::at(name.position, message));
            }
            None => {}
        }
        if matches!(name.first, "collectionId" | "collectionName" | "expand") {
            let message = format!("{:?} is not stored in records", name.first);
            return Err(FilterError::at(name.position, message));
        }
        if name.first.contains("_via_") {
            return Err(not_yet(name.written, name.position));
        }
        let fields = &self.scope.collection.fields;
        let visible = fields.iter().filter(|field| self.may_use(field));
        let hint = nearest(name.first, visible.map(|field| field.name.as_str()))
            .map_or_else(String::new, |known| format!("; did you mean {known:?}?"));
        let message = format!("unknown field {:?}{hint}", name.first);
        Err(FilterError::at(name.position, message))
    }

    /// For a client, a field that it may not use is one that does not exist.
    fn visible_field(&self, name: &str) -> Option<&'a Field> {
        let field = self.scope.collection.field(name)?;
        (self.scope.audience != Audience::Client || self.may_use(field)).then_some(field)
    }

    fn may_use(&self, field: &Field) -> bool {
        let readable = !field.hidden || self.scope.audience != Audience::Client;
        readable && field.kind.as_password().is_none()
    }

    fn refuse_clients(&self, position: usize) -> Result<(), FilterError> {
        if self.scope.audience != Audience::Client {
            return Ok(());
        }
        super::check::refuse_superuser_names("@request.").map_err(|mut error| {
            error.position = position;
            error
        })
    }

    fn request(&self, name: &Name<'_>) -> Result<Term, FilterError> {
        let mut rest = name.rest.iter();
        let part = rest.next().copied().unwrap_or_default();
        let key = rest.next().map(|key| (*key).to_owned());
        let path: Vec<Segment> = rest.map(|part| Segment::parse(part)).collect();
        let modifier = name.modifier;
        let term = match (part, key) {
            ("context", None) if modifier.is_none() => RequestTerm::Context,
            ("method", None) if modifier.is_none() => RequestTerm::Method,
            ("context" | "method", None) => {
                let message = format!("@request.{part} takes no modifier");
                return Err(FilterError::at(name.position, message));
            }
            ("query", Some(key)) => {
                name.admit(&[Modifier::IsSet, Modifier::Lower])?;
                RequestTerm::Query {
                    key,
                    path,
                    modifier,
                }
            }
            ("headers", Some(key)) => {
                name.admit(&[Modifier::IsSet, Modifier::Lower])?;
                RequestTerm::Header {
                    key,
                    path,
                    modifier,
                }
            }
            ("body", Some(key)) => return self.body(name, key, path),
            ("auth", Some(key)) => return self.auth(name, key, path),
            ("query" | "headers" | "body" | "auth", None) => {
                let message = format!("@request.{part} needs a name, as in @request.{part}.name");
                return Err(FilterError::at(name.position, message));
            }
            _ => {
                let message = format!(
                    "unknown name {:?}; @request has context, method, query, headers, body and \
                     auth",
                    name.written
                );
                return Err(FilterError::at(name.position, message));
            }
        };
        Ok(Term::Request(term))
    }

    fn body(&self, name: &Name<'_>, key: String, path: Vec<Segment>) -> Result<Term, FilterError> {
        let field = self.scope.collection.field(&key);
        let is_relation = field.is_some_and(|field| field.kind.as_relation().is_some());
        if is_relation && !path.is_empty() {
            return Err(not_yet(name.written, name.position));
        }
        match (name.modifier, field) {
            (Some(Modifier::Changed), Some(field)) if path.is_empty() => {
                return Ok(Term::Changed {
                    key,
                    column: Column::whole(field),
                });
            }
            (Some(Modifier::Each | Modifier::Length), Some(field))
                if path.is_empty() && holds_names(field) => {}
            (None | Some(Modifier::IsSet | Modifier::Lower), _) => {}
            (Some(modifier), _) => {
                let wanted = match modifier {
                    Modifier::Changed => "needs a field of the collection",
                    _ => "needs a select, file or relation field of the collection",
                };
                let message = format!("{:?}: this modifier {wanted}", name.written);
                return Err(FilterError::at(name.position, message));
            }
        }
        Ok(Term::Request(RequestTerm::Body {
            key,
            path,
            modifier: name.modifier,
            storage: field.map(Storage::of),
        }))
    }

    fn auth(&self, name: &Name<'_>, key: String, path: Vec<Segment>) -> Result<Term, FilterError> {
        name.admit(&[Modifier::Lower, Modifier::Each, Modifier::Length])?;
        if key.contains("_via_") {
            return Err(not_yet(name.written, name.position));
        }
        if key == "password" {
            let message = "\"password\" is a password; passwords cannot be compared";
            return Err(FilterError::at(name.position, message));
        }
        let own = Some(self.scope.collection).filter(|own| own.auth().is_some());
        let field = own.and_then(|own| own.field(&key));
        if !path.is_empty() && field.is_some_and(|field| field.kind.as_relation().is_some()) {
            return Err(not_yet(name.written, name.position));
        }
        Ok(Term::Auth {
            name: key,
            path,
            modifier: name.modifier,
        })
    }
}

impl<'a> Name<'a> {
    fn parse(written: &'a str, position: usize) -> Result<Self, FilterError> {
        let (dotted, modifier) = match written.split_once(':') {
            Some((dotted, modifier)) => (dotted, Some(modifier)),
            None => (written, None),
        };
        let mut parts = dotted.split('.');
        let first = parts.next().unwrap_or_default();
        let rest: Vec<&str> = parts.collect();
        if first.is_empty() || rest.iter().any(|part| part.is_empty()) {
            let message = format!("the name {written:?} has an empty part");
            return Err(FilterError::at(position, message));
        }
        let modifier = match modifier {
            Some(modifier) => Some(Modifier::named(modifier).ok_or_else(|| {
                let known = Modifier::ALL.map(|(name, _)| format!(":{name}")).join(" ");
                let message =
                    format!("unknown modifier \":{modifier}\"; a name takes one of {known}");
                FilterError::at(position, message)
            })?),
            None => None,
        };
        Ok(Self {
            written,
            position,
            first,
            rest,
            modifier,
        })
    }

    fn admit(&self, modifiers: &[Modifier]) -> Result<(), FilterError> {
        match self.modifier {
            Some(modifier) if !modifiers.contains(&modifier) => {
                let message = format!("{:?}: this name does not take the modifier", self.written);
                Err(FilterError::at(self.position, message))
            }
            _ => Ok(()),
        }
    }
}

fn unknown_at_name(name: &Name<'_>) -> FilterError {
    if matches!(name.written, "@rowid" | "@random") {
        let message = format!("{} is a sort key and cannot be compared", name.written);
        return FilterError::at(name.position, message);
    }
    let known = MACROS
        .iter()
        .map(|(known, _)| *known)
        .chain(["@request", "@collection"]);
    let hint = nearest(name.first, known)
        .map_or_else(String::new, |known| format!("; did you mean {known:?}?"));
    FilterError::at(
        name.position,
        format!("unknown name {:?}{hint}", name.written),
    )
}

/// What crosses to other records, which is not built yet.
fn not_yet(written: &str, position: usize) -> FilterError {
    let message = format!("{written:?}: paths across relations are not available yet");
    FilterError::at(position, message)
}
