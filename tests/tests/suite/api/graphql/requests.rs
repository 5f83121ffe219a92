//! Requests that are none, and the schema.

use super::{INTROSPECTION, PATH, asked, case, notes};
use luge_tests::{Case, Requests, check};
use serde_json::{Value, json};

const QUERY: &str = r#"{"query": "{ notes { page } }"}"#;
const CREATE: &str = "mutation { create_notes(data: {}) { id } }";

#[test]
fn a_get_only_reads() {
    let Some(world) = notes() else { return };
    let get = |name, query: &str| {
        let query: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
        Case::new(name, &world.anyone, "GET", &format!("{PATH}?query={query}"))
    };
    check(vec![
        get("a query", "{ notes { page } }").is("data.notes.page", 1),
        get("a mutation", CREATE)
            .status(405)
            .is("errors.0.extensions.status", 405),
        get(
            "one of two",
            "query A { notes { page } } mutation B { delete_notes(id: 1) }",
        )
        .status(400),
        get("a subscription", "subscription { notes { action } }").has("errors"),
        get("nothing", "").status(400).has("query"),
    ]);
}

#[test]
fn what_is_no_json_is_refused_unread() {
    let Some(world) = notes() else { return };
    let raw = |name, kind, body: &str| {
        Case::new(name, &world.anyone, "POST", PATH).raw(kind, body.as_bytes())
    };
    let form = "application/x-www-form-urlencoded";
    let json = |name, body: &str| raw(name, "application/json", body).status(400);
    let variables = r#"{"query": "{ notes { page } }", "variables": []}"#;
    let operation = r#"{"query": "query A { notes { page } }", "operationName": "B"}"#;
    check(vec![
        raw("a form", form, "query=%7Bnotes%7Bpage%7D%7D").status(415),
        raw("a text", "text/plain", QUERY).status(415),
        raw("a document", "application/graphql", "{ notes { page } }").status(415),
        raw("parts", "multipart/form-data; boundary=x", QUERY).status(415),
        json("no JSON", "{nope").has("Malformed JSON"),
        json("a list of operations", &format!("[{QUERY}, {QUERY}]")).has("must be a JSON object"),
        json("no text", r#"{"query": 1}"#),
        json("variables in a list", variables).has("variables"),
        json("an unknown operation", operation).has("There is no operation"),
    ]);
    for (name, value) in [("If-Match", "*"), ("Idempotency-Key", "one")] {
        let persona = world.anyone.with_header(name, value);
        asked(&persona, CREATE).expect(400);
    }
}

#[test]
fn the_schema_is_for_those_who_may_see_it() {
    let Some(world) = notes() else { return };
    let (anyone, ann, superuser) = (&world.anyone, &world.ann, &world.superuser);
    let spread = "{ ...a } fragment a on Query { __schema { types { name } } }";
    check(vec![
        case("no document", anyone, "{ notes ")
            .status(400)
            .has("cannot be read"),
        case("a field that is not there", anyone, "{ nope }")
            .has("Unknown field")
            .is("data", Value::Null),
        case("a wrong type", anyone, "{ notes(page: \"1\") { page } }").is("data", Value::Null),
        case("a guest", anyone, INTROSPECTION)
            .status(403)
            .has("superusers only"),
        case("a user", ann, INTROSPECTION).status(403),
        case("a type", ann, "{ __type(name: \"Notes\") { name } }").status(403),
        case("in a fragment", ann, spread).status(403),
        case("a superuser", superuser, INTROSPECTION).has("\"Vault\""),
        case("the name of a type", ann, "{ __typename }").is("data.__typename", "Query"),
    ]);
    let shown = json!({"graphql": {"introspection": true}});
    superuser.patch("/api/settings", &shown).expect(200);
    let schema = asked(anyone, INTROSPECTION);
    schema.expect(200);
    assert!(schema.text.contains("\"Notes\""), "{schema}");
    assert!(!schema.text.contains("\"Vault\""), "{schema}");
    let open = json!({"listRule": ""});
    superuser.patch("/api/collections/vault", &open).expect(200);
    let schema = asked(anyone, INTROSPECTION);
    assert!(schema.text.contains("\"Vault\""), "{schema}");
    let wrong = json!({"graphql": {"introspection": "yes"}});
    superuser.patch("/api/settings", &wrong).expect(400);
    let off = json!({"graphql": {"enabled": false}});
    superuser.patch("/api/settings", &off).expect(200);
    asked(anyone, "{ notes { page } }").expect(403);
}
