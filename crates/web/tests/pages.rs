//! Every page, in both languages: sound HTML, nothing unescaped, no script but ours, no weight.

#![allow(clippy::expect_used, reason = "helpers of tests may fail")]

use maud::Markup;
use policy::authorisation::{ActionSet, AdministrationSet};
use policy::diagnostics::explain::MINIMAL;
use policy::model::{CategoryId, Language, Policy, PurposeId};
use web::frame::Frame;
use web::pages::reading::{Name, Why};
use web::pages::{
    account, beside, calendar, console, error, front, home, interface, journal, people, person,
    privacy, refused, sign_in, versions,
};

/// No page weighs more, in bytes.
const BYTES_MAX: usize = 64_000;

const ASSESSMENT: &str = include_str!("../../../policies/assess-manager/policy.toml");
const RIGHTS: &str = include_str!("../../../policies/assess-manager/authorisation.toml");
const CLUB: &str = include_str!("../../../policies/sports-club/policy.toml");

fn policy(source: &str) -> Policy {
    let outcome = policy::compile(source);
    outcome.policy.expect("a shipped policy compiles")
}

fn notice(policy: &Policy, language: Language) -> String {
    let frame = Frame {
        reading: None,
        controller: policy.controller.name.clone(),
        path: "/privacy".to_owned(),
        ..Frame::sample(language)
    };
    let view = privacy::Privacy {
        policy,
        others: &[],
        superseded: false,
        changed: None,
        documents: &[],
    };
    privacy::render(&view, &frame).into_string()
}

/// Every page with its name, in a language.
fn pages(language: Language) -> Vec<(String, String)> {
    let frame = &Frame::sample(language);
    let nobody = {
        let mut view = person::Person::sample(frame);
        view.reading.chosen = None;
        view.name = Name::Unasked;
        view.records.clear();
        view.trace.clear();
        view
    };
    let damaged = {
        let mut view = journal::Journal::sample(frame);
        view.verified = Some(journal::Verified {
            entries: 7,
            findings: vec!["entry 3 <altered>".to_owned()],
        });
        view
    };
    let years = calendar::Calendar {
        scale: calendar::Scale::Years,
        ..calendar::Calendar::sample(frame)
    };
    let mut pages: Vec<(String, Markup)> = vec![
        (
            "home".to_owned(),
            home::render(&home::Home::sample(frame), frame),
        ),
        (
            "people".to_owned(),
            people::render(&people::People::sample(frame), frame),
        ),
        (
            "person".to_owned(),
            person::render(&person::Person::sample(frame), frame),
        ),
        ("person-unread".to_owned(), person::render(&nobody, frame)),
        (
            "beside".to_owned(),
            beside::render(&beside::Beside::sample(frame), frame),
        ),
        (
            "calendar".to_owned(),
            calendar::render(&calendar::Calendar::sample(frame), frame),
        ),
        ("calendar-years".to_owned(), calendar::render(&years, frame)),
        (
            "journal".to_owned(),
            journal::render(&journal::Journal::sample(frame), frame),
        ),
        (
            "journal-damaged".to_owned(),
            journal::render(&damaged, frame),
        ),
    ];
    pages.push(("parts".to_owned(), web::components::sample(frame)));
    let public = &Frame {
        surrounding: web::frame::Surrounding::Public,
        theme: web::frame::Theme::Dark,
        reference: Some("0123456789abcdef".to_owned()),
        ..frame.clone()
    };
    pages.push((
        "interface".to_owned(),
        interface::render(&interface::Interface::sample(), public),
    ));
    for status in [400, 403, 404, 405, 408, 413, 421, 429] {
        pages.push((format!("refused-{status}"), refused::render(status, public)));
    }
    let unready = &error::Error::samples()[4];
    pages.push(("error-public".to_owned(), error::render(unready, public)));
    for view in error::Error::samples() {
        let name = format!("error-{}", view.status());
        pages.push((name, error::render(&view, frame)));
    }
    let mut pages: Vec<(String, String)> = pages
        .into_iter()
        .map(|(name, page)| (name, page.into_string()))
        .collect();
    for (name, source) in [("notice", ASSESSMENT), ("notice-club", CLUB)] {
        pages.push((name.to_owned(), notice(&policy(source), language)));
    }
    for (name, page) in signing_in(public).into_iter().chain(portal(public)) {
        pages.push((name, page.into_string()));
    }
    let front = front::render(&policy(ASSESSMENT), true, public);
    pages.push(("front".to_owned(), front.into_string()));
    pages.extend(versions_of(&frame_of_notice(language)));
    pages
}

/// The pages of the portal.
fn portal(frame: &Frame) -> Vec<(String, Markup)> {
    use web::pages::portal::{choices, correct, link, trace};
    let policy = &policy(ASSESSMENT);
    let correcting =
        |wrong| correct::render(&correct::Correct::sample(frame, wrong), policy, frame);
    let none = choices::Choices::default();
    let pages = [
        ("portal-ask", link::ask(None, frame)),
        ("portal-asked", link::ask(Some(link::AskedFor::Sent), frame)),
        (
            "portal-unsent",
            link::ask(Some(link::AskedFor::Unsent), frame),
        ),
        (
            "portal-no-address",
            link::ask(Some(link::AskedFor::NoAddress), frame),
        ),
        ("portal-enter", link::enter(None, frame)),
        (
            "portal-enter-wrong",
            link::enter(Some(sign_in::Said::Wrong), frame),
        ),
        (
            "portal-choices",
            choices::render(&choices::Choices::sample(frame), policy, frame),
        ),
        ("portal-choices-none", choices::render(&none, policy, frame)),
        ("portal-correct", correcting(false)),
        ("portal-correct-wrong", correcting(true)),
        (
            "portal-trace",
            trace::render(&trace::sample(frame), policy, frame),
        ),
    ];
    pages.map(|(name, page)| (name.to_owned(), page)).into()
}

/// The pages of signing in, in each of their states.
fn signing_in(frame: &Frame) -> Vec<(String, Markup)> {
    use account::{Said, Weak};
    let mut pages = Vec::new();
    for (name, said) in [
        ("sign-in", None),
        ("sign-in-wrong", Some(sign_in::Said::Wrong)),
        ("sign-in-later", Some(sign_in::Said::Later(4))),
        ("sign-in-unknown", Some(sign_in::Said::Unknown)),
        ("sign-in-unproven", Some(sign_in::Said::Unproven)),
        ("sign-in-no-answer", Some(sign_in::Said::NoAnswer)),
        ("sign-in-out", Some(sign_in::Said::Out)),
    ] {
        let view = sign_in::SignIn::sample(said);
        pages.push((name.to_owned(), sign_in::render(&view, frame)));
    }
    let wrong = Some(sign_in::Said::Wrong);
    let later = Some(sign_in::Said::Later(900));
    let away = sign_in::away::render("People", "https://people.corvaille.example/auth", frame);
    let codes = |said| account::codes::render(&account::codes::Codes::sample(said), frame);
    let recovery = account::recovery::render(&["2345-6789-abcd-efgh"], "/console", frame);
    pages.extend([
        (
            "sign-in-code".to_owned(),
            sign_in::code::render(Some("/console"), None, frame),
        ),
        (
            "sign-in-code-wrong".to_owned(),
            sign_in::code::render(None, wrong, frame),
        ),
        (
            "sign-in-code-later".to_owned(),
            sign_in::code::render(None, later, frame),
        ),
        (
            "sign-in-link".to_owned(),
            sign_in::link::render(None, frame),
        ),
        (
            "sign-in-link-wrong".to_owned(),
            sign_in::link::render(wrong, frame),
        ),
        ("sign-in-away".to_owned(), away),
        ("account-codes".to_owned(), codes(None)),
        ("account-codes-wrong".to_owned(), codes(wrong)),
        ("account-recovery".to_owned(), recovery),
    ]);
    let console = &Frame {
        surrounding: web::frame::Surrounding::Console,
        ..frame.clone()
    };
    for (name, setting_up, said) in [
        ("account", false, None),
        ("account-set-up", true, None),
        ("account-set-up-weak", true, Some(Said::Weak(Weak::Short))),
        ("account-unlike", false, Some(Said::Unlike)),
        ("account-last", false, Some(Said::Last)),
        ("account-linked", false, Some(Said::Linked)),
        ("account-stale", false, Some(Said::Ended)),
        ("account-later", false, Some(Said::Later(61))),
    ] {
        let frame = if setting_up { frame } else { console };
        let view = account::Account::sample(frame, setting_up, said);
        pages.push((name.to_owned(), account::render(&view, frame)));
    }
    pages
}

fn frame_of_notice(language: Language) -> Frame {
    Frame {
        reading: None,
        path: "/privacy/versions".to_owned(),
        surrounding: web::frame::Surrounding::Public,
        ..Frame::sample(language)
    }
}

/// The pages of versions, of a small policy and the one that follows it.
fn versions_of(frame: &Frame) -> Vec<(String, String)> {
    let minimal = MINIMAL.replacen("Bookshop of the Quay", "Maison Corvaille", 1);
    let first = policy(&minimal);
    let second = minimal
        .replacen(
            "version = 1\n",
            "version = 2\nreason = { en = \"Returns take <longer>.\", fr = \"Les retours sont plus longs.\" }\n",
            1,
        )
        .replacen("keep = \"2 years\"", "keep = \"3 years\"", 1)
        .replacen("title = { en = \"Order form\"", "title = { en = \"Form to order\"", 1);
    let second = policy(&second);
    let changes = policy::compare(&first, &second);
    let listed = |one: &'static str| jiff::civil::Date::strptime("%Y-%m-%d", one).expect("a day");
    let list = versions::Versions {
        policy: &second,
        versions: vec![
            versions::Listed {
                version: 2,
                published: second.published,
                since: listed("2026-09-01"),
                reason: second.reason.as_ref(),
                changes: Some((1, changes.clone())),
            },
            versions::Listed {
                version: 1,
                published: first.published,
                since: listed("2026-01-05"),
                reason: None,
                changes: None,
            },
        ],
    };
    let difference = versions::Difference {
        from: &first,
        to: &second,
        changes: &changes,
        versions: &[3, 2, 1],
    };
    let changed = privacy::Privacy {
        policy: &second,
        others: &[privacy::OtherVersion {
            version: 1,
            published: first.published,
            reason: None,
        }],
        superseded: false,
        changed: Some(privacy::Changed {
            on: listed("2026-09-01"),
            from: 1,
        }),
        documents: &[],
    };
    [
        ("versions", versions::render_list(&list, frame)),
        (
            "version-difference",
            versions::render_difference(&difference, frame),
        ),
        ("notice-changed", privacy::render(&changed, frame)),
    ]
    .map(|(name, page)| (name.to_owned(), page.into_string()))
    .into()
}

/// Every page of the console with its name, in a language.
fn console_pages(language: Language) -> Vec<(String, String)> {
    let frame = &Frame::console_sample(language);
    let nobody = &Frame {
        work: frame.work.clone().map(|work| web::frame::Work {
            chosen: None,
            role: None,
            purpose: None,
            offers: Vec::new(),
            administers: AdministrationSet::EMPTY,
            may: ActionSet::EMPTY,
            ..work
        }),
        ..frame.clone()
    };
    let policy = &policy(ASSESSMENT);
    let rights = policy::authorisation::compile(RIGHTS, policy);
    let rights = rights.authorisation.expect("the shipped one compiles");
    let of_policy = |view| console::policy::render(view, policy, Some(&rights), frame);
    let who = console::policy::Who {
        category: CategoryId(0),
        field: None,
        purpose: PurposeId(0),
    };
    let earlier = self::policy(MINIMAL);
    let changes = policy::compare::compare(&earlier, policy);
    let all = [earlier, policy.clone()];
    let versions = console::policy::View::Versions {
        all: &all,
        compared: Some((1, policy.version, &changes[..changes.len().min(20)])),
    };
    let lent = {
        let mut file = console::person::File::sample(frame);
        file.open = false;
        file.person.records.clear();
        file.person.refused = Some(Why {
            rule: "roles.accounts".to_owned(),
            sentence: "No.".to_owned(),
        });
        file
    };
    let pages: Vec<(&str, Markup)> = vec![
        ("home", console::home::render(frame)),
        (
            "work",
            console::work::render(Some("/console/people"), frame),
        ),
        ("work-none", console::work::render(None, nobody)),
        (
            "people",
            console::people::render(&console::people::People::sample(frame), frame),
        ),
        (
            "person",
            console::person::render(&console::person::File::sample(frame), frame),
        ),
        ("person-refused", console::person::render(&lent, frame)),
        ("form", console::form::sample_page(frame)),
        (
            "organisations",
            console::organisations::list(
                &console::organisations::Organisations::sample(frame),
                frame,
            ),
        ),
        (
            "organisation",
            console::organisations::one(
                &console::organisations::Organisation::sample(frame),
                frame,
            ),
        ),
        ("trace-ask", console::trace::ask(true, frame)),
        (
            "trace",
            console::trace::render(&console::trace::Trace::sample(frame), frame),
        ),
        (
            "calendar",
            calendar::render(&calendar::Calendar::sample(frame), frame),
        ),
        (
            "journal",
            journal::render(&journal::Journal::sample(frame), frame),
        ),
        (
            "accounts",
            console::accounts::list(&console::accounts::Accounts::sample(frame), frame),
        ),
        (
            "account",
            console::accounts::one(&console::accounts::Account::sample(frame), frame),
        ),
        (
            "keys",
            console::keys::render(&console::keys::Keys::sample(frame), frame),
        ),
        (
            "health",
            console::health::render(&console::health::Health::sample(frame), frame),
        ),
        ("policy", of_policy(console::policy::View::Purposes)),
        ("policy-terms", of_policy(console::policy::View::Terms)),
        ("policy-versions", of_policy(versions)),
        (
            "policy-who",
            of_policy(console::policy::View::Who(Some(&who))),
        ),
        (
            "policy-what",
            of_policy(console::policy::View::What(rights.role_named("marketing"))),
        ),
        ("error", error::render(&error::Error::samples()[1], frame)),
    ];
    pages
        .into_iter()
        .map(|(name, page)| (format!("console-{name}"), page.into_string()))
        .collect()
}

fn both() -> impl Iterator<Item = (&'static str, String, String)> {
    [("en", Language::En), ("fr", Language::Fr)]
        .into_iter()
        .flat_map(|(lang, language)| {
            let console = console_pages(language).into_iter();
            pages(language)
                .into_iter()
                .chain(console)
                .map(move |(name, page)| (lang, name, page))
        })
}

/// How many scripts a page may have: passkeys are made and shown by a script alone.
fn scripts(name: &str) -> usize {
    let console = name.starts_with("console-") || name.starts_with("account");
    let signing_in = ["sign-in", "account", "portal-enter"]
        .iter()
        .any(|it| name.starts_with(it));
    usize::from(console) + usize::from(signing_in)
}

/// The elements of a page: name, attributes, whether it closes.
fn elements(page: &str) -> Vec<(&str, &str, bool)> {
    page.split('<')
        .skip(1)
        .filter(|part| !part.starts_with('!'))
        .map(|part| {
            let (tag, _) = part.split_once('>').expect("a tag ends");
            let (tag, closes) = match tag.strip_prefix('/') {
                Some(tag) => (tag, true),
                None => (tag, false),
            };
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            (name, attributes, closes)
        })
        .collect()
}

fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let at = format!(" {attributes}").find(&format!(" {name}=\""))?;
    attributes[at + name.len() + 2..].split('"').next()
}

#[test]
fn every_page_is_sound() {
    for (lang, name, page) in both() {
        let at = format!("{name} in {lang}");
        assert!(page.starts_with("<!DOCTYPE html>"), "{at}");
        assert!(page.contains(&format!("<html lang=\"{lang}\"")), "{at}");
        assert!(page.len() < BYTES_MAX, "{at} weighs {} bytes", page.len());
        let elements = elements(&page);
        let count = |wanted: &str| {
            let of = |(name, _, closes): &&(&str, &str, bool)| *name == wanted && !closes;
            elements.iter().filter(of).count()
        };
        for (element, times) in [("h1", 1), ("main", 1), ("title", 1)] {
            let times = if element == "title" && page.contains("<svg class=\"bars\"") {
                count("title").max(times)
            } else {
                times
            };
            assert_eq!(count(element), times, "{element} of {at}");
        }
        for element in ["style", "iframe", "img", "object"] {
            assert_eq!(count(element), 0, "{element} of {at}");
        }
        // A script is a file of ours, which the page knows.
        assert!(count("script") <= scripts(&name), "script of {at}");
        for (_, attributes, _) in elements
            .iter()
            .filter(|(it, _, closes)| *it == "script" && !closes)
        {
            let integrity = attribute(attributes, "integrity");
            let ours = [web::script::CONSOLE, web::script::SIGN_IN].into_iter();
            let mut named = ours.filter(|it| attribute(attributes, "src") == Some(it.path));
            let known = named.any(|it| integrity == Some(it.integrity().as_str()));
            assert!(known, "{at}: {attributes}");
        }
        nested(&at, &elements);
        headings(&at, &elements);
        references(&at, &elements);
    }
}

/// Every element that opens closes, in order.
fn nested(at: &str, elements: &[(&str, &str, bool)]) {
    const VOID: [&str; 5] = ["meta", "link", "input", "br", "hr"];
    let mut open = Vec::new();
    for (name, _, closes) in elements.iter().filter(|(name, _, _)| !VOID.contains(name)) {
        if *closes {
            assert_eq!(open.pop(), Some(*name), "{at}");
        } else {
            open.push(*name);
        }
    }
    assert!(open.is_empty(), "{at}: {open:?}");
}

/// No heading is more than one level below the one before.
fn headings(at: &str, elements: &[(&str, &str, bool)]) {
    let mut last = 0;
    for (name, _, _) in elements.iter().filter(|(_, _, closes)| !closes) {
        let level = match *name {
            "h1" => 1,
            "h2" => 2,
            "h3" => 3,
            _ => continue,
        };
        assert!(level <= last + 1, "{at}: h{level} after h{last}");
        last = level;
    }
}

/// Ids are used once; whatever names one names one that is there; inputs have labels, tables
/// captions, header cells a scope; nothing has a style or a script of its own, and nothing is
/// fetched from elsewhere.
fn references(at: &str, elements: &[(&str, &str, bool)]) {
    let opened = || elements.iter().filter(|(_, _, closes)| !closes);
    let ids: Vec<&str> = opened()
        .filter_map(|(_, it, _)| attribute(it, "id"))
        .collect();
    for (index, id) in ids.iter().enumerate() {
        assert!(!ids[..index].contains(id), "{at}: two of id {id}");
    }
    let labelled: Vec<&str> = opened()
        .filter_map(|(_, it, _)| attribute(it, "for"))
        .collect();
    let mut captions = 0;
    let mut tables = 0;
    for (name, attributes, _) in opened() {
        for by in ["aria-labelledby", "aria-describedby", "for"] {
            for id in attribute(attributes, by)
                .unwrap_or_default()
                .split_whitespace()
            {
                assert!(ids.contains(&id), "{at}: {by} names {id}");
            }
        }
        let href = attribute(attributes, "href").unwrap_or("/");
        match href.split_once(':') {
            None if href.starts_with('#') => assert!(ids.contains(&&href[1..]), "{at}: {href}"),
            None => assert!(
                href.starts_with('/') && !href.starts_with("//"),
                "{at}: {href}"
            ),
            Some((scheme, _)) => assert!(
                *name == "a" && ["mailto", "tel", "https"].contains(&scheme),
                "{at}: {href}"
            ),
        }
        match *name {
            "select" | "input" | "textarea" if attribute(attributes, "type") != Some("hidden") => {
                let id = attribute(attributes, "id").unwrap_or_default();
                assert!(labelled.contains(&id), "{at}: no label for {attributes}");
            }
            "th" => assert!(
                attribute(attributes, "scope").is_some(),
                "{at}: {attributes}"
            ),
            "table" => tables += 1,
            "caption" => captions += 1,
            _ => {}
        }
        for word in ["style", "onclick", "onchange", "src"] {
            if *name != "script" || word != "src" {
                assert_eq!(attribute(attributes, word), None, "{at}");
            }
        }
    }
    assert_eq!(tables, captions, "{at}: tables and captions");
}

#[test]
fn values_are_escaped() {
    for (lang, name, page) in both() {
        for sharp in [
            "<Books",
            "<open>",
            "<ouvert>",
            "<fille>",
            "<travel>",
            "<letters>",
            "<altered>",
            "<mine>",
            "<longer>",
        ] {
            assert!(!page.contains(sharp), "{name} in {lang} has {sharp}");
        }
    }
    let person = person::Person::sample(&Frame::sample(Language::En));
    let page = person::render(&person, &Frame::sample(Language::En)).into_string();
    assert!(page.contains("M. Kerdoncuff &amp; &lt;fille&gt;"));
}

#[test]
fn no_address_and_no_title_carries_a_value() {
    for (lang, name, page) in both() {
        let title = page.split("</title>").next().unwrap_or_default();
        assert!(!title.contains("Kerdoncuff"), "{name} in {lang}");
        for (_, attributes, _) in elements(&page) {
            for it in ["href", "action"] {
                let address = attribute(attributes, it).unwrap_or_default();
                assert!(
                    !address.contains("Kerdoncuff"),
                    "{name} in {lang}: {address}"
                );
            }
        }
    }
}

#[test]
fn french_has_its_spaces_and_no_english() {
    for (name, page) in pages(Language::Fr) {
        let text: String = page
            .split('<')
            .filter(|part| !part.starts_with("pre") && !part.starts_with("p lang"))
            .filter_map(|part| part.split_once('>'))
            .map(|(_, text)| format!("{text}\n"))
            .collect();
        for wrong in [
            " :", " ;\n", " ?", " !", "« ", " »", " the ", " and ", " of ",
        ] {
            assert!(
                !text.contains(wrong),
                "{name} has `{wrong}`: {:?}",
                text.find(wrong).map(|at| {
                    text[..at]
                        .chars()
                        .rev()
                        .take(60)
                        .collect::<Vec<_>>()
                        .into_iter()
                        .rev()
                        .collect::<String>()
                })
            );
        }
    }
}

#[test]
fn pages_look_as_they_were_reviewed() {
    // The notices of the shipped policies change with their wording; a small one stands for them.
    let minimal = policy(MINIMAL);
    let notices = [("en", Language::En), ("fr", Language::Fr)]
        .map(|(lang, language)| (lang, "notice".to_owned(), notice(&minimal, language)));
    let pages = both().filter(|(_, name, _)| {
        !name.starts_with("notice")
            && !name.starts_with("console-policy")
            && *name != "front"
            && !name.starts_with("refused-4")
            || name == "refused-429"
    });
    for (lang, name, page) in pages.chain(notices) {
        // One tag a line, so that a change shows where it is.
        let lines = page.replace("><", ">\n<");
        insta::assert_snapshot!(format!("{name}-{lang}"), lines);
    }
}
