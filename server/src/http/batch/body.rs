//! The body of a batch: the requests as JSON, and files of theirs beside it in a multipart body.
//!
//! - A file is received before it is known whose it is: the JSON may come behind it. What no
//!   request takes is forgotten in the end.
//! - How much may be sent is a setting; values without one get what any other request gets.

use std::time::Duration;

use http_body_util::{BodyExt, combinators::BoxBody};
use luge_engine::files::{Announced, Upload};
use luge_engine::records::{BatchAction, Submitted};
use luge_engine::secrets::Fingerprint;
use luge_engine::settings::BatchSettings;
use luge_model::limits;
use serde_json::{Map, Value as Json};

use super::parse::{self, Asked};
use crate::http::app::App;
use crate::http::body::{self, Kind, RawBody};
use crate::http::error::Failure;
use crate::http::form::Collected;
use crate::http::multipart::{BodyLimits, Part, Parts};
use crate::http::record_body::{self, RecordBody};

/// The requests of a batch, each with the files that its collection takes.
pub(super) struct Received {
    /// The values as they came.
    pub(super) values: Json,
    pub(super) requests: Vec<(Asked, Submitted)>,
}

/// A file, with the position of its request.
type Placed = (usize, Upload);

/// Receives the requests; a fingerprint takes in their files.
pub(super) async fn receive(
    body: RecordBody,
    app: &App,
    settings: &BatchSettings,
    fingerprint: Option<&mut Fingerprint>,
) -> Result<Received, Failure> {
    let allowed = allowed(settings);
    if body.announced > allowed.whole {
        return Err(Failure::too_large());
    }
    let time = Duration::from_secs(limits::BODY_READ_SECONDS_MAX);
    let read = tokio::time::timeout(time, read(body, app, allowed, fingerprint)).await;
    let (object, uploads) =
        read.map_err(|_| Failure::bad_request("The request body did not arrive in time."))??;
    let most = usize::try_from(settings.max_requests).unwrap_or_default();
    let values = Json::Object(object.clone());
    let requests = parse::requests(object, most)?;
    let requests = assigned(app, requests, uploads)?;
    Ok(Received { values, requests })
}

async fn read(
    body: RecordBody,
    app: &App,
    allowed: BodyLimits,
    fingerprint: Option<&mut Fingerprint>,
) -> Result<(Map<String, Json>, Vec<Placed>), Failure> {
    let RecordBody {
        body, content_type, ..
    } = body;
    let multipart = matches!(Kind::of(&content_type), Kind::Multipart);
    if !multipart || body.is_empty() {
        let limit = usize::try_from(allowed.texts).unwrap_or(usize::MAX);
        let bytes = body::read(body, limit).await?;
        let object = RawBody::new(bytes, content_type).into_object().await;
        return Ok((object.map_err(unreadable)?, Vec::new()));
    }
    let body: BoxBody<bytes::Bytes, std::io::Error> = body.into();
    let mut parts = Parts::new(&content_type, body.into_data_stream(), allowed)?;
    receive_parts((app, allowed.whole), &mut parts, fingerprint).await
}

async fn receive_parts(
    (app, bytes_max): (&App, u64),
    parts: &mut Parts,
    mut fingerprint: Option<&mut Fingerprint>,
) -> Result<(Map<String, Json>, Vec<Placed>), Failure> {
    let mut collected = Collected::default();
    let mut uploads = Vec::new();
    while let Some(part) = parts.next().await? {
        match part {
            Part::Text { key, text } => collected.add(key, text).map_err(unreadable)?,
            Part::File {
                key,
                original,
                content,
            } => {
                let place = place(&key);
                let announced = place.as_ref().map(|(_, key)| Announced {
                    key: key.clone(),
                    original,
                    bytes_max,
                });
                if let Some(fingerprint) = &mut fingerprint {
                    fingerprint.part(key.as_bytes());
                }
                let taken = fingerprint.as_deref_mut();
                let upload = record_body::receive(app, announced, content, taken).await?;
                uploads.extend(place.map(|(index, _)| index).zip(upload));
            }
        }
    }
    Ok((collected.into_object(), uploads))
}

/// Gives every request its files; those that it does not take are dropped.
fn assigned(
    app: &App,
    requests: Vec<Asked>,
    uploads: Vec<Placed>,
) -> Result<Vec<(Asked, Submitted)>, Failure> {
    let mut files: Vec<Vec<Upload>> = requests.iter().map(|_| Vec::new()).collect();
    for (index, upload) in uploads {
        let action = requests.get(index).and_then(Asked::action);
        let Some((collection, action)) = action else {
            continue;
        };
        let writes = !matches!(action, BatchAction::Delete(_));
        // A collection that is missing is told when its turn comes.
        let records = &app.engine.records;
        let taken = records.upload_bytes_max(&collection, &upload.key);
        if writes
            && taken.is_ok_and(|taken| taken.is_some())
            && let Some(files) = files.get_mut(index)
        {
            files.push(upload);
        }
    }
    let requests = requests.into_iter().zip(files);
    Ok(requests
        .map(|(mut asked, files)| {
            let body = std::mem::take(&mut asked.body);
            (asked, Submitted::new(body, files))
        })
        .collect())
}

/// The request and the key that a file is for: `requests.N.KEY` or `requests[N].KEY`.
fn place(key: &str) -> Option<(usize, String)> {
    let (number, key) = match key.strip_prefix("requests[") {
        Some(rest) => rest.split_once("].")?,
        None => key.strip_prefix("requests.")?.split_once('.')?,
    };
    let index: usize = number.parse().ok()?;
    let is_plain = index.to_string() == number && !key.is_empty();
    is_plain.then(|| (index, key.to_owned()))
}

fn allowed(settings: &BatchSettings) -> BodyLimits {
    match u64::try_from(settings.max_body_size) {
        Ok(whole) if whole > 0 => BodyLimits {
            whole,
            texts: whole,
        },
        _ => BodyLimits {
            whole: limits::BATCH_BODY_BYTES_DEFAULT,
            texts: limits::BODY_BYTES_MAX as u64,
        },
    }
}

/// What is wrong with the syntax of the body.
fn unreadable(failure: Failure) -> Failure {
    match failure.is_bad_request() {
        true => Failure::unreadable_batch(failure.to_string()),
        false => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_names_its_request_in_two_ways() {
        for (key, expected) in [
            ("requests.0.cover", Some((0, "cover"))),
            ("requests.12.cover+", Some((12, "cover+"))),
            ("requests[3].+cover", Some((3, "+cover"))),
            ("requests.0.a.b", Some((0, "a.b"))),
            ("requests.0", None),
            ("requests.0.", None),
            ("requests.00.cover", None),
            ("requests.+1.cover", None),
            ("requests.-1.cover", None),
            ("requests.x.cover", None),
            ("requests[0][cover]", None),
            ("requests[0]cover", None),
            ("cover", None),
        ] {
            let expected = expected.map(|(index, key)| (index, key.to_owned()));
            assert_eq!(place(key), expected, "{key}");
        }
    }
}
