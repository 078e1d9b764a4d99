//! Help and wrong command lines.

use ::kept::cli::Cli;
use clap::CommandFactory as _;

use crate::kept::Kept;

#[test]
fn the_help_of_the_whole() {
    insta::assert_snapshot!(Kept::new().run(["--help"]).ok().out());
}

#[test]
fn the_help_of_each_command() {
    let kept = Kept::new();
    let mut cli = Cli::command();
    cli.build();
    let mut lines = Vec::new();
    for command in cli
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
    {
        let name = command.get_name().to_owned();
        let nested = command
            .get_subcommands()
            .filter(|nested| nested.get_name() != "help");
        lines.extend(nested.map(|nested| vec![name.clone(), nested.get_name().to_owned()]));
        lines.push(vec![name]);
    }
    for line in lines {
        let run = kept
            .run(line.iter().map(String::as_str).chain(["--help"]))
            .ok();
        insta::assert_snapshot!(format!("help_{}", line.join("_")), run.out());
    }
}

#[test]
fn the_version_is_said() {
    Kept::new()
        .run(["--version"])
        .ok()
        .says(env!("CARGO_PKG_VERSION"));
}

#[test]
fn without_a_command_the_help_is_shown_and_the_exit_code_tells() {
    Kept::new()
        .run::<&str>([])
        .exits(2)
        .complains("Usage: kept");
}

#[test]
fn a_misspelt_command_is_answered_with_the_right_one() {
    insta::assert_snapshot!(Kept::new().run(["chekc", "."]).exits(2).err(), @r"
    error: unrecognized subcommand 'chekc'

      tip: a similar subcommand exists: 'check'

    Usage: kept [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
}

#[test]
fn programs_get_wrong_command_lines_as_json() {
    let error = Kept::new().run(["check", "--json"]).exits(2).error_json();
    assert_eq!(error["kind"], "invalid");
    assert_eq!(error["exit"], 2);
}

#[test]
fn an_argument_too_many_is_not_repeated() {
    let run = Kept::new()
        .run(["explain", "KP012", "Odile Vasseur"])
        .exits(2);
    insta::assert_snapshot!(run.err(), @r"
    error: there is one argument too many: number 3 after `kept`
      what to do: put quotes around what has spaces in it, or see `--help` of the command
    ");
}

#[test]
fn an_option_that_does_not_exist_is_named_without_its_value() {
    let run = Kept::new()
        .run(["check", ".", "--jsn=o.vasseur@example.org"])
        .exits(2);
    insta::assert_snapshot!(run.err(), @r"
    error: there is no option `--jsn` here
      what to do: did you mean `--json`?
    ");
}
