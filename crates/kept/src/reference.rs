//! References, generated from what they are about: the command line, and the algorithms.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _};
use domain::algorithm::{RANKED, Use};
use services::keys::Manager;

use crate::cli::Cli;
use crate::failure::EXIT_CODES;

/// `docs/command-line.md`.
#[must_use]
pub fn markdown() -> String {
    let mut cli = Cli::command();
    cli.build();
    let mut text = String::from(
        "# The command line\n\n\
         Generated from the definition of the commands; do not edit. `kept COMMAND --help` shows \
         the same.\n\n",
    );
    if let Some(about) = cli.get_about() {
        let _ = writeln!(text, "{about}.\n");
    }
    for command in commands(&cli) {
        let name = command.get_name();
        let about = command.get_about().map(ToString::to_string);
        let _ = writeln!(
            text,
            "- [`kept {name}`](#kept-{name}): {}",
            about.unwrap_or_default()
        );
    }
    exit_codes(&mut text);
    for command in commands(&cli) {
        section(&mut text, command, "kept", 2);
    }
    text
}

/// `docs/algorithms.md`: the published order (21f).
#[must_use]
pub fn algorithms() -> String {
    let mut text = String::from(
        "# Algorithms\n\n\
         Generated from `crates/domain/src/algorithm.rs`; do not edit. `kept keys algorithms` shows \
         the same.\n\n\
         Whatever is sealed, wrapped, hashed or signed names its algorithm in the data. The rank is \
         the security strength in bits, as NIST SP 800-57 part 1 counts it: of what hashes without a \
         key, half of its bits. A higher one is stronger. What names an algorithm that has no rank, or one that ranks below the floor in \
         force for its use, is refused: neither opened nor written. An installation keeps its \
         floors in the keyring, and they only rise: a version of Kept that would write below them \
         does not open it.\n\n\
         | number | algorithm | rank | used to | defined in | named in |\n|---|---|---|---|---|---|\n",
    );
    for one in &RANKED {
        let uses: Vec<&str> = one.uses.iter().map(|used| used.name()).collect();
        let _ = writeln!(
            text,
            "| {} | {} (`{}`) | {} | {} | {} | {} |",
            one.number,
            one.title,
            one.name,
            one.rank.0,
            match uses.is_empty() {
                true => "nothing: it is refused".to_owned(),
                false => uses.join(", "),
            },
            one.source,
            one.named_in
        );
    }
    text.push_str("\nNothing is let in below:\n\n| to | rank |\n|---|---|\n");
    for used in Use::ALL {
        let _ = writeln!(text, "| {} | {} |", used.name(), used.least().0);
    }
    text.push_str(
        "\nWho has the keys of epochs has an order, too; `kept keys move` down it is refused without \
         a reason, which the journal keeps:\n\n| rank | manager | |\n|---|---|---|\n",
    );
    for (rank, manager) in Manager::RANKED.into_iter().enumerate() {
        let _ = writeln!(text, "| {rank} | `{}` | {manager} |", manager.name());
    }
    text
}

/// The commands of a command, without clap's own `help`.
fn commands(of: &Command) -> impl Iterator<Item = &Command> {
    of.get_subcommands()
        .filter(|command| command.get_name() != "help" && !command.is_hide_set())
}

fn exit_codes(text: &mut String) {
    text.push_str("\n## Exit codes\n\n| code | meaning |\n|---|---|\n");
    for (code, meaning) in EXIT_CODES {
        let _ = writeln!(text, "| {code} | {meaning} |");
    }
    text.push_str(
        "\nResults go to standard output; errors, with the rule that refuses and what to do, to \
         standard error. With `--json` an error is one JSON object: `kind`, `message`, `rule`, \
         `remedy`, `exit`. `NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE` are heeded; progress is shown \
         on a terminal only.\n",
    );
}

fn section(text: &mut String, command: &Command, parent: &str, level: usize) {
    let name = format!("{parent} {}", command.get_name());
    let _ = writeln!(text, "\n{} {name}\n", "#".repeat(level));
    let about = command.get_long_about().or_else(|| command.get_about());
    if let Some(about) = about {
        let _ = writeln!(text, "{about}.\n");
    }
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let _ = writeln!(text, "```text\n{usage}\n```\n");
    arguments(text, command);
    if let Some(after) = command.get_after_help() {
        let _ = writeln!(text, "\n```text\n{after}\n```");
    }
    for nested in commands(command) {
        section(text, nested, &name, level + 1);
    }
}

fn arguments(text: &mut String, command: &Command) {
    let shown: Vec<&Arg> = command
        .get_arguments()
        .filter(|argument| !argument.is_hide_set() && argument.get_id() != "help")
        .collect();
    if shown.is_empty() {
        return;
    }
    text.push_str("| | |\n|---|---|\n");
    for argument in shown {
        let _ = writeln!(text, "| `{}` | {} |", argument, about(argument));
    }
}

fn about(argument: &Arg) -> String {
    let mut about = argument
        .get_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let values: Vec<String> = argument
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if argument.get_action().takes_values() && !values.is_empty() {
        let _ = write!(about, " ({})", values.join(", "));
    }
    let default = argument.get_default_values().first();
    if let Some(default) = default.filter(|_| argument.get_action().takes_values()) {
        let _ = write!(about, " [default: `{}`]", default.display());
    }
    if let Some(variable) = argument.get_env() {
        let _ = write!(about, " [`{}`]", variable.display());
    }
    about.replace('|', "\\|")
}
