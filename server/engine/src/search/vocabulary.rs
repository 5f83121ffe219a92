//! The words of one build in one segment, held in memory: all that are near to a word are found by
//! one look over sketches of their letters, several times faster than by a walk through the
//! dictionary.
//!
//! - A word is passed over only where its letters alone show that it has too many errors, so what
//!   is found is what the dictionary would give.
//! - Segments never change, so what is held is never out of date.
//! - Where there is no room, nothing is held, and the dictionary is walked through.

use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use luge_model::limits::{
    SEARCH_EXPANSION_WORDS_KEPT, SEARCH_EXPANSIONS_KEPT, SEARCH_VOCABULARIES_BYTES_MAX,
};
use parking_lot::Mutex;
use tantivy::termdict::TermDictionary;

use super::terms;
use super::wanted::Word;

/// Words in their order, and sketches of them by their number of letters.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// All words, one behind the other.
    text: String,
    /// Where each ends.
    ends: Vec<u32>,
    /// Those of each number of letters.
    lengths: Vec<Sketches>,
    /// What was found for words that were searched lately: as somebody types, all but the last one
    /// are searched again and again.
    slots: Vec<Slot>,
    room: Option<Taken>,
}

/// Where what is near to one word is kept.
type Slot = Mutex<Option<Arc<Near>>>;

/// The words that are near to a word.
#[derive(Debug)]
pub(super) struct Near {
    word: String,
    typos: u8,
    prefix: bool,
    /// Their numbers and errors.
    pub(super) found: Vec<(u32, u8)>,
}

/// The words of one number of letters.
#[derive(Debug, Default)]
struct Sketches {
    sketches: Vec<u64>,
    words: Vec<u32>,
}

/// The memory that all vocabularies together may take.
#[derive(Clone, Debug, Default)]
pub(super) struct Room(Arc<AtomicUsize>);

/// A part of the room; given back when dropped.
pub(super) struct Taken {
    room: Room,
    bytes: usize,
}

impl Vocabulary {
    /// Reads the words of a build from a dictionary; `None` where there is no room for them.
    pub(super) fn read(
        dictionary: &TermDictionary,
        build: u32,
        room: &Room,
    ) -> io::Result<Option<Self>> {
        let begin = terms::words_begin(build);
        let mut vocabulary = Self::default();
        let mut stream = dictionary
            .range()
            .ge(&begin)
            .lt(terms::words_end(build))
            .into_stream()?;
        let mut read = 0;
        while stream.advance() {
            let word = stream.key().get(begin.len()..).unwrap_or_default();
            // Words are made of texts, so they are never anything else.
            let word = std::str::from_utf8(word).map_err(io::Error::other)?;
            read += word.len() + WORD_BYTES;
            if !room.holds(read) || !vocabulary.push(word) {
                return Ok(None);
            }
        }
        vocabulary.text.shrink_to_fit();
        vocabulary.ends.shrink_to_fit();
        let slots = vocabulary.ends.len().min(SEARCH_EXPANSIONS_KEPT);
        vocabulary.slots.resize_with(slots, Mutex::default);
        vocabulary.room = Some(room.take(read));
        Ok(Some(vocabulary))
    }

    /// Adds a word; `false` where no more fit in.
    fn push(&mut self, word: &str) -> bool {
        self.text.push_str(word);
        let (Ok(end), Ok(number)) = (
            u32::try_from(self.text.len()),
            u32::try_from(self.ends.len()),
        ) else {
            return false;
        };
        self.ends.push(end);
        let letters = word.chars().count();
        if self.lengths.len() <= letters {
            self.lengths.resize_with(letters + 1, Sketches::default);
        }
        if let Some(length) = self.lengths.get_mut(letters) {
            length.sketches.push(sketch(word));
            length.words.push(number);
        }
        true
    }

    /// The words that are the word with 1 or more errors, or begin with it so.
    pub(super) fn near(&self, word: &Word) -> Arc<Near> {
        let slot = self.slot(word);
        if let Some(known) = slot.and_then(|slot| slot.lock().clone())
            && known.is_of(word)
        {
            return known;
        }
        let mut found = Vec::new();
        self.candidates(word, &mut |number| {
            let errors = self.word(number).and_then(|near| word.errors(near));
            if let Some(errors @ 1..) = errors {
                found.push((number, errors));
            }
        });
        let near = Arc::new(Near {
            word: word.exact().to_owned(),
            typos: word.typos,
            prefix: word.prefix,
            found,
        });
        if near.found.len() <= SEARCH_EXPANSION_WORDS_KEPT
            && let Some(slot) = slot
        {
            *slot.lock() = Some(Arc::clone(&near));
        }
        near
    }

    /// Where a word is kept, if any are: each has one place by its hash, where the latest stays.
    fn slot(&self, word: &Word) -> Option<&Slot> {
        let mut hasher = DefaultHasher::new();
        (word.exact(), word.typos, word.prefix).hash(&mut hasher);
        let at = hasher.finish().checked_rem(self.slots.len() as u64)?;
        self.slots.get(usize::try_from(at).ok()?)
    }

    /// Shows the words that may have few enough errors; every one that has, and some more.
    fn candidates(&self, word: &Word, visit: &mut dyn FnMut(u32)) {
        let letters = word.exact().chars().count();
        let wanted = sketch(word.exact());
        let most = usize::from(word.typos);
        let least = letters.saturating_sub(most);
        let past = match word.prefix {
            true => self.lengths.len(),
            false => self.lengths.len().min(letters + most + 1),
        };
        for length in self.lengths.get(least..past).unwrap_or_default() {
            match (most, word.prefix) {
                (..=1, false) => length.scan::<1, false>(wanted, visit),
                (..=1, true) => length.scan::<1, true>(wanted, visit),
                (_, false) => length.scan::<2, false>(wanted, visit),
                (_, true) => length.scan::<2, true>(wanted, visit),
            }
        }
    }

    /// A word by its number.
    pub(super) fn word(&self, number: u32) -> Option<&str> {
        let number = usize::try_from(number).ok()?;
        let start = match number.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        let range = usize::try_from(start).ok()?..usize::try_from(*self.ends.get(number)?).ok()?;
        self.text.get(range)
    }
}

impl Near {
    fn is_of(&self, word: &Word) -> bool {
        (&*self.word, self.typos, self.prefix) == (word.exact(), word.typos, word.prefix)
    }
}

impl Sketches {
    /// Shows the words whose letters allow that they have so many errors, or begin so: first which
    /// ones they are of some, without a branch, and then these.
    fn scan<const MOST: u8, const PREFIX: bool>(&self, wanted: u64, visit: &mut dyn FnMut(u32)) {
        let sketches = self.sketches.chunks(SCANNED);
        for (sketches, words) in sketches.zip(self.words.chunks(SCANNED)) {
            let mut passing = sketches.iter().rev().fold(0_u64, |passing, sketch| {
                let lacks = beyond::<MOST>(wanted & !sketch);
                let other = if PREFIX {
                    0
                } else {
                    beyond::<MOST>(sketch & !wanted)
                };
                (passing << 1) | u64::from((lacks | other) == 0)
            });
            while passing != 0 {
                let at = passing.trailing_zeros();
                if let Some(word) = usize::try_from(at).ok().and_then(|at| words.get(at)) {
                    visit(*word);
                }
                passing &= passing - 1;
            }
        }
    }
}

impl Room {
    /// Whether so many more bytes fit in.
    fn holds(&self, bytes: usize) -> bool {
        self.0.load(Ordering::Relaxed).saturating_add(bytes) <= SEARCH_VOCABULARIES_BYTES_MAX
    }

    /// Leaves no room.
    #[cfg(test)]
    pub(super) fn take_all(&self) -> Taken {
        self.take(SEARCH_VOCABULARIES_BYTES_MAX)
    }

    fn take(&self, bytes: usize) -> Taken {
        self.0.fetch_add(bytes, Ordering::Relaxed);
        Taken {
            room: self.clone(),
            bytes,
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.room.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl fmt::Debug for Taken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes.fmt(formatter)
    }
}

/// What a word takes beside its text: its end, its number, its sketch, and a slot.
const WORD_BYTES: usize = 2 * size_of::<u32>() + size_of::<u64>() + size_of::<Slot>();

/// Sketches that are compared together: a bit for each.
const SCANNED: usize = 64;

/// Bits of the sketch for letters that are no Latin ones.
const OTHERS: u64 = 12;

/// Which letters a word has. A letter too many or missing changes one bit at most, a replaced one
/// sets and clears one at most, and one that changes places with its neighbour none.
///
/// Of each Latin letter one bit tells whether it is there, and one whether it is there twice;
/// others share the rest, which only tell that one of theirs is there.
fn sketch(word: &str) -> u64 {
    word.chars().fold(0, |sketch, letter| match letter {
        'a'..='z' => {
            let bit = 1 << (2 * (u64::from(letter) - u64::from('a')));
            let twice = (sketch & bit) << 1;
            sketch | bit | twice
        }
        _ => sketch | (1 << (64 - OTHERS + u64::from(letter) % OTHERS)),
    })
}

/// The bits without the lowest 1, or 2.
fn beyond<const MOST: u8>(bits: u64) -> u64 {
    let rest = bits & bits.wrapping_sub(1);
    if MOST > 1 {
        rest & rest.wrapping_sub(1)
    } else {
        rest
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of<'w>(words: impl IntoIterator<Item = &'w str>) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        for word in words {
            assert!(vocabulary.push(word));
        }
        vocabulary
    }

    fn near(vocabulary: &Vocabulary, word: &Word) -> Vec<(String, u8)> {
        let near = vocabulary.near(word);
        let found = near.found.iter();
        let found = found.map(|(word, errors)| (vocabulary.word(*word).unwrap(), *errors));
        let mut found: Vec<_> = found
            .map(|(word, errors)| (word.to_owned(), errors))
            .collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn near_words_are_found_again() {
        let words = [
            "bath",
            "math",
            "maths",
            "mathematics",
            "them",
            "mhat",
            "zebra",
            "東京",
        ];
        let mut vocabulary = of(words);
        vocabulary.slots.resize_with(1, Mutex::default);
        let math = Word::forgiving("math", 1, false);
        let begun = Word::forgiving("math", 1, true);
        for _ in 0..2 {
            let one = [("bath".to_owned(), 1), ("maths".to_owned(), 1)];
            assert_eq!(near(&vocabulary, &math), one);
            assert_eq!(near(&vocabulary, &math), one);
            assert_eq!(near(&vocabulary, &begun), [("bath".to_owned(), 1)]);
        }
        let far = Word::forgiving("quarks", 2, false);
        assert!(near(&vocabulary, &far).is_empty());
        assert!(near(&of([]), &far).is_empty());
    }

    #[test]
    fn room_is_given_back() {
        let room = Room::default();
        let taken = room.take(SEARCH_VOCABULARIES_BYTES_MAX - 5);
        assert!(room.holds(5) && !room.holds(6));
        drop(taken);
        assert!(room.holds(6));
    }

    proptest! {
        #[test]
        fn none_is_passed_over_that_has_few_enough_errors(
            words in prop::collection::vec("[a-dé東0]{0,9}|[a-z]{0,12}|\\PC{0,6}", 0..40),
            wanted in "[a-dé東0]{1,9}|[a-z]{1,12}|\\PC{1,6}",
            most in 1_u8..3,
        ) {
            let vocabulary = of(words.iter().map(String::as_str));
            for prefix in [false, true] {
                let wanted = Word::forgiving(&wanted, most, prefix);
                let mut expected: Vec<(String, u8)> = words
                    .iter()
                    .filter_map(|word| Some((word.clone(), wanted.errors(word)?)))
                    .filter(|(_, errors)| *errors > 0)
                    .collect();
                expected.sort_unstable();
                prop_assert_eq!(near(&vocabulary, &wanted), expected);
            }
        }
    }
}
