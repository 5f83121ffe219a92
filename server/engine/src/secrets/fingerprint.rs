//! What tells whether something is still, or again, the same: fingerprints of requests and tags of
//! answers.

use std::fmt;
use std::hash::{DefaultHasher, Hasher};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::Seal;
use crate::commit::Committer;
use crate::error::{Error, Result};
use crate::random::Random;

/// How long a fingerprint is, in bytes.
pub const FINGERPRINT_BYTES: usize = 32;

/// A fingerprint while it is taken (SHA-256): of parts in their order, each with its length, so
/// that no other parts give the same.
#[derive(Clone, Debug, Default)]
pub struct Fingerprint(Sha256);

impl Fingerprint {
    /// Adds a part.
    pub fn part(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// Adds bytes of a part whose length is not known yet.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The fingerprint of all that was added.
    #[must_use]
    pub fn finish(self) -> [u8; FINGERPRINT_BYTES] {
        self.0.finalize().into()
    }
}

/// Makes tags of answers: a fast hash under a key that the database keeps.
///
/// A tag is of what its reader has in hand, so it need not hide anything, and a cryptographic hash
/// would only cost time on every answer. The key keeps anybody from making two answers with one
/// tag, and tags hold after a restart.
pub struct Tags {
    key: Vec<u8>,
}

impl Tags {
    /// The tags of a database; the key is made where there is none. Waits for the commit then.
    ///
    /// # Errors
    /// When the store fails or the key is damaged.
    pub fn open(committer: &Arc<Committer>, random: &dyn Random) -> Result<Self> {
        let seal = Seal::open(committer, random, "tags")?;
        let key = seal.seal(b"tags", b"").ok_or(Error::Closed)?;
        Ok(Self { key })
    }

    /// The tag of an answer.
    #[must_use]
    pub fn of(&self, answer: &[u8]) -> u64 {
        let mut hasher = DefaultHasher::new();
        hasher.write(&self.key);
        hasher.write(answer);
        hasher.finish()
    }
}

impl fmt::Debug for Tags {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tags").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;
    use crate::store::{Store, StoreKind, StoreOptions, open};

    fn fingerprint(parts: &[&str]) -> [u8; FINGERPRINT_BYTES] {
        let mut fingerprint = Fingerprint::default();
        parts
            .iter()
            .for_each(|part| fingerprint.part(part.as_bytes()));
        fingerprint.finish()
    }

    #[test]
    fn fingerprints_tell_where_parts_end() {
        let all = [
            &["ab", "c"][..],
            &["a", "bc"],
            &["abc"],
            &["abc", ""],
            &["c", "ab"],
            &[],
        ];
        for (place, one) in all.iter().enumerate() {
            for (other_place, other) in all.iter().enumerate() {
                let same = fingerprint(one) == fingerprint(other);
                assert_eq!(same, place == other_place, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn tags_hold_and_are_those_of_one_database() {
        let committer = || {
            let store: Arc<dyn Store> = open(StoreKind::Memory, &StoreOptions::default()).unwrap();
            Arc::new(Committer::open(store).unwrap())
        };
        let (one, other) = (committer(), committer());
        let tags = Tags::open(&one, &SystemRandom).unwrap();
        let again = Tags::open(&one, &SystemRandom).unwrap();
        let foreign = Tags::open(&other, &SystemRandom).unwrap();
        assert_eq!(tags.of(b"{}"), again.of(b"{}"));
        assert_ne!(tags.of(b"{}"), tags.of(b"{ }"));
        assert_ne!(tags.of(b"{}"), foreign.of(b"{}"));
    }
}
