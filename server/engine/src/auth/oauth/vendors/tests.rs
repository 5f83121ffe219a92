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

fn email(name: &str, answer: &Json) -> Option<(String, bool)> {
    let profile = find(name).unwrap().says.read(answer).unwrap();
    let shown = |Address { text, proved }| (text, proved);
    profile.email.map(shown)
}

/// Only what is documented to mean it proves an address; each exception has its row.
#[test]
fn addresses_are_proved_where_the_provider_says_so_only() {
    let v = "v@example.com";
    let proved = Some((v.to_owned(), true));
    let kept = Some((v.to_owned(), false));
    for (name, answer, expected) in [
        (
            "google",
            json!({"sub": "1", "email": v, "email_verified": true}),
            &proved,
        ),
        (
            "google",
            json!({"sub": "1", "email": v, "email_verified": "true"}),
            &None,
        ),
        ("google", json!({"sub": "1", "email": v}), &None),
        (
            "apple",
            json!({"sub": "1", "email": v, "email_verified": true}),
            &proved,
        ),
        (
            "apple",
            json!({"sub": "1", "email": v, "email_verified": "true"}),
            &None,
        ),
        (
            "microsoft",
            json!({"id": "1", "mail": v, "userPrincipalName": v}),
            &kept,
        ),
        (
            "microsoft",
            json!({"id": "1", "userPrincipalName": v}),
            &None,
        ),
        ("facebook", json!({"id": "1", "email": v}), &kept),
        ("github", json!({"id": 1, "email": v}), &None),
        (
            "gitlab",
            json!({"id": 1, "email": v, "confirmed_at": "2020-01-01"}),
            &proved,
        ),
        (
            "gitlab",
            json!({"id": 1, "email": v, "confirmed_at": null}),
            &None,
        ),
        ("gitlab", json!({"id": 1, "email": v}), &None),
        (
            "discord",
            json!({"id": "1", "email": v, "verified": true}),
            &proved,
        ),
        (
            "discord",
            json!({"id": "1", "email": v, "verified": false}),
            &None,
        ),
        ("discord", json!({"id": "1", "email": v}), &None),
        (
            "twitter",
            json!({"data": {"id": "1", "confirmed_email": v}}),
            &proved,
        ),
        ("twitter", json!({"data": {"id": "1", "email": v}}), &None),
        (
            "twitch",
            json!({"data": [{"id": "1", "email": v}]}),
            &proved,
        ),
        ("yandex", json!({"id": "1", "default_email": v}), &kept),
        ("gitee", json!({"id": 1, "email": v}), &kept),
        ("spotify", json!({"id": "1", "email": v}), &None),
        (
            "kakao",
            json!({"id": 1, "kakao_account": {
                "email": v, "is_email_valid": true, "is_email_verified": false,
            }}),
            &None,
        ),
        (
            "kakao",
            json!({"id": 1, "kakao_account": {
                "email": v, "is_email_valid": true, "is_email_verified": true,
            }}),
            &proved,
        ),
    ] {
        assert_eq!(&email(name, &answer), expected, "{name} {answer}");
    }
}

fn entry(email: &str, primary: bool, verified: Json) -> Json {
    json!({"email": email, "primary": primary, "verified": verified})
}

#[test]
fn of_listed_addresses_the_primary_one_counts_where_it_was_proved() {
    let Email::Listed(listing) = find("github").unwrap().says.email else {
        panic!("GitHub lists addresses");
    };
    let read = |list: Json| listing.read(&list).map(|address| address.text);
    let both = json!([
        entry("a@x.org", false, json!(true)),
        entry("b@x.org", true, json!(true))
    ]);
    assert_eq!(read(both), Some("b@x.org".to_owned()));
    for list in [
        json!([entry("a@x.org", true, json!(false))]),
        json!([entry("a@x.org", true, json!("true"))]),
        json!([entry("a@x.org", false, json!(true))]),
        json!([entry("", true, json!(true))]),
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
