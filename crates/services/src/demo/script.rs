//! The script of a demonstration as it is written: `demo.toml`, beside the policy.
//!
//! Its names are the policy's; the code knows none of them. The form is described in
//! `docs/demo.md`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A script.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Script {
    /// How many people there are, unless somebody asks for another number.
    pub(super) people: u32,
    /// How many years of their history are told.
    pub(super) years: u32,
    /// What chance is seeded with.
    pub(super) seed: u64,
    /// How often in those years the keys are turned, a checkpoint is published and the journal is
    /// pruned.
    #[serde(default)]
    pub(super) turns_of_keys: u32,
    /// Who does what nobody else is named for.
    pub(super) by: Vec<String>,
    /// The sorts of people.
    pub(super) cohort: Vec<Cohort>,
}

/// People whose lives run alike.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Cohort {
    /// Its name, for messages.
    pub(super) name: String,
    /// How many people it has, in proportion to the others.
    pub(super) weight: u32,
    /// `private` or `professional`; left out: unknown.
    pub(super) person: Option<String>,
    /// From how many to how many people belong to one organisation; left out: to none.
    pub(super) members: Option<(i64, i64)>,
    /// At most how many years ago they come in; left out: all that are told.
    pub(super) within_years: Option<u32>,
    /// Words of the cohort's own, chosen once for each person.
    #[serde(default)]
    pub(super) words: BTreeMap<String, Words>,
    /// What happens in their lives, in order.
    pub(super) chapter: Vec<Chapter>,
}

/// A part of a life that happens once, never or several times.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Chapter {
    /// Its name.
    pub(super) name: String,
    /// The chapter, or the `chapter/step`, that it follows; left out: the first day.
    pub(super) after: Option<String>,
    /// The chapter, or the `chapter/step`, after which it does not begin any more.
    pub(super) until: Option<String>,
    /// From how many to how many days after what it follows.
    #[serde(default)]
    pub(super) days: (i64, i64),
    /// In how many of a hundred lives.
    #[serde(default = "always")]
    pub(super) chance: u32,
    /// From how many to how many times.
    #[serde(default = "once")]
    pub(super) times: (i64, i64),
    /// From how many to how many days lie between two times.
    #[serde(default)]
    pub(super) every: (i64, i64),
    /// It happens to the organisation, and so to its people together.
    #[serde(default)]
    pub(super) of_organisation: bool,
    /// Why somebody in whose life it happened is worth a look, by language.
    pub(super) suggest: Option<BTreeMap<String, String>>,
    /// Words of the chapter's own, chosen once for each time it happens.
    #[serde(default)]
    pub(super) words: BTreeMap<String, Words>,
    /// Its steps.
    pub(super) step: Vec<Step>,
}

/// One thing that happens.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Step {
    /// Its name, where another step refers to it.
    pub(super) name: Option<String>,
    /// The step of the chapter that it follows; left out: the chapter's beginning.
    pub(super) after: Option<String>,
    /// It does not happen where this step of the chapter does.
    pub(super) unless: Option<String>,
    /// From how many to how many days after that.
    #[serde(default)]
    pub(super) days: (i64, i64),
    /// In how many of a hundred cases.
    #[serde(default = "always")]
    pub(super) chance: u32,
    /// One of these accounts does it; left out: one of the script's.
    pub(super) by: Option<Vec<String>>,
    /// As what: `staff`, `person` or `program`.
    #[serde(rename = "as")]
    pub(super) acting_as: Option<String>,

    /// Records are collected; the first ones bring the person in.
    #[serde(default)]
    pub(super) collect: Vec<Collect>,
    /// A fact is recorded.
    pub(super) fact: Option<Fact>,
    /// A consent is given.
    pub(super) consent: Option<Consent>,
    /// A consent is withdrawn.
    pub(super) withdraw: Option<Withdraw>,
    /// An objection is made.
    pub(super) object: Option<Object>,
    /// A hold is placed.
    pub(super) hold: Option<Hold>,
    /// The person's holds are lifted.
    #[serde(default)]
    pub(super) lift_holds: bool,
    /// Categories are restricted.
    pub(super) restrict: Option<Vec<String>>,
    /// Data is erased, for this reason.
    pub(super) forget: Option<String>,
    /// The person is read.
    pub(super) read: Option<Read>,
    /// The person gets a copy.
    #[serde(default)]
    pub(super) copy: bool,
    /// The person leaves the organisation.
    #[serde(default)]
    pub(super) leave: bool,
}

/// A record to be collected.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Collect {
    pub(super) category: String,
    pub(super) kind: String,
    pub(super) origin: Vec<String>,
    pub(super) purposes: Vec<String>,
    pub(super) matter: Option<String>,
    #[serde(default = "always")]
    pub(super) chance: u32,
    pub(super) fields: BTreeMap<String, Words>,
}

/// A fact to be recorded.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Fact {
    pub(super) name: String,
    #[serde(default)]
    pub(super) manner: Vec<String>,
    pub(super) matter: Option<String>,
}

/// A consent to be given.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Consent {
    pub(super) purpose: String,
    #[serde(default)]
    pub(super) channels: Vec<String>,
    pub(super) proof: Statement,
}

/// A consent to be withdrawn.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Withdraw {
    pub(super) purpose: String,
    #[serde(default)]
    pub(super) channels: Vec<String>,
}

/// An objection to be made.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Object {
    /// To one purpose; left out: to canvassing.
    pub(super) purpose: Option<String>,
}

/// A hold to be placed.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Hold {
    pub(super) purpose: String,
    #[serde(default)]
    pub(super) categories: Vec<String>,
    pub(super) matter: Option<String>,
    pub(super) review_days: i64,
    pub(super) reason: Statement,
}

/// What is stated with an act.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Statement {
    pub(super) category: String,
    pub(super) origin: String,
    pub(super) fields: BTreeMap<String, Words>,
}

/// A reading.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Read {
    pub(super) recipient: String,
    pub(super) purpose: String,
    pub(super) channel: Option<String>,
}

/// Words with placeholders: always the same, one of several, or by the person's language.
#[derive(Deserialize, Debug, Clone)]
#[serde(untagged)]
pub(super) enum Words {
    /// Always these.
    One(String),
    /// One of these.
    Some(Vec<String>),
    /// One of those in the person's language.
    ByLanguage {
        /// English.
        en: Vec<String>,
        /// French.
        fr: Vec<String>,
    },
}

fn always() -> u32 {
    100
}

fn once() -> (i64, i64) {
    (1, 1)
}
