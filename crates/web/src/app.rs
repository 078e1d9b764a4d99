//! The demo: a site whose every visitor is one actor, with a clock that can be moved.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRef;
use domain::{Actor, SubjectId};
use jiff::civil::Date;
use policy::model::Wording;
use services::Kept;
use services::sweep::Swept;

use crate::site::{Site, Surface};

/// The demo: one installation and one actor, whoever sits at the browser.
#[derive(Clone)]
pub(crate) struct App {
    site: Site,
    pub(crate) kept: Arc<Kept>,
    pub(crate) actor: Arc<Actor>,
    /// People who are worth a look, and why.
    pub(crate) suggestions: Arc<[(SubjectId, Wording)]>,
    /// What the last movement of the clock did, until the next one.
    passed: Arc<Mutex<Option<Passed>>>,
}

/// A movement of the clock, and what the sweep took that followed it.
#[derive(Clone)]
pub(crate) struct Passed {
    pub(crate) from: Date,
    pub(crate) to: Date,
    pub(crate) swept: Swept,
}

impl App {
    pub(crate) fn new(site: Site, actor: Actor, suggestions: Vec<(SubjectId, Wording)>) -> Self {
        Self {
            kept: Arc::clone(&site.kept),
            site,
            actor: Arc::new(actor),
            suggestions: suggestions.into(),
            passed: Arc::default(),
        }
    }

    pub(crate) fn passed(&self) -> Option<Passed> {
        let passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        passed.clone()
    }

    pub(crate) fn has_passed(&self, what: Passed) {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        *passed = Some(what);
    }
}

impl Surface for App {
    fn site(&self) -> &Site {
        &self.site
    }
}

impl FromRef<App> for Site {
    fn from_ref(app: &App) -> Self {
        app.site.clone()
    }
}
