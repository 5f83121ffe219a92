//! Password hashes, random ids, keys and secrets, and what is sealed.
//!
//! - New hashes are argon2id with the parameters of `limits.rs`; bcrypt hashes and other argon2
//!   parameters from an import verify and ask to be made anew ([`needs_rehash`]).
//! - A stored hash that is no hash never matches and never panics; one that asks for more work than
//!   `limits.rs` allows never matches.
//! - Hashing costs memory and processor time, so all of it goes through one [`HashPool`], which
//!   bounds how much happens at once and how much waits.
//! - Checking a password of nobody costs what checking a password of somebody costs.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use luge_model::limits;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, Result};
use crate::random::Random;
use crate::store::StoreError;

mod fingerprint;
mod seal;
mod signing;
mod vault;

pub use fingerprint::{FINGERPRINT_BYTES, Fingerprint, Tags};
pub use seal::Seal;
pub use signing::Signing;
pub use vault::{Vault, is_closed};

const LOWER_AND_DIGITS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const LETTERS_AND_DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// The salt of the hash that is computed for nobody; as long as a real one.
const NOBODYS_SALT: &[u8; limits::PASSWORD_SALT_BYTES] = b"nobody has this.";

/// A record id as the default `id` field generates it: `[a-z0-9]{15}`.
#[must_use]
pub fn record_id(random: &dyn Random) -> String {
    random.text(LOWER_AND_DIGITS, limits::RECORD_ID_CHARS)
}

/// A `tokenKey` of an auth record: `[a-zA-Z0-9]{50}`.
#[must_use]
pub fn token_key(random: &dyn Random) -> String {
    random.text(LETTERS_AND_DIGITS, limits::TOKEN_KEY_CHARS)
}

/// A token secret of an auth collection.
#[must_use]
pub fn token_secret(random: &dyn Random) -> String {
    random.text(LETTERS_AND_DIGITS, limits::TOKEN_SECRET_CHARS)
}

/// The id of a session: nobody guesses it, though it is worth nothing without a token.
#[must_use]
pub fn session_id(random: &dyn Random) -> String {
    random.text(LETTERS_AND_DIGITS, limits::SESSION_ID_CHARS)
}

/// The secret of an API key.
#[must_use]
pub fn api_key_secret(random: &dyn Random) -> String {
    random.text(LETTERS_AND_DIGITS, limits::API_KEY_SECRET_CHARS)
}

/// Whether two secrets are equal, in a time that says nothing of where they differ.
#[must_use]
pub fn equal(left: &[u8], right: &[u8]) -> bool {
    use subtle::ConstantTimeEq as _;
    left.ct_eq(right).into()
}

/// Hashes and verifies passwords on threads of their own, a bounded number at once.
#[derive(Clone, Debug)]
pub struct HashPool {
    random: Arc<dyn Random>,
    /// One permit for each hash that runs.
    running: Arc<Semaphore>,
    /// One permit for each hash that runs or waits.
    admitted: Arc<Semaphore>,
}

impl HashPool {
    /// A pool with the bounds of `limits.rs`; salts are drawn from `random`.
    #[must_use]
    pub fn new(random: Arc<dyn Random>) -> Self {
        Self::bounded(
            random,
            limits::HASHING_AT_ONCE_MAX,
            limits::HASHING_WAITING_MAX,
        )
    }

    /// Hashes a password.
    ///
    /// # Errors
    /// [`Error::TooManyHashes`] when too many hashes wait.
    pub async fn hash(&self, plain: &str) -> Result<String> {
        let mut salt = [0; limits::PASSWORD_SALT_BYTES];
        self.random.fill(&mut salt);
        let plain = plain.to_owned();
        self.run(move || hash_with_salt(&plain, &salt)).await?
    }

    /// Whether `plain` is the password of `hash`. Without a hash, or with one that cannot match,
    /// the answer is no after the same work: the time does not tell whether there was somebody.
    ///
    /// # Errors
    /// [`Error::TooManyHashes`] when too many hashes wait.
    pub async fn verify(&self, hash: Option<&str>, plain: &str) -> Result<bool> {
        let hash = hash
            .filter(|hash| is_password_hash(hash))
            .map(str::to_owned);
        let plain = plain.to_owned();
        self.run(move || match hash {
            Some(hash) => verify_password(&hash, &plain),
            None => {
                // The outcome is of no use; the work is.
                let _ = std::hint::black_box(hash_with_salt(&plain, NOBODYS_SALT));
                false
            }
        })
        .await
    }

    fn bounded(random: Arc<dyn Random>, at_once: usize, waiting: usize) -> Self {
        Self {
            random,
            running: Arc::new(Semaphore::new(at_once)),
            admitted: Arc::new(Semaphore::new(at_once.saturating_add(waiting))),
        }
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let admitted = Arc::clone(&self.admitted)
            .try_acquire_owned()
            .map_err(|_full| Error::TooManyHashes)?;
        let running = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(|_| Error::Closed)?;
        // The permits travel with the work: a caller that goes away does not free a thread early.
        let permits: (OwnedSemaphorePermit, OwnedSemaphorePermit) = (admitted, running);
        let done = tokio::task::spawn_blocking(move || {
            let outcome = work();
            drop(permits);
            outcome
        });
        done.await.map_err(|failure| internal(&failure.to_string()))
    }
}

/// Hashes a password on this thread. Prefer [`HashPool::hash`].
///
/// # Errors
/// When the hash function fails.
pub fn hash_password(random: &dyn Random, plain: &str) -> Result<String> {
    let mut salt = [0; limits::PASSWORD_SALT_BYTES];
    random.fill(&mut salt);
    hash_with_salt(plain, &salt)
}

/// Whether `plain` is the password of `hash`, on this thread. Prefer [`HashPool::verify`].
#[must_use]
pub fn verify_password(hash: &str, plain: &str) -> bool {
    if !is_password_hash(hash) {
        return false;
    }
    if is_bcrypt(hash) {
        // bcrypt looks at no more bytes; a longer password is not the one that was hashed, and must
        // not be taken for it when the hash is made anew.
        return plain.len() <= limits::PASSWORD_BCRYPT_BYTES_MAX
            && bcrypt::verify(plain, hash).unwrap_or(false);
    }
    parse_argon2(hash).is_some_and(|(parsed, _)| {
        Argon2::default()
            .verify_password(plain.as_bytes(), &parsed)
            .is_ok()
    })
}

/// Whether a hash that matched should be replaced by one of today's algorithm and parameters.
#[must_use]
pub fn needs_rehash(hash: &str) -> bool {
    parse_argon2(hash).is_none_or(|(parsed, params)| {
        parsed.algorithm.as_str() != Algorithm::Argon2id.as_str()
            || params.m_cost() != limits::PASSWORD_HASH_MEMORY_KIB
            || params.t_cost() != limits::PASSWORD_HASH_PASSES
            || params.p_cost() != limits::PASSWORD_HASH_LANES
    })
}

/// Whether a text is a password hash that can match: of a known algorithm, and within the work that
/// `limits.rs` allows. An import takes such a value as it is.
#[must_use]
pub fn is_password_hash(text: &str) -> bool {
    if is_bcrypt(text) {
        return bcrypt_cost(text)
            .is_some_and(|cost| cost <= limits::PASSWORD_VERIFY_BCRYPT_COST_MAX);
    }
    parse_argon2(text).is_some_and(|(_, params)| {
        params.m_cost() <= limits::PASSWORD_VERIFY_MEMORY_KIB_MAX
            && params.t_cost() <= limits::PASSWORD_VERIFY_PASSES_MAX
    })
}

fn hash_with_salt(plain: &str, salt: &[u8]) -> Result<String> {
    let params = Params::new(
        limits::PASSWORD_HASH_MEMORY_KIB,
        limits::PASSWORD_HASH_PASSES,
        limits::PASSWORD_HASH_LANES,
        None,
    )
    .map_err(|failure| internal(&failure.to_string()))?;
    let hash: PasswordHash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(plain.as_bytes(), salt)
        .map_err(|failure| internal(&failure.to_string()))?;
    Ok(hash.to_string())
}

fn parse_argon2(hash: &str) -> Option<(PasswordHash, Params)> {
    let parsed = PasswordHash::new(hash).ok()?;
    Algorithm::try_from(parsed.algorithm.as_str()).ok()?;
    parsed.salt.as_ref()?;
    parsed.hash.as_ref()?;
    let params = Params::try_from(&parsed).ok()?;
    Some((parsed, params))
}

/// The form of a bcrypt hash: 60 ASCII characters after one of the known prefixes.
fn is_bcrypt(hash: &str) -> bool {
    hash.len() == 60
        && hash.is_ascii()
        && ["$2a$", "$2b$", "$2y$"]
            .iter()
            .any(|prefix| hash.starts_with(prefix))
}

fn bcrypt_cost(hash: &str) -> Option<u32> {
    hash.parse::<bcrypt::HashParts>()
        .ok()
        .map(|parts| parts.get_cost())
}

fn internal(reason: &str) -> Error {
    Error::Store(StoreError::Engine(format!(
        "password hashing failed: {reason}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    const BCRYPT: &str = "$2y$10$L6Bc/AlTQHyd9liGgGEZyOFLPHNgyxeEPfgYfBCVxJ7JIlwxyVU3u";

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
    }

    #[test]
    fn a_hash_matches_its_password_only() {
        let hash = hash_password(&SystemRandom, "correct horse").unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(verify_password(&hash, "correct horse"));
        for wrong in [
            "",
            "correct hors",
            "correct horse ",
            "Correct horse",
            "correct\0horse",
        ] {
            assert!(!verify_password(&hash, wrong), "{wrong:?} matched");
        }
        assert!(!needs_rehash(&hash));
        assert_ne!(hash, hash_password(&SystemRandom, "correct horse").unwrap());
    }

    #[test]
    fn imported_bcrypt_hashes_match_and_are_made_anew() {
        let hash = bcrypt::hash("old password", 4).unwrap();
        for prefix in ["$2a$", "$2b$", "$2y$"] {
            let hash = hash.replacen("$2b$", prefix, 1);
            assert!(verify_password(&hash, "old password"), "{hash}");
            assert!(!verify_password(&hash, "new password"), "{hash}");
            assert!(is_password_hash(&hash));
            assert!(needs_rehash(&hash));
        }
    }

    #[test]
    fn bytes_that_bcrypt_ignores_are_not_taken_for_the_password() {
        let longest = "x".repeat(72);
        let hash = bcrypt::hash(&longest, 4).unwrap();
        assert!(verify_password(&hash, &longest));
        assert!(!verify_password(&hash, &format!("{longest}x")));
        assert!(!verify_password(&hash, &"x".repeat(71)));
    }

    #[test]
    fn what_is_no_hash_never_matches() {
        let sixty_wide = "é".repeat(30);
        let cut_inside = format!("$2a$10${}", "é".repeat(26)) + "x";
        let argon2 = hash_password(&SystemRandom, "x").unwrap();
        let rows = [
            "",
            "x",
            "$2a$",
            "$2a$10$",
            &sixty_wide,
            &cut_inside,
            &BCRYPT.replace("$2y$", "$2x$"),
            &BCRYPT.replace("$10$", "$1é$"),
            &BCRYPT.replace("$10$", "$99$"),
            &BCRYPT.replace("$10$", "$31$"),
            &BCRYPT.replace("$10$", "$-1$"),
            &format!("{BCRYPT}x"),
            &argon2.replace("argon2id", "argon2x"),
            &argon2.replace("argon2id", "scrypt"),
            &argon2.replace("m=19456", "m=4294967295"),
            &argon2.replace("t=2", "t=4294967295"),
            &argon2.replace("v=19", "v=18"),
            "$argon2id$v=19$m=19456,t=2,p=1",
            "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0",
            "$argon2id$é",
        ];
        for hash in rows {
            assert!(!verify_password(hash, "x"), "{hash:?} matched");
        }
    }

    #[test]
    fn other_argon2_parameters_match_and_are_made_anew() {
        let params = Params::new(8 * 1024, 3, 1, None).unwrap();
        let hash: PasswordHash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(b"pw", b"saltsaltsaltsalt")
            .unwrap();
        let hash = hash.to_string();
        assert!(verify_password(&hash, "pw"));
        assert!(!verify_password(&hash, "pv"));
        assert!(needs_rehash(&hash));
    }

    #[test]
    fn generated_texts_have_the_contracts_shape() {
        let id = record_id(&SystemRandom);
        assert_eq!(id.len(), 15);
        assert!(
            id.bytes().all(|byte| LOWER_AND_DIGITS.contains(&byte)),
            "{id}"
        );
        assert_eq!(token_key(&SystemRandom).len(), 50);
        assert_ne!(token_key(&SystemRandom), token_key(&SystemRandom));
        assert_eq!(token_secret(&SystemRandom).len(), 50);
        assert!(equal(b"abc", b"abc"));
        assert!(!equal(b"abc", b"abd") && !equal(b"abc", b"ab") && !equal(b"", b"a"));
    }

    #[test]
    fn the_pool_hashes_and_verifies() {
        let pool = HashPool::new(Arc::new(SystemRandom));
        runtime().block_on(async {
            let hash = pool.hash("pw").await.unwrap();
            assert!(pool.verify(Some(&hash), "pw").await.unwrap());
            assert!(!pool.verify(Some(&hash), "pv").await.unwrap());
            assert!(!pool.verify(None, "pw").await.unwrap());
            assert!(!pool.verify(Some(""), "").await.unwrap());
        });
    }

    #[test]
    fn a_full_pool_says_busy_and_recovers() {
        let pool = HashPool::bounded(Arc::new(SystemRandom), 1, 1);
        runtime().block_on(async {
            let (release, held) = std::sync::mpsc::channel::<()>();
            let running = pool.run(move || held.recv());
            let waiting = pool.run(|| ());
            let outside = async {
                tokio::task::yield_now().await;
                assert!(matches!(pool.run(|| ()).await, Err(Error::TooManyHashes)));
                release.send(()).unwrap();
            };
            let (first, second, ()) = tokio::join!(running, waiting, outside);
            assert!(first.unwrap().is_ok());
            second.unwrap();
            pool.run(|| ()).await.unwrap();
        });
    }

    #[test]
    fn a_caller_that_goes_away_frees_nothing_early() {
        let pool = HashPool::bounded(Arc::new(SystemRandom), 1, 0);
        runtime().block_on(async {
            let (release, held) = std::sync::mpsc::channel::<()>();
            let caller = pool.run(move || held.recv());
            tokio::select! {
                biased;
                _ = caller => panic!("cannot be done"),
                () = tokio::task::yield_now() => {}
            }
            assert!(
                matches!(pool.run(|| ()).await, Err(Error::TooManyHashes)),
                "the thread is still taken"
            );
            release.send(()).unwrap();
        });
    }
}
