//! Every spelling of an address that is not public, and those that are.

use super::*;

fn allows(destinations: &Destinations, address: &str, port: u16) -> bool {
    destinations.allow(address.parse().unwrap(), port)
}

/// Neighbours of every special block, and known public ones.
const PUBLIC: &str = "
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255
    128.0.0.0 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.0.3.0
    192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255 203.0.114.0
    223.255.255.255 2606:4700::1111 2001:4860:4860::8888 2001:200::1 2a00::1 3ffe::1";

/// The special-purpose blocks of IPv4 at their ends.
const SPECIAL_V4: &str = "
    0.0.0.0 0.1.2.3 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.1 127.0.0.2
    127.255.255.255 169.254.0.1 169.254.169.254 172.16.0.0 172.31.255.255 192.0.0.1
    192.0.2.1 192.52.193.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.0 198.19.255.255
    198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255";

/// Those of IPv6: unspecified, loopback, compatible, mapped, translated, NAT64, discard; Teredo,
/// benchmarks, ORCHID, documentation, 6to4, AS112; unique local, link-local, site-local, multicast.
const SPECIAL_V6: &str = "
    :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8
    ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::8.8.8.8 64:ff9b:1::a00:1 100::1 2001::1
    2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:1ff::1 2001:db8::1
    2002:7f00:1:: 2002:808:808::1 2620:4f:8000::1 3fff::1 3fff:fff::1 5f00::1 fc00::1
    fdff::1 fe80::1 febf::1 fec0::1 feff::1 ff02::1 ffff::1";

#[test]
fn only_public_addresses_are_public() {
    let none = Destinations::default();
    for address in PUBLIC.split_whitespace() {
        assert!(allows(&none, address, 443), "{address}");
        assert!(allows(&none, address, 80), "{address}");
        for port in [0, 1, 22, 25, 6_379, 8_080, 65_535] {
            assert!(!allows(&none, address, port), "{address} {port}");
        }
    }
    let special = SPECIAL_V4.split_whitespace();
    for address in special.chain(SPECIAL_V6.split_whitespace()) {
        assert!(!allows(&none, address, 443), "{address}");
        assert!(!allows(&none, address, 80), "{address}");
    }
}

#[test]
fn the_configuration_adds_networks_and_ports() {
    let list = " 10.0.0.0/8, 127.0.0.1:9000,[fd00::/8]:8443 ,fe80::1,*:8080";
    let some = Destinations::parse(list).unwrap();
    for (address, port) in [
        ("10.1.2.3", 1),
        ("10.1.2.3", 443),
        ("::ffff:10.1.2.3", 80),
        ("127.0.0.1", 9_000),
        ("fd12::1", 8_443),
        ("fe80::1", 5),
        ("1.1.1.1", 8_080),
        ("1.1.1.1", 443),
    ] {
        assert!(allows(&some, address, port), "{address} {port}");
    }
    for (address, port) in [
        ("11.1.2.3", 1),
        ("127.0.0.1", 443),
        ("127.0.0.1", 9_001),
        ("127.0.0.2", 9_000),
        ("fd12::1", 443),
        ("fe80::2", 80),
        ("192.168.0.1", 8_080),
        ("1.1.1.1", 8_081),
    ] {
        assert!(!allows(&some, address, port), "{address} {port}");
    }
    assert_eq!(Destinations::parse(""), Some(Destinations::default()));
    for wrong in [
        "x",
        "10.0.0.0/33",
        "10.0.0.0/8:",
        "10.0.0.1:0",
        "10.0.0.1:65536",
        "*",
        "*:x",
        "[::1]",
        "[::1]80",
        "localhost",
        "localhost:80",
        "10.0.0.1;10.0.0.2",
        "http://10.0.0.1",
    ] {
        assert_eq!(Destinations::parse(wrong), None, "{wrong}");
    }
}

/// Spellings of forbidden places: refused at once, without a look-up.
const LITERALS: &str = "
    http://127.0.0.1 http://127.0.0.1:80/ http://127.1 http://0 http://0.0.0.0 http://0x7f.1
    http://0X7F.0.0.1 http://017700000001 http://0177.1 http://2130706433 http://0x7f000001
    http://127.0.0.2 http://127.0.0.1. http://127.0.0.01 http://[::1] http://[::] http://[0:0::1]
    http://[::ffff:127.0.0.1] http://[::ffff:7f00:1] http://[::127.0.0.1] http://[::ffff:8.8.8.8]
    http://[64:ff9b::7f00:1] http://[64:ff9b::8.8.8.8] http://[2002:7f00:1::] http://[fec0::1]
    http://[fe80::1] http://[fc00::1] http://[ff02::1] http://169.254.169.254/latest/meta-data
    http://2852039166 http://0xa9fea9fe http://100.64.0.1 http://192.88.99.1 http://198.18.0.1
    http://224.0.0.1 http://255.255.255.255 http://10.0.0.1 http://172.16.0.1 http://192.168.1.1
    http://①②⑦.⓪.⓪.① http://１２７.０.０.１ http://127。0。0。1 http://%31%32%37.0.0.1
    http://0x7f.0x0.0x0.0x1 https://127.0.0.1 HTTP://127.0.0.1 http://1.1.1.1:22 http://8.8.8.8:25
    https://[2606:4700::1111]:8443 http://127.0.0.1:80#@example.com http://127.0.0.1?@example.com";

/// What is no address that could be asked.
const MALFORMED: [&str; 33] = [
    "",
    "x",
    "example.com",
    "//example.com",
    "http:example.com",
    "http:/example.com",
    "http://",
    "http:///path",
    "https://:80",
    "ftp://example.com",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_x",
    "data:text/plain,x",
    "javascript:alert(1)",
    "unix:///var/run/docker.sock",
    "http://user@example.com",
    "http://user:password@example.com",
    "http://@example.com",
    "http://a@127.0.0.1:80#@b",
    "http://example.com@127.0.0.1",
    "http://[fe80::1%25lo]",
    "http://[::1",
    "http://256.256.256.256",
    "http://1.2.3.4.5",
    "http://0x7f.1.1.1.1",
    "http://example.com:0",
    "http://example.com:99999",
    "http://example.com\\@127.0.0.1",
    "http:\\\\127.0.0.1",
    "http://exa\tmple.com",
    "http://example.com/\r\nHost: x",
    " http://example.com",
    "http://exam ple.com",
];

/// Names that resolve to forbidden places.
const NAMED: [(&str, &[&[&str]]); 9] = [
    ("localhost", &[&["127.0.0.1", "::1"]]),
    ("localhost.", &[&["127.0.0.1"]]),
    ("metadata.internal", &[&["169.254.169.254"]]),
    ("mapped.example.com", &[&["::ffff:127.0.0.1"]]),
    ("private.example.com", &[&["10.0.0.1", "192.168.0.1"]]),
    ("nat64.example.com", &[&["64:ff9b::7f00:1"]]),
    ("many.example.com", &[&["fe80::1", "fc00::1", "0.0.0.0"]]),
    ("nowhere.example.com", &[&[]]),
    ("xn--bcher-kva.example.com", &[&["127.0.0.1"]]),
];

#[tokio::test]
async fn no_spelling_of_a_forbidden_place_is_asked() {
    let canary = Receiver::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let names = Names::of(&NAMED);
    let fetcher = fetcher("", &names);
    let literals: Vec<&str> = LITERALS.split_whitespace().collect();
    assert!(literals.len() + MALFORMED.len() + NAMED.len() > 80);
    for url in literals {
        let forbidden = |error| matches!(error, OutboundError::Forbidden(_));
        assert!(fetcher.check(url).is_err_and(forbidden), "{url}");
        assert!(ask(&fetcher, url).await.is_err_and(forbidden), "{url}");
        let at_canary = url.replacen("127.0.0.1", &format!("127.0.0.1:{}", canary.port), 1);
        assert!(ask(&fetcher, &at_canary).await.is_err(), "{at_canary}");
    }
    for url in MALFORMED {
        let malformed = |error| matches!(error, OutboundError::Malformed(_));
        assert!(fetcher.check(url).is_err_and(malformed), "{url:?}");
        assert!(ask(&fetcher, url).await.is_err_and(malformed), "{url:?}");
    }
    assert_eq!(names.asked.load(Ordering::SeqCst), 0);
    for (name, _) in NAMED {
        for url in [
            format!("http://{name}/"),
            format!("https://{}/", name.to_uppercase()),
            format!("http://{name}:{}/", canary.port),
        ] {
            fetcher.check(&url).unwrap();
            let error = ask(&fetcher, &url).await.unwrap_err();
            let refused = matches!(
                error,
                OutboundError::Forbidden(_) | OutboundError::Unreachable(_)
            );
            assert!(refused, "{url} {error}");
        }
    }
    assert_eq!(canary.heard(), [""; 0]);
}

#[test]
fn a_name_outside_of_ascii_is_asked_for_in_its_one_form() {
    use crate::outside::target::Target;
    let target = Target::parse(
        "https://Bücher.Example.com:8443/a b"
            .replace(' ', "%20")
            .as_str(),
    );
    let target = target.unwrap();
    assert_eq!(target.authority, "xn--bcher-kva.example.com:8443");
    assert_eq!((target.path.as_str(), target.port), ("/a%20b", 8_443));
    let plain = Target::parse("http://example.com?x=1#y").unwrap();
    assert_eq!((plain.path.as_str(), plain.port), ("/?x=1", 80));
    let long = format!("http://example.com/{}", "x".repeat(3_000));
    assert!(Target::parse(&long).is_err());
}
