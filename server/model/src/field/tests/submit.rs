//! Tests of the merge of a submitted body. The outcomes were seen on the contract's server.

use serde_json::{Map, Value as Json, json};

use crate::field::{Field, Submission};
use crate::id::{FieldNumber, ID_FIELD};
use crate::record::Record;
use crate::value::Value;

const X: FieldNumber = FieldNumber(2);

fn fields(definition: &Json) -> Vec<Field> {
    let id = json!({
        "name": "id", "type": "text", "primaryKey": true, "required": true, "min": 15, "max": 15,
        "pattern": "^[a-z0-9]+$", "autogeneratePattern": "[a-z0-9]{15}",
    });
    let mut x = definition.as_object().unwrap().clone();
    x.insert("name".to_owned(), "x".into());
    vec![
        Field::from_json(id.as_object().unwrap(), ID_FIELD).unwrap(),
        Field::from_json(&x, X).unwrap(),
    ]
}

/// Draws the highest number each time.
fn highest(below: u32) -> u32 {
    below - 1
}

fn body(json: &Json) -> Map<String, Json> {
    json.as_object().unwrap().clone()
}

/// `x` of a record that was `start`, after an update.
fn updated(definition: &Json, start: &Json, change: &Json) -> Json {
    let fields = fields(definition);
    let start = fields[1].kind.cast(start);
    let id = Value::from("abcdefghijklmno");
    let record = Record::build(1, 1, [(ID_FIELD, &id), (X, &start)]);
    let submission = Submission::update(&fields, &record, &body(change), &mut highest);
    match submission.validate(&fields, Some(&record)).into_result() {
        Ok(()) => submission.value(X).unwrap().to_json(),
        Err(all) => Json::Object(all.to_json()),
    }
}

/// `x` of a new record.
fn created(definition: &Json, change: &Json) -> Json {
    let fields = fields(definition);
    let submission = Submission::create(&fields, &body(change), &mut highest);
    match submission.validate(&fields, None).into_result() {
        Ok(()) => submission.value(X).unwrap().to_json(),
        Err(all) => Json::Object(all.to_json()),
    }
}

#[test]
fn lists_are_modified() {
    let several = json!({"type": "select", "values": ["a", "b", "c", "d"], "maxSelect": 3});
    for (change, expected) in [
        (json!({"x+": "c"}), json!(["a", "b", "c"])),
        (json!({"+x": "c"}), json!(["c", "a", "b"])),
        (json!({"x-": "a"}), json!(["b"])),
        (json!({"x-": ["a", "b"]}), json!([])),
        (json!({"x+": ["a", "c"]}), json!(["a", "b", "c"])),
        (json!({"+x": ["b", "c"]}), json!(["b", "c", "a"])),
        (json!({"x": ["d"], "x+": "c"}), json!(["d", "c"])),
        (json!({"x+": "c", "x": ["d"]}), json!(["d", "c"])),
        (json!({"x": ["d"], "x-": "d"}), json!([])),
        (json!({"x+": "c", "x-": "a"}), json!(["b", "c"])),
        (
            json!({"x+": ["c"], "x": ["a"], "+x": ["d"]}),
            json!(["d", "a", "c"]),
        ),
        (json!({"x+": ""}), json!(["a", "b"])),
        (json!({"x+": null}), json!(["a", "b"])),
        (json!({"x-": null}), json!(["a", "b"])),
        (json!({"x-": ["zz"]}), json!(["a", "b"])),
        (json!({"x": null}), json!([])),
        (json!({"X": ["c"]}), json!(["a", "b"])),
        (json!({"x:autogenerate": ["c"]}), json!(["a", "b"])),
        (json!({"y+": "c"}), json!(["a", "b"])),
    ] {
        assert_eq!(
            updated(&several, &json!(["a", "b"]), &change),
            expected,
            "{change}"
        );
    }
    for change in [json!({"x+": ["c", "d"]}), json!({"x+": "c", "+x": "d"})] {
        let refused = updated(&several, &json!(["a", "b"]), &change);
        assert_eq!(
            refused["x"]["code"], "validation_too_many_values",
            "{change}"
        );
    }
    let refused = updated(&several, &json!(["a", "b"]), &json!({"x+": "z"}));
    assert_eq!(refused["x"]["message"], "Invalid value z.");
}

#[test]
fn single_names_are_modified() {
    let single = json!({"type": "select", "values": ["a", "b", "c", "d"]});
    for (change, expected) in [
        (json!({"x+": "c"}), "c"),
        (json!({"+x": "c"}), "a"),
        (json!({"x-": "a"}), ""),
        (json!({"x-": "b"}), "a"),
        (json!({"x+": ["b", "c"]}), "c"),
        (json!({"+x": ["b", "c"]}), "a"),
        (json!({"x": "d", "x+": "c"}), "c"),
    ] {
        assert_eq!(updated(&single, &json!("a"), &change), expected, "{change}");
    }
}

#[test]
fn numbers_are_added_to() {
    let number = json!({"type": "number"});
    for (change, expected) in [
        (json!({"x+": 3}), json!(8)),
        (json!({"x-": 3}), json!(2)),
        (json!({"x+": "3"}), json!(8)),
        (json!({"x": 10, "x+": 1}), json!(11)),
        (json!({"x+": 1, "x-": 2}), json!(4)),
        (json!({"x+": 0.1}), json!(5.1)),
        (json!({"x+": "abc"}), json!(5)),
        (json!({"+x": 3}), json!(5)),
        (json!({"x+": null}), json!(5)),
        (json!({"x+": [1]}), json!(5)),
        (json!({"x": "abc"}), json!(0)),
    ] {
        assert_eq!(updated(&number, &json!(5), &change), expected, "{change}");
    }
    assert_eq!(created(&number, &json!({"x+": 3})), 3);
    assert_eq!(created(&number, &json!({"x-": 3})), -3);
    let refused = updated(&number, &json!(1e308), &json!({"x+": 1e308}));
    assert_eq!(refused["x"]["code"], "validation_not_a_number");
}

#[test]
fn texts_are_generated() {
    let text = json!({"type": "text", "autogeneratePattern": "[a-z]{3}"});
    for (change, expected) in [
        (json!({}), "zzz"),
        (json!({"x": ""}), "zzz"),
        (json!({"x": null}), "zzz"),
        (json!({"x": "A"}), "A"),
        (json!({"x:autogenerate": "ab"}), "abzzz"),
        (json!({"x:autogenerate": ""}), "zzz"),
        (json!({"x": "q", "x:autogenerate": "ab"}), "abzzz"),
        (json!({"x:autogenerate": 5}), "5zzz"),
    ] {
        assert_eq!(created(&text, &change), expected, "{change}");
    }
    for (change, expected) in [
        (json!({"x": ""}), ""),
        (json!({"x": null}), ""),
        (json!({}), "q"),
        (json!({"x+": "ab"}), "q"),
        (json!({"x:autogenerate": "ab"}), "abzzz"),
    ] {
        assert_eq!(updated(&text, &json!("q"), &change), expected, "{change}");
    }
    assert_eq!(
        created(&json!({"type": "text"}), &json!({"x:autogenerate": "ab"})),
        "ab"
    );
}

#[test]
fn ids_are_generated_and_never_change() {
    let fields = fields(&json!({"type": "text"}));
    for change in [json!({}), json!({"id": ""}), json!({"id": null})] {
        let submission = Submission::create(&fields, &body(&change), &mut highest);
        assert_eq!(
            submission.value(ID_FIELD),
            Some(&Value::from("zzzzzzzzzzzzzzz")),
            "{change}"
        );
    }
    let text = json!({"type": "text"});
    assert_eq!(
        updated(&text, &json!("q"), &json!({"id": "abcdefghijklmno"})),
        "q"
    );
    for change in [
        json!({"id": "bbcdefghijklmno"}),
        json!({"id": ""}),
        json!({"id": null}),
    ] {
        let refused = updated(&text, &json!("q"), &change);
        assert_eq!(refused["id"]["code"], "validation_pk_change", "{change}");
        assert_eq!(
            refused["id"]["message"],
            "The record primary key cannot be changed."
        );
    }
    assert_eq!(
        created(&text, &json!({"id": "abc"}))["id"]["params"],
        json!({"min": 15})
    );
}

#[test]
fn defaults_fill_what_a_create_leaves_out() {
    let number = json!({"type": "number", "default": 7});
    assert_eq!(created(&number, &json!({})), 7);
    assert_eq!(created(&number, &json!({"x+": 1})), 8);
    assert_eq!(created(&number, &json!({"x": 0})), 0);
    assert_eq!(created(&number, &json!({"x": null})), 0);
    assert_eq!(updated(&number, &json!(3), &json!({})), 3);
}

#[test]
fn clients_do_not_write_autodates() {
    let auto = json!({"type": "autodate", "onCreate": true});
    assert_eq!(created(&auto, &json!({"x": "2024-01-02"})), "");
    let fields = fields(&auto);
    let stored = Value::from("2020-01-01 00:00:00.000Z");
    let record = Record::build(1, 1, [(X, &stored)]);
    let change = body(&json!({"x": "2024-01-02"}));
    let mut submission = Submission::update(&fields, &record, &change, &mut highest);
    assert_eq!(submission.value(X), Some(&stored));
    assert!(!submission.is_submitted(X));
    submission.set(X, Value::from("2021-01-01 00:00:00.000Z"));
    assert_ne!(submission.value(X), Some(&stored));
}

#[test]
fn files_can_be_dropped_but_not_named() {
    let files = json!({"type": "file", "maxSelect": 2});
    let start = json!(["a.txt", "b.txt"]);
    assert_eq!(
        updated(&files, &start, &json!({"x-": "a.txt"})),
        json!(["b.txt"])
    );
    assert_eq!(
        updated(&files, &start, &json!({"x": ["b.txt", "a.txt"]})),
        json!(["b.txt", "a.txt"])
    );
    assert_eq!(updated(&files, &start, &json!({"x": ""})), json!([]));
    for change in [
        json!({"x+": "zzz"}),
        json!({"x": ["a.txt", "zzz"]}),
        json!({"+x": ["zzz"]}),
    ] {
        let refused = updated(&files, &start, &change);
        assert_eq!(refused["x"]["code"], "validation_invalid_file", "{change}");
        assert_eq!(
            refused["x"]["params"],
            json!({"invalidFiles": ["zzz"]}),
            "{change}"
        );
    }
}

#[test]
fn a_stored_hash_is_not_judged_again() {
    let password = json!({"type": "password", "max": 5, "required": true});
    let hash = json!("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA");
    assert_eq!(updated(&password, &hash, &json!({})), hash);
    assert_eq!(updated(&password, &hash, &json!({"x": "12345"})), "12345");
    for (change, code) in [
        (json!({"x": "123456"}), "validation_max_text_constraint"),
        (json!({"x": ""}), "validation_required"),
        (json!({"x": null}), "validation_required"),
    ] {
        assert_eq!(
            updated(&password, &hash, &change)["x"]["code"],
            code,
            "{change}"
        );
    }
    assert_eq!(
        updated(&password, &json!(""), &json!({}))["x"]["code"],
        "validation_required"
    );
}

#[test]
fn rules_see_the_resolved_body() {
    let fields = fields(&json!({"type": "number"}));
    let record = Record::build(1, 1, [(X, &Value::Number(5.0))]);
    for (change, expected) in [
        (
            json!({"x+": 3, "other": [1]}),
            json!({"x": 8, "other": [1]}),
        ),
        (json!({"x": 1, "x-": 3}), json!({"x": -2})),
        (json!({"x": "7"}), json!({"x": 7})),
        (json!({"x": [9]}), json!({"x": 0})),
        (json!({"x": null}), json!({"x": 0})),
        (json!({"+x": 3}), json!({"+x": 3})),
        (json!({}), json!({})),
    ] {
        let change = body(&change);
        let submission = Submission::update(&fields, &record, &change, &mut highest);
        assert_eq!(
            Json::Object(submission.resolved_body(&fields, &change)),
            expected
        );
    }
}

#[test]
fn a_record_older_than_its_fields_reads_as_zero() {
    let fields = fields(&json!({"type": "select", "values": ["a"], "maxSelect": 2}));
    let record = Record::build(1, 1, std::iter::empty());
    let submission = Submission::update(&fields, &record, &Map::new(), &mut highest);
    assert_eq!(submission.value(X), Some(&Value::List(vec![])));
    let single = Value::from("a");
    let record = Record::build(1, 1, [(X, &single)]);
    let submission = Submission::update(&fields, &record, &Map::new(), &mut highest);
    assert_eq!(
        submission.value(X),
        Some(&Value::List(vec!["a".to_owned()]))
    );
}
