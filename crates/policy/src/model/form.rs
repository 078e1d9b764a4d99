//! Forms: the ways in that somebody fills in, declared before they are used (5b, 6a, 18a).

use super::{FieldId, KindSet, OriginId, PurposeSet, SpanId, Wording};

/// A form: what is asked of whom and what for. Whatever comes in through it takes its purposes and
/// its origin, and nothing that it does not ask for comes in with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Form {
    /// The name in the policy file.
    pub name: String,
    /// The name before, if it was renamed.
    pub was: Option<String>,
    /// Title.
    pub title: Wording,
    /// Explanation for the public.
    pub about: Wording,
    /// As what kinds of subject people fill it in; never empty.
    pub kinds: KindSet,
    /// The purposes that it serves; each concerns every one of its kinds.
    pub purposes: PurposeSet,
    /// The origin of what comes in through it (6a).
    pub origin: OriginId,
    /// The matter that it is filled in for: a sale, say (5b).
    pub during: Option<SpanId>,
    /// What it asks for, the compulsory answers first, in the order of the file.
    pub asks: Vec<Asked>,
    /// What follows when a compulsory answer is left out (18b; GDPR 13(2)(e)); none where no answer
    /// is compulsory.
    pub if_left_out: Option<Wording>,
}

/// A field that a form asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asked {
    /// The field.
    pub field: FieldId,
    /// Whether the answer is compulsory (18a).
    pub required: bool,
    /// Its place, from 0, in the list of the policy file that names it.
    pub place: usize,
}

impl Form {
    /// The fields that it asks for so.
    pub fn fields(&self, required: bool) -> impl Iterator<Item = FieldId> {
        let these = self.asks.iter().filter(move |it| it.required == required);
        these.map(|asked| asked.field)
    }

    /// Whether it asks for a field.
    #[must_use]
    pub fn asks_for(&self, field: FieldId) -> bool {
        self.asks.iter().any(|asked| asked.field == field)
    }
}
