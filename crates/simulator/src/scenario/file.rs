//! What a scenario file holds besides its steps: title, settings, users.
#![expect(
    clippy::struct_field_names,
    reason = "the fields are the words of the file"
)]

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::scenario::step::Steps;
use crate::template::{Button, Category, Header, Template, TemplateStatus};

/// A scenario: who is there, what they do, what the bot is expected to do.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// A title.
    pub(crate) name: String,
    /// What it shows, in a sentence or two.
    #[serde(default)]
    pub(crate) shows: String,
    /// How the simulated platform is set up.
    #[serde(default)]
    pub(crate) settings: Platform,
    /// The users by name; without any there is one, `user`. The first by name is the default one.
    #[serde(default)]
    pub(crate) users: BTreeMap<String, Person>,
    /// The user of steps that name none; by default the first by name.
    #[serde(default)]
    pub(crate) user: Option<String>,
    /// What happens, in order.
    pub(crate) steps: Steps,
}

/// How the simulated platform is set up.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Platform {
    /// Decides ids and chance; 1 by default.
    pub(crate) seed: Option<u64>,
    /// The moment at which it begins (RFC 3339); 2026-11-21T09:00:00Z by default.
    #[schemars(with = "Option<String>")]
    pub(crate) clock: Option<jiff::Timestamp>,
    /// Which of Meta's limits on when and how fast are enforced; `strict` by default.
    pub(crate) limits: Limits,
    /// The business phone numbers; by default one. The first is the default of every step.
    pub(crate) numbers: Vec<Number>,
    /// Templates beside the sample ones.
    pub(crate) templates: Vec<TemplateSpec>,
    /// When statuses come.
    pub(crate) delays: Delays,
    /// Whether users read what they get, half a second after it came.
    pub(crate) auto_read: bool,
    /// How webhooks are sent.
    pub(crate) webhooks: Webhooks,
    /// Real time for which the bot must be quiet before the clock jumps; 150ms by default.
    pub(crate) settle: Option<Wait>,
    /// Real time that an answer is waited for while the bot does nothing at all; 5s by default.
    pub(crate) patience: Option<Wait>,
    /// Whether the bot may say more than is expected; a miss by default.
    pub(crate) extra_messages: bool,
}

/// Which of Meta's limits are enforced.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Limits {
    /// The 24-hour window, the throughput of a number and the rate to one user.
    #[default]
    Strict,
    /// None of them.
    None,
    /// Only the 24-hour window.
    Window,
    /// Only throughput and pair rate.
    Pace,
}

/// A business phone number.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Number {
    /// Its id in Graph paths.
    pub(crate) id: String,
    /// The number, digits with country code.
    pub(crate) display_phone_number: String,
    /// The WABA it belongs to.
    #[serde(default)]
    pub(crate) waba: Option<String>,
    /// The name that users see.
    #[serde(default)]
    pub(crate) verified_name: Option<String>,
}

/// An approved template.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TemplateSpec {
    /// Its name.
    pub(crate) name: String,
    /// Language code; `en_US` by default.
    #[serde(default)]
    pub(crate) language: Option<String>,
    /// What it is for; `utility` by default.
    #[serde(default)]
    pub(crate) category: Purpose,
    /// The text, with `{{1}}` or `{{name}}` where values go.
    pub(crate) body: String,
    /// What stands above it.
    #[serde(default)]
    pub(crate) header: Option<HeaderSpec>,
    /// Quick replies below it.
    #[serde(default)]
    pub(crate) quick_replies: Vec<String>,
    /// A button that opens a page; an address that ends in `{{1}}` is completed by the send.
    #[serde(default)]
    pub(crate) url: Option<String>,
    /// Where it begins: `paused` is refused with 132015, `pending` with 132001.
    #[serde(default)]
    pub(crate) status: Review,
}

/// A template's category.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Purpose {
    /// Login codes.
    Authentication,
    /// Offers.
    Marketing,
    /// Notices about something the user did.
    #[default]
    Utility,
}

/// A template's status.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Review {
    /// May be sent.
    #[default]
    Approved,
    /// Waits for review.
    Pending,
    /// Refused by review.
    Rejected,
    /// Low quality.
    Paused,
    /// Paused too often.
    Disabled,
}

/// A template's header.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HeaderSpec {
    /// Text.
    Text(String),
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A file.
    Document,
    /// A place.
    Location,
}

/// When statuses come, each counted from the one before.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Delays {
    /// From accepting to `sent`; 0s by default.
    pub(crate) sent: Option<Wait>,
    /// From `sent` to `delivered`; 50ms by default.
    pub(crate) delivered: Option<Wait>,
    /// From `delivered` to `read`, for users who read by themselves; 500ms by default.
    pub(crate) read: Option<Wait>,
}

/// How webhooks are sent.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Webhooks {
    /// Share of updates sent twice, 0 to 1.
    pub(crate) duplicated: f64,
    /// Share of updates held back for up to two seconds, 0 to 1.
    pub(crate) reordered: f64,
    /// Most updates in one POST; 1 by default, Meta goes up to 1000.
    pub(crate) max_updates_per_post: Option<usize>,
}

/// A simulated user.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Person {
    /// Phone number with country code; made up when there is neither this nor a username.
    pub(crate) phone: Option<String>,
    /// Username; without a phone number the business sees the BSUID only.
    pub(crate) username: Option<String>,
    /// Profile name.
    pub(crate) name: Option<String>,
    /// Whether they read what they get.
    pub(crate) auto_read: Option<bool>,
    /// Whether nothing reaches them (131026).
    pub(crate) undeliverable: bool,
}

/// A span of time such as `500ms`, `5s`, `10m`, `25h` or `2d`; several add up: `1h 30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait(pub(crate) Duration);

impl Wait {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut sum = Duration::ZERO;
        let mut rest = text.trim();
        if rest.is_empty() {
            return None;
        }
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit())?;
            let count: u32 = rest[..digits].parse().ok()?;
            rest = rest[digits..].trim_start();
            let letters = rest
                .find(|c: char| !c.is_ascii_alphabetic())
                .unwrap_or(rest.len());
            let unit = match &rest[..letters] {
                "ms" | "millisecond" | "milliseconds" => Duration::from_millis(1),
                "s" | "second" | "seconds" => Duration::from_secs(1),
                "m" | "min" | "minute" | "minutes" => Duration::from_mins(1),
                "h" | "hour" | "hours" => Duration::from_hours(1),
                "d" | "day" | "days" => Duration::from_hours(24),
                _ => return None,
            };
            sum = sum.checked_add(unit.checked_mul(count)?)?;
            rest = rest[letters..].trim_start();
        }
        Some(Self(sum))
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, millis) = (self.0.as_secs(), self.0.subsec_millis());
        match seconds {
            0 => write!(f, "{millis} ms"),
            _ if millis > 0 => write!(f, "{seconds}.{millis:03} s"),
            _ if seconds % 3600 == 0 => write!(f, "{} h", seconds / 3600),
            _ if seconds % 60 == 0 => write!(f, "{} min", seconds / 60),
            _ => write!(f, "{seconds} s"),
        }
    }
}

impl<'de> Deserialize<'de> for Wait {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom(format!(
                "`{text}` is no span of time; write a number and ms, s, m, h or d, such as `5s` or `25h`"
            ))
        })
    }
}

impl JsonSchema for Wait {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Wait".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A span of time such as `500ms`, `5s`, `10m`, `25h` or `2d`; several add up: `1h 30m`.",
            "pattern": "^(\\s*[0-9]+\\s*(ms|milliseconds?|s|seconds?|m|min|minutes?|h|hours?|d|days?))+\\s*$",
        })
    }
}

impl TemplateSpec {
    /// The same as the simulator's registry keeps it.
    pub(crate) fn template(&self) -> Template {
        let category = match self.category {
            Purpose::Authentication => Category::Authentication,
            Purpose::Marketing => Category::Marketing,
            Purpose::Utility => Category::Utility,
        };
        let language = self.language.as_deref().unwrap_or("en_US");
        let mut template = Template::new(&self.name, language, category, &self.body);
        template.status = match self.status {
            Review::Approved => TemplateStatus::Approved,
            Review::Pending => TemplateStatus::Pending,
            Review::Rejected => TemplateStatus::Rejected,
            Review::Paused => TemplateStatus::Paused,
            Review::Disabled => TemplateStatus::Disabled,
        };
        template.header = match &self.header {
            None => Header::None,
            Some(HeaderSpec::Text(text)) => Header::Text(text.clone()),
            Some(HeaderSpec::Image) => Header::Image,
            Some(HeaderSpec::Video) => Header::Video,
            Some(HeaderSpec::Document) => Header::Document,
            Some(HeaderSpec::Location) => Header::Location,
        };
        let replies = self.quick_replies.iter();
        template
            .buttons
            .extend(replies.map(|text| Button::QuickReply { text: text.clone() }));
        if let Some(url) = &self.url {
            template.buttons.push(Button::Url {
                text: "Open".to_owned(),
                url: url.clone(),
            });
        }
        template
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time_are_read() {
        for (text, millis) in [
            ("500ms", 500),
            ("5s", 5000),
            ("5 seconds", 5000),
            ("25h", 90_000_000),
            ("2 days", 172_800_000),
            ("1h 30m", 5_400_000),
        ] {
            assert_eq!(
                Wait::parse(text),
                Some(Wait(Duration::from_millis(millis))),
                "{text}"
            );
        }
        for text in ["", "5", "s", "5 x", "-5s", "1.5h", "99999999999d"] {
            assert_eq!(Wait::parse(text), None, "{text}");
        }
    }
}
