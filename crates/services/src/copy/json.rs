//! A copy for programs.

use serde_json::{Value, json};

use policy::model::Language;

use super::sheet::{Access, Contact, Named, Purpose, Record, Sheet, State};

/// The version of the form; a change that breaks readers raises it.
const FORM: u32 = 1;

pub(super) fn render(sheet: &Sheet) -> Value {
    json!({
        "form": "kept/copy",
        "form-version": FORM,
        "language": match sheet.language {
            Language::En => "en",
            Language::Fr => "fr",
        },
        "subject": sheet.subject,
        "made": sheet.made,
        "policy-version": sheet.policy_version,
        "controller": contact(&sheet.controller),
        "data-protection-officer": sheet.officer.as_ref().map(contact),
        "supervisory-authority": contact(&sheet.authority),
        "roles": sheet.roles.iter().map(|(kind, since, until)| json!({
            "kind": named(kind), "since": since, "until": until,
        })).collect::<Value>(),
        "records": sheet.records.iter().map(record).collect::<Value>(),
        "facts": sheet.facts.iter().map(|fact| json!({
            "fact": named(&fact.fact),
            "happened": fact.happened,
            "matter": fact.matter,
            "of-organisation": fact.of_organisation,
        })).collect::<Value>(),
        "consents": sheet.consents.iter().map(|one| json!({
            "purpose": named(&one.purpose),
            "channels": one.channels.iter().map(named).collect::<Value>(),
            "given": one.given,
            "withdrawn": one.withdrawn,
            "policy-version": one.policy_version,
        })).collect::<Value>(),
        "acceptances": sheet.acceptances.iter().map(|(document, version, accepted)| json!({
            "document": named(document), "version": version, "accepted": accepted,
        })).collect::<Value>(),
        "objections": sheet.objections.iter().map(|one| json!({
            "canvassing": one.to.is_none(),
            "purpose": one.to.as_ref().map(named),
            "made": one.made,
            "lifted": one.lifted,
        })).collect::<Value>(),
        "restrictions": sheet.restrictions.iter().map(|(categories, since)| json!({
            "categories": categories.iter().map(named).collect::<Value>(),
            "since": since,
        })).collect::<Value>(),
        "holds": sheet.holds.iter().map(|(purpose, placed, review)| json!({
            "purpose": named(purpose), "placed": placed, "review": review,
        })).collect::<Value>(),
        "told-of-policy": sheet.told.as_ref().map(|(version, on)| json!({
            "version": version, "from": on,
        })),
        "rights": sheet.rights.iter().map(|(right, about)| json!({
            "name": right.name, "title": right.title, "about": about,
        })).collect::<Value>(),
        "accesses": sheet.accesses.iter().map(access).collect::<Value>(),
    })
}

fn named(named: &Named) -> Value {
    json!({ "name": named.name, "title": named.title })
}

fn contact(contact: &Contact) -> Value {
    json!({
        "name": contact.name,
        "address": contact.address,
        "email": contact.email,
        "telephone": contact.telephone,
        "website": contact.website,
    })
}

fn record(record: &Record) -> Value {
    json!({
        "id": record.id,
        "category": named(&record.category),
        "values": record.values.iter().map(|(field, value)| json!({
            "name": field.name, "title": field.title, "value": value,
        })).collect::<Value>(),
        "collected": record.collected,
        "recorded": record.recorded,
        "origin": named(&record.origin),
        "from-person": record.from_person,
        "brought-by": record.brought_by,
        "carried-out-by": record.processor.as_ref().map(named),
        "matter": record.matter,
        "policy-version": record.policy_version,
        "derived": record.derived,
        "purposes": record.purposes.iter().map(purpose).collect::<Value>(),
        "recipients": record.recipients.iter().map(|(recipient, internal)| json!({
            "name": recipient.name, "title": recipient.title, "internal": internal,
        })).collect::<Value>(),
    })
}

fn purpose(purpose: &Purpose) -> Value {
    let term = match &purpose.state {
        State::Lives {
            until,
            day,
            rule,
            term,
            source,
        } => json!({
            "lives": true, "until": until, "through": day,
            "rule": named(rule), "term": term, "source": source,
        }),
        State::Over { at, why } => json!({ "lives": false, "ended": at, "why": why }),
    };
    json!({
        "purpose": named(&purpose.purpose),
        "as": named(&purpose.kind),
        "since": purpose.since,
        "basis": purpose.basis.as_ref().ok(),
        "closed": purpose.basis.as_ref().err(),
        "retention": term,
    })
}

fn access(access: &Access) -> Value {
    json!({
        "at": access.at,
        "act": access.act,
        "recipient": access.recipient,
        "purpose": access.purpose,
        "categories": access.categories,
    })
}
