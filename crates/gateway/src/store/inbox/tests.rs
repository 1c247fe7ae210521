//! The inbox with as many conversations as a large business has.

use std::time::Instant;

use super::*;
use crate::store::Store;

const CONVERSATIONS: i64 = 100_000;

/// Conversations over three channels, each with a contact and two messages.
fn fill(tx: &Tx<'_>) -> Result<(), StoreError> {
    let numbers = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {CONVERSATIONS}) "
    );
    for insert in [
        "INSERT INTO contacts (id, name, wa_id, created_at, updated_at) \
         SELECT 'cnt_' || CAST(1000000 + i AS TEXT), 'Ada ' || CAST(i AS TEXT), \
         CAST(16500000000 + i AS TEXT), i, i FROM n",
        "INSERT INTO conversations (id, channel_id, contact_id, created_at, last_message_at, \
         last_inbound_at) SELECT 'cnv_' || CAST(1000000 + i AS TEXT), 'ch' || CAST(i % 3 AS TEXT), \
         'cnt_' || CAST(1000000 + i AS TEXT), i, (i * 7919) % 100003, i FROM n",
        "INSERT INTO messages (id, channel_id, conversation_id, contact_id, direction, carrier_id, \
         kind, content, state, attempts, occurred_at, created_at, updated_at) \
         SELECT 'msg_' || CAST(1000000 + i AS TEXT), 'ch' || CAST(i % 3 AS TEXT), \
         'cnv_' || CAST(1000000 + i AS TEXT), 'cnt_' || CAST(1000000 + i AS TEXT), 'inbound', \
         'wamid.' || CAST(i AS TEXT), 'text', '{\"text\": {\"body\": \"hello\"}}', 'received', 0, \
         i, i, i FROM n",
        "INSERT INTO messages (id, channel_id, conversation_id, contact_id, direction, carrier_id, \
         kind, content, state, attempts, occurred_at, created_at, updated_at) \
         SELECT 'msg_' || CAST(3000000 + i AS TEXT), 'ch' || CAST(i % 3 AS TEXT), \
         'cnv_' || CAST(1000000 + i AS TEXT), 'cnt_' || CAST(1000000 + i AS TEXT), 'inbound', \
         'wamid.b' || CAST(i AS TEXT), 'text', '{\"text\": {\"body\": \"again\"}}', 'received', 0, \
         i, i, i FROM n",
    ] {
        tx.execute(&format!("{numbers}{insert}"), &[])?;
    }
    Ok(())
}

async fn page(store: &Store, channels: Option<Vec<String>>, after: Option<Place>) -> Vec<Entry> {
    let filter = Filter {
        contact: None,
        channels,
    };
    let read = store.read(move |tx| by_activity(tx, &filter, after.as_ref(), 51));
    read.await.unwrap()
}

fn place_of(entry: &Entry) -> Place {
    Place {
        at: entry.conversation.last_message_at,
        id: entry.conversation.id.clone(),
    }
}

#[tokio::test]
async fn a_page_of_a_hundred_thousand_conversations_costs_what_a_page_costs() {
    let folder = test_servers::Folder::new().unwrap();
    let store = Store::for_test(&folder);
    store.write(fill).await.unwrap();
    let mut took = Vec::new();
    let mut after = None;
    let mut last = Place {
        at: i64::MAX,
        id: String::new(),
    };
    for _ in 0..40 {
        let begun = Instant::now();
        let entries = page(&store, None, after.clone()).await;
        took.push(begun.elapsed());
        assert_eq!(entries.len(), 51);
        for entry in &entries[..50] {
            let place = place_of(entry);
            assert!((place.at, &place.id) < (last.at, &last.id), "out of order");
            assert_eq!(entry.unread, 2);
            assert!(entry.last.as_ref().unwrap().content.contains("again"));
            assert!(entry.contact.is_some());
            last = place;
        }
        after = Some(last.clone());
    }
    took.sort();
    let (median, worst) = (took[took.len() / 2], took[took.len() - 1]);
    println!("a page of 50 of {CONVERSATIONS} conversations: median {median:?}, worst {worst:?}");
    // Loose, because the machine may be busy: a scan of the table takes longer than this.
    assert!(median.as_millis() < 100, "{median:?}");

    let of_one = page(&store, Some(vec!["ch1".to_owned()]), None).await;
    assert!(
        of_one
            .iter()
            .all(|entry| entry.conversation.channel_id == "ch1")
    );
    assert_eq!(of_one.len(), 51);
    assert!(page(&store, Some(Vec::new()), None).await.is_empty());
    store.close().await;
}
