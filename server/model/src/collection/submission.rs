//! A collection from submitted JSON, laid over the stored one or over a blank one (contract §1.1).
//!
//! - Nested option objects merge, `fields`, `indexes` and `search` are replaced, unknown keys are
//!   ignored.
//! - A field that keeps its id keeps its number, so renaming rewrites nothing; an index with the
//!   same columns and condition keeps its number, so nothing is built anew.
//! - The numbers of the collection and of new indexes stay 0: the catalog gives them.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::cookie_options::CookieOptions;
use super::factor_options::{AnonymousOptions, MagicLinkOptions};
use super::merge::{lay_over_providers, null_means};
use super::passkey_options::PasskeyOptions;
use super::rule_tests;
use super::system_fields::Shape;
use super::{
    AuthOptions, Collection, CollectionKind, Collections, OAuth2Options, Secret, indexing,
    numbering, searching,
};
use crate::id::{CollectionNumber, FieldNumber, derived_id};
use crate::invalid::{Violation, Violations};
use crate::limits::{SUPERUSER_TOKEN_SECONDS_DEFAULT, TOKEN_SECRET_CHARS};
use crate::overlay::lay_over;
use crate::search::SearchOptions;
use crate::timestamp::Timestamp;

/// What surrounds a collection: the others, for names, ids and references.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// Finds them.
    pub collections: &'a dyn Collections,
    /// All of them.
    pub all: &'a [Arc<Collection>],
}

/// A submitted definition and what it is laid over.
pub struct Submission<'a> {
    /// What was sent.
    pub body: &'a Map<String, Json>,
    /// The stored collection, when it is an update.
    pub before: Option<&'a Collection>,
    /// The other collections.
    pub surroundings: Surroundings<'a>,
    /// The time of the change.
    pub now: Timestamp,
    /// Makes a random text of a length.
    pub draw: &'a mut dyn FnMut(usize) -> String,
}

/// A collection that was read but not checked yet.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The collection.
    pub collection: Collection,
    /// What was found wrong while reading it.
    pub(super) violations: Violations,
    /// Fields by their position where they were understood.
    pub(super) positions: Vec<usize>,
}

/// Why submitted JSON is not a collection at all; names the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

/// The keys all types have.
#[derive(Deserialize)]
struct Common {
    id: String,
    name: String,
    #[serde(rename = "type")]
    type_name: String,
    system: bool,
    fields: Vec<Map<String, Json>>,
    indexes: Vec<String>,
    #[serde(rename = "ruleTests")]
    rule_tests: Vec<Json>,
    #[serde(default, rename = "viewQuery")]
    view_query: String,
}

impl Collection {
    /// A blank collection: what a submission without a stored collection is laid over.
    ///
    /// # Errors
    /// When the type is none of base, auth and view.
    pub fn blank(
        type_name: &str,
        draw: &mut dyn FnMut(usize) -> String,
    ) -> Result<Self, Malformed> {
        let kind = match type_name {
            "base" => CollectionKind::Base,
            "auth" => CollectionKind::Auth(Box::new(AuthOptions::fresh(draw))),
            "view" => CollectionKind::View {
                query: String::new(),
            },
            other => {
                return Err(Malformed(format!(
                    "type: unknown collection type {other:?}"
                )));
            }
        };
        Ok(Self {
            number: CollectionNumber(0),
            order: 0,
            revision: 0,
            id: String::new(),
            name: String::new(),
            system: false,
            kind,
            fields: Vec::new(),
            rules: super::Rules::default(),
            rule_tests: Vec::new(),
            search: None,
            indexes: Vec::new(),
            created: Timestamp::default(),
            updated: Timestamp::default(),
            next_field_number: FieldNumber(2),
            pending_fields: Vec::new(),
            frozen: false,
        })
    }
}

impl Collection {
    /// A blank collection with the fields and indexes of its type; its id and name are empty.
    ///
    /// # Errors
    /// When the type is none of base, auth and view.
    pub fn scaffold(
        type_name: &str,
        draw: &mut dyn FnMut(usize) -> String,
    ) -> Result<Draft, Malformed> {
        struct Nothing;
        impl Collections for Nothing {
            fn find(&self, _: &str) -> Option<&Arc<Collection>> {
                None
            }
        }
        let blank = Self::blank(type_name, draw)?;
        let submission = Submission {
            body: &Map::new(),
            before: Some(&blank),
            surroundings: Surroundings {
                collections: &Nothing,
                all: &[],
            },
            now: Timestamp::default(),
            draw,
        };
        submission.read()
    }
}

impl Submission<'_> {
    /// Reads the submitted definition.
    ///
    /// # Errors
    /// When a value has the wrong type or a field has an unknown type.
    pub fn read(mut self) -> Result<Draft, Malformed> {
        let mut violations = Violations::new();
        let base = self.base(&mut violations)?;
        let merged = self.merged(&base);
        let common: Common = decode(&merged)?;
        let shape = match &base.kind {
            CollectionKind::Base => Shape::Base,
            CollectionKind::Auth(_) => Shape::Auth,
            CollectionKind::View { .. } => Shape::View,
        };
        let id = self.id(&common, base.kind.type_name());
        // Checked here: when an import is checked, the collection is among the others already.
        if self.before.is_none() && self.is_taken(&id) {
            let message = "The model id is invalid or already exists.";
            violations.add(
                "id",
                Violation::new("validation_invalid_or_existing_id", message),
            );
        }
        if common.type_name != base.kind.type_name() {
            violations.add("type", type_changed());
        }
        let mut collection = Collection {
            id,
            name: common.name,
            system: common.system,
            ..base
        };
        collection.kind = self.kind(&collection.kind, &merged, common.view_query)?;
        collection.rules = decode(&merged)?;
        collection.rule_tests = rule_tests::read_all(&common.rule_tests, &mut violations);
        collection.updated = self.now;
        if self.before.is_none() {
            collection.created = self.now;
        }
        let (fields, positions) = numbering::fields(
            (common.fields, shape),
            self.before,
            &mut collection.next_field_number,
            &mut violations,
        )?;
        collection.fields = fields;
        collection.search = searching::options(
            find_key(self.body, SearchOptions::KEY),
            (&collection, self.before),
            self.surroundings.collections,
            &mut violations,
        );
        collection.indexes =
            indexing::indexes(common.indexes, &collection, self.before, &mut violations);
        if collection.is_superusers() {
            settle_superusers(&mut collection, self.before.is_none());
        }
        Ok(Draft {
            collection,
            violations,
            positions,
        })
    }

    fn base(&mut self, violations: &mut Violations) -> Result<Collection, Malformed> {
        if let Some(before) = self.before {
            return Ok(Collection {
                pending_fields: Vec::new(),
                ..before.clone()
            });
        }
        let type_name = match find_key(self.body, "type") {
            None | Some(Json::Null) => "base",
            Some(Json::String(name)) if name.is_empty() => "base",
            Some(Json::String(name)) => name.as_str(),
            Some(_) => return Err(Malformed("type: expected a text".to_owned())),
        };
        Collection::blank(type_name, self.draw).or_else(|_| {
            let message = "Must be a valid value.";
            violations.add("type", Violation::new("validation_in_invalid", message));
            Collection::blank("base", self.draw)
        })
    }

    fn merged(&self, base: &Collection) -> Json {
        let mut merged = base.with_secrets();
        // What is as everywhere is not shown, but can be sent.
        let tests = merged.entry(rule_tests::KEY);
        tests.or_insert_with(|| Json::Array(Vec::new()));
        if base.auth().is_some() {
            for (key, default) in [
                (PasskeyOptions::KEY, json!(PasskeyOptions::default())),
                (AnonymousOptions::KEY, json!(AnonymousOptions::default())),
                (MagicLinkOptions::KEY, json!(MagicLinkOptions::default())),
            ] {
                merged.entry(key).or_insert(default);
            }
            let oauth2 = merged.get_mut("oauth2").and_then(Json::as_object_mut);
            let redirects = oauth2.map(|oauth2| oauth2.entry(OAuth2Options::REDIRECTS));
            redirects.map(|redirects| redirects.or_insert_with(|| json!([])));
            let cookie = merged.entry(CookieOptions::KEY);
            cookie.or_insert_with(|| json!(CookieOptions::default()));
        }
        let mut body = self.body.clone();
        body.retain(|key, _| !is_one_of(key, &["created", "updated"]));
        if self.before.is_none() {
            body.retain(|key, _| !key.eq_ignore_ascii_case("type"));
        }
        lay_over_providers(&merged, &mut body);
        lay_over(&mut merged, &body, null_means);
        Json::Object(merged)
    }

    /// The id: as stored, as sent, or derived from type and name with a suffix until it is free.
    fn id(&self, common: &Common, type_name: &str) -> String {
        if let Some(before) = self.before {
            return before.id.clone();
        }
        if !common.id.is_empty() {
            return common.id.clone();
        }
        let derived = derived_id("pbc_", &format!("{type_name}{}", common.name));
        if !self.is_taken(&derived) {
            return derived;
        }
        let with_suffix = (2_u32..).map(|suffix| format!("{derived}{suffix}"));
        with_suffix
            .into_iter()
            .find(|id| !self.is_taken(id))
            .unwrap_or(derived)
    }

    fn is_taken(&self, id: &str) -> bool {
        let mut others = self.surroundings.all.iter();
        others.any(|other| other.id.eq_ignore_ascii_case(id))
    }

    fn kind(
        &mut self,
        base: &CollectionKind,
        merged: &Json,
        query: String,
    ) -> Result<CollectionKind, Malformed> {
        match base {
            CollectionKind::Base => Ok(CollectionKind::Base),
            CollectionKind::View { .. } => Ok(CollectionKind::View { query }),
            CollectionKind::Auth(stored) => {
                let mut options: AuthOptions = decode(merged)?;
                // Another auth rule means that nobody who is signed in was checked against it.
                if self.before.is_some()
                    && options.auth_rule != stored.auth_rule
                    && options.auth_token.secret == stored.auth_token.secret
                {
                    options.auth_token.secret = Secret::new((self.draw)(TOKEN_SECRET_CHARS));
                }
                Ok(CollectionKind::Auth(Box::new(options)))
            }
        }
    }
}

impl Draft {
    /// The field as it was sent at a position, when it could be read.
    pub(super) fn sent_position(&self, field: usize) -> usize {
        self.positions.get(field).copied().unwrap_or(field)
    }

    /// Whether every submitted field could be read.
    #[must_use]
    pub fn has_all_fields(&self) -> bool {
        self.positions
            .iter()
            .enumerate()
            .all(|(index, position)| index == *position)
            && self.positions.len() == self.collection.fields.len()
    }
}

/// Superusers sign in with a password, never through a provider, and codes only as a second factor.
fn settle_superusers(collection: &mut Collection, is_new: bool) {
    if let CollectionKind::Auth(options) = &mut collection.kind {
        options.oauth2.enabled = false;
        options.anonymous.enabled = false;
        options.password_auth.enabled = true;
        options.mfa.enabled |= options.otp.enabled;
        if is_new {
            options.auth_token.duration = SUPERUSER_TOKEN_SECONDS_DEFAULT;
        }
    }
}

fn type_changed() -> Violation {
    Violation::new(
        "validation_collection_type_change",
        "Collection type cannot be changed.",
    )
}

pub(super) fn find_key<'a>(object: &'a Map<String, Json>, key: &str) -> Option<&'a Json> {
    object.get(key).or_else(|| {
        object
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| value)
    })
}

fn is_one_of(key: &str, names: &[&str]) -> bool {
    names.iter().any(|name| key.eq_ignore_ascii_case(name))
}

fn decode<T: serde::de::DeserializeOwned>(json: &Json) -> Result<T, Malformed> {
    T::deserialize(json).map_err(|error| Malformed(error.to_string()))
}
