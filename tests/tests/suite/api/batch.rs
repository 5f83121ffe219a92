//! Several requests in one: what a batch may hold, all or nothing, and each as it would be alone.

use super::{field, public_collection};
use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

mod files;
mod order;

const BATCH: &str = "/api/batch";

/// One request of a batch.
fn request(method: &str, url: &str, body: Value) -> Value {
    json!({"method": method, "url": url, "body": body})
}

fn batch(requests: &[Value]) -> Value {
    json!({ "requests": requests })
}

fn allow(superuser: &Persona, more: Value) {
    let mut settings = json!({"enabled": true, "maxRequests": 5, "timeout": 3, "maxBodySize": 0});
    settings
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    superuser
        .patch("/api/settings", &json!({ "batch": settings }))
        .expect(200);
}

/// Posts with a unique title and files; batches are allowed.
fn posts(server: &Server) -> Persona {
    let superuser = server.superuser();
    let fields = [
        field("title", "text", json!({"required": true})),
        field("amount", "number", json!({})),
        field("files", "file", json!({"maxSelect": 3, "maxSize": 1000})),
        field("secret", "text", json!({"hidden": true})),
    ];
    public_collection(&superuser, "posts", &fields);
    let index = "CREATE UNIQUE INDEX `title` ON `posts` (`title`)";
    let path = "/api/collections/posts";
    superuser
        .patch(path, &json!({"indexes": [index]}))
        .expect(200);
    allow(&superuser, json!({}));
    superuser
}

fn titles(anyone: &Persona) -> Vec<String> {
    let list = anyone.get(&format!("{}?sort=title&fields=title", records("posts")));
    let items = list.expect(200)["items"].as_array().unwrap().clone();
    let titles = items.iter().map(|item| item["title"].as_str().unwrap());
    titles.map(str::to_owned).collect()
}

/// That the second request failed with a status.
fn failed(case: Case<'_>, status: u16) -> Case<'_> {
    case.refused(400, "data.requests.1.code", "batch_request_failed")
        .is("data.requests.1.response.status", status)
}

#[test]
fn what_is_no_batch_is_refused() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let case = |name, body: &Value| Case::new(name, &anyone, "POST", BATCH).json(body);
    check(vec![
        case("switched off", &json!({}))
            .status(403)
            .has("not allowed"),
        Case::new("for superusers too", &superuser, "POST", BATCH)
            .json(&batch(&[]))
            .status(403),
    ]);
    posts(&server);
    let url = records("posts");
    let create = request("POST", &url, json!({"title": "a"}));
    let required = "validation_required";
    let one = |method: &str, url: &str| batch(&[request(method, url, json!({"title": "a"}))]);
    check(vec![
        Case::new("no body", &anyone, "POST", BATCH).refused(400, "data.requests.code", required),
        case("no requests", &json!({})).refused(400, "data.requests.code", required),
        case("an empty list", &batch(&[])).refused(400, "data.requests.code", required),
        case("a text", &json!({"requests": "x"}))
            .status(400)
            .has("Failed to read"),
        case("a number", &batch(&[json!(1)]))
            .status(400)
            .has("Failed to read"),
        case("null", &batch(&[Value::Null]))
            .unless(server.is_reference())
            .status(400),
        case(
            "a body that is a text",
            &batch(&[request("POST", &url, json!("x"))]),
        )
        .status(400),
        case(
            "a body that is a list",
            &batch(&[request("POST", &url, json!([1]))]),
        )
        .status(400),
        case(
            "a header that is a number",
            &batch(&[json!({"method": "POST", "url": url, "headers": {"a": 1}})]),
        )
        .status(400),
        Case::new("malformed", &anyone, "POST", BATCH)
            .raw("application/json", b"{\"requests\":[")
            .status(400)
            .has("Failed to read"),
        case("too many", &batch(&vec![create; 6])).refused(
            400,
            "data.requests.code",
            "validation_length_too_long",
        ),
        case("no method", &one("", &url)).refused(400, "data.requests.0.method.code", required),
        case("an unknown method", &one("post", &url)).refused(
            400,
            "data.requests.0.method.code",
            "validation_in_invalid",
        ),
        case("no url", &one("POST", "")).refused(400, "data.requests.0.url.code", required),
        Case::new("another method", &anyone, "GET", BATCH).status(404),
    ]);
    allow(&superuser, json!({"maxBodySize": 500}));
    let long = batch(&[request("POST", &url, json!({"title": "x".repeat(600)}))]);
    check(vec![case("too long", &long).status(413)]);
    assert_eq!(titles(&anyone), Vec::<String>::new());
}

#[test]
fn only_writes_of_records_may_be_in_it() {
    let server = Server::start();
    let (superuser, anyone) = (posts(&server), server.anyone());
    let url = records("posts");
    let refused = |method: &str, url: &str| {
        let body = batch(&[request(method, url, json!({"title": "a"}))]);
        for persona in [&anyone, &superuser] {
            let answer = persona.post(BATCH, &body);
            assert_eq!(answer.status, 400, "{method} {url}: {answer}");
            let code = answer.at("data.requests.0.code");
            assert_eq!(code, "batch_request_failed", "{method} {url}: {answer}");
        }
    };
    for (method, url) in [
        ("GET", url.clone()),
        ("PATCH", url.clone()),
        ("DELETE", format!("{url}?filter=id!=''")),
        ("PUT", format!("{url}/aaaaaaaaaaaaaaa")),
        ("POST", format!("{url}/")),
        ("PATCH", format!("{url}/a/b")),
        ("POST", format!("{url}#x")),
        ("POST", format!("/{url}")),
        ("POST", url.replacen('/', "", 1)),
        ("POST", format!("http://127.0.0.1{url}")),
        ("POST", format!("http://evil.example{url}")),
        ("POST", format!("/api/..{url}")),
        ("POST", format!("/api/%2e%2e{url}")),
        ("POST", url.replace("/api", "/API")),
        ("POST", url.replace("posts", "po%73ts")),
        ("POST", url.replace("posts", "nothing")),
        ("POST", BATCH.to_owned()),
        ("PATCH", "/api/settings".to_owned()),
        ("POST", "/api/collections".to_owned()),
        ("DELETE", "/api/collections/posts/truncate".to_owned()),
        (
            "POST",
            "/api/collections/users/auth-with-password".to_owned(),
        ),
        ("POST", "/api/files/token".to_owned()),
    ] {
        refused(method, &url);
    }
    assert_eq!(titles(&anyone), Vec::<String>::new());
}

#[test]
fn rules_judge_each_request_as_the_one_who_sends_the_batch() {
    let server = Server::start();
    let (superuser, anyone) = (posts(&server), server.anyone());
    let open = |name: &str, rules: Value| {
        let mut definition = json!({"name": name, "type": "base", "listRule": "", "viewRule": "",
            "fields": [field("text", "text", json!({}))]});
        let rules = rules.as_object().unwrap().clone();
        definition.as_object_mut().unwrap().extend(rules);
        superuser.collection(&definition);
    };
    open("locked", json!({"createRule": null}));
    open("signed_in", json!({"createRule": "@request.auth.id != ''"}));
    open(
        "seen",
        json!({"createRule": "@request.context = 'batch' && @request.method = 'POST' && \
            @request.headers.x_inner = 'inner' && @request.headers.x_outer = 'outer' && \
            @request.query.q = '1'", "updateRule": "@request.method = 'PATCH'"}),
    );
    let posts = request("POST", &records("posts"), json!({"title": "a"}));
    let create = |collection: &str, headers: Value| {
        let mut one = request("POST", &records(collection), json!({"text": "a"}));
        one["headers"] = headers;
        batch(&[posts.clone(), one])
    };
    let token = json!({"Authorization": superuser.token(), "authorization": superuser.token()});
    let case = |name, body: &Value| Case::new(name, &anyone, "POST", BATCH).json(body);
    check(vec![
        failed(case("locked", &create("locked", json!({}))), 403),
        failed(
            case("a token inside", &create("locked", token.clone())),
            403,
        ),
        failed(case("a guest", &create("signed_in", json!({}))), 400),
        failed(
            case("a guest with a token inside", &create("signed_in", token)),
            400,
        ),
        failed(
            case(
                "a forged address",
                &create("locked", json!({"X-Forwarded-For": "10.0.0.1"})),
            ),
            403,
        ),
    ]);
    assert_eq!(titles(&anyone), Vec::<String>::new());
    let outer = anyone
        .with_header("x-outer", "outer")
        .with_header("x-inner", "outer");
    let seen = |method: &str, header: &str| {
        let url = format!("{}?q=1", records("seen"));
        let body = json!({"id": "aaaaaaaaaaaaaaa", "text": "b"});
        let mut one = request(method, &url, body);
        one["headers"] = json!({ "X-Inner": header });
        batch(&[one])
    };
    check(vec![
        Case::new("another header", &outer, "POST", BATCH)
            .json(&seen("POST", "other"))
            .status(400),
        Case::new("made by an upsert", &outer, "POST", BATCH).json(&seen("PUT", "inner")),
        Case::new("changed by an upsert", &outer, "POST", BATCH).json(&seen("PUT", "inner")),
        Case::new("a superuser", &superuser, "POST", BATCH)
            .json(&create("locked", json!({"Authorization": "nonsense"}))),
    ]);
}

#[test]
fn each_request_is_counted_by_itself() {
    let server = Server::start();
    let (superuser, anyone) = (posts(&server), server.anyone());
    let limit = |label: &str, most: u32| {
        let rule = json!({"label": label, "duration": 600, "maxRequests": most});
        let limits = json!({"rateLimits": {"enabled": true, "rules": [rule], "excludedIPs": []}});
        superuser.patch("/api/settings", &limits).expect(200);
    };
    let url = records("posts");
    let creates = |titles: &[&str]| -> Value {
        let create = |title: &&str| request("POST", &url, json!({ "title": title }));
        batch(&titles.iter().map(create).collect::<Vec<_>>())
    };
    let too_many = |persona: &Persona, body: &Value, index: &str| {
        let answer = persona.post(BATCH, body);
        let at = format!("data.requests.{index}.response.status");
        assert_eq!(
            (answer.status, answer.at(&at)),
            (400, json!(429)),
            "{answer}"
        );
    };
    limit("posts:create", 3);
    anyone.post(BATCH, &creates(&["a", "b"])).expect(200);
    too_many(&anyone, &creates(&["c", "d"]), "1");
    too_many(&anyone, &creates(&["e"]), "0");
    superuser
        .post(BATCH, &creates(&["f", "g", "h", "i"]))
        .expect(200);
    assert_eq!(titles(&anyone), ["a", "b", "f", "g", "h", "i"]);
    if !server.is_reference() {
        // What a batch holds and what comes by itself is counted together.
        assert_eq!(anyone.post(&url, &json!({"title": "j"})).status, 429);
    }
    limit("*:update", 1);
    let id = superuser.record("posts", &json!({"title": "k"}))["id"].clone();
    let upsert = |title: &str| request("PUT", &url, json!({"id": id, "title": title}));
    too_many(&anyone, &batch(&[upsert("l"), upsert("m")]), "1");
    limit("/api/collections/", 1);
    too_many(&anyone, &creates(&["n", "o"]), "1");
    limit("/api/batch", 1);
    anyone.post(BATCH, &creates(&["p", "q"])).expect(200);
    assert_eq!(anyone.post(BATCH, &creates(&["r"])).status, 429);
}
