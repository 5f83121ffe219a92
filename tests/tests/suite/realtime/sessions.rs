//! When what a token proved ends, so do the messages that stood on it; and how connections end.

use std::time::Duration;

use luge_tests::{Events, Persona, Requests};
use serde_json::{Value, json};

use super::{World, world};

fn members_only() -> World {
    world(&json!({"listRule": "@request.auth.id != ''"}))
}

fn set(world: &World, persona: &Persona, body: &Value) {
    let path = format!("/api/collections/members/records/{}", persona.id);
    world.superuser.patch(&path, body).expect(200);
}

/// What Ann, Bob and the superuser are told after something happened to Ann.
fn after(happens: impl Fn(&World)) -> Vec<Vec<String>> {
    let world = members_only();
    let people = [&world.ann, &world.bob, &world.superuser];
    let mut streams: Vec<_> = people.map(|one| world.events(one, &["posts/*"])).into();
    world.post(&json!({"title": "before"}));
    assert_eq!(world.titles(&mut streams), [["create before"]; 3]);
    happens(&world);
    world.post(&json!({"title": "after"}));
    world.titles(&mut streams)
}

fn nothing_for_ann() -> [Vec<String>; 3] {
    let told = vec!["create after".to_owned()];
    [vec![], told.clone(), told]
}

#[test]
fn a_new_password_ends_what_the_old_token_proved() {
    let password = json!({"password": "87654321", "passwordConfirm": "87654321"});
    assert_eq!(
        after(|world| set(world, &world.ann, &password)),
        nothing_for_ann()
    );
}

#[test]
fn a_new_address_or_token_key_does_too() {
    let address = json!({"email": "new@example.com"});
    assert_eq!(
        after(|world| set(world, &world.ann, &address)),
        nothing_for_ann()
    );
    let key = json!({"tokenKey": "0123456789012345678901234567890123456789"});
    assert_eq!(
        after(|world| set(world, &world.ann, &key)),
        nothing_for_ann()
    );
}

#[test]
fn a_removed_record_does_too() {
    let told = after(|world| {
        let path = format!("/api/collections/members/records/{}", world.ann.id);
        world.superuser.delete(&path).expect(204);
    });
    assert_eq!(told, nothing_for_ann());
}

#[test]
fn signing_out_does_too() {
    if world(&json!({})).server.is_reference() {
        return;
    }
    let told = after(|world| {
        let path = "/api/collections/members/auth-logout";
        world.ann.post(path, &Value::Null).expect(204);
    });
    assert_eq!(told, nothing_for_ann());
}

#[test]
fn a_new_secret_of_the_collection_ends_all_of_them() {
    let told = after(|world| {
        let secret = json!({"authToken": {"duration": 3600, "secret": "s".repeat(50)}});
        let members = "/api/collections/members";
        world.superuser.patch(members, &secret).expect(200);
    });
    assert_eq!(told, [vec![], vec![], vec!["create after".to_owned()]]);
}

#[test]
fn other_changes_of_the_record_count_at_once() {
    let world = world(&json!({"listRule": "@request.auth.verified = true"}));
    let mut streams = [world.events(&world.ann, &["posts/*"])];
    world.post(&json!({"title": "too early"}));
    assert_eq!(world.titles(&mut streams), [[""; 0]]);
    set(&world, &world.ann, &json!({"verified": true}));
    world.post(&json!({"title": "in time"}));
    assert_eq!(world.titles(&mut streams), [["create in time"]]);
    set(&world, &world.ann, &json!({"verified": false}));
    world.post(&json!({"title": "too late"}));
    assert_eq!(world.titles(&mut streams), [[""; 0]]);
}

#[test]
fn a_token_that_ends_ends_it() {
    let world = members_only();
    if world.server.is_reference() {
        // It goes on telling until the connection ends.
        return;
    }
    let short = json!({"authToken": {"duration": 10}});
    world
        .superuser
        .patch("/api/collections/members", &short)
        .expect(200);
    let ann = world
        .anyone
        .sign_in("members", "ann@example.com", "12345678");
    let mut streams = [world.events(&ann, &["posts/*"])];
    world.post(&json!({"title": "in time"}));
    std::thread::sleep(Duration::from_secs(11));
    world.post(&json!({"title": "too late"}));
    assert_eq!(world.titles(&mut streams), [["create in time"]]);
}

#[test]
fn whoever_lost_its_token_may_sign_in_anew_on_the_same_connection() {
    let world = members_only();
    let mut streams = [world.events(&world.ann, &["posts/*"])];
    let password = json!({"password": "87654321", "passwordConfirm": "87654321"});
    set(&world, &world.ann, &password);
    world.post(&json!({"title": "unheard"}));
    assert_eq!(world.titles(&mut streams), [[""; 0]]);
    let ann = world
        .anyone
        .sign_in("members", "ann@example.com", "87654321");
    streams[0]
        .subscribe(&ann, &["posts/*", super::MARK])
        .expect(204);
    world.post(&json!({"title": "heard"}));
    assert_eq!(world.titles(&mut streams), [["create heard"]]);
}

#[test]
fn a_client_that_went_away_is_forgotten() {
    let world = members_only();
    let stream = Events::open(&world.server.address);
    let id = stream.id.clone();
    drop(stream);
    let body = json!({"clientId": id, "subscriptions": ["posts/*"]});
    for _ in 0..100 {
        if world.anyone.post("/api/realtime", &body).status == 404 {
            // Nobody is left; whoever comes after that hears again.
            world.post(&json!({"title": "unheard"}));
            let mut streams = [world.events(&world.ann, &["posts/*"])];
            world.post(&json!({"title": "heard"}));
            assert_eq!(world.titles(&mut streams), [["create heard"]]);
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the client is still known");
}

#[test]
fn a_client_that_does_not_read_is_dropped_and_holds_nobody_up() {
    let world = members_only();
    if world.server.is_reference() {
        return;
    }
    let lazy = world.events(&world.ann, &["posts/*"]);
    let mut busy = world.events(&world.bob, &["posts/*"]);
    let title = "x".repeat(5000);
    // More than the two ends of a connection keep for each other.
    let reader = std::thread::spawn(move || {
        let mut heard = 0;
        while heard < 3000 && busy.next().is_some() {
            heard += 1;
        }
        heard
    });
    let secret = "y".repeat(5000);
    let path = world.post(&json!({"title": title}));
    for _ in 0..2999 {
        world
            .superuser
            .patch(&path, &json!({"title": title, "secret": secret}))
            .expect(200);
    }
    assert_eq!(reader.join().expect("the reader ends"), 3000);
    let answer = lazy.subscribe(&world.ann, &["posts/*"]);
    assert_eq!(answer.status, 404, "{answer}");
}

#[test]
fn a_server_that_stops_ends_the_streams() {
    let mut world = members_only();
    let mut stream = world.events(&world.ann, &["posts/*"]);
    let begun = std::time::Instant::now();
    assert_eq!(world.server.terminate(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(8));
    assert_eq!(stream.next(), None);
}
