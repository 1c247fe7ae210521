//! Where the gateway and the simulator are: the arguments that every client command shares.

use std::path::Path;

use anyhow::Context;
use gateway::config::SecretRef;
use url::Url;

use crate::api::Api;
use crate::failure::Failure;

/// Where the first start of a gateway leaves its key, seen from the folder it was started in.
const KEY_FILE: &str = "wharf-data/api-key";

/// Arguments of commands that call the gateway.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Gateway")]
pub(crate) struct Gateway {
    /// Where the gateway is
    #[arg(
        long,
        global = true,
        env = "WHARF_URL",
        default_value = "http://127.0.0.1:8080"
    )]
    url: Url,
    /// The API key, or where it is (`env:NAME`, `file:PATH`). Without it `wharf-data/api-key` is read
    #[arg(
        long,
        global = true,
        env = "WHARF_API_KEY",
        hide_env_values = true,
        value_name = "KEY"
    )]
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

impl Gateway {
    pub(crate) fn connect(self) -> anyhow::Result<Api> {
        let key = match self.api_key {
            Some(key) => Some(secret(&key, "--api-key")?),
            None => std::fs::read_to_string(Path::new(KEY_FILE)).ok(),
        };
        Api::gateway(self.url, key.as_deref().map(str::trim))
    }
}

impl Simulator {
    pub(crate) fn connect(self) -> anyhow::Result<Api> {
        Api::simulator(self.url)
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
