//! Configuration: the default file is the manual, and this file reads it.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

mod cluster;
mod console;
mod media;
mod nats;
mod policy;

pub use cluster::{Cluster, Role};
pub use console::Console;
pub use media::Media;
pub use nats::{Nats, NatsUrl};
pub use policy::{KeywordScope, Suppression, Templates};

use crate::store::{Address, Place};

/// The commented default configuration, as `wharf config default` prints it.
pub const DEFAULT: &str = include_str!("../config.default.toml");

/// All settings. See [`DEFAULT`] for what each does.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `sqlite:PATH` or `postgres://user@host/database`.
    pub store: String,
    /// The password of a database on a server, if it is not in the address.
    pub store_password: SecretRef,
    /// Connections to a database on a server.
    pub store_connections: usize,
    /// Folder of the inbox journal.
    pub data_dir: PathBuf,
    /// The HTTP server.
    pub server: Server,
    /// The Cloud API.
    pub cloud: Cloud,
    /// The send path.
    pub send: Send,
    /// Users who want nothing more.
    pub suppression: Suppression,
    /// What is known of templates.
    pub templates: Templates,
    /// The Graph-compatible endpoint.
    pub graph: Graph,
    /// Deliveries to endpoints.
    pub deliver: Deliver,
    /// Files.
    pub media: Media,
    /// NATS JetStream.
    pub nats: Nats,
    /// Several nodes on one database.
    pub cluster: Cluster,
    /// The console.
    pub console: Console,
    /// What is kept how long.
    pub retention: Retention,
    /// Logging.
    pub log: Log,
}

/// `[server]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Bytes.
    pub webhook_body_limit: usize,
    /// Bytes.
    pub api_body_limit: usize,
    /// Requests with one API key; 0: any number.
    pub requests_per_second_per_key: u32,
    /// Seconds.
    pub drain_seconds: u64,
}

/// `[cloud]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cloud {
    /// Without the version.
    pub base_url: url::Url,
    /// E.g. `v26.0`.
    pub version: String,
    /// Secrets that may sign a webhook.
    pub app_secrets: Vec<SecretRef>,
    /// The challenge's token; empty: no challenge is answered on the app's route.
    pub verify_token: SecretRef,
    /// Seconds.
    pub timeout_seconds: u64,
}

/// `[send]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Send {
    /// Tries before a dead letter.
    pub max_attempts: u32,
    /// Milliseconds.
    pub backoff_first_ms: u64,
    /// Milliseconds.
    pub backoff_longest_ms: u64,
    /// Calls under way at once for one channel.
    pub in_flight: usize,
    /// Keep the pace that Meta sets for each user of a number.
    pub pair_pace: bool,
    /// What ends an unknown outcome.
    pub unknown_policy: UnknownPolicy,
    /// Seconds.
    pub unknown_grace_seconds: u64,
    /// Seconds.
    pub ttl_seconds: u64,
    /// Seconds.
    pub authentication_ttl_seconds: u64,
    /// Hold back what would enter a closed service window.
    pub check_window: bool,
    /// Seconds.
    pub window_margin_seconds: u32,
}

/// What to do with a message whose outcome stayed unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownPolicy {
    /// Keep it visible until a person decides.
    Hold,
    /// Send it again: it may arrive twice.
    Resend,
}

/// `[graph]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Graph {
    /// Seconds.
    pub wait_seconds: u64,
}

/// `[deliver]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deliver {
    /// Seconds.
    pub timeout_seconds: u64,
    /// Deliveries under way at once for one endpoint.
    pub in_flight: usize,
    /// Private networks that an endpoint may lie in, as `address/prefix`.
    pub allow_networks: Vec<String>,
    /// Days of nothing but failures after which an endpoint is disabled; 0: never.
    pub disable_after_days: u32,
}

/// `[retention]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Days; 0: for ever. So are the others.
    pub messages_days: u32,
    /// Days.
    pub raw_days: u32,
    /// Days.
    pub media_days: u32,
    /// Days.
    pub logs_days: u32,
    /// Days.
    pub audit_days: u32,
}

/// `[log]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Lines for people or for machines.
    pub format: LogFormat,
    /// Level or directives.
    pub level: String,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Where a secret is. Empty: there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum SecretRef {
    /// No secret.
    #[default]
    None,
    /// `env:NAME`
    Env(String),
    /// `file:PATH`
    File(PathBuf),
}

/// Why a configuration cannot be used. Says which setting and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The text is not TOML, or a setting has a wrong type or name.
    #[error("the configuration is not valid: {0}")]
    Invalid(String),
    /// A secret is written where only its place may stand.
    #[error(
        "{0} must say where the secret is, not the secret itself: use \"env:NAME\" or \"file:PATH\""
    )]
    InlineSecret(&'static str),
    /// The place of a secret holds none.
    #[error("the secret {reference} cannot be read: {reason}")]
    Secret {
        /// E.g. `env:WHATSAPP_APP_SECRET`.
        reference: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Default for Config {
    fn default() -> Self {
        // The embedded file is parsed by a test; it cannot fail in a build that passed it.
        Self::parse(None, &[])
            .unwrap_or_else(|error| unreachable!("default configuration: {error}"))
    }
}

impl Config {
    /// How long a file of a channel is kept, in milliseconds; none: for ever.
    pub(crate) fn media_kept(&self, channel: Option<&str>) -> Option<i64> {
        self.media.kept(channel, self.retention.media_days)
    }

    /// Defaults, then `file`, then `environment` (pairs of name and value; only `WHARF_…` count, and
    /// the documented names of the NATS interface).
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let text = match file {
            Some(path) => {
                Some(
                    std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
                        path: path.to_owned(),
                        source,
                    })?,
                )
            }
            None => None,
        };
        let (ours, known): (Vec<_>, Vec<_>) =
            environment.partition(|(name, _)| name.starts_with("WHARF_"));
        let known = known
            .into_iter()
            .filter_map(|(name, value)| nats::known_name(&name, value));
        let overrides: Vec<_> = known.chain(ours).collect();
        Self::parse(text.as_deref(), &overrides)
    }

    fn parse(text: Option<&str>, overrides: &[(String, String)]) -> Result<Self, ConfigError> {
        let invalid = |error: toml::de::Error| {
            // The error's own rendering quotes the line, which may hold a secret put there by error.
            ConfigError::Invalid(error.message().to_owned())
        };
        let mut settings: toml::Table = toml::from_str(DEFAULT).map_err(invalid)?;
        if let Some(text) = text {
            let file: toml::Table = toml::from_str(text).map_err(invalid)?;
            merge(&mut settings, file, "")?;
            nats::check_url(&settings)?;
        }
        for (name, value) in overrides {
            apply_override(&mut settings, name, value)?;
        }
        check_secrets(&settings)?;
        let config: Self = settings.try_into().map_err(|error: toml::de::Error| {
            // Of values, not of text: it names the setting and has no line to quote.
            ConfigError::Invalid(error.to_string().trim().replace('\n', " "))
        })?;
        config.cluster.check()?;
        config.media.check()?;
        config.console.check()?;
        Ok(config)
    }

    /// The configuration as TOML. Secrets are references and stay so.
    pub fn show(&self) -> String {
        toml::to_string_pretty(self).unwrap_or_default()
    }

    /// The database that `store` names.
    pub fn store_place(&self) -> Result<Place, ConfigError> {
        match self.store.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Place::Sqlite(PathBuf::from(path))),
            Some(("postgres" | "postgresql", _)) => {
                let password = match &self.store_password {
                    SecretRef::None => None,
                    reference => Some(reference.read()?),
                };
                let address = Address::parse(&self.store, password.as_deref())
                    .map_err(|error| ConfigError::Invalid(error.to_string()))?;
                Ok(Place::Postgres(Box::new(address), self.store_connections))
            }
            _ => Err(ConfigError::Invalid(
                "store must be \"sqlite:PATH\", e.g. \"sqlite:wharf-data/wharf.db\", or \
                 \"postgres://user@host/database\""
                    .to_owned(),
            )),
        }
    }
}

/// Lays `over` on `base`; a key that the defaults do not have is refused.
fn merge(base: &mut toml::Table, over: toml::Table, path: &str) -> Result<(), ConfigError> {
    for (key, value) in over {
        let path = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        match (base.get_mut(&key), value) {
            (Some(toml::Value::Table(base)), toml::Value::Table(over)) => merge(base, over, &path)?,
            (Some(toml::Value::Table(_)), _) => {
                return Err(ConfigError::Invalid(format!(
                    "{path} is a section: write [{path}] and its settings below it"
                )));
            }
            (Some(slot), value) => *slot = value,
            (None, value) if policy::is_language(&path) => {
                base.insert(key, value);
            }
            (None, _) => {
                return Err(ConfigError::Invalid(format!(
                    "unknown setting {path}; `wharf config default` lists them all"
                )));
            }
        }
    }
    Ok(())
}

/// `WHARF_SERVER_LISTEN` sets `server.listen`; names that match no setting are not ours to refuse.
fn apply_override(settings: &mut toml::Table, name: &str, text: &str) -> Result<(), ConfigError> {
    let key = name.trim_start_matches("WHARF_").to_ascii_lowercase();
    let slot = match settings.get(&key) {
        Some(value) if !value.is_table() => settings.get_mut(&key),
        _ => key.split_once('_').and_then(|(section, key)| {
            settings
                .get_mut(section)
                .and_then(toml::Value::as_table_mut)?
                .get_mut(key)
        }),
    };
    let Some(slot) = slot else { return Ok(()) };
    let wrong = |kind: &str| ConfigError::Invalid(format!("{name} must be {kind}"));
    *slot = match slot {
        toml::Value::Integer(_) => text.parse().map_err(|_| wrong("a whole number"))?,
        toml::Value::Boolean(_) => text.parse().map_err(|_| wrong("true or false"))?,
        toml::Value::Array(_) => {
            let items = text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty());
            toml::Value::Array(
                items
                    .map(|item| toml::Value::String(item.to_owned()))
                    .collect(),
            )
        }
        _ => toml::Value::String(text.to_owned()),
    };
    Ok(())
}

/// Refuses whatever stands in the place of a secret's reference and is none, naming the setting and
/// not what stands there.
fn check_secrets(settings: &toml::Table) -> Result<(), ConfigError> {
    let store = settings.get("store").and_then(toml::Value::as_str);
    let store = store.and_then(|store| url::Url::parse(store).ok());
    if store.is_some_and(|store| store.password().is_some()) {
        return Err(ConfigError::Invalid(
            "store must not hold a password: say where it is with store_password, e.g. \
             \"env:WHARF_POSTGRES_PASSWORD\""
                .to_owned(),
        ));
    }
    let cloud = settings.get("cloud").and_then(toml::Value::as_table);
    let is_reference = |value: &toml::Value| {
        let text = value.as_str().map(str::to_owned);
        text.is_some_and(|text| SecretRef::try_from(text).is_ok())
    };
    if !settings.get("store_password").is_some_and(is_reference) {
        return Err(ConfigError::InlineSecret("store_password"));
    }
    for (key, name) in [
        ("store_key_id", "media.store_key_id"),
        ("store_secret", "media.store_secret"),
    ] {
        let value = settings.get("media").and_then(|media| media.get(key));
        if !value.is_some_and(is_reference) {
            return Err(ConfigError::InlineSecret(name));
        }
    }
    let token = settings.get("nats").and_then(|nats| nats.get("token"));
    if !token.is_some_and(is_reference) {
        return Err(ConfigError::InlineSecret("nats.token"));
    }
    let verify = cloud.and_then(|cloud| cloud.get("verify_token"));
    if !verify.is_some_and(is_reference) {
        return Err(ConfigError::InlineSecret("cloud.verify_token"));
    }
    match cloud.and_then(|cloud| cloud.get("app_secrets")) {
        Some(toml::Value::Array(secrets)) if secrets.iter().all(is_reference) => Ok(()),
        Some(toml::Value::Array(_)) => Err(ConfigError::InlineSecret("cloud.app_secrets")),
        _ => Err(ConfigError::Invalid(
            "cloud.app_secrets must be a list, e.g. [\"env:NAME\"]".to_owned(),
        )),
    }
}

impl SecretRef {
    /// Whether there is a reference at all.
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// Reads the secret from where it is.
    pub fn read(&self) -> Result<String, ConfigError> {
        let fail = |reason: &str| ConfigError::Secret {
            reference: self.to_string(),
            reason: reason.to_owned(),
        };
        let secret = match self {
            Self::None => return Err(fail("nothing is set")),
            #[expect(
                clippy::disallowed_methods,
                reason = "secret references are configuration"
            )]
            Self::Env(name) => {
                std::env::var(name).map_err(|_| fail("the environment variable is not set"))?
            }
            Self::File(path) => {
                std::fs::read_to_string(path).map_err(|error| fail(&error.kind().to_string()))?
            }
        };
        let secret = secret.trim_end_matches(['\r', '\n']);
        if secret.is_empty() {
            Err(fail("it is empty"))
        } else {
            Ok(secret.to_owned())
        }
    }
}

impl TryFrom<String> for SecretRef {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once(':') {
            None if text.is_empty() => Ok(Self::None),
            Some(("env", name)) if !name.is_empty() => Ok(Self::Env(name.to_owned())),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            _ => Err("a secret is given as \"env:NAME\" or \"file:PATH\""),
        }
    }
}

impl From<SecretRef> for String {
    fn from(reference: SecretRef) -> Self {
        reference.to_string()
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_file_is_complete() {
        let config = Config::default();
        assert_eq!(config.server.listen.port(), 8080);
        assert_eq!(
            Config::parse(Some(&config.show()), &[]).unwrap().show(),
            config.show()
        );
    }

    #[test]
    fn file_and_environment_override_in_order() {
        let file = "[server]\nlisten = \"127.0.0.1:1\"\n[send]\nmax_attempts = 3\n";
        let environment = [("WHARF_SERVER_LISTEN".to_owned(), "127.0.0.1:2".to_owned())];
        let config = Config::parse(Some(file), &environment).unwrap();
        assert_eq!(
            (config.server.listen.port(), config.send.max_attempts),
            (2, 3)
        );
    }

    #[test]
    fn unknown_settings_and_inline_secrets_are_refused_without_quoting_them() {
        let error = Config::parse(Some("[server]\nlissen = 1\n"), &[])
            .unwrap_err()
            .to_string();
        assert!(error.contains("server.lissen"), "{error}");
        for (text, setting) in [
            ("app_secrets = [\"hush\"]", "cloud.app_secrets"),
            ("app_secrets = \"hush\"", "cloud.app_secrets"),
            ("app_secrets = [[\"hush\"]]", "cloud.app_secrets"),
            ("verify_token = \"hush\"", "cloud.verify_token"),
            ("verify_token = [\"hush\"]", "cloud.verify_token"),
            ("verify_token = \"hush", ""),
        ] {
            let error = Config::parse(Some(&format!("[cloud]\n{text}\n")), &[]).unwrap_err();
            assert!(error.to_string().contains(setting), "{error}");
            assert!(!error.to_string().contains("hush"), "{error}");
        }
        let secret = [(
            "WHARF_CLOUD_APP_SECRETS".to_owned(),
            "env:A, hush".to_owned(),
        )];
        let error = Config::parse(None, &secret).unwrap_err().to_string();
        assert!(
            error.contains("app_secrets") && !error.contains("hush"),
            "{error}"
        );
    }

    #[test]
    fn a_wrong_value_names_its_setting() {
        for (file, setting) in [
            ("[server]\nlisten = \"here\"", "server.listen"),
            ("[server]\nlisten = 8080", "server.listen"),
            ("[send]\nmax_attempts = -1", "send.max_attempts"),
            ("[send]\nunknown_policy = \"guess\"", "send.unknown_policy"),
            (
                "[deliver]\nallow_networks = \"10.0.0.0/8\"",
                "deliver.allow_networks",
            ),
            ("[cloud]\nbase_url = \"graph\"", "cloud.base_url"),
            ("server = 5", "server"),
            ("store = 5", "store"),
        ] {
            let error = Config::parse(Some(file), &[]).unwrap_err().to_string();
            assert!(error.contains(setting), "{file}: {error}");
            assert!(!error.contains('\n'), "{error}");
        }
        let text = |name: &str, value: &str| [(name.to_owned(), value.to_owned())];
        let lists = text("WHARF_DELIVER_ALLOW_NETWORKS", "10.0.0.0/8, 127.0.0.0/8");
        let config = Config::parse(None, &lists).unwrap();
        assert_eq!(config.deliver.allow_networks, ["10.0.0.0/8", "127.0.0.0/8"]);
        let config = Config::parse(None, &text("WHARF_DATA_DIR", "/var/lib/wharf")).unwrap();
        assert_eq!(config.data_dir, Path::new("/var/lib/wharf"));
        let error = Config::parse(None, &text("WHARF_SEND_MAX_ATTEMPTS", "many")).unwrap_err();
        assert!(
            error.to_string().contains("WHARF_SEND_MAX_ATTEMPTS"),
            "{error}"
        );
    }
}
