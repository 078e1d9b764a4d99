//! What happened and what will, as one list by day.

use maud::{Markup, html};

use super::{Day, Line, Sort, Timeline};
use crate::frame::Frame;
use crate::say::{self, Either};

pub(super) fn render(view: &Timeline, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    html! {
        section aria-labelledby="timeline" {
            h2 id="timeline" { (say.of("Day by day", "Jour après jour")) }
            @if !view.to_come.is_empty() || !view.waits.is_empty() {
                h3.quiet { (say.of("To come", "À venir")) }
                ol.timeline {
                    @for day in &view.to_come { (one(day, frame)) }
                    @if !view.waits.is_empty() {
                        li {
                            span.soft { (say.of("No day yet", "Pas encore de date")) }
                            ul { @for line in &view.waits { (self::line(line, frame)) } }
                        }
                    }
                }
            }
            h3.quiet { (say.of("Until today", "Jusqu’à aujourd’hui")) }
            @if view.past.is_empty() { p.soft { (say.of("Nothing yet.", "Rien encore.")) } }
            ol.timeline { @for day in &view.past { (one(day, frame)) } }
            @if view.more > 0 {
                p.soft.small {
                    @let number = say::number(view.more as u64, frame.language);
                    (say.of(
                        format!("{number} earlier days are not shown here: the trace and the copy have them."),
                        format!("{number} jours antérieurs ne sont pas affichés ici : la trace et la copie les contiennent."),
                    ))
                }
            }
        }
    }
}

fn one(day: &Day, frame: &Frame) -> Markup {
    html! {
        li {
            time datetime=(day.day) { (say::day(day.day, frame.language)) }
            ul { @for line in &day.lines { (self::line(line, frame)) } }
        }
    }
}

fn line(line: &Line, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let (class, sort) = match line.sort {
        Sort::Event => ("event", say.of("Event", "Événement")),
        Sort::Choice => ("choice-of", say.of("Choice", "Choix")),
        Sort::Data => ("data", say.of("Data", "Donnée")),
        Sort::Act => ("act", say.of("Act", "Acte")),
    };
    html! {
        li class=(class) {
            span.sort { (sort) } " "
            span {
                (line.what)
                @if let Some(rule) = &line.rule { " " code { (rule) } }
                @if let Some(more) = &line.more { span.under { (more) } }
            }
        }
    }
}
