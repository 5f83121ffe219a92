//! Making, changing and removing webhooks, and what becomes of them with their collection.

use super::*;

#[test]
fn secrets_and_values_of_headers_are_shown_never_again() {
    let world = World::new();
    let headers = json!({"Authorization": "Bearer hunter2", "X-One": "1"});
    let webhook = world.webhook(json!({"headers": headers, "name": "one"}));
    let secret = webhook["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"), "{secret}");
    let shown = world.view(&webhook);
    for part in [secret.trim_start_matches("whsec_"), "hunter2", "\"secret\""] {
        assert!(!shown.to_string().contains(part), "{shown}");
    }
    let names = json!({"Authorization": null, "X-One": null});
    assert_eq!(shown["headers"], names);
    // What is shown may be sent back, and keeps what is not shown.
    let same = world.update_webhook(&webhook, shown).unwrap();
    assert_eq!((&same["headers"], &same["name"]), (&names, &json!("one")));
    world.create("posts", json!({"title": "a"}));
    world.follow();
    let delivery = &world.deliveries(&webhook)[0];
    world.carry(delivery);
    let sent = world.outside.sent.lock()[0].headers.clone();
    assert!(sent.contains(&("Authorization".to_owned(), "Bearer hunter2".to_owned())));
    let fewer = json!({"headers": {"X-One": "2"}});
    let fewer = world.update_webhook(&webhook, fewer).unwrap();
    assert_eq!(fewer["headers"], json!({"X-One": null}));
}

#[test]
fn a_rotated_secret_is_another_one_and_both_sign() {
    let world = World::new();
    let webhook = world.webhook(json!({}));
    let id = webhook["id"].as_str().unwrap();
    let rotate = |body| {
        wait(
            world
                .engine
                .webhooks
                .rotate_secret(&world.context(), id, &object(body)),
        )
    };
    let rotated = rotate(json!({"graceSeconds": 60})).unwrap();
    assert_ne!(rotated["secret"], webhook["secret"]);
    assert_eq!(rotated["secrets"].as_array().unwrap().len(), 2);
    world.create("posts", json!({"title": "a"}));
    world.follow();
    let delivery = &world.deliveries(&webhook)[0];
    let signatures = || {
        world.carry(delivery);
        let sent = world.outside.sent.lock();
        let headers = &sent.last().unwrap().headers;
        let found = headers.iter().find(|(name, _)| name == "webhook-signature");
        found.unwrap().1.split(' ').count()
    };
    assert_eq!(signatures(), 2);
    world.clock.0.store(START + 60_000, Ordering::SeqCst);
    assert_eq!(signatures(), 1);
    for body in [
        json!({"graceSeconds": -1}),
        json!({"graceSeconds": "1"}),
        json!({"graceSeconds": 1e9}),
        json!({"secret": "whsec_x"}),
    ] {
        assert!(rotate(body.clone()).is_err(), "{body}");
    }
}

#[test]
fn a_renamed_collection_keeps_its_webhooks() {
    let world = World::new();
    let webhook = world.webhook(json!({}));
    let body = object(json!({"name": "articles"}));
    wait(
        world
            .engine
            .catalog
            .update(&world.context(), "posts", &body),
    )
    .unwrap();
    world.create("articles", json!({"title": "a"}));
    world.follow();
    assert_eq!(world.told(&webhook)[0]["data"]["collection"], "articles");
    assert_eq!(world.view(&webhook)["collectionName"], "articles");
}

#[test]
fn a_removed_collection_takes_its_webhooks_along() {
    let world = World::new();
    world.collection(json!({"name": "others", "type": "base"}));
    let webhook = world.webhook(json!({}));
    let kept = world.webhook(json!({"collection": "others"}));
    world.create("posts", json!({"title": "a"}));
    world.follow();
    assert_eq!(world.deliveries(&webhook).len(), 1);
    let definition = world
        .engine
        .catalog
        .view(&world.context(), "posts")
        .unwrap();
    let removal = Arc::clone(&world.engine.records) as _;
    let ctx = world.context();
    let removed = world.engine.catalog.delete(&ctx, "posts", removal);
    wait(removed).unwrap();
    let id = webhook["id"].as_str().unwrap();
    let missing = world.engine.webhooks.view(&world.context(), id);
    assert!(matches!(missing, Err(Error::MissingRecord)));
    // Another collection with the same id has none.
    world.collection(json!({"id": definition["id"], "name": "posts", "type": "base"}));
    world.create("posts", json!({}));
    world.follow();
    assert_eq!(world.deliveries(&webhook), []);
    let all = world.engine.webhooks.list(&world.context()).unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["id"], kept["id"]);
}

#[test]
fn a_removed_webhook_takes_its_deliveries_along() {
    let world = World::new();
    let webhook = world.webhook(json!({}));
    world.create("posts", json!({"title": "a"}));
    world.follow();
    let delivery = world.deliveries(&webhook).remove(0);
    let id = webhook["id"].as_str().unwrap();
    wait(world.engine.webhooks.delete(&world.context(), id)).unwrap();
    assert_eq!(world.carry(&delivery).verdict, Verdict::GiveUp);
    world.follow();
    assert_eq!(world.deliveries(&webhook), []);
    let again = wait(world.engine.webhooks.delete(&world.context(), id));
    assert!(matches!(again, Err(Error::MissingRecord)));
}

#[test]
fn only_so_many_webhooks_can_be_made() {
    let world = World::new();
    for _ in 0..WEBHOOKS_MAX {
        world.webhook(json!({}));
    }
    let body = object(json!({
        "collection": "posts", "url": "https://hooks.example.com", "actions": ["create"],
    }));
    let refused = wait(world.engine.webhooks.create(&world.context(), &body));
    assert!(matches!(refused, Err(Error::BadRequest(_))));
}
