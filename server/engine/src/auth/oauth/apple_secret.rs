//! The client secret that Apple wants: a token that the application signs by itself (contract
//! §1.7).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use luge_model::invalid::{Violation, Violations};
use luge_model::limits::{APPLE_ID_CHARS, APPLE_SECRET_SECONDS};
use serde_json::json;

use super::refused;
use crate::context::Context;
use crate::error::{Error, Result};

const AUDIENCE: &str = "https://appleid.apple.com";
const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// What a secret is made of.
#[derive(Clone, Default)]
pub struct AppleSecret {
    /// The application's id.
    pub client_id: String,
    /// The team's id.
    pub team_id: String,
    /// The id of the key.
    pub key_id: String,
    /// The key, in PEM.
    pub private_key: String,
    /// How long the secret is to hold, in seconds.
    pub seconds: i64,
}

impl AppleSecret {
    /// The secret; for superusers.
    ///
    /// # Errors
    /// [`Error::SignInNeeded`], [`Error::Forbidden`]; [`Error::Refused`] for what is missing or of
    /// the wrong form; [`Error::BadRequest`] for what is no key.
    pub fn sign(&self, context: &Context) -> Result<String> {
        context.require_superuser()?;
        let reason = "Invalid client secret data.";
        self.check().map_err(|all| refused(all, reason))?;
        let key = self
            .key()
            .ok_or_else(|| unusable("it is no key in PEM (PKCS #8)"))?;
        let now = context.now.0.div_euclid(1_000);
        let header = json!({"alg": "ES256", "kid": self.key_id, "typ": "JWT"});
        let claims = json!({
            "iss": self.team_id,
            "sub": self.client_id,
            "aud": [AUDIENCE],
            "exp": now.saturating_add(self.seconds),
            "iat": now,
        });
        let [header, claims] =
            [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let message = format!("{header}.{claims}");
        let signature = crypto::sign(message.as_bytes(), &key, Algorithm::ES256);
        let signature = signature.map_err(|error| unusable(&error.to_string()))?;
        Ok(format!("{message}.{signature}"))
    }

    fn check(&self) -> std::result::Result<(), Violations> {
        let mut violations = Violations::new();
        for (name, text) in [
            ("clientId", &self.client_id),
            ("teamId", &self.team_id),
            ("keyId", &self.key_id),
            ("privateKey", &self.private_key),
        ] {
            if text.is_empty() {
                violations.add(name, Violation::required());
            } else if name == "privateKey" && !self.is_pem() {
                let message = "Must be in a valid format.";
                violations.add(name, Violation::new("validation_match_invalid", message));
            } else if ["teamId", "keyId"].contains(&name) && text.chars().count() != APPLE_ID_CHARS
            {
                let message = format!("The length must be exactly {APPLE_ID_CHARS}.");
                let violation = Violation::new("validation_length_invalid", message);
                let violation = violation.with("max", APPLE_ID_CHARS);
                violations.add(name, violation.with("min", APPLE_ID_CHARS));
            }
        }
        let (min, max) = APPLE_SECRET_SECONDS;
        if self.seconds == 0 {
            violations.add("duration", Violation::required());
        } else if self.seconds < min {
            let code = "validation_min_greater_equal_than_required";
            let violation = Violation::new(code, format!("Must be no less than {min}."));
            violations.add("duration", violation.with("threshold", min));
        } else if self.seconds > max {
            let code = "validation_max_less_equal_than_required";
            let violation = Violation::new(code, format!("Must be no greater than {max}."));
            violations.add("duration", violation.with("threshold", max));
        }
        violations.into_result()
    }

    fn is_pem(&self) -> bool {
        let text = self.private_key.trim();
        text.starts_with(BEGIN) && text.ends_with(END)
    }

    fn key(&self) -> Option<EncodingKey> {
        let text = self.private_key.trim();
        let inner = text.strip_prefix(BEGIN)?.strip_suffix(END)?;
        let inner: String = inner.split_whitespace().collect();
        let der = STANDARD.decode(inner).ok()?;
        Some(EncodingKey::from_ec_der(&der))
    }
}

fn unusable(reason: &str) -> Error {
    Error::BadRequest(format!(
        "Failed to generate client secret. Raw error: \n{reason}"
    ))
}
