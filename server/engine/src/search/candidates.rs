//! The records that the index has for a search, the best first.
//!
//! - They are hints: who shows one reads the record and judges it again where it is another state
//!   than the one that was indexed.
//! - The rank of each follows from its own words alone, as if there were no other.

use std::collections::BinaryHeap;
use std::io;

use luge_model::limits::SEARCH_PLACES_A_ROW;
use tantivy::columnar::ColumnValues;
use tantivy::{DocId, Searcher, SegmentReader, TERMINATED};

use super::expansion;
use super::facts::{Occurrence, Rank};
use super::postings::Union;
use super::terms::Columns;
use super::wanted::{Alternative, Clause, Fields, Wanted};

/// A record that was found. Ordered by rank, then the older first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// How it ranks.
    pub rank: Rank,
    /// Its place in the order of insertion.
    pub rowid: u64,
    /// The state that was indexed.
    pub revision: u64,
}

/// How tolerant a search is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// How many of its words a hit has at least.
    pub(super) words: usize,
    /// Whether typing errors are forgiven.
    pub(super) typos: bool,
}

/// A search in one state of the index.
pub(super) struct Candidates<'a> {
    pub(super) searcher: &'a Searcher,
    pub(super) columns: &'a Columns,
    pub(super) build: u32,
    pub(super) wanted: &'a Wanted,
    /// Weights of fields, by their numbers.
    pub(super) weights: &'a [u8],
    /// Fields whose texts the caller sees of some records only: what stands there leaves nothing
    /// out before the record was read.
    pub(super) checked: Fields,
}

impl PartialOrd for Hit {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Hit {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let by_rank = self.rank.cmp(&other.rank);
        by_rank.then_with(|| other.rowid.cmp(&self.rowid))
    }
}

impl Level {
    /// The level that forgives nothing.
    pub(super) fn strict(wanted: &Wanted) -> Self {
        let needed = wanted.clauses.iter().filter(|clause| !clause.optional);
        Self {
            words: needed.count(),
            typos: false,
        }
    }

    /// The levels of a search, each more tolerant than the one before.
    pub(super) fn all(wanted: &Wanted) -> Vec<Self> {
        let strict = Self::strict(wanted);
        let all = strict.words;
        let least = all.div_ceil(2).max(1);
        let tolerant = (least..=all).rev().map(|words| Self { words, typos: true });
        std::iter::once(strict).chain(tolerant).collect()
    }
}

impl Candidates<'_> {
    /// What a level finds; `spend` is told how much is looked at and says whether to go on.
    pub(super) fn find(
        &self,
        level: Level,
        spend: &mut dyn FnMut(u64) -> bool,
    ) -> io::Result<BinaryHeap<Hit>> {
        let mut hits = Vec::new();
        for segment in self.searcher.segment_readers() {
            if !self.find_in(segment, level, &mut hits, spend)? {
                break;
            }
        }
        Ok(hits.into())
    }

    /// Opens what has each clause, and what must not occur; `None` where that is more than may be
    /// looked at. Every list and every place of a word that counts is part of it.
    fn open(
        &self,
        segment: &SegmentReader,
        level: Level,
        spend: &mut dyn FnMut(u64) -> bool,
    ) -> io::Result<Option<(Vec<Union>, Vec<Union>)>> {
        let reader = segment.inverted_index(self.columns.terms).map_err(failed)?;
        let mut open = |clause: &Clause, fields: Fields| {
            let alternatives: Vec<Alternative> = match level.typos {
                true => clause.alternatives.clone(),
                false => {
                    let strict = clause.alternatives.iter();
                    strict.filter_map(Alternative::strict).collect()
                }
            };
            let alternatives = alternatives.into_iter().map(|one| one.only_in(fields));
            let alternatives: Vec<Alternative> = alternatives.collect();
            let union = expansion::open(&reader, self.build, &alternatives)?;
            let goes_on = spend(union.cost() / SEARCH_PLACES_A_ROW + alternatives.len() as u64);
            io::Result::Ok(goes_on.then_some(union))
        };
        let clauses = self.wanted.clauses.iter();
        let clauses = clauses.map(|clause| open(clause, Fields::MAX).transpose());
        let clauses: io::Result<Vec<Union>> = clauses.map_while(|union| union).collect();
        let clauses = clauses?;
        let excluded = self.wanted.excluded.iter();
        let excluded = excluded.map(|clause| open(clause, !self.checked).transpose());
        let excluded: io::Result<Vec<Union>> = excluded.map_while(|union| union).collect();
        let excluded = excluded?;
        let is_whole = clauses.len() == self.wanted.clauses.len()
            && excluded.len() == self.wanted.excluded.len();
        Ok(is_whole.then_some((clauses, excluded)))
    }

    /// Adds the hits of a segment; whether to go on.
    fn find_in(
        &self,
        segment: &SegmentReader,
        level: Level,
        hits: &mut Vec<Hit>,
        spend: &mut dyn FnMut(u64) -> bool,
    ) -> io::Result<bool> {
        let Some((mut unions, mut excluded)) = self.open(segment, level, spend)? else {
            return Ok(false);
        };
        let needed = |at: &usize| {
            self.wanted
                .clauses
                .get(*at)
                .is_some_and(|one| !one.optional)
        };
        let mut by_cost: Vec<usize> = (0..unions.len()).filter(needed).collect();
        by_cost.sort_by_key(|at| unions.get(*at).map(Union::cost));
        let missing = by_cost.len().saturating_sub(level.words);
        // A hit has one of these at least, since it lacks fewer words than they are.
        let drivers = missing + 1;
        by_cost.truncate(drivers);
        let rowids = column(segment, "rowid")?;
        let revisions = column(segment, "revision")?;
        let mut found = vec![Vec::new(); unions.len()];
        let mut next = 0;
        let mut looked = 0;
        loop {
            let at = by_cost
                .iter()
                .filter_map(|at| unions.get(*at))
                .map(Union::doc);
            let doc = at.min().unwrap_or(TERMINATED);
            if doc == TERMINATED {
                return Ok(spend(looked));
            }
            looked += 1;
            if looked >= SPEND_STEP && !spend(std::mem::take(&mut looked)) {
                return Ok(false);
            }
            next = next.max(doc) + 1;
            if !segment.is_deleted(doc)
                && self.gather(&mut unions, doc, missing, &mut found)
                && !is_excluded(&mut excluded, doc)
            {
                looked += compared(&found) / SEARCH_PLACES_A_ROW;
                hits.push(Hit {
                    rank: Rank::of(self.wanted, &found, self.weights),
                    rowid: rowids.get_val(doc),
                    revision: revisions.get_val(doc),
                });
            }
            for at in &by_cost {
                if let Some(union) = unions.get_mut(*at) {
                    union.seek(next);
                }
            }
        }
    }
}

impl Candidates<'_> {
    /// Finds out where each clause stands in a document; whether no more than `missing` of those
    /// that are needed stand nowhere.
    fn gather(
        &self,
        unions: &mut [Union],
        doc: DocId,
        mut missing: usize,
        found: &mut [Vec<Occurrence>],
    ) -> bool {
        let clauses = unions.iter_mut().zip(found).zip(&self.wanted.clauses);
        for ((union, places), clause) in clauses {
            places.clear();
            if union.seek(doc) == doc {
                union.occurrences(places);
            }
            if places.is_empty() && !clause.optional {
                match missing.checked_sub(1) {
                    Some(left) => missing = left,
                    None => return false,
                }
            }
        }
        true
    }
}

/// Documents that are looked at between two reports.
const SPEND_STEP: u64 = 1_024;

/// How many places a rank compares: each, and those of one clause with those of the next.
fn compared(found: &[Vec<Occurrence>]) -> u64 {
    let each: usize = found.iter().map(Vec::len).sum();
    let pairs = found.windows(2).map(|pair| match pair {
        [one, next] => one.len() * next.len(),
        _ => 0,
    });
    (each + pairs.sum::<usize>()) as u64
}

fn is_excluded(excluded: &mut [Union], doc: DocId) -> bool {
    let mut places = Vec::new();
    excluded.iter_mut().any(|union| {
        if union.seek(doc) == doc {
            union.occurrences(&mut places);
        }
        !places.is_empty()
    })
}

fn column(
    segment: &SegmentReader,
    name: &str,
) -> io::Result<std::sync::Arc<dyn ColumnValues<u64>>> {
    let column = segment.fast_fields().u64(name).map_err(failed)?;
    Ok(column.first_or_default_col(0))
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err takes")]
fn failed(error: tantivy::TantivyError) -> io::Error {
    io::Error::other(error.to_string())
}
