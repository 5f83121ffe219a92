//! The records that the index has for a search, the best first.
//!
//! - They are hints: who shows one reads the record and judges it again where it is another state
//!   than the one that was indexed.
//! - The rank of each follows from its own words alone, as if there were no other.

use std::collections::BinaryHeap;
use std::io;
use std::sync::OnceLock;

use luge_model::limits::SEARCH_PLACES_A_ROW;
use tantivy::{DocId, TERMINATED};

use super::expansion::Dictionary;
use super::facts::{Occurrence, Rank};
use super::postings::{Prepared, Union};
use super::segments::Segment;
use super::sought::Sought;
use super::wanted::{Clause, Wanted};

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
    pub(super) segments: &'a [Segment],
    pub(super) build: u32,
    pub(super) sought: &'a Sought,
    /// One for each segment.
    pub(super) expansions: &'a [Expansions],
}

/// What a search is expanded to in one segment, once without and once with typing errors; kept for
/// all levels.
#[derive(Debug, Default)]
pub(super) struct Expansions([OnceLock<Expanded>; 2]);

#[derive(Debug)]
struct Expanded {
    clauses: Vec<Prepared>,
    excluded: Vec<Prepared>,
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
        for (segment, expansions) in self.segments.iter().zip(self.expansions) {
            let Some(expanded) = self.expanded(segment, expansions, level.typos, spend)? else {
                break;
            };
            if !self.find_in((segment, expanded), level, &mut hits, spend)? {
                break;
            }
        }
        Ok(hits.into())
    }

    /// What was looked up of a segment; `None` where that is more than may be looked at.
    fn expanded<'e>(
        &self,
        segment: &Segment,
        expansions: &'e Expansions,
        typos: bool,
        spend: &mut dyn FnMut(u64) -> bool,
    ) -> io::Result<Option<&'e Expanded>> {
        let [strict, tolerant] = &expansions.0;
        let known = if typos { tolerant } else { strict };
        Ok(match known.get() {
            Some(expanded) => Some(expanded),
            None => {
                let expanded = self.expand(segment, typos, spend)?;
                expanded.map(|expanded| known.get_or_init(|| expanded))
            }
        })
    }

    /// Looks up what has each clause, and what must not occur; `None` where that is more than may
    /// be looked at. Every list and every place of a word that counts is part of it, known or not.
    fn expand(
        &self,
        segment: &Segment,
        typos: bool,
        spend: &mut dyn FnMut(u64) -> bool,
    ) -> io::Result<Option<Expanded>> {
        let dictionary = Dictionary {
            segment,
            build: self.build,
        };
        let mut expand = |clause: &Clause| {
            let prepared = dictionary.expand(clause)?;
            let goes_on =
                spend(prepared.cost() / SEARCH_PLACES_A_ROW + clause.all().count() as u64);
            io::Result::Ok(goes_on.then_some(prepared))
        };
        let wanted = self.sought.wanted(typos);
        let clauses = wanted.clauses.iter();
        let clauses = clauses.map_while(|clause| expand(clause).transpose());
        let clauses: Vec<Prepared> = clauses.collect::<io::Result<_>>()?;
        // Where the caller sees the texts of some records only, what stands there leaves nothing
        // out before the record was read.
        let seen = !self.sought.searchable.checked();
        let excluded = wanted
            .excluded
            .iter()
            .map(|clause| clause.clone().only_in(seen));
        let excluded = excluded.map_while(|clause| expand(&clause).transpose());
        let excluded: Vec<Prepared> = excluded.collect::<io::Result<_>>()?;
        let is_whole =
            clauses.len() == wanted.clauses.len() && excluded.len() == wanted.excluded.len();
        Ok(is_whole.then_some(Expanded { clauses, excluded }))
    }

    /// Adds the hits of a segment; whether to go on.
    fn find_in(
        &self,
        (segment, expanded): (&Segment, &Expanded),
        level: Level,
        hits: &mut Vec<Hit>,
        spend: &mut dyn FnMut(u64) -> bool,
    ) -> io::Result<bool> {
        let mut unions = Union::open_all(&segment.terms, &expanded.clauses)?;
        let mut excluded = Union::open_all(&segment.terms, &expanded.excluded)?;
        let wanted = self.sought.wanted(level.typos);
        let needed = |at: &usize| wanted.clauses.get(*at).is_some_and(|one| !one.optional);
        let mut by_cost: Vec<usize> = (0..unions.len()).filter(needed).collect();
        by_cost.sort_by_key(|at| unions.get(*at).map(Union::cost));
        let missing = by_cost.len().saturating_sub(level.words);
        // A hit has one of these at least, since it lacks fewer words than they are.
        let (drivers, others) = by_cost.split_at_checked(missing + 1).unwrap_or_default();
        let mut found = vec![Vec::new(); unions.len()];
        let mut next = 0;
        let mut looked = 0;
        loop {
            let at = drivers.iter();
            let doc = at
                .filter_map(|at| Some(unions.get_mut(*at)?.seek(next)))
                .min();
            let doc = doc.unwrap_or(TERMINATED);
            if doc == TERMINATED {
                return Ok(spend(looked));
            }
            looked += 1;
            if looked >= SPEND_STEP && !spend(std::mem::take(&mut looked)) {
                return Ok(false);
            }
            next = doc + 1;
            if has_enough(&mut unions, doc, (drivers, others), missing)
                && !segment.is_deleted(doc)
                && gather((wanted, &mut unions), doc, missing, &mut found)
                && !is_excluded(&mut excluded, doc)
            {
                looked += compared(&found) / SEARCH_PLACES_A_ROW;
                let (rowid, revision) = segment.record(doc);
                hits.push(Hit {
                    rank: Rank::of(wanted, &found, self.sought.searchable.weights()),
                    rowid,
                    revision,
                });
            }
        }
    }
}

/// Whether a document has all but `missing` of some unions, which have it or are before it. Places
/// cost more to read, and most documents have too few words to be worth it.
fn has_enough(
    unions: &mut [Union<'_>],
    doc: DocId,
    (drivers, others): (&[usize], &[usize]),
    mut missing: usize,
) -> bool {
    for at in drivers.iter().chain(others) {
        let Some(union) = unions.get_mut(*at) else {
            continue;
        };
        if union.seek(doc) != doc {
            match missing.checked_sub(1) {
                Some(left) => missing = left,
                None => return false,
            }
        }
    }
    true
}

/// Finds out where each clause stands in a document; whether no more than `missing` of those that
/// are needed stand nowhere.
fn gather(
    (wanted, unions): (&Wanted, &mut [Union<'_>]),
    doc: DocId,
    mut missing: usize,
    found: &mut [Vec<Occurrence>],
) -> bool {
    let clauses = unions.iter_mut().zip(found).zip(&wanted.clauses);
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

fn is_excluded(excluded: &mut [Union<'_>], doc: DocId) -> bool {
    let mut places = Vec::new();
    excluded.iter_mut().any(|union| {
        if union.seek(doc) == doc {
            union.occurrences(&mut places);
        }
        !places.is_empty()
    })
}
