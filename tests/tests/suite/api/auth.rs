//! Sign-in with a password, refresh, hidden credentials, e-mail visibility, tokens that end.

use super::field;
use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

const FAILED: &str = "Failed to authenticate.";

fn members(server: &Server) -> Persona {
    let superuser = server.superuser();
    superuser.collection(&json!({
        "name": "members", "type": "auth", "listRule": "", "viewRule": "", "createRule": "",
        "updateRule": "id = @request.auth.id", "deleteRule": "id = @request.auth.id",
        "fields": [
            field("name", "text", json!({})),
            field("badge", "text", json!({"hidden": true})),
        ],
    }));
    superuser
}

fn member(email: &str, more: Value) -> Value {
    let password = "secret-word";
    let mut body = json!({"email": email, "password": password, "passwordConfirm": password});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    body
}

#[test]
fn sign_up_checks_its_form_and_shows_no_credentials() {
    let server = Server::start();
    members(&server);
    let anyone = server.anyone();
    let path = records("members");
    let create = |name, body: Value| {
        Case::new(name, &anyone, "POST", &path)
            .json(&body)
            .lacks("tokenKey")
            .lacks("$2a$")
            .lacks("argon2")
    };
    let without = |key: &str| {
        let mut body = member("x@example.com", json!({}));
        body.as_object_mut().unwrap().remove(key);
        body
    };
    check(vec![
        create("good", member("ann@example.com", json!({"name": "Ann"})))
            .is("name", "Ann")
            .is("verified", false)
            .lacks("ann@example.com")
            .lacks("password"),
        create("same e-mail", member("ann@example.com", json!({}))).refused(
            400,
            "data.email.code",
            "validation_not_unique",
        ),
        create("no password", without("password")).refused(
            400,
            "data.password.code",
            "validation_required",
        ),
        create("no confirmation", without("passwordConfirm")).refused(
            400,
            "data.passwordConfirm.code",
            "validation_required",
        ),
        create(
            "other confirmation",
            member("y@example.com", json!({"passwordConfirm": "other"})),
        )
        .refused(
            400,
            "data.passwordConfirm.code",
            "validation_values_mismatch",
        ),
        create(
            "short password",
            member(
                "y@example.com",
                json!({"password": "short", "passwordConfirm": "short"}),
            ),
        )
        .refused(400, "data.password.code", "validation_min_text_constraint"),
        create("no e-mail", without("email")).refused(
            400,
            "data.email.code",
            "validation_required",
        ),
        create("bad e-mail", member("nobody", json!({}))).refused(
            400,
            "data.email.code",
            "validation_is_email",
        ),
        create(
            "verified is not the guest's to set",
            member("v@example.com", json!({"verified": true})),
        )
        .refused(400, "data.verified.code", "validation_values_mismatch"),
        create(
            "hidden fields are dropped",
            member("h@example.com", json!({"badge": "gold"})),
        )
        .lacks("gold"),
        Case::new(
            "and were not stored",
            &server.superuser(),
            "GET",
            &format!("{path}?filter=badge='gold'"),
        )
        .is("totalItems", 0),
    ]);
}

#[test]
fn sign_in_answers_alike_for_every_failure() {
    let server = Server::start();
    members(&server);
    let anyone = server.anyone();
    anyone
        .post(&records("members"), &member("ann@example.com", json!({})))
        .expect(200);
    let path = "/api/collections/members/auth-with-password";
    let refresh = "/api/collections/members/auth-refresh";
    let sign_in = |name, identity: &str, password: &str| {
        let body = json!({"identity": identity, "password": password});
        Case::new(name, &anyone, "POST", path)
            .json(&body)
            .status(400)
    };
    let broken = anyone.with_token("not.a.token");
    let superuser = server.superuser();
    check(vec![
        sign_in("wrong password", "ann@example.com", "nothing")
            .is("message", FAILED)
            .is("data", json!({})),
        sign_in("unknown identity", "nobody@example.com", "secret-word")
            .is("message", FAILED)
            .is("data", json!({})),
        sign_in("empty identity", "", "x").is("data.identity.code", "validation_required"),
        sign_in("empty password", "ann@example.com", "")
            .is("data.password.code", "validation_required"),
        sign_in("long password", "ann@example.com", &"x".repeat(256))
            .is("data.password.code", "validation_length_out_of_range"),
        Case::new("a field that identifies nobody", &anyone, "POST", path)
            .json(&json!({"identity": "x", "password": "secret-word", "identityField": "name"}))
            .status(400),
        Case::new("objects for texts", &anyone, "POST", path)
            .json(&json!({"identity": {"a": 1}, "password": ["b"]}))
            .status(400),
        Case::new(
            "another collection",
            &anyone,
            "POST",
            "/api/collections/_superusers/auth-with-password",
        )
        .json(&json!({"identity": "ann@example.com", "password": "secret-word"}))
        .status(400),
        Case::new("guest refresh", &anyone, "POST", refresh).status(401),
        Case::new("broken token", &broken, "POST", refresh).status(401),
        Case::new("another collection's token", &superuser, "POST", refresh).status(403),
        Case::new(
            "a broken token is a guest",
            &broken,
            "GET",
            &records("members"),
        ),
        Case::new(
            "methods",
            &anyone,
            "GET",
            "/api/collections/members/auth-methods",
        )
        .is("password.identityFields", json!(["email"]))
        .is("mfa.enabled", false),
        sign_in("right", "ann@example.com", "secret-word")
            .status(200)
            .is("record.email", "ann@example.com")
            .has("{\"record\":{")
            .lacks("tokenKey"),
    ]);
}

#[test]
fn a_token_ends_with_its_password_and_its_record() {
    let server = Server::start();
    let superuser = members(&server);
    let anyone = server.anyone();
    anyone
        .post(&records("members"), &member("ann@example.com", json!({})))
        .expect(200);
    let ann = anyone.sign_in("members", "ann@example.com", "secret-word");
    let one = format!("{}/{}", records("members"), ann.id);
    let refresh = "/api/collections/members/auth-refresh";
    let new = json!({"password": "other-word", "passwordConfirm": "other-word"});
    let mut with_old = new.clone();
    with_old["oldPassword"] = json!("secret-word");
    let mut with_wrong = new.clone();
    with_wrong["oldPassword"] = json!("guess");
    check(vec![
        Case::new("refresh", &ann, "POST", refresh).is("record.id", ann.id.as_str()),
        Case::new("old password is needed", &ann, "PATCH", &one)
            .json(&new)
            .refused(400, "data.oldPassword.code", "validation_required"),
        Case::new("and must be right", &ann, "PATCH", &one)
            .json(&with_wrong)
            .refused(
                400,
                "data.oldPassword.code",
                "validation_invalid_old_password",
            ),
        Case::new("e-mail is not hers to change", &ann, "PATCH", &one)
            .json(&json!({"email": "new@example.com"}))
            .refused(400, "data.email.code", "validation_values_mismatch"),
        Case::new("the token still lives", &ann, "POST", refresh),
        Case::new("change", &ann, "PATCH", &one).json(&with_old),
        Case::new("the old token is dead", &ann, "POST", refresh).status(401),
        Case::new(
            "the old password too",
            &anyone,
            "POST",
            "/api/collections/members/auth-with-password",
        )
        .json(&json!({"identity": "ann@example.com", "password": "secret-word"}))
        .status(400),
    ]);
    let ann = anyone.sign_in("members", "ann@example.com", "other-word");
    check(vec![
        Case::new("superuser deletes", &superuser, "DELETE", &one).status(204),
        Case::new("no record, no token", &ann, "POST", refresh).status(401),
    ]);
}

#[test]
fn an_email_is_shown_to_its_owner_and_whom_she_allows() {
    let server = Server::start();
    let superuser = members(&server);
    let anyone = server.anyone();
    let create = |email: &str, shown: bool| {
        let body = member(email, json!({"emailVisibility": shown}));
        anyone.post(&records("members"), &body).expect(200);
        anyone.sign_in("members", email, "secret-word")
    };
    let (ann, bob) = (
        create("ann@example.com", false),
        create("bob@example.com", true),
    );
    let path = format!("{}/{}", records("members"), ann.id);
    let list = records("members");
    let filtered = format!("{list}?filter=email~'example'");
    let (hidden, shown) = ("ann@example.com", "bob@example.com");
    check(vec![
        Case::new("guest", &anyone, "GET", &path).lacks(hidden),
        Case::new("another member", &bob, "GET", &path).lacks(hidden),
        Case::new("owner", &ann, "GET", &path).is("email", hidden),
        Case::new("superuser", &superuser, "GET", &path).is("email", hidden),
        Case::new(
            "fields cannot ask for it",
            &anyone,
            "GET",
            &format!("{path}?fields=email"),
        )
        .lacks(hidden),
        Case::new("list as guest", &anyone, "GET", &list)
            .lacks(hidden)
            .has(shown),
        Case::new("list as owner", &ann, "GET", &list)
            .has(hidden)
            .has(shown),
        Case::new(
            "a filter on e-mails finds shown ones",
            &anyone,
            "GET",
            &filtered,
        )
        .is("totalItems", 1)
        .lacks(hidden),
        Case::new(
            "guess",
            &anyone,
            "GET",
            &format!("{list}?filter=email='{hidden}'"),
        )
        .is("totalItems", 0),
        Case::new(
            "by password",
            &anyone,
            "GET",
            &format!("{list}?filter=password!=''"),
        )
        .status(400),
        Case::new(
            "by token key",
            &bob,
            "GET",
            &format!("{list}?filter=tokenKey!=''"),
        )
        .status(400),
        Case::new(
            "sort by token key",
            &bob,
            "GET",
            &format!("{list}?sort=tokenKey"),
        )
        .status(400),
    ]);
}
