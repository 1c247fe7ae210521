//! Accepting: what is stored, what is refused, what is answered again.

use serde_json::json;
use wharf_model::OutgoingMessage;

use super::{CHANNEL, House, accept, accept_json, until};
use crate::media::MediaKind;
use crate::send::{Accept, AcceptError, Accepted, Attachment, Idempotency};
use crate::store::messages::State;
use crate::store::{attachments, contacts, conversations};

#[tokio::test(flavor = "multi_thread")]
async fn a_message_goes_out_and_its_statuses_come_back() {
    let house = House::build().await;
    house.subscribe().await;
    let id = house.send("hello").await;
    let message = house.until_state(&id, State::Delivered).await;
    let sent = house.simulator.accepted();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].callback_data.as_deref(), Some(id.as_str()));
    assert_eq!(message.carrier_id.as_deref(), Some(sent[0].wamid.as_ref()));
    assert_eq!((message.attempts, message.kind.as_str()), (1, "text"));
    // What the caller gave is stored as it was, without our reference.
    let stored = OutgoingMessage::from_json(&serde_json::from_str(&message.content).unwrap());
    assert_eq!(stored.unwrap(), accept("hello").message);

    let results = house.events("send_result").await;
    assert_eq!(results.len(), 1, "{results:?}");
    assert_eq!(results[0]["success"], true);
    assert_eq!(results[0]["message_id"], *sent[0].wamid.as_ref());
    assert_eq!(results[0]["request_id"], "the caller's name for it");
    assert_eq!(results[0]["id"], *id);
    let attempts = house.attempts(&id).await;
    assert_eq!(attempts.len(), 1);
    assert_eq!(attempts[0].0.as_deref(), Some("accepted"));
    let statuses = house.events("status").await;
    assert!(
        statuses.iter().all(|status| status["id"] == *id),
        "{statuses:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_callers_own_callback_data_is_kept() {
    let house = House::build().await;
    house.subscribe().await;
    let message = json!({"to": "+16505551234", "type": "text", "text": {"body": "x"},
        "biz_opaque_callback_data": "order 7"});
    let Accepted::New { message, .. } = house.accept(accept_json(&message)).await.unwrap() else {
        panic!("replayed");
    };
    house.until_state(&message.id, State::Delivered).await;
    assert_eq!(
        house.simulator.accepted()[0].callback_data.as_deref(),
        Some("order 7")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn contact_and_conversation_are_found_or_made() {
    let house = House::build().await;
    let mut conversations = Vec::new();
    for to in ["+16505551234", "1 (650) 555-1234", "+16505559999"] {
        let message = json!({"to": to, "type": "text", "text": {"body": "x"}});
        let Accepted::New { message, .. } = house.accept(accept_json(&message)).await.unwrap()
        else {
            panic!("replayed");
        };
        conversations.push((message.conversation_id, message.contact_id));
    }
    assert_eq!(conversations[0], conversations[1]);
    assert_ne!(conversations[0], conversations[2]);
    let random = house.app().random.clone();
    let known = contacts::Identity {
        wa_id: Some("16505551234".to_owned()),
        ..Default::default()
    };
    let found = house
        .write(move |tx| {
            let contact = contacts::find_or_insert(tx, &known, &random, 5)?;
            let conversation =
                conversations::touch(tx, CHANNEL, &contact, Some(5), true, &random, 5)?;
            Ok((conversation, contact))
        })
        .await;
    assert_eq!(
        found, conversations[0],
        "who writes back is in the same conversation"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_gets_the_first_answer_even_after_a_restart() {
    let mut house = House::build().await;
    let keyed = |text: &str, hash: &str| {
        let mut accept = accept(text);
        let (scope, key) = ("key_1".to_owned(), "once".to_owned());
        accept.idempotency = Some(Idempotency {
            scope,
            key,
            request_hash: hash.to_owned(),
        });
        accept
    };
    let Accepted::New { message, body } = house.accept(keyed("a", "h1")).await.unwrap() else {
        panic!("replayed");
    };
    for restart in [false, true] {
        if restart {
            house.restart(|_| Ok(())).await;
        }
        match house.accept(keyed("a", "h1")).await.unwrap() {
            Accepted::Replayed {
                status: 202,
                body: again,
            } => assert_eq!(again, body),
            other => panic!("{other:?}"),
        }
        let conflict = house.accept(keyed("b", "h2")).await.unwrap_err();
        assert!(matches!(conflict, AcceptError::IdempotencyConflict));
        assert_eq!(
            conflict.to_string(),
            "the idempotency key was used for another request"
        );
    }
    let mut elsewhere = keyed("c", "h2");
    elsewhere.idempotency.as_mut().unwrap().scope = "key_2".to_owned();
    assert!(matches!(
        house.accept(elsewhere).await.unwrap(),
        Accepted::New { .. }
    ));

    // Many at once with one key: one message.
    let all = (0..32).map(|_| {
        let mut accept = keyed("d", "h4");
        accept.idempotency.as_mut().unwrap().key = "many".to_owned();
        house.accept(accept)
    });
    let all = futures_util::future::join_all(all).await;
    let new = all
        .iter()
        .filter(|one| matches!(one, Ok(Accepted::New { .. })))
        .count();
    assert_eq!(new, 1);
    house.until_state(&message.id, State::Accepted).await;
    until("all are sent", async || {
        house.simulator.accepted_count() == 3
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_is_refused_with_a_code_and_leaves_nothing() {
    let house = House::build().await;
    let mut nowhere = accept("x");
    nowhere.channel_id = "nowhere".to_owned();
    assert_eq!(
        house.accept(nowhere).await.unwrap_err().to_string(),
        "there is no channel \"nowhere\""
    );
    house
        .change_channel(|channel| channel.access_token = None)
        .await;
    assert_eq!(
        house.accept(accept("x")).await.unwrap_err().to_string(),
        "the channel \"shop\" has no access token and only receives"
    );
    let rows = house
        .rows(
            "SELECT id, id FROM messages WHERE id <> $1",
            "none".to_owned(),
        )
        .await;
    assert_eq!(rows, []);
    let rows = house
        .rows(
            "SELECT id, id FROM contacts WHERE id <> $1",
            "none".to_owned(),
        )
        .await;
    assert_eq!(rows, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_came_along_is_kept_outside_of_the_database() {
    let house = House::build().await;
    let pixel = b"\x89PNG\r\n\x1a\n and so on".to_vec();
    let mut file = Attachment::new(MediaKind::Image, None, None, pixel).unwrap();
    file.keep(house.app()).await.unwrap();
    let message = json!({"to": "+16505551234", "type": "image", "image": {"id": "pending-upload"}});
    let accepted = house.accept(Accept {
        attachment: Some(file),
        ..accept_json(&message)
    });
    let Accepted::New { message, .. } = accepted.await.unwrap() else {
        panic!("it is new");
    };
    let sent = house.until_state(&message.id, State::Accepted).await;
    assert!(sent.content.contains("\"med_"), "{}", sent.content);
    let read = house
        .app()
        .store
        .read(move |tx| attachments::of_message(tx, &message.id));
    assert!(read.await.unwrap().is_none());
    let arrived = house.simulator.accepted();
    let carriers = arrived[0].json()["image"]["id"].clone();
    assert!(!carriers.as_str().unwrap().starts_with("med_"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_uploaded_and_leaves_the_store_with_its_message() {
    let house = House::build().await;
    let pixel = b"\x89PNG\r\n\x1a\n and so on".to_vec();
    let file = Attachment::new(MediaKind::Image, None, None, pixel).unwrap();
    let message = json!({"to": "+16505551234", "type": "image", "image": {"id": "pending-upload"}});
    let accepted = house.accept(Accept {
        attachment: Some(file),
        ..accept_json(&message)
    });
    let Accepted::New { message, .. } = accepted.await.unwrap() else {
        panic!("it is new");
    };
    let sent = house.until_state(&message.id, State::Accepted).await;
    let id = message.id.clone();
    let read = house
        .app()
        .store
        .read(move |tx| attachments::of_message(tx, &id));
    let file = read.await.unwrap().unwrap();
    assert_eq!(
        (file.mime_type.as_str(), file.content.as_str()),
        ("image/png", "")
    );
    let media_id = file.media_id.unwrap();
    assert!(sent.content.contains(&media_id));
    let arrived = house.simulator.accepted();
    assert_eq!(arrived[0].json()["image"]["id"], media_id.as_str());

    // Words that only look like a file's place are words.
    let id = house.send("pending-upload").await;
    house.until_state(&id, State::Accepted).await;
}
