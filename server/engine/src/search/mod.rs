//! Full-text search: one index for all collections, derived from their records.
//!
//! - The index only proposes. Who shows a hit reads the record, asks the rules, and judges it again
//!   where it is another state than the one that was indexed.
//! - How a hit ranks follows from the hit alone, and which words count as a word of a search from
//!   the search alone, so nothing tells of records that a caller may not see.
//! - A field that a caller may not read is none of the fields that are searched for them.
//! - The index can be thrown away at any time: it is made anew from the records.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use luge_model::collection::{Collection, Collections as _};
use luge_model::id::CollectionNumber;
use luge_model::limits::SEARCH_WAIT_MILLISECONDS;
use luge_model::search::Analyser;
use tokio::sync::watch;

use crate::catalog::{Catalog, Snapshot};
use crate::changes::LogEntry;
use crate::clock::Clock;
use crate::commit::Committer;
use crate::error::{Error, Result};
use crate::store::Sequence;

mod asked;
mod build;
mod candidates;
mod completion;
mod containing;
mod expansion;
mod facts;
mod folder;
mod follow;
mod highlight;
mod judged;
mod merging;
mod postings;
mod remembered;
mod saved;
mod searchable;
mod segments;
mod sought;
mod terms;
#[cfg(test)]
mod tests;
mod usable;
mod vocabulary;
mod wanted;
mod words;

pub use asked::{Asked, Caller};
use build::{Filling, Words};
pub use candidates::{Hit, Level};
pub use completion::Beginning;
pub use containing::Containing;
pub use facts::Rank;
pub use highlight::Highlight;
pub use judged::RecordWords;
use saved::Readers;
pub use saved::Saved;
use searchable::Searchables;
use segments::{Memory, Segment};

/// The search service.
#[derive(Clone)]
pub struct Search(Arc<Shared>);

/// What the service stands on.
pub struct Parts {
    /// The door for writes, and what records are read from.
    pub committer: Arc<Committer>,
    /// What collections there are.
    pub catalog: Arc<Catalog>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where the index is.
    pub folder: PathBuf,
}

/// The index is kept up to date as long as this lives; dropping it waits for the step under way.
#[derive(Debug)]
pub struct Running {
    shared: Arc<Shared>,
    follower: Option<JoinHandle<()>>,
}

/// How search fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Up to which commit records can be found; `None` where there is no index.
    pub sequence: Option<Sequence>,
    /// The newest durable commit.
    pub durable: Sequence,
    /// The searchable collections, in the order of their creation.
    pub collections: Vec<CollectionStatus>,
}

/// How the search of one collection fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectionStatus {
    /// Its name.
    pub name: String,
    /// Whether searches are answered, by what its definition asks for or by what it asked for
    /// before.
    pub answers: bool,
    /// How many records were added to what is being built; `None` where nothing is.
    pub building: Option<u64>,
}

struct Shared {
    parts: Parts,
    view: ArcSwapOption<View>,
    /// Up to which commit searches see everything.
    visible: watch::Sender<Sequence>,
    /// How many wait for that to go on.
    waiting: AtomicUsize,
    stopping: AtomicBool,
    /// Of searches that are asked without the index.
    readers: Readers,
    /// For what is kept of the index.
    memory: Memory,
}

/// One state of the index.
struct View {
    segments: Vec<Segment>,
    builds: Vec<Ready>,
    searchables: Searchables,
}

/// A build in a state of the index.
struct Ready {
    number: u32,
    collection: CollectionNumber,
    words: Arc<Words>,
    analysers: Arc<[Analyser]>,
    filling: Option<Filling>,
}

impl Search {
    /// The service over its parts. Until it is started, nothing is found.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Shared {
            parts,
            view: ArcSwapOption::empty(),
            visible: watch::channel(Sequence(0)).0,
            waiting: AtomicUsize::new(0),
            stopping: AtomicBool::new(false),
            readers: Readers::default(),
            memory: Memory::default(),
        }))
    }

    /// Begins to keep the index up to date, once in the life of an engine.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(&self) -> io::Result<Running> {
        let shared = Arc::clone(&self.0);
        let followed = Arc::clone(&self.0);
        let follower = thread::Builder::new()
            .name("luge-search".to_owned())
            .spawn(move || follow::follow(&followed))?;
        Ok(Running {
            shared,
            follower: Some(follower),
        })
    }

    /// How search fares.
    #[must_use]
    pub fn status(&self) -> Status {
        let snapshot = self.0.parts.catalog.snapshot();
        let view = self.0.view.load_full();
        let collections = snapshot.all().iter().filter(|one| one.search.is_some());
        Status {
            sequence: view.as_ref().map(|_| self.sequence()),
            durable: self.0.durable(),
            collections: collections
                .map(|collection| status_of(collection, &snapshot, view.as_deref()))
                .collect(),
        }
    }

    /// Waits until searches of a collection see everything that is durable by now, so that whoever
    /// was answered to a write finds what was written.
    ///
    /// # Errors
    /// [`Error::SearchNotReady`] when that takes too long.
    pub async fn caught_up(&self, collection: &str) -> Result<()> {
        let snapshot = self.0.parts.catalog.snapshot();
        let collection = snapshot.find(collection);
        let Some(collection) = collection.filter(|found| found.search.is_some()) else {
            return Ok(());
        };
        let durable = self.0.durable();
        let answers = || self.0.answers(collection);
        self.caught_up_with(durable, answers).await
    }

    /// The same for all collections. Those that are still built for the first time then are waited
    /// for no longer.
    ///
    /// # Errors
    /// As [`Self::caught_up`].
    pub async fn caught_up_everywhere(&self) -> Result<()> {
        let snapshot = self.0.parts.catalog.snapshot();
        let searchable = || snapshot.all().iter().filter(|one| one.search.is_some());
        if searchable().next().is_none() {
            return Ok(());
        }
        let durable = self.0.durable();
        let answer = || searchable().all(|one| self.0.answers(one));
        match self.caught_up_with(durable, answer).await {
            Err(_) if self.sequence() >= durable => Ok(()),
            outcome => outcome,
        }
    }

    async fn caught_up_with(&self, durable: Sequence, answers: impl Fn() -> bool) -> Result<()> {
        let mut visible = self.0.visible.subscribe();
        let _waiting = Waiting::new(&self.0.waiting);
        let limit = Duration::from_millis(SEARCH_WAIT_MILLISECONDS);
        let seen = visible.wait_for(|seen| *seen >= durable && answers());
        match tokio::time::timeout(limit, seen).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Error::SearchNotReady),
        }
    }

    /// Up to which commit searches see everything.
    #[must_use]
    pub fn sequence(&self) -> Sequence {
        *self.0.visible.borrow()
    }
}

/// Somebody who waits for the index.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl fmt::Debug for Search {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Search")
            .field("visible", &*self.visible.borrow())
            .finish_non_exhaustive()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Release);
        if let Some(follower) = self.follower.take() {
            follower.thread().unpark();
            if follower.join().is_err() {
                tracing::error!("the thread of search died");
            }
        }
    }
}

impl Shared {
    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// Whether there is a build of a collection that has all records.
    fn answers(&self, collection: &Collection) -> bool {
        let view = self.view.load();
        let mut builds = view.iter().flat_map(|view| &view.builds);
        builds.any(|build| build.collection == collection.number && build.filling.is_none())
    }

    fn is_awaited(&self) -> bool {
        self.waiting.load(Ordering::Acquire) > 0
    }

    fn durable(&self) -> Sequence {
        *self.parts.committer.store().durable().borrow()
    }

    fn publish(&self, view: View, sequence: Sequence) {
        self.view.store(Some(Arc::new(view)));
        self.see(sequence);
    }

    /// Everything up to a commit can be found, as far as it is to be.
    fn see(&self, sequence: Sequence) {
        self.visible.send_replace(sequence);
    }

    /// Tells how far search is behind: the age of the oldest change that it does not know yet.
    fn note_lag(&self, oldest: Option<&LogEntry>) {
        let age = oldest.map_or(0, |entry| self.parts.clock.now().0 - entry.time.0);
        #[expect(clippy::cast_precision_loss, reason = "a metric")]
        metrics::gauge!("luge_search_lag_seconds").set(age.max(0) as f64 / 1_000.0);
    }
}

fn status_of(
    collection: &Collection,
    snapshot: &Snapshot,
    view: Option<&View>,
) -> CollectionStatus {
    let builds = view.map(|view| &*view.builds).unwrap_or_default();
    let mine = || {
        builds
            .iter()
            .filter(|build| build.collection == collection.number)
    };
    let words = Words::of(collection, snapshot);
    let serves = |build: &Ready| words.as_ref().is_some_and(|words| build.words.serve(words));
    let filling = mine().find_map(|build| build.filling.as_ref());
    let served = mine().any(|build| build.filling.is_none() && serves(build));
    CollectionStatus {
        name: collection.name.clone(),
        answers: mine().any(|build| build.filling.is_none()),
        building: match (filling, served) {
            (Some(filling), _) => Some(filling.records),
            (None, true) => None,
            (None, false) => Some(0),
        },
    }
}
