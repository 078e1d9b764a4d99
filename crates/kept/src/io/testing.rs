//! Surroundings for tests: what was written can be looked at.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use super::{Io, Progress, ProgressSink, Terminal};

/// What a command has written.
#[derive(Clone, Default)]
pub(crate) struct Written {
    out: Bytes,
    err: Bytes,
    progress: Arc<Mutex<Vec<Option<Progress>>>>,
}

#[derive(Clone, Default)]
struct Bytes(Arc<Mutex<Vec<u8>>>);

impl Written {
    /// Surroundings with somebody who answers whatever is asked, and what is written to them; the
    /// question is beside the result.
    pub(crate) fn io_that_answers(answer: &str) -> (Io, Self) {
        let (io, written) = Self::with(Terminal {
            err: true,
            asks: true,
            ..Terminal::none()
        });
        let (mut heard, answer) = (written.err.clone(), answer.to_owned());
        let io = io.asking(move |question| {
            heard.write_all(question.as_bytes()).unwrap();
            Some(answer.clone())
        });
        (io, written)
    }

    /// Surroundings, and what is written to them.
    pub(crate) fn io() -> (Io, Self) {
        Self::with(Terminal {
            err: true,
            ..Terminal::none()
        })
    }

    fn with(terminal: Terminal) -> (Io, Self) {
        let written = Self::default();
        let io = Io::new(
            written.out.clone(),
            written.err.clone(),
            terminal,
            PathBuf::from("here"),
            Arc::new(written.clone()),
        );
        (io, written)
    }

    /// The result.
    pub(crate) fn out(&self) -> String {
        String::from_utf8(self.out.0.lock().unwrap().clone()).unwrap()
    }

    /// What is beside it.
    pub(crate) fn err(&self) -> String {
        String::from_utf8(self.err.0.lock().unwrap().clone()).unwrap()
    }

    /// What was shown of progress.
    pub(crate) fn progress(&self) -> Vec<Option<Progress>> {
        self.progress.lock().unwrap().clone()
    }
}

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl ProgressSink for Written {
    fn show(&self, progress: Option<&Progress>) {
        self.progress.lock().unwrap().push(progress.cloned());
    }
}
