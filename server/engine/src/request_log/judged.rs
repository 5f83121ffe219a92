//! What an entry tells of how its request was judged, found and timed.
//!
//! It is little, since every entry has it: nothing where there is nothing to tell, times in
//! milliseconds to the microsecond, and no value of a rule or of a filter.

use std::time::Duration;

use luge_model::limits::REQUEST_LOG_RULE_CHARS_MAX;
use luge_model::principal::Principal;
use serde_json::{Map, Value as Json, json};

use super::entry::{milliseconds, shortened};
use crate::context::{Judgement, Noted, Part};

/// What a superuser did to how the server works: who, what, to what, and the names of what changed.
/// Who it was is told even where the settings keep ids of others out of the log.
pub(super) fn deed(noted: &Noted, principal: &Principal) -> Option<Json> {
    let deed = noted.deed.as_ref()?;
    let by = principal.identity().map_or_else(String::new, |identity| {
        format!("{}/{}", identity.collection.name, identity.record.id())
    });
    let mut json = Map::new();
    json.insert("action".to_owned(), deed.action.into());
    json.insert("by".to_owned(), by.into());
    json.insert("target".to_owned(), deed.target.as_str().into());
    if !deed.changed.is_empty() {
        json.insert("changed".to_owned(), json!(deed.changed));
    }
    Some(Json::Object(json))
}

/// The rule that decided: whose it is, which one, what it said, and its text; null where it is
/// locked.
pub(super) fn rule(noted: &Noted) -> Option<Json> {
    let decided = noted.decided()?;
    let text = decided.text();
    Some(json!({
        "collection": decided.collection.name,
        "action": decided.action.name(),
        "verdict": decided.verdict.name(),
        "text": text.map(|text| shortened(text, REQUEST_LOG_RULE_CHARS_MAX)),
    }))
}

/// All rules that were asked, where they are several: `posts view allowed`.
pub(super) fn others(noted: &Noted) -> Option<Json> {
    let in_words = |rule: &Judgement| {
        let (action, verdict) = (rule.action.name(), rule.verdict.name());
        Json::from(format!("{} {action} {verdict}", rule.collection.name))
    };
    let rules = &noted.rules;
    (rules.len() > 1).then(|| rules.iter().map(in_words).collect())
}

/// How the records of a list were found.
pub(super) fn listed(noted: &Noted) -> Option<Json> {
    let listed = noted.listed.as_ref()?;
    let mut json = Map::new();
    json.insert("collection".to_owned(), json!(listed.collection.name));
    json.insert("plan".to_owned(), json!(listed.plan));
    json.insert("looked".to_owned(), listed.looked.into());
    json.insert("returned".to_owned(), listed.returned.into());
    if !listed.missing_index.is_empty() {
        json.insert("missingIndex".to_owned(), json!(listed.missing_index));
    }
    Some(Json::Object(json))
}

/// How long the parts took that the request had.
pub(super) fn timings(noted: &Noted) -> Option<Json> {
    let parts = Part::ALL.iter().zip(noted.parts);
    let some = parts.filter(|(_, took)| *took > Duration::ZERO);
    let timings: Map<String, Json> = some
        .map(|(part, took)| (part.name().to_owned(), to_the_microsecond(took)))
        .collect();
    (!timings.is_empty()).then_some(Json::Object(timings))
}

fn to_the_microsecond(took: Duration) -> Json {
    let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    milliseconds(microseconds.saturating_mul(1_000))
}
