//! Where the gateway and the simulator are: the arguments that every client command shares.

use std::path::Path;

use anyhow::Context;
use gateway::config::SecretRef;
use url::Url;

use crate::api::Api;
use crate::environment;
use crate::failure::Failure;
use crate::profiles::{self, Profiles};

/// Where the first start of a gateway leaves its key, seen from the folder it was started in.
const KEY_FILE: &str = "wharf-data/api-key";
pub(crate) const USUAL_URL: &str = "http://127.0.0.1:8080";

/// Arguments of commands that call the gateway.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Gateway")]
pub(crate) struct Gateway {
    /// Where the gateway is, else `WHARF_URL`, the profile's, or `http://127.0.0.1:8080`
    #[arg(long, global = true)]
    url: Option<Url>,
    /// Where the API key is (`env:NAME`, `file:PATH`), else `WHARF_API_KEY`, the profile's, or
    /// `wharf-data/api-key`
    #[arg(long, global = true, value_name = "env:NAME|file:PATH")]
    api_key: Option<String>,
}

/// Arguments of commands that call the simulator.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Simulator")]
pub(crate) struct Simulator {
    /// Where the simulator is
    #[arg(
        long = "simulator",
        env = "WHARF_SIMULATOR_URL",
        default_value = "http://127.0.0.1:8081",
        value_name = "URL"
    )]
    url: Url,
}

/// A gateway, and the key for it if there is one.
#[derive(Debug)]
struct Target {
    url: Url,
    key: Option<String>,
}

impl Gateway {
    pub(crate) fn connect(self) -> anyhow::Result<Api> {
        let target = self.target()?;
        Api::gateway(target.url, target.key.as_deref().map(str::trim))
    }

    /// Flag, then environment, then profile, then what is in this folder. A profile's key goes to
    /// the profile's gateway only, and the key in this folder to this machine only.
    fn target(self) -> anyhow::Result<Target> {
        let by_flag = profiles::by_flag();
        let given = self
            .api_key
            .map(|text| reference(&text, "--api-key"))
            .transpose()?;
        // A profile that the command line names goes before the environment.
        let (url, key) = if by_flag.is_some() {
            (self.url, given)
        } else {
            let key = match given {
                Some(key) => Some(key),
                None => key_variable()?,
            };
            let url = match self.url {
                Some(url) => Some(url),
                None => url_variable()?,
            };
            (url, key)
        };
        if let (Some(url), Some(key), None) = (&url, &key, &by_flag) {
            return Ok(Target {
                url: url.clone(),
                key: Some(key.clone()),
            });
        }
        let profiles = Profiles::load()?;
        let name = by_flag
            .or_else(profiles::by_variable)
            .or_else(|| profiles.current.clone());
        let profile = name.map(|name| profiles.get(&name)).transpose()?;
        let url = match (url, profile) {
            (Some(url), _) => url,
            (None, Some(profile)) => profile.url.clone(),
            (None, None) => Url::parse(USUAL_URL).context("the usual URL is none")?,
        };
        let key = key.or_else(|| {
            let own = profile.filter(|profile| profile.url == url);
            own.map(|profile| profile.api_key.clone())
        });
        let key = key.or_else(|| {
            is_this_machine(&url).then(|| std::fs::read_to_string(Path::new(KEY_FILE)).ok())?
        });
        Ok(Target { url, key })
    }
}

impl Simulator {
    pub(crate) fn connect(self) -> anyhow::Result<Api> {
        Api::simulator(self.url)
    }
}

pub(crate) fn url_variable() -> anyhow::Result<Option<Url>> {
    let text = environment::variable("WHARF_URL").filter(|text| !text.is_empty());
    let parse = |text: String| {
        Url::parse(&text).map_err(|_| Failure::Usage("WHARF_URL is not a URL".to_owned()))
    };
    Ok(text.map(parse).transpose()?)
}

fn key_variable() -> anyhow::Result<Option<String>> {
    let text = environment::variable("WHARF_API_KEY").filter(|text| !text.is_empty());
    text.map(|text| secret(&text, "WHARF_API_KEY")).transpose()
}

/// Whether it is an address of this machine that no network reaches.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// A secret given as itself or as a reference; no error quotes it.
pub(crate) fn secret(text: &str, argument: &str) -> anyhow::Result<String> {
    match SecretRef::try_from(text.to_owned()) {
        Ok(SecretRef::None) => Err(Failure::Usage(format!("{argument} is empty")).into()),
        Ok(reference) => reference
            .read()
            .with_context(|| format!("{argument} cannot be used")),
        Err(_) => Ok(text.to_owned()),
    }
}

/// A secret given on the command line, which others on this machine can read: only where it is.
pub(crate) fn reference(text: &str, argument: &str) -> anyhow::Result<String> {
    if SecretRef::try_from(text.to_owned()).is_err() {
        let text = format!(
            "{argument} takes no secret itself, because others on this machine could read it from \
             the list of processes; write env:NAME or file:PATH"
        );
        return Err(Failure::Usage(text).into());
    }
    secret(text, argument)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_in_the_folder_goes_to_this_machine_only() {
        for (url, own) in [
            ("http://127.0.0.1:8080", true),
            ("http://localhost:1", true),
            ("http://[::1]:8080", true),
            ("https://gateway.example", false),
            ("http://127.0.0.1.example", false),
            ("http://10.0.0.1:8080", false),
        ] {
            assert_eq!(is_this_machine(&Url::parse(url).unwrap()), own, "{url}");
        }
    }
}
