//! Jobs over a whole engine with a clock that the test sets.

use std::sync::atomic::{AtomicI64, AtomicUsize};

use luge_model::limits::{LOG_AGE_MILLISECONDS_MAX, LOG_TRIM_PERIOD_MILLISECONDS, LOG_TRIM_STEP};
use serde_json::json;

use super::*;
use crate::changes;
use crate::context::Context;
use crate::engine::Options;
use crate::query::ListRequest;
use crate::records::Body;
use crate::store::{Sequence, StoreKind, wait};

const START: Timestamp = Timestamp(1_790_000_000_000);
const FIRST: i64 = JOB_FIRST_MILLISECONDS;

/// A clock that the test sets.
#[derive(Debug)]
struct Set(AtomicI64);

impl Set {
    fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(START.0)))
    }

    fn to(&self, milliseconds: i64) {
        self.0.store(START.0 + milliseconds, Ordering::SeqCst);
    }
}

impl Clock for Set {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

fn open(options: Options, clock: &Arc<Set>) -> Arc<Engine> {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    Arc::new(Engine::open(Options { clock, ..options }).unwrap())
}

fn in_memory(clock: &Arc<Set>) -> Arc<Engine> {
    let options = Options {
        store: StoreKind::Memory,
        ..Options::new("unused".into())
    };
    open(options, clock)
}

fn object(json: serde_json::Value) -> Body {
    match json {
        serde_json::Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

fn make_notes(engine: &Engine, clock: &Set) {
    let context = Context::system(clock.now());
    let fields = json!([{"name": "title", "type": "text"}]);
    let definition = object(json!({"name": "notes", "type": "base", "fields": fields}));
    wait(engine.catalog.create(&context, &definition)).unwrap();
}

fn write(engine: &Engine, clock: &Set, count: usize) {
    for number in 0..count {
        let body = object(json!({ "title": number.to_string() }));
        let context = Context::system(clock.now());
        wait(engine.records.create(&context, "notes", body)).unwrap();
    }
}

fn entries(engine: &Engine) -> usize {
    let store = &**engine.committer.store();
    let log = changes::read(store, Sequence(0), usize::MAX).unwrap();
    log.entries.len()
}

fn durable(engine: &Engine) -> Sequence {
    *engine.committer.store().durable().borrow()
}

fn total(engine: &Engine, clock: &Set) -> Option<u64> {
    let context = Context::system(clock.now());
    let page = engine
        .records
        .list(&context, "notes", &ListRequest::default());
    page.unwrap().total_items
}

fn trimmed(engine: &Engine, clock: &Set) {
    let stopping = AtomicBool::new(false);
    let run = Run {
        engine,
        clock,
        stopping: &stopping,
    };
    (trim_log::JOB.run)(&run).unwrap();
}

#[test]
fn the_log_of_a_running_server_is_trimmed_and_the_rest_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Set::new();
    let engine = open(Options::new(folder.path().into()), &clock);
    make_notes(&engine, &clock);
    let count = LOG_TRIM_STEP * 2 + 7;
    write(&engine, &clock, count);
    assert_eq!(entries(&engine), count);
    let before = durable(&engine);

    let jobs = Jobs::start(Arc::clone(&engine), Arc::clone(&clock) as _).unwrap();
    clock.to(FIRST);
    thread::sleep(Duration::from_millis(JOB_LOOK_MILLISECONDS * 2));
    assert_eq!(entries(&engine), count, "nothing is old yet");
    clock.to(LOG_AGE_MILLISECONDS_MAX + 1);
    let deadline = Instant::now() + Duration::from_secs(30);
    while entries(&engine) > 0 {
        assert!(Instant::now() < deadline, "{} are left", entries(&engine));
        thread::sleep(Duration::from_millis(20));
    }
    drop(jobs);
    let after = durable(&engine);
    assert!(after > before, "{after:?}");
    engine.close().unwrap();
    drop(engine);

    let engine = open(Options::new(folder.path().into()), &clock);
    assert!(durable(&engine) >= after);
    assert_eq!(total(&engine, &clock), Some(count as u64));
    write(&engine, &clock, 1);
    let store = &**engine.committer.store();
    let log = changes::read(store, Sequence(0), 10).unwrap();
    assert_eq!(log.entries.len(), 1);
    assert!(log.entries[0].sequence > after);
    trimmed(&engine, &clock);
    assert_eq!(entries(&engine), 1, "what is new stays");
}

#[test]
fn a_listener_that_is_behind_keeps_what_it_needs_up_to_a_point() {
    let clock = Set::new();
    let engine = in_memory(&clock);
    make_notes(&engine, &clock);
    write(&engine, &clock, 10);
    let mut listener = engine.committer.listen();
    let position = durable(&engine);
    write(&engine, &clock, 5);
    clock.to(LOG_AGE_MILLISECONDS_MAX + 1);
    trimmed(&engine, &clock);
    assert_eq!(entries(&engine), 5);
    let store = &**engine.committer.store();
    let missing = changes::read(store, position, 10).unwrap();
    assert_eq!(missing.entries.len(), 5);
    for _ in 0..2 {
        wait(listener.next());
    }
    trimmed(&engine, &clock);
    assert_eq!(entries(&engine), 3, "two were heard");
    clock.to(LOG_AGE_MILLISECONDS_MAX * 2 + 1);
    trimmed(&engine, &clock);
    assert_eq!(entries(&engine), 0, "nobody holds the log back for ever");

    clock.to(0);
    write(&engine, &clock, 4);
    drop(listener);
    clock.to(LOG_AGE_MILLISECONDS_MAX + 1);
    trimmed(&engine, &clock);
    assert_eq!(entries(&engine), 0, "who is gone needs nothing");
}

#[test]
fn trimming_leaves_off_when_the_server_stops_and_ends_when_it_is_closed() {
    let clock = Set::new();
    let engine = in_memory(&clock);
    make_notes(&engine, &clock);
    write(&engine, &clock, 3);
    clock.to(LOG_AGE_MILLISECONDS_MAX + 1);
    let run = |stopping: &AtomicBool| {
        (trim_log::JOB.run)(&Run {
            engine: &engine,
            clock: &*clock,
            stopping,
        })
    };
    run(&AtomicBool::new(true)).unwrap();
    assert_eq!(entries(&engine), 3);
    engine.close().unwrap();
    assert!(matches!(run(&AtomicBool::new(false)), Err(Error::Closed)));
}

static FAILED: AtomicUsize = AtomicUsize::new(0);
static RAN: AtomicUsize = AtomicUsize::new(0);

const FAILING: Job = Job {
    name: "failing",
    next: |_, past| Some(past.every(LOG_TRIM_PERIOD_MILLISECONDS)),
    run: |_| {
        FAILED.fetch_add(1, Ordering::SeqCst);
        Err(Error::Busy)
    },
};

const RUNNING: Job = Job {
    name: "running",
    run: |_| {
        RAN.fetch_add(1, Ordering::SeqCst);
        Ok(())
    },
    ..FAILING
};

const NEVER: Job = Job {
    name: "never",
    next: |_, _| None,
    run: |_| panic!("it is never due"),
};

#[test]
fn jobs_run_when_they_are_due_whatever_the_others_do() {
    let clock = Set::new();
    let engine = in_memory(&clock);
    let stopping = AtomicBool::new(false);
    let run = Run {
        engine: &engine,
        clock: &*clock,
        stopping: &stopping,
    };
    let mut diary = Diary::new(
        (&[NEVER, FAILING, RUNNING], &[]),
        clock.now(),
        Runs::default(),
    );
    let mut look = |milliseconds| {
        clock.to(milliseconds);
        diary.run_due(&run);
        let counts = [&FAILED, &RAN].map(|count| count.load(Ordering::SeqCst));
        assert_eq!(counts[0], counts[1]);
        counts[0]
    };
    let period = LOG_TRIM_PERIOD_MILLISECONDS;
    assert_eq!(look(0), 0);
    assert_eq!(look(FIRST - 1), 0);
    assert_eq!(look(FIRST), 1);
    assert_eq!(look(FIRST), 1);
    assert_eq!(look(FIRST + period - 1), 1);
    assert_eq!(look(FIRST + period), 2);
    // A sleeping machine makes up for what it missed once.
    assert_eq!(look(10 * period), 3);
    assert_eq!(look(10 * period), 3);
    // A clock that was set back by a day counts from there.
    let day = 24 * 3_600_000;
    assert_eq!(look(-day), 3);
    assert_eq!(look(-day + period - 1), 3);
    assert_eq!(look(-day + period), 4);
    stopping.store(true, Ordering::SeqCst);
    assert_eq!(look(day), 4);
}

static BY_SCHEDULE: AtomicUsize = AtomicUsize::new(0);

const BACKUPS: Cron = Cron {
    id: "backups",
    expression: |engine| {
        let cron = engine.settings.current().backups.cron.clone();
        (!cron.is_empty()).then_some(cron)
    },
    run: |_| {
        BY_SCHEDULE.fetch_add(1, Ordering::SeqCst);
        Ok(())
    },
};

#[test]
fn crons_run_by_their_schedule_and_when_they_are_asked_for() {
    let clock = Set::new();
    let engine = in_memory(&clock);
    let stopping = AtomicBool::new(false);
    let run = Run {
        engine: &engine,
        clock: &*clock,
        stopping: &stopping,
    };
    let mut diary = Diary::new((&[], &[BACKUPS]), clock.now(), Runs::default());
    // The test begins 40 seconds after a full minute.
    let minute = 60_000;
    let to_next = minute - START.0 % minute;
    let mut look = |milliseconds: i64, asked: &[&'static str]| {
        clock.to(milliseconds);
        diary.run_due(&run);
        diary.run_asked(&run, asked);
        BY_SCHEDULE.load(Ordering::SeqCst)
    };
    assert_eq!(look(10 * minute, &[]), 0, "no expression");
    let body = object(json!({"backups": {"cron": "* * * * *"}}));
    wait(engine.settings.update(&Context::system(clock.now()), &body)).unwrap();
    assert_eq!(
        look(10 * minute, &[]),
        1,
        "minutes that passed are made up for once"
    );
    assert_eq!(look(10 * minute + to_next - 1, &[]), 1);
    assert_eq!(look(10 * minute + to_next, &[]), 2);
    assert_eq!(look(10 * minute + to_next, &["nope"]), 2);
    assert_eq!(look(10 * minute + to_next, &["backups"]), 3);
    assert_eq!(
        look(0, &[]),
        3,
        "a clock that was set back counts from there"
    );
    assert_eq!(look(to_next, &[]), 4);
}

#[test]
fn the_bell_knows_the_crons_and_asks_for_them() {
    let clock = Set::new();
    let engine = in_memory(&clock);
    let jobs = Jobs::start(Arc::clone(&engine), Arc::clone(&clock) as _).unwrap();
    let bell = jobs.bell().unwrap();
    let context = Context::system(clock.now());
    let listed = bell.list(&context, &engine).unwrap();
    assert_eq!(listed.len(), CRONS.len() - 1, "no backups are asked for");
    for (id, _) in listed {
        bell.ring(&context, &engine, id).unwrap();
    }
    let nope = bell.ring(&context, &engine, "nope");
    assert!(matches!(nope, Err(Error::MissingCron)));
    let guest = Context {
        principal: luge_model::principal::Principal::Guest,
        ..context
    };
    assert!(matches!(
        bell.list(&guest, &engine),
        Err(Error::SignInNeeded)
    ));
    let refused = bell.ring(&guest, &engine, CRONS[0].id);
    assert!(matches!(refused, Err(Error::SignInNeeded)));
    let deadline = Instant::now() + Duration::from_secs(30);
    while !jobs.asked.lock().is_empty() {
        assert!(Instant::now() < deadline, "nobody came");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_expired_is_removed_and_the_rest_stays() {
    let clock = Set::new();
    let engine = in_memory(&clock);
    let context = || Context::system(clock.now());
    let users = engine.catalog.snapshot();
    let users = users.all().iter().find(|one| one.name == "users").unwrap();
    let owner = json!({"email": "a@b.com", "password": "12345678", "passwordConfirm": "12345678"});
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let owner = runtime
        .block_on(engine.records.create(&context(), "users", object(owner)))
        .unwrap();
    let make = |collection: &str, more: serde_json::Value| {
        let mut body = object(more);
        body.insert("collectionRef".to_owned(), json!(users.id));
        body.insert("recordRef".to_owned(), json!(owner.record().id()));
        let context = context();
        let created = engine.records.create(&context, collection, body);
        runtime.block_on(created).unwrap();
    };
    let count = |collection: &str| {
        let page = engine
            .records
            .list(&context(), collection, &ListRequest::default());
        page.unwrap().total_items.unwrap()
    };
    make("_mfas", json!({"method": "password"}));
    make("_otps", json!({"password": "12345678"}));
    let options = users.auth().unwrap().clone();
    let clean = |milliseconds: i64| {
        clock.to(milliseconds);
        let stopping = AtomicBool::new(false);
        let run = Run {
            engine: &engine,
            clock: &*clock,
            stopping: &stopping,
        };
        remove_expired::first_factors(&run).unwrap();
        remove_expired::codes(&run).unwrap();
        (count("_mfas"), count("_otps"))
    };
    assert_eq!(clean(options.otp.duration * 1_000), (1, 1));
    assert_eq!(clean(options.otp.duration * 1_000 + 1), (1, 0));
    assert_eq!(clean(options.mfa.duration * 1_000 + 1), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn superusers_are_mailed_once_a_day_that_backups_fail() {
    let clock = Set::new();
    let engine = tokio::task::spawn_blocking({
        let clock = Arc::clone(&clock);
        move || in_memory(&clock)
    });
    let engine = engine.await.unwrap();
    let system = Context::system(clock.now());
    for email in ["one@example.com", "two@example.com"] {
        let made = engine
            .auth
            .create_superuser(&system, email, "correct horse");
        made.await.unwrap();
    }
    // There is no way to a bucket.
    let body = object(json!({"backups": {"s3": {
        "enabled": true, "bucket": "b<b>", "region": "r", "endpoint": "https://s3.test",
        "accessKey": "a", "secret": "s",
    }}}));
    engine.settings.update(&system, &body).await.unwrap();
    let fail = |milliseconds: i64| {
        clock.to(milliseconds);
        let (engine, clock) = (Arc::clone(&engine), Arc::clone(&clock));
        tokio::task::spawn_blocking(move || {
            let run = Run {
                engine: &engine,
                clock: &*clock,
                stopping: &AtomicBool::new(false),
            };
            back_up::run(&run).unwrap_err();
            let mails = engine.mail.list(&Context::system(run.now()), "", (1, 30));
            mails.unwrap().items
        })
    };
    let mails = fail(0).await.unwrap();
    let to: Vec<_> = mails.iter().map(|mail| &mail["to"]).collect();
    assert_eq!(to, ["two@example.com", "one@example.com"]);
    assert_eq!(mails[0]["event"], "backup-failed");
    assert_eq!(mails[0]["subject"], "The backup of Acme failed");
    let day = 24 * 3_600 * 1_000;
    assert_eq!(fail(day - 1).await.unwrap().len(), 2);
    assert_eq!(fail(day).await.unwrap().len(), 4);
}
