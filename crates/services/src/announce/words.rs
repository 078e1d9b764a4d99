//! What messages say, in English, in French, or in both.

use std::fmt::Write as _;

use jiff::civil::Date;
use policy::Change;
use policy::model::{KindId, Language, Policy, PurposeId};
use policy::words;

use crate::mail::Words;

/// Months as dates name them.
const MONTHS: [(&str, &str); 12] = [
    ("January", "janvier"),
    ("February", "février"),
    ("March", "mars"),
    ("April", "avril"),
    ("May", "mai"),
    ("June", "juin"),
    ("July", "juillet"),
    ("August", "août"),
    ("September", "septembre"),
    ("October", "octobre"),
    ("November", "novembre"),
    ("December", "décembre"),
];

/// A day in words.
fn day(date: Date, language: Language) -> String {
    let month = usize::from(date.month().unsigned_abs()).saturating_sub(1);
    let (en, fr) = MONTHS[month.min(11)];
    match (language, date.day()) {
        (Language::En, day) => format!("{day} {en} {}", date.year()),
        (Language::Fr, 1) => format!("1er {fr} {}", date.year()),
        (Language::Fr, day) => format!("{day} {fr} {}", date.year()),
    }
}

/// A piece of a message.
enum Block {
    Title(String),
    Heading(String),
    Paragraph(String),
    List(Vec<String>),
    Link(String, String),
}

use Block::{Heading, Link, List, Paragraph, Title};

/// One of two wordings.
fn either(language: Language, en: impl Into<String>, fr: impl Into<String>) -> String {
    match language {
        Language::En => en.into(),
        Language::Fr => fr.into(),
    }
}

/// The announcement of a version.
pub(super) struct Announced<'a> {
    /// The version.
    pub(super) policy: &'a Policy,
    /// The day on which it came into force.
    pub(super) since: Date,
    /// What it changes for whoever reads this.
    pub(super) changes: Vec<&'a Change>,
    /// Whether it changes more, for others.
    pub(super) more: bool,
}

/// Data that somebody else gave.
pub(super) struct Given<'a> {
    /// The policy in force.
    pub(super) policy: &'a Policy,
    /// The day on which it was received.
    pub(super) on: Date,
    /// From where: the title of the origin.
    pub(super) origin: &'a policy::model::Wording,
    /// What it is used for, about whom, in which category.
    pub(super) uses: Vec<(PurposeId, KindId, policy::model::CategoryId)>,
}

/// What an announcement says.
pub(super) fn announcement(
    announced: &Announced<'_>,
    site: &str,
    language: Option<Language>,
) -> Words {
    let name = &announced.policy.controller.name;
    let subject = |language| {
        either(
            language,
            format!("{name}: our privacy policy has changed"),
            format!("{name} : notre politique de confidentialité a changé"),
        )
    };
    written(language, subject, |language| {
        announced_in(announced, site, language)
    })
}

fn announced_in(announced: &Announced<'_>, site: &str, language: Language) -> Vec<Block> {
    let policy = announced.policy;
    let (name, version) = (&policy.controller.name, policy.version);
    let since = day(announced.since, language);
    let mut blocks = vec![
        Title(either(
            language,
            "Our privacy policy has changed",
            "Notre politique de confidentialité a changé",
        )),
        Paragraph(either(
            language,
            format!(
                "{name} holds data about you. Version {version} of the policy by which it is kept \
                 is in force since {since}."
            ),
            format!(
                "{name} détient des données sur vous. La version {version} de la politique qui \
                 les régit est en vigueur depuis le {since}."
            ),
        )),
    ];
    if let Some(reason) = &policy.reason {
        blocks.push(Heading(either(language, "Why", "Pourquoi")));
        blocks.push(Paragraph(reason.get(language).to_owned()));
    }
    blocks.push(Heading(either(
        language,
        "What changes for you",
        "Ce qui change pour vous",
    )));
    let changes = announced.changes.iter();
    blocks.push(List(
        changes
            .map(|it| it.words.get(language).to_owned())
            .collect(),
    ));
    if announced.more {
        blocks.push(Paragraph(either(
            language,
            "The other changes are on our site.",
            "Les autres changements figurent sur notre site.",
        )));
    }
    blocks.push(Link(
        either(
            language,
            "The whole notice",
            "La politique dans son intégralité",
        ),
        format!("{site}/privacy"),
    ));
    blocks.push(Link(
        either(
            language,
            "Each version, and what changed",
            "Chaque version, et ce qui a changé",
        ),
        format!("{site}/privacy/versions"),
    ));
    blocks.extend(rights(policy, language));
    blocks.push(closing(language));
    blocks
}

/// What a message says of data that somebody else gave (GDPR 14(1) and (2)).
pub(super) fn information(given: &Given<'_>, site: &str, language: Option<Language>) -> Words {
    let name = &given.policy.controller.name;
    let subject = |language| {
        either(
            language,
            format!("{name}: data about you that we received"),
            format!("{name} : des données vous concernant nous ont été transmises"),
        )
    };
    written(language, subject, |language| {
        given_in(given, site, language)
    })
}

fn given_in(given: &Given<'_>, site: &str, language: Language) -> Vec<Block> {
    let policy = given.policy;
    let controller = &policy.controller;
    let who = format!(
        "{}, {}, {}",
        controller.name, controller.address, controller.email
    );
    let on = day(given.on, language);
    let origin = given.origin.get(language);
    let heading = |en: &str, fr: &str| Heading(either(language, en, fr));
    let mut blocks = vec![
        Title(either(
            language,
            "We received data about you",
            "Nous avons reçu des données vous concernant",
        )),
        Paragraph(either(
            language,
            format!("On {on} we received data about you that you did not give us yourself."),
            format!(
                "Le {on}, nous avons reçu des données vous concernant que vous ne nous avez pas communiquées vous-même."
            ),
        )),
        heading("Who holds it", "Qui les détient"),
        Paragraph(who),
        heading("Where it comes from", "D’où elles viennent"),
        Paragraph(origin.to_owned()),
        heading("What it is", "De quelles données il s’agit"),
        List(each(given, |(_, _, category)| {
            Some(policy.category(category).title.get(language).to_owned())
        })),
        heading(
            "What for, and on which legal basis",
            "Pour quoi, et sur quelle base légale",
        ),
        List(each(given, |(purpose, kind, _)| {
            Some(purpose_in(policy, purpose, kind, language))
        })),
        heading("Who may read it", "Qui peut les consulter"),
        List(recipients(given, language)),
        heading("For how long", "Pendant combien de temps"),
        List(each(given, |(purpose, kind, category)| {
            let rule = policy.rule(policy.rule_for(purpose, kind, category)?);
            let term = words::term(policy, rule, language);
            let title = policy.purpose(purpose).title.get(language);
            Some(either(
                language,
                format!("{title}: {term}"),
                format!("{title} : {term}"),
            ))
        })),
    ];
    blocks.extend(rights(policy, language));
    blocks.push(Paragraph(either(
        language,
        "Where we rely on your consent, you can withdraw it at any time. No decision about you is \
         taken by a machine alone.",
        "Lorsque nous nous fondons sur votre consentement, vous pouvez le retirer à tout moment. \
         Aucune décision vous concernant n’est prise par une machine seule.",
    )));
    blocks.push(Link(
        either(
            language,
            "The whole notice",
            "La politique dans son intégralité",
        ),
        format!("{site}/privacy"),
    ));
    blocks.push(closing(language));
    blocks
}

/// What is said of each use, each thing once, in order.
fn each(
    given: &Given<'_>,
    say: impl Fn((PurposeId, KindId, policy::model::CategoryId)) -> Option<String>,
) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for used in &given.uses {
        if let Some(words) = say(*used)
            && !said.contains(&words)
        {
            said.push(words);
        }
    }
    said
}

fn purpose_in(policy: &Policy, purpose: PurposeId, kind: KindId, language: Language) -> String {
    let it = policy.purpose(purpose);
    let (title, about) = (it.title.get(language), it.about.get(language));
    let lines = it.bases.iter().filter(|line| line.kinds.contains(kind));
    let mut bases: Vec<String> = Vec::new();
    for line in lines {
        let mut basis = words::basis(policy, line.basis, language);
        if let Some(because) = &line.because {
            let _ = write!(basis, " ({})", because.get(language).trim_end_matches('.'));
        }
        if !bases.contains(&basis) {
            bases.push(basis);
        }
    }
    either(
        language,
        format!("{title}. {about} Legal basis: {}.", bases.join("; ")),
        format!("{title}. {about} Base légale : {}.", bases.join(" ; ")),
    )
}

/// Who may read what was given, with the country where it is outside the Union.
fn recipients(given: &Given<'_>, language: Language) -> Vec<String> {
    let policy = given.policy;
    let purpose = |id: PurposeId| given.uses.iter().any(|(purpose, ..)| *purpose == id);
    let readers = policy.recipients.iter();
    readers
        .filter(|it| it.reads.iter().any(|(id, _)| purpose(*id)))
        .map(|it| {
            let title = it.title.get(language);
            match &it.transfer {
                None => title.to_owned(),
                Some(transfer) => {
                    let (country, safeguard) =
                        (&transfer.country, transfer.safeguard.get(language));
                    format!("{title} ({country}, {safeguard})")
                }
            }
        })
        .collect()
}

/// Which rights people have, whom they write to, where they complain.
fn rights(policy: &Policy, language: Language) -> [Block; 3] {
    let titles = policy
        .rights
        .iter()
        .map(|it| it.title.get(language).to_owned());
    let write = match &policy.officer {
        Some(officer) => format!("{}, {}", officer.name, officer.email),
        None => policy.controller.email.clone(),
    };
    let authority = &policy.authority;
    [
        Heading(either(language, "Your rights", "Vos droits")),
        List(titles.collect()),
        Paragraph(either(
            language,
            format!(
                "To use them, write to: {write}. You can complain to the supervisory authority: \
                 {}, {}, {}.",
                authority.name, authority.address, authority.website
            ),
            format!(
                "Pour les exercer, écrivez à : {write}. Vous pouvez adresser une réclamation à \
                 l’autorité de contrôle : {}, {}, {}.",
                authority.name, authority.address, authority.website
            ),
        )),
    ]
}

fn closing(language: Language) -> Block {
    Paragraph(either(
        language,
        "We owe you this message: it advertises nothing, and nothing in it tells us whether you \
         opened it.",
        "Nous vous devons ce message : il ne contient aucune publicité, et rien ne nous indique si \
         vous l’avez ouvert.",
    ))
}

/// A link by which a person sees what is held about them.
pub(super) fn link(
    policy: &Policy,
    address: &str,
    minutes: i64,
    language: Option<Language>,
) -> Words {
    let name = &policy.controller.name;
    let subject = |language| {
        either(
            language,
            format!("{name}: your link"),
            format!("{name} : votre lien"),
        )
    };
    written(language, subject, |language| {
        vec![
            Title(either(language, "Your link", "Votre lien")),
            Paragraph(either(
                language,
                format!(
                    "This link shows you what {name} holds about you. It works once, for \
                     {minutes} minutes."
                ),
                format!(
                    "Ce lien vous montre ce que {name} détient sur vous. Il fonctionne une seule \
                     fois, pendant {minutes} minutes."
                ),
            )),
            Link(either(language, "Open", "Ouvrir"), address.to_owned()),
            Paragraph(either(
                language,
                "You did not ask for it? Somebody typed your address by mistake: nothing happens \
                 unless you open it.",
                "Vous ne l’avez pas demandé ? Quelqu’un a saisi votre adresse par erreur : rien ne \
                 se passe si vous ne l’ouvrez pas.",
            )),
        ]
    })
}

/// A message in one language, or in both, one after the other.
fn written(
    language: Option<Language>,
    subject: impl Fn(Language) -> String,
    blocks: impl Fn(Language) -> Vec<Block>,
) -> Words {
    let languages = language.map_or_else(|| vec![Language::En, Language::Fr], |it| vec![it]);
    let subjects: Vec<String> = languages.iter().map(|it| subject(*it)).collect();
    let (mut text, mut html) = (String::new(), String::new());
    for (at, language) in languages.iter().enumerate() {
        let blocks = blocks(*language);
        if at > 0 {
            text.push_str("\n----------\n\n");
            html.push_str("<hr>\n");
        }
        text.push_str(&as_text(&blocks, *language));
        html.push_str(&as_html(&blocks, *language));
    }
    let lang = match languages.as_slice() {
        [Language::Fr] => "fr",
        _ => "en",
    };
    let subject = one_line(&subjects.join(" / "));
    Words {
        html: format!(
            "<!DOCTYPE html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
             <title>{}</title></head>\n<body>\n{html}</body></html>\n",
            escaped(&subject)
        ),
        subject,
        text,
    }
}

/// A text on one line: what would end a line of a message's head is a space.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|it| if it.is_control() { ' ' } else { it })
        .collect()
}

fn as_text(blocks: &[Block], language: Language) -> String {
    let colon = either(language, ":", "\u{a0}:");
    let mut text = String::new();
    for block in blocks {
        let _ = match block {
            Title(words) => write!(text, "{}\n\n", words.to_uppercase()),
            Heading(words) => write!(text, "{words}\n\n"),
            Paragraph(words) => write!(text, "{words}\n\n"),
            List(items) => {
                for item in items {
                    let _ = writeln!(text, "- {item}");
                }
                writeln!(text)
            }
            Link(label, address) => write!(text, "{label}{colon}\n{address}\n\n"),
        };
    }
    text
}

fn as_html(blocks: &[Block], language: Language) -> String {
    let lang = match language {
        Language::En => "en",
        Language::Fr => "fr",
    };
    let mut html = format!("<div lang=\"{lang}\">\n");
    for block in blocks {
        let _ = match block {
            Title(words) => writeln!(html, "<h1>{}</h1>", escaped(words)),
            Heading(words) => writeln!(html, "<h2>{}</h2>", escaped(words)),
            Paragraph(words) => writeln!(html, "<p>{}</p>", escaped(words)),
            List(items) => {
                html.push_str("<ul>\n");
                for item in items {
                    let _ = writeln!(html, "<li>{}</li>", escaped(item));
                }
                writeln!(html, "</ul>")
            }
            Link(label, address) => writeln!(
                html,
                "<p><a href=\"{0}\">{1}</a><br>{0}</p>",
                escaped(address),
                escaped(label)
            ),
        };
    }
    html.push_str("</div>\n");
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_are_written_as_each_language_writes_them() {
        assert_eq!(day(date(2026, 9, 1), Language::En), "1 September 2026");
        assert_eq!(day(date(2026, 9, 1), Language::Fr), "1er septembre 2026");
        assert_eq!(day(date(2026, 8, 31), Language::Fr), "31 août 2026");
    }

    #[test]
    fn what_a_policy_says_is_no_markup_and_no_line_of_the_head() {
        let words = written(
            Some(Language::En),
            |_| "A <b>name</b>\r\nBcc: everybody".to_owned(),
            |_| vec![Paragraph("1 < 2 & \"so\"".to_owned())],
        );
        assert!(!words.subject.contains(['\r', '\n']));
        assert!(words.html.contains("<p>1 &lt; 2 &amp; &quot;so&quot;</p>"));
        assert!(words.text.contains("1 < 2 & \"so\""));
    }
}
