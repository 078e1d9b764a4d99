//! Who may be chosen to read, and what for.

use domain::decide::Request;
use domain::{Fault, FaultKind};
use policy::model::{CategoryId, CategorySet, PurposeId, RecipientId};

use super::Fill;
use crate::pages::reading::{Choice, Chosen, Offer, Reading};

/// A recipient and a purpose.
pub(crate) type Reader = (RecipientId, PurposeId);

impl Fill<'_> {
    /// The reader that an address names, `recipient.purpose`.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when the policy has no such recipient or purpose.
    pub(crate) fn reader(self, named: Option<&str>) -> Result<Option<Reader>, Fault> {
        let Some(named) = named.filter(|named| !named.is_empty()) else {
            return Ok(None);
        };
        let policy = self.policy();
        let found = named.split_once('.').and_then(|(recipient, purpose)| {
            let recipient = (0u8..)
                .zip(&policy.recipients)
                .find(|(_, it)| it.name == recipient)?;
            let purpose = (0u8..)
                .zip(&policy.purposes)
                .find(|(_, it)| it.name == purpose)?;
            Some((RecipientId(recipient.0), PurposeId(purpose.0)))
        });
        found.map(Some).ok_or_else(|| {
            Fault::new(
                FaultKind::Invalid,
                "the policy has no such recipient, or no such purpose",
            )
            .remedy("choose a reader from the list")
        })
    }

    /// The choice as a page shows it.
    pub(crate) fn reading(self, chosen: Option<Reader>) -> Reading {
        let policy = self.policy();
        let offers = (0u8..).map(RecipientId).zip(&policy.recipients);
        Reading {
            chosen: chosen.map(|reader| Chosen {
                value: self.named(reader),
                recipient: self.say(&policy.recipient(reader.0).title),
                purpose: self.say(&policy.purpose(reader.1).title),
            }),
            offers: offers
                .map(|(id, recipient)| Offer {
                    recipient: self.say(&recipient.title),
                    purposes: recipient
                        .reads
                        .iter()
                        .map(|(purpose, _)| Choice {
                            value: self.named((id, *purpose)),
                            title: self.say(&policy.purpose(*purpose).title),
                        })
                        .collect(),
                })
                .collect(),
        }
    }

    fn named(self, (recipient, purpose): Reader) -> String {
        let policy = self.policy();
        format!(
            "{}.{}",
            policy.recipient(recipient).name,
            policy.purpose(purpose).name
        )
    }

    /// A reader of another recipient than this one: of its neighbours in the policy, the one that
    /// reads the most categories for one purpose.
    pub(crate) fn other_reader(self, than: Option<Reader>) -> Option<Reader> {
        let recipients = (0u8..).map(RecipientId).zip(&self.policy().recipients);
        let readers = recipients
            .filter(|(id, _)| than.is_none_or(|(recipient, _)| recipient != *id))
            .flat_map(|(id, recipient)| {
                let reads = recipient.reads.iter();
                reads.map(move |(purpose, uses)| ((id, *purpose), uses.len()))
            });
        // Of equals the first, so that the page is the same each time.
        let most = readers.reduce(|most, next| if next.1 > most.1 { next } else { most });
        most.map(|(reader, _)| reader)
    }

    /// The request of a reader for everything.
    pub(crate) fn request(self, (recipient, purpose): Reader) -> Request {
        Request {
            recipient,
            purpose,
            channel: None,
            categories: self.all_categories(),
        }
    }

    /// Every category of the policy.
    pub(crate) fn all_categories(self) -> CategorySet {
        let categories = (0..self.policy().categories.len()).filter_map(|at| u8::try_from(at).ok());
        categories.map(CategoryId).collect()
    }
}
