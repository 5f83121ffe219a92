//! What a webhook is.

use std::collections::BTreeMap;

use luge_model::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::secret::Secret;
use crate::changes::ChangeKind;

/// What a webhook is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum WatchedAction {
    /// A record was made.
    Create,
    /// A record was changed.
    Update,
    /// A record was removed.
    Delete,
}

impl WatchedAction {
    pub(super) const ALL: [Self; 3] = [Self::Create, Self::Update, Self::Delete];

    pub(super) fn of(kind: ChangeKind) -> Self {
        match kind {
            ChangeKind::Create => Self::Create,
            ChangeKind::Update => Self::Update,
            ChangeKind::Delete => Self::Delete,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// What the receiver is told that happened.
    pub(super) fn event(self) -> &'static str {
        match self {
            Self::Create => "record.created",
            Self::Update => "record.updated",
            Self::Delete => "record.deleted",
        }
    }

    /// `@request.method` in its filter.
    pub(super) fn method(self) -> &'static str {
        match self {
            Self::Create => "POST",
            Self::Update => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// One webhook, as it is stored.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Webhook {
    pub(super) id: String,
    /// For people.
    pub(super) name: String,
    /// The id of the collection.
    pub(super) collection: String,
    pub(super) actions: Vec<WatchedAction>,
    /// Which changes; empty for all.
    pub(super) filter: String,
    pub(super) url: String,
    /// Headers that are added, by name; their values may be secrets.
    pub(super) headers: BTreeMap<String, String>,
    /// Whether hidden fields are told too.
    pub(super) include_hidden: bool,
    /// Whether the state before an update is told too.
    pub(super) include_before: bool,
    pub(super) enabled: bool,
    /// Why the server itself switched it off; else empty.
    pub(super) disabled_reason: String,
    /// The newest first.
    pub(super) secrets: Vec<Secret>,
    /// It is told of what was committed after this.
    pub(super) since: u64,
    #[serde(with = "crate::outbox::milliseconds")]
    pub(super) created: Timestamp,
    #[serde(with = "crate::outbox::milliseconds")]
    pub(super) updated: Timestamp,
}

impl Webhook {
    /// A new one, of which nothing is known yet.
    pub(super) fn blank(id: String, now: Timestamp) -> Self {
        Self {
            id,
            name: String::new(),
            collection: String::new(),
            actions: Vec::new(),
            filter: String::new(),
            url: String::new(),
            headers: BTreeMap::new(),
            include_hidden: false,
            include_before: false,
            enabled: true,
            disabled_reason: String::new(),
            secrets: Vec::new(),
            since: 0,
            created: now,
            updated: now,
        }
    }

    /// As superusers see it: without secrets and the values of headers.
    pub(super) fn shown(&self, collection_name: &str) -> Json {
        let headers = self.headers.keys();
        let headers: Map<_, _> = headers.map(|name| (name.clone(), Json::Null)).collect();
        let secrets: Vec<_> = self.secrets.iter().map(Secret::shown).collect();
        let actions = self.actions.iter().map(|action| action.name());
        json!({
            "id": self.id,
            "name": self.name,
            "collection": self.collection,
            "collectionName": collection_name,
            "actions": actions.collect::<Vec<_>>(),
            "filter": self.filter,
            "url": self.url,
            "headers": headers,
            "includeHidden": self.include_hidden,
            "includeBefore": self.include_before,
            "enabled": self.enabled,
            "disabledReason": self.disabled_reason,
            "secrets": secrets,
            "created": self.created.to_string(),
            "updated": self.updated.to_string(),
        })
    }
}
