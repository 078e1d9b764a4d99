//! 4b, 6c, 21g, 26a: people are told, by mail, and who was told when can be shown.

use std::process::Stdio;

use serde_json::{Value, json};

use super::people::{Person, Rehearsal, add, adding, policy, rehearsal};
use crate::kept::Run;
use crate::mail_server::MailServer;
use crate::served::Served;

/// The default policy as another version: contacts are kept longer, and an origin has another title.
fn longer(version: u32, years: u32) -> String {
    let text = policy().replacen(
        "\nversion = 1\n",
        &format!(
            "\nversion = {version}\nreason = {{ en = \"Projects have become longer.\", fr = \"Les \
             projets sont devenus plus longs.\" }}\n"
        ),
        1,
    );
    let text = text.replacen(
        "title = { en = \"An order form\", fr = \"Un bon de commande\" }",
        "title = { en = \"A form to order\", fr = \"Un formulaire de commande\" }",
        1,
    );
    let at = text.find("name = \"10d\"").unwrap();
    let (before, after) = text.split_at(at);
    let keep = format!("keep = \"{years} years\"");
    format!("{before}{}", after.replacen("keep = \"5 years\"", &keep, 1))
}

/// A contact who may be written to, with an address and perhaps a language.
fn reachable<'a>(it: &'a Rehearsal, address: &str, language: Option<&str>) -> Person<'a> {
    let words = "--kind contact --met professional --origin business-card \
                 --purpose contact-relations --purpose notices";
    let email = format!("contact-details.email={address}");
    let person = add(it, words, &["identity.surname=Vasseur", &email]);
    if let Some(language) = language {
        person.more(
            "--kind contact --origin business-card --purpose notices",
            &[&format!("personal.preferred-language={language}")],
        );
    }
    person
}

/// Applies a version of the policy.
fn apply(it: &Rehearsal, text: &str) -> Value {
    it.around().file("next/policy.toml", text);
    it.run(["apply", "next", "--yes", "--json"]).ok().json()
}

/// Sends what is due.
fn send(it: &Rehearsal, mail: &MailServer) -> Run {
    it.around().file("kept.toml", mail.config());
    it.run(["announce", "send", "--config", "kept.toml", "--json"])
}

fn status(it: &Rehearsal) -> Value {
    it.run(["announce", "status", "--json"]).ok().json()
}

/// The entries of an act in a person's trace.
fn entries(person: &Person<'_>, act: &str) -> Vec<Value> {
    let trace = person.json("trace {}");
    let acts = trace["acts"].as_array().unwrap().iter();
    acts.filter(|one| one["act"] == act).cloned().collect()
}

#[test]
fn promise_26a_a_new_version_is_told_to_those_whom_it_concerns_with_its_reason() {
    let it = rehearsal("2026-01-05T10:00");
    let mail = MailServer::start(it.around());
    let french = reachable(&it, "o.vasseur@example.org", Some("fr"));
    let english = reachable(&it, "e.hart@example.org", Some("en"));
    let either = reachable(&it, "z.garnier@example.org", None);
    // Their data is not affected, or it may not be read for this, or there is no address.
    let elsewhere = add(
        &it,
        "--kind client-staff --met professional --origin business-card --purpose notices",
        &["contact-details.email=staff@example.org"],
    );
    let unasked = add(
        &it,
        "--kind contact --origin business-card --purpose contact-relations",
        &["contact-details.email=unasked@example.org"],
    );
    let homeless = add(
        &it,
        "--kind contact --origin business-card --purpose notices",
        &["contact-details.town=Nantes"],
    );
    it.at("2026-06-01T10:00");
    assert_eq!(apply(&it, &longer(2, 6))["announced"], 5);
    // Whoever comes later was shown the new version.
    reachable(&it, "later@example.org", None);
    let foreseen = it.run(["announce", "send", "--dry-run", "--json"]);
    let foreseen = foreseen.ok().json();
    assert_eq!(
        (&foreseen["people"], &foreseen["reachable"]),
        (&json!(5), &json!(4))
    );
    assert_eq!(foreseen["not-reached"][0]["rule"], "purposes.notices");
    assert!(mail.taken().is_empty(), "a dry run sends nothing");

    // An objection to canvassing stops no message of this kind.
    french.run("object {}").ok();
    it.at("2026-06-02T08:30");
    let sent = send(&it, &mail).ok().json();
    assert_eq!(
        (&sent["sent"], &sent["not-reached"]),
        (&json!(3), &json!(2))
    );
    assert_eq!(sent["waiting"], 0);
    assert_eq!(mail.taken().len(), 3);
    let one = &mail.taken_by("o.vasseur@example.org")[0];
    assert_eq!(one.field("From"), "Privacy <privacy@people.example>");
    assert_eq!(one.field("To"), "o.vasseur@example.org");
    assert_eq!(
        one.field("Subject"),
        "Assess Manager : notre politique de confidentialité a changé"
    );
    assert_eq!(one.field("Content-Language"), "fr");
    for says in [
        "Les projets sont devenus plus longs.",
        "« Contacts et prospects »",
        "6 ans",
        "auparavant",
        "http://localhost/privacy/versions",
        "CNIL",
    ] {
        assert!(one.text().contains(says), "{says}: {}", one.text());
        assert!(one.html().contains(says), "{says}: {}", one.html());
    }
    assert!(!one.text().contains("Projects"), "in one language");
    // What is only said in other words concerns nobody by mail.
    assert!(!one.text().contains("Un formulaire de commande"));
    let one = &mail.taken_by("e.hart@example.org")[0];
    assert!(one.text().contains("Projects have become longer."));
    assert!(!one.text().contains("projets"));
    let one = &mail.taken_by("z.garnier@example.org")[0];
    assert!(one.text().contains("Projects") && one.text().contains("projets"));
    assert_eq!(one.field("Content-Language"), "en, fr");
    // It is a notice: no robot answers it, nothing in it is fetched, nobody is followed.
    assert_eq!(one.field("Auto-Submitted"), "auto-generated");
    assert!(!one.html().contains("<img") && !one.html().contains("<script"));
    // By the clock of the installation: 08:30 in Paris.
    assert_eq!(one.field("Date"), "Tue, 02 Jun 2026 06:30:00 +0000");
    let ids: Vec<String> = mail
        .taken()
        .iter()
        .map(|it| it.field("Message-ID").to_owned())
        .collect();
    assert!(
        ids.iter().all(|id| id.ends_with("@people.example>")),
        "{ids:?}"
    );
    assert_ne!(ids[0], ids[1]);

    // Who was told when, and who was not and why.
    let status = status(&it)["versions"][0].clone();
    assert_eq!(
        (&status["version"], &status["told"]),
        (&json!(2), &json!(3))
    );
    assert_eq!(status["first"], "2026-06-02T06:30:00Z");
    let why: Vec<&str> = status["not-reached"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["why"].as_str().unwrap())
        .collect();
    assert_eq!(why, ["no address", "purposes.notices"]);
    for person in [&french, &english, &either] {
        let proof = &entries(person, "notice-sent")[0];
        assert_eq!(proof["rule"], "policy version 2");
        assert_eq!(proof["destination"], "mail");
        assert_eq!(proof["purpose"], "notices");
        assert!(
            proof["at"]
                .as_str()
                .unwrap()
                .starts_with("2026-06-02T08:30"),
            "{proof}"
        );
        assert_eq!(
            entries(person, "read").len(),
            1,
            "the address was opened once"
        );
        assert_eq!(person.json("show {}")["told"]["version"], 2);
    }
    for person in [&unasked, &homeless] {
        assert_eq!(entries(person, "notice-not-sent").len(), 1);
        assert!(person.json("show {}")["told"].is_null());
    }
    assert!(entries(&elsewhere, "notice-sent").is_empty());
    // Nobody is told twice.
    let again = send(&it, &mail).ok().json();
    assert_eq!((&again["sent"], mail.taken().len()), (&json!(0), 3));
}

#[test]
fn promise_4b_what_a_version_lengthens_reaches_a_person_once_the_announcement_was_sent() {
    let it = rehearsal("2024-01-31T10:00");
    let mail = MailServer::start(it.around());
    let (told, refused) = (
        reachable(&it, "told@example.org", None),
        reachable(&it, "refused@example.org", None),
    );
    mail.answers(&json!({ "rcpt": { "refused@example.org": "550 5.1.1 no such user" } }));
    apply(&it, &longer(2, 6));
    for person in [&told, &refused] {
        assert_eq!(
            person.until("identity", "contact-relations"),
            "through 2029-01-31"
        );
    }
    let sent = send(&it, &mail).ok().json();
    assert_eq!((&sent["sent"], &sent["given-up"]), (&json!(1), &json!(1)));
    assert_eq!(
        told.until("identity", "contact-relations"),
        "through 2030-01-31"
    );
    assert_eq!(
        refused.until("identity", "contact-relations"),
        "through 2029-01-31"
    );
    let status = status(&it)["versions"][0].clone();
    assert_eq!(
        status["not-reached"],
        json!([{ "people": 1, "why": "smtp 550" }])
    );
    // What the server said names the address: neither the status nor the trace repeats it.
    let failed = &entries(&refused, "notice-not-sent")[0];
    assert_eq!(failed["rule"], "smtp 550");
    assert!(!failed.to_string().contains("refused@"));
    // Told otherwise, it counts all the same.
    refused.run("told {} --version 2").ok();
    assert_eq!(
        refused.until("identity", "contact-relations"),
        "through 2030-01-31"
    );
}

#[test]
fn promise_26a_a_change_of_words_reaches_nobody_by_mail_and_one_of_the_house_everybody() {
    let it = rehearsal("2026-01-05T10:00");
    let mail = MailServer::start(it.around());
    reachable(&it, "o.vasseur@example.org", Some("en"));
    add(
        &it,
        "--kind client-staff --met professional --origin business-card --purpose notices",
        &["contact-details.email=staff@example.org"],
    );
    let version = |number: u32| {
        let reason = "reason = { en = \"Clearer words.\", fr = \"Des mots plus clairs.\" }";
        policy()
            .replacen(
                "\nversion = 1\n",
                &format!("\nversion = {number}\n{reason}\n"),
                1,
            )
            .replacen(
                "title = { en = \"An order form\"",
                "title = { en = \"A form\"",
                1,
            )
    };
    assert_eq!(apply(&it, &version(2))["announced"], 0);
    let moved = version(3).replacen(
        "26 rue Kervégan, 44000 Nantes",
        "1 quai de la Fosse, 44000 Nantes",
        1,
    );
    let at_the_desk = reachable(&it, "desk@example.org", None);
    assert_eq!(apply(&it, &moved)["announced"], 3);
    // Somebody was told at the desk meanwhile: they get no message.
    at_the_desk.run("told {} --version 3").ok();
    let sent = send(&it, &mail).ok().json();
    assert_eq!(
        (&sent["sent"], &sent["told-otherwise"]),
        (&json!(2), &json!(1))
    );
    for address in ["o.vasseur@example.org", "staff@example.org"] {
        assert!(
            mail.taken_by(address)[0]
                .text()
                .contains("1 quai de la Fosse")
        );
    }
    let status = status(&it);
    assert_eq!(status["versions"][0]["people"], 0);
    assert_eq!(status["versions"][0]["whole"], true);
    assert_eq!(status["versions"][1]["told"], 2);
    assert_eq!(status["versions"][1]["told-otherwise"], 1);
}

#[test]
fn promise_26a_what_a_server_refuses_for_now_waits_and_loses_nobody() {
    let it = rehearsal("2026-01-05T10:00");
    let mail = MailServer::start(it.around());
    let person = reachable(&it, "o.vasseur@example.org", None);
    reachable(&it, "e.hart@example.org", None);
    apply(&it, &longer(2, 6));
    // The house is refused: nobody's affair, and nothing is counted against anybody.
    mail.answers(&json!({ "mail": "530 5.7.0 authentication required" }));
    for _ in 0..8 {
        let run = send(&it, &mail).exits(6);
        assert!(
            run.json()["stopped"]
                .as_str()
                .unwrap()
                .contains("status 530"),
            "{}",
            run.out()
        );
        assert_eq!(run.json()["waiting"], 2);
    }
    // One person's mailbox is full for now: the others are told.
    mail.answers(&json!({ "data": { "o.vasseur@example.org": "452 mailbox full" } }));
    let run = send(&it, &mail).ok().json();
    assert_eq!((&run["sent"], &run["later"]), (&json!(1), &json!(1)));
    mail.answers(&json!({}));
    assert_eq!(
        send(&it, &mail).ok().json()["sent"],
        0,
        "not before its time"
    );
    it.later("1 day");
    assert_eq!(send(&it, &mail).ok().json()["sent"], 1);
    assert_eq!(
        entries(&person, "notice-not-sent")[0]["rule"],
        "smtp 452, tried again later"
    );
    assert_eq!(entries(&person, "notice-sent").len(), 1);
    assert_eq!(mail.taken().len(), 2);
}

#[test]
fn promise_26a_a_crash_between_sending_and_recording_loses_nobody_and_doubles_one_at_the_most() {
    let it = crate::installation::Installation::rehearsal(&policy(), "2026-01-05T10:00");
    let mail = MailServer::start(it.around());
    let addresses = [
        "a@example.org",
        "b@example.org",
        "c@example.org",
        "d@example.org",
    ];
    for address in addresses {
        let words =
            "--kind contact --origin business-card --purpose contact-relations --purpose notices";
        add(&it, words, &[&format!("contact-details.email={address}")]);
    }
    it.around().file("next/policy.toml", longer(2, 6));
    it.run(["apply", "next", "--yes"]).ok();
    it.around().file("kept.toml", mail.config());
    // The server takes b's message and never says so; then the machine goes down.
    mail.answers(&json!({ "hang": ["b@example.org"] }));
    let line = ["announce", "send", "--config", "kept.toml", "--data", "D"];
    let mut command = it.around().command(line);
    let mut sender = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while mail.taken_by("b@example.org").is_empty() {
        assert!(sender.try_wait().unwrap().is_none(), "it ended before");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    sender.kill().unwrap();
    sender.wait().unwrap();
    mail.answers(&json!({}));
    it.run(["announce", "send", "--config", "kept.toml"]).ok();
    let doubles: Vec<usize> = addresses.iter().map(|it| mail.taken_by(it).len()).collect();
    assert_eq!(doubles, [1, 2, 1, 1]);
    // Whoever gets it twice can tell: it is the same message.
    let both = mail.taken_by("b@example.org");
    assert_eq!(both[0].field("Message-ID"), both[1].field("Message-ID"));
    let status = it.run(["announce", "status", "--json"]).ok().json();
    assert_eq!(status["versions"][0]["told"], 4);
}

#[test]
fn promise_21g_mail_is_encrypted_and_its_server_known_or_nothing_is_said() {
    for security in ["tls", "starttls"] {
        let it = rehearsal("2026-01-05T10:00");
        let mail = MailServer::start_with(it.around(), security);
        reachable(&it, "o.vasseur@example.org", None);
        apply(&it, &longer(2, 6));
        // A server whose certificate nobody vouches for gets nothing.
        let stranger = mail
            .config()
            .replace("certificates = \"mail/mail.pem\"\n", "");
        it.around().file("kept.toml", stranger);
        let line = ["announce", "send", "--config", "kept.toml", "--json"];
        let run = it.run(line).exits(6);
        assert_eq!(run.json()["waiting"], 1, "{}", run.out());
        assert!(mail.taken().is_empty());
        assert_eq!(send(&it, &mail).ok().json()["sent"], 1);
        let taken = mail.taken();
        assert_eq!(taken[0].seen("encrypted"), &json!(true));
        assert_eq!(taken[0].seen("account"), &json!("kept"));
    }
    // A server that does not encrypt gets nothing from one who wants it to.
    let it = rehearsal("2026-01-05T10:00");
    let mail = MailServer::start(it.around());
    reachable(&it, "o.vasseur@example.org", None);
    apply(&it, &longer(2, 6));
    let wanting = mail
        .config()
        .replace("security = \"machine\"", "security = \"starttls\"");
    it.around().file("kept.toml", wanting);
    let line = ["announce", "send", "--config", "kept.toml", "--json"];
    it.run(line).exits(6);
    assert!(mail.taken().is_empty());
    // Plain text beyond the machine is refused before anything starts, and a rehearsal writes to
    // nobody outside it.
    let beyond = mail
        .config()
        .replace("host = \"localhost\"", "host = \"mail.example\"");
    it.around().file("kept.toml", &beyond);
    it.run(line).exits(2).complains("21g");
    let beyond = beyond.replace("security = \"machine\"", "security = \"tls\"");
    it.around().file("kept.toml", beyond);
    assert_eq!(it.run(line).exits(3).error_json()["rule"], "rehearsal");
}

#[test]
fn promise_26a_nothing_that_a_policy_or_a_person_says_becomes_a_line_of_the_head() {
    let it = rehearsal("2026-01-05T10:00");
    let mail = MailServer::start(it.around());
    reachable(&it, "o.vasseur@example.org", None);
    // An address with a line's end in it is no address: it is refused where it comes in.
    adding(
        &it,
        "--kind contact --origin business-card --purpose notices",
        &["contact-details.email=a@example.org\r\nBcc: b@example.org"],
    )
    .exits(2);
    let crooked = longer(2, 6).replacen(
        "name = \"Assess Manager\"",
        "name = \"Assess\\r\\nBcc: b@example.org\\r\\n\\r\\nManager\"",
        1,
    );
    apply(&it, &crooked);
    send(&it, &mail).ok();
    let taken = mail.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].to(), ["o.vasseur@example.org"]);
    assert!(
        !taken[0].fields().contains(&"Bcc"),
        "{:?}",
        taken[0].fields()
    );
    assert_eq!(taken[0].seen("defects"), &json!([]));
    let line = mail
        .config()
        .replace("Privacy <", "Privacy\\r\\nBcc: b@example.org <");
    it.around().file("kept.toml", line);
    it.run(["announce", "send", "--config", "kept.toml"])
        .exits(2);
}

const IMPORT: &str = "import list.csv --source fair --origin organiser-list --kind contact \
                      --purpose contact-relations --purpose notices --met professional \
                      --column Name=identity.surname --column Mail=contact-details.email";

/// Two people from an organiser's list.
fn imported(it: &Rehearsal) -> [Person<'_>; 2] {
    it.around().file(
        "list.csv",
        "Name;Mail\nGarnier;z.garnier@example.org\nHart;e.hart@example.org\n",
    );
    let words = "a message to each is in the outbox";
    it.run(IMPORT.split_whitespace()).ok().says(words);
    ["z.garnier@example.org", "e.hart@example.org"].map(|address| {
        let found = it.run([
            "find",
            "--field",
            "contact-details.email",
            address,
            "--json",
        ]);
        let found = found.ok().json()["people"][0].clone();
        Person {
            installation: it,
            id: found.as_str().unwrap().to_owned(),
        }
    })
}

fn duties(it: &Rehearsal) -> Value {
    it.run(["duties", "--json"]).ok().json()
}

#[test]
fn promise_6c_an_indirect_import_starts_a_duty_that_a_message_fulfils() {
    let it = rehearsal("2026-01-31T10:00");
    let mail = MailServer::start(it.around());
    // What people give themselves, or the house notes, starts none.
    reachable(&it, "o.vasseur@example.org", None);
    assert_eq!(duties(&it)["due"], 0);
    let [garnier, hart] = imported(&it);
    let open = duties(&it);
    assert_eq!(
        (&open["due"], &open["overdue"], &open["done"]),
        (&json!(2), &json!(0), &json!(0))
    );
    assert_eq!(open["next"], "2026-02-28", "a month of the calendar");
    assert_eq!(open["open"][0]["origin"], "organiser-list");
    // The same list again starts nothing anew.
    it.run(IMPORT.split_whitespace()).ok();
    assert_eq!(duties(&it)["due"], 2);
    it.at("2026-02-28T23:00");
    assert_eq!(duties(&it)["overdue"], 0);
    it.at("2026-03-01T00:30");
    assert_eq!(duties(&it)["overdue"], 2);

    let sent = send(&it, &mail).ok().json();
    assert_eq!(sent["sent"], 2);
    let message = &mail.taken_by("z.garnier@example.org")[0];
    for says in [
        // Who, with the officer and the authority (14(1)(a), (b), 14(2)(e)).
        "26 rue Kervégan, 44000 Nantes",
        "Virginie LOISEL",
        "https://www.cnil.fr",
        // From whom, which data, since when (14(2)(f), 14(1)(d)).
        "A list from the organiser of an event that we took part in",
        "La liste de l’organisateur d’un événement auquel nous avons participé",
        "Contact details",
        "31 January 2026",
        "31 janvier 2026",
        // What for, on which basis, who reads it, for how long (14(1)(c), (e), 14(2)(a), (b)).
        "Legal basis: legitimate interests",
        "Base légale : intérêt légitime",
        "5 years",
        // Which rights (14(2)(c), (d), (g)).
        "Erasure",
        "withdraw",
        "No decision about you",
        "http://localhost/privacy",
    ] {
        assert!(message.text().contains(says), "{says}: {}", message.text());
    }
    let done = duties(&it);
    assert_eq!((&done["done"], &done["overdue"]), (&json!(2), &json!(0)));
    for person in [&garnier, &hart] {
        let proof = &entries(person, "notice-sent")[0];
        assert_eq!(proof["rule"], "GDPR 14");
        assert_eq!(proof["origin"], "organiser-list");
    }
}

#[test]
fn promise_6c_the_information_goes_before_any_other_message_and_before_any_disclosure() {
    let it = rehearsal("2026-01-05T10:00");
    let mail = MailServer::start(it.around());
    it.around()
        .file("list.csv", "Name;Mail\nGarnier;z.garnier@example.org\n");
    let line = IMPORT.replace("--purpose notices", "--purpose notices --purpose greetings");
    it.run(line.split_whitespace()).ok();
    let found = it.run([
        "find",
        "--field",
        "contact-details.email",
        "z.garnier@example.org",
        "--json",
    ]);
    let id = found.ok().json()["people"][0].as_str().unwrap().to_owned();
    let person = Person {
        installation: &it,
        id,
    };
    // The house works with it; nobody outside gets it, and no other message comes first.
    assert!(person.readable("client-relations", "contact-relations"));
    assert_eq!(person.refused("printers", "greetings"), "GDPR 14");
    let other = "--purpose contact-relations --channel email";
    assert_eq!(person.may(other).unwrap_err(), "GDPR 14");
    apply(&it, &longer(2, 6));
    // The mailbox is full for now: neither is the announcement sent before the information.
    mail.answers(&json!({ "data": { "z.garnier@example.org": "452 full" } }));
    assert_eq!(send(&it, &mail).ok().json()["later"], 1);
    assert_eq!(send(&it, &mail).ok().json()["sent"], 0);
    mail.answers(&json!({}));
    it.later("1 day");
    assert_eq!(send(&it, &mail).ok().json()["sent"], 2);
    let subjects: Vec<String> = mail
        .taken()
        .iter()
        .map(|it| it.field("Subject").to_owned())
        .collect();
    assert!(
        subjects[0].contains("data about you that we received"),
        "{subjects:?}"
    );
    assert!(subjects[1].contains("has changed"), "{subjects:?}");
    assert!(person.may(other).is_ok());
    assert!(person.readable("printers", "greetings"));
}

#[test]
fn promise_6c_telling_otherwise_fulfils_the_duty_and_a_policy_without_announcements_shows_it() {
    let without = policy().replacen("\n[announcements]\n", "\n[announcements-are-gone]\n", 1);
    let at = without.find("\n[announcements-are-gone]").unwrap();
    let end = without[at + 2..].find("\n# 10c").unwrap() + at + 2;
    let without = format!("{}{}", &without[..at], &without[end..]);
    let it = crate::installation::Installation::rehearsal(&without, "2026-01-05T10:00");
    it.around()
        .file("list.csv", "Name;Mail\nGarnier;z.garnier@example.org\n");
    let words = "no message can reach them";
    it.run(IMPORT.split_whitespace()).ok().says(words);
    it.run(["duties"]).ok().says("add [announcements]");
    let open = it.run(["duties", "--json"]).ok().json();
    let id = open["open"][0]["person"].as_str().unwrap().to_owned();
    it.run(["told", &id]).ok();
    let done = it.run(["duties", "--json"]).ok().json();
    assert_eq!((&done["due"], &done["done"]), (&json!(0), &json!(1)));
}

#[test]
fn promise_26a_the_site_shows_each_version_what_it_changed_and_for_a_while_that_it_did() {
    let it = crate::installation::Installation::rehearsal(&policy(), "2026-01-05T10:00");
    let mail = MailServer::start(it.around());
    let served = Served::start(it.around(), &mail.config());
    assert!(!served.get("/privacy").body.contains("This notice changed"));
    let words =
        "--kind contact --origin business-card --purpose contact-relations --purpose notices";
    let person = add(&it, words, &["contact-details.email=o.vasseur@example.org"]);
    it.at("2026-06-01T10:00");
    it.around().file("next/policy.toml", longer(2, 6));
    it.run(["apply", "next", "--yes"]).ok();
    // The server sends by itself.
    while mail.taken().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let told = || person.json("show {}")["told"]["version"].clone();
    while told() != 2 {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let proof = &entries(&person, "notice-sent")[0];
    assert_eq!(
        (&proof["account"], &proof["actor"]),
        (&json!("outbox"), &json!("job"))
    );

    let says = |path: &str, parts: &[&str]| {
        let page = served.get(path);
        assert_eq!(page.status, 200, "{path}");
        for part in parts {
            assert!(page.body.contains(part), "{path} does not say {part:?}");
        }
    };
    let since = "/privacy/versions/2/since/1";
    says(
        "/privacy",
        &[
            "This notice changed on ",
            "1 June 2026",
            since,
            "href=\"/privacy/versions\"",
        ],
    );
    let fr = "/privacy?language=fr";
    says(
        fr,
        &[
            "Cette politique a changé le ",
            "1er juin 2026",
            "Voir ce qui a changé",
        ],
    );
    let what = [
        "Projects have become longer.",
        "then 6 years",
        "A form to order",
    ];
    says("/privacy/versions", &what);
    says(
        "/privacy/versions",
        &["5 January 2026", "1 June 2026", "The first version."],
    );
    says(since, &what);
    says(
        since,
        &[
            "It concerns: contact.",
            "from the day on which the person was told",
        ],
    );
    says(
        "/privacy/versions/2/since/1?language=fr",
        &[
            "Les projets sont devenus plus longs.",
            "puis 6 ans",
            "Un formulaire de commande",
        ],
    );
    // The earlier version stays readable as it was.
    says(
        "/privacy/versions/1",
        &["5 years", "This version is no longer in force."],
    );
    for nowhere in [
        "/privacy/versions/7",
        "/privacy/versions/1/since/2",
        "/privacy/versions/x",
    ] {
        assert_eq!(served.get(nowhere).status, 404, "{nowhere}");
    }
    // Each record knows the version that it was collected under.
    assert_eq!(person.json("show {}")["records"][0]["policy-version"], 1);
    // After the time that the policy says, the notice is as it is.
    it.at("2026-09-01T23:00");
    assert!(served.get("/privacy").body.contains("This notice changed"));
    it.at("2026-09-02T01:00");
    assert!(!served.get("/privacy").body.contains("This notice changed"));
    served.end();
}
