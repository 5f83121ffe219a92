//! What the headers of a tus request say.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use luge_engine::files::{Begin, Checksum};
use luge_model::limits::UPLOAD_METADATA_BYTES_MAX;
use poem::Request;
use poem::http::Method;

use crate::http::error::Failure;

/// The only version of the protocol that is spoken.
pub(super) const VERSION: &str = "1.0.0";
/// The media type of bytes of an upload.
pub(super) const BYTES: &str = "application/offset+octet-stream";
/// The checksums that are compared.
pub(super) const ALGORITHMS: [&str; 2] = Checksum::ALGORITHMS;

/// What an upload is called whose client does not say.
const UNNAMED: &str = "upload";

/// Refuses another version of the protocol.
pub(super) fn check_version(request: &Request) -> Result<(), Failure> {
    match request.header("tus-resumable") {
        Some(VERSION) => Ok(()),
        _ => Err(Failure::other_protocol(VERSION)),
    }
}

/// The method that a client means.
pub(super) fn method(request: &Request) -> Option<Method> {
    request.header("x-http-method-override")?.parse().ok()
}

/// Where the bytes go.
pub(super) fn offset(request: &Request) -> Result<u64, Failure> {
    number(request, "Upload-Offset")
}

/// What a client says about an upload that it begins.
pub(super) fn begin(request: &Request) -> Result<Begin, Failure> {
    if request.header("upload-defer-length").is_some() {
        let reason = "The length of an upload must be known when it begins.";
        return Err(Failure::bad_request(reason));
    }
    if request.header("upload-concat").is_some() {
        return Err(Failure::bad_request("Uploads cannot be joined."));
    }
    let length = number(request, "Upload-Length")?;
    let metadata = match request.headers().get("upload-metadata") {
        None => "",
        Some(value) => value
            .to_str()
            .map_err(|_| wrong("Upload-Metadata", "ASCII"))?,
    };
    Ok(Begin {
        length,
        original: name(metadata)?,
        metadata: metadata.to_owned(),
    })
}

/// What the bytes must hash to, if the client says so.
pub(super) fn checksum(request: &Request) -> Result<Option<Checksum>, Failure> {
    let Some(value) = request.header("upload-checksum") else {
        return Ok(None);
    };
    let expected = "sha1 or sha256, a space, and the checksum of that kind in Base64";
    let wrong = || wrong("Upload-Checksum", expected);
    let (algorithm, sum) = value.split_once(' ').ok_or_else(wrong)?;
    let sum = BASE64_STANDARD.decode(sum).map_err(|_| wrong())?;
    Checksum::new(algorithm, sum).map(Some).ok_or_else(wrong)
}

fn number(request: &Request, name: &str) -> Result<u64, Failure> {
    let value = request.header(name).unwrap_or_default();
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|_| digits);
    number.ok_or_else(|| wrong(name, "a number of bytes"))
}

/// The name of the file in the description of an upload: pairs of a key and a value in Base64.
fn name(metadata: &str) -> Result<String, Failure> {
    let expected = "keys with values in Base64, each key once, 4096 bytes at most";
    let wrong = || wrong("Upload-Metadata", expected);
    if metadata.len() > UPLOAD_METADATA_BYTES_MAX {
        return Err(wrong());
    }
    let mut keys = Vec::new();
    let mut found = None;
    for pair in metadata.split(',').filter(|_| !metadata.is_empty()) {
        let pair = pair.trim();
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = BASE64_STANDARD.decode(value).map_err(|_| wrong())?;
        if key.is_empty() || keys.contains(&key) {
            return Err(wrong());
        }
        keys.push(key);
        if key == "filename" {
            found = Some(String::from_utf8(value).map_err(|_| wrong())?);
        }
    }
    let named = found.filter(|name| !name.is_empty());
    Ok(named.unwrap_or_else(|| UNNAMED.to_owned()))
}

fn wrong(name: &str, expected: &str) -> Failure {
    Failure::bad_request(format!("The header {name} must be {expected}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_names_the_file() {
        for (metadata, expected) in [
            ("", UNNAMED),
            ("filename YS50eHQ=", "a.txt"),
            ("filename YS50eHQ=,filetype dGV4dC9wbGFpbg==", "a.txt"),
            ("is_confidential,filename YS50eHQ=", "a.txt"),
            ("filename ", UNNAMED),
            ("name YS50eHQ=", UNNAMED),
            ("filename Li4vLi4vYQ==", "../../a"),
        ] {
            assert_eq!(name(metadata).unwrap(), expected, "{metadata}");
        }
        let long = format!("filename {}", "QUFB".repeat(2_000));
        for metadata in [
            ",",
            "filename YS50eHQ",
            "filename !",
            "filename YS50eHQ=,filename YS50eHQ=",
            "filename YS50eHQ= more",
            "a ,",
            "filename //8=",
            long.as_str(),
        ] {
            assert!(name(metadata).is_err(), "{metadata}");
        }
    }

    #[test]
    fn headers_that_make_no_sense_are_refused_by_name() {
        let request = |name: &str, value: &str| Request::builder().header(name, value).finish();
        for value in ["", "-1", "+1", "1.5", "x", "99999999999999999999999"] {
            let message = offset(&request("Upload-Offset", value))
                .unwrap_err()
                .to_string();
            assert!(
                message.starts_with("The header Upload-Offset must be"),
                "{value}"
            );
        }
        assert_eq!(offset(&request("Upload-Offset", "007")).unwrap(), 7);
        for value in [
            "sha1",
            "md5 1B2M2Y8AsgTpgAmY7PhCfg==",
            "sha1 !",
            "sha1 1B2M2Y8AsgTpgAmY7PhCfg==",
            "sha256 2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
            "SHA1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
        ] {
            assert!(
                checksum(&request("Upload-Checksum", value)).is_err(),
                "{value}"
            );
        }
        let right = request("Upload-Checksum", "sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
        assert!(checksum(&right).unwrap().is_some());
        for value in ["", "0.9", "1.0.1", "1.0"] {
            assert!(check_version(&request("Tus-Resumable", value)).is_err());
        }
        assert!(begin(&request("Upload-Defer-Length", "1")).is_err());
        assert!(begin(&request("Upload-Concat", "partial")).is_err());
    }
}
