//! What receivers get, and when.

use std::time::{Duration, Instant};

use luge_tests::{Receiver, Requests};
use serde_json::json;

use super::{path, world, world_with};

#[test]
fn changes_are_told_as_they_were() {
    let Some(world) = world() else { return };
    let webhook = world.webhook(json!({"includeBefore": true}));
    let superuser = &world.superuser;
    let made = superuser.record("posts", &json!({"title": "a", "secret": "x"}));
    let record = format!(
        "/api/collections/posts/records/{}",
        made["id"].as_str().unwrap()
    );
    superuser.patch(&record, &json!({"title": "b"})).expect(200);
    superuser.delete(&record).expect(204);
    let received = world.receiver.wait_for(3);
    world.wait_for(&webhook, "delivered", 3);
    let types: Vec<_> = received
        .iter()
        .map(|one| one.json()["type"].clone())
        .collect();
    assert_eq!(
        types,
        ["record.created", "record.updated", "record.deleted"]
    );
    let bodies: Vec<_> = received.iter().map(luge_tests::Received::json).collect();
    assert_eq!(bodies[0]["data"]["record"]["title"], "a");
    assert_eq!(bodies[1]["data"]["before"]["title"], "a");
    assert_eq!(bodies[1]["data"]["record"]["title"], "b");
    assert_eq!(bodies[2]["data"]["record"]["title"], "b");
    for (one, body) in received.iter().zip(&bodies) {
        assert_eq!(one.line, "POST /in");
        assert_eq!(one.header("content-type"), "application/json");
        assert_eq!(body["data"]["collection"], "posts");
        assert!(!one.body.contains("secret"), "{}", one.body);
    }
    let page = superuser.get(&format!("{}/deliveries?perPage=1&page=3", path(&webhook)));
    assert_eq!(page.at("items.0.event"), "record.created");
    assert_eq!(page.at("items.0.last.status"), 200);
    let id = page.text_at("items.0.id");
    assert_eq!(id, received[0].header("webhook-id"));
    let one = superuser.get(&format!("{}/deliveries/{id}", path(&webhook)));
    assert_eq!(one.at("body"), bodies[0]);
}

#[test]
fn failures_are_tried_again_with_the_same_id_in_the_order_of_the_record() {
    let Some(world) = world() else { return };
    let webhook = world.webhook(json!({}));
    world
        .receiver
        .answer(&["500 Oh", "503 No\r\nretry-after: 1"]);
    let begun = Instant::now();
    let id = world.post("a");
    let record = format!("/api/collections/posts/records/{id}");
    world
        .superuser
        .patch(&record, &json!({"title": "b"}))
        .expect(200);
    let received = world.receiver.wait_for(4);
    // Two pauses, each shortened by a fifth at most.
    assert!(begun.elapsed() > Duration::from_millis(6_400));
    let ids: Vec<_> = received
        .iter()
        .map(|one| one.header("webhook-id"))
        .collect();
    assert_eq!([ids[0], ids[0]], [ids[1], ids[2]]);
    assert_ne!(ids[3], ids[0]);
    assert_eq!(received[0].body, received[2].body);
    assert_eq!(received[3].json()["type"], "record.updated");
    let delivered = world.wait_for(&webhook, "delivered", 2);
    assert_eq!(delivered["items"][1]["attempts"], 3);
}

#[test]
fn a_dead_letter_can_be_replayed() {
    let Some(world) = world() else { return };
    let webhook = world.webhook(json!({}));
    world.receiver.answer(&["410 Gone"]);
    world.post("a");
    let dead = world.wait_for(&webhook, "dead", 1);
    assert_eq!(dead["items"][0]["last"]["status"], 410);
    let one = path(&webhook);
    let shown = world.superuser.get(&one);
    assert_eq!(shown.at("enabled"), false);
    assert_eq!(shown.at("status.dead"), 1);
    world.post("while it is off");
    world
        .superuser
        .patch(&one, &json!({"enabled": true}))
        .expect(200);
    let id = dead["items"][0]["id"].as_str().unwrap();
    let replay = format!("{one}/deliveries/{id}/replay");
    let replayed = world.superuser.post(&replay, &json!({})).expect(200);
    assert_eq!(replayed["state"], "waiting");
    let delivered = world.wait_for(&webhook, "delivered", 1);
    assert_eq!(delivered["items"][0]["id"], id);
    let received = world.receiver.received();
    assert_eq!(received.len(), 2);
    assert_eq!(
        received[0].header("webhook-id"),
        received[1].header("webhook-id")
    );
    // Delivered ones too.
    world.superuser.post(&replay, &json!({})).expect(200);
    world.receiver.wait_for(3);
}

#[test]
fn a_filter_chooses_what_is_told() {
    let Some(world) = world() else { return };
    let filter = "size > 1 && @request.body.size != 5";
    let webhook = world.webhook(json!({"filter": filter, "actions": ["update"]}));
    for size in [0, 5, 9] {
        let made = world.superuser.record("posts", &json!({"size": size}));
        let record = format!(
            "/api/collections/posts/records/{}",
            made["id"].as_str().unwrap()
        );
        world
            .superuser
            .patch(&record, &json!({"size": size + 1}))
            .expect(200);
    }
    world.wait_for(&webhook, "delivered", 1);
    let received = world.receiver.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].json()["data"]["record"]["size"], 10);
}

#[test]
fn a_slow_receiver_delays_no_other() {
    let (slow, quick) = (Receiver::start(), Receiver::start());
    let allowed = format!("127.0.0.1:{}, 127.0.0.1:{}", slow.port, quick.port);
    let Some(world) = world_with(quick, &allowed) else {
        return;
    };
    slow.pause(Duration::from_secs(8));
    world.webhook(json!({"url": slow.url()}));
    world.webhook(json!({}));
    let begun = Instant::now();
    for number in 0..20 {
        world.post(&number.to_string());
    }
    world.receiver.wait_for(20);
    assert!(
        begun.elapsed() < Duration::from_secs(7),
        "{:?}",
        begun.elapsed()
    );
    assert!(slow.received().len() <= 4);
}

#[test]
fn trying_a_webhook_tells_how_it_ended() {
    let Some(world) = world() else { return };
    let webhook = world.webhook(json!({"enabled": false}));
    let test = format!("{}/test", path(&webhook));
    let tried = world.superuser.post(&test, &json!({})).expect(200);
    assert_eq!(
        (&tried["delivered"], &tried["status"]),
        (&json!(true), &json!(200))
    );
    world
        .receiver
        .answer(&["302 Found\r\nlocation: http://127.0.0.1/"]);
    let tried = world.superuser.post(&test, &json!({})).expect(200);
    assert_eq!(tried["delivered"], false);
    assert!(
        tried["error"].as_str().unwrap().contains("not followed"),
        "{tried}"
    );
    let received = world.receiver.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].json()["type"], "webhook.test");
    let metrics = world.superuser.get("/metrics").text;
    assert!(metrics.contains("luge_outbox_waiting"), "{metrics}");
}
