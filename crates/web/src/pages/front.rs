//! `/`: the first page of a server, for the public: whose it is, what is promised, whom to ask.

use maud::{Markup, html};
use policy::model::Policy;

use super::privacy::{email, telephone};
use crate::frame::Frame;
use crate::page;
use crate::phrases::Phrases;
use crate::say::{self, Either};

/// The page; the journal's checkpoint is on it once there is one.
#[must_use]
pub fn render(policy: &Policy, has_checkpoint: bool, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of("Your data here", "Vos données ici");
    let published = say::day(policy.published, frame.language);
    let body = html! {
        header.title {
            h1 { (title) }
            p.lead {
                (say.of(
                    "What is collected, for what purpose, who may read it and when it is deleted is written down in a policy, and this program carries it out to the letter.",
                    "Une politique dit ce qui est collecté, à quelle fin, qui peut le lire et quand cela est supprimé. Ce programme l’applique à la lettre.",
                ))
            }
        }
        ul.ways {
            li {
                a href=(frame.link("/privacy", &[])) { (say.of("Privacy notice", "Politique de confidentialité")) }
                p {
                    (say.of("Version", "Version")) " " (policy.version) ", "
                    (say.of("published on", "publiée le")) " " (published) "."
                }
            }
            li {
                a href={ (frame.link("/privacy", &[])) "#rights" } { (say.of("Your rights", "Vos droits")) }
                p { (say.of("See, correct, take along, object, have erased: what you can ask for and how.", "Consulter, rectifier, emporter, vous opposer, faire effacer : ce que vous pouvez demander, et comment.")) }
            }
            li {
                a href=(frame.link("/documents", &[])) { (Phrases::of(frame.language).documents.title) }
                p { (say.of("What is published apart from the notice, in each of its versions.", "Ce qui est publié à part de la politique, dans chacune de ses versions.")) }
            }
            li {
                a href=(frame.link("/api", &[])) { (say.of("Programming interface", "Interface de programmation")) }
                p { (say.of("For programs with a key: every address, and what it takes.", "Pour les programmes qui ont une clé : chaque adresse, et ce qu’elle reçoit.")) }
            }
            @if has_checkpoint {
                li {
                    a href="/log/checkpoint" { (say.of("Checkpoint of the journal", "Point de contrôle du journal")) }
                    p { (say.of("For auditors: who keeps it can prove later that nothing was rewritten.", "Pour les auditeurs : qui le conserve pourra prouver que rien n’a été réécrit.")) }
                }
            }
        }
        div.two {
            (officer(policy, say))
            (authority(policy, say))
        }
    };
    let foot = html! {
        (Phrases::of(frame.language).notice.generated) " · "
        a href=(frame.link("/sign-in", &[])) { (say.of("For those who work here", "Accès du personnel")) }
    };
    page::public(frame, title, &policy.controller.name, &foot, body)
}

/// Whom to ask (23a).
pub(crate) fn officer(policy: &Policy, say: Either) -> Markup {
    let controller = &policy.controller;
    html! {
        section aria-labelledby="contact" {
            h2.quiet id="contact" {
                @if policy.officer.is_some() { (say.of("Data protection officer", "Délégué à la protection des données")) }
                @else { (say.of("Whom to ask", "À qui s’adresser")) }
            }
            address {
                @match &policy.officer {
                    Some(officer) => {
                        strong { (officer.name) } br;
                        (email(&officer.email)) br;
                        @if let Some(number) = &officer.telephone { (telephone(number)) br; }
                    }
                    None => { (email(&controller.email)) br; }
                }
                (controller.name) ", " (controller.address)
            }
        }
    }
}

/// Where to complain (25a; GDPR 77).
pub(crate) fn authority(policy: &Policy, say: Either) -> Markup {
    let authority = &policy.authority;
    html! {
        section aria-labelledby="authority" {
            h2.quiet id="authority" { (say.of("Where to complain", "Où introduire une réclamation")) }
            address {
                strong { (authority.name) } br;
                (authority.address) br;
                @if let Some(number) = &authority.telephone { (telephone(number)) br; }
                a href=(authority.website) rel="external noreferrer" { (authority.website.trim_start_matches("https://")) }
            }
        }
    }
}
