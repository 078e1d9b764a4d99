//! The log: one line an event, for people or for programs, on standard error.
//!
//! A request is logged by the template of its route, never by its address: addresses carry
//! identifiers. No line names a client, an account or a person.

use std::io;

use domain::Fault;
use tracing::Level;
use tracing_subscriber::fmt;

use super::config::{Log, LogFormat, LogLevel};

/// Begins to write the log. What was begun before stays: a process has one log.
pub fn start(log: Log) {
    let level = match log.level {
        LogLevel::Error => Level::ERROR,
        LogLevel::Warn => Level::WARN,
        LogLevel::Info => Level::INFO,
        LogLevel::Debug => Level::DEBUG,
    };
    let lines = fmt()
        .with_max_level(level)
        .with_writer(io::stderr)
        .with_ansi(false);
    // Another log in this process is one of a test, and as good.
    let _ = match log.format {
        LogFormat::Text => tracing::subscriber::set_global_default(lines.finish()),
        LogFormat::Json => {
            let lines = lines.json().flatten_event(true).with_current_span(false);
            tracing::subscriber::set_global_default(lines.finish())
        }
    };
}

/// A fault with its causes in one line. Faults carry no personal data.
pub(crate) fn line(fault: &Fault) -> String {
    let mut line = fault.message.clone();
    let mut cause = std::error::Error::source(fault);
    while let Some(one) = cause {
        line.push_str(&format!(": {one}"));
        cause = one.source();
    }
    line
}
