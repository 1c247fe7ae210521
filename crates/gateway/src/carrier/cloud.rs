//! The WhatsApp Cloud API as a carrier.

use bytes::Bytes;
use futures_util::Stream;
use http::HeaderValue;
use serde_json::Value;
use tokio::io::AsyncWrite;
use url::Url;
use wharf_client::number::Throughput;
use wharf_client::{
    Answered, Availability, Client, DownloadLimits, Error, GraphError, MediaError, MediaUpload,
    Method, Usage,
};
use wharf_model::{ErrorClass, MediaId, PhoneNumberId, ReadReceipt, SendResponse, Wamid};

use super::MARKETING;
use super::outcome::{Missed, NumberFacts, Outcome, Rejection, Used};

#[cfg(test)]
mod tests;

/// Messages a second of a number. See [Cloud API/Throughput].
const STANDARD: u32 = 80;
const HIGH: u32 = 1000;
/// Of one that the WhatsApp Business app uses too.
const COEXISTING: u32 = 20;

/// One business phone number, called with its channel's access token.
#[derive(Debug, Clone)]
pub(crate) struct Cloud {
    client: Client,
    number: PhoneNumberId,
}

impl Cloud {
    pub(super) fn new(client: Client, number: PhoneNumberId) -> Self {
        Self { client, number }
    }

    /// Sends a stored body; `reference` comes back in every status, unless the caller set its own.
    ///
    /// The body was checked when it was accepted. It goes out as stored, so that what an older
    /// version queued is sent by a newer one.
    pub(super) async fn send(&self, content: &str, reference: &str) -> (Outcome, Vec<Used>) {
        let Ok(Value::Object(mut body)) = serde_json::from_str::<Value>(content) else {
            let why = "the stored message is not readable";
            return (refused(ErrorClass::FixRequest, why), Vec::new());
        };
        body.entry("biz_opaque_callback_data")
            .or_insert_with(|| reference.into());
        let edge = if body.contains_key(MARKETING) {
            "marketing_messages"
        } else {
            "messages"
        };
        let path = format!("{}/{edge}", self.number.as_str());
        let call = self
            .client
            .raw(Method::POST, &path, Some(&Value::Object(body)));
        let Answered { value, usage, .. } = match call.answered().await {
            Ok(answered) => answered,
            Err(error) => return (outcome_of_send(error), Vec::new()),
        };
        let answer = value.to_string();
        let outcome = match serde_json::from_value::<SendResponse>(value) {
            Ok(SendResponse { messages, .. }) if !messages.is_empty() => {
                let id = messages.into_iter().next().map(|message| message.id);
                Outcome::Accepted {
                    carrier_id: id.map(String::from).unwrap_or_default(),
                    answer,
                }
            }
            _ => Outcome::Unknown {
                why: "the answer was a success without an id".to_owned(),
            },
        };
        (outcome, used(&usage))
    }

    /// What Meta says of the number. See [Cloud API/Throughput].
    pub(super) async fn facts(&self) -> Result<NumberFacts, Outcome> {
        let fields = "throughput,is_on_biz_app,quality_rating,\
            whatsapp_business_manager_messaging_limit";
        let info = self.client.number(&self.number).info_fields(fields).await;
        let info = info.map_err(outcome_of)?;
        let throughput = if info.is_on_biz_app() == Some(true) {
            Some(COEXISTING)
        } else {
            match info.throughput() {
                Some(Throughput::Standard) => Some(STANDARD),
                Some(Throughput::High) => Some(HIGH),
                // A number that is not registered yet, or a level that Meta invents tomorrow.
                _ => None,
            }
        };
        let quality = info.quality_rating();
        let tier = info.messaging_limit();
        Ok(NumberFacts {
            throughput,
            quality: quality.map(|quality| quality.as_str().to_owned()),
            tier: tier.map(|tier| tier.as_str().to_owned()),
        })
    }

    /// Whether the token reaches the number, and Meta does not say that it may not send. See
    /// [Cloud API/Messaging health status].
    pub(super) async fn can_send(&self) -> Result<bool, Outcome> {
        let info = self
            .client
            .number(&self.number)
            .info_fields("id,health_status");
        let info = info.await.map_err(outcome_of)?;
        let health = info
            .health_status()
            .and_then(|health| health.can_send_message());
        Ok(health != Some(Availability::Blocked))
    }

    /// Uploads a file for this number; its id is good for 30 days.
    pub(super) async fn upload(&self, file: MediaUpload) -> Result<String, Outcome> {
        let id = self.client.number(&self.number).upload(file).await;
        id.map(String::from).map_err(outcome_of)
    }

    /// Passes on a form with a file as it comes; the answer as the carrier gives it.
    pub(super) async fn upload_form(
        &self,
        content_type: HeaderValue,
        length: Option<u64>,
        form: impl Stream<Item = Result<Bytes, axum::Error>> + Send + 'static,
    ) -> Result<Value, Outcome> {
        let number = self.client.number(&self.number);
        let answer = number.upload_form(content_type, length, form).await;
        answer.map_err(outcome_of)
    }

    /// What the carrier says of a file of this number.
    pub(super) async fn media(&self, id: &MediaId) -> Result<Value, Outcome> {
        let path = self.media_path(id);
        let answer = self.client.raw(Method::GET, &path, None).await;
        answer.map_err(outcome_of)
    }

    /// Deletes a file of this number; the answer as the carrier gives it.
    pub(super) async fn delete_media(&self, id: &MediaId) -> Result<Value, Outcome> {
        let path = self.media_path(id);
        let answer = self.client.raw(Method::DELETE, &path, None).await;
        answer.map_err(outcome_of)
    }

    /// Streams the file at a URL that the carrier gave into `writer`.
    pub(super) async fn download(
        &self,
        url: &Url,
        writer: &mut (impl AsyncWrite + Unpin + Send),
        most: u64,
    ) -> Result<(), Outcome> {
        let limits = DownloadLimits::up_to(most);
        let done = self.client.download(url, writer, &limits).await;
        done.map(drop).map_err(outcome_of)
    }

    fn media_path(&self, id: &MediaId) -> String {
        let (id, number) = (id.as_str(), self.number.as_str());
        format!("{id}?phone_number_id={number}")
    }

    pub(super) fn number(&self) -> &str {
        self.number.as_str()
    }

    /// Looks a file up and streams it into `writer`.
    pub(super) async fn fetch<W>(
        &self,
        media_id: &str,
        sha256: Option<&str>,
        limit: u64,
        writer: &mut W,
    ) -> Result<(), Missed>
    where
        W: AsyncWrite + Unpin + Send,
    {
        let id: MediaId = media_id
            .parse()
            .map_err(|_| Missed::Never("the file's id is malformed".to_owned()))?;
        let mut limits = DownloadLimits::up_to(limit);
        // A sum that cannot be read is no sum; the look-up names one too.
        if let Some(sum) = sha256.and_then(|sum| sum.parse().ok()) {
            limits = limits.with_sha256(sum);
        }
        let downloaded = self.client.media(&id).download(writer, &limits).await;
        downloaded.map(drop).map_err(|error| missed(&error))
    }

    /// Marks a user's message as read, and may show that an answer is being typed.
    pub(super) async fn mark_read(&self, wamid: Wamid, typing: bool) -> Result<(), Outcome> {
        let receipt = ReadReceipt {
            message_id: wamid,
            typing,
        };
        self.client
            .number(&self.number)
            .mark_read(&receipt)
            .await
            .map_err(outcome_of)
    }
}

/// What an answer says is used up of the budgets that sending shares in. That for management calls is
/// not among them: Meta counts messages apart, and somebody's script must not stop them.
fn used(usage: &Usage) -> Vec<Used> {
    let most = |counts: [Option<f64>; 3]| counts.into_iter().flatten().reduce(f64::max);
    let mut all = Vec::new();
    if let Some(app) = &usage.app
        && let Some(percent) = most([app.call_count(), app.total_time(), app.total_cputime()])
    {
        all.push(Used {
            account: None,
            percent,
            regain_access: None,
        });
    }
    for (id, budgets) in &usage.business {
        let ours = budgets
            .iter()
            .filter(|budget| budget.kind() != Some("whatsapp_business_management"));
        let used = ours.filter_map(|budget| {
            let counts = [
                budget.call_count(),
                budget.total_time(),
                budget.total_cputime(),
            ];
            Some((most(counts)?, budget.regain_access()))
        });
        all.extend(used.map(|(percent, regain_access)| Used {
            account: Some(id.clone()),
            percent,
            regain_access,
        }));
    }
    all
}

/// Sorts a failed call by what is certain about it.
///
/// A 5xx without Graph's envelope comes from something between us and Graph, which cannot know
/// whether Graph had taken the message: unknown, because sending it again might send it twice. The
/// same holds for a 408. Any other refusal without an envelope never reached Graph: try again.
fn outcome_of(error: Error) -> Outcome {
    match error {
        Error::Graph(graph) => Outcome::Rejected(Box::new(Rejection {
            class: graph.class,
            code: Some(graph.code.0),
            title: graph
                .message
                .unwrap_or_else(|| format!("error {}", graph.code.0)),
            details: graph.details.or(graph.user_message),
            retry_after: graph.retry_after,
            raw: Some(graph.body),
            status: Some(graph.status),
        })),
        Error::Request(_) => refused(ErrorClass::FixRequest, &chain(&error)),
        error if error.was_not_sent() => Outcome::NotSent { why: chain(&error) },
        Error::Response(ref response)
            if (300..500).contains(&response.status) && response.status != 408 =>
        {
            let class = match response.status {
                429 => ErrorClass::RetryNumber,
                _ => ErrorClass::Retry,
            };
            Outcome::Rejected(Box::new(Rejection {
                class,
                code: None,
                title: chain(&error),
                details: None,
                retry_after: error.retry_after(),
                raw: None,
                status: Some(response.status),
            }))
        }
        other => Outcome::Unknown { why: chain(&other) },
    }
}

/// What came of a send. The number's own id is the only one in its path: what Meta does not find
/// there, or may not show, is the number. Every message of the channel would meet that.
fn outcome_of_send(error: Error) -> Outcome {
    let class = match &error {
        Error::Graph(graph) => class_of_send(graph),
        _ => ErrorClass::FixRequest,
    };
    match outcome_of(error) {
        Outcome::Rejected(rejection) if rejection.code.is_some() => {
            Outcome::Rejected(Box::new(Rejection {
                class,
                ..*rejection
            }))
        }
        outcome => outcome,
    }
}

fn class_of_send(error: &GraphError) -> ErrorClass {
    match (error.code.0, error.subcode) {
        (33, _) | (100, Some(33)) => ErrorClass::Blocked,
        _ => error.class,
    }
}

/// Sorts a failed download by whether another try may help.
fn missed(error: &Error) -> Missed {
    let why = chain(error);
    match error {
        Error::Media(MediaError::Length { .. } | MediaError::Checksum { .. }) => Missed::Wrong(why),
        Error::Media(MediaError::TooLarge { .. } | MediaError::Host { .. }) | Error::Request(_) => {
            Missed::Never(why)
        }
        // A token may be put right, and then the file is still there.
        Error::Graph(graph) if graph.class.is_retry() || graph.class == ErrorClass::Auth => {
            Missed::Later(why)
        }
        Error::Graph(_) => Missed::Never(why),
        _ => Missed::Later(why),
    }
}

fn refused(class: ErrorClass, title: &str) -> Outcome {
    Outcome::Rejected(Box::new(Rejection {
        class,
        code: None,
        title: title.to_owned(),
        details: None,
        retry_after: None,
        raw: None,
        status: None,
    }))
}

/// The error and its causes in one line. The client keeps URLs, tokens and texts out of them.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
