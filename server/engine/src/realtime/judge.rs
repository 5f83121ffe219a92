//! Makes the messages of a commit: for each change, what each subscriber may see of it.
//!
//! - The rule and the client's filter are evaluated on the record after the change, for a delete
//!   on the one before it; the answer goes through the one [`Projection`].
//! - Subscribers for whom the outcome cannot differ are judged once and share one message.
//! - Who a subscriber is is looked up for every commit, so nothing is told to anybody whose token
//!   ended with an earlier one.

use std::collections::HashMap;
use std::sync::Arc;

use luge_model::filter::{Environment, Filter};
use luge_model::id::CollectionNumber;
use luge_model::principal::Principal;
use luge_model::record::Record;

use super::Parts;
use super::before::Before;
use super::caller::{Caller, Callers};
use super::hub::{Client, Hub, Subscribed};
use super::outbox::Message;
use super::topic::Topic;
use crate::access::{Compiled, Grant, Operation, Projection, View};
use crate::changes::ChangeKind;
use crate::commit::{CommittedChange, CommittedChanges};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::query::{scope, whole_filter};

/// One change of a commit, ready to be shown.
struct Shown<'a> {
    parts: &'a Parts,
    commit: &'a CommittedChanges,
    kind: ChangeKind,
    compiled: Arc<Compiled>,
    record: Record,
}

/// Who sees the same.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Viewer {
    /// Everybody who is no superuser: nothing asks who they are.
    Anyone,
    Guest,
    Record(CollectionNumber, Box<str>),
}

/// The rule with the client's filter, for callers of one kind.
type Filters = HashMap<(bool, Option<CollectionNumber>), Option<Option<Arc<Filter>>>>;

/// Puts the messages of a commit into the outboxes of those who may see them.
pub(super) fn deliver(parts: &Parts, hub: &Hub, commit: &CommittedChanges) {
    let snapshot = parts.catalog.snapshot();
    let mut callers = Callers::new(&parts.query, &snapshot, parts.clock.now());
    for change in &commit.changes {
        let Some(collection) = snapshot.by_number(change.change.collection) else {
            continue;
        };
        let targets = targets(&collection.id, &collection.name, &change.change.record);
        let subscribed = hub.subscribed(&targets);
        if subscribed.is_empty() {
            continue;
        }
        let Some(record) = state(change) else {
            continue;
        };
        let shown = Shown {
            parts,
            commit,
            kind: change.change.kind,
            compiled: parts.access.compiled(&snapshot, collection),
            record,
        };
        for Subscribed { topic, clients } in &subscribed {
            for slow in shown.tell(topic, clients, &mut callers) {
                metrics::counter!("luge_realtime_slow_clients_total").increment(1);
                hub.remove(&slow.id);
                slow.hang_up();
            }
        }
    }
}

/// Which targets a change concerns: the collection by id or name, and all its records or this one.
fn targets(id: &str, name: &str, record: &str) -> [String; 6] {
    [
        name.to_owned(),
        id.to_owned(),
        format!("{name}/*"),
        format!("{id}/*"),
        format!("{name}/{record}"),
        format!("{id}/{record}"),
    ]
}

/// The state that the rules are asked of.
fn state(change: &CommittedChange) -> Option<Record> {
    let bytes = match change.change.kind {
        ChangeKind::Delete => change.change.before.as_deref(),
        ChangeKind::Create | ChangeKind::Update => change.after.as_deref(),
    };
    let opened = bytes.map(Record::open);
    let Some(Ok(record)) = opened else {
        tracing::error!(
            record = change.change.record,
            "a change has no readable record"
        );
        return None;
    };
    Some(record)
}

impl Shown<'_> {
    /// Tells those who subscribed to a topic; gives those that read too slowly.
    fn tell<'c>(
        &self,
        topic: &Topic,
        clients: &'c [Arc<Client>],
        callers: &mut Callers<'_>,
    ) -> Vec<&'c Arc<Client>> {
        let operation = match topic.names_record() {
            true => Operation::View,
            false => Operation::List,
        };
        let personal = self.is_personal(topic, operation);
        let mut filters = Filters::new();
        let mut outcomes: HashMap<Viewer, Option<Arc<Message>>> = HashMap::new();
        let mut slow = Vec::new();
        for client in clients {
            let Some(principal) = current(client, personal, callers) else {
                continue;
            };
            let viewer = match principal.identity() {
                Some(identity) => {
                    Viewer::Record(identity.collection.number, identity.record.id().into())
                }
                None if personal => Viewer::Guest,
                None => Viewer::Anyone,
            };
            let outcome = outcomes.entry(viewer).or_insert_with(|| {
                self.message(topic, operation, principal, &mut filters)
                    .unwrap_or_else(|error| {
                        tracing::warn!(topic = &*topic.text, %error, "a message was not made");
                        None
                    })
            });
            if let Some(message) = outcome
                && !client.outbox.push(message)
            {
                slow.push(client);
            }
        }
        slow
    }

    /// Whether what subscribers see may depend on who they are, beyond being superusers.
    fn is_personal(&self, topic: &Topic, operation: Operation) -> bool {
        let rule = self.compiled.rule(operation);
        let crosses = || match whole_filter(
            &Grant::Everything,
            topic.filter(),
            &scope(&Context::default(), &self.compiled),
        ) {
            Ok(Some(filter)) => filter.collections().next().is_some(),
            Ok(None) => false,
            Err(_) => true,
        };
        self.compiled.collection.auth().is_some()
            || !topic.expand.is_empty()
            || rule.is_some_and(|rule| rule.contains("@request.auth"))
            || crosses()
    }

    /// What one caller may see of the change; `None` where that is nothing.
    fn message(
        &self,
        topic: &Topic,
        operation: Operation,
        principal: Principal,
        filters: &mut Filters,
    ) -> Result<Option<Arc<Message>>> {
        let context = Context {
            now: self.parts.clock.now(),
            principal,
            request: topic.request.clone(),
            ..Context::default()
        };
        let Some(filter) = self.filter(topic, operation, &context, filters) else {
            return Ok(None);
        };
        let lookups = self.parts.query.lookups(&context, &self.compiled.snapshot);
        let before = Before {
            now: &lookups,
            changes: &self.commit.changes,
        };
        let mut environment = lookups.environment();
        if self.kind == ChangeKind::Delete {
            environment = Environment {
                related: &before,
                ..environment
            };
        }
        if let Some(filter) = filter {
            lookups.warm(filter.collections())?;
            let allowed = filter.matches(&self.record, &environment);
            lookups.check()?;
            if !allowed {
                return Ok(None);
            }
        }
        let projection = Projection::new(Arc::clone(&self.compiled), environment);
        let mut view = projection.view(self.record.clone());
        lookups.check()?;
        if !topic.expand.is_empty() {
            let views = std::slice::from_mut(&mut view);
            self.parts.query.expand(&context, &topic.expand, views)?;
        }
        let data = self.data(topic, &view)?;
        Ok(Some(Arc::new(Message {
            topic: Arc::clone(&topic.text),
            data: data.into(),
        })))
    }

    /// The rule and the client's filter; outer `None` where nothing is shown to the caller.
    fn filter(
        &self,
        topic: &Topic,
        operation: Operation,
        context: &Context,
        filters: &mut Filters,
    ) -> Option<Option<Arc<Filter>>> {
        let identity = context.principal.identity();
        let kind = (
            context.principal.is_superuser(),
            identity.map(|identity| identity.collection.number),
        );
        let made = filters.entry(kind).or_insert_with(|| {
            if let Some(flaw) = &topic.flaw {
                tracing::debug!(topic = &*topic.text, flaw, "a topic can have no messages");
                return None;
            }
            let grant = self.compiled.grant(context, operation).ok()?;
            let filter = whole_filter(&grant, topic.filter(), &scope(context, &self.compiled));
            filter
                .inspect_err(|error| {
                    tracing::debug!(topic = &*topic.text, %error, "a topic can have no messages");
                })
                .ok()
        });
        made.clone()
    }

    /// `{"record":{…},"action":"create"}`, on one line.
    fn data(&self, topic: &Topic, view: &View) -> Result<Vec<u8>> {
        let mut data = b"{\"record\":".to_vec();
        let start = data.len();
        view.write_json(&mut data);
        if !topic.fields.is_empty() {
            let record = data.get(start..).unwrap_or_default();
            let record = serde_json::from_slice(record)
                .map_err(|error| Error::BadQuery(format!("a record is no JSON: {error}")))?;
            data.truncate(start);
            data.extend_from_slice(topic.fields.pick(record).to_string().as_bytes());
        }
        // A line break can only stand between two tokens, in a json value that was sent so.
        for byte in &mut data {
            if matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
        let action = match self.kind {
            ChangeKind::Create => "create",
            ChangeKind::Update => "update",
            ChangeKind::Delete => "delete",
        };
        data.extend_from_slice(format!(",\"action\":\"{action}\"}}").as_bytes());
        Ok(data)
    }
}

/// Who a client is now, as far as it matters; `None` where that cannot be found out.
fn current(client: &Client, personal: bool, callers: &mut Callers<'_>) -> Option<Principal> {
    let mut caller = client.caller.lock();
    let matters = personal || caller.principal.is_superuser();
    if !matters {
        return Some(Principal::Guest);
    }
    let principal = callers
        .current(&caller)
        .inspect_err(|error| tracing::error!(%error, "the record of a client cannot be read"))
        .ok()?;
    if principal.identity().is_none() {
        // What a token proved once is gone for good.
        *caller = Caller::default();
    }
    Some(principal)
}
