//! The table: medians of all rounds, and what they are to each other.

use crate::work::{Run, WORKLOADS, Workload};
use std::fmt;
use std::time::Duration;

/// Everything that was measured; index 0 is Luge, 1 the reference.
#[derive(Debug)]
pub(crate) struct Report {
    names: [&'static str; 2],
    runs: Vec<(&'static str, usize, Run)>,
    starts: [Vec<Duration>; 2],
    memory: [u64; 2],
}

impl Report {
    pub(crate) fn new(names: [&'static str; 2]) -> Self {
        Self {
            names,
            runs: Vec::new(),
            starts: [Vec::new(), Vec::new()],
            memory: [0, 0],
        }
    }

    pub(crate) fn ran(&mut self, workload: &Workload, side: usize, run: Run) {
        self.runs.push((workload.name, side, run));
    }

    pub(crate) fn started(&mut self, side: usize, took: Duration) {
        self.starts[side].push(took);
    }

    pub(crate) fn used(&mut self, side: usize, memory: u64) {
        self.memory[side] = self.memory[side].max(memory);
    }

    /// The median of one measure of a workload.
    fn of(&self, name: &str, side: usize, measure: impl Fn(&Run) -> f64) -> f64 {
        let runs = self
            .runs
            .iter()
            .filter(|(run, of, _)| *run == name && *of == side);
        median(runs.map(|(.., run)| measure(run)).collect())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [ours, theirs] = self.names;
        let columns = "req/s | p50 ms | p99 ms | CPU ms/req";
        writeln!(
            formatter,
            "\n| workload | {ours}: {columns} | {theirs}: {columns} | req/s × | \
                             CPU ÷ | goal |"
        )?;
        writeln!(formatter, "|{}", "---|".repeat(12))?;
        for workload in &WORKLOADS {
            let name = workload.name;
            let rate = [0, 1].map(|side| self.of(name, side, |run| run.rate));
            if rate[0] == 0.0 {
                continue;
            }
            write!(formatter, "| {name} ")?;
            let mut cpu = [0.0; 2];
            for side in [0, 1] {
                let p50 = self.of(name, side, |run| milliseconds(run.p50));
                let p99 = self.of(name, side, |run| milliseconds(run.p99));
                cpu[side] = self.of(name, side, |run| milliseconds(run.cpu));
                let (rate, cpu) = (rate[side], cpu[side]);
                write!(formatter, "| {rate:.0} | {p50:.2} | {p99:.2} | {cpu:.3} ")?;
            }
            let ratio = rate[0] / rate[1];
            let goal = workload.goal;
            let met = if ratio >= goal { "met" } else { "MISSED" };
            let less = cpu[1] / cpu[0];
            writeln!(formatter, "| {ratio:.2} | {less:.2} | {goal}: {met} |")?;
        }
        let start = self
            .starts
            .clone()
            .map(|starts| median(starts.into_iter().map(milliseconds).collect()));
        writeln!(
            formatter,
            "\nstart to first healthy answer: {ours} {:.0} ms, {theirs} {:.0} ms",
            start[0], start[1]
        )?;
        let megabytes = self.memory.map(|bytes| bytes / 1_000_000);
        writeln!(
            formatter,
            "peak memory: {ours} {} MB, {theirs} {} MB",
            megabytes[0], megabytes[1]
        )
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_made_of_medians() {
        let mut report = Report::new(["A", "B"]);
        let run = |rate| {
            let one = Duration::from_millis(1);
            Run {
                rate,
                p50: one,
                p99: one,
                cpu: one,
            }
        };
        for (side, rates) in [[10.0, 90.0, 20.0], [2.0, 10.0, 50.0]].iter().enumerate() {
            rates
                .iter()
                .for_each(|rate| report.ran(&WORKLOADS[0], side, run(*rate)));
        }
        let text = report.to_string();
        assert!(text.contains("| 2.00 | 1.00 | 3: MISSED |"), "{text}");
    }
}
