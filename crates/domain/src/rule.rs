//! The rules that a decision names, in both directions: why yes and why no.

mod sentence;
mod terms;

pub use terms::Terms;

use jiff::civil::Date;
use policy::authorisation::Action;
use policy::model::{
    CategoryId, ChannelId, DocumentId, FactId, FieldId, FormId, KindId, OriginId, ProcessorId,
    PurposeId, RecipientId, RoleId, RuleId, SpanId,
};

use crate::subject::EndedBy;

/// A rule that closes a record, ends a ground or refuses an act.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Rule {
    /// Nothing of the kind asked for is held.
    NothingHeld,
    /// The recipient may not read this for the purpose (9a).
    Recipient {
        /// Who asked.
        recipient: RecipientId,
        /// What for.
        purpose: PurposeId,
    },
    /// The role is not granted it: the authorisation narrows what the policy permits (9c).
    Role {
        /// In which role it was asked for.
        role: RoleId,
        /// What would be done.
        action: Action,
        /// What for, where it is for one purpose.
        purpose: Option<PurposeId>,
        /// What is missing.
        lacks: Lack,
    },
    /// Nobody has confirmed in time that the account needs the role: it opens nothing (21a).
    RoleReview {
        /// Which role.
        role: RoleId,
        /// The day on which it was to be confirmed at the latest.
        due: Date,
    },
    /// The undertaking of confidentiality is not accepted: nothing is read (9b).
    Undertaking {
        /// Which document it is.
        document: DocumentId,
        /// What is missing.
        lacks: Unaccepted,
    },
    /// The purpose does not use the category (19a).
    NotUsed {
        /// What for.
        purpose: PurposeId,
        /// What was asked for.
        category: CategoryId,
    },
    /// The record was not collected for the purpose (19a).
    NoGround {
        /// What for.
        purpose: PurposeId,
        /// What was asked for.
        category: CategoryId,
    },
    /// A retention rule: the term is over (10).
    Term {
        /// Which rule.
        rule: RuleId,
        /// Of which version of the policy: an earlier one where the person has not been told of
        /// a longer term.
        version: u32,
    },
    /// The ground was ended for good.
    Ended {
        /// What for.
        purpose: PurposeId,
        /// Why.
        by: EndedBy,
    },
    /// The ground begins on a later day.
    NotYet {
        /// What for.
        purpose: PurposeId,
    },
    /// No retention rule covers it: without a term nothing is held (10l).
    NoTerm {
        /// What for.
        purpose: PurposeId,
        /// Which category.
        category: CategoryId,
    },
    /// The record that it was derived from went (19b).
    Source,
    /// The purpose has no legal basis for such a person, channel or day (8).
    NoBasis {
        /// What for.
        purpose: PurposeId,
    },
    /// A consent is needed, and none lives (8b).
    ConsentNeeded {
        /// What for.
        purpose: PurposeId,
        /// By which channel.
        channel: Option<ChannelId>,
    },
    /// The contract that carries the use is not open, or the person is not party to it (8a).
    ContractNotOpen {
        /// What for.
        purpose: PurposeId,
        /// Which kind of contract.
        span: SpanId,
    },
    /// The person objected (13d, 21).
    Objection {
        /// What for.
        purpose: PurposeId,
        /// Whether to canvassing as a whole.
        canvassing: bool,
    },
    /// A hold closes it to every other use (10i).
    Hold {
        /// What alone it may be read for.
        purpose: PurposeId,
    },
    /// Evidence of a dispute closes it to every other use (10f).
    Evidence {
        /// What alone it may be read for.
        purpose: PurposeId,
    },
    /// Processing is restricted (14a).
    Restriction,
    /// The person is still to be informed of data that somebody else gave: until then it goes to
    /// nobody outside the house, and no other message comes first (GDPR 14(3); 6c).
    Uninformed,
    /// Its destruction has begun.
    Destroyed,
    /// Nothing is collected without a purpose (4a).
    NoPurpose,
    /// The purpose does not concern this kind of person.
    NotConcerned {
        /// What for.
        purpose: PurposeId,
        /// As what kind.
        kind: KindId,
    },
    /// A field that the category does not declare (5a).
    UndeclaredField {
        /// Which category.
        category: CategoryId,
    },
    /// A field that no stated purpose needs (5b).
    FieldNotNeeded {
        /// Which field.
        field: FieldId,
    },
    /// The person may not change the field themselves on line (12a); it is put right on a written
    /// request (12b).
    NotCorrectable {
        /// Which field.
        field: FieldId,
    },
    /// The form does not ask for the field (5b).
    NotAsked {
        /// Which form.
        form: FormId,
        /// Which field.
        field: FieldId,
    },
    /// An answer that is compulsory on the form is missing (18a).
    AnswerMissing {
        /// Which form.
        form: FormId,
        /// Which field.
        field: FieldId,
    },
    /// The form is not for this kind of person.
    FormKind {
        /// Which form.
        form: FormId,
        /// As what kind.
        kind: KindId,
    },
    /// The category is collected only for a matter whose span is open (5b, 5c).
    OnlyDuring {
        /// Which category.
        category: CategoryId,
        /// Within what.
        span: SpanId,
    },
    /// The purpose arises only with a fact that has not been recorded.
    ArisesWith {
        /// What for.
        purpose: PurposeId,
        /// With what.
        fact: FactId,
    },
    /// No stated purpose is carried out by this processor (3a).
    Processor {
        /// Which one.
        processor: ProcessorId,
    },
    /// The origin needs an approval (6b).
    Approval {
        /// Which one.
        origin: OriginId,
    },
    /// Collection, consent, objection or the like cannot lie in the future (semantics, 12).
    InTheFuture,
    /// Facts of this kind are not planned: they cannot lie in the future (semantics, 12).
    FactInTheFuture {
        /// Which kind.
        fact: FactId,
    },
    /// Facts of this kind are about one matter, to be named.
    MatterNeeded {
        /// Which kind.
        fact: FactId,
    },
    /// Facts of this kind are about no matter.
    MatterUnknown {
        /// Which kind.
        fact: FactId,
    },
    /// Facts of this kind do not happen to an organisation (semantics, 10).
    NotOfOrganisation {
        /// Which kind.
        fact: FactId,
    },
    /// Such an actor may not record facts of this kind.
    Recorder {
        /// Which kind.
        fact: FactId,
    },
    /// The manner is none in which the fact happens; some count never (10d).
    Manner {
        /// Which kind.
        fact: FactId,
    },
    /// The purpose rests on consent for nobody of that kind, or not on that channel.
    NotByConsent {
        /// What for.
        purpose: PurposeId,
    },
    /// A consent without its proof is none (8b).
    ProofNeeded {
        /// What for.
        purpose: PurposeId,
    },
    /// A hold is placed for a duty, for evidence or for what arises with a fact, never for
    /// everyday use (10i).
    HoldPurpose {
        /// What was named.
        purpose: PurposeId,
    },
    /// A hold is looked at again on a day to come (10i).
    Review,
    /// What is to be changed is not there, or it is over already.
    Absent,
    /// An end lies before its beginning.
    Order,
}

/// Why an undertaking of confidentiality does not count as accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Unaccepted {
    /// No version of it is published, so that nobody can accept one.
    Unpublished,
    /// It was never accepted.
    Never,
    /// A later version asks those who accepted an earlier one to accept it too.
    Newer,
    /// It was to be renewed on this day at the latest.
    Due(Date),
}

/// What a role lacks to do something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Lack {
    /// A grant: it may not do this with such data, whoever it is about.
    Grant,
    /// It may, about other kinds of people.
    Kind,
    /// It may, about the account's own clients, and this person is none.
    OwnClient,
    /// It may, about the people of the one matter that is named, and this is not of it.
    Matter,
}

impl Rule {
    /// The rule's name, as the policy file or the field of law has it: `retention 10d`,
    /// `recipients.marketing`, `purposes.newsletters.basis`.
    #[must_use]
    pub fn name<'a>(&self, terms: impl Into<Terms<'a>>) -> String {
        let terms = terms.into();
        let policy = terms.policy;
        let purpose = |id: PurposeId| policy.purposes[id.index()].name.as_str();
        let category = |id: CategoryId| policy.categories[id.index()].name.as_str();
        let fact = |id: FactId| policy.facts[id.index()].name.as_str();
        match *self {
            Self::NothingHeld => "nothing held".to_owned(),
            Self::Recipient { recipient, .. } => {
                format!("recipients.{}", policy.recipients[recipient.index()].name)
            }
            Self::Role { role, .. } => match terms.authorisation {
                Some(authorisation) => format!("roles.{}.grants", authorisation.role(role).name),
                None => "roles".to_owned(),
            },
            Self::RoleReview { .. } => "authorisation.reviewed-every".to_owned(),
            Self::Undertaking {
                lacks: Unaccepted::Due(_),
                ..
            } => "authorisation.undertaking-renewed-every".to_owned(),
            Self::Undertaking { .. } => "authorisation.undertaking".to_owned(),
            Self::NotUsed { purpose: id, .. } => format!("purposes.{}.uses", purpose(id)),
            Self::NoGround { purpose: id, .. } | Self::NotYet { purpose: id } => {
                format!("purposes.{}", purpose(id))
            }
            Self::Term { rule, .. } => format!("retention {}", policy.rules[rule.index()].name),
            Self::Ended { purpose: id, by } => match by {
                EndedBy::Term => format!("retention of {}", purpose(id)),
                EndedBy::Consent => format!("purposes.{}.basis", purpose(id)),
                EndedBy::Objection => "rights.objection".to_owned(),
                EndedBy::Erasure(_) => "rights.erasure".to_owned(),
                EndedBy::Source => "derived data".to_owned(),
            },
            Self::NoTerm { category: id, .. } => format!("retention of {}", category(id)),
            Self::Source => "derived data".to_owned(),
            Self::NoBasis { purpose: id }
            | Self::ConsentNeeded { purpose: id, .. }
            | Self::ContractNotOpen { purpose: id, .. }
            | Self::NotByConsent { purpose: id }
            | Self::ProofNeeded { purpose: id } => format!("purposes.{}.basis", purpose(id)),
            Self::Objection { .. } => "rights.objection".to_owned(),
            Self::Hold { .. } | Self::HoldPurpose { .. } | Self::Review => "hold".to_owned(),
            Self::Evidence { purpose: id } | Self::ArisesWith { purpose: id, .. } => {
                format!("purposes.{}.arises-with", purpose(id))
            }
            Self::Restriction => "rights.restriction".to_owned(),
            Self::Uninformed => "GDPR 14".to_owned(),
            Self::Destroyed => "destroyed".to_owned(),
            Self::NoPurpose => "purposes".to_owned(),
            Self::NotConcerned { purpose: id, .. } => format!("purposes.{}.concerns", purpose(id)),
            Self::UndeclaredField { category: id } => format!("categories.{}.fields", category(id)),
            Self::FieldNotNeeded { field } | Self::NotCorrectable { field } => {
                let of = &policy.categories[field.category.index()];
                format!(
                    "categories.{}.fields.{}",
                    of.name,
                    of.fields[usize::from(field.field)].name
                )
            }
            Self::NotAsked { form, .. } => format!("forms.{}", policy.form(form).name),
            Self::AnswerMissing { form, .. } => {
                format!("forms.{}.required", policy.form(form).name)
            }
            Self::FormKind { form, .. } => format!("forms.{}.kinds", policy.form(form).name),
            Self::OnlyDuring { category: id, .. } => {
                format!("categories.{}.only-during", category(id))
            }
            Self::Processor { processor } => {
                format!("processors.{}", policy.processors[processor.index()].name)
            }
            Self::Approval { origin } => format!("origins.{}", policy.origins[origin.index()].name),
            Self::InTheFuture | Self::Order => "dates".to_owned(),
            Self::FactInTheFuture { fact: id } => format!("facts.{}.planned", fact(id)),
            Self::MatterNeeded { fact: id } | Self::MatterUnknown { fact: id } => {
                format!("facts.{}.about-matter", fact(id))
            }
            Self::NotOfOrganisation { fact: id } => format!("facts.{}.of-organisation", fact(id)),
            Self::Recorder { fact: id } => format!("facts.{}.recorded-by", fact(id)),
            Self::Manner { fact: id } => format!("facts.{}.manners", fact(id)),
            Self::Absent => "absent".to_owned(),
        }
    }
}
