//! What the output is shown on.

use std::io::IsTerminal as _;

use serde::{Deserialize, Serialize};

use super::colour;

/// What the output is shown on; a client tells it to the process that owns the installation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Terminal {
    /// Whether the result goes to a terminal.
    pub out: bool,
    /// Whether what is beside it does.
    pub err: bool,
    /// Whether the result may carry colours.
    pub colour_out: bool,
    /// Whether what is beside it may.
    pub colour_err: bool,
    /// Columns of a line.
    pub width: u16,
    /// Whether somebody is there who can be asked.
    pub asks: bool,
}

impl Terminal {
    /// The width that is reckoned with where there is no terminal.
    pub const WIDTH_OF_NO_TERMINAL: u16 = 100;

    /// No terminal: a file, a pipe, a test.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            out: false,
            err: false,
            colour_out: false,
            colour_err: false,
            width: Self::WIDTH_OF_NO_TERMINAL,
            asks: false,
        }
    }

    /// What this process writes to.
    #[must_use]
    pub fn of_this_process() -> Self {
        let out = std::io::stdout().is_terminal();
        let err = std::io::stderr().is_terminal();
        let wishes = colour::Wishes::of_this_process();
        let width = terminal_size::terminal_size()
            .filter(|_| out)
            .map_or(Self::WIDTH_OF_NO_TERMINAL, |(width, _)| width.0);
        Self {
            out,
            err,
            colour_out: wishes.colour(out),
            colour_err: wishes.colour(err),
            width,
            asks: err && std::io::stdin().is_terminal(),
        }
    }
}
