//! The table of an authorisation and the reference model agree in every cell: for the policies that
//! are shipped, and for random ones.

#![expect(clippy::unwrap_used, reason = "a helper of tests")]

use policy::authorisation::{Action, Authorisation, Condition, compile};
use policy::model::{CategoryId, KindId, Policy, PurposeId};
use testkit::chance::Chance;
use testkit::generate::{Draft, authorisation};
use testkit::reference::authorisation::{Question, may};

/// How many random authorisations are compared in every cell.
const CASES: u64 = 150;

fn ids<Id>(count: usize, id: fn(u8) -> Id) -> impl Iterator<Item = Id> {
    (0u8..).take(count).map(id)
}

/// Compares every cell, and gives how many fields are open in all of them.
fn compare(authorisation: &Authorisation, policy: &Policy) -> u64 {
    let mut open = 0;
    for role in authorisation.role_ids() {
        for action in Action::ALL {
            for purpose in ids(policy.purposes.len(), PurposeId) {
                for kind in ids(policy.kinds.len(), KindId) {
                    for category in ids(policy.categories.len(), CategoryId) {
                        let cell = authorisation.cell(role, *action, purpose, kind, category);
                        let fields = policy.category(category).fields.len();
                        for field in (0u8..).take(fields) {
                            let question = Question {
                                role,
                                action: *action,
                                purpose,
                                kind,
                                category,
                                field,
                            };
                            for (holds, fields) in [
                                (None, cell.fields(false, false)),
                                (Some(Condition::OwnClients), cell.fields(true, false)),
                                (Some(Condition::Matter), cell.fields(false, true)),
                            ] {
                                let compiled = fields & 1 << field != 0;
                                let slow = may(authorisation, policy, question, holds);
                                assert_eq!(compiled, slow, "{question:?} {holds:?}");
                                open += u64::from(compiled);
                            }
                        }
                    }
                }
            }
        }
    }
    open
}

fn shipped(policy: &str, source: &str) {
    let policy = policy::compile(policy).policy.unwrap();
    let outcome = compile(source, &policy);
    let authorisation = outcome.authorisation.unwrap();
    assert!(compare(&authorisation, &policy) > 0);
}

#[test]
fn of_the_default_policy_every_cell_agrees_with_the_reference_model() {
    shipped(
        include_str!("../../../policies/assess-manager/policy.toml"),
        include_str!("../../../policies/assess-manager/authorisation.toml"),
    );
}

#[test]
fn of_the_other_policy_every_cell_agrees_with_the_reference_model() {
    shipped(
        include_str!("../../../policies/sports-club/policy.toml"),
        include_str!("../../../policies/sports-club/authorisation.toml"),
    );
}

#[test]
fn of_random_policies_every_cell_agrees_with_the_reference_model() {
    let mut chance = Chance::new(9);
    let (mut sound, mut open, mut conditional) = (0, 0, 0);
    for _ in 0..CASES {
        let draft = Draft::random(&mut chance);
        let Some(policy) = policy::compile(&draft.text(1)).policy else {
            continue;
        };
        let source = authorisation::authorisation(&mut chance, &policy);
        let Some(authorisation) = compile(&source, &policy).authorisation else {
            continue;
        };
        sound += 1;
        open += compare(&authorisation, &policy);
        let grants = authorisation.roles.iter().flat_map(|role| &role.grants);
        conditional += grants.filter(|grant| grant.only.is_some()).count();
    }
    assert!(sound * 4 > CASES, "only {sound} of {CASES} hold together");
    assert!(open > 5_000 && conditional > 20, "{open} {conditional}");
}
