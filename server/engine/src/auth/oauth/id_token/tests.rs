//! Right tokens, and wrong ones that differ from a right one in one respect.

use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::EncodingKey;
use serde_json::json;

use super::*;

const PRIVATE: &str = concat!(
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg0Qvd8dQDVuvOAaTBJnmRXmKDMqGYWr5BGSlEEPDpmbSh",
    "RANCAATReEHQnmYgMNQzBW9RIAIWANmBQuG+jWD+1FzrJ6mkLZ2zFG2I1t4dlP4/CaM/++djYkvgiXpYidLEWxa13/QD",
);
const X: &str = "0XhB0J5mIDDUMwVvUSACFgDZgULhvo1g_tRc6yeppC0";
const Y: &str = "nbMUbYjW3h2U_j8Joz_752NiS-CJeliJ0sRbFrXf9AM";
const NOW: i64 = 1_795_959_955;
const ISSUER: &str = "https://accounts.example.com";

fn keys() -> Json {
    json!({"keys": [
        {"kty": "EC", "crv": "P-256", "x": X, "y": Y, "kid": "one", "use": "sig", "alg": "ES256"},
    ]})
}

fn claims() -> Json {
    json!({
        "iss": ISSUER, "aud": "client", "sub": "somebody", "nonce": "asked",
        "iat": NOW, "exp": NOW + 60,
    })
}

fn signed(header: &Json, claims: &Json) -> String {
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let message = format!("{header}.{claims}");
    let key = EncodingKey::from_ec_der(&STANDARD.decode(PRIVATE).unwrap());
    let signature = crypto::sign(message.as_bytes(), &key, Algorithm::ES256).unwrap();
    format!("{message}.{signature}")
}

fn read(header: &Json, claims: &Json, keys: &Json) -> Result<Json, Doubt> {
    let issuers = [ISSUER.to_owned()];
    let expected = Expected {
        issuers: &issuers,
        client_id: "client",
        nonce: Some("asked"),
        now: Timestamp(NOW * 1_000),
    };
    verified(&signed(header, claims), keys, &expected)
}

fn with(object: &Json, name: &str, value: Json) -> Json {
    let mut changed = object.clone();
    let all = changed.as_object_mut().unwrap();
    if value.is_null() {
        all.remove(name);
    } else {
        all.insert(name.to_owned(), value);
    }
    changed
}

fn header() -> Json {
    json!({"alg": "ES256", "kid": "one", "typ": "JWT"})
}

#[test]
fn a_right_token_is_believed() {
    assert_eq!(read(&header(), &claims(), &keys()), Ok(claims()));
    // Keys and addresses of keys in the token are passed over, and so not asked for.
    let hinting = with(&header(), "jku", json!("https://evil.test/jwks"));
    assert!(read(&hinting, &claims(), &keys()).is_ok());
    assert!(read(&with(&header(), "kid", json!(null)), &claims(), &keys()).is_ok());
    let several = with(&claims(), "aud", json!(["other", "client"]));
    let several = with(&several, "azp", json!("client"));
    assert!(read(&header(), &several, &keys()).is_ok());
}

#[test]
fn other_headers_are_not() {
    for header in [
        with(&header(), "alg", json!("none")),
        with(&header(), "alg", json!("None")),
        with(&header(), "alg", json!("HS256")),
        with(&header(), "alg", json!("es256")),
        with(&header(), "alg", json!("ES384")),
        with(&header(), "alg", json!("RS256")),
        with(&header(), "alg", json!("EdDSA")),
        with(&header(), "alg", json!(5)),
        with(&header(), "alg", json!(null)),
        with(&header(), "crit", json!(["exp"])),
        with(&header(), "crit", json!([])),
        with(&header(), "b64", json!(false)),
        with(&header(), "enc", json!("A256GCM")),
        with(&header(), "kid", json!("two")),
        with(&header(), "kid", json!(1)),
        json!([]),
    ] {
        assert!(read(&header, &claims(), &keys()).is_err(), "{header}");
    }
}

#[test]
fn other_claims_are_not() {
    for (name, value) in [
        ("iss", json!("https://accounts.example.com/")),
        ("iss", json!("http://accounts.example.com")),
        ("iss", json!("https://ACCOUNTS.example.com")),
        ("iss", json!("https://accounts\u{3002}example.com")),
        ("iss", json!("https://evil.test")),
        ("iss", json!([ISSUER])),
        ("iss", json!(null)),
        ("aud", json!("other")),
        ("aud", json!(["other"])),
        ("aud", json!(["other", "client"])),
        ("aud", json!([])),
        ("aud", json!(null)),
        ("azp", json!("other")),
        ("azp", json!(1)),
        ("exp", json!(NOW - 61)),
        ("exp", json!(-1)),
        ("exp", json!("1895959955")),
        ("exp", json!(1e308)),
        ("exp", json!(null)),
        ("nbf", json!(NOW + 120)),
        ("nbf", json!("soon")),
        ("iat", json!(NOW + 120)),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("sub", json!(null)),
        ("sub", json!("x".repeat(256))),
        ("nonce", json!("another")),
        ("nonce", json!(null)),
        ("nonce", json!(["asked"])),
    ] {
        let claims = with(&claims(), name, value);
        let refused = read(&header(), &claims, &keys());
        assert!(matches!(refused, Err(Doubt::Refused(_))), "{claims}");
    }
}

#[test]
fn other_keys_are_not() {
    let key = |name: &str, value: Json| {
        let key = with(&keys()["keys"][0], name, value);
        json!({ "keys": [key] })
    };
    for keys in [
        json!({}),
        json!({"keys": []}),
        json!([]),
        key("use", json!("enc")),
        key("alg", json!("ES384")),
        key("crv", json!("P-384")),
        key("kty", json!("RSA")),
        key("kty", json!("oct")),
        key("x", json!("")),
        key("kid", json!("two")),
    ] {
        assert!(read(&header(), &claims(), &keys).is_err(), "{keys}");
    }
    let missing = read(&header(), &claims(), &json!({"keys": []}));
    assert_eq!(missing, Err(Doubt::UnknownKey), "there may be newer ones");
    let swapped = json!({"keys": [with(&with(&keys()["keys"][0], "x", json!(Y)), "y", json!(X))]});
    assert!(read(&header(), &claims(), &swapped).is_err());
    // Of two keys with one id, the one that signed counts.
    let twice = json!({"keys": [swapped["keys"][0], keys()["keys"][0]]});
    assert!(read(&header(), &claims(), &twice).is_ok());
}

#[test]
fn damaged_tokens_are_not() {
    let good = signed(&header(), &claims());
    let issuers = [ISSUER.to_owned()];
    let expected = Expected {
        issuers: &issuers,
        client_id: "client",
        nonce: None,
        now: Timestamp(NOW * 1_000),
    };
    let (message, signature) = good.rsplit_once('.').unwrap();
    let mut rows = vec![
        String::new(),
        "..".to_owned(),
        message.to_owned(),
        format!("{message}."),
        format!("{good}.{signature}"),
        format!("{message}.{}", "A".repeat(86)),
        format!("{good}="),
    ];
    rows.extend((0..good.len()).step_by(7).map(|place| {
        let mut bytes = good.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    }));
    for token in rows {
        assert!(verified(&token, &keys(), &expected).is_err(), "{token}");
    }
    assert!(verified(&good, &keys(), &expected).is_ok());
}
