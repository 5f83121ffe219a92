//! Trying a rule out also tells how a list by it is found, the unsaved text included.

use luge_tests::{Case, Requests, Server, check};
use serde_json::{Value, json};

const PATH: &str = "/api/rules/test";

/// More posts than an index is advised for, of a few authors.
fn posts(server: &Server) {
    let superuser = server.superuser();
    superuser.collection(&json!({"name": "posts", "type": "base",
        "listRule": "author = \"a1\"", "viewRule": "author = \"a1\"", "fields": [
            {"name": "author", "type": "text"}, {"name": "code", "type": "text"},
        ], "indexes": ["CREATE INDEX `by_code` ON `posts` (`code`)"]}));
    let batch = json!({"batch": {"enabled": true, "maxRequests": 200}});
    superuser.patch("/api/settings", &batch).expect(200);
    for first in [0, 200, 400] {
        let requests = (first..first + 200).map(|number| {
            json!({"method": "POST", "url": "/api/collections/posts/records",
                "body": {"author": format!("a{}", number % 60), "code": format!("c{number}")}})
        });
        let requests: Vec<Value> = requests.collect();
        let made = superuser.post("/api/batch", &json!({ "requests": requests }));
        made.expect(200);
    }
}

#[test]
fn the_plan_of_a_list_by_the_tried_rule_is_told() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    posts(&server);
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let list = |rule: Value| json!({"collection": "posts", "action": "list", "rule": rule});
    let test = |name, body: &Value| Case::new(name, &superuser, "POST", PATH).json(body);
    let saved = json!({"collection": "posts", "action": "list"});
    let with = |key: &str, value: Value| {
        let mut body = saved.clone();
        body[key] = value;
        body
    };
    check(vec![
        test("the saved rule", &saved)
            .is("plan.source.kind", "scan")
            .is("plan.candidates", 600)
            .is("plan.missingIndex.0", "`author`"),
        test("an unsaved one", &list(json!("code = 'c7'")))
            .is("plan.source.kind", "index range")
            .is("plan.source.index", "by_code")
            .is("plan.candidates", 1)
            .lacks("missingIndex"),
        test("one that holds for nobody", &list(json!("1 = 2")))
            .is("plan.source.kind", "nothing")
            .lacks("missingIndex"),
        test("one that no index helps", &list(json!("author ~ '1'")))
            .is("plan.source.kind", "scan")
            .lacks("missingIndex"),
        test("everybody", &list(json!("")))
            .is("plan.source.kind", "scan")
            .lacks("missingIndex"),
        test(
            "a superuser, whom no rule narrows",
            &with("principal", json!("superuser")),
        )
        .is("plan.filter", false)
        .lacks("missingIndex"),
        test("a locked one", &list(Value::Null)).is("plan", Value::Null),
        test("without the records", &with("visible", json!(false))).is("plan", Value::Null),
        test(
            "a view",
            &json!({"collection": "posts", "action": "view", "visible": true}),
        )
        .is("plan", Value::Null),
        test(
            "a create",
            &json!({"collection": "posts", "action": "create", "rule": "code = 'c7'"}),
        )
        .is("plan", Value::Null),
        test("a rule that makes no sense", &list(json!("code =")))
            .status(400)
            .lacks("source"),
        Case::new("not a superuser", &anyone, "POST", PATH)
            .json(&saved)
            .status(401)
            .lacks("source"),
    ]);
}
