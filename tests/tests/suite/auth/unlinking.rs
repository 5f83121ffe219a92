//! Accounts that lose a provider: their owner is told, and none is left without a way in.

use super::{MEMBERS, PASSWORD, World, member};
use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, check};
use serde_json::{Value, json};

const NOTICE: &str = "provider-unlinked";

/// Members sign in by user name, so that some need no address.
fn world() -> World {
    World::start(json!({
        "passwordAuth": {"enabled": true, "identityFields": ["email", "nick"]},
        "fields": [
            {"name": "nick", "type": "text"},
            {"name": "email", "type": "email", "required": false, "system": true},
        ],
        "indexes": ["CREATE UNIQUE INDEX idx_nick ON members (nick) WHERE nick != ''"],
    }))
}

fn nameless(world: &World, nick: &str) -> Persona {
    let mut body = json!({"nick": nick, "password": PASSWORD, "passwordConfirm": PASSWORD});
    body["verified"] = json!(false);
    world.superuser.record("members", &body);
    world.anyone.sign_in("members", nick, PASSWORD)
}

fn link(world: &World, account: &str, provider: &str) -> String {
    let collection = world.superuser.get(MEMBERS).text_at("id");
    let made = world.superuser.record(
        "_externalAuths",
        &json!({
            "collectionRef": collection, "recordRef": account, "provider": provider,
            "providerId": format!("{provider}-{account}"),
        }),
    );
    format!(
        "{}/{}",
        records("_externalAuths"),
        made["id"].as_str().unwrap()
    )
}

fn notices(world: &World) -> Vec<Value> {
    let all = world.superuser.get("/api/mails?state=kept&perPage=100");
    let all = all.expect(200)["items"].clone();
    let all = all.as_array().unwrap().iter();
    all.filter(|mail| mail["event"] == NOTICE)
        .cloned()
        .collect()
}

#[test]
fn the_owner_is_told_at_the_address_the_account_has() {
    let world = world();
    let ann = world.sign_in("ann");
    let google = link(&world, &ann.id, "google");
    let github = link(&world, &ann.id, "github");
    let bob = world.sign_in("bob");
    check(vec![
        Case::new("a guest", &world.anyone, "DELETE", &google).status(404),
        Case::new("somebody else", &bob, "DELETE", &google).status(404),
    ]);
    assert_eq!(notices(&world), Vec::<Value>::new(), "nothing was unlinked");
    ann.delete(&google).expect(204);
    let text = world.mails(NOTICE, "ann", 1).remove(0);
    assert!(
        text.contains("Signing in with google was removed"),
        "{text}"
    );
    world.superuser.delete(&github).expect(204);
    let texts = world.mails(NOTICE, "ann", 2);
    assert!(
        texts.iter().any(|text| text.contains("github")),
        "{texts:?}"
    );
    // The account has an address, by which another password can be chosen.
    let reset = format!("{MEMBERS}/request-password-reset");
    world
        .anyone
        .post(&reset, &json!({"email": "ann@example.com"}))
        .expect(204);
    world.linked("password-reset", "ann");
}

#[test]
fn the_last_way_in_stays() {
    let world = world();
    let cat = nameless(&world, "cat");
    let google = link(&world, &cat.id, "google");
    let github = link(&world, &cat.id, "github");
    let last = |path: &str| {
        let reason = "This is the last way to sign in to the account";
        Case::new("the last one", &cat, "DELETE", path)
            .status(400)
            .has(reason)
    };
    cat.delete(&google).expect(204);
    let own = format!("{}?filter=provider!=''", records("_externalAuths"));
    check(vec![last(&github), last(&own)]);
    cat.get(&github).expect(200);
    let address = json!({"email": "cat@example.com"});
    let account = format!("{}/{}", records("members"), cat.id);
    world.superuser.patch(&account, &address).expect(200);
    let cat = world.anyone.sign_in("members", "cat", PASSWORD);
    cat.delete(&github).expect(204);
    world.mails(NOTICE, "cat", 1);
}

#[test]
fn of_two_ways_that_go_at_once_one_stays() {
    let world = world();
    let dan = nameless(&world, "dan");
    for round in 0..10 {
        let paths = ["google", "github"].map(|provider| link(&world, &dan.id, provider));
        let gone = std::thread::scope(|scope| {
            let tries = paths.each_ref().map(|path| {
                let dan = dan.clone();
                scope.spawn(move || dan.delete(path).status == 204)
            });
            tries.map(|one| one.join().unwrap())
        });
        assert_eq!(
            gone.iter().filter(|gone| **gone).count(),
            1,
            "round {round}"
        );
        let left = paths.iter().zip(gone).find(|(_, gone)| !gone).unwrap().0;
        world.superuser.delete(left).expect(204);
    }
}

#[test]
fn superusers_and_deleted_accounts_are_not_held_up() {
    let world = world();
    let eve = nameless(&world, "eve");
    let google = link(&world, &eve.id, "google");
    world.superuser.delete(&google).expect(204);
    let google = link(&world, &eve.id, "google");
    let account = format!("{}/{}", records("members"), eve.id);
    world.superuser.delete(&account).expect(204);
    world.superuser.get(&google).expect(404);
    let fay = world.superuser.record("members", &member("fay"));
    let google = link(&world, fay["id"].as_str().unwrap(), "google");
    let account = format!("{}/{}", records("members"), fay["id"].as_str().unwrap());
    world.superuser.delete(&account).expect(204);
    world.superuser.get(&google).expect(404);
    assert_eq!(notices(&world), Vec::<Value>::new());
}
