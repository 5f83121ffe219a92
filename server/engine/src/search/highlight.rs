//! Shows where a hit has the words of a search: snippets of its texts, escaped for HTML, in which
//! the words are marked.
//!
//! Snippets are made from the record as the caller sees it, never from the index.

use std::ops::Range;

use luge_model::limits::SEARCH_SNIPPET_BYTES;
use luge_model::record::Record;
use luge_model::search::{Analyser, Token};

use super::asked::{Asked, Caller};
use super::wanted::{Alternative, Clause, Fields, Form, Wanted, bit};
use super::words::words_of;

/// The snippet of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// The field, as the search option names it.
    pub path: String,
    /// HTML: escaped text with `<mark>` around what was found.
    pub snippet: String,
}

/// A sequence of words that began in a text.
struct Begun<'w> {
    rest: &'w [String],
    /// Where the next of its words stands.
    position: usize,
    bytes: Vec<Range<usize>>,
}

impl Asked {
    /// The fields with these paths as snippets, as far as the caller may search them and the record
    /// has them. `*` stands for all.
    #[must_use]
    pub fn highlights(
        &self,
        record: &Record,
        paths: &[String],
        caller: &Caller<'_>,
    ) -> Vec<Highlight> {
        let everything = paths.iter().any(|path| path == "*");
        let paths: Vec<String> = match everything {
            true => self.sought.searchable.paths(),
            false => paths.to_vec(),
        };
        let mut found = Vec::new();
        for path in paths {
            let snippet = self.snippet(&path, record, caller);
            found.extend(snippet.map(|snippet| Highlight { path, snippet }));
        }
        found
    }

    fn snippet(&self, path: &str, record: &Record, caller: &Caller<'_>) -> Option<String> {
        let searchable = &self.sought.searchable;
        let number = searchable.usable(path)?.number;
        if !searchable.may_show(number, record, caller) {
            return None;
        }
        let reader = searchable.reader(&self.snapshot);
        let source = reader.words.fields.get(number)?;
        let analyser = reader.analysers.get(number)?;
        let mut best: Option<(usize, String)> = None;
        reader.each_text(source, record, caller.related, &mut |text| {
            let marks = marks(&self.sought.wanted, (analyser, bit(number)), text);
            let better = best
                .as_ref()
                .is_none_or(|(marked, _)| *marked < marks.len());
            if better && !text.is_empty() {
                best = Some((marks.len(), snippet(text, &marks)));
            }
        });
        best.map(|(_, snippet)| snippet)
    }
}

/// The places in a text where a search stands, in their order, apart from each other.
fn marks(wanted: &Wanted, (analyser, field): (&Analyser, Fields), text: &str) -> Vec<Range<usize>> {
    let alternatives = wanted.clauses.iter().flat_map(Clause::all);
    let mut words: Vec<&Alternative> = Vec::new();
    let mut sequences: Vec<&[String]> = Vec::new();
    for alternative in alternatives.filter(|one| one.fields & field != 0) {
        match &alternative.form {
            Form::All => {}
            Form::Word(_) => words.push(alternative),
            Form::Sequence(sequence) => sequences.push(sequence),
        }
    }
    let mut marks: Vec<Range<usize>> = Vec::new();
    let mut begun: Vec<Begun<'_>> = Vec::new();
    words_of(analyser, text, |token| {
        let admits = |word: &&Alternative| word.admits(token.exact, token.term).is_some();
        if words.iter().any(admits) {
            marks.push(token.start..token.end);
        }
        go_on(&mut begun, &sequences, token, &mut marks);
    });
    marks.sort_by_key(|mark| (mark.start, std::cmp::Reverse(mark.end)));
    let mut apart: Vec<Range<usize>> = Vec::new();
    for mark in marks {
        match apart.last_mut() {
            Some(last) if mark.start < last.end => last.end = last.end.max(mark.end),
            _ => apart.push(mark),
        }
    }
    apart
}

/// Goes on with the sequences that stand before a word, and begins those that it begins.
fn go_on<'w>(
    begun: &mut Vec<Begun<'w>>,
    sequences: &[&'w [String]],
    token: &Token<'_>,
    marks: &mut Vec<Range<usize>>,
) {
    let starts = sequences
        .iter()
        .filter(|sequence| sequence.first().is_some_and(|first| *first == *token.exact));
    begun.extend(starts.map(|sequence| Begun {
        rest: sequence,
        position: token.position,
        bytes: Vec::new(),
    }));
    begun.retain_mut(|one| {
        let Some((next, rest)) = one.rest.split_first() else {
            return false;
        };
        if one.position != token.position || *next != *token.exact {
            return false;
        }
        one.rest = rest;
        one.position += 1;
        one.bytes.push(token.start..token.end);
        if rest.is_empty() {
            marks.append(&mut one.bytes);
        }
        !rest.is_empty()
    });
}

/// The part of a text with the most marks, escaped.
fn snippet(text: &str, marks: &[Range<usize>]) -> String {
    let part = trimmed(text, part(text, marks));
    let mut html = String::with_capacity(part.len() + 64);
    if !text.get(..part.start).unwrap_or_default().trim().is_empty() {
        html.push('…');
    }
    let mut at = part.start;
    for mark in marks
        .iter()
        .filter(|mark| mark.start >= part.start && mark.end <= part.end)
    {
        escape(text.get(at..mark.start).unwrap_or_default(), &mut html);
        html.push_str("<mark>");
        escape(text.get(mark.clone()).unwrap_or_default(), &mut html);
        html.push_str("</mark>");
        at = mark.end;
    }
    escape(text.get(at..part.end).unwrap_or_default(), &mut html);
    if !text.get(part.end..).unwrap_or_default().trim().is_empty() {
        html.push('…');
    }
    html
}

/// Which part of a text is shown: all of a short one.
fn part(text: &str, marks: &[Range<usize>]) -> Range<usize> {
    if text.len() <= SEARCH_SNIPPET_BYTES {
        return 0..text.len();
    }
    let mut best = (0, 0..0);
    for (at, first) in marks.iter().enumerate() {
        let within = |mark: &&Range<usize>| mark.end - first.start <= SEARCH_SNIPPET_BYTES;
        let together: Vec<_> = marks.iter().skip(at).take_while(within).collect();
        if together.len() > best.0 {
            let end = together.last().map_or(first.end, |last| last.end);
            best = (together.len(), first.start..end);
        }
    }
    let (_, found) = best;
    let room = SEARCH_SNIPPET_BYTES.saturating_sub(found.len());
    let start = word_start(text, found.start.saturating_sub(room / 3));
    let end = word_end(text, (start + SEARCH_SNIPPET_BYTES).min(text.len()));
    start..end.max(found.end)
}

/// A part of a text without the space around it.
fn trimmed(text: &str, part: Range<usize>) -> Range<usize> {
    let shown = text.get(part.clone()).unwrap_or_default();
    let start = part.start + shown.len() - shown.trim_start().len();
    start..start + shown.trim().len()
}

/// The beginning of the word at or behind a place; the place itself where there is none near.
fn word_start(text: &str, at: usize) -> usize {
    if at == 0 {
        return 0;
    }
    let at = (at..=text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len());
    let rest = text.get(at..).unwrap_or_default();
    let gap = rest
        .char_indices()
        .take(40)
        .find(|(_, letter)| letter.is_whitespace());
    gap.map_or(at, |(gap, letter)| at + gap + letter.len_utf8())
}

/// The end of the last whole word before a place; the place itself where there is none near.
fn word_end(text: &str, at: usize) -> usize {
    if at >= text.len() {
        return text.len();
    }
    let at = (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0);
    let before = text.get(..at).unwrap_or_default();
    let gap = before
        .char_indices()
        .rev()
        .take(40)
        .find(|(_, letter)| letter.is_whitespace());
    gap.map_or(at, |(gap, _)| gap)
}

/// Appends text so that HTML shows it as it is.
fn escape(text: &str, html: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            letter => html.push(letter),
        }
    }
}
