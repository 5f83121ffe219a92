//! `--only search`: relevance on judged sets, and speed, of Luge's search beside SQLite's FTS5,
//! plain tantivy, and the contains-filter of the real PocketBase.

mod corpus;
mod engines;
mod judged;
mod relevance;
mod speed;

use std::path::Path;
use std::time::Duration;

use luge_tests::persona::records;
use luge_tests::server::new_folder;
use luge_tests::{Requests, Server};
use serde_json::json;

use crate::work::Run;
use crate::{Arguments, Product, data, stop};
use corpus::Corpus;
use engines::{Fts5, OverHttp, Plain};
use judged::{Group, Judge};
use relevance::Table;

/// The name of the workload.
pub(crate) const NAME: &str = "search";

/// Searches in flight, as the table has them.
const AT_ONCE: [usize; 2] = [2, 32];
/// Searches that are sent in turn.
const VARIANTS: usize = 1000;

/// Loads, measures and prints.
pub(crate) fn run([ours, theirs]: &[Product; 2], arguments: &Arguments) {
    let glosses = corpus::glosses(arguments.glosses);
    let movies = corpus::movies();
    let folder = new_folder();
    std::fs::create_dir_all(&folder).expect("a folder for databases is made");
    let server = Server::start_with(ours.options.clone());
    fill(&server, &[&glosses, &movies]);
    relevance(&server, &[&movies, &glosses], (&folder, arguments.judged));

    let searches = Judge::of(&glosses)
        .searches(Group::Exact, VARIANTS)
        .into_iter();
    let queries: Vec<Vec<String>> = searches.map(|search| search.words).collect();
    let length = Duration::from_secs_f64(arguments.seconds);
    let luge = speed::searches(&glosses, &queries);
    let ours = AT_ONCE.map(|at_once| speed::in_flight(&server, &luge, at_once, length));
    let file = folder.join(glosses.name);
    let in_sqlite = |threads| speed::in_sqlite(&file, (&glosses, &queries), (threads, length));
    let sqlite = AT_ONCE.map(in_sqlite);
    fresh(&speed::freshness(&server, &glosses, arguments.seconds));
    stop(server);
    let server = Server::start_with(theirs.options.clone());
    load(&server, &glosses);
    let filters = speed::filters(&glosses, &queries);
    let theirs = AT_ONCE.map(|at_once| speed::in_flight(&server, &filters, at_once, length));
    stop(server);
    for (at, at_once) in AT_ONCE.into_iter().enumerate() {
        let beside = [
            ("FTS5 in process", sqlite[at]),
            ("PocketBase's filter", theirs[at]),
        ];
        tell(at_once, ours[at], &beside);
    }
    if let Err(error) = std::fs::remove_dir_all(&folder) {
        eprintln!("{} could not be removed: {error}", folder.display());
    }
}

/// Makes the collections searchable once they have their records.
fn fill(server: &Server, corpora: &[&Corpus]) {
    for corpus in corpora {
        load(server, corpus);
        let took = speed::build(&server.superuser(), corpus);
        let rate = corpus.records.len() as f64 / took.as_secs_f64();
        println!("{}: index built, {rate:.0} records/s", corpus.name);
    }
    let text: usize = corpora.iter().map(|corpus| corpus.bytes()).sum();
    let index = speed::folder_bytes(&server.folder.join("data").join("search")) as f64;
    let (times, size) = (index / text as f64, text as f64 / 1e6);
    println!("index on disk: {times:.2} times its text of {size:.1} MB");
}

fn relevance(server: &Server, corpora: &[&Corpus], (folder, count): (&Path, usize)) {
    let mut rows = Vec::new();
    for corpus in corpora {
        let luge = OverHttp {
            server,
            collection: corpus.name,
        };
        let fts5 = Fts5::fill(&folder.join(corpus.name), corpus);
        let plain = Plain::fill(corpus);
        rows.extend(relevance::measure(corpus, &[&luge, &fts5, &plain], count));
    }
    println!("\n{}", Table(&rows));
}

fn fresh(delays: &[Duration]) {
    let late = |part: usize| {
        delays
            .get(delays.len() * part / 100)
            .copied()
            .unwrap_or_default()
    };
    let (p50, p99, count) = (late(50), late(99), delays.len());
    println!("writes found after: p50 {p50:.0?}, p99 {p99:.0?} ({count} of them looked for)");
}

fn tell(at_once: usize, ours: Run, beside: &[(&str, Run)]) {
    println!("{at_once} in flight, Luge: {ours}");
    for (name, run) in beside {
        let (rate, p50) = (
            ours.rate / run.rate,
            run.p50.as_secs_f64() / ours.p50.as_secs_f64(),
        );
        println!("{at_once} in flight, {name}: {run}; Luge: rate × {rate:.2}, p50 ÷ {p50:.2}");
    }
}

/// Makes a collection that everybody may list, and its records.
fn load(server: &Server, corpus: &Corpus) {
    let fields = corpus
        .fields
        .iter()
        .map(|name| json!({ "name": name, "type": "text" }));
    let fields: Vec<_> = fields.collect();
    server.superuser().collection(&json!({
        "name": corpus.name, "type": "base", "listRule": "", "viewRule": "", "createRule": "",
        "fields": fields,
    }));
    let bodies = corpus.records.iter().map(|record| {
        let mut body = json!({ "id": record.id });
        for (name, text) in corpus.fields.iter().zip(&record.texts) {
            body[*name] = json!(text);
        }
        (corpus.name, body)
    });
    data::create(server, &bodies.collect::<Vec<_>>());
    let path = format!("{}?perPage=1", records(corpus.name));
    let total = server.anyone().get(&path).at("totalItems");
    assert_eq!(
        total,
        corpus.records.len(),
        "{} were not loaded",
        corpus.name
    );
}
