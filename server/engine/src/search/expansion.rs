//! Which words of a segment's dictionary count as a word of a search.
//!
//! Only the words of one build are walked through, and every one that counts is taken: a choice
//! among them would tell what other records say.

use std::io;
use std::sync::OnceLock;

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use tantivy::DocId;
use tantivy::postings::TermInfo;
use tantivy::termdict::{TermDictionary, TermStreamer};
use tantivy_fst::Automaton;

use super::facts::Occurrence;
use super::postings::{Gathered, Listed, Mark, Prepared, sequence};
use super::segments::Segment;
use super::terms;
use super::vocabulary::Vocabulary;
use super::wanted::{Alternative, Clause, Closeness, Form, Word};

/// A build in a segment.
#[derive(Clone, Copy)]
pub(super) struct Dictionary<'a> {
    pub(super) segment: &'a Segment,
    pub(super) build: u32,
}

impl Dictionary<'_> {
    /// Looks up what counts as a clause.
    pub(super) fn expand(self, clause: &Clause) -> io::Result<Prepared> {
        let alternatives = &*clause.alternatives;
        let gathered = self
            .segment
            .expanded((self.build, alternatives), || self.gather(alternatives))?;
        // Each is one word, so there are no places of sequences.
        let (mut joined, mut none) = (Vec::new(), Vec::new());
        for alternative in &clause.joined {
            self.look_up(alternative, &mut joined, &mut none)?;
        }
        Ok(Prepared { gathered, joined })
    }

    fn gather(self, alternatives: &[Alternative]) -> io::Result<Gathered> {
        let (mut listed, mut held) = (Vec::new(), Vec::new());
        for alternative in alternatives {
            self.look_up(alternative, &mut listed, &mut held)?;
        }
        Gathered::of(&self.segment.terms, listed, held)
    }

    /// Adds what counts as one of some alternatives: lists of words, and places of sequences.
    fn look_up(
        self,
        alternative: &Alternative,
        listed: &mut Vec<Listed>,
        held: &mut Vec<(DocId, Occurrence)>,
    ) -> io::Result<()> {
        let mark = Mark {
            fields: alternative.fields,
            typos: 0,
            closeness: alternative.closeness,
        };
        match &alternative.form {
            Form::All => self.push(&terms::all(self.build), mark, listed),
            Form::Sequence(words) => match self.all_of(words)? {
                Some(infos) => sequence(&self.segment.terms, &infos, mark, held),
                None => Ok(()),
            },
            Form::Word(word) => self.word(word, (alternative, mark), listed),
        }
    }

    fn word(
        self,
        word: &Word,
        (alternative, mark): (&Alternative, Mark),
        listed: &mut Vec<Listed>,
    ) -> io::Result<()> {
        let build = self.build;
        let exact = word.exact();
        if let Some(stem) = &word.stem {
            let mark = Mark {
                closeness: mark.closeness.max(Closeness::Inflected),
                ..mark
            };
            self.push(&terms::stem(build, stem), mark, listed)?;
            if stem != exact && !(word.prefix && stem.starts_with(exact)) {
                self.push(&terms::word(build, stem), mark, listed)?;
            }
        }
        let begin = terms::word(build, exact);
        if word.prefix {
            let end = format!("{begin}\u{10ffff}");
            let range = self.terms().range().ge(&begin).le(&end);
            self.take(range.into_stream()?, alternative, listed);
        } else {
            self.push(&begin, mark, listed)?;
        }
        match (word.typos, self.segment.vocabulary(build)) {
            (0, _) => Ok(()),
            (_, Ok(Some(vocabulary))) => self.near(&vocabulary, (word, alternative), listed),
            (_, Ok(None)) => self.walk((word, alternative), listed),
            (_, Err(error)) => Err(error),
        }
    }

    /// Takes the words with typing errors, by a look over all.
    fn near(
        self,
        vocabulary: &Vocabulary,
        (word, alternative): (&Word, &Alternative),
        listed: &mut Vec<Listed>,
    ) -> io::Result<()> {
        let mut outcome = Ok(());
        vocabulary.near(word, &mut |near, typos| {
            // A word with its stem was taken without errors.
            if outcome.is_ok() && word.stem.as_deref() != Some(near) {
                let mark = Mark {
                    fields: alternative.fields,
                    typos,
                    closeness: alternative.closeness,
                };
                outcome = self.push(&terms::word(self.build, near), mark, listed);
            }
        });
        outcome
    }

    /// Takes the words with typing errors, by a walk through the dictionary.
    fn walk(
        self,
        (word, alternative): (&Word, &Alternative),
        listed: &mut Vec<Listed>,
    ) -> io::Result<()> {
        let (begin, end) = (terms::words_begin(self.build), terms::words_end(self.build));
        let typing = Typing::new(word, begin.len());
        let found = self.terms().search(typing).ge(begin).lt(end);
        let mut near = Vec::new();
        self.take(found.into_stream()?, alternative, &mut near);
        listed.extend(near.into_iter().filter(|one| one.mark.typos > 0));
        Ok(())
    }

    /// Takes the words of a stream that count.
    fn take<A: Automaton>(
        self,
        mut stream: TermStreamer<'_, A>,
        alternative: &Alternative,
        listed: &mut Vec<Listed>,
    ) {
        let begin = terms::words_begin(self.build).len();
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

    fn push(self, term: &str, mark: Mark, listed: &mut Vec<Listed>) -> io::Result<()> {
        let found = self.terms().get(term)?;
        listed.extend(found.map(|info| Listed { info, mark }));
        Ok(())
    }

    fn all_of(self, words: &[String]) -> io::Result<Option<Vec<TermInfo>>> {
        let mut infos = Vec::with_capacity(words.len());
        for word in words {
            match self.terms().get(terms::word(self.build, word))? {
                Some(info) => infos.push(info),
                None => return Ok(None),
            }
        }
        Ok(Some(infos))
    }

    fn terms(&self) -> &TermDictionary {
        self.segment.terms.terms()
    }
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
    fn new(word: &Word, skipped: usize) -> Self {
        static BUILDERS: OnceLock<[LevenshteinAutomatonBuilder; 2]> = OnceLock::new();
        let [one, two] = BUILDERS
            .get_or_init(|| [1, 2].map(|most| LevenshteinAutomatonBuilder::new(most, true)));
        let builder = if word.typos > 1 { two } else { one };
        let automaton = match word.prefix {
            true => builder.build_prefix_dfa(word.exact()),
            false => builder.build_dfa(word.exact()),
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

#[cfg(test)]
mod tests {
    use luge_model::search::{SearchField, SearchOptions, SearchQuery};
    use proptest::prelude::*;
    use tantivy::tokenizer::PreTokenizedString;
    use tantivy::{Index, IndexWriter, TantivyDocument};

    use super::super::follow::token;
    use super::super::segments::Memory;
    use super::super::terms::Columns;
    use super::super::usable::Usable;
    use super::super::vocabulary::Room;
    use super::super::wanted::Wanted;
    use super::*;

    const BUILD: u32 = 7;

    /// One segment with one document that has these words, beside other builds.
    fn segment(words: &[String], room: &Room) -> Segment {
        let columns = Columns::new();
        let index = Index::create_in_ram(columns.schema.clone());
        let mut writer: IndexWriter<TantivyDocument> =
            index.writer_with_num_threads(1, 15_000_000).unwrap();
        let mut tokens = vec![
            token(terms::word(6, "near"), 0),
            token(terms::stem(BUILD, "x"), 0),
        ];
        tokens.extend(words.iter().map(|word| token(terms::word(BUILD, word), 1)));
        let mut document = TantivyDocument::new();
        let text = String::new();
        document.add_pre_tokenized_text(columns.terms, PreTokenizedString { text, tokens });
        document.add_u64(columns.rowid, 1);
        document.add_u64(columns.revision, 1);
        writer.add_document(document).unwrap();
        writer.commit().unwrap();
        let searcher = index.reader().unwrap().searcher();
        let memory = Memory {
            room: room.clone(),
            ..Memory::default()
        };
        let mut segments = Segment::open_all((&searcher, &columns), &[], &memory).unwrap();
        segments.pop().unwrap()
    }

    /// The clauses of a search.
    fn clauses(text: &str) -> Vec<Clause> {
        let options = SearchOptions::default();
        let field = SearchField {
            path: "text".to_owned(),
            weight: 1,
            language: None,
            mode: luge_model::search::Mode::Text,
            facet: false,
        };
        let usable = Usable::new(0, &field, &options);
        let query = SearchQuery::parse(text, &["text"]).unwrap();
        Wanted::of(&query, &[usable]).clauses
    }

    /// What one word of a search is looked up as.
    fn alternatives(text: &str) -> Vec<Alternative> {
        let clauses = clauses(text).into_iter();
        clauses.flat_map(|one| one.alternatives).collect()
    }

    /// What is found of some alternatives: how often, with how many errors, how close.
    fn found(segment: &Segment, alternatives: &[Alternative]) -> String {
        let build = BUILD;
        let gathered = Dictionary { segment, build }.gather(alternatives);
        gathered.unwrap().to_text()
    }

    proptest! {
        #[test]
        fn words_in_memory_and_the_dictionary_give_the_same(
            words in prop::collection::vec("[a-dé]{1,10}|東[京都]?", 1..30),
            searched in "[a-d]{3,10}|[a-dé]{3,10} |東京",
        ) {
            let room = Room::default();
            let held = segment(&words, &room);
            let alternatives = alternatives(&searched);
            prop_assert!(held.vocabulary(BUILD).unwrap().is_some());
            let full = Room::default();
            let _all = full.take_all();
            let walked = segment(&words, &full);
            prop_assert!(walked.vocabulary(BUILD).unwrap().is_none());
            prop_assert_eq!(found(&held, &alternatives), found(&walked, &alternatives));
        }

        #[test]
        fn what_is_remembered_is_what_is_found(
            words in prop::collection::vec("[a-d]{1,6}", 1..30),
            searches in prop::collection::vec("[a-d]{1,6} ?|\"[a-d] [a-d]\"", 1..20),
        ) {
            let segment = segment(&words, &Room::default());
            let dictionary = Dictionary { segment: &segment, build: BUILD };
            for clause in searches.iter().chain(&searches).flat_map(|search| clauses(search)) {
                let strict = clause.alternatives.iter().filter_map(Alternative::strict);
                let strict = Clause { alternatives: strict.collect(), ..Clause::default() };
                for clause in [clause.clone().only_in(0), strict, clause] {
                    let remembered = dictionary.expand(&clause).unwrap().gathered.to_text();
                    prop_assert_eq!(remembered, found(&segment, &clause.alternatives));
                }
            }
        }
    }
}
