//! 9d: no command touches personal data without a trace, whatever comes of it; and the trace holds
//! against those who keep it.
//!
//! What goes out goes as a copy, a page, a file or a message that a command makes, and each of these
//! has a row below, since the table is held against the command line's own list.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

use ::kept::cli::Cli;
use clap::CommandFactory as _;
use serde_json::Value;

use super::people::{
    Person, Rehearsal, add, adding, authorisation, contact, policy, rehearsal, rehearsal_shipped,
};
use crate::mail_server::MailServer;
use crate::policies;

/// What a command does with personal data.
enum Row {
    /// Nothing, and why.
    Nothing(&'static str),
    /// It is about one person, or several, who find this act in their traces.
    Of(&'static str, fn(&Rehearsal) -> String),
    /// It counts everybody and singles nobody out: this act in the journal.
    Everybody(&'static str, fn(&Rehearsal)),
}

use Row::{Everybody, Nothing, Of};

const PROOF: &str = "--origin electronic-form --proof consent-proofs.consent-wording=I-agree \
                     --proof consent-proofs.consent-means=form";
const PLACE: &str = "hold place {} --purpose contract-evidence --category identity --review \
                     2030-01-01 --reason exchanges.exchange-text=Announced --origin written-by-us";
const TABLE: &[(&str, Row)] = &[
    (
        "demo",
        Nothing("it makes an installation of invented people, by the use cases below"),
    ),
    ("check", Nothing("a policy's text")),
    ("explain", Nothing("a policy's text")),
    ("register", Nothing("a policy's text")),
    ("notice", Nothing("a policy's text")),
    ("init", Nothing("an installation without people")),
    (
        "backup",
        Everybody("backup-made", |it| {
            let _ = std::fs::create_dir(it.around().folder().join("B"));
            it.run(["backup", "--to", "B"]).ok();
        }),
    ),
    (
        "restore",
        Nothing(
            "it makes an installation of what another had; backups.rs shows what its trace says",
        ),
    ),
    (
        "drill",
        Everybody("backup-verified", |it| {
            let _ = std::fs::create_dir(it.around().folder().join("B"));
            it.run(["keys", "ship"]).ok();
            it.run(["backup", "--to", "B"]).ok();
            it.run(["drill", "--keyring", "C"]).ok();
        }),
    ),
    (
        "join",
        Nothing("one more folder of an installation that is on servers"),
    ),
    ("add", Of("record-written", |it| contact(it).id)),
    (
        "import",
        Of("record-written", |it| {
            let found = find(it, "z.garnier@example.org");
            assert!(found.is_empty());
            it.around()
                .file("people.csv", "Name;Mail\nGarnier;z.garnier@example.org\n");
            let line = "import people.csv --source fair --origin business-card --kind contact \
                    --purpose contact-relations --met professional --column Name=identity.surname \
                    --column Mail=contact-details.email";
            it.run(line.split_whitespace()).ok();
            find(it, "z.garnier@example.org").remove(0)
        }),
    ),
    (
        "find",
        Of("looked-up", |it| {
            let person = contact(it);
            let card = "--kind contact --origin business-card --purpose contact-relations";
            person.more(card, &["contact-details.email=odile@example.org"]);
            assert_eq!(
                find(it, "odile@example.org"),
                std::slice::from_ref(&person.id)
            );
            person.id
        }),
    ),
    ("people", Of("looked-up", |it| on(it, "people"))),
    ("show", Of("looked-up", |it| on(it, "show {}"))),
    (
        "read",
        Of("read", |it| {
            on(
                it,
                "read {} --recipient client-relations --purpose contact-relations",
            )
        }),
    ),
    (
        "may",
        Of("looked-up", |it| {
            on(it, "may {} --purpose contact-relations")
        }),
    ),
    (
        "fact",
        Of("fact-recorded", |it| {
            on(
                it,
                "fact --person {} transaction-opened --new-matter --manner sale",
            )
        }),
    ),
    (
        "organisation add",
        Nothing("an organisation has no personal data"),
    ),
    (
        "organisation list",
        Everybody("counted", |it| {
            it.run(["organisation", "list"]).ok();
        }),
    ),
    (
        "organisation show",
        Of("looked-up", |it| {
            let (person, organisation) = linked(it);
            it.run(["organisation", "show", &organisation]).ok();
            person
        }),
    ),
    ("organisation link", Of("linked", |it| linked(it).0)),
    (
        "organisation unlink",
        Of("unlinked", |it| {
            let (person, organisation) = linked(it);
            it.run([
                "organisation",
                "unlink",
                &person,
                "--organisation",
                &organisation,
            ])
            .ok();
            person
        }),
    ),
    ("met", Of("subject-changed", |it| on(it, "met {} private"))),
    (
        "consent give",
        Of("consent-given", |it| {
            on(
                it,
                &format!("consent give {{}} --purpose newsletters {PROOF}"),
            )
        }),
    ),
    (
        "consent withdraw",
        Of("consent-withdrawn", |it| {
            let person = on(
                it,
                &format!("consent give {{}} --purpose newsletters {PROOF}"),
            );
            it.run(["consent", "withdraw", &person, "--purpose", "newsletters"])
                .ok();
            person
        }),
    ),
    ("object", Of("objection-made", |it| on(it, "object {}"))),
    (
        "correct",
        Of("record-updated", |it| {
            let person = contact(it);
            let shown = person.json("show {}");
            let record = shown["records"][0]["record"].as_str().unwrap().to_owned();
            person
                .run(&format!(
                    "correct {{}} --record {record} --field identity.surname=Lenoir"
                ))
                .ok();
            person.id
        }),
    ),
    (
        "restrict",
        Of("restriction-set", |it| {
            on(it, "restrict {} --category identity")
        }),
    ),
    ("hold place", Of("hold-placed", |it| on(it, PLACE))),
    (
        "hold lift",
        Of("hold-lifted", |it| {
            let person = contact(it);
            let hold = person.json(PLACE)["hold"].as_str().unwrap().to_owned();
            person
                .run(&format!("hold lift {{}} --yes --hold {hold}"))
                .ok();
            person.id
        }),
    ),
    ("told", Of("told", |it| on(it, "told {}"))),
    ("copy", Of("copy-made", |it| on(it, "copy {}"))),
    (
        "count",
        Everybody("counted", |it| {
            it.run(["count"]).ok();
        }),
    ),
    (
        "statistics",
        Everybody("counted", |it| {
            it.run(["statistics"]).ok();
        }),
    ),
    ("documents list", Nothing("texts, which are everybody's")),
    ("documents show", Nothing("texts, which are everybody's")),
    ("documents publish", Nothing("texts, which are everybody's")),
    (
        "accept",
        Of("document-accepted", |it| {
            let folder = policies::assess_manager();
            it.run(["documents", "publish", folder.to_str().unwrap()])
                .ok();
            let accept = "accept {} --document terms-of-business --origin electronic-form";
            on(it, accept)
        }),
    ),
    ("trace", Of("trace-shown", |it| on(it, "trace {}"))),
    (
        "forget",
        Of("erased", |it| {
            on(it, "forget {} --yes --reason no-longer-necessary")
        }),
    ),
    (
        "sweep",
        Of("swept", |it| {
            let person = contact(it);
            it.later("6 years");
            it.run(["sweep"]).ok();
            person.id
        }),
    ),
    (
        "plan",
        Everybody("planned", |it| {
            it.around().file("second/policy.toml", second());
            it.run(["plan", "second"]).ok();
        }),
    ),
    (
        "apply",
        Of("grounds-ended", |it| {
            // What had expired by then is ended first.
            let person = contact(it);
            it.later("6 years");
            it.around().file("second/policy.toml", second());
            it.run(["apply", "second", "--yes"]).ok();
            person.id
        }),
    ),
    (
        "journal verify",
        Nothing("whether the trace is whole; it shows none of it"),
    ),
    ("journal checkpoint", Nothing("hashes")),
    (
        "journal new-origin",
        Nothing("hashes, and a reason that names nobody"),
    ),
    (
        "journal roll-key",
        Nothing("a signing key, and nobody's data"),
    ),
    (
        "journal prove",
        Of("trace-shown", |it| {
            let person = contact(it);
            it.run(["journal", "checkpoint"]).ok();
            let trace = person.json("trace {}");
            let entry = trace["acts"][0]["entry"].to_string();
            it.run(["journal", "prove", &entry]).ok();
            person.id
        }),
    ),
    (
        "journal prune",
        Nothing("details past their term, and the trace says which"),
    ),
    ("keys", Nothing("keys; what they open stays closed")),
    (
        "move",
        Nothing("where the databases are; every row is carried sealed, as it is"),
    ),
    (
        "distribute",
        Nothing("on which machine each row is; none is looked at"),
    ),
    ("clock", Nothing("the time")),
    ("serve", Nothing("it carries out the commands above")),
    (
        "bench gdprbench",
        Nothing("it measures an installation of its own, of nobody's data, by the use cases above"),
    ),
    ("config check", Nothing("the server's settings")),
    ("config in-force", Nothing("the server's settings")),
    ("config accept-weaker", Nothing("the server's settings")),
    ("access who", Nothing("an authorisation's text")),
    ("access what", Nothing("an authorisation's text")),
    (
        "access account",
        Nothing("an account's identifier with its roles: the name stays closed"),
    ),
    (
        "access review",
        Nothing("identifiers of accounts with roles and dates: names stay closed"),
    ),
    (
        "announce send",
        Of("notice-sent", |it| {
            let mail = MailServer::start(it.around());
            let words = "--kind contact --origin partner --purpose contact-relations \
                         --purpose notices";
            let person = add(it, words, &["contact-details.email=p.roux@example.org"]);
            it.around().file("kept.toml", mail.config());
            it.run(["announce", "send", "--config", "kept.toml"]).ok();
            person.id
        }),
    ),
    (
        "announce status",
        Nothing("how many were told of which version, and nobody's data"),
    ),
    (
        "duties",
        Everybody("counted", |it| {
            it.run(["duties"]).ok();
        }),
    ),
    ("account add", Of("account-made", |it| account(it).1)),
    (
        "account list",
        Nothing("identifiers of accounts with roles and dates: names stay closed"),
    ),
    (
        "account show",
        Nothing("an account's identifier with roles and dates: the name stays closed"),
    ),
    (
        "account sessions",
        Nothing("an account's identifier with dates: the name stays closed"),
    ),
    (
        "account grant",
        Of("role-granted", |it| {
            on_account(it, "account grant {} logistics")
        }),
    ),
    (
        "account accept",
        Of("undertaking-accepted", |it| {
            roles_with_an_undertaking(it);
            let (account, person) = account(it);
            it.run(["account", "accept", "--yes", "--as", &account])
                .ok();
            person
        }),
    ),
    (
        "account review",
        Of("review-done", |it| {
            on_account(it, "account review {} marketing")
        }),
    ),
    (
        "account withdraw",
        Of("role-withdrawn", |it| {
            on_account(it, "account withdraw {} marketing")
        }),
    ),
    (
        "account link",
        Of("link-issued", |it| on_account(it, "account link {}")),
    ),
    (
        "account disable",
        Of("account-disabled", |it| {
            on_account(it, "account disable {}")
        }),
    ),
    (
        "account enable",
        Of("account-made", |it| {
            let (account, person) = account(it);
            for act in ["disable", "enable"] {
                it.run(["account", act, &account]).ok();
            }
            person
        }),
    ),
    (
        "account revoke",
        Nothing("sessions, which begin in a browser: traced where there is one to end"),
    ),
    (
        "account remove",
        Nothing("ways to sign in, which are added in a browser: traced where there is one"),
    ),
    ("key add", Nothing("a program's key, and nobody's data")),
    ("key list", Nothing("programs' keys, and nobody's data")),
    ("key review", Nothing("a program's key, and nobody's data")),
    ("key revoke", Nothing("a program's key, and nobody's data")),
    ("webhook add", Nothing("an address, and nobody's data")),
    ("webhook list", Nothing("addresses, and nobody's data")),
    ("webhook remove", Nothing("an address, and nobody's data")),
    (
        "webhook replay",
        Nothing("what is sent again stood in the journal when it was sent first"),
    ),
    (
        "webhook deliveries",
        Nothing("messages by their identifiers, and nobody's"),
    ),
    (
        "link issue",
        Of("link-issued", |it| on(it, "link issue {}")),
    ),
];

/// An account with a role, and its person.
fn account(it: &Rehearsal) -> (String, String) {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let (handle, email) = (
        format!("c.roux.{number}"),
        format!("c.roux.{number}@quai.example"),
    );
    let made = it.run([
        "account",
        "add",
        "--name",
        "Camille Roux",
        "--email",
        &email,
        "--handle",
        &handle,
        "--role",
        "marketing",
        "--json",
    ]);
    let made = made.ok().json();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("account"), text("person"))
}

/// An authorisation that asks for an undertaking, and the undertaking.
fn roles_with_an_undertaking(it: &Rehearsal) {
    let around = it.around();
    let document = "documents/confidentiality-undertaking.toml";
    let source = std::fs::read(policies::assess_manager().join(document)).unwrap();
    around.file("undertaking.toml", source);
    around.file("roles/policy.toml", policy());
    around.file("roles/authorisation.toml", authorisation());
    it.run(["apply", "roles", "--yes"]).ok();
    it.run(["documents", "publish", "undertaking.toml"]).ok();
}

/// Runs a command on an account that was just made.
fn on_account(it: &Rehearsal, words: &str) -> String {
    let (account, person) = account(it);
    let words = words.split(' ').map(|word| word.replace("{}", &account));
    it.run(words.collect::<Vec<_>>()).ok();
    person
}

/// Runs a command on a person who was just added.
fn on(it: &Rehearsal, words: &str) -> String {
    let person = contact(it);
    person.run(words).ok();
    person.id
}

fn find(it: &Rehearsal, address: &str) -> Vec<String> {
    let found = it.run([
        "find",
        "--field",
        "contact-details.email",
        address,
        "--json",
    ]);
    let people = found.ok().json()["people"].clone();
    let people = people.as_array().unwrap().iter();
    people.map(|one| one.as_str().unwrap().to_owned()).collect()
}

fn linked(it: &Rehearsal) -> (String, String) {
    let added = it.run(["organisation", "add", "--json"]).ok().json();
    let organisation = added["organisation"].as_str().unwrap().to_owned();
    let person = on(
        it,
        &format!("organisation link {{}} --organisation {organisation}"),
    );
    (person, organisation)
}

/// The default policy as a second version.
fn second() -> String {
    let reason = "reason = { en = \"Another version\", fr = \"Une autre version\" }";
    let policy = policy();
    let second = policy.replacen("\nversion = 1\n", &format!("\nversion = 2\n{reason}\n"), 1);
    assert_ne!(policy, second);
    second
}

/// The commands that the command line has, those that hold others left out for these.
fn commands() -> BTreeSet<String> {
    let mut cli = Cli::command();
    cli.build();
    let mut names = BTreeSet::new();
    for command in cli.get_subcommands().filter(|one| one.get_name() != "help") {
        let nested: Vec<String> = command
            .get_subcommands()
            .map(|one| one.get_name().to_owned())
            .filter(|name| name != "help")
            .collect();
        // Keys and clock are one thing each, whatever is done with them.
        if nested.is_empty() || matches!(command.get_name(), "keys" | "clock") {
            names.insert(command.get_name().to_owned());
        } else {
            names.extend(
                nested
                    .iter()
                    .map(|one| format!("{} {one}", command.get_name())),
            );
        }
    }
    names
}

/// What an entry lacks of who, when, which categories, what for, on which basis, under which
/// version of the policy. Whose is known: it stands in the person's own trace.
fn lacks(entry: &Value) -> Vec<&'static str> {
    let word = |name: &str| entry[name].as_str().is_some_and(|it| !it.is_empty());
    let grounds = || entry["grounds"].as_array().unwrap().iter();
    let refused = entry["act"]
        .as_str()
        .is_some_and(|act| act.ends_with("refused"));
    let has = [
        ("who", word("account")),
        ("when", word("at")),
        (
            "which categories",
            entry["categories"]
                .as_array()
                .is_some_and(|it| !it.is_empty()),
        ),
        (
            "what for",
            word("purpose") || word("rule") || grounds().count() > 0,
        ),
        // What is refused rests on nothing: the rule says why.
        (
            "on which basis",
            word("basis")
                || grounds().any(|one| one["basis"].is_string())
                || refused && word("rule"),
        ),
        (
            "which version",
            entry["policy-version"].as_u64().is_some_and(|it| it > 0),
        ),
    ];
    let lacking = has.into_iter().filter(|(_, has)| !has);
    lacking.map(|(what, _)| what).collect()
}

/// The last entry before a new checkpoint, as its proof shows it to an outsider.
fn last(it: &Rehearsal) -> Value {
    let published = it.run(["journal", "checkpoint", "--json"]).ok().json();
    let last = published["size"].as_u64().unwrap() - 1;
    it.run(["journal", "prove", &last.to_string(), "--json"])
        .ok()
        .json()
}

#[test]
fn promise_9d_every_command_has_a_row_that_says_what_it_does_with_personal_data() {
    let rows: BTreeSet<String> = TABLE.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(rows.len(), TABLE.len());
    let without: Vec<_> = commands().difference(&rows).cloned().collect();
    assert!(
        without.is_empty(),
        "no row says what these leave in the trace: {without:?}"
    );
    let gone: Vec<_> = rows.difference(&commands()).cloned().collect();
    assert!(gone.is_empty(), "no such command any more: {gone:?}");
    let silent = TABLE.iter().filter(|(_, row)| matches!(row, Nothing("")));
    assert_eq!(silent.count(), 0, "a row without a reason");
}

#[test]
fn promise_9d_whatever_a_command_does_with_personal_data_stands_in_the_trace() {
    let mut missing = Vec::new();
    let all = rehearsal_shipped("2026-03-01T09:00", &["C"]);
    for (name, row) in TABLE {
        // What waits for a term has a time of its own.
        let alone = matches!(*name, "sweep" | "apply" | "account accept")
            .then(|| rehearsal("2026-03-01T09:00"));
        let it = alone.as_ref().unwrap_or(&all);
        match row {
            Nothing(_) => {}
            Of(act, run) => {
                let id = run(it);
                let person = Person {
                    installation: it,
                    id,
                };
                let acts = person.json("trace {}")["acts"].clone();
                let acts = acts.as_array().unwrap().iter();
                let found: Vec<&Value> = acts.filter(|one| one["act"] == *act).collect();
                match found.first() {
                    None => missing.push(format!("{name}: no {act}")),
                    Some(entry) if !lacks(entry).is_empty() => {
                        missing.push(format!("{name}: {act} lacks {:?}", lacks(entry)));
                    }
                    Some(_) => {}
                }
            }
            Everybody(act, run) => {
                run(it);
                let entry = last(it);
                let told = entry["act"] == *act
                    && entry["account"].is_string()
                    && entry["at"].is_string()
                    && entry["policy-version"] == 1;
                if !told {
                    missing.push(format!("{name}: {entry}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn promise_9d_what_is_refused_leaves_a_trace_too_and_none_of_the_values() {
    const VALUE: &str = "Qwertzuiop";
    let it = rehearsal("2026-03-01T09:00");
    let person = contact(&it);
    let refused = [
        (
            "add --to {} --kind contact --origin business-card --purpose newsletters --field \
             feedback.feedback-text=Qwertzuiop",
            "write-refused",
        ),
        (
            "consent give {} --purpose contact-relations --origin electronic-form --proof \
             exchanges.exchange-text=Qwertzuiop",
            "write-refused",
        ),
        (
            "fact --person {} transaction-opened --new-matter --manner sale --on 2031-01-01T10:00",
            "write-refused",
        ),
        (
            "hold place {} --purpose newsletters --review 2030-01-01 --reason \
             exchanges.exchange-text=Qwertzuiop --origin written-by-us",
            "write-refused",
        ),
        ("told {} --version 7", "write-refused"),
        (
            "read {} --recipient client-relations --purpose canvassing",
            "read-refused",
        ),
    ];
    for (words, act) in refused {
        person.run(words).exits(3);
        let acts = person.json("trace {}")["acts"].clone();
        let acts = acts.as_array().unwrap();
        let entry = acts
            .iter()
            .rev()
            .find(|one| one["act"] != "trace-shown")
            .unwrap();
        assert_eq!(entry["act"], act, "{words}");
        assert!(entry["rule"].is_string(), "{words}");
        assert_eq!(lacks(entry), Vec::<&str>::new(), "{words}: {entry}");
        assert!(!entry.to_string().contains(VALUE), "{words}");
    }
    // Nobody is held who was refused: the try is told all the same.
    let words = "--kind contact --origin rented-database --purpose contact-relations";
    adding(&it, words, &["identity.surname=Qwertzuiop"]).exits(3);
    let entry = last(&it);
    assert_eq!(entry["act"], "write-refused");
    assert!(entry["subject"].is_null() && entry["rule"].is_string());
    assert!(!entry.to_string().contains(VALUE));
}

#[test]
fn promise_9d_thousands_of_refused_lines_are_one_entry_that_counts_them() {
    let it = rehearsal("2026-03-01T09:00");
    let lines: String = (0..1_200).map(|n| format!("Qwertzuiop{n}\n")).collect();
    it.around().file("rented.csv", format!("Name\n{lines}"));
    let line = "import rented.csv --source rented --origin rented-database --kind contact \
                --purpose contact-relations --column Name=identity.surname";
    it.run(line.split_whitespace()).exits(3);
    let published = it.run(["journal", "checkpoint", "--json"]).ok().json();
    let size = published["size"].as_u64().unwrap();
    assert!(size < 10, "{size} entries");
    let told = (0..size).filter_map(|entry| {
        let proof = it
            .run(["journal", "prove", &entry.to_string(), "--json"])
            .ok()
            .json();
        (proof["act"] == "write-refused").then_some(proof)
    });
    let told: Vec<Value> = told.collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["count"], 1_200);
    assert!(told[0]["rule"].is_string() && told[0]["subject"].is_null());
    assert!(!told[0].to_string().contains("Qwertz"));
}

#[test]
fn promise_9d_what_a_dry_run_tells_of_a_person_is_traced_as_a_look() {
    let it = rehearsal("2026-03-01T09:00");
    let person = add(
        &it,
        "--kind contact --met professional --origin business-card --purpose contact-relations",
        &["identity.surname=Vasseur"],
    );
    person
        .run("forget {} --yes --reason no-longer-necessary --dry-run")
        .ok();
    let acts = person.acts();
    assert_eq!(acts[acts.len() - 2], "looked-up");
}
