//! What must hold for the options of an auth collection (contract §2.6).

use std::collections::HashSet;

use serde_json::Value as Json;

use super::providers::PROVIDERS;
use super::{AuthOptions, Collection, EmailTemplate, OAuth2Options, OAuth2Provider, TokenOptions};
use crate::field::url::is_url;
use crate::invalid::{Violation, Violations};
use crate::limits::{
    OAUTH_REDIRECT_URLS_MAX, OTP_LENGTH_MIN, OTP_SECONDS, TOKEN_SECONDS, TOKEN_SECRET_CHARS_RANGE,
};

pub(super) fn check(options: &AuthOptions, collection: &Collection, found: &mut Violations) {
    for (key, token) in options.tokens() {
        found.nest(key, token_violations(token));
    }
    for (key, template) in options.templates() {
        found.nest(key, template_violations(template));
    }
    let alert = template_violations(&options.auth_alert.email_template);
    found.nest_at("authAlert", "emailTemplate", alert);
    found.nest("passwordAuth", password_violations(options, collection));
    found.nest("oauth2", oauth2_violations(&options.oauth2));
    let mut otp = Violations::new();
    otp.nest(
        "emailTemplate",
        template_violations(&options.otp.email_template),
    );
    if options.otp.enabled {
        check_number(&mut otp, "duration", options.otp.duration, OTP_SECONDS);
        check_number(
            &mut otp,
            "length",
            options.otp.length,
            (OTP_LENGTH_MIN, i64::MAX),
        );
    }
    found.nest("otp", otp);
    let mut link = Violations::new();
    let template = template_violations(&options.magic_link.email_template);
    link.nest("emailTemplate", template);
    if options.magic_link.enabled {
        check_number(
            &mut link,
            "duration",
            options.magic_link.duration,
            OTP_SECONDS,
        );
    }
    found.nest("magicLink", link);
    found.nest("mfa", mfa_violations(options));
    found.nest("passkey", options.passkey.violations());
    found.nest("cookie", options.cookie.violations());
}

fn token_violations(token: &TokenOptions) -> Violations {
    let mut found = Violations::new();
    check_number(&mut found, "duration", token.duration, TOKEN_SECONDS);
    let (min, max) = TOKEN_SECRET_CHARS_RANGE;
    let length = token.secret.reveal().chars().count();
    if length == 0 {
        found.add("secret", Violation::required());
    } else if length < min || length > max {
        let message = format!("The length must be between {min} and {max}.");
        let violation = Violation::new("validation_length_out_of_range", message);
        found.add("secret", violation.with("max", max).with("min", min));
    }
    found
}

fn template_violations(template: &EmailTemplate) -> Violations {
    let mut found = Violations::new();
    for (key, text) in [("subject", &template.subject), ("body", &template.body)] {
        if text.is_empty() {
            found.add(key, Violation::required());
        }
    }
    found
}

fn check_number(found: &mut Violations, key: &str, number: i64, (min, max): (i64, i64)) {
    if number == 0 {
        found.add(key, Violation::required());
    } else if number < min {
        let message = format!("Must be no less than {min}.");
        let violation = Violation::new("validation_min_greater_equal_than_required", message);
        found.add(key, violation.with("threshold", min));
    } else if number > max {
        let message = format!("Must be no greater than {max}.");
        let violation = Violation::new("validation_max_less_equal_than_required", message);
        found.add(key, violation.with("threshold", max));
    }
}

fn password_violations(options: &AuthOptions, collection: &Collection) -> Violations {
    let mut found = Violations::new();
    if !options.password_auth.enabled {
        return found;
    }
    if options.password_auth.identity_fields.is_empty() {
        found.add("identityFields", Violation::required());
    }
    for name in &options.password_auth.identity_fields {
        let violation = match collection.field(name) {
            None => {
                let message = format!("Invalid or missing field {name}.");
                Violation::new("validation_missing_field", message)
            }
            Some(field) if !has_unique_index(collection, field.number) => {
                let message = format!("The field {name} doesn't have a UNIQUE constraint.");
                Violation::new("validation_missing_unique_constraint", message)
            }
            Some(_) => continue,
        };
        found.add("identityFields", violation.with("fieldName", name.as_str()));
    }
    found
}

fn has_unique_index(collection: &Collection, field: crate::id::FieldNumber) -> bool {
    collection
        .indexes
        .iter()
        .any(|index| index.unique && index.single_field() == Some(field))
}

fn oauth2_violations(options: &OAuth2Options) -> Violations {
    let mut providers = Violations::new();
    let mut names = HashSet::new();
    for (position, provider) in options.providers.iter().enumerate() {
        let mut found = Violations::new();
        let name = provider.name.as_str();
        if name.is_empty() {
            found.add("name", Violation::required());
        } else if !PROVIDERS.iter().any(|provider| provider.name == name) {
            let message = format!("Invalid or missing provider with name {name}.");
            let violation = Violation::new("validation_missing_provider", message);
            found.add("name", violation.with("name", name));
        } else if !names.insert(name) {
            let message = format!("The provider {name} is already registered.");
            let violation = Violation::new("validation_duplicated_provider", message);
            found.add("name", violation.with("name", name));
        }
        check_addresses(provider, &mut found);
        if options.enabled {
            for (key, is_missing) in [
                ("clientId", provider.client_id.is_empty()),
                ("clientSecret", provider.client_secret.is_empty()),
            ] {
                if is_missing {
                    found.add(key, Violation::required());
                }
            }
        }
        providers.nest(&position.to_string(), found);
    }
    let mut found = Violations::new();
    found.nest("providers", providers);
    check_redirects(&options.redirect_urls, &mut found);
    found
}

fn check_addresses(provider: &OAuth2Provider, found: &mut Violations) {
    let not_url = || Violation::new("validation_is_url", "Must be a valid URL.");
    for (key, text) in [
        ("authURL", &provider.auth_url),
        ("tokenURL", &provider.token_url),
        ("userInfoURL", &provider.user_info_url),
    ] {
        if !text.is_empty() && !is_url(text) {
            found.add(key, not_url());
        }
    }
    let mut extra = Violations::new();
    for key in ["issuer", "jwksURL"] {
        let value = provider.extra.get(key).filter(|value| !value.is_null());
        let text = value.map(|value| value.as_str().unwrap_or("-"));
        if text.is_some_and(|text| !text.is_empty() && !is_url(text)) {
            extra.add(key, not_url());
        }
    }
    let issuers = provider.extra.get("issuers");
    if let Some(issuers) = issuers.filter(|issuers| !issuers.is_null()) {
        let texts = issuers.as_array();
        if texts.is_none_or(|texts| !texts.iter().all(Json::is_string)) {
            let message = "Must be a list of texts.";
            extra.add(
                "issuers",
                Violation::new("validation_invalid_value", message),
            );
        }
    }
    found.nest("extra", extra);
}

/// Addresses are compared as texts, so each has to be one that browsers leave as it is.
fn check_redirects(urls: &[String], found: &mut Violations) {
    let invalid = |message: String| Violation::new("validation_invalid_value", message);
    if urls.len() > OAUTH_REDIRECT_URLS_MAX {
        let message = format!("No more than {OAUTH_REDIRECT_URLS_MAX} addresses.");
        found.add("redirectURLs", invalid(message));
    }
    let scripts = ["javascript", "data", "vbscript", "file", "blob", "about"];
    for url in urls {
        let scheme = url.split(':').next().unwrap_or_default();
        let plain = |letter: char| letter.is_ascii_graphic() && !"\\#@".contains(letter);
        let named = scheme.len() < url.len()
            && scheme.starts_with(|first: char| first.is_ascii_lowercase())
            && scheme.chars().all(|letter| {
                letter.is_ascii_lowercase() || letter.is_ascii_digit() || "+-.".contains(letter)
            });
        let web = !["http", "https"].contains(&scheme) || is_url(url);
        if !named || !web || scripts.contains(&scheme) || !url.chars().all(plain) {
            let message = format!("{url} is no address that somebody can be sent to.");
            found.add("redirectURLs", invalid(message));
        }
    }
}

fn mfa_violations(options: &AuthOptions) -> Violations {
    let mut found = Violations::new();
    if !options.mfa.enabled {
        return found;
    }
    check_number(&mut found, "duration", options.mfa.duration, OTP_SECONDS);
    let methods = [
        options.password_auth.enabled,
        options.otp.enabled,
        options.oauth2.enabled,
    ];
    if methods.into_iter().filter(|enabled| *enabled).count() < 2 {
        let message = "MFA requires at least 2 auth methods to be enabled.";
        found.add(
            "enabled",
            Violation::new("validation_mfa_not_enough_auths", message),
        );
    }
    found
}
