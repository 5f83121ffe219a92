//! ID tokens of OpenID Connect: who signed in, as their provider signs it.
//!
//! - The keys are those that the configuration or the discovery document leads to. A key or an
//!   address of keys in the token itself is never looked at.
//! - Only signatures by key pairs count, with an algorithm that fits the key; one that the token
//!   names is only taken from that list.
//! - Issuer and audience are compared as texts: not a slash, letter or scheme may differ.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use luge_model::limits::{
    OAUTH_ANSWER_BYTES_MAX, OAUTH_CLOCK_SECONDS, OAUTH_KEYS_MAX, OAUTH_RSA_BYTES_MIN,
    OAUTH_SUBJECT_CHARS_MAX,
};
use luge_model::timestamp::Timestamp;
use serde_json::Value as Json;

/// What a token must say.
#[derive(Clone, Debug)]
pub(super) struct Expected<'a> {
    /// One of these issued it.
    pub(super) issuers: &'a [String],
    /// It is for this application.
    pub(super) client_id: &'a str,
    /// It answers this question; `None` where none was asked.
    pub(super) nonce: Option<&'a str>,
    pub(super) now: Timestamp,
}

/// Why a token is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// No known key fits; there may be newer ones.
    UnknownKey,
    /// The reason, for people.
    Refused(String),
}

/// The claims of a token that one of the keys signed, if they are as expected.
pub(super) fn verified(token: &str, keys: &Json, expected: &Expected<'_>) -> Result<Json, Doubt> {
    let refused = |reason: &str| Doubt::Refused(format!("the ID token {reason}"));
    if token.len() > OAUTH_ANSWER_BYTES_MAX {
        return Err(refused("is too long"));
    }
    let (message, signature) = token
        .rsplit_once('.')
        .ok_or_else(|| refused("has no signature"))?;
    let (header, payload) = message
        .split_once('.')
        .ok_or_else(|| refused("has no signature"))?;
    let header = object(header).ok_or_else(|| refused("has no header"))?;
    let algorithm = algorithm(&header).map_err(|reason| refused(&reason))?;
    let candidates = candidates(keys, &header, algorithm);
    if candidates.is_empty() {
        return Err(Doubt::UnknownKey);
    }
    let signed = candidates.iter().any(|key| {
        crypto::verify(signature, message.as_bytes(), key, algorithm).is_ok_and(|holds| holds)
    });
    if !signed {
        return Err(refused("is signed by none of the provider's keys"));
    }
    let claims = object(payload).ok_or_else(|| refused("has no claims"))?;
    check(&claims, expected).map_err(|reason| refused(&reason))?;
    Ok(claims)
}

/// The claims of a token, whoever signed it: only ever to refuse by.
pub(super) fn unverified(token: &str) -> Option<Json> {
    object(token.split('.').nth(1)?)
}

fn object(part: &str) -> Option<Json> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    let json: Json = serde_json::from_slice(&bytes).ok()?;
    json.is_object().then_some(json)
}

/// The algorithm of a header that asks for nothing that is not understood.
fn algorithm(header: &Json) -> Result<Algorithm, String> {
    for unknown in ["crit", "b64", "zip", "enc"] {
        if header.get(unknown).is_some() {
            return Err(format!("has {unknown} in its header"));
        }
    }
    let name = header.get("alg").and_then(Json::as_str).unwrap_or_default();
    match name {
        "RS256" => Ok(Algorithm::RS256),
        "RS384" => Ok(Algorithm::RS384),
        "RS512" => Ok(Algorithm::RS512),
        "PS256" => Ok(Algorithm::PS256),
        "PS384" => Ok(Algorithm::PS384),
        "PS512" => Ok(Algorithm::PS512),
        "ES256" => Ok(Algorithm::ES256),
        "ES384" => Ok(Algorithm::ES384),
        "EdDSA" | "Ed25519" => Ok(Algorithm::EdDSA),
        _ => Err("is not signed by a key pair".to_owned()),
    }
}

/// The keys that the token may be signed with. Without a key id, all that fit the algorithm.
fn candidates(keys: &Json, header: &Json, algorithm: Algorithm) -> Vec<DecodingKey> {
    let wanted = header.get("kid");
    let keys = keys.get("keys").and_then(Json::as_array);
    let keys = keys.into_iter().flatten().take(OAUTH_KEYS_MAX);
    let fitting = keys.filter(|key| {
        let named = wanted.is_none_or(|wanted| key.get("kid") == Some(wanted));
        let signs = key.get("use").is_none_or(|usage| usage == "sig");
        named && signs && fits(key, header, algorithm)
    });
    let read = fitting.filter_map(|key| {
        let key: Jwk = serde_json::from_value(key.clone()).ok()?;
        DecodingKey::from_jwk(&key).ok()
    });
    read.collect()
}

fn fits(key: &Json, header: &Json, algorithm: Algorithm) -> bool {
    let text = |name: &str| key.get(name).and_then(Json::as_str).unwrap_or_default();
    let same = key
        .get("alg")
        .is_none_or(|own| Some(own) == header.get("alg"));
    let of_kind = match algorithm {
        Algorithm::ES256 => text("kty") == "EC" && text("crv") == "P-256",
        Algorithm::ES384 => text("kty") == "EC" && text("crv") == "P-384",
        Algorithm::EdDSA => text("kty") == "OKP" && text("crv") == "Ed25519",
        _ => {
            let modulus = URL_SAFE_NO_PAD.decode(text("n")).unwrap_or_default();
            text("kty") == "RSA" && modulus.len() >= OAUTH_RSA_BYTES_MIN
        }
    };
    same && of_kind
}

fn check(claims: &Json, expected: &Expected<'_>) -> Result<(), String> {
    let text = |name: &str| claims.get(name).and_then(Json::as_str);
    let issuer = text("iss").unwrap_or_default();
    if !expected.issuers.iter().any(|known| known == issuer) {
        return Err(format!("is of another issuer ({issuer:?})"));
    }
    check_audience(claims, expected.client_id)?;
    check_times(claims, expected.now)?;
    let subject = text("sub").unwrap_or_default();
    if subject.is_empty() || subject.chars().count() > OAUTH_SUBJECT_CHARS_MAX {
        return Err("names nobody (sub)".to_owned());
    }
    match expected.nonce {
        Some(nonce) if text("nonce") != Some(nonce) => {
            Err("answers another request (nonce)".to_owned())
        }
        _ => Ok(()),
    }
}

fn check_audience(claims: &Json, client_id: &str) -> Result<(), String> {
    let (ours, others) = match claims.get("aud") {
        Some(Json::String(audience)) => (audience == client_id, false),
        Some(Json::Array(all)) => (
            all.iter().any(|one| one == client_id),
            all.iter().any(|one| one != client_id),
        ),
        _ => (false, false),
    };
    if !ours {
        return Err("is for another application (aud)".to_owned());
    }
    match claims.get("azp") {
        Some(party) if party == client_id => Ok(()),
        None if !others => Ok(()),
        _ => Err("was given to another application (azp)".to_owned()),
    }
}

fn check_times(claims: &Json, now: Timestamp) -> Result<(), String> {
    let now = now.0.div_euclid(1_000);
    let time = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => value
            .as_i64()
            .map(Some)
            .ok_or_else(|| format!("has a time that is none ({name})")),
    };
    let Some(end) = time("exp")? else {
        return Err("does not end (exp)".to_owned());
    };
    if end.saturating_add(OAUTH_CLOCK_SECONDS) <= now {
        return Err("has ended (exp)".to_owned());
    }
    for name in ["nbf", "iat"] {
        if time(name)?.is_some_and(|from| from.saturating_sub(OAUTH_CLOCK_SECONDS) > now) {
            return Err(format!("does not hold yet ({name})"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
