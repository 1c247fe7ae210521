//! What is left of a person.

use super::find::Theirs;
use crate::send::Options;
use crate::store::idempotency::{self, Answer};
use crate::store::messages::State;
use crate::store::{Store, Tx};

#[tokio::test]
async fn no_door_knows_the_key_of_an_erased_message_any_more() {
    let folder = test_servers::Folder::new().unwrap();
    let store = Store::for_test(&folder);
    let change = |tx: &Tx<'_>| {
        let options = Options {
            caller: "key_1".to_owned(),
            ..Options::default()
        };
        let theirs = Theirs {
            id: "msg_1".to_owned(),
            conversation_id: "cnv_1".to_owned(),
            channel_id: "shop".to_owned(),
            carrier_id: None,
            state: State::Failed,
            content: "{}".to_owned(),
            options: options.render(),
            request_id: Some("order 17 of Ann".to_owned()),
        };
        let answer = Answer {
            request_hash: String::new(),
            status: 0,
            body: String::new(),
        };
        for scope in ["key_1", "graph/key_1", "shop", "nats/shop"] {
            idempotency::keep(tx, scope, "order 17 of Ann", &answer, 1)?;
        }
        assert!(super::erase::message(tx, "era_1", &theirs, 2)?);
        let left = "SELECT scope FROM idempotency_keys";
        assert_eq!(tx.first(left, &[], |row| row.text(0))?, None);
        Ok(())
    };
    store.write(change).await.unwrap();
    store.close().await;
}
