//! Hands events on to a URL, as an endpoint of the gateway would get them.

use std::time::Duration;

use eventsource_stream::Event;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use tokio::time::Instant;
use url::Url;

use crate::api;
use crate::environment;
use crate::finding::causes;
use crate::output::{Paint, Style};
use crate::signature::SigningSecret;

/// The waits before the second and the third try: somebody is restarting a server.
const WAITS: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];
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
    tries: usize,
    took: Duration,
}

impl Forwarder {
    pub(crate) fn new(url: Url, secret: SigningSecret) -> anyhow::Result<Self> {
        Ok(Self {
            url,
            secret,
            http: api::client(HeaderMap::new())?,
        })
    }

    /// One event at a time, so that none overtakes another; three tries, then it is left.
    pub(crate) async fn forward(&self, event: &Event) -> Outcome {
        let began = Instant::now();
        let mut waits = WAITS.into_iter();
        let mut tries = 1;
        loop {
            let answer = self.attempt(event).await;
            let settled = matches!(answer, Ok(status) if status < 500 && status != 429);
            let wait = if settled { None } else { waits.next() };
            let Some(wait) = wait else {
                return Outcome {
                    answer,
                    tries,
                    took: began.elapsed(),
                };
            };
            tokio::time::sleep(wait).await;
            tries += 1;
        }
    }

    async fn attempt(&self, event: &Event) -> Result<u16, String> {
        let timestamp = environment::now() / 1000;
        let signature = self
            .secret
            .sign(&event.id, timestamp, event.data.as_bytes());
        let request = self
            .http
            .post(self.url.clone())
            .timeout(TIMEOUT)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &event.id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body(event.data.clone());
        match request.send().await {
            Ok(response) => Ok(response.status().as_u16()),
            Err(error) => Err(causes(&error.without_url())),
        }
    }
}

impl Outcome {
    pub(crate) fn line(&self, paint: Paint) -> String {
        let tries = if self.tries > 1 {
            format!(", {} tries", self.tries)
        } else {
            String::new()
        };
        let took = self.took.as_millis();
        match &self.answer {
            Ok(status) => {
                let style = if *status < 300 {
                    Style::Good
                } else {
                    Style::Bad
                };
                format!(
                    "           → {} in {took} ms{tries}",
                    paint.paint(style, status)
                )
            }
            Err(why) => format!("           → {}{tries}", paint.paint(Style::Bad, why)),
        }
    }
}
