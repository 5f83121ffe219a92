//! One search of one collection, for one caller.

use std::collections::BinaryHeap;
use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::id::CollectionNumber;
use luge_model::record::Record;

use super::candidates::{Candidates, Expansions, Hit, Level};
use super::facts::Rank;
use super::sought::{Sought, check_searchable};
use super::terms::field_of;
use super::wanted::{Fields, bit};
use super::words::Related;
use super::{Ready, Search, View};
use crate::catalog::Snapshot;
use crate::error::{Error, Result};
use crate::store::StoreError;

/// What a caller may see of records, which the service cannot know.
pub struct Caller<'a> {
    /// Related records that the caller may list.
    pub related: &'a Related<'a>,
    /// Whether the caller sees the e-mail address of a record.
    pub sees_email: &'a dyn Fn(&Record) -> bool,
}

/// A search that was read, in one state of the index.
pub struct Asked {
    view: Arc<View>,
    pub(super) snapshot: Arc<Snapshot>,
    /// Which build answers.
    build: usize,
    pub(super) sought: Sought,
    expansions: Vec<Expansions>,
}

impl Search {
    /// Reads a search; `None` where it has no word, so that it leaves nothing out.
    ///
    /// # Errors
    /// [`Error::BadQuery`] where the text is wrong or the collection is not searchable,
    /// [`Error::SearchNotReady`] while its first index is being built.
    pub fn ask(
        &self,
        (collection, snapshot): (&Collection, &Arc<Snapshot>),
        text: &str,
        sees_all: bool,
    ) -> Result<Option<Asked>> {
        check_searchable(collection)?;
        let view = self.0.view.load_full().ok_or(Error::SearchNotReady)?;
        let (build, searchable) = view.searchable((collection, snapshot), sees_all)?;
        let sought = Sought::read(searchable, text)?;
        Ok(sought.map(|sought| Asked {
            build,
            snapshot: Arc::clone(snapshot),
            sought,
            expansions: view
                .segments
                .iter()
                .map(|_| Expansions::default())
                .collect(),
            view,
        }))
    }
}

impl Asked {
    /// How tolerant the search can be, step by step.
    #[must_use]
    pub fn levels(&self) -> Vec<Level> {
        Level::all(&self.sought.wanted)
    }

    /// The collections whose records have texts of the searched ones.
    #[must_use]
    pub fn related(&self) -> Vec<CollectionNumber> {
        self.sought.searchable.related()
    }

    /// What one level finds, the best first; `spend` is told how much is looked at and says whether
    /// to go on.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn find(
        &self,
        level: Level,
        spend: &mut dyn FnMut(u64) -> bool,
    ) -> Result<BinaryHeap<Hit>> {
        let Some(candidates) = self.candidates() else {
            return Ok(BinaryHeap::new());
        };
        candidates.find(level, spend).map_err(unreadable)
    }

    fn candidates(&self) -> Option<Candidates<'_>> {
        Some(Candidates {
            segments: &self.view.segments,
            build: self.ready()?.number,
            sought: &self.sought,
            expansions: &self.expansions,
        })
    }

    /// How a record ranks for the caller, as it is now; `None` where it is no hit of this level.
    #[must_use]
    pub fn judge(
        &self,
        record: &Record,
        (hit, level): (&Hit, Level),
        caller: &Caller<'_>,
    ) -> Option<Rank> {
        let searchable = &self.sought.searchable;
        if record.revision() == hit.revision && searchable.checked() == 0 {
            return Some(hit.rank);
        }
        let words = searchable.words(&self.snapshot, record, caller);
        self.sought.rank(&words, level)
    }

    fn ready(&self) -> Option<&Ready> {
        self.view.builds.get(self.build)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err takes")]
pub(super) fn unreadable(error: std::io::Error) -> Error {
    tracing::error!(%error, "the search index cannot be read");
    Error::Store(StoreError::Engine(format!("search: {error}")))
}

/// Whether a place is in one of some fields.
pub(super) fn is_in(place: u32, fields: Fields) -> bool {
    bit(field_of(place)) & fields != 0
}
