//! 8b, 13b, 13d: consents, erasures, objections.

use super::people::{Person, add, adding, contact, rehearsal};
use crate::installation::Installation;

const PROOF: &str = "--origin electronic-form --proof consent-proofs.consent-wording=I-agree \
                     --proof consent-proofs.consent-means=form";

/// A contact met as a private person, who wrote to us.
fn private<'a>(installation: &'a Installation) -> Person<'a> {
    add(
        installation,
        "--kind contact --met private --origin electronic-form --purpose contact-relations",
        &[
            "identity.surname=Vasseur",
            "contact-details.email=o.vasseur@example.org",
        ],
    )
}

#[test]
fn promise_8b_a_private_person_is_asked_first_where_the_law_says_so() {
    let installation = rehearsal("2026-07-01T10:00");
    let person = private(&installation);
    let may = |channel: &str| person.may(&format!("--purpose canvassing --channel {channel}"));
    // Post needs no consent, and nothing is held for it yet.
    assert!(may("post").is_err());
    person
        .run(&format!(
            "consent give {{}} --purpose canvassing --channel email {PROOF}"
        ))
        .ok();
    assert_eq!(may("email").unwrap(), "consent");
    assert_eq!(may("post").unwrap(), "legitimate interests");
    assert_eq!(
        may("automated-call").unwrap_err(),
        "purposes.canvassing.basis"
    );
    // The dated table: from 11 August 2026 a call needs a consent, too.
    installation.at("2026-08-10T23:59");
    assert_eq!(may("telephone").unwrap(), "legitimate interests");
    installation.at("2026-08-11T00:00");
    assert_eq!(may("telephone").unwrap_err(), "purposes.canvassing.basis");
    // Withdrawn as easily as given.
    person
        .run("consent withdraw {} --yes --purpose canvassing")
        .ok();
    assert_eq!(may("email").unwrap_err(), "purposes.canvassing.basis");
    person
        .run("consent withdraw {} --yes --purpose canvassing")
        .exits(5);
}

#[test]
fn promise_8b_a_consent_is_proved_and_a_professional_is_informed() {
    let installation = rehearsal("2026-07-01T10:00");
    let person = private(&installation);
    // No proof, or a proof that is kept elsewhere than the policy keeps proofs.
    person
        .run("consent give {} --purpose canvassing --channel email --origin electronic-form")
        .exits(2);
    let elsewhere = person.run(
        "consent give {} --purpose canvassing --origin electronic-form \
         --proof exchanges.exchange-text=She-said-yes --json",
    );
    assert_eq!(
        elsewhere.exits(3).error_json()["rule"],
        "policy.consent-proofs"
    );
    // None for a purpose that rests on consent for nobody.
    let wrong = person.run(&format!(
        "consent give {{}} --purpose notices {PROOF} --json"
    ));
    assert_eq!(
        wrong.exits(3).error_json()["rule"],
        "purposes.notices.basis"
    );
    person
        .run(&format!(
            "consent give {{}} --purpose canvassing --channel email --on 2026-06-30T18:00 {PROOF}"
        ))
        .ok();
    let copy = person.json("copy {}");
    let consent = &copy["consents"][0];
    assert_eq!(consent["given"], "2026-06-30T18:00:00+02:00");
    assert_eq!(consent["policy-version"], 1);
    let proof = copy["records"].as_array().unwrap().iter();
    let mut proof = proof.filter(|one| one["category"]["name"] == "consent-proofs");
    assert!(
        proof.next_back().unwrap()["values"]
            .to_string()
            .contains("I-agree")
    );

    let professional = add(
        &installation,
        "--kind contact --met professional --origin business-card --purpose canvassing \
         --purpose contact-relations",
        &["contact-details.email=p.morel@example.org"],
    );
    assert_eq!(
        professional
            .may("--purpose canvassing --channel email")
            .unwrap(),
        "legitimate interests"
    );
    professional.run("object {}").ok();
    assert_eq!(
        professional
            .may("--purpose canvassing --channel email")
            .unwrap_err(),
        "rights.objection"
    );
}

#[test]
fn promise_8b_a_consent_lapses_after_three_years() {
    let installation = rehearsal("2026-07-01T10:00");
    let person = private(&installation);
    person
        .run(&format!(
            "consent give {{}} --purpose newsletters --channel email {PROOF}"
        ))
        .ok();
    installation.at("2029-07-01T23:59");
    assert!(person.may("--purpose newsletters --channel email").is_ok());
    installation.at("2029-07-02T00:00");
    assert_eq!(
        person
            .may("--purpose newsletters --channel email")
            .unwrap_err(),
        "purposes.newsletters.basis"
    );
}

#[test]
fn promise_13d_an_objection_stops_every_canvassing_channel_at_once_and_nothing_else() {
    let installation = rehearsal("2026-01-05T10:00");
    let person = add(
        &installation,
        "--kind contact --met professional --origin business-card --purpose contact-relations \
         --purpose newsletters --purpose canvassing --purpose greetings --purpose notices",
        &["contact-details.email=o.vasseur@example.org"],
    );
    let channels = [
        "email",
        "text-message",
        "direct-message",
        "automated-call",
        "telephone",
        "post",
    ];
    let canvassing = ["newsletters", "canvassing", "greetings"];
    person.run("object {}").ok();
    for purpose in canvassing {
        for channel in channels {
            let may = person.may(&format!("--purpose {purpose} --channel {channel}"));
            assert_eq!(
                may.unwrap_err(),
                "rights.objection",
                "{purpose} by {channel}"
            );
        }
    }
    // Messages about a breach, the policy or their own case still go.
    assert!(person.may("--purpose notices --channel email").is_ok());
    assert!(person.may("--purpose contact-relations").is_ok());
}

#[test]
fn promise_13d_an_objection_survives_erasure_and_stops_reimport() {
    let installation = rehearsal("2026-01-05T10:00");
    let person = private(&installation);
    person.run("object {}").ok();
    let forgotten = person.json("forget {} --yes --reason no-longer-necessary");
    assert_eq!(forgotten["stays"], 0);
    person.run("show {}").exits(5);
    let found = installation.run([
        "find",
        "--field",
        "email",
        "o.vasseur@example.org",
        "--json",
    ]);
    assert_eq!(found.ok().json()["people"], serde_json::json!([]));

    let fields = ["contact-details.email=O.Vasseur@Example.org"];
    let listed =
        "--kind contact --met professional --purpose contact-relations --purpose canvassing";
    for origin in ["partner", "organiser-list", "specialist-company"] {
        let run = adding(
            &installation,
            &format!("{listed} --origin {origin}"),
            &fields,
        );
        let error = run.exits(3);
        assert_eq!(error.error_json()["rule"], "rights.objection");
        assert!(!error.err().to_lowercase().contains("vasseur"));
    }
    // Who comes back by themselves is taken, and their objection with them.
    let back = add(
        &installation,
        "--kind contact --met professional --origin electronic-form --purpose contact-relations",
        &fields,
    );
    assert!(back.readable("client-relations", "contact-relations"));
    let objections = back.json("show {}")["objections"].clone();
    assert_eq!(objections[0]["to"], "canvassing");
    assert_eq!(objections[0]["made"], "2026-01-05T10:00:00+01:00");
    back.try_more(
        "--kind contact --origin electronic-form --purpose canvassing",
        &["identity.surname=Vasseur"],
    )
    .exits(3);
    // Anybody else may be on the list.
    adding(
        &installation,
        &format!("{listed} --origin partner"),
        &["contact-details.email=p.morel@example.org"],
    )
    .ok();
}

#[test]
fn promise_13b_each_ground_of_erasure_reaches_what_it_is_about() {
    let installation = rehearsal("2026-01-05T10:00");
    let everything = |met: &str| {
        add(
            &installation,
            &format!(
                "--kind contact --met {met} --origin business-card --purpose contact-relations \
                 {}",
                if met == "professional" {
                    "--purpose canvassing"
                } else {
                    ""
                }
            ),
            &["identity.surname=Vasseur", "identity.first-name=Odile"],
        )
    };
    // An objection to canvassing reaches canvassing; the rest stays.
    let person = everything("professional");
    let forgotten = person.json("forget {} --yes --reason canvassing-objection");
    assert_eq!(
        (&forgotten["destroyed"], &forgotten["stays"]),
        (&0.into(), &1.into())
    );
    assert_eq!(person.refused("canvassing", "canvassing"), "rights.erasure");
    assert!(person.readable("canvassing", "contact-relations"));
    // An objection to legitimate interests reaches what rests on them alone.
    let person = everything("professional");
    let forgotten = person.json("forget {} --yes --reason objection");
    assert_eq!(
        (&forgotten["destroyed"], &forgotten["stays"]),
        (&1.into(), &0.into())
    );
    // A withdrawn consent reaches what rested on it.
    let person = everything("private");
    person
        .run(&format!("consent give {{}} --purpose newsletters {PROOF}"))
        .ok();
    person
        .run("consent withdraw {} --yes --purpose newsletters")
        .ok();
    let forgotten = person.json("forget {} --yes --reason consent-withdrawn");
    assert_eq!(forgotten["destroyed"], 0);
    assert!(person.readable("client-relations", "contact-relations"));
    // No longer necessary and unlawful reach all use.
    for reason in ["no-longer-necessary", "unlawful"] {
        let person = everything("professional");
        let forgotten = person.json(&format!("forget {{}} --yes --reason {reason}"));
        assert_eq!(forgotten["destroyed"], 1, "{reason}");
        person.run("show {}").exits(5);
        assert!(person.acts().contains(&"erased".to_owned()));
    }
    contact(&installation)
        .run("forget {} --yes --reason tired-of-it")
        .exits(2);
}
