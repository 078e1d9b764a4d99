//! A sign-in service of an organisation, run by node.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::axe::modules;

/// The service, until it is dropped.
pub(crate) struct SignInService {
    child: Child,
    /// Its issuer.
    pub(crate) issuer: String,
}

impl SignInService {
    /// Starts it for one client, which has its people sent back to an address.
    pub(crate) fn start(back: &str, client: &str, secret: &str) -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/provider.mjs");
        // Node looks for what it imports beside the file.
        let script = modules().join("../provider.mjs");
        std::fs::copy(source, &script).unwrap();
        let mut child = Command::new("node")
            .arg(script)
            .args([back, client, secret])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node is missing: ./test installs it");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let issuer = lines.next().expect("the service listens").unwrap();
        // It may say more, and must find somebody who listens.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, issuer }
    }
}

impl Drop for SignInService {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
