//! On duty: the proof that somebody holds a role that is open, asked for again in the transaction
//! of what they do (9b, 21a; mechanism, 10; decision 18).

use domain::{
    Actor, ActorKind, Capacity, Fault, FaultKind, MatterId, Moment, Rule, SubjectId, Warrant,
};
use jiff::Timestamp;
use jiff::civil::Date;
use journal::Act;
use policy::authorisation::{Action, Administration};
use policy::model::PurposeId;
use store::Tx;
use store::data::account::RoleRow;

use super::key::{KeyId, ProgramKey, Scopes};
use super::session::{Session, Strength, session_over};
use super::undertaking::no_access;
use super::{Access, moment_of};
use crate::in_role::InRole;
use crate::law::Law;

/// Whoever asks to act in a role, and by what they are known.
#[derive(Clone, Copy, Debug)]
pub enum Who<'a> {
    /// Somebody who signed in.
    Session(&'a Session),
    /// A program that showed its key.
    Key(&'a ProgramKey),
    /// Somebody at the command line. Where they name an account, they act as it and hold what it
    /// holds; otherwise they are the owner of the machine, who holds every role.
    CommandLine(&'a Actor),
}

/// Somebody who acts in a role that they hold and that is open to them. It is made by
/// [`Access::duty`] alone; what is done by it is written only while all of it still stands.
#[derive(Clone, Debug)]
pub struct OnDuty {
    actor: Actor,
    role: InRole,
    warrant: Warrant,
    proof: Proof,
}

/// A role that somebody holds, and why it is closed where it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RoleState {
    /// Its name in the authorisation in force; the one it had, where it is gone.
    pub role: String,
    /// Its number in the registry of names.
    pub number: u32,
    /// The last day on which it is open without being confirmed again.
    pub due: Option<Date>,
    /// The rule that closes all of it: nobody confirmed it in time (21a).
    pub closed: Option<Rule>,
    /// The rule that closes reading in it: the undertaking is not accepted (9b).
    pub unread: Option<Rule>,
}

/// What a duty was proved on.
#[derive(Clone, Debug)]
struct Proof {
    policy: u32,
    authorisation: Option<u32>,
    /// The version of what is held about the account's holder: it says whether their access lasts.
    holder: Option<u64>,
    /// The undertaking by its number, and the latest version of it.
    undertaking: Option<(u32, Option<u32>)>,
    /// What closes reading.
    unread: Option<Rule>,
    /// By what its holder was let in, where they signed in.
    strength: Option<Strength>,
    /// How far the key of a program goes.
    scopes: Option<Scopes>,
}

impl OnDuty {
    /// Who acts, as the journal names them.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// In which role.
    #[must_use]
    pub fn role(&self) -> &InRole {
        &self.role
    }

    /// The person whose account it is; none of a program and of the owner of the machine.
    #[must_use]
    pub fn account(&self) -> Option<SubjectId> {
        match self.warrant {
            Warrant::Session { holder, .. } | Warrant::Account(holder) => Some(holder),
            Warrant::Key(_) | Warrant::Machine => None,
        }
    }

    /// By what they were let in, where they signed in.
    #[must_use]
    pub fn strength(&self) -> Option<Strength> {
        self.proof.strength
    }

    /// The rule that closes reading to them, although the role is open: the undertaking of
    /// confidentiality is not accepted (9b).
    #[must_use]
    pub fn unread(&self) -> Option<Rule> {
        self.proof.unread
    }

    /// The same within one named matter: a dispute, say.
    #[must_use]
    pub fn about(mut self, matter: Option<MatterId>) -> Self {
        self.role.matter = matter;
        self
    }

    /// Whoever acts, at work for a purpose: what they do is narrowed to the role, and written only
    /// while they hold it.
    #[must_use]
    pub fn at_work(&self, purpose: PurposeId, law: &Law) -> Actor {
        self.actor.clone().in_capacity(self.capacity(purpose, law))
    }

    /// Whoever acts, administering: nobody's data is opened so.
    #[must_use]
    pub fn administering(&self) -> Actor {
        self.actor.clone().in_capacity(self.administration())
    }

    fn administration(&self) -> Capacity {
        Capacity {
            role: self.role.role,
            purpose: None,
            matter: self.role.matter,
            warrant: self.warrant,
            seen: None,
        }
    }

    /// In what capacity they are then.
    #[must_use]
    pub fn capacity(&self, purpose: PurposeId, law: &Law) -> Capacity {
        Capacity {
            purpose: Some(law.names.purpose.number(purpose)),
            ..self.administration()
        }
    }

    /// Whether the key of a program goes so far; whoever has no key goes as far as their role.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when it is for other acts or purposes.
    pub fn within_scopes(&self, action: Action, purpose: Option<PurposeId>) -> Result<(), Fault> {
        let Some(scopes) = &self.proof.scopes else {
            return Ok(());
        };
        let acts = scopes.actions.is_empty() || scopes.actions.iter().any(|it| it == action.name());
        let meant = match purpose {
            Some(purpose) => scopes.purposes.is_empty() || scopes.purposes.contains(&purpose),
            // An act for whichever purpose there is goes further than a key for some.
            None => scopes.purposes.is_empty(),
        };
        if acts && meant {
            return Ok(());
        }
        Err(Fault::new(
            FaultKind::Refused,
            "the key of this program is not for this",
        )
        .rule(format!("keys.{}", self.actor.account.as_str()))
        .remedy("make a key for it: `kept key list` shows what each is for"))
    }

    /// Whether something may be administered by it. No undertaking is asked for: that opens no
    /// personal data.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the role does not administer it, or a key's scopes do not go so
    /// far: a key that is limited to acts or purposes administers nothing.
    pub fn administers(&self, law: &Law, what: Administration) -> Result<(), Fault> {
        let narrowing = self.role.narrowing(law, Action::Read, None)?;
        let role = narrowing.authorisation.role(narrowing.role);
        let limits = self.proof.scopes.as_ref();
        let whole = limits.is_none_or(|it| it.actions.is_empty() && it.purposes.is_empty());
        if whole && role.administers.contains(what) {
            return Ok(());
        }
        Err(Fault::new(
            FaultKind::Refused,
            format!("this role does not administer `{}`", what.name()),
        )
        .rule(format!("roles.{}.administers", role.name))
        .remedy("`kept access what ROLE` shows what a role administers"))
    }

    /// Whether all that it was proved by still stands, asked in the transaction of what is done.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) fn stands(&self, tx: &Tx<'_>) -> Result<bool, Fault> {
        let Proof {
            policy,
            authorisation,
            holder,
            undertaking,
            ..
        } = &self.proof;
        let held = |subject: SubjectId| -> Result<bool, Fault> {
            let same = tx.versions(subject)?.is_some_and(|now| {
                (now.policy, now.authorisation) == (*policy, *authorisation)
                    && Some(now.subject) == *holder
            });
            Ok(same && tx.holds_role(subject, self.role.role)?)
        };
        let held = match self.warrant {
            Warrant::Session { holder, token } => tx.session(&token)?.is_some() && held(holder)?,
            Warrant::Account(holder) => held(holder)?,
            Warrant::Key(id) => tx
                .program_key_of(id)?
                .is_some_and(|row| row.revoked.is_none()),
            Warrant::Machine => true,
        };
        let undertaken = match *undertaking {
            Some((document, latest)) if held => tx.latest_document(document)? == latest,
            Some(_) | None => true,
        };
        Ok(held && undertaken)
    }
}

impl Access<'_> {
    /// Proves that somebody holds a role that is open to them. A role that is closed, or not held,
    /// is refused, and the journal says so. What closes reading alone is in the answer:
    /// [`OnDuty::unread`].
    ///
    /// # Errors
    /// [`FaultKind::Refused`] with the rule: the role is not held or was not confirmed in time, the
    /// session is over, the key revoked; [`FaultKind::Invalid`] when no such role is in force.
    pub fn duty(&self, who: Who<'_>, role: &str) -> Result<OnDuty, Fault> {
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        let in_role = InRole::named(&law, role)?;
        let (actor, warrant) = self.warrant(who)?;
        self.prove(&actor, in_role, warrant, (&law, moment))
            .map_err(|fault| self.refused_duty(fault, &actor, &in_role, (&law, moment)))
    }

    /// The roles that somebody holds, each with what closes it.
    ///
    /// # Errors
    /// When the installation cannot be read.
    pub fn roles_of(&self, subject: SubjectId) -> Result<Vec<RoleState>, Fault> {
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        let names = self.role_names()?;
        let rows = self
            .kept
            .vault
            .data()
            .read(|reader| reader.roles_of(subject))?;
        let unread = self
            .undertook_under(&law, subject, moment)?
            .and_then(|undertook| undertook.closes());
        let state = |row: RoleRow| RoleState {
            role: names.get(&row.role).cloned().unwrap_or_default(),
            number: row.role,
            due: law.review_due(moment_of(row.reviewed)),
            closed: review_overdue(&law, row.role, moment_of(row.reviewed), moment),
            unread: unread.filter(|_| reads(&law, row.role)),
        };
        Ok(rows.into_iter().map(state).collect())
    }

    /// The duty of whoever acts in a capacity, proved anew; none where they act in none.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the role is not held any more, or is closed.
    pub(crate) fn proved(&self, actor: &Actor) -> Result<Option<OnDuty>, Fault> {
        let Some(capacity) = actor.capacity else {
            return Ok(None);
        };
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        let role = InRole::from(capacity);
        self.prove(actor, role, capacity.warrant, (&law, moment))
            .map(Some)
    }

    /// A duty that is proved anew, whatever it was proved on before.
    pub(crate) fn on_duty_anew(&self, duty: &OnDuty) -> Result<OnDuty, Fault> {
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        self.prove(&duty.actor, duty.role, duty.warrant, (&law, moment))
    }

    fn warrant(&self, who: Who<'_>) -> Result<(Actor, Warrant), Fault> {
        Ok(match who {
            Who::Session(session) => {
                if !session.strength.opens_work() {
                    return Err(not_held());
                }
                let warrant = Warrant::Session {
                    holder: session.subject,
                    token: session.token().0,
                };
                (session.actor()?, warrant)
            }
            Who::Key(key) => (key.actor.clone(), Warrant::Key(key.id.0)),
            Who::CommandLine(actor) if actor.kind != ActorKind::CommandLine => {
                return Err(not_held());
            }
            Who::CommandLine(actor) => {
                let data = self.kept.vault.data();
                let row = data.read(|reader| reader.account_named(actor.account.as_str()))?;
                let warrant = row.map_or(Warrant::Machine, |row| Warrant::Account(row.subject));
                (actor.clone(), warrant)
            }
        })
    }

    fn prove(
        &self,
        actor: &Actor,
        role: InRole,
        warrant: Warrant,
        (law, moment): (&Law, Moment),
    ) -> Result<OnDuty, Fault> {
        let mut proof = Proof {
            policy: law.policy().version,
            authorisation: law.authorisation().map(|it| it.version),
            holder: None,
            undertaking: None,
            unread: None,
            strength: None,
            scopes: None,
        };
        match warrant {
            Warrant::Session { holder, token } => {
                let data = self.kept.vault.data();
                let row = data.read(|reader| reader.session(&token))?;
                let row = row.filter(|row| moment_of(row.ends) > moment.now);
                let row = row.ok_or_else(session_over)?;
                proof.strength = Strength::of_number(row.sort);
                self.prove_account(&mut proof, holder, &role, law, moment)?;
            }
            Warrant::Account(holder) => {
                self.prove_account(&mut proof, holder, &role, law, moment)?;
            }
            Warrant::Key(id) => {
                self.prove_key(&mut proof, (actor, KeyId(id)), &role, law, moment)?;
            }
            Warrant::Machine => {}
        }
        Ok(OnDuty {
            actor: actor.clone(),
            role,
            warrant,
            proof,
        })
    }

    /// An account: it stands, it holds the role, the role was reviewed in time; and what its holder
    /// undertook.
    fn prove_account(
        &self,
        proof: &mut Proof,
        subject: SubjectId,
        role: &InRole,
        law: &Law,
        moment: Moment,
    ) -> Result<(), Fault> {
        let (_, version) = self.stands(subject)?.ok_or_else(no_access)?;
        proof.holder = Some(version);
        let rows = self
            .kept
            .vault
            .data()
            .read(|reader| reader.roles_of(subject))?;
        let held = rows.iter().find(|row| row.role == role.role);
        let reviewed = moment_of(held.ok_or_else(not_held)?.reviewed);
        confirmed(law, role, reviewed, moment)?;
        if let Some(undertook) = self.undertook_under(law, subject, moment)? {
            let number = law.names.document.number(undertook.document);
            proof.undertaking = Some((number, undertook.latest));
            proof.unread = undertook.closes();
        }
        Ok(())
    }

    /// A key: it is good, it is for the role, it was reviewed in time.
    fn prove_key(
        &self,
        proof: &mut Proof,
        (actor, id): (&Actor, KeyId),
        role: &InRole,
        law: &Law,
        moment: Moment,
    ) -> Result<(), Fault> {
        let row = self
            .kept
            .vault
            .data()
            .read(|reader| reader.program_key_of(id.0))?;
        let good = row.filter(|row| row.revoked.is_none() && moment_of(row.ends) > moment.now);
        let row = good.ok_or_else(key_over)?;
        let scopes = super::key::scopes(&row.scopes, &self.role_names()?, law)?;
        if scopes.roles.is_empty() {
            return Err(not_for(actor));
        }
        proof.scopes = Some(scopes);
        if !super::key::is_for(&row, role.role)? {
            return Err(not_for(actor));
        }
        let reviewed = moment_of(row.reviewed.unwrap_or(row.made));
        confirmed(law, role, reviewed, moment)
    }

    /// Leaves the trace of a duty that was refused, and gives the refusal back.
    fn refused_duty(
        &self,
        fault: Fault,
        actor: &Actor,
        role: &InRole,
        (law, moment): (&Law, Moment),
    ) -> Fault {
        if fault.kind != FaultKind::Refused {
            return fault;
        }
        let mut detail = self.kept.detail(Act::DutyRefused, actor, moment, law);
        detail.rule = fault.rule.clone();
        role.told(&mut detail, law);
        let data = self.kept.vault.data();
        let row = data.read(|reader| reader.account_named(actor.account.as_str()));
        detail.subject = row.ok().flatten().map(|row| row.subject.0);
        match self.kept.vault.record(&detail) {
            Ok(_) => fault,
            Err(unwritten) => unwritten,
        }
    }
}

/// Whether a role was confirmed in time.
fn confirmed(law: &Law, role: &InRole, reviewed: Timestamp, moment: Moment) -> Result<(), Fault> {
    match review_overdue(law, role.role, reviewed, moment) {
        Some(rule) => Err(closed(rule, law)),
        None => Ok(()),
    }
}

/// The rule that closes a role which nobody confirmed in time. One that the authorisation in force
/// does not have opens nothing anyway.
pub(super) fn review_overdue(
    law: &Law,
    role: u32,
    reviewed: Timestamp,
    moment: Moment,
) -> Option<Rule> {
    let every = law.authorisation()?.reviewed_every;
    let role = law.names.role.id(role)?;
    let due = law.last_day(reviewed, every);
    (moment.today > due).then_some(Rule::RoleReview { role, due })
}

/// Whether a role reads anything, so that the undertaking matters to it.
pub(super) fn reads(law: &Law, role: u32) -> bool {
    let id = law.names.role.id(role);
    let role = law.authorisation().zip(id).map(|(it, id)| it.role(id));
    role.is_some_and(|role| role.recipient.is_some())
}

/// What closes a role, or reading in it, as a refusal that says what to do.
pub(crate) fn closed(rule: Rule, law: &Law) -> Fault {
    let remedy = match rule {
        Rule::RoleReview { .. } => {
            "whoever reviews this role confirms it: `kept account review ACCOUNT ROLE`, or `kept \
             key review KEY`"
        }
        Rule::Undertaking {
            lacks: domain::rule::Unaccepted::Unpublished,
            ..
        } => "publish it first: `kept documents publish`",
        _ => "read it and accept it: `kept account accept`",
    };
    crate::act::refused(domain::decide::Refusal { rule }, law).remedy(remedy)
}

/// What a duty rests on changed between the decision and its writing: it is proved anew.
pub(crate) fn duty_changed() -> Fault {
    Fault::new(
        FaultKind::Conflict,
        "what the account may do changed meanwhile",
    )
    .remedy("try again")
}

pub(super) fn not_held() -> Fault {
    Fault::new(FaultKind::Refused, "the account does not hold this role")
        .rule("21a")
        .remedy("`kept account show` lists the roles of an account")
}

fn not_for(actor: &Actor) -> Fault {
    Fault::new(FaultKind::Refused, "the key is not for this role")
        .rule(format!("keys.{}", actor.account.as_str()))
        .remedy("`kept key list` shows what it is for")
}

fn key_over() -> Fault {
    Fault::new(FaultKind::Refused, "this key is not good any more")
        .rule("21c")
        .remedy("make another: `kept key add`")
}
