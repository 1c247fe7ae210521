//! Sending, seen from outside: the API, the simulator, restarts.

use serde_json::{Value, json};
use simulator::{Calls, Fault, Trouble};

use crate::app::{CHANNEL, TestApp, until};

fn text(body: &str) -> Value {
    json!({"channel": CHANNEL, "to": "+16505551234", "type": "text", "text": {"body": body}})
}

impl TestApp {
    pub(crate) async fn send_text(&self, body: &str) -> String {
        let message = self.post("/api/v1/messages", &text(body)).await;
        let id = message["id"].as_str();
        id.expect("a message has an id").to_owned()
    }

    async fn message(&self, id: &str) -> Value {
        self.get(&format!("/api/v1/messages/{id}")).await
    }

    pub(crate) async fn until_state(&self, id: &str, state: &str) -> Value {
        until(&format!("the message is {state}"), async || {
            self.message(id).await["state"] == state
        })
        .await;
        self.message(id).await
    }

    /// `data` of the `send_result` events of a message.
    async fn results(&self, id: &str) -> Vec<Value> {
        let events = self.events().await;
        let data = events
            .iter()
            .filter(|event| event["event"] == "send_result");
        let data = data.map(|event| event["data"].clone());
        data.filter(|data| data["id"] == id).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_goes_out_once_and_its_statuses_come_back() {
    let app = TestApp::start().await;
    let id = app.send_text("hello").await;
    let message = app.until_state(&id, "delivered").await;
    let sent = app.simulator.accepted();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].json()["text"]["body"], "hello");
    assert_eq!(sent[0].callback_data.as_deref(), Some(id.as_str()));
    assert_eq!(message["wamid"], *sent[0].wamid.as_ref());
    assert_eq!(message["error"], Value::Null);
    let statuses = message["statuses"].as_array().unwrap();
    let statuses: Vec<_> = statuses.iter().map(|status| &status["status"]).collect();
    assert_eq!(statuses, ["sent", "delivered"]);
    let results = app.results(&id).await;
    assert_eq!(results.len(), 1, "{results:?}");
    assert_eq!(
        (&results[0]["success"], &results[0]["state"]),
        (&json!(true), &json!("accepted"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_shown_as_unknown_and_never_repeated_by_itself() {
    let mut app = TestApp::start().await;
    app.simulator
        .fault(Fault::new(Trouble::CutBeforeAccepting).times(1));
    let id = app.send_text("perhaps").await;
    let message = app.until_state(&id, "unknown").await;
    assert_eq!(message["error"]["class"], "unknown");
    assert_eq!(app.results(&id).await[0]["state"], "unknown");
    app.restart().await;
    let other = app.send_text("certainly").await;
    app.until_state(&other, "delivered").await;
    assert_eq!(app.message(&id).await["state"], "unknown");
    assert_eq!(app.simulator.accepted_count(), 1);

    // Only a person sends it again.
    let resent = app
        .post(&format!("/api/v1/messages/{id}/resend"), &json!({}))
        .await;
    assert_eq!(resent["may_arrive_twice"], true);
    app.until_state(&id, "delivered").await;
    assert_eq!(app.simulator.accepted_count(), 2);
    let results = app.results(&id).await;
    let states: Vec<_> = results.iter().map(|result| &result["state"]).collect();
    assert_eq!(states, ["unknown", "accepted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_settles_a_send_whose_answer_was_lost() {
    let app = TestApp::start().await;
    app.simulator
        .fault(Fault::new(Trouble::CutAfterAccepting).times(1));
    let id = app.send_text("perhaps").await;
    let message = app.until_state(&id, "delivered").await;
    assert_eq!(
        message["wamid"],
        *app.simulator.accepted()[0].wamid.as_ref()
    );
    assert_eq!(app.simulator.accepted_count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_pauses_the_channel_which_keeps_its_queue_over_a_restart() {
    let mut app = TestApp::start().await;
    // Probes meet it too.
    let refused = Fault::new(Trouble::graph(190)).calls(Calls::All);
    app.simulator.fault(refused);
    let id = app.send_text("later").await;
    let channel = format!("/api/v1/channels/{CHANNEL}");
    until("the channel is paused", async || {
        app.get(&channel).await["state"] == "paused"
    })
    .await;
    assert_eq!(app.get(&channel).await["pause_reason"], "auth (190)");
    let message = app.until_state(&id, "queued").await;
    assert_eq!(message["error"]["code"], 190);
    app.restart().await;
    let second = app.send_text("too").await;
    assert_eq!(app.message(&second).await["attempts"], 0);
    assert_eq!(app.simulator.accepted_count(), 0);
    app.simulator.clear_faults();
    let paused = app.get(&channel).await["paused"].clone();
    assert_eq!(
        (&paused["by"], &paused["code"]),
        (&json!("carrier"), &json!(190))
    );
    assert!(paused["next_probe_at"].is_string() && paused["advice"].is_string());
    let resumed = app.post(&format!("{channel}/resume"), &json!({})).await;
    assert_eq!(resumed["paused"], Value::Null);
    app.until_state(&id, "delivered").await;
    app.until_state(&second, "delivered").await;
    let paused = app.events().await;
    let paused = paused
        .iter()
        .filter(|event| event["event"] == "channel_paused");
    assert_eq!(paused.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_is_sent_again_by_its_retry() {
    let app = TestApp::start().await;
    app.simulator
        .fault(Fault::new(Trouble::graph(131_047)).times(1));
    let id = app.send_text("too late").await;
    let message = app.until_state(&id, "requires_template").await;
    assert_eq!(
        (&message["error"]["code"], &message["attempts"]),
        (&json!(131_047), &json!(1))
    );
    let letters = app.get("/api/v1/dead-letters?kind=send").await;
    assert_eq!(letters["data"].as_array().unwrap().len(), 1, "{letters}");
    assert_eq!(letters["data"][0]["reason"], "requires_template");
    let letter = letters["data"][0]["id"].as_str().unwrap().to_owned();
    app.post(&format!("/api/v1/dead-letters/{letter}/retry"), &json!({}))
        .await;
    app.until_state(&id, "delivered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_could_not_be_delivered_is_a_dead_letter_and_can_be_sent_again() {
    let app = TestApp::start().await;
    let user = app.simulator.user("+16505551234");
    user.set_undeliverable(true);
    let id = app.send_text("are you there?").await;
    let message = app.until_state(&id, "failed").await;
    assert_eq!(message["error"]["code"], 131_026);
    let letters = app.get("/api/v1/dead-letters?kind=send").await;
    let letter = &letters["data"][0];
    assert_eq!(
        (&letter["message_id"], &letter["reason"]),
        (&json!(id), &json!("recipient"))
    );
    let told = app.events().await;
    let told = told.iter().filter(|event| event["event"] == "dead_letter");
    assert_eq!(told.count(), 1);

    user.set_undeliverable(false);
    let path = format!(
        "/api/v1/dead-letters/{}/retry",
        letter["id"].as_str().unwrap()
    );
    app.post(&path, &json!({})).await;
    app.until_state(&id, "delivered").await;
    assert_eq!(app.simulator.accepted_count(), 2);
    let letters = app.get("/api/v1/dead-letters?kind=send").await;
    assert_eq!(letters["data"], json!([]));
}
