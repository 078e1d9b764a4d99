//! The PIN of a token: from a file, from a credential of the service, or from the environment; from
//! a command line never, since whoever lists processes reads that.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use cryptoki::types::AuthPin;
use domain::{Fault, FaultKind};
use zeroize::Zeroizing;

use super::TokenPlace;

/// The name of the credential that the service is given (systemd's `LoadCredential=`).
const CREDENTIAL: &str = "kept-key-manager-pin";
/// The variable of the environment.
const VARIABLE: &str = "KEPT_KEY_MANAGER_PIN";
/// The bits of a file's mode by which others than its owner may do anything with it.
const OTHERS: u32 = 0o077;

/// Where a PIN is.
enum Source {
    File(PathBuf),
    Text(Zeroizing<String>),
}

/// The PIN, read anew each time it is needed and kept nowhere.
pub(super) fn read(place: &TokenPlace) -> Result<AuthPin, Fault> {
    let variable = env::var(VARIABLE).ok().map(Zeroizing::new);
    let credentials = env::var_os("CREDENTIALS_DIRECTORY");
    let text = match source(place, credentials.as_deref(), variable)? {
        Source::Text(text) => text,
        Source::File(path) => of_file(&path)?,
    };
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(none(place)),
        pin => Ok(AuthPin::new(pin.into())),
    }
}

/// The file that is named goes first, then the credential, then the environment.
fn source(
    place: &TokenPlace,
    credentials: Option<&OsStr>,
    variable: Option<Zeroizing<String>>,
) -> Result<Source, Fault> {
    if let Some(file) = &place.pin_file {
        return Ok(Source::File(file.clone()));
    }
    let credential = credentials.map(|folder| Path::new(folder).join(CREDENTIAL));
    if let Some(credential) = credential.filter(|it| it.exists()) {
        return Ok(Source::File(credential));
    }
    variable.map(Source::Text).ok_or_else(|| none(place))
}

fn of_file(path: &Path) -> Result<Zeroizing<String>, Fault> {
    let unreadable = |error| {
        Fault::new(
            FaultKind::Unavailable,
            format!("the PIN cannot be read from {}", path.display()),
        )
        .remedy("put the token's PIN there, on one line; nothing was touched")
        .because(error)
    };
    let about = fs::metadata(path).map_err(unreadable)?;
    if about.mode() & OTHERS != 0 {
        return Err(Fault::new(
            FaultKind::Refused,
            format!(
                "{} holds the PIN, and others may read or write it",
                path.display()
            ),
        )
        .rule("the link to the key manager is known")
        .remedy("leave it to whoever runs Kept: `chmod 600`; then change the PIN"));
    }
    fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(unreadable)
}

fn none(place: &TokenPlace) -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        format!("there is no PIN for the token `{}`", place.token),
    )
    .remedy(format!(
        "name a file that holds it as `pin-file` in installation.toml, or give the service the \
         credential `{CREDENTIAL}`, or set {VARIABLE}; nothing was touched"
    ))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn place(pin_file: Option<PathBuf>) -> TokenPlace {
        TokenPlace {
            module: "/nowhere.so".into(),
            token: "t".into(),
            pin_file,
        }
    }

    #[test]
    fn the_named_file_goes_before_the_credential_and_that_before_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let set = || Some(Zeroizing::new("1".to_owned()));
        let named = place(Some("/named".into()));
        let with_folder = Some(folder.path().as_os_str());
        assert!(
            matches!(source(&named, with_folder, set()), Ok(Source::File(it)) if it == Path::new("/named"))
        );
        // A service may have credentials for other things alone.
        assert!(matches!(
            source(&place(None), with_folder, set()),
            Ok(Source::Text(_))
        ));
        fs::write(folder.path().join(CREDENTIAL), "2").unwrap();
        assert!(matches!(
            source(&place(None), with_folder, set()),
            Ok(Source::File(_))
        ));
        assert!(source(&place(None), None, None).is_err());
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pin");
        fs::write(&file, "1234\n").unwrap();
        for (mode, kind) in [
            (0o600, None),
            (0o400, None),
            (0o640, Some(FaultKind::Refused)),
            (0o604, Some(FaultKind::Refused)),
        ] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            let refused = read(&place(Some(file.clone()))).err().map(|it| it.kind);
            assert_eq!(refused, kind, "{mode:o}");
        }
        fs::remove_file(&file).unwrap();
        assert!(read(&place(Some(file))).is_err());
    }
}
