//! Many small searchable collections in one server.

use std::collections::BTreeMap;
use std::fs;

use luge_tests::persona::records;
use luge_tests::{Persona, Requests, Server};
use serde_json::{Value, json};

use crate::api::field;

/// Collections of one import, and requests of one batch.
const TOGETHER: usize = 50;
const RECORDS: usize = 3;

/// The server's threads by their names without numbers.
fn threads(server: &Server) -> BTreeMap<String, usize> {
    let tasks = fs::read_dir(format!("/proc/{}/task", server.process())).expect("it runs");
    let mut threads = BTreeMap::new();
    for task in tasks.flatten() {
        // A thread may have ended meanwhile.
        let Ok(name) = fs::read_to_string(task.path().join("comm")) else {
            continue;
        };
        let name = name
            .trim_end()
            .trim_end_matches(|last: char| last.is_ascii_digit());
        *threads.entry(name.to_owned()).or_default() += 1;
    }
    threads
}

/// How many threads write an index: tantivy has some for each writer.
fn writers(threads: &BTreeMap<String, usize>) -> usize {
    let of_writers = threads
        .iter()
        .filter(|(name, _)| name.starts_with("thrd-tantivy"));
    of_writers.map(|(_, count)| count).sum()
}

/// What the server has in memory, in mebibytes.
fn memory(server: &Server) -> u64 {
    let path = format!("/proc/{}/status", server.process());
    let status = fs::read_to_string(path).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next());
    kilobytes.expect("a size").parse::<u64>().expect("a number") / 1024
}

fn name(number: usize) -> String {
    format!("shelf{number}")
}

fn make(superuser: &Persona, numbers: std::ops::Range<usize>) {
    let collection = |number: usize| {
        json!({
            "name": name(number), "type": "base", "listRule": "",
            "fields": [field("title", "text", json!({})), field("text", "text", json!({}))],
            "search": {"fields": {"title": {"weight": 3}, "text": {"language": "en"}}},
        })
    };
    let collections: Vec<Value> = numbers.clone().map(collection).collect();
    superuser
        .ask(
            "PUT",
            "/api/collections/import",
            &json!({"collections": collections}),
        )
        .expect(204);
    let wanted = numbers.flat_map(|number| (0..RECORDS).map(move |record| (number, record)));
    let requests: Vec<Value> = wanted
        .map(|(number, record)| {
            let body = json!({
                "title": format!("own{number}x number{record}"), "text": "books of everybody",
            });
            json!({"method": "POST", "url": records(&name(number)), "body": body})
        })
        .collect();
    for requests in requests.chunks(TOGETHER) {
        superuser
            .post("/api/batch", &json!({"requests": requests}))
            .expect(200);
    }
}

/// `SEARCH_COLLECTIONS=500` makes so many.
#[test]
fn small_collections_share_one_writer() {
    let mut server = Server::start();
    if server.is_reference() {
        return;
    }
    let superuser = server.superuser();
    let batch = json!({"batch": {"enabled": true, "maxRequests": TOGETHER, "timeout": 60}});
    superuser.patch("/api/settings", &batch).expect(200);
    let count = std::env::var("SEARCH_COLLECTIONS");
    let count = count.map_or(60, |count| count.parse().expect("a number"));
    make(&superuser, 0..1);
    found(&server, 0);
    let (before, memory_before) = (threads(&server), memory(&server));
    for begin in (1..count).step_by(TOGETHER) {
        make(&superuser, begin..count.min(begin + TOGETHER));
    }
    (0..count).for_each(|number| found(&server, number));
    let (after, memory_after) = (threads(&server), memory(&server));
    let folder = server.folder.join("data/search");
    let files = fs::read_dir(&folder).expect("there is an index").count();
    eprintln!(
        "{count} collections: {memory_before} MiB and {} threads before, {memory_after} MiB and {} \
         after; {files} files",
        before.values().sum::<usize>(),
        after.values().sum::<usize>(),
    );
    let status = superuser.get("/api/search/status").expect(200);
    let searchable = status["collections"].as_array().expect("a list");
    assert_eq!(searchable.len(), count);
    // As many as with one: what differs comes and goes with requests.
    assert!(writers(&before) > 0, "{before:?}");
    assert!(writers(&after) <= writers(&before) + 2, "{after:?}");
    let others = |threads: &BTreeMap<String, usize>| threads.values().sum::<usize>();
    assert!(
        others(&after) <= others(&before) + 24,
        "{before:?}, {after:?}"
    );
    assert!(files < 250, "{files}");
    // Neither do they once the index was opened again.
    server.kill();
    server.restart();
    (0..count)
        .step_by(7)
        .for_each(|number| found(&server, number));
    let again = threads(&server);
    assert!(writers(&again) <= writers(&before) + 2, "{again:?}");
}

/// Each collection finds its own records, and none of the others.
fn found(server: &Server, number: usize) {
    let total = |search: &str| {
        let path = format!("{}?wait=1&search={search}", records(&name(number)));
        let answer = server.anyone().get(&path).expect(200);
        answer["totalItems"].as_u64().expect("a total")
    };
    assert_eq!(total(&format!("own{number}x%20")), RECORDS as u64);
    assert_eq!(total(&format!("own{}x%20", number + 1)), 0);
    assert_eq!(total("%22number1%22"), 1);
    assert_eq!(total("evreybody%20"), RECORDS as u64);
}
