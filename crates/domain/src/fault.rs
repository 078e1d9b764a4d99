//! What can go wrong, in six kinds, with one mapping to exit codes and HTTP answers.

use std::error::Error;
use std::fmt;

/// The six kinds of error.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum FaultKind {
    /// The input is wrong: it says where and what to do. Exit 2, HTTP 400 or 422.
    Invalid,
    /// A rule refuses: it is named. Exit 3, HTTP 403.
    Refused,
    /// Something changed meanwhile, or is in use. Exit 4, HTTP 409 or 412.
    Conflict,
    /// There is no such thing, or none that the asker may know of. Exit 5, HTTP 404.
    Absent,
    /// It cannot be done now: disk full, key missing, journal not writable. Exit 6, HTTP 503.
    Unavailable,
    /// What is stored does not hold together: Kept stops. Exit 7, HTTP 500.
    Integrity,
}

impl FaultKind {
    /// The exit code of the command line.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Invalid => 2,
            Self::Refused => 3,
            Self::Conflict => 4,
            Self::Absent => 5,
            Self::Unavailable => 6,
            Self::Integrity => 7,
        }
    }
}

/// An error: what happened, which rule says so, what to do. It never carries personal data.
pub struct Fault {
    /// Which of the six kinds.
    pub kind: FaultKind,
    /// What happened, in product words, without a full stop.
    pub message: String,
    /// The rule that refuses: a retention rule, a purpose, a promise's id.
    pub rule: Option<String>,
    /// What to do about it.
    pub remedy: Option<String>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Fault {
    /// A new fault.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            rule: None,
            remedy: None,
            cause: None,
        }
    }

    /// Says what to do.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Names the rule.
    #[must_use]
    pub fn rule(mut self, rule: impl Into<String>) -> Self {
        self.rule = Some(rule.into());
        self
    }

    /// Keeps the technical cause, for the log; it is not shown to people.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("kind", &self.kind)
            .field("message", &self.message)
            .field("rule", &self.rule)
            .field("cause", &self.cause)
            .finish_non_exhaustive()
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}
