//! From the text of a field, or of a search in it, to the words that are compared.
//!
//! - A word has two forms: folded, and stemmed where the field has a language. A search finds the
//!   stem and prefers the folded form.
//! - Places are byte offsets into the text that was analysed; for an editor's value that is what of
//!   its HTML shows ([`visible_text`]).
//! - Stems are taken of folded words, so that accents make no difference to them either. Where a
//!   language cannot be stemmed without its accents, its stems are folded afterwards.
//! - Stop words are told, not dropped: a phrase needs them.

use frostem::{Algorithm, Stemmer};

use super::fold::{composed, fold, fold_into, is_apostrophe, is_ignored};
use super::stop_words::stop_words;
use super::words::{Apostrophes, Purpose, words};
use super::{Language, Mode, SearchField, SearchOptions};
use crate::html::plain_text;
use crate::limits::{SEARCH_KEYWORD_BYTES_MAX, SEARCH_STEMS_KEPT, SEARCH_TERM_BYTES_MAX};

/// Elements that do not part words where text is searched.
const INLINE: [&str; 24] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font",
    "i", "ins", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u",
];

/// One word of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// Its stem, folded; the same as `exact` where the field has no stems.
    pub term: &'a str,
    /// The folded word, cut to [`SEARCH_TERM_BYTES_MAX`].
    pub exact: &'a str,
    /// The byte at which it starts in the text.
    pub start: usize,
    /// The byte behind it.
    pub end: usize,
    /// How many words are before it.
    pub position: usize,
    /// Whether it says little.
    pub stop: bool,
}

/// How the words of one searched field are made.
#[derive(Clone, Debug)]
pub struct Analyser {
    mode: Mode,
    apostrophes: Apostrophes,
    stems: Option<Stems>,
    /// By hash.
    stop_words: Vec<(u64, Box<str>)>,
}

#[derive(Clone, Copy, Debug)]
struct Stems {
    language: Language,
    algorithm: Algorithm,
    /// Whether words are stemmed with their accents.
    accented: bool,
}

/// What is used again from text to text; one for each thread.
#[derive(Debug, Default)]
pub struct Scratch {
    exact: String,
    accented: String,
    term: String,
    known: Vec<(Language, KnownStems)>,
}

/// What of the HTML of an editor's value shows.
#[must_use]
pub fn visible_text(html: &str) -> String {
    plain_text(html, |element| INLINE.contains(&element))
}

impl Analyser {
    /// For one field of a collection.
    #[must_use]
    pub fn new(field: &SearchField, options: &SearchOptions) -> Self {
        let language = field.language.filter(|_| field.mode == Mode::Text);
        let hashed = |word: &str| {
            let word = fold(word);
            (hash(&word), word.into())
        };
        let own = language.into_iter().flat_map(stop_words).map(hashed);
        let more = options.stop_words.iter().map(|word| hashed(word));
        let mut stop_words: Vec<(u64, Box<str>)> = own.chain(more).collect();
        stop_words.sort_unstable();
        Self {
            mode: field.mode,
            apostrophes: match language {
                Some(Language::English) => Apostrophes::Genitive,
                Some(Language::Catalan | Language::French | Language::Italian) => Apostrophes::Part,
                _ => Apostrophes::Join,
            },
            stems: language.map(Stems::of),
            stop_words,
        }
    }

    /// Calls `each` with every word of a text that is to be found.
    pub fn text(&self, text: &str, scratch: &mut Scratch, mut each: impl FnMut(&Token<'_>)) {
        self.analyse((text, Purpose::Text), scratch, &mut each);
    }

    /// Calls `each` with every word of a text that is searched for.
    pub fn search(&self, text: &str, scratch: &mut Scratch, mut each: impl FnMut(&Token<'_>)) {
        self.analyse((text, Purpose::Search), scratch, &mut each);
    }

    fn analyse(
        &self,
        (text, purpose): (&str, Purpose),
        scratch: &mut Scratch,
        each: &mut impl FnMut(&Token<'_>),
    ) {
        if self.mode == Mode::Keyword {
            keyword(text, scratch, each);
            return;
        }
        let mut position = 0;
        words(text, (purpose, self.apostrophes), |start, end| {
            let word = text.get(start..end).unwrap_or_default();
            scratch.exact.clear();
            fold_into(word, &mut scratch.exact);
            cut(&mut scratch.exact, SEARCH_TERM_BYTES_MAX);
            if scratch.exact.is_empty() {
                return true;
            }
            let hash = hash(&scratch.exact);
            if let Some(stems) = self.stems {
                stems.stem((word, hash), scratch);
            }
            let stemmed = self.stems.is_some() && !scratch.term.is_empty();
            each(&Token {
                term: if stemmed {
                    &scratch.term
                } else {
                    &scratch.exact
                },
                exact: &scratch.exact,
                start,
                end,
                position,
                stop: self.is_stop_word(&scratch.exact, hash),
            });
            position += 1;
            true
        });
    }

    fn is_stop_word(&self, word: &str, hash: u64) -> bool {
        let from = self.stop_words.partition_point(|(known, _)| *known < hash);
        let same = self.stop_words.get(from..).unwrap_or_default().iter();
        same.take_while(|(known, _)| *known == hash)
            .any(|(_, known)| **known == *word)
    }
}

/// The whole text as one word: folded, without space around it, and runs of it as one space.
fn keyword(text: &str, scratch: &mut Scratch, each: &mut impl FnMut(&Token<'_>)) {
    let word = text.trim();
    let start = text.len() - text.trim_start().len();
    scratch.exact.clear();
    for part in word.split_whitespace() {
        if !scratch.exact.is_empty() {
            scratch.exact.push(' ');
        }
        fold_into(part, &mut scratch.exact);
    }
    cut(&mut scratch.exact, SEARCH_KEYWORD_BYTES_MAX);
    if !scratch.exact.is_empty() {
        each(&Token {
            term: &scratch.exact,
            exact: &scratch.exact,
            start,
            end: start + word.len(),
            position: 0,
            stop: false,
        });
    }
}

/// Cuts a text between characters.
fn cut(text: &mut String, bytes_max: usize) {
    if text.len() > bytes_max {
        let end = (0..=bytes_max)
            .rev()
            .find(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or_default());
    }
}

impl Stems {
    fn of(language: Language) -> Self {
        Self {
            language,
            algorithm: algorithm(language),
            // Their endings are told apart by accents alone.
            accented: matches!(
                language,
                Language::Czech
                    | Language::Hungarian
                    | Language::Lithuanian
                    | Language::Polish
                    | Language::Romanian
                    | Language::Turkish
            ),
        }
    }

    /// Leaves the stem of a word, whose folded form is in `exact` and has this hash, in `term`.
    fn stem(self, (word, mut hash): (&str, u64), scratch: &mut Scratch) {
        let native = self.accented && !word.is_ascii();
        let native = native || (self.language == Language::Turkish && word.contains('I'));
        if native {
            scratch.accented.clear();
            lower(word, self.language, &mut scratch.accented);
            cut(&mut scratch.accented, SEARCH_TERM_BYTES_MAX);
            hash = self::hash(&scratch.accented);
        }
        let word = if native {
            &scratch.accented
        } else {
            &scratch.exact
        };
        scratch.term.clear();
        let known = scratch
            .known
            .iter()
            .position(|(language, _)| *language == self.language);
        if known.is_none() {
            scratch.known.push((self.language, KnownStems::default()));
        }
        let known = match known {
            Some(at) => scratch.known.get_mut(at),
            None => scratch.known.last_mut(),
        };
        let Some((_, known)) = known else { return };
        let slot = known.slot(hash);
        if slot.word == *word {
            scratch.term.push_str(&slot.stem);
            return;
        }
        let stem = Stemmer::new(self.algorithm).stem(word);
        fold_into(&stem, &mut scratch.term);
        cut(&mut scratch.term, SEARCH_TERM_BYTES_MAX);
        slot.word.clone_from(word);
        slot.stem.clone_from(&scratch.term);
    }
}

/// Words of one language with their stems. Each has one place by its hash, where the latest stays:
/// no choice of words makes looking one up slower.
#[derive(Debug, Default)]
struct KnownStems {
    slots: Vec<Known>,
    spare: Known,
}

#[derive(Clone, Debug, Default)]
struct Known {
    word: String,
    stem: String,
}

impl KnownStems {
    fn slot(&mut self, hash: u64) -> &mut Known {
        if self.slots.is_empty() {
            self.slots.resize(SEARCH_STEMS_KEPT, Known::default());
        }
        let places = self.slots.len().max(1) as u64;
        let at = usize::try_from(hash % places).unwrap_or_default();
        self.slots.get_mut(at).unwrap_or(&mut self.spare)
    }
}

/// FNV-1a with its high bits brought down: quick for short words.
fn hash(word: &str) -> u64 {
    let hash = word.bytes().fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    hash ^ (hash >> 32)
}

/// A word in lower case with its accents, as its language has it.
fn lower(word: &str, language: Language, out: &mut String) {
    for letter in composed(word)
        .chars()
        .filter(|one| !is_apostrophe(*one) && !is_ignored(*one))
    {
        match (language, letter) {
            (Language::Turkish, 'I') => out.push('ı'),
            (Language::Turkish, 'İ') => out.push('i'),
            _ => out.extend(letter.to_lowercase()),
        }
    }
}

fn algorithm(language: Language) -> Algorithm {
    match language {
        Language::Arabic => Algorithm::Arabic,
        Language::Armenian => Algorithm::Armenian,
        Language::Basque => Algorithm::Basque,
        Language::Catalan => Algorithm::Catalan,
        Language::Czech => Algorithm::Czech,
        Language::Danish => Algorithm::Danish,
        Language::Dutch => Algorithm::Dutch,
        Language::English => Algorithm::English,
        Language::Estonian => Algorithm::Estonian,
        Language::Finnish => Algorithm::Finnish,
        Language::French => Algorithm::French,
        Language::German => Algorithm::German,
        Language::Greek => Algorithm::Greek,
        Language::Hindi => Algorithm::Hindi,
        Language::Hungarian => Algorithm::Hungarian,
        Language::Indonesian => Algorithm::Indonesian,
        Language::Irish => Algorithm::Irish,
        Language::Italian => Algorithm::Italian,
        Language::Lithuanian => Algorithm::Lithuanian,
        Language::Nepali => Algorithm::Nepali,
        Language::Norwegian => Algorithm::Norwegian,
        Language::Polish => Algorithm::Polish,
        Language::Portuguese => Algorithm::Portuguese,
        Language::Romanian => Algorithm::Romanian,
        Language::Russian => Algorithm::Russian,
        Language::Serbian => Algorithm::Serbian,
        Language::Spanish => Algorithm::Spanish,
        Language::Swedish => Algorithm::Swedish,
        Language::Tamil => Algorithm::Tamil,
        Language::Turkish => Algorithm::Turkish,
    }
}

#[cfg(test)]
mod tests;
