//! Who sends a request: the token of its `Authorization` header.

use poem::Request;
use poem::http::header;

const BEARER: &str = "bearer ";

/// The token of a request: the `Authorization` header without an optional `Bearer `.
pub(crate) fn token(request: &Request) -> Option<&str> {
    token_of(
        request
            .headers()
            .get(header::AUTHORIZATION)?
            .to_str()
            .ok()?,
    )
}

/// The token in what such a header may say.
pub(crate) fn token_of(value: &str) -> Option<&str> {
    let value = value.trim();
    let token = match value.get(..BEARER.len()) {
        Some(scheme) if scheme.eq_ignore_ascii_case(BEARER) => {
            value.get(BEARER.len()..).unwrap_or_default().trim_start()
        }
        _ => value,
    };
    (!token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_is_optional_and_without_case() {
        for (header, expected) in [
            ("abc", Some("abc")),
            ("Bearer abc", Some("abc")),
            ("bEARER   abc ", Some("abc")),
            ("Bearerabc", Some("Bearerabc")),
            ("Bearer ", Some("Bearer")),
            ("", None),
            ("  ", None),
        ] {
            let request = Request::builder().header("Authorization", header).finish();
            assert_eq!(token(&request), expected, "{header:?}");
        }
        assert_eq!(token(&Request::default()), None);
    }
}
