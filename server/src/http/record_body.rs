//! The body of a request that writes a record: values, and files beside them in a multipart body.
//!
//! - A file is received into a temporary file as it arrives, and never held in memory.
//! - How much may be sent depends on the fields of the collection (contract §1.2).
//! - A request that is refused leaves no file behind: the temporary file goes with it.

use std::time::Duration;

use http_body_util::{BodyExt, combinators::BoxBody};
use luge_engine::error::Error;
use luge_engine::files::{Announced, Upload};
use luge_engine::records::Submitted;
use luge_engine::secrets::Fingerprint;
use luge_model::collection::{Collection, Collections};
use luge_model::limits;
use poem::{Body, Request, RequestBody};
use poem_openapi::registry::{MetaRequest, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use crate::http::app::App;
use crate::http::body::{self, Kind, RawBody};
use crate::http::error::Failure;
use crate::http::form::Collected;
use crate::http::multipart::{BodyLimits, Part, Parts, broken};

/// A body that was not read yet.
pub(crate) struct RecordBody {
    /// What is to be read.
    pub(crate) body: Body,
    /// How long it says that it is, in bytes.
    pub(crate) announced: u64,
    /// How it is written.
    pub(crate) content_type: String,
}

impl RecordBody {
    /// Receives the body, as far as the collection takes it. A fingerprint takes in its files.
    ///
    /// # Errors
    /// A missing collection is told before anything is read (contract §4).
    pub(crate) async fn receive(
        self,
        app: &App,
        collection: &str,
        fingerprint: Option<&mut Fingerprint>,
    ) -> Result<Submitted, Failure> {
        let snapshot = app.engine.catalog.snapshot();
        let Some(found) = snapshot.find(collection) else {
            return Err(Error::MissingCollection.into());
        };
        let allowed = allowed(found);
        if self.announced > allowed.whole {
            return Err(Failure::too_large());
        }
        let time = Duration::from_secs(limits::BODY_READ_SECONDS_MAX);
        tokio::time::timeout(time, self.read(app, (&found.id, allowed), fingerprint))
            .await
            .map_err(|_| Failure::bad_request("The request body did not arrive in time."))?
    }

    async fn read(
        self,
        app: &App,
        (collection, allowed): (&str, BodyLimits),
        fingerprint: Option<&mut Fingerprint>,
    ) -> Result<Submitted, Failure> {
        let Self {
            body, content_type, ..
        } = self;
        let multipart = matches!(Kind::of(&content_type), Kind::Multipart);
        if !multipart || body.is_empty() {
            let limit = usize::try_from(allowed.texts).unwrap_or(usize::MAX);
            let bytes = body::read(body, limit).await?;
            let object = RawBody::new(bytes, content_type).into_object().await?;
            return Ok(object.into());
        }
        let body: BoxBody<bytes::Bytes, std::io::Error> = body.into();
        let mut parts = Parts::new(&content_type, body.into_data_stream(), allowed)?;
        receive_parts((app, collection), &mut parts, fingerprint).await
    }
}

async fn receive_parts(
    (app, collection): (&App, &str),
    parts: &mut Parts,
    mut fingerprint: Option<&mut Fingerprint>,
) -> Result<Submitted, Failure> {
    let mut collected = Collected::default();
    let mut uploads = Vec::new();
    while let Some(part) = parts.next().await? {
        match part {
            Part::Text { key, text } => collected.add(key, text)?,
            Part::File {
                key,
                original,
                content,
            } => {
                let announced = announced(app, collection, key, original)?;
                let upload = receive(app, announced, content, fingerprint.as_deref_mut());
                uploads.extend(upload.await?);
            }
        }
    }
    Ok(Submitted::new(collected.into_object(), uploads))
}

/// How large a body may be for this collection.
fn allowed(collection: &Collection) -> BodyLimits {
    let general = limits::BODY_BYTES_MAX as u64;
    let sum = |files: bool| {
        let fields = collection.fields.iter();
        let fields = fields.filter(|field| field.kind.as_file().is_some() == files);
        fields.fold(0_u64, |sum, field| {
            sum.saturating_add(field.kind.body_bytes())
        })
    };
    let texts = general.saturating_add(sum(false));
    BodyLimits {
        whole: texts.saturating_add(sum(true)),
        texts,
    }
}

/// What is known of a file before it arrives; `None` where no field takes it.
fn announced(
    app: &App,
    collection: &str,
    key: String,
    original: String,
) -> Result<Option<Announced>, Failure> {
    let bytes_max = app.engine.records.upload_bytes_max(collection, &key)?;
    Ok(bytes_max.map(|bytes_max| Announced {
        key,
        original,
        bytes_max,
    }))
}

/// Receives a file, which a fingerprint takes in; one that no field takes is read and forgotten.
pub(crate) async fn receive(
    app: &App,
    announced: Option<Announced>,
    mut content: Box<multer::Field<'static>>,
    fingerprint: Option<&mut Fingerprint>,
) -> Result<Option<Upload>, Failure> {
    let Some(announced) = announced else {
        while content.chunk().await.map_err(broken)?.is_some() {}
        return Ok(None);
    };
    let mut digest = fingerprint.map(|fingerprint| {
        fingerprint.part(announced.key.as_bytes());
        fingerprint.part(announced.original.as_bytes());
        (fingerprint, Fingerprint::default())
    });
    let files = &app.engine.files;
    let begun = app.blocking({
        let files = files.clone();
        move || files.receive(announced)
    });
    let mut receiving = begun.await?;
    let mut waiting = Vec::new();
    while let Some(chunk) = content.chunk().await.map_err(broken)? {
        if let Some((_, digest)) = &mut digest {
            digest.bytes(&chunk);
        }
        waiting.extend_from_slice(&chunk);
        if waiting.len() >= limits::UPLOAD_WRITE_BYTES {
            let bytes = std::mem::take(&mut waiting);
            let written = app.blocking(move || receiving.write(&bytes).map(|()| receiving));
            receiving = written.await?;
        }
    }
    if let Some((fingerprint, digest)) = digest {
        fingerprint.part(&digest.finish());
    }
    let files = files.clone();
    let finished = app.blocking(move || {
        receiving.write(&waiting)?;
        files.received(receiving)
    });
    finished.await.map(Some)
}

impl<'a> ApiExtractor<'a> for RecordBody {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(_registry: &mut Registry) {}

    fn request_meta() -> Option<MetaRequest> {
        RawBody::request_meta()
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> poem::Result<Self> {
        Ok(Self {
            body: body.take()?,
            announced: body::announced_length(request),
            content_type: request.content_type().unwrap_or_default().to_owned(),
        })
    }
}
