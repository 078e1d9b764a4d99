//! Recording an event.

use domain::Fault;
use policy::authorisation::Action;
use policy::model::{FactId, FactKind};
use services::desk::Desk;
use services::fact::Happened;

use super::given::missing;
use super::questions::Pair;
use super::{ALWAYS, Act, At, Outcome, Wrong};
use crate::pages::console::form::Asked;

pub(super) const FACT: Act = Act {
    name: "fact",
    action: Action::RecordFacts,
    title: ("Record an event", "Enregistrer un événement"),
    lead: (
        "An event moves the terms that count from it. A later event takes its place; none is edited.",
        "Un événement fait courir les délais qui en dépendent. Un événement ultérieur le remplace ; aucun ne se modifie.",
    ),
    done: ("The event is recorded.", "L’événement est enregistré."),
    confirm: None,
    tried: true,
    offered: ALWAYS,
    ask,
    run,
};

fn ask(at: &At<'_>) -> Result<Vec<Asked>, Fault> {
    let fill = at.visit.fill();
    let accounts = at.policy().accounts;
    // Access begins and ends with an account, in another room.
    let of_accounts = |id| accounts.is_some_and(|it| it.begins == id || it.ends == id);
    let facts = (0u8..).map(FactId).zip(&at.policy().facts);
    let kinds: Vec<Pair> = facts
        .filter(|(id, fact)| fact.recorded_by.staff && !of_accounts(*id))
        .map(|(_, fact)| (fact.name.clone(), fill.say(&fact.title)))
        .collect();
    let mut asked = vec![at.one("kind", ("What happened", "Ce qui s’est passé"), kinds)];
    let Some((_, kind)) = chosen(at) else {
        return Ok(asked);
    };
    asked.push(at.moment("at", ("When", "Quand")));
    if !kind.manners.is_empty() {
        let manners = kind.manners.iter().map(|it| (it.clone(), it.clone()));
        asked.push(at.one(
            "manner",
            ("In which manner", "De quelle manière"),
            manners.collect(),
        ));
    }
    if kind.about_matter {
        let new = at.say().of("a new one", "une nouvelle affaire");
        let known = at.matters().into_iter();
        let known = known.map(|(matter, title)| (matter.to_string(), title));
        let all = known.chain([("new".to_owned(), new.to_owned())]);
        asked.push(at.one(
            "about",
            (
                "About which contract, debit or dispute",
                "À propos de quel contrat, débit ou litige",
            ),
            all.collect(),
        ));
    }
    Ok(asked)
}

fn chosen<'a>(at: &'a At<'_>) -> Option<(FactId, &'a FactKind)> {
    let name = at.given.some("kind")?;
    let mut facts = (0u8..).map(FactId).zip(&at.policy().facts);
    facts.find(|(_, it)| it.name == name)
}

fn run(at: &At<'_>, desk: &Desk<'_>) -> Result<Outcome, Wrong> {
    let (kind, it) = chosen(at).ok_or_else(|| missing("kind", at.visit))?;
    if at.given.one("step") != "2" {
        return Err(Wrong::More);
    }
    let happened = Happened {
        kind,
        matter: at.matter("about")?.filter(|_| it.about_matter),
        at: match at.given.moment("at", at.visit)? {
            // A moment that is written to the minute is not after the present one.
            Some(given) => given,
            None => at.site.kept.moment()?.now,
        },
        manner: at.given.some("manner").map(str::to_owned),
        supersedes: None,
    };
    let (_, acted) = desk.record_fact(at.subject.id, &happened)?;
    Ok(Outcome::Acted(acted))
}
