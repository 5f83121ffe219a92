//! Who is asking, and the facts of the request that rules may look at (`@request.*`).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::collection::Collection;
use crate::key_scope::{KeyScopes, RecordAction};
use crate::record::Record;

/// Who is asking.
#[derive(Clone, Debug, Default)]
pub enum Principal {
    /// Nobody signed in, or a token that does not hold.
    #[default]
    Guest,
    /// A signed-in record of an auth collection other than `_superusers`.
    User(Arc<Identity>),
    /// A signed-in record of `_superusers`.
    Superuser(Arc<Identity>),
    /// The server itself or its command line: may do what a superuser may.
    System,
}

/// A signed-in record.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Its auth collection, as it was when the request began.
    pub collection: Arc<Collection>,
    /// The record, as it was when the request began.
    pub record: Record,
    /// The session that its token names; one of an import or an impersonation names none.
    pub session: Option<Box<str>>,
    /// The API key by which a machine acts as the record; `None` where it signed in itself.
    pub key: Option<Arc<ApiKey>>,
}

/// An API key that was presented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Which of those of its record.
    pub id: Box<str>,
    /// What it may do of what its record may do.
    pub scopes: KeyScopes,
}

impl Principal {
    /// Whether everything may be done that is for superusers. A superuser's API key may not, unless
    /// its scope is everything; see [`Self::skips_rules`].
    #[must_use]
    pub fn is_superuser(&self) -> bool {
        self.skips_rules() && !self.has_scopes()
    }

    /// Whether an API key asks that is not for everything.
    #[must_use]
    pub fn has_scopes(&self) -> bool {
        self.key()
            .is_some_and(|key| key.scopes != KeyScopes::Everything)
    }

    /// Whether the rules of records are skipped and hidden fields shown, where the scope of an API
    /// key lets one at the records at all ([`Self::may`]).
    #[must_use]
    pub fn skips_rules(&self) -> bool {
        matches!(self, Self::Superuser(_) | Self::System)
    }

    /// The API key by which a machine asks, if one does.
    #[must_use]
    pub fn key(&self) -> Option<&Arc<ApiKey>> {
        self.identity()?.key.as_ref()
    }

    /// Whether the API key, if there is one, is for an action on the records of a collection. No
    /// key is for changing what the system keeps of sign-ins.
    #[must_use]
    pub fn may(&self, collection: &Collection, action: RecordAction) -> bool {
        let Some(key) = self.key() else {
            return true;
        };
        let reads = matches!(action, RecordAction::List | RecordAction::View);
        (reads || !collection.system) && key.scopes.admits(collection, action)
    }

    /// The signed-in record, if there is one.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        match self {
            Self::User(identity) | Self::Superuser(identity) => Some(identity),
            Self::Guest | Self::System => None,
        }
    }
}

/// `@request.context`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RequestContext {
    /// A plain request.
    #[default]
    Default,
    /// Sign-up through a provider.
    OAuth2,
    /// A one-time code.
    Otp,
    /// A password.
    Password,
    /// A realtime subscription.
    Realtime,
    /// A protected file.
    ProtectedFile,
    /// A related record that is expanded.
    Expand,
    /// A request of a batch.
    Batch,
}

/// What a rule sees of the request, apart from the principal.
#[derive(Clone, Debug, Default)]
pub struct RequestFacts {
    /// `@request.context`
    pub context: RequestContext,
    /// `@request.method`, upper case.
    pub method: String,
    /// `@request.query.*`
    pub query: BTreeMap<String, String>,
    /// `@request.headers.*`: lower case, `-` replaced by `_`.
    pub headers: BTreeMap<String, String>,
    /// `@request.body.*`: after modifiers were resolved.
    pub body: Map<String, Json>,
}
