//! The providers (contract §5.5). A plain one is an entry of this list; one that needs more than
//! pointers has a file.

use serde_json::Value as Json;

use self::apple::APPLE;
use self::discord::DISCORD;
use self::facebook::FACEBOOK;
use self::github::GITHUB;
use self::microsoft::MICROSOFT;
use super::vendor::{BY_ID, Email, Fact, Header, Listing, PLAIN, Profile, Says, Vendor, joined};

mod apple;
mod discord;
mod facebook;
mod github;
mod microsoft;
mod teams;

use teams::{BOX, LARK, LINEAR, LIVECHAT, MAILCOW, MONDAY, NOTION, PLANNING_CENTER};

/// The provider with this name.
pub(super) fn find(name: &str) -> Option<&'static Vendor> {
    VENDORS.iter().find(|vendor| vendor.name == name)
}

/// All providers.
pub(super) static VENDORS: [Vendor; 32] = [
    APPLE,
    GOOGLE,
    MICROSOFT,
    YANDEX,
    FACEBOOK,
    INSTAGRAM,
    GITHUB,
    GITLAB,
    BITBUCKET,
    GITEE,
    GITEA,
    DISCORD,
    TWITTER,
    KAKAO,
    VK,
    LINEAR,
    NOTION,
    MONDAY,
    LARK,
    BOX,
    SPOTIFY,
    TRAKT,
    TWITCH,
    PATREON,
    STRAVA,
    WAKATIME,
    LIVECHAT,
    MAILCOW,
    PLANNING_CENTER,
    oidc("oidc"),
    oidc("oidc2"),
    oidc("oidc3"),
];

const fn oidc(name: &'static str) -> Vendor {
    Vendor {
        name,
        scopes: "openid email profile",
        ..PLAIN
    }
}

const GOOGLE: Vendor = Vendor {
    name: "google",
    issuer: "https://accounts.google.com",
    auth_url: "https://accounts.google.com/o/oauth2/v2/auth",
    token_url: "https://oauth2.googleapis.com/token",
    user_info_url: "https://www.googleapis.com/oauth2/v3/userinfo",
    scopes: "https://www.googleapis.com/auth/userinfo.profile \
             https://www.googleapis.com/auth/userinfo.email",
    says: Says {
        username: &[],
        ..STANDARD_CLAIMS
    },
    ..PLAIN
};

const STANDARD_CLAIMS: Says = super::vendor::STANDARD;

const YANDEX: Vendor = Vendor {
    name: "yandex",
    issuer: "https://oauth.yandex.com",
    auth_url: "https://oauth.yandex.com/authorize",
    token_url: "https://oauth.yandex.com/token",
    user_info_url: "https://login.yandex.ru/info",
    scopes: "login:email login:avatar login:info",
    says: Says {
        name: &["/real_name", "/display_name"],
        username: &["/login"],
        email: Email::Unproved("/default_email"),
        mends: |answer, profile| {
            let picture = answer.pointer("/default_avatar_id").and_then(Json::as_str);
            let empty = answer.pointer("/is_avatar_empty") == Some(&Json::Bool(true));
            if let Some(picture) = picture.filter(|picture| !empty && !picture.is_empty()) {
                profile.avatar =
                    format!("https://avatars.yandex.net/get-yapic/{picture}/islands-200");
            }
        },
        ..BY_ID
    },
    ..PLAIN
};

const INSTAGRAM: Vendor = Vendor {
    name: "instagram2",
    issuer: "https://www.instagram.com",
    auth_url: "https://www.instagram.com/oauth/authorize",
    token_url: "https://api.instagram.com/oauth/access_token",
    user_info_url: "https://graph.instagram.com/me?fields=id,username,account_type,user_id,name,\
                    profile_picture_url,followers_count,follows_count,media_count",
    scopes: "instagram_business_basic",
    says: Says {
        subject: "/user_id",
        username: &["/username"],
        avatar: &["/profile_picture_url"],
        ..BY_ID
    },
    ..PLAIN
};

const GITLAB: Vendor = Vendor {
    name: "gitlab",
    issuer: "https://gitlab.com",
    auth_url: "https://gitlab.com/oauth/authorize",
    token_url: "https://gitlab.com/oauth/token",
    user_info_url: "https://gitlab.com/api/v4/user",
    scopes: "read_user",
    says: Says {
        username: &["/username"],
        avatar: &["/avatar_url"],
        email: Email::ProvedSince("/email", "/confirmed_at"),
        ..BY_ID
    },
    ..PLAIN
};

const BITBUCKET: Vendor = Vendor {
    name: "bitbucket",
    issuer: "https://bitbucket.org",
    auth_url: "https://bitbucket.org/site/oauth2/authorize",
    token_url: "https://bitbucket.org/site/oauth2/access_token",
    user_info_url: "https://api.bitbucket.org/2.0/user",
    scopes: "account",
    pkce: false,
    says: Says {
        subject: "/uuid",
        name: &["/display_name"],
        username: &["/username"],
        avatar: &["/links/avatar/href"],
        active: Some(("/account_status", Fact::Text("active"))),
        email: Email::Listed(&Listing {
            suffix: "/emails",
            list: "/values",
            primary: "/is_primary",
            proved: "/is_confirmed",
        }),
        ..BY_ID
    },
    ..PLAIN
};

const GITEE: Vendor = Vendor {
    name: "gitee",
    issuer: "https://gitee.com",
    auth_url: "https://gitee.com/oauth/authorize",
    token_url: "https://gitee.com/oauth/token",
    user_info_url: "https://gitee.com/api/v5/user",
    scopes: "user_info emails",
    says: Says {
        username: &["/login"],
        avatar: &["/avatar_url"],
        email: Email::Unproved("/email"),
        ..BY_ID
    },
    ..PLAIN
};

const GITEA: Vendor = Vendor {
    name: "gitea",
    issuer: "https://gitea.com",
    auth_url: "https://gitea.com/login/oauth/authorize",
    token_url: "https://gitea.com/login/oauth/access_token",
    user_info_url: "https://gitea.com/api/v1/user",
    scopes: "read:user user:email",
    says: Says {
        name: &["/full_name"],
        username: &["/login"],
        avatar: &["/avatar_url"],
        email: Email::Listed(&Listing {
            suffix: "/emails",
            list: "",
            primary: "/primary",
            proved: "/verified",
        }),
        ..BY_ID
    },
    ..PLAIN
};

const TWITTER: Vendor = Vendor {
    name: "twitter",
    issuer: "https://x.com",
    auth_url: "https://x.com/i/oauth2/authorize",
    token_url: "https://api.x.com/2/oauth2/token",
    user_info_url: "https://api.x.com/2/users/me?user.fields=id,name,username,\
                    profile_image_url,confirmed_email",
    scopes: "users.read users.email tweet.read",
    says: Says {
        subject: "/data/id",
        name: &["/data/name"],
        username: &["/data/username"],
        avatar: &["/data/profile_image_url"],
        email: Email::Proved("/data/confirmed_email"),
        ..BY_ID
    },
    ..PLAIN
};

const KAKAO: Vendor = Vendor {
    name: "kakao",
    issuer: "https://kauth.kakao.com",
    auth_url: "https://kauth.kakao.com/oauth/authorize",
    token_url: "https://kauth.kakao.com/oauth/token",
    user_info_url: "https://kapi.kakao.com/v2/user/me",
    scopes: "account_email profile_nickname profile_image",
    says: Says {
        name: &[],
        username: &["/properties/nickname"],
        avatar: &["/properties/profile_image"],
        email: Email::ProvedIf(
            "/kakao_account/email",
            &[
                "/kakao_account/is_email_valid",
                "/kakao_account/is_email_verified",
            ],
        ),
        ..BY_ID
    },
    ..PLAIN
};

const VK: Vendor = Vendor {
    name: "vk",
    issuer: "https://oauth.vk.com",
    auth_url: "https://oauth.vk.com/authorize",
    token_url: "https://oauth.vk.com/access_token",
    user_info_url: "https://api.vk.com/method/users.get?fields=photo_max,screen_name&v=5.131",
    scopes: "email",
    pkce: false,
    says: Says {
        subject: "/response/0/id",
        name: &[],
        username: &["/response/0/screen_name"],
        avatar: &["/response/0/photo_max"],
        mends: |answer, profile| {
            let places = ["/response/0/first_name", "/response/0/last_name"];
            profile.name = joined(answer, &places);
        },
        ..BY_ID
    },
    ..PLAIN
};

const SPOTIFY: Vendor = Vendor {
    name: "spotify",
    issuer: "https://accounts.spotify.com",
    auth_url: "https://accounts.spotify.com/authorize",
    token_url: "https://accounts.spotify.com/api/token",
    user_info_url: "https://api.spotify.com/v1/me",
    scopes: "user-read-private",
    says: Says {
        name: &["/display_name"],
        avatar: &["/images/0/url"],
        ..BY_ID
    },
    ..PLAIN
};

const TRAKT: Vendor = Vendor {
    name: "trakt",
    issuer: "https://trakt.tv",
    auth_url: "https://trakt.tv/oauth/authorize",
    token_url: "https://api.trakt.tv/oauth/token",
    user_info_url: "https://api.trakt.tv/users/settings",
    headers: &[
        ("content-type", Header::Fixed("application/json")),
        ("trakt-api-key", Header::ClientId),
        ("trakt-api-version", Header::Fixed("2")),
    ],
    says: Says {
        subject: "/user/ids/uuid",
        name: &["/user/name"],
        username: &["/user/username"],
        avatar: &["/user/images/avatar/full"],
        ..BY_ID
    },
    ..PLAIN
};

const TWITCH: Vendor = Vendor {
    name: "twitch",
    issuer: "https://id.twitch.tv",
    auth_url: "https://id.twitch.tv/oauth2/authorize",
    token_url: "https://id.twitch.tv/oauth2/token",
    user_info_url: "https://api.twitch.tv/helix/users",
    scopes: "user:read:email",
    headers: &[("client-id", Header::ClientId)],
    says: Says {
        subject: "/data/0/id",
        name: &["/data/0/display_name"],
        username: &["/data/0/login"],
        avatar: &["/data/0/profile_image_url"],
        // Documented as the user's verified address.
        email: Email::Proved("/data/0/email"),
        ..BY_ID
    },
    ..PLAIN
};

const PATREON: Vendor = Vendor {
    name: "patreon",
    issuer: "https://www.patreon.com",
    auth_url: "https://www.patreon.com/oauth2/authorize",
    token_url: "https://www.patreon.com/api/oauth2/token",
    user_info_url: "https://www.patreon.com/api/oauth2/v2/identity?fields%5Buser%5D=full_name,\
                    email,vanity,image_url,is_email_verified",
    scopes: "identity identity[email]",
    says: Says {
        subject: "/data/id",
        name: &["/data/attributes/full_name"],
        username: &["/data/attributes/vanity"],
        avatar: &["/data/attributes/image_url"],
        email: Email::ProvedIf(
            "/data/attributes/email",
            &["/data/attributes/is_email_verified"],
        ),
        ..BY_ID
    },
    ..PLAIN
};

const STRAVA: Vendor = Vendor {
    name: "strava",
    issuer: "https://www.strava.com",
    auth_url: "https://www.strava.com/oauth/authorize",
    token_url: "https://www.strava.com/api/v3/oauth/token",
    user_info_url: "https://www.strava.com/api/v3/athlete",
    scopes: "profile:read_all",
    says: Says {
        name: &[],
        username: &["/username"],
        avatar: &["/profile"],
        mends: |answer, profile| profile.name = joined(answer, &["/firstname", "/lastname"]),
        ..BY_ID
    },
    ..PLAIN
};

const WAKATIME: Vendor = Vendor {
    name: "wakatime",
    issuer: "https://wakatime.com",
    auth_url: "https://wakatime.com/oauth/authorize",
    token_url: "https://wakatime.com/oauth/token",
    user_info_url: "https://wakatime.com/api/v1/users/current",
    scopes: "email",
    says: Says {
        subject: "/data/id",
        name: &["/data/display_name"],
        username: &["/data/username"],
        email: Email::ProvedIf("/data/email", &["/data/is_email_confirmed"]),
        mends: wakatime_picture,
        ..BY_ID
    },
    ..PLAIN
};

fn wakatime_picture(answer: &Json, profile: &mut Profile) {
    let public = answer.pointer("/data/photo_public") == Some(&Json::Bool(true));
    let picture = answer.pointer("/data/photo").and_then(Json::as_str);
    if let Some(picture) = picture.filter(|_| public) {
        picture.clone_into(&mut profile.avatar);
    }
}

#[cfg(test)]
mod tests;
