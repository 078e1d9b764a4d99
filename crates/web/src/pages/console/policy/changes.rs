//! The versions of the policy, and what one changed (26a).

use maud::{Markup, html};
use policy::compare::{Change, Effect};
use policy::model::Policy;

use crate::components::{Column, Tone, badge, table};
use crate::frame::Frame;
use crate::say::{self, Either};

pub(super) fn render(
    all: &[Policy],
    compared: Option<(u32, u32, &[Change])>,
    frame: &Frame,
) -> Markup {
    let say = Either(frame.language);
    html! {
        @if let Some((from, to, changes)) = compared {
            section aria-labelledby="changes" {
                h2 id="changes" {
                    (say.of(format!("From version {from} to version {to}"), format!("De la version {from} à la version {to}")))
                }
                @if changes.is_empty() { p.soft { (say.of("Nothing differs.", "Rien ne diffère.")) } }
                @else {
                    ul.spaced {
                        @for change in changes {
                            li { (say::wording(&change.words, frame.language)) (effect(change.effect, frame)) }
                        }
                    }
                }
            }
        }
        section aria-labelledby="versions" {
            h2 id="versions" { (say.of("Versions", "Versions")) }
            (versions(all, frame))
        }
    }
}

fn versions(all: &[Policy], frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let column = |title| Column {
        title,
        figures: false,
    };
    let columns = [
        column(say.of("Version", "Version")),
        column(say.of("Published", "Publiée")),
        column(say.of("Why", "Motif")),
        column(say.of("What it changed", "Ce qu’elle a changé")),
    ];
    let before = |at: usize| at.checked_sub(1).and_then(|at| all.get(at));
    let rows: Vec<Vec<Markup>> = all
        .iter()
        .enumerate()
        .rev()
        .map(|(at, policy)| {
            let version = policy.version.to_string();
            vec![
                html! { (version) },
                html! { time datetime=(policy.published) { (say::day(policy.published, frame.language)) } },
                html! {
                    @match &policy.reason {
                        Some(reason) => (say::wording(reason, frame.language)),
                        None => "–",
                    }
                },
                html! {
                    @match before(at) {
                        Some(earlier) => {
                            @let from = earlier.version.to_string();
                            a href=(frame.link("/console/policy/versions", &[("from", &from), ("to", &version)])) {
                                (say.of(format!("since version {from}"), format!("depuis la version {from}")))
                            }
                        }
                        None => (say.of("the first", "la première")),
                    }
                },
            ]
        })
        .collect();
    table(
        say.of(
            "Every version that was applied, the latest first",
            "Toutes les versions appliquées, de la plus récente à la plus ancienne",
        ),
        &columns,
        &rows,
    )
}

/// What a change does to people's data.
fn effect(effect: Effect, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let all = [
        (effect.shortens, Tone::Good, say.of("shorter", "plus court")),
        (
            effect.lengthens,
            Tone::Careful,
            say.of("longer", "plus long"),
        ),
        (
            effect.new_purpose,
            Tone::Careful,
            say.of("new purpose", "nouvelle finalité"),
        ),
        (effect.widens, Tone::Careful, say.of("wider", "plus large")),
        (
            effect.narrows,
            Tone::Good,
            say.of("narrower", "plus étroit"),
        ),
    ];
    html! { @for (_, tone, words) in all.iter().filter(|(holds, ..)| *holds) { " " (badge(*tone, words)) } }
}
