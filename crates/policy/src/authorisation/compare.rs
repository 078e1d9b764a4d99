//! The difference between two authorisations in plain words: who gains and who loses what.

use super::action::{Action, AdministrationSet};
use super::model::{Authorisation, Condition, Role};
use super::reach::Reach;
use super::words::{kinds_of, titles_of};
use crate::compare::mapping::{Mapping, before};
use crate::model::{CategoryId, FieldId, KindId, Language, Policy, PurposeId, RoleId, Wording};
use crate::tables::{categories, kinds, purposes};
use crate::words::{in_both, listed, quoted};

/// An authorisation together with the policy that it was compiled with.
#[derive(Clone, Copy, Debug)]
pub struct Under<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// The authorisation; none, where nobody may do anything yet.
    pub authorisation: Option<&'a Authorisation>,
}

/// One thing that differs for one role.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The role's name, the new one if it has another now; none for what concerns all of them.
    pub role: Option<String>,
    /// Whether somebody may do more than before.
    pub gains: bool,
    /// Whether somebody may do less than before.
    pub loses: bool,
    /// The difference in a sentence.
    pub words: Wording,
}

/// What differs between two authorisations, each under its policy: role by role, what is gained
/// before what is lost.
#[must_use]
pub fn compare(old: Under<'_>, new: Under<'_>) -> Vec<Change> {
    let mut changes = terms(old.authorisation, new.authorisation);
    let back = Back::between(old.policy, new.policy);
    let then = old.authorisation.map_or(&[][..], |it| &it.roles);
    let now = new.authorisation.map_or(&[][..], |it| &it.roles);
    for (place, role) in now.iter().enumerate() {
        let former = before(then, role);
        changes.extend(of_role(former, role));
        let former = former.and_then(|former| place_of(then, &former.name));
        let pair = Pair {
            old,
            new,
            back: &back,
            former,
            role: id(place),
        };
        changes.extend(pair.changes(role));
    }
    for gone in then {
        let stays = |it: &Role| before(then, it).is_some_and(|b| b.name == gone.name);
        if !now.iter().any(stays) {
            changes.push(Change {
                role: Some(gone.name.clone()),
                gains: false,
                loses: true,
                words: in_both(|language| {
                    let title = quoted(gone.title.get(language), language);
                    match language {
                        Language::En => format!("The role {title} is gone, with all it could do."),
                        Language::Fr => {
                            format!("Le rôle {title} est supprimé, avec tout ce qu’il permettait.")
                        }
                    }
                }),
            });
        }
    }
    changes
}

fn id(place: usize) -> RoleId {
    RoleId(u8::try_from(place).unwrap_or(u8::MAX))
}

fn place_of(roles: &[Role], name: &str) -> Option<RoleId> {
    roles.iter().position(|role| role.name == name).map(id)
}

/// How often is reviewed and renewed.
fn terms(old: Option<&Authorisation>, new: Option<&Authorisation>) -> Vec<Change> {
    let (Some(old), Some(new)) = (old, new) else {
        return Vec::new();
    };
    let change = |words| Change {
        role: None,
        gains: false,
        loses: false,
        words,
    };
    let mut changes = Vec::new();
    if old.reviewed_every != new.reviewed_every {
        let every = |language| new.reviewed_every.words(language);
        changes.push(change(in_both(|language| match language {
            Language::En => format!("Roles are reviewed every {}.", every(language)),
            Language::Fr => format!(
                "L’attribution des rôles est revue à cet intervalle : {}.",
                every(language)
            ),
        })));
    }
    let renewed = |it: &Authorisation| it.undertaking.map(|it| it.renewed_every);
    if renewed(old) != renewed(new) {
        changes.push(change(in_both(|language| match (renewed(new), language) {
            (Some(every), Language::En) => format!(
                "The undertaking of confidentiality is accepted anew every {}.",
                every.words(language)
            ),
            (Some(every), Language::Fr) => format!(
                "L’engagement de confidentialité est renouvelé à cet intervalle : {}.",
                every.words(language)
            ),
            (None, Language::En) => "No undertaking of confidentiality is asked for.".to_owned(),
            (None, Language::Fr) => "Aucun engagement de confidentialité n’est demandé.".to_owned(),
        })));
    }
    changes
}

/// A role that came or has another name, and what it administers.
fn of_role(old: Option<&Role>, new: &Role) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut add = |gains, loses, say: &dyn Fn(&str, Language) -> String| {
        changes.push(Change {
            role: Some(new.name.clone()),
            gains,
            loses,
            words: in_both(|language| say(&quoted(new.title.get(language), language), language)),
        });
    };
    match old {
        None => add(false, false, &|title, language| match language {
            Language::En => format!("The role {title} is new."),
            Language::Fr => format!("Le rôle {title} est nouveau."),
        }),
        Some(old) if old.name != new.name || old.title != new.title => {
            add(false, false, &|title, language| {
                let was = quoted(old.title.get(language), language);
                match language {
                    _ if was == title => match language {
                        Language::En => format!("The role {title} was renamed."),
                        Language::Fr => format!("Le rôle {title} a été renommé."),
                    },
                    Language::En => format!("The role {was} is now called {title}."),
                    Language::Fr => format!("Le rôle {was} s’appelle désormais {title}."),
                }
            });
        }
        Some(_) => {}
    }
    let before = old.map_or(AdministrationSet::EMPTY, |old| old.administers);
    let more: AdministrationSet = without(new.administers, before);
    let less: AdministrationSet = without(before, new.administers);
    if !more.is_empty() {
        add(true, false, &|title, language| {
            let what = administered(more, language);
            match language {
                Language::En => format!("{title} gains: administers {what}."),
                Language::Fr => format!("{title} gagne : administre {what}."),
            }
        });
    }
    if !less.is_empty() {
        add(false, true, &|title, language| {
            let what = administered(less, language);
            match language {
                Language::En => format!("{title} loses: no longer administers {what}."),
                Language::Fr => format!("{title} perd : n’administre plus {what}."),
            }
        });
    }
    changes
}

fn without(all: AdministrationSet, those: AdministrationSet) -> AdministrationSet {
    all.iter().filter(|one| !those.contains(*one)).collect()
}

/// What is administered, by its titles.
#[must_use]
pub fn administered(set: AdministrationSet, language: Language) -> String {
    let titles: Vec<String> = set
        .iter()
        .map(|one| one.title().get(language).to_owned())
        .collect();
    listed(&titles, language)
}

/// For each id of the new policy, that of the old one.
struct Back {
    mapping: Mapping,
    purposes: Vec<Option<PurposeId>>,
    kinds: Vec<Option<KindId>>,
    categories: Vec<Option<CategoryId>>,
}

impl Back {
    fn between(old: &Policy, new: &Policy) -> Self {
        let mapping = Mapping::between(old, new);
        let purposes = purposes(new)
            .map(|id| purposes(old).find(|it| mapping.purpose(*it) == Some(id)))
            .collect();
        let kinds = kinds(new)
            .map(|id| kinds(old).find(|it| mapping.kind(*it) == Some(id)))
            .collect();
        let categories = categories(new)
            .map(|id| categories(old).find(|it| mapping.category(*it) == Some(id)))
            .collect();
        Self {
            mapping,
            purposes,
            kinds,
            categories,
        }
    }

    /// Fields of an old category as bits of the new one; those that are gone are left out.
    fn translated(&self, category: CategoryId, fields: u64) -> u64 {
        if fields == 0 {
            return 0;
        }
        (0..64u8)
            .filter(|place| fields & 1 << place != 0)
            .filter_map(|field| self.mapping.field(FieldId { category, field }))
            .fold(0, |all, field| all | 1 << field.field)
    }
}

/// One role in both authorisations.
struct Pair<'a> {
    old: Under<'a>,
    new: Under<'a>,
    back: &'a Back,
    former: Option<RoleId>,
    role: RoleId,
}

/// What differs for a role.
#[derive(Default)]
struct Found {
    gained: Vec<Reach>,
    /// Open as before, on a condition now.
    narrowed: Vec<Reach>,
    lost: Vec<Reach>,
}

/// Which way something turned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Gains,
    Narrowed,
    Loses,
}

/// What is open of a category about a kind of person, in the fields of the new policy.
type Open = [u64; 3];

const CONDITIONS: [Option<Condition>; 3] =
    [None, Some(Condition::OwnClients), Some(Condition::Matter)];

impl Pair<'_> {
    fn changes(&self, role: &Role) -> Vec<Change> {
        let mut found = Found::default();
        for purpose in purposes(self.new.policy) {
            for action in Action::ALL.iter().filter(|action| self.grants(**action)) {
                for category in categories(self.new.policy) {
                    self.compare((*action, purpose, category), &mut found);
                }
            }
        }
        let mut changes = self.say(role, &found.gained, Turn::Gains);
        changes.extend(self.say(role, &found.narrowed, Turn::Narrowed));
        changes.extend(self.say(role, &found.lost, Turn::Loses));
        changes.extend(self.purposes_gone(role));
        changes
    }

    /// Whether the role has, or had, a grant of an act at all.
    fn grants(&self, action: Action) -> bool {
        let of = |under: Under<'_>, role: Option<RoleId>| {
            let grants = under
                .authorisation
                .zip(role)
                .map(|(it, id)| &it.role(id).grants);
            grants.is_some_and(|grants| grants.iter().any(|it| it.actions.contains(&action)))
        };
        of(self.new, Some(self.role)) || of(self.old, self.former)
    }

    /// What is open now and was not on as wide a condition, and the other way round.
    fn compare(
        &self,
        (action, purpose, category): (Action, PurposeId, CategoryId),
        found: &mut Found,
    ) {
        for kind in kinds(self.new.policy) {
            let now = self.open_now(action, purpose, kind, category);
            let then = self.open_then(action, purpose, kind, category);
            let put = |list: &mut Vec<Reach>, fields, only| {
                let reach = Reach {
                    role: self.role,
                    action,
                    purpose,
                    category,
                    fields,
                    kinds: [kind].into_iter().collect(),
                    only,
                };
                add(list, reach);
            };
            for (at, only) in CONDITIONS.into_iter().enumerate() {
                put(&mut found.gained, now[at] & !then[0] & !then[at], only);
                let lost = then[at] & !now[0] & !now[at];
                let narrowed = if at == 0 { now[1] | now[2] } else { 0 };
                put(&mut found.lost, lost & !narrowed, only);
                if at != 0 {
                    put(&mut found.narrowed, then[0] & now[at], only);
                }
            }
        }
    }

    fn open_now(
        &self,
        action: Action,
        purpose: PurposeId,
        kind: KindId,
        category: CategoryId,
    ) -> Open {
        let Some(authorisation) = self.new.authorisation else {
            return Open::default();
        };
        let cell = authorisation.cell(self.role, action, purpose, kind, category);
        CONDITIONS.map(|only| cell.on(only))
    }

    fn open_then(
        &self,
        action: Action,
        purpose: PurposeId,
        kind: KindId,
        category: CategoryId,
    ) -> Open {
        let mut open = Open::default();
        let (Some(authorisation), Some(former)) = (self.old.authorisation, self.former) else {
            return open;
        };
        let back = self.back;
        let purpose = back.purposes[purpose.index()];
        let kind = back.kinds[kind.index()];
        let category = back.categories[category.index()];
        let (Some(purpose), Some(kind), Some(category)) = (purpose, kind, category) else {
            return open;
        };
        let cell = authorisation.cell(former, action, purpose, kind, category);
        for (open, only) in open.iter_mut().zip(CONDITIONS) {
            *open = back.translated(category, cell.on(only));
        }
        open
    }

    /// One sentence for each purpose and condition.
    fn say(&self, role: &Role, reaches: &[Reach], turn: Turn) -> Vec<Change> {
        let mut groups: Vec<(PurposeId, Option<Condition>)> = Vec::new();
        for reach in reaches {
            if !groups.contains(&(reach.purpose, reach.only)) {
                groups.push((reach.purpose, reach.only));
            }
        }
        groups
            .into_iter()
            .map(|(purpose, only)| {
                let of = |it: &&Reach| it.purpose == purpose && it.only == only;
                let reaches: Vec<&Reach> = reaches.iter().filter(of).collect();
                Change {
                    role: Some(role.name.clone()),
                    gains: turn == Turn::Gains,
                    loses: turn != Turn::Gains,
                    words: in_both(|language| {
                        self.sentence(role, (purpose, only), &reaches, turn, language)
                    }),
                }
            })
            .collect()
    }

    fn sentence(
        &self,
        role: &Role,
        (purpose, only): (PurposeId, Option<Condition>),
        reaches: &[&Reach],
        turn: Turn,
        language: Language,
    ) -> String {
        let policy = self.new.policy;
        let title = quoted(role.title.get(language), language);
        let concerned = policy.purpose(purpose).concerns;
        let purpose = quoted(policy.purpose(purpose).title.get(language), language);
        // The same data under several verbs is named once.
        let mut parts: Vec<(Vec<String>, String)> = Vec::new();
        for action in Action::ALL {
            let of: Vec<&&Reach> = reaches.iter().filter(|it| it.action == *action).collect();
            if of.is_empty() {
                continue;
            }
            let data: Vec<String> = of
                .iter()
                .map(|reach| {
                    let data = titles_of(policy, reach.category, reach.fields, language);
                    if reach.kinds == concerned {
                        return data;
                    }
                    let kinds = kinds_of(policy, reach.kinds, language);
                    match language {
                        Language::En => format!("{data} of {kinds}"),
                        Language::Fr => format!("{data} concernant {kinds}"),
                    }
                })
                .collect();
            let data = listed(&data, language);
            let verb = action.title().get(language).to_owned();
            match parts.iter_mut().find(|(_, known)| *known == data) {
                Some((verbs, _)) => verbs.push(verb),
                None => parts.push((vec![verb], data)),
            }
        }
        let parts: Vec<String> = parts
            .into_iter()
            .map(|(verbs, data)| {
                let on = if language == Language::En {
                    "on"
                } else {
                    "sur"
                };
                format!("{}, {on} {data}", listed(&verbs, language))
            })
            .collect();
        let only = only.map_or_else(String::new, |only| {
            format!(", {}", only.words().get(language))
        });
        let what = parts.join("; ");
        match language {
            Language::En => {
                let turn = match turn {
                    Turn::Gains => "gains",
                    Turn::Narrowed => "keeps",
                    Turn::Loses => "loses",
                };
                format!("{title} {turn}{only}, for {purpose}: {what}.")
            }
            Language::Fr => {
                let turn = match turn {
                    Turn::Gains => "gagne",
                    Turn::Narrowed => "garde",
                    Turn::Loses => "perd",
                };
                let what = what.replace("; ", " ; ");
                format!("{title} {turn}{only}, pour {purpose} : {what}.")
            }
        }
    }

    /// Purposes that the policy does not have any more, of which the role could do something.
    fn purposes_gone(&self, role: &Role) -> Option<Change> {
        let (authorisation, former) = (self.old.authorisation?, self.former?);
        let policy = self.old.policy;
        let gone: Vec<PurposeId> = purposes(policy)
            .filter(|it| self.back.mapping.purpose(*it).is_none())
            .filter(|it| {
                let reaches = authorisation.what(policy, former);
                reaches.iter().any(|reach| reach.purpose == *it)
            })
            .collect();
        (!gone.is_empty()).then(|| Change {
            role: Some(role.name.clone()),
            gains: false,
            loses: true,
            words: in_both(|language| {
                let title = quoted(role.title.get(language), language);
                let purposes: Vec<String> = gone
                    .iter()
                    .map(|it| quoted(policy.purpose(*it).title.get(language), language))
                    .collect();
                let purposes = listed(&purposes, language);
                match language {
                    Language::En => format!(
                        "{title} loses what it could do for {purposes}: the policy has that no more."
                    ),
                    Language::Fr => format!(
                        "{title} perd ce qui lui était permis pour {purposes} : la politique ne le \
                         prévoit plus."
                    ),
                }
            }),
        })
    }
}

/// Adds what is open about one kind of person, to what is open alike about others.
fn add(found: &mut Vec<Reach>, reach: Reach) {
    if reach.fields == 0 {
        return;
    }
    let alike = found.iter_mut().find(|known| {
        let same = Reach {
            kinds: reach.kinds,
            ..**known
        };
        same == reach
    });
    match alike {
        Some(known) => {
            for kind in reach.kinds.iter() {
                known.kinds.insert(kind);
            }
        }
        None => found.push(reach),
    }
}
