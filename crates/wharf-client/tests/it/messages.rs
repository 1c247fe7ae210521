//! Sending: each kind of message is accepted as it was built; marking as read.

use serde_json::{Value, json};
use simulator::{Calls, Fault, Trouble};
use wharf_client::{ErrorClass, Method};
use wharf_model::outgoing::MarketingMessage;
use wharf_model::{MessagePacing, OutgoingMessage, ReadReceipt};

use crate::desk::{Desk, fixture};
use crate::platform::{NUMBER, Platform, USER, text};

/// The body of a message to the user, with content of this kind.
fn body(kind: &str, content: impl Into<Value>) -> Value {
    let content = content.into();
    json!({"messaging_product": "whatsapp", "to": USER, "type": kind, kind: content})
}

#[tokio::test]
async fn each_kind_is_accepted_as_it_was_built() {
    let platform = Platform::start().await;
    let wamid = platform
        .number()
        .send(&text())
        .await
        .unwrap()
        .id()
        .unwrap()
        .clone();
    let button = json!({"type": "reply", "reply": {"id": "yes", "title": "Yes"}});
    let list = json!({"button": "Choose", "sections": [{"rows": [{"id": "1", "title": "One"}]}]});
    let link = json!({
        "name": "cta_url",
        "parameters": {"display_text": "Look", "url": "https://example.com"},
    });
    let bodies = [
        body("text", json!({"body": "Hello", "preview_url": true})),
        body(
            "image",
            json!({"link": "https://example.com/a.jpeg", "caption": "A"}),
        ),
        body(
            "audio",
            json!({"link": "https://example.com/a.ogg", "voice": true}),
        ),
        body("video", json!({"link": "https://example.com/a.mp4"})),
        body(
            "document",
            json!({"link": "https://example.com/a.pdf", "filename": "a.pdf"}),
        ),
        body("sticker", json!({"link": "https://example.com/a.webp"})),
        body(
            "location",
            json!({"latitude": 44.5, "longitude": -71.5, "name": "Here"}),
        ),
        body(
            "contacts",
            json!([{"name": {"formatted_name": "Ada L", "first_name": "Ada"}}]),
        ),
        body("reaction", json!({"message_id": wamid, "emoji": "👍"})),
        body(
            "interactive",
            json!({"type": "button", "body": {"text": "?"}, "action": {"buttons": [button]}}),
        ),
        body(
            "interactive",
            json!({"type": "list", "body": {"text": "?"}, "action": list}),
        ),
        body(
            "interactive",
            json!({"type": "cta_url", "body": {"text": "?"}, "action": link}),
        ),
        body(
            "template",
            json!({"name": "hello_world", "language": {"code": "en_US"}}),
        ),
    ];
    for json in &bodies {
        let message = OutgoingMessage::from_json(json).unwrap();
        let response = platform.number().send(&message).await;
        let response = response.unwrap_or_else(|error| {
            let raw = error.graph().map(|graph| graph.body.clone());
            panic!("{json}: {error:?} {raw:?}")
        });

        let accepted = platform.simulator().accepted().pop().unwrap();
        assert_eq!(response.id().unwrap().as_str(), accepted.wamid.as_str());
        assert_eq!(accepted.phone_number_id.as_str(), NUMBER);
        assert_eq!(accepted.json(), serde_json::to_value(&message).unwrap());
    }
    assert_eq!(
        platform.simulator().accepted_count(),
        1 + bodies.len() as u64
    );
}

#[tokio::test]
async fn a_send_can_be_looked_at_before_it_is_sent() {
    let platform = Platform::start().await;
    let call = platform.number().send(&text());
    assert_eq!(call.method(), Some(&Method::POST));
    assert_eq!(
        call.url().unwrap().path(),
        format!("/v26.0/{NUMBER}/messages")
    );
    let json: Value = serde_json::from_slice(call.json().unwrap()).unwrap();
    assert_eq!(json, serde_json::to_value(text()).unwrap());

    drop(call);
    assert_eq!(platform.simulator().accepted_count(), 0);
}

#[tokio::test]
async fn a_users_message_is_marked_as_read() {
    let platform = Platform::start().await;
    let wamid = platform.simulator().user(USER).says("Hi").await.unwrap();
    for typing in [false, true] {
        let receipt = ReadReceipt {
            message_id: wamid.as_str().parse().unwrap(),
            typing,
        };
        platform.number().mark_read(&receipt).await.unwrap();
    }

    let refusal = Fault::new(Trouble::graph(131_009)).calls(Calls::MarkRead);
    platform.simulator().fault(refusal);
    let receipt = ReadReceipt {
        message_id: wamid.as_str().parse().unwrap(),
        typing: false,
    };
    let error = platform.number().mark_read(&receipt).await.unwrap_err();
    assert_eq!(error.class(), Some(ErrorClass::FixRequest), "{error:?}");
}

#[tokio::test]
async fn a_marketing_message_has_an_address_of_its_own() {
    let desk = Desk::open().await;
    let number = desk.client().number(&NUMBER.parse().unwrap());
    let body = fixture("request.marketing_messages-template");
    let message = MarketingMessage::from_json(&body).unwrap();
    desk.answer(200, fixture("response.send-template-held"));
    let response = number.send_marketing(&message).await.unwrap();
    let request = desk.last();
    assert_eq!(request.method, Method::POST);
    assert_eq!(request.path, format!("{NUMBER}/marketing_messages"));
    assert_eq!(request.json(), serde_json::to_value(&message).unwrap());
    assert_eq!(request.json(), body);
    assert_eq!(
        response.messages[0].message_status,
        Some(MessagePacing::HeldForQualityAssessment)
    );

    desk.answer(400, fixture("error.100-marketing_messages"));
    let error = number.send_marketing(&message).await.unwrap_err();
    assert_eq!(error.class(), Some(ErrorClass::FixRequest));
    desk.answer(200, json!({"messages": []}));
    let error = number.send_marketing(&message).await.unwrap_err();
    assert!(error.outcome_unknown(), "{error:?}");
}
