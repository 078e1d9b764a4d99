//! `kept demo`, from the terminal to the pages.

use std::path::Path;

use crate::browser::Demo;
use crate::kept::Kept;

/// The parts of a text that stand between two others.
fn between<'t>(text: &'t str, before: &str, after: &str) -> Vec<&'t str> {
    let mut parts: Vec<&str> = text.split(before).skip(1).collect();
    for part in &mut parts {
        *part = part.split(after).next().unwrap_or_default();
    }
    parts
}

/// Everybody on the list, page by page.
fn listed(demo: &Demo) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    loop {
        let after = ids.last().map(|id| format!("?after={id}"));
        let page = demo.page(&format!("/people{}", after.unwrap_or_default()));
        let before = ids.len();
        for link in between(&page, "href=\"/people/", "\"") {
            let id = link.split('?').next().unwrap_or_default().to_owned();
            if id.len() == 36 && !ids.contains(&id) {
                ids.push(id);
            }
        }
        if ids.len() == before {
            return ids;
        }
    }
}

#[test]
fn the_demonstration_shows_all_of_it_and_leaves_nothing_behind() {
    let mut demo = Demo::of("60");
    assert!(demo.said["people"].as_u64().unwrap() >= 50, "{}", demo.said);
    for path in [
        "/",
        "/people",
        "/calendar",
        "/journal",
        "/privacy",
        "/style.css",
    ] {
        let answer = demo.open_in(path, "fr");
        assert_eq!(answer.status, 200, "{path}");
        assert!(!answer.body.contains("<script"), "{path}");
    }
    for suggestion in demo.said["suggestions"].as_array().unwrap() {
        let person = suggestion["person"].as_str().unwrap();
        demo.page(&format!("/people/{person}"));
    }
    // Other commands work on it meanwhile, through its socket.
    let data = demo.data().to_owned();
    demo.around().run(["clock", "show", "--data", &data]).ok();
    assert!(Path::new(&data).exists());
    assert!(demo.interrupt().success());
    assert!(!Path::new(&data).exists(), "the temporary folder is gone");
}

#[test]
fn the_time_machine_moves_and_things_go() {
    let demo = Demo::of("60");
    let before = demo.page("/");
    let refused = demo.submit("/time", "to=2001-01-01");
    assert!(refused.body.contains("The clock was not moved"));
    let moved = demo.submit("/time", "by=5+years");
    assert_eq!(moved.status, 303, "{}", moved.body);
    let after = demo.page("/");
    assert_ne!(before, after);
    assert!(after.contains("The clock moved from"), "{after}");
    // Contacts who said nothing since are past 10d by then, and the page says by which rule.
    assert!(after.contains("10d"), "{after}");
}

#[test]
fn promise_9a_marketing_and_accounting_see_different_things_and_the_page_says_why() {
    let demo = Demo::of("80");
    let data = demo.data().to_owned();
    let as_marketing = "marketing.newsletters";
    let as_accounting = "administration.administrative-obligations";
    let (mut told_apart, mut refused) = (0, 0);
    for id in listed(&demo) {
        let page = |reading: &str| demo.page(&format!("/people/{id}?as={reading}"));
        let unread = demo.page(&format!("/people/{id}"));
        let (marketing, accounting) = (page(as_marketing), page(as_accounting));
        let address = |page: &str| page.contains("href=\"mailto:") || page.contains(".example<");
        let invoice = |page: &str| page.contains(">F20");
        assert!(
            !address(&unread) && !invoice(&unread),
            "nothing is readable by default"
        );
        assert!(
            !invoice(&marketing) && !address(&accounting),
            "none reads the other's data"
        );
        if address(&marketing) && invoice(&accounting) {
            told_apart += 1;
            assert!(marketing.contains("Invoices") && accounting.contains("Contact details"));
        }
        if !address(&marketing) {
            refused += 1;
            assert!(marketing.contains("class=\"refused\""), "the page says why");
            assert!(marketing.contains("Read refused"), "and the trace has it");
        }
    }
    assert!(
        told_apart > 0,
        "somebody is open to both, for different things"
    );
    assert!(refused > 0, "somebody is closed to one of them");
    demo.around()
        .run(["journal", "verify", "--data", &data])
        .ok();
}

#[test]
fn promise_6a_each_record_says_where_it_came_from_who_brought_it_and_when() {
    let demo = Demo::of("60");
    let data = demo.data().to_owned();
    let ids = listed(&demo);
    assert!(ids.len() > 20);
    let mut origins = std::collections::BTreeSet::new();
    for id in &ids[ids.len() - 12..] {
        let copy = demo
            .around()
            .run(["copy", id, "--data", &data, "--json", "--as", "v.dpo"])
            .ok()
            .json();
        let records = copy["records"].as_array().unwrap();
        assert!(!records.is_empty());
        for record in records {
            assert!(record["origin"]["name"].is_string(), "{record}");
            assert!(record["brought-by"].is_string() || record["brought_by"].is_string());
            assert!(record["collected"].is_string());
            origins.insert(record["origin"]["name"].as_str().unwrap().to_owned());
        }
    }
    assert!(origins.len() >= 3, "{origins:?}");
}

#[test]
fn a_named_folder_stays_and_is_used_again() {
    let kept = Kept::new();
    let mut demo = Demo::start(kept, &["--people", "20", "--data", "D"]);
    let people = demo.said["people"].clone();
    assert!(demo.interrupt().success());
    let folder = demo.around().folder().join("D");
    assert!(folder.join("installation.toml").exists());
    let mut again = Demo::start(Kept::new(), &["--data", folder.to_str().unwrap()]);
    assert_eq!(again.said["found"], true);
    assert_eq!(again.said["people"], people);
    assert!(again.interrupt().success());
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_made() {
    let kept = Kept::new();
    kept.run(["demo", "--people", "3"]).exits(2);
    kept.run(["demo", "--policy", "nowhere"]).exits(5);
    kept.file(
        "bare/policy.toml",
        include_str!("../../../../policies/sports-club/policy.toml"),
    );
    kept.run(["demo", "--policy", "bare", "--data", "D"])
        .exits(2)
        .complains("there is no script of a demonstration in bare");
    kept.file(
        "bare/demo.toml",
        "people = 5\nyears = 1\nseed = 1\nby = [\"a\"]\ncohort = 7\n",
    );
    kept.run(["demo", "--policy", "bare", "--data", "D"])
        .exits(2)
        .complains("demo.toml, line 5");
    assert!(!kept.folder().join("D").exists());
    // A live installation is nobody's playground.
    kept.run(["init", "--policy", "bare", "--data", "L"]).ok();
    kept.run(["demo", "--data", "L"])
        .exits(3)
        .complains("no rehearsal");
}
