//! The secrets of webhooks, and signatures as the Standard Webhooks specification has them.
//!
//! What is signed is `id.timestamp.body`, by HMAC-SHA256 under the bytes that follow `whsec_` in
//! base64. While a secret is being replaced there are two signatures, so that a receiver can change
//! over in its own time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use luge_model::limits::WEBHOOK_SECRET_BYTES;
use luge_model::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::Sha256;

use crate::random::Random;

/// What a secret begins with when it is shown.
const PREFIX: &str = "whsec_";

/// One secret.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Secret {
    /// The key in base64.
    key: String,
    /// When it was made, in milliseconds since 1970.
    created: i64,
    /// When it stops signing; never where there is none.
    expires: Option<i64>,
}

impl Secret {
    pub(super) fn new(random: &dyn Random, now: Timestamp) -> Self {
        let mut key = [0; WEBHOOK_SECRET_BYTES];
        random.fill(&mut key);
        Self {
            key: STANDARD.encode(key),
            created: now.0,
            expires: None,
        }
    }

    /// As the receiver configures it.
    pub(super) fn text(&self) -> String {
        format!("{PREFIX}{}", self.key)
    }

    /// What may be shown of it.
    pub(super) fn shown(&self) -> Json {
        let text = |time| Timestamp(time).to_string();
        json!({"created": text(self.created), "expires": self.expires.map(text)})
    }

    fn signs_at(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|expires| now.0 < expires)
    }

    fn sign(&self, signed: &[&[u8]]) -> Option<String> {
        let key = STANDARD.decode(&self.key).ok()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
        signed.iter().for_each(|part| mac.update(part));
        Some(format!(
            "v1,{}",
            STANDARD.encode(mac.finalize().into_bytes())
        ))
    }
}

/// Puts a new secret first; the one before it goes on signing for so many milliseconds, any older
/// one ends.
pub(super) fn rotate(secrets: &mut Vec<Secret>, new: Secret, grace: i64, now: Timestamp) {
    secrets.truncate(1);
    for former in secrets.iter_mut() {
        former.expires = Some(now.0.saturating_add(grace));
    }
    secrets.retain(|former| former.signs_at(now));
    secrets.insert(0, new);
}

/// The `webhook-signature` header: one signature for each secret that signs, the newest first.
pub(super) fn signatures(secrets: &[Secret], id: &str, now: Timestamp, body: &[u8]) -> String {
    let seconds = seconds(now).to_string();
    let signed = [id.as_bytes(), b".", seconds.as_bytes(), b".", body];
    let active = secrets.iter().filter(|secret| secret.signs_at(now));
    let signatures: Vec<_> = active.filter_map(|secret| secret.sign(&signed)).collect();
    signatures.join(" ")
}

/// The `webhook-timestamp` header.
pub(super) fn seconds(now: Timestamp) -> i64 {
    now.0.div_euclid(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    fn secret(text: &str) -> Secret {
        Secret {
            key: text.strip_prefix(PREFIX).unwrap().to_owned(),
            created: 0,
            expires: None,
        }
    }

    #[test]
    fn signatures_are_those_of_the_specification() {
        // The example of the specification's own libraries.
        let secrets = [secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")];
        let signed = signatures(
            &secrets,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            Timestamp(1_614_265_330_000),
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_replaced_secret_signs_until_its_time_is_over() {
        let now = Timestamp(1_000_000);
        let [first, second, third] = [(); 3].map(|()| Secret::new(&SystemRandom, now));
        let mut secrets = vec![first.clone()];
        rotate(&mut secrets, second.clone(), 60_000, now);
        let count = |secrets: &[Secret], at| {
            signatures(secrets, "id", Timestamp(at), b"")
                .split(' ')
                .count()
        };
        assert_eq!(count(&secrets, 1_059_999), 2);
        assert_eq!(count(&secrets, 1_060_000), 1);
        assert!(secrets[0] == second && secrets[1].key == first.key);
        rotate(&mut secrets, third.clone(), 60_000, now);
        assert!(secrets[0] == third && secrets[1].key == second.key && secrets.len() == 2);
        rotate(&mut secrets, first, 0, now);
        assert_eq!(secrets.len(), 1);
    }

    #[test]
    fn nothing_of_the_key_is_shown() {
        let made = Secret::new(&SystemRandom, Timestamp(0));
        assert_eq!(made.text().len(), PREFIX.len() + 44);
        assert!(!made.shown().to_string().contains(&made.key));
    }
}
