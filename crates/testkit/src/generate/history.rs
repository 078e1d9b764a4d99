//! Random histories: facts late and in any order, acts that make sense and acts that do not.

use domain::act::collect::NewRecord;
use domain::act::consent::NewConsent;
use domain::act::hold::NewHold;
use domain::collect::Collection;
use domain::decide::Request;
use domain::subject::{HoldScope, ObjectedTo};
use domain::{
    Account, ActorKind, ConsentId, FactRef, HoldId, KeyId, MatterId, ObjectionId, OrganisationId,
    RecordId, RestrictionId,
};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use policy::model::{
    CategoryId, CategorySet, ChannelId, ChannelSet, ErasureGround, FactId, KindId, KindSet,
    OriginId, Person, Policy, ProcessorId, PurposeId, PurposeSet, RecipientId,
};

use crate::chance::Chance;
use crate::event::{Correction, Event};

/// Makes one history up, act by act.
#[derive(Clone, Debug)]
pub struct History {
    /// The present moment.
    pub now: Timestamp,
    zone: TimeZone,
    brought_by: Account,
    /// What this history is mostly about: some of the acts.
    theme: &'static [u64],
    made: u8,
    records: Vec<RecordId>,
    proofs: Vec<RecordId>,
    facts: Vec<FactRef>,
    consents: Vec<ConsentId>,
    objections: Vec<ObjectionId>,
    holds: Vec<HoldId>,
    restrictions: Vec<RestrictionId>,
}

/// Acts that belong together, by their numbers in [`History::act`]: everything; organisations;
/// consents and objections; changed policies; holds and restrictions.
const THEMES: [&[u64]; 5] = [
    &[0, 9],
    &[9, 12, 34, 34, 36],
    &[20, 20, 24, 25, 25, 26, 40],
    &[33, 33, 39, 39, 9],
    &[27, 29, 30, 31, 32, 40],
];

const REASONS: [ErasureGround; 7] = [
    ErasureGround::NoLongerNecessary,
    ErasureGround::ConsentWithdrawn,
    ErasureGround::Objection,
    ErasureGround::CanvassingObjection,
    ErasureGround::Unlawful,
    ErasureGround::LegalObligation,
    ErasureGround::ChildOnlineService,
];

impl History {
    /// A history that begins in 2021.
    #[must_use]
    pub fn new(chance: &mut Chance, zone: TimeZone) -> Self {
        let first: Timestamp = "2021-01-01T00:00:00Z".parse().unwrap();
        let now = first + SignedDuration::from_secs(chance.below(86_400 * 700) as i64);
        Self {
            now,
            zone,
            brought_by: Account::parse("m.lefevre").unwrap(),
            theme: THEMES[chance.below(THEMES.len() as u64) as usize],
            made: 0,
            records: Vec::new(),
            proofs: Vec::new(),
            facts: Vec::new(),
            consents: Vec::new(),
            objections: Vec::new(),
            holds: Vec::new(),
            restrictions: Vec::new(),
        }
    }

    fn id(&mut self) -> [u8; 16] {
        self.made += 1;
        [self.made; 16]
    }

    /// Time passes: not at all, a moment, a day, to a midnight, months, years.
    pub fn pass(&mut self, chance: &mut Chance) {
        let seconds = match chance.below(12) {
            0..=3 => 0,
            4 => 1 + chance.below(3_600),
            5 | 6 => chance.below(86_400 * 3),
            7 | 8 => {
                let midnight = self.today().tomorrow().unwrap();
                let midnight = midnight
                    .to_zoned_datetime(self.zone.clone())
                    .unwrap()
                    .timestamp();
                (midnight.as_second() - self.now.as_second()).max(0) as u64 - chance.below(2)
            }
            9 => chance.below(86_400 * 60),
            10 => chance.below(86_400 * 400),
            _ => chance.below(86_400 * 2_000),
        };
        self.now += SignedDuration::from_secs(seconds as i64);
    }

    fn today(&self) -> Date {
        self.now.to_zoned_datetime(self.zone.clone()).date()
    }

    fn past(&self, chance: &mut Chance) -> Timestamp {
        let days = match chance.below(10) {
            0..=5 => return self.now,
            6 | 7 => 2,
            8 => 90,
            _ => 1_500,
        };
        self.now - SignedDuration::from_secs(chance.below(86_400 * days) as i64)
    }

    fn day_near(&self, chance: &mut Chance) -> Date {
        let days = match chance.one_in(2) {
            true => chance.below(120) as i64 - 80,
            false => chance.below(5) as i64 - 3,
        };
        let days = if chance.one_in(3) { 0 } else { days };
        self.today() + SignedDuration::from_hours(24 * days)
    }

    fn matter(chance: &mut Chance) -> MatterId {
        MatterId([200 + chance.below(2) as u8; 16])
    }

    fn organisation(chance: &mut Chance) -> OrganisationId {
        OrganisationId([220 + chance.below(2) as u8; 16])
    }

    fn categories(chance: &mut Chance, policy: &Policy) -> CategorySet {
        CategorySet(chance.bits(policy.categories.len()) | 1)
    }

    /// The next act.
    pub fn act(&mut self, chance: &mut Chance, policy: &Policy) -> Event {
        if self.records.is_empty() || self.proofs.is_empty() && chance.one_in(3) {
            return self.collect(chance, policy);
        }
        let act = match chance.one_in(2) {
            true => *chance.pick(self.theme),
            false => chance.below(42),
        };
        match act {
            0..=8 => self.collect(chance, policy),
            9..=19 => self.fact(chance, policy),
            20..=23 => self.consent(chance, policy),
            24 if !self.consents.is_empty() => Event::Withdraw(*chance.pick(&self.consents)),
            25 => {
                let id = ObjectionId(self.id());
                self.objections.push(id);
                let to = if chance.one_in(2) {
                    ObjectedTo::Canvassing
                } else {
                    ObjectedTo::Purpose(purpose(chance, policy))
                };
                Event::Object(id, to)
            }
            26 if !self.objections.is_empty() => {
                Event::LiftObjection(*chance.pick(&self.objections))
            }
            27 | 28 => self.hold(chance, policy),
            29 if !self.holds.is_empty() => Event::LiftHold(*chance.pick(&self.holds)),
            30 => {
                let id = RestrictionId(self.id());
                self.restrictions.push(id);
                Event::Restrict(id, Self::categories(chance, policy))
            }
            31 if !self.restrictions.is_empty() => {
                Event::LiftRestriction(*chance.pick(&self.restrictions))
            }
            32 => {
                let categories = chance.one_in(2).then(|| Self::categories(chance, policy));
                Event::Erase(*chance.pick(&REASONS), categories)
            }
            33 => {
                let version = match chance.one_in(3) {
                    true => 1 + chance.below(3) as u32,
                    false => policy.version,
                };
                Event::Told(version, self.day_near(chance))
            }
            34 | 35 => Event::Link(Self::organisation(chance), self.day_near(chance)),
            36 => Event::Unlink(Self::organisation(chance), self.day_near(chance)),
            37 => Event::Situation(*chance.pick(&[
                None,
                Some(Person::Private),
                Some(Person::Professional),
            ])),
            40 | 41 => {
                let right = RecordId(self.id());
                let correction = Correction {
                    wrong: *chance.pick(&self.records),
                    right,
                    fields: (chance.bits(3) as u64).max(1),
                };
                self.records.push(right);
                if self.proofs.contains(&correction.wrong) {
                    self.proofs.push(right);
                }
                Event::Correct(correction)
            }
            38 if chance.one_in(4) => Event::Destroy(*chance.pick(&self.records)),
            _ => Event::NextPolicy,
        }
    }

    fn collect(&mut self, chance: &mut Chance, policy: &Policy) -> Event {
        let proof = chance.one_in(4);
        let category = match proof {
            true => policy.category_named("proof").unwrap(),
            false => CategoryId(chance.below(policy.categories.len() as u64) as u8),
        };
        // Mostly what makes sense: purposes that use the category, fields that they need.
        let fitting: Vec<PurposeId> = policy.tables.used_by[category.index()].iter().collect();
        let mut purposes = PurposeSet::EMPTY;
        for _ in 0..=chance.below(2) {
            if fitting.is_empty() || chance.one_in(12) {
                purposes.insert(purpose(chance, policy));
            } else {
                purposes.insert(*chance.pick(&fitting));
            }
        }
        let needed = purposes.iter().fold(0, |needed, purpose| {
            needed | policy.tables.use_fields[purpose.index()][category.index()]
        });
        let fields = match chance.below(12) {
            0 => chance.bits(4) as u64,
            1 => 0,
            2..=5 => needed & chance.bits(3) as u64,
            _ => needed,
        };
        let concerned = purposes.iter().fold(u128::MAX, |kinds, purpose| {
            kinds & policy.purpose(purpose).concerns.0
        });
        let concerned: Vec<KindId> = KindSet(concerned & 7).iter().collect();
        let kind = match concerned.is_empty() || chance.one_in(12) {
            true => KindId(chance.below(policy.kinds.len() as u64) as u8),
            false => *chance.pick(&concerned),
        };
        let id = RecordId(self.id());
        let derived_from = match chance.one_in(8) && !self.records.is_empty() {
            true => vec![*chance.pick(&self.records)],
            false => Vec::new(),
        };
        if proof {
            self.proofs.push(id);
        }
        self.records.push(id);
        let bank = policy.category_named("bank") == Some(category);
        let matter = (bank || chance.one_in(3)).then(|| Self::matter(chance));
        let ahead = SignedDuration::from_secs(i64::from(chance.one_in(40)));
        let collection = Collection {
            category,
            fields,
            origin: OriginId(u8::from(chance.one_in(12))),
            brought_by: self.brought_by.clone(),
            purposes,
            kind,
            matter,
            processor: chance.one_in(8).then_some(ProcessorId(0)),
            collected: self.past(chance) + ahead,
            approved: chance.one_in(2),
        };
        let record = NewRecord {
            id,
            key: KeyId(id.0),
            derived_from,
        };
        Event::Collect(collection, record)
    }

    fn fact(&mut self, chance: &mut Chance, policy: &Policy) -> Event {
        let kind = FactId(chance.below(policy.facts.len() as u64) as u8);
        let it = policy.fact(kind);
        let wrong = chance.one_in(30);
        let organisation =
            (it.of_organisation && chance.one_in(2) || wrong).then(|| Self::organisation(chance));
        let happened = match it.may_be_planned && chance.one_in(3) || chance.one_in(40) {
            true => self.now + SignedDuration::from_hours(24 * chance.below(700) as i64 + 1),
            false => self.past(chance),
        };
        let supersedes = match chance.one_in(8) && !self.facts.is_empty() {
            true => Some(*chance.pick(&self.facts)),
            false => None,
        };
        let id = FactRef(self.id());
        self.facts.push(id);
        Event::Fact {
            id,
            kind,
            matter: (it.about_matter != chance.one_in(40)).then(|| Self::matter(chance)),
            happened,
            by: match chance.one_in(30) {
                true => ActorKind::Person,
                false => ActorKind::Staff,
            },
            organisation,
            supersedes,
        }
    }

    fn consent(&mut self, chance: &mut Chance, policy: &Policy) -> Event {
        let id = ConsentId(self.id());
        self.consents.push(id);
        let channels = match chance.below(3) {
            0 => ChannelSet::EMPTY,
            _ => ChannelSet(chance.bits(2)),
        };
        let proof = match self.proofs.is_empty() || chance.one_in(20) {
            true => *chance.pick(&self.records),
            false => *chance.pick(&self.proofs),
        };
        Event::Consent(NewConsent {
            id,
            purpose: purpose(chance, policy),
            channels,
            given: self.past(chance),
            policy_version: policy.version,
            proof,
        })
    }

    fn hold(&mut self, chance: &mut Chance, policy: &Policy) -> Event {
        let id = HoldId(self.id());
        self.holds.push(id);
        let named = *chance.pick(&["evidence", "evidence", "duty", "use-0"]);
        let scope = match chance.below(3) {
            0 => HoldScope::Everything,
            1 => HoldScope::Categories(Self::categories(chance, policy)),
            _ => HoldScope::Matter(Self::matter(chance)),
        };
        Event::Hold(NewHold {
            id,
            scope,
            purpose: policy.purpose_named(named).unwrap(),
            review: self.today() + SignedDuration::from_hours(24 * chance.below(100) as i64),
            reason: None,
        })
    }

    /// A request, mostly for one of some purposes.
    pub fn request(chance: &mut Chance, policy: &Policy, likely: &[PurposeId]) -> Request {
        let channel = ChannelId(chance.below(policy.channels.len() as u64) as u8);
        let categories = match chance.one_in(4) {
            true => CategorySet(chance.bits(policy.categories.len())),
            false => CategorySet(u128::MAX),
        };
        Request {
            recipient: RecipientId(chance.below(policy.recipients.len() as u64) as u8),
            purpose: match likely.is_empty() || chance.one_in(4) {
                true => purpose(chance, policy),
                false => *chance.pick(likely),
            },
            channel: chance.one_in(2).then_some(channel),
            categories,
        }
    }
}

fn purpose(chance: &mut Chance, policy: &Policy) -> PurposeId {
    PurposeId(chance.below(policy.purposes.len() as u64) as u8)
}
