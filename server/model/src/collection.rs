//! A collection as it is defined: its fields, rules, indexes and options.

use std::sync::Arc;

use crate::field::Field;
use crate::id::{CollectionNumber, FieldNumber};
use crate::index::IndexDefinition;
use crate::timestamp::Timestamp;

/// Finds collections by what a client may write for them. The catalog implements it.
pub trait Collections {
    /// By name (without regard to ASCII case) or public id.
    fn find(&self, name_or_id: &str) -> Option<&Arc<Collection>>;
}

/// A collection. Immutable once it is in the catalog; a change makes a new one.
#[derive(Clone, Debug)]
pub struct Collection {
    /// Where its records are stored.
    pub number: CollectionNumber,
    /// Its public id, e.g. `pbc_4048533520`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Made by the system: fields and rules immutable, cannot be deleted.
    pub system: bool,
    /// Base, auth with its options, or view with its query.
    pub kind: CollectionKind,
    /// In the order of the definition; the first is `id`.
    pub fields: Vec<Field>,
    /// Who may do what.
    pub rules: Rules,
    /// In the order of the definition.
    pub indexes: Vec<IndexDefinition>,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// The number the next new field gets.
    pub next_field_number: FieldNumber,
}

/// What a collection is for. The type is immutable.
#[derive(Clone, Debug)]
pub enum CollectionKind {
    /// Records.
    Base,
    /// Records that sign in.
    Auth(Box<AuthOptions>),
    /// A stored query; its records cannot be read yet.
    View {
        /// One SELECT statement, kept as it was sent.
        query: String,
    },
}

/// `None`: superusers only. `Some("")`: everyone. Otherwise a filter expression.
pub type Rule = Option<String>;

/// The API rules of a collection (contract §4).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// Which records a list shows.
    pub list: Rule,
    /// Which records can be viewed.
    pub view: Rule,
    /// Which would-be records may be created.
    pub create: Rule,
    /// Which records may be updated.
    pub update: Rule,
    /// Which records may be deleted.
    pub delete: Rule,
}

/// The options of an auth collection (contract §2.6), secrets included.
/// The parts are in the JSON order of the contract.
#[derive(Clone, Debug)]
pub struct AuthOptions {
    /// Checked on every auth answer; `None`: nobody can sign in.
    pub auth_rule: Rule,
    /// Lets a non-superuser manage records; `None`: nobody.
    pub manage_rule: Rule,
}

impl Collection {
    /// A field by its exact name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// A field by its number.
    #[must_use]
    pub fn field_by_number(&self, number: FieldNumber) -> Option<&Field> {
        self.fields.iter().find(|field| field.number == number)
    }

    /// The auth options of an auth collection.
    #[must_use]
    pub fn auth(&self) -> Option<&AuthOptions> {
        match &self.kind {
            CollectionKind::Auth(options) => Some(options),
            CollectionKind::Base | CollectionKind::View { .. } => None,
        }
    }
}
