//! `kept plan` and `kept apply`.

use crate::installation::Installation;
use crate::policies::SHOP;

const NOON: &str = "2026-03-02T12:00";

/// The shop's policy as its second version, with a shorter term.
fn second() -> String {
    let second = SHOP.replacen("\nversion = 1\n", "\nversion = 2\nreason = { en = \"A shorter warranty\", fr = \"Une garantie plus courte\" }\n", 1);
    assert!(second.contains("\"2 years\""));
    second.replacen("\"2 years\"", "\"1 year\"", 1)
}

#[test]
fn a_plan_says_what_differs_and_what_it_would_do() {
    let installation = Installation::rehearsal(SHOP, NOON);
    installation.around().file("second/policy.toml", second());
    insta::assert_snapshot!(installation.run(["plan", "second"]).ok().out(), @r"
    version 2 after version 1

    What differs
      - Term “Orders”: as long as “Order” lasts, then 1 year from the latest of: collection, the end of “Order”, then anonymised, counted in “Customers by country”; before: as long as “Order” lasts, then 2 years from the latest of: collection, the end of “Order”. [shortens]

    What it would do to the records of 0 people
      none are held
    ");
    let plan = installation.run(["plan", "second", "--json"]).ok().json();
    assert_eq!((&plan["from"], &plan["to"]), (&1.into(), &2.into()));
    assert_eq!(plan["changes"][0]["effects"][0], "shortens");
}

#[test]
fn a_policy_is_applied_once_and_never_backwards() {
    let installation = Installation::rehearsal(SHOP, NOON);
    installation.around().file("second/policy.toml", second());
    let dry = installation.run(["apply", "second", "--dry-run"]).ok();
    assert!(dry.out().contains("would be in force"), "{}", dry.out());
    let unconfirmed = installation.run(["apply", "second"]).exits(2);
    unconfirmed.complains("nothing was changed");
    installation
        .run(["apply", "second", "--yes"])
        .ok()
        .says("version 2 is in force");
    installation.run(["apply", "second", "--yes"]).exits(2);
    let back = installation.run(["apply", "policy.toml", "--yes"]).exits(2);
    insta::assert_snapshot!(back.err(), @r"
    error: the new policy cannot follow the one in force: version 1 does not follow version 2
      what to do: `kept check policy.toml` shows what is wrong in the file itself; a version that follows has a higher number, and renames say `was =`
    ");
}

#[test]
fn a_serving_process_decides_by_the_new_policy() {
    let installation = Installation::rehearsal(SHOP, NOON);
    installation.around().file("second/policy.toml", second());
    let serving = installation.serve();
    installation
        .run(["apply", "second", "--yes", "--json"])
        .ok();
    installation.run(["apply", "second", "--yes"]).exits(2);
    serving.end();
}
