//! Surveys over a whole engine.

use luge_model::principal::Principal;
use serde_json::{Value as Json, json};

use super::*;
use crate::engine::{Engine, Options};
use crate::records::Body;
use crate::store::{StoreKind, wait};

const NOW: Timestamp = Timestamp(1_790_000_000_000);

fn object(json: &Json) -> Body {
    json.as_object().unwrap().clone()
}

fn engine() -> Engine {
    let options = Options {
        store: StoreKind::Memory,
        ..Options::new("unused".into())
    };
    let engine = Engine::open(options).unwrap();
    define(&engine, "notes", &[]);
    engine
}

fn system() -> Context {
    Context::system(NOW)
}

fn define(engine: &Engine, name: &str, indexes: &[&str]) {
    let fields = json!([{"name": "title", "type": "text"}]);
    let body = json!({"name": name, "type": "base", "fields": fields, "indexes": indexes});
    wait(engine.catalog.create(&system(), &object(&body))).unwrap();
}

fn write(engine: &Engine, collection: &str, id: &str, title: &str) {
    let body = object(&json!({"id": id, "title": title}));
    wait(engine.records.create(&system(), collection, body)).unwrap();
}

/// Takes a whole survey.
fn survey(engine: &Engine) {
    engine.survey.ask(&system()).unwrap();
    while engine.survey.is_wanted() {
        engine.survey.take_turn(NOW, &|| false).unwrap();
    }
}

fn told(engine: &Engine, name: &str) -> CollectionStored {
    let stored = engine.survey.told(&system()).unwrap();
    let mut all = stored.collections.into_iter();
    all.find(|one| one.collection.name == name).unwrap()
}

#[test]
fn nothing_is_told_of_bytes_before_a_survey() {
    let engine = engine();
    write(&engine, "notes", "aaaaaaaaaaaaaaa", "x");
    let stored = engine.survey.told(&system()).unwrap();
    assert_eq!((stored.taken, stored.surveying), (None, false));
    assert_eq!(stored.change_log_bytes, None);
    let notes = told(&engine, "notes");
    assert_eq!((notes.records, notes.bytes, notes.files), (1, None, None));
}

#[test]
fn bytes_are_those_of_keys_and_values_and_grow_with_them() {
    let engine = engine();
    define(&engine, "others", &[]);
    write(&engine, "notes", "aaaaaaaaaaaaaaa", "x");
    survey(&engine);
    let before = told(&engine, "notes").bytes.unwrap();
    assert!(before.records > 15 && before.indexes > 0, "{before:?}");
    assert_eq!(told(&engine, "others").bytes, Some(Bytes::default()));
    assert_eq!(told(&engine, "others").files, Some(FileBytes::default()));

    write(&engine, "notes", "bbbbbbbbbbbbbbb", &"y".repeat(1_001));
    assert_eq!(told(&engine, "notes").records, 2, "numbers are of now");
    assert_eq!(told(&engine, "notes").bytes, Some(before), "bytes are not");
    survey(&engine);
    let after = told(&engine, "notes").bytes.unwrap();
    let grown = after.records - before.records;
    assert!((grown - before.records).abs_diff(1_000) < 10, "{grown}");
    assert_eq!(after.indexes, 2 * before.indexes);
}

#[test]
fn an_index_counts_as_such() {
    let engine = engine();
    define(
        &engine,
        "sorted",
        &["CREATE INDEX by_title ON sorted (title)"],
    );
    for name in ["notes", "sorted"] {
        write(&engine, name, "aaaaaaaaaaaaaaa", &"x".repeat(100));
    }
    survey(&engine);
    let (plain, sorted) = (told(&engine, "notes"), told(&engine, "sorted"));
    let (plain, sorted) = (plain.bytes.unwrap(), sorted.bytes.unwrap());
    assert_eq!(plain.records, sorted.records);
    assert!(sorted.indexes > plain.indexes + 100, "{plain:?} {sorted:?}");
}

#[test]
fn what_went_is_counted_no_longer() {
    let engine = engine();
    define(&engine, "others", &[]);
    for name in ["notes", "others"] {
        write(&engine, name, "aaaaaaaaaaaaaaa", "x");
    }
    survey(&engine);
    wait(engine.records.delete_collection(&system(), "others")).unwrap();
    let stored = engine.survey.told(&system()).unwrap();
    let gone = stored
        .collections
        .iter()
        .all(|one| one.collection.name != "others");
    assert!(gone, "also before the next survey");
    define(&engine, "others", &[]);
    let made = told(&engine, "others");
    assert_eq!(
        (made.records, made.bytes),
        (0, None),
        "another one of that name"
    );
    wait(engine.records.truncate(&system(), "notes")).unwrap();
    survey(&engine);
    assert_eq!(told(&engine, "notes").bytes, Some(Bytes::default()));
    assert_eq!(told(&engine, "others").bytes, Some(Bytes::default()));
}

#[test]
fn a_survey_that_leaves_off_after_each_step_finds_the_same() {
    let engine = engine();
    for number in 0..40 {
        // Two of them are more than one step takes.
        let title = "z".repeat(4_000);
        write(&engine, "notes", &format!("note{number:011}"), &title);
    }
    survey(&engine);
    let whole = told(&engine, "notes");
    engine.survey.ask(&system()).unwrap();
    let mut turns = 0;
    while engine.survey.is_wanted() {
        engine.survey.take_turn(NOW, &|| true).unwrap();
        turns += 1;
        assert!(turns < 1_000);
    }
    assert!(turns > 9, "{turns}");
    let again = told(&engine, "notes");
    assert_eq!((again.bytes, again.files), (whole.bytes, whole.files));
}

#[test]
fn who_asks_meanwhile_gets_another_one() {
    let engine = engine();
    engine.survey.take_turn(NOW, &|| true).unwrap();
    assert!(engine.survey.told(&system()).unwrap().surveying);
    engine.survey.ask(&system()).unwrap();
    while engine.survey.told(&system()).unwrap().taken.is_none() {
        engine.survey.take_turn(NOW, &|| true).unwrap();
    }
    assert!(engine.survey.is_wanted());
    survey(&engine);
    assert!(!engine.survey.told(&system()).unwrap().surveying);
}

#[test]
fn only_superusers_are_told() {
    let engine = engine();
    let guest = Context {
        principal: Principal::Guest,
        ..system()
    };
    assert!(engine.survey.told(&guest).is_err());
    assert!(engine.survey.ask(&guest).is_err());
    assert!(!engine.survey.is_wanted());
}
