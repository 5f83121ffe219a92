//! Random texts for everything that parses what a client writes: filters, sorts, `expand` and
//! `fields`.
//!
//! No text may panic or take longer than [`SLOWEST`] to parse, check and, where it makes sense,
//! evaluate; every refusal names a place inside the text. Texts are made from grammars and corpora
//! and then damaged, so that most of them get far into the parsers. A failure prints the text, and
//! the same seed makes the same texts.

mod target;
mod text;
mod world;

use luge_tests::random::Random;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use target::{Outcome, TARGETS, Target};
use world::World;

/// Longest time for one text, on a machine that does other things too.
const SLOWEST: Duration = Duration::from_secs(2);

struct Arguments {
    executions: u64,
    seed: u64,
}

/// What became of the texts of one target.
#[derive(Clone, Copy, Default)]
struct Tally {
    accepted: u64,
    refused: u64,
    slowest: Duration,
}

fn main() -> ExitCode {
    let arguments = match read_arguments(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(reason) => {
            eprintln!("{reason}\nusage: luge-fuzz [--executions N] [--seed S]");
            return ExitCode::from(2);
        }
    };
    // A panic is reported with its text, below.
    panic::set_hook(Box::new(|_| {}));
    let started = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let share = arguments.executions.div_ceil(threads);
    let results: Vec<_> = std::thread::scope(|scope| {
        let seeds = (0..threads).map(|number| arguments.seed.wrapping_mul(threads) + number);
        let running: Vec<_> = seeds
            .map(|seed| scope.spawn(move || run(seed, share)))
            .collect();
        let joined = running.into_iter().map(|thread| thread.join());
        joined
            .map(|result| result.unwrap_or_else(|_| Err("a thread died".to_owned())))
            .collect()
    });
    let mut tallies = vec![Tally::default(); TARGETS.len()];
    for result in results {
        match result {
            Ok(found) => tallies
                .iter_mut()
                .zip(found)
                .for_each(|(all, one)| all.add(one)),
            Err(failure) => {
                println!("{failure}");
                return ExitCode::FAILURE;
            }
        }
    }
    let total: u64 = tallies
        .iter()
        .map(|tally| tally.accepted + tally.refused)
        .sum();
    for (target, tally) in TARGETS.iter().zip(&tallies) {
        println!(
            "{:8} {} accepted, {} refused, slowest {:.1?}",
            target.name, tally.accepted, tally.refused, tally.slowest
        );
    }
    println!(
        "fuzz: {total} executions, seed {}, no panic, none slower than {SLOWEST:?}, {} s",
        arguments.seed,
        started.elapsed().as_secs()
    );
    // A target whose texts are all refused, or all accepted, tests half of itself.
    let lopsided = |tally: &Tally| tally.accepted == 0 || tally.refused == 0;
    match tallies
        .iter()
        .zip(TARGETS)
        .find(|(tally, _)| lopsided(tally))
    {
        None => ExitCode::SUCCESS,
        Some((_, target)) => {
            println!("the texts for {} are all of one kind", target.name);
            ExitCode::FAILURE
        }
    }
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.slowest = self.slowest.max(other.slowest);
    }
}

fn read_arguments(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments {
        executions: 1_000_000,
        seed: 1,
    };
    while let Some(word) = words.next() {
        let value = words.next().ok_or(format!("{word} needs a number"))?;
        let number = value
            .parse()
            .map_err(|error| format!("{word} {value}: {error}"))?;
        match word.as_str() {
            "--executions" => arguments.executions = number,
            "--seed" => arguments.seed = number,
            other => return Err(format!("unknown argument {other}")),
        }
    }
    Ok(arguments)
}

fn run(seed: u64, executions: u64) -> Result<Vec<Tally>, String> {
    let mut random = Random::seeded(seed);
    let world = World::new();
    let mut tallies = vec![Tally::default(); TARGETS.len()];
    for turn in 0..executions {
        let at = usize::try_from(turn).map_or(0, |turn| turn % TARGETS.len());
        let (target, tally) = (&TARGETS[at], &mut tallies[at]);
        let text = (target.text)(&mut random);
        try_one(target, &world, &text, tally)
            .map_err(|reason| format!("{}: {reason}\n{text:?}\n{text}", target.name))?;
    }
    Ok(tallies)
}

fn try_one(target: &Target, world: &World, text: &str, tally: &mut Tally) -> Result<(), String> {
    let begun = Instant::now();
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| (target.run)(world, text)));
    let time = begun.elapsed();
    tally.slowest = tally.slowest.max(time);
    if time > SLOWEST {
        return Err(format!("took {time:?}"));
    }
    match outcome.map_err(|panic| format!("panicked: {}", reason_of(&*panic)))? {
        Outcome::Accepted => tally.accepted += 1,
        Outcome::Refused(position) => {
            tally.refused += 1;
            let end = text.chars().count() + 1;
            if !(1..=end).contains(&position) {
                return Err(format!("refused at character {position} of {}", end - 1));
            }
        }
    }
    Ok(())
}

fn reason_of(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a reason")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(run: fn(&World, &str) -> Outcome) -> Result<(), String> {
        let target = Target {
            name: "test",
            text: |_| String::new(),
            run,
        };
        try_one(&target, &World::new(), "three", &mut Tally::default())
    }

    #[test]
    fn panics_places_outside_and_slow_texts_are_noticed() {
        assert_eq!(tried(|_, _| Outcome::Accepted), Ok(()));
        assert_eq!(tried(|_, _| Outcome::Refused(6)), Ok(()));
        for failing in [
            (|_, _| Outcome::Refused(7)) as fn(&World, &str) -> Outcome,
            |_, _| Outcome::Refused(0),
            |_, _| panic!("on purpose"),
            |_, _| {
                std::thread::sleep(SLOWEST + Duration::from_millis(100));
                Outcome::Accepted
            },
        ] {
            assert!(tried(failing).is_err());
        }
    }
}
