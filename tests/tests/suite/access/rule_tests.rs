//! Trying rules out: what the endpoint says is what a real request gets.

use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

const PATH: &str = "/api/rules/test";

struct World {
    superuser: Persona,
    anyone: Persona,
    ann: Persona,
    ann_id: String,
    bob_id: String,
    post: String,
    team: String,
}

fn id(record: &Value) -> String {
    record["id"].as_str().unwrap_or_default().to_owned()
}

/// Posts that the members of their team see, and everyone where they are public.
fn world(server: &Server) -> World {
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let people = superuser.collection(&json!({"name": "people", "type": "auth"}));
    let member = |email: &str| {
        let body = json!({"email": email, "password": "12345678", "passwordConfirm": "12345678"});
        id(&superuser.record("people", &body))
    };
    let (ann_id, bob_id) = (member("ann@example.com"), member("bob@example.com"));
    let members = json!({"name": "members", "type": "relation", "collectionId": people["id"],
        "maxSelect": 9});
    let teams = superuser.collection(&json!({"name": "teams", "type": "base", "fields": [
        {"name": "name", "type": "text"}, members]}));
    superuser.collection(&json!({"name": "posts", "type": "base",
    "listRule": "public = true || team.members.id ?= @request.auth.id",
    "viewRule": "public = true || team.members.id ?= @request.auth.id",
    "updateRule": "@request.body.public:changed = false",
    "fields": [
        {"name": "title", "type": "text"}, {"name": "public", "type": "bool"},
        {"name": "team", "type": "relation", "collectionId": teams["id"], "maxSelect": 1},
    ]}));
    let team = id(&superuser.record("teams", &json!({"name": "red", "members": [ann_id]})));
    let post = id(&superuser.record("posts", &json!({"title": "plan", "team": team})));
    superuser.record(
        "posts",
        &json!({"title": "news", "public": true, "team": team}),
    );
    let ann = anyone.sign_in("people", "ann@example.com", "12345678");
    World {
        superuser,
        anyone,
        ann,
        ann_id,
        bob_id,
        post,
        team,
    }
}

#[test]
fn a_verdict_is_what_a_request_gets() {
    let server = Server::start();
    let world = world(&server);
    let ann = json!({"collection": "people", "id": world.ann_id});
    let bob = json!({"collection": "people", "id": world.bob_id});
    let test = |name, body: &Value| Case::new(name, &world.superuser, "POST", PATH).json(body);
    let view = json!({"collection": "posts", "action": "view", "record": world.post});
    let as_somebody = |principal: &Value| {
        let mut body = view.clone();
        body["principal"] = principal.clone();
        body
    };
    let update = |body: Value| {
        let record = world.post.as_str();
        json!({"collection": "posts", "action": "update", "record": record, "body": body})
    };
    let create = |rule: &str| {
        json!({"collection": "posts", "action": "create", "rule": rule, "principal": bob,
            "body": {"title": "new", "team": world.team}})
    };
    check(vec![
        test("the member", &as_somebody(&ann))
            .is("allowed", true)
            .is("trace.parts.1.holds", true)
            .is("visible.totalItems", 2),
        test("somebody else", &as_somebody(&bob))
            .is("allowed", false)
            .is("trace.parts.0.holds", false)
            .is("trace.parts.1.left.0", world.ann_id.as_str())
            .is("trace.parts.1.right.0", world.bob_id.as_str())
            .is("visible.totalItems", 1)
            .is("visible.items.0.title", "news"),
        test("a guest", &view)
            .is("allowed", false)
            .lacks("\"title\":\"plan\""),
        test(
            "an update that changes it",
            &update(json!({"public": true})),
        )
        .is("allowed", false),
        test("an update that does not", &update(json!({"title": "x"}))).is("allowed", true),
        test("a would-be record", &create("team.name = \"red\"")).is("allowed", true),
        test("no such record", &create("team.name = \"blue\"")).is("allowed", false),
        Case::new(
            "nothing was written",
            &world.superuser,
            "GET",
            &records("posts"),
        )
        .is("totalItems", 2),
        Case::new("the real list", &world.ann, "GET", &records("posts")).is("totalItems", 2),
        Case::new("and a guest's", &world.anyone, "GET", &records("posts")).is("totalItems", 1),
    ]);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let server = Server::start();
    let world = world(&server);
    let test = |name, body: Value| Case::new(name, &world.superuser, "POST", PATH).json(&body);
    let code = |field| match field {
        "action" => "validation_in_invalid",
        _ => "validation_invalid_value",
    };
    let list = |extra: Value| {
        let mut body = json!({"collection": "posts", "action": "list"});
        if let (Value::Object(body), Value::Object(extra)) = (&mut body, extra) {
            body.extend(extra);
        }
        body
    };
    check(vec![
        Case::new("a guest", &world.anyone, "POST", PATH).status(401),
        Case::new("a user", &world.ann, "POST", PATH).status(403),
        test("no collection", json!({"action": "list"})).refused(
            400,
            "data.collection.code",
            "validation_required",
        ),
        test(
            "a missing one",
            json!({"collection": "nope", "action": "list"}),
        )
        .status(404),
        test(
            "an unknown action",
            json!({"collection": "posts", "action": "crate"}),
        )
        .refused(400, "data.action.code", code("action")),
        test("a number as rule", list(json!({"rule": 5}))).refused(
            400,
            "data.rule.code",
            code("rule"),
        ),
        test("a text as body", list(json!({"body": "x"}))).refused(
            400,
            "data.body.code",
            code("body"),
        ),
        test("half a principal", list(json!({"principal": {"id": "x"}}))).refused(
            400,
            "data.principal.code",
            code("principal"),
        ),
        test(
            "a principal that is missing",
            list(json!({"principal": {"collection": "people", "id": "nobody"}})),
        )
        .status(400)
        .has("nobody"),
        test("a misspelt rule", list(json!({"rule": "team.nam = 1"})))
            .status(400)
            .has("did you mean")
            .has("at character 6"),
        test(
            "a delete of nothing",
            json!({"collection": "posts", "action": "delete"}),
        )
        .status(400),
        test("a locked rule", list(json!({"rule": null})))
            .is("allowed", false)
            .is("visible.totalItems", 0),
    ]);
}
