//! Every kind of damage is found, and nothing else.

use super::*;
use crate::commit::Proposal;
use crate::store::codec;
use crate::store::key::{self, Column, Component};

fn commit(world: &World, proposal: Proposal) {
    wait(world.engine.committer.commit(proposal)).unwrap();
}

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

#[test]
fn every_kind_of_damage_is_found() {
    let world = World::new();
    let (group, doc) = world.fill();
    let snapshot = world.engine.catalog.snapshot();
    let number = |name: &str| {
        snapshot
            .all()
            .iter()
            .find(|one| one.name == name)
            .unwrap()
            .clone()
    };
    let (groups, docs) = (number("groups"), number("docs"));
    let store = world.engine.committer.store();
    let index = docs.indexes[0].number;
    let columns = [
        Column::ascending(Component::Text("no")),
        Column::ascending(Component::Null),
    ];
    let stray = key::index_entry(docs.number, index, &columns, (7, &doc));
    let unique = key::unique_entry(
        groups.number,
        groups.indexes[0].number,
        &[Component::Text("one")],
    );
    let field = |name: &str| {
        docs.fields
            .iter()
            .find(|one| one.name == name)
            .unwrap()
            .number
    };
    let reference = key::reference(docs.number, field("group"), &group, &doc);
    let record = key::record(docs.number, &doc);
    let bytes = store.get(&record).unwrap().unwrap();
    let rowid = luge_model::record::Record::open(bytes.clone())
        .unwrap()
        .rowid();
    let mut damaged = bytes.clone();
    damaged[bytes.len() / 2] ^= 1;
    let put = |key: &Key, value: &[u8]| Proposal {
        puts: vec![(key.clone(), value.to_vec())],
        ..Proposal::default()
    };
    let delete = |key: &Key| Proposal {
        deletes: vec![key.clone()],
        ..Proposal::default()
    };
    let counter = key::counter(docs.number);
    let change = store.durable().borrow().0;
    let change = key::change(crate::store::Sequence(change));
    let folded = key::folded_id(groups.number, &group);
    let group_record = key::record(groups.number, &group);
    let table: [(&str, Key, Proposal); 12] = [
        ("does not belong to", stray.clone(), put(&stray, b"")),
        ("is missing", unique.clone(), delete(&unique)),
        ("is of another", unique.clone(), put(&unique, b"another")),
        ("is missing", reference.clone(), delete(&reference)),
        (
            "is missing",
            key::rowid(docs.number, rowid),
            delete(&key::rowid(docs.number, rowid)),
        ),
        (
            "does not belong to",
            key::rowid(docs.number, 1 << 60),
            put(&key::rowid(docs.number, 1 << 60), doc.as_bytes()),
        ),
        ("is missing", folded.clone(), delete(&folded)),
        (
            "counts 7",
            counter.clone(),
            put(&counter, &codec::counter_bytes(7)),
        ),
        ("counts no number", counter.clone(), put(&counter, b"x")),
        ("checksum", record.clone(), put(&record, &damaged)),
        ("checksum", change.clone(), put(&change, &[1; 20])),
        (
            "which is not there",
            group_record.clone(),
            delete(&group_record),
        ),
    ];
    for (expected, key, proposal) in table {
        let before = store.get(&key).unwrap();
        commit(&world, proposal);
        let findings = found(&world);
        assert!(
            findings.iter().any(|finding| finding.contains(expected)),
            "{expected} at {}: {findings:?}",
            key::readable(&key)
        );
        commit(
            &world,
            match before {
                Some(before) => put(&key, &before),
                None => delete(&key),
            },
        );
        assert_eq!(found(&world), [""; 0], "{}", key::readable(&key));
    }
    let files = tree(&world.data().join("storage"));
    let gone = files
        .keys()
        .find(|path| path.to_string_lossy().contains(&doc))
        .unwrap();
    fs::remove_file(gone).unwrap();
    assert!(
        found(&world)[0].contains("is missing"),
        "{:?}",
        found(&world)
    );
}
