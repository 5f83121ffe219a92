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
    let rule = |rule: &str| json!([{"name": "room-{id}", "joinRule": rule, "sendRule": ""}]);
    let good = json!([
        {"name": "hall", "joinRule": "", "sendRule": "@request.body.payload.n > 1"},
        {"name": "room-{id}", "presence": true, "sendRule": null, "joinRule":
            "@collection.seats.room ?= id && name != 'room-7' && @collection.seats.secret != ''"},
        {"name": "{any}", "joinRule": "@request.auth.id = any || @request.query.x:isset = true"},
    ]);
    let patch = |channels: &Value| {
        Case::new("", &superuser, "PATCH", PATH).json(&json!({ "channels": channels }))
    };
    let refused = |channels: &Value, path: &'static str, code: &str| {
        patch(channels).refused(400, path, code)
    };
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
    let (name, invalid) = ("data.channels.1.name.code", "validation_invalid_channel_name");
    let (join, wrong) = ("data.channels.0.joinRule.code", "validation_invalid_rule");
    let many: Vec<_> = (0..101).map(|n| json!({"name": format!("n{n}")})).collect();
    check(vec![
        refused(&named(""), name, "validation_required"),
        refused(&named("a/b"), name, invalid),
        refused(&named("chat/*"), name, invalid).has("no letter"),
        refused(&named("*"), name, invalid),
        refused(&named("a b"), name, invalid),
        refused(&named("é"), name, invalid),
        refused(&named("room-"), name, invalid),
        refused(&named("room-{id"), name, invalid).has("not closed"),
        refused(&named("room-x{id}"), name, invalid),
        refused(&named("{a}-{a}"), name, invalid).has("two variables"),
        refused(&named("{name}"), name, invalid),
        refused(&named("ok"), name, "validation_not_unique"),
        refused(&json!(many), "data.channels.code", "validation_length_too_long"),
        refused(&rule("nope = 1"), join, wrong).has("nope"),
        refused(&rule("idd = 'x'"), join, wrong),
        refused(&rule("id ="), join, wrong),
        refused(&rule("@collection.nope.id = id"), join, wrong),
        refused(&rule("@collection.seats.nope = id"), join, wrong),
        refused(&rule("@channel.id = '1'"), join, wrong),
        refused(&rule("@request.channel.id = '1'"), join, wrong),
        refused(
            &json!([{"name": "a", "sendRule": "x = 1"}]),
            "data.channels.0.sendRule.code",
            wrong,
        ),
        patch(&json!([{"name": "a", "joinrule": ""}])).status(400).has("joinrule"),
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
    check(vec![patch(&json!([])).is("channels", json!([]))]);
}
