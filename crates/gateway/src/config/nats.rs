//! `[nats]`, and the environment names that its interface is documented with.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{ConfigError, SecretRef};

/// `[nats]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nats {
    /// Empty: off.
    pub url: NatsUrl,
    /// The stream of events.
    pub events_stream: String,
    /// The stream of commands.
    pub send_stream: String,
    /// Days.
    pub events_max_age_days: u32,
    /// Days.
    pub send_max_age_days: u32,
    /// Copies in a cluster.
    pub replicas: usize,
    /// Signs in.
    pub token: SecretRef,
    /// Signs in; empty: none.
    pub creds_file: PathBuf,
    /// PEM; empty: the system's authorities.
    pub tls_ca_file: PathBuf,
    /// PEM; empty: none.
    pub tls_cert_file: PathBuf,
    /// PEM; empty: none.
    pub tls_key_file: PathBuf,
}

/// One or more server URLs. Shown and logged without the user name and password that may stand in it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct NatsUrl(String);

/// One server, taken apart.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Server {
    /// Without user information.
    pub(crate) url: String,
    pub(crate) user: String,
    pub(crate) password: Option<String>,
}

impl NatsUrl {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// The servers; an error names what is wrong and not the URL.
    pub(crate) fn servers(&self) -> Result<Vec<Server>, ConfigError> {
        let texts = self.0.split(',').map(str::trim);
        let texts = texts.filter(|text| !text.is_empty());
        texts.map(server).collect()
    }
}

/// Reads one URL; `nats://` may be left out.
fn server(text: &str) -> Result<Server, ConfigError> {
    let invalid = |what: &str| ConfigError::Invalid(format!("nats.url {what}"));
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("nats://{text}")
    };
    let mut url: url::Url = whole
        .parse()
        .map_err(|_| invalid("is not a URL, e.g. \"nats://localhost:4222\""))?;
    if !matches!(url.scheme(), "nats" | "tls") || url.host_str().is_none_or(str::is_empty) {
        return Err(invalid("must be nats://HOST:PORT or tls://HOST:PORT"));
    }
    let user = decoded(url.username());
    let password = url.password().map(decoded);
    if url.set_username("").is_err() || url.set_password(None).is_err() {
        return Err(invalid("has no host"));
    }
    Ok(Server {
        url: url.as_str().trim_end_matches('/').to_owned(),
        user,
        password,
    })
}

/// Undoes percent encoding, which a URL needs for some letters of a password.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok()?;
            u8::from_str_radix(digits, 16).ok()
        });
        match code {
            Some(code) if *byte == b'%' => {
                bytes.push(code);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The documented names as ours: `NATS_URL` is `WHARF_NATS_URL`, and the token that `NATS_TOKEN`
/// holds stays where it is. An empty variable is as good as none.
pub(super) fn known_name(name: &str, value: String) -> Option<(String, String)> {
    match name {
        _ if value.is_empty() => None,
        "NATS_TOKEN" => Some(("WHARF_NATS_TOKEN".to_owned(), "env:NATS_TOKEN".to_owned())),
        "NATS_URL"
        | "NATS_EVENTS_STREAM"
        | "NATS_SEND_STREAM"
        | "NATS_EVENTS_MAX_AGE_DAYS"
        | "NATS_SEND_MAX_AGE_DAYS"
        | "NATS_CREDS_FILE" => Some((format!("WHARF_{name}"), value)),
        _ => None,
    }
}

/// Refuses user information in the configuration file: it is no place for a secret.
pub(super) fn check_url(settings: &toml::Table) -> Result<(), ConfigError> {
    let url = settings.get("nats").and_then(|nats| nats.get("url"));
    match url.and_then(toml::Value::as_str) {
        Some(url) if url.contains('@') => Err(ConfigError::Invalid(
            "nats.url must not hold a user name or password: set NATS_URL in the environment, or \
             use nats.token or nats.creds_file"
                .to_owned(),
        )),
        _ => Ok(()),
    }
}

impl fmt::Display for NatsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: Vec<&str> = self
            .0
            .split(',')
            .map(str::trim)
            .filter(|url| !url.is_empty())
            .collect();
        for (index, url) in shown.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            match (url.rsplit_once('@'), url.split_once("://")) {
                (Some((_, host)), Some((scheme, _))) => write!(f, "{scheme}://{host}")?,
                (Some((_, host)), None) => f.write_str(host)?,
                (None, _) => f.write_str(url)?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for NatsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl From<String> for NatsUrl {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<NatsUrl> for String {
    fn from(url: NatsUrl) -> Self {
        url.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn load(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let pairs = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::load(None, pairs)
    }

    #[test]
    fn the_documented_names_work_and_hide_what_is_secret() {
        let nats = load(&[]).unwrap().nats;
        assert!(nats.url.is_empty());
        let config = load(&[
            ("NATS_URL", "nats://ada:s%40crt@one:4222,two:4223"),
            ("NATS_EVENTS_STREAM", "E"),
            ("NATS_SEND_STREAM", "S"),
            ("NATS_EVENTS_MAX_AGE_DAYS", "3"),
            ("NATS_SEND_MAX_AGE_DAYS", "2"),
            ("NATS_TOKEN", "hush"),
            ("NATS_CREDS_FILE", "/etc/wharf/nats.creds"),
        ])
        .unwrap();
        let nats = &config.nats;
        assert_eq!((&*nats.events_stream, &*nats.send_stream), ("E", "S"));
        assert_eq!((nats.events_max_age_days, nats.send_max_age_days), (3, 2));
        assert_eq!(nats.token, SecretRef::Env("NATS_TOKEN".to_owned()));
        assert_eq!(nats.creds_file, PathBuf::from("/etc/wharf/nats.creds"));
        let servers = nats.url.servers().unwrap();
        assert_eq!(
            (&*servers[0].url, &*servers[0].user),
            ("nats://one:4222", "ada")
        );
        assert_eq!(servers[0].password.as_deref(), Some("s@crt"));
        assert_eq!(servers[1].url, "nats://two:4223");
        for shown in [config.show(), format!("{config:?}"), nats.url.to_string()] {
            assert!(!shown.contains("crt") && !shown.contains("ada"), "{shown}");
            assert!(!shown.contains("hush"), "{shown}");
        }
        assert_eq!(nats.url.to_string(), "nats://one:4222,two:4223");
    }

    #[test]
    fn ours_win_empty_ones_do_not_count_and_nonsense_is_refused_unquoted() {
        let config = load(&[
            ("WHARF_NATS_URL", "nats://b:1"),
            ("NATS_URL", "nats://a:1"),
            ("NATS_TOKEN", ""),
        ])
        .unwrap();
        assert_eq!(config.nats.url.to_string(), "nats://b:1");
        assert!(config.nats.token.is_none());
        for url in ["http://hush:1", "nats://", "nats://a b"] {
            let url = NatsUrl::from(url.to_owned());
            let error = url.servers().err().unwrap().to_string();
            assert!(
                error.contains("nats.url") && !error.contains("hush"),
                "{error}"
            );
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("wharf.toml");
        for text in ["url = \"nats://u:hush@h:1\"", "token = \"hush\""] {
            std::fs::write(&file, format!("[nats]\n{text}\n")).unwrap();
            let error = Config::load(Some(&file), std::iter::empty()).unwrap_err();
            let error = error.to_string();
            assert!(
                error.contains("nats.") && !error.contains("hush"),
                "{error}"
            );
        }
    }
}
