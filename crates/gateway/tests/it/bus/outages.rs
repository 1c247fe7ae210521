//! The server away, back, and without what it had.

use std::collections::HashSet;
use std::path::Path;

use serde_json::json;
use test_servers::Nats;

use super::{Bench, client, fixture, gateway, published, text, worker};
use crate::app::{CHANNEL, TestApp, until};

async fn send(app: &TestApp, count: usize) {
    for number in 0..count {
        let body = json!({"channel": CHANNEL, "to": "+16505551234", "type": "text",
            "text": {"body": number.to_string()}});
        app.post("/api/v1/messages", &body).await;
    }
}

/// Each message was accepted, sent and delivered: three events.
async fn until_events(app: &TestApp, count: usize) {
    until("the events are there", async || {
        let status = app.get("/api/v1/status").await;
        status["events"].as_u64() >= Some(count as u64 * 3)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_while_the_server_is_away_comes_on_its_return() {
    let mut bench = Bench::start().await;
    send(&bench.app, 30).await;
    for kill in [false, true] {
        if kill {
            bench.nats.kill().unwrap();
        } else {
            bench.nats.stop().unwrap();
        }
        let before = bench.app.get("/api/v1/status").await["events"].as_u64();
        send(&bench.app, 300).await;
        until("events wait", async || {
            let status = bench.app.get("/api/v1/status").await;
            status["nats"]["connected"] == false
                && status["events"].as_u64() >= before.map(|n| n + 900)
        })
        .await;
        bench.nats.resume().unwrap();
        bench.js = client(&bench.nats).await;
        let published = bench.until_complete().await;
        let subjects: HashSet<_> = published.iter().map(|one| &one.subject).collect();
        assert_eq!(subjects.len(), 2, "{subjects:?}");
    }
    // And the way in is open again.
    bench.command(CHANNEL, &text("back", "hello")).await;
    assert_eq!(bench.result("back").await["success"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_at_the_start_is_found_later() {
    let mut nats = Nats::start().unwrap();
    nats.stop().unwrap();
    let app = gateway(&nats, |_| {}).await;
    send(&app, 5).await;
    until_events(&app, 5).await;
    let status = app.get("/api/v1/nats/status").await;
    assert_eq!(status["enabled"], true);
    assert_eq!(status["connected"], false);
    nats.resume().unwrap();
    let js = client(&nats).await;
    let bench = Bench { app, nats, js };
    until("the stream is there", async || {
        !published(&bench.js).await.is_empty()
    })
    .await;
    bench.until_complete().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_are_deleted_are_made_again_and_nothing_is_missing_after_it() {
    let bench = Bench::start().await;
    send(&bench.app, 10).await;
    until_events(&bench.app, 10).await;
    let before: HashSet<_> = bench
        .until_complete()
        .await
        .into_iter()
        .map(|one| one.message_id)
        .collect();
    bench.js.delete_stream("WA_EVENTS").await.unwrap();
    bench.js.delete_stream("WA_SEND").await.unwrap();
    send(&bench.app, 10).await;
    until_events(&bench.app, 20).await;
    until("the rest is published", async || {
        bench.app.get("/api/v1/status").await["nats"]["waiting"] == 0
    })
    .await;
    let after: Vec<_> = bench.published().await;
    let log = bench.app.events().await;
    let expected: Vec<_> = log
        .iter()
        .map(|event| event["id"].as_str().unwrap())
        .filter(|id| !before.contains(*id))
        .collect();
    let ids: Vec<_> = after.iter().map(|one| one.message_id.as_str()).collect();
    assert_eq!(ids, expected);
    until("the worker is back", async || {
        worker(&bench.js).await.is_some()
    })
    .await;
    bench.command(CHANNEL, &text("again", "hello")).await;
    assert_eq!(bench.result("again").await["success"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_else_publishing_in_between_stops_nothing() {
    let bench = Bench::start().await;
    let js = bench.js.clone();
    let mut noise = tokio::task::JoinSet::new();
    noise.spawn(async move {
        loop {
            let sent = js.publish("wa.events.other.noise", "{}".into()).await;
            if let Ok(ack) = sent {
                let _ = ack.await;
            }
        }
    });
    send(&bench.app, 50).await;
    until_events(&bench.app, 50).await;
    until("every event is published", async || {
        bench.app.get("/api/v1/status").await["nats"]["waiting"] == 0
    })
    .await;
    noise.shutdown().await;
    let stream = bench.js.get_stream("WA_EVENTS").await.unwrap();
    stream.purge().filter("wa.events.other.>").await.unwrap();
    bench.until_complete().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_house_begins_with_what_happens_next_and_resumes_after_a_restart() {
    let mut nats = Nats::start().unwrap();
    let mut app = TestApp::start_without_bus().await;
    send(&app, 5).await;
    until_events(&app, 5).await;
    let old = app.events().await.len();
    app.config.nats.url = nats.url().into();
    app.restart().await;
    let js = client(&nats).await;
    send(&app, 5).await;
    until_events(&app, 10).await;
    until("the new ones are published", async || {
        app.get("/api/v1/status").await["nats"]["waiting"] == 0
    })
    .await;
    assert_eq!(published(&js).await.len(), app.events().await.len() - old);

    nats.stop().unwrap();
    send(&app, 5).await;
    until_events(&app, 15).await;
    app.restart().await;
    nats.resume().unwrap();
    until("those of before the restart are published", async || {
        app.get("/api/v1/status").await["nats"]["waiting"] == 0
    })
    .await;
    let js = client(&nats).await;
    assert_eq!(published(&js).await.len(), app.events().await.len() - old);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_the_server_would_not_take_is_published_without_its_data() {
    let nats = Nats::start_with("max_payload: 4096").unwrap();
    let js = client(&nats).await;
    let app = gateway(&nats, |_| {}).await;
    let bench = Bench { app, nats, js };
    let user = bench.app.simulator.user("+16505551234");
    user.says("short").await.unwrap();
    user.says(&"long ".repeat(800)).await.unwrap();
    // And one that passes the server, but not the stream as its operator has limited it.
    bench.until_worker().await;
    let mut stream = bench.js.get_stream("WA_EVENTS").await.unwrap();
    let mut config = stream.info().await.unwrap().config.clone();
    config.max_message_size = 2500;
    bench.js.update_stream(config).await.unwrap();
    user.says(&"more ".repeat(400)).await.unwrap();
    user.says("short again").await.unwrap();
    until("all four are events", async || {
        let page = bench.app.get("/api/v1/events?type=message").await;
        page["data"].as_array().unwrap().len() == 4
    })
    .await;
    let published = bench.until_complete().await;
    let said: Vec<_> = published
        .iter()
        .filter(|one| one.body["event"] == "message")
        .map(|one| &one.body["data"])
        .collect();
    assert_eq!(said.len(), 4);
    assert_eq!(said[0]["update"]["text"]["body"], "short");
    assert_eq!(said[3]["update"]["text"]["body"], "short again");
    for (left_out, words) in [(said[1], 800), (said[2], 400)] {
        let whole = bench.app.get(left_out["href"].as_str().unwrap()).await;
        let text = whole["data"]["update"]["text"]["body"].as_str().unwrap();
        assert_eq!(text.len(), words * 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_come_through_restarts_of_both_once_each() {
    const COUNT: usize = 120;
    let mut bench = Bench::start().await;
    for number in 0..COUNT {
        bench
            .command(CHANNEL, &text(&format!("r{number}"), &number.to_string()))
            .await;
        match number % 40 {
            10 => bench.app.restart().await,
            30 => {
                bench.nats.kill().unwrap();
                bench.nats.resume().unwrap();
                bench.js = client(&bench.nats).await;
            }
            _ => {}
        }
    }
    for number in 0..COUNT {
        assert_eq!(bench.result(&format!("r{number}")).await["success"], true);
    }
    let mut words: Vec<_> = bench
        .app
        .simulator
        .accepted()
        .iter()
        .map(|sent| sent.json()["text"]["body"].to_string())
        .collect();
    assert_eq!(words.len(), COUNT);
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), COUNT);
    bench.until_complete().await;
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_acknowledged_and_lost_is_published_again() {
    let mut bench = Bench::start().await;
    send(&bench.app, 10).await;
    until_events(&bench.app, 10).await;
    bench.until_complete().await;
    // Its disk as it would be if the power were cut now and the rest not written.
    bench.nats.stop().unwrap();
    let disk = bench.nats.folder().join("jetstream");
    let kept = bench.nats.folder().join("kept");
    copy(&disk, &kept);
    bench.nats.resume().unwrap();
    bench.js = client(&bench.nats).await;
    send(&bench.app, 10).await;
    until_events(&bench.app, 20).await;
    bench.until_complete().await;

    bench.nats.kill().unwrap();
    std::fs::remove_dir_all(&disk).unwrap();
    std::fs::rename(&kept, &disk).unwrap();
    bench.app.restart().await;
    bench.nats.resume().unwrap();
    bench.js = client(&bench.nats).await;
    until("what was lost is there again", async || {
        bench.published().await.len() == bench.app.events().await.len()
    })
    .await;
    bench.until_complete().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_stream_refuses_commands_and_forgets_none() {
    let bench = Bench::start().await;
    let stream = bench.js.get_stream("WA_SEND").await.unwrap();
    let discard = stream.cached_info().config.discard;
    assert_eq!(discard, async_nats::jetstream::stream::DiscardPolicy::New);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_stored_holds_up_its_own_session_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (files, aside) = (folder.path().join("files"), folder.path().join("aside"));
    let store = format!("file:{}", files.display());
    let bench = Bench::start_with(|config| config.media.store = store).await;
    // Nothing can be written where the folder was.
    std::fs::rename(&files, &aside).unwrap();
    std::fs::write(&files, "").unwrap();
    bench.command(CHANNEL, &fixture("image.base64.json")).await;
    bench.command(CHANNEL, &text("behind", "hello")).await;
    until("both are in our hands", async || {
        let worker = worker(&bench.js).await.unwrap();
        worker.cached_info().num_ack_pending == 2
    })
    .await;
    let nonsense = json!({"type": "nonsense", "request_id": "elsewhere"});
    bench.command("elsewhere", &nonsense).await;
    let told = bench.result("elsewhere").await;
    assert_eq!(told["data"]["reason"], "invalid_command");
    let messages = bench.app.get("/api/v1/messages").await;
    assert_eq!(
        messages["data"],
        json!([]),
        "its own session keeps its order"
    );

    std::fs::remove_file(&files).unwrap();
    std::fs::rename(&aside, &files).unwrap();
    for id in ["image.base64.json", "behind"] {
        assert_eq!(bench.result(id).await["success"], true, "{id}");
    }
    let messages = bench.app.get("/api/v1/messages").await;
    let kinds = [&messages["data"][0]["type"], &messages["data"][1]["type"]];
    assert_eq!(kinds, ["text", "image"], "{messages:#}");
    until("nothing is left", async || {
        let mut stream = bench.js.get_stream("WA_SEND").await.unwrap();
        stream.info().await.unwrap().state.messages == 0
    })
    .await;
}
