//! The section `[announcements]`: how people are told of what changes and of what is held.

use super::Sort;
use super::category::field_of;
use super::reader::Reader;
use crate::model::{Announcements, Duration, PurposeId, RecipientId};

/// The keys that the section cannot do without, each with an example.
const KEYS: [(&str, &str); 3] = [
    ("purpose", "purpose = \"notices\""),
    ("recipient", "recipient = \"data-protection-officer\""),
    ("email", "email = \"contact-details.email\""),
];
/// For how long the notice says that it changed, where the policy does not say.
const SHOWN: Duration = Duration { months: 3, days: 0 };

/// The section; none if it is left out, or if something in it cannot be read.
pub(super) fn announcements(root: &Reader<'_>) -> Option<Announcements> {
    let reader = root.table("announcements")?;
    for (key, example) in KEYS {
        if !reader.has(key) {
            reader.missing(key, example);
        }
    }
    let purpose = reader.reference("purpose", Sort::Purpose).map(PurposeId);
    let recipient = reader
        .reference("recipient", Sort::Recipient)
        .map(RecipientId);
    let email = field_of(&reader, "email");
    let named = reader.has("language");
    let language = field_of(&reader, "language");
    let shown = reader.duration("shown");
    reader.finish();
    (!named || language.is_some()).then_some(())?;
    Some(Announcements {
        purpose: purpose?,
        recipient: recipient?,
        email: email?,
        language,
        shown: shown.unwrap_or(SHOWN),
    })
}
