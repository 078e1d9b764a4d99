//! Erasure on request.

use domain::Fault;
use policy::authorisation::Action;
use policy::model::ErasureGround;
use services::desk::Desk;
use services::forget::REASONS;

use super::given::missing;
use super::questions::Pair;
use super::{Act, At, Outcome, Wrong};
use crate::pages::console::form::Asked;
use crate::say::Either;

pub(super) const ERASURE: Act = Act {
    name: "erasure",
    action: Action::Erase,
    title: ("Erase on request", "Effacer sur demande"),
    lead: (
        "What nothing keeps any more is destroyed before the answer. What a duty, a hold or a dispute keeps stays closed until its own term.",
        "Ce que rien n’oblige à conserver est détruit avant la réponse. Ce que conserve une obligation, une mesure ou un litige reste fermé jusqu’à son propre terme.",
    ),
    done: (
        "It is erased. What is still shown is kept by a duty, a hold or a restriction.",
        "C’est effacé. Ce qui s’affiche encore est conservé par une obligation, une mesure ou une limitation.",
    ),
    confirm: Some((
        "What is destroyed cannot be brought back: not from here, and soon not from a backup.",
        "Ce qui est détruit ne peut être rétabli : ni d’ici, ni bientôt d’une sauvegarde.",
    )),
    tried: true,
    offered: |_, subject| subject.records.iter().any(|held| !held.tombstone),
    ask,
    run,
};

fn ask(at: &At<'_>) -> Result<Vec<Asked>, Fault> {
    Ok(vec![
        at.one("reason", ("Why", "Motif"), reasons(at.say())),
        at.any("category", ("What", "Quoi"), at.categories(at.held()))
            .hint(
                at.say()
                    .of("Nothing ticked: everything.", "Rien de coché : tout."),
            ),
    ])
}

fn reasons(say: Either) -> Vec<Pair> {
    REASONS
        .iter()
        .map(|(name, reason)| ((*name).to_owned(), words(*reason, say).to_owned()))
        .collect()
}

/// A ground of GDPR 17(1), in words.
fn words(reason: ErasureGround, say: Either) -> &'static str {
    match reason {
        ErasureGround::NoLongerNecessary => say.of(
            "No longer necessary for its purposes (17(1)(a))",
            "N’est plus nécessaire à ses finalités (art. 17, § 1, a)",
        ),
        ErasureGround::ConsentWithdrawn => say.of(
            "The consent is withdrawn (17(1)(b))",
            "Le consentement est retiré (art. 17, § 1, b)",
        ),
        ErasureGround::Objection => say.of(
            "The person objects (17(1)(c))",
            "La personne s’oppose (art. 17, § 1, c)",
        ),
        ErasureGround::CanvassingObjection => say.of(
            "The person objects to canvassing (17(1)(c))",
            "La personne s’oppose à la prospection (art. 17, § 1, c)",
        ),
        ErasureGround::Unlawful => say.of(
            "Processed unlawfully (17(1)(d))",
            "Traitement illicite (art. 17, § 1, d)",
        ),
        ErasureGround::LegalObligation => say.of(
            "The law obliges to erase (17(1)(e))",
            "La loi oblige à effacer (art. 17, § 1, e)",
        ),
        ErasureGround::ChildOnlineService => say.of(
            "Collected from a child for an online service (17(1)(f))",
            "Collecté auprès d’un enfant pour un service en ligne (art. 17, § 1, f)",
        ),
    }
}

fn run(at: &At<'_>, desk: &Desk<'_>) -> Result<Outcome, Wrong> {
    let name = at.given.one("reason");
    let reason = REASONS.iter().find(|(known, _)| *known == name);
    let (_, reason) = reason.ok_or_else(|| missing("reason", at.visit))?;
    let categories = Some(at.ticked_categories("category")).filter(|it| !it.is_empty());
    let forgotten = desk.forget(at.subject.id, *reason, categories)?;
    Ok(Outcome::Acted(forgotten.acted))
}
