//! One person, one record, whatever order their identities come in.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::store::messages::{self, Direction, Message, State};
use crate::store::{Store, conversations, inbox};

fn person(wa_id: Option<&str>, bsuid: Option<&str>, parent: Option<&str>) -> Identity {
    Identity {
        wa_id: wa_id.map(str::to_owned),
        bsuid: bsuid.map(str::to_owned),
        parent_bsuid: parent.map(str::to_owned),
        ..Identity::default()
    }
}

fn message(
    tx: &Tx<'_>,
    id: &str,
    contact: &str,
    partner: &str,
    at: Millis,
) -> Result<(), StoreError> {
    let random = Random::seeded(u64::try_from(at).unwrap_or(0));
    let conversation = conversations::touch(tx, "shop", partner, Some(at), true, &random, at)?;
    let message = Message {
        id: id.to_owned(),
        channel_id: "shop".to_owned(),
        conversation_id: conversation,
        contact_id: contact.to_owned(),
        direction: Direction::Inbound,
        carrier_id: Some(format!("wamid.{id}")),
        kind: "text".to_owned(),
        content: "{}".to_owned(),
        request_id: None,
        options: None,
        pricing: None,
        content_expired_at: None,
        state: State::Received,
        state_detail: None,
        attempts: 0,
        notification: None,
        occurred_at: at,
        created_at: at,
        updated_at: at,
    };
    messages::insert(tx, &message)?;
    Ok(())
}

#[tokio::test]
async fn a_record_that_was_only_a_number_is_folded_in_with_all_it_had() {
    let folder = test_servers::Folder::new().unwrap();
    let store = Store::for_test(&folder);
    let change = |tx: &Tx<'_>| {
        let random = Random::seeded(1);
        let mut number = person(Some("491"), None, None);
        number.name = Some("Ada".to_owned());
        let number = find_or_insert(tx, &number, &random, 1)?;
        let user = find_or_insert(tx, &person(None, Some("DE.1"), None), &random, 2)?;
        let group = Identity {
            group_id: Some("g".to_owned()),
            ..Identity::default()
        };
        let group = find_or_insert(tx, &group, &random, 3)?;
        message(tx, "msg_1", &user, &user, 10)?;
        message(tx, "msg_2", &number, &number, 20)?;
        message(tx, "msg_3", &number, &group, 30)?;

        let both = find_or_insert(tx, &person(Some("491"), Some("DE.1"), None), &random, 40)?;
        assert_eq!(both, user);
        assert_eq!(by_id(tx, &number)?, None);
        let kept = by_id(tx, &both)?.unwrap();
        assert_eq!(kept.identity.name.as_deref(), Some("Ada"));
        let mut found = Vec::new();
        for id in ["msg_1", "msg_2", "msg_3"] {
            let message = messages::by_id(tx, id)?.unwrap();
            assert_eq!(message.contact_id, both, "{id}");
            found.push(message.conversation_id);
        }
        assert_eq!(found[0], found[1]);
        let conversation = inbox::by_id(tx, &found[0])?.unwrap().conversation;
        assert_eq!(
            (conversation.last_message_at, conversation.last_inbound_at),
            (20, Some(20)),
            "the customer service window is that of the later message"
        );
        let page = Page::new(None, 10);
        assert_eq!(
            list(tx, &Scope::default(), &page)?.rows.len(),
            2,
            "the person and the group"
        );
        Ok(())
    };
    store.write(change).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_person_of_two_portfolios_is_known_by_the_parent_bsuid() {
    let folder = test_servers::Folder::new().unwrap();
    let store = Store::for_test(&folder);
    let change = |tx: &Tx<'_>| {
        let random = Random::seeded(1);
        let one = person(None, Some("DE.1"), Some("DE.ENT.9"));
        let other = person(None, Some("DE.2"), Some("DE.ENT.9"));
        let first = find_or_insert(tx, &one, &random, 1)?;
        assert_eq!(find_or_insert(tx, &other, &random, 2)?, first);
        assert_eq!(find_or_insert(tx, &one, &random, 3)?, first);
        Ok(())
    };
    store.write(change).await.unwrap();
    store.close().await;
}

/// People, whose each identity is, and their conversations, without ids of ours.
async fn everything(store: &Store) -> Vec<Vec<String>> {
    let sql = "SELECT 'contact', COALESCE(name, ''), COALESCE(wa_id, ''), COALESCE(bsuid, ''), \
         COALESCE(parent_bsuid, '') FROM contacts UNION ALL \
         SELECT i.kind, i.value, COALESCE(c.wa_id, ''), COALESCE(c.bsuid, ''), '' \
         FROM contact_identities i JOIN contacts c ON c.id = i.contact_id UNION ALL \
         SELECT 'conversation', v.channel_id, COALESCE(c.wa_id, ''), COALESCE(c.bsuid, ''), \
         CAST(v.last_message_at AS TEXT) FROM conversations v JOIN contacts c \
         ON c.id = v.contact_id";
    let read = move |tx: &Tx<'_>| tx.all(sql, &[], |row| (0..5).map(|at| row.text(at)).collect());
    let mut rows: Vec<Vec<String>> = store.read(read).await.unwrap();
    rows.sort();
    rows
}

#[tokio::test]
async fn who_is_looked_up_ahead_is_treated_as_who_is_not() {
    let folders = [(); 2].map(|()| test_servers::Folder::new().unwrap());
    let stores = folders.each_ref().map(Store::for_test);
    let mut dice = StdRng::seed_from_u64(7);
    let mut at = 0;
    for _ in 0..60 {
        let mut pick = |name: &str, of: u8| {
            let number = dice.random_range(0..of * 2);
            (number < of).then(|| format!("{name}{number}"))
        };
        let batch: Vec<Identity> = (0..8)
            .map(|_| Identity {
                wa_id: pick("49", 6),
                bsuid: pick("US.", 6),
                parent_bsuid: pick("US.P", 2),
                name: pick("name", 9),
                ..Identity::default()
            })
            .filter(|identity| identity.names().next().is_some())
            .collect();
        at += 10;
        for (store, ahead) in stores.iter().zip([true, false]) {
            let batch = batch.clone();
            let apply = move |tx: &Tx<'_>| {
                if ahead {
                    super::ahead::look_ahead(tx, &batch)?;
                }
                let random = Random::seeded(u64::try_from(at).unwrap());
                for (index, identity) in (0_i64..).zip(&batch) {
                    let contact = find_or_insert(tx, identity, &random, at)?;
                    let channel = ["shop", "office"][usize::try_from(index % 2).unwrap()];
                    let inbound = Some(at + index);
                    conversations::touch(tx, channel, &contact, inbound, true, &random, at)?;
                }
                Ok(())
            };
            store.write(apply).await.unwrap();
        }
        let [one, other] = &stores;
        assert_eq!(everything(one).await, everything(other).await, "at {at}");
    }
    for store in stores {
        store.close().await;
    }
}
