//! What the store has of a command that is delivered more than once.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::command::{Reason, parse};
use super::take::{Delivery, Verdict, take};
use crate::app::{App, Environment, Running};
use crate::config::Config;
use crate::store::channels::{self, Channel};
use crate::store::{dead_letters, events, messages, page};

async fn start(folder: &tempfile::TempDir) -> Running {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut config = Config {
        store: format!("sqlite:{}", folder.path().join("wharf.db").display()),
        data_dir: folder.path().to_owned(),
        ..Config::default()
    };
    config.server.listen = ([127, 0, 0, 1], 0).into();
    let running = Running::start(config, Environment::default())
        .await
        .unwrap();
    let channel = |id: &str, number: &str, access_token: Option<&str>| Channel {
        id: id.to_owned(),
        carrier: "cloud".to_owned(),
        name: id.to_owned(),
        phone_number_id: Some(number.to_owned()),
        waba_id: None,
        display_phone_number: None,
        access_token: access_token.map(str::to_owned),
        app_secret: None,
        verify_token: None,
        throughput: 80,
        learned: None,
        paused: Some(channels::Paused {
            at: 1,
            reason: "nobody is called".to_owned(),
        }),
        created_at: 1,
        updated_at: 1,
    };
    let both = [
        channel("shop", "1", Some("file:/nowhere")),
        channel("mute", "2", None),
    ];
    let store = &running.app().store;
    let added = store.write(move |tx| {
        both.iter()
            .try_for_each(|channel| channels::insert(tx, channel).map(drop))
    });
    added.await.unwrap();
    running
}

async fn deliver(
    app: &Arc<App>,
    session: &str,
    command: &Value,
    place: &str,
    time: i64,
) -> Verdict {
    let delivery = Delivery {
        session: session.to_owned(),
        payload: Bytes::from(command.to_string()),
        place: place.to_owned(),
        delivered: time,
    };
    let shared = Arc::clone(app);
    let parsed = parse(&delivery.payload, app.clock.now());
    let taken = app
        .store
        .write(move |tx| take(tx, &shared, &delivery, parsed));
    taken.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_taken_once_by_its_id_or_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(&folder).await;
    let app = running.app();
    let text = |id: Option<&str>| json!({"type": "text", "to": "16505551234", "text": "x", "request_id": id});
    let read = json!({"type": "read", "message_ids": ["wamid.x"]});
    let poll = json!({"type": "poll", "to": "16505551234"});
    let refused = Verdict::Refused(Reason::Unsupported);
    for (command, place, verdict) in [
        (text(None), "S/1/9", Verdict::Queued),
        (text(None), "S/1/9", Verdict::Repeated),
        // The stream was made anew and counts from one again.
        (text(None), "S/1/10", Verdict::Queued),
        (text(Some("a")), "S/2/11", Verdict::Queued),
        (text(Some("a")), "S/3/12", Verdict::Repeated),
        (read.clone(), "S/4/13", Verdict::Receipts),
        (read, "S/4/13", Verdict::Repeated),
        (poll.clone(), "S/5/14", refused),
        (poll, "S/5/14", Verdict::Repeated),
        // An id of one session says nothing about another's place.
        (text(Some("S/1/9")), "S/6/15", Verdict::Queued),
    ] {
        let found = deliver(app, "shop", &command, place, 1).await;
        assert_eq!(found, verdict, "{command} {place}");
    }
    let (sent, letters, results) = app
        .store
        .read(|tx| {
            let page = page::Page::new(None, 100);
            let sent = messages::list(tx, &messages::Filter::default(), &page)?.rows;
            let filter = dead_letters::Filter {
                kind: Some(dead_letters::Kind::Command),
                ..dead_letters::Filter::default()
            };
            let letters = dead_letters::list(tx, &filter, &page)?.rows;
            let filter = events::Filter {
                kind: Some("send_result".to_owned()),
                ..events::Filter::default()
            };
            let results = events::list(tx, &filter, (0, 100, page::LOOK))?.rows;
            Ok((sent.len(), letters.len(), results.len()))
        })
        .await
        .unwrap();
    assert_eq!((sent, letters, results), (4, 1, 1));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_is_not_there_may_come_and_one_without_a_token_may_not_send() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(&folder).await;
    let app = running.app();
    let text = json!({"type": "text", "to": "16505551234", "text": "x", "request_id": "r"});
    for command in [
        &text,
        &json!({"type": "poll"}),
        &json!({"type": "read", "message_ids": ["w"]}),
    ] {
        assert_eq!(
            deliver(app, "none", command, "S/1/1", 1).await,
            Verdict::Later
        );
        assert_eq!(
            deliver(app, "none", command, "S/1/1", 2).await,
            Verdict::Later
        );
    }
    let gone = Verdict::Refused(Reason::ChannelNotFound);
    assert_eq!(deliver(app, "none", &text, "S/1/1", 3).await, gone);
    let nonsense = json!({"type": "nonsense"});
    let invalid = Verdict::Refused(Reason::Invalid);
    assert_eq!(deliver(app, "none", &nonsense, "S/2/2", 1).await, invalid);
    let mute = Verdict::Refused(Reason::ReceiveOnly);
    assert_eq!(deliver(app, "mute", &text, "S/3/3", 1).await, mute);
    let read = json!({"type": "read", "message_ids": ["wamid.x"]});
    assert_eq!(deliver(app, "mute", &read, "S/4/4", 1).await, mute);
    running.stop().await;
}
