//! Changes that existing records have a say in, and what is left behind.

use luge_model::id::{FieldNumber, ID_FIELD};
use luge_model::record::Record;
use luge_model::value::Value;

use super::*;
use crate::commit::Proposal;
use crate::index::entries;
use crate::store::{CommitError, Direction, KeyRange, key};

impl World {
    /// Puts a record as the records service would: with its entries and the definition's guard,
    /// planned again for as long as the definition changes meanwhile.
    pub(super) async fn put(&self, name: &str, id: &str, values: &[(u16, Value)]) {
        loop {
            let collection = Arc::clone(self.catalog.refreshed().await.find(name).unwrap());
            let id_value = Value::Text(id.to_owned());
            let values = std::iter::once((ID_FIELD, &id_value)).chain(
                values
                    .iter()
                    .map(|(number, value)| (FieldNumber(*number), value)),
            );
            let record = Record::build(self.committer.serial(), self.committer.serial(), values);
            let mut proposal = Proposal {
                guards: vec![definition_guard(&collection)],
                ..Proposal::default()
            };
            for (key, entry) in entries(&collection, id, &record) {
                proposal.puts.push((key, entry.value));
            }
            let key = key::record(collection.number, id);
            proposal.puts.push((key, record.as_bytes().to_vec()));
            match self.committer.commit(proposal).await {
                Ok(_) => return,
                Err(error) => assert!(matches!(error, CommitError::Guard(_)), "{error}"),
            }
        }
    }

    fn value(&self, name: &str, id: &str) -> Value {
        let collection = self.find(name);
        let key = key::record(collection.number, id);
        let bytes = self.committer.store().get(&key).unwrap().unwrap();
        let field = collection.fields.last().unwrap();
        let record = Record::open(bytes).unwrap();
        record
            .value(field.number)
            .map_or_else(|| field.kind.zero(), |value| value.to_owned())
    }

    fn count(&self, range: &KeyRange) -> usize {
        let mut count = 0;
        let store = self.committer.store();
        store
            .scan(range, Direction::Forward, 10_000, &mut |_, _| {
                count += 1;
                std::ops::ControlFlow::Continue(())
            })
            .unwrap();
        count
    }

    /// Entries of the collection's last index.
    fn entries(&self, name: &str) -> usize {
        let collection = self.find(name);
        let index = collection.indexes.last().unwrap();
        let ranges = key::index_ranges(collection.number, index.number);
        ranges.iter().map(|range| self.count(range)).sum()
    }
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn with_title() -> Json {
    json!({ "name": "films", "fields": [{ "name": "title", "type": "text" }] })
}

#[tokio::test]
async fn an_index_is_built_over_what_exists() {
    let world = World::new();
    world.create(with_title()).await;
    for number in 0..250 {
        world
            .put(
                "films",
                &format!("id{number}"),
                &[(2, text(&format!("t{number}")))],
            )
            .await;
    }
    let index = "create unique index by_title on films (title) where title != 't7'";
    let shown = world.update("films", json!({ "indexes": [index] })).await;
    assert_eq!(shown["indexes"], json!([index]));
    assert_eq!(world.entries("films"), 249);
    let collection = world.find("films");
    assert!(collection.pending_fields.is_empty() && collection.indexes[0].is_ready());
    let number = collection.indexes[0].number;
    world.update("films", json!({ "name": "movies" })).await;
    let renamed = world.find("movies");
    assert_eq!(
        renamed.indexes[0].number, number,
        "renaming builds nothing anew"
    );
    assert_eq!(
        renamed.indexes[0].sql,
        "CREATE UNIQUE INDEX `by_title` ON `movies` (`title`) WHERE title != 't7'"
    );
}

#[tokio::test]
async fn a_unique_index_that_would_be_violated_is_refused_and_undone() {
    let world = World::new();
    world.create(with_title()).await;
    for number in 0..130 {
        let title = text(&format!("t{}", number % 129));
        world
            .put("films", &format!("id{number:03}"), &[(2, title)])
            .await;
    }
    let before = Json::Object(world.find("films").to_json());
    let body = json!({
        "name": "movies",
        "fields": [{ "name": "title", "type": "text" }, { "name": "more", "type": "text" }],
        "indexes": ["create unique index by_title on films (title)"],
    });
    let told = world.refused_update("films", body).await;
    assert_eq!(
        told,
        json!({ "indexes": { "0": {
            "code": "validation_invalid_index_expression",
            "message": "Failed to create index by_title - UNIQUE constraint failed: movies.title. \
                        The records id000 and id129 both have title \"t0\".",
        } } })
    );
    assert_eq!(Json::Object(world.find("films").to_json()), before);
    cleanup::clear(&world.committer).unwrap();
    let unique = key::unique_collection_range(world.find("films").number);
    assert_eq!(world.count(&unique), 0, "what was built is removed");
    world.put("films", "another", &[(2, text("t0"))]).await;
}

#[tokio::test]
async fn values_are_converted_between_single_and_multiple() {
    let world = World::new();
    let select = |max: u32| {
        json!({ "name": "films", "fields": [
            { "name": "tags", "type": "select", "values": ["a", "b", "c"], "maxSelect": max },
        ], "indexes": ["create index by_tags on films (tags)"] })
    };
    world.create(select(1)).await;
    for number in 0..230 {
        world
            .put("films", &format!("id{number}"), &[(2, text("a"))])
            .await;
    }
    world.put("films", "empty", &[]).await;
    world.update("films", select(3)).await;
    assert_eq!(
        world.value("films", "id229"),
        Value::List(vec!["a".to_owned()])
    );
    assert_eq!(world.value("films", "empty"), Value::List(Vec::new()));
    assert_eq!(world.entries("films"), 231);
    assert!(!world.find("films").frozen);
    world.update("films", select(1)).await;
    assert_eq!(world.value("films", "id229"), text("a"));
    cleanup::clear(&world.committer).unwrap();
    let all = key::index_collection_range(world.find("films").number);
    assert_eq!(
        world.count(&all),
        231,
        "entries of the former indexes are gone"
    );
}

#[tokio::test]
async fn a_write_planned_on_an_old_definition_never_commits() {
    let world = World::new();
    world.create(with_title()).await;
    let old = world.find("films");
    world.update("films", json!({ "listRule": "" })).await;
    let commit = |collection: &Collection| {
        let guards = vec![definition_guard(collection)];
        world.committer.commit(Proposal {
            guards,
            ..Proposal::default()
        })
    };
    assert!(commit(&old).await.is_err());
    assert!(commit(&world.find("films")).await.is_ok());
    let frozen = Collection {
        frozen: true,
        ..world.find("films").as_ref().clone()
    };
    assert!(commit(&frozen).await.is_err());
    world
        .catalog
        .delete(&superuser(), "films", nobody())
        .await
        .unwrap();
    assert!(commit(&old).await.is_err());
}

#[tokio::test]
async fn an_unfinished_change_is_undone_at_the_next_start() {
    let world = World::new();
    world.create(with_title()).await;
    world.put("films", "one", &[(2, text("t"))]).await;
    let stored = world.find("films");
    let mut meanwhile = Collection {
        frozen: true,
        ..stored.as_ref().clone()
    };
    let statement = luge_model::index::IndexStatement::parse("create index i on films (gone)");
    meanwhile.indexes.push(luge_model::index::IndexDefinition {
        number: luge_model::id::IndexNumber(99),
        state: luge_model::index::IndexState::Building,
        name: "i".to_owned(),
        unique: false,
        columns: Vec::new(),
        condition: None,
        sql: statement.unwrap().text,
    });
    let numbers = Numbers::load(world.committer.store().as_ref())
        .unwrap()
        .unwrap();
    let mut swap = change::Swap::new(Proposal::default(), numbers, Still.now());
    swap.add(Some(&stored), Some(meanwhile), world.committer.serial());
    world.catalog.definitions.publish(swap).await.unwrap();
    // The first look at the database is the one that undoes: opening blocks, so not on this thread.
    let world = tokio::task::spawn_blocking(move || world.reopened())
        .await
        .unwrap();
    let collection = world.find("films");
    assert!(!collection.frozen);
    assert!(collection.indexes.is_empty());
    assert_eq!(world.value("films", "one"), text("t"));
}

#[tokio::test]
async fn truncating_and_deleting_leave_nothing_behind() {
    let world = World::new();
    world.create(with_title()).await;
    for number in 0..120 {
        world
            .put("films", &format!("id{number}"), &[(2, text("t"))])
            .await;
    }
    let old = world.find("films");
    let order = world.names();
    world
        .catalog
        .truncate(&superuser(), "FILMS", nobody())
        .await
        .unwrap();
    assert_ne!(world.find("films").number, old.number);
    assert_eq!(world.names(), order, "its place stays");
    cleanup::clear(&world.committer).unwrap();
    for range in key::collection_ranges(old.number) {
        assert_eq!(world.count(&range), 0);
    }
    assert_eq!(world.count(&key::work_range()), 0);
    for (name, expected) in [
        ("users", json!("one by one: users")),
        ("nope", json!("missing record")),
    ] {
        let refused = world.catalog.truncate(&superuser(), name, nobody()).await;
        assert_eq!(told(&refused.unwrap_err()), expected);
    }
    world.put("films", "again", &[(2, text("t"))]).await;
    let number = world.find("films").number;
    world
        .catalog
        .delete(&superuser(), "films", nobody())
        .await
        .unwrap();
    cleanup::clear(&world.committer).unwrap();
    for range in key::collection_ranges(number) {
        assert_eq!(world.count(&range), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn records_written_while_definitions_change_are_not_missed() {
    let world = Arc::new(World::new());
    let select = |max: u32, indexes: Json| {
        let values = json!(["a", "b", "c"]);
        let field = json!({ "name": "tags", "type": "select", "values": values, "maxSelect": max });
        json!({ "name": "films", "fields": [field], "indexes": indexes })
    };
    world.create(select(1, json!([]))).await;
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let world = Arc::clone(&world);
            tokio::spawn(async move {
                for number in 0..150 {
                    world
                        .put("films", &format!("w{writer}n{number}"), &[])
                        .await;
                }
            })
        })
        .collect();
    for round in 0..6 {
        let index = format!("create index by_tags{round} on films (tags)");
        world
            .update("films", select(1 + round % 2 * 2, json!([index])))
            .await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let collection = world.find("films");
    assert_eq!(world.count(&key::record_range(collection.number)), 600);
    assert_eq!(world.entries("films"), 600);
    cleanup::clear(&world.committer).unwrap();
    let all = key::index_collection_range(collection.number);
    assert_eq!(world.count(&all), 600);
}
