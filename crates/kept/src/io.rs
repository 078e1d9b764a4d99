//! What a command reads from and writes to: streams, terminal, current folder, progress.

pub mod colour;
mod forgiving;
mod progress;
mod terminal;
#[cfg(test)]
pub(crate) mod testing;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

pub use forgiving::Forgiving;
pub use progress::{Bar, Progress, ProgressSink, Silent};
pub use terminal::Terminal;

/// The surroundings of a command: of this process, or of a client elsewhere.
///
/// Writing never fails: whoever no longer listens does not stop an act half-way.
pub struct Io {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    terminal: Terminal,
    folder: PathBuf,
    progress: Arc<dyn ProgressSink>,
    ask: Asker,
}

/// Asks whoever gave the command; `None` when nobody answers.
type Asker = Box<dyn FnMut(&str) -> Option<String> + Send>;

impl Io {
    /// Surroundings made of their parts.
    pub fn new(
        out: impl Write + Send + 'static,
        err: impl Write + Send + 'static,
        terminal: Terminal,
        folder: PathBuf,
        progress: Arc<dyn ProgressSink>,
    ) -> Self {
        Self {
            out: Box::new(out),
            err: Box::new(err),
            terminal,
            folder,
            progress,
            ask: Box::new(|_| None),
        }
    }

    /// The same, with somebody who can be asked.
    #[must_use]
    pub fn asking(mut self, ask: impl FnMut(&str) -> Option<String> + Send + 'static) -> Self {
        self.ask = Box::new(ask);
        self
    }

    /// The surroundings of this process.
    #[must_use]
    pub fn of_this_process() -> Self {
        let terminal = Terminal::of_this_process();
        Self::new(
            Forgiving::new(std::io::stdout()),
            Forgiving::new(std::io::stderr()),
            terminal,
            std::env::current_dir().unwrap_or_default(),
            progress::of_this_process(terminal),
        )
        .asking(ask_here)
    }

    /// Asks whoever gave the command, and waits for a line; `None` when nobody answers.
    pub fn ask(&mut self, question: &str) -> Option<String> {
        let _ = self.out.flush();
        (self.ask)(question)
    }

    /// What it is shown on.
    #[must_use]
    pub fn terminal(&self) -> Terminal {
        self.terminal
    }

    /// The folder that relative paths start from.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A path that was given on the command line, from the folder of whoever gave it.
    #[must_use]
    pub fn path(&self, given: &Path) -> PathBuf {
        self.folder.join(given)
    }

    /// Writes the result: what the command was asked for.
    pub fn print(&mut self, text: &str) {
        self.print_bytes(text.as_bytes());
    }

    /// Writes a result that need not be text.
    pub fn print_bytes(&mut self, bytes: &[u8]) {
        let _ = self.out.write_all(bytes);
    }

    /// Writes a result for programs: one JSON value and a line's end.
    pub fn print_json(&mut self, value: &Value) {
        self.print(&format!("{value:#}\n"));
    }

    /// Writes what is beside the result: what went wrong, what to know.
    pub fn complain(&mut self, text: &str) {
        self.complain_bytes(text.as_bytes());
    }

    /// As [`Io::complain`], of bytes that came from elsewhere.
    pub fn complain_bytes(&mut self, bytes: &[u8]) {
        let _ = self.out.flush();
        let _ = self.err.write_all(bytes);
        let _ = self.err.flush();
    }

    /// Begins to show how far something has come; `total` is how much there is to do, if known.
    pub fn progress(&self, label: impl Into<String>, total: Option<u64>) -> Bar {
        Bar::new(Arc::clone(&self.progress), label.into(), total)
    }

    /// Shows progress that was made elsewhere; `None` when it has ended.
    pub fn relay(&self, progress: Option<&Progress>) {
        self.progress.show(progress);
    }

    /// Hands over all that was written.
    pub fn finish(&mut self) {
        self.progress.show(None);
        let _ = self.out.flush();
        let _ = self.err.flush();
    }
}

/// Asks on this process's terminal.
fn ask_here(question: &str) -> Option<String> {
    let mut err = std::io::stderr();
    err.write_all(question.as_bytes()).ok()?;
    err.flush().ok()?;
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line).ok()?;
    (read > 0).then(|| line.trim().to_owned())
}
