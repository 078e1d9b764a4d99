//! What a compiled policy answers: names, legal bases, the rule of a ground.

#![allow(clippy::unwrap_used, reason = "a test")]

use jiff::civil::{Date, date};
use policy::diagnostics::explain::MINIMAL;
use policy::model::{Basis, FieldId, Person, Policy, Then};
use policy::{Code, compile, render};

fn policy(source: &str) -> Policy {
    let outcome = compile(source);
    let text = render(&outcome.diagnostics, source, "policy.toml", false);
    outcome.policy.ok_or(text).unwrap()
}

/// The minimal policy with a purpose whose legal basis is a dated table (8b).
fn newsletter(lines: &str) -> String {
    format!(
        "{}
[channels.telephone]
title = {{ en = \"Telephone\", fr = \"Téléphone\" }}
[purposes.newsletter]
title = {{ en = \"Newsletter\", fr = \"Lettre d'information\" }}
about = {{ en = \"We write to you\", fr = \"Nous vous écrivons\" }}
nature = \"use\"
canvassing = true
consent-lasts = \"3 years\"
uses = [\"identity.email\"]
{lines}",
        MINIMAL.replace(
            "purposes = [\"orders\"]",
            "purposes = [\"orders\", \"newsletter\"]"
        )
    )
}

const DATED: &str = "
[[purposes.newsletter.basis]]
basis = \"legitimate-interests\"
[[purposes.newsletter.basis]]
channels = [\"telephone\"]
since = 2026-08-11
basis = \"consent\"
[[purposes.newsletter.basis]]
person = \"private\"
channels = [\"email\"]
basis = \"consent\"
";

fn basis(policy: &Policy, person: Person, channel: Option<&str>, day: Date) -> Option<Basis> {
    let purpose = policy.purpose_named("newsletter").unwrap();
    let kind = policy.kind_named("customer").unwrap();
    let channel = channel.map(|name| policy.channel_named(name).unwrap());
    policy
        .basis_for(purpose, kind, person, channel, day)
        .map(|line| line.basis)
}

#[test]
fn the_most_precise_line_that_fits_counts() {
    let policy = policy(&newsletter(DATED));
    let (before, after) = (date(2026, 8, 10), date(2026, 8, 11));
    let interests = Some(Basis::LegitimateInterests);
    let consent = Some(Basis::Consent);
    use Person::{Private, Professional};
    assert_eq!(basis(&policy, Private, Some("email"), before), consent);
    assert_eq!(
        basis(&policy, Professional, Some("email"), before),
        interests
    );
    assert_eq!(basis(&policy, Private, None, before), interests);
    assert_eq!(
        basis(&policy, Private, Some("telephone"), before),
        interests
    );
    assert_eq!(basis(&policy, Private, Some("telephone"), after), consent);
    assert_eq!(
        basis(&policy, Professional, Some("telephone"), after),
        consent
    );
}

#[test]
fn outside_its_dates_and_channels_a_line_gives_no_basis() {
    let policy = policy(&newsletter(
        "[[purposes.newsletter.basis]]
channels = [\"email\"]
since = 2026-01-01
until = 2026-12-31
basis = \"consent\"\n",
    ));
    let on = |channel, day| basis(&policy, Person::Private, channel, day);
    assert_eq!(on(Some("email"), date(2026, 1, 1)), Some(Basis::Consent));
    assert_eq!(on(Some("email"), date(2026, 12, 31)), Some(Basis::Consent));
    assert_eq!(on(Some("email"), date(2025, 12, 31)), None);
    assert_eq!(on(Some("email"), date(2027, 1, 1)), None);
    assert_eq!(on(Some("telephone"), date(2026, 6, 1)), None);
    assert_eq!(on(None, date(2026, 6, 1)), None);
}

#[test]
fn at_equal_precision_consent_wins_then_the_contract_and_what_stands_beside_it_follows() {
    let lines = "
[[purposes.newsletter.basis]]
basis = \"legitimate-interests\"
[[purposes.newsletter.basis]]
basis = \"contract\"
contract = \"order\"
";
    let with_contract = policy(&newsletter(lines));
    let purpose = with_contract.purpose_named("newsletter").unwrap();
    let kind = with_contract.kind_named("customer").unwrap();
    let span = with_contract.span_named("order");
    let bases: Vec<Basis> = with_contract
        .bases_for(purpose, kind, Person::Private, None, date(2026, 6, 1))
        .map(|line| line.basis)
        .collect();
    assert_eq!(bases, [Basis::Contract(span), Basis::LegitimateInterests]);
    let consent = format!("{lines}[[purposes.newsletter.basis]]\nbasis = \"consent\"\n");
    let policy = policy(&newsletter(&consent));
    assert_eq!(
        basis(&policy, Person::Private, None, date(2026, 6, 1)),
        Some(Basis::Consent)
    );
}

#[test]
fn names_lead_to_ids_and_back() {
    let policy = policy(MINIMAL);
    let identity = policy.category_named("identity").unwrap();
    assert_eq!(policy.category(identity).name, "identity");
    let email = policy.field_named("email").unwrap();
    assert_eq!(
        email,
        FieldId {
            category: identity,
            field: 1
        }
    );
    assert_eq!(policy.field_named("identity.email"), Some(email));
    assert_eq!(policy.field(email).name, "email");
    assert_eq!(policy.field_named("orders.email"), None);
    assert_eq!(policy.purpose_named("nothing"), None);
    assert_eq!(policy.right_named("access").unwrap().name, "access");
}

#[test]
fn tables_hold_what_the_file_says() {
    let policy = policy(MINIMAL);
    let (orders, disputes) = (
        policy.purpose_named("orders").unwrap(),
        policy.purpose_named("disputes").unwrap(),
    );
    let customer = policy.kind_named("customer").unwrap();
    let identity = policy.category_named("identity").unwrap();
    let counter = policy.recipient_named("counter").unwrap();
    assert_eq!(
        policy.tables.use_fields[orders.index()][identity.index()],
        0b111
    );
    assert_eq!(
        policy.tables.reads[counter.index()][orders.index()][identity.index()],
        0b111
    );
    assert_eq!(
        policy.tables.reads[counter.index()][disputes.index()][identity.index()],
        0b001
    );
    assert!(policy.tables.evidence.contains(disputes));
    assert!(!policy.tables.evidence.contains(orders));
    let rule = policy.rule_for(orders, customer, identity).unwrap();
    assert_eq!(policy.rule(rule).name, "orders");
    assert!(matches!(policy.rule(rule).then, Then::Anonymise(_)));
}

/// Of the rules that cover a ground, naming the purpose wins over naming the kind, and that over
/// naming the category.
#[test]
fn the_more_precise_rule_decides() {
    let rule = |name: &str, names: &str| {
        format!(
            "[[retention]]
name = \"{name}\"
title = {{ en = \"Rule\", fr = \"Règle\" }}
{names}
keep = \"1 year\"
from = [\"collection\"]
then = \"delete\"
source = {{ need = {{ en = \"Need\", fr = \"Besoin\" }} }}\n"
        )
    };
    let (before, rules) = MINIMAL
        .split_once("[[retention]]\nname = \"orders\"")
        .unwrap();
    let (_, after) = rules.split_once("[[retention]]").unwrap();
    let decided = |rules: &[(&str, &str)]| {
        let rules: String = rules
            .iter()
            .map(|(name, names)| rule(name, names))
            .collect();
        let source = format!("{before}{rules}[[retention]]{after}");
        let outcome = compile(&source);
        let idle: Vec<Code> = outcome.errors().map(|d| d.code).collect();
        assert_eq!(idle, []);
        let policy = outcome.policy.unwrap();
        let ids = (
            policy.purpose_named("orders").unwrap(),
            policy.kind_named("customer").unwrap(),
            policy.category_named("identity").unwrap(),
        );
        policy
            .rule(policy.rule_for(ids.0, ids.1, ids.2).unwrap())
            .name
            .clone()
    };
    let all = ("all", "");
    let category = ("category", "categories = [\"identity\"]");
    let kind = ("kind", "kinds = [\"customer\"]");
    let both = (
        "both",
        "kinds = [\"customer\"]\ncategories = [\"identity\"]",
    );
    let purpose = ("purpose", "purposes = [\"orders\"]");
    assert_eq!(decided(&[all, category]), "category");
    assert_eq!(decided(&[category, kind, all]), "kind");
    assert_eq!(decided(&[both, kind]), "both");
    assert_eq!(decided(&[purpose, both, all]), "purpose");
}

#[test]
fn a_payment_may_be_kept_no_moment_longer() {
    let source = MINIMAL
        .replace(
            "from = [\"collection\", \"end-of:order\"]",
            "from = [\"delivered\"]",
        )
        .replace("keep = \"2 years\"", "keep = \"at once\"");
    let policy = policy(&source);
    let rule = policy.rule(policy.rule_named("orders").unwrap());
    assert!(rule.keep.is_at_once());
}

#[test]
fn the_digest_is_of_the_text() {
    let policy = policy(MINIMAL);
    let hex: String = policy
        .digest
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(hex.len(), 64);
    let other = self::policy(&format!("{MINIMAL}# a comment\n"));
    assert_ne!(policy.digest, other.digest);
}
