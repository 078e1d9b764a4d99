//! The ways in that the configuration opens: passkeys, services of the organisation, passwords by
//! their rules.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use domain::{Fault, FaultKind};
use services::access::service::{Carrier, Provider, Settings};
use services::access::{Leaked, RelyingParty, Rules};

use crate::server::config::{self, Config};
use crate::server::outbound::Outbound;

/// The ways in.
pub(crate) struct Ways {
    /// Whom passkeys are made for; none where the address is no host's name.
    pub(crate) party: Option<RelyingParty>,
    pub(crate) services: Vec<Service>,
    pub(crate) rules: Rules,
    pub(crate) second_factor: bool,
}

/// A service by which staff sign in.
pub(crate) struct Service {
    pub(crate) title: String,
    pub(crate) provider: Provider,
}

impl Ways {
    /// The ways that a configuration opens.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when a file that is named cannot be used, or a service's address.
    pub(crate) fn of(config: &Config) -> Result<Self, Fault> {
        let carrier: Arc<dyn Carrier> = Arc::new(Outbound::new());
        let services = config.providers.iter();
        let services = services.map(|it| service(it, config, &carrier));
        let address = &config.address;
        Ok(Self {
            party: RelyingParty::new(&address.origin(), address.host()).ok(),
            services: services.collect::<Result<_, Fault>>()?,
            rules: rules(&config.passwords)?,
            second_factor: config.sign_in.second_factor_required,
        })
    }

    /// The service of a name.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when there is none.
    pub(crate) fn service(&self, name: &str) -> Result<&Service, Fault> {
        let found = self.services.iter().find(|it| it.provider.name() == name);
        found.ok_or_else(|| {
            Fault::new(FaultKind::Absent, "there is no such sign-in service")
                .remedy("begin at the page where staff sign in")
        })
    }
}

fn rules(passwords: &config::Passwords) -> Result<Rules, Fault> {
    let leaked = match (passwords.refuse_leaked, &passwords.leaked_list) {
        (false, _) => None,
        (true, None) => Some(Leaked::shipped()),
        (true, Some(list)) => Some(Leaked::with_file(list)?),
    };
    Ok(Rules {
        length_min: usize::try_from(passwords.length_min).unwrap_or(usize::MAX),
        strength_min: u8::try_from(passwords.strength_min).unwrap_or(u8::MAX),
        leaked,
    })
}

fn service(
    it: &config::Provider,
    config: &Config,
    carrier: &Arc<dyn Carrier>,
) -> Result<Service, Fault> {
    let secret = it.client_secret_file.as_deref().map(secret).transpose()?;
    let settings = Settings {
        name: it.name.clone(),
        issuer: it.issuer.clone(),
        client_id: it.client_id.clone(),
        client_secret: secret.map(Into::into),
        back: config.address.of(&format!("/sign-in/back/{}", it.name)),
        link_by_address: it.link_by_address,
    };
    Ok(Service {
        title: it.title.clone(),
        provider: Provider::new(settings, Arc::clone(carrier))?,
    })
}

/// The secret in a file.
fn secret(path: &Path) -> Result<String, Fault> {
    let unusable = || {
        let message = format!("{} holds no secret of a sign-in service", path.display());
        Fault::new(FaultKind::Invalid, message)
            .remedy("name a file with the secret that the service gave, with `client-secret-file`")
    };
    let text = fs::read_to_string(path).map_err(|error| unusable().because(error))?;
    match text.trim() {
        "" => Err(unusable()),
        secret => Ok(secret.to_owned()),
    }
}
