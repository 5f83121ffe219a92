//! What is told of jobs, what of it is kept, and that quiet jobs write nothing.

use std::sync::atomic::AtomicI64;

use luge_model::limits::LOG_TRIM_PERIOD_MILLISECONDS;

use super::runs::Runs;
use super::*;
use crate::engine::Options;
use crate::store::{Sequence, StoreKind};

const START: Timestamp = Timestamp(1_790_000_000_000);

/// A clock that the test sets.
#[derive(Debug)]
struct Set(AtomicI64);

impl Clock for Set {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

static FAILS: AtomicBool = AtomicBool::new(false);

const QUIET: Job = Job {
    name: "quiet",
    next: |_, past| Some(past.every(LOG_TRIM_PERIOD_MILLISECONDS)),
    run: |_| match FAILS.load(Ordering::SeqCst) {
        true => Err(Error::Busy),
        false => Ok(()),
    },
};

const HOURLY: Cron = Cron {
    id: "hourly",
    expression: |_| Some("0 * * * *".to_owned()),
    run: |_| Ok(()),
};

fn durable(engine: &Engine) -> Sequence {
    *engine.committer.store().durable().borrow()
}

#[test]
fn only_a_cron_or_a_turn_writes_and_a_restart_remembers() {
    let clock = Set(AtomicI64::new(START.0));
    let options = Options {
        store: StoreKind::Memory,
        ..Options::new("unused".into())
    };
    let engine = Engine::open(options).unwrap();
    let stopping = AtomicBool::new(false);
    let run = Run {
        engine: &engine,
        clock: &clock,
        stopping: &stopping,
    };
    let runs = Runs::read(&engine);
    let mut diary = Diary::new((&[QUIET], &[HOURLY]), START, runs.clone());
    let mut look = |milliseconds: i64| {
        clock.0.store(START.0 + milliseconds, Ordering::SeqCst);
        diary.run_due(&run);
        durable(&engine)
    };
    let before = durable(&engine);
    let first = JOB_FIRST_MILLISECONDS;
    assert_eq!(look(0), before);
    assert_eq!(runs.of("quiet").last, None);
    assert_eq!(look(first), before, "a quiet job ran");
    let last = runs.of("quiet").last.unwrap();
    assert_eq!((last.began, last.problem), (START.0 + first, None));
    assert_eq!(runs.of("quiet").running, None);
    let next = Timestamp(START.0 + first + LOG_TRIM_PERIOD_MILLISECONDS);
    assert_eq!(runs.of("quiet").next, Some(next));
    assert_eq!(
        Runs::read(&engine).of("quiet").last,
        None,
        "it was not written"
    );
    FAILS.store(true, Ordering::SeqCst);
    let turned = look(first + LOG_TRIM_PERIOD_MILLISECONDS);
    assert!(turned > before, "it failed");
    let kept = Runs::read(&engine).of("quiet").last.unwrap();
    assert!(kept.problem.is_some());
    assert_eq!(
        look(first + 2 * LOG_TRIM_PERIOD_MILLISECONDS),
        turned,
        "again"
    );
    assert_eq!(Runs::read(&engine).of("hourly").last, None);
    let hour = look(3_600_000);
    assert!(hour > turned, "a cron ended");
    let kept = Runs::read(&engine);
    assert!(kept.of("hourly").last.unwrap().problem.is_none());
    assert_eq!(
        kept.of("quiet").last,
        runs.of("quiet").last,
        "with the others"
    );
    assert_eq!(kept.of("nothing").last, None);
}
