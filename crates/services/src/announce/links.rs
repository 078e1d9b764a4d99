//! Sign-in links by mail: to the address on file, which is opened as for every other message that a
//! person is owed.

use std::sync::Arc;

use domain::{Account, Actor, ActorKind, Fault, FaultKind};
use journal::Destination;

use super::address::addressee;
use super::audience::{announcements, request};
use super::words::link;
use crate::access::link::{Delivery, Letter, LinkFor};
use crate::kept::Kept;
use crate::mail::{Mailer, Message, NotSent};

/// Takes links to people by mail.
pub struct LinksByMail {
    /// The installation.
    pub kept: Arc<Kept>,
    /// Hands them to the mail server.
    pub mailer: Arc<dyn Mailer>,
    /// The origin of the site: `https://people.example`.
    pub site: String,
}

impl Delivery for LinksByMail {
    fn deliver(&self, letter: &Letter<'_>) -> Result<(), Fault> {
        // What an account is set up with is handed over by whoever made the account.
        if letter.link.link_for != LinkFor::OwnData {
            return Err(not_sent());
        }
        let (law, moment) = (self.kept.law(), self.kept.moment()?);
        let how = announcements(&law)?;
        let actor = Actor::new(ActorKind::Job, Account::parse("sign-in")?);
        let asked = request(&how);
        let reading = self
            .kept
            .read(letter.subject, asked, &actor, Destination::Mail)?;
        let addressee = addressee(&how, &reading).ok_or_else(not_sent)?;
        let address = format!("{}{}", self.site, letter.link.path());
        let minutes = letter.link.ends.duration_since(moment.now).as_mins();
        let mut id = [0; 16];
        self.kept.vault().entropy().fill(&mut id);
        let message = Message {
            to: addressee.to,
            id,
            at: moment.now,
            language: addressee.language,
            words: link(law.policy(), &address, minutes, addressee.language),
        };
        self.mailer
            .send(&message)
            .map_err(|not_taken| match not_taken {
                NotSent::Down(fault) => fault,
                _ => not_sent(),
            })
    }
}

fn not_sent() -> Fault {
    Fault::new(FaultKind::Unavailable, "a link could not be sent by mail")
        .remedy("issue it with `kept link issue`, and hand it over")
}
