//! Kept, the command line; everything is in the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    kept::main()
}
