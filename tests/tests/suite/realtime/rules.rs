//! Rules and projections, for each subscriber.

use luge_tests::{Event, Requests};
use serde_json::{Value, json};

use super::{with_options, world};

#[test]
fn rules_decide_for_each_subscriber() {
    let world = world(&json!({
        "listRule": "owner = @request.auth.id && @request.context = 'realtime'",
        "viewRule": "@request.headers.x_key = 'open' && @request.method = 'GET'",
    }));
    let path = world.post(&json!({"title": "anns", "owner": world.ann.id}));
    let id = path.rsplit('/').next().expect("an id");
    let one = format!("posts/{id}");
    let open = with_options(&one, &json!({"headers": {"X-Key": "open"}}));
    let topics = ["posts/*", one.as_str(), open.as_str()];
    let people = [&world.anyone, &world.ann, &world.bob, &world.superuser];
    let mut streams: Vec<_> = people.map(|one| world.events(one, &topics)).into();
    world
        .superuser
        .patch(&path, &json!({"title": "b"}))
        .expect(200);
    let names = |told: Vec<Event>| -> Vec<String> {
        let mut names: Vec<_> = told.into_iter().map(|event| event.name).collect();
        names.sort();
        names
    };
    let told: Vec<_> = world.told(&mut streams).into_iter().map(names).collect();
    let mut all = [one.clone(), open.clone(), "posts/*".to_owned()];
    all.sort();
    let mut anns = [open.clone(), "posts/*".to_owned()];
    anns.sort();
    assert_eq!(told, [&[open.clone()][..], &anns, &[open], &all]);
}

#[test]
fn a_locked_rule_is_for_superusers() {
    let world = world(&json!({"listRule": null, "viewRule": null}));
    let path = world.post(&json!({"title": "a"}));
    let one = format!("posts/{}", path.rsplit('/').next().expect("an id"));
    let topics = ["posts/*", "posts", one.as_str(), "_superusers/*", "_otps/*"];
    let people = [&world.anyone, &world.ann, &world.superuser];
    let mut streams: Vec<_> = people.map(|one| world.events(one, &topics)).into();
    world
        .superuser
        .patch(&path, &json!({"title": "b"}))
        .expect(200);
    world.superuser.delete(&path).expect(204);
    let told = world.titles(&mut streams);
    assert!(told[0].is_empty() && told[1].is_empty(), "{told:?}");
    assert_eq!(told[2].len(), 6);
}

#[test]
fn the_state_after_is_judged_and_for_a_delete_the_one_before() {
    let world = world(&json!({"listRule": "title = 'shown'", "viewRule": "title = 'shown'"}));
    let mut streams = [world.events(&world.anyone, &["posts/*"])];
    let path = world.post(&json!({"title": "shown"}));
    let set = |title: &str| {
        world
            .superuser
            .patch(&path, &json!({"title": title}))
            .expect(200);
    };
    // Leaves what may be seen, silently.
    set("gone");
    set("shown");
    world.superuser.delete(&path).expect(204);
    let hidden = world.post(&json!({"title": "hidden"}));
    world.superuser.delete(&hidden).expect(204);
    let told = world.titles(&mut streams);
    assert_eq!(told, [["create shown", "update shown", "delete shown"]]);
}

#[test]
fn a_cascade_is_judged_by_what_was_there() {
    let world = world(&json!({}));
    let posts = world.superuser.get("/api/collections/posts").expect(200);
    world.superuser.collection(&json!({
        "name": "comments", "type": "base",
        "listRule": "post.owner = @request.auth.id", "viewRule": "",
        "fields": [
            {"name": "title", "type": "text"},
            {"name": "post", "type": "relation", "collectionId": posts["id"], "maxSelect": 1,
             "cascadeDelete": true},
        ],
    }));
    let path = world.post(&json!({"title": "post", "owner": world.ann.id}));
    let id = path.rsplit('/').next().expect("an id");
    world
        .superuser
        .record("comments", &json!({"title": "comment", "post": id}));
    let people = [&world.anyone, &world.ann, &world.bob];
    let mut streams: Vec<_> = people.map(|one| world.events(one, &["comments/*"])).into();
    world.superuser.delete(&path).expect(204);
    let told = world.titles(&mut streams);
    assert_eq!(told, [vec![], vec!["delete comment".to_owned()], vec![]]);
}

#[test]
fn hidden_fields_and_addresses_are_shown_to_those_who_may_see_them() {
    let world = world(&json!({}));
    let topics = ["posts/*", "members/*"];
    let people = [&world.anyone, &world.ann, &world.bob, &world.superuser];
    let mut streams: Vec<_> = people.map(|one| world.events(one, &topics)).into();
    for _ in 0..20 {
        world.post(&json!({"title": "a", "secret": "hush"}));
    }
    let ann = format!("/api/collections/members/records/{}", world.ann.id);
    world
        .superuser
        .patch(&ann, &json!({"verified": true}))
        .expect(200);
    let told = world.told(&mut streams);
    for (events, (secret, address)) in
        told.iter()
            .zip([(false, false), (false, true), (false, false), (true, true)])
    {
        assert_eq!(events.len(), 21);
        let (member, posts) = events.split_last().expect("the last is the member");
        assert!(
            posts
                .iter()
                .all(|event| event.data.contains("hush") == secret)
        );
        assert_eq!(member.data.contains("ann@example.com"), address);
        let record = &member.json()["record"];
        assert!(record["password"].is_null() && record["tokenKey"].is_null());
    }
}

#[test]
fn expand_shows_what_the_subscriber_may_view() {
    let world = world(&json!({}));
    let members = "/api/collections/members";
    let rule = json!({"viewRule": "id = @request.auth.id"});
    world.superuser.patch(members, &rule).expect(200);
    let topic = with_options("posts/*", &json!({"query": {"expand": "owner"}}));
    let people = [&world.anyone, &world.ann, &world.bob, &world.superuser];
    let mut streams: Vec<_> = people.map(|one| world.events(one, &[&topic])).into();
    world.post(&json!({"title": "a", "owner": world.ann.id}));
    let shown: Vec<Value> = world
        .told(&mut streams)
        .iter()
        .map(|events| events[0].json()["record"]["expand"]["owner"]["id"].clone())
        .collect();
    let (ann, none) = (json!(world.ann.id), Value::Null);
    assert_eq!(shown, [none.clone(), ann.clone(), none, ann]);
}
