//! Facebook: nothing in its answers says that an address was proved.

use crate::auth::oauth::vendor::{BY_ID, Email, PLAIN, Says, Vendor};

pub(super) const FACEBOOK: Vendor = Vendor {
    name: "facebook",
    issuer: "https://www.facebook.com",
    auth_url: "https://www.facebook.com/v3.2/dialog/oauth",
    token_url: "https://graph.facebook.com/v3.2/oauth/access_token",
    user_info_url: "https://graph.facebook.com/me?fields=name,email,picture.type(large)",
    scopes: "email",
    says: Says {
        avatar: &["/picture/data/url"],
        email: Email::Unproved("/email"),
        ..BY_ID
    },
    ..PLAIN
};
