//! OpenID Connect 1.0: an organisation's own service says who its staff are. Authorization code with
//! PKCE, state and nonce; the identity token is checked with the service's published keys.
//!
//! Requests are carried by whoever serves ([`Carrier`]): nothing here opens a connection.

mod proof;

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use domain::{Entropy, Fault, FaultKind};
use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreClient, CoreClientAuthMethod, CoreIdTokenClaims, CoreProviderMetadata, CoreResponseType,
    CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AuthType, AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::token::Token;

pub use openidconnect::{HttpRequest, HttpResponse, http};
pub use proof::Unproven;

use proof::claims_of;

/// How long a service's description and keys are believed without asking again.
const BELIEVED_FOR: SignedDuration = SignedDuration::from_hours(1);
/// A service is asked for its keys again no sooner than this: who shows false tokens must not set us
/// on it.
const ASKED_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// A service that did not answer is left alone for so long.
const LEFT_ALONE: SignedDuration = SignedDuration::from_secs(10);
pub(crate) type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Carries requests to a service: one at a time, following no redirection, with an end in time and
/// in size.
pub trait Carrier: Send + Sync {
    /// Carries one request.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when there is no answer.
    fn carry(&self, request: HttpRequest) -> Result<HttpResponse, Fault>;
}

/// A service, as the configuration names it.
pub struct Settings {
    /// Its name, for addresses.
    pub name: String,
    /// Its issuer identifier.
    pub issuer: String,
    /// The identifier under which it knows this installation.
    pub client_id: String,
    /// The secret that goes with it; none for a public client.
    pub client_secret: Option<Zeroizing<String>>,
    /// The address that it sends people back to.
    pub back: String,
    /// Whether an address that it has verified finds an account that no identity is linked to yet.
    pub link_by_address: bool,
}

/// A service by which staff sign in.
pub struct Provider {
    settings: Settings,
    issuer: IssuerUrl,
    back: RedirectUrl,
    carrier: Arc<dyn Carrier>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    metadata: Option<(CoreProviderMetadata, Timestamp)>,
    failed: Option<Timestamp>,
}

/// What is kept of a sign-in while somebody is at the service: good for one answer.
#[derive(Serialize, Deserialize)]
pub struct Expected {
    #[serde(with = "secret")]
    state: Zeroizing<String>,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

/// What the service sent somebody back with.
pub struct Answer<'a> {
    /// The state that went with the question.
    pub state: &'a str,
    /// The code; none if the service refused.
    pub code: Option<&'a str>,
    /// The issuer that it says it is (RFC 9207).
    pub issuer: Option<&'a str>,
}

/// Somebody whom a service vouches for.
pub struct Identity {
    /// By what they are found: issuer and subject. Never shown.
    pub finder: Zeroizing<String>,
    /// Their address, where the service has verified it and it may find an account.
    pub address: Option<Zeroizing<String>>,
}

impl Provider {
    /// A service; nothing is asked of it yet.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when its addresses are none, or would be reached in plain text beyond
    /// this machine.
    pub fn new(settings: Settings, carrier: Arc<dyn Carrier>) -> Result<Self, Fault> {
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|_| unusable(&settings))?;
        let back = RedirectUrl::new(settings.back.clone()).map_err(|_| unusable(&settings))?;
        if !is_secure(issuer.url().scheme(), issuer.url().host_str()) {
            return Err(unusable(&settings));
        }
        Ok(Self {
            settings,
            issuer,
            back,
            carrier,
            known: Mutex::default(),
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Whether an address that it has verified finds an account.
    #[must_use]
    pub fn links_by_address(&self) -> bool {
        self.settings.link_by_address
    }

    /// Where somebody is sent to sign in, and what is kept until they come back.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when the service does not describe itself.
    pub fn start(
        &self,
        entropy: &dyn Entropy,
        now: Timestamp,
    ) -> Result<(String, Expected), Fault> {
        let client = self.client(self.metadata(now, BELIEVED_FOR)?);
        let drawn = || Token::draw(entropy).reveal().to_owned();
        let (state, nonce) = (drawn(), Nonce::new(drawn()));
        let verifier = PkceCodeVerifier::new(drawn());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        let (sent, asked) = (state.clone(), nonce.clone());
        let mut request = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || CsrfToken::new(sent),
                move || asked,
            )
            .set_pkce_challenge(challenge);
        if self.settings.link_by_address {
            request = request.add_scope(Scope::new("email".to_owned()));
        }
        let (address, ..) = request.url();
        if !is_secure(address.scheme(), address.host_str()) {
            return Err(self.no_answer());
        }
        let expected = Expected {
            state: Zeroizing::new(state),
            nonce,
            verifier,
        };
        Ok((address.to_string(), expected))
    }

    /// Takes the answer; the question is used up.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when the service does not answer.
    pub fn finish(
        &self,
        expected: Expected,
        answer: &Answer<'_>,
        now: Timestamp,
    ) -> Result<Result<Identity, Unproven>, Fault> {
        let another = answer.issuer.is_some_and(|it| it != self.issuer.as_str());
        if another || !same(answer.state, &expected.state) {
            return Ok(Err(Unproven::Mixed));
        }
        let Some(code) = answer.code else {
            return Ok(Err(Unproven::Refused));
        };
        let client = self.client(self.metadata(now, BELIEVED_FOR)?);
        let asked = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| self.no_answer())?
            .set_pkce_verifier(expected.verifier)
            .request(&|request| self.carry(request));
        let tokens = match asked {
            Ok(tokens) => tokens,
            Err(openidconnect::RequestTokenError::Request(fault)) => return Err(fault),
            Err(_) => return Ok(Err(Unproven::Code)),
        };
        let claims = match claims_of(&client, &tokens, &expected.nonce, now) {
            Ok(claims) => claims,
            // The service may have turned its keys since it was asked for them.
            Err(Unproven::Signature) => {
                let client = self.client(self.metadata(now, ASKED_EVERY)?);
                match claims_of(&client, &tokens, &expected.nonce, now) {
                    Ok(claims) => claims,
                    Err(unproven) => return Ok(Err(unproven)),
                }
            }
            Err(unproven) => return Ok(Err(unproven)),
        };
        let address = match self.settings.link_by_address {
            true => self.verified_address(&client, &tokens, claims)?,
            false => None,
        };
        let (issuer, subject) = (self.issuer.as_str(), claims.subject().as_str());
        Ok(Ok(Identity {
            finder: Zeroizing::new(format!("{issuer}\n{subject}")),
            address,
        }))
    }

    /// The address of somebody, if the service has verified it: from the token, or else asked for.
    fn verified_address(
        &self,
        client: &Client,
        tokens: &CoreTokenResponse,
        claims: &CoreIdTokenClaims,
    ) -> Result<Option<Zeroizing<String>>, Fault> {
        let verified = |address: Option<&openidconnect::EndUserEmail>, verified: Option<bool>| {
            let address = address.filter(|_| verified == Some(true))?;
            Some(Zeroizing::new(address.as_str().to_owned()))
        };
        if claims.email().is_some() || client.user_info_url().is_none() {
            return Ok(verified(claims.email(), claims.email_verified()));
        }
        let subject = claims.subject().clone();
        let asked = client
            .user_info(tokens.access_token().clone(), Some(subject))
            .map_err(|_| self.no_answer())?
            .request(&|request| self.carry(request));
        let told: Result<CoreUserInfoClaims, _> = asked;
        match told {
            Ok(told) => Ok(verified(told.email(), told.email_verified())),
            Err(openidconnect::UserInfoError::Request(fault)) => Err(fault),
            Err(_) => Ok(None),
        }
    }

    fn client(&self, metadata: CoreProviderMetadata) -> Client {
        let secret = self.settings.client_secret.as_ref();
        let methods = metadata.token_endpoint_auth_methods_supported();
        let basic = methods.is_none_or(|it| it.contains(&CoreClientAuthMethod::ClientSecretBasic));
        CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(self.settings.client_id.clone()),
            secret.map(|secret| ClientSecret::new(secret.to_string())),
        )
        .set_redirect_uri(self.back.clone())
        .set_auth_type(match basic {
            true => AuthType::BasicAuth,
            false => AuthType::RequestBody,
        })
    }

    /// How the service describes itself, with its keys; asked for again when that is older than
    /// `for_at_most`.
    fn metadata(
        &self,
        now: Timestamp,
        for_at_most: SignedDuration,
    ) -> Result<CoreProviderMetadata, Fault> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let within = |at: Timestamp, time| now >= at && now.duration_since(at) < time;
        if let Some((metadata, at)) = &known.metadata
            && within(*at, for_at_most)
        {
            return Ok(metadata.clone());
        }
        if known.failed.is_some_and(|at| within(at, LEFT_ALONE)) {
            return Err(self.no_answer());
        }
        match CoreProviderMetadata::discover(&self.issuer, &|request| self.carry(request)) {
            Ok(metadata) => {
                known.metadata = Some((metadata.clone(), now));
                known.failed = None;
                Ok(metadata)
            }
            Err(error) => {
                known.failed = Some(now);
                Err(self.no_answer().because(error))
            }
        }
    }

    fn carry(&self, request: HttpRequest) -> Result<HttpResponse, Fault> {
        let address = request.uri();
        match is_secure(address.scheme_str().unwrap_or_default(), address.host()) {
            true => self.carrier.carry(request),
            false => Err(self.no_answer()),
        }
    }

    fn no_answer(&self) -> Fault {
        let message = format!(
            "the sign-in service `{}` does not answer as it should",
            self.settings.name
        );
        Fault::new(FaultKind::Unavailable, message)
            .remedy("sign in another way, or try again later; the log of the server says more")
    }
}

/// Whether an address is reached without plain text beyond this machine (21g).
fn is_secure(scheme: &str, host: Option<&str>) -> bool {
    let this_machine = |host: &str| {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
    };
    match scheme {
        "https" => true,
        "http" => host.is_some_and(this_machine),
        _ => false,
    }
}

fn same(shown: &str, kept: &str) -> bool {
    use subtle::ConstantTimeEq as _;
    bool::from(shown.as_bytes().ct_eq(kept.as_bytes()))
}

fn unusable(settings: &Settings) -> Fault {
    let message = format!(
        "the sign-in service `{}` has no usable address",
        settings.name
    );
    Fault::new(FaultKind::Invalid, message)
        .remedy("its issuer is an `https` address, as the service itself writes it")
}

/// A secret text, as it is written down to be sealed.
mod secret {
    use serde::{Deserialize as _, Deserializer, Serializer};
    use zeroize::Zeroizing;

    pub(super) fn serialize<S: Serializer>(
        text: &Zeroizing<String>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(text)
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(
        from: D,
    ) -> Result<Zeroizing<String>, D::Error> {
        String::deserialize(from).map(Zeroizing::new)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(..)")
    }
}
