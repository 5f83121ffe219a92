//! Saved tests of rules: reading, laying over, showing, storing.

use super::*;
use crate::limits::{RULE_TEST_BYTES_MAX, RULE_TEST_NAME_CHARS_MAX, RULE_TESTS_MAX};

fn posts(tests: &Json) -> Json {
    json!({ "name": "posts", "ruleTests": tests })
}

fn all_keys() -> Json {
    json!({ "name": "ann", "action": "view", "principal": { "collection": "people", "id": "ann" },
        "record": "plan", "body": { "a": 1 }, "query": { "q": "x" },
        "headers": { "X-Team": "red" }, "expect": "deny", "visible": 2 })
}

#[test]
fn what_is_sent_is_shown_and_stored_and_only_where_there_is_something() {
    let none = made(json!({ "name": "posts" }), None);
    assert!(!none.to_json().contains_key("ruleTests"));
    let superuser = json!({ "name": "b", "action": "list", "principal": "superuser",
        "expect": "allow" });
    let sent = json!([all_keys(), superuser]);
    let collection = made(posts(&sent), None);
    let shown = collection.to_json();
    assert_eq!(shown["ruleTests"], sent);
    assert_eq!(shown.keys().next_back().unwrap(), "ruleTests");
    let stored = Collection::from_stored(&collection.to_stored(), 1).unwrap();
    assert_eq!(stored.rule_tests, collection.rule_tests);
    let facts = collection.rule_tests[0].attempt.facts();
    assert_eq!(
        (facts.method.as_str(), facts.headers["x_team"].as_str()),
        ("GET", "red")
    );
}

#[test]
fn without_the_key_tests_stay_and_an_empty_list_removes_them() {
    let first = made(posts(&json!([all_keys()])), None);
    let kept = made(json!({ "name": "news" }), Some(&first));
    assert_eq!(kept.rule_tests, first.rule_tests);
    assert_eq!(made(posts(&Json::Null), Some(&first)).rule_tests.len(), 1);
    assert_eq!(made(posts(&json!([])), Some(&first)).rule_tests.len(), 0);
}

fn refuse_each<const N: usize>(rows: [(Json, &str, &str); N]) {
    for (change, key, code) in rows {
        let mut test = all_keys();
        for (key, value) in change.as_object().unwrap() {
            test[key] = value.clone();
        }
        let list = json!([{ "name": "good", "action": "list", "expect": "deny" }, test]);
        let found = refused(posts(&list), None);
        assert_eq!(
            found["ruleTests"]["1"][key]["code"], code,
            "{change}: {found}"
        );
    }
}

#[test]
fn an_attempt_that_makes_no_sense_is_refused_at_its_place() {
    refuse_each([
        (json!({ "name": null }), "name", "validation_required"),
        (json!({ "name": " " }), "name", "validation_required"),
        (json!({ "name": 5 }), "name", "validation_invalid_value"),
        (
            json!({ "name": "é".repeat(RULE_TEST_NAME_CHARS_MAX + 1) }),
            "name",
            "validation_length_too_long",
        ),
        (
            json!({ "action": "veiw" }),
            "action",
            "validation_in_invalid",
        ),
        (json!({ "action": null }), "action", "validation_in_invalid"),
        (
            json!({ "action": "manage", "visible": null }),
            "action",
            "validation_invalid_value",
        ),
        (
            json!({ "action": "create" }),
            "record",
            "validation_invalid_value",
        ),
        (
            json!({ "action": "delete", "record": null }),
            "record",
            "validation_required",
        ),
        (
            json!({ "record": null, "visible": null }),
            "record",
            "validation_required",
        ),
        (json!({ "record": 5 }), "record", "validation_invalid_value"),
        (
            json!({ "principal": "guest" }),
            "principal",
            "validation_invalid_value",
        ),
    ]);
}

#[test]
fn values_that_make_no_sense_are_refused_at_their_place() {
    refuse_each([
        (
            json!({ "principal": { "id": "x" } }),
            "principal",
            "validation_invalid_value",
        ),
        (
            json!({ "principal": { "id": "x", "collection": "y", "z": 1 } }),
            "principal",
            "validation_invalid_value",
        ),
        (json!({ "body": "x" }), "body", "validation_invalid_value"),
        (
            json!({ "body": { "x": "x".repeat(RULE_TEST_BYTES_MAX) } }),
            "body",
            "validation_length_too_long",
        ),
        (json!({ "query": [] }), "query", "validation_invalid_value"),
        (
            json!({ "headers": 1 }),
            "headers",
            "validation_invalid_value",
        ),
        (json!({ "expect": true }), "expect", "validation_in_invalid"),
        (json!({ "expect": null }), "expect", "validation_in_invalid"),
        (
            json!({ "visible": -1 }),
            "visible",
            "validation_invalid_value",
        ),
        (
            json!({ "action": "update" }),
            "visible",
            "validation_invalid_value",
        ),
        (
            json!({ "recrod": "x" }),
            "recrod",
            "validation_invalid_value",
        ),
    ]);
}

#[test]
fn lists_of_tests_have_limits() {
    let twice = refused(posts(&json!([all_keys(), all_keys()])), None);
    assert_eq!(
        twice["ruleTests"]["1"]["name"]["code"],
        "validation_not_unique"
    );
    let no_object = refused(posts(&json!([5])), None);
    assert_eq!(
        no_object["ruleTests"]["0"]["name"]["code"],
        "validation_invalid_value"
    );
    let many = |count: usize| {
        let test = |at| json!({ "name": format!("{at}"), "action": "list", "expect": "deny" });
        posts(&(0..count).map(test).collect())
    };
    assert_eq!(
        made(many(RULE_TESTS_MAX), None).rule_tests.len(),
        RULE_TESTS_MAX
    );
    let found = refused(many(RULE_TESTS_MAX + 1), None);
    assert_eq!(found["ruleTests"]["code"], "validation_length_too_long");
    assert!(read(posts(&json!("x")), None).is_err());
    let view = json!({ "name": "v", "type": "view", "viewQuery": "select 1 as id",
        "ruleTests": [all_keys()] });
    assert_eq!(
        refused(view, None)["ruleTests"]["code"],
        "validation_invalid_value"
    );
}
