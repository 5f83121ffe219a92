//! What a search counts, suggests and finds in many collections, for whom it may.

use super::{asked, case, notes, refused};
use luge_tests::{Requests, check};
use serde_json::{Value, json};

use super::super::super::machines::World;

/// Notes and posts that are searched by their titles, and by what is hidden.
fn searched() -> Option<World> {
    let world = notes()?;
    let search = json!({"search": {"fields": {
        "title": {"facet": true}, "hidden": {"facet": true}, "owner.nick": {"facet": true},
    }}});
    for name in ["notes", "posts"] {
        let path = format!("/api/collections/{name}");
        world.superuser.patch(&path, &search).expect(200);
    }
    Some(world)
}

#[test]
fn facets_and_suggestions_are_those_of_rest() {
    let Some(world) = searched() else { return };
    let (ann, anyone, superuser) = (&world.ann, &world.anyone, &world.superuser);
    let query = |arguments: &str| {
        format!(
            "{{ notes({arguments}, wait: true) {{ totalItems facets facetsAreLeast \
             suggestions {{ word text }} }} }}"
        )
    };
    let path = "/api/collections/notes/records?search=of&wait=1&facets=title&suggest=fi";
    let rest = anyone.get(path);
    let same = query("search: \"of\", facets: \"title\", suggest: \"fi\"");
    check(vec![
        case("both", anyone, &same)
            .is("data.notes.facets", rest.at("facets"))
            .is("data.notes.suggestions", rest.at("suggestions"))
            .is("data.notes.suggestions.0.word", "first")
            .is("data.notes.facetsAreLeast", false)
            .is("data.notes.totalItems", 2),
        case("neither", anyone, &query("search: \"first\""))
            .is("data.notes.facets", Value::Null)
            .is("data.notes.suggestions", Value::Null),
        case(
            "hidden, for superusers",
            superuser,
            &query("facets: \"hidden\""),
        )
        .has("unseen"),
        refused("hidden", ann, &query("facets: \"hidden\""), 400).lacks("unseen"),
        case("hidden words", anyone, &query("suggest: \"unse\""))
            .is("data.notes.suggestions", json!([])),
        refused(
            "a facet that is none",
            anyone,
            &query("facets: \"nope\""),
            400,
        )
        .has("nope"),
        case(
            "where nothing is searched",
            superuser,
            "{ vault(facets: \"title\") { page } }",
        )
        .has("Unknown argument"),
    ]);
}

#[test]
fn many_collections_are_searched_at_once() {
    let Some(world) = searched() else { return };
    let (ann, bob, anyone) = (&world.ann, &world.bob, &world.anyone);
    let query = |arguments: &str| {
        format!(
            "{{ search(search: \"of\", wait: true{arguments}) {{ notReady groups {{ collectionName \
             totalItems totalIsLeast items {{ __typename ... on Posts {{ title owner {{ nick }} \
             _search {{ highlights }} }} ... on Notes {{ title }} }} }} }} }}"
        )
    };
    let found = asked(
        ann,
        &query(", collections: [\"posts\"], highlight: [\"title\"]"),
    );
    let hit = found.at("data.search.groups.0.items.0");
    assert_eq!(hit["__typename"], "Posts", "{found}");
    assert_eq!(hit["owner"]["nick"], "n", "{found}");
    assert!(
        hit["_search"]["highlights"]
            .to_string()
            .contains("<mark>of"),
        "{found}"
    );
    let groups = "data.search.groups";
    check(vec![
        case("one's own", ann, &query(", collections: [\"posts\"]"))
            .is("data.search.groups.0.totalItems", 1)
            .lacks("of bob"),
        case("another's", bob, &query(", collections: [\"posts\"]")).lacks("of ann"),
        case("both", ann, &query("")).has("posts").has("notes"),
        case("of nobody", anyone, &query(""))
            .has("notes")
            .lacks("\"posts\""),
        case("one hit each", anyone, &query(", perCollection: 1"))
            .is("data.search.groups.0.totalItems", 2)
            .is(
                "data.search.groups.0.items",
                json!([{"__typename": "Notes", "title": "of ann"}]),
            ),
        refused(
            "what is not searched",
            ann,
            &query(", collections: [\"vault\"]"),
            400,
        ),
        refused("none of it", ann, &query(", perCollection: 0"), 400).has("perCollection"),
        refused("too much of it", ann, &query(", perCollection: 51"), 400).has("perCollection"),
        refused("less than none", ann, &query(", perCollection: -1"), 400).has("perCollection"),
        refused(
            "nothing",
            ann,
            "{ search(search: \" \") { notReady } }",
            400,
        )
        .has("search"),
        case(
            "words that nobody wrote",
            ann,
            "{ search(search: \"zzzz\") { groups { totalItems } } }",
        )
        .is(groups, json!([])),
    ]);
}
