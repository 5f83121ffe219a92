//! Where outbound requests may go: public addresses on the ports of the web, and what the
//! operator's configuration adds.
//!
//! - A list of what is public, never of what is private: an address that nobody thought of is
//!   refused.
//! - Only the configuration opens more. It is not a setting of the dashboard, so that whoever holds
//!   a superuser's session cannot reach what stands beside the server.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use luge_model::limits::OUTBOUND_PORTS;
use luge_model::network::Network;

/// What the operator allows beside public addresses on [`OUTBOUND_PORTS`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Destinations {
    exceptions: Vec<Exception>,
}

/// One entry of the list.
#[derive(Clone, Debug, PartialEq)]
struct Exception {
    /// `None` for all public addresses.
    network: Option<Network>,
    /// `None` for every port.
    port: Option<u16>,
}

impl Destinations {
    /// Reads a list such as `10.0.0.0/8, 127.0.0.1:9000, [fd00::/8]:443, *:8443`; an empty text is
    /// an empty list. `None` where an entry is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let entries = text.split(',').map(str::trim);
        let entries = entries.filter(|entry| !entry.is_empty());
        let exceptions = entries.map(Exception::parse).collect::<Option<_>>()?;
        Some(Self { exceptions })
    }

    /// Any address on any port: for a command of whoever sits at the terminal, never for a server.
    pub(crate) fn everywhere() -> Self {
        let networks = ["0.0.0.0/0", "::/0"];
        let exceptions = networks.into_iter().filter_map(Exception::parse).collect();
        Self { exceptions }
    }

    /// Whether a connection may be made.
    pub(super) fn allow(&self, address: IpAddr, port: u16) -> bool {
        let public = is_public(address);
        if public && OUTBOUND_PORTS.contains(&port) {
            return true;
        }
        self.exceptions.iter().any(|exception| {
            let inside = match exception.network {
                None => public,
                Some(network) => network.contains(address),
            };
            inside && exception.port.is_none_or(|allowed| allowed == port)
        })
    }
}

impl Exception {
    fn parse(entry: &str) -> Option<Self> {
        let (network, port) = if let Some(rest) = entry.strip_prefix('[') {
            let (network, port) = rest.split_once(']')?;
            (network, Some(port.strip_prefix(':')?))
        } else if entry.matches(':').count() == 1 {
            let (network, port) = entry.split_once(':')?;
            (network, Some(port))
        } else {
            (entry, None)
        };
        let port = match port {
            Some(port) => Some(port.parse().ok().filter(|port| *port != 0)?),
            None => None,
        };
        let network = match network {
            // All public addresses are reachable on the usual ports anyway.
            "*" if port.is_some() => None,
            network => Some(Network::parse(network)?),
        };
        Some(Self { network, port })
    }
}

/// Whether an address is one of a machine on the public internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => is_public_v4(four),
        IpAddr::V6(six) => is_public_v6(six),
    }
}

/// Everything but the special-purpose blocks of IANA's registry, multicast and what is reserved.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        // This network, private, shared by carriers, loopback, link-local, private.
        [0 | 10 | 127, ..] | [169, 254, ..] | [192, 168, ..] => true,
        [100, second, ..] => second & 0xc0 == 64,
        [172, second, ..] => second & 0xf0 == 16,
        // Protocol assignments, documentation, AMT, relays of 6to4.
        [192, 0, 0 | 2, _] | [192, 52, 193, _] | [192, 88, 99, _] => true,
        [198, 51, 100, _] | [203, 0, 113, _] => true,
        // Benchmarks.
        [198, second, ..] => second & 0xfe == 18,
        // Multicast, reserved, broadcast.
        [first, ..] => first >= 224,
    };
    !special
}

/// Global unicast (2000::/3) without what IANA took out of it. Everything that holds an IPv4
/// address (mapped, compatible, NAT64, 6to4, Teredo) is outside.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let unicast = first & 0xe000 == 0x2000;
    let special = match first {
        // Protocol assignments with Teredo, ORCHID and benchmarks; documentation.
        0x2001 => second < 0x0200 || second == 0x0db8,
        // 6to4.
        0x2002 => true,
        // AS112 and AMT.
        0x2620 => second == 0x004f,
        // Documentation.
        0x3fff => second < 0x1000,
        _ => false,
    };
    unicast && !special
}
