//! The messages that wait for one client.
//!
//! - Bounded: whoever reads too slowly is dropped with all that waits, and slows nobody down.
//! - Whoever tells a client what it missed waits for room instead.
//! - Messages are shared among the clients that get the same one.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use luge_model::limits::{REALTIME_WAITING_BYTES_MAX, REALTIME_WAITING_MESSAGES_MAX};
use parking_lot::Mutex;

use super::position::Position;

/// One message to everybody who gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The subscribed topic as the client wrote it, options included.
    pub topic: Arc<str>,
    /// JSON on one line: `{"record":{…},"action":"create"}`, or what a channel is told.
    pub data: Bytes,
    /// The place behind it; what a channel is told has none.
    pub position: Option<Position>,
}

#[derive(Debug, Default)]
pub(super) struct Outbox(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    messages: VecDeque<Arc<Message>>,
    bytes: usize,
    closed: bool,
    waker: Option<Waker>,
}

impl Outbox {
    /// Adds a message; `false` where too much waits already, which closes the outbox.
    pub(super) fn push(&self, message: &Arc<Message>) -> bool {
        let mut waiting = self.0.lock();
        if waiting.closed {
            return true;
        }
        let bytes = waiting.bytes + message.data.len();
        let full = waiting.messages.len() >= REALTIME_WAITING_MESSAGES_MAX
            || (bytes > REALTIME_WAITING_BYTES_MAX && !waiting.messages.is_empty());
        if full {
            waiting.messages = VecDeque::new();
            waiting.closed = true;
        } else {
            waiting.bytes = bytes;
            waiting.messages.push_back(Arc::clone(message));
        }
        let waker = waiting.waker.take();
        drop(waiting);
        waker.into_iter().for_each(Waker::wake);
        !full
    }

    /// Whether little enough waits for one more message of any size.
    pub(super) fn has_room(&self) -> bool {
        let waiting = self.0.lock();
        waiting.messages.len() < REALTIME_WAITING_MESSAGES_MAX / 2
            && waiting.bytes < REALTIME_WAITING_BYTES_MAX / 2
    }

    /// Adds a message where there is room.
    pub(super) fn add(&self, message: &Arc<Message>) {
        let mut waiting = self.0.lock();
        if waiting.closed {
            return;
        }
        waiting.bytes += message.data.len();
        waiting.messages.push_back(Arc::clone(message));
        let waker = waiting.waker.take();
        drop(waiting);
        waker.into_iter().for_each(Waker::wake);
    }

    /// Nothing is added any more; what waits may still be taken.
    pub(super) fn close(&self) {
        let mut waiting = self.0.lock();
        waiting.closed = true;
        let waker = waiting.waker.take();
        drop(waiting);
        waker.into_iter().for_each(Waker::wake);
    }

    /// All that waits; `None` once the outbox is closed and empty.
    pub(super) fn poll_take(&self, context: &Context<'_>) -> Poll<Option<Vec<Arc<Message>>>> {
        let mut waiting = self.0.lock();
        if !waiting.messages.is_empty() {
            waiting.bytes = 0;
            // The room is given back: most clients are idle most of the time.
            let messages = std::mem::take(&mut waiting.messages);
            return Poll::Ready(Some(messages.into()));
        }
        if waiting.closed {
            return Poll::Ready(None);
        }
        waiting.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Sequence;

    fn message(bytes: usize) -> Arc<Message> {
        Arc::new(Message {
            topic: "t".into(),
            data: vec![b'x'; bytes].into(),
            position: Some(Position::end_of(Sequence(1), 0)),
        })
    }

    fn taken(outbox: &Outbox) -> Poll<Option<usize>> {
        let taken = outbox.poll_take(&Context::from_waker(Waker::noop()));
        taken.map(|messages| messages.map(|messages| messages.len()))
    }

    #[test]
    fn messages_are_taken_together_and_in_order() {
        let outbox = Outbox::default();
        assert_eq!(taken(&outbox), Poll::Pending);
        assert!(outbox.push(&message(1)) && outbox.push(&message(2)));
        let Poll::Ready(Some(messages)) = outbox.poll_take(&Context::from_waker(Waker::noop()))
        else {
            panic!("nothing waits");
        };
        assert_eq!([messages[0].data.len(), messages[1].data.len()], [1, 2]);
        outbox.push(&message(3));
        outbox.close();
        assert_eq!(taken(&outbox), Poll::Ready(Some(1)));
        assert_eq!(taken(&outbox), Poll::Ready(None));
    }

    #[test]
    fn what_waits_is_bounded_by_number_and_bytes() {
        let outbox = Outbox::default();
        let one = message(1);
        for _ in 0..REALTIME_WAITING_MESSAGES_MAX {
            assert!(outbox.push(&one));
        }
        assert!(!outbox.push(&one));
        assert_eq!(taken(&outbox), Poll::Ready(None));
        // It is told once; later messages go nowhere.
        assert!(outbox.push(&one));
        assert_eq!(taken(&outbox), Poll::Ready(None));

        let outbox = Outbox::default();
        assert!(outbox.push(&message(REALTIME_WAITING_BYTES_MAX + 1)));
        assert!(!outbox.push(&one));
        assert_eq!(taken(&outbox), Poll::Ready(None));
    }

    #[test]
    fn there_is_room_until_half_of_it_is_taken() {
        let outbox = Outbox::default();
        let one = message(1);
        for _ in 0..REALTIME_WAITING_MESSAGES_MAX / 2 {
            assert!(outbox.has_room());
            outbox.add(&one);
        }
        assert!(!outbox.has_room());
        let large = message(REALTIME_WAITING_BYTES_MAX + 1);
        outbox.add(&large);
        let all = REALTIME_WAITING_MESSAGES_MAX / 2 + 1;
        assert_eq!(taken(&outbox), Poll::Ready(Some(all)));
        assert!(outbox.has_room());
        outbox.add(&large);
        assert!(!outbox.has_room());
        outbox.close();
        outbox.add(&one);
        assert_eq!(taken(&outbox), Poll::Ready(Some(1)));
    }
}
