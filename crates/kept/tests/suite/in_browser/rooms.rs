//! The pages of staff and of the portal are sound in a browser, in both languages, in light and dark, at
//! the width of a small telephone; and the pictures of the documents are of them.

use std::fs;
use std::path::Path;

use serde_json::json;
use services::access::{LinkFor, Strength};
use services::{Acting, Kept};

use super::Browser;
use crate::promises::console::house_of;
use crate::staffed::Staffed;

/// Where the pictures of the documents are.
const PICTURES: &str = "../../docs/pictures";
/// A picture of fewer bytes shows nothing.
const PICTURE_BYTES_MIN: usize = 10_000;

const ROLES: &[&str] = &[
    "client-relations",
    "data-protection-officer",
    "access-rights",
    "it",
];

/// Signs a person in as their link does.
fn person(kept: &Kept, id: &str) -> String {
    let access = kept.access();
    let owner = Acting::new(crate::staffed::owner(), false);
    let link = access.issue_link(id.parse().unwrap(), LinkFor::OwnData, &owner);
    let token = crate::staffed::entered(kept, link.unwrap().token.reveal());
    let session = access
        .session(&token, &Default::default())
        .unwrap()
        .unwrap();
    assert_eq!(session.strength, Strength::Link);
    token
}

impl Browser {
    /// Takes a cookie over, at the page that it is at.
    fn take(&self, name: &str, value: &str) {
        let cookie = json!({"cookie": {"name": name, "value": value, "path": "/"}});
        self.ask("/cookie", Some(&cookie));
    }

    /// Each of some pages is sound, in both languages.
    #[track_caller]
    fn are_sound(&self, house: &Staffed, paths: &[&str]) {
        for path in paths {
            for language in ["en", "fr"] {
                let more = if path.contains('?') { '&' } else { '?' };
                self.go(&house.at(&format!("{path}{more}language={language}")));
                let error =
                    self.script("return document.querySelector('h1')?.innerText", &json!([]));
                assert!(error.is_string(), "{path} has no heading");
                self.is_sound();
            }
        }
    }

    /// Takes the picture of a page for the documents: anew where they are to be renewed.
    fn picture(&self, house: &Staffed, path: &str, name: &str) {
        self.go(&house.at(path));
        let shown = self.ask("/screenshot", None);
        let bytes = crate::staffed::base64(shown.as_str().unwrap());
        assert!(bytes.len() > PICTURE_BYTES_MIN, "{name} shows nothing");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(PICTURES);
        let file = folder.join(format!("{name}.png"));
        if std::env::var_os("KEPT_UPDATE").is_some() {
            fs::write(&file, bytes).unwrap();
        }
        assert!(file.is_file(), "{name} is missing: KEPT_UPDATE=1 makes it");
    }
}

#[test]
fn promise_21a_the_rooms_of_the_console_are_sound_in_a_browser() {
    let (house, id) = house_of(&[("c.roux", ROLES)], Staffed::for_browsers);
    let browser = Browser::start();
    browser.go(&house.at("/privacy"));
    let staff = house.sign_in("c.roux", "client-relations.contact-relations");
    browser.take("session", staff.token());
    let one = format!("/console/people/{id}");
    let act = |name: &str| format!("{one}/{name}");
    browser.are_sound(
        &house,
        &[
            "/console",
            "/console/work",
            "/console/people",
            "/console/people/new",
            &one,
            &act("fact"),
            "/console/organisations",
            "/console/calendar",
            "/console/policy",
            "/console/policy/terms",
            "/console/policy/versions",
            "/console/policy/who",
            "/console/policy/what",
            "/console/undertaking",
            "/account",
            "/api",
        ],
    );
    browser.picture(&house, &one, "console-person");
    browser.picture(&house, "/console/people", "console-people");
    staff.at_work("data-protection-officer.rights-requests");
    let trace = format!("/console/trace/{id}");
    browser.are_sound(&house, &["/console/trace", &trace, &act("erase")]);
    staff.at_work("access-rights");
    let accounts = [
        "/console/accounts",
        "/console/accounts/new",
        "/console/accounts/c.roux",
    ];
    browser.are_sound(&house, &accounts);
    browser.picture(&house, "/console/accounts/c.roux", "console-account");
    staff.at_work("it");
    let machine = [
        "/console/keys",
        "/console/keys/new",
        "/console/journal",
        "/console/health",
    ];
    browser.are_sound(&house, &machine);
    browser.picture(&house, "/console/health", "console-health");
    // A session that is ended is out on its next click.
    house
        .kept
        .access()
        .revoke(
            staff.subject,
            None,
            &Acting::new(crate::staffed::owner(), false),
        )
        .unwrap();
    browser.go(&house.at("/console/people"));
    browser.arrives("/sign-in");
}

#[test]
fn promise_12a_the_pages_of_the_portal_are_sound_in_a_browser() {
    let (house, id) = house_of(&[("c.roux", ROLES)], Staffed::for_browsers);
    let browser = Browser::start();
    browser.are_sound(
        &house,
        &[
            "/",
            "/privacy",
            "/privacy/versions",
            "/documents",
            "/me/sign-in",
            "/me/enter",
            "/sign-in",
        ],
    );
    browser.take("me", &person(&house.kept, &id));
    browser.are_sound(&house, &["/me", "/me/trace", "/me/choices"]);
    browser.picture(&house, "/me", "portal");
    browser.go(&house.at("/me?language=en"));
    let with_address = "const all = [...document.querySelectorAll('article')]; \
        return all.find((it) => it.innerText.includes('@')).querySelector('a').href";
    let page = browser.script(with_address, &json!([]));
    browser.go(page.as_str().unwrap());
    browser.is_sound();
    browser.fill("input[type=email]", "odile.vasseur@example.org");
    browser.send("Put it right");
    browser.says("odile.vasseur@example.org");
    browser.is_sound();
}
