//! One change on its way to the callback, and the notification that carries one or more of them.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::ids::{PhoneNumberId, WabaId};
use crate::settings::Number;
use crate::webhook::sign::escaped;

/// One change: a field and its value, already in Meta's escaping.
#[derive(Clone, Debug)]
pub(crate) struct Update {
    /// Counts from 1.
    pub(crate) id: u64,
    pub(crate) waba: WabaId,
    /// The number it belongs to; account and template fields have none.
    pub(crate) number: Option<PhoneNumberId>,
    pub(crate) field: &'static str,
    /// Seconds, for the fields whose entry carries a time.
    pub(crate) time: Option<i64>,
    /// Updates with the same key keep their order.
    pub(crate) key: u64,
    pub(crate) value: Bytes,
    /// The value for who subscribed to the field with a version before v24.0, where it differs.
    pub(crate) older: Option<Bytes>,
    /// Whether this copy is for such a one.
    pub(crate) is_older: bool,
    /// The id of the entry, where it is not the WABA's.
    pub(crate) entry: Option<String>,
}

impl Update {
    /// Bytes that it takes in a body, and a few more.
    pub(crate) fn size(&self) -> usize {
        self.shown().len() + 100
    }

    /// The same for an app that asked for a version before v24.0, or for a later one. Both values
    /// stay with it, because a retry may go to other apps.
    pub(crate) fn for_version(&self, is_older: bool) -> Self {
        let share = self.clone();
        Self {
            is_older: is_older && share.older.is_some(),
            ..share
        }
    }

    /// The value that this app gets.
    fn shown(&self) -> &Bytes {
        match &self.older {
            Some(older) if self.is_older => older,
            _ => &self.value,
        }
    }

    fn entry(&self) -> &str {
        self.entry.as_deref().unwrap_or(self.waba.as_str())
    }

    /// The value in Meta's bytes.
    pub(crate) fn value(value: &Value) -> Bytes {
        Bytes::from(escaped(value))
    }
}

impl Number {
    /// What the value of every change of a number's fields begins with.
    pub(crate) fn value(&self) -> Value {
        json!({
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": self.display_phone_number,
                "phone_number_id": self.id,
            },
        })
    }
}

/// The body of a POST: neighbours of the same WABA and time share an entry.
pub(crate) fn notification(updates: &[Update]) -> Bytes {
    let size: usize = updates.iter().map(Update::size).sum();
    let mut body = Vec::with_capacity(size + 80);
    body.extend_from_slice(br#"{"object":"whatsapp_business_account","entry":["#);
    let mut open: Option<&Update> = None;
    for update in updates {
        if open.is_some_and(|entry| entry.entry() == update.entry() && entry.time == update.time) {
            body.push(b',');
        } else {
            if open.is_some() {
                body.extend_from_slice(b"]},");
            }
            body.extend_from_slice(br#"{"id":"#);
            body.extend(escaped(&Value::from(update.entry())));
            if let Some(time) = update.time {
                body.extend_from_slice(format!(r#","time":{time}"#).as_bytes());
            }
            body.extend_from_slice(br#","changes":["#);
        }
        body.extend_from_slice(br#"{"value":"#);
        body.extend_from_slice(update.shown());
        body.extend_from_slice(format!(r#","field":"{}"}}"#, update.field).as_bytes());
        open = Some(update);
    }
    body.extend_from_slice(if open.is_some() { b"]}]}" } else { b"]}" });
    Bytes::from(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_of_one_waba_share_an_entry() {
        let update = |waba: &str, time: Option<i64>, n: i32| Update {
            id: 1,
            waba: WabaId::from(waba),
            number: None,
            field: "messages",
            time,
            key: 0,
            value: Update::value(&json!({ "n": n })),
            older: None,
            is_older: false,
            entry: None,
        };
        let body = notification(&[
            update("1", None, 1),
            update("1", None, 2),
            update("1", Some(7), 3),
            update("2", Some(7), 4),
        ]);
        let change = |n: i32| json!({"field": "messages", "value": {"n": n}});
        assert_eq!(
            serde_json::from_slice::<Value>(&body).unwrap(),
            json!({"object": "whatsapp_business_account", "entry": [
                {"id": "1", "changes": [change(1), change(2)]},
                {"id": "1", "time": 7, "changes": [change(3)]},
                {"id": "2", "time": 7, "changes": [change(4)]},
            ]})
        );
        assert_eq!(
            &notification(&[])[..],
            br#"{"object":"whatsapp_business_account","entry":[]}"#
        );
    }
}
