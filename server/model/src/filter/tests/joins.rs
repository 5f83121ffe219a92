//! What filters see across relations. The expected answers were given by the contract's own server,
//! except where a client may not list what a path leads to.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::{NOW, collection, records};
use crate::collection::{Collection, CollectionKind, Collections};
use crate::filter::{Audience, Environment, Filter, Related, Scope};
use crate::id::{CollectionNumber, FieldNumber};
use crate::principal::{Principal, RequestFacts};
use crate::record::Record;
use crate::sort::Sort;

/// Posts with tags and a parent, and comments on posts.
#[derive(Debug)]
pub(super) struct World {
    collections: Vec<Arc<Collection>>,
    pub(super) records: BTreeMap<CollectionNumber, Vec<Record>>,
    /// How many records were asked for by id.
    pub(super) looked_up: Cell<usize>,
}

impl Collections for World {
    fn find(&self, name_or_id: &str) -> Option<&Arc<Collection>> {
        let named = |one: &&Arc<Collection>| one.name == name_or_id || one.id == name_or_id;
        self.collections.iter().find(named)
    }
}

impl Related for World {
    fn record(&self, collection: CollectionNumber, id: &str) -> Option<Record> {
        self.looked_up.set(self.looked_up.get() + 1);
        let records = self.records.get(&collection)?;
        records.iter().find(|record| record.id() == id).cloned()
    }

    fn referring(&self, collection: CollectionNumber, field: FieldNumber, id: &str) -> Vec<Record> {
        let names = |record: &&Record| {
            let value = record.value(field);
            value.is_some_and(|value| value.names().any(|name| name == id))
        };
        self.all(collection).iter().filter(names).cloned().collect()
    }

    fn all(&self, collection: CollectionNumber) -> Vec<Record> {
        self.records.get(&collection).cloned().unwrap_or_default()
    }

    /// The list rule of the comments is `who = "me"`.
    fn may_list(&self, collection: CollectionNumber, record: &Record) -> bool {
        collection == CollectionNumber(2) && record.text(FieldNumber(3)) == "me"
    }

    fn must_stop(&self) -> bool {
        false
    }
}

impl World {
    pub(super) fn new() -> Self {
        let relation = |target: &str, most: u32| json!({"collectionId": target, "maxSelect": most});
        let id = ("id", "text", json!({"primaryKey": true}));
        let letters = json!({"values": ["a", "b", "c"], "maxSelect": 3});
        let tags = [
            id.clone(),
            ("n", "text", json!({})),
            ("v", "number", json!({})),
        ];
        let mut comments = vec![
            id.clone(),
            ("n", "text", json!({})),
            ("who", "text", json!({})),
        ];
        comments.push(("k", "number", json!({})));
        comments.push(("post", "relation", relation("pbc_posts", 1)));
        let mut posts = vec![id, ("n", "text", json!({})), ("sm", "select", letters)];
        posts.push(("tags", "relation", relation("pbc_tags", 9)));
        posts.push(("tag", "relation", relation("pbc_tags", 1)));
        posts.push(("parent", "relation", relation("pbc_posts", 1)));
        let hidden = json!({"collectionId": "pbc_tags", "maxSelect": 1, "hidden": true});
        posts.push(("secret", "relation", hidden));
        posts.push(("j", "json", json!({})));
        let rows = [
            vec![
                json!({"id": "t0", "n": "t0", "v": 0}),
                json!({"id": "t1", "n": "t1", "v": 1}),
                json!({"id": "t2", "n": "t2", "v": 2}),
            ],
            vec![
                json!({"id": "c0", "n": "c0", "post": "p0", "who": "me", "k": 1}),
                json!({"id": "c1", "n": "c1", "post": "p0", "who": "you", "k": 2}),
                json!({"id": "c2", "n": "c2", "post": "p1", "who": "you", "k": 2}),
            ],
            vec![
                json!({"id": "p0", "n": "p0", "tags": ["t0", "t1"], "tag": "t0", "sm": ["a", "b"]}),
                json!({"id": "p1", "n": "p1", "tags": ["t2"], "tag": "t2", "sm": ["a"],
                    "parent": "p0", "secret": "t1"}),
                json!({"id": "p2", "n": "p2", "parent": "p1"}),
            ],
        ];
        let mut world = Self {
            collections: Vec::new(),
            records: BTreeMap::new(),
            looked_up: Cell::new(0),
        };
        let definitions = [
            ("tags", &tags[..]),
            ("comments", &comments),
            ("posts", &posts),
        ];
        for (number, ((name, fields), rows)) in (1..).zip(definitions.into_iter().zip(&rows)) {
            let mut made = collection(name, CollectionKind::Base, fields);
            made.number = CollectionNumber(number);
            if name == "comments" {
                made.rules.list = Some("who = \"me\"".to_owned());
            }
            world.records.insert(made.number, records(&made, rows));
            world.collections.push(Arc::new(made));
        }
        world
    }

    pub(super) fn posts(&self) -> (&Collection, Vec<Record>) {
        (&self.collections[2], self.all(CollectionNumber(3)))
    }

    pub(super) fn parse(&self, audience: Audience, filter: &str) -> Filter {
        Filter::parse(filter, &self.scope(audience))
            .unwrap_or_else(|error| panic!("{filter}: {error}"))
    }

    fn scope(&self, audience: Audience) -> Scope<'_> {
        Scope {
            collection: self.posts().0,
            collections: self,
            audience,
            caller: None,
        }
    }

    /// Calls back with the circumstances of a guest.
    pub(super) fn asked<R>(&self, ask: impl FnOnce(&Environment<'_>) -> R) -> R {
        let body = json!({"tag": "t1", "sm": ["a", "b"]});
        let request = RequestFacts {
            body: body.as_object().cloned().unwrap_or_default(),
            ..RequestFacts::default()
        };
        ask(&Environment {
            now: NOW,
            principal: &Principal::Guest,
            request: &request,
            related: self,
        })
    }

    fn accepted(&self, filter: &Filter) -> String {
        self.asked(|environment| super::ids(&self.posts().1, filter, environment))
    }
}

#[test]
fn paths_reach_what_relations_name() {
    let world = World::new();
    for (filter, expected) in [
        ("tag.n = \"t0\"", "p0"),
        ("tag.n != \"zzz\"", "p0 p1 p2"),
        ("tag.n = \"\"", "p2"),
        ("tag.v = 0", "p0"),
        ("tag.id != \"\"", "p0 p1"),
        ("parent.id <= \"\"", "p0"),
        ("parent.parent.id <= \"\"", "p1"),
        ("parent.id:lower <= \"\"", ""),
        ("tags.id <= \"\"", ""),
        ("parent.n = \"\"", "p0"),
        ("parent.parent.n = \"\"", "p0 p1"),
        ("parent.tags.n ?= \"t1\"", "p1"),
        ("tag.n:lower = \"t0\"", "p0"),
        ("parent.tags:length = 2", "p1"),
        ("parent.tags:length = 0", "p0"),
        ("posts_via_parent.n ?= \"p2\"", "p1"),
        ("comments_via_post.post.tags.n ?= \"t0\"", "p0"),
        ("geoDistance(tags.v, 0, 0, 0) < 100", "p0"),
        ("strftime(\"%Y\", tags.n) = \"\"", "p0 p1 p2"),
        ("n = \"p1\" || tag.n = \"t0\"", "p0 p1"),
    ] {
        let found = world.accepted(&world.parse(Audience::Superuser, filter));
        assert_eq!(found, expected, "{filter}");
    }
}

#[test]
fn several_values_are_all_asked_unless_one_is_enough() {
    let world = World::new();
    for (filter, expected) in [
        ("tags.n = \"t0\"", ""),
        ("tags.n ?= \"t0\"", "p0"),
        ("tags.n != \"t0\"", "p1 p2"),
        ("tags.n ?!= \"t0\"", "p0 p1 p2"),
        ("tags.n ~ \"t\"", "p0 p1"),
        ("tags.n = tags.n", "p1 p2"),
        ("tags.n ?= tags.n", "p0 p1 p2"),
        ("tags.n ?!= tags.n", ""),
        ("sm:each = \"a\"", "p1"),
        ("sm:each ?= \"b\"", "p0"),
        ("sm:each != \"b\"", "p1 p2"),
        ("@collection.comments.n = \"c0\"", ""),
        ("@collection.comments.n ?= \"c0\"", "p0 p1 p2"),
        ("@collection.comments.n ~ \"c\"", "p0 p1 p2"),
        ("@collection.comments.post = id", ""),
        ("@collection.comments.post ?= id", "p0 p1"),
        ("@request.body.sm:each ?= \"b\"", "p0 p1 p2"),
        ("@request.body.sm:each = \"b\"", ""),
        ("@request.body.tag.n = \"t1\"", "p0 p1 p2"),
        ("@request.body.tag.n = tag.n", ""),
        ("@request.body.tag.nope = \"\"", "p0 p1 p2"),
    ] {
        let found = world.accepted(&world.parse(Audience::Superuser, filter));
        assert_eq!(found, expected, "{filter}");
    }
}

/// In the condition itself they differ where one side is json; asked of all rows, only where the
/// side with several rows is.
#[test]
fn nothing_and_the_empty_text_beside_json() {
    let mut world = World::new();
    let rows = [
        json!({"id": "p0", "n": "p0", "parent": "p3"}),
        json!({"id": "p1", "n": "p1", "parent": "p3", "j": {"a": "x"}}),
        json!({"id": "p2", "parent": "p3", "tags": ["t0"]}),
        json!({"id": "p3", "n": "x", "j": ""}),
    ];
    let posts = records(world.posts().0, &rows);
    world.records.insert(CollectionNumber(3), posts);
    for (filter, expected) in [
        ("j != posts_via_parent.n", "p1"),
        ("posts_via_parent.n != j", "p1"),
        ("j ?!= posts_via_parent.n", "p1 p3"),
        ("j = posts_via_parent.n", "p0 p2"),
        ("posts_via_parent.j != n", "p0 p1 p2 p3"),
        ("posts_via_parent.j.a != n", "p0 p1 p2"),
        ("parent.j != posts_via_parent.n", ""),
    ] {
        let found = world.accepted(&world.parse(Audience::Superuser, filter));
        assert_eq!(found, expected, "{filter}");
    }
}

#[test]
fn a_submitted_relation_without_an_id_is_a_constant() {
    let world = World::new();
    for (filter, expected) in [
        ("@request.body.parent.j.a = \"\"", "p0 p1 p2"),
        ("@request.body.parent.j.a != \"\"", ""),
        ("@request.body.parent.j != n", "p0 p1 p2"),
        ("@request.body.parent.tags:length = 0", ""),
        ("@request.body.parent.tags:length = \"\"", "p0 p1 p2"),
        ("@request.body.tags.n = \"\"", "p0 p1 p2"),
        ("@request.body.tags.n > \"\"", ""),
        // One was submitted that leads nowhere: a path to nothing, and json beside nothing.
        ("@request.body.secret.n = \"\"", "p0 p1 p2"),
        ("@request.body.tag.v = 1", "p0 p1 p2"),
    ] {
        let found = world.accepted(&world.parse(Audience::Superuser, filter));
        assert_eq!(found, expected, "{filter}");
    }
}

#[test]
fn one_path_speaks_of_one_row() {
    let world = World::new();
    for (filter, expected) in [
        ("sm:each ?= \"a\" && sm:each ?= \"b\"", ""),
        ("tags.n ?= \"t0\" && tags.v ?= 1", ""),
        ("tags.n ?= \"t0\" && tags.v ?= 0", "p0"),
        ("tags:each ?= \"t0\" && tags.n ?= \"t1\"", ""),
        ("tags:each ?= \"t0\" && tags.n ?= \"t0\"", "p0"),
        ("tags.n ?= \"t0\" || tags.v ?= 2", "p0 p1"),
        (
            "comments_via_post.who ?= \"me\" && comments_via_post.k ?= 2",
            "",
        ),
        (
            "comments_via_post.who ?= \"me\" && comments_via_post.k ?= 1",
            "p0",
        ),
        (
            "@collection.tags.n ?= \"t0\" && @collection.tags.n ?= \"t1\"",
            "",
        ),
        (
            "@collection.tags:x.n ?= \"t0\" && @collection.tags:y.n ?= \"t1\"",
            "p0 p1 p2",
        ),
        (
            "@collection.posts.id ?= id && @collection.posts.n ?= \"p0\"",
            "p0",
        ),
        (
            "@collection.posts.id ?= parent && @collection.posts.n ?= \"p0\"",
            "p1",
        ),
    ] {
        let found = world.accepted(&world.parse(Audience::Superuser, filter));
        assert_eq!(found, expected, "{filter}");
    }
    // A rule and a filter that go the same way speak of the same row too.
    let rule = world.parse(Audience::Rule, "tags.n ?= \"t0\"");
    for (filter, expected) in [
        ("tags.v ?= 0", "p0"),
        ("tags.v ?= 1", ""),
        ("n = \"p0\"", "p0"),
    ] {
        let both = rule.and(filter, &world.scope(Audience::Client)).unwrap();
        assert_eq!(world.accepted(&both), expected, "{filter}");
    }
}

#[test]
fn a_client_sees_only_what_it_may_list() {
    let world = World::new();
    for (filter, client, rule) in [
        ("comments_via_post.who ?= \"you\"", "", "p0 p1"),
        ("comments_via_post.who = \"me\"", "p0", ""),
        ("comments_via_post.who != \"you\"", "p0 p1 p2", "p2"),
        ("comments_via_post.n = \"\"", "p1 p2", "p2"),
        ("comments_via_post.k ?= 2", "", "p0 p1"),
    ] {
        for (audience, expected) in [(Audience::Client, client), (Audience::Rule, rule)] {
            let found = world.accepted(&world.parse(audience, filter));
            assert_eq!(found, expected, "{audience:?} {filter}");
        }
    }
    let refused = |filter: &str| {
        let error = Filter::parse(filter, &world.scope(Audience::Client)).unwrap_err();
        (error.position, error.message)
    };
    assert_eq!(
        refused("secret.n = 1"),
        (1, "unknown field \"secret\"".to_owned())
    );
    assert_eq!(
        refused("tag.posts_via_secret.n = 1"),
        (5, "\"posts\" has no relation field \"secret\"".to_owned())
    );
    assert!(Filter::parse("secret.n = 1", &world.scope(Audience::Rule)).is_ok());
}

#[test]
fn sorts_across_relations_go_by_the_first_value() {
    let world = World::new();
    for (sort, expected) in [
        ("tag.n", "p2 p0 p1"),
        ("-tag.n", "p1 p0 p2"),
        ("tags.v", "p2 p0 p1"),
        ("-parent.n", "p2 p1 p0"),
        ("comments_via_post.n,-n", "p2 p0 p1"),
        ("tags:length,n", "p2 p1 p0"),
    ] {
        let parsed = Sort::parse(sort, &world.scope(Audience::Superuser)).unwrap();
        assert!(parsed.looks_up() || sort.starts_with("tags:length"));
        let mut posts = world.posts().1;
        world.asked(|environment| {
            let prepared = parsed.prepare(environment, 0);
            posts.sort_by(|left, right| prepared.compare(left, right));
        });
        let ids: Vec<_> = posts.iter().map(Record::id).collect();
        assert_eq!(ids.join(" "), expected, "{sort}");
    }
}

#[test]
fn every_name_is_mentioned_where_it_stands() {
    let world = World::new();
    let text = "tag.n = 1 && comments_via_post.who = @collection.tags:x.n && @request.body.n = 1";
    let filter = world.parse(Audience::Rule, text);
    let mentions: Vec<_> = filter
        .mentions()
        .iter()
        .map(|mention| {
            (
                mention.position,
                mention.written.as_str(),
                mention.collection.0,
            )
        })
        .collect();
    let expected = [
        (1, "tag", 3),
        (5, "n", 1),
        (14, "comments", 2),
        (27, "post", 2),
        (32, "who", 2),
        (50, "tags", 1),
        (57, "n", 1),
        (76, "n", 3),
    ];
    assert_eq!(mentions, expected);
    for (position, written, _) in mentions {
        let found: String = text
            .chars()
            .skip(position - 1)
            .take(written.len())
            .collect();
        assert_eq!(found, written);
    }
}
