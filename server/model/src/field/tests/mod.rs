//! Tests of all field types against recorded answers of the contract's server: `values.json` holds
//! definitions with submitted values and what became of them, `definitions.json` holds submitted
//! definitions and what was made of them.

mod submit;

use serde_json::{Map, Value as Json, json};

use crate::field::{FIELD_TYPES, Field, Modifier, type_named};
use crate::id::FieldNumber;
use crate::invalid::{Violation, Violations};
use crate::value::Value;

/// A field `x` with these options.
fn field(definition: &Json) -> Field {
    let mut map = definition.as_object().unwrap().clone();
    map.entry("name").or_insert_with(|| "x".into());
    Field::from_json(&map, FieldNumber(2)).unwrap()
}

fn violation_json(violation: Violation) -> Json {
    Json::Object(Violations::of("x", violation).to_json())
        .get("x")
        .unwrap()
        .clone()
}

/// What a submitted value becomes on a record that had none.
fn answer(field: &Field, submitted: &Json) -> Json {
    let value = field.kind.cast(submitted);
    let known = match field.kind.as_file() {
        Some(file) => file.check_names(&value, &[]),
        None => Ok(()),
    };
    match known.and_then(|()| field.kind.validate(field, &value)) {
        Ok(()) => json!({ "value": value.to_json() }),
        Err(violation) => json!({ "violation": violation_json(violation) }),
    }
}

#[test]
fn values_as_recorded() {
    let recorded: Vec<Json> = serde_json::from_str(include_str!("values.json")).unwrap();
    let mut different = Vec::new();
    let mut rows = 0;
    for group in &recorded {
        let field = field(&group["field"]);
        for row in group["rows"].as_array().unwrap() {
            rows += 1;
            let ours = answer(&field, &row[0]);
            if ours != row[1] {
                different.push(format!(
                    "{} {}: {ours}, not {}",
                    group["field"], row[0], row[1]
                ));
            }
        }
    }
    assert!(rows > 400, "{rows} rows");
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// Codes whose message holds a text of another regex engine or a random sample.
const OWN_MESSAGES: &[&str] = &[
    "validation_invalid_regex",
    "validation_invalid_autogenerate_pattern",
    "validation_invalid_autogenerate_pattern_value",
];

fn without_own_messages(mut violations: Map<String, Json>) -> Json {
    for entry in violations.values_mut() {
        if entry["code"]
            .as_str()
            .is_some_and(|code| OWN_MESSAGES.contains(&code))
        {
            entry["message"] = Json::Null;
        }
    }
    Json::Object(violations)
}

#[test]
fn definitions_as_recorded() {
    let recorded: Vec<Json> = serde_json::from_str(include_str!("definitions.json")).unwrap();
    let mut different = Vec::new();
    for row in &recorded {
        let read = Field::from_json(row[0].as_object().unwrap(), FieldNumber(2));
        let expected = match row[1].get("violations") {
            Some(violations) => {
                let violations = violations.as_object().unwrap().clone();
                json!({ "violations": without_own_messages(violations) })
            }
            None => row[1].clone(),
        };
        let ours = match read {
            Err(_) => json!({ "unreadable": true }),
            Ok(field) => match field.validate_definition(row[2] == true).into_result() {
                Ok(()) => json!({ "field": field.to_json() }),
                Err(all) => json!({ "violations": without_own_messages(all.to_json()) }),
            },
        };
        // Texts, so that the order of keys counts.
        let (ours, expected) = (ours.to_string(), expected.to_string());
        if ours != expected {
            different.push(format!("{}: {ours}, not {expected}", row[0]));
        }
    }
    assert!(recorded.len() > 100, "{} definitions", recorded.len());
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn every_type_is_listed_once_under_its_name() {
    for descriptor in FIELD_TYPES {
        let map = Map::from_iter([
            ("name".to_owned(), "x".into()),
            ("type".to_owned(), descriptor.name.into()),
        ]);
        let field = Field::from_json(&map, FieldNumber(2)).unwrap();
        assert_eq!(field.kind.type_name(), descriptor.name);
        assert!(field.kind.zero().is_zero(), "{}", descriptor.name);
        assert_eq!(
            field.kind.cast(&Json::Null),
            field.kind.zero(),
            "{}",
            descriptor.name
        );
        let again = Field::from_json(&field.to_json(), FieldNumber(2)).unwrap();
        assert_eq!(field.to_json(), again.to_json());
    }
    assert_eq!(FIELD_TYPES.len(), 14);
    assert!(type_named("geopoint").is_none());
    assert!(type_named("").is_none());
}

#[test]
fn options_of_a_wrong_type_are_named() {
    for (definition, key, message) in [
        (
            json!({"type": "text", "min": "5"}),
            "min",
            "Must be a whole number.",
        ),
        (
            json!({"type": "text", "min": 1.5}),
            "min",
            "Must be a whole number.",
        ),
        (
            json!({"type": "text", "required": "true"}),
            "required",
            "Must be true or false.",
        ),
        (
            json!({"type": "text", "name": 5}),
            "name",
            "Must be a text.",
        ),
        (
            json!({"type": "select", "values": [1]}),
            "values",
            "Must be a list of texts.",
        ),
        (
            json!({"type": "number", "min": "5"}),
            "min",
            "Must be a number or null.",
        ),
        (
            json!({"type": "nope"}),
            "type",
            "Unknown field type \"nope\".",
        ),
        (json!({}), "type", "Unknown field type \"\"."),
        (json!({"type": 5}), "type", "Must be a text."),
    ] {
        let all = Field::from_json(definition.as_object().unwrap(), FieldNumber(2)).unwrap_err();
        assert_eq!(all.to_json()[key]["message"], message, "{definition}");
    }
}

#[test]
fn defaults_are_shown_when_set_and_must_be_legal() {
    let set = field(&json!({"type": "number", "default": 5}));
    assert_eq!(set.to_json()["default"], 5);
    assert!(set.validate_definition(false).is_empty());
    let keys: Vec<_> = set.to_json().keys().cloned().collect();
    assert!(keys.is_sorted());
    assert!(
        !field(&json!({"type": "number"}))
            .to_json()
            .contains_key("default")
    );
    for definition in [
        json!({"type": "number", "default": 5, "max": 3}),
        json!({"type": "email", "default": "nobody"}),
        json!({"type": "select", "values": ["a"], "default": "b"}),
        json!({"type": "bool", "required": true, "default": "no"}),
    ] {
        let all = field(&definition).validate_definition(false);
        assert!(all.to_json().contains_key("default"), "{definition}");
    }
}

#[test]
fn ids_with_a_pattern_of_their_own() {
    let id =
        field(&json!({"type": "text", "name": "id", "primaryKey": true, "pattern": "(?s)^.*$"}));
    let code = |text: &str| {
        let result = id.kind.validate(&id, &Value::from(text));
        result.err().map_or("ok", |violation| violation.code)
    };
    for legal in [
        "a", "A", "com0", "con1", "é", "a,b", "a@b", "_", "a+b", "a\u{b}b", "a\u{a0}b",
    ] {
        assert_eq!(code(legal), "ok", "{legal:?}");
    }
    for letter in "./\\|\"'`<>:?*%$\0\t\n\r ".chars() {
        assert_eq!(
            code(&format!("a{letter}b")),
            "validation_forbidden_pk_character"
        );
    }
    for reserved in ["con", "CON", "Nul", "com1", "LPT9", "aux", "prn"] {
        assert_eq!(code(reserved), "validation_reserved_pk", "{reserved}");
    }
    assert_eq!(code(""), "validation_required");
    assert!(id.kind.as_text().unwrap().ignores_case());
}

#[test]
fn ids_with_the_usual_pattern() {
    let id = field(&json!({
        "type": "text", "name": "id", "primaryKey": true, "min": 15, "max": 15,
        "pattern": "^[a-z0-9]+$",
    }));
    let code = |text: &str| {
        let result = id.kind.validate(&id, &Value::from(text));
        result.err().map_or("ok", |violation| violation.code)
    };
    assert_eq!(code("abcdefghijklmno"), "ok");
    assert_eq!(code("abc"), "validation_min_text_constraint");
    assert_eq!(code("abcdefghijklmnop"), "validation_max_text_constraint");
    assert_eq!(code("ABCDEFGHIJKLMNO"), "validation_invalid_format");
    assert_eq!(code("abcdefghijklmn."), "validation_invalid_format");
    assert!(!id.kind.as_text().unwrap().ignores_case());
}

#[test]
fn passwords_are_judged_as_plain_text() {
    let password = field(&json!({"type": "password", "min": 3, "max": 5, "pattern": "^[a-z]+$"}));
    let usual = field(&json!({"type": "password"}));
    let code = |field: &Field, text: &str| {
        let result = field.kind.validate(field, &Value::from(text));
        result.err().map_or("ok", |violation| violation.code)
    };
    assert_eq!(code(&password, "abc"), "ok");
    assert_eq!(code(&password, ""), "ok");
    assert_eq!(code(&password, "ab"), "validation_min_text_constraint");
    assert_eq!(code(&password, "abcdef"), "validation_max_text_constraint");
    assert_eq!(code(&password, "ABC"), "validation_invalid_format");
    assert_eq!(code(&usual, &"é".repeat(71)), "ok");
    assert_eq!(
        code(&usual, &"a".repeat(72)),
        "validation_max_text_constraint"
    );
}

#[test]
fn single_and_multiple_values_convert() {
    for kind in ["select", "file", "relation"] {
        let base = json!({"type": kind, "values": ["a", "b"], "collectionId": "c"});
        let with = |count: i64| {
            let mut definition = base.clone();
            definition["maxSelect"] = count.into();
            field(&definition)
        };
        let list =
            |items: &[&str]| Value::List(items.iter().map(|item| (*item).to_owned()).collect());
        let (single, multiple) = (with(1), with(3));
        assert_eq!(single.kind.convert(list(&["c", "a"])), Value::from("a"));
        assert_eq!(single.kind.convert(list(&[])), Value::from(""));
        assert_eq!(multiple.kind.convert(Value::from("a")), list(&["a"]));
        assert_eq!(multiple.kind.convert(Value::from("")), list(&[]));
        assert_eq!(
            with(2).kind.convert(list(&["a", "b", "c"])),
            list(&["a", "b", "c"])
        );
    }
}

#[test]
fn relations_count_their_ids() {
    let code = |definition: Json, ids: Json| {
        let field = field(&definition);
        let result = field.kind.validate(&field, &field.kind.cast(&ids));
        result.err().map_or(Json::Null, violation_json)
    };
    let several = json!({"type": "relation", "collectionId": "c", "minSelect": 2, "maxSelect": 3});
    assert_eq!(code(several.clone(), json!([])), Json::Null);
    assert_eq!(code(several.clone(), json!(["a", "b"])), Json::Null);
    let few = json!({
        "code": "validation_not_enough_values",
        "message": "Select at least 2.",
        "params": {"minSelect": 2},
    });
    assert_eq!(code(several.clone(), json!("a")), few);
    assert_eq!(code(several.clone(), json!(["a", "a"])), few);
    let many = json!({
        "code": "validation_too_many_values",
        "message": "Select no more than 3.",
        "params": {"maxSelect": 3},
    });
    assert_eq!(code(several, json!(["a", "b", "c", "d"])), many);
    let required = json!({"type": "relation", "collectionId": "c", "required": true});
    for empty in [json!(""), json!(null), json!([]), json!({"a": 1})] {
        assert_eq!(code(required.clone(), empty)["code"], "validation_required");
    }
}

#[test]
fn only_listed_modifiers_exist() {
    let keys: Vec<String> = Modifier::ALL
        .iter()
        .map(|modifier| modifier.key("f"))
        .collect();
    assert_eq!(keys, ["f+", "+f", "f-", "f:autogenerate"]);
    for kind in [
        "editor", "bool", "email", "url", "date", "autodate", "json", "geoPoint", "password",
    ] {
        assert!(
            field(&json!({ "type": kind })).kind.modifiers().is_empty(),
            "{kind}"
        );
    }
}
