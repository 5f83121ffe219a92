//! Records that belong to auth records by name rather than by relation: sign-ins, codes and links
//! say in `collectionRef` and `recordRef` whose they are (contract §2.4).
//!
//! - One is written only while its owner exists, now and at the commit.
//! - They go with their owner, whether that is deleted alone or with its whole collection. Who
//!   deletes the owner guards that what belongs to it is still what was read.
//! - Where one commit does not hold those of a whole collection, the collection goes first and is
//!   noted as departed; until the note is gone, no other collection gets its id.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use luge_model::collection::{Collection, Collections};
use luge_model::index::IndexDefinition;
use luge_model::invalid::{Violation, Violations};
use luge_model::limits::CASCADE_RECORDS_MAX;
use luge_model::record::Record;
use luge_model::value::ValueRef;

use super::Records;
use super::delete::{Cascade, too_many};
use crate::access::Compiled;
use crate::catalog::definition_guard;
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::Result;
use crate::query::ListRequest;
use crate::store::key::{self, Column, Component};
use crate::store::{Direction, Guard, Key, KeyRange};

/// System collections whose records belong to an auth record.
const OWNED: [&str; 4] = ["_mfas", "_otps", "_authOrigins", "_externalAuths"];
const COLLECTION: &str = "collectionRef";
const RECORD: &str = "recordRef";
/// How many records of a departed collection are deleted in one commit.
const BATCH: usize = 100;
/// How many departed collections are read at a time.
const PAGE: usize = 64;

/// Whom records belong to: an auth record, or all records of an auth collection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owner<'a> {
    /// The id of the auth collection.
    collection: &'a str,
    /// The id of the auth record.
    record: Option<&'a str>,
}

/// What belongs to an owner.
#[derive(Debug)]
pub(super) struct Owned {
    pub(super) records: Vec<(Arc<Collection>, Record)>,
    /// That it is all there is.
    pub(super) guards: Vec<Guard>,
    /// Whether it is all there is; else the guards say less.
    pub(super) complete: bool,
}

impl Records {
    /// At most `limit` of the records that belong to an owner.
    pub(super) fn owned_by(&self, owner: Owner<'_>, limit: usize) -> Result<Owned> {
        let mut owned = Owned {
            records: Vec::new(),
            guards: Vec::new(),
            complete: true,
        };
        for name in OWNED {
            let compiled = self.compiled(name)?;
            owned.guards.push(definition_guard(&compiled.collection));
            let left = limit.saturating_sub(owned.records.len());
            if left == 0 {
                owned.complete = false;
                break;
            }
            self.read_owned(&mut owned, (&compiled, owner), left)?;
        }
        Ok(owned)
    }

    /// The same of one collection.
    pub(super) fn owned_in(
        &self,
        compiled: &Compiled,
        owner: Owner<'_>,
        limit: usize,
    ) -> Result<Owned> {
        let mut owned = Owned {
            records: Vec::new(),
            guards: Vec::new(),
            complete: true,
        };
        self.read_owned(&mut owned, (compiled, owner), limit)?;
        Ok(owned)
    }

    /// That the owner whom a record names exists.
    pub(super) fn check_owner(
        &self,
        compiled: &Compiled,
        (collection, record): (&str, &str),
        proposal: &mut Proposal,
    ) -> Result<Violations> {
        if !OWNED.contains(&compiled.collection.name.as_str()) {
            return Ok(Violations::new());
        }
        let target = compiled.snapshot.find(collection);
        let Some(target) = target.filter(|target| target.id == collection) else {
            return Ok(Violations::of(COLLECTION, missing_collection()));
        };
        if target.auth().is_none() {
            return Ok(Violations::of(COLLECTION, no_auth_collection()));
        }
        let record = key::record(target.number, record);
        if self.reads.get(&record)?.is_none() {
            return Ok(Violations::of(RECORD, missing_record()));
        }
        proposal.guards.push(definition_guard(target));
        proposal.guards.push(Guard::Present(record));
        Ok(Violations::new())
    }

    /// Deletes what belongs to the records of these collections, `None` where one commit does not
    /// hold it.
    pub(super) fn plan_owned_removal(
        &self,
        context: &Context,
        collections: &[Arc<Collection>],
    ) -> Result<Option<Proposal>> {
        let mut cascade = Cascade::default();
        for collection in collections {
            let owner = Owner::all_of(&collection.id);
            let owned = self.owned_by(owner, CASCADE_RECORDS_MAX)?;
            if !owned.complete {
                return Ok(None);
            }
            cascade.take_along(owned);
        }
        let merged = self.plan_cascade(context, cascade)?;
        Ok(merged.map(|merged| merged.proposal))
    }

    /// The ids of collections that are gone while records still belong to theirs.
    ///
    /// # Errors
    /// When the store fails.
    pub fn departed(&self) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        let mut rest = Some(key::departed_range());
        while let Some(range) = rest {
            let mut visit = |key: &[u8], _: &[u8]| {
                ids.extend(key::departed_id(key).map(str::to_owned));
                ControlFlow::Continue(())
            };
            let store = &self.reads;
            rest = store.scan(&range, Direction::Forward, PAGE, &mut visit)?;
        }
        Ok(ids)
    }

    /// Deletes some of the records that belong to those of a departed collection; whether none is
    /// left, and the collection forgotten.
    ///
    /// # Errors
    /// When the store fails, or a required reference stands in the way.
    pub async fn remove_departed(&self, context: &Context, collection: &str) -> Result<bool> {
        let owner = Owner::all_of(collection);
        let note = key::departed(collection);
        self.remove_some_owned(context, owner, Some(&note)).await
    }

    /// Deletes, in commits of their own, what belongs to an owner, until one commit holds the rest
    /// together with the owner.
    pub(super) async fn reduce_owned(&self, context: &Context, owner: Owner<'_>) -> Result<()> {
        while !self.owned_by(owner, CASCADE_RECORDS_MAX / 2)?.complete {
            self.remove_some_owned(context, owner, None).await?;
        }
        Ok(())
    }

    /// Whether none is left. With the last one goes the note, without which nothing is deleted.
    async fn remove_some_owned(
        &self,
        context: &Context,
        owner: Owner<'_>,
        note: Option<&Key>,
    ) -> Result<bool> {
        let batch = AtomicUsize::new(BATCH);
        self.write(|| async {
            if let Some(note) = note
                && self.reads.get(note)?.is_none()
            {
                return Ok(Some(true));
            }
            let limit = batch.load(Ordering::Relaxed);
            let owned = self.owned_by(owner, limit)?;
            let complete = owned.complete;
            let mut cascade = Cascade::default();
            cascade.take_along(owned);
            let Some(mut merged) = self.plan_cascade(context, cascade)? else {
                // Others go with them: one at a time.
                batch.store(1, Ordering::Relaxed);
                return if limit == 1 {
                    Err(too_many())
                } else {
                    Ok(None)
                };
            };
            let proposal = &mut merged.proposal;
            proposal.guards.extend(note.cloned().map(Guard::Present));
            proposal.deletes.extend(note.filter(|_| complete).cloned());
            self.carry_out(context, merged)
                .await
                .map(|done| done.map(|()| complete))
        })
        .await
    }

    fn read_owned(
        &self,
        owned: &mut Owned,
        (compiled, owner): (&Compiled, Owner<'_>),
        limit: usize,
    ) -> Result<()> {
        match owner.range(&compiled.collection) {
            Some(range) => self.read_range(owned, (compiled, owner), &range, limit),
            None => self.read_list(owned, (compiled, owner), limit),
        }
    }

    fn read_range(
        &self,
        owned: &mut Owned,
        (compiled, owner): (&Compiled, Owner<'_>),
        range: &KeyRange,
        limit: usize,
    ) -> Result<()> {
        let (mut keys, mut ids) = (Vec::new(), Vec::new());
        let mut visit = |key: &[u8], value: &[u8]| {
            // An entry of a unique index has the id as its value, any other at the end of its key.
            let id = key::index_entry_id(key).or_else(|| std::str::from_utf8(value).ok());
            ids.extend(id.map(str::to_owned));
            keys.push(key.to_vec());
            ControlFlow::Continue(())
        };
        let store = &self.reads;
        let rest = store.scan(range, Direction::Forward, limit, &mut visit)?;
        for id in ids {
            let record = self.query.stored(compiled, &id)?;
            let record = record.filter(|record| owner.has(&compiled.collection, record));
            let collection = &compiled.collection;
            owned
                .records
                .extend(record.map(|record| (Arc::clone(collection), record)));
        }
        if rest.is_some() {
            owned.complete = false;
        } else {
            let range = range.clone();
            owned.guards.push(Guard::Only { range, keys });
        }
        Ok(())
    }

    /// For collections whose index a superuser removed. What comes while this is under way is
    /// missed.
    fn read_list(
        &self,
        owned: &mut Owned,
        (compiled, owner): (&Compiled, Owner<'_>),
        limit: usize,
    ) -> Result<()> {
        let request = ListRequest {
            per_page: limit,
            filter: owner.filter(),
            skip_total: true,
            ..ListRequest::default()
        };
        let system = Context::system(Default::default());
        let found = self.query.list(&system, compiled, &request)?.items;
        owned.complete &= found.len() < limit;
        let collection = &compiled.collection;
        owned.records.extend(
            found
                .into_iter()
                .take(limit)
                .map(|record| (Arc::clone(collection), record)),
        );
        Ok(())
    }
}

impl<'a> Owner<'a> {
    /// An auth record.
    pub(super) fn record(collection: &'a Collection, record: &'a Record) -> Self {
        Self {
            collection: &collection.id,
            record: Some(record.id()),
        }
    }

    /// All records of an auth collection.
    fn all_of(collection: &'a str) -> Self {
        Self {
            collection,
            record: None,
        }
    }

    /// The entries of an index by owner, if there is one.
    fn range(&self, collection: &Collection) -> Option<KeyRange> {
        let fields = [COLLECTION, RECORD].map(|name| collection.field(name));
        let by_owner = |index: &&IndexDefinition| {
            index.is_ready()
                && index.condition.is_none()
                && index.columns.len() >= fields.len()
                && fields.iter().zip(&index.columns).all(|(field, column)| {
                    let is_field = field.is_some_and(|field| field.number == column.field);
                    is_field && !column.no_case && !column.descending
                })
        };
        let index = collection.indexes.iter().find(by_owner)?;
        let values: Vec<_> = [Some(self.collection), self.record]
            .into_iter()
            .flatten()
            .map(|value| Column::ascending(Component::Text(value)))
            .collect();
        let entries = key::Entries {
            unique: index.unique,
            collection: collection.number,
            index: index.number,
            equal: &values,
        };
        Some(entries.range())
    }

    fn has(&self, collection: &Collection, record: &Record) -> bool {
        let is = |name: &str, id: &str| {
            let field = collection.field(name);
            field.and_then(|field| record.value(field.number)) == Some(ValueRef::Text(id))
        };
        is(COLLECTION, self.collection) && self.record.is_none_or(|id| is(RECORD, id))
    }

    fn filter(&self) -> String {
        // A literal in double quotes is read like one of JSON.
        let is = |name, id: &str| format!("{name} = {}", serde_json::Value::from(id));
        match self.record {
            None => is(COLLECTION, self.collection),
            Some(record) => format!(
                "{} && {}",
                is(COLLECTION, self.collection),
                is(RECORD, record)
            ),
        }
    }
}

fn missing_collection() -> Violation {
    Violation::new(
        "validation_invalid_collection_id",
        "Missing or invalid collection.",
    )
}

fn no_auth_collection() -> Violation {
    Violation::new(
        "validation_invalid_collection_type",
        "Invalid collection type - must be auth.",
    )
}

fn missing_record() -> Violation {
    Violation::new("validation_invalid_record", "Missing or invalid record.")
}

#[cfg(test)]
mod tests;
