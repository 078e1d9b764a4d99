//! Whom a change concerns: those who are told of it by a message. Words that say the same anew
//! concern nobody, and stand on the site.

use std::collections::BTreeSet;

use super::mapping::before;
use super::{Change, How, Part};
use crate::model::{CategoryId, KindSet, Policy, Purpose};

/// Whom a change concerns.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Concerns {
    /// Nobody: it is of words, or of what no data is held for yet.
    #[default]
    Nobody,
    /// People of these kinds, by their names in the new policy.
    Kinds(BTreeSet<String>),
    /// Everybody.
    Everybody,
}

impl Concerns {
    /// Whether a kind, by its name in the new policy, is among them.
    #[must_use]
    pub fn includes(&self, kind: &str) -> bool {
        match self {
            Self::Nobody => false,
            Self::Kinds(kinds) => kinds.contains(kind),
            Self::Everybody => true,
        }
    }

    /// Those whom either concerns.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Everybody, _) | (_, Self::Everybody) => Self::Everybody,
            (Self::Nobody, other) => other.clone(),
            (own, Self::Nobody) => own,
            (Self::Kinds(mut own), Self::Kinds(other)) => {
                own.extend(other.iter().cloned());
                Self::Kinds(own)
            }
        }
    }

    fn kinds(names: BTreeSet<String>) -> Self {
        match names.is_empty() {
            true => Self::Nobody,
            false => Self::Kinds(names),
        }
    }
}

/// Whom any of some changes concerns.
#[must_use]
pub fn audience(changes: &[Change]) -> Concerns {
    let concerns = changes.iter().map(|change| &change.concerns);
    concerns.fold(Concerns::Nobody, Concerns::and)
}

/// Whom a change concerns.
pub(super) fn of(change: &Change, old: &Policy, new: &Policy) -> Concerns {
    if change.editorial || matches!(change.how, How::Renamed { .. }) {
        return Concerns::Nobody;
    }
    let both = |pick: &dyn Fn(&Policy) -> Option<KindSet>| {
        let mut names = BTreeSet::new();
        for (policy, kinds) in [(old, pick(old)), (new, pick(new))] {
            for kind in kinds
                .into_iter()
                .flat_map(|kinds| kinds.iter().collect::<Vec<_>>())
            {
                names.extend(name_now(policy, &policy.kind(kind).name, new));
            }
        }
        Concerns::kinds(names)
    };
    let name = change.name.as_str();
    match change.part {
        Part::Controller
        | Part::Officer
        | Part::Authority
        | Part::Statements
        | Part::TraceKept
        | Part::Right => Concerns::Everybody,
        Part::Purpose | Part::Basis => both(&|policy| {
            let purpose = policy
                .purposes
                .iter()
                .find(|it| same(&it.name, it.was.as_deref(), name));
            purpose.map(|purpose| purpose.concerns)
        }),
        Part::Term => Concerns::kinds(change.grounds.iter().map(|it| it.kind.clone()).collect()),
        Part::Category => both(&|policy| {
            let category = place(&policy.categories, |it| {
                same(&it.name, it.was.as_deref(), name)
            });
            category.map(|id| users(policy, CategoryId(id)))
        }),
        Part::Field => both(&|policy| {
            let category = place(&policy.categories, |category| {
                let mut fields = category.fields.iter();
                fields.any(|it| same(&it.name, it.was.as_deref(), name))
            });
            category.map(|id| users(policy, CategoryId(id)))
        }),
        Part::Recipient => both(&|policy| {
            let mut recipients = policy.recipients.iter();
            let found = recipients.find(|it| same(&it.name, it.was.as_deref(), name))?;
            let purposes = found.reads.iter().map(|(id, _)| policy.purpose(*id));
            Some(all(purposes))
        }),
        Part::Processor => both(&|policy| {
            let processor = place(&policy.processors, |it| {
                same(&it.name, it.was.as_deref(), name)
            });
            let id = crate::model::ProcessorId(processor?);
            let purposes = policy.purposes.iter();
            Some(all(
                purposes.filter(|purpose| purpose.processors.contains(id))
            ))
        }),
        Part::Kind => match change.how {
            // Nobody is of a kind before there is one.
            How::Added => Concerns::Nobody,
            _ => Concerns::Everybody,
        },
        Part::Security
        | Part::SmallestGroup
        | Part::RaisesOdds
        | Part::Origin
        | Part::Form
        | Part::Channel
        | Part::Fact
        | Part::Span
        | Part::Projection
        | Part::Document => Concerns::Nobody,
    }
}

fn same(name: &str, was: Option<&str>, wanted: &str) -> bool {
    name == wanted || was == Some(wanted)
}

fn place<T>(list: &[T], is: impl Fn(&T) -> bool) -> Option<u8> {
    list.iter()
        .position(is)
        .and_then(|at| u8::try_from(at).ok())
}

/// The kinds of those for whom a category is used.
fn users(policy: &Policy, category: CategoryId) -> KindSet {
    let uses = |purpose: &&Purpose| purpose.uses.iter().any(|used| used.category == category);
    all(policy.purposes.iter().filter(uses))
}

/// The kinds that some purposes concern.
fn all<'a>(purposes: impl Iterator<Item = &'a Purpose>) -> KindSet {
    KindSet(purposes.fold(0, |kinds, purpose| kinds | purpose.concerns.0))
}

/// What a kind of a policy is called in the new one; none if it is gone.
fn name_now(policy: &Policy, name: &str, new: &Policy) -> Option<String> {
    let mut kinds = new.kinds.iter();
    kinds
        .find(|it| it.name == name || before(&policy.kinds, *it).is_some_and(|b| b.name == name))
        .map(|it| it.name.clone())
}
