//! The log over a store in memory: what is added, written, found, counted and removed.

use luge_model::limits::{REQUEST_LOG_WAITING_BYTES_MAX, REQUEST_LOG_WAITING_MAX};
use luge_model::principal::Principal;
use luge_model::timestamp::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::*;
use crate::context::Context;
use crate::error::Error;
use crate::random::SystemRandom;
use crate::settings::Fixed;
use crate::store::{Store, StoreKind, StoreOptions, open, wait};

/// The beginning of an hour.
const START: i64 = 1_789_999_200_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

fn log() -> RequestLog {
    let store: Arc<dyn Store> = open(StoreKind::Memory, &StoreOptions::default()).unwrap();
    let committer = Arc::new(Committer::open(store).unwrap());
    let settings =
        Arc::new(Settings::open(Arc::clone(&committer), Fixed::default(), Arc::default()).unwrap());
    RequestLog::new(Parts {
        committer,
        settings,
        random: Arc::new(SystemRandom),
    })
}

fn set(log: &RequestLog, logs: Json) {
    let body = Map::from_iter([("logs".to_owned(), logs)]);
    wait(log.settings.update(&at(0), &body)).unwrap();
}

fn at(milliseconds: i64) -> Context {
    Context::system(Timestamp(START + milliseconds))
}

fn answered(milliseconds: i64, status: u16) -> Answered {
    let failed = (status >= 400).then(|| Failed {
        message: "No.".to_owned(),
        data: Map::new(),
    });
    Answered {
        at: Timestamp(START + milliseconds),
        method: "GET".to_owned(),
        url: format!("/n/{milliseconds}?token=abc"),
        status,
        nanoseconds: u64::try_from(milliseconds.rem_euclid(97)).unwrap() * 1_000_000,
        failed,
        ..Answered::default()
    }
}

fn write(log: &RequestLog, all: &[(i64, u16)]) {
    for (milliseconds, status) in all {
        log.add(answered(*milliseconds, *status));
    }
    log.write_waiting();
}

fn list(log: &RequestLog, filter: &str, sort: &str) -> Vec<String> {
    let request = LogRequest {
        per_page: 1_000,
        filter: filter.to_owned(),
        sort: sort.to_owned(),
        ..LogRequest::default()
    };
    let page = log.list(&at(DAY), &request).unwrap();
    assert_eq!(page.total, Some(page.items.len() as u64), "{filter} {sort}");
    let numbers = page.items.iter().map(|entry| {
        let rest = entry.message.strip_prefix("GET /n/").unwrap();
        rest.strip_suffix("?token=REDACTED").unwrap().to_owned()
    });
    numbers.collect()
}

#[test]
fn entries_are_found_by_filter_sort_page_and_id() {
    let log = log();
    assert!(list(&log, "", "").is_empty());
    write(&log, &[(5, 200), (1, 404), (3, 200)]);
    write(&log, &[(HOUR, 200), (HOUR + 1, 500)]);
    let (hour, later) = (HOUR.to_string(), (HOUR + 1).to_string());
    let (hour, later) = (hour.as_str(), later.as_str());
    let all = ["1", "3", "5", hour, later];
    assert_eq!(list(&log, "", ""), all);
    assert_eq!(list(&log, "", "-@rowid"), [later, hour, "5", "3", "1"]);
    assert_eq!(list(&log, "", "-created"), [later, hour, "5", "3", "1"]);
    assert_eq!(list(&log, "level > 0", ""), ["1", later]);
    assert_eq!(list(&log, "level = 0", "-@rowid"), [hour, "5", "3"]);
    assert_eq!(list(&log, "data.status = 500", ""), [later]);
    assert_eq!(
        list(&log, "data.error = 'No.' && data.status < 500", ""),
        ["1"]
    );
    assert_eq!(list(&log, "message ~ '/n/3?'", ""), ["3"]);
    assert_eq!(list(&log, "", "-data.execTime")[0], later);
    let created = Timestamp(START + HOUR).to_string();
    assert_eq!(
        list(&log, &format!("created >= '{created}'"), ""),
        [hour, later]
    );
    assert_eq!(list(&log, &format!("created < '{created}'"), "").len(), 3);
    assert_eq!(list(&log, &format!("created = '{created}'"), ""), [hour]);
    let request = LogRequest {
        page: 2,
        per_page: 2,
        ..LogRequest::default()
    };
    let page = log.list(&at(DAY), &request).unwrap();
    assert_eq!((page.total, page.items.len()), (Some(5), 2));
    assert!(page.items[0].message.contains("/n/5"));
    for entry in &page.items {
        assert_eq!(log.view(&at(DAY), &entry.id).unwrap().data, entry.data);
    }
    let sorted = LogRequest {
        sort: "-data.status".to_owned(),
        ..request
    };
    let page = log.list(&at(DAY), &sorted).unwrap();
    assert_eq!((page.total, page.items.len()), (Some(5), 2));
}

#[test]
fn hours_are_counted_with_and_without_a_filter() {
    let log = log();
    write(
        &log,
        &[(5, 200), (HOUR - 1, 404), (HOUR, 200), (3 * HOUR, 500)],
    );
    let counts = |filter: &str| -> Vec<(i64, u64)> {
        let hours = log.hours(&at(DAY), filter).unwrap();
        hours
            .iter()
            .map(|hour| (hour.begin.0 - START, hour.total))
            .collect()
    };
    assert_eq!(counts(""), [(0, 2), (HOUR, 1), (3 * HOUR, 1)]);
    assert_eq!(counts("level > 0"), [(0, 1), (3 * HOUR, 1)]);
    assert_eq!(counts("level > 100"), []);
}

#[test]
fn what_is_wrong_is_refused_with_its_place() {
    let log = log();
    write(&log, &[(1, 200)]);
    let list = |filter: &str, sort: &str, context: &Context| {
        let request = LogRequest {
            filter: filter.to_owned(),
            sort: sort.to_owned(),
            ..LogRequest::default()
        };
        log.list(context, &request).map(|page| page.items.len())
    };
    for filter in [
        "zzz",
        "nope = 1",
        "@collection.users.id = ''",
        "(",
        "rowid > 1",
    ] {
        let outcome = list(filter, "", &at(1));
        let Err(Error::BadQuery(message)) = outcome else {
            panic!("{filter}: {outcome:?}");
        };
        assert!(message.starts_with("Invalid filter format: "), "{message}");
        assert!(log.hours(&at(1), filter).is_err());
        assert!(log.watch(&at(1), filter).is_err());
    }
    for sort in ["nope", "rowid", "-", "id,,level"] {
        assert!(
            matches!(list("", sort, &at(1)), Err(Error::BadQuery(_))),
            "{sort}"
        );
    }
    let guest = Context {
        principal: Principal::Guest,
        ..at(1)
    };
    assert!(matches!(list("", "", &guest), Err(Error::SignInNeeded)));
    assert!(matches!(log.view(&guest, "x"), Err(Error::SignInNeeded)));
    assert!(matches!(log.hours(&guest, ""), Err(Error::SignInNeeded)));
    assert!(matches!(log.clear(&guest), Err(Error::SignInNeeded)));
    assert!(log.watch(&guest, "").is_err());
    for id in ["", "nope", "abcdefghijklmno", "ABCDEFGHIJKLMNO"] {
        assert!(
            matches!(log.view(&at(1), id), Err(Error::MissingRecord)),
            "{id}"
        );
    }
}

#[test]
fn the_settings_say_what_is_kept() {
    let log = log();
    set(&log, json!({"minLevel": 8}));
    write(&log, &[(1, 200), (2, 400)]);
    assert_eq!(list(&log, "", ""), ["2"]);
    set(
        &log,
        json!({"minLevel": 0, "logIP": false, "logAuthId": true}),
    );
    let addresses = Some(Addresses {
        user: Some("10.0.0.1".parse().unwrap()),
        remote: None,
    });
    log.add(Answered {
        addresses,
        ..answered(3, 200)
    });
    log.write_waiting();
    let entry = log
        .list(&at(DAY), &LogRequest::default())
        .unwrap()
        .items
        .remove(1);
    assert!(
        !entry.data.contains("10.0.0.1") && !entry.data.contains("userIP"),
        "{}",
        entry.data
    );
    assert!(entry.data.contains("\"authId\":\"\""), "{}", entry.data);
    set(&log, json!({"maxDays": 0}));
    log.add(answered(4, 200));
    log.write_waiting();
    assert!(list(&log, "", "").is_empty(), "nothing is shown at once");
    assert!(log.is_unwanted());
    log.remove_old(at(5).now, &|| false).unwrap();
    assert!(!log.is_unwanted());
    set(&log, json!({"maxDays": 5}));
    assert!(list(&log, "", "").is_empty(), "and everything is gone");
    write(&log, &[(6, 200)]);
    assert_eq!(list(&log, "", ""), ["6"]);
}

#[test]
fn old_entries_are_hidden_and_then_removed() {
    let log = log();
    set(&log, json!({"maxDays": 1}));
    write(&log, &[(0, 200), (1, 200), (2, 200)]);
    write(&log, &[(DAY, 200)]);
    let seen = |now: i64| {
        let page = log.list(&at(now), &LogRequest::default()).unwrap();
        assert_eq!(page.total, Some(page.items.len() as u64));
        page.items.len()
    };
    assert_eq!(seen(DAY), 4);
    assert_eq!(seen(DAY + 1), 3, "an edge inside of a pack");
    assert_eq!(seen(DAY + 3), 1);
    log.remove_old(at(DAY + 60_000).now, &|| true).unwrap();
    assert_eq!(seen(DAY), 4, "it leaves off when told to");
    log.remove_old(at(DAY + 60_000).now, &|| false).unwrap();
    assert_eq!(seen(DAY), 1);
    log.clear(&at(DAY)).unwrap();
    assert_eq!(seen(DAY), 0);
    write(&log, &[(DAY, 200)]);
    assert_eq!(seen(DAY), 1);
}

#[test]
fn a_flood_is_counted_and_lost_and_never_held() {
    let log = log();
    for _ in 0..REQUEST_LOG_WAITING_MAX + 7 {
        log.add(answered(1, 200));
    }
    assert_eq!(log.lost(), 7);
    log.write_waiting();
    let total = log.list(&at(DAY), &LogRequest::default()).unwrap().total;
    assert_eq!(total, Some(REQUEST_LOG_WAITING_MAX as u64));
    let large = || Answered {
        url: "x".repeat(REQUEST_LOG_WAITING_BYTES_MAX / 4),
        ..answered(1, 200)
    };
    for _ in 0..5 {
        log.add(large());
    }
    assert_eq!(log.lost(), 7 + 2);
}

#[test]
fn who_watches_is_told_what_matches() {
    let log = Arc::new(log());
    let mut tail = log.watch(&at(0), "data.status >= 400").unwrap();
    write(&log, &[(1, 200), (2, 404)]);
    let Heard::Entries(entries) = wait(tail.next(&at(0))) else {
        panic!("nothing was told");
    };
    assert_eq!(entries.len(), 1);
    assert!(entries[0].message.contains("/n/2?token=REDACTED"));
    let many: Vec<_> = (0..luge_model::limits::LOG_TAILS_MAX)
        .map(|_| log.watch(&at(0), ""))
        .collect();
    assert!(matches!(many.last().unwrap(), Err(Error::TooManyClients)));
    drop(many);
    log.watch(&at(0), "").unwrap();
    for number in 0..luge_model::limits::LOG_TAIL_WAITING_MAX + 3 {
        write(&log, &[(i64::try_from(number).unwrap(), 200)]);
    }
    assert_eq!(wait(tail.next(&at(0))), Heard::Missed(3));
    log.end_tails();
    loop {
        match wait(tail.next(&at(0))) {
            Heard::Ended => break,
            heard => assert_eq!(heard, Heard::Entries(Vec::new())),
        }
    }
    assert!(matches!(log.watch(&at(0), ""), Err(Error::Closed)));
}

#[test]
fn the_writer_writes_what_waits_when_it_is_dropped() {
    let log = Arc::new(log());
    let writer = Writer::start(Arc::clone(&log)).unwrap();
    log.add(answered(1, 200));
    drop(writer);
    assert_eq!(list(&log, "", ""), ["1"]);
}

#[test]
fn damage_is_told_with_its_key() {
    let log = log();
    write(&log, &[(1, 200)]);
    let key = crate::store::key::request_pack(Timestamp(START + 2), 7);
    let puts = vec![(key, b"\x01damaged".to_vec())];
    let proposal = crate::commit::Proposal {
        puts,
        ..Default::default()
    };
    wait(log.committer.commit(proposal)).unwrap();
    let error = log.list(&at(DAY), &LogRequest::default()).unwrap_err();
    assert!(error.to_string().contains("request logs"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However requests come and are written, the log is a list in which all of them are found.
    #[test]
    fn a_list_has_everything_once(
        writes in prop::collection::vec(
            prop::collection::vec((0..3 * HOUR, prop::sample::select(vec![200_u16, 404])), 1..40),
            1..8,
        ),
    ) {
        let log = log();
        for one in &writes {
            write(&log, one);
        }
        let all: Vec<(i64, u16)> = writes.concat();
        let mut expected: Vec<String> = all.iter().map(|(at, _)| at.to_string()).collect();
        expected.sort();
        for sort in ["", "-@rowid", "created", "-data.status,message"] {
            let mut found = list(&log, "", sort);
            found.sort();
            prop_assert_eq!(&found, &expected);
        }
        let failed = all.iter().filter(|(_, status)| *status >= 400).count();
        prop_assert_eq!(list(&log, "level = 8", "-@rowid").len(), failed);
        prop_assert_eq!(list(&log, "data.status = 404", "id").len(), failed);
        let hours = log.hours(&at(DAY), "").unwrap();
        prop_assert_eq!(&hours, &log.hours(&at(DAY), "id != ''").unwrap());
        prop_assert_eq!(hours.iter().map(|hour| hour.total).sum::<u64>(), all.len() as u64);
    }
}

#[test]
fn an_entry_tells_the_rule_and_the_times_of_its_parts_in_few_bytes() {
    use crate::clock::{Clock, SystemClock};
    use crate::context::{Account, Listed, Part, Verdict};
    use crate::engine::{Engine, Options};
    use luge_model::collection::RuleAction;

    let log = log();
    let options = Options {
        store: StoreKind::Memory,
        ..Options::new("unused".into())
    };
    let snapshot = Engine::open(options).unwrap().catalog.snapshot();
    let collection = &snapshot.all()[0];
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let told = |account: Account, milliseconds: i64| {
        log.add(Answered {
            account,
            ..answered(milliseconds, 404)
        });
        log.write_waiting();
        let request = LogRequest {
            filter: format!("message ~ '/n/{milliseconds}?'"),
            ..LogRequest::default()
        };
        let page = log.list(&at(DAY), &request).unwrap();
        page.items[0].data.clone()
    };
    let bare = told(Account::default(), 1);
    for key in ["rule", "query", "timings", "audit"] {
        assert!(!bare.contains(&format!("\"{key}\"")), "{key} of {bare}");
    }
    assert_eq!(told(Account::kept(&clock), 2).replace("/n/2", "/n/1"), {
        // Nothing was noted, so nothing is told.
        bare.replace("\"execTime\":1.0", "\"execTime\":2.0")
    });
    let account = Account::kept(&clock);
    account.judged(collection, RuleAction::View, Verdict::Denied);
    account.measure(Part::Commit, || {
        std::thread::sleep(std::time::Duration::from_millis(2))
    });
    account.listed(|| Listed {
        collection: Arc::clone(collection),
        plan: "index range by_owner".to_owned(),
        looked: 12_345,
        returned: 30,
        missing_index: vec!["`owner`".to_owned()],
    });
    let full = told(account, 3);
    let json: Json = serde_json::from_str(&full).unwrap();
    assert_eq!(json["rule"]["collection"], collection.name.as_str());
    assert_eq!(json["rule"]["action"], "view");
    assert_eq!(json["rule"]["verdict"], "denied");
    assert!(json.get("rules").is_none() && json.get("audit").is_none());
    assert_eq!(json["query"]["looked"], 12_345);
    assert_eq!(json["query"]["missingIndex"], json!(["`owner`"]));
    assert!(json["timings"]["commitMs"].as_f64().unwrap() >= 2.0);
    assert!(json["timings"].get("readMs").is_none());
    assert!(full.len() < bare.len() + 400, "{}", full.len() - bare.len());
    assert_eq!(list(&log, "data.rule.verdict = 'denied'", ""), ["3"]);
    assert!(list(&log, "data.rule.verdict = 'allowed'", "").is_empty());
}
