//! Where accounts were signed in to, and the mail about a new place.

use super::{MEMBERS, World, password_of};
use luge_tests::persona::records;
use luge_tests::{Case, Requests, check};
use serde_json::json;

const SIGN_IN: &str = "/api/collections/members/auth-with-password";

impl World {
    fn sign_in_by(&self, name: &str, device: &str) {
        let device = self.anyone.with_header("User-Agent", device);
        device.post(SIGN_IN, &password_of(name)).expect(200);
    }

    fn origins(&self) -> usize {
        let filter = "?filter=collectionRef!='pbc_3142635823'&perPage=1";
        let found = self
            .superuser
            .get(&format!("{}{filter}", records("_authOrigins")));
        usize::try_from(found.expect(200)["totalItems"].as_u64().unwrap()).unwrap()
    }
}

#[test]
fn a_place_is_kept_once_and_the_newest_five_are() {
    let world = World::start(json!({}));
    if world.server.is_reference() {
        return; // Without a mail server it keeps no place that it cannot tell of.
    }
    let known = records("_authOrigins");
    for device in ["one", "one", "two"] {
        world.sign_in_by("ann", device);
    }
    assert_eq!(world.origins(), 2);
    world.sign_in_by("bob", "one");
    // md5("127.0.0.1one")
    let filter = format!("{known}?filter=fingerprint='c6c7546606b52ee2678932c0c03b206a'");
    let ann = world.sign_in("ann");
    check(vec![
        Case::new("of both", &world.superuser, "GET", &filter).is("totalItems", 2),
        Case::new("her own", &ann, "GET", &filter).is("totalItems", 1),
        Case::new("guests see none", &world.anyone, "GET", &known).is("totalItems", 0),
    ]);
    for number in 0..7 {
        world.sign_in_by("bob", &format!("device {number}"));
    }
    assert_eq!(world.origins(), 3 + 5);
    world
        .superuser
        .patch(MEMBERS, &json!({"authAlert": {"enabled": false}}))
        .expect(200);
    world.sign_in_by("ann", "not looked at");
    assert_eq!(world.origins(), 3 + 5);
    // A new password makes every place new.
    let bob = format!("{MEMBERS}/records/{}", world.id("bob"));
    let new = json!({"password": "new-secret", "passwordConfirm": "new-secret"});
    world.superuser.patch(&bob, &new).expect(200);
    assert_eq!(world.origins(), 3);
}

#[test]
fn a_new_place_is_told_by_mail_but_for_the_first() {
    let world = World::start(json!({}));
    if world.server.is_reference() {
        return;
    }
    world.sign_in_by("ann", "first");
    world.sign_in_by("ann", "<b>other</b>");
    world.sign_in_by("ann", "first");
    let mails = world.mails("authAlert", "ann", 1);
    assert!(mails[0].contains("127.0.0.1 <b>other</b>"), "{mails:?}");
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(world.mails("authAlert", "ann", 1).len(), 1);
}
