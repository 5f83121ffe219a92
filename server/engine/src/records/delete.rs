//! Deleting a record: with it go the records that cannot be without it, and from the others the
//! reference to it (contract §2.3), all in one commit.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::field::Field;
use luge_model::id::CollectionNumber;
use luge_model::invalid::Violations;
use luge_model::limits::{CASCADE_RECORDS_MAX, STORE_PAGE_KEYS};
use luge_model::record::Record;
use luge_model::value::Value;

use super::Records;
use super::draft::{self, Values};
use super::merged::Merged;
use super::owned::{Owned, Owner};
use super::planned::{Planned, Stakes, plan_replacement};
use crate::access::Compiled;
use crate::belongings;
use crate::catalog::{RecordRemoval, Removing, Snapshot, definition_guard};
use crate::changes::{Change, ChangeKind};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Action, Error, Result, Subject};
use crate::files::Placed;
use crate::identity::{self, SUPERUSERS};
use crate::index;
use crate::store::{Direction, Guard, Key, KeyRange, key};

type RecordKey = (CollectionNumber, String);

/// A delete while it is planned.
#[derive(Default)]
pub(super) struct Cascade {
    proposal: Proposal,
    waiting: VecDeque<(Arc<Collection>, Record)>,
    deleted: HashSet<RecordKey>,
    released: HashMap<RecordKey, Released>,
    /// How many records were asked for beside the first one; they do not count as concerned.
    asked: usize,
}

/// A record that loses a reference, and the values it keeps.
struct Released {
    compiled: Arc<Compiled>,
    before: Record,
    values: Values,
}

impl Records {
    /// Everything that deleting these records of one collection does.
    ///
    /// # Errors
    /// [`Error::Refused`] where a required reference stands in the way, [`Error::BadRequest`] for
    /// the last superuser and where more records are concerned than one commit may change.
    pub(super) fn plan_delete(
        &self,
        context: &Context,
        compiled: &Compiled,
        records: Vec<Record>,
    ) -> Result<Merged> {
        let mut cascade = Cascade {
            asked: records.len().saturating_sub(1),
            ..Cascade::default()
        };
        if identity::is_superusers(&compiled.collection) {
            let store = &self.reads;
            let other = identity::another_superuser(&**store, &compiled.collection, &records)?;
            cascade
                .proposal
                .guards
                .push(other.ok_or_else(last_superuser)?);
        }
        self.plan_unlinking(context, compiled, &records, &mut cascade.proposal)?;
        for record in records {
            cascade.delete(&compiled.collection, record);
        }
        self.plan_cascade(context, cascade)?.ok_or_else(too_many)
    }

    /// Everything that deleting the records of `cascade` does, `None` where more records are
    /// concerned than one commit may change.
    ///
    /// # Errors
    /// [`Error::Refused`] where a required reference stands in the way, or two records would be
    /// left with the same unique value.
    pub(super) fn plan_cascade(
        &self,
        context: &Context,
        mut cascade: Cascade,
    ) -> Result<Option<Merged>> {
        let snapshot = self.catalog.snapshot();
        while let Some((collection, record)) = cascade.waiting.pop_front() {
            for (source, field) in referring_fields(&snapshot, &collection) {
                self.release(&mut cascade, (source, field), &record)?;
            }
            if collection.auth().is_some() {
                let owner = Owner::record(&collection, &record);
                let owned = self.owned_by(owner, CASCADE_RECORDS_MAX)?;
                if !owned.complete {
                    return Ok(None);
                }
                cascade.take_along(owned);
                let owner = belongings::Owner {
                    collection: collection.number,
                    record: record.id(),
                };
                owner.plan_removal(&*self.reads, &mut cascade.proposal)?;
            }
            self.plan_removal(&mut cascade.proposal, &collection, &record);
            let concerned = cascade.deleted.len() + cascade.released.len();
            if concerned - cascade.asked > CASCADE_RECORDS_MAX {
                return Ok(None);
            }
        }
        let Cascade {
            mut proposal,
            deleted,
            released,
            ..
        } = cascade;
        proposal.now = context.now;
        let mut writes = Vec::new();
        for (record_key, released) in released {
            if !deleted.contains(&record_key) {
                writes.push(self.plan_release(context, released));
            }
        }
        Merged::of(proposal, writes).map(Some)
    }

    fn plan_release(&self, context: &Context, released: Released) -> Planned {
        let Released {
            compiled,
            before,
            mut values,
        } = released;
        let collection = &compiled.collection;
        let touched = draft::touched_autodates(&collection.fields, context.now, false);
        values.extend(touched);
        let record = Record::build(
            before.rowid(),
            self.committer.serial(),
            values.iter().map(|(number, value)| (*number, value)),
        );
        let mut proposal = Proposal::default();
        let unique = plan_replacement(&mut proposal, collection, &before, &record);
        let stakes = Stakes {
            action: Action::Delete,
            id: Vec::new(),
            unique,
        };
        Planned {
            proposal,
            compiled,
            record,
            stakes,
            placed: Placed::none(&self.files),
        }
    }

    /// Takes the reference to `target` out of every record whose `field` has it.
    fn release(
        &self,
        cascade: &mut Cascade,
        (source, field): (&Arc<Collection>, &Field),
        target: &Record,
    ) -> Result<()> {
        let range = key::reference_range(source.number, field.number, target.id());
        let keys = self.keys(&range)?;
        let ids: Vec<String> = keys
            .iter()
            .filter_map(|key| key::reference_source(key))
            .map(str::to_owned)
            .collect();
        cascade.proposal.guards.push(Guard::Only { range, keys });
        for id in ids {
            let record_key = (source.number, id);
            if cascade.deleted.contains(&record_key) {
                continue;
            }
            self.release_one(cascade, (source, field), record_key, target.id())?;
        }
        Ok(())
    }

    fn release_one(
        &self,
        cascade: &mut Cascade,
        (source, field): (&Arc<Collection>, &Field),
        record_key: RecordKey,
        target: &str,
    ) -> Result<()> {
        let mut released = match cascade.released.remove(&record_key) {
            Some(released) => released,
            None => {
                let compiled = self.compiled(&source.id)?;
                let Some(before) = self.query.stored(&compiled, &record_key.1)? else {
                    return Ok(());
                };
                let values = draft::values_of(&before);
                Released {
                    compiled,
                    before,
                    values,
                }
            }
        };
        let Some(value) = released.values.get_mut(&field.number) else {
            return Ok(());
        };
        let empty = remove_id(value, target);
        let cascades = field
            .kind
            .as_relation()
            .is_some_and(|relation| relation.cascade_delete);
        if empty && cascades {
            cascade.delete(source, released.before);
        } else if empty && field.required {
            return Err(Error::Refused {
                action: Action::Delete,
                subject: Subject::Record,
                violations: Violations::new(),
                reason: None,
            });
        } else {
            cascade.released.insert(record_key, released);
        }
        Ok(())
    }

    fn plan_removal(&self, proposal: &mut Proposal, collection: &Collection, record: &Record) {
        let record_key = key::record(collection.number, record.id());
        proposal.guards.push(definition_guard(collection));
        proposal.guards.push(Guard::Unchanged {
            key: record_key.clone(),
            prefix: record.guard_prefix().to_vec(),
        });
        proposal.deletes.push(record_key);
        if collection.name == SUPERUSERS {
            proposal.deletes.push(key::preferences(record.id()));
        }
        proposal
            .deletes
            .extend(index::entries(collection, record.id(), record).into_keys());
        proposal.count(key::counter(collection.number), -1);
        proposal.changes.push(Change {
            kind: ChangeKind::Delete,
            collection: collection.number,
            record: record.id().to_owned(),
            revision: record.revision(),
            before: Some(record.as_bytes().to_vec()),
        });
    }

    fn keys(&self, range: &KeyRange) -> Result<Vec<Key>> {
        let mut keys = Vec::new();
        let mut rest = Some(range.clone());
        while let Some(range) = rest {
            rest = self.reads.scan(
                &range,
                Direction::Forward,
                STORE_PAGE_KEYS,
                &mut |key, _| {
                    keys.push(key.to_vec());
                    ControlFlow::Continue(())
                },
            )?;
            if keys.len() > CASCADE_RECORDS_MAX {
                break;
            }
        }
        Ok(keys)
    }
}

impl RecordRemoval for Records {
    fn remove_all(self: Arc<Self>, context: Context, collection: Arc<Collection>) -> Removing {
        Box::pin(async move {
            if identity::is_superusers(&collection) {
                return Err(last_superuser());
            }
            if self.remove_together(&context, &collection).await? {
                return Ok(());
            }
            loop {
                let (ids, _) = self.first_ids(&collection, STORE_PAGE_KEYS)?;
                if ids.is_empty() {
                    return Ok(());
                }
                for id in ids {
                    match self.delete(&context, &collection.id, &id).await {
                        // An earlier cascade may have taken it along.
                        Ok(()) | Err(Error::MissingRecord) => {}
                        Err(error) => return Err(error),
                    }
                }
            }
        })
    }

    fn plan_owned(
        &self,
        context: &Context,
        collections: &[Arc<Collection>],
    ) -> Result<Option<Proposal>> {
        self.plan_owned_removal(context, collections)
    }

    fn remove_owned(
        self: Arc<Self>,
        context: Context,
        collections: Vec<Arc<Collection>>,
    ) -> Removing {
        Box::pin(async move {
            for collection in collections {
                while !self.remove_departed(&context, &collection.id).await? {}
            }
            Ok(())
        })
    }
}

impl Records {
    /// Deletes all records of a collection in one commit; whether one holds them.
    async fn remove_together(
        &self,
        context: &Context,
        collection: &Arc<Collection>,
    ) -> Result<bool> {
        let together = self.write(|| async {
            let (ids, complete) = self.first_ids(collection, CASCADE_RECORDS_MAX)?;
            if !complete {
                return Ok(Some(false));
            }
            let compiled = self.compiled(&collection.id)?;
            let mut cascade = Cascade::default();
            for id in ids {
                if let Some(record) = self.query.stored(&compiled, &id)? {
                    cascade.delete(&compiled.collection, record);
                }
            }
            let Some(merged) = self.plan_cascade(context, cascade)? else {
                return Ok(Some(false));
            };
            let done = self.carry_out(context, merged).await?;
            Ok(done.map(|()| true))
        });
        match together.await {
            Err(Error::Contended) => Ok(false),
            outcome => outcome,
        }
    }

    /// The first ids of a collection, and whether they are all.
    fn first_ids(&self, collection: &Collection, limit: usize) -> Result<(Vec<String>, bool)> {
        let mut ids = Vec::new();
        let range = key::record_range(collection.number);
        let store = &self.reads;
        let rest = store.scan(&range, Direction::Forward, limit, &mut |key, _| {
            ids.extend(key::record_id(key).map(str::to_owned));
            ControlFlow::Continue(())
        })?;
        Ok((ids, rest.is_none()))
    }
}

impl Cascade {
    fn delete(&mut self, collection: &Arc<Collection>, record: Record) {
        if self
            .deleted
            .insert((collection.number, record.id().to_owned()))
        {
            self.waiting.push_back((Arc::clone(collection), record));
        }
    }

    /// Deletes records together with their owner.
    pub(super) fn take_along(&mut self, owned: Owned) {
        self.proposal.guards.extend(owned.guards);
        for (collection, record) in owned.records {
            self.delete(&collection, record);
        }
    }
}

/// The relation fields of all collections that refer to `target`.
fn referring_fields<'a>(
    snapshot: &'a Snapshot,
    target: &Collection,
) -> Vec<(&'a Arc<Collection>, &'a Field)> {
    snapshot
        .all()
        .iter()
        .flat_map(|source| source.fields.iter().map(move |field| (source, field)))
        .filter(|(_, field)| {
            field
                .kind
                .as_relation()
                .is_some_and(|relation| relation.collection_id == target.id)
        })
        .collect()
}

fn last_superuser() -> Error {
    Error::BadRequest("You can't delete the only existing superuser.".to_owned())
}

/// That a delete concerns more records than one commit may change.
pub(super) fn too_many() -> Error {
    Error::BadRequest(format!(
        "The delete concerns more than {CASCADE_RECORDS_MAX} records; delete those that refer to \
         this one first."
    ))
}

/// Takes an id out of a relation's value; whether nothing is left.
fn remove_id(value: &mut Value, id: &str) -> bool {
    match value {
        Value::List(ids) => {
            ids.retain(|other| other != id);
            ids.is_empty()
        }
        Value::Text(only) if only == id => {
            only.clear();
            true
        }
        _ => false,
    }
}
