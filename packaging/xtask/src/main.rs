//! The project's own commands: `cargo xtask test`, `bench`, `kill` and the random comparisons.
//!
//! It only starts other programs: every step is a command that could be typed by hand.

mod command;
mod steps;
mod tools;

use command::{Failure, Runner};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use steps::{STEPS, Step};

const USAGE: &str = "\
usage: cargo xtask test [STEP…]           every test, or only these steps
       cargo xtask bench [OPTION…]        Luge beside PocketBase, as ratios
       cargo xtask kill [--cycles N] [--seed S]
                                          kill -9 under load, then the controls that must be caught
       cargo xtask fuzz [--executions N] [--seed S]
                                          random texts for every parser of parameters
       cargo xtask differential [--pairs N] [--seed S]
                                          random requests to Luge and the real PocketBase
       cargo xtask interference [--requests N] [--seed S]
                                          what one may not read changes nothing that one sees
       cargo xtask timing [--requests N]  the time of an answer does not tell of accounts
       cargo xtask openapi [--examples N] [--seed S] [--persona NAME]
                                          random requests by the OpenAPI document
       cargo xtask steps                  what `test` does, step by step";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let runner = Runner::new();
    let result = match words.as_slice() {
        ["test", names @ ..] => test(&runner, names),
        ["bench", options @ ..] => steps::bench(&runner, options),
        ["kill", options @ ..] => steps::kill(&runner, options),
        ["fuzz", options @ ..] => steps::fuzz(&runner, options),
        ["differential", options @ ..] => steps::compare(&runner, "differential", options),
        ["interference", options @ ..] => steps::compare(&runner, "interference", options),
        ["timing", options @ ..] => steps::compare(&runner, "timing", options),
        ["openapi", options @ ..] => steps::openapi_requests(&runner, options),
        ["steps"] => {
            STEPS
                .iter()
                .for_each(|step| println!("{:10} {}", step.name, step.what));
            Ok(())
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nFAILED: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn test(runner: &Runner, names: &[&str]) -> Result<(), Failure> {
    let mut chosen: Vec<&Step> = Vec::new();
    for name in names {
        let step = STEPS.iter().find(|step| step.name == *name);
        chosen.push(step.ok_or_else(|| Failure(format!("no step {name}; see cargo xtask steps")))?);
    }
    if chosen.is_empty() {
        chosen.extend(STEPS);
    }
    let started = Instant::now();
    let mut times: Vec<(&str, Duration)> = Vec::new();
    for step in chosen {
        println!("\n=== {}: {}", step.name, step.what);
        let begun = Instant::now();
        let result = (step.run)(runner);
        println!("=== {} took {}", step.name, shown(begun.elapsed()));
        times.push((step.name, begun.elapsed()));
        if let Err(Failure(reason)) = result {
            summary(runner, &times, started.elapsed());
            return Err(Failure(format!("step {}: {reason}", step.name)));
        }
    }
    summary(runner, &times, started.elapsed());
    println!("all steps passed");
    Ok(())
}

fn summary(runner: &Runner, times: &[(&str, Duration)], total: Duration) {
    println!("\n=== summary");
    for line in runner.summaries() {
        println!("{line}");
    }
    for (name, time) in times {
        println!("{name:10} {}", shown(*time));
    }
    println!("{:10} {}", "total", shown(total));
}

fn shown(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}
