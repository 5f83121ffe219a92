//! Broadcast channels: clients tell each other something, as long as they are connected.
//!
//! - Nothing is kept: who is in a channel when something is sent is told it, at most once, and what
//!   was missed is gone. A channel exists while somebody asks to be in it.
//! - Whether somebody may be in a channel is asked when a topic names it, and again before anything
//!   is told to whoever may have lost that right since: settings, collections, the caller, or
//!   anything that was committed. Nothing is asked while nothing changed.
//! - Locks are taken in this order: a client's `rooms`, then the rooms or a room's `telling`, then
//!   a room's seats. Nothing else is locked under the seats.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use luge_model::limits::CHANNEL_MEMBER_ID_CHARS;
use luge_model::principal::Principal;
use parking_lot::Mutex;

use self::messages::Shown;
use self::review::Upkeep;
use self::room::{Due, Verdict, Whom};
use self::rulebook::{Deed, Found, Rulebook, Rulebooks};
use super::caller::Callers;
use super::client::Client;
use super::judge::{self, Viewer};
use super::topic::Topic;
use super::{ID_LETTERS, Parts, Shared};
use crate::context::Context;
use crate::error::{Error, Result};

mod messages;
mod presence;
mod requests;
mod review;
mod room;
mod rulebook;

pub use requests::{Announcing, Sending};
pub(super) use room::Room;
pub(crate) use rulebook::examiner;

/// The channels that somebody asks to be in.
#[derive(Default)]
pub(super) struct Channels {
    rooms: Mutex<HashMap<Box<str>, Arc<Room>>>,
    rulebooks: Rulebooks,
    upkeep: Upkeep,
}

/// Asks who may be in one channel, each question once.
struct Asking<'a> {
    parts: &'a Parts,
    book: &'a Rulebook,
    found: Option<&'a Found<'a>>,
    callers: Callers<'a>,
    known: HashMap<(Viewer, Arc<str>), bool>,
}

impl Channels {
    /// Gives a client seats in the channels that its topics name now, and takes the others away.
    pub(super) fn settle(shared: &Arc<Shared>, client: &Arc<Client>) {
        let channels = &shared.channels;
        let mut held = client.rooms.lock();
        let topics = shared.hub.channels(client);
        let mut wanted: BTreeMap<&str, Vec<Arc<Topic>>> = BTreeMap::new();
        for topic in &topics {
            if let Some(channel) = &topic.channel {
                wanted
                    .entry(&channel.name)
                    .or_default()
                    .push(Arc::clone(topic));
            }
        }
        held.retain(|room| {
            let stays = wanted.contains_key(&*room.name);
            if !stays {
                channels.leave(room, client);
            }
            stays
        });
        for (name, topics) in &wanted {
            let room = channels.enter(&shared.parts, name, (client, topics));
            if !held.iter().any(|known| Arc::ptr_eq(known, &room)) {
                metrics::gauge!("luge_realtime_channel_seats").increment(1.0);
                held.push(Arc::clone(&room));
            }
            let _telling = room.telling.lock();
            Self::ask(shared, &room, Whom::One(client));
        }
        if !wanted.is_empty() {
            channels.upkeep.start(shared);
        }
    }

    /// Ends the thread.
    pub(super) fn close(&self) {
        self.upkeep.close();
    }

    fn enter(
        &self,
        parts: &Parts,
        name: &str,
        (client, topics): (&Arc<Client>, &[Arc<Topic>]),
    ) -> Arc<Room> {
        let mut rooms = self.rooms.lock();
        let room = rooms
            .entry(name.into())
            .or_insert_with(|| Arc::new(Room::new(name)));
        room.seat(client, topics, || {
            parts
                .random
                .text(ID_LETTERS, CHANNEL_MEMBER_ID_CHARS)
                .into()
        });
        Arc::clone(room)
    }

    fn leave(&self, room: &Arc<Room>, client: &Client) {
        metrics::gauge!("luge_realtime_channel_seats").decrement(1.0);
        let mut rooms = self.rooms.lock();
        let (changed, empty) = room.unseat(client);
        if empty {
            rooms.remove(&room.name);
            return;
        }
        drop(rooms);
        if changed {
            self.upkeep.has_changed(room);
        }
    }

    fn room(&self, name: &str) -> Option<Arc<Room>> {
        self.rooms.lock().get(name).cloned()
    }

    /// Asks those whose right to be in a channel may have changed, and tells them what came of it.
    /// Whoever calls it tells the channel something.
    fn ask(shared: &Shared, room: &Arc<Room>, whom: Whom<'_>) {
        let (parts, channels) = (&shared.parts, &shared.channels);
        let book = channels.rulebooks.current(parts);
        let found = book.find(&room.name);
        let definition = found.as_ref().map(|found| found.definition);
        let lasting = definition.is_none_or(|definition| definition.is_open());
        // Before anything is looked up: what is committed meanwhile has everybody asked again.
        let stamp = book.stamp(parts);
        let due = room.due(whom, stamp, lasting);
        if due.is_empty() {
            return;
        }
        let mut asking = Asking {
            parts,
            book: &book,
            found: found.as_ref(),
            callers: Callers::new(&parts.query, &book.snapshot, parts.clock.now()),
            known: HashMap::new(),
        };
        let verdicts = due.into_iter().map(|due| {
            let verdict = asking.verdict(&due);
            (due, verdict)
        });
        let verdicts = verdicts.collect();
        let lists = definition.is_some_and(|definition| definition.presence);
        for (client, message) in room.carry_out(verdicts, stamp, lists) {
            shared.hub.give(&client, &message);
        }
        if room.has_changed() {
            channels.upkeep.has_changed(room);
        }
    }

    /// Tells everybody in a channel something, but one client. Whoever calls it tells the channel
    /// something.
    fn tell(shared: &Shared, room: &Arc<Room>, data: &Bytes, except: Option<&Client>) {
        for (client, message) in room.notices(data, except) {
            shared.hub.give(&client, &message);
        }
    }

    /// Tells what changed of who is present.
    fn tell_differences(shared: &Shared, room: &Arc<Room>) {
        let _telling = room.telling.lock();
        Self::ask(shared, room, Whom::Members);
        if let Some(data) = room.take_differences() {
            Self::tell(shared, room, &data, None);
        }
    }
}

impl Asking<'_> {
    fn verdict(&mut self, due: &Due) -> Verdict {
        let Some(found) = self.found else {
            return Verdict::Refused;
        };
        let personal = found.definition.is_personal();
        let Some(principal) = judge::current(&due.client, personal, &mut self.callers) else {
            return Verdict::Refused;
        };
        let key = (
            Viewer::of(&principal, personal),
            Arc::clone(&due.topic.text),
        );
        let allowed = match self.known.get(&key) {
            Some(known) => *known,
            None => {
                let allowed = self.allows(found, &due.topic, &principal);
                self.known.insert(key, allowed);
                allowed
            }
        };
        match allowed {
            true if found.definition.presence => Verdict::Joins(Shown::of(&principal)),
            true => Verdict::Joins(Shown::default()),
            false => Verdict::Refused,
        }
    }

    fn allows(&self, found: &Found<'_>, topic: &Topic, principal: &Principal) -> bool {
        let context = Context {
            now: self.parts.clock.now(),
            principal: principal.clone(),
            request: topic.request.clone(),
            ..Context::default()
        };
        let asked: Result<bool> =
            found.allows(self.parts, &self.book.snapshot, Deed::Join, &context);
        asked.unwrap_or_else(|error| {
            if !matches!(error, Error::SuperusersOnly) {
                tracing::warn!(topic = &*topic.text, %error, "a rule of a channel cannot be asked");
            }
            false
        })
    }
}

#[cfg(test)]
mod tests;
