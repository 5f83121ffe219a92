//! How often the wanted record is first, among the first ten, and how far up it is.

use std::fmt;

use super::corpus::Corpus;
use super::engines::SearchEngine;
use super::judged::{Group, Judge};

/// One group of searches, by engine.
#[derive(Debug)]
pub(crate) struct Row {
    corpus: &'static str,
    group: Group,
    count: usize,
    scores: Vec<(&'static str, Score)>,
}

/// What one engine achieved.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    first: f64,
    among_ten: f64,
    /// The mean of one divided by the place of the wanted record; 0 where it is not among the ten.
    reciprocal: f64,
}

/// Asks every engine every search of every group; Luge is the first.
pub(crate) fn measure(corpus: &Corpus, engines: &[&dyn SearchEngine], count: usize) -> Vec<Row> {
    let judge = Judge::of(corpus);
    let row = |group: Group| {
        let searches = judge.searches(group, count);
        let score = |engine: &dyn SearchEngine| {
            let mut score = Score::default();
            let share = 1.0 / searches.len().max(1) as f64;
            for search in &searches {
                let top = engine.top(&search.words, group == Group::Prefix);
                if let Some(place) = top.iter().position(|id| search.wanted.contains(id)) {
                    score.first += if place == 0 { share } else { 0.0 };
                    score.among_ten += share;
                    score.reciprocal += share / (place + 1) as f64;
                }
            }
            (engine.name(), score)
        };
        Row {
            corpus: corpus.name,
            group,
            count: searches.len(),
            scores: engines.iter().map(|engine| score(*engine)).collect(),
        }
    };
    Group::ALL.into_iter().map(row).collect()
}

/// The table of all groups.
pub(crate) struct Table<'a>(pub(crate) &'a [Row]);

impl fmt::Display for Table<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(first) = self.0.first() else {
            return Ok(());
        };
        write!(formatter, "| collection | group | searches ")?;
        for (name, _) in &first.scores {
            write!(formatter, "| {name}: first | in ten | MRR ")?;
        }
        writeln!(formatter, "| best |")?;
        writeln!(formatter, "|{}", "---|".repeat(4 + 3 * first.scores.len()))?;
        for row in self.0 {
            write!(
                formatter,
                "| {} | {} | {} ",
                row.corpus,
                row.group.name(),
                row.count
            )?;
            for (_, score) in &row.scores {
                let (first, ten) = (score.first * 100.0, score.among_ten * 100.0);
                write!(
                    formatter,
                    "| {first:.1} % | {ten:.1} % | {:.3} ",
                    score.reciprocal
                )?;
            }
            let best = if row.is_best() { "yes" } else { "NO" };
            writeln!(formatter, "| {best} |")?;
        }
        Ok(())
    }
}

impl Row {
    /// Whether the first engine is better than each other one, or as good as one that is perfect.
    pub(crate) fn is_best(&self) -> bool {
        let Some(((_, ours), others)) = self.scores.split_first() else {
            return false;
        };
        let least = 1e-9;
        others.iter().all(|(_, theirs)| {
            let perfect = theirs.reciprocal > 1.0 - least;
            ours.first > theirs.first - least
                && ours.among_ten > theirs.among_ten - least
                && (ours.reciprocal > theirs.reciprocal + least
                    || (perfect && ours.reciprocal > 1.0 - least))
        })
    }
}
