//! Expanding over a whole engine: the same with and without the mirror, and bounded.

use luge_model::expand::Expand;
use luge_model::limits::{BACK_RELATION_RECORDS_MAX, EXPANDED_RECORDS_MAX};

use super::*;
use crate::query::Page;

/// A collection `nodes` whose records lead to each other, and `notes` that lead to nodes.
async fn nodes(engine: &Engine) {
    let nodes = json!({"name": "nodes", "type": "base", "fields": [
        {"name": "name", "type": "text"}, {"name": "data", "type": "json", "maxSize": 9_000_000},
    ]});
    let catalog = &engine.catalog;
    let made = catalog.create(&system(), &body(nodes)).await.unwrap();
    let mut fields = made.to_json()["fields"].clone();
    let next =
        json!({"name": "next", "type": "relation", "collectionId": made.id, "maxSelect": 99});
    fields.as_array_mut().unwrap().push(next);
    let changed = body(json!({ "fields": fields }));
    catalog.update(&system(), "nodes", &changed).await.unwrap();
    let notes = json!({"name": "notes", "type": "base", "fields": [
        {"name": "name", "type": "text"},
        {"name": "node", "type": "relation", "collectionId": made.id},
    ]});
    catalog.create(&system(), &body(notes)).await.unwrap();
}

fn node(number: usize) -> String {
    format!("node{number:011}")
}

/// `count` nodes, each of which leads to all of them.
async fn clique(engine: &Engine, count: usize) {
    let all: Vec<String> = (0..count).map(node).collect();
    for id in &all {
        let values = json!({"id": id, "name": id});
        create(engine, "nodes", values).await.unwrap();
    }
    for id in &all {
        let next = body(json!({ "next": all }));
        let records = &engine.records;
        records.update(&system(), "nodes", id, next).await.unwrap();
    }
}

fn expanded(engine: &Engine, collection: &str, expand: &str) -> Result<Page<View>> {
    let expand = Expand::parse(expand).unwrap();
    let request = ListRequest::default();
    let mut page = engine.records.list(&system(), collection, &request)?;
    engine.records.expand(&system(), &expand, &mut page.items)?;
    Ok(page)
}

fn views(engine: &Engine, collection: &str, expand: &str) -> Vec<Json> {
    let page = expanded(engine, collection, expand).unwrap();
    page.items.iter().map(shown).collect()
}

#[test]
fn expanded_lists_are_the_same_from_the_mirror_and_from_the_store() {
    let answers = [0, 1 << 20].map(|mirror_bytes| {
        let engine = engine(mirror_bytes);
        runtime().block_on(async {
            nodes(&engine).await;
            clique(&engine, 4).await;
            for number in 0..40_usize {
                // Ids in an order that is not that of insertion.
                let id = format!("note{:011}", (number * 7) % 40);
                let values = json!({"id": id, "name": number, "node": node(number % 4)});
                create(&engine, "notes", values).await.unwrap();
            }
            let note = format!("note{:011}", 7);
            let moved = body(json!({"node": node(3)}));
            let records = &engine.records;
            records
                .update(&system(), "notes", &note, moved)
                .await
                .unwrap();
            let gone = format!("note{:011}", 28);
            records.delete(&system(), "notes", &gone).await.unwrap();
        });
        let paths = [
            "node",
            "node.next",
            "node.notes_via_node.node",
            "node.next.notes_via_node,node.notes_via_node",
        ];
        let lists = paths.map(|path| views(&engine, "notes", path));
        (lists, views(&engine, "nodes", "notes_via_node,next"))
    });
    let [from_store, from_mirror] = answers;
    assert_eq!(from_store, from_mirror);
    let (_, nodes) = from_mirror;
    let names = |node: usize| {
        let notes = nodes[node]["expand"]["notes_via_node"].as_array();
        let notes = notes.unwrap().iter();
        let names = notes.map(|note| note["name"].as_str().unwrap().parse::<usize>().unwrap());
        names.collect::<Vec<_>>()
    };
    // In insertion order, with the one that was moved (1) and without the one that is gone (4).
    assert_eq!(names(0), [0, 8, 12, 16, 20, 24, 28, 32, 36]);
    assert_eq!(names(1), [5, 9, 13, 17, 21, 25, 29, 33, 37]);
    assert_eq!(names(3), [1, 3, 7, 11, 15, 19, 23, 27, 31, 35, 39]);
}

#[test]
fn what_grows_without_end_is_refused_before_it_is_written() {
    let engine = engine(1 << 20);
    runtime().block_on(async {
        nodes(&engine).await;
        clique(&engine, 20).await;
    });
    // 20 records on the page, and 20 from each of those of the level before.
    let page = expanded(&engine, "nodes", "next.next").unwrap();
    assert_eq!(page.items[3].expanded_size().records, 20 + 20 * 20);
    let json = shown(&page.items[3]);
    assert_eq!(
        json["expand"]["next"][7]["expand"]["next"][9]["name"],
        node(9)
    );
    for path in ["next.next.next.next", "next.next.next.next.next.next"] {
        let refused = expanded(&engine, "nodes", path).map(drop);
        let Err(Error::BadQuery(message)) = refused else {
            panic!("{path}: {refused:?}");
        };
        assert!(
            message.contains(&EXPANDED_RECORDS_MAX.to_string()),
            "{message}"
        );
    }
}

#[test]
fn large_records_that_are_written_often_are_refused() {
    let engine = engine(1 << 26);
    runtime().block_on(async {
        nodes(&engine).await;
        let large = json!({"id": node(0), "data": "x".repeat(4_000_000)});
        create(&engine, "nodes", large).await.unwrap();
        for number in 0..18 {
            let note = json!({"name": number, "node": node(0)});
            create(&engine, "notes", note).await.unwrap();
        }
    });
    let refused = expanded(&engine, "notes", "node").map(drop);
    assert!(
        matches!(&refused, Err(Error::BadQuery(message)) if message.contains("64 MiB")),
        "{refused:?}"
    );
    assert_eq!(views(&engine, "notes", "nothing").len(), 18);
}

#[test]
fn a_back_relation_shows_its_first_records() {
    for mirror_bytes in [0, 1 << 24] {
        let engine = engine(mirror_bytes);
        runtime().block_on(async {
            nodes(&engine).await;
            create(&engine, "nodes", json!({"id": node(0)}))
                .await
                .unwrap();
            for number in 0..BACK_RELATION_RECORDS_MAX + 3 {
                let note = json!({"name": number.to_string(), "node": node(0)});
                create(&engine, "notes", note).await.unwrap();
            }
        });
        let nodes = views(&engine, "nodes", "notes_via_node");
        let notes = nodes[0]["expand"]["notes_via_node"].as_array().unwrap();
        assert_eq!(notes.len(), BACK_RELATION_RECORDS_MAX);
        let in_order = |(position, note): (usize, &Json)| {
            let name = note["name"].as_str().unwrap();
            name.parse() == Ok(position)
        };
        assert!(notes.iter().enumerate().all(in_order));
    }
}
