//! Takes what waits for a client, several messages at a time where they come fast.
//!
//! A message to a quiet client goes out at once. What comes soon after it waits a moment for more
//! of its kind: writing to thousands of sockets costs far more than what is written.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use luge_engine::realtime::{Connection, Message};
use luge_model::limits;
use tokio::time::Instant;

/// A connected client with what was taken for it.
pub(super) struct Gathering {
    pub(super) connection: Connection,
    /// Taken, and not given yet: the wait may be left off and begun again.
    held: Vec<Arc<Message>>,
    given: Option<Instant>,
}

impl Gathering {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            connection,
            held: Vec::new(),
            given: None,
        }
    }

    /// The next messages; `None` when the connection is to end.
    pub(super) async fn next(&mut self) -> Option<Vec<Arc<Message>>> {
        if self.held.is_empty() {
            let connection = &self.connection;
            self.held = poll_fn(|context| connection.poll_messages(context)).await?;
        }
        let pause = Duration::from_millis(limits::REALTIME_GATHER_MILLISECONDS);
        if let Some(due) = self.given.map(|given| given + pause)
            && due > Instant::now()
        {
            tokio::time::sleep_until(due).await;
            self.held.extend(self.connection.waiting_messages());
        }
        self.given = Some(Instant::now());
        Some(std::mem::take(&mut self.held))
    }
}
