//! What a search is after: for each of its words, the words that count as it.
//!
//! - What stands in the index and what stands in a record is compared with the same alternatives,
//!   so both come to the same answer.
//! - Nothing here depends on what other records say.

use luge_model::search::{
    Analyzer, Kind, Mode, SearchField, SearchOptions, SearchQuery, Term as QueryTerm,
};

use super::distance;

/// A set of fields, by their numbers in the build.
pub(super) type Fields = u64;

/// A searched field as a caller may use it.
#[derive(Debug)]
pub(super) struct Usable {
    /// Its number in the build.
    pub(super) number: usize,
    /// How it is defined now.
    pub(super) field: SearchField,
    pub(super) analyzer: Analyzer,
}

/// All of a search.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// What hits should have.
    pub(super) clauses: Vec<Clause>,
    /// What they must not have.
    pub(super) excluded: Vec<Clause>,
}

/// One word or phrase of a search.
#[derive(Debug, Default)]
pub(super) struct Clause {
    pub(super) alternatives: Vec<Alternative>,
    /// How much is missing where it is missing.
    pub(super) weight: u32,
}

/// What counts as a word of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alternative {
    pub(super) form: Form,
    /// In which fields.
    pub(super) fields: Fields,
    pub(super) closeness: Closeness,
}

/// What stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A word.
    Word {
        /// Folded.
        exact: String,
        /// Its stem, where it has another one or others may have it.
        stem: Option<String>,
        /// Whether it may be the beginning of a word.
        prefix: bool,
        /// Typing errors that are forgiven.
        typos: u8,
    },
    /// Words one behind the other, as they are written.
    Sequence(Vec<String>),
    /// Every record.
    All,
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
        if let Form::Word { typos, .. } = &mut strict.form {
            *typos = 0;
        }
        Some(strict)
    }

    /// Whether a word counts, with how many typing errors and how close.
    pub(super) fn admits(&self, exact: &str, stem: &str) -> Option<(u8, Closeness)> {
        let Form::Word {
            exact: wanted,
            stem: wanted_stem,
            prefix,
            typos,
        } = &self.form
        else {
            return None;
        };
        if exact == wanted {
            return Some((0, self.closeness));
        }
        if wanted_stem.as_deref() == Some(stem) {
            return Some((0, self.closeness.max(Closeness::Inflected)));
        }
        if *prefix && exact.starts_with(wanted.as_str()) {
            return Some((0, self.closeness.max(Closeness::Begun)));
        }
        let distance = match *typos {
            0 => return None,
            most => distance::within(wanted, exact, most, *prefix)?,
        };
        Some((distance, self.closeness))
    }
}

impl Wanted {
    /// What a search is after in these fields.
    pub(super) fn of(query: &SearchQuery, fields: &[Usable], options: &SearchOptions) -> Self {
        let mut wanted = Self::default();
        let mut words: Vec<Option<String>> = Vec::new();
        for term in &query.terms {
            let reader = Reader {
                fields,
                options,
                term,
            };
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
        wanted.drop_stop_words(query, options);
        wanted.join(&words, fields);
        if wanted.clauses.is_empty() && !wanted.excluded.is_empty() {
            wanted.clauses.push(Clause {
                alternatives: vec![Alternative {
                    form: Form::All,
                    fields: Fields::MAX,
                    closeness: Closeness::Same,
                }],
                weight: 1,
            });
        }
        wanted
    }

    /// Words that say little count little where others say more.
    fn drop_stop_words(&mut self, _query: &SearchQuery, _options: &SearchOptions) {}

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
                form: Form::Word {
                    exact: format!("{left}{right}"),
                    stem: None,
                    prefix: false,
                    typos: 0,
                },
                fields: in_words,
                closeness: Closeness::Joined,
            };
            for clause in self.clauses.iter_mut().skip(place).take(2) {
                clause.alternatives.push(joined.clone());
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
    options: &'a SearchOptions,
    term: &'a QueryTerm,
}

impl Reader<'_> {
    fn clause(&self) -> Clause {
        let mut clause = Clause::default();
        let text = self.text();
        for usable in self.fields {
            if let Some(form) = self.form(usable, &text) {
                clause.add(form, usable, Closeness::Same);
            }
        }
        if clause.alternatives.is_empty() {
            return clause;
        }
        self.add_synonyms(&text, &mut clause);
        self.add_halves(&mut clause);
        let letters = text.chars().filter(|letter| letter.is_alphanumeric());
        clause.weight = u32::try_from(letters.count().clamp(1, 12)).unwrap_or(1);
        clause
    }

    /// All of the term as one text.
    fn text(&self) -> String {
        match &self.term.kind {
            Kind::Word(word) => word.clone(),
            Kind::Phrase(words) => words.join(" "),
        }
    }

    /// The one word that a term is, where it is one that may be written together with another.
    fn plain_word(&self) -> Option<String> {
        let usable = self
            .fields
            .iter()
            .find(|usable| usable.field.mode.forgives())?;
        match &self.term.kind {
            Kind::Word(word) => match self.form(usable, word) {
                Some(Form::Word { exact, .. }) => Some(exact),
                _ => None,
            },
            Kind::Phrase(_) => None,
        }
    }

    fn form(&self, usable: &Usable, text: &str) -> Option<Form> {
        let mode = usable.field.mode;
        let is_phrase = matches!(self.term.kind, Kind::Phrase(_));
        let mut tokens: Vec<_> = usable.analyzer.tokens(text).collect();
        if tokens.len() > 1 || (is_phrase && mode != Mode::Keyword) {
            let words = tokens.into_iter().map(|token| token.exact.to_string());
            let words: Vec<String> = words.collect();
            return (!words.is_empty()).then_some(Form::Sequence(words));
        }
        let token = tokens.pop()?;
        let exact = token.exact.to_string();
        let forgiven = mode.forgives() && !self.term.negated;
        Some(Form::Word {
            typos: if forgiven { self.typos(&exact) } else { 0 },
            stem: (mode == Mode::Text).then(|| token.term.to_string()),
            prefix: match mode {
                Mode::Text => self.term.prefix,
                Mode::Prefix => true,
                Mode::Keyword | Mode::Exact => false,
            },
            exact,
        })
    }

    /// How many errors a word may have.
    fn typos(&self, word: &str) -> u8 {
        let typo = &self.options.typo;
        let has_digit = word.chars().any(char::is_numeric);
        let excepted = typo.except.iter().any(|except| except.to_lowercase() == word);
        if !typo.enabled || excepted || (has_digit && !typo.numbers) {
            return 0;
        }
        let letters = word.chars().count();
        match letters {
            letters if letters >= usize::from(typo.two_from) => 2,
            letters if letters >= usize::from(typo.one_from) => 1,
            _ => 0,
        }
    }

    fn add_synonyms(&self, text: &str, clause: &mut Clause) {
        let folded = |text: &str, usable: &Usable| -> Vec<String> {
            let tokens = usable.analyzer.tokens(text);
            tokens.map(|token| token.exact.to_string()).collect()
        };
        for usable in self.fields {
            if usable.field.mode == Mode::Keyword || self.form(usable, text).is_none() {
                continue;
            }
            let asked = folded(text, usable);
            let synonyms = self.options.synonyms.iter();
            let synonyms = synonyms.filter(|one| folded(&one.word, usable) == asked);
            for other in synonyms.flat_map(|one| &one.others) {
                let mut words = folded(other, usable);
                let form = match words.len() {
                    0 => continue,
                    1 => Form::Word {
                        exact: words.pop().unwrap_or_default(),
                        stem: None,
                        prefix: false,
                        typos: 0,
                    },
                    _ => Form::Sequence(words),
                };
                clause.add(form, usable, Closeness::Synonym);
            }
        }
    }

    /// One word may be written as two.
    fn add_halves(&self, clause: &mut Clause) {
        let Some(Form::Word { exact, .. }) = clause.alternatives.first().map(|one| &one.form)
        else {
            return;
        };
        if self.term.negated {
            return;
        }
        let exact = exact.clone();
        let letters: Vec<char> = exact.chars().collect();
        let forgiving: Vec<&Usable> = self
            .fields
            .iter()
            .filter(|usable| usable.field.mode.forgives() && self.form(usable, &exact).is_some())
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

/// Letters that a part of a word has at least that may be written apart.
const HALF_LETTERS_MIN: usize = 2;

impl Clause {
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
