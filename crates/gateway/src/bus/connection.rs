//! The connection: made and kept up for as long as the gateway runs, told about once each way.

use std::sync::Arc;
use std::time::Duration;

use async_nats::{Client, ConnectOptions, Event};
use tokio::sync::watch;

use crate::config::{ConfigError, Nats};

/// The longest pause between two attempts to connect.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How the connection stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) connected: bool,
    /// Counts the changes: what was under way before one has no answer after it.
    pub(super) epoch: u64,
}

/// Begins to connect. Only a setting or a secret that cannot be used is an error.
pub(super) async fn open(settings: &Nats) -> Result<(Client, watch::Receiver<Link>), ConfigError> {
    let (link, receiver) = watch::channel(Link::default());
    let teller = Arc::new(Teller {
        url: settings.url.to_string(),
        told: watch::Sender::new(false),
        link,
    });
    let (options, urls) = options(settings).await?;
    let client = options
        .name("wharf")
        .retry_on_initial_connect()
        .reconnect_delay_callback(|attempts| {
            let attempts = u32::try_from(attempts).unwrap_or(u32::MAX);
            Duration::from_millis(25)
                .saturating_mul(2_u32.saturating_pow(attempts.min(16)))
                .min(LONGEST_PAUSE)
        })
        .event_callback(move |event| {
            teller.tell(&event);
            std::future::ready(())
        })
        .connect(urls)
        .await
        .map_err(|error| {
            ConfigError::Invalid(format!("nats.url cannot be used: {}", error.kind()))
        })?;
    Ok((client, receiver))
}

/// Credentials and certificates. What the URLs say about users is taken out of them.
async fn options(settings: &Nats) -> Result<(ConnectOptions, Vec<String>), ConfigError> {
    let mut options = ConnectOptions::new();
    let servers = settings.url.servers()?;
    let signed = servers.iter().find(|server| !server.user.is_empty());
    match signed.map(|server| (server.user.clone(), server.password.clone())) {
        Some((user, Some(password))) => options = options.user_and_password(user, password),
        Some((token, None)) => options = options.token(token),
        None => {}
    }
    if !settings.token.is_none() {
        options = options.token(settings.token.read()?);
    }
    if !settings.creds_file.as_os_str().is_empty() {
        let path = &settings.creds_file;
        options = options
            .credentials_file(path)
            .await
            .map_err(|error| ConfigError::Secret {
                reference: format!("file:{}", path.display()),
                reason: match error.kind() {
                    std::io::ErrorKind::NotFound | std::io::ErrorKind::PermissionDenied => {
                        error.kind().to_string()
                    }
                    _ => "it is no NATS credentials file".to_owned(),
                },
            })?;
    }
    let file = |path: &std::path::Path| Some(path.to_owned()).filter(|p| !p.as_os_str().is_empty());
    if let Some(authorities) = file(&settings.tls_ca_file) {
        options = options.add_root_certificates(authorities);
    }
    match (file(&settings.tls_cert_file), file(&settings.tls_key_file)) {
        (Some(certificate), Some(key)) => {
            options = options.add_client_certificate(certificate, key);
        }
        (None, None) => {}
        _ => {
            return Err(ConfigError::Invalid(
                "nats.tls_cert_file and nats.tls_key_file belong together".to_owned(),
            ));
        }
    }
    Ok((
        options,
        servers.into_iter().map(|server| server.url).collect(),
    ))
}

/// Follows the client's reports: one warning when the server is away, one line when it is back.
#[derive(Debug)]
struct Teller {
    url: String,
    told: watch::Sender<bool>,
    link: watch::Sender<Link>,
}

impl Teller {
    fn tell(&self, event: &Event) {
        match event {
            Event::Connected => {
                self.told.send_replace(false);
                self.change(true);
                tracing::info!(url = self.url, "NATS is connected");
            }
            Event::Disconnected => {
                self.change(false);
                if !self.told.send_replace(true) {
                    tracing::warn!(
                        url = self.url,
                        "the connection to NATS is lost; events wait in the store until it is back"
                    );
                }
            }
            Event::ClientError(_) | Event::ServerError(_) => {
                let connected = self.link.borrow().connected;
                if !connected && !self.told.send_replace(true) {
                    tracing::warn!(
                        url = self.url,
                        error = %event,
                        "NATS is not reached; events wait in the store, and it is tried again"
                    );
                }
            }
            _ => {}
        }
    }

    fn change(&self, connected: bool) {
        self.link.send_modify(|link| {
            link.connected = connected;
            link.epoch += 1;
        });
    }
}
