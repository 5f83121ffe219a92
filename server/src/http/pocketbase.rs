//! Definitions out of a database of PocketBase. Superusers only: nobody else's body is even read.

use std::sync::Arc;

use luge_engine::files::{Announced, Receiving};
use luge_engine::transfer::{self, PocketBaseError};
use luge_model::limits::{DEFINITIONS_BODY_BYTES_MAX, DEFINITIONS_DATABASE_BYTES_MAX};
use poem::Request;
use poem_openapi::OpenApi;
use serde_json::json;

use crate::http::answer::{Answer, JsonBytes};
use crate::http::app::App;
use crate::http::error::Failure;
use crate::http::file_body::FileBody;
use crate::http::query::AnswerOptions;
use crate::http::shapes::DefinitionsShape;

/// The routes.
pub(crate) struct PocketBaseApi(pub(crate) Arc<App>);

#[OpenApi]
impl PocketBaseApi {
    /// Reads what a `data.db` of PocketBase (0.23 or later) defines, as it would export it: the
    /// part `file` of a multipart body. Nothing is changed, and nothing of it is kept.
    #[oai(
        path = "/api/collections/meta/pocketbase",
        method = "post",
        operation_id = "readPocketBase"
    )]
    async fn read(
        &self,
        request: &Request,
        body: FileBody,
        options: AnswerOptions,
    ) -> Answer<DefinitionsShape> {
        self.0.superuser_context(request)?;
        if body.announced > DEFINITIONS_BODY_BYTES_MAX {
            return Err(Failure::of_database(Sent::TooLarge));
        }
        let mut parts = body.parts(DEFINITIONS_BODY_BYTES_MAX)?;
        let file = parts.file().await?;
        let announced = Announced {
            key: "file".to_owned(),
            original: "data.db".to_owned(),
            bytes_max: DEFINITIONS_DATABASE_BYTES_MAX,
        };
        let files = Arc::clone(&self.0.engine.files);
        let begun = self.0.blocking({
            let files = Arc::clone(&files);
            move || files.receive(announced)
        });
        let received = file.pour(&self.0, begun.await?, Receiving::write).await?;
        parts.end().await?;
        let found = self.0.scan(move |_| {
            // The upload, which goes with its bytes, lives until they are read.
            let upload = files.received(received)?;
            Ok(upload.path().map(transfer::read_definitions))
        });
        let found = found.await?.ok_or(Sent::TooLarge);
        let found = found.and_then(|read| read.map_err(Sent::Refused));
        let found = found.map_err(Failure::of_database)?;
        let shown = json!({ "collections": found.collections, "notes": found.notes });
        JsonBytes::of_json(shown, &options.fields)
    }
}

/// Why a database that was sent is not taken.
pub(crate) enum Sent {
    /// It has more bytes than are taken.
    TooLarge,
    /// The engine refused it.
    Refused(PocketBaseError),
}
