//! A search of many collections by a key: it finds what the scope of the key has, and no more.

use luge_tests::{Case, Requests, check};
use serde_json::json;

use super::{scope, world};

#[test]
fn a_search_of_many_finds_what_is_in_the_scope() {
    let Some(world) = world() else { return };
    let only = |actions: &[&str]| world.machine(&world.ann, &json!([scope(&["posts"], actions)]));
    let (lists, views) = (only(&["list"]), only(&["view"]));
    for collection in ["posts", "notes", "vault"] {
        let search = json!({"search": {"fields": {"title": {}, "hidden": {}}}});
        world
            .superuser
            .patch(&format!("/api/collections/{collection}"), &search)
            .expect(200);
    }
    let search = |name, who, query: &str| {
        Case::new(name, who, "GET", &format!("/api/search?wait=1&{query}"))
    };
    check(vec![
        search("her collections", &world.ann, "search=ann")
            .has("posts")
            .has("notes"),
        search("the scope alone", &lists, "search=ann")
            .is("groups.0.collectionName", "posts")
            .lacks("notes")
            .lacks("of bob"),
        search("nothing where views are", &views, "search=ann").is("groups", json!([])),
        search("none by name", &views, "search=ann&collections=posts").status(400),
        search("nor a public one", &lists, "search=ann&collections=notes").status(400),
        search("nor a locked one", &lists, "search=ann&collections=vault").status(400),
        search("no hidden field", &lists, "search=unseen").is("groups", json!([])),
    ]);
}
