//! Deliveries as superusers see them.

use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::{Delivery, State};
use crate::error::{Error, Result};

/// One page of deliveries, newest first.
#[derive(Clone, Debug)]
pub struct DeliveryPage {
    /// From 1.
    pub page: usize,
    /// Most deliveries of a page.
    pub per_page: usize,
    /// How many there are.
    pub total_items: usize,
    /// The deliveries.
    pub items: Vec<Json>,
}

/// What can be seen of every kind of delivery.
pub(crate) fn shown(delivery: &Delivery) -> Map<String, Json> {
    let due = match delivery.state {
        State::Waiting { due } => Some(due.to_string()),
        State::Delivered | State::Dead => None,
    };
    let time = |time: Timestamp| time.to_string();
    let last = delivery.last.as_ref().map(|last| {
        json!({
            "at": time(last.at),
            "milliseconds": last.milliseconds,
            "status": last.status,
            "error": last.error,
        })
    });
    let pairs = [
        ("id", json!(delivery.id)),
        ("event", json!(delivery.event)),
        ("state", json!(delivery.state.name())),
        ("attempts", json!(delivery.attempts)),
        ("due", json!(due)),
        ("bytes", json!(delivery.bytes)),
        ("created", json!(time(delivery.made))),
        ("last", json!(last)),
    ];
    let pairs = pairs.into_iter();
    pairs.map(|(key, value)| (key.to_owned(), value)).collect()
}

/// The state that a list is asked for by, where it is asked for by one of these.
///
/// # Errors
/// [`Error::BadRequest`] where there is no such state.
pub(crate) fn state_of<'a>(asked: &'a str, states: &[&str]) -> Result<Option<&'a str>> {
    let asked = (!asked.is_empty()).then_some(asked);
    if let Some(state) = asked.filter(|state| !states.contains(state)) {
        let reason = format!("There is no state {state:?}: {}.", states.join(", "));
        return Err(Error::BadRequest(reason));
    }
    Ok(asked)
}
