//! The copy of a person's data as a page (11c): one file, no script, nothing fetched.

use jiff::civil::Date;
use maud::{DOCTYPE, Markup, html};
use services::copy::sheet::{Contact, Named, Purpose, Record, Sheet, State};

use crate::say::{self, Either};

const STYLE: &str = include_str!("copy.css");
const SECURITY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The page.
#[must_use]
pub fn render(sheet: &Sheet) -> String {
    let say = Either(sheet.language);
    let title = say.of("A copy of your data", "Copie de vos données");
    html! {
        (DOCTYPE)
        html lang=(say.of("en", "fr")) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(SECURITY);
                meta name="robots" content="noindex";
                title { (title) " – " (sheet.controller.name) }
                style { (maud::PreEscaped(STYLE)) }
            }
            body {
                header {
                    p.controller { (sheet.controller.name) }
                    h1 { (title) }
                    p {
                        (say.of("Made on", "Établie le")) " " (day(&sheet.today, say)) ", "
                        (say.of("by version", "selon la version")) " " (sheet.policy_version) " "
                        (say.of("of our privacy policy. It contains everything that we hold about you, why, until when, and who may read it.",
                            "de notre politique de confidentialité. Elle contient tout ce que nous détenons sur vous, pourquoi, jusqu’à quand, et qui peut le lire."))
                    }
                }
                main {
                    (records(sheet, say))
                    (choices(sheet, say))
                    (history(sheet, say))
                    (rights(sheet, say))
                }
            }
        }
    }
    .into_string()
}

fn records(sheet: &Sheet, say: Either) -> Markup {
    html! {
        section {
            h2 { (say.of("What we hold", "Ce que nous détenons")) }
            @for record in &sheet.records { (self::record(record, say)) }
        }
    }
}

fn record(record: &Record, say: Either) -> Markup {
    html! {
        article {
            h3 { (record.category.title) }
            dl.values {
                @for (field, value) in &record.values {
                    div { dt { (field.title) } dd { (value) } }
                }
            }
            p.origin {
                (record.origin.title) ", " (day(&record.collected, say)) ". "
                (say.of("Brought in by", "Saisi par")) " " (record.brought_by) ". "
                (say.of("Processed by", "Traité par")) " "
                @match &record.processor {
                    Some(processor) => { (processor.title) }
                    None => { (say.of("us", "nous")) }
                } "."
                @if record.derived {
                    " " (say.of("Derived by us from other data.", "Déduit par nous d’autres données."))
                }
            }
            table {
                thead { tr {
                    th scope="col" { (say.of("What for", "Pourquoi")) }
                    th scope="col" { (say.of("Legal basis", "Base légale")) }
                    th scope="col" { (say.of("Until when", "Jusqu’à quand")) }
                    th scope="col" { (say.of("Rule", "Règle")) }
                } }
                tbody { @for purpose in &record.purposes { (self::purpose(purpose, say)) } }
            }
            p.recipients {
                strong { (say.of("Who may read it: ", "Qui peut le lire : ")) }
                @if record.recipients.is_empty() { (say.of("nobody", "personne")) }
                (list(record.recipients.iter().map(|(recipient, _)| recipient)))
            }
        }
    }
}

fn purpose(purpose: &Purpose, say: Either) -> Markup {
    html! {
        tr {
            th scope="row" { (purpose.purpose.title) }
            td {
                @match &purpose.basis {
                    Ok(basis) => { (basis) }
                    Err(why) => { span.closed { (why) } }
                }
            }
            @match &purpose.state {
                State::Lives { until, rule, term, source, .. } => {
                    td { (day(until, say)) }
                    td {
                        (rule.title) " (" (rule.name) ")" (say.of(": ", "\u{a0}: "))
                        (say::spaced_for(term, say.0)) ". "
                        (say::spaced_for(&say::capital(source), say.0))
                    }
                }
                State::Over { at, why } => {
                    td { (day(at, say)) }
                    td { (why) }
                }
            }
        }
    }
}

/// Consents, objections, what is restricted or held.
fn choices(sheet: &Sheet, say: Either) -> Markup {
    html! {
        section {
            h2 { (say.of("Your choices", "Vos choix")) }
            @if sheet.consents.is_empty() && sheet.objections.is_empty() {
                p { (say.of("No consent and no objection of yours is recorded.", "Aucun consentement ni aucune opposition de votre part n’est enregistré.")) }
            }
            ul {
                @for one in &sheet.consents {
                    li {
                        (say.of("You consented to", "Vous avez consenti à")) " " (one.purpose.title)
                        @if !one.channels.is_empty() { " (" (list(one.channels.iter())) ")" }
                        ", " (day(&one.given, say))
                        @if let Some(at) = &one.withdrawn {
                            ", " (say.of("and withdrew it", "puis l’avez retiré")) ", " (day(at, say))
                        } "."
                    }
                }
                @for (document, version, at) in &sheet.acceptances {
                    li {
                        (say.of("You accepted", "Vous avez accepté")) " " (document.title)
                        ", version " (version) ", " (day(at, say)) "."
                    }
                }
                @for one in &sheet.objections {
                    li {
                        (say.of("You objected to", "Vous vous êtes opposé à")) " "
                        @match &one.to {
                            Some(purpose) => { (purpose.title) }
                            None => { (say.of("all canvassing", "toute prospection")) }
                        }
                        ", " (day(&one.made, say))
                        @if let Some(at) = &one.lifted {
                            ", " (say.of("and took it back", "puis y avez renoncé")) ", " (day(at, say))
                        } "."
                    }
                }
                @for (categories, since) in &sheet.restrictions {
                    li {
                        (say.of("Restricted since", "Limité depuis le")) " " (day(since, say)) (say.of(": ", "\u{a0}: "))
                        (list(categories.iter()))
                    }
                }
                @for (purpose, placed, review) in &sheet.holds {
                    li {
                        (say.of("Held for", "Conservé pour")) " " (purpose.title) ", " (day(placed, say))
                        "; " (say.of("looked at again on", "revu le")) " " (day(review, say))
                    }
                }
            }
        }
    }
}

/// What happened, and what was done with the data.
fn history(sheet: &Sheet, say: Either) -> Markup {
    html! {
        section {
            h2 { (say.of("What happened", "Ce qui s’est passé")) }
            ul {
                @for (kind, since, until) in &sheet.roles {
                    li {
                        (kind.title) ", " (say.of("since", "depuis le")) " " (day(since, say))
                        @if let Some(until) = until { " " (say.of("until", "jusqu’au")) " " (day(until, say)) }
                    }
                }
                @for fact in &sheet.facts {
                    li {
                        (day(&fact.happened, say)) (say.of(": ", "\u{a0}: ")) (fact.fact.title)
                        @if fact.of_organisation { " (" (say.of("of your organisation", "de votre organisation")) ")" }
                    }
                }
                @if let Some((version, on)) = &sheet.told {
                    li { (say.of("Told of version", "Informé de la version")) " " (version) ", " (day(on, say)) }
                }
            }
            h2 { (say.of("What was done with your data", "Ce qui a été fait de vos données")) }
            table {
                thead { tr {
                    th scope="col" { (say.of("When", "Quand")) }
                    th scope="col" { (say.of("Act", "Acte")) }
                    th scope="col" { (say.of("By", "Par")) }
                    th scope="col" { (say.of("What for", "Pourquoi")) }
                    th scope="col" { (say.of("Which data", "Quelles données")) }
                } }
                tbody {
                    @for access in &sheet.accesses {
                        tr {
                            td { (access.at) }
                            td { (access.act) }
                            td { @if let Some(recipient) = &access.recipient { (recipient) } }
                            td { @if let Some(purpose) = &access.purpose { (purpose) } }
                            td { (access.categories.join(", ")) }
                        }
                    }
                }
            }
        }
    }
}

fn rights(sheet: &Sheet, say: Either) -> Markup {
    html! {
        section {
            h2 { (say.of("Your rights", "Vos droits")) }
            @for (right, about) in &sheet.rights {
                h3 { (right.title) }
                p { (about) }
            }
            h2 { (say.of("Whom to write to", "À qui écrire")) }
            (contact(say.of("The controller", "Le responsable du traitement"), &sheet.controller))
            @if let Some(officer) = &sheet.officer {
                (contact(say.of("The data protection officer", "Le délégué à la protection des données"), officer))
            }
            (contact(say.of("The supervisory authority, for a complaint", "L’autorité de contrôle, pour une réclamation"), &sheet.authority))
        }
    }
}

fn contact(who: &str, contact: &Contact) -> Markup {
    let lines = [
        &contact.address,
        &contact.email,
        &contact.telephone,
        &contact.website,
    ];
    html! {
        h3 { (who) }
        address {
            (contact.name)
            @for line in lines.into_iter().flatten() { br; (line) }
        }
    }
}

fn list<'a>(names: impl Iterator<Item = &'a Named>) -> String {
    let titles: Vec<&str> = names.map(|one| one.title.as_str()).collect();
    titles.join(", ")
}

/// The length of a day as the sheet writes it.
const DAY: usize = "2026-01-05".len();

/// A moment's day, or what ends with a day, in words; anything else as it is.
pub(crate) fn day(text: &str, say: Either) -> String {
    let in_words = |day: &str| {
        let day: Date = day.parse().ok()?;
        Some(say::day(day, say.0))
    };
    let moment = text.split_at_checked(DAY).and_then(|(day, rest)| {
        let is_moment = rest.starts_with('T');
        in_words(day).filter(|_| is_moment)
    });
    let at_the_end = || {
        let (before, day) = text.split_at_checked(text.len().checked_sub(DAY)?)?;
        Some(format!("{before}{}", in_words(day)?))
    };
    let found = moment.or_else(at_the_end);
    found.unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use policy::model::Language;

    use super::*;

    #[test]
    fn days_stand_in_words_and_nothing_else_changes() {
        for (text, shown) in [
            ("2026-11-26", "26 novembre 2026"),
            ("2026-11-26T05:00:25.32+01:00", "26 novembre 2026"),
            ("jusqu’au 2031-01-01", "jusqu’au 1er janvier 2031"),
            (
                "attend « Transaction achevée »",
                "attend « Transaction achevée »",
            ),
            ("Tout", "Tout"),
            ("2026-02-31", "2026-02-31"),
        ] {
            assert_eq!(day(text, Either(Language::Fr)), shown);
        }
        assert_eq!(
            day("through 2031-11-26", Either(Language::En)),
            "through 26 November 2031"
        );
    }
}
