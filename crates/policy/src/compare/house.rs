//! Who runs the policy and what it states.

use super::{Change, Effect, How, Part};
use crate::model::{Language, Policy, Right};

pub(super) fn changes(old: &Policy, new: &Policy) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut differs = |different: bool, part: Part, name: &str, en: &str, fr: &str| {
        if different {
            changes.push(Change::new(
                part,
                name,
                How::Changed,
                |language| match language {
                    Language::En => format!("{en}."),
                    Language::Fr => format!("{fr}."),
                },
            ));
        }
    };
    differs(
        old.controller != new.controller,
        Part::Controller,
        "controller",
        &format!("The details of the controller are now: {}", controller(new)),
        &format!(
            "Les coordonnées du responsable du traitement sont désormais : {}",
            controller(new)
        ),
    );
    let officer = |policy: &Policy| {
        policy
            .officer
            .as_ref()
            .map_or_else(|| "–".to_owned(), |it| format!("{}, {}", it.name, it.email))
    };
    differs(
        old.officer != new.officer,
        Part::Officer,
        "officer",
        &format!("The data protection officer is now: {}", officer(new)),
        &format!(
            "Le délégué à la protection des données est désormais : {}",
            officer(new)
        ),
    );
    differs(
        old.authority != new.authority,
        Part::Authority,
        "authority",
        &format!(
            "The supervisory authority is now: {}, {}",
            new.authority.name, new.authority.address
        ),
        &format!(
            "L’autorité de contrôle est désormais : {}, {}",
            new.authority.name, new.authority.address
        ),
    );
    differs(
        old.statements != new.statements,
        Part::Statements,
        "statements",
        "What the policy states of liability or of the register is now another",
        "Ce que la politique dit de la responsabilité ou du registre a changé",
    );
    differs(
        old.security != new.security,
        Part::Security,
        "security",
        "The security measures are described anew",
        "Les mesures de sécurité sont décrites à nouveau",
    );
    differs(
        old.smallest_group != new.smallest_group,
        Part::SmallestGroup,
        "policy.smallest-group",
        &format!(
            "No statistic shows fewer than {} people",
            new.smallest_group
        ),
        &format!(
            "Aucune statistique ne montre moins de {} personnes",
            new.smallest_group
        ),
    );
    differs(
        old.statistic_raises_odds != new.statistic_raises_odds,
        Part::RaisesOdds,
        "policy.statistic-raises-odds",
        &format!(
            "No statistic raises the odds of guessing right about a person by more than {} %",
            new.statistic_raises_odds
        ),
        &format!(
            "Aucune statistique n’augmente de plus de {} % les chances de deviner juste au sujet d’une personne",
            new.statistic_raises_odds
        ),
    );
    differs(
        old.trace_kept != new.trace_kept,
        Part::TraceKept,
        "policy.trace-kept",
        &format!(
            "The details of the trace are kept for {}",
            new.trace_kept.words(Language::En)
        ),
        &format!(
            "Le détail de la trace est conservé pendant {}",
            new.trace_kept.words(Language::Fr)
        ),
    );
    changes.extend(new.rights.iter().filter_map(|right| {
        let former = old.right_named(&right.name)?;
        exercised_otherwise(former, right)
    }));
    changes
}

fn controller(policy: &Policy) -> String {
    format!(
        "{}, {}, {}",
        policy.controller.name, policy.controller.address, policy.controller.email
    )
}

/// A right that is exercised otherwise than before.
fn exercised_otherwise(old: &Right, new: &Right) -> Option<Change> {
    let narrower = new.limits.iter().any(|limit| !old.limits.contains(limit));
    let wider = old.limits.iter().any(|limit| !new.limits.contains(limit));
    let differs = narrower
        || wider
        || old.about != new.about
        || old.identity_document != new.identity_document
        || old.answered_within != new.answered_within
        || old.grounds != new.grounds;
    differs.then(|| {
        Change::new(Part::Right, &new.name, How::Changed, |language| {
            let title = new.title.get(language);
            let about = new.about.get(language).trim_end_matches('.');
            match language {
                Language::En => format!("Right “{title}”: {about}."),
                Language::Fr => format!("Droit « {title} » : {about}."),
            }
        })
        .effect(Effect {
            narrows: narrower,
            ..Effect::default()
        })
    })
}
