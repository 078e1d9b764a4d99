//! Passkeys (WebAuthn level 3): a key that its holder's device keeps, which proves by itself who they
//! are. It answers for the address that it was made for and no other, so that it cannot be phished.
//!
//! Every key is discoverable and verifies its holder (by finger, face or PIN): one step is enough,
//! and nobody types who they are.

use std::fmt;

use domain::{Fault, FaultKind};
use serde::{Deserialize, Serialize};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder, WebauthnError,
};
use zeroize::Zeroizing;

/// Characters of the name that a holder gives a key.
pub const NAME_MAX: usize = 64;

/// Whom keys are made for: the address that people use, and what the browser calls it.
pub struct RelyingParty(Webauthn);

/// A key that is being made: kept here, good for one answer.
///
/// The library lets what it awaits be written down only on request: given to a browser, it could be
/// shown again, and a challenge answered twice. Here it never leaves the server, and whoever keeps it
/// gives it out once (decision 16).
#[derive(Serialize, Deserialize)]
pub struct Registering(PasskeyRegistration);

/// A proof that is awaited: kept here, good for one answer. What is said of [`Registering`] holds.
#[derive(Serialize, Deserialize)]
pub struct Proving(DiscoverableAuthentication);

/// What a browser is asked, as JSON (WebAuthn, 5.4 and 5.5).
pub struct Asked(pub String);

/// A key, as it is kept: public, but whose it is is nobody's business.
#[derive(Serialize, Deserialize)]
pub struct Passkey {
    name: String,
    key: webauthn_rs::prelude::Passkey,
}

/// What a browser showed, not proved yet.
pub struct Shown(PublicKeyCredential);

/// What a proof came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Proof {
    /// The key's holder is there. The number of its signatures so far, where it counts them.
    Right(Option<u32>),
    /// It proves nothing.
    Wrong,
    /// It is right, and its counter went back: there is a copy of the key.
    Copied,
}

/// Why a key is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unfit {
    /// What the browser answered is no answer to what it was asked.
    NoAnswer,
    /// The key does not find its holder's account by itself.
    NotDiscoverable,
}

impl From<Unfit> for Fault {
    fn from(unfit: Unfit) -> Self {
        let (message, remedy) = match unfit {
            Unfit::NoAnswer => (
                "the passkey was not made as it was asked for",
                "begin again; where it fails again, use another device or browser",
            ),
            Unfit::NotDiscoverable => (
                "this key cannot keep a passkey",
                "use a telephone, a computer or a newer key",
            ),
        };
        Fault::new(FaultKind::Invalid, message)
            .rule("21c")
            .remedy(remedy)
    }
}

impl RelyingParty {
    /// For an address such as `https://kept.example`; `title` is shown by the browser.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when keys cannot be bound to it: it is no host's name.
    pub fn new(address: &str, title: &str) -> Result<Self, Fault> {
        let unusable = || {
            Fault::new(FaultKind::Invalid, "passkeys cannot be bound to this address")
                .remedy("give the server an address with a name; passkeys know no numbers (WebAuthn, 5.1.2)")
        };
        let origin = Url::parse(address).map_err(|_| unusable())?;
        let host = origin.domain().ok_or_else(unusable)?;
        WebauthnBuilder::new(host, &origin)
            .and_then(|builder| builder.rp_name(title).build())
            .map(Self)
            .map_err(|_| unusable())
    }

    /// Asks for a new key. `holder` is the account as keys know it, `name` what their list calls it;
    /// devices that have one of `present` make no second.
    ///
    /// # Errors
    /// [`FaultKind::Integrity`] when the question cannot be put.
    pub fn start_registration(
        &self,
        holder: [u8; 16],
        name: &str,
        present: &[Passkey],
    ) -> Result<(Asked, Registering), Fault> {
        let present = present.iter().map(|it| it.key.cred_id().clone()).collect();
        let holder = Uuid::from_bytes(holder);
        let (asked, state) = self
            .0
            .start_passkey_registration(holder, name, name, Some(present))
            .map_err(|_| no_question())?;
        let mut asked = serde_json::to_value(asked.public_key).map_err(|_| no_question())?;
        // The library leaves it to the device whether the key finds its account by itself.
        let selection = &mut asked["authenticatorSelection"];
        selection["residentKey"] = "required".into();
        selection["requireResidentKey"] = true.into();
        Ok((Asked(asked.to_string()), Registering(state)))
    }

    /// Takes the new key.
    ///
    /// # Errors
    /// [`Unfit`] when it is none, or none of the sort that was asked for.
    pub fn finish_registration(
        &self,
        state: &Registering,
        answer: &str,
        name: &str,
    ) -> Result<Passkey, Unfit> {
        let answer: RegisterPublicKeyCredential =
            serde_json::from_str(answer).map_err(|_| Unfit::NoAnswer)?;
        let properties = answer.extensions.cred_props.as_ref();
        if properties.is_some_and(|it| it.rk == Some(false)) {
            return Err(Unfit::NotDiscoverable);
        }
        let key = self
            .0
            .finish_passkey_registration(&answer, &state.0)
            .map_err(|_| Unfit::NoAnswer)?;
        let plain = name.trim().chars().filter(|c| !c.is_control());
        Ok(Passkey {
            name: plain.take(NAME_MAX).collect(),
            key,
        })
    }

    /// Asks for a proof by whichever key the browser has.
    ///
    /// # Errors
    /// [`FaultKind::Integrity`] when the question cannot be put.
    pub fn start_proof(&self) -> Result<(Asked, Proving), Fault> {
        let (asked, state) = self
            .0
            .start_discoverable_authentication()
            .map_err(|_| no_question())?;
        let asked = serde_json::to_string(&asked.public_key).map_err(|_| no_question())?;
        Ok((Asked(asked), Proving(state)))
    }

    /// Looks at the proof; the question is used up.
    #[must_use]
    pub fn finish_proof(&self, state: Proving, shown: &Shown, key: &Passkey) -> Proof {
        let proof = self
            .0
            .finish_discoverable_authentication_v2(&shown.0, state.0, &key.key);
        match proof {
            Ok(result) if result.user_verified() => {
                Proof::Right(Some(result.counter()).filter(|counter| *counter > 0))
            }
            Err(WebauthnError::CredentialPossibleCompromise) => Proof::Copied,
            Ok(_) | Err(_) => Proof::Wrong,
        }
    }
}

impl Shown {
    /// What a browser showed, if it can be a proof.
    #[must_use]
    pub fn parse(answer: &str) -> Option<Self> {
        serde_json::from_str(answer).ok().map(Self)
    }

    /// By what the key is found.
    #[must_use]
    pub fn finder(&self) -> String {
        finder(self.0.get_credential_id())
    }

    /// Whose key it says it is: the account as keys know it.
    #[must_use]
    pub fn holder(&self) -> Option<[u8; 16]> {
        self.0.get_user_unique_id()?.try_into().ok()
    }
}

impl Passkey {
    /// The name that its holder gave it; may be empty.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// By what it is found.
    #[must_use]
    pub fn finder(&self) -> String {
        finder(self.key.cred_id().as_ref())
    }

    /// The form in which it is sealed.
    ///
    /// # Errors
    /// [`FaultKind::Integrity`] when it cannot be written.
    pub fn encode(&self) -> Result<Zeroizing<Vec<u8>>, Fault> {
        serde_json::to_vec(self)
            .map(Zeroizing::new)
            .map_err(|_| Fault::new(FaultKind::Integrity, "a passkey cannot be written down"))
    }

    /// Reads the form in which it is sealed.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

fn finder(id: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(id)
}

fn no_question() -> Fault {
    Fault::new(FaultKind::Integrity, "a passkey cannot be asked for")
}

impl fmt::Debug for Passkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passkey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party() -> RelyingParty {
        RelyingParty::new("https://kept.quai.example:8443", "Quai").unwrap()
    }

    #[test]
    fn keys_are_bound_to_the_name_of_a_host() {
        assert!(RelyingParty::new("http://localhost:7879", "Quai").is_ok());
        for address in ["https://192.0.2.7", "https://[2001:db8::1]", "kept", ""] {
            let fault = RelyingParty::new(address, "Quai").err().unwrap();
            assert_eq!(fault.kind, FaultKind::Invalid, "{address}");
        }
    }

    #[test]
    fn a_key_is_asked_to_be_discoverable_and_to_verify_its_holder() {
        let (asked, _) = party().start_registration([7; 16], "staff-b", &[]).unwrap();
        let asked: serde_json::Value = serde_json::from_str(&asked.0).unwrap();
        assert_eq!(asked["rp"]["id"], "kept.quai.example");
        let selection = &asked["authenticatorSelection"];
        assert_eq!(selection["residentKey"], "required");
        assert_eq!(selection["requireResidentKey"], true);
        assert_eq!(selection["userVerification"], "required");
        assert_eq!(asked["user"]["name"], "staff-b");
    }

    #[test]
    fn a_proof_is_asked_of_any_key_and_no_question_comes_twice() {
        let questions: Vec<serde_json::Value> = (0..2)
            .map(|_| serde_json::from_str(&party().start_proof().unwrap().0.0).unwrap())
            .collect();
        assert_eq!(questions[0]["allowCredentials"], serde_json::json!([]));
        assert_eq!(questions[0]["userVerification"], "required");
        assert_ne!(questions[0]["challenge"], questions[1]["challenge"]);
    }

    #[test]
    fn what_is_no_answer_is_taken_for_none() {
        let (_, state) = party().start_registration([7; 16], "staff-b", &[]).unwrap();
        for answer in ["", "{}", "[]", "null"] {
            let unfit = party().finish_registration(&state, answer, "").err();
            assert_eq!(unfit, Some(Unfit::NoAnswer));
            assert!(Shown::parse(answer).is_none());
        }
    }
}
