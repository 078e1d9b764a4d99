//! The difference between two policies: in plain words for the public (26a), as data for a plan.

mod concern;
mod document;
mod grounds;
mod house;
mod lists;
pub(crate) mod mapping;
mod purposes;

pub use concern::{Concerns, audience};
pub use document::compare_editions;

use crate::model::{Language, Policy, Wording};
use crate::words::in_both;

/// One thing that differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// What part of the policy.
    pub part: Part,
    /// Its name in the new policy, or in the old one if it is gone.
    pub name: String,
    /// Whether it came, went or became another.
    pub how: How,
    /// What that does to people's data.
    pub effect: Effect,
    /// The difference in a sentence, for the public.
    pub words: Wording,
    /// For a term: the grounds whose term differs.
    pub grounds: Vec<GroundName>,
    /// Whether it is of words alone: the same is said anew.
    pub editorial: bool,
    /// Whom it concerns: those who are told of it by a message (26a).
    pub concerns: Concerns,
}

/// A ground by its names in the new policy.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct GroundName {
    /// The purpose.
    pub purpose: String,
    /// The kind of subject.
    pub kind: String,
    /// The category.
    pub category: String,
}

/// A part of a policy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Part {
    /// The controller.
    Controller,
    /// The data protection officer.
    Officer,
    /// The supervisory authority.
    Authority,
    /// What the policy states of liability and of its register.
    Statements,
    /// Security measures.
    Security,
    /// How long the details of the trace are kept.
    TraceKept,
    /// The smallest group of a statistic.
    SmallestGroup,
    /// How much a statistic may tell of one person.
    RaisesOdds,
    /// A purpose.
    Purpose,
    /// The legal bases of a purpose.
    Basis,
    /// A retention term.
    Term,
    /// A category of data.
    Category,
    /// A field.
    Field,
    /// A recipient.
    Recipient,
    /// A processor.
    Processor,
    /// A kind of subject.
    Kind,
    /// An origin.
    Origin,
    /// A form.
    Form,
    /// A channel.
    Channel,
    /// A kind of fact.
    Fact,
    /// A span.
    Span,
    /// A projection.
    Projection,
    /// A document.
    Document,
    /// A right.
    Right,
}

/// What became of a part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum How {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has another name.
    Renamed {
        /// The name before.
        was: String,
    },
    /// It differs.
    Changed,
}

/// What a change does to people's data. More than one may be true: a term that is counted
/// otherwise is longer for some and shorter for others.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Effect {
    /// Some data goes earlier: it applies at once.
    pub shortens: bool,
    /// Some data is kept longer: it reaches a person only from the day they were told.
    pub lengthens: bool,
    /// A new purpose: it reaches a person only from the day they were told, and data already held
    /// only after a compatibility check or a new consent (4b).
    pub new_purpose: bool,
    /// A purpose uses more, concerns more people, or somebody may read more than before.
    pub widens: bool,
    /// A purpose uses less, or somebody may read less.
    pub narrows: bool,
}

impl Effect {
    /// Whether a person has to be told before it reaches their data.
    #[must_use]
    pub fn needs_telling(self) -> bool {
        self.lengthens || self.new_purpose || self.widens
    }

    /// The effects of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            shortens: self.shortens || other.shortens,
            lengthens: self.lengthens || other.lengthens,
            new_purpose: self.new_purpose || other.new_purpose,
            widens: self.widens || other.widens,
            narrows: self.narrows || other.narrows,
        }
    }
}

impl Change {
    pub(crate) fn new(part: Part, name: &str, how: How, say: impl Fn(Language) -> String) -> Self {
        Self {
            part,
            name: name.to_owned(),
            how,
            effect: Effect::default(),
            words: in_both(say),
            grounds: Vec::new(),
            editorial: false,
            concerns: Concerns::Nobody,
        }
    }

    pub(crate) fn editorial(mut self) -> Self {
        self.editorial = true;
        self
    }

    pub(crate) fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }
}

/// What differs between two policies, purposes and terms first. Renamed things (`was`) are the
/// same thing under another name. Two policies of one text differ in nothing.
#[must_use]
pub fn compare(old: &Policy, new: &Policy) -> Vec<Change> {
    let mapping = mapping::Mapping::between(old, new);
    let mut changes = purposes::changes(old, new, &mapping);
    changes.extend(grounds::changes(old, new, &mapping));
    changes.extend(lists::changes(old, new, &mapping));
    changes.extend(document::changes(old, new));
    changes.extend(house::changes(old, new));
    for change in &mut changes {
        change.concerns = concern::of(change, old, new);
    }
    changes
}
