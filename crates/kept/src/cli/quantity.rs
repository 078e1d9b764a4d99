//! Numbers of things, as a sentence has them.

/// `1 record`, `2 records`.
pub(super) fn counted(number: impl TryInto<u64>, thing: &str) -> String {
    match number.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {thing}"),
        number => format!("{number} {thing}s"),
    }
}

/// `1 person`, `2 people`.
pub(super) fn people(number: u64) -> String {
    match number {
        1 => "1 person".to_owned(),
        _ => format!("{number} people"),
    }
}

/// `1 entry`, `2 entries`.
pub(super) fn entries(number: u64) -> String {
    match number {
        1 => "1 entry".to_owned(),
        _ => format!("{number} entries"),
    }
}

/// The word of a verb that one thing and several have.
pub(super) fn verb<'w>(number: u64, one: &'w str, many: &'w str) -> &'w str {
    match number {
        1 => one,
        _ => many,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one_and_none_is_many() {
        let said = |number: u64| (counted(number, "row"), people(number), entries(number));
        let words = |rows: &str, people: &str, entries: &str| {
            (rows.to_owned(), people.to_owned(), entries.to_owned())
        };
        assert_eq!(said(0), words("0 rows", "0 people", "0 entries"));
        assert_eq!(said(1), words("1 row", "1 person", "1 entry"));
        assert_eq!(said(2), words("2 rows", "2 people", "2 entries"));
        assert_eq!((verb(1, "is", "are"), verb(0, "is", "are")), ("is", "are"));
    }
}
