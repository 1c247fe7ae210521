//! The edge for marketing messages.

use serde_json::json;

use crate::fixtures::request;
use crate::kit::{PHONE, Stage, USER};

#[tokio::test]
async fn the_marketing_edge_takes_marketing_templates_only() {
    let stage = Stage::new().await;
    let path = format!("/v24.0/{PHONE}/marketing_messages");
    let good = request("request.marketing_messages-template.json");
    let (status, answer) = stage.post(&path, &good).await;
    assert_eq!(status, 200);
    assert_eq!(answer["messages"][0]["message_status"], "accepted");
    let (_, answer) = stage.post(&path, &crate::kit::text("hi")).await;
    let documented = request("error.100-marketing_messages.json");
    let error = &answer["error"];
    assert_eq!(error["code"], documented["error"]["code"]);
    assert_eq!(error["error_data"], documented["error"]["error_data"]);
    let hello = json!({"messaging_product": "whatsapp", "to": USER, "type": "template",
                       "template": {"name": "hello_world", "language": {"code": "en_US"}}});
    let (_, answer) = stage.post(&path, &hello).await;
    assert_eq!(answer["error"]["code"], 134_100);
    let mut strict = good.clone();
    strict["product_policy"] = json!("LAX");
    let (_, answer) = stage.post(&path, &strict).await;
    assert_eq!(answer["error"]["code"], 131_009);
    let (_, answer) = stage.send(&good).await;
    assert_eq!(
        answer["error"]["code"], 100,
        "product_policy is not for /messages"
    );
    stage.end().await;
}
