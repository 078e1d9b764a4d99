//! The pages that ask for no account are sound in a browser.

use super::Browser;
use crate::browser::Demo;

#[test]
fn the_pages_of_the_demonstration_are_sound_in_a_browser() {
    let demo = Demo::of("60");
    let address = demo.said["address"].as_str().unwrap().trim_end_matches('/');
    let browser = Browser::start();
    let list = demo.page("/people");
    let person = list
        .split("href=\"/people/")
        .nth(1)
        .and_then(|rest| rest.split(['"', '?']).next());
    let person = format!("/people/{}", person.expect("somebody is listed"));
    let beside = format!("{person}/beside");
    let paths = [
        "/",
        "/people",
        &person,
        &beside,
        "/calendar",
        "/calendar?by=year",
        "/journal",
        "/privacy",
        "/documents",
        "/nowhere",
    ];
    for path in paths {
        let more = if path.contains('?') { '&' } else { '?' };
        browser.go(&format!("{address}{path}"));
        browser.is_sound();
        // The same page with longer words.
        browser.go(&format!("{address}{path}{more}language=fr"));
        browser.fits();
    }
}
