//! What an edit does to the records that exist, counted without changing any.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::field::Field;
use luge_model::id::IndexNumber;
use luge_model::invalid::Violations;
use luge_model::limits::{PLAN_EXAMPLES_MAX, PLAN_UNIQUE_BYTES_MAX};
use luge_model::record::Record;
use luge_model::value::ValueRef;
use serde::Serialize;

use super::fill::Fill;
use super::prepare::{Need, need};
use crate::commit::Committer;
use crate::error::Result;
use crate::store::{Key, codec, key};

/// What becomes of records.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    /// How many there are.
    pub total: u64,
    /// Those that are written anew because values become single or multiple.
    pub converted: u64,
    /// Those that new indexes are made over.
    pub indexed: u64,
    /// Values that are lost.
    pub lost: Vec<Lost>,
    /// Values that a new unique index refuses.
    pub duplicates: Vec<Duplicates>,
    /// Whether everything was compared; otherwise there were too many values for a unique index.
    pub complete: bool,
}

/// Values of one field that are lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Lost {
    /// The field's name before the edit.
    pub field: String,
    /// `dropped` or `single`.
    pub reason: &'static str,
    /// How many records lose values.
    pub records: u64,
    /// How many values they lose.
    pub values: u64,
}

/// Records that have the same values as an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Duplicates {
    /// The name of the index.
    pub index: String,
    /// Its fields.
    pub fields: Vec<String>,
    /// How many records have values that an earlier one has.
    pub records: u64,
    /// The first of them, each behind the one it equals.
    pub examples: Vec<[String; 2]>,
}

/// Counts what `after` does to the records; violations are those that a change would answer.
pub(super) fn measure(
    committer: &Committer,
    before: &Arc<Collection>,
    after: &Collection,
) -> Result<(Measured, Violations)> {
    let after = numbered(after);
    let need = need(before, &after);
    let counter = committer.store().get(&key::counter(before.number))?;
    let counted = counter.as_deref().and_then(codec::counter_value);
    let mut measuring = Measuring::new(before, &after, need);
    measuring.measured.total = counted.and_then(|it| u64::try_from(it).ok()).unwrap_or(0);
    if need != Need::Nothing || !measuring.losing.is_empty() {
        let fill = Fill {
            before,
            after: &after,
        };
        let mut rest = Some(key::record_range(before.number));
        while let Some(range) = rest {
            let (found, next) = fill.read(committer, &range)?;
            for found in &found {
                measuring.count(&fill, &found.record, committer);
            }
            rest = next;
        }
    }
    Ok(measuring.done())
}

/// New indexes get numbers that tell their entries apart; none of them is stored.
fn numbered(after: &Collection) -> Collection {
    let mut after = after.clone();
    let new = after.indexes.iter_mut().filter(|one| one.number.0 == 0);
    for (number, index) in (0..=u32::MAX).rev().zip(new) {
        index.number = IndexNumber(number);
    }
    after
}

struct Measuring<'a> {
    after: &'a Collection,
    need: Need,
    measured: Measured,
    /// Fields that lose values, each with its place in what is measured.
    losing: Vec<(&'a Field, usize)>,
    /// Who has the values of a unique entry.
    owners: HashMap<Key, String>,
    owner_bytes: usize,
    refused: Violations,
}

impl<'a> Measuring<'a> {
    fn new(before: &'a Collection, after: &'a Collection, need: Need) -> Self {
        let mut measured = Measured {
            complete: true,
            ..Measured::default()
        };
        let mut losing = Vec::new();
        for old in &before.fields {
            let reason = match after.field_by_id(&old.id) {
                None => "dropped",
                Some(new) if old.kind.is_multiple() && !new.kind.is_multiple() => "single",
                Some(_) => continue,
            };
            losing.push((old, measured.lost.len()));
            measured.lost.push(Lost {
                field: old.name.clone(),
                reason,
                records: 0,
                values: 0,
            });
        }
        Self {
            after,
            need,
            measured,
            losing,
            owners: HashMap::new(),
            owner_bytes: 0,
            refused: Violations::new(),
        }
    }

    fn count(&mut self, fill: &Fill<'_>, record: &Record, committer: &Committer) {
        for (field, place) in &self.losing {
            let Some(value) = record.value(field.number) else {
                continue;
            };
            let Some(lost) = self.measured.lost.get_mut(*place) else {
                continue;
            };
            let values = match value {
                _ if value.is_zero() => 0,
                ValueRef::List(items) if lost.reason == "single" => items.len() - 1,
                ValueRef::List(items) => items.len(),
                _ => 1,
            };
            lost.records += u64::from(values > 0);
            lost.values += values as u64;
        }
        if self.need == Need::Nothing {
            return;
        }
        let converted = fill.converted(record, committer);
        self.measured.converted += u64::from(converted.is_some());
        let record = converted.as_ref().unwrap_or(record);
        let entries = fill.new_entries(record);
        self.measured.indexed += u64::from(!entries.is_empty());
        for (key, entry) in entries {
            if let Some(position) = entry.unique {
                self.claim((key, position), record, fill);
            }
        }
    }

    fn claim(&mut self, (key, position): (Key, usize), record: &Record, fill: &Fill<'_>) {
        let bytes = key.len() + record.id().len();
        match self.owners.entry(key) {
            Entry::Occupied(owner) => {
                let owner = owner.get();
                if self.refused.is_empty() {
                    self.refused = fill.collision(position, record, owner.as_bytes());
                }
                let pair = [owner.clone(), record.id().to_owned()];
                duplicate(&mut self.measured.duplicates, (self.after, position), pair);
            }
            Entry::Vacant(_) if self.owner_bytes + bytes > PLAN_UNIQUE_BYTES_MAX => {
                self.measured.complete = false;
            }
            Entry::Vacant(place) => {
                place.insert(record.id().to_owned());
                self.owner_bytes += bytes;
            }
        }
    }

    fn done(mut self) -> (Measured, Violations) {
        self.measured.lost.retain(|lost| lost.values > 0);
        (self.measured, self.refused)
    }
}

fn duplicate(
    found: &mut Vec<Duplicates>,
    (after, position): (&Collection, usize),
    pair: [String; 2],
) {
    let Some(index) = after.indexes.get(position) else {
        return;
    };
    let at = found.iter().position(|one| one.index == index.name);
    let at = at.unwrap_or_else(|| {
        let columns = index.columns.iter();
        let fields = columns.filter_map(|column| after.field_by_number(column.field));
        found.push(Duplicates {
            index: index.name.clone(),
            fields: fields.map(|field| field.name.clone()).collect(),
            records: 0,
            examples: Vec::new(),
        });
        found.len() - 1
    });
    let Some(duplicates) = found.get_mut(at) else {
        return;
    };
    duplicates.records += 1;
    if duplicates.examples.len() < PLAN_EXAMPLES_MAX {
        duplicates.examples.push(pair);
    }
}
