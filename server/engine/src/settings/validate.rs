//! What must hold for the settings (contract §5.2).

use std::net::IpAddr;

use luge_model::channel::ChannelPattern;
use luge_model::field::{email, url};
use luge_model::invalid::{Violation, Violations};
use luge_model::limits::{CHANNEL_DEFINITIONS_MAX, RATE_LIMIT_SECONDS_MAX, SETTING_CHARS_MAX};
use luge_model::network::Network;

use super::Schedule;
use super::values::{
    BackupSettings, BatchSettings, ChannelSettings, LogSettings, MetaSettings, RateLimitRule,
    RateLimitSettings, S3Settings, SettingsValues, SmtpSettings, TrustedProxySettings,
};

impl SettingsValues {
    /// Everything that is wrong with the settings.
    pub(super) fn check(&self) -> Result<(), Violations> {
        let mut found = Violations::new();
        found.nest("superuserIPs", network_violations(&self.superuser_ips));
        found.nest("smtp", smtp_violations(&self.smtp));
        found.nest("backups", backup_violations(&self.backups));
        found.nest("s3", s3_violations(&self.s3));
        found.nest("meta", meta_violations(&self.meta));
        found.nest("rateLimits", rate_limit_violations(&self.rate_limits));
        found.nest("trustedProxy", proxy_violations(&self.trusted_proxy));
        found.nest("batch", batch_violations(&self.batch));
        found.nest("logs", log_violations(&self.logs));
        check_channels(&mut found, &self.channels);
        found.into_result()
    }
}

fn smtp_violations(smtp: &SmtpSettings) -> Violations {
    let mut found = Violations::new();
    if !["", "PLAIN", "LOGIN"].contains(&smtp.auth_method.as_str()) {
        found.add("authMethod", not_in_list());
    }
    if smtp.enabled && smtp.host.is_empty() {
        found.add("host", Violation::required());
    } else if !smtp.host.is_empty() && !is_host(&smtp.host) {
        found.add("host", host_violation());
    }
    if smtp.enabled && smtp.port == 0 {
        found.add("port", Violation::required());
    }
    if !smtp.local_name.is_empty() && !is_host(&smtp.local_name) {
        found.add("localName", host_violation());
    }
    found
}

fn s3_violations(s3: &S3Settings) -> Violations {
    let mut found = Violations::new();
    if !s3.enabled {
        return found;
    }
    for (key, is_empty) in [
        ("bucket", s3.bucket.is_empty()),
        ("region", s3.region.is_empty()),
        ("endpoint", s3.endpoint.is_empty()),
        ("accessKey", s3.access_key.is_empty()),
        ("secret", s3.secret.is_empty()),
    ] {
        if is_empty {
            found.add(key, Violation::required());
        }
    }
    // An endpoint may come without its scheme.
    if !url::is_url(&s3.endpoint) && !url::is_url(&format!("https://{}", s3.endpoint)) {
        found.add("endpoint", url_violation());
    }
    found
}

fn backup_violations(backups: &BackupSettings) -> Violations {
    let mut found = Violations::new();
    found.nest("s3", s3_violations(&backups.s3));
    if backups.cron.is_empty() {
        return found;
    }
    if let Err(reason) = Schedule::parse(&backups.cron) {
        let message = format!("Invalid cron expression - {reason}.");
        found.add("cron", Violation::new("validation_invalid_cron", message));
    }
    check_number(&mut found, "cronMaxKeep", backups.cron_max_keep, 1);
    found
}

fn meta_violations(meta: &MetaSettings) -> Violations {
    let mut found = Violations::new();
    for (key, text) in [
        ("appName", &meta.app_name),
        ("appURL", &meta.app_url),
        ("senderName", &meta.sender_name),
        ("senderAddress", &meta.sender_address),
        ("accentColor", &meta.accent_color),
    ] {
        let length = text.chars().count();
        if length == 0 {
            found.add(key, Violation::required());
        } else if length > SETTING_CHARS_MAX && key != "accentColor" {
            let message = format!("The length must be between 1 and {SETTING_CHARS_MAX}.");
            let violation = Violation::new("validation_length_out_of_range", message);
            found.add(key, violation.with("max", SETTING_CHARS_MAX).with("min", 1));
        }
    }
    if !url::is_url(&meta.app_url) {
        found.add("appURL", url_violation());
    }
    if !email::is_email(&meta.sender_address) {
        let message = "Must be a valid email address.";
        found.add(
            "senderAddress",
            Violation::new("validation_is_email", message),
        );
    }
    if meta.accent_color.chars().count() != 7 {
        let violation =
            Violation::new("validation_length_invalid", "The length must be exactly 7.");
        found.add("accentColor", violation.with("max", 7).with("min", 7));
    } else if !is_hex_color(&meta.accent_color) {
        let message = "Must be a valid hexadecimal color code.";
        found.add(
            "accentColor",
            Violation::new("validation_is_hex_color", message),
        );
    }
    found
}

fn rate_limit_violations(limits: &RateLimitSettings) -> Violations {
    let mut found = Violations::new();
    if limits.enabled && limits.rules.is_empty() {
        found.add("rules", Violation::required());
    }
    let mut below = Violations::new();
    for (position, rule) in limits.rules.iter().enumerate() {
        let earlier = limits.rules.iter().take(position);
        below.nest(&position.to_string(), rule_violations(rule, earlier));
    }
    found.nest("rules", below);
    found.nest("excludedIPs", network_violations(&limits.excluded_ips));
    found
}

fn proxy_violations(proxy: &TrustedProxySettings) -> Violations {
    let mut found = Violations::new();
    found.nest("addresses", network_violations(&proxy.addresses));
    found
}

fn rule_violations<'a>(
    rule: &RateLimitRule,
    mut earlier: impl Iterator<Item = &'a RateLimitRule>,
) -> Violations {
    let mut found = Violations::new();
    // Two rules for one label must be for audiences that do not overlap.
    let conflicts = |other: &RateLimitRule| {
        other.label == rule.label
            && (other.audience == rule.audience
                || other.audience.is_empty()
                || rule.audience.is_empty())
    };
    if rule.label.is_empty() {
        found.add("label", Violation::required());
    } else if !is_label(&rule.label) {
        let message = "Must be in a valid format.";
        found.add("label", Violation::new("validation_match_invalid", message));
    } else if earlier.any(conflicts) {
        let label = &rule.label;
        let message = format!(
            "Rate limit rule configuration with label {label} already exists or conflicts with \
             another rule."
        );
        let violation = Violation::new("validation_conflicting_rate_limit_rule", message);
        found.add("label", violation.with("label", label.as_str()));
    }
    if !["", "@guest", "@auth"].contains(&rule.audience.as_str()) {
        found.add("audience", not_in_list());
    }
    check_number(&mut found, "duration", rule.duration, 1);
    if rule.duration > RATE_LIMIT_SECONDS_MAX {
        let message = format!("Must be no greater than {RATE_LIMIT_SECONDS_MAX}.");
        let violation = Violation::new("validation_max_less_equal_than_required", message);
        found.add(
            "duration",
            violation.with("threshold", RATE_LIMIT_SECONDS_MAX),
        );
    }
    check_number(&mut found, "maxRequests", rule.max_requests, 1);
    found
}

fn batch_violations(batch: &BatchSettings) -> Violations {
    let mut found = Violations::new();
    let min = i64::from(batch.enabled);
    check_number(&mut found, "maxRequests", batch.max_requests, min);
    check_number(&mut found, "timeout", batch.timeout, min);
    check_number(&mut found, "maxBodySize", batch.max_body_size, 0);
    found
}

fn log_violations(logs: &LogSettings) -> Violations {
    let mut found = Violations::new();
    check_number(&mut found, "maxDataSize", logs.max_data_size, 0);
    check_number(&mut found, "maxDays", logs.max_days, 0);
    found
}

/// The rules are checked where the collections are known (`Settings::examined_by`).
fn check_channels(found: &mut Violations, channels: &[ChannelSettings]) {
    if channels.len() > CHANNEL_DEFINITIONS_MAX {
        let message = format!("The length must be no more than {CHANNEL_DEFINITIONS_MAX}.");
        let violation = Violation::new("validation_length_too_long", message);
        found.add("channels", violation.with("max", CHANNEL_DEFINITIONS_MAX));
        return;
    }
    let mut below = Violations::new();
    for (position, channel) in channels.iter().enumerate() {
        let mut earlier = channels.iter().take(position);
        let violation = match ChannelPattern::parse(&channel.name) {
            _ if channel.name.is_empty() => Violation::required(),
            Err(reason) => {
                let message = format!("Invalid pattern of channels: {reason}.");
                Violation::new("validation_invalid_channel_name", message)
            }
            Ok(_) if earlier.any(|other| other.name == channel.name) => {
                let message = "There is an earlier channel with this name.";
                Violation::new("validation_not_unique", message)
            }
            Ok(_) => continue,
        };
        below.nest(&position.to_string(), Violations::of("name", violation));
    }
    found.nest("channels", below);
}

/// A number that is at least `min`; where it must not be 0, 0 counts as missing.
fn check_number(found: &mut Violations, key: &str, number: i64, min: i64) {
    if number == 0 && min > 0 {
        found.add(key, Violation::required());
    } else if number < min {
        let message = format!("Must be no less than {min}.");
        let violation = Violation::new("validation_min_greater_equal_than_required", message);
        found.add(key, violation.with("threshold", min));
    }
}

fn network_violations(networks: &[String]) -> Violations {
    let mut found = Violations::new();
    for (position, network) in networks.iter().enumerate() {
        if Network::parse(network).is_none() {
            let message = "Invalid IP or CIDR subnet.";
            // The contract spells the code like this.
            let violation = Violation::new("validation_invlaid_ip_or_subnet", message);
            found.add(&position.to_string(), violation);
        }
    }
    found
}

/// `/path`, `METHOD /path`, `collection:tag` or `*:tag`.
fn is_label(label: &str) -> bool {
    let is_word = |text: &str| {
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        !text.is_empty() && text.chars().all(is_letter)
    };
    let is_path = |text: &str| text.starts_with('/') && !text.contains(char::is_whitespace);
    if let Some((method, path)) = label.split_once(' ') {
        return !method.is_empty()
            && method.chars().all(|c| c.is_ascii_uppercase())
            && is_path(path);
    }
    match label.split_once(':') {
        Some((collection, tag)) if !label.starts_with('/') => {
            (collection == "*" || is_word(collection)) && is_word(tag)
        }
        _ => is_path(label),
    }
}

fn is_host(text: &str) -> bool {
    let address = text.trim_start_matches('[').trim_end_matches(']');
    if address.parse::<IpAddr>().is_ok() {
        return true;
    }
    let is_part = |part: &str| {
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        !part.is_empty()
            && part.len() <= 63
            && !part.starts_with('-')
            && part.chars().all(is_letter)
    };
    text.len() <= 253 && text.trim_end_matches('.').split('.').all(is_part)
}

fn is_hex_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()))
}

fn not_in_list() -> Violation {
    Violation::new("validation_in_invalid", "Must be a valid value.")
}

fn host_violation() -> Violation {
    Violation::new(
        "validation_is_host",
        "Must be a valid IP address or DNS name.",
    )
}

fn url_violation() -> Violation {
    Violation::new("validation_is_url", "Must be a valid URL.")
}
