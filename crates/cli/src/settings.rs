//! The gateway's configuration as the command line finds it.

use std::net::SocketAddr;
use std::path::PathBuf;

use gateway::config::{Config, ConfigError};

use crate::environment;

/// Where the configuration is, and the flags that come last.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Configuration")]
pub(crate) struct Settings {
    /// The configuration file; without it the defaults and the environment count
    #[arg(long, env = "WHARF_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address to listen on, instead of server.listen
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Folder of the SQLite database, the journal and the first API key, instead of `store` and
    /// `data_dir`
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Settings {
    /// Defaults, file, environment, flags.
    pub(crate) fn load(&self) -> Result<Config, ConfigError> {
        let mut config = Config::load(self.config.as_deref(), environment::variables())?;
        if let Some(listen) = self.listen {
            config.server.listen = listen;
        }
        if let Some(data) = &self.data {
            if config.store.starts_with("sqlite:") {
                config.store = format!("sqlite:{}", data.join("wharf.db").display());
            }
            config.data_dir.clone_from(data);
        }
        Ok(config)
    }
}
