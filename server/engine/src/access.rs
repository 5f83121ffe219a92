//! Who may do what, and what of a record they see: rules applied to a [`Context`].
//!
//! - Every answer that shows a record goes through [`Projection`]; there is no second one.
//! - The scope of an API key is asked where the rules are, so no way to records passes it by.
//! - A rule that no longer compiles locks its operation: it fails closed.
//! - Rules are compiled once per version of the catalog, and once for each collection that callers
//!   are in: which fields `@request.auth` has depends on it.

use std::collections::HashMap;
use std::sync::Arc;

use luge_model::collection::{Collection, Collections, RuleAction};
use luge_model::filter::{Audience, Environment, Filter, Prepared, Scope};
use luge_model::id::{CollectionNumber, ID_FIELD};
use luge_model::key_scope::RecordAction;
use luge_model::principal::Principal;
use luge_model::record::{Record, Row};
use luge_model::value::ValueRef;
use parking_lot::RwLock;

use crate::catalog::Snapshot;
use crate::context::{Context, Part, Verdict};
use crate::error::{Error, Result};

mod expanded;
mod layout;

pub use expanded::{Expanded, ExpandedSize, ExpandedValue};
use layout::Layout;
pub use layout::View;

/// What a caller wants to do with records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// See many.
    List,
    /// See one.
    View,
    /// Make one.
    Create,
    /// Change one.
    Update,
    /// Remove one.
    Delete,
    /// Manage an auth record: its e-mail, password and verified state.
    Manage,
    /// Sign in as an auth record.
    Authenticate,
    /// Be asked for a second factor.
    ProveTwice,
}

/// Which records an operation is allowed on.
#[derive(Clone, Debug)]
pub enum Grant {
    /// All.
    Everything,
    /// Those that the rule holds for.
    Matching(Arc<Filter>),
}

/// The compiled rules and layouts of the collections.
#[derive(Debug, Default)]
pub struct Access {
    compiled: RwLock<(u64, HashMap<CollectionNumber, Arc<Compiled>>)>,
}

/// One collection with its rules compiled.
#[derive(Debug)]
pub struct Compiled {
    /// The catalog the rules were compiled against.
    pub snapshot: Arc<Snapshot>,
    /// The collection.
    pub collection: Arc<Collection>,
    layout: Layout,
    rules: RwLock<HashMap<RuleKey, Option<Arc<Filter>>>>,
}

/// Which rule, for callers of which auth collection (`None` for all that the rule does not ask).
type RuleKey = (Operation, Option<CollectionNumber>);

/// How the caller of a context sees the records of one collection.
#[derive(Debug)]
pub struct Projection<'a> {
    compiled: Arc<Compiled>,
    environment: Environment<'a>,
    manage: Option<Arc<Filter>>,
}

impl Operation {
    /// What an API key must be for; none is for managing or signing in.
    fn action(self) -> Option<RecordAction> {
        match self {
            Self::List => Some(RecordAction::List),
            Self::View => Some(RecordAction::View),
            Self::Create => Some(RecordAction::Create),
            Self::Update => Some(RecordAction::Update),
            Self::Delete => Some(RecordAction::Delete),
            Self::Manage | Self::Authenticate | Self::ProveTwice => None,
        }
    }

    /// What the rule of it is called; that of a second factor has no name of its own.
    fn rule_action(self) -> Option<RuleAction> {
        match self {
            Self::List => Some(RuleAction::List),
            Self::View => Some(RuleAction::View),
            Self::Create => Some(RuleAction::Create),
            Self::Update => Some(RuleAction::Update),
            Self::Delete => Some(RuleAction::Delete),
            Self::Manage => Some(RuleAction::Manage),
            Self::Authenticate => Some(RuleAction::Auth),
            Self::ProveTwice => None,
        }
    }
}

impl Access {
    /// A collection with its rules compiled, from the cache where the catalog is the same.
    #[must_use]
    pub fn compiled(
        &self,
        snapshot: &Arc<Snapshot>,
        collection: &Arc<Collection>,
    ) -> Arc<Compiled> {
        let version = snapshot.version();
        {
            let cache = self.compiled.read();
            if cache.0 == version
                && let Some(known) = cache.1.get(&collection.number)
            {
                return Arc::clone(known);
            }
        }
        let compiled = Arc::new(Compiled::new(snapshot, collection));
        let mut cache = self.compiled.write();
        if cache.0 < version {
            *cache = (version, HashMap::new());
        }
        if cache.0 == version {
            cache.1.insert(collection.number, Arc::clone(&compiled));
        }
        compiled
    }
}

impl Compiled {
    fn new(snapshot: &Arc<Snapshot>, collection: &Arc<Collection>) -> Self {
        Self {
            snapshot: Arc::clone(snapshot),
            collection: Arc::clone(collection),
            layout: Layout::of(collection),
            rules: RwLock::default(),
        }
    }

    /// What the caller may do; superusers skip all rules.
    ///
    /// # Errors
    /// [`Error::SuperusersOnly`] when the rule is locked; [`Error::Forbidden`] for an API key that
    /// is not for this.
    pub fn grant(&self, context: &Context, operation: Operation) -> Result<Grant> {
        self.check_scope(&context.principal, operation)?;
        if context.principal.skips_rules() {
            return Ok(Grant::Everything);
        }
        match self.rule(operation).map(String::as_str) {
            None => Err(Error::SuperusersOnly),
            Some("") => Ok(Grant::Everything),
            Some(_) => self
                .filter(operation, &context.principal)
                .map(Grant::Matching)
                .ok_or(Error::SuperusersOnly),
        }
    }

    /// As [`Self::grant`], for what the call itself is about: what the rule says is noted.
    ///
    /// # Errors
    /// As for [`Self::grant`].
    pub fn admit(&self, context: &Context, operation: Operation) -> Result<Grant> {
        let granted = self.grant(context, operation);
        let verdict = match &granted {
            Ok(Grant::Everything) if context.principal.skips_rules() => Verdict::Superuser,
            Ok(Grant::Everything) => Verdict::Public,
            Ok(Grant::Matching(_)) if operation == Operation::List => Verdict::Filtered,
            Ok(Grant::Matching(_)) => Verdict::Unasked,
            Err(Error::SuperusersOnly) => Verdict::Locked,
            Err(_) => Verdict::OutOfScope,
        };
        self.note(context, operation, verdict);
        granted
    }

    /// Whether a grant of [`Self::admit`] allows the operation on this record, which is noted.
    #[must_use]
    pub fn allows(
        &self,
        (context, operation): (&Context, Operation),
        grant: &Grant,
        (environment, record): (&Environment<'_>, &dyn Row),
    ) -> bool {
        let ask = || grant.allows(environment, record);
        let allowed = context.account.measure(Part::Rule, ask);
        let verdict = match allowed {
            true => Verdict::Allowed,
            false => Verdict::Denied,
        };
        self.note(context, operation, verdict);
        allowed
    }

    fn note(&self, context: &Context, operation: Operation, verdict: Verdict) {
        if let Some(action) = operation.rule_action() {
            let account = &context.account;
            account.judged(&self.collection, action, verdict);
        }
    }

    fn check_scope(&self, principal: &Principal, operation: Operation) -> Result<()> {
        if principal.key().is_none() {
            return Ok(());
        }
        let admitted = operation.action();
        let admitted = admitted.is_some_and(|action| principal.may(&self.collection, action));
        if admitted {
            return Ok(());
        }
        Err(Error::Forbidden(format!(
            "The scope of the API key does not have this: {operation:?} in {}.",
            self.collection.name
        )))
    }

    /// Whether the caller manages an auth record (contract §4, manageRule).
    #[must_use]
    pub fn manages(&self, environment: &Environment<'_>, record: &dyn Row) -> bool {
        if environment.principal.skips_rules() {
            return true;
        }
        self.manage_filter(environment.principal)
            .is_some_and(|filter| filter.matches(record, environment))
    }

    /// Who manages records, for callers that do not by being a superuser.
    fn manage_filter(&self, principal: &Principal) -> Option<Arc<Filter>> {
        principal.identity()?;
        self.rule(Operation::Manage)?;
        self.filter(Operation::Manage, principal)
    }

    /// The text of a rule; `None` where it is locked.
    #[must_use]
    pub fn rule(&self, operation: Operation) -> Option<&String> {
        match operation.rule_action() {
            Some(action) => self.collection.rule(action),
            None => self.collection.auth().map(|options| &options.mfa.rule),
        }
    }

    fn filter(&self, operation: Operation, principal: &Principal) -> Option<Arc<Filter>> {
        let text = self.rule(operation)?;
        let identity = principal.identity();
        let caller = identity
            .map(|identity| &*identity.collection)
            .filter(|_| text.contains("@request.auth"));
        let key = (operation, caller.map(|caller| caller.number));
        if let Some(known) = self.rules.read().get(&key) {
            return known.clone();
        }
        let filter = self.compile(operation, text, caller);
        self.rules.write().insert(key, filter.clone());
        filter
    }

    fn compile(
        &self,
        operation: Operation,
        text: &str,
        caller: Option<&Collection>,
    ) -> Option<Arc<Filter>> {
        let scope = Scope {
            collection: &self.collection,
            collections: &*self.snapshot as &dyn Collections,
            audience: Audience::Rule,
            caller,
        };
        match Filter::parse(text, &scope) {
            Ok(filter) => Some(Arc::new(filter)),
            Err(error) => {
                tracing::error!(
                    collection = %self.collection.name, ?operation, %error,
                    "a stored rule does not compile; the operation is locked"
                );
                None
            }
        }
    }
}

impl Grant {
    /// Whether the operation is allowed on this record.
    #[must_use]
    pub fn allows(&self, environment: &Environment<'_>, record: &dyn Row) -> bool {
        match self {
            Self::Everything => true,
            Self::Matching(filter) => filter.matches(record, environment),
        }
    }

    /// The rule made ready for many records; `None` when all are allowed.
    #[must_use]
    pub fn prepare<'a>(&'a self, environment: &'a Environment<'a>) -> Option<Prepared<'a>> {
        match self {
            Self::Everything => None,
            Self::Matching(filter) => Some(filter.prepare(environment)),
        }
    }
}

impl<'a> Projection<'a> {
    /// How the caller of `environment` sees the records of a collection.
    #[must_use]
    pub fn new(compiled: Arc<Compiled>, environment: Environment<'a>) -> Self {
        let principal = environment.principal;
        let manage = match principal.skips_rules() {
            true => None,
            false => compiled.manage_filter(principal),
        };
        Self {
            compiled,
            environment,
            manage,
        }
    }

    /// One record as the caller sees it.
    #[must_use]
    pub fn view(&self, record: Record) -> View {
        let shows_hidden = self.environment.principal.skips_rules();
        let shows_email = shows_hidden || self.shows_email(&record);
        View {
            compiled: Arc::clone(&self.compiled),
            record,
            shows_hidden,
            shows_email,
            expanded: None,
            found: None,
        }
    }

    /// One record as its owner sees it, e.g. in the answer to a sign-in (contract §1.3).
    #[must_use]
    pub fn own_view(&self, record: Record, shows_hidden: bool) -> View {
        View {
            compiled: Arc::clone(&self.compiled),
            record,
            shows_hidden,
            shows_email: true,
            expanded: None,
            found: None,
        }
    }

    /// Whether the caller sees the e-mail address of a record.
    #[must_use]
    pub fn shows_email(&self, record: &dyn Row) -> bool {
        if self.environment.principal.is_superuser() {
            return true;
        }
        if self.compiled.collection.auth().is_none() {
            return true;
        }
        let visible = self
            .compiled
            .layout
            .email_visibility
            .and_then(|number| record.value(number))
            .is_some_and(|value| matches!(value, ValueRef::Bool(true)));
        visible || self.owns(record) || self.manage_holds(record)
    }

    fn owns(&self, record: &dyn Row) -> bool {
        self.environment
            .principal
            .identity()
            .is_some_and(|identity| {
                identity.collection.id == self.compiled.collection.id
                    && record.value(ID_FIELD).and_then(ValueRef::as_text)
                        == Some(identity.record.id())
            })
    }

    fn manage_holds(&self, record: &dyn Row) -> bool {
        self.manage
            .as_ref()
            .is_some_and(|filter| filter.matches(record, &self.environment))
    }
}
