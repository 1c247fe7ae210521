//! Which addresses an endpoint may lie at: public ones, and the private networks that are allowed.
//!
//! Names are checked where they are resolved and the checked addresses are the ones that are
//! connected, so that a name cannot change its mind in between. An address written into a URL
//! passes no resolver and is checked before each call: see [`super::target`].

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::config::ConfigError;

/// Says which addresses may be called. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    allowed: Arc<[Network]>,
}

/// `address/prefix`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    prefix: u32,
}

/// A name leads only to addresses that may not be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address is not public and its network is not allowed in the configuration")]
pub(crate) struct Blocked;

impl Guard {
    /// Reads a list of networks, which `setting` names for the error.
    pub(crate) fn new(setting: &str, networks: &[String]) -> Result<Self, ConfigError> {
        let networks = networks.iter().map(|text| {
            Network::parse(text).ok_or_else(|| {
                ConfigError::Invalid(format!(
                    "{setting}: {text:?} is not address/prefix, e.g. \"10.1.0.0/16\""
                ))
            })
        });
        Ok(Self {
            allowed: networks.collect::<Result<_, _>>()?,
        })
    }

    /// Whether this address may be called.
    pub(crate) fn permits(&self, address: IpAddr) -> bool {
        let address = inner(address);
        is_public(address) || self.allowed.iter().any(|network| network.contains(address))
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let permitted: Vec<SocketAddr> = found
                .filter(|address| guard.permits(address.ip()))
                .collect();
            if permitted.is_empty() {
                return Err(Blocked.into());
            }
            let addresses: Addrs = Box::new(permitted.into_iter());
            Ok(addresses)
        })
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let prefix: u32 = prefix.parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        (prefix <= longest).then_some(Self { address, prefix })
    }

    fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => in_v4(address, network, self.prefix),
            (IpAddr::V6(network), IpAddr::V6(address)) => in_v6(address, network, self.prefix),
            _ => false,
        }
    }
}

/// Whether packets to this address leave for the public internet, and to one machine there.
///
/// What is not plainly a public unicast address is not: the special-purpose registries of IANA,
/// multicast, and IPv6 forms that carry an IPv4 address, which count as that address.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match inner(address) {
        IpAddr::V4(address) => !SPECIAL_V4
            .iter()
            .any(|&(network, prefix)| in_v4(address, network, prefix)),
        IpAddr::V6(address) => {
            let global = in_v6(address, Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
            global
                && !SPECIAL_V6
                    .iter()
                    .any(|&(network, prefix)| in_v6(address, network, prefix))
        }
    }
}

/// The IPv4 address that an IPv4-mapped or NAT64 address leads to; else the address itself.
fn inner(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else {
        return address;
    };
    if let Some(v4) = v6.to_ipv4_mapped() {
        return IpAddr::V4(v4);
    }
    if in_v6(v6, NAT64, 96) {
        let [.., a, b, c, d] = v6.octets();
        return IpAddr::V4(Ipv4Addr::new(a, b, c, d));
    }
    address
}

fn in_v4(address: Ipv4Addr, network: Ipv4Addr, prefix: u32) -> bool {
    let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
    (address.to_bits() ^ network.to_bits()) & mask == 0
}

fn in_v6(address: Ipv6Addr, network: Ipv6Addr, prefix: u32) -> bool {
    let mask = u128::MAX.checked_shl(128 - prefix).unwrap_or(0);
    (address.to_bits() ^ network.to_bits()) & mask == 0
}

const NAT64: Ipv6Addr = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0);

/// See the IANA IPv4 Special-Purpose Address Registry.
const SPECIAL_V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::UNSPECIFIED, 8),           // this network, unspecified
    (Ipv4Addr::new(10, 0, 0, 0), 8),      // private
    (Ipv4Addr::new(100, 64, 0, 0), 10),   // carrier-grade NAT
    (Ipv4Addr::new(127, 0, 0, 0), 8),     // loopback
    (Ipv4Addr::new(169, 254, 0, 0), 16),  // link-local, cloud metadata
    (Ipv4Addr::new(172, 16, 0, 0), 12),   // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),    // protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24),    // documentation
    (Ipv4Addr::new(192, 88, 99, 0), 24),  // 6to4 relays
    (Ipv4Addr::new(192, 168, 0, 0), 16),  // private
    (Ipv4Addr::new(198, 18, 0, 0), 15),   // benchmarks
    (Ipv4Addr::new(198, 51, 100, 0), 24), // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),  // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4),     // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),     // reserved, broadcast
];

/// Parts of `2000::/3` that are not for everyone. See the IANA IPv6 Special-Purpose Address Registry.
const SPECIAL_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments, Teredo, ORCHID
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4: any IPv4 address in disguise
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        let public = "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 \
            126.255.255.255 128.0.0.0 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 \
            192.0.1.0 192.0.3.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 \
            223.255.255.255 2001:4860:4860::8888 2606:4700::1111 2a00:1450::1 3ffe::1 \
            ::ffff:8.8.8.8 64:ff9b::8.8.8.8";
        let private = "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 \
            127.0.0.1 127.1.2.3 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.2.1 \
            192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 \
            239.255.255.255 240.0.0.1 255.255.255.255 \
            :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:10.0.0.1 \
            64:ff9b::10.0.0.1 64:ff9b::127.0.0.1 64:ff9b:1::8.8.8.8 100::1 2001::1 2001:db8::1 \
            2002:7f00:1::1 2002:808:808::1 3fff::1 5f00::1 fc00::1 fd12:3456::1 fe80::1 fec0::1 \
            ff02::1 ff0e::1";
        for address in public.split_whitespace() {
            assert!(is_public(address.parse().unwrap()), "{address} is public");
        }
        for address in private.split_whitespace() {
            assert!(
                !is_public(address.parse().unwrap()),
                "{address} is not public"
            );
        }
    }

    #[test]
    fn allowed_networks_are_allowed_and_no_more() {
        let networks = ["10.1.0.0/16", "fd00::/8", "192.168.7.9/32"].map(str::to_owned);
        let guard = Guard::new("deliver.allow_networks", &networks).unwrap();
        for (address, permitted) in [
            ("10.1.255.1", true),
            ("::ffff:10.1.0.1", true),
            ("10.2.0.0", false),
            ("192.168.7.9", true),
            ("192.168.7.8", false),
            ("fd99::1", true),
            ("fc99::1", false),
            ("1.1.1.1", true),
            ("127.0.0.1", false),
        ] {
            assert_eq!(
                guard.permits(address.parse().unwrap()),
                permitted,
                "{address}"
            );
        }
        assert!(
            Guard::new("deliver.allow_networks", &["0.0.0.0/0".to_owned()])
                .unwrap()
                .permits([127, 0, 0, 1].into())
        );
        for wrong in ["10.1.0.0", "10.1.0.0/33", "::/129", "x/8", "10.1/16", ""] {
            let error = Guard::new("deliver.allow_networks", &[wrong.to_owned()]).unwrap_err();
            assert!(error.to_string().contains("allow_networks"), "{error}");
        }
    }
}
