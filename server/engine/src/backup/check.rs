//! Looks for damage: every stored thing is opened, and what follows from records is compared with
//! what is stored, both ways.
//!
//! - Everything is looked at as it was after one commit, so writes that go on cause no findings.
//! - What waits to be removed in the background is nobody's, and is passed over.
//! - A file that no record names is no damage: the server removes it by itself. It is counted.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::id::CollectionNumber;
use luge_model::limits::FINDINGS_MAX;
use luge_model::record::Record;

use super::dump::each;
use crate::catalog;
use crate::changes;
use crate::error::Result;
use crate::files::{BlobPath, Files, names_of};
use crate::index::{entries, targets};
use crate::secrets::Vault;
use crate::store::key::{self, Keyspace};
use crate::store::{Frozen, Key, codec};

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: String,
    /// What is wrong there.
    pub reason: String,
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// The first findings; there may be more.
    pub findings: Vec<Finding>,
    /// How many findings there are.
    pub count: u64,
    /// How many collections were looked at.
    pub collections: u64,
    /// How many records were looked at.
    pub records: u64,
    /// How many index entries, references and the like were looked at.
    pub entries: u64,
    /// How many files were looked at.
    pub files: u64,
    /// Files that no record names any more.
    pub orphans: u64,
}

/// Looks at everything. Files must be held back from removal since before the moment that is
/// looked at.
///
/// # Errors
/// When the store or the files cannot be read at all; everything else is a finding.
pub(super) fn check(frozen: &dyn Frozen, files: &Files, vault: &Vault) -> Result<Findings> {
    let mut checking = Checking {
        frozen,
        files,
        vault,
        collections: BTreeMap::new(),
        numbers: HashMap::new(),
        expected: HashMap::new(),
        counts: HashMap::new(),
        found: Findings::default(),
    };
    checking.definitions()?;
    each(frozen, Keyspace::Record.range(), &mut |key, value| {
        checking.record(key, value)
    })?;
    checking.counters()?;
    checking.entries()?;
    checking.log()?;
    checking.orphans()?;
    Ok(checking.found)
}

struct Checking<'a> {
    frozen: &'a dyn Frozen,
    files: &'a Files,
    vault: &'a Vault,
    collections: BTreeMap<CollectionNumber, Arc<Collection>>,
    numbers: HashMap<String, CollectionNumber>,
    /// How many entries there must be, by what their keys begin with.
    expected: HashMap<Key, u64>,
    counts: HashMap<CollectionNumber, u64>,
    found: Findings,
}

impl Checking<'_> {
    fn find(&mut self, place: impl Into<String>, reason: impl Into<String>) {
        self.found.count += 1;
        if self.found.findings.len() < FINDINGS_MAX {
            let (place, reason) = (place.into(), reason.into());
            self.found.findings.push(Finding { place, reason });
        }
    }

    fn definitions(&mut self) -> Result<()> {
        let (frozen, vault) = (self.frozen, self.vault);
        each(frozen, key::catalog_range(), &mut |key, value| {
            match catalog::decode_definition(key, value, vault) {
                Ok(mut collection) => {
                    // Those that are being built or removed may hold anything.
                    collection
                        .indexes
                        .retain(luge_model::index::IndexDefinition::is_ready);
                    self.found.collections += 1;
                    self.numbers
                        .insert(collection.id.clone(), collection.number);
                    self.collections
                        .insert(collection.number, Arc::new(collection));
                }
                Err(error) => self.find(key::readable(key), error.to_string()),
            }
            Ok(())
        })
    }

    fn record(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        let number = key::collection_number(key);
        let found = number.and_then(|number| self.collections.get(&number));
        let Some(collection) = found.cloned() else {
            return Ok(());
        };
        self.found.records += 1;
        *self.counts.entry(collection.number).or_default() += 1;
        let id = key::record_id(key).unwrap_or_default();
        let place = format!("record {id} of {}", collection.name);
        let record = match Record::open(value) {
            Ok(record) if record.id() == id => record,
            Ok(_) => {
                self.find(place, "it has another id");
                return Ok(());
            }
            Err(error) => {
                self.find(place, error.to_string());
                return Ok(());
            }
        };
        self.entries_of(&collection, &record, &place)?;
        self.related(&collection, &record, &place)?;
        self.files_of(&collection, &record, &place)
    }

    /// What the record owns is there.
    fn entries_of(&mut self, collection: &Collection, record: &Record, place: &str) -> Result<()> {
        for (key, entry) in entries(collection, record.id(), record) {
            *self.expected.entry(group(&key).to_vec()).or_default() += 1;
            match self.frozen.get(&key)? {
                Some(value) if value == entry.value => {}
                Some(value) => {
                    let other = String::from_utf8_lossy(&value);
                    let reason = format!("its {} is of {other}", key::readable(&key));
                    self.find(place, reason);
                }
                None => self.find(place, format!("its {} is missing", key::readable(&key))),
            }
        }
        Ok(())
    }

    /// The records that its relations name are there.
    fn related(&mut self, collection: &Collection, record: &Record, place: &str) -> Result<()> {
        for field in &collection.fields {
            let Some(relation) = field.kind.as_relation() else {
                continue;
            };
            let target = self.numbers.get(&relation.collection_id).copied();
            for id in targets(field.number, record) {
                let there = match target {
                    Some(target) => self.frozen.get(&key::record(target, id))?.is_some(),
                    None => false,
                };
                if !there {
                    let reason = format!("{} names {id:?}, which is not there", field.name);
                    self.find(place, reason);
                }
            }
        }
        Ok(())
    }

    fn files_of(&mut self, collection: &Collection, record: &Record, place: &str) -> Result<()> {
        for name in names_of(collection, record) {
            self.found.files += 1;
            let path = BlobPath::new(&collection.id, record.id(), name);
            let blob = match &path {
                Some(path) => self.files.read(path)?,
                None => None,
            };
            if blob.is_none() {
                self.find(place, format!("its file {name} is missing"));
            }
        }
        Ok(())
    }

    fn counters(&mut self) -> Result<()> {
        for (number, collection) in self.collections.clone() {
            let counted = self.counts.get(&number).copied().unwrap_or_default();
            let stored = self.frozen.get(&key::counter(number))?;
            let stored = stored.map_or(Some(0), |bytes| codec::counter_value(&bytes));
            if stored != i64::try_from(counted).ok() {
                let stored = stored.map_or_else(|| "no number".to_owned(), |n| n.to_string());
                let reason = format!("it counts {stored}, there are {counted} records");
                self.find(format!("counter of {}", collection.name), reason);
            }
        }
        Ok(())
    }

    /// What is stored belongs to a record. Since all that has to be there was found, groups of the
    /// right size hold nothing else.
    fn entries(&mut self) -> Result<()> {
        let frozen = self.frozen;
        let derived = Keyspace::ALL.into_iter();
        for keyspace in derived.filter(|one| one.is_derived() && *one != Keyspace::Counter) {
            let mut stored: BTreeMap<Key, u64> = BTreeMap::new();
            each(frozen, keyspace.range(), &mut |key, _| {
                self.found.entries += 1;
                *stored.entry(group(key).to_vec()).or_default() += 1;
                Ok(())
            })?;
            for (group, count) in stored {
                let expected = self.expected.get(&group).copied().unwrap_or_default();
                if count > expected && self.is_in_use(&group) {
                    self.superfluous(&group)?;
                }
            }
        }
        Ok(())
    }

    /// Whether a group is of a collection, index or field that is there.
    fn is_in_use(&self, group: &[u8]) -> bool {
        let number = key::collection_number(group);
        let Some(collection) = number.and_then(|number| self.collections.get(&number)) else {
            return false;
        };
        let rest = group.get(5..).unwrap_or_default();
        match Keyspace::of(group) {
            Some(Keyspace::Index | Keyspace::Unique) => {
                let mut indexes = collection.indexes.iter();
                indexes.any(|index| index.number.0.to_be_bytes() == rest)
            }
            Some(Keyspace::Reference) => {
                let mut fields = collection.fields.iter();
                fields.any(|field| field.number.0.to_be_bytes() == rest)
            }
            _ => true,
        }
    }

    fn superfluous(&mut self, group: &[u8]) -> Result<()> {
        let frozen = self.frozen;
        each(frozen, key::prefix_range(group), &mut |key, value| {
            let number = key::collection_number(key);
            let found = number.and_then(|number| self.collections.get(&number));
            let (Some(collection), Some(id)) = (found.cloned(), owner(key, value)) else {
                self.find(key::readable(key), "it is malformed");
                return Ok(());
            };
            let record = frozen.get(&key::record(collection.number, id))?;
            let record = record.and_then(|bytes| Record::open(bytes).ok());
            let owned = record.is_some_and(|record| {
                let owned = entries(&collection, id, &record);
                owned.get(key).is_some_and(|entry| entry.value == value)
            });
            if !owned {
                self.find(key::readable(key), format!("it does not belong to {id}"));
            }
            Ok(())
        })
    }

    fn log(&mut self) -> Result<()> {
        let (mut count, mut bytes) = (0_u64, 0_u64);
        let frozen = self.frozen;
        each(frozen, Keyspace::Change.range(), &mut |key, value| {
            count += 1;
            bytes += value.len() as u64;
            if let Err(reason) = changes::decode(value) {
                self.find(key::readable(key), reason);
            }
            Ok(())
        })?;
        let counters = [
            (changes::log_entries_key(), count),
            (changes::log_bytes_key(), bytes),
        ];
        for (key, expected) in counters {
            let stored = self.frozen.get(&key)?;
            let stored = stored.map_or(Some(0), |bytes| codec::counter_value(&bytes));
            if stored != i64::try_from(expected).ok() {
                self.find(key::readable(&key), format!("it should be {expected}"));
            }
        }
        Ok(())
    }

    /// Files are listed record by record, so what a record names is looked up once.
    fn orphans(&mut self) -> Result<()> {
        let (frozen, mut orphans) = (self.frozen, 0);
        let mut known: Option<((String, String), Vec<String>)> = None;
        self.files.list(&mut |listed| {
            let path = &listed.path;
            if path.is_preview() {
                return Ok(true);
            }
            let place = (path.collection().to_owned(), path.record().to_owned());
            if known.as_ref().is_none_or(|(known, _)| *known != place) {
                let number = self.numbers.get(path.collection());
                let collection = number.and_then(|number| self.collections.get(number));
                let named = named(frozen, collection.map(|one| &**one), path.record());
                known = Some((place, named.map_err(std::io::Error::other)?));
            }
            let named = known
                .as_ref()
                .is_some_and(|(_, names)| names.iter().any(|name| name == path.file()));
            orphans += u64::from(!named);
            Ok(true)
        })?;
        self.found.orphans += orphans;
        Ok(())
    }
}

/// The files that a record names.
fn named(frozen: &dyn Frozen, collection: Option<&Collection>, id: &str) -> Result<Vec<String>> {
    let Some(collection) = collection else {
        return Ok(Vec::new());
    };
    let record = frozen.get(&key::record(collection.number, id))?;
    let record = record.and_then(|bytes| Record::open(bytes).ok());
    Ok(record.map_or_else(Vec::new, |record| {
        names_of(collection, &record).map(str::to_owned).collect()
    }))
}

/// What the keys of one collection, index or field begin with.
fn group(key: &[u8]) -> &[u8] {
    let length = match Keyspace::of(key) {
        Some(Keyspace::Index | Keyspace::Unique) => 9,
        Some(Keyspace::Reference) => 7,
        _ => 5,
    };
    key.get(..length).unwrap_or(key)
}

/// The record that an entry says it belongs to.
fn owner<'a>(key: &'a [u8], value: &'a [u8]) -> Option<&'a str> {
    match Keyspace::of(key)? {
        Keyspace::Index => key::index_entry_id(key),
        Keyspace::Reference => key::reference_source(key),
        _ => std::str::from_utf8(value).ok(),
    }
}
