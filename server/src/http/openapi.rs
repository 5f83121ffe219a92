//! The OpenAPI document of the static routes, made from their declarations.

use std::sync::{Arc, OnceLock};

use poem::Request;
use poem_openapi::{OpenApi, OpenApiService};

use crate::http::Api;
use crate::http::answer::{Answer, JsonBytes};
use crate::http::app::App;
use crate::http::query::AnswerOptions;
use crate::http::shapes::DocumentShape;

/// The routes.
pub(crate) struct DocumentApi(pub(crate) Arc<App>);

#[OpenApi]
impl DocumentApi {
    /// This document, for superusers.
    #[oai(
        path = "/api/openapi.json",
        method = "get",
        operation_id = "readOpenApi"
    )]
    async fn read(&self, request: &Request, options: AnswerOptions) -> Answer<DocumentShape> {
        self.0.superuser_context(request)?;
        JsonBytes::of_object(document(&self.0).as_bytes().to_vec(), &options.fields)
    }
}

/// The document as text; made once, since the static routes do not change.
pub(crate) fn document(app: &Arc<App>) -> &'static str {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        OpenApiService::new(crate::http::api(app), "Luge", env!("CARGO_PKG_VERSION"))
            .description("Collections, records, sign-in and settings of this server.")
            .spec()
    })
}

/// For every path of the document: the router's pattern and the template as documented.
pub(crate) fn templates() -> Vec<(String, String)> {
    <Api as OpenApi>::meta()
        .into_iter()
        .flat_map(|api| api.paths)
        .map(|path| (pattern_of(&path.path), path.path))
        .collect()
}

/// `/a/{b}/c/{d}` as the router writes it: `/a/:param0/c/:param1`.
fn pattern_of(template: &str) -> String {
    let mut parameters = 0;
    let segments: Vec<String> = template
        .split('/')
        .map(|segment| {
            if segment.starts_with('{') {
                parameters += 1;
                format!(":param{}", parameters - 1)
            } else {
                segment.to_owned()
            }
        })
        .collect();
    segments.join("/")
}
