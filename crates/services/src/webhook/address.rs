//! Which addresses may be told: encrypted ones, and nothing within a private network unless that was
//! declared, so that nobody makes the server call what it alone can reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use domain::{Fault, FaultKind};

/// The longest address.
const LENGTH_MAX: usize = 2_000;

/// Whether messages may be sent to an address.
///
/// # Errors
/// [`FaultKind::Invalid`] with what is wrong with it.
pub fn check(url: &str) -> Result<(), Fault> {
    let invalid = |why: &str| {
        Err(Fault::new(FaultKind::Invalid, why)
            .remedy("give an address such as `https://shop.example/kept`"))
    };
    if url.len() > LENGTH_MAX || !url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return invalid("this is no address");
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        return invalid("this is no address");
    };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if authority.is_empty() || authority.contains('@') || url.contains('#') {
        return invalid("an address has a host, and neither a user nor a fragment");
    }
    match scheme {
        "https" => Ok(()),
        "http" if is_this_machine(host(authority)) => Ok(()),
        _ => invalid("messages go over https, except to this machine"),
    }
}

/// The host of an authority, without its port.
fn host(authority: &str) -> &str {
    if let Some(rest) = authority.strip_prefix('[') {
        return rest.split(']').next().unwrap_or_default();
    }
    authority.split(':').next().unwrap_or_default()
}

fn is_this_machine(host: &str) -> bool {
    let address = host.parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Whether an address is one that the public network does not lead to.
#[must_use]
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_4(address),
        IpAddr::V6(address) => is_private_6(address),
    }
}

fn is_private_4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        // Shared by providers, benchmarks, protocol assignments, reserved.
        || a == 100 && (64..128).contains(&b)
        || a == 198 && (18..20).contains(&b)
        || (a, b, c) == (192, 0, 0)
        || a >= 240
}

fn is_private_6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_private_4(inner);
    }
    let parts = address.segments();
    let inner = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_private_4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        // Ways into the older network.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inner(high, low),
        [0x2002, high, low, ..] => inner(high, low),
        // Only what was given out to be used publicly, and not for documents.
        [0x2001, 0xdb8, ..] => true,
        [0x2001, second, ..] if second < 0x200 => true,
        [first, ..] => first & 0xe000 != 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_go_over_https_except_to_this_machine() {
        for (url, may) in [
            ("https://shop.example/kept", true),
            ("https://shop.example:8443/kept?tenant=7", true),
            ("http://localhost:8080/", true),
            ("http://127.0.0.1:8080/", true),
            ("http://[::1]:8080/", true),
            ("http://shop.example/", false),
            ("http://localhost.shop.example/", false),
            ("http://10.0.0.7/", false),
            ("ftp://shop.example/", false),
            ("https://", false),
            ("https:///kept", false),
            ("https://user:word@shop.example/", false),
            ("https://shop.example/#part", false),
            ("https://shop.example/a b", false),
            ("shop.example", false),
        ] {
            assert_eq!(check(url).is_ok(), may, "{url}");
        }
    }

    #[test]
    fn what_the_public_network_does_not_lead_to_is_private() {
        for (address, private) in [
            ("93.184.216.34", false),
            ("10.1.2.3", true),
            ("172.16.0.1", true),
            ("172.32.0.1", false),
            ("192.168.1.1", true),
            ("127.0.0.1", true),
            ("169.254.169.254", true),
            ("100.64.0.1", true),
            ("0.0.0.0", true),
            ("224.0.0.1", true),
            ("255.255.255.255", true),
            ("2606:2800:220:1::1", false),
            ("::1", true),
            ("::", true),
            ("fe80::1", true),
            ("fd00::1", true),
            ("ff02::1", true),
            ("::ffff:10.0.0.1", true),
            ("::ffff:93.184.216.34", false),
            ("64:ff9b::10.0.0.1", true),
            ("2002:a00:1::", true),
            ("2001:db8::1", true),
        ] {
            let parsed: IpAddr = address.parse().unwrap();
            assert_eq!(is_private(parsed), private, "{address}");
        }
    }
}
