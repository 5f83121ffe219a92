//! Static files of the folder `luge_public`, with its `index.html` for unknown paths.
//!
//! - A path is percent-decoded once and split; a part that is `..`, hidden (starts with a dot),
//!   or holds a separator or NUL is not found.
//! - What a symbolic link leads to is served only if it is inside the folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use luge_model::limits;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Body, Endpoint, IntoResponse, Request, Response};

use crate::http::answer::bytes_response;
use crate::http::error::Failure;

const INDEX: &str = "index.html";

/// Serves the files of one folder.
#[derive(Clone)]
pub(crate) struct StaticFiles {
    folder: Arc<Path>,
}

impl StaticFiles {
    /// The files of `folder`, which need not exist.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    async fn answer(&self, request: &Request) -> Result<Response, Failure> {
        let path = relative(request.uri().path()).ok_or_else(Failure::file_not_found)?;
        let folder = Arc::clone(&self.folder);
        let found = tokio::task::spawn_blocking(move || find(&folder, &path))
            .await
            .map_err(|_| Failure::internal())?
            .ok_or_else(Failure::file_not_found)?;
        let unchanged = request
            .headers()
            .get(header::IF_NONE_MATCH)
            .is_some_and(|tag| tag.as_bytes() == found.tag.as_bytes());
        let mut response = if unchanged {
            let mut response = Response::default();
            response.set_status(StatusCode::NOT_MODIFIED);
            response
        } else {
            found.read().await?
        };
        let headers = response.headers_mut();
        if let Ok(tag) = HeaderValue::from_str(&found.tag) {
            headers.insert(header::ETAG, tag);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        Ok(response)
    }
}

impl Endpoint for StaticFiles {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        match self.answer(&request).await {
            Ok(response) => Ok(response),
            Err(failure) => Ok(failure.into_response()),
        }
    }
}

struct Found {
    path: PathBuf,
    length: u64,
    tag: String,
}

impl Found {
    async fn read(&self) -> Result<Response, Failure> {
        let content_type = content_type(&self.path);
        let gone = |error: std::io::Error| {
            tracing::warn!(path = %self.path.display(), %error, "a static file cannot be read");
            Failure::file_not_found()
        };
        if self.length <= limits::STATIC_FILE_BYTES_WHOLE {
            let bytes = tokio::fs::read(&self.path).await.map_err(gone)?;
            return Ok(bytes_response(StatusCode::OK, content_type, bytes));
        }
        let file = tokio::fs::File::open(&self.path).await.map_err(gone)?;
        let mut response = Response::default();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, content_type);
        response.set_body(Body::from_async_read(file));
        Ok(response)
    }
}

/// The content type that a file's name says.
pub(crate) fn content_type(path: &Path) -> HeaderValue {
    let guess = mime_guess::from_path(path).first_or_octet_stream();
    let text = if guess.type_() == "text" || guess.subtype() == "javascript" {
        format!("{}; charset=utf-8", guess.essence_str())
    } else {
        guess.essence_str().to_owned()
    };
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

/// A path of a request as a path below a folder; `None` when it must not be looked up.
pub(crate) fn relative(path: &str) -> Option<PathBuf> {
    let decoded = percent_encoding::percent_decode_str(path)
        .decode_utf8()
        .ok()?;
    let mut relative = PathBuf::new();
    for part in decoded.split('/').filter(|part| !part.is_empty()) {
        if part.starts_with('.') || part.contains(['\\', '\0', ':']) {
            return None;
        }
        relative.push(part);
    }
    Some(relative)
}

fn find(folder: &Path, path: &Path) -> Option<Found> {
    let folder = folder.canonicalize().ok()?;
    [
        folder.join(path),
        folder.join(path).join(INDEX),
        folder.join(INDEX),
    ]
    .into_iter()
    .find_map(|candidate| found(&folder, &candidate))
}

fn found(folder: &Path, candidate: &Path) -> Option<Found> {
    let path = candidate.canonicalize().ok()?;
    let metadata = path.metadata().ok()?;
    if !path.starts_with(folder) || !metadata.is_file() {
        return None;
    }
    let changed = metadata
        .modified()
        .ok()?
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let tag = format!("\"{:x}-{:x}\"", changed.as_nanos(), metadata.len());
    Some(Found {
        path,
        length: metadata.len(),
        tag,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_and_nothing_hidden_can_be_named() {
        for path in [
            "/../secret",
            "/a/../../secret",
            "/%2e%2e/secret",
            "/..%2fsecret",
            "/.env",
            "/a/.git/config",
            "/a%00b",
            "/a%5cb",
            "/C:/x",
            "/%ff",
        ] {
            assert_eq!(relative(path), None, "{path}");
        }
    }

    #[test]
    fn a_path_is_decoded_once() {
        assert_eq!(relative("/a%20b/c"), Some(PathBuf::from("a b/c")));
        assert_eq!(relative("/%252e%252e/x"), Some(PathBuf::from("%2e%2e/x")));
        assert_eq!(relative("//a//"), Some(PathBuf::from("a")));
        assert_eq!(relative("/"), Some(PathBuf::new()));
    }

    #[test]
    fn unknown_paths_fall_back_to_the_index_and_links_do_not_lead_out() {
        let root = std::env::temp_dir().join(format!("luge-static-{}", std::process::id()));
        let folder = root.join("public");
        std::fs::create_dir_all(folder.join("sub")).unwrap();
        std::fs::write(root.join("secret.txt"), "secret").unwrap();
        std::fs::write(folder.join("sub/page.html"), "page").unwrap();
        let served = |path: &str| {
            let found = find(&folder, Path::new(path))?;
            Some(std::fs::read_to_string(found.path).unwrap())
        };
        assert_eq!(served("sub/page.html").as_deref(), Some("page"));
        assert_eq!(served("sub/unknown"), None);
        std::fs::write(folder.join("index.html"), "index").unwrap();
        assert_eq!(served("sub/unknown").as_deref(), Some("index"));
        assert_eq!(served("").as_deref(), Some("index"));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root.join("secret.txt"), folder.join("link.txt")).unwrap();
            assert_eq!(served("link.txt").as_deref(), Some("index"));
        }
        std::fs::remove_dir_all(&root).unwrap();
    }
}
