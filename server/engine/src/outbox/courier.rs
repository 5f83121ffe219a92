//! Carrying deliveries: one task that hands what is due to the couriers, and notes what they say.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use luge_model::limits::{OUTBOX_LOOK_MILLISECONDS, OUTBOX_STOP_SECONDS_MAX};
use luge_model::timestamp::Timestamp;
use tokio::task::JoinSet;

use super::{Attempted, Delivery, Outbox, Verdict};
use crate::clock::Clock;

/// An attempt under way.
pub type Carrying = Pin<Box<dyn Future<Output = Attempted> + Send>>;

/// Carries deliveries of one kind.
pub trait Courier: Send + Sync {
    /// Tries to deliver once. Must end by itself within a bounded time.
    fn carry(&self, delivery: Delivery, body: Vec<u8>, now: Timestamp) -> Carrying;
}

/// The couriers by the kinds that they carry.
pub type Couriers = HashMap<&'static str, Arc<dyn Courier>>;

impl Outbox {
    /// Carries deliveries until [`Self::stop`] is called; what is being tried then has a moment to
    /// end. On a runtime.
    pub async fn run(self: Arc<Self>, couriers: Couriers, clock: Arc<dyn Clock>) {
        let couriers = Arc::new(couriers);
        let mut flying = JoinSet::new();
        while !self.stopping.load(Ordering::Acquire) {
            for number in self.take(clock.now()) {
                let (outbox, couriers) = (Arc::clone(&self), Arc::clone(&couriers));
                let clock = Arc::clone(&clock);
                flying.spawn(async move { outbox.attempt(number, &couriers, &*clock).await });
            }
            tokio::select! {
                () = self.changed.notified() => {}
                Some(ended) = flying.join_next() => {
                    if let Err(error) = ended {
                        tracing::error!(%error, "an attempt to deliver something died");
                    }
                }
                () = tokio::time::sleep(self.rest(clock.now())) => {}
            }
        }
        let ending = async { while flying.join_next().await.is_some() {} };
        let time = Duration::from_secs(OUTBOX_STOP_SECONDS_MAX);
        if tokio::time::timeout(time, ending).await.is_err() {
            tracing::info!(
                "what is being delivered is broken off, and tried again after the start"
            );
        }
    }

    /// Ends [`Self::run`].
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
        self.changed.notify_one();
    }

    /// Until the next is due, but not long: a clock can be set.
    fn rest(&self, now: Timestamp) -> Duration {
        let most = OUTBOX_LOOK_MILLISECONDS;
        let due = self.queue.lock().next_due();
        let milliseconds = due.map_or(most, |due| {
            u64::try_from(due.0.saturating_sub(now.0))
                .unwrap_or(0)
                .min(most)
        });
        Duration::from_millis(milliseconds)
    }

    async fn attempt(&self, number: u64, couriers: &Couriers, clock: &dyn Clock) {
        let (delivery, body) = match self.load(number) {
            Ok(Some(found)) => found,
            Ok(None) => return,
            Err(error) => {
                // It stays as if it were being tried, until the next start reads it again.
                tracing::error!(%error, number, "a delivery cannot be read");
                return;
            }
        };
        let begun = Instant::now();
        let attempted = match couriers.get(delivery.line.kind.as_str()) {
            Some(courier) => courier.carry(delivery.clone(), body, clock.now()).await,
            None => Attempted {
                status: None,
                error: Some("Nothing carries deliveries of this kind.".to_owned()),
                verdict: Verdict::GiveUp,
            },
        };
        let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.settle(delivery, attempted, milliseconds, clock.now())
            .await;
    }
}
