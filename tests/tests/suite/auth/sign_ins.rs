//! The history of an account's sign-ins: what it tells, to whom, and that it is no way to write.
//! The real PocketBase has none.

use super::{MEMBERS, World, password_of};
use luge_tests::persona::records;
use luge_tests::{Answer, Case, Requests, check};
use serde_json::{Value, json};

const HISTORY: &str = "/api/collections/members/sign-ins";
const SIGN_IN: &str = "/api/collections/members/auth-with-password";

fn of(id: &str) -> String {
    format!("{HISTORY}?record={id}")
}

fn count(answer: &Answer) -> usize {
    answer.at("items").as_array().unwrap().len()
}

#[test]
fn it_is_for_the_account_and_for_superusers() {
    let world = World::start(json!({}));
    if world.server.is_reference() {
        return;
    }
    let phone = world.anyone.with_header("User-Agent", "A telephone");
    let phone = phone.sign_in("members", "ann@example.com", super::PASSWORD);
    let desk = world.sign_in("ann");
    let bob = world.sign_in("bob");
    let broken = world.anyone.with_token("not.a.token");
    let get = |name, persona, path: &str| Case::new(name, persona, "GET", path);
    let of_ann = of(&phone.id);
    check(vec![
        get("her own, the latest first", &desk, HISTORY)
            .is("items.0.outcome", "signedIn")
            .is("items.0.method", "password")
            .is("items.0.current", true)
            .is("items.0.live", true)
            .is("items.0.new", true)
            .is("items.1.device", "A telephone")
            .is("items.1.address", "127.0.0.1")
            .is("items.1.current", false)
            .is("items.1.new", false),
        get("no token and no hash", &desk, HISTORY)
            .lacks(desk.token())
            .lacks("tokenKey")
            .lacks("hash"),
        get(
            "only what is asked for",
            &desk,
            &format!("{HISTORY}?fields=items.outcome"),
        )
        .lacks("device"),
        get("his own", &bob, HISTORY).lacks("telephone"),
        get("not hers for him", &bob, &of_ann).status(403),
        get("nor for a guest", &world.anyone, &of_ann).status(401),
        get("a guest has none", &world.anyone, HISTORY).status(401),
        get("nor has a broken token", &broken, HISTORY).status(401),
        get("a superuser names whose", &world.superuser, HISTORY).status(403),
        get("and sees it", &world.superuser, &of_ann).has("telephone"),
        get("of nobody", &world.superuser, &of("nobody")).status(404),
        get(
            "of a collection without sign-in",
            &world.superuser,
            "/api/collections/_mfas/sign-ins",
        )
        .status(404),
        get(
            "of no collection",
            &world.superuser,
            "/api/collections/nothing/sign-ins",
        )
        .status(404),
        Case::new("nobody writes it", &world.superuser, "POST", HISTORY).status(404),
        Case::new("nor removes it", &world.superuser, "DELETE", &of_ann).status(404),
    ]);
}

#[test]
fn wrong_passwords_and_refreshes_are_not_in_it() {
    let world = World::start(json!({}));
    if world.server.is_reference() {
        return;
    }
    let ann = world.sign_in("ann");
    ann.post(&format!("{MEMBERS}/auth-refresh"), &Value::Null)
        .expect(200);
    for wrong in ["wrong", "secret-wor", "SECRET-WORD"] {
        let body = json!({"identity": "ann@example.com", "password": wrong});
        world.anyone.post(SIGN_IN, &body).expect(400);
    }
    assert_eq!(count(&ann.get(HISTORY)), 1);
    let session = ann.get(HISTORY).text_at("items.0.session");
    ann.delete(&format!("{MEMBERS}/sessions/{session}"))
        .expect(204);
    let told = world.superuser.get(&of(&ann.id));
    assert_eq!(told.at("items.0.live"), false, "{told}");
}

#[test]
fn a_right_password_that_was_not_enough_is_told() {
    let world = World::start(json!({"otp": {"enabled": true}}));
    if world.server.is_reference() {
        return;
    }
    let ann = world.sign_in("ann");
    world
        .superuser
        .patch(MEMBERS, &json!({"mfa": {"enabled": true}}))
        .expect(200);
    world.anyone.post(SIGN_IN, &password_of("ann")).expect(401);
    world
        .superuser
        .patch(
            MEMBERS,
            &json!({"mfa": {"enabled": false}, "authRule": "rank = 'high'"}),
        )
        .expect(200);
    for _ in 0..3 {
        world.anyone.post(SIGN_IN, &password_of("ann")).expect(403);
    }
    // Nobody waits for the note of a refusal; what is written later is seen after it.
    world
        .superuser
        .patch(MEMBERS, &json!({"authRule": ""}))
        .expect(200);
    let told = world.superuser.get(&of(&ann.id));
    check(vec![
        Case::new("the latest first", &world.superuser, "GET", &of(&ann.id))
            .is("items.0.outcome", "refused")
            .is("items.0.session", "")
            .is("items.0.live", false)
            .is("items.1.outcome", "unfinished")
            .is("items.1.session", "")
            .is("items.2.outcome", "signedIn"),
    ]);
    assert_eq!(
        count(&told),
        3,
        "refusals are noted once in a while: {told}"
    );
}

#[test]
fn an_impersonation_is_told_and_by_whom_to_superusers_alone() {
    let world = World::start(json!({}));
    if world.server.is_reference() {
        return;
    }
    let bob = world.sign_in("bob");
    let impersonate = format!("{MEMBERS}/impersonate/{}", bob.id);
    for persona in [&world.anyone, &bob] {
        let refused = persona.post(&impersonate, &json!({})).status;
        assert!([401, 403].contains(&refused), "{refused}");
    }
    let missing = format!("{MEMBERS}/impersonate/nobody");
    world.superuser.post(&missing, &json!({})).expect(404);
    assert_eq!(count(&bob.get(HISTORY)), 1);
    let token = world
        .superuser
        .post(&impersonate, &json!({"duration": 60}))
        .text_at("token");
    let acting = world.anyone.with_token(&token);
    let superuser = world.superuser.get(&records("_superusers"));
    let email = superuser.text_at("items.0.email");
    check(vec![
        Case::new("by whom", &world.superuser, "GET", &of(&bob.id))
            .is("items.0.outcome", "impersonated")
            .is("items.0.by", email.as_str())
            .is("items.0.address", "127.0.0.1")
            .is("items.0.live", false)
            .lacks(&token),
        Case::new("not to the account", &bob, "GET", HISTORY)
            .is("items.0.outcome", "impersonated")
            .is("items.0.by", "")
            .is("items.0.address", "")
            .is("items.0.device", "")
            .lacks(&email),
        Case::new("nor to who acts as it", &acting, "GET", HISTORY).lacks(&email),
    ]);
}

#[test]
fn it_is_kept_over_restarts_and_goes_with_the_account() {
    let mut world = World::start(json!({}));
    if world.server.is_reference() {
        return;
    }
    let ann = world.sign_in("ann");
    world.server.restart();
    assert_eq!(count(&ann.get(HISTORY)), 1);
    let own = format!("{}/{}", records("members"), ann.id);
    world.superuser.delete(&own).expect(204);
    let mut again = super::member("ann");
    again["id"] = ann.id.as_str().into();
    world.superuser.record("members", &again);
    assert_eq!(count(&world.superuser.get(&of(&ann.id))), 0);
}
