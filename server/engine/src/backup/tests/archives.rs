//! Hostile archives: each is refused with a reason, and nothing on the disk changes.

use std::io::Cursor;

use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipArchive};

use super::craft::{Good, Item, directory, end, packed, patched, unpacked, wide};
use super::*;
use crate::backup::stream::hexadecimal;
use crate::store::{Sequence, StoreKind};

struct Court {
    world: World,
    good: Good,
    target: Target,
}

impl Court {
    fn new() -> Self {
        let world = World::new();
        world.fill();
        let good = Good::of(&world.backup("good.zip"));
        let target = Target {
            data: world.data(),
            store: StoreKind::Sled,
            vault: Arc::default(),
        };
        Self {
            world,
            good,
            target,
        }
    }

    /// Asserts that an archive is refused, by a dry run and by a restore, and changes nothing.
    fn refuses(&self, what: &str, bytes: &[u8], reason: &str) {
        let path = self.world.folder.path().join("hostile.zip");
        fs::write(&path, bytes).unwrap();
        let verdict = self.target.judge(restore::opened(&path).unwrap()).unwrap();
        let problem = verdict.problems.join(" ");
        assert!(!problem.is_empty(), "{what}: no problem is seen");
        assert!(problem.contains(reason), "{what}: {problem}");
        let made = (Sequence(0), NOW);
        let blob = restore::opened(&path).unwrap();
        let counted = ledger::Counted::default();
        let refused = self.target.restore(blob, made, &counted);
        match refused {
            Err(Error::Unusable(_) | Error::Damaged { .. }) => {}
            other => panic!("{what}: {other:?}"),
        }
        assert!(!self.target.data.join(".restore").exists(), "{what}");
    }
}

#[test]
fn names_and_kinds_that_lead_out_are_refused() {
    let court = Court::new();
    let before = tree(&court.target.data.join("storage"));
    for name in [
        "../evil",
        "/etc/passwd",
        "files/../../evil",
        "files/c/../evil",
        "files/c/r/../evil",
        "files/c/r/..",
        "files/c/r/.hidden",
        "files/c/r/x/y",
        "files/c/r/a\\b",
        "files/C:/r/x",
        "files//r/x",
        "files/c/r/",
        "files/c",
        "store.dump/x",
        "FILES/c/r/x",
        "other",
        "manifest.json/",
    ] {
        let bytes = court.good.plus(Item::new(name, b"x"));
        court.refuses(name, &bytes, "");
    }
    let mut link = Item::new("files/c/r/link", b"/etc/passwd");
    link.link = true;
    court.refuses("a link", &court.good.plus(link), "no ordinary file");
    let nul = patched(
        &court.good.plus(Item::new("files/c/r/a!b", b"x")),
        b"files/c/r/a!b",
        b"files/c/r/a\0b",
    );
    court.refuses("a NUL in a name", &nul, "");
    let device = directory(&court.good.whole, |number, header| {
        if number == 1 {
            header[38..42].copy_from_slice(&(0o020_666_u32 << 16).to_le_bytes());
        }
    });
    court.refuses("a device", &device, "no ordinary file");
    assert_eq!(tree(&court.target.data.join("storage")), before);
    assert_eq!(court.world.total("docs"), 252);
}

/// What is wrong, the archive, and what the refusal says.
type Hostile = (&'static str, Vec<u8>, &'static str);

fn all_refused(court: &Court, table: Vec<Hostile>) {
    for (what, bytes, reason) in table {
        court.refuses(what, &bytes, reason);
    }
    assert_eq!(court.world.total("docs"), 252);
}

#[test]
fn entries_that_are_not_those_of_the_manifest_are_refused() {
    let court = Court::new();
    let good = &court.good;
    let first = good.items[1].name.clone();
    let mut twin = first.clone();
    twin.pop();
    twin.push('!');
    let twice = good.plus(Item::new(&twin, b"x"));
    let twice = patched(&twice, twin.as_bytes(), first.as_bytes());
    let mut packed_file = good.items.clone();
    packed_file[1].method = CompressionMethod::Deflated;
    packed_file[1].bytes = vec![0; 100_000];
    let table = vec![
        ("two entries of one name", twice, "same name"),
        (
            "names that differ in case",
            good.plus(Item::new(
                &first.to_uppercase().replace("FILES", "files"),
                b"x",
            )),
            "case",
        ),
        (
            "a compressed file",
            good.with(&packed_file, |_| {}),
            "packed",
        ),
        (
            "a file that is not listed",
            good.with(&good.items, |manifest| {
                manifest["entries"].as_array_mut().unwrap().pop();
            }),
            "not listed",
        ),
        (
            "a listed file that is not there",
            good.with(&good.items[..2], |manifest| {
                let more = json!({"name": good.items[2].name, "size": 6, "sha256": ""});
                manifest["entries"].as_array_mut().unwrap().push(more);
            }),
            "listed and not there",
        ),
        (
            "a file listed twice",
            good.changed(|manifest| {
                let again = manifest["entries"][1].clone();
                manifest["entries"].as_array_mut().unwrap().push(again);
            }),
            "twice",
        ),
        (
            "a file that no record names",
            good.plus(Item::new("files/c/r/x", b"x")),
            "named by no record",
        ),
        (
            "a record without its file",
            good.with(&good.items[..2], |_| {}),
            "missing",
        ),
    ];
    all_refused(&court, table);
}

#[test]
fn manifests_that_tell_something_else_are_refused() {
    let court = Court::new();
    let good = &court.good;
    let mut swapped = good.items.clone();
    swapped[1].bytes = b"other".to_vec();
    let size = |by: i64| {
        good.changed(|manifest| {
            let size = manifest["entries"][1]["size"].as_i64().unwrap();
            manifest["entries"][1]["size"] = (size + by).into();
        })
    };
    let table = vec![
        (
            "a file with other content",
            good.with(&swapped, |manifest| {
                manifest["entries"][1]["sha256"] = hexadecimal(&Sha256::digest(b"mine!")).into();
            }),
            "not what the manifest says",
        ),
        (
            "another checksum",
            good.changed(|manifest| manifest["entries"][0]["sha256"] = "00".into()),
            "not what the manifest says",
        ),
        ("a size too small", size(-1), "another size"),
        ("a size too large", size(1), "another size"),
        ("no dump", good.with(&good.items[1..], |_| {}), "no dump"),
        ("no manifest", packed(&good.items), "no manifest.json"),
        (
            "a manifest that is no JSON",
            packed(&[good.without_files(), vec![Item::new("manifest.json", b"{")]].concat()),
            "malformed",
        ),
        (
            "another program's",
            good.changed(|manifest| manifest["product"] = "other".into()),
            "a backup of \"other\"",
        ),
        (
            "a newer version",
            good.changed(|manifest| manifest["format"] = 2.into()),
            "version 2",
        ),
        (
            "other counts",
            good.changed(|manifest| manifest["records"] = 7.into()),
            "different things",
        ),
        (
            "another sequence",
            good.changed(|manifest| manifest["sequence"] = 7.into()),
            "different things",
        ),
    ];
    all_refused(&court, table);
}

#[test]
fn directories_that_lie_are_refused() {
    let court = Court::new();
    let good = &court.good;
    let table = vec![
        (
            "an encrypted entry",
            directory(&good.whole, |_, header| header[8] |= 1),
            "",
        ),
        (
            "a size of the directory",
            directory(&good.whole, |number, header| {
                if number == 1 {
                    header[24..28].copy_from_slice(&7_u32.to_le_bytes());
                }
            }),
            "",
        ),
        (
            "a huge size",
            directory(&good.whole, |number, header| {
                if number == 0 {
                    header[24..28].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
                }
            }),
            "packed",
        ),
        (
            "overlapping entries",
            directory(&good.whole, |_, header| header[42..46].fill(0)),
            "",
        ),
        (
            "a place outside",
            directory(&good.whole, |_, header| header[42..46].fill(0xee)),
            "",
        ),
        (
            "fewer entries than there are",
            end(&good.whole, |end| {
                end[8..12].copy_from_slice(&[1, 0, 1, 0]);
            }),
            "",
        ),
    ];
    all_refused(&court, table);
}

#[test]
fn ends_that_lie_are_refused() {
    let court = Court::new();
    let good = &court.good;
    let table = vec![
        (
            "very many entries",
            end(&good.whole, |end| end[8..12].fill(0xfe)),
            "",
        ),
        (
            "a wide end that is not there",
            end(&good.whole, |end| end[8..12].fill(0xff)),
            "",
        ),
        (
            "a wide end with very many entries",
            wide(&good.whole),
            "too many",
        ),
        ("a compressed manifest", good.large_manifest(), "packed"),
        (
            "another end",
            end(&good.whole, |end| end[16..20].fill(0x11)),
            "",
        ),
        (
            "a comment",
            [&good.whole[..good.whole.len() - 2], &[1, 0, b'x']].concat(),
            "no zip archive",
        ),
        (
            "something behind the end",
            [&good.whole[..], b"x"].concat(),
            "no zip archive",
        ),
        ("nothing", Vec::new(), "no zip archive"),
        (
            "no archive at all",
            b"PK\x03\x04 but nothing more".to_vec(),
            "no zip archive",
        ),
    ];
    all_refused(&court, table);
}

#[test]
fn a_dump_of_another_form_is_refused() {
    let court = Court::new();
    let good = &court.good;
    let with = |dump: &[u8]| {
        let mut items = good.items.clone();
        items[0].bytes = dump.to_vec();
        good.with(&items, |_| {})
    };
    let dump = &good.items[0].bytes;
    court.refuses("zeros", &with(&vec![0; 1 << 20]), "no dump");
    court.refuses(
        "a dump cut short",
        &with(&dump[..dump.len() - 1]),
        "cut short",
    );
    court.refuses(
        "a longer dump",
        &with(&[&dump[..], b"x"].concat()),
        "behind the end",
    );
    for place in (0..dump.len()).step_by(dump.len() / 40) {
        let mut changed = dump.clone();
        changed[place] ^= 4;
        court.refuses(&format!("byte {place} of the dump"), &with(&changed), "");
    }
}

#[test]
fn an_archive_that_is_cut_or_changed_anywhere_is_refused() {
    let court = Court::new();
    let whole = &court.good.whole;
    let step = whole.len() / 30;
    for length in (0..whole.len())
        .step_by(step)
        .chain(whole.len() - 25..whole.len())
    {
        court.refuses(&format!("cut to {length} bytes"), &whole[..length], "");
    }
    // Whatever an entry holds; in the headers there is much that means nothing.
    let mut zip = ZipArchive::new(Cursor::new(whole.clone())).unwrap();
    let mut refused = 0;
    for (number, item) in court.good.items.iter().enumerate() {
        let entry = zip.by_index_raw(number).unwrap();
        let start = usize::try_from(entry.data_start().unwrap()).unwrap();
        let length = usize::try_from(entry.compressed_size()).unwrap();
        for place in (start..start + length).step_by((length / 12).max(1)) {
            let mut changed = whole.clone();
            changed[place] ^= 0x10;
            // What was packed has bits between its blocks that mean nothing.
            if unpacked(&changed, number).is_ok_and(|bytes| bytes == item.bytes) {
                continue;
            }
            refused += 1;
            court.refuses(&format!("byte {place} in {}", item.name), &changed, "");
        }
    }
    assert!(refused > 15, "only {refused} changes mean anything");
    assert_eq!(court.world.total("docs"), 252);
}

#[test]
fn a_good_archive_is_accepted_by_the_same_judge() {
    let court = Court::new();
    let path = court.world.folder.path().join("again.zip");
    for bytes in [court.good.whole.clone(), court.good.changed(|_| {})] {
        fs::write(&path, bytes).unwrap();
        let verdict = verify_file(&path, &Arc::default()).unwrap();
        assert_eq!(verdict.problems, [""; 0]);
        assert_eq!(verdict.manifest.unwrap().records, 254);
    }
}

#[test]
fn an_archive_of_more_entries_than_a_short_end_can_count_is_read() {
    let items: Vec<_> = (0..66_000)
        .map(|number| Item::new(&format!("files/c/r/{number}"), b""))
        .collect();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("many.zip");
    fs::write(&path, packed(&items)).unwrap();
    // It is refused for what is missing, after all of its directory was read.
    let problem = verify_file(&path, &Arc::default())
        .unwrap()
        .problems
        .join(" ");
    assert!(problem.contains("no manifest.json"), "{problem}");
}
