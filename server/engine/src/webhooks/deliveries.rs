//! The deliveries of a webhook as superusers see them, trying one out and replaying.

use std::time::Instant;

use luge_model::collection::Collections as _;
use serde_json::Value as Json;

use super::{Webhooks, line, payload, with};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::outbox::{self, Delivery, DeliveryPage, Verdict};
use crate::query::page_of;
use crate::secrets;

/// The states that deliveries can be asked for by.
const STATES: [&str; 3] = ["waiting", "delivered", "dead"];

/// How trying a webhook out ended.
#[derive(Clone, Debug)]
pub struct Tried {
    /// Whether the receiver took it.
    pub delivered: bool,
    /// The status of its answer, where there was one.
    pub status: Option<u16>,
    /// Why not, where it did not.
    pub error: Option<String>,
    /// How long it took.
    pub milliseconds: u64,
}

impl Webhooks {
    /// The deliveries of a webhook, all or those in a state (`waiting`, `delivered`, `dead`).
    ///
    /// # Errors
    /// When the caller is not a superuser; [`Error::MissingRecord`]; [`Error::BadRequest`] where
    /// there is no such state.
    pub fn deliveries(
        &self,
        ctx: &Context,
        webhook: &str,
        state: &str,
        (page, per_page): (usize, usize),
    ) -> Result<DeliveryPage> {
        ctx.require_superuser()?;
        self.0.find(webhook)?;
        let state = outbox::state_of(state, &STATES)?;
        let (page, per_page) = page_of(page, per_page);
        let skip = (page - 1).saturating_mul(per_page);
        let outbox = &self.0.parts.outbox;
        let (total_items, found) = outbox.list(&line(webhook), state, (skip, per_page))?;
        Ok(DeliveryPage {
            page,
            per_page,
            total_items,
            items: found.iter().map(shown).collect(),
        })
    }

    /// One delivery with what it tells.
    ///
    /// # Errors
    /// When the caller is not a superuser; [`Error::MissingRecord`].
    pub fn delivery(&self, ctx: &Context, webhook: &str, id: &str) -> Result<Json> {
        ctx.require_superuser()?;
        let delivery = self.found(webhook, id)?;
        let body = self.0.parts.outbox.body(delivery.number)?;
        let body = body.ok_or(Error::MissingRecord)?;
        let body = serde_json::from_slice(&body)
            .map_err(|error| Error::BadRequest(format!("the delivery is no JSON: {error}")))?;
        Ok(with(shown(&delivery), "body", body))
    }

    /// Delivers again, with the same id.
    ///
    /// # Errors
    /// When the caller is not a superuser; [`Error::MissingRecord`]; [`Error::BadRequest`] where it
    /// is being tried at this moment, or too much waits.
    pub async fn replay(&self, ctx: &Context, webhook: &str, id: &str) -> Result<Json> {
        ctx.require_superuser()?;
        let delivery = self.found(webhook, id)?;
        let replayed = self.0.parts.outbox.replay(&delivery, ctx.now).await?;
        Ok(shown(&replayed))
    }

    /// Sends a request of the type `webhook.test` at once and once, also where the webhook is
    /// switched off.
    ///
    /// # Errors
    /// When the caller is not a superuser; [`Error::MissingRecord`].
    pub async fn test(&self, ctx: &Context, id: &str) -> Result<Tried> {
        ctx.require_superuser()?;
        let webhook = self.0.find(id)?;
        let parts = &self.0.parts;
        let snapshot = parts.catalog.snapshot();
        let collection = snapshot.find(&webhook.collection);
        let name = collection.map_or("", |collection| collection.name.as_str());
        let body = payload::trial(name, ctx.now);
        let id = format!("msg_test{}", secrets::record_id(&*parts.random));
        let begun = Instant::now();
        let attempted = self.0.post(&webhook, &id, body, ctx.now).await;
        Ok(Tried {
            delivered: attempted.verdict == Verdict::Delivered,
            status: attempted.status,
            error: attempted.error,
            milliseconds: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        })
    }

    fn found(&self, webhook: &str, id: &str) -> Result<Delivery> {
        self.0.find(webhook)?;
        let found = self.0.parts.outbox.find(&line(webhook), id)?;
        found.ok_or(Error::MissingRecord)
    }
}

fn shown(delivery: &Delivery) -> Json {
    let record = delivery.lane.split_once('/').map(|(_, record)| record);
    with(outbox::shown(delivery).into(), "record", record.into())
}
