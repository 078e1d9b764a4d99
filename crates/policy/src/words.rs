//! Parts of a policy in plain words, in both languages: for the notice, the register and the
//! difference between two versions.

use crate::model::{
    Anchor, Basis, BasisRule, Language, Limit, Person, Policy, RetentionRule, TermSource, Then,
    Use, Wording,
};

/// A wording made in both languages by the same steps.
pub(crate) fn in_both(say: impl Fn(Language) -> String) -> Wording {
    Wording {
        en: say(Language::En),
        fr: say(Language::Fr),
    }
}

/// The words that a language has for something.
fn either(language: Language, en: &'static str, fr: &'static str) -> &'static str {
    match language {
        Language::En => en,
        Language::Fr => fr,
    }
}

/// A title in the quotation marks of its language.
pub(crate) fn quoted(title: &str, language: Language) -> String {
    match language {
        Language::En => format!("“{title}”"),
        Language::Fr => format!("« {title} »"),
    }
}

/// Things in a sentence: `a, b and c`.
pub(crate) fn listed(things: &[String], language: Language) -> String {
    let and = either(language, "and", "et");
    match things {
        [all @ .., last] if !all.is_empty() => format!("{} {and} {last}", all.join(", ")),
        _ => things.concat(),
    }
}

/// How long a retention rule keeps, and from when: `2 years from the latest of: collection, the
/// end of “Order”`.
#[must_use]
pub fn term(policy: &Policy, rule: &RetentionRule, language: Language) -> String {
    let mut words = String::new();
    if let Some(span) = rule.during {
        let title = quoted(policy.span(span).title.get(language), language);
        let whole = match language {
            Language::En => format!("as long as {title} lasts, then "),
            Language::Fr => format!("tant que dure {title}, puis "),
        };
        words.push_str(&whole);
    }
    words.push_str(&counted(policy, rule.keep, &rule.from, language));
    for (limit, en, fr) in [
        (&rule.at_least, "at least", "au moins"),
        (&rule.at_most, "at most", "au plus"),
    ] {
        if let Some(limit) = limit {
            let which = either(language, en, fr);
            words.push_str(&format!(
                "; {which} {}",
                self::limit(policy, limit, language)
            ));
        }
    }
    words
}

fn limit(policy: &Policy, limit: &Limit, language: Language) -> String {
    let counted = counted(policy, limit.keep, &limit.from, language);
    format!("{counted} ({})", limit.law.get(language))
}

fn counted(
    policy: &Policy,
    keep: crate::model::Duration,
    from: &[Anchor],
    language: Language,
) -> String {
    let anchors: Vec<String> = from
        .iter()
        .map(|anchor| self::anchor(policy, *anchor, language))
        .collect();
    let keep_words = keep.words(language);
    match (anchors.as_slice(), keep.is_at_once()) {
        ([], _) => keep_words,
        ([one], true) => format!("{} {one}", either(language, "until", "jusqu’à")),
        ([one], false) => format!(
            "{keep_words} {} {one}",
            either(language, "from", "à compter de")
        ),
        (several, true) => format!(
            "{} {}",
            either(
                language,
                "until the latest of:",
                "jusqu’au plus tardif de :"
            ),
            several.join(", ")
        ),
        (several, false) => format!(
            "{keep_words} {} {}",
            either(
                language,
                "from the latest of:",
                "à compter du plus tardif de :"
            ),
            several.join(", ")
        ),
    }
}

/// What a term is counted from.
#[must_use]
pub fn anchor(policy: &Policy, anchor: Anchor, language: Language) -> String {
    match anchor {
        Anchor::Collection => either(language, "collection", "la collecte").to_owned(),
        Anchor::Fact(fact) => quoted(policy.fact(fact).title.get(language), language),
        Anchor::EndOf(span) => {
            let title = quoted(policy.span(span).title.get(language), language);
            format!("{} {title}", either(language, "the end of", "la fin de"))
        }
    }
}

/// What becomes of data at its term.
#[must_use]
pub fn then(policy: &Policy, then: Then, language: Language) -> String {
    match then {
        Then::Delete => either(language, "deleted", "supprimées").to_owned(),
        Then::Anonymise(projection) => {
            let title = quoted(policy.projection(projection).title.get(language), language);
            match language {
                Language::En => format!("anonymised, counted in {title}"),
                Language::Fr => format!("anonymisées, comptées dans {title}"),
            }
        }
    }
}

/// Where a term comes from (10k).
#[must_use]
pub fn source(source: &TermSource, language: Language) -> String {
    let (kind, wording) = match source {
        TermSource::Law(wording) => (either(language, "law", "loi"), wording),
        TermSource::Contract(wording) => (either(language, "contract", "contrat"), wording),
        TermSource::Need(wording) => (either(language, "our need", "notre besoin"), wording),
    };
    match language {
        Language::En => format!("{kind}: {}", wording.get(language)),
        Language::Fr => format!("{kind} : {}", wording.get(language)),
    }
}

/// The name of a legal basis.
#[must_use]
pub fn basis(policy: &Policy, basis: Basis, language: Language) -> String {
    let (en, fr) = match basis {
        Basis::Consent => ("consent", "consentement"),
        Basis::Contract(None) => ("steps before a contract", "mesures précontractuelles"),
        Basis::Contract(Some(span)) => {
            let title = quoted(policy.span(span).title.get(language), language);
            return match language {
                Language::En => format!("performance of the contract {title}"),
                Language::Fr => format!("exécution du contrat {title}"),
            };
        }
        Basis::LegalObligation => ("legal obligation", "obligation légale"),
        Basis::VitalInterests => ("vital interests", "intérêts vitaux"),
        Basis::PublicTask => ("public task", "mission d’intérêt public"),
        Basis::LegitimateInterests => ("legitimate interests", "intérêt légitime"),
    };
    either(language, en, fr).to_owned()
}

/// One line of a purpose's legal bases: for whom, through which channel, from when, which.
#[must_use]
pub fn basis_line(policy: &Policy, line: &BasisRule, language: Language) -> String {
    let mut who: Vec<String> = Vec::new();
    if line.kinds.iter().count() < policy.kinds.len() {
        let kinds: Vec<String> = line
            .kinds
            .iter()
            .map(|id| policy.kind(id).title.get(language).to_owned())
            .collect();
        who.push(listed(&kinds, language));
    }
    match line.person {
        None => {}
        Some(Person::Private) => {
            who.push(either(language, "as a private person", "à titre privé").to_owned());
        }
        Some(Person::Professional) => {
            who.push(either(language, "at work", "à titre professionnel").to_owned());
        }
    }
    if !line.channels.is_empty() {
        let channels: Vec<String> = line
            .channels
            .iter()
            .map(|id| policy.channel(id).title.get(language).to_owned())
            .collect();
        let by = either(language, "by", "par");
        who.push(format!("{by} {}", listed(&channels, language)));
    }
    for (day, en, fr) in [
        (line.since, "from", "à partir du"),
        (line.until, "until", "jusqu’au"),
    ] {
        who.extend(day.map(|day| format!("{} {day}", either(language, en, fr))));
    }
    let mut words = basis(policy, line.basis, language);
    if let Some(because) = &line.because {
        words.push_str(&format!(" ({})", because.get(language)));
    }
    match (who.is_empty(), language) {
        (true, _) => words,
        (false, Language::En) => format!("{}: {words}", who.join(", ")),
        (false, Language::Fr) => format!("{} : {words}", who.join(", ")),
    }
}

/// A category, with its fields if not all of them are meant.
#[must_use]
pub fn part(policy: &Policy, used: Use, language: Language) -> String {
    let category = policy.category(used.category);
    let title = category.title.get(language);
    let meant = |place: usize| used.fields & (1 << place) != 0;
    if (0..category.fields.len()).all(meant) {
        return title.to_owned();
    }
    let fields: Vec<String> = category
        .fields
        .iter()
        .enumerate()
        .filter(|(place, _)| meant(*place))
        .map(|(_, field)| field.title.get(language).to_owned())
        .collect();
    format!("{title} ({})", fields.join(", "))
}
