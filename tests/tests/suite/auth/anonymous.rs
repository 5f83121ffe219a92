//! Accounts without any credential, which the real PocketBase does not have.

use super::{MEMBERS, World};
use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, check};
use serde_json::{Value, json};

const SIGN_UP: &str = "/api/collections/members/auth-anonymously";

fn world(options: Value) -> Option<World> {
    let world = World::start(options);
    (!world.server.is_reference()).then_some(world)
}

fn on() -> Value {
    json!({"anonymous": {"enabled": true}})
}

impl World {
    fn somebody(&self) -> Persona {
        let answer = self.anyone.post(SIGN_UP, &json!({"rank": "new"}));
        answer.expect(200);
        let mut somebody = self.anyone.with_token(&answer.text_at("token"));
        somebody.id = answer.text_at("record.id");
        somebody
    }
}

#[test]
fn who_may_have_one() {
    let Some(world) = world(on()) else { return };
    let post = |name, body: Value| Case::new(name, &world.anyone, "POST", SIGN_UP).json(&body);
    check(vec![
        post("a guest", json!({"rank": "new"}))
            .is("record.rank", "new")
            .is("record.email", "")
            .is("record.verified", false),
        post("what is sent of credentials does not count", json!({
            "email": "x@example.com", "password": "secret-word", "passwordConfirm": "secret-word",
        }))
        .is("record.email", ""),
        post("nor that it is verified", json!({"verified": true})).status(400),
        Case::new("no superuser is", &world.anyone, "POST",
            "/api/collections/_superusers/auth-anonymously").status(403),
        Case::new("nor where it is off", &world.anyone, "POST",
            "/api/collections/users/auth-anonymously").status(403),
        Case::new("nor of no collection", &world.anyone, "POST",
            "/api/collections/_mfas/auth-anonymously").status(404),
    ]);
    let rules = json!({"createRule": "@request.body.rank = 'new'"});
    world.superuser.patch(MEMBERS, &rules).expect(200);
    check(vec![
        post("the create rule", json!({"rank": "old"})).status(400),
        post("holds", json!({"rank": "new"})),
    ]);
    world
        .superuser
        .patch(MEMBERS, &json!({"createRule": null}))
        .expect(200);
    check(vec![post("is locked", json!({"rank": "new"})).status(403)]);
    let rules = json!({"createRule": "", "authRule": "verified = true"});
    world.superuser.patch(MEMBERS, &rules).expect(200);
    let before = world.superuser.get(&records("members")).expect(200)["totalItems"].clone();
    check(vec![post("the auth rule", json!({})).status(403)]);
    let after = world.superuser.get(&records("members")).expect(200)["totalItems"].clone();
    assert_eq!(before, after, "nobody is left behind");
}

#[test]
fn it_becomes_an_account_by_its_owner_alone() {
    let Some(world) = world(on()) else { return };
    let (somebody, other) = (world.somebody(), world.somebody());
    let ann = world.sign_in("ann");
    let own = format!("{MEMBERS}/records/{}", somebody.id);
    let known = json!({
        "email": "new@example.com", "password": "new-secret", "passwordConfirm": "new-secret",
    });
    let patch = |name, persona, body: &Value| Case::new(name, persona, "PATCH", &own).json(body);
    let sign_in = format!("{MEMBERS}/auth-with-password");
    let refresh = format!("{MEMBERS}/auth-refresh");
    let nobody = json!({"identity": somebody.id, "password": ""});
    check(vec![
        patch("something else", &somebody, &json!({"rank": "old"})).is("rank", "old"),
        patch("not by a guest", &world.anyone, &known).status(404),
        patch("nor by another", &other, &known).status(404),
        patch("nor verified", &somebody, &json!({"verified": true})).status(400),
        patch(
            "not without confirmation",
            &somebody,
            &json!({"password": "new-secret"}),
        )
        .status(400)
        .has("passwordConfirm"),
        patch(
            "not a taken address",
            &somebody,
            &json!({"email": "bob@example.com"}),
        )
        .status(400)
        .has("validation_not_unique"),
        patch(
            "no short password",
            &somebody,
            &json!({"password": "x", "passwordConfirm": "x"}),
        )
        .status(400),
        Case::new("no password signs in", &world.anyone, "POST", &sign_in)
            .json(&nobody)
            .status(400),
        patch("both", &somebody, &known).is("verified", false),
        Case::new("its tokens end", &somebody, "POST", &refresh).status(401),
        Case::new("it signs in", &world.anyone, "POST", &sign_in)
            .json(&json!({"identity": "new@example.com", "password": "new-secret"}))
            .is("record.id", somebody.id.as_str())
            .is("record.rank", "old"),
    ]);
    // From then on, and for everybody else, the address and the password are guarded as ever.
    let again = world
        .anyone
        .sign_in("members", "new@example.com", "new-secret");
    let email = json!({"email": "other@example.com"});
    let password = json!({"password": "other-word", "passwordConfirm": "other-word"});
    let of_ann = format!("{MEMBERS}/records/{}", ann.id);
    check(vec![
        patch("another address", &again, &email).status(400),
        patch("another password", &again, &password)
            .status(400)
            .has("oldPassword"),
        Case::new("hers too", &ann, "PATCH", &of_ann)
            .json(&email)
            .status(400),
    ]);
}

#[test]
fn a_second_factor_is_not_asked_of_who_has_none() {
    let mut options = on();
    options["otp"] = json!({"enabled": true});
    let Some(world) = world(options) else { return };
    world
        .superuser
        .patch(MEMBERS, &json!({"mfa": {"enabled": true}}))
        .expect(200);
    let somebody = world.somebody();
    let sessions = somebody.get(&format!("{MEMBERS}/sessions"));
    assert_eq!(sessions.text_at("items.0.method"), "anonymous");
}
