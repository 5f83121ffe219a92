//! Opens, owns and closes everything.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use luge_model::limits::MIRROR_BYTES_DEFAULT;

use crate::access::Access;
use crate::auth::{self, Auth};
use crate::backup::{self, Backups};
use crate::catalog::Catalog;
use crate::clock::{Clock, SystemClock};
use crate::commit::Committer;
use crate::error::{Error, Result};
use crate::files::{self, Buckets, FileStoreKind, Files};
use crate::mail::{self, Mail};
use crate::metric_history::MetricHistory;
use crate::mirror::Mirror;
use crate::outbox::{self, Couriers, Outbox};
use crate::outside::{NoOutbound, NoPost, Outbound, Post};
use crate::query::{self, Query};
use crate::random::{Random, SystemRandom};
use crate::realtime::{self, Realtime};
use crate::records::{self, Records};
use crate::request_log::{self, RequestLog};
use crate::search::{self, Search};
use crate::secrets::{HashPool, Seal, Tags, Vault};
use crate::settings::{Fixed, Settings};
use crate::store::{self, Durability, StoreError, StoreKind, StoreOptions};
use crate::survey::{self, Survey};
use crate::webhooks::{self, Webhooks};

/// Lies in a data folder that an import has not filled yet.
pub(crate) const UNFINISHED_IMPORT: &str = "unfinished-import";

/// Where the index of searches is, in the data folder.
const SEARCH_FOLDER: &str = "search";

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
    /// Settings that are given from outside.
    pub settings: Fixed,
    /// Encrypts what is kept of secrets: 32 characters.
    pub encryption_key: Option<String>,
    /// Where files are kept that are in no bucket; `None` for where they are, in a new database in
    /// the folder.
    pub files: Option<FileStoreKind>,
    /// Reaches buckets; without it none can be used.
    pub buckets: Option<Arc<dyn Buckets>>,
    /// Whether wrong tries at signing in make the next one wait.
    pub sign_in_back_off: bool,
    /// Whether this is the import whose mark lies in the folder.
    pub importing: bool,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The way to other servers.
    pub outbound: Arc<dyn Outbound>,
    /// The way of mails.
    pub post: Arc<dyn Post>,
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
    /// The log of requests.
    pub request_log: Arc<RequestLog>,
    /// How the server fared.
    pub metric_history: MetricHistory,
    /// Tags of answers.
    pub tags: Tags,
    /// The door for writes.
    pub committer: Arc<Committer>,
    /// Records in memory.
    pub mirror: Arc<Mirror>,
    /// Other servers that are told of changes.
    pub webhooks: Webhooks,
    /// Finds words in records.
    pub search: Search,
    /// How much is stored of what.
    pub survey: Survey,
    /// Letters.
    pub mail: Mail,
    /// What is to be told to the world outside.
    outbox: Arc<Outbox>,
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
            settings: Fixed::default(),
            encryption_key: None,
            files: None,
            buckets: None,
            sign_in_back_off: true,
            importing: false,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            outbound: Arc::new(NoOutbound),
            post: Arc::new(NoPost),
        }
    }
}

impl Engine {
    /// Opens the data folder and everything in it.
    ///
    /// # Errors
    /// When the folder is in use, of another format, damaged, or not yet filled by an import.
    pub fn open(options: Options) -> Result<Self> {
        let vault = Arc::new(Vault::new(options.encryption_key.as_deref())?);
        let (mirror, committer) = open_store(&options)?;
        let file_store = files::chosen(&committer, options.files)?;
        let (clock, random) = (options.clock, options.random);
        let (folder, store) = (options.folder, options.store);
        let settings = Settings::open(Arc::clone(&committer), options.settings, vault)?;
        let settings = Arc::new(settings);
        let catalog = Arc::new(Catalog::open(
            Arc::clone(&committer),
            Arc::clone(&clock),
            Arc::clone(&random),
            Arc::clone(&settings),
        )?);
        settings.examined_by(realtime::examiner(&catalog));
        let request_log = request_log(&committer, &settings, &random);
        let hashes = Arc::new(HashPool::new(Arc::clone(&random)));
        let access = Arc::new(Access::default());
        let search = search((&committer, &catalog), &clock, folder.join(SEARCH_FOLDER));
        let query = open_query((&committer, &mirror), &access, &random, &search)?;
        let ground = Ground {
            committer: &committer,
            catalog: &catalog,
            access: &access,
            query: &query,
            settings: &settings,
            clock: &clock,
            random: &random,
        };
        let files = ground.files(folder.join("storage"), file_store, options.buckets)?;
        let outbox = Arc::new(Outbox::open(Arc::clone(&committer), Arc::clone(&random))?);
        let mail = ground.mail(&outbox, options.post);
        let records = ground.records(&hashes, &files, &mail);
        let realtime = ground.realtime(&search);
        let webhooks = ground.webhooks(&outbox, Arc::clone(&options.outbound));
        let survey = ground.survey(&files, &folder);
        let backups = open_backups((folder, store), &committer, &files, &settings, &random)?;
        let auth = Auth::new(auth::Parts {
            committer: Arc::clone(&committer),
            query,
            records: Arc::clone(&records),
            hashes,
            random: Arc::clone(&random),
            settings: Arc::clone(&settings),
            mail: mail.clone(),
            ceremonies: Seal::open(&committer, &*random, "ceremonies")?,
            backs_off: options.sign_in_back_off,
            files: Arc::clone(&files),
            outbound: options.outbound,
        });
        Ok(Self {
            catalog,
            records,
            files,
            auth,
            backups,
            realtime,
            settings,
            request_log,
            metric_history: MetricHistory::new(Arc::clone(&committer)),
            tags: Tags::open(&committer, &*random)?,
            committer,
            mirror,
            webhooks,
            search,
            survey,
            mail,
            outbox,
        })
    }

    /// Begins to carry what is to be told to the world outside. On a runtime, once.
    #[must_use]
    pub fn start_outbox(&self, clock: Arc<dyn Clock>) -> outbox::Running {
        let couriers = Couriers::from([self.webhooks.courier(), self.mail.courier()]);
        self.outbox.start(couriers, clock)
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

/// The log of requests; who serves starts its writer.
fn request_log(
    committer: &Arc<Committer>,
    settings: &Arc<Settings>,
    random: &Arc<dyn Random>,
) -> Arc<RequestLog> {
    Arc::new(RequestLog::new(request_log::Parts {
        committer: Arc::clone(committer),
        settings: Arc::clone(settings),
        random: Arc::clone(random),
    }))
}

/// The search in a folder of its own; who serves starts it.
fn search(
    (committer, catalog): (&Arc<Committer>, &Arc<Catalog>),
    clock: &Arc<dyn Clock>,
    folder: PathBuf,
) -> Search {
    Search::new(search::Parts {
        committer: Arc::clone(committer),
        catalog: Arc::clone(catalog),
        clock: Arc::clone(clock),
        folder,
    })
}

/// What everything stands on that reads by rules.
struct Ground<'a> {
    committer: &'a Arc<Committer>,
    catalog: &'a Arc<Catalog>,
    access: &'a Arc<Access>,
    query: &'a Arc<Query>,
    settings: &'a Arc<Settings>,
    clock: &'a Arc<dyn Clock>,
    random: &'a Arc<dyn Random>,
}

impl Ground<'_> {
    fn records(&self, hashes: &Arc<HashPool>, files: &Arc<Files>, mail: &Mail) -> Arc<Records> {
        Arc::new(Records::new(records::Parts {
            committer: Arc::clone(self.committer),
            catalog: Arc::clone(self.catalog),
            access: Arc::clone(self.access),
            query: Arc::clone(self.query),
            hashes: Arc::clone(hashes),
            files: Arc::clone(files),
            mail: mail.clone(),
            random: Arc::clone(self.random),
        }))
    }

    fn mail(&self, outbox: &Arc<Outbox>, post: Arc<dyn Post>) -> Mail {
        Mail::new(mail::Parts {
            outbox: Arc::clone(outbox),
            settings: Arc::clone(self.settings),
            post,
        })
    }

    fn realtime(&self, search: &Search) -> Realtime {
        Realtime::new(realtime::Parts {
            committer: Arc::clone(self.committer),
            catalog: Arc::clone(self.catalog),
            access: Arc::clone(self.access),
            query: Arc::clone(self.query),
            search: search.clone(),
            settings: Arc::clone(self.settings),
            clock: Arc::clone(self.clock),
            random: Arc::clone(self.random),
        })
    }

    fn files(
        &self,
        folder: PathBuf,
        kind: FileStoreKind,
        buckets: Option<Arc<dyn Buckets>>,
    ) -> Result<Arc<Files>> {
        Ok(Arc::new(Files::open(files::Parts {
            committer: Arc::clone(self.committer),
            catalog: Arc::clone(self.catalog),
            random: Arc::clone(self.random),
            folder,
            kind,
            buckets,
            settings: Arc::clone(self.settings),
            clock: Arc::clone(self.clock),
        })?))
    }

    fn survey(&self, files: &Arc<Files>, data: &Path) -> Survey {
        Survey::new(survey::Parts {
            committer: Arc::clone(self.committer),
            catalog: Arc::clone(self.catalog),
            files: Arc::clone(files),
            data: data.to_owned(),
            search: data.join(SEARCH_FOLDER),
        })
    }

    fn webhooks(&self, outbox: &Arc<Outbox>, outbound: Arc<dyn Outbound>) -> Webhooks {
        Webhooks::new(webhooks::Parts {
            committer: Arc::clone(self.committer),
            catalog: Arc::clone(self.catalog),
            access: Arc::clone(self.access),
            query: Arc::clone(self.query),
            outbox: Arc::clone(outbox),
            clock: Arc::clone(self.clock),
            random: Arc::clone(self.random),
            outbound,
        })
    }
}

/// The read path; its cursors are sealed under a key of the database.
fn open_query(
    (committer, mirror): (&Arc<Committer>, &Arc<Mirror>),
    access: &Arc<Access>,
    random: &Arc<dyn Random>,
    search: &Search,
) -> Result<Arc<Query>> {
    Ok(Arc::new(Query::new(query::Parts {
        store: Arc::clone(committer.store()) as _,
        mirror: Arc::clone(mirror),
        access: Arc::clone(access),
        random: Arc::clone(random),
        cursors: Seal::open(committer, &**random, "cursors")?,
        search: search.clone(),
    })))
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
        target: backup::Target {
            data,
            store,
            vault: Arc::clone(settings.vault()),
        },
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
