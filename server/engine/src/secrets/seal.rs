//! Seals what a client carries for the server and may not read or change.
//!
//! - The key is made once and kept in the database, so what was sealed is opened after a restart.
//! - The same text sealed twice is the same bytes (AES-256-GCM-SIV under a fixed nonce): equal
//!   answers stay equal, and nothing else is told.

use std::sync::Arc;

use aes_gcm_siv::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use luge_model::limits::SEAL_KEY_BYTES;

use crate::commit::{Committer, Proposal};
use crate::error::{Error, Result};
use crate::random::Random;
use crate::store::{CommitError, Guard, StoreError, key, wait};

/// Seals and opens under one key.
pub struct Seal {
    cipher: Aes256GcmSiv,
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Seal").finish_non_exhaustive()
    }
}

impl Seal {
    /// The seal whose key has this name in the database; made where there is none. Waits for the
    /// commit then.
    ///
    /// # Errors
    /// When the store fails or the key is damaged.
    pub fn open(committer: &Arc<Committer>, random: &dyn Random, name: &str) -> Result<Self> {
        let place = key::secret(name);
        if let Some(kept) = committer.store().get(&place)? {
            return Self::of(&kept).ok_or_else(|| {
                Error::Store(StoreError::damaged(
                    &place,
                    "not a key of the expected length",
                ))
            });
        }
        let mut made = [0; SEAL_KEY_BYTES];
        random.fill(&mut made);
        let proposal = Proposal {
            guards: vec![Guard::Absent(place.clone())],
            puts: vec![(place, made.to_vec())],
            ..Proposal::default()
        };
        match wait(committer.commit(proposal)) {
            Ok(_) => {}
            // A full disk takes no key: what is sealed holds until the restart.
            Err(CommitError::DiskFull) => tracing::warn!("the key {name:?} could not be kept"),
            Err(error) => return Err(error.into()),
        }
        Self::of(&made).ok_or(Error::Closed)
    }

    /// Seals bytes; they are opened under the same purpose only.
    #[must_use]
    pub fn seal(&self, purpose: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        let payload = Payload {
            msg: plain,
            aad: purpose,
        };
        self.cipher.encrypt(&Nonce::default(), payload).ok()
    }

    /// What was sealed for this purpose; `None` where it was not, or was changed since.
    #[must_use]
    pub fn unseal(&self, purpose: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let payload = Payload {
            msg: sealed,
            aad: purpose,
        };
        self.cipher.decrypt(&Nonce::default(), payload).ok()
    }

    pub(super) fn of(key: &[u8]) -> Option<Self> {
        let cipher = Aes256GcmSiv::new_from_slice(key).ok()?;
        Some(Self { cipher })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;
    use crate::store::{Store, StoreKind, StoreOptions, open};

    fn committer() -> Arc<Committer> {
        let store: Arc<dyn Store> = open(StoreKind::Memory, &StoreOptions::default()).unwrap();
        Arc::new(Committer::open(store).unwrap())
    }

    #[test]
    fn what_is_sealed_is_opened_by_the_same_key_and_purpose_only() {
        let committer = committer();
        let seal = Seal::open(&committer, &SystemRandom, "one").unwrap();
        let sealed = seal.seal(b"cursor", b"secret").unwrap();
        assert_eq!(seal.seal(b"cursor", b"secret").unwrap(), sealed);
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        let again = Seal::open(&committer, &SystemRandom, "one").unwrap();
        assert_eq!(again.unseal(b"cursor", &sealed).unwrap(), b"secret");
        let other = Seal::open(&committer, &SystemRandom, "two").unwrap();
        assert_eq!(other.unseal(b"cursor", &sealed), None);
        assert_eq!(seal.unseal(b"token", &sealed), None);
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(seal.unseal(b"cursor", &changed), None, "byte {place}");
            assert_eq!(seal.unseal(b"cursor", &sealed[..place]), None);
        }
    }

    #[test]
    fn a_damaged_key_is_told() {
        let committer = committer();
        let proposal = Proposal {
            puts: vec![(key::secret("one"), vec![1])],
            ..Proposal::default()
        };
        wait(committer.commit(proposal)).unwrap();
        let error = Seal::open(&committer, &SystemRandom, "one").unwrap_err();
        assert!(error.to_string().contains("secret one"), "{error}");
    }
}
