//! A bucket: bytes under keys. Its calls block; what they wait for runs on threads of its own, so
//! that they may be made from anywhere.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use luge_engine::files::Object;
use luge_engine::settings::S3Settings;
use luge_model::limits::{
    S3_CALL_SECONDS_MAX, S3_CONNECT_SECONDS_MAX, S3_PART_BYTES, S3_PARTS_MAX, S3_READ_SECONDS_MAX,
    S3_RETRIES_MAX, S3_SECONDS_MAX,
};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{HttpClient, HttpConnector};
use object_store::path::Path as Key;
use object_store::{
    Attribute, Attributes, BackoffConfig, ClientOptions, Error, GetOptions, ObjectMeta,
    ObjectStore, ObjectStoreExt, PutMultipartOptions, PutOptions, RetryConfig,
};

use super::download::Download;
use super::failure::{failure, refusal};

/// The threads on which buckets are reached.
#[derive(Default)]
pub(super) struct Runtime(OnceLock<tokio::runtime::Runtime>);

/// A bucket with what it takes to reach it.
pub(super) struct Bucket {
    runtime: Arc<Runtime>,
    store: Arc<AmazonS3>,
    name: String,
}

/// What is said of an object beside its bytes.
type Facts<'a> = [(&'static str, &'a str)];

impl Runtime {
    /// Runs something short to its end and waits for it.
    pub(super) fn wait<T, F>(&self, doing: F) -> io::Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        self.wait_at_most(S3_CALL_SECONDS_MAX, doing)
    }

    fn wait_at_most<T, F>(&self, seconds: u64, doing: F) -> io::Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let threads = self.threads()?;
        let (sender, outcome) = mpsc::sync_channel(1);
        let limit = Duration::from_secs(seconds);
        threads.spawn(async move {
            // Nobody may be waiting any more.
            let _ = sender.send(tokio::time::timeout(limit, doing).await);
        });
        match outcome.recv() {
            Ok(Ok(outcome)) => outcome.map_err(|error| failure(&error)),
            Ok(Err(_)) => Err(refusal("it did not answer in time")),
            Err(_) => Err(refusal("the request was given up")),
        }
    }

    fn threads(&self) -> io::Result<&tokio::runtime::Runtime> {
        if let Some(threads) = self.0.get() {
            return Ok(threads);
        }
        let threads = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("luge-s3")
            .enable_all()
            .build()?;
        Ok(self.0.get_or_init(|| threads))
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        if let Some(threads) = self.0.take() {
            threads.shutdown_background();
        }
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Runtime")
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Bucket").field(&self.name).finish()
    }
}

impl Bucket {
    /// A bucket as the settings name it; nothing is sent yet.
    pub(super) fn new(runtime: Arc<Runtime>, settings: &S3Settings) -> io::Result<Self> {
        let secret: &str = settings.secret.reveal();
        let endpoint = endpoint(settings)?;
        let plain = endpoint.starts_with("http://");
        let retry = RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: S3_RETRIES_MAX,
            retry_timeout: Duration::from_secs(S3_SECONDS_MAX),
        };
        let store = AmazonS3Builder::new()
            .with_bucket_name(&settings.bucket)
            .with_region(&settings.region)
            .with_endpoint(endpoint)
            .with_access_key_id(&settings.access_key)
            .with_secret_access_key(secret)
            .with_virtual_hosted_style_request(!settings.force_path_style)
            .with_allow_http(plain)
            .with_disable_tagging(true)
            .with_retry(retry)
            .with_http_connector(Connector)
            .build()
            .map_err(|error| failure(&error))?;
        Ok(Self {
            runtime,
            store: Arc::new(store),
            name: settings.bucket.clone(),
        })
    }

    /// Stores a file, in parts where it is large. It is there when this returns, or not at all.
    pub(super) fn put(&self, key: &str, file: &Path, facts: &Facts<'_>) -> io::Result<()> {
        let mut file = File::open(file)?;
        let length = file.metadata()?.len();
        let part = S3_PART_BYTES.max(length.div_ceil(S3_PARTS_MAX));
        if length <= part {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            return self.put_small(key, bytes, facts);
        }
        let options = PutMultipartOptions::from(attributes(facts));
        let (store, at) = (Arc::clone(&self.store), location(key)?);
        let begun = self
            .runtime
            .wait(async move { store.put_multipart_opts(&at, options).await });
        let mut upload = begun?;
        loop {
            let mut bytes = Vec::new();
            let read = file.by_ref().take(part).read_to_end(&mut bytes);
            let sent = match read {
                Ok(0) => {
                    let completing = async move { upload.complete().await.map(|_| ()) };
                    return self.runtime.wait_at_most(S3_SECONDS_MAX, completing);
                }
                Ok(_) => {
                    let sending = upload.put_part(bytes.into());
                    self.runtime.wait_at_most(S3_SECONDS_MAX, sending)
                }
                Err(error) => Err(error),
            };
            if let Err(error) = sent {
                // What cannot be taken back costs room until the bucket's own rules remove it.
                let _ = self.runtime.wait(async move { upload.abort().await });
                return Err(error);
            }
        }
    }

    /// Stores bytes.
    pub(super) fn put_small(&self, key: &str, bytes: Vec<u8>, facts: &Facts<'_>) -> io::Result<()> {
        let options = PutOptions::from(attributes(facts));
        let (store, at) = (Arc::clone(&self.store), location(key)?);
        self.runtime.wait_at_most(S3_SECONDS_MAX, async move {
            let payload = Bytes::from(bytes).into();
            store.put_opts(&at, payload, options).await.map(|_| ())
        })
    }

    /// Begins to read an object; `None` where there is none.
    pub(super) fn open(&self, key: &str) -> io::Result<Option<Download>> {
        let (runtime, store) = (Arc::clone(&self.runtime), Arc::clone(&self.store));
        Download::begin(runtime, store, location(key)?)
    }

    /// What an object says of itself under a name; `None` where there is no object or no such name.
    pub(super) fn attribute(&self, key: &str, name: &'static str) -> io::Result<Option<String>> {
        let (store, at) = (Arc::clone(&self.store), location(key)?);
        let options = GetOptions::new().with_head(true);
        self.runtime.wait(async move {
            let found = match store.get_opts(&at, options).await {
                Err(Error::NotFound { .. }) => return Ok(None),
                found => found?,
            };
            let value = found.attributes.get(&Attribute::Metadata(name.into()));
            Ok(value.map(|value| value.as_ref().to_owned()))
        })
    }

    /// Removes an object. That there is none is no error.
    pub(super) fn remove(&self, key: &str) -> io::Result<()> {
        let (store, at) = (Arc::clone(&self.store), location(key)?);
        self.runtime.wait(async move {
            match store.delete(&at).await {
                Err(Error::NotFound { .. }) => Ok(()),
                removed => removed,
            }
        })
    }

    /// Shows the keys below a folder, or all, with how long their objects are.
    pub(super) fn list(
        &self,
        folder: Option<&str>,
        visit: &mut dyn FnMut(&str, u64) -> io::Result<bool>,
    ) -> io::Result<()> {
        let folder = folder.map(location).transpose()?;
        let mut listing = self.store.list(folder.as_ref());
        loop {
            let next = self.runtime.wait(async move {
                let next = listing.next().await.transpose()?;
                Ok((next, listing))
            });
            let (next, rest) = next?;
            listing = rest;
            let Some(object) = next else {
                return Ok(());
            };
            if !visit(object.location.as_ref(), object.size)? {
                return Ok(());
            }
        }
    }

    /// The objects that are in no folder; what is in folders is not gone through.
    pub(super) fn list_root(&self) -> io::Result<Vec<Object>> {
        let store = Arc::clone(&self.store);
        let listing = async move { store.list_with_delimiter(None).await };
        let listed = self.runtime.wait_at_most(S3_SECONDS_MAX, listing)?;
        let object = |found: ObjectMeta| Object {
            key: found.location.into(),
            bytes: found.size,
            modified: found.last_modified.into(),
        };
        Ok(listed.objects.into_iter().map(object).collect())
    }
}

/// The place of a key. Its characters are taken as they are: PocketBase has written them so.
fn location(key: &str) -> io::Result<Key> {
    Key::parse(key).map_err(|_| refusal("it takes no such name"))
}

fn attributes(facts: &Facts<'_>) -> Attributes {
    let facts = facts.iter();
    facts
        .map(|(name, value)| (Attribute::Metadata((*name).into()), (*value).to_owned()))
        .collect()
}

/// Where requests go: without its scheme an endpoint is reached by TLS, and unless paths begin with
/// the bucket, its host does.
fn endpoint(settings: &S3Settings) -> io::Result<String> {
    let given = settings.endpoint.trim();
    let (scheme, host) = given.split_once("://").unwrap_or(("https", given));
    let host = host.trim_end_matches('/');
    let known = ["http", "https"].contains(&scheme);
    if !known || host.is_empty() || host.contains(['@', '?', '#', '\\', ' ']) {
        return Err(refusal(
            "its endpoint is no address such as https://s3.example.com",
        ));
    }
    if settings.force_path_style {
        return Ok(format!("{scheme}://{host}"));
    }
    Ok(format!("{scheme}://{}.{host}", settings.bucket))
}

/// Makes connections that follow no redirects and use no proxy of the environment.
#[derive(Debug)]
struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        // Another part of the process may have chosen already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(S3_CONNECT_SECONDS_MAX))
            .read_timeout(Duration::from_secs(S3_READ_SECONDS_MAX))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("luge/", env!("CARGO_PKG_VERSION")))
            .build();
        let client = client.map_err(|error| Error::Generic {
            store: "S3",
            source: Box::new(error),
        })?;
        Ok(HttpClient::new(client))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_becomes_an_address() {
        let settings = |endpoint: &str, force_path_style| S3Settings {
            bucket: "photos".to_owned(),
            endpoint: endpoint.to_owned(),
            force_path_style,
            ..S3Settings::default()
        };
        for (given, by_path, expected) in [
            ("s3.example.com", true, "https://s3.example.com"),
            ("s3.example.com", false, "https://photos.s3.example.com"),
            ("http://127.0.0.1:9000/", true, "http://127.0.0.1:9000"),
            (
                "https://s3.example.com/",
                false,
                "https://photos.s3.example.com",
            ),
        ] {
            assert_eq!(endpoint(&settings(given, by_path)).unwrap(), expected);
        }
        for given in [
            "",
            "https://",
            "ftp://s3.example.com",
            "file:///etc",
            "http://user@127.0.0.1",
            "http://a#b",
            "http://a?b",
            "http://a\\b",
        ] {
            assert!(endpoint(&settings(given, true)).is_err(), "{given}");
        }
    }
}
