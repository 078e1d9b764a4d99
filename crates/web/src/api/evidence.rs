//! What can be shown of how data is dealt with: what is known of a person without opening a value, what
//! was done with their data, whether something may be done and why, how much there is, and the journal's
//! latest checkpoint.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;
use domain::SubjectId;
use domain::subject::{HoldScope, ObjectedTo};
use policy::authorisation::Action;
use policy::model::{Language, Person};
use serde::{Deserialize, Serialize};
use services::trace::Traced;
use utoipa::ToSchema;

use super::Problems;
use super::call::{Call, States};
use super::data::{May, Withheld};
use super::names;
use super::organisations::Fact;
use super::reply::Reply;

/// What is known of a person without opening a value.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Dossier {
    /// The person's identifier
    subject: String,
    /// The version, as the `ETag` says it
    version: u64,
    /// How the person is met: `private`, `professional` or `unknown`
    met: &'static str,
    /// As which kinds of person, each from a day on
    kinds: Vec<Spanned>,
    /// The organisations that they belong or belonged to
    organisations: Vec<Spanned>,
    /// What happened to them
    facts: Vec<Fact>,
    /// Consents, given and withdrawn
    consents: Vec<Consent>,
    /// Objections
    objections: Vec<Standing>,
    /// Restrictions of processing
    restrictions: Vec<Standing>,
    /// Holds
    holds: Vec<Hold>,
    /// The latest version of the policy that they were told of
    #[serde(skip_serializing_if = "Option::is_none")]
    told: Option<u32>,
    /// The place of the look in the journal
    entry: u64,
}

/// Something from a day on.
#[derive(Serialize, ToSchema)]
struct Spanned {
    /// What: a kind of person, or an organisation
    of: String,
    #[schema(format = Date)]
    since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    until: Option<String>,
}

/// A consent.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Consent {
    id: String,
    purpose: String,
    /// By which channels; none: the purpose as a whole
    channels: Vec<String>,
    #[schema(format = DateTime)]
    given: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    withdrawn: Option<String>,
    /// The version of the policy that was shown
    policy_version: u32,
}

/// An objection or a restriction.
#[derive(Serialize, ToSchema)]
struct Standing {
    id: String,
    /// To what: `canvassing`, a purpose; of a restriction: nothing
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[schema(format = DateTime)]
    since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    lifted: Option<String>,
}

/// A hold.
#[derive(Serialize, ToSchema)]
struct Hold {
    id: String,
    purpose: String,
    /// Which categories; none: everything, or a matter
    categories: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    matter: Option<String>,
    #[schema(format = Date)]
    review: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    lifted: Option<String>,
}

/// See what is known of a person without opening a value
#[utoipa::path(get, path = "/subjects/{subject}/dossier", tag = "subjects",
    params(("subject" = String, Path), States),
    responses((status = 200, body = Dossier, headers(("ETag", description = "The version"))), Problems))]
pub(super) async fn dossier(Path(id): Path<String>, call: Call) -> Response {
    call.read(move |desk, _| {
        let id: SubjectId = names::id(&id)?;
        let shown = desk.show(id)?;
        let (law, it) = (desk.kept().law(), &shown.subject);
        let policy = law.policy();
        let day = |day: jiff::civil::Date| day.to_string();
        let spanned = |of: String, since, until: Option<jiff::civil::Date>| Spanned {
            of,
            since: day(since),
            until: until.map(day),
        };
        let purpose = |id| policy.purpose(id).name.clone();
        let roles = it.roles.iter();
        let links = it.links.iter();
        let facts = it.facts.iter().chain(&it.organisation_facts);
        let dossier = Dossier {
            subject: id.to_string(),
            version: it.version,
            met: match it.person {
                Some(Person::Private) => "private",
                Some(Person::Professional) => "professional",
                None => "unknown",
            },
            kinds: roles
                .map(|one| spanned(policy.kind(one.kind).name.clone(), one.since, one.until))
                .collect(),
            organisations: links
                .map(|one| spanned(one.organisation.to_string(), one.since, one.until))
                .collect(),
            facts: facts.map(|fact| Fact::of(policy, fact)).collect(),
            consents: it
                .consents
                .iter()
                .map(|one| Consent {
                    id: one.id.to_string(),
                    purpose: purpose(one.purpose),
                    channels: one
                        .channels
                        .iter()
                        .map(|channel| policy.channel(channel).name.clone())
                        .collect(),
                    given: one.given.to_string(),
                    withdrawn: one.withdrawn.map(|at| at.to_string()),
                    policy_version: one.policy_version,
                })
                .collect(),
            objections: it
                .objections
                .iter()
                .map(|one| Standing {
                    id: one.id.to_string(),
                    to: Some(match one.to {
                        ObjectedTo::Canvassing => "canvassing".to_owned(),
                        ObjectedTo::Purpose(id) => purpose(id),
                    }),
                    since: one.made.to_string(),
                    lifted: one.lifted.map(|at| at.to_string()),
                })
                .collect(),
            restrictions: it
                .restrictions
                .iter()
                .map(|one| Standing {
                    id: one.id.to_string(),
                    to: None,
                    since: one.since.to_string(),
                    lifted: one.lifted.map(|at| at.to_string()),
                })
                .collect(),
            holds: it
                .holds
                .iter()
                .map(|one| {
                    let (categories, matter) = match one.scope {
                        HoldScope::Everything => (Vec::new(), None),
                        HoldScope::Categories(some) => (names::of_categories(policy, some), None),
                        HoldScope::Matter(matter) => (Vec::new(), Some(matter.to_string())),
                    };
                    Hold {
                        id: one.id.to_string(),
                        purpose: purpose(one.purpose),
                        categories,
                        matter,
                        review: one.review.to_string(),
                        lifted: one.lifted.map(|at| at.to_string()),
                    }
                })
                .collect(),
            told: it.told.map(|told| told.version),
            entry: shown.receipt,
        };
        Ok(Reply::ok(dossier)?.version(it.version))
    })
    .await
}

/// What was done with a person's data.
#[derive(Serialize, ToSchema)]
struct Trace {
    /// The acts, oldest first, the showing of this trace included
    acts: Vec<Act>,
    /// The place of the showing in the journal
    entry: u64,
}

/// One act.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Act {
    /// Its place in the journal
    entry: u64,
    #[schema(format = DateTime)]
    at: String,
    /// What was done
    #[schema(example = "read")]
    act: String,
    /// The account that did it
    account: String,
    /// What kind of actor that is
    actor: String,
    /// On whose behalf, nearest first
    on_behalf_of: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    basis: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    categories: Vec<String>,
    /// How many records
    records: u64,
    /// The rule that allowed, refused or names the act
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    /// Where what was opened went
    destination: String,
    policy_version: u32,
}

impl From<&Traced> for Act {
    fn from(one: &Traced) -> Self {
        Self {
            entry: one.entry,
            at: one.at.to_string(),
            act: one.act.to_owned(),
            account: one.account.clone(),
            actor: one.actor.to_owned(),
            on_behalf_of: one.on_behalf_of.clone(),
            purpose: one.purpose.clone(),
            basis: one.basis.map(str::to_owned),
            recipient: one.recipient.clone(),
            role: one.role.clone(),
            origin: one.origin.clone(),
            categories: one.categories.clone(),
            records: one.records,
            rule: one.rule.clone(),
            destination: one.destination.to_owned(),
            policy_version: one.policy_version,
        }
    }
}

/// See what was done with a person's data
#[utoipa::path(get, path = "/subjects/{subject}/trace", tag = "rights",
    params(("subject" = String, Path), States), responses((status = 200, body = Trace), Problems))]
pub(super) async fn trace(Path(id): Path<String>, call: Call) -> Response {
    call.read(move |desk, _| {
        let id: SubjectId = names::id(&id)?;
        let trace = desk.trace(id)?;
        Reply::ok(Trace {
            acts: trace.acts.iter().map(Act::from).collect(),
            entry: trace.receipt,
        })
    })
    .await
}

/// What is asked: may this be done, and which rule says so.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Question {
    /// About whom
    subject: String,
    /// What would be done; left out: `read`
    #[serde(default)]
    #[schema(example = "read")]
    action: Option<String>,
    /// With which categories; none: all
    #[serde(default)]
    categories: Vec<String>,
    /// By which channel the person would be reached
    #[serde(default)]
    #[schema(example = "email")]
    channel: Option<String>,
}

/// A decision.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Decision {
    /// Whether it may be done with anything at all
    allowed: bool,
    /// With which categories
    categories: Vec<String>,
    /// With which records, for what shows values or takes them in
    records: Vec<May>,
    /// What is held and stays closed, with the rule
    withheld: Vec<Withheld>,
    /// The rule that closes everything
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    /// What it says
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// The version of the policy that decided
    policy_version: u32,
    /// The version of the authorisation that decided
    authorisation_version: Option<u32>,
    /// When
    #[schema(format = DateTime)]
    decided: String,
    /// The place of the question in the journal
    entry: u64,
}

/// Ask whether something may be done, and why
///
/// It opens nothing: no value of the person is in the answer. A refusal is an answer.
#[utoipa::path(post, path = "/decisions", tag = "decisions", params(States), request_body = Question,
    responses((status = 200, body = Decision), Problems))]
pub(super) async fn decide(call: Call) -> Response {
    // The key need not be for the action that is asked about: nothing is done.
    call.read(|desk, call| {
        let asked: Question = call.body()?;
        let law = desk.kept().law();
        let policy = law.policy();
        let id: SubjectId = names::id(&asked.subject)?;
        let action = asked
            .action
            .as_deref()
            .map_or(Ok(Action::Read), names::action)?;
        let categories = match asked.categories.as_slice() {
            [] => names::everything(),
            some => names::categories(policy, some, "categories")?,
        };
        let channel = asked.channel.as_deref();
        let channel = channel.map(|name| names::channel(policy, name, "channel"));
        let answer = desk.decide(id, action, categories, channel.transpose()?)?;
        let law = desk.kept().law();
        let terms = law.terms();
        let permitted = answer.permitted.iter().zip(&answer.granted);
        Reply::ok(Decision {
            allowed: answer.refused.is_none(),
            categories: names::of_categories(law.policy(), answer.categories),
            records: permitted
                .map(|(one, reach)| May::of(terms, one, Some(reach)))
                .collect(),
            withheld: answer
                .withheld
                .iter()
                .map(|one| Withheld::of(terms, one))
                .collect(),
            rule: answer.refused.map(|rule| rule.name(terms)),
            why: answer
                .refused
                .map(|rule| rule.sentence(terms, Language::En)),
            policy_version: law.policy().version,
            authorisation_version: law.authorisation().map(|it| it.version),
            decided: answer.moment.now.to_string(),
            entry: answer.receipt,
        })
    })
    .await
}

/// How many people and records there are.
#[derive(Serialize, ToSchema)]
struct Counts {
    /// People who have a record that the role may count for the purpose
    people: u64,
    /// Of which kinds they are today; one may be of several
    kinds: BTreeMap<String, u64>,
    /// By category and kind
    records: Vec<Cell>,
    /// The place of the count in the journal
    entry: u64,
}

/// How many of a category, about a kind of person.
#[derive(Serialize, ToSchema)]
struct Cell {
    category: String,
    kind: String,
    people: u64,
    records: u64,
}

/// Count people and records
#[utoipa::path(get, path = "/counts", tag = "decisions", params(States),
    responses((status = 200, body = Counts), Problems))]
pub(super) async fn count(call: Call) -> Response {
    call.read(|desk, _| {
        let counted = desk.count()?;
        let law = desk.kept().law();
        let policy = law.policy();
        let kinds = counted.kinds.iter();
        let cells = counted.cells.iter();
        Reply::ok(Counts {
            people: counted.people,
            kinds: kinds
                .map(|(kind, people)| (policy.kind(*kind).name.clone(), *people))
                .collect(),
            records: cells
                .map(|((category, kind), (people, records))| Cell {
                    category: policy.category(*category).name.clone(),
                    kind: policy.kind(*kind).name.clone(),
                    people: *people,
                    records: *records,
                })
                .collect(),
            entry: counted.receipt,
        })
    })
    .await
}

/// The journal as outsiders can check it.
#[derive(Serialize, ToSchema)]
struct Journal {
    /// The latest signed checkpoint (C2SP tlog-checkpoint), once one was published
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoint: Option<String>,
    /// The key that it is signed with (a C2SP signed-note verifier)
    verifier: String,
}

/// See the journal's latest checkpoint
#[utoipa::path(get, path = "/journal", tag = "policy",
    responses((status = 200, body = Journal), Problems))]
pub(super) async fn journal(call: Call) -> Response {
    call.open(|call, _| {
        let kept = &call.site.kept;
        Reply::ok(Journal {
            checkpoint: kept.published_checkpoint()?,
            verifier: kept.published_key(),
        })
    })
    .await
}
