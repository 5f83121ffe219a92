//! Who is connected, and who subscribed to what.
//!
//! One lock guards all of it and is held only for look-ups and changes of these tables, never
//! while a rule is evaluated.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use luge_model::limits::{REALTIME_CLIENTS_MAX, REALTIME_TOPICS_BYTES_MAX};
use parking_lot::Mutex;

use super::caller::Caller;
use super::outbox::Outbox;
use super::topic::Topic;
use crate::error::{Error, Result};

/// One connected client.
pub(super) struct Client {
    pub(super) id: Box<str>,
    pub(super) address: Option<IpAddr>,
    pub(super) outbox: Outbox,
    pub(super) caller: Mutex<Caller>,
    hang_up: Box<dyn Fn() + Send + Sync>,
}

/// A topic with those who subscribed to it.
#[derive(Clone)]
pub(super) struct Subscribed {
    pub(super) topic: Arc<Topic>,
    pub(super) clients: Arc<Vec<Arc<Client>>>,
}

#[derive(Default)]
pub(super) struct Hub(Mutex<Tables>);

#[derive(Default)]
struct Tables {
    clients: HashMap<Box<str>, Entry>,
    /// By the text with options.
    topics: HashMap<Arc<str>, Subscribed>,
    /// The texts of topics by what stands before their options.
    targets: HashMap<Box<str>, Vec<Arc<str>>>,
    topic_bytes: usize,
    /// Whether a thread follows the log.
    followed: bool,
    closed: bool,
}

struct Entry {
    client: Arc<Client>,
    topics: Vec<Arc<str>>,
}

impl Client {
    pub(super) fn new(
        id: String,
        address: Option<IpAddr>,
        hang_up: Box<dyn Fn() + Send + Sync>,
    ) -> Self {
        Self {
            id: id.into(),
            address,
            outbox: Outbox::default(),
            caller: Mutex::default(),
            hang_up,
        }
    }

    /// Ends its connection, even while something is being written to it.
    pub(super) fn hang_up(&self) {
        self.outbox.close();
        (self.hang_up)();
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
        let topics = Vec::new();
        tables
            .clients
            .insert(client.id.clone(), Entry { client, topics });
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
        if let Some(Entry { client, topics }) = tables.clients.remove(id) {
            tables.unsubscribe(&client, &topics);
            tables.measure();
        }
    }

    /// Makes these the topics of a client, instead of those it had.
    pub(super) fn subscribe(&self, client: &Arc<Client>, topics: Vec<Topic>) -> Result<()> {
        let mut tables = self.0.lock();
        let Some(entry) = tables.clients.get_mut(&client.id) else {
            return Err(Error::MissingClient);
        };
        let before = std::mem::take(&mut entry.topics);
        let bytes = |texts: &mut dyn Iterator<Item = usize>| texts.sum::<usize>();
        let freed = bytes(&mut before.iter().map(|text| text.len()));
        let wanted = bytes(&mut topics.iter().map(|topic| topic.text.len()));
        if tables.topic_bytes - freed + wanted > REALTIME_TOPICS_BYTES_MAX {
            if let Some(entry) = tables.clients.get_mut(&client.id) {
                entry.topics = before;
            }
            return Err(Error::TooManyClients);
        }
        tables.unsubscribe(client, &before);
        let texts = topics
            .into_iter()
            .filter_map(|topic| tables.add_topic(client, topic))
            .collect();
        if let Some(entry) = tables.clients.get_mut(&client.id) {
            entry.topics = texts;
        }
        Ok(())
    }

    /// Those who subscribed to any of these targets, in the order of targets and topics.
    pub(super) fn subscribed(&self, targets: &[String]) -> Vec<Subscribed> {
        let tables = self.0.lock();
        let texts = targets
            .iter()
            .filter_map(|target| tables.targets.get(target.as_str()));
        texts
            .flatten()
            .filter_map(|text| tables.topics.get(text).cloned())
            .collect()
    }

    /// Whether the follower may stop because nobody is connected; then it must.
    pub(super) fn release(&self) -> bool {
        let mut tables = self.0.lock();
        let idle = tables.clients.is_empty();
        tables.followed &= !idle;
        idle
    }

    /// Ends all connections; with `closing`, lets nobody in any more.
    pub(super) fn hang_up(&self, closing: bool) {
        let mut tables = self.0.lock();
        tables.closed |= closing;
        let clients = std::mem::take(&mut tables.clients);
        tables.topics.clear();
        tables.targets.clear();
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
        self.0.lock().followed = false;
    }
}

impl Tables {
    /// Adds one topic of a client; `None` where it has it already.
    fn add_topic(&mut self, client: &Arc<Client>, topic: Topic) -> Option<Arc<str>> {
        let text = match self.topics.get(&topic.text) {
            Some(known) => Arc::clone(&known.topic.text),
            None => {
                let text = Arc::clone(&topic.text);
                let target = topic.target().into();
                self.targets
                    .entry(target)
                    .or_default()
                    .push(Arc::clone(&text));
                let subscribed = Subscribed {
                    topic: Arc::new(topic),
                    clients: Arc::default(),
                };
                self.topics.insert(Arc::clone(&text), subscribed);
                text
            }
        };
        let clients = &mut self.topics.get_mut(&text)?.clients;
        // A topic that was named twice in one request was added last.
        if clients.last().is_some_and(|last| Arc::ptr_eq(last, client)) {
            return None;
        }
        Arc::make_mut(clients).push(Arc::clone(client));
        self.topic_bytes += text.len();
        Some(text)
    }

    fn unsubscribe(&mut self, client: &Arc<Client>, topics: &[Arc<str>]) {
        for text in topics {
            let Some(subscribed) = self.topics.get_mut(text) else {
                continue;
            };
            self.topic_bytes = self.topic_bytes.saturating_sub(text.len());
            Arc::make_mut(&mut subscribed.clients).retain(|one| !Arc::ptr_eq(one, client));
            if !subscribed.clients.is_empty() {
                continue;
            }
            let target = subscribed.topic.target();
            if let Some(texts) = self.targets.get_mut(target) {
                texts.retain(|one| one != text);
                if texts.is_empty() {
                    self.targets.remove(target);
                }
            }
            self.topics.remove(text);
        }
    }

    fn measure(&self) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "there are far fewer clients than 2^52"
        )]
        metrics::gauge!("luge_realtime_clients").set(self.clients.len() as f64);
    }
}
