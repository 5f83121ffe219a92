//! Aborts the process when a commit hangs: the engine below has known deadlocks, and a process that
//! is killed loses nothing that was acknowledged, while one that hangs serves nobody.

use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// Knows since when the committer is busy. The watching thread ends with it.
#[derive(Debug, Default)]
pub(super) struct Watchdog {
    busy_since: Arc<Mutex<Option<Instant>>>,
}

impl Watchdog {
    /// Starts watching for commits that take longer than this.
    pub(super) fn start(&self, longest: Duration) -> std::io::Result<()> {
        let watched = Arc::downgrade(&self.busy_since);
        thread::Builder::new()
            .name("commit watchdog".to_owned())
            .spawn(move || watch(&watched, longest))?;
        Ok(())
    }

    pub(super) fn begin(&self) {
        *self.busy_since.lock() = Some(Instant::now());
    }

    pub(super) fn end(&self) {
        *self.busy_since.lock() = None;
    }
}

fn watch(watched: &Weak<Mutex<Option<Instant>>>, longest: Duration) {
    while let Some(busy_since) = watched.upgrade() {
        let hangs = busy_since
            .lock()
            .is_some_and(|since| since.elapsed() > longest);
        drop(busy_since);
        if hangs {
            tracing::error!(
                seconds = longest.as_secs(),
                "a commit hangs: aborting the process, nothing acknowledged is lost"
            );
            std::process::abort();
        }
        thread::sleep(longest / 10);
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const LONGEST: Duration = Duration::from_millis(500);

    /// Runs a test of this module in a process of its own and tells whether it survived.
    fn survives(test: &str) -> bool {
        let name = format!("{}::{test}", module_path!().split_once("::").unwrap().1);
        let arguments = [&name, "--exact", "--ignored"].map(String::from);
        let output = Command::new(std::env::current_exe().unwrap())
            .args(arguments)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains("running 1 test"), "{text}");
        output.status.success()
    }

    #[test]
    #[ignore = "aborts the process; run by the test below"]
    fn one_commit_hangs() {
        let watchdog = Watchdog::default();
        watchdog.start(LONGEST).unwrap();
        watchdog.begin();
        thread::sleep(LONGEST * 5);
    }

    #[test]
    #[ignore = "would abort the process; run by the test below"]
    fn many_commits_take_a_while() {
        let watchdog = Watchdog::default();
        watchdog.start(LONGEST).unwrap();
        for _ in 0..10 {
            watchdog.begin();
            thread::sleep(LONGEST / 10);
            watchdog.end();
            thread::sleep(LONGEST / 10);
        }
        // Nothing to do is no hang.
        thread::sleep(LONGEST * 2);
    }

    #[test]
    fn only_a_commit_that_hangs_aborts_the_process() {
        assert!(survives("many_commits_take_a_while"));
        assert!(!survives("one_commit_hangs"));
    }
}
