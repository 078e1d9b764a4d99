//! 9b, 9c, 21a: what an account may do today, as its name at the command line shows it.

use serde_json::Value;

use super::people::{Person, Rehearsal, authorised, contact};
use crate::kept::Run;
use crate::policies;

/// Runs a line, in which `_` stands for a space within a word.
fn run(it: &Rehearsal, line: &str) -> Run {
    let words = line.split_whitespace();
    it.run(words.map(|word| word.replace('_', " ")).collect::<Vec<_>>())
}

fn json(it: &Rehearsal, line: &str) -> Value {
    run(it, &format!("{line} --json")).ok().json()
}

/// An account that holds roles.
fn account(it: &Rehearsal, handle: &str, roles: &[&str]) {
    let roles: String = roles.iter().map(|role| format!(" --role {role}")).collect();
    run(
        it,
        &format!(
            "account add --name Camille_Roux --email {handle}@quai.example --handle {handle}{roles}"
        ),
    )
    .ok();
}

/// Publishes the undertaking as it is shipped, or a later version of it.
fn publish(it: &Rehearsal, version: u32, asks_again: bool) {
    let file = "documents/confidentiality-undertaking.toml";
    let shipped = std::fs::read_to_string(policies::assess_manager().join(file)).unwrap();
    let head = format!(
        "version = {version}\nreason = {{ en = \"Again\", fr = \"Encore\" }}\naccept-again = \
         {asks_again}\n"
    );
    let source = match version {
        1 => shipped,
        _ => shipped.replacen("version = 1\n", &head, 1),
    };
    it.around().file("undertaking.toml", source);
    run(it, "documents publish undertaking.toml").ok();
}

/// A read in a role by an account: the rule that refuses it, if one does.
fn reads(person: &Person<'_>, by: &str, role: &str) -> Option<String> {
    let line = format!("read {{}} --purpose contact-relations --role {role} --as {by} --json");
    let run = person.run(&line);
    match run.code() {
        Some(0) => {
            let records = run.json()["records"].clone();
            assert!(!records.as_array().unwrap().is_empty());
            None
        }
        _ => Some(
            run.exits(3).error_json()["rule"]
                .as_str()
                .unwrap()
                .to_owned(),
        ),
    }
}

const ROLE: &str = "client-relations";
const OVERDUE: &str = "authorisation.reviewed-every";

#[test]
fn promise_9b_nobody_reads_before_the_undertaking_is_accepted_and_renewed() {
    let it = authorised("2026-01-05T10:00");
    let person = contact(&it);
    account(&it, "c.roux", &[ROLE]);
    let read = || reads(&person, "c.roux", ROLE);
    let missing = || Some("authorisation.undertaking".to_owned());
    assert_eq!(read(), missing(), "no version is published");
    run(&it, "account accept --yes --as c.roux")
        .exits(5)
        .complains("no version of the undertaking is published");
    publish(&it, 1, false);
    assert_eq!(read(), missing());
    // It is shown, in one's language, and nothing is taken that was not asked about.
    run(&it, "account accept --as c.roux --language fr")
        .exits(2)
        .says("Engagement de confidentialité")
        .complains("was not accepted");
    run(&it, "account accept --dry-run --as c.roux")
        .ok()
        .says("I am given access to personal data");
    assert_eq!(read(), missing());
    run(&it, "account accept --yes --as nobody").exits(5);
    run(&it, "account accept --yes --as c.roux")
        .ok()
        .says("accepts version 1; it counts until 2027-01-05");
    assert_eq!(read(), None);
    run(&it, "account show c.roux")
        .ok()
        .says("version 1, accepted 2026-01-05, until 2027-01-05");

    // The last day, and the day after.
    it.at("2026-07-01T10:00");
    run(&it, "account review c.roux client-relations").ok();
    it.at("2026-12-31T10:00");
    run(&it, "account review c.roux client-relations").ok();
    it.at("2027-01-05T23:59");
    assert_eq!(read(), None);
    it.at("2027-01-06T00:00");
    let overdue = "authorisation.undertaking-renewed-every";
    assert_eq!(read(), Some(overdue.to_owned()));
    run(&it, "account show c.roux")
        .ok()
        .says("was to be accepted again by 2027-01-05");
    run(&it, "account accept --yes --as c.roux").ok();
    assert_eq!(read(), None);
}

#[test]
fn promise_9b_acceptances_are_kept_with_what_was_said_and_a_new_version_may_ask_for_another() {
    let it = authorised("2026-01-05T10:00");
    let person = contact(&it);
    account(&it, "c.roux", &[ROLE]);
    publish(&it, 1, false);
    run(&it, "account accept --yes --as c.roux").ok();
    let read = || reads(&person, "c.roux", ROLE);
    it.later("1 day");
    publish(&it, 2, false);
    assert_eq!(read(), None, "it does not ask");
    it.later("1 day");
    publish(&it, 3, true);
    assert_eq!(read(), Some("authorisation.undertaking".to_owned()));
    let shown = json(&it, "account show c.roux");
    let missing = &shown["undertaking"]["missing"]["why"];
    assert!(
        missing.as_str().unwrap().contains("new version"),
        "{missing}"
    );
    run(&it, "account accept --yes --as c.roux").ok();
    assert_eq!(read(), None);
    // Both stand in the trace of its holder, each with its version.
    let trace = json(&it, &format!("trace {}", shown["person"].as_str().unwrap()));
    let acts = trace["acts"].as_array().unwrap().iter();
    let accepted = acts.filter(|act| act["act"] == "undertaking-accepted");
    let versions: Vec<&str> = accepted
        .inspect(|act| assert_eq!(act["account"], "c.roux"))
        .map(|act| act["rule"].as_str().unwrap())
        .collect();
    let document = "documents.confidentiality-undertaking";
    let expected = [1, 3].map(|version| format!("{document}, version {version}"));
    assert_eq!(versions, expected);
}

#[test]
fn promise_21a_a_role_that_nobody_confirmed_opens_nothing_and_says_so() {
    let it = authorised("2026-01-05T10:00");
    let person = contact(&it);
    account(&it, "c.roux", &[ROLE]);
    publish(&it, 1, false);
    run(&it, "account accept --yes --as c.roux").ok();
    let read = |by: &str| reads(&person, by, ROLE);
    it.at("2026-07-05T23:59");
    assert_eq!(read("c.roux"), None);
    it.at("2026-07-06T00:00");
    assert_eq!(read("c.roux"), Some(OVERDUE.to_owned()));
    run(&it, "account show c.roux")
        .ok()
        .says("opens nothing: it was to be confirmed by 2026-07-05, and nobody has");
    run(&it, "access account c.roux")
        .ok()
        .says("opens nothing: it was to be confirmed by 2026-07-05");
    assert!(json(&it, "access account c.roux")["roles"][0]["may"].is_null());
    // The refusal stands in the trace of whoever tried.
    let shown = json(&it, "account show c.roux");
    let trace = json(&it, &format!("trace {}", shown["person"].as_str().unwrap()));
    let refused = trace["acts"].as_array().unwrap().iter();
    let mut refused = refused.filter(|act| act["act"] == "duty-refused");
    assert_eq!(refused.next().unwrap()["rule"], OVERDUE);
    run(&it, "account review c.roux client-relations").ok();
    assert_eq!(read("c.roux"), None);
    // Who does not hold it, does not read in it; who left, neither.
    assert_eq!(
        reads(&person, "c.roux", "line-managers").as_deref(),
        Some("21a")
    );
    run(&it, "account withdraw c.roux client-relations").ok();
    assert_eq!(read("c.roux").as_deref(), Some("21a"));
    run(&it, "account grant c.roux client-relations").ok();
    run(&it, "account disable c.roux").ok();
    assert_eq!(read("c.roux").as_deref(), Some("21a"));
}

#[test]
fn promise_21a_rights_are_confirmed_by_others_and_nobody_is_locked_out_for_good() {
    let it = authorised("2026-01-05T10:00");
    account(&it, "a.petit", &["access-rights"]);
    account(&it, "b.morel", &["access-rights"]);
    account(&it, "d.lenoir", &["internal-audit"]);
    account(&it, "e.garcia", &["marketing"]);
    let confirm = |role: &str, of: &str, by: &str| {
        run(&it, &format!("account review {of} {role} --as {by} --json"))
    };
    let rule = |run: Run| run.exits(3).error_json()["rule"].clone();
    let admin = "access-rights";
    assert_eq!(
        rule(confirm(admin, "a.petit", "a.petit")),
        "21a",
        "one's own"
    );
    assert_eq!(
        rule(confirm(admin, "a.petit", "e.garcia")),
        "roles.access-rights.reviewed-by"
    );
    confirm(admin, "a.petit", "b.morel").ok();
    confirm(admin, "a.petit", "d.lenoir").ok();
    assert_eq!(
        rule(confirm("marketing", "e.garcia", "d.lenoir")),
        "roles.marketing.reviewed-by"
    );
    confirm("marketing", "e.garcia", "a.petit").ok();
    // Overdue themselves, they confirm nobody.
    it.at("2026-08-01T10:00");
    for by in ["b.morel", "d.lenoir"] {
        rule(confirm(admin, "a.petit", by));
    }
    // The way back: the owner of the machine, and the journal says so.
    confirm(admin, "a.petit", "machine-owner").ok();
    confirm(admin, "b.morel", "a.petit").ok();
    let shown = json(&it, "account show a.petit");
    let trace = json(&it, &format!("trace {}", shown["person"].as_str().unwrap()));
    let acts = trace["acts"].as_array().unwrap();
    let done = acts
        .iter()
        .rfind(|act| act["act"] == "review-done")
        .unwrap();
    assert_eq!(done["account"], "machine-owner");
    assert_eq!(done["actor"], "command-line");
    let refused = acts.iter().filter(|act| act["act"] == "write-refused");
    assert_eq!(refused.count(), 4, "each refusal is traced");
}

#[test]
fn promise_21a_what_is_due_is_said_before_it_closes() {
    let it = authorised("2026-01-05T10:00");
    account(&it, "c.roux", &[ROLE]);
    account(&it, "a.petit", &["access-rights"]);
    publish(&it, 1, false);
    run(&it, "key add website --role marketing --until 2026-12-31").ok();
    let due = |within: &str| {
        let due = json(&it, &format!("access review{within}"))["due"].clone();
        let due = due.as_array().unwrap().clone();
        let line = |one: &Value| {
            let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
            let whose = text("account") + &text("program");
            (text("what"), whose, text("due"), one["overdue"] == true)
        };
        due.iter().map(line).collect::<Vec<_>>()
    };
    let line = |what: &str, whose: &str, day: &str, overdue| {
        (what.to_owned(), whose.to_owned(), day.to_owned(), overdue)
    };
    // Whoever administers alone reads nothing, and undertakes nothing.
    assert_eq!(due(""), [line("undertaking", "c.roux", "", true)]);
    run(&it, "account accept --yes --as c.roux").ok();
    assert!(due("").is_empty());
    assert_eq!(due(" --within 365").len(), 4);
    it.at("2026-06-05T10:00");
    assert_eq!(due("").len(), 3, "two roles and a key, thirty days ahead");
    run(&it, "account review c.roux client-relations").ok();
    it.at("2026-07-06T10:00");
    let day = "2026-07-05";
    let closed = [
        line("role", "a.petit", day, true),
        line("key", "website", day, true),
    ];
    assert_eq!(due(""), closed);
    run(&it, "access review")
        .ok()
        .says("closed since 2026-07-05  the role access-rights of a.petit")
        .says("whoever has the role internal-audit, or administers rights");
    run(&it, "key list").ok().says("it opens nothing");
    let keys = json(&it, "key list");
    let key = keys["keys"][0]["key"].as_str().unwrap();
    run(&it, &format!("key review {key}")).ok();
    run(&it, "key list").ok().says("open until 2027-01-06");
}

#[test]
fn promise_9c_what_an_account_may_do_is_what_its_open_roles_may() {
    let it = authorised("2026-01-05T10:00");
    account(&it, "c.roux", &["marketing", ROLE]);
    publish(&it, 1, false);
    let may = || json(&it, "access account c.roux");
    let roles = |answer: &Value| {
        let roles = answer["roles"].as_array().unwrap().clone();
        let text = |one: &Value| one["role"].as_str().unwrap().to_owned();
        roles
            .iter()
            .map(|one| (text(one), one["may"].clone()))
            .collect::<Vec<_>>()
    };
    let what = |role: &str| json(&it, &format!("access what {role}"))["may"].clone();
    let expected = |names: &[&str]| {
        let each = names.iter().map(|name| ((*name).to_owned(), what(name)));
        each.collect::<Vec<_>>()
    };
    let mut held = roles(&may());
    held.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(held, expected(&[ROLE, "marketing"]));
    assert_eq!(may()["roles"][0]["unread"], "authorisation.undertaking");
    run(&it, "account accept --yes --as c.roux").ok();
    assert!(may()["roles"][0]["unread"].is_null());
    // And so it reads: for each role what `kept access what` says, nothing of a role it lacks.
    let person = contact(&it);
    for (role, opens) in [(ROLE, true), ("marketing", false), ("logistics", false)] {
        assert_eq!(reads(&person, "c.roux", role).is_none(), opens, "{role}");
    }
    run(&it, "account withdraw c.roux marketing").ok();
    assert_eq!(roles(&may()), expected(&[ROLE]));
    run(&it, "account disable c.roux").ok();
    assert_eq!(may()["access"], false);
    assert!(may()["roles"].as_array().unwrap().is_empty());
}
