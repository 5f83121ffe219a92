//! The files that records name (contract §1.6).
//!
//! - A file is found by the record that names it, so no other path can be read.
//! - Only what browsers show harmlessly is shown by them; everything else is saved. Whatever it is,
//!   it runs no script and loads nothing when it is opened.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;
use luge_engine::files::{Blob, BlobPath, Files, media};
use luge_engine::records::NamedFile;
use luge_model::limits;
use luge_model::principal::RequestContext;
use poem::http::{HeaderMap, HeaderValue, StatusCode, header};
use poem::{Body, IntoResponse, Request, Response};
use poem_openapi::param::Path;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema};
use poem_openapi::registry::{MetaSchemaRef, Registry};
use poem_openapi::{ApiResponse, OpenApi};
use serde_json::json;

use crate::http::answer::{Answer, JsonBytes};
use crate::http::app::App;
use crate::http::error::Failure;
use crate::http::middleware::Framable;
use crate::http::query::{AnswerOptions, FileOptions};
use crate::http::ranges::{Validators, Wanted};
use crate::http::shapes::FileTokenShape;

const POLICY: &str = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox";
const PUBLIC: &str = "max-age=2592000, stale-while-revalidate=86400";
const PROTECTED: &str = "private, no-store";

/// What browsers may show, rather than save.
const SHOWN: &[&str] = &[
    "application/pdf",
    "audio/aac",
    "audio/flac",
    "audio/midi",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "audio/x-aiff",
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/x-icon",
    "video/mp4",
    "video/mpeg",
    "video/quicktime",
    "video/webm",
    "video/x-matroska",
];

/// The routes.
pub(crate) struct FilesApi(pub(crate) Arc<App>);

#[OpenApi]
impl FilesApi {
    /// Gives a short token that opens protected files.
    #[oai(
        path = "/api/files/token",
        method = "post",
        operation_id = "createFileToken"
    )]
    async fn token(&self, request: &Request, options: AnswerOptions) -> Answer<FileTokenShape> {
        let context = self.0.context(request);
        let token = self.0.engine.auth.file_token(&context)?;
        JsonBytes::of_json(json!({ "token": token }), &options.fields)
    }

    /// Sends a file of a record.
    #[oai(
        path = "/api/files/:collection/:record/:name",
        method = "get",
        operation_id = "readFile"
    )]
    #[expect(clippy::too_many_arguments, reason = "its path has three parts")]
    async fn read(
        &self,
        request: &Request,
        collection: Path<String>,
        record: Path<String>,
        name: Path<String>,
        options: FileOptions,
    ) -> Result<FileAnswer, Failure> {
        let mut context = self.0.context(request);
        context.principal = self
            .0
            .engine
            .auth
            .file_principal(context.now, &options.token);
        context.request.context = RequestContext::ProtectedFile;
        let records = &self.0.engine.records;
        let file = records.file(&context, &collection, &record, &name);
        let file = file.map_err(Failure::of_files)?;
        let preview = self.preview(&file, &options).await?;
        let opened = self.open(preview.as_ref().unwrap_or(&file.path)).await?;
        let download = options.download;
        Ok(FileAnswer(
            self.answer(request.headers(), &file, opened, download)
                .await?,
        ))
    }
}

/// A file that is open, and what it begins with.
struct Opened {
    path: BlobPath,
    blob: Arc<dyn Blob>,
    head: Vec<u8>,
}

impl FilesApi {
    /// The preview that is asked for, if the file has one.
    async fn preview(
        &self,
        file: &NamedFile,
        options: &FileOptions,
    ) -> Result<Option<BlobPath>, Failure> {
        let size = Some(options.size.as_str()).filter(|size| Files::has_size(&file.sizes, size));
        if size.is_none() && options.format.is_none() {
            return Ok(None);
        }
        let files = &self.0.engine.files;
        Ok(files.preview(&file.path, size, options.format).await?)
    }

    async fn open(&self, path: &BlobPath) -> Result<Opened, Failure> {
        let files = Arc::clone(&self.0.engine.files);
        let path = path.clone();
        let opening = self.0.blocking(move || {
            let Some(blob) = files.read(&path)? else {
                return Ok(None);
            };
            let head = files.part(&*blob, 0, media::HEAD_BYTES)?;
            let blob = Arc::from(blob);
            Ok(Some(Opened { path, blob, head }))
        });
        opening.await?.ok_or_else(Failure::not_found)
    }

    async fn answer(
        &self,
        asked: &HeaderMap,
        file: &NamedFile,
        opened: Opened,
        download: bool,
    ) -> Result<Response, Failure> {
        let Opened { path, blob, head } = opened;
        let length = blob.length();
        let validators = Validators::new(path.name(), blob.modified());
        let wanted = validators.wanted(asked, length);
        let mut response = match wanted {
            Wanted::Unsatisfiable => Failure::range_not_satisfiable().into_response(),
            Wanted::Unchanged => StatusCode::NOT_MODIFIED.into(),
            Wanted::Whole => self.send(blob, 0, length).await?,
            Wanted::Part { offset, length } => self.send(blob, offset, length).await?,
        };
        response.set_data(Framable);
        let headers = response.headers_mut();
        let media_type = media::served(path.name(), &head);
        describe(headers, path.name(), media_type, download);
        match wanted {
            Wanted::Unsatisfiable => {
                set(headers, header::CONTENT_RANGE, &format!("bytes */{length}"));
                return Ok(response);
            }
            Wanted::Part {
                offset,
                length: sent,
            } => {
                let last = offset + sent - 1;
                let range = format!("bytes {offset}-{last}/{length}");
                set(headers, header::CONTENT_RANGE, &range);
            }
            Wanted::Whole | Wanted::Unchanged => {}
        }
        set(headers, header::ETAG, &validators.tag);
        let modified = httpdate::fmt_http_date(validators.modified);
        set(headers, header::LAST_MODIFIED, &modified);
        let kept = if file.protected { PROTECTED } else { PUBLIC };
        set(headers, header::CACHE_CONTROL, kept);
        if wanted != Wanted::Unchanged {
            set(headers, header::CONTENT_TYPE, media_type);
            set(headers, header::ACCEPT_RANGES, "bytes");
        }
        if matches!(wanted, Wanted::Part { .. }) {
            response.set_status(StatusCode::PARTIAL_CONTENT);
        }
        Ok(response)
    }

    /// An answer of some bytes; many are read while they are sent.
    async fn send(
        &self,
        blob: Arc<dyn Blob>,
        offset: u64,
        length: u64,
    ) -> Result<Response, Failure> {
        let body = match usize::try_from(length) {
            Ok(few) if few <= limits::FILE_READ_BYTES => {
                let files = Arc::clone(&self.0.engine.files);
                let reading = self.0.blocking(move || files.part(&*blob, offset, few));
                Body::from_vec(reading.await?)
            }
            _ => Body::from_bytes_stream(parts(blob, offset, length)),
        };
        let mut response = Response::default();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        response.set_body(body);
        Ok(response)
    }
}

/// The bytes in pieces, each read when the one before was sent.
pub(crate) fn parts(
    blob: Arc<dyn Blob>,
    offset: u64,
    length: u64,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    futures_util::stream::try_unfold((offset, length), move |(offset, left)| {
        let blob = Arc::clone(&blob);
        async move {
            let wanted = usize::try_from(left).unwrap_or(usize::MAX);
            let wanted = wanted.min(limits::FILE_READ_BYTES);
            if wanted == 0 {
                return Ok(None);
            }
            let reading = tokio::task::spawn_blocking(move || blob.read(offset, wanted));
            let bytes = reading.await.map_err(std::io::Error::other)??;
            if bytes.len() < wanted {
                return Err(std::io::Error::other("a file ended early"));
            }
            let read = bytes.len() as u64;
            Ok(Some((Bytes::from(bytes), (offset + read, left - read))))
        }
    })
}

/// How the browser is to treat the file.
pub(crate) fn describe(headers: &mut HeaderMap, name: &str, media_type: &str, download: bool) {
    set(headers, header::CONTENT_SECURITY_POLICY, POLICY);
    let shown = SHOWN.contains(&media_type) && !download;
    let how = if shown { "inline" } else { "attachment" };
    let name = quoted(name);
    set(
        headers,
        header::CONTENT_DISPOSITION,
        &format!("{how}; filename={name}"),
    );
}

/// A name as a quoted string (RFC 6266). Names that the server gave need none of this; imported
/// ones may hold anything.
fn quoted(name: &str) -> String {
    let safe = |one: char| {
        if one.is_ascii_graphic() || one == ' ' {
            one
        } else {
            '_'
        }
    };
    let plain: String = name.chars().map(safe).collect();
    format!("\"{}\"", plain.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Sets a header, unless its value cannot be one.
pub(crate) fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The bytes of a file, or of a part of it.
pub(crate) struct FileAnswer(pub(crate) Response);

impl IntoResponse for FileAnswer {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for FileAnswer {
    fn meta() -> MetaResponses {
        let answer = |status: u16, description: &'static str, content| MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content,
            headers: vec![],
        };
        let bytes = || MetaMediaType {
            content_type: "application/octet-stream",
            schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format(
                "string", "binary",
            ))),
        };
        MetaResponses {
            responses: vec![
                answer(200, "The file.", vec![bytes()]),
                answer(
                    206,
                    "The part of the file that was asked for.",
                    vec![bytes()],
                ),
                answer(304, "The client has the file already.", vec![]),
            ],
        }
    }

    fn register(_registry: &mut Registry) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        for (name, expected) in [
            ("a.png", "\"a.png\""),
            ("a b.png", "\"a b.png\""),
            ("a\";x=\"b", "\"a\\\";x=\\\"b\""),
            ("a\\", "\"a\\\\\""),
            ("a\r\nSet-Cookie: x", "\"a__Set-Cookie: x\""),
            ("é", "\"_\""),
        ] {
            assert_eq!(quoted(name), expected);
            assert!(HeaderValue::from_str(&quoted(name)).is_ok());
        }
    }
}
