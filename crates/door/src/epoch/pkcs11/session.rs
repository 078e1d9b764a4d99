//! A token with a session that is logged in.

use std::collections::HashMap;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11 as Module};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::MechanismType;
use cryptoki::object::ObjectHandle;
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use domain::{Fault, FaultKind};

use super::owner::Failure;
use super::{Key, TokenPlace, pin};

/// What the token must be able to do.
const NEEDED: [MechanismType; 4] = [
    MechanismType::AES_KEY_GEN,
    MechanismType::AES_GCM,
    MechanismType::GENERIC_SECRET_KEY_GEN,
    MechanismType::SHA256_HMAC,
];

/// A session, and where it has found its keys.
pub(super) struct Open {
    pub(super) session: Session,
    found: HashMap<Key, ObjectHandle>,
}

impl Open {
    /// Finds a key; there must be one of that name.
    pub(super) fn key(
        &mut self,
        key: Key,
        missing: impl FnOnce() -> Fault,
    ) -> Result<ObjectHandle, Failure> {
        if let Some(handle) = self.found.get(&key) {
            return Ok(*handle);
        }
        let objects = self.session.find_objects(&key.sought())?;
        match objects.as_slice() {
            [] => Err(missing().into()),
            [one] => {
                self.found.insert(key, *one);
                Ok(*one)
            }
            [_, _, ..] => Err(Fault::new(
                FaultKind::Integrity,
                format!(
                    "the token has several keys with the label `{}`",
                    key.label()
                ),
            )
            .remedy("remove those that are not Kept's with the token's own tools")
            .into()),
        }
    }

    /// Forgets where a key was found.
    pub(super) fn forget(&mut self, key: Key) {
        self.found.remove(&key);
    }
}

/// Loads the module that a place names, for as long as this process asks anything of it.
pub(super) fn load(place: &TokenPlace) -> Result<Module, Fault> {
    place.check_module()?;
    let unusable = |error| {
        Fault::new(
            FaultKind::Unavailable,
            format!("the PKCS#11 module {} cannot be used", place.module.display()),
        )
        .remedy("see whether `pkcs11-tool --module MODULE -L` works as the same user; nothing was touched")
        .because(error)
    };
    let module = Module::new(&place.module).map_err(unusable)?;
    let flags = CInitializeFlags::OS_LOCKING_OK;
    match module.initialize(CInitializeArgs::new(flags)) {
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(module),
        Err(error) => Err(unusable(error)),
    }
}

/// Opens a session with the token and logs in.
pub(super) fn open(module: &Module, place: &TokenPlace) -> Result<Open, Failure> {
    let slot = slot(module, place)?;
    let about = module.get_token_info(slot)?;
    if about.user_pin_locked() {
        return Err(locked(place).into());
    }
    if about.user_pin_final_try() {
        return Err(Fault::new(
            FaultKind::Unavailable,
            format!("the token `{}` grants one more try of its PIN", place.token),
        )
        .remedy("log in with the token's own tools: the last try is left to people")
        .into());
    }
    let known = module.get_mechanism_list(slot)?;
    if let Some(lacking) = NEEDED.into_iter().find(|it| !known.contains(it)) {
        return Err(Fault::new(
            FaultKind::Unavailable,
            format!("the token `{}` has no {lacking}", place.token),
        )
        .remedy("use a token that has AES-GCM and HMAC-SHA-256, and can make keys for them")
        .into());
    }
    let session = module.open_rw_session(slot)?;
    let pin = pin::read(place)?;
    match session.login(UserType::User, Some(&pin)) {
        Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(Open {
            session,
            found: HashMap::new(),
        }),
        Err(error @ Error::Pkcs11(RvError::PinLocked, _)) => {
            Err(Failure::Pin(locked(place).because(error)))
        }
        Err(
            error @ Error::Pkcs11(
                RvError::PinIncorrect
                | RvError::PinInvalid
                | RvError::PinLenRange
                | RvError::PinExpired,
                _,
            ),
        ) => Err(Failure::Pin(
            Fault::new(
                FaultKind::Unavailable,
                format!("the token `{}` does not accept the PIN", place.token),
            )
            .remedy("correct the PIN, then start Kept again; it is not tried twice, lest the token locks")
            .because(error),
        )),
        Err(error) => Err(error.into()),
    }
}

/// The one slot whose token has the label.
fn slot(module: &Module, place: &TokenPlace) -> Result<Slot, Failure> {
    let mut found = Vec::new();
    let mut failed = None;
    for slot in module.get_slots_with_token()? {
        // Another token's failure is no matter of ours, and which one it is cannot be told.
        match module.get_token_info(slot) {
            Ok(about) if about.token_initialized() && about.label().trim_end() == place.token => {
                found.push(slot);
            }
            Ok(_) => {}
            Err(error) => failed = Some(error),
        }
    }
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(match failed {
            Some(error) => absent(place).because(error).into(),
            None => absent(place).into(),
        }),
        [_, _, ..] => Err(Fault::new(
            FaultKind::Conflict,
            format!("several tokens are labelled `{}`", place.token),
        )
        .remedy("give each token a label of its own, or take the others out")
        .into()),
    }
}

pub(super) fn absent(place: &TokenPlace) -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        format!("the token `{}` is not there", place.token),
    )
    .remedy("plug it in, or make its service reachable; nothing was touched")
}

fn locked(place: &TokenPlace) -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        format!(
            "the token `{}` is locked after too many wrong PINs",
            place.token
        ),
    )
    .remedy("have its security officer unlock it; nothing was touched")
}
