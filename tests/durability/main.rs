//! The kill -9 loop: writers over HTTP, a power switch at a random moment, and an oracle that
//! knows what was acknowledged.
//!
//! After each restart no acknowledged write may be missing and nothing may be half-applied.
//! `--control` starts the server with relaxed durability, which acknowledges before the flush:
//! there the loop must find a loss, or it proves nothing.

mod oracle;
mod verify;
mod writer;

use luge_tests::random::Random;
use luge_tests::server::new_folder;
use luge_tests::{Options, Persona, Requests, Server};
use oracle::Oracle;
use serde_json::json;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use verify::Findings;
use writer::Tally;

const WRITERS: u64 = 16;
const SHORTEST_LIFE: u64 = 5;
const LONGEST_LIFE: u64 = 2000;

struct Arguments {
    cycles: u64,
    seed: u64,
    control: bool,
    server: Vec<String>,
}

fn main() -> ExitCode {
    let arguments = match read_arguments(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(reason) => {
            eprintln!("{reason}\nusage: luge-kill [--cycles N] [--seed S] [--control] [-- ARGS]");
            return ExitCode::from(2);
        }
    };
    let started = Instant::now();
    let (tally, findings, starts) = run(&arguments);
    let name = if arguments.control {
        "kill -9, control"
    } else {
        "kill -9"
    };
    println!(
        "{name}: {} cycles, seed {}, {WRITERS} writers, {tally}, {findings}, start {}, {} s",
        starts.len(),
        arguments.seed,
        start_times(starts),
        started.elapsed().as_secs(),
    );
    match (arguments.control, findings.total() > 0) {
        (false, false) => ExitCode::SUCCESS,
        (true, true) => {
            println!("the control was caught, as it must be");
            ExitCode::SUCCESS
        }
        (false, true) => ExitCode::FAILURE,
        (true, false) => {
            println!("the control was not caught: this loop proves nothing");
            ExitCode::FAILURE
        }
    }
}

fn read_arguments(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments {
        cycles: 10,
        seed: 1,
        control: false,
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
            "--control" => arguments.control = true,
            "--" => arguments.server.extend(words.by_ref()),
            other => return Err(format!("unknown argument {other}")),
        }
    }
    if arguments.control {
        arguments
            .server
            .extend(["--durability".to_owned(), "relaxed".to_owned()]);
    }
    Ok(arguments)
}

fn run(arguments: &Arguments) -> (Tally, Findings, Vec<Duration>) {
    let folder = new_folder();
    let mut server = Server::start_with(Options {
        arguments: arguments.server.clone(),
        folder: Some(folder.clone()),
        ..Options::default()
    });
    let superuser = server.superuser();
    let batches = prepare(&superuser);
    let mut random = Random::seeded(arguments.seed);
    let oracle = Mutex::new(Oracle::default());
    let (mut tally, mut findings, mut starts) = (Tally::default(), Findings::default(), Vec::new());
    for cycle in 1..=arguments.cycles {
        let life = SHORTEST_LIFE + random.below(LONGEST_LIFE - SHORTEST_LIFE);
        let seeds: Vec<u64> = (0..WRITERS).map(|_| random.number()).collect();
        let done = one_life(
            &mut server,
            &oracle,
            &seeds,
            batches,
            Duration::from_millis(life),
        );
        server.restart();
        starts.push(server.start_time);
        let mut known = oracle.lock().expect("no writer panicked");
        let found = verify::verify(&server.anyone(), &mut known);
        println!(
            "cycle {cycle}: killed after {life} ms, {done}, {found}, start {} ms",
            server.start_time.as_millis()
        );
        tally += done;
        findings += found;
        if arguments.control && findings.total() > 0 {
            break;
        }
    }
    drop(server);
    if findings.total() > 0 && !arguments.control {
        println!("the folder is kept: {}", folder.display());
    } else if let Err(error) = std::fs::remove_dir_all(&folder) {
        eprintln!("{} could not be removed: {error}", folder.display());
    }
    (tally, findings, starts)
}

/// Makes the collection; whether two records can be written in one transaction.
fn prepare(superuser: &Persona) -> bool {
    superuser.collection(&json!({
        "name": "entries", "type": "base", "listRule": "", "viewRule": "", "createRule": "",
        "updateRule": "", "deleteRule": "",
        "fields": [{"name": "slot", "type": "text"}, {"name": "amount", "type": "number"}],
        "indexes": ["CREATE UNIQUE INDEX `idx_slot` ON `entries` (`slot`)"],
    }));
    let batch = json!({"batch": {"enabled": true, "maxRequests": 50, "timeout": 3}});
    let settings = superuser.patch("/api/settings", &batch).status;
    let request = json!({"requests": [{"method": "POST",
        "url": "/api/collections/entries/records", "body": {"slot": "first", "amount": 1}}]});
    let available = settings == 200 && superuser.post("/api/batch", &request).status == 200;
    println!(
        "two records in one transaction: {}",
        if available { "yes" } else { "not offered" }
    );
    superuser
        .delete("/api/collections/entries/truncate")
        .expect(204);
    available
}

/// Lets the writers work until the server is killed under them.
fn one_life(
    server: &mut Server,
    oracle: &Mutex<Oracle>,
    seeds: &[u64],
    batches: bool,
    life: Duration,
) -> Tally {
    let base = server.base();
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .zip(seeds)
            .map(|(number, seed)| {
                let persona = Persona::anyone(&base);
                scope.spawn(move || writer::work(&persona, number, *seed, batches, oracle))
            })
            .collect();
        std::thread::sleep(life);
        server.kill();
        let mut tally = Tally::default();
        for writer in writers {
            tally += writer.join().expect("no writer panicked");
        }
        tally
    })
}

fn start_times(mut starts: Vec<Duration>) -> String {
    starts.sort();
    let middle = starts.get(starts.len() / 2).map_or(0, Duration::as_millis);
    let slowest = starts.last().map_or(0, Duration::as_millis);
    format!("{middle} ms (slowest {slowest} ms)")
}
