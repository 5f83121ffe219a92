//! Providers of teams and their work.

use crate::auth::oauth::vendor::{Asking, BY_ID, Email, Fact, Header, PLAIN, Says, Vendor};

pub(super) const LINEAR: Vendor = Vendor {
    name: "linear",
    issuer: "https://linear.app",
    auth_url: "https://linear.app/oauth/authorize",
    token_url: "https://api.linear.app/oauth/token",
    user_info_url: "https://api.linear.app/graphql",
    scopes: "read",
    pkce: false,
    asking: Asking::Query("query Me { viewer { id displayName name email avatarUrl active } }"),
    says: Says {
        subject: "/data/viewer/id",
        name: &["/data/viewer/name"],
        username: &["/data/viewer/displayName"],
        avatar: &["/data/viewer/avatarUrl"],
        email: Email::Unproved("/data/viewer/email"),
        active: Some(("/data/viewer/active", Fact::Yes)),
        ..BY_ID
    },
    ..PLAIN
};

pub(super) const NOTION: Vendor = Vendor {
    name: "notion",
    issuer: "https://www.notion.com",
    auth_url: "https://api.notion.com/v1/oauth/authorize",
    token_url: "https://api.notion.com/v1/oauth/token",
    user_info_url: "https://api.notion.com/v1/users/me",
    headers: &[("notion-version", Header::Fixed("2022-06-28"))],
    says: Says {
        subject: "/bot/owner/user/id",
        name: &["/bot/owner/user/name"],
        avatar: &["/bot/owner/user/avatar_url"],
        email: Email::Unproved("/bot/owner/user/person/email"),
        ..BY_ID
    },
    ..PLAIN
};

pub(super) const MONDAY: Vendor = Vendor {
    name: "monday",
    issuer: "https://auth.monday.com",
    auth_url: "https://auth.monday.com/oauth2/authorize",
    token_url: "https://auth.monday.com/oauth2/token",
    user_info_url: "https://api.monday.com/v2",
    scopes: "me:read",
    asking: Asking::Query("query { me { id enabled name email is_verified photo_small } }"),
    says: Says {
        subject: "/data/me/id",
        name: &["/data/me/name"],
        avatar: &["/data/me/photo_small"],
        email: Email::ProvedIf("/data/me/email", &["/data/me/is_verified"]),
        active: Some(("/data/me/enabled", Fact::Yes)),
        ..BY_ID
    },
    ..PLAIN
};

pub(super) const LARK: Vendor = Vendor {
    name: "lark",
    issuer: "https://accounts.feishu.cn",
    auth_url: "https://accounts.feishu.cn/open-apis/authen/v1/authorize",
    token_url: "https://open.feishu.cn/open-apis/authen/v2/oauth/token",
    user_info_url: "https://open.feishu.cn/open-apis/authen/v1/user_info",
    says: Says {
        subject: "/data/union_id",
        name: &["/data/name"],
        avatar: &["/data/avatar_url"],
        ..BY_ID
    },
    ..PLAIN
};

pub(super) const BOX: Vendor = Vendor {
    name: "box",
    issuer: "https://account.box.com",
    auth_url: "https://account.box.com/api/oauth2/authorize",
    token_url: "https://api.box.com/oauth2/token",
    user_info_url: "https://api.box.com/2.0/users/me",
    scopes: "root_readonly",
    says: Says {
        avatar: &["/avatar_url"],
        email: Email::Unproved("/login"),
        active: Some(("/status", Fact::Text("active"))),
        ..BY_ID
    },
    ..PLAIN
};

pub(super) const LIVECHAT: Vendor = Vendor {
    name: "livechat",
    issuer: "https://accounts.livechat.com",
    auth_url: "https://accounts.livechat.com/",
    token_url: "https://accounts.livechat.com/token",
    user_info_url: "https://accounts.livechat.com/v2/accounts/me",
    says: Says {
        subject: "/account_id",
        avatar: &["/avatar_url"],
        email: Email::ProvedIf("/email", &["/email_verified"]),
        ..BY_ID
    },
    ..PLAIN
};

/// Runs on a server of one's own, so its addresses are part of the definition.
pub(super) const MAILCOW: Vendor = Vendor {
    name: "mailcow",
    scopes: "profile",
    says: Says {
        name: &["/full_name"],
        username: &["/username"],
        email: Email::Unproved("/email"),
        active: Some(("/active", Fact::One)),
        mends: |_, profile| {
            let name = profile.username.split('@').next().unwrap_or_default();
            profile.username = name.to_owned();
        },
        ..BY_ID
    },
    ..PLAIN
};

pub(super) const PLANNING_CENTER: Vendor = Vendor {
    name: "planningcenter",
    issuer: "https://api.planningcenteronline.com",
    auth_url: "https://api.planningcenteronline.com/oauth/authorize",
    token_url: "https://api.planningcenteronline.com/oauth/token",
    user_info_url: "https://api.planningcenteronline.com/people/v2/me",
    scopes: "people",
    says: Says {
        subject: "/data/id",
        name: &["/data/attributes/name"],
        avatar: &["/data/attributes/avatar"],
        active: Some(("/data/attributes/status", Fact::Text("active"))),
        ..BY_ID
    },
    ..PLAIN
};
