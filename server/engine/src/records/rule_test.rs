//! Trying a rule out: as somebody, on a record, with the answer of each of its parts.
//!
//! The rule is judged by the same language, look-ups and projection as a real request; nothing is
//! written.

use std::sync::Arc;

use luge_model::collection::{Collections, Rule};
use luge_model::filter::{Audience, Explained, Scope, Trace};
use luge_model::limits::RULE_SAMPLE_RECORDS;
use luge_model::principal::{Identity, Principal, RequestFacts};
use luge_model::record::Record;

use super::{Body, Records};
use crate::access::{Compiled, Grant, Operation, Projection, View};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::identity::is_superusers;
use crate::query::ListRequest;

/// A rule to try out.
#[derive(Clone, Debug)]
pub struct RuleTest {
    /// The collection, by name or id.
    pub collection: String,
    /// Which rule.
    pub operation: Operation,
    /// The text to try; `None` for the saved rule.
    pub rule: Option<Rule>,
    /// Who asks; `None` for a guest.
    pub principal: Option<TestedPrincipal>,
    /// The record to judge, by id.
    pub record: Option<String>,
    /// What rules see of the request, with the submitted values.
    pub request: RequestFacts,
}

/// Whose request is tried out.
#[derive(Clone, Debug)]
pub struct TestedPrincipal {
    /// The auth collection, by name or id.
    pub collection: String,
    /// The record in it.
    pub record: String,
}

/// What a rule said.
#[derive(Debug)]
pub struct RuleVerdict {
    /// The rule that was asked; `None` is locked.
    pub rule: Rule,
    /// Whether the request is allowed; for a list without a record, whether it can be asked for.
    pub allowed: bool,
    /// Why, where the rule has parts and there is a record to judge.
    pub trace: Option<Trace>,
    /// For list and view: how many records can be seen, and some of them as they are seen.
    pub visible: Option<(u64, Vec<View>)>,
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
        let rule = match &test.rule {
            Some(rule) => rule.clone(),
            None => compiled.rule(test.operation).cloned(),
        };
        let context = Context {
            now: context.now,
            principal: self.tested_principal(test.principal.as_ref())?,
            request: test.request.clone(),
            client: None,
        };
        let judged = self.judged(&context, &compiled, test)?;
        let explained = match rule.as_deref() {
            None | Some("") => None,
            Some(text) => Some(explained(text, &context, &compiled)?),
        };
        let skips_rules = context.principal.is_superuser();
        let mut allowed = skips_rules || rule.is_some();
        let mut trace = None;
        let (context, row) = match judged {
            Some((body, row)) => (context.with_body(body), Some(row)),
            None => (context, None),
        };
        if let (Some(explained), Some(row)) = (&explained, &row) {
            let lookups = self.query.lookups(&context, &compiled.snapshot);
            let found = explained.trace(row, &lookups.environment());
            lookups.check()?;
            allowed = skips_rules || found.holds;
            trace = Some(found);
        }
        let visible = self.visible(&context, &compiled, (test.operation, &rule), explained)?;
        Ok(RuleVerdict {
            rule,
            allowed,
            trace,
            visible,
        })
    }

    fn tested_principal(&self, tested: Option<&TestedPrincipal>) -> Result<Principal> {
        let Some(TestedPrincipal { collection, record }) = tested else {
            return Ok(Principal::Guest);
        };
        let compiled = self.compiled(collection)?;
        if compiled.collection.auth().is_none() {
            let message = format!("The principal's collection {collection:?} has no sign-in.");
            return Err(Error::BadRequest(message));
        }
        let identity = Arc::new(Identity {
            collection: Arc::clone(&compiled.collection),
            record: self.named(&compiled, record)?,
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
        test: &RuleTest,
    ) -> Result<Option<(Body, Record)>> {
        let body = test.request.body.clone();
        if test.operation == Operation::Create {
            return Ok(Some(self.tried_create(context, compiled, body)));
        }
        let Some(id) = &test.record else {
            return match test.operation {
                Operation::List | Operation::View => Ok(None),
                _ => Err(Error::BadRequest(
                    "This action is judged on a record: name one by its id.".to_owned(),
                )),
            };
        };
        let record = self.named(compiled, id)?;
        Ok(Some(match test.operation {
            Operation::Update => self.tried_update(context, compiled, (record, body)),
            _ => (body, record),
        }))
    }

    fn visible(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        (operation, rule): (Operation, &Rule),
        explained: Option<Explained>,
    ) -> Result<Option<(u64, Vec<View>)>> {
        if !matches!(operation, Operation::List | Operation::View) {
            return Ok(None);
        }
        let grant = match explained {
            _ if context.principal.is_superuser() => Grant::Everything,
            None if rule.is_none() => return Ok(Some((0, Vec::new()))),
            None => Grant::Everything,
            Some(explained) => Grant::Matching(Arc::new(explained.filter().clone())),
        };
        let request = ListRequest {
            per_page: RULE_SAMPLE_RECORDS,
            ..ListRequest::default()
        };
        let page = self
            .query
            .list_granted(context, compiled, &grant, &request)?;
        let lookups = self.query.lookups(context, &compiled.snapshot);
        let projection = Projection::new(Arc::clone(compiled), lookups.environment());
        let sample = page.items.into_iter().map(|record| projection.view(record));
        let visible = (page.total_items.unwrap_or_default(), sample.collect());
        lookups.check()?;
        Ok(Some(visible))
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
