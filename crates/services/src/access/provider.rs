//! Single sign-on: a service of the organisation vouches for somebody. Whom it vouches for is linked
//! to an account by its holder, in a session that they came by otherwise; or, if the configuration
//! says so, by an address that the service has verified. Never silently.

use domain::{Account, Actor, ActorKind, Fault, FaultKind, SubjectId};
use door::HashedFor;
use identification::provider::{Answer, Identity, Provider, Unproven};
use identification::token::Token;
use journal::Act;
use store::data::account::AccountRow;

use super::credential::{CredentialSort, NewCredential};
use super::failures::Tried;
use super::flow::Step;
use super::session::{Session, SessionId, SessionLimits, Strength, acting_in};
use super::{Access, Address, Attempt, accounts_of};
use crate::act::Acting;

/// Somebody on their way to a service.
pub struct SentTo {
    /// Is shown again when they come back, within ten minutes.
    pub token: Token,
    /// The address that they are sent to.
    pub address: String,
}

/// What came of it.
pub enum CameBack {
    /// They are signed in.
    SignedIn(Token),
    /// Their identity signs in from now on. Where that completed setting up, the new token of the
    /// session.
    Linked(Option<Token>),
    /// The service vouches for them, and they have no account here that it may open.
    Unknown,
    /// The service does not vouch for them, and why: for the log.
    Unproven(Unproven),
}

impl Access<'_> {
    /// Sends somebody to a service: to sign in or, in a session, to link who they are there to
    /// their account.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when the service does not answer; [`FaultKind::Refused`] when the
    /// session is not one that may.
    pub fn start_provider(
        &self,
        provider: &Provider,
        session: Option<&Session>,
        from: Address,
    ) -> Result<Attempt<SentTo>, Fault> {
        session.map_or(Ok(()), |session| self.may_set_up(session))?;
        let guarded = self.guarded(&Tried::Showing, from)?;
        if let Some(until) = guarded.closed_until {
            return Ok(Attempt::Later(until));
        }
        let now = self.kept.moment()?.now;
        let (address, expected) = provider.start(self.kept.vault.entropy(), now)?;
        let step = Step::AtProvider {
            provider: provider.name().to_owned(),
            expected,
            linking: session.map(|session| session.id.0),
        };
        Ok(Attempt::Passed(SentTo {
            token: self.begun(&step, from)?,
            address,
        }))
    }

    /// Takes somebody back from a service. [`Attempt::Wrong`] is an answer to nothing that was
    /// asked from this browser.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when the service does not answer; [`FaultKind::Conflict`] when the
    /// identity opens another account; [`FaultKind::Refused`] when the session in which it was to be
    /// linked is over.
    pub fn finish_provider(
        &self,
        provider: &Provider,
        session: Option<&Session>,
        begun: &str,
        answer: &Answer<'_>,
        from: Address,
        limits: &SessionLimits,
    ) -> Result<Attempt<CameBack>, Fault> {
        let guarded = self.guarded(&Tried::Showing, from)?;
        if let Some(until) = guarded.closed_until {
            return Ok(Attempt::Later(until));
        }
        let now = self.kept.moment()?.now;
        let (expected, linking) = match self.take_begun(begun, now)? {
            Some(Step::AtProvider {
                provider: name,
                expected,
                linking,
            }) if name == provider.name() => (expected, linking),
            Some(_) | None => return Ok(Attempt::Wrong),
        };
        let identity = match provider.finish(expected, answer, now)? {
            Ok(identity) => identity,
            Err(unproven) => {
                if unproven != Unproven::Refused {
                    self.failed(&guarded)?;
                }
                return Ok(Attempt::Passed(CameBack::Unproven(unproven)));
            }
        };
        let came = match linking {
            Some(id) => {
                let session = still(session, SessionId(id))?;
                self.may_set_up(session)?;
                self.link_identity(provider, &identity, session.subject, &acting_in(session)?)?;
                let strength = Strength::SingleSignOn;
                CameBack::Linked(self.set_up_with(session, strength, from, limits)?)
            }
            None => self.vouched_for(provider, &identity, from, limits)?,
        };
        Ok(Attempt::Passed(came))
    }

    /// Lets in whom a service vouches for.
    fn vouched_for(
        &self,
        provider: &Provider,
        identity: &Identity,
        from: Address,
        limits: &SessionLimits,
    ) -> Result<CameBack, Fault> {
        let account = match self.identified(identity)? {
            Some(subject) => self.standing(subject)?,
            None => self.linked_by_address(provider, identity)?,
        };
        let Some(account) = account else {
            return Ok(CameBack::Unknown);
        };
        self.note_use(account.subject, identity)?;
        let tried = Tried::SigningIn(&account.handle, Some(account.subject));
        let guarded = self.guarded(&tried, from)?;
        let by = CredentialSort::Identity.name();
        let session = self.enter(&account, Strength::SingleSignOn, by, &guarded, limits, None)?;
        Ok(CameBack::SignedIn(session))
    }

    /// The account of an address that the service has verified, linked from now on; if the
    /// configuration lets it, and if the service vouches for nobody else there: an address that
    /// another was given since opens nothing.
    fn linked_by_address(
        &self,
        provider: &Provider,
        identity: &Identity,
    ) -> Result<Option<AccountRow>, Fault> {
        let Some(address) = identity
            .address
            .as_ref()
            .filter(|_| provider.links_by_address())
        else {
            return Ok(None);
        };
        let law = self.kept.law();
        let holders = self.holders(&law, &accounts_of(&law)?, address)?;
        let [subject] = holders.as_slice() else {
            return Ok(None);
        };
        let Some(account) = self.standing(*subject)? else {
            return Ok(None);
        };
        if self.has_identity_of(*subject, provider.name())? {
            return Ok(None);
        }
        let acting = Acting {
            actor: Actor::new(ActorKind::Job, Account::parse("sign-in")?),
            dry_run: false,
        };
        self.link_identity(provider, identity, *subject, &acting)?;
        Ok(Some(account))
    }

    /// Links an identity to an account; one that is linked to it already stays so.
    fn link_identity(
        &self,
        provider: &Provider,
        identity: &Identity,
        subject: SubjectId,
        acting: &Acting,
    ) -> Result<(), Fault> {
        let _one = self.hold();
        match self.identified(identity)? {
            Some(holder) if holder == subject => return Ok(()),
            Some(_) => {
                return Err(
                    Fault::new(FaultKind::Conflict, "this identity opens another account")
                        .rule("21c")
                        .remedy("sign in at the service as yourself, or have it removed from the other account"),
                );
            }
            None => {}
        }
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        let act = Act::CredentialAdded;
        let mut detail = self.detail_about(act, subject, &acting.actor, moment, &law)?;
        detail.rule = Some(CredentialSort::Identity.name().to_owned());
        let entry = self.kept.vault.entry(&detail)?;
        let new = NewCredential {
            finder: Some(self.identity_finder(identity)),
            ..NewCredential::new(CredentialSort::Identity, provider.name().as_bytes())
        };
        self.replace_credentials(
            subject,
            vec![new],
            &[],
            moment,
            Box::new(move |tx| tx.append(&entry).map(drop)),
        )
    }

    /// Whose account an identity opens.
    fn identified(&self, identity: &Identity) -> Result<Option<SubjectId>, Fault> {
        let finder = self.identity_finder(identity);
        let data = self.kept.vault.data();
        let row = data.read(|reader| reader.credential_found(&finder))?;
        let row = row.filter(|row| row.sort == CredentialSort::Identity.number());
        Ok(row.map(|row| row.subject))
    }

    fn note_use(&self, subject: SubjectId, identity: &Identity) -> Result<(), Fault> {
        let finder = self.identity_finder(identity);
        let at = self.kept.moment()?.now.as_microsecond();
        let data = self.kept.vault.data();
        let Some(row) = data.read(|reader| reader.credential_found(&finder))? else {
            return Ok(());
        };
        data.write(store::Priority::Ordinary, move |tx| {
            tx.use_credential(subject, row.id, at, None).map(drop)
        })
    }

    fn has_identity_of(&self, subject: SubjectId, provider: &str) -> Result<bool, Fault> {
        let credentials = self.credentials(subject)?;
        Ok(credentials.iter().any(|one| {
            one.sort == CredentialSort::Identity && one.name.as_deref() == Some(provider)
        }))
    }

    fn identity_finder(&self, identity: &Identity) -> [u8; 16] {
        let text = format!("identity\n{}", identity.finder.as_str());
        let vault = &self.kept.vault;
        vault.keyed_hash(HashedFor::Credential, &text)
    }
}

/// The session in which an identity was to be linked, if it is the one of who came back.
fn still(session: Option<&Session>, id: SessionId) -> Result<&Session, Fault> {
    let session = session.filter(|session| session.id == id);
    let session = session.ok_or_else(super::session::session_over)?;
    Ok(session)
}
