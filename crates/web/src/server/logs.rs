//! The log: one line an event, for people or for programs, on standard error.
//!
//! A request is logged by the template of its route, never by its address: addresses carry
//! identifiers. No line names a client, an account or a person; what libraries would write is left
//! out, as they know nothing of that.

use std::io;

use domain::Fault;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::{fmt, registry};

use super::config::{Log, LogFormat, LogLevel};

/// The crates whose lines are written.
const OURS: [&str; 3] = ["kept", "services", "web"];

/// Begins to write the log. What was begun before stays: a process has one log.
pub fn start(log: Log) {
    let level = match log.level {
        LogLevel::Error => Level::ERROR,
        LogLevel::Warn => Level::WARN,
        LogLevel::Info => Level::INFO,
        LogLevel::Debug => Level::DEBUG,
    };
    let ours = Targets::new().with_targets(OURS.map(|name| (name, level)));
    let lines = fmt::layer().with_writer(io::stderr).with_ansi(false);
    let lines = match log.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => {
            let lines = lines.json().flatten_event(true);
            lines.with_current_span(false).boxed()
        }
    };
    // Another log in this process is one of a test, and as good.
    let lines = registry().with(lines.with_filter(ours));
    let _ = tracing::subscriber::set_global_default(lines);
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
