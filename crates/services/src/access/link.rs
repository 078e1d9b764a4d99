//! Links: good once, for a while. Staff set up with one what to sign in with; people sign in with
//! one to see what is held about them.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use domain::value::Value;
use domain::{Account, Actor, ActorKind, Fault, FaultKind, SubjectId};
use door::LookUpValue;
use identification::token::Token;
use jiff::{SignedDuration, Timestamp};
use journal::Act;
use policy::model::{CategoryId, FieldId, FieldType};
use store::Priority;
use store::data::session::LinkRow;

use super::failures::Tried;
use super::session::Strength;
use super::{Access, Address, Attempt, moment_of};
use crate::act::Acting;
use crate::law::Law;

/// What a link is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
pub enum LinkFor {
    /// Setting up what to sign in with.
    SetUp = 1,
    /// Seeing what is held about oneself.
    OwnData = 2,
}

impl LinkFor {
    fn of_number(number: u8) -> Option<Self> {
        [Self::SetUp, Self::OwnData]
            .into_iter()
            .find(|one| *one as u8 == number)
    }

    /// Its name in the journal and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SetUp => "set-up",
            Self::OwnData => "own-data",
        }
    }

    /// How long it can be used.
    #[must_use]
    pub fn lasts(self) -> SignedDuration {
        match self {
            Self::SetUp => SignedDuration::from_hours(24),
            Self::OwnData => SignedDuration::from_mins(30),
        }
    }

    /// The session that it begins: by what, and how long it lasts.
    fn begins(self) -> (Strength, SignedDuration) {
        match self {
            Self::SetUp => (Strength::SetUp, SignedDuration::from_mins(30)),
            Self::OwnData => (Strength::Link, SignedDuration::from_mins(30)),
        }
    }

    /// The address of its page, under that of the installation.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::SetUp => "/sign-in/set-up",
            Self::OwnData => "/me/enter",
        }
    }
}

/// Links of one person of the last hour that were not used yet, at the most: asking for more sends
/// none.
const LINKS_AN_HOUR: u64 = 3;

/// A link that was issued.
pub struct IssuedLink {
    /// Its token, told once.
    pub token: Token,
    /// What it is for.
    pub link_for: LinkFor,
    /// Until when it can be used.
    pub ends: Timestamp,
    /// Where its issue stands in the journal.
    pub receipt: u64,
}

impl IssuedLink {
    /// The address of the link, under that of the installation. The token stands behind a `#`, which
    /// browsers send to no server: no log on the way has it.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}#{}", self.link_for.path(), self.token.reveal())
    }
}

/// A link on its way to somebody: whoever delivers it reads the address on file.
pub struct Letter<'a> {
    /// To whom.
    pub subject: SubjectId,
    /// The link.
    pub link: &'a IssuedLink,
}

/// Takes links to people. It is told nothing but whom and what; the address on file is read by
/// whoever sends, under a recorded grant.
pub trait Delivery: Send + Sync {
    /// Takes a link over, to be delivered.
    ///
    /// # Errors
    /// When it cannot. Whoever asked for the link does not hear of it: the operator must, by the
    /// deliverer's own log.
    fn deliver(&self, letter: &Letter<'_>) -> Result<(), Fault>;
}

/// A folder that links are put into, one file each, for whoever sends them.
pub struct Folder(pub PathBuf);

impl Delivery for Folder {
    fn deliver(&self, letter: &Letter<'_>) -> Result<(), Fault> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let unwritable = |error: std::io::Error| {
            Fault::new(
                FaultKind::Unavailable,
                "a link cannot be put into the outbox",
            )
            .because(error)
        };
        let name = format!("{}-{}.link", letter.subject, letter.link.ends.as_second());
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.0.join(name))
            .map_err(unwritable)?;
        writeln!(
            file,
            "person = \"{}\"\nfor = \"{}\"\nends = {}\npath = \"{}\"",
            letter.subject,
            letter.link.link_for.name(),
            letter.link.ends,
            letter.link.path(),
        )
        .map_err(unwritable)
    }
}

impl Access<'_> {
    /// Issues a link, to be handed to whom it is for. A new link for setting up takes the place of
    /// the ones before.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when there is no such account or person.
    pub fn issue_link(
        &self,
        subject: SubjectId,
        link_for: LinkFor,
        acting: &Acting,
    ) -> Result<IssuedLink, Fault> {
        self.issue_link_for(subject, link_for, link_for.lasts(), acting)
    }

    /// As [`Access::issue_link`], to be used within another time.
    fn issue_link_for(
        &self,
        subject: SubjectId,
        link_for: LinkFor,
        lasts: SignedDuration,
        acting: &Acting,
    ) -> Result<IssuedLink, Fault> {
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        match link_for {
            LinkFor::SetUp => {
                self.standing(subject)?.ok_or_else(no_access)?;
            }
            LinkFor::OwnData => {
                self.kept.person(subject, &law)?;
            }
        }
        let token = Token::draw(self.kept.vault.entropy());
        let ends = moment.now.checked_add(lasts).unwrap_or(Timestamp::MAX);
        let row = LinkRow {
            subject,
            sort: link_for as u8,
            made: moment.now.as_microsecond(),
            ends: ends.as_microsecond(),
        };
        let mut detail =
            self.detail_about(Act::LinkIssued, subject, &acting.actor, moment, &law)?;
        detail.rule = Some(link_for.name().to_owned());
        let entry = self.kept.vault.entry(&detail)?;
        let hash = token.hash();
        let data = self.kept.vault.data();
        let receipt = data.write(Priority::Ordinary, move |tx| {
            if link_for == LinkFor::SetUp {
                tx.delete_links(subject)?;
            }
            tx.add_link(&hash.0, &row)?;
            tx.append(&entry)
        })?;
        Ok(IssuedLink {
            token,
            link_for,
            ends,
            receipt,
        })
    }

    /// Sends a link to whoever has this address on file, for what is held about them. Nothing says
    /// whether there is anybody: the answer is the same, and comes before the link is made if the
    /// caller lets it. Whoever asks too often for one person, or from one place, sends nothing. The
    /// link can be used for as long as the configuration says.
    ///
    /// # Errors
    /// When the installation cannot be read or written; never because of who it was.
    pub fn ask_link(
        &self,
        email: &str,
        from: Address,
        lasts: SignedDuration,
        delivery: &dyn Delivery,
    ) -> Result<Attempt<()>, Fault> {
        let guarded = self.guarded(&Tried::Asking(email), from)?;
        if let Some(until) = guarded.closed_until {
            return Ok(Attempt::Later(until));
        }
        // Whether there is anybody or not: the next asking is slowed alike.
        self.tried(&guarded)?;
        let law = self.kept.law();
        let found = self.addressees(&law, email)?;
        let acting = Acting::new(
            Actor::new(ActorKind::Job, Account::parse("sign-in")?),
            false,
        );
        let hour = SignedDuration::from_hours(1);
        let since = self.kept.moment()?.now - hour;
        for subject in found {
            let made = self.kept.vault.data().read(|reader| {
                reader.links_made(subject, LinkFor::OwnData as u8, since.as_microsecond())
            })?;
            if made < LINKS_AN_HOUR {
                let link = self.issue_link_for(subject, LinkFor::OwnData, lasts, &acting)?;
                // An error must not tell whether there was anybody to write to.
                let _ = delivery.deliver(&Letter {
                    subject,
                    link: &link,
                });
            }
        }
        Ok(Attempt::Passed(()))
    }

    /// People with this address in a field by which people are found.
    fn addressees(&self, law: &Law, email: &str) -> Result<Vec<SubjectId>, Fault> {
        let mut found = Vec::new();
        let Ok(value) = Value::parse(&FieldType::Email, email) else {
            return Ok(found);
        };
        let categories = (0..).map(CategoryId).zip(&law.policy().categories);
        for (category, it) in categories {
            for (field, it) in (0..).zip(&it.fields) {
                if it.kind != FieldType::Email || !it.look_up {
                    continue;
                }
                let number = law.names.field.number(FieldId { category, field });
                let form = LookUpValue::new(&value.look_up_form());
                for (subject, record) in self.kept.vault.keyring().find(number, &form)? {
                    let held = self
                        .kept
                        .vault
                        .data()
                        .read(|reader| reader.has_record(subject, record))?;
                    if held && !found.contains(&subject) {
                        found.push(subject);
                    }
                }
            }
        }
        Ok(found)
    }

    /// Uses a link: once, and a session begins.
    ///
    /// # Errors
    /// When the installation cannot be read or written. A link that is none, was used or is over
    /// gives [`Attempt::Wrong`].
    pub fn use_link(&self, token: &str, from: Address) -> Result<Attempt<Token>, Fault> {
        // A token of 256 bits is not guessed; who tries is slowed by where they are.
        let guarded = self.guarded(&Tried::Showing, from)?;
        if let Some(until) = guarded.closed_until {
            return Ok(Attempt::Later(until));
        }
        let Some(shown) = Token::shown(token) else {
            self.failed(&guarded)?;
            return Ok(Attempt::Wrong);
        };
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        let hash = shown.hash();
        let found = self
            .kept
            .vault
            .data()
            .read(|reader| reader.link(&hash.0))?
            .filter(|row| moment_of(row.ends) > moment.now)
            .and_then(|row| Some((row, LinkFor::of_number(row.sort)?)));
        let Some((row, link_for)) = found else {
            self.failed(&guarded)?;
            return Ok(Attempt::Wrong);
        };
        let actor = match link_for {
            LinkFor::SetUp => match self.standing(row.subject)? {
                Some(account) => Actor::new(ActorKind::Staff, Account::parse(&account.handle)?),
                None => return Ok(Attempt::Wrong),
            },
            LinkFor::OwnData => {
                Actor::new(ActorKind::Person, Account::parse(&row.subject.to_string())?)
            }
        };
        let (strength, lasts) = link_for.begins();
        let (session, new) = self.begin(row.subject, strength, lasts, moment);
        let mut detail = self.detail_about(Act::SignedIn, row.subject, &actor, moment, &law)?;
        detail.rule = Some(strength.name().to_owned());
        let entry = self.kept.vault.entry(&detail)?;
        let begun = session.hash();
        let data = self.kept.vault.data();
        let used = data.write(Priority::Ordinary, move |tx| {
            // Two who use it at once: the second finds nothing.
            if tx.take_link(&hash.0)?.is_none() {
                return Ok(false);
            }
            tx.add_session(&begun.0, &new)?;
            tx.append(&entry)?;
            Ok(true)
        })?;
        Ok(match used {
            true => Attempt::Passed(session),
            false => Attempt::Wrong,
        })
    }
}

fn no_access() -> Fault {
    Fault::new(FaultKind::Absent, "there is no account of this person that has access")
        .remedy("see the accounts with `kept account list`; open a disabled one again with `kept account enable`")
}
