//! What an identity token proves: signed by the service, for this client, in answer to this question,
//! not over (OpenID Connect Core, 3.1.3.7).

use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{CoreIdTokenClaims, CoreJwsSigningAlgorithm, CoreTokenResponse};
use openidconnect::{
    AccessTokenHash, ClaimsVerificationError, Nonce, OAuth2TokenResponse as _, TokenResponse as _,
};

use super::Client;

/// Clocks may differ by so much.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(1);
/// Signatures that only the service can make. Those with a shared secret are not among them.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Why an answer proves nothing. For the log: whoever signs in is told nothing of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unproven {
    /// The service refused, or somebody turned back.
    Refused,
    /// The answer is to another question, or another service's.
    Mixed,
    /// The service did not take the code.
    Code,
    /// There is no identity token.
    NoToken,
    /// The token is signed by a key that the service does not publish, or in a way that is not
    /// taken.
    Signature,
    /// The token is over.
    Over,
    /// The token is for another client, from another issuer, or an answer to another question.
    Claims,
}

/// What a token says, once it is checked.
pub(super) fn claims_of<'t>(
    client: &Client,
    tokens: &'t CoreTokenResponse,
    nonce: &Nonce,
    now: Timestamp,
) -> Result<&'t CoreIdTokenClaims, Unproven> {
    let token = tokens.id_token().ok_or(Unproven::NoToken)?;
    let seconds = u64::try_from((now - CLOCKS_DIFFER).as_second()).unwrap_or_default();
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || at.into());
    let claims = token.claims(&verifier, nonce).map_err(unproven)?;
    if let Some(expected) = claims.access_token_hash() {
        let key = token.signing_key(&verifier);
        let found = token
            .signing_alg()
            .ok()
            .zip(key.ok())
            .and_then(|(algorithm, key)| {
                AccessTokenHash::from_token(tokens.access_token(), algorithm, key).ok()
            });
        if found.as_ref() != Some(expected) {
            return Err(Unproven::Claims);
        }
    }
    Ok(claims)
}

fn unproven(error: ClaimsVerificationError) -> Unproven {
    match error {
        ClaimsVerificationError::Expired(_) => Unproven::Over,
        ClaimsVerificationError::SignatureVerification(_)
        | ClaimsVerificationError::Unsupported(_) => Unproven::Signature,
        _ => Unproven::Claims,
    }
}
