//! The acceptance of one version of one document, with its sealed proof (3b).

use std::collections::BTreeMap;

use domain::act::accept::accept;
use domain::subject::{Acceptance, Subject};
use domain::value::{Payload, Value};
use domain::{Fault, FaultKind, Personal, SubjectId, calendar};
use jiff::Timestamp;
use journal::Act;
use policy::authorisation::Action;
use policy::model::{Acceptances, DocumentId, FieldType, OriginId, Policy, PurposeSet};

use crate::act::{Acted, Acting, refused};
use crate::documents::Published;
use crate::kept::Kept;
use crate::law::Law;
use crate::refused::Tried;
use crate::statement::Statement;

/// An acceptance about to be recorded.
#[derive(Clone, Copy, Debug)]
pub struct Accepting {
    /// Which document.
    pub document: DocumentId,
    /// In which version; left out: the latest.
    pub version: Option<u32>,
    /// When it was accepted; left out: now.
    pub accepted: Option<Timestamp>,
    /// How: an origin of the policy.
    pub origin: OriginId,
}

/// Where a person stands with a document that they accepted.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The acceptance.
    pub acceptance: Acceptance,
    /// The latest version, if it asks those who accepted an earlier one to accept it too and this
    /// person has not.
    pub asked_for: Option<u32>,
}

impl Kept {
    /// Records that a person accepted one version of one document: no other version, and no other
    /// document. What was accepted is kept sealed, where and as long as the policy says.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when no such version is published, [`FaultKind::Conflict`] when the
    /// person has accepted it, [`FaultKind::Refused`] with the rule: the policy keeps no
    /// acceptances, the version did not exist then, or the proof may not be collected.
    pub fn accept(
        &self,
        id: SubjectId,
        accepting: &Accepting,
        acting: &Acting,
    ) -> Result<(u32, Acted), Fault> {
        let published = self.documents()?;
        let chosen = chosen(&published, accepting, self.law().policy())?;
        let version = chosen.edition.version;
        let acted = self.act_on(
            id,
            acting,
            &Tried::of(Action::RecordFacts),
            &|law, subject: &mut Subject, moment| {
                let acceptances = law.policy().acceptances.ok_or_else(kept_nowhere)?;
                let document = law
                    .policy()
                    .document_named(&chosen.edition.name)
                    .ok_or_else(not_published)?;
                let accepted = accepting.accepted.unwrap_or(moment.now);
                existed(chosen, accepted, law)?;
                let already = subject
                    .standing_acceptances()
                    .any(|one| one.document == document && one.version == version);
                if already {
                    return Err(Fault::new(
                        FaultKind::Conflict,
                        "the person has accepted this version of the document",
                    )
                    .remedy("`kept show` lists what they accepted, and when"));
                }
                let statement = Statement {
                    category: acceptances.category,
                    values: proof(&acceptances, law.policy(), chosen, accepted),
                    origin: accepting.origin,
                    kind: None,
                    purposes: PurposeSet::EMPTY,
                    made: accepting.accepted,
                };
                let (record, mut decided) =
                    self.take_statement(law, subject, &statement, acting, moment)?;
                let acceptance = Acceptance {
                    document,
                    version,
                    accepted,
                    proof: record,
                };
                let effects = accept(&law.in_force, subject, acceptance, moment)
                    .map_err(|refusal| refused(refusal, law))?;
                decided.effects.changes.extend(effects.changes);
                let mut detail = self.detail(Act::DocumentAccepted, &acting.actor, moment, law);
                detail.subject = Some(id.0);
                detail.rule = Some(chosen.edition.reference());
                detail.digest = Some(chosen.digest);
                detail.records = vec![record.0];
                decided.details.push(detail);
                Ok(decided)
            },
        )?;
        Ok((version, acted))
    }

    /// What a person accepted and whether a later version asks for more.
    ///
    /// # Errors
    /// When the documents cannot be read.
    pub fn standings(&self, subject: &Subject) -> Result<Vec<Standing>, Fault> {
        if subject.acceptances.is_empty() {
            return Ok(Vec::new());
        }
        let published = self.documents()?;
        let accepted = |document, version| {
            let mut standing = subject.standing_acceptances();
            standing.any(|one| one.document == document && one.version == version)
        };
        let asked = |acceptance: &Acceptance| {
            let document = acceptance.document;
            let later = published.iter().filter(|one| {
                one.document == Some(document) && one.edition.version > acceptance.version
            });
            // Several versions may have followed: it is enough that one of them asks.
            let asks = later.clone().any(|one| one.edition.accept_again);
            let latest = later.map(|one| one.edition.version).max();
            latest.filter(|version| asks && !accepted(document, *version))
        };
        let standing = subject.standing_acceptances();
        Ok(standing
            .map(|acceptance| Standing {
                acceptance: *acceptance,
                asked_for: asked(acceptance),
            })
            .collect())
    }
}

/// The version that is accepted: the one that was named, or the latest.
fn chosen<'a>(
    published: &'a [Published],
    accepting: &Accepting,
    policy: &Policy,
) -> Result<&'a Published, Fault> {
    let name = &policy.document(accepting.document).name;
    let versions = || published.iter().filter(|one| one.edition.name == *name);
    let wanted = |one: &&Published| accepting.version.is_none_or(|it| it == one.edition.version);
    let chosen = versions()
        .filter(wanted)
        .max_by_key(|one| one.edition.version);
    chosen.ok_or_else(not_published)
}

fn not_published() -> Fault {
    Fault::new(
        FaultKind::Absent,
        "no such version of the document is published",
    )
    .remedy("`kept documents list` shows the versions of each")
}

/// Nobody accepts what does not exist: on the day of the acceptance the version was published, or
/// at least kept here.
fn existed(chosen: &Published, accepted: Timestamp, law: &Law) -> Result<(), Fault> {
    let published = calendar::start_of(chosen.edition.published, law.in_force.zone());
    if accepted >= published.min(chosen.since) {
        return Ok(());
    }
    Err(Fault::new(
        FaultKind::Refused,
        "this version of the document was not published then",
    )
    .rule(chosen.edition.reference())
    .remedy("name the version that the person saw"))
}

fn kept_nowhere() -> Fault {
    Fault::new(
        FaultKind::Refused,
        "the policy does not say how acceptances are kept, and none is taken without that",
    )
    .rule("acceptances")
    .remedy("add the section [acceptances] to the policy")
}

/// What was accepted, in the fields that the policy keeps it in.
fn proof(
    acceptances: &Acceptances,
    policy: &Policy,
    chosen: &Published,
    accepted: Timestamp,
) -> Personal<Payload> {
    let version = chosen.edition.version;
    let version = match policy.field(acceptances.version).kind {
        FieldType::Integer => Value::Integer(i64::from(version)),
        _ => Value::Text(version.to_string()),
    };
    let digest: String = chosen
        .digest
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let values = [
        (
            acceptances.document,
            Value::Text(chosen.edition.name.clone()),
        ),
        (acceptances.version, version),
        (acceptances.at, Value::Moment(accepted)),
        (acceptances.digest, Value::Text(digest)),
    ];
    let values: BTreeMap<u8, Value> = values
        .into_iter()
        .map(|(field, value)| (field.field, value))
        .collect();
    Personal::new(Payload(values))
}
