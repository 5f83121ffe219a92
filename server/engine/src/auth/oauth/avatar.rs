//! The picture of somebody who signs up: fetched like everything else that a stranger names, and
//! left out where that fails.

use luge_model::field::file::FileField;
use luge_model::limits::{OAUTH_AVATAR_BYTES_MAX, OAUTH_AVATAR_REDIRECTS_MAX};
use url::Url;

use crate::auth::Auth;
use crate::error::{Error, Result};
use crate::files::{Announced, Upload};
use crate::outside::{OutboundMethod, OutboundRequest};

impl Auth {
    /// The picture at an address, for a file field that takes it.
    pub(super) async fn fetch_avatar(
        &self,
        field: &str,
        file: &FileField,
        address: &str,
    ) -> Option<Upload> {
        let bytes_max = file.max_bytes().min(OAUTH_AVATAR_BYTES_MAX);
        let fetched = self.fetch(address, bytes_max).await;
        let received = match fetched {
            Ok(bytes) => self.receive(field, address, bytes).await,
            Err(reason) => Err(Error::BadRequest(reason)),
        };
        let upload = received
            .inspect_err(|error| tracing::warn!(%error, "the picture of an account was not kept"));
        let takes = |upload: &Upload| {
            let kind = &upload.uploaded.media_type;
            file.mime_types.is_empty() || file.mime_types.contains(kind)
        };
        upload.ok().filter(takes)
    }

    /// The bytes at an address; each step of the way there is a request of its own.
    async fn fetch(
        &self,
        address: &str,
        answer_bytes_max: usize,
    ) -> std::result::Result<Vec<u8>, String> {
        let mut url = Url::parse(address).map_err(|error| error.to_string())?;
        for _ in 0..=OAUTH_AVATAR_REDIRECTS_MAX {
            let request = OutboundRequest {
                method: OutboundMethod::Get,
                url: url.to_string(),
                headers: Vec::new(),
                body: Vec::new(),
                answer_bytes_max,
            };
            let answer = self.providers.outbound.send(request).await;
            let answer = answer.map_err(|error| error.to_string())?;
            match (answer.status, answer.header("location")) {
                (200, _) => return Ok(answer.body),
                (301 | 302 | 303 | 307 | 308, Some(next)) => {
                    let secure = url.scheme() == "https";
                    url = url.join(next).map_err(|error| error.to_string())?;
                    if secure && url.scheme() != "https" {
                        return Err("the way to the picture leads away from https".to_owned());
                    }
                }
                (status, _) => return Err(format!("the picture answers with status {status}")),
            }
        }
        Err("the picture is too many redirects away".to_owned())
    }

    async fn receive(&self, field: &str, address: &str, bytes: Vec<u8>) -> Result<Upload> {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        let announced = Announced {
            key: field.to_owned(),
            original: if name.is_empty() { "avatar" } else { name }.to_owned(),
            bytes_max: bytes.len() as u64,
        };
        let files = std::sync::Arc::clone(&self.files);
        let received = tokio::task::spawn_blocking(move || {
            let mut receiving = files.receive(announced)?;
            receiving.write(&bytes)?;
            files.received(receiving)
        });
        received.await.map_err(|_died| Error::Closed)?
    }
}
