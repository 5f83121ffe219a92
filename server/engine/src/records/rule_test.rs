//! Trying a rule out: as somebody, on a record, with the answer of each of its parts.
//!
//! The rule is judged by the same language, look-ups and projection as a real request; nothing is
//! written.

use std::sync::Arc;

use luge_model::collection::{Collections, Rule, RuleAction, RuleAttempt, RulePrincipal};
use luge_model::filter::{Audience, Explained, Scope};
use luge_model::invalid::{Violation, Violations};
use luge_model::limits::RULE_SAMPLE_RECORDS;
use luge_model::principal::{Identity, Principal};
use luge_model::record::Record;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{Body, Records};
use crate::access::{Compiled, Grant, Operation, Projection};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::identity::is_superusers;
use crate::query::{Explanation, ListRequest};

/// The keys of a rule to try out beside those of its attempt.
const KEYS: [&str; 3] = ["collection", "rule", "visible"];

/// A rule to try out.
#[derive(Clone, Debug)]
pub struct RuleTest {
    /// The collection, by name or id.
    pub collection: String,
    /// The text to try; `None` for the saved rule.
    pub rule: Option<Rule>,
    /// Who asks for what.
    pub attempt: RuleAttempt,
    /// Whether the records that can be seen are counted, for list and view.
    pub visible: bool,
}

/// What a rule said.
#[derive(Clone, Debug, Serialize)]
pub struct RuleVerdict {
    /// Whether the request is allowed. Without a record: for a list whether it can be asked for,
    /// for a view whether there is a record that can be seen.
    pub allowed: bool,
    /// The principal is a superuser: the rule decides nothing, whatever the trace says.
    pub skipped: bool,
    /// The rule that was asked; `None` is locked.
    pub rule: Rule,
    /// Why, where the rule has parts and there is a record to judge.
    pub trace: Option<Json>,
    /// For list and view, the records that can be seen.
    pub visible: Option<Visible>,
    /// How a list by this rule is found for whoever asks, where the records were counted.
    #[serde(skip)]
    pub plan: Option<Box<Explanation>>,
}

/// Records that can be seen.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Visible {
    /// How many.
    pub total_items: u64,
    /// Some of them as they are seen.
    pub items: Vec<Json>,
}

impl RuleTest {
    /// Reads a test that is not saved: the keys of an attempt, `collection`, and perhaps `rule`
    /// and `visible`, which lists and views have unless it is false.
    ///
    /// # Errors
    /// What is wrong, by key.
    pub fn from_json(body: &Map<String, Json>) -> std::result::Result<Self, Violations> {
        let mut violations = Violations::new();
        let malformed = |message: &str| Violation::new("validation_invalid_value", message);
        let collection = match body.get("collection") {
            Some(Json::String(name)) if !name.is_empty() => name.clone(),
            None | Some(Json::Null | Json::String(_)) => {
                violations.add("collection", Violation::required());
                String::new()
            }
            Some(_) => {
                violations.add("collection", malformed("Must be a name or an id."));
                String::new()
            }
        };
        let rule = match body.get("rule") {
            None => None,
            Some(Json::Null) => Some(None),
            Some(Json::String(rule)) => Some(Some(rule.clone())),
            Some(_) => {
                let message = "Must be a text, or null for a locked rule.";
                violations.add("rule", malformed(message));
                None
            }
        };
        let visible = match body.get("visible") {
            None | Some(Json::Null) => None,
            Some(Json::Bool(asked)) => Some(*asked),
            Some(_) => {
                violations.add("visible", malformed("Must be true or false."));
                None
            }
        };
        let asked = visible == Some(true);
        let attempt = RuleAttempt::read(body, &KEYS, asked, &mut violations);
        let shows = attempt
            .as_ref()
            .is_some_and(|attempt| attempt.action.shows_records());
        if asked && attempt.is_some() && !shows {
            violations.add("visible", malformed("Only list and view show records."));
        }
        let Some(attempt) = attempt else {
            return Err(violations);
        };
        violations.into_result().map(|()| Self {
            collection,
            rule,
            attempt,
            visible: shows && visible.unwrap_or(true),
        })
    }
}

impl Records {
    /// Tries a rule out, for superusers.
    ///
    /// # Errors
    /// When the caller is not a superuser; [`Error::MissingCollection`]; [`Error::BadQuery`] where
    /// the rule makes no sense, [`Error::BadRequest`] where a record that is named is missing.
    pub fn test_rule(&self, context: &Context, test: &RuleTest) -> Result<RuleVerdict> {
        context.require_superuser()?;
        let compiled = self.readable(&test.collection)?;
        let (action, name) = (test.attempt.action, &compiled.collection.name);
        if action.needs_auth() && compiled.collection.auth().is_none() {
            let message = format!("{name:?} is no auth collection: it has no such rule.");
            return Err(Error::BadRequest(message));
        }
        let rule = match &test.rule {
            Some(rule) => rule.clone(),
            None => compiled.rule(operation(action)).cloned(),
        };
        let context = Context {
            now: context.now,
            principal: self.tested_principal(&test.attempt.principal)?,
            request: test.attempt.facts(),
            ..Context::default()
        };
        let judged = self.judged(&context, &compiled, &test.attempt)?;
        let explained = match rule.as_deref() {
            None | Some("") => None,
            Some(text) => Some(explained(text, &context, &compiled)?),
        };
        let skipped = context.principal.is_superuser();
        let mut allowed = skipped || rule.is_some();
        let mut trace = None;
        let is_judged = judged.is_some();
        let (context, row) = match judged {
            Some((body, row)) => (context.with_body(body), Some(row)),
            None => (context, None),
        };
        if let (Some(explained), Some(row)) = (&explained, &row) {
            let lookups = self.query.lookups(&context, &compiled.snapshot);
            let found = explained.trace(row, &lookups.environment());
            lookups.check()?;
            allowed = skipped || found.holds;
            trace = Some(found.to_json());
        }
        let seen = match test.visible {
            true => Some(self.visible(&context, &compiled, &rule, explained)?),
            false => None,
        };
        let (visible, plan) = seen.unzip();
        if let (RuleAction::View, false, Some(visible)) = (action, is_judged, &visible) {
            allowed = visible.total_items > 0;
        }
        Ok(RuleVerdict {
            allowed,
            skipped,
            rule,
            trace,
            visible,
            plan: plan.flatten().filter(|_| action == RuleAction::List),
        })
    }

    fn tested_principal(&self, tested: &RulePrincipal) -> Result<Principal> {
        let (collection, record) = match tested {
            RulePrincipal::Guest => return Ok(Principal::Guest),
            RulePrincipal::Superuser => return Ok(Principal::System),
            RulePrincipal::Record { collection, id } => (collection, id),
        };
        let compiled = self.compiled(collection).map_err(|error| match error {
            Error::MissingCollection => {
                let message = format!("The principal's collection {collection:?} is missing.");
                Error::BadRequest(message)
            }
            other => other,
        })?;
        if compiled.collection.auth().is_none() {
            let message = format!("The principal's collection {collection:?} has no sign-in.");
            return Err(Error::BadRequest(message));
        }
        let identity = Arc::new(Identity {
            collection: Arc::clone(&compiled.collection),
            record: self.named(&compiled, record)?,
            session: None,
            key: None,
        });
        Ok(match is_superusers(&compiled.collection) {
            true => Principal::Superuser(identity),
            false => Principal::User(identity),
        })
    }

    fn named(&self, compiled: &Compiled, id: &str) -> Result<Record> {
        self.query.record(compiled, id)?.ok_or_else(|| {
            let name = &compiled.collection.name;
            Error::BadRequest(format!("There is no record {id:?} in {name:?}."))
        })
    }

    /// The record that the rule is asked of, and the submitted values as it sees them.
    fn judged(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        attempt: &RuleAttempt,
    ) -> Result<Option<(Body, Record)>> {
        let body = attempt.body.clone();
        if attempt.action == RuleAction::Create {
            return self.tried_create(context, compiled, body).map(Some);
        }
        let Some(id) = &attempt.record else {
            return match attempt.action {
                RuleAction::List | RuleAction::View => Ok(None),
                _ => Err(Error::BadRequest(
                    "This action is judged on a record: name one by its id.".to_owned(),
                )),
            };
        };
        let record = self.named(compiled, id)?;
        Ok(Some(match attempt.action {
            RuleAction::Update => self.tried_update(context, compiled, (record, body))?,
            _ => (body, record),
        }))
    }

    fn visible(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        rule: &Rule,
        explained: Option<Explained>,
    ) -> Result<(Visible, Option<Box<Explanation>>)> {
        let grant = match explained {
            _ if context.principal.is_superuser() => Grant::Everything,
            None if rule.is_none() => {
                let (total_items, items) = (0, Vec::new());
                return Ok((Visible { total_items, items }, None));
            }
            None => Grant::Everything,
            Some(explained) => Grant::Matching(Arc::new(explained.filter().clone())),
        };
        let request = ListRequest {
            per_page: RULE_SAMPLE_RECORDS,
            explain: true,
            ..ListRequest::default()
        };
        let mut page = self
            .query
            .list_granted(context, compiled, &grant, &request)?;
        let lookups = self.query.lookups(context, &compiled.snapshot);
        let projection = Projection::new(Arc::clone(compiled), lookups.environment());
        let plan = page.explanation.take();
        let mut items = Vec::with_capacity(page.items.len());
        for record in page.items {
            let mut bytes = Vec::new();
            projection.view(record).write_json(&mut bytes);
            let item = serde_json::from_slice(&bytes);
            items.push(item.map_err(|error| Error::BadRequest(error.to_string()))?);
        }
        lookups.check()?;
        let total_items = page.total_items.unwrap_or_default();
        Ok((Visible { total_items, items }, plan))
    }
}

fn operation(action: RuleAction) -> Operation {
    match action {
        RuleAction::List => Operation::List,
        RuleAction::View => Operation::View,
        RuleAction::Create => Operation::Create,
        RuleAction::Update => Operation::Update,
        RuleAction::Delete => Operation::Delete,
        RuleAction::Manage => Operation::Manage,
        RuleAction::Auth => Operation::Authenticate,
    }
}

fn explained(text: &str, context: &Context, compiled: &Compiled) -> Result<Explained> {
    let identity = context.principal.identity();
    let scope = Scope {
        collection: &compiled.collection,
        collections: &*compiled.snapshot as &dyn Collections,
        audience: Audience::Rule,
        caller: identity.map(|identity| &*identity.collection),
    };
    Explained::parse(text, &scope)
        .map_err(|error| Error::BadQuery(format!("Invalid rule: {error}.")))
}
