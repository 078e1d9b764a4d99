//! The acts an entry can record, with the numbers that stand for them for ever.

use std::fmt;

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $text:literal;)+) => {
        /// What was done. Numbers are stable and never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum Act {
            $($(#[$doc])* $name = $number,)+
        }

        impl Act {
            /// Every act, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The number that stands for the act in entries.
            #[must_use]
            pub const fn number(self) -> u16 {
                self as u16
            }

            /// The act of a number, if there is one.
            #[must_use]
            pub const fn of_number(number: u16) -> Option<Self> {
                match number {
                    $($number => Some(Self::$name),)+
                    _ => None,
                }
            }

            /// The act's name on the command line and in pages, such as `read-refused`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

acts! {
    /// A grant: values were opened, or are about to be.
    Read = 1, "read";
    /// A read was refused; the rule says why.
    ReadRefused = 2, "read-refused";
    /// People were searched for by name; `count` candidates were shown.
    Searched = 3, "searched";
    /// A person was looked up by e-mail, telephone or number.
    LookedUp = 4, "looked-up";
    /// A copy of all that is held about a person was made (right of access).
    CopyMade = 5, "copy-made";
    /// A person's trace was shown.
    TraceShown = 6, "trace-shown";
    /// People or records were counted, or shown on a calendar.
    Counted = 7, "counted";
    /// What a changed policy would do was computed.
    Planned = 8, "planned";
    /// Requests were refused before anyone was signed in; `count` of them in a minute.
    RefusedUnknown = 9, "refused-unknown";
    /// A record was written.
    RecordWritten = 10, "record-written";
    /// A record was replaced by a newer sealing.
    RecordUpdated = 11, "record-updated";
    /// A write was refused; the rule says why.
    WriteRefused = 12, "write-refused";
    /// A subject was made.
    SubjectAdded = 13, "subject-added";
    /// An organisation was made.
    OrganisationAdded = 14, "organisation-added";
    /// A person was linked to an organisation.
    Linked = 15, "linked";
    /// A person was unlinked from an organisation.
    Unlinked = 16, "unlinked";
    /// Two subjects were found to be one person; `other` is the one that became an alias.
    SubjectMerged = 17, "subject-merged";
    /// Whether a person is met privately or at work was set; the rule says which.
    SubjectChanged = 18, "subject-changed";
    /// A dated event was recorded.
    FactRecorded = 20, "fact-recorded";
    /// A fact replaced an earlier, wrong one.
    FactSuperseded = 21, "fact-superseded";
    /// The person consented.
    ConsentGiven = 22, "consent-given";
    /// The person withdrew a consent.
    ConsentWithdrawn = 23, "consent-withdrawn";
    /// The person objected.
    ObjectionMade = 24, "objection-made";
    /// An objection ended: by the person, or by an assessment told to them.
    ObjectionLifted = 25, "objection-lifted";
    /// Processing was restricted (GDPR 18).
    RestrictionSet = 26, "restriction-set";
    /// A restriction was lifted.
    RestrictionLifted = 27, "restriction-lifted";
    /// A hold was placed.
    HoldPlaced = 28, "hold-placed";
    /// A hold was lifted.
    HoldLifted = 29, "hold-lifted";
    /// The person was told of a policy version.
    Told = 30, "told";
    /// The person accepted a version of a document; `rule` says which, `digest` what it says.
    DocumentAccepted = 31, "document-accepted";
    /// Grounds ended: the latch before an act, or their term.
    GroundsEnded = 40, "grounds-ended";
    /// Erasure was asked for.
    ErasureAsked = 41, "erasure-asked";
    /// Records were erased on request.
    Erased = 42, "erased";
    /// Records were turned into figures that name nobody, and deleted.
    Anonymised = 43, "anonymised";
    /// Records past their term were deleted.
    Swept = 44, "swept";
    /// An import began.
    ImportStarted = 50, "import-started";
    /// An import ended; `count` lines were taken in.
    ImportFinished = 51, "import-finished";
    /// The installation was made.
    InstallationMade = 60, "installation-made";
    /// A policy came into force.
    PolicyApplied = 61, "policy-applied";
    /// The clock's jump was confirmed by a person.
    ClockConfirmed = 62, "clock-confirmed";
    /// The clock of a rehearsal installation was moved.
    ClockMoved = 63, "clock-moved";
    /// A version of a document was published; `rule` says which, `digest` what it says.
    DocumentPublished = 64, "document-published";
    /// A turn of the keys began.
    KeysTurnStarted = 70, "keys-turn-started";
    /// A step of a turn of the keys was completed.
    KeysTurnStep = 71, "keys-turn-step";
    /// The old epoch's key was destroyed.
    KeysTurned = 72, "keys-turned";
    /// A checkpoint was published; `digest` is its root, `reference` its size.
    CheckpointPublished = 80, "checkpoint-published";
    /// Details were deleted at their term; `span` says which.
    DetailsPruned = 81, "details-pruned";
    /// The key that signs checkpoints was replaced.
    SigningKeyRolled = 82, "signing-key-rolled";
    /// A restored, shorter journal began a new origin; `digest` is that of the statement.
    OriginStarted = 83, "origin-started";
    /// The installation was restored from a backup.
    Restored = 84, "restored";
    /// An account was made.
    AccountMade = 90, "account-made";
    /// An account was granted a role; the rule names it.
    RoleGranted = 91, "role-granted";
    /// A role was withdrawn from an account; the rule names it.
    RoleWithdrawn = 92, "role-withdrawn";
    /// A role of an account was reviewed and is still needed; the rule names it.
    ReviewDone = 93, "review-done";
    /// An account was disabled: its sessions, links and credentials ended.
    AccountDisabled = 94, "account-disabled";
    /// An authorisation came into force: who may do what with which data.
    AuthorisationApplied = 96, "authorisation-applied";
    /// Somebody signed in; the rule says by what.
    SignedIn = 100, "signed-in";
    /// Signing in failed; `count` times in a minute, whoever it was meant to be.
    SignInFailed = 101, "sign-in-failed";
    /// Somebody signed out.
    SignedOut = 102, "signed-out";
    /// Sessions were ended by somebody else; `count` of them.
    SessionRevoked = 103, "session-revoked";
    /// Something to sign in with was added; the rule says what.
    CredentialAdded = 104, "credential-added";
    /// Something to sign in with was removed; the rule says what.
    CredentialRemoved = 105, "credential-removed";
    /// A link to sign in with was issued; the rule says for what.
    LinkIssued = 106, "link-issued";
    /// A key was made for a program.
    KeyMade = 110, "key-made";
    /// A program's key was revoked.
    KeyRevoked = 111, "key-revoked";
    /// The undertaking of confidentiality was accepted; the rule says in which version, `digest`
    /// what it says.
    UndertakingAccepted = 112, "undertaking-accepted";
    /// Somebody was refused a role: not held, or closed; the rule says why.
    DutyRefused = 113, "duty-refused";
    /// A program's key was reviewed and is still needed; the rule names it.
    KeyReviewed = 114, "key-reviewed";
    /// A configuration with a security level was accepted; `digest` is that of the level.
    SecurityAccepted = 120, "security-accepted";
    /// A weaker level was accepted on purpose; `digest` is that of the level with its reason.
    SecurityLowered = 121, "security-lowered";
    /// A passkey was shown whose counter went back: there is a copy of it; the rule says what.
    CredentialSuspected = 122, "credential-suspected";
    /// Somebody saw what is held about themselves.
    OwnDataShown = 125, "own-data-shown";
    /// A message was sent to a person; the rule says what about.
    NoticeSent = 130, "notice-sent";
    /// A message to a person was not sent; the rule says why.
    NoticeNotSent = 131, "notice-not-sent";
    /// The announcement of a version began; `count` people are concerned.
    AnnouncementMade = 132, "announcement-made";
    /// An address was added that programs are told of what happens at; the rule names it.
    WebhookAdded = 140, "webhook-added";
    /// An address was removed; the rule names it.
    WebhookRemoved = 141, "webhook-removed";
    /// An address was disabled, because it failed for long or said that it is gone.
    WebhookDisabled = 142, "webhook-disabled";
    /// An address is about to be told of what happened; the rule names both.
    WebhookTold = 143, "webhook-told";
    /// What happened is to be told to an address again; `count` messages.
    WebhookReplayed = 144, "webhook-replayed";
    /// A backup was made, and read back; the rule names it, `reference` is the size of its journal,
    /// `digest` the root.
    BackupMade = 150, "backup-made";
    /// A backup was restored into an empty place, checked and removed again; the rule names it.
    BackupVerified = 151, "backup-verified";
    /// What had been imposed on a person's data after the backup was imposed again.
    Reimposed = 152, "reimposed";
    /// A role, a key or an account that ended after the backup was ended again; `count` of them.
    AccessEndedAgain = 153, "access-ended-again";
    /// The databases are about to be spread over several machines; `count` is of the calls.
    DatabasesDistributed = 160, "databases-distributed";
    /// One more copy of Kept joined those that work on the databases.
    CopyJoined = 162, "copy-joined";
    /// The installation was moved from files to databases on servers; `count` is of the rows,
    /// `reference` the size of the journal, `digest` its root before this entry.
    InstallationMoved = 163, "installation-moved";
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_unique_and_read_back() {
        let mut names: Vec<_> = Act::ALL.iter().map(|act| act.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Act::ALL.len());
        for act in Act::ALL {
            assert_eq!(Act::of_number(act.number()), Some(*act));
        }
        assert_eq!(Act::of_number(0), None);
        assert_eq!(Act::of_number(89), None);
    }
}
