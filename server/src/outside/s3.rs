//! Files in an S3-compatible bucket, under the keys that PocketBase uses:
//! `<collection id>/<record id>/<file>`, and previews below `thumbs_<file>/` (contract §1.6);
//! backups in one, at its root.
//!
//! - A bucket can hold files of others, so each one carries the name of the installation that
//!   stored it; only those are ever removed because no record names them.
//! - A file is read as one download from where it is read first; reading on costs no request.
//! - An open file that is removed meanwhile may end with an error.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use luge_engine::files::{
    Blob, BlobPath, BlobStore, Buckets, Listed, Object, Objects, Spool, VisitBlob,
};
use luge_engine::random::Random;
use luge_engine::settings::S3Settings;

use bucket::{Bucket, Runtime};
use download::Download;

mod bucket;
mod download;
mod failure;
#[cfg(test)]
mod tests;

/// Under which name a blob says who stored it.
const INSTALLATION: &str = "luge-installation";

/// Reaches buckets. All of them share two threads, which begin with the first bucket.
#[derive(Debug)]
pub(crate) struct S3 {
    runtime: Arc<Runtime>,
    random: Arc<dyn Random>,
}

impl S3 {
    /// Nothing is reached yet.
    pub(crate) fn new(random: Arc<dyn Random>) -> Self {
        Self {
            runtime: Arc::default(),
            random,
        }
    }

    fn bucket(&self, settings: &S3Settings) -> io::Result<Bucket> {
        Bucket::new(Arc::clone(&self.runtime), settings)
    }
}

impl Buckets for S3 {
    fn open(&self, settings: &S3Settings, installation: &str) -> io::Result<Arc<dyn BlobStore>> {
        Ok(Arc::new(Blobs {
            bucket: self.bucket(settings)?,
            installation: installation.to_owned(),
        }))
    }

    fn objects(&self, settings: &S3Settings) -> io::Result<Arc<dyn Objects>> {
        Ok(Arc::new(Plain(self.bucket(settings)?)))
    }

    fn test(&self, settings: &S3Settings) -> io::Result<()> {
        let bucket = self.bucket(settings)?;
        let folder = format!("luge_settings_test_{:016x}", self.random.seed());
        let key = format!("{folder}/test.txt");
        bucket.put_small(&key, b"test".to_vec(), &[])?;
        bucket.remove(&key)
    }
}

/// The blobs of a bucket.
#[derive(Debug)]
struct Blobs {
    bucket: Bucket,
    installation: String,
}

impl BlobStore for Blobs {
    fn put(&self, path: &BlobPath, spool: &Spool) -> io::Result<()> {
        let owner = [(INSTALLATION, self.installation.as_str())];
        self.bucket
            .put(&path.key(), Path::new(spool.path()), &owner)
    }

    fn open(&self, path: &BlobPath) -> io::Result<Option<Box<dyn Blob>>> {
        opened(&self.bucket, &path.key())
    }

    fn remove(&self, path: &BlobPath) -> io::Result<()> {
        if !path.is_preview() {
            let (collection, record) = (path.collection(), path.record());
            let folder = format!("{collection}/{record}/{}", path.preview_folder());
            let mut previews = Vec::new();
            self.bucket.list(Some(&folder), &mut |key, _| {
                previews.push(key.to_owned());
                Ok(true)
            })?;
            for preview in previews {
                self.bucket.remove(&preview)?;
            }
        }
        self.bucket.remove(&path.key())
    }

    fn list(&self, collection: Option<&str>, visit: &mut VisitBlob<'_>) -> io::Result<()> {
        self.bucket.list(collection, &mut |key, bytes| {
            BlobPath::parse(key).map_or(Ok(true), |path| visit(&Listed { path, bytes }))
        })
    }

    fn is_own(&self, path: &BlobPath) -> io::Result<bool> {
        let owner = self.bucket.attribute(&path.key(), INSTALLATION)?;
        Ok(owner.is_some_and(|owner| owner == self.installation))
    }
}

/// What is at the root of a bucket.
#[derive(Debug)]
struct Plain(Bucket);

impl Objects for Plain {
    fn list(&self) -> io::Result<Vec<Object>> {
        self.0.list_root()
    }

    fn put(&self, key: &str, from: &Path) -> io::Result<()> {
        self.0.put(key, from, &[])
    }

    fn open(&self, key: &str) -> io::Result<Option<Box<dyn Blob>>> {
        opened(&self.0, key)
    }

    fn remove(&self, key: &str) -> io::Result<()> {
        self.0.remove(key)
    }
}

fn opened(bucket: &Bucket, key: &str) -> io::Result<Option<Box<dyn Blob>>> {
    let opened = bucket.open(key)?;
    Ok(opened.map(|download| Box::new(Opened(download)) as Box<dyn Blob>))
}

/// An open blob.
#[derive(Debug)]
struct Opened(Download);

impl Blob for Opened {
    fn length(&self) -> u64 {
        self.0.length()
    }

    fn modified(&self) -> SystemTime {
        self.0.modified()
    }

    fn read(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        self.0.read(offset, length)
    }
}
