//! What crashes, readers and damage do to blobs in the database.

use tempfile::TempDir;

use super::*;
use crate::clock::SystemClock;
use crate::files::conformance;
use crate::random::SystemRandom;
use crate::store::{self, StoreKind, StoreOptions};

fn opened(folder: &TempDir, kind: StoreKind) -> Database {
    let options = StoreOptions {
        folder: folder.path().join("store"),
        ..StoreOptions::default()
    };
    let store = store::open(kind, &options).unwrap();
    Database::new(
        Arc::new(Committer::open(store).unwrap()),
        Arc::new(SystemClock),
    )
}

fn spool(folder: &TempDir, mut bytes: &[u8]) -> Spool {
    Spool::of_reader(&folder.path().join("spools"), &SystemRandom, &mut bytes).unwrap()
}

fn path() -> BlobPath {
    BlobPath::new("c", "r", "f").unwrap()
}

/// How many pieces there are, of whatever blob.
fn pieces(database: &Database) -> usize {
    let mut count = 0;
    let range = key::blob_chunks_from(0);
    let store = database.committer.store();
    let mut visit = |_: &[u8], _: &[u8]| {
        count += 1;
        ControlFlow::Continue(())
    };
    store
        .scan(&range, Direction::Forward, 1_000, &mut visit)
        .unwrap();
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_database_is_a_blob_store() {
    for kind in [StoreKind::Memory, StoreKind::Sled, StoreKind::Fjall] {
        let folder = TempDir::new().unwrap();
        let checked = tokio::task::spawn_blocking(move || {
            let database = opened(&folder, kind);
            conformance::check(&database, &|bytes| spool(&folder, bytes));
            assert_eq!(pieces(&database), 0);
            database.committer.store().close().unwrap();
        });
        checked.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_blob_is_read_to_its_end() {
    let folder = TempDir::new().unwrap();
    let checked = tokio::task::spawn_blocking(move || {
        let database = opened(&folder, StoreKind::Memory);
        let content = vec![7; 200_000];
        database.put(&path(), &spool(&folder, &content)).unwrap();
        let blob = database.open(&path()).unwrap().unwrap();
        database.remove(&path()).unwrap();
        assert!(database.open(&path()).unwrap().is_none());
        assert_eq!(blob.read(0, 200_000).unwrap(), content);
        database.put(&path(), &spool(&folder, b"another")).unwrap();
        assert_eq!(blob.read(150_000, 10).unwrap(), [7; 10]);
        drop(blob);
        database.reclaim().unwrap();
        assert_eq!(pieces(&database), 1);
    });
    checked.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_cut_off_is_taken_back_at_the_next_start() {
    let folder = TempDir::new().unwrap();
    let checked = tokio::task::spawn_blocking(move || {
        let database = opened(&folder, StoreKind::Memory);
        database.put(&path(), &spool(&folder, b"kept")).unwrap();
        let cut_off = database.committer.serial();
        database.write_pieces(cut_off, &[1; 70_000][..]).unwrap();
        database.reclaim().unwrap();
        assert_eq!(
            pieces(&database),
            3,
            "pieces of this process may get their head yet"
        );
        let next = Database::new(Arc::clone(&database.committer), Arc::new(SystemClock));
        next.reclaim().unwrap();
        assert_eq!(pieces(&next), 1);
        assert_eq!(
            next.open(&path()).unwrap().unwrap().read(0, 9).unwrap(),
            b"kept"
        );
    });
    checked.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_bytes_are_never_given_out() {
    let folder = TempDir::new().unwrap();
    let checked = tokio::task::spawn_blocking(move || {
        let database = opened(&folder, StoreKind::Memory);
        database.put(&path(), &spool(&folder, b"bytes")).unwrap();
        let head = database.head(&path()).unwrap().unwrap();
        let key = key::blob_chunk(head.number, 0);
        let mut damaged = sealed(b"bytes");
        damaged[5] ^= 1;
        for value in [Some(damaged), Some(b"abc".to_vec()), None] {
            let mut proposal = Proposal::default();
            match value {
                Some(value) => proposal.puts.push((key.clone(), value)),
                None => proposal.deletes.push(key.clone()),
            }
            database.commit(&proposal).unwrap();
            let blob = database.open(&path()).unwrap().unwrap();
            let error = blob.read(0, 5).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        }
        let head = key::blob(&path().key());
        for value in [
            b"".to_vec(),
            b"\x02\x01\x01\x01".to_vec(),
            b"\x01\x01\x01".to_vec(),
        ] {
            database
                .commit(&Proposal {
                    puts: vec![(head.clone(), value)],
                    ..Proposal::default()
                })
                .unwrap();
            let error = database.open(&path()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        }
    });
    checked.await.unwrap();
}
