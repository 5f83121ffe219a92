//! A searched field as a caller may use it, with all that its definition says of the words that are
//! searched for in it, read once.

use std::collections::{HashMap, HashSet};

use luge_model::search::{Analyser, Mode, SearchField, SearchOptions, TypoOptions, fold};

use super::wanted::Form;
use super::words::words_wanted;

/// A searched field as a caller may use it.
#[derive(Debug)]
pub(super) struct Usable {
    /// Its number in the build.
    pub(super) number: usize,
    /// How it is defined now.
    pub(super) field: SearchField,
    pub(super) analyser: Analyser,
    typo: TypoOptions,
    /// Words without errors, folded.
    excepted: HashSet<String>,
    /// What else is found, by the words that are searched for.
    synonyms: HashMap<Vec<String>, Vec<Form>>,
}

impl Usable {
    /// A field of a collection with these options.
    pub(super) fn new(number: usize, field: &SearchField, options: &SearchOptions) -> Self {
        let excepted = options.typo.except.iter();
        let mut usable = Self {
            number,
            field: field.clone(),
            analyser: Analyser::new(field, options),
            typo: options.typo.clone(),
            excepted: excepted.map(|word| fold(word).into_owned()).collect(),
            synonyms: HashMap::new(),
        };
        // A whole value is found only as it is.
        if field.mode == Mode::Keyword {
            return usable;
        }
        for synonyms in &options.synonyms {
            let word = usable.words(&synonyms.word);
            let others = synonyms.others.iter();
            let others = others.filter_map(|other| Form::written(usable.words(other)));
            let others: Vec<Form> = others.collect();
            usable.synonyms.entry(word).or_default().extend(others);
        }
        usable
    }

    /// What else is found where a text is searched for.
    pub(super) fn synonyms(&self, text: &str) -> &[Form] {
        if self.synonyms.is_empty() {
            return &[];
        }
        let others = self.synonyms.get(&self.words(text));
        others.map(Vec::as_slice).unwrap_or_default()
    }

    /// How many errors a word may have that is searched for.
    pub(super) fn typos(&self, word: &str) -> u8 {
        let has_digit = word.chars().any(char::is_numeric);
        if !self.typo.enabled || (has_digit && !self.typo.numbers) || self.excepted.contains(word) {
            return 0;
        }
        let letters = word.chars().count();
        match letters {
            letters if letters >= usize::from(self.typo.two_from) => 2,
            letters if letters >= usize::from(self.typo.one_from) => 1,
            _ => 0,
        }
    }

    /// The words of a text that is searched for, as they are written, folded.
    fn words(&self, text: &str) -> Vec<String> {
        let mut words = Vec::new();
        words_wanted(&self.analyser, text, |token| {
            words.push(token.exact.to_owned());
        });
        words
    }
}
