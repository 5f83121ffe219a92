//! Gives every request an id: the client's own when it is harmless, else a new one.
//!
//! Inside the chain the id is the request's `X-Request-Id` header; the answer carries it too.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use luge_engine::random::Random;
use luge_model::limits;
use poem::http::{HeaderName, HeaderValue};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Makes ids that do not repeat while the process runs, and hardly ever across processes.
#[derive(Clone)]
pub(crate) struct RequestIds {
    process: u64,
    next: Arc<AtomicU64>,
}

impl RequestIds {
    /// Draws the part of the id that stands for the process.
    pub(crate) fn new(random: &dyn Random) -> Self {
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        Self {
            process: u64::from_le_bytes(bytes),
            next: Arc::new(AtomicU64::new(1)),
        }
    }

    fn new_id(&self) -> HeaderValue {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let text = format!("{:016x}{number:08x}", self.process);
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("unknown"))
    }
}

/// The id of a request inside the chain.
pub(crate) fn request_id(request: &Request) -> HeaderValue {
    let unknown = HeaderValue::from_static("");
    request
        .headers()
        .get(X_REQUEST_ID)
        .cloned()
        .unwrap_or(unknown)
}

fn is_harmless(id: &HeaderValue) -> bool {
    let bytes = id.as_bytes();
    !bytes.is_empty()
        && bytes.len() <= limits::REQUEST_ID_BYTES_MAX
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

impl<E: Endpoint> Middleware<E> for RequestIds {
    type Output = RequestIdEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        RequestIdEndpoint {
            inner,
            ids: self.clone(),
        }
    }
}

/// See [`RequestIds`].
pub(crate) struct RequestIdEndpoint<E> {
    inner: E,
    ids: RequestIds,
}

impl<E: Endpoint> Endpoint for RequestIdEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let id = match request.headers().get(X_REQUEST_ID) {
            Some(given) if is_harmless(given) => given.clone(),
            _ => self.ids.new_id(),
        };
        request.headers_mut().insert(X_REQUEST_ID, id.clone());
        let mut response = self.inner.call(request).await?.into_response();
        response.headers_mut().insert(X_REQUEST_ID, id);
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_plain_ids_are_taken_over() {
        for (text, harmless) in [
            ("abc-1.2_3", true),
            ("", false),
            ("a b", false),
            ("<x>", false),
            ("é", false),
        ] {
            let value = HeaderValue::from_bytes(text.as_bytes()).unwrap();
            assert_eq!(is_harmless(&value), harmless, "{text}");
        }
        let long = HeaderValue::from_str(&"a".repeat(limits::REQUEST_ID_BYTES_MAX + 1)).unwrap();
        assert!(!is_harmless(&long));
    }
}
