//! Rules: null, empty and an expression, for each action and persona.

use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

struct People {
    server: Server,
    superuser: Persona,
    anyone: Persona,
    ann: Persona,
    bob: Persona,
}

fn people() -> People {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    superuser.collection(&json!({"name": "members", "type": "auth"}));
    let ann = superuser.account("members", "ann@example.com");
    let bob = superuser.account("members", "bob@example.com");
    People {
        server,
        superuser,
        anyone,
        ann,
        bob,
    }
}

fn with_rules(superuser: &Persona, name: &str, rule: &Value) {
    superuser.collection(&json!({
        "name": name, "type": "base", "listRule": rule, "viewRule": rule, "createRule": rule,
        "updateRule": rule, "deleteRule": rule,
        "fields": [{"name": "owner", "type": "text"}, {"name": "title", "type": "text"}],
    }));
}

#[test]
fn a_locked_rule_is_403_for_all_but_superusers() {
    let people = people();
    with_rules(&people.superuser, "notes", &Value::Null);
    let path = records("notes");
    let id = people.superuser.record("notes", &json!({"title": "kept"}))["id"].clone();
    let one = format!("{path}/{}", id.as_str().unwrap());
    let mut cases = Vec::new();
    for persona in [&people.anyone, &people.ann] {
        let routes = [
            ("GET", &path),
            ("GET", &one),
            ("POST", &path),
            ("PATCH", &one),
            ("DELETE", &one),
        ];
        for (method, path) in routes {
            cases.push(
                Case::new("locked", persona, method, path)
                    .status(403)
                    .is("message", "Only superusers can perform this action.")
                    .is("data", json!({})),
            );
        }
    }
    cases.push(
        Case::new(
            "unknown id too",
            &people.ann,
            "GET",
            &format!("{path}/none"),
        )
        .status(403),
    );
    cases.push(
        Case::new("superuser", &people.superuser, "PATCH", &one).json(&json!({"title": "x"})),
    );
    cases.push(Case::new("superuser", &people.superuser, "DELETE", &one).status(204));
    check(cases);
}

#[test]
fn an_empty_rule_is_for_everybody() {
    let people = people();
    with_rules(&people.superuser, "notes", &json!(""));
    let path = records("notes");
    let id = people.superuser.record("notes", &json!({"title": "kept"}))["id"].clone();
    let one = format!("{path}/{}", id.as_str().unwrap());
    check(vec![
        Case::new("list", &people.anyone, "GET", &path).is("totalItems", 1),
        Case::new("view", &people.anyone, "GET", &one).is("title", "kept"),
        Case::new("create", &people.anyone, "POST", &path).json(&json!({"title": "b"})),
        Case::new("update", &people.anyone, "PATCH", &one).json(&json!({"title": "c"})),
        Case::new("delete", &people.anyone, "DELETE", &one).status(204),
        Case::new("delete again", &people.anyone, "DELETE", &one).status(404),
    ]);
}

#[test]
fn an_owner_rule_filters_lists_and_hides_the_rest() {
    let people = people();
    let rule = json!("@request.auth.id != '' && owner = @request.auth.id");
    with_rules(&people.superuser, "notes", &rule);
    let path = records("notes");
    let create = |name, who, owner: &str| {
        Case::new(name, who, "POST", &path).json(&json!({"owner": owner, "title": "t"}))
    };
    let (ann, bob) = (&people.ann, &people.bob);
    let failed = "Failed to create record.";
    check(vec![
        create("her own", ann, &ann.id),
        create("for another", ann, &bob.id)
            .status(400)
            .is("message", failed)
            .is("data", json!({})),
        create("nobody's as a guest", &people.anyone, "")
            .status(400)
            .is("message", failed),
        create("another's as a guest", &people.anyone, &ann.id).status(400),
    ]);
    let one = format!("{path}/{}", ann.get(&path).text_at("items.0.id"));
    let mut cases = Vec::new();
    for persona in [&people.anyone, bob] {
        cases.push(
            Case::new("list", persona, "GET", &path)
                .is("totalItems", 0)
                .is("items", json!([])),
        );
        cases.push(Case::new("view", persona, "GET", &one).status(404));
        cases.push(Case::new("delete", persona, "DELETE", &one).status(404));
        cases.push(
            Case::new("update", persona, "PATCH", &one)
                .json(&json!({"title": "x"}))
                .status(404),
        );
        let taking = json!({"owner": persona.id});
        cases.push(
            Case::new("taking it", persona, "PATCH", &one)
                .json(&taking)
                .status(404),
        );
    }
    cases.push(
        Case::new(
            "a filter widens nothing",
            bob,
            "GET",
            &format!("{path}?filter=1=1||owner!=''"),
        )
        .is("totalItems", 0),
    );
    cases.push(Case::new("unchanged", ann, "GET", &one).is("title", "t"));
    cases.push(
        Case::new("update", ann, "PATCH", &one)
            .json(&json!({"title": "new"}))
            .is("title", "new"),
    );
    cases.push(
        Case::new("superuser skips rules", &people.superuser, "GET", &one).is("title", "new"),
    );
    cases.push(Case::new("delete", ann, "DELETE", &one).status(204));
    check(cases);
}

#[test]
fn rules_see_the_request() {
    let people = people();
    let superuser = &people.superuser;
    let collection = |name: &str, key: &str, rule: &str| {
        let mut body = json!({
            "name": name, "type": "base", "listRule": "", "viewRule": "", "createRule": "",
            "updateRule": "", "fields": [
                {"name": "title", "type": "text"},
                {"name": "locked", "type": "bool"},
                {"name": "code", "type": "text", "hidden": true},
            ],
        });
        body[key] = json!(rule);
        superuser.collection(&body);
    };
    collection(
        "by_body",
        "createRule",
        "@request.body.title != '' && @request.body.locked:isset = false",
    );
    collection("by_query", "listRule", "@request.query.key = 'open'");
    collection("by_header", "listRule", "@request.headers.x_key = 'open'");
    collection(
        "by_change",
        "updateRule",
        "@request.body.title:changed = false",
    );
    collection("by_method", "listRule", "@request.method = 'POST'");
    collection("by_hidden", "listRule", "code = 'open'");
    let changed = superuser.record("by_change", &json!({"title": "a"}))["id"].clone();
    for name in ["by_query", "by_header", "by_method"] {
        superuser.record(name, &json!({}));
    }
    superuser.record("by_hidden", &json!({"code": "open"}));
    superuser.record("by_hidden", &json!({"code": "shut"}));
    let one = format!("{}/{}", records("by_change"), changed.as_str().unwrap());
    let anyone = &people.anyone;
    let list = |query: &str, total: u64| {
        Case::new("list", anyone, "GET", &format!("/api/collections/{query}"))
            .is("totalItems", total)
    };
    check(vec![
        Case::new("title", anyone, "POST", &records("by_body")).json(&json!({"title": "a"})),
        Case::new("no title", anyone, "POST", &records("by_body"))
            .json(&json!({}))
            .status(400),
        Case::new("locked sent", anyone, "POST", &records("by_body"))
            .json(&json!({"title": "a", "locked": false}))
            .status(400),
        list("by_query/records", 0),
        list("by_query/records?key=open", 1),
        list("by_query/records?key=shut", 0),
        list("by_header/records", 0),
        list("by_method/records", 0),
        list("by_hidden/records", 1).lacks("open"),
        Case::new("same value", anyone, "PATCH", &one).json(&json!({"title": "a", "locked": true})),
        Case::new("another value", anyone, "PATCH", &one)
            .json(&json!({"title": "b"}))
            .status(404),
        Case::new("not changed", anyone, "GET", &one)
            .is("title", "a")
            .is("locked", true),
    ]);
    assert!(people.server.process() > 0);
}

/// What a rule sees of a submitted field is what the record gets, however it was spelt.
#[test]
fn no_spelling_of_a_value_passes_a_rule() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let rule = "@request.body.role != \"admin\" && @request.body.level < 5 \
                && @request.body.hidden = false && @request.body.title != \"9\"";
    superuser.collection(&json!({
        "name": "staff", "type": "base", "createRule": rule, "updateRule": rule,
        "fields": [
            {"name": "role", "type": "select", "values": ["admin", "guest"], "maxSelect": 1},
            {"name": "level", "type": "number"},
            {"name": "hidden", "type": "bool"},
            {"name": "title", "type": "text"},
        ],
    }));
    let path = records("staff");
    let kept = superuser.record("staff", &json!({"role": "guest"}));
    let one = format!("{path}/{}", kept["id"].as_str().unwrap());
    let mut cases = Vec::new();
    for (key, value, passes) in [
        ("role", json!("admin"), false),
        ("role", json!(["admin"]), false),
        ("role", json!(["guest", "admin"]), false),
        ("role", json!(["guest"]), true),
        ("level", json!("9"), false),
        ("level", json!("4"), true),
        ("level", json!([9]), true),
        ("hidden", json!("true"), false),
        ("hidden", json!("1"), false),
        ("hidden", json!("no"), true),
        ("title", json!(9), false),
        ("title", json!([9]), true),
    ] {
        let mut body = json!({"role": "guest", "level": 1, "hidden": false, "title": "one"});
        body[key] = value;
        let (create, update) = if passes { (200, 200) } else { (400, 404) };
        for (method, path, status) in [("POST", &path, create), ("PATCH", &one, update)] {
            cases.push(
                Case::new("spelt otherwise", &anyone, method, path)
                    .json(&body)
                    .status(status),
            );
        }
    }
    check(cases);
}

#[test]
fn a_place_that_is_spelt_otherwise_is_the_same_place() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    superuser.collection(&json!({
        "name": "places", "type": "base", "updateRule": "@request.body.place:changed = false",
        "fields": [{"name": "place", "type": "geoPoint"}],
    }));
    let kept = superuser.record("places", &json!({"place": {"lon": 10.5, "lat": -20}}));
    let one = format!("{}/{}", records("places"), kept["id"].as_str().unwrap());
    let mut cases = Vec::new();
    for (place, status) in [
        (json!({"lon": 10.5, "lat": -20}), 200),
        (json!({"lat": -20.0, "lon": 10.5}), 200),
        (json!({"lat": "-20", "lon": "10.5"}), 404),
        (json!({"lon": 10.5, "lat": -20.5}), 404),
        (json!({"lon": 10.5}), 404),
        (json!({}), 404),
    ] {
        let case = Case::new("a place", &anyone, "PATCH", &one);
        cases.push(case.json(&json!({ "place": place })).status(status));
    }
    check(cases);
}
