//! The cookie that a browser is signed in by, where a collection has that switched on.
//!
//! - It is looked at only where there is no `Authorization`, and holds the token that a client
//!   would send there.
//! - A browser sends it along whoever made the page. So it signs nothing that comes from a page of
//!   an origin that is not named: what changes something must say where it comes from.

use luge_engine::auth::cookie::CookieToken;
use luge_model::collection::CookieOptions;
use luge_model::timestamp::Timestamp;
use poem::Request;
use poem::http::{HeaderMap, Method, header};

use crate::http::app::App;

/// `__Host-`: set by this very host for all of its paths, over a connection that browsers trust.
const NAME: &str = "__Host-luge";

/// A cookie of a request, and what may be done by it.
pub(crate) struct Cookie<'r> {
    /// The token in it.
    pub(crate) token: &'r str,
    /// What is known of the token.
    pub(crate) known: CookieToken,
}

/// The cookie by which a request is to be signed, if there is one.
pub(crate) fn of<'r>(app: &App, request: &'r Request) -> Option<Cookie<'r>> {
    let headers = request.headers();
    if headers.contains_key(header::AUTHORIZATION) {
        return None;
    }
    let token = only(headers)?;
    let known = app.engine.auth.cookie_token(token)?;
    Some(Cookie { token, known })
}

/// The token of the cookie of a request, where it may sign the request.
pub(crate) fn token<'r>(app: &App, request: &'r Request) -> Option<&'r str> {
    let cookie = of(app, request)?;
    let options = &cookie.known.options;
    let holds = comes_from_trusted(app, options, request) || is_harmless(request);
    holds.then_some(cookie.token)
}

/// Whether a request may change something, or begins what may.
pub(crate) fn is_unsafe(request: &Request) -> bool {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    !reads || request.headers().contains_key(header::UPGRADE)
}

/// Whether a page of ours or of a named origin sent a request: only browsers say so, and no page
/// can make them say it wrongly.
pub(crate) fn comes_from_trusted(app: &App, options: &CookieOptions, request: &Request) -> bool {
    let headers = request.headers();
    if text(headers, "sec-fetch-site") == Some("same-origin") {
        return true;
    }
    let origin = text(headers, header::ORIGIN.as_str());
    origin.is_some_and(|origin| app.engine.auth.trusts_origin(options, origin))
}

/// The header that has a browser keep a token.
pub(crate) fn set(token: &str, known: &CookieToken, now: Timestamp) -> String {
    let seconds = known.ends.0.saturating_sub(now.0).div_euclid(1_000).max(0);
    let same_site = known.options.same_site.name();
    format!("{NAME}={token}; Path=/; Secure; HttpOnly; SameSite={same_site}; Max-Age={seconds}")
}

/// The header that has a browser forget it.
pub(crate) fn clear() -> String {
    format!("{NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// Whether it only reads, and no page of elsewhere would see what it reads.
fn is_harmless(request: &Request) -> bool {
    let headers = request.headers();
    if is_unsafe(request) || headers.contains_key(header::ORIGIN) {
        return false;
    }
    let followed = text(headers, "sec-fetch-mode") == Some("navigate");
    let from = text(headers, "sec-fetch-site");
    followed || from.is_none_or(|from| from == "none")
}

/// The value of the cookie, if there is exactly one: of two, one was slipped in.
fn only(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::COOKIE).iter();
    let texts = lines.filter_map(|line| line.to_str().ok());
    let pairs = texts.flat_map(|text| text.split(';'));
    let mut values = pairs.filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == NAME).then_some(value)
    });
    let value = values.next().filter(|value| !value.is_empty())?;
    values.next().is_none().then_some(value)
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_cookie_or_none() {
        for (lines, expected) in [
            (&["__Host-luge=a.b.c"][..], Some("a.b.c")),
            (&["x=1; __Host-luge=a; y=2"], Some("a")),
            (&["x=1", "__Host-luge=a"], Some("a")),
            (&["__Host-luge=a; __Host-luge=b"], None),
            (&["__Host-luge=a", "__Host-luge=a"], None),
            (&["__Host-luge="], None),
            (&["__host-luge=a"], None),
            (&["luge=a"], None),
            (&["x__Host-luge=a"], None),
            (&["__Host-luge"], None),
            (&[""], None),
            (&[], None),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::COOKIE, line.parse().unwrap());
            }
            assert_eq!(only(&headers), expected, "{lines:?}");
        }
    }
}
