//! The table of providers, and what each says of an address.

use luge_model::collection::PROVIDERS;
use serde_json::json;

use super::*;
use crate::auth::oauth::vendor::Address;

#[test]
fn every_provider_that_a_collection_can_name_is_known() {
    let known: Vec<&str> = VENDORS.iter().map(|vendor| vendor.name).collect();
    let named: Vec<&str> = PROVIDERS.iter().map(|provider| provider.name).collect();
    assert_eq!(known, named);
    assert!(find("nobody").is_none());
}

/// Where a provider answers by itself, all is asked by TLS, and somebody vouches for its subjects.
#[test]
fn addresses_are_encrypted_and_have_an_issuer() {
    for vendor in &VENDORS {
        let own = vendor.name.starts_with("oidc") || vendor.name == "mailcow";
        for url in [vendor.auth_url, vendor.token_url, vendor.issuer] {
            assert_eq!(url.starts_with("https://"), !own, "{} {url:?}", vendor.name);
            assert!(!url.contains(' '), "{url}");
        }
        let user_info = vendor.user_info_url;
        assert!(user_info.is_empty() || user_info.starts_with("https://"));
        assert!(!user_info.contains(' '), "{user_info}");
        assert_eq!(user_info.is_empty(), own || vendor.name == "apple");
    }
}

/// What a provider says, and whether that proves the address; `None` where it is passed over.
const SAID: &[(&str, &str, Option<bool>)] = &[
    (
        "google",
        r#"{"sub":"1","email":"v@x.org","email_verified":true}"#,
        Some(true),
    ),
    (
        "google",
        r#"{"sub":"1","email":"v@x.org","email_verified":"true"}"#,
        None,
    ),
    ("google", r#"{"sub":"1","email":"v@x.org"}"#, None),
    (
        "apple",
        r#"{"sub":"1","email":"v@x.org","email_verified":true}"#,
        Some(true),
    ),
    (
        "apple",
        r#"{"sub":"1","email":"v@x.org","email_verified":"true"}"#,
        None,
    ),
    (
        "microsoft",
        r#"{"id":"1","mail":"v@x.org","userPrincipalName":"v@x.org"}"#,
        Some(false),
    ),
    (
        "microsoft",
        r#"{"id":"1","userPrincipalName":"v@x.org"}"#,
        None,
    ),
    ("facebook", r#"{"id":"1","email":"v@x.org"}"#, Some(false)),
    ("github", r#"{"id":1,"email":"v@x.org"}"#, None),
    (
        "gitlab",
        r#"{"id":1,"email":"v@x.org","confirmed_at":"2020-01-01"}"#,
        Some(true),
    ),
    (
        "gitlab",
        r#"{"id":1,"email":"v@x.org","confirmed_at":null}"#,
        None,
    ),
    ("gitlab", r#"{"id":1,"email":"v@x.org"}"#, None),
    (
        "discord",
        r#"{"id":"1","email":"v@x.org","verified":true}"#,
        Some(true),
    ),
    (
        "discord",
        r#"{"id":"1","email":"v@x.org","verified":false}"#,
        None,
    ),
    ("discord", r#"{"id":"1","email":"v@x.org"}"#, None),
    (
        "twitter",
        r#"{"data":{"id":"1","confirmed_email":"v@x.org"}}"#,
        Some(true),
    ),
    ("twitter", r#"{"data":{"id":"1","email":"v@x.org"}}"#, None),
    (
        "twitch",
        r#"{"data":[{"id":"1","email":"v@x.org"}]}"#,
        Some(true),
    ),
    (
        "yandex",
        r#"{"id":"1","default_email":"v@x.org"}"#,
        Some(false),
    ),
    ("gitee", r#"{"id":1,"email":"v@x.org"}"#, Some(false)),
    ("spotify", r#"{"id":"1","email":"v@x.org"}"#, None),
    (
        "patreon",
        r#"{"data":{"id":"1","attributes":{"email":"v@x.org"}}}"#,
        None,
    ),
];

/// Only what is documented to mean it proves an address; each exception has its row.
#[test]
fn addresses_are_proved_where_the_provider_says_so_only() {
    let read = |name: &str, answer: &Json| {
        let profile = find(name).unwrap().says.read(answer).unwrap();
        profile.email.map(|Address { text, proved }| {
            assert_eq!(text, "v@x.org");
            proved
        })
    };
    for (name, answer, expected) in SAID {
        let said: Json = serde_json::from_str(answer).unwrap();
        assert_eq!(read(name, &said), *expected, "{name} {answer}");
    }
    for (valid, verified, expected) in [(true, true, Some(true)), (true, false, None)] {
        let account = json!({
            "email": "v@x.org", "is_email_valid": valid, "is_email_verified": verified,
        });
        let said = json!({"id": 1, "kakao_account": account});
        assert_eq!(read("kakao", &said), expected, "{said}");
    }
}

fn entry(email: &str, primary: bool, verified: &Json) -> Json {
    json!({"email": email, "primary": primary, "verified": verified})
}

#[test]
fn of_listed_addresses_the_primary_one_counts_where_it_was_proved() {
    let Email::Listed(listing) = find("github").unwrap().says.email else {
        panic!("GitHub lists addresses");
    };
    let read = |list: Json| listing.read(&list).map(|address| address.text);
    let both = json!([
        entry("a@x.org", false, &json!(true)),
        entry("b@x.org", true, &json!(true))
    ]);
    assert_eq!(read(both), Some("b@x.org".to_owned()));
    for list in [
        json!([entry("a@x.org", true, &json!(false))]),
        json!([entry("a@x.org", true, &json!("true"))]),
        json!([entry("a@x.org", false, &json!(true))]),
        json!([entry("", true, &json!(true))]),
        json!({"message": "forbidden"}),
        json!([]),
    ] {
        assert_eq!(read(list.clone()), None, "{list}");
    }
}

#[test]
fn what_pointers_cannot_say_is_mended() {
    let read = |name: &str, answer: Json| find(name).unwrap().says.read(&answer).unwrap();
    let old = json!({"id": "7", "username": "ann", "discriminator": "1234", "avatar": "a1"});
    let profile = read("discord", old);
    assert_eq!(profile.name, "ann#1234");
    assert_eq!(
        profile.avatar,
        "https://cdn.discordapp.com/avatars/7/a1.png"
    );
    let new = json!({"id": "7", "username": "ann", "discriminator": "0", "global_name": "Ann"});
    assert_eq!(read("discord", new).name, "Ann");
    let named = json!({"id": 7, "firstname": "Ann", "lastname": "Lee"});
    assert_eq!(read("strava", named).name, "Ann Lee");
    let mail = json!({"id": "7", "username": "ann@x.org", "active": 1});
    assert_eq!(read("mailcow", mail).username, "ann");
    for (name, answer) in [
        ("mailcow", json!({"id": "7", "active": 0})),
        ("box", json!({"id": "7", "status": "inactive"})),
        (
            "linear",
            json!({"data": {"viewer": {"id": "7", "active": false}}}),
        ),
        ("bitbucket", json!({"uuid": "7"})),
    ] {
        assert!(find(name).unwrap().says.read(&answer).is_err(), "{name}");
    }
}
