//! A collection as it is defined: its fields, rules, indexes and options.
//!
//! - A collection is a value: nothing here knows where it is stored or who may change it.
//! - Numbers (of the collection, its fields, its indexes) never change their meaning; names may.
//! - What is shown leaves secrets out; what is stored has everything; see `json.rs`.

use std::sync::Arc;

use serde::Deserialize;

use crate::field::Field;
use crate::id::{CollectionNumber, FieldNumber};
use crate::index::IndexDefinition;
use crate::search::SearchOptions;
use crate::timestamp::Timestamp;

mod auth_options;
mod bodies;
mod cookie_options;
mod factor_options;
mod indexing;
mod json;
mod merge;
mod numbering;
mod passkey_options;
mod providers;
mod rule_tests;
mod searching;
mod secret;
mod submission;
mod system_fields;
mod templates;
#[cfg(test)]
mod tests;
mod validate;
mod validate_auth;

pub use auth_options::{
    AuthAlert, AuthOptions, MappedFields, MfaOptions, OAuth2Options, OAuth2Provider, OtpOptions,
    PasswordAuth, TokenOptions,
};
pub use bodies::Member;
pub use cookie_options::{CookieOptions, SameSite};
pub use factor_options::{AnonymousOptions, MagicLinkOptions};
pub use json::DamagedDefinition;
pub use passkey_options::PasskeyOptions;
pub use providers::{PROVIDERS, Provider};
pub use rule_tests::{RuleAction, RuleAttempt, RulePrincipal, RuleTestDefinition};
pub use secret::Secret;
pub use submission::{Draft, Malformed, Submission, Surroundings};

pub use templates::EmailTemplate;

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
    /// Its place in the order of creation; stays when the number changes.
    pub order: u32,
    /// Names this state of the definition; larger after every change.
    pub revision: u64,
    /// Its public id, e.g. `pbc_4048533520`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Made by the system: fields and rules immutable, cannot be deleted.
    pub system: bool,
    /// Base, auth with its options, or view with its query.
    pub kind: CollectionKind,
    /// In the order of the definition; one of them is `id` (not in a view).
    pub fields: Vec<Field>,
    /// Who may do what.
    pub rules: Rules,
    /// Saved tests of its rules, in the order of the definition.
    pub rule_tests: Vec<RuleTestDefinition>,
    /// How it is searched; `None` where it is not.
    pub search: Option<SearchOptions>,
    /// In the order of the definition; those that are being built are last.
    pub indexes: Vec<IndexDefinition>,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// The number the next new field gets.
    pub next_field_number: FieldNumber,
    /// Fields that indexes under construction need already; not to be seen otherwise.
    pub pending_fields: Vec<Field>,
    /// Values of a field are being converted: its records can be read, writes wait.
    pub frozen: bool,
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Rules {
    /// Which records a list shows.
    #[serde(rename = "listRule")]
    pub list: Rule,
    /// Which records can be viewed.
    #[serde(rename = "viewRule")]
    pub view: Rule,
    /// Which would-be records may be created.
    #[serde(rename = "createRule")]
    pub create: Rule,
    /// Which records may be updated.
    #[serde(rename = "updateRule")]
    pub update: Rule,
    /// Which records may be deleted.
    #[serde(rename = "deleteRule")]
    pub delete: Rule,
}

impl Rules {
    /// Every rule with its key in JSON, in the order of the contract.
    #[must_use]
    pub fn by_key(&self) -> [(&'static str, &Rule); 5] {
        [
            ("listRule", &self.list),
            ("viewRule", &self.view),
            ("createRule", &self.create),
            ("updateRule", &self.update),
            ("deleteRule", &self.delete),
        ]
    }
}

impl CollectionKind {
    /// The `type` of the contract.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Auth(_) => "auth",
            Self::View { .. } => "view",
        }
    }
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
        self.fields
            .iter()
            .chain(&self.pending_fields)
            .find(|field| field.number == number)
    }

    /// A field by its public id.
    #[must_use]
    pub fn field_by_id(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// The auth options of an auth collection.
    #[must_use]
    pub fn auth(&self) -> Option<&AuthOptions> {
        match &self.kind {
            CollectionKind::Auth(options) => Some(options),
            CollectionKind::Base | CollectionKind::View { .. } => None,
        }
    }

    /// The text of a rule; `None` where it is locked, or of another kind of collections.
    #[must_use]
    pub fn rule(&self, action: RuleAction) -> Option<&String> {
        let auth = self.auth();
        let rule = match action {
            RuleAction::List => &self.rules.list,
            RuleAction::View => &self.rules.view,
            RuleAction::Create => &self.rules.create,
            RuleAction::Update => &self.rules.update,
            RuleAction::Delete => &self.rules.delete,
            RuleAction::Manage => &auth?.manage_rule,
            RuleAction::Auth => &auth?.auth_rule,
        };
        rule.as_ref()
    }

    /// Whether it is a stored query.
    #[must_use]
    pub fn is_view(&self) -> bool {
        matches!(self.kind, CollectionKind::View { .. })
    }

    /// Whether it holds the superusers.
    #[must_use]
    pub fn is_superusers(&self) -> bool {
        self.system && self.name == SUPERUSERS
    }

    /// Its indexes that reads may use and people may see.
    pub fn ready_indexes(&self) -> impl Iterator<Item = &IndexDefinition> {
        self.indexes.iter().filter(|index| index.is_ready())
    }

    /// The unique index over this field alone.
    #[must_use]
    pub fn unique_index(&self, field: FieldNumber) -> Option<&IndexDefinition> {
        self.ready_indexes()
            .find(|index| index.unique && index.single_field() == Some(field))
    }

    /// Whether one of its relation fields points at the collection with this id.
    #[must_use]
    pub fn references(&self, id: &str) -> bool {
        self.fields
            .iter()
            .filter_map(|field| field.kind.as_relation())
            .any(|relation| relation.collection_id == id)
    }
}

/// The name of the collection of superusers.
pub const SUPERUSERS: &str = "_superusers";
