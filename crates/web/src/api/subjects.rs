//! People: taken in, read, listed, told how they are met.

use axum::extract::Path;
use axum::response::Response;
use domain::SubjectId;
use policy::model::{Language, Person};
use serde::{Deserialize, Serialize};
use services::collect::NewPerson;
use services::desk::Desk;
use utoipa::{IntoParams, ToSchema};

use super::Problems;
use super::call::{Acts, Call, Dry, States};
use super::data::{Record, Taken, Withheld};
use super::names;
use super::page::{Cursor, MOST};
use super::problem::Wrong;
use super::reply::{Done, Reply};

/// A person to be taken in, with their first records.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct NewSubject {
    /// How the person is met; left out counts as a private person, the stricter
    #[serde(default)]
    met: Option<Met>,
    #[serde(flatten)]
    taken: Taken,
}

/// How a person is met.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Met {
    /// As a private person
    Private,
    /// At work
    Professional,
}

impl From<Met> for Person {
    fn from(met: Met) -> Self {
        match met {
            Met::Private => Self::Private,
            Met::Professional => Self::Professional,
        }
    }
}

/// A person who was taken in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct AddedSubject {
    /// The person's identifier
    subject: String,
    #[serde(flatten)]
    done: Done,
}

/// A person as the role reads them for the purpose.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Read {
    /// The person's identifier
    subject: String,
    /// The version that was read, as the `ETag` says it
    version: u64,
    /// What was opened
    records: Vec<Record>,
    /// What is held and stays closed, with the rule
    withheld: Vec<Withheld>,
    /// The place of the read in the journal
    entry: u64,
}

/// Which data is read.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents parameters")]
struct Which {
    /// Categories, with commas between; left out: all
    categories: Option<String>,
    /// The channel by which the person would be reached
    channel: Option<String>,
}

/// Part of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents parameters")]
pub(super) struct Page {
    /// Where the list goes on: from the `Link` of the part before
    after: Option<String>,
    /// How many at the most
    #[param(minimum = 1, maximum = 100)]
    most: Option<u32>,
}

/// People whom the role may read or find, and who have to do with the purpose.
#[derive(Serialize, ToSchema)]
struct People {
    people: Vec<ListedSubject>,
}

/// One of them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct ListedSubject {
    /// The person's identifier
    subject: String,
    /// The name, where the role may read it
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The rule that closes the name
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_by: Option<String>,
    /// As which kinds of person they are met today
    kinds: Vec<String>,
}

/// Take a person in
///
/// With the first records, all of them or none. What may not be collected for a stated purpose is
/// refused with the rule.
#[utoipa::path(post, operation_id = "add_subject", path = "/subjects", tag = "subjects", params(States, Acts, Dry),
    request_body = NewSubject,
    responses((status = 201, body = AddedSubject, headers(("ETag", description = "The version"),
        ("Location", description = "The person"))), Problems))]
pub(super) async fn create(call: Call) -> Response {
    call.act(|desk, call| {
        let new: NewSubject = call.body()?;
        let records = new.taken.records(desk)?;
        let new = NewPerson {
            person: new.met.map(Person::from),
            records,
        };
        let (id, acted) = desk.add_person(new)?;
        let reply = Reply::created(AddedSubject {
            subject: id.to_string(),
            done: Done::of(&acted),
        })?;
        Ok(reply
            .at(format!("/api/v1/subjects/{id}"))
            .version_of(desk, id))
    })
    .await
}

/// List people
///
/// Those whom the role may read or find and who have to do with the purpose. How many others there are
/// is not told. A part may be short of people without being the last: the `Link` says whether it goes
/// on.
#[utoipa::path(get, operation_id = "list_subjects", path = "/subjects", tag = "subjects", params(States, Page),
    responses((status = 200, body = People, headers(("Link", description = "`rel=\"next\"`"))), Problems))]
pub(super) async fn list(call: Call) -> Response {
    call.read(|desk, call| {
        let cursor = Cursor::of(call)?;
        let page = desk.list(cursor.after(SubjectId), cursor.most)?;
        let law = desk.kept().law();
        let policy = law.policy();
        let people = page.people.iter().map(|one| {
            let today = page.moment.today;
            let kinds = one.subject.roles.iter();
            let kinds = kinds.filter(|role| role.until.is_none_or(|until| today <= until));
            ListedSubject {
                subject: one.subject.id.to_string(),
                name: one.name.as_ref().ok().map(super::data::name),
                closed_by: one.name.as_ref().err().map(|rule| rule.name(law.terms())),
                kinds: kinds
                    .map(|role| policy.kind(role.kind).name.clone())
                    .collect(),
            }
        });
        let people = People {
            people: people.collect(),
        };
        let next = page.next.map(|id| cursor.next("/api/v1/subjects", &id.0));
        Ok(Reply::ok(people)?.next(next))
    })
    .await
}

/// Read a person
///
/// Opens what the role may read for the purpose, each record with its basis and term; what stays closed
/// is listed with the rule. A read that opens nothing is refused. Every read stands in the journal
/// before it is answered.
#[utoipa::path(get, operation_id = "read_subject", path = "/subjects/{subject}", tag = "subjects",
    params(("subject" = String, Path), States, Which),
    responses((status = 200, body = Read, headers(("ETag", description = "The version"))), Problems))]
pub(super) async fn read(Path(id): Path<String>, call: Call) -> Response {
    call.read(move |desk, call| {
        let id: SubjectId = names::id(&id)?;
        let law = desk.kept().law();
        let policy = law.policy();
        let categories = names::listed(policy, call.parameter("categories"))?;
        let channel = call.parameter("channel");
        let channel = channel.map(|name| names::channel(policy, name, "channel"));
        let got = desk.read(id, categories, channel.transpose()?)?;
        let law = desk.kept().law();
        let terms = law.terms();
        let opened = got.opened.iter().enumerate();
        let read = Read {
            subject: id.to_string(),
            version: got.subject.version,
            records: opened
                .map(|(at, one)| Record::of(terms, &got.subject, one, got.granted.get(at)))
                .collect(),
            withheld: got
                .withheld
                .iter()
                .map(|one| Withheld::of(terms, one))
                .collect(),
            entry: got.receipt,
        };
        Ok(Reply::ok(read)?.version(got.subject.version))
    })
    .await
}

/// How a person is met, to be changed.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Meeting {
    /// How; `null` for unknown, which counts as a private person
    #[schema(required)]
    met: Option<Met>,
}

/// Say how a person is met
#[utoipa::path(patch, operation_id = "change_subject", path = "/subjects/{subject}", tag = "subjects",
    params(("subject" = String, Path), States, Acts, Dry), request_body = Meeting,
    responses((status = 200, body = Done), Problems))]
pub(super) async fn change(Path(id): Path<String>, call: Call) -> Response {
    call.act(move |desk, call| {
        let id: SubjectId = names::id(&id)?;
        let meeting: Meeting = call.body()?;
        let acted = desk.set_person(id, meeting.met.map(Person::from))?;
        done(desk, id, Reply::ok(Done::of(&acted)))
    })
    .await
}

/// Take records of a person in
#[utoipa::path(post, operation_id = "add_records", path = "/subjects/{subject}/records", tag = "subjects",
    params(("subject" = String, Path), States, Acts, Dry), request_body = Taken,
    responses((status = 201, body = Done, headers(("ETag", description = "The version"))), Problems))]
pub(super) async fn add(Path(id): Path<String>, call: Call) -> Response {
    call.act(move |desk, call| {
        let id: SubjectId = names::id(&id)?;
        let taken: Taken = call.body()?;
        let acted = desk.add_records(id, taken.records(desk)?)?;
        done(desk, id, Reply::created(Done::of(&acted)))
    })
    .await
}

/// With the version that the person has after an act.
pub(super) fn done(
    desk: &Desk<'_>,
    id: SubjectId,
    reply: Result<Reply, Wrong>,
) -> Result<Reply, Wrong> {
    reply.map(|reply| reply.version_of(desk, id))
}

/// What people are looked for by: a name, or the exact value of a field.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Sought {
    /// The beginnings of words of a name, whatever accents and capitals
    #[serde(default)]
    name: Option<String>,
    /// A field by which people can be found, as `category.field`
    #[serde(default)]
    #[schema(example = "contact-details.email")]
    field: Option<String>,
    /// The exact value of the field
    #[serde(default)]
    value: Option<String>,
    /// How many at the most, where a name is looked for
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100)]
    most: Option<u32>,
}

/// Those who were found.
#[derive(Serialize, ToSchema)]
struct Found {
    people: Vec<Hit>,
    /// Whether there may be more of them
    more: bool,
}

/// One of them.
#[derive(Serialize, ToSchema)]
struct Hit {
    /// The person's identifier
    subject: String,
    /// The name, where a name was looked for
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// Find people
///
/// By the beginnings of words of their name, or by the exact value of a field. What is looked for
/// stands in the body, so that no address and no log has it. Only those are found whom the role may
/// find for the purpose.
#[utoipa::path(post, operation_id = "search_subjects", path = "/subjects/search", tag = "subjects", params(States),
    request_body = Sought, responses((status = 200, body = Found), Problems))]
pub(super) async fn search(call: Call) -> Response {
    call.read(|desk, call| {
        let sought: Sought = call.body()?;
        let law = desk.kept().law();
        let hit = |id: SubjectId, name| Hit {
            subject: id.to_string(),
            name,
        };
        match sought {
            Sought {
                name: Some(name),
                field: None,
                value: None,
                most,
            } => {
                let most = most.unwrap_or(MOST).clamp(1, MOST);
                let found = desk.search(&name, most as usize)?;
                let people = found.people.iter();
                Reply::ok(Found {
                    people: people
                        .map(|(id, name)| hit(*id, Some(super::data::name(name))))
                        .collect(),
                    more: found.more,
                })
            }
            Sought {
                name: None,
                field: Some(field),
                value: Some(value),
                ..
            } => {
                let policy = law.policy();
                let id = names::field(policy, &field, "field")?;
                if !policy.field(id).look_up {
                    return Err(names::unknown("field to find people by", "field"));
                }
                let value = super::data::value(policy, id, &value)?;
                let people = desk.find(id, &value)?;
                Reply::ok(Found {
                    people: people.into_iter().map(|id| hit(id, None)).collect(),
                    more: false,
                })
            }
            _ => Err(Wrong::new(
                axum::http::StatusCode::UNPROCESSABLE_ENTITY,
                "people are looked for by a name, or by a field and its value",
            )),
        }
    })
    .await
}

/// The copy that a person has a right to
///
/// Everything that is held about the person, with why, since when, until when, from where and who may
/// read it. Its form is described in docs/copy.md.
#[utoipa::path(get, path = "/subjects/{subject}/copy", tag = "rights",
    params(("subject" = String, Path), ("language" = Option<String>, Query, description = "`en` or `fr`"), States),
    responses((status = 200, body = Object), Problems))]
pub(super) async fn copy(Path(id): Path<String>, call: Call) -> Response {
    call.read(move |desk, call| {
        let id: SubjectId = names::id(&id)?;
        let language = match call.parameter("language") {
            None | Some("en") => Language::En,
            Some("fr") => Language::Fr,
            Some(_) => {
                return Err(Wrong::new(
                    axum::http::StatusCode::UNPROCESSABLE_ENTITY,
                    "`language` is `en` or `fr`",
                ));
            }
        };
        Reply::ok(desk.copy(id, language)?.to_json())
    })
    .await
}
