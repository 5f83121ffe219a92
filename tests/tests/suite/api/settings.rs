//! Settings: what the contract says of them, where they come from, and how secrets are kept.

use std::path::Path;
use std::process::Command;

use luge_tests::server::{Options, binary, is_reference, new_folder};
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

const PATH: &str = "/api/settings";
const KEY: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn settings_are_changed_by_part_and_checked_whole() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let patch = |name, body: Value| Case::new(name, &superuser, "PATCH", PATH).json(&body);
    check(vec![
        patch("a part", json!({"meta": {"appName": "Sled"}})).is("meta.appName", "Sled"),
        patch("another part", json!({"meta": {"senderName": "S"}})).is("meta.appName", "Sled"),
        patch("unknown keys", json!({"nope": {"x": 1}, "meta": {"y": 1}}))
            .is("meta.appName", "Sled"),
        patch("a secret", json!({"smtp": {"password": "secret-word"}}))
            .lacks("secret-word")
            .lacks("password"),
        patch("logs", json!({"logs": {"maxDays": 7, "maxDataSize": 1000}})).is("logs.maxDays", 7),
        patch("a cron", json!({"backups": {"cron": "0 0 * * *"}})).is("backups.cron", "0 0 * * *"),
        patch("a macro", json!({"backups": {"cron": "@daily"}})).is("backups.cron", "@daily"),
        patch("no cron", json!({"backups": {"cron": ""}})).is("backups.cron", ""),
        Case::new("a guest reads", &anyone, "GET", PATH).status(401),
        Case::new("a guest writes", &anyone, "PATCH", PATH).status(401),
        Case::new("in the end", &superuser, "GET", PATH)
            .is("meta.appName", "Sled")
            .is("logs.maxDays", 7)
            .lacks("secret-word")
            .lacks("\"password\"")
            .lacks("\"secret\""),
    ]);
}

/// A change that is refused, with a code at a path.
fn refused<'a>(persona: &'a Persona, body: &Value, path: &'a str, code: &str) -> Case<'a> {
    Case::new(path, persona, "PATCH", PATH)
        .json(body)
        .refused(400, path, code)
        .is(
            "message",
            "An error occurred while saving the new settings.",
        )
}

#[test]
fn settings_that_make_no_sense_are_refused_by_name() {
    let server = Server::start();
    let superuser = server.superuser();
    let before = superuser.get(PATH).text;
    let meta = |key: &str, text: &str| json!({"meta": {key: text}});
    let cron = |cron: &str, kept: i64| json!({"backups": {"cron": cron, "cronMaxKeep": kept}});
    let (required, too_small) = (
        "validation_required",
        "validation_min_greater_equal_than_required",
    );
    let rows = [
        (
            cron("* * *", 1),
            "data.backups.cron.code",
            "validation_invalid_cron",
        ),
        (cron("@daily", 0), "data.backups.cronMaxKeep.code", required),
        (meta("appName", ""), "data.meta.appName.code", required),
        (
            meta("appURL", "x"),
            "data.meta.appURL.code",
            "validation_is_url",
        ),
        (
            meta("senderAddress", "x"),
            "data.meta.senderAddress.code",
            "validation_is_email",
        ),
        (
            json!({"logs": {"maxDays": -1}}),
            "data.logs.maxDays.code",
            too_small,
        ),
        (
            json!({"smtp": {"enabled": true, "host": ""}}),
            "data.smtp.host.code",
            required,
        ),
        (
            json!({"s3": {"enabled": true}}),
            "data.s3.bucket.code",
            required,
        ),
        (
            json!({"batch": {"enabled": true, "maxRequests": 0}}),
            "data.batch.maxRequests.code",
            required,
        ),
        (
            json!({"superuserIPs": ["x"]}),
            "data.superuserIPs.0.code",
            "validation_invlaid_ip_or_subnet",
        ),
    ];
    let cases = rows.iter();
    let cases = cases.map(|(body, path, code)| refused(&superuser, body, path, code));
    check(cases.collect());
    assert_eq!(superuser.get(PATH).text, before);
}

/// Only of Luge: settings from the environment and from `luge.toml`.
#[test]
fn what_is_given_from_outside_is_named_and_cannot_be_changed_inside() {
    if is_reference(&binary()) {
        return;
    }
    let folder = new_folder();
    std::fs::create_dir_all(&folder).unwrap();
    let file = "[settings.meta]\nappName = \"From the file\"\n\n[settings.smtp]\nport = 2525\n";
    std::fs::write(folder.join("luge.toml"), file).unwrap();
    let variable = |name: &str, text: &str| (format!("LUGE_SETTINGS__{name}"), text.to_owned());
    let server = Server::start_with(Options {
        folder: Some(folder.clone()),
        environment: vec![
            variable("smtp__host", "mail.example.com"),
            variable("SMTP__PASSWORD", "secret-word"),
            variable("superuserIPs", "[\"127.0.0.0/8\"]"),
        ],
        ..Options::default()
    });
    let (superuser, anyone) = (server.superuser(), server.anyone());
    superuser
        .patch(PATH, &json!({"meta": {"senderName": "S"}}))
        .expect(200);
    let patch = |name, body: Value| Case::new(name, &superuser, "PATCH", PATH).json(&body);
    let code = "validation_fixed_setting";
    check(vec![
        Case::new("what holds", &superuser, "GET", PATH)
            .is("meta.appName", "From the file")
            .is("smtp.host", "mail.example.com")
            .is("smtp.port", 2525)
            .is("superuserIPs.0", "127.0.0.0/8")
            .lacks("secret-word"),
        patch("by the environment", json!({"smtp": {"host": "x.com"}}))
            .refused(400, "data.smtp.host.code", code)
            .has("LUGE_SETTINGS__smtp__host"),
        patch("by the file", json!({"meta": {"appName": "x"}}))
            .refused(400, "data.meta.appName.code", code)
            .has("line 2 of luge.toml"),
        patch("a secret", json!({"smtp": {"password": "x"}})).refused(
            400,
            "data.smtp.password.code",
            code,
        ),
        patch("a list", json!({"superuserIPs": []})).refused(400, "data.superuserIPs.code", code),
        patch(
            "repeated",
            json!({"smtp": {"host": "mail.example.com", "localName": "x.com"}}),
        )
        .is("smtp.localName", "x.com"),
    ]);
    check_sources(&superuser);
    anyone.get("/api/settings/sources").expect(401);
    drop(server);
    std::fs::remove_dir_all(&folder).unwrap();
}

fn check_sources(superuser: &Persona) {
    let sources = superuser.get("/api/settings/sources").expect(200);
    for (path, source, from) in [
        ("meta.appName", "file", json!("line 2 of luge.toml")),
        ("smtp.port", "file", json!("line 5 of luge.toml")),
        (
            "smtp.host",
            "environment",
            json!("LUGE_SETTINGS__smtp__host"),
        ),
        (
            "smtp.password",
            "environment",
            json!("LUGE_SETTINGS__SMTP__PASSWORD"),
        ),
        ("meta.senderName", "stored", Value::Null),
        ("smtp.localName", "stored", Value::Null),
        ("s3.secret", "default", Value::Null),
    ] {
        assert_eq!(sources[path]["source"], source, "{path}: {sources}");
        assert_eq!(sources[path]["from"], from, "{path}: {sources}");
    }
}

/// Whether a text stands in some file of a folder.
fn holds(folder: &Path, text: &str) -> bool {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries.into_iter().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return holds(&path, text);
        }
        let bytes = std::fs::read(&path).unwrap_or_default();
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    })
}

/// Only of Luge: secrets under a key.
#[test]
fn with_a_key_no_file_holds_a_secret_and_without_it_nothing_starts() {
    if is_reference(&binary()) {
        return;
    }
    let folder = new_folder();
    let environment = |key: &str| {
        vec![
            ("LUGE_ENCRYPTION_ENV".to_owned(), "THE_KEY".to_owned()),
            ("THE_KEY".to_owned(), key.to_owned()),
        ]
    };
    let mut server = Server::start_with(Options {
        folder: Some(folder.clone()),
        environment: environment(KEY),
        ..Options::default()
    });
    let superuser = server.superuser();
    superuser
        .patch(PATH, &json!({"smtp": {"password": "secret-word-1"}}))
        .expect(200);
    let provider = json!({"name": "google", "clientId": "id", "clientSecret": "secret-word-2"});
    superuser.collection(&json!({
        "name": "members", "type": "auth", "oauth2": {"enabled": true, "providers": [provider]},
    }));
    assert_eq!(server.terminate(), Some(0), "{}", server.log());
    server.restart();
    let members = server
        .superuser()
        .get("/api/collections/members")
        .expect(200);
    assert_eq!(members["oauth2"]["providers"][0]["clientId"], "id");
    assert_eq!(server.terminate(), Some(0));
    for secret in ["secret-word-1", "secret-word-2"] {
        assert!(!holds(&folder, secret), "{secret} stands in a file");
    }
    drop(server);
    let start = |variables: Vec<(String, String)>| {
        let mut command = Command::new(binary());
        command.args(["superuser", "create", "x@y.com", "a long password"]);
        command
            .arg("--dir")
            .arg(folder.join("data"))
            .envs(variables)
            .current_dir(&folder);
        let output = command.output().unwrap();
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let other = KEY.replace('f', "e");
    let named = environment(KEY).drain(..1).collect();
    for (variables, reason) in [
        (Vec::new(), "encrypted, and no key is given"),
        (environment(&other), "encrypted under another key"),
        (environment("short"), "must have 32"),
        (
            named,
            "the variable THE_KEY, which is to hold the encryption key, is not set",
        ),
    ] {
        let (code, said) = start(variables);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(reason), "{said}");
        assert!(said.lines().count() >= 2, "no remedy: {said}");
    }
    assert_eq!(start(environment(KEY)).0, Some(0));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Only of Luge: what each superuser prefers.
#[test]
fn superusers_keep_preferences_that_go_with_them() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let path = "/api/superusers/preferences";
    let password = "a long password";
    let second = json!({"email": "b@b.com", "password": password, "passwordConfirm": password});
    let id = superuser.record("_superusers", &second)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let other = anyone.sign_in("_superusers", "b@b.com", "a long password");
    let member = server.member();
    let put = |name, persona, body: &Value| Case::new(name, persona, "PUT", path).json(body);
    let get = |name, persona| Case::new(name, persona, "GET", path);
    check(vec![
        get("none yet", &superuser).lacks("theme"),
        put(
            "set",
            &superuser,
            &json!({"theme": "dark", "columns": {"posts": ["a"]}}),
        )
        .is("theme", "dark"),
        get("kept", &superuser).is("columns.posts.0", "a"),
        get("of another", &other).lacks("theme"),
        put("set by another", &other, &json!({"theme": "light"})).is("theme", "light"),
        put("replaced", &superuser, &json!({"x": 1})).lacks("theme"),
        put("too large", &superuser, &json!({"x": "y".repeat(70_000)}))
            .status(400)
            .has("65536"),
        put("no object", &superuser, &json!([1])).status(400),
        put("a member", &member, &json!({})).status(403),
        put("a guest", &anyone, &json!({})).status(401),
        get("a member reads", &member).status(403),
        get("a guest reads", &anyone).status(401),
        get("after all", &superuser).is("x", 1),
    ]);
    superuser
        .delete(&format!("/api/collections/_superusers/records/{id}"))
        .expect(204);
    other.get(path).expect(401);
    superuser.record(
        "_superusers",
        &json!({"id": id, "email": "c@b.com",
        "password": "a long password", "passwordConfirm": "a long password"}),
    );
    let third = anyone.sign_in("_superusers", "c@b.com", "a long password");
    assert_eq!(
        third.get(path).expect(200),
        json!({}),
        "they went with the superuser"
    );
}

/// Only of Luge: how the server fared.
#[test]
fn superusers_see_the_history_of_metrics() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let member = server.member();
    let path = "/api/metrics/history";
    let history = |name, query: &str| Case::new(name, &superuser, "GET", &format!("{path}{query}"));
    check(vec![
        history("the last hour", "")
            .is("step", 60)
            .has("\"samples\":["),
        history("a month", "?from=2026-01-01&to=2026-01-31").has("\"step\":"),
        history("picked", "?fields=step").lacks("samples"),
        history("no moment", "?from=x").status(400).has("from"),
        history("no number", "?step=x").status(400).has("step"),
        history("negative", "?step=-1").status(400).has("step"),
        history("too fine", "?from=2026-01-01&to=2026-01-31&step=600")
            .status(400)
            .has("step"),
        Case::new("a guest's history", &anyone, "GET", path).status(401),
        Case::new("a member's history", &member, "GET", path).status(403),
    ]);
}
