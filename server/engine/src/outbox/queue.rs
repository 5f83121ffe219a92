//! Which delivery may be tried when: the memory of the outbox, made from the stored deliveries.
//!
//! Of each lane only the first delivery can be due. What is being tried belongs to its lane still,
//! so nothing of the lane overtakes it.

use std::collections::{BTreeSet, HashMap, VecDeque};

use luge_model::limits::{
    OUTBOX_DEAD_BYTES_MAX, OUTBOX_DEAD_MAX, OUTBOX_DELIVERED_BYTES_MAX, OUTBOX_DELIVERED_MAX,
    OUTBOX_LINE_AT_ONCE_MAX,
};
use luge_model::timestamp::Timestamp;

use super::{Delivery, Line, State};

/// All lines.
#[derive(Debug, Default)]
pub(super) struct Queue {
    lines: HashMap<Line, Turn>,
    /// Of everything that waits.
    waiting: HashMap<u64, Waiting>,
    waiting_bytes: u64,
}

/// How much there is of one line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Deliveries that are to be tried.
    pub waiting: usize,
    /// Bytes that those tell.
    pub waiting_bytes: u64,
    /// Deliveries that were taken and are kept for a while.
    pub delivered: usize,
    /// Deliveries that were given up and are kept for a while.
    pub dead: usize,
}

/// One line.
#[derive(Debug, Default)]
struct Turn {
    paused: bool,
    flying: usize,
    lanes: HashMap<String, VecDeque<u64>>,
    /// The first of each lane that is not being tried, by when it is due.
    heads: BTreeSet<(Timestamp, u64)>,
    waiting: BTreeSet<u64>,
    waiting_bytes: u64,
    delivered: Over,
    dead: Over,
}

/// Deliveries that are over, oldest first, with their bytes.
#[derive(Debug, Default)]
struct Over {
    numbers: VecDeque<(u64, u64)>,
    bytes: u64,
}

#[derive(Debug)]
struct Waiting {
    due: Timestamp,
    bytes: u64,
    flying: bool,
}

impl Queue {
    /// Takes a stored delivery in.
    pub(super) fn restore(&mut self, delivery: &Delivery) {
        let turn = self.lines.entry(delivery.line.clone()).or_default();
        match delivery.state {
            State::Delivered => turn.delivered.push(delivery),
            State::Dead => turn.dead.push(delivery),
            State::Waiting { due } => self.wait(delivery, due),
        }
    }

    /// Takes a delivery in again that was over or waits.
    pub(super) fn replay(&mut self, delivery: &Delivery) {
        let number = delivery.number;
        let Some(turn) = self.lines.get_mut(&delivery.line) else {
            return;
        };
        if let Some(waiting) = self.waiting.get_mut(&number) {
            let State::Waiting { due } = delivery.state else {
                return;
            };
            if turn.heads.remove(&(waiting.due, number)) {
                turn.heads.insert((due, number));
            }
            waiting.due = due;
            return;
        }
        turn.delivered.remove(number);
        turn.dead.remove(number);
        self.restore(delivery);
    }

    /// What may be tried now; each is being tried from here on.
    pub(super) fn take(&mut self, now: Timestamp) -> Vec<u64> {
        let mut taken = Vec::new();
        for turn in self.lines.values_mut().filter(|turn| !turn.paused) {
            while turn.flying < OUTBOX_LINE_AT_ONCE_MAX {
                let Some(head) = turn.heads.first().copied().filter(|(due, _)| *due <= now) else {
                    break;
                };
                turn.heads.remove(&head);
                turn.flying += 1;
                if let Some(waiting) = self.waiting.get_mut(&head.1) {
                    waiting.flying = true;
                }
                taken.push(head.1);
            }
        }
        taken
    }

    /// When something is to be tried next, unless something else changes before.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let turns = self.lines.values();
        let turns = turns.filter(|turn| !turn.paused && turn.flying < OUTBOX_LINE_AT_ONCE_MAX);
        turns
            .filter_map(|turn| turn.heads.first())
            .map(|(due, _)| *due)
            .min()
    }

    /// What has to go so that a delivery that is over can be kept.
    pub(super) fn surplus(&self, delivery: &Delivery) -> Vec<u64> {
        let Some(turn) = self.lines.get(&delivery.line) else {
            return Vec::new();
        };
        match delivery.state {
            State::Waiting { .. } => Vec::new(),
            State::Delivered => turn.delivered.surplus(
                delivery.bytes,
                (OUTBOX_DELIVERED_MAX, OUTBOX_DELIVERED_BYTES_MAX),
            ),
            State::Dead => {
                let most = (OUTBOX_DEAD_MAX, OUTBOX_DEAD_BYTES_MAX);
                turn.dead.surplus(delivery.bytes, most)
            }
        }
    }

    /// Ends an attempt: the delivery is as it was given, and those that went are gone.
    pub(super) fn settle(&mut self, delivery: &Delivery, gone: &[u64]) {
        let number = delivery.number;
        let Some(turn) = self.lines.get_mut(&delivery.line) else {
            // The line was forgotten while it was being tried.
            return;
        };
        for number in gone {
            turn.delivered.remove(*number);
            turn.dead.remove(*number);
        }
        let Some(waiting) = self.waiting.get_mut(&number) else {
            return;
        };
        if let State::Waiting { due } = delivery.state {
            turn.flying = turn.flying.saturating_sub(1);
            waiting.flying = false;
            waiting.due = due;
            turn.heads.insert((due, number));
            return;
        }
        self.remove(delivery);
        self.restore(delivery);
    }

    /// Takes a delivery out, whatever state it is in; the next of its lane may go.
    pub(super) fn remove(&mut self, delivery: &Delivery) {
        let number = delivery.number;
        let Some(turn) = self.lines.get_mut(&delivery.line) else {
            return;
        };
        turn.delivered.remove(number);
        turn.dead.remove(number);
        let Some(waiting) = self.waiting.remove(&number) else {
            return;
        };
        if waiting.flying {
            turn.flying = turn.flying.saturating_sub(1);
        }
        turn.heads.remove(&(waiting.due, number));
        turn.leave(delivery);
        self.waiting_bytes = self.waiting_bytes.saturating_sub(waiting.bytes);
        let next = turn.lanes.get(&delivery.lane).and_then(VecDeque::front);
        if let Some(next) = next.copied()
            && let Some(waiting) = self.waiting.get(&next)
            && !waiting.flying
        {
            turn.heads.insert((waiting.due, next));
        }
    }

    /// Whether a delivery that waits is being tried; `None` where it does not wait.
    pub(super) fn waits(&self, number: u64) -> Option<bool> {
        self.waiting.get(&number).map(|waiting| waiting.flying)
    }

    pub(super) fn pause(&mut self, line: &Line, paused: bool) {
        self.lines.entry(line.clone()).or_default().paused = paused;
    }

    pub(super) fn counts(&self, line: &Line) -> Counts {
        let turn = self.lines.get(line);
        turn.map_or_else(Counts::default, |turn| Counts {
            waiting: turn.waiting.len(),
            waiting_bytes: turn.waiting_bytes,
            delivered: turn.delivered.numbers.len(),
            dead: turn.dead.numbers.len(),
        })
    }

    /// Of everything that waits.
    pub(super) fn waiting_bytes(&self) -> u64 {
        self.waiting_bytes
    }

    /// How many wait and how many are dead, of all lines.
    pub(super) fn totals(&self) -> (usize, usize) {
        let dead = self.lines.values().map(|turn| turn.dead.numbers.len());
        (self.waiting.len(), dead.sum())
    }

    pub(super) fn lines(&self, kind: &str) -> Vec<Line> {
        let lines = self.lines.keys().filter(|line| line.kind == kind);
        lines.cloned().collect()
    }

    /// The deliveries of a line in a state, oldest first; of all states without one.
    pub(super) fn numbers(&self, line: &Line, state: Option<&str>) -> Vec<u64> {
        let Some(turn) = self.lines.get(line) else {
            return Vec::new();
        };
        let wanted = |name: &str| state.is_none_or(|state| state == name);
        let mut numbers = Vec::new();
        if wanted("waiting") {
            numbers.extend(&turn.waiting);
        }
        for (name, over) in [("delivered", &turn.delivered), ("dead", &turn.dead)] {
            if wanted(name) {
                numbers.extend(over.numbers.iter().map(|(number, _)| *number));
            }
        }
        numbers.sort_unstable();
        numbers
    }

    /// Removes a line; gives the numbers of all its deliveries.
    pub(super) fn forget(&mut self, line: &Line) -> Vec<u64> {
        let numbers = self.numbers(line, None);
        if let Some(turn) = self.lines.remove(line) {
            self.waiting_bytes = self.waiting_bytes.saturating_sub(turn.waiting_bytes);
        }
        for number in &numbers {
            self.waiting.remove(number);
        }
        numbers
    }

    fn wait(&mut self, delivery: &Delivery, due: Timestamp) {
        let number = delivery.number;
        let turn = self.lines.entry(delivery.line.clone()).or_default();
        let lane = turn.lanes.entry(delivery.lane.clone()).or_default();
        if lane.is_empty() {
            turn.heads.insert((due, number));
        }
        lane.push_back(number);
        turn.waiting.insert(number);
        turn.waiting_bytes = turn.waiting_bytes.saturating_add(delivery.bytes);
        self.waiting_bytes = self.waiting_bytes.saturating_add(delivery.bytes);
        let waiting = Waiting {
            due,
            bytes: delivery.bytes,
            flying: false,
        };
        self.waiting.insert(number, waiting);
    }
}

impl Turn {
    /// Takes what waits no longer out of its lane.
    fn leave(&mut self, delivery: &Delivery) {
        self.waiting.remove(&delivery.number);
        self.waiting_bytes = self.waiting_bytes.saturating_sub(delivery.bytes);
        if let Some(lane) = self.lanes.get_mut(&delivery.lane) {
            lane.retain(|number| *number != delivery.number);
            if lane.is_empty() {
                self.lanes.remove(&delivery.lane);
            }
        }
    }
}

impl Over {
    fn push(&mut self, delivery: &Delivery) {
        self.numbers.push_back((delivery.number, delivery.bytes));
        self.bytes = self.bytes.saturating_add(delivery.bytes);
    }

    fn remove(&mut self, number: u64) {
        let place = self.numbers.iter().position(|(known, _)| *known == number);
        if let Some((_, bytes)) = place.and_then(|place| self.numbers.remove(place)) {
            self.bytes = self.bytes.saturating_sub(bytes);
        }
    }

    /// The oldest, which have to go so that one more is no more than the most.
    fn surplus(&self, bytes: u64, (most, bytes_most): (usize, u64)) -> Vec<u64> {
        let (mut count, mut total) = (self.numbers.len() + 1, self.bytes.saturating_add(bytes));
        let mut gone = Vec::new();
        for (number, bytes) in &self.numbers {
            if count <= most && total <= bytes_most {
                break;
            }
            gone.push(*number);
            count -= 1;
            total = total.saturating_sub(*bytes);
        }
        gone
    }
}
