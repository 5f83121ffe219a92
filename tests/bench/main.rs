//! Luge and the real PocketBase side by side: same data, same requests, in turn, as ratios.
//!
//! Luge runs with its defaults (strict durability), PocketBase with its own; both keep their
//! request logs. `LUGE_BIN` and `POCKETBASE_BIN` name the binaries.

mod data;
mod fanout;
mod idle;
mod process;
mod relations;
mod report;
mod search;
mod sign_in;
mod work;

use data::Plan;
use luge_tests::server::{binary, new_folder};
use luge_tests::{Options, Requests, Server};
use report::Report;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use work::{WORKLOADS, Workload};

struct Arguments {
    rounds: usize,
    seconds: f64,
    plan: Plan,
    only: Option<String>,
    /// Subscribers and changes of the fan-out; none are measured where either is 0.
    fanout: (usize, usize),
    /// Silent subscribers; nothing is measured where there are none.
    idle: usize,
    /// Searches of each judged group.
    judged: usize,
    /// Records that are searched; all of WordNet by default.
    glosses: usize,
}

/// One of the two servers, with a folder that lives through all rounds.
struct Product {
    name: &'static str,
    options: Options,
}

fn main() -> ExitCode {
    let arguments = match read_arguments(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(reason) => {
            let usage = "[--rounds N] [--seconds S] [--rows N] [--records N] [--only WORKLOAD] \
                         [--subscribers N] [--changes N] [--idle N] [--judged N] [--glosses N]";
            eprintln!("{reason}\nusage: luge-bench {usage}");
            return ExitCode::from(2);
        }
    };
    let Some(reference) = std::env::var_os("POCKETBASE_BIN").map(PathBuf::from) else {
        eprintln!("POCKETBASE_BIN must name the binary of the real PocketBase");
        return ExitCode::from(2);
    };
    let product = |name, binary| Product {
        name,
        options: Options {
            binary,
            folder: Some(new_folder()),
            ..Options::default()
        },
    };
    let products = [product("Luge", binary()), product("PocketBase", reference)];
    if arguments.only.as_deref() == Some(search::NAME) {
        search::run(&products, &arguments);
    } else {
        let report = measure(&products, &arguments);
        print!("{report}");
    }
    for product in &products {
        if let Some(folder) = &product.options.folder
            && let Err(error) = std::fs::remove_dir_all(folder)
        {
            eprintln!("{} could not be removed: {error}", folder.display());
        }
    }
    ExitCode::SUCCESS
}

fn read_arguments(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments {
        rounds: 3,
        seconds: 3.0,
        plan: Plan::default(),
        only: None,
        fanout: (500, 200),
        idle: 0,
        judged: 300,
        glosses: usize::MAX,
    };
    while let Some(word) = words.next() {
        let value = words.next().ok_or(format!("{word} needs a value"))?;
        let wrong = |error: &dyn std::fmt::Display| format!("{word} {value}: {error}");
        match word.as_str() {
            "--rounds" => arguments.rounds = value.parse().map_err(|error| wrong(&error))?,
            "--seconds" => arguments.seconds = value.parse().map_err(|error| wrong(&error))?,
            "--rows" => arguments.plan.rows = value.parse().map_err(|error| wrong(&error))?,
            "--records" => arguments.plan.records = value.parse().map_err(|error| wrong(&error))?,
            "--subscribers" => {
                arguments.fanout.0 = value.parse().map_err(|error| wrong(&error))?;
            }
            "--changes" => arguments.fanout.1 = value.parse().map_err(|error| wrong(&error))?,
            "--idle" => arguments.idle = value.parse().map_err(|error| wrong(&error))?,
            "--judged" => arguments.judged = value.parse().map_err(|error| wrong(&error))?,
            "--glosses" => arguments.glosses = value.parse().map_err(|error| wrong(&error))?,
            "--only" => arguments.only = Some(value),
            _ => return Err(format!("unknown argument {word}")),
        }
    }
    Ok(arguments)
}

fn measure(products: &[Product; 2], arguments: &Arguments) -> Report {
    let mut report = Report::new(products.each_ref().map(|product| product.name));
    for product in products {
        let server = Server::start_with(product.options.clone());
        let took = data::load(&server, &arguments.plan);
        println!(
            "{}: data loaded in {:.1} s",
            product.name,
            took.as_secs_f64()
        );
        stop(server);
    }
    let chosen: Vec<&Workload> = WORKLOADS
        .iter()
        .filter(|workload| {
            arguments
                .only
                .as_deref()
                .is_none_or(|only| only == workload.name)
        })
        .collect();
    let mut totals = Vec::new();
    for round in 1..=arguments.rounds {
        for (side, product) in products.iter().enumerate() {
            let server = Server::start_with(product.options.clone());
            report.started(side, server.start_time);
            totals.push((round, side, same_answers(&server, &arguments.plan)));
            for workload in &chosen {
                let requests = (workload.requests)(&server, &arguments.plan);
                work::run(&server, &requests, Duration::from_millis(300));
                let run = work::run(
                    &server,
                    &requests,
                    Duration::from_secs_f64(arguments.seconds),
                );
                println!("round {round}, {}, {}: {run}", product.name, workload.name);
                report.ran(workload, side, run);
            }
            fan_out(&server, product.name, round, arguments);
            report.used(side, process::peak_memory(server.process()));
            stop(server);
            idle(product, round, arguments);
        }
    }
    for (round, _, found) in &totals {
        let first = totals.first().map(|(.., first)| first);
        assert!(
            Some(found) == first,
            "round {round}: the servers answer differently: {totals:?}"
        );
    }
    report
}

fn fan_out(server: &Server, product: &str, round: usize, arguments: &Arguments) {
    let (subscribers, changes) = arguments.fanout;
    let chosen = arguments
        .only
        .as_deref()
        .is_none_or(|only| only == "fan-out");
    if chosen && subscribers > 0 && changes > 0 {
        let run = fanout::run(server, subscribers, changes);
        println!("round {round}, {product}, fan-out to {subscribers}: {run}");
    }
}

fn idle(product: &Product, round: usize, arguments: &Arguments) {
    let only = arguments.only.as_deref();
    if arguments.idle > 0 && only.is_none_or(|only| only == "idle") {
        // A server that did nothing else has no free memory to put connections into.
        let options = Options {
            folder: None,
            ..product.options.clone()
        };
        let server = Server::start_with(options);
        let run = idle::run(&server, arguments.idle);
        println!("round {round}, {}, idle event streams: {run}", product.name);
        stop(server);
    }
}

/// Totals of the lists that are compared, which must be the same on both servers.
fn same_answers(server: &Server, plan: &Plan) -> Vec<serde_json::Value> {
    let anyone = server.anyone();
    let paths = work::compared_lists(plan);
    paths
        .iter()
        .map(|path| anyone.get(path).expect(200)["totalItems"].clone())
        .chain(relations::totals(server))
        .collect()
}

fn stop(mut server: Server) {
    server.terminate();
}
