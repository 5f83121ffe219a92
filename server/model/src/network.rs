//! Addresses of the internet and networks of them.
//!
//! - One machine has one form here: an IPv4 address that is written as IPv6 is the IPv4 address, a
//!   zone is left out.
//! - An IPv6 client owns a whole /64, so what is counted for one client is counted for that.

use std::net::{IpAddr, Ipv6Addr};

use crate::limits::CLIENT_PREFIX_BITS_V6;

/// An address, or all addresses that begin alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Reads `10.0.0.1`, `10.0.0.0/8`, `::1` or `fd00::/8`; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let bits = bits(address);
        let prefix = match length {
            None => bits,
            Some(length) => length.parse().ok().filter(|length| *length <= bits)?,
        };
        Some(Self { address, prefix }.in_one_form())
    }

    /// Whether an address belongs to it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = canonical(address);
        bits(address) == bits(self.address)
            && kept(address, self.prefix) == kept(self.address, self.prefix)
    }

    /// `::ffff:10.0.0.0/104` is `10.0.0.0/8`.
    fn in_one_form(self) -> Self {
        let address = canonical(self.address);
        let dropped = bits(self.address) - bits(address);
        match self.prefix.checked_sub(dropped) {
            Some(prefix) => Self { address, prefix },
            // A network of IPv6 that holds the mapped addresses and others.
            None => self,
        }
    }
}

/// Whether an address is in one of some networks; what is no network has no addresses.
#[must_use]
pub fn any_contains(networks: &[String], address: IpAddr) -> bool {
    networks
        .iter()
        .filter_map(|text| Network::parse(text))
        .any(|network| network.contains(address))
}

/// The one form of an address.
#[must_use]
pub fn canonical(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => six.to_ipv4_mapped().map_or(address, IpAddr::V4),
    }
}

/// What stands for a client where clients are counted: an IPv4 address, or the /64 of an IPv6 one.
#[must_use]
pub fn counted(address: IpAddr) -> IpAddr {
    match canonical(address) {
        IpAddr::V6(six) => {
            let prefix = kept(IpAddr::V6(six), CLIENT_PREFIX_BITS_V6);
            IpAddr::V6(Ipv6Addr::from_bits(prefix))
        }
        four => four,
    }
}

/// The address that an entry of a header names: with or without a port, brackets or a zone.
#[must_use]
pub fn told(entry: &str) -> Option<IpAddr> {
    let text = entry.trim();
    let text = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').filter(|(_, after)| is_port(after))?.0,
        // More than one colon is IPv6, which has a port only behind brackets.
        None => match text.split_once(':') {
            Some((address, port)) if is_digits(port) && address.contains('.') => address,
            _ => text,
        },
    };
    let text = text.split_once('%').map_or(text, |(address, _)| address);
    text.parse().ok().map(canonical)
}

fn is_port(after: &str) -> bool {
    after.is_empty() || after.strip_prefix(':').is_some_and(is_digits)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// The first bits of an address, the others 0.
fn kept(address: IpAddr, prefix: u8) -> u128 {
    let number = match address {
        IpAddr::V4(four) => u128::from(four.to_bits()),
        IpAddr::V6(six) => six.to_bits(),
    };
    let dropped = u32::from(bits(address) - prefix);
    number
        .checked_shr(dropped)
        .unwrap_or(0)
        .checked_shl(dropped)
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn networks_hold_the_addresses_that_begin_like_them() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.0"),
            ("10.1.2.3", "10.1.2.3", "10.1.2.4"),
            ("10.1.2.3", "::ffff:10.1.2.3", "::10.1.2.3"),
            ("::ffff:10.0.0.0/104", "10.9.9.9", "11.0.0.0"),
            ("0.0.0.0/0", "255.255.255.255", "::1"),
            ("::/0", "::1", "1.2.3.4"),
            ("fd00::/8", "fdff::1", "fe00::"),
            ("::1", "::1", "::2"),
            ("192.168.1.77/30", "192.168.1.79", "192.168.1.80"),
        ] {
            let parsed = Network::parse(network).unwrap();
            assert!(parsed.contains(address(inside)), "{network} {inside}");
            assert!(!parsed.contains(address(outside)), "{network} {outside}");
        }
        for text in [
            "",
            "x",
            "1.2.3",
            "1.2.3.4/33",
            "::/129",
            "1.2.3.4/",
            "/8",
            "1.2.3.4/-1",
        ] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_spelling_of_an_address_is_the_same_client() {
        for entry in [
            "1.2.3.4",
            " 1.2.3.4 ",
            "1.2.3.4:80",
            "::ffff:1.2.3.4",
            "::FFFF:102:304",
            "[::ffff:1.2.3.4]",
            "[::ffff:0102:0304]:443",
        ] {
            assert_eq!(told(entry), Some(address("1.2.3.4")), "{entry}");
        }
        for entry in [
            "2001:DB8::1",
            "2001:db8:0:0::1",
            "[2001:db8::1]:1",
            "2001:db8::1%eth0",
        ] {
            let told = told(entry).unwrap();
            assert_eq!(told, address("2001:db8::1"), "{entry}");
            assert_eq!(counted(told), address("2001:db8::"), "{entry}");
        }
        for entry in [
            "",
            "x",
            "1.2.3",
            "1.2.3.4:",
            "[::1",
            "[::1]x",
            "::1]",
            "1.2.3.4:a",
            "_hid",
        ] {
            assert_eq!(told(entry), None, "{entry}");
        }
    }

    proptest! {
        #[test]
        fn clients_are_told_apart_by_the_first_half_of_their_address(first: u128, second: u128) {
            let [one, other] = [first, second].map(|bits| IpAddr::V6(Ipv6Addr::from_bits(bits)));
            let same = first >> 64 == second >> 64;
            prop_assume!(canonical(one).is_ipv6() && canonical(other).is_ipv6());
            prop_assert_eq!(counted(one) == counted(other), same);
            let sibling = IpAddr::V6(Ipv6Addr::from_bits(first ^ 1));
            prop_assert_eq!(counted(one), counted(sibling));
        }

        #[test]
        fn text_of_any_kind_is_read_or_refused(text: String) {
            let _ = (told(&text), Network::parse(&text));
        }
    }
}
