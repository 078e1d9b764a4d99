//! The one thread that speaks to a token. Others hand it what they want done and wait.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use cryptoki::context::Pkcs11 as Module;
use cryptoki::error::{Error, RvError};
use domain::{Fault, FaultKind};

use super::TokenPlace;
use super::session::{self, Open};

/// How long an answer is waited for: five hundred rows of a turn at a device that takes its time.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// What can go wrong at a token.
pub(super) enum Failure {
    /// It is known what it means.
    Fault(Fault),
    /// The PIN was refused: it is not tried again.
    Pin(Fault),
    /// The module says so.
    Module(Error),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Module(error)
    }
}

/// Something to be done at the token.
type Request = Box<dyn FnOnce(&mut Token) + Send>;

/// The way to the thread.
pub(super) struct Owner {
    requests: Option<Sender<Request>>,
    thread: Option<JoinHandle<()>>,
    patience: Duration,
    /// Whether the last answer that was waited for never came.
    silent: AtomicBool,
}

/// What the thread has.
struct Token {
    place: TokenPlace,
    module: Option<Module>,
    open: Option<Open>,
    /// Why no login is tried any more.
    refused: Option<(FaultKind, String, Option<String>)>,
}

impl Owner {
    /// Begins the thread; it does nothing before it is asked.
    pub(super) fn start(place: TokenPlace, patience: Duration) -> Result<Self, Fault> {
        let (requests, asked) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("token".to_owned())
            .spawn(move || serve(place, &asked))
            .map_err(|error| unreachable().because(error))?;
        Ok(Self {
            requests: Some(requests),
            thread: Some(thread),
            patience,
            silent: AtomicBool::new(false),
        })
    }

    /// Has something done at the token, and once more if the session was lost meanwhile. What takes
    /// too long may be done all the same, later.
    pub(super) fn ask<R, W>(&self, work: W) -> Result<R, Fault>
    where
        R: Send + 'static,
        W: Fn(&mut Open) -> Result<R, Failure> + Send + 'static,
    {
        let (answer, answered) = mpsc::sync_channel(1);
        let request: Request = Box::new(move |token| {
            // Whoever asked may be gone.
            let _ = answer.send(token.carry_out(&work));
        });
        let sent = self
            .requests
            .as_ref()
            .is_some_and(|requests| requests.send(request).is_ok());
        match sent {
            true => {
                let answer = answered.recv_timeout(self.patience);
                let is_silent = matches!(answer, Err(RecvTimeoutError::Timeout));
                self.silent.store(is_silent, Ordering::Relaxed);
                match answer {
                    Ok(answer) => answer,
                    Err(error @ RecvTimeoutError::Timeout) => Err(silent().because(error)),
                    Err(error @ RecvTimeoutError::Disconnected) => {
                        Err(unreachable().because(error))
                    }
                }
            }
            false => Err(unreachable()),
        }
    }
}

impl Drop for Owner {
    /// Waits until the module has been let go: some fail when the process ends under them. For one
    /// that does not answer nobody waits.
    fn drop(&mut self) {
        drop(self.requests.take());
        if let Some(thread) = self.thread.take()
            && !*self.silent.get_mut()
        {
            let _ = thread.join();
        }
    }
}

fn serve(place: TokenPlace, asked: &Receiver<Request>) {
    let mut token = Token {
        place,
        module: None,
        open: None,
        refused: None,
    };
    while let Ok(request) = asked.recv() {
        request(&mut token);
    }
    token.let_go();
}

impl Token {
    fn carry_out<R>(&mut self, work: &dyn Fn(&mut Open) -> Result<R, Failure>) -> Result<R, Fault> {
        let had_session = self.open.is_some();
        match self.attempt(work) {
            Err(Failure::Module(error)) if had_session && is_lost(&error) => {
                self.open = None;
                self.attempt(work)
            }
            other => other,
        }
        .map_err(|failure| self.fault(failure))
    }

    fn attempt<R>(&mut self, work: &dyn Fn(&mut Open) -> Result<R, Failure>) -> Result<R, Failure> {
        if let Some((kind, message, remedy)) = &self.refused {
            let fault = Fault::new(*kind, message);
            let fault = match remedy {
                Some(remedy) => fault.remedy(remedy),
                None => fault,
            };
            return Err(fault.into());
        }
        let mut open = match self.open.take() {
            Some(open) => open,
            // The next act begins with the module anew: some never see a token again that was taken
            // out.
            None => self.begin().inspect_err(|_| self.let_go())?,
        };
        let done = work(&mut open);
        self.open = Some(open);
        done
    }

    fn begin(&mut self) -> Result<Open, Failure> {
        let module = match &self.module {
            Some(module) => module,
            None => self.module.insert(session::load(&self.place)?),
        };
        session::open(module, &self.place)
    }

    fn fault(&mut self, failure: Failure) -> Fault {
        match failure {
            Failure::Fault(fault) => fault,
            Failure::Pin(fault) => {
                self.refused = Some((fault.kind, fault.message.clone(), fault.remedy.clone()));
                fault
            }
            Failure::Module(error) => {
                self.let_go();
                match is_lost(&error) {
                    true => session::absent(&self.place).because(error),
                    false => self.fails().because(error),
                }
            }
        }
    }

    fn let_go(&mut self) {
        self.open = None;
        if let Some(module) = self.module.take() {
            let _ = module.finalize();
        }
    }

    fn fails(&self) -> Fault {
        let message = format!(
            "the token `{}` does not do what it is asked",
            self.place.token
        );
        Fault::new(FaultKind::Unavailable, message)
            .remedy("look at the token with its own tools; it is asked again at the next act")
    }
}

/// Whether a session is gone, or the token with it: another session may do.
fn is_lost(error: &Error) -> bool {
    matches!(
        error,
        Error::Pkcs11(
            RvError::SessionHandleInvalid
                | RvError::SessionClosed
                | RvError::DeviceRemoved
                | RvError::DeviceError
                | RvError::TokenNotPresent
                | RvError::TokenNotRecognized
                | RvError::SlotIdInvalid
                | RvError::UserNotLoggedIn
                | RvError::KeyHandleInvalid
                | RvError::ObjectHandleInvalid
                | RvError::CryptokiNotInitialized,
            _
        )
    )
}

fn silent() -> Fault {
    Fault::new(FaultKind::Unavailable, "the token does not answer")
        .remedy("see whether it is reachable with its own tools; start Kept again if it stays so")
}

fn unreachable() -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        "what speaks to the token has stopped",
    )
    .remedy("start Kept again")
}
