//! What can be set, in the order in which it is shown, with the defaults.

use luge_model::collection::Secret;
use luge_model::limits::{
    BACKUPS_KEPT_DEFAULT, BATCH_REQUESTS_DEFAULT, BATCH_SECONDS_DEFAULT, LOG_DAYS_DEFAULT,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::MASK;

/// All settings, secrets included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingsValues {
    /// Addresses and networks that superusers may come from; empty: any.
    #[serde(rename = "superuserIPs")]
    pub superuser_ips: Vec<String>,
    /// The mail server.
    pub smtp: SmtpSettings,
    /// Copies of the data.
    pub backups: BackupSettings,
    /// Where files are kept.
    pub s3: S3Settings,
    /// How the application presents itself.
    pub meta: MetaSettings,
    /// How many requests are answered.
    pub rate_limits: RateLimitSettings,
    /// Whose word about a client's address is taken.
    pub trusted_proxy: TrustedProxySettings,
    /// Several requests in one.
    pub batch: BatchSettings,
    /// What is kept of requests.
    pub logs: LogSettings,
    /// The broadcast channels that there are; the first whose pattern matches a name counts.
    #[serde(default)]
    pub channels: Vec<ChannelSettings>,
    /// The collections as a graph.
    #[serde(default)]
    pub graphql: GraphqlSettings,
}

/// The mail server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SmtpSettings {
    /// Whether it is used.
    pub enabled: bool,
    /// Its port.
    pub port: u16,
    /// Its name or address.
    pub host: String,
    /// The account.
    pub username: String,
    /// The account's password.
    pub password: Secret,
    /// `PLAIN` (also when empty) or `LOGIN`.
    pub auth_method: String,
    /// TLS from the first byte.
    pub tls: bool,
    /// The name this server gives itself.
    pub local_name: String,
}

/// Copies of the data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BackupSettings {
    /// When one is made; empty: never.
    pub cron: String,
    /// How many of those are kept.
    pub cron_max_keep: i64,
    /// Where they are kept.
    pub s3: S3Settings,
}

/// S3-compatible storage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct S3Settings {
    /// Whether it is used instead of the data folder.
    pub enabled: bool,
    /// The bucket.
    pub bucket: String,
    /// Its region.
    pub region: String,
    /// Its address.
    pub endpoint: String,
    /// The access key's name.
    pub access_key: String,
    /// The access key's secret.
    pub secret: Secret,
    /// The bucket in the path instead of the host name.
    pub force_path_style: bool,
}

/// How the application presents itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetaSettings {
    /// The colour of the dashboard, `#rrggbb`.
    pub accent_color: String,
    /// The application's name.
    pub app_name: String,
    /// Where it is reached.
    #[serde(rename = "appURL")]
    pub app_url: String,
    /// Who mails come from.
    pub sender_name: String,
    /// Which address they come from.
    pub sender_address: String,
    /// Whether the dashboard hides what changes collections.
    pub hide_controls: bool,
}

/// How many requests are answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RateLimitSettings {
    /// The rules.
    pub rules: Vec<RateLimitRule>,
    /// Addresses and networks without limits.
    #[serde(rename = "excludedIPs")]
    pub excluded_ips: Vec<String>,
    /// Whether there are limits.
    pub enabled: bool,
}

/// One rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RateLimitRule {
    /// What it is about: a path, a prefix, or `collection:tag`.
    pub label: String,
    /// Whom it is about: everyone (empty), `@guest` or `@auth`.
    pub audience: String,
    /// The length of the window, in seconds.
    pub duration: i64,
    /// Requests in one window.
    pub max_requests: i64,
}

/// Whose word about a client's address is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrustedProxySettings {
    /// Headers with the address; the first that is present counts.
    pub headers: Vec<String>,
    /// The leftmost address of the header instead of the rightmost.
    #[serde(rename = "useLeftmostIP")]
    pub use_leftmost_ip: bool,
    /// Addresses and networks of the proxies whose headers count; empty: everybody's do.
    #[serde(default)]
    pub addresses: Vec<String>,
}

/// Several requests in one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchSettings {
    /// Whether it is allowed.
    pub enabled: bool,
    /// Most requests of one batch.
    pub max_requests: i64,
    /// Longest time of one batch, in seconds.
    pub timeout: i64,
    /// Largest body in bytes; 0: the default.
    pub max_body_size: i64,
}

/// What is kept of requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogSettings {
    /// Most bytes of one entry's data; 0: the default.
    pub max_data_size: i64,
    /// Days that logs are kept; 0: none are written.
    pub max_days: i64,
    /// The least severe level that is kept.
    pub min_level: i64,
    /// Whether addresses are kept.
    #[serde(rename = "logIP")]
    pub log_ip: bool,
    /// Whether the ids of signed-in records are kept.
    pub log_auth_id: bool,
}

/// Broadcast channels of one kind. A rule that is null is for superusers only, an empty one for
/// everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct ChannelSettings {
    /// The pattern of their names.
    pub name: String,
    /// Who may be in them.
    pub join_rule: Option<String>,
    /// Who may send to them.
    pub send_rule: Option<String>,
    /// Whether members may announce themselves to each other.
    pub presence: bool,
}

/// The collections as a graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct GraphqlSettings {
    /// Whether it is answered at all.
    pub enabled: bool,
    /// Whether others than superusers may ask for the schema.
    pub introspection: bool,
}

impl Default for GraphqlSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            introspection: false,
        }
    }
}

impl Default for SettingsValues {
    fn default() -> Self {
        let rule = |label: &str, duration, max_requests| RateLimitRule {
            label: label.to_owned(),
            audience: String::new(),
            duration,
            max_requests,
        };
        Self {
            superuser_ips: Vec::new(),
            smtp: SmtpSettings::default(),
            backups: BackupSettings {
                cron: String::new(),
                cron_max_keep: BACKUPS_KEPT_DEFAULT,
                s3: S3Settings::default(),
            },
            s3: S3Settings::default(),
            meta: MetaSettings::default(),
            rate_limits: RateLimitSettings {
                rules: vec![
                    rule("*:auth", 3, 2),
                    rule("*:create", 5, 20),
                    rule("/api/batch", 1, 3),
                    rule("/api/", 10, 300),
                ],
                excluded_ips: Vec::new(),
                enabled: false,
            },
            trusted_proxy: TrustedProxySettings::default(),
            batch: BatchSettings {
                enabled: false,
                max_requests: BATCH_REQUESTS_DEFAULT,
                timeout: BATCH_SECONDS_DEFAULT,
                max_body_size: 0,
            },
            logs: LogSettings {
                max_data_size: 0,
                max_days: LOG_DAYS_DEFAULT,
                min_level: 0,
                log_ip: true,
                log_auth_id: false,
            },
            channels: Vec::new(),
            graphql: GraphqlSettings::default(),
        }
    }
}

impl Default for SmtpSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            port: 587,
            host: "smtp.example.com".to_owned(),
            username: String::new(),
            password: Secret::default(),
            auth_method: String::new(),
            tls: false,
            local_name: String::new(),
        }
    }
}

impl Default for MetaSettings {
    fn default() -> Self {
        Self {
            accent_color: "#1055c9".to_owned(),
            app_name: "Acme".to_owned(),
            app_url: "http://localhost:8090".to_owned(),
            sender_name: "Support".to_owned(),
            sender_address: "support@example.com".to_owned(),
            hide_controls: false,
        }
    }
}

/// The secrets: the objects that lead to each, and its key.
const SECRETS: [(&[&str], &str); 3] = [
    (&["smtp"], "password"),
    (&["s3"], "secret"),
    (&["backups", "s3"], "secret"),
];

/// Leaves secrets out of a change that only repeats the mask.
pub(super) fn drop_masks(body: &mut Map<String, Json>) {
    for (path, secret) in SECRETS {
        if let Some(part) = part(body, path)
            && part.get(secret).and_then(Json::as_str) == Some(MASK)
        {
            part.shift_remove(secret);
        }
    }
}

fn part<'a>(object: &'a mut Map<String, Json>, path: &[&str]) -> Option<&'a mut Map<String, Json>> {
    let mut part = object;
    for key in path {
        part = part.get_mut(*key)?.as_object_mut()?;
    }
    Some(part)
}

impl SettingsValues {
    /// The settings as the contract shows them: without secrets.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Json> {
        let mut object = self.with_secrets();
        for (path, secret) in SECRETS {
            if let Some(part) = part(&mut object, path) {
                part.shift_remove(secret);
            }
        }
        object
    }

    /// What submitted settings are laid over, and what is stored.
    #[must_use]
    pub(super) fn with_secrets(&self) -> Map<String, Json> {
        match serde_json::to_value(self) {
            Ok(Json::Object(object)) => object,
            // Plain structs of texts, numbers and flags always become an object.
            Ok(_) | Err(_) => Map::new(),
        }
    }
}
