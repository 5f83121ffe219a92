//! Microsoft: `mail` is whatever the administrator of a tenant wrote, so it proves nothing.

use crate::auth::oauth::vendor::{BY_ID, Email, PLAIN, Says, Vendor};

pub(super) const MICROSOFT: Vendor = Vendor {
    name: "microsoft",
    issuer: "https://login.microsoftonline.com",
    auth_url: "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
    token_url: "https://login.microsoftonline.com/common/oauth2/v2.0/token",
    user_info_url: "https://graph.microsoft.com/v1.0/me",
    scopes: "User.Read",
    says: Says {
        name: &["/displayName"],
        email: Email::Unproved("/mail"),
        ..BY_ID
    },
    ..PLAIN
};
