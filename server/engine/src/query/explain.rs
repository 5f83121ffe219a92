//! How a list was found, told to superusers.

use luge_model::collection::Collection;
use luge_model::filter::{Bound, Hop, Operator};
use luge_model::value::{Value, ValueRef};

use crate::catalog::Snapshot;

/// How a list was found and what that took.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// Where its candidates came from.
    pub source: Source,
    /// What was begun and given up before that, and why.
    pub given_up: Vec<String>,
    /// How they were put in order.
    pub order: Order,
    /// Whether records were read in memory; else in the store.
    pub in_memory: bool,
    /// Whether the rule and the filter were asked of each candidate.
    pub filters: bool,
    /// What became of the records before the cursor; `None` without one.
    pub cursor: Option<Start>,
    /// Index entries that were read.
    pub entries: u64,
    /// Candidates that were looked at.
    pub candidates: u64,
    /// Records that were looked at beside them: through relations, and to find candidates.
    pub related: u64,
    /// The columns, as `CREATE INDEX` has them, of an index that would have spared most of the
    /// candidates; empty for none.
    pub missing_index: Vec<String>,
    /// How long it took, in microseconds.
    pub microseconds: u64,
}

/// Where the candidates of a list come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Of what kind.
    pub kind: SourceKind,
    /// The name of the index that is read.
    pub index: Option<String>,
    /// What holds for every candidate, as in a filter.
    pub bounds: Vec<String>,
    /// What it is made of.
    pub parts: Vec<Source>,
}

/// Kinds of [`Source`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SourceKind {
    /// The filter accepts no record.
    #[default]
    Nothing,
    /// The record with an id.
    Id,
    /// The record that a unique value names.
    UniqueEntry,
    /// A range of an index, or all of it.
    IndexRange,
    /// What names a record, or what it names, perhaps some steps away.
    Relation,
    /// What several sources find together.
    Union,
    /// What several sources have in common.
    Intersection,
    /// What the search index has for the words of a search.
    Search,
    /// All records.
    Scan,
}

/// How a list was put in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Candidates came in insertion order, or in the reverse of it.
    #[default]
    Insertion,
    /// The index has them in the order of the list.
    Index,
    /// The first ones were picked out of all.
    Sorted,
    /// By how well they have what was searched.
    Rank,
}

/// Where a list behind a cursor began to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At its place.
    Sought,
    /// At the beginning; what stands before it was passed over.
    PassedOver,
}

impl SourceKind {
    /// What JSON calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Id => "id",
            Self::UniqueEntry => "unique entry",
            Self::IndexRange => "index range",
            Self::Relation => "relation",
            Self::Union => "union",
            Self::Intersection => "intersection",
            Self::Search => "search",
            Self::Scan => "scan",
        }
    }
}

impl Source {
    /// One of a kind, without more to tell.
    pub(super) fn of(kind: SourceKind) -> Self {
        Self {
            kind,
            ..Self::default()
        }
    }

    /// Made of parts.
    pub(super) fn made_of(kind: SourceKind, parts: Vec<Self>) -> Self {
        Self {
            kind,
            parts,
            ..Self::default()
        }
    }

    /// What it is, and what it is made of, with the names of indexes but without any value.
    #[must_use]
    pub fn in_words(&self) -> String {
        let mut words = self.kind.name().to_owned();
        if let Some(index) = &self.index {
            words.push(' ');
            words.push_str(index);
        }
        if !self.parts.is_empty() {
            let parts: Vec<_> = self.parts.iter().map(Self::in_words).collect();
            words.push_str(&format!(" ({})", parts.join(", ")));
        }
        words
    }

    /// The index ranges that it reads or is made of, by name.
    #[must_use]
    pub fn indexes(&self) -> Vec<&str> {
        let own = self.index.as_deref().into_iter();
        own.chain(self.parts.iter().flat_map(Self::indexes))
            .collect()
    }
}

/// A bound as it would be written in a filter.
pub(super) fn bound_text(collection: &Collection, bound: &Bound) -> String {
    let operator = match bound.operator {
        Operator::Equal => "=",
        Operator::NotEqual => "!=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Like => "~",
        Operator::NotLike => "!~",
    };
    let value = match (&bound.value, bound.operator) {
        // A bound of this kind says how a text begins.
        (Value::Text(text), Operator::Like) => {
            serde_json::Value::from(format!("{text}%")).to_string()
        }
        (Value::Text(text), _) => serde_json::Value::from(text.as_str()).to_string(),
        (value, _) => json(value.as_ref()),
    };
    format!("{} {operator} {value}", field_name(collection, bound))
}

/// The same for a bound at the end of a path.
pub(super) fn path_text(
    snapshot: &Snapshot,
    collection: &Collection,
    path: &[Hop],
    bound: &Bound,
) -> String {
    let mut text = String::new();
    let mut at = collection;
    for hop in path {
        let Some(next) = snapshot.by_number(hop.collection()) else {
            continue;
        };
        let name = |collection: &Collection, number| {
            let field = collection.field_by_number(number);
            field.map_or_else(String::new, |field| field.name.clone())
        };
        text.push_str(&match hop {
            Hop::Named { field, .. } => name(at, *field),
            Hop::Referring { field, .. } => format!("{}_via_{}", next.name, name(next, *field)),
        });
        text.push('.');
        at = next;
    }
    text + &bound_text(at, bound)
}

fn field_name<'a>(collection: &'a Collection, bound: &Bound) -> &'a str {
    let field = collection.field_by_number(bound.field);
    field.map_or("", |field| &field.name)
}

fn json(value: ValueRef<'_>) -> String {
    let mut out = Vec::new();
    luge_model::record::write_value_json(value, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}
