//! Who is at the other end: the peer of the connection, or whom a declared proxy names.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};

use super::config::{Proxy, ProxyHeader};

const FORWARDED: HeaderName = HeaderName::from_static("forwarded");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The connection that a request came by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    /// Its other end.
    pub(crate) address: SocketAddr,
    /// Whether it is encrypted.
    pub(crate) encrypted: bool,
}

/// Whom a request is from, and whether all of its way was encrypted as far as is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Client {
    pub(crate) address: IpAddr,
    pub(crate) encrypted: bool,
}

/// Finds the client. Only a declared proxy is believed, and of what it says only the rightmost hop
/// that is no declared proxy itself: whatever stands to its left, anybody may have written.
pub(crate) fn client(peer: Peer, headers: &HeaderMap, proxy: Option<&Proxy>) -> Client {
    let direct = Client {
        address: peer.address.ip().to_canonical(),
        encrypted: peer.encrypted,
    };
    let Some(proxy) = proxy.filter(|proxy| proxy.trusts(direct.address)) else {
        return direct;
    };
    let hops = match proxy.header {
        ProxyHeader::XForwardedFor => hops_of_list(headers),
        ProxyHeader::Forwarded => hops_of_forwarded(headers),
    };
    let mut address = direct.address;
    for hop in hops.iter().rev() {
        match hop.address {
            Some(hop) => address = hop,
            // What cannot be read names nobody: the hop that wrote it is the last one known.
            None => break,
        }
        if !proxy.trusts(address) {
            break;
        }
    }
    let said = match proxy.header {
        ProxyHeader::XForwardedFor => last_of_list(headers, &X_FORWARDED_PROTO),
        ProxyHeader::Forwarded => hops.last().and_then(|hop| hop.protocol.clone()),
    };
    Client {
        address,
        encrypted: said.is_some_and(|it| it.eq_ignore_ascii_case("https")),
    }
}

/// One proxy's word.
struct Hop {
    address: Option<IpAddr>,
    protocol: Option<String>,
}

/// The parts of a field that is a list, over all of its lines, in order.
fn parts<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Vec<&'a str> {
    headers
        .get_all(name)
        .iter()
        .flat_map(|line| line.to_str().unwrap_or("?").split(','))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}

fn last_of_list(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    parts(headers, name).last().map(|it| (*it).to_owned())
}

fn hops_of_list(headers: &HeaderMap) -> Vec<Hop> {
    let parts = parts(headers, &X_FORWARDED_FOR).into_iter();
    parts
        .map(|part| Hop {
            address: address(part),
            protocol: None,
        })
        .collect()
}

/// `Forwarded` (RFC 7239): `for=192.0.2.60;proto=https, for="[2001:db8::1]:4711"`.
fn hops_of_forwarded(headers: &HeaderMap) -> Vec<Hop> {
    let parts = parts(headers, &FORWARDED).into_iter();
    parts
        .map(|part| {
            let named = |name: &str| {
                part.split(';').find_map(|pair| {
                    let (key, value) = pair.split_once('=')?;
                    let value = value.trim().trim_matches('"');
                    key.trim().eq_ignore_ascii_case(name).then_some(value)
                })
            };
            Hop {
                address: named("for").and_then(address),
                protocol: named("proto").map(str::to_owned),
            }
        })
        .collect()
}

/// An address with or without a port; IPv6 with a port stands in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let whole = bare.parse::<IpAddr>().ok();
    let address = whole.or_else(|| text.parse::<SocketAddr>().ok().map(|it| it.ip()));
    address.map(|it| it.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn found(header: ProxyHeader, peer: &str, headers: &[(&'static str, &'static str)]) -> String {
        let proxy = Proxy {
            networks: ["10.0.0.0/8", "fd00::/8"]
                .map(|it| it.parse().unwrap())
                .to_vec(),
            header,
        };
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        let peer = Peer {
            address: SocketAddr::new(peer.parse().unwrap(), 4000),
            encrypted: false,
        };
        let client = client(peer, &map, Some(&proxy));
        format!("{} {}", client.address, client.encrypted)
    }

    #[test]
    fn only_the_rightmost_hop_that_is_no_proxy_is_believed() {
        let for_ = |peer, value| {
            found(
                ProxyHeader::XForwardedFor,
                peer,
                &[("x-forwarded-for", value)],
            )
        };
        for (peer, value, client) in [
            ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
            // A client may write what it likes to the left.
            ("10.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
            (
                "10.0.0.1",
                "198.51.100.1, 203.0.113.7, 10.2.3.4",
                "203.0.113.7",
            ),
            ("10.0.0.1", "203.0.113.7:5000", "203.0.113.7"),
            ("fd00::1", "[2001:db8::9]:80", "2001:db8::9"),
            ("10.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"),
            ("10.0.0.1", "203.0.113.7, unknown, 10.0.0.2", "10.0.0.2"),
            ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
            ("10.0.0.1", "", "10.0.0.1"),
            // Nobody else is believed.
            ("192.0.2.1", "203.0.113.7", "192.0.2.1"),
        ] {
            assert_eq!(
                for_(peer, value),
                format!("{client} false"),
                "{peer} {value}"
            );
        }
    }

    #[test]
    fn the_proxy_says_whether_the_way_was_encrypted() {
        let list = ProxyHeader::XForwardedFor;
        let one = ("x-forwarded-for", "203.0.113.7");
        for (proto, encrypted) in [("https", true), ("http", false), ("https, http", false)] {
            let proto: &'static str = proto;
            let said = found(list, "10.0.0.1", &[one, ("x-forwarded-proto", proto)]);
            assert_eq!(said, format!("203.0.113.7 {encrypted}"));
        }
        let stranger = found(list, "192.0.2.1", &[one, ("x-forwarded-proto", "https")]);
        assert_eq!(stranger, "192.0.2.1 false");
        let standard = found(
            ProxyHeader::Forwarded,
            "10.0.0.1",
            &[
                ("forwarded", "for=198.51.100.1;proto=http"),
                ("forwarded", "For=\"[2001:db8::9]:47\"; Proto=https"),
            ],
        );
        assert_eq!(standard, "2001:db8::9 true");
        let hidden = found(
            ProxyHeader::Forwarded,
            "10.0.0.1",
            &[("forwarded", "for=_hidden;proto=https")],
        );
        assert_eq!(hidden, "10.0.0.1 true");
    }
}
