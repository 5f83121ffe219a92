//! Sign-in through providers, as far as no provider has to answer: what is offered, and what is
//! refused before anybody is asked.

use super::{MEMBERS, World};
use luge_tests::{Case, Requests, check};
use serde_json::{Value, json};

const SIGN_IN: &str = "/api/collections/members/auth-with-oauth2";

/// Where each provider is asked, with its own parameters, and whether it knows PKCE.
const PAGES: &[(&str, &str, &str, bool)] = &[
    (
        "apple",
        "https://appleid.apple.com/auth/authorize",
        "response_mode=form_post&scope=name+email",
        true,
    ),
    (
        "google",
        "https://accounts.google.com/o/oauth2/v2/auth",
        "scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fuserinfo.profile+\
         https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fuserinfo.email",
        true,
    ),
    (
        "microsoft",
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        "scope=User.Read",
        true,
    ),
    (
        "yandex",
        "https://oauth.yandex.com/authorize",
        "scope=login%3Aemail+login%3Aavatar+login%3Ainfo",
        true,
    ),
    (
        "facebook",
        "https://www.facebook.com/v3.2/dialog/oauth",
        "scope=email",
        true,
    ),
    (
        "instagram2",
        "https://www.instagram.com/oauth/authorize",
        "scope=instagram_business_basic",
        true,
    ),
    (
        "github",
        "https://github.com/login/oauth/authorize",
        "scope=read%3Auser+user%3Aemail",
        true,
    ),
    (
        "gitlab",
        "https://gitlab.com/oauth/authorize",
        "scope=read_user",
        true,
    ),
    (
        "bitbucket",
        "https://bitbucket.org/site/oauth2/authorize",
        "scope=account",
        false,
    ),
    (
        "gitee",
        "https://gitee.com/oauth/authorize",
        "scope=user_info+emails",
        true,
    ),
    (
        "gitea",
        "https://gitea.com/login/oauth/authorize",
        "scope=read%3Auser+user%3Aemail",
        true,
    ),
    (
        "discord",
        "https://discord.com/api/oauth2/authorize",
        "scope=identify+email",
        true,
    ),
    (
        "twitter",
        "https://x.com/i/oauth2/authorize",
        "scope=users.read+users.email+tweet.read",
        true,
    ),
    (
        "kakao",
        "https://kauth.kakao.com/oauth/authorize",
        "scope=account_email+profile_nickname+profile_image",
        true,
    ),
    ("vk", "https://oauth.vk.com/authorize", "scope=email", false),
    (
        "linear",
        "https://linear.app/oauth/authorize",
        "scope=read",
        false,
    ),
    (
        "notion",
        "https://api.notion.com/v1/oauth/authorize",
        "",
        true,
    ),
    (
        "monday",
        "https://auth.monday.com/oauth2/authorize",
        "scope=me%3Aread",
        true,
    ),
    (
        "lark",
        "https://accounts.feishu.cn/open-apis/authen/v1/authorize",
        "",
        true,
    ),
    (
        "box",
        "https://account.box.com/api/oauth2/authorize",
        "scope=root_readonly",
        true,
    ),
    (
        "spotify",
        "https://accounts.spotify.com/authorize",
        "scope=user-read-private",
        true,
    ),
    ("trakt", "https://trakt.tv/oauth/authorize", "", true),
    (
        "twitch",
        "https://id.twitch.tv/oauth2/authorize",
        "scope=user%3Aread%3Aemail",
        true,
    ),
    (
        "patreon",
        "https://www.patreon.com/oauth2/authorize",
        "scope=identity+identity%5Bemail%5D",
        true,
    ),
    (
        "strava",
        "https://www.strava.com/oauth/authorize",
        "scope=profile%3Aread_all",
        true,
    ),
    (
        "wakatime",
        "https://wakatime.com/oauth/authorize",
        "scope=email",
        true,
    ),
    ("livechat", "https://accounts.livechat.com/", "", true),
    ("mailcow", "", "scope=profile", true),
    (
        "planningcenter",
        "https://api.planningcenteronline.com/oauth/authorize",
        "scope=people",
        true,
    ),
];

fn provider(name: &str) -> Value {
    json!({"name": name, "clientId": "id", "clientSecret": "secret"})
}

fn world(providers: &[Value]) -> World {
    let oauth2 = json!({"enabled": true, "providers": providers});
    World::start(json!({"oauth2": oauth2}))
}

/// The parameters of an address that are the same each time.
fn page(url: &str) -> (String, String) {
    let (page, query) = url.split_once('?').expect("there are parameters");
    let once = ["code_challenge=", "state="];
    let kept = query
        .split('&')
        .filter(|pair| !once.iter().any(|name| pair.starts_with(name)));
    (page.to_owned(), kept.collect::<Vec<_>>().join("&"))
}

#[test]
fn every_provider_is_offered_with_the_page_that_the_contract_has() {
    let names = PAGES.iter().map(|(name, ..)| provider(name));
    let world = world(&names.collect::<Vec<_>>());
    let path = format!("{MEMBERS}/auth-methods");
    let methods = world.anyone.get(&path).expect(200);
    let offered = methods["oauth2"]["providers"].as_array().expect("a list");
    assert_eq!(offered.len(), PAGES.len());
    for (offered, (name, base, own, pkce)) in offered.iter().zip(PAGES) {
        assert_eq!(offered["name"], *name);
        let (found, query) = page(offered["authURL"].as_str().expect("a text"));
        assert_eq!(found, *base, "{name}");
        let mut parameters = vec!["client_id=id", "response_type=code"];
        parameters.extend(own.split('&').filter(|pair| !pair.is_empty()));
        parameters.extend(pkce.then_some("code_challenge_method=S256"));
        parameters.sort_unstable();
        let expected = format!("{}&redirect_uri=", parameters.join("&"));
        assert_eq!(query, expected, "{name}");
        assert_eq!(offered["authURL"], offered["authUrl"]);
        let length = |key: &str| offered[key].as_str().map_or(0, str::len);
        assert_eq!(length("state"), 30, "{name}");
        let expected = if *pkce { [43, 43, 4] } else { [0, 0, 0] };
        let keys = ["codeVerifier", "codeChallenge", "codeChallengeMethod"];
        assert_eq!(keys.map(length), expected, "{name}");
    }
    let mirrored = methods["authProviders"].as_array().expect("a list");
    assert_eq!(mirrored.len(), offered.len());
    assert!(mirrored.iter().all(|provider| provider["logo"] == ""));
}

#[test]
fn what_names_no_provider_or_brings_no_code_is_refused() {
    let world = world(&[provider("google")]);
    let (anyone, root) = (&world.anyone, &world.superuser);
    let missing = "validation_required";
    let case = |name, body: &Value| Case::new(name, anyone, "POST", SIGN_IN).json(body);
    let sentence = "An error occurred while loading the submitted data.";
    check(vec![
        case("nothing", &json!({}))
            .refused(400, "data.provider.code", missing)
            .is("data.code.code", missing)
            .is("message", sentence),
        case("no code", &json!({"provider": "google", "code": ""})).refused(
            400,
            "data.code.code",
            missing,
        ),
        case("unknown", &json!({"provider": "nobody", "code": "x"}))
            .refused(400, "data.provider.code", "validation_invalid_provider")
            .is("data.provider.params.name", "nobody"),
        case(
            "not configured",
            &json!({"provider": "github", "code": "x"}),
        )
        .refused(400, "data.provider.code", "validation_invalid_provider"),
        case(
            "a list",
            &json!({"provider": "google", "code": "x", "createData": []}),
        )
        .status(400),
        case("a number", &json!({"provider": 5, "code": "x"})).status(400),
        Case::new("no JSON", anyone, "POST", SIGN_IN)
            .raw("application/json", b"{")
            .status(400),
        Case::new(
            "superusers",
            root,
            "POST",
            "/api/collections/_superusers/auth-with-oauth2",
        )
        .json(&json!({"provider": "google", "code": "x"}))
        .status(403),
        Case::new(
            "no auth collection",
            anyone,
            "POST",
            "/api/collections/_mfas/auth-with-oauth2",
        )
        .status(404),
        Case::new("the secret is not shown", root, "GET", MEMBERS)
            .is("oauth2.providers.0.clientId", "id")
            .lacks("clientSecret"),
    ]);
}

#[test]
fn what_is_switched_off_is_told_before_anything_is_read() {
    let world = world(&[provider("google")]);
    let (anyone, root) = (&world.anyone, &world.superuser);
    let case = |name, body: &Value| Case::new(name, anyone, "POST", SIGN_IN).json(body);
    let off = json!({"oauth2": {"enabled": false}});
    root.patch(MEMBERS, &off).expect(200);
    let sentence = "The collection is not configured to allow OAuth2 authentication.";
    check(vec![
        case("switched off", &json!({}))
            .status(403)
            .is("message", sentence),
        Case::new("not even read", anyone, "POST", SIGN_IN)
            .raw("application/json", b"{")
            .status(403),
        Case::new(
            "nothing is offered",
            anyone,
            "GET",
            "/api/collections/members/auth-methods",
        )
        .is("oauth2.enabled", false)
        .is("oauth2.providers", json!([])),
    ]);
}

#[test]
fn a_secret_for_apple_is_made_for_superusers_of_right_parts_only() {
    let world = world(&[]);
    let path = "/api/settings/apple/generate-client-secret";
    let right = json!({
        "clientId": "com.example", "teamId": "0123456789", "keyId": "abcdefghij",
        "privateKey": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "duration": 60,
    });
    let with = |key: &str, value: Value| {
        let mut changed = right.clone();
        changed[key] = value;
        changed
    };
    let root = &world.superuser;
    let case = |name, body: &Value| Case::new(name, root, "POST", path).json(body);
    let length = "validation_length_invalid";
    check(vec![
        Case::new("anyone", &world.anyone, "POST", path)
            .json(&right)
            .status(401),
        case("nothing", &json!({}))
            .refused(400, "data.clientId.code", "validation_required")
            .is("data.duration.code", "validation_required")
            .is("message", "Invalid client secret data."),
        case("a short team", &with("teamId", json!("x"))).refused(400, "data.teamId.code", length),
        case("a long key id", &with("keyId", json!("01234567890"))).refused(
            400,
            "data.keyId.code",
            length,
        ),
        case("no PEM", &with("privateKey", json!("AAAA"))).refused(
            400,
            "data.privateKey.code",
            "validation_match_invalid",
        ),
        case("too long", &with("duration", json!(15_777_001))).refused(
            400,
            "data.duration.code",
            "validation_max_less_equal_than_required",
        ),
        case("no key", &right)
            .status(400)
            .has("Failed to generate client secret."),
    ]);
}

#[test]
fn addresses_of_a_definition_are_addresses() {
    let world = world(&[]);
    let root = &world.superuser;
    let luge = !world.server.is_reference();
    let case = |name, key: &str, value: Value| {
        let mut provider = provider("oidc");
        provider[key] = value;
        let body = json!({"oauth2": {"enabled": true, "providers": [provider]}});
        Case::new(name, root, "PATCH", MEMBERS).json(&body)
    };
    let url = "validation_is_url";
    check(vec![
        case("auth", "authURL", json!("nope")).refused(
            400,
            "data.oauth2.providers.0.authURL.code",
            url,
        ),
        case("token", "tokenURL", json!("nope")).refused(
            400,
            "data.oauth2.providers.0.tokenURL.code",
            url,
        ),
        case("user info", "userInfoURL", json!("nope")).refused(
            400,
            "data.oauth2.providers.0.userInfoURL.code",
            url,
        ),
        case("issuer", "extra", json!({"issuer": "nope"}))
            .refused(400, "data.oauth2.providers.0.extra.issuer.code", url)
            .unless(!luge),
        case("keys", "extra", json!({"jwksURL": 5}))
            .refused(400, "data.oauth2.providers.0.extra.jwksURL.code", url)
            .unless(!luge),
        case("issuers", "extra", json!({"issuers": "x"}))
            .status(400)
            .unless(!luge),
        case("extra", "extra", json!([])).status(400),
    ]);
}
