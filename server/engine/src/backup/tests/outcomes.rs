//! How far a backup is, what came of the last ones, and what a restore would change.

use super::*;
use crate::backup::{Difference, Work};

#[tokio::test(flavor = "multi_thread")]
async fn what_came_of_backups_is_told_and_changes_nothing_of_the_data() {
    tokio::task::spawn_blocking(|| {
        let world = World::new();
        world.fill();
        let backups = &world.engine.backups;
        let known = |backups: &Backups| backups.status(&world.system).unwrap();
        let durable = || *world.engine.committer.store().durable().borrow();
        assert_eq!(known(backups), crate::backup::Status::default());
        let first = backups.estimate(&world.system).unwrap();
        assert_eq!(
            first.expected_bytes,
            first.database_bytes + first.file_bytes
        );
        let before = durable();
        world.backup("a.zip");
        assert_eq!(durable(), before, "a backup is no commit");
        let made = known(backups).last_success.unwrap();
        let listed = backups.list(&world.system).unwrap();
        assert_eq!((made.key.as_str(), made.size), ("a.zip", listed[0].size));
        let second = backups.estimate(&world.system).unwrap();
        assert!(
            second.expected_bytes < first.expected_bytes,
            "as the last one was"
        );
        // Refused names are nobody's failure; what stops half-way is.
        assert!(backups.create(&world.system, "a.zip", &|| false).is_err());
        assert!(backups.create(&world.system, "A b", &|| false).is_err());
        assert_eq!(known(backups).last_failure, None);
        assert!(backups.create(&world.system, "b.zip", &|| true).is_err());
        let failed = known(backups).last_failure.unwrap();
        assert_eq!((failed.work, failed.key.as_str()), (Work::Backup, "b.zip"));
        assert!(failed.problem.contains("stopping"), "{}", failed.problem);
        assert_eq!(known(backups).last_success, Some(made.clone()));
        assert_eq!(known(backups).running, None);
        let folder = world.data().join("backups");
        let again = crate::backup::ledger::Ledger::open(Some(folder.clone()));
        assert_eq!(again.status().last_success, Some(made));
        fs::write(folder.join(ledger::FILE), "{bad").unwrap();
        let damaged = crate::backup::ledger::Ledger::open(Some(folder));
        assert_eq!(damaged.status(), crate::backup::Status::default());
        assert_eq!(backups.list(&world.system).unwrap().len(), 1);
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn how_far_a_backup_is_can_be_read_while_it_is_made() {
    tokio::task::spawn_blocking(|| {
        let world = World::new();
        world.fill();
        let backups = &world.engine.backups;
        let seen = parking_lot::Mutex::new(Vec::new());
        let look = || {
            seen.lock()
                .extend(backups.status(&world.system).unwrap().running);
            false
        };
        backups.create(&world.system, "a.zip", &look).unwrap();
        let seen = seen.into_inner();
        assert!(
            seen.iter()
                .all(|one| one.key == "a.zip" && one.began == NOW)
        );
        assert!(seen.windows(2).all(|two| two[0].done <= two[1].done));
        let last = seen.last().unwrap();
        assert!(last.done > 0 && last.done <= last.expected, "{last:?}");
        assert_eq!(backups.status(&world.system).unwrap().running, None);
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_restore_would_change_is_told() {
    tokio::task::spawn_blocking(|| {
        let world = World::new();
        let (_, doc) = world.fill();
        world.backup("a.zip");
        let backups = &world.engine.backups;
        let verdict = backups.judge(&world.system, "a.zip").unwrap();
        let manifest = verdict.manifest.unwrap();
        let compare = || backups.compare(&world.system, &manifest).unwrap();
        assert_eq!(compare(), []);
        let docs = world.total("docs");
        wait(world.engine.records.delete(&world.system, "docs", &doc)).unwrap();
        let body = object(&json!({"name": "later", "type": "base"}));
        wait(world.engine.catalog.create(&world.system, &body)).unwrap();
        let difference = |name: &str, now, then| Difference {
            name: name.to_owned(),
            now,
            then,
        };
        assert_eq!(
            compare(),
            [
                difference("docs", Some(docs - 1), Some(docs)),
                difference("later", Some(0), None),
            ]
        );
        let guest = Context::default();
        assert!(backups.compare(&guest, &manifest).is_err());
        assert!(backups.status(&guest).is_err());
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_waits_for_the_backup_before_it() {
    tokio::task::spawn_blocking(|| {
        let world = World::new();
        world.fill();
        world.backup("a.zip");
        let backups = &world.engine.backups;
        let restore = |key: &str, stops: bool| {
            backups.restore_after_backup(&world.system, key, &move || stops)
        };
        assert!(restore("none.zip", false).is_err());
        assert_eq!(backups.list(&world.system).unwrap().len(), 1);
        assert!(restore("a.zip", true).is_err(), "the backup fails");
        assert!(backups.is_idle(), "nothing was restored");
        assert_eq!(backups.list(&world.system).unwrap().len(), 1);
        restore("a.zip", false).unwrap();
        let listed = backups.list(&world.system).unwrap();
        assert!(
            listed
                .iter()
                .any(|one| one.key.starts_with("before_restore_"))
        );
        assert!(!backups.is_idle());
    })
    .await
    .unwrap();
}
