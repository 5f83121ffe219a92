//! The page that shows the document to people: three files without dependencies, embedded.
//!
//! It reads `/api/openapi.json` as whoever is signed in to the dashboard, loads nothing from
//! elsewhere, and its policy lets it do nothing else.

use poem::http::{HeaderName, HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema};
use poem_openapi::registry::{MetaSchemaRef, Registry};

use crate::http::answer::bytes_response;
use crate::http::error::Failure;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

const FILES: [PageFile; 5] = [
    PageFile {
        name: "",
        media_type: "text/html; charset=utf-8",
        text: include_str!("page/index.html"),
    },
    PageFile {
        name: "page.css",
        media_type: "text/css; charset=utf-8",
        text: include_str!("page/page.css"),
    },
    PageFile {
        name: "page.js",
        media_type: "text/javascript; charset=utf-8",
        text: include_str!("page/page.js"),
    },
    PageFile {
        name: "operation.js",
        media_type: "text/javascript; charset=utf-8",
        text: include_str!("page/operation.js"),
    },
    PageFile {
        name: "document.js",
        media_type: "text/javascript; charset=utf-8",
        text: include_str!("page/document.js"),
    },
];

/// A file of the page.
#[derive(Clone, Copy)]
pub(super) struct PageFile {
    name: &'static str,
    media_type: &'static str,
    text: &'static str,
}

impl PageFile {
    /// The file of that name; the page itself has none.
    pub(super) fn named(name: &str) -> Result<Self, Failure> {
        let found = FILES.into_iter().find(|file| file.name == name);
        let missing = || Failure::new(StatusCode::NOT_FOUND, "The page has no such file.");
        found.ok_or_else(missing)
    }
}

impl IntoResponse for PageFile {
    fn into_response(self) -> Response {
        let media_type = HeaderValue::from_static(self.media_type);
        let mut response = bytes_response(StatusCode::OK, media_type, self.text);
        let headers = response.headers_mut();
        let mut set =
            |name: HeaderName, value| headers.insert(name, HeaderValue::from_static(value));
        set(header::CACHE_CONTROL, "no-cache");
        set(header::CONTENT_SECURITY_POLICY, POLICY);
        set(HeaderName::from_static("referrer-policy"), "no-referrer");
        response
    }
}

impl ApiResponse for PageFile {
    fn meta() -> MetaResponses {
        let text = |content_type| MetaMediaType {
            content_type,
            schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))),
        };
        MetaResponses {
            responses: vec![MetaResponse {
                description: "A file of the page.",
                status: Some(200),
                status_range: None,
                content: ["text/html", "text/css", "text/javascript"]
                    .map(text)
                    .into(),
                headers: vec![],
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}
