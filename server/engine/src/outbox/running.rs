//! The outbox of a running server.

use std::sync::Arc;

use super::{Couriers, Outbox};
use crate::clock::Clock;
use crate::store::wait;

/// Deliveries are carried as long as this lives; dropping it waits a moment for those under way.
/// Not to be dropped on a thread of a runtime.
#[derive(Debug)]
pub struct Running {
    outbox: Arc<Outbox>,
    delivering: Option<tokio::task::JoinHandle<()>>,
}

impl Outbox {
    /// Begins to carry. On a runtime, once in the life of an engine.
    #[must_use]
    pub fn start(self: &Arc<Self>, couriers: Couriers, clock: Arc<dyn Clock>) -> Running {
        let outbox = Arc::clone(self);
        let delivering = tokio::spawn(Arc::clone(&outbox).run(couriers, clock));
        Running {
            outbox,
            delivering: Some(delivering),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.outbox.stop();
        if let Some(delivering) = self.delivering.take()
            && wait(delivering).is_err()
        {
            tracing::error!("the task of the outbox died");
        }
    }
}
