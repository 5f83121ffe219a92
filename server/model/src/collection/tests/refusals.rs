//! Definitions that are refused.

use super::*;

#[test]
fn what_has_the_wrong_shape_is_malformed() {
    let field = |field: Json| json!({ "name": "x", "fields": [field] });
    for (body, expected) in [
        (
            json!({ "name": 5 }),
            "invalid type: integer `5`, expected a string",
        ),
        (
            json!({ "name": "x", "fields": "x" }),
            "invalid type: string \"x\", expected a sequence",
        ),
        (
            json!({ "name": "x", "indexes": [1] }),
            "invalid type: integer `1`, expected a string",
        ),
        (json!({ "name": "x", "type": 1 }), "type: expected a text"),
        (
            json!({ "name": "x", "type": "auth", "mfa": "x" }),
            "invalid type: string \"x\", expected struct MfaOptions",
        ),
        (
            field(json!("x")),
            "invalid type: string \"x\", expected a map",
        ),
        (
            field(json!({ "name": "a", "type": "zzz" })),
            "fields.0.type: unknown field type \"zzz\"",
        ),
        (
            field(json!({ "name": "a" })),
            "fields.0.type: a field type is missing",
        ),
        (
            field(json!({ "id": 5, "name": "a", "type": "text" })),
            "fields.0.id: expected a text",
        ),
    ] {
        assert_eq!(
            read(body.clone(), None).unwrap_err().to_string(),
            expected,
            "{body}"
        );
    }
    let stored = made(json!({ "name": "x" }), None);
    assert!(read(json!({ "listRule": 5 }), Some(&stored)).is_err());
}

#[test]
fn several_mistakes_are_reported_at_once_and_each_at_its_place() {
    let found = refused(
        json!({ "name": "a b", "listRule": "zzz = 1", "fields": [
            { "name": "a", "type": "text" }, { "name": "A", "type": "text" },
            { "name": "sel", "type": "select" },
            { "name": "rel", "type": "relation", "collectionId": "nope" },
        ], "indexes": ["hello", "create index i on t (a)", "create index I on t (sel)"] }),
        None,
    );
    let code = |path: &str| {
        let value = found.pointer(path).and_then(|value| value.get("code"));
        value.and_then(Json::as_str).unwrap_or("nothing").to_owned()
    };
    for (path, expected) in [
        ("/name", "validation_match_invalid"),
        ("/listRule", "validation_invalid_rule"),
        ("/fields/1", "nothing"),
        ("/fields/2/name", "validation_duplicated_field_name"),
        ("/fields/3/values", "validation_required"),
        (
            "/fields/4/collectionId",
            "validation_field_relation_missing_collection",
        ),
        ("/indexes/0", "validation_invalid_index_expression"),
        ("/indexes/1", "nothing"),
        ("/indexes/2", "validation_duplicated_index_name"),
    ] {
        assert_eq!(code(path), expected, "{path} of {found}");
    }
}

/// Options that make no sense, one and all.
const BAD_OPTIONS: &str = r#"{
    "name": "m", "type": "auth", "manageRule": "", "authRule": "zzz=1",
    "mfa": { "enabled": true, "duration": 1 },
    "otp": { "enabled": true, "duration": 1, "length": 1 },
    "authToken": { "duration": 1, "secret": "a" },
    "fileToken": { "duration": 94670857 },
    "passwordAuth": { "identityFields": ["nope"] },
    "oauth2": { "enabled": true, "providers": [
        { "name": "zzz" }, { "name": "google" },
        { "name": "google", "clientId": "a", "clientSecret": "b" }
    ] },
    "verificationTemplate": { "subject": "", "body": "" }
}"#;

/// Where they are refused, with the code after `validation_`, the sentence and the parameters.
const BAD_OPTIONS_FOUND: &[(&str, &str, &str, &str)] = &[
    (
        "/manageRule",
        "nil_or_not_empty_required",
        "Cannot be blank.",
        "",
    ),
    (
        "/mfa/duration",
        "min_greater_equal_than_required",
        "Must be no less than 10.",
        r#"{"threshold":10}"#,
    ),
    (
        "/otp/duration",
        "min_greater_equal_than_required",
        "Must be no less than 10.",
        r#"{"threshold":10}"#,
    ),
    (
        "/otp/length",
        "min_greater_equal_than_required",
        "Must be no less than 4.",
        r#"{"threshold":4}"#,
    ),
    (
        "/authToken/duration",
        "min_greater_equal_than_required",
        "Must be no less than 10.",
        r#"{"threshold":10}"#,
    ),
    (
        "/authToken/secret",
        "length_out_of_range",
        "The length must be between 30 and 255.",
        r#"{"max":255,"min":30}"#,
    ),
    (
        "/fileToken/duration",
        "max_less_equal_than_required",
        "Must be no greater than 94670856.",
        r#"{"threshold":94670856}"#,
    ),
    (
        "/passwordAuth/identityFields",
        "missing_field",
        "Invalid or missing field nope.",
        r#"{"fieldName":"nope"}"#,
    ),
    (
        "/oauth2/providers/0/name",
        "missing_provider",
        "Invalid or missing provider with name zzz.",
        r#"{"name":"zzz"}"#,
    ),
    (
        "/oauth2/providers/1/clientId",
        "required",
        "Cannot be blank.",
        "",
    ),
    (
        "/oauth2/providers/2/name",
        "duplicated_provider",
        "The provider google is already registered.",
        r#"{"name":"google"}"#,
    ),
    (
        "/verificationTemplate/body",
        "required",
        "Cannot be blank.",
        "",
    ),
];

#[test]
fn auth_options_are_checked() {
    let found = refused(serde_json::from_str(BAD_OPTIONS).unwrap(), None);
    for (path, code, message, params) in BAD_OPTIONS_FOUND {
        let mut expected = json!({ "code": format!("validation_{code}"), "message": message });
        if !params.is_empty() {
            expected["params"] = serde_json::from_str(params).unwrap();
        }
        assert_eq!(found.pointer(path), Some(&expected), "{path}");
    }
    let alone = refused(
        json!({ "name": "m", "type": "auth", "mfa": { "enabled": true } }),
        None,
    );
    assert_eq!(
        alone["mfa"]["enabled"]["code"],
        "validation_mfa_not_enough_auths"
    );
    let verified =
        json!({ "name": "m", "type": "auth", "passwordAuth": { "identityFields": ["verified"] } });
    let found = refused(verified, None);
    assert_eq!(
        found["passwordAuth"]["identityFields"]["code"],
        "validation_missing_unique_constraint"
    );
}
