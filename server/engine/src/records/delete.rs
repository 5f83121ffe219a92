//! Deleting a record: with it go the records that cannot be without it, and from the others the
//! reference to it (contract §2.3), all in one commit.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::ControlFlow;
use std::pin::Pin;
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
use super::planned::plan_replacement;
use crate::access::Compiled;
use crate::catalog::{RecordRemoval, Snapshot, definition_guard};
use crate::changes::{Change, ChangeKind};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Action, Error, Result, Subject};
use crate::identity;
use crate::index;
use crate::query::ListRequest;
use crate::store::{Direction, Guard, Key, KeyRange, key};

/// System collections whose records belong to an auth record.
const OWNED_BY_AUTH_RECORDS: [&str; 4] = ["_externalAuths", "_mfas", "_otps", "_authOrigins"];

type RecordKey = (CollectionNumber, String);

/// A delete while it is planned.
#[derive(Default)]
struct Cascade {
    proposal: Proposal,
    waiting: VecDeque<(Arc<Collection>, Record)>,
    deleted: HashSet<RecordKey>,
    released: HashMap<RecordKey, Released>,
}

/// A record that loses a reference, and the values it keeps.
struct Released {
    collection: Arc<Collection>,
    before: Record,
    values: Values,
}

impl Records {
    /// Everything that deleting `record` does.
    ///
    /// # Errors
    /// [`Error::Refused`] where a required reference stands in the way, [`Error::BadRequest`] for
    /// the last superuser and where more records are concerned than one commit may change.
    pub(super) fn plan_delete(
        &self,
        context: &Context,
        compiled: &Compiled,
        record: Record,
    ) -> Result<Proposal> {
        let mut cascade = Cascade::default();
        if identity::is_superusers(&compiled.collection) {
            let store = self.committer.store();
            let other = identity::another_superuser(&**store, &compiled.collection, record.id())?;
            cascade.proposal.guards.push(other.ok_or_else(|| {
                Error::BadRequest("You can't delete the only existing superuser.".to_owned())
            })?);
        }
        cascade.delete(&compiled.collection, record);
        while let Some((collection, record)) = cascade.waiting.pop_front() {
            for (source, field) in referring_fields(&compiled.snapshot, &collection) {
                self.release(&mut cascade, (source, field), &record)?;
            }
            if collection.auth().is_some() {
                self.delete_owned(&mut cascade, &collection, &record)?;
            }
            self.plan_removal(&mut cascade.proposal, &collection, &record);
            if cascade.deleted.len() + cascade.released.len() > CASCADE_RECORDS_MAX {
                return Err(Error::BadRequest(format!(
                    "The delete concerns more than {CASCADE_RECORDS_MAX} records; delete those \
                     that refer to this one first."
                )));
            }
        }
        let Cascade {
            mut proposal,
            deleted,
            released,
            ..
        } = cascade;
        for (
            record_key,
            Released {
                collection,
                before,
                mut values,
            },
        ) in released
        {
            if !deleted.contains(&record_key) {
                values.extend(draft::touched_autodates(
                    &collection.fields,
                    context.now,
                    false,
                ));
                let after = Record::build(
                    before.rowid(),
                    self.committer.serial(),
                    values.iter().map(|(number, value)| (*number, value)),
                );
                plan_replacement(&mut proposal, &collection, &before, &after);
            }
        }
        proposal.now = context.now;
        Ok(proposal)
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
        let (before, mut values) = match cascade.released.remove(&record_key) {
            Some(Released { before, values, .. }) => (before, values),
            None => {
                let compiled = self.compiled(&source.id)?;
                let Some(record) = self.query.record(&compiled, &record_key.1)? else {
                    return Ok(());
                };
                let values = draft::values_of(&record);
                (record, values)
            }
        };
        let Some(value) = values.get_mut(&field.number) else {
            return Ok(());
        };
        let empty = remove_id(value, target);
        let cascades = field
            .kind
            .as_relation()
            .is_some_and(|relation| relation.cascade_delete);
        if empty && cascades {
            cascade.delete(source, before);
        } else if empty && field.required {
            return Err(Error::Refused {
                action: Action::Delete,
                subject: Subject::Record,
                violations: Violations::new(),
                reason: None,
            });
        } else {
            let collection = Arc::clone(source);
            cascade.released.insert(
                record_key,
                Released {
                    collection,
                    before,
                    values,
                },
            );
        }
        Ok(())
    }

    fn delete_owned(
        &self,
        cascade: &mut Cascade,
        collection: &Collection,
        record: &Record,
    ) -> Result<()> {
        let system = Context::system(Default::default());
        for name in OWNED_BY_AUTH_RECORDS {
            let compiled = self.compiled(name)?;
            let request = ListRequest {
                per_page: CASCADE_RECORDS_MAX,
                filter: format!(
                    "collectionRef = '{}' && recordRef = '{}'",
                    collection.id,
                    record.id()
                ),
                skip_total: true,
                ..ListRequest::default()
            };
            for owned in self.query.list(&system, &compiled, &request)?.items {
                cascade.delete(&compiled.collection, owned);
            }
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
            rest = self.committer.store().scan(
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
    fn remove_all(
        self: Arc<Self>,
        context: Context,
        collection: Arc<Collection>,
    ) -> Pin<Box<dyn Future<Output = Result<()>> + Send>> {
        Box::pin(async move {
            loop {
                let range = key::record_range(collection.number);
                let mut ids = Vec::new();
                self.committer.store().scan(
                    &range,
                    Direction::Forward,
                    STORE_PAGE_KEYS,
                    &mut |key, _| {
                        ids.extend(key::record_id(key).map(str::to_owned));
                        ControlFlow::Continue(())
                    },
                )?;
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
