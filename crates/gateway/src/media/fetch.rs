//! A file behind a link that a caller wants us to fetch: guarded, bounded, and each redirect anew.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use http::header;
use reqwest::{Client, Response};
use url::Url;

use super::{MediaError, MediaKind, NewMedia, intake, take_in};
use crate::app::App;
use crate::config::{Config, ConfigError};
use crate::deliver::{Blocked, Guard, UrlError, check_target};
use crate::store::media::Media;

const CONNECT: Duration = Duration::from_secs(10);

/// Redirects that are followed at most.
const REDIRECTS: usize = 3;

/// Characters of a link at most.
const LONGEST: usize = 2048;

/// Calls links.
#[derive(Debug)]
pub(super) struct Fetcher {
    client: Client,
    guard: Guard,
    timeout: Duration,
}

/// Why a link was not fetched. Never with the link: it may hold a secret.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("is not an http or https URL")]
    NotAUrl,
    #[error("must not hold a user name or password")]
    Credentials,
    #[error(
        "leads to an address that is not public; use a public one, or have its network added to \
         media.allow_networks in the configuration"
    )]
    Blocked,
    #[error("was answered with {0}")]
    Status(u16),
    #[error("redirects too often, or to nowhere")]
    Redirects,
    #[error("did not answer within {0} s")]
    Timeout(u64),
    #[error("cannot be reached")]
    Unreachable,
    #[error("cannot be used: {0}")]
    Media(#[from] MediaError),
}

impl Fetcher {
    pub(super) fn new(config: &Config) -> Result<Self, ConfigError> {
        let guard = Guard::new("media.allow_networks", &config.media.allow_networks)?;
        let invalid = |error: &dyn Error| {
            ConfigError::Invalid(format!("the HTTP client of media cannot be made: {error}"))
        };
        // It brings our TLS, no redirects, no retries, and no proxy from the environment.
        let client = wharf_client::http_builder(CONNECT)
            .map_err(|error| invalid(&error))?
            .user_agent(concat!("Wharf/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Arc::new(guard.clone()))
            .referer(false)
            .build()
            .map_err(|error| invalid(&error))?;
        Ok(Self {
            client,
            guard,
            timeout: Duration::from_secs(config.media.fetch_timeout_seconds),
        })
    }

    /// Calls a link, and where it leads, until something that is no redirect answers.
    async fn call(&self, link: &str) -> Result<Response, FetchError> {
        if link.chars().count() > LONGEST {
            return Err(FetchError::NotAUrl);
        }
        let mut url = Url::parse(link).map_err(|_| FetchError::NotAUrl)?;
        for _ in 0..=REDIRECTS {
            check_target(&self.guard, &url).map_err(|error| match error {
                UrlError::Credentials => FetchError::Credentials,
                UrlError::NotPublic => FetchError::Blocked,
                _ => FetchError::NotAUrl,
            })?;
            let request = self.client.get(url.clone()).timeout(self.timeout);
            let response = request.send().await.map_err(|error| self.failed(&error))?;
            let status = response.status();
            if status.is_success() {
                return Ok(response);
            }
            if !status.is_redirection() {
                return Err(FetchError::Status(status.as_u16()));
            }
            let location = response.headers().get(header::LOCATION);
            let location = location.and_then(|location| location.to_str().ok());
            let next = location.and_then(|location| url.join(location).ok());
            url = next.ok_or(FetchError::Redirects)?;
        }
        Err(FetchError::Redirects)
    }

    fn failed(&self, error: &reqwest::Error) -> FetchError {
        let mut cause: &dyn Error = error;
        while let Some(source) = cause.source() {
            if source.is::<Blocked>() {
                return FetchError::Blocked;
            }
            cause = source;
        }
        if error.is_timeout() {
            FetchError::Timeout(self.timeout.as_secs())
        } else {
            FetchError::Unreachable
        }
    }
}

/// Fetches a link into the object store.
pub(super) async fn fetch(
    app: &Arc<App>,
    link: &str,
    kind: MediaKind,
    filename: Option<String>,
    channel_id: Option<String>,
) -> Result<Media, FetchError> {
    let response = app.media.fetcher.call(link).await?;
    let limit = app.config.media.max_bytes;
    if response
        .content_length()
        .is_some_and(|length| length > limit)
    {
        return Err(MediaError::TooLarge { limit }.into());
    }
    let mime_type = response.headers().get(header::CONTENT_TYPE);
    let mime_type = mime_type.and_then(|mime_type| mime_type.to_str().ok());
    let last = response.url().path_segments();
    let last = last.and_then(|mut parts| parts.next_back());
    let new = NewMedia {
        mime_type: mime_type.map(str::to_owned),
        filename: filename.or_else(|| last.and_then(intake::clean_name)),
        kind: Some(kind),
        channel_id,
    };
    Ok(take_in(app, new, response.bytes_stream()).await?)
}
