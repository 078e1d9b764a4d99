//! Another controller's policy runs as the default one does: a rowing club on the other side of the
//! world, with hardly a name in common.

use crate::installation::Installation;
use crate::mail_server::MailServer;
use crate::policies;

#[test]
fn a_club_lives_through_a_season_by_its_own_policy() {
    let folder = policies::assess_manager().with_file_name("sports-club");
    let text = std::fs::read_to_string(folder.join("policy.toml")).unwrap();
    let club = Installation::rehearsal(&text, "2026-03-01T08:00");
    let add = |words: &str, field: &str| {
        let line = format!("add --json {words} --field {field}");
        club.run(line.split_whitespace()).ok().json()
    };
    let added = add(
        "--kind supporter --origin donation-slip --purpose fundraising --met private",
        "civil-status.family-name=Hoarau",
    );
    let person = added["person"].as_str().unwrap();
    let run = |words: &str| club.run(words.replace("{}", person).split_whitespace());
    add(
        &format!("--to {person} --kind supporter --origin donation-slip --purpose tax-receipts"),
        "gift.gift-receipt=R-12",
    );
    // A licence makes a rower; outings are in the book for thirty days.
    let issued = run("fact licence-issued --person {} --new-matter --json")
        .ok()
        .json();
    let licence = issued["matter"].as_str().unwrap();
    add(
        &format!("--to {person} --kind rower --origin boathouse --purpose water-safety"),
        "outing.beacon=Off-Saint-Leu",
    );
    let coaches = "read {} --recipient coaches --purpose water-safety";
    run(coaches).ok().says("Off-Saint-Leu");
    run("read {} --recipient treasurer --purpose water-safety").exits(3);
    run("fact licence-lapsed --person {} --json --matter ").exits(2);
    run(&format!(
        "fact licence-lapsed --person {{}} --matter {licence}"
    ))
    .ok();
    club.at("2026-03-31T23:59");
    run(coaches).ok();
    club.at("2026-04-01T00:00");
    run(coaches).exits(3);
    let swept = club.run(["sweep", "--json"]).ok().json();
    assert_eq!(swept["went"][0]["category"], "outing");
    assert_eq!(swept["went"][0]["rule"], "retention wake");
    // A gift's receipt outlives the giver's own record.
    club.at("2028-09-02T08:00");
    run("read {} --recipient treasurer --purpose fundraising").exits(3);
    run("read {} --recipient tax-office --purpose tax-receipts")
        .ok()
        .says("R-12");
    let copy = run("copy {} --language fr --json").ok().json();
    assert_eq!(copy["controller"]["name"], "Les Rameurs de la Ravine");
    assert_eq!(copy["data-protection-officer"], serde_json::Value::Null);
    let notice = club.run(["notice", "--language", "fr"]).ok();
    assert!(notice.out().contains("Les Rameurs de la Ravine") && !notice.out().contains("Assess"));
    let register = club
        .around()
        .run(["register", "policy.toml", "--language", "fr"])
        .ok();
    assert!(register.out().contains("Appels aux dons"));
}

#[test]
fn a_club_tells_its_people_by_its_own_policy() {
    let folder = policies::assess_manager().with_file_name("sports-club");
    let text = std::fs::read_to_string(folder.join("policy.toml")).unwrap();
    let club = Installation::rehearsal(&text, "2026-03-01T08:00");
    let mail = MailServer::start(club.around());
    club.around().file("kept.toml", mail.config());
    let send = || {
        let line = ["announce", "send", "--config", "kept.toml", "--json"];
        club.run(line).ok().json()["sent"].clone()
    };
    let line = "add --json --kind volunteer --origin race-organiser --purpose rota --purpose \
                word-to-members --field reach.mail=m.hoarau@example.org";
    let added = club.run(line.split_whitespace()).ok().json();
    let person = added["person"].as_str().unwrap();
    assert_eq!(send(), 1);
    let informed = &mail.taken()[0];
    assert!(informed.text().contains("L’organisateur d’une régate"));
    assert!(informed.text().contains("Les Rameurs de la Ravine"));
    let reason = "reason = { en = \"Seasons are longer.\", fr = \"Les saisons s’allongent.\" }";
    let longer = text
        .replacen("\nversion = 1\n", &format!("\nversion = 2\n{reason}\n"), 1)
        .replacen("keep = \"24 months\"", "keep = \"26 months\"", 1);
    club.around().file("next/policy.toml", longer);
    let applied = club.run(["apply", "next", "--yes", "--json"]).ok().json();
    assert_eq!(applied["announced"], 1);
    assert_eq!(send(), 1);
    assert!(mail.taken()[1].text().contains("Les saisons s’allongent."));
    let shown = club.run(["show", person, "--json"]).ok().json();
    assert_eq!(shown["told"]["version"], 2);
}
