//! Who is connected, and who subscribed to what.
//!
//! - One lock guards all of it and is held only for look-ups and changes of these tables, never
//!   while a rule is evaluated.
//! - A client that goes on from where it was gets its topics aside, for the thread that reads the
//!   log; they join the others at a moment when nothing is left out and nothing told twice.

use std::collections::HashMap;
use std::sync::Arc;

use luge_model::limits::{REALTIME_CLIENTS_MAX, REALTIME_TOPICS_BYTES_MAX};
use parking_lot::Mutex;

use super::client::Client;
use super::outbox::Message;
use super::topic::Topic;
use super::topics::{Subscribed, Targets, Topics};
use crate::error::{Error, Result};
use crate::store::Sequence;

pub(super) struct Hub(Mutex<Tables>);

struct Tables {
    clients: HashMap<Box<str>, Entry>,
    topics: Topics,
    topic_bytes: usize,
    /// Whether a thread follows the log.
    followed: bool,
    /// The commit that this thread is telling or told last; unreachable while there is none.
    reached: Sequence,
    closed: bool,
}

struct Entry {
    client: Arc<Client>,
    texts: Vec<Arc<str>>,
    /// The topics that ask for channels, which are told apart from changes.
    channels: Vec<Arc<Topic>>,
    bytes: usize,
    /// Whether it subscribed before.
    subscribed: bool,
    /// Its topics while it is told what it missed.
    aside: Option<Arc<Topics>>,
}

/// Whether a client that was told what it missed has joined those who are told what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joined {
    Yes,
    /// The thread that tells what happens is further on.
    NotYet,
    /// It went away.
    Gone,
}

impl Default for Hub {
    fn default() -> Self {
        Self(Mutex::new(Tables {
            clients: HashMap::new(),
            topics: Topics::default(),
            topic_bytes: 0,
            followed: false,
            reached: Sequence(u64::MAX),
            closed: false,
        }))
    }
}

impl Hub {
    /// Lets a client in; says whether a follower has to be started for it.
    pub(super) fn add(&self, client: Arc<Client>) -> Result<bool> {
        let mut tables = self.0.lock();
        if tables.closed {
            return Err(Error::Closed);
        }
        if tables.clients.len() >= REALTIME_CLIENTS_MAX {
            return Err(Error::TooManyClients);
        }
        let id = client.id.clone();
        tables.clients.insert(id, Entry::new(client));
        tables.measure();
        Ok(!std::mem::replace(&mut tables.followed, true))
    }

    pub(super) fn count(&self) -> usize {
        self.0.lock().clients.len()
    }

    pub(super) fn client(&self, id: &str) -> Option<Arc<Client>> {
        let tables = self.0.lock();
        tables
            .clients
            .get(id)
            .map(|entry| Arc::clone(&entry.client))
    }

    /// Forgets a client and its subscriptions.
    pub(super) fn remove(&self, id: &str) {
        let mut tables = self.0.lock();
        if let Some(entry) = tables.clients.remove(id) {
            tables.topics.remove(&entry.client, &entry.texts);
            tables.topic_bytes -= entry.bytes;
            tables.measure();
        }
    }

    /// Makes these the topics of a client, instead of those it had; `aside` for one that is first
    /// told what it missed. `durable` was committed before the client asked for the first time.
    pub(super) fn subscribe(
        &self,
        client: &Arc<Client>,
        topics: &[Arc<Topic>],
        aside: bool,
        durable: Sequence,
    ) -> Result<()> {
        let mut tables = self.0.lock();
        let tables = &mut *tables;
        let Some(entry) = tables.clients.get_mut(&client.id) else {
            return Err(Error::MissingClient);
        };
        if aside && entry.subscribed {
            let reason = "Invalid since: it comes with the first subscriptions of a connection.";
            return Err(Error::BadRequest(reason.to_owned()));
        }
        let wanted: usize = topics.iter().map(|topic| topic.weight()).sum();
        let bytes = tables.topic_bytes - entry.bytes + wanted;
        if bytes > REALTIME_TOPICS_BYTES_MAX {
            return Err(Error::TooManyClients);
        }
        tables.topic_bytes = bytes;
        entry.bytes = wanted;
        if !std::mem::replace(&mut entry.subscribed, true) && !aside {
            client.was_told(durable);
        }
        let before = std::mem::take(&mut entry.texts);
        tables.topics.remove(client, &before);
        let of_channels = topics.iter().filter(|topic| topic.channel.is_some());
        entry.channels = of_channels.cloned().collect();
        let topics = topics.iter().filter(|topic| topic.channel.is_none());
        if aside || entry.aside.is_some() {
            let mut own = Topics::default();
            for topic in topics {
                own.add(client, topic);
            }
            entry.aside = Some(Arc::new(own));
        } else {
            entry.join(&mut tables.topics, topics);
        }
        Ok(())
    }

    /// Takes a topic, with whatever options, from a client that has it; the text of it.
    pub(super) fn take_topic(&self, client: &Arc<Client>, target: &str) -> Option<Arc<str>> {
        let mut tables = self.0.lock();
        let tables = &mut *tables;
        let entry = tables.clients.get_mut(&client.id)?;
        let is_it = |text: &str| text.split('?').next() == Some(target);
        if let Some(own) = entry.aside.take() {
            let found = own.all().find(|topic| is_it(&topic.text)).cloned();
            let mut rest = Topics::default();
            for topic in own.all().filter(|topic| !is_it(&topic.text)) {
                rest.add(client, topic);
            }
            entry.aside = Some(Arc::new(rest));
            return found.map(|topic| Arc::clone(&topic.text));
        }
        let place = entry.texts.iter().position(|text| is_it(text))?;
        let text = entry.texts.remove(place);
        entry.bytes -= text.len();
        tables.topic_bytes -= text.len();
        tables.topics.remove(client, std::slice::from_ref(&text));
        Some(text)
    }

    /// Gives a client a message; one that reads too slowly is hung up on instead.
    pub(super) fn give(&self, client: &Client, message: &Arc<Message>) {
        if client.outbox.push(message) {
            return;
        }
        metrics::counter!("luge_realtime_slow_clients_total").increment(1);
        self.remove(&client.id);
        client.hang_up();
    }

    /// The topics of a client that ask for channels; none once it is gone.
    pub(super) fn channels(&self, client: &Client) -> Vec<Arc<Topic>> {
        let tables = self.0.lock();
        let entry = tables.clients.get(&client.id);
        entry.map_or_else(Vec::new, |entry| entry.channels.clone())
    }

    /// The topics of a client that is told what it missed; `None` when it went away.
    pub(super) fn aside(&self, client: &Client) -> Option<Arc<Topics>> {
        self.0.lock().clients.get(&client.id)?.aside.clone()
    }

    /// Lets a client that was told everything up to a commit be told what happens, where nothing
    /// after that commit was told already.
    pub(super) fn join(&self, client: &Client, up_to: Sequence) -> Joined {
        let mut tables = self.0.lock();
        let tables = &mut *tables;
        let Some(entry) = tables.clients.get_mut(&client.id) else {
            return Joined::Gone;
        };
        if tables.reached > up_to {
            return Joined::NotYet;
        }
        client.was_told(up_to);
        if let Some(own) = entry.aside.take() {
            entry.join(&mut tables.topics, own.all());
        }
        Joined::Yes
    }

    /// The follower is telling this commit now.
    pub(super) fn reach(&self, commit: Sequence) {
        self.0.lock().reached = commit;
    }

    /// Those who subscribed to any of these targets, in the order of ranks.
    pub(super) fn subscribed(&self, targets: &Targets) -> Vec<Subscribed> {
        self.0.lock().topics.subscribed(targets)
    }

    /// Whether the follower may stop because nobody is connected; then it must.
    pub(super) fn release(&self) -> bool {
        let mut tables = self.0.lock();
        let idle = tables.clients.is_empty();
        if idle {
            tables.unfollow();
        }
        idle
    }

    /// Ends all connections; with `closing`, lets nobody in any more.
    pub(super) fn hang_up(&self, closing: bool) {
        let mut tables = self.0.lock();
        tables.closed |= closing;
        let clients = std::mem::take(&mut tables.clients);
        tables.topics = Topics::default();
        tables.topic_bytes = 0;
        tables.measure();
        drop(tables);
        for entry in clients.into_values() {
            entry.client.outbox.close();
        }
    }

    /// The follower died: another one is started for the next client.
    pub(super) fn abandon(&self) {
        self.hang_up(false);
        self.0.lock().unfollow();
    }
}

impl Entry {
    fn new(client: Arc<Client>) -> Self {
        Self {
            client,
            texts: Vec::new(),
            channels: Vec::new(),
            bytes: 0,
            subscribed: false,
            aside: None,
        }
    }

    fn join<'t>(&mut self, all: &mut Topics, own: impl Iterator<Item = &'t Arc<Topic>>) {
        let added = own.filter_map(|topic| all.add(&self.client, topic));
        self.texts = added.collect();
    }
}

impl Tables {
    fn unfollow(&mut self) {
        self.followed = false;
        self.reached = Sequence(u64::MAX);
    }

    fn measure(&self) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "there are far fewer clients than 2^52"
        )]
        metrics::gauge!("luge_realtime_clients").set(self.clients.len() as f64);
    }
}
