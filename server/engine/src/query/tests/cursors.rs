//! Cursors while records come and go, and cursors that are none.

use std::collections::HashSet;

use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use super::super::{ListRequest, Next};
use super::plans::scanned;
use super::{engine, filter, ids, list, make, post, query, sort};
use crate::context::Context;
use crate::engine::Engine;
use crate::error::Error;

fn cursor_of(engine: &Engine, request: &ListRequest) -> String {
    let page = list(engine, request);
    match page.next {
        Next::Cursor(cursor) => cursor,
        other => panic!("{other:?}"),
    }
}

fn beginning(sort: &str, filter: &str) -> ListRequest {
    ListRequest {
        per_page: 10,
        cursor: Some(String::new()),
        sort: sort.to_owned(),
        filter: filter.to_owned(),
        skip_total: true,
        ..ListRequest::default()
    }
}

/// What happens between two pages.
#[derive(Clone, Debug)]
enum Event {
    Insert(usize),
    Delete(prop::sample::Index),
    /// The record at which the page ended.
    DeleteLast,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        2 => (0..POST_KINDS).prop_map(Event::Insert),
        1 => any::<prop::sample::Index>().prop_map(Event::Delete),
        1 => Just(Event::DeleteLast),
    ]
}

const POST_KINDS: usize = 500;

fn authors(engine: &Engine) -> Vec<String> {
    let compiled = engine.records.compiled("authors").unwrap();
    let all = query(engine).all(compiled.collection.number);
    all.unwrap()
        .iter()
        .map(|author: &Record| author.id().to_owned())
        .collect()
}

async fn delete(engine: &Engine, id: &str) {
    let system = Context::system(Timestamp(1));
    engine.records.delete(&system, "posts", id).await.unwrap();
}

/// Pages through a list while things happen; what stood there throughout is shown once, in order.
fn page_through(
    engine: &Engine,
    mut request: ListRequest,
    events: &[Event],
) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let before = scanned(engine, &request.filter, &request.sort);
    let authors = authors(engine);
    let mut gone: HashSet<String> = HashSet::new();
    let mut shown = Vec::new();
    let mut events = events.iter().cycle();
    let mut made = 0;
    loop {
        let page = list(engine, &request);
        shown.extend(ids(&page.items));
        let Next::Cursor(cursor) = page.next else {
            break;
        };
        request.cursor = Some(cursor);
        for event in events.by_ref().take(2) {
            let alive: Vec<_> = before.iter().filter(|id| !gone.contains(*id)).collect();
            let victim = match event {
                Event::Insert(number) => {
                    let mut body = post(*number, &authors);
                    // Unique values are to be new ones.
                    let code = format!("c{}-{made}", number % 90);
                    made += 1;
                    body["title"] = json!(format!("{}{code}", body["title"].as_str().unwrap()));
                    body["code"] = json!(code);
                    runtime.block_on(make(engine, "posts", body));
                    continue;
                }
                Event::Delete(_) if alive.is_empty() => continue,
                Event::Delete(index) => index.get(&alive).to_string(),
                Event::DeleteLast => match ids(&page.items).pop() {
                    Some(last) if !gone.contains(&last) => last,
                    _ => continue,
                },
            };
            runtime.block_on(delete(engine, &victim));
            gone.insert(victim);
        }
    }
    let told = format!("{request:?}");
    let once: HashSet<&String> = shown.iter().collect();
    prop_assert_eq!(once.len(), shown.len(), "shown twice: {}", &told);
    let throughout: Vec<&String> = before.iter().filter(|id| !gone.contains(*id)).collect();
    let found: Vec<&String> = shown.iter().filter(|id| throughout.contains(id)).collect();
    prop_assert_eq!(found, throughout, "{}", &told);
    Ok(())
}

#[test]
fn what_stands_throughout_is_shown_once_while_others_come_and_go() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    // Each case has a world of its own, so they are fewer.
    let cases = Config::default().cases.div_ceil(8);
    for mirror_bytes in [0, 1 << 30] {
        let mut runner = TestRunner::new(Config::with_cases(cases));
        let cases = (
            filter(),
            sort(),
            3..60_usize,
            prop::collection::vec(event(), 1..20),
        );
        let result = runner.run(&cases, |(filter, sort, per_page, events)| {
            let engine = runtime.block_on(engine(mirror_bytes));
            let request = ListRequest {
                per_page,
                ..beginning(&sort, &filter)
            };
            let outcome = page_through(&engine, request, &events);
            engine.close().unwrap();
            outcome
        });
        result.unwrap_or_else(|failure| panic!("{mirror_bytes} bytes in memory: {failure}"));
    }
}

fn refused(engine: &Engine, request: &ListRequest, reason: &str) {
    let system = Context::system(Timestamp(1));
    let outcome = engine.records.list(&system, "posts", request);
    match outcome {
        Err(Error::BadQuery(message)) => {
            assert!(message.contains(reason), "{message} lacks {reason}");
        }
        other => panic!("{reason}: {other:?}"),
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_list_only() {
    let engine = engine(1 << 30).await;
    let request = beginning("-n", "open = true");
    let cursor = cursor_of(&engine, &request);
    let with = |cursor: &str| ListRequest {
        cursor: Some(cursor.to_owned()),
        ..request.clone()
    };
    assert_eq!(list(&engine, &with(&cursor)).items.len(), 10);
    assert_eq!(
        cursor_of(&engine, &request),
        cursor,
        "the same page, the same cursor"
    );
    let other = |change: fn(&mut ListRequest)| {
        let mut request = with(&cursor);
        change(&mut request);
        request
    };
    let sort = other(|request| request.sort = "n".to_owned());
    refused(&engine, &sort, "another sort");
    let filter = other(|request| request.filter = "open = false".to_owned());
    refused(&engine, &filter, "another filter");
    let random = other(|request| request.sort = "@random".to_owned());
    refused(&engine, &random, "@random");
    let random = beginning("n,@random", "");
    refused(&engine, &random, "@random");
    for text in [
        "x",
        "AQ",
        "=",
        "\u{e9}",
        " ",
        "AAAA",
        cursor.trim_start_matches('A'),
        &format!("{cursor}A"),
    ] {
        refused(&engine, &with(text), "not one that this server gave");
    }
    refused(
        &engine,
        &with(&"A".repeat(9_000)),
        "not one that this server gave",
    );
    for place in 0..cursor.len() {
        let mut changed = cursor.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let system = Context::system(Timestamp(1));
        // The last character has bits that say nothing.
        let outcome = engine.records.list(&system, "posts", &with(&changed));
        assert!(
            matches!(outcome, Err(Error::BadQuery(_))),
            "character {place} was changed: {changed}"
        );
    }
}

#[tokio::test]
async fn a_cursor_of_values_that_are_too_long_is_refused() {
    let engine = engine(1 << 30).await;
    let system = Context::system(Timestamp(1));
    let body = json!({"title": "a".repeat(4_000), "code": "long"});
    make(&engine, "posts", body).await;
    let request = ListRequest {
        per_page: 1,
        ..beginning("title", "code = 'long' || code = 'c7'")
    };
    let mut request = request;
    let outcome = loop {
        match engine.records.list(&system, "posts", &request) {
            Ok(page) => match page.next {
                Next::Cursor(cursor) => request.cursor = Some(cursor),
                _ => break Ok(()),
            },
            Err(error) => break Err(error),
        }
    };
    let message = outcome.unwrap_err().to_string();
    assert!(message.contains("longer than 4096 bytes"), "{message}");
}
