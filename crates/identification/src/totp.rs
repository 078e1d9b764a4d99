//! Time-based one-time passwords (RFC 6238): the second factor that an application on a telephone
//! shows.

use std::fmt;

use domain::{Entropy, Fault, FaultKind};
use jiff::Timestamp;
use qrcodegen::{QrCode, QrCodeEcc};
use totp_rs::{Algorithm, Builder, Totp};
use zeroize::Zeroizing;

/// Bytes of a seed: 160 bits, as RFC 4226 (4, R6) recommends.
pub const SEED_BYTES: usize = 20;
/// Figures of a code.
const DIGITS: u8 = 6;
/// Seconds that a code is shown for.
const STEP_SECONDS: u64 = 30;
/// Steps before and after the present one that are accepted, for clocks that differ (RFC 6238, 5.2).
const SKEW_STEPS: u16 = 1;
/// Blank modules around a QR code (ISO/IEC 18004).
const QUIET: i32 = 4;

/// The secret that a telephone and Kept share.
pub struct Seed(Zeroizing<[u8; SEED_BYTES]>);

/// What is shown when a second factor is set up: it can be scanned, or typed.
pub struct Enrolment {
    /// The seed as an `otpauth:` address, for applications.
    pub uri: Zeroizing<String>,
    /// The same as a picture to be scanned: an SVG element, in the colours of the page.
    pub svg: Zeroizing<String>,
    /// The seed in base 32, to be typed.
    pub typed: Zeroizing<String>,
}

impl Seed {
    /// Draws a seed.
    #[must_use]
    pub fn draw(entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; SEED_BYTES]);
        entropy.fill(bytes.as_mut_slice());
        Self(bytes)
    }

    /// A seed from the form in which it is sealed.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// The form in which it is sealed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// What is shown when it is set up: `issuer` names the installation, `account` the account.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when the names are too long to be shown.
    pub fn enrolment(&self, issuer: &str, account: &str) -> Result<Enrolment, Fault> {
        // A colon parts the two names (key URI format).
        let plain = |text: &str| text.replace(':', " ");
        let totp = self
            .builder()
            .with_issuer(Some(plain(issuer)))
            .with_account_name(plain(account))
            .build()
            .map_err(unusable)?;
        let uri = Zeroizing::new(totp.to_url().map_err(unusable)?);
        let code = QrCode::encode_text(&uri, QrCodeEcc::Medium).map_err(unusable)?;
        Ok(Enrolment {
            svg: Zeroizing::new(svg(&code)),
            typed: Zeroizing::new(totp.secret().to_base32().to_string()),
            uri,
        })
    }

    /// Whether a code is right, and its step, which must be later than the last one used: a code
    /// that was looked over somebody's shoulder is good for nothing (RFC 6238, 5.2).
    #[must_use]
    pub fn verify(&self, code: &str, now: Timestamp, last_step: Option<u64>) -> Option<u64> {
        let totp = self.totp()?;
        let seconds = u64::try_from(now.as_second()).ok()?;
        let typed: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let right = typed.len() == usize::from(DIGITS) && typed.bytes().all(|b| b.is_ascii_digit());
        let step = right.then(|| totp.check(&typed, seconds))??;
        last_step.is_none_or(|last| step > last).then_some(step)
    }

    /// The code that an application shows at a moment.
    #[must_use]
    pub fn code_at(&self, now: Timestamp) -> Option<Zeroizing<String>> {
        let seconds = u64::try_from(now.as_second()).ok()?;
        Some(Zeroizing::new(self.totp()?.generate(seconds).to_string()))
    }

    fn totp(&self) -> Option<Totp> {
        self.builder().with_account_name("account").build().ok()
    }

    fn builder(&self) -> Builder {
        // SHA-1 is what every application knows, and sound within HMAC (RFC 4226, B.2).
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_skew(SKEW_STEPS)
            .with_step_duration(STEP_SECONDS)
            .with_secret(self.0.to_vec())
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(..)")
    }
}

/// One path, a square for each dark module.
fn svg(code: &QrCode) -> String {
    let side = code.size() + 2 * QUIET;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            path.push_str(&format!("M{},{}h1v1h-1z", x + QUIET, y + QUIET));
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\" aria-hidden=\"true\"><rect width=\"{side}\" height=\"{side}\" \
         fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    )
}

fn unusable(cause: impl std::error::Error + Send + Sync + 'static) -> Fault {
    Fault::new(
        FaultKind::Invalid,
        "the name of the installation or of the account is too long to be shown as a QR code",
    )
    .because(cause)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    /// Entropy that counts, for tests that must come out alike.
    #[derive(Default)]
    pub(crate) struct Counting(AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            for byte in buffer {
                *byte = self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    /// RFC 6238, appendix B: the seed `12345678901234567890`, the last six of its eight figures.
    #[test]
    fn codes_are_those_of_the_standard() {
        let seed = Seed::from_bytes(b"12345678901234567890").unwrap();
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(&*seed.code_at(at(seconds)).unwrap(), code);
            assert!(seed.verify(code, at(seconds), None).is_some());
        }
    }

    #[test]
    fn a_code_is_good_for_a_minute_and_once() {
        let seed = Seed::from_bytes(b"12345678901234567890").unwrap();
        let code = seed.code_at(at(600)).unwrap();
        let step = seed.verify(&code, at(600), None).unwrap();
        assert_eq!(step, 20);
        assert_eq!(seed.verify(&code, at(629), None), Some(20));
        assert_eq!(seed.verify(&code, at(659), None), Some(20));
        assert_eq!(seed.verify(&code, at(660), None), None, "too late");
        assert_eq!(seed.verify(&code, at(600), Some(step)), None, "used before");
        assert_eq!(seed.verify("28 70 82", at(59), None), Some(1), "as typed");
        for wrong in ["", "000000", "28708", "2870822", "abcdef", "２８７０８２"] {
            assert_eq!(seed.verify(wrong, at(59), None), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_scanned_is_what_is_typed() {
        let seed = Seed::draw(&Counting::default());
        let shown = seed.enrolment("Kept: Quai", "c.martin").unwrap();
        assert!(shown.uri.starts_with("otpauth://totp/"), "{}", &*shown.uri);
        assert!(shown.uri.contains(shown.typed.as_str()));
        assert!(shown.svg.starts_with("<svg "));
        assert!(seed.enrolment(&"a".repeat(5_000), "b").is_err());
    }
}
