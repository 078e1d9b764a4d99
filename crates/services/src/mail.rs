//! Mail, as far as use cases know it: a message to one person, and somebody who hands it to a mail
//! server.

use domain::{Fault, Personal};
use jiff::Timestamp;
use policy::model::Language;

/// A message to one person.
pub struct Message {
    /// The address that it goes to.
    pub to: Personal<String>,
    /// Its identifier: the same however often it is tried, so that whoever gets it twice can tell.
    pub id: [u8; 16],
    /// When it is sent, by the installation's clock.
    pub at: Timestamp,
    /// The language that it is in; none: in both.
    pub language: Option<Language>,
    /// What it says.
    pub words: Words,
}

/// What a message says: nothing in it is about one person more than its occasion needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Words {
    /// Its subject, one line.
    pub subject: String,
    /// The text, for those who read plain text.
    pub text: String,
    /// The same as HTML: headings, paragraphs, lists and links, nothing that is fetched.
    pub html: String,
}

/// Hands messages to a mail server.
pub trait Mailer: Send + Sync {
    /// Hands one over; once this returns, the server has taken it.
    ///
    /// # Errors
    /// Why it was not taken.
    fn send(&self, message: &Message) -> Result<(), NotSent>;
}

/// Why a message was not taken. The words of a mail server are not kept: they name addresses.
#[derive(Debug)]
pub enum NotSent {
    /// The server cannot be reached, or takes nothing from this installation: whatever the message.
    Down(Fault),
    /// It was refused for now, with this status (RFC 5321, 4.2: 4yz).
    Later(u16),
    /// It was refused for good, with this status (5yz).
    Never(u16),
    /// The address is none that mail can be sent to.
    NoAddress,
    /// The connection broke after the message was handed over: the server may have taken it.
    Unknown,
}
