//! What a process has used, as Linux tells it.

use std::time::Duration;

/// Linux counts in hundredths of a second on every platform that matters here.
const TICK: Duration = Duration::from_millis(10);

/// User and system time of all threads so far.
pub(crate) fn cpu_time(process: u32) -> Duration {
    let text = read(process, "stat");
    // The command in parentheses may contain spaces; user and system time follow it.
    let rest = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |at: usize| {
        fields
            .get(at)
            .and_then(|text| text.parse::<u32>().ok())
            .unwrap_or(0)
    };
    TICK * (ticks(11) + ticks(12))
}

/// The highest resident size so far, in bytes.
pub(crate) fn peak_memory(process: u32) -> u64 {
    status(process, "VmHWM:")
}

/// The resident size now, in bytes.
pub(crate) fn memory(process: u32) -> u64 {
    status(process, "VmRSS:")
}

fn status(process: u32, name: &str) -> u64 {
    let text = read(process, "status");
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .unwrap_or_default();
    let kilobytes = line
        .split_whitespace()
        .next()
        .and_then(|text| text.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

fn read(process: u32, name: &str) -> String {
    let path = format!("/proc/{process}/{name}");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_works_is_seen_to_work() {
        let before = cpu_time(std::process::id());
        let started = std::time::Instant::now();
        while started.elapsed() < Duration::from_millis(200) {
            std::hint::black_box(0);
        }
        assert!(cpu_time(std::process::id()) > before);
        let memory = memory(std::process::id());
        assert!(memory > 100_000 && peak_memory(std::process::id()) >= memory / 2);
    }
}
