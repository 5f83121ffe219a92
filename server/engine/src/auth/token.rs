//! Tokens: HS256 JWTs signed with the token key of a record and a secret of its collection.
//!
//! - The header is one fixed text. It is compared, never parsed: no algorithm is taken from it.
//! - A token is read in two steps. [`Unverified`] tells which record to look up; only
//!   [`Unverified::verify`] with that record's key makes [`Claims`] that mean anything.
//! - The kind of a token is part of what is signed and has a secret of its own in the collection.
//! - Whatever ends a session changes a part of the key, so nothing has to be remembered here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
use luge_model::limits;
use luge_model::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::error::{Error, Result};
use crate::store::StoreError;

/// `{"alg":"HS256","typ":"JWT"}`
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TokenKind {
    /// Signs requests.
    Auth,
    /// Sets a new password.
    PasswordReset,
    /// Confirms a new e-mail address.
    EmailChange,
    /// Confirms the e-mail address.
    Verification,
    /// Opens protected files.
    File,
}

/// What a token says (contract §5.1); the fields in the order they are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Claims {
    /// The public id of the auth collection.
    pub collection_id: String,
    /// The address the token was made for: verification, password reset and e-mail change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
    /// The id of the record.
    pub id: String,
    /// The API key by which it was asked for, where one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The new address of an e-mail change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_email: Option<String>,
    /// Whether an auth token may be exchanged for a fresh one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refreshable: Option<bool>,
    /// The session it belongs to; one of an import or an impersonation belongs to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// What it is for.
    #[serde(rename = "type")]
    pub kind: TokenKind,
}

/// The parts of a signing key.
#[derive(Clone, Copy)]
pub struct TokenKey<'a> {
    /// The record's `tokenKey`.
    pub record: &'a str,
    /// The collection's secret for the kind of token.
    pub collection: &'a str,
    /// The secret of the sign-in that the token stands on, where it stands on one.
    pub sign_in: Option<&'a str>,
}

/// A token whose claims were read but whose signature was not looked at.
#[derive(Debug)]
pub struct Unverified<'a> {
    claims: Claims,
    signed: &'a str,
    signature: &'a str,
}

impl Claims {
    /// The claims of an auth token that ends `seconds` after `now`.
    #[must_use]
    pub fn auth(collection_id: &str, id: &str, now: Timestamp, seconds: u64) -> Self {
        Self {
            collection_id: collection_id.to_owned(),
            email: None,
            exp: expiry(now, seconds),
            id: id.to_owned(),
            key: None,
            new_email: None,
            refreshable: Some(true),
            session: None,
            kind: TokenKind::Auth,
        }
    }

    /// The claims of a token for protected files that ends `seconds` after `now`.
    #[must_use]
    pub fn file(collection_id: &str, id: &str, now: Timestamp, seconds: u64) -> Self {
        Self {
            refreshable: None,
            kind: TokenKind::File,
            ..Self::auth(collection_id, id, now, seconds)
        }
    }

    /// The signed token.
    ///
    /// # Errors
    /// When a half of the key is too short to be one: nothing is ever signed with a weak key.
    pub fn sign(&self, key: TokenKey<'_>) -> Result<String> {
        let secret = key
            .bytes()
            .ok_or_else(|| internal("the signing key is too short"))?;
        let claims = serde_json::to_vec(self).map_err(|failure| internal(&failure.to_string()))?;
        let mut token = String::with_capacity(256);
        token.push_str(HEADER);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let key = EncodingKey::from_secret(&secret);
        let signature = crypto::sign(token.as_bytes(), &key, Algorithm::HS256)
            .map_err(|failure| internal(&failure.to_string()))?;
        token.push('.');
        token.push_str(&signature);
        Ok(token)
    }
}

impl<'a> Unverified<'a> {
    /// Reads a token's claims; `None` when it does not have the form of our tokens.
    #[must_use]
    pub fn read(token: &'a str) -> Option<Self> {
        if token.len() > limits::TOKEN_BYTES_MAX {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        // The alphabet of the payload has no dot, so a further segment fails to decode.
        if header != HEADER || signature.is_empty() {
            return None;
        }
        let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
        let claims = serde_json::from_slice(&payload).ok()?;
        Some(Self {
            claims,
            signed,
            signature,
        })
    }

    /// Which collection's record it claims to be of.
    #[must_use]
    pub fn collection_id(&self) -> &str {
        &self.claims.collection_id
    }

    /// The id of the record it claims to be of.
    #[must_use]
    pub fn record_id(&self) -> &str {
        &self.claims.id
    }

    /// When it claims to end, in seconds since 1970.
    #[must_use]
    pub fn ends(&self) -> i64 {
        self.claims.exp
    }

    /// The claims, if the signature holds, the kind is the expected one and the time has not come.
    #[must_use]
    pub fn verify(self, kind: TokenKind, key: TokenKey<'_>, now: Timestamp) -> Option<Claims> {
        if self.claims.kind != kind || self.claims.exp <= now.0.div_euclid(1_000) {
            return None;
        }
        let key = DecodingKey::from_secret(&key.bytes()?);
        let message = self.signed.as_bytes();
        crypto::verify(self.signature, message, &key, Algorithm::HS256)
            .is_ok_and(|holds| holds)
            .then_some(self.claims)
    }
}

impl TokenKey<'_> {
    /// The key's bytes; `None` when a part is shorter than any that was ever given out.
    fn bytes(self) -> Option<Vec<u8>> {
        let parts = [Some(self.record), Some(self.collection), self.sign_in];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        parts
            .iter()
            .all(|part| part.len() >= limits::TOKEN_KEY_CHARS_MIN)
            .then(|| parts.concat().into_bytes())
    }
}

/// What a token says for a claim, whether or not it holds: for saying what is missing.
#[must_use]
pub fn stated(token: &str, claim: &str) -> Option<String> {
    let payload = token.get(..limits::TOKEN_BYTES_MAX.min(token.len()))?;
    let payload = payload.split('.').nth(1)?;
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    let claims: Map<String, Json> = serde_json::from_slice(&payload).ok()?;
    let stated = claims.get(claim)?.as_str()?;
    (!stated.is_empty()).then(|| stated.to_owned())
}

fn expiry(now: Timestamp, seconds: u64) -> i64 {
    now.0.div_euclid(1_000).saturating_add_unsigned(seconds)
}

fn internal(reason: &str) -> Error {
    Error::Store(StoreError::Engine(format!(
        "signing a token failed: {reason}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: TokenKey<'static> = TokenKey {
        record: "0123456789abcdefghijABCDEFGHIJ0123456789abcdefghij",
        collection: "collection-secret-collection-secret-collection-1234",
        sign_in: None,
    };
    const NOW: Timestamp = Timestamp(1_795_559_955_000);

    fn claims() -> Claims {
        Claims::auth("pbc_3142635823", "obqrhtnstvuzft4", NOW, 86_400)
    }

    fn verified(token: &str) -> Option<Claims> {
        Unverified::read(token)?.verify(TokenKind::Auth, KEY, NOW)
    }

    /// A token with a right signature over any header and payload.
    fn signed(header: &str, payload: &str) -> String {
        let message = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(payload)
        );
        let key = EncodingKey::from_secret(&KEY.bytes().unwrap());
        let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
        format!("{message}.{signature}")
    }

    #[test]
    fn a_token_has_the_contracts_text_and_holds() {
        let token = claims().sign(KEY).unwrap();
        let payload = URL_SAFE_NO_PAD
            .decode(token.split('.').nth(1).unwrap())
            .unwrap();
        assert_eq!(
            String::from_utf8(payload).unwrap(),
            [
                r#"{"collectionId":"pbc_3142635823","exp":1795646355,"#,
                r#""id":"obqrhtnstvuzft4","refreshable":true,"type":"auth"}"#,
            ]
            .concat()
        );
        assert_eq!(verified(&token), Some(claims()));
        assert_eq!(
            URL_SAFE_NO_PAD.decode(HEADER).unwrap(),
            br#"{"alg":"HS256","typ":"JWT"}"#
        );
    }

    #[test]
    fn headers_other_than_ours_do_not_hold() {
        let payload = serde_json::to_string(&claims()).unwrap();
        assert!(verified(&signed(r#"{"alg":"HS256","typ":"JWT"}"#, &payload)).is_some());
        for header in [
            r#"{"alg":"none","typ":"JWT"}"#,
            r#"{"alg":"None","typ":"JWT"}"#,
            r#"{"alg":"nOnE","typ":"JWT"}"#,
            r#"{"alg":"","typ":"JWT"}"#,
            r#"{"alg":null,"typ":"JWT"}"#,
            r#"{"typ":"JWT"}"#,
            r#"{"alg":"HS384","typ":"JWT"}"#,
            r#"{"alg":"HS512","typ":"JWT"}"#,
            r#"{"alg":"RS256","typ":"JWT"}"#,
            r#"{"alg":"ES256","typ":"JWT"}"#,
            r#"{"alg":"hs256","typ":"JWT"}"#,
            r#"{"alg":"HS256","typ":"at+jwt"}"#,
            r#"{"alg":"HS256","typ":"JWE"}"#,
            r#"{"alg":"HS256","kid":"../../../../dev/null","typ":"JWT"}"#,
            r#"{"alg":"HS256","kid":"' OR 1=1 --","typ":"JWT"}"#,
            r#"{"alg":"HS256","jku":"http://evil.test","typ":"JWT"}"#,
            r#"{"alg":"HS256","crit":["x"],"typ":"JWT"}"#,
            r#"{"alg":"HS256","b64":false,"typ":"JWT"}"#,
            "",
            "{}",
            "null",
        ] {
            assert!(verified(&signed(header, &payload)).is_none(), "{header}");
        }
    }

    #[test]
    fn claims_other_than_ours_do_not_hold() {
        let good = serde_json::to_string(&claims()).unwrap();
        let exp = r#""exp":1795646355"#;
        let rows = [
            good.replace(exp, r#""exp":"1795646355""#),
            good.replace(exp, r#""exp":1795646355.5"#),
            good.replace(exp, r#""exp":1e308"#),
            good.replace(exp, r#""exp":1e400"#),
            good.replace(exp, r#""exp":-1"#),
            good.replace(exp, r#""exp":0"#),
            good.replace(exp, r#""exp":null"#),
            good.replace(exp, r#""exp":true"#),
            good.replace(exp, r#""exp":[1795646355]"#),
            good.replace(exp, r#""exp":99999999999999999999"#),
            good.replace(exp, r#""exp":1795559955"#),
            good.replace(exp, r#""exp":1795559954"#),
            good.replace(r#""exp":1795646355,"#, ""),
            good.replace(exp, r#""exp":1,"exp":1795646355"#),
            good.replace(exp, r#""exp":1795646355,"iat":1895646355"#),
            good.replace(exp, r#""exp":1795646355,"nbf":1895646355"#),
            good.replace(exp, r#""exp":1795646355,"nbf":1"#),
            good.replace(exp, r#""exp":1795646355,"aud":"another""#),
            good.replace(exp, r#""exp":1795646355,"iss":"another""#),
            good.replace(r#""type":"auth""#, r#""type":"file""#),
            good.replace(r#""type":"auth""#, r#""type":"passwordReset""#),
            good.replace(r#""type":"auth""#, r#""type":"emailChange""#),
            good.replace(r#""type":"auth""#, r#""type":"verification""#),
            good.replace(r#""type":"auth""#, r#""type":"Auth""#),
            good.replace(r#""type":"auth""#, r#""type":"""#),
            good.replace(r#","type":"auth""#, ""),
            good.replace(r#""id":"obqrhtnstvuzft4""#, r#""id":7"#),
            good.replace(r#""id":"obqrhtnstvuzft4","#, ""),
            good.replace(r#""collectionId":"pbc_3142635823","#, ""),
            good.replace(r#""refreshable":true"#, r#""refreshable":"true""#),
            format!("[{good}]"),
            format!("{good}{good}"),
            good.chars().take(20).collect(),
            String::new(),
        ];
        for payload in rows {
            assert_ne!(payload, good);
            let token = signed(r#"{"alg":"HS256","typ":"JWT"}"#, &payload);
            assert!(verified(&token).is_none(), "{payload}");
        }
    }

    #[test]
    fn a_damaged_token_does_not_hold() {
        let good = claims().sign(KEY).unwrap();
        let (message, signature) = good.rsplit_once('.').unwrap();
        let (_, payload) = message.split_once('.').unwrap();
        let mut rows = vec![
            String::new(),
            ".".to_owned(),
            "..".to_owned(),
            "...".to_owned(),
            message.to_owned(),
            format!("{message}."),
            format!("{message}.="),
            format!("{good}="),
            format!("{good}."),
            format!("{good}.{signature}"),
            format!("{HEADER}.{good}"),
            format!("{HEADER}.{payload}.{payload}.{signature}"),
            format!(" {good}"),
            format!("{good} "),
            format!("{good}\0"),
            format!("{message}.{}", "A".repeat(43)),
            format!("{HEADER}..{signature}"),
            format!("{HEADER}.é.{signature}"),
            "é".repeat(100),
            "a".repeat(limits::TOKEN_BYTES_MAX + 1),
        ];
        rows.extend((1..good.len()).map(|length| good.chars().take(length).collect()));
        // One character exchanged, at every place: this includes the unused bits of the last one.
        rows.extend((0..good.len()).map(|place| {
            let mut bytes = good.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            String::from_utf8(bytes).unwrap()
        }));
        let last = good.chars().next_back().unwrap();
        rows.extend(
            ('A'..='z')
                .filter(|other| *other != last)
                .map(|other| format!("{}{other}", good.strip_suffix(last).unwrap())),
        );
        for token in rows {
            assert!(verified(&token).is_none(), "{token}");
        }
    }

    #[test]
    fn only_the_same_key_kind_and_time_hold() {
        let token = claims().sign(KEY).unwrap();
        let read = || Unverified::read(&token).unwrap();
        let other = "another-half-of-a-key-that-is-long-enough-to-be-one";
        assert_eq!(read().collection_id(), "pbc_3142635823");
        assert_eq!(read().record_id(), "obqrhtnstvuzft4");
        for key in [
            TokenKey {
                record: other,
                ..KEY
            },
            TokenKey {
                collection: other,
                ..KEY
            },
            TokenKey {
                record: KEY.collection,
                collection: KEY.record,
                ..KEY
            },
            TokenKey {
                sign_in: Some(other),
                ..KEY
            },
            TokenKey { record: "", ..KEY },
            TokenKey {
                collection: "",
                ..KEY
            },
            TokenKey {
                record: "",
                collection: "",
                ..KEY
            },
        ] {
            assert!(read().verify(TokenKind::Auth, key, NOW).is_none());
        }
        assert!(read().verify(TokenKind::File, KEY, NOW).is_none());
        let last_moment = Timestamp(NOW.0 + 86_399_999);
        assert!(read().verify(TokenKind::Auth, KEY, last_moment).is_some());
        assert!(
            read()
                .verify(TokenKind::Auth, KEY, Timestamp(last_moment.0 + 1))
                .is_none()
        );
        // A clock that went back extends nothing: the end is a fixed moment.
        assert!(read().verify(TokenKind::Auth, KEY, Timestamp(0)).is_some());
    }

    #[test]
    fn nothing_is_signed_with_a_weak_key() {
        for key in [
            TokenKey { record: "", ..KEY },
            TokenKey {
                collection: "",
                ..KEY
            },
            TokenKey {
                record: "short",
                ..KEY
            },
            TokenKey {
                collection: "short",
                ..KEY
            },
        ] {
            assert!(claims().sign(key).is_err());
        }
    }
}
