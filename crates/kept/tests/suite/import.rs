//! `kept import`, on files that nobody here wrote.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::installation::Installation;
use crate::kept::Run;

const MORNING: &str = "2026-03-02T09:00";

fn house() -> Installation {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/assess-manager");
    let policy = fs::read_to_string(folder.join("policy.toml")).unwrap();
    Installation::rehearsal(&policy, MORNING)
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

const STATED: [&str; 8] = [
    "--source",
    "febrl",
    "--origin",
    "client-organisation",
    "--purpose",
    "client-relations",
    "--kind",
    "client-staff",
];

fn import(house: &Installation, file: &Path, more: &[&str]) -> Run {
    let file = file.display().to_string();
    let fixed = ["import", file.as_str()].into_iter().chain(STATED);
    house.run(fixed.chain(more.iter().copied()))
}

fn figure(run: &Run, name: &str) -> u64 {
    let data: Value = run.json();
    data["report"][name].as_u64().unwrap()
}

#[test]
fn an_import_shows_what_it_found_and_reports_what_it_did() {
    let house = house();
    let file = house.around().file(
        "people.csv",
        "ref;Prénom;Nom;Né le;tel;soc_sec_id\n\
         1; Zoé;Garnier;29/02/1984;06 12 34 56 78;77\n\
         2;Hugo;Petit;31/02/1990;;78\n\
         3;Hugo;Petit\n\
         4;;;;;79\n\
         5;Zoë;Garnier;28/02/1984;06 12 34 56 78;80\n",
    );
    let more = ["--external-id", "ref", "--drop", "soc_sec_id"];
    insta::assert_snapshot!(import(&house, &file, &more).ok().out(), @r"
    people.csv: UTF-8, semicolons, a header row

    column      goes to                    because
    ref         identity of the line       you said so
    Prénom      identity.first-name        the field's name or title
    Nom         identity.surname           the field's name or title
    Né le       identity.date-of-birth     another word for it
    tel         contact-details.telephone  another word for it
    soc_sec_id  dropped                    you said so

    5 lines read: 3 taken in (5 records), 0 there already, 2 refused.
    They are to be informed within a month (GDPR 14), and no message can reach them: the
    purpose of [announcements] is not stated, or no address comes in. Tell them otherwise,
    and record it with `kept told`; `kept duties` lists them.

    Refused
      1 line  the row has 3 cells where the file has 6 columns  line 4
      1 line  no cell gave a value                              line 5

    Left out (the line was taken in without the cell)
      1 cell  `Né le`: there is no such day in the calendar  line 3

    Repaired
      1 cell   `Prénom`: blanks around it were taken away            line 2
      2 cells  `Né le`: it was brought into the field's normal form  lines 2, 6
      2 cells  `tel`: it was brought into the field's normal form    lines 2, 6

    Likely the same person twice in the file: 1 pair (nothing was merged)
      lines 2 and 6, 93 % alike
    ");
}

#[test]
fn without_origin_purpose_and_kind_nothing_comes_in_and_the_choices_are_listed() {
    let house = house();
    let file = fixture("people-febrl-1.csv").display().to_string();
    let run = house
        .run(["import", &file, "--drop", "soc_sec_id"])
        .exits(2);
    let run = run.says("contact-details.postal-code");
    run.complains("does not state its source, origin, purpose and kind of person")
        .complains("organiser-list")
        .complains("client-staff");
}

#[test]
fn a_mapping_is_written_once_and_does_the_same_again() {
    let house = house();
    let file = fixture("people-febrl-1.csv");
    let more = [
        "--drop",
        "soc_sec_id",
        "--dry-run",
        "--write-mapping",
        "febrl.toml",
    ];
    import(&house, &file, &more).ok().says("dry run");
    import(&house, &file, &more)
        .exits(4)
        .complains("exists already");
    let name = file.display().to_string();
    let run = house
        .run(["import", &name, "--mapping", "febrl.toml", "--json"])
        .ok();
    assert_eq!(figure(&run, "taken-in"), 1_000);
    let pairs = run.json()["report"]["likely-duplicates"]["count"].as_u64();
    assert!(pairs > Some(480), "{pairs:?}");
}

#[test]
fn promise_5a_an_undeclared_column_is_refused_by_name_and_nothing_of_it_is_stored() {
    let house = house();
    let file = fixture("people-febrl-4a.csv");
    import(&house, &file, &[])
        .exits(3)
        .complains("`soc_sec_id` goes to no field")
        .complains("--drop 'soc_sec_id'");
    let run = import(&house, &file, &["--drop", "soc_sec_id", "--json"]).ok();
    assert_eq!(figure(&run, "taken-in"), 5_000);
    let again = import(&house, &file, &["--drop", "soc_sec_id", "--json"]).ok();
    assert_eq!(
        (figure(&again, "taken-in"), figure(&again, "there-already")),
        (0, 5_000)
    );
}

#[test]
fn promise_4a_an_import_without_a_legal_basis_is_refused_by_the_rule() {
    let house = house();
    let file = house
        .around()
        .file("clients.csv", "id,surname\n1,Moreau\n2,Petit\n");
    let file = file.display().to_string();
    // A client's data rests on a contract, which a list cannot open.
    let run = house.run([
        "import",
        &file,
        "--source",
        "crm",
        "--origin",
        "order-form",
        "--purpose",
        "client-relations",
        "--kind",
        "client",
    ]);
    run.exits(3).says("purposes.client-relations.basis");
}

#[test]
fn promise_6c_an_import_is_checked_line_by_line_and_reports_by_number_without_values() {
    let house = house();
    let file = fixture("people-febrl-1.csv");
    let more = [
        "--drop",
        "soc_sec_id",
        "--report",
        "report.json",
        "--strict",
        "--dry-run",
    ];
    let run = import(&house, &file, &more).ok();
    assert!(
        run.out().contains("there is no such day in the calendar"),
        "{}",
        run.out()
    );
    let report = fs::read_to_string(house.around().folder().join("report.json")).unwrap();
    let data: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(data["refused"]["count"], 3);
    for value in ["waller", "tullaroop", "harrington", "19150612"] {
        assert!(!report.contains(value) && !run.out().contains(value));
    }
}

#[test]
fn an_import_that_was_killed_goes_on_without_losing_or_doubling_anyone() {
    let house = house();
    let file = fixture("people-febrl-4a.csv").display().to_string();
    let line: Vec<&str> = ["import", file.as_str()]
        .into_iter()
        .chain(STATED)
        .chain(["--drop", "soc_sec_id", "--data", "D"])
        .collect();
    let mut child = house.around().command(&line).spawn().unwrap();
    thread::sleep(Duration::from_millis(1_500));
    child.kill().unwrap();
    child.wait().unwrap();
    let more = ["--drop", "soc_sec_id", "--json"];
    let run = import(&house, Path::new(&file), &more).ok();
    let (new, there) = (figure(&run, "taken-in"), figure(&run, "there-already"));
    assert_eq!(new + there, 5_000);
    let again = import(&house, Path::new(&file), &more).ok();
    assert_eq!(figure(&again, "there-already"), 5_000);
}
