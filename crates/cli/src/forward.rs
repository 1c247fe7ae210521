//! Hands events on to a URL, as an endpoint of the gateway would get them.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::{Value, json};
use tokio::time::Instant;
use url::Url;

use crate::api;
use crate::connection::{reference, secret};
use crate::environment;
use crate::finding::causes;
use crate::output::{Paint, Style, note};
use crate::signature::SigningSecret;

const TIMEOUT: Duration = Duration::from_secs(15);

/// Where events go, and the key they are signed with.
#[derive(Debug)]
pub(crate) struct Forwarder {
    url: Url,
    secret: SigningSecret,
    http: reqwest::Client,
}

/// How it ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    answer: Result<u16, String>,
    took: Duration,
}

/// The secret that `argument` or the environment points at, or a new one, which is printed.
pub(crate) fn signing(argument: Option<&str>) -> anyhow::Result<SigningSecret> {
    if let Some(text) = argument {
        return SigningSecret::parse(&reference(text, "--secret")?);
    }
    let variable = "WHARF_FORWARD_SECRET";
    if let Some(text) = environment::variable(variable).filter(|text| !text.is_empty()) {
        return SigningSecret::parse(&secret(&text, variable)?);
    }
    let made = SigningSecret::generate();
    note(format_args!(
        "wharf: the signing secret is {}; to keep it, export it as {variable}",
        made.expose()
    ));
    Ok(made)
}

impl Forwarder {
    pub(crate) fn new(url: Url, secret: SigningSecret) -> anyhow::Result<Self> {
        Ok(Self {
            url,
            secret,
            http: api::client(HeaderMap::new())?,
        })
    }

    /// One try: `wharf events resend` is the next one.
    pub(crate) async fn forward(&self, id: &str, body: String) -> Outcome {
        let began = Instant::now();
        let answer = self.attempt(id, body).await;
        Outcome {
            answer,
            took: began.elapsed(),
        }
    }

    async fn attempt(&self, id: &str, body: String) -> Result<u16, String> {
        let timestamp = environment::now() / 1000;
        let signature = self.secret.sign(id, timestamp, body.as_bytes());
        let request = self
            .http
            .post(self.url.clone())
            .timeout(TIMEOUT)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body(body);
        match request.send().await {
            Ok(response) => Ok(response.status().as_u16()),
            Err(error) => Err(causes(&error.without_url())),
        }
    }
}

impl Outcome {
    /// Whether the answer was 2xx, as the gateway counts it.
    pub(crate) const fn is_taken(&self) -> bool {
        matches!(self.answer, Ok(200..=299))
    }

    pub(crate) fn line(&self, paint: Paint) -> String {
        let style = if self.is_taken() {
            Style::Good
        } else {
            Style::Bad
        };
        let took = self.took.as_millis();
        match &self.answer {
            Ok(status) => format!("  ← [{}] in {took} ms", paint.paint(style, status)),
            Err(why) => format!("  ← {}", paint.paint(style, why)),
        }
    }

    pub(crate) fn json(&self, id: &str) -> Value {
        json!({
            "event": id,
            "status": self.answer.as_ref().ok(),
            "error": self.answer.as_ref().err(),
            "duration_ms": self.took.as_secs_f64() * 1000.0,
        })
    }
}
