//! Who is asking, and the facts of the request that rules may look at (`@request.*`).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::collection::Collection;
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
}

impl Principal {
    /// Whether all rules are skipped and hidden fields shown.
    #[must_use]
    pub fn is_superuser(&self) -> bool {
        matches!(self, Self::Superuser(_) | Self::System)
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
