//! Import, from a file to people who are held: once, twice, interrupted, changed.

use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use domain::FaultKind;
use domain::subject::ObjectedTo;
use policy::model::ErasureGround;
use services::import::run::Progress;
use services::import::{Mapping, Options, Plan, Report, look};
use services::{Acting, Kept};

use crate::common::{House, acting};

const STATED: &str = r#"
    [import]
    source = "febrl"
    origin = "client-organisation"
    purposes = ["client-relations"]
    kind = "client-staff"
    person = "professional"
"#;

fn acting_dry(dry_run: bool) -> Acting {
    Acting {
        dry_run,
        ..acting()
    }
}

fn house() -> House {
    House::new("2026-03-01T09:00:00Z")
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../kept/tests/fixtures")
        .join(name)
}

fn options(settings: &str) -> Options {
    Options {
        settings: Mapping::parse(settings).unwrap().import,
        drop: vec!["soc_sec_id".to_owned()],
        ..Options::default()
    }
}

fn plan(kept: &Kept, file: &Path, options: &Options) -> Plan {
    let law = kept.law();
    let looked = look(law.policy(), file, options).unwrap();
    Plan::new(law.policy(), &looked, options).unwrap()
}

fn import(kept: &Kept, plan: &Plan) -> Report {
    kept.import(plan, &acting(), &mut |_| ControlFlow::Continue(()))
        .unwrap()
}

fn people(kept: &Kept) -> u64 {
    let count = kept.vault().data().read(|reader| reader.subject_count());
    count.unwrap()
}

fn written(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

#[test]
fn five_thousand_people_come_in_once_however_often_the_import_runs() {
    let house = house();
    let kept = &house.kept;
    let plan = plan(kept, &fixture("people-febrl-4a.csv"), &options(STATED));

    let dry = kept
        .import(&plan, &acting_dry(true), &mut |_| ControlFlow::Continue(()))
        .unwrap();
    assert_eq!((dry.taken_in, people(kept)), (5_000, 0));

    // Interrupted after the second batch, as by a key.
    let mut batches = 0;
    let mut stop = |_: Progress| {
        batches += 1;
        if batches == 2 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let first = kept.import(&plan, &acting(), &mut stop).unwrap();
    assert!(!first.finished);
    assert_eq!((first.taken_in, people(kept)), (1_000, 1_000));

    let second = import(kept, &plan);
    assert!(second.finished);
    assert_eq!(second.there_already, 1_000);
    assert_eq!((second.taken_in, people(kept)), (4_000, 5_000));
    assert_eq!(second.refused_count(), 0);

    let House { kept, folder } = house;
    drop(kept);
    let again = Kept::open(&folder.path().join("kept"), None).unwrap();
    let third = import(&again, &plan);
    assert_eq!((third.there_already, third.taken_in), (5_000, 0));
    assert_eq!(people(&again), 5_000);
}

#[test]
fn likely_duplicates_are_reported_and_nobody_is_merged() {
    let house = house();
    let kept = &house.kept;
    let plan = plan(kept, &fixture("people-febrl-1.csv"), &options(STATED));
    let report = import(kept, &plan);
    assert_eq!((report.taken_in, people(kept)), (1_000, 1_000));
    assert!(report.duplicates_count > 480, "{}", report.duplicates_count);
    assert!(!report.cells.is_empty());
}

const CONTACTS: &str = r#"
    [import]
    source = "fair"
    origin = "organiser-list"
    purposes = ["contact-relations", "newsletters"]
    kind = "contact"
    person = "professional"
"#;

fn contacts(kept: &Kept, text: &str, settings: &str, update: bool) -> Report {
    let file = written(text);
    let options = Options {
        update,
        drop: Vec::new(),
        ..options(settings)
    };
    import(kept, &plan(kept, file.path(), &options))
}

#[test]
fn a_line_that_changed_is_reported_and_replaces_what_is_held_only_when_told() {
    let house = house();
    let kept = &house.kept;
    let before = "id,surname,email\n1,Moreau,c.moreau@exemple.fr\n2,Petit,h.petit@exemple.fr\n";
    let after = before.replace("c.moreau", "camille.moreau");
    assert_eq!(contacts(kept, before, CONTACTS, false).taken_in, 2);

    let report = contacts(kept, &after, CONTACTS, false);
    assert_eq!(
        (report.there_already, report.changed.numbers.as_slice()),
        (1, &[2][..])
    );
    let found = |mail: &str| {
        let law = kept.law();
        let field = law.policy().field_named("contact-details.email").unwrap();
        let value = domain::value::Value::Text(mail.to_owned());
        kept.find(field, &value, &acting().actor).unwrap().len()
    };
    assert_eq!(
        (
            found("c.moreau@exemple.fr"),
            found("camille.moreau@exemple.fr")
        ),
        (1, 0)
    );

    let report = contacts(kept, &after, CONTACTS, true);
    assert_eq!((report.there_already, report.updated.count), (1, 1));
    assert_eq!(
        (
            found("c.moreau@exemple.fr"),
            found("camille.moreau@exemple.fr")
        ),
        (0, 1)
    );
    assert_eq!(people(kept), 2);

    let report = contacts(kept, &after, CONTACTS, true);
    assert_eq!((report.there_already, report.updated.count), (2, 0));
}

#[test]
fn a_file_without_identifiers_is_known_by_its_values() {
    let house = house();
    let kept = &house.kept;
    let text = "Nom;Courriel\nMoreau;c.moreau@exemple.fr\nPetit;h.petit@exemple.fr\n";
    assert_eq!(contacts(kept, text, CONTACTS, false).taken_in, 2);
    let spaced = text.replace("Moreau;", " MOREAU ;");
    let report = contacts(kept, &spaced, CONTACTS, false);
    assert_eq!((report.taken_in, people(kept)), (0, 2));
}

#[test]
fn a_rule_that_refuses_a_line_is_named() {
    let house = house();
    let kept = &house.kept;
    let text = "id,surname,email,collected on\n\
        1,Moreau,c.moreau@exemple.fr,2025-11-03\n\
        2,Petit,h.petit@exemple.fr,2018-01-31\n\
        3,Garnier,z.garnier@exemple.fr,2031-01-31\n\
        4,Lambert,r.lambert@exemple.fr,soon\n";
    let dated = format!("{CONTACTS}collected = {{ column = \"collected on\" }}\n");
    let report = contacts(kept, text, &dated, false);
    assert_eq!((report.taken_in, report.refused_count()), (1, 3));
    let text = report.text();
    // 6c: data that is past its term by the day it was collected does not come in.
    assert!(text.contains("retention 10d"), "{text}");
    assert!(text.contains("holds no date"), "{text}");

    // 8a: a client's data rests on a contract, which a list cannot open.
    let client = CONTACTS.replace("\"contact\"", "\"client\"");
    let client = client.replace(
        "\"contact-relations\", \"newsletters\"",
        "\"client-relations\"",
    );
    let text = "id,surname,email\n8,Faure,l.faure@exemple.fr\n";
    let report = contacts(kept, text, &client, false);
    assert_eq!(report.taken_in, 0);
    assert!(
        report.text().contains("purposes.client-relations.basis"),
        "{}",
        report.text()
    );
    assert_eq!(people(kept), 1);
}

#[test]
fn somebody_who_is_held_already_under_another_source_is_reported() {
    let house = house();
    let kept = &house.kept;
    let text = "id,surname,email\n1,Moreau,c.moreau@exemple.fr\n";
    contacts(kept, text, CONTACTS, false);
    let report = contacts(kept, text, &CONTACTS.replace("fair", "crm"), false);
    assert_eq!(report.taken_in, 1);
    assert_eq!(report.held_already["contact-details.email"].numbers, [2]);
}

#[test]
fn a_policy_that_changed_after_the_plan_is_noticed() {
    let house = house();
    let kept = &house.kept;
    let file = written("id,surname\n1,Moreau\n");
    let options = Options {
        drop: Vec::new(),
        ..options(CONTACTS)
    };
    let mut plan = plan(kept, file.path(), &options);
    plan.policy_version += 1;
    let fault = kept
        .import(&plan, &acting(), &mut |_| ControlFlow::Continue(()))
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::Conflict);
}

#[test]
fn somebody_who_objects_to_canvassing_does_not_come_back_by_a_list() {
    let house = house();
    let kept = &house.kept;
    let text = "id,surname,email\n1,Moreau,c.moreau@exemple.fr\n2,Petit,h.petit@exemple.fr\n";
    contacts(kept, text, CONTACTS, false);
    let law = kept.law();
    let field = law.policy().field_named("contact-details.email").unwrap();
    let value = domain::value::Value::Text("c.moreau@exemple.fr".to_owned());
    let person = kept.find(field, &value, &acting().actor).unwrap()[0];
    kept.object(person, ObjectedTo::Canvassing, None, &acting())
        .unwrap();
    // The same address, from another source: while the person is held, and after an erasure.
    for source in ["crm", "rented"] {
        let report = contacts(kept, text, &CONTACTS.replace("fair", source), false);
        assert_eq!(report.suppressed.numbers, [2], "{source}");
        assert_eq!(report.taken_in, 1);
        let reason = ErasureGround::NoLongerNecessary;
        let _ = kept.forget(person, reason, None, &acting());
    }
    assert_eq!(kept.find(field, &value, &acting().actor).unwrap().len(), 0);
}

#[test]
fn what_a_person_put_right_is_found_and_stays_when_the_same_file_comes_again() {
    let house = house();
    let kept = &house.kept;
    let text = "id,surname,email\n1,Moreau,c.moreau@exemple.fr\n2,Petit,h.petit@exemple.fr\n";
    contacts(kept, text, CONTACTS, false);
    let law = kept.law();
    let field = law.policy().field_named("contact-details.email").unwrap();
    let find = |mail: &str| {
        let value = domain::value::Value::Text(mail.to_owned());
        kept.find(field, &value, &acting().actor).unwrap()
    };
    let person = find("c.moreau@exemple.fr")[0];
    let before = kept.person(person, &law).unwrap().subject;
    let wrong = before
        .records
        .iter()
        .find(|held| held.category == field.category);
    let wrong = wrong.unwrap().clone();
    let mail = |text: &str| {
        let value = domain::value::Value::Text(text.to_owned());
        domain::Personal::new(domain::value::Payload([(field.field, value)].into()))
    };
    let correction = services::correct::Correction {
        record: wrong.id,
        values: mail("camille.moreau@exemple.fr"),
        cleared: Vec::new(),
    };
    let done = kept.correct(person, &correction, &acting()).unwrap();
    assert!(find("c.moreau@exemple.fr").is_empty());
    assert_eq!(find("camille.moreau@exemple.fr"), [person]);

    // On the same grounds, since the same day; the wrong one is gone.
    let after = kept.person(person, &law).unwrap().subject;
    assert!(after.records.iter().all(|held| held.id != wrong.id));
    let right = after.records.iter().find(|held| held.id == done.record);
    let right = right.unwrap();
    assert_eq!(
        (right.collected, &right.grounds),
        (wrong.collected, &wrong.grounds)
    );
    assert_ne!(right.key, wrong.key);

    // Said again, nothing happens.
    let again = services::correct::Correction {
        record: done.record,
        ..correction
    };
    assert!(
        kept.correct(person, &again, &acting())
            .unwrap()
            .acted
            .is_none()
    );

    // The list that the wrong value came from knows the person still, and brings it not back.
    let report = contacts(kept, text, CONTACTS, true);
    assert_eq!((report.there_already, report.updated.count), (2, 0));
    assert_eq!(people(kept), 2);
    assert_eq!(find("camille.moreau@exemple.fr"), [person]);
}
