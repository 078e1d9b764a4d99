//! Where people are reached: e-mail, telephone, web addresses.

use std::str::FromStr;

use phonenumber::country::Id;

use super::ValueFault;

/// Takes an e-mail address in: small letters, one `@`, a domain with a dot (RFC 5321's lengths).
/// Case is folded in the local part too: no provider that people use tells it apart, and a look-up
/// must find them.
///
/// # Errors
/// [`ValueFault::Email`].
pub fn email(text: &str) -> Result<String, ValueFault> {
    let text = text.strip_prefix("mailto:").unwrap_or(text).to_lowercase();
    let Some((local, domain)) = text.rsplit_once('@') else {
        return Err(ValueFault::Email);
    };
    let dots = |part: &str| {
        !part.is_empty() && !part.starts_with('.') && !part.ends_with('.') && !part.contains("..")
    };
    let local_fits = local.len() <= 64
        && dots(local)
        && local
            .chars()
            .all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
    let label_fits = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let domain_fits = domain.len() <= 253
        && domain.contains('.')
        && domain.split('.').all(label_fits)
        && domain
            .rsplit('.')
            .next()
            .is_some_and(|top| top.chars().any(char::is_alphabetic));
    if local_fits && domain_fits {
        Ok(text)
    } else {
        Err(ValueFault::Email)
    }
}

/// Takes a telephone number in, as E.164: with its country code, or as dialled in a country.
///
/// # Errors
/// [`ValueFault::Telephone`] when it is no number that the numbering plan has room for.
pub fn telephone(text: &str, country: &str) -> Result<String, ValueFault> {
    let country = Id::from_str(country).ok();
    // `00` is how most of Europe dials out.
    let text = match text.strip_prefix("00") {
        Some(rest) => format!("+{rest}"),
        None => text.replace("(0)", ""),
    };
    let number = phonenumber::parse(country, text).map_err(|_| ValueFault::Telephone)?;
    if !phonenumber::is_valid(&number) {
        return Err(ValueFault::Telephone);
    }
    Ok(number.format().mode(phonenumber::Mode::E164).to_string())
}

/// Takes a web address in: http or https, a host with a dot, no spaces.
///
/// # Errors
/// [`ValueFault::Url`].
pub fn url(text: &str) -> Result<String, ValueFault> {
    let lower = text.to_ascii_lowercase();
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| lower.starts_with(scheme))
        .ok_or(ValueFault::Url)?;
    let rest = &text[scheme.len()..];
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let clean = !rest.chars().any(|c| c.is_whitespace() || c.is_control());
    if clean && host.contains('.') && !host.contains('@') && text.len() <= 2000 {
        let path = &rest[host.len()..];
        Ok(format!("{scheme}{}{path}", host.to_lowercase()))
    } else {
        Err(ValueFault::Url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e_mail_addresses_have_one_form() {
        let one = email("Camille.Moreau@Exemple.FR").unwrap();
        assert_eq!(one, "camille.moreau@exemple.fr");
        for wrong in [
            "camille",
            "@exemple.fr",
            "a@b",
            "a..b@exemple.fr",
            "a b@exemple.fr",
            "a@-x.fr",
            "a@1.2",
        ] {
            assert_eq!(email(wrong), Err(ValueFault::Email), "{wrong}");
        }
    }

    #[test]
    fn telephone_numbers_are_kept_in_e_164() {
        for text in [
            "02 40 12 34 56",
            "+33 2 40 12 34 56",
            "0033240123456",
            "+33 (0)2.40.12.34.56",
        ] {
            assert_eq!(telephone(text, "FR").unwrap(), "+33240123456");
        }
        assert_eq!(telephone("020 7946 0018", "GB").unwrap(), "+442079460018");
        for wrong in ["12", "telephone", "02 40 12 34", "+999 1234"] {
            assert_eq!(
                telephone(wrong, "FR"),
                Err(ValueFault::Telephone),
                "{wrong}"
            );
        }
    }

    #[test]
    fn web_addresses_need_a_scheme_and_a_host() {
        assert_eq!(
            url("HTTPS://Exemple.fr/Page").unwrap(),
            "https://exemple.fr/Page"
        );
        for wrong in [
            "exemple.fr",
            "ftp://exemple.fr",
            "https://",
            "https://a b.fr",
            "https://me@x.fr",
        ] {
            assert_eq!(url(wrong), Err(ValueFault::Url));
        }
    }
}
