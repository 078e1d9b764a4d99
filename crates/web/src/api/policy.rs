//! What the installation goes by: the policy in force and its versions, the names that requests use,
//! and who may do what. None of it is about anybody.

use ::policy::authorisation::Reach;
use ::policy::compare::compare;
use ::policy::model::{FieldType, Policy, PurposeNature, Wording};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::Problems;
use super::call::Call;
use super::names;
use super::problem::Wrong;
use super::reply::Reply;

/// The policy in force.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct InForce {
    /// The number of its version
    version: u32,
    /// The day on which it was published
    #[schema(format = Date)]
    published: String,
    /// SHA-256 of its text, in hexadecimal figures
    digest: String,
    /// The controller
    controller: String,
    /// The time zone in which days end
    time_zone: String,
    /// The version of the authorisation beside it
    #[serde(skip_serializing_if = "Option::is_none")]
    authorisation_version: Option<u32>,
}

/// See which policy is in force
#[utoipa::path(get, path = "/policy", tag = "policy",
    responses((status = 200, body = InForce), Problems))]
pub(super) async fn in_force(call: Call) -> Response {
    call.open(|_, law| {
        let policy = law.policy();
        Reply::ok(InForce {
            version: policy.version,
            published: policy.published.to_string(),
            digest: hex(&policy.digest),
            controller: policy.controller.name.clone(),
            time_zone: policy.controller.time_zone.clone(),
            authorisation_version: law.authorisation().map(|it| it.version),
        })
    })
    .await
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every version that was ever in force.
#[derive(Serialize, ToSchema)]
struct Versions {
    versions: Vec<Version>,
}

/// One of them.
#[derive(Serialize, ToSchema)]
struct Version {
    version: u32,
    #[schema(format = Date)]
    published: String,
    /// SHA-256 of its text, in hexadecimal figures
    digest: String,
    /// Why it differs from the one before
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Words>,
}

/// Words in both languages.
#[derive(Serialize, ToSchema)]
struct Words {
    en: String,
    fr: String,
}

impl From<&Wording> for Words {
    fn from(words: &Wording) -> Self {
        Self {
            en: words.en.clone(),
            fr: words.fr.clone(),
        }
    }
}

/// List the versions of the policy
#[utoipa::path(get, path = "/policy/versions", tag = "policy",
    responses((status = 200, body = Versions), Problems))]
pub(super) async fn versions(call: Call) -> Response {
    call.open(|call, _| {
        let policies = call.site.kept.policies()?;
        let versions = policies.iter().map(|policy| Version {
            version: policy.version,
            published: policy.published.to_string(),
            digest: hex(&policy.digest),
            reason: policy.reason.as_ref().map(Words::from),
        });
        Reply::ok(Versions {
            versions: versions.collect(),
        })
    })
    .await
}

/// What a version changed.
#[derive(Serialize, ToSchema)]
struct Differences {
    /// The version before
    from: u32,
    /// The version
    to: u32,
    changes: Vec<Difference>,
}

/// One change.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Difference {
    /// The part of the policy that changed, by name
    name: String,
    /// What changed, in plain words
    words: Words,
    /// Whether it reaches a person only once they were told
    needs_telling: bool,
}

/// See what a version of the policy changed
#[utoipa::path(get, path = "/policy/versions/{version}/differences", tag = "policy",
    params(("version" = u32, Path)), responses((status = 200, body = Differences), Problems))]
pub(super) async fn differences(Path(version): Path<String>, call: Call) -> Response {
    call.open(move |call, _| {
        let version: u32 = names::id(&version)?;
        let policies = call.site.kept.policies()?;
        let place = policies.iter().position(|one| one.version == version);
        let (old, new) = place
            .and_then(|place| Some((policies.get(place.checked_sub(1)?)?, &policies[place])))
            .ok_or_else(|| {
                let why = "there is no such version, or none before it";
                Wrong::new(StatusCode::NOT_FOUND, why)
            })?;
        let changes = compare(old, new).into_iter().map(|change| Difference {
            needs_telling: change.effect.needs_telling(),
            words: Words::from(&change.words),
            name: change.name,
        });
        Reply::ok(Differences {
            from: old.version,
            to: new.version,
            changes: changes.collect(),
        })
    })
    .await
}

/// The names that requests use, of the policy in force.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Catalogue {
    policy_version: u32,
    categories: Vec<Category>,
    purposes: Vec<Purpose>,
    /// Kinds of person
    kinds: Vec<Named>,
    recipients: Vec<Named>,
    origins: Vec<Named>,
    channels: Vec<Named>,
    /// Kinds of event
    facts: Vec<Named>,
    forms: Vec<Named>,
    documents: Vec<Named>,
}

/// Something with a name and a title.
#[derive(Serialize, ToSchema)]
struct Named {
    name: String,
    title: Words,
}

impl Named {
    fn of(name: &str, title: &Wording) -> Self {
        Self {
            name: name.to_owned(),
            title: Words::from(title),
        }
    }
}

/// A category with its fields.
#[derive(Serialize, ToSchema)]
struct Category {
    name: String,
    title: Words,
    fields: Vec<Field>,
}

/// A field.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Field {
    name: String,
    title: Words,
    /// The type of its values
    r#type: &'static str,
    /// Its values, where they are listed
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<String>,
    /// Whether people can be found by it
    look_up: bool,
}

/// A purpose.
#[derive(Serialize, ToSchema)]
struct Purpose {
    name: String,
    title: Words,
    /// `use`, `duty` or `evidence`
    nature: &'static str,
    /// The kinds of person that it concerns
    concerns: Vec<String>,
    /// The categories that it uses
    uses: Vec<String>,
}

const fn type_of(kind: &FieldType) -> &'static str {
    match kind {
        FieldType::Text => "text",
        FieldType::PersonName => "person-name",
        FieldType::Note => "note",
        FieldType::Email => "email",
        FieldType::Telephone => "telephone",
        FieldType::AddressLine => "address-line",
        FieldType::PostalCode => "postal-code",
        FieldType::Country => "country",
        FieldType::Date => "date",
        FieldType::Integer => "integer",
        FieldType::Boolean => "boolean",
        FieldType::Choice(_) => "choice",
        FieldType::Iban => "iban",
        FieldType::IpAddress => "ip-address",
        FieldType::Token => "token",
        FieldType::Url => "url",
        FieldType::Moment => "moment",
    }
}

/// See the names of the policy in force
#[utoipa::path(get, path = "/catalogue", tag = "policy",
    responses((status = 200, body = Catalogue), Problems))]
pub(super) async fn catalogue(call: Call) -> Response {
    call.open(|_, law| Reply::ok(catalogue_of(law.policy())))
        .await
}

fn catalogue_of(policy: &Policy) -> Catalogue {
    macro_rules! named {
        ($list:ident) => {
            policy
                .$list
                .iter()
                .map(|one| Named::of(&one.name, &one.title))
                .collect()
        };
    }
    let field = |field: &::policy::model::Field| Field {
        name: field.name.clone(),
        title: Words::from(&field.title),
        r#type: type_of(&field.kind),
        values: match &field.kind {
            FieldType::Choice(values) => values.clone(),
            _ => Vec::new(),
        },
        look_up: field.look_up,
    };
    let categories = policy.categories.iter().map(|category| Category {
        name: category.name.clone(),
        title: Words::from(&category.title),
        fields: category.fields.iter().map(field).collect(),
    });
    let purposes = policy.purposes.iter().map(|purpose| Purpose {
        name: purpose.name.clone(),
        title: Words::from(&purpose.title),
        nature: match purpose.nature {
            PurposeNature::Use => "use",
            PurposeNature::Duty => "duty",
            PurposeNature::Evidence => "evidence",
        },
        concerns: purpose
            .concerns
            .iter()
            .map(|kind| policy.kind(kind).name.clone())
            .collect(),
        uses: purpose
            .uses
            .iter()
            .map(|used| policy.category(used.category).name.clone())
            .collect(),
    });
    Catalogue {
        policy_version: policy.version,
        categories: categories.collect(),
        purposes: purposes.collect(),
        kinds: named!(kinds),
        recipients: named!(recipients),
        origins: named!(origins),
        channels: named!(channels),
        facts: named!(facts),
        forms: named!(forms),
        documents: named!(documents),
    }
}

/// What may be done: exact answers, from the table that decides.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Access {
    policy_version: u32,
    authorisation_version: u32,
    may: Vec<Line>,
}

/// One thing that a role may do.
#[derive(Serialize, ToSchema)]
struct Line {
    role: String,
    action: &'static str,
    purpose: String,
    /// With which fields, as `category.field`
    fields: Vec<String>,
    /// About which kinds of person
    kinds: Vec<String>,
    /// On which condition alone: `own-clients` or `matter`
    #[serde(skip_serializing_if = "Option::is_none")]
    only: Option<&'static str>,
}

fn lines(law: &services::Law, reaches: &[Reach]) -> Result<Access, Wrong> {
    let policy = law.policy();
    let authorisation = authorised(law)?;
    let may = reaches.iter().map(|reach| Line {
        role: authorisation.role(reach.role).name.clone(),
        action: reach.action.name(),
        purpose: policy.purpose(reach.purpose).name.clone(),
        fields: names::of_fields(policy, reach.category, reach.fields),
        kinds: reach
            .kinds
            .iter()
            .map(|kind| policy.kind(kind).name.clone())
            .collect(),
        only: reach.only.map(|only| only.name()),
    });
    Ok(Access {
        policy_version: policy.version,
        authorisation_version: authorisation.version,
        may: may.collect(),
    })
}

/// See what a role may do
#[utoipa::path(get, path = "/access/roles/{role}", tag = "policy",
    params(("role" = String, Path)), responses((status = 200, body = Access), Problems))]
pub(super) async fn what(Path(role): Path<String>, call: Call) -> Response {
    call.open(move |_, law| {
        let authorisation = authorised(law)?;
        let id = authorisation.role_named(&role).ok_or_else(|| {
            Wrong::new(StatusCode::NOT_FOUND, "the authorisation has no such role")
        })?;
        Reply::ok(lines(law, &authorisation.what(law.policy(), id))?)
    })
    .await
}

/// See who may do something with some data
#[utoipa::path(get, path = "/access/data/{data}", tag = "policy",
    params(("data" = String, Path, description = "A category, or a field as `category.field`"),
        ("purpose" = String, Query, description = "For which purpose")),
    responses((status = 200, body = Access), Problems))]
pub(super) async fn who(Path(data): Path<String>, call: Call) -> Response {
    call.open(move |call, law| {
        let (authorisation, policy) = (authorised(law)?, law.policy());
        let (category, fields) = match data.split_once('.') {
            None => (names::category(policy, &data, "data")?, u64::MAX),
            Some(_) => {
                let field = names::field(policy, &data, "data")?;
                (field.category, 1 << field.field)
            }
        };
        let purpose = call.parameter("purpose").unwrap_or_default();
        let purpose = names::purpose(policy, purpose, "purpose")?;
        Reply::ok(lines(
            law,
            &authorisation.who(policy, category, fields, purpose),
        )?)
    })
    .await
}

fn authorised(law: &services::Law) -> Result<&::policy::authorisation::Authorisation, Wrong> {
    law.authorisation().ok_or_else(|| {
        Wrong::new(
            StatusCode::NOT_FOUND,
            "no authorisation is in force, so there are no roles",
        )
    })
}
