//! Tests of the settings.

use luge_model::principal::Principal;
use serde_json::json;

use super::*;
use crate::store::{self, Durability, StoreKind, StoreOptions};

fn opened() -> (Settings, Arc<Committer>) {
    let options = StoreOptions {
        folder: std::path::PathBuf::new(),
        durability: Durability::default(),
        cache_bytes: 0,
    };
    let store = store::open(StoreKind::Memory, &options).unwrap();
    let committer = Arc::new(Committer::open(store).unwrap());
    (Settings::open(Arc::clone(&committer)).unwrap(), committer)
}

fn superuser() -> Context {
    Context {
        principal: Principal::System,
        ..Context::default()
    }
}

async fn changed(settings: &Settings, body: Json) -> std::result::Result<Json, Json> {
    let Json::Object(body) = body else {
        panic!("an object")
    };
    match settings.update(&superuser(), &body).await {
        Ok(shown) => Ok(Json::Object(shown)),
        Err(Error::Refused { violations, .. }) => Err(Json::Object(violations.to_json())),
        Err(error) => Err(json!(error.to_string())),
    }
}

#[test]
fn the_defaults_are_those_of_the_contract() {
    let (settings, _) = opened();
    assert_eq!(
        Json::Object(settings.view(&superuser()).unwrap()).to_string(),
        r##"{"superuserIPs":[],"smtp":{"enabled":false,"port":587,"host":"smtp.example.com","username":"","authMethod":"","tls":false,"localName":""},"backups":{"cron":"","cronMaxKeep":3,"s3":{"enabled":false,"bucket":"","region":"","endpoint":"","accessKey":"","forcePathStyle":false}},"s3":{"enabled":false,"bucket":"","region":"","endpoint":"","accessKey":"","forcePathStyle":false},"meta":{"accentColor":"#1055c9","appName":"Acme","appURL":"http://localhost:8090","senderName":"Support","senderAddress":"support@example.com","hideControls":false},"rateLimits":{"rules":[{"label":"*:auth","audience":"","duration":3,"maxRequests":2},{"label":"*:create","audience":"","duration":5,"maxRequests":20},{"label":"/api/batch","audience":"","duration":1,"maxRequests":3},{"label":"/api/","audience":"","duration":10,"maxRequests":300}],"excludedIPs":[],"enabled":false},"trustedProxy":{"headers":[],"useLeftmostIP":false},"batch":{"enabled":false,"maxRequests":50,"timeout":3,"maxBodySize":0},"logs":{"maxDataSize":0,"maxDays":5,"minLevel":0,"logIP":true,"logAuthId":false}}"##
    );
    assert!(matches!(
        settings.view(&Context::default()),
        Err(Error::SignInNeeded)
    ));
}

#[tokio::test]
async fn changes_merge_survive_and_keep_secrets() {
    let (settings, committer) = opened();
    let body = json!({ "meta": { "appName": "Sledding" }, "smtp": { "password": "secret-word" }, "zzz": 1 });
    let shown = changed(&settings, body).await.unwrap();
    assert_eq!(shown["meta"]["appName"], "Sledding");
    assert_eq!(shown["meta"]["senderName"], "Support");
    assert!(!shown.to_string().contains("secret-word"));
    changed(&settings, json!({ "smtp": { "port": 25 } }))
        .await
        .unwrap();
    let again = Settings::open(committer).unwrap();
    assert_eq!(again.current().smtp.password.reveal(), "secret-word");
    assert_eq!(again.current().smtp.port, 25);
    assert_eq!(again.current(), settings.current());
    assert!(!format!("{settings:?}").contains("secret-word"));
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_the_codes_of_the_contract() {
    let (settings, _) = opened();
    for (body, path, code) in [
        (
            json!({ "meta": { "appName": "" } }),
            "/meta/appName",
            "validation_required",
        ),
        (
            json!({ "meta": { "appName": "x".repeat(256) } }),
            "/meta/appName",
            "validation_length_out_of_range",
        ),
        (
            json!({ "meta": { "accentColor": "red" } }),
            "/meta/accentColor",
            "validation_length_invalid",
        ),
        (
            json!({ "meta": { "accentColor": "#zzzzzz" } }),
            "/meta/accentColor",
            "validation_is_hex_color",
        ),
        (
            json!({ "meta": { "appURL": "x y" } }),
            "/meta/appURL",
            "validation_is_url",
        ),
        (
            json!({ "meta": { "senderAddress": "zz" } }),
            "/meta/senderAddress",
            "validation_is_email",
        ),
        (
            json!({ "smtp": { "enabled": true, "host": "" } }),
            "/smtp/host",
            "validation_required",
        ),
        (
            json!({ "smtp": { "enabled": true, "port": 0 } }),
            "/smtp/port",
            "validation_required",
        ),
        (
            json!({ "smtp": { "host": "a b" } }),
            "/smtp/host",
            "validation_is_host",
        ),
        (
            json!({ "smtp": { "authMethod": "FOO" } }),
            "/smtp/authMethod",
            "validation_in_invalid",
        ),
        (
            json!({ "s3": { "enabled": true } }),
            "/s3/secret",
            "validation_required",
        ),
        (
            json!({ "backups": { "cron": "zz" } }),
            "/backups/cron",
            "validation_invalid_cron",
        ),
        (
            json!({ "backups": { "cron": "@daily", "cronMaxKeep": 0 } }),
            "/backups/cronMaxKeep",
            "validation_required",
        ),
        (
            json!({ "backups": { "s3": { "enabled": true } } }),
            "/backups/s3/bucket",
            "validation_required",
        ),
        (
            json!({ "batch": { "enabled": true, "timeout": 0 } }),
            "/batch/timeout",
            "validation_required",
        ),
        (
            json!({ "batch": { "maxBodySize": -1 } }),
            "/batch/maxBodySize",
            "validation_min_greater_equal_than_required",
        ),
        (
            json!({ "logs": { "maxDays": -1 } }),
            "/logs/maxDays",
            "validation_min_greater_equal_than_required",
        ),
        (
            json!({ "superuserIPs": ["127.0.0.1", "10.0.0.0/8", "10.0.0.0/33"] }),
            "/superuserIPs/2",
            "validation_invlaid_ip_or_subnet",
        ),
        (
            json!({ "rateLimits": { "excludedIPs": ["zz"] } }),
            "/rateLimits/excludedIPs/0",
            "validation_invlaid_ip_or_subnet",
        ),
        (
            json!({ "rateLimits": { "enabled": true, "rules": [] } }),
            "/rateLimits/rules",
            "validation_required",
        ),
        (
            json!({ "rateLimits": { "rules": [{ "label": "a b", "duration": 1, "maxRequests": 1 }] } }),
            "/rateLimits/rules/0/label",
            "validation_match_invalid",
        ),
        (
            json!({ "rateLimits": { "rules": [{ "label": "/a", "duration": 0, "maxRequests": 1 }] } }),
            "/rateLimits/rules/0/duration",
            "validation_required",
        ),
        (
            json!({ "rateLimits": { "rules": [{ "label": "/a", "duration": 1, "maxRequests": 1 },
            { "label": "/a", "duration": 2, "maxRequests": 1, "audience": "@auth" }] } }),
            "/rateLimits/rules/1/label",
            "validation_conflicting_rate_limit_rule",
        ),
        (
            json!({ "rateLimits": { "rules": [{ "label": "/a", "duration": 1, "maxRequests": 1, "audience": "x" }] } }),
            "/rateLimits/rules/0/audience",
            "validation_in_invalid",
        ),
    ] {
        let told = changed(&settings, body.clone()).await.unwrap_err();
        let found = told
            .pointer(path)
            .and_then(|violation| violation.get("code"));
        assert_eq!(found, Some(&json!(code)), "{body}: {told}");
    }
    let malformed = changed(&settings, json!({ "meta": 5 })).await.unwrap_err();
    assert!(
        malformed
            .as_str()
            .unwrap()
            .starts_with("An error occurred while loading the submitted data.")
    );
    assert_eq!(*settings.current(), SettingsValues::default());
}
