//! What related records cost: reads of the store, however many records there are.

use std::sync::atomic::{AtomicUsize, Ordering};

use luge_model::expand::Expand;

use super::*;
use crate::store::{Direction, Key, KeyRange, ReadStore, StoreError, Visit};

/// A store that counts what is read.
#[derive(Debug)]
struct Counting {
    store: Arc<dyn ReadStore>,
    reads: AtomicUsize,
}

impl ReadStore for Counting {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.store.get(key)
    }

    fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.store.get_many(keys)
    }

    fn scan(
        &self,
        range: &KeyRange,
        direction: Direction,
        limit: usize,
        visit: &mut Visit<'_>,
    ) -> Result<Option<KeyRange>, StoreError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.store.scan(range, direction, limit, visit)
    }
}

/// Books of authors of towns, and notes on books; as many of each.
async fn shelf(count: usize) -> Engine {
    let engine = Engine::open(Options {
        store: StoreKind::Memory,
        ..Options::new("unused".into())
    })
    .unwrap();
    let system = Context::system(Timestamp(1));
    let mut before: Option<(String, Vec<String>)> = None;
    for name in ["towns", "authors", "books", "notes"] {
        let mut fields = vec![json!({"name": "name", "type": "text"})];
        if let Some((id, _)) = &before {
            fields.push(json!({"name": "of", "type": "relation", "collectionId": id}));
        }
        let definition = json!({"name": name, "type": "base", "fields": fields});
        let definition = definition.as_object().unwrap();
        engine.catalog.create(&system, definition).await.unwrap();
        let mut made = Vec::new();
        for number in 0..count {
            // Some lead to the same record, some to none.
            let of = before
                .as_ref()
                .map(|(_, ids)| &ids[number * 7 % (count / 2)]);
            let of = of.filter(|_| number % 11 != 0);
            made.push(make(&engine, name, json!({"name": number.to_string(), "of": of})).await);
        }
        let snapshot = engine.catalog.snapshot();
        before = Some((snapshot.find(name).unwrap().id.clone(), made));
    }
    engine
}

/// The records of a collection with what is expanded, as JSON, and how often the store was read.
fn expanded(
    engine: &Engine,
    collection: &str,
    expand: &Expand,
    in_memory: bool,
) -> (String, usize) {
    let counting = Arc::new(Counting {
        store: Arc::clone(engine.committer.store()) as _,
        reads: AtomicUsize::new(0),
    });
    let snapshot = engine.catalog.snapshot();
    let numbers = snapshot.all().iter().map(|collection| collection.number);
    let aside = if in_memory {
        HashSet::new()
    } else {
        numbers.collect()
    };
    let query = query(engine).over(Arc::clone(&counting) as _, aside);
    let system = Context::system(Timestamp(1));
    let request = ListRequest {
        per_page: 1_000,
        ..ListRequest::default()
    };
    let mut views = engine
        .records
        .list(&system, collection, &request)
        .unwrap()
        .items;
    query.expand(&system, expand, &mut views).unwrap();
    let mut json = Vec::new();
    views.iter().for_each(|view| view.write_json(&mut json));
    (
        String::from_utf8(json).unwrap(),
        counting.reads.load(Ordering::Relaxed),
    )
}

fn tree(path: &str, most: Option<usize>) -> Expand {
    let mut expand = Expand::default();
    let mut end = &mut expand;
    for name in path.split('.') {
        end = end.follow(name);
        end.take(most);
    }
    expand
}

#[tokio::test]
async fn three_relations_of_a_thousand_records_cost_a_handful_of_reads() {
    let engine = shelf(1_000).await;
    for (collection, path) in [
        ("notes", "of.of.of"),
        ("towns", "authors_via_of.books_via_of.notes_via_of"),
        ("books", "notes_via_of.of.of"),
    ] {
        let (in_memory, none) = expanded(&engine, collection, &tree(path, None), true);
        let (stored, reads) = expanded(&engine, collection, &tree(path, None), false);
        println!("{collection} {path}: {reads} reads of the store, {none} with the mirror");
        assert!(in_memory == stored, "{collection} {path}");
        assert!(in_memory.len() > 300_000, "{}", in_memory.len());
        assert!(none == 0 && reads <= 12, "{reads} reads for {path}");
    }
}

#[tokio::test]
async fn only_so_many_are_taken_of_each_record() {
    let engine = shelf(100).await;
    for in_memory in [true, false] {
        let most = |most| expanded(&engine, "authors", &tree("books_via_of", most), in_memory).0;
        let longest = |json: &str| {
            let json = format!("[{}]", json.replace("}{", "},{"));
            let records: Json = serde_json::from_str(&json).unwrap();
            let lists = records.as_array().unwrap().iter();
            let lists = lists.filter_map(|one| one["expand"]["books_via_of"].as_array());
            lists.map(Vec::len).max().unwrap()
        };
        assert_eq!(longest(&most(Some(1))), 1);
        assert_eq!(longest(&most(None)), 2);
        assert_eq!(most(None), most(Some(2)));
    }
}

#[tokio::test]
async fn a_relation_that_is_followed_alone_stays_where_nothing_is_behind_it() {
    let engine = shelf(20).await;
    let system = Context::system(Timestamp(1));
    let open = json!({"listRule": "", "viewRule": ""});
    for name in ["books", "notes"] {
        let open = open.as_object().unwrap();
        engine.catalog.update(&system, name, open).await.unwrap();
    }
    let guest = Context::default();
    let shown = |expand: &Expand| {
        let request = ListRequest::default();
        let mut views = engine
            .records
            .list(&guest, "notes", &request)
            .unwrap()
            .items;
        engine.records.expand(&guest, expand, &mut views).unwrap();
        let mut json = Vec::new();
        views.iter().for_each(|view| view.write_json(&mut json));
        String::from_utf8(json).unwrap()
    };
    // The books' authors are locked.
    let path = shown(&Expand::parse("of.of").unwrap());
    assert!(!path.contains("\"collectionName\":\"books\""), "{path}");
    let alone = shown(&tree("of.of", None));
    assert!(alone.contains("\"collectionName\":\"books\""), "{alone}");
    assert!(!alone.contains("\"collectionName\":\"authors\""), "{alone}");
}
