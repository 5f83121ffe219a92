//! How many typing errors lie between two words: letters too many, missing, replaced, or exchanged
//! with their neighbour (each letter takes part in one error at most).
//!
//! All rows of the usual table are kept in the bits of one number (Hyyrö's algorithm), so one step
//! of a few operations is needed for each letter. A word of more than 64 letters equals itself
//! only.

/// A word that others are compared with.
#[derive(Clone, Debug)]
pub struct Spelling {
    /// Where each ASCII letter stands in the word, one bit a place.
    ascii: Box<[u64; 128]>,
    /// The same for all other letters.
    others: Vec<(char, u64)>,
    word: String,
    letters: usize,
}

impl Spelling {
    /// Prepares a word.
    #[must_use]
    pub fn new(word: &str) -> Self {
        let mut spelling = Self {
            ascii: Box::new([0; 128]),
            others: Vec::new(),
            word: word.to_owned(),
            letters: word.chars().count(),
        };
        for (place, letter) in word.chars().take(64).enumerate() {
            if let Some(places) = spelling.places_mut(letter) {
                *places |= 1 << place;
            }
        }
        spelling
    }

    /// The errors between the words; `None` for more than `most`.
    #[must_use]
    pub fn distance(&self, other: &str, most: u8) -> Option<u8> {
        if self.word == other {
            return Some(0);
        }
        let most = usize::from(most);
        let letters = length(other);
        if self.letters.abs_diff(letters) > most || most == 0 {
            return None;
        }
        if self.letters == 0 {
            return u8::try_from(letters).ok();
        }
        let mut left = letters;
        let mut last = self.letters;
        self.compare(other, |errors| {
            left -= 1;
            last = errors;
            // Each further letter mends one error at most.
            errors <= most + left
        })?;
        u8::try_from(last).ok().filter(|_| last <= most)
    }

    /// The least errors between the word and any beginning of another; `None` for more than `most`.
    #[must_use]
    pub fn prefix_distance(&self, other: &str, most: u8) -> Option<u8> {
        if other.starts_with(&self.word) {
            return Some(0);
        }
        let most = usize::from(most);
        if self.letters > length(other) + most || most == 0 {
            return None;
        }
        let mut least = self.letters;
        let mut left = self.letters + most;
        self.compare(other, |errors| {
            least = least.min(errors);
            left = left.saturating_sub(1);
            // A beginning that is longer than the word and all errors is no better.
            left > 0 && least > 0
        })?;
        u8::try_from(least).ok().filter(|_| least <= most)
    }

    /// Tells `each` the errors between the word and every beginning of `other`, until it says no.
    /// `None` for a word that is too long.
    fn compare(&self, other: &str, each: impl FnMut(usize) -> bool) -> Option<()> {
        if other.is_ascii() {
            let places = |byte: u8| self.ascii.get(usize::from(byte)).copied().unwrap_or(0);
            return self.errors(other.bytes().map(places), each);
        }
        self.errors(other.chars().map(|letter| self.places(letter)), each)
    }

    /// The same from the places of each letter of `other` in the word.
    fn errors(
        &self,
        other: impl Iterator<Item = u64>,
        mut each: impl FnMut(usize) -> bool,
    ) -> Option<()> {
        let last = self.letters.checked_sub(1)?;
        let end = 1_u64.checked_shl(u32::try_from(last).ok()?)?;
        let (mut grows, mut shrinks) = (u64::MAX, 0_u64);
        let (mut same, mut places_before) = (0_u64, 0_u64);
        let mut errors = self.letters;
        for places in other {
            let exchanged = ((!same & places) << 1) & places_before;
            same = ((places & grows).wrapping_add(grows) ^ grows) | places | shrinks | exchanged;
            let right = shrinks | !(same | grows);
            let wrong = same & grows;
            errors += usize::from(right & end != 0);
            errors -= usize::from(wrong & end != 0);
            let right = (right << 1) | 1;
            grows = (wrong << 1) | !(same | right);
            shrinks = right & same;
            places_before = places;
            if !each(errors) {
                break;
            }
        }
        Some(())
    }

    fn places(&self, letter: char) -> u64 {
        if let Some(places) = self.ascii.get(letter as usize) {
            return *places;
        }
        let mut others = self.others.iter();
        others
            .find(|(known, _)| *known == letter)
            .map_or(0, |(_, places)| *places)
    }

    fn places_mut(&mut self, letter: char) -> Option<&mut u64> {
        if letter.is_ascii() {
            return self.ascii.get_mut(letter as usize);
        }
        let known = self.others.iter().position(|(known, _)| *known == letter);
        if known.is_none() {
            self.others.push((letter, 0));
        }
        let found = match known {
            Some(at) => self.others.get_mut(at),
            None => self.others.last_mut(),
        };
        found.map(|(_, places)| places)
    }
}

fn length(word: &str) -> usize {
    if word.is_ascii() {
        word.len()
    } else {
        word.chars().count()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The errors between a word and every beginning of another, by the usual table.
    fn table(word: &str, other: &str) -> Vec<usize> {
        let word: Vec<char> = word.chars().collect();
        let other: Vec<char> = other.chars().collect();
        let mut rows = vec![vec![0; other.len() + 1]; word.len() + 1];
        for row in 0..=word.len() {
            for column in 0..=other.len() {
                rows[row][column] = if row == 0 || column == 0 {
                    row + column
                } else {
                    let differs = usize::from(word[row - 1] != other[column - 1]);
                    let moved = rows[row - 1][column].min(rows[row][column - 1]) + 1;
                    let mut least = moved.min(rows[row - 1][column - 1] + differs);
                    if row > 1
                        && column > 1
                        && word[row - 1] == other[column - 2]
                        && word[row - 2] == other[column - 1]
                    {
                        least = least.min(rows[row - 2][column - 2] + 1);
                    }
                    least
                };
            }
        }
        rows.pop().unwrap()
    }

    #[test]
    fn errors_are_counted() {
        for (word, other, whole, beginning) in [
            ("word", "word", 0, 0),
            ("word", "wrod", 1, 1),
            ("word", "wod", 1, 1),
            ("word", "words", 1, 0),
            ("word", "worrd", 1, 1),
            ("wrod", "wording", 4, 1),
            ("kitten", "sitting", 3, 2),
            ("ca", "abc", 3, 1),
            ("größe", "grosse", 3, 3),
            ("привет", "првиет", 1, 1),
            ("", "ab", 2, 0),
        ] {
            let spelling = Spelling::new(word);
            assert_eq!(spelling.distance(other, 9), Some(whole), "{word} {other}");
            assert_eq!(
                spelling.prefix_distance(other, 9),
                Some(beginning),
                "{word} {other}"
            );
            for less in 0..whole {
                assert_eq!(spelling.distance(other, less), None, "{word} {other}");
            }
        }
        let (short, long) = ("x".repeat(64), "x".repeat(65));
        assert_eq!(Spelling::new(&long).distance(&long, 2), Some(0));
        assert_eq!(Spelling::new(&long).distance(&short, 2), None);
        assert_eq!(Spelling::new(&short).distance(&long, 2), Some(1));
    }

    proptest! {
        #[test]
        fn the_bits_say_what_the_table_says(
            word in "[a-cé]{0,9}|[a-b]{60,64}",
            other in "[a-cé]{0,12}|[a-b]{58,66}",
            most in 0_u8..5,
        ) {
            let spelling = Spelling::new(&word);
            let errors = table(&word, &other);
            let within = |errors: usize| u8::try_from(errors).ok().filter(|one| *one <= most);
            let (least, last) = (errors.iter().min(), errors.last());
            prop_assert_eq!(spelling.distance(&other, most), within(*last.unwrap()));
            prop_assert_eq!(spelling.prefix_distance(&other, most), within(*least.unwrap()));
        }
    }
}
