//! What callers may search in a collection: worked out once for each definition and state of the
//! index, since it takes longer than many a search.

use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::id::CollectionNumber;
use parking_lot::Mutex;

use super::sought::Searchable;
use super::{Ready, View};
use crate::catalog::Snapshot;
use crate::error::{Error, Result};

/// Whose it is, for whom, and by which definitions.
type Key = (CollectionNumber, bool);
type Known = (Key, u64, (usize, Arc<Searchable>));

/// What was worked out for one state of the index.
#[derive(Debug, Default)]
pub(super) struct Searchables(Mutex<Vec<Known>>);

impl View {
    /// Which build answers for a collection, and what may be searched in it.
    ///
    /// # Errors
    /// [`Error::SearchNotReady`] while its first index is being built.
    pub(super) fn searchable(
        &self,
        (collection, snapshot): (&Collection, &Snapshot),
        sees_all: bool,
    ) -> Result<(usize, Arc<Searchable>)> {
        let (key, version) = ((collection.number, sees_all), snapshot.version());
        let mut known = self.searchables.0.lock();
        let same = known
            .iter()
            .find(|(of, by, _)| *of == key && *by == version);
        if let Some((.., found)) = same {
            return Ok(found.clone());
        }
        let build = self.build_of((collection, snapshot))?;
        let ready = self.builds.get(build).ok_or(Error::SearchNotReady)?;
        let words = (Arc::clone(&ready.words), Arc::clone(&ready.analysers));
        let searchable = Searchable::of((collection, snapshot), words, sees_all);
        let found = (build, Arc::new(searchable));
        known.retain(|(of, ..)| *of != key);
        known.push((key, version, found.clone()));
        Ok(found)
    }

    /// The build that answers for a collection: the one that its definition asks for, else the one
    /// before it.
    fn build_of(&self, (collection, snapshot): (&Collection, &Snapshot)) -> Result<usize> {
        let words = super::Words::of(collection, snapshot);
        let filled =
            self.builds.iter().enumerate().filter(|(_, build)| {
                build.collection == collection.number && build.filling.is_none()
            });
        let filled: Vec<(usize, &Ready)> = filled.collect();
        let serving = filled
            .iter()
            .find(|(_, build)| words.as_ref().is_some_and(|words| build.words.serve(words)));
        let chosen = serving.or(filled.last());
        chosen.map(|(at, _)| *at).ok_or(Error::SearchNotReady)
    }
}
