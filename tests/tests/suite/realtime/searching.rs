//! Topics with a search: whoever saved it is told of records that are hits, as they may see them.

use luge_tests::{Case, Events, Persona, Requests, Socket, check};
use serde_json::{Value, json};

use super::{MARK, World, with_options, world};

const PATH: &str = "/api/realtime";

/// Notes of sources, of which the open ones are listed; `None` on the real PocketBase.
fn notes() -> Option<World> {
    let world = world(&json!({}));
    if world.server.is_reference() {
        return None;
    }
    let superuser = &world.superuser;
    let text = |name: &str| json!({"name": name, "type": "text"});
    superuser.collection(&json!({
        "name": "sources", "type": "base", "listRule": "open = true",
        "fields": [text("name"), {"name": "open", "type": "bool"}],
    }));
    let sources = superuser.get("/api/collections/sources").expect(200);
    for (id, name, open) in [
        ("opensource00000", "gazette", true),
        ("closedsource000", "whistle", false),
    ] {
        superuser.record("sources", &json!({"id": id, "name": name, "open": open}));
    }
    superuser.collection(&json!({
        "name": "notes", "type": "base", "listRule": "", "viewRule": "",
        "fields": [
            text("title"), {"name": "secret", "type": "text", "hidden": true},
            {"name": "source", "type": "relation", "collectionId": sources["id"], "maxSelect": 1},
        ],
        "search": {
            "fields": {"title": {"language": "en"}, "secret": {}, "source.name": {}},
            "synonyms": {"tv": ["television"]},
        },
    }));
    Some(world)
}

fn searching(search: &str) -> String {
    with_options(
        "notes/*",
        &json!({"query": {"search": search, "fields": "title"}}),
    )
}

fn note(world: &World, body: &Value) -> String {
    let record = world.superuser.record("notes", body);
    format!(
        "/api/collections/notes/records/{}",
        record["id"].as_str().expect("an id")
    )
}

/// What somebody who saved one search is told of.
#[track_caller]
fn told(world: &World, streams: &mut [Events]) -> Vec<Vec<String>> {
    world.titles(streams)
}

#[test]
fn hits_are_those_that_a_list_finds_before_it_forgives_anything() {
    let Some(world) = notes() else {
        return;
    };
    let expected: &[(&str, &[&str])] = &[
        ("needle ", &["A needle", "Needles, many", "hay and NEEDLE"]),
        ("hay needle", &["hay and NEEDLE"]),
        ("\"hay needle\"", &[]),
        ("\"and needle\"", &["hay and NEEDLE"]),
        ("needle -hay", &["A needle", "Needles, many"]),
        ("nee", &["A needle", "Needles, many", "hay and NEEDLE"]),
        ("nee ", &[]),
        // A list would forgive these.
        ("neelde ", &[]),
        ("needle hay straw", &[]),
        ("hayand ", &[]),
        ("tv ", &["an old television"]),
        ("television ", &["an old television"]),
        ("title:needle -title:hay", &["A needle", "Needles, many"]),
        ("-needle", &["an old television", "東京都"]),
        ("京都", &["東京都"]),
        // Nothing to search for leaves nothing out.
        (
            " .,!\" ",
            &[
                "A needle",
                "Needles, many",
                "hay and NEEDLE",
                "an old television",
                "東京都",
            ],
        ),
    ];
    let mut streams: Vec<Events> = expected
        .iter()
        .map(|(search, _)| world.events(&world.anyone, &[&searching(search)]))
        .collect();
    for title in [
        "A needle",
        "Needles, many",
        "hay and NEEDLE",
        "an old television",
        "東京都",
    ] {
        note(&world, &json!({"title": title}));
    }
    let told = told(&world, &mut streams);
    for ((search, expected), told) in expected.iter().zip(told) {
        let expected: Vec<_> = expected
            .iter()
            .map(|title| format!("create {title}"))
            .collect();
        assert_eq!(told, expected, "{search:?}");
    }
}

#[test]
fn nobody_is_told_by_words_that_they_may_not_read() {
    let Some(world) = notes() else {
        return;
    };
    let people = [&world.anyone, &world.ann, &world.superuser];
    let searches = [
        "pearl ",
        "whistle ",
        "gazette ",
        "-pearl -whistle",
        "secret:pearl",
    ];
    let topics = searches.map(searching);
    let topics: Vec<&str> = topics.iter().map(String::as_str).collect();
    let one = note(&world, &json!({"title": "kept", "secret": "pearl"}));
    let one = one.rsplit('/').next().expect("an id");
    let of_one = with_options(
        &format!("notes/{one}"),
        &json!({"query": {"search": "pearl "}}),
    );
    let topics = [&topics[..], &[&of_one]].concat();
    let mut streams: Vec<_> = people.map(|one| world.events(one, &topics)).into();
    note(&world, &json!({"title": "hidden", "secret": "pearl"}));
    note(
        &world,
        &json!({"title": "closed", "source": "closedsource000"}),
    );
    note(
        &world,
        &json!({"title": "open", "source": "opensource00000"}),
    );
    let path = format!("/api/collections/notes/records/{one}");
    world
        .superuser
        .patch(&path, &json!({"title": "changed"}))
        .expect(200);
    world.superuser.delete(&path).expect(204);
    let mut told = told(&world, &mut streams);
    told.iter_mut().for_each(|told| told.sort());
    let others = [
        // `-pearl -whistle` leaves out nothing that they could know.
        "create closed",
        "create hidden",
        "create open",
        "create open",
        "delete changed",
        "update changed",
    ];
    assert_eq!(told[0], others);
    assert_eq!(told[1], others);
    let all = [
        "create closed",
        "create hidden",
        "create hidden",
        "create open",
        "create open",
        "delete changed",
        "delete changed",
        "delete changed",
        "update changed",
        "update changed",
        "update changed",
    ];
    assert_eq!(told[2], all);
}

#[test]
fn a_record_that_comes_to_match_is_told_live_on_sockets_and_on_resume() {
    let Some(world) = notes() else {
        return;
    };
    let topics = [searching("needle "), searching("gazette ")];
    let topics = [topics[0].as_str(), topics[1].as_str(), MARK];
    let since = |place: &str| {
        let events = Events::resuming(&world.server.address);
        events
            .subscribe_since(&world.anyone, &topics, place)
            .expect(204);
        events
    };
    let begun = Events::resuming(&world.server.address).greeting.id;
    let mut live = [since(&begun)];
    let mut socket = Socket::open(&world.server.address);
    socket.subscribe(&json!({"subscriptions": topics}));
    let path = note(&world, &json!({"title": "straw"}));
    let set = |body: Value| world.superuser.patch(&path, &body).expect(200);
    set(json!({"title": "a needle"}));
    set(json!({"title": "straw again"}));
    set(json!({"source": "opensource00000"}));
    set(json!({"source": "closedsource000"}));
    set(json!({"title": "needles"}));
    world.superuser.delete(&path).expect(204);
    let expected = [
        "update a needle",
        "update straw again",
        "update needles",
        "delete needles",
    ];
    let told = told(&world, &mut live);
    assert_eq!(told, [expected]);
    let of_socket: Vec<String> = socket
        .until(MARK)
        .iter()
        .map(|event| {
            let data = &event["data"];
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            format!(
                "{} {}",
                text(&data["action"]),
                text(&data["record"]["title"])
            )
        })
        .collect();
    assert_eq!(of_socket, expected);
    let mut again = since(&begun);
    let resumed: Vec<_> = again
        .until(MARK)
        .iter()
        .map(|event| event.summary("title"))
        .collect();
    assert_eq!(resumed, expected);
}

/// Somebody asks with a client for topics of which one has a search.
fn case<'p>(
    name: &'static str,
    (persona, client): (&'p Persona, &str),
    topic: &str,
    search: &Value,
) -> Case<'p> {
    let topic = with_options(topic, &json!({"query": {"search": search}}));
    let body = json!({"clientId": client, "subscriptions": ["posts/*", topic]});
    Case::new(name, persona, "POST", PATH).json(&body)
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let Some(world) = notes() else {
        return;
    };
    world.superuser.collection(&json!({
        "name": "locked", "type": "base", "fields": [{"name": "title", "type": "text"}],
    }));
    let mut streams = [world.events(&world.anyone, &[&searching("needle ")])];
    let id = streams[0].id.clone();
    let own = world.events(&world.superuser, &[]);
    let anyones = (&world.anyone, id.as_str());
    let row = |name, topic: &str, search: Value| case(name, anyones, topic, &search).status(400);
    let (long, many) = ("x".repeat(2_100), "a ".repeat(65));
    check(vec![
        row("not searchable", "posts/*", json!("x")).has("posts is not searchable"),
        row("nor one of its records", "posts/abc", json!("x")).has("not searchable"),
        row("no collection", "nothing/*", json!("x")).has("no such collection"),
        row("a topic of one's own", "@oauth2", json!("x")).has("no such collection"),
        row("too long", "notes/*", json!(long)).has("2048 bytes"),
        row("too many words", "notes/*", json!(many)).has("64 words"),
        row("a list", "notes/*", json!(["x"])).has("search must be a text"),
        row("an object", "notes/*", json!({"x": "y"})).has("search must be a text"),
        row("a truth", "notes/*", json!(true)).has("search must be a text"),
        case(
            "superusers",
            (&world.superuser, &own.id),
            "locked/*",
            &json!("x"),
        )
        .status(400)
        .has("locked is not searchable"),
    ]);
    // What was subscribed to before goes on.
    note(&world, &json!({"title": "needle"}));
    assert_eq!(told(&world, &mut streams), [["create needle"]]);
    check(vec![
        // Nobody is told about a collection that they may not list.
        case("locked", anyones, "locked/*", &json!("x")).status(204),
        case("a number", anyones, "notes/*", &json!(7)).status(204),
        case("empty", anyones, "posts/*", &json!(" ")).status(204),
        case("null", anyones, "posts/*", &Value::Null).status(204),
    ]);
}

#[test]
fn a_saved_search_follows_the_definition_and_finds_nothing_without_one() {
    let Some(world) = notes() else {
        return;
    };
    let mut streams = [
        world.events(&world.anyone, &[&searching("needle ")]),
        world.events(&world.anyone, &[&searching("-needle")]),
        world.events(&world.superuser, &[&searching("pearl ")]),
    ];
    let define = |definition: Value| {
        let path = "/api/collections/notes";
        world.superuser.patch(path, &definition).expect(200);
    };
    let both = json!({"title": "needle", "secret": "pearl"});
    let mut tell = |expected: [usize; 3]| {
        note(&world, &both);
        note(&world, &json!({"title": "straw"}));
        let told = world.titles(&mut streams);
        let counts: Vec<_> = told.iter().map(Vec::len).collect();
        assert_eq!(counts, expected, "{told:?}");
    };
    tell([1, 1, 1]);
    // What is searched no longer has no words, also where they are unwanted.
    define(json!({"search": {"fields": {"source.name": {}}}}));
    tell([0, 2, 0]);
    define(json!({"search": null}));
    tell([0, 0, 0]);
    // Only what others do not see.
    define(json!({"search": {"fields": {"secret": {}}}}));
    tell([0, 0, 1]);
    define(json!({"search": {"fields": {"title": {}, "secret": {}}}}));
    tell([1, 1, 1]);
    define(json!({"name": "renamed"}));
    world.superuser.record("renamed", &both);
    let told = world.titles(&mut streams);
    assert!(told.iter().all(Vec::is_empty), "{told:?}");
}
