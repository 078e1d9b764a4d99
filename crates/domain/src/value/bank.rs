//! International bank account numbers (ISO 13616).

use super::ValueFault;

/// The lengths of IBANs by country, as the registry has them for the countries that trade in
/// euros and their neighbours; of other countries any length from 15 to 34 is taken.
const LENGTHS: [(&str, usize); 36] = [
    ("AD", 24),
    ("AT", 20),
    ("BE", 16),
    ("BG", 22),
    ("CH", 21),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("EE", 20),
    ("ES", 24),
    ("FI", 18),
    ("FR", 27),
    ("GB", 22),
    ("GI", 23),
    ("GR", 27),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IS", 26),
    ("IT", 27),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MC", 27),
    ("MT", 31),
    ("NL", 18),
    ("NO", 15),
    ("PL", 28),
    ("PT", 25),
    ("RO", 24),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
];

/// Takes an IBAN in: capitals without spaces, of the country's length, with fitting check digits.
///
/// # Errors
/// [`ValueFault::Iban`] for another form, [`ValueFault::IbanCheck`] for digits that do not fit.
pub fn iban(text: &str) -> Result<String, ValueFault> {
    let iban: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let bytes = iban.as_bytes();
    let fits = (15..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && LENGTHS
            .iter()
            .find(|(country, _)| iban.starts_with(country))
            .is_none_or(|(_, length)| *length == bytes.len());
    if !fits {
        return Err(ValueFault::Iban);
    }
    if remainder(&bytes[4..], &bytes[..4]) == 1 {
        Ok(iban)
    } else {
        Err(ValueFault::IbanCheck)
    }
}

/// ISO 7064, MOD 97-10: letters count as 10 to 35.
fn remainder(account: &[u8], head: &[u8]) -> u32 {
    account.iter().chain(head).fold(0, |rest, byte| {
        let value = char::from(*byte).to_digit(36).unwrap_or(0);
        if value < 10 {
            (rest * 10 + value) % 97
        } else {
            (rest * 100 + value) % 97
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard_are_taken() {
        for text in [
            "FR14 2004 1010 0505 0001 3M02 606",
            "gb29 nwbk 6016 1331 9268 19",
            "DE89-3704-0044-0532-0130-00",
            "BE68 5390 0754 7034",
        ] {
            assert!(iban(text).is_ok());
        }
    }

    #[test]
    fn a_wrong_character_and_a_wrong_length_are_told_apart() {
        let wrong = "FR14 2004 1010 0505 0001 3M02 607";
        assert_eq!(iban(wrong), Err(ValueFault::IbanCheck));
        assert_eq!(iban("FR14 2004 1010 0505"), Err(ValueFault::Iban));
        assert_eq!(iban("1234"), Err(ValueFault::Iban));
        assert_eq!(iban("É"), Err(ValueFault::Iban));
    }
}
