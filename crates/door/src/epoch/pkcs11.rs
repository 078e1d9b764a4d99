//! The keys of epochs in a PKCS#11 token, made there and never to leave it.
//!
//! An epoch has two keys: an AES key that wraps by AES-256-GCM, and a generic secret that hashes
//! look-ups by HMAC-SHA-256. Both are made by the token, sensitive and not extractable; what it
//! says of a key that it made is read back and believed no further than that. Each nonce is random
//! and kept with what it wrapped: GCM bears no repetition, and up to 2^32 random nonces under one
//! key stay within the bound of NIST SP 800-38D (8.3), far more than a token wraps in an epoch.
//!
//! One thread owns the module and its session ([`owner`]): modules that say they may be called from
//! several threads are not all to be believed.

mod owner;
mod pin;
mod place;
mod session;
#[cfg(test)]
mod tests;

use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use domain::algorithm::{AES_256_GCM, Algorithm};
use domain::{Entropy, Fault, FaultKind, InstallationId};
use zeroize::Zeroizing;

use super::{EpochKeys, NONCE_BYTES, TAG_BYTES, ToWrap, Wrapped, damaged};
use owner::{Failure, Owner, PATIENCE};
pub use place::TokenPlace;
use session::Open;

/// Bytes of each key.
const KEY_BYTES: u64 = 32;
/// What a token is tried on.
const TRIED: &[u8] = b"kept tries whether this token does as it says";

/// The keys of an installation's epochs in a token.
pub struct Pkcs11 {
    owner: Owner,
    place: TokenPlace,
    installation: InstallationId,
}

/// What a key is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Purpose {
    Wrapping,
    LookUp,
}

impl Purpose {
    const ALL: [Self; 2] = [Self::Wrapping, Self::LookUp];

    fn name(self) -> &'static str {
        match self {
            Self::Wrapping => "wrapping",
            Self::LookUp => "look-up",
        }
    }
}

/// A key by its place.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Key {
    installation: InstallationId,
    epoch: u32,
    purpose: Purpose,
}

impl Key {
    /// How the token's own tools show it.
    fn label(self) -> String {
        format!(
            "kept {} epoch {} {}",
            self.installation,
            self.epoch,
            self.purpose.name()
        )
    }

    /// By what it is found.
    fn sought(self) -> Vec<Attribute> {
        vec![
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::Token(true),
            Attribute::Label(self.label().into_bytes()),
        ]
    }

    /// As what it is made.
    fn wanted(self) -> Vec<Attribute> {
        let is_wrapping = self.purpose == Purpose::Wrapping;
        let mut wanted = self.sought();
        wanted.extend([
            Attribute::KeyType(match self.purpose {
                Purpose::Wrapping => KeyType::AES,
                Purpose::LookUp => KeyType::GENERIC_SECRET,
            }),
            Attribute::ValueLen(KEY_BYTES.into()),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Encrypt(is_wrapping),
            Attribute::Decrypt(is_wrapping),
            Attribute::Sign(!is_wrapping),
            Attribute::Verify(!is_wrapping),
            Attribute::Wrap(false),
            Attribute::Unwrap(false),
            Attribute::Derive(false),
        ]);
        wanted
    }
}

impl Pkcs11 {
    /// The keys of an installation in a token. Nothing is asked of the token before a key is.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when no thread can be begun.
    pub fn new(place: TokenPlace, installation: InstallationId) -> Result<Self, Fault> {
        Ok(Self {
            owner: Owner::start(place.clone(), PATIENCE)?,
            place,
            installation,
        })
    }

    /// Where the token is.
    #[must_use]
    pub fn place(&self) -> &TokenPlace {
        &self.place
    }

    /// Makes the token do all that will be asked of it, on keys that go at once: what is wrong with
    /// it is known before anything depends on it.
    ///
    /// # Errors
    /// As the token says.
    pub fn try_out(&self, entropy: &dyn Entropy) -> Result<(), Fault> {
        // No epoch has this number.
        let none = 0;
        let tried = self.make(none, entropy).and_then(|()| {
            let secret = ToWrap {
                nonce: None,
                associated: TRIED.to_vec(),
                secret: Zeroizing::new(TRIED.to_vec()),
            };
            let bytes = self.wrap(none, vec![secret], entropy)?;
            let bound_to = |associated: &[u8]| {
                let wrapped = bytes.iter().map(|bytes| Wrapped {
                    nonce: None,
                    associated: associated.to_vec(),
                    bytes: bytes.clone(),
                });
                self.unwrap(none, wrapped.collect())
            };
            let opened = bound_to(TRIED)?;
            let is_bound = bound_to(b"something else").is_err();
            self.mac(none, vec![Zeroizing::new(TRIED.to_vec())])?;
            let is_right = opened.first().is_some_and(|it| it.as_slice() == TRIED);
            match is_right && is_bound {
                true => Ok(()),
                false => Err(untrue(&self.place, "wraps otherwise than it says")),
            }
        });
        let gone = self.destroy(none);
        tried.and(gone)
    }

    fn key(&self, epoch: u32, purpose: Purpose) -> Key {
        Key {
            installation: self.installation,
            epoch,
            purpose,
        }
    }
}

impl EpochKeys for Pkcs11 {
    fn wrapping(&self) -> Algorithm {
        AES_256_GCM
    }

    fn make(&self, epoch: u32, _: &dyn Entropy) -> Result<(), Fault> {
        let keys = Purpose::ALL.map(|purpose| self.key(epoch, purpose));
        let place = self.place.clone();
        self.owner.ask(move |open| {
            for key in keys {
                make(open, key, &place)?;
            }
            Ok(())
        })
    }

    fn wrap(
        &self,
        epoch: u32,
        secrets: Vec<ToWrap>,
        entropy: &dyn Entropy,
    ) -> Result<Vec<Vec<u8>>, Fault> {
        let nonces: Vec<_> = secrets
            .iter()
            .map(|_| {
                let mut nonce = [0; NONCE_BYTES];
                entropy.fill(&mut nonce);
                nonce
            })
            .collect();
        let (key, place) = (self.key(epoch, Purpose::Wrapping), self.place.clone());
        self.owner.ask(move |open| {
            let handle = open.key(key, || missing(epoch, &place))?;
            let each = secrets.iter().zip(&nonces);
            each.map(|(one, nonce)| wrapped(open, handle, one, *nonce))
                .collect()
        })
    }

    fn unwrap(&self, epoch: u32, wrapped: Vec<Wrapped>) -> Result<Vec<Zeroizing<Vec<u8>>>, Fault> {
        let (key, place) = (self.key(epoch, Purpose::Wrapping), self.place.clone());
        self.owner.ask(move |open| {
            let handle = open.key(key, || missing(epoch, &place))?;
            let each = wrapped.iter();
            each.map(|one| {
                unwrapped(open, handle, one).map_err(|failure| match failure {
                    Failure::Module(error) if says_damaged(&error) => {
                        Failure::Fault(unopened(epoch).because(error))
                    }
                    other => other,
                })
            })
            .collect()
        })
    }

    fn mac(&self, epoch: u32, data: Vec<Zeroizing<Vec<u8>>>) -> Result<Vec<[u8; 32]>, Fault> {
        let (key, place) = (self.key(epoch, Purpose::LookUp), self.place.clone());
        self.owner.ask(move |open| {
            let handle = open.key(key, || missing(epoch, &place))?;
            let each = data.iter();
            each.map(|one| {
                let hash = open.session.sign(&Mechanism::Sha256Hmac, handle, one)?;
                let hash = hash.as_slice().try_into();
                hash.map_err(|_| untrue(&place, "hashes otherwise than it says").into())
            })
            .collect()
        })
    }

    fn forget(&self, epoch: u32) {
        let keys = Purpose::ALL.map(|purpose| self.key(epoch, purpose));
        // Handles alone are held here; where the token is away, there are none.
        let _ = self.owner.ask(move |open| {
            keys.into_iter().for_each(|key| open.forget(key));
            Ok(())
        });
    }

    fn destroy(&self, epoch: u32) -> Result<(), Fault> {
        let keys = Purpose::ALL.map(|purpose| self.key(epoch, purpose));
        let place = self.place.clone();
        self.owner.ask(move |open| {
            for key in keys {
                open.forget(key);
                for object in open.session.find_objects(&key.sought())? {
                    open.session.destroy_object(object)?;
                }
                if !open.session.find_objects(&key.sought())?.is_empty() {
                    return Err(undestroyed(epoch, &place).into());
                }
            }
            Ok(())
        })
    }
}

/// Makes a key unless it is there, and looks at what came of it.
fn make(open: &mut Open, key: Key, place: &TokenPlace) -> Result<(), Failure> {
    open.forget(key);
    if !open.session.find_objects(&key.sought())?.is_empty() {
        let handle = open.key(key, || missing(key.epoch, place))?;
        return check(open, handle, place);
    }
    let how = match key.purpose {
        Purpose::Wrapping => Mechanism::AesKeyGen,
        Purpose::LookUp => Mechanism::GenericSecretKeyGen,
    };
    let made = open.session.generate_key(&how, &key.wanted());
    let handle = made.map_err(|error| match error {
        Error::Pkcs11(RvError::DeviceMemory | RvError::HostMemory, _) => {
            Failure::Fault(full(place).because(error))
        }
        Error::Pkcs11(RvError::TokenWriteProtected | RvError::SessionReadOnly, _) => {
            Failure::Fault(protected(place).because(error))
        }
        other => Failure::Module(other),
    })?;
    check(open, handle, place).inspect_err(|_| {
        // A key that could leave the token must not be used; that it stays does no harm.
        let _ = open.session.destroy_object(handle);
    })
}

/// Whether the token says of a key that it was made there, and cannot and never could leave it.
fn check(open: &Open, handle: ObjectHandle, place: &TokenPlace) -> Result<(), Failure> {
    let said = open.session.get_attributes(
        handle,
        &[
            AttributeType::Sensitive,
            AttributeType::AlwaysSensitive,
            AttributeType::Extractable,
            AttributeType::NeverExtractable,
            AttributeType::Local,
            AttributeType::Token,
        ],
    )?;
    let wanted = [
        Attribute::Sensitive(true),
        Attribute::AlwaysSensitive(true),
        Attribute::Extractable(false),
        Attribute::NeverExtractable(true),
        Attribute::Local(true),
        Attribute::Token(true),
    ];
    match wanted.iter().all(|one| said.contains(one)) {
        true => Ok(()),
        false => Err(untrue(place, "has a key of that name that could leave it").into()),
    }
}

/// The nonce, the wrapped secret and what authenticates it.
fn wrapped(
    open: &Open,
    handle: ObjectHandle,
    one: &ToWrap,
    mut nonce: [u8; NONCE_BYTES],
) -> Result<Vec<u8>, Failure> {
    let sealed = {
        let how = Mechanism::AesGcm(GcmParams::new(&mut nonce, &one.associated, tag_bits())?);
        open.session.encrypt(&how, handle, &one.secret)?
    };
    // Read after the sealing: some tokens draw the nonce themselves, and say which it was.
    Ok([nonce.as_slice(), &sealed].concat())
}

fn unwrapped(
    open: &Open,
    handle: ObjectHandle,
    one: &Wrapped,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let (nonce, sealed) = one.bytes.split_first_chunk().ok_or_else(damaged)?;
    let mut nonce: [u8; NONCE_BYTES] = *nonce;
    let how = Mechanism::AesGcm(GcmParams::new(&mut nonce, &one.associated, tag_bits())?);
    Ok(Zeroizing::new(open.session.decrypt(&how, handle, sealed)?))
}

fn tag_bits() -> cryptoki::types::Ulong {
    (TAG_BYTES as u64 * 8).into()
}

/// Whether a token says that bytes are not what its key wrapped. Some say no more than that it did
/// not work.
fn says_damaged(error: &Error) -> bool {
    matches!(
        error,
        Error::Pkcs11(
            RvError::EncryptedDataInvalid
                | RvError::EncryptedDataLenRange
                | RvError::DataInvalid
                | RvError::FunctionFailed
                | RvError::GeneralError
                | RvError::SignatureInvalid,
            _
        )
    )
}

fn missing(epoch: u32, place: &TokenPlace) -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        format!(
            "the keys of epoch {epoch} are not in the token `{}`",
            place.token
        ),
    )
    .remedy(
        "make the token of this installation available (`installation.toml` names it); nothing was \
         touched",
    )
}

fn unopened(epoch: u32) -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        format!("the token's key of epoch {epoch} does not open what the keyring holds"),
    )
    .remedy(
        "use the token that belongs to this installation; if it is the one, restore the keyring \
         from its latest copy; nothing was touched",
    )
}

fn full(place: &TokenPlace) -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        format!("the token `{}` has no room for another key", place.token),
    )
    .remedy(
        "destroy keys in it that nothing needs any more; each epoch needs two; nothing was touched",
    )
}

fn protected(place: &TokenPlace) -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        format!("the token `{}` may not be written", place.token),
    )
    .remedy("lift its protection against writing; nothing was touched")
}

fn undestroyed(epoch: u32, place: &TokenPlace) -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        format!(
            "the token `{}` still has a key of epoch {epoch} that it was told to destroy",
            place.token
        ),
    )
    .remedy("destroy it with the token's own tools, then run `kept keys rotate` again")
}

fn untrue(place: &TokenPlace, what: &str) -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        format!("the token `{}` {what}", place.token),
    )
    .remedy("use a token that keeps AES-256 and generic secrets sensitive and not extractable")
}
