//! The public address.

use std::net::IpAddr;

use axum::http::Uri;

/// The address that people use: `https://people.example`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicAddress {
    secure: bool,
    host: String,
    port: Option<u16>,
}

impl PublicAddress {
    /// Takes an address in.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let uri: Uri = text.parse().map_err(|_| "this is not an address")?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err("an address begins with `https://`"),
        };
        let authority = uri.authority().ok_or("the address names no host")?;
        if authority.as_str().contains('@') {
            return Err("an address carries no name or password");
        }
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err("the address has no path: the server has a host of its own");
        }
        let host = authority.host().to_ascii_lowercase();
        if host.is_empty() || host.ends_with('.') {
            return Err("the address names no host");
        }
        let default = if secure { 443 } else { 80 };
        Ok(Self {
            secure,
            host,
            port: authority.port_u16().filter(|port| *port != default),
        })
    }

    /// Whether it is an `https` address.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The host; passkeys have it as the identifier of the relying party (WebAuthn, 5.1.2).
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host with the port, as a browser sends it in `Host`.
    #[must_use]
    pub fn authority(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }

    /// The origin, as a browser sends it: `https://people.example`.
    #[must_use]
    pub fn origin(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}", self.authority())
    }

    /// The full address of a path of ours, which begins with `/`.
    #[must_use]
    pub fn of(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// Whether the host is this machine's own.
    #[must_use]
    pub fn is_this_machine(&self) -> bool {
        Self::is_machine(&self.host)
    }

    /// Whether a host is this machine, by its name or address alone.
    pub(super) fn is_machine(host: &str) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let loopback = bare.parse::<IpAddr>().is_ok_and(|it| it.is_loopback());
        loopback || host == "localhost"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_scheme_and_a_host() {
        for (text, origin) in [
            ("https://people.example", "https://people.example"),
            ("https://People.Example/", "https://people.example"),
            ("https://people.example:443", "https://people.example"),
            ("https://people.example:8443", "https://people.example:8443"),
            ("http://localhost:7879", "http://localhost:7879"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(PublicAddress::parse(text).unwrap().origin(), origin);
        }
        for text in [
            "people.example",
            "ftp://people.example",
            "https://",
            "https://people.example/kept",
            "https://people.example?x",
            "https://name:word@people.example",
            "https://people.example.",
        ] {
            assert!(PublicAddress::parse(text).is_err(), "{text}");
        }
        let here = |text| PublicAddress::parse(text).unwrap().is_this_machine();
        assert!(here("http://localhost") && here("http://127.0.0.9:1") && here("http://[::1]"));
        assert!(!here("http://localhost.example"));
    }
}
