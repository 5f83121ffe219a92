//! Mutations: one by one, and all or none.

use super::{asked, case, notes, refused};
use luge_tests::{Requests, check};
use serde_json::{Value, json};

#[test]
fn writes_do_what_rest_does() {
    let Some(world) = notes() else { return };
    let (ann, anyone) = (&world.ann, &world.anyone);
    let made = asked(
        ann,
        "mutation { create_notes(data: {title: \"new\"}) { id title } }",
    );
    let id = made.text_at("data.create_notes.id");
    assert!(!id.is_empty(), "{made}");
    let update =
        |values: &str| format!("mutation {{ update_notes(id: \"{id}\", {values}) {{ title }} }}");
    let delete = format!("mutation {{ delete_notes(id: \"{id}\") }}");
    let missing = "mutation { create_notes(data: {owner: \"nope\"}) { id } }";
    let code = "errors.0.extensions.data.owner.code";
    check(vec![
        case("an update", ann, &update("data: {title: \"changed\"}"))
            .is("data.update_notes.title", "changed"),
        case(
            "a body",
            ann,
            &update("data: {title: \"no\"}, body: {title: \"raw\"}"),
        )
        .is("data.update_notes.title", "raw"),
        refused("a body that is none", ann, &update("body: [1]"), 400),
        case("a wrong type", ann, &update("data: {title: 1}")).is("data", Value::Null),
        refused("a relation that is not there", anyone, missing, 400)
            .is(code, "validation_missing_rel_records"),
        case("a removal", ann, &delete).is("data.delete_notes", true),
        refused("once", ann, &delete, 404),
        refused("what is gone", ann, &update("data: {}"), 404),
    ]);
}

#[test]
fn rules_are_asked() {
    let Some(world) = notes() else { return };
    let (ann, bob, anyone) = (&world.ann, &world.bob, &world.anyone);
    let post = world.path_of("posts", "of ann");
    let post = post.rsplit('/').next().unwrap_or_default();
    let update = format!("mutation {{ update_posts(id: \"{post}\", data: {{}}) {{ id }} }}");
    let delete = format!("mutation {{ delete_posts(id: \"{post}\") }}");
    let create = format!(
        "mutation {{ create_posts(data: {{owner: \"{}\"}}) {{ id }} }}",
        ann.id
    );
    let locked = "mutation { create_vault(data: {}) { id } }";
    let account = "mutation { create_members(data: {email: \"x@example.com\", password: \"short\", \
                   passwordConfirm: \"other\"}) { id } }";
    check(vec![
        case("an update of one's own", ann, &update).is("data.update_posts.id", post),
        refused("of another's", bob, &update, 404).is("data.update_posts", Value::Null),
        refused("by a guest", anyone, &update, 404),
        refused("a removal", bob, &delete, 404),
        refused("a create for another", bob, &create, 400)
            .is("errors.0.message", "Failed to create record."),
        case("a locked create", ann, locked).has("Unknown field"),
        refused("passwords that are wrong", anyone, account, 400).has("validation_"),
    ]);
}

#[test]
fn a_batch_is_all_or_nothing() {
    let Some(world) = notes() else { return };
    let (ann, superuser) = (&world.ann, &world.superuser);
    let count = || {
        let records = superuser.get("/api/collections/notes/records");
        records.at("totalItems")
    };
    let before = count();
    let batch = |writes: &str| {
        format!(
            "mutation {{ batch(writes: [{writes}]) {{ record {{ __typename \
             ... on Notes {{ title owner {{ id }} }} }} }} }}"
        )
    };
    let failed = batch("{create_notes: {data: {}}}, {update_notes: {id: \"nope\", data: {}}}");
    let two = batch("{delete_notes: \"a\", create_notes: {}}");
    let nobody = batch("{update_notes: {data: {}}}");
    check(vec![
        refused("one that fails", ann, &failed, 400)
            .is("errors.0.message", "Batch transaction failed.")
            .is("errors.0.extensions.data.requests.1.response.status", 404)
            .is("data.batch", Value::Null),
        case("two things in one", ann, &two).is("data", Value::Null),
        case("nothing in one", ann, &batch("{}")).is("data", Value::Null),
        refused("none", ann, &batch(""), 400),
        refused("an update of nothing", ann, &nobody, 400).has("needs the id"),
    ]);
    assert_eq!(count(), before);
    let id = "note00000000001";
    let writes = format!(
        "{{create_notes: {{id: \"{id}\", data: {{title: \"one\"}}}}}}, \
         {{update_notes: {{id: \"{id}\", data: {{title: \"two\"}}}}}}, \
         {{upsert_notes: {{id: \"note00000000002\", data: {{title: \"three\"}}}}}}, \
         {{delete_notes: \"{id}\"}}"
    );
    let answer = asked(ann, &batch(&writes));
    answer.expect(200);
    assert_eq!(answer.at("data.batch.1.record.title"), "two", "{answer}");
    let kind = answer.at("data.batch.2.record.__typename");
    assert_eq!(kind, "Notes", "{answer}");
    assert_eq!(answer.at("data.batch.3.record"), Value::Null, "{answer}");
    let off = json!({"batch": {"enabled": false}});
    superuser.patch("/api/settings", &off).expect(200);
    let refused = asked(ann, &failed);
    assert_eq!(refused.at("errors.0.extensions.status"), 403, "{refused}");
}
