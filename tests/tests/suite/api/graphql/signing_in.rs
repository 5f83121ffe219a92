//! Signing in by a mutation answers and refuses as REST does.

use super::super::super::machines::{KEYS, PASSWORD};
use super::{asked, case, notes, refused};
use luge_tests::{Requests, check};
use serde_json::{Value, json};

const REFRESH: &str = "mutation { refresh_members { token record { nick } } }";

fn sign_in(identity: &str, password: &str) -> String {
    format!(
        "mutation {{ sign_in_members(identity: \"{identity}\", password: \"{password}\") \
         {{ token record {{ id email nick }} }} }}"
    )
}

#[test]
fn a_password_gives_a_token_that_holds() {
    let Some(world) = notes() else { return };
    let anyone = &world.anyone;
    let signed_in = asked(anyone, &sign_in("ann@example.com", PASSWORD));
    let token = signed_in.text_at("data.sign_in_members.token");
    let ann = anyone.with_token(&token);
    ann.get("/api/collections/members/sessions").expect(200);
    let refreshed = asked(&ann, REFRESH);
    let newer = refreshed.text_at("data.refresh_members.token");
    assert!(!newer.is_empty(), "{refreshed}");
    check(vec![
        case("the record", anyone, &sign_in("ann@example.com", PASSWORD))
            .is("data.sign_in_members.record.id", &*world.ann.id)
            .is("data.sign_in_members.record.email", "ann@example.com"),
        case("the newer token", &anyone.with_token(&newer), REFRESH)
            .is("data.refresh_members.record.nick", "n"),
    ]);
}

#[test]
fn who_proves_nothing_gets_nothing() {
    let Some(world) = notes() else { return };
    let (anyone, superuser) = (&world.anyone, &world.superuser);
    let named = "mutation { sign_in_members(identity: \"ann@example.com\", password: \"x\", \
                 identityField: \"nick\") { token } }";
    let key = json!({"name": "all", "scopes": [{"collections": ["*"], "actions": ["*"]}]});
    let key = world.ann.post(KEYS, &key).text_at("key");
    let by_key = anyone.with_token(&key);
    let superusers = "mutation { sign_in__superusers(identity: \"a\", password: \"b\") { token } }";
    check(vec![
        refused(
            "a wrong password",
            anyone,
            &sign_in("ann@example.com", "nope"),
            400,
        )
        .is("errors.0.message", "Failed to authenticate.")
        .is("data.sign_in_members", Value::Null),
        refused(
            "an unknown account",
            anyone,
            &sign_in("x@example.com", PASSWORD),
            400,
        )
        .is("errors.0.message", "Failed to authenticate."),
        refused("no password", anyone, &sign_in("ann@example.com", ""), 400).is(
            "errors.0.extensions.data.password.code",
            "validation_required",
        ),
        refused("a field that names nobody", anyone, named, 400).is(
            "errors.0.extensions.data.identityField.code",
            "validation_in_invalid",
        ),
        case(
            "without one",
            anyone,
            "mutation { sign_in_members { token } }",
        )
        .has("identity"),
        refused("a guest has nothing to renew", anyone, REFRESH, 401),
        refused("nor has an API key", &by_key, REFRESH, 401),
        refused("nor one of elsewhere", superuser, REFRESH, 403),
        case("superusers, for others", anyone, superusers).has("Unknown field"),
        case("by a query", anyone, "{ sign_in_members { token } }").has("Unknown field"),
    ]);
}

#[test]
fn what_a_collection_does_not_allow_is_not_there() {
    let Some(world) = notes() else { return };
    let (anyone, superuser) = (&world.anyone, &world.superuser);
    let off = json!({"passwordAuth": {"enabled": false, "identityFields": ["email"]}});
    superuser
        .patch("/api/collections/members", &off)
        .expect(200);
    check(vec![
        case("a password", anyone, &sign_in("ann@example.com", PASSWORD)).has("Unknown field"),
        case("a new token", &world.ann, REFRESH).is("data.refresh_members.record.nick", "n"),
    ]);
}

#[test]
fn a_second_factor_is_asked_for() {
    let Some(world) = notes() else { return };
    let (anyone, superuser) = (&world.anyone, &world.superuser);
    let factors = json!({"mfa": {"enabled": true, "duration": 600}, "otp": {"enabled": true}});
    superuser
        .patch("/api/collections/members", &factors)
        .expect(200);
    let first = asked(anyone, &sign_in("ann@example.com", PASSWORD));
    let begun = first.text_at("errors.0.extensions.data.mfaId");
    assert!(!begun.is_empty(), "{first}");
    let again = format!(
        "mutation {{ sign_in_members(identity: \"ann@example.com\", password: \"{PASSWORD}\", \
         mfaId: \"{begun}\") {{ token }} }}"
    );
    check(vec![
        refused(
            "one factor",
            anyone,
            &sign_in("ann@example.com", PASSWORD),
            401,
        )
        .is("errors.0.extensions.code", "UNAUTHENTICATED")
        .has("mfaId"),
        refused("the same one twice", anyone, &again, 400),
    ]);
}
