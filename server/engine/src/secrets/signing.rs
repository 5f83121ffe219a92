//! Keys that sign for others, who verify with the public half (ES256: ECDSA over P-256).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use luge_model::limits::SERVICE_KEY_BYTES;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use crate::random::Random;

/// A key pair.
pub struct Signing(SigningKey);

impl std::fmt::Debug for Signing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Signing").finish_non_exhaustive()
    }
}

impl Signing {
    /// A new pair.
    #[must_use]
    pub fn draw(random: &dyn Random) -> Self {
        loop {
            let mut bytes = [0; SERVICE_KEY_BYTES];
            random.fill(&mut bytes);
            // One draw in 2^32 is no number below the order of the curve.
            if let Some(key) = Self::of(&bytes) {
                return key;
            }
        }
    }

    /// The pair with a private half; `None` where it cannot be one.
    #[must_use]
    pub fn of(private: &[u8]) -> Option<Self> {
        let private = Some(private).filter(|private| private.len() == SERVICE_KEY_BYTES)?;
        SigningKey::from_slice(private).ok().map(Self)
    }

    /// The private half.
    #[must_use]
    pub fn private(&self) -> Vec<u8> {
        self.0.to_bytes().to_vec()
    }

    /// The public half as a JSON Web Key (RFC 7517), with the digest of it (RFC 7638) as its id.
    #[must_use]
    pub fn public(&self) -> Json {
        let point = self.0.verifying_key().to_encoded_point(false);
        let half = |bytes: Option<&p256::FieldBytes>| {
            URL_SAFE_NO_PAD.encode(bytes.map(|bytes| bytes.to_vec()).unwrap_or_default())
        };
        let (x, y) = (half(point.x()), half(point.y()));
        let digested = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let id = URL_SAFE_NO_PAD.encode(Sha256::digest(digested));
        json!({
            "kty": "EC",
            "crv": "P-256",
            "alg": "ES256",
            "use": "sig",
            "kid": id,
            "x": x,
            "y": y,
        })
    }

    /// The signature of a message, as tokens carry it (RFC 7518 §3.4).
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> String {
        let signature: Signature = self.0.sign(message);
        URL_SAFE_NO_PAD.encode(signature.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;

    use super::*;
    use crate::random::SystemRandom;

    fn verifies(public: &Json, message: &[u8], signature: &str) -> bool {
        let half = |name: &str| {
            URL_SAFE_NO_PAD
                .decode(public[name].as_str().unwrap())
                .unwrap()
        };
        let point = [vec![4], half("x"), half("y")].concat();
        let key = VerifyingKey::from_sec1_bytes(&point).unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let signature = Signature::from_slice(&signature);
        signature.is_ok_and(|signature| key.verify(message, &signature).is_ok())
    }

    #[test]
    fn what_is_signed_is_verified_by_the_public_half_only() {
        let (key, other) = (Signing::draw(&SystemRandom), Signing::draw(&SystemRandom));
        let signature = key.sign(b"message");
        assert!(verifies(&key.public(), b"message", &signature));
        assert!(!verifies(&key.public(), b"massage", &signature));
        assert!(!verifies(&other.public(), b"message", &signature));
        assert!(!verifies(
            &key.public(),
            b"message",
            &other.sign(b"message")
        ));
        assert!(!verifies(&key.public(), b"message", &"A".repeat(86)));
        assert_ne!(key.public()["kid"], other.public()["kid"]);
        assert!(key.public().get("d").is_none());
    }

    #[test]
    fn a_key_is_the_same_after_it_was_kept() {
        let key = Signing::draw(&SystemRandom);
        let again = Signing::of(&key.private()).unwrap();
        assert_eq!(again.public(), key.public());
        for wrong in [&[][..], &[0; 32], &[0xff; 32], &[1; 31], &[1; 33]] {
            assert!(Signing::of(wrong).is_none(), "{wrong:?}");
        }
    }
}
