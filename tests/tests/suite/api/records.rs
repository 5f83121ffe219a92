//! Create, view, update, delete: envelopes, ids, unknown keys, uniqueness.

use super::{field, public_collection};
use luge_tests::persona::records;
use luge_tests::{Case, Requests, Server, check};
use serde_json::{Value, json};

#[test]
fn a_record_lives_from_create_to_delete() {
    let server = Server::start();
    let anyone = server.anyone();
    let fields = [
        field("title", "text", json!({})),
        field("amount", "number", json!({})),
    ];
    let collection = public_collection(&server.superuser(), "notes", &fields);
    let path = records("notes");
    let created = anyone.post(
        &path,
        &json!({"amount": 2, "title": "Ünï 'quote' \"x\" 🛷"}),
    );
    let id = created.text_at("id");
    assert_eq!(
        created.text.trim_end(),
        format!(
            concat!(
                r#"{{"amount":2,"collectionId":"{}","collectionName":"notes","#,
                r#""id":"{id}","title":"Ünï 'quote' \"x\" 🛷"}}"#
            ),
            collection["id"].as_str().unwrap(),
            id = id
        )
    );
    let one = format!("{path}/{id}");
    let by_id = format!(
        "/api/collections/{}/records/{id}",
        collection["id"].as_str().unwrap()
    );
    check(vec![
        Case::new("view", &anyone, "GET", &one).is("amount", 2),
        Case::new("by collection id", &anyone, "GET", &by_id).is("amount", 2),
        Case::new(
            "name in another case",
            &anyone,
            "GET",
            &one.replace("notes", "NOTES"),
        )
        .is("collectionName", "notes"),
        Case::new("fields", &anyone, "GET", &format!("{one}?fields=title"))
            .lacks("amount")
            .lacks("collectionId"),
        Case::new("update one field", &anyone, "PATCH", &one)
            .json(&json!({"amount": 3}))
            .is("amount", 3)
            .has("Ünï"),
        Case::new("an unknown key is ignored", &anyone, "PATCH", &one)
            .json(&json!({"nothing": 1, "expand": {"a": 1}}))
            .is("amount", 3)
            .lacks("nothing"),
        Case::new("the id cannot change", &anyone, "PATCH", &one)
            .json(&json!({"id": "aaaaaaaaaaaaaaa"}))
            .refused(400, "data.id.code", "validation_pk_change"),
        Case::new("delete", &anyone, "DELETE", &one).status(204),
        Case::new("gone", &anyone, "GET", &one).status(404),
        Case::new("gone for update", &anyone, "PATCH", &one)
            .json(&json!({}))
            .status(404),
        Case::new("gone for delete", &anyone, "DELETE", &one).status(404),
    ]);
}

#[test]
fn supplied_ids_follow_the_rules_of_the_id_field() {
    let server = Server::start();
    let anyone = server.anyone();
    public_collection(&server.superuser(), "notes", &[]);
    let path = records("notes");
    let create = |name, id: Value| {
        Case::new(name, &anyone, "POST", &path)
            .json(&json!({ "id": id }))
            .status(400)
    };
    check(vec![
        create("valid", json!("abcdefghijklmn1"))
            .status(200)
            .is("id", "abcdefghijklmn1"),
        create("taken", json!("abcdefghijklmn1")).is("data.id.code", "validation_not_unique"),
        create("short", json!("abc")).is("data.id.code", "validation_min_text_constraint"),
        create("long", json!("abcdefghijklmno12"))
            .is("data.id.code", "validation_max_text_constraint"),
        create("upper case", json!("ABCDEFGHIJKLMN1"))
            .is("data.id.code", "validation_invalid_format"),
        create("slash", json!("abcdefg/ijklmn1")).status(400),
        create("dots", json!("../../../../../")).status(400),
        Case::new("one record in the end", &anyone, "GET", &path).is("totalItems", 1),
    ]);
}

/// A collection's fields, with ids of this pattern.
fn with_ids(pattern: &str) -> Vec<Value> {
    let id = json!({
        "name": "id", "type": "text", "primaryKey": true, "system": true, "required": true,
        "min": 1, "max": 15, "pattern": pattern, "autogeneratePattern": "[a-z]{15}",
    });
    vec![id, field("title", "text", json!({"max": 5}))]
}

#[test]
fn ids_that_differ_only_in_case_are_the_same_one_where_a_pattern_allows_both() {
    let server = Server::start();
    let (anyone, superuser) = (server.anyone(), server.superuser());
    public_collection(&superuser, "notes", &with_ids("^[a-zA-ZéÉ]+$"));
    let path = records("notes");
    let create = |name, body: Value| Case::new(name, &anyone, "POST", &path).json(&body);
    let taken = |name, id: &str| {
        create(name, json!({"id": id})).refused(400, "data.id.code", "validation_pk_invalid")
    };
    let one = |name, method, id: &str| Case::new(name, &anyone, method, &format!("{path}/{id}"));
    let filter = |id: &str| format!("{path}?filter=id='{id}'");
    check(vec![
        create("first", json!({"id": "Abc", "title": "1"})).is("id", "Abc"),
        taken("the same", "Abc").is(
            "data.id.message",
            "The record primary key is invalid or already exists.",
        ),
        taken("lower case", "abc"),
        taken("upper case", "ABC"),
        taken("mixed case", "aBC"),
        create(
            "with another mistake",
            json!({"id": "abc", "title": "too long"}),
        )
        .refused(400, "data.id.code", "validation_pk_invalid")
        .is("data.title.code", "validation_max_text_constraint"),
        create("a letter outside ASCII", json!({"id": "é"})),
        create("has no other case", json!({"id": "É"})),
        one("view", "GET", "Abc").is("title", "1"),
        one("view in another case", "GET", "abc").status(404),
        one("update in another case", "PATCH", "abc")
            .json(&json!({"title": "2"}))
            .status(404),
        one("delete in another case", "DELETE", "ABC").status(404),
        one("the case cannot change", "PATCH", "Abc")
            .json(&json!({"id": "abc"}))
            .refused(400, "data.id.code", "validation_pk_change"),
        Case::new("filter", &anyone, "GET", &filter("Abc")).is("totalItems", 1),
        Case::new("filter in another case", &anyone, "GET", &filter("abc")).is("totalItems", 0),
        one("update", "PATCH", "Abc")
            .json(&json!({"title": "3"}))
            .is("title", "3"),
        taken("after an update", "aBc"),
        one("delete", "DELETE", "Abc").status(204),
        create("delete frees every case", json!({"id": "aBC"})).is("id", "aBC"),
        taken("which is then taken again", "Abc"),
    ]);
}

#[test]
fn a_taken_id_is_taken_in_every_case_until_it_is_gone() {
    let server = Server::start();
    let (anyone, superuser) = (server.anyone(), server.superuser());
    public_collection(&superuser, "notes", &with_ids("^[a-zA-Z]+$"));
    let path = records("notes");
    let create = |name, body: Value| Case::new(name, &anyone, "POST", &path).json(&body);
    let taken = |name, id: &str| {
        create(name, json!({"id": id})).refused(400, "data.id.code", "validation_pk_invalid")
    };
    let one = |name, method, id: &str| Case::new(name, &anyone, method, &format!("{path}/{id}"));
    let change = |name, pattern| {
        Case::new(name, &superuser, "PATCH", "/api/collections/notes")
            .json(&json!({"fields": with_ids(pattern)}))
    };
    check(vec![
        create("first", json!({"id": "aBC"})),
        taken("in another case", "Abc"),
        Case::new(
            "truncate",
            &superuser,
            "DELETE",
            "/api/collections/notes/truncate",
        )
        .status(204),
        create("and so does truncate", json!({"id": "ABc"})),
        change("to the usual pattern", "^[a-z0-9]+$"),
        create("which ignores other cases", json!({"id": "abc"})),
        create("but not its own", json!({"id": "abc"})).refused(
            400,
            "data.id.code",
            "validation_not_unique",
        ),
        change("to another pattern again", "^[A-Za-z0-9]+$"),
        taken("which remembers both", "aBC"),
        one("delete one of two", "DELETE", "ABc").status(204),
        taken("the other is left", "aBC"),
        one("delete the other", "DELETE", "abc").status(204),
        create("and then it is free", json!({"id": "aBC"})),
    ]);
}

#[test]
fn twenty_creates_of_one_id_in_different_cases_give_one_record() {
    let server = Server::start();
    let id = json!({
        "name": "id", "type": "text", "primaryKey": true, "system": true, "required": true,
        "min": 1, "max": 15, "pattern": "^[a-zA-Z]+$", "autogeneratePattern": "[a-z]{15}",
    });
    public_collection(&server.superuser(), "notes", &[id]);
    let path = records("notes");
    let create = |case: u32| {
        let cased = |place: u32, letter: char| match case >> place & 1 {
            1 => letter.to_ascii_uppercase(),
            _ => letter,
        };
        let id: String = (0..)
            .zip("abcde".chars())
            .map(|(place, letter)| cased(place, letter))
            .collect();
        server.anyone().post(&path, &json!({ "id": id }))
    };
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..20)
            .map(|case| scope.spawn(move || create(case)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    // PocketBase looks before it writes, and lets several in.
    if server.is_reference() {
        return;
    }
    let refused = answers.iter().filter(|answer| answer.status == 400);
    let codes: Vec<_> = refused
        .map(|answer| answer.text_at("data.id.code"))
        .collect();
    assert_eq!(codes, ["validation_pk_invalid"; 19]);
    assert_eq!(server.anyone().get(&path).at("totalItems"), 1);
}

#[test]
fn unique_indexes_refuse_on_the_right_field() {
    let server = Server::start();
    let (anyone, superuser) = (server.anyone(), server.superuser());
    superuser.collection(&json!({
        "name": "notes", "type": "base", "listRule": "", "viewRule": "", "createRule": "",
        "updateRule": "", "deleteRule": "",
        "fields": [{"name": "code", "type": "text"}, {"name": "first", "type": "text"},
            {"name": "second", "type": "number"}],
        "indexes": [
            "CREATE UNIQUE INDEX `idx_notes_code` ON `notes` (`code` COLLATE NOCASE) WHERE `code` != ''",
            "CREATE UNIQUE INDEX `idx_notes_pair` ON `notes` (`first`, `second`)",
        ],
    }));
    let path = records("notes");
    let create = |name, body: Value| Case::new(name, &anyone, "POST", &path).json(&body);
    let taken = "validation_not_unique";
    check(vec![
        create("first", json!({"code": "a", "first": "x", "second": 1})),
        create("same code", json!({"code": "a", "first": "y"}))
            .refused(400, "data.code.code", taken)
            .is("data.code.message", "Value must be unique."),
        create(
            "same code in another case",
            json!({"code": "A", "first": "z"}),
        )
        .refused(400, "data.code.code", taken),
        create("same pair", json!({"first": "x", "second": 1})).refused(
            400,
            "data.first.code",
            taken,
        ),
        create("another pair", json!({"first": "x", "second": 2})),
        create(
            "empty code twice is outside the index",
            json!({"first": "x", "second": 3}),
        ),
        Case::new("three records in the end", &anyone, "GET", &path).is("totalItems", 3),
    ]);
    let second = anyone
        .get(&format!("{path}?filter=second=2"))
        .text_at("items.0.id");
    let one = format!("{path}/{second}");
    check(vec![
        Case::new("update to a taken value", &anyone, "PATCH", &one)
            .json(&json!({"code": "a"}))
            .refused(400, "data.code.code", taken),
        Case::new("nothing changed", &anyone, "GET", &one).is("code", ""),
        Case::new("an update keeps its own value", &anyone, "PATCH", &one)
            .json(&json!({"second": 2, "first": "x"})),
    ]);
    let holder = anyone
        .get(&format!("{path}?filter=code='a'"))
        .text_at("items.0.id");
    check(vec![
        Case::new(
            "delete frees the value",
            &anyone,
            "DELETE",
            &format!("{path}/{holder}"),
        )
        .status(204),
        create(
            "and it can be used again",
            json!({"code": "A", "first": "new"}),
        ),
    ]);
}

#[test]
fn two_hundred_creates_of_one_unique_value_give_one_record() {
    let server = Server::start();
    let anyone = server.anyone();
    server.superuser().collection(&json!({
        "name": "notes", "type": "base", "listRule": "", "createRule": "",
        "fields": [{"name": "code", "type": "text"}],
        "indexes": ["CREATE UNIQUE INDEX `idx_code` ON `notes` (`code`)"],
    }));
    let path = records("notes");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let create = || {
            let anyone = server.anyone();
            let ask = |_| anyone.post(&path, &json!({"code": "only"})).status;
            (0..25).map(ask).collect::<Vec<u16>>()
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(create)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    let count = |status| statuses.iter().filter(|found| **found == status).count();
    assert_eq!((statuses.len(), count(200), count(400)), (200, 1, 199));
    assert_eq!(anyone.get(&path).at("totalItems"), 1);
}
