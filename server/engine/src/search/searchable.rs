//! What callers may search in a collection: worked out once for each definition and state of the
//! index, since it takes longer than many a search.

use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::id::CollectionNumber;
use luge_model::search::SearchPath;
use parking_lot::Mutex;

use super::wanted::{Fields, Usable, bit};
use super::{Ready, View};
use crate::catalog::Snapshot;
use crate::error::{Error, Result};

/// What one kind of caller may search.
#[derive(Debug)]
pub(super) struct Searchable {
    /// Which build answers.
    pub(super) build: usize,
    pub(super) usable: Vec<Usable>,
    /// Weights of fields, by their numbers.
    pub(super) weights: Vec<u8>,
    /// Those that are e-mail addresses of auth records.
    pub(super) emails: Fields,
    /// Those that are behind a relation.
    pub(super) related: Fields,
}

/// Whose it is, for whom, and by which definitions.
type Key = (CollectionNumber, bool);
type Known = (Key, u64, Arc<Searchable>);

/// What was worked out for one state of the index.
#[derive(Debug, Default)]
pub(super) struct Searchables(Mutex<Vec<Known>>);

impl View {
    /// What may be searched in a collection.
    ///
    /// # Errors
    /// [`Error::SearchNotReady`] while its first index is being built.
    pub(super) fn searchable(
        &self,
        (collection, snapshot): (&Collection, &Snapshot),
        sees_all: bool,
    ) -> Result<Arc<Searchable>> {
        let (key, version) = ((collection.number, sees_all), snapshot.version());
        let mut known = self.searchables.0.lock();
        let same = known
            .iter()
            .find(|(of, by, _)| *of == key && *by == version);
        if let Some((.., searchable)) = same {
            return Ok(Arc::clone(searchable));
        }
        let searchable = Arc::new(self.work_out((collection, snapshot), sees_all)?);
        known.retain(|(of, ..)| *of != key);
        known.push((key, version, Arc::clone(&searchable)));
        Ok(searchable)
    }

    fn work_out(&self, place: (&Collection, &Snapshot), sees_all: bool) -> Result<Searchable> {
        let build = self.build_of(place)?;
        let ready = self.builds.get(build).ok_or(Error::SearchNotReady)?;
        let usable = ready.words.usable(place, sees_all);
        let mut weights = vec![0; ready.words.fields.len()];
        for one in &usable {
            if let Some(weight) = weights.get_mut(one.number) {
                *weight = one.field.weight;
            }
        }
        let related = usable.iter().filter(|one| {
            let source = ready.words.fields.get(one.number);
            source.is_some_and(|source| source.relation.is_some())
        });
        Ok(Searchable {
            build,
            related: related.fold(0, |all, one| all | bit(one.number)),
            emails: emails(place, &usable),
            weights,
            usable,
        })
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

/// The fields that are e-mail addresses of auth records.
fn emails((collection, snapshot): (&Collection, &Snapshot), usable: &[Usable]) -> Fields {
    let is_email = |one: &&Usable| {
        let path = SearchPath::resolve(&one.field.path, collection, snapshot);
        path.is_ok_and(|path| path.is_address())
    };
    usable
        .iter()
        .filter(is_email)
        .fold(0, |all, one| all | bit(one.number))
}
