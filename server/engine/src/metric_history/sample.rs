//! What was measured in one step of time.

use luge_model::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

use super::latency::Latency;

/// One step. Its keys are short: there are many of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sample {
    /// When the step begins.
    #[serde(skip)]
    pub at: Timestamp,
    /// Requests that were answered.
    #[serde(rename = "r")]
    pub requests: u64,
    /// Those whose client did something wrong.
    #[serde(rename = "c")]
    pub client_errors: u64,
    /// Those that failed inside the server.
    #[serde(rename = "e")]
    pub server_errors: u64,
    /// Sign-ins, and attempts that failed.
    #[serde(rename = "s")]
    pub sign_ins: u64,
    /// See [`Self::sign_ins`].
    #[serde(rename = "f")]
    pub failed_sign_ins: u64,
    /// How long requests took.
    #[serde(rename = "l")]
    pub latency: Latency,
    /// Processor time that the process used, in milliseconds.
    #[serde(rename = "p")]
    pub processor_milliseconds: u64,
    /// How long was measured, in milliseconds.
    #[serde(rename = "d")]
    pub measured_milliseconds: u64,
    /// Most memory of the process in RAM, in bytes.
    #[serde(rename = "m")]
    pub memory_bytes: u64,
    /// Largest size of the store on disk, in bytes.
    #[serde(rename = "b")]
    pub store_bytes: u64,
    /// Most open connections.
    #[serde(rename = "o")]
    pub connections: u64,
    /// Most realtime clients.
    #[serde(rename = "t")]
    pub realtime_clients: u64,
    /// Request logs that were lost.
    #[serde(rename = "x")]
    pub logs_lost: u64,
}

impl Sample {
    /// Adds what was measured in another part of the same step.
    pub(super) fn merge(&mut self, other: &Self) {
        for (mine, others) in [
            (&mut self.requests, other.requests),
            (&mut self.client_errors, other.client_errors),
            (&mut self.server_errors, other.server_errors),
            (&mut self.sign_ins, other.sign_ins),
            (&mut self.failed_sign_ins, other.failed_sign_ins),
            (
                &mut self.processor_milliseconds,
                other.processor_milliseconds,
            ),
            (&mut self.measured_milliseconds, other.measured_milliseconds),
            (&mut self.logs_lost, other.logs_lost),
        ] {
            *mine = mine.saturating_add(others);
        }
        for (mine, others) in [
            (&mut self.memory_bytes, other.memory_bytes),
            (&mut self.store_bytes, other.store_bytes),
            (&mut self.connections, other.connections),
            (&mut self.realtime_clients, other.realtime_clients),
        ] {
            *mine = others.max(*mine);
        }
        self.latency.merge(&other.latency);
    }

    /// The share of one processor that was used; none where nothing was measured.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share is no exact number")]
    pub fn processor_share(&self) -> Option<f64> {
        (self.measured_milliseconds > 0)
            .then(|| self.processor_milliseconds as f64 / self.measured_milliseconds as f64)
    }
}
