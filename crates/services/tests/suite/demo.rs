//! Scripts of demonstrations, lived through by a few people.

use std::path::Path;

use domain::{Account, Actor, ActorKind};
use jiff::Timestamp;
use services::Kept;
use services::demo::{Demonstration, Populated};
use services::open::NewInstallation;

fn policy_folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../policies")
        .join(name)
}

fn lived(policy: &str, people: u32) -> (Kept, Populated, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let source = |file: &str| std::fs::read_to_string(policy_folder(policy).join(file)).unwrap();
    let script = Demonstration::read(&source("demo.toml")).unwrap();
    let ends: Timestamp = "2026-11-25T18:00:00Z".parse().unwrap();
    let new = NewInstallation {
        root: folder.path().join("kept"),
        keys: None,
        policy: source("policy.toml"),
        authorisation: None,
        rehearsal: Some(script.begins(ends)),
        database: crate::common::on_servers(),
    };
    let account = Account::parse("demonstration").unwrap();
    let kept = Kept::init(new, &Actor::new(ActorKind::CommandLine, account)).unwrap();
    let populated = script
        .populate(&kept, people, ends, &mut |_| Ok(()))
        .unwrap();
    assert_eq!(kept.moment().unwrap().now, ends);
    (kept, populated, folder)
}

#[test]
fn the_default_policys_people_live_through_ten_years() {
    let (_kept, populated, _folder) = lived("assess-manager", 300);
    assert!(populated.people >= 100, "{populated:?}");
    assert!(populated.suggestions.len() >= 3, "{populated:?}");
    assert!(populated.refused.is_empty(), "{:?}", populated.refused);
}

#[test]
fn the_rowing_clubs_people_live_by_quite_other_names() {
    let (_kept, populated, _folder) = lived("sports-club", 60);
    assert!(populated.people >= 50, "{populated:?}");
    assert!(populated.refused.is_empty(), "{:?}", populated.refused);
}
