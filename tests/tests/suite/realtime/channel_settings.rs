//! Definitions of channels: what is accepted, what is refused and why.

use luge_tests::{Case, Requests, Server, check};
use serde_json::{Value, json};

const PATH: &str = "/api/settings";

#[test]
fn definitions_are_checked_when_they_are_saved() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let (superuser, anyone) = (server.superuser(), server.anyone());
    superuser.collection(&json!({"name": "seats", "type": "base", "fields": [
        {"name": "room", "type": "text"}, {"name": "secret", "type": "text", "hidden": true},
    ]}));
    let good = json!([
        {"name": "hall", "joinRule": "", "sendRule": "@request.body.payload.n > 1"},
        {"name": "room-{id}", "presence": true, "sendRule": null, "joinRule":
            "@collection.seats.room ?= id && name != 'room-7' && @collection.seats.secret != ''"},
        {"name": "{any}", "joinRule": "@request.auth.id = any || @request.query.x:isset = true"},
    ]);
    let patch = |channels: &Value| {
        Case::new("", &superuser, "PATCH", PATH).json(&json!({ "channels": channels }))
    };
    let refused =
        |channels: &Value, path: &'static str, code: &str| patch(channels).refused(400, path, code);
    let named = |name: &str| json!([{"name": "ok"}, {"name": name}]);
    check(vec![
        patch(&good)
            .is("channels.0.joinRule", "")
            .is("channels.0.presence", false)
            .is("channels.1.presence", true)
            .is("channels.2.sendRule", Value::Null),
        patch(&Value::Null).is("channels.0.name", "hall"),
    ]);
    let before = superuser.get(PATH).text;
    let name = "data.channels.1.name.code";
    let many: Vec<_> = (0..101).map(|n| json!({"name": format!("n{n}")})).collect();
    check(vec![
        refused(&named(""), name, "validation_required"),
        refused(&named("ok"), name, "validation_not_unique"),
        refused(
            &json!(many),
            "data.channels.code",
            "validation_length_too_long",
        ),
        refused(
            &json!([{"name": "a", "sendRule": "x = 1"}]),
            "data.channels.0.sendRule.code",
            "validation_invalid_rule",
        ),
        patch(&json!([{"name": "a", "joinrule": ""}]))
            .status(400)
            .has("joinrule"),
        patch(&json!([{"name": "a", "joinRule": 5}])).status(400),
        patch(&json!([{"name": "a", "presence": "x"}])).status(400),
        patch(&json!({"name": "a"})).status(400),
        patch(&json!("hall")).status(400),
        Case::new("a guest", &anyone, "PATCH", PATH)
            .json(&json!({ "channels": good }))
            .status(401),
        Case::new("a guest reads", &anyone, "GET", PATH).status(401),
    ]);
    assert_eq!(superuser.get(PATH).text, before);
    // A rule that lost its collection holds up no other setting, and is refused when it is touched.
    superuser.delete("/api/collections/seats").expect(204);
    let meta = Case::new("another setting", &superuser, "PATCH", PATH);
    check(vec![
        meta.json(&json!({"meta": {"appName": "Sled"}}))
            .is("channels.0.name", "hall"),
        patch(&json!([good[1], good[0]])).status(400),
        patch(&json!([])).is("channels", json!([])),
    ]);
}

#[test]
fn patterns_and_rules_that_make_no_sense_are_refused() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let superuser = server.superuser();
    superuser.collection(&json!({"name": "seats", "type": "base"}));
    let refused = |channels: &Value, path: &'static str, code: &str| {
        Case::new(path, &superuser, "PATCH", PATH)
            .json(&json!({ "channels": channels }))
            .refused(400, path, code)
    };
    let (name, invalid) = (
        "data.channels.1.name.code",
        "validation_invalid_channel_name",
    );
    let (join, wrong) = ("data.channels.0.joinRule.code", "validation_invalid_rule");
    let named = |name: &str| json!([{"name": "ok"}, {"name": name}]);
    let rule = |rule: &str| json!([{"name": "room-{id}", "joinRule": rule}]);
    let patterns = [
        ("a/b", "no letter"),
        ("chat/*", "no letter"),
        ("*", "no letter"),
        ("a b", "no letter"),
        ("é", "no letter"),
        ("room-", "missing"),
        ("room-{id", "not closed"),
        ("room-x{id}", "no letter"),
        ("{a}-{a}", "two variables"),
        ("{name}", "something else"),
    ];
    let patterns = patterns.map(|(one, why)| refused(&named(one), name, invalid).has(why));
    let rules = [
        "nope = 1",
        "idd = 'x'",
        "id =",
        "@collection.nope.id = id",
        "@collection.seats.nope = id",
        "@channel.id = '1'",
        "@request.channel.id = '1'",
    ];
    let rules = rules.map(|one| refused(&rule(one), join, wrong));
    check(patterns.into_iter().chain(rules).collect());
    check(vec![
        Case::new("in the end", &superuser, "GET", PATH).is("channels", json!([])),
    ]);
}
