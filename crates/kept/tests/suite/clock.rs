//! `kept clock`.

use crate::installation::Installation;
use crate::kept::Kept;
use crate::policies::SHOP;

#[test]
fn a_rehearsals_clock_is_where_it_was_put() {
    let installation = Installation::rehearsal(SHOP, "2024-01-31T09:00");
    let said = installation.run(["clock", "show"]).ok();
    assert_eq!(
        said.out(),
        "2024-01-31 09:00:00 Europe/Paris, a rehearsal's clock\n"
    );
    // A month from 31 January is the last of February, in a leap year too.
    installation.later("1 month");
    installation
        .run(["clock", "show"])
        .ok()
        .says("2024-02-29 09:00:00");
    installation
        .at("2025-07-14")
        .run(["clock", "show"])
        .ok()
        .says("2025-07-14 00:00:00");
}

#[test]
fn a_serving_process_sees_the_clock_move() {
    let installation = Installation::rehearsal(SHOP, "2026-03-02T12:00");
    let serving = installation.serve();
    installation.later("5 years");
    let now = installation.run(["clock", "show", "--json"]).ok().json();
    assert_eq!(now["today"], "2031-03-02");
    serving.end();
    installation
        .run(["clock", "show"])
        .ok()
        .says("2031-03-02 12:00:00");
}

#[test]
fn time_does_not_go_back() {
    let installation = Installation::rehearsal(SHOP, "2026-03-02T12:00");
    let back = installation
        .run(["clock", "move", "2026-03-02T11:59"])
        .exits(2);
    insta::assert_snapshot!(back.err(), @r"
    error: a clock is only moved forward
      what to do: name a later moment; `kept clock show` says what time it is
    ");
    installation
        .run(["clock", "move", "--by", "-1 day"])
        .exits(2);
    installation.run(["clock", "move"]).exits(2);
    installation
        .run(["clock", "move", "--by", "a while"])
        .exits(2)
        .complains("--by <SPAN>");
    installation
        .run(["clock", "show"])
        .ok()
        .says("2026-03-02 12:00:00");
}

#[test]
fn a_live_installation_runs_on_the_machines_clock() {
    let kept = Kept::new();
    kept.file("policy.toml", SHOP);
    kept.run(["init", "--policy", ".", "--data", "D"]).ok();
    let refused = kept
        .run(["clock", "move", "--by", "1 day", "--data", "D"])
        .exits(3);
    insta::assert_snapshot!(refused.err(), @r"
    error: only a rehearsal's clock can be moved, and this installation is no rehearsal
      rule: real clock
      what to do: make a rehearsal with `kept init --rehearsal`
    ");
    kept.run(["clock", "confirm", "--data", "D"])
        .ok()
        .says("the machine's clock");
}
