//! Links by mail, which the real PocketBase does not have.

use super::{MEMBERS, World, password_of};
use luge_tests::{Case, Requests, check};
use serde_json::{Value, json};

const REQUEST: &str = "/api/collections/members/request-magic-link";
const SIGN_IN: &str = "/api/collections/members/auth-with-magic-link";
const FAILED: &str = "Failed to authenticate.";

pub(super) fn world() -> Option<World> {
    let world = World::start(json!({"magicLink": {"enabled": true}}));
    (!world.server.is_reference()).then_some(world)
}

impl World {
    pub(super) fn link(&self, name: &str, how_many: usize) -> String {
        let email = format!("{name}@example.com");
        let answer = self.anyone.post(REQUEST, &json!({"email": email}));
        assert_eq!(answer.status, 204, "{answer}");
        let mail = self.mails("magicLink", name, how_many).swap_remove(0);
        let (_, token) = mail.split_once("/#/auth/magic-link/").expect("a link");
        let is_part = |letter: &char| letter.is_ascii_alphanumeric();
        token.chars().take_while(is_part).collect()
    }
}

fn token(token: &str) -> Value {
    json!({"token": token})
}

#[test]
fn a_link_signs_in_once_and_proves_the_address() {
    let Some(world) = world() else { return };
    let post =
        |name, path: &str, body: &Value| Case::new(name, &world.anyone, "POST", path).json(body);
    let squatter = world.sign_in("ann");
    let link = world.link("ann", 1);
    let refresh = format!("{MEMBERS}/auth-refresh");
    let mut cut = link.clone();
    cut.pop();
    check(vec![
        post("no address", REQUEST, &json!({}))
            .status(400)
            .has("validation_required"),
        post("none at all", REQUEST, &json!({"email": "x"})).status(400),
        post("of nobody", REQUEST, &json!({"email": "no@example.com"})).status(204),
        post("nothing", SIGN_IN, &json!({}))
            .status(400)
            .has("validation_required"),
        post("anything", SIGN_IN, &token("x"))
            .status(400)
            .is("message", FAILED),
        post("cut", SIGN_IN, &token(&cut))
            .status(400)
            .is("message", FAILED),
        post("right", SIGN_IN, &token(&link)).is("record.verified", true),
        post("again", SIGN_IN, &token(&link))
            .status(400)
            .is("message", FAILED),
        Case::new("who had the address is out", &squatter, "POST", &refresh).status(401),
        Case::new(
            "so is the password",
            &world.anyone,
            "POST",
            &format!("{MEMBERS}/auth-with-password"),
        )
        .json(&password_of("ann"))
        .status(400),
    ]);
}

#[test]
fn what_ends_a_link_and_how_many_there_are() {
    let Some(world) = world() else { return };
    let gone = |name, link: &str| {
        let case = Case::new(name, &world.anyone, "POST", SIGN_IN).json(&token(link));
        case.status(400).is("message", FAILED)
    };
    let link = world.link("ann", 1);
    let ann = format!("{MEMBERS}/records/{}", world.id("ann"));
    let new = json!({"password": "new-secret", "passwordConfirm": "new-secret"});
    world.superuser.patch(&ann, &new).expect(200);
    check(vec![gone("a new password", &link)]);
    for number in 1..=5 {
        world.link("bob", number);
    }
    let body = json!({"email": "bob@example.com"});
    assert_eq!(world.anyone.post(REQUEST, &body).status, 204);
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert_eq!(
        world.mails("magicLink", "bob", 5).len(),
        5,
        "a sixth is not mailed"
    );
    let link = world.link("ann", 2);
    let body = json!({"magicLink": {"enabled": false}});
    world.superuser.patch(MEMBERS, &body).expect(200);
    check(vec![
        Case::new("off", &world.anyone, "POST", SIGN_IN)
            .json(&token(&link))
            .status(403),
        Case::new("off too", &world.anyone, "POST", REQUEST).status(403),
    ]);
}

#[test]
fn the_option_is_shown_where_it_was_chosen_and_checked() {
    let Some(world) = world() else { return };
    let patch = |name, body: Value| Case::new(name, &world.superuser, "PATCH", MEMBERS).json(&body);
    let methods = format!("{MEMBERS}/auth-methods");
    let users = "/api/collections/users";
    check(vec![
        Case::new("shown", &world.superuser, "GET", MEMBERS).is("magicLink.duration", 900),
        Case::new("else not", &world.superuser, "GET", users)
            .lacks("magicLink")
            .lacks("anonymous"),
        Case::new("offered", &world.anyone, "GET", &methods)
            .is("magicLink.enabled", true)
            .is("magicLink.duration", 900)
            .is("anonymous.enabled", false),
        patch("too short", json!({"magicLink": {"duration": 1}}))
            .status(400)
            .has("\"magicLink\":{\"duration\""),
        patch(
            "no text",
            json!({"magicLink": {"emailTemplate": {"body": ""}}}),
        )
        .status(400)
        .has("\"emailTemplate\":{\"body\""),
        patch("kept by others", json!({"otp": {"enabled": true}})).is("magicLink.enabled", true),
    ]);
}
