//! Which changes are told, with which states, and what is noted where they cannot be.

use luge_model::limits::WEBHOOK_BODY_BYTES_MAX;

use super::*;
use crate::commit::{Retention, plan_trim};

#[test]
fn every_change_is_told_with_the_state_that_it_led_to() {
    let world = World::new();
    let webhook = world.webhook(json!({"includeBefore": true}));
    let id = world.create("posts", json!({"title": "a", "size": 1}));
    let other = world.create("posts", json!({"title": "other"}));
    for title in ["b", "c", "d"] {
        world.update(&id, json!({ "title": title }));
    }
    world.delete(&id);
    world.follow();
    let expected = [
        "record.created a",
        "record.created other",
        "record.updated b",
        "record.updated c",
        "record.updated d",
        "record.deleted d",
    ];
    assert_eq!(world.summary(&webhook), expected);
    let told = world.told(&webhook);
    assert_eq!(told[3]["data"]["before"]["title"], "b");
    assert_eq!(told[0]["data"]["before"], Json::Null);
    assert_eq!(told[5]["data"]["before"], Json::Null);
    assert_eq!(told[0]["data"]["collection"], "posts");
    assert_eq!(told[0]["timestamp"], "2026-09-21T14:13:20.000Z");
    assert_eq!(told[0]["data"]["record"]["secret"], Json::Null);
    // Followed again, nothing is told again.
    world.follow();
    assert_eq!(world.summary(&webhook).len(), expected.len());
    world.update(&other, json!({"title": "later"}));
    world.follow();
    assert_eq!(
        world.summary(&webhook).last().unwrap(),
        "record.updated later"
    );
}

#[test]
fn a_long_log_is_followed_in_pages_also_where_states_are_far_ahead() {
    let world = World::new();
    let webhook = world.webhook(json!({"actions": ["create"]}));
    let early = world.create("posts", json!({"title": "early"}));
    let busy = world.create("posts", json!({"title": "busy"}));
    for number in 0..1_500 {
        world.update(&busy, json!({ "size": number }));
    }
    world.update(&early, json!({"title": "changed"}));
    for number in 0..150 {
        world.create("posts", json!({"title": number.to_string()}));
    }
    world.follow();
    let told = world.summary(&webhook);
    assert_eq!(told.len(), 152);
    assert_eq!(
        told[..3],
        [
            "record.created early",
            "record.created busy",
            "record.created 0"
        ]
    );
    assert_eq!(world.told(&webhook)[1]["data"]["record"]["size"], 0);
    assert_eq!(world.view(&webhook)["status"]["missed"], json!([]));
}

#[test]
fn filters_see_the_record_the_method_and_former_values() {
    let world = World::new();
    let filters = [
        (
            "title = 'b'",
            vec!["record.updated b", "record.updated b", "record.deleted b"],
        ),
        ("@request.method = 'DELETE'", vec!["record.deleted b"]),
        ("@request.body.title = 'a'", vec!["record.updated b"]),
        ("@request.body.size:isset = true", vec!["record.updated b"]),
        (
            "@request.body.title:changed = true",
            vec!["record.updated b"],
        ),
        ("secret = 'x'", vec!["record.created a", "record.updated b"]),
        ("id = ''", vec![]),
    ];
    let webhooks: Vec<_> = filters
        .iter()
        .map(|(filter, _)| world.webhook(json!({ "filter": filter })))
        .collect();
    let id = world.create("posts", json!({"title": "a", "size": 1, "secret": "x"}));
    world.update(&id, json!({"title": "b"}));
    world.update(&id, json!({"size": 2, "secret": "y"}));
    world.delete(&id);
    world.follow();
    for ((filter, expected), webhook) in filters.iter().zip(&webhooks) {
        assert_eq!(&world.summary(webhook), expected, "{filter}");
        assert_eq!(
            world.view(webhook)["status"]["missed"],
            json!([]),
            "{filter}"
        );
    }
}

#[test]
fn hidden_fields_are_told_where_that_is_wanted_and_secrets_never() {
    let world = World::new();
    world.collection(json!({"name": "members", "type": "auth"}));
    let wanted = json!({"collection": "members", "includeHidden": true});
    let members = world.webhook(wanted);
    let posts = world.webhook(json!({"includeHidden": true}));
    world.create("posts", json!({"title": "a", "secret": "x"}));
    let password = "correct horse";
    // Passwords are hashed on a runtime.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _entered = runtime.enter();
    world.create(
        "members",
        json!({
            "email": "ann@example.com", "password": password, "passwordConfirm": password,
        }),
    );
    world.follow();
    assert_eq!(world.told(&posts)[0]["data"]["record"]["secret"], "x");
    let told = world.told(&members);
    let record = told[0]["data"]["record"].as_object().unwrap();
    assert_eq!(record["email"], "ann@example.com");
    assert!(
        !record.contains_key("password") && !record.contains_key("tokenKey"),
        "{record:?}"
    );
}

#[test]
fn a_webhook_is_told_of_what_comes_after_it_was_made_or_switched_on() {
    let world = World::new();
    world.create("posts", json!({"title": "before"}));
    let webhook = world.webhook(json!({}));
    let other = world.webhook(json!({"enabled": false}));
    world.create("posts", json!({"title": "after"}));
    world.follow();
    assert_eq!(world.summary(&webhook), ["record.created after"]);
    assert_eq!(world.summary(&other), [""; 0]);
    world
        .update_webhook(&webhook, json!({"enabled": false}))
        .unwrap();
    world.follow();
    world.create("posts", json!({"title": "while it is off"}));
    world.follow();
    world
        .update_webhook(&webhook, json!({"enabled": true}))
        .unwrap();
    world.create("posts", json!({"title": "later"}));
    world.follow();
    assert_eq!(
        world.summary(&webhook),
        ["record.created after", "record.created later"]
    );
}

#[test]
fn what_the_log_lost_is_noted() {
    let world = World::new();
    let webhook = world.webhook(json!({}));
    world.create("posts", json!({"title": "lost"}));
    world.create("posts", json!({"title": "lost too"}));
    let committer = &world.engine.committer;
    let nothing = Retention {
        entries: 0,
        bytes: 0,
        age: 0,
    };
    let now = world.clock.now();
    let step = plan_trim(&**committer.store(), nothing, None, now)
        .unwrap()
        .unwrap();
    committer.commit_in_background(&step).unwrap();
    world.create("posts", json!({"title": "kept"}));
    world.follow();
    assert_eq!(world.summary(&webhook), ["record.created kept"]);
    let missed = &world.view(&webhook)["status"]["missed"];
    assert_eq!(missed.as_array().unwrap().len(), 1, "{missed}");
    assert!(
        missed[0]["reason"].as_str().unwrap().contains("trimmed"),
        "{missed}"
    );
    world.follow();
    assert_eq!(
        world.view(&webhook)["status"]["missed"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn the_log_is_held_for_a_webhook_and_for_nobody_else() {
    let world = World::new();
    let committer = &world.engine.committer;
    let mut follower = Follower::new(world.shared()).unwrap();
    follower.catch_up().unwrap();
    assert_eq!(committer.slowest_listener(), None);
    let webhook = world.webhook(json!({}));
    world.create("posts", json!({"title": "a"}));
    follower.catch_up().unwrap();
    let held = committer.slowest_listener().unwrap();
    world.create("posts", json!({"title": "b"}));
    follower.catch_up().unwrap();
    assert!(committer.slowest_listener().unwrap() > held);
    let id = webhook["id"].as_str().unwrap();
    wait(world.engine.webhooks.delete(&world.context(), id)).unwrap();
    follower.catch_up().unwrap();
    assert_eq!(committer.slowest_listener(), None);
}

#[test]
fn a_filter_that_cannot_be_asked_any_more_is_noted() {
    let world = World::new();
    let webhook = world.webhook(json!({"filter": "size > 1"}));
    let definition = world
        .engine
        .catalog
        .view(&world.context(), "posts")
        .unwrap();
    let mut fields = definition["fields"].as_array().unwrap().clone();
    fields.retain(|field| field["name"] != "size");
    let body = object(json!({ "fields": fields }));
    wait(
        world
            .engine
            .catalog
            .update(&world.context(), "posts", &body),
    )
    .unwrap();
    world.create("posts", json!({"title": "a"}));
    world.create("posts", json!({"title": "b"}));
    world.follow();
    assert_eq!(world.summary(&webhook), [""; 0]);
    let missed = &world.view(&webhook)["status"]["missed"];
    assert!(
        missed[0]["reason"].as_str().unwrap().contains("size"),
        "{missed}"
    );
    assert_eq!(missed[0]["changes"], 2);
}

#[test]
fn of_a_record_that_is_too_large_only_the_id_is_told() {
    let world = World::new();
    let webhook = world.webhook(json!({}));
    let id = world.create(
        "posts",
        json!({"title": "x".repeat(WEBHOOK_BODY_BYTES_MAX)}),
    );
    world.follow();
    let told = world.told(&webhook);
    assert_eq!(told[0]["data"]["truncated"], true);
    assert_eq!(told[0]["data"]["record"]["id"], id);
    assert_eq!(told[0]["data"]["record"].as_object().unwrap().len(), 3);
}

#[test]
fn changes_are_told_once_and_in_their_order_while_they_happen() {
    let world = World::new();
    let webhook = world.webhook(json!({}));
    let id = world.create("posts", json!({"size": 0}));
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for size in 1..=300 {
                world.update(&id, json!({ "size": size }));
            }
        });
        let mut follower = Follower::new(world.shared()).unwrap();
        let line = line(webhook["id"].as_str().unwrap());
        while world.shared().parts.outbox.counts(&line).waiting < 301 {
            follower.catch_up().unwrap();
            assert!(std::time::Instant::now() < deadline);
        }
    });
    world.follow();
    let told = world.told(&webhook);
    let sizes: Vec<_> = told
        .iter()
        .map(|body| body["data"]["record"]["size"].as_u64().unwrap())
        .collect();
    assert_eq!(sizes, (0..=300).collect::<Vec<_>>());
    assert_eq!(world.view(&webhook)["status"]["missed"], json!([]));
}
