//! Saved tests of rules: kept with the collection, run over HTTP and from the command line.

use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

const RUN: &str = "/api/rules/run";
const POSTS: &str = "/api/collections/posts";

struct World {
    superuser: Persona,
    post: String,
    ann: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Posts that their owner sees, and that anyone may make.
fn world(server: &Server) -> World {
    let superuser = server.superuser();
    let people = superuser.collection(&json!({"name": "people", "type": "auth"}));
    let body = json!({"email": "a@b.com", "password": "12345678", "passwordConfirm": "12345678"});
    let ann = text(&superuser.record("people", &body)["id"]);
    superuser.collection(&json!({"name": "posts", "type": "base",
        "listRule": "owner = @request.auth.id", "viewRule": "owner = @request.auth.id",
        "createRule": "title != ''", "fields": [
        {"name": "title", "type": "text"},
        {"name": "owner", "type": "relation", "collectionId": people["id"], "maxSelect": 1}]}));
    let post = text(&superuser.record("posts", &json!({"title": "plan", "owner": ann}))["id"]);
    World {
        superuser,
        post,
        ann,
    }
}

fn tests(world: &World) -> Value {
    let ann = json!({"collection": "people", "id": world.ann});
    json!([
        {"name": "owner", "action": "view", "principal": ann, "record": world.post,
            "expect": "allow", "visible": 1},
        {"name": "guest", "action": "view", "record": world.post, "expect": "deny"},
        {"name": "any", "action": "view", "expect": "deny", "visible": 0},
        {"name": "root", "action": "delete", "principal": "superuser", "record": world.post,
            "expect": "allow"},
        {"name": "empty", "action": "create", "body": {"title": ""}, "expect": "deny"},
    ])
}

#[test]
fn saved_tests_say_whether_rules_do_what_is_expected() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let world = world(&server);
    let superuser = &world.superuser;
    let run = |name| Case::new(name, superuser, "POST", RUN).json(&json!({"collection": "posts"}));
    let save = |name, body: Value| Case::new(name, superuser, "PATCH", POSTS).json(&body);
    check(vec![
        Case::new("no tests, no key", superuser, "GET", POSTS).lacks("ruleTests"),
        run("nothing to run")
            .is("passed", 0)
            .is("results", json!([])),
        save("saved", json!({"ruleTests": tests(&world)})).is("ruleTests.4.name", "empty"),
        run("all pass")
            .is("passed", 5)
            .is("failed", 0)
            .is("results.0.visible", 1)
            .is("results.1.trace.holds", false)
            .is("results.3.skipped", true),
        save("a rule that is too open", json!({"viewRule": ""})).is("ruleTests.0.name", "owner"),
        run("is noticed")
            .is("passed", 3)
            .is("failed", 2)
            .is("results.1.passed", false)
            .is("results.1.allowed", true)
            .is("results.1.reason", "It is allowed.")
            .is("results.2.passed", false),
        save(
            "the rule again",
            json!({"viewRule": "owner = @request.auth.id"}),
        ),
        Case::new("one more", superuser, "POST", &records("posts"))
            .json(&json!({"owner": world.ann})),
        run("the count is judged")
            .is("failed", 1)
            .is("results.0.reason", "2 records are visible, not 1."),
        Case::new(
            "the person goes",
            superuser,
            "DELETE",
            &format!("{}/{}", records("people"), world.ann),
        )
        .status(204),
        // Whose owner is empty belongs to guests: the tests see that, too.
        run("and the run goes on")
            .is("failed", 3)
            .is("results.1.reason", "It is allowed.")
            .is("results.0.allowed", Value::Null)
            .is(
                "results.0.reason",
                format!("There is no record {:?} in \"people\".", world.ann),
            ),
    ]);
}

#[test]
fn saved_tests_outlive_a_rename_and_an_import() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let world = world(&server);
    let superuser = &world.superuser;
    check(vec![
        Case::new("saved", superuser, "PATCH", POSTS).json(&json!({"ruleTests": tests(&world)})),
        Case::new("the collection is renamed", superuser, "PATCH", POSTS)
            .json(&json!({"name": "news"})),
        Case::new("tests stay", superuser, "POST", RUN)
            .json(&json!({}))
            .is("failed", 0)
            .is("results.4.collection", "news"),
        Case::new(
            "an import without the key",
            superuser,
            "PUT",
            "/api/collections/import",
        )
        .json(&json!({"collections": [{"name": "news", "type": "base", "createRule": null}]}))
        .status(204),
        Case::new("keeps them", superuser, "GET", "/api/collections/news")
            .is("ruleTests.0.name", "owner"),
        Case::new("removed", superuser, "PATCH", "/api/collections/news")
            .json(&json!({"ruleTests": []}))
            .lacks("ruleTests"),
    ]);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let world = world(&server);
    let superuser = &world.superuser;
    let ann = server.anyone().sign_in("people", "a@b.com", "12345678");
    let run = |name, body: Value| Case::new(name, superuser, "POST", RUN).json(&body);
    let save = |name, test: Value| {
        Case::new(name, superuser, "PATCH", POSTS).json(&json!({"ruleTests": [test]}))
    };
    let invalid = "validation_invalid_value";
    check(vec![
        Case::new("a guest", &server.anyone(), "POST", RUN).status(401),
        Case::new("a user", &ann, "POST", RUN).status(403),
        run("a missing collection", json!({"collection": "nope"})).status(404),
        run("a number", json!({"collection": 5})).refused(400, "data.collection.code", invalid),
        run("a misspelt key", json!({"colection": "posts"})).refused(
            400,
            "data.colection.code",
            invalid,
        ),
        save(
            "a test without a name",
            json!({"action": "list", "expect": "deny"}),
        )
        .refused(400, "data.ruleTests.0.name.code", "validation_required"),
        save(
            "a misspelt key of a test",
            json!({"name": "a", "action": "list", "expect": "deny", "recrod": "x"}),
        )
        .refused(400, "data.ruleTests.0.recrod.code", invalid),
        Case::new("nothing was saved", superuser, "GET", POSTS).lacks("ruleTests"),
    ]);
}

#[test]
fn an_attempt_that_makes_no_sense_is_not_judged() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let world = world(&server);
    let superuser = &world.superuser;
    let test = |name, extra: Value| {
        let mut body = json!({"collection": "posts", "action": "view"});
        for (key, value) in extra.as_object().into_iter().flatten() {
            body[key] = value.clone();
        }
        Case::new(name, superuser, "POST", "/api/rules/test").json(&body)
    };
    let invalid = "validation_invalid_value";
    check(vec![
        test("a view of nothing", json!({})).refused(
            400,
            "data.record.code",
            "validation_required",
        ),
        test("a view that counts", json!({"visible": true})).is("allowed", false),
        test(
            "a counted view of a superuser",
            json!({"visible": true, "principal": "superuser"}),
        )
        .is("allowed", true)
        .is("skipped", true)
        .is("visible.totalItems", 1),
        test(
            "a create of a record that exists",
            json!({"action": "create", "record": world.post}),
        )
        .refused(400, "data.record.code", invalid),
        test(
            "a delete that counts",
            json!({"action": "delete", "record": world.post, "visible": true}),
        )
        .refused(400, "data.visible.code", invalid),
        test(
            "another word",
            json!({"visible": true, "principal": "root"}),
        )
        .refused(400, "data.principal.code", invalid),
        test("a misspelt key", json!({"visible": true, "rul": ""})).refused(
            400,
            "data.rul.code",
            invalid,
        ),
        test(
            "a sign-in that cannot be",
            json!({"action": "auth", "record": world.post}),
        )
        .status(400)
        .has("no auth collection"),
    ]);
}

#[test]
fn the_command_runs_them_with_and_without_a_server() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let world = world(&server);
    let told = |server: &Server, arguments: &[&str]| {
        let output = server.run(arguments).expect("the binary runs");
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), out, errors)
    };
    let (code, out, _) = told(&server, &["rules", "test"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("No tests"), "{out}");
    let (code, _, errors) = told(&server, &["rules", "test", "--collection", "nope"]);
    assert_eq!(code, Some(1));
    assert!(errors.contains("no collection nope"), "{errors}");
    let body = json!({"ruleTests": tests(&world)});
    world.superuser.ask("PATCH", POSTS, &body).expect(200);
    let (code, out, _) = told(&server, &["rules", "test", "--collection", "posts"]);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.starts_with("ok    posts: owner\n"), "{out}");
    assert!(out.ends_with("5 passed, 0 failed\n"), "{out}");
    let too_open = json!({"viewRule": ""});
    world.superuser.ask("PATCH", POSTS, &too_open).expect(200);
    let (code, out, errors) = told(&server, &["rules", "test"]);
    assert_eq!(code, Some(1));
    assert!(
        out.contains("FAIL  posts: guest (expected deny): It is allowed."),
        "{out}"
    );
    assert!(errors.contains("3 passed, 2 failed"), "{errors}");
    let mut server = server;
    server.kill();
    let (code, out, _) = told(&server, &["rules", "test", "--json"]);
    assert_eq!(code, Some(1));
    let run: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(run["failed"], 2, "{out}");
    let (code, out, _) = told(&server, &["rules", "test", "--help"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("luge rules test --collection posts"), "{out}");
}

#[test]
fn the_command_tries_an_attempt_out() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let world = world(&server);
    let told = |more: &[&str]| {
        let all = [&["rules", "test", "--collection", "posts"], more].concat();
        let output = server.run(&all).expect("the binary runs");
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), out, errors)
    };
    let (ann, post) = (format!("people/{}", world.ann), world.post.as_str());
    let rows: [(&[&str], &str); 5] = [
        (
            &["--action", "view", "--as", &ann, "--record", post],
            "view of posts: allowed\n",
        ),
        (
            &["--action", "view", "--as", "guest", "--record", post],
            "  no  owner = @request.auth.id",
        ),
        (
            &["--action", "view", "--as", "superuser"],
            "superuser skips the rule",
        ),
        (
            &["--action", "list", "--rule", "title = 'none'"],
            "0 records are visible",
        ),
        (
            &["--action", "create", "--body", r#"{"title": "x"}"#],
            "create of posts: allowed\n",
        ),
    ];
    for (arguments, expected) in rows {
        let (code, out, errors) = told(arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {errors}");
        assert!(out.contains(expected), "{arguments:?}: {out}");
    }
    let refused: [(&[&str], &str); 6] = [
        (&["--action", "veiw"], "action: Must be one of"),
        (&["--action", "delete"], "record: This action"),
        (&["--action", "list", "--as", "root"], "principal: Must be"),
        (
            &["--action", "list", "--as", "people/nobody"],
            "no record \"nobody\"",
        ),
        (&["--action", "create", "--body", "{"], "--body is no JSON"),
        (&["--as", "guest"], "--action"),
    ];
    for (arguments, expected) in refused {
        let (code, _, errors) = told(arguments);
        assert_ne!(code, Some(0), "{arguments:?}");
        assert!(errors.contains(expected), "{arguments:?}: {errors}");
    }
}
