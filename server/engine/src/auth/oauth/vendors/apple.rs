//! Apple: facts are in the ID token; the answer comes back by POST, the name only the first time
//! and beside the token.

use crate::auth::oauth::vendor::{PLAIN, STANDARD, Says, Vendor};

pub(super) const APPLE: Vendor = Vendor {
    name: "apple",
    issuer: "https://appleid.apple.com",
    auth_url: "https://appleid.apple.com/auth/authorize",
    token_url: "https://appleid.apple.com/auth/token",
    scopes: "name email",
    parameters: &[("response_mode", "form_post")],
    keys_url: "https://appleid.apple.com/auth/keys",
    // Apple documents `email_verified` as a boolean or a text of it; only the boolean counts here.
    says: Says { ..STANDARD },
    ..PLAIN
};
