//! Queries: records, relations, groups, and what is kept from whom.

use super::super::super::machines::scope;
use super::{INTROSPECTION, asked, case, notes, refused};
use luge_tests::{Requests, check};
use serde_json::{Value, json};

const FIRST: &str = "filter: \"title = 'first'\"";

#[test]
fn records_are_shown_as_rest_shows_them() {
    let Some(world) = notes() else { return };
    let (anyone, ann) = (&world.anyone, &world.ann);
    let typed = "{ notes(where: {title: {eq: \"first\"}}) { totalItems items { title } } }";
    let nested = format!(
        "{{ notes({FIRST}) {{ items {{ title owner {{ nick }} owner_id \
         owner {{ posts_via_owner(limit: 1) {{ title }} }} }} }} }}"
    );
    let groups =
        format!("{{ notes_aggregate(group: \"title\", {FIRST}) {{ items {{ count group }} }} }}");
    let two = "{ a: notes_by_id(id: \"nope\") { id } b: notes(perPage: 1) { page } }";
    let missing = "{ notes_by_id(id: \"nope\") { id } }";
    let null = "{ notes(where: {title: {eq: null}}) { page } }";
    check(vec![
        case("a list", anyone, typed)
            .is("data.notes.totalItems", 1)
            .is("data.notes.items.0.title", "first"),
        case("relations for who may view them", ann, &nested)
            .is("data.notes.items.0.owner_id", ann.id.as_str())
            .is("data.notes.items.0.owner.nick", "n")
            .is("data.notes.items.0.owner.posts_via_owner.0.title", "of ann"),
        case("null for who may not", anyone, &nested)
            .is("data.notes.items.0.owner", Value::Null)
            .is("data.notes.items.0.owner_id", ann.id.as_str()),
        case("groups", anyone, &groups)
            .is("data.notes_aggregate.items.0.count", 1)
            .is("data.notes_aggregate.items.0.group.title", "first"),
        refused("a record that is not there", anyone, missing, 404)
            .is("errors.0.message", "The requested resource wasn't found.")
            .is("data.notes_by_id", Value::Null),
        case("one failure leaves the others", anyone, two)
            .is("data.b.page", 1)
            .is("errors.0.path.0", "a"),
        refused(
            "a filter",
            anyone,
            "{ notes(filter: \"x = 1\") { page } }",
            400,
        )
        .has("unknown field"),
        refused("a sort", anyone, "{ notes(sort: \"nope\") { page } }", 400),
        refused("a cursor", anyone, "{ notes(cursor: \"x\") { page } }", 400),
        refused(
            "both",
            anyone,
            "{ notes(page: 2, cursor: \"\") { page } }",
            400,
        ),
        refused("a null in a where", anyone, null, 400),
    ]);
}

#[test]
fn what_is_kept_from_rest_is_kept_here() {
    let Some(world) = notes() else { return };
    let (superuser, ann) = (&world.superuser, &world.ann);
    let vault = superuser.get("/api/collections/vault/records");
    let hidden = format!("{{ notes({FIRST}) {{ items {{ hidden }} }} }}");
    let compared = "{ notes(where: {hidden: {eq: \"secret\"}}) { totalItems } }";
    let filtered = "{ notes(filter: \"hidden = 'secret'\") { page } }";
    check(vec![
        case("a hidden field for superusers", superuser, &hidden)
            .is("data.notes.items.0.hidden", "secret"),
        case("which is not there for others", ann, &hidden)
            .has("Unknown field")
            .lacks("secret"),
        case("nor to be compared", ann, compared)
            .is("data", Value::Null)
            .has("errors"),
        refused("nor in a filter", ann, filtered, 400)
            .is("errors.0.extensions.code", "BAD_REQUEST")
            .is("data.notes", Value::Null),
        case("a locked collection", superuser, "{ vault { totalItems } }")
            .is("data.vault.totalItems", vault.at("totalItems")),
        case(
            "which is not there for others",
            ann,
            "{ vault { totalItems } }",
        )
        .has("Unknown field"),
        case(
            "nor its type",
            ann,
            "{ notes { items { ... on Vault { id } } } }",
        )
        .has("errors"),
    ]);
}

#[test]
fn a_search_tells_what_it_found() {
    let Some(world) = notes() else { return };
    let (superuser, anyone) = (&world.superuser, &world.anyone);
    let search = |words: &str| {
        format!(
            "{{ notes(search: \"{words}\", highlight: [\"title\"], wait: true) \
             {{ items {{ title _search {{ score highlights }} }} }} }}"
        )
    };
    check(vec![
        case("nothing is searched", anyone, &search("first")).has("Unknown argument"),
    ]);
    let fields = json!({"search": {"fields": {"title": {}, "hidden": {}}}});
    superuser
        .patch("/api/collections/notes", &fields)
        .expect(200);
    check(vec![
        case("a word", anyone, &search("frist"))
            .is("data.notes.items.0.title", "first")
            .has("<mark>first</mark>"),
        case("a hidden word", anyone, &search("secret")).is("data.notes.items", json!([])),
        case("for superusers", superuser, &search("secret"))
            .is("data.notes.items.0.title", "first"),
    ]);
}

#[test]
fn the_scope_of_a_key_holds() {
    let Some(world) = notes() else { return };
    let key = world.machine(&world.ann, &json!([scope(&["posts"], &["list"])]));
    let all = world.machine(&world.superuser, &json!([scope(&["notes"], &["list"])]));
    let create = "mutation { create_notes(data: {}) { id } }";
    let batch = "mutation { batch(writes: [{create_notes: {}}]) { record { __typename } } }";
    check(vec![
        case("its list", &key, "{ posts { items { title } } }")
            .is("data.posts.items.0.title", "of ann"),
        refused("no view", &key, "{ posts_by_id(id: \"x\") { id } }", 403).has("scope"),
        refused("no other list", &key, "{ notes { page } }", 403),
        refused("no aggregate", &key, "{ notes_aggregate { page } }", 403),
        case("no relation", &key, "{ posts { items { owner { id } } } }")
            .is("data.posts.items.0.owner", Value::Null),
        refused("no create", &key, create, 403),
        refused("no batch", &key, batch, 400).has("scope"),
        case(
            "a superuser's key",
            &all,
            "{ notes(sort: \"-@rowid\") { items { hidden } } }",
        )
        .is("data.notes.items.0.hidden", "secret"),
        refused("is for nothing else", &all, "{ vault { page } }", 403),
        case("and shows no schema", &all, INTROSPECTION).status(403),
    ]);
}

#[test]
fn fields_count_as_what_they_would_be_alone() {
    let Some(world) = notes() else { return };
    let limits = json!({"rateLimits": {"enabled": true, "rules": [
        {"label": "notes:list", "duration": 60, "maxRequests": 3, "audience": ""}]}});
    world.superuser.patch("/api/settings", &limits).expect(200);
    let five = "{ a: notes { page } b: notes { page } c: notes { page } d: notes { page } \
                e: notes_aggregate { page } }";
    let answer = asked(&world.anyone, five);
    answer.expect(200);
    assert!(answer.text.contains("\"status\":429"), "{answer}");
    let alone = world.anyone.get("/api/collections/notes/records");
    alone.expect(429);
}
