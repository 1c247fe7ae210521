//! Users who open Flows: screens, fields, presses, the encrypted endpoint, and the answer in the chat.

use std::time::Duration;

use aes::Aes256;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, KeyIvInit as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use simulator::{Clock, FlowState, FlowStatus, Settings};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use crate::flow_desk::{Desk, Said, public_key};
use crate::flows::sound;
use crate::kit::{Callback, PHONE, Stage, TOKEN, USER, WABA, quick, subscribed, subscribed_with};

/// A Flow with an endpoint: pick a day, send photos, confirm.
fn booking() -> Value {
    let options = json!({"type": "array", "items": {"type": "object", "properties": {
        "id": {"type": "string"}, "title": {"type": "string"}}},
        "__example__": [{"id": "mon", "title": "Monday"}]});
    let footer = |label: &str, payload: Value| {
        json!({"type": "Footer", "label": label, "on-click-action": {
            "name": "data_exchange", "payload": payload}})
    };
    json!({
        "version": "7.3", "data_api_version": "4.0",
        "routing_model": {"DAY": ["PHOTOS"], "PHOTOS": ["CONFIRM"], "CONFIRM": []},
        "screens": [
            {"id": "DAY", "title": "Day", "data": {"days": options},
             "layout": {"type": "SingleColumnLayout", "children": [
                {"type": "Dropdown", "label": "Day", "name": "day", "required": true,
                 "data-source": "${data.days}"},
                footer("Next", json!({"day": "${form.day}"}))]}},
            {"id": "PHOTOS", "title": "Photos",
             "layout": {"type": "SingleColumnLayout", "children": [
                {"type": "PhotoPicker", "label": "Photos", "name": "photos", "max-uploaded-photos": 2},
                footer("Send", json!({"photos": "${form.photos}"}))]}},
            {"id": "CONFIRM", "title": "Confirm", "terminal": true, "refresh_on_back": true,
             "data": {"text": {"type": "string", "__example__": "x"}},
             "layout": {"type": "SingleColumnLayout", "children": [
                {"type": "TextBody", "text": "${data.text}"},
                {"type": "TextBody", "text": "On ${screen.DAY.form.day}"},
                footer("Confirm", json!({}))]}},
        ],
    })
}

pub(crate) async fn create(
    stage: &Stage,
    name: &str,
    flow: &Value,
    endpoint: Option<&str>,
) -> String {
    let mut body = json!({"name": name, "categories": ["OTHER"], "flow_json": flow.to_string()});
    if let Some(endpoint) = endpoint {
        body["endpoint_uri"] = json!(endpoint);
    }
    let (status, answer) = stage.post(&format!("/v24.0/{WABA}/flows"), &body).await;
    assert_eq!(
        (status, &answer["validation_errors"]),
        (200, &json!([])),
        "{answer:#}"
    );
    answer["id"].as_str().unwrap().to_owned()
}

pub(crate) fn message(parameters: &Value) -> Value {
    let mut all = json!({"flow_message_version": "3", "flow_token": "TOKEN-1", "flow_cta": "Open"});
    for (name, value) in parameters.as_object().unwrap() {
        all[name] = value.clone();
    }
    json!({"messaging_product": "whatsapp", "to": USER, "type": "interactive", "interactive": {
        "type": "flow", "body": {"text": "Hi"}, "action": {"name": "flow", "parameters": all}}})
}

async fn offer(stage: &Stage, parameters: Value) -> String {
    let (status, answer) = stage.send(&message(&parameters)).await;
    assert_eq!(status, 200, "{answer}");
    answer["messages"][0]["id"].as_str().unwrap().to_owned()
}

/// The answers that the business got, read.
async fn reply(callback: &Callback) -> (Value, Value) {
    loop {
        let seen = callback.got().len();
        for got in callback.got() {
            let message = got.json()["entry"][0]["changes"][0]["value"]["messages"][0].clone();
            if message["interactive"]["type"] == "nfm_reply" {
                let text = message["interactive"]["nfm_reply"]["response_json"]
                    .as_str()
                    .unwrap();
                return (message.clone(), serde_json::from_str(text).unwrap());
            }
        }
        callback.wait(seen + 1).await;
    }
}

#[tokio::test]
async fn a_flow_without_endpoint_runs_from_screen_to_screen_and_answers() {
    let (stage, callback) = subscribed().await;
    let id = create(&stage, "plain", &sound(), None).await;
    let draft = json!({"flow_id": id, "mode": "draft"});
    let wamid = offer(&stage, draft.clone()).await;
    let user = stage.simulator().user(USER);
    let flow = user.opens_flow(&wamid).await.unwrap();
    let screen = flow.screen().unwrap();
    assert_eq!(
        (screen.screen.as_str(), screen.title.as_str()),
        ("WELCOME", "Welcome")
    );
    assert_eq!(screen.components[1].kind, "TextInput");
    assert!(screen.components[1].required && !screen.can_go_back);
    assert_eq!(screen.footer.unwrap().label, "Continue");

    let screen = flow.press("footer").await.unwrap();
    assert_eq!(screen.screen, "WELCOME");
    assert!(screen.components[1].error.is_some(), "the name is required");
    flow.fill("name", json!("Sheena")).await.unwrap();
    let screen = flow.press("Continue").await.unwrap();
    assert_eq!(
        (screen.screen.as_str(), screen.components[0].label.as_str()),
        ("THE_END", "Sheena")
    );
    let screen = flow.back().await.unwrap();
    assert_eq!(
        screen.components[1].value, "Sheena",
        "what was filled in stays"
    );
    flow.press("Continue").await.unwrap();
    let screen = flow.press("Done").await.unwrap();
    assert_eq!(screen.state, FlowState::Completed);

    let (message, answers) = reply(&callback).await;
    assert_eq!(answers, json!({"name": "Sheena", "flow_token": "TOKEN-1"}));
    assert_eq!(message["context"]["id"], *wamid);
    let documented = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fixtures/cloud-api/messages.interactive-nfm_reply-flow.json"
    );
    let documented: Value = serde_json::from_slice(&std::fs::read(documented).unwrap()).unwrap();
    let documented = &documented["entry"][0]["changes"][0]["value"]["messages"][0];
    assert_eq!(
        message["interactive"]["nfm_reply"]["name"],
        documented["interactive"]["nfm_reply"]["name"]
    );
    assert_eq!(
        message["interactive"]["nfm_reply"]["body"],
        documented["interactive"]["nfm_reply"]["body"]
    );
    assert!(flow.press("Done").await.is_err(), "it is over");
    stage.end().await;
}

#[tokio::test]
async fn a_flow_talks_to_its_endpoint_encrypted_from_init_to_the_final_answer() {
    let (stage, callback) = subscribed().await;
    let desk = Desk::open().await;
    let id = create(&stage, "booking", &booking(), Some(&desk.url)).await;
    let publish = format!("/v24.0/{id}/publish");
    let (_, refused) = stage.post(&publish, &json!({})).await;
    let said = refused["error"]["message"].as_str().unwrap();
    assert!(said.contains("Public Key"), "{said}");
    stage
        .simulator()
        .set_flow_key(PHONE, &public_key())
        .unwrap();
    let (status, answer) = stage.post(&publish, &json!({})).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(desk.got()[0]["action"], "ping");

    let wamid = offer(
        &stage,
        json!({"flow_id": id, "flow_action": "data_exchange"}),
    )
    .await;
    let day =
        json!({"days": [{"id": "mon", "title": "Monday"}, {"id": "tue", "title": "Tuesday"}]});
    desk.says([Said::Json(json!({"screen": "DAY", "data": day}))]);
    let flow = stage
        .simulator()
        .user(USER)
        .opens_flow(&wamid)
        .await
        .unwrap();
    let init = desk.got()[1].clone();
    assert_eq!(
        (&init["action"], &init["flow_token"]),
        (&json!("INIT"), &json!("TOKEN-1"))
    );
    let signature = init["flow_token_signature"].as_str().unwrap();
    assert_eq!(signature.split('.').count(), 3);
    assert_eq!(flow.screen().unwrap().components[0].options.len(), 2);

    assert!(flow.fill("day", json!("Sunday")).await.is_err());
    flow.fill("day", json!("Tuesday")).await.unwrap();
    desk.says([
        Said::Json(json!({"screen": "DAY", "data": {"error_message": "Tuesday is full"}})),
        Said::Json(json!({"screen": "PHOTOS"})),
        Said::Json(json!({"screen": "CONFIRM", "data": {"text": "Sure?"}})),
    ]);
    let screen = flow.press("Next").await.unwrap();
    assert_eq!(
        (screen.screen.as_str(), screen.error.as_deref()),
        ("DAY", Some("Tuesday is full"))
    );
    assert_eq!(desk.got()[2]["data"], json!({"day": "tue"}));
    assert_eq!(flow.press("Next").await.unwrap().screen, "PHOTOS");

    let photo = b"\x89PNG a picture of a shrub";
    let picked = json!([{"file_name": "shrub.png", "mime_type": "image/png",
                         "data": STANDARD.encode(photo)}]);
    flow.fill("photos", picked).await.unwrap();
    let screen = flow.press("Send").await.unwrap();
    assert_eq!(screen.components[0].label, "Sure?");
    assert_eq!(screen.components[1].label, "On tue");
    let file = desk.got()[4]["data"]["photos"][0].clone();
    assert_eq!(file["file_name"], "shrub.png");
    let bytes = stage
        .http
        .get(file["cdn_url"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(
        decrypt(&bytes.bytes().await.unwrap(), &file["encryption_metadata"]),
        photo
    );

    desk.says([
        Said::Json(json!({"screen": "PHOTOS"})),
        Said::Json(json!({"screen": "CONFIRM", "data": {"text": "Really?"}})),
        Said::Json(
            json!({"screen": "SUCCESS", "data": {"extension_message_response": {
            "params": {"flow_token": "TOKEN-1", "booked": true}}}}),
        ),
    ]);
    assert_eq!(flow.back().await.unwrap().screen, "PHOTOS");
    let got = desk.got();
    assert_eq!(
        (&got[5]["action"], &got[5]["screen"]),
        (&json!("BACK"), &json!("CONFIRM"))
    );
    assert_eq!(
        flow.press("Send").await.unwrap().components[0].label,
        "Really?"
    );
    assert_eq!(
        flow.press("Confirm").await.unwrap().state,
        FlowState::Completed
    );
    let (_, answers) = reply(&callback).await;
    assert_eq!(answers, json!({"flow_token": "TOKEN-1", "booked": true}));
    stage.end().await;
}

/// What a bot does with an encrypted file.
fn decrypt(bytes: &[u8], metadata: &Value) -> Vec<u8> {
    let part = |name: &str| STANDARD.decode(metadata[name].as_str().unwrap()).unwrap();
    assert_eq!(part("encrypted_hash"), Sha256::digest(bytes).to_vec());
    let key: [u8; 32] = part("encryption_key").try_into().unwrap();
    let iv: [u8; 16] = part("iv").try_into().unwrap();
    let text = &bytes[..bytes.len() - 10];
    let file = Decryptor::<Aes256>::new(&key.into(), &iv.into())
        .decrypt_padded_vec::<Pkcs7>(text)
        .unwrap();
    assert_eq!(part("plaintext_hash"), Sha256::digest(&file).to_vec());
    file
}

#[tokio::test]
async fn an_endpoint_that_fails_is_met_as_meta_meets_it() {
    let (stage, _callback) = subscribed().await;
    let desk = Desk::open().await;
    let id = create(&stage, "booking", &booking(), Some(&desk.url)).await;
    let wamid = offer(
        &stage,
        json!({"flow_id": id, "mode": "draft", "flow_action": "data_exchange"}),
    )
    .await;
    let user = stage.simulator().user(USER);

    let screen = user.opens_flow(&wamid).await.unwrap().screen().unwrap();
    assert_eq!(screen.state, FlowState::Failed);
    assert!(screen.error.unwrap().contains("public-key-missing"));
    stage
        .simulator()
        .set_flow_key(PHONE, &public_key())
        .unwrap();

    let day = json!({"screen": "DAY", "data": {"days": [{"id": "mon", "title": "Monday"}]}});
    desk.says([Said::Status(421, ""), Said::Json(day.clone())]);
    let flow = user.opens_flow(&wamid).await.unwrap();
    assert_eq!(
        flow.screen().unwrap().screen,
        "DAY",
        "after 421 the key is fetched and it goes on"
    );
    flow.fill("day", json!("mon")).await.unwrap();

    let mut seen = desk.got().len();
    for (said, error) in [
        (
            Said::Json(json!({"screen": "CONFIRM", "data": {"text": "x"}})),
            "invalid-screen-transition",
        ),
        (
            Said::Json(json!({"screen": "NONE"})),
            "invalid-screen-transition",
        ),
        (
            Said::Json(json!({"screen": "DAY", "data": {"days": "none"}})),
            "payload-schema-error",
        ),
        (Said::Json(json!({"hello": 1})), "payload-schema-error"),
    ] {
        desk.says([said]);
        let screen = flow.press("Next").await.unwrap();
        assert!(screen.error.unwrap().contains(error), "{error}");
        assert_eq!(screen.state, FlowState::Open);
        seen += 2;
        let notice = desk.got()[seen - 1].clone();
        assert_eq!(notice["data"]["error"], error, "{notice}");
        assert!(notice["data"]["error_message"].is_string());
    }
    for (said, error) in [
        (Said::Status(432, ""), "unexpected_http_status_code"),
        (
            Said::Status(200, "bm90IGVuY3J5cHRlZA=="),
            "response-decryption-error",
        ),
    ] {
        desk.says([said]);
        assert!(
            flow.press("Next")
                .await
                .unwrap()
                .error
                .unwrap()
                .contains(error)
        );
    }
    desk.says([Said::Status(421, ""), Said::Status(421, "")]);
    let screen = flow.press("Next").await.unwrap();
    assert!(screen.error.unwrap().contains("business-decryption-error"));
    desk.says([Said::Status(
        427,
        "{\"error_msg\": \"The order has already been placed\"}",
    )]);
    let screen = flow.press("Next").await.unwrap();
    assert_eq!(
        screen.error.as_deref(),
        Some("The order has already been placed")
    );
    assert_eq!(screen.state, FlowState::Disabled);
    assert!(user.opens_flow(&wamid).await.is_err(), "the button is dead");
    stage.end().await;
}

#[tokio::test]
async fn the_state_of_a_flow_decides_what_may_be_sent() {
    let clock = Clock::fixed("2026-11-21T12:00:00Z".parse().unwrap());
    let (stage, callback) = subscribed_with(Settings {
        clock: clock.clone(),
        ..quick()
    })
    .await;
    let id = create(&stage, "plain", &sound(), None).await;
    let send = async |parameters: Value| {
        let (status, answer) = stage.send(&message(&parameters)).await;
        (status, answer["error"]["code"].as_i64().unwrap_or(0))
    };
    let published = json!({"flow_id": id});
    assert_eq!(send(published.clone()).await, (400, 131_009), "a draft");
    assert_eq!(
        send(json!({"flow_name": "plain", "mode": "draft"})).await,
        (200, 0)
    );
    let wrong = json!({"flow_id": id, "mode": "draft", "flow_action_payload": {"screen": "NONE"}});
    assert_eq!(send(wrong).await, (400, 131_009));
    assert_eq!(send(json!({"flow_id": "1234"})).await, (400, 131_009));
    stage
        .post(&format!("/v24.0/{id}/publish"), &json!({}))
        .await;
    assert_eq!(send(published.clone()).await, (200, 0));
    assert_eq!(
        send(json!({"flow_id": id, "mode": "draft"})).await,
        (400, 131_009)
    );
    let wamid = offer(&stage, published.clone()).await;

    stage
        .simulator()
        .set_flow_status(&id, FlowStatus::Throttled)
        .unwrap();
    for _ in 0..10 {
        assert_eq!(send(published.clone()).await, (200, 0));
    }
    assert_eq!(send(published.clone()).await, (400, 132_069));
    clock.advance(Duration::from_hours(1));
    assert_eq!(send(published.clone()).await, (200, 0));

    let path = format!("/sim/v1/flows/{id}");
    assert_eq!(
        stage.post(&path, &json!({"status": "BLOCKED"})).await.0,
        200
    );
    assert_eq!(send(published).await, (400, 132_068));
    assert!(
        stage
            .simulator()
            .user(USER)
            .opens_flow(&wamid)
            .await
            .is_err()
    );
    for alert in [
        "CLIENT_ERROR_RATE",
        "ENDPOINT_ERROR_RATE",
        "ENDPOINT_LATENCY",
        "ENDPOINT_AVAILABILITY",
    ] {
        let (status, answer) = stage.post(&path, &json!({"alert": alert})).await;
        assert_eq!(status, 200, "{answer}");
        let name = format!("flows.{}", alert.to_lowercase());
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cloud-api");
        let documented = std::fs::read(format!("{folder}/{name}.json")).unwrap();
        let documented: Value = serde_json::from_slice(&documented).unwrap();
        let keys = |body: &Value| {
            let value = body["entry"][0]["changes"][0]["value"]
                .as_object()
                .unwrap()
                .clone();
            value.keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(keys(&answer["notification"]), keys(&documented), "{alert}");
    }
    drop(callback);
    stage.end().await;
}

#[tokio::test]
async fn the_admin_api_opens_fills_and_presses() {
    let stage = Stage::new().await;
    let body = message(
        &json!({"flow_id": "1", "flow_action_payload": {"screen": "SCREEN_NAME", "data": {
        "product_name": "Aloe", "product_description": "Green", "product_price": 9}}}),
    );
    let (_, answer) = stage.send(&body).await;
    let wamid = &answer["messages"][0]["id"];
    let base = "/sim/v1/users/16505551234/flows";
    let (status, screen) = stage.post(base, &json!({"wamid": wamid})).await;
    assert_eq!(status, 200, "{screen}");
    let path = format!("{base}/{}", screen["session"].as_str().unwrap());
    assert_eq!(stage.get(&path).await.1, screen);
    assert_eq!(screen["components"][0]["label"], "Aloe");
    let (_, screen) = stage
        .post(
            &path,
            &json!({"fill": {"quantity": "many"}, "press": "Order"}),
        )
        .await;
    assert!(screen["components"][2]["error"].is_string(), "{screen}");
    let (_, screen) = stage
        .post(&path, &json!({"fill": {"quantity": 3}, "press": "Order"}))
        .await;
    assert_eq!(screen["state"], "completed");
    assert_eq!(
        screen["response"],
        json!({"product": "Aloe", "quantity": "3", "flow_token": "TOKEN-1"})
    );
    assert_eq!(stage.post(&format!("{base}/none"), &json!({})).await.0, 404);
    assert_eq!(
        stage.post(base, &json!({"wamid": "wamid.none"})).await.0,
        404
    );
    let text = stage.text("hi").await;
    assert_eq!(stage.post(base, &json!({"wamid": text})).await.0, 400);
    stage.end().await;
}

#[tokio::test]
async fn files_in_the_final_answer_become_media_of_the_business() {
    let (stage, callback) = subscribed().await;
    let flow = json!({"version": "7.2", "screens": [{
        "id": "UPLOAD", "terminal": true,
        "layout": {"type": "SingleColumnLayout", "children": [
            {"type": "DocumentPicker", "label": "Paper", "name": "paper", "max-uploaded-documents": 1,
             "min-uploaded-documents": 1, "allowed-mime-types": ["application/pdf"]},
            {"type": "Footer", "label": "Done", "on-click-action": {
                "name": "complete", "payload": {"paper": "${form.paper}"}}}]}}]});
    let id = create(&stage, "upload", &flow, None).await;
    let wamid = offer(&stage, json!({"flow_id": id, "mode": "draft"})).await;
    let flow = stage
        .simulator()
        .user(USER)
        .opens_flow(&wamid)
        .await
        .unwrap();
    let file = |mime_type: &str| json!([{"file_name": "a.pdf", "mime_type": mime_type, "data": STANDARD.encode("%PDF-1.7")}]);
    assert!(flow.fill("paper", file("image/png")).await.is_err());
    assert!(
        flow.press("Done").await.unwrap().components[0]
            .error
            .is_some(),
        "one is needed"
    );
    flow.fill("paper", file("application/pdf")).await.unwrap();
    assert_eq!(
        flow.press("Done").await.unwrap().state,
        FlowState::Completed
    );
    let (_, answers) = reply(&callback).await;
    let paper = &answers["paper"][0];
    assert_eq!(
        (&paper["file_name"], &paper["mime_type"]),
        (&json!("a.pdf"), &json!("application/pdf"))
    );
    let (_, node) = stage
        .get(&format!("/v24.0/{}", paper["id"].as_str().unwrap()))
        .await;
    let bytes = stage
        .http
        .get(node["url"].as_str().unwrap())
        .bearer_auth(TOKEN)
        .send()
        .await
        .unwrap();
    assert_eq!(bytes.bytes().await.unwrap(), "%PDF-1.7");
    stage.end().await;
}

#[tokio::test]
async fn metrics_come_from_what_happened() {
    let clock = Clock::fixed("2026-11-21T12:00:00Z".parse().unwrap());
    let (stage, _callback) = subscribed_with(Settings {
        clock: clock.clone(),
        ..quick()
    })
    .await;
    // It decrypts nothing: the arithmetic of 250 private keys takes long in a test.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/flow", listener.local_addr().unwrap());
    let broken = async || StatusCode::INTERNAL_SERVER_ERROR;
    let router = Router::new().route("/flow", post(broken));
    TaskTracker::new().spawn(async move { axum::serve(listener, router).await });
    stage
        .simulator()
        .set_flow_key(PHONE, &public_key())
        .unwrap();
    let id = create(&stage, "booking", &booking(), Some(&url)).await;
    let payload = json!({"screen": "DAY", "data": {"days": [{"id": "mon", "title": "Monday"}]}});
    let draft = json!({"flow_id": id, "mode": "draft", "flow_action_payload": payload});
    let wamid = offer(&stage, draft).await;
    let flow = stage
        .simulator()
        .user(USER)
        .opens_flow(&wamid)
        .await
        .unwrap();
    flow.fill("day", json!("mon")).await.unwrap();
    for _ in 0..250 {
        flow.press("Next").await.unwrap();
    }
    let metric = async |name: &str, granularity: &str| {
        let path = format!("/v24.0/{id}?fields=metric.name({name}).granularity({granularity})");
        let (status, node) = stage.get(&path).await;
        assert_eq!(status, 200, "{node}");
        node["metric"]["data_points"][0].clone()
    };
    let count = metric("ENDPOINT_REQUEST_COUNT", "DAY").await;
    assert_eq!(
        count,
        json!({"timestamp": "2026-11-21T00:00:00+0000", "data": [{"key": "value", "value": 250}]})
    );
    let errors = metric("ENDPOINT_REQUEST_ERROR", "HOUR").await;
    assert_eq!(
        errors["data"],
        json!([{"key": "unexpected_http_status_code", "value": 250}])
    );
    let latency = metric("ENDPOINT_REQUEST_LATENCY_SECONDS_CEIL", "LIFETIME").await;
    assert_eq!(latency["data"], json!([{"key": "1", "value": 250}]));
    stage.end().await;
}
