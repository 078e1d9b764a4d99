//! A sign-in service (OpenID Connect), as the tests need one: it describes itself, publishes its keys
//! and gives tokens, and can be told to give bad ones.

use std::sync::{Mutex, MutexGuard};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{Fault, FaultKind};
use identification::provider::{Carrier, HttpRequest, HttpResponse, http};
use serde_json::{Value, json};

pub(crate) const ISSUER: &str = "https://people.quai.example";
const CLIENT: &str = "kept";

pub(crate) struct Service {
    pub(crate) told: Mutex<Told>,
}

/// What the service says, and what it was asked.
pub(crate) struct Told {
    key: Ed25519KeyPair,
    kid: u32,
    /// The key that it signs with, while it publishes another.
    pub(crate) signs_with: Option<Ed25519KeyPair>,
    pub(crate) nonce: String,
    challenge: String,
    pub(crate) subject: String,
    pub(crate) audience: String,
    pub(crate) issuer: String,
    pub(crate) expires: i64,
    pub(crate) email: Option<(String, bool)>,
    pub(crate) answers: bool,
    pub(crate) described: u32,
}

impl Service {
    pub(crate) fn new(now: i64) -> Self {
        Self {
            told: Mutex::new(Told {
                key: Ed25519KeyPair::generate().unwrap(),
                kid: 1,
                signs_with: None,
                nonce: String::new(),
                challenge: String::new(),
                subject: "1234".to_owned(),
                audience: CLIENT.to_owned(),
                issuer: ISSUER.to_owned(),
                expires: now + 300,
                email: None,
                answers: true,
                described: 0,
            }),
        }
    }

    pub(crate) fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap()
    }

    /// Somebody arrives with a question, signs in, and is sent back: with this state and code.
    pub(crate) fn visited(&self, address: &str) -> (String, String) {
        let query = address.split_once('?').unwrap().1;
        let value = |key: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(name, _)| *name == key).unwrap().1.to_owned()
        };
        assert_eq!(value("response_type"), "code");
        assert_eq!(value("code_challenge_method"), "S256");
        assert_eq!(value("client_id"), CLIENT);
        let mut told = self.told();
        told.nonce = value("nonce");
        told.challenge = value("code_challenge");
        (value("state"), "the-code".to_owned())
    }

    /// Turns its keys.
    pub(crate) fn turn_keys(&self) {
        let mut told = self.told();
        told.key = Ed25519KeyPair::generate().unwrap();
        told.kid += 1;
    }
}

impl Told {
    fn token(&self) -> String {
        let mut claims = json!({
            "iss": self.issuer, "sub": self.subject, "aud": self.audience,
            "nonce": self.nonce, "exp": self.expires, "iat": self.expires - 300,
        });
        if let Some((address, verified)) = &self.email {
            claims["email"] = address.as_str().into();
            claims["email_verified"] = (*verified).into();
        }
        let header = json!({"alg": "EdDSA", "kid": self.kid.to_string()});
        let text = format!("{}.{}", base64(&header), base64(&claims));
        let key = self.signs_with.as_ref().unwrap_or(&self.key);
        let signature = key.sign(text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    fn answer(&mut self, path: &str, body: &[u8]) -> Value {
        match path {
            "/.well-known/openid-configuration" => {
                self.described += 1;
                json!({
                    "issuer": ISSUER,
                    "authorization_endpoint": format!("{ISSUER}/auth"),
                    "token_endpoint": format!("{ISSUER}/token"),
                    "jwks_uri": format!("{ISSUER}/keys"),
                    "response_types_supported": ["code"],
                    "subject_types_supported": ["public"],
                    "id_token_signing_alg_values_supported": ["EdDSA"],
                })
            }
            "/keys" => {
                let public = URL_SAFE_NO_PAD.encode(self.key.public_key().as_ref());
                json!({"keys": [{
                    "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
                    "kid": self.kid.to_string(), "x": public,
                }]})
            }
            "/token" => {
                let body = std::str::from_utf8(body).unwrap();
                let mut pairs = body.split('&').filter_map(|pair| pair.split_once('='));
                let verifier = pairs.find(|(name, _)| *name == "code_verifier").unwrap().1;
                let hash = digest(&SHA256, verifier.as_bytes());
                assert_eq!(URL_SAFE_NO_PAD.encode(hash.as_ref()), self.challenge);
                json!({"access_token": "a", "token_type": "Bearer", "id_token": self.token()})
            }
            other => panic!("{other} is not asked for"),
        }
    }
}

impl Carrier for Service {
    fn carry(&self, request: HttpRequest) -> Result<HttpResponse, Fault> {
        let mut told = self.told();
        if !told.answers {
            return Err(Fault::new(FaultKind::Unavailable, "no answer"));
        }
        assert_eq!(request.uri().scheme_str(), Some("https"));
        let body = told.answer(request.uri().path(), request.body());
        let response = http::Response::builder().header("content-type", "application/json");
        Ok(response.body(body.to_string().into_bytes()).unwrap())
    }
}

fn base64(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}
