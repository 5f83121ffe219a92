//! Every kind of damage is found, and nothing else.

use super::*;
use crate::commit::Proposal;
use crate::store::codec;
use crate::store::key::{self, Column, Component};

fn found(world: &World) -> Vec<String> {
    let found = world.engine.backups.check().unwrap();
    assert_eq!(found.count, found.findings.len() as u64);
    let findings = found.findings.into_iter();
    findings
        .map(|one| format!("{}: {}", one.place, one.reason))
        .collect()
}

#[test]
fn a_whole_folder_has_no_findings_also_while_it_is_written() {
    let world = World::new();
    let (_, doc) = world.fill();
    assert_eq!(found(&world), [""; 0]);
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            for n in 0..60 {
                let id = world.make("docs", &json!({"title": "x", "n": n}), &["x"]);
                if n % 2 == 0 {
                    wait(world.engine.records.delete(&world.system, "docs", &id)).unwrap();
                }
                let definition = world.engine.catalog.view(&world.system, "docs").unwrap();
                let mut changed = definition.clone();
                let indexes = if n % 3 == 0 {
                    json!([])
                } else {
                    json!(["CREATE INDEX k ON docs (n)"])
                };
                changed.insert("indexes".to_owned(), indexes);
                let catalog = &world.engine.catalog;
                world
                    ._runtime
                    .block_on(catalog.update(&world.system, "docs", &changed))
                    .unwrap();
            }
        });
        while !writing.is_finished() {
            assert_eq!(found(&world), [""; 0]);
            // Looking at files removes empty folders, which an upload then has to make again.
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    });
    // What was removed may still be there as a file, which is no damage.
    wait(world.engine.records.delete(&world.system, "docs", &doc)).unwrap();
    let checked = world.engine.backups.check().unwrap();
    assert_eq!(checked.count, 0);
    assert!(checked.orphans > 0);
    world.engine.files.tend(NOW, &|| false).unwrap();
    assert_eq!(world.engine.backups.check().unwrap().orphans, 0);
}

/// What a test does to the database: what the finding says, where, and what is put there; `None`
/// removes what is there.
type Damage = (&'static str, Key, Option<Vec<u8>>);

/// Damage to what follows from records.
fn derived(world: &World, group: &str, doc: &str) -> Vec<Damage> {
    let (groups, docs) = (collection(world, "groups"), collection(world, "docs"));
    let record = world.engine.committer.store();
    let record = record.get(&key::record(docs.number, doc)).unwrap().unwrap();
    let rowid = luge_model::record::Record::open(record).unwrap().rowid();
    let columns = [
        Column::ascending(Component::Text("no")),
        Column::ascending(Component::Null),
    ];
    let stray = key::index_entry(docs.number, docs.indexes[0].number, &columns, (7, doc));
    let values = [Component::Text("one")];
    let unique = key::unique_entry(groups.number, groups.indexes[0].number, &values);
    let mut fields = docs.fields.iter();
    let relation = fields.find(|field| field.name == "group").unwrap().number;
    let reference = key::reference(docs.number, relation, group, doc);
    let later = key::rowid(docs.number, 1 << 60);
    let counter = key::counter(docs.number);
    vec![
        ("does not belong to", stray, Some(Vec::new())),
        ("is missing", unique.clone(), None),
        ("is of another", unique, Some(b"another".to_vec())),
        ("is missing", reference, None),
        ("is missing", key::rowid(docs.number, rowid), None),
        ("does not belong to", later, Some(doc.as_bytes().to_vec())),
        ("is missing", key::folded_id(groups.number, group), None),
        ("counts 7", counter.clone(), Some(codec::counter_bytes(7))),
        ("counts no number", counter, Some(b"x".to_vec())),
    ]
}

/// Damage to records and the log.
fn original(world: &World, group: &str, doc: &str) -> Vec<Damage> {
    let (groups, docs) = (collection(world, "groups"), collection(world, "docs"));
    let store = world.engine.committer.store();
    let record = key::record(docs.number, doc);
    let mut bytes = store.get(&record).unwrap().unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let change = key::change(*store.durable().borrow());
    vec![
        ("checksum", record, Some(bytes)),
        ("checksum", change, Some(vec![1; 20])),
        (
            "which is not there",
            key::record(groups.number, group),
            None,
        ),
    ]
}

fn collection(world: &World, name: &str) -> Arc<luge_model::collection::Collection> {
    let snapshot = world.engine.catalog.snapshot();
    let mut all = snapshot.all().iter();
    all.find(|one| one.name == name).unwrap().clone()
}

/// Puts a value under a key, or removes what is there.
fn set(world: &World, key: &Key, value: Option<Vec<u8>>) {
    let mut proposal = Proposal::default();
    match value {
        Some(value) => proposal.puts.push((key.clone(), value)),
        None => proposal.deletes.push(key.clone()),
    }
    wait(world.engine.committer.commit(proposal)).unwrap();
}

#[test]
fn every_kind_of_damage_is_found() {
    let world = World::new();
    let (group, doc) = world.fill();
    let mut table = original(&world, &group, &doc);
    table.extend(derived(&world, &group, &doc));
    for (expected, key, value) in table {
        let before = world.engine.committer.store().get(&key).unwrap();
        set(&world, &key, value);
        let findings = found(&world);
        assert!(
            findings.iter().any(|finding| finding.contains(expected)),
            "{expected} at {}: {findings:?}",
            key::readable(&key)
        );
        set(&world, &key, before);
        assert_eq!(found(&world), [""; 0], "{}", key::readable(&key));
    }
    let files = tree(&world.data().join("storage"));
    let mut paths = files.keys();
    let gone = paths
        .find(|path| path.to_string_lossy().contains(&doc))
        .unwrap();
    fs::remove_file(gone).unwrap();
    let findings = found(&world);
    assert!(findings[0].contains("is missing"), "{findings:?}");
}
