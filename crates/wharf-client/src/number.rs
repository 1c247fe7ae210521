//! Calls for one business phone number.

mod automation;
mod block;
mod calling;
mod calls;
mod commerce;
mod encryption;
mod groups;
mod history;
mod info;
mod marketing;
mod official;
mod payments;
mod profile;
mod qr;
mod registration;
mod settings;
mod state;
mod thread;
mod username;
mod webhook;

use http::Method;
use serde::de::DeserializeOwned;
use wharf_model::{MediaId, OutgoingMessage, PhoneNumberId, ReadReceipt, SendResponse};

use crate::call::{Body, Call, decode_json, decode_success};
use crate::client::Client;
use crate::error::Problem;
use crate::media::{MediaUpload, decode_media_id};
use crate::pages::Pages;

pub use automation::{Automation, AutomationCommand, AutomationUpdate};
pub use block::{BlockOutcome, BlockResult, BlockedUser};
pub use calling::{CallHours, CallingUpdate, Day};
pub use calls::{CallAction, CallLimit, CallPermission, CallPermissions, ConnectedCall, NewCall};
pub use commerce::{CommerceList, CommerceSettings};
pub use encryption::{EncryptionKey, KeySignature};
pub use history::{EncryptedAnswer, MessageHistory, MessageRecord};
pub use info::NumberInfo;
pub use official::{
    Compliance, ComplianceList, OfficialAccount, OfficialAccountRequest, OfficialStatus,
};
pub use payments::{Payment, Payments, Refund, RefundResult};
pub use profile::{BusinessProfile, BusinessProfiles, ProfileUpdate, Vertical};
pub use qr::{MessageLink, MessageLinkList, QrImage};
pub use registration::{CodeMethod, InvalidPin, Pin};
pub use settings::{NumberSettings, SettingsUpdate};
pub use state::{
    AccountMode, CodeVerification, MessagingLimit, NameStatus, NumberStatus, Platform,
    QualityRating, Throughput,
};
pub use thread::ThreadAction;
pub use username::{
    ForgottenContact, InvalidUsername, Username, UsernameState, UsernameStatus,
    UsernameSuggestions, UsernameTransfer,
};
pub use webhook::WebhookConfiguration;

/// Calls for one business phone number; see [`Client::number`].
#[derive(Debug, Clone)]
pub struct Number {
    client: Client,
    id: PhoneNumberId,
}

impl Number {
    pub(crate) fn new(client: Client, id: PhoneNumberId) -> Self {
        Self { client, id }
    }

    fn client(&self) -> &Client {
        &self.client
    }

    fn id(&self) -> &PhoneNumberId {
        &self.id
    }

    fn edge<'a>(&'a self, edge: &'a str) -> [&'a str; 2] {
        [self.id.as_str(), edge]
    }

    fn pages<T: DeserializeOwned + Send + 'static>(
        &self,
        operation: &'static str,
        edge: &str,
        query: &[(&str, &str)],
    ) -> Pages<T> {
        Pages::new(&self.client, operation, &self.edge(edge), query)
    }

    /// Sends a message.
    ///
    /// An answer means that Meta accepted it, not that it arrived: statuses tell that later.
    /// There is no idempotency key, so after [`Error::Unknown`](crate::Error::Unknown) wait for
    /// a status with the message's own callback data before you send it again.
    /// See [Cloud API/Messages].
    pub fn send(&self, message: &OutgoingMessage) -> Call<SendResponse> {
        let url = self.client.url(&[self.id.as_str(), "messages"]);
        let body = Body::json(message);
        Call::new(
            &self.client,
            "messages.send",
            Method::POST,
            url,
            body,
            decode_sent,
        )
    }

    /// Marks a message and all before it in its thread as read, with or without showing that an
    /// answer is being typed.
    ///
    /// See [Cloud API/Mark messages as read] and [Cloud API/Typing indicators].
    pub fn mark_read(&self, receipt: &ReadReceipt) -> Call<()> {
        let url = self.client.url(&[self.id.as_str(), "messages"]);
        let body = Body::json(receipt);
        Call::new(
            &self.client,
            "messages.read",
            Method::POST,
            url,
            body,
            decode_success,
        )
    }

    /// Uploads a form that somebody else made, as it comes: for a gateway between a program and
    /// Meta. `content_type` names the form's boundary; `length` counts the whole form.
    ///
    /// Answers with what Meta answers, `{"id": "…"}`. See [Cloud API/Media].
    #[cfg(feature = "stream")]
    pub fn upload_form<S, E>(
        &self,
        content_type: http::HeaderValue,
        length: Option<u64>,
        form: S,
    ) -> Call<serde_json::Value>
    where
        S: futures_util::Stream<Item = Result<bytes::Bytes, E>> + Send + 'static,
        E: Into<crate::error::BoxError> + 'static,
    {
        let url = self.client.url(&[self.id.as_str(), "media"]);
        let body = Body::Stream {
            content_type,
            length,
            body: reqwest::Body::wrap_stream(form),
        };
        Call::new(
            &self.client,
            "media.upload",
            Method::POST,
            url,
            Ok(body),
            crate::call::decode_json,
        )
        .timeout(self.client.timeouts().upload)
    }

    /// Uploads a file and answers with its id, which this number can send for 30 days.
    ///
    /// See [Cloud API/Media].
    pub fn upload(&self, media: MediaUpload) -> Call<MediaId> {
        let url = self.client.url(&[self.id.as_str(), "media"]);
        let body = media.into_form().map(Body::Form);
        Call::new(
            &self.client,
            "media.upload",
            Method::POST,
            url,
            body,
            decode_media_id,
        )
        .timeout(self.client.timeouts().upload)
    }
}

/// An answer without a wamid is no acceptance that anyone could follow up.
fn decode_sent(body: &[u8]) -> Result<SendResponse, Problem> {
    let response: SendResponse = decode_json(body)?;
    match response.id() {
        Some(_) => Ok(response),
        None => Err(Problem::NoSuccess),
    }
}
