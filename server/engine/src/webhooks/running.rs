//! The webhooks of a running server: one thread that follows the log.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};

use super::{KIND, Shared, Webhooks, follow, line};
use crate::outbox::Courier;

/// Webhooks are told of changes as long as this lives; dropping it waits for the step under way.
/// Not to be dropped on a thread of a runtime.
#[derive(Debug)]
pub struct Running {
    shared: Arc<Shared>,
    follower: Option<JoinHandle<()>>,
}

impl Webhooks {
    /// What carries the deliveries of webhooks.
    #[must_use]
    pub fn courier(&self) -> (&'static str, Arc<dyn Courier>) {
        (KIND, Arc::new(self.clone()))
    }

    /// Begins to follow what is to be told, once in the life of an engine.
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
        Ok(Running {
            shared,
            follower: Some(follower),
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Release);
        self.shared.changed.notify_one();
        if let Some(follower) = self.follower.take()
            && follower.join().is_err()
        {
            tracing::error!("the thread of the webhooks died");
        }
    }
}
