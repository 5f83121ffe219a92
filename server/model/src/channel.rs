//! Names of broadcast channels, and the patterns that define them.
//!
//! - A name is words of letters, digits and `_`, joined by `-`, `.` or `:`: `room-7`, `chat.en:a`.
//! - A pattern is a name in which words may be `{variable}`, each of which stands for one word. So
//!   a name matches in one way or not at all.

use crate::limits::CHANNEL_NAME_BYTES_MAX;

/// What rules call the whole name of a channel; no variable has this name.
pub const CHANNEL_NAME_COLUMN: &str = "name";

const SEPARATORS: [char; 3] = ['-', '.', ':'];

/// Which channels a definition is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelPattern {
    words: Vec<Word>,
    separators: Vec<char>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Plain(String),
    Variable(String),
}

impl ChannelPattern {
    /// The pattern with this text.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        check_length(text)?;
        let (words, separators) = split(text);
        let mut pattern = Self {
            words: Vec::with_capacity(words.len()),
            separators,
        };
        for word in words {
            let word = pattern.word(word)?;
            pattern.words.push(word);
        }
        Ok(pattern)
    }

    /// The names of the variables, in their order.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.words.iter().filter_map(|word| match word {
            Word::Variable(name) => Some(name.as_str()),
            Word::Plain(_) => None,
        })
    }

    /// What the variables stand for in the name of a channel, in their order; `None` where it is
    /// none of these.
    #[must_use]
    pub fn matches<'n>(&self, name: &'n str) -> Option<Vec<&'n str>> {
        let (words, separators) = split(name);
        if words.len() != self.words.len() || separators != self.separators {
            return None;
        }
        let mut values = Vec::new();
        for (word, expected) in words.into_iter().zip(&self.words) {
            match expected {
                Word::Plain(plain) if plain != word => return None,
                Word::Plain(_) => {}
                Word::Variable(_) => values.push(word),
            }
        }
        Some(values)
    }

    fn word(&self, text: &str) -> Result<Word, String> {
        let Some(braced) = text.strip_prefix('{') else {
            check_word(text)?;
            return Ok(Word::Plain(text.to_owned()));
        };
        let name = braced
            .strip_suffix('}')
            .ok_or_else(|| format!("the variable {text:?} is not closed by \"}}\" at its end"))?;
        check_word(name)?;
        if name.starts_with(|first: char| first.is_ascii_digit()) {
            return Err(format!("the variable {name:?} begins with a digit"));
        }
        if [CHANNEL_NAME_COLUMN, "true", "false", "null"]
            .iter()
            .any(|taken| name.eq_ignore_ascii_case(taken))
        {
            return Err(format!("{name:?} means something else in rules"));
        }
        if self.variables().any(|known| known == name) {
            return Err(format!("there are two variables {name:?}"));
        }
        Ok(Word::Variable(name.to_owned()))
    }
}

/// Whether a channel may have this name.
///
/// # Errors
/// Says what is wrong with it.
pub fn check_channel_name(name: &str) -> Result<(), String> {
    check_length(name)?;
    split(name).0.into_iter().try_for_each(check_word)
}

fn check_length(text: &str) -> Result<(), String> {
    match text.len() {
        0 => Err("it is empty".to_owned()),
        length if length > CHANNEL_NAME_BYTES_MAX => Err(format!(
            "it is longer than {CHANNEL_NAME_BYTES_MAX} characters"
        )),
        _ => Ok(()),
    }
}

fn check_word(word: &str) -> Result<(), String> {
    if word.is_empty() {
        return Err("a word before, behind or between separators is missing".to_owned());
    }
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    match word.chars().find(|letter| !is_letter(*letter)) {
        Some(found) => Err(format!(
            "{found:?} is no letter, digit or \"_\", nor a separator (\"-\", \".\" or \":\")"
        )),
        None => Ok(()),
    }
}

fn split(text: &str) -> (Vec<&str>, Vec<char>) {
    let is_separator = |letter: char| SEPARATORS.contains(&letter);
    let separators = text.chars().filter(|letter| is_separator(*letter));
    (text.split(is_separator).collect(), separators.collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_match_in_one_way_or_not_at_all() {
        for (pattern, name, values) in [
            ("hall", "hall", Some(vec![])),
            ("room-{id}", "room-7", Some(vec!["7"])),
            ("room-{id}", "room-a_B9", Some(vec!["a_B9"])),
            ("{a}", "anything", Some(vec!["anything"])),
            (
                "chat.{place}:{topic}",
                "chat.en:cats",
                Some(vec!["en", "cats"]),
            ),
            ("{a}-{b}", "x-y", Some(vec!["x", "y"])),
            ("hall", "Hall", None),
            ("hall", "halls", None),
            ("room-{id}", "room-", None),
            ("room-{id}", "room-7-8", None),
            ("room-{id}", "room.7", None),
            ("room-{id}", "rooms-7", None),
            ("{a}", "x-y", None),
            ("{a}-{b}", "x-y-z", None),
        ] {
            let parsed = ChannelPattern::parse(pattern).unwrap();
            let matching = check_channel_name(name).ok().and(parsed.matches(name));
            assert_eq!(matching, values, "{pattern} {name}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in [
            "", "-", "a-", "-a", "a--b", "a/b", "a b", "a*", "é", "{", "{}", "}", "{a", "a}",
            "{a}b", "b{a}", "{a-b}", "{{a}}", "{1a}", "{a}-{a}", "{name}", "{NULL}", "{true}",
            "a\n",
        ] {
            assert!(ChannelPattern::parse(text).is_err(), "{text}");
        }
        let longest = "a".repeat(CHANNEL_NAME_BYTES_MAX);
        assert!(ChannelPattern::parse(&longest).is_ok());
        assert!(ChannelPattern::parse(&format!("{longest}a")).is_err());
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for name in [
            "",
            "a/b",
            "a?b",
            "room-{id}",
            "a--b",
            ".a",
            "a:",
            "a\nb",
            "a@b",
            "%2e",
        ] {
            assert!(check_channel_name(name).is_err(), "{name}");
        }
        for name in ["a", "0", "_", "a-b.c:d", "room-7"] {
            assert_eq!(check_channel_name(name), Ok(()), "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_made_of_what_its_variables_stand_for(
            words in prop::collection::vec(("[a-z0-9_]{1,4}", any::<bool>(), "[-.:]"), 1..6)
        ) {
            let (mut name, mut pattern, mut values) = (String::new(), String::new(), Vec::new());
            for (place, (word, varies, separator)) in words.iter().enumerate() {
                if place > 0 {
                    name.push_str(separator);
                    pattern.push_str(separator);
                }
                name.push_str(word);
                if *varies {
                    pattern.push_str(&format!("{{v{place}}}"));
                    values.push(word.as_str());
                } else {
                    pattern.push_str(word);
                }
            }
            let pattern = ChannelPattern::parse(&pattern).unwrap();
            prop_assert_eq!(pattern.matches(&name), Some(values));
            let longer = format!("{name}-x");
            prop_assert_eq!(pattern.matches(&longer), None);
        }
    }
}
