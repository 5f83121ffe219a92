//! The mails that were kept because no mail server is set, those that could not be sent, and those
//! that wait. Superusers only, which the engine itself checks.

use std::sync::Arc;

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use crate::http::answer::{Answer, JsonBytes, NoContent};
use crate::http::app::App;
use crate::http::error::Failure;
use crate::http::page::deliveries_page;
use crate::http::query::{AnswerOptions, PageOptions};
use crate::http::shapes::{MailShape, MailsShape};

/// The routes.
pub(crate) struct MailsApi(pub(crate) Arc<App>);

#[OpenApi]
impl MailsApi {
    /// Lists mails, newest first.
    #[oai(path = "/api/mails", method = "get", operation_id = "listMails")]
    async fn list(&self, request: &Request, options: PageOptions) -> Answer<MailsShape> {
        let context = self.0.superuser_context(request)?;
        let PageOptions {
            page,
            per_page,
            state,
            fields,
        } = options;
        let read = move |engine: &luge_engine::engine::Engine| {
            engine.mail.list(&context, &state, (page, per_page))
        };
        let found = self.0.scan(read).await?;
        JsonBytes::of_page(deliveries_page(found), &fields)
    }

    /// Removes all mails that were kept or given up.
    #[oai(path = "/api/mails", method = "delete", operation_id = "deleteMails")]
    async fn clear(&self, request: &Request) -> Result<NoContent, Failure> {
        let context = self.0.superuser_context(request)?;
        self.0.engine.mail.clear(&context).await?;
        Ok(NoContent)
    }

    /// Shows a mail, with its content where it was kept instead of sent.
    #[oai(path = "/api/mails/:mail", method = "get", operation_id = "viewMail")]
    async fn view(
        &self,
        request: &Request,
        mail: Path<String>,
        options: AnswerOptions,
    ) -> Answer<MailShape> {
        let context = self.0.context(request);
        let found = self.0.engine.mail.view(&context, &mail)?;
        JsonBytes::of_json(found, &options.fields)
    }

    /// Removes a mail.
    #[oai(
        path = "/api/mails/:mail",
        method = "delete",
        operation_id = "deleteMail"
    )]
    async fn delete(&self, request: &Request, mail: Path<String>) -> Result<NoContent, Failure> {
        let context = self.0.superuser_context(request)?;
        self.0.engine.mail.remove(&context, &mail).await?;
        Ok(NoContent)
    }

    /// Tries to send a mail again.
    #[oai(
        path = "/api/mails/:mail/retry",
        method = "post",
        operation_id = "retryMail"
    )]
    async fn retry(
        &self,
        request: &Request,
        mail: Path<String>,
        options: AnswerOptions,
    ) -> Answer<MailShape> {
        let context = self.0.superuser_context(request)?;
        let retried = self.0.engine.mail.retry(&context, &mail).await?;
        JsonBytes::of_json(retried, &options.fields)
    }
}
