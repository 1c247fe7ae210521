//! What became of messages, for numbers that may ask.

use serde::{Deserialize, Serialize};
use wharf_model::Wamid;

use super::Number;
use crate::call::Call;
use crate::fields::Fields;
use crate::graph;
use crate::pages::Pages;

impl Number {
    /// What became of a message, for numbers that Meta lets ask.
    ///
    /// See [Cloud API/Message history].
    pub fn message_history(&self, message: &Wamid) -> Call<MessageHistory> {
        let query = [("message_id", message.as_str())];
        graph::read(
            self.client(),
            "history.get",
            &self.edge("message_history"),
            &query,
        )
    }

    /// The events of one message, by the id of its record, a page at a time.
    ///
    /// See [Cloud API/Message history].
    pub fn message_events(&self, record: &str) -> Pages<Fields> {
        Pages::new(self.client(), "history.events", &[record, "events"], &[])
    }

    /// Sends a message that was encrypted for Meta, for numbers with payload encryption.
    ///
    /// See [Cloud API/Payload encryption].
    pub fn send_encrypted(&self, encrypted_contents: &str) -> Call<EncryptedAnswer> {
        let body = super::registration::whatsapp();
        let body = body.with("encrypted_contents", encrypted_contents);
        graph::post(
            self.client(),
            "messages.encrypted",
            &self.edge("messages_encrypted"),
            &body,
        )
    }
}

/// What became of messages; see [Cloud API/Message history].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageHistory(Fields);

impl MessageHistory {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// One record a message.
    pub fn data(&self) -> Vec<MessageRecord> {
        self.0.list("data")
    }
}

/// What became of one message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageRecord(Fields);

impl MessageRecord {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The id of the record.
    pub fn id(&self) -> Option<&str> {
        self.0.text("id")
    }

    /// The message.
    pub fn message_id(&self) -> Option<Wamid> {
        self.0.get("message_id")
    }

    /// The events in order, as far as Meta sent them along.
    pub fn events(&self) -> Vec<Fields> {
        let events: Option<Fields> = self.0.get("events");
        events.map(|events| events.list("data")).unwrap_or_default()
    }
}

/// The answer to an encrypted message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EncryptedAnswer(Fields);

impl EncryptedAnswer {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The answer, encrypted for the business.
    pub fn encrypted_contents(&self) -> Option<&str> {
        self.0.text("encrypted_contents")
    }
}
