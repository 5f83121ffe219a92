//! Who may manage webhooks, and what is refused.

use luge_tests::{Case, Requests, check};
use serde_json::{Value, json};

use super::{path, world};

#[test]
fn only_superusers_have_to_do_with_webhooks() {
    let Some(world) = world() else { return };
    let webhook = world.webhook(json!({}));
    world.post("a");
    let delivered = world.wait_for(&webhook, "delivered", 1);
    let delivery = delivered["items"][0]["id"].as_str().unwrap();
    let anyone = world.server.anyone();
    world
        .superuser
        .collection(&json!({"name": "members", "type": "auth"}));
    let ann = world.superuser.account("members", "ann@example.com");
    let one = path(&webhook);
    let of_delivery = format!("{one}/deliveries/{delivery}");
    let routes = [
        ("GET", "/api/webhooks".to_owned()),
        ("POST", "/api/webhooks".to_owned()),
        ("GET", one.clone()),
        ("PATCH", one.clone()),
        ("DELETE", one.clone()),
        ("POST", format!("{one}/rotate-secret")),
        ("POST", format!("{one}/test")),
        ("GET", format!("{one}/deliveries")),
        ("GET", of_delivery.clone()),
        ("POST", format!("{of_delivery}/replay")),
    ];
    let mut cases = Vec::new();
    for (method, path) in &routes {
        let refused = |who, status| {
            Case::new(path, who, method, path)
                .status(status)
                .lacks("whsec")
        };
        cases.push(refused(&anyone, 401));
        cases.push(refused(&ann, 403));
        let none = path.replace(webhook["id"].as_str().unwrap(), "none");
        if none != *path {
            cases.push(Case::new("none", &world.superuser, method, &none).status(404));
        }
    }
    let of_none = format!("{one}/deliveries/none");
    for (method, path) in [
        ("GET", of_none.clone()),
        ("POST", format!("{of_none}/replay")),
    ] {
        cases.push(Case::new("no delivery", &world.superuser, method, &path).status(404));
    }
    check(cases);
    assert_eq!(world.receiver.received().len(), 1);
    check(vec![
        Case::new("still there", &world.superuser, "GET", &one).is("status.waiting", 0),
    ]);
}

/// Values that are refused, by key.
fn wrong_values() -> Vec<(&'static str, Value)> {
    vec![
        ("collection", json!("nothing")),
        ("collection", json!("")),
        ("collection", json!(1)),
        ("collection", json!("shown")),
        ("collection", json!("_superusers")),
        ("url", json!("")),
        ("url", json!(7)),
        ("url", json!("example.com")),
        ("url", json!("ftp://example.com")),
        ("url", json!("https://user:password@example.com")),
        ("url", json!("http://169.254.169.254/latest")),
        ("url", json!("http://localhost:0")),
        ("url", json!("http://[::1]/")),
        ("url", json!("https://1.1.1.1:22")),
        ("actions", json!([])),
        ("actions", json!("create")),
        ("actions", json!(["list"])),
        ("actions", json!(["create", 1])),
        ("filter", json!("nothing = 1")),
        ("filter", json!("title =")),
        ("filter", json!(true)),
        ("enabled", json!("yes")),
        ("includeHidden", json!(1)),
        ("includeBefore", Value::Null),
        ("name", json!("x".repeat(256))),
        ("secret", json!("whsec_AAAA")),
        ("since", json!(0)),
    ]
}

/// Headers that are refused.
fn wrong_headers() -> Vec<(&'static str, Value)> {
    vec![
        ("Host", json!("x")),
        ("content-length", json!("1")),
        ("Webhook-Id", json!("x")),
        ("a b", json!("x")),
        ("X-One", json!("a\r\nb: c")),
        ("X-One", json!(1)),
        ("X-One", Value::Null),
    ]
}

#[test]
fn what_makes_no_sense_is_refused_by_name_and_changes_nothing() {
    let Some(world) = world() else { return };
    let superuser = &world.superuser;
    superuser.collection(&json!({
        "name": "shown", "type": "view", "viewQuery": "SELECT id FROM posts",
    }));
    let webhook = world.webhook(json!({"name": "kept"}));
    let rows = wrong_values();
    let one = path(&webhook);
    let mut cases = Vec::new();
    for (key, value) in &rows {
        let refused = |method, path| {
            let mut body = json!({
                "collection": "posts", "url": world.receiver.url(), "actions": ["create"],
            });
            body[key] = value.clone();
            let row = Case::new(key, superuser, method, path).json(&body);
            row.status(400)
                .has(&format!("\"{key}\":{{\"code\":\"validation_"))
        };
        // Whose records are watched can be chosen once.
        let other = *key == "collection" && *value == "_superusers";
        cases.push(refused("PATCH", &one));
        cases.push(refused("POST", "/api/webhooks").unless(other));
    }
    for (name, value) in wrong_headers() {
        let body = json!({"headers": {name: value}});
        let row = Case::new(name, superuser, "PATCH", &one).json(&body);
        cases.push(row.status(400).has(&format!("{{\"{name}\":{{\"code\"")));
    }
    let missing = Case::new("nothing", superuser, "POST", "/api/webhooks").json(&json!({}));
    cases.push(
        missing
            .status(400)
            .has("collection")
            .has("url")
            .has("actions"),
    );
    let state = format!("{one}/deliveries?state=lost");
    cases.push(Case::new("state", superuser, "GET", &state).status(400));
    cases.push(
        Case::new("unchanged", superuser, "GET", "/api/webhooks")
            .is("totalItems", 1)
            .is("items.0.name", "kept")
            .is("items.0.updated", webhook["updated"].clone()),
    );
    check(cases);
}

#[test]
fn a_secret_is_shown_once_and_is_in_no_log() {
    let Some(world) = world() else { return };
    let headers = json!({"headers": {"Authorization": "Bearer hunter2"}});
    let webhook = world.webhook(headers);
    let one = path(&webhook);
    let rotated = world
        .superuser
        .post(&format!("{one}/rotate-secret"), &json!({}));
    let secrets = [webhook["secret"].clone(), rotated.at("secret")];
    assert_ne!(secrets[0], secrets[1]);
    world.post("a");
    world.wait_for(&webhook, "delivered", 1);
    let (list, shown) = ("/api/webhooks", world.superuser.get(&one));
    let texts = [
        shown.text,
        world.superuser.get(list).text,
        world.server.log(),
    ];
    for text in texts {
        for secret in &secrets {
            let secret = secret.as_str().unwrap().trim_start_matches("whsec_");
            assert!(!text.contains(secret), "{text}");
        }
        assert!(!text.contains("hunter2"), "{text}");
    }
    let sent = &world.receiver.received()[0];
    assert_eq!(sent.header("authorization"), "Bearer hunter2");
    assert_eq!(sent.header("webhook-signature").split(' ').count(), 2);
}
