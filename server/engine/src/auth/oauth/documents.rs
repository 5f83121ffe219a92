//! What providers say of themselves and of their keys, kept for a while.
//!
//! - Bounded in number and age. Asking again after a failure, or because a key is unknown, waits:
//!   whoever sends us made-up tokens does not have us send requests.

use std::collections::HashMap;
use std::sync::Arc;

use luge_model::limits::{
    OAUTH_ANSWER_BYTES_MAX, OAUTH_DOCUMENT_PAUSE_SECONDS, OAUTH_DOCUMENT_SECONDS,
    OAUTH_DOCUMENTS_MAX,
};
use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;
use serde_json::Value as Json;

use crate::outside::{Outbound, OutboundMethod, OutboundRequest};

/// The documents and the way to them.
#[derive(Debug)]
pub(super) struct Documents {
    outbound: Arc<dyn Outbound>,
    kept: Mutex<HashMap<String, Kept>>,
}

#[derive(Clone, Debug)]
struct Kept {
    fetched: Timestamp,
    outcome: Result<Arc<Json>, String>,
}

impl Documents {
    pub(super) fn new(outbound: Arc<dyn Outbound>) -> Self {
        Self {
            outbound,
            kept: Mutex::default(),
        }
    }

    /// The JSON document at an address; a reason for people where there is none.
    pub(super) async fn get(&self, now: Timestamp, url: &str) -> Result<Arc<Json>, String> {
        self.no_older_than(now, url, OAUTH_DOCUMENT_SECONDS).await
    }

    /// The same as it is now, or was a moment ago.
    pub(super) async fn newest(&self, now: Timestamp, url: &str) -> Result<Arc<Json>, String> {
        self.no_older_than(now, url, OAUTH_DOCUMENT_PAUSE_SECONDS)
            .await
    }

    async fn no_older_than(
        &self,
        now: Timestamp,
        url: &str,
        seconds: i64,
    ) -> Result<Arc<Json>, String> {
        let known = self.kept.lock().get(url).cloned();
        if let Some(Kept { fetched, outcome }) = known {
            let seconds = match &outcome {
                Ok(_) => seconds,
                Err(_) => OAUTH_DOCUMENT_PAUSE_SECONDS,
            };
            let age = now.0.saturating_sub(fetched.0);
            if (0..seconds.saturating_mul(1_000)).contains(&age) {
                return outcome;
            }
        }
        let outcome = self.fetch(url).await;
        let mut kept = self.kept.lock();
        if kept.len() >= OAUTH_DOCUMENTS_MAX && !kept.contains_key(url) {
            let oldest = kept.iter().min_by_key(|(_, kept)| kept.fetched);
            let oldest = oldest.map(|(url, _)| url.clone());
            oldest.map(|oldest| kept.remove(&oldest));
        }
        let entry = Kept {
            fetched: now,
            outcome: outcome.clone(),
        };
        kept.insert(url.to_owned(), entry);
        outcome
    }

    async fn fetch(&self, url: &str) -> Result<Arc<Json>, String> {
        let request = OutboundRequest {
            method: OutboundMethod::Get,
            url: url.to_owned(),
            headers: vec![("accept".to_owned(), "application/json".to_owned())],
            body: Vec::new(),
            answer_bytes_max: OAUTH_ANSWER_BYTES_MAX,
        };
        let answer = self.outbound.send(request).await;
        let answer = answer.map_err(|error| format!("{url}: {error}"))?;
        if answer.status != 200 {
            return Err(format!("{url} answers with status {}", answer.status));
        }
        let json = serde_json::from_slice(&answer.body);
        json.map(Arc::new)
            .map_err(|error| format!("{url} is no JSON: {error}"))
    }
}
