//! What receivers get and what becomes of their answers.

use super::*;

/// A webhook with one delivery.
fn one_delivery(world: &World) -> (Json, Delivery) {
    let webhook = world.webhook(json!({}));
    world.create("posts", json!({"title": "a"}));
    world.follow();
    let delivery = world.deliveries(&webhook).remove(0);
    (webhook, delivery)
}

#[test]
fn an_attempt_is_a_signed_post_with_the_same_id_and_body_each_time() {
    let world = World::new();
    let (webhook, delivery) = one_delivery(&world);
    assert_eq!(world.carry(&delivery).verdict, Verdict::Delivered);
    world.clock.0.store(START + 5_000, Ordering::SeqCst);
    assert_eq!(world.carry(&delivery).verdict, Verdict::Delivered);
    let sent = world.outside.sent.lock();
    let header = |request: &OutboundRequest, name: &str| {
        let found = request.headers.iter().find(|(known, _)| known == name);
        found.unwrap().1.clone()
    };
    let [first, second] = [&sent[0], &sent[1]];
    assert_eq!(first.url, webhook["url"].as_str().unwrap());
    assert_eq!(header(first, "webhook-id"), delivery.id);
    assert_eq!(header(first, "webhook-id"), header(second, "webhook-id"));
    assert_eq!(first.body, second.body);
    assert_eq!(header(first, "webhook-timestamp"), "1790000000");
    assert_eq!(header(second, "webhook-timestamp"), "1790000005");
    assert_ne!(
        header(first, "webhook-signature"),
        header(second, "webhook-signature")
    );
    assert_eq!(first.answer_bytes_max, 0);
}

#[test]
fn failures_are_told_and_tried_again() {
    let world = World::new();
    let (_, delivery) = one_delivery(&world);
    let answers = [
        (answer_of(500), "The receiver answered 500."),
        (
            answer_of(302),
            "The receiver redirects, which is not followed.",
        ),
        (
            Err(OutboundError::Forbidden("Not there.".to_owned())),
            "Not there.",
        ),
        (
            Err(OutboundError::TimedOut("Too late.".to_owned())),
            "Too late.",
        ),
    ];
    for (answer, reason) in answers {
        world.outside.answers.lock().push_back(answer);
        let attempted = world.carry(&delivery);
        assert_eq!(attempted.verdict, Verdict::Retry { wait: None });
        assert_eq!(attempted.error.as_deref(), Some(reason));
    }
}

#[test]
fn a_receiver_that_is_gone_switches_the_webhook_off() {
    let world = World::new();
    let (webhook, delivery) = one_delivery(&world);
    world.outside.answers.lock().push_back(answer_of(410));
    assert_eq!(world.carry(&delivery).verdict, Verdict::GiveUp);
    let shown = world.view(&webhook);
    assert_eq!(shown["enabled"], false);
    assert!(
        shown["disabledReason"].as_str().unwrap().contains("410"),
        "{shown}"
    );
    assert_eq!(
        world.carry(&delivery).verdict,
        Verdict::Retry { wait: None }
    );
    assert_eq!(world.outside.sent.lock().len(), 1);
    let on = world
        .update_webhook(&webhook, json!({"enabled": true}))
        .unwrap();
    assert_eq!(on["disabledReason"], "");
}

#[test]
fn a_try_is_one_request_that_is_kept_nowhere() {
    let world = World::new();
    let webhook = world.webhook(json!({"enabled": false}));
    let id = webhook["id"].as_str().unwrap();
    let tried = || wait(world.engine.webhooks.test(&world.context(), id)).unwrap();
    let first = tried();
    assert_eq!(
        (first.delivered, first.status, first.error),
        (true, Some(200), None)
    );
    world.outside.answers.lock().push_back(answer_of(404));
    let second = tried();
    assert_eq!((second.delivered, second.status), (false, Some(404)));
    let sent = world.outside.sent.lock();
    let body: Json = serde_json::from_slice(&sent[0].body).unwrap();
    assert_eq!(
        (&body["type"], &body["data"]["collection"]),
        (&json!("webhook.test"), &json!("posts"))
    );
    assert_eq!(world.deliveries(&webhook), []);
}
