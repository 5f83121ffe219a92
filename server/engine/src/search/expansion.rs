//! Which words of a segment's dictionary count as a word of a search.
//!
//! Only the words of one build are walked through, and every one that counts is taken: a choice
//! among them would tell what other records say.

use std::io;
use std::sync::OnceLock;

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use tantivy::postings::TermInfo;
use tantivy::termdict::{TermDictionary, TermStreamer};
use tantivy::{DocId, InvertedIndexReader};
use tantivy_fst::Automaton;

use super::facts::Occurrence;
use super::postings::{Listed, Mark, Union, sequence};
use super::terms;
use super::wanted::{Alternative, Closeness, Form};

/// Opens the documents of a segment that have one of some alternatives.
pub(super) fn open(
    reader: &InvertedIndexReader,
    build: u32,
    alternatives: &[Alternative],
) -> io::Result<Union> {
    let dictionary = reader.terms();
    let mut listed: Vec<Listed> = Vec::new();
    let mut held: Vec<(DocId, Occurrence)> = Vec::new();
    for alternative in alternatives {
        let mark = Mark {
            fields: alternative.fields,
            typos: 0,
            closeness: alternative.closeness,
        };
        match &alternative.form {
            Form::All => push(dictionary, &terms::all(build), mark, &mut listed)?,
            Form::Sequence(words) => {
                if let Some(infos) = all_of(dictionary, build, words)? {
                    sequence(reader, &infos, mark, &mut held)?;
                }
            }
            Form::Word(_) => expand(dictionary, build, (alternative, mark), &mut listed)?,
        }
    }
    Union::open(reader, &listed, held)
}

fn expand(
    dictionary: &TermDictionary,
    build: u32,
    (alternative, mark): (&Alternative, Mark),
    listed: &mut Vec<Listed>,
) -> io::Result<()> {
    let Form::Word(word) = &alternative.form else {
        return Ok(());
    };
    let exact = word.exact();
    if let Some(stem) = &word.stem {
        let mark = Mark {
            closeness: mark.closeness.max(Closeness::Inflected),
            ..mark
        };
        push(dictionary, &terms::stem(build, stem), mark, listed)?;
        if stem != exact && !(word.prefix && stem.starts_with(exact)) {
            push(dictionary, &terms::word(build, stem), mark, listed)?;
        }
    }
    let begin = terms::word(build, exact);
    match (word.typos, word.prefix) {
        (0, false) => push(dictionary, &begin, mark, listed),
        (0, true) => {
            let end = format!("{begin}\u{10ffff}");
            let stream = dictionary.range().ge(&begin).le(&end).into_stream()?;
            take(stream, build, alternative, listed);
            Ok(())
        }
        (most, prefix) => {
            let typing = Typing::new(exact, most, prefix, terms::words_begin(build).len());
            let stream = dictionary
                .search(typing)
                .ge(terms::words_begin(build))
                .lt(terms::words_end(build))
                .into_stream()?;
            take(stream, build, alternative, listed);
            Ok(())
        }
    }
}

fn push(
    dictionary: &TermDictionary,
    term: &str,
    mark: Mark,
    listed: &mut Vec<Listed>,
) -> io::Result<()> {
    let found = dictionary.get(term)?;
    listed.extend(found.map(|info| Listed { info, mark }));
    Ok(())
}

/// Takes the words of a stream that count.
fn take<A: Automaton>(
    mut stream: TermStreamer<'_, A>,
    build: u32,
    alternative: &Alternative,
    listed: &mut Vec<Listed>,
) {
    let begin = terms::words_begin(build).len();
    while let Some((term, info)) = stream.next() {
        let word = term
            .get(begin..)
            .and_then(|word| std::str::from_utf8(word).ok());
        // A stem is looked up apart: of the words here it is not known.
        let admitted = word.and_then(|word| alternative.admits(word, word));
        if let Some((typos, closeness)) = admitted {
            let mark = Mark {
                fields: alternative.fields,
                typos,
                closeness,
            };
            let info = info.clone();
            listed.push(Listed { info, mark });
        }
    }
}

fn all_of(
    dictionary: &TermDictionary,
    build: u32,
    words: &[String],
) -> io::Result<Option<Vec<TermInfo>>> {
    let mut infos = Vec::with_capacity(words.len());
    for word in words {
        match dictionary.get(terms::word(build, word))? {
            Some(info) => infos.push(info),
            None => return Ok(None),
        }
    }
    Ok(Some(infos))
}

/// Lets pass what is a word with few errors behind a beginning of some length.
struct Typing {
    automaton: DFA,
    skipped: usize,
}

/// Where the automaton is: still in the beginning, or in the word.
#[derive(Clone, Copy)]
enum Typed {
    Before(usize),
    In(u32),
}

impl Typing {
    fn new(word: &str, most: u8, prefix: bool, skipped: usize) -> Self {
        static BUILDERS: OnceLock<[LevenshteinAutomatonBuilder; 2]> = OnceLock::new();
        let [one, two] = BUILDERS
            .get_or_init(|| [1, 2].map(|most| LevenshteinAutomatonBuilder::new(most, true)));
        let builder = if most > 1 { two } else { one };
        let automaton = match prefix {
            true => builder.build_prefix_dfa(word),
            false => builder.build_dfa(word),
        };
        Self { automaton, skipped }
    }

    fn from(&self, before: usize) -> Typed {
        match before < self.skipped {
            true => Typed::Before(before),
            false => Typed::In(self.automaton.initial_state()),
        }
    }
}

impl Automaton for Typing {
    type State = Typed;

    fn start(&self) -> Typed {
        self.from(0)
    }

    fn is_match(&self, state: &Typed) -> bool {
        match state {
            Typed::Before(_) => false,
            Typed::In(state) => matches!(self.automaton.distance(*state), Distance::Exact(_)),
        }
    }

    fn can_match(&self, state: &Typed) -> bool {
        !matches!(state, Typed::In(state) if *state == SINK_STATE)
    }

    fn accept(&self, state: &Typed, byte: u8) -> Typed {
        match state {
            // The range that is walked through sees to what stands there.
            Typed::Before(before) => self.from(before + 1),
            Typed::In(state) => Typed::In(self.automaton.transition(*state, byte)),
        }
    }
}
