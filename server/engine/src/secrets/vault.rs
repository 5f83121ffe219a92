//! Encrypts what the database keeps of other people's secrets, where a key was given.
//!
//! - The key is not in the database: it is given at each start, 32 characters.
//! - What was written without a key is read with one, and written anew at the start.
//! - What was written with a key is read with that key only; without it the database is not opened.

use std::borrow::Cow;

use luge_model::limits::SEAL_KEY_BYTES;

use super::Seal;
use crate::error::{Error, Result};

/// How encrypted bytes begin; what is not encrypted is JSON and never does.
const MARK: u8 = 0x02;

/// Encrypts under a key, or not at all.
#[derive(Debug, Default)]
pub struct Vault(Option<Seal>);

impl Vault {
    /// Under a key of 32 bytes; without one nothing is encrypted.
    ///
    /// # Errors
    /// When the key has another length.
    pub fn new(key: Option<&str>) -> Result<Self> {
        let Some(key) = key else {
            return Ok(Self::default());
        };
        match Seal::of(key.as_bytes()) {
            Some(seal) => Ok(Self(Some(seal))),
            None => Err(Error::Misconfigured {
                reason: format!(
                    "the encryption key has {} bytes, and must have {SEAL_KEY_BYTES}",
                    key.len()
                ),
                remedy: "make one, with `openssl rand -hex 16` for example",
            }),
        }
    }

    /// Whether there is a key.
    #[must_use]
    pub fn encrypts(&self) -> bool {
        self.0.is_some()
    }

    /// What is stored of JSON; it is read for the same purpose only.
    #[must_use]
    pub fn close(&self, purpose: &[u8], json: &[u8]) -> Vec<u8> {
        let sealed = self.0.as_ref().and_then(|seal| seal.seal(purpose, json));
        match sealed {
            Some(sealed) => {
                let mut bytes = vec![MARK];
                bytes.extend_from_slice(&sealed);
                bytes
            }
            None => json.to_vec(),
        }
    }

    /// The JSON of what was stored.
    ///
    /// # Errors
    /// When it was encrypted, and the key is missing or another one.
    pub fn open<'a>(&self, purpose: &[u8], kept: &'a [u8]) -> Result<Cow<'a, [u8]>> {
        let Some(sealed) = kept.strip_prefix(&[MARK]) else {
            return Ok(Cow::Borrowed(kept));
        };
        let Some(seal) = &self.0 else {
            return Err(locked(
                "the secrets of the data folder are encrypted, and no key is given",
            ));
        };
        match seal.unseal(purpose, sealed) {
            Some(json) => Ok(Cow::Owned(json)),
            None => Err(locked(
                "the secrets of the data folder are encrypted under another key than the given one",
            )),
        }
    }
}

/// Whether stored bytes are encrypted.
#[must_use]
pub fn is_closed(kept: &[u8]) -> bool {
    kept.first() == Some(&MARK)
}

fn locked(reason: &str) -> Error {
    Error::Misconfigured {
        reason: reason.to_owned(),
        remedy: "put the key into a variable of the environment and name that variable in \
                 LUGE_ENCRYPTION_ENV",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef";
    const OTHER: &str = "0123456789abcdef0123456789abcdeg";

    #[test]
    fn what_is_closed_is_opened_by_its_key_only() {
        let vault = Vault::new(Some(KEY)).unwrap();
        let closed = vault.close(b"settings", b"{\"password\":\"x\"}");
        assert!(is_closed(&closed) && vault.encrypts());
        assert!(!closed.windows(8).any(|part| part == b"password"));
        assert_eq!(
            &*vault.open(b"settings", &closed).unwrap(),
            b"{\"password\":\"x\"}"
        );
        assert!(vault.open(b"other", &closed).is_err());
        let others = [Vault::default(), Vault::new(Some(OTHER)).unwrap()];
        for other in &others {
            let error = other.open(b"settings", &closed).unwrap_err();
            assert!(error.to_string().contains("encrypted"), "{error}");
        }
        // What was not encrypted is read by everybody.
        let [open, other] = others;
        let kept = open.close(b"settings", b"{}");
        assert!(!is_closed(&kept) && !open.encrypts());
        assert_eq!(&*other.open(b"settings", &kept).unwrap(), b"{}");
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        for key in ["", "short", &KEY.replace("0", ""), &format!("{KEY}x")] {
            let error = Vault::new(Some(key)).unwrap_err();
            assert!(error.to_string().contains("must have 32"), "{error}");
        }
    }
}
