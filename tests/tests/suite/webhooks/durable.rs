//! Nothing is lost when the server is killed, and what is told twice has the same id.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use luge_tests::{Received, Requests};
use serde_json::json;

use super::{path, world};

#[test]
fn what_was_acknowledged_is_told_after_a_kill_with_the_same_ids() {
    let Some(mut world) = world() else { return };
    let webhook = world.webhook(json!({"actions": ["create"]}));
    // Answers come late, so that the server is killed while it waits for some.
    world.receiver.pause(Duration::from_millis(30));
    let mut acknowledged = BTreeSet::new();
    for cycle in 0..5 {
        for number in 0..20 {
            acknowledged.insert(world.post(&format!("{cycle} {number}")));
        }
        world.server.kill();
        world.server.restart();
    }
    world.receiver.pause(Duration::ZERO);
    world.wait_for(&webhook, "waiting", 0);
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in world.receiver.received() {
        let record = one.json()["data"]["record"]["id"].clone();
        let record = record.as_str().expect("an id").to_owned();
        let id = one.header("webhook-id").to_owned();
        ids.entry(record).or_default().insert(id);
    }
    let told: BTreeSet<String> = ids.keys().cloned().collect();
    assert_eq!(told, acknowledged);
    assert!(ids.values().all(|ids| ids.len() == 1), "{ids:?}");
    world.wait_for(&webhook, "delivered", 100);
    let shown = world.superuser.get(&path(&webhook));
    assert_eq!(shown.at("status.missed"), json!([]));
}

#[test]
fn a_delivery_waits_for_its_receiver_over_a_stop() {
    let Some(mut world) = world() else { return };
    let webhook = world.webhook(json!({}));
    world.receiver.answer(&["500 Oh"]);
    world.post("a");
    world.receiver.wait_for(1);
    let waiting = world.wait_for(&webhook, "waiting", 1);
    assert_eq!(world.server.terminate(), Some(0));
    world.server.restart();
    let ids = |received: Vec<Received>| {
        let ids = received
            .iter()
            .map(|one| one.header("webhook-id").to_owned());
        ids.collect::<BTreeSet<_>>()
    };
    let told = ids(world.receiver.wait_for(2));
    let id = waiting["items"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    assert_eq!(told, BTreeSet::from([id]));
}

#[test]
fn a_server_that_stops_does_not_wait_for_a_slow_receiver() {
    let Some(mut world) = world() else { return };
    world.webhook(json!({}));
    world.receiver.pause(Duration::from_secs(30));
    world.post("a");
    world.receiver.wait_for(1);
    let begun = std::time::Instant::now();
    assert_eq!(world.server.terminate(), Some(0));
    assert!(
        begun.elapsed() < Duration::from_secs(9),
        "{:?}",
        begun.elapsed()
    );
    world.receiver.pause(Duration::ZERO);
    world.server.restart();
    let received = world.receiver.wait_for(2);
    assert_eq!(
        received[0].header("webhook-id"),
        received[1].header("webhook-id")
    );
}
