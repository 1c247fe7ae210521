//! Carriers: one enum, one file each. Today there is one, the WhatsApp Cloud API.

mod cloud;
mod outcome;
mod trust;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use http::HeaderValue;
use serde_json::Value;
use tokio::io::AsyncWrite;
use wharf_client::{ApiVersion, Client, MediaUpload, Timeouts};
use wharf_model::{InvalidId, MediaId, OutgoingMessage, PhoneNumberId, Wamid};

use crate::app::App;
use crate::config::{Config, ConfigError, SecretRef};
use crate::store::channels::{self, Channel};
use cloud::Cloud;
pub(crate) use outcome::{Missed, NumberFacts, Outcome, Rejection, Used};
pub(crate) use trust::{Secrets, Trust};

/// How long making a connection may take, so that an unreachable carrier is certainly unreached.
const CONNECT: Duration = Duration::from_secs(5);

/// The field by which a marketing message is told from any other template.
pub(crate) const MARKETING: &str = "product_policy";

/// What is known about all carriers: whose webhooks are believed, and how to call.
#[derive(Debug)]
pub(crate) struct Carriers {
    trust: RwLock<Arc<Trust>>,
    /// One reads the channels at a time, so that what was read first never replaces what is newer.
    refreshing: tokio::sync::Mutex<()>,
    http: reqwest::Client,
    base_url: url::Url,
    version: ApiVersion,
    timeouts: Timeouts,
}

/// The way out for one channel.
#[derive(Debug, Clone)]
pub(crate) enum Carrier {
    Cloud(Cloud),
}

/// Why a channel has no way out. Says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CarrierError {
    #[error("this version knows no carrier \"{0}\"; use \"cloud\"")]
    UnknownCarrier(String),
    #[error("the channel has no access token; set access_token to \"env:NAME\" or \"file:PATH\"")]
    NoToken,
    #[error("the channel's phone number id is missing or malformed")]
    NoNumber,
    #[error("the access token cannot be read")]
    Secret(#[source] ConfigError),
    #[error("the access token cannot be used")]
    Token(#[source] InvalidId),
    #[error("the carrier cannot be called as configured")]
    Client(#[source] wharf_client::Error),
}

/// What a carrier cannot carry.
#[derive(Debug, thiserror::Error)]
#[error("the carrier \"{carrier}\" cannot carry {what}")]
pub(crate) struct Unsupported {
    pub(crate) carrier: String,
    pub(crate) what: &'static str,
}

impl Carriers {
    /// Reads the secrets that the configuration names; a missing one stops the start.
    pub(crate) fn new(config: &Config) -> Result<Self, ConfigError> {
        let trust = Trust::of_app(config)?;
        let unusable = |what: &str, error: &dyn std::fmt::Display| {
            ConfigError::Invalid(format!("{what}: {error}"))
        };
        let http = wharf_client::http_builder(CONNECT)
            .map_err(|error| unusable("the HTTP client", &error))?
            .build()
            .map_err(|error| unusable("the HTTP client", &error))?;
        let version = config.cloud.version.parse();
        let mut timeouts = Timeouts::default();
        timeouts.connect = CONNECT;
        timeouts.call = Duration::from_secs(config.cloud.timeout_seconds);
        Ok(Self {
            trust: RwLock::new(Arc::new(trust)),
            refreshing: tokio::sync::Mutex::new(()),
            http,
            base_url: config.cloud.base_url.clone(),
            version: version.map_err(|error| unusable("cloud.version", &error))?,
            timeouts,
        })
    }

    /// Whose signatures and challenges are believed at this moment.
    pub(crate) fn trust(&self) -> Arc<Trust> {
        Arc::clone(&self.trust.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the channels' own secrets again.
    pub(crate) fn refresh(&self, channels: &[Channel]) {
        let fresh = self.trust().with_channels(channels);
        *self.trust.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
    }

    /// The way out for a channel, with its access token read now. All share one HTTP client.
    pub(crate) fn of(&self, channel: &Channel) -> Result<Carrier, CarrierError> {
        let number = channel.phone_number_id.as_deref().unwrap_or_default();
        let number: PhoneNumberId = number.parse().map_err(|_| CarrierError::NoNumber)?;
        Ok(Carrier::Cloud(Cloud::new(self.client_of(channel)?, number)))
    }

    /// A client with a channel's access token, also for calls about its WABA.
    pub(crate) fn client_of(&self, channel: &Channel) -> Result<Client, CarrierError> {
        if channel.carrier != "cloud" {
            return Err(CarrierError::UnknownCarrier(channel.carrier.clone()));
        }
        let reference = channel.access_token.clone().ok_or(CarrierError::NoToken)?;
        let reference = SecretRef::try_from(reference).map_err(|_| CarrierError::NoToken)?;
        let token = reference.read().map_err(CarrierError::Secret)?;
        let token = wharf_client::AccessToken::new(&token).map_err(CarrierError::Token)?;
        Client::builder(token)
            .http(self.http.clone())
            .base_url(self.base_url.clone())
            .api_version(self.version)
            .timeouts(self.timeouts)
            .media_host("*.fbcdn.net")
            .media_host("*.whatsapp.net")
            .build()
            .map_err(CarrierError::Client)
    }
}

impl Carrier {
    /// Hands over a stored message body. `reference` is our id, for the carrier to echo.
    /// Beside what came of it, what the answer told of budgets.
    pub(crate) async fn send(&self, content: &str, reference: &str) -> (Outcome, Vec<Used>) {
        match self {
            Self::Cloud(cloud) => cloud.send(content, reference).await,
        }
    }

    /// Hands over a file and returns what the carrier calls it; what failed is told as for a send.
    pub(crate) async fn upload(&self, file: MediaUpload) -> Result<String, Outcome> {
        match self {
            Self::Cloud(cloud) => cloud.upload(file).await,
        }
    }

    /// The carrier's id of the number, to which uploads belong.
    pub(crate) fn number(&self) -> &str {
        match self {
            Self::Cloud(cloud) => cloud.number(),
        }
    }

    /// Streams a user's file into `writer`; it is as long as the carrier says and has this sum.
    pub(crate) async fn fetch<W>(
        &self,
        media_id: &str,
        sha256: Option<&str>,
        limit: u64,
        writer: &mut W,
    ) -> Result<(), Missed>
    where
        W: AsyncWrite + Unpin + Send,
    {
        match self {
            Self::Cloud(cloud) => cloud.fetch(media_id, sha256, limit, writer).await,
        }
    }

    /// Asks what the number may do; what failed is told as for a send.
    pub(crate) async fn facts(&self) -> Result<NumberFacts, Outcome> {
        match self {
            Self::Cloud(cloud) => cloud.facts().await,
        }
    }

    /// Asks whether the number may send messages; what failed is told as for a send.
    pub(crate) async fn can_send(&self) -> Result<bool, Outcome> {
        match self {
            Self::Cloud(cloud) => cloud.can_send().await,
        }
    }

    /// Passes on a form with a file as it comes; the answer as the carrier gives it.
    pub(crate) async fn upload_form(
        &self,
        content_type: HeaderValue,
        length: Option<u64>,
        form: impl Stream<Item = Result<Bytes, axum::Error>> + Send + 'static,
    ) -> Result<Value, Outcome> {
        match self {
            Self::Cloud(cloud) => cloud.upload_form(content_type, length, form).await,
        }
    }

    /// What the carrier says of a file: where it is, its type, length and hash.
    pub(crate) async fn media(&self, id: &MediaId) -> Result<Value, Outcome> {
        match self {
            Self::Cloud(cloud) => cloud.media(id).await,
        }
    }

    /// Deletes a file; the answer as the carrier gives it.
    pub(crate) async fn delete_media(&self, id: &MediaId) -> Result<Value, Outcome> {
        match self {
            Self::Cloud(cloud) => cloud.delete_media(id).await,
        }
    }

    /// Streams the file at a URL that the carrier gave into `writer`, up to `most` bytes.
    pub(crate) async fn download(
        &self,
        url: &url::Url,
        writer: &mut (impl AsyncWrite + Unpin + Send),
        most: u64,
    ) -> Result<(), Outcome> {
        match self {
            Self::Cloud(cloud) => cloud.download(url, writer, most).await,
        }
    }

    /// Marks a user's message as read; what failed is told as for a send.
    pub(crate) async fn mark_read(&self, wamid: Wamid, typing: bool) -> Result<(), Outcome> {
        match self {
            Self::Cloud(cloud) => cloud.mark_read(wamid, typing).await,
        }
    }
}

/// Whether the channel's carrier can carry this message at all, asked before it is queued.
///
/// The model holds only what the Cloud API takes, so today the carrier's name decides.
pub(crate) fn supports(channel: &Channel, message: &OutgoingMessage) -> Result<(), Unsupported> {
    match channel.carrier.as_str() {
        "cloud" => Ok(()),
        other => Err(Unsupported {
            carrier: other.to_owned(),
            what: message.content().kind(),
        }),
    }
}

/// Reads the channels' own secrets again, so that a channel's webhook works once it is there.
pub(crate) async fn refresh(app: &App) -> Result<(), crate::StoreError> {
    let _alone = app.carriers.refreshing.lock().await;
    let channels = app.store.read(channels::all).await?;
    app.carriers.refresh(&channels);
    Ok(())
}

/// Whose webhooks are believed on the route of this channel. One that is not known is looked for:
/// another node may have made it a moment ago.
pub(crate) async fn trust_for(app: &App, channel: &str) -> Arc<Trust> {
    let trust = app.carriers.trust();
    if trust.channel(channel).is_some() || !app.store.is_shared() {
        return trust;
    }
    let id = channel.to_owned();
    let looked = match app.store.read(move |tx| channels::by_id(tx, &id)).await {
        Ok(Some(_)) => refresh(app).await,
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = looked {
        tracing::error!(%error, "cannot read the channels again");
    }
    app.carriers.trust()
}

/// Keeps the channels' secrets in step with the store.
pub(crate) async fn start(app: &Arc<App>) -> Result<(), crate::StoreError> {
    let mut news = app.store.channels();
    refresh(app).await?;
    let app = Arc::clone(app);
    let tasks = app.tasks.clone();
    tasks.spawn(async move {
        loop {
            tokio::select! {
                () = app.stopping.cancelled() => return,
                changed = news.changed() => if changed.is_err() { return },
            }
            if let Err(error) = refresh(&app).await {
                tracing::error!(%error, "cannot read the channels again");
            }
        }
    });
    Ok(())
}
