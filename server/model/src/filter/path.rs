//! Paths: from a record over relations to a field.
//!
//! A client's path leads only over relations that it may read, to records that it may list; one
//! over a collection that only superusers may list is refused (contract §3.2).

use super::join::{Join, Step, Whose};
use super::json_path::Segment;
use super::name::{Name, Part};
use super::resolve::Resolver;
use super::suggestion::hint;
use super::term::{Access, Column, Modifier, Storage, holds_names};
use super::{Audience, FilterError};
use crate::collection::Collection;
use crate::field::relation::RelationField;
use crate::field::{Field, FieldType};
use crate::id::FieldNumber;
use crate::limits::RELATION_HOPS_MAX;

/// Where a path starts.
#[derive(Clone, Copy)]
pub(super) struct Start<'a> {
    pub(super) collection: &'a Collection,
    pub(super) whose: Whose,
    /// Whether a field that does not exist is NULL instead of a mistake.
    pub(super) lenient: bool,
}

impl<'a> Resolver<'a> {
    /// The field at the end of a path; `None` where a lenient path names what does not exist.
    pub(super) fn walk(
        &mut self,
        start: Start<'a>,
        parts: &[Part<'_>],
        name: &Name<'_>,
    ) -> Result<Option<Column>, FilterError> {
        let mut here = start;
        let mut parts = parts;
        let mut hops = 0;
        while let [part, rest @ ..] = parts {
            let field = self.usable_field(here.collection, part, name)?;
            let is_own_id = field.is_some_and(|field| is_own_id(field, rest, name));
            // As in the contract, the relation whose id is read counts although it is not followed.
            if is_own_id && hops == RELATION_HOPS_MAX {
                return Err(too_far(part));
            }
            let ends = rest.is_empty() || is_own_id;
            if let Some(field) = field
                && (ends || field.kind.as_relation().is_none())
            {
                let rest = if ends { &[] } else { rest };
                self.mention_field(here.collection, field, part.position);
                return self.column(here, field, rest, name).map(Some);
            }
            let next = match field.and_then(|field| Some((field, field.kind.as_relation()?))) {
                Some((field, relation)) => {
                    self.mention_field(here.collection, field, part.position);
                    self.forward(here, (field, relation), part)?
                }
                None => match self.backward(here, part)? {
                    Some(next) => next,
                    None if here.lenient => return Ok(None),
                    None => return Err(self.unknown_field(here.collection, part)),
                },
            };
            hops += 1;
            if hops > RELATION_HOPS_MAX {
                return Err(too_far(part));
            }
            if rest.is_empty() {
                let message = format!(
                    "{:?} names records; name one of their fields, as in {:?}",
                    name.written,
                    format!("{}.id", name.written)
                );
                return Err(part.error(message));
            }
            here = next;
            parts = rest;
        }
        Ok(None)
    }

    /// A field as its path behind it and its modifier say.
    pub(super) fn column(
        &mut self,
        here: Start<'a>,
        field: &Field,
        rest: &[Part<'_>],
        name: &Name<'_>,
    ) -> Result<Column, FilterError> {
        let mut column = Column::whole(field, here.whose);
        column.shown_by = self.shown_by(here.collection, field);
        if !rest.is_empty() {
            column.access = path(field, rest, name)?;
        }
        match name.modifier {
            None => {}
            Some(Modifier::Lower) => column.lower = true,
            Some(Modifier::Each) if holds_names(field) => return Ok(self.items(&column)),
            Some(Modifier::Length) if holds_names(field) => column.access = Access::Length,
            // As in the contract: without meaning for other types, and ignored there.
            Some(Modifier::Each | Modifier::Length) => {}
            Some(Modifier::IsSet | Modifier::Changed) => {
                return Err(name.not_submitted());
            }
        }
        Ok(column)
    }

    /// A field that the author may compare; `None` where there is none of that name.
    fn usable_field(
        &self,
        collection: &'a Collection,
        part: &Part<'_>,
        name: &Name<'_>,
    ) -> Result<Option<&'a Field>, FilterError> {
        match self.visible_field(collection, part.text) {
            Some(field) if field.kind.as_password().is_some() => {
                let message = format!(
                    "{:?} is a password; passwords cannot be compared",
                    part.text
                );
                Err(part.error(message))
            }
            Some(field) => Ok(Some(field)),
            None if matches!(part.text, "collectionId" | "collectionName" | "expand")
                && name.first() != "@request" =>
            {
                Err(part.error(format!("{:?} is not stored in records", part.text)))
            }
            None => Ok(None),
        }
    }

    /// For a client, a field that it may not use is one that does not exist.
    pub(super) fn visible_field(
        &self,
        collection: &'a Collection,
        name: &str,
    ) -> Option<&'a Field> {
        let field = collection.field(name)?;
        (self.scope.audience.sees_hidden() || self.may_use(field)).then_some(field)
    }

    fn may_use(&self, field: &Field) -> bool {
        let readable = !field.hidden || self.scope.audience.sees_hidden();
        readable && field.kind.as_password().is_none()
    }

    fn unknown_field(&self, collection: &Collection, part: &Part<'_>) -> FilterError {
        let visible = collection.fields.iter().filter(|field| self.may_use(field));
        let hint = hint(part.text, visible.map(|field| field.name.as_str()));
        part.error(format!("unknown field {:?}{hint}", part.text))
    }

    fn forward(
        &mut self,
        here: Start<'a>,
        (field, relation): (&Field, &RelationField),
        part: &Part<'_>,
    ) -> Result<Start<'a>, FilterError> {
        let Some(target) = self.collection(&relation.collection_id) else {
            let message = format!("the collection that {:?} relates to is gone", part.text);
            return Err(part.error(message));
        };
        let collection = target.number;
        if !relation.is_multiple() {
            let field = field.number;
            return self.join(
                here,
                target,
                (Step::Named { field, collection }, false),
                part,
            );
        }
        // The record of one item: `tags:each` and `tags.name` speak of the same one.
        let items = self.items(&Column::whole(field, here.whose));
        let item = Start {
            whose: items.whose,
            ..here
        };
        self.join(item, target, (Step::Item { collection }, false), part)
    }

    /// `COLLECTION_via_FIELD`; `None` where the part does not name a relation to here.
    fn backward(
        &mut self,
        here: Start<'a>,
        part: &Part<'_>,
    ) -> Result<Option<Start<'a>>, FilterError> {
        let Some((named, by)) = part.text.rsplit_once("_via_") else {
            return Ok(None);
        };
        let found = self.referring_field(here.collection, (named, by), part);
        let (source, field, relation) = match found {
            Err(_) if here.lenient => return Ok(None),
            found => found?,
        };
        let behind = part.position + named.chars().count() + "_via_".len();
        self.mention_collection(source, named, part.position);
        self.mention_field(source, field, behind);
        let many = relation.is_multiple() || source.unique_index(field.number).is_none();
        let step = Step::Referring {
            field: field.number,
            collection: source.number,
        };
        self.join(here, source, (step, many), part).map(Some)
    }

    /// The relation field of another collection that relates to this one.
    fn referring_field(
        &self,
        target: &Collection,
        (named, by): (&str, &str),
        part: &Part<'_>,
    ) -> Result<(&'a Collection, &'a Field, &'a RelationField), FilterError> {
        let Some(source) = self.collection(named) else {
            return Err(part.error(format!("unknown collection {named:?} in {:?}", part.text)));
        };
        let found = self.visible_field(source, by);
        let Some((field, relation)) =
            found.and_then(|field| Some((field, field.kind.as_relation()?)))
        else {
            let relations = source
                .fields
                .iter()
                .filter(|field| self.may_use(field) && field.kind.as_relation().is_some());
            let hint = hint(by, relations.map(|field| field.name.as_str()));
            let message = format!("{named:?} has no relation field {by:?}{hint}");
            return Err(part.error(message));
        };
        if relation.collection_id != target.id {
            let message = format!(
                "the field {by:?} of {named:?} does not relate to {:?}",
                target.name
            );
            return Err(part.error(message));
        }
        Ok((source, field, relation))
    }

    fn join(
        &mut self,
        here: Start<'a>,
        target: &'a Collection,
        (step, many): (Step, bool),
        part: &Part<'_>,
    ) -> Result<Start<'a>, FilterError> {
        self.refuse_view(target, part)?;
        let guarded = match &target.rules.list {
            _ if self.scope.audience.sees_everything() => false,
            _ if self.scope.audience == Audience::SuperuserKey => true,
            Some(_) if self.scope.audience == Audience::Key => true,
            Some(rule) => !rule.is_empty(),
            None => {
                let message = format!(
                    "{:?} leads to records of {:?}, which only superusers can list",
                    part.text, target.name
                );
                return Err(part.error(message));
            }
        };
        let whose = self.joins.add(Join {
            from: here.whose,
            step,
            many,
            guarded,
        });
        Ok(Start {
            collection: target,
            whose,
            lenient: here.lenient,
        })
    }

    pub(super) fn refuse_view(
        &self,
        collection: &Collection,
        part: &Part<'_>,
    ) -> Result<(), FilterError> {
        if !collection.is_view() {
            return Ok(());
        }
        let message = format!(
            "{:?} is a view, whose records cannot be read yet",
            collection.name
        );
        Err(part.error(message))
    }

    /// Each value of a column.
    pub(super) fn items(&mut self, column: &Column) -> Column {
        let whose = self.joins.add(Join {
            from: column.whose,
            step: Step::Items(Box::new(column.clone())),
            many: true,
            guarded: false,
        });
        Column {
            whose,
            access: Access::Item,
            ..column.clone()
        }
    }

    /// The field that says where an e-mail address is shown, if the author is a client.
    fn shown_by(&self, collection: &Collection, field: &Field) -> Option<FieldNumber> {
        if self.scope.audience.sees_hidden() {
            return None;
        }
        collection.auth()?;
        let email = collection.field("email")?;
        let shown_by = collection.field("emailVisibility")?;
        (email.number == field.number).then_some(shown_by.number)
    }
}

fn too_far(part: &Part<'_>) -> FilterError {
    part.error(format!(
        "a path crosses at most {RELATION_HOPS_MAX} relations"
    ))
}

/// Whether `relation.id` is all that is left, which is the stored value of a single relation: no
/// record is looked up for it.
fn is_own_id(field: &Field, rest: &[Part<'_>], name: &Name<'_>) -> bool {
    let is_single = field
        .kind
        .as_relation()
        .is_some_and(|relation| !relation.is_multiple());
    is_single && name.modifier.is_none() && matches!(rest, [only] if only.text == "id")
}

fn path(field: &Field, rest: &[Part<'_>], name: &Name<'_>) -> Result<Access, FilterError> {
    match Storage::of(field) {
        Storage::Json | Storage::GeoPoint => Ok(Access::Path(
            rest.iter().map(|part| Segment::parse(part.text)).collect(),
        )),
        _ => {
            let message = format!(
                "{:?}: the {} field {:?} has no parts; only json, geoPoint and relation fields \
                 have",
                name.written,
                field.kind.type_name(),
                field.name
            );
            Err(name.error(message))
        }
    }
}
