//! Calls to the gateway's REST API and to the simulator's admin API.

use std::time::Duration;

use anyhow::Context;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;
use url::Url;

use crate::failure::{Failure, Refusal};

/// One of the two services, and the key for it.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    what: &'static str,
    todo: &'static str,
    url: Url,
    http: reqwest::Client,
}

impl Api {
    pub(crate) fn gateway(url: Url, key: Option<&str>) -> anyhow::Result<Self> {
        let mut headers = HeaderMap::new();
        if let Some(key) = key {
            let mut value = HeaderValue::try_from(format!("Bearer {key}"))
                .map_err(|_| Failure::Usage("the API key has characters no key has".to_owned()))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let todo = "start it with `wharf serve` or `wharf demo`, or say where it is with --url or --profile";
        Ok(Self {
            what: "the gateway",
            todo,
            url,
            http: client(headers)?,
        })
    }

    pub(crate) fn simulator(url: Url) -> anyhow::Result<Self> {
        let todo =
            "start it with `wharf simulate` or `wharf demo`, or say where it is with --simulator";
        Ok(Self {
            what: "the simulator",
            todo,
            url,
            http: client(HeaderMap::new())?,
        })
    }

    pub(crate) async fn get(&self, path: &str, query: &[(&str, String)]) -> anyhow::Result<Value> {
        self.json(
            self.request(Method::GET, path)?
                .query(query)
                .timeout(TIMEOUT),
        )
        .await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.json(
            self.request(Method::POST, path)?
                .json(body)
                .timeout(TIMEOUT),
        )
        .await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.json(
            self.request(Method::PATCH, path)?
                .json(body)
                .timeout(TIMEOUT),
        )
        .await
    }

    pub(crate) async fn delete(&self, path: &str) -> anyhow::Result<Value> {
        self.json(self.request(Method::DELETE, path)?.timeout(TIMEOUT))
            .await
    }

    /// A request to `path`, which has no host and begins with a slash.
    pub(crate) fn request(&self, method: Method, path: &str) -> anyhow::Result<RequestBuilder> {
        // Joined as text: a base URL may have a path of its own, behind a proxy.
        let url = format!("{}{path}", self.url.as_str().trim_end_matches('/'));
        let url = Url::parse(&url).context("the path does not make a URL")?;
        Ok(self.http.request(method, url))
    }

    /// Sends and reads a JSON answer; an empty one is null.
    pub(crate) async fn json(&self, request: RequestBuilder) -> anyhow::Result<Value> {
        let response = self.send(request).await?;
        let body = response
            .bytes()
            .await
            .map_err(|source| self.unreachable(source))?;
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body).with_context(|| {
            format!(
                "{} answered with something that is not JSON; is that its address?",
                self.what
            )
        })
    }

    /// Sends; an error status is a [`Failure::Refused`].
    pub(crate) async fn send(&self, request: RequestBuilder) -> anyhow::Result<Response> {
        let response = request
            .send()
            .await
            .map_err(|source| self.unreachable(source))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let body = response.bytes().await.unwrap_or_default();
        Err(Failure::Refused(Box::new(Refusal::from_body(status.as_u16(), &body))).into())
    }

    fn unreachable(&self, source: reqwest::Error) -> Failure {
        let (what, todo, url) = (self.what, self.todo, self.url.to_string());
        Failure::Unreachable {
            what,
            url,
            todo,
            source: Box::new(source),
        }
    }
}

/// For a call with one answer; a live stream has none.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A client without redirects, so that no key follows one.
pub(crate) fn client(headers: HeaderMap) -> anyhow::Result<reqwest::Client> {
    reqwest::Client::builder()
        .default_headers(headers)
        .user_agent(concat!("wharf/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(5))
        // The live stream carries a comment more often than this.
        .read_timeout(Duration::from_mins(1))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .context("the HTTP client cannot be built")
}

/// A path segment in which every character but the plain ones is escaped.
pub(crate) fn segment(id: &str) -> String {
    url::form_urlencoded::byte_serialize(id.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}
