//! TLS: certificates read from files, and read again when they change, while connections go on.

use std::fs;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use domain::{Fault, FaultKind};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, SupportedProtocolVersion};
use services::security::TlsVersion;

use super::config::Tls;

/// How often the files are looked at.
const LOOKS_EVERY: Duration = Duration::from_secs(2);

/// The certificates of a server: those of its files, as they were last sound.
pub struct Certificates {
    tls: Tls,
    current: RwLock<Arc<ServerConfig>>,
}

/// What tells that a file changed.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Mark(Option<SystemTime>, u64);

impl Certificates {
    /// Reads the certificates.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when a file cannot be read, or the key is not the certificate's.
    pub fn load(tls: &Tls) -> Result<Self, Fault> {
        Ok(Self {
            current: RwLock::new(Arc::new(configured(tls)?)),
            tls: tls.clone(),
        })
    }

    /// For the next connection.
    pub(crate) fn current(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the files again; those in use stay if the new ones are not sound.
    fn reload(&self) {
        match configured(&self.tls) {
            Ok(config) => {
                let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
                *current = Arc::new(config);
                tracing::info!("the certificate was read again");
            }
            Err(fault) => tracing::error!(
                why = super::logs::line(&fault),
                "the certificate in use stays: the new one is not sound"
            ),
        }
    }

    fn marks(&self) -> [Mark; 2] {
        let mark = |path: &Path| {
            let data = fs::metadata(path).ok();
            Mark(
                data.as_ref().and_then(|data| data.modified().ok()),
                data.map_or(0, |data| data.len()),
            )
        };
        [mark(&self.tls.certificate), mark(&self.tls.key)]
    }

    /// Watches the files, and the signal SIGHUP, for ever.
    pub(crate) async fn watch(self: Arc<Self>) {
        use tokio::signal::unix::{SignalKind, signal};
        let mut seen = self.marks();
        let mut hangup = signal(SignalKind::hangup()).ok();
        loop {
            let told = async {
                match &mut hangup {
                    Some(hangup) => hangup.recv().await,
                    None => std::future::pending().await,
                }
            };
            let asked = tokio::select! {
                _ = told => true,
                () = tokio::time::sleep(LOOKS_EVERY) => false,
            };
            let watched = Arc::clone(&self);
            let before = seen.clone();
            // Files may lie on a disk that is slow.
            let looked = tokio::task::spawn_blocking(move || {
                let now = watched.marks();
                if asked || now != before {
                    watched.reload();
                }
                now
            });
            seen = looked.await.unwrap_or(seen);
        }
    }
}

fn configured(tls: &Tls) -> Result<ServerConfig, Fault> {
    let chain = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unfit(&tls.certificate, "certificate").because(error))?;
    if chain.is_empty() {
        return Err(unfit(&tls.certificate, "certificate"));
    }
    let key = PrivateKeyDer::from_pem_file(&tls.key)
        .map_err(|error| unfit(&tls.key, "private key").because(error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(versions(tls.minimum))
        .map_err(|error| mismatch(tls).because(error))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| mismatch(tls).because(error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// The versions from a lowest one up.
fn versions(minimum: TlsVersion) -> &'static [&'static SupportedProtocolVersion] {
    static FROM_TLS12: [&SupportedProtocolVersion; 2] =
        [&rustls::version::TLS13, &rustls::version::TLS12];
    match minimum {
        TlsVersion::Tls12 => &FROM_TLS12,
        TlsVersion::Tls13 => &FROM_TLS12[..1],
    }
}

fn unfit(path: &Path, what: &str) -> Fault {
    let message = format!("{} holds no {what} that can be read", path.display());
    Fault::new(FaultKind::Invalid, message)
        .remedy("name a PEM file that this process may read, with `tls.certificate` and `tls.key`")
}

fn mismatch(tls: &Tls) -> Fault {
    let message = format!(
        "the key in {} is not that of the certificate in {}",
        tls.key.display(),
        tls.certificate.display()
    );
    Fault::new(FaultKind::Invalid, message).remedy("put the two that belong together in place")
}
