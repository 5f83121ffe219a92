//! What requests count up while they are answered.

use std::sync::atomic::{AtomicU64, Ordering};

use super::latency::{BUCKETS, Latency, bucket};
use super::sample::Sample;

/// Numbers since somebody took them last.
#[derive(Debug)]
pub struct Traffic {
    client_errors: AtomicU64,
    server_errors: AtomicU64,
    sign_ins: AtomicU64,
    failed_sign_ins: AtomicU64,
    latency: [AtomicU64; BUCKETS],
}

impl Default for Traffic {
    fn default() -> Self {
        Self {
            client_errors: AtomicU64::new(0),
            server_errors: AtomicU64::new(0),
            sign_ins: AtomicU64::new(0),
            failed_sign_ins: AtomicU64::new(0),
            latency: std::array::from_fn(|_| AtomicU64::new(0)),
        }
    }
}

impl Traffic {
    /// Counts an answered request.
    pub fn count(&self, status: u16, nanoseconds: u64, signs_in: bool) {
        let add = |number: &AtomicU64| {
            number.fetch_add(1, Ordering::Relaxed);
        };
        if let Some(count) = self.latency.get(bucket(nanoseconds)) {
            add(count);
        }
        match status {
            500.. => add(&self.server_errors),
            400.. => add(&self.client_errors),
            _ => {}
        }
        match (signs_in, status) {
            (true, 400..) => add(&self.failed_sign_ins),
            (true, _) => add(&self.sign_ins),
            (false, _) => {}
        }
    }

    /// Puts what was counted into a sample and begins anew.
    pub fn take(&self, into: &mut Sample) {
        let take = |number: &AtomicU64| number.swap(0, Ordering::Relaxed);
        into.latency = Latency::of(self.latency.iter().map(take));
        into.requests = into.latency.total();
        into.client_errors = take(&self.client_errors);
        into.server_errors = take(&self.server_errors);
        into.sign_ins = take(&self.sign_ins);
        into.failed_sign_ins = take(&self.failed_sign_ins);
    }
}
