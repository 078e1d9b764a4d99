//! What differs in the documents that stand apart: whom one is for, and a new version of one.

use super::mapping::before;
use super::{Change, How, Part};
use crate::model::{Audience, Edition, Language, Policy};
use crate::words::quoted;

/// Documents that are for others than before.
pub(super) fn changes(old: &Policy, new: &Policy) -> Vec<Change> {
    let moved = new.documents.iter().filter(|document| {
        before(&old.documents, *document).is_some_and(|was| was.audience != document.audience)
    });
    moved
        .map(|document| {
            Change::new(Part::Document, &document.name, How::Changed, |language| {
                let title = quoted(document.title.get(language), language);
                match (language, document.audience) {
                    (Language::En, Audience::People) => {
                        format!("Document {title}: it is now published to everyone.")
                    }
                    (Language::En, Audience::Staff) => {
                        format!("Document {title}: it is now for those who work for us.")
                    }
                    (Language::Fr, Audience::People) => {
                        format!("Document {title} : il est désormais publié pour tous.")
                    }
                    (Language::Fr, Audience::Staff) => {
                        format!("Document {title} : il s’adresse désormais à notre personnel.")
                    }
                }
            })
        })
        .collect()
}

/// What a new version of a document changes, in a sentence: nothing but that document (3b).
#[must_use]
pub fn compare_editions(old: Option<&Edition>, new: &Edition) -> Change {
    let how = match old {
        None => How::Added,
        Some(_) => How::Changed,
    };
    Change::new(Part::Document, &new.name, how, |language| {
        let title = quoted(new.title.get(language), language);
        let (version, day) = (new.version, new.published);
        let mut words = match (language, old) {
            (Language::En, None) => {
                format!("Document {title}: version {version}, published on {day}.")
            }
            (Language::En, Some(old)) => format!(
                "Document {title}: version {version}, published on {day}, takes the place of \
                 version {}.",
                old.version
            ),
            (Language::Fr, None) => {
                format!("Document {title} : version {version}, publiée le {day}.")
            }
            (Language::Fr, Some(old)) => format!(
                "Document {title} : la version {version}, publiée le {day}, remplace la version {}.",
                old.version
            ),
        };
        if let Some(reason) = &new.reason {
            words.push(' ');
            words.push_str(reason.get(language));
        }
        if new.accept_again {
            words.push_str(match language {
                Language::En => " Those who accepted an earlier version are asked to accept it.",
                Language::Fr => {
                    " Celles et ceux qui ont accepté une version antérieure sont invités à \
                     accepter celle-ci."
                }
            });
        }
        words
    })
}
