//! Data that the controller derives by analysis (19b).

use super::people::{contact, rehearsal};

const FEEDBACK: &str = "--kind contact --origin electronic-form --purpose service-improvement";

#[test]
fn promise_19b_derived_data_is_marked_with_how_it_came_is_in_the_copy_and_falls_with_its_source() {
    let installation = rehearsal("2026-01-05T10:00");
    let person = contact(&installation);
    person.more(FEEDBACK, &["feedback.feedback-rating=4"]);
    let records = person.json("copy {}")["records"].clone();
    let of = |records: &serde_json::Value, category: &str| {
        let all = records.as_array().unwrap().clone();
        all.into_iter()
            .find(|one| one["category"]["name"] == category)
    };
    let source = of(&records, "feedback").unwrap();
    assert_eq!(source["derived"], false);
    let source = source["id"].as_str().unwrap().to_owned();

    let words = format!(
        "--kind contact --origin written-by-us --purpose service-improvement \
         --derived-from {source}"
    );
    let fields = [
        "analyses.usage-profile=regular",
        "analyses.usage-profile-method=mean-rating",
    ];
    person.more(&words, &fields);
    let records = person.json("copy {}")["records"].clone();
    let derived = of(&records, "analyses").unwrap();
    assert_eq!(derived["derived"], true);
    assert!(derived["values"].to_string().contains("mean-rating"));

    person
        .run("forget {} --yes --reason unlawful --category feedback")
        .ok();
    let records = person.json("copy {}")["records"].clone();
    assert!(of(&records, "feedback").is_none());
    assert!(
        of(&records, "analyses").is_none(),
        "what was derived falls with its source"
    );
    assert!(of(&records, "identity").is_some());
}

#[test]
fn promise_19b_nothing_is_derived_from_another_persons_record() {
    let installation = rehearsal("2026-01-05T10:00");
    let (one, other) = (contact(&installation), contact(&installation));
    let copy = other.json("copy {}");
    let theirs = copy["records"][0]["id"].as_str().unwrap();
    let words = format!(
        "--kind contact --origin written-by-us --purpose service-improvement \
         --derived-from {theirs}"
    );
    let refused = one
        .try_more(&words, &["analyses.usage-profile=regular"])
        .exits(5);
    assert_eq!(refused.error_json()["rule"], "19b");
}
