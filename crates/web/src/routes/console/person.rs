//! `/console/people/{id}`: a person's file, as the role sees it for the purpose.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::subject::Subject;
use policy::authorisation::{Action, ActionSet, Condition};

use super::act;
use crate::pages::console::person::{self, File, Timeline};
use crate::pages::reading::{Chosen, Reading};
use crate::signed_in::{AtWork, at_work};
use crate::site::{Answer, Asked, Site, Visit};

pub(super) async fn get(
    State(site): State<Site>,
    Path(id): Path<String>,
    asked: Asked,
) -> Response {
    at_work(site, asked, move |site, visit, at_work| {
        let id = super::super::subject(&id)?;
        let fill = visit.fill();
        let mut view = at_work.desk.view(id, fill.all_categories(), None)?;
        let work = visit.frame.work.as_ref();
        let may = work.map_or(ActionSet::EMPTY, |work| work.may);
        // Whoever reads nothing of the person sees nothing of them, unless they carry out their rights.
        let open = view.refused.is_none() || at_work.desk.show(id).is_ok();
        let traced = open && may.contains(Action::Trace);
        let acts = match traced {
            true => at_work.desk.trace(id)?.acts,
            false => Vec::new(),
        };
        // What a purpose does not use, nobody at work for it needs to know of: not even that it is
        // held. Whoever sees the trace sees that anyway.
        let told = match traced {
            true => fill.all_categories(),
            false => fill.policy().tables.uses[at_work.purpose.index()],
        };
        view.withheld
            .retain(|one| open && told.contains(one.category));
        let standings = site.kept.standings(&view.subject)?;
        let reading = (reading(visit, at_work), Some(at_work.purpose));
        let subject = &view.subject;
        let file = File {
            timeline: match open {
                true => fill.timeline(subject, told, &standings, &acts, view.moment),
                false => Timeline::default(),
            },
            acts: match open {
                true => act::offered(visit, may, id, subject),
                false => act::offered(visit, may, id, &act::unknown()),
            },
            open,
            matters: matters(visit, at_work, subject),
            done: act::done(visit),
            refused: None,
            organisations: match open {
                true => organisations(visit, subject),
                false => Vec::new(),
            },
            traced,
            person: fill.file(&view, reading, &acts, &standings),
        };
        Ok(Answer::page(person::render(&file, &visit.frame)))
    })
    .await
}

/// As what and for what the file is read.
fn reading(visit: &Visit, at_work: &AtWork<'_>) -> Reading {
    let work = visit.frame.work.as_ref();
    let titles = work.and_then(|work| work.role.clone().zip(work.purpose.clone()));
    Reading {
        chosen: titles.map(|(recipient, purpose)| Chosen {
            value: visit.law.policy().purpose(at_work.purpose).name.clone(),
            recipient,
            purpose,
        }),
        offers: Vec::new(),
    }
}

/// The matters of the person, where the role reads the people of one that it names.
fn matters(visit: &Visit, at_work: &AtWork<'_>, subject: &Subject) -> Vec<(String, String, bool)> {
    if !at_work.is_conditional(&visit.law, Condition::Matter) {
        return Vec::new();
    }
    let path = format!("/console/people/{}", subject.id);
    act::matters(subject)
        .into_iter()
        .map(|(matter, _)| {
            let name = matter.to_string();
            let address = visit.frame.link(&path, &[("matter", &name)]);
            (
                address,
                name,
                at_work.desk.capacity().matter == Some(matter),
            )
        })
        .collect()
}

fn organisations(visit: &Visit, subject: &Subject) -> Vec<(String, String)> {
    let mut ids: Vec<String> = subject
        .links
        .iter()
        .map(|link| link.organisation.to_string())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter()
        .map(|id| {
            let path = format!("/console/organisations/{id}");
            (visit.frame.link(&path, &[]), id)
        })
        .collect()
}
