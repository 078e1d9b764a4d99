//! Every phrase of the pages, typed, so that neither language can lack one.
//!
//! The phrases of a language stand in one file. Titles and explanations of the policy are not
//! here: they come with it.

mod en;
mod fr;

use policy::model::{Basis, Language};

/// A phrase with a place for one word or number in it.
type With = fn(&str) -> String;
/// A phrase with places for two.
type WithTwo = fn(&str, &str) -> String;

/// The phrases of one language.
pub(crate) struct Phrases {
    pub(crate) shell: Shell,
    pub(crate) reading: Reading,
    pub(crate) home: Home,
    pub(crate) people: People,
    pub(crate) person: Person,
    pub(crate) beside: Beside,
    pub(crate) calendar: Calendar,
    pub(crate) journal: Journal,
    pub(crate) error: Error,
    pub(crate) notice: Notice,
    pub(crate) documents: Documents,
    /// Each act of the journal, by its name.
    acts: &'static [(&'static str, &'static str)],
    basis: [&'static str; 7],
}

impl Phrases {
    /// The phrases of a language.
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::En => &en::PHRASES,
            Language::Fr => &fr::PHRASES,
        }
    }

    /// An act of the journal in words.
    pub(crate) fn act(&self, name: &'static str) -> &'static str {
        let said = self.acts.iter().find(|(act, _)| *act == name);
        said.map_or(name, |(_, words)| words)
    }

    /// A legal basis in the words of GDPR 6(1).
    pub(crate) fn basis(&self, basis: Basis) -> &'static str {
        self.basis[match basis {
            Basis::Consent => 0,
            Basis::Contract(Some(_)) => 1,
            Basis::Contract(None) => 2,
            Basis::LegalObligation => 3,
            Basis::VitalInterests => 4,
            Basis::PublicTask => 5,
            Basis::LegitimateInterests => 6,
        }]
    }
}

/// What stands around the pages of the demo.
pub(crate) struct Shell {
    pub(crate) skip: &'static str,
    pub(crate) pages: &'static str,
    pub(crate) language: &'static str,
    pub(crate) home: &'static str,
    pub(crate) people: &'static str,
    pub(crate) calendar: &'static str,
    pub(crate) journal: &'static str,
    pub(crate) notice: &'static str,
    pub(crate) rehearsal: &'static str,
    pub(crate) it_is: &'static str,
    pub(crate) move_time: &'static str,
    pub(crate) policy_version: &'static str,
    pub(crate) reads_are_recorded: &'static str,
}

/// Reading as somebody for something.
pub(crate) struct Reading {
    pub(crate) read_as: &'static str,
    pub(crate) nobody: &'static str,
    pub(crate) show: &'static str,
    pub(crate) choose: &'static str,
}

/// The first page of the demo.
pub(crate) struct Home {
    pub(crate) title: &'static str,
    pub(crate) lead: With,
    pub(crate) people: &'static str,
    pub(crate) records: &'static str,
    pub(crate) entries: &'static str,
    pub(crate) next: &'static str,
    pub(crate) time: &'static str,
    pub(crate) time_words: &'static str,
    pub(crate) forward: &'static str,
    pub(crate) to_date: &'static str,
    pub(crate) go: &'static str,
    pub(crate) moved: WithTwo,
    pub(crate) nothing_went: &'static str,
    pub(crate) went: &'static str,
    pub(crate) category: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) deleted: &'static str,
    pub(crate) anonymised: &'static str,
    pub(crate) by_kind: &'static str,
    pub(crate) by_category: &'static str,
    pub(crate) look: &'static str,
    pub(crate) steps: [(&'static str, &'static str); 5],
    pub(crate) ways: [(&'static str, &'static str, &'static str); 4],
    pub(crate) rule: &'static str,
    pub(crate) not_moved: &'static str,
    pub(crate) suggestions: &'static str,
}

/// The list of people.
pub(crate) struct People {
    pub(crate) title: &'static str,
    pub(crate) lead: With,
    pub(crate) find: &'static str,
    pub(crate) field: &'static str,
    pub(crate) value: &'static str,
    pub(crate) search: &'static str,
    pub(crate) exact: &'static str,
    pub(crate) not_found: With,
    pub(crate) list: &'static str,
    pub(crate) caption: WithTwo,
    pub(crate) caption_nobody: &'static str,
    pub(crate) person: &'static str,
    pub(crate) kinds: &'static str,
    pub(crate) records: &'static str,
    pub(crate) next_to_go: &'static str,
    pub(crate) waits: &'static str,
    pub(crate) pages: &'static str,
    pub(crate) first_page: &'static str,
    pub(crate) next_page: &'static str,
    pub(crate) no_field: &'static str,
    pub(crate) no_value: &'static str,
}

/// One person.
pub(crate) struct Person {
    pub(crate) title: With,
    pub(crate) back: &'static str,
    pub(crate) professional: &'static str,
    pub(crate) private: &'static str,
    pub(crate) role_since: WithTwo,
    pub(crate) role_until: WithTwo,
    pub(crate) beside: &'static str,
    pub(crate) open: &'static str,
    pub(crate) open_as: WithTwo,
    pub(crate) open_nobody: &'static str,
    pub(crate) name_withheld: &'static str,
    pub(crate) purpose: &'static str,
    pub(crate) basis: &'static str,
    pub(crate) origin: &'static str,
    pub(crate) collected: &'static str,
    pub(crate) brought_by: &'static str,
    pub(crate) readable: &'static str,
    pub(crate) goes: &'static str,
    pub(crate) closed: &'static str,
    pub(crate) closed_caption: &'static str,
    pub(crate) category: &'static str,
    pub(crate) why: &'static str,
    pub(crate) facts: &'static str,
    pub(crate) no_facts: &'static str,
    pub(crate) of_organisation: &'static str,
    pub(crate) matter: &'static str,
    pub(crate) consents: &'static str,
    pub(crate) no_consents: &'static str,
    pub(crate) accepted: &'static str,
    pub(crate) accepted_version: With,
    pub(crate) asked_for: With,
    pub(crate) withdrawn: &'static str,
    pub(crate) lapses: &'static str,
    pub(crate) limits: &'static str,
    pub(crate) lifted: &'static str,
    pub(crate) holds: &'static str,
    pub(crate) hold_for: With,
    pub(crate) review: &'static str,
    pub(crate) trace: &'static str,
    pub(crate) trace_caption: &'static str,
    pub(crate) when: &'static str,
    pub(crate) who: &'static str,
    pub(crate) act: &'static str,
    pub(crate) categories: &'static str,
    pub(crate) entry: &'static str,
    pub(crate) through: With,
    pub(crate) after: With,
    pub(crate) waits_fact: With,
    pub(crate) waits_end: With,
    pub(crate) held_until: With,
    pub(crate) held: &'static str,
    pub(crate) objection_canvassing: &'static str,
    pub(crate) objection_to: With,
    pub(crate) restriction_of: With,
    pub(crate) scope_everything: &'static str,
    pub(crate) scope_matter: With,
    pub(crate) yes: &'static str,
    pub(crate) no: &'static str,
}

/// Two readings side by side.
pub(crate) struct Beside {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) back: &'static str,
    pub(crate) one: &'static str,
    pub(crate) other: &'static str,
    pub(crate) nobody: &'static str,
    pub(crate) compare: &'static str,
    pub(crate) caption: &'static str,
    pub(crate) field: &'static str,
    pub(crate) withheld: &'static str,
    pub(crate) collected: &'static str,
}

/// The retention calendar.
pub(crate) struct Calendar {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) scale: &'static str,
    pub(crate) by_month: &'static str,
    pub(crate) by_year: &'static str,
    pub(crate) due: With,
    pub(crate) plot: &'static str,
    pub(crate) plot_words: &'static str,
    pub(crate) below: &'static str,
    pub(crate) others: &'static str,
    pub(crate) figures: &'static str,
    pub(crate) caption: &'static str,
    pub(crate) column: &'static str,
    pub(crate) total: &'static str,
    pub(crate) waiting: &'static str,
    pub(crate) waiting_words: &'static str,
    pub(crate) category: &'static str,
    pub(crate) records: &'static str,
}

/// The journal.
pub(crate) struct Journal {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) state: &'static str,
    pub(crate) entries_words: &'static str,
    pub(crate) verify_words: &'static str,
    pub(crate) verify: &'static str,
    pub(crate) holds: With,
    pub(crate) broken: &'static str,
    pub(crate) outside: &'static str,
    pub(crate) outside_words: &'static str,
    pub(crate) root: &'static str,
    pub(crate) key: &'static str,
    pub(crate) checkpoint: &'static str,
    pub(crate) entries: &'static str,
    pub(crate) caption: &'static str,
    pub(crate) number: &'static str,
    pub(crate) when: &'static str,
    pub(crate) act: &'static str,
    pub(crate) who: &'static str,
    pub(crate) about: &'static str,
    pub(crate) pruned: &'static str,
    pub(crate) no_checkpoint: &'static str,
    pub(crate) more: With,
}

/// What went wrong.
pub(crate) struct Error {
    pub(crate) rule: &'static str,
    pub(crate) back: &'static str,
    pub(crate) kinds: [(&'static str, &'static str); 6],
}

/// The public notice.
pub(crate) struct Notice {
    pub(crate) title: &'static str,
    pub(crate) generated: &'static str,
    pub(crate) version: &'static str,
    pub(crate) published_on: &'static str,
    pub(crate) superseded: &'static str,
    pub(crate) to_current: &'static str,
    pub(crate) contents: &'static str,
    pub(crate) colon: &'static str,

    pub(crate) in_short: &'static str,
    pub(crate) short_who: &'static str,
    pub(crate) short_kinds: &'static str,
    pub(crate) more_people: &'static str,
    pub(crate) short_why: &'static str,
    pub(crate) short_purposes: fn(usize, usize) -> String,
    pub(crate) more_purposes: &'static str,
    pub(crate) short_no_special: &'static str,
    pub(crate) short_how_long: &'static str,
    pub(crate) short_terms: WithTwo,
    pub(crate) short_one_term: With,
    pub(crate) short_at_once: &'static str,
    pub(crate) more_retention: &'static str,
    pub(crate) short_readers: &'static str,
    pub(crate) short_recipients: fn(usize, usize) -> String,
    pub(crate) more_recipients: &'static str,
    pub(crate) short_rights: &'static str,
    pub(crate) short_you_may: &'static str,
    pub(crate) more_rights: &'static str,
    pub(crate) short_canvassing: &'static str,
    pub(crate) short_contact: &'static str,
    pub(crate) short_complain: &'static str,

    pub(crate) controller: &'static str,
    pub(crate) controller_lead: &'static str,
    pub(crate) officer: &'static str,
    pub(crate) officer_lead: &'static str,
    pub(crate) documents: &'static str,
    pub(crate) documents_lead: &'static str,

    pub(crate) people: &'static str,
    pub(crate) people_lead: &'static str,

    pub(crate) data: &'static str,
    pub(crate) data_lead: &'static str,
    pub(crate) technical: &'static str,
    pub(crate) special: &'static str,
    pub(crate) only_during: &'static str,
    pub(crate) optional: &'static str,
    pub(crate) forms: &'static str,
    pub(crate) form_for: With,
    pub(crate) compulsory: With,
    pub(crate) up_to_you: With,
    pub(crate) origins: &'static str,
    pub(crate) from_you: &'static str,
    pub(crate) from_others: &'static str,
    pub(crate) needs_approval: &'static str,

    pub(crate) purposes: &'static str,
    pub(crate) purposes_lead: &'static str,
    pub(crate) canvassing: &'static str,
    pub(crate) basis: &'static str,
    pub(crate) uses: &'static str,
    pub(crate) all_but: &'static str,
    pub(crate) readers: &'static str,
    pub(crate) no_reader: &'static str,
    pub(crate) terms: &'static str,
    pub(crate) arises_with: &'static str,
    pub(crate) duty: &'static str,
    pub(crate) evidence: &'static str,
    pub(crate) consent_lasts: With,
    pub(crate) private: &'static str,
    pub(crate) professional: &'static str,
    pub(crate) by_channel: With,
    pub(crate) since: With,
    pub(crate) until: With,

    pub(crate) recipients: &'static str,
    pub(crate) recipients_lead: &'static str,
    pub(crate) internal: &'static str,
    pub(crate) external: &'static str,
    pub(crate) authorities: &'static str,
    pub(crate) processors_title: &'static str,
    pub(crate) processors_lead: &'static str,
    pub(crate) transfers: &'static str,
    pub(crate) no_transfers: &'static str,
    pub(crate) some_transfers: &'static str,
    pub(crate) transfer_to: With,

    pub(crate) retention: &'static str,
    pub(crate) retention_lead: &'static str,
    pub(crate) term_from: WithTwo,
    pub(crate) term_from_latest: WithTwo,
    pub(crate) term_at_once: With,
    pub(crate) term_at_once_latest: With,
    pub(crate) anchor_collection: &'static str,
    pub(crate) anchor_end: With,
    pub(crate) waits_during: &'static str,
    pub(crate) at_least: &'static str,
    pub(crate) at_most: &'static str,
    pub(crate) anonymised_means: fn(u32) -> String,
    pub(crate) then_delete: &'static str,
    pub(crate) then_anonymise: With,
    pub(crate) source_law: &'static str,
    pub(crate) source_contract: &'static str,
    pub(crate) source_need: &'static str,
    pub(crate) covers_kinds: &'static str,
    pub(crate) exceptions: &'static str,
    pub(crate) exception_hold: &'static str,
    pub(crate) exception_duty: &'static str,
    pub(crate) exception_objection: &'static str,
    pub(crate) exception_calendar: &'static str,
    pub(crate) exception_change: &'static str,

    pub(crate) rights: &'static str,
    pub(crate) rights_lead: &'static str,
    pub(crate) write_to: &'static str,
    pub(crate) or_post_to: &'static str,
    pub(crate) document_always: &'static str,
    pub(crate) document_on_doubt: &'static str,
    pub(crate) document_never: &'static str,
    pub(crate) limit_restriction: &'static str,
    pub(crate) limit_portability: &'static str,
    pub(crate) answered_within: With,
    pub(crate) withdrawal: &'static str,
    pub(crate) withdrawal_words: &'static str,
    pub(crate) complaint: &'static str,
    pub(crate) complaint_words: &'static str,
    pub(crate) compensation: &'static str,
    pub(crate) compensation_words: &'static str,
    pub(crate) compensation_all_the_same: &'static str,

    pub(crate) decisions: &'static str,
    pub(crate) decisions_words: &'static str,
    pub(crate) security: &'static str,

    pub(crate) versions: &'static str,
    pub(crate) versions_lead: &'static str,
    pub(crate) this_version: &'static str,
    pub(crate) what_changed: &'static str,
    pub(crate) first_version: &'static str,
    pub(crate) digest: &'static str,
    pub(crate) other_versions: &'static str,
}

/// The documents that stand apart.
pub(crate) struct Documents {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) apart: &'static str,
    pub(crate) all: &'static str,
    pub(crate) stay: &'static str,
    pub(crate) superseded: &'static str,
    pub(crate) to_latest: &'static str,
    pub(crate) accept_again: &'static str,
    pub(crate) versions: &'static str,
    pub(crate) digest: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_words_for_the_same_acts() {
        let names = |language| Phrases::of(language).acts.iter().map(|(name, _)| *name);
        assert!(names(Language::En).eq(names(Language::Fr)));
        assert_eq!(Phrases::of(Language::Fr).act("swept"), "Purge à terme");
    }
}
