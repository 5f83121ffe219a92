//! Tests of the settings.

use luge_model::principal::Principal;
use serde_json::json;

use super::*;
use crate::secrets::Vault;
use crate::store::{self, Durability, StoreKind, StoreOptions};

fn opened() -> (Settings, Arc<Committer>) {
    let options = StoreOptions {
        folder: std::path::PathBuf::new(),
        durability: Durability::default(),
        cache_bytes: 0,
    };
    let store = store::open(StoreKind::Memory, &options).unwrap();
    let committer = Arc::new(Committer::open(store).unwrap());
    (
        Settings::open(Arc::clone(&committer), Fixed::default(), Arc::default()).unwrap(),
        committer,
    )
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
        include_str!("defaults.json").trim_end()
    );
    assert!(matches!(
        settings.view(&Context::default()),
        Err(Error::SignInNeeded)
    ));
}

#[tokio::test]
async fn changes_merge_survive_and_keep_secrets() {
    let (settings, committer) = opened();
    let smtp = json!({ "password": "secret-word" });
    let body = json!({ "meta": { "appName": "Sledding" }, "smtp": smtp, "zzz": 1 });
    let shown = changed(&settings, body).await.unwrap();
    assert_eq!(shown["meta"]["appName"], "Sledding");
    assert_eq!(shown["meta"]["senderName"], "Support");
    assert!(!shown.to_string().contains("secret-word"));
    changed(&settings, json!({ "smtp": { "port": 25 } }))
        .await
        .unwrap();
    let again = Settings::open(committer, Fixed::default(), Arc::default()).unwrap();
    assert_eq!(again.current().smtp.password.reveal(), "secret-word");
    assert_eq!(again.current().smtp.port, 25);
    assert_eq!(again.current(), settings.current());
    assert!(!format!("{settings:?}").contains("secret-word"));
}

#[test]
fn settings_that_were_stored_before_proxies_had_names_are_read() {
    let text = Json::Object(SettingsValues::default().with_secrets()).to_string();
    let before = text.replace(r#","addresses":[]"#, "");
    assert_ne!(before, text);
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(before.as_bytes());
    let read = decode(&bytes, &Arc::default()).unwrap();
    assert_eq!(read, SettingsValues::default());
}

#[tokio::test]
async fn superusers_are_let_in_from_where_the_settings_say() {
    let (settings, _) = opened();
    let may = |text: Option<&str>| {
        let client = text.map(|text| text.parse().unwrap());
        settings.superuser_may_come_from(client).is_ok()
    };
    assert!(may(Some("1.2.3.4")) && may(None));
    let networks = json!({ "superuserIPs": ["10.0.0.0/8", "2001:db8::1"] });
    changed(&settings, networks).await.unwrap();
    assert!(may(Some("10.9.9.9")) && may(Some("::ffff:10.0.0.1")) && may(Some("2001:db8::1")));
    for elsewhere in [
        Some("11.0.0.1"),
        Some("2001:db8::2"),
        Some("::10.0.0.1"),
        None,
    ] {
        assert!(!may(elsewhere), "{elsewhere:?}");
    }
}

/// What is sent, where it is refused, and with which code after `validation_`.
const REFUSED: &[(&str, &str, &str)] = &[
    (r##"{"meta":{"appName":""}}"##, "/meta/appName", "required"),
    (
        r##"{"meta":{"accentColor":"red"}}"##,
        "/meta/accentColor",
        "length_invalid",
    ),
    (
        r##"{"meta":{"accentColor":"#zzzzzz"}}"##,
        "/meta/accentColor",
        "is_hex_color",
    ),
    (r##"{"meta":{"appURL":"x y"}}"##, "/meta/appURL", "is_url"),
    (
        r##"{"meta":{"senderAddress":"zz"}}"##,
        "/meta/senderAddress",
        "is_email",
    ),
    (
        r##"{"smtp":{"enabled":true,"host":""}}"##,
        "/smtp/host",
        "required",
    ),
    (
        r##"{"smtp":{"enabled":true,"port":0}}"##,
        "/smtp/port",
        "required",
    ),
    (r##"{"smtp":{"host":"a b"}}"##, "/smtp/host", "is_host"),
    (
        r##"{"smtp":{"authMethod":"FOO"}}"##,
        "/smtp/authMethod",
        "in_invalid",
    ),
    (r##"{"s3":{"enabled":true}}"##, "/s3/secret", "required"),
    (
        r##"{"backups":{"cron":"zz"}}"##,
        "/backups/cron",
        "invalid_cron",
    ),
    (
        r##"{"backups":{"cron":"@daily","cronMaxKeep":0}}"##,
        "/backups/cronMaxKeep",
        "required",
    ),
    (
        r##"{"backups":{"s3":{"enabled":true}}}"##,
        "/backups/s3/bucket",
        "required",
    ),
    (
        r##"{"batch":{"enabled":true,"timeout":0}}"##,
        "/batch/timeout",
        "required",
    ),
    (
        r##"{"batch":{"maxBodySize":-1}}"##,
        "/batch/maxBodySize",
        "min_greater_equal_than_required",
    ),
    (
        r##"{"logs":{"maxDays":-1}}"##,
        "/logs/maxDays",
        "min_greater_equal_than_required",
    ),
    (
        r##"{"superuserIPs":["127.0.0.1","10.0.0.0/8","10.0.0.0/33"]}"##,
        "/superuserIPs/2",
        "invlaid_ip_or_subnet",
    ),
    (
        r##"{"rateLimits":{"excludedIPs":["zz"]}}"##,
        "/rateLimits/excludedIPs/0",
        "invlaid_ip_or_subnet",
    ),
    (
        r##"{"rateLimits":{"enabled":true,"rules":[]}}"##,
        "/rateLimits/rules",
        "required",
    ),
    (
        r##"{"rateLimits":{"rules":[{"label":"a b","duration":1,"maxRequests":1}]}}"##,
        "/rateLimits/rules/0/label",
        "match_invalid",
    ),
    (
        r##"{"rateLimits":{"rules":[{"label":"/a","maxRequests":1}]}}"##,
        "/rateLimits/rules/0/duration",
        "required",
    ),
    (
        r##"{"rateLimits":{"rules":[{"audience":"x"}]}}"##,
        "/rateLimits/rules/0/audience",
        "in_invalid",
    ),
    (
        r##"{"rateLimits":{"rules":[{"label":"/a","duration":9000000000000,"maxRequests":1}]}}"##,
        "/rateLimits/rules/0/duration",
        "max_less_equal_than_required",
    ),
    (
        r##"{"trustedProxy":{"addresses":["10.0.0.1","proxy"]}}"##,
        "/trustedProxy/addresses/1",
        "invlaid_ip_or_subnet",
    ),
];

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_the_codes_of_the_contract() {
    let (settings, _) = opened();
    let refused = REFUSED.iter().map(|(body, path, code)| {
        let body: Json = serde_json::from_str(body).unwrap();
        (body, *path, *code)
    });
    let long = json!({ "meta": { "appName": "x".repeat(256) } });
    let conflict = json!({ "rateLimits": { "rules": [
        { "label": "/a", "duration": 1, "maxRequests": 1 },
        { "label": "/a", "duration": 2, "maxRequests": 1, "audience": "@auth" },
    ] } });
    for (body, path, code) in refused.chain([
        (long, "/meta/appName", "length_out_of_range"),
        (
            conflict,
            "/rateLimits/rules/1/label",
            "conflicting_rate_limit_rule",
        ),
    ]) {
        let told = changed(&settings, body.clone()).await.unwrap_err();
        let found = told
            .pointer(path)
            .and_then(|violation| violation.get("code"));
        assert_eq!(
            found,
            Some(&json!(format!("validation_{code}"))),
            "{body}: {told}"
        );
    }
    let malformed = changed(&settings, json!({ "meta": 5 })).await.unwrap_err();
    let sentence = "An error occurred while loading the submitted data.";
    assert!(malformed.as_str().unwrap().starts_with(sentence));
    assert_eq!(*settings.current(), SettingsValues::default());
}

const KEY: &str = "0123456789abcdef0123456789abcdef";
const OTHER_KEY: &str = "fedcba9876543210fedcba9876543210";

fn fixed(values: &[(&str, &str)]) -> Fixed {
    let mut fixed = Fixed::default();
    for (path, text) in values {
        let path: Vec<_> = path.split('.').map(str::to_owned).collect();
        let origin = Origin::Environment(format!("LUGE_SETTINGS__{}", path.join("__")));
        fixed
            .add(&path, Given::Text((*text).to_owned()), origin)
            .unwrap();
    }
    fixed
}

#[tokio::test]
async fn what_is_given_from_outside_holds_and_is_not_stored() {
    let (_, committer) = opened();
    let open = |fixed| Settings::open(Arc::clone(&committer), fixed, Arc::default());
    let settings = open(fixed(&[
        ("meta.appName", "Outside"),
        ("smtp.password", "pw"),
    ]))
    .unwrap();
    assert_eq!(settings.current().meta.app_name, "Outside");
    assert_eq!(settings.current().smtp.password.reveal(), "pw");
    let refused = changed(&settings, json!({"meta": {"appName": "Inside"}})).await;
    let violation = &refused.unwrap_err()["meta"]["appName"];
    assert_eq!(violation["code"], "validation_fixed_setting");
    assert!(
        violation
            .to_string()
            .contains("LUGE_SETTINGS__meta__appName"),
        "{violation}"
    );
    let refused = changed(&settings, json!({"smtp": {"password": "other"}})).await;
    assert!(refused.unwrap_err()["smtp"]["password"].is_object());
    let both = json!({"meta": {"appName": "Outside", "senderName": "S"}});
    let shown = changed(&settings, both).await.unwrap();
    assert_eq!(
        (&shown["meta"]["appName"], &shown["meta"]["senderName"]),
        (&json!("Outside"), &json!("S"))
    );
    let sources = settings.sources(&superuser()).unwrap();
    let source = |path: &str| {
        let found = sources.iter().find(|source| source.path == path).unwrap();
        (found.kind, found.from.as_deref())
    };
    let variable = "LUGE_SETTINGS__meta__appName";
    assert_eq!(source("meta.appName"), ("environment", Some(variable)));
    assert_eq!(source("smtp.password").0, "environment");
    assert_eq!(source("meta.senderName"), ("stored", None));
    assert_eq!(source("backups.s3.secret"), ("default", None));
    assert!(matches!(
        settings.sources(&Context::default()),
        Err(Error::SignInNeeded)
    ));
    let settings = open(Fixed::default()).unwrap();
    assert_eq!(settings.current().meta.app_name, "Acme");
    assert_eq!(settings.current().meta.sender_name, "S");
    assert!(settings.current().smtp.password.is_empty());
    let error = open(fixed(&[("meta.appName", "")]))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("meta.appName (LUGE_SETTINGS__meta__appName): "),
        "{error}"
    );
}

#[tokio::test]
async fn secrets_are_encrypted_once_there_is_a_key() {
    let (settings, committer) = opened();
    changed(&settings, json!({"smtp": {"password": "secret-word"}}))
        .await
        .unwrap();
    let holds_word = || {
        let bytes = committer.store().get(&settings_key()).unwrap().unwrap();
        bytes.windows(11).any(|part| part == b"secret-word")
    };
    assert!(holds_word());
    let open = |key: Option<&str>| {
        Settings::open(
            Arc::clone(&committer),
            Fixed::default(),
            Arc::new(Vault::new(key).unwrap()),
        )
    };
    let settings = open(Some(KEY)).unwrap();
    assert!(!holds_word(), "a key that is added encrypts");
    assert_eq!(settings.current().smtp.password.reveal(), "secret-word");
    changed(&settings, json!({"smtp": {"password": MASK, "port": 26}}))
        .await
        .unwrap();
    assert!(!holds_word());
    assert_eq!(
        settings.current().smtp.password.reveal(),
        "secret-word",
        "the mask keeps it"
    );
    for key in [None, Some(OTHER_KEY)] {
        let error = open(key).unwrap_err();
        assert!(matches!(error, Error::Misconfigured { .. }), "{error}");
    }
    let again = open(Some(KEY)).unwrap();
    assert_eq!(again.current().smtp.port, 26);
}
