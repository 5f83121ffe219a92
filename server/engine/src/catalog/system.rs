//! The collections that a new database begins with (contract §2.4).

use serde_json::{Map, Value as Json, json};

/// Who a sign-in, a code or a link belongs to may see it.
const OWNER_RULE: &str = "@request.auth.id != '' && recordRef = @request.auth.id \
                          && collectionRef = @request.auth.collectionId";
/// A user may see and change itself.
const SELF_RULE: &str = "id = @request.auth.id";

/// Their definitions as a client would submit them, in the order of creation.
pub(super) fn definitions() -> Vec<Map<String, Json>> {
    [
        mfas(),
        otps(),
        external_auths(),
        auth_origins(),
        superusers(),
        users(),
    ]
    .into_iter()
    .filter_map(|definition| match definition {
        Json::Object(definition) => Some(definition),
        _ => None,
    })
    .collect()
}

fn mfas() -> Json {
    json!({
        "name": "_mfas", "type": "base", "system": true,
        "listRule": OWNER_RULE, "viewRule": OWNER_RULE,
        "fields": owned([reference("method")]),
        "indexes": ["CREATE INDEX `idx_mfas_collectionRef_recordRef` ON `_mfas` \
                     (collectionRef,recordRef)"],
    })
}

fn otps() -> Json {
    let password = json!({
        "cost": 8, "hidden": true, "name": "password", "required": true, "system": true,
        "type": "password",
    });
    let sent_to = json!({ "hidden": true, "name": "sentTo", "system": true, "type": "text" });
    json!({
        "name": "_otps", "type": "base", "system": true,
        "listRule": OWNER_RULE, "viewRule": OWNER_RULE,
        "fields": owned([password, sent_to]),
        "indexes": ["CREATE INDEX `idx_otps_collectionRef_recordRef` ON `_otps` \
                     (collectionRef, recordRef)"],
    })
}

fn external_auths() -> Json {
    json!({
        "name": "_externalAuths", "type": "base", "system": true,
        "listRule": OWNER_RULE, "viewRule": OWNER_RULE, "deleteRule": OWNER_RULE,
        "fields": owned([reference("provider"), reference("providerId")]),
        "indexes": [
            "CREATE UNIQUE INDEX `idx_externalAuths_record_provider` ON `_externalAuths` \
             (collectionRef, recordRef, provider)",
            "CREATE UNIQUE INDEX `idx_externalAuths_collection_provider` ON `_externalAuths` \
             (collectionRef, provider, providerId)",
        ],
    })
}

fn auth_origins() -> Json {
    json!({
        "name": "_authOrigins", "type": "base", "system": true,
        "listRule": OWNER_RULE, "viewRule": OWNER_RULE, "deleteRule": OWNER_RULE,
        "fields": owned([reference("fingerprint")]),
        "indexes": ["CREATE UNIQUE INDEX `idx_authOrigins_unique_pairs` ON `_authOrigins` \
                     (collectionRef, recordRef, fingerprint)"],
    })
}

fn superusers() -> Json {
    json!({
        "name": "_superusers", "type": "auth", "system": true,
        "fields": ([&credentials()[..], &times(true)].concat()),
    })
}

fn users() -> Json {
    let name = json!({ "max": 255, "name": "name", "type": "text" });
    let avatar = json!({
        "maxSelect": 1, "name": "avatar", "type": "file",
        "mimeTypes": ["image/jpeg", "image/png", "image/svg+xml", "image/gif", "image/webp"],
    });
    json!({
        "id": "_pb_users_auth_", "name": "users", "type": "auth",
        "listRule": SELF_RULE, "viewRule": SELF_RULE, "createRule": "",
        "updateRule": SELF_RULE, "deleteRule": SELF_RULE,
        "fields": ([&credentials()[..], &[name, avatar], &times(false)].concat()),
        "oauth2": { "mappedFields": { "name": "name", "avatarURL": "avatar" } },
    })
}

/// What somebody signs in with.
fn credentials() -> [Json; 5] {
    [
        json!({ "id": "password901924565", "name": "password", "type": "password", "min": 8 }),
        json!({
            "id": "text2504183744", "name": "tokenKey", "type": "text", "min": 30, "max": 60,
            "autogeneratePattern": "[a-zA-Z0-9]{50}",
        }),
        json!({ "id": "email3885137012", "name": "email", "type": "email", "required": true }),
        json!({ "id": "bool1547992806", "name": "emailVisibility", "type": "bool" }),
        json!({ "id": "bool256245529", "name": "verified", "type": "bool" }),
    ]
}

/// The fields of what belongs to an auth record: whose it is, what it is, when it was made.
fn owned<const COUNT: usize>(own: [Json; COUNT]) -> Vec<Json> {
    let mut fields = vec![reference("collectionRef"), reference("recordRef")];
    fields.extend(own);
    fields.extend(times(true));
    fields
}

fn reference(name: &str) -> Json {
    json!({ "name": name, "required": true, "system": true, "type": "text" })
}

fn times(system: bool) -> [Json; 2] {
    [("created", false), ("updated", true)].map(|(name, on_update)| {
        json!({
            "name": name, "onCreate": true, "onUpdate": on_update, "system": system,
            "type": "autodate",
        })
    })
}
