//! An object that is being read: one download from where it is read first, another one where it is
//! read from elsewhere.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use luge_model::limits::S3_BEGINNING_BYTES;
use object_store::aws::AmazonS3;
use object_store::path::Path as Key;
use object_store::{Error, GetOptions, GetRange, ObjectMeta, ObjectStore};
use parking_lot::Mutex;

use super::bucket::Runtime;
use super::failure::refusal;

/// An open object.
pub(super) struct Download {
    runtime: Arc<Runtime>,
    store: Arc<AmazonS3>,
    meta: ObjectMeta,
    state: Mutex<State>,
}

/// What has arrived.
#[derive(Default)]
struct State {
    /// The first bytes, which are looked at again and again.
    beginning: Bytes,
    stream: Option<Stream>,
}

/// What arrives.
struct Stream {
    /// The offset of the next byte.
    at: u64,
    /// Bytes that arrived and were not asked for yet.
    waiting: Bytes,
    rest: BoxStream<'static, Result<Bytes, Error>>,
}

impl fmt::Debug for Download {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let location = self.meta.location.as_ref();
        formatter.debug_tuple("Download").field(&location).finish()
    }
}

impl Download {
    /// Begins at the beginning; `None` where there is no such object.
    pub(super) fn begin(
        runtime: Arc<Runtime>,
        store: Arc<AmazonS3>,
        location: Key,
    ) -> io::Result<Option<Self>> {
        let asked = Arc::clone(&store);
        let opened = runtime.wait(async move {
            match asked.get_opts(&location, GetOptions::default()).await {
                Err(Error::NotFound { .. }) => Ok(None),
                found => found.map(Some),
            }
        })?;
        let Some(found) = opened else {
            return Ok(None);
        };
        let meta = found.meta.clone();
        let stream = Stream {
            at: 0,
            waiting: Bytes::new(),
            rest: found.into_stream(),
        };
        let download = Self {
            runtime,
            store,
            meta,
            state: Mutex::default(),
        };
        let beginning = S3_BEGINNING_BYTES.min(download.length());
        let beginning = usize::try_from(beginning).unwrap_or(usize::MAX);
        let mut state = State {
            stream: Some(stream),
            ..State::default()
        };
        state.beginning = download.read_on(&mut state, 0, beginning)?.into();
        *download.state.lock() = state;
        Ok(Some(download))
    }

    /// How long it is, in bytes.
    pub(super) fn length(&self) -> u64 {
        self.meta.size
    }

    /// When it was stored.
    pub(super) fn modified(&self) -> SystemTime {
        self.meta.last_modified.into()
    }

    /// At most `length` bytes from `offset`; fewer only at the end.
    pub(super) fn read(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let left = self.length().saturating_sub(offset);
        let length = usize::try_from(left).map_or(length, |left| left.min(length));
        let mut state = self.state.lock();
        let mut bytes = Vec::with_capacity(length);
        if let Ok(from) = usize::try_from(offset) {
            let known = state.beginning.get(from..).unwrap_or_default();
            bytes.extend(known.iter().take(length));
        }
        let at = offset + bytes.len() as u64;
        let wanted = length - bytes.len();
        if wanted > 0 {
            bytes.extend(self.read_on(&mut state, at, wanted)?);
        }
        Ok(bytes)
    }

    /// Exactly `wanted` bytes, from the download under way where that is at their place.
    fn read_on(&self, state: &mut State, at: u64, wanted: usize) -> io::Result<Vec<u8>> {
        if wanted == 0 {
            return Ok(Vec::new());
        }
        let under_way = state.stream.take().filter(|stream| stream.at == at);
        let continued = under_way.is_some();
        let stream = match under_way {
            Some(stream) => stream,
            None => self.from(at)?,
        };
        match self.gather(stream, wanted) {
            Ok((stream, bytes)) => {
                state.stream = Some(stream);
                Ok(bytes)
            }
            // A client that reads slowly outlasts the connection to the bucket.
            Err(_) if continued => {
                let (stream, bytes) = self.gather(self.from(at)?, wanted)?;
                state.stream = Some(stream);
                Ok(bytes)
            }
            Err(error) => Err(error),
        }
    }

    fn gather(&self, mut stream: Stream, wanted: usize) -> io::Result<(Stream, Vec<u8>)> {
        let gathered = self.runtime.wait(async move {
            let mut bytes = BytesMut::new();
            loop {
                let missing = wanted - bytes.len();
                let taken = stream.waiting.split_to(missing.min(stream.waiting.len()));
                bytes.extend_from_slice(&taken);
                if bytes.len() == wanted {
                    break;
                }
                match stream.rest.next().await {
                    Some(next) => stream.waiting = next?,
                    None => break,
                }
            }
            stream.at += bytes.len() as u64;
            Ok((stream, bytes))
        })?;
        let (stream, bytes) = gathered;
        if bytes.len() < wanted {
            return Err(refusal("a file ended early"));
        }
        Ok((stream, bytes.into()))
    }

    fn from(&self, at: u64) -> io::Result<Stream> {
        let (store, location) = (Arc::clone(&self.store), self.meta.location.clone());
        let options = GetOptions::new().with_range(Some(GetRange::Offset(at)));
        let found = self
            .runtime
            .wait(async move { store.get_opts(&location, options).await })?;
        Ok(Stream {
            at,
            waiting: Bytes::new(),
            rest: found.into_stream(),
        })
    }
}
