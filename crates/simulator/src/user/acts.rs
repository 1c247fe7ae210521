//! What users do beyond writing: answer forms and requests, edit, block, move to another number.

use serde_json::{Value, json};

use super::User;
use crate::core::lock;
use crate::error::SimulatorError;
use crate::ids::Wamid;
use crate::world::conduct::feedback;
use crate::world::inbound::Draft;
use crate::world::{coexist, status, system};

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

fn wrong(name: &'static str, reason: &str) -> SimulatorError {
    SimulatorError::Parameter {
        name,
        reason: reason.to_owned(),
    }
}

impl User {
    /// Switches the phone on or off; what was sent meanwhile arrives when it is on again.
    pub fn turns_phone(&self, on: bool) {
        let waiting = {
            let mut world = lock(&self.core.world);
            world.switch_off(&self.key, !on);
            if on {
                world.waiting(&self.key)
            } else {
                Vec::new()
            }
        };
        status::let_through(&self.core, waiting);
    }

    /// Blocks the number, or lets it through again.
    pub fn blocks(&self, on: bool) -> Result<(), SimulatorError> {
        let number = self.number()?;
        let mut world = lock(&self.core.world);
        world.block(&self.key, &number.id, on, self.core.clock.now());
        if on {
            feedback::complain(&self.core, &mut world, &number, &self.key, feedback::BLOCK);
        }
        Ok(())
    }

    /// Reports the business, which blocks it as well.
    pub fn reports(&self) -> Result<(), SimulatorError> {
        let number = self.number()?;
        let mut world = lock(&self.core.world);
        world.block(&self.key, &number.id, true, self.core.clock.now());
        feedback::complain(&self.core, &mut world, &number, &self.key, feedback::REPORT);
        Ok(())
    }

    /// Changes the text of a message they wrote, within 15 minutes; for coexisting numbers.
    pub async fn edits(&self, wamid: impl AsRef<str>, text: &str) -> Result<Wamid, SimulatorError> {
        self.post(self.edit(wamid.as_ref(), text)?, "message.edit")
            .await
    }

    /// Deletes a message they wrote, within two days; for coexisting numbers.
    pub async fn deletes(&self, wamid: impl AsRef<str>) -> Result<Wamid, SimulatorError> {
        self.post(self.revoke(wamid.as_ref())?, "message.revoke")
            .await
    }

    /// Sends a Flow off with these answers; the Flow's token is added.
    pub async fn submits_flow(
        &self,
        wamid: impl AsRef<str>,
        answers: &Value,
    ) -> Result<Wamid, SimulatorError> {
        let draft = self.flow_reply(wamid.as_ref(), answers)?;
        self.post(draft, "message.interactive.flow_reply").await
    }

    /// Answers an address message.
    pub async fn gives_address(
        &self,
        wamid: impl AsRef<str>,
        values: &Value,
    ) -> Result<Wamid, SimulatorError> {
        let draft = self.address_reply(wamid.as_ref(), values)?;
        self.post(draft, "message.interactive.address_reply").await
    }

    /// Answers a request for permission to call.
    pub async fn answers_call_request(
        &self,
        wamid: impl AsRef<str>,
        accepts: bool,
        permanent: bool,
    ) -> Result<Wamid, SimulatorError> {
        if accepts {
            self.permits_calls(wamid, permanent).await
        } else {
            self.refuses_calls(wamid).await
        }
    }

    /// Shares their phone number as a message asked for.
    pub async fn shares_number(&self, wamid: impl AsRef<str>) -> Result<Wamid, SimulatorError> {
        let draft = self.contact_info(wamid.as_ref())?;
        self.post(draft, "message.contact_info").await
    }

    /// Sends a cart: `items` as `order.product_items`.
    pub async fn orders(&self, catalog_id: &str, items: &Value) -> Result<Wamid, SimulatorError> {
        let order = json!({"catalog_id": catalog_id, "product_items": items});
        self.sends("order", order).await
    }

    /// Moves to another phone number: the business hears of it, and the BSUID changes.
    pub fn changes_number(&self, phone: &str) -> Result<Self, SimulatorError> {
        let wa_id: String = phone.chars().filter(char::is_ascii_digit).collect();
        let changed = system::change_number(&self.core, &*self.number()?, &self.key, &wa_id)?;
        Ok(Self {
            key: changed.key,
            ..self.clone()
        })
    }

    /// Gets another identity, as with a new phone: sends that name the old hash fail with 137000.
    pub fn changes_identity(&self) -> Result<Wamid, SimulatorError> {
        let (wamid, _) = system::change_identity(&self.core, &*self.number()?, &self.key)?;
        Ok(wamid)
    }

    /// The hash that a send may name in `recipient_identity_key_hash`.
    pub fn identity_hash(&self) -> String {
        let world = lock(&self.core.world);
        let person = world.user(&self.key);
        person.map_or_else(String::new, |person| {
            person.identity_hash(self.core.settings.seed)
        })
    }

    /// Whether they got so much marketing that more fails with 131049.
    pub fn set_marketing_capped(&self, on: bool) {
        self.change(|person| person.marketing_capped = on);
    }

    /// The business writes to them in the WhatsApp Business app; it becomes an echo.
    pub fn hears_from_app(&self, text: &str) -> Result<Wamid, SimulatorError> {
        let number = self.number()?;
        let content = json!({ "body": text });
        coexist::app_writes(&self.core, &number, &self.key, "text", &content)
            .map(|(wamid, _)| wamid)
    }

    pub(crate) fn edit(&self, wamid: &str, text: &str) -> Result<Draft, SimulatorError> {
        self.own(wamid, 15 * MINUTE)?;
        Ok(Draft::new(
            "edit",
            json!({
                "original_message_id": wamid,
                "message": {"context": {"id": "M0"}, "type": "text", "text": {"body": text}},
            }),
        ))
    }

    pub(crate) fn revoke(&self, wamid: &str) -> Result<Draft, SimulatorError> {
        self.own(wamid, 2 * DAY)?;
        Ok(Draft::new("revoke", json!({"original_message_id": wamid})))
    }

    /// A message of their own, not older than `seconds`, to a number that hears of changes.
    fn own(&self, wamid: &str, seconds: i64) -> Result<(), SimulatorError> {
        let number = self.number()?;
        if !coexist::is_on(&self.core, &number) {
            let reason = "is not in use in the WhatsApp Business app: it hears of no changes";
            return Err(wrong("phone_number_id", reason));
        }
        let chat = lock(&self.core.world).chat(&self.key, Some(&number.id));
        let line = chat
            .iter()
            .find(|line| line.from_user && line.wamid.as_str() == wamid)
            .ok_or(SimulatorError::Unknown { kind: "message" })?;
        if self.core.clock.now().as_second() - line.at.as_second() > seconds {
            return Err(wrong("wamid", "names a message that is too old"));
        }
        Ok(())
    }

    /// The answer to an interactive message of this type.
    fn reply(&self, wamid: &str, kind: &str, reply: Value) -> Result<Draft, SimulatorError> {
        let name = reply["type"].as_str().unwrap_or_default().to_owned();
        let body = self.body_of(wamid)?;
        let template = body.get("template").is_some();
        if body.pointer("/interactive/type").and_then(Value::as_str) != Some(kind) && !template {
            return Err(wrong(
                "wamid",
                &format!("names no message that takes a {name}"),
            ));
        }
        Ok(Draft::new("interactive", reply).answering(&*self.number()?, wamid))
    }

    pub(crate) fn flow_reply(&self, wamid: &str, answers: &Value) -> Result<Draft, SimulatorError> {
        let body = self.body_of(wamid)?;
        let token = body.pointer("/interactive/action/parameters/flow_token");
        let mut response = json!({"flow_token": token.and_then(Value::as_str).unwrap_or("unused")});
        for (name, answer) in answers.as_object().into_iter().flatten() {
            response[name] = answer.clone();
        }
        let reply = json!({"type": "nfm_reply", "nfm_reply": {
            "name": "flow", "body": "Sent", "response_json": response.to_string(),
        }});
        self.reply(wamid, "flow", reply)
    }

    pub(crate) fn address_reply(
        &self,
        wamid: &str,
        values: &Value,
    ) -> Result<Draft, SimulatorError> {
        let lines = values.as_object().into_iter().flatten();
        let body: Vec<&str> = lines.filter_map(|(_, value)| value.as_str()).collect();
        let response = json!({"saved_address_id": "address1", "values": values});
        let reply = json!({"type": "nfm_reply", "nfm_reply": {
            "name": "address_message", "body": body.join("\n "),
            "response_json": response.to_string(),
        }});
        self.reply(wamid, "address_message", reply)
    }

    pub(crate) fn contact_info(&self, wamid: &str) -> Result<Draft, SimulatorError> {
        self.body_of(wamid)?;
        let world = lock(&self.core.world);
        let phone = world
            .user(&self.key)
            .and_then(|person| person.wa_id.clone());
        // Somebody without a number here shares the one that the platform knows.
        let phone = phone.unwrap_or_else(|| "16505551234".to_owned());
        Ok(Draft::new(
            "contacts",
            json!([{
                "origin": "contact_request",
                "phones": [{"phone": format!("+{phone}"), "wa_id": phone, "type": "CELL"}],
            }]),
        ))
    }
}
