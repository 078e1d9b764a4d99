//! Looking things up in a compiled policy: by name, and the legal basis of a use.

use jiff::civil::Date;

use crate::model::{
    BasisRule, Category, CategoryId, Channel, ChannelId, Document, DocumentId, FactId, FactKind,
    Field, FieldId, Form, FormId, Kind, KindId, Origin, OriginId, Person, Policy, Processor,
    ProcessorId, Projection, ProjectionId, Purpose, PurposeId, Recipient, RecipientId,
    RetentionRule, Right, RuleId, Span, SpanId,
};

/// Makes, for one list of the policy, the look-up by name and the one by id.
macro_rules! look_ups {
    ($($list:ident, $by_name:ident, $by_id:ident: $id:ident => $item:ident;)+) => {
        impl Policy {$(
            #[doc = concat!("The id of the [`", stringify!($item), "`] of this name.")]
            #[must_use]
            pub fn $by_name(&self, name: &str) -> Option<$id> {
                (0u8..).zip(&self.$list).find(|(_, it)| it.name == name).map(|(id, _)| $id(id))
            }

            #[doc = concat!("The [`", stringify!($item), "`] of an id of this policy.")]
            ///
            /// # Panics
            /// If the id is of another policy, which has more of them.
            #[must_use]
            #[inline]
            pub fn $by_id(&self, id: $id) -> &$item {
                &self.$list[id.index()]
            }
        )+}
    };
}

look_ups! {
    kinds, kind_named, kind: KindId => Kind;
    categories, category_named, category: CategoryId => Category;
    purposes, purpose_named, purpose: PurposeId => Purpose;
    facts, fact_named, fact: FactId => FactKind;
    spans, span_named, span: SpanId => Span;
    rules, rule_named, rule: RuleId => RetentionRule;
    recipients, recipient_named, recipient: RecipientId => Recipient;
    origins, origin_named, origin: OriginId => Origin;
    forms, form_named, form: FormId => Form;
    channels, channel_named, channel: ChannelId => Channel;
    processors, processor_named, processor: ProcessorId => Processor;
    documents, document_named, document: DocumentId => Document;
    projections, projection_named, projection: ProjectionId => Projection;
}

impl Policy {
    /// The right of this name.
    #[must_use]
    pub fn right_named(&self, name: &str) -> Option<&Right> {
        self.rights.iter().find(|right| right.name == name)
    }

    /// The id of the field of this name; names of fields are unique in the whole policy (5a).
    /// `category.field` is understood as well.
    #[must_use]
    pub fn field_named(&self, name: &str) -> Option<FieldId> {
        let (within, name) = match name.split_once('.') {
            Some((category, field)) => (Some(self.category_named(category)?), field),
            None => (None, name),
        };
        (0u8..)
            .map(CategoryId)
            .zip(&self.categories)
            .filter(|(id, _)| within.is_none_or(|within| within == *id))
            .find_map(|(category, it)| {
                let place = it.fields.iter().position(|field| field.name == name)?;
                Some(FieldId {
                    category,
                    field: u8::try_from(place).ok()?,
                })
            })
    }

    /// The field of an id of this policy.
    ///
    /// # Panics
    /// If the id is of another policy.
    #[must_use]
    pub fn field(&self, id: FieldId) -> &Field {
        &self.categories[id.category.index()].fields[usize::from(id.field)]
    }

    /// The lines of a purpose's legal bases that fit a case, the one that counts first (8a, 8b).
    ///
    /// A line that names channels fits only a use through one of them; one with dates, only on a
    /// day from `since` through `until`. A line with a contract counts while its span is open, and
    /// the next line if it is not: whether it is, the caller knows.
    pub fn bases_for(
        &self,
        purpose: PurposeId,
        kind: KindId,
        person: Person,
        channel: Option<ChannelId>,
        date: Date,
    ) -> impl Iterator<Item = &BasisRule> {
        let bases = &self.purposes[purpose.index()].bases;
        self.tables.bases[purpose.index()][kind.index()]
            .iter()
            .map(|line| &bases[usize::from(*line)])
            .filter(move |line| line.fits(person, channel, date))
    }

    /// The line of a purpose's legal bases that counts in a case: the first of
    /// [`Policy::bases_for`]. Without one the use is not lawful.
    #[must_use]
    pub fn basis_for(
        &self,
        purpose: PurposeId,
        kind: KindId,
        person: Person,
        channel: Option<ChannelId>,
        date: Date,
    ) -> Option<&BasisRule> {
        self.bases_for(purpose, kind, person, channel, date).next()
    }

    /// The retention rule of a ground; there is one for every category that a purpose uses and
    /// every kind of subject that it concerns.
    #[must_use]
    pub fn rule_for(
        &self,
        purpose: PurposeId,
        kind: KindId,
        category: CategoryId,
    ) -> Option<RuleId> {
        self.tables.rule[purpose.index()][kind.index()][category.index()]
    }
}

impl BasisRule {
    /// Whether the line fits a person's situation, a channel and a day; its kinds apart.
    #[must_use]
    #[inline]
    pub fn fits(&self, person: Person, channel: Option<ChannelId>, date: Date) -> bool {
        self.person.is_none_or(|only| only == person)
            && (self.channels.is_empty() || channel.is_some_and(|c| self.channels.contains(c)))
            && self.since.is_none_or(|since| since <= date)
            && self.until.is_none_or(|until| date <= until)
    }
}
