//! What a person was told, and to which organisations they belong.

use domain::OrganisationId;
use policy::authorisation::Action;

use super::given::missing;
use super::{ALWAYS, Act, At, Outcome, Wrong};

pub(super) const TOLD: Act = Act {
    name: "told",
    action: Action::Tell,
    title: ("Record what they were told", "Enregistrer une information"),
    lead: (
        "What a version of the policy lengthens or adds applies to somebody from the day on which they were told of it.",
        "Ce qu’une version de la politique allonge ou ajoute s’applique à une personne à compter du jour où elle en a été informée.",
    ),
    done: ("It is recorded.", "C’est enregistré."),
    confirm: None,
    tried: true,
    offered: ALWAYS,
    ask: |at| {
        let policies = at.site.kept.policies()?;
        let say = at.say();
        let versions = policies.iter().rev().map(|it| {
            let version = it.version.to_string();
            let title = format!("{} {version}", say.of("Version", "Version"));
            (version, title)
        });
        Ok(vec![
            at.one("told", ("Told of", "Informée de"), versions.collect()),
            at.today("on", ("It applies from", "Elle s’applique à compter du")),
        ])
    },
    run: |at, desk| {
        let version: u32 = at
            .given
            .one("told")
            .parse()
            .map_err(|_| missing("told", at.visit))?;
        let on = at.given.day("on", at.visit)?;
        let acted = desk.told(at.subject.id, Some(version), on)?;
        Ok(Outcome::Acted(acted))
    },
};

pub(super) const LINK: Act = Act {
    name: "link",
    action: Action::Link,
    title: ("Link to an organisation", "Rattacher à un organisme"),
    lead: (
        "From that day on its contracts set the person’s terms.",
        "À compter de ce jour, ses contrats déterminent les délais de la personne.",
    ),
    done: (
        "The person belongs to the organisation.",
        "La personne est rattachée à l’organisme.",
    ),
    confirm: None,
    tried: true,
    offered: ALWAYS,
    ask: |at| {
        Ok(vec![
            at.line(
                "organisation",
                (
                    "Organisation, by its identifier",
                    "Organisme, par son identifiant",
                ),
                "text",
            ),
            at.today("since", ("Since", "Depuis le")),
        ])
    },
    run: |at, desk| {
        let since = at.given.day("since", at.visit)?;
        let acted = desk.link(at.subject.id, organisation(at)?, since)?;
        Ok(Outcome::Acted(acted))
    },
};

pub(super) const UNLINK: Act = Act {
    name: "unlink",
    action: Action::Link,
    title: (
        "End a link to an organisation",
        "Mettre fin à un rattachement",
    ),
    lead: (
        "Its contracts end for this person, and the terms that wait for their end begin.",
        "Ses contrats prennent fin pour cette personne, et les délais qui attendaient leur fin commencent à courir.",
    ),
    done: (
        "The link has its last day.",
        "Le rattachement a son dernier jour.",
    ),
    confirm: None,
    tried: true,
    offered: |_, subject| subject.links.iter().any(|link| link.until.is_none()),
    ask: |at| {
        let links = at.subject.links.iter().filter(|link| link.until.is_none());
        let links = links.map(|link| {
            let id = link.organisation.to_string();
            (id.clone(), id)
        });
        Ok(vec![
            at.one(
                "organisation",
                ("Organisation", "Organisme"),
                links.collect(),
            ),
            at.today("until", ("Last day", "Dernier jour")),
        ])
    },
    run: |at, desk| {
        let until = at.given.day("until", at.visit)?;
        let acted = desk.unlink(at.subject.id, organisation(at)?, until)?;
        Ok(Outcome::Acted(acted))
    },
};

fn organisation(at: &At<'_>) -> Result<OrganisationId, Wrong> {
    let given = at.given.one("organisation").trim();
    given.parse().map_err(|_| missing("organisation", at.visit))
}
