//! The definitions of channels with their rules compiled, once for each state of the settings and
//! the catalog.
//!
//! - A rule is asked of the channel: its fields are `name`, and the variables of the pattern.
//! - A rule that does not compile any more lets nobody in: it fails closed.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use luge_model::channel::{CHANNEL_NAME_COLUMN, ChannelPattern, check_channel_name};
use luge_model::collection::{Collection, Collections};
use luge_model::filter::{Audience, Filter, Scope};
use luge_model::id::{CollectionNumber, FieldNumber, ID_FIELD};
use luge_model::invalid::{Violation, Violations};
use luge_model::record::Row;
use luge_model::value::ValueRef;
use parking_lot::RwLock;

use crate::catalog::{Catalog, Snapshot, described};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::realtime::Parts;
use crate::settings::{ChannelSettings, Examiner, SettingsValues};

/// What the channels are called as a collection; no collection can have this name.
const COLLECTION: &str = "@channel";

/// Compiled definitions, made anew when settings or collections changed.
#[derive(Default)]
pub(super) struct Rulebooks(RwLock<Option<Arc<Rulebook>>>);

/// The definitions of one moment.
pub(super) struct Rulebook {
    serial: u64,
    pub(super) snapshot: Arc<Snapshot>,
    settings: Arc<SettingsValues>,
    definitions: Vec<Definition>,
}

/// What a verdict stands on: the same rules, nothing committed meanwhile, the same second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    book: u64,
    commits: u64,
    second: i64,
}

/// One definition.
pub(super) struct Definition {
    pattern: ChannelPattern,
    /// `None` where the channels cannot be described, so that no rule holds.
    collection: Option<Collection>,
    join: Option<String>,
    send: Option<String>,
    /// Whether members may announce themselves.
    pub(super) presence: bool,
    filters: RwLock<Filters>,
}

/// The compiled rules, for callers of which auth collection (`None` for all that the rule does not
/// ask); `None` for one that does not compile.
type Filters = HashMap<(Deed, Option<CollectionNumber>), Option<Arc<Filter>>>;

/// What somebody wants to do with a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Deed {
    Join,
    Send,
}

/// A channel with its definition.
pub(super) struct Found<'a> {
    pub(super) definition: &'a Definition,
    channel: Channel<'a>,
}

/// A channel as rules see it.
struct Channel<'a> {
    name: &'a str,
    values: Vec<&'a str>,
}

impl Row for Channel<'_> {
    fn value(&self, field: FieldNumber) -> Option<ValueRef<'_>> {
        let place = usize::from(field.0.checked_sub(ID_FIELD.0)?);
        let text = match place.checked_sub(1) {
            None => self.name,
            Some(variable) => self.values.get(variable)?,
        };
        Some(ValueRef::Text(text))
    }

    fn rowid(&self) -> u64 {
        0
    }
}

/// What examines the rules of channels when settings are changed.
pub(crate) fn examiner(catalog: &Arc<Catalog>) -> Examiner {
    // The catalog knows the settings, which must not keep it.
    let catalog: Weak<Catalog> = Arc::downgrade(catalog);
    Box::new(move |before, after| match catalog.upgrade() {
        // What made sense once, and does no more, holds up no change of something else.
        Some(catalog) if before.channels != after.channels => {
            violations(&catalog.snapshot(), &after.channels)
        }
        _ => Violations::new(),
    })
}

fn violations(snapshot: &Snapshot, channels: &[ChannelSettings]) -> Violations {
    let mut below = Violations::new();
    for (position, channel) in channels.iter().enumerate() {
        let mut found = Violations::new();
        // Patterns were checked before.
        let Ok(pattern) = ChannelPattern::parse(&channel.name) else {
            continue;
        };
        match collection(&pattern) {
            Err(error) => {
                let message = format!("Invalid pattern of channels: {error}.");
                let violation = Violation::new("validation_invalid_channel_name", message);
                found.add("name", violation);
            }
            Ok(collection) => {
                for (key, rule) in [
                    ("joinRule", &channel.join_rule),
                    ("sendRule", &channel.send_rule),
                ] {
                    let rule = rule.as_deref().filter(|rule| !rule.is_empty());
                    let parsed =
                        rule.map(|rule| Filter::parse(rule, &scope(&collection, snapshot, None)));
                    if let Some(Err(error)) = parsed {
                        let message = format!("Invalid rule. Raw error: {error}.");
                        found.add(key, Violation::new("validation_invalid_rule", message));
                    }
                }
            }
        }
        below.nest(&position.to_string(), found);
    }
    let mut all = Violations::new();
    all.nest("channels", below);
    all
}

fn collection(pattern: &ChannelPattern) -> Result<Collection> {
    let names = std::iter::once(CHANNEL_NAME_COLUMN).chain(pattern.variables());
    described(COLLECTION, names.map(|name| (name, "text")))
}

fn scope<'a>(
    collection: &'a Collection,
    snapshot: &'a Snapshot,
    caller: Option<&'a Collection>,
) -> Scope<'a> {
    Scope {
        collection,
        collections: snapshot as &dyn Collections,
        audience: Audience::Rule,
        caller,
    }
}

impl Rulebooks {
    /// The definitions as they are now.
    pub(super) fn current(&self, parts: &Parts) -> Arc<Rulebook> {
        let settings = parts.settings.current();
        let snapshot = parts.catalog.snapshot();
        let holds = |book: &Arc<Rulebook>| {
            Arc::ptr_eq(&book.settings, &settings) && book.snapshot.version() == snapshot.version()
        };
        if let Some(known) = self.0.read().as_ref().filter(|book| holds(book)) {
            return Arc::clone(known);
        }
        let mut kept = self.0.write();
        if let Some(known) = kept.as_ref().filter(|book| holds(book)) {
            return Arc::clone(known);
        }
        let book = Arc::new(Rulebook {
            serial: kept.as_ref().map_or(0, |book| book.serial + 1),
            definitions: settings
                .channels
                .iter()
                .filter_map(Definition::new)
                .collect(),
            snapshot,
            settings,
        });
        *kept = Some(Arc::clone(&book));
        book
    }
}

impl Rulebook {
    /// A channel with the first definition that is about it; `None` also for what is no name.
    pub(super) fn find<'a>(&'a self, name: &'a str) -> Option<Found<'a>> {
        check_channel_name(name).ok()?;
        self.definitions.iter().find_map(|definition| {
            let values = definition.pattern.matches(name)?;
            Some(Found {
                definition,
                channel: Channel { name, values },
            })
        })
    }

    /// What a verdict that is found now stands on.
    pub(super) fn stamp(&self, parts: &Parts) -> Stamp {
        Stamp {
            book: self.serial,
            commits: parts.committer.answered(),
            second: parts.clock.now().0.div_euclid(1_000),
        }
    }
}

impl Stamp {
    /// Whether a verdict that stands on this still holds; `lasting` where only the rules matter.
    pub(super) fn holds(self, now: Self, lasting: bool) -> bool {
        self == now || (lasting && self.book == now.book)
    }

    /// Whether nothing but time can have changed anything.
    pub(super) fn is_quiet_since(self, earlier: Self) -> bool {
        (self.book, self.commits) == (earlier.book, earlier.commits)
    }
}

impl Definition {
    fn new(settings: &ChannelSettings) -> Option<Self> {
        let pattern = ChannelPattern::parse(&settings.name);
        let pattern = pattern.inspect_err(|reason| {
            tracing::error!(
                name = settings.name,
                reason,
                "a stored channel has no valid name"
            );
        });
        let pattern = pattern.ok()?;
        let collection = collection(&pattern).inspect_err(|error| {
            tracing::error!(name = settings.name, %error, "a stored channel is locked");
        });
        Some(Self {
            pattern,
            collection: collection.ok(),
            join: settings.join_rule.clone(),
            send: settings.send_rule.clone(),
            presence: settings.presence,
            filters: RwLock::default(),
        })
    }

    /// Whether the answer to who may join depends on nothing.
    pub(super) fn is_open(&self) -> bool {
        !self.presence && self.join.as_deref() == Some("")
    }

    /// Whether it matters who wants to join, beyond being a superuser.
    pub(super) fn is_personal(&self) -> bool {
        let asks = |rule: &String| rule.contains("@request.auth");
        self.presence || self.join.as_ref().is_some_and(asks)
    }

    fn filter(
        &self,
        (deed, rule): (Deed, &str),
        context: &Context,
        snapshot: &Snapshot,
    ) -> Option<Arc<Filter>> {
        let identity = context.principal.identity();
        let caller = identity
            .map(|identity| &*identity.collection)
            .filter(|_| rule.contains("@request.auth"));
        let key = (deed, caller.map(|caller| caller.number));
        if let Some(known) = self.filters.read().get(&key) {
            return known.clone();
        }
        let collection = self.collection.as_ref()?;
        let filter = Filter::parse(rule, &scope(collection, snapshot, caller));
        let filter = filter.inspect_err(|error| {
            tracing::error!(?deed, %error, "a stored rule of channels does not compile");
        });
        let filter = filter.ok().map(Arc::new);
        self.filters.write().insert(key, filter.clone());
        filter
    }
}

impl Found<'_> {
    /// Whether somebody may do something with the channel; superusers may do everything.
    ///
    /// # Errors
    /// [`Error::SuperusersOnly`] where nobody else may; what looking up records fails with.
    pub(super) fn allows(
        &self,
        parts: &Parts,
        snapshot: &Arc<Snapshot>,
        deed: Deed,
        context: &Context,
    ) -> Result<bool> {
        if context.principal.is_superuser() {
            return Ok(true);
        }
        let rule = match deed {
            Deed::Join => &self.definition.join,
            Deed::Send => &self.definition.send,
        };
        let rule = rule.as_deref().ok_or(Error::SuperusersOnly)?;
        if rule.is_empty() {
            return Ok(true);
        }
        if context.principal.has_scopes() {
            // Scopes are about collections: an API key with some has nothing to say here.
            return Ok(false);
        }
        let filter = self.definition.filter((deed, rule), context, snapshot);
        let filter = filter.ok_or(Error::SuperusersOnly)?;
        let lookups = parts.query.lookups(context, snapshot);
        lookups.warm(filter.collections())?;
        let allowed = filter.matches(&self.channel, &lookups.environment());
        lookups.check()?;
        Ok(allowed)
    }
}
