//! `GET /me/trace`: who did what with somebody's data.

use axum::extract::State;
use axum::response::Response;
use services::trace::Traced;

use crate::fill::Fill;
use crate::pages::portal::trace::{self, Act};
use crate::say::Either;
use crate::signed_in::for_person;
use crate::site::{Answer, Asked, Site};

pub(super) async fn get(State(site): State<Site>, asked: Asked) -> Response {
    for_person(site, asked, |site, visit, person| {
        let traced = site.kept.own(&person.session)?.trace()?;
        let fill = visit.fill();
        let acts: Vec<Act> = traced.acts.iter().rev().map(|it| act(fill, it)).collect();
        let page = trace::render(&acts, visit.law.policy(), &visit.frame);
        Ok(Answer::page(page))
    })
    .await
}

fn act(fill: Fill<'_>, act: &Traced) -> Act {
    let policy = fill.policy();
    let purpose = act.purpose.as_ref().map(|name| {
        let found = policy.purposes.iter().find(|it| it.name == *name);
        found.map_or_else(|| name.clone(), |it| fill.say(&it.title))
    });
    let category = |name: &String| {
        let found = policy.categories.iter().find(|it| it.name == *name);
        found.map_or_else(|| name.clone(), |it| fill.say(&it.title))
    };
    Act {
        at: fill.law.in_force.zone().to_datetime(act.at),
        who: who(fill, act),
        act: fill.phrases().act(act.act).to_owned(),
        purpose,
        categories: act.categories.iter().map(category).collect(),
        entry: act.entry,
    }
}

/// By which service of the house; an employee is not named.
fn who(fill: Fill<'_>, act: &Traced) -> String {
    let say = Either(fill.language);
    let role = act.role.as_ref().and_then(|name| {
        let authorisation = fill.law.authorisation()?;
        let id = authorisation.role_named(name)?;
        Some(fill.say(&authorisation.role(id).title))
    });
    let recipient = act.recipient.as_ref().and_then(|name| {
        let found = fill.policy().recipients.iter().find(|it| it.name == *name);
        found.map(|it| fill.say(&it.title))
    });
    role.or(recipient).unwrap_or_else(|| {
        match act.actor {
            "person" => say.of("you", "vous"),
            "program" => say.of("one of our programs", "un de nos programmes"),
            "job" => say.of("the system itself", "le système lui-même"),
            _ => say.of("our staff", "notre personnel"),
        }
        .to_owned()
    })
}
