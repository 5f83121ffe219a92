//! GitHub: the public address of a profile proves nothing; the primary address of the list does
//! where it is marked as verified.

use crate::auth::oauth::vendor::{BY_ID, Email, Listing, PLAIN, Says, Vendor};

pub(super) const GITHUB: Vendor = Vendor {
    name: "github",
    issuer: "https://github.com",
    auth_url: "https://github.com/login/oauth/authorize",
    token_url: "https://github.com/login/oauth/access_token",
    user_info_url: "https://api.github.com/user",
    scopes: "read:user user:email",
    says: Says {
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
