//! The rank of a hit, from facts of the hit itself: words that are missing, typing errors, how near
//! the words stand to each other, the weight of their fields, and how close they are to what was
//! searched.
//!
//! Nothing is counted over other records, so a rank tells nothing about records that its reader may
//! not see.

use std::cmp::Ordering;

use luge_model::limits::SEARCH_NEAR_WORDS;

use super::terms::field_of;
use super::wanted::{Closeness, Wanted};

/// One word of a record that counts as a word of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Occurrence {
    /// Field and position.
    pub(super) place: u32,
    pub(super) typos: u8,
    pub(super) closeness: Closeness,
}

impl Occurrence {
    /// What is forgiven: a word that is written otherwise, as one or two, is an error too.
    fn errors(self) -> u8 {
        self.typos + u8::from(self.closeness == Closeness::Joined)
    }
}

/// How a hit ranks: greater is better.
#[derive(Clone, Copy, Debug)]
pub struct Rank {
    /// What hits are ordered by: words, then typing errors, then the rest.
    key: u64,
    /// From 0 to 1, for people.
    score: f32,
}

impl PartialEq for Rank {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Rank {}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rank {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

/// Parts of the fine order, which add up to 1.
const NEAR: f32 = 0.3;
const CLOSE: f32 = 0.4;
const WEIGHT: f32 = 0.2;
const EARLY: f32 = 0.1;
/// Share of the nearness that is lost where all words are missing that say little.
const SMALL: f32 = 1.0 / 3.0;

impl Rank {
    /// From 0 to 1: how well the hit has what was searched.
    #[must_use]
    pub fn score(self) -> f32 {
        self.score
    }

    /// The rank of a hit: for each clause where it was found. `weights` are those of the fields, by
    /// their numbers.
    pub(super) fn of(wanted: &Wanted, found: &[Vec<Occurrence>], weights: &[u8]) -> Self {
        let mut facts = Facts::default();
        let mut before: Option<&[Occurrence]> = None;
        for (clause, places) in wanted.clauses.iter().zip(found) {
            let best = best(places, weights);
            if clause.optional {
                facts.small += 1;
                facts.small_missing += u16::from(best.is_none());
            } else {
                facts.asked += clause.weight;
            }
            let Some(best) = best else {
                if !clause.optional {
                    facts.missing += clause.weight;
                }
                continue;
            };
            facts.found += 1;
            facts.typos += u32::from(best.errors());
            facts.close += best.closeness.share();
            facts.weight += f32::from(weight(weights, best.place)) / 10.0;
            let position = (best.place & 0xffff).min(100);
            #[expect(clippy::cast_precision_loss, reason = "at most 100")]
            let early = 1.0 - position as f32 / 100.0;
            facts.early += early;
            if let Some(before) = before {
                facts.pairs += 1;
                facts.apart += apart(before, places);
            }
            before = Some(places);
        }
        facts.rank()
    }
}

/// What is added up over the clauses.
#[derive(Debug, Default)]
struct Facts {
    asked: u32,
    missing: u32,
    /// Words that say little, and how many of them are missing.
    small: u16,
    small_missing: u16,
    found: u16,
    typos: u32,
    close: f32,
    weight: f32,
    early: f32,
    pairs: u16,
    apart: u32,
}

impl Facts {
    fn rank(&self) -> Rank {
        let found = f32::from(self.found.max(1));
        #[expect(
            clippy::cast_precision_loss,
            reason = "sums over the words of one search"
        )]
        let near = match self.pairs {
            0 => 1.0,
            pairs => 1.0 - self.apart as f32 / (f32::from(pairs) * SEARCH_NEAR_WORDS as f32),
        };
        let small = f32::from(self.small_missing) / f32::from(self.small.max(1));
        let fine = NEAR * near * (1.0 - small * SMALL)
            + (CLOSE * self.close + WEIGHT * self.weight + EARLY * self.early) / found;
        let fine = fine.clamp(0.0, 1.0);
        let missing = u64::from(self.missing.min(0xffff));
        let typos = u64::from(self.typos.min(0xff));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 1"
        )]
        let steps = (f64::from(fine) * f64::from(u32::MAX)) as u64;
        let key = ((0xffff - missing) << 48) | ((0xff - typos) << 40) | steps.min(0xffff_ffff);
        #[expect(
            clippy::cast_precision_loss,
            reason = "sums over the words of one search"
        )]
        let has = 1.0 - self.missing as f32 / self.asked.max(1) as f32;
        let errors = 0.9_f32.powi(i32::try_from(self.typos).unwrap_or(i32::MAX));
        Rank {
            key,
            score: (has * errors * (0.5 + fine / 2.0)).clamp(0.0, 1.0),
        }
    }
}

/// The place that counts for a word.
fn best<'o>(places: &'o [Occurrence], weights: &[u8]) -> Option<&'o Occurrence> {
    places.iter().min_by_key(|one| {
        let weight = std::cmp::Reverse(weight(weights, one.place));
        (one.errors(), weight, one.closeness, one.place)
    })
}

fn weight(weights: &[u8], place: u32) -> u8 {
    weights.get(field_of(place)).copied().unwrap_or(1)
}

/// How far two words of a search stand from each other: 0 where one follows the other.
fn apart(left: &[Occurrence], right: &[Occurrence]) -> u32 {
    let mut least = SEARCH_NEAR_WORDS;
    for one in left {
        for other in right {
            if field_of(one.place) != field_of(other.place) {
                continue;
            }
            let distance = match other.place.checked_sub(one.place) {
                // One word stands for both.
                Some(0) => 0,
                Some(after) => after - 1,
                // In the wrong order.
                None => one.place - other.place,
            };
            least = least.min(distance);
        }
    }
    least
}
