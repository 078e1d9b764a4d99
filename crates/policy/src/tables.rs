//! The tables that decisions are looked up in, built from a policy that was read.

use std::cmp::Reverse;

use crate::model::{
    Basis, BasisRule, CategoryId, CategorySet, KindId, Policy, Purpose, PurposeId, PurposeNature,
    PurposeSet, RuleId, Tables, Use,
};

/// Builds the tables. A ground that no rule covers has none; of several equally precise rules, the
/// first of the file stands (and the check reports them).
pub(crate) fn build(policy: &Policy) -> Tables {
    Tables {
        uses: policy.purposes.iter().map(categories_used).collect(),
        use_fields: policy
            .purposes
            .iter()
            .map(|p| by_category(policy, &p.uses))
            .collect(),
        reads: policy
            .recipients
            .iter()
            .map(|recipient| {
                let mut rows = vec![vec![0; policy.categories.len()]; policy.purposes.len()];
                for (purpose, uses) in &recipient.reads {
                    let row = by_category(policy, uses);
                    for (field, more) in rows[purpose.index()].iter_mut().zip(row) {
                        *field |= more;
                    }
                }
                rows
            })
            .collect(),
        rule: purposes(policy)
            .map(|purpose| {
                kinds(policy)
                    .map(|kind| {
                        categories(policy)
                            .map(|category| best_rules(policy, purpose, kind, category).next())
                            .collect()
                    })
                    .collect()
            })
            .collect(),
        bases: policy
            .purposes
            .iter()
            .map(|purpose| kinds(policy).map(|kind| lines_for(purpose, kind)).collect())
            .collect(),
        used_by: categories(policy)
            .map(|category| {
                purposes(policy)
                    .filter(|id| {
                        policy.purposes[id.index()]
                            .uses
                            .iter()
                            .any(|u| u.category == category)
                    })
                    .collect()
            })
            .collect(),
        canvassing: those(policy, |purpose| purpose.canvassing),
        duties: those(policy, |purpose| purpose.nature == PurposeNature::Duty),
        evidence: those(policy, |purpose| purpose.nature == PurposeNature::Evidence),
    }
}

fn those(policy: &Policy, which: impl Fn(&Purpose) -> bool) -> PurposeSet {
    purposes(policy)
        .filter(|id| which(&policy.purposes[id.index()]))
        .collect()
}

fn categories_used(purpose: &Purpose) -> CategorySet {
    purpose.uses.iter().map(|used| used.category).collect()
}

fn by_category(policy: &Policy, uses: &[Use]) -> Vec<u64> {
    let mut row = vec![0; policy.categories.len()];
    for used in uses {
        if let Some(fields) = row.get_mut(used.category.index()) {
            *fields |= used.fields;
        }
    }
    row
}

/// Every purpose.
pub(crate) fn purposes(policy: &Policy) -> impl Iterator<Item = PurposeId> + use<> {
    (0u8..).take(policy.purposes.len()).map(PurposeId)
}

/// Every kind of subject.
pub(crate) fn kinds(policy: &Policy) -> impl Iterator<Item = KindId> + use<> {
    (0u8..).take(policy.kinds.len()).map(KindId)
}

/// Every category.
pub(crate) fn categories(policy: &Policy) -> impl Iterator<Item = CategoryId> + use<> {
    (0u8..).take(policy.categories.len()).map(CategoryId)
}

/// The rules that cover a ground with the greatest precision, in the order of the file: one in a
/// sound policy.
pub(crate) fn best_rules(
    policy: &Policy,
    purpose: PurposeId,
    kind: KindId,
    category: CategoryId,
) -> impl Iterator<Item = RuleId> {
    let covering = move || {
        (0u8..).zip(&policy.rules).filter(move |(_, rule)| {
            rule.purposes.contains(purpose)
                && rule.kinds.contains(kind)
                && rule.categories.contains(category)
        })
    };
    let greatest = covering().map(|(_, rule)| rule.precision).max();
    covering()
        .filter(move |(_, rule)| Some(rule.precision) == greatest)
        .map(|(id, _)| RuleId(id))
}

/// The lines of a purpose's bases for a kind of subject, the most precise first; at equal
/// precision consent, then a contract (which counts while its span is open), then the file's order.
fn lines_for(purpose: &Purpose, kind: KindId) -> Vec<u8> {
    let mut lines: Vec<(u8, &BasisRule)> = (0u8..)
        .zip(&purpose.bases)
        .filter(|(_, line)| line.kinds.contains(kind))
        .collect();
    lines.sort_by_key(|(place, line)| (Reverse(precision(line)), rank(line.basis), *place));
    lines.into_iter().map(|(place, _)| place).collect()
}

/// How precise a line is: naming the person's situation outweighs channels, and those dates.
pub(crate) fn precision(line: &BasisRule) -> (bool, bool, bool) {
    (
        line.person.is_some(),
        !line.channels.is_empty(),
        line.since.is_some() || line.until.is_some(),
    )
}

fn rank(basis: Basis) -> u8 {
    match basis {
        Basis::Consent => 0,
        Basis::Contract(Some(_)) => 1,
        Basis::Contract(None) => 2,
        Basis::LegalObligation
        | Basis::VitalInterests
        | Basis::PublicTask
        | Basis::LegitimateInterests => 3,
    }
}
