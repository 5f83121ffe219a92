//! Discord: pictures have to be put together; old accounts have a number behind their name.

use serde_json::Value as Json;

use crate::auth::oauth::vendor::{BY_ID, Email, PLAIN, Profile, Says, Vendor};

pub(super) const DISCORD: Vendor = Vendor {
    name: "discord",
    issuer: "https://discord.com",
    auth_url: "https://discord.com/api/oauth2/authorize",
    token_url: "https://discord.com/api/oauth2/token",
    user_info_url: "https://discord.com/api/users/@me",
    scopes: "identify email",
    says: Says {
        name: &["/global_name"],
        username: &["/username"],
        email: Email::ProvedIf("/email", &["/verified"]),
        mends: mend,
        ..BY_ID
    },
    ..PLAIN
};

fn mend(answer: &Json, profile: &mut Profile) {
    let text = |place: &str| answer.pointer(place).and_then(Json::as_str);
    if let Some(picture) = text("/avatar").filter(|picture| !picture.is_empty()) {
        let id = &profile.subject;
        profile.avatar = format!("https://cdn.discordapp.com/avatars/{id}/{picture}.png");
    }
    if profile.name.is_empty() {
        profile.name.clone_from(&profile.username);
        let number = text("/discriminator").filter(|number| !["", "0"].contains(number));
        if let Some(number) = number {
            profile.name = format!("{}#{number}", profile.name);
        }
    }
}
