//! Judges a record for a search by its own words, as the index judges what it holds.

use super::asked::is_in;
use super::candidates::Level;
use super::facts::{Occurrence, Rank};
use super::wanted::{Alternative, Clause, Form, Wanted};
use super::words::RecordWord;

/// The words of a record, by field and position, as somebody may find them.
#[derive(Debug, Default)]
pub struct RecordWords(Vec<Held>);

#[derive(Debug)]
struct Held {
    place: u32,
    exact: Box<str>,
    stem: Box<str>,
}

/// Judges records.
pub(super) struct Judge<'a> {
    /// As the level wants it.
    pub(super) wanted: &'a Wanted,
    pub(super) weights: &'a [u8],
}

impl RecordWords {
    pub(super) fn push(&mut self, word: &RecordWord<'_>) {
        self.0.push(Held {
            place: word.place,
            exact: word.exact.into(),
            stem: word.stem.into(),
        });
    }
}

impl Judge<'_> {
    /// How words rank; `None` where they are no hit of this level.
    pub(super) fn rank(&self, words: &RecordWords, level: Level) -> Option<Rank> {
        let excluded = self.wanted.excluded.iter();
        if excluded
            .into_iter()
            .any(|clause| !occurrences(clause, words).is_empty())
        {
            return None;
        }
        let clauses = &self.wanted.clauses;
        let needed = clauses.iter().filter(|clause| !clause.optional).count();
        // Nothing to search for, as where it stands in no field of the caller, is found nowhere.
        let mut missing = needed.checked_sub(level.words.max(1))?;
        let mut found = Vec::with_capacity(clauses.len());
        for clause in clauses {
            let places = occurrences(clause, words);
            if places.is_empty() && !clause.optional {
                missing = missing.checked_sub(1)?;
            }
            found.push(places);
        }
        Some(Rank::of(self.wanted, &found, self.weights))
    }
}

/// Where a clause stands in words.
fn occurrences(clause: &Clause, words: &RecordWords) -> Vec<Occurrence> {
    let mut found = Vec::new();
    clause
        .all()
        .for_each(|alternative| occurrences_of(alternative, words, &mut found));
    found
}

fn occurrences_of(alternative: &Alternative, words: &RecordWords, found: &mut Vec<Occurrence>) {
    let mut push = |place: u32, typos, closeness| {
        if is_in(place, alternative.fields) {
            found.push(Occurrence {
                place,
                typos,
                closeness,
            });
        }
    };
    match &alternative.form {
        Form::All => push(0, 0, alternative.closeness),
        Form::Word(_) => {
            for word in &words.0 {
                if let Some((typos, closeness)) = alternative.admits(&word.exact, &word.stem) {
                    push(word.place, typos, closeness);
                }
            }
        }
        Form::Sequence(sequence) => {
            let stands = |place: u32, wanted: &str| {
                let at = words.0.partition_point(|word| word.place < place);
                let here = words
                    .0
                    .iter()
                    .skip(at)
                    .take_while(|word| word.place == place);
                here.into_iter().any(|word| *word.exact == *wanted)
            };
            let first = sequence.first().map(String::as_str).unwrap_or_default();
            for word in words.0.iter().filter(|word| *word.exact == *first) {
                let behind = (word.place..).zip(sequence);
                if behind
                    .into_iter()
                    .all(|(place, wanted)| stands(place, wanted))
                {
                    push(word.place, 0, alternative.closeness);
                }
            }
        }
    }
}
