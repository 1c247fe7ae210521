//! Simulated users: they write, answer, tap, react and read.

mod acts;
mod calls;
mod groups;
mod payments;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::core::{Core, lock, read};
use crate::error::SimulatorError;
use crate::ids::{Bsuid, PhoneNumberId, Wamid};
use crate::media::{Intake, Origin, url};
use crate::record::{ChatLine, MessageStatus, Triggered};
use crate::settings::Number;
use crate::template::Button;
use crate::world::inbound::{Draft, write};
use crate::world::{Key, Person, status};

/// A simulated user, who chats with one business number.
///
/// What they do leaves as a signed notification; the calls wait only while too many are waiting.
#[derive(Clone)]
pub struct User {
    core: Arc<Core>,
    key: Key,
    number: Option<PhoneNumberId>,
}

impl User {
    pub(crate) fn new(core: Arc<Core>, key: Key) -> Self {
        Self {
            core,
            key,
            number: None,
        }
    }

    /// The same user, chatting with another business number than the first.
    #[must_use]
    pub fn with(&self, number: impl Into<PhoneNumberId>) -> Self {
        Self {
            number: Some(number.into()),
            ..self.clone()
        }
    }

    /// Their BSUID.
    pub fn bsuid(&self) -> Bsuid {
        lock(&self.core.world).user(&self.key).map_or_else(
            || self.core.ids.bsuid(&self.key),
            |person| person.bsuid.clone(),
        )
    }

    /// Sets the profile name.
    pub fn set_name(&self, name: &str) {
        self.change(|person| name.clone_into(&mut person.name));
    }

    /// Sets the username; a user with a phone number then shows both.
    pub fn set_username(&self, username: &str) {
        self.change(|person| person.username = Some(username.to_owned()));
    }

    /// Whether they read what they get, after the settings' delay.
    pub fn set_auto_read(&self, on: bool) {
        self.change(|person| person.auto_read = Some(on));
    }

    /// Whether what is sent to them fails with 131026.
    pub fn set_undeliverable(&self, on: bool) {
        self.change(|person| person.undeliverable = on);
    }

    /// Whether marketing templates to them fail with 131050; the business is not told.
    pub fn set_stopped_marketing(&self, on: bool) {
        self.change(|person| person.stopped_marketing = on);
    }

    fn change(&self, change: impl FnOnce(&mut Person)) {
        if let Some(person) = lock(&self.core.world).user_mut(&self.key) {
            change(person);
        }
    }

    /// Writes a text.
    pub async fn says(&self, text: &str) -> Result<Wamid, SimulatorError> {
        self.sends("text", json!({ "body": text })).await
    }

    /// Writes a text that quotes a message.
    pub async fn replies(&self, to: impl AsRef<str>, text: &str) -> Result<Wamid, SimulatorError> {
        let draft = Draft::new("text", json!({"body": text}));
        self.post(
            draft.answering(&*self.number()?, to.as_ref()),
            "message.text",
        )
        .await
    }

    /// Sends any content: `kind` is the value of `type`, `content` the object under that name.
    pub async fn sends(&self, kind: &str, content: Value) -> Result<Wamid, SimulatorError> {
        self.post(Draft::new(kind, content), kind).await
    }

    /// Sends a file; `kind` is image, audio, video, document or sticker.
    pub async fn sends_file(
        &self,
        kind: &str,
        mime_type: &str,
        bytes: impl Into<Bytes>,
    ) -> Result<Wamid, SimulatorError> {
        let content = self.file(kind, mime_type, bytes.into(), Value::Null)?;
        self.sends(kind, content).await
    }

    /// Stores a file and gives the object that announces it; `extra` adds caption and the like.
    pub(crate) fn file(
        &self,
        kind: &str,
        mime_type: &str,
        bytes: Bytes,
        extra: Value,
    ) -> Result<Value, SimulatorError> {
        let mut intake = Intake::default();
        intake.push(bytes);
        let number = self.number()?;
        let file = intake.store(&self.core, &number.id, mime_type, Origin::Received, None);
        let mut content = json!({
            "id": file.id,
            "mime_type": mime_type,
            "sha256": file.sha256_base64(),
            "url": url(&self.core, &file),
        });
        match kind {
            "audio" => content["voice"] = json!(mime_type.contains("opus")),
            "sticker" => content["animated"] = json!(false),
            _ => {}
        }
        if let Value::Object(extra) = extra {
            for (name, value) in extra {
                content[name] = value;
            }
        }
        Ok(content)
    }

    /// Shares a place.
    pub async fn shares_location(
        &self,
        latitude: f64,
        longitude: f64,
    ) -> Result<Wamid, SimulatorError> {
        self.sends(
            "location",
            json!({"latitude": latitude, "longitude": longitude}),
        )
        .await
    }

    /// Reacts to a message; an empty `emoji` takes the reaction back.
    pub async fn reacts(
        &self,
        wamid: impl AsRef<str>,
        emoji: &str,
    ) -> Result<Wamid, SimulatorError> {
        let mut content = json!({"message_id": wamid.as_ref()});
        if !emoji.is_empty() {
            content["emoji"] = json!(emoji);
        }
        self.sends("reaction", content).await
    }

    /// Taps a button, by id or title, of an interactive or template message.
    pub async fn taps_button(
        &self,
        wamid: impl AsRef<str>,
        button: &str,
    ) -> Result<Wamid, SimulatorError> {
        let draft = self.tap(wamid.as_ref(), button)?;
        self.post(draft, "message.interactive.button_reply").await
    }

    /// Picks a row, by id or title, of a list message.
    pub async fn picks_row(
        &self,
        wamid: impl AsRef<str>,
        row: &str,
    ) -> Result<Wamid, SimulatorError> {
        let draft = self.pick(wamid.as_ref(), row)?;
        self.post(draft, "message.interactive.list_reply").await
    }

    /// Reads a message of the business and all before it in the chat.
    pub async fn reads(&self, wamid: impl AsRef<str>) -> Result<(), SimulatorError> {
        let unknown = || SimulatorError::Unknown { kind: "message" };
        self.room().await;
        let number = self.number()?;
        let mut world = lock(&self.core.world);
        let lines = world.chat(&self.key, Some(&number.id));
        let last = lines
            .iter()
            .position(|line| !line.from_user && line.wamid.as_str() == wamid.as_ref())
            .ok_or_else(unknown)?;
        let unread = lines.iter().take(last + 1).filter(|line| !line.from_user);
        for line in unread.filter(|line| line.kind != "reaction") {
            status::bring(
                &self.core,
                &mut world,
                &line.wamid,
                MessageStatus::Read,
                None,
            );
        }
        Ok(())
    }

    /// The chat with this number, oldest first.
    pub fn chat(&self) -> Vec<ChatLine> {
        match self.number() {
            Ok(number) => lock(&self.core.world).chat(&self.key, Some(&number.id)),
            Err(_) => Vec::new(),
        }
    }

    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    pub(crate) fn number(&self) -> Result<Arc<Number>, SimulatorError> {
        self.core.number_or_first(self.number.as_ref())
    }

    /// The answer to a reply button or to a template's quick reply.
    pub(crate) fn tap(&self, wamid: &str, button: &str) -> Result<Draft, SimulatorError> {
        let body = self.body_of(wamid)?;
        let nothing = || SimulatorError::Parameter {
            name: "button",
            reason: "is no button of this message".to_owned(),
        };
        let draft = if let Some(template) = body.get("template") {
            let payload = self.quick_reply(template, button).ok_or_else(nothing)?;
            Draft::new("button", payload)
        } else {
            let buttons = body
                .pointer("/interactive/action/buttons")
                .and_then(Value::as_array);
            let cards = body.pointer("/interactive/action/cards");
            let carousel = cards
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|card| card.pointer("/action/buttons")?.as_array())
                .flatten()
                .filter_map(|item| item.get("quick_reply"));
            let reply = buttons
                .into_iter()
                .flatten()
                .filter_map(|item| item.get("reply"))
                .chain(carousel)
                .find(|reply| reply["id"] == button || reply["title"] == button)
                .ok_or_else(nothing)?;
            Draft::new(
                "interactive",
                json!({"type": "button_reply", "button_reply": reply}),
            )
        };
        Ok(draft.answering(&*self.number()?, wamid))
    }

    /// The content of a `button` message for the quick reply with this text or payload.
    fn quick_reply(&self, template: &Value, button: &str) -> Option<Value> {
        let templates = read(&self.core.templates);
        let known = templates.iter().find(|known| {
            template["name"] == known.name.as_str()
                && template["language"]["code"] == known.language.as_str()
        })?;
        let payload = |index: usize| {
            let text = index.to_string();
            let components = template["components"].as_array()?;
            let given = components.iter().find(|component| {
                let place = &component["index"];
                component["type"] == "button" && (*place == index || *place == text.as_str())
            })?;
            given
                .pointer("/parameters/0/payload")?
                .as_str()
                .map(str::to_owned)
        };
        known.buttons.iter().enumerate().find_map(|(index, known)| {
            let Button::QuickReply { text } = known else {
                return None;
            };
            let payload = payload(index).unwrap_or_else(|| text.clone());
            (text == button || payload == button).then(|| json!({"text": text, "payload": payload}))
        })
    }

    /// The answer to a list.
    pub(crate) fn pick(&self, wamid: &str, row: &str) -> Result<Draft, SimulatorError> {
        let body = self.body_of(wamid)?;
        let sections = body
            .pointer("/interactive/action/sections")
            .and_then(Value::as_array);
        let reply = sections
            .into_iter()
            .flatten()
            .filter_map(|section| section["rows"].as_array())
            .flatten()
            .find(|item| item["id"] == row || item["title"] == row)
            .ok_or_else(|| SimulatorError::Parameter {
                name: "row",
                reason: "is no row of this message".to_owned(),
            })?;
        let draft = Draft::new(
            "interactive",
            json!({"type": "list_reply", "list_reply": reply}),
        );
        Ok(draft.answering(&*self.number()?, wamid))
    }

    /// The request body of a message that was sent to this user.
    fn body_of(&self, wamid: &str) -> Result<Value, SimulatorError> {
        let world = lock(&self.core.world);
        world
            .message(wamid)
            .filter(|message| message.to.user() == Some(&self.key))
            .map(|message| message.accepted.json())
            .ok_or(SimulatorError::Unknown { kind: "message" })
    }

    async fn post(&self, draft: Draft, event: &str) -> Result<Wamid, SimulatorError> {
        self.write(draft, event)
            .await?
            .wamid
            .ok_or(SimulatorError::Unknown { kind: "message" })
    }

    /// Sends a draft and tells what left.
    pub(crate) async fn write(
        &self,
        draft: Draft,
        event: &str,
    ) -> Result<Triggered, SimulatorError> {
        self.room().await;
        write(&self.core, &*self.number()?, &self.key, draft, event)
    }

    /// Waits while too many updates are waiting.
    async fn room(&self) {
        self.core
            .office
            .wait_for(self.core.settings.webhooks.max_backlog)
            .await;
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}
