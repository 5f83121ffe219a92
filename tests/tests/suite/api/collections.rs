//! Collections: who may see them, what is refused, rename, add, drop, import, truncate.

use super::{field, public_collection};
use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

const PATH: &str = "/api/collections";

#[test]
fn collections_are_for_superusers_only() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    superuser.collection(&json!({"name": "members", "type": "auth", "createRule": ""}));
    let password =
        json!({"email": "a@b.com", "password": "12345678", "passwordConfirm": "12345678"});
    anyone.post(&records("members"), &password).expect(200);
    let member = anyone.sign_in("members", "a@b.com", "12345678");
    let routes = [
        ("GET", ""),
        ("POST", ""),
        ("GET", "/members"),
        ("PATCH", "/members"),
        ("DELETE", "/members"),
        ("DELETE", "/members/truncate"),
        ("PUT", "/import"),
        ("GET", "/meta/oauth2-providers"),
        ("GET", "/meta/scaffolds"),
        ("GET", "/nothing"),
    ];
    let mut cases = Vec::new();
    for (method, end) in routes {
        let path = format!("{PATH}{end}");
        cases.push(
            Case::new("guest", &anyone, method, &path)
                .status(401)
                .is("data", json!({})),
        );
        cases.push(
            Case::new("member", &member, method, &path)
                .status(403)
                .is("data", json!({})),
        );
    }
    cases.push(Case::new(
        "nothing happened",
        &superuser,
        "GET",
        "/api/collections/members",
    ));
    check(cases);
}

fn refused_create<'a>(name: &'a str, superuser: &'a Persona, body: &Value) -> Case<'a> {
    Case::new(name, superuser, "POST", PATH)
        .json(body)
        .status(400)
        .is("status", 400)
}

#[test]
fn collections_that_cannot_be_are_refused_at_their_place() {
    let server = Server::start();
    let superuser = server.superuser();
    public_collection(&superuser, "notes", &[]);
    let create = |name, body: Value| refused_create(name, &superuser, &body);
    let ruled = |key: &str, rule: &str| json!({"name": "fresh", "type": "base", key: rule});
    let indexed = |sql: &str| {
        json!({"name": "fresh", "type": "base", "indexes": [sql],
        "fields": [{"name": "code", "type": "text"}]})
    };
    let on = |name, method, path| Case::new(name, &superuser, method, path);
    check(vec![
        create("no name", json!({"type": "base"})).is("data.name.code", "validation_required"),
        create("bad name", json!({"name": "a b"})).is("data.name.code", "validation_match_invalid"),
        create("taken", json!({"name": "notes"}))
            .is("data.name.code", "validation_collection_name_exists"),
        create("taken in another case", json!({"name": "NOTES"}))
            .is("data.name.code", "validation_collection_name_exists"),
        create("unknown type", json!({"name": "fresh", "type": "zzz"})),
        create("bad rule", ruled("listRule", "nothing = 1")).has("\"listRule\""),
        create("rule that does not parse", ruled("viewRule", "id =")).has("\"viewRule\""),
        create("bad index", indexed("DROP TABLE x")).has("validation_invalid_index_expression"),
        create(
            "index on nothing",
            indexed("CREATE INDEX `i` ON `fresh` (`nothing`)"),
        ),
        on("none of them exists", "GET", "/api/collections/fresh").status(404),
        on("system", "DELETE", "/api/collections/_superusers").status(400),
        on("type cannot change", "PATCH", "/api/collections/notes")
            .json(&json!({"type": "auth"}))
            .status(400),
        on(
            "filter by what is not listed",
            "GET",
            "/api/collections?filter=listRule=1",
        )
        .status(400),
    ]);
}

#[test]
fn fields_that_cannot_be_are_refused_at_their_place() {
    let server = Server::start();
    let superuser = server.superuser();
    let create = |name, fields: Value| {
        let body = json!({"name": "fresh", "type": "base", "fields": fields});
        refused_create(name, &superuser, &body)
    };
    check(vec![
        create("unknown field type", json!([{"name": "a", "type": "zzz"}])).is("data", json!({})),
        create("fields are no list", json!({"a": 1})),
        create("field without a name", json!([{"type": "text"}]))
            .is("data.fields.1.name.code", "validation_required"),
        create(
            "field with a bad name",
            json!([{"name": "a b", "type": "text"}]),
        )
        .has("data")
        .has("\"name\""),
        create(
            "reserved field name",
            json!([{"name": "expand", "type": "text"}]),
        )
        .has("validation_not_in_invalid"),
        create(
            "select without values",
            json!([{"name": "a", "type": "select"}]),
        )
        .is("data.fields.1.values.code", "validation_required"),
        create(
            "relation without a target",
            json!([{"name": "a", "type": "relation"}]),
        )
        .is("data.fields.1.collectionId.code", "validation_required"),
        create(
            "bad pattern",
            json!([{"name": "a", "type": "text", "pattern": "("}]),
        )
        .has("\"pattern\""),
        Case::new(
            "none of them exists",
            &superuser,
            "GET",
            "/api/collections/fresh",
        )
        .status(404),
    ]);
}

#[test]
fn fields_are_renamed_added_dropped_without_touching_other_values() {
    let server = Server::start();
    let superuser = server.superuser();
    let fields = [
        field("title", "text", json!({})),
        field("amount", "number", json!({})),
    ];
    let collection = public_collection(&superuser, "notes", &fields);
    superuser.record("notes", &json!({"title": "kept", "amount": 7}));
    let mut fields: Vec<Value> = collection["fields"].as_array().unwrap().clone();
    fields[1]["name"] = json!("heading");
    let change = |name, body: Value| {
        Case::new(name, &superuser, "PATCH", "/api/collections/notes").json(&body)
    };
    let list = |name, collection: &str| Case::new(name, &superuser, "GET", &records(collection));
    check(vec![
        change("rename a field", json!({ "fields": fields })).is("fields.1.name", "heading"),
        list("its value stays", "notes")
            .is("items.0.heading", "kept")
            .lacks("title"),
    ]);
    let dropped = json!([fields[0], fields[1], {"name": "more", "type": "bool"}]);
    let mut retyped = dropped.clone();
    retyped[1]["type"] = json!("number");
    check(vec![
        change("drop one, add one", json!({ "fields": dropped })).is("fields.2.name", "more"),
        list("zero value of the new one", "notes")
            .is("items.0.more", false)
            .lacks("amount")
            .is("items.0.heading", "kept"),
        change("a type cannot change", json!({ "fields": retyped })).status(400),
        change("rename the collection", json!({"name": "papers"})).is("name", "papers"),
        list("the old name is gone", "notes").status(404),
        list("records stay", "papers")
            .is("items.0.heading", "kept")
            .is("items.0.collectionName", "papers"),
        Case::new(
            "truncate",
            &superuser,
            "DELETE",
            "/api/collections/papers/truncate",
        )
        .status(204),
        list("empty", "papers").is("totalItems", 0),
        Case::new("delete", &superuser, "DELETE", "/api/collections/papers").status(204),
        list("gone", "papers").status(404),
        Case::new("gone too", &superuser, "DELETE", "/api/collections/papers").status(404),
    ]);
}

#[test]
fn an_index_on_existing_records_is_built_or_refused() {
    let server = Server::start();
    let superuser = server.superuser();
    public_collection(&superuser, "notes", &[field("code", "text", json!({}))]);
    for code in ["a", "b", "b"] {
        superuser.record("notes", &json!({ "code": code }));
    }
    let unique = json!({"indexes": ["CREATE UNIQUE INDEX `idx_code` ON `notes` (`code`)"]});
    let change =
        |name| Case::new(name, &superuser, "PATCH", "/api/collections/notes").json(&unique);
    check(vec![
        change("violated").status(400),
        Case::new("not kept", &superuser, "GET", "/api/collections/notes").is("indexes", json!([])),
        Case::new("nor enforced", &superuser, "POST", &records("notes"))
            .json(&json!({"code": "a"})),
    ]);
    superuser
        .delete("/api/collections/notes/truncate")
        .expect(204);
    superuser.record("notes", &json!({"code": "a"}));
    check(vec![
        change("now it can be").has("idx_code"),
        Case::new(
            "and holds for what was there",
            &superuser,
            "POST",
            &records("notes"),
        )
        .json(&json!({"code": "a"}))
        .refused(400, "data.code.code", "validation_not_unique"),
    ]);
}

#[test]
fn import_is_all_or_nothing() {
    let server = Server::start();
    let superuser = server.superuser();
    let import = |name, body: Value| {
        Case::new(name, &superuser, "PUT", "/api/collections/import").json(&body)
    };
    let good = json!({"name": "first", "type": "base", "fields": [{"name": "a", "type": "text"}]});
    let bad =
        json!({"name": "second", "type": "base", "fields": [{"name": "a b", "type": "text"}]});
    let missing =
        |name| Case::new("not there", &superuser, "GET", &format!("{PATH}/{name}")).status(404);
    check(vec![
        import("empty", json!({"collections": []})).refused(
            400,
            "data.collections.code",
            "validation_required",
        ),
        import("one of two is bad", json!({"collections": [good, bad]})).refused(
            400,
            "data.collections.code",
            "validation_collections_import_failure",
        ),
        missing("first"),
        missing("second"),
        import("good", json!({"collections": [good]})).status(204),
        Case::new("there", &superuser, "GET", "/api/collections/first").is("fields.1.name", "a"),
        import(
            "system collections stay",
            json!({"collections": [good], "deleteMissing": true}),
        )
        .status(204),
        Case::new(
            "superusers",
            &superuser,
            "GET",
            "/api/collections/_superusers",
        ),
        missing("users"),
    ]);
}
