//! Tests of definitions: reading, laying over, showing, storing. What is refused is tested with
//! the other collections around, in the engine's catalog.

use serde_json::{Value as Json, json};

use super::*;
use crate::field::Field;

mod bodies;
mod refusals;
mod rule_tests;
mod searching;

/// The collections around the one under test.
struct Others(Vec<Arc<Collection>>);

impl Collections for Others {
    fn find(&self, name_or_id: &str) -> Option<&Arc<Collection>> {
        self.0
            .iter()
            .find(|one| one.id == name_or_id || one.name == name_or_id)
    }
}

fn read(body: Json, before: Option<&Collection>) -> Result<Draft, Malformed> {
    let Json::Object(body) = body else {
        panic!("an object")
    };
    let others = Others(Vec::new());
    let submission = Submission {
        body: &body,
        before,
        surroundings: Surroundings {
            collections: &others,
            all: &others.0,
        },
        now: Timestamp(1_790_000_000_000),
        draw: &mut |length| "s".repeat(length),
    };
    submission.read()
}

fn made(body: Json, before: Option<&Collection>) -> Collection {
    let others = Others(Vec::new());
    let surroundings = Surroundings {
        collections: &others,
        all: &others.0,
    };
    let checked = read(body, before).unwrap().check(before, surroundings);
    checked.unwrap_or_else(|found| panic!("{}", Json::Object(found.to_json())))
}

fn refused(body: Json, before: Option<&Collection>) -> Json {
    let others = Others(Vec::new());
    let surroundings = Surroundings {
        collections: &others,
        all: &others.0,
    };
    let found = read(body, before)
        .unwrap()
        .check(before, surroundings)
        .unwrap_err();
    Json::Object(found.to_json())
}

/// The shown form without what differs from run to run.
fn shown(collection: &Collection) -> String {
    let mut object = collection.to_json();
    for key in ["created", "updated"] {
        assert!(object.insert(key.to_owned(), json!("T")).is_some());
    }
    for template in [
        "verificationTemplate",
        "resetPasswordTemplate",
        "confirmEmailChangeTemplate",
    ] {
        if object.contains_key(template) {
            object.insert(template.to_owned(), json!({ "subject": "…", "body": "…" }));
        }
    }
    for holder in ["authAlert", "otp"] {
        if let Some(holder) = object.get_mut(holder) {
            holder["emailTemplate"] = json!({ "subject": "…", "body": "…" });
        }
    }
    Json::Object(object).to_string()
}

fn names(collection: &Collection) -> Vec<(&str, u16)> {
    collection
        .fields
        .iter()
        .map(|field| (field.name.as_str(), field.number.0))
        .collect()
}

#[test]
fn a_base_collection_is_shown_as_in_the_contract() {
    let body =
        json!({ "name": "demo", "type": "base", "fields": [{ "name": "title", "type": "text" }] });
    assert_eq!(
        shown(&made(body, None)),
        include_str!("shown/base.json").trim_end()
    );
}

#[test]
fn an_auth_collection_is_shown_as_in_the_contract_and_without_secrets() {
    let collection = made(json!({ "name": "members", "type": "auth" }), None);
    let text = shown(&collection);
    assert_eq!(text, include_str!("shown/auth.json").trim_end());
    assert_eq!(
        collection.auth().unwrap().auth_token.secret.reveal(),
        "s".repeat(50)
    );
}

#[test]
fn the_templates_have_the_placeholders_of_the_contract() {
    let collection = made(json!({ "name": "members", "type": "auth" }), None);
    let options = collection.auth().unwrap();
    assert!(options.otp.email_template.body.contains("{OTP}"));
    assert!(
        options
            .auth_alert
            .email_template
            .body
            .contains("{ALERT_INFO}")
    );
    for ((_, template), page) in options.templates().into_iter().zip([
        "confirm-verification",
        "confirm-password-reset",
        "confirm-email-change",
    ]) {
        assert!(
            template
                .body
                .contains(&format!("{{APP_URL}}/_/#/auth/{page}/{{TOKEN}}\""))
        );
        assert!(template.subject.contains("{APP_NAME}"));
    }
}

#[test]
fn the_view_scaffold_is_that_of_the_contract() {
    let scaffold = |type_name| Collection::scaffold(type_name, &mut |_| String::new()).unwrap();
    let view = Json::Object(scaffold("view").collection.to_json()).to_string();
    assert_eq!(view, include_str!("shown/view.json").trim_end());
    assert!(Collection::scaffold("table", &mut |_| String::new()).is_err());
}

#[test]
fn the_stored_form_gives_the_same_collection_back() {
    let bodies = [
        json!({ "name": "demo", "listRule": "", "viewRule": "id = 'x'", "fields": [
            { "name": "title", "type": "text", "default": "new" },
            { "name": "tags", "type": "select", "values": ["a", "b"], "maxSelect": 2 },
        ], "indexes": ["create unique index i on demo (title collate nocase)"] }),
        json!({ "name": "members", "type": "auth", "oauth2": { "enabled": true, "providers": [
            { "name": "github", "clientId": "a", "clientSecret": "keep-me", "pkce": true },
        ] } }),
        json!({ "name": "report", "type": "view", "viewQuery": "select id from demo" }),
    ];
    for body in bodies {
        let mut collection = made(body, None);
        for (number, index) in (7..).zip(&mut collection.indexes) {
            index.number.0 = number;
        }
        let stored = collection.to_stored();
        let text = stored.to_string();
        let back = Collection::from_stored(&serde_json::from_str(&text).unwrap(), 3).unwrap();
        assert_eq!(back.to_stored(), stored);
        assert_eq!(back.indexes, collection.indexes);
        assert_eq!(back.revision, 3);
        assert!(
            !Json::Object(collection.to_json())
                .to_string()
                .contains("keep-me")
        );
    }
}

#[test]
fn a_damaged_definition_names_the_part() {
    let stored = made(json!({ "name": "demo" }), None).to_stored();
    let broken = |change: fn(&mut Json)| {
        let mut stored = stored.clone();
        change(&mut stored);
        Collection::from_stored(&stored, 1).unwrap_err().to_string()
    };
    assert_eq!(broken(|json| *json = json!([])), "definition is missing");
    assert_eq!(
        broken(|json| json["number"] = json!("x")),
        "number: invalid type: string \"x\", expected u32"
    );
    assert_eq!(
        broken(|json| json["fieldNumbers"] = json!([])),
        "fields and their numbers differ in length"
    );
    assert_eq!(
        broken(|json| json["definition"]["type"] = json!("x")),
        "unknown type \"x\""
    );
    assert_eq!(
        broken(|json| json["definition"]["name"] = json!(1)),
        "name is not a text"
    );
    assert!(
        broken(|json| json["definition"]["fields"][0]["type"] = json!("x")).starts_with("field: ")
    );
}

#[test]
fn fields_keep_their_numbers_by_id() {
    let text = |name: &str| json!({ "name": name, "type": "text" });
    let body = json!({ "name": "demo", "fields": [text("a"), text("b")] });
    let first = made(body, None);
    assert_eq!(names(&first), [("id", 1), ("a", 2), ("b", 3)]);
    let id = first.field("a").unwrap().id.clone();
    let moved = json!({ "id": id, "name": "z", "type": "text" });
    let renamed = made(json!({ "fields": [moved, text("a")] }), Some(&first));
    assert_eq!(names(&renamed), [("id", 1), ("z", 2), ("a", 4)]);
    // The id that the new field would have derived is taken by the renamed one.
    assert_eq!(renamed.field("a").unwrap().id, format!("{id}2"));
    let again = made(
        json!({ "fields": [{ "name": "b", "type": "text" }] }),
        Some(&renamed),
    );
    assert_eq!(names(&again), [("id", 1), ("b", 5)]);
}

#[test]
fn a_change_between_single_and_multiple_takes_a_new_number() {
    let select = |max: u32| {
        let values = json!(["a", "b", "c", "d", "e"]);
        let field = json!({ "name": "s", "type": "select", "values": values, "maxSelect": max });
        json!({ "name": "demo", "fields": [field] })
    };
    let single = made(select(1), None);
    assert_eq!(
        names(&made(select(0), Some(&single))),
        [("id", 1), ("s", 2)]
    );
    let multiple = made(select(2), Some(&single));
    assert_eq!(names(&multiple), [("id", 1), ("s", 3)]);
    assert_eq!(
        names(&made(select(5), Some(&multiple))),
        [("id", 1), ("s", 3)]
    );
}

#[test]
fn order_and_system_fields_follow_the_contract() {
    let order = |collection: &Collection| {
        collection
            .fields
            .iter()
            .map(|field| field.name.clone())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let auth = |fields: Json| {
        made(
            json!({ "name": "m", "type": "auth", "fields": fields }),
            None,
        )
    };
    let own = auth(json!([{ "name": "x", "type": "text" }]));
    assert_eq!(
        order(&own),
        "id x password tokenKey email emailVisibility verified"
    );
    let sent = auth(json!([{ "name": "x", "type": "text" }, { "name": "id", "type": "text" }]));
    assert_eq!(
        order(&sent),
        "x id password tokenKey email emailVisibility verified"
    );
    let forced = auth(json!([
        { "name": "email", "type": "email", "hidden": true, "required": false },
        { "name": "password", "type": "password", "hidden": false, "min": 3, "system": false },
    ]));
    assert_eq!(
        order(&forced),
        "id email password tokenKey emailVisibility verified"
    );
    let flags = |field: &Field| (field.system, field.hidden, field.required);
    assert_eq!(flags(forced.field("email").unwrap()), (true, false, false));
    assert_eq!(flags(forced.field("password").unwrap()), (true, true, true));
    let id = made(
        json!({ "name": "b", "fields": [{ "name": "id", "type": "text", "system": false }] }),
        None,
    );
    assert_eq!(flags(id.field("id").unwrap()), (true, false, true));
}

#[test]
fn nested_options_merge_and_secrets_stay() {
    let first = made(
        json!({ "name": "m", "type": "auth", "oauth2": { "providers": [
            { "name": "google", "clientId": "a", "clientSecret": "b", "extra": { "x": 1 } },
        ] } }),
        None,
    );
    let second = made(
        json!({ "otp": { "length": 6 }, "authToken": { "duration": 60 },
            "oauth2": { "providers": [{ "name": "google", "clientId": "c" }] } }),
        Some(&first),
    );
    let (old, new) = (first.auth().unwrap(), second.auth().unwrap());
    assert_eq!((new.otp.length, new.otp.duration), (6, 180));
    assert_eq!(new.auth_token.duration, 60);
    assert_eq!(new.auth_token.secret, old.auth_token.secret);
    let provider = &new.oauth2.providers[0];
    assert_eq!(provider.client_id, "c");
    assert_eq!(provider.client_secret.reveal(), "b");
    assert_eq!(json!(provider.extra), json!({ "x": 1 }));
    assert_eq!(format!("{:?}", provider.client_secret), "Secret(hidden)");
}

#[test]
fn another_auth_rule_signs_everyone_out() {
    let first = made(
        json!({ "name": "m", "type": "auth", "authToken": { "secret": "x".repeat(40) } }),
        None,
    );
    let secret = |collection: &Collection| collection.auth().unwrap().auth_token.secret.clone();
    let same = made(json!({ "authRule": "" }), Some(&first));
    assert_eq!(secret(&same), secret(&first));
    let other = made(json!({ "authRule": null }), Some(&first));
    assert_ne!(secret(&other), secret(&first));
}
