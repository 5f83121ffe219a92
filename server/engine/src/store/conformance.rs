//! What every store has to do: one suite, run on each of them.

use std::ops::ControlFlow;
use std::sync::Arc;

use luge_model::id::CollectionNumber;

use super::{
    Batch, CommitError, Direction, Durability, Key, KeyRange, Sequence, Store, StoreError,
    StoreKind, StoreOptions, codec, key, wait,
};

mod commits;
mod frozen;
mod guards;
mod kills;
mod reads;
mod restarts;
mod sequences;

/// Makes a module of tests for each store: each test of the suite is called with a [`Setup`].
macro_rules! suite {
    ($($area:ident { $($test:ident),* $(,)? })*) => {
        suite!(@store sled, StoreKind::Sled, $($area { $($test),* })*);
        suite!(@store fjall, StoreKind::Fjall, $($area { $($test),* })*);
        suite!(@store memory, StoreKind::Memory, $($area { $($test),* })*);
    };
    (@store $store:ident, $kind:expr, $($area:ident { $($test:ident),* })*) => {
        mod $store {
            use super::*;
            $($(#[test] fn $test() { super::$area::$test(&Setup::new($kind)); })*)*
        }
    };
}

suite! {
    reads {
        values_come_back,
        scans_page_in_both_directions,
        a_visitor_can_break_off,
        a_visitor_must_not_read,
        large_values_come_back,
        readers_never_see_half_a_batch,
    }
    guards {
        a_guard_that_fails_commits_nothing,
        absent_and_present,
        unchanged,
        only,
        one_of_many_wins,
        revisions_are_not_lost,
    }
    commits {
        increments_are_exact,
        a_damaged_counter_is_refused,
        sequences_grow_and_log_entries_are_there,
        commits_of_one_thread_keep_their_order,
        a_closed_store_refuses,
        relaxed_commits_become_durable,
        announcements_follow_the_order,
        a_commit_happens_without_being_awaited,
    }
    frozen {
        a_view_stays_as_it_was,
        a_view_is_what_one_commit_left,
        a_store_that_is_filled_is_opened,
        a_store_that_was_not_filled_to_the_end_is_refused,
    }
    sequences { random_operations_match_a_model }
    restarts {
        everything_is_there_after_a_restart,
        a_second_open_is_refused,
        another_engine_is_refused,
        another_format_is_refused,
        damage_is_never_silent,
        a_database_that_lost_its_content_does_not_start_empty,
        a_folder_that_was_never_complete_is_made_anew,
    }
}

/// Where the store of one test lies.
struct Setup {
    kind: StoreKind,
    folder: tempfile::TempDir,
}

impl Setup {
    fn new(kind: StoreKind) -> Self {
        Self {
            kind,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn options(&self, durability: Durability) -> StoreOptions {
        let folder = self.folder.path().join("store");
        StoreOptions {
            folder,
            durability,
            cache_bytes: 16 * 1_048_576,
        }
    }

    fn open(&self) -> Arc<dyn Store> {
        super::open(self.kind, &self.options(Durability::Strict)).unwrap()
    }

    fn is_on_disk(&self) -> bool {
        self.kind != StoreKind::Memory
    }
}

const COLLECTION: CollectionNumber = CollectionNumber(1);

fn record(id: &str) -> Key {
    key::record(COLLECTION, id)
}

fn numbered(number: usize) -> Key {
    record(&format!("{number:06}"))
}

fn put(id: &str, value: &str) -> Batch {
    Batch {
        puts: vec![(record(id), value.into())],
        ..Batch::default()
    }
}

fn committed(store: &dyn Store, batch: Batch) -> Sequence {
    wait(store.commit(batch)).unwrap()
}

fn text(store: &dyn Store, id: &str) -> Option<String> {
    store
        .get(&record(id))
        .unwrap()
        .map(|value| String::from_utf8(value).unwrap())
}

fn all(store: &dyn Store, range: &KeyRange) -> Vec<(Key, Vec<u8>)> {
    let mut found = Vec::new();
    store
        .scan(range, Direction::Forward, usize::MAX, &mut |key, value| {
            found.push((key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        })
        .unwrap();
    found
}
