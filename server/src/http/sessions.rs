//! Sessions of auth records: to see them, to sign out of one, to sign out everywhere; and the
//! history of sign-ins.
//!
//! Without `record` they are the caller's own; a superuser names the record.

use std::sync::Arc;

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use serde_json::json;

use crate::http::answer::{Answer, JsonBytes, NoContent};
use crate::http::app::App;
use crate::http::error::Failure;
use crate::http::query::HolderOptions;
use crate::http::shapes::{SessionsShape, SignInsShape};

/// The routes.
pub(crate) struct SessionsApi(pub(crate) Arc<App>);

#[OpenApi]
impl SessionsApi {
    /// Ends the session of the token that the request is sent with.
    #[oai(
        path = "/api/collections/:collection/auth-logout",
        method = "post",
        operation_id = "authLogout"
    )]
    async fn sign_out(
        &self,
        request: &Request,
        collection: Path<String>,
    ) -> Result<NoContent, Failure> {
        let context = self.0.context(request);
        let auth = &self.0.engine.auth;
        let ended = auth.sign_out(&context, &collection).await;
        ended.map_err(Failure::of_sign_in)?;
        Ok(NoContent)
    }

    /// Shows the sessions of a record, the one that was used last first.
    #[oai(
        path = "/api/collections/:collection/sessions",
        method = "get",
        operation_id = "listSessions"
    )]
    async fn list(
        &self,
        request: &Request,
        collection: Path<String>,
        options: HolderOptions,
    ) -> Answer<SessionsShape> {
        let context = self.0.context(request);
        let auth = &self.0.engine.auth;
        let sessions = auth.sessions(&context, &collection, options.record.as_deref());
        let sessions = sessions.map_err(Failure::of_sign_in)?;
        JsonBytes::of_json(json!({ "items": sessions }), &options.fields)
    }

    /// Shows when, how and from where a record was signed in to, the latest first.
    #[oai(
        path = "/api/collections/:collection/sign-ins",
        method = "get",
        operation_id = "listSignIns"
    )]
    async fn history(
        &self,
        request: &Request,
        collection: Path<String>,
        options: HolderOptions,
    ) -> Answer<SignInsShape> {
        let context = self.0.context(request);
        let auth = &self.0.engine.auth;
        let history = auth.sign_ins(&context, &collection, options.record.as_deref());
        let history = history.map_err(Failure::of_sign_in)?;
        JsonBytes::of_json(json!({ "items": history }), &options.fields)
    }

    /// Ends everything that a record is signed in with: all its tokens are worth nothing.
    #[oai(
        path = "/api/collections/:collection/sessions",
        method = "delete",
        operation_id = "endSessions"
    )]
    async fn end_all(
        &self,
        request: &Request,
        collection: Path<String>,
        options: HolderOptions,
    ) -> Result<NoContent, Failure> {
        let context = self.0.context(request);
        let auth = &self.0.engine.auth;
        let ended = auth.sign_out_everywhere(&context, &collection, options.record.as_deref());
        ended.await.map_err(Failure::of_sign_in)?;
        Ok(NoContent)
    }

    /// Ends one session.
    #[oai(
        path = "/api/collections/:collection/sessions/:session",
        method = "delete",
        operation_id = "endSession"
    )]
    async fn end(
        &self,
        request: &Request,
        collection: Path<String>,
        session: Path<String>,
        options: HolderOptions,
    ) -> Result<NoContent, Failure> {
        let context = self.0.context(request);
        let auth = &self.0.engine.auth;
        let ended = auth.end_session(&context, &collection, options.record.as_deref(), &session);
        ended.await.map_err(Failure::of_sign_in)?;
        Ok(NoContent)
    }
}
