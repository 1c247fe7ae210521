//! The checks that the fuzz targets call.

use serde::Serialize;
use serde_json::value::RawValue;
use wharf_model::Field;
use wharf_model::incoming::{Change, MessageEcho, RawObject, WebhookError};
use wharf_model::{Contact, IncomingMessage, MessageStatus};
use wharf_webhook::{Notification, Update, UpdateKind, parse, probe};

/// Checks what must hold of any bytes, and returns what was parsed.
///
/// # Panics
///
/// If something does not hold.
pub fn notification(body: &[u8]) -> Option<Notification> {
    let parsed = parse(body);
    assert_eq!(
        probe(body),
        parsed.as_ref().map(drop).map_err(|error| *error),
        "what is acknowledged is parsed"
    );
    let notification = parsed.ok()?;
    let again = parse(body).ok()?;
    assert_eq!(notification.updates.len(), again.updates.len());
    for (update, again) in notification.updates.iter().zip(&again.updates) {
        assert_eq!(update.identity(), again.identity());
        check(update);
    }
    Some(notification)
}

/// Wraps a value as that of each field in turn, and checks that no element of it is lost.
///
/// `lists` are the lists of these fields' values; none if a value is one update.
///
/// # Panics
///
/// If something does not hold.
pub fn value(fields: &[Field], lists: &[&str], value: &[u8]) {
    let Ok(value) = std::str::from_utf8(value) else {
        return;
    };
    for field in fields {
        let body = format!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":"{field}","value":{value}}}]}}]}}"#
        );
        let Some(notification) = notification(body.as_bytes()) else {
            continue;
        };
        let Ok(value) = serde_json::from_str::<&RawValue>(value) else {
            // More than a value: it closed the envelope and went on.
            continue;
        };
        assert!(notification.updates.len() + notification.unrecognised.len() > 0);
        if value.get() == "null" {
            continue;
        }
        if lists.is_empty() {
            assert_eq!(notification.updates.len(), 1, "a value is one update");
            assert!(notification.unrecognised.is_empty());
        } else {
            count(&notification, field, lists, value);
        }
    }
}

/// As many elements come out as go in.
fn count(notification: &Notification, field: &Field, lists: &[&str], value: &RawValue) {
    let Some(outer) = RawObject::parse(value.get()) else {
        return;
    };
    let standby = outer
        .get::<RawObject<'_>>("standby")
        .filter(|_| *field == Field::Standby);
    let object = standby.as_ref().unwrap_or(&outer);
    let elements: usize = object
        .iter()
        .filter(|(key, _)| lists.contains(key))
        .filter_map(|(_, list)| serde_json::from_str::<Vec<&RawValue>>(list.get()).ok())
        .map(|items| items.len())
        .sum();
    if elements == 0 {
        assert!(
            notification.updates.len() <= 1,
            "a value is kept whole once"
        );
        return;
    }
    let rejected = notification.unrecognised.iter().filter(|part| {
        let (list, index) = part.path.rsplit_once('/').unwrap_or_default();
        let list = list.rsplit('/').next().unwrap_or_default();
        lists.contains(&list) && index.parse::<usize>().is_ok()
    });
    assert_eq!(elements, notification.updates.len() + rejected.count());
}

/// What is read and written once stays the same when it is read and written again.
fn check(update: &Update) {
    assert!(!update.identity().is_empty());
    let kept: Result<&RawValue, _> = serde_json::from_str(update.raw.get());
    assert!(kept.is_ok(), "what came is kept");
    match &update.kind {
        UpdateKind::Message(message) => {
            let json = json_of(message);
            assert_eq!(Ok(&**message), IncomingMessage::from_json(&json).as_ref());
        }
        UpdateKind::Echo(echo) => {
            let json = json_of(echo);
            assert_eq!(Ok(&**echo), MessageEcho::from_json(&json).as_ref());
        }
        UpdateKind::Status(status) => {
            let json = json_of(status);
            assert_eq!(Ok(&**status), MessageStatus::from_json(&json).as_ref());
        }
        UpdateKind::Error(error) => {
            assert_eq!(
                Some(error),
                WebhookError::from_json(&json_of(error)).as_ref()
            );
        }
        _ => {}
    }
    if let Some(change) = update.change() {
        let json = json_of(&change);
        let raw: Box<RawValue> = serde_json::from_str(&json).expect("what is written is JSON");
        let again = Change::read(&update.field, &raw);
        assert_eq!(json, json_of(&again));
    }
    for contact in &update.contacts {
        let again = Contact::from_json(&json_of(&contact.contact));
        assert_eq!(Some(&contact.contact), again.as_ref());
    }
}

fn json_of<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("what is read can be written")
}
