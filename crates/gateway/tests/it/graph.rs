//! The Graph-compatible endpoint: Meta's shapes in front of the queue.

use std::time::{Duration, Instant};

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use simulator::{Fault, Trouble};

use crate::app::{CHANNEL, TestApp, until};

const VERSION: &str = "/graph/v24.0";

fn text(body: &str) -> Value {
    json!({"messaging_product": "whatsapp", "to": "16505551234", "type": "text",
        "text": {"body": body}})
}

struct Told {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Value,
}

impl Told {
    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// Code, subcode and details of a refusal.
    fn error(&self) -> (i64, Option<i64>, &str) {
        let error = &self.body["error"];
        assert!(error["message"].is_string(), "{}", self.body);
        assert!(error["type"].is_string(), "{}", self.body);
        assert!(error["fbtrace_id"].is_string(), "{}", self.body);
        (
            error["code"].as_i64().unwrap(),
            error["error_subcode"].as_i64(),
            error["error_data"]["details"].as_str().unwrap_or_default(),
        )
    }
}

impl TestApp {
    async fn number(&self) -> String {
        let channel = self.get(&format!("/api/v1/channels/{CHANNEL}")).await;
        channel["phone_number_id"].as_str().unwrap().to_owned()
    }

    async fn tell(&self, request: reqwest::RequestBuilder) -> Told {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Told {
            status,
            headers,
            body,
        }
    }

    /// A POST to an edge of the channel's number.
    async fn graph(&self, edge: &str, body: &Value) -> Told {
        let path = format!("{VERSION}/{}/{edge}", self.number().await);
        self.tell(self.call("POST", &path).json(body)).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_goes_through_the_queue_and_answers_with_the_real_wamid() {
    let app = TestApp::start().await;
    let mut body = text("hello");
    body["biz_opaque_callback_data"] = json!("mine");
    let told = app.graph("messages", &body).await;
    assert_eq!(told.status, 200, "{}", told.body);
    let sent = app.simulator.accepted();
    assert_eq!(sent.len(), 1);
    assert_eq!(told.body["messages"][0]["id"], *sent[0].wamid.as_ref());
    assert_eq!(told.body["messaging_product"], "whatsapp");
    assert_eq!(told.body["contacts"][0]["wa_id"], "16505551234");
    assert_eq!(sent[0].callback_data.as_deref(), Some("mine"));
    let id = told.header("wharf-message-id");
    let message = app.get(&format!("/api/v1/messages/{id}")).await;
    assert_eq!(message["wamid"], *sent[0].wamid.as_ref());
    let timeline = app.get(&format!("/api/v1/messages/{id}/timeline")).await;
    assert_eq!(timeline["entries"][0]["door"], "graph");

    // A form, as Meta takes one.
    let path = format!("/graph/v19.0/{}/messages", app.number().await);
    let form = "messaging_product=whatsapp&to=16505551234&type=text\
        &text=%7B%22body%22%3A%20%22a%20form%22%7D";
    let form = app.call("POST", &path).body(form);
    let form = form.header("content-type", "application/x-www-form-urlencoded");
    let told = app.tell(form).await;
    assert_eq!(told.status, 200, "{}", told.body);
    assert_eq!(app.simulator.accepted()[1].json()["text"]["body"], "a form");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_have_metas_shape_and_name_the_field() {
    let app = TestApp::start().await;
    let number = app.number().await;
    let told = app.graph("messages", &text(&"x".repeat(5000))).await;
    let (code, _, details) = told.error();
    assert_eq!((told.status, code), (400, 131_009));
    assert!(
        details.contains("text.body") && details.contains("4096"),
        "{details}"
    );
    let told = app
        .graph("messages", &json!({"type": "text", "text": {"body": "x"}}))
        .await;
    assert_eq!(told.error().0, 131_008, "{}", told.body);
    let told = app.graph("messages", &json!(["no object"])).await;
    assert_eq!((told.status, told.error().0), (400, 100));

    // Who calls, and where.
    let path = format!("{VERSION}/{number}/messages");
    for key in ["EAAG-a-token-of-metas", ""] {
        let request = app.http.post(app.url(&path)).bearer_auth(key);
        let told = app.tell(request.json(&text("x"))).await;
        assert_eq!((told.status, told.error().0), (401, 190), "{}", told.body);
    }
    let in_url = app
        .http
        .post(app.url(&format!("{path}?access_token={}", app.key)));
    let told = app.tell(in_url.json(&text("x"))).await;
    let (code, _, details) = told.error();
    assert_eq!(code, 190);
    assert!(
        details.contains("URL") && !details.contains(&app.key),
        "{details}"
    );
    for (method, path, code, subcode) in [
        ("POST", "/graph/v24.0/999/messages", 100, Some(33)),
        ("POST", "/graph/24/999/messages", 2500, None),
        ("GET", "/graph/v24.0/999/message_templates", 100, None),
        ("POST", "/graph/v24.0/999/register", 100, None),
        ("GET", &format!("/graph/v24.0/{number}"), 100, None),
        ("PUT", &format!("/graph/v24.0/{number}/messages"), 100, None),
        ("GET", "/graph/v24.0/no-file", 100, None),
    ] {
        let told = app.tell(app.call(method, path).json(&text("x"))).await;
        let (told_code, told_subcode, _) = told.error();
        assert_eq!(
            (told_code, told_subcode),
            (code, subcode),
            "{method} {path}"
        );
        assert!(told.status >= 400);
    }
    assert_eq!(app.simulator.accepted_count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_carriers_refusal_is_passed_on_with_its_status() {
    let app = TestApp::start().await;
    app.simulator
        .fault(Fault::new(Trouble::graph(131_047)).times(1));
    let told = app.graph("messages", &text("too late")).await;
    assert_eq!(told.error().0, 131_047, "{}", told.body);
    assert_eq!(told.status, 400);
    assert_eq!(told.header("wharf-message-state"), "requires_template");
    // A slow number is the queue's business, not the caller's.
    app.simulator
        .fault(Fault::new(Trouble::graph(130_429)).times(1));
    let told = app.graph("messages", &text("too fast")).await;
    assert_eq!(told.status, 200, "{}", told.body);
    assert_eq!(app.simulator.accepted_count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_waits_is_a_success_with_our_id_and_a_key_finds_its_wamid() {
    let app = TestApp::start().await;
    let channel = format!("/api/v1/channels/{CHANNEL}");
    app.post(&format!("{channel}/pause"), &json!({})).await;
    let path = format!("{VERSION}/{}/messages", app.number().await);
    let ask = |body: &str, wait: &'static str| {
        let call = app.call("POST", &path).json(&text(body));
        app.tell(call.header("idempotency-key", "k").header("prefer", wait))
    };
    let told = ask("hello", "wait=0").await;
    assert_eq!(told.status, 200, "{}", told.body);
    assert_eq!(told.header("preference-applied"), "wait=0");
    assert_eq!(told.header("wharf-message-state"), "queued");
    let id = told.header("wharf-message-id").to_owned();
    assert!(id.starts_with("msg_"), "{id}");
    assert_eq!(told.body["messages"][0]["id"], *id);
    assert_eq!(told.body["messages"][0]["message_status"], "accepted");
    // The same key with another body.
    let other = ask("other", "wait=0").await;
    assert_eq!((other.status, other.error().0), (422, 100));

    // Whoever asks again gets the same message, and waits for it.
    let (again, resumed) = tokio::join!(ask("hello", "wait=20"), async {
        app.post(&format!("{channel}/resume"), &json!({})).await
    });
    assert_eq!(resumed["state"], "active", "{resumed}");
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.header("wharf-message-id"), id);
    let sent = app.simulator.accepted();
    assert_eq!(sent.len(), 1);
    assert_eq!(again.body["messages"][0]["id"], *sent[0].wamid.as_ref());
    let once_more = ask("hello", "wait=20").await;
    assert_eq!(once_more.body, again.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_wait_at_once_and_a_lost_answer_is_no_reason_to_send_again() {
    let app = TestApp::start().await;
    let bodies: Vec<_> = (0..60).map(|n| text(&format!("{n}"))).collect();
    let all = bodies.iter().map(|body| app.graph("messages", body));
    let begun = Instant::now();
    for told in futures_util::future::join_all(all).await {
        assert_eq!(told.status, 200, "{}", told.body);
        let id = told.body["messages"][0]["id"].as_str().unwrap();
        assert!(id.starts_with("wamid."), "{id}");
    }
    assert!(begun.elapsed() < Duration::from_secs(20));
    app.simulator
        .fault(Fault::new(Trouble::CutBeforeAccepting).times(1));
    let path = format!("{VERSION}/{}/messages", app.number().await);
    let call = app.call("POST", &path).json(&text("perhaps"));
    let told = app.tell(call.header("prefer", "wait=1")).await;
    assert_eq!(told.status, 200, "{}", told.body);
    assert_eq!(told.header("wharf-message-state"), "unknown");
    // A status that comes tells the wamid.
    app.simulator
        .fault(Fault::new(Trouble::CutAfterAccepting).times(1));
    let told = app.graph("messages", &text("certainly")).await;
    let wamid = told.body["messages"][0]["id"].as_str().unwrap();
    assert!(wamid.starts_with("wamid."), "{}", told.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_marked_as_read_and_marketing_goes_to_its_own_edge() {
    let app = TestApp::start().await;
    let user = app.simulator.user("+16505551234");
    let wamid = user.says("hello").await.unwrap().to_string();
    let told = app
        .graph(
            "messages",
            &json!({"messaging_product": "whatsapp", "status": "read", "message_id": wamid,
                "typing_indicator": {"type": "text"}}),
        )
        .await;
    assert_eq!((told.status, &told.body), (200, &json!({"success": true})));
    let told = app.graph("messages", &json!({"status": "read"})).await;
    assert_eq!(told.error().0, 131_008);

    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cloud-api");
    let path = format!("{folder}/request.marketing_messages-template.json");
    let mut body: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    // Where nothing is said of the policy it is told apart all the same.
    body.as_object_mut().unwrap().remove("product_policy");
    let told = app.graph("marketing_messages", &body).await;
    assert_eq!(told.status, 200, "{}", told.body);
    assert_eq!(told.body["messages"][0]["message_status"], "accepted");
    let told = app.graph("marketing_messages", &text("hi")).await;
    assert_eq!(
        told.error(),
        (100, None, "Message must be a template message.")
    );
    // `messages` would have refused it, as Meta does.
    body["product_policy"] = json!("STRICT");
    let told = app.graph("messages", &body).await;
    assert_eq!(told.status, 400, "{}", told.body);
    // The API takes it by its fields.
    body["channel"] = json!(CHANNEL);
    let queued = app.post("/api/v1/messages", &body).await;
    let id = format!("/api/v1/messages/{}", queued["id"].as_str().unwrap());
    until("it is sent", async || {
        app.get(&id).await["wamid"] != Value::Null
    })
    .await;
    let sent = app.simulator.accepted();
    let policies: Vec<_> = sent
        .iter()
        .map(|sent| sent.json()["product_policy"].clone())
        .collect();
    assert_eq!(policies, [json!("CLOUD_API_FALLBACK"), json!("STRICT")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_up_and_down_piece_by_piece_and_are_deleted() {
    let app = TestApp::start().await;
    let number = app.number().await;
    // Large enough not to fit into any buffer on the way.
    let mut file = b"%PDF-1.4\n".to_vec();
    file.resize(3 << 20, b'x');
    let form = || {
        let part = Part::bytes(file.clone()).file_name("a.pdf");
        let part = part.mime_str("application/pdf").unwrap();
        let form = Form::new().text("messaging_product", "whatsapp");
        form.text("type", "application/pdf").part("file", part)
    };
    let path = format!("{VERSION}/{number}/media");
    let told = app.tell(app.call("POST", &path).multipart(form())).await;
    assert_eq!(told.status, 200, "{}", told.body);
    let id = told.body["id"].as_str().unwrap().to_owned();

    for query in [String::new(), format!("?phone_number_id={number}")] {
        let told = app
            .tell(app.call("GET", &format!("{VERSION}/{id}{query}")))
            .await;
        assert_eq!(told.status, 200, "{}", told.body);
        assert_eq!(told.body["mime_type"], "application/pdf");
        let url = told.body["url"].as_str().unwrap();
        assert!(url.contains("/graph/v24.0/media/"), "{url}");
        let bytes = app
            .http
            .get(url)
            .bearer_auth(&app.key)
            .send()
            .await
            .unwrap();
        assert_eq!(bytes.headers()["content-type"], "application/pdf");
        assert_eq!(bytes.headers()["content-length"], file.len().to_string());
        assert!(
            bytes.bytes().await.unwrap() == file.as_slice(),
            "other bytes"
        );
        assert_eq!(app.http.get(url).send().await.unwrap().status(), 401);
    }
    let none = app.call("GET", &format!("{VERSION}/{id}?phone_number_id=999"));
    assert_eq!(app.tell(none).await.error().1, Some(33));

    let told = app
        .tell(app.call("DELETE", &format!("{VERSION}/{id}")))
        .await;
    assert_eq!(told.body, json!({"success": true}));
    let told = app.tell(app.call("GET", &format!("{VERSION}/{id}"))).await;
    assert_eq!(told.error().0, 100, "{}", told.body);

    // What the carrier refuses is told in its words.
    let wrong = Part::bytes(b"text".to_vec())
        .mime_str("application/x-none")
        .unwrap();
    let wrong = Form::new()
        .text("messaging_product", "whatsapp")
        .part("file", wrong);
    let told = app.tell(app.call("POST", &path).multipart(wrong)).await;
    assert_eq!((told.status, told.error().0), (400, 100), "{}", told.body);
    let told = app.tell(app.call("POST", &path).json(&json!({}))).await;
    assert_eq!(told.error().0, 100);
    let unknown = format!("{VERSION}/999/media");
    let told = app.tell(app.call("POST", &unknown).multipart(form())).await;
    assert_eq!(told.error().1, Some(33));
}
