//! What a channel brings with it, and what belongs to its number alone.

use super::*;
use crate::store::Store;
use crate::store::media::{Media, State};
use crate::store::messages::Direction;

fn channel(id: &str, name: &str) -> Channel {
    Channel {
        id: id.to_owned(),
        carrier: "cloud".to_owned(),
        name: name.to_owned(),
        phone_number_id: Some("4242".to_owned()),
        waba_id: None,
        display_phone_number: None,
        access_token: None,
        app_secret: None,
        verify_token: None,
        throughput: 0,
        learned: None,
        paused: None,
        created_at: 7,
        updated_at: 7,
    }
}

fn file(id: &str, state: State) -> Media {
    Media {
        id: id.to_owned(),
        channel_id: Some("4242".to_owned()),
        direction: Direction::Inbound,
        message_id: None,
        carrier_media_id: Some("1".to_owned()),
        wanted_sha256: None,
        state,
        mime_type: None,
        bytes: None,
        sha256: None,
        filename: None,
        is_voice: false,
        object_key: id.to_owned(),
        tries: 1,
        error: Some("the channel has no access token".to_owned()),
        due_at: 1,
        created_at: 1,
        updated_at: 1,
        expires_at: None,
    }
}

async fn check(change: impl FnOnce(&Tx<'_>) -> Result<(), StoreError> + Send + 'static) {
    let folder = test_servers::Folder::new().unwrap();
    let store = Store::for_test(&folder);
    store.write(change).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn the_files_of_an_unclaimed_channel_go_with_it_and_those_that_were_given_up_are_due() {
    for id in ["4242", "office"] {
        check(move |tx| {
            let found = channel("4242", UNCLAIMED);
            insert(tx, &found)?;
            media::insert(tx, &file("given-up", State::Failed))?;
            media::insert(tx, &file("stored", State::Stored))?;
            claim(tx, &found, &channel(id, "Office"))?;
            for (name, state, due_at) in [
                ("given-up", State::Pending, 7),
                ("stored", State::Stored, 1),
            ] {
                let file = media::by_id(tx, name)?.unwrap();
                assert_eq!(file.channel_id.as_deref(), Some(id), "{name}");
                assert_eq!((file.state, file.due_at), (state, due_at), "{name}");
            }
            Ok(())
        })
        .await;
    }
}

#[tokio::test]
async fn what_is_told_of_a_number_is_not_kept_for_another() {
    check(|tx| {
        insert(tx, &channel("shop", "Shop"))?;
        let tell = |number| {
            set_standing(tx, "shop", number, Some("RED"), None)?;
            learn(tx, "shop", number, Some(20), 9)
        };
        for other in [None, Some("1")] {
            tell(other)?;
            assert_eq!(standing(tx, "shop")?, (None, None));
            assert_eq!(by_id(tx, "shop")?.unwrap().learned, None);
        }
        tell(Some("4242"))?;
        assert_eq!(standing(tx, "shop")?, (Some("RED".to_owned()), None));
        assert_eq!(by_id(tx, "shop")?.unwrap().rate(), 20);
        Ok(())
    })
    .await;
}
