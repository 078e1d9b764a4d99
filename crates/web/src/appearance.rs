//! Light or dark: what the reader's system says, or what they chose, without a script.

use axum::Form;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::server::cookie::{self, Cookie};
use crate::site::{Answer, Asked, Site, Surface};

/// The cookie of a reader who chose. It says nothing else, and is what a site may keep without
/// asking: the reader asked for it (CNIL, guidelines on cookies of 17 September 2020, 49).
const COOKIE: &str = "theme";
/// It stays for a year.
const SECONDS: u64 = 365 * 24 * 60 * 60;

/// Light or dark.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Theme {
    /// As the reader's system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// All of them, in the order in which they are offered.
    pub(crate) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// As the form and the cookie name it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }
}

/// What the reader of a page chose.
pub(crate) fn chosen(headers: &HeaderMap, secure: bool) -> Theme {
    let value = cookie::value(headers, COOKIE, secure);
    value.and_then(Theme::named).unwrap_or_default()
}

/// The form in the footer: which theme, and the page to come back to.
#[derive(serde::Deserialize)]
pub(crate) struct Choice {
    theme: String,
    back: String,
}

/// `POST /appearance`.
pub(crate) async fn post(
    State(site): State<Site>,
    asked: Asked,
    Form(choice): Form<Choice>,
) -> Response {
    site.answer(asked, move |_, _| {
        let back = if is_ours(&choice.back) {
            choice.back.as_str()
        } else {
            "/"
        };
        let theme = Theme::named(&choice.theme).unwrap_or_default();
        let cookie = match theme {
            Theme::System => Cookie::gone(COOKIE),
            Theme::Light | Theme::Dark => Cookie::new(COOKIE, theme.name()).lasting(SECONDS),
        };
        Ok(Answer::go(back).cookie(cookie))
    })
    .await
}

/// Whether an address is a path of ours: one that goes nowhere else.
pub(crate) fn is_ours(address: &str) -> bool {
    address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains('\\')
        && address.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for (address, ours) in [
            ("/", true),
            ("/people?as=a.b&language=fr", true),
            ("//elsewhere.example", false),
            ("/\\elsewhere.example", false),
            ("https://elsewhere.example", false),
            ("elsewhere", false),
            ("/a\nb", false),
            ("", false),
        ] {
            assert_eq!(is_ours(address), ours, "{address}");
        }
    }
}
