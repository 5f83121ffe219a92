//! The letters that are kept, for superusers: the development inbox, what could not be sent, and
//! what waits.
//!
//! What a letter says is shown only where it was kept instead of sent: everything else is for its
//! receiver alone.

use luge_model::limits::MAIL_KEPT_MILLISECONDS;
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json};

use super::{Letter, Mail, line};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::outbox::{self, Delivery, DeliveryPage, State};
use crate::query::page_of;

/// The states that letters can be asked for by.
const STATES: [&str; 3] = ["waiting", KEPT, "dead"];
/// The state of letters that were kept instead of sent.
const KEPT: &str = "kept";

impl Mail {
    /// The letters there are, newest first; all or those in a state (`waiting`, `kept`, `dead`).
    ///
    /// # Errors
    /// When the caller is not a superuser; [`Error::BadRequest`] where there is no such state.
    pub fn list(
        &self,
        ctx: &Context,
        state: &str,
        (page, per_page): (usize, usize),
    ) -> Result<DeliveryPage> {
        ctx.require_superuser()?;
        let state = outbox::state_of(state, &STATES)?;
        let state = state.map(|state| if state == KEPT { "delivered" } else { state });
        let (page, per_page) = page_of(page, per_page);
        let skip = (page - 1).saturating_mul(per_page);
        let (total_items, found) = self.parts.outbox.list(&line(), state, (skip, per_page))?;
        let mut items = Vec::with_capacity(found.len());
        for delivery in &found {
            // One that was sent meanwhile is left out.
            if let Some(letter) = self.letter(delivery)? {
                items.push(Json::Object(shown(delivery, &letter)));
            }
        }
        Ok(DeliveryPage {
            page,
            per_page,
            total_items,
            items,
        })
    }

    /// One letter, with what it says where it was kept instead of sent.
    ///
    /// # Errors
    /// When the caller is not a superuser; [`Error::MissingRecord`].
    pub fn view(&self, ctx: &Context, id: &str) -> Result<Json> {
        ctx.require_superuser()?;
        let delivery = self.found(id)?;
        let letter = self.letter(&delivery)?.ok_or(Error::MissingRecord)?;
        let mut view = shown(&delivery, &letter);
        if delivery.state == State::Delivered {
            view.insert("html".to_owned(), letter.html.into());
            view.insert("text".to_owned(), letter.text.into());
        }
        Ok(Json::Object(view))
    }

    /// Tries to send a letter again: at once, with all its attempts before it.
    ///
    /// # Errors
    /// When the caller is not a superuser; [`Error::MissingRecord`]; [`Error::BadRequest`] where it
    /// is being sent at this moment, or too many wait.
    pub async fn retry(&self, ctx: &Context, id: &str) -> Result<Json> {
        ctx.require_superuser()?;
        let delivery = self.found(id)?;
        let letter = self.letter(&delivery)?.ok_or(Error::MissingRecord)?;
        let replayed = self.parts.outbox.replay(&delivery, ctx.now).await?;
        Ok(Json::Object(shown(&replayed, &letter)))
    }

    /// Removes a letter, whether it was kept, given up or waits.
    ///
    /// # Errors
    /// When the caller is not a superuser; [`Error::MissingRecord`]; [`Error::BadRequest`] where it
    /// is being sent at this moment.
    pub async fn remove(&self, ctx: &Context, id: &str) -> Result<()> {
        ctx.require_superuser()?;
        let delivery = self.found(id)?;
        self.parts.outbox.remove(&delivery, ctx.now).await
    }

    /// Removes all letters that were kept or given up; what waits is sent still.
    ///
    /// # Errors
    /// When the caller is not a superuser, or the store fails.
    pub async fn clear(&self, ctx: &Context) -> Result<()> {
        ctx.require_superuser()?;
        let outbox = &self.parts.outbox;
        let all = Timestamp(i64::MAX);
        outbox.clear(&line(), all, ctx.now).await.map(drop)
    }

    /// Removes letters that were kept or given up for long enough.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tend(&self, now: Timestamp) -> Result<()> {
        let before = Timestamp(now.0.saturating_sub(MAIL_KEPT_MILLISECONDS));
        self.parts
            .outbox
            .clear(&line(), before, now)
            .await
            .map(drop)
    }

    fn found(&self, id: &str) -> Result<Delivery> {
        let found = self.parts.outbox.find(&line(), id)?;
        found.ok_or(Error::MissingRecord)
    }

    fn letter(&self, delivery: &Delivery) -> Result<Option<Letter>> {
        let body = self.parts.outbox.body(delivery.number)?;
        body.map(|body| Letter::open(&body, self.vault()))
            .transpose()
    }
}

fn shown(delivery: &Delivery, letter: &Letter) -> Map<String, Json> {
    let mut view = outbox::shown(delivery);
    view.insert("to".to_owned(), letter.to.clone().into());
    view.insert("subject".to_owned(), letter.subject.clone().into());
    if delivery.state == State::Delivered {
        view.insert("state".to_owned(), KEPT.into());
    }
    view
}
