//! From what a client submitted to a record that may be written: modifiers resolved, rules asked,
//! values checked, passwords hashed, and at the end a proposal.
//!
//! The order of the checks is the contract's (§4): rule, form checks of auth records, all fields at
//! once, uniqueness (by guards, in the commit).

use std::collections::BTreeMap;
use std::sync::Arc;

use luge_model::collection::{Collection, Collections};
use luge_model::field::submit;
use luge_model::id::FieldNumber;
use luge_model::invalid::{Violation, Violations};
use luge_model::record::{Record, Row};
use luge_model::timestamp::Timestamp;
use luge_model::value::Value;

use super::delete::plan_replacement;
use super::planned::{Planned, Stakes, refused};
use super::{Body, Records};
use crate::access::{Compiled, Grant};
use crate::catalog::definition_guard;
use crate::changes::{Change, ChangeKind};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Action, Error, Result};
use crate::identity::IdentityWrite;
use crate::index;
use crate::store::{Guard, key};

/// The values of a record by field.
pub(super) type Values = BTreeMap<FieldNumber, Value>;

/// A write that the rules allow and whose values are yet to be checked.
#[derive(Debug)]
pub(super) struct Draft {
    compiled: Arc<Compiled>,
    /// The stored record; `None` for a create.
    before: Option<Record>,
    rowid: u64,
    values: Values,
    /// What was submitted, with modifiers resolved.
    body: Body,
    /// Whether the caller manages the (auth) record.
    manager: bool,
}

impl Records {
    /// The would-be record of a create, once the rule holds for it.
    pub(super) fn draft_create(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        grant: &Grant,
        body: Body,
    ) -> Result<Draft> {
        let mut draft = self.draft(context, compiled, None, body);
        let would_be = draft.build(self.committer.serial());
        let context = context.with_body(draft.body.clone());
        if !grant.allows(&compiled.environment(&context), &would_be) {
            return Err(refused(Action::Create, Violations::new()));
        }
        draft.manager = compiled.manages(&context, &would_be);
        Ok(draft)
    }

    /// The record after an update, once the rule holds for the stored one.
    pub(super) fn draft_update(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        grant: &Grant,
        (record, body): (Record, Body),
    ) -> Result<Draft> {
        let mut draft = self.draft(context, compiled, Some(record.clone()), body);
        let context = context.with_body(draft.body.clone());
        if !grant.allows(&compiled.environment(&context), &record) {
            return Err(Error::MissingRecord);
        }
        draft.manager = compiled.manages(&context, &record);
        Ok(draft)
    }

    /// Checks the values and plans the write.
    pub(super) async fn plan(&self, draft: Draft) -> Result<Planned> {
        let mut draft = draft;
        let action = draft.action();
        self.check_identity(&draft).await?.into_result().map_err(|all| refused(action, all))?;
        let mut proposal = Proposal::default();
        let mut violations = draft.check_fields();
        self.check_relations(&draft, &mut proposal, &mut violations)?;
        violations.into_result().map_err(|all| refused(action, all))?;
        self.settle_identity(&mut draft);
        self.hash_passwords(&mut draft).await?;
        Ok(self.propose(draft, proposal))
    }

    fn draft(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        before: Option<Record>,
        body: Body,
    ) -> Draft {
        let collection = &compiled.collection;
        let body = admitted(context, collection, body);
        let mut generate = |bound| self.random.below(bound);
        let submission = submit::merge(collection, before.as_ref(), &body, &mut generate);
        let mut values = submission.values;
        touch_autodates(collection, context.now, before.is_none(), &mut values);
        let rowid = before.as_ref().map_or_else(|| self.committer.serial(), Row::rowid);
        let compiled = Arc::clone(compiled);
        Draft { compiled, before, rowid, values, body: submission.body, manager: false }
    }

    async fn check_identity(&self, draft: &Draft) -> Result<Violations> {
        match draft.identity_write() {
            Some(write) => write.check(&self.hashes).await,
            None => Ok(Violations::new()),
        }
    }

    /// What the server sets by itself in an auth record.
    fn settle_identity(&self, draft: &mut Draft) {
        let settled = draft.identity_write().map(|write| {
            let text = |name| draft.text(name);
            write.settled(text("email"), text("tokenKey"), &*self.random)
        });
        draft.values.extend(settled.into_iter().flatten());
    }

    /// Replaces new passwords by their hashes.
    async fn hash_passwords(&self, draft: &mut Draft) -> Result<()> {
        let collection = Arc::clone(&draft.compiled.collection);
        for field in collection.fields.iter().filter(|field| field.kind.as_password().is_some()) {
            let unchanged = draft.stored(field.number);
            match draft.values.get_mut(&field.number) {
                Some(Value::Text(text)) if !text.is_empty() && Some(&*text) != unchanged.as_ref() => {
                    *text = self.hashes.hash(text).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Related records must exist, now and at the commit.
    fn check_relations(
        &self,
        draft: &Draft,
        proposal: &mut Proposal,
        violations: &mut Violations,
    ) -> Result<()> {
        let snapshot = &draft.compiled.snapshot;
        for field in &draft.compiled.collection.fields {
            let Some(relation) = field.kind.as_relation() else { continue };
            let new = draft.new_targets(field.number);
            if new.is_empty() {
                continue;
            }
            let Some(target) = snapshot.find(&relation.collection_id) else {
                violations.add(&field.name, missing_relation_collection());
                continue;
            };
            let keys: Vec<_> = new.iter().map(|id| key::record(target.number, id)).collect();
            let found = self.committer.store().get_many(&keys)?;
            if found.iter().any(Option::is_none) {
                violations.add(&field.name, missing_relation_records());
            }
            proposal.guards.extend(keys.into_iter().map(Guard::Present));
        }
        Ok(())
    }

    fn propose(&self, draft: Draft, mut proposal: Proposal) -> Planned {
        let record = draft.build(self.committer.serial());
        let action = draft.action();
        let collection = &draft.compiled.collection;
        let mut id_guards = Vec::new();
        let unique = match &draft.before {
            Some(before) => plan_replacement(&mut proposal, collection, before, &record),
            None => {
                id_guards = self.guard_id(&draft, &mut proposal);
                let record_key = key::record(collection.number, record.id());
                proposal.guards.push(definition_guard(collection));
                proposal.puts.push((record_key, record.as_bytes().to_vec()));
                proposal.count(key::counter(collection.number), 1);
                proposal.changes.push(Change {
                    kind: ChangeKind::Create,
                    collection: collection.number,
                    record: record.id().to_owned(),
                    revision: record.revision(),
                    before: None,
                });
                let entries = index::entries(collection, record.id(), &record);
                index::plan(&mut proposal, BTreeMap::new(), entries)
            }
        };
        let stakes = Stakes { action, id: id_guards, unique };
        Planned { proposal, compiled: draft.compiled, record, stakes }
    }

    /// The id must be free: in the collection, and for auth records in every auth collection.
    fn guard_id(&self, draft: &Draft, proposal: &mut Proposal) -> Vec<usize> {
        let collection = &draft.compiled.collection;
        let id = draft.text("id");
        let first = proposal.guards.len();
        proposal.guards.push(Guard::Absent(key::record(collection.number, id)));
        if collection.auth().is_some() {
            let others = draft.compiled.snapshot.all().filter(|other| {
                other.auth().is_some() && other.number != collection.number
            });
            let absent = others.map(|other| Guard::Absent(key::record(other.number, id)));
            proposal.guards.extend(absent);
        }
        (first..proposal.guards.len()).collect()
    }
}

impl Draft {
    fn action(&self) -> Action {
        if self.before.is_some() { Action::Update } else { Action::Create }
    }

    fn build(&self, revision: u64) -> Record {
        let values = self.values.iter().map(|(number, value)| (*number, value));
        Record::build(self.rowid, revision, values)
    }

    /// All fields at once (contract §4).
    fn check_fields(&self) -> Violations {
        let mut violations = Violations::new();
        for field in &self.compiled.collection.fields {
            let Some(value) = self.values.get(&field.number) else { continue };
            let stored = self.stored_value(field.number);
            let is_hash = field.kind.as_password().is_some() && stored.as_ref() == Some(value);
            if is_hash {
                continue;
            }
            if let Err(violation) = field.kind.validate(field, value) {
                violations.add(&field.name, violation);
            }
        }
        violations
    }

    fn identity_write(&self) -> Option<IdentityWrite<'_>> {
        let collection = &*self.compiled.collection;
        collection.auth().map(|_| IdentityWrite {
            collection,
            before: self.before.as_ref(),
            body: &self.body,
            manager: self.manager,
        })
    }

    fn text(&self, name: &str) -> &str {
        let field = self.compiled.collection.field(name);
        field.and_then(|field| self.values.get(&field.number)?.as_text()).unwrap_or_default()
    }

    fn stored(&self, field: FieldNumber) -> Option<String> {
        self.before.as_ref().map(|before| before.text(field).to_owned())
    }

    fn stored_value(&self, field: FieldNumber) -> Option<Value> {
        self.before.as_ref()?.value(field).map(luge_model::value::ValueRef::to_owned)
    }

    /// The ids a relation field names now and did not name before.
    fn new_targets(&self, field: FieldNumber) -> Vec<String> {
        let stored = self.stored_value(field);
        let names = |value: &Value| -> Vec<String> {
            match value {
                Value::Text(id) if !id.is_empty() => vec![id.clone()],
                Value::List(ids) => ids.clone(),
                _ => Vec::new(),
            }
        };
        let old = stored.as_ref().map(names).unwrap_or_default();
        let new = self.values.get(&field).map(names).unwrap_or_default();
        new.into_iter().filter(|id| !old.contains(id)).collect()
    }
}

/// All values of a stored record.
pub(super) fn values_of(record: &Record) -> Values {
    record.values().map(|(number, value)| (number, value.to_owned())).collect()
}

/// Sets the dates that the server keeps.
pub(super) fn touch_autodates(
    collection: &Collection,
    now: Timestamp,
    creates: bool,
    values: &mut Values,
) {
    for field in &collection.fields {
        let Some(autodate) = field.kind.as_autodate() else { continue };
        if (creates && autodate.on_create) || (!creates && autodate.on_update) {
            values.insert(field.number, Value::Text(now.to_string()));
        }
    }
}

/// What of a body counts: hidden fields are superusers' only, but for the password of a sign-up.
fn admitted(context: &Context, collection: &Collection, mut body: Body) -> Body {
    if context.principal.is_superuser() {
        return body;
    }
    body.retain(|submitted, _| {
        let name = submitted.split(':').next().unwrap_or_default().trim_matches(['+', '-']);
        let password = collection.auth().is_some() && name == "password";
        password || collection.field(name).is_none_or(|field| !field.hidden)
    });
    body
}

fn missing_relation_collection() -> Violation {
    Violation::new(
        "validation_missing_rel_collection",
        "Relation connection is missing or cannot be accessed.",
    )
}

fn missing_relation_records() -> Violation {
    Violation::new(
        "validation_missing_rel_records",
        "Failed to find all relation records with the provided ids.",
    )
}

