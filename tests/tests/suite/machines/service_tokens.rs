//! Tokens for other services: who gets one, what it says, and that it is worth nothing here. That
//! others verify it is shown in `tests/sdk/services.test.mjs`.

use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, check};
use serde_json::{Value, json};

use super::{PASSWORD, World, scope, world};

const TOKEN: &str = "/api/collections/members/auth-token";
const KEYS: &str = "/.well-known/jwks.json";
const ROTATE: &str = "/api/service-keys/rotate";

fn decoded(part: &str) -> Value {
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0_u32, 0);
    for digit in part.bytes() {
        let digit = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'-' => 62,
            _ => 63,
        };
        held = held << 6 | u32::from(digit);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).unwrap());
        }
    }
    serde_json::from_slice(&bytes).unwrap()
}

/// Header and claims of a token of Ann's.
fn said(world: &World, body: &Value) -> (Value, Value) {
    let token = world.ann.post(TOKEN, body).text_at("token");
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3, "{token}");
    assert_eq!(parts[2].len(), 86, "{token}");
    (decoded(parts[0]), decoded(parts[1]))
}

#[test]
fn a_token_says_who_whose_for_whom_and_until_when() {
    let Some(world) = world() else { return };
    let meta = json!({"meta": {"appURL": "https://app.example.com/"}});
    world.superuser.patch("/api/settings", &meta).expect(200);
    let (header, claims) = said(&world, &json!({}));
    let keys = world.anyone.get(KEYS).expect(200)["keys"].clone();
    assert_eq!(keys.as_array().unwrap().len(), 1);
    let key = keys[0].as_object().unwrap();
    let names: Vec<&str> = key.keys().map(String::as_str).collect();
    assert_eq!(names, ["kty", "crv", "alg", "use", "kid", "x", "y"]);
    assert_eq!(
        header,
        json!({"alg": "ES256", "kid": key["kid"], "typ": "JWT"})
    );
    let members = world.superuser.get("/api/collections/members").expect(200);
    for (name, value) in [
        ("iss", json!("https://app.example.com")),
        ("aud", json!("https://app.example.com")),
        ("sub", json!(world.ann.id)),
        ("collectionId", members["id"].clone()),
        ("collectionName", json!("members")),
        ("email", json!("ann@example.com")),
        ("verified", json!(false)),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    let lasts = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert!((1..=600).contains(&lasts), "{claims}");
    let (_, other) = said(&world, &json!({"audience": "orders"}));
    assert_eq!(other["aud"], "orders");
    assert_ne!(other["jti"], claims["jti"]);
    let lacks = claims.to_string();
    assert!(
        !lacks.contains("tokenKey") && !lacks.contains("nick"),
        "{lacks}"
    );
    let answer = world.anyone.get(KEYS);
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
}

#[test]
fn who_goes_on_with_a_sign_in_gets_one_and_nobody_else() {
    let Some(world) = world() else { return };
    let path = format!("/api/collections/members/impersonate/{}", world.ann.id);
    let acting = world.superuser.post(&path, &json!({})).text_at("token");
    let acting = world.anyone.with_token(&acting);
    let file = world
        .ann
        .post("/api/files/token", &json!({}))
        .text_at("token");
    let file = world.anyone.with_token(&file);
    let service = world.ann.post(TOKEN, &json!({})).text_at("token");
    let service = world.anyone.with_token(&service);
    let reads = world.machine(&world.ann, &json!([scope(&["*"], &["list", "view"])]));
    let everything = world.machine(&world.ann, &json!("*"));
    let row = |name, who, status| {
        Case::new(name, who, "POST", TOKEN)
            .json(&json!({}))
            .status(status)
    };
    let wrong = |name, value: Value| {
        let body = json!({"audience": value});
        Case::new(name, &world.ann, "POST", TOKEN)
            .json(&body)
            .status(400)
            .has("audience")
    };
    check(vec![
        row("she", &world.ann, 200),
        row("a guest", &world.anyone, 401),
        row("a superuser", &world.superuser, 403),
        row("who acts as her", &acting, 403),
        row("a token for files", &file, 401),
        row("a token for services", &service, 401),
        row("a key of hers", &reads, 403),
        row("a key for everything", &everything, 403),
        Case::new(
            "no auth collection",
            &world.ann,
            "POST",
            "/api/collections/notes/auth-token",
        )
        .json(&json!({}))
        .status(404),
        wrong("an empty audience", json!("")),
        wrong("a long one", json!("x".repeat(256))),
        wrong("a number", json!(1)),
        wrong("a list", json!(["a", "b"])),
    ]);
}

#[test]
fn a_sign_in_that_ended_or_is_not_admitted_any_more_gets_none() {
    let Some(world) = world() else { return };
    let members = "/api/collections/members";
    let rule = json!({"authRule": "nick = 'n'"});
    world.superuser.patch(members, &rule).expect(200);
    let ask = |persona: &Persona| persona.post(TOKEN, &json!({})).status;
    let ann = world.anyone.sign_in("members", "ann@example.com", PASSWORD);
    assert_eq!(ask(&ann), 200);
    let path = format!("{}/{}", records("members"), ann.id);
    world
        .superuser
        .patch(&path, &json!({"nick": "other"}))
        .expect(200);
    assert_eq!(ask(&ann), 403);
    world
        .superuser
        .patch(&path, &json!({"nick": "n"}))
        .expect(200);
    assert_eq!(ask(&ann), 200);
    ann.post(&format!("{members}/auth-logout"), &json!({}))
        .expect(204);
    assert_eq!(ask(&ann), 401);
    let meta = json!({"meta": {"appURL": ""}});
    if world.superuser.patch("/api/settings", &meta).status == 200 {
        let refused = world.bob.post(TOKEN, &json!({}));
        assert!(
            refused.status == 400 && refused.text.contains("appURL"),
            "{refused}"
        );
    }
}

#[test]
fn it_is_worth_nothing_here() {
    let Some(world) = world() else { return };
    let token = world.ann.post(TOKEN, &json!({})).text_at("token");
    let bearer = world.anyone.with_token(&token);
    let posts = records("posts");
    check(vec![
        Case::new("a list", &bearer, "GET", &posts).is("totalItems", 0),
        Case::new(
            "as a bearer",
            &world.anyone.with_token(&format!("Bearer {token}")),
            "GET",
            &posts,
        )
        .is("totalItems", 0),
        Case::new(
            "a refresh",
            &bearer,
            "POST",
            "/api/collections/members/auth-refresh",
        )
        .status(401),
        Case::new(
            "her sessions",
            &bearer,
            "GET",
            "/api/collections/members/sessions",
        )
        .status(401),
    ]);
}

#[test]
fn superusers_replace_the_key_and_the_old_one_stays_known() {
    let Some(mut world) = world() else { return };
    let kids = |world: &World| -> Vec<Value> {
        let keys = world.anyone.get(KEYS).expect(200)["keys"].clone();
        let keys = keys.as_array().unwrap().iter();
        keys.map(|key| key["kid"].clone()).collect()
    };
    let first = kids(&world);
    let admin = world.machine(&world.superuser, &json!("*"));
    let row = |name, who, status| Case::new(name, who, "POST", ROTATE).status(status);
    check(vec![
        row("a guest", &world.anyone, 401),
        row("a member", &world.ann, 403),
        row("a superuser's key", &admin, 403),
    ]);
    assert_eq!(kids(&world), first);
    let next = world.superuser.post(ROTATE, &json!({})).expect(200)["kid"].clone();
    assert_eq!(kids(&world), [next.clone(), first[0].clone()]);
    assert_eq!(said(&world, &json!({})).0["kid"], next);
    world.server.restart();
    assert_eq!(kids(&world), [next, first[0].clone()]);
    let text = world.anyone.get(KEYS).text;
    assert!(!text.contains("\"d\""), "{text}");
}
