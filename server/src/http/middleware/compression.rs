//! Compresses large JSON and text answers with gzip when the client asks for it.
//!
//! - Only answers of known length above `limits::COMPRESS_BYTES_MIN`: what fits in the first
//!   flight of a TCP connection does not arrive sooner when it is smaller, but costs time to pack.
//! - Never an answer that is already encoded, an event stream (its length is not known), or a file
//!   of which ranges can be asked for.

use std::io::Write;

use flate2::Compression as Level;
use flate2::write::GzEncoder;
use luge_model::limits;
use poem::http::{HeaderMap, HeaderValue, header};
use poem::{Body, Endpoint, IntoResponse, Middleware, Request, Response, Result};

/// Compresses.
pub(crate) struct Compression;

impl<E: Endpoint> Middleware<E> for Compression {
    type Output = CompressionEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        CompressionEndpoint { inner }
    }
}

/// See [`Compression`].
pub(crate) struct CompressionEndpoint<E> {
    inner: E,
}

impl<E: Endpoint> Endpoint for CompressionEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let accepted = accepts_gzip(request.headers());
        let mut response = self.inner.call(request).await?.into_response();
        if !is_worth_it(response.headers()) {
            return Ok(response);
        }
        response
            .headers_mut()
            .append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        if !accepted {
            return Ok(response);
        }
        let bytes = response.take_body().into_bytes().await?;
        if bytes.is_empty() {
            // The answer to HEAD keeps the length that GET would have without compression.
            return Ok(response);
        }
        let Ok(packed) = gzip(&bytes) else {
            response.set_body(Body::from_bytes(bytes));
            return Ok(response);
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(packed.len()));
        response.set_body(Body::from_vec(packed));
        Ok(response)
    }
}

/// The bytes in gzip format, packed fast rather than small.
pub(crate) fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Level::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Whether the client takes gzip.
pub(crate) fn accepts_gzip(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|entry| {
            let mut parts = entry.split(';').map(str::trim);
            let gzip = parts
                .next()
                .is_some_and(|coding| coding.eq_ignore_ascii_case("gzip"));
            let refused = parts.any(|part| {
                part.strip_prefix("q=")
                    .is_some_and(|weight| weight.parse() == Ok(0.0_f32))
            });
            gzip && !refused
        })
}

fn is_worth_it(headers: &HeaderMap) -> bool {
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<usize>().ok())
        .unwrap_or(0);
    length >= limits::COMPRESS_BYTES_MIN
        && !headers.contains_key(header::CONTENT_ENCODING)
        && !headers.contains_key(header::ACCEPT_RANGES)
        && headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(is_text)
}

/// Whether a content type is text that packs well.
pub(crate) fn is_text(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence != "text/event-stream"
        && (essence.starts_with("text/")
            || matches!(
                essence,
                "application/json"
                    | "application/javascript"
                    | "application/manifest+json"
                    | "application/wasm"
                    | "image/svg+xml"
            ))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use poem::EndpointExt;
    use poem::endpoint::make_sync;

    use super::*;
    use crate::http::answer::json_response;

    async fn answer(length: usize, accept: &str) -> Response {
        let endpoint =
            make_sync(move |_| json_response(poem::http::StatusCode::OK, vec![b' '; length]))
                .with(Compression);
        let request = Request::builder()
            .header("Accept-Encoding", accept)
            .finish();
        endpoint.get_response(request).await
    }

    #[tokio::test]
    async fn a_large_answer_is_packed_when_asked() {
        let length = limits::COMPRESS_BYTES_MIN;
        let mut response = answer(length, "br, gzip;q=0.5").await;
        assert_eq!(response.header("content-encoding"), Some("gzip"));
        let bytes = response.take_body().into_bytes().await.unwrap();
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&bytes[..])
            .read_to_end(&mut plain)
            .unwrap();
        assert_eq!(plain.len(), length);
    }

    #[tokio::test]
    async fn other_answers_are_left_alone() {
        let large = limits::COMPRESS_BYTES_MIN;
        for (length, accept) in [
            (large - 1, "gzip"),
            (large, "identity"),
            (large, "gzip;q=0"),
            (large, "br, deflate"),
        ] {
            let mut response = answer(length, accept).await;
            assert_eq!(response.header("content-encoding"), None, "{accept}");
            assert_eq!(
                response.take_body().into_bytes().await.unwrap().len(),
                length
            );
        }
    }

    #[test]
    fn an_event_stream_is_no_text_to_pack() {
        assert!(!is_text("text/event-stream"));
        assert!(!is_text("image/png"));
        assert!(is_text("text/html; charset=utf-8"));
    }
}
