//! The text of a search: words, `"phrases"`, `-word`, `field:word`, `field:"phrase"`.
//!
//! - Every text means something: what looks like syntax but is none is taken for words. Only a text
//!   that is too long is refused.
//! - A name before a colon counts only where it is one of the given fields; so a field that the
//!   caller may not search is no other than one that does not exist.
//! - The last word may be a beginning, unless something follows it: a space, a point, a quote.
//! - Words that are cut further when they are analysed (`user@example.com`, 東京都) keep together:
//!   such a word is found like a phrase.
//! - Printing a search and reading it again gives the same search.

use std::fmt;

use super::words::{Apostrophes, Purpose, begins_word, ends_word, words};
use crate::limits::{SEARCH_QUERY_BYTES_MAX, SEARCH_QUERY_WORDS_MAX};

/// A search text that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchQuery {
    /// Its parts, in the order of the text.
    pub clauses: Vec<Clause>,
}

/// One part of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Whether records with it are left out.
    pub negated: bool,
    /// The path of the only field it is searched in.
    pub field: Option<String>,
    /// What is searched for.
    pub wanted: Wanted,
}

/// What a part of a search asks for. Texts begin and end with letters, digits or signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A word.
    Word {
        /// As it was written; there is no space in it.
        text: String,
        /// Whether it may be the beginning of a word.
        prefix: bool,
    },
    /// Words one after another, as they are written.
    Phrase(String),
}

/// Why a search text is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at character {position})")]
pub struct SearchQueryError {
    /// Where it becomes too long, as a 1-based character.
    pub position: usize,
    /// What is too long and how long it may be.
    pub message: String,
}

impl SearchQuery {
    /// Reads a search text. `fields` are the paths that the caller may search.
    ///
    /// # Errors
    /// When the text is too long or has too many words.
    pub fn parse(text: &str, fields: &[&str]) -> Result<Self, SearchQueryError> {
        if text.len() > SEARCH_QUERY_BYTES_MAX {
            let message = format!("a search has at most {SEARCH_QUERY_BYTES_MAX} bytes");
            return Err(refused(text, SEARCH_QUERY_BYTES_MAX, message));
        }
        let mut reader = Reader {
            text,
            at: 0,
            fields,
        };
        let mut clauses = Vec::new();
        let mut count = 0;
        while let Some((clause, start)) = reader.clause() {
            count += clause.wanted.words();
            if count > SEARCH_QUERY_WORDS_MAX {
                let message = format!("a search has at most {SEARCH_QUERY_WORDS_MAX} words");
                return Err(refused(text, start, message));
            }
            clauses.push(clause);
        }
        Ok(Self { clauses })
    }

    /// Whether it asks for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// The parts that are wanted; where there are none, everything is found but for the rest.
    pub fn positive(&self) -> impl Iterator<Item = &Clause> {
        self.clauses.iter().filter(|clause| !clause.negated)
    }

    /// The parts that must not occur.
    pub fn negative(&self) -> impl Iterator<Item = &Clause> {
        self.clauses.iter().filter(|clause| clause.negated)
    }
}

impl Wanted {
    /// The text of the word or phrase.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Word { text, .. } | Self::Phrase(text) => text,
        }
    }

    fn words(&self) -> usize {
        let mut count = 0;
        let how = (Purpose::Search, Apostrophes::Part);
        words(self.text(), how, |_, _| {
            count += 1;
            count <= SEARCH_QUERY_WORDS_MAX
        });
        count
    }
}

struct Reader<'a> {
    text: &'a str,
    /// The byte that comes next.
    at: usize,
    fields: &'a [&'a str],
}

impl<'a> Reader<'a> {
    /// The next part that asks for something, and where it begins.
    fn clause(&mut self) -> Option<(Clause, usize)> {
        loop {
            self.skip(is_space);
            let start = self.at;
            if self.rest().is_empty() {
                return None;
            }
            if let Some(clause) = self.term() {
                return Some((clause, start));
            }
        }
    }

    /// What stands before the next space, or a phrase with the spaces in it.
    fn term(&mut self) -> Option<Clause> {
        let negated = self.rest().starts_with('-');
        if let Some(phrase) = self.phrase() {
            return Some(clause(negated, None, phrase?));
        }
        let field = self.field();
        if field.is_some()
            && let Some(phrase) = self.phrase()
        {
            return Some(clause(negated, field, phrase?));
        }
        let written = self.upto(self.word_length());
        let word = written.trim_end_matches(|letter| !ends_word(letter));
        if word.is_empty() {
            return None;
        }
        let prefix = !negated && self.rest().is_empty() && word.len() == written.len();
        let text = word.to_owned();
        Some(clause(negated, field, Wanted::Word { text, prefix }))
    }

    /// Passes by what begins no word, up to a phrase or a word; the phrase where it is one that has
    /// an end. The inner `None` is a phrase without words.
    fn phrase(&mut self) -> Option<Option<Wanted>> {
        loop {
            let rest = self.rest();
            let next = rest.chars().next()?;
            if is_space(next) || begins_word(next) {
                return None;
            }
            self.at += next.len_utf8();
            if !is_quote(next) {
                continue;
            }
            let inside = self.rest();
            if let Some((length, end)) = inside.char_indices().find(|(_, end)| is_quote(*end)) {
                let phrase = phrase(self.upto(length));
                self.at += end.len_utf8();
                return Some(phrase);
            }
        }
    }

    /// The longest known name that stands here before a colon and something to search for.
    fn field(&mut self) -> Option<String> {
        let rest = self.rest();
        let names = self.fields.iter().filter(|name| {
            let written = rest.get(..name.len());
            let value = rest
                .get(name.len()..)
                .and_then(|rest| rest.strip_prefix(':'));
            let mut value = value.unwrap_or_default().chars();
            written.is_some_and(|written| written.eq_ignore_ascii_case(name))
                && value
                    .by_ref()
                    .take_while(|next| !is_space(*next))
                    .any(begins_word)
        });
        let name = names.max_by_key(|name| name.len())?;
        self.at += name.len() + 1;
        Some((*name).to_owned())
    }

    fn word_length(&self) -> usize {
        let rest = self.rest();
        rest.find(is_space).unwrap_or(rest.len())
    }

    fn skip(&mut self, what: fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(what).len();
    }

    fn upto(&mut self, length: usize) -> &'a str {
        let taken = self.rest().get(..length).unwrap_or_default();
        self.at += length;
        taken
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

fn clause(negated: bool, field: Option<String>, wanted: Wanted) -> Clause {
    Clause {
        negated,
        field,
        wanted,
    }
}

/// A phrase of what stands in quotes, where that has words.
fn phrase(inside: &str) -> Option<Wanted> {
    let inside = inside.trim_start_matches(|letter| !begins_word(letter));
    let inside = inside.trim_end_matches(|letter| !ends_word(letter));
    let parts: Vec<&str> = inside
        .split(is_space)
        .filter(|part| !part.is_empty())
        .collect();
    (!parts.is_empty()).then(|| Wanted::Phrase(parts.join(" ")))
}

fn is_space(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control() || letter == '\u{200B}'
}

fn is_quote(letter: char) -> bool {
    matches!(letter, '"' | '“' | '”' | '„' | '«' | '»' | '＂')
}

fn refused(text: &str, at: usize, message: String) -> SearchQueryError {
    let before = text.char_indices().take_while(|(offset, _)| *offset < at);
    SearchQueryError {
        position: before.count() + 1,
        message,
    }
}

impl fmt::Display for SearchQuery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, clause) in self.clauses.iter().enumerate() {
            let space = if at > 0 { " " } else { "" };
            write!(formatter, "{space}{clause}")?;
        }
        let last = self.clauses.last().map(|clause| &clause.wanted);
        match last {
            // Something behind the word says that it is whole.
            Some(Wanted::Word { prefix: false, .. }) => formatter.write_str(" "),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negated { "-" } else { "" };
        formatter.write_str(sign)?;
        if let Some(field) = &self.field {
            write!(formatter, "{field}:")?;
        }
        match &self.wanted {
            Wanted::Word { text, .. } => formatter.write_str(text),
            Wanted::Phrase(text) => write!(formatter, "\"{text}\""),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FIELDS: [&str; 4] = ["title", "author.name", "author.name.first", "año"];

    /// How a search reads: words as they are, beginnings with `*`, phrases in brackets.
    fn read(text: &str) -> String {
        let query = SearchQuery::parse(text, &FIELDS).unwrap();
        let shown = |clause: &Clause| {
            let sign = if clause.negated { "-" } else { "" };
            let field = clause
                .field
                .as_ref()
                .map_or(String::new(), |field| format!("{field}="));
            let wanted = match &clause.wanted {
                Wanted::Word { text, prefix } => {
                    format!("{text}{}", if *prefix { "*" } else { "" })
                }
                Wanted::Phrase(text) => format!("[{text}]"),
            };
            format!("{sign}{field}{wanted}")
        };
        query
            .clauses
            .iter()
            .map(shown)
            .collect::<Vec<_>>()
            .join(" | ")
    }

    #[test]
    fn words_phrases_fields_and_negations() {
        for (text, meaning) in [
            ("", ""),
            ("hello", "hello*"),
            ("hello ", "hello"),
            ("hello.", "hello"),
            ("wide world", "wide | world*"),
            ("\"wide world\"", "[wide world]"),
            ("“wide world” x", "[wide world] | x*"),
            ("-bad good", "-bad | good*"),
            ("good -bad", "good | -bad"),
            ("-\"so bad\"", "-[so bad]"),
            ("title:hello", "title=hello*"),
            ("TITLE:hello x", "title=hello | x*"),
            ("title:\"a b\"", "title=[a b]"),
            ("-title:x", "-title=x"),
            ("author.name:ann", "author.name=ann*"),
            ("author.name.first:ann", "author.name.first=ann*"),
            ("año:nuevo ", "año=nuevo"),
            ("user@example.com", "user@example.com*"),
            ("well-known", "well-known*"),
            ("\"a b\"c", "[a b] | c*"),
            ("東京都", "東京都*"),
            ("(title:x)", "title=x"),
        ] {
            assert_eq!(read(text), meaning, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_syntax_is_words() {
        for (text, meaning) in [
            ("-", ""),
            ("- x", "x*"),
            ("--x", "-x"),
            ("\"\"", ""),
            ("\" \" x", "x*"),
            ("\"open phrase", "open | phrase*"),
            ("x \"", "x"),
            ("27\" screen", "27 | screen*"),
            ("owner:x", "owner:x*"),
            ("http://x.test", "http://x.test*"),
            ("title:", "title"),
            ("title: x", "title | x*"),
            ("title:\"open", "title=open*"),
            ("title:-x", "title=x*"),
            ("title:title:x", "title=title:x*"),
            ("title:!! x", "title | x*"),
            ("tit\u{0}le\u{7}", "tit | le"),
            ("a\tb\nc", "a | b | c*"),
            ("* ? ~ ^ ( ) [ ] { } : \\ /", ""),
            ("foo* b?r fu~2 x^9", "foo | b?r | fu~2 | x^9*"),
            ("AND OR NOT", "AND | OR | NOT*"),
            ("🙂", ""),
            ("x🙂", "x"),
        ] {
            assert_eq!(read(text), meaning, "{text}");
        }
    }

    #[test]
    fn long_texts_are_refused_where_they_become_too_long() {
        let words = |count: usize| vec!["é"; count].join(" ");
        let fits = SearchQuery::parse(&words(SEARCH_QUERY_WORDS_MAX), &[]);
        assert_eq!(fits.unwrap().clauses.len(), SEARCH_QUERY_WORDS_MAX);
        let position = SEARCH_QUERY_WORDS_MAX * 2 + 1;
        for text in [
            words(SEARCH_QUERY_WORDS_MAX + 1),
            format!("{} \"a\"", words(SEARCH_QUERY_WORDS_MAX)),
            format!("{} -a", words(SEARCH_QUERY_WORDS_MAX)),
        ] {
            let error = SearchQuery::parse(&text, &[]).unwrap_err();
            let told = format!("a search has at most 64 words (at character {position})");
            assert_eq!(error.to_string(), told, "{text}");
        }
        for text in [
            "a-".repeat(100),
            "東".repeat(100),
            format!("\"{}\"", "a ".repeat(100)),
        ] {
            let error = SearchQuery::parse(&text, &[]).unwrap_err();
            assert_eq!(error.position, 1, "{text}");
        }
        let error = SearchQuery::parse(&"é".repeat(SEARCH_QUERY_BYTES_MAX), &[]).unwrap_err();
        assert_eq!(error.position, SEARCH_QUERY_BYTES_MAX / 2 + 1);
        assert!(SearchQuery::parse(&"é".repeat(SEARCH_QUERY_BYTES_MAX / 2), &[]).is_ok());
        let many = words(100_000);
        assert!(SearchQuery::parse(&many, &[]).is_err());
    }

    proptest! {
        #[test]
        fn every_text_reads_and_printing_it_reads_the_same(
            text in "([-\"“:.' ]|title:|author.name:|é|e\\u{301}|x|東|\\u{AD}|\\PC|\\u{0}){0,24}",
        ) {
            let query = SearchQuery::parse(&text, &FIELDS).unwrap();
            let printed = query.to_string();
            let again = SearchQuery::parse(&printed, &FIELDS).unwrap();
            prop_assert_eq!(&again, &query, "{}", printed);
            prop_assert_eq!(again.to_string(), printed);
            for clause in &query.clauses {
                let text = clause.wanted.text();
                prop_assert!(text.starts_with(begins_word) && text.ends_with(ends_word));
            }
        }
    }
}
