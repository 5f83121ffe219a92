//! The words of one build in one segment, held in memory: all that are near to a word are found by
//! one look over sketches of their letters, several times faster than by a walk through the
//! dictionary.
//!
//! - A word is passed over only where its letters alone show that it has too many errors, so what
//!   is found is what the dictionary would give.
//! - Segments never change, so what is held is never out of date.
//! - Where there is no room, nothing is held, and the dictionary is walked through.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use luge_model::limits::SEARCH_VOCABULARIES_BYTES_MAX;
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
    room: Option<Taken>,
}

/// The words of one number of letters.
#[derive(Debug, Default)]
struct Sketches {
    words: Vec<u32>,
    /// Of all letters.
    whole: Column,
    /// Of those that are there twice.
    twice: Column,
    /// Of the first few of each word.
    begins: [Column; BEGINS.len()],
}

/// Which letters there are, one bit for each.
type Letters = u32;

/// Sketches in blocks that are compared together; the last may have some of no word.
#[derive(Debug, Default)]
struct Column(Vec<[Letters; SCANNED]>);

/// Which letters a word has. A letter too many or missing changes one bit at most, a replaced one
/// sets and clears one at most, and one that changes places with its neighbour none.
#[derive(Clone, Copy, Debug, Default)]
struct Sketch {
    whole: Letters,
    /// Of the Latin ones, which are there twice.
    twice: Letters,
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
            length.push(word, number);
        }
        true
    }

    /// Shows the words that are the word with 1 or more errors, or begin with it so, with how many
    /// these are.
    pub(super) fn near(&self, word: &Word, visit: &mut dyn FnMut(&str, u8)) {
        self.candidates(word, &mut |number| {
            let near = self.word(number);
            let errors = near.and_then(|near| word.errors(near));
            if let (Some(near), Some(errors @ 1..)) = (near, errors) {
                visit(near, errors);
            }
        });
    }

    /// Shows the words that may have few enough errors; every one that has, and some more.
    fn candidates(&self, word: &Word, visit: &mut dyn FnMut(u32)) {
        let letters = word.exact().chars().count();
        let most = usize::from(word.typos);
        let least = letters.saturating_sub(most);
        let past = match word.prefix {
            true => self.lengths.len(),
            false => self.lengths.len().min(letters + most + 1),
        };
        let wanted = Sketch::of(word.exact().chars());
        for length in self.lengths.get(least..past).unwrap_or_default() {
            match most {
                ..=1 => length.scan::<1>(wanted, word.prefix.then_some(least), visit),
                _ => length.scan::<2>(wanted, word.prefix.then_some(least), visit),
            }
        }
    }

    /// A word by its number.
    fn word(&self, number: u32) -> Option<&str> {
        let number = usize::try_from(number).ok()?;
        let start = match number.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        let range = usize::try_from(start).ok()?..usize::try_from(*self.ends.get(number)?).ok()?;
        self.text.get(range)
    }
}

impl Sketches {
    fn push(&mut self, word: &str, number: u32) {
        let at = self.words.len();
        self.words.push(number);
        let sketch = Sketch::of(word.chars());
        self.whole.set(at, sketch.whole);
        self.twice.set(at, sketch.twice);
        for (first, begins) in BEGINS.into_iter().zip(&mut self.begins) {
            begins.set(at, Sketch::of(word.chars().take(first)).whole);
        }
    }

    /// Shows the words whose letters allow that they have so many errors: first which ones they are
    /// of a block, without a branch, and then these. `begun` says how many letters what begins so
    /// has at least, where words may only begin so.
    fn scan<const MOST: u8>(
        &self,
        wanted: Sketch,
        begun: Option<usize>,
        visit: &mut dyn FnMut(u32),
    ) {
        let (others, unwanted) = match begun.map(|least| self.begins(least)) {
            None => (&self.whole, !wanted.whole),
            Some(Some(begins)) => (begins, !wanted.whole),
            // Nothing is known of so few letters.
            Some(None) => (&self.whole, 0),
        };
        let blocks = self.whole.0.iter().zip(&others.0).zip(&self.twice.0);
        for (((whole, others), twice), words) in blocks.zip(self.words.chunks(SCANNED)) {
            let mut passing = passing::<MOST>((wanted.whole, whole), (unwanted, others));
            while passing != 0 {
                let at = passing.trailing_zeros() as usize;
                passing &= passing - 1;
                let (Some(word), Some(whole), Some(twice)) =
                    (words.get(at), whole.get(at), twice.get(at))
                else {
                    continue;
                };
                let (whole, twice) = (*whole, *twice);
                let sketch = Sketch { whole, twice };
                let most = u32::from(MOST);
                if wanted.missing_in(sketch) <= most
                    && (begun.is_some() || sketch.missing_in(wanted) <= most)
                {
                    visit(*word);
                }
            }
        }
    }

    /// The sketches of as many first letters as there are of no more than `most`.
    fn begins(&self, most: usize) -> Option<&Column> {
        let lengths = BEGINS.into_iter().zip(&self.begins);
        let found = lengths.take_while(|(first, _)| *first <= most).last();
        found.map(|(_, begins)| begins)
    }
}

impl Column {
    /// Sets the sketch behind the last one.
    fn set(&mut self, at: usize, sketch: Letters) {
        if at.is_multiple_of(SCANNED) {
            self.0.push([0; SCANNED]);
        }
        let block = self.0.last_mut();
        if let Some(place) = block.and_then(|block| block.get_mut(at % SCANNED)) {
            *place = sketch;
        }
    }
}

impl Sketch {
    fn of(letters: impl Iterator<Item = char>) -> Self {
        letters.fold(Self::default(), |sketch, letter| {
            let (bit, latin) = match letter {
                'a'..='z' => (1 << (u32::from(letter) - u32::from('a')), true),
                // Others share the rest, which only tells that one of them is there.
                _ => (
                    1 << (LATIN + u32::from(letter) % (Letters::BITS - LATIN)),
                    false,
                ),
            };
            Self {
                whole: sketch.whole | bit,
                twice: sketch.twice | if latin { sketch.whole & bit } else { 0 },
            }
        })
    }

    /// How many of the letters are not in another.
    fn missing_in(self, other: Self) -> u32 {
        (self.whole & !other.whole).count_ones() + (self.twice & !other.twice).count_ones()
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

/// Sketches that are compared together: a bit for each.
const SCANNED: usize = 32;

/// How many first letters there are sketches of.
const BEGINS: [usize; 2] = [3, 6];

/// Latin letters, which have a bit each.
const LATIN: u32 = 26;

/// What a word takes beside its text: its end, its number, and its sketches.
const WORD_BYTES: usize = 2 * size_of::<u32>() + (2 + BEGINS.len()) * size_of::<Letters>();

/// Which of some words lack few enough of the letters that are wanted, and have few enough of those
/// that are not: a bit for each.
fn passing<const MOST: u8>(
    (wanted, whole): (Letters, &[Letters; SCANNED]),
    (unwanted, others): (Letters, &[Letters; SCANNED]),
) -> u32 {
    let mut fits = [0; SCANNED];
    for (fit, (whole, other)) in fits.iter_mut().zip(whole.iter().zip(others)) {
        let lacking = beyond::<MOST>(wanted & !whole);
        *fit = u32::from((lacking | beyond::<MOST>(other & unwanted)) == 0);
    }
    let bits = fits.iter().zip(0..);
    bits.fold(0, |passing, (fit, at)| passing | fit << at)
}

/// The bits without the lowest 1, or 2.
fn beyond<const MOST: u8>(bits: Letters) -> Letters {
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
        let mut found = Vec::new();
        vocabulary.near(word, &mut |near, errors| {
            found.push((near.to_owned(), errors));
        });
        found.sort_unstable();
        found
    }

    #[test]
    fn near_words_are_found() {
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
        let vocabulary = of(words);
        let math = Word::forgiving("math", 1, false);
        let begun = Word::forgiving("math", 1, true);
        let one = [("bath".to_owned(), 1), ("maths".to_owned(), 1)];
        assert_eq!(near(&vocabulary, &math), one);
        assert_eq!(near(&vocabulary, &begun), [("bath".to_owned(), 1)]);
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
