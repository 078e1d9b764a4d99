//! 4a, 9a, 9c, 9d, 19a and 21a through the console of staff: the same as `doors` and `trace` show at
//! the command line.

use super::people::{authorisation, policy};
use super::recipients::known_everywhere;
use crate::installation::Installation;
use crate::policies;
use crate::staffed::{Staffed, version};

/// A house with somebody about whom much is held, and the accounts that are named with their roles.
fn house(accounts: &[(&str, &[&str])]) -> (Staffed, String) {
    house_of(accounts, Staffed::of)
}

/// The same, served in another way.
pub(crate) fn house_of(
    accounts: &[(&str, &[&str])],
    serve: fn(Installation) -> Staffed,
) -> (Staffed, String) {
    let installation = Installation::authorised(&policy(), &authorisation(), "2026-01-05T10:00");
    let folder = policies::assess_manager();
    let documents = ["documents", "publish", folder.to_str().unwrap()];
    installation.run(documents).ok();
    let id = known_everywhere(&installation).0.id;
    for (handle, roles) in accounts {
        let email = format!("{handle}@quai.example");
        let mut line = vec![
            "account",
            "add",
            "--as",
            "j.hamon",
            "--name",
            "Camille Roux",
        ];
        line.extend(["--email", &email, "--handle", handle]);
        for role in *roles {
            line.extend(["--role", role]);
        }
        installation.run(line).ok();
    }
    (serve(installation), id)
}

/// What a form is answered with.
type Answers<'a> = &'a [(&'a str, &'a str)];

/// The names of the acts in a person's trace, with the roles that they were done in.
fn acts(house: &Staffed, id: &str) -> Vec<(String, Option<String>)> {
    let acts = house.kept.trace(
        id.parse().unwrap(),
        &domain::Actor::new(
            domain::ActorKind::CommandLine,
            domain::Account::parse("owner").unwrap(),
        ),
        services::Destination::Screen,
    );
    let acts = acts.unwrap().acts.into_iter();
    acts.map(|act| (act.act.to_owned(), act.role)).collect()
}

#[test]
fn promise_9a_two_roles_see_different_fields_of_one_person_in_the_console() {
    let roles: &[&str] = &["marketing", "administration"];
    let (house, id) = house(&[("c.roux", roles)]);
    let person = format!("/console/people/{id}");
    let staff = house.sign_in("c.roux", "marketing.newsletters");
    let page = staff.page(&person);
    assert!(page.contains("Vasseur") && page.contains("o.vasseur@example.org"));
    for closed in [
        "A-7",
        "C-7",
        "+33240000001",
        "Atelier Nord",
        "Asked about prices",
    ] {
        assert!(!page.contains(closed), "marketing saw {closed}");
    }
    // Whatever stays closed says by which rule, and no title or address says whose page it is.
    assert!(page.contains("<code>recipients.marketing</code>"));
    assert!(
        !page.contains("Money-laundering") && !page.contains("footage"),
        "what is no use for it"
    );
    let title = page.split("</title>").next().unwrap();
    assert!(!title.contains("Vasseur"));
    staff.at_work("administration.client-relations");
    let page = staff.page(&person);
    assert!(page.contains("A-7") && page.contains("C-7"), "its orders");
    assert!(!page.contains("Asked about prices"), "no exchange");
    // The list reads names for the purpose, and a search carries its value in the body alone.
    staff.at_work("marketing.newsletters");
    assert!(staff.page("/console/people").contains("Vasseur, Odile"));
    let found = staff.post("/console/people", &[("field", "*name"), ("value", "vass")]);
    assert_eq!(found.status, 200);
    assert!(found.body.contains("Vasseur, Odile") && found.body.contains(&person));
    let mail = [("field", "email"), ("value", "o.vasseur@example.org")];
    let found = staff.post("/console/people", &mail);
    assert_eq!(
        (found.status, found.field("location")),
        (303, Some(person.as_str()))
    );
    let nobody = staff.post(
        "/console/people",
        &[("field", "email"), ("value", "x@example.org")],
    );
    assert!(nobody.status == 200 && !nobody.body.contains("x@example.org"));
    let read = acts(&house, &id);
    for role in ["marketing", "administration"] {
        let act = ("read".to_owned(), Some(role.to_owned()));
        assert!(read.contains(&act), "{read:?}");
    }
}

#[test]
fn promise_9c_a_role_does_what_it_is_granted_and_a_refusal_names_its_rule() {
    let (house, id) = house(&[
        ("c.roux", &["marketing"]),
        ("d.petit", &["data-protection-officer"]),
        ("i.blanc", &["it"]),
    ]);
    let person = format!("/console/people/{id}");
    let staff = house.sign_in("c.roux", "marketing.newsletters");
    let page = staff.page(&person);
    for act in ["fact", "consent", "objection"] {
        assert!(
            page.contains(&format!("{person}/{act}\"")),
            "{act} is offered"
        );
    }
    for act in ["erasure", "restriction", "hold", "copy", "told"] {
        assert!(!page.contains(&format!("{person}/{act}\"")), "{act} is not");
        let answer = staff.get(&format!("{person}/{act}"));
        assert_eq!(answer.status, 403, "{act}: {}", answer.body);
        assert!(
            answer.body.contains("<code>roles.marketing"),
            "{act}: {}",
            answer.body
        );
    }
    // Rooms of administration are closed, by their rule.
    for (room, right) in [
        ("accounts", "accounts"),
        ("keys", "webhooks"),
        ("journal", "journal"),
        ("health", "health"),
    ] {
        let answer = staff.get(&format!("/console/{room}"));
        assert_eq!(answer.status, 403, "{room}");
        assert!(answer.body.contains(right), "{room}: {}", answer.body);
    }
    let answer = staff.get(&format!("/console/trace/{id}"));
    assert_eq!(answer.status, 403, "{}", answer.body);
    // A purpose that the role has no grant for opens nothing, and says so.
    staff.at_work("marketing.quotations");
    let page = staff.page(&person);
    assert!(!page.contains("Vasseur"), "{page}");
    // The policy lets nobody of marketing read for it, whatever the role: not even what is held.
    assert!(page.contains("<code>recipients.marketing"), "{page}");
    assert!(
        !page.contains("Money-laundering") && !page.contains("footage"),
        "{page}"
    );
    let officer = house.sign_in("d.petit", "data-protection-officer.rights-requests");
    // Whoever runs the system enters its rooms, and no file.
    let it = house.sign_in("i.blanc", "it");
    for room in [
        "health",
        "keys",
        "keys/new",
        "journal",
        "policy",
        "policy/what?role=it",
    ] {
        it.page(&format!("/console/{room}"));
    }
    assert_eq!(
        it.get(&person).status,
        303,
        "nothing is opened without a purpose"
    );
    staff.at_work("marketing.newsletters");
    for room in ["calendar", "organisations", "policy/versions"] {
        staff.page(&format!("/console/{room}"));
    }
    let trace = officer.page(&format!("/console/trace/{id}"));
    assert!(trace.contains("Read refused"), "{trace}");
}

#[test]
fn promise_19a_a_use_for_another_purpose_is_refused_in_the_console() {
    let (house, id) = house(&[("c.roux", &["client-relations"])]);
    let person = format!("/console/people/{id}");
    let staff = house.sign_in("c.roux", "client-relations.contact-relations");
    assert!(staff.page(&person).contains("Vasseur"));
    // The same role, the same name, a purpose for which it was not collected.
    staff.at_work("client-relations.quotations");
    let page = staff.page(&person);
    assert!(!page.contains("Vasseur"));
    assert!(page.contains("<code>purposes.quotations"), "{page}");
}

#[test]
fn promise_9d_every_act_of_the_console_is_in_the_trace_with_its_role() {
    let (house, id) = house(&[("d.petit", &["data-protection-officer"])]);
    let person = format!("/console/people/{id}");
    let staff = house.sign_in("d.petit", "data-protection-officer.rights-requests");
    let proof = [
        ("purpose", "newsletters"),
        ("f-consent-wording", "I agree"),
        ("f-consent-means", "form"),
        ("origin", "electronic-form"),
    ];
    let table: [(&str, Answers<'_>, &str); 9] = [
        (
            "fact",
            &[("kind", "case-closed"), ("about", "new")],
            "fact-recorded",
        ),
        ("consent", &proof, "consent-given"),
        (
            "withdrawal",
            &[("purpose", "newsletters"), ("confirm", "yes")],
            "consent-withdrawn",
        ),
        ("told", &[("told", "1"), ("on", "2026-01-05")], "told"),
        ("restriction", &[], "restriction-set"),
        (
            "record",
            &[
                ("category", "cases"),
                ("f-case-request", "A second copy"),
                ("purpose", "rights-requests"),
                ("origin", "conversation"),
                ("kind", "contact"),
            ],
            "record-written",
        ),
        ("copy", &[("form", "json"), ("tongue", "en")], "copy-made"),
        (
            "objection",
            &[("to", "*canvassing"), ("confirm", "yes")],
            "objection-made",
        ),
        (
            "erasure",
            &[
                ("reason", "unlawful"),
                ("category", "feedback"),
                ("confirm", "yes"),
            ],
            "erased",
        ),
    ];
    for (act, answers, traced) in table {
        let answer = staff.act(&format!("{person}/{act}"), answers);
        assert!(matches!(answer.status, 200 | 303), "{act}: {}", answer.body);
        let act_of = (
            traced.to_owned(),
            Some("data-protection-officer".to_owned()),
        );
        let all = acts(&house, &id);
        assert!(all.contains(&act_of), "{act}: {all:?}");
    }
    // What was refused is traced, too.
    let before = acts(&house, &id).len();
    let late = [
        ("kind", "case-closed"),
        ("about", "new"),
        ("at", "2031-01-01T10:00"),
    ];
    let answer = staff.act(&format!("{person}/fact"), &late);
    assert_eq!(answer.status, 403, "{}", answer.body);
    let after = acts(&house, &id);
    assert!(
        after[before..]
            .iter()
            .any(|(act, _)| act == "write-refused"),
        "{after:?}"
    );
}

#[test]
fn promise_4a_the_console_takes_nothing_in_without_origin_purpose_and_basis() {
    let (house, id) = house(&[("c.roux", &["client-relations"])]);
    let path = format!("/console/people/{id}/record");
    let staff = house.sign_in("c.roux", "client-relations.contact-relations");
    let whole = [
        ("category", "identity"),
        ("f-surname", "Ledoux"),
        ("purpose", "contact-relations"),
        ("origin", "conversation"),
        ("kind", "contact"),
    ];
    let without = |name: &str| -> Vec<(&str, &str)> {
        whole
            .into_iter()
            .filter(|(field, _)| *field != name)
            .collect()
    };
    let mut wrong: Vec<(Vec<(&str, &str)>, u16)> = ["origin", "kind"]
        .map(|name| (without(name), 422))
        .into_iter()
        .collect();
    wrong.push((without("purpose"), 403));
    let mut unknown = without("origin");
    unknown.push(("origin", "the-street"));
    wrong.push((unknown, 422));
    let mut rented = without("origin");
    rented.push(("origin", "rented-database"));
    wrong.push((rented, 403));
    let held = || {
        let law = house.kept.law();
        let person = house.kept.person(id.parse().unwrap(), &law).unwrap();
        person.subject.records.len()
    };
    let before = held();
    for (answers, status) in wrong {
        let answer = staff.act(&path, &answers);
        assert_eq!(answer.status, status, "{answers:?}: {}", answer.body);
        assert_eq!(held(), before, "{answers:?}: something was stored");
        let answer = staff.act_on_new(&answers);
        assert!(
            matches!(answer.status, 403 | 422),
            "{answers:?}: {}",
            answer.body
        );
    }
    assert_eq!(staff.act(&path, &whole).status, 303);
    assert_eq!(held(), before + 1);
    let answer = staff.act_on_new(&whole);
    assert_eq!(answer.status, 303, "{}", answer.body);
    // What changed meanwhile is shown before anything is done.
    let page = staff.page(&path);
    let seen = version(&page);
    assert_eq!(staff.act(&path, &whole).status, 303);
    let mut late = vec![("version", seen.as_str()), ("step", "2")];
    late.extend(whole);
    assert_eq!(staff.post(&path, &late).status, 409);
    assert_eq!(held(), before + 2);
}

#[test]
fn promise_21a_a_session_that_is_ended_is_out_on_its_next_click() {
    let (house, _) = house(&[("c.roux", &["marketing"]), ("a.diallo", &["access-rights"])]);
    let staff = house.sign_in("c.roux", "marketing.newsletters");
    let rights = house.sign_in("a.diallo", "access-rights");
    staff.page("/console/people");
    let account = "/console/accounts/c.roux";
    let page = rights.page(account);
    assert!(
        !page.contains("Camille"),
        "accounts are shown by their identifiers"
    );
    // A role that is withdrawn is none on the next click.
    let answer = rights.post(account, &[("act", "withdraw"), ("role", "marketing")]);
    assert_eq!(answer.status, 303, "{}", answer.body);
    let answer = staff.get("/console/people");
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert!(
        answer
            .field("location")
            .unwrap()
            .starts_with("/console/work")
    );
    let answer = rights.post(account, &[("act", "grant"), ("role", "marketing")]);
    assert_eq!(answer.status, 303, "{}", answer.body);
    staff.at_work("marketing.newsletters");
    staff.page("/console/people");
    let page = rights.page(account);
    let (_, session) = page.split_once("name=\"session\" value=\"").unwrap();
    let session = session.split('"').next().unwrap();
    let answer = rights.post(account, &[("act", "end"), ("session", session)]);
    assert_eq!(answer.status, 303, "{}", answer.body);
    let answer = staff.get("/console/people");
    assert_eq!(answer.status, 303);
    assert!(answer.field("location").unwrap().starts_with("/sign-in"));
    let traced = acts(&house, &staff.subject.to_string());
    for act in ["role-withdrawn", "role-granted", "session-revoked"] {
        assert!(
            traced.iter().any(|(one, _)| one == act),
            "{act}: {traced:?}"
        );
    }
    // Whoever gives roles makes no key, and keys are told once.
    assert_eq!(rights.get("/console/keys").status, 403);
    let made = [
        ("name", "Ada Martin"),
        ("email", "a.martin@quai.example"),
        ("handle", "a.martin"),
        ("role", "marketing"),
    ];
    let answer = rights.post("/console/accounts/new", &made);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("/sign-in/set-up#"), "{}", answer.body);
    assert!(
        !rights
            .page("/console/accounts/a.martin")
            .contains("/sign-in/set-up#")
    );
}

#[test]
fn promise_9b_nobody_reads_in_the_console_before_they_accepted_the_undertaking() {
    let (house, id) = house(&[("c.roux", &["marketing"])]);
    let staff = house.let_in("c.roux");
    staff.at_work("marketing.newsletters");
    let person = format!("/console/people/{id}");
    let led = |path: &str| {
        let answer = staff.get(path);
        assert_eq!(answer.status, 303, "{path}: {}", answer.body);
        answer.field("location").unwrap().to_owned()
    };
    for path in ["/console/people", &person, "/console/calendar"] {
        assert!(led(path).starts_with("/console/undertaking"), "{path}");
    }
    let page = staff.page("/console/undertaking");
    let version = version(&page);
    // Another version than the one that was shown is not accepted.
    let wrong = staff.post("/console/undertaking", &[("version", "9")]);
    assert_eq!(wrong.status, 409);
    assert!(led(&person).starts_with("/console/undertaking"));
    let form = [("version", version.as_str()), ("back", person.as_str())];
    let accepted = staff.post("/console/undertaking", &form);
    assert_eq!(accepted.field("location"), Some(person.as_str()));
    assert!(staff.page(&person).contains("Vasseur"));
    let acts = acts(&house, &staff.subject.to_string());
    assert!(acts.iter().any(|(act, _)| act == "undertaking-accepted"));
}
