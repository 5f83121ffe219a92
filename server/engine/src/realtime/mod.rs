//! Realtime: tells connected clients what changed (contract §1.5).
//!
//! - A follower of the change log: one thread, which runs while somebody is connected, takes
//!   durable commits in their order. It never holds up a write, and nothing of an aborted one is
//!   ever heard.
//! - A client that reads too slowly is dropped. If the thread itself falls too far behind, all
//!   connections end rather than leave something out; clients connect again and read anew.
//! - What is shown to whom is decided where everything else is (`access`), for each subscriber.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::task;
use std::thread::{self, JoinHandle};

use luge_model::limits::REALTIME_CLIENT_ID_CHARS;
use parking_lot::Mutex;
use tokio::sync::Notify;

use self::caller::Callers;
use self::hub::{Client, Hub};
use self::topic::Topic;
use crate::access::Access;
use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::commit::{Committer, Heard, Listener};
use crate::error::{Error, Result};
use crate::query::Query;
use crate::random::Random;
use crate::store::{StoreError, wait};

mod before;
mod caller;
mod hub;
mod judge;
mod outbox;
mod topic;

pub use caller::Caller;
pub use outbox::Message;

const ID_LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The realtime service.
pub struct Realtime(Arc<Shared>);

/// What the realtime service stands on.
#[derive(Debug)]
pub struct Parts {
    /// Tells what was committed.
    pub committer: Arc<Committer>,
    /// What collections there are.
    pub catalog: Arc<Catalog>,
    /// Rules and projections.
    pub access: Arc<Access>,
    /// The read path.
    pub query: Arc<Query>,
    /// The time of rules and tokens.
    pub clock: Arc<dyn Clock>,
    /// Makes the ids of clients.
    pub random: Arc<dyn Random>,
}

/// A connected client; it is forgotten when this is dropped.
pub struct Connection {
    client: Arc<Client>,
    shared: Arc<Shared>,
}

struct Shared {
    parts: Parts,
    hub: Hub,
    stop: Notify,
    follower: Mutex<Option<JoinHandle<()>>>,
}

impl Realtime {
    /// The service over its parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Shared {
            parts,
            hub: Hub::default(),
            stop: Notify::new(),
            follower: Mutex::default(),
        }))
    }

    /// Lets in a client that nobody signed in for yet. `hang_up` ends its connection even where
    /// the client does not read.
    ///
    /// # Errors
    /// [`Error::TooManyClients`], [`Error::Closed`].
    pub fn connect(
        &self,
        address: Option<IpAddr>,
        hang_up: Box<dyn Fn() + Send + Sync>,
    ) -> Result<Connection> {
        let shared = &self.0;
        let id = shared
            .parts
            .random
            .text(ID_LETTERS, REALTIME_CLIENT_ID_CHARS);
        let client = Arc::new(Client::new(id, address, hang_up));
        // Listening begins before the client is told its id, so it hears all it subscribes to.
        if shared.hub.add(Arc::clone(&client))? {
            start(shared)?;
        }
        Ok(Connection {
            client,
            shared: Arc::clone(shared),
        })
    }

    /// Makes these the topics of a client, instead of those it had, and `caller` who it is.
    ///
    /// # Errors
    /// [`Error::MissingClient`]; [`Error::BadRequest`] where the request comes from elsewhere than
    /// the connection, or a topic is malformed; [`Error::Forbidden`] where the client is somebody
    /// else already; [`Error::TooManyClients`].
    pub fn subscribe(
        &self,
        client: &str,
        address: Option<IpAddr>,
        caller: Caller,
        topics: &[String],
    ) -> Result<()> {
        let shared = &self.0;
        let client = shared.hub.client(client).ok_or(Error::MissingClient)?;
        if client.address != address {
            return Err(Error::BadRequest("Invalid realtime client.".to_owned()));
        }
        let topics = topics.iter().filter(|topic| !topic.is_empty());
        let topics = topics.map(|topic| Topic::parse(topic));
        let topics: Vec<Topic> = topics.collect::<Result<_>>()?;
        let mut known = client.caller.lock();
        let snapshot = shared.parts.catalog.snapshot();
        let now = shared.parts.clock.now();
        let before = Callers::new(&shared.parts.query, &snapshot, now).current(&known)?;
        if let Some(before) = before.identity() {
            let same = caller.principal.identity().is_some_and(|identity| {
                identity.collection.number == before.collection.number
                    && identity.record.id() == before.record.id()
            });
            if !same {
                return Err(Error::Forbidden(
                    "The current and the previous request authorization don't match.".to_owned(),
                ));
            }
        }
        shared.hub.subscribe(&client, topics)?;
        *known = caller;
        Ok(())
    }

    /// How many clients are connected.
    #[must_use]
    pub fn clients(&self) -> usize {
        self.0.hub.count()
    }

    /// Ends all connections and lets nobody in any more.
    pub fn close(&self) {
        self.0.hub.hang_up(true);
        self.0.stop.notify_one();
        let follower = self.0.follower.lock().take();
        if follower.is_some_and(|follower| follower.join().is_err()) {
            tracing::error!("the thread of realtime messages died");
        }
    }
}

impl Drop for Realtime {
    fn drop(&mut self) {
        self.close();
    }
}

impl Connection {
    /// What the client names itself by in further requests.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.client.id
    }

    /// All messages that wait; `None` when the connection is to end.
    pub fn poll_messages(
        &self,
        context: &task::Context<'_>,
    ) -> task::Poll<Option<Vec<Arc<Message>>>> {
        self.client.outbox.poll_take(context)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.shared.hub.remove(&self.client.id);
    }
}

/// Tells the hub when the thread ends other than because nobody is connected.
struct Following(Arc<Shared>);

impl Drop for Following {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.hub.abandon();
        }
    }
}

fn start(shared: &Arc<Shared>) -> Result<()> {
    let listener = shared.parts.committer.listen();
    let following = Following(Arc::clone(shared));
    let started = thread::Builder::new()
        .name("luge-realtime".to_owned())
        .spawn(move || follow(&following.0, listener));
    match started {
        Ok(thread) => {
            *shared.follower.lock() = Some(thread);
            Ok(())
        }
        Err(error) => {
            shared.hub.abandon();
            let reason = format!("no thread can be started for realtime messages: {error}");
            Err(Error::Store(StoreError::Engine(reason)))
        }
    }
}

fn follow(shared: &Shared, mut listener: Listener) {
    loop {
        let heard = wait(async {
            tokio::select! {
                heard = listener.next() => heard,
                () = shared.stop.notified() => Heard::Closed,
            }
        });
        match heard {
            Heard::Changes(commit) => judge::deliver(&shared.parts, &shared.hub, &commit),
            Heard::Missed(commits) => {
                tracing::warn!(commits, "realtime fell behind; all its connections end");
                shared.hub.hang_up(false);
            }
            Heard::Closed => {
                shared.hub.hang_up(true);
                return;
            }
        }
        if shared.hub.release() {
            return;
        }
    }
}

impl fmt::Debug for Realtime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Realtime").finish_non_exhaustive()
    }
}
