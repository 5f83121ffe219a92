//! What a name in a filter or sort means.
//!
//! - A client learns nothing about what it may not read: a hidden or password field gives exactly
//!   the error of a field that does not exist, suggestions included.
//! - Which fields `@request.auth` has depends on the collection the caller is in, which is part of
//!   the [`Scope`]; what the caller's collection does not have is NULL, as in the contract.

use super::join::{Join, Joins, Step, Whose};
use super::macros::Macro;
use super::mention::Mention;
use super::name::{Name, unknown_at_name};
use super::path::Start;
use super::scalar::Scalar;
use super::term::{Column, Term};
use super::{FilterError, Scope};
use crate::collection::Collection;

/// Looks names up for one author, and keeps the joins they take.
pub(crate) struct Resolver<'a> {
    pub(super) scope: Scope<'a>,
    pub(super) joins: Joins,
    pub(super) mentions: Vec<Mention>,
}

impl<'a> Resolver<'a> {
    /// A resolver whose names may share `joins` that are known already.
    pub(crate) fn new(scope: &Scope<'a>, joins: Joins) -> Self {
        Self {
            scope: *scope,
            joins,
            mentions: Vec::new(),
        }
    }

    /// The joins of all names that were looked up.
    pub(crate) fn into_joins(self) -> Joins {
        self.joins
    }

    /// The meaning of an identifier.
    pub(super) fn resolve(&mut self, written: &str, position: usize) -> Result<Term, FilterError> {
        if self.visible_field(self.scope.collection, written).is_none() {
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
        let name = Name::parse(written, position)?;
        match name.first() {
            "@request" => self.request(&name),
            "@collection" => self.cross(&name),
            first if first.starts_with('@') => Err(unknown_at_name(&name)),
            _ => self.own(&name).map(Term::Column),
        }
    }

    /// The meaning of a sort key: a field of the record, or one across relations.
    pub(crate) fn field(&mut self, written: &str, position: usize) -> Result<Column, FilterError> {
        if written.starts_with('@') {
            let message = format!(
                "{written:?} is not a sort key; sort by fields of the record, @rowid or @random"
            );
            return Err(FilterError::at(position, message));
        }
        self.own(&Name::parse(written, position)?)
    }

    /// A collection by name or id; the one that is filtered as its definition has it now, which may
    /// be newer than the catalog's.
    pub(super) fn collection(&self, name_or_id: &str) -> Option<&'a Collection> {
        let own = self.scope.collection;
        if own.id == name_or_id || own.name.eq_ignore_ascii_case(name_or_id) {
            return Some(own);
        }
        self.scope
            .collections
            .find(name_or_id)
            .map(|found| &**found)
    }

    fn own(&mut self, name: &Name<'_>) -> Result<Column, FilterError> {
        let start = Start {
            collection: self.scope.collection,
            whose: Whose::Own,
            lenient: false,
        };
        self.walk(start, &name.parts, name)?
            .ok_or_else(|| name.error(format!("unknown field {:?}", name.written)))
    }

    /// `@collection.NAME[:alias].field`
    fn cross(&mut self, name: &Name<'_>) -> Result<Term, FilterError> {
        let [_, part, rest @ ..] = name.parts.as_slice() else {
            return Err(name.error("@collection needs a name, as in @collection.name.field"));
        };
        let (found, alias) = part.text.split_once(':').unwrap_or((part.text, ""));
        let Some(collection) = self.collection(found) else {
            return Err(part.error(format!("unknown collection {found:?}")));
        };
        if rest.is_empty() {
            let message = format!("{:?} needs a field, as in {:?}", name.written, {
                format!("{}.id", name.written)
            });
            return Err(name.error(message));
        }
        self.mention_collection(collection, found, part.position);
        self.refuse_view(collection, part)?;
        let whose = self.joins.add(Join {
            from: Whose::Own,
            step: Step::All {
                collection: collection.number,
                alias: alias.to_owned(),
            },
            many: true,
            guarded: false,
        });
        let start = Start {
            collection,
            whose,
            lenient: false,
        };
        self.walk(start, rest, name)?
            .map(Term::Column)
            .ok_or_else(|| name.error(format!("unknown field {:?}", name.written)))
    }

    fn refuse_clients(&self, position: usize) -> Result<(), FilterError> {
        if self.scope.audience.sees_everything() {
            return Ok(());
        }
        super::check::refuse_superuser_names("@request.").map_err(|mut error| {
            error.position = position;
            error
        })
    }
}
