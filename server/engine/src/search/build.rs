//! What was built into the index: one build for each searchable collection, and a second one while
//! its definition has changed.
//!
//! - A build knows fields by their numbers, so a rename builds nothing anew.
//! - What is built, and how far, is saved with each commit of the index, so both are always of one
//!   moment.

use luge_model::collection::Collection;
use luge_model::id::{CollectionNumber, FieldNumber};
use luge_model::search::{Analyser, Language, Mode, SearchField, SearchOptions, SearchPath};
use serde::{Deserialize, Serialize};

use super::usable::Usable;
use crate::catalog::Snapshot;
use crate::store::Sequence;

/// What is saved with a commit of the index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Saved {
    /// The form of all this and of the index.
    pub(super) format: u32,
    /// Up to where the change log was followed.
    pub(super) sequence: u64,
    /// The last entry that was seen there, and its checksum, which tells one database from another;
    /// `None` where there was none.
    pub(super) last: Option<(u64, u32)>,
    /// Numbers below were given to builds.
    pub(super) next: u32,
    pub(super) builds: Vec<Build>,
}

/// The records of one collection in the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Build {
    /// Its number, never used again.
    pub(super) number: u32,
    pub(super) collection: u32,
    /// What its words are made of.
    pub(super) words: Words,
    /// How far it is filled; `None` where it has all records.
    pub(super) filling: Option<Filling>,
}

/// What the words of a build are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Words {
    pub(super) fields: Vec<Source>,
}

/// What one field of a build is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Source {
    /// The relation that leads to it, and the collection behind.
    pub(super) relation: Option<(u16, u32)>,
    pub(super) field: u16,
    /// Lead into JSON.
    pub(super) keys: Vec<String>,
    pub(super) mode: String,
    pub(super) language: Option<String>,
}

/// How far a build is filled with the records that were there before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Filling {
    /// Records up to this place in the order of insertion are in it.
    pub(super) passed: u64,
    /// Records from here on came after it was begun.
    pub(super) end: u64,
    /// How many were added.
    pub(super) records: u64,
}

impl Build {
    pub(super) fn collection(&self) -> CollectionNumber {
        CollectionNumber(self.collection)
    }

    /// Whether a record will be met yet when the build is filled further.
    pub(super) fn will_meet(&self, rowid: u64) -> bool {
        self.filling
            .as_ref()
            .is_some_and(|filling| (filling.passed + 1..filling.end).contains(&rowid))
    }
}

impl Words {
    /// What the definition of a collection asks for; `None` where it is not searchable.
    pub(super) fn of(collection: &Collection, snapshot: &Snapshot) -> Option<Self> {
        let options = collection.search.as_ref()?;
        let mut fields = Vec::new();
        for field in &options.fields {
            let source = Source::of(field, collection, snapshot);
            fields.extend(source.filter(|source| !fields.contains(source)));
        }
        (!fields.is_empty()).then_some(Self { fields })
    }

    /// Whether all that `other` asks for is in a build with these words.
    pub(super) fn serve(&self, other: &Self) -> bool {
        self.fields.len() == other.fields.len()
            && other.fields.iter().all(|field| self.fields.contains(field))
    }

    /// What makes words of the text of each field.
    pub(super) fn analysers(&self) -> Vec<Analyser> {
        let options = SearchOptions::default();
        let analyser = |source: &Source| Analyser::new(&source.search_field(), &options);
        self.fields.iter().map(analyser).collect()
    }

    /// The fields of a collection that a caller may search by now, with their numbers here.
    pub(super) fn usable(
        &self,
        (collection, snapshot): (&Collection, &Snapshot),
        sees_hidden: bool,
    ) -> Vec<Usable> {
        let Some(options) = &collection.search else {
            return Vec::new();
        };
        let mut usable = Vec::new();
        for field in &options.fields {
            let path = SearchPath::resolve(&field.path, collection, snapshot);
            let hidden = path.as_ref().is_ok_and(SearchPath::is_hidden);
            let source = Source::of(field, collection, snapshot);
            let number =
                source.and_then(|source| self.fields.iter().position(|known| *known == source));
            if let (Some(number), true) = (number, sees_hidden || !hidden) {
                usable.push(Usable::new(number, field, options));
            }
        }
        usable
    }
}

impl Source {
    fn of(field: &SearchField, collection: &Collection, snapshot: &Snapshot) -> Option<Self> {
        let path = SearchPath::resolve(&field.path, collection, snapshot).ok()?;
        if !path.has_words() {
            return None;
        }
        let hop = path.hops.first();
        Some(Self {
            relation: hop.map(|hop| (hop.relation.number.0, hop.target.number.0)),
            field: path.field.number.0,
            keys: path.keys.iter().map(|&key| key.to_owned()).collect(),
            mode: field.mode.name().to_owned(),
            language: field.language.map(|language| language.code().to_owned()),
        })
    }

    /// The relation and the collection behind it.
    pub(super) fn hop(&self) -> Option<(FieldNumber, CollectionNumber)> {
        let (relation, target) = self.relation?;
        Some((FieldNumber(relation), CollectionNumber(target)))
    }

    fn search_field(&self) -> SearchField {
        let language = self.language.as_deref().and_then(Language::from_code);
        let mode = Mode::ALL.into_iter().find(|mode| mode.name() == self.mode);
        SearchField {
            path: String::new(),
            weight: 1,
            language,
            mode: mode.unwrap_or_default(),
            facet: false,
        }
    }
}

impl Saved {
    pub(super) fn sequence(&self) -> Sequence {
        Sequence(self.sequence)
    }
}
