//! Special-category data (5c), and card security codes, which are never stored (10f).

use std::ops::Range;

use crate::diagnostics::{Code, Diagnostic};
use crate::model::{Category, CategoryId, Field, Nature, Policy, PurposeNature};
use crate::parse::Context;

/// Words, in English and French, that name special-category data (GDPR 9) or offences (GDPR 10).
/// Words that mostly mean something else (race, orientation, union) are left out or need company.
const SPECIAL_WORDS: &[&str] = &[
    "health",
    "sante",
    "medical",
    "medicale",
    "medicaux",
    "disease",
    "diseases",
    "maladie",
    "maladies",
    "illness",
    "diagnosis",
    "diagnostic-medical",
    "disability",
    "handicap",
    "allergy",
    "allergies",
    "allergie",
    "pregnancy",
    "grossesse",
    "blood-group",
    "blood-type",
    "groupe-sanguin",
    "religion",
    "religious",
    "religieuse",
    "religieux",
    "faith",
    "belief",
    "beliefs",
    "croyance",
    "croyances",
    "ethnicity",
    "ethnic",
    "ethnie",
    "ethnique",
    "racial",
    "raciale",
    "political",
    "politique",
    "politiques",
    "trade-union",
    "syndicat",
    "syndicale",
    "sexual",
    "sexuelle",
    "sexuality",
    "sexualite",
    "sex-life",
    "vie-sexuelle",
    "genetic",
    "genetique",
    "genetiques",
    "biometric",
    "biometrics",
    "biometrique",
    "biometriques",
    "fingerprint",
    "empreinte-digitale",
    "criminal",
    "conviction",
    "convictions",
    "offence",
    "offences",
    "infraction",
    "infractions",
    "casier-judiciaire",
];

/// Words that name a card security code.
const CARD_CODES: &[&str] = &[
    "cvv",
    "cvv2",
    "cvc",
    "cvc2",
    "cvx",
    "cvx2",
    "csc",
    "cvn",
    "card-security-code",
    "card-verification-code",
    "card-verification-value",
    "card-code",
    "cryptogramme",
    "code-de-securite",
    "code-securite",
    "cryptogram",
];

pub(super) fn check(policy: &Policy, context: &Context) {
    for (id, category) in (0u8..).map(CategoryId).zip(&policy.categories) {
        let path = format!("categories.{}", category.name);
        if category.nature == Nature::Special {
            within_a_dispute(policy, context, category, &path);
            for_claims_alone(policy, context, id, category, &path);
        }
        for field in &category.fields {
            let path = format!("{path}.fields.{}", field.name);
            card_code(context, field, &path);
            if category.nature != Nature::Special && field.not_special.is_none() {
                suspicious(context, field, &path);
            }
        }
    }
}

/// 5c: collected only within a named dispute, which an evidence purpose arises with.
fn within_a_dispute(policy: &Policy, context: &Context, category: &Category, path: &str) {
    let during = format!("{path}.only-during");
    if context.is_broken(&during) {
        return;
    }
    let Some(span) = category.only_during else {
        let message = format!(
            "the special category `{}` is not bound to a named dispute",
            category.name
        );
        context.report(
            context
                .at_key(Code::SpecialCategory, path, message)
                .help("add `only-during = \"...\"`: the span that opens with the dispute"),
        );
        return;
    };
    let Some(opens) = policy.spans.get(span.index()).map(|span| span.opens) else {
        return;
    };
    let of_evidence = policy.purposes.iter().any(|purpose| {
        purpose.nature == PurposeNature::Evidence && purpose.arises_with == Some(opens)
    });
    if !of_evidence {
        let message = format!(
            "`{}` is bound to a span that no evidence purpose arises with",
            category.name
        );
        context.report(
            context
                .at_value(Code::SpecialCategory, &during, message)
                .help("name the span that opens with the fact an evidence purpose `arises-with`"),
        );
    }
}

/// 5c: no purpose but evidence uses it.
fn for_claims_alone(
    policy: &Policy,
    context: &Context,
    id: CategoryId,
    category: &Category,
    path: &str,
) {
    for purpose in &policy.purposes {
        let uses = purpose.uses.iter().any(|used| used.category == id);
        if uses && purpose.nature != PurposeNature::Evidence {
            let message = format!(
                "`{}` uses the special category `{}`, and is no evidence purpose",
                purpose.name, category.name
            );
            let at = format!("purposes.{}.uses", purpose.name);
            context.report(
                context
                    .at_value(Code::SpecialCategory, &at, message)
                    .label(context.places.key(path), "special")
                    .help("take it out of `uses`, or make the purpose `nature = \"evidence\"`"),
            );
        }
    }
}

fn card_code(context: &Context, field: &Field, path: &str) {
    if is_card_security_code(&field.name) || says(field, is_card_security_code) {
        context.report(card_security_code(path, context.places.key(path)));
    }
}

/// 10f: a field that would hold a card security code, by its name, its title or its type.
pub(crate) fn card_security_code(path: &str, place: Range<usize>) -> Diagnostic {
    let name = path.rsplit('.').next().unwrap_or_default();
    let message = format!("the field `{name}` would hold a card security code");
    Diagnostic::new(Code::CardSecurityCode, path, message)
        .label(place, "")
        .help("take the field away; a payment that needs the code asks for it each time")
}

fn suspicious(context: &Context, field: &Field, path: &str) {
    let sounds = |text: &str| contains_word(text, SPECIAL_WORDS);
    if !sounds(&field.name) && !says(field, sounds) {
        return;
    }
    let message = format!(
        "the field `{}` seems to hold special-category data",
        field.name
    );
    context.report(context.at_key(Code::SuspiciousField, path, message).help(
        "take it away, or move it to a category of nature `special`; if it holds no such data, \
             say why: `not-special = \"...\"`",
    ));
}

/// Whether the title of a field, in either language, is so.
fn says(field: &Field, so: impl Fn(&str) -> bool) -> bool {
    so(&field.title.en) || so(&field.title.fr)
}

/// Whether a name, a title or a type means a card security code.
pub(crate) fn is_card_security_code(text: &str) -> bool {
    contains_word(text, CARD_CODES)
}

/// Whether one of the words (of several parts joined by hyphens, some) stands in a text.
fn contains_word(text: &str, words: &[&str]) -> bool {
    let text = format!("-{}-", plain(text));
    words.iter().any(|word| text.contains(&format!("-{word}-")))
}

/// A text in lower case, without accents, its words joined by hyphens.
fn plain(text: &str) -> String {
    let letters: String = text
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'à' | 'â' | 'ä' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'î' | 'ï' => 'i',
            'ô' | 'ö' => 'o',
            'ù' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            c if c.is_alphanumeric() => c,
            _ => '-',
        })
        .collect();
    letters
        .split('-')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole_and_in_both_languages() {
        assert!(is_card_security_code("cvv"));
        assert!(is_card_security_code("Card security code"));
        assert!(is_card_security_code("Code de sécurité"));
        assert!(!is_card_security_code("postal-code"));
        assert!(contains_word("État de santé", SPECIAL_WORDS));
        assert!(contains_word("medical-certificate", SPECIAL_WORDS));
        assert!(contains_word("Blood group", SPECIAL_WORDS));
        assert!(!contains_word("race-result", SPECIAL_WORDS));
        assert!(!contains_word("healthy-choice", SPECIAL_WORDS));
        assert!(!contains_word("reunion", SPECIAL_WORDS));
    }
}
