//! What restoring a backup would change of the collections that there are now.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use luge_model::limits::STORE_PAGE_KEYS;

use super::{Backups, Manifest};
use crate::catalog;
use crate::context::Context;
use crate::error::Result;
use crate::store::key::{self, Keyspace};
use crate::store::{Direction, codec};

/// A collection of which there are more or fewer records than in a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its name.
    pub name: String,
    /// How many records it has now; `None` where there is no such collection.
    pub now: Option<u64>,
    /// How many it has in the backup; `None` where it is not in it.
    pub then: Option<u64>,
}

impl Backups {
    /// The collections that a restore would bring, take away or give another number of records, by
    /// name.
    ///
    /// # Errors
    /// When the caller is not a superuser, or the store fails.
    pub fn compare(&self, ctx: &Context, backup: &Manifest) -> Result<Vec<Difference>> {
        ctx.require_superuser()?;
        let mut all: BTreeMap<String, (Option<u64>, Option<u64>)> = BTreeMap::new();
        for (name, records) in self.counts_now()? {
            all.entry(name).or_default().0 = Some(records);
        }
        for collection in &backup.collections {
            let name = collection.name.clone();
            all.entry(name).or_default().1 = Some(collection.records);
        }
        let differing = all.into_iter().filter(|(_, (now, then))| now != then);
        Ok(differing
            .map(|(name, (now, then))| Difference { name, now, then })
            .collect())
    }

    fn counts_now(&self) -> Result<Vec<(String, u64)>> {
        let store = &**self.committer.store();
        let mut definitions = Vec::new();
        let mut rest = Some(Keyspace::Catalog.range());
        while let Some(range) = rest {
            let mut visit = |key: &[u8], value: &[u8]| {
                definitions.push((key.to_vec(), value.to_vec()));
                ControlFlow::Continue(())
            };
            rest = store.scan(&range, Direction::Forward, STORE_PAGE_KEYS, &mut visit)?;
        }
        let mut counts = Vec::new();
        for (key, value) in definitions {
            let collection = catalog::decode_definition(&key, &value, &self.target.vault)?;
            let counter = store.get(&key::counter(collection.number))?;
            let counted = counter.as_deref().and_then(codec::counter_value);
            let records = counted.and_then(|it| u64::try_from(it).ok()).unwrap_or(0);
            counts.push((collection.name, records));
        }
        Ok(counts)
    }
}
