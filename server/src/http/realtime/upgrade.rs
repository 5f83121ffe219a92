//! Turning a request into a WebSocket (RFC 6455 §4.2).

use std::sync::Arc;

use luge_engine::realtime::{Caller, Connection};
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{IntoResponse, Request, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaResponse, MetaResponses, Registry};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::socket;
use crate::http::app::App;
use crate::http::error::Failure;
use crate::http::take_over::TakeOver;

const VERSION: &str = "13";
/// 16 bytes in base64.
const KEY_CHARS: usize = 24;

/// The answer after which a connection is a WebSocket.
pub(super) struct Upgraded {
    accept: HeaderValue,
    app: Arc<App>,
    connection: Connection,
}

/// What a request to upgrade proves to know of the protocol: its answer.
pub(crate) fn accept(request: &Request) -> Result<HeaderValue, Failure> {
    let headers = request.headers();
    let refused = |reason: &str| {
        Failure::bad_request(format!("This address speaks WebSocket only: {reason}."))
    };
    if request.method() != Method::GET || request.version() != poem::http::Version::HTTP_11 {
        return Err(refused("the request must be a GET of HTTP/1.1"));
    }
    if !names(headers, header::UPGRADE, "websocket") {
        return Err(refused("the header Upgrade must be websocket"));
    }
    if !names(headers, header::CONNECTION, "upgrade") {
        return Err(refused("the header Connection must be Upgrade"));
    }
    if !names(headers, header::SEC_WEBSOCKET_VERSION, VERSION) {
        return Err(refused("the header Sec-WebSocket-Version must be 13"));
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY);
    let key = key.map(HeaderValue::as_bytes).filter(|key| is_key(key));
    let accept = key.map(derive_accept_key);
    let accept = accept.and_then(|accept| HeaderValue::try_from(accept).ok());
    accept.ok_or_else(|| refused("the header Sec-WebSocket-Key must be 16 bytes in base64"))
}

/// Whether a request comes from a page of another origin. Nothing that a browser adds to one by
/// itself may prove anything (security: hijacking across sites).
pub(crate) fn is_foreign(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return false;
    };
    let origin = origin.to_str().unwrap_or_default();
    let host = origin.split_once("://").map(|(_, host)| host);
    let asked = headers.get(header::HOST);
    let asked = asked.and_then(|asked| asked.to_str().ok());
    host.is_none() || host != asked
}

/// Whether a header, which may hold a list, names something.
pub(crate) fn names(headers: &HeaderMap, name: header::HeaderName, wanted: &str) -> bool {
    let values = headers.get_all(name);
    let texts = values.iter().filter_map(|value| value.to_str().ok());
    texts
        .flat_map(|text| text.split(','))
        .any(|one| one.trim().eq_ignore_ascii_case(wanted))
}

fn is_key(key: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let digits = key.strip_suffix(b"==");
    key.len() == KEY_CHARS && digits.is_some_and(|digits| digits.iter().all(is_digit))
}

impl Upgraded {
    pub(super) fn new(accept: HeaderValue, app: Arc<App>, connection: Connection) -> Self {
        Self {
            accept,
            app,
            connection,
        }
    }

    /// Who may be believed to have sent a request to upgrade.
    pub(super) fn caller(app: &App, request: &Request) -> Caller {
        // A cookie is believed for the pages of named origins only, wherever it comes from.
        let by_header = request.headers().contains_key(header::AUTHORIZATION);
        match by_header && is_foreign(request.headers()) {
            true => Caller::default(),
            false => app.caller(request),
        }
    }
}

impl IntoResponse for Upgraded {
    fn into_response(self) -> Response {
        let mut response = Response::builder()
            .status(StatusCode::SWITCHING_PROTOCOLS)
            .header(header::UPGRADE, "websocket")
            .header(header::CONNECTION, "Upgrade")
            .header(header::SEC_WEBSOCKET_ACCEPT, self.accept)
            .finish();
        let Self {
            app, connection, ..
        } = self;
        TakeOver::by(&mut response, |taken| socket::speak(app, connection, taken));
        response
    }
}

impl ApiResponse for Upgraded {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The connection is a WebSocket from then on.",
                status: Some(101),
                status_range: None,
                content: vec![],
                headers: vec![],
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

    fn request(changes: &[(&'static str, &str)]) -> Request {
        let usual = [
            ("upgrade", "websocket"),
            ("connection", "keep-alive, Upgrade"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", KEY),
        ];
        let mut request = Request::builder().finish();
        for (name, value) in usual.iter().chain(changes) {
            let value = HeaderValue::from_str(value).unwrap();
            request.headers_mut().insert(*name, value);
        }
        request
    }

    #[test]
    fn only_what_speaks_the_protocol_is_accepted() {
        // The example of RFC 6455 §1.3.
        let accepted = accept(&request(&[])).unwrap();
        assert_eq!(accepted, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        for change in [
            ("upgrade", "h2c"),
            ("upgrade", ""),
            ("connection", "keep-alive"),
            ("connection", "upgraded"),
            ("sec-websocket-version", "8"),
            ("sec-websocket-version", ""),
            ("sec-websocket-key", ""),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ= "),
            ("sec-websocket-key", "!GhlIHNhbXBsZSBub25jZQ=="),
        ] {
            assert!(accept(&request(&[change])).is_err(), "{change:?}");
        }
    }

    #[test]
    fn other_origins_are_known() {
        for (origin, host, foreign) in [
            (None, "a.example", false),
            (Some("https://a.example"), "a.example", false),
            (Some("http://a.example:8090"), "a.example:8090", false),
            (Some("https://a.example"), "a.example:8090", true),
            (Some("https://a.example.evil"), "a.example", true),
            (Some("https://evil-a.example"), "a.example", true),
            (Some("https://sub.a.example"), "a.example", true),
            (Some("null"), "a.example", true),
            (Some("a.example"), "a.example", true),
            (Some(""), "", true),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(is_foreign(&headers), foreign, "{origin:?}");
        }
    }
}
