//! A multipart body with one file of any size, in the part `file`, beside short texts.

use std::collections::BTreeMap;

use bytes::Bytes;
use http_body_util::{BodyExt, combinators::BoxBody};
use luge_engine::error::Result as Done;
use luge_model::invalid::{Violation, Violations};
use luge_model::limits;
use multer::Field;
use poem::{Body, Request, RequestBody};
use poem_openapi::registry::{MetaRequest, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use crate::http::app::App;
use crate::http::body::{Kind, RawBody, announced_length};
use crate::http::error::Failure;
use crate::http::multipart::{BodyLimits, Part, Parts, broken};

/// The body, which was not read yet.
pub(crate) struct FileBody {
    body: Body,
    content_type: String,
    /// How many bytes it is said to have; 0 where nothing is said.
    pub(crate) announced: u64,
}

/// The body as it is read.
pub(crate) struct FileParts {
    parts: Parts,
    texts: BTreeMap<String, String>,
}

/// A file, which is to be read before anything behind it.
pub(crate) struct SentFile {
    /// What the client calls it.
    pub(crate) name: String,
    content: Box<Field<'static>>,
}

impl FileBody {
    /// Begins to read a body of at most so many bytes.
    pub(crate) fn parts(self, whole: u64) -> Result<FileParts, Failure> {
        if !matches!(Kind::of(&self.content_type), Kind::Multipart) {
            return Err(missing_file());
        }
        let allowed = BodyLimits {
            whole,
            texts: limits::BODY_BYTES_MAX as u64,
        };
        let body: BoxBody<Bytes, std::io::Error> = self.body.into();
        let parts = Parts::new(&self.content_type, body.into_data_stream(), allowed)?;
        let texts = BTreeMap::new();
        Ok(FileParts { parts, texts })
    }
}

impl FileParts {
    /// Reads up to the file.
    pub(crate) async fn file(&mut self) -> Result<SentFile, Failure> {
        while let Some(part) = self.parts.next().await? {
            match part {
                Part::File {
                    key,
                    original: name,
                    content,
                } if key == "file" => return Ok(SentFile { name, content }),
                Part::File { content, .. } => ignore(content).await?,
                Part::Text { key, text } => {
                    self.texts.insert(key, text);
                }
            }
        }
        Err(missing_file())
    }

    /// A text that stood before the file.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// Reads what is behind the file, which has to end well.
    pub(crate) async fn end(mut self) -> Result<(), Failure> {
        while let Some(part) = self.parts.next().await? {
            if let Part::File { content, .. } = part {
                ignore(content).await?;
            }
        }
        Ok(())
    }
}

impl SentFile {
    /// Gives all of it to `sink`, a good deal at a time, on threads that may block.
    pub(crate) async fn pour<S: Send + 'static>(
        mut self,
        app: &App,
        mut sink: S,
        write: fn(&mut S, &[u8]) -> Done<()>,
    ) -> Result<S, Failure> {
        let mut waiting = Vec::new();
        loop {
            let chunk = self.content.chunk().await.map_err(broken)?;
            let ended = chunk.is_none();
            waiting.extend_from_slice(&chunk.unwrap_or_default());
            if ended || waiting.len() >= limits::UPLOAD_WRITE_BYTES {
                let bytes = std::mem::take(&mut waiting);
                let written = app.blocking(move || write(&mut sink, &bytes).map(|()| sink));
                sink = written.await?;
            }
            if ended {
                return Ok(sink);
            }
        }
    }
}

async fn ignore(mut content: Box<Field<'static>>) -> Result<(), Failure> {
    while content.chunk().await.map_err(broken)?.is_some() {}
    Ok(())
}

fn missing_file() -> Failure {
    Failure::invalid(&Violations::of("file", Violation::required()))
}

impl<'a> ApiExtractor<'a> for FileBody {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(_registry: &mut Registry) {}

    fn request_meta() -> Option<MetaRequest> {
        let mut meta = RawBody::request_meta()?;
        meta.content
            .retain(|media| media.content_type == "multipart/form-data");
        Some(meta)
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> poem::Result<Self> {
        Ok(Self {
            body: body.take()?,
            content_type: request.content_type().unwrap_or_default().to_owned(),
            announced: announced_length(request),
        })
    }
}
