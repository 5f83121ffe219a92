//! Candidates found from the selective end of a filter: a record that a relation names, the records
//! that name it, either of them some steps away, or the union of several such sets.
//!
//! Every record that the filter accepts is among the candidates; which of them it accepts is
//! decided like everywhere else.

use std::collections::BTreeMap;

use luge_model::collection::Collection;
use luge_model::filter::{Bound, Hint, Hop, Operator};
use luge_model::id::{CollectionNumber, ID_FIELD};
use luge_model::limits::INDEX_SHARE_MIN;
use luge_model::record::{Record, Row};
use luge_model::value::{Value, ValueRef};

use super::{Query, Run, plan};
use crate::error::Result;
use crate::index::targets;

/// Records by rowid: each once, in insertion order.
type Found = BTreeMap<u64, Record>;

/// Where candidates are looked for.
struct Search<'a> {
    run: &'a Run<'a>,
    /// More candidates than this are not worth finding.
    most: usize,
}

impl Query {
    /// The candidates that the filter hints at, in insertion order; `None` where it hints at none,
    /// or at too many to be worth it.
    pub(super) fn hinted(&self, run: &Run<'_>) -> Result<Option<Vec<Record>>> {
        let Some(filter) = &run.filter else {
            return Ok(None);
        };
        let hint = filter.hint();
        if hint == Hint::Nothing {
            return Ok(None);
        }
        let all = self.size(run.compiled.collection.number)?;
        let search = Search {
            run,
            most: all / INDEX_SHARE_MIN,
        };
        let found = self.hinted_at(&search, &hint)?;
        Ok(found.map(|found| found.into_values().collect()))
    }

    fn hinted_at(&self, search: &Search<'_>, hint: &Hint) -> Result<Option<Found>> {
        match hint {
            Hint::Nothing => Ok(None),
            Hint::All(parts) => {
                for part in parts {
                    if let Some(found) = self.hinted_at(search, part)? {
                        return Ok(Some(found));
                    }
                }
                Ok(None)
            }
            Hint::Any(parts) => {
                let mut union = Found::new();
                for part in parts {
                    let Some(found) = self.hinted_at(search, part)? else {
                        return Ok(None);
                    };
                    union.extend(found);
                    if union.len() > search.most {
                        return Ok(None);
                    }
                }
                Ok(Some(union))
            }
            Hint::Bound { path, bound } => self.at_the_end(search, path, bound),
        }
    }

    /// The records that a bound at the end of a path leaves.
    fn at_the_end(
        &self,
        search: &Search<'_>,
        path: &[Hop],
        bound: &Bound,
    ) -> Result<Option<Found>> {
        let base = search.run.compiled.collection.number;
        let end = path.last().map_or(base, Hop::collection);
        let Some(mut found) = self.bounded(search, end, bound)? else {
            return Ok(None);
        };
        for (position, hop) in path.iter().enumerate().rev() {
            let before = position
                .checked_sub(1)
                .and_then(|earlier| path.get(earlier))
                .map_or(base, Hop::collection);
            let mut earlier = Found::new();
            for record in found.values() {
                let back = self.back(*hop, before, record)?;
                search.run.lookups.spend(back.len() as u64 + 1);
                earlier.extend(back.into_iter().map(|record| (record.rowid(), record)));
                if earlier.len() > search.most {
                    return Ok(None);
                }
            }
            found = earlier;
        }
        Ok((found.len() <= search.most).then_some(found))
    }

    /// The records of a collection that a bound leaves, by id, relation or unique index, or from
    /// memory.
    fn bounded(
        &self,
        search: &Search<'_>,
        number: CollectionNumber,
        bound: &Bound,
    ) -> Result<Option<Found>> {
        let snapshot = &search.run.compiled.snapshot;
        let Some(collection) = snapshot.by_number(number) else {
            return Ok(None);
        };
        if let Some(found) = self.pointed(collection, bound, search.most)? {
            let found = found.into_iter().map(|record| (record.rowid(), record));
            return Ok(Some(found.collect()));
        }
        if number == search.run.compiled.collection.number {
            // Going through the whole collection is what is to be avoided.
            return Ok(None);
        }
        let found = self.mirror.read(number, |resident| {
            search.run.lookups.spend(resident.len() as u64);
            let holds = |record: &&Record| may_hold(bound, *record);
            let found = resident.iter().filter(holds).take(search.most + 1);
            found
                .map(|record| (record.rowid(), record.clone()))
                .collect::<Found>()
        })?;
        Ok(found.filter(|found| found.len() <= search.most))
    }

    /// What an equality points at; `None` where nothing keeps track of it.
    fn pointed(
        &self,
        collection: &Collection,
        bound: &Bound,
        most: usize,
    ) -> Result<Option<Vec<Record>>> {
        let (Operator::Equal, Value::Text(text)) = (bound.operator, &bound.value) else {
            return Ok(None);
        };
        let one = |found: Option<Record>| Some(Vec::from_iter(found));
        if bound.field == ID_FIELD {
            return self.related(collection.number, text).map(one);
        }
        let is_relation = collection
            .field_by_number(bound.field)
            .is_some_and(|field| field.kind.as_relation().is_some());
        if is_relation && !text.is_empty() {
            let found = self.referring(collection.number, bound.field, text, most + 1)?;
            return Ok((found.len() <= most).then_some(found));
        }
        match plan::unique_by(collection, std::slice::from_ref(bound)) {
            Some(entry) => {
                let id = self.store.get(&entry)?;
                let id = id.map(|id| String::from_utf8_lossy(&id).into_owned());
                let found = id.map(|id| self.related(collection.number, &id));
                found.transpose().map(|found| one(found.flatten()))
            }
            None => Ok(None),
        }
    }

    /// The records from which a hop leads to this one.
    fn back(&self, hop: Hop, before: CollectionNumber, record: &Record) -> Result<Vec<Record>> {
        match hop {
            Hop::Named { field, .. } => self.referring(before, field, record.id(), usize::MAX),
            Hop::Referring { field, .. } => targets(field, record)
                .into_iter()
                .filter_map(|id| self.related(before, id).transpose())
                .collect(),
        }
    }
}

/// Whether the bound can hold for a record; rather yes than no.
fn may_hold(bound: &Bound, row: &dyn Row) -> bool {
    let order = match (row.value(bound.field), &bound.value) {
        (Some(ValueRef::Text(left)), Value::Text(right)) => Some(left.cmp(right.as_str())),
        (Some(ValueRef::Number(left)), Value::Number(right)) => left.partial_cmp(right),
        (Some(ValueRef::Bool(left)), Value::Bool(right)) => Some(left.cmp(right)),
        _ => None,
    };
    let Some(order) = order else { return true };
    match bound.operator {
        Operator::Equal => order.is_eq(),
        Operator::Greater => order.is_gt(),
        Operator::GreaterOrEqual => order.is_ge(),
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::NotEqual | Operator::Like | Operator::NotLike => true,
    }
}
