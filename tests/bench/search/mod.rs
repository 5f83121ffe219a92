//! `--only search`: relevance on judged sets, and speed, of Luge's search beside SQLite's FTS5,
//! plain tantivy, and the contains-filter of the real PocketBase.

mod corpus;
mod engines;
mod goals;
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
use goals::{Goal, Goals, Measure};
use judged::{Group, Judge};
use relevance::{Row, Table};

/// The name of the workload.
pub(crate) const NAME: &str = "search";

/// Searches in flight, as the table has them.
const AT_ONCE: [usize; 2] = [2, 32];
/// Searches that are sent in turn.
const VARIANTS: usize = 1000;
/// How long it is written to see how soon writes are found.
const FRESH_SECONDS_MIN: f64 = 10.0;

/// Loads, measures and prints.
pub(crate) fn run([ours, theirs]: &[Product; 2], arguments: &Arguments) {
    let glosses = corpus::glosses(arguments.glosses);
    let movies = corpus::movies();
    let folder = new_folder();
    std::fs::create_dir_all(&folder).expect("a folder for databases is made");
    let server = Server::start_with(ours.options.clone());
    let mut measures = fill(&server, (&glosses, &movies));
    let rows = relevance(&server, &[&movies, &glosses], (&folder, arguments.judged));

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
    let seconds = arguments.seconds.max(FRESH_SECONDS_MIN);
    measures.extend(fresh(speed::freshness(&server, &glosses, seconds)));
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
        measures.extend(compared(at_once, ours[at], &beside));
    }
    println!("\n{}", Table(&rows));
    let best = rows.iter().filter(|row| row.is_best()).count();
    let best = (best, rows.len());
    println!("{}", Goals { measures, best });
    if let Err(error) = std::fs::remove_dir_all(&folder) {
        eprintln!("{} could not be removed: {error}", folder.display());
    }
}

/// Makes the collections searchable once they have their records.
fn fill(server: &Server, (large, small): (&Corpus, &Corpus)) -> Vec<Measure> {
    load(server, large);
    let took = speed::build(&server.superuser(), large);
    let rate = large.records.len() as f64 / took.as_secs_f64();
    load(server, small);
    speed::build(&server.superuser(), small);
    let text = large.bytes() + small.bytes();
    let index = speed::folder_bytes(&server.folder.join("data").join("search"));
    vec![
        Measure::new("index built, records/s", rate, Goal::AtLeast(15_000.0)),
        Measure::new("text, MB", text as f64 / 1e6, Goal::None),
        Measure::new(
            "index on disk, times its text",
            index as f64 / text as f64,
            Goal::AtMost(1.5),
        ),
    ]
}

fn relevance(server: &Server, corpora: &[&Corpus], (folder, count): (&Path, usize)) -> Vec<Row> {
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
    rows
}

/// How long after the answer to a write it was found.
fn fresh((rate, delays): (f64, Vec<Duration>)) -> Vec<Measure> {
    let late = |part: usize| {
        let delay = delays.get(delays.len() * part / 100);
        delay.map_or(f64::INFINITY, Duration::as_secs_f64) * 1e3
    };
    let writes = speed::WRITES;
    let name = |part| format!("write found at {writes} writes/s, {part}, ms");
    vec![
        Measure::new(
            "writes/s meanwhile",
            rate,
            Goal::AtLeast(0.95 * f64::from(writes)),
        ),
        Measure::new("of them looked for", delays.len() as f64, Goal::None),
        Measure::new(name("p50"), late(50), Goal::None),
        Measure::new(name("p99"), late(99), Goal::AtMost(1_000.0)),
    ]
}

/// Our searches with so many in flight, beside what else answers them.
fn compared(at_once: usize, ours: Run, beside: &[(&str, Run)]) -> Vec<Measure> {
    let (p50, p99, rate) = match at_once {
        2 => (Goal::AtMost(3.0), Goal::AtMost(15.0), Goal::None),
        _ => (Goal::None, Goal::None, Goal::AtLeast(1_500.0)),
    };
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let row = |what: &str, value, goal| {
        let name = format!("{at_once} in flight: {what}");
        Measure::new(name, value, goal)
    };
    let mut rows = vec![
        row("p50, ms", milliseconds(ours.p50), p50),
        row("p99, ms", milliseconds(ours.p99), p99),
        row("searches/s", ours.rate, rate),
        row(
            "processor time each, ms",
            milliseconds(ours.cpu),
            Goal::None,
        ),
    ];
    for (name, run) in beside {
        println!("{at_once} in flight, {name}: {run}");
        let ratios = [
            ("searches/s ×", ours.rate / run.rate),
            ("p50 ÷", milliseconds(run.p50) / milliseconds(ours.p50)),
            (
                "processor time ÷",
                milliseconds(run.cpu) / milliseconds(ours.cpu),
            ),
        ];
        let ratios = ratios.map(|(what, ratio)| row(&format!("{what}, {name}"), ratio, Goal::None));
        rows.extend(ratios);
    }
    rows
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
