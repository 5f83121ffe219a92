//! The sign-in providers that an auth collection can name, in the contract's order (§5.5).

/// A provider that people sign in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provider {
    /// What definitions call it.
    pub name: &'static str,
    /// What people call it.
    pub display_name: &'static str,
}

/// All providers; another one is a line here.
pub const PROVIDERS: [Provider; 32] = [
    provider("apple", "Apple"),
    provider("google", "Google"),
    provider("microsoft", "Microsoft"),
    provider("yandex", "Yandex"),
    provider("facebook", "Facebook"),
    provider("instagram2", "Instagram"),
    provider("github", "GitHub"),
    provider("gitlab", "GitLab"),
    provider("bitbucket", "Bitbucket"),
    provider("gitee", "Gitee"),
    provider("gitea", "Gitea/Forgejo"),
    provider("discord", "Discord"),
    provider("twitter", "X/Twitter"),
    provider("kakao", "Kakao"),
    provider("vk", "ВКонтакте"),
    provider("linear", "Linear"),
    provider("notion", "Notion"),
    provider("monday", "monday.com"),
    provider("lark", "Lark"),
    provider("box", "Box"),
    provider("spotify", "Spotify"),
    provider("trakt", "Trakt"),
    provider("twitch", "Twitch"),
    provider("patreon", "Patreon"),
    provider("strava", "Strava"),
    provider("wakatime", "WakaTime"),
    provider("livechat", "LiveChat"),
    provider("mailcow", "mailcow"),
    provider("planningcenter", "Planning Center"),
    provider("oidc", "OIDC"),
    provider("oidc2", "OIDC"),
    provider("oidc3", "OIDC"),
];

const fn provider(name: &'static str, display_name: &'static str) -> Provider {
    Provider { name, display_name }
}

impl Provider {
    /// A mark of our own, as SVG: the first letter in a rounded square.
    #[must_use]
    pub fn logo(&self) -> String {
        let letter: String = self
            .display_name
            .chars()
            .take(1)
            .flat_map(char::to_uppercase)
            .collect();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\" fill=\"none\">\
             <rect x=\"1\" y=\"1\" width=\"22\" height=\"22\" rx=\"5\" stroke=\"currentColor\" \
             stroke-width=\"1.5\"/><text x=\"12\" y=\"16.5\" text-anchor=\"middle\" \
             font-family=\"sans-serif\" font-size=\"13\" fill=\"currentColor\">{letter}</text>\
             </svg>"
        )
    }
}
