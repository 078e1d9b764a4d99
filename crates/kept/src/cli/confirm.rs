//! What cannot be undone needs a word (10j): `yes` on a terminal, `--yes` anywhere else.

use clap::Args;
use domain::Fault;

use services::Acting;
use services::act::Acted;

use super::quantity::counted;
use super::{Context, invalid};

/// For what cannot be undone.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Confirming {
    /// Do it without asking; where nobody can be asked, nothing is done without this
    #[arg(long)]
    yes: bool,
}

impl Confirming {
    /// Acts, and has it confirmed first where records would go with it.
    ///
    /// # Errors
    /// As [`Confirming::confirm`], or what the act says.
    pub(super) fn unless_it_destroys_nothing(
        self,
        acting: &Acting,
        context: &mut Context<'_>,
        act: impl Fn(&Acting) -> Result<Acted, Fault>,
    ) -> Result<Acted, Fault> {
        if !acting.dry_run && !self.yes {
            let dry_run = Acting {
                dry_run: true,
                ..acting.clone()
            };
            let gone = act(&dry_run)?.destroyed.len();
            if gone > 0 {
                let records = counted(gone, "record");
                self.confirm(context, || Ok(format!("{records} would be destroyed.\n")))?;
            }
        }
        act(acting)
    }

    /// Has the act confirmed: whoever gave the command reads what it would do and that it cannot
    /// be undone, then types `yes`.
    ///
    /// # Errors
    /// [`domain::FaultKind::Invalid`] when the word was not given; then nothing has changed.
    pub(super) fn confirm(
        self,
        context: &mut Context<'_>,
        would: impl FnOnce() -> Result<String, Fault>,
    ) -> Result<(), Fault> {
        if self.yes {
            return Ok(());
        }
        if context.for_programs || !context.io.terminal().asks {
            return Err(invalid(
                "this cannot be undone, by anybody, and was not confirmed: nothing was changed",
            )
            .remedy("see what it would do with `--dry-run`, then add `--yes`"));
        }
        let question = format!(
            "{}This cannot be undone, by anybody. Type `yes` to go on: ",
            would()?
        );
        match context.io.ask(&question).as_deref() {
            Some("yes") => Ok(()),
            _ => Err(invalid("not confirmed: nothing was changed")
                .remedy("run the command again and type `yes`, if that is what is meant")),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::Account;

    use super::*;
    use crate::io::Io;
    use crate::io::testing::Written;

    fn confirm(yes: bool, io: &mut Io, for_programs: bool) -> Result<(), Fault> {
        let login = Account::parse("s.martin").unwrap();
        let mut context = Context::new(io, for_programs, login);
        Confirming { yes }.confirm(&mut context, || Ok("3 records would go\n".to_owned()))
    }

    #[test]
    fn what_would_go_and_that_it_is_for_good_is_read_before_the_word_is_typed() {
        let (mut io, written) = Written::io_that_answers("yes");
        assert!(confirm(false, &mut io, false).is_ok());
        assert_eq!(
            written.err(),
            "3 records would go\nThis cannot be undone, by anybody. Type `yes` to go on: "
        );
    }

    #[test]
    fn any_other_word_is_a_no() {
        for answer in ["", "y", "no", "YES", "yes please"] {
            let (mut io, _) = Written::io_that_answers(answer);
            let refused = confirm(false, &mut io, false).unwrap_err();
            assert_eq!(refused.kind.exit_code(), 2, "{answer}");
        }
    }

    #[test]
    fn where_nobody_can_be_asked_the_word_comes_with_the_command() {
        let (mut io, written) = Written::io();
        assert!(confirm(false, &mut io, false).is_err());
        assert!(confirm(true, &mut io, false).is_ok());
        assert_eq!(written.err(), "");
        // Nor is a question put to a program, even on a terminal.
        let (mut io, written) = Written::io_that_answers("yes");
        assert!(confirm(false, &mut io, true).is_err());
        assert_eq!(written.err(), "");
    }
}
