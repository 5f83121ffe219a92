//! GraphQL over HTTP: what is answered, what is refused, and to whom. The real PocketBase has none.

use super::super::machines::{World, scope, world};
use luge_tests::{Answer, Case, Persona, Requests, check};
use serde_json::{Value, json};

const PATH: &str = "/api/graphql";
const INTROSPECTION: &str = "{ __schema { types { name } } }";

fn asked(persona: &Persona, query: &str) -> Answer {
    persona.post(PATH, &json!({ "query": query }))
}

fn case<'a>(name: &'a str, persona: &'a Persona, query: &str) -> Case<'a> {
    Case::new(name, persona, "POST", PATH).json(&json!({ "query": query }))
}

/// The world of machines with a note that has everything.
fn notes() -> Option<World> {
    let world = world()?;
    let note = json!({"title": "first", "owner": world.ann.id, "hidden": "secret"});
    world.superuser.record("notes", &note);
    Some(world)
}

#[test]
fn records_are_shown_as_rest_shows_them() {
    let Some(world) = notes() else { return };
    let (superuser, anyone, ann) = (&world.superuser, &world.anyone, &world.ann);
    let nested = "{ notes(filter: \"title = 'first'\") { totalItems items { title owner { nick } \
                  owner_id owner { posts_via_owner(limit: 1) { title } } } } }";
    check(vec![
        case("a list", anyone, "{ notes(where: {title: {eq: \"first\"}}) { totalItems items { title } } }")
            .is("data.notes.totalItems", 1)
            .is("data.notes.items.0.title", "first"),
        case("relations for who may view them", ann, nested)
            .is("data.notes.items.0.owner_id", ann.id.as_str())
            .is("data.notes.items.0.owner.posts_via_owner.0.title", "of ann"),
        case("null for who may not", anyone, nested)
            .is("data.notes.items.0.owner", Value::Null)
            .is("data.notes.items.0.owner_id", ann.id.as_str()),
        case("a hidden field for superusers", superuser, "{ notes(filter: \"title = 'first'\") { items { hidden } } }")
            .is("data.notes.items.0.hidden", "secret"),
        case("which is not there for others", ann, "{ notes { items { hidden } } }")
            .has("Unknown field")
            .lacks("secret"),
        case("nor to be compared", ann, "{ notes(where: {hidden: {eq: \"secret\"}}) { totalItems } }")
            .is("data", Value::Null)
            .has("errors"),
        case("nor in a filter", ann, "{ notes(filter: \"hidden = 'secret'\") { totalItems } }")
            .is("errors.0.extensions.status", 400)
            .is("errors.0.extensions.code", "BAD_REQUEST")
            .is("data.notes", Value::Null),
        case("a locked collection for superusers", superuser, "{ vault { totalItems } }")
            .is("data.vault.totalItems", json!(superuser.get("/api/collections/vault/records").at("totalItems"))),
        case("which is not there for others", ann, "{ vault { totalItems } }").has("Unknown field"),
        case("a record that is not there", anyone, "{ notes_by_id(id: \"nope\") { id } }")
            .is("errors.0.extensions.status", 404)
            .is("errors.0.message", "The requested resource wasn't found.")
            .is("data.notes_by_id", Value::Null),
        case("groups", anyone, "{ notes_aggregate(group: \"title\", filter: \"title = 'first'\") { items { count group } } }")
            .is("data.notes_aggregate.items.0.count", 1)
            .is("data.notes_aggregate.items.0.group.title", "first"),
        case("one failure leaves the others", anyone, "{ a: notes_by_id(id: \"nope\") { id } b: notes(perPage: 1) { page } }")
            .is("data.b.page", 1)
            .is("errors.0.path.0", "a"),
    ]);
}

#[test]
fn what_is_no_request_is_refused() {
    let Some(world) = notes() else { return };
    let (anyone, ann) = (&world.anyone, &world.ann);
    let raw =
        |name, kind, body: &str| Case::new(name, anyone, "POST", PATH).raw(kind, body.as_bytes());
    let get = |name, query: &str| {
        let query: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
        Case::new(name, anyone, "GET", &format!("{PATH}?query={query}"))
    };
    let query = r#"{"query": "{ notes { page } }"}"#;
    check(vec![
        get("a query in the address", "{ notes { page } }").is("data.notes.page", 1),
        get(
            "a mutation in the address",
            "mutation { create_notes(data: {}) { id } }",
        )
        .status(405)
        .is("errors.0.extensions.status", 405),
        get(
            "a subscription in the address",
            "subscription { notes { action } }",
        )
        .has("event stream"),
        Case::new("no query", anyone, "GET", PATH)
            .status(400)
            .has("query"),
        raw(
            "a form",
            "application/x-www-form-urlencoded",
            "query=%7Bnotes%7Bpage%7D%7D",
        )
        .status(415),
        raw("a text", "text/plain", query).status(415),
        raw("no type", "", query).status(415),
        raw("a multipart form", "multipart/form-data; boundary=x", query).status(415),
        raw("no JSON", "application/json", "{nope")
            .status(400)
            .has("Malformed JSON"),
        raw(
            "a list of operations",
            "application/json",
            &format!("[{query}, {query}]"),
        )
        .status(400)
        .has("must be a JSON object"),
        raw("no text", "application/json", r#"{"query": 1}"#).status(400),
        raw(
            "no variables",
            "application/json",
            r#"{"query": "{ notes { page } }", "variables": []}"#,
        )
        .status(400)
        .has("variables"),
        raw(
            "an unknown operation",
            "application/json",
            r#"{"query": "query A { notes { page } }", "operationName": "B"}"#,
        )
        .status(400)
        .has("There is no operation"),
        case("a document that cannot be read", anyone, "{ notes ")
            .status(400)
            .has("cannot be read"),
        case("a field that is not there", anyone, "{ nope }")
            .has("Unknown field")
            .is("data", Value::Null),
        case(
            "a value of the wrong type",
            anyone,
            "{ notes(page: \"1\") { page } }",
        )
        .is("data", Value::Null),
        case("a schema for a guest", anyone, INTROSPECTION)
            .status(403)
            .has("superusers only"),
        case("a schema for a user", ann, INTROSPECTION).status(403),
        case("a type", ann, "{ __type(name: \"Notes\") { name } }").status(403),
        case(
            "a schema in a fragment",
            ann,
            "{ ...a } fragment a on Query { __schema { types { name } } }",
        )
        .status(403),
        case("a schema for a superuser", &world.superuser, INTROSPECTION).has("\"Vault\""),
        case("the name of a type", ann, "{ __typename }").is("data.__typename", "Query"),
    ]);
    let with = |name, value| {
        let persona = anyone.with_header(name, value);
        asked(&persona, "mutation { create_notes(data: {}) { id } }")
    };
    with("If-Match", "*").expect(400);
    with("Idempotency-Key", "one").expect(400);
    let shown = json!({"graphql": {"introspection": true}});
    world.superuser.patch("/api/settings", &shown).expect(200);
    let schema = asked(anyone, INTROSPECTION);
    schema.expect(200);
    assert!(
        schema.text.contains("\"Notes\"") && !schema.text.contains("\"Vault\""),
        "{schema}"
    );
    let off = json!({"graphql": {"enabled": false}});
    world.superuser.patch("/api/settings", &off).expect(200);
    asked(anyone, "{ notes { page } }").expect(403);
}

#[test]
fn hostile_documents_are_refused_at_once() {
    let Some(world) = notes() else { return };
    let anyone = &world.anyone;
    let repeated = |part: &str, times: usize| part.repeat(times);
    let aliases: String = (0..60).map(|n| format!("a{n}: page ")).collect();
    let roots: String = (0..21)
        .map(|n| format!("a{n}: notes {{ page }} "))
        .collect();
    let mut bomb = "{ notes { ...f0 } } ".to_owned();
    for n in 0..40 {
        bomb.push_str(&format!(
            "fragment f{n} on NotesPage {{ ...f{0} ...f{0} }} ",
            n + 1
        ));
    }
    bomb.push_str("fragment f40 on NotesPage { page }");
    let circle =
        "{ notes { ...a } } fragment a on NotesPage { ...b } fragment b on NotesPage { ...a }";
    let schema =
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    let deep = format!(
        "{{ notes {{ items {{ {} id {} }} }} }}",
        repeated("owner { notes_via_owner { ", 8),
        repeated("} } ", 8)
    );
    let hops = format!(
        "{{ notes {{ items {{ {} id {} }} }} }}",
        repeated("owner { notes_via_owner { ", 4).replace("notes_via_owner", "posts_via_owner"),
        repeated("} } ", 4)
    );
    let begun = std::time::Instant::now();
    check(vec![
        case("aliases", anyone, &format!("{{ notes {{ {aliases} }} }}"))
            .status(400)
            .has("aliases"),
        case("fields of the root", anyone, &format!("{{ {roots} }}"))
            .status(400)
            .has("of the root"),
        case("depth", anyone, &deep)
            .status(400)
            .has("in each other"),
        case("brackets", anyone, &repeated("{", 30_000))
            .status(400)
            .has("brackets"),
        case(
            "lists in lists",
            anyone,
            &format!("{{ notes(where: {}) {{ page }} }}", repeated("[", 9_000)),
        )
        .status(400),
        case("fragments in fragments", anyone, &bomb)
            .status(400)
            .has("fields"),
        case("fragments in a circle", anyone, circle)
            .status(400)
            .has("spreads itself"),
        case(
            "directives",
            anyone,
            &format!(
                "{{ notes {{ page {} }} }}",
                repeated("@skip(if: false) ", 500)
            ),
        )
        .status(400)
        .has("directives"),
        case(
            "a long document",
            anyone,
            &format!("{{ notes {{ page {} }} }}", repeated(" ", 40_000)),
        )
        .status(400)
        .has("bytes"),
        case(
            "many fields",
            anyone,
            &format!("{{ notes {{ items {{ {} }} }} }}", repeated("id ", 1_500)),
        )
        .status(400)
        .has("fields"),
        case("a schema in circles", &world.superuser, schema)
            .status(400)
            .has("lists of the schema"),
        case("relations behind relations", &world.superuser, &hops)
            .is("errors.0.extensions.status", 400)
            .has("at most 6 relations"),
        case(
            "a page that is too large",
            anyone,
            "{ notes(perPage: 100000) { perPage } }",
        )
        .is("data.notes.perPage", 1000),
    ]);
    println!("hostile documents: {:?}", begun.elapsed());
    let health = anyone.get("/api/health");
    health.expect(200);
}

#[test]
fn writes_do_what_rest_does() {
    let Some(world) = notes() else { return };
    let (ann, bob, anyone) = (&world.ann, &world.bob, &world.anyone);
    let made = asked(
        ann,
        "mutation { create_notes(data: {title: \"new\"}) { id title owner { id } } }",
    );
    let id = made.text_at("data.create_notes.id");
    assert!(!id.is_empty(), "{made}");
    let update = |title: &str| {
        format!(
            "mutation {{ update_notes(id: \"{id}\", data: {{title: \"{title}\"}}) {{ title }} }}"
        )
    };
    let post = world.path_of("posts", "of ann");
    let post = post.rsplit('/').next().unwrap_or_default().to_owned();
    let taken = "mutation { create_members(data: {email: \"ann@example.com\", password: \"short\", \
                 passwordConfirm: \"other\"}) { id } }";
    check(vec![
        case("an update", ann, &update("changed")).is("data.update_notes.title", "changed"),
        case(
            "an update that the rule refuses",
            bob,
            &format!(
                "mutation {{ update_posts(id: \"{post}\", data: {{title: \"x\"}}) {{ id }} }}"
            ),
        )
        .is("errors.0.extensions.status", 404)
        .is("data.update_posts", Value::Null),
        case(
            "a removal that it refuses",
            anyone,
            &format!("mutation {{ delete_posts(id: \"{post}\") }}"),
        )
        .is("errors.0.extensions.status", 404),
        case(
            "a create that it refuses",
            bob,
            &format!(
                "mutation {{ create_posts(data: {{title: \"x\", owner: \"{}\"}}) {{ id }} }}",
                ann.id
            ),
        )
        .is("errors.0.extensions.status", 400)
        .is("errors.0.message", "Failed to create record."),
        case(
            "a locked create",
            ann,
            "mutation { create_vault(data: {}) { id } }",
        )
        .has("Unknown field"),
        case("values that are wrong", anyone, taken)
            .is("errors.0.extensions.status", 400)
            .has("validation_"),
        case(
            "a relation that is not there",
            anyone,
            "mutation { create_notes(data: {owner: \"nope\"}) { id } }",
        )
        .is(
            "errors.0.extensions.data.owner.code",
            "validation_missing_rel_records",
        ),
        case(
            "a body",
            ann,
            &format!(
                "mutation {{ update_notes(id: \"{id}\", body: {{title: \"raw\"}}) {{ title }} }}"
            ),
        )
        .is("data.update_notes.title", "raw"),
        case(
            "a body that is none",
            ann,
            &format!("mutation {{ update_notes(id: \"{id}\", body: [1]) {{ title }} }}"),
        )
        .is("errors.0.extensions.status", 400),
        case(
            "a removal",
            ann,
            &format!("mutation {{ delete_notes(id: \"{id}\") }}"),
        )
        .is("data.delete_notes", true),
        case(
            "once",
            ann,
            &format!("mutation {{ delete_notes(id: \"{id}\") }}"),
        )
        .is("errors.0.extensions.status", 404),
    ]);
}

#[test]
fn a_batch_is_all_or_nothing() {
    let Some(world) = notes() else { return };
    let (ann, superuser) = (&world.ann, &world.superuser);
    let count = || {
        superuser
            .get("/api/collections/notes/records")
            .at("totalItems")
    };
    let before = count();
    let failed = "mutation { batch(writes: [{create_notes: {data: {title: \"one\"}}}, \
                  {update_notes: {id: \"nope\", data: {title: \"x\"}}}]) { record { __typename } } }";
    let done = "mutation { batch(writes: [{create_notes: {id: \"note00000000001\", data: {title: \"one\"}}}, \
                {update_notes: {id: \"note00000000001\", data: {title: \"two\"}}}, \
                {upsert_notes: {id: \"note00000000002\", data: {title: \"three\"}}}, \
                {delete_notes: \"note00000000001\"}]) \
                { record { __typename ... on Notes { title owner { id } } } } }";
    check(vec![
        case("one that fails", ann, failed)
            .is("errors.0.extensions.status", 400)
            .is("errors.0.message", "Batch transaction failed.")
            .is("errors.0.extensions.data.requests.1.response.status", 404)
            .is("data.batch", Value::Null),
        case("two things in one", ann, "mutation { batch(writes: [{delete_notes: \"a\", create_notes: {}}]) { record { __typename } } }")
            .is("data", Value::Null),
        case("nothing in one", ann, "mutation { batch(writes: [{}]) { record { __typename } } }").is("data", Value::Null),
        case("none", ann, "mutation { batch(writes: []) { record { __typename } } }")
            .is("errors.0.extensions.status", 400),
        case("an update of nothing", ann, "mutation { batch(writes: [{update_notes: {data: {}}}]) { record { __typename } } }")
            .has("needs the id"),
    ]);
    assert_eq!(count(), before);
    let answer = asked(ann, done);
    answer.expect(200);
    assert_eq!(answer.at("data.batch.1.record.title"), "two", "{answer}");
    assert_eq!(
        answer.at("data.batch.2.record.__typename"),
        "Notes",
        "{answer}"
    );
    assert_eq!(answer.at("data.batch.3.record"), Value::Null, "{answer}");
    let off = json!({"batch": {"enabled": false}});
    superuser.patch("/api/settings", &off).expect(200);
    let refused = asked(ann, failed);
    assert_eq!(refused.at("errors.0.extensions.status"), 403, "{refused}");
}

#[test]
fn the_scope_of_a_key_holds() {
    let Some(world) = notes() else { return };
    let key = world.machine(&world.ann, &json!([scope(&["posts"], &["list"])]));
    let all = world.machine(&world.superuser, &json!([scope(&["notes"], &["list"])]));
    check(vec![
        case("its list", &key, "{ posts { items { title } } }")
            .is("data.posts.items.0.title", "of ann"),
        case("no view", &key, "{ posts_by_id(id: \"x\") { id } }")
            .is("errors.0.extensions.status", 403)
            .has("scope"),
        case("no other list", &key, "{ notes { page } }").is("errors.0.extensions.status", 403),
        case(
            "no aggregate of another",
            &key,
            "{ notes_aggregate { page } }",
        )
        .is("errors.0.extensions.status", 403),
        case(
            "no relation",
            &key,
            "{ posts { items { title owner { id } } } }",
        )
        .is("data.posts.items.0.owner", Value::Null),
        case(
            "no create",
            &key,
            "mutation { create_notes(data: {}) { id } }",
        )
        .is("errors.0.extensions.status", 403),
        case(
            "no batch",
            &key,
            "mutation { batch(writes: [{create_notes: {}}]) { record { __typename } } }",
        )
        .is("errors.0.extensions.status", 400)
        .has("scope"),
        case(
            "a superuser's key",
            &all,
            "{ notes(filter: \"title = 'first'\") { items { hidden } } }",
        )
        .is("data.notes.items.0.hidden", "secret"),
        case("is for no other collection", &all, "{ vault { page } }")
            .is("errors.0.extensions.status", 403),
        case("and shows no schema", &all, INTROSPECTION).status(403),
    ]);
}

#[test]
fn fields_count_as_what_they_would_be_alone() {
    let Some(world) = notes() else { return };
    let limits = json!({"rateLimits": {"enabled": true, "rules": [
        {"label": "notes:list", "duration": 60, "maxRequests": 3, "audience": ""}]}});
    world.superuser.patch("/api/settings", &limits).expect(200);
    let four = "{ a: notes { page } b: notes { page } c: notes { page } d: notes { page } e: notes_aggregate { page } }";
    let answer = asked(&world.anyone, four);
    answer.expect(200);
    assert!(answer.text.contains("\"status\":429"), "{answer}");
    world
        .anyone
        .get("/api/collections/notes/records")
        .expect(429);
}
