//! What people choose: consents and objections.

use domain::Fault;
use domain::subject::ObjectedTo;
use policy::authorisation::Action;
use policy::model::{Basis, Policy, PurposeSet};
use services::consent::{Consented, Proof};
use services::desk::Desk;
use services::statement::Statement;

use super::given::missing;
use super::questions::{Pair, rests_on};
use super::{ALWAYS, Act, At, Outcome, Wrong};
use crate::pages::console::form::Asked;

pub(super) const CONSENT: Act = Act {
    name: "consent",
    action: Action::RecordConsent,
    title: ("Record a consent", "Enregistrer un consentement"),
    lead: (
        "With its proof: who was asked, when, in which words. Nothing is sent or opened on a consent without one.",
        "Avec sa preuve : qui a été sollicité, quand, en quels termes. Sans elle, rien n’est envoyé ni ouvert sur la foi d’un consentement.",
    ),
    done: (
        "The consent is recorded.",
        "Le consentement est enregistré.",
    ),
    confirm: None,
    tried: true,
    offered: |policy, _| policy.consent_proofs.is_some(),
    ask: ask_consent,
    run: run_consent,
};

pub(super) const WITHDRAWAL: Act = Act {
    name: "withdrawal",
    action: Action::RecordConsent,
    title: ("Withdraw a consent", "Retirer un consentement"),
    lead: (
        "It takes no more than to give one. What was done before stays lawful.",
        "Retirer est aussi simple que donner. Ce qui a été fait auparavant reste licite.",
    ),
    done: ("The consent is withdrawn.", "Le consentement est retiré."),
    confirm: None,
    tried: true,
    offered: |_, subject| subject.consents.iter().any(|one| one.withdrawn.is_none()),
    ask: ask_withdrawal,
    run: run_withdrawal,
};

pub(super) const OBJECTION: Act = Act {
    name: "objection",
    action: Action::Object,
    title: ("Record an objection", "Enregistrer une opposition"),
    lead: (
        "One to canvassing closes every canvassing purpose on every channel, and keeps the person off later lists.",
        "Une opposition à la prospection ferme toute finalité de prospection sur tous les canaux et tient la personne à l’écart des fichiers ultérieurs.",
    ),
    done: (
        "The objection is recorded.",
        "L’opposition est enregistrée.",
    ),
    confirm: None,
    tried: true,
    offered: ALWAYS,
    ask: ask_objection,
    run: run_objection,
};

pub(super) const OBJECTION_LIFTED: Act = Act {
    name: "objection-lifted",
    action: Action::Object,
    title: ("Take an objection back", "Lever une opposition"),
    lead: (
        "At the person’s own wish. What ended with the objection does not come back.",
        "À la demande de la personne elle-même. Ce qui a pris fin avec l’opposition ne revient pas.",
    ),
    done: ("The objection is taken back.", "L’opposition est levée."),
    confirm: None,
    tried: true,
    offered: |_, subject| subject.objections.iter().any(|one| one.lifted.is_none()),
    ask: ask_objection_lifted,
    run: run_objection_lifted,
};

fn ask_consent(at: &At<'_>) -> Result<Vec<Asked>, Fault> {
    let policy = at.policy();
    let on_consent = |id| rests_on(policy, id, |basis| basis == Basis::Consent);
    let mut asked = vec![
        at.one(
            "purpose",
            ("What for", "Pour quelle finalité"),
            at.purposes(on_consent),
        ),
        at.any(
            "channel",
            ("By which channels", "Par quels canaux"),
            at.channels(),
        )
        .hint(at.say().of(
            "Nothing ticked: the purpose as a whole.",
            "Rien de coché : la finalité tout entière.",
        )),
        at.moment("given", ("Given on", "Donné le")),
    ];
    if let Some(proofs) = policy.consent_proofs {
        asked.extend(at.fields(proofs, u64::MAX));
    }
    asked.push(at.one(
        "origin",
        ("Where the proof comes from", "Origine de la preuve"),
        at.origins(),
    ));
    Ok(asked)
}

fn run_consent(at: &At<'_>, desk: &Desk<'_>) -> Result<Outcome, Wrong> {
    let policy = at.policy();
    let purpose = at.purpose("purpose")?;
    let category = policy
        .consent_proofs
        .ok_or_else(|| missing("purpose", at.visit))?;
    let first = policy.category(category).fields.first();
    let first = first.map_or_else(String::new, super::questions::field_name);
    let values = at.values(category, u64::MAX)?;
    let given = at.given.moment("given", at.visit)?;
    let statement = Statement {
        category,
        values: values.ok_or_else(|| missing(&first, at.visit))?,
        origin: at.origin("origin")?,
        kind: None,
        purposes: PurposeSet::EMPTY,
        made: given,
    };
    let consented = Consented {
        purpose,
        channels: at.ticked_channels("channel"),
        given,
        policy_version: None,
        proof: Proof::Stated(statement),
    };
    let (_, acted) = desk.give_consent(at.subject.id, &consented)?;
    Ok(Outcome::Acted(acted))
}

fn ask_withdrawal(at: &At<'_>) -> Result<Vec<Asked>, Fault> {
    let standing = |id| {
        let mut consents = at.subject.consents.iter();
        consents.any(|one| one.purpose == id && one.withdrawn.is_none())
    };
    Ok(vec![
        at.one(
            "purpose",
            ("Which consent", "Quel consentement"),
            at.purposes(standing),
        ),
        at.any(
            "channel",
            ("For which channels", "Pour quels canaux"),
            at.channels(),
        )
        .hint(
            at.say()
                .of("Nothing ticked: all of it.", "Rien de coché : en totalité."),
        ),
    ])
}

fn run_withdrawal(at: &At<'_>, desk: &Desk<'_>) -> Result<Outcome, Wrong> {
    let purpose = at.purpose("purpose")?;
    let channels = at.ticked_channels("channel");
    let acted = desk.withdraw_consent(at.subject.id, purpose, channels)?;
    Ok(Outcome::Acted(acted))
}

/// All canvassing, as forms name it; a purpose cannot be called so.
const CANVASSING: &str = "*canvassing";

fn to(at: &At<'_>, which: impl Fn(ObjectedTo) -> bool) -> Vec<Pair> {
    let canvassing = which(ObjectedTo::Canvassing).then(|| {
        let title = at.say().of("All canvassing", "Toute prospection");
        (CANVASSING.to_owned(), title.to_owned())
    });
    let purposes = at.purposes(|id| which(ObjectedTo::Purpose(id)));
    canvassing.into_iter().chain(purposes).collect()
}

fn objected_to(at: &At<'_>) -> Result<ObjectedTo, Wrong> {
    match at.given.one("to") {
        CANVASSING => Ok(ObjectedTo::Canvassing),
        _ => at.purpose("to").map(ObjectedTo::Purpose),
    }
}

fn ask_objection(at: &At<'_>) -> Result<Vec<Asked>, Fault> {
    let policy = at.policy();
    let choices = to(at, |to| may_be_objected_to(policy, to));
    Ok(vec![
        at.one(
            "to",
            ("What the person objects to", "À quoi la personne s’oppose"),
            choices,
        ),
        at.moment("made", ("Received on", "Reçue le")),
    ])
}

fn may_be_objected_to(policy: &Policy, to: ObjectedTo) -> bool {
    match to {
        ObjectedTo::Canvassing => !policy.tables.canvassing.is_empty(),
        ObjectedTo::Purpose(id) => rests_on(policy, id, |basis| {
            matches!(basis, Basis::LegitimateInterests | Basis::PublicTask)
        }),
    }
}

fn run_objection(at: &At<'_>, desk: &Desk<'_>) -> Result<Outcome, Wrong> {
    let to = objected_to(at)?;
    let made = at.given.moment("made", at.visit)?;
    let (_, acted) = desk.object(at.subject.id, to, made)?;
    Ok(Outcome::Acted(acted))
}

fn ask_objection_lifted(at: &At<'_>) -> Result<Vec<Asked>, Fault> {
    let standing = |to: ObjectedTo| {
        let mut objections = at.subject.objections.iter();
        objections.any(|one| one.to == to && one.lifted.is_none())
    };
    Ok(vec![at.one(
        "to",
        ("Which objection", "Quelle opposition"),
        to(at, standing),
    )])
}

fn run_objection_lifted(at: &At<'_>, desk: &Desk<'_>) -> Result<Outcome, Wrong> {
    let acted = desk.lift_objection(at.subject.id, objected_to(at)?)?;
    Ok(Outcome::Acted(acted))
}
