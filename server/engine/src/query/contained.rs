//! Candidates that the search index has for a `~` of the filter: records with a word that may have
//! the text in it. What they say decides, as always.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use luge_model::filter::Contained;
use luge_model::limits::{CANDIDATES_MAX, INDEX_SHARE_MIN, SEARCH_CONTAINING_RECORDS_MIN};
use luge_model::record::Record;

use super::explain::{Source, SourceKind};
use super::{Query, Run};
use crate::error::Result;
use crate::store::{Key, key};

impl Query {
    /// The records that may contain what the filter asks for, in insertion order, and how they were
    /// found; `None` where the index cannot tell, or finds more of the collection than it pays to
    /// pick out.
    pub(super) fn contained(&self, run: &Run<'_>) -> Result<Option<(Vec<Record>, Source)>> {
        let Some(filter) = &run.filter else {
            return Ok(None);
        };
        let collection = &*run.compiled.collection;
        // The index knows what was committed only.
        if self.mirror.leaves_out(collection.number) {
            return Ok(None);
        }
        let contained = filter.contained();
        let covered = contained.iter();
        let covered = covered.filter(|one| self.search.covers(collection, one));
        // The longest is the rarest.
        let Some(contained) = covered.min_by_key(|one| Reverse(one.run.len())) else {
            return Ok(None);
        };
        let all = self.size(collection.number)?;
        if all < SEARCH_CONTAINING_RECORDS_MIN {
            return Ok(None);
        }
        let most = CANDIDATES_MAX.min(all / INDEX_SHARE_MIN);
        let place = (collection, &*run.compiled.snapshot);
        let found = self
            .search
            .containing(place, contained, most, &mut |looked| {
                run.read_entries(usize::try_from(looked).unwrap_or(usize::MAX));
                !run.lookups.has_failed()
            })?;
        run.lookups.check()?;
        let Some(found) = found else {
            run.gave_up(|| format!("{}: not told by search", text(run, contained)));
            return Ok(None);
        };
        let mut ids = self.ids_at(run, &found.rowids)?;
        ids.extend(found.ids);
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut records = BTreeMap::new();
        let _ = self.each_of(run, &ids, &mut |_, record| {
            records.insert(record.rowid(), record.clone());
            ControlFlow::Continue(())
        })?;
        let source = Source {
            bounds: vec![text(run, contained)],
            ..Source::of(SourceKind::Search)
        };
        Ok(Some((records.into_values().collect(), source)))
    }

    /// The ids of the records at some places in the order of insertion, as far as there are any.
    fn ids_at(&self, run: &Run<'_>, rowids: &[u64]) -> Result<Vec<String>> {
        let number = run.compiled.collection.number;
        let mirrored = self.mirror.read(number, |resident| {
            let records = rowids.iter().filter_map(|rowid| resident.at(*rowid));
            records.map(|record| record.id().to_owned()).collect()
        })?;
        if let Some(ids) = mirrored {
            return Ok(ids);
        }
        let keys: Vec<Key> = rowids
            .iter()
            .map(|rowid| key::rowid(number, *rowid))
            .collect();
        let ids = self.store.get_many(&keys)?;
        Ok(ids
            .into_iter()
            .filter_map(|id| String::from_utf8(id?).ok())
            .collect())
    }
}

fn text(run: &Run<'_>, contained: &Contained) -> String {
    let field = run.compiled.collection.field_by_number(contained.field);
    let name = field.map_or("", |field| field.name.as_str());
    format!("{name} ~ \"{}\"", contained.run)
}
