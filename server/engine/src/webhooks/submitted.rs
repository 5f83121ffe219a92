//! Reading a webhook as it is submitted: every key is known, every value makes sense.

use std::collections::BTreeMap;
use std::sync::Arc;

use luge_model::collection::{Collection, Collections as _};
use luge_model::filter::{Audience, Filter, Scope};
use luge_model::invalid::{Violation, Violations};
use luge_model::limits::{
    WEBHOOK_HEADERS_MAX, WEBHOOK_NAME_CHARS_MAX, WEBHOOK_SECRET_GRACE_SECONDS_DEFAULT,
    WEBHOOK_SECRET_GRACE_SECONDS_MAX,
};
use serde_json::{Map, Value as Json};

use super::Parts;
use super::definition::{WatchedAction, Webhook};
use super::headers::{problem_of_name, problem_of_value};
use crate::catalog::Snapshot;

/// What is shown and may be sent back, without a meaning.
const SHOWN_ONLY: [&str; 7] = [
    "id",
    "collectionName",
    "disabledReason",
    "secrets",
    "status",
    "created",
    "updated",
];

/// Lays what is submitted over a webhook.
pub(super) fn read(
    parts: &Parts,
    snapshot: &Snapshot,
    (mut webhook, is_new): (Webhook, bool),
    body: &Map<String, Json>,
) -> Result<(Webhook, Arc<Collection>), Violations> {
    let mut violations = Violations::new();
    let mut sent_collection = None;
    for (key, value) in body {
        let outcome = match key.as_str() {
            "name" => text(value).map(|name| webhook.name = name),
            "url" => text(value).map(|url| webhook.url = url),
            "filter" => text(value).map(|filter| webhook.filter = filter),
            "collection" => text(value).map(|name| sent_collection = Some(name)),
            "enabled" => truth(value).map(|enabled| webhook.enabled = enabled),
            "includeHidden" => truth(value).map(|hidden| webhook.include_hidden = hidden),
            "includeBefore" => truth(value).map(|before| webhook.include_before = before),
            "actions" => actions(value).map(|actions| webhook.actions = actions),
            "headers" => {
                match headers(value, &webhook.headers) {
                    Ok(headers) => webhook.headers = headers,
                    Err(below) => violations.nest("headers", below),
                }
                Ok(())
            }
            shown if SHOWN_ONLY.contains(&shown) => Ok(()),
            _ => Err(malformed("There is no such key.")),
        };
        if let Err(violation) = outcome {
            violations.add(key, violation);
        }
    }
    let collection = collection(snapshot, &mut webhook, (sent_collection, is_new));
    let collection = collection.map_err(|violation| violations.add("collection", violation));
    check(parts, &webhook, &mut violations);
    if let Ok(collection) = &collection {
        check_filter(snapshot, collection, &webhook.filter, &mut violations);
    }
    match collection {
        Ok(collection) if violations.is_empty() => Ok((webhook, collection)),
        _ => Err(violations),
    }
}

/// How long the former secret goes on signing, in milliseconds.
pub(super) fn grace(body: &Map<String, Json>) -> Result<i64, Violations> {
    let mut violations = Violations::new();
    for key in body.keys().filter(|key| *key != "graceSeconds") {
        violations.add(key, malformed("There is no such key."));
    }
    let allowed = 0..=WEBHOOK_SECRET_GRACE_SECONDS_MAX;
    let seconds = match body.get("graceSeconds") {
        None | Some(Json::Null) => Some(WEBHOOK_SECRET_GRACE_SECONDS_DEFAULT),
        Some(value) => value.as_i64().filter(|seconds| allowed.contains(seconds)),
    };
    let Some(seconds) = seconds else {
        let most = WEBHOOK_SECRET_GRACE_SECONDS_MAX;
        let message = format!("Must be a whole number of seconds from 0 to {most}.");
        violations.add("graceSeconds", malformed(&message));
        return Err(violations);
    };
    violations
        .into_result()
        .map(|()| seconds.saturating_mul(1_000))
}

fn check(parts: &Parts, webhook: &Webhook, violations: &mut Violations) {
    if webhook.name.chars().count() > WEBHOOK_NAME_CHARS_MAX {
        violations.add("name", malformed("Is too long."));
    }
    if webhook.url.is_empty() {
        violations.add("url", Violation::required());
    } else if let Err(error) = parts.outbound.check(&webhook.url) {
        violations.add(
            "url",
            Violation::new("validation_invalid_url", error.to_string()),
        );
    }
    if webhook.actions.is_empty() {
        violations.add("actions", Violation::required());
    }
}

/// The collection of a webhook; it is chosen once.
fn collection(
    snapshot: &Snapshot,
    webhook: &mut Webhook,
    (sent, is_new): (Option<String>, bool),
) -> Result<Arc<Collection>, Violation> {
    let named = match (&sent, is_new) {
        (None, true) => return Err(Violation::required()),
        (Some(named), _) => named,
        (None, false) => &webhook.collection,
    };
    let found = snapshot.find(named).filter(|_| !named.is_empty());
    let found = found.ok_or_else(|| malformed("There is no such collection."))?;
    if found.is_view() {
        return Err(malformed(
            "The records of a view do not change by themselves.",
        ));
    }
    if !is_new && found.id != webhook.collection {
        return Err(malformed("Cannot be changed; make another webhook."));
    }
    webhook.collection.clone_from(&found.id);
    Ok(Arc::clone(found))
}

fn check_filter(
    snapshot: &Snapshot,
    collection: &Collection,
    filter: &str,
    violations: &mut Violations,
) {
    if filter.trim().is_empty() {
        return;
    }
    let scope = Scope {
        collection,
        collections: snapshot,
        audience: Audience::Superuser,
        caller: None,
    };
    if let Err(error) = Filter::parse(filter, &scope) {
        let message = format!("Invalid filter: {error}.");
        violations.add("filter", malformed(&message));
    }
}

fn actions(value: &Json) -> Result<Vec<WatchedAction>, Violation> {
    let wrong = || malformed("Must be a list of create, update and delete.");
    let sent = value.as_array().ok_or_else(wrong)?;
    let mut actions = Vec::new();
    for one in sent {
        let known = WatchedAction::ALL.into_iter();
        let mut known = known.filter(|action| one.as_str() == Some(action.name()));
        actions.push(known.next().ok_or_else(wrong)?);
    }
    actions.sort_unstable();
    actions.dedup();
    Ok(actions)
}

/// All headers at once: a text sets one, null keeps the value that it has, one that is not named
/// goes.
fn headers(
    value: &Json,
    before: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Violations> {
    let whole = |message: &str| Violations::of("*", malformed(message));
    let sent = value
        .as_object()
        .ok_or_else(|| whole("Must be an object of texts."))?;
    if sent.len() > WEBHOOK_HEADERS_MAX {
        return Err(whole("Are too many."));
    }
    let mut violations = Violations::new();
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in sent {
        let kept = before.get(name).cloned();
        let problem = problem_of_name(name);
        let twice = headers.keys().any(|known| known.eq_ignore_ascii_case(name));
        let outcome = match (problem, value) {
            (Some(problem), _) => Err(malformed(problem)),
            _ if twice => Err(malformed("Is named twice.")),
            (None, Json::String(text)) => match problem_of_value(text) {
                Some(problem) => Err(malformed(problem)),
                None => Ok(text.clone()),
            },
            (None, Json::Null) => {
                kept.ok_or_else(|| malformed("There is no value that could be kept."))
            }
            _ => Err(malformed("Must be a text.")),
        };
        match outcome {
            Ok(value) => drop(headers.insert(name.clone(), value)),
            Err(violation) => violations.add(name, violation),
        }
    }
    violations.into_result().map(|()| headers)
}

fn text(value: &Json) -> Result<String, Violation> {
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| malformed("Must be a text."))
}

fn truth(value: &Json) -> Result<bool, Violation> {
    let truth = value.as_bool();
    truth.ok_or_else(|| malformed("Must be true or false."))
}

fn malformed(message: &str) -> Violation {
    Violation::new("validation_invalid_value", message)
}
