//! The JSON of a record: which keys, in which order, straight from the encoded bytes.

use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::field::Field;
use luge_model::id::FieldNumber;
use luge_model::record::{Record, write_text_json, write_value_json};

use super::{Compiled, Expanded, ExpandedSize};

/// One record as one caller sees it. The only way in which records leave the engine.
#[derive(Clone, Debug)]
pub struct View {
    pub(super) compiled: Arc<Compiled>,
    pub(super) record: Record,
    pub(super) shows_hidden: bool,
    pub(super) shows_email: bool,
    pub(super) expanded: Option<Arc<Expanded>>,
    /// JSON.
    pub(super) found: Option<Arc<[u8]>>,
}

/// What is written for a collection's records, in the contract's alphabetical order of keys.
#[derive(Debug)]
pub(super) struct Layout {
    outputs: Vec<Output>,
    pub(super) email_visibility: Option<FieldNumber>,
}

#[derive(Debug)]
struct Output {
    /// `"name":`
    key: Vec<u8>,
    shown: Shown,
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// The same text for every record.
    Constant(Vec<u8>),
    Field {
        number: FieldNumber,
        /// What is written for a record that has no value.
        zero: Vec<u8>,
    },
    /// The related records.
    Expanded,
    /// What the search that found it tells.
    Found,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Always,
    ToSuperusers,
    WithEmail,
    WhenExpanded,
    WhenFound,
}

impl View {
    /// The collection of the record.
    #[must_use]
    pub fn collection(&self) -> &Arc<Collection> {
        &self.compiled.collection
    }

    /// The collection with its rules.
    #[must_use]
    pub fn compiled(&self) -> &Arc<Compiled> {
        &self.compiled
    }

    /// Shows related records with this one, from now on.
    pub fn set_expanded(&mut self, expanded: Expanded) {
        self.expanded = Some(Arc::new(expanded));
    }

    /// Shows what a search tells of this record, as JSON, from now on.
    pub fn set_found(&mut self, json: &[u8]) {
        self.found = Some(json.into());
    }

    /// How much is written beside the record itself.
    #[must_use]
    pub fn expanded_size(&self) -> ExpandedSize {
        let expanded = self.expanded.as_ref();
        expanded.map_or_else(ExpandedSize::default, |expanded| expanded.size())
    }

    /// The record itself, unprojected: for the engine and its tests, never for an answer.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Appends the record's JSON object (contract §0, key order; §2.3, what is shown).
    pub fn write_json(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        let mut first = true;
        for output in &self.compiled.layout.outputs {
            if !self.shows(output.shown) {
                continue;
            }
            if !std::mem::take(&mut first) {
                out.push(b',');
            }
            out.extend_from_slice(&output.key);
            match &output.source {
                Source::Constant(json) => out.extend_from_slice(json),
                Source::Field { number, zero } => match self.record.value(*number) {
                    Some(value) => write_value_json(value, out),
                    None => out.extend_from_slice(zero),
                },
                Source::Expanded => {
                    if let Some(expanded) = &self.expanded {
                        expanded.write_json(out);
                    }
                }
                Source::Found => out.extend_from_slice(self.found.as_deref().unwrap_or(b"null")),
            }
        }
        out.push(b'}');
    }

    fn shows(&self, shown: Shown) -> bool {
        match shown {
            Shown::Always => true,
            Shown::ToSuperusers => self.shows_hidden,
            Shown::WithEmail => self.shows_email,
            Shown::WhenExpanded => self.expanded.is_some(),
            Shown::WhenFound => self.found.is_some(),
        }
    }
}

impl Layout {
    pub(super) fn of(collection: &Collection) -> Self {
        let mut named = vec![
            (
                "collectionId",
                Shown::Always,
                Source::Constant(text_json(&collection.id)),
            ),
            (
                "collectionName",
                Shown::Always,
                Source::Constant(text_json(&collection.name)),
            ),
            ("expand", Shown::WhenExpanded, Source::Expanded),
            ("@search", Shown::WhenFound, Source::Found),
        ];
        let is_auth = collection.auth().is_some();
        for field in &collection.fields {
            if let Some(shown) = shown(field, is_auth) {
                named.push((field.name.as_str(), shown, source(field)));
            }
        }
        named.sort_by(|left, right| left.0.cmp(right.0));
        let outputs = named.into_iter().map(|(name, shown, source)| {
            let mut key = text_json(name);
            key.push(b':');
            Output { key, shown, source }
        });
        let email_visibility = collection.field("emailVisibility").filter(|_| is_auth);
        Self {
            outputs: outputs.collect(),
            email_visibility: email_visibility.map(|field| field.number),
        }
    }
}

/// Who sees a field; `None` where it never leaves the engine.
fn shown(field: &Field, is_auth: bool) -> Option<Shown> {
    let system_auth = is_auth && field.system;
    if system_auth && matches!(field.name.as_str(), "password" | "tokenKey") {
        None
    } else if field.hidden {
        Some(Shown::ToSuperusers)
    } else if system_auth && field.name == "email" {
        Some(Shown::WithEmail)
    } else {
        Some(Shown::Always)
    }
}

fn source(field: &Field) -> Source {
    let mut zero = Vec::new();
    write_value_json(field.kind.zero().as_ref(), &mut zero);
    if field.kind.as_password().is_some() {
        // The hash stays inside; the contract shows an empty text (§2.2).
        return Source::Constant(zero);
    }
    Source::Field {
        number: field.number,
        zero,
    }
}

fn text_json(text: &str) -> Vec<u8> {
    let mut json = Vec::new();
    write_text_json(text, &mut json);
    json
}
