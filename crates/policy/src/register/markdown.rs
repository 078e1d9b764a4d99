//! The register as a page.

use std::fmt::Write as _;

use super::{Asking, Processing, Register, Term};
use crate::model::{Language, Wording};
use crate::words::listed;

/// The headings of the page in one language.
struct Headings {
    title: &'static str,
    generated: &'static str,
    controller: &'static str,
    officer: &'static str,
    no_officer: &'static str,
    authority: &'static str,
    purpose: &'static str,
    bases: &'static str,
    subjects: &'static str,
    data: &'static str,
    special: &'static str,
    internal: &'static str,
    external: &'static str,
    processors: &'static str,
    transfers: &'static str,
    terms: &'static str,
    term_columns: [&'static str; 4],
    ours: &'static str,
    forms: &'static str,
    form_for: &'static str,
    required: &'static str,
    optional: &'static str,
    security: &'static str,
    none: &'static str,
    colon: &'static str,
}

const ENGLISH: Headings = Headings {
    title: "Record of processing activities",
    generated: "GDPR article 30. Generated from version {version} of the policy, published on {day}.",
    controller: "Controller",
    officer: "Data protection officer",
    no_officer: "none",
    authority: "Supervisory authority",
    purpose: "Purpose",
    bases: "Legal basis",
    subjects: "People concerned",
    data: "Categories of data",
    special: "special category",
    internal: "Recipients inside",
    external: "Recipients outside",
    processors: "Processors",
    transfers: "Transfers outside the European Union",
    terms: "Terms of erasure",
    term_columns: ["Data", "Term", "Then", "Source"],
    ours: "our own choice",
    forms: "Forms",
    form_for: "Purpose",
    required: "Compulsory",
    optional: "Optional",
    security: "Security measures",
    none: "none",
    colon: ":",
};

const FRENCH: Headings = Headings {
    title: "Registre des activités de traitement",
    generated: "RGPD, article 30. Établi à partir de la version {version} de la politique, publiée le \
                {day}.",
    controller: "Responsable du traitement",
    officer: "Délégué à la protection des données",
    no_officer: "aucun",
    authority: "Autorité de contrôle",
    purpose: "Finalité",
    bases: "Base légale",
    subjects: "Personnes concernées",
    data: "Catégories de données",
    special: "catégorie particulière",
    internal: "Destinataires internes",
    external: "Destinataires externes",
    processors: "Sous-traitants",
    transfers: "Transferts hors de l’Union européenne",
    terms: "Délais d’effacement",
    term_columns: ["Données", "Durée", "Ensuite", "Source"],
    ours: "choix du responsable",
    forms: "Formulaires",
    form_for: "Finalité",
    required: "Obligatoire",
    optional: "Facultatif",
    security: "Mesures de sécurité",
    none: "aucun",
    colon: " :",
};

pub(super) fn page(register: &Register, language: Language) -> String {
    let words = match language {
        Language::En => &ENGLISH,
        Language::Fr => &FRENCH,
    };
    let mut text = format!("# {}\n\n", words.title);
    let generated = words
        .generated
        .replace("{version}", &register.version.to_string())
        .replace("{day}", &register.published.to_string());
    text.push_str(&generated);
    text.push_str("\n\n");
    head(register, words, &mut text);
    for processing in &register.processings {
        entry(processing, words, language, &mut text);
    }
    if !register.forms.is_empty() {
        let _ = write!(text, "\n## {}\n", words.forms);
    }
    for form in &register.forms {
        asking(form, words, language, &mut text);
    }
    let _ = write!(text, "\n## {}\n\n", words.security);
    for measure in &register.security {
        let _ = writeln!(text, "- {}", measure.get(language));
    }
    text
}

fn head(register: &Register, words: &Headings, text: &mut String) {
    let join = |parts: &[Option<&str>]| {
        let parts: Vec<&str> = parts.iter().copied().flatten().collect();
        parts.join(", ")
    };
    let controller = &register.controller;
    let controller = join(&[
        Some(&controller.name),
        Some(&controller.address),
        Some(&controller.email),
        controller.telephone.as_deref(),
    ]);
    let officer = register.officer.as_ref().map_or_else(
        || words.no_officer.to_owned(),
        |it| join(&[Some(&it.name), Some(&it.email), it.telephone.as_deref()]),
    );
    let authority = &register.authority;
    let authority = join(&[
        Some(&authority.name),
        Some(&authority.address),
        authority.telephone.as_deref(),
        Some(&authority.website),
    ]);
    for (heading, said) in [
        (words.controller, controller),
        (words.officer, officer),
        (words.authority, authority),
    ] {
        item(heading, &said, words, text);
    }
}

fn item(heading: &str, said: &str, words: &Headings, text: &mut String) {
    let said = if said.is_empty() { words.none } else { said };
    let _ = writeln!(text, "- **{heading}**{} {said}", words.colon);
}

fn entry(it: &Processing, words: &Headings, language: Language, text: &mut String) {
    let titles = |these: &[Wording]| {
        let titles: Vec<&str> = these.iter().map(|it| it.get(language)).collect();
        titles.join(", ")
    };
    let _ = write!(text, "\n## {}\n\n", it.title.get(language));
    item(words.purpose, it.about.get(language), words, text);
    let bases: Vec<&str> = it.bases.iter().map(|line| line.get(language)).collect();
    item(words.bases, &bases.join("; "), words, text);
    item(words.subjects, &titles(&it.kinds), words, text);
    let data: Vec<String> = it
        .categories
        .iter()
        .map(|data| {
            let special = if data.special {
                format!(", {}", words.special)
            } else {
                String::new()
            };
            format!(
                "{} ({}{special})",
                data.title.get(language),
                titles(&data.fields)
            )
        })
        .collect();
    item(words.data, &data.join("; "), words, text);
    item(
        words.internal,
        &titles(&it.internal_recipients),
        words,
        text,
    );
    item(
        words.external,
        &titles(&it.external_recipients),
        words,
        text,
    );
    item(words.processors, &titles(&it.processors), words, text);
    let transfers: Vec<String> = it
        .transfers
        .iter()
        .map(|transferred| {
            format!(
                "{} ({}, {})",
                transferred.to.get(language),
                transferred.transfer.country,
                transferred.transfer.safeguard.get(language)
            )
        })
        .collect();
    item(words.transfers, &transfers.join("; "), words, text);
    let [data, term, then, source] = words.term_columns;
    let _ = write!(text, "\n{}\n\n", words.terms);
    let _ = write!(
        text,
        "| {data} | {term} | {then} | {source} |\n|---|---|---|---|\n"
    );
    for term in &it.terms {
        row(term, words, language, text);
    }
}

/// A form: who fills it in, what for, and which answers are compulsory.
fn asking(it: &Asking, words: &Headings, language: Language, text: &mut String) {
    let titles = |these: &[Wording]| {
        let titles: Vec<&str> = these.iter().map(|it| it.get(language)).collect();
        titles.join(", ")
    };
    let _ = write!(text, "\n### {}\n\n", it.title.get(language));
    item(words.subjects, &titles(&it.kinds), words, text);
    item(words.form_for, &titles(&it.purposes), words, text);
    let left_out = it.if_left_out.as_ref().map(|words| words.get(language));
    let required = match (it.required.is_empty(), left_out) {
        (false, Some(left_out)) => format!("{}. {left_out}", titles(&it.required)),
        _ => titles(&it.required),
    };
    item(words.required, &required, words, text);
    item(words.optional, &titles(&it.optional), words, text);
}

fn row(term: &Term, words: &Headings, language: Language, text: &mut String) {
    let covers: Vec<String> = term
        .covers
        .iter()
        .map(|(category, kinds)| {
            let kinds: Vec<String> = kinds.iter().map(|it| it.get(language).to_owned()).collect();
            format!("{} ({})", category.get(language), listed(&kinds, language))
        })
        .collect();
    let ours = if term.ours {
        format!(", {}", words.ours)
    } else {
        String::new()
    };
    let cells = [
        covers.join("; "),
        term.words.get(language).to_owned(),
        term.then.get(language).to_owned(),
        format!("{} [{}{ours}]", term.source.get(language), term.rule),
    ];
    // A bar would end the cell.
    let cells = cells.map(|cell| cell.replace('|', "\\|"));
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}
