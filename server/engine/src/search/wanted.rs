//! What a search is after: for each of its words, the words that count as it.
//!
//! - What stands in the index and what stands in a record is compared with the same alternatives,
//!   so both come to the same answer.
//! - Nothing here depends on what other records say.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use luge_model::search::{
    Clause as QueryClause, Mode, SearchQuery, Spelling, Wanted as QueryWanted,
};

use super::usable::Usable;
use super::words::words_wanted;

/// A set of fields, by their numbers in the build.
pub(super) type Fields = u64;

/// All of a search.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// What hits should have.
    pub(super) clauses: Vec<Clause>,
    /// What they must not have.
    pub(super) excluded: Vec<Clause>,
}

/// One word or phrase of a search.
#[derive(Clone, Debug, Default)]
pub(super) struct Clause {
    /// What counts as it, whatever stands beside it in the search.
    pub(super) alternatives: Vec<Alternative>,
    /// The word and one that stands beside it, written as one.
    pub(super) joined: Vec<Alternative>,
    /// How much is missing where it is missing.
    pub(super) weight: u32,
    /// Whether it says so little that a hit need not have it.
    pub(super) optional: bool,
}

/// What counts as a word of a search.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(super) struct Alternative {
    pub(super) form: Form,
    /// In which fields.
    pub(super) fields: Fields,
    pub(super) closeness: Closeness,
}

/// What stands in a text.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(super) enum Form {
    /// A word.
    Word(Word),
    /// Words one behind the other, as they are written.
    Sequence(Vec<String>),
    /// Every record.
    All,
}

/// A word and what is taken for it.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// The word, folded.
    exact: Arc<str>,
    /// What it is compared with others by, where it may have errors.
    spelling: Option<Arc<Spelling>>,
    /// Its stem, where other words with that stem are taken for it.
    pub(super) stem: Option<String>,
    /// Whether it may be the beginning of a word.
    pub(super) prefix: bool,
    /// Typing errors that are forgiven.
    pub(super) typos: u8,
}

impl Form {
    /// Words as they are written; `None` for none.
    pub(super) fn written(words: Vec<String>) -> Option<Self> {
        match &*words {
            [] => None,
            [word] => Some(Self::Word(Word::alone(word))),
            _ => Some(Self::Sequence(words)),
        }
    }
}

impl PartialEq for Word {
    fn eq(&self, other: &Self) -> bool {
        (self.exact(), &self.stem, self.prefix, self.typos)
            == (other.exact(), &other.stem, other.prefix, other.typos)
    }
}

impl Hash for Word {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.exact(), &self.stem, self.prefix, self.typos).hash(state);
    }
}

impl Word {
    /// A word that only itself is taken for.
    fn alone(exact: &str) -> Self {
        Self {
            exact: exact.into(),
            spelling: None,
            stem: None,
            prefix: false,
            typos: 0,
        }
    }

    /// As it was searched for, folded.
    pub(super) fn exact(&self) -> &str {
        &self.exact
    }

    /// With how many typing errors a word is taken for this, and how close it is.
    fn admits(&self, exact: &str, stem: &str) -> Option<(u8, Closeness)> {
        if exact == self.exact() {
            return Some((0, Closeness::Same));
        }
        if self.stem.as_deref() == Some(stem) {
            return Some((0, Closeness::Inflected));
        }
        if self.prefix && exact.starts_with(self.exact()) {
            return Some((0, Closeness::Begun));
        }
        Some((self.errors(exact)?, Closeness::Same))
    }

    /// With how many typing errors a word is taken for this; `None` where they are too many.
    pub(super) fn errors(&self, exact: &str) -> Option<u8> {
        let spelling = self.spelling.as_ref()?;
        match self.prefix {
            true => spelling.prefix_distance(exact, self.typos),
            false => spelling.distance(exact, self.typos),
        }
    }

    /// A word without a stem that may have errors.
    #[cfg(test)]
    pub(super) fn forgiving(exact: &str, typos: u8, prefix: bool) -> Self {
        Self {
            typos,
            prefix,
            spelling: Some(Arc::new(Spelling::new(exact))),
            ..Self::alone(exact)
        }
    }
}

/// How close a word is to what was searched, the closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Closeness {
    /// The word itself.
    Same,
    /// Another word with its stem.
    Inflected,
    /// A word that begins with it.
    Begun,
    /// Two words that are written as one, or one as two.
    Joined,
    /// A synonym.
    Synonym,
}

impl Closeness {
    /// From 1 for the word itself down to 0.
    pub(super) fn share(self) -> f32 {
        match self {
            Self::Same => 1.0,
            Self::Inflected => 0.8,
            Self::Begun => 0.5,
            Self::Joined => 0.4,
            Self::Synonym => 0.0,
        }
    }

    /// Whether it is looked for only where the rest finds too little.
    fn is_far(self) -> bool {
        self == Self::Joined
    }
}

impl Alternative {
    /// The same as it is looked for before anything is forgiven; `None` where it is not at all.
    pub(super) fn strict(&self) -> Option<Self> {
        if self.closeness.is_far() {
            return None;
        }
        let mut strict = self.clone();
        if let Form::Word(word) = &mut strict.form {
            word.typos = 0;
            word.spelling = None;
        }
        Some(strict)
    }

    /// Whether a word counts, with how many typing errors and how close.
    pub(super) fn admits(&self, exact: &str, stem: &str) -> Option<(u8, Closeness)> {
        let Form::Word(word) = &self.form else {
            return None;
        };
        let (typos, closeness) = word.admits(exact, stem)?;
        Some((typos, closeness.max(self.closeness)))
    }
}

impl Wanted {
    /// What a search is after in these fields.
    pub(super) fn of(query: &SearchQuery, fields: &[Usable]) -> Self {
        let mut wanted = Self::default();
        let mut words: Vec<Option<String>> = Vec::new();
        for term in &query.clauses {
            let reader = Reader { fields, term };
            let clause = reader.clause();
            if clause.alternatives.is_empty() {
                continue;
            }
            if term.negated {
                wanted.excluded.push(clause);
            } else {
                words.push(reader.plain_word());
                wanted.clauses.push(clause);
            }
        }
        wanted.join(&words, fields);
        if wanted.clauses.iter().all(|clause| clause.optional) {
            wanted
                .clauses
                .iter_mut()
                .for_each(|clause| clause.optional = false);
        }
        if wanted.clauses.is_empty() && !wanted.excluded.is_empty() {
            wanted.clauses.push(Clause {
                alternatives: vec![Alternative {
                    form: Form::All,
                    fields: Fields::MAX,
                    closeness: Closeness::Same,
                }],
                joined: Vec::new(),
                weight: 1,
                optional: false,
            });
        }
        wanted
    }

    /// The same, where nothing is forgiven.
    pub(super) fn strict(&self) -> Self {
        let strict = |clause: &Clause| {
            let alternatives = clause.alternatives.iter();
            Clause {
                alternatives: alternatives.filter_map(Alternative::strict).collect(),
                joined: Vec::new(),
                ..*clause
            }
        };
        Self {
            clauses: self.clauses.iter().map(strict).collect(),
            excluded: self.excluded.iter().map(strict).collect(),
        }
    }

    /// Two words that stand side by side may be written as one.
    fn join(&mut self, words: &[Option<String>], fields: &[Usable]) {
        let in_words: Fields = fields
            .iter()
            .filter(|usable| usable.field.mode.forgives())
            .fold(0, |all, usable| all | bit(usable.number));
        for (place, pair) in words.windows(2).enumerate() {
            let [Some(left), Some(right)] = pair else {
                continue;
            };
            let joined = Alternative {
                form: Form::Word(Word::alone(&format!("{left}{right}"))),
                fields: in_words,
                closeness: Closeness::Joined,
            };
            for clause in self.clauses.iter_mut().skip(place).take(2) {
                clause.joined.push(joined.clone());
            }
        }
    }
}

/// The bit of a field in a set.
pub(super) fn bit(number: usize) -> Fields {
    u32::try_from(number)
        .ok()
        .and_then(|number| Fields::from(1_u8).checked_shl(number))
        .unwrap_or_default()
}

/// Reads one term.
struct Reader<'a> {
    fields: &'a [Usable],
    term: &'a QueryClause,
}

impl Reader<'_> {
    fn clause(&self) -> Clause {
        let mut clause = Clause::default();
        let mut optional = true;
        let text = self.term.wanted.text();
        for usable in self.fields.iter().filter(|usable| self.is_in(usable)) {
            if let Some((form, stop)) = self.form(usable, text) {
                clause.add(form, usable, Closeness::Same);
                optional &= stop;
            }
        }
        clause.optional = optional;
        if clause.alternatives.is_empty() {
            return clause;
        }
        self.add_synonyms(text, &mut clause);
        self.add_halves(&mut clause);
        let letters = text.chars().filter(|letter| letter.is_alphanumeric());
        clause.weight = u32::try_from(letters.count().clamp(1, 12)).unwrap_or(1);
        clause
    }

    /// Whether the term is searched in a field.
    fn is_in(&self, usable: &Usable) -> bool {
        let only = self.term.field.as_ref();
        only.is_none_or(|only| *only == usable.field.path)
    }

    /// The one word that a term is, where it is one that may be written together with another.
    fn plain_word(&self) -> Option<String> {
        let mut forgiving = self
            .fields
            .iter()
            .filter(|usable| usable.field.mode.forgives());
        let usable = forgiving.find(|usable| self.is_in(usable))?;
        match self.form(usable, self.term.wanted.text()) {
            Some((Form::Word(word), _)) => Some(word.exact().to_owned()),
            _ => None,
        }
    }

    fn form(&self, usable: &Usable, text: &str) -> Option<(Form, bool)> {
        let mode = usable.field.mode;
        let is_phrase = matches!(self.term.wanted, QueryWanted::Phrase(_));
        let begins = matches!(self.term.wanted, QueryWanted::Word { prefix: true, .. });
        let mut words: Vec<(String, String)> = Vec::new();
        let mut stop = true;
        words_wanted(&usable.analyser, text, |token| {
            stop &= token.stop;
            words.push((token.exact.to_owned(), token.term.to_owned()));
        });
        if words.len() > 1 || (is_phrase && mode != Mode::Keyword) {
            let words: Vec<String> = words.into_iter().map(|(exact, _)| exact).collect();
            return (!words.is_empty()).then_some((Form::Sequence(words), false));
        }
        let (exact, stem) = words.pop()?;
        let forgiven = mode.forgives() && !self.term.negated && !stop;
        let typos = if forgiven { usable.typos(&exact) } else { 0 };
        let word = Word {
            typos,
            stem: (mode == Mode::Text).then_some(stem),
            prefix: match mode {
                Mode::Text => begins || is_sign(&exact),
                Mode::Prefix => true,
                Mode::Keyword | Mode::Exact => is_sign(&exact) && mode == Mode::Exact,
            },
            spelling: (typos > 0).then(|| Arc::new(Spelling::new(&exact))),
            exact: exact.into(),
        };
        Some((Form::Word(word), stop))
    }

    fn add_synonyms(&self, text: &str, clause: &mut Clause) {
        for usable in self.fields.iter().filter(|usable| self.is_in(usable)) {
            for form in usable.synonyms(text) {
                clause.add(form.clone(), usable, Closeness::Synonym);
            }
        }
    }

    /// One word may be written as two.
    fn add_halves(&self, clause: &mut Clause) {
        let Some(Form::Word(word)) = clause.alternatives.first().map(|one| &one.form) else {
            return;
        };
        if self.term.negated || clause.optional {
            return;
        }
        let letters: Vec<char> = word.exact().chars().collect();
        let forgiving: Vec<&Usable> = self
            .fields
            .iter()
            .filter(|usable| usable.field.mode.forgives() && self.is_in(usable))
            .collect();
        for half in HALF_LETTERS_MIN..=letters.len().saturating_sub(HALF_LETTERS_MIN) {
            let Some((left, right)) = letters.split_at_checked(half) else {
                break;
            };
            let halves = vec![String::from_iter(left), String::from_iter(right)];
            for usable in &forgiving {
                clause.add(Form::Sequence(halves.clone()), usable, Closeness::Joined);
            }
        }
    }
}

/// Whether a word is one sign of a script without spaces, where words are pairs of signs.
fn is_sign(word: &str) -> bool {
    let mut letters = word.chars();
    matches!((letters.next(), letters.next()), (Some('\u{e01}'..), None))
}

/// Letters that a part of a word has at least that may be written apart.
const HALF_LETTERS_MIN: usize = 2;

impl Clause {
    /// Everything that counts as it.
    pub(super) fn all(&self) -> impl Iterator<Item = &Alternative> {
        self.alternatives.iter().chain(&self.joined)
    }

    /// The same in no other than some fields.
    pub(super) fn only_in(mut self, fields: Fields) -> Self {
        let all = self.alternatives.iter_mut().chain(&mut self.joined);
        all.for_each(|one| one.fields &= fields);
        self
    }

    fn add(&mut self, form: Form, usable: &Usable, closeness: Closeness) {
        let field = bit(usable.number);
        let known = self
            .alternatives
            .iter_mut()
            .find(|one| one.form == form && one.closeness == closeness);
        match known {
            Some(known) => known.fields |= field,
            None => self.alternatives.push(Alternative {
                form,
                fields: field,
                closeness,
            }),
        }
    }
}
