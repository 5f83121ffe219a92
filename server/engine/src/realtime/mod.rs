//! Realtime: tells connected clients what changed (contract §1.5).
//!
//! - A follower of the change log: one thread, which runs while somebody is connected, takes
//!   durable commits in their order. It never holds up a write, and nothing of an aborted one is
//!   ever heard.
//! - A client that reads too slowly is dropped. A thread that falls behind what is kept in memory
//!   reads the log; where that fails, all connections end rather than leave something out.
//! - A client that resumes is told from the log what it missed, by another thread, and then joins
//!   the others: each change once, in order (`replay`).
//! - What is shown to whom is decided where everything else is (`access`), for each subscriber.
//! - What clients tell each other in channels shares nothing with this but the outboxes
//!   (`channels`).

use std::collections::HashSet;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::task;
use std::thread::{self, JoinHandle};

use luge_model::limits::{CHANNELS_PER_CLIENT_MAX, REALTIME_CLIENT_ID_CHARS};
use luge_model::principal::Identity;
use parking_lot::Mutex;
use tokio::sync::Notify;

use self::caller::Callers;
use self::channels::Channels;
use self::client::Client;
use self::hub::Hub;
use self::past::{Commits, Past};
use self::replay::{Replay, Replays};
use self::topic::Topic;
use crate::access::Access;
use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::commit::{Committer, Heard, Listener};
use crate::error::{Error, Result};
use crate::query::Query;
use crate::random::Random;
use crate::search::Search;
use crate::settings::Settings;
use crate::store::{Sequence, StoreError, wait};

mod before;
mod caller;
mod channels;
mod client;
mod hub;
mod judge;
mod outbox;
mod past;
mod position;
mod replay;
mod searching;
mod topic;
mod topics;

pub use caller::Caller;
pub(crate) use channels::examiner;
pub use channels::{Announcing, Sending};
pub use outbox::Message;
pub use position::Position;

const ID_LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const WRONG_ADDRESS: &str = "Invalid realtime client.";
const NOT_THE_SAME: &str = "The current and the previous request authorization don't match.";

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
    /// Reads the searches of topics.
    pub search: Search,
    /// Which channels there are.
    pub settings: Arc<Settings>,
    /// The time of rules and tokens.
    pub clock: Arc<dyn Clock>,
    /// Makes the ids of clients.
    pub random: Arc<dyn Random>,
}

/// Who connects, and how.
#[derive(Debug, Default)]
pub struct Arrival {
    /// From where.
    pub address: Option<IpAddr>,
    /// Whether the client is to know its place in the order of messages, to resume from there.
    pub resumes: bool,
    /// The place that the client names at once, if it is one.
    pub place: Option<String>,
    /// Who it is until it says so.
    pub caller: Caller,
}

/// A request to be told about topics.
#[derive(Debug)]
pub struct Subscribing<'a> {
    /// The id of the client.
    pub client: &'a str,
    /// From where the request comes.
    pub address: Option<IpAddr>,
    /// Who the client is from now on; `None` for who it is already.
    pub caller: Option<Caller>,
    /// Instead of the topics that it had.
    pub topics: &'a [String],
    /// The place behind which the client goes on.
    pub since: Option<&'a str>,
}

/// A connected client; it is forgotten when this is dropped.
pub struct Connection {
    client: Arc<Client>,
    place: Option<Position>,
    shared: Arc<Shared>,
}

struct Shared {
    parts: Parts,
    hub: Hub,
    replays: Replays,
    channels: Channels,
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
            replays: Replays::default(),
            channels: Channels::default(),
            stop: Notify::new(),
            follower: Mutex::default(),
        }))
    }

    /// Lets in a client that nobody signed in for yet. `hang_up` ends its connection even where
    /// the client does not read.
    ///
    /// # Errors
    /// [`Error::TooManyClients`], [`Error::Closed`]; when the log cannot be read.
    pub fn connect(
        &self,
        arrival: Arrival,
        hang_up: Box<dyn Fn() + Send + Sync>,
    ) -> Result<Connection> {
        let shared = &self.0;
        let parts = &shared.parts;
        let id = parts.random.text(ID_LETTERS, REALTIME_CLIENT_ID_CHARS);
        let place = match arrival.place.as_deref().and_then(Position::parse) {
            place @ Some(_) if arrival.resumes => place,
            _ if arrival.resumes => Some(replay::newest(&**parts.committer.store())?),
            _ => None,
        };
        let client = Client::new(id, arrival.address, arrival.resumes, hang_up);
        *client.caller.lock() = arrival.caller;
        let client = Arc::new(client);
        // Listening begins before the client is told its id, so it hears all it subscribes to.
        if shared.hub.add(Arc::clone(&client))? {
            start(shared)?;
        }
        Ok(Connection {
            client,
            place,
            shared: Arc::clone(shared),
        })
    }

    /// Makes these the topics of a client, instead of those it had, and says who it is.
    ///
    /// # Errors
    /// [`Error::MissingClient`]; [`Error::BadRequest`] where the request comes from elsewhere than
    /// the connection, a topic or place is malformed or not for this connection, or a search makes
    /// no sense;
    /// [`Error::Forbidden`] where the client is somebody else already;
    /// [`Error::TooManyClients`].
    pub fn subscribe(&self, request: Subscribing<'_>) -> Result<()> {
        let shared = &self.0;
        let client = shared.hub.client(request.client);
        let client = client.ok_or(Error::MissingClient)?;
        if client.address != request.address {
            return Err(Error::BadRequest(WRONG_ADDRESS.to_owned()));
        }
        let topics = request.topics.iter().filter(|topic| !topic.is_empty());
        let topics = topics.map(|topic| Topic::parse(topic).map(Arc::new));
        let topics: Vec<_> = topics.collect::<Result<_>>()?;
        check_channels(&topics)?;
        let since = request.since.map(|since| place(&client, since));
        let since = since.transpose()?;
        let mut known = client.caller.lock();
        if let Some(caller) = &request.caller {
            self.check_caller(&known, caller)?;
        }
        let asking = request.caller.as_ref().unwrap_or(&*known);
        searching::check(&shared.parts, &topics, &asking.principal)?;
        let replay = since.map(|at| Replay::new(&shared.parts, Arc::clone(&client), at));
        let replay = replay.transpose()?;
        let durable = *shared.parts.committer.store().durable().borrow();
        let aside = replay.is_some();
        shared.hub.subscribe(&client, &topics, aside, durable)?;
        if let Some(caller) = request.caller {
            *known = caller;
        }
        drop(known);
        Channels::settle(shared, &client);
        let begun = replay.map_or(Ok(()), |replay| shared.replays.begin(shared, replay));
        if begun.is_err() {
            shared.hub.remove(&client.id);
            client.hang_up();
        }
        begun
    }

    /// Tells a client something that no change caused, on a topic that it subscribed to for just
    /// this; it does not have that topic any more afterwards. Whether there is such a client, at
    /// this address.
    pub fn answer(
        &self,
        client: &str,
        address: Option<IpAddr>,
        topic: &str,
        data: impl Into<bytes::Bytes>,
    ) -> bool {
        let hub = &self.0.hub;
        let known = hub.client(client);
        let Some(client) = known.filter(|client| client.address == address) else {
            return false;
        };
        let Some(topic) = hub.take_topic(&client, topic) else {
            return false;
        };
        let message = Message {
            topic,
            data: data.into(),
            position: None,
        };
        hub.give(&client, &Arc::new(message));
        true
    }

    /// Whoever speaks for a client already is not replaced.
    fn check_caller(&self, known: &Caller, caller: &Caller) -> Result<()> {
        let parts = &self.0.parts;
        let snapshot = parts.catalog.snapshot();
        let now = parts.clock.now();
        let before = Callers::new(&parts.query, &snapshot, now).current(known)?;
        let Some(before) = before.identity() else {
            return Ok(());
        };
        let asking = caller.principal.identity();
        if asking.is_some_and(|asking| is_same(asking, before)) {
            return Ok(());
        }
        Err(Error::Forbidden(NOT_THE_SAME.to_owned()))
    }

    /// How many clients are connected.
    #[must_use]
    pub fn clients(&self) -> usize {
        self.0.hub.count()
    }

    /// Ends all connections and lets nobody in any more.
    pub fn close(&self) {
        self.0.hub.hang_up(true);
        self.0.replays.close();
        self.0.channels.close();
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

    /// From where the client came.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        self.client.address
    }

    /// Who the client said to be last.
    #[must_use]
    pub fn caller(&self) -> Caller {
        self.client.caller.lock().clone()
    }

    /// Where the client is in the order of messages, if it is to know that.
    #[must_use]
    pub fn place(&self) -> Option<Position> {
        self.place
    }

    /// All messages that wait; `None` when the connection is to end.
    pub fn poll_messages(
        &self,
        context: &task::Context<'_>,
    ) -> task::Poll<Option<Vec<Arc<Message>>>> {
        let messages = self.client.outbox.poll_take(context);
        if messages.is_ready() {
            self.shared.replays.wake();
        }
        messages
    }

    /// The messages that wait now, perhaps none.
    #[must_use]
    pub fn waiting_messages(&self) -> Vec<Arc<Message>> {
        let context = task::Context::from_waker(task::Waker::noop());
        match self.poll_messages(&context) {
            task::Poll::Ready(messages) => messages.unwrap_or_default(),
            task::Poll::Pending => Vec::new(),
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.shared.hub.remove(&self.client.id);
        Channels::settle(&self.shared, &self.client);
        self.shared.replays.wake();
    }
}

/// Whether two identities are of one record.
fn is_same(one: &Identity, other: &Identity) -> bool {
    one.collection.number == other.collection.number && one.record.id() == other.record.id()
}

fn check_channels(topics: &[Arc<Topic>]) -> Result<()> {
    let channels = topics.iter().filter_map(|topic| topic.channel.as_ref());
    let names: HashSet<_> = channels.map(|channel| &channel.name).collect();
    if names.len() <= CHANNELS_PER_CLIENT_MAX {
        return Ok(());
    }
    let reason =
        format!("Invalid subscription: a client is in at most {CHANNELS_PER_CLIENT_MAX} channels.");
    Err(Error::BadRequest(reason))
}

fn place(client: &Client, since: &str) -> Result<Position> {
    let refused = |reason: &str| Error::BadRequest(format!("Invalid since: {reason}."));
    if !client.resumes {
        return Err(refused("the connection was not opened with resume=1"));
    }
    Position::parse(since).ok_or_else(|| refused("it is not the id of an event"))
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
    shared.hub.reach(listener.begun());
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
    let (parts, hub) = (&shared.parts, &shared.hub);
    let mut reached = listener.begun();
    loop {
        let heard = wait(async {
            tokio::select! {
                heard = listener.next() => heard,
                () = shared.stop.notified() => Heard::Closed,
            }
        });
        match heard {
            // Read in the log already.
            Heard::Changes(commit) if commit.sequence <= reached => {}
            Heard::Changes(commit) => {
                reached = commit.sequence;
                let state = |place| Ok(commit.changes.get(place).and_then(judge::state));
                report(judge::deliver(parts, hub, &commit, &mut { state }));
            }
            Heard::Missed(commits) => {
                tracing::info!(commits, "realtime fell behind and reads the log");
                reached = catch_up(parts, hub, reached).unwrap_or_else(|| {
                    hub.hang_up(false);
                    let durable = *parts.committer.store().durable().borrow();
                    hub.reach(durable);
                    durable
                });
            }
            Heard::Closed => {
                hub.hang_up(true);
                return;
            }
        }
        if hub.release() {
            return;
        }
    }
}

/// Tells what comes after a commit, from the log; the last commit that was told, or `None` where
/// some of it cannot be read.
fn catch_up(parts: &Parts, hub: &Hub, reached: Sequence) -> Option<Sequence> {
    let mut reached = reached;
    let mut past = Past::new(parts);
    loop {
        let found = report(past.commits(reached, reached))?;
        let Some(Commits { commits, up_to }) = found else {
            tracing::error!("realtime fell behind the change log; all its connections end");
            return None;
        };
        for commit in &commits {
            let mut state = |place| past.state(commit, place);
            report(judge::deliver(parts, hub, commit, &mut state))?;
        }
        reached = up_to;
        if commits.is_empty() {
            return Some(reached);
        }
    }
}

fn report<T>(outcome: Result<T>) -> Option<T> {
    outcome
        .inspect_err(|error| tracing::error!(%error, "realtime messages cannot be made"))
        .ok()
}

impl fmt::Debug for Realtime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Realtime").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
