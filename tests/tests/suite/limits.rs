//! Rate limits, where superusers may come from, and whose word about addresses is taken.

use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

fn set(superuser: &Persona, settings: &Value) {
    superuser.patch("/api/settings", settings).expect(200);
}

fn limit(superuser: &Persona, rules: &Value) {
    let limits = json!({"enabled": true, "rules": rules, "excludedIPs": []});
    set(superuser, &json!({"rateLimits": limits}));
}

/// How many of some equal requests were not refused as too many.
fn passed(persona: &Persona, times: usize, method: &str, path: &str) -> usize {
    let statuses = (0..times).map(|_| persona.ask(method, path, &Value::Null).status);
    statuses.filter(|status| *status != 429).count()
}

#[test]
fn limits_count_by_rule_and_audience() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    superuser.collection(&json!({"name": "members", "type": "auth", "listRule": ""}));
    let member = superuser.account("members", "a@b.com");
    let rule = |label: &str, audience: &str, most: u32| -> Value {
        json!({"label": label, "audience": audience, "duration": 600, "maxRequests": most})
    };
    let (list, view) = (records("members"), format!("{}/x", records("members")));
    limit(
        &superuser,
        &json!([
            rule("members:list", "@auth", 2),
            rule("*:list", "", 3),
            rule("*:view", "@guest", 1),
            rule("*:auth", "", 1),
            rule("*:authWithPassword", "", 2),
            rule("POST /api/health", "", 1),
            rule("/api/nope", "", 1),
            rule("/api/", "", 4),
        ]),
    );
    let sign_in = "/api/collections/members/auth-with-password";
    for (persona, method, path, expected) in [
        (&member, "GET", list.as_str(), 2),
        (&anyone, "GET", "/api/collections/MEMBERS/records?x=1", 3),
        (&anyone, "GET", &list, 0),
        (&anyone, "GET", &view, 1),
        (&anyone, "POST", sign_in, 2),
        (&anyone, "POST", "/api/health", 1),
        (&anyone, "GET", "/api/nope", 1),
        (&anyone, "GET", "/api/health", 4),
        (&member, "GET", &view, 4),
        (&member, "GET", &view.replace("members", "users"), 4),
        (&anyone, "GET", &records("users"), 3),
        (&anyone, "GET", "/api/collections", 0),
        (&anyone, "GET", "/elsewhere", 9),
        (&superuser, "GET", "/api/health", 9),
        (&superuser, "GET", &list, 9),
    ] {
        assert_eq!(
            passed(persona, 9, method, path),
            expected,
            "{method} {path}"
        );
    }
    check(vec![
        Case::new("the answer", &anyone, "GET", "/api/nope")
            .status(429)
            .has(r#"{"data":{},"message":"Too Many Requests.","status":429}"#),
        Case::new("a body that is not read", &anyone, "POST", sign_in)
            .raw("application/json", b"{malformed")
            .status(429),
    ]);
    if !server.is_reference() {
        let answer = anyone.get("/api/nope");
        let seconds = answer
            .header("retry-after")
            .and_then(|text| text.parse().ok());
        assert!(
            seconds.is_some_and(|seconds: u64| (1..=600).contains(&seconds)),
            "{answer}"
        );
    }
    set(&superuser, &json!({"rateLimits": {"enabled": false}}));
    assert_eq!(passed(&anyone, 9, "GET", "/api/nope"), 9);
}

#[test]
fn exactly_the_limit_passes_and_headers_of_anybody_do_not_help() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let rule = json!([{"label": "/api/health", "duration": 600, "maxRequests": 10}]);
    limit(&superuser, &rule);
    let names = [
        "X-Forwarded-For",
        "X-Real-IP",
        "CF-Connecting-IP",
        "Forwarded",
        "True-Client-IP",
    ];
    let all: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..20)
            .map(|thread| {
                let liar = anyone.with_header(names[thread % 5], &format!("1.1.1.{thread}"));
                scope.spawn(move || passed(&liar, 10, "GET", "/api/health"))
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert_eq!(all, 10);
    let excluded = json!({"rateLimits": {"excludedIPs": ["127.0.0.0/8"]}});
    set(&superuser, &excluded);
    assert_eq!(passed(&anyone, 5, "GET", "/api/health"), 5);
}

#[test]
fn heads_and_other_spellings_are_counted_too() {
    let server = Server::start();
    if server.is_reference() {
        return; // It lets HEAD pass uncounted.
    }
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let rule = json!([
        {"label": "GET /api/health", "duration": 600, "maxRequests": 2},
        {"label": "users:list", "duration": 600, "maxRequests": 2},
    ]);
    limit(&superuser, &rule);
    assert_eq!(passed(&anyone, 3, "HEAD", "/api/health?q=1"), 2);
    assert_eq!(passed(&anyone, 3, "GET", "/api/health?q=2"), 0);
    assert_eq!(
        passed(&anyone, 2, "GET", "/api/collections/%75sers/records"),
        2
    );
    for name in ["users", "USERS", "_pb_users_auth_", "user%73"] {
        let path = format!("/api/collections/{name}/records?page=2");
        assert_eq!(passed(&anyone, 2, "GET", &path), 0, "{name}");
    }
}

#[test]
fn superusers_come_only_from_where_they_may() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    superuser.record(
        "users",
        &json!({"email": "a@b.com", "password": "12345678",
        "passwordConfirm": "12345678"}),
    );
    set(
        &superuser,
        &json!({"trustedProxy": {"headers": ["X-Real-IP"]}}),
    );
    let at = |persona: &Persona, address| persona.with_header("X-Real-IP", address);
    let networks = json!({"superuserIPs": ["10.0.0.0/8", "2001:db8::/32", "127.0.0.1"]});
    set(&superuser, &networks);
    let (inside, six) = (at(&superuser, "10.1.1.1"), at(&superuser, "2001:DB8::1"));
    let outside = at(&superuser, "11.1.1.1");
    let stranger = at(&anyone, "11.1.1.1");
    let (email, password) = luge_tests::server::SUPERUSER;
    let sign_in = |password| json!({"identity": email, "password": password});
    let path = "/api/collections/_superusers/auth-with-password";
    let refusal = "You are not allowed to perform this request.";
    check(vec![
        Case::new("inside", &inside, "GET", "/api/settings"),
        Case::new("IPv6", &six, "GET", "/api/settings"),
        Case::new("outside", &outside, "GET", "/api/settings")
            .status(403)
            .is("message", refusal),
        Case::new("outside, open to all", &outside, "GET", "/api/health").status(403),
        Case::new("outside, a write", &outside, "PATCH", "/api/settings")
            .json(&json!({"superuserIPs": []}))
            .status(403),
        Case::new("sign-in outside", &stranger, "POST", path)
            .json(&sign_in(password))
            .status(403)
            .is("message", refusal)
            .lacks("token"),
        Case::new("wrong password outside", &stranger, "POST", path)
            .json(&sign_in("wrong password"))
            .status(400),
        Case::new("others outside", &stranger, "GET", "/api/health"),
        Case::new(
            "users outside",
            &stranger,
            "POST",
            "/api/collections/users/auth-with-password",
        )
        .json(&json!({"identity": "a@b.com", "password": "12345678"})),
        Case::new("still set", &inside, "GET", "/api/settings").has("10.0.0.0/8"),
    ]);
}

#[test]
fn health_tells_superusers_their_address() {
    let server = Server::start();
    let superuser = server.superuser();
    let told = superuser.with_header("X-Forwarded-For", "1.1.1.1, 2.2.2.2");
    let health = |persona, name, address| {
        Case::new(name, persona, "GET", "/api/health").is("data.realIP", address)
    };
    let no_one = server.anyone().with_header("X-Forwarded-For", "1.1.1.1");
    check(vec![
        health(&superuser, "no proxy", "127.0.0.1").is("data.possibleProxyHeader", ""),
        health(&told, "not trusted", "127.0.0.1").is("data.possibleProxyHeader", "X-Forwarded-For"),
        Case::new("guests learn nothing", &no_one, "GET", "/api/health").is("data", json!({})),
    ]);
    set(
        &superuser,
        &json!({"trustedProxy": {"headers": ["X-Forwarded-For"]}}),
    );
    check(vec![
        health(&superuser, "no header", "127.0.0.1"),
        health(&told, "rightmost", "2.2.2.2"),
    ]);
    set(
        &superuser,
        &json!({"trustedProxy": {"useLeftmostIP": true}}),
    );
    check(vec![health(&told, "leftmost", "1.1.1.1")]);
    if server.is_reference() {
        return; // It cannot name its proxies.
    }
    let proxies = |networks: Value| {
        json!({"trustedProxy": {"useLeftmostIP": false,
        "addresses": networks}})
    };
    check(vec![
        Case::new("no network", &superuser, "PATCH", "/api/settings")
            .json(&proxies(json!(["2.2.2.2/33"])))
            .status(400)
            .has("trustedProxy"),
        health(&told, "unchanged", "1.1.1.1"),
    ]);
    set(&superuser, &proxies(json!(["2.2.2.2"])));
    check(vec![health(&told, "the peer is no proxy", "127.0.0.1")]);
    set(&superuser, &proxies(json!(["2.2.2.2", "127.0.0.0/8"])));
    check(vec![health(&told, "proxies are skipped", "1.1.1.1")]);
}
