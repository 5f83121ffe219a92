//! One channel: who asked to be in it, who is, and what each of them is told when that changes.
//!
//! - Whoever tells the channel something holds `telling` meanwhile, so everybody in it hears
//!   everything in one order, and whoever joins knows exactly what was told before.
//! - The table of seats is locked for moments only, never while a rule is asked.
//! - A client has one seat, and is one member, however many of its topics name the channel.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;

use super::messages::{self, Shown};
use super::presence::Presence;
use super::rulebook::Stamp;
use crate::realtime::client::Client;
use crate::realtime::outbox::Message;
use crate::realtime::topic::Topic;

/// A channel while somebody asks to be in it.
pub(in crate::realtime) struct Room {
    pub(super) name: Box<str>,
    pub(super) telling: Mutex<()>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// By the ids of clients.
    seats: HashMap<Box<str>, Seat>,
    presence: Presence,
}

/// One client.
struct Seat {
    client: Arc<Client>,
    /// What others know it by.
    member: Arc<str>,
    /// The state that its topics announced last.
    offered: Option<Arc<str>>,
    /// The state that it announces.
    state: Option<Arc<str>>,
    shown: Shown,
    requests: Vec<Request>,
}

/// One topic of a client that names the channel.
struct Request {
    topic: Arc<Topic>,
    standing: Standing,
    judged: Option<Stamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// It was not asked yet whether it may join.
    Waiting,
    In,
    Refused,
}

/// Whose right is asked again.
#[derive(Clone, Copy)]
pub(super) enum Whom<'a> {
    /// Those who are in.
    Members,
    /// Also those who were refused.
    Everybody,
    /// One client that asked.
    One(&'a Client),
}

/// A request whose right is to be asked.
pub(super) struct Due {
    pub(super) client: Arc<Client>,
    pub(super) topic: Arc<Topic>,
}

/// What came of it.
pub(super) enum Verdict {
    Joins(Shown),
    Refused,
}

/// A message to one client.
pub(super) type Notice = (Arc<Client>, Arc<Message>);

/// What became of an announced state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Announced {
    Yes,
    /// As many are listed as there may be.
    Full,
    /// The client is not in the channel.
    Absent,
}

impl Room {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            telling: Mutex::default(),
            inner: Mutex::default(),
        }
    }

    /// Gives a client its seat, or other topics in it; all of them are to be asked again.
    pub(super) fn seat(
        &self,
        client: &Arc<Client>,
        topics: &[Arc<Topic>],
        new_member: impl FnOnce() -> Arc<str>,
    ) {
        let mut inner = self.inner.lock();
        let seat = inner
            .seats
            .entry(client.id.clone())
            .or_insert_with(|| Seat::new(client, new_member()));
        let before = std::mem::take(&mut seat.requests);
        seat.requests = topics
            .iter()
            .map(|topic| {
                let known = before.iter().find(|one| one.topic.text == topic.text);
                Request {
                    topic: Arc::clone(topic),
                    standing: known.map_or(Standing::Waiting, |known| known.standing),
                    judged: None,
                }
            })
            .collect();
        let states = topics.iter().rev();
        let offered = states.filter_map(|topic| topic.channel.as_ref()?.state.clone());
        let offered = offered.take(1).next();
        // A client repeats its topics for any reason; what it announced otherwise meanwhile stays.
        if offered != seat.offered {
            seat.state.clone_from(&offered);
            seat.offered = offered;
        }
    }

    /// Takes a client's seat away; whether there are changes to tell, and whether nobody is left.
    pub(super) fn unseat(&self, client: &Client) -> (bool, bool) {
        let mut inner = self.inner.lock();
        let Inner { seats, presence } = &mut *inner;
        if let Some(seat) = seats.remove(&client.id) {
            presence.withdraw(&seat.member);
        }
        (presence.has_changed(), seats.is_empty())
    }

    /// The requests whose verdict does not hold any more.
    pub(super) fn due(&self, whom: Whom<'_>, now: Stamp, lasting: bool) -> Vec<Due> {
        let inner = self.inner.lock();
        let concerned = |seat: &&Seat| match whom {
            Whom::Members | Whom::Everybody => true,
            Whom::One(client) => seat.client.id == client.id,
        };
        let mut due = Vec::new();
        for seat in inner.seats.values().filter(concerned) {
            for request in &seat.requests {
                let asked = match whom {
                    Whom::Members => request.standing == Standing::In,
                    Whom::Everybody | Whom::One(_) => true,
                };
                let holds = |judged: Stamp| judged.holds(now, lasting);
                if asked && !request.judged.is_some_and(holds) {
                    due.push(Due {
                        client: Arc::clone(&seat.client),
                        topic: Arc::clone(&request.topic),
                    });
                }
            }
        }
        due
    }

    /// Carries verdicts out; what is to be told because of them. `lists` where members are listed.
    pub(super) fn carry_out(
        &self,
        verdicts: Vec<(Due, Verdict)>,
        now: Stamp,
        lists: bool,
    ) -> Vec<Notice> {
        let mut inner = self.inner.lock();
        let Inner { seats, presence } = &mut *inner;
        let mut notices = Vec::new();
        for (due, verdict) in verdicts {
            let Some(seat) = seats.get_mut(&due.client.id) else {
                continue;
            };
            if let Some(data) = seat.stand(&due.topic, verdict, now, lists.then_some(&*presence)) {
                notices.push((due.client, told(&due.topic.text, data)));
            }
            seat.present_in(presence, lists);
        }
        notices
    }

    /// Announces a state of a client that is in the channel, or withdraws it.
    pub(super) fn announce(&self, client: &Client, state: Option<Arc<str>>) -> Announced {
        let mut inner = self.inner.lock();
        let Inner { seats, presence } = &mut *inner;
        let seat = seats.get_mut(&client.id).filter(|seat| seat.is_in());
        let Some(seat) = seat else {
            return Announced::Absent;
        };
        let before = std::mem::replace(&mut seat.state, state);
        if seat.present_in(presence, true) {
            return Announced::Yes;
        }
        seat.state = before;
        Announced::Full
    }

    /// What others know a client by that is in the channel.
    pub(super) fn member(&self, client: &Client) -> Option<Arc<str>> {
        let inner = self.inner.lock();
        let seat = inner.seats.get(&client.id).filter(|seat| seat.is_in());
        seat.map(|seat| Arc::clone(&seat.member))
    }

    /// Whether changes of who is present are to be told.
    pub(super) fn has_changed(&self) -> bool {
        self.inner.lock().presence.has_changed()
    }

    /// The changes of who is present, which count as told from now on.
    pub(super) fn take_differences(&self) -> Option<Bytes> {
        let differences = self.inner.lock().presence.take_differences();
        differences.map(|differences| messages::differences(&differences))
    }

    /// A message to everybody in the channel but one client.
    pub(super) fn notices(&self, data: &Bytes, except: Option<&Client>) -> Vec<Notice> {
        let mut by_text: HashMap<Arc<str>, Arc<Message>> = HashMap::new();
        let mut notices = Vec::new();
        let inner = self.inner.lock();
        for seat in inner.seats.values() {
            if except.is_some_and(|except| except.id == seat.client.id) {
                continue;
            }
            for request in &seat.requests {
                if request.standing != Standing::In {
                    continue;
                }
                let text = &request.topic.text;
                let message = match by_text.get(text) {
                    Some(known) => Arc::clone(known),
                    None => {
                        let made = told(text, data.clone());
                        by_text.insert(Arc::clone(text), Arc::clone(&made));
                        made
                    }
                };
                notices.push((Arc::clone(&seat.client), message));
            }
        }
        notices
    }
}

impl Seat {
    fn new(client: &Arc<Client>, member: Arc<str>) -> Self {
        Self {
            client: Arc::clone(client),
            member,
            offered: None,
            state: None,
            shown: Shown::default(),
            requests: Vec::new(),
        }
    }

    fn is_in(&self) -> bool {
        let mut requests = self.requests.iter();
        requests.any(|request| request.standing == Standing::In)
    }

    /// Carries a verdict out; what the client is told of it. `presence` where members are listed.
    fn stand(
        &mut self,
        topic: &Topic,
        verdict: Verdict,
        now: Stamp,
        presence: Option<&Presence>,
    ) -> Option<Bytes> {
        let mut requests = self.requests.iter_mut();
        let request = requests.find(|request| request.topic.text == topic.text)?;
        request.judged = Some(now);
        let standing = match &verdict {
            Verdict::Joins(_) => Standing::In,
            Verdict::Refused => Standing::Refused,
        };
        let before = std::mem::replace(&mut request.standing, standing);
        if let Verdict::Joins(shown) = verdict {
            self.shown = shown;
        }
        if before == standing {
            return None;
        }
        Some(match standing {
            Standing::In => messages::joined(&self.member, presence.map(Presence::told)),
            Standing::Waiting | Standing::Refused => messages::refused(),
        })
    }

    /// Lists it as it is now; `false` where that cannot be because too many are listed.
    fn present_in(&self, presence: &mut Presence, lists: bool) -> bool {
        let state = self.state.as_ref().filter(|_| lists && self.is_in());
        match state {
            Some(state) => {
                let shown = messages::member(&self.member, state, &self.shown);
                presence.list(&self.member, shown)
            }
            None => {
                presence.withdraw(&self.member);
                true
            }
        }
    }
}

fn told(topic: &Arc<str>, data: Bytes) -> Arc<Message> {
    Arc::new(Message {
        topic: Arc::clone(topic),
        data,
        position: None,
    })
}
