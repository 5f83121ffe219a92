//! The second factor as the contract has it, as far as no mail is needed for it: a first factor
//! begins, and everything that does not complete is refused.

use super::{MEMBERS, World, password_of};
use luge_tests::persona::records;
use luge_tests::{Case, Requests, check};
use serde_json::{Value, json};

const SIGN_IN: &str = "/api/collections/members/auth-with-password";

fn world(rule: &str) -> World {
    let world = World::start(json!({"otp": {"enabled": true}}));
    let mfa = json!({"mfa": {"enabled": true, "rule": rule}});
    world.superuser.patch(MEMBERS, &mfa).expect(200);
    world
}

fn begun(world: &World, name: &str) -> String {
    let answer = world.anyone.post(SIGN_IN, &password_of(name));
    assert_eq!(answer.status, 401, "{answer}");
    answer.text_at("mfaId")
}

#[test]
fn a_first_factor_begins_and_cannot_complete_itself() {
    let world = world("");
    let anyone = &world.anyone;
    let first = world.anyone.post(SIGN_IN, &password_of("ann"));
    let id = first.text_at("mfaId");
    assert_eq!(
        first.text,
        format!(r#"{{"mfaId":"{id}"}}"#),
        "nothing else is told"
    );
    let of_bob = begun(&world, "bob");
    let with = |name: &str, id: &str| {
        let mut body = password_of(name);
        body["mfaId"] = id.into();
        body
    };
    let mfas = records("_mfas");
    let other = "A different authentication method is required.";
    let ended = "Invalid or expired MFA session.";
    let case = |name, body: &Value| Case::new(name, anyone, "POST", SIGN_IN).json(body);
    let query = |name, id: &str| {
        let path = format!("{SIGN_IN}?mfaId={id}");
        Case::new(name, anyone, "POST", &path).json(&password_of("ann"))
    };
    let mut wrong = with("ann", &id);
    wrong["password"] = "wrong".into();
    check(vec![
        Case::new("it is a record", &world.superuser, "GET", &mfas)
            .is("totalItems", 2)
            .is("items.0.method", "password")
            .is(
                "items.0.collectionRef",
                world.superuser.get(MEMBERS).text_at("id"),
            ),
        case("the same method", &with("ann", &id))
            .status(400)
            .is("message", other),
        query("named in the query", &id)
            .status(400)
            .is("message", other),
        case("of somebody else", &with("ann", &of_bob))
            .status(400)
            .is("message", "Invalid MFA session."),
        case("no such sign-in", &with("ann", "nothing"))
            .status(400)
            .is("message", ended),
        query("nor in the query", "nothing")
            .status(400)
            .is("message", ended),
        case("a wrong password first", &wrong)
            .status(400)
            .is("message", "Failed to authenticate."),
        case("an empty id begins again", &with("ann", ""))
            .status(401)
            .has("mfaId"),
        Case::new("refusals use nothing up", &world.superuser, "GET", &mfas).is("totalItems", 3),
        Case::new("guests see none", anyone, "GET", &mfas).is("totalItems", 0),
    ]);
}

#[test]
fn the_rule_says_who_is_asked() {
    let world = world("rank = 'high'");
    let ann = format!("{MEMBERS}/records/{}", world.id("ann"));
    world
        .superuser
        .patch(&ann, &json!({"rank": "high"}))
        .expect(200);
    let sign_in =
        |name, who: &str| Case::new(name, &world.anyone, "POST", SIGN_IN).json(&password_of(who));
    check(vec![
        sign_in("asked", "ann")
            .status(401)
            .has("mfaId")
            .lacks("token"),
        sign_in("not asked", "bob").has("token"),
    ]);
    let off = json!({"mfa": {"enabled": false}});
    world.superuser.patch(MEMBERS, &off).expect(200);
    check(vec![sign_in("switched off", "ann").has("token")]);
}

#[test]
fn what_begun_ends_with_time_and_with_the_password() {
    let world = world("");
    let id = begun(&world, "ann");
    let ann = format!("{MEMBERS}/records/{}", world.id("ann"));
    let changed = json!({"password": "other-word", "passwordConfirm": "other-word"});
    world.superuser.patch(&ann, &changed).expect(200);
    let gone = world.superuser.get(&format!("{}/{id}", records("_mfas")));
    assert_eq!(gone.status, 404, "{gone}");
    let bob = begun(&world, "bob");
    let brief = json!({"mfa": {"duration": 10}});
    world.superuser.patch(MEMBERS, &brief).expect(200);
    std::thread::sleep(std::time::Duration::from_secs(11));
    let mut body = password_of("bob");
    body["mfaId"] = bob.as_str().into();
    let late = world.anyone.post(SIGN_IN, &body);
    assert_eq!(late.status, 400, "{late}");
    assert!(
        late.text.contains("Invalid or expired MFA session."),
        "{late}"
    );
    let gone = world.superuser.get(&format!("{}/{bob}", records("_mfas")));
    assert_eq!(gone.status, 404, "it is removed when it is met");
}

#[test]
fn the_auth_rule_is_asked_before_a_second_factor() {
    let world = world("");
    let rule = json!({"authRule": "verified = true"});
    world.superuser.patch(MEMBERS, &rule).expect(200);
    let sign_in = world.anyone.post(SIGN_IN, &password_of("ann"));
    assert_eq!(sign_in.status, 403, "{sign_in}");
    let mfas = world.superuser.get(&records("_mfas")).expect(200);
    assert_eq!(mfas["totalItems"], 0);
}
