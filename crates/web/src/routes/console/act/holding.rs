//! Restrictions and holds.

use domain::subject::HoldScope;
use domain::{Fault, HoldId, RestrictionId};
use jiff::Span;
use policy::authorisation::Action;
use policy::model::{CategoryId, CategorySet, FieldId, FieldType, PurposeId, PurposeSet};
use services::desk::Desk;
use services::hold::Holding;
use services::statement::Statement;

use super::given::missing;
use super::questions::Pair;
use super::{ALWAYS, Act, At, Outcome, Wrong};
use crate::pages::console::form::{Answer, Asked};
use crate::say;

pub(super) const RESTRICTION: Act = Act {
    name: "restriction",
    action: Action::Restrict,
    title: ("Restrict processing", "Limiter le traitement"),
    lead: (
        "What is restricted is kept, and used for nothing but what the law allows (GDPR 18).",
        "Ce qui est limité est conservé et ne sert qu’à ce que la loi permet (RGPD, article 18).",
    ),
    done: ("The processing is restricted.", "Le traitement est limité."),
    confirm: None,
    tried: true,
    offered: ALWAYS,
    ask: |at| {
        Ok(vec![
            at.any("category", ("What", "Quoi"), at.categories(at.held()))
                .hint(
                    at.say()
                        .of("Nothing ticked: everything.", "Rien de coché : tout."),
                ),
        ])
    },
    run: |at, desk| {
        let categories = match at.ticked_categories("category") {
            CategorySet::EMPTY => CategorySet(u128::MAX),
            some => some,
        };
        let (_, acted) = desk.restrict(at.subject.id, categories)?;
        Ok(Outcome::Acted(acted))
    },
};

pub(super) const RESTRICTION_LIFTED: Act = Act {
    name: "restriction-lifted",
    action: Action::Restrict,
    title: ("Lift a restriction", "Lever une limitation"),
    lead: (
        "The person is told before it is lifted (GDPR 18(3)). Terms that passed meanwhile take effect at once.",
        "La personne en est informée au préalable (RGPD, article 18, § 3). Les délais échus entre-temps produisent aussitôt leur effet.",
    ),
    done: ("The restriction is lifted.", "La limitation est levée."),
    confirm: None,
    tried: true,
    offered: |_, subject| subject.restrictions.iter().any(|one| one.lifted.is_none()),
    ask: |at| {
        let fill = at.visit.fill();
        let standing = at
            .subject
            .restrictions
            .iter()
            .filter(|one| one.lifted.is_none());
        let choices = standing.map(|one| {
            let day = say::day(fill.day(one.since), fill.language);
            (
                one.id.to_string(),
                format!("{} ({day})", fill.categories(one.categories)),
            )
        });
        Ok(vec![at.one(
            "restriction",
            ("Which one", "Laquelle"),
            choices.collect(),
        )])
    },
    run: |at, desk| {
        let id: RestrictionId = at
            .given
            .one("restriction")
            .parse()
            .map_err(|_| missing("restriction", at.visit))?;
        let acted = desk.lift_restriction(at.subject.id, id)?;
        Ok(Outcome::Acted(acted))
    },
};

pub(super) const HOLD: Act = Act {
    name: "hold",
    action: Action::Hold,
    title: ("Place a hold", "Ordonner une conservation"),
    lead: (
        "What a hold covers is kept beyond its term and closed to every other use. What has expired is not saved.",
        "Ce que vise la mesure est conservé au-delà de son terme et fermé à tout autre usage. Ce qui est échu n’est pas sauvé.",
    ),
    done: ("The hold is placed.", "La conservation est ordonnée."),
    confirm: None,
    tried: true,
    offered: ALWAYS,
    ask: ask_hold,
    run: run_hold,
};

pub(super) const HOLD_LIFTED: Act = Act {
    name: "hold-lifted",
    action: Action::Hold,
    title: ("Lift a hold", "Lever une conservation"),
    lead: (
        "Terms that passed meanwhile take effect at once.",
        "Les délais échus entre-temps produisent aussitôt leur effet.",
    ),
    done: ("The hold is lifted.", "La conservation est levée."),
    confirm: None,
    tried: true,
    offered: |_, subject| subject.holds.iter().any(|one| one.lifted.is_none()),
    ask: |at| {
        let fill = at.visit.fill();
        let standing = at.subject.holds.iter().filter(|one| one.lifted.is_none());
        let choices = standing.map(|one| {
            let day = say::day(fill.day(one.placed), fill.language);
            let purpose = fill.say(&fill.policy().purpose(one.purpose).title);
            (one.id.to_string(), format!("{purpose} ({day})"))
        });
        Ok(vec![at.one(
            "hold",
            ("Which one", "Laquelle"),
            choices.collect(),
        )])
    },
    run: |at, desk| {
        let id: HoldId = at
            .given
            .one("hold")
            .parse()
            .map_err(|_| missing("hold", at.visit))?;
        let acted = desk.lift_hold(at.subject.id, id)?;
        Ok(Outcome::Acted(acted))
    },
};

/// Whether something may be held for a purpose: a duty, evidence, or what arises with a fact.
fn holds_for(at: &At<'_>, id: PurposeId) -> bool {
    let policy = at.policy();
    let tables = &policy.tables;
    tables.duties.contains(id)
        || tables.evidence.contains(id)
        || policy.purpose(id).arises_with.is_some()
}

fn ask_hold(at: &At<'_>) -> Result<Vec<Asked>, Fault> {
    let say = at.say();
    let matters = at.matters().into_iter();
    let matters = matters.map(|(matter, title)| (matter.to_string(), title));
    let in_some_weeks = at
        .visit
        .frame
        .now
        .date()
        .saturating_add(Span::new().months(6));
    let review = at.given.some("review");
    let review = review.map_or_else(|| in_some_weeks.to_string(), str::to_owned);
    Ok(vec![
        at.one(
            "purpose",
            (
                "For what alone it may be read",
                "Pour quoi seulement elle peut être lue",
            ),
            at.purposes(|id| holds_for(at, id)),
        ),
        at.any("category", ("What", "Quoi"), at.categories(at.held()))
            .hint(say.of(
                "Nothing ticked: everything, or what the matter below covers.",
                "Rien de coché : tout, ou ce que couvre l’affaire ci-dessous.",
            )),
        at.one(
            "about",
            (
                "Only what belongs to a matter",
                "Seulement ce qui relève d’une affaire",
            ),
            matters.collect(),
        )
        .optional(),
        Asked::new(
            "review",
            say.of("To be looked at again on", "À réexaminer le"),
            Answer::Line("date", review),
        ),
        at.one(
            "field",
            ("The reason is kept as", "Le motif est conservé comme"),
            notes(at),
        ),
        Asked::new(
            "reason",
            say.of("Reason", "Motif"),
            Answer::Lines(at.given.one("reason").to_owned()),
        ),
        at.one(
            "origin",
            ("Where the reason comes from", "Origine du motif"),
            at.origins(),
        ),
    ])
}

/// The fields that a reason can be written in.
fn notes(at: &At<'_>) -> Vec<Pair> {
    let fill = at.visit.fill();
    let categories = at.policy().categories.iter();
    categories
        .flat_map(|category| category.fields.iter().map(move |field| (category, field)))
        .filter(|(_, field)| field.kind == FieldType::Note)
        .map(|(category, field)| {
            let title = format!("{} – {}", fill.say(&category.title), fill.say(&field.title));
            (field.name.clone(), title)
        })
        .collect()
}

fn note(at: &At<'_>) -> Option<FieldId> {
    let name = at.given.some("field")?;
    let mut categories = (0u8..).map(CategoryId).zip(&at.policy().categories);
    categories.find_map(|(category, it)| {
        let mut fields = (0u8..).zip(&it.fields);
        let (field, _) =
            fields.find(|(_, field)| field.name == name && field.kind == FieldType::Note)?;
        Some(FieldId { category, field })
    })
}

fn run_hold(at: &At<'_>, desk: &Desk<'_>) -> Result<Outcome, Wrong> {
    let purpose = at.purpose("purpose")?;
    let categories = at.ticked_categories("category");
    let scope = match (at.matter("about")?, categories.is_empty()) {
        (Some(matter), true) => HoldScope::Matter(matter),
        (_, false) => HoldScope::Categories(categories),
        (None, true) => HoldScope::Everything,
    };
    let review = at.given.day("review", at.visit)?;
    let field = note(at).ok_or_else(|| missing("field", at.visit))?;
    let values = at.note_of(field, "reason")?;
    let holding = Holding {
        scope,
        purpose,
        review: review.ok_or_else(|| missing("review", at.visit))?,
        reason: Statement {
            category: field.category,
            values: values.ok_or_else(|| missing("reason", at.visit))?,
            origin: at.origin("origin")?,
            kind: None,
            purposes: PurposeSet::EMPTY,
            made: None,
        },
    };
    let (_, acted) = desk.place_hold(at.subject.id, &holding)?;
    Ok(Outcome::Acted(acted))
}
