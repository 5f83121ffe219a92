//! The parts of a `multipart/form-data` body, one after another as they arrive.
//!
//! - Nothing is held in memory but texts, and those only up to a limit.
//! - The number of parts and the length of their headers are limited.
//! - A body that ends before its last boundary is refused.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use luge_model::limits;
use multer::{Constraints, Field, Multipart, SizeLimit};

use crate::http::error::Failure;

/// How large a body may be, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyLimits {
    /// All of it.
    pub(crate) whole: u64,
    /// What of it is not files.
    pub(crate) texts: u64,
}

/// The parts of a body.
pub(crate) struct Parts {
    multipart: Multipart<'static>,
    /// How many more bytes may be read; set while the header of a part is read.
    budget: Arc<AtomicUsize>,
    seen: usize,
    texts_left: u64,
}

/// One part.
pub(crate) enum Part {
    /// A value.
    Text {
        /// Its name.
        key: String,
        /// The value.
        text: String,
    },
    /// A file, which is to be read before the next part is asked for.
    File {
        /// The name of the part.
        key: String,
        /// What the client calls the file.
        original: String,
        /// The bytes.
        content: Box<Field<'static>>,
    },
}

impl Parts {
    /// The parts of a body with this content type.
    pub(crate) fn new<S>(content_type: &str, body: S, limits: BodyLimits) -> Result<Self, Failure>
    where
        S: Stream<Item = std::io::Result<Bytes>> + Send + 'static,
    {
        let boundary = multer::parse_boundary(content_type).map_err(broken)?;
        let budget = Arc::new(AtomicUsize::new(usize::MAX));
        let budgeted = Budgeted {
            body: Box::pin(body),
            budget: Arc::clone(&budget),
            gave: false,
        };
        let limit = SizeLimit::new().whole_stream(limits.whole);
        let constraints = Constraints::new().size_limit(limit);
        Ok(Self {
            multipart: Multipart::with_constraints(budgeted, boundary, constraints),
            budget,
            seen: 0,
            texts_left: limits.texts,
        })
    }

    /// The next part, in the order in which they arrive.
    pub(crate) async fn next(&mut self) -> Result<Option<Part>, Failure> {
        self.budget
            .store(limits::MULTIPART_HEADER_BYTES_MAX, Ordering::Relaxed);
        let part = self.multipart.next_field().await.map_err(broken)?;
        self.budget.store(usize::MAX, Ordering::Relaxed);
        let Some(part) = part else {
            return Ok(None);
        };
        self.seen += 1;
        if self.seen > limits::MULTIPART_PARTS_MAX {
            return Err(Failure::bad_request(format!(
                "The multipart body has more than {} parts.",
                limits::MULTIPART_PARTS_MAX
            )));
        }
        let Some(key) = part.name().map(str::to_owned) else {
            return Err(Failure::bad_request(
                "A part of the multipart body has no name.",
            ));
        };
        let original = part.file_name().filter(|name| !name.is_empty());
        match original.map(str::to_owned) {
            Some(original) => Ok(Some(Part::File {
                key,
                original,
                content: Box::new(part),
            })),
            None => self.text(key, part).await.map(Some),
        }
    }

    async fn text(&mut self, key: String, mut part: Field<'static>) -> Result<Part, Failure> {
        let mut bytes = Vec::new();
        while let Some(chunk) = part.chunk().await.map_err(broken)? {
            let left = self.texts_left.checked_sub(chunk.len() as u64);
            self.texts_left = left.ok_or_else(Failure::too_large)?;
            bytes.extend_from_slice(&chunk);
        }
        let text = String::from_utf8(bytes).map_err(|_| {
            Failure::bad_request(format!("The part \"{key}\" is not text in UTF-8."))
        })?;
        Ok(Part::Text { key, text })
    }
}

/// What it means that reading parts failed.
pub(crate) fn broken(error: multer::Error) -> Failure {
    match error {
        multer::Error::StreamSizeExceeded { .. } => Failure::too_large(),
        multer::Error::StreamReadFailed(cause) => {
            Failure::bad_request(format!("The multipart body cannot be read: {cause}."))
        }
        other => Failure::bad_request(format!("The multipart body is malformed: {other}.")),
    }
}

/// A body that fails when more of it is wanted than the budget allows. Its reader takes what is
/// there until it has to wait, so it has to wait after each piece: else it would take in more than
/// it needs.
struct Budgeted {
    body: Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send>>,
    budget: Arc<AtomicUsize>,
    gave: bool,
}

impl Stream for Budgeted {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.gave) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.budget.load(Ordering::Relaxed) == 0 {
            let too_long = std::io::Error::other("the header of a part is too long");
            return Poll::Ready(Some(Err(too_long)));
        }
        let polled = self.body.poll_next_unpin(context);
        if let Poll::Ready(Some(Ok(bytes))) = &polled {
            self.gave = true;
            let left = self.budget.load(Ordering::Relaxed);
            if left != usize::MAX {
                let left = left.saturating_sub(bytes.len());
                self.budget.store(left, Ordering::Relaxed);
            }
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(chunks: Vec<Vec<u8>>, limits: BodyLimits) -> Result<Vec<String>, Failure> {
        let chunks = chunks.into_iter().map(|chunk| Ok(Bytes::from(chunk)));
        let body = futures_util::stream::iter(chunks.collect::<Vec<_>>());
        let reading = async {
            let mut parts = Parts::new("multipart/form-data; boundary=X", body, limits)?;
            let mut seen = Vec::new();
            while let Some(part) = parts.next().await? {
                match part {
                    Part::Text { key, text } => seen.push(format!("{key}={text}")),
                    Part::File {
                        key,
                        original,
                        mut content,
                    } => {
                        let mut length = 0;
                        while let Some(chunk) = content.chunk().await.map_err(broken)? {
                            length += chunk.len();
                        }
                        seen.push(format!("{key}:{original}:{length}"));
                    }
                }
            }
            Ok(seen)
        };
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(reading)
    }

    const WIDE: BodyLimits = BodyLimits {
        whole: 1 << 30,
        texts: 1 << 30,
    };

    fn parts(body: &str, limits: BodyLimits) -> Result<Vec<String>, Failure> {
        let bytes = body.replace('\n', "\r\n").into_bytes();
        read(bytes.chunks(7).map(<[u8]>::to_vec).collect(), limits)
    }

    const TEXT: &str = "--X\nContent-Disposition: form-data; name=\"a\"\n\n7\n";
    const FILE: &str =
        "--X\nContent-Disposition: form-data; name=\"f+\"; filename=\"x.png\"\n\nabc\n";

    #[test]
    fn texts_and_files_come_in_their_order() {
        let body = format!("{TEXT}{FILE}{TEXT}--X--\n");
        assert_eq!(parts(&body, WIDE).unwrap(), ["a=7", "f+:x.png:3", "a=7"]);
        let empty = FILE.replace("x.png", "");
        let body = format!("{empty}--X--\n");
        assert_eq!(parts(&body, WIDE).unwrap(), ["f+=abc"]);
    }

    #[test]
    fn broken_bodies_are_refused() {
        for body in [
            "--X\nContent-Disposition: form-data; name=\"a\"\n\n7",
            "nothing",
            "--Y\n",
            "--X\nContent-Disposition: form-data\n\n7\n--X--\n",
            "--X\n\n7\n--X--\n",
        ] {
            assert!(parts(body, WIDE).is_err(), "{body:?}");
        }
        let nested = "--X\nContent-Type: multipart/mixed; boundary=Y\n\n--Y\n--Y--\n--X--\n";
        assert!(parts(nested, WIDE).is_err());
    }

    #[test]
    fn limits_hold() {
        let reason = |result: Result<Vec<String>, Failure>| result.unwrap_err().to_string();
        let too_large = "Request entity too large.";
        let whole = BodyLimits { whole: 100, ..WIDE };
        let body = format!("{TEXT}{FILE}--X--\n");
        assert_eq!(reason(parts(&body, whole)), too_large);
        let texts = BodyLimits { texts: 1, ..WIDE };
        assert_eq!(parts(&body, texts).unwrap().len(), 2);
        let body = format!("{TEXT}{TEXT}--X--\n");
        assert_eq!(reason(parts(&body, texts)), too_large);

        let many = TEXT.repeat(limits::MULTIPART_PARTS_MAX);
        assert!(parts(&format!("{many}--X--\n"), WIDE).is_ok());
        let reason_many = reason(parts(&format!("{many}{TEXT}--X--\n"), WIDE));
        assert_eq!(reason_many, "The multipart body has more than 1000 parts.");

        // What follows a header at once is no part of it.
        let mut chunks = vec![FILE.replace('\n', "\r\n").replace("abc", "").into_bytes()];
        chunks.extend(std::iter::repeat_n(vec![b'a'; 64 * 1024], 16));
        chunks.push(b"\r\n--X--\r\n".to_vec());
        assert_eq!(read(chunks, WIDE).unwrap().len(), 1);

        let mut chunks = vec![b"--X\r\nX-Long: ".to_vec()];
        chunks.extend(std::iter::repeat_n(vec![b'a'; 8 * 1024], 16));
        assert_eq!(
            reason(read(chunks, WIDE)),
            "The multipart body cannot be read: the header of a part is too long."
        );
    }
}
