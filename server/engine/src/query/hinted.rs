//! Candidates found from the selective end of a filter: a record that a relation names, the records
//! that name it, either of them some steps away, or the union of several such sets.
//!
//! Every record that the filter accepts is among the candidates; which of them it accepts is
//! decided like everywhere else.

use std::collections::BTreeMap;

use luge_model::collection::Collection;
use luge_model::filter::{Bound, Hint, Hop, Operator};
use luge_model::id::{CollectionNumber, ID_FIELD};
use luge_model::limits::{CANDIDATES_FEW, INDEX_SHARE_MIN};
use luge_model::record::{Record, Row};
use luge_model::value::{Value, ValueRef};

use super::explain::{Source, SourceKind, bound_text, path_text};
use super::{Query, Run, plan};
use crate::error::Result;
use crate::index::targets;

/// Records in insertion order, each once.
type Found = Vec<Record>;

/// Where candidates are looked for.
struct Search<'a> {
    run: &'a Run<'a>,
    /// More candidates than this are not worth finding.
    most: usize,
}

impl Query {
    /// The candidates that the filter hints at, in insertion order, and where they were found;
    /// `None` where it hints at none, or at too many to be worth it: more than `most`, or more of
    /// the collection than it pays to pick out.
    pub(super) fn hinted(
        &self,
        run: &Run<'_>,
        most: usize,
    ) -> Result<Option<(Vec<Record>, Source)>> {
        let Some(filter) = &run.filter else {
            return Ok(None);
        };
        let hint = filter.hint();
        if hint == Hint::Nothing {
            return Ok(None);
        }
        let all = self.size(run.compiled.collection.number)?;
        let most = most.min(all / INDEX_SHARE_MIN);
        // Where there is a choice, the end that leaves few is found by trying each for a little.
        let is_choice = matches!(&hint, Hint::All(parts) if !parts.iter().all(is_own));
        let tries = [is_choice.then_some(CANDIDATES_FEW), Some(most)];
        for most in tries
            .into_iter()
            .flatten()
            .filter(|try_most| *try_most <= most)
        {
            let search = Search { run, most };
            if let Some((found, source)) = self.hinted_at(&search, &hint)? {
                return Ok(Some((found, source)));
            }
        }
        Ok(None)
    }

    fn hinted_at(&self, search: &Search<'_>, hint: &Hint) -> Result<Option<(Found, Source)>> {
        match hint {
            Hint::Nothing => Ok(None),
            Hint::All(parts) => self.hinted_at_all(search, parts),
            Hint::Any(parts) => {
                let mut union = BTreeMap::new();
                let mut sources = Vec::new();
                for part in parts {
                    let Some((found, source)) = self.hinted_at(search, part)? else {
                        return Ok(None);
                    };
                    union.extend(found.into_iter().map(|record| (record.rowid(), record)));
                    sources.push(source);
                    if union.len() > search.most {
                        return Ok(None);
                    }
                }
                let union = union.into_values().collect();
                Ok(Some((union, Source::made_of(SourceKind::Union, sources))))
            }
            Hint::Bound { path, bound } if path.is_empty() => self.among(search, &[bound]),
            Hint::Bound { path, bound } => self.at_the_end(search, path, bound),
        }
    }

    /// What one of the parts leaves; bounds of the record itself may do so together.
    fn hinted_at_all(
        &self,
        search: &Search<'_>,
        parts: &[Hint],
    ) -> Result<Option<(Found, Source)>> {
        let own: Vec<&Bound> = parts
            .iter()
            .filter_map(|part| match part {
                Hint::Bound { path, bound } if path.is_empty() => Some(bound),
                _ => None,
            })
            .collect();
        if let Some(found) = self.among(search, &own)? {
            return Ok(Some(found));
        }
        for part in parts.iter().filter(|part| !is_own(part)) {
            if let Some(found) = self.hinted_at(search, part)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The records of the list's own collection that bounds leave.
    fn among(&self, search: &Search<'_>, bounds: &[&Bound]) -> Result<Option<(Found, Source)>> {
        let collection = &search.run.compiled.collection;
        let bounds: Vec<Bound> = bounds.iter().map(|bound| (*bound).clone()).collect();
        self.kept_track_of(search, collection, &bounds)
    }

    /// The records that a bound at the end of a path leaves.
    fn at_the_end(
        &self,
        search: &Search<'_>,
        path: &[Hop],
        bound: &Bound,
    ) -> Result<Option<(Found, Source)>> {
        let base = &search.run.compiled.collection;
        let end = path.last().map_or(base.number, Hop::collection);
        let Some((mut found, end)) = self.bounded(search, end, bound)? else {
            return Ok(None);
        };
        for (position, hop) in path.iter().enumerate().rev() {
            let before = position
                .checked_sub(1)
                .and_then(|earlier| path.get(earlier))
                .map_or(base.number, Hop::collection);
            let mut earlier = BTreeMap::new();
            for record in &found {
                let back = self.back(*hop, before, record)?;
                search.run.lookups.spend(back.len() as u64 + 1);
                earlier.extend(back.into_iter().map(|record| (record.rowid(), record)));
                if earlier.len() > search.most {
                    search.run.gave_up(|| {
                        let path = path_text(&search.run.compiled.snapshot, base, path, bound);
                        format!("{path}: more than {} records", search.most)
                    });
                    return Ok(None);
                }
            }
            found = earlier.into_values().collect();
        }
        let source = Source {
            bounds: vec![path_text(&search.run.compiled.snapshot, base, path, bound)],
            ..Source::made_of(SourceKind::Relation, vec![end])
        };
        Ok((found.len() <= search.most).then_some((found, source)))
    }

    /// The records of a collection that a bound leaves: what keeps track of it tells, or memory.
    fn bounded(
        &self,
        search: &Search<'_>,
        number: CollectionNumber,
        bound: &Bound,
    ) -> Result<Option<(Found, Source)>> {
        let snapshot = &search.run.compiled.snapshot;
        let Some(collection) = snapshot.by_number(number) else {
            return Ok(None);
        };
        let bounds = std::slice::from_ref(bound);
        if let Some(found) = self.kept_track_of(search, collection, bounds)? {
            return Ok(Some(found));
        }
        if number == search.run.compiled.collection.number {
            // Going through the whole collection is what is to be avoided.
            return Ok(None);
        }
        let found = self.mirror.read(number, |resident| {
            search.run.lookups.spend(resident.len() as u64);
            let holds = |record: &&Record| may_hold(bound, *record);
            let found = resident.iter().filter(holds).take(search.most + 1);
            found.cloned().collect::<Found>()
        })?;
        let source = || Source {
            bounds: vec![bound_text(collection, bound)],
            ..Source::of(SourceKind::Scan)
        };
        Ok(found
            .filter(|found| found.len() <= search.most)
            .map(|found| (found, source())))
    }

    /// What bounds leave where something keeps track of it: ids, relations, unique values, indexes.
    fn kept_track_of(
        &self,
        search: &Search<'_>,
        collection: &Collection,
        bounds: &[Bound],
    ) -> Result<Option<(Found, Source)>> {
        for bound in bounds {
            if let Some((found, kind)) = self.pointed(collection, bound, search.most)? {
                let source = Source {
                    bounds: vec![bound_text(collection, bound)],
                    ..Source::of(kind)
                };
                return Ok(Some((found, source)));
            }
        }
        if let Some((definition, entry)) = plan::unique_by(collection, bounds) {
            let id = self.store.get(&entry)?;
            let id = id.map(|id| String::from_utf8_lossy(&id).into_owned());
            let found = id.map(|id| self.related(collection.number, &id));
            let found = found.transpose()?.flatten();
            let source = Source {
                index: Some(definition.name.clone()),
                ..Source::of(SourceKind::UniqueEntry)
            };
            return Ok(Some((Vec::from_iter(found), source)));
        }
        self.narrowed(search.run, (collection, bounds), search.most)
    }

    /// What an equality with an id points at, of the record itself or of one that it names.
    fn pointed(
        &self,
        collection: &Collection,
        bound: &Bound,
        most: usize,
    ) -> Result<Option<(Vec<Record>, SourceKind)>> {
        let (Operator::Equal, Value::Text(text)) = (bound.operator, &bound.value) else {
            return Ok(None);
        };
        if bound.field == ID_FIELD {
            let found = self.related(collection.number, text)?;
            return Ok(Some((Vec::from_iter(found), SourceKind::Id)));
        }
        let is_relation = collection
            .field_by_number(bound.field)
            .is_some_and(|field| field.kind.as_relation().is_some());
        if !is_relation || text.is_empty() {
            return Ok(None);
        }
        let found = self.referring(collection.number, bound.field, text, most + 1)?;
        Ok((found.len() <= most).then_some((found, SourceKind::Relation)))
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

/// Whether a part is of the record itself.
fn is_own(part: &Hint) -> bool {
    matches!(part, Hint::Bound { path, .. } if path.is_empty())
}

/// Whether the bound can hold for a record; rather yes than no.
pub(super) fn may_hold(bound: &Bound, row: &dyn Row) -> bool {
    let order = match (row.value(bound.field), &bound.value) {
        (Some(ValueRef::Text(left)), Value::Text(right)) => Some(left.cmp(right.as_str())),
        (Some(ValueRef::Number(left)), Value::Number(right)) => left.partial_cmp(right),
        (Some(ValueRef::Bool(left)), Value::Bool(right)) => Some(left.cmp(right)),
        _ => None,
    };
    let Some(order) = order else { return true };
    let begins = || match (row.value(bound.field), &bound.value) {
        (Some(ValueRef::Text(text)), Value::Text(beginning)) => text
            .as_bytes()
            .get(..beginning.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(beginning.as_bytes())),
        _ => true,
    };
    match bound.operator {
        Operator::Equal => order.is_eq(),
        Operator::Greater => order.is_gt(),
        Operator::GreaterOrEqual => order.is_ge(),
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Like => begins(),
        Operator::NotEqual | Operator::NotLike => true,
    }
}
