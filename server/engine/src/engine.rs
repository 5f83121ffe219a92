//! Opens, owns and closes everything.

use std::path::PathBuf;
use std::sync::Arc;

use luge_model::limits::MIRROR_BYTES_DEFAULT;

use crate::access::Access;
use crate::auth::{self, Auth};
use crate::backup::{self, Backups};
use crate::catalog::Catalog;
use crate::clock::{Clock, SystemClock};
use crate::commit::Committer;
use crate::error::{Error, Result};
use crate::files::{self, Files};
use crate::mirror::Mirror;
use crate::query::{self, Query};
use crate::random::{Random, SystemRandom};
use crate::realtime::{self, Realtime};
use crate::records::{self, Records};
use crate::secrets::{HashPool, Seal, Tags};
use crate::settings::Settings;
use crate::store::{self, Durability, StoreError, StoreKind, StoreOptions};

/// Lies in a data folder that an import has not filled yet.
pub(crate) const UNFINISHED_IMPORT: &str = "unfinished-import";

/// How an engine is opened.
#[derive(Clone)]
pub struct Options {
    /// The data folder; made where it is missing.
    pub folder: PathBuf,
    /// What keeps the data.
    pub store: StoreKind,
    /// When a write is answered.
    pub durability: Durability,
    /// Bytes of memory for the store's own cache; 0 for the default.
    pub cache_bytes: u64,
    /// Bytes of records that are mirrored in memory.
    pub mirror_bytes: u64,
    /// Whether this is the import whose mark lies in the folder.
    pub importing: bool,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}

/// A running engine: the services that everything outside it uses.
#[derive(Debug)]
pub struct Engine {
    /// What collections there are.
    pub catalog: Arc<Catalog>,
    /// Records.
    pub records: Arc<Records>,
    /// The files that records name.
    pub files: Arc<Files>,
    /// Sign-in and superusers.
    pub auth: Auth,
    /// Copies of everything.
    pub backups: Arc<Backups>,
    /// Realtime messages.
    pub realtime: Realtime,
    /// Settings.
    pub settings: Arc<Settings>,
    /// Tags of answers.
    pub tags: Tags,
    /// The door for writes.
    pub committer: Arc<Committer>,
    /// Records in memory.
    pub mirror: Arc<Mirror>,
}

impl Options {
    /// The defaults for a folder, with the machine's clock and randomness.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            store: StoreKind::default(),
            durability: Durability::default(),
            cache_bytes: 0,
            mirror_bytes: MIRROR_BYTES_DEFAULT,
            importing: false,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        }
    }
}

impl Engine {
    /// Opens the data folder and everything in it.
    ///
    /// # Errors
    /// When the folder is in use, of another format, damaged, or not yet filled by an import.
    pub fn open(options: Options) -> Result<Self> {
        let (mirror, committer) = open_store(&options)?;
        let (folder, store) = (options.folder, options.store);
        let (clock, random) = (options.clock, options.random);
        let settings = Arc::new(Settings::open(Arc::clone(&committer))?);
        let catalog = Arc::new(Catalog::open(
            Arc::clone(&committer),
            Arc::clone(&clock),
            Arc::clone(&random),
            Arc::clone(&settings),
        )?);
        let hashes = Arc::new(HashPool::new(Arc::clone(&random)));
        let access = Arc::new(Access::default());
        let query = Arc::new(Query::new(query::Parts {
            store: Arc::clone(committer.store()) as _,
            mirror: Arc::clone(&mirror),
            access: Arc::clone(&access),
            random: Arc::clone(&random),
            cursors: Seal::open(&committer, &*random, "cursors")?,
        }));
        let files = Arc::new(Files::open(files::Parts {
            committer: Arc::clone(&committer),
            catalog: Arc::clone(&catalog),
            random: Arc::clone(&random),
            folder: folder.join("storage"),
        })?);
        let records = Arc::new(Records::new(records::Parts {
            committer: Arc::clone(&committer),
            catalog: Arc::clone(&catalog),
            access: Arc::clone(&access),
            query: Arc::clone(&query),
            hashes: Arc::clone(&hashes),
            files: Arc::clone(&files),
            random: Arc::clone(&random),
        }));
        let realtime = Realtime::new(realtime::Parts {
            committer: Arc::clone(&committer),
            catalog: Arc::clone(&catalog),
            access,
            query: Arc::clone(&query),
            clock,
            random: Arc::clone(&random),
        });
        let backups = open_backups((folder, store), &committer, &files, &settings, &random)?;
        let auth = Auth::new(auth::Parts {
            committer: Arc::clone(&committer),
            query,
            records: Arc::clone(&records),
            hashes,
            random: Arc::clone(&random),
            settings: Arc::clone(&settings),
        });
        let tags = Tags::open(&committer, &*random)?;
        Ok(Self {
            catalog,
            records,
            files,
            auth,
            backups,
            realtime,
            settings,
            tags,
            committer,
            mirror,
        })
    }

    /// Waits for the writes under way, makes them durable and refuses further ones.
    ///
    /// # Errors
    /// When the last writes may be lost.
    pub fn close(&self) -> Result<()> {
        self.realtime.close();
        Ok(self.committer.store().close()?)
    }
}

fn open_backups(
    (data, store): (PathBuf, StoreKind),
    committer: &Arc<Committer>,
    files: &Arc<Files>,
    settings: &Arc<Settings>,
    random: &Arc<dyn Random>,
) -> Result<Arc<Backups>> {
    Ok(Arc::new(Backups::open(backup::Parts {
        committer: Arc::clone(committer),
        files: Arc::clone(files),
        settings: Arc::clone(settings),
        random: Arc::clone(random),
        target: backup::Target { data, store },
    })?))
}

/// The store, as everything else reaches it: read through the mirror, written by the committer.
fn open_store(options: &Options) -> Result<(Arc<Mirror>, Arc<Committer>)> {
    if !options.importing && options.folder.join(UNFINISHED_IMPORT).exists() {
        return Err(Error::Store(StoreError::UnfinishedImport {
            folder: options.folder.display().to_string(),
        }));
    }
    let store_options = StoreOptions {
        folder: options.folder.join("store"),
        durability: options.durability,
        cache_bytes: options.cache_bytes,
    };
    let store = store::open(options.store, &store_options)?;
    let mirror = Arc::new(Mirror::new(Arc::clone(&store), options.mirror_bytes));
    let committer = Committer::open(store)?.observed_by(Arc::clone(&mirror) as _);
    Ok((mirror, Arc::new(committer)))
}
