//! What a message looks like in the API, and how one to send is read.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use wharf_model::outgoing::MarketingMessage;
use wharf_model::{InvalidMessage, OutgoingMessage};

use super::digest::sha256;
use super::json::verbatim;
use super::media_body::Media;
use super::problem::{Invalid, Problem};
use super::shown_options::ShownOptions;
use super::texts::Texts;
use super::time::Time;
use crate::carrier::MARKETING;
use crate::clock::Millis;
use crate::send::Options;
use crate::send::asked::{self, AskedFault, Wrong};
use crate::store::messages::{self, Direction, State};
use crate::store::{StoreError, media};

/// A message, inbound or outbound.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "msg_01hf7yat00c5k9m2t8w3x6q4vz", "channel": "support",
    "conversation_id": "cnv_01hf7yat00c5k9m2t8w3x6q4vz",
    "contact_id": "cnt_01hf7yat00c5k9m2t8w3x6q4vz", "direction": "outbound", "type": "text",
    "state": "queued", "wamid": null, "content": {
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+16505551234",
        "type": "text", "text": {"body": "Hello"}
    },
    "request_id": "order-1042", "attempts": 0, "error": null, "tags": ["order"],
    "metadata": {"order": 1042},
    "created_at": "2026-11-21T08:15:30.250Z", "updated_at": "2026-11-21T08:15:30.250Z"
}))]
pub(super) struct Message {
    /// Ours: `msg_…`.
    id: String,
    /// The channel's id.
    channel: String,
    conversation_id: String,
    contact_id: String,
    direction: MessageDirection,
    /// Meta's word for the kind of message.
    #[serde(rename = "type")]
    kind: String,
    state: MessageState,
    /// The carrier's id, once it is known.
    wamid: Option<String>,
    /// In Meta's shape: the request body of an outbound message, the element of an inbound one.
    /// Null where the API key does not show texts, and once it was removed.
    #[schema(value_type = Option<Object>)]
    content: Option<Box<RawValue>>,
    /// When the content was removed, because it was too old or its person was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    content_expired_at: Option<Time>,
    /// `true`: the API key does not show texts, and what holds some is null.
    #[serde(skip_serializing_if = "Option::is_none")]
    content_hidden: Option<bool>,
    /// The Idempotency-Key it was sent with.
    request_id: Option<String>,
    /// Calls to the carrier.
    attempts: i64,
    /// What went wrong last, if anything did.
    error: Option<MessageError>,
    /// What it costs, in Meta's words, as the last status said. Absent until one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pricing: Option<Box<RawValue>>,
    #[serde(flatten)]
    options: ShownOptions,
    created_at: Time,
    updated_at: Time,
    /// The file that a user's message came with. Only where messages are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    media: Option<Media>,
    /// What the carrier reported, in the order in which it happened. Only where one message is asked
    /// for.
    #[serde(skip_serializing_if = "Option::is_none")]
    statuses: Option<Vec<MessageStatus>>,
    /// Only in the answer of `resend`: the first send may have arrived already.
    #[serde(skip_serializing_if = "Option::is_none")]
    may_arrive_twice: Option<bool>,
}

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum MessageDirection {
    /// From a user to us.
    Inbound,
    /// From us to a user.
    Outbound,
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum MessageState {
    /// Inbound.
    Received,
    /// Waits for its time.
    Scheduled,
    /// Waits for its turn.
    Queued,
    /// A call to the carrier is under way.
    Sending,
    /// The carrier has taken it.
    Accepted,
    /// The carrier has sent it.
    Sent,
    /// It is on the user's phone.
    Delivered,
    /// The user has seen it.
    Read,
    /// The user has listened to it.
    Played,
    /// The carrier may have taken it: it is not sent again by itself.
    Unknown,
    /// The service window is closed: only a template can be sent.
    RequiresTemplate,
    /// It was not sent, or not delivered.
    Failed,
    /// Its time was over before it was sent, or delivered.
    Expired,
    /// Taken back before it was sent.
    Canceled,
}

/// States in a query.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct States(pub(super) Vec<State>);

/// What went wrong with a message.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct MessageError {
    /// The carrier's code, if it gave one.
    code: Option<i64>,
    title: String,
    detail: Option<String>,
    /// What kind of fault it is, e.g. `auth`, `template`, `unknown`.
    class: String,
}

/// One status that the carrier reported.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageStatus {
    #[schema(example = "delivered")]
    status: String,
    /// When it happened, as the carrier says.
    at: Time,
    /// When we heard of it.
    received_at: Time,
    /// Whom it is about; in a group there are several.
    recipient: String,
    /// Meta's status element, verbatim, with pricing and errors. Null where the API key does not
    /// show texts.
    #[schema(value_type = Option<Object>)]
    update: Option<Box<RawValue>>,
}

/// A message to send: a channel, and beside it the body of a send as Meta documents it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the body; `NewMessage` reads it")]
pub(super) struct SendMessage {
    /// The channel to send from.
    #[schema(example = "support")]
    channel: String,
    /// A phone number with its country code, or a group's id.
    #[schema(example = "+16505551234")]
    to: Option<String>,
    /// A business-scoped user id, in the place of `to`.
    recipient: Option<String>,
    /// `individual` (the default) or `group`.
    recipient_type: Option<String>,
    /// `text` (the default), `image`, `audio`, `video`, `document`, `sticker`, `location`,
    /// `contacts`, `reaction`, `interactive`, `template` or, to a group, `pin`. The content stands
    /// in a key of this name.
    #[serde(rename = "type")]
    kind: Option<String>,
    #[schema(value_type = Option<Object>)]
    text: Option<Value>,
    #[schema(value_type = Option<Object>)]
    image: Option<Value>,
    #[schema(value_type = Option<Object>)]
    audio: Option<Value>,
    #[schema(value_type = Option<Object>)]
    video: Option<Value>,
    #[schema(value_type = Option<Object>)]
    document: Option<Value>,
    #[schema(value_type = Option<Object>)]
    sticker: Option<Value>,
    #[schema(value_type = Option<Object>)]
    location: Option<Value>,
    #[schema(value_type = Option<Vec<Object>>)]
    contacts: Option<Value>,
    #[schema(value_type = Option<Object>)]
    reaction: Option<Value>,
    /// Of type `button`, `list`, `cta_url`, `flow`, `location_request_message`, `catalog_message`,
    /// `product`, `product_list`, `carousel`, `address_message`, `call_permission_request`,
    /// `voice_call`, `request_contact_info`, `order_details` or `order_status`.
    #[schema(value_type = Option<Object>)]
    interactive: Option<Value>,
    /// With components of type `header`, `body`, `button`, `carousel`, `limited_time_offer`,
    /// `order_status` or `tap_target_configuration`; buttons of `sub_type` `quick_reply`, `url`,
    /// `copy_code`, `flow`, `catalog`, `mpm`, `order_details` or `voice_call`.
    #[schema(value_type = Option<Object>)]
    template: Option<Value>,
    /// Pins a message of a group for 1 to 30 days, or takes the pin off.
    #[schema(value_type = Option<Object>)]
    pin: Option<Value>,
    /// The message that is answered: `{"message_id": "wamid.…"}`.
    #[schema(value_type = Option<Object>)]
    context: Option<Value>,
    /// Echoed in every status, up to 512 characters.
    #[schema(max_length = 512)]
    biz_opaque_callback_data: Option<String>,
    /// Deliver only if the user's identity still has this hash.
    recipient_identity_key_hash: Option<String>,
    /// `whatsapp`; may be left out.
    messaging_product: Option<String>,
    /// Makes a template a marketing message, whose delivery Meta optimises: `CLOUD_API_FALLBACK` or
    /// `STRICT`.
    product_policy: Option<String>,
    /// Of a marketing message: whether Meta may use what the user does with it.
    message_activity_sharing: Option<bool>,
    /// Not before this time, at most 365 days ahead (RFC 3339); until then it is `scheduled`.
    #[schema(format = DateTime, example = "2027-01-31T08:00:00Z")]
    send_at: Option<String>,
    /// If it was not sent by this time it ends as `expired` (RFC 3339).
    #[schema(format = DateTime, example = "2027-01-31T20:00:00Z")]
    expires_at: Option<String>,
    /// `high` for what a user waits for, such as a login code; `low` for a campaign; `normal` if
    /// absent.
    priority: Option<crate::send::Priority>,
    /// It leaves only after the earlier messages of its conversation that ask for the same.
    in_order: Option<bool>,
    /// Words to find the message by, up to 64 characters each.
    #[schema(max_items = 10)]
    tags: Option<Vec<String>>,
    /// Data of yours, up to 4096 bytes as JSON: given back, never looked at.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Value>,
    /// When the service window is closed at the time of sending: `reject` (the default), or
    /// `{"template": {…}}` with a template that is sent in its place.
    #[schema(value_type = Option<Object>)]
    on_window_closed: Option<Value>,
}

/// A message to send that has been checked.
pub(super) struct NewMessage {
    pub(super) channel: String,
    pub(super) message: OutgoingMessage,
    pub(super) marketing: Option<Box<MarketingMessage>>,
    pub(super) options: Options,
    /// The same for the same request, whatever the order of its keys.
    pub(super) request_hash: String,
}

impl NewMessage {
    /// The same for the same body, whatever the order of its keys.
    pub(super) fn hash(body: &Map<String, Value>) -> String {
        // The map is sorted by its keys, at every depth: its text is canonical.
        let canonical = Value::Object(body.clone()).to_string();
        sha256(canonical.as_bytes())
    }

    /// Reads and checks; each fault that is found is told.
    pub(super) fn read(mut body: Map<String, Value>, now: Millis) -> Result<Self, Problem> {
        let request_hash = Self::hash(&body);
        let mut faults = Vec::new();
        let channel = match body.remove("channel") {
            Some(Value::String(channel)) => Some(channel),
            Some(_) => {
                faults.push(Invalid::at("/channel", "must be a string"));
                None
            }
            None => {
                faults.push(Invalid::at("/channel", "is required"));
                None
            }
        };
        let given = asked::take(&mut body);
        let mut of_options = Vec::new();
        let options = asked::read(given, &body, now, &mut of_options);
        let content = content(body);
        match (channel, content) {
            (Some(channel), Ok((message, marketing))) if of_options.is_empty() => Ok(Self {
                channel,
                message,
                marketing,
                options,
                request_hash,
            }),
            (_, content) => {
                faults.extend(content.err().map(|error| explain(&error)));
                faults.extend(of_options.iter().map(of_option));
                Err(Problem::Invalid(faults))
            }
        }
    }
}

/// The message in Meta's shape; one that says how Meta may optimise it is a marketing message.
pub(super) fn content(
    body: Map<String, Value>,
) -> Result<(OutgoingMessage, Option<Box<MarketingMessage>>), InvalidMessage> {
    let marketing = body.contains_key(MARKETING) || body.contains_key("message_activity_sharing");
    let body = Value::Object(body);
    if !marketing {
        return Ok((OutgoingMessage::from_json(&body)?, None));
    }
    let marketing = MarketingMessage::from_json(&body)?;
    Ok((marketing.message().clone(), Some(Box::new(marketing))))
}

/// A fault of an option as any other.
fn of_option(fault: &AskedFault) -> Invalid {
    let invalid = match &fault.wrong {
        Wrong::Said(detail) => Invalid::at("", detail),
        Wrong::Template(error) => explain(error),
    };
    let invalid = match fault.over {
        Some((limit, length)) => invalid.over(limit, length),
        None => invalid,
    };
    Invalid {
        pointer: Some(fault.pointer.clone()),
        ..invalid
    }
}

pub(super) fn explain(error: &InvalidMessage) -> Invalid {
    let at = |detail: String| Invalid::at(error.field(), detail);
    match error {
        InvalidMessage::Missing { .. } => at("is required".to_owned()),
        InvalidMessage::Empty { .. } => at("must not be empty".to_owned()),
        InvalidMessage::TooLong { limit, length, .. } => at(format!(
            "has {length} characters, at most {limit} are allowed"
        ))
        .over(*limit, *length),
        InvalidMessage::TooMany { limit, count, .. } => {
            at(format!("has {count} items, at most {limit} are allowed")).over(*limit, *count)
        }
        InvalidMessage::Invalid { reason, .. } => at(format!("is invalid: {reason}")),
        InvalidMessage::Unsupported { .. } => at(
            "names a kind that cannot be sent; the API's document lists the kinds that can"
                .to_owned(),
        ),
        _ => at("is invalid".to_owned()),
    }
}

impl Message {
    /// With the statuses of the message.
    pub(super) fn with_statuses(
        row: messages::Message,
        statuses: Vec<messages::Status>,
        media: Option<media::Media>,
    ) -> Result<Self, Problem> {
        let statuses = statuses
            .into_iter()
            .map(MessageStatus::try_from)
            .collect::<Result<_, _>>();
        Ok(Self {
            media: media.map(Into::into),
            statuses: Some(statuses?),
            ..Self::try_from(row)?
        })
    }

    /// With the file that it came with.
    pub(super) fn with_file(
        row: messages::Message,
        media: Option<media::Media>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            media: media.map(Into::into),
            ..Self::try_from(row)?
        })
    }

    /// Says whether the first send may have arrived.
    pub(super) fn resent(row: messages::Message, may_arrive_twice: bool) -> Result<Self, Problem> {
        Ok(Self {
            may_arrive_twice: Some(may_arrive_twice),
            ..Self::try_from(row)?
        })
    }
}

impl TryFrom<messages::Message> for Message {
    type Error = StoreError;

    fn try_from(row: messages::Message) -> Result<Self, StoreError> {
        // Where the detail is none of ours there is nothing to show.
        let error = row
            .state_detail
            .and_then(|detail| serde_json::from_str(&detail).ok());
        Ok(Self {
            id: row.id,
            channel: row.channel_id,
            conversation_id: row.conversation_id,
            contact_id: row.contact_id,
            direction: row.direction.into(),
            kind: row.kind,
            state: row.state.into(),
            wamid: row.carrier_id,
            content: Some(verbatim(row.content, "message content")?),
            content_expired_at: row.content_expired_at.map(Time),
            content_hidden: None,
            request_id: row.request_id,
            attempts: row.attempts,
            error,
            pricing: match row.pricing {
                Some(pricing) => Some(verbatim(pricing, "pricing")?),
                None => None,
            },
            options: ShownOptions::of(row.options.as_deref()),
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
            media: None,
            statuses: None,
            may_arrive_twice: None,
        })
    }
}

impl Texts for Message {
    fn hide(&mut self) {
        self.content = None;
        self.content_hidden = Some(true);
        self.options.hide();
        self.media.iter_mut().for_each(Texts::hide);
        for status in self.statuses.iter_mut().flatten() {
            status.update = None;
        }
    }
}

impl TryFrom<messages::Status> for MessageStatus {
    type Error = StoreError;

    fn try_from(row: messages::Status) -> Result<Self, StoreError> {
        Ok(Self {
            status: row.name,
            at: Time(row.occurred_at),
            received_at: Time(row.received_at),
            recipient: row.recipient,
            update: Some(verbatim(row.raw, "status")?),
        })
    }
}

impl From<Direction> for MessageDirection {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Inbound => Self::Inbound,
            Direction::Outbound => Self::Outbound,
        }
    }
}

impl From<MessageDirection> for Direction {
    fn from(direction: MessageDirection) -> Self {
        match direction {
            MessageDirection::Inbound => Self::Inbound,
            MessageDirection::Outbound => Self::Outbound,
        }
    }
}

impl TryFrom<String> for States {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let states: Result<_, _> = text.split(',').map(State::parse).collect();
        states.map(Self).map_err(|_| {
            let known = State::ALL.map(State::as_str).join(", ");
            format!("must be one or several of {known}, separated by commas")
        })
    }
}

impl From<State> for MessageState {
    fn from(state: State) -> Self {
        match state {
            State::Received => Self::Received,
            State::Scheduled => Self::Scheduled,
            State::Queued => Self::Queued,
            State::Sending => Self::Sending,
            State::Accepted => Self::Accepted,
            State::Sent => Self::Sent,
            State::Delivered => Self::Delivered,
            State::Read => Self::Read,
            State::Played => Self::Played,
            State::Unknown => Self::Unknown,
            State::RequiresTemplate => Self::RequiresTemplate,
            State::Failed => Self::Failed,
            State::Expired => Self::Expired,
            State::Canceled => Self::Canceled,
        }
    }
}

impl From<MessageState> for State {
    fn from(state: MessageState) -> Self {
        match state {
            MessageState::Received => Self::Received,
            MessageState::Scheduled => Self::Scheduled,
            MessageState::Queued => Self::Queued,
            MessageState::Sending => Self::Sending,
            MessageState::Accepted => Self::Accepted,
            MessageState::Sent => Self::Sent,
            MessageState::Delivered => Self::Delivered,
            MessageState::Read => Self::Read,
            MessageState::Played => Self::Played,
            MessageState::Unknown => Self::Unknown,
            MessageState::RequiresTemplate => Self::RequiresTemplate,
            MessageState::Failed => Self::Failed,
            MessageState::Expired => Self::Expired,
            MessageState::Canceled => Self::Canceled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<NewMessage, Problem> {
        NewMessage::read(serde_json::from_str(body).unwrap(), 0)
    }

    #[test]
    fn the_hash_knows_content_and_not_order() {
        let hash = |body| read(body).ok().unwrap().request_hash;
        let one = hash(
            r#"{"channel": "a", "to": "+16505551234", "type": "text", "text": {"body": "x", "preview_url": true}}"#,
        );
        let same = hash(
            r#"{"text": {"preview_url": true, "body": "x"}, "type": "text", "to": "+16505551234", "channel": "a"}"#,
        );
        let other = hash(
            r#"{"channel": "b", "to": "+16505551234", "type": "text", "text": {"body": "x", "preview_url": true}}"#,
        );
        assert_eq!(one, same);
        assert_ne!(one, other);
    }

    #[test]
    fn faults_of_channel_and_message_are_told_together() {
        let body = format!(
            r#"{{"to": "+16505551234", "type": "text", "text": {{"body": "{}"}}}}"#,
            "x".repeat(5000)
        );
        let Err(Problem::Invalid(faults)) = read(&body) else {
            panic!("it was taken")
        };
        let told: Vec<_> = faults
            .iter()
            .map(|fault| (fault.pointer.as_deref().unwrap(), fault.limit, fault.length))
            .collect();
        assert_eq!(
            told,
            [
                ("/channel", None, None),
                ("/text/body", Some(4096), Some(5000))
            ]
        );
    }
}
