//! What submitted JSON of a collection means beside the keys it has.

use serde_json::{Map, Value as Json};

/// Keys whose `null` means something; any other `null` leaves the stored value.
const NULLABLE: [&str; 8] = [
    "listRule",
    "viewRule",
    "createRule",
    "updateRule",
    "deleteRule",
    "authRule",
    "manageRule",
    "pkce",
];

/// What `null` sets a key to.
pub(super) fn null_means(key: &str) -> Option<Json> {
    if key == "name" {
        return Some("".into());
    }
    NULLABLE.contains(&key).then_some(Json::Null)
}

/// Completes submitted providers by the stored ones of the same name, so that secrets and options
/// which were not sent are kept.
pub(super) fn lay_over_providers(stored: &Map<String, Json>, body: &mut Map<String, Json>) {
    let Some(known) = stored
        .get("oauth2")
        .and_then(|oauth2| oauth2.get("providers"))
    else {
        return;
    };
    let sent = body
        .get_mut("oauth2")
        .and_then(|oauth2| oauth2.get_mut("providers"))
        .and_then(Json::as_array_mut);
    for provider in sent.into_iter().flatten() {
        let Some(provider) = provider.as_object_mut() else {
            continue;
        };
        let same = |candidate: &&Json| candidate.get("name") == provider.get("name");
        let Some(Json::Object(kept)) = known.as_array().into_iter().flatten().find(same) else {
            continue;
        };
        for (key, value) in kept {
            provider.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
}
