//! Which rate limit a request falls under, and whether it still fits (contract §5.3).
//!
//! - The first rule that applies is the only one that counts the request: the collection's labels,
//!   then those of every collection, then `METHOD /path`, then the path; of a path the rule that is
//!   exactly it comes before those it begins with.
//! - A client is an IPv4 address or the /64 of an IPv6 one. All that a rule is about is counted
//!   together, but what is done with a collection by itself, for each collection.
//! - `HEAD` is a `GET`, and a collection is itself under its name in any case and under its id.

use std::net::IpAddr;

use luge_engine::settings::{RateLimitRule, RateLimitSettings};
use luge_model::collection::Collections;
use luge_model::network;
use luge_model::principal::Principal;
use poem::Request;
use poem::http::Method;

use crate::http::app::App;

mod windows;

pub(crate) use windows::Windows;

/// Counts a request.
///
/// # Errors
/// The seconds until there is room again, when it is one too many.
pub(crate) fn admit(app: &App, request: &Request, principal: &Principal) -> Result<(), u64> {
    let client = app.client_address(request);
    admit_as(
        app,
        (client, principal),
        request.method(),
        request.uri().path(),
    )
}

/// Counts what a client asks, whichever way it came.
///
/// # Errors
/// As for [`admit`].
pub(crate) fn admit_as(
    app: &App,
    (client, principal): (Option<IpAddr>, &Principal),
    method: &Method,
    path: &str,
) -> Result<(), u64> {
    let settings = app.engine.settings.current();
    let limits = &settings.rate_limits;
    let client = client.filter(|client| is_counted(limits, *client, principal));
    let Some(client) = client.filter(|_| limits.enabled) else {
        return Ok(());
    };
    let signed_in = principal.identity().is_some();
    let labels = labels(app, method, path);
    let Some(rule) = rule(&limits.rules, &labels.all, signed_in) else {
        return Ok(());
    };
    let client = network::counted(client);
    app.windows
        .count((rule, &labels.apart), client, app.clock.now())
}

fn is_counted(limits: &RateLimitSettings, client: IpAddr, principal: &Principal) -> bool {
    !principal.skips_rules() && !network::any_contains(&limits.excluded_ips, client)
}

/// The first rule for one of the labels, in their order.
fn rule<'r>(
    rules: &'r [RateLimitRule],
    labels: &[String],
    signed_in: bool,
) -> Option<&'r RateLimitRule> {
    let audience = if signed_in { "@auth" } else { "@guest" };
    let is_concerned = |rule: &&RateLimitRule| ["", audience].contains(&rule.audience.as_str());
    let concerned: Vec<&RateLimitRule> = rules.iter().filter(is_concerned).collect();
    labels.iter().find_map(|label| {
        let exact = concerned.iter().find(|rule| rule.label == *label);
        let below = || {
            // `/api/collections/` is about `/api/collections` too.
            let path = format!("{label}/");
            let is_above =
                |rule: &RateLimitRule| rule.label.ends_with('/') && path.starts_with(&rule.label);
            concerned.iter().find(|rule| is_above(rule))
        };
        exact.or_else(below).copied()
    })
}

/// What a request is called in rules.
struct Labels {
    /// The most particular first.
    all: Vec<String>,
    /// What is counted by itself: something done with one collection; empty for the rest.
    apart: String,
}

fn labels(app: &App, method: &Method, path: &str) -> Labels {
    let method = match method {
        &Method::HEAD => Method::GET,
        other => other.clone(),
    };
    let mut labels = Vec::with_capacity(6);
    let mut apart = String::new();
    if let Some((collection, tags)) = tags(&method, path) {
        let decoded = percent_encoding::percent_decode_str(collection).decode_utf8_lossy();
        let snapshot = app.engine.catalog.snapshot();
        if let Some(found) = snapshot.find(&decoded) {
            labels.extend(tags.iter().map(|tag| format!("{}:{tag}", found.name)));
            apart.extend(labels.first().cloned());
        }
        labels.extend(tags.iter().map(|tag| format!("*:{tag}")));
    }
    labels.push(format!("{method} {path}"));
    labels.push(path.to_owned());
    Labels { all: labels, apart }
}

/// The collection that a path names, and what is done with it.
fn tags<'p>(method: &Method, path: &'p str) -> Option<(&'p str, &'static [&'static str])> {
    if let Some(file) = path.strip_prefix("/api/files/") {
        let (collection, rest) = file.split_once('/')?;
        return rest.contains('/').then_some((collection, &["file"][..]));
    }
    if (method, path) == (&Method::GET, "/api/search") {
        // Of many collections, so of none by its name.
        return Some(("", &["list"]));
    }
    let (collection, rest) = path.strip_prefix("/api/collections/")?.split_once('/')?;
    let tags: &'static [&'static str] = match (method.as_str(), rest) {
        ("GET", "records" | "aggregate") => &["list"],
        ("POST", "records") => &["create"],
        ("PATCH", "records") => &["update"],
        ("DELETE", "records") => &["delete"],
        ("GET", "auth-methods") => &["listAuthMethods"],
        ("POST", "auth-refresh") => &["authRefresh"],
        ("POST", "auth-with-password") => &["authWithPassword", "auth"],
        ("POST", "auth-with-oauth2" | "auth-with-code") => &["authWithOAuth2", "auth"],
        ("POST", "auth-with-otp") => &["authWithOTP", "auth"],
        ("POST", "auth-with-passkey") => &["authWithPasskey", "auth"],
        ("POST", "auth-with-magic-link") => &["authWithMagicLink", "auth"],
        ("POST", "auth-anonymously") => &["authAnonymously", "auth"],
        ("POST", "request-magic-link") => &["requestMagicLink"],
        ("POST", "auth-with-totp") => &["authWithTotp", "auth"],
        ("POST", "auth-with-recovery-code") => &["authWithRecoveryCode", "auth"],
        ("POST", "request-otp") => &["requestOTP"],
        ("POST", "request-password-reset") => &["requestPasswordReset"],
        ("POST", "confirm-password-reset") => &["confirmPasswordReset"],
        ("POST", "request-verification") => &["requestVerification"],
        ("POST", "confirm-verification") => &["confirmVerification"],
        ("POST", "request-email-change") => &["requestEmailChange"],
        ("POST", "confirm-email-change") => &["confirmEmailChange"],
        (method, below) => {
            let id = below.strip_prefix("records/")?;
            match method {
                _ if id.is_empty() || id.contains('/') => return None,
                "GET" => &["view"],
                "PATCH" => &["update"],
                "DELETE" => &["delete"],
                _ => return None,
            }
        }
    };
    Some((collection, tags))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(rules: &[(&str, &str)], labels: &[&str], signed_in: bool) -> Option<usize> {
        let rules: Vec<_> = rules
            .iter()
            .map(|(label, audience)| RateLimitRule {
                label: (*label).to_owned(),
                audience: (*audience).to_owned(),
                duration: 1,
                max_requests: 1,
            })
            .collect();
        let labels: Vec<_> = labels.iter().map(|&label| label.to_owned()).collect();
        let found = rule(&rules, &labels, signed_in)?;
        rules.iter().position(|rule| std::ptr::eq(rule, found))
    }

    #[test]
    fn the_first_label_with_a_rule_decides() {
        let health = &["GET /api/health", "/api/health"];
        let sign_in = &[
            "users:authWithPassword",
            "users:auth",
            "*:authWithPassword",
            "*:auth",
        ];
        for (rules, labels, guest, signed_in) in [
            (
                &[("/api/", ""), ("/api/health", "")][..],
                &health[..],
                Some(1),
                Some(1),
            ),
            (
                &[("GET /api/", ""), ("/api/health", "")],
                health,
                Some(0),
                Some(0),
            ),
            (
                &[("/api/", ""), ("/api/health/", "")],
                health,
                Some(0),
                Some(0),
            ),
            (&[("/api/health/", "")], health, Some(0), Some(0)),
            (
                &[("POST /api/", ""), ("/api/heal", ""), ("/ap/", "")],
                health,
                None,
                None,
            ),
            (
                &[("/api/health", "@auth"), ("/", "@guest")],
                health,
                Some(1),
                Some(0),
            ),
            (
                &[("*:auth", ""), ("users:auth", "")],
                sign_in,
                Some(1),
                Some(1),
            ),
            (
                &[("*:auth", ""), ("*:authWithPassword", "")],
                sign_in,
                Some(1),
                Some(1),
            ),
            (
                &[("other:auth", ""), ("users:list", "")],
                sign_in,
                None,
                None,
            ),
        ] {
            assert_eq!(chosen(rules, labels, false), guest, "{rules:?}");
            assert_eq!(chosen(rules, labels, true), signed_in, "{rules:?}");
        }
    }

    #[test]
    fn paths_have_the_tags_of_the_contract() {
        for (method, path, expected) in [
            ("GET", "records", Some(&["list"][..])),
            ("GET", "records/x", Some(&["view"])),
            ("PATCH", "records/x", Some(&["update"])),
            ("DELETE", "records/x", Some(&["delete"])),
            ("POST", "records", Some(&["create"])),
            (
                "POST",
                "auth-with-password",
                Some(&["authWithPassword", "auth"]),
            ),
            ("GET", "auth-methods", Some(&["listAuthMethods"])),
            ("POST", "records/x", None),
            ("GET", "records/", None),
            ("GET", "records/x/y", None),
            ("PUT", "records", None),
            ("GET", "auth-with-password", None),
            ("GET", "", None),
        ] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let path = format!("/api/collections/posts/{path}");
            let expected = expected.map(|tags| ("posts", tags));
            assert_eq!(tags(&method, &path), expected, "{method} {path}");
        }
        assert_eq!(tags(&Method::GET, "/api/collections/posts"), None);
        assert_eq!(
            tags(&Method::GET, "/api/files/a/b/c"),
            Some(("a", &["file"][..]))
        );
        assert_eq!(tags(&Method::GET, "/api/files/a"), None);
        let many = tags(&Method::GET, "/api/search");
        assert_eq!(many, Some(("", &["list"][..])));
        assert_eq!(tags(&Method::GET, "/api/search/status"), None);
    }
}
