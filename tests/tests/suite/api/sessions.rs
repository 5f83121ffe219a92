//! Sessions: what a sign-in begins, who sees it, and everything that ends with it. The real
//! PocketBase has none; impersonation is the contract's.

use super::field;
use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

const SESSIONS: &str = "/api/collections/members/sessions";
const LOGOUT: &str = "/api/collections/members/auth-logout";
const REFRESH: &str = "/api/collections/members/auth-refresh";

struct World {
    server: Server,
    superuser: Persona,
    anyone: Persona,
}

fn world() -> World {
    let server = Server::start();
    let superuser = server.superuser();
    superuser.collection(&json!({
        "name": "members", "type": "auth", "listRule": "@request.auth.id != ''",
        "updateRule": "id = @request.auth.id", "deleteRule": "id = @request.auth.id",
        "fields": [field("name", "text", json!({}))],
    }));
    for email in ["ann@example.com", "bob@example.com"] {
        let password = "secret-word";
        let body = json!({"email": email, "password": password, "passwordConfirm": password});
        superuser.record("members", &body);
    }
    let anyone = server.anyone();
    World {
        server,
        superuser,
        anyone,
    }
}

impl World {
    fn sign_in(&self, email: &str) -> Persona {
        self.anyone.sign_in("members", email, "secret-word")
    }

    fn session(&self, persona: &Persona) -> String {
        let items = persona.get(SESSIONS).expect(200)["items"].clone();
        let items = items.as_array().unwrap().clone();
        let current = items.iter().find(|item| item["current"] == true).unwrap();
        current["id"].as_str().unwrap().to_owned()
    }
}

#[test]
fn each_sign_in_is_a_session_that_its_owner_sees() {
    let world = world();
    if world.server.is_reference() {
        return;
    }
    let phone = world.anyone.with_header("User-Agent", "A telephone");
    let phone = phone.sign_in("members", "ann@example.com", "secret-word");
    let desk = world.sign_in("ann@example.com");
    let bob = world.sign_in("bob@example.com");
    let broken = world.anyone.with_token("not.a.token");
    let of_ann = format!("{SESSIONS}?record={}", phone.id);
    let get = |name, persona, path: &str| Case::new(name, persona, "GET", path);
    check(vec![
        get("her own", &desk, SESSIONS)
            .is("items.0.method", "password")
            .is("items.0.current", true)
            .is("items.1.device", "A telephone")
            .is("items.1.current", false)
            .is("items.1.address", "127.0.0.1"),
        get("his own", &bob, SESSIONS).lacks("telephone"),
        get("hers, by name", &phone, &of_ann).has("telephone"),
        get("not hers for him", &bob, &of_ann).status(403),
        get("nor for a guest", &world.anyone, &of_ann).status(401),
        get("a guest has none", &world.anyone, SESSIONS).status(401),
        get("nor has a broken token", &broken, SESSIONS).status(401),
        get("a superuser names whose", &world.superuser, SESSIONS).status(403),
        get("and sees them", &world.superuser, &of_ann).has("telephone"),
        get(
            "of nobody",
            &world.superuser,
            &format!("{SESSIONS}?record=nobody"),
        )
        .status(404),
        get(
            "of a collection without sign-in",
            &world.superuser,
            "/api/collections/_mfas/sessions",
        )
        .status(404),
        get(
            "of no collection",
            &world.superuser,
            "/api/collections/nothing/sessions",
        )
        .status(404),
    ]);
}

#[test]
fn signing_out_ends_one_session_and_what_was_given_out_in_it() {
    let world = world();
    if world.server.is_reference() {
        return;
    }
    let (phone, desk) = (
        world.sign_in("ann@example.com"),
        world.sign_in("ann@example.com"),
    );
    let bob = world.sign_in("bob@example.com");
    let refreshed = phone.with_token(&phone.post(REFRESH, &Value::Null).text_at("token"));
    let (of_phone, of_bob) = (world.session(&phone), world.session(&bob));
    assert_eq!(of_phone, world.session(&refreshed), "a refresh stays in it");
    let fixed = format!("/api/collections/members/impersonate/{}", bob.id);
    let fixed = world
        .anyone
        .with_token(&world.superuser.post(&fixed, &json!({})).text_at("token"));
    let end = |name, persona, session: &str| {
        Case::new(name, persona, "DELETE", &format!("{SESSIONS}/{session}"))
    };
    check(vec![
        Case::new("a guest has nothing to end", &world.anyone, "POST", LOGOUT).status(401),
        Case::new("in another collection", &world.superuser, "POST", LOGOUT).status(403),
        Case::new("impersonation has no session", &fixed, "POST", LOGOUT).status(400),
        end("his is not hers to end", &phone, &of_bob).status(404),
        end("hers is not his", &bob, &of_phone).status(404),
        end("nor a guest's", &world.anyone, &of_phone).status(401),
        end("no such session", &phone, "nothing").status(404),
        Case::new("all still live", &phone, "POST", REFRESH),
        Case::new("sign out", &refreshed, "POST", LOGOUT).status(204),
        Case::new("the token is dead", &refreshed, "POST", REFRESH).status(401),
        Case::new("and the one before it", &phone, "POST", REFRESH).status(401),
        Case::new("for rules too", &phone, "GET", &records("members")).is("totalItems", 0),
        Case::new("signing out again", &phone, "POST", LOGOUT).status(401),
        Case::new("the other goes on", &desk, "POST", REFRESH),
        end("and is ended by name", &desk, &world.session(&desk)).status(204),
        Case::new("dead", &desk, "POST", REFRESH).status(401),
        Case::new("his goes on", &bob, "POST", REFRESH),
    ]);
}

#[test]
fn what_ends_all_sessions() {
    let world = world();
    if world.server.is_reference() {
        return;
    }
    let ann = || world.sign_in("ann@example.com");
    let (one, two) = (ann(), ann());
    let path = format!("{}/{}", records("members"), one.id);
    let of_ann = format!("{SESSIONS}?record={}", one.id);
    let impersonated = format!("/api/collections/members/impersonate/{}", one.id);
    let fixed = || {
        let token = world
            .superuser
            .post(&impersonated, &json!({}))
            .text_at("token");
        world.anyone.with_token(&token)
    };
    let (first, bob) = (fixed(), world.sign_in("bob@example.com"));
    let dead = |name, persona| Case::new(name, persona, "POST", REFRESH).status(401);
    check(vec![
        Case::new("not his to end", &bob, "DELETE", &of_ann).status(403),
        Case::new("nor a guest's", &world.anyone, "DELETE", &of_ann).status(401),
        Case::new("everywhere", &one, "DELETE", SESSIONS).status(204),
        dead("this one", &one),
        dead("the other", &two),
        dead("also without a session", &first),
        Case::new("nothing is left", &world.superuser, "GET", &of_ann).is("items", json!([])),
        Case::new("his goes on", &bob, "POST", REFRESH),
    ]);
    let (one, two) = (ann(), fixed());
    let change = json!({"oldPassword": "secret-word", "password": "secret-word",
        "passwordConfirm": "secret-word"});
    check(vec![
        Case::new("a new password", &one, "PATCH", &path).json(&change),
        dead("ends it", &one),
        dead("and what has no session", &two),
        Case::new("nothing is left", &world.superuser, "GET", &of_ann).is("items", json!([])),
    ]);
    let one = ann();
    check(vec![
        Case::new("a superuser ends", &world.superuser, "DELETE", &of_ann).status(204),
        dead("what is hers", &one),
    ]);
    let one = ann();
    check(vec![
        Case::new("the record goes", &world.superuser, "DELETE", &path).status(204),
        dead("and all with it", &one),
        Case::new("none of nobody", &world.superuser, "GET", &of_ann).status(404),
    ]);
}

#[test]
fn a_superuser_acts_as_somebody_for_a_time() {
    let world = world();
    let ann = world.sign_in("ann@example.com");
    let path = format!("/api/collections/members/impersonate/{}", ann.id);
    let post =
        |name, persona, path: &str, body: Value| Case::new(name, persona, "POST", path).json(&body);
    let none = || json!({});
    let (superuser, anyone) = (&world.superuser, &world.anyone);
    check(vec![
        post("a guest", anyone, &path, none()).status(401),
        post("herself", &ann, &path, none()).status(403),
        post(
            "nobody",
            superuser,
            "/api/collections/members/impersonate/nobody",
            none(),
        )
        .status(404),
        post(
            "nowhere",
            superuser,
            "/api/collections/_mfas/impersonate/nobody",
            none(),
        )
        .status(404),
        post(
            "less than no time",
            superuser,
            &path,
            json!({"duration": -1}),
        )
        .refused(
            400,
            "data.duration.code",
            "validation_min_greater_equal_than_required",
        ),
        post("half a second", superuser, &path, json!({"duration": 1.5})).status(400),
        post("no time at all", superuser, &path, json!({"duration": "x"})).status(400),
        post("a time", superuser, &path, json!({"duration": 30}))
            .is("record.email", "ann@example.com")
            .lacks("tokenKey"),
        post("as long as a sign-in", superuser, &path, none()).has("\"token\":"),
    ]);
    let locked = json!({"authRule": "verified = true"});
    superuser
        .patch("/api/collections/members", &locked)
        .expect(200);
    let token = superuser.post(&path, &none()).text_at("token");
    let acting = anyone.with_token(&token);
    check(vec![
        Case::new(
            "the auth rule is not asked",
            &acting,
            "GET",
            &records("members"),
        )
        .is("totalItems", 2),
        Case::new("but by a refresh", &acting, "POST", REFRESH).status(403),
        post("no acting as others", &acting, &path, none()).status(403),
    ]);
    superuser
        .patch("/api/collections/members", &json!({"authRule": ""}))
        .expect(200);
    let token = superuser.post(&path, &none()).text_at("token");
    let later = anyone.with_token(&token);
    check(vec![
        Case::new("another auth rule ended it", &acting, "POST", REFRESH).status(401),
        Case::new("a refresh gives no other token", &later, "POST", REFRESH).is("token", token),
    ]);
}
