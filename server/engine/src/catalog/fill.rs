//! The pass over a collection's records that a new definition needs.
//!
//! Each batch is guarded by the records it read: a record that a writer changed meanwhile fails
//! the batch, which is then read again. Entries under construction of changed records are the
//! writer's business, so every record is covered by one of the two.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::field::Field;
use luge_model::index::IndexDefinition;
use luge_model::invalid::{Violation, Violations};
use luge_model::record::Record;

use super::change::Failure;
use crate::changes::{Change, ChangeKind};
use crate::clock::Clock;
use crate::commit::{Committer, Proposal};
use crate::error::{Error, Result};
use crate::index::{Entry, entries};
use crate::store::{CommitError, Direction, Guard, Key, KeyRange, key};

/// How many records are read and written together.
const BATCH: usize = 100;

/// A pass from one definition to another.
pub(super) struct Fill<'a> {
    /// What is stored: the old definition, prepared.
    pub(super) before: &'a Collection,
    /// What the records are made ready for.
    pub(super) after: &'a Collection,
}

/// A record as it was read, with its key and id.
pub(super) struct Found {
    key: Key,
    pub(super) record: Record,
}

impl Fill<'_> {
    /// Covers every record.
    pub(super) async fn run(
        &self,
        committer: &Committer,
        clock: &Arc<dyn Clock>,
    ) -> std::result::Result<(), Failure> {
        let mut rest = Some(key::record_range(self.before.number));
        while let Some(range) = rest {
            let (found, next) = self.read(committer, &range)?;
            let mut proposal = self.plan(committer, &found)?;
            proposal.now = clock.now();
            if proposal.puts.is_empty() {
                rest = next;
                continue;
            }
            match committer.commit(proposal).await {
                Ok(_) => rest = next,
                // A record changed since it was read, or the queue is full: read the batch again.
                Err(CommitError::Guard(_) | CommitError::Busy) => rest = Some(range),
                Err(error) => return Err(error.into()),
            }
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    pub(super) fn read(
        &self,
        committer: &Committer,
        range: &KeyRange,
    ) -> Result<(Vec<Found>, Option<KeyRange>)> {
        let mut found = Vec::new();
        let mut damaged = None;
        let rest =
            committer
                .store()
                .scan(range, Direction::Forward, BATCH, &mut |key, bytes| {
                    match Record::open(bytes) {
                        Ok(record) => found.push(Found {
                            key: key.to_vec(),
                            record,
                        }),
                        Err(reason) => {
                            let id = key::record_id(key).unwrap_or_default().to_owned();
                            damaged = Some((id, reason.to_string()));
                            return ControlFlow::Break(());
                        }
                    }
                    ControlFlow::Continue(())
                })?;
        match damaged {
            None => Ok((found, rest)),
            Some((id, reason)) => Err(Error::Damaged {
                collection: self.before.name.clone(),
                id,
                reason,
            }),
        }
    }

    fn plan(
        &self,
        committer: &Committer,
        found: &[Found],
    ) -> std::result::Result<Proposal, Failure> {
        let mut proposal = Proposal::default();
        let mut claimed: BTreeMap<Key, String> = BTreeMap::new();
        for Found { key, record } in found {
            let prefix = record.guard_prefix().to_vec();
            proposal.guards.push(Guard::Unchanged {
                key: key.clone(),
                prefix,
            });
            let converted = self.converted(record, committer);
            if let Some(converted) = &converted {
                proposal
                    .puts
                    .push((key.clone(), converted.as_bytes().to_vec()));
                proposal.changes.push(Change {
                    kind: ChangeKind::Update,
                    collection: self.before.number,
                    record: record.id().to_owned(),
                    revision: converted.revision(),
                    before: Some(record.as_bytes().to_vec()),
                });
            }
            let record = converted.as_ref().unwrap_or(record);
            for (key, entry) in self.new_entries(record) {
                let Some(position) = entry.unique else {
                    proposal.puts.push((key, entry.value));
                    continue;
                };
                let stored = committer.store().get(&key)?;
                let owner = stored.or_else(|| claimed.get(&key).map(|id| id.clone().into_bytes()));
                match owner {
                    Some(owner) if owner == entry.value => {}
                    Some(owner) => {
                        return Err(Failure::Refused {
                            collection: self.after.name.clone(),
                            violations: self.collision(position, record, &owner),
                        });
                    }
                    None => {
                        claimed.insert(key.clone(), record.id().to_owned());
                        proposal.guards.push(Guard::Absent(key.clone()));
                        proposal.puts.push((key, entry.value));
                    }
                }
            }
        }
        Ok(proposal)
    }

    /// The entries that the new definition has and the old one did not.
    pub(super) fn new_entries(&self, record: &Record) -> BTreeMap<Key, Entry> {
        let mut wanted = entries(self.after, record.id(), record);
        let mut existing = self.before.clone();
        existing.indexes.retain(IndexDefinition::is_ready);
        for key in entries(&existing, record.id(), record).into_keys() {
            wanted.remove(&key);
        }
        wanted
    }

    /// The record with the values of fields that got a new number; `None` when it has them already
    /// or there are none.
    pub(super) fn converted(&self, record: &Record, committer: &Committer) -> Option<Record> {
        let changed: Vec<_> = self.converted_fields().collect();
        if changed.is_empty()
            || changed
                .iter()
                .all(|(_, new)| record.value(new.number).is_some())
        {
            return None;
        }
        let values: Vec<_> = changed
            .iter()
            .filter_map(|(old, new)| {
                let stored = record.value(old.number)?.to_owned();
                Some((new.number, new.kind.convert(stored)))
            })
            .collect();
        let kept = record
            .values()
            .filter(|(number, _)| values.iter().all(|(converted, _)| converted != number));
        let added = values
            .iter()
            .map(|(number, value)| (*number, value.as_ref()));
        Some(Record::build_from_refs(
            record.rowid(),
            committer.serial(),
            kept.chain(added),
        ))
    }

    fn converted_fields(&self) -> impl Iterator<Item = (&Field, &Field)> {
        self.after.fields.iter().filter_map(|new| {
            let old = self.before.field_by_id(&new.id)?;
            (old.number != new.number).then_some((old, new))
        })
    }

    /// Two records with the same values in a unique index.
    pub(super) fn collision(&self, position: usize, record: &Record, owner: &[u8]) -> Violations {
        let mut violations = Violations::new();
        if let Some(index) = self.after.indexes.get(position) {
            let columns: Vec<_> = index
                .columns
                .iter()
                .filter_map(|column| self.after.field_by_number(column.field))
                .collect();
            let (table, owner) = (&self.after.name, String::from_utf8_lossy(owner));
            let names: Vec<_> = columns
                .iter()
                .map(|field| format!("{table}.{}", field.name))
                .collect();
            let values: Vec<_> = columns.iter().map(|field| shown(field, record)).collect();
            let message = format!(
                "Failed to create index {} - UNIQUE constraint failed: {}. The records {owner} and \
                 {} both have {}.",
                index.name,
                names.join(", "),
                record.id(),
                values.join(", ")
            );
            let violation = Violation::new("validation_invalid_index_expression", message);
            violations.nest("indexes", Violations::of(&position.to_string(), violation));
        }
        violations
    }
}

/// A field's name and value for people.
fn shown(field: &Field, record: &Record) -> String {
    let zero = field.kind.zero();
    let value = record.value(field.number).unwrap_or_else(|| zero.as_ref());
    let mut json = Vec::new();
    luge_model::record::write_value_json(value, &mut json);
    format!("{} {}", field.name, String::from_utf8_lossy(&json))
}
