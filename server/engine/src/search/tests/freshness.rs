//! The index follows the records, whatever happens to them, to their definition and to itself.

use std::slice::from_ref;

use luge_model::limits::SEARCH_SMALL_SEGMENTS;

use super::*;

fn words() -> Json {
    json!({ "fields": { "text": {} } })
}

#[test]
fn changes_are_seen_and_nothing_of_before_is_found() {
    let world = World::new();
    world.posts(&["text"], &words());
    world.make_posts(&["first words", "second words"]);
    assert_eq!(world.numbers("words"), [0, 1]);
    let id = format!("{:015}", 0);
    let changed = object(json!({ "text": "other things" }));
    wait(
        world
            .engine
            .records
            .update(&system(), "posts", &id, changed),
    )
    .unwrap();
    // Before the index knows: what it has is not believed.
    let request = ListRequest {
        search: "first".to_owned(),
        ..ListRequest::default()
    };
    let page = world.list(&guest(), "posts", &request).unwrap();
    assert!(page.items.is_empty() && page.total_items == Some(0));
    assert_eq!(world.numbers("things"), [0]);
    assert_eq!(world.numbers("words"), [1]);
    let id = format!("{:015}", 1);
    wait(world.engine.records.delete(&system(), "posts", &id)).unwrap();
    let request = ListRequest {
        search: "second".to_owned(),
        ..ListRequest::default()
    };
    let page = world.list(&guest(), "posts", &request).unwrap();
    assert!(page.items.is_empty() && page.total_items == Some(0));
    assert_eq!(world.numbers("words"), Vec::<usize>::new());
}

#[test]
fn small_segments_become_one_that_is_seen_without_another_write() {
    let world = World::new();
    world.posts(&["text"], &words());
    for number in 0..SEARCH_SMALL_SEGMENTS {
        let id = format!("{number:015}");
        world.make(
            "posts",
            json!({ "id": id, "text": format!("words {number}") }),
        );
        // Which waits for a commit of the index.
        assert_eq!(world.numbers("words").len(), number + 1);
    }
    let begun = Instant::now();
    let segments = || {
        world
            .engine
            .search
            .0
            .view
            .load_full()
            .unwrap()
            .segments
            .len()
    };
    while segments() > 1 {
        assert!(begun.elapsed() < Duration::from_secs(30), "{}", segments());
        std::thread::sleep(Duration::from_millis(10));
    }
    let all: Vec<usize> = (0..SEARCH_SMALL_SEGMENTS).collect();
    assert_eq!(world.numbers("words"), all);
}

#[test]
fn a_definition_that_changes_is_built_anew() {
    let world = World::new();
    world.posts(&["text", "more"], &words());
    let id = world.make("posts", json!({ "text": "one", "more": "two" }));
    assert_eq!(world.found(&guest(), "one"), from_ref(&id));
    assert!(world.found(&guest(), "two ").is_empty());
    world.change(
        "posts",
        json!({ "search": { "fields": { "text": {}, "more": {} } } }),
    );
    assert_eq!(world.found(&guest(), "two "), from_ref(&id));
    // Weights build nothing.
    world.change(
        "posts",
        json!({ "search": { "fields": { "text": { "weight": 9 }, "more": {} } } }),
    );
    assert_eq!(world.engine.search.status().collections[0].building, None);
    assert_eq!(world.found(&guest(), "two "), from_ref(&id));
    world.change(
        "posts",
        json!({ "name": "posts", "search": { "fields": { "more": {} } } }),
    );
    assert!(world.found(&guest(), "one ").is_empty());
    world.change("posts", json!({ "search": null }));
    let request = ListRequest {
        search: "two".to_owned(),
        ..ListRequest::default()
    };
    assert!(world.list(&guest(), "posts", &request).is_err());
}

#[test]
fn collections_that_are_emptied_or_removed_leave_nothing() {
    let world = World::new();
    world.posts(&["text"], &words());
    world.make_posts(&["one", "two"]);
    assert_eq!(world.numbers("one"), [0]);
    wait(world.engine.records.truncate(&system(), "posts")).unwrap();
    assert!(world.found(&guest(), "one").is_empty());
    world.make_posts(&["three"]);
    assert_eq!(world.numbers("three"), [0]);
    wait(world.engine.records.delete_collection(&system(), "posts")).unwrap();
    world.posts(&["text"], &words());
    world.settle();
    assert!(world.found(&guest(), "three").is_empty());
}

#[test]
fn texts_of_related_records_follow_those() {
    let world = World::new();
    world.collection(json!({ "name": "authors", "type": "base", "listRule": "",
        "fields": fields(&["name"]) }));
    let author = world.make("authors", json!({ "name": "Ada" }));
    let authors = world
        .engine
        .records
        .compiled("authors")
        .unwrap()
        .collection
        .id
        .clone();
    world.collection(
        json!({ "name": "posts", "type": "base", "listRule": "", "fields": [
        { "name": "text", "type": "text" },
        { "name": "author", "type": "relation", "collectionId": authors, "maxSelect": 1 },
    ], "search": { "fields": { "text": {}, "author.name": {} } } }),
    );
    let id = world.make("posts", json!({ "text": "notes", "author": author }));
    assert_eq!(world.found(&guest(), "ada"), from_ref(&id));
    assert_eq!(
        world.found(&guest(), "author.name:ada notes"),
        from_ref(&id)
    );
    let renamed = object(json!({ "name": "Grace" }));
    wait(
        world
            .engine
            .records
            .update(&system(), "authors", &author, renamed),
    )
    .unwrap();
    assert_eq!(world.found(&guest(), "grace "), from_ref(&id));
    assert!(world.found(&guest(), "ada ").is_empty());
    // A name that the caller may not see is not searched for them.
    world.change("authors", json!({ "listRule": null }));
    assert!(world.found(&guest(), "grace ").is_empty());
    assert_eq!(world.found(&system(), "grace "), [id]);
}

#[test]
fn an_index_outlives_a_restart_and_is_made_anew_where_it_cannot_be_used() {
    let world = World::on(StoreKind::Fjall, tempfile::tempdir().unwrap());
    world.posts(&["text"], &words());
    world.make_posts(&["one apple", "two cherries"]);
    assert_eq!(world.numbers("apple "), [0]);
    let folder = world.close();
    let index = folder.path().join("search");
    let meta = std::fs::read_to_string(index.join("meta.json")).unwrap();
    let world = World::on(StoreKind::Fjall, folder);
    assert_eq!(world.numbers("apple "), [0]);
    let folder = world.close();
    let after = std::fs::read_to_string(index.join("meta.json")).unwrap();
    let segments = |meta: &str| {
        let meta: Json = serde_json::from_str(meta).unwrap();
        meta["segments"].clone()
    };
    assert_eq!(segments(&meta), segments(&after), "nothing was built");
    // Gone.
    std::fs::remove_dir_all(&index).unwrap();
    let world = World::on(StoreKind::Fjall, folder);
    assert_eq!(world.numbers("cherries "), [1]);
    let folder = world.close();
    // Damaged.
    for name in std::fs::read_dir(&index).unwrap() {
        let path = name.unwrap().path();
        if path
            .extension()
            .is_some_and(|ending| ending == "idx" || ending == "term")
        {
            let mut bytes = std::fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0xff;
            let _ = std::fs::remove_file(&path);
            std::fs::write(&path, bytes).unwrap();
        }
    }
    let world = World::on(StoreKind::Fjall, folder);
    assert_eq!(world.numbers("cherries "), [1]);
    let folder = world.close();
    // No index at all.
    std::fs::write(index.join("meta.json"), "{}").unwrap();
    let world = World::on(StoreKind::Fjall, folder);
    assert_eq!(world.numbers("cherries "), [1]);
    drop(world.close());
}

#[test]
fn an_index_of_another_database_is_not_believed() {
    let world = World::on(StoreKind::Fjall, tempfile::tempdir().unwrap());
    world.posts(&["text"], &words());
    world.make("posts", json!({ "text": "kept" }));
    let gone = world.make("posts", json!({ "text": "gone later" }));
    assert_eq!(world.found(&guest(), "gone"), [gone]);
    let folder = world.close();
    let other = World::on(StoreKind::Fjall, tempfile::tempdir().unwrap());
    other.posts(&["text"], &words());
    other.make_posts(&["kept", "something else"]);
    for _ in 0..4 {
        other.make("posts", json!({ "text": "more of it" }));
    }
    other.settle();
    let other = other.close();
    let foreign = folder.path().join("search");
    let index = other.path().join("search");
    std::fs::remove_dir_all(&index).unwrap();
    std::fs::rename(foreign, &index).unwrap();
    let other = World::on(StoreKind::Fjall, other);
    assert!(other.numbers("gone").is_empty());
    assert_eq!(other.numbers("else"), [1]);
    assert_eq!(other.found(&guest(), "more").len(), 4);
    drop(other.close());
}

#[test]
fn deleted_texts_leave_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut index = super::super::folder::OpenIndex::open(&folder.path().join("search")).unwrap();
    let columns = index.columns.clone();
    for rowid in 0..100 {
        let mut document = tantivy::TantivyDocument::new();
        let text = format!("1esecretword{rowid}");
        let tokens = vec![
            super::super::follow::token(super::super::terms::record(1, rowid), 0),
            super::super::follow::token(text, 1),
        ];
        let text = tantivy::tokenizer::PreTokenizedString {
            text: String::new(),
            tokens,
        };
        document.add_pre_tokenized_text(columns.terms, text);
        document.add_u64(columns.rowid, rowid);
        index.writer.add_document(document).unwrap();
    }
    let saved = index.saved.clone();
    index.commit(&saved).unwrap();
    index.writer.delete_term(columns.record(1, 7));
    index.commit(&saved).unwrap();
    assert_eq!(index.reader.searcher().num_docs(), 99);
    assert_eq!(index.purge().unwrap(), 1);
    assert_eq!(index.purge().unwrap(), 0);
    let deleted = index.writer.index().searchable_segment_metas().unwrap();
    assert!(deleted.iter().all(|segment| !segment.has_deletes()));
}
