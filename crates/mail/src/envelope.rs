//! A message as it goes over the wire: text and HTML, from whom, to whom, when.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message as Mime, MultiPart, SinglePart};
use lettre::{Address, message::header::ContentType};
use policy::model::Language;
use services::mail::Message;

/// A field of the head with a fixed value.
macro_rules! field {
    ($(#[$doc:meta])* $name:ident, $field:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        struct $name(&'static str);

        impl Header for $name {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($field)
            }

            fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Err("it is written, never read".into())
            }

            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), self.0.to_owned())
            }
        }
    };
}

field!(
    /// No person wrote it at this moment: automatic replies are not sent to it (RFC 3834).
    AutoSubmitted,
    "Auto-Submitted"
);
field!(
    /// The languages of the text (RFC 3282).
    ContentLanguage,
    "Content-Language"
);

/// Who messages are from.
pub(crate) struct Sender {
    pub(crate) from: Mailbox,
    pub(crate) reply_to: Option<Mailbox>,
}

/// A message ready for the wire, with the address that it goes to; `None` where the address is
/// none that mail can be sent to. Nothing that a policy or a person says becomes a field of the
/// head: addresses are parsed, and the subject is encoded.
pub(crate) fn sealed(sender: &Sender, message: &Message) -> Option<(Address, Vec<u8>)> {
    let to: Address = message.to.disclose().trim().parse().ok()?;
    let id: String = message
        .id
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let languages = match message.language {
        Some(Language::En) => "en",
        Some(Language::Fr) => "fr",
        None => "en, fr",
    };
    let mut head = Mime::builder()
        .from(sender.from.clone())
        .to(Mailbox::new(None, to.clone()))
        .subject(message.words.subject.clone())
        .date(date(message.at)?)
        .message_id(Some(format!("<{id}@{}>", sender.from.email.domain())))
        .header(AutoSubmitted("auto-generated"))
        .header(ContentLanguage(languages));
    if let Some(reply_to) = &sender.reply_to {
        head = head.reply_to(reply_to.clone());
    }
    let text = SinglePart::builder()
        .header(ContentType::TEXT_PLAIN)
        .body(message.words.text.clone());
    let html = SinglePart::builder()
        .header(ContentType::TEXT_HTML)
        .body(message.words.html.clone());
    let parts = MultiPart::alternative()
        .boundary(format!("part-{id}"))
        .singlepart(text)
        .singlepart(html);
    let mime = head.multipart(parts).ok()?;
    Some((to, mime.formatted()))
}

/// A moment as the system's type has it, to the second.
fn date(at: Timestamp) -> Option<SystemTime> {
    let seconds = u64::try_from(at.as_second()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}
