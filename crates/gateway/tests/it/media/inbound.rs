//! Files of users, fetched from the simulator, with all the trouble that it can make.

use gateway::clock::Clock;
use reqwest::StatusCode;
use serde_json::{Value, json};
use simulator::{Calls, Fault, Trouble};

use super::{NOW, answer, png};
use crate::app::{TestApp, settings, until};

const USER: &str = "+16505551234";

impl TestApp {
    /// `data` of the events of a kind.
    async fn told(&self, kind: &str) -> Vec<Value> {
        let events = self.events().await.into_iter();
        let of_kind = events.filter(|event| event["event"] == kind);
        of_kind.map(|event| event["data"].clone()).collect()
    }

    /// Waits for the `n`th `media` event while the clock goes on.
    async fn until_media(&self, clock: &Clock, n: usize) -> Value {
        until("the file is here or given up", async || {
            clock.advance(500);
            self.told("media").await.len() >= n
        })
        .await;
        self.told("media").await.remove(n - 1)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_users_file_is_fetched_at_once_and_served() {
    let app = TestApp::start().await;
    let bytes = png(2_000_000);
    let user = app.simulator.user(USER);
    user.sends_file("image", "image/png", bytes.clone())
        .await
        .unwrap();
    let media = app.until_media(&Clock::fixed(0), 1).await;
    assert_eq!(
        (&media["state"], &media["bytes"], &media["error"]),
        (&json!("stored"), &json!(2_000_000), &Value::Null)
    );
    let message = app.told("message").await.remove(0);
    assert_eq!(message["media"]["id"], media["id"]);
    assert_eq!(message["media"]["url"], media["url"]);
    assert_eq!(message["id"], media["message"]);
    let path = format!("/api/v1/messages/{}", media["message"].as_str().unwrap());
    let shown = app.get(&path).await;
    for key in ["id", "state", "mime_type", "bytes", "sha256", "url"] {
        assert_eq!(shown["media"][key], media[key], "{key}");
    }
    let content = app.call("GET", media["url"].as_str().unwrap());
    assert!(content.send().await.unwrap().bytes().await.unwrap() == bytes);
    assert_eq!(app.told("media").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_download_is_tried_again_until_it_is_whole() {
    let clock = Clock::fixed(NOW);
    let app = TestApp::start_with(clock.clone(), settings(), |_| {}).await;
    for trouble in [Trouble::CutInAnswer, Trouble::CutBeforeAccepting] {
        let fault = Fault {
            calls: Calls::Download,
            ..Fault::new(trouble).times(1)
        };
        app.simulator.fault(fault);
    }
    let fault = Fault {
        calls: Calls::Media,
        ..Fault::new(Trouble::graph(131_000)).times(1)
    };
    app.simulator.fault(fault);
    let bytes = png(400_000);
    let user = app.simulator.user(USER);
    user.sends_file("document", "application/pdf", bytes.clone())
        .await
        .unwrap();
    let media = app.until_media(&clock, 1).await;
    assert_eq!(media["state"], "stored", "{media}");
    let row = app
        .get(&format!("/api/v1/media/{}", media["id"].as_str().unwrap()))
        .await;
    assert!(row["tries"].as_i64().unwrap() >= 3, "{row}");
    let content = app.call("GET", media["url"].as_str().unwrap());
    assert!(content.send().await.unwrap().bytes().await.unwrap() == bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_the_announced_one_or_not_there_is_a_dead_letter_until_it_is() {
    let clock = Clock::fixed(NOW);
    let app = TestApp::start_with(clock.clone(), settings(), |_| {}).await;
    let id = app.simulator.put_media("90001", "image/png", png(1000));
    let other = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let user = app.simulator.user(USER);
    let announced = json!({"id": id.to_string(), "mime_type": "image/png", "sha256": other});
    user.sends("image", announced).await.unwrap();
    let media = app.until_media(&clock, 1).await;
    assert_eq!(media["state"], "failed");
    let refused = answer(app.call(
        "GET",
        &format!("/api/v1/media/{}/content", media["id"].as_str().unwrap()),
    ));
    assert_eq!(refused.await.0, StatusCode::CONFLICT);

    user.sends("image", json!({"id": "90002", "mime_type": "image/png"}))
        .await
        .unwrap();
    let missing = app.until_media(&clock, 2).await;
    assert_eq!(missing["state"], "failed");
    let letters = app.get("/api/v1/dead-letters?kind=media").await;
    let reasons: Vec<_> = letters["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|letter| letter["reason"].as_str().unwrap())
        .collect();
    assert_eq!(reasons, ["not_available", "not_as_announced"]);
    assert_eq!(letters["data"][0]["detail"]["media_id"], missing["id"]);

    app.simulator.put_media("90002", "image/png", png(1000));
    let letter = letters["data"][0]["id"].as_str().unwrap();
    let retry = format!("/api/v1/dead-letters/{letter}/retry");
    let settled = app.post(&retry, &json!({})).await;
    assert_eq!(settled["resolution"], "retried");
    let media = app.until_media(&clock, 3).await;
    assert_eq!(
        (&media["state"], &media["id"]),
        (&json!("stored"), &missing["id"])
    );
    let open = app.get("/api/v1/dead-letters?kind=media").await;
    assert_eq!(open["data"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_too_large_is_not_fetched() {
    let app = TestApp::start_with(Clock::system(), settings(), |config| {
        config.media.max_bytes = 100_000;
    })
    .await;
    let user = app.simulator.user(USER);
    user.sends_file("image", "image/png", png(100_001))
        .await
        .unwrap();
    let media = app.until_media(&Clock::fixed(0), 1).await;
    assert_eq!(media["state"], "failed");
    assert!(
        media["error"].as_str().unwrap().contains("100000"),
        "{media}"
    );
    assert!(super::files_in(&app.data().join("media")).is_empty());
}
