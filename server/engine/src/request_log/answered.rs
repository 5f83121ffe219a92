//! A request as whoever answered it tells it.

use std::net::IpAddr;
use std::sync::Arc;

use luge_model::principal::Principal;
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json};

use crate::context::Account;

/// The level of a request that failed; others have 0.
const FAILED_LEVEL: i32 = 8;

/// An answered request.
#[derive(Clone, Debug, Default)]
pub struct Answered {
    /// When it was answered.
    pub at: Timestamp,
    /// `GET`, `POST` and so on.
    pub method: String,
    /// The path with the query, as it was sent.
    pub url: String,
    /// The template of the route that answered, if one did.
    pub route: Option<Arc<str>>,
    /// The status of the answer.
    pub status: u16,
    /// From the head of the request to the head of the answer.
    pub nanoseconds: u64,
    /// The client's address as far as proxies are believed, and that of the connection; none where
    /// they are not kept.
    pub addresses: Option<Addresses>,
    /// The header of that name.
    pub referer: String,
    /// The header of that name.
    pub user_agent: String,
    /// As the answer has it.
    pub request_id: String,
    /// Who asked.
    pub principal: Principal,
    /// Why it failed, if it did.
    pub failed: Option<Failed>,
    /// How it was judged and how long its parts took.
    pub account: Account,
    /// Whether the id of who asked is kept: the log sets it as the settings say.
    pub shows_id: bool,
}

/// Where a request came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// As far as proxies are believed.
    pub user: Option<IpAddr>,
    /// Of the connection.
    pub remote: Option<IpAddr>,
}

/// Why a request failed, as the client was told.
#[derive(Clone, Debug, Default)]
pub struct Failed {
    /// The message.
    pub message: String,
    /// The violations by field, as they were answered; empty for none.
    pub data: Map<String, Json>,
}

impl Answered {
    /// How severe it is (contract §1.7).
    #[must_use]
    pub fn level(&self) -> i32 {
        if self.failed.is_some() || self.status >= 400 {
            FAILED_LEVEL
        } else {
            0
        }
    }

    /// About how many bytes it takes while it waits.
    pub(super) fn weight(&self) -> usize {
        let texts = [
            &self.method,
            &self.url,
            &self.referer,
            &self.user_agent,
            &self.request_id,
        ];
        let failed = self.failed.as_ref();
        texts.iter().map(|text| text.len()).sum::<usize>()
            + failed.map_or(0, |failed| failed.message.len() + failed.data.len() * 128)
            + self.account.weight()
            + size_of::<Self>()
    }
}

impl Failed {
    /// What is wrong by field, without codes; null where no field is to blame.
    pub(super) fn details(&self) -> Json {
        if self.data.is_empty() {
            return Json::Null;
        }
        Json::Object(messages(&self.data))
    }
}

fn messages(violations: &Map<String, Json>) -> Map<String, Json> {
    violations
        .iter()
        .filter_map(|(field, below)| {
            let below = below.as_object()?;
            let shown = match below.get("message") {
                Some(Json::String(message)) if below.contains_key("code") => {
                    Json::String(message.clone())
                }
                _ => Json::Object(messages(below)),
            };
            Some((field.clone(), shown))
        })
        .collect()
}
