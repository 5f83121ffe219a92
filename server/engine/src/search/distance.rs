//! How many typing errors lie between two words: letters too many, missing, replaced, or exchanged
//! with their neighbour.

/// The errors from one word to another, if they are at most `most`; with `prefix`, to that beginning
/// of the other that is closest.
pub(super) fn within(wanted: &str, word: &str, most: u8, prefix: bool) -> Option<u8> {
    let wanted: Vec<char> = wanted.chars().collect();
    let word: Vec<char> = word.chars().collect();
    let most = usize::from(most);
    let too_short = word.len() + most < wanted.len();
    let too_long = !prefix && wanted.len() + most < word.len();
    if too_short || too_long {
        return None;
    }
    // Nothing behind can be part of the closest beginning.
    let reach = match prefix {
        true => word.len().min(wanted.len() + most),
        false => word.len(),
    };
    let word = word.get(..reach)?;
    let least = errors(&wanted, word, prefix);
    u8::try_from(least).ok().filter(|least| usize::from(*least) <= most)
}

/// The optimal string alignment distance, row by row.
fn errors(wanted: &[char], word: &[char], prefix: bool) -> usize {
    let width = word.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut above: Vec<usize> = (0..width).collect();
    for (row, letter) in wanted.iter().enumerate() {
        let mut line = Vec::with_capacity(width);
        line.push(row + 1);
        for (column, other) in word.iter().enumerate() {
            let at = |line: &[usize], place: usize| line.get(place).copied().unwrap_or(usize::MAX);
            let replaced = at(&above, column) + usize::from(letter != other);
            let missing = at(&above, column + 1) + 1;
            let added = at(&line, column) + 1;
            let mut least = replaced.min(missing).min(added);
            let exchanged = row > 0
                && column > 0
                && wanted.get(row - 1) == Some(other)
                && word.get(column - 1) == Some(letter);
            if exchanged {
                least = least.min(at(&before, column - 1) + 1);
            }
            line.push(least);
        }
        before = std::mem::replace(&mut above, line);
    }
    match prefix {
        true => above.iter().copied().min(),
        false => above.last().copied(),
    }
    .unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use levenshtein_automata::{Distance, LevenshteinAutomatonBuilder};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn errors_are_counted() {
        for (wanted, word, most, found) in [
            ("house", "house", 1, Some(0)),
            ("huose", "house", 1, Some(1)),
            ("hous", "house", 1, Some(1)),
            ("houses", "house", 1, Some(1)),
            ("horse", "house", 1, Some(1)),
            ("hrose", "house", 1, None),
            ("hrose", "house", 2, Some(2)),
            ("", "ab", 2, Some(2)),
            ("ab", "", 2, Some(2)),
            ("abc", "", 2, None),
            ("müller", "muller", 1, Some(1)),
        ] {
            assert_eq!(within(wanted, word, most, false), found, "{wanted} {word}");
        }
    }

    #[test]
    fn a_beginning_is_enough_of_a_word_that_is_still_typed() {
        assert_eq!(within("philoso", "philosophy", 2, true), Some(0));
        assert_eq!(within("philsoo", "philosophy", 2, true), Some(1));
        assert_eq!(within("philsoo", "philosophy", 2, false), None);
        assert_eq!(within("philosophy", "philo", 2, true), None);
    }

    proptest! {
        #[test]
        fn the_automaton_of_the_index_counts_the_same(
            wanted in "[abcé]{0,7}",
            word in "[abcé]{0,7}",
            most in 1_u8..=2,
            prefix in any::<bool>(),
        ) {
            let builder = LevenshteinAutomatonBuilder::new(most, true);
            let automaton = match prefix {
                true => builder.build_prefix_dfa(&wanted),
                false => builder.build_dfa(&wanted),
            };
            let expected = match automaton.eval(&word) {
                Distance::Exact(distance) => Some(distance),
                Distance::AtLeast(_) => None,
            };
            prop_assert_eq!(within(&wanted, &word, most, prefix), expected);
        }
    }
}
