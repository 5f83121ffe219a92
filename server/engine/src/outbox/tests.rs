//! The outbox over a store in memory, with a clock that the test sets: deliveries are taken and
//! settled step by step.

use luge_model::limits::{OUTBOX_ATTEMPTS_MAX, OUTBOX_DELIVERED_MAX, OUTBOX_LINE_AT_ONCE_MAX};

use super::*;
use crate::random::SystemRandom;
use crate::store::{self, Store, StoreKind, StoreOptions, wait};

struct World {
    store: Arc<dyn Store>,
    outbox: Arc<Outbox>,
}

impl World {
    fn new() -> Self {
        let store = store::open(StoreKind::Memory, &StoreOptions::default()).unwrap();
        Self {
            outbox: opened(&store),
            store,
        }
    }

    /// As after a crash: only what is stored is known.
    fn restarted(self) -> Self {
        Self {
            outbox: opened(&self.store),
            store: self.store,
        }
    }

    fn add(&self, owner: &str, lane: &str, now: i64) -> Delivery {
        let mut proposal = Proposal {
            now: Timestamp(now),
            ..Proposal::default()
        };
        let new = NewDelivery {
            line: line(owner),
            lane: Some(lane.to_owned()),
            event: "record.created".to_owned(),
            body: lane.as_bytes().to_vec(),
        };
        self.outbox.plan(&mut proposal, new);
        wait(self.outbox.committer.commit(proposal)).unwrap();
        let (_, newest) = self.outbox.list(&line(owner), None, (0, 1)).unwrap();
        newest.into_iter().next().unwrap()
    }

    /// The lanes of what is due.
    fn take(&self, now: i64) -> Vec<Delivery> {
        let taken = self.outbox.take(Timestamp(now)).into_iter();
        let mut taken: Vec<_> = taken
            .map(|number| self.outbox.load(number).unwrap().unwrap().0)
            .collect();
        taken.sort_by_key(|delivery| delivery.number);
        taken
    }

    fn settle(&self, delivery: &Delivery, verdict: Verdict, now: i64) -> Delivery {
        let attempted = Attempted {
            status: Some(500),
            error: None,
            verdict,
        };
        wait(
            self.outbox
                .settle(delivery.clone(), attempted, 1, Timestamp(now)),
        );
        self.outbox.load(delivery.number).unwrap().unwrap().0
    }

    fn counts(&self, owner: &str) -> (usize, usize, usize) {
        let counts = self.outbox.counts(&line(owner));
        (counts.waiting, counts.delivered, counts.dead)
    }
}

fn opened(store: &Arc<dyn Store>) -> Arc<Outbox> {
    let committer = Arc::new(Committer::open(Arc::clone(store)).unwrap());
    Arc::new(Outbox::open(committer, Arc::new(SystemRandom)).unwrap())
}

fn line(owner: &str) -> Line {
    Line {
        kind: "test".to_owned(),
        owner: owner.to_owned(),
    }
}

const RETRY: Verdict = Verdict::Retry { wait: None };

#[test]
fn deliveries_of_a_lane_go_one_after_another() {
    let world = World::new();
    let [first, second, other] = ["a", "a", "b"].map(|lane| world.add("one", lane, 0));
    let taken = world.take(0);
    assert_eq!(taken, [first.clone(), other.clone()]);
    assert_eq!(world.take(0), []);
    world.settle(&other, Verdict::Delivered, 0);
    assert_eq!(world.take(0), []);
    // A failed attempt holds the lane back, also once it is due again.
    let State::Waiting { due } = world.settle(&first, RETRY, 0).state else {
        panic!("it is to be tried again");
    };
    assert_eq!(world.take(due.0 - 1), []);
    let again = world.take(due.0);
    assert_eq!(again.len(), 1);
    assert_eq!((again[0].number, again[0].attempts), (first.number, 1));
    assert_eq!(again[0].id, first.id);
    world.settle(&again[0], Verdict::Delivered, due.0);
    assert_eq!(world.take(due.0), [second]);
}

#[test]
fn a_slow_line_delays_no_other_and_has_few_attempts_at_once() {
    let world = World::new();
    for number in 0..100 {
        world.add("slow", &number.to_string(), 0);
    }
    assert_eq!(world.take(0).len(), OUTBOX_LINE_AT_ONCE_MAX);
    world.add("quick", "a", 0);
    let taken = world.take(0);
    assert_eq!((taken.len(), taken[0].line.owner.as_str()), (1, "quick"));
    assert_eq!(world.counts("slow"), (100, 0, 0));
}

#[test]
fn what_fails_for_three_days_is_a_dead_letter_and_can_be_replayed() {
    let world = World::new();
    world.add("one", "a", 0);
    let next = world.add("one", "a", 0);
    let mut now = 0;
    for attempt in 1..=OUTBOX_ATTEMPTS_MAX {
        let taken = world.take(now);
        assert_eq!(taken.len(), 1, "attempt {attempt}");
        let after = world.settle(&taken[0], RETRY, now);
        assert_eq!(after.attempts, attempt);
        match after.state {
            State::Waiting { due } => now = due.0,
            state => assert_eq!((state, attempt), (State::Dead, OUTBOX_ATTEMPTS_MAX)),
        }
    }
    let days = now / 1_000 / 3_600 / 24;
    assert!((2..=3).contains(&days), "{days} days");
    assert_eq!(world.counts("one"), (1, 0, 1));
    // The lane goes on.
    assert_eq!(world.take(now), std::slice::from_ref(&next));
    world.settle(&next, Verdict::Delivered, now);
    let (_, dead) = world
        .outbox
        .list(&line("one"), Some("dead"), (0, 10))
        .unwrap();
    let replayed = wait(world.outbox.replay(&dead[0], Timestamp(now))).unwrap();
    assert_eq!((replayed.attempts, &replayed.id), (0, &dead[0].id));
    assert_eq!(world.take(now), std::slice::from_ref(&replayed));
    let refused = wait(world.outbox.replay(&replayed, Timestamp(now)));
    assert!(matches!(refused, Err(Error::BadRequest(_))), "{refused:?}");
    world.settle(&replayed, Verdict::Delivered, now);
    assert_eq!(world.counts("one"), (0, 2, 0));
}

#[test]
fn giving_up_needs_one_attempt_only() {
    let world = World::new();
    let delivery = world.add("one", "a", 0);
    world.take(0);
    let after = world.settle(&delivery, Verdict::GiveUp, 0);
    assert_eq!((after.state, after.attempts), (State::Dead, 1));
}

#[test]
fn a_crash_repeats_the_attempt_with_the_same_id_and_forgets_nothing() {
    let world = World::new();
    let [first, second, done] = ["a", "a", "b"].map(|lane| world.add("one", lane, 0));
    assert_eq!(world.take(0).len(), 2);
    world.settle(&done, Verdict::Delivered, 0);
    // The answer to the first came, and the process went before it was noted.
    let world = world.restarted();
    assert_eq!(world.counts("one"), (2, 1, 0));
    assert_eq!(world.take(0), std::slice::from_ref(&first));
    world.settle(&first, Verdict::Delivered, 0);
    let world = world.restarted();
    assert_eq!(world.take(0), [second]);
    assert_eq!(
        world
            .outbox
            .find(&line("one"), &first.id)
            .unwrap()
            .unwrap()
            .id,
        first.id
    );
    assert_eq!(world.outbox.find(&line("two"), &first.id).unwrap(), None);
    for id in ["", "msg_", "msg_x", "msg_00000000000000ff12345678", "ä"] {
        assert_eq!(world.outbox.find(&line("one"), id).unwrap(), None, "{id}");
    }
}

#[test]
fn a_paused_line_waits_and_a_forgotten_one_is_gone() {
    let world = World::new();
    let delivery = world.add("one", "a", 0);
    world.outbox.pause(&line("one"), true);
    assert_eq!(world.take(0), []);
    world.outbox.pause(&line("one"), false);
    assert_eq!(world.take(0), std::slice::from_ref(&delivery));
    world.outbox.forget(&line("one"), Timestamp(0)).unwrap();
    assert_eq!(world.counts("one"), (0, 0, 0));
    // The attempt under way ends without a trace.
    let attempted = Attempted {
        status: Some(200),
        error: None,
        verdict: Verdict::Delivered,
    };
    wait(
        world
            .outbox
            .settle(delivery.clone(), attempted, 1, Timestamp(0)),
    );
    assert_eq!(world.outbox.load(delivery.number).unwrap(), None);
    let world = world.restarted();
    assert_eq!(world.counts("one"), (0, 0, 0));
    assert_eq!(world.outbox.lines("test"), []);
}

#[test]
fn what_is_over_is_kept_up_to_a_most() {
    let world = World::new();
    let first = world.add("one", "a", 0);
    for number in 0..OUTBOX_DELIVERED_MAX {
        world.add("one", &format!("b{number}"), 0);
    }
    loop {
        let taken = world.take(0);
        if taken.is_empty() {
            break;
        }
        for delivery in taken {
            world.settle(&delivery, Verdict::Delivered, 0);
        }
    }
    assert_eq!(world.counts("one"), (0, OUTBOX_DELIVERED_MAX, 0));
    assert_eq!(world.outbox.load(first.number).unwrap(), None);
    let world = world.restarted();
    assert_eq!(world.counts("one"), (0, OUTBOX_DELIVERED_MAX, 0));
    let (total, page) = world.outbox.list(&line("one"), None, (10, 5)).unwrap();
    assert_eq!((total, page.len()), (OUTBOX_DELIVERED_MAX, 5));
    assert!(page.is_sorted_by(|one, next| one.number > next.number));
}

#[test]
fn what_was_not_committed_never_goes() {
    let world = World::new();
    let mut proposal = Proposal {
        guards: vec![Guard::Present(key::delivery(7_777_777))],
        ..Proposal::default()
    };
    let new = NewDelivery {
        line: line("one"),
        lane: Some("a".to_owned()),
        event: "record.created".to_owned(),
        body: Vec::new(),
    };
    world.outbox.plan(&mut proposal, new);
    let again = proposal.clone();
    wait(world.outbox.committer.commit(proposal)).unwrap_err();
    assert_eq!(world.counts("one"), (0, 0, 0));
    // Planned once more without what stood in its way, and awaited by nobody.
    let again = Proposal {
        guards: Vec::new(),
        ..again
    };
    drop(world.outbox.committer.commit(again));
    world.add("two", "a", 0);
    assert_eq!(world.counts("one"), (1, 0, 0));
}

#[test]
fn what_leaves_nothing_behind_lets_the_next_go() {
    let world = World::new();
    let [first, second] = ["a", "a"].map(|lane| world.add("one", lane, 0));
    world.take(0);
    let attempted = Attempted {
        status: None,
        error: None,
        verdict: Verdict::Gone,
    };
    let settled = world
        .outbox
        .settle(first.clone(), attempted, 1, Timestamp(0));
    wait(settled);
    assert_eq!(world.outbox.load(first.number).unwrap(), None);
    assert_eq!(world.counts("one"), (1, 0, 0));
    assert_eq!(world.take(0), [second]);
    let world = world.restarted();
    assert_eq!(world.counts("one"), (1, 0, 0));
}

#[test]
fn one_is_removed_unless_it_is_being_tried() {
    let world = World::new();
    let [first, second, third] = ["a", "a", "a"].map(|lane| world.add("one", lane, 0));
    world.take(0);
    let refused = wait(world.outbox.remove(&first, Timestamp(0)));
    assert!(matches!(refused, Err(Error::BadRequest(_))), "{refused:?}");
    wait(world.outbox.remove(&second, Timestamp(0))).unwrap();
    let dead = world.settle(&first, Verdict::GiveUp, 0);
    // What became of it meanwhile is looked at first.
    let gone = wait(world.outbox.remove(&first, Timestamp(0)));
    assert!(matches!(gone, Err(Error::MissingRecord)), "{gone:?}");
    wait(world.outbox.remove(&dead, Timestamp(0))).unwrap();
    assert_eq!(world.counts("one"), (1, 0, 0));
    assert_eq!(world.take(0), std::slice::from_ref(&third));
    let world = world.restarted();
    assert_eq!(world.take(0), [third]);
}

#[test]
fn what_is_over_is_cleared_by_age_and_what_waits_stays() {
    let world = World::new();
    let old = world.add("one", "a", 0);
    let dead = world.add("one", "b", 10);
    let young = world.add("one", "c", 20);
    world.add("one", "d", 0);
    assert_eq!(world.take(20).len(), 4);
    world.settle(&old, Verdict::Delivered, 20);
    world.settle(&dead, Verdict::GiveUp, 20);
    world.settle(&young, Verdict::Delivered, 20);
    let one = line("one");
    let clear = |before| {
        let cleared = world.outbox.clear(&one, Timestamp(before), Timestamp(30));
        wait(cleared).unwrap()
    };
    assert_eq!(clear(0), 0);
    assert_eq!(clear(11), 2);
    assert_eq!(world.counts("one"), (1, 1, 0));
    assert_eq!(world.outbox.load(old.number).unwrap(), None);
    assert_eq!(clear(i64::MAX), 1);
    let world = world.restarted();
    assert_eq!(world.counts("one"), (1, 0, 0));
}

#[test]
fn a_line_has_room_for_so_much() {
    let world = World::new();
    assert!(world.outbox.has_room(&line("one"), OUTBOX_LINE_BYTES_MAX));
    assert!(
        !world
            .outbox
            .has_room(&line("one"), OUTBOX_LINE_BYTES_MAX + 1)
    );
}

#[test]
fn a_damaged_delivery_is_named() {
    let world = World::new();
    let delivery = world.add("one", "a", 0);
    let proposal = Proposal {
        puts: vec![(key::delivery(delivery.number), vec![7])],
        ..Proposal::default()
    };
    wait(world.outbox.committer.commit(proposal)).unwrap();
    let error = Outbox::open(Arc::clone(&world.outbox.committer), Arc::new(SystemRandom));
    let message = error.unwrap_err().to_string();
    assert!(
        message.contains(&format!("delivery {}", delivery.number)),
        "{message}"
    );
}
