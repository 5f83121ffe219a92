//! Where backups are kept now: at the root of a bucket under their names, as PocketBase has them,
//! where the settings say so, else in the folder `backups`.
//!
//! - The settings are looked at for every call, so that a change counts from the next call on.
//!   Nothing is moved.
//! - A bucket takes what it is given under a name that is taken too, so that is asked before, and
//!   one backup is put there at a time. Of two servers that share a bucket the last one has it.

use std::io;
use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;

use super::failures::failed;
use super::shelf::{BackupFile, BackupStore, is_key, timestamp};
use crate::error::Result;
use crate::files::{Blob, Files, LastBucket, Object, Objects};
use crate::settings::Settings;

/// Knows where backups are kept.
#[derive(Debug)]
pub(super) struct Shelves {
    folder: Arc<dyn BackupStore>,
    files: Arc<Files>,
    settings: Arc<Settings>,
    bucket: LastBucket<dyn BackupStore>,
}

impl Shelves {
    /// `files` reaches buckets.
    pub(super) fn new(
        folder: Arc<dyn BackupStore>,
        files: Arc<Files>,
        settings: Arc<Settings>,
    ) -> Self {
        Self {
            folder,
            files,
            settings,
            bucket: LastBucket::default(),
        }
    }

    /// Where backups are kept now; nothing is connected to yet.
    pub(super) fn current(&self) -> Result<Arc<dyn BackupStore>> {
        let settings = self.settings.current();
        let settings = &settings.backups.s3;
        if !settings.enabled {
            return Ok(Arc::clone(&self.folder));
        }
        let opened = self.bucket.get(settings, || {
            let objects = self.files.objects(settings)?;
            Ok(Arc::new(Bucket {
                objects,
                putting: Mutex::default(),
            }))
        });
        opened.map_err(|error| failed("reach the backups", &error))
    }
}

/// Backups in a bucket.
#[derive(Debug)]
struct Bucket {
    objects: Arc<dyn Objects>,
    /// Held from asking whether a name is taken until it is.
    putting: Mutex<()>,
}

impl BackupStore for Bucket {
    fn list(&self) -> io::Result<Vec<BackupFile>> {
        let all = self.objects.list()?;
        let mut found: Vec<_> = all.into_iter().filter_map(backup).collect();
        found.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(found)
    }

    fn put(&self, key: &str, from: &Path) -> io::Result<bool> {
        let _putting = self.putting.lock();
        if self.objects.open(key)?.is_some() {
            return Ok(false);
        }
        self.objects.put(key, from).map(|()| true)
    }

    fn open(&self, key: &str) -> io::Result<Option<Box<dyn Blob>>> {
        self.objects.open(key)
    }

    fn remove(&self, key: &str) -> io::Result<bool> {
        if self.objects.open(key)?.is_none() {
            return Ok(false);
        }
        self.objects.remove(key).map(|()| true)
    }

    fn is_far(&self) -> bool {
        true
    }
}

/// A bucket may hold other things than backups: what no backup can be called is none.
fn backup(object: Object) -> Option<BackupFile> {
    is_key(&object.key).then(|| BackupFile {
        modified: timestamp(object.modified),
        key: object.key,
        size: object.bytes,
    })
}
