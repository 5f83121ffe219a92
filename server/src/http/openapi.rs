//! The OpenAPI document of this server, and a page that shows it.
//!
//! - `fixed.rs` has the static routes, `collections.rs` what follows from the definitions.
//! - A document is made once for each state of the definitions and each [`Reader`].

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use luge_engine::catalog::Snapshot;
use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use serde_json::{Map, Value as Json};

use crate::http::Api;
use crate::http::answer::{Answer, JsonBytes};
use crate::http::app::App;
use crate::http::error::Failure;
use crate::http::query::AnswerOptions;
use crate::http::shapes::DocumentShape;

mod bodies;
mod codes;
mod collections;
mod convert;
mod errors;
mod examples;
mod fixed;
mod operations;
mod page;
mod schemas;

use page::PageFile;

/// For whom a document is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Anybody: no hidden fields, no texts of rules, no collections for superusers alone.
    Anyone,
    /// Superusers: everything.
    Superuser,
}

/// The routes.
pub(crate) struct DocumentApi {
    app: Arc<App>,
    kept: [Mutex<Kept>; 2],
}

/// The document of a state of the definitions.
type Kept = Option<(u64, Arc<[u8]>)>;

#[OpenApi]
impl DocumentApi {
    /// Describes this server in OpenAPI 3.1, with the collections that the caller may see.
    #[oai(
        path = "/api/openapi.json",
        method = "get",
        operation_id = "readOpenApi"
    )]
    async fn read(&self, request: &Request, options: AnswerOptions) -> Answer<DocumentShape> {
        let reader = match self.app.principal(request).is_superuser() {
            true => Reader::Superuser,
            false => Reader::Anyone,
        };
        JsonBytes::of_object(self.bytes(reader).to_vec(), &options.fields)
    }

    /// Shows the same to people.
    #[oai(path = "/api/docs", method = "get", operation_id = "readDocuments")]
    async fn page(&self) -> Result<PageFile, Failure> {
        PageFile::named("")
    }

    /// Reads a part of that page.
    #[oai(
        path = "/api/docs/:name",
        method = "get",
        operation_id = "readDocumentsFile"
    )]
    async fn file(&self, name: Path<String>) -> Result<PageFile, Failure> {
        PageFile::named(&name)
    }
}

impl DocumentApi {
    /// Over everything that the server has.
    pub(crate) fn new(app: Arc<App>) -> Self {
        let kept = [Mutex::default(), Mutex::default()];
        Self { app, kept }
    }

    fn bytes(&self, reader: Reader) -> Arc<[u8]> {
        let snapshot = self.app.engine.catalog.snapshot();
        let [of_anyone, of_superusers] = &self.kept;
        let kept = match reader {
            Reader::Anyone => of_anyone,
            Reader::Superuser => of_superusers,
        };
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((version, bytes)) = &*kept
            && *version == snapshot.version()
        {
            return Arc::clone(bytes);
        }
        let bytes: Arc<[u8]> = document(&snapshot, reader).to_string().into_bytes().into();
        *kept = Some((snapshot.version(), Arc::clone(&bytes)));
        bytes
    }
}

/// The document of a state of the definitions.
pub(crate) fn document(snapshot: &Snapshot, reader: Reader) -> Json {
    let fixed = fixed::document();
    let mut by_id = BTreeMap::new();
    for (path, item) in fixed["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let id = operation["operationId"].as_str().unwrap_or_default();
            by_id.insert(id, (path.as_str(), method.as_str(), operation));
        }
    }
    let all = reader == Reader::Superuser;
    let mut document = fixed.clone();
    for collection in snapshot.all() {
        if !collection.is_view() && (all || collections::is_shown(collection)) {
            collections::add(&mut document, &by_id, collection, all);
        }
    }
    document
}

/// Sets what stands at a place in a document, by the keys that lead there; objects are made on the
/// way where there are none.
fn set(json: &mut Json, path: &[&str], value: Json) {
    let [key, below @ ..] = path else {
        *json = value;
        return;
    };
    if !json.is_object() {
        *json = Json::Object(Map::new());
    }
    if let Some(object) = json.as_object_mut() {
        let place = object.entry(*key).or_insert(Json::Null);
        set(place, below, value);
    }
}

/// For every path of the static routes: the router's pattern and the template as documented.
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

#[cfg(test)]
mod tests;
