//! Whatever the plan, a list shows what going through every record would show.

use luge_model::collection::Collections;
use luge_model::filter::{Audience, Filter, Scope};
use luge_model::record::Record;
use luge_model::sort::Sort;
use luge_model::timestamp::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::super::{ListRequest, Next};
use super::{engine, filter, ids, list, query, sort};
use crate::context::Context;
use crate::engine::Engine;

/// The ids of all matches in the order of the list, told apart from plans and collectors.
pub(super) fn scanned(engine: &Engine, filter: &str, sort: &str) -> Vec<String> {
    let system = Context::system(Timestamp(1));
    let compiled = engine.records.compiled("posts").unwrap();
    let scope = Scope {
        collection: &compiled.collection,
        collections: &*compiled.snapshot as &dyn Collections,
        audience: Audience::Superuser,
        caller: None,
    };
    let query = query(engine);
    let lookups = query.lookups(&system, &compiled.snapshot);
    let mut all = query.all(compiled.collection.number).unwrap();
    if !filter.is_empty() {
        let parsed = Filter::parse(filter, &scope).unwrap();
        all.retain(|record| parsed.matches(record, &lookups.environment()));
    }
    let parsed = Sort::parse(sort, &scope).unwrap();
    let prepared = parsed.prepare(&lookups.environment(), 0);
    let last = sort.split(',').find(|key| key.ends_with("@rowid"));
    let last = last.or(sort.split(',').next_back()).unwrap_or_default();
    if last.starts_with('-') {
        all.reverse();
    }
    // A stable sort keeps equal ones in the order of insertion or in its reverse.
    all.sort_by(|left, right| prepared.compare(left, right));
    all.iter()
        .map(|record: &Record| record.id().to_owned())
        .collect()
}

/// The ids of all pages of a list, each found from the cursor of the one before.
pub(super) fn paged(engine: &Engine, request: &ListRequest) -> Vec<String> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = list(
            engine,
            &ListRequest {
                cursor: Some(cursor),
                ..request.clone()
            },
        );
        all.extend(ids(&page.items));
        match page.next {
            Next::Cursor(next) => {
                assert_eq!(page.items.len(), request.per_page, "{request:?}");
                cursor = next;
            }
            end => {
                assert_eq!(end, Next::End);
                return all;
            }
        }
    }
}

fn check(
    engine: &Engine,
    (filter, sort): (&str, &str),
    per_page: usize,
) -> Result<(), TestCaseError> {
    let expected = scanned(engine, filter, sort);
    let request = ListRequest {
        per_page: 500,
        filter: filter.to_owned(),
        sort: sort.to_owned(),
        ..ListRequest::default()
    };
    let told = format!("filter {filter:?}, sort {sort:?}, {per_page} on a page");
    let whole = list(engine, &request);
    prop_assert_eq!(whole.total_items, Some(expected.len() as u64), "{}", &told);
    prop_assert_eq!(ids(&whole.items), &expected[..], "{}", &told);
    let uncounted = ListRequest {
        per_page,
        page: 2,
        skip_total: true,
        ..request
    };
    let second: Vec<String> = expected
        .iter()
        .skip(per_page)
        .take(per_page)
        .cloned()
        .collect();
    prop_assert_eq!(ids(&list(engine, &uncounted).items), second, "{}", &told);
    let cursors = ListRequest {
        page: 0,
        ..uncounted
    };
    prop_assert_eq!(paged(engine, &cursors), &expected[..], "{}", &told);
    let counted = ListRequest {
        skip_total: false,
        ..cursors
    };
    let first = list(
        engine,
        &ListRequest {
            cursor: Some(String::new()),
            ..counted.clone()
        },
    );
    if let Next::Cursor(cursor) = first.next {
        let next = list(
            engine,
            &ListRequest {
                cursor: Some(cursor),
                ..counted
            },
        );
        prop_assert_eq!(next.total_items, Some(expected.len() as u64), "{}", &told);
    }
    Ok(())
}

#[tokio::test]
async fn a_planned_list_is_a_scanned_one() {
    for mirror_bytes in [0, 1 << 30] {
        let engine = engine(mirror_bytes).await;
        let mut runner = TestRunner::new(Config::default());
        let cases = (filter(), sort(), 1..70_usize);
        let result = runner.run(&cases, |(filter, sort, per_page)| {
            check(&engine, (&filter, &sort), per_page)
        });
        result.unwrap_or_else(|failure| panic!("{mirror_bytes} bytes in memory: {failure}"));
    }
}
