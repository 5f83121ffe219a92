//! Settings: one JSON value in the table of parameters, encrypted where PocketBase was given a key
//! (AES-256-GCM, the nonce in front, in base64).

use aes_gcm::aead::{Aead as _, KeyInit as _};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use luge_model::limits::POCKETBASE_NONCE_BYTES;
use serde_json::{Map, Value as Json};

use super::source::Source;
use super::{PocketBaseError, PocketBaseReport};
use crate::context::Context;
use crate::engine::Engine;
use crate::error::Error;
use crate::store::wait;

/// The parameter that holds them.
const SETTINGS: &str = "settings";
/// What is never shown, and so not among the settings that are.
const SECRETS: [&str; 3] = ["smtp.password", "s3.secret", "backups.s3.secret"];
/// How often settings are offered; what was given up can make something else wrong.
const OFFERS: usize = 8;

/// What was read: the settings, and the names of parameters that are none.
#[derive(Debug, Default)]
pub(super) struct Read {
    settings: Map<String, Json>,
    others: Vec<String>,
}

impl Read {
    /// Whether files are kept in a bucket rather than in the folder.
    pub(super) fn files_are_elsewhere(&self) -> bool {
        let enabled = self.settings.get("s3").and_then(|s3| s3.get("enabled"));
        enabled == Some(&Json::Bool(true))
    }
}

/// Reads the settings; a folder may have none.
pub(super) fn read(source: &Source, key: Option<&str>) -> Result<Read, PocketBaseError> {
    let rows = || {
        let mut statement = source
            .database()
            .prepare("SELECT `id`, CAST(`value` AS TEXT) FROM `_params` ORDER BY `_rowid_`")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect::<rusqlite::Result<Vec<(String, Option<String>)>>>()
    };
    let mut read = Read::default();
    for (id, value) in rows().map_err(|error| source.damaged(&error))? {
        match value {
            Some(value) if id == SETTINGS => read.settings = object(&value, key)?,
            _ if id == SETTINGS => {}
            _ => read.others.push(id),
        }
    }
    Ok(read)
}

fn object(value: &str, key: Option<&str>) -> Result<Map<String, Json>, PocketBaseError> {
    match serde_json::from_str(value) {
        Ok(Json::Object(settings)) => return Ok(settings),
        Ok(Json::Null) => return Ok(Map::new()),
        _ => {}
    }
    let key = key.ok_or(PocketBaseError::Encrypted(""))?;
    let settings = decrypted(value.trim_matches('"'), key);
    settings.ok_or(PocketBaseError::Encrypted(" under another key"))
}

fn decrypted(value: &str, key: &str) -> Option<Map<String, Json>> {
    let bytes = STANDARD.decode(value).ok()?;
    let (nonce, sealed) = bytes.split_first_chunk::<POCKETBASE_NONCE_BYTES>()?;
    let cipher = Aes256Gcm::new_from_slice(key.as_bytes()).ok()?;
    let plain = cipher.decrypt(&Nonce::from(*nonce), sealed).ok()?;
    serde_json::from_slice(&plain).ok()
}

/// Lays the settings over the defaults; what is refused keeps its default.
pub(super) fn carry(
    engine: &Engine,
    context: &Context,
    read: Read,
    report: &mut PocketBaseReport,
) -> Result<(), PocketBaseError> {
    if read.files_are_elsewhere() {
        report.note("The files stay in their S3 bucket, where they are found under the same keys.");
    }
    for id in read.others {
        report.lose(format!("The parameter {id:?} is not known."));
    }
    let mut settings = read.settings;
    let known = engine.settings.view(context)?;
    for path in unknown(&settings, &known, "") {
        report.lose(format!("Setting {path}: there is no such setting."));
    }
    for _ in 0..OFFERS {
        let violations = match wait(engine.settings.update(context, &settings)) {
            Ok(_) => return Ok(()),
            Err(Error::Refused { violations, .. }) => violations,
            Err(error) => return Err(error.into()),
        };
        for (path, violation) in violations.each() {
            let lost = give_up(&mut settings, &path);
            let name = path.join(".");
            match lost {
                Some(lost) => report.lose(format!(
                    "Setting {name} has its default; it was {lost}. {}",
                    violation.message
                )),
                None => return Err(refused(&name, &violation.message)),
            }
        }
    }
    Err(refused(
        "all",
        "They contradict each other in too many ways.",
    ))
}

/// The keys that these settings have and others do not.
fn unknown(settings: &Map<String, Json>, known: &Map<String, Json>, path: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (key, value) in settings {
        let path = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        match (value, known.get(key)) {
            (Json::Object(below), Some(Json::Object(known))) => {
                all.extend(unknown(below, known, &path));
            }
            (_, Some(_)) => {}
            (_, None) if SECRETS.contains(&path.as_str()) => {}
            (_, None) => all.push(path),
        }
    }
    all
}

/// Removes the innermost setting that a path names, or the list that it leads into.
fn give_up(settings: &mut Map<String, Json>, path: &[&str]) -> Option<Json> {
    let (first, rest) = path.split_first()?;
    match settings.get_mut(*first) {
        Some(Json::Object(below)) if !rest.is_empty() => give_up(below, rest),
        _ => settings.shift_remove(*first),
    }
}

fn refused(name: &str, reason: &str) -> PocketBaseError {
    PocketBaseError::Definition(format!("the settings cannot be carried: {name}: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encrypted_is_read_under_its_key_alone() {
        // Made with the key below by another implementation of AES-256-GCM.
        let sealed = "AAECAwQFBgcICQoLVsfZHa17uo6Sp1PKGKK0a5N8Ib0LwQnN5iwliHRQQMvmpyfyCPCF";
        let key = "0123456789abcdef0123456789abcdef";
        assert!(matches!(
            object(sealed, None),
            Err(PocketBaseError::Encrypted(""))
        ));
        let other = "fedcba9876543210fedcba9876543210";
        for wrong in [other, "short", ""] {
            assert!(object(sealed, Some(wrong)).is_err(), "{wrong}");
        }
        for not_sealed in ["", "AAEC", "[]", "1", "\"x\"", "{"] {
            assert!(object(not_sealed, Some(key)).is_err(), "{not_sealed}");
        }
        let read = object(sealed, Some(key)).unwrap();
        assert_eq!(read["batch"]["timeout"], 7);
    }

    #[test]
    fn a_setting_is_given_up_alone() {
        let Json::Object(mut settings) = serde_json::json!({
            "meta": { "appName": "x", "appURL": "y" }, "superuserIPs": ["a", "b"],
        }) else {
            panic!("an object")
        };
        assert_eq!(give_up(&mut settings, &["meta", "appURL"]).unwrap(), "y");
        assert!(give_up(&mut settings, &["superuserIPs", "1"]).is_some());
        assert!(give_up(&mut settings, &["superuserIPs", "1"]).is_none());
        assert!(give_up(&mut settings, &[]).is_none());
        assert_eq!(
            Json::Object(settings).to_string(),
            r#"{"meta":{"appName":"x"}}"#
        );
    }
}
