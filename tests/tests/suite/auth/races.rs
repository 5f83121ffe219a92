//! What may be used once is used once, however many try at the same moment.

use super::{MEMBERS, World, code_in, password_of, successes};
use luge_tests::Requests;
use serde_json::json;

const AT_ONCE: usize = 50;

fn world() -> Option<World> {
    let options = json!({"otp": {"enabled": true}, "magicLink": {"enabled": true}});
    let world = World::start(options);
    (!world.server.is_reference()).then_some(world)
}

impl World {
    fn verified(&self, name: &str) {
        let path = format!("{MEMBERS}/records/{}", self.id(name));
        self.superuser
            .patch(&path, &json!({"verified": true}))
            .expect(200);
    }

    fn fresh_code(&self, name: &str, how_many: usize) -> serde_json::Value {
        let body = json!({"email": format!("{name}@example.com")});
        let id = self
            .anyone
            .post(&format!("{MEMBERS}/request-otp"), &body)
            .text_at("otpId");
        let code = code_in(&self.mails("otp", name, how_many)[0]);
        json!({"otpId": id, "password": code})
    }
}

#[test]
fn a_code_and_a_link_sign_in_once() {
    let Some(world) = world() else { return };
    world.verified("ann");
    // More than five tries at once are refused by their number, so few of them count.
    for (name, how_many) in [("ann", 1), ("bob", 1)] {
        let body = world.fresh_code(name, how_many);
        let path = format!("{MEMBERS}/auth-with-otp");
        let attempt = || (world.anyone.clone(), path.clone(), body.clone());
        assert_eq!(
            successes((0..AT_ONCE).map(|_| attempt()).collect()),
            1,
            "{name}"
        );
        let body = json!({"token": world.link(name, 1)});
        let path = format!("{MEMBERS}/auth-with-magic-link");
        let attempt = || (world.anyone.clone(), path.clone(), body.clone());
        assert_eq!(
            successes((0..AT_ONCE).map(|_| attempt()).collect()),
            1,
            "{name}"
        );
    }
}

#[test]
fn a_begun_sign_in_is_completed_once() {
    let Some(world) = world() else { return };
    world.verified("ann");
    world
        .superuser
        .patch(MEMBERS, &json!({"mfa": {"enabled": true}}))
        .expect(200);
    let path = format!("{MEMBERS}/auth-with-password");
    // Begun with a mailed link, completed with the password, which is no secret that is used up.
    let link = json!({"token": world.link("ann", 1)});
    let first = world
        .anyone
        .post(&format!("{MEMBERS}/auth-with-magic-link"), &link);
    assert_eq!(first.status, 401, "{first}");
    let mut body = password_of("ann");
    body["mfaId"] = first.text_at("mfaId").into();
    let attempt = || (world.anyone.clone(), path.clone(), body.clone());
    assert_eq!(successes((0..AT_ONCE).map(|_| attempt()).collect()), 1);
}
