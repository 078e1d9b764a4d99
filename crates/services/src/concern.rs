//! What an entry of the journal says of the data that an act concerns: which categories, what they
//! are held for and on which basis (9d).

use domain::basis::{basis_for, held_for};
use domain::subject::{Held, Subject};
use domain::{MatterId, Moment};
use door::details::basis_number;
use journal::{Act, Detail, Ground, Part};
use policy::model::Basis;

use crate::law::Law;

/// Whether the law itself asks for an act, whatever the data is held for: the deletion at the end
/// of a term (GDPR 5(1)(e)), and what the rights of people bring (GDPR 7(3), 12 to 21).
const fn owed(act: Act) -> bool {
    matches!(
        act,
        Act::CopyMade
            | Act::TraceShown
            | Act::OwnDataShown
            | Act::ConsentWithdrawn
            | Act::ObjectionMade
            | Act::ObjectionLifted
            | Act::RestrictionSet
            | Act::RestrictionLifted
            | Act::Told
            | Act::GroundsEnded
            | Act::ErasureAsked
            | Act::Erased
            | Act::Anonymised
            | Act::Swept
            | Act::Reimposed
    )
}

/// The basis of an act that the law itself asks for, as a number of the journal.
pub(crate) fn owed_basis(act: Act) -> Option<u32> {
    owed(act).then(|| basis_number(Basis::LegalObligation))
}

/// Completes an entry about one person: the categories of the records that it is about, what they
/// are held for, and the basis. An act that names neither records nor categories is about
/// whatever is held, as it may move the term of any record.
pub(crate) fn concern(detail: &mut Detail, law: &Law, subject: &Subject, moment: Moment) {
    let number = |held: &Held| law.names.category.number(held.category);
    let about: Vec<&Held> = {
        let named = |held: &&Held| {
            if !detail.records.is_empty() {
                detail.records.contains(&held.id.0)
            } else {
                detail.categories.is_empty() || detail.categories.contains(&number(held))
            }
        };
        let held = subject.records.iter().filter(|held| !held.tombstone);
        held.filter(named).collect()
    };
    if detail.categories.is_empty() {
        detail.categories = about.iter().map(|held| number(held)).collect();
        detail.categories.sort_unstable();
        detail.categories.dedup();
    }
    let mut grounds = grounds_of(law, subject, about, moment);
    if let Some(purpose) = detail.purpose {
        let stands = |ground: &&Ground| ground.purpose == purpose && ground.basis != 0;
        let known = grounds.iter().find(stands).map(|ground| ground.basis);
        detail.basis = detail
            .basis
            .or(known)
            .or_else(|| basis_of(law, subject, purpose, detail.matter, moment));
        let stated = (purpose, detail.basis.unwrap_or_default());
        grounds.retain(|ground| (ground.purpose, ground.basis) != stated);
    }
    detail.grounds = grounds;
}

/// What some records of a person are held for.
pub(crate) fn grounds_of<'a>(
    law: &Law,
    subject: &Subject,
    about: impl IntoIterator<Item = &'a Held>,
    moment: Moment,
) -> Vec<Ground> {
    let mut grounds: Vec<Ground> = about
        .into_iter()
        .flat_map(|held| held_for(&law.in_force, subject, held, moment))
        .map(|(purpose, basis)| Ground {
            purpose: law.names.purpose.number(purpose),
            basis: basis.map_or(0, basis_number),
        })
        .collect();
    grounds.sort_unstable();
    grounds.dedup();
    grounds
}

/// A person's part in a bulk act: some of their records, with what is said of them; all that is
/// held, if none is named.
pub(crate) fn part_of(
    law: &Law,
    subject: &Subject,
    records: Vec<[u8; 16]>,
    moment: Moment,
) -> Part {
    let named = |held: &&Held| records.is_empty() || records.contains(&held.id.0);
    let held = subject.records.iter().filter(|held| !held.tombstone);
    let about: Vec<&Held> = held.filter(named).collect();
    let mut part = Part::new(subject.id.0);
    part.categories = about
        .iter()
        .map(|held| law.names.category.number(held.category))
        .collect();
    part.categories.sort_unstable();
    part.categories.dedup();
    part.grounds = grounds_of(law, subject, about, moment);
    part.records = records;
    part
}

/// The basis of a purpose for a person, where one stands.
fn basis_of(
    law: &Law,
    subject: &Subject,
    purpose: u32,
    matter: Option<[u8; 16]>,
    moment: Moment,
) -> Option<u32> {
    let purpose = law.names.purpose.id(purpose)?;
    let matter = matter.map(MatterId);
    basis_for(&law.in_force, subject, purpose, matter, moment).map(basis_number)
}
