//! What can be said of a configuration without starting anything.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use gateway::config::{Config, SecretRef};
use tracing_subscriber::EnvFilter;

use crate::finding::{Finding, causes};
use crate::settings::Settings;

/// Every finding, and the configuration if it can be loaded at all.
pub(crate) fn findings(settings: &Settings) -> (Vec<Finding>, Option<Config>) {
    let config = match settings.load() {
        Ok(config) => config,
        Err(error) => {
            let todo = "compare it with `wharf config default`";
            return (vec![Finding::fail("config", causes(&error), todo)], None);
        }
    };
    let mut findings = vec![Finding::ok("config", "is read and complete")];
    findings.extend(secrets(&config));
    findings.push(folder(&config.data_dir));
    findings.extend(store(&config));
    findings.extend(networks(&config));
    findings.extend(log_level(&config));
    (findings, Some(config))
}

fn secrets(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    if config.cloud.app_secrets.is_empty() {
        findings.push(Finding::warn(
            "app secret",
            "none is set, so every webhook of the shared route is refused",
            "set cloud.app_secrets = [\"env:WHATSAPP_APP_SECRET\"] (App Dashboard, Settings, Basic)",
        ));
    }
    findings.extend(
        config
            .cloud
            .app_secrets
            .iter()
            .map(|secret| read("app secret", secret)),
    );
    findings.push(if config.cloud.verify_token.is_none() {
        Finding::warn(
            "verify token",
            "none is set, so Meta cannot verify the shared webhook route",
            "choose a random text and set cloud.verify_token = \"env:WHATSAPP_VERIFY_TOKEN\"",
        )
    } else {
        read("verify token", &config.cloud.verify_token)
    });
    findings
}

fn read(what: &'static str, secret: &SecretRef) -> Finding {
    match secret.read() {
        Ok(_) => Finding::ok(what, format!("{secret} is readable")),
        Err(error) => Finding::fail(
            what,
            causes(&error),
            "put the secret there, or change the reference",
        ),
    }
}

/// Writes and removes a file, in the folder or, if it is not there yet, where it will be made.
fn folder(data: &Path) -> Finding {
    let place = existing(data);
    let made = tempfile::Builder::new()
        .prefix(".wharf-check")
        .tempfile_in(&place);
    match made {
        Ok(_) if place == data => {
            Finding::ok("data folder", format!("{} is writable", data.display()))
        }
        Ok(_) => Finding::ok(
            "data folder",
            format!("{} will be made at the first start", data.display()),
        ),
        Err(error) => Finding::fail(
            "data folder",
            format!("{} is not writable: {}", place.display(), error.kind()),
            "give the user that runs wharf the right to write there, or set data_dir",
        ),
    }
}

/// The folder itself, or its nearest ancestor that is there.
fn existing(folder: &Path) -> PathBuf {
    let ancestors = folder.ancestors().find(|place| place.is_dir());
    match ancestors {
        Some(place) if !place.as_os_str().is_empty() => place.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn store(config: &Config) -> Option<Finding> {
    let todo = "set store = \"sqlite:PATH\" or \"postgres://user@host/database\"";
    config
        .store_place()
        .err()
        .map(|error| Finding::fail("store", causes(&error), todo))
}

fn networks(config: &Config) -> impl Iterator<Item = Finding> {
    let wrong = config
        .deliver
        .allow_networks
        .iter()
        .filter(|network| !is_network(network));
    wrong.map(|network| {
        Finding::fail(
            "networks",
            format!("deliver.allow_networks has {network:?}"),
            "write it as address/prefix, e.g. \"10.1.0.0/16\"",
        )
    })
}

fn is_network(text: &str) -> bool {
    let Some((address, prefix)) = text.split_once('/') else {
        return false;
    };
    let longest = match address.parse() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    prefix.parse().is_ok_and(|prefix: u8| prefix <= longest)
}

fn log_level(config: &Config) -> Option<Finding> {
    let wrong = EnvFilter::try_new(&config.log.level).is_err();
    wrong.then(|| {
        Finding::warn(
            "log level",
            "log.level is not understood, so \"info\" is used",
            "use error, warn, info, debug, or directives such as \"info,gateway=debug\"",
        )
    })
}
