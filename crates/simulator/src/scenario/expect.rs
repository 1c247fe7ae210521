//! The steps that expect something of the bot.
#![expect(
    clippy::struct_field_names,
    reason = "the fields are the words of the file"
)]

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::record::MessageStatus;
use crate::scenario::file::Wait;

/// The next message of the bot to the user is of this kind and looks like this.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    /// The kind: `text`, `image`, `template`, `interactive.button`, `interactive.list` and so on in
    /// Meta's words; `message` for any.
    pub(crate) expect: String,
    /// How long may it take; 5s when absent.
    pub(crate) within: Option<Wait>,
    /// To whom; the default user when absent.
    pub(crate) user: Option<String>,
    /// To which group (id) instead of a user.
    pub(crate) group: Option<String>,
    /// From which business number (id).
    pub(crate) number: Option<String>,
    /// The whole text: body, caption or question.
    pub(crate) text: Option<String>,
    /// What the text contains, one or several.
    pub(crate) contains: Option<OneOrMany>,
    /// What the text does not contain, one or several.
    pub(crate) lacks: Option<OneOrMany>,
    /// A regular expression that the text matches.
    pub(crate) matches: Option<String>,
    /// The least number of characters in the text.
    pub(crate) min_length: Option<usize>,
    /// The header's text.
    pub(crate) header: Option<String>,
    /// The footer's text.
    pub(crate) footer: Option<String>,
    /// The buttons in order, each by title or id.
    pub(crate) buttons: Option<Vec<String>>,
    /// The rows of the list in order, each by title or id.
    pub(crate) rows: Option<Vec<String>>,
    /// How many cards the carousel has.
    pub(crate) cards: Option<usize>,
    /// The template's name.
    pub(crate) template: Option<String>,
    /// The template's language code.
    pub(crate) language: Option<String>,
    /// The values of the template's text, in order.
    pub(crate) parameters: Option<Vec<String>>,
    /// The emoji of a reaction; empty for one that is taken back.
    pub(crate) emoji: Option<String>,
    /// The message that it quotes or reacts to: a name given with `as`.
    pub(crate) replies_to: Option<String>,
    /// A part of the content object under the message's type, as it stands in the request.
    pub(crate) content: Option<Value>,
    /// Looks past other messages for one that fits, instead of taking the next one.
    #[serde(default)]
    pub(crate) anywhere: bool,
    /// Values taken from it: a regular expression on the text (its first group), or a JSON pointer
    /// into the request that begins with `/`.
    #[serde(default)]
    pub(crate) capture: BTreeMap<String, String>,
    /// A name for this message, to be used later.
    #[serde(rename = "as")]
    pub(crate) name: Option<String>,
}

/// A text or several.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
        .iter()
        .map(String::as_str)
    }
}

/// The bot says nothing for a while.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectNothing {
    /// For how long.
    pub(crate) expect_nothing: Wait,
    /// To whom; the default user when absent.
    pub(crate) user: Option<String>,
}

/// The bot marks a message of the user as read.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectRead {
    /// The message: a name given with `as`, or `last`.
    pub(crate) expect_read: String,
    /// How long may it take; 5s when absent.
    pub(crate) within: Option<Wait>,
    /// Whose; the default user when absent.
    pub(crate) user: Option<String>,
}

/// The bot shows that it is typing.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectTyping {
    /// The message that it answers: a name given with `as`, or `last`.
    pub(crate) expect_typing: String,
    /// How long may it take; 5s when absent.
    pub(crate) within: Option<Wait>,
    /// To whom; the default user when absent.
    pub(crate) user: Option<String>,
}

/// A message of the bot reaches a status.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectStatus {
    /// The status.
    #[schemars(with = "Status")]
    pub(crate) expect_status: MessageStatus,
    /// The message: a name given with `as`; the last one when absent.
    pub(crate) of: Option<String>,
    /// The error code of `failed`.
    pub(crate) code: Option<i64>,
    /// How long may it take; 5s when absent.
    pub(crate) within: Option<Wait>,
    /// To whom; the default user when absent.
    pub(crate) user: Option<String>,
}

/// Meta's words for a status.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "only the schema is made from it")]
enum Status {
    Sent,
    Delivered,
    Read,
    Played,
    Failed,
}

/// A send of the bot is refused.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectRefused {
    /// Meta's code, such as 131056; 0 for an answer that is no Graph error.
    pub(crate) expect_refused: i64,
    /// How long may it take; 5s when absent.
    pub(crate) within: Option<Wait>,
    /// To whom it was; the default user when absent.
    pub(crate) user: Option<String>,
}

/// The bot makes a Graph call, such as a download.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectCall {
    /// Method and a regular expression for the path: `GET /v[0-9.]+/[0-9]+`.
    pub(crate) expect_call: String,
    /// The HTTP status of the answer; 200 when absent.
    pub(crate) status: Option<u16>,
    /// How long may it take; 5s when absent.
    pub(crate) within: Option<Wait>,
}
