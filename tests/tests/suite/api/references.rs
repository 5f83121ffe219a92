//! Relations: missing targets, cascade and required references on delete.

use super::{field, public_collection};
use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

/// Ada, Bob and Cid, and collections that refer to them in each way.
fn people(superuser: &Persona) -> [String; 3] {
    let people = public_collection(superuser, "people", &[field("name", "text", json!({}))]);
    let referring = |name, options: Value| {
        let mut relation = field("people", "relation", options);
        relation["collectionId"] = people["id"].clone();
        public_collection(superuser, name, &[relation]);
    };
    referring("loose", json!({"maxSelect": 2}));
    referring("cascading", json!({"cascadeDelete": true, "maxSelect": 2}));
    referring("required", json!({"required": true}));
    ["Ada", "Bob", "Cid"].map(|name| {
        let person = superuser.record("people", &json!({ "name": name }));
        person["id"].as_str().unwrap().to_owned()
    })
}

#[test]
fn deleting_a_record_follows_its_references() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let [ada, bob, cid] = people(&superuser);
    superuser.record("loose", &json!({"people": [ada, bob]}));
    superuser.record("cascading", &json!({"people": [ada]}));
    superuser.record("cascading", &json!({"people": [ada, bob]}));
    superuser.record("required", &json!({"people": cid}));
    let people = records("people");
    let list = |name, collection: &str| Case::new(name, &anyone, "GET", &records(collection));
    let missing = "validation_missing_rel_records";
    check(vec![
        Case::new("missing target", &anyone, "POST", &records("loose"))
            .json(&json!({"people": ["aaaaaaaaaaaaaaa"]}))
            .refused(400, "data.people.code", missing),
        Case::new("too many", &anyone, "POST", &records("loose"))
            .json(&json!({"people": [ada, bob, cid]}))
            .refused(400, "data.people.code", "validation_too_many_values"),
        Case::new("required and empty", &anyone, "POST", &records("required"))
            .json(&json!({"people": ""}))
            .refused(400, "data.people.code", "validation_required"),
        Case::new("blocked", &anyone, "DELETE", &format!("{people}/{cid}"))
            .status(400)
            .is(
                "message",
                "Failed to delete record. Make sure that the record is not part of a required \
             relation reference.",
            ),
        Case::new("still there", &anyone, "GET", &format!("{people}/{cid}")),
        list("its reference too", "required").is("items.0.people", cid.as_str()),
        Case::new("delete", &anyone, "DELETE", &format!("{people}/{ada}")).status(204),
        list("the loose reference is shortened", "loose").is("items.0.people", json!([bob])),
        list("one of two cascading ones is gone", "cascading")
            .is("totalItems", 1)
            .is("items.0.people", json!([bob])),
        Case::new(
            "delete the second",
            &anyone,
            "DELETE",
            &format!("{people}/{bob}"),
        )
        .status(204),
        list("empty", "loose").is("items.0.people", json!([])),
        list("all gone", "cascading")
            .is("totalItems", 0)
            .is("items", json!([])),
        Case::new(
            "a referenced collection stays",
            &superuser,
            "DELETE",
            "/api/collections/people",
        )
        .status(400)
        .has("probably due to existing reference in"),
    ]);
}

const OWNED: [&str; 4] = ["_externalAuths", "_mfas", "_otps", "_authOrigins"];

fn owned_by(collection: &str, record: &str) -> Value {
    json!({
        "collectionRef": collection, "recordRef": record, "provider": "google",
        "providerId": "one", "method": "password", "password": "12345678", "fingerprint": "one",
    })
}

#[test]
fn what_belongs_to_auth_records_goes_with_their_collection() {
    let server = Server::start();
    let superuser = server.superuser();
    let staff = || {
        let staff = superuser.collection(&json!({"name": "staff", "type": "auth"}));
        superuser.record(
            "staff",
            &json!({"id": "staffmember0001", "email": "a@example.com", "password": "12345678",
                "passwordConfirm": "12345678"}),
        );
        staff["id"].as_str().unwrap().to_owned()
    };
    let id = staff();
    let left = |expected: u64| {
        let filter = format!("filter=collectionRef%3D%22{id}%22");
        let paths = OWNED.map(|name| format!("{}?{filter}", records(name)));
        let row = |path: &String| {
            Case::new("what is left", &superuser, "GET", path).is("totalItems", expected)
        };
        check(paths.iter().map(row).collect());
    };
    let make = || {
        for name in OWNED {
            superuser.record(name, &owned_by(&id, "staffmember0001"));
        }
        left(1);
    };
    make();
    let collection = "/api/collections/staff";
    superuser
        .delete(&format!("{collection}/truncate"))
        .expect(204);
    left(0);
    superuser.delete(collection).expect(204);
    assert_eq!(staff(), id, "the id is made from the name");
    make();
    superuser.delete(collection).expect(204);
    left(0);
    assert_eq!(staff(), id);
    left(0);
    make();
}

#[test]
fn what_belongs_to_somebody_names_an_auth_record_that_exists() {
    let server = Server::start();
    let superuser = server.superuser();
    let plain = public_collection(&superuser, "plain", &[]);
    let plain = plain["id"].as_str().unwrap();
    let users = "_pb_users_auth_";
    let missing = "validation_invalid_collection_id";
    let rows = [
        (
            "no collection",
            "nosuch",
            "nosuch",
            "data.collectionRef.code",
            missing,
        ),
        (
            "by name",
            "users",
            "nosuch",
            "data.collectionRef.code",
            missing,
        ),
        (
            "no auth collection",
            plain,
            "nosuch",
            "data.collectionRef.code",
            "validation_invalid_collection_type",
        ),
        (
            "no record",
            users,
            "nosuch",
            "data.recordRef.code",
            "validation_invalid_record",
        ),
        (
            "empty",
            users,
            "",
            "data.recordRef.code",
            "validation_required",
        ),
    ];
    let paths = OWNED.map(records);
    let cases = paths.iter().flat_map(|path| {
        let row = |(name, collection, record, at, code)| {
            let body = owned_by(collection, record);
            Case::new(name, &superuser, "POST", path)
                .json(&body)
                .refused(400, at, code)
        };
        rows.map(row)
    });
    check(cases.collect());
}

/// Records that lose their reference are all left with the same value.
#[test]
fn a_delete_leaves_no_unique_value_twice() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let people = public_collection(&superuser, "people", &[]);
    let mut person = field("person", "relation", json!({}));
    person["collectionId"] = people["id"].clone();
    superuser.collection(&json!({"name": "seats", "type": "base", "fields": [person],
        "indexes": ["CREATE UNIQUE INDEX one_seat ON seats (person)"]}));
    let [first, second] = [(); 2].map(|()| {
        let person = superuser.record("people", &json!({}));
        superuser.record("seats", &json!({"person": person["id"]}));
        person["id"].as_str().unwrap().to_owned()
    });
    let people = records("people");
    let both = format!("{people}?filter=id!=%22%22");
    let delete = |name, path: &str| Case::new(name, &superuser, "DELETE", path);
    let (at, code) = ("data.person.code", "validation_not_unique");
    check(vec![
        delete("both at once", &both)
            .refused(400, at, code)
            .unless(server.is_reference()),
        Case::new("both are there", &anyone, "GET", &people).is("totalItems", 2),
        delete("the first", &format!("{people}/{first}")).status(204),
        delete("the second", &format!("{people}/{second}"))
            .refused(400, at, code)
            .has("Failed to delete record."),
        Case::new("it is there", &anyone, "GET", &people).is("totalItems", 1),
        Case::new("and its seat", &superuser, "GET", &records("seats")).has(&second),
    ]);
}
