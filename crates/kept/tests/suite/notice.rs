//! The notice that the public reads, as the program serves it.

use crate::browser::Demo;
use crate::kept::Kept;

const POLICY: &str = include_str!("../../../../policies/assess-manager/policy.toml");

/// The notice in English and in French, of a rehearsal with nobody in it.
fn notice() -> (String, String) {
    let kept = Kept::new();
    kept.file("policy.toml", POLICY);
    let init = [
        "init",
        "--policy",
        "policy.toml",
        "--data",
        "D",
        "--rehearsal",
    ];
    kept.run(init).ok();
    let demo = Demo::start(kept, &["--data", "D"]);
    let english = demo.open_in("/privacy", "en-GB,en;q=0.9,fr;q=0.5");
    let french = demo.open_in("/privacy", "fr-FR,fr;q=0.9,en;q=0.5");
    for (answer, language) in [(&english, "en"), (&french, "fr")] {
        assert_eq!(answer.status, 200);
        assert!(
            answer
                .head
                .contains(&format!("content-language: {language}"))
        );
        assert!(
            answer.head.contains("vary: accept-language"),
            "{}",
            answer.head
        );
        assert!(answer.body.contains(&format!("<html lang=\"{language}\"")));
        assert!(
            !answer.body.contains("<script"),
            "readable without a script"
        );
    }
    (english.body, french.body)
}

#[test]
fn promise_23a_the_officer_is_named_and_reachable_on_the_notice() {
    let (english, french) = notice();
    for page in [&english, &french] {
        assert!(page.contains("Virginie LOISEL"));
        assert!(page.contains("href=\"mailto:contact@assess-manager.com\""));
        assert!(page.contains("+33 2 28 23 00 44"));
    }
    // A policy that appoints somebody else says so at once.
    let kept = Kept::new();
    kept.file(
        "policy.toml",
        POLICY.replace("Virginie LOISEL", "Odile KERVELLA"),
    );
    let init = [
        "init",
        "--policy",
        "policy.toml",
        "--data",
        "D",
        "--rehearsal",
    ];
    kept.run(init).ok();
    let page = Demo::start(kept, &["--data", "D"]).page("/privacy");
    assert!(page.contains("Odile KERVELLA") && !page.contains("LOISEL"));
}

#[test]
fn promise_25a_the_notice_tells_of_the_right_to_complain_and_where() {
    let (english, french) = notice();
    assert!(english.contains("lodge a complaint with the supervisory authority"));
    assert!(french.contains("introduire une réclamation") || french.contains("réclamation"));
    for page in [&english, &french] {
        assert!(page.contains("CNIL"));
        assert!(page.contains("3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07"));
        assert!(page.contains("https://www.cnil.fr"));
    }
}

#[test]
fn promise_9f_the_notice_states_the_right_to_compensation_and_the_check_advises() {
    let (english, french) = notice();
    assert!(english.contains("right to be compensated"));
    assert!(english.contains("GDPR, article 82"));
    assert!(french.contains("article 82"));
    // Without the controller's answer the check advises that it cannot be declined.
    let kept = Kept::new();
    let silent = without_answer("KP201");
    kept.file("policy.toml", silent);
    let advice = kept.run(["check", "policy.toml"]).ok();
    assert!(format!("{}{}", advice.out(), advice.err()).contains("KP201"));
}

/// The policy without its answer to a piece of advice.
fn without_answer(code: &str) -> String {
    let mut parts: Vec<&str> = POLICY.split("[[acknowledged]]").collect();
    let before = parts.len();
    parts.retain(|part| !part.contains(&format!("code = \"{code}\"")));
    assert_eq!(parts.len(), before - 1);
    parts.join("[[acknowledged]]")
}

#[test]
fn promise_24a_the_register_comes_from_the_policy_and_the_check_advises() {
    let kept = Kept::new();
    kept.file("policy.toml", without_answer("KP207"));
    let advice = kept.run(["check", "policy.toml"]).ok();
    assert!(format!("{}{}", advice.out(), advice.err()).contains("KP207"));
    let register = kept.run(["register", "policy.toml"]).ok();
    // GDPR 30(1)(a) to (g): who, what for, whose and which data, to whom, how long, how safe.
    register
        .says("Assess Manager")
        .says("Virginie LOISEL")
        .says("Newsletters and printed issues")
        .says("Statutory auditors")
        .says("Sign-in with a second factor");
    let register = kept.run(["register", "policy.toml", "--json"]).ok().json();
    let processings = register["processings"].as_array().unwrap();
    assert!(processings.len() > 30);
    for processing in processings {
        for point in ["legal_bases", "kinds_of_subject", "categories", "terms"] {
            let listed = processing[point].as_array().unwrap();
            assert!(!listed.is_empty(), "{point} of {}", processing["name"]);
        }
        for point in ["internal_recipients", "external_recipients", "transfers"] {
            assert!(
                processing[point].is_array(),
                "{point} of {}",
                processing["name"]
            );
        }
    }
    for point in ["controller", "officer"] {
        assert!(register[point]["email"].is_string(), "{point}");
    }
    assert!(!register["security"].as_array().unwrap().is_empty());
    // A purpose that is added to the policy is in the register: nothing is kept by hand.
    let named = POLICY.replace("Newsletters and printed issues", "The quarterly bulletin");
    kept.file("changed.toml", named);
    kept.run(["register", "changed.toml"])
        .ok()
        .says("The quarterly bulletin");
}
