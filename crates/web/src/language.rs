//! In which language a reader is answered.

use policy::model::Language;

/// The language asked for in the address, if it is one that Kept speaks.
#[must_use]
pub fn asked_for(parameter: &str) -> Option<Language> {
    match parameter {
        "en" => Some(Language::En),
        "fr" => Some(Language::Fr),
        _ => None,
    }
}

/// The language that a browser prefers (RFC 9110, 12.5.4): the one of ours with the greatest
/// weight, the first of equals. English where none of ours is named.
#[must_use]
pub fn preferred(accept_language: &str) -> Language {
    let mut best = (0, Language::En);
    for range in accept_language.split(',') {
        let mut parts = range.split(';');
        let tag = parts.next().unwrap_or_default().trim();
        let primary = tag.split('-').next().unwrap_or_default();
        let weight = parts
            .find_map(|part| part.trim().strip_prefix("q="))
            .map_or(1000, thousandths);
        let Some(language) = asked_for(&primary.to_ascii_lowercase()) else {
            continue;
        };
        if weight > best.0 {
            best = (weight, language);
        }
    }
    best.1
}

/// A weight in thousandths; zero, *not acceptable*, where it is none.
fn thousandths(weight: &str) -> u16 {
    let (whole, part) = weight.trim().split_once('.').unwrap_or((weight.trim(), ""));
    let fits = part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    match whole {
        "1" => 1000,
        "0" if fits => format!("{part:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_says_what_it_prefers() {
        for (header, language) in [
            ("", Language::En),
            ("fr", Language::Fr),
            ("fr-FR,fr;q=0.9,en;q=0.8", Language::Fr),
            ("en-GB,en;q=0.9,fr;q=0.8", Language::En),
            ("de, fr;q=0.5, en;q=0.4", Language::Fr),
            ("de;q=0.9, it", Language::En),
            ("fr;q=0, en;q=0.1", Language::En),
            ("FR-ca", Language::Fr),
            ("fr;q=nonsense,en;q=0.001", Language::En),
            ("fr;q=0.9999, en;q=0.5", Language::En),
        ] {
            assert_eq!(preferred(header), language, "{header}");
        }
        assert_eq!(asked_for("fr"), Some(Language::Fr));
        assert_eq!(asked_for("de"), None);
    }
}
