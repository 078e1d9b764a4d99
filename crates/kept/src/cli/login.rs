//! Who is logged in: the account that acts where none is named.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use domain::{Account, Fault};

/// The longest identifier of an account.
const CHARACTERS_MAX: usize = 64;

/// The account of whoever runs this process: their login name as an account's identifier.
///
/// It is what the system says, and no more: whoever may run Kept on an installation may also say
/// `--as`. The journal shows that it was the command line.
///
/// # Errors
/// None that can happen: the last name that is tried is an account's identifier.
pub(super) fn account() -> Result<Account, Fault> {
    let user = fs::metadata("/proc/self").map(|process| process.uid()).ok();
    let known = user.and_then(|user| {
        let users = fs::read_to_string("/etc/passwd").ok()?;
        name_of(user, &users).map(str::to_owned)
    });
    let said = || {
        ["LOGNAME", "USER"]
            .iter()
            .find_map(|name| std::env::var(name).ok())
    };
    let number = || user.map(|user| format!("user-{user}"));
    [known, said(), number()]
        .into_iter()
        .flatten()
        .find_map(|name| normalised(&name))
        .map_or_else(|| Account::parse("command-line"), Ok)
}

/// The name of a user in the system's list.
fn name_of(user: u32, users: &str) -> Option<&str> {
    let user = user.to_string();
    users.lines().find_map(|line| {
        let mut parts = line.split(':');
        let name = parts.next()?;
        (parts.nth(1)? == user).then_some(name)
    })
}

/// A login name as an account's identifier: small letters; what an identifier cannot have becomes
/// a hyphen.
fn normalised(name: &str) -> Option<Account> {
    let name: String = name
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'a'..='z' | '0'..='9' | '.' | '_' | '-' => c,
            _ => '-',
        })
        .take(CHARACTERS_MAX)
        .collect();
    Account::parse(name.trim_matches('-')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_name_becomes_an_accounts_identifier() {
        let account = |name: &str| normalised(name).map(|account| account.as_str().to_owned());
        assert_eq!(account("s.martin").as_deref(), Some("s.martin"));
        assert_eq!(
            account("HOUSE\\S Martin").as_deref(),
            Some("house-s-martin")
        );
        assert_eq!(account(&"a".repeat(100)).map(|name| name.len()), Some(64));
        assert_eq!(account("--"), None);
        assert_eq!(account(""), None);
    }

    #[test]
    fn the_systems_list_names_users() {
        let users = "root:x:0:0:root:/:/bin/sh\ns.martin:x:1000:1000::/:/bin/sh\nbroken\n";
        assert_eq!(name_of(1000, users), Some("s.martin"));
        assert_eq!(name_of(0, users), Some("root"));
        assert_eq!(name_of(1, users), None);
    }

    #[test]
    fn somebody_always_acts() {
        assert!(!account().unwrap().as_str().is_empty());
    }
}
