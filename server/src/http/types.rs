//! Types of records for clients, as `luge types` writes them. Superusers only, since definitions
//! are theirs.

use std::sync::Arc;

use poem::Request;
use poem::http::StatusCode;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use crate::http::answer::PlainText;
use crate::http::app::App;
use crate::http::error::Failure;
use crate::http::query::TypesOptions;
use crate::types::Language;

/// The routes.
pub(crate) struct TypesApi(pub(crate) Arc<App>);

#[OpenApi]
impl TypesApi {
    /// Types of the records of all collections: `ts`, `json-schema`, `dart`, `python` or `rust`.
    #[oai(
        path = "/api/types/:language",
        method = "get",
        operation_id = "readTypes"
    )]
    async fn read(
        &self,
        request: &Request,
        language: Path<String>,
        options: TypesOptions,
    ) -> Result<PlainText, Failure> {
        self.0.superuser_context(request)?;
        let language = Language::named(&language).ok_or_else(|| unknown(&language))?;
        let text = self.0.scan(move |engine| {
            let snapshot = engine.catalog.snapshot();
            Ok(language.written(snapshot.all(), options.all))
        });
        Ok(PlainText::new(StatusCode::OK, text.await?))
    }
}

fn unknown(name: &str) -> Failure {
    let names = Language::names();
    let message = format!("There are no types in \"{name}\", only in {names}.");
    Failure::new(StatusCode::NOT_FOUND, message)
}
