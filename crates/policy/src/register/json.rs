//! The register for programs.

use serde_json::{Value, json};

use super::{Asking, Processing, Register};
use crate::model::Wording;

pub(super) fn value(register: &Register) -> Value {
    json!({
        "policy_version": register.version,
        "published": register.published.to_string(),
        "controller": {
            "name": register.controller.name,
            "address": register.controller.address,
            "email": register.controller.email,
            "telephone": register.controller.telephone,
        },
        "officer": register.officer.as_ref().map(|officer| json!({
            "name": officer.name,
            "email": officer.email,
            "telephone": officer.telephone,
        })),
        "authority": {
            "name": register.authority.name,
            "address": register.authority.address,
            "telephone": register.authority.telephone,
            "website": register.authority.website,
        },
        "processings": register.processings.iter().map(processing).collect::<Vec<_>>(),
        "forms": register.forms.iter().map(form).collect::<Vec<_>>(),
        "security": wordings(&register.security),
    })
}

fn form(it: &Asking) -> Value {
    json!({
        "name": it.name,
        "title": wording(&it.title),
        "kinds_of_subject": wordings(&it.kinds),
        "purposes": wordings(&it.purposes),
        "required": wordings(&it.required),
        "optional": wordings(&it.optional),
        "if_left_out": it.if_left_out.as_ref().map(wording),
    })
}

fn processing(it: &Processing) -> Value {
    json!({
        "name": it.name,
        "title": wording(&it.title),
        "about": wording(&it.about),
        "legal_bases": wordings(&it.bases),
        "kinds_of_subject": wordings(&it.kinds),
        "categories": it.categories.iter().map(|data| json!({
            "title": wording(&data.title),
            "fields": wordings(&data.fields),
            "special": data.special,
        })).collect::<Vec<_>>(),
        "internal_recipients": wordings(&it.internal_recipients),
        "external_recipients": wordings(&it.external_recipients),
        "processors": wordings(&it.processors),
        "transfers": it.transfers.iter().map(|it| json!({
            "to": wording(&it.to),
            "country": it.transfer.country,
            "safeguard": wording(&it.transfer.safeguard),
        })).collect::<Vec<_>>(),
        "terms": it.terms.iter().map(|term| json!({
            "rule": term.rule,
            "covers": term.covers.iter().map(|(category, kinds)| json!({
                "category": wording(category),
                "kinds_of_subject": wordings(kinds),
            })).collect::<Vec<_>>(),
            "term": wording(&term.words),
            "then": wording(&term.then),
            "source": wording(&term.source),
            "ours": term.ours,
        })).collect::<Vec<_>>(),
    })
}

fn wording(it: &Wording) -> Value {
    json!({ "en": it.en, "fr": it.fr })
}

fn wordings(these: &[Wording]) -> Value {
    these.iter().map(wording).collect()
}
