//! Colour: when it is wanted (`NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE`), and the few that are used.

/// What the environment says of colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Wishes {
    never: bool,
    always: bool,
}

impl Wishes {
    /// The wishes in this process's environment.
    #[must_use]
    pub fn of_this_process() -> Self {
        Self::read(|name| std::env::var(name).ok())
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let is = |name: &str, value: &str| variable(name).is_some_and(|found| found == value);
        let set = |name: &str| variable(name).is_some_and(|found| !found.is_empty());
        Self {
            never: set("NO_COLOR") || is("CLICOLOR", "0") || is("TERM", "dumb"),
            always: set("CLICOLOR_FORCE") && !is("CLICOLOR_FORCE", "0") && !set("NO_COLOR"),
        }
    }

    /// Whether a stream carries colours.
    #[must_use]
    pub fn colour(self, terminal: bool) -> bool {
        self.always || (terminal && !self.never)
    }
}

/// How a word stands out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Paint {
    /// Something is wrong.
    Error,
    /// Something to know.
    Advice,
    /// All is well.
    Good,
    /// A heading or the name of a thing.
    Bold,
}

impl Paint {
    /// The text so painted, or as it is where there are no colours.
    #[must_use]
    pub fn on(self, text: &str, colour: bool) -> String {
        if !colour {
            return text.to_owned();
        }
        let code = match self {
            Self::Error => "1;31",
            Self::Advice => "1;33",
            Self::Good => "1;32",
            Self::Bold => "1",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes(variables: &[(&str, &str)]) -> Wishes {
        Wishes::read(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_terminal_has_colours_unless_told_otherwise() {
        assert!(wishes(&[]).colour(true));
        assert!(!wishes(&[]).colour(false));
        assert!(wishes(&[("NO_COLOR", "")]).colour(true));
        for off in [("NO_COLOR", "1"), ("CLICOLOR", "0"), ("TERM", "dumb")] {
            assert!(!wishes(&[off]).colour(true), "{off:?}");
        }
    }

    #[test]
    fn colours_can_be_forced_where_there_is_no_terminal() {
        assert!(wishes(&[("CLICOLOR_FORCE", "1")]).colour(false));
        assert!(!wishes(&[("CLICOLOR_FORCE", "0")]).colour(false));
        assert!(!wishes(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).colour(true));
    }

    #[test]
    fn without_colours_text_stays_as_it_is() {
        assert_eq!(Paint::Error.on("error", false), "error");
        assert_eq!(Paint::Error.on("error", true), "\u{1b}[1;31merror\u{1b}[0m");
    }
}
