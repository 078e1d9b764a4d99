//! 9c, 9a: the authorisation beside the policy, which narrows it and never widens it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use toml::Table;

use super::people::{Person, add, authorisation, authorised, policy};
use super::recipients::{Fields, fields, known_everywhere};
use crate::installation::Installation;
use crate::kept::Kept;

const NOON: &str = "2026-01-05T12:00";

/// The names in a list.
fn names(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|name| name.as_str().unwrap()).collect()
}

/// The fields of some that a list of categories and fields covers.
fn covered(list: &Value, of: &Fields) -> Fields {
    let names = names(list);
    let covers = |field: &&String| {
        let category = field.split('.').next().unwrap();
        names.contains(&field.as_str()) || names.contains(&category)
    };
    of.iter().filter(covers).cloned().collect()
}

/// Everything that a role may do, as `kept access what` tells it.
fn what(installation: &Installation, role: &str) -> Value {
    let answer = installation.run(["access", "what", role, "--json"]);
    answer.ok().json()
}

#[test]
fn promise_9c_each_role_reads_for_each_purpose_what_the_answers_say_and_nothing_else() {
    let roles: Table = authorisation().parse().unwrap();
    let policy: Table = policy().parse().unwrap();
    let installation = authorised("2026-01-05T10:00");
    let (person, stored) = known_everywhere(&installation);
    let mut held: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for record in person.json("show {}")["records"].as_array().unwrap() {
        for ground in record["grounds"].as_array().unwrap() {
            let purpose = ground["purpose"].as_str().unwrap().to_owned();
            let category = record["category"].as_str().unwrap().to_owned();
            held.entry(purpose).or_default().insert(category);
        }
    }
    let (mut opened, mut refused) = (0, 0);
    for role in roles["roles"].as_table().unwrap().keys() {
        let answer = what(&installation, role);
        for (purpose, said) in policy["purposes"].as_table().unwrap() {
            let lines = answer["may"].as_array().unwrap().iter();
            // The person was brought in by whoever reads; no matter is named.
            let granted: Fields = lines
                .filter(|line| line["purpose"] == **purpose && line["only"] != "matter")
                .filter(|line| names(&line["actions"]).contains(&"read"))
                .flat_map(|line| covered(&line["data"], &stored))
                .filter(|field| {
                    let category = field.split('.').next().unwrap();
                    let held = held.get(purpose);
                    held.is_some_and(|held| held.contains(category))
                })
                .collect();
            let run = person.run(&format!(
                "read {{}} --role {role} --purpose {purpose} --json"
            ));
            let given: Fields = match run.code() {
                Some(0) => fields(&run.json()),
                _ => {
                    run.exits(3);
                    refused += 1;
                    Fields::new()
                }
            };
            let what = format!("{role} for {purpose}");
            assert!(
                given.is_subset(&granted),
                "{what}: {given:?}, not {granted:?}"
            );
            if said["nature"].as_str() == Some("use") {
                assert_eq!(given, granted, "{what}");
            }
            opened += usize::from(!given.is_empty());
        }
    }
    assert!(
        opened > 20 && refused > 300,
        "{opened} opened, {refused} refused"
    );
    let acts = person.json("trace {}");
    let acts = acts["acts"].as_array().unwrap().iter();
    let in_roles = acts.filter(|act| act["act"] == "read" && act["role"].is_string());
    assert_eq!(in_roles.count(), opened);
}

#[test]
fn promise_9c_who_and_what_are_one_answer_from_two_sides() {
    let installation = Installation::authorised(&policy(), &authorisation(), NOON);
    let _serving = installation.serve();
    let files: [Table; 2] = [policy(), authorisation()].map(|text| text.parse().unwrap());
    let [policy, roles] = &files;
    let mut by_role: BTreeSet<String> = BTreeSet::new();
    for role in roles["roles"].as_table().unwrap().keys() {
        let answer = what(&installation, role);
        for line in answer["may"].as_array().unwrap() {
            tell(&mut by_role, role, line["purpose"].as_str().unwrap(), line);
        }
    }
    let mut by_data: BTreeSet<String> = BTreeSet::new();
    let categories = policy["categories"].as_table().unwrap().keys();
    for (place, category) in categories.enumerate() {
        for (number, (purpose, said)) in policy["purposes"].as_table().unwrap().iter().enumerate() {
            // What a purpose does not use nobody may do anything with: a few of those are asked too.
            let mut uses = said["uses"].as_array().unwrap().iter();
            let used = uses.any(|it| it.as_str().unwrap().split('.').next() == Some(category));
            if !used && (place + number) % 20 != 0 {
                continue;
            }
            let line = ["access", "who", category, "--purpose", purpose, "--json"];
            let answer = installation.run(line).ok().json();
            let roles = answer["roles"].as_array().unwrap();
            assert!(used || roles.is_empty(), "{category} for {purpose}");
            for role in roles {
                for line in role["may"].as_array().unwrap() {
                    tell(&mut by_data, role["role"].as_str().unwrap(), purpose, line);
                }
            }
        }
    }
    assert!(by_role.len() > 300, "{}", by_role.len());
    assert_eq!(by_role, by_data);
}

/// One line for each act and each name of data.
fn tell(told: &mut BTreeSet<String>, role: &str, purpose: &str, line: &Value) {
    for action in names(&line["actions"]) {
        for data in names(&line["data"]) {
            for kind in names(&line["kinds"]) {
                let only = &line["only"];
                told.insert(format!("{role} {action} {data} {kind} {purpose} {only}"));
            }
        }
    }
}

#[test]
fn promise_9c_the_file_is_readable_and_the_answers_name_conditions_and_the_ceiling() {
    let installation = Installation::authorised(&policy(), &authorisation(), NOON);
    let run = |words: &str| {
        let run = installation.run(words.split_whitespace());
        run.ok().out().to_owned()
    };
    insta::assert_snapshot!(run(
        "access who contact-details.email --purpose contact-relations"
    ));
    insta::assert_snapshot!(run("access who claim-evidence --purpose dispute-evidence"));
    insta::assert_snapshot!(run("access what canvassing"));
    insta::assert_snapshot!(run("access what access-rights"));
    insta::assert_snapshot!(run("access what it"));
    let unknown = installation.run(["access", "what", "janitor"]).exits(2);
    insta::assert_snapshot!(unknown.err());
}

#[test]
fn promise_9c_a_file_that_goes_beyond_the_policy_is_never_taken() {
    let beyond = authorisation().replacen(
        "purposes = [\"security\"]",
        "purposes = [\"security\", \"client-relations\"]",
        1,
    );
    let kept = Kept::new();
    kept.file("policy.toml", policy());
    kept.file("authorisation.toml", &beyond);
    let check = kept.run(["check", "."]).exits(2);
    insta::assert_snapshot!(check.out());
    let init = ["init", "--policy", ".", "--data", "D"];
    insta::assert_snapshot!(kept.run(init).exits(2).err());
    assert!(!kept.folder().join("D").exists(), "nothing was made");
    // In an installation the one in force stays.
    let installation = Installation::authorised(&policy(), &authorisation(), NOON);
    let second = beyond.replacen(
        "version = 1\n",
        "version = 2\nreason = { en = \"More\", fr = \"Plus\" }\n",
        1,
    );
    installation.around().file("authorisation.toml", second);
    for command in ["plan", "apply"] {
        installation
            .run([command, "policy.toml"])
            .exits(2)
            .complains("may read nothing for `client-relations`");
    }
    assert_eq!(what(&installation, "it")["authorisation-version"], 1);
}

/// A contact met at work whose data this account brought in.
fn brought_in_by<'a>(installation: &'a Installation, account: &str) -> Person<'a> {
    let words = "--kind contact --met professional --origin business-card \
                 --purpose contact-relations --as";
    add(
        installation,
        &format!("{words} {account}"),
        &[
            "identity.surname=Vasseur",
            "contact-details.email=o@example.org",
        ],
    )
}

#[test]
fn promise_9c_own_clients_are_read_by_their_own_and_by_nobody_else_in_the_role() {
    let installation = authorised(NOON);
    let person = brought_in_by(&installation, "p.duval");
    let read = "read {} --role canvassing --purpose contact-relations --as";
    let own = person.run(&format!("{read} p.duval")).ok();
    insta::assert_snapshot!(person.installation.around().without_what_varies(own.out()));
    let other = person.run(&format!("{read} l.morel")).exits(3);
    insta::assert_snapshot!(other.err());
    let refusal = person.run(&format!("{read} l.morel --json")).exits(3);
    assert_eq!(refusal.error_json()["rule"], "roles.canvassing.grants");
    // The same recipient's ceiling is not the role's: the operator's read is as before.
    person
        .run("read {} --recipient canvassing --purpose contact-relations --as l.morel")
        .ok();
    let trace = person.run("trace {}").ok();
    assert!(trace.out().contains("role canvassing"), "{}", trace.out());
}

#[test]
fn promise_9c_the_people_of_a_dispute_are_read_within_it_alone() {
    let installation = authorised(NOON);
    let client = brought_in_by(&installation, "c.roux");
    let contract = client.fact("contract-signed --new-matter");
    let dispute = client.fact("dispute-opened --new-matter");
    client.more(
        "--kind client --origin written-by-us --purpose legal-claims",
        &["exchanges.exchange-text=The invoice is contested"],
    );
    let another = brought_in_by(&installation, "p.duval");
    let elsewhere = another.fact("dispute-opened --new-matter");
    let read = |matter: &str| {
        client.run(&format!(
            "read {{}} --role legal-affairs --purpose legal-claims {matter} --json"
        ))
    };
    let refused = |matter: &str| {
        let error = read(matter).exits(3).error_json();
        assert_eq!(error["rule"], "roles.legal-affairs.grants");
    };
    refused("");
    refused(&format!("--matter {elsewhere}"));
    // A contract has a matter too, and is no dispute.
    refused(&format!("--matter {contract}"));
    let given = read(&format!("--matter {dispute}")).ok().json();
    assert_eq!(
        fields(&given),
        Fields::from(["exchanges.exchange-text".to_owned()])
    );
    let why = given["records"][0]["granted"].as_str().unwrap();
    assert!(
        why.contains("about the people of one named matter alone"),
        "{why}"
    );
}

#[test]
fn promise_9c_each_version_is_registered_says_who_gains_and_loses_and_holds_at_once() {
    let installation = authorised(NOON);
    let person = brought_in_by(&installation, "p.duval");
    let read = "read {} --role canvassing --purpose contact-relations --as p.duval --json";
    person.run(read).ok();
    let second = authorisation()
        .replacen(
            "version = 1\n",
            "version = 2\nreason = { en = \"New teams\", fr = \"Nouvelles équipes\" }\n",
            1,
        )
        .replacen("[roles.canvassing]", "[roles.new-business]\nwas = \"canvassing\"", 1)
        .replace("roles.canvassing.", "roles.new-business.")
        .replacen(
            "actions = [\"read\", \"find\", \"correct\", \"record-facts\", \"object\"]\npurposes = [\"contact-relations\", \"quotations\"]",
            "actions = [\"read\", \"find\", \"correct\", \"record-facts\", \"object\"]\npurposes = [\"quotations\"]",
            1,
        );
    installation.around().file("authorisation.toml", &second);
    let plan = installation.run(["plan", "policy.toml"]).ok();
    insta::assert_snapshot!(plan.out());
    let plan = installation
        .run(["plan", "policy.toml", "--json"])
        .ok()
        .json();
    assert!(plan["rights"][1]["loses"].as_bool().unwrap(), "{plan}");
    person.run(read).ok();
    let applied = installation
        .run(["apply", "policy.toml", "--json"])
        .ok()
        .json();
    assert_eq!(applied["authorisation-version"], 2);
    person.run(read).exits(2);
    let renamed = read.replace("canvassing", "new-business");
    let error = person.run(&renamed).exits(3).error_json();
    assert_eq!(error["rule"], "roles.new-business.grants");
    // What was read in the role before is told under its name of today.
    let acts = person.json("trace {}");
    let acts = acts["acts"].as_array().unwrap().iter();
    let read: Vec<_> = acts.filter(|act| act["act"] == "read").collect();
    assert_eq!(read.len(), 2);
    assert!(
        read.iter().all(|act| act["role"] == "new-business"),
        "{read:?}"
    );
    // Backwards is no way.
    installation
        .around()
        .file("authorisation.toml", authorisation());
    installation
        .run(["apply", "policy.toml"])
        .exits(2)
        .complains("version 1 does not follow version 2");
}

#[test]
fn promise_9c_a_policy_that_takes_the_ground_away_needs_an_authorisation_that_goes_with_it() {
    let installation = authorised(NOON);
    let version = |text: String| {
        text.replacen(
            "version = 1\n",
            "version = 2\nreason = { en = \"Less\", fr = \"Moins\" }\n",
            1,
        )
    };
    let less = version(policy()).replacen(
        "[recipients.canvassing.reads]\ncanvassing = \"all\"\ncontact-relations = \"all\"\nquotations = \"all\"",
        "[recipients.canvassing.reads]\ncanvassing = \"all\"\ncontact-relations = \"all\"",
        1,
    );
    let around = installation.around();
    around.file("alone/policy.toml", &less);
    installation
        .run(["apply", "alone"])
        .exits(3)
        .complains("the authorisation in force does not go with the new policy");
    around.file("both/policy.toml", &less);
    let goes_with_it = version(authorisation())
        .replace(
            "[\"collect\", \"link\"]\npurposes = [\"contact-relations\", \"quotations\"]",
            "[\"collect\", \"link\"]\npurposes = [\"contact-relations\"]",
        )
        .replace(
            "\"record-facts\", \"object\"]\npurposes = [\"contact-relations\", \"quotations\"]",
            "\"record-facts\", \"object\"]\npurposes = [\"contact-relations\"]",
        );
    around.file("both/authorisation.toml", goes_with_it);
    let plan = installation.run(["plan", "both"]).ok();
    assert!(
        plan.out()
            .contains("“Canvassing” loses, about one’s own clients alone, for “Quotations"),
        "{}",
        plan.out()
    );
    installation.run(["apply", "both", "--yes", "--json"]).ok();
    assert_eq!(
        what(&installation, "canvassing")["authorisation-version"],
        2
    );
}

#[test]
fn promise_9a_administering_reads_nobody_and_no_role_reads_beyond_its_recipient() {
    let installation = authorised(NOON);
    let (person, _) = known_everywhere(&installation);
    // Who gives roles and applies policies acts as no recipient at all.
    person
        .run("read {} --role access-rights --purpose client-relations")
        .exits(3)
        .complains("administers, and reads nobody's data");
    // Who turns the keys reads the security logs, and is refused every client's file.
    person.run("read {} --role it --purpose security").ok();
    for purpose in ["client-relations", "contact-relations", "canvassing"] {
        let error = person
            .run(&format!("read {{}} --role it --purpose {purpose} --json"))
            .exits(3)
            .error_json();
        assert_eq!(error["rule"], "recipients.it");
    }
    let acts = person.json("trace {}");
    let acts = acts["acts"].as_array().unwrap().iter();
    let refused = acts.filter(|act| act["act"] == "read-refused" && act["role"] == "it");
    assert_eq!(refused.count(), 3);
}
