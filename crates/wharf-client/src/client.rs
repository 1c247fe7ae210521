//! The client: whom to call, as whom, and with what patience.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use http::Method;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use url::Url;
use wharf_model::ids::FlowId;
use wharf_model::{AccessToken, BusinessId, MediaId, PhoneNumberId, WabaId};

use crate::batch::Batch;
use crate::bearer::Bearer;
use crate::business::Business;
use crate::call::{Body, Call, decode_json};
use crate::error::{Error, RequestError};
use crate::flow::Flow;
use crate::media::{Media, MediaHosts};
use crate::number::Number;
use crate::retry::RetryPolicy;
use crate::transport::{Timeouts, http_builder};
use crate::usage::Usage;
use crate::version::ApiVersion;
use crate::waba::Waba;

/// Where Meta's Graph API lives.
pub const GRAPH_URL: &str = "https://graph.facebook.com";

/// Where Meta has its few calls that are not on Graph; they have no version.
pub const API_URL: &str = "https://api.facebook.com";

/// A client of the Graph API for one access token.
///
/// Cloning is cheap and shares the connections. One process that serves many tokens builds one
/// client and asks it for the others with [`with_token`](Self::with_token).
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    bearer: Bearer,
    /// What the answers to this token's calls told last.
    usage: Arc<Mutex<Usage>>,
}

struct Shared {
    http: reqwest::Client,
    base: Url,
    api_base: Url,
    version: ApiVersion,
    timeouts: Timeouts,
    media_hosts: MediaHosts,
    retry: RetryPolicy,
    stop: Option<CancellationToken>,
}

impl Client {
    /// A client with the default options. Call it inside a Tokio runtime.
    pub fn new(token: AccessToken) -> Result<Self, Error> {
        Self::builder(token).build()
    }

    /// A client with other options.
    pub fn builder(token: AccessToken) -> ClientBuilder {
        ClientBuilder {
            token,
            base: None,
            api_base: None,
            version: ApiVersion::default(),
            timeouts: Timeouts::default(),
            http: None,
            media_hosts: Vec::new(),
            retry: RetryPolicy::none(),
            stop: None,
        }
    }

    /// The same client, connections and options with another access token.
    pub fn with_token(&self, token: AccessToken) -> Result<Self, Error> {
        Ok(Self {
            shared: Arc::clone(&self.shared),
            bearer: Bearer::new(token)?,
            usage: Arc::default(),
        })
    }

    /// Calls for one business phone number: send, mark as read, upload.
    pub fn number(&self, id: &PhoneNumberId) -> Number {
        Number::new(self.clone(), id.clone())
    }

    /// Calls for one WABA: its numbers, templates, Flows, people and apps.
    pub fn waba(&self, id: &WabaId) -> Waba {
        Waba::new(self.clone(), id.clone())
    }

    /// Calls for one business portfolio: its WABAs and lines of credit.
    pub fn business(&self, id: &BusinessId) -> Business {
        Business::new(self.clone(), id.clone())
    }

    /// Calls for one Flow: upload, publish, measure.
    pub fn flow(&self, id: &FlowId) -> Flow {
        Flow::new(self.clone(), id.clone())
    }

    /// Calls for one media id: look up, download, delete.
    pub fn media(&self, id: &MediaId) -> Media {
        Media::new(self.clone(), id.clone())
    }

    /// Any call that has no method of its own yet: `path` comes after the version, with its
    /// query if there is one, and `body` goes out as JSON.
    ///
    /// ```
    /// # async fn example(client: wharf_client::Client) -> Result<(), wharf_client::Error> {
    /// use wharf_client::Method;
    ///
    /// let profile = client
    ///     .raw(Method::GET, "106540352242922/whatsapp_business_profile?fields=about", None)
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn raw(&self, method: Method, path: &str, body: Option<&Value>) -> Call<Value> {
        let url = raw_url(&self.versioned(), path);
        let body = body.map_or(Ok(Body::Empty), Body::json);
        Call::new(self, "raw", method, url, body, |answer| match answer {
            [] => Ok(Value::Null),
            answer => decode_json(answer),
        })
    }

    /// Calls that go out together, up to 50 in one request; see [`Batch`].
    pub fn batch<T>(&self) -> Batch<T> {
        Batch::new(self)
    }

    /// How much of the budgets of this token's app and businesses is used, as far as the
    /// answers to this client and its clones have told.
    pub fn usage(&self) -> Usage {
        self.usage
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Remembers what an answer told, which most do not.
    pub(crate) fn note(&self, usage: &Usage) {
        if !usage.is_empty() {
            let mut known = self.usage.lock().unwrap_or_else(PoisonError::into_inner);
            known.update(usage);
        }
    }

    pub(crate) fn retry(&self) -> RetryPolicy {
        self.shared.retry
    }

    pub(crate) fn stop(&self) -> Option<&CancellationToken> {
        self.shared.stop.as_ref()
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.shared.http
    }

    pub(crate) fn bearer(&self) -> &Bearer {
        &self.bearer
    }

    pub(crate) fn timeouts(&self) -> Timeouts {
        self.shared.timeouts
    }

    pub(crate) fn media_hosts(&self) -> &MediaHosts {
        &self.shared.media_hosts
    }

    /// The URL of a node or edge; each segment is escaped.
    pub(crate) fn url(&self, segments: &[&str]) -> Result<Url, RequestError> {
        joined(self.versioned(), segments)
    }

    /// The URL of one of the few calls that are not on Graph; each segment is escaped.
    pub(crate) fn api_url(&self, segments: &[&str]) -> Result<Url, RequestError> {
        joined(self.shared.api_base.clone(), segments)
    }

    /// The same client with other credentials for one call.
    pub(crate) fn as_bearer(&self, bearer: Bearer) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            bearer,
            usage: Arc::clone(&self.usage),
        }
    }

    /// The base URL with the version, without a slash at its end.
    pub(crate) fn versioned(&self) -> Url {
        let mut url = self.shared.base.clone();
        let path = format!(
            "{}/{}",
            url.path().trim_end_matches('/'),
            self.shared.version
        );
        url.set_path(&path);
        url
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.shared.base.as_str())
            .field("version", &self.shared.version)
            .field("timeouts", &self.shared.timeouts)
            .finish_non_exhaustive()
    }
}

fn joined(mut base: Url, segments: &[&str]) -> Result<Url, RequestError> {
    if segments
        .iter()
        .any(|segment| matches!(*segment, "" | "." | ".."))
    {
        return Err(RequestError::plain("an id is empty or stands for a folder"));
    }
    base.path_segments_mut()
        .map_err(|()| RequestError::plain("the base URL cannot have a path"))?
        .pop_if_empty()
        .extend(segments);
    Ok(base)
}

/// Joins a caller's path to the versioned base, without letting it name another host or climb
/// out, since the access token goes wherever the URL goes.
fn raw_url(base: &Url, path: &str) -> Result<Url, RequestError> {
    let path = path.trim_start_matches('/');
    let joined = Url::parse(&format!("{base}/{path}"))
        .map_err(|error| RequestError::new("the path is invalid", error))?;
    let prefix = format!("{}/", base.path());
    if joined.origin() != base.origin()
        || !joined.path().starts_with(&prefix)
        || joined.fragment().is_some()
    {
        return Err(RequestError::plain(
            "the path leads outside the Graph version",
        ));
    }
    Ok(joined)
}

/// Options of a [`Client`].
#[derive(Debug)]
#[must_use = "a builder makes nothing until `build`"]
pub struct ClientBuilder {
    token: AccessToken,
    base: Option<Url>,
    api_base: Option<Url>,
    version: ApiVersion,
    timeouts: Timeouts,
    http: Option<reqwest::Client>,
    media_hosts: Vec<String>,
    retry: RetryPolicy,
    stop: Option<CancellationToken>,
}

impl ClientBuilder {
    /// Calls this address instead of [`GRAPH_URL`]: a simulator, or a gateway that speaks
    /// Graph. It may have a path; the version is added to it.
    pub fn base_url(mut self, base: Url) -> Self {
        self.base = Some(base);
        self
    }

    /// Calls this address instead of [`API_URL`], for the few calls that are not on Graph.
    ///
    /// Without it they go to the [`base_url`](Self::base_url) if there is one, so that a client
    /// of a simulator shows nothing to Meta.
    pub fn api_base_url(mut self, base: Url) -> Self {
        self.api_base = Some(base);
        self
    }

    /// Another version of the Graph API than [`ApiVersion::default`].
    pub fn api_version(mut self, version: ApiVersion) -> Self {
        self.version = version;
        self
    }

    /// Other time limits.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Repeats calls as this policy allows; without one every call makes one attempt.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Ends all calls, running or new, as [`Error::Cancelled`] once `token` is cancelled.
    ///
    /// Downloads and resumable uploads, which are more than one call, go on until they are
    /// dropped.
    pub fn cancel_on(mut self, token: &CancellationToken) -> Self {
        self.stop = Some(token.clone());
        self
    }

    /// Uses this HTTP client, whose connections may be shared with other [`Client`]s.
    ///
    /// It must not follow redirects and must not retry: start from
    /// [`http_builder`](crate::http_builder).
    pub fn http(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// Lets downloads send the access token to this host too, over HTTPS on its usual port.
    ///
    /// `*.example` allows all hosts below `example`, not itself.
    /// Allowed anyway: `lookaside.fbsbx.com`, `graph.facebook.com` and the base URL's origin.
    pub fn media_host(mut self, host: impl Into<String>) -> Self {
        self.media_hosts.push(host.into());
        self
    }

    /// Checks the options and makes the client.
    pub fn build(self) -> Result<Client, Error> {
        let api_base = self.api_base.or_else(|| self.base.clone());
        let base = base_url(self.base, GRAPH_URL)?;
        let api_base = base_url(api_base, API_URL)?;
        let http = match self.http {
            Some(http) => http,
            None => http_builder(self.timeouts.connect)?
                .build()
                .map_err(|error| RequestError::new("the HTTP client cannot be built", error))?,
        };
        let media_hosts = MediaHosts::new(&base, self.media_hosts);
        let shared = Shared {
            http,
            base,
            api_base,
            version: self.version,
            timeouts: self.timeouts,
            media_hosts,
            retry: self.retry,
            stop: self.stop,
        };
        Ok(Client {
            shared: Arc::new(shared),
            bearer: Bearer::new(self.token)?,
            usage: Arc::default(),
        })
    }
}

fn base_url(chosen: Option<Url>, default: &str) -> Result<Url, RequestError> {
    let base = match chosen {
        Some(base) => base,
        None => Url::parse(default)
            .map_err(|error| RequestError::new("the base URL is invalid", error))?,
    };
    check_base(&base)?;
    Ok(base)
}

fn check_base(base: &Url) -> Result<(), RequestError> {
    if !matches!(base.scheme(), "http" | "https") || !base.has_host() {
        return Err(RequestError::plain(
            "the base URL must begin with http:// or https://",
        ));
    }
    let extras = base.query().is_some() || base.fragment().is_some();
    if extras || !base.username().is_empty() || base.password().is_some() {
        return Err(RequestError::plain(
            "the base URL may have a host, a port and a path only",
        ));
    }
    Ok(())
}
