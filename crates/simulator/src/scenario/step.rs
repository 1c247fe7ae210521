//! The steps by which something happens: what users do, what the platform does, how steps go together.
#![expect(
    clippy::struct_field_names,
    reason = "the fields are the words of the file"
)]

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::fault::Fault;
use crate::scenario::expect::{
    Expect, ExpectCall, ExpectNothing, ExpectRead, ExpectRefused, ExpectStatus, ExpectTyping,
};
use crate::scenario::file::Wait;

/// One step. Its first word tells what it is; the words beside it belong to that.
#[derive(Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Act {
    Says(Says),
    Sends(Sends),
    Shares(Shares),
    SharesContact(SharesContact),
    Message(Message),
    Taps(Taps),
    Picks(Picks),
    Reacts(Reacts),
    Reads(Reads),
    AnswersFlow(AnswersFlow),
    Phone(Phone),
    Blocks(Blocks),
    OptsOut(OptsOut),
    Silent(Silent),
    Clock(ClockTo),
    Trigger(Trigger),
    Webhook(Webhook),
    WebhookTrouble(WebhookTrouble),
    Fault(OrderFault),
    ClearFaults(ClearFaults),
    Expect(Box<Expect>),
    ExpectNothing(ExpectNothing),
    ExpectRead(ExpectRead),
    ExpectTyping(ExpectTyping),
    ExpectStatus(ExpectStatus),
    ExpectRefused(ExpectRefused),
    ExpectCall(ExpectCall),
    Repeat(Repeat),
    Parallel(Parallel),
    Note(Note),
}

/// The words that tell what a step is, in the order of the documentation.
pub(crate) const WORDS: [&str; 30] = [
    "says",
    "sends",
    "shares",
    "shares_contact",
    "message",
    "taps",
    "picks",
    "reacts",
    "reads",
    "answers_flow",
    "phone",
    "blocks",
    "opts_out",
    "silent",
    "clock",
    "trigger",
    "webhook",
    "webhook_trouble",
    "fault",
    "clear_faults",
    "expect",
    "expect_nothing",
    "expect_read",
    "expect_typing",
    "expect_status",
    "expect_refused",
    "expect_call",
    "repeat",
    "parallel",
    "note",
];

/// A user writes a text.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Says {
    /// The text.
    pub(crate) says: String,
    /// Who; the default user when absent.
    pub(crate) user: Option<String>,
    /// To which business number (id); the first when absent.
    pub(crate) number: Option<String>,
    /// The message that is quoted: a name given with `as`, `last`, or a wamid.
    pub(crate) replies_to: Option<String>,
    /// A name for this message, to be used later.
    #[serde(rename = "as")]
    pub(crate) name: Option<String>,
}

/// A user sends a file or another ready-made message.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sends {
    /// What: image, audio, voice, video, document, sticker, order, referral, unsupported … (the
    /// `message.*` events of `wharf trigger --list`).
    pub(crate) sends: String,
    /// Its parameters, such as caption, filename or text.
    #[serde(default)]
    pub(crate) with: Map<String, Value>,
    /// Who; the default user when absent.
    pub(crate) user: Option<String>,
    /// To which business number (id); the first when absent.
    pub(crate) number: Option<String>,
    /// A name for this message, to be used later.
    #[serde(rename = "as")]
    pub(crate) name: Option<String>,
}

/// A user shares a place.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shares {
    /// The place.
    pub(crate) shares: Place,
    /// Who; the default user when absent.
    pub(crate) user: Option<String>,
    /// The message it answers, such as a location request: a name given with `as`, or `last`.
    pub(crate) replies_to: Option<String>,
    /// A name for this message, to be used later.
    #[serde(rename = "as")]
    pub(crate) name: Option<String>,
}

/// A place.
#[derive(Clone, Debug, Deserialize, serde::Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    /// Degrees north.
    pub(crate) latitude: f64,
    /// Degrees east.
    pub(crate) longitude: f64,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
}

/// A user shares a contact card.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SharesContact {
    /// The card.
    pub(crate) shares_contact: Card,
    /// Who; the default user when absent.
    pub(crate) user: Option<String>,
    /// A name for this message, to be used later.
    #[serde(rename = "as")]
    pub(crate) name: Option<String>,
}

/// A contact card.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Card {
    /// Whose.
    pub(crate) name: String,
    /// Phone number with country code.
    pub(crate) phone: String,
}

/// A user sends any message, in the shape of Meta's webhooks.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Message {
    /// The message.
    pub(crate) message: AnyMessage,
    /// Who; the default user when absent.
    pub(crate) user: Option<String>,
    /// A name for this message, to be used later.
    #[serde(rename = "as")]
    pub(crate) name: Option<String>,
}

/// Any message.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnyMessage {
    /// The value of `type`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// The object under that name.
    pub(crate) content: Value,
}

/// A user taps a reply button or a template's quick reply.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Taps {
    /// The button's title or id.
    pub(crate) taps: String,
    /// The message: a name given with `as`; the last one with buttons when absent.
    pub(crate) of: Option<String>,
    /// Who; the default user when absent.
    pub(crate) user: Option<String>,
    /// A name for the answer, to be used later.
    #[serde(rename = "as")]
    pub(crate) name: Option<String>,
}

/// A user picks a row of a list.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Picks {
    /// The row's title or id.
    pub(crate) picks: String,
    /// The message: a name given with `as`; the last list when absent.
    pub(crate) of: Option<String>,
    /// Who; the default user when absent.
    pub(crate) user: Option<String>,
    /// A name for the answer, to be used later.
    #[serde(rename = "as")]
    pub(crate) name: Option<String>,
}

/// A user reacts to a message of the bot.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reacts {
    /// The emoji; empty takes the reaction back.
    pub(crate) reacts: String,
    /// The message: a name given with `as`; the last one when absent.
    pub(crate) to: Option<String>,
    /// Who; the default user when absent.
    pub(crate) user: Option<String>,
}

/// A user reads a message of the bot and all before it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reads {
    /// The message: a name given with `as`, or `last`.
    pub(crate) reads: String,
    /// Who; the default user when absent.
    pub(crate) user: Option<String>,
}

/// A user completes a flow.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswersFlow {
    /// What the flow's last screen sends.
    pub(crate) answers_flow: Map<String, Value>,
    /// The flow message: a name given with `as`; the last one when absent.
    pub(crate) of: Option<String>,
    /// Who; the default user when absent.
    pub(crate) user: Option<String>,
    /// A name for the answer, to be used later.
    #[serde(rename = "as")]
    pub(crate) name: Option<String>,
}

/// A user's phone goes off, or on again: meanwhile messages stay `sent`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Phone {
    /// `on` or `off`.
    pub(crate) phone: Power,
    /// Who; the default user when absent.
    pub(crate) user: Option<String>,
}

/// Whether a phone is reachable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Power {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// A user blocks the business, or no longer: what is sent to them stays `sent` and never arrives.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Blocks {
    /// Whether.
    pub(crate) blocks: bool,
    /// Who; the default user when absent.
    pub(crate) user: Option<String>,
}

/// A user stops marketing messages in WhatsApp's own settings, or resumes them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OptsOut {
    /// `true` stops them, `false` resumes them.
    pub(crate) opts_out: bool,
    /// Who; the default user when absent.
    pub(crate) user: Option<String>,
}

/// Nobody does anything for a while; what is due meanwhile happens at its own time.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Silent {
    /// How long.
    pub(crate) silent: Wait,
}

/// The clock moves forward to a moment; what is due before it happens at its own time.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockTo {
    /// The moment (RFC 3339).
    #[schemars(with = "String")]
    pub(crate) clock: jiff::Timestamp,
}

/// An event of the platform, as `wharf trigger --list` names it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trigger {
    /// Its name.
    pub(crate) trigger: String,
    /// Its parameters; `user` is filled in.
    #[serde(default)]
    pub(crate) with: Map<String, Value>,
    /// Who; the default user when absent.
    pub(crate) user: Option<String>,
    /// A name for the message that it makes, to be used later.
    #[serde(rename = "as")]
    pub(crate) name: Option<String>,
}

/// Any webhook, sent as Meta would.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Webhook {
    /// The change.
    pub(crate) webhook: Change,
}

/// One change of a webhook.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    /// The field, such as `messages`.
    pub(crate) field: String,
    /// The value; in `messages`, `messaging_product` and `metadata` are filled in.
    pub(crate) value: Map<String, Value>,
}

/// Trouble between Meta and the bot's webhook.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookTrouble {
    /// What goes wrong.
    pub(crate) webhook_trouble: Loss,
    /// How many POSTs it strikes; 1 when absent.
    #[serde(default = "once")]
    pub(crate) times: u32,
    /// The HTTP status that the platform gets; 500 when absent.
    #[serde(default = "server_error")]
    pub(crate) status: u16,
}

/// What goes wrong on the way to the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Loss {
    /// The bot never sees the POST.
    Lost,
    /// The bot sees it, and its answer is lost: the platform sends it again.
    AnswerLost,
}

const fn once() -> u32 {
    1
}

const fn server_error() -> u16 {
    500
}

/// Trouble for the bot's calls, as `POST /sim/v1/faults` takes it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderFault {
    /// The fault: `trouble`, and optionally `number`, `calls`, `times`, `probability`.
    #[schemars(with = "Map<String, Value>")]
    pub(crate) fault: Fault,
}

/// Every ordered fault ends.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClearFaults {
    /// `true`.
    pub(crate) clear_faults: bool,
}

/// Steps that happen several times over; `{{i}}` counts from 1.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repeat {
    /// How often.
    pub(crate) repeat: u32,
    /// The steps.
    pub(crate) steps: Steps,
}

/// Branches that happen at the same time.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parallel {
    /// The branches.
    pub(crate) parallel: Vec<Branch>,
}

/// One of several branches.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Branch {
    /// The user of steps that name none.
    pub(crate) user: Option<String>,
    /// Plays the branch for that many more users, made up here; `{{i}}` counts them from 1.
    pub(crate) crowd: Option<u32>,
    /// The steps.
    pub(crate) steps: Steps,
}

/// A remark for the report.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    /// The text.
    pub(crate) note: String,
}

/// Steps as they stand in the file; each is read when its turn comes, with its values filled in.
#[derive(Clone, Debug)]
pub(crate) struct Steps(pub(crate) Vec<Value>);

impl<'de> Deserialize<'de> for Steps {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self)
    }
}

impl JsonSchema for Steps {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Steps".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<Act>::json_schema(generator)
    }
}
