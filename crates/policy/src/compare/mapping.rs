//! Which part of the old policy is which of the new one.

use crate::authorisation::Role;
use crate::model::{
    Anchor, Basis, BasisRule, Category, CategoryId, Channel, Document, FactId, FactKind, Field,
    FieldId, Form, Kind, KindId, Origin, Policy, Processor, ProcessorId, Projection, Purpose,
    PurposeId, Recipient, RetentionRule, Right, Span, SpanId, Use, Wording,
};

/// What has a name, perhaps one before, and a title.
pub(crate) trait Named {
    fn name(&self) -> &str;
    fn was(&self) -> Option<&str>;
    fn title(&self) -> &Wording;
}

macro_rules! named {
    ($($item:ty),+ $(,)?) => {$(
        impl Named for $item {
            fn name(&self) -> &str { &self.name }
            fn was(&self) -> Option<&str> { self.was.as_deref() }
            fn title(&self) -> &Wording { &self.title }
        }
    )+};
}

named!(
    Kind,
    Category,
    Field,
    Purpose,
    FactKind,
    Span,
    RetentionRule,
    Recipient,
    Origin,
    Form,
    Channel,
    Processor,
    Document,
    Projection,
    Role,
);

impl Named for Right {
    fn name(&self) -> &str {
        &self.name
    }
    fn was(&self) -> Option<&str> {
        None
    }
    fn title(&self) -> &Wording {
        &self.title
    }
}

/// The old one of the same name, or of the name before.
pub(crate) fn before<'a, T: Named>(old: &'a [T], new: &T) -> Option<&'a T> {
    let named = |name: &str| old.iter().find(|it| it.name() == name);
    named(new.name()).or_else(|| new.was().and_then(named))
}

/// For each old one, the place of the new one.
fn map<T: Named>(old: &[T], new: &[T]) -> Vec<Option<u8>> {
    old.iter()
        .map(|it| {
            (0u8..)
                .zip(new)
                .find(|(_, other)| before(old, *other).is_some_and(|b| b.name() == it.name()))
                .map(|(id, _)| id)
        })
        .collect()
}

/// For each id of the old policy, the id of the new one.
pub(crate) struct Mapping {
    kinds: Vec<Option<u8>>,
    categories: Vec<Option<u8>>,
    fields: Vec<Vec<Option<u8>>>,
    purposes: Vec<Option<u8>>,
    facts: Vec<Option<u8>>,
    spans: Vec<Option<u8>>,
    channels: Vec<Option<u8>>,
    processors: Vec<Option<u8>>,
}

impl Mapping {
    pub(crate) fn between(old: &Policy, new: &Policy) -> Self {
        let categories = map(&old.categories, &new.categories);
        let fields = old
            .categories
            .iter()
            .zip(&categories)
            .map(|(category, id)| match id {
                Some(id) => map(&category.fields, &new.categories[usize::from(*id)].fields),
                None => vec![None; category.fields.len()],
            })
            .collect();
        Self {
            kinds: map(&old.kinds, &new.kinds),
            categories,
            fields,
            purposes: map(&old.purposes, &new.purposes),
            facts: map(&old.facts, &new.facts),
            spans: map(&old.spans, &new.spans),
            channels: map(&old.channels, &new.channels),
            processors: map(&old.processors, &new.processors),
        }
    }

    pub(crate) fn kind(&self, old: KindId) -> Option<KindId> {
        self.kinds[old.index()].map(KindId)
    }

    pub(crate) fn category(&self, old: CategoryId) -> Option<CategoryId> {
        self.categories[old.index()].map(CategoryId)
    }

    pub(crate) fn field(&self, old: FieldId) -> Option<FieldId> {
        let category = self.category(old.category)?;
        let field = self.fields[old.category.index()][usize::from(old.field)]?;
        Some(FieldId { category, field })
    }

    pub(crate) fn purpose(&self, old: PurposeId) -> Option<PurposeId> {
        self.purposes[old.index()].map(PurposeId)
    }

    pub(super) fn fact(&self, old: FactId) -> Option<FactId> {
        self.facts[old.index()].map(FactId)
    }

    pub(super) fn span(&self, old: SpanId) -> Option<SpanId> {
        self.spans[old.index()].map(SpanId)
    }

    pub(super) fn processor(&self, old: ProcessorId) -> Option<ProcessorId> {
        self.processors[old.index()].map(ProcessorId)
    }

    /// The fields that uses come to, as the new policy has them; those that are gone left out.
    pub(super) fn fields_of(&self, uses: &[Use]) -> Vec<FieldId> {
        fields(uses).filter_map(|field| self.field(field)).collect()
    }

    pub(super) fn anchor(&self, old: Anchor) -> Option<Anchor> {
        match old {
            Anchor::Collection => Some(Anchor::Collection),
            Anchor::Fact(id) => self.fact(id).map(Anchor::Fact),
            Anchor::EndOf(id) => self.span(id).map(Anchor::EndOf),
        }
    }

    /// A line of legal bases as the new policy would say it; without what it no longer knows.
    pub(super) fn basis(&self, old: &BasisRule) -> BasisRule {
        BasisRule {
            kinds: old.kinds.iter().filter_map(|id| self.kind(id)).collect(),
            channels: old
                .channels
                .iter()
                .filter_map(|id| self.channels[id.index()].map(crate::model::ChannelId))
                .collect(),
            basis: match old.basis {
                Basis::Contract(Some(span)) => Basis::Contract(self.span(span)),
                other => other,
            },
            ..old.clone()
        }
    }
}

/// The fields that uses come to.
pub(super) fn fields(uses: &[Use]) -> impl Iterator<Item = FieldId> {
    uses.iter().flat_map(|used| {
        (0..64u8)
            .filter(|place| used.fields & (1 << place) != 0)
            .map(|field| FieldId {
                category: used.category,
                field,
            })
    })
}
