//! How far long work has come: a bar on a terminal, nothing elsewhere.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::{Deserialize, Serialize};

use super::Terminal;

/// How far a piece of work has come.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Progress {
    /// What is being done: `records destroyed`.
    pub label: String,
    /// How much is done.
    pub done: u64,
    /// How much there is, if that is known.
    pub total: Option<u64>,
}

/// Where progress is shown.
pub trait ProgressSink: Send + Sync {
    /// Shows how far the work has come; `None` when it has ended.
    fn show(&self, progress: Option<&Progress>);
}

/// A sink that shows nothing: there is no terminal.
pub struct Silent;

impl ProgressSink for Silent {
    fn show(&self, _: Option<&Progress>) {}
}

/// A bar that stands for one piece of work, for as long as it lives.
pub struct Bar {
    sink: Arc<dyn ProgressSink>,
    state: Mutex<State>,
}

struct State {
    progress: Progress,
    shown: Option<Instant>,
}

impl Bar {
    /// A bar is drawn anew at most this often.
    const PAUSE: Duration = Duration::from_millis(50);

    pub(super) fn new(sink: Arc<dyn ProgressSink>, label: String, total: Option<u64>) -> Self {
        let progress = Progress {
            label,
            done: 0,
            total,
        };
        sink.show(Some(&progress));
        let state = Mutex::new(State {
            progress,
            shown: None,
        });
        Self { sink, state }
    }

    /// Says how much is done by now; cheap enough to be called for each line.
    pub fn set(&self, done: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.progress.done = done;
        let now = Instant::now();
        if state.shown.is_none_or(|shown| now - shown >= Self::PAUSE) {
            state.shown = Some(now);
            self.sink.show(Some(&state.progress));
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.sink.show(None);
    }
}

/// The sink of this process: bars where standard error is a terminal.
pub(super) fn of_this_process(terminal: Terminal) -> Arc<dyn ProgressSink> {
    if terminal.err {
        Arc::new(Drawn {
            colour: terminal.colour_err,
            bar: Mutex::new(None),
        })
    } else {
        Arc::new(Silent)
    }
}

/// A bar on the terminal.
struct Drawn {
    colour: bool,
    bar: Mutex<Option<ProgressBar>>,
}

impl Drawn {
    fn begin(&self, total: Option<u64>) -> ProgressBar {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
        let template = match (total, self.colour) {
            (Some(_), true) => "{msg} {bar:30.cyan} {human_pos} of {human_len}, {eta} left",
            (Some(_), false) => "{msg} {bar:30} {human_pos} of {human_len}, {eta} left",
            (None, _) => "{msg} {spinner} {human_pos}, {elapsed}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar
    }
}

impl ProgressSink for Drawn {
    fn show(&self, progress: Option<&Progress>) {
        let mut held = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        match progress {
            Some(progress) => {
                let bar = held.get_or_insert_with(|| self.begin(progress.total));
                bar.set_message(progress.label.clone());
                bar.set_position(progress.done);
            }
            None => {
                if let Some(bar) = held.take() {
                    bar.finish_and_clear();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Seen(Mutex<Vec<Option<u64>>>);

    impl ProgressSink for Seen {
        fn show(&self, progress: Option<&Progress>) {
            self.0.lock().unwrap().push(progress.map(|p| p.done));
        }
    }

    #[test]
    fn a_bar_begins_moves_and_ends_without_flooding_its_sink() {
        let seen = Arc::new(Seen::default());
        let bar = Bar::new(seen.clone(), "lines read".into(), Some(100_000));
        for done in 1..=100_000 {
            bar.set(done);
        }
        drop(bar);
        let seen = seen.0.lock().unwrap();
        assert_eq!(seen[..2], [Some(0), Some(1)]);
        assert_eq!(seen.last(), Some(&None));
        assert!(seen.len() < 10_000, "{}", seen.len());
    }
}
