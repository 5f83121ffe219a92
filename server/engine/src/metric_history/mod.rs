//! How the server fared: a sample a minute for a day, one for ten minutes for a month.
//!
//! - Requests only count up numbers ([`Traffic`]); once a minute somebody takes them and hands them
//!   over with what else was measured ([`MetricHistory::record`]).
//! - Samples of one resolution are packed: those of minutes by hour, those of ten minutes by day. A
//!   month takes less than a hundred values.
//! - Samples merge exactly: latencies are kept as a histogram, not as percentiles.

mod latency;
mod sample;
mod stored;
mod traffic;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use luge_model::limits::{
    HISTORY_COARSE_MILLISECONDS, HISTORY_FINE_AGE_MILLISECONDS, HISTORY_FINE_MILLISECONDS,
    HISTORY_SAMPLES_MAX,
};
use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;

use crate::commit::{Committer, Proposal};
use crate::context::Context;
use crate::error::{Error, Result};

pub use latency::Latency;
pub use sample::Sample;
pub use traffic::Traffic;

use stored::{COARSE, FINE, Resolution};

/// The history of a database's servers.
pub struct MetricHistory {
    committer: Arc<Committer>,
    traffic: Traffic,
    /// Held by whoever records, so that no sample is lost between two.
    recording: Mutex<()>,
}

impl fmt::Debug for MetricHistory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MetricHistory")
            .finish_non_exhaustive()
    }
}

/// A part of the history.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub to: Timestamp,
    /// What one sample covers, in milliseconds.
    pub step: i64,
    /// The steps of which anything is known, in the order of time.
    pub samples: Vec<Sample>,
}

impl MetricHistory {
    /// The history of a database.
    #[must_use]
    pub fn new(committer: Arc<Committer>) -> Self {
        Self {
            committer,
            traffic: Traffic::default(),
            recording: Mutex::new(()),
        }
    }

    /// Where requests are counted.
    #[must_use]
    pub fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// Keeps what was measured until now, and removes what is too old.
    ///
    /// # Errors
    /// When the store fails.
    pub fn record(&self, measured: &Sample) -> Result<()> {
        let _alone = self.recording.lock();
        let mut proposal = Proposal::default();
        for resolution in [FINE, COARSE] {
            let store = &**self.committer.store();
            resolution.add(store, measured, &mut proposal)?;
            resolution.forget(store, measured.at, &mut proposal)?;
        }
        self.committer.commit_in_background(&proposal)?;
        Ok(())
    }

    /// The history between two moments. A step of 0 is chosen to fit; a finer one than is kept so
    /// far back becomes what is kept.
    ///
    /// # Errors
    /// When the caller is not a superuser, or the steps are too many.
    pub fn course(
        &self,
        context: &Context,
        (from, to): (Timestamp, Timestamp),
        step: i64,
    ) -> Result<Course> {
        context.require_superuser()?;
        let is_fine = from.0 >= context.now.0 - HISTORY_FINE_AGE_MILLISECONDS;
        let least = if is_fine {
            HISTORY_FINE_MILLISECONDS
        } else {
            HISTORY_COARSE_MILLISECONDS
        };
        let length = to.0.saturating_sub(from.0).max(0);
        let fitting = length / HISTORY_SAMPLES_MAX;
        let step = if step == 0 { fitting } else { step };
        // In whole minutes, or ten of them.
        let step = (step.saturating_add(least - 1) / least).max(1) * least;
        if length / step > HISTORY_SAMPLES_MAX {
            return Err(Error::BadRequest(format!(
                "The parameter step is too small: from {from} to {to} there would be more than \
                 {HISTORY_SAMPLES_MAX} samples."
            )));
        }
        let resolution = if step % HISTORY_COARSE_MILLISECONDS == 0 {
            COARSE
        } else {
            FINE
        };
        Ok(Course {
            from,
            to,
            step,
            samples: self.samples(resolution, from, to, step)?,
        })
    }

    fn samples(
        &self,
        resolution: Resolution,
        from: Timestamp,
        to: Timestamp,
        step: i64,
    ) -> Result<Vec<Sample>> {
        let store = &**self.committer.store();
        let mut merged: Vec<Sample> = Vec::new();
        for sample in resolution.read(store, from, to)? {
            let at = Timestamp(sample.at.0.div_euclid(step) * step);
            match merged.last_mut() {
                Some(last) if last.at == at => last.merge(&sample),
                _ => merged.push(Sample { at, ..sample }),
            }
        }
        Ok(merged)
    }
}
