//! The handle: what tests and the command line do with a running simulator.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::clock::Clock;
use crate::error::SimulatorError;
use crate::fault::{Fault, FaultId};
use crate::ids::{Bsuid, MediaId, PhoneNumberId, Wamid};
use crate::record::{Accepted, ChatLine, Delivery, Duplicate, Triggered};
use crate::settings::Settings;
use crate::template::Template;

/// A handle on a running simulator; clones share it.
#[derive(Clone, Debug)]
pub struct Simulator {
    clock: Clock,
}

/// A started simulator: where it listens, its handle, and its end.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    /// `http://` and the address: the base URL for clients, without a version.
    pub base_url: String,
    /// The handle.
    pub simulator: Simulator,
}

impl Running {
    /// Stops accepting, ends every task, and returns when the last one is gone.
    #[expect(clippy::unused_async, reason = "the skeleton has no tasks yet")]
    pub async fn shutdown(self) {}
}

#[expect(
    clippy::unused_async,
    clippy::needless_pass_by_value,
    reason = "skeleton"
)]
impl Simulator {
    /// Starts the simulator on `listener`. Must be called inside a tokio runtime.
    pub fn start(settings: Settings, listener: TcpListener) -> Result<Running, SimulatorError> {
        let addr = listener
            .local_addr()
            .map_err(|error| SimulatorError::Start(Box::new(error)))?;
        let simulator = Self {
            clock: settings.clock,
        };
        Ok(Running {
            addr,
            base_url: format!("http://{addr}"),
            simulator,
        })
    }

    /// The platform's clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Subscribes the app to every field and every WABA: verifies `callback_url` with a real GET
    /// and the settings' verify token, then sends notifications there.
    pub async fn subscribe(&self, callback_url: &str) -> Result<(), SimulatorError> {
        self.subscribe_with(callback_url, "").await
    }

    /// The same with another verify token.
    pub async fn subscribe_with(
        &self,
        callback_url: &str,
        verify_token: &str,
    ) -> Result<(), SimulatorError> {
        let _ = (callback_url, verify_token);
        Ok(())
    }

    /// The user with this phone number, created on first use. `+15551234567` and `15551234567` are one.
    pub fn user(&self, phone: &str) -> User {
        User {
            who: phone.to_owned(),
        }
    }

    /// The user who shows a username and no phone number, created on first use.
    pub fn username_user(&self, username: &str) -> User {
        User {
            who: username.to_owned(),
        }
    }

    /// The accepted sends still remembered, oldest first.
    pub fn accepted(&self) -> Vec<Accepted> {
        Vec::new()
    }

    /// How many sends were accepted since the start.
    pub fn accepted_count(&self) -> u64 {
        0
    }

    /// Waits until `n` sends were accepted since the start.
    pub async fn wait_for_accepted(
        &self,
        n: u64,
        timeout: Duration,
    ) -> Result<Vec<Accepted>, SimulatorError> {
        Err(SimulatorError::TimedOut {
            waited: timeout,
            seen: 0,
            wanted: n,
        })
    }

    /// Callback data carried by more than one remembered accepted send.
    pub fn duplicates(&self) -> Vec<Duplicate> {
        Vec::new()
    }

    /// The remembered webhook deliveries, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        Vec::new()
    }

    /// Waits until no update is scheduled, queued, in flight or waiting for a retry.
    pub async fn wait_until_idle(&self, timeout: Duration) -> Result<(), SimulatorError> {
        let _ = timeout;
        Ok(())
    }

    /// Makes `event` happen (names: `Simulator::events`). `params` is an object or null.
    pub async fn trigger(&self, event: &str, params: Value) -> Result<Triggered, SimulatorError> {
        let _ = (event, params);
        Err(SimulatorError::Unknown { kind: "event" })
    }

    /// The names that `trigger` knows.
    pub fn events() -> Vec<&'static str> {
        Vec::new()
    }

    /// Orders trouble.
    pub fn fault(&self, fault: Fault) -> FaultId {
        let _ = fault;
        FaultId(0)
    }

    /// Ends one fault.
    pub fn clear_fault(&self, id: FaultId) {
        let _ = id;
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {}

    /// Adds or replaces a template of every WABA.
    pub fn put_template(&self, template: Template) {
        let _ = template;
    }

    /// Stores a file under a chosen id, as if `number` had uploaded it.
    pub fn put_media(&self, id: &str, mime_type: &str, bytes: impl Into<Bytes>) -> MediaId {
        let _ = (mime_type, bytes.into());
        MediaId::from(id)
    }
}

/// A simulated user, who chats with one business number.
#[derive(Clone, Debug)]
pub struct User {
    who: String,
}

#[expect(clippy::unused_async, reason = "skeleton")]
impl User {
    /// The same user, chatting with another business number than the first.
    #[must_use]
    pub fn with(&self, number: impl Into<PhoneNumberId>) -> Self {
        let _ = number.into();
        self.clone()
    }

    /// Their BSUID.
    pub fn bsuid(&self) -> Bsuid {
        Bsuid::from(self.who.as_str())
    }

    /// Sets the profile name.
    pub fn set_name(&self, name: &str) {
        let _ = name;
    }

    /// Whether they read what they get, after the settings' delay.
    pub fn set_auto_read(&self, on: bool) {
        let _ = on;
    }

    /// Whether what is sent to them fails with 131026.
    pub fn set_undeliverable(&self, on: bool) {
        let _ = on;
    }

    /// Writes a text.
    pub async fn says(&self, text: &str) -> Result<Wamid, SimulatorError> {
        let _ = text;
        Err(SimulatorError::Unknown { kind: "number" })
    }

    /// Writes a text that quotes a message.
    pub async fn replies(&self, to: impl AsRef<str>, text: &str) -> Result<Wamid, SimulatorError> {
        let _ = (to.as_ref(), text);
        Err(SimulatorError::Unknown { kind: "number" })
    }

    /// Sends any content: `kind` is the value of `type`, `content` the object under that name.
    pub async fn sends(&self, kind: &str, content: Value) -> Result<Wamid, SimulatorError> {
        let _ = (kind, content);
        Err(SimulatorError::Unknown { kind: "number" })
    }

    /// Sends a file; `kind` is image, audio, video, document or sticker.
    pub async fn sends_file(
        &self,
        kind: &str,
        mime_type: &str,
        bytes: impl Into<Bytes>,
    ) -> Result<Wamid, SimulatorError> {
        let _ = (kind, mime_type, bytes.into());
        Err(SimulatorError::Unknown { kind: "number" })
    }

    /// Reads a message of the business and all before it.
    pub async fn reads(&self, wamid: impl AsRef<str>) -> Result<(), SimulatorError> {
        let _ = wamid.as_ref();
        Err(SimulatorError::Unknown { kind: "message" })
    }

    /// Taps a button, by id or title, of an interactive or template message.
    pub async fn taps_button(
        &self,
        wamid: impl AsRef<str>,
        button: &str,
    ) -> Result<Wamid, SimulatorError> {
        let _ = (wamid.as_ref(), button);
        Err(SimulatorError::Unknown { kind: "message" })
    }

    /// Picks a row, by id or title, of a list message.
    pub async fn picks_row(
        &self,
        wamid: impl AsRef<str>,
        row: &str,
    ) -> Result<Wamid, SimulatorError> {
        let _ = (wamid.as_ref(), row);
        Err(SimulatorError::Unknown { kind: "message" })
    }

    /// Reacts to a message; an empty `emoji` takes the reaction back.
    pub async fn reacts(
        &self,
        wamid: impl AsRef<str>,
        emoji: &str,
    ) -> Result<Wamid, SimulatorError> {
        let _ = (wamid.as_ref(), emoji);
        Err(SimulatorError::Unknown { kind: "message" })
    }

    /// Shares a place.
    pub async fn shares_location(
        &self,
        latitude: f64,
        longitude: f64,
    ) -> Result<Wamid, SimulatorError> {
        let _ = (latitude, longitude);
        Err(SimulatorError::Unknown { kind: "number" })
    }

    /// The chat with this number, oldest first.
    pub fn chat(&self) -> Vec<ChatLine> {
        Vec::new()
    }
}
