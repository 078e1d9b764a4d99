//! What every page knows: its language, the clock of the installation, whose policy it runs on,
//! and how to link to the other pages.

use jiff::civil::{DateTime, date};
use policy::authorisation::{ActionSet, AdministrationSet};
use policy::model::Language;

pub use crate::appearance::Theme;
use crate::pages::reading::Offer;

/// What stands around every page.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The language of the page.
    pub language: Language,
    /// Whether the reader asked for it: links then carry it on.
    pub language_chosen: bool,
    /// The page's own path, for the switch of language.
    pub path: String,
    /// The page's own query, without the language.
    pub query: Vec<(String, String)>,
    /// The recipient and purpose that people are read as, `recipient.purpose`; links carry it on.
    pub reading: Option<String>,
    /// The controller whose policy is in force.
    pub controller: String,
    /// The version of the policy in force.
    pub policy_version: u32,
    /// What time it is for the installation, in the controller's time zone.
    pub now: DateTime,
    /// Whether the installation is a rehearsal: its clock can be moved.
    pub rehearsal: bool,
    /// What stands around the page.
    pub surrounding: Surrounding,
    /// Light or dark.
    pub theme: Theme,
    /// Who is signed in, and what they are doing; none on pages that ask for no account.
    pub work: Option<Work>,
    /// The identifier of the request, by which the log is searched when something went wrong.
    pub reference: Option<String>,
}

/// What stands around a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Surrounding {
    /// The demo's navigation and clock.
    Demo,
    /// The controller's name: the page is for the public.
    Public,
    /// The console of staff: who is signed in, what they do, the rooms they may enter.
    Console,
}

/// Who is signed in, and what they are doing: in sight on every page of the console.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Work {
    /// The account, by its identifier.
    pub account: String,
    /// The role and the purpose that are worked for, as they are chosen: `role.purpose`, or `role`
    /// for one that administers alone.
    pub chosen: Option<String>,
    /// The role's title.
    pub role: Option<String>,
    /// The purpose's title.
    pub purpose: Option<String>,
    /// What else may be chosen, role by role.
    pub offers: Vec<Offer>,
    /// What the role administers.
    pub administers: AdministrationSet,
    /// What it may do for this purpose.
    pub may: ActionSet,
}

impl Frame {
    /// An invented frame, for tests and for looking at pages.
    #[must_use]
    pub fn sample(language: Language) -> Self {
        Self {
            language,
            language_chosen: language == Language::Fr,
            path: "/".to_owned(),
            query: Vec::new(),
            reading: Some("accounts.billing".to_owned()),
            controller: "Maison Corvaille".to_owned(),
            policy_version: 3,
            now: date(2026, 3, 14).at(9, 30, 0, 0),
            rehearsal: true,
            surrounding: Surrounding::Demo,
            theme: Theme::System,
            work: None,
            reference: None,
        }
    }

    /// The frame of an answer that came before anything was known.
    pub(crate) fn bare(language: Language) -> Self {
        Self {
            language,
            language_chosen: false,
            path: "/".to_owned(),
            query: Vec::new(),
            reading: None,
            controller: String::new(),
            policy_version: 0,
            now: DateTime::default(),
            rehearsal: false,
            surrounding: Surrounding::Public,
            theme: Theme::System,
            work: None,
            reference: None,
        }
    }

    /// The address of this page as it was asked for.
    #[must_use]
    pub fn here(&self) -> String {
        let query = self
            .query
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let language = self.language_chosen.then(|| ("language", self.lang()));
        address(&self.path, query.chain(language))
    }

    /// The language as HTML names it.
    #[must_use]
    pub fn lang(&self) -> &'static str {
        match self.language {
            Language::En => "en",
            Language::Fr => "fr",
        }
    }

    /// The address of another page, with the language and the reading carried on.
    #[must_use]
    pub fn link(&self, path: &str, query: &[(&str, &str)]) -> String {
        let carried = [
            ("as", self.reading.as_deref()),
            ("language", self.language_chosen.then(|| self.lang())),
        ];
        let kept = carried
            .into_iter()
            .filter(|(name, _)| query.iter().all(|(other, _)| other != name))
            .filter_map(|(name, value)| value.map(|value| (name, value)));
        address(path, query.iter().copied().chain(kept))
    }

    /// The address of this page in a language.
    #[must_use]
    pub fn in_language(&self, language: &str) -> String {
        let query = self
            .query
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        address(
            &self.path,
            query.chain(std::iter::once(("language", language))),
        )
    }
}

/// A path with a query; names and values are percent-encoded.
fn address<'a>(path: &str, query: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut address = path.to_owned();
    for (index, (name, value)) in query.enumerate() {
        address.push(if index == 0 { '?' } else { '&' });
        encode(name, &mut address);
        address.push('=');
        encode(value, &mut address);
    }
    address
}

/// Percent-encodes all but the unreserved characters (RFC 3986, 2.3).
fn encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                into.push(char::from(byte));
            }
            _ => into.push_str(&format!("%{byte:02X}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_carry_language_and_reading() {
        let mut frame = Frame::sample(Language::Fr);
        assert_eq!(
            frame.link("/people", &[]),
            "/people?as=accounts.billing&language=fr"
        );
        assert_eq!(
            frame.link("/people", &[("as", "a.b"), ("after", "é&=")]),
            "/people?as=a.b&after=%C3%A9%26%3D&language=fr"
        );
        frame.language_chosen = false;
        frame.reading = None;
        assert_eq!(frame.link("/people", &[]), "/people");
        frame.query = vec![("by".to_owned(), "year".to_owned())];
        frame.path = "/calendar".to_owned();
        assert_eq!(frame.in_language("en"), "/calendar?by=year&language=en");
    }
}
