//! Makes the messages of a commit: for each change, what each subscriber may see of it.
//!
//! - The rule, the client's filter and its search are asked of the record after the change, for a
//!   delete of the one before it; the answer goes through the one [`Projection`].
//! - Subscribers for whom the outcome cannot differ are judged once and share one message.
//! - Who a subscriber is is looked up for every commit, so nothing is told to anybody whose token
//!   ended with an earlier one.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use luge_model::filter::{Environment, Filter, Related};
use luge_model::id::CollectionNumber;
use luge_model::principal::Principal;
use luge_model::record::Record;

use super::Parts;
use super::before::Before;
use super::caller::{Caller, Callers};
use super::client::Client;
use super::hub::Hub;
use super::outbox::Message;
use super::position::Position;
use super::searching::Searched;
use super::topic::Topic;
use super::topics::{Subscribed, Targets};
use crate::access::{Compiled, Grant, Operation, Projection, View};
use crate::catalog::Snapshot;
use crate::changes::{Change, ChangeKind};
use crate::commit::{CommittedChange, CommittedChanges};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::query::{Lookups, scope, whole_filter};
use crate::search::{self, RecordWords};

/// One change of a commit, ready to be shown.
pub(super) struct Shown<'a> {
    parts: &'a Parts,
    commit: &'a CommittedChanges,
    /// Which change of the commit it is.
    place: usize,
    kind: ChangeKind,
    compiled: Arc<Compiled>,
    record: Record,
    /// The words of the record that all find who see its hidden fields, or do not.
    words: RefCell<HashMap<bool, Arc<RecordWords>>>,
}

/// Who sees the same.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Viewer {
    /// Everybody who is no superuser: nothing asks who they are.
    Anyone,
    Guest,
    /// With the API key, where one asks.
    Record(CollectionNumber, Box<str>, Option<Box<str>>),
}

/// The rule with the client's filter, for callers of one kind.
type Filters = HashMap<CallerKind, Option<Option<Arc<Filter>>>>;

/// Whether rules are skipped, the collection of the caller, and the API key.
type CallerKind = (bool, Option<CollectionNumber>, Option<Box<str>>);

impl Viewer {
    /// `personal` where it matters who somebody is.
    pub(super) fn of(principal: &Principal, personal: bool) -> Self {
        match principal.identity() {
            Some(identity) => Self::Record(
                identity.collection.number,
                identity.record.id().into(),
                identity.key.as_ref().map(|key| key.id.clone()),
            ),
            None if personal => Self::Guest,
            None => Self::Anyone,
        }
    }
}

/// Puts the messages of a commit into the outboxes of those who may see them. `state` gives what
/// the rules of a change are asked of.
///
/// # Errors
/// What `state` fails with.
pub(super) fn deliver(
    parts: &Parts,
    hub: &Hub,
    commit: &CommittedChanges,
    state: &mut dyn FnMut(usize) -> Result<Option<Record>>,
) -> Result<()> {
    hub.reach(commit.sequence);
    let snapshot = parts.catalog.snapshot();
    let mut callers = Callers::new(&parts.query, &snapshot, parts.clock.now());
    for (place, change) in commit.changes.iter().enumerate() {
        let Some(targets) = targets(&snapshot, &change.change) else {
            continue;
        };
        let subscribed = hub.subscribed(&targets);
        if subscribed.is_empty() {
            continue;
        }
        let Some(record) = state(place)? else {
            continue;
        };
        let Some(shown) = Shown::new(parts, &snapshot, (commit, place), record) else {
            continue;
        };
        for one in &subscribed {
            shown.tell(one, &mut callers, &mut |client, message| {
                if !client.knows(commit.sequence) {
                    hub.give(client, message);
                }
            });
        }
    }
    Ok(())
}

/// Which targets a change concerns; `None` where its collection is gone.
pub(super) fn targets(snapshot: &Snapshot, change: &Change) -> Option<Targets> {
    let collection = snapshot.by_number(change.collection)?;
    let (id, name, record) = (&collection.id, &collection.name, &change.record);
    Some([
        name.clone(),
        id.clone(),
        format!("{name}/*"),
        format!("{id}/*"),
        format!("{name}/{record}"),
        format!("{id}/{record}"),
    ])
}

/// What the rules of a change are asked of, where it was just committed.
pub(super) fn state(change: &CommittedChange) -> Option<Record> {
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

impl<'a> Shown<'a> {
    /// One change of a commit with what its rules are asked of; `None` where its collection is
    /// gone.
    pub(super) fn new(
        parts: &'a Parts,
        snapshot: &Arc<Snapshot>,
        (commit, place): (&'a CommittedChanges, usize),
        record: Record,
    ) -> Option<Self> {
        let change = &commit.changes.get(place)?.change;
        let collection = snapshot.by_number(change.collection)?;
        Some(Self {
            parts,
            commit,
            place,
            kind: change.kind,
            compiled: parts.access.compiled(snapshot, collection),
            record,
            words: RefCell::default(),
        })
    }

    /// Gives those who subscribed to a topic the message that they may see.
    pub(super) fn tell(
        &self,
        subscribed: &Subscribed,
        callers: &mut Callers<'_>,
        give: &mut dyn FnMut(&Arc<Client>, &Arc<Message>),
    ) {
        let Subscribed {
            topic,
            clients,
            rank,
        } = subscribed;
        let operation = topic.operation();
        let personal = self.is_personal(topic, operation);
        let mut filters = Filters::new();
        let mut outcomes: HashMap<Viewer, Option<Arc<Message>>> = HashMap::new();
        for client in &**clients {
            let Some(principal) = current(client, personal, callers) else {
                continue;
            };
            let viewer = Viewer::of(&principal, personal);
            let outcome = outcomes.entry(viewer).or_insert_with(|| {
                let data = self.data_for(topic, operation, principal, &mut filters);
                let data = data.unwrap_or_else(|error| {
                    tracing::warn!(topic = &*topic.text, %error, "a message was not made");
                    None
                });
                data.map(|data| {
                    Arc::new(Message {
                        topic: Arc::clone(&topic.text),
                        data: data.into(),
                        position: Some(Position::behind(self.commit, self.place, *rank)),
                    })
                })
            });
            if let Some(message) = outcome {
                give(client, message);
            }
        }
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
            || self.searches_personally(topic)
            || rule.is_some_and(|rule| rule.contains("@request.auth"))
            || crosses()
    }

    /// Whether what a topic finds may depend on who searches.
    fn searches_personally(&self, topic: &Topic) -> bool {
        let search = topic.search.as_ref();
        let searched = search.map(|search| search.read(self.parts, &self.compiled, false));
        matches!(searched, Some(Searched::Those(saved)) if saved.is_personal())
    }

    /// What one caller may see of the change; `None` where that is nothing.
    fn data_for(
        &self,
        topic: &Topic,
        operation: Operation,
        principal: Principal,
        filters: &mut Filters,
    ) -> Result<Option<Vec<u8>>> {
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
        let related = environment.related;
        let projection = Projection::new(Arc::clone(&self.compiled), environment);
        if !self.is_found(topic, (&lookups, related), &projection)? {
            return Ok(None);
        }
        let mut view = projection.view(self.record.clone());
        lookups.check()?;
        if !topic.expand.is_empty() {
            let views = std::slice::from_mut(&mut view);
            self.parts.query.expand(&context, &topic.expand, views)?;
        }
        self.data(topic, &view).map(Some)
    }

    /// Whether the record is a hit of the topic's search, as its caller may see it.
    fn is_found(
        &self,
        topic: &Topic,
        (lookups, related): (&Lookups<'_>, &dyn Related),
        projection: &Projection<'_>,
    ) -> Result<bool> {
        let Some(search) = &topic.search else {
            return Ok(true);
        };
        let sees_all = lookups.environment().principal.is_superuser();
        let saved = match search.read(self.parts, &self.compiled, sees_all) {
            Searched::All => return Ok(true),
            Searched::None => return Ok(false),
            Searched::Those(saved) => saved,
        };
        lookups.warm(saved.related().into_iter())?;
        let caller = search::Caller {
            related: &|collection, id| {
                let record = related.record(collection, id)?;
                related.may_list(collection, &record).then_some(record)
            },
            sees_email: &|record| projection.shows_email(record),
        };
        let read = || Arc::new(saved.words(&self.compiled.snapshot, &self.record, &caller));
        let words = match saved.is_personal() {
            true => read(),
            false => Arc::clone(self.words.borrow_mut().entry(sees_all).or_insert_with(read)),
        };
        lookups.check()?;
        Ok(saved.finds(&words))
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
            context.principal.skips_rules(),
            identity.map(|identity| identity.collection.number),
            context.principal.key().map(|key| key.id.clone()),
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
pub(super) fn current(
    client: &Client,
    personal: bool,
    callers: &mut Callers<'_>,
) -> Option<Principal> {
    let mut caller = client.caller.lock();
    let by_key = caller.principal.key().is_some();
    let matters = personal || by_key || caller.principal.skips_rules();
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
