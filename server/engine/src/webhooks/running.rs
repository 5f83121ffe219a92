//! The webhooks of a running server: one thread that follows the log, one task that delivers.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};

use super::{KIND, Shared, Webhooks, follow, line};
use crate::outbox::{Couriers, Outbox};
use crate::store::wait;

/// Webhooks are told of changes as long as this lives; dropping it waits for the step under way
/// and, for a moment, for what is being delivered. Not to be dropped on a thread of a runtime.
#[derive(Debug)]
pub struct Running {
    shared: Arc<Shared>,
    outbox: Arc<Outbox>,
    follower: Option<JoinHandle<()>>,
    delivering: Option<tokio::task::JoinHandle<()>>,
}

impl Webhooks {
    /// Begins to tell. On a runtime, once in the life of an engine.
    ///
    /// # Errors
    /// When the definitions cannot be read or no thread can be started.
    pub fn start(&self) -> io::Result<Running> {
        let shared = Arc::clone(&self.0);
        let webhooks = shared.all().map_err(io::Error::other)?;
        for webhook in webhooks.iter().filter(|webhook| !webhook.enabled) {
            shared.parts.outbox.pause(&line(&webhook.id), true);
        }
        let followed = Arc::clone(&shared);
        let follower = thread::Builder::new()
            .name("luge-webhooks".to_owned())
            .spawn(move || follow::follow(&followed))?;
        let outbox = Arc::clone(&shared.parts.outbox);
        let couriers = Couriers::from([(KIND, Arc::new(self.clone()) as _)]);
        let clock = Arc::clone(&shared.parts.clock);
        let delivering = tokio::spawn(Arc::clone(&outbox).run(couriers, clock));
        Ok(Running {
            shared,
            outbox,
            follower: Some(follower),
            delivering: Some(delivering),
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Release);
        self.shared.changed.notify_one();
        self.outbox.stop();
        if let Some(follower) = self.follower.take()
            && follower.join().is_err()
        {
            tracing::error!("the thread of the webhooks died");
        }
        if let Some(delivering) = self.delivering.take()
            && wait(delivering).is_err()
        {
            tracing::error!("the task of the outbox died");
        }
    }
}
