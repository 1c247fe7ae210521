//! Dead letters: what they propose, and how they are settled, one by one and many at a time.

use reqwest::StatusCode;
use serde_json::{Value, json};
use simulator::{Fault, Trouble};

use crate::app::{CHANNEL, TestApp, until};
use crate::media::answer;

const LETTERS: &str = "/api/v1/dead-letters";

impl TestApp {
    /// Sends a text that ends in this state because of this code; its dead letter.
    async fn bury(&self, code: u32, state: &str, text: &str) -> Value {
        let code = i64::from(code);
        self.simulator
            .fault(Fault::new(Trouble::graph(code)).times(1));
        let id = self.send_text(text).await;
        self.until_state(&id, state).await;
        let letters = self.get(&format!("{LETTERS}?kind=send&limit=500")).await;
        let letters = letters["data"].as_array().unwrap().iter();
        let mut of_message = letters.filter(|letter| letter["message_id"] == id);
        of_message.next_back().unwrap().clone()
    }

    async fn try_post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let answer = self.call("POST", path).json(body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    /// Waits until a job has ended.
    async fn until_ended(&self, job: &Value) -> Value {
        let path = format!("{LETTERS}/bulk/{}", job["id"].as_str().unwrap());
        until("the job has ended", async || {
            self.get(&path).await["state"] != "running"
        })
        .await;
        self.get(&path).await
    }
}

fn path(letter: &Value, what: &str) -> String {
    format!("{LETTERS}/{}{what}", letter["id"].as_str().unwrap())
}

fn template() -> Value {
    json!({"to": "+16505551234", "type": "template",
        "template": {"name": "hello_world", "language": {"code": "en_US"}}})
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_message_is_sent_in_the_place_of_the_old_one_which_is_kept() {
    let app = TestApp::start().await;
    let letter = app.bury(131_047, "requires_template", "too late").await;
    assert_eq!(letter["reason"], "requires_template");
    assert_eq!(letter["detail"]["code"], 131_047);
    assert!(letter["detail"]["answer"]["error"].is_object(), "{letter}");
    assert_eq!(letter["fix"]["action"], "use_template");
    assert_eq!(letter["fix"]["field"], "/template");

    let wrong = json!({"message": {"to": "+16505551234", "text": {"body": ""}}});
    let (status, problem) = app.try_post(&path(&letter, "/retry"), &wrong).await;
    assert_eq!(status, 422, "{problem}");
    assert_eq!(problem["errors"][0]["pointer"], "/message/text/body");
    let mut elsewhere = template();
    elsewhere["channel"] = json!("another");
    let (status, problem) = app
        .try_post(&path(&letter, "/retry"), &json!({"message": elsewhere}))
        .await;
    assert_eq!(
        (status.as_u16(), &problem["errors"][0]["pointer"]),
        (422, &json!("/message/channel"))
    );
    let file = app.call("POST", "/api/v1/media").body("no picture");
    let (_, file) = answer(file.header("content-type", "text/plain")).await;
    let unfit = json!({"to": "+16505551234", "type": "image", "image": {"id": file["id"]}});
    let (status, problem) = app
        .try_post(&path(&letter, "/retry"), &json!({"message": unfit}))
        .await;
    assert_eq!(
        (status.as_u16(), &problem["errors"][0]["pointer"]),
        (422, &json!("/message/image/id"))
    );
    assert_eq!(
        app.get(&path(&letter, "")).await["resolved_at"],
        Value::Null
    );

    let mut edited = template();
    edited["to"] = json!("+16505550000");
    let settled = app
        .post(&path(&letter, "/retry"), &json!({"message": edited}))
        .await;
    assert_eq!(settled["resolution"], "retried with an edited message");
    let id = letter["message_id"].as_str().unwrap();
    let message = app.until_state(id, "delivered").await;
    assert_eq!(message["type"], "template");
    assert_eq!(message["content"]["template"]["name"], "hello_world");
    let contact = message["contact_id"].as_str().unwrap();
    let contact = app.get(&format!("/api/v1/contacts/{contact}")).await;
    assert!(contact.to_string().contains("16505550000"), "{contact}");

    let history = app.get(&path(&letter, "")).await["history"].clone();
    assert_eq!(history.as_array().unwrap().len(), 1, "{history}");
    assert_eq!(history[0]["action"], "dead_letter.edited");
    assert!(history[0]["by"].as_str().unwrap().starts_with("key_"));
    assert_eq!(history[0]["was"]["text"]["body"], "too late");
    assert_eq!(history[0]["became"]["template"]["name"], "hello_world");
    let (status, _) = app.try_post(&path(&letter, "/retry"), &json!({})).await;
    assert_eq!(status, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discard_says_who_and_why_also_when_the_message_has_moved_on() {
    let app = TestApp::start().await;
    let letter = app.bury(131_026, "failed", "to nobody").await;
    assert_eq!(letter["fix"]["action"], "discard");
    let reason = json!({"reason": "they called"});
    let settled = app.post(&path(&letter, "/discard"), &reason).await;
    assert_eq!(settled["resolution"], "discarded: they called");
    let deed = &settled["history"][0];
    assert_eq!(deed["action"], "dead_letter.discarded");
    assert_eq!(deed["became"], reason);
    let (status, _) = app.try_post(&path(&letter, "/discard"), &reason).await;
    assert_eq!(status, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_previewed_and_settled_by_a_job_that_leaves_new_ones_alone() {
    let app = TestApp::start().await;
    for number in 0..5 {
        app.bury(131_026, "failed", &format!("nobody {number}"))
            .await;
    }
    let late = app.bury(131_047, "requires_template", "late").await;
    let order = json!({"action": "retry", "filter": {"reason": "recipient", "channel": CHANNEL},
        "per_second": 200, "dry_run": true});
    let preview = app.post(&format!("{LETTERS}/bulk"), &order).await;
    assert_eq!(preview["total"], 5, "{preview}");
    assert_eq!(
        preview["by_reason"],
        json!([{"value": "recipient", "count": 5}])
    );
    assert_eq!(
        preview["by_channel"],
        json!([{"value": CHANNEL, "count": 5}])
    );
    assert_eq!(preview["sample"].as_array().unwrap().len(), 5);

    // Two of them fail again while the job runs: they are new letters.
    app.simulator
        .fault(Fault::new(Trouble::graph(131_026)).times(2));
    let order = json!({"action": "retry", "filter": {"reason": "recipient"}, "per_second": 200});
    let job = app.post(&format!("{LETTERS}/bulk"), &order).await;
    let job = app.until_ended(&job).await;
    assert_eq!(
        (&job["state"], &job["total"], &job["done"], &job["failed"]),
        (&json!("done"), &json!(5), &json!(5), &json!(0)),
        "{job}"
    );
    until("two failed again, three arrived", async || {
        let open = app.get(&format!("{LETTERS}?reason=recipient")).await;
        open["data"].as_array().unwrap().len() == 2 && app.simulator.accepted_count() == 3
    })
    .await;
    assert_eq!(app.get(&path(&late, "")).await["resolved_at"], Value::Null);

    let ids = json!({"action": "discard", "reason": "a test", "filter": {"ids": [late["id"]]}});
    let job = app.post(&format!("{LETTERS}/bulk"), &ids).await;
    let job = app.until_ended(&job).await;
    assert_eq!(
        (&job["done"], &job["reason"]),
        (&json!(1), &json!("a test"))
    );
    let late = app.get(&path(&late, "")).await;
    assert_eq!(late["resolution"], "discarded: a test");
    assert_eq!(late["history"][0]["became"]["job"], job["id"]);
    let jobs = app.get(&format!("{LETTERS}/bulk")).await;
    assert_eq!(jobs["data"].as_array().unwrap().len(), 2, "{jobs}");
    let (status, _) = app
        .try_post(
            &format!("{LETTERS}/bulk/{}/cancel", job["id"].as_str().unwrap()),
            &json!({}),
        )
        .await;
    assert_eq!(status, 409, "it has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_keeps_its_pace_goes_on_after_a_restart_and_can_be_cancelled() {
    let mut app = TestApp::start().await;
    for number in 0..4 {
        app.bury(131_026, "failed", &format!("nobody {number}"))
            .await;
    }
    let begun = std::time::Instant::now();
    let order = json!({"action": "discard", "reason": "over", "filter": {}, "per_second": 2});
    let job = app.post(&format!("{LETTERS}/bulk"), &order).await;
    let at = format!("{LETTERS}/bulk/{}", job["id"].as_str().unwrap());
    until("the first is done", async || {
        app.get(&at).await["done"] != 0
    })
    .await;
    assert_eq!(app.get(&at).await["state"], "running");
    app.restart().await;
    let ended = app.until_ended(&job).await;
    assert_eq!(
        (&ended["done"], &ended["state"]),
        (&json!(4), &json!("done")),
        "{ended}"
    );
    assert!(begun.elapsed().as_millis() >= 1000, "{:?}", begun.elapsed());

    for number in 0..3 {
        app.bury(131_026, "failed", &format!("nobody {number}"))
            .await;
    }
    let order = json!({"action": "discard", "reason": "over", "filter": {}, "per_second": 1});
    let job = app.post(&format!("{LETTERS}/bulk"), &order).await;
    let at = format!("{LETTERS}/bulk/{}", job["id"].as_str().unwrap());
    until("the first is done", async || {
        app.get(&at).await["done"] != 0
    })
    .await;
    let canceled = app.post(&format!("{at}/cancel"), &json!({})).await;
    assert_eq!(canceled["state"], "canceled");
    let done = canceled["done"].as_i64().unwrap();
    let open = app.get(LETTERS).await["data"].as_array().unwrap().len();
    assert_eq!(usize::try_from(3 - done).unwrap(), open);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_job_is_told() {
    let app = TestApp::start().await;
    let order = json!({"action": "discard", "per_second": 0,
        "filter": {"created_after": "yesterday"}});
    let (status, problem) = app.try_post(&format!("{LETTERS}/bulk"), &order).await;
    assert_eq!(status, 422);
    let errors = problem["errors"].as_array().unwrap().iter();
    let places: Vec<_> = errors
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(places, ["/per_second", "/reason", "/filter/created_after"]);
}
