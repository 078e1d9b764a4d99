//! The stored form of what is known in clear of a person: ids, numbers of names and dates.
//!
//! Deterministic CBOR; the first element is the number of the format. What the policy in force no
//! longer names counts for nothing and is left out when it is read: a ground for a purpose that is
//! gone has ended.

use jiff::Timestamp;
use policy::model::{CategorySet, ChannelSet, Person};

mod held;

pub use held::{decode_held, encode_held};

use crate::Fault;
use crate::codec::{Reader, Writer};
use crate::id::{
    ConsentId, FactRef, HoldId, MatterId, ObjectionId, OrganisationId, RecordId, RestrictionId,
    SubjectId,
};
use crate::names::Names;
use crate::subject::{
    Acceptance, Consent, Fact, Hold, HoldScope, Link, ObjectedTo, Objection, Restriction, Role,
    Subject, Told,
};

/// The number of the format that is written.
const FORMAT: u64 = 2;
/// The format before acceptances of documents were kept, which is read for ever.
const WITHOUT_ACCEPTANCES: u64 = 1;
/// The number of the format of an organisation's dossier.
const ORGANISATION_FORMAT: u64 = 1;

/// Writes a person's dossier: everything but the records and the facts of organisations, which
/// are stored apart.
#[must_use]
pub fn encode_dossier(subject: &Subject, names: &Names) -> Vec<u8> {
    let mut w = Writer::new();
    w.array(11);
    w.uint(FORMAT);
    w.uint(match subject.person {
        None => 0,
        Some(Person::Private) => 1,
        Some(Person::Professional) => 2,
    });
    w.list(subject.roles.iter(), |w, role| {
        w.array(3);
        w.uint(u64::from(names.kind.number(role.kind)));
        w.day(role.since);
        w.option(role.until, Writer::day);
    });
    w.list(subject.links.iter(), |w, link| {
        w.array(3);
        w.id(&link.organisation.0);
        w.day(link.since);
        w.option(link.until, Writer::day);
    });
    w.list(subject.facts.iter(), |w, fact| write_fact(w, fact, names));
    w.list(subject.consents.iter(), |w, it| write_consent(w, it, names));
    w.list(subject.objections.iter(), |w, it| {
        w.array(4);
        w.id(&it.id.0);
        w.uint(match it.to {
            ObjectedTo::Canvassing => 0,
            ObjectedTo::Purpose(purpose) => u64::from(names.purpose.number(purpose)),
        });
        w.moment(it.made);
        w.option(it.lifted, Writer::moment);
    });
    w.list(subject.restrictions.iter(), |w, it| {
        w.array(4);
        w.id(&it.id.0);
        w.numbers(it.categories.iter().map(|id| names.category.number(id)));
        w.moment(it.since);
        w.option(it.lifted, Writer::moment);
    });
    w.list(subject.holds.iter(), |w, hold| write_hold(w, hold, names));
    w.option(subject.told, |w, told| {
        w.array(2);
        w.uint(u64::from(told.version));
        w.day(told.on);
    });
    w.list(subject.acceptances.iter(), |w, it| {
        w.array(4);
        w.uint(u64::from(names.document.number(it.document)));
        w.uint(u64::from(it.version));
        w.moment(it.accepted);
        w.id(&it.proof.0);
    });
    w.finish()
}

/// Reads a person's dossier; the records and the facts of organisations are left empty.
///
/// # Errors
/// [`crate::FaultKind::Integrity`] when the bytes are no dossier in canonical form, or a hold that
/// was not lifted is for a purpose that the policy in force no longer has.
pub fn decode_dossier(
    id: SubjectId,
    version: u64,
    bytes: &[u8],
    names: &Names,
) -> Result<Subject, Fault> {
    read_dossier(id, version, bytes, names, Unknown::IsAFault)
}

/// Reads a person's dossier as another policy would see it, without the holds for purposes that it
/// does not declare: for planning a change of policy, which must refuse to lose one.
///
/// # Errors
/// [`crate::FaultKind::Integrity`] when the bytes are no dossier in canonical form.
pub fn foresee_dossier(
    id: SubjectId,
    version: u64,
    bytes: &[u8],
    names: &Names,
) -> Result<Subject, Fault> {
    read_dossier(id, version, bytes, names, Unknown::IsLeftOut)
}

/// What is made of a hold that stands for a purpose without a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unknown {
    IsAFault,
    IsLeftOut,
}

fn read_dossier(
    id: SubjectId,
    version: u64,
    bytes: &[u8],
    names: &Names,
    unknown: Unknown,
) -> Result<Subject, Fault> {
    let mut r = Reader::new(bytes, "a dossier");
    let length = r.array()?;
    let format = r.uint()?;
    if (format, length) != (FORMAT, 11) && (format, length) != (WITHOUT_ACCEPTANCES, 10) {
        return Err(r.fault());
    }
    let person = match r.uint()? {
        0 => None,
        1 => Some(Person::Private),
        2 => Some(Person::Professional),
        _ => return Err(r.fault()),
    };
    let roles = r.list(|r| {
        r.shape(3)?;
        let kind = names.kind.id(r.number()?);
        let (since, until) = (r.day()?, r.option(Reader::day)?);
        Ok(kind.map(|kind| Role { kind, since, until }))
    })?;
    let links = r.list(|r| {
        r.shape(3)?;
        Ok(Link {
            organisation: OrganisationId(r.id()?),
            since: r.day()?,
            until: r.option(Reader::day)?,
        })
    })?;
    let facts = r.list(|r| read_fact(r, names))?;
    let consents = r.list(|r| read_consent(r, names))?;
    let objections = r.list(|r| read_objection(r, names))?;
    let restrictions = r.list(|r| {
        r.shape(4)?;
        Ok(Restriction {
            id: RestrictionId(r.id()?),
            categories: categories(&r.numbers()?, names),
            since: r.moment()?,
            lifted: r.option(Reader::moment)?,
        })
    })?;
    let holds = r.list(|r| read_hold(r, names, unknown))?;
    let told = r.option(|r| {
        r.shape(2)?;
        Ok(Told {
            version: r.number()?,
            on: r.day()?,
        })
    })?;
    let acceptances = match format {
        WITHOUT_ACCEPTANCES => Vec::new(),
        _ => r.list(|r| read_acceptance(r, names))?,
    };
    r.finish()?;
    Ok(Subject {
        id,
        version,
        person,
        roles: roles.into_iter().flatten().collect(),
        links,
        facts: facts.into_iter().flatten().collect(),
        organisation_facts: Vec::new(),
        consents: consents.into_iter().flatten().collect(),
        objections: objections.into_iter().flatten().collect(),
        restrictions,
        holds: holds.into_iter().flatten().collect(),
        told,
        acceptances: acceptances.into_iter().flatten().collect(),
        records: Vec::new(),
    })
}

/// Writes the facts of an organisation.
#[must_use]
pub fn encode_organisation(facts: &[Fact], names: &Names) -> Vec<u8> {
    let mut w = Writer::new();
    w.array(2);
    w.uint(ORGANISATION_FORMAT);
    w.list(facts.iter(), |w, fact| write_fact(w, fact, names));
    w.finish()
}

/// Reads the facts of an organisation.
///
/// # Errors
/// [`crate::FaultKind::Integrity`] when the bytes are not in canonical form.
pub fn decode_organisation(bytes: &[u8], names: &Names) -> Result<Vec<Fact>, Fault> {
    let mut r = Reader::new(bytes, "an organisation's dossier");
    r.shape(2)?;
    if r.uint()? != ORGANISATION_FORMAT {
        return Err(r.fault());
    }
    let facts = r.list(|r| read_fact(r, names))?;
    r.finish()?;
    Ok(facts.into_iter().flatten().collect())
}

fn read_acceptance(r: &mut Reader<'_>, names: &Names) -> Result<Option<Acceptance>, Fault> {
    r.shape(4)?;
    let document = names.document.id(r.number()?);
    let (version, accepted) = (r.number()?, r.moment()?);
    let proof = RecordId(r.id()?);
    Ok(document.map(|document| Acceptance {
        document,
        version,
        accepted,
        proof,
    }))
}

fn write_fact(w: &mut Writer, fact: &Fact, names: &Names) {
    w.array(7);
    w.id(&fact.id.0);
    w.uint(u64::from(names.fact.number(fact.kind)));
    w.option(fact.matter, |w, matter| w.id(&matter.0));
    w.moment(fact.happened);
    w.moment(fact.recorded);
    w.option(fact.superseded_by, |w, by| w.id(&by.0));
    w.option(fact.organisation, |w, organisation| w.id(&organisation.0));
}

fn read_fact(r: &mut Reader<'_>, names: &Names) -> Result<Option<Fact>, Fault> {
    r.shape(7)?;
    let id = FactRef(r.id()?);
    let kind = names.fact.id(r.number()?);
    let matter = r.option(Reader::id)?.map(MatterId);
    let (happened, recorded) = (r.moment()?, r.moment()?);
    let superseded_by = r.option(Reader::id)?.map(FactRef);
    let organisation = r.option(Reader::id)?.map(OrganisationId);
    Ok(kind.map(|kind| Fact {
        id,
        kind,
        matter,
        happened,
        recorded,
        superseded_by,
        organisation,
    }))
}

fn write_consent(w: &mut Writer, consent: &Consent, names: &Names) {
    w.array(7);
    w.id(&consent.id.0);
    w.uint(u64::from(names.purpose.number(consent.purpose)));
    w.numbers(consent.channels.iter().map(|id| names.channel.number(id)));
    w.moment(consent.given);
    w.option(consent.withdrawn, Writer::moment);
    w.uint(u64::from(consent.policy_version));
    w.option(consent.proof, |w, proof| w.id(&proof.0));
}

fn read_consent(r: &mut Reader<'_>, names: &Names) -> Result<Option<Consent>, Fault> {
    r.shape(7)?;
    let id = ConsentId(r.id()?);
    let purpose = names.purpose.id(r.number()?);
    let numbers = r.numbers()?;
    let channels: ChannelSet = numbers
        .iter()
        .filter_map(|number| names.channel.id(*number))
        .collect();
    let (given, withdrawn) = (r.moment()?, r.option(Reader::moment)?);
    let policy_version = r.number()?;
    let proof = r.option(Reader::id)?.map(RecordId);
    // A consent to channels that are all gone is none: it must not become one to every channel.
    let stands = numbers.is_empty() || !channels.is_empty();
    Ok(purpose.filter(|_| stands).map(|purpose| Consent {
        id,
        purpose,
        channels,
        given,
        withdrawn,
        policy_version,
        proof,
    }))
}

fn read_objection(r: &mut Reader<'_>, names: &Names) -> Result<Option<Objection>, Fault> {
    r.shape(4)?;
    let id = ObjectionId(r.id()?);
    let to = match r.number()? {
        0 => Some(ObjectedTo::Canvassing),
        number => names.purpose.id(number).map(ObjectedTo::Purpose),
    };
    let (made, lifted) = (r.moment()?, r.option(Reader::moment)?);
    Ok(to.map(|to| Objection {
        id,
        to,
        made,
        lifted,
    }))
}

fn write_hold(w: &mut Writer, hold: &Hold, names: &Names) {
    w.array(7);
    w.id(&hold.id.0);
    match hold.scope {
        HoldScope::Everything => w.null(),
        HoldScope::Categories(set) => w.numbers(set.iter().map(|id| names.category.number(id))),
        HoldScope::Matter(matter) => w.id(&matter.0),
    }
    w.uint(u64::from(names.purpose.number(hold.purpose)));
    w.moment(hold.placed);
    w.day(hold.review);
    w.option(hold.lifted, Writer::moment);
    w.option(hold.reason, |w, reason| w.id(&reason.0));
}

fn read_hold(r: &mut Reader<'_>, names: &Names, unknown: Unknown) -> Result<Option<Hold>, Fault> {
    r.shape(7)?;
    let id = HoldId(r.id()?);
    let scope = if r.is(minicbor::data::Type::Bytes)? {
        HoldScope::Matter(MatterId(r.id()?))
    } else {
        match r.option(Reader::numbers)? {
            None => HoldScope::Everything,
            Some(numbers) => HoldScope::Categories(categories(&numbers, names)),
        }
    };
    let purpose = names.purpose.id(r.number()?);
    let (placed, review) = (r.moment()?, r.day()?);
    let lifted = r.option(Reader::moment)?;
    let reason = r.option(Reader::id)?.map(RecordId);
    // One that was lifted keeps nothing any more; one that stands must not go in silence.
    if purpose.is_none() && lifted.is_none() && unknown == Unknown::IsAFault {
        return Err(r.fault());
    }
    Ok(purpose.map(|purpose| Hold {
        id,
        scope,
        purpose,
        placed,
        review,
        lifted,
        reason,
    }))
}

fn categories(numbers: &[u32], names: &Names) -> CategorySet {
    numbers
        .iter()
        .filter_map(|number| names.category.id(*number))
        .collect()
}

/// The moment to the microsecond in which it is stored.
#[must_use]
pub fn stored(moment: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(moment.as_microsecond()).unwrap_or(moment)
}
