//! Three collections that lead to one another, and a few records of theirs.

use luge_model::collection::{AuthOptions, Collection, CollectionKind, Collections, Rules};
use luge_model::field::Field;
use luge_model::filter::{Audience, Environment, Related, Scope};
use luge_model::id::{CollectionNumber, FieldNumber};
use luge_model::principal::{Identity, Principal, RequestFacts};
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use luge_model::value::Value;
use serde_json::{Map, Value as Json, json};
use std::cell::Cell;
use std::sync::Arc;

/// A leap day, a Thursday.
const NOW: Timestamp = Timestamp(1_709_215_445_678);

/// How many look-ups one text may cause; the server has a budget of the same kind.
const LOOK_UPS: u32 = 2_000;

/// What the texts are about.
#[derive(Debug)]
pub(crate) struct World {
    collections: Vec<Arc<Collection>>,
    records: Vec<Vec<Record>>,
    user: Principal,
    request: RequestFacts,
    look_ups: Cell<u32>,
}

impl World {
    /// Posts, which refer to posts and people, and people, who sign in.
    pub(crate) fn new() -> Self {
        let posts = collection(1, "posts", CollectionKind::Base, &post_fields());
        let options = AuthOptions::fresh(&mut |length| "x".repeat(length));
        let people = CollectionKind::Auth(Box::new(options));
        let people = collection(2, "people", people, &people_fields());
        let records = vec![
            records(&posts, &post_rows()),
            records(&people, &people_rows()),
        ];
        let collections = vec![Arc::new(posts), Arc::new(people)];
        let user = Identity {
            collection: Arc::clone(&collections[1]),
            record: records[1][0].clone(),
            session: None,
            key: None,
        };
        let mut request = RequestFacts {
            method: "PATCH".to_owned(),
            ..RequestFacts::default()
        };
        request.query.insert("a".to_owned(), "1".to_owned());
        request.headers.insert("b".to_owned(), "two".to_owned());
        request.body = object(json!({"title": "new", "n": 3, "some": ["a"], "author": "u1"}));
        Self {
            collections,
            records,
            user: Principal::User(Arc::new(user)),
            request,
            look_ups: Cell::new(0),
        }
    }

    /// What a text of somebody may name.
    pub(crate) fn scope(&self, audience: Audience) -> Scope<'_> {
        Scope {
            collection: &self.collections[0],
            collections: self,
            audience,
            caller: Some(&self.collections[1]),
        }
    }

    /// What a text is evaluated with; the budget begins anew.
    pub(crate) fn environment(&self) -> Environment<'_> {
        self.look_ups.set(0);
        Environment {
            now: NOW,
            principal: &self.user,
            request: &self.request,
            related: self,
        }
    }

    /// The records that are filtered and sorted.
    pub(crate) fn posts(&self) -> &[Record] {
        &self.records[0]
    }

    fn of(&self, collection: CollectionNumber) -> &[Record] {
        self.look_ups.set(self.look_ups.get() + 1);
        let at = self
            .collections
            .iter()
            .position(|known| known.number == collection);
        at.map_or(&[], |at| &self.records[at])
    }
}

impl Collections for World {
    fn find(&self, wanted: &str) -> Option<&Arc<Collection>> {
        let mut all = self.collections.iter();
        all.find(|known| known.id == wanted || known.name.eq_ignore_ascii_case(wanted))
    }
}

impl Related for World {
    fn record(&self, collection: CollectionNumber, id: &str) -> Option<Record> {
        let mut records = self.of(collection).iter();
        records.find(|record| record.id() == id).cloned()
    }

    fn referring(&self, collection: CollectionNumber, field: FieldNumber, id: &str) -> Vec<Record> {
        let refers = |record: &&Record| {
            let value = record.value(field);
            value.is_some_and(|value| value.names().any(|name| name == id))
        };
        self.of(collection).iter().filter(refers).cloned().collect()
    }

    fn all(&self, collection: CollectionNumber) -> Vec<Record> {
        self.of(collection).to_vec()
    }

    fn may_list(&self, _: CollectionNumber, record: &Record) -> bool {
        record.rowid() != 2
    }

    fn must_stop(&self) -> bool {
        self.look_ups.get() > LOOK_UPS
    }
}

type Definitions = Vec<(&'static str, &'static str, Json)>;

fn post_fields() -> Definitions {
    let relation = |name, target: &str, most: u32| {
        let options = json!({"collectionId": target, "maxSelect": most});
        (name, "relation", options)
    };
    let letters = |most: u32| json!({"values": ["a", "b", "c"], "maxSelect": most});
    vec![
        ("id", "text", json!({"primaryKey": true})),
        ("title", "text", json!({})),
        ("n", "number", json!({})),
        ("flag", "bool", json!({})),
        ("day", "date", json!({})),
        ("one", "select", letters(1)),
        ("some", "select", letters(3)),
        ("data", "json", json!({})),
        ("place", "geoPoint", json!({})),
        ("hidden", "text", json!({"hidden": true})),
        relation("parent", "pbc_posts", 1),
        relation("others", "pbc_posts", 9),
        relation("author", "pbc_people", 1),
    ]
}

fn people_fields() -> Definitions {
    vec![
        ("id", "text", json!({"primaryKey": true})),
        ("password", "password", json!({"hidden": true})),
        ("tokenKey", "text", json!({"hidden": true})),
        ("email", "email", json!({})),
        ("emailVisibility", "bool", json!({})),
        ("verified", "bool", json!({})),
        ("title", "text", json!({})),
    ]
}

fn post_rows() -> Vec<Json> {
    vec![
        json!({"id": "p1", "title": "Hello", "n": 1, "flag": true, "one": "a", "some": ["a", "b"],
            "day": "2024-01-02 03:04:05.678Z", "place": {"lon": 10.5, "lat": -20}, "author": "u1",
            "data": {"a": 1, "b": [1, "x", null, {"a": "v"}]}, "others": ["p2", "p3"]}),
        json!({"id": "p2", "title": "50% off_x", "n": -2.5, "data": [1, 2], "parent": "p1"}),
        json!({"id": "p3", "title": "ÄÖ\n\"'\\", "n": 1e20, "data": "text", "parent": "p2",
            "author": "u2", "hidden": "secret"}),
        json!({"id": "p4"}),
    ]
}

fn people_rows() -> Vec<Json> {
    vec![
        json!({"id": "u1", "email": "a@example.com", "emailVisibility": true, "title": "A"}),
        json!({"id": "u2", "email": "b@example.com", "verified": true, "title": ""}),
    ]
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

fn collection(
    number: u32,
    name: &str,
    kind: CollectionKind,
    definitions: &[(&str, &str, Json)],
) -> Collection {
    let field = |(number, (name, kind, options)): (u16, &(&str, &str, Json))| {
        let mut map = object(options.clone());
        map.insert("name".to_owned(), (*name).into());
        map.insert("type".to_owned(), (*kind).into());
        let field = Field::from_json(&map, FieldNumber(number));
        field.unwrap_or_else(|violations| panic!("{name}: {violations:?}"))
    };
    let open = Some(String::new());
    Collection {
        number: CollectionNumber(number),
        order: number,
        revision: 1,
        id: format!("pbc_{name}"),
        name: name.to_owned(),
        system: false,
        kind,
        fields: (1..).zip(definitions).map(field).collect(),
        rules: Rules {
            list: open.clone(),
            view: open,
            ..Rules::default()
        },
        indexes: Vec::new(),
        rule_tests: Vec::new(),
        created: Timestamp(0),
        updated: Timestamp(0),
        next_field_number: FieldNumber(100),
        pending_fields: Vec::new(),
        frozen: false,
    }
}

fn records(collection: &Collection, rows: &[Json]) -> Vec<Record> {
    let record = |(rowid, row): (u64, &Json)| {
        let value = |field: &Field| match row.get(&field.name) {
            Some(submitted) => field.kind.cast(submitted),
            None => field.kind.zero(),
        };
        let fields = collection.fields.iter();
        let values: Vec<(FieldNumber, Value)> =
            fields.map(|field| (field.number, value(field))).collect();
        let values = values.iter().map(|(number, value)| (*number, value));
        Record::build(rowid, 1, values)
    };
    (1..).zip(rows).map(record).collect()
}
