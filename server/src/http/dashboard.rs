//! The dashboard under `/_/` and the client at [`CLIENT`], embedded in the binary.
//!
//! - Files with a hash in their name never change; everything else is asked for again each time.
//! - Unknown paths are screens of the dashboard and get its index.

use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Request, Response};

use crate::http::error::Failure;

/// Where pages without a build find the TypeScript client, as one module.
pub(crate) const CLIENT: &str = "/sdk/luge.js";

/// Serves the dashboard and the client.
#[derive(Clone, Copy)]
pub(crate) struct Dashboard;

impl Endpoint for Dashboard {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        if request.method() != Method::GET {
            return Ok(Failure::not_found().into_response());
        }
        let path = request.uri().path();
        if path == "/_" {
            let query = request.uri().query();
            let target = query.map_or_else(|| "/_/".to_owned(), |query| format!("/_/?{query}"));
            let mut response = Response::default();
            response.set_status(StatusCode::TEMPORARY_REDIRECT);
            if let Ok(target) = HeaderValue::from_str(&target) {
                response.headers_mut().insert(header::LOCATION, target);
            }
            return Ok(response);
        }
        let name = match path {
            CLIENT => CLIENT.trim_start_matches('/'),
            _ => path.strip_prefix("/_/").unwrap_or_default(),
        };
        Ok(embedded::answer(name, &request))
    }
}

#[cfg(feature = "dashboard")]
mod embedded {
    use std::collections::HashMap;
    use std::path::Path;
    use std::sync::OnceLock;

    use bytes::Bytes;
    use poem::http::{HeaderName, HeaderValue, StatusCode, header};
    use poem::{IntoResponse, Request, Response};
    use rust_embed::RustEmbed;

    use crate::http::answer::bytes_response;
    use crate::http::error::Failure;
    use crate::http::middleware::{accepts_gzip, gzip, is_text};
    use crate::http::static_files::content_type;

    const INDEX: &str = "index.html";
    const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; \
        base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    #[derive(RustEmbed)]
    #[folder = "$CARGO_MANIFEST_DIR/../admin-ui/dist"]
    struct Files;

    struct File {
        content_type: HeaderValue,
        tag: String,
        plain: Bytes,
        packed: Option<Bytes>,
        forever: bool,
    }

    /// The file of that name, else the index.
    pub(super) fn answer(name: &str, request: &Request) -> Response {
        let files = files();
        // A missing file with an extension is a file that an older index named, not a screen.
        let is_screen = Path::new(name).extension().is_none();
        let file = match files.get(name) {
            Some(file) => Some(file),
            None if is_screen => files.get(INDEX),
            None => None,
        };
        match file {
            Some(file) => file.answer(request),
            None => Failure::file_not_found().into_response(),
        }
    }

    fn files() -> &'static HashMap<String, File> {
        static FILES: OnceLock<HashMap<String, File>> = OnceLock::new();
        FILES.get_or_init(|| {
            Files::iter()
                .filter_map(|name| Some((name.to_string(), File::new(&name, Files::get(&name)?))))
                .collect()
        })
    }

    impl File {
        fn new(name: &str, embedded: rust_embed::EmbeddedFile) -> Self {
            let content_type = content_type(Path::new(name));
            let plain = Bytes::from(embedded.data.into_owned());
            let packs = content_type.to_str().is_ok_and(is_text);
            let packed = if packs {
                gzip(&plain).ok().map(Bytes::from)
            } else {
                None
            };
            let hash = embedded.metadata.sha256_hash();
            let tag: String = hash
                .iter()
                .take(12)
                .map(|byte| format!("{byte:02x}"))
                .collect();
            Self {
                content_type,
                tag: format!("\"{tag}\""),
                plain,
                packed,
                forever: name.starts_with("assets/"),
            }
        }

        fn answer(&self, request: &Request) -> Response {
            let known = request.headers().get(header::IF_NONE_MATCH);
            let mut response = if known.is_some_and(|tag| tag.as_bytes() == self.tag.as_bytes()) {
                let mut response = Response::default();
                response.set_status(StatusCode::NOT_MODIFIED);
                response
            } else {
                self.body(request)
            };
            let cache = if self.forever {
                "public, max-age=31536000, immutable"
            } else {
                "no-cache"
            };
            let headers = response.headers_mut();
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
            headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
            headers.insert(
                header::CONTENT_SECURITY_POLICY,
                HeaderValue::from_static(POLICY),
            );
            let referrer = HeaderName::from_static("referrer-policy");
            headers.insert(referrer, HeaderValue::from_static("no-referrer"));
            if let Ok(tag) = HeaderValue::from_str(&self.tag) {
                headers.insert(header::ETAG, tag);
            }
            response
        }

        fn body(&self, request: &Request) -> Response {
            match &self.packed {
                Some(packed) if accepts_gzip(request.headers()) => {
                    let mut response =
                        bytes_response(StatusCode::OK, self.content_type.clone(), packed.clone());
                    let gzip = HeaderValue::from_static("gzip");
                    response
                        .headers_mut()
                        .insert(header::CONTENT_ENCODING, gzip);
                    response
                }
                _ => bytes_response(
                    StatusCode::OK,
                    self.content_type.clone(),
                    self.plain.clone(),
                ),
            }
        }
    }
}

#[cfg(not(feature = "dashboard"))]
mod embedded {
    use poem::http::StatusCode;
    use poem::{IntoResponse, Request, Response};

    use crate::http::error::Failure;

    /// Says why there is none.
    pub(super) fn answer(_name: &str, _request: &Request) -> Response {
        Failure::new(
            StatusCode::NOT_FOUND,
            "This binary was built without the dashboard and the client.",
        )
        .into_response()
    }
}
