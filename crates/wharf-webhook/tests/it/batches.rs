//! Batches: what goes in comes out, contacts stand with their users, and the size costs its due.

use serde_json::{Value, json};

use crate::{change, identities, parsed};

fn message(n: usize) -> Value {
    json!({"id": format!("wamid.{n}"), "from": format!("1650{n}"), "from_user_id": format!("US.{n}"),
        "timestamp": "1749416383", "type": "text", "text": {"body": format!("message {n}")}})
}

fn contact(n: usize) -> Value {
    // Half of the users are known by one identity only.
    if n.is_multiple_of(2) {
        json!({"profile": {"name": format!("user {n}")}, "wa_id": format!("1650{n}")})
    } else {
        json!({"profile": {"name": format!("user {n}")}, "user_id": format!("US.{n}")})
    }
}

fn batch(count: usize) -> String {
    let messages: Vec<_> = (0..count).map(message).collect();
    let contacts: Vec<_> = (0..count).rev().map(contact).collect();
    change(
        "messages",
        &json!({"contacts": contacts, "messages": messages}).to_string(),
    )
}

#[test]
fn every_message_has_its_contact() {
    let notification = parsed(&batch(1000));
    assert_eq!(notification.updates.len(), 1000);
    assert!(notification.unrecognised.is_empty());
    for (n, update) in notification.updates.iter().enumerate() {
        assert_eq!(update.identity(), format!("message:wamid.{n}"));
        assert_eq!(update.contacts.len(), 1);
        let contact = &update.contacts[0];
        assert_eq!(contact.contact.name, Some(format!("user {n}")));
        assert!(contact.matched && contact.raw.get().contains(&format!("\"user {n}\"")));
    }
}

#[test]
fn one_user_of_many_messages_is_kept_once() {
    let messages: Vec<_> = (0..500)
        .map(|n| json!({"id": format!("wamid.{n}"), "from": "1650", "type": "text"}))
        .collect();
    let contacts = vec![json!({"profile": {"name": "x".repeat(50_000)}, "wa_id": "1650"}); 3];
    let value = json!({"contacts": contacts, "messages": messages});
    let notification = parsed(&change("messages", &value.to_string()));
    let first = &notification.updates[0].contacts;
    assert_eq!(first.len(), 3, "the repeated contacts are not lost");
    for update in &notification.updates {
        assert!(std::sync::Arc::ptr_eq(&update.contacts[0], &first[0]));
    }
    assert_eq!(notification.updates[1].contacts.len(), 1);
}

#[test]
fn count_in_is_count_out() {
    let mut seed = 7_u64;
    let mut random = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) % below
    };
    for _ in 0..200 {
        let (mut next, mut rejected) = (0, 0);
        let mut entries = Vec::new();
        for _ in 0..random(4) {
            let mut changes = Vec::new();
            for _ in 0..random(4) {
                let mut value = json!({"messaging_product": "whatsapp"});
                let mut lists = 0;
                for (key, good, bad) in [
                    ("messages", json!({"type": "text"}), json!(null)),
                    ("statuses", json!({"status": "sent"}), json!({"id": "x"})),
                    ("errors", json!({"code": 1}), json!({"title": "x"})),
                    ("user_actions", json!({"action_type": "x"}), json!(7)),
                ] {
                    let mut list = Vec::new();
                    for _ in 0..random(5) {
                        lists += 1;
                        if random(5) == 0 {
                            rejected += 1;
                            list.push(bad.clone());
                        } else {
                            let mut element = good.clone();
                            element["id"] = json!(format!("id.{next}"));
                            next += 1;
                            list.push(element);
                        }
                    }
                    if !list.is_empty() {
                        value[key] = json!(list);
                    }
                }
                if lists == 0 {
                    next += 1;
                    value["messages"] = json!([{"id": format!("id.{}", next - 1)}]);
                }
                changes.push(json!({"value": value, "field": "messages"}));
            }
            entries.push(json!({"id": "1", "changes": changes}));
        }
        let body = json!({"object": "whatsapp_business_account", "entry": entries}).to_string();
        let notification = parsed(&body);
        assert_eq!(notification.updates.len(), next, "{body}");
        assert_eq!(notification.unrecognised.len(), rejected, "{body}");
        let mut keys = identities(&notification);
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), next, "{body}");
    }
}

/// Far more than Meta sends at once: work that grows with the square would not come to an end.
#[test]
fn a_huge_batch_comes_to_an_end_with_each_contact_at_its_message() {
    let notification = parsed(&batch(100_000));
    assert_eq!(notification.updates.len(), 100_000);
    assert!(notification.unrecognised.is_empty());
    let alone = |update: &wharf_webhook::Update| {
        update.contacts.len() == 1 && update.contacts.iter().all(|contact| contact.matched)
    };
    assert!(notification.updates.iter().all(alone));
}
