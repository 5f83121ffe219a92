//! What every blob store must do; each store's tests run all of it. It uses nothing but what is
//! public, so that stores of other crates can include it.

use std::io;
use std::time::{Duration, SystemTime};

use super::{BlobPath, BlobStore, Spool};

/// Runs everything on a store that is empty, and leaves it empty.
pub(super) fn check(store: &dyn BlobStore, spool: &dyn Fn(&[u8]) -> Spool) {
    let world = World { store, spool };
    world.nothing_is_there();
    world.bytes_come_back();
    world.a_blob_is_replaced();
    world.names_are_kept();
    world.neighbours_stay();
    world.lists_are_grouped_and_end_early();
    assert_eq!(world.listed(None), Vec::<String>::new());
}

struct World<'a> {
    store: &'a dyn BlobStore,
    spool: &'a dyn Fn(&[u8]) -> Spool,
}

fn path(key: &str) -> BlobPath {
    BlobPath::parse(key).unwrap()
}

/// Bytes that are different everywhere.
fn bytes(length: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(length).collect()
}

impl World<'_> {
    fn put(&self, key: &str, content: &[u8]) {
        self.store.put(&path(key), &(self.spool)(content)).unwrap();
    }

    fn read(&self, key: &str) -> Option<Vec<u8>> {
        let blob = self.store.open(&path(key)).unwrap()?;
        let length = usize::try_from(blob.length()).unwrap();
        Some(blob.read(0, length).unwrap())
    }

    fn remove(&self, key: &str) {
        self.store.remove(&path(key)).unwrap();
    }

    fn listed(&self, collection: Option<&str>) -> Vec<String> {
        let mut found = Vec::new();
        let listed = self.store.list(collection, &mut |blob| {
            found.push(format!("{}={}", blob.path.key(), blob.bytes));
            Ok(true)
        });
        listed.unwrap();
        found.sort();
        found
    }

    fn nothing_is_there(&self) {
        assert_eq!(self.listed(None), Vec::<String>::new());
        assert_eq!(self.listed(Some("none")), Vec::<String>::new());
        assert_eq!(self.read("none/none/none"), None);
        self.remove("none/none/none");
        self.store.reclaim().unwrap();
    }

    fn bytes_come_back(&self) {
        // Around the sizes at which stores cut blobs into pieces.
        for length in [0, 1, 65_531, 65_532, 65_533, 300_000, 9_000_000] {
            let content = bytes(length);
            self.put("c/r/f", &content);
            let path = path("c/r/f");
            let blob = self.store.open(&path).unwrap().unwrap();
            assert_eq!(blob.length(), length as u64);
            let age = SystemTime::now().duration_since(blob.modified());
            let age = age.unwrap_or_default();
            assert!(age < Duration::from_secs(120), "{age:?}");
            for (offset, wanted) in [
                (0, length),
                (0, 10),
                (0, length + 10),
                (length / 2, 70_000),
                (5, 100),
                (length.saturating_sub(3), 10),
                (length, 10),
                (length + 10, 10),
            ] {
                let end = (offset + wanted).min(length);
                let expected = content.get(offset..end).unwrap_or_default();
                let read = blob.read(offset as u64, wanted).unwrap();
                assert!(read == expected, "{length}: {wanted} bytes from {offset}");
            }
            assert!(self.store.is_own(&path).unwrap());
            assert_eq!(self.listed(Some("c")), [format!("c/r/f={length}")]);
        }
        self.remove("c/r/f");
        assert_eq!(self.read("c/r/f"), None);
    }

    fn a_blob_is_replaced(&self) {
        self.put("c/r/f", b"first");
        self.put("c/r/f", b"second, and longer");
        assert_eq!(self.read("c/r/f").unwrap(), b"second, and longer");
        self.put("c/r/f", b"third");
        assert_eq!(self.read("c/r/f").unwrap(), b"third");
        self.remove("c/r/f");
        assert_eq!(self.listed(None), Vec::<String>::new());
    }

    fn names_are_kept(&self) {
        for name in [
            "a b.txt",
            "a+b=c#d*e.png",
            "é.png",
            "100%41.txt",
            "日本.bin",
            "a&b?c=d",
        ] {
            let key = format!("col-1/rec_1/{name}");
            self.put(&key, name.as_bytes());
            assert_eq!(self.listed(None), [format!("{key}={}", name.len())]);
            assert_eq!(self.read(&key).unwrap(), name.as_bytes());
            self.remove(&key);
            assert_eq!(self.read(&key), None);
        }
    }

    fn neighbours_stay(&self) {
        let all = [
            "c/r/a.png",
            "c/r/a.pngs",
            "c/r/thumbs_a.png/70x50_a.png",
            "c/r/thumbs_a.png/0x9_a.png",
            "c/r/thumbs_a.pngs/70x50_a.pngs",
            "c/r2/a.png",
            "c2/r/a.png",
        ];
        for key in all {
            self.put(key, key.as_bytes());
        }
        self.remove("c/r/a.png");
        let left = |found: Vec<String>| -> Vec<String> {
            let keys = found.iter().filter_map(|found| found.split('=').next());
            keys.map(str::to_owned).collect()
        };
        let expected = ["c/r/a.pngs", "c/r/thumbs_a.pngs/70x50_a.pngs", "c/r2/a.png"];
        assert_eq!(left(self.listed(Some("c"))), expected);
        assert_eq!(left(self.listed(Some("c2"))), ["c2/r/a.png"]);
        // A preview alone.
        self.remove("c/r/thumbs_a.pngs/70x50_a.pngs");
        assert_eq!(left(self.listed(Some("c"))), ["c/r/a.pngs", "c/r2/a.png"]);
        for key in ["c/r/a.pngs", "c/r2/a.png", "c2/r/a.png"] {
            assert_eq!(self.read(key).unwrap(), key.as_bytes());
            self.remove(key);
        }
    }

    fn lists_are_grouped_and_end_early(&self) {
        let records = ["c/r1", "c/r2", "d/r1"];
        for record in records {
            for name in ["a", "b", "thumbs_a/1x1_a"] {
                self.put(&format!("{record}/{name}"), b"x");
            }
        }
        let mut order: Vec<String> = Vec::new();
        let mut seen = 0;
        let listed = self.store.list(None, &mut |blob| {
            let record = format!("{}/{}", blob.path.collection(), blob.path.record());
            if order.last() != Some(&record) {
                order.push(record);
            }
            seen += 1;
            Ok(true)
        });
        listed.unwrap();
        order.sort();
        assert_eq!(
            (order.as_slice(), seen),
            (&records.map(str::to_owned)[..], 9)
        );

        let mut seen = 0;
        let stopped = self.store.list(None, &mut |_| {
            seen += 1;
            Ok(seen < 2)
        });
        stopped.unwrap();
        assert_eq!(seen, 2);
        let failing = self
            .store
            .list(None, &mut |_| Err(io::Error::other("stop")));
        assert_eq!(failing.unwrap_err().to_string(), "stop");
        for record in records {
            self.remove(&format!("{record}/a"));
            self.remove(&format!("{record}/b"));
        }
    }
}
