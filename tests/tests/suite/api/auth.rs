//! Sign-in with a password, refresh, hidden credentials, e-mail visibility, tokens that end.

use super::field;
use luge_tests::http::{Connection, request};
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
    let refused = |name, (email, more): (&str, Value), path, code| {
        create(name, member(email, more)).refused(400, path, code)
    };
    let without = |name, key: &str, path| {
        let mut body = member("x@example.com", json!({}));
        body.as_object_mut().unwrap().remove(key);
        create(name, body).refused(400, path, "validation_required")
    };
    let (password, confirmation) = ("data.password.code", "data.passwordConfirm.code");
    let other = ("y@example.com", json!({"passwordConfirm": "other"}));
    let short = json!({"password": "short", "passwordConfirm": "short"});
    let short = ("y@example.com", short);
    let verified = ("v@example.com", json!({"verified": true}));
    let hidden = member("h@example.com", json!({"badge": "gold"}));
    let find = format!("{path}?filter=badge='gold'");
    check(vec![
        create("good", member("ann@example.com", json!({"name": "Ann"})))
            .is("name", "Ann")
            .is("verified", false)
            .lacks("ann@example.com")
            .lacks("password"),
        refused(
            "same e-mail",
            ("ann@example.com", json!({})),
            "data.email.code",
            "validation_not_unique",
        ),
        without("no password", "password", password),
        without("no confirmation", "passwordConfirm", confirmation),
        refused(
            "other confirmation",
            other,
            confirmation,
            "validation_values_mismatch",
        ),
        refused(
            "short password",
            short,
            password,
            "validation_min_text_constraint",
        ),
        without("no e-mail", "email", "data.email.code"),
        refused(
            "bad e-mail",
            ("nobody", json!({})),
            "data.email.code",
            "validation_is_email",
        ),
        refused(
            "verified is not the guest's to set",
            verified,
            "data.verified.code",
            "validation_values_mismatch",
        ),
        create("hidden fields are dropped", hidden).lacks("gold"),
        Case::new("and were not stored", &server.superuser(), "GET", &find).is("totalItems", 0),
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
        Case::new("refresh with what is no JSON", &ann, "POST", refresh)
            .raw("application/json", b"{\"")
            .status(400),
        Case::new("or no object", &ann, "POST", refresh)
            .json(&json!([]))
            .status(400),
        Case::new("told after who may not", &anyone, "POST", refresh)
            .raw("application/json", b"{")
            .status(401),
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

/// A body that was not read would cost the connection.
#[test]
fn a_refresh_with_a_long_body_keeps_its_connection() {
    let server = Server::start();
    let superuser = members(&server);
    superuser
        .post(&records("members"), &member("ann@example.com", json!({})))
        .expect(200);
    let ann = server
        .anyone()
        .sign_in("members", "ann@example.com", "secret-word");
    let body = json!({"nothing": "x".repeat(1 << 20)}).to_string();
    let refresh = "/api/collections/members/auth-refresh";
    let bytes = request("POST", refresh, ann.token(), &body);
    let refused = request("POST", refresh, "not.a.token", &body);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut connection = Connection::open(&server.address).await.unwrap();
        for (bytes, expected) in [(&bytes, 200), (&refused, 401), (&bytes, 200)] {
            let (status, _) = connection.exchange(bytes).await.unwrap();
            assert_eq!(status, expected);
        }
    });
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
    let (hidden, shown) = ("ann@example.com", "bob@example.com");
    let get = |name, persona, path: &str| Case::new(name, persona, "GET", path);
    let asked = |name, persona, query: &str| get(name, persona, &format!("{list}?{query}"));
    check(vec![
        get("guest", &anyone, &path).lacks(hidden),
        get("another member", &bob, &path).lacks(hidden),
        get("owner", &ann, &path).is("email", hidden),
        get("superuser", &superuser, &path).is("email", hidden),
        get(
            "fields cannot ask for it",
            &anyone,
            &format!("{path}?fields=email"),
        )
        .lacks(hidden),
        get("list as guest", &anyone, &list)
            .lacks(hidden)
            .has(shown),
        get("list as owner", &ann, &list).has(hidden).has(shown),
        asked(
            "a filter on e-mails finds shown ones",
            &anyone,
            "filter=email~'example'",
        )
        .is("totalItems", 1)
        .lacks(hidden),
        asked("guess", &anyone, &format!("filter=email='{hidden}'")).is("totalItems", 0),
        asked("by password", &anyone, "filter=password!=''").status(400),
        asked("by token key", &bob, "filter=tokenKey!=''").status(400),
        asked("sort by token key", &bob, "sort=tokenKey").status(400),
    ]);
}
