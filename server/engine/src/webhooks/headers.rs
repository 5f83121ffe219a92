//! Headers that a webhook adds to its requests: which there may be.

use luge_model::limits::WEBHOOK_HEADER_BYTES_MAX;

/// Set by the server itself or by the connection: adding one could send the request elsewhere, or
/// make the receiver read it as another one.
const RESERVED: [&str; 16] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// What is wrong with the name of a header.
pub(super) fn problem_of_name(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    if name.is_empty() || name.len() > WEBHOOK_HEADER_BYTES_MAX || !name.bytes().all(is_token) {
        return Some("Must be the name of a header.");
    }
    if RESERVED.contains(&lower.as_str()) || lower.starts_with("webhook-") {
        return Some("This header is set by the server.");
    }
    None
}

/// What is wrong with the value of a header.
pub(super) fn problem_of_value(value: &str) -> Option<&'static str> {
    let visible = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    if !value.bytes().all(visible) || value.trim() != value {
        return Some("Must be of visible ASCII characters and spaces between them.");
    }
    if value.len() > WEBHOOK_HEADER_BYTES_MAX {
        return Some("Is too long.");
    }
    None
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_change_the_request_are_refused() {
        for name in [
            "",
            "a b",
            "a:b",
            "a\r\nb",
            "ä",
            "Host",
            "HOST",
            "content-Length",
            "Transfer-Encoding",
            "webhook-id",
            "Webhook-Signature",
            "Connection",
            "Cookie",
            "User-Agent",
        ] {
            assert!(problem_of_name(name).is_some(), "{name:?}");
        }
        for name in ["Authorization", "X-Api-Key", "x_1", "webhooks"] {
            assert_eq!(problem_of_name(name), None, "{name:?}");
        }
    }

    #[test]
    fn values_hold_no_line_breaks() {
        for value in ["a\r\nb", "a\n", "\0", " a", "a ", "ä", "\t"] {
            assert!(problem_of_value(value).is_some(), "{value:?}");
        }
        assert!(problem_of_value(&"x".repeat(2_000)).is_some());
        for value in ["", "Bearer abc", "a, b"] {
            assert_eq!(problem_of_value(value), None, "{value:?}");
        }
    }
}
