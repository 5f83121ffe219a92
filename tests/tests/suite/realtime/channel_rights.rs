//! When a right to be in a channel comes, and when it ends.

use luge_tests::Requests;
use serde_json::{Value, json};

use super::channels::{define, seat, send, told, with_channels};
use super::{MARK, World};

/// What Ann and Bob hear of a room after something happened to Ann's right to be there.
fn after(happens: impl Fn(&World)) -> Vec<Vec<String>> {
    let Some(world) = with_channels() else {
        return vec![expected(false), expected(true)];
    };
    seat(&world, "1", &world.ann);
    seat(&world, "1", &world.bob);
    let mut streams = [&world.ann, &world.bob].map(|one| world.events(one, &["@channel/room-1"]));
    send(&world.superuser, "room-1", "before");
    happens(&world);
    send(&world.superuser, "room-1", "after");
    told(&world, &mut streams)
}

fn expected(stays: bool) -> Vec<String> {
    let last = if stays { "sent after" } else { "refused" };
    ["joined", "sent before", last].map(str::to_owned).into()
}

#[test]
fn what_ends_a_right_ends_what_is_told() {
    let record = |world: &World| format!("/api/collections/members/records/{}", world.ann.id);
    let set = |world: &World, body: &Value| {
        world.superuser.patch(&record(world), body).expect(200);
    };
    let password = json!({"password": "87654321", "passwordConfirm": "87654321"});
    let one = [expected(false), expected(true)];
    assert_eq!(after(|world| set(world, &password)), one);
    assert_eq!(
        after(|world| set(world, &json!({"email": "new@example.com"}))),
        one
    );
    let key = json!({"tokenKey": "0123456789012345678901234567890123456789"});
    assert_eq!(after(|world| set(world, &key)), one);
    assert_eq!(
        after(|world| drop(world.superuser.delete(&record(world)).expect(204))),
        one
    );
    let logout = "/api/collections/members/auth-logout";
    assert_eq!(
        after(|world| drop(world.ann.post(logout, &Value::Null).expect(204))),
        one
    );
    // A right that stands on a record ends with it.
    let seats = |world: &World| {
        let filter = format!(
            "/api/collections/seats/records?filter=who='{}'",
            world.ann.id
        );
        let id = world.superuser.get(&filter).text_at("items.0.id");
        format!("/api/collections/seats/records/{id}")
    };
    assert_eq!(
        after(|world| drop(world.superuser.delete(&seats(world)).expect(204))),
        one
    );
    let both = [expected(false), expected(false)];
    let secret = json!({"authToken": {"duration": 3600, "secret": "s".repeat(50)}});
    let members = "/api/collections/members";
    assert_eq!(
        after(|world| drop(world.superuser.patch(members, &secret).expect(200))),
        both
    );
    let locked = json!([{"name": "room-{id}", "joinRule": null, "sendRule": ""}]);
    assert_eq!(after(|world| define(world, &locked)), both);
    assert_eq!(
        after(|world| drop(world.superuser.delete("/api/collections/seats"))),
        both
    );
    // Without a definition nothing is sent, so nobody is asked; that comes soon.
    let told = after(|world| {
        define(world, &json!([]));
        std::thread::sleep(std::time::Duration::from_millis(2500));
    });
    assert_eq!(told, both);
    let nothing = after(|world| set(world, &json!({"verified": true})));
    assert_eq!(nothing, [expected(true), expected(true)]);
}

#[test]
fn a_right_that_comes_is_noticed() {
    let Some(world) = with_channels() else {
        return;
    };
    let topics = ["@channel/room-1", "@channel/new"];
    let mut streams = [world.events(&world.ann, &topics)];
    assert_eq!(told(&world, &mut streams), [["refused", "refused"]]);
    seat(&world, "1", &world.ann);
    assert_eq!(
        streams[0].next().expect("an event").json()["type"],
        "joined"
    );
    define(
        &world,
        &json!([{"name": "new", "joinRule": "", "sendRule": ""}]),
    );
    let next = [0, 1].map(|_| streams[0].next().expect("an event"));
    let mut changes: Vec<_> = next
        .iter()
        .map(|event| (&*event.name, event.json()))
        .collect();
    changes.sort_by_key(|(name, _)| (*name).to_owned());
    assert_eq!(
        (changes[0].0, &changes[0].1["type"]),
        ("@channel/new", &json!("joined"))
    );
    assert_eq!(
        (changes[1].0, &changes[1].1["type"]),
        ("@channel/room-1", &json!("refused"))
    );
    // A guest who signs in is asked again at once.
    let own = format!("@channel/own-{}", world.ann.id);
    define(
        &world,
        &json!([{"name": "own-{id}", "joinRule": "id = @request.auth.id"}]),
    );
    let mut stream = world.events(&world.anyone, &[&own]);
    stream.subscribe(&world.ann, &[&own, MARK]).expect(204);
    stream.subscribe(&world.ann, &[MARK]).expect(204);
    send(&world.superuser, &own["@channel/".len()..], "unheard");
    assert_eq!(
        told(&world, std::slice::from_mut(&mut stream)),
        [["refused", "joined"]]
    );
}
