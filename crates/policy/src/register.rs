//! The record of processing (GDPR 30), generated from the policy (24a): complete, and never kept by
//! hand.

mod json;
mod markdown;

use jiff::civil::Date;

use crate::model::{
    Authority, CategoryId, Controller, Form, KindId, Language, Nature, Officer, Policy, Purpose,
    PurposeId, RuleId, Transfer, Wording,
};
use crate::words::{self, in_both};

/// The record of processing of one controller, as of one version of its policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Register {
    /// The version of the policy.
    pub version: u32,
    /// The day on which that version was published.
    pub published: Date,
    /// 30(1)(a): the controller.
    pub controller: Controller,
    /// 30(1)(a): the data protection officer.
    pub officer: Option<Officer>,
    /// The supervisory authority.
    pub authority: Authority,
    /// One entry a purpose.
    pub processings: Vec<Processing>,
    /// The forms that data comes in through, which the article does not ask for: what is compulsory
    /// on each (13(2)(e)).
    pub forms: Vec<Asking>,
    /// 30(1)(g): security measures in general words.
    pub security: Vec<Wording>,
}

/// What a form asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asking {
    /// The form's name in the policy.
    pub name: String,
    /// The form.
    pub title: Wording,
    /// Who fills it in.
    pub kinds: Vec<Wording>,
    /// What for.
    pub purposes: Vec<Wording>,
    /// The compulsory answers.
    pub required: Vec<Wording>,
    /// The others.
    pub optional: Vec<Wording>,
    /// What follows without a compulsory answer.
    pub if_left_out: Option<Wording>,
}

/// What is done for one purpose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Processing {
    /// The purpose's name in the policy.
    pub name: String,
    /// 30(1)(b): the purpose.
    pub title: Wording,
    /// 30(1)(b): explained.
    pub about: Wording,
    /// The legal bases, for whom and how; the article does not ask for them, people do.
    pub bases: Vec<Wording>,
    /// 30(1)(c): kinds of data subject.
    pub kinds: Vec<Wording>,
    /// 30(1)(c): categories of data.
    pub categories: Vec<Data>,
    /// 30(1)(d): recipients inside the house.
    pub internal_recipients: Vec<Wording>,
    /// 30(1)(d): recipients outside.
    pub external_recipients: Vec<Wording>,
    /// Processors (30(1)(d)).
    pub processors: Vec<Wording>,
    /// 30(1)(e): transfers outside the Union.
    pub transfers: Vec<Transferred>,
    /// 30(1)(f): terms of erasure.
    pub terms: Vec<Term>,
}

/// A category of data with the fields that are used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Data {
    /// The category.
    pub title: Wording,
    /// Its fields.
    pub fields: Vec<Wording>,
    /// Whether it is a special category (GDPR 9).
    pub special: bool,
}

/// A transfer to a country outside the Union.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transferred {
    /// To whom.
    pub to: Wording,
    /// The country and the safeguard.
    pub transfer: Transfer,
}

/// A term of erasure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Term {
    /// The retention rule's name in the policy.
    pub rule: String,
    /// The categories of data that it covers, each with the kinds of subject.
    pub covers: Vec<(Wording, Vec<Wording>)>,
    /// How long, in words.
    pub words: Wording,
    /// What becomes of the data.
    pub then: Wording,
    /// Where the term comes from.
    pub source: Wording,
    /// Whether the published policy is silent about it and the policy's maker chose it (10l).
    pub ours: bool,
}

/// The record of processing of a policy.
#[must_use]
pub fn register(policy: &Policy) -> Register {
    Register {
        version: policy.version,
        published: policy.published,
        controller: policy.controller.clone(),
        officer: policy.officer.clone(),
        authority: policy.authority.clone(),
        processings: (0u8..)
            .map(PurposeId)
            .zip(&policy.purposes)
            .map(|(id, purpose)| processing(policy, id, purpose))
            .collect(),
        forms: policy
            .forms
            .iter()
            .map(|form| asking(policy, form))
            .collect(),
        security: own_measures()
            .into_iter()
            .chain(policy.security.iter().cloned())
            .collect(),
    }
}

/// What the product itself does for security, in general words; the policy adds the rest.
fn own_measures() -> [Wording; 4] {
    let both = |en: &str, fr: &str| Wording {
        en: en.to_owned(),
        fr: fr.to_owned(),
    };
    [
        both(
            "Each record is encrypted under a key of its own, kept apart from the data and \
             destroyed with it.",
            "Chaque enregistrement est chiffré par une clé qui lui est propre, gardée à l’écart des \
             données et détruite avec elles.",
        ),
        both(
            "Data is opened only for a stated purpose, by a recipient that the policy allows, after \
             the access has been recorded.",
            "Une donnée n’est ouverte que pour une finalité déclarée, par un destinataire que la \
             politique autorise, après l’enregistrement de l’accès.",
        ),
        both(
            "Every access and every act leaves an entry in a journal whose alteration can be \
             detected.",
            "Chaque accès et chaque acte laisse une trace dans un journal dont l’altération se \
             détecte.",
        ),
        both(
            "Data is unreadable from the moment its term is over, and then erased.",
            "Une donnée est illisible dès la fin de sa durée de conservation, puis effacée.",
        ),
    ]
}

fn asking(policy: &Policy, form: &Form) -> Asking {
    let titles = |required: bool| {
        let fields = form.fields(required);
        fields
            .map(|field| policy.field(field).title.clone())
            .collect()
    };
    Asking {
        name: form.name.clone(),
        title: form.title.clone(),
        kinds: form
            .kinds
            .iter()
            .map(|it| policy.kind(it).title.clone())
            .collect(),
        purposes: form
            .purposes
            .iter()
            .map(|it| policy.purpose(it).title.clone())
            .collect(),
        required: titles(true),
        optional: titles(false),
        if_left_out: form.if_left_out.clone(),
    }
}

fn processing(policy: &Policy, id: PurposeId, purpose: &Purpose) -> Processing {
    let recipients = |internal: bool| {
        policy
            .recipients
            .iter()
            .filter(|it| it.internal == internal && it.reads.iter().any(|(p, _)| *p == id))
            .map(|it| it.title.clone())
            .collect()
    };
    Processing {
        name: purpose.name.clone(),
        title: purpose.title.clone(),
        about: purpose.about.clone(),
        bases: purpose
            .bases
            .iter()
            .map(|line| in_both(|language| words::basis_line(policy, line, language)))
            .collect(),
        kinds: purpose
            .concerns
            .iter()
            .map(|kind| policy.kind(kind).title.clone())
            .collect(),
        categories: categories(policy, purpose),
        internal_recipients: recipients(true),
        external_recipients: recipients(false),
        processors: purpose
            .processors
            .iter()
            .map(|it| policy.processor(it).title.clone())
            .collect(),
        transfers: transfers(policy, id, purpose),
        terms: terms(policy, id, purpose),
    }
}

fn categories(policy: &Policy, purpose: &Purpose) -> Vec<Data> {
    purpose
        .uses
        .iter()
        .map(|used| {
            let category = policy.category(used.category);
            Data {
                title: category.title.clone(),
                fields: category
                    .fields
                    .iter()
                    .enumerate()
                    .filter(|(place, _)| used.fields & (1 << place) != 0)
                    .map(|(_, field)| field.title.clone())
                    .collect(),
                special: category.nature == Nature::Special,
            }
        })
        .collect()
}

fn transfers(policy: &Policy, id: PurposeId, purpose: &Purpose) -> Vec<Transferred> {
    let recipients = policy
        .recipients
        .iter()
        .filter(|it| it.reads.iter().any(|(p, _)| *p == id))
        .map(|it| (&it.title, &it.transfer));
    let processors = purpose
        .processors
        .iter()
        .map(|it| policy.processor(it))
        .map(|it| (&it.title, &it.transfer));
    recipients
        .chain(processors)
        .filter_map(|(to, transfer)| {
            Some(Transferred {
                to: to.clone(),
                transfer: transfer.clone()?,
            })
        })
        .collect()
}

/// The rules that decide the grounds of a purpose, in the order of the policy.
fn terms(policy: &Policy, id: PurposeId, purpose: &Purpose) -> Vec<Term> {
    let decided = |rule: RuleId, category: CategoryId| -> Vec<KindId> {
        purpose
            .concerns
            .iter()
            .filter(|kind| policy.rule_for(id, *kind, category) == Some(rule))
            .collect()
    };
    (0u8..)
        .map(RuleId)
        .zip(&policy.rules)
        .filter_map(|(rule_id, rule)| {
            let covers: Vec<(Wording, Vec<Wording>)> = purpose
                .uses
                .iter()
                .map(|used| (used.category, decided(rule_id, used.category)))
                .filter(|(_, kinds)| !kinds.is_empty())
                .map(|(category, kinds)| {
                    let kinds = kinds
                        .into_iter()
                        .map(|kind| policy.kind(kind).title.clone());
                    (policy.category(category).title.clone(), kinds.collect())
                })
                .collect();
            (!covers.is_empty()).then(|| Term {
                rule: rule.name.clone(),
                covers,
                words: in_both(|language| words::term(policy, rule, language)),
                then: in_both(|language| words::then(policy, rule.then, language)),
                source: in_both(|language| words::source(&rule.source, language)),
                ours: rule.ours,
            })
        })
        .collect()
}

impl Register {
    /// The register as a page in Markdown, in one language.
    #[must_use]
    pub fn to_markdown(&self, language: Language) -> String {
        markdown::page(self, language)
    }

    /// The register as JSON; every wording has `en` and `fr`.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        json::value(self)
    }
}
