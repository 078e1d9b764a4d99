//! How a wrong command line is answered.

use std::error::Error as _;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use domain::Fault;

use super::invalid;
use crate::failure;
use crate::io::Io;

/// Shows help, the version, or what is wrong with a command line, the program's name first; gives
/// the exit code.
pub(super) fn show(
    error: &clap::Error,
    arguments: &[OsString],
    for_programs: bool,
    io: &mut Io,
) -> u8 {
    if !error.use_stderr() {
        let text = error.render();
        let text = if io.terminal().colour_out {
            text.ansi().to_string()
        } else {
            text.to_string()
        };
        io.print(&text);
        return 0;
    }
    let fault = invalid(message(error, arguments)).remedy(remedy(error));
    if for_programs || names_a_value(error.kind()) {
        failure::show(&fault, for_programs, io);
    } else {
        let text = error.render();
        let text = if io.terminal().colour_err {
            text.ansi().to_string()
        } else {
            text.to_string()
        };
        io.complain(&text);
    }
    fault.kind.exit_code()
}

/// Whether clap's own words would repeat what was given, which may be somebody's name or address.
fn names_a_value(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ValueValidation
            | ErrorKind::InvalidValue
            | ErrorKind::UnknownArgument
            | ErrorKind::TooManyValues
    )
}

fn message(error: &clap::Error, arguments: &[OsString]) -> String {
    let argument = text(error, ContextKind::InvalidArg);
    match (error.kind(), argument) {
        (ErrorKind::ValueValidation | ErrorKind::InvalidValue, Some(argument)) => {
            let why = error.source().map(|source| format!(": {source}"));
            format!(
                "`{argument}`{}",
                why.unwrap_or_else(|| " cannot be that".to_owned())
            )
        }
        (ErrorKind::UnknownArgument, Some(argument)) => match argument.split('=').next() {
            Some(option) if option.starts_with('-') => {
                format!("there is no option `{option}` here")
            }
            // By its place: it may be somebody's name.
            _ => match arguments.iter().rposition(|given| *given == *argument) {
                Some(place) => {
                    format!("there is one argument too many: number {place} after `kept`")
                }
                None => "there is one argument too many".to_owned(),
            },
        },
        _ => {
            let text = error.render().to_string();
            let first = text.lines().next().unwrap_or_default();
            first.trim_start_matches("error: ").to_owned()
        }
    }
}

fn remedy(error: &clap::Error) -> String {
    let parsed = error
        .source()
        .and_then(|source| source.downcast_ref::<Fault>());
    if let Some(remedy) = parsed.and_then(|fault| fault.remedy.clone()) {
        return remedy;
    }
    let values = match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(values)) if !values.is_empty() => Some(values.join(", ")),
        _ => None,
    };
    let suggested = text(error, ContextKind::SuggestedArg);
    match (values, suggested) {
        (Some(values), _) => format!("use one of {values}"),
        (None, Some(suggested)) => format!("did you mean `{suggested}`?"),
        (None, None) if is_one_too_many(error) => {
            "put quotes around what has spaces in it, or see `--help` of the command".to_owned()
        }
        (None, None) => "see `--help` of the command".to_owned(),
    }
}

fn is_one_too_many(error: &clap::Error) -> bool {
    let argument = text(error, ContextKind::InvalidArg);
    error.kind() == ErrorKind::UnknownArgument
        && argument.is_some_and(|argument| !argument.starts_with('-'))
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    }
}
