//! Webhooks, their deliveries, trying one out and replaying. Superusers only, which the engine
//! itself checks.

use std::sync::Arc;

use luge_engine::outbox::DeliveryPage;
use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use serde_json::json;

use crate::http::answer::{Answer, JsonBytes, NoContent};
use crate::http::app::App;
use crate::http::body::RawBody;
use crate::http::error::Failure;
use crate::http::page::deliveries_page;
use crate::http::query::{AnswerOptions, PageOptions};
use crate::http::shapes::{
    DeliveriesShape, DeliveryShape, WebhookShape, WebhookTriedShape, WebhooksShape,
};

/// The routes.
pub(crate) struct WebhooksApi(pub(crate) Arc<App>);

#[OpenApi]
impl WebhooksApi {
    /// Lists all webhooks.
    #[oai(path = "/api/webhooks", method = "get", operation_id = "listWebhooks")]
    async fn list(&self, request: &Request, options: AnswerOptions) -> Answer<WebhooksShape> {
        let context = self.0.context(request);
        let items = self.0.engine.webhooks.list(&context)?;
        let page = DeliveryPage {
            page: 1,
            per_page: items.len(),
            total_items: items.len(),
            items,
        };
        JsonBytes::of_page(deliveries_page(page), &options.fields)
    }

    /// Makes a webhook; the answer has its secret, this once.
    #[oai(
        path = "/api/webhooks",
        method = "post",
        operation_id = "createWebhook"
    )]
    async fn create(
        &self,
        request: &Request,
        body: RawBody,
        options: AnswerOptions,
    ) -> Answer<WebhookShape> {
        let context = self.0.superuser_context(request)?;
        let body = body.into_object().await?;
        let made = self.0.engine.webhooks.create(&context, &body).await?;
        JsonBytes::of_json(made, &options.fields)
    }

    /// Shows a webhook without its secrets.
    #[oai(
        path = "/api/webhooks/:webhook",
        method = "get",
        operation_id = "viewWebhook"
    )]
    async fn view(
        &self,
        request: &Request,
        webhook: Path<String>,
        options: AnswerOptions,
    ) -> Answer<WebhookShape> {
        let context = self.0.context(request);
        let found = self.0.engine.webhooks.view(&context, &webhook)?;
        JsonBytes::of_json(found, &options.fields)
    }

    /// Changes a webhook; what is not sent stays.
    #[oai(
        path = "/api/webhooks/:webhook",
        method = "patch",
        operation_id = "updateWebhook"
    )]
    async fn update(
        &self,
        request: &Request,
        webhook: Path<String>,
        body: RawBody,
        options: AnswerOptions,
    ) -> Answer<WebhookShape> {
        let context = self.0.superuser_context(request)?;
        let body = body.into_object().await?;
        let webhooks = &self.0.engine.webhooks;
        let changed = webhooks.update(&context, &webhook, &body).await?;
        JsonBytes::of_json(changed, &options.fields)
    }

    /// Removes a webhook with everything that is to be delivered for it.
    #[oai(
        path = "/api/webhooks/:webhook",
        method = "delete",
        operation_id = "deleteWebhook"
    )]
    async fn delete(&self, request: &Request, webhook: Path<String>) -> Result<NoContent, Failure> {
        let context = self.0.superuser_context(request)?;
        self.0.engine.webhooks.delete(&context, &webhook).await?;
        Ok(NoContent)
    }

    /// Gives a webhook another secret, which the answer has this once.
    #[oai(
        path = "/api/webhooks/:webhook/rotate-secret",
        method = "post",
        operation_id = "rotateWebhookSecret"
    )]
    async fn rotate_secret(
        &self,
        request: &Request,
        webhook: Path<String>,
        body: RawBody,
        options: AnswerOptions,
    ) -> Answer<WebhookShape> {
        let context = self.0.superuser_context(request)?;
        let body = body.into_object().await?;
        let webhooks = &self.0.engine.webhooks;
        let rotated = webhooks.rotate_secret(&context, &webhook, &body).await?;
        JsonBytes::of_json(rotated, &options.fields)
    }

    /// Sends one request of the type `webhook.test` and says how that ended.
    #[oai(
        path = "/api/webhooks/:webhook/test",
        method = "post",
        operation_id = "testWebhook"
    )]
    async fn test(
        &self,
        request: &Request,
        webhook: Path<String>,
        options: AnswerOptions,
    ) -> Answer<WebhookTriedShape> {
        let context = self.0.superuser_context(request)?;
        let tried = self.0.engine.webhooks.test(&context, &webhook).await?;
        let answer = json!({
            "delivered": tried.delivered,
            "status": tried.status,
            "error": tried.error,
            "milliseconds": tried.milliseconds,
        });
        JsonBytes::of_json(answer, &options.fields)
    }

    /// Lists the deliveries of a webhook, newest first.
    #[oai(
        path = "/api/webhooks/:webhook/deliveries",
        method = "get",
        operation_id = "listWebhookDeliveries"
    )]
    async fn deliveries(
        &self,
        request: &Request,
        webhook: Path<String>,
        options: PageOptions,
    ) -> Answer<DeliveriesShape> {
        let context = self.0.superuser_context(request)?;
        let PageOptions {
            page,
            per_page,
            state,
            fields,
        } = options;
        let read = move |engine: &luge_engine::engine::Engine| {
            let webhooks = &engine.webhooks;
            webhooks.deliveries(&context, &webhook, &state, (page, per_page))
        };
        let found = self.0.scan(read).await?;
        JsonBytes::of_page(deliveries_page(found), &fields)
    }

    /// Shows a delivery with its body.
    #[oai(
        path = "/api/webhooks/:webhook/deliveries/:delivery",
        method = "get",
        operation_id = "viewWebhookDelivery"
    )]
    async fn delivery(
        &self,
        request: &Request,
        webhook: Path<String>,
        delivery: Path<String>,
        options: AnswerOptions,
    ) -> Answer<DeliveryShape> {
        let context = self.0.context(request);
        let webhooks = &self.0.engine.webhooks;
        let found = webhooks.delivery(&context, &webhook, &delivery)?;
        JsonBytes::of_json(found, &options.fields)
    }

    /// Delivers again, with the same id.
    #[oai(
        path = "/api/webhooks/:webhook/deliveries/:delivery/replay",
        method = "post",
        operation_id = "replayWebhookDelivery"
    )]
    async fn replay(
        &self,
        request: &Request,
        webhook: Path<String>,
        delivery: Path<String>,
        options: AnswerOptions,
    ) -> Answer<DeliveryShape> {
        let context = self.0.superuser_context(request)?;
        let webhooks = &self.0.engine.webhooks;
        let replayed = webhooks.replay(&context, &webhook, &delivery).await?;
        JsonBytes::of_json(replayed, &options.fields)
    }
}
