//! 10i: holds.

use super::people::{contact, policy, rehearsal, sweep};

#[test]
fn promise_10i_a_hold_keeps_what_it_covers_closes_it_and_lets_passed_terms_take_effect() {
    let installation = rehearsal("2024-03-31T10:00");
    let person = contact(&installation);
    person.more(
        "--kind contact --origin conversation --purpose contact-relations",
        &["exchanges.exchange-text=Asked-about-prices"],
    );
    let place = "hold place {} --purpose contract-evidence --category identity \
                 --reason exchanges.exchange-text=Lawsuit-announced --origin written-by-us";
    // A hold has a reason and a day on which it is looked at again, which is to come.
    person
        .run("hold place {} --purpose contract-evidence --review 2030-01-01")
        .exits(2);
    person.run(&format!("{place} --review 2024-03-01")).exits(3);
    person
        .run(
            &place
                .replace("contract-evidence", "newsletters")
                .replace("place {}", "place {} --review 2030-01-01"),
        )
        .exits(3);
    let held = person.json(&format!("{place} --review 2029-06-30"));
    let hold = held["hold"].as_str().unwrap();

    // What it covers is closed to other use; what it does not cover goes on.
    let read = person.json("read {} --recipient client-relations --purpose contact-relations");
    let opened = read["records"].as_array().unwrap();
    assert!(opened.iter().all(|one| one["category"] == "exchanges"));
    assert_eq!(read["withheld"][0]["rule"], "hold");

    installation.at("2029-04-01T00:00");
    let swept = sweep(&installation);
    assert_eq!(swept, ["1 exchanges deleted by retention 10d"]);
    // The hold keeps its own reason, too.
    let shown = person.json("show {}");
    assert_eq!(shown["records"].as_array().unwrap().len(), 2);
    assert_eq!(shown["holds"][0]["overdue"], false);
    installation.at("2029-07-01T10:00");
    assert_eq!(person.json("show {}")["holds"][0]["overdue"], true);

    let lifted = person.json(&format!("hold lift {{}} --yes --hold {hold}"));
    assert_eq!(lifted["destroyed"], 1, "the reason goes with the hold");
    assert_eq!(
        sweep(&installation),
        ["1 identity anonymised by retention 10d"]
    );
    person.run("show {}").exits(5);
    let acts = person.acts();
    for act in ["hold-placed", "hold-lifted", "swept"] {
        assert!(acts.contains(&act.to_owned()), "{act}");
    }
}

#[test]
fn promise_10i_what_is_held_is_read_for_its_purpose_alone_and_a_late_hold_saves_nothing() {
    let installation = rehearsal("2024-03-31T10:00");
    let person = contact(&installation);
    let contract = person.fact("contract-signed --new-matter");
    person.more(
        &format!(
            "--kind client --origin order-form --purpose client-relations --matter {contract}"
        ),
        &["orders.order-reference=A-7"],
    );
    person.fact(&format!("contract-ended --matter {contract}"));
    person
        .run(&format!(
            "hold place {{}} --purpose contract-evidence --matter {contract} --review 2030-01-31 \
             --reason consent-proofs.consent-wording=Court-order --origin written-by-us"
        ))
        .ok();
    installation.at("2029-04-01T00:00");
    assert!(person.readable("legal-affairs", "contract-evidence"));
    assert!(!person.readable("client-relations", "client-relations"));
    // The contact's record expired before anything could hold it: the late hold does not keep it.
    assert!(
        person
            .run("show {}")
            .ok()
            .out()
            .contains("category identity")
    );
    person
        .run(
            "hold place {} --purpose contract-evidence --category identity --review 2030-01-31 \
             --reason consent-proofs.consent-wording=Court-order --origin written-by-us",
        )
        .ok();
    let shown = person.run("show {}").ok();
    assert!(
        !shown.out().contains("category identity"),
        "{}",
        shown.out()
    );
}

/// The default policy as a second version, in which a name is another one and not a rename.
fn second_without(section: &str, name: &str) -> String {
    let head = "\nversion = 2\nreason = { en = \"Another\", fr = \"Autre\" }\n";
    let declared = format!("[{section}.{name}]\n");
    let another = format!("[{section}.another]\nwas = \"none\"\n");
    let policy = policy().replacen("\nversion = 1\n", head, 1);
    assert!(policy.contains(&declared));
    policy
        .replace(&declared, &another)
        .replace(&format!("{section}.{name}"), &format!("{section}.another"))
        .replace(&format!("\"{name}\""), "\"another\"")
        .replace(&format!("\n{name} ="), "\nanother =")
}

#[test]
fn promise_10i_a_policy_that_would_end_a_hold_in_silence_is_refused() {
    let installation = rehearsal("2024-03-31T10:00");
    let person = contact(&installation);
    let held = person.json(
        "hold place {} --purpose contract-evidence --category identity --review 2029-06-30 \
         --reason exchanges.exchange-text=Lawsuit-announced --origin written-by-us",
    );
    let source = second_without("purposes", "contract-evidence");
    installation.around().file("second/policy.toml", source);
    let planned = installation.run(["plan", "second"]).ok();
    assert!(
        planned
            .out()
            .contains("1  purposes.contract-evidence: holds stand for it"),
        "{}",
        planned.out()
    );
    for dry_run in [true, false] {
        let word = if dry_run { "--dry-run" } else { "--yes" };
        let run = installation.run(["apply", "second", word, "--json"]);
        let fault = run.exits(3).error_json();
        assert_eq!(fault["rule"], "10i");
        let remedy = fault["remedy"].as_str().unwrap();
        assert!(remedy.contains("lift the hold first"), "{remedy}");
    }
    person.run("show {}").ok();
    // Once it is lifted, nothing stands in the way, and the person can still be read.
    let hold = held["hold"].as_str().unwrap();
    person
        .run(&format!("hold lift {{}} --yes --hold {hold}"))
        .ok();
    let planned = installation.run(["plan", "second", "--json"]).ok().json();
    assert_eq!(planned["obstacles"], serde_json::json!({}));
    installation.run(["apply", "second", "--yes"]).ok();
    let read = "read {} --recipient client-relations --purpose contact-relations";
    person.run(read).ok();
    person.run("met {} private").ok();
    person.run(read).ok();
}

#[test]
fn promise_3a_a_processor_that_records_name_is_not_forgotten() {
    let installation = rehearsal("2024-03-31T10:00");
    let person = contact(&installation);
    person.more(
        "--kind contact --origin conversation --purpose contact-relations --processor it-services",
        &["exchanges.exchange-text=Asked-about-prices"],
    );
    let source = second_without("processors", "it-services");
    installation.around().file("second/policy.toml", source);
    let planned = installation.run(["plan", "second"]).ok();
    let said = "1  processors.it-services: records were collected by it";
    assert!(planned.out().contains(said), "{}", planned.out());
    let run = installation.run(["apply", "second", "--yes", "--json"]);
    let fault = run.exits(3).error_json();
    assert_eq!(fault["rule"], "3a");
    let remedy = fault["remedy"].as_str().unwrap();
    assert!(remedy.contains("rename it with `was`"), "{remedy}");
    // It goes when the records have.
    installation.at("2029-04-01T10:00");
    sweep(&installation);
    installation.run(["apply", "second", "--yes"]).ok();
}
