//! The pages of the portal, `/me`: what is held about whoever signed in, who read it, what they can do
//! about it.

pub mod choices;
pub mod correct;
pub mod data;
pub mod link;
pub mod trace;

use maud::{Markup, html};
use policy::model::Policy;

use crate::frame::Frame;
use crate::page;
use crate::pages::front;
use crate::say::Either;

/// Where in the portal a page stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Data,
    Trace,
    Choices,
    Elsewhere,
}

/// A page of somebody who is signed in: the ways on, and whom to ask (23a) and where to complain (25a)
/// under everything that is answered.
fn signed_in(policy: &Policy, frame: &Frame, title: &str, place: Place, body: &Markup) -> Markup {
    let say = Either(frame.language);
    let links = [
        (Place::Data, "/me", say.of("Your data", "Vos données")),
        (
            Place::Trace,
            "/me/trace",
            say.of("Who used it", "Qui les a utilisées"),
        ),
        (
            Place::Choices,
            "/me/choices",
            say.of("Your choices", "Vos choix"),
        ),
    ];
    let whole = html! {
        nav.tabs aria-label=(say.of("Your space", "Votre espace")) {
            ul {
                @for (which, path, name) in links {
                    li { a href=(frame.link(path, &[])) aria-current=[(which == place).then_some("page")] { (name) } }
                }
            }
        }
        (body)
        div.two {
            (front::officer(policy, say))
            (front::authority(policy, say))
        }
        form.actions method="post" action=(frame.link("/me/sign-out", &[])) {
            button type="submit" class="button secondary" { (say.of("Sign out", "Se déconnecter")) }
        }
    };
    page::public(frame, title, &frame.controller, &foot(frame), whole)
}

/// The last line of each page.
fn foot(frame: &Frame) -> Markup {
    let say = Either(frame.language);
    html! {
        a href=(frame.link("/privacy", &[])) { (say.of("Privacy notice", "Politique de confidentialité")) } " · "
        (say.of("Whatever is done here stands in the trace.", "Tout ce qui est fait ici figure dans la trace."))
    }
}
