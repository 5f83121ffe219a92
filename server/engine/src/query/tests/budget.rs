//! A request that would look at too much ends with an error that says so.

use luge_model::limits::{QUERY_MS_MAX, QUERY_ROWS_MAX};
use luge_model::timestamp::Timestamp;

use super::super::ListRequest;
use super::engine;
use crate::context::Context;
use crate::error::Error;

#[tokio::test]
async fn a_runaway_query_ends_with_a_reason() {
    let engine = engine(1 << 30).await;
    let system = Context::system(Timestamp(1));
    // Every post leads to the posts of its readers, these to theirs, and so on.
    let around = "readers.posts_via_readers.".repeat(3);
    let request = |cursor: Option<&str>, sort: &str| ListRequest {
        filter: format!("{around}title ~ '%nothing%'"),
        cursor: cursor.map(str::to_owned),
        sort: sort.to_owned(),
        ..ListRequest::default()
    };
    for request in [request(None, ""), request(Some(""), "-n")] {
        let outcome = engine.records.list(&system, "posts", &request);
        let Err(Error::TooCostly(message)) = outcome else {
            panic!("{:?}", outcome.map(|page| page.items.len()));
        };
        let reasons = [
            format!("The request looked at more than {QUERY_ROWS_MAX} records."),
            format!("The request took longer than {QUERY_MS_MAX} ms."),
        ];
        let told = reasons.iter().any(|reason| message.starts_with(reason));
        assert!(
            told && message.ends_with("narrower filter helps."),
            "{message}"
        );
    }
    // The next request has a budget of its own.
    let page = engine
        .records
        .list(&system, "posts", &ListRequest::default());
    assert_eq!(page.unwrap().items.len(), 30);
}
