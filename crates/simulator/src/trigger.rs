//! Events on demand, each by real steps: a user writes, a status comes, the platform decides.

mod account;
mod message;
mod status;
mod waba;

use serde_json::Value;

use crate::error::SimulatorError;
use crate::ids::PhoneNumberId;
use crate::record::{MessageStatus, Triggered};
use crate::simulator::Simulator;
use crate::user::User;

/// The user of events that name none.
const USER: &str = "16505551234";

/// Every event and what it does; parameters in brackets.
#[rustfmt::skip]
pub(crate) const EVENTS: &[(&str, &str)] = &[
    ("message.text", "the user writes a text [text, reply_to]"),
    ("message.image", "the user sends a picture [caption]"),
    ("message.audio", "the user sends an audio file"),
    ("message.voice", "the user sends a voice message"),
    ("message.video", "the user sends a film [caption]"),
    ("message.document", "the user sends a PDF [caption, filename]"),
    ("message.sticker", "the user sends a sticker"),
    ("message.location", "the user shares a place [latitude, longitude, name, address]"),
    ("message.contacts", "the user shares a contact card [name, phone]"),
    ("message.reaction", "the user reacts to a message of the business [wamid, emoji]"),
    ("message.reaction_removed", "the user takes a reaction back [wamid]"),
    ("message.button", "the user taps a template's quick reply [wamid, button]"),
    ("message.interactive.button_reply", "the user taps a reply button [wamid, button]"),
    ("message.interactive.list_reply", "the user picks a row of a list [wamid, row]"),
    ("message.order", "the user sends a cart [text]"),
    ("message.referral", "the user writes after tapping an ad [text]"),
    ("message.unsupported", "the user sends something that the API does not carry"),
    ("status.sent", "a message leaves the platform [wamid]"),
    ("status.delivered", "a message reaches the user, through the steps before it [wamid]"),
    ("status.read", "the user reads a message, through the steps before it [wamid]"),
    ("status.played", "the user plays a voice message, through the steps before it [wamid]"),
    ("status.failed", "a message fails [wamid, code]"),
    ("template.approved", "a template is approved and can be sent [template, language]"),
    ("template.rejected", "a template is rejected and can no longer be sent [template, language]"),
    ("template.paused", "a template is paused: sends answer 132015 [template, language]"),
    ("template.disabled", "a template is disabled: sends answer 132016 [template, language]"),
    ("account.approved", "the review of the WABA ends well [waba]"),
    ("account.rejected", "the review of the WABA ends badly [waba]"),
    ("account.pending", "the WABA is under review [waba]"),
    ("account.deferred", "the review of the WABA waits [waba]"),
    ("account.restricted", "the WABA may not do something for a week: templates answer 368 [waba, restriction]"),
    ("account.violation", "the WABA violated a policy [waba, violation_type]"),
    ("account.disable_scheduled", "the WABA will be disabled in a week [waba]"),
    ("account.disabled", "the WABA is disabled: sends answer 131031 [waba]"),
    ("account.reinstated", "restriction and ban of the WABA end [waba]"),
    ("account.deleted", "the WABA is deleted: sends answer 131031 [waba]"),
    ("account.offboarded", "the business app took its number back [waba]"),
    ("account.reconnected", "the business app is connected again [waba]"),
    ("account.primary_location", "the country of most customers is another one [waba, country]"),
    ("account.alert", "the portfolio's capabilities stay as they are for now [waba]"),
    ("account.oba_approved", "the number becomes an Official Business Account [phone_number_id]"),
    ("account.oba_rejected", "the number does not become an Official Business Account [phone_number_id]"),
    ("account.profile_picture_lost", "the number lost its profile picture [phone_number_id]"),
    ("business.capability", "the portfolio's messaging limit changes [waba, limit]"),
    ("business.verified", "the portfolio is verified: more numbers, a higher limit [waba]"),
    ("security.pin_changed", "the two-step PIN was changed or enabled [phone_number_id]"),
    ("security.pin_reset_request", "somebody asked to turn the two-step PIN off [phone_number_id, requester]"),
    ("security.pin_request_success", "the two-step PIN was turned off [phone_number_id, requester]"),
    ("phone_number.quality", "the number is upgraded to high throughput"),
    ("phone_number.name_approved", "the display name is approved [name]"),
    ("user_preferences.stop", "the user stops marketing messages: they fail with 131050"),
    ("user_preferences.resume", "the user resumes marketing messages"),
];

/// Parameters of a trigger, read with words for what is wrong.
pub(crate) struct Params<'a>(&'a Value);

impl<'a> Params<'a> {
    fn text(&self, name: &'static str) -> Result<Option<&'a str>, SimulatorError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(SimulatorError::Parameter {
                name,
                reason: "is not a text".to_owned(),
            }),
        }
    }

    fn text_or(&self, name: &'static str, or: &'a str) -> Result<&'a str, SimulatorError> {
        Ok(self.text(name)?.unwrap_or(or))
    }

    fn number(&self, name: &'static str) -> Result<Option<f64>, SimulatorError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value
                .as_f64()
                .map(Some)
                .ok_or_else(|| SimulatorError::Parameter {
                    name,
                    reason: "is not a number".to_owned(),
                }),
        }
    }

    fn phone_number_id(&self) -> Result<Option<PhoneNumberId>, SimulatorError> {
        Ok(self.text("phone_number_id")?.map(PhoneNumberId::from))
    }

    /// The user named by `user`: a phone number, or `@username`.
    fn user(&self, simulator: &Simulator) -> Result<User, SimulatorError> {
        let who = self.text_or("user", USER)?;
        let user = match who.strip_prefix('@') {
            Some(username) => simulator.username_user(username),
            None => simulator.user(who),
        };
        Ok(match self.phone_number_id()? {
            Some(number) => user.with(number),
            None => user,
        })
    }
}

pub(crate) async fn trigger(
    simulator: &Simulator,
    event: &str,
    params: &Value,
) -> Result<Triggered, SimulatorError> {
    if !(params.is_null() || params.is_object()) {
        return Err(SimulatorError::Parameter {
            name: "params",
            reason: "is not an object".to_owned(),
        });
    }
    let (known, _) = EVENTS
        .iter()
        .find(|(name, _)| *name == event)
        .ok_or(SimulatorError::Unknown { kind: "event" })?;
    let params = Params(params);
    let (family, name) = known.split_once('.').unwrap_or((known, ""));
    match (family, name) {
        ("message", name) => message::trigger(simulator, known, name, &params).await,
        ("status", name) => {
            let goal = match name {
                "sent" => MessageStatus::Sent,
                "delivered" => MessageStatus::Delivered,
                "read" => MessageStatus::Read,
                "played" => MessageStatus::Played,
                _ => MessageStatus::Failed,
            };
            status::trigger(simulator, known, goal, &params)
        }
        ("account" | "business" | "security", _) => waba::trigger(simulator, known, &params),
        _ => account::trigger(simulator, known, &params),
    }
}
