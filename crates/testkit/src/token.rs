//! A PKCS#11 token for tests: SoftHSM, each in a folder of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// The module of Debian's package `softhsm2`.
pub const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
/// The label of each token.
pub const LABEL: &str = "kept-test";
/// The PIN of each token.
pub const PIN: &str = "4711-0815";
/// Where the module looks for its configuration.
pub const CONFIGURATION: &str = "SOFTHSM2_CONF";
/// Where a test that was begun anew finds its folder.
const FOLDER: &str = "KEPT_TEST_TOKEN";

/// A token in a folder.
pub struct Token {
    folder: PathBuf,
}

impl Token {
    /// Makes a token in a folder.
    #[must_use]
    pub fn make(folder: &Path) -> Self {
        let token = Self {
            folder: folder.to_owned(),
        };
        fs::create_dir_all(token.objects()).unwrap();
        let objects = token.objects().display().to_string();
        let text = format!(
            "directories.tokendir = {objects}\nobjectstore.backend = file\nlog.level = ERROR\n"
        );
        fs::write(token.configuration(), text).unwrap();
        fs::write(token.pin_file(), format!("{PIN}\n")).unwrap();
        fs::set_permissions(token.pin_file(), fs::Permissions::from_mode(0o600)).unwrap();
        token.label(LABEL);
        token
    }

    /// Makes one more token there, under a label.
    pub fn label(&self, label: &str) {
        let made = Command::new("softhsm2-util")
            .args(["--init-token", "--free", "--label", label])
            .args(["--pin", PIN, "--so-pin", "00000000"])
            .env(CONFIGURATION, self.configuration())
            .output()
            .expect("softhsm2-util, of Debian's package softhsm2");
        assert!(made.status.success(), "{made:?}");
    }

    /// Runs a test in a process of its own that has a new token: the module takes its configuration
    /// from the environment, and a process has only one. `test` is the test's full name. Outside of
    /// that process there is none, and nothing is to be done.
    #[must_use]
    pub fn of_this_test(test: &str) -> Option<Self> {
        if let Some(folder) = std::env::var_os(FOLDER) {
            return Some(Self {
                folder: folder.into(),
            });
        }
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("kept-token-{}-{number}", std::process::id());
        let token = Self::make(&std::env::temp_dir().join(name));
        let run = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(CONFIGURATION, token.configuration())
            .env(FOLDER, &token.folder)
            .output()
            .unwrap();
        fs::remove_dir_all(&token.folder).unwrap();
        let said = String::from_utf8_lossy(&run.stdout);
        let said = format!("{said}{}", String::from_utf8_lossy(&run.stderr));
        assert!(run.status.success(), "{said}");
        assert!(said.contains("1 passed"), "`{test}` names no test: {said}");
        None
    }

    /// The file that tells the module where its tokens are.
    #[must_use]
    pub fn configuration(&self) -> PathBuf {
        self.folder.join("softhsm2.conf")
    }

    /// A file with the PIN.
    #[must_use]
    pub fn pin_file(&self) -> PathBuf {
        self.folder.join("pin")
    }

    /// Where the module keeps its tokens: what would be inside the device if it were one.
    #[must_use]
    pub fn objects(&self) -> PathBuf {
        self.folder.join("tokens")
    }
}
