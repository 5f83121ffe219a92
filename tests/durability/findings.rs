//! What was wrong, by kind.

use std::fmt;
use std::ops::AddAssign;

const SHOWN: usize = 5;

/// What was wrong, each with where and how.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    /// Acknowledged writes that are not there.
    pub(crate) lost: Vec<String>,
    /// Writes of which only a part is there.
    pub(crate) half: Vec<String>,
    /// Files that are missing or have other bytes.
    pub(crate) files: Vec<String>,
    /// Files that nobody names and that stay.
    pub(crate) orphans: Vec<String>,
    /// Backups that are lost, or listed and not whole.
    pub(crate) backups: Vec<String>,
}

impl Findings {
    /// Whether nothing was wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.kinds().iter().all(|(kind, _)| kind.is_empty())
    }

    /// Prints the first ones of each kind.
    pub(crate) fn show(&self) {
        for (kind, name) in self.kinds() {
            for problem in kind.iter().take(SHOWN) {
                println!("  {name}: {problem}");
            }
        }
    }

    fn kinds(&self) -> [(&Vec<String>, &'static str); 5] {
        [
            (&self.lost, "acknowledged lost"),
            (&self.half, "half-applied"),
            (&self.files, "files wrong"),
            (&self.orphans, "orphans"),
            (&self.backups, "backups wrong"),
        ]
    }
}

impl AddAssign for Findings {
    fn add_assign(&mut self, other: Self) {
        self.lost.extend(other.lost);
        self.half.extend(other.half);
        self.files.extend(other.files);
        self.orphans.extend(other.orphans);
        self.backups.extend(other.backups);
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = self.kinds();
        let counts = kinds.map(|(kind, name)| format!("{} {name}", kind.len()));
        formatter.write_str(&counts.join(", "))
    }
}
