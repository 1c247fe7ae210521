//! One person, one record, whatever order their identities come in.

use super::*;
use crate::store::messages::{self, Direction, Message, State};
use crate::store::{Store, conversations};

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
    let conversation = conversations::touch(tx, "shop", partner, Some(at), &random, at)?;
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
        let conversation = conversations::by_id(tx, &found[0])?.unwrap();
        assert_eq!(
            (conversation.last_message_at, conversation.last_inbound_at),
            (20, Some(20)),
            "the customer service window is that of the later message"
        );
        let page = Page {
            before: None,
            limit: 10,
        };
        assert_eq!(list(tx, &page)?.len(), 2, "the person and the group");
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
