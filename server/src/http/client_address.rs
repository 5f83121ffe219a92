//! Where a request comes from (contract §5.3).
//!
//! - Without configured headers it is the peer's address; nothing that a client sends changes it.
//! - The first configured header that is present counts; it is read from its end, since a client
//!   writes the beginning and each proxy adds what it saw.
//! - Where the proxies are named (`trustedProxy.addresses`), only their word counts, and the first
//!   address from the end that is none of theirs is the client's.

use std::net::IpAddr;

use luge_engine::settings::TrustedProxySettings;
use luge_model::limits::FORWARDED_BYTES_MAX;
use luge_model::network::{any_contains, canonical, told};
use poem::Request;
use poem::http::HeaderMap;

/// The client's address in its one form; `None` where the request came by no network.
pub(crate) fn of(request: &Request, proxy: &TrustedProxySettings) -> Option<IpAddr> {
    let peer = request.remote_addr().as_socket_addr()?.ip();
    Some(seen_behind(canonical(peer), request.headers(), proxy))
}

fn seen_behind(peer: IpAddr, headers: &HeaderMap, proxy: &TrustedProxySettings) -> IpAddr {
    let named = !proxy.addresses.is_empty();
    if proxy.headers.is_empty() || (named && !any_contains(&proxy.addresses, peer)) {
        return peer;
    }
    let present = proxy
        .headers
        .iter()
        .find(|name| headers.contains_key(*name));
    let Some(entries) = present.and_then(|name| entries(headers, name, named)) else {
        return peer;
    };
    let mut valid = entries.split(',').map(told);
    if proxy.use_leftmost_ip {
        return valid.flatten().next().unwrap_or(peer);
    }
    if !named {
        return valid.rev().flatten().next().unwrap_or(peer);
    }
    let mut nearest = peer;
    // What cannot be read ends the chain of those who may be believed.
    while let Some(Some(address)) = valid.next_back() {
        nearest = address;
        if !any_contains(&proxy.addresses, address) {
            break;
        }
    }
    nearest
}

/// The entries of a header: of all its lines in order where proxies are named, else of the last.
/// `None` where a line is no text or they are too long.
fn entries(headers: &HeaderMap, name: &str, all: bool) -> Option<String> {
    let lines = headers.get_all(name).iter();
    let lines: Vec<&str> = lines
        .map(|line| line.to_str().ok())
        .collect::<Option<_>>()?;
    let text = if all {
        lines.join(",")
    } else {
        (*lines.last()?).to_owned()
    };
    (text.len() <= FORWARDED_BYTES_MAX).then_some(text)
}

#[cfg(test)]
mod tests {
    use poem::http::{HeaderName, HeaderValue};

    use super::*;

    fn proxy(headers: &[&str], addresses: &[&str], use_leftmost_ip: bool) -> TrustedProxySettings {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        TrustedProxySettings {
            headers: texts(headers),
            addresses: texts(addresses),
            use_leftmost_ip,
        }
    }

    fn seen(lines: &[(&str, &str)], proxy: &TrustedProxySettings) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        seen_behind("10.0.0.1".parse().unwrap(), &headers, proxy).to_string()
    }

    const LIES: [(&str, &str); 5] = [
        ("X-Forwarded-For", "1.1.1.1"),
        ("X-Real-IP", "1.1.1.1"),
        ("CF-Connecting-IP", "1.1.1.1"),
        ("Forwarded", "for=1.1.1.1"),
        ("True-Client-IP", "1.1.1.1"),
    ];

    #[test]
    fn nobody_is_believed_who_is_not_configured() {
        for lie in LIES {
            assert_eq!(seen(&[lie], &proxy(&[], &[], false)), "10.0.0.1");
            assert_eq!(seen(&[lie], &proxy(&[], &["10.0.0.0/8"], true)), "10.0.0.1");
            // The peer is none of the proxies.
            let elsewhere = proxy(&[lie.0], &["10.0.0.2"], false);
            assert_eq!(seen(&[lie], &elsewhere), "10.0.0.1", "{lie:?}");
            assert_eq!(seen(&[lie], &proxy(&["X-Other"], &[], false)), "10.0.0.1");
        }
    }

    #[test]
    fn without_named_proxies_the_contract_holds() {
        let last = proxy(&["X-Real-IP", "X-Forwarded-For"], &[], false);
        let first = proxy(&["X-Real-IP", "X-Forwarded-For"], &[], true);
        for (lines, rightmost, leftmost) in [
            (
                &[("X-Forwarded-For", "1.1.1.1, 2.2.2.2")][..],
                "2.2.2.2",
                "1.1.1.1",
            ),
            (
                &[("X-Forwarded-For", "x, 2.2.2.2, y")],
                "2.2.2.2",
                "2.2.2.2",
            ),
            (&[("X-Forwarded-For", "x, y")], "10.0.0.1", "10.0.0.1"),
            (&[("X-Forwarded-For", "")], "10.0.0.1", "10.0.0.1"),
            (
                &[
                    ("X-Forwarded-For", "1.1.1.1"),
                    ("X-Forwarded-For", "3.3.3.3"),
                ],
                "3.3.3.3",
                "3.3.3.3",
            ),
            (
                &[
                    ("X-Forwarded-For", "1.1.1.1"),
                    ("X-Real-IP", "[2001:DB8::1]:80"),
                ],
                "2001:db8::1",
                "2001:db8::1",
            ),
        ] {
            assert_eq!(seen(lines, &last), rightmost, "{lines:?}");
            assert_eq!(seen(lines, &first), leftmost, "{lines:?}");
        }
    }

    #[test]
    fn named_proxies_are_skipped_from_the_end() {
        let named = proxy(&["X-Forwarded-For"], &["10.0.0.0/8", "fd00::/8"], false);
        for (values, expected) in [
            (&["6.6.6.6, 1.1.1.1"][..], "1.1.1.1"),
            (&["6.6.6.6, 1.1.1.1, 10.0.0.9"], "1.1.1.1"),
            (
                &["6.6.6.6, 1.1.1.1", "10.0.0.9, ::ffff:10.0.0.8"],
                "1.1.1.1",
            ),
            (&["1.1.1.1, 10.0.0.9", "fd00::1"], "1.1.1.1"),
            (&["10.0.0.3, 10.0.0.4"], "10.0.0.3"),
            (&["1.1.1.1, garbage, 10.0.0.9"], "10.0.0.9"),
            (&["1.1.1.1, garbage"], "10.0.0.1"),
            (&[], "10.0.0.1"),
        ] {
            let lines: Vec<_> = values
                .iter()
                .map(|value| ("x-forwarded-for", *value))
                .collect();
            assert_eq!(seen(&lines, &named), expected, "{values:?}");
        }
        let long = "1.1.1.1,".repeat(FORWARDED_BYTES_MAX);
        assert_eq!(seen(&[("X-Forwarded-For", &long)], &named), "10.0.0.1");
    }
}
