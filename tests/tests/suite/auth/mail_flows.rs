//! What is done through mails: what is refused before any mail is looked at, the same on the real
//! PocketBase; and, with the mails that Luge keeps, everything that ends with a link.

use super::{MEMBERS, PASSWORD, World};
use luge_tests::persona::records;
use luge_tests::{Case, Events, Persona, Requests, check};
use serde_json::{Value, json};

const SUPERUSERS: &str = "/api/collections/_superusers";
const BAD_TOKEN: &str = "validation_invalid_token";

fn new_password(token: &str, word: &str) -> Value {
    json!({"token": token, "password": word, "passwordConfirm": word})
}

fn post(persona: &Persona, flow: &str, body: &Value) -> u16 {
    persona.post(&format!("{MEMBERS}/{flow}"), body).status
}

#[test]
fn what_is_asked_for_is_looked_at_first() {
    let world = World::start(json!({}));
    let anyone = &world.anyone;
    let case = |name, collection: &str, flow: &str, body: Value| {
        Case::new(name, anyone, "POST", &format!("{collection}/{flow}")).json(&body)
    };
    let member = |name, flow: &str, body| case(name, MEMBERS, flow, body);
    let mut cases = Vec::new();
    for flow in ["request-verification", "request-password-reset"] {
        let email = |email: Value| json!({ "email": email });
        let refused =
            |name, value, code| member(name, flow, value).refused(400, "data.email.code", code);
        cases.extend([
            refused("no address", json!({}), "validation_required"),
            refused("an empty address", email(json!("")), "validation_required"),
            refused("null", email(json!(null)), "validation_required"),
            refused("no mailbox", email(json!("ann")), "validation_is_email"),
            refused(
                "with spaces",
                email(json!(" ann@example.com ")),
                "validation_is_email",
            ),
            refused(
                "with a line",
                email(json!("ann@example.com\r\nBcc: x@example.com")),
                "validation_is_email",
            ),
            refused(
                "two",
                email(json!("a@example.com,b@example.com")),
                "validation_is_email",
            ),
            refused(
                "too long",
                email(json!(format!("{}@example.com", "a".repeat(300)))),
                "validation_length_out_of_range",
            ),
            member("known", flow, email(json!("ann@example.com"))).status(204),
            member("known again", flow, email(json!("ann@example.com"))).status(204),
            member("unknown", flow, email(json!("nobody@example.com"))).status(204),
        ]);
    }
    check(cases);
}

#[test]
fn superusers_and_what_has_no_accounts_are_told_so() {
    let world = World::start(json!({}));
    let case = |name, collection: &str, flow: &str, body: Value| {
        let path = format!("{collection}/{flow}");
        Case::new(name, &world.anyone, "POST", &path).json(&body)
    };
    let mut cases = Vec::new();
    let all = [
        "request-verification",
        "confirm-verification",
        "request-password-reset",
        "confirm-password-reset",
        "confirm-email-change",
    ];
    for flow in all {
        let none = "Missing or invalid auth collection context.";
        cases.push(
            case("no accounts", "/api/collections/_mfas", flow, json!({}))
                .status(404)
                .is("message", none),
        );
        let none = "Missing or invalid collection context.";
        cases.push(
            case("no collection", "/api/collections/nope", flow, json!({}))
                .status(404)
                .is("message", none),
        );
    }
    for flow in ["request-verification", "confirm-verification"] {
        let reason = "All superusers are verified by default.";
        cases.push(
            case("superusers", SUPERUSERS, flow, json!({}))
                .status(400)
                .is("message", reason),
        );
    }
    let reason = "All superusers can change their emails directly.";
    cases.push(
        case("superusers", SUPERUSERS, "confirm-email-change", json!({}))
            .status(400)
            .is("message", reason),
    );
    check(cases);
}

#[test]
fn tokens_that_prove_nothing_are_refused() {
    let world = World::start(json!({}));
    let ann = world.sign_in("ann");
    let case = |name, flow: &str, body: Value| {
        Case::new(name, &world.anyone, "POST", &format!("{MEMBERS}/{flow}")).json(&body)
    };
    let words =
        |token: &str| json!({"token": token, "password": PASSWORD, "passwordConfirm": PASSWORD});
    let required = "validation_required";
    let mut cases = vec![
        case("nothing", "confirm-verification", json!({})).refused(
            400,
            "data.token.code",
            required,
        ),
        case("nothing", "confirm-password-reset", json!({}))
            .refused(400, "data.token.code", required)
            .has(r#""password":{"code":"validation_required""#)
            .has(r#""passwordConfirm":{"code":"validation_required""#),
        case("nothing", "confirm-email-change", json!({}))
            .refused(400, "data.token.code", required)
            .has(r#""password":{"code":"validation_required""#),
        case(
            "a short password",
            "confirm-password-reset",
            json!({"token": "x", "password": "x", "passwordConfirm": "y"}),
        )
        .refused(400, "data.password.code", "validation_length_out_of_range")
        .has("validation_values_mismatch")
        .has(BAD_TOKEN),
    ];
    // An auth token is no token of a mail, whatever is signed with it.
    for token in ["x", "x.y.z", "", ann.token()]
        .into_iter()
        .filter(|token| !token.is_empty())
    {
        cases.extend([
            case(
                "no address in it",
                "confirm-verification",
                json!({ "token": token }),
            )
            .refused(400, "data.token.code", "validation_invalid_token_claims"),
            case("none", "confirm-password-reset", words(token)).refused(
                400,
                "data.token.code",
                BAD_TOKEN,
            ),
            case(
                "no new address in it",
                "confirm-email-change",
                json!({"token": token, "password": PASSWORD}),
            )
            .refused(400, "data.token.code", "validation_invalid_token_payload")
            .has("validation_invalid_password"),
        ]);
    }
    check(cases);
    // Nothing changed.
    assert_eq!(post(&ann, "auth-refresh", &json!({})), 200);
}

#[test]
fn changing_ones_address_is_asked_for_by_oneself() {
    let world = World::start(json!({}));
    let ann = world.sign_in("ann");
    let case = |name, who, new: Value| {
        let path = format!("{MEMBERS}/request-email-change");
        Case::new(name, who, "POST", &path).json(&json!({ "newEmail": new }))
    };
    let refused =
        |name, new: Value, code| case(name, &ann, new).refused(400, "data.newEmail.code", code);
    check(vec![
        case("a guest", &world.anyone, json!("x@example.com")).status(401),
        case(
            "of another collection",
            &world.superuser,
            json!("x@example.com"),
        )
        .status(403)
        .is(
            "message",
            "The request requires auth record from _superusers collection.",
        ),
        Case::new(
            "a superuser",
            &world.superuser,
            "POST",
            &format!("{SUPERUSERS}/request-email-change"),
        )
        .json(&json!({"newEmail": "x@example.com"}))
        .status(400)
        .is(
            "message",
            "All superusers can change their emails directly.",
        ),
        refused("nothing", json!(""), "validation_required"),
        refused("no address", json!("x"), "validation_is_email"),
        refused(
            "the same",
            json!("ann@example.com"),
            "validation_not_in_invalid",
        ),
        refused(
            "taken",
            json!("bob@example.com"),
            "validation_invalid_new_email",
        ),
    ]);
}

#[test]
fn passwords_that_are_switched_off_are_not_replaced() {
    let world = World::start(json!({"passwordAuth": {"enabled": false}}));
    let ask = format!("{MEMBERS}/request-password-reset");
    let reason = "The collection is not configured to allow password authentication.";
    check(vec![
        Case::new("switched off", &world.anyone, "POST", &ask)
            .json(&json!({"email": "ann@example.com"}))
            .status(400)
            .is("message", reason),
        Case::new("whatever is sent", &world.anyone, "POST", &ask)
            .json(&json!({}))
            .status(400)
            .is("message", reason),
    ]);
}

#[test]
fn a_replaced_password_ends_everything_signed_in() {
    let world = World::start(json!({}));
    if world.server.is_reference() {
        return;
    }
    let ann = world.sign_in("ann");
    let ask = json!({"email": "ann@example.com"});
    assert_eq!(post(&world.anyone, "request-password-reset", &ask), 204);
    let token = world.linked("password-reset", "ann");
    let words = |token: &str| new_password(token, "other-word");
    let flow = "confirm-password-reset";
    // A token of one kind is none of another.
    assert_eq!(
        post(
            &world.anyone,
            "confirm-verification",
            &json!({ "token": token })
        ),
        400
    );
    assert_eq!(post(&ann, "auth-refresh", &json!({})), 200);
    assert_eq!(post(&world.anyone, flow, &words(&token)), 204);
    assert_eq!(post(&world.anyone, flow, &words(&token)), 400);
    check(vec![
        Case::new(
            "old token",
            &ann,
            "POST",
            &format!("{MEMBERS}/auth-refresh"),
        )
        .status(401),
        Case::new("old sessions", &ann, "GET", &format!("{MEMBERS}/sessions")).status(401),
        Case::new(
            "verified",
            &world.superuser,
            "GET",
            &format!("{}/{}", records("members"), world.id("ann")),
        )
        .is("verified", true),
        Case::new(
            "no session begins by it",
            &world.anyone,
            "POST",
            &format!("{MEMBERS}/auth-with-password"),
        )
        .json(&json!({"identity": "ann@example.com", "password": "other-word"}))
        .has("token"),
    ]);
}

#[test]
fn a_replaced_password_ends_open_streams() {
    let rule = "id = @request.auth.id || rank = 'open'";
    let world = World::start(json!({ "viewRule": rule }));
    if world.server.is_reference() {
        return;
    }
    let ann = world.sign_in("ann");
    let base = world.server.base();
    let address = base.strip_prefix("http://").unwrap();
    let id = world.id("ann");
    let own = format!("members/{id}");
    let mut events = Events::of(address, &ann, &[&own]);
    let rank = |rank: &str| {
        let path = format!("{MEMBERS}/records/{id}");
        world
            .superuser
            .patch(&path, &json!({ "rank": rank }))
            .expect(200);
    };
    let mut told = || loop {
        let event = events.next().expect("the stream goes on");
        if event.name == own {
            return event.summary("rank");
        }
    };
    rank("before");
    assert_eq!(told(), "update before");
    let ask = json!({"email": "ann@example.com"});
    assert_eq!(post(&world.anyone, "request-password-reset", &ask), 204);
    let words = new_password(&world.linked("password-reset", "ann"), "other-word");
    assert_eq!(post(&world.anyone, "confirm-password-reset", &words), 204);
    // The stream is a guest's now: it is told nothing of what only its record may see.
    rank("secret");
    rank("open");
    assert_eq!(told(), "update open");
}

#[test]
fn whoever_proves_an_address_first_is_left_nothing_of_others() {
    let world = World::start(json!({}));
    if world.server.is_reference() {
        return;
    }
    // Somebody registers bob's address, signs in and is known from there.
    let squatter = world.sign_in("bob");
    let origins = records("_authOrigins");
    let ask = json!({"email": "bob@example.com"});
    assert_eq!(post(&world.anyone, "request-password-reset", &ask), 204);
    let token = world.linked("password-reset", "bob");
    let words = new_password(&token, "other-word");
    assert_eq!(post(&world.anyone, "confirm-password-reset", &words), 204);
    assert_eq!(post(&squatter, "auth-refresh", &json!({})), 401);
    let filter = format!("{origins}?filter=recordRef='{}'", world.id("bob"));
    assert_eq!(world.superuser.get(&filter).at("totalItems"), json!(0));
}

#[test]
fn a_mail_to_another_address_changes_nothing_without_the_password() {
    let world = World::start(json!({}));
    if world.server.is_reference() {
        return;
    }
    // Ann wants the address of somebody who reads the mail and does not know her password.
    let ann = world.sign_in("ann");
    let ask = json!({"newEmail": "victim@example.com"});
    assert_eq!(post(&ann, "request-email-change", &ask), 204);
    let token = world.linked("email-change", "victim");
    for password in ["", "wrong", "victims-word"] {
        let confirm = json!({"token": token, "password": password});
        assert_eq!(post(&world.anyone, "confirm-email-change", &confirm), 400);
    }
    assert_eq!(post(&ann, "auth-refresh", &json!({})), 200);
    // The address is given to somebody else: the link is worth nothing, with the password too.
    let mut other = super::member("victim");
    other["verified"] = true.into();
    world.superuser.record("members", &other);
    let confirm = json!({"token": token, "password": PASSWORD});
    let answer = world
        .anyone
        .post(&format!("{MEMBERS}/confirm-email-change"), &confirm);
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.text_at("data.token.code"),
        "validation_invalid_token_email"
    );
    world.sign_in("ann");
}
