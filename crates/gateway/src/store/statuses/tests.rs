//! Which message a status moves, and which it must leave alone.

use super::*;
use crate::StoreError;
use crate::store::Store;
use crate::store::erasures::find::Theirs;
use crate::store::messages::Direction;

fn message(state: State, carrier_id: Option<&str>) -> Message {
    Message {
        id: "msg_1".to_owned(),
        channel_id: "shop".to_owned(),
        conversation_id: "cnv_1".to_owned(),
        contact_id: "cnt_1".to_owned(),
        direction: Direction::Outbound,
        carrier_id: carrier_id.map(str::to_owned),
        kind: "text".to_owned(),
        content: "{}".to_owned(),
        request_id: None,
        options: None,
        pricing: None,
        content_expired_at: None,
        state,
        state_detail: None,
        attempts: 1,
        notification: None,
        occurred_at: 1,
        created_at: 1,
        updated_at: 1,
    }
}

fn say(tx: &Tx<'_>, channel: &str, wamid: &str, status: &str) -> Result<State, StoreError> {
    let status = NewStatus {
        carrier_id: wamid,
        channel_id: channel,
        status,
        recipient: "491",
        message_id: Some("msg_1"),
        occurred_at: 2,
        received_at: 2,
        raw: "{}",
    };
    let ttl = TimeToLive::of(&crate::config::Config::default().send);
    keep(tx, &status, &Random::seeded(1), ttl)?;
    Ok(messages::by_id(tx, "msg_1")?.unwrap().state)
}

async fn check(change: impl FnOnce(&Tx<'_>) -> Result<(), StoreError> + Send + 'static) {
    let folder = test_servers::Folder::new().unwrap();
    let store = Store::for_test(&folder);
    store.write(change).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_message_given_up_as_unknown_goes_on_when_a_status_tells_that_it_was_sent() {
    check(|tx| {
        messages::insert(tx, &message(State::Failed, None))?;
        assert_eq!(say(tx, "shop", "wamid.A", "sent")?, State::Sent);
        assert_eq!(say(tx, "shop", "wamid.A", "failed")?, State::Failed);
        assert_eq!(say(tx, "shop", "wamid.A", "read")?, State::Read);
        assert_eq!(say(tx, "shop", "wamid.A", "delivered")?, State::Read);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_late_status_of_a_failed_attempt_does_not_swallow_the_new_one() {
    check(|tx| {
        messages::insert(tx, &message(State::Accepted, Some("wamid.A")))?;
        assert_eq!(say(tx, "shop", "wamid.A", "failed")?, State::Failed);
        outbound::start_over(tx, "msg_1", 3)?;
        assert_eq!(say(tx, "shop", "wamid.A", "sent")?, State::Queued);
        assert_eq!(say(tx, "shop", "wamid.B", "sent")?, State::Sent);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn callback_data_says_nothing_about_another_channels_message() {
    check(|tx| {
        messages::insert(tx, &message(State::Unknown, None))?;
        assert_eq!(say(tx, "office", "wamid.A", "sent")?, State::Unknown);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_status_of_a_message_that_was_erased_before_it_had_a_wamid_is_not_kept() {
    check(|tx| {
        for (wamid, state) in [("wamid.A", State::Unknown), ("wamid.B", State::Failed)] {
            tx.execute("DELETE FROM messages", &[])?;
            let unsettled = message(state, None);
            messages::insert(tx, &unsettled)?;
            let theirs = Theirs {
                id: unsettled.id,
                conversation_id: unsettled.conversation_id,
                channel_id: unsettled.channel_id,
                carrier_id: None,
                state,
                content: unsettled.content,
                options: None,
                request_id: None,
            };
            assert!(erase::message(tx, "era_1", &theirs, 1)?);
            assert_eq!(say(tx, "shop", wamid, "delivered")?, State::Failed);
            let (random, shop) = (Random::seeded(1), "shop");
            assert!(!outbound::accepted(
                tx, &random, shop, "msg_1", wamid, 2, 2
            )?);
            assert_eq!(messages::by_id(tx, "msg_1")?.unwrap().carrier_id, None);
        }
        for left in ["SELECT 1 FROM message_statuses", "SELECT 1 FROM events"] {
            assert_eq!(tx.first(left, &[], |_| Ok(()))?, None, "{left}");
        }
        Ok(())
    })
    .await;
}
