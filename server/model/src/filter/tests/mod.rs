//! A collection with a field of every type and a few records, and what filters make of them.
//! The expected answers were given by the contract's own server.

mod errors;
mod evaluation;
mod joins;
mod properties;
mod requests;
mod rows;

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::{Audience, Environment, Filter, FilterError, NoRelated, Scope};
use crate::collection::{AuthOptions, Collection, CollectionKind, Collections, Rules};
use crate::field::Field;
use crate::id::{CollectionNumber, FieldNumber};
use crate::principal::{Identity, Principal, RequestFacts};
use crate::record::Record;
use crate::timestamp::Timestamp;
use crate::value::Value;

/// A leap day, a Thursday.
const NOW: Timestamp = Timestamp(1_709_215_445_678);

struct NoOthers;

impl Collections for NoOthers {
    fn find(&self, _: &str) -> Option<&Arc<Collection>> {
        None
    }
}

pub(crate) fn collection(
    name: &str,
    kind: CollectionKind,
    definitions: &[(&str, &str, Json)],
) -> Collection {
    let field = |(index, (name, kind, options)): (usize, &(&str, &str, Json))| {
        let mut map: Map<String, Json> = options.as_object().cloned().unwrap_or_default();
        map.insert("name".to_owned(), (*name).into());
        map.insert("type".to_owned(), (*kind).into());
        let number = FieldNumber(u16::try_from(index).unwrap() + 1);
        Field::from_json(&map, number).unwrap()
    };
    Collection {
        number: CollectionNumber(1),
        order: 1,
        revision: 1,
        id: format!("pbc_{name}"),
        name: name.to_owned(),
        system: false,
        kind,
        fields: definitions.iter().enumerate().map(field).collect(),
        rules: Rules {
            list: Some(String::new()),
            ..Rules::default()
        },
        rule_tests: Vec::new(),
        indexes: Vec::new(),
        created: Timestamp(0),
        updated: Timestamp(0),
        next_field_number: FieldNumber(100),
        pending_fields: Vec::new(),
        frozen: false,
    }
}

fn kit() -> Collection {
    let several = json!({"values": ["a", "b", "c", "x%y"], "maxSelect": 4});
    let one = json!({"values": ["a", "b", "c"], "maxSelect": 1});
    collection(
        "kit",
        CollectionKind::Base,
        &[
            ("id", "text", json!({"primaryKey": true})),
            ("title", "text", json!({})),
            ("n", "number", json!({})),
            ("b", "bool", json!({})),
            ("d", "date", json!({})),
            ("s1", "select", one),
            ("sm", "select", several),
            ("j", "json", json!({})),
            ("g", "geoPoint", json!({})),
            ("hid", "text", json!({"hidden": true})),
            ("pw", "password", json!({})),
            (
                "rel",
                "relation",
                json!({"collectionId": "pbc_kit", "maxSelect": 1}),
            ),
        ],
    )
}

fn members() -> Collection {
    let several = json!({"values": ["a", "b", "c"], "maxSelect": 3});
    collection(
        "members",
        CollectionKind::Auth(Box::new(AuthOptions::fresh(&mut |length| {
            "x".repeat(length)
        }))),
        &[
            ("id", "text", json!({"primaryKey": true})),
            ("password", "password", json!({"hidden": true})),
            ("tokenKey", "text", json!({"hidden": true})),
            ("email", "email", json!({})),
            ("emailVisibility", "bool", json!({})),
            ("verified", "bool", json!({})),
            ("title", "text", json!({})),
            ("n", "number", json!({})),
            ("sm", "select", several),
            ("j", "json", json!({})),
        ],
    )
}

fn records(collection: &Collection, rows: &[Json]) -> Vec<Record> {
    let record = |(index, row): (usize, &Json)| {
        let value = |field: &Field| match row.get(&field.name) {
            Some(submitted) => field.kind.cast(submitted),
            None => field.kind.zero(),
        };
        let values: Vec<(FieldNumber, Value)> = collection
            .fields
            .iter()
            .map(|field| (field.number, value(field)))
            .collect();
        let rowid = u64::try_from(index).unwrap() + 1;
        Record::build(
            rowid,
            1,
            values.iter().map(|(number, value)| (*number, value)),
        )
    };
    rows.iter().enumerate().map(record).collect()
}

fn kit_records(collection: &Collection) -> Vec<Record> {
    records(
        collection,
        &[
            json!({"id": "r1", "title": "Hello", "n": 1, "b": true, "s1": "a", "sm": ["a", "b"],
                "d": "2024-01-02 03:04:05.678Z", "g": {"lon": 10.5, "lat": -20}, "hid": "secret",
                "j": {"a": 1, "b": "x", "c": [1, "two", null, true, {"k": "v"}], "s": "5"}}),
            json!({"id": "r2", "title": "hello world", "n": -2.5, "sm": ["a"], "j": [1, 2, 3]}),
            json!({"id": "r3"}),
            json!({"id": "r4", "title": "5", "n": 5, "j": 5, "s1": "b", "sm": ["x%y", "c"]}),
            json!({"id": "r5", "title": "50% off_x", "n": 50, "j": "text",
                "d": "2025-06-07 08:09:10.000Z"}),
            json!({"id": "r6", "title": "ÄÖ", "n": 1e20, "j": true}),
            json!({"id": "r7", "title": "a\nb\"q'\\z", "n": 0.1, "j": 5}),
            json!({"id": "r8", "title": "5.0", "n": 1.5, "b": true}),
            json!({"id": "r9", "title": "%", "n": 100, "j": ""}),
        ],
    )
}

/// The ids of the records that a superuser's filter accepts, or why it is refused.
fn accepted(collection: &Collection, records: &[Record], filter: &str) -> String {
    let principal = Principal::System;
    let request = RequestFacts::default();
    let environment = Environment {
        now: NOW,
        principal: &principal,
        request: &request,
        related: &NoRelated,
    };
    match parse(collection, Audience::Superuser, filter) {
        Ok(filter) => ids(records, &filter, &environment),
        Err(error) => error.to_string(),
    }
}

fn parse(collection: &Collection, audience: Audience, filter: &str) -> Result<Filter, FilterError> {
    let principal = Principal::Guest;
    parse_for(&principal, collection, audience, filter)
}

fn parse_for(
    principal: &Principal,
    collection: &Collection,
    audience: Audience,
    filter: &str,
) -> Result<Filter, FilterError> {
    let caller = principal.identity().map(|identity| &*identity.collection);
    let scope = Scope {
        collection,
        collections: &NoOthers,
        audience,
        caller,
    };
    Filter::parse(filter, &scope)
}

fn ids(records: &[Record], filter: &Filter, environment: &Environment<'_>) -> String {
    let prepared = filter.prepare(environment);
    let accepted = records.iter().filter(|record| prepared.matches(*record));
    accepted.map(Record::id).collect::<Vec<_>>().join(" ")
}

fn identity(collection: Collection, row: Json) -> Arc<Identity> {
    let record = records(&collection, &[row]).remove(0);
    Arc::new(Identity {
        collection: Arc::new(collection),
        record,
        session: None,
        key: None,
    })
}
