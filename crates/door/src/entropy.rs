//! Random bytes from the operating system's generator.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use domain::Entropy;

/// The machine's own source of random bytes.
#[derive(Default)]
pub struct SystemEntropy(SystemRandom);

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        #[expect(
            clippy::expect_used,
            reason = "without random bytes nothing safe can be done"
        )]
        self.0
            .fill(buffer)
            .expect("the operating system gives random bytes");
    }
}
