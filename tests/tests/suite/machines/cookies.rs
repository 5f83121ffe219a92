//! Sign-in by cookie: only where it is switched on, only for pages of named origins, and only where
//! no `Authorization` says otherwise.

use luge_tests::persona::records;
use luge_tests::{Answer, Case, Persona, Requests, Socket, check};
use serde_json::{Value, json};

use super::{PASSWORD, World, world};

const SIGN_IN: &str = "/api/collections/members/auth-with-password?cookie=1";
const REFRESH: &str = "/api/collections/members/auth-refresh";
const LOGOUT: &str = "/api/collections/members/auth-logout";
const APP: &str = "https://app.example.com";
const OTHER: &str = "https://other.example.com";

fn switched_on() -> Option<World> {
    let world = world()?;
    let cookie = json!({"cookie": {"enabled": true, "origins": [OTHER]}});
    world
        .superuser
        .patch("/api/collections/members", &cookie)
        .expect(200);
    let meta = json!({"meta": {"appURL": format!("{APP}/shop")}});
    world.superuser.patch("/api/settings", &meta).expect(200);
    Some(world)
}

fn ann() -> Value {
    json!({"identity": "ann@example.com", "password": PASSWORD})
}

fn same_origin(world: &World) -> Persona {
    world.anyone.with_header("Sec-Fetch-Site", "same-origin")
}

/// The cookie of an answer, as a browser sends it back.
fn cookie_of(answer: &Answer) -> String {
    let set = answer.header("set-cookie").unwrap_or_default();
    set.split(';').next().unwrap_or_default().to_owned()
}

/// Ann's cookie.
fn sign_in(world: &World) -> String {
    let answer = same_origin(world).post(SIGN_IN, &ann());
    answer.expect(200);
    cookie_of(&answer)
}

#[test]
fn a_sign_in_puts_its_token_into_a_cookie_and_not_into_the_page() {
    let Some(world) = switched_on() else { return };
    let answer = same_origin(&world).post(SIGN_IN, &ann());
    let body = answer.expect(200);
    assert_eq!(body["record"]["email"], "ann@example.com");
    assert!(body.get("token").is_none(), "{answer}");
    let set = answer.header("set-cookie").unwrap();
    assert!(set.starts_with("__Host-luge=ey"), "{set}");
    assert!(
        set.contains("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age="),
        "{set}"
    );
    assert!(!set.contains("Domain"), "{set}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let strict = json!({"cookie": {"sameSite": "strict"}});
    world
        .superuser
        .patch("/api/collections/members", &strict)
        .expect(200);
    let answer = same_origin(&world).post(SIGN_IN, &ann());
    assert!(
        answer
            .header("set-cookie")
            .unwrap()
            .contains("SameSite=Strict")
    );
    // Whoever does not ask gets what everybody gets.
    let plain = world.anyone.post(&SIGN_IN.replace("?cookie=1", ""), &ann());
    assert!(plain.header("set-cookie").is_none() && plain.text.contains("\"token\""));
    let failed = json!({"identity": "ann@example.com", "password": "wrong-word"});
    let failed = same_origin(&world).post(SIGN_IN, &failed);
    assert!(failed.status == 400 && failed.header("set-cookie").is_none());
}

#[test]
fn it_is_off_unless_it_is_switched_on_rightly() {
    let Some(world) = world() else { return };
    let browser = same_origin(&world);
    let refused = browser.post(SIGN_IN, &ann());
    assert!(
        refused.status == 400 && refused.text.contains("cookie.enabled"),
        "{refused}"
    );
    // The token of an ordinary sign-in is worth nothing in a cookie either.
    let smuggled = browser.with_header("Cookie", &format!("__Host-luge={}", world.ann.token()));
    let list = smuggled.get(&records("posts")).expect(200);
    assert_eq!(list["totalItems"], 0);
    let members = "/api/collections/members";
    let wrong = |name, cookie: Value| {
        let body = json!({"cookie": cookie});
        Case::new(name, &world.superuser, "PATCH", members)
            .json(&body)
            .status(400)
    };
    check(vec![
        wrong("every origin", json!({"enabled": true, "origins": ["*"]})).has("origins"),
        wrong("no origin", json!({"enabled": true, "origins": ["null"]})).has("origins"),
        wrong("a path", json!({"origins": ["https://a.example/"]})).has("origins"),
        wrong("plain http", json!({"origins": ["http://a.example"]})).has("origins"),
        wrong("no list", json!({"origins": "https://a.example"})),
        wrong("another way", json!({"sameSite": "none"})),
        Case::new("not shown", &world.superuser, "GET", members).lacks("\"cookie\""),
    ]);
}

/// A browser that sends Ann's cookie along with headers.
fn browser(world: &World, cookie: &str, headers: &[(&str, &str)]) -> Persona {
    let browser = world.anyone.with_header("Cookie", cookie);
    let with = |browser: Persona, (name, value): &(&str, &str)| browser.with_header(name, value);
    headers.iter().fold(browser, with)
}

const SITE: &str = "Sec-Fetch-Site";

#[test]
fn a_cookie_signs_what_pages_of_named_origins_send() {
    let Some(world) = switched_on() else { return };
    let cookie = sign_in(&world);
    let posts = records("posts");
    let body = json!({"title": "x", "owner": world.ann.id});
    let trusted: [&[(&str, &str)]; 4] = [
        &[(SITE, "same-origin")],
        &[("Origin", APP)],
        &[("Origin", OTHER), (SITE, "same-site")],
        &[("Origin", OTHER), (SITE, "cross-site")],
    ];
    for headers in trusted {
        let browser = browser(&world, &cookie, headers);
        browser.post(&posts, &body).expect(200);
        assert!(browser.get(&posts).text.contains("of ann"), "{headers:?}");
    }
    let all = world.ann.get(&posts).expect(200)["totalItems"].clone();
    assert_eq!(all, 1 + trusted.len());
}

#[test]
fn a_cookie_signs_nothing_that_others_send() {
    let Some(world) = switched_on() else { return };
    let cookie = sign_in(&world);
    let (posts, notes) = (records("posts"), records("notes"));
    let body = json!({"title": "x", "owner": world.ann.id});
    let foreign: [&[(&str, &str)]; 16] = [
        &[],
        &[(SITE, "none")],
        &[(SITE, "cross-site")],
        &[(SITE, "same-site")],
        &[(SITE, "Same-Origin")],
        &[("Origin", "null")],
        &[("Origin", "")],
        &[("Origin", "https://evil.example")],
        &[("Origin", "https://app.example.com.evil")],
        &[("Origin", "https://evil-app.example.com")],
        &[("Origin", "https://sub.app.example.com")],
        &[("Origin", "https://app.example.co")],
        &[("Origin", "http://app.example.com")],
        &[("Origin", "https://app.example.com:8443")],
        &[("Origin", "https://app.example.com/shop")],
        &[
            ("Referer", "https://app.example.com/shop"),
            (SITE, "cross-site"),
        ],
    ];
    for headers in foreign {
        let browser = browser(&world, &cookie, headers);
        let mut rows = Vec::new();
        for kind in [
            "application/json",
            "text/plain",
            "application/x-www-form-urlencoded",
        ] {
            let case = Case::new("create", &browser, "POST", &posts);
            rows.push(
                case.raw(kind, b"{\"title\":\"x\"}")
                    .status(403)
                    .has("cookie"),
            );
        }
        rows.push(Case::new("delete", &browser, "DELETE", &posts).status(403));
        rows.push(
            Case::new("public", &browser, "POST", &notes)
                .json(&body)
                .status(403),
        );
        rows.push(
            Case::new("sign-in", &browser, "POST", SIGN_IN)
                .json(&ann())
                .status(403),
        );
        rows.push(Case::new("sign-out", &browser, "POST", LOGOUT).status(403));
        rows.push(Case::new("realtime", &browser, "POST", "/api/realtime").status(403));
        rows.push(Case::new("batch", &browser, "POST", "/api/batch").status(403));
        check(rows);
    }
    assert_eq!(world.ann.get(&posts).expect(200)["totalItems"], 1);
}

#[test]
fn what_a_foreign_page_reads_is_what_a_guest_reads() {
    let Some(world) = switched_on() else { return };
    let cookie = sign_in(&world);
    let posts = records("posts");
    let seen = |headers: &[(&str, &str)]| {
        let browser = browser(&world, &cookie, headers);
        browser.get(&posts).expect(200)["totalItems"].clone()
    };
    let (site, mode) = (SITE, "Sec-Fetch-Mode");
    for (headers, expected) in [
        (&[][..], 1),
        (&[(site, "none")], 1),
        (&[(site, "same-origin"), (mode, "cors")], 1),
        (&[(site, "cross-site"), (mode, "navigate")], 1),
        (&[(site, "cross-site"), (mode, "no-cors")], 0),
        (&[(site, "cross-site"), (mode, "cors")], 0),
        (&[(site, "same-site"), (mode, "no-cors")], 0),
        (&[("Origin", "https://evil.example")], 0),
        (&[("Origin", "null")], 0),
        (&[("Origin", APP)], 1),
    ] {
        assert_eq!(seen(headers), expected, "{headers:?}");
    }
    let twice = world
        .anyone
        .with_header("Cookie", &format!("{cookie}; {cookie}"));
    assert_eq!(twice.get(&posts).expect(200)["totalItems"], 0);
    let bob = world.bob.with_header("Cookie", &cookie);
    assert_eq!(bob.get(&posts).text_at("items.0.title"), "of bob");
    // A header that says nothing good is not made good by a cookie.
    let broken = world
        .anyone
        .with_token("broken")
        .with_header("Cookie", &cookie);
    assert_eq!(broken.get(&posts).expect(200)["totalItems"], 0);
}

#[test]
fn it_is_renewed_and_ended() {
    let Some(world) = switched_on() else { return };
    let cookie = sign_in(&world);
    let browser = same_origin(&world).with_header("Cookie", &cookie);
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let renewed = browser.post(REFRESH, &json!({}));
    let body = renewed.expect(200);
    assert!(
        body.get("token").is_none() && body.get("record").is_some(),
        "{renewed}"
    );
    assert_ne!(cookie_of(&renewed), cookie);
    let service = "/api/collections/members/auth-token";
    assert!(browser.post(service, &json!({})).text.contains("\"token\""));
    let out = browser.post(LOGOUT, &json!({}));
    out.expect(204);
    let set = out.header("set-cookie").unwrap();
    assert!(
        set.starts_with("__Host-luge=;") && set.contains("Max-Age=0"),
        "{set}"
    );
    let posts = records("posts");
    assert_eq!(browser.get(&posts).expect(200)["totalItems"], 0);
    browser.post(REFRESH, &json!({})).expect(401);
    let fields = same_origin(&world).post(&format!("{SIGN_IN}&fields=record"), &ann());
    fields.expect(400);
    same_origin(&world)
        .post(&SIGN_IN.replace("=1", "=maybe"), &ann())
        .expect(400);
}

#[test]
fn other_pages_are_told_who_may_read_with_credentials() {
    let Some(world) = switched_on() else { return };
    let asked = |origin: &str, method: &str| {
        let page = world.anyone.with_header("Origin", origin);
        let answer = page.ask(method, &records("notes"), &Value::Null);
        let header = |name: &str| answer.header(name).map(str::to_owned);
        (
            header("access-control-allow-origin"),
            header("access-control-allow-credentials"),
        )
    };
    for method in ["GET", "OPTIONS"] {
        for origin in [APP, OTHER] {
            let expected = (Some(origin.to_owned()), Some("true".to_owned()));
            assert_eq!(asked(origin, method), expected, "{method}");
        }
        for origin in [
            "https://evil.example",
            "null",
            "https://app.example.com.evil",
            APP2,
        ] {
            assert_eq!(
                asked(origin, method),
                (Some("*".to_owned()), None),
                "{method} {origin}"
            );
        }
    }
}

const APP2: &str = "http://app.example.com";

#[test]
fn a_websocket_is_signed_by_a_cookie_for_named_origins_only() {
    let Some(world) = switched_on() else { return };
    let cookie = sign_in(&world);
    let post = world.path_of("posts", "of ann");
    let open = |origin: &str| {
        let headers = [("Cookie", cookie.as_str()), ("Origin", origin)];
        Socket::try_open(&world.server.address, "/api/realtime/ws", &headers)
    };
    for origin in [
        "https://evil.example",
        "null",
        "https://app.example.com.evil",
    ] {
        assert_eq!(open(origin).err(), Some(403), "{origin}");
    }
    let headers = [("Cookie", cookie.as_str())];
    let none = Socket::try_open(&world.server.address, "/api/realtime/ws", &headers);
    assert_eq!(none.err(), Some(403));
    let mut socket = open(APP).ok().unwrap();
    socket.subscribe(&json!({"subscriptions": ["posts/*"]}));
    world
        .superuser
        .patch(&post, &json!({"title": "told"}))
        .expect(200);
    assert_eq!(socket.next()["data"]["record"]["title"], "told");
}
