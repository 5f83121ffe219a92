//! Hostile archives: each is refused with a reason, and nothing on the disk changes.

use std::io::{Cursor, Read, Write};

use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::*;
use crate::backup::stream::hexadecimal;
use crate::store::{Sequence, StoreKind};

/// One entry of an archive that is put together by hand.
#[derive(Clone)]
struct Item {
    name: String,
    bytes: Vec<u8>,
    method: CompressionMethod,
    link: bool,
}

impl Item {
    fn new(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            bytes: bytes.to_vec(),
            method: CompressionMethod::Stored,
            link: false,
        }
    }
}

/// The parts of a good archive, without its manifest.
struct Good {
    items: Vec<Item>,
    manifest: Json,
    whole: Vec<u8>,
}

impl Good {
    fn of(path: &Path) -> Self {
        let whole = fs::read(path).unwrap();
        let mut zip = ZipArchive::new(Cursor::new(whole.clone())).unwrap();
        let mut items = Vec::new();
        for number in 0..zip.len() {
            let mut entry = zip.by_index(number).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            let mut item = Item::new(&entry.name().unwrap(), &bytes);
            item.method = entry.compression();
            items.push(item);
        }
        let manifest = items.pop().unwrap();
        assert_eq!(manifest.name, "manifest.json");
        let manifest = serde_json::from_slice(&manifest.bytes).unwrap();
        Self {
            items,
            manifest,
            whole,
        }
    }

    /// The archive of these items with a manifest that lists them rightly, changed by `change`.
    fn with(&self, items: &[Item], change: impl FnOnce(&mut Json)) -> Vec<u8> {
        let mut manifest = self.manifest.clone();
        let listed = items.iter().map(|item| {
            json!({"name": item.name, "size": item.bytes.len(),
                "sha256": hexadecimal(&Sha256::digest(&item.bytes))})
        });
        manifest["entries"] = listed.collect();
        change(&mut manifest);
        let mut items = items.to_vec();
        items.push(Item::new("manifest.json", manifest.to_string().as_bytes()));
        packed(&items)
    }

    fn plus(&self, item: Item) -> Vec<u8> {
        let mut items = self.items.clone();
        items.push(item);
        self.with(&items, |_| {})
    }

    fn without_files(&self) -> Vec<Item> {
        self.items.iter().take(1).cloned().collect()
    }

    fn changed(&self, change: impl FnOnce(&mut Json)) -> Vec<u8> {
        self.with(&self.items, change)
    }
}

fn packed(items: &[Item]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for item in items {
        let options = SimpleFileOptions::default().compression_method(item.method);
        if item.link {
            let target = String::from_utf8(item.bytes.clone()).unwrap();
            zip.add_symlink(&item.name, target, options).unwrap();
        } else if item.name.ends_with('/') {
            zip.add_directory(&item.name, options).unwrap();
        } else {
            zip.start_file(&item.name, options).unwrap();
            zip.write_all(&item.bytes).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

/// Replaces every occurrence of some bytes by others of the same length.
fn patched(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut patched = bytes.to_vec();
    let mut found = 0;
    for start in 0..=bytes.len() - from.len() {
        if &bytes[start..start + from.len()] == from {
            patched[start..start + to.len()].copy_from_slice(to);
            found += 1;
        }
    }
    assert!(found > 0, "nothing to patch");
    patched
}

/// Changes the headers in the central directory, each given from its signature on.
fn directory(bytes: &[u8], mut change: impl FnMut(usize, &mut [u8])) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    let starts: Vec<usize> = (0..bytes.len() - 46)
        .filter(|start| bytes[*start..].starts_with(b"PK\x01\x02"))
        .collect();
    assert!(!starts.is_empty());
    for (number, start) in starts.into_iter().enumerate() {
        change(number, &mut changed[start..start + 46]);
    }
    changed
}

/// Changes the end of the archive.
fn end(bytes: &[u8], change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    let start = changed.len() - 22;
    change(&mut changed[start..]);
    changed
}

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
        let refused = self.target.restore(restore::opened(&path).unwrap(), made);
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

#[test]
fn archives_that_say_one_thing_and_hold_another_are_refused() {
    let court = Court::new();
    let good = &court.good;
    let first = good.items[1].name.clone();
    let twin = |last: char| {
        let mut name = first.clone();
        name.pop();
        name.push(last);
        name
    };
    let twice = patched(
        &good.plus(Item::new(&twin('!'), b"x")),
        twin('!').as_bytes(),
        first.as_bytes(),
    );
    let mut swapped = good.items.clone();
    swapped[1].bytes = b"other".to_vec();
    let mut packed_file = good.items.clone();
    packed_file[1].method = CompressionMethod::Deflated;
    packed_file[1].bytes = vec![0; 100_000];
    let size = |by: i64| {
        good.changed(|manifest| {
            let size = manifest["entries"][1]["size"].as_i64().unwrap();
            manifest["entries"][1]["size"] = (size + by).into();
        })
    };
    let table: Vec<(&str, Vec<u8>, &str)> = vec![
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
        (
            "very many entries",
            end(&good.whole, |end| end[8..12].fill(0xfe)),
            "",
        ),
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
    for (what, bytes, reason) in table {
        court.refuses(what, &bytes, reason);
    }
    assert_eq!(court.world.total("docs"), 252);
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
    // Whatever an entry holds; in the headers there is much that means nothing, and in the last
    // byte that was packed there may be bits that do not.
    let mut zip = ZipArchive::new(Cursor::new(whole.clone())).unwrap();
    for number in 0..zip.len() {
        let entry = zip.by_index_raw(number).unwrap();
        let start = usize::try_from(entry.data_start().unwrap()).unwrap();
        let length = usize::try_from(entry.compressed_size()).unwrap() - 1;
        let name = entry.name().unwrap().into_owned();
        if name == "manifest.json" {
            continue;
        }
        for place in (start..start + length).step_by((length / 12).max(1)) {
            let mut changed = whole.clone();
            changed[place] ^= 0x10;
            court.refuses(&format!("byte {place} in {name}"), &changed, "");
        }
    }
    assert_eq!(court.world.total("docs"), 252);
}

#[test]
fn a_good_archive_is_accepted_by_the_same_judge() {
    let court = Court::new();
    let path = court.world.folder.path().join("again.zip");
    for bytes in [court.good.whole.clone(), court.good.changed(|_| {})] {
        fs::write(&path, bytes).unwrap();
        let verdict = verify_file(&path).unwrap();
        assert_eq!(verdict.problems, [""; 0]);
        assert_eq!(verdict.manifest.unwrap().records, 254);
    }
}
