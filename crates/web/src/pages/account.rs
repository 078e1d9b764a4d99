//! `/account`: one's own ways to sign in and open sessions; and the same page while they are set up.

pub mod codes;
mod password;
pub mod recovery;
mod sessions;
mod ways;

use jiff::civil::{Date, DateTime};
use maud::{Markup, html};

use super::sign_in::{ServiceLink, wait};
use crate::components::{ButtonKind, Tone, button, error_summary, notice};
use crate::frame::Frame;
use crate::page;
use crate::say::Either;
use crate::script;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Account {
    /// The account, by its identifier.
    pub handle: String,
    /// Whether the ways to sign in are being set up: there is no way back yet.
    pub setting_up: bool,
    /// Whether the session began so lately that ways to sign in may be changed in it.
    pub fresh: bool,
    /// What the account is signed in with.
    pub ways: Vec<Way>,
    /// Its open sessions; empty while it is set up.
    pub sessions: Vec<Open>,
    /// Whether passkeys can be made here.
    pub passkeys: bool,
    /// The services that can be linked.
    pub services: Vec<ServiceLink>,
    /// The fewest characters of a password.
    pub length_min: usize,
    /// Whether a password needs a second factor.
    pub second_factor: bool,
    /// What became of the last act.
    pub said: Option<Said>,
}

/// Something to sign in with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Way {
    /// Its identifier.
    pub id: String,
    /// What it is.
    pub sort: Sort,
    /// The name that its holder gave it, or the title of the service.
    pub name: Option<String>,
    /// When it was added.
    pub made: Date,
    /// When it was last used.
    pub used: Option<Date>,
}

/// What something to sign in with is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sort {
    /// A passkey.
    Passkey,
    /// An identity at a service.
    Service,
    /// A password.
    Password,
    /// An application that shows codes.
    Codes,
    /// Recovery codes.
    Recovery,
}

/// An open session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Open {
    /// Its identifier.
    pub id: String,
    /// By what it was begun.
    pub by: By,
    /// When it began.
    pub made: DateTime,
    /// When it was last used.
    pub seen: DateTime,
    /// Whether it is this one.
    pub this: bool,
}

/// By what a session was begun.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// A passkey.
    Passkey,
    /// A service.
    Service,
    /// A password and a second factor.
    PasswordAndCode,
    /// A password.
    Password,
    /// A link.
    Link,
}

/// What became of an act.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Said {
    /// The password is set.
    PasswordSet,
    /// The new password will not do.
    Weak(Weak),
    /// It was typed in two ways.
    Unlike,
    /// The present password is another.
    PresentWrong,
    /// There were too many tries: so many seconds are to be waited.
    Later(u64),
    /// Something was removed.
    Removed,
    /// It was the last way in, and stays.
    Last,
    /// Sessions were ended.
    Ended,
    /// A service was linked.
    Linked,
    /// The service did not confirm who they are.
    Unproven,
}

/// Why a password will not do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weak {
    /// It is too short.
    Short,
    /// It is too long.
    Long,
    /// It has too few kinds of character.
    Plain,
    /// It is easy to guess.
    Guessable,
    /// It was stolen elsewhere.
    Leaked,
    /// It contains a name or address of its account.
    Own,
}

impl Account {
    /// An invented account, for tests and for looking at the page.
    #[must_use]
    pub fn sample(frame: &Frame, setting_up: bool, said: Option<Said>) -> Self {
        let day = frame.now.date();
        let way = |sort, name: Option<&str>| Way {
            id: "00000000-0000-7000-8000-000000000001".to_owned(),
            sort,
            name: name.map(str::to_owned),
            made: day,
            used: Some(day),
        };
        let ways = vec![
            way(Sort::Passkey, Some("Telephone <mine>")),
            way(Sort::Service, Some("Corvaille <people>")),
            way(Sort::Password, None),
            way(Sort::Codes, None),
            way(Sort::Recovery, None),
        ];
        let open = |by, this| Open {
            id: "00000000-0000-7000-8000-000000000002".to_owned(),
            by,
            made: frame.now,
            seen: frame.now,
            this,
        };
        Self {
            handle: "staff-bdfgkmnp".to_owned(),
            setting_up,
            fresh: said != Some(Said::Ended),
            ways: if setting_up { Vec::new() } else { ways },
            sessions: match setting_up {
                true => Vec::new(),
                false => vec![open(By::Passkey, true), open(By::PasswordAndCode, false)],
            },
            passkeys: true,
            services: vec![ServiceLink {
                name: "people".to_owned(),
                title: "Corvaille <people>".to_owned(),
            }],
            length_min: 12,
            second_factor: true,
            said,
        }
    }

    fn has(&self, sort: Sort) -> bool {
        self.ways.iter().any(|way| way.sort == sort)
    }
}

/// The page.
#[must_use]
pub fn render(view: &Account, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let (title, lead) = match view.setting_up {
        true => (
            say.of("How will you sign in?", "Comment vous connecterez-vous\u{202f}?"),
            say.of(
                "Choose one way; you can add others later. A passkey is the quickest and the safest.",
                "Choisissez un moyen\u{202f}; vous pourrez en ajouter d’autres. La clé d’accès est le plus rapide et le plus sûr.",
            ),
        ),
        false => (
            say.of("Your account", "Votre compte"),
            say.of(
                "How you sign in, and where you are signed in now.",
                "Vos moyens de connexion, et vos sessions en cours.",
            ),
        ),
    };
    let wrong = wrong(view, say);
    let errors: Vec<(&str, &str)> = wrong.iter().map(|(at, why)| (*at, why.as_str())).collect();
    let body = html! {
        header.title {
            h1 { (title) }
            p.lead { (lead) }
            p.small.soft { (say.of("Account", "Compte")) " " code { (view.handle) } }
        }
        (error_summary(&errors, frame))
        @if let Some(said) = view.said { (good(said, say)) }
        @if !view.fresh { (stale(frame)) }
        @if !view.ways.is_empty() { (ways::held(&view.ways, view.fresh, frame)) }
        @if view.fresh {
            @if !view.setting_up && view.has(Sort::Codes) { (ways::new_recovery(frame)) }
            @if view.passkeys { (ways::new_passkey(frame)) }
            (ways::linkable(&view.services, frame))
            (password::form(view, &errors, frame))
        }
        @if !view.sessions.is_empty() { (sessions::open(&view.sessions, frame)) }
        (script::SIGN_IN.element())
    };
    page::framed(frame, title, body)
}

/// A session that began a while ago changes nothing: its holder signs in again.
fn stale(frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of(
        "To change how you sign in, sign in again",
        "Pour modifier vos moyens de connexion, reconnectez-vous",
    );
    notice(
        Tone::Plain,
        title,
        &html! {
            p {
                (say.of(
                    "You signed in more than half an hour ago. Whoever found this screen open must not be able to let themselves in later.",
                    "Votre connexion date de plus d’une demi-heure. Qui trouverait cet écran ouvert ne doit pas pouvoir s’y ménager un accès.",
                ))
            }
            form method="post" action=(frame.link("/sign-out", &[])) {
                input type="hidden" name="to" value=(frame.link("/account", &[]));
                div.actions { (button(ButtonKind::Primary, say.of("Sign in again", "Se reconnecter"), None)) }
            }
        },
    )
}

/// What is wrong with what was typed, and with which field.
fn wrong(view: &Account, say: Either) -> Option<(&'static str, String)> {
    let text = |en: &'static str, fr: &'static str| say.of(en, fr).to_owned();
    Some(match view.said? {
        Said::Weak(weak) => ("new", password::weakness(weak, view.length_min, say)),
        Said::Unlike => (
            "again",
            text(
                "This is not what was typed above.",
                "Ce n’est pas ce qui a été saisi au-dessus.",
            ),
        ),
        Said::PresentWrong => (
            "present",
            text(
                "The present password is another.",
                "Le mot de passe actuel est différent.",
            ),
        ),
        Said::Later(seconds) => ("present", wait(seconds, say)),
        _ => return None,
    })
}

/// What is said of an act that needs no mending in a field.
fn good(said: Said, say: Either) -> Markup {
    let (tone, title) = match said {
        Said::PasswordSet => (
            Tone::Good,
            say.of(
                "Your password is set; your other sessions are over.",
                "Votre mot de passe est enregistré\u{202f}; vos autres sessions sont terminées.",
            ),
        ),
        Said::Removed => (
            Tone::Good,
            say.of("It was taken away.", "Ce moyen a été retiré."),
        ),
        Said::Last => (
            Tone::Bad,
            say.of(
                "This is your last way in, and stays. Set up another one first.",
                "C’est votre dernier moyen de connexion\u{a0}: il reste. Ajoutez-en d’abord un autre.",
            ),
        ),
        Said::Ended => (
            Tone::Good,
            say.of("The session is over.", "La session est terminée."),
        ),
        Said::Linked => (
            Tone::Good,
            say.of(
                "You can sign in with this service from now on.",
                "Vous pouvez désormais vous connecter avec ce service.",
            ),
        ),
        Said::Unproven => (
            Tone::Bad,
            say.of(
                "The sign-in service did not confirm who you are. Nothing was linked.",
                "Le service de connexion n’a pas confirmé votre identité. Rien n’a été associé.",
            ),
        ),
        Said::Weak(_) | Said::Unlike | Said::PresentWrong | Said::Later(_) => {
            return html! {};
        }
    };
    notice(tone, title, &html! {})
}
