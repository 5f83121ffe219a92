//! Whether a webhook is told of a change, and what.
//!
//! The filter is asked as a superuser's would be, of the record after the change, of a delete of
//! the one before it. `@request.method` tells what happened, and `@request.body` holds the former
//! values of the fields that an update changed. Other records are looked up as they are by now.

use std::sync::Arc;

use luge_model::collection::Collections as _;
use luge_model::filter::Filter;
use luge_model::record::Record;
use serde_json::Map;

use super::Parts;
use super::definition::{WatchedAction, Webhook};
use super::payload::{Happened, former};
use super::states::opened;
use crate::access::{Compiled, Grant, Projection};
use crate::catalog::Snapshot;
use crate::changes::{Change, ChangeKind, LogEntry};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::query::{scope, whole_filter};

/// A webhook that is switched on, with what it watches.
pub(super) struct Watcher {
    pub(super) webhook: Webhook,
    compiled: Arc<Compiled>,
    /// `None` for everything; or why nothing can be asked.
    filter: std::result::Result<Option<Arc<Filter>>, String>,
}

/// What a webhook is told.
pub(super) enum Judged {
    /// Nothing.
    Nothing,
    /// This.
    Tell(Vec<u8>),
    /// It should perhaps be told, but cannot be, for this reason.
    Missed(String),
}

impl Watcher {
    /// `None` where its collection is gone.
    pub(super) fn new(parts: &Parts, snapshot: &Arc<Snapshot>, webhook: Webhook) -> Option<Self> {
        let collection = snapshot.find(&webhook.collection);
        let collection = collection.filter(|found| found.id == webhook.collection)?;
        let compiled = parts.access.compiled(snapshot, collection);
        let context = Context::system(webhook.updated);
        let scope = scope(&context, &compiled);
        let filter = whole_filter(&Grant::Everything, &webhook.filter, &scope);
        Some(Self {
            filter: filter.map_err(|error| error.to_string()),
            webhook,
            compiled,
        })
    }

    /// Whether it is told of such changes at all.
    pub(super) fn is_told(&self, change: &Change) -> bool {
        let action = WatchedAction::of(change.kind);
        self.webhook.actions.contains(&action)
    }

    /// What its receiver reads as the type of what happened.
    pub(super) fn event(&self, change: &Change) -> &'static str {
        WatchedAction::of(change.kind).event()
    }

    /// Asks the filter, and makes what is told.
    pub(super) fn judge(
        &self,
        parts: &Parts,
        (entry, change): (&LogEntry, &Change),
        after: Option<&Record>,
    ) -> Result<Judged> {
        let before = change.before.as_ref();
        let before = before
            .map(|bytes| opened(change.collection, &change.record, bytes))
            .transpose()?;
        let record = match change.kind {
            ChangeKind::Delete => before.as_ref(),
            ChangeKind::Create | ChangeKind::Update => after,
        };
        let Some(record) = record else {
            let reason = "The state of a record could not be found.";
            return Ok(Judged::Missed(reason.to_owned()));
        };
        let mut context = Context::system(entry.time);
        let method = WatchedAction::of(change.kind).method();
        method.clone_into(&mut context.request.method);
        let update = before
            .as_ref()
            .filter(|_| change.kind == ChangeKind::Update);
        if let Some(before) = update
            && self.webhook.filter.contains("@request.body")
        {
            context.request.body = self.former(parts, &context, (before, record));
        }
        match self.holds(parts, &context, record) {
            Ok(true) => {}
            Ok(false) => return Ok(Judged::Nothing),
            Err(reason) => return Ok(Judged::Missed(reason)),
        }
        let lookups = parts.query.lookups(&context, &self.compiled.snapshot);
        let projection = Projection::new(Arc::clone(&self.compiled), lookups.environment());
        let hidden = self.webhook.include_hidden;
        let view = |record: &Record| projection.own_view(record.clone(), hidden);
        let told = update.filter(|_| self.webhook.include_before).map(view);
        let happened = Happened {
            event: self.event(change),
            time: entry.time,
            collection: &self.compiled.collection.name,
            record: &view(record),
            before: told.as_ref(),
        };
        Ok(Judged::Tell(happened.body()))
    }

    fn former(
        &self,
        parts: &Parts,
        context: &Context,
        (before, after): (&Record, &Record),
    ) -> Map<String, serde_json::Value> {
        let lookups = parts.query.lookups(context, &self.compiled.snapshot);
        let projection = Projection::new(Arc::clone(&self.compiled), lookups.environment());
        former(&projection, before, after)
    }

    fn holds(
        &self,
        parts: &Parts,
        context: &Context,
        record: &Record,
    ) -> std::result::Result<bool, String> {
        let reason = |error: &dyn std::fmt::Display| format!("The filter cannot be asked: {error}");
        let filter = match &self.filter {
            Ok(None) => return Ok(true),
            Ok(Some(filter)) => filter,
            Err(error) => return Err(reason(error)),
        };
        let lookups = parts.query.lookups(context, &self.compiled.snapshot);
        let asked = || -> std::result::Result<bool, Error> {
            lookups.warm(filter.collections())?;
            let holds = filter.matches(record, &lookups.environment());
            lookups.check()?;
            Ok(holds)
        };
        asked().map_err(|error| reason(&error))
    }
}
