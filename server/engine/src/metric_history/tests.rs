//! The history over a store in memory.

use super::*;
use crate::random::SystemRandom;
use crate::store::{Store, StoreKind, StoreOptions, key, open, wait};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// The beginning of a day.
const START: i64 = 20_000 * DAY;

fn history() -> MetricHistory {
    let store: Arc<dyn Store> = open(StoreKind::Memory, &StoreOptions::default()).unwrap();
    MetricHistory::new(Arc::new(Committer::open(store).unwrap()))
}

fn record(history: &MetricHistory, at: i64, requests: u64) {
    for number in 0..requests {
        let status = if number == 0 { 500 } else { 200 };
        history
            .traffic()
            .count(status, number * 1_000_000, number % 2 == 0);
    }
    let mut sample = Sample {
        at: Timestamp(START + at),
        memory_bytes: requests,
        measured_milliseconds: 60_000,
        processor_milliseconds: 6_000,
        ..Sample::default()
    };
    history.traffic().take(&mut sample);
    history.record(&sample).unwrap();
}

fn course(history: &MetricHistory, now: i64, from: i64, to: i64, step: i64) -> Vec<(i64, u64)> {
    let context = Context::system(Timestamp(START + now));
    let span = (Timestamp(START + from), Timestamp(START + to));
    let course = history.course(&context, span, step).unwrap();
    let samples = course.samples.iter();
    samples
        .map(|sample| (sample.at.0 - START, sample.requests))
        .collect()
}

#[test]
fn minutes_are_kept_for_a_day_and_ten_of_them_for_a_month() {
    let history = history();
    for minute in 0..30 {
        record(&history, minute * MINUTE + 17, 2);
    }
    let now = 30 * MINUTE;
    let minutes = course(&history, now, 0, now, MINUTE);
    assert_eq!(minutes.len(), 30);
    assert_eq!(minutes[3], (3 * MINUTE, 2));
    let tens = [(0, 20), (10 * MINUTE, 20), (20 * MINUTE, 20)];
    assert_eq!(course(&history, now, 0, now, 10 * MINUTE), tens);
    assert_eq!(course(&history, now, 0, now, 30 * MINUTE), [(0, 60)]);
    assert_eq!(
        course(&history, now, 5 * MINUTE, 7 * MINUTE, MINUTE).len(),
        3
    );
    // From a day on, there is nothing finer.
    assert_eq!(course(&history, DAY + MINUTE, 0, now, MINUTE), tens);
    record(&history, 2 * DAY, 1);
    let fine = course(&history, MINUTE, 0, 3 * DAY - MINUTE, 5 * MINUTE);
    assert_eq!(fine, [(2 * DAY, 1)], "the minutes are gone");
    assert_eq!(course(&history, 2 * DAY, 0, now, 0), tens);
    record(&history, 32 * DAY, 1);
    assert_eq!(
        course(&history, 32 * DAY, 0, 32 * DAY, 0),
        [(2 * DAY, 1), (32 * DAY, 1)]
    );
}

#[test]
fn what_is_measured_twice_in_a_minute_is_merged() {
    let history = history();
    record(&history, 1, 3);
    record(&history, 2, 4);
    let context = Context::system(Timestamp(START));
    let span = (Timestamp(START), Timestamp(START + MINUTE));
    let course = history.course(&context, span, 0).unwrap();
    assert_eq!((course.step, course.samples.len()), (MINUTE, 1));
    let sample = &course.samples[0];
    assert_eq!(
        (sample.requests, sample.server_errors, sample.memory_bytes),
        (7, 2, 4)
    );
    assert_eq!((sample.sign_ins, sample.failed_sign_ins), (2, 2));
    assert_eq!(sample.processor_share(), Some(0.1));
    assert!(sample.latency.percentile(95).unwrap() >= 3.0);
    assert_eq!(Sample::default().processor_share(), None);
}

#[test]
fn too_many_steps_and_strangers_are_refused() {
    let history = history();
    let context = Context::system(Timestamp(START));
    let span = (Timestamp(START - 30 * DAY), Timestamp(START));
    let refused = history.course(&context, span, MINUTE * 10);
    assert!(matches!(refused, Err(Error::BadRequest(reason)) if reason.contains("step")));
    assert!(history.course(&context, span, 0).is_ok());
    let upside_down = (span.1, span.0);
    assert!(
        history
            .course(&context, upside_down, 0)
            .unwrap()
            .samples
            .is_empty()
    );
    let guest = Context {
        principal: luge_model::principal::Principal::Guest,
        ..context
    };
    assert!(matches!(
        history.course(&guest, span, 0),
        Err(Error::SignInNeeded)
    ));
}

#[test]
fn a_month_is_small_and_damage_is_told() {
    let history = history();
    let random: &dyn crate::random::Random = &SystemRandom;
    for minute in 0..60 {
        record(&history, minute * MINUTE, u64::from(random.below(50)));
    }
    let store = Arc::clone(history.committer.store());
    let key = key::metric_samples(1, Timestamp(START));
    let bytes = store.get(&key).unwrap().unwrap().len();
    assert!(bytes < 16_384, "{bytes} bytes for an hour");
    let proposal = Proposal {
        puts: vec![(key, vec![9, 9])],
        ..Proposal::default()
    };
    wait(history.committer.commit(proposal)).unwrap();
    let context = Context::system(Timestamp(START));
    let span = (Timestamp(START), Timestamp(START + MINUTE));
    let error = history.course(&context, span, MINUTE).unwrap_err();
    assert!(error.to_string().contains("metric samples"), "{error}");
}
