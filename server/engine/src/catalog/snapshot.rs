//! What existed at one moment.

use std::collections::HashMap;
use std::sync::Arc;

use luge_model::collection::{Collection, Collections};
use luge_model::id::CollectionNumber;

/// All collections at one moment, in the order of their creation.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    version: u64,
    all: Vec<Arc<Collection>>,
    by_name: HashMap<String, usize>,
    by_id: HashMap<String, usize>,
    by_number: HashMap<CollectionNumber, usize>,
}

impl Snapshot {
    pub(super) fn new(version: u64, mut all: Vec<Arc<Collection>>) -> Self {
        all.sort_by_key(|collection| collection.order);
        let positions = || all.iter().enumerate();
        Self {
            version,
            by_name: positions()
                .map(|(at, one)| (one.name.to_ascii_lowercase(), at))
                .collect(),
            by_id: positions().map(|(at, one)| (one.id.clone(), at)).collect(),
            by_number: positions().map(|(at, one)| (one.number, at)).collect(),
            all,
        }
    }

    /// Grows with every change.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// All collections, in the order of their creation.
    #[must_use]
    pub fn all(&self) -> &[Arc<Collection>] {
        &self.all
    }

    /// The collection whose records are stored under a number.
    #[must_use]
    pub fn by_number(&self, number: CollectionNumber) -> Option<&Arc<Collection>> {
        self.by_number
            .get(&number)
            .and_then(|position| self.all.get(*position))
    }

    /// The collections that have a relation to the one with this id, apart from itself.
    pub fn referring_to<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Arc<Collection>> {
        self.all
            .iter()
            .filter(move |other| other.id != id && other.references(id))
    }

    /// The same with some collections replaced, added (`None` before) or removed (`None` after).
    pub(super) fn with(
        &self,
        version: u64,
        changes: impl IntoIterator<Item = (Option<CollectionNumber>, Option<Arc<Collection>>)>,
    ) -> Self {
        let mut all = self.all.clone();
        for (before, after) in changes {
            all.retain(|one| Some(one.number) != before);
            all.extend(after);
        }
        Self::new(version, all)
    }
}

impl Collections for Snapshot {
    fn find(&self, name_or_id: &str) -> Option<&Arc<Collection>> {
        self.by_id
            .get(name_or_id)
            .or_else(|| self.by_name.get(name_or_id.to_ascii_lowercase().as_str()))
            .and_then(|position| self.all.get(*position))
    }
}
