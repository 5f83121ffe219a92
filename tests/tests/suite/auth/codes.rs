//! One-time codes by mail: what is answered to whom, on both servers; and with the code in hand,
//! which only our inbox shows.

use super::{MEMBERS, World, code_in, password_of};
use luge_tests::persona::records;
use luge_tests::{Case, Requests, check};
use serde_json::{Value, json};

const REQUEST: &str = "/api/collections/members/request-otp";
const SIGN_IN: &str = "/api/collections/members/auth-with-otp";
const ENDED: &str = "Invalid or expired OTP.";

fn world() -> World {
    World::start(json!({"otp": {"enabled": true}}))
}

impl World {
    fn otp_id(&self, name: &str) -> String {
        let email = format!("{name}@example.com");
        let answer = self.anyone.post(REQUEST, &json!({"email": email}));
        answer.expect(200);
        answer.text_at("otpId")
    }

    /// A code and its id; they are asked for one after another.
    fn code(&self, name: &str, how_many: usize) -> (String, String) {
        let id = self.otp_id(name);
        (id, code_in(&self.mails("otp", name, how_many)[0]))
    }
}

fn attempt(id: &str, code: &str) -> Value {
    json!({"otpId": id, "password": code})
}

#[test]
fn what_is_asked_for_is_checked_and_tells_of_nobody() {
    let world = world();
    let anyone = &world.anyone;
    let off = World::start(json!({}));
    let post = |name, path: &str, body: Value| Case::new(name, anyone, "POST", path).json(&body);
    let refused = |name, path, body, at, code| post(name, path, body).refused(400, at, code);
    let (email, required) = ("data.email.code", "validation_required");
    let long = "1".repeat(72);
    let not_allowed = "The collection is not configured to allow OTP authentication.";
    check(vec![
        Case::new("off", &off.anyone, "POST", REQUEST)
            .raw("application/json", b"{")
            .status(403)
            .is("message", not_allowed),
        Case::new("off too", &off.anyone, "POST", SIGN_IN)
            .status(403)
            .is("message", not_allowed),
        refused("no address", REQUEST, json!({}), email, required),
        refused(
            "none at all",
            REQUEST,
            json!({"email": "x"}),
            email,
            "validation_is_email",
        ),
        post("of nobody", REQUEST, json!({"email": "no@example.com"}))
            .has("otpId")
            .lacks("no@"),
        post("of somebody", REQUEST, json!({"email": "ann@example.com"})).has("otpId"),
        post(
            "no collection",
            "/api/collections/none/request-otp",
            json!({}),
        )
        .status(404),
        post(
            "no auth collection",
            "/api/collections/_otps/request-otp",
            json!({}),
        )
        .status(404),
        refused(
            "no id",
            SIGN_IN,
            attempt("", "1"),
            "data.otpId.code",
            required,
        ),
        refused(
            "no code",
            SIGN_IN,
            attempt("x", ""),
            "data.password.code",
            required,
        ),
        refused(
            "too long",
            SIGN_IN,
            attempt("x", &long),
            "data.password.code",
            "validation_length_out_of_range",
        ),
        post("no such id", SIGN_IN, attempt("x", "1"))
            .status(400)
            .is("message", ENDED),
    ]);
    a_code_is_a_record_for_superusers(&world);
}

fn a_code_is_a_record_for_superusers(world: &World) {
    if world.server.is_reference() {
        return; // It sends mails by a program that is not there, and keeps no code then.
    }
    check(vec![
        Case::new(
            "kept as a record",
            &world.superuser,
            "GET",
            &records("_otps"),
        )
        .is("totalItems", 1)
        .is("items.0.sentTo", "ann@example.com")
        .lacks("argon2"),
        Case::new(
            "which guests do not see",
            &world.anyone,
            "GET",
            &records("_otps"),
        )
        .is("totalItems", 0),
    ]);
}

#[test]
fn a_code_signs_in_once_and_proves_the_address() {
    let world = world();
    if world.server.is_reference() {
        return;
    }
    let ann = world.id("ann");
    let squatter = world.sign_in("ann");
    let (id, code) = world.code("ann", 1);
    let other = world.otp_id("bob");
    let post = |name, id: &str, code: &str| {
        Case::new(name, &world.anyone, "POST", SIGN_IN).json(&attempt(id, code))
    };
    let password = format!("{MEMBERS}/auth-with-password");
    let refresh = format!("{MEMBERS}/auth-refresh");
    let superusers = "/api/collections/_superusers/auth-with-otp";
    check(vec![
        post("wrong", &id, "00000000")
            .status(400)
            .is("message", ENDED),
        post("of somebody else", &other, &code)
            .status(400)
            .is("message", ENDED),
        Case::new("in another collection", &world.anyone, "POST", superusers)
            .json(&attempt(&id, &code))
            .status(403),
        post("right", &id, &code)
            .is("record.id", ann.as_str())
            .is("record.verified", true),
        post("again", &id, &code).status(400).is("message", ENDED),
        // Whoever registered the address before has lost what was never theirs.
        Case::new("the password is gone", &world.anyone, "POST", &password)
            .json(&password_of("ann"))
            .status(400),
        Case::new("and the session", &squatter, "POST", &refresh).status(401),
        Case::new(
            "no code is left",
            &world.superuser,
            "GET",
            &records("_otps"),
        )
        .is("totalItems", 1),
    ]);
    // An address that was proved loses nothing by another code.
    let new = json!({"password": "new-secret", "passwordConfirm": "new-secret"});
    world
        .superuser
        .patch(&format!("{MEMBERS}/records/{ann}"), &new)
        .expect(200);
    let (id, code) = world.code("ann", 2);
    let body = json!({"identity": "ann@example.com", "password": "new-secret"});
    check(vec![
        post("right", &id, &code).has("token"),
        Case::new("the password stays", &world.anyone, "POST", &password)
            .json(&body)
            .has("token"),
    ]);
}

#[test]
fn tries_are_bounded_and_alike_for_nobody() {
    let world = world();
    if world.server.is_reference() {
        return;
    }
    let (id, code) = world.code("ann", 1);
    let nobody = world.otp_id("no");
    let post = |name, id: &str, code: &str| {
        Case::new(name, &world.anyone, "POST", SIGN_IN).json(&attempt(id, code))
    };
    for id in [&id, &nobody] {
        for _ in 0..5 {
            check(vec![
                post("wrong", id, "0000").status(400).is("message", ENDED),
            ]);
        }
        let late = world.anyone.post(SIGN_IN, &attempt(id, &code));
        assert_eq!(late.status, 429, "{late}");
        assert!(late.header("retry-after").is_some(), "{late}");
        let message = "Too many attempts, please try again later with a new OTP.";
        assert_eq!(late.text_at("message"), message);
    }
    // Another account is another one.
    let (id, code) = world.code("bob", 1);
    check(vec![post("right", &id, &code).has("token")]);
}

#[test]
fn what_ends_a_code() {
    let world = world();
    if world.server.is_reference() {
        return;
    }
    let post = |name, id: &str, code: &str| {
        let case = Case::new(name, &world.anyone, "POST", SIGN_IN);
        case.json(&attempt(id, code))
            .status(400)
            .is("message", ENDED)
    };
    let (id, code) = world.code("ann", 1);
    let new = json!({"password": "new-secret", "passwordConfirm": "new-secret"});
    let ann = format!("{MEMBERS}/records/{}", world.id("ann"));
    world.superuser.patch(&ann, &new).expect(200);
    check(vec![post("a new password", &id, &code)]);
    let (id, code) = world.code("ann", 2);
    world
        .superuser
        .patch(&ann, &json!({"email": "anna@example.com"}))
        .expect(200);
    check(vec![post("a new address", &id, &code)]);
    let (id, code) = world.code("bob", 1);
    world
        .superuser
        .patch(MEMBERS, &json!({"otp": {"duration": 10}}))
        .expect(200);
    std::thread::sleep(std::time::Duration::from_secs(11));
    check(vec![post("its time", &id, &code)]);
}

#[test]
fn no_more_than_ten_are_mailed_at_a_time_also_to_nobody() {
    let world = world();
    if world.server.is_reference() {
        return;
    }
    for name in ["ann", "no"] {
        let ids: Vec<String> = (0..12).map(|_| world.otp_id(name)).collect();
        assert_eq!((&ids[9], &ids[9]), (&ids[10], &ids[11]), "{name}: {ids:?}");
        assert!(!ids[..9].contains(&ids[9]));
    }
    assert_eq!(world.mails("otp", "ann", 10).len(), 10);
    let all = world
        .superuser
        .get("/api/mails?state=kept&perPage=100")
        .text;
    assert!(!all.contains("no@example.com"), "{all}");
}

#[test]
fn a_code_and_a_password_are_two_factors_in_either_order() {
    let world = world();
    if world.server.is_reference() {
        return;
    }
    world
        .superuser
        .patch(MEMBERS, &json!({"mfa": {"enabled": true}}))
        .expect(200);
    let password = format!("{MEMBERS}/auth-with-password");
    let with = |mut body: Value, id: &str| {
        body["mfaId"] = id.into();
        body
    };
    // A password, then a code; wrongly in every other way.
    let mfa = world
        .anyone
        .post(&password, &password_of("bob"))
        .text_at("mfaId");
    let (of_ann, code_of_ann) = world.code("ann", 1);
    let (id, code) = world.code("bob", 1);
    let wrong = world
        .anyone
        .post(SIGN_IN, &with(attempt(&of_ann, &code_of_ann), &mfa));
    assert_eq!(
        (wrong.status, &*wrong.text_at("message")),
        (400, "Invalid MFA session.")
    );
    let query = format!("{SIGN_IN}?mfaId={mfa}");
    check(vec![
        Case::new("both", &world.anyone, "POST", &query)
            .json(&attempt(&id, &code))
            .is("record.verified", true),
        Case::new("again", &world.anyone, "POST", &query)
            .json(&attempt(&id, &code))
            .status(400)
            .is("message", ENDED),
        Case::new(
            "no sign-in is left",
            &world.superuser,
            "GET",
            &records("_mfas"),
        )
        .is("totalItems", 0),
    ]);
    // A code, then a password, which a code did not take away.
    let first = world.anyone.post(SIGN_IN, &attempt(&of_ann, &code_of_ann));
    assert_eq!(first.status, 401, "{first}");
    let mfa = first.text_at("mfaId");
    let (again, code) = world.code("ann", 2);
    let same = world
        .anyone
        .post(SIGN_IN, &with(attempt(&again, &code), &mfa));
    assert_eq!(same.status, 400, "{same}");
    check(vec![
        Case::new("both", &world.anyone, "POST", &password)
            .json(&with(password_of("ann"), &mfa))
            .has("token"),
    ]);
}
