//! Who acts: an account, never a person's name.

use crate::id::{MatterId, SubjectId};
use crate::{Fault, FaultKind};

/// Who does something in Kept, with the chain of those on whose behalf it is done.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Actor {
    /// What kind of actor.
    pub kind: ActorKind,
    /// The account: an identifier such as `m.lefevre` or `nightly-sweep`.
    pub account: Account,
    /// In which capacity; none: as the operator of the machine, or as a job of Kept itself, who
    /// are held to the policy and to no role.
    pub capacity: Option<Capacity>,
    /// For whom, when a program or a job acts for somebody.
    pub on_behalf_of: Option<Box<Actor>>,
}

/// The capacity in which somebody acts: a role of the authorisation, for a purpose that they state.
/// Both are numbers of the registry of names, which mean the same under every version of policy and
/// authorisation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Capacity {
    /// The role.
    pub role: u32,
    /// The purpose; none of whoever administers, and opens nobody's data.
    pub purpose: Option<u32>,
    /// The one matter that it is about, where it is about one: a dispute, say.
    pub matter: Option<MatterId>,
    /// By what the role is held: it is proved anew at each decision, and in the transaction of what
    /// is done.
    pub warrant: Warrant,
    /// The version of the person that whoever acts has seen, where they say so: an act on another is
    /// not carried out.
    pub seen: Option<u64>,
}

/// By what somebody holds a role.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Warrant {
    /// An account, in a session.
    Session {
        /// The holder of the account.
        holder: SubjectId,
        /// The hash of the session's token.
        token: [u8; 32],
    },
    /// An account that is named at the command line, by its holder.
    Account(SubjectId),
    /// A program, by its key's identifier.
    Key([u8; 16]),
    /// The owner of the machine, who holds every role.
    Machine,
}

impl std::fmt::Debug for Warrant {
    /// What it is, and nothing by which a session could be recognised.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Session { .. } => "Session",
            Self::Account(_) => "Account",
            Self::Key(_) => "Key",
            Self::Machine => "Machine",
        })
    }
}

/// The kinds of actor.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum ActorKind {
    /// A member of staff.
    Staff,
    /// A data subject, on their own surfaces.
    Person,
    /// A program with a key of its own.
    Program,
    /// A job of Kept itself.
    Job,
    /// Somebody at the command line.
    CommandLine,
}

/// The identifier of an account: 1 to 64 characters of `a-z 0-9 . _ -`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct Account(String);

impl Account {
    /// The account of nobody: it stands where none is to be named.
    #[must_use]
    pub fn nobody() -> Self {
        Self("-".to_owned())
    }

    /// Takes an account's identifier in.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when it has another form.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let fits = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(Fault::new(
                FaultKind::Invalid,
                "this is not the identifier of an account",
            )
            .remedy("use 1 to 64 characters: small letters without accents, figures, . _ and -"))
        }
    }

    /// The identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Actor {
    /// An actor who acts for themselves.
    #[must_use]
    pub fn new(kind: ActorKind, account: Account) -> Self {
        Self {
            kind,
            account,
            capacity: None,
            on_behalf_of: None,
        }
    }

    /// The same actor in a capacity.
    #[must_use]
    pub fn in_capacity(self, capacity: Capacity) -> Self {
        Self {
            capacity: Some(capacity),
            ..self
        }
    }
}
