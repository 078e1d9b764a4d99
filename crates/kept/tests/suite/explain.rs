//! `kept explain`.

use crate::kept::Kept;

#[test]
fn a_code_is_explained() {
    insta::assert_snapshot!(Kept::new().run(["explain", "KP012"]).ok().out());
}

#[test]
fn the_case_of_a_code_does_not_matter() {
    let kept = Kept::new();
    let small = kept.run(["explain", "kp012"]).ok();
    assert_eq!(small.out(), kept.run(["explain", "KP012"]).ok().out());
}

#[test]
fn programs_get_the_page_with_its_level_and_source() {
    let page = Kept::new().run(["explain", "KP210", "--json"]).ok().json();
    assert_eq!(page["code"], "KP210");
    assert_eq!(page["level"], "advice");
    assert!(page["source"].as_str().unwrap().contains("CNIL"), "{page}");
    assert!(
        page["page"].as_str().unwrap().starts_with("# KP210"),
        "{page}"
    );
}

#[test]
fn without_a_code_all_are_listed() {
    let listed = Kept::new().run(["explain"]).ok();
    assert_eq!(listed.out().lines().count(), policy::Code::ALL.len());
    listed.says("KP012  error   a category without a term");
}

#[test]
fn an_unknown_code_is_absent() {
    insta::assert_snapshot!(Kept::new().run(["explain", "KP999"]).exits(5).err(), @r"
    error: there is no such code
      what to do: `kept explain` lists all codes; they look like KP012
    ");
}
