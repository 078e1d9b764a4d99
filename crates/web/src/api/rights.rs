//! What people have a right to: consents given and withdrawn, objections, restrictions, erasure; and
//! what keeps data, whatever its term: holds.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::subject::{HoldScope, ObjectedTo};
use domain::{HoldId, RestrictionId, SubjectId};
use jiff::Timestamp;
use jiff::civil::Date;
use policy::model::Policy;
use serde::{Deserialize, Serialize};
use services::accept::Accepting;
use services::consent::{Consented, Proof};
use services::forget::REASONS;
use services::hold::Holding;
use utoipa::ToSchema;

use super::Problems;
use super::call::{Acts, Call, Dry, States};
use super::data::Stated;
use super::names;
use super::problem::Wrong;
use super::reply::{Done, Reply};
use super::subjects::done;

/// An act that made something.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Made {
    /// What it made: the identifier of the consent, the objection, the hold...
    pub(super) id: String,
    #[serde(flatten)]
    pub(super) done: Done,
}

/// A consent that was given, with what shows it.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Given {
    /// To what
    #[schema(example = "newsletters")]
    purpose: String,
    /// By which channels; none: the purpose as a whole
    #[serde(default)]
    channels: Vec<String>,
    /// When; left out: now
    #[serde(default)]
    #[schema(format = DateTime)]
    given: Option<String>,
    /// The version of the policy that was shown; left out: the one in force
    #[serde(default)]
    policy_version: Option<u32>,
    /// What shows it, in the category that the policy keeps proofs in
    #[serde(default)]
    proof: Option<Stated>,
    /// A record of the person that shows it, in place of a proof
    #[serde(default)]
    proof_record: Option<String>,
}

/// Record a consent
#[utoipa::path(post, path = "/subjects/{subject}/consents", tag = "rights",
    params(("subject" = String, Path), States, Acts, Dry), request_body = Given,
    responses((status = 201, body = Made), Problems))]
pub(super) async fn consent(Path(id): Path<String>, call: Call) -> Response {
    call.act(move |desk, call| {
        let id: SubjectId = names::id(&id)?;
        let new: Given = call.body()?;
        let law = desk.kept().law();
        let policy = law.policy();
        let given: Option<Timestamp> = names::at(new.given.as_ref(), "given")?;
        let proof = match (&new.proof, &new.proof_record) {
            (Some(stated), None) => Proof::Stated(stated.statement(policy, given)?),
            (None, Some(record)) => Proof::Held(names::id_at(record, "proof-record")?),
            _ => {
                return Err(invalid("a consent is shown by a proof, or by a record").rule("8b"));
            }
        };
        let consented = Consented {
            purpose: names::purpose(policy, &new.purpose, "purpose")?,
            channels: names::channels(policy, &new.channels, "channels")?,
            given,
            policy_version: new.policy_version,
            proof,
        };
        let (made, acted) = desk.give_consent(id, &consented)?;
        let made = Made {
            id: made.to_string(),
            done: Done::of(&acted),
        };
        done(desk, id, Reply::created(made))
    })
    .await
}

/// A consent to be withdrawn.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Withdrawn {
    /// To what
    #[schema(example = "newsletters")]
    purpose: String,
    /// By which channels; none: all
    #[serde(default)]
    channels: Vec<String>,
}

/// Withdraw a consent
///
/// It takes no more than to give one: what rests on it alone ends at once.
#[utoipa::path(post, path = "/subjects/{subject}/consents/withdrawals", tag = "rights",
    params(("subject" = String, Path), States, Acts, Dry), request_body = Withdrawn,
    responses((status = 200, body = Done), Problems))]
pub(super) async fn withdraw(Path(id): Path<String>, call: Call) -> Response {
    call.act(move |desk, call| {
        let id: SubjectId = names::id(&id)?;
        let asked: Withdrawn = call.body()?;
        let law = desk.kept().law();
        let policy = law.policy();
        let purpose = names::purpose(policy, &asked.purpose, "purpose")?;
        let channels = names::channels(policy, &asked.channels, "channels")?;
        let acted = desk.withdraw_consent(id, purpose, channels)?;
        done(desk, id, Reply::ok(Done::of(&acted)))
    })
    .await
}

/// An objection.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Objected {
    /// To what: `canvassing`, or a purpose
    #[schema(example = "canvassing")]
    to: String,
    /// When it was received; left out: now
    #[serde(default)]
    #[schema(format = DateTime)]
    made: Option<String>,
}

impl Objected {
    fn to(&self, policy: &Policy) -> Result<ObjectedTo, Wrong> {
        match self.to.as_str() {
            "canvassing" => Ok(ObjectedTo::Canvassing),
            purpose => names::purpose(policy, purpose, "to").map(ObjectedTo::Purpose),
        }
    }
}

/// Record an objection
#[utoipa::path(post, path = "/subjects/{subject}/objections", tag = "rights",
    params(("subject" = String, Path), States, Acts, Dry), request_body = Objected,
    responses((status = 201, body = Made), Problems))]
pub(super) async fn object(Path(id): Path<String>, call: Call) -> Response {
    call.act(move |desk, call| {
        let id: SubjectId = names::id(&id)?;
        let asked: Objected = call.body()?;
        let to = asked.to(desk.kept().law().policy())?;
        let made = names::at(asked.made.as_ref(), "made")?;
        let (made, acted) = desk.object(id, to, made)?;
        let made = Made {
            id: made.to_string(),
            done: Done::of(&acted),
        };
        done(desk, id, Reply::created(made))
    })
    .await
}

/// Take an objection back
///
/// As the person asks it: every one that stands to the same.
#[utoipa::path(post, path = "/subjects/{subject}/objections/withdrawals", tag = "rights",
    params(("subject" = String, Path), States, Acts, Dry), request_body = Objected,
    responses((status = 200, body = Done), Problems))]
pub(super) async fn lift_objection(Path(id): Path<String>, call: Call) -> Response {
    call.act(move |desk, call| {
        let id: SubjectId = names::id(&id)?;
        let asked: Objected = call.body()?;
        let to = asked.to(desk.kept().law().policy())?;
        let acted = desk.lift_objection(id, to)?;
        done(desk, id, Reply::ok(Done::of(&acted)))
    })
    .await
}

/// Categories that an act is about.
#[derive(Deserialize, Default, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct About {
    /// Which; none: everything
    #[serde(default)]
    categories: Vec<String>,
}

/// Restrict processing
#[utoipa::path(post, path = "/subjects/{subject}/restrictions", tag = "rights",
    params(("subject" = String, Path), States, Acts, Dry), request_body = Option<About>,
    responses((status = 201, body = Made), Problems))]
pub(super) async fn restrict(Path(id): Path<String>, call: Call) -> Response {
    call.act(move |desk, call| {
        let id: SubjectId = names::id(&id)?;
        let about: About = call.body_or_none()?;
        let law = desk.kept().law();
        let categories = match about.categories.as_slice() {
            [] => names::everything(),
            some => names::categories(law.policy(), some, "categories")?,
        };
        let (made, acted) = desk.restrict(id, categories)?;
        let made = Made {
            id: made.to_string(),
            done: Done::of(&acted),
        };
        done(desk, id, Reply::created(made))
    })
    .await
}

/// Lift a restriction
#[utoipa::path(delete, path = "/subjects/{subject}/restrictions/{restriction}", tag = "rights",
    params(("subject" = String, Path), ("restriction" = String, Path), States, Acts, Dry),
    responses((status = 200, body = Done), Problems))]
pub(super) async fn lift_restriction(
    Path((id, restriction)): Path<(String, String)>,
    call: Call,
) -> Response {
    call.act(move |desk, _| {
        let id: SubjectId = names::id(&id)?;
        let restriction: RestrictionId = names::id(&restriction)?;
        let acted = desk.lift_restriction(id, restriction)?;
        done(desk, id, Reply::ok(Done::of(&acted)))
    })
    .await
}

/// A hold to be placed.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct NewHold {
    /// The evidence or duty purpose that what is held may be read for
    #[schema(example = "contract-evidence")]
    purpose: String,
    /// Which categories; none, and no matter: everything
    #[serde(default)]
    categories: Vec<String>,
    /// The contract, debit or dispute that it is about, in place of categories
    #[serde(default)]
    matter: Option<String>,
    /// The day on which somebody must look at it again
    #[schema(format = Date)]
    review: String,
    /// Why, kept sealed
    reason: Stated,
}

impl NewHold {
    fn holding(&self, policy: &Policy) -> Result<Holding, Wrong> {
        let scope = match (&self.matter, self.categories.as_slice()) {
            (None, []) => HoldScope::Everything,
            (None, some) => HoldScope::Categories(names::categories(policy, some, "categories")?),
            (Some(matter), []) => HoldScope::Matter(names::id_at(matter, "matter")?),
            (Some(_), _) => return Err(invalid("a hold is on categories, or on a matter")),
        };
        let review: Option<Date> = names::at(Some(&self.review), "review")?;
        Ok(Holding {
            scope,
            purpose: names::purpose(policy, &self.purpose, "purpose")?,
            review: review.ok_or_else(|| invalid("`review` is a day"))?,
            reason: self.reason.statement(policy, None)?,
        })
    }
}

/// Place a hold
#[utoipa::path(post, path = "/subjects/{subject}/holds", tag = "rights",
    params(("subject" = String, Path), States, Acts, Dry), request_body = NewHold,
    responses((status = 201, body = Made), Problems))]
pub(super) async fn hold(Path(id): Path<String>, call: Call) -> Response {
    call.act(move |desk, call| {
        let id: SubjectId = names::id(&id)?;
        let new: NewHold = call.body()?;
        let holding = new.holding(desk.kept().law().policy())?;
        let (made, acted) = desk.place_hold(id, &holding)?;
        let made = Made {
            id: made.to_string(),
            done: Done::of(&acted),
        };
        done(desk, id, Reply::created(made))
    })
    .await
}

/// Lift a hold
///
/// Terms that passed meanwhile take effect at once.
#[utoipa::path(delete, path = "/subjects/{subject}/holds/{hold}", tag = "rights",
    params(("subject" = String, Path), ("hold" = String, Path), States, Acts, Dry),
    responses((status = 200, body = Done), Problems))]
pub(super) async fn lift_hold(Path((id, hold)): Path<(String, String)>, call: Call) -> Response {
    call.act(move |desk, _| {
        let id: SubjectId = names::id(&id)?;
        let hold: HoldId = names::id(&hold)?;
        let acted = desk.lift_hold(id, hold)?;
        done(desk, id, Reply::ok(Done::of(&acted)))
    })
    .await
}

/// An erasure that was asked for.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Erasure {
    /// Why: `no-longer-necessary`, `consent-withdrawn`, `objection`, `canvassing-objection`,
    /// `unlawful`, `legal-obligation`, `child-online-service`
    #[schema(example = "no-longer-necessary")]
    reason: String,
    /// Which categories; none: everything that the reason reaches
    #[serde(default)]
    categories: Vec<String>,
}

/// What became of a person's data.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Erased {
    #[serde(flatten)]
    done: Done,
    /// Records that stay, because a duty, a hold or a restriction keeps them
    stays: Vec<String>,
    /// The epoch whose destruction makes old copies worthless too
    epoch: u32,
}

/// Erase a person's data
///
/// It cannot be undone: the version that was read is stated as `If-Match`.
#[utoipa::path(post, path = "/subjects/{subject}/erasures", tag = "rights",
    params(("subject" = String, Path), States, Acts, Dry), request_body = Erasure,
    responses((status = 200, body = Erased), Problems))]
pub(super) async fn erase(Path(id): Path<String>, call: Call) -> Response {
    call.act(move |desk, call| {
        let id: SubjectId = names::id(&id)?;
        let asked: Erasure = call.body()?;
        call.needs_version()?;
        let reason = REASONS.iter().find(|(name, _)| *name == asked.reason);
        let reason = reason.map(|(_, reason)| *reason).ok_or_else(|| {
            let known = REASONS.map(|(name, _)| name).join(", ");
            invalid("there is no such reason for an erasure").remedy(format!("one of {known}"))
        })?;
        let law = desk.kept().law();
        let categories = match asked.categories.as_slice() {
            [] => None,
            some => Some(names::categories(law.policy(), some, "categories")?),
        };
        let forgotten = desk.forget(id, reason, categories)?;
        let erased = Erased {
            done: Done::of(&forgotten.acted),
            stays: forgotten.stays.iter().map(ToString::to_string).collect(),
            epoch: forgotten.epoch,
        };
        done(desk, id, Reply::ok(erased))
    })
    .await
}

/// That a person was told of a version of the policy.
#[derive(Deserialize, Default, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Telling {
    /// Of which; left out: the one in force
    #[serde(default)]
    version: Option<u32>,
    /// From which day on it applies to them; left out: today
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// Record that a person was told of a version of the policy
#[utoipa::path(post, path = "/subjects/{subject}/tellings", tag = "rights",
    params(("subject" = String, Path), States, Acts, Dry), request_body = Option<Telling>,
    responses((status = 200, body = Done), Problems))]
pub(super) async fn tell(Path(id): Path<String>, call: Call) -> Response {
    call.act(move |desk, call| {
        let id: SubjectId = names::id(&id)?;
        let telling: Telling = call.body_or_none()?;
        let acted = desk.told(id, telling.version, names::at(telling.on.as_ref(), "on")?)?;
        done(desk, id, Reply::ok(Done::of(&acted)))
    })
    .await
}

/// The acceptance of a document.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Accepted {
    /// Which document
    document: String,
    /// In which version; left out: the latest
    #[serde(default)]
    version: Option<u32>,
    /// When; left out: now
    #[serde(default)]
    #[schema(format = DateTime)]
    accepted: Option<String>,
    /// How: an origin of the policy
    origin: String,
}

/// Record that a person accepted a document
#[utoipa::path(post, path = "/subjects/{subject}/acceptances", tag = "rights",
    params(("subject" = String, Path), States, Acts, Dry), request_body = Accepted,
    responses((status = 201, body = Done), Problems))]
pub(super) async fn accept(Path(id): Path<String>, call: Call) -> Response {
    call.act(move |desk, call| {
        let id: SubjectId = names::id(&id)?;
        let new: Accepted = call.body()?;
        let law = desk.kept().law();
        let policy = law.policy();
        let accepting = Accepting {
            document: names::document(policy, &new.document, "document")?,
            version: new.version,
            accepted: names::at(new.accepted.as_ref(), "accepted")?,
            origin: names::origin(policy, &new.origin, "origin")?,
        };
        let (_, acted) = desk.accept(id, &accepting)?;
        done(desk, id, Reply::created(Done::of(&acted)))
    })
    .await
}

fn invalid(why: &str) -> Wrong {
    Wrong::new(StatusCode::UNPROCESSABLE_ENTITY, why)
}
