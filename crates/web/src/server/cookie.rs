//! Cookies: read from a request, and made with the attributes that ours always have.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

/// A cookie to be set, or taken away.
///
/// Scripts never see one, no other site's page sends one along with what it makes a browser do,
/// and none goes to another host (RFC 6265bis, 4.1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Cookie {
    name: &'static str,
    value: String,
    seconds: Option<u64>,
}

impl Cookie {
    /// A cookie that goes when the browser is closed. The value is of letters, digits, `-` and `_`.
    pub(crate) fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self {
            name,
            value: value.into(),
            seconds: None,
        }
    }

    /// A cookie that stays for so long.
    pub(crate) fn lasting(mut self, seconds: u64) -> Self {
        self.seconds = Some(seconds);
        self
    }

    /// Takes a cookie away.
    pub(crate) fn gone(name: &'static str) -> Self {
        Self::new(name, "").lasting(0)
    }

    /// As it stands in `Set-Cookie`; none if the value cannot stand there.
    ///
    /// Where connections are encrypted the name has the prefix that makes a browser refuse what was
    /// set by another host, for a part of the paths, or in plain text.
    pub(crate) fn header(&self, secure: bool) -> Option<HeaderValue> {
        let sound = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if !self.value.bytes().all(sound) {
            return None;
        }
        let mut text = format!(
            "{}={}; Path=/; HttpOnly; SameSite=Lax",
            full_name(self.name, secure),
            self.value
        );
        if secure {
            text.push_str("; Secure");
        }
        if let Some(seconds) = self.seconds {
            text.push_str(&format!("; Max-Age={seconds}"));
        }
        HeaderValue::from_str(&text).ok()
    }
}

fn full_name(name: &str, secure: bool) -> String {
    match secure {
        true => format!("__Host-{name}"),
        false => name.to_owned(),
    }
}

/// The value of a cookie of ours in a request.
pub(crate) fn value<'a>(headers: &'a HeaderMap, name: &str, secure: bool) -> Option<&'a str> {
    let name = full_name(name, secure);
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_are_kept_from_scripts_and_from_other_sites() {
        let cookie = Cookie::new("session", "abc_-1").lasting(60);
        assert_eq!(
            cookie.header(true).unwrap(),
            "__Host-session=abc_-1; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=60"
        );
        assert_eq!(
            Cookie::gone("session").header(false).unwrap(),
            "session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
        );
        assert_eq!(Cookie::new("theme", "a; Domain=x").header(true), None);
    }

    #[test]
    fn a_cookie_in_plain_text_is_none_where_connections_are_encrypted() {
        let mut headers = HeaderMap::new();
        headers.append(
            COOKIE,
            HeaderValue::from_static("theme=dark; __Host-session=abc"),
        );
        headers.append(COOKIE, HeaderValue::from_static("session=planted"));
        assert_eq!(value(&headers, "session", true), Some("abc"));
        assert_eq!(value(&headers, "session", false), Some("planted"));
        assert_eq!(value(&headers, "theme", true), None);
    }
}
