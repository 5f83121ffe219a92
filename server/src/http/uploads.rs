//! Uploads that are received piece by piece, by the tus protocol 1.0.0 with the extensions
//! creation, creation-with-upload, termination, expiration and checksum.
//!
//! - Every answer says which version of the protocol it speaks; a request that speaks another one
//!   changes nothing.
//! - Bytes are written as they arrive; what arrived stays when a request breaks off.
//! - A record takes a finished upload by naming it as `upload:ID` in a file field.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http_body_util::{BodyExt, combinators::BoxBody};
use luge_engine::context::Context;
use luge_engine::files::{Appending, Begin, UploadState};
use luge_model::limits;
use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Body, IntoResponse, Request, RequestBody, Response};
use poem_openapi::param::Path;
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaResponse, MetaResponses};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions, OpenApi};

use crate::http::app::App;
use crate::http::body::announced_length;
use crate::http::error::Failure;

mod asked;

use asked::{BYTES, VERSION};

const PATH: &str = "/api/files/uploads";
const EXTENSIONS: &str = "creation,creation-with-upload,termination,expiration,checksum";
const EXPOSED: &str = "Location,Tus-Resumable,Tus-Version,Tus-Extension,Tus-Max-Size,\
    Tus-Checksum-Algorithm,Upload-Offset,Upload-Length,Upload-Metadata,Upload-Expires";

/// The routes.
pub(crate) struct UploadsApi(pub(crate) Arc<App>);

/// Whether a request without a body of interest asks what uploads can do, rather than whether a
/// page of another origin may.
pub(crate) fn is_asked_about(request: &Request) -> bool {
    let path = request.uri().path();
    let below = path.strip_prefix(PATH);
    let is_for_page = request
        .headers()
        .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    !is_for_page && below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
}

#[OpenApi]
impl UploadsApi {
    /// Says what the server can do with uploads.
    #[oai(
        path = "/api/files/uploads",
        method = "options",
        operation_id = "describeUploads"
    )]
    async fn describe(&self, request: &Request) -> UploadAnswer {
        UploadAnswer(self.description(request))
    }

    /// The same for one upload, which need not be there.
    #[oai(
        path = "/api/files/uploads/:id",
        method = "options",
        operation_id = "describeUpload"
    )]
    async fn describe_one(
        &self,
        request: &Request,
        #[oai(name = "id")] _id: Path<String>,
    ) -> UploadAnswer {
        UploadAnswer(self.description(request))
    }

    /// Begins an upload, perhaps with its first bytes.
    #[oai(
        path = "/api/files/uploads",
        method = "post",
        operation_id = "beginUpload"
    )]
    async fn begin(&self, request: &Request, body: UploadBody) -> UploadAnswer {
        answered(self.begun(request, body).await)
    }

    /// Says how far an upload is.
    #[oai(
        path = "/api/files/uploads/:id",
        method = "head",
        operation_id = "readUpload"
    )]
    async fn read(&self, request: &Request, id: Path<String>) -> UploadAnswer {
        answered(self.shown(request, &id).await)
    }

    /// Goes on with an upload.
    #[oai(
        path = "/api/files/uploads/:id",
        method = "patch",
        operation_id = "appendToUpload"
    )]
    async fn append(&self, request: &Request, id: Path<String>, body: UploadBody) -> UploadAnswer {
        answered(self.appended(request, &id, body).await)
    }

    /// Ends an upload.
    #[oai(
        path = "/api/files/uploads/:id",
        method = "delete",
        operation_id = "endUpload"
    )]
    async fn end(&self, request: &Request, id: Path<String>) -> UploadAnswer {
        answered(self.ended(request, &id).await)
    }

    /// Does what `X-HTTP-Method-Override` says, for clients that cannot send it otherwise.
    #[oai(
        path = "/api/files/uploads/:id",
        method = "post",
        operation_id = "overrideUploadMethod"
    )]
    async fn overridden(
        &self,
        request: &Request,
        id: Path<String>,
        body: UploadBody,
    ) -> UploadAnswer {
        answered(match asked::method(request) {
            Some(Method::PATCH) => self.appended(request, &id, body).await,
            Some(Method::DELETE) => self.ended(request, &id).await,
            Some(Method::HEAD) => self.shown(request, &id).await,
            _ => Err(Failure::bad_request(
                "A POST to an upload says in X-HTTP-Method-Override what is meant: PATCH, HEAD or \
                 DELETE.",
            )),
        })
    }
}

impl UploadsApi {
    fn description(&self, request: &Request) -> Response {
        let context = self.0.context(request);
        let max = self.0.engine.files.upload_length_max(&context.principal);
        let mut response = empty(StatusCode::NO_CONTENT);
        set(&mut response, "tus-version", VERSION);
        set(&mut response, "tus-extension", EXTENSIONS);
        set(&mut response, "tus-max-size", &max.to_string());
        let algorithms = asked::ALGORITHMS.join(",");
        set(&mut response, "tus-checksum-algorithm", &algorithms);
        response
    }

    async fn begun(&self, request: &Request, body: UploadBody) -> Result<Response, Failure> {
        asked::check_version(request)?;
        let context = self.0.context(request);
        let with_bytes = body.content_type == BYTES;
        if !with_bytes && body.announced != 0 {
            return Err(Failure::bytes_expected(BYTES));
        }
        let checksum = asked::checksum(request)?;
        let begin = asked::begin(request)?;
        let Begin { length, .. } = begin;
        if with_bytes && body.announced > length {
            return Err(Failure::too_large());
        }
        let files = Arc::clone(&self.0.engine.files);
        let mut state = files.begin_upload(&context, begin).await?;
        if with_bytes {
            let announced = (body.announced, checksum);
            let received = match files.append(&context, &state.id, 0, announced).await {
                Ok(appending) => self.receive(appending, body).await,
                Err(error) => Err(error.into()),
            };
            match received {
                Ok(offset) => state.offset = offset,
                Err(failure) => {
                    // Its client does not know its id.
                    files.end_upload(&context, &state.id).await?;
                    return Err(failure);
                }
            }
        }
        let mut response = empty(StatusCode::CREATED);
        let location = format!("{PATH}/{}", state.id);
        set(&mut response, header::LOCATION.as_str(), &location);
        set(&mut response, "upload-offset", &state.offset.to_string());
        set_expiry(&mut response, &state);
        Ok(response)
    }

    async fn shown(&self, request: &Request, id: &str) -> Result<Response, Failure> {
        asked::check_version(request)?;
        let state = self.state(self.0.context(request), id).await?;
        let mut response = empty(StatusCode::OK);
        set(&mut response, "upload-offset", &state.offset.to_string());
        set(&mut response, "upload-length", &state.length.to_string());
        if !state.metadata.is_empty() {
            set(&mut response, "upload-metadata", &state.metadata);
        }
        set_expiry(&mut response, &state);
        Ok(response)
    }

    async fn state(&self, context: Context, id: &str) -> Result<UploadState, Failure> {
        let (files, id) = (Arc::clone(&self.0.engine.files), id.to_owned());
        self.0.blocking(move || files.upload(&context, &id)).await
    }

    async fn appended(
        &self,
        request: &Request,
        id: &str,
        body: UploadBody,
    ) -> Result<Response, Failure> {
        let appending = self.begin_append(request, id, &body).await?;
        let offset = self.receive(appending, body).await?;
        let mut response = empty(StatusCode::NO_CONTENT);
        set(&mut response, "upload-offset", &offset.to_string());
        let context = self.0.context(request);
        // A record may have taken it already.
        if let Ok(state) = self.state(context, id).await {
            set_expiry(&mut response, &state);
        }
        Ok(response)
    }

    async fn begin_append(
        &self,
        request: &Request,
        id: &str,
        body: &UploadBody,
    ) -> Result<Appending, Failure> {
        asked::check_version(request)?;
        if body.content_type != BYTES {
            return Err(Failure::bytes_expected(BYTES));
        }
        let offset = asked::offset(request)?;
        let checksum = asked::checksum(request)?;
        let context = self.0.context(request);
        let files = &self.0.engine.files;
        let announced = (body.announced, checksum);
        Ok(files.append(&context, id, offset, announced).await?)
    }

    async fn ended(&self, request: &Request, id: &str) -> Result<Response, Failure> {
        asked::check_version(request)?;
        let context = self.0.context(request);
        self.0.engine.files.end_upload(&context, id).await?;
        Ok(empty(StatusCode::NO_CONTENT))
    }

    /// Writes a body as it arrives; says how far the upload is then.
    async fn receive(&self, appending: Appending, body: UploadBody) -> Result<u64, Failure> {
        let given_up = appending.given_up();
        let mut appending = appending;
        let mut body = body.stream();
        let mut waiting = Vec::new();
        let idle = Duration::from_secs(limits::UPLOAD_IDLE_SECONDS_MAX);
        let end = tokio::time::Instant::now() + Duration::from_secs(limits::UPLOAD_SECONDS_MAX);
        let whole = loop {
            let next = tokio::select! {
                next = tokio::time::timeout(idle, body.next()) => next,
                () = given_up.notified() => break false,
                () = tokio::time::sleep_until(end) => break false,
            };
            match next {
                Ok(Some(Ok(bytes))) => waiting.extend_from_slice(&bytes),
                Ok(None) => break true,
                Ok(Some(Err(_))) | Err(_) => break false,
            }
            if waiting.len() >= limits::UPLOAD_WRITE_BYTES {
                let bytes = std::mem::take(&mut waiting);
                let written = move || appending.write(&bytes).map(|()| appending);
                appending = self.0.blocking(written).await?;
            }
        };
        let finished = self.0.blocking(move || {
            appending.write(&waiting)?;
            if whole {
                appending.finish()
            } else {
                appending.break_off()
            }
        });
        finished.await
    }
}

/// The answer to a request of the protocol, whether it was carried out or not.
fn answered(outcome: Result<Response, Failure>) -> UploadAnswer {
    UploadAnswer(outcome.unwrap_or_else(IntoResponse::into_response))
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::default();
    response.set_status(status);
    response
}

fn set(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn set_expiry(response: &mut Response, state: &UploadState) {
    let milliseconds = u64::try_from(state.expires.0).unwrap_or_default();
    let time = std::time::UNIX_EPOCH + Duration::from_millis(milliseconds);
    set(response, "upload-expires", &httpdate::fmt_http_date(time));
}

/// The bytes of an upload, not read yet.
struct UploadBody {
    body: Body,
    announced: u64,
    content_type: String,
}

impl UploadBody {
    fn stream(self) -> impl Stream<Item = std::io::Result<Bytes>> + Unpin {
        let body: BoxBody<Bytes, std::io::Error> = self.body.into();
        body.into_data_stream()
    }
}

impl<'a> ApiExtractor<'a> for UploadBody {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(_registry: &mut Registry) {}

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: Some("The next bytes of the file."),
            content: vec![MetaMediaType {
                content_type: BYTES,
                schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format(
                    "string", "binary",
                ))),
            }],
            required: false,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> poem::Result<Self> {
        Ok(Self {
            body: body.take()?,
            announced: announced_length(request),
            content_type: request.content_type().unwrap_or_default().to_owned(),
        })
    }
}

/// An answer of the protocol.
pub(crate) struct UploadAnswer(Response);

impl IntoResponse for UploadAnswer {
    fn into_response(self) -> Response {
        let mut response = self.0;
        set(&mut response, "tus-resumable", VERSION);
        set(&mut response, "tus-version", VERSION);
        set(&mut response, header::CACHE_CONTROL.as_str(), "no-store");
        set(
            &mut response,
            header::ACCESS_CONTROL_EXPOSE_HEADERS.as_str(),
            EXPOSED,
        );
        response
    }
}

impl ApiResponse for UploadAnswer {
    fn meta() -> MetaResponses {
        let answer = |status: u16, description: &'static str| MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content: vec![],
            headers: vec![],
        };
        let mut responses = vec![
            answer(200, "How far the upload is, in the headers."),
            answer(201, "Begun; `Location` is the upload."),
            answer(204, "Done."),
            answer(409, "The upload is elsewhere; ask how far it is."),
            answer(412, "Another version of the protocol."),
            answer(415, "The body is not bytes of an upload."),
            answer(423, "Another request works on the upload."),
            answer(460, "The checksum does not match; the bytes were not kept."),
        ];
        responses.extend(Failure::meta().responses);
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        Failure::register(registry);
    }
}
