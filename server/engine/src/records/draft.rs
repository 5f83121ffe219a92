//! From what a client submitted to a record that may be written: modifiers resolved, rules asked,
//! values checked, passwords hashed, and at the end a proposal.
//!
//! The order of the checks is the contract's (§4): rule, form checks of auth records, all fields at
//! once, uniqueness (by guards, in the commit).

use std::collections::BTreeMap;
use std::sync::Arc;

use luge_model::collection::{Collection, Collections};
use luge_model::field::Field;
use luge_model::field::relation::RelationField;
use luge_model::field::submit::Submission;
use luge_model::field::text::TextField;
use luge_model::id::{FieldNumber, ID_FIELD};
use luge_model::invalid::{Violation, Violations};
use luge_model::record::{Record, Row};
use luge_model::timestamp::Timestamp;
use luge_model::value::{Value, ValueRef};

use super::admitted::admitted;
use super::planned::{
    IdGuards, Planned, Stakes, id_taken_elsewhere, id_taken_in_some_case, not_unique,
    plan_replacement, refused,
};
use super::settled;
use super::submitted::Received;
use super::{Body, Records, Submitted};
use crate::access::{Compiled, Grant, Operation};
use crate::catalog::definition_guard;
use crate::changes::{Change, ChangeKind};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Action, Error, Result};
use crate::files::{Placed, Upload};
use crate::index;
use crate::store::{Guard, Key, key};

/// The values of a record by field.
pub(super) type Values = BTreeMap<FieldNumber, Value>;

/// A write that the rules allow and whose values are yet to be checked.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) compiled: Arc<Compiled>,
    /// The stored record; `None` for a create.
    pub(super) before: Option<Record>,
    rowid: u64,
    pub(super) submission: Submission,
    /// What was submitted, with modifiers resolved.
    pub(super) body: Body,
    /// Whether the caller is this very record, and it is anonymous.
    pub(super) upgrades: bool,
    /// Whether the caller manages the (auth) record.
    pub(super) manager: bool,
    /// What the rules stand on.
    guards: Vec<Guard>,
    /// What was uploaded for its file fields.
    uploads: Vec<Arc<Upload>>,
    /// Why uploads that it names cannot be taken, by field.
    unusable: Violations,
    /// What the server sets, whatever was submitted.
    pub(super) settled: Vec<(FieldNumber, Value)>,
}

impl Records {
    /// The would-be record of a create, once the rule holds for it.
    pub(super) fn draft_create(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        grant: &Grant,
        submitted: &Submitted,
    ) -> Result<Draft> {
        let mut draft = self.draft(context, compiled, None, submitted)?;
        let would_be = draft.would_be(context, self.committer.serial());
        let context = context.with_body(draft.body.clone());
        let lookups = self.query.lookups(&context, &compiled.snapshot);
        let environment = lookups.environment();
        let asked = (&context, Operation::Create);
        let allowed = compiled.allows(asked, grant, (&environment, &would_be));
        draft.manager = allowed && compiled.manages(&environment, &would_be);
        draft.guards = lookups.guards();
        lookups.check()?;
        if !allowed {
            return Err(refused(Action::Create, Violations::new()));
        }
        Ok(draft)
    }

    /// The would-be record of a create and its values, for a rule that is tried out.
    pub(super) fn tried_create(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        body: Body,
    ) -> Result<(Body, Record)> {
        let draft = self.draft(context, compiled, None, &body.into())?;
        let would_be = draft.would_be(context, self.committer.serial());
        Ok((draft.body, would_be))
    }

    /// The submitted values of an update and the stored record, for a rule that is tried out.
    pub(super) fn tried_update(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        (record, body): (Record, Body),
    ) -> Result<(Body, Record)> {
        let draft = self.draft(context, compiled, Some(record.clone()), &body.into())?;
        Ok((draft.body, record))
    }

    /// The record after an update, once the rule holds for the stored one.
    pub(super) fn draft_update(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        grant: &Grant,
        (record, submitted): (Record, &Submitted),
    ) -> Result<Draft> {
        let mut draft = self.draft(context, compiled, Some(record.clone()), submitted)?;
        let context = context.with_body(draft.body.clone());
        let lookups = self.query.lookups(&context, &compiled.snapshot);
        let environment = lookups.environment();
        let asked = (&context, Operation::Update);
        let allowed = compiled.allows(asked, grant, (&environment, &record));
        draft.manager = allowed && compiled.manages(&environment, &record);
        draft.guards = lookups.guards();
        lookups.check()?;
        if !allowed {
            return Err(Error::MissingRecord);
        }
        Ok(draft)
    }

    /// Checks the values and plans the write.
    pub(super) async fn plan(&self, draft: Draft) -> Result<Planned> {
        let mut draft = draft;
        let action = draft.action();
        let violations = self.check_identity(&draft).await?;
        draft
            .but_for_settled(violations)
            .into_result()
            .map_err(|all| refused(action, all))?;
        let mut proposal = Proposal {
            guards: std::mem::take(&mut draft.guards),
            ..Proposal::default()
        };
        let stored = draft.before.as_ref().map(|before| before as &dyn Row);
        let fields = &draft.compiled.collection.fields;
        let mut violations = std::mem::take(&mut draft.unusable);
        violations.join(draft.submission.validate(fields, stored));
        self.check_relations(&draft, &mut proposal, &mut violations)?;
        let id_guards = self.check_id(&draft, &mut proposal, &mut violations)?;
        draft
            .but_for_settled(violations)
            .into_result()
            .map_err(|all| refused(action, all))?;
        let owner = (draft.text("collectionRef"), draft.text("recordRef"));
        self.check_owner(&draft.compiled, owner, &mut proposal)?
            .into_result()
            .map_err(|all| refused(action, all))?;
        self.settle_identity(&mut draft);
        draft.settle();
        self.end_sessions(&draft, &mut proposal)?;
        self.hash_passwords(&mut draft).await?;
        let collection = &draft.compiled.collection.id;
        let uploads = draft.named_uploads();
        for claimed in uploads.iter().filter_map(|upload| upload.claimed.as_ref()) {
            claimed.consume(&mut proposal);
        }
        let placed = self.files.place(collection, draft.text("id"), uploads);
        let placed = placed.await?;
        Ok(self.propose(draft, proposal, id_guards, placed))
    }

    fn draft(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        before: Option<Record>,
        submitted: &Submitted,
    ) -> Result<Draft> {
        let fields = &compiled.collection.fields;
        let Received {
            body,
            uploads,
            unusable,
            settled,
        } = submitted.for_fields(&self.files, context, fields)?;
        let body = admitted(context, (&compiled.collection, before.as_ref()), body)?;
        let mut random = |bound| self.random.below(bound);
        let mut submission = match &before {
            None => Submission::create(fields, &body, &mut random),
            Some(before) => Submission::update(fields, before, &body, &mut random),
        };
        for (number, now) in touched_autodates(fields, context.now, before.is_none()) {
            submission.set(number, now);
        }
        let facts = uploads.iter().map(|upload| upload.uploaded.clone());
        submission.accept_uploads(facts.collect());
        let rowid = before
            .as_ref()
            .map_or_else(|| self.committer.serial(), Row::rowid);
        let body = submission.resolved_body(fields, &body);
        let upgrades = settled::is_own_anonymous(context, compiled, before.as_ref());
        let settled = settled::with_kept(settled, compiled, (before.as_ref(), &body));
        Ok(Draft {
            compiled: Arc::clone(compiled),
            before,
            rowid,
            submission,
            body,
            upgrades,
            manager: false,
            guards: Vec::new(),
            uploads,
            unusable,
            settled,
        })
    }

    async fn check_identity(&self, draft: &Draft) -> Result<Violations> {
        match draft.identity_write() {
            Some(write) => write.check(&self.hashes).await,
            None => Ok(Violations::new()),
        }
    }

    /// Replaces new passwords by their hashes.
    async fn hash_passwords(&self, draft: &mut Draft) -> Result<()> {
        let collection = Arc::clone(&draft.compiled.collection);
        for field in &collection.fields {
            let new =
                field.kind.as_password().is_some() && draft.submission.is_submitted(field.number);
            let plain = draft
                .submission
                .value(field.number)
                .and_then(Value::as_text);
            if let Some(plain) = plain.filter(|plain| new && !plain.is_empty()) {
                let hash = self.hashes.hash(plain).await?;
                draft.submission.set(field.number, Value::Text(hash));
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
            let Some(relation) = field.kind.as_relation() else {
                continue;
            };
            let new = draft.new_targets(field.number);
            if new.is_empty() {
                continue;
            }
            let Some(target) = snapshot.find(&relation.collection_id) else {
                violations.add(&field.name, missing_relation_collection());
                continue;
            };
            let keys: Vec<_> = new
                .iter()
                .map(|id| key::record(target.number, id))
                .collect();
            let found = self.reads.get_many(&keys)?;
            if found.iter().any(Option::is_none) {
                violations.add(&field.name, RelationField::missing_records());
            }
            proposal.guards.extend(keys.into_iter().map(Guard::Present));
        }
        Ok(())
    }

    /// The id of a new record must be free at the commit: in the collection, and for auth records
    /// in every auth collection.
    ///
    /// Where ids that differ only in case count as the same, the contract refuses a taken one
    /// together with the other fields, so it is looked up now too.
    fn check_id(
        &self,
        draft: &Draft,
        proposal: &mut Proposal,
        violations: &mut Violations,
    ) -> Result<IdGuards> {
        let mut id_guards = IdGuards::new();
        if draft.before.is_some() {
            return Ok(id_guards);
        }
        let Compiled {
            collection,
            snapshot,
            ..
        } = &*draft.compiled;
        let id = draft.text("id");
        let mut guard = |key: Key, violation: fn() -> Violation| {
            id_guards.push((proposal.guards.len(), violation));
            proposal.guards.push(Guard::Absent(key));
        };
        if ignores_case_of_ids(collection) {
            let keys = [
                key::record(collection.number, id),
                key::record(collection.number, &id.to_ascii_lowercase()),
                key::folded_id(collection.number, id),
            ];
            let found = self.reads.get_many(&keys)?;
            if found.iter().any(Option::is_some) {
                violations.add("id", id_taken_in_some_case());
            }
            for key in keys {
                guard(key, id_taken_in_some_case);
            }
        } else {
            guard(key::record(collection.number, id), not_unique);
        }
        let others = snapshot.all().iter().filter(|other| {
            let both_auth = collection.auth().is_some() && other.auth().is_some();
            both_auth && other.number != collection.number
        });
        for other in others {
            guard(key::record(other.number, id), id_taken_elsewhere);
        }
        Ok(id_guards)
    }

    fn propose(
        &self,
        draft: Draft,
        mut proposal: Proposal,
        id_guards: IdGuards,
        placed: Placed,
    ) -> Planned {
        let record = draft.build(self.committer.serial());
        let action = draft.action();
        let collection = &draft.compiled.collection;
        let unique = match &draft.before {
            Some(before) => plan_replacement(&mut proposal, collection, before, &record),
            None => {
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
        let stakes = Stakes {
            action,
            id: id_guards,
            unique,
        };
        Planned {
            proposal,
            compiled: draft.compiled,
            record,
            stakes,
            placed,
        }
    }
}

impl Draft {
    /// The uploads that the record will name: a single file field keeps the last one.
    fn named_uploads(&self) -> Vec<Arc<Upload>> {
        let fields = self.compiled.collection.fields.iter();
        let files = fields.filter(|field| field.kind.as_file().is_some());
        let names: Vec<&String> = files
            .filter_map(|field| self.submission.value(field.number))
            .flat_map(Value::names)
            .collect();
        let named = |upload: &&Arc<Upload>| names.contains(&&upload.uploaded.name);
        self.uploads.iter().filter(named).cloned().collect()
    }

    fn action(&self) -> Action {
        if self.before.is_some() {
            Action::Update
        } else {
            Action::Create
        }
    }

    fn build(&self, revision: u64) -> Record {
        Record::build(self.rowid, revision, self.submission.values())
    }

    /// What the rules see of a create. A verified state that the client made up satisfies none.
    fn would_be(&self, context: &Context, revision: u64) -> Record {
        let unverified = Value::Bool(false);
        let collection = &self.compiled.collection;
        let claims = collection.auth().is_some() && !context.principal.skips_rules();
        let verified = collection.field("verified").filter(|_| claims);
        let values = self.submission.values().map(|(number, value)| {
            let made_up = verified.is_some_and(|field| field.number == number);
            (number, if made_up { &unverified } else { value })
        });
        Record::build(self.rowid, revision, values)
    }

    pub(super) fn text(&self, name: &str) -> &str {
        let field = self.compiled.collection.field(name);
        let value = field.and_then(|field| self.submission.value(field.number));
        value.and_then(Value::as_text).unwrap_or_default()
    }

    /// The ids a relation field names now and did not name before.
    fn new_targets(&self, field: FieldNumber) -> Vec<String> {
        let stored = self.before.as_ref().and_then(|before| before.value(field));
        let names = |value: ValueRef<'_>| value.names().map(str::to_owned).collect::<Vec<_>>();
        let old = stored.map(names).unwrap_or_default();
        let new = self
            .submission
            .value(field)
            .map(Value::as_ref)
            .map(names)
            .unwrap_or_default();
        new.into_iter()
            .filter(|id| !id.is_empty() && !old.contains(id))
            .collect()
    }
}

/// All values of a stored record.
pub(super) fn values_of(record: &Record) -> Values {
    record
        .values()
        .map(|(number, value)| (number, value.to_owned()))
        .collect()
}

/// The dates that the server keeps and that a write sets.
pub(super) fn touched_autodates(
    fields: &[Field],
    now: Timestamp,
    creates: bool,
) -> Vec<(FieldNumber, Value)> {
    let touched = fields.iter().filter(|field| {
        field.kind.as_autodate().is_some_and(|autodate| {
            if creates {
                autodate.on_create
            } else {
                autodate.on_update
            }
        })
    });
    touched
        .map(|field| (field.number, Value::Text(now.to_string())))
        .collect()
}

fn ignores_case_of_ids(collection: &Collection) -> bool {
    let id = collection.field_by_number(ID_FIELD);
    id.and_then(|field| field.kind.as_text())
        .is_some_and(TextField::ignores_case)
}

fn missing_relation_collection() -> Violation {
    Violation::new(
        "validation_missing_rel_collection",
        "Relation connection is missing or cannot be accessed.",
    )
}
