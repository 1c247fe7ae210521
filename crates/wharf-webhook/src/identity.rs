//! A key that is the same each time Meta reports the same fact.

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};
use wharf_model::{Field, MessageStatus};

use crate::notification::{Update, UpdateKind};
use crate::signature::push_hex;

impl Update {
    /// A key that is the same each time Meta reports the same fact, whatever the grouping, the
    /// order of keys or the escaping; different facts have different keys.
    ///
    /// | Update | Key |
    /// |---|---|
    /// | message | `message:{wamid}` |
    /// | echo | `echo:{wamid}` |
    /// | status of a message | `status:{wamid}:{status}:{recipient}` |
    /// | call | `call:{call id}:{event or status}`, and how it ended |
    /// | anything else | `hash:{SHA-256 of entry id, time, field and element}` |
    ///
    /// An error of `calls` is hashed together with the ids of the calls that it stands beside.
    /// The status of a payment is hashed, because one message may see several attempts to pay.
    /// What a `standby` notification reports has `standby:` in front.
    pub fn identity(&self) -> String {
        let key = match &self.kind {
            UpdateKind::Message(message) => format!("message:{}", message.id),
            UpdateKind::Echo(echo) => format!("echo:{}", echo.id),
            UpdateKind::Status(status) if !status.is_payment() => {
                format!(
                    "status:{}:{}:{}",
                    status.id,
                    status.status.as_str(),
                    recipient(status)
                )
            }
            UpdateKind::Call(call) => {
                let outcome = call.outcome.as_deref().map(|outcome| format!(":{outcome}"));
                format!(
                    "call:{}:{}{}",
                    call.id,
                    call.step,
                    outcome.unwrap_or_default()
                )
            }
            UpdateKind::Status(_) | UpdateKind::Error(_) | UpdateKind::Other => self.hash(),
        };
        if self.field == Field::Standby {
            format!("standby:{key}")
        } else {
            key
        }
    }

    fn hash(&self) -> String {
        let mut bytes = Vec::with_capacity(self.raw.get().len() + 128);
        write_text(&mut bytes, &self.entry_id);
        let time = self.entry_time.map(Timestamp::as_second);
        bytes.extend(format!(",{time:?},").bytes());
        write_text(&mut bytes, self.field.as_str());
        bytes.push(b',');
        if !self.scope.is_empty() {
            write_text(&mut bytes, &self.scope);
        }
        match serde_json::from_str(self.raw.get()) {
            Ok(value) => write(&mut bytes, &value),
            // JSON that no string or number can hold, such as half a surrogate pair.
            Err(_) => bytes.extend(self.raw.get().bytes()),
        }
        let mut key = String::from("hash:");
        push_hex(&mut key, &Sha256::digest(&bytes));
        key
    }
}

/// The one person or group that a status is about, by the most precise id there is.
fn recipient(status: &MessageStatus) -> &str {
    [
        status
            .recipient_participant_user_id
            .as_ref()
            .map(AsRef::as_ref),
        status.recipient_participant_id.as_ref().map(AsRef::as_ref),
        status.recipient_user_id.as_ref().map(AsRef::as_ref),
        status.recipient_id.as_ref().map(AsRef::as_ref),
    ]
    .into_iter()
    .flatten()
    .next()
    .unwrap_or_default()
}

/// Writes JSON without white space, keys sorted, texts without escapes.
fn write(bytes: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => bytes.extend(b"null"),
        Value::Bool(flag) => bytes.extend(if *flag { &b"true"[..] } else { b"false" }),
        Value::Number(number) => bytes.extend(number.to_string().bytes()),
        Value::String(text) => write_text(bytes, text),
        Value::Array(items) => {
            bytes.push(b'[');
            for item in items {
                write(bytes, item);
                bytes.push(b',');
            }
            bytes.push(b']');
        }
        Value::Object(map) => {
            let mut pairs: Vec<_> = map.iter().collect();
            pairs.sort_unstable_by_key(|(key, _)| key.as_str());
            bytes.push(b'{');
            for (key, value) in pairs {
                write_text(bytes, key);
                bytes.push(b':');
                write(bytes, value);
                bytes.push(b',');
            }
            bytes.push(b'}');
        }
    }
}

fn write_text(bytes: &mut Vec<u8>, text: &str) {
    // A length in front keeps neighbouring texts apart without any escaping.
    bytes.extend(format!("{}:", text.len()).bytes());
    bytes.extend(text.bytes());
}
