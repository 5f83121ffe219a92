//! How fast: filling an index from records that are there, searches in flight, and how soon a write
//! is found.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use luge_tests::http::{Connection, request};
use luge_tests::persona::records;
use luge_tests::{Persona, Requests, Server};
use serde_json::{Value, json};
use tokio::task::{JoinSet, LocalSet};

use super::corpus::Corpus;
use super::engines::{Fts5, encoded, path};
use crate::process::cpu_time;
use crate::work::{Run, run_at_once};

/// Longest wait for an index.
const BUILD_DEADLINE: Duration = Duration::from_secs(600);
/// Writes a second while it is measured how soon they are found; every `WATCHED`th is looked for.
pub(crate) const WRITES: u32 = 500;
const WATCHED: u32 = 20;
/// Time between two looks for a write.
const LOOK: Duration = Duration::from_millis(20);
/// Longest wait for a write to be found.
const FIND_DEADLINE: Duration = Duration::from_secs(30);

/// Makes a collection searchable and waits until it is.
pub(crate) fn build(superuser: &Persona, corpus: &Corpus) -> Duration {
    let field = json!({ "language": "en" });
    let fields = corpus
        .fields
        .iter()
        .map(|name| ((*name).to_owned(), field.clone()));
    let fields = Value::Object(fields.collect());
    let body = json!({ "search": { "fields": fields } });
    let started = Instant::now();
    superuser
        .patch(&format!("/api/collections/{}", corpus.name), &body)
        .expect(200);
    loop {
        let status = superuser.get("/api/search/status").expect(200);
        let mut all = status["collections"].as_array().into_iter().flatten();
        let own = all.find(|one| one["collection"] == corpus.name);
        if own.is_some_and(|one| one["searchable"] == true && one["building"] == false) {
            return started.elapsed();
        }
        assert!(
            started.elapsed() < BUILD_DEADLINE,
            "no index was built: {status}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Searches of Luge with the hits marked up in every field.
pub(crate) fn searches(corpus: &Corpus, queries: &[Vec<String>]) -> Vec<Vec<u8>> {
    let fields = corpus.fields.join(",");
    let search = |words: &Vec<String>| {
        let path = format!("{}&highlight={fields}", path(corpus.name, words));
        request("GET", &path, "", "")
    };
    queries.iter().map(search).collect()
}

/// What stands for the same searches where there is no search: every word is in one of the fields.
pub(crate) fn filters(corpus: &Corpus, queries: &[Vec<String>]) -> Vec<Vec<u8>> {
    let filter = |words: &Vec<String>| {
        let word = |word: &String| {
            let fields = corpus
                .fields
                .iter()
                .map(|field| format!("{field} ~ '{word}'"));
            format!("({})", fields.collect::<Vec<_>>().join(" || "))
        };
        let filter = words.iter().map(word).collect::<Vec<_>>().join(" && ");
        let path = format!(
            "{}?perPage=10&filter={}",
            records(corpus.name),
            encoded(&filter)
        );
        request("GET", &path, "", "")
    };
    queries.iter().map(filter).collect()
}

/// The requests with so many in flight.
pub(crate) fn in_flight(
    server: &Server,
    requests: &[Vec<u8>],
    at_once: usize,
    length: Duration,
) -> Run {
    run_at_once(server, requests, (Duration::from_millis(300), at_once));
    run_at_once(server, requests, (length, at_once))
}

/// The same searches in SQLite, on so many threads of this process.
pub(crate) fn in_sqlite(
    file: &Path,
    (corpus, queries): (&Corpus, &[Vec<String>]),
    (threads, length): (usize, Duration),
) -> Run {
    let next = AtomicUsize::new(0);
    let cpu_before = cpu_time(std::process::id());
    let started = Instant::now();
    let work = || {
        let engine = Fts5::open(file);
        let mut latencies = Vec::new();
        while started.elapsed() < length {
            let at = next.fetch_add(1, Ordering::Relaxed) % queries.len();
            let sent = Instant::now();
            std::hint::black_box(engine.highlights(&queries[at], corpus.fields.len()));
            latencies.push(sent.elapsed());
        }
        latencies
    };
    let latencies = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let ended = threads
            .into_iter()
            .map(|thread| thread.join().expect("a thread ends"));
        ended.flatten().collect()
    });
    let cpu = cpu_time(std::process::id()).saturating_sub(cpu_before);
    Run::of(latencies, started.elapsed(), cpu)
}

/// Writes for a while: how many were answered a second, and how long each watched one took from its
/// answer until it was found.
pub(crate) fn freshness(server: &Server, corpus: &Corpus, seconds: f64) -> (f64, Vec<Duration>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime starts");
    let writes = (f64::from(WRITES) * seconds) as u32;
    let started = Instant::now();
    let work = write_all(server, corpus, (writes, started));
    let answers = LocalSet::new().block_on(&runtime, work);
    let last = answers.iter().map(|(answered, _)| *answered).max();
    let rate = f64::from(writes) / last.map_or(f64::INFINITY, |last| last.as_secs_f64());
    let mut delays: Vec<Duration> = answers.into_iter().filter_map(|(_, found)| found).collect();
    delays.sort_unstable();
    (rate, delays)
}

/// When each write was answered, and how long after that a watched one was found.
async fn write_all(
    server: &Server,
    corpus: &Corpus,
    (writes, started): (u32, Instant),
) -> Vec<(Duration, Option<Duration>)> {
    let mut clients = JoinSet::new();
    for number in 0..writes {
        let due = started + Duration::from_secs(1) * number / WRITES;
        tokio::time::sleep_until(due.into()).await;
        let (address, name) = (server.address.clone(), corpus.name);
        let field = corpus.fields.last().copied().unwrap_or_default();
        clients.spawn_local(async move {
            let mut connection = Connection::open(&address).await.expect("a connection");
            // Letters only: a word that nothing else is near to.
            let word: String = number
                .to_string()
                .bytes()
                .map(|digit| char::from(digit + 49))
                .collect();
            let word = format!("zqx{word}xqz");
            let body = json!({ field: format!("a text with {word} in it") }).to_string();
            let write = request("POST", &records(name), "", &body);
            let (status, _) = connection.exchange(&write).await.expect("an answer");
            assert_eq!(status, 200, "a record of {name} was not made");
            let (answered, written) = (started.elapsed(), Instant::now());
            if number % WATCHED != 0 {
                return (answered, None);
            }
            look(&mut connection, name, &word, written).await;
            (answered, Some(written.elapsed()))
        });
    }
    clients.join_all().await
}

/// Searches for a word until it is found.
async fn look(connection: &mut Connection, name: &str, word: &str, written: Instant) {
    let path = format!("{}?perPage=1&fields=id&search=%22{word}%22", records(name));
    let search = request("GET", &path, "", "");
    loop {
        let (status, answer) = connection.exchange(&search).await.expect("an answer");
        assert_eq!(status, 200, "a search was refused");
        let answer = String::from_utf8_lossy(answer);
        if answer.contains("\"id\"") {
            return;
        }
        assert!(
            written.elapsed() < FIND_DEADLINE,
            "{word} was never found: {answer}"
        );
        tokio::time::sleep(LOOK).await;
    }
}

/// Bytes of all files below a folder.
pub(crate) fn folder_bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let bytes = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(data) if data.is_dir() => folder_bytes(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    };
    entries.map(bytes).sum()
}
