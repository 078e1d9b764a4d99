//! A device that keeps passkeys, as the tests need one: it makes keys and shows them, and can be
//! copied, made to lie about whose it is and to forget to look at its holder.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use minicbor::Encoder;
use serde_json::{Value, json};

/// Somebody is there.
const PRESENT: u8 = 0x01;
/// The device knows that it is its holder.
const VERIFIED: u8 = 0x04;
/// The answer brings a key.
const WITH_KEY: u8 = 0x40;

pub(crate) struct Authenticator {
    origin: String,
    id: Vec<u8>,
    key: EcdsaKeyPair,
    pub(crate) holder: Value,
    /// Signatures so far; a device that does not count says nothing but zero.
    pub(crate) counter: u32,
    /// Whether it looks at its holder.
    pub(crate) verifies: bool,
}

impl Authenticator {
    pub(crate) fn new(origin: &str, id: u8) -> Self {
        Self {
            origin: origin.to_owned(),
            id: vec![id; 24],
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            holder: Value::Null,
            counter: 0,
            verifies: true,
        }
    }

    /// Makes a key, as it is asked for.
    pub(crate) fn make(&mut self, asked: &str) -> String {
        let asked: Value = serde_json::from_str(asked).unwrap();
        self.holder = asked["user"]["id"].clone();
        let client = self.client("webauthn.create", &asked);
        let mut data = self.data(&asked["rp"]["id"], WITH_KEY);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(self.public_key());
        let mut attestation = Encoder::new(Vec::new());
        attestation.map(3).unwrap();
        attestation.str("fmt").unwrap().str("none").unwrap();
        attestation.str("attStmt").unwrap().map(0).unwrap();
        attestation.str("authData").unwrap().bytes(&data).unwrap();
        self.answer(json!({
            "clientDataJSON": base64(client.as_bytes()),
            "attestationObject": base64(attestation.writer()),
        }))
    }

    /// Shows its key.
    pub(crate) fn show(&mut self, asked: &str) -> String {
        let asked: Value = serde_json::from_str(asked).unwrap();
        if self.counter > 0 {
            self.counter += 1;
        }
        let client = self.client("webauthn.get", &asked);
        let data = self.data(&asked["rpId"], 0);
        let signed = [&data, digest(&SHA256, client.as_bytes()).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        self.answer(json!({
            "clientDataJSON": base64(client.as_bytes()),
            "authenticatorData": base64(&data),
            "signature": base64(signature.as_ref()),
            "userHandle": self.holder,
        }))
    }

    fn answer(&self, response: Value) -> String {
        let id = base64(&self.id);
        let answer = json!({
            "id": id, "rawId": id, "type": "public-key",
            "response": response, "clientExtensionResults": {},
        });
        answer.to_string()
    }

    fn client(&self, act: &str, asked: &Value) -> String {
        json!({
            "type": act, "challenge": asked["challenge"],
            "origin": self.origin, "crossOrigin": false,
        })
        .to_string()
    }

    fn data(&self, party: &Value, more: u8) -> Vec<u8> {
        let party = digest(&SHA256, party.as_str().unwrap().as_bytes());
        let verified = if self.verifies { VERIFIED } else { 0 };
        let mut data = party.as_ref().to_vec();
        data.push(PRESENT | verified | more);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// A key of COSE (RFC 9053, 7.1): ES256 on P-256.
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let mut key = Encoder::new(Vec::new());
        key.map(5).unwrap();
        for (label, value) in [(1, 2), (3, -7), (-1, 1)] {
            key.i8(label).unwrap().i8(value).unwrap();
        }
        key.i8(-2).unwrap().bytes(&point[1..33]).unwrap();
        key.i8(-3).unwrap().bytes(&point[33..]).unwrap();
        key.into_writer()
    }
}

fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
