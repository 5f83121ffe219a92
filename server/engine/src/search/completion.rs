//! What the last word of a search may go on to be, read from records as they are.

use luge_model::limits::SEARCH_TERM_BYTES_MAX;
use luge_model::record::Record;
use luge_model::search::{Mode, Wanted};

use super::asked::{Asked, Caller};
use super::words::{words_of, words_wanted};

/// The last word of a search, where it can be the beginning of another.
#[derive(Debug)]
pub struct Beginning {
    /// The word as it was written: the end of the text.
    pub written: String,
    /// The fields that have words which begin with it, by their places among those that the caller
    /// may search, with the word as they fold it.
    fields: Vec<(usize, String)>,
}

impl Asked {
    /// The last word of the search; `None` where there is nothing to complete.
    #[must_use]
    pub fn beginning(&self) -> Option<Beginning> {
        let last = self.sought.query.clauses.last()?;
        let Wanted::Word { text, prefix: true } = &last.wanted else {
            return None;
        };
        let mut fields = Vec::new();
        for (place, usable) in self.sought.searchable.all_usable().iter().enumerate() {
            let field = &usable.field;
            let is_meant = last.field.as_ref().is_none_or(|only| *only == field.path);
            if !is_meant || !matches!(field.mode, Mode::Text | Mode::Prefix) {
                continue;
            }
            let mut words: Vec<String> = Vec::new();
            words_wanted(&usable.analyser, text, |token| {
                words.push(token.exact.to_owned());
            });
            // What is cut into several words is found as a phrase, which has no further letters.
            if let (Some(word), true) = (words.pop(), words.is_empty()) {
                fields.push((place, word));
            }
        }
        (!fields.is_empty()).then(|| Beginning {
            written: text.clone(),
            fields,
        })
    }

    /// Shows every word of a record that goes on from a beginning, where the caller may search it:
    /// folded, and as it stands there. Says how many bytes of text were read.
    pub fn completions(
        &self,
        beginning: &Beginning,
        record: &Record,
        caller: &Caller<'_>,
        each: &mut dyn FnMut(&str, &str),
    ) -> usize {
        let mut bytes = 0;
        let searchable = &self.sought.searchable;
        let reader = searchable.reader(&self.snapshot);
        for (place, begun) in &beginning.fields {
            let Some(usable) = searchable.all_usable().get(*place) else {
                continue;
            };
            let source = reader.words.fields.get(usable.number);
            let may_show = |_: &&_| searchable.may_show(usable.number, record, caller);
            let Some(source) = source.filter(may_show) else {
                continue;
            };
            reader.each_text(source, record, caller.related, &mut |text| {
                bytes += text.len();
                words_of(&usable.analyser, text, |token| {
                    let goes_on = token.exact.len() > begun.len() && !token.stop;
                    let written = text.get(token.start..token.end).unwrap_or_default();
                    if goes_on
                        && written.len() <= SEARCH_TERM_BYTES_MAX
                        && token.exact.starts_with(begun.as_str())
                    {
                        each(token.exact, written);
                    }
                });
            });
        }
        bytes
    }
}
