//! What of a collection can be searched and how: its option `search`, an addition to the contract.
//!
//! - A collection without the option is not searchable, and shows no such key.
//! - Paths are kept as they are written; [`SearchPath`](super::SearchPath) says what one leads to.
//! - What the words of a field are follows from its path, mode and language and from the stop
//!   words; everything else is only weighed when a search is answered, so changing it builds
//!   nothing anew.

use serde_json::{Map, Value as Json, json};

use super::{Language, fold};
use crate::limits::{SEARCH_ONE_TYPO_LETTERS_DEFAULT, SEARCH_TWO_TYPOS_LETTERS_DEFAULT};

/// How a collection is searched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchOptions {
    /// What is searched, in the order of the definition, which is how equal hits are told apart.
    pub fields: Vec<SearchField>,
    /// Words that also find others.
    pub synonyms: Vec<Synonyms>,
    /// Words that count only where a search has no other, beside those of the languages.
    pub stop_words: Vec<String>,
    /// How typing errors are forgiven.
    pub typo: TypoOptions,
    /// What orders hits of the same relevance.
    pub rank_by: Vec<RankBy>,
}

/// One searched field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchField {
    /// A field (`title`), one of a related record (`author.name`), or a place in a json field
    /// (`data.some.key`).
    pub path: String,
    /// How much a word counts in it, 1 to 10.
    pub weight: u8,
    /// The language whose stems and stop words it has.
    pub language: Option<Language>,
    /// What its words are.
    pub mode: Mode,
    /// Whether its values may be counted under a search.
    pub facet: bool,
}

/// What the words of a field are and how a search may miss them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Words, stemmed where the field has a language; typing errors are forgiven, and the last word
    /// of a search may be a beginning.
    #[default]
    Text,
    /// The whole value is one word, and is found only whole.
    Keyword,
    /// Words without stems; every word of a search may be a beginning.
    Prefix,
    /// Words without stems, found only as they are written but for case and accents.
    Exact,
}

/// A word or phrase that also finds others. It is not mutual unless both are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synonyms {
    /// What is searched for.
    pub word: String,
    /// What is found as well.
    pub others: Vec<String>,
}

/// How typing errors are forgiven: letters too many, missing, replaced, or exchanged with their
/// neighbour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypoOptions {
    /// Whether they are at all.
    pub enabled: bool,
    /// Letters from which a word may have one.
    pub one_from: u8,
    /// Letters from which a word may have two.
    pub two_from: u8,
    /// Whether words with digits may have some.
    pub numbers: bool,
    /// Words that are always meant as they are written.
    pub except: Vec<String>,
}

impl Default for TypoOptions {
    fn default() -> Self {
        Self {
            enabled: true,
            one_from: SEARCH_ONE_TYPO_LETTERS_DEFAULT,
            two_from: SEARCH_TWO_TYPOS_LETTERS_DEFAULT,
            numbers: false,
            except: Vec::new(),
        }
    }
}

/// A field that orders hits of the same relevance; written like a sort key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankBy {
    /// A number, date or bool field of the collection itself.
    pub field: String,
    /// Whether the greatest is first.
    pub descending: bool,
}

impl SearchOptions {
    /// The key among the options of a collection.
    pub const KEY: &'static str = "search";

    /// A searched field by its path.
    #[must_use]
    pub fn field(&self, path: &str) -> Option<&SearchField> {
        self.fields.iter().find(|field| field.path == path)
    }

    /// Whether an index that was built by these options also serves `other`.
    #[must_use]
    pub fn same_words(&self, other: &Self) -> bool {
        let words = |options: &Self| {
            let fields = options.fields.iter();
            let mut words: Vec<_> = fields
                .map(|field| (field.path.clone(), field.mode, field.language))
                .collect();
            words.sort_by(|left, right| left.0.cmp(&right.0));
            words
        };
        words(self) == words(other) && self.stop_words == other.stop_words
    }

    /// The options as JSON, every key of them; reading it gives the same options.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let fields = self.fields.iter();
        let fields: Map<String, Json> = fields
            .map(|field| (field.path.clone(), field.to_json()))
            .collect();
        let synonyms = self.synonyms.iter();
        let synonyms: Map<String, Json> = synonyms
            .map(|one| (one.word.clone(), one.others.clone().into()))
            .collect();
        let rank_by: Vec<String> = self.rank_by.iter().map(RankBy::to_text).collect();
        json!({
            "fields": fields,
            "synonyms": synonyms,
            "stopWords": self.stop_words,
            "typo": {
                "enabled": self.typo.enabled,
                "oneFrom": self.typo.one_from,
                "twoFrom": self.typo.two_from,
                "numbers": self.typo.numbers,
                "except": self.typo.except,
            },
            "rankBy": rank_by,
        })
    }
}

impl SearchField {
    fn to_json(&self) -> Json {
        json!({
            "weight": self.weight,
            "language": self.language.map(Language::code),
            "mode": self.mode.name(),
            "facet": self.facet,
        })
    }
}

impl Mode {
    /// All, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Text, Self::Keyword, Self::Prefix, Self::Exact];

    /// What JSON calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Keyword => "keyword",
            Self::Prefix => "prefix",
            Self::Exact => "exact",
        }
    }

    /// Whether typing errors are forgiven in such a field.
    #[must_use]
    pub fn forgives(self) -> bool {
        matches!(self, Self::Text | Self::Prefix)
    }
}

impl TypoOptions {
    /// How many typing errors a folded word may have.
    #[must_use]
    pub fn allowed(&self, folded: &str) -> u8 {
        let has_digits = || folded.chars().any(char::is_numeric);
        let is_exempt = || self.except.iter().any(|word| fold(word) == folded);
        let letters = folded.chars().count();
        if !self.enabled
            || letters < usize::from(self.one_from)
            || (!self.numbers && has_digits())
            || is_exempt()
        {
            0
        } else if letters < usize::from(self.two_from) {
            1
        } else {
            2
        }
    }
}

impl RankBy {
    /// As it is written, such as `-published`.
    #[must_use]
    pub fn to_text(&self) -> String {
        let sign = if self.descending { "-" } else { "" };
        format!("{sign}{}", self.field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_may_have_more_errors_and_numbers_none() {
        let usual = TypoOptions::default();
        let strict = TypoOptions {
            numbers: true,
            except: vec!["Éclair".to_owned()],
            ..TypoOptions::default()
        };
        let off = TypoOptions {
            enabled: false,
            ..TypoOptions::default()
        };
        for (word, by_usual, by_strict) in [
            ("", 0, 0),
            ("abc", 0, 0),
            ("abcd", 1, 1),
            ("über", 1, 1),
            ("abcdefg", 1, 1),
            ("abcdefgh", 2, 2),
            ("2024", 0, 1),
            ("iphone15", 0, 2),
            ("eclair", 1, 0),
            ("東京", 0, 0),
        ] {
            assert_eq!(usual.allowed(word), by_usual, "{word}");
            assert_eq!(strict.allowed(word), by_strict, "{word}");
            assert_eq!(off.allowed(word), 0, "{word}");
        }
    }
}
