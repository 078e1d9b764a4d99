//! The security level of a configuration: what it promises at the least, and that no later one
//! promises less unnoticed (21f).
//!
//! Means have a published order. A configuration that ranks lower than the one in force in any
//! respect is refused with the reason; it is accepted only on purpose, and the journal says so.

mod stored;

use std::fmt;

use domain::algorithm::RULE;
use domain::{Actor, Fault, FaultKind};
use journal::merkle::sha256;
use journal::{Act, Hash};
use serde::{Deserialize, Serialize};
use store::Priority;

use crate::kept::Kept;
pub use stored::StoredLevel;

/// Where the accepted levels are kept.
const LEVELS: &str = "security-levels";
/// A reason is a sentence, in bytes.
const REASON_MAX: usize = 1000;

/// A version of TLS, in the published order: a later one ranks higher, and what is not listed has
/// no rank and is refused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum TlsVersion {
    /// TLS 1.2 (RFC 5246), with forward secrecy and authenticated encryption only.
    #[serde(rename = "1.2")]
    Tls12,
    /// TLS 1.3 (RFC 8446).
    #[serde(rename = "1.3")]
    Tls13,
}

impl TlsVersion {
    /// All versions that have a rank, the weakest first.
    pub const RANKED: [Self; 2] = [Self::Tls12, Self::Tls13];

    /// The version of a name, if it has a rank.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::RANKED.into_iter().find(|it| it.name() == name)
    }

    /// Its name: `1.3`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tls12 => "1.2",
            Self::Tls13 => "1.3",
        }
    }
}

/// How what is said to the server is protected on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// Nothing leaves the machine. It says nothing about what did before.
    Machine,
    /// A declared proxy ends TLS: its settings are its own.
    Proxy,
    /// TLS of this version or a later one.
    Tls(TlsVersion),
}

impl Transport {
    /// Its place in the published order; none where nothing leaves the machine.
    fn rank(self) -> Option<u8> {
        match self {
            Self::Machine => None,
            Self::Proxy => Some(0),
            Self::Tls(TlsVersion::Tls12) => Some(1),
            Self::Tls(TlsVersion::Tls13) => Some(2),
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine => f.write_str("this machine alone"),
            Self::Proxy => f.write_str("TLS ended by a declared proxy"),
            Self::Tls(version) => write!(f, "TLS {} or later", version.name()),
        }
    }
}

/// What a configuration promises at the least.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SecurityLevel {
    /// How what is said to the server is protected.
    pub transport: Transport,
    /// The fewest characters of a password.
    pub password_length_min: u32,
    /// The least estimated strength of a password, from 0 to 4 (zxcvbn's scale).
    pub password_strength_min: u32,
    /// Whether passwords that are known to have leaked are refused.
    pub leaked_passwords_refused: bool,
    /// Whether staff who sign in by password need a second factor.
    pub second_factor_required: bool,
    /// A session that is not used for so long ends, in seconds.
    pub session_idle_seconds_max: u32,
    /// A session ends after so long, in seconds.
    pub session_seconds_max: u32,
    /// A person's sign-in link can be used for so long, in seconds.
    pub link_seconds_max: u32,
    /// How what is stored is protected: the installation says it, no configuration does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stored: Option<StoredLevel>,
}

/// One respect in which a level is weaker.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Weaker {
    /// The setting, as the configuration names it.
    pub setting: String,
    /// What is in force.
    pub in_force: String,
    /// What was asked for.
    pub asked: String,
}

impl fmt::Display for Weaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            setting,
            in_force,
            asked,
        } = self;
        write!(f, "{setting}: {asked}, and in force is {in_force}")
    }
}

/// In which respects a level is weaker than the one in force; none where it is as strong or
/// stronger in all of them. A gain in one respect makes up for no loss in another.
#[must_use]
pub fn weaker(in_force: &SecurityLevel, asked: &SecurityLevel) -> Vec<Weaker> {
    let mut found = Vec::new();
    let mut note = |is_weaker: bool, setting: &str, old: String, new: String| {
        if is_weaker {
            found.push(Weaker {
                setting: setting.to_owned(),
                in_force: old,
                asked: new,
            });
        }
    };
    let ranks = (in_force.transport.rank(), asked.transport.rank());
    note(
        matches!(ranks, (Some(old), Some(new)) if new < old),
        "tls.minimum",
        in_force.transport.to_string(),
        asked.transport.to_string(),
    );
    let fewer = |old: u32, new: u32| (new < old, old.to_string(), new.to_string());
    let (is, old, new) = fewer(in_force.password_length_min, asked.password_length_min);
    note(is, "passwords.length", old, new);
    let (is, old, new) = fewer(in_force.password_strength_min, asked.password_strength_min);
    note(is, "passwords.strength", old, new);
    if let (Some(old), Some(new)) = (&in_force.stored, &asked.stored) {
        new.compare(old, &mut note);
    }
    let dropped = |old: bool, new: bool| (old && !new, old.to_string(), new.to_string());
    let (is, old, new) = dropped(
        in_force.leaked_passwords_refused,
        asked.leaked_passwords_refused,
    );
    note(is, "passwords.refuse-leaked", old, new);
    let (is, old, new) = dropped(
        in_force.second_factor_required,
        asked.second_factor_required,
    );
    note(is, "sign-in.second-factor", old, new);
    let longer = |old: u32, new: u32| (new > old, seconds(old), seconds(new));
    for (setting, old, new) in [
        (
            "sessions.idle",
            in_force.session_idle_seconds_max,
            asked.session_idle_seconds_max,
        ),
        (
            "sessions.absolute",
            in_force.session_seconds_max,
            asked.session_seconds_max,
        ),
        (
            "sign-in.link",
            in_force.link_seconds_max,
            asked.link_seconds_max,
        ),
    ] {
        let (is, old, new) = longer(old, new);
        note(is, setting, old, new);
    }
    found
}

/// A number of seconds in words: `12 h`, `90 s`.
fn seconds(seconds: u32) -> String {
    match seconds {
        0 => "0 s".to_owned(),
        _ if seconds.is_multiple_of(3600) => format!("{} h", seconds / 3600),
        _ if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}

/// A level that was accepted, as it is kept.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Accepted {
    /// When, in microseconds since 1970, UTC.
    pub at: i64,
    /// The account that accepted it.
    pub by: String,
    /// What it is.
    pub level: SecurityLevel,
    /// In which respects it was weaker than the one before it.
    pub weaker: Vec<Weaker>,
    /// Why it was accepted all the same.
    pub reason: Option<String>,
}

impl Kept {
    /// Every level that was accepted here, the one in force last.
    ///
    /// # Errors
    /// [`FaultKind::Integrity`] when what is kept cannot be read.
    pub fn security_levels(&self) -> Result<Vec<Accepted>, Fault> {
        let kept = self.vault.data().read(|reader| reader.meta(LEVELS))?;
        kept.map_or_else(|| Ok(Vec::new()), |bytes| parsed(&bytes))
    }

    /// Takes a configuration's level into force if it is not weaker than the one that is; in a dry
    /// run, says only whether it could be.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when it is weaker: the error names each respect.
    pub fn accept_security(
        &self,
        level: &SecurityLevel,
        actor: &Actor,
        dry_run: bool,
    ) -> Result<(), Fault> {
        let level = &self.with_stored(level)?;
        let levels = self.security_levels()?;
        let Some(last) = levels.last() else {
            return match dry_run {
                true => Ok(()),
                false => self
                    .put_level(Vec::new(), level.clone(), Vec::new(), None, actor)
                    .map(|_| ()),
            };
        };
        let found = weaker(&last.level, level);
        if !found.is_empty() {
            return Err(refused(&found));
        }
        let level = with_transport_of(level, last.level.transport);
        if dry_run || level == last.level {
            return Ok(());
        }
        self.put_level(levels, level, Vec::new(), None, actor)
            .map(|_| ())
    }

    /// Takes a weaker level into force on purpose; gives the respects in which it is weaker, and the
    /// journal's entry.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when no reason is given, [`FaultKind::Conflict`] when it is not
    /// weaker: nothing has to be accepted then.
    pub fn accept_weaker_security(
        &self,
        level: &SecurityLevel,
        reason: &str,
        actor: &Actor,
    ) -> Result<(Vec<Weaker>, u64), Fault> {
        let reason = checked(reason)?;
        let level = &self.with_stored(level)?;
        let levels = self.security_levels()?;
        let found = levels.last().map(|last| weaker(&last.level, level));
        let found = found.filter(|found| !found.is_empty()).ok_or_else(|| {
            let message = "the configuration is not weaker than the one in force";
            Fault::new(FaultKind::Conflict, message)
                .remedy("start with it: nothing stands in the way")
        })?;
        let level = match levels.last() {
            Some(last) => with_transport_of(level, last.level.transport),
            None => level.clone(),
        };
        let entry = self.put_level(levels, level, found.clone(), Some(reason), actor)?;
        Ok((found, entry))
    }

    /// Writes a level and its journal entry in one transaction.
    fn put_level(
        &self,
        mut levels: Vec<Accepted>,
        level: SecurityLevel,
        weaker: Vec<Weaker>,
        reason: Option<String>,
        actor: &Actor,
    ) -> Result<u64, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let act = match weaker.is_empty() {
            true => Act::SecurityAccepted,
            false => Act::SecurityLowered,
        };
        let accepted = Accepted {
            at: moment.now.as_microsecond(),
            by: actor.account.as_str().to_owned(),
            level,
            weaker,
            reason,
        };
        let mut detail = self.detail(act, actor, moment, &law);
        detail.digest = Some(digest(&accepted)?);
        detail.count = Some(accepted.weaker.len() as u64);
        levels.push(accepted);
        let bytes = serde_json::to_vec(&levels).map_err(unwritable)?;
        let entry = self.vault.entry(&detail)?;
        self.vault.data().write(Priority::Ordinary, move |tx| {
            tx.put_meta(LEVELS, &bytes)?;
            tx.append(&entry)
        })
    }
}

/// A reason, as it is kept.
fn checked(reason: &str) -> Result<String, Fault> {
    let reason = reason.trim();
    if reason.is_empty() || reason.len() > REASON_MAX {
        let message = format!("a reason of 1 to {REASON_MAX} bytes is needed");
        return Err(Fault::new(FaultKind::Invalid, message)
            .remedy("say in a sentence why the level may be lower"));
    }
    Ok(reason.to_owned())
}

/// Where nothing leaves the machine, what was promised for when it does stays in force.
fn with_transport_of(level: &SecurityLevel, in_force: Transport) -> SecurityLevel {
    let mut level = level.clone();
    if level.transport == Transport::Machine {
        level.transport = in_force;
    }
    level
}

fn parsed(bytes: &[u8]) -> Result<Vec<Accepted>, Fault> {
    serde_json::from_slice(bytes).map_err(|error| {
        let message = "the accepted security levels cannot be read";
        Fault::new(FaultKind::Integrity, message)
            .remedy("restore the installation from a backup")
            .because(error)
    })
}

/// The digest that the journal keeps of a level.
fn digest(accepted: &Accepted) -> Result<Hash, Fault> {
    let bytes = serde_json::to_vec(accepted).map_err(unwritable)?;
    Ok(sha256(&[&bytes]))
}

fn unwritable(error: serde_json::Error) -> Fault {
    Fault::new(FaultKind::Integrity, "the security level cannot be written").because(error)
}

fn refused(found: &[Weaker]) -> Fault {
    let each: Vec<String> = found.iter().map(ToString::to_string).collect();
    let message = format!(
        "the configuration is weaker than the one in force ({})",
        each.join("; ")
    );
    Fault::new(FaultKind::Refused, message).rule(RULE).remedy(
        "mend the configuration, or accept it on purpose with \
         `kept config accept-weaker --reason TEXT`, which the journal keeps",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level() -> SecurityLevel {
        SecurityLevel {
            transport: Transport::Tls(TlsVersion::Tls13),
            password_length_min: 12,
            password_strength_min: 3,
            leaked_passwords_refused: true,
            second_factor_required: true,
            session_idle_seconds_max: 1800,
            session_seconds_max: 43_200,
            link_seconds_max: 900,
            stored: Some(StoredLevel {
                key_manager: "pkcs11".to_owned(),
                strength_bits: 256,
            }),
        }
    }

    fn settings(found: &[Weaker]) -> Vec<&str> {
        found.iter().map(|it| it.setting.as_str()).collect()
    }

    #[test]
    fn each_respect_is_compared_for_itself() {
        type Change = fn(&mut SecurityLevel);
        fn stored(level: &mut SecurityLevel) -> &mut StoredLevel {
            level.stored.as_mut().unwrap()
        }
        let cases: [(&str, Change, Change); 10] = [
            (
                "key-manager",
                |it| stored(it).key_manager = "files".to_owned(),
                |_| {},
            ),
            (
                "key-manager.algorithm",
                |it| stored(it).strength_bits = 128,
                |it| stored(it).strength_bits = 512,
            ),
            (
                "tls.minimum",
                |it| it.transport = Transport::Tls(TlsVersion::Tls12),
                |_| {},
            ),
            (
                "passwords.length",
                |it| it.password_length_min = 11,
                |it| it.password_length_min = 13,
            ),
            (
                "passwords.strength",
                |it| it.password_strength_min = 2,
                |it| it.password_strength_min = 4,
            ),
            (
                "passwords.refuse-leaked",
                |it| it.leaked_passwords_refused = false,
                |_| {},
            ),
            (
                "sign-in.second-factor",
                |it| it.second_factor_required = false,
                |_| {},
            ),
            (
                "sessions.idle",
                |it| it.session_idle_seconds_max = 1801,
                |it| it.session_idle_seconds_max = 60,
            ),
            (
                "sessions.absolute",
                |it| it.session_seconds_max = 43_201,
                |it| it.session_seconds_max = 3600,
            ),
            (
                "sign-in.link",
                |it| it.link_seconds_max = 901,
                |it| it.link_seconds_max = 300,
            ),
        ];
        assert_eq!(weaker(&level(), &level()), []);
        for (setting, lower, raise) in cases {
            let mut lowered = level();
            lower(&mut lowered);
            assert_eq!(settings(&weaker(&level(), &lowered)), [setting]);
            assert_eq!(weaker(&lowered, &level()), [], "raising {setting}");
            let mut raised = level();
            raise(&mut raised);
            assert_eq!(weaker(&level(), &raised), [], "raising {setting}");
        }
    }

    #[test]
    fn a_gain_makes_up_for_no_loss() {
        let mut asked = level();
        asked.password_length_min = 30;
        asked.second_factor_required = false;
        let found = weaker(&level(), &asked);
        assert_eq!(settings(&found), ["sign-in.second-factor"]);
        assert_eq!(
            found[0].to_string(),
            "sign-in.second-factor: false, and in force is true"
        );
    }

    #[test]
    fn transports_have_their_order() {
        use TlsVersion::{Tls12, Tls13};
        use Transport::{Machine, Proxy, Tls};
        let order = [Proxy, Tls(Tls12), Tls(Tls13)];
        for (at, old) in order.into_iter().enumerate() {
            for (place, new) in order.into_iter().enumerate() {
                let one = SecurityLevel {
                    transport: old,
                    ..level()
                };
                let other = SecurityLevel {
                    transport: new,
                    ..level()
                };
                assert_eq!(weaker(&one, &other).is_empty(), place >= at, "{old} {new}");
            }
            let here = SecurityLevel {
                transport: Machine,
                ..level()
            };
            let there = SecurityLevel {
                transport: old,
                ..level()
            };
            assert_eq!(weaker(&there, &here), []);
            assert_eq!(weaker(&here, &there), []);
            // Serving for this machine alone in between forgets nothing.
            assert_eq!(with_transport_of(&here, old), there);
        }
        assert_eq!(TlsVersion::of_name("1.1"), None);
        assert_eq!(TlsVersion::of_name("1.3"), Some(Tls13));
    }
}
