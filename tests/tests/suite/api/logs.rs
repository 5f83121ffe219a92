//! The log of requests: what is written, found, counted and removed; and crons.

use std::time::{Duration, Instant};

use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(20);

/// Entries appear a little after their requests.
fn found(superuser: &Persona, query: &str, count: usize) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let page = superuser.get(&format!("/api/logs?{query}")).expect(200);
        let items = page["items"].as_array().unwrap().clone();
        if items.len() >= count {
            return items;
        }
        assert!(begun.elapsed() < PATIENCE, "{query}: {page}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn with(query: &str) -> String {
    query
        .replace('"', "%22")
        .replace('>', "%3E")
        .replace(' ', "%20")
}

/// What a request leaves in the log.
#[test]
fn a_request_is_logged_with_who_asked_what_and_how_it_went() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let member = server.member();
    let agent = member
        .with_header("User-Agent", "Agent \"1\"")
        .with_header("Referer", "http://elsewhere/x");
    agent.get("/api/health?mark=good").expect(200);
    anyone
        .get("/api/collections/nope/records?mark=bad")
        .expect(404);
    let empty = json!({"email": ""});
    anyone.post("/api/collections/members/records?mark=field", &empty);
    superuser
        .post("/api/collections/members/records?mark=field", &empty)
        .expect(400);

    check_good(&superuser);
    let bad = found(&superuser, "filter=data.url~'mark=bad'", 1).remove(0);
    assert_eq!(bad["level"], 8);
    assert_eq!(bad["data"]["auth"], "");
    assert_eq!(bad["data"]["error"], "Missing collection context.");
    assert!(keys(&bad["data"]).contains(&"details".to_owned()));
    let filter = "filter=data.url~'mark=field'%26%26data.auth='_superusers'";
    let field = found(&superuser, filter, 1).remove(0);
    assert!(
        field["data"]["details"].to_string().contains("blank"),
        "{field}"
    );
}

fn keys(value: &Value) -> Vec<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

/// The entry of the request that went well.
fn check_good(superuser: &Persona) {
    let good = found(superuser, "filter=data.url~'mark=good'", 1).remove(0);
    assert_eq!(keys(&good), ["id", "created", "data", "message", "level"]);
    let id = good["id"].as_str().unwrap();
    assert!(
        id.len() == 15
            && id
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase())
    );
    assert_eq!(good["message"], "GET /api/health?mark=good");
    assert_eq!(good["level"], 0);
    let data = &good["data"];
    for (key, value) in [
        ("auth", json!("members")),
        ("method", json!("GET")),
        ("referer", json!("http://elsewhere/x")),
        ("remoteIP", json!("127.0.0.1")),
        ("status", json!(200)),
        ("type", json!("request")),
        ("url", json!("/api/health?mark=good")),
        ("userAgent", json!("Agent \"1\"")),
        ("userIP", json!("127.0.0.1")),
    ] {
        assert_eq!(data[key], value, "{key} of {data}");
    }
    assert!(
        data["execTime"].as_f64().is_some_and(|time| time > 0.0),
        "{data}"
    );
    assert!(
        data.get("error").is_none() && data.get("authId").is_none(),
        "{data}"
    );
    let mut sorted = keys(data);
    sorted.sort();
    assert_eq!(keys(data), sorted);
    assert_eq!(superuser.get(&format!("/api/logs/{id}")).expect(200), good);
    let picked = superuser.get(&format!("/api/logs/{id}?fields=level"));
    assert_eq!(picked.expect(200), json!({"level": 0}));
}

/// A server whose log has five requests that went well and five that did not.
fn logged() -> (Server, Persona) {
    let server = Server::start();
    let superuser = server.superuser();
    for number in 1..=5 {
        let path = |name: &str| format!("/api/{name}?n={number}");
        superuser.get(&path("health")).expect(200);
        superuser.get(&path("nothing")).expect(404);
    }
    found(&superuser, "perPage=20&filter=data.url~'n='", 10);
    (server, superuser)
}

/// Filters, sorts and pages.
#[test]
fn logs_are_listed_like_records() {
    let (_server, superuser) = logged();
    let case =
        |name, query: &str| Case::new(name, &superuser, "GET", &with(&format!("/api/logs{query}")));
    let n = "filter=data.url~'n='";
    check(vec![
        case("by status", "?filter=data.status=404").is("totalItems", 5),
        case("by level", "?filter=level>0").is("totalItems", 5),
        case("by time", "?filter=created>'2020-01-01'%26%26level>0").is("totalItems", 5),
        case("by a later time", "?filter=created>'2100-01-01'").is("totalItems", 0),
        case("by macro", "?filter=created>=@yearStart%26%26level>0").is("totalItems", 5),
        case("by text", "?filter=message~'nothing'").is("totalItems", 5),
        case("by one of a few", "?filter=data.status?=404").is("totalItems", 5),
        case("by caller", "?filter=data.auth='_superusers'%26%26level>0").is("totalItems", 5),
        case("by nobody", "?filter=data.auth='nope'").is("items", json!([])),
        case("by a missing part", "?filter=data.nope='x'").is("totalItems", 0),
        case("pages", &format!("?{n}&perPage=4&page=3"))
            .is("page", 3)
            .is("perPage", 4)
            .is("totalItems", 10)
            .is("totalPages", 3),
        case("no total", &format!("?{n}&skipTotal=1&perPage=1")).is("totalItems", -1),
        case("first", &format!("?{n}&perPage=1&sort=@rowid"))
            .is("items.0.message", "GET /api/health?n=1"),
        case("last", &format!("?{n}&perPage=1&sort=-@rowid"))
            .is("items.0.message", "GET /api/nothing?n=5"),
        case("last by time", &format!("?{n}&perPage=1&sort=-created")).has("n="),
        case(
            "by part of data",
            &format!("?{n}&perPage=1&sort=-data.status,data.url"),
        )
        .is("items.0.message", "GET /api/nothing?n=1"),
        case(
            "picked keys",
            &format!("?{n}&perPage=1&fields=level,data.status"),
        )
        .is("items.0", json!({"data": {"status": 200}, "level": 0})),
        case("any order", "?sort=@random&perPage=1").is("perPage", 1),
    ]);
}

/// What is refused, and to whom.
#[test]
fn wrong_questions_about_logs_are_refused() {
    let (server, superuser) = logged();
    let (luge, anyone) = (!server.is_reference(), server.anyone());
    let case =
        |name, query: &str| Case::new(name, &superuser, "GET", &with(&format!("/api/logs{query}")));
    let wrong = |name, query: &str| case(name, query).status(400).is("status", 400);
    check(vec![
        wrong("no comparison", "?filter=zzz"),
        wrong("unknown field", "?filter=nope=1"),
        wrong("no such column", "?filter=rowid>0"),
        wrong("not of records", "?filter=updated!=''"),
        wrong("unclosed", "?filter=(level>0"),
        wrong("other collections", "?filter=@collection.users.id!=''"),
        wrong("unknown sort", "?sort=nope"),
        wrong("no page", "?page=x"),
        case("the reason", "?filter=nope=1")
            .status(400)
            .has("nope")
            .unless(!luge),
    ]);
    let at = |name, path: &str| Case::new(name, &superuser, "GET", path);
    check(vec![
        at("wrong id", "/api/logs/nope")
            .status(404)
            .is("message", "The requested resource wasn't found."),
        at("no id", "/api/logs/aaaaaaaaaaaaaaa").status(404),
        at("wrong filter", "/api/logs/stats?filter=zzz")
            .status(400)
            .has("Invalid filter format"),
        at("no hours", "/api/logs/stats?filter=level%3E100").lacks("total"),
        Case::new("create", &superuser, "POST", "/api/logs").status(404),
        Case::new(
            "delete one",
            &superuser,
            "DELETE",
            "/api/logs/aaaaaaaaaaaaaaa",
        )
        .status(404),
        Case::new("a guest's list", &anyone, "GET", "/api/logs").status(401),
        Case::new("a guest's hours", &anyone, "GET", "/api/logs/stats").status(401),
        Case::new("a guest's view", &anyone, "GET", "/api/logs/x").status(401),
        Case::new("a guest's delete", &anyone, "DELETE", "/api/logs").status(401),
    ]);
    let hours = superuser
        .get("/api/logs/stats?filter=level%3E0")
        .expect(200);
    let hours = hours.as_array().unwrap();
    assert!(
        hours
            .iter()
            .all(|hour| hour["date"].as_str().unwrap().ends_with(":00:00.000Z"))
    );
    let total: i64 = hours
        .iter()
        .map(|hour| hour["total"].as_i64().unwrap())
        .sum();
    assert!(total >= 5, "{hours:?}");
}

/// What the settings say, and what is never kept.
#[test]
fn the_settings_decide_what_is_kept() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let set = |logs: Value| {
        superuser
            .patch("/api/settings", &json!({ "logs": logs }))
            .expect(200);
    };
    set(json!({"logIP": false, "logAuthId": true}));
    superuser.get("/api/health?k=1").expect(200);
    set(json!({"logIP": true, "logAuthId": false, "minLevel": 4}));
    superuser.get("/api/health?k=2").expect(200);
    superuser.get("/api/nope?k=3").expect(404);
    set(json!({"minLevel": 0}));
    anyone.get("/api/health?k=4").expect(200);
    let kept = found(&superuser, "filter=data.url~'k='", 3);
    let urls: Vec<_> = kept
        .iter()
        .map(|entry| entry["data"]["url"].as_str().unwrap())
        .collect();
    assert_eq!(
        urls,
        ["/api/health?k=1", "/api/nope?k=3", "/api/health?k=4"]
    );
    let first = &kept[0]["data"];
    assert!(
        first.get("userIP").is_none() && first.get("remoteIP").is_none(),
        "{first}"
    );
    assert_eq!(first["authId"].as_str().map(str::len), Some(15));
    assert!(kept[2]["data"].get("authId").is_none());
    superuser.get("/api/logs?k=quiet").expect(200);
    superuser.delete("/api/logs").expect(204);
    std::thread::sleep(Duration::from_secs(4));
    let left = superuser.get("/api/logs").expect(200);
    assert_eq!(
        left["totalItems"], 0,
        "neither old ones nor those of the log itself: {left}"
    );
    superuser.get("/api/health?k=5").expect(200);
    found(&superuser, "filter=data.url~'k=5'", 1);
    set(json!({"maxDays": 0}));
    superuser.get("/api/health?k=6").expect(200);
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(superuser.get("/api/logs").expect(200)["totalItems"], 0);
}

/// Only of Luge: secrets in addresses, the id of the request, the lines that survive a restart.
#[test]
fn secrets_are_not_kept_and_entries_survive_a_restart() {
    let mut server = Server::start();
    if server.is_reference() {
        return;
    }
    let superuser = server.superuser();
    let token = superuser.token().to_owned();
    let id = "my-request-1";
    let named = superuser
        .with_header("X-Request-Id", id)
        .with_header("Referer", "http://x/?token=SECRET1");
    named
        .get(&format!("/api/health?token={token}&mark=1&%74oken=SECRET2"))
        .expect(200);
    let entry = found(&superuser, "filter=data.url~'mark=1'", 1).remove(0);
    assert_eq!(
        entry["data"]["url"],
        "/api/health?token=REDACTED&mark=1&%74oken=REDACTED"
    );
    assert_eq!(entry["data"]["requestId"], id);
    assert_eq!(entry["data"]["route"], "/api/health");
    let all = superuser.get("/api/logs?perPage=100").text;
    for secret in [
        token.as_str(),
        "SECRET1",
        "SECRET2",
        "Authorization",
        "correct horse",
    ] {
        assert!(!all.contains(secret), "{secret} is in {all}");
    }
    superuser.get("/api/health?mark=last").expect(200);
    assert_eq!(server.terminate(), Some(0), "{}", server.log());
    server.restart();
    let superuser = server.superuser();
    assert_eq!(found(&superuser, "filter=data.url~'mark='", 2).len(), 2);
}

/// Only of Luge: the live tail.
#[test]
fn who_watches_is_told_of_requests_as_they_are_logged() {
    use std::io::{Read, Write};
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let (superuser, anyone) = (server.superuser(), server.anyone());
    check(vec![
        Case::new("a guest", &anyone, "GET", "/api/logs/tail").status(401),
        Case::new(
            "wrong filter",
            &superuser,
            "GET",
            "/api/logs/tail?filter=zzz",
        )
        .status(400),
    ]);
    let mut stream = std::net::TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let token = superuser.token();
    let asked = format!(
        "GET /api/logs/tail?filter=data.url~%27mark%27 HTTP/1.1\r\nHost: x\r\n\
         Authorization: {token}\r\n\r\n"
    );
    stream.write_all(asked.as_bytes()).unwrap();
    let mut heard = String::new();
    let mut until = |end: &str| {
        while !heard.contains(end) {
            let mut bytes = [0; 4096];
            let count = stream.read(&mut bytes).expect("something is told");
            assert!(count > 0, "ended after {heard}");
            heard.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
        heard.clone()
    };
    assert!(
        until(": watching")
            .to_lowercase()
            .contains("text/event-stream")
    );
    superuser.get("/api/health?other").expect(200);
    superuser.get("/api/health?mark").expect(200);
    let told = until("GET /api/health?mark\",\"level\":0}\n\n");
    assert!(told.contains("event:log\ndata:{\"id\":"), "{told}");
    assert!(!told.contains("?other"), "{told}");
}

/// What is done by a schedule.
#[test]
fn crons_are_listed_and_can_be_asked_for() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let crons = superuser.get("/api/crons").expect(200);
    let built_in = json!([
        {"id": "__pbDBOptimize__", "expression": "0 0 * * *"},
        {"id": "__pbMFACleanup__", "expression": "0 * * * *"},
        {"id": "__pbOTPCleanup__", "expression": "0 * * * *"},
        {"id": "__pbLogsCleanup__", "expression": "0 */6 * * *"},
    ]);
    assert_eq!(crons, built_in);
    let run =
        |name, persona, id: &str| Case::new(name, persona, "POST", &format!("/api/crons/{id}"));
    let missing = "Missing or invalid cron job.";
    let unasked = "The request requires valid record authorization token.";
    check(vec![
        run("optimize", &superuser, "__pbDBOptimize__").status(204),
        run("first factors", &superuser, "__pbMFACleanup__").status(204),
        run("codes", &superuser, "__pbOTPCleanup__").status(204),
        run("logs", &superuser, "__pbLogsCleanup__").status(204),
        run("unknown", &superuser, "nope")
            .status(404)
            .is("message", missing),
        run("another case", &superuser, "__pbdboptimize__")
            .status(404)
            .is("message", missing),
        run("a guest", &anyone, "__pbDBOptimize__")
            .status(401)
            .is("message", unasked),
        run("a guest, unknown", &anyone, "nope")
            .status(401)
            .is("message", unasked),
        Case::new("a guest's list", &anyone, "GET", "/api/crons")
            .status(401)
            .is("message", unasked),
        Case::new(
            "no such method",
            &superuser,
            "GET",
            "/api/crons/__pbDBOptimize__",
        )
        .status(404),
        Case::new("picked keys", &superuser, "GET", "/api/crons?fields=id")
            .lacks("expression")
            .is("0.id", "__pbDBOptimize__"),
    ]);
}
