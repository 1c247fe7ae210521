//! A message status is kept, moves its message forward, and becomes an event.

use wharf_model::MessageStatus;
use wharf_webhook::Update;

use super::{Batch, Told};
use crate::clock::Millis;
use crate::ingest::event_data::Data;
use crate::ingest::event_name;
use crate::ingest::prepared::Item;
use crate::send;
use crate::store::StoreError;
use crate::store::deadlines::TimeToLive;
use crate::store::errors::{self, NewError, Source};
use crate::store::messages::{Message, State};
use crate::store::statuses::{self, Kept, NewStatus};

impl Batch<'_> {
    pub(super) fn take_status(
        &mut self,
        item: &Item,
        update: &Update,
        status: &MessageStatus,
        channel_id: String,
    ) -> Result<(), StoreError> {
        let occurred_at = status
            .timestamp
            .map_or(item.received_at, jiff::Timestamp::as_millisecond);
        let recipient = recipient_of(status);
        let kept = statuses::keep(
            self.tx,
            &NewStatus {
                carrier_id: status.id.as_str(),
                channel_id: &channel_id,
                status: status.status.as_str(),
                recipient,
                message_id: status.biz_opaque_callback_data.as_deref(),
                occurred_at,
                received_at: item.received_at,
                raw: update.raw.get(),
            },
            &self.app.random,
            TimeToLive::of(&self.app.config.send),
        )?;
        let message = match kept {
            Kept::Seen => {
                self.repeated += 1;
                return Ok(());
            }
            Kept::New(message) => message,
        };
        let told = told(status, message.as_deref(), &channel_id, occurred_at);
        if let Some((channel_id, code)) = &told.failed {
            let error = NewError {
                channel_id,
                message_id: message.as_ref().map(|message| message.id.as_str()),
                code: *code,
                class: told.class,
                source: Source::Status,
            };
            errors::add(self.tx, &self.app.random, &error, self.app.clock.now())?;
        }
        self.statuses.push(told);
        if let Some(error) = status.errors.first()
            && status.status.as_str() == "failed"
        {
            let title = error.title.as_deref().unwrap_or("failed");
            let code = error.code.0;
            send::stopped_by_status(self.tx, self.app, &channel_id, code, title, occurred_at)?;
        }
        let data = Data {
            id: message.as_ref().map(|message| message.id.as_str()),
            message_id: Some(status.id.as_str()),
            conversation_id: message
                .as_ref()
                .map(|message| message.conversation_id.as_str()),
            contact_id: message.as_ref().map(|message| message.contact_id.as_str()),
            recipient: Some(recipient),
            status: Some(status.status.as_str()),
            ..Data::of(update)
        }
        .render()?;
        let message_id = message.map(|message| message.id);
        self.event(
            item,
            channel_id,
            event_name::of(update),
            occurred_at,
            message_id,
            data,
        );
        Ok(())
    }
}

/// What metrics tell of a status; `message` is as it was before.
fn told(
    status: &MessageStatus,
    message: Option<&Message>,
    channel_id: &str,
    occurred_at: Millis,
) -> Told {
    let words = ["sent", "delivered", "read", "played", "failed"];
    let word = words
        .into_iter()
        .find(|word| *word == status.status.as_str());
    let class = match (word, status.errors.first()) {
        (Some("failed"), Some(error)) => error.code.class().as_str(),
        _ => "",
    };
    let delivered = message.filter(|message| {
        word == Some("delivered") && message.state.carrier_rank() < State::Delivered.carrier_rank()
    });
    Told {
        status: word.unwrap_or("other"),
        class,
        took: delivered.map(|message| occurred_at.saturating_sub(message.created_at)),
        failed: (word == Some("failed")).then(|| {
            let code = status.errors.first().map(|error| error.code.0);
            (channel_id.to_owned(), code)
        }),
    }
}

/// Whom a status is about: the participant of a group, else the user, else the number or group.
fn recipient_of(status: &MessageStatus) -> &str {
    let participant = status
        .recipient_participant_user_id
        .as_ref()
        .map(AsRef::as_ref);
    participant
        .or(status.recipient_participant_id.as_ref().map(AsRef::as_ref))
        .or(status.recipient_user_id.as_ref().map(AsRef::as_ref))
        .or(status.recipient_id.as_ref().map(AsRef::as_ref))
        .unwrap_or_default()
}
