//! The kill -9 loop: writers over HTTP, a power switch at a random moment, and an oracle that
//! knows what was acknowledged.
//!
//! After each restart no acknowledged write may be missing and nothing may be half-applied: records
//! of small writers, records with files that come in forms, batches and pieces, and backups.
//! `--control` starts the server with relaxed durability, which acknowledges before the flush:
//! there the loop must find a loss, or it proves nothing. `--tamper` damages the folder between
//! kill and restart, and each kind of damage must be found.

mod backups;
mod documents;
mod findings;
mod oracle;
mod stored;
mod tamper;
mod verify;
mod writer;

use documents::Begun;
use findings::Findings;
use luge_tests::random::Random;
use luge_tests::server::new_folder;
use luge_tests::{Options, Persona, Requests, Server};
use oracle::Oracle;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt;
use std::ops::AddAssign;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use writer::Tally;

const USAGE: &str = "luge-kill [--cycles N] [--seed S] [--control | --tamper] [-- ARGS]";
const WRITERS: u64 = 16;
const SHORTEST_LIFE: u64 = 5;
const LONGEST_LIFE: u64 = 2000;

/// What the loop must find, where it is not to find nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Control {
    /// Something, since the server acknowledges too early.
    Relaxed,
    /// Each kind of damage that is done to the folder.
    Tampered,
}

struct Arguments {
    cycles: u64,
    seed: u64,
    control: Option<Control>,
    server: Vec<String>,
}

fn main() -> ExitCode {
    let arguments = match read_arguments(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(reason) => {
            eprintln!("{reason}\nusage: {USAGE}");
            return ExitCode::from(2);
        }
    };
    let started = Instant::now();
    let (work, findings, starts) = run(&arguments);
    let name = match arguments.control {
        None => "kill -9",
        Some(Control::Relaxed) => "kill -9, control",
        Some(Control::Tampered) => "kill -9, tampered",
    };
    println!(
        "{name}: {} cycles, seed {}, {work}, {findings}, start {}, {} s",
        starts.len(),
        arguments.seed,
        start_times(starts),
        started.elapsed().as_secs(),
    );
    match (arguments.control, caught(arguments.control, &findings)) {
        (None, true) => ExitCode::FAILURE,
        (None, false) => ExitCode::SUCCESS,
        (Some(_), true) => {
            println!("the control was caught, as it must be");
            ExitCode::SUCCESS
        }
        (Some(_), false) => {
            println!("the control was not caught: this loop proves nothing");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything was found that is to be.
fn caught(control: Option<Control>, findings: &Findings) -> bool {
    if control == Some(Control::Tampered) {
        tamper::is_caught(findings)
    } else {
        !findings.is_empty()
    }
}

fn read_arguments(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments {
        cycles: 10,
        seed: 1,
        control: None,
        server: Vec::new(),
    };
    while let Some(word) = words.next() {
        let mut number = || {
            let value = words.next().ok_or(format!("{word} needs a number"))?;
            value
                .parse::<u64>()
                .map_err(|error| format!("{word} {value}: {error}"))
        };
        match word.as_str() {
            "--cycles" => arguments.cycles = number()?,
            "--seed" => arguments.seed = number()?,
            "--control" => arguments.control = Some(Control::Relaxed),
            "--tamper" => arguments.control = Some(Control::Tampered),
            "--" => arguments.server.extend(words.by_ref()),
            other => return Err(format!("unknown argument {other}")),
        }
    }
    if arguments.control == Some(Control::Relaxed) {
        arguments
            .server
            .extend(["--durability".to_owned(), "relaxed".to_owned()]);
    }
    Ok(arguments)
}

fn run(arguments: &Arguments) -> (Work, Findings, Vec<Duration>) {
    let folder = new_folder();
    let mut server = Server::start_with(Options {
        arguments: arguments.server.clone(),
        folder: Some(folder.clone()),
        ..Options::default()
    });
    let superuser = server.superuser();
    prepare(&superuser);
    let mut random = Random::seeded(arguments.seed);
    let (entries, documents) = (Mutex::default(), Mutex::default());
    let (mut work, mut findings, mut starts) = (Work::default(), Findings::default(), Vec::new());
    for cycle in 1..=arguments.cycles {
        let life = SHORTEST_LIFE + random.below(LONGEST_LIFE - SHORTEST_LIFE);
        let plan = Plan {
            superuser: &superuser,
            cycle,
            life: Duration::from_millis(life),
            seeds: (0..WRITERS + documents::WRITERS)
                .map(|_| random.number())
                .collect(),
            entries: &entries,
            documents: &documents,
        };
        let mut done = one_life(&mut server, &plan);
        done.swept = stored::count(&server);
        if arguments.control == Some(Control::Tampered) {
            tamper::tamper(&server.folder);
        }
        server.restart();
        starts.push(server.start_time);
        let found = judge(&server, &plan, &mut done);
        println!(
            "cycle {cycle}: killed after {life} ms, {done}, {found}, start {} ms",
            server.start_time.as_millis()
        );
        found.show();
        work += done;
        findings += found;
        if arguments.control.is_some() && caught(arguments.control, &findings) {
            break;
        }
    }
    drop(server);
    if !findings.is_empty() && arguments.control.is_none() {
        println!("the folder is kept: {}", folder.display());
    } else if let Err(error) = std::fs::remove_dir_all(&folder) {
        eprintln!("{} could not be removed: {error}", folder.display());
    }
    (work, findings, starts)
}

/// Makes the collections, and allows batches.
fn prepare(superuser: &Persona) {
    let open = |name: &str, fields: &Value, indexes: &[&str]| {
        superuser.collection(&json!({
            "name": name, "type": "base", "listRule": "", "viewRule": "", "createRule": "",
            "updateRule": "", "deleteRule": "", "fields": fields, "indexes": indexes,
        }));
    };
    let slot = "CREATE UNIQUE INDEX `idx_slot` ON `entries` (`slot`)";
    let fields = json!([{"name": "slot", "type": "text"}, {"name": "amount", "type": "number"}]);
    open("entries", &fields, &[slot]);
    let file = json!({"name": "file", "type": "file", "maxSelect": 1, "maxSize": 5_000_000});
    let fields = json!([{"name": "title", "type": "text"}, {"name": "amount", "type": "number"},
        file]);
    open(documents::DOCUMENTS, &fields, &[]);
    let batch = json!({"batch": {"enabled": true, "maxRequests": 50, "timeout": 3}});
    superuser.patch("/api/settings", &batch).expect(200);
}

/// One cycle: who works with which seeds, for how long, and what is known.
struct Plan<'a> {
    superuser: &'a Persona,
    cycle: u64,
    life: Duration,
    seeds: Vec<u64>,
    entries: &'a Mutex<Oracle>,
    documents: &'a Mutex<Oracle>,
}

/// What was done until the kill.
#[derive(Default)]
struct Work {
    entries: Tally,
    documents: Tally,
    backups: Tally,
    /// The uploads that broke off.
    begun: Vec<Begun>,
    /// The backups that were acknowledged.
    made: BTreeSet<String>,
    /// How many backups were listed and whole after the restart.
    whole: usize,
    /// How many files were stored at the kill, and were not any more after the sweep.
    swept: usize,
}

impl AddAssign for Work {
    fn add_assign(&mut self, other: Self) {
        self.entries += other.entries;
        self.documents += other.documents;
        self.backups += other.backups;
        self.whole += other.whole;
        self.swept += other.swept;
        self.begun.extend(other.begun);
    }
}

impl fmt::Display for Work {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            entries, documents, ..
        } = self;
        let (broken, swept) = (self.begun.len(), self.swept);
        write!(formatter, "{WRITERS} writers: {entries}; ")?;
        let large = documents::WRITERS;
        write!(formatter, "{large} writers of files: {documents}, ")?;
        write!(
            formatter,
            "{broken} uploads broken off, {swept} files swept; "
        )?;
        let (backups, whole) = (self.backups, self.whole);
        write!(formatter, "backups: {backups}, {whole} listed")
    }
}

/// Lets everybody work until the server is killed under them.
fn one_life(server: &mut Server, plan: &Plan<'_>) -> Work {
    let anyone = server.anyone();
    let (small, large) = plan.seeds.split_at(WRITERS as usize);
    let mut known: Vec<String> = (plan.documents.lock().expect("no writer panicked").records)
        .keys()
        .cloned()
        .collect();
    known.sort();
    let shares = known.chunks(known.len().div_ceil(large.len()).max(1));
    let mut shares = shares.map(<[String]>::to_vec);
    std::thread::scope(|scope| {
        let small: Vec<_> = (0..WRITERS)
            .zip(small)
            .map(|(number, seed)| {
                let persona = Persona::anyone(&server.base());
                scope.spawn(move || writer::work(&persona, number, *seed, plan.entries))
            })
            .collect();
        let large: Vec<_> = (large.iter())
            .map(|seed| {
                let (persona, mine) = (anyone.clone(), shares.next().unwrap_or_default());
                scope.spawn(move || documents::work(&persona, mine, *seed, plan.documents))
            })
            .collect();
        let backups = scope.spawn(|| backups::work(plan.superuser, plan.cycle));
        std::thread::sleep(plan.life);
        server.kill();
        let mut work = Work::default();
        (work.backups, work.made) = backups.join().expect("no maker of backups panicked");
        for writer in small {
            work.entries += writer.join().expect("no writer panicked");
        }
        for writer in large {
            let outcome = writer.join().expect("no writer panicked");
            work.documents += outcome.tally;
            work.begun.extend(outcome.begun);
        }
        work
    })
}

/// Everything that is wrong after the restart.
fn judge(server: &Server, plan: &Plan<'_>, done: &mut Work) -> Findings {
    let (mut findings, whole) = backups::verify(server, plan.superuser, &done.made);
    done.whole = whole;
    let mut documents = plan.documents.lock().expect("no writer panicked");
    let mut entries = plan.entries.lock().expect("no writer panicked");
    findings += stored::verify(server, plan.superuser, &mut documents, &done.begun);
    done.swept = done.swept.saturating_sub(stored::count(server));
    findings += verify::verify(&server.anyone(), &mut entries);
    findings
}

fn start_times(mut starts: Vec<Duration>) -> String {
    starts.sort();
    let middle = starts.get(starts.len() / 2).map_or(0, Duration::as_millis);
    let slowest = starts.last().map_or(0, Duration::as_millis);
    format!("{middle} ms (slowest {slowest} ms)")
}
