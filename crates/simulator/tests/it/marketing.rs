//! The edge for marketing messages.

use serde_json::{Value, json};
use simulator::{Business, Clock, Number, Settings, Waba, WabaId};

use crate::fixtures::request;
use crate::kit::{PATIENCE, PHONE, Stage, USER, WABA, quick};

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

#[tokio::test]
async fn marketing_needs_an_onboarded_account_and_a_synced_template() {
    let minute = std::time::Duration::from_mins(1);
    let clock = Clock::fixed("2026-11-21T12:00:00Z".parse().unwrap());
    let mut eligible = Waba::new("777", "Eligible");
    eligible.marketing_messages_lite_api_status = "ELIGIBLE".to_owned();
    let business = Business {
        wabas: vec![Waba::default(), eligible],
        ..Business::default()
    };
    let other = Number {
        waba: WabaId::from("777"),
        ..Number::new("7", "15550000007")
    };
    let stage = Stage::with(Settings {
        clock: clock.clone(),
        businesses: vec![business],
        numbers: vec![Number::default(), other],
        ..quick()
    })
    .await;
    let good = request("request.marketing_messages-template.json");
    let (status, answer) = stage.post("/v24.0/7/marketing_messages", &good).await;
    assert_eq!((status, &answer["error"]["code"]), (500, &json!(134_102)));
    let onboarded = json!({"waba": "777"});
    let signed = stage
        .simulator()
        .trigger("account.mm_lite_terms_signed", onboarded);
    signed.await.unwrap();
    let (status, answer) = stage.post("/v24.0/7/marketing_messages", &good).await;
    assert_eq!(status, 200, "{answer}");

    let template = json!({"name": "summer_news", "language": "en_US", "category": "MARKETING",
                          "components": [{"type": "BODY", "text": "Summer is here."}]});
    let path = format!("/v24.0/{WABA}/message_templates");
    let (status, answer) = stage.post(&path, &template).await;
    assert_eq!(status, 200, "{answer}");
    let approve = json!({"template": "summer_news"});
    stage
        .simulator()
        .trigger("template.approved", approve)
        .await
        .unwrap();
    let news = json!({"messaging_product": "whatsapp", "to": USER, "type": "template",
                      "template": {"name": "summer_news", "language": {"code": "en_US"}}});
    let send = async || {
        let path = format!("/v24.0/{PHONE}/marketing_messages");
        let (_, answer) = stage.post(&path, &news).await;
        stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
        answer["error"]["code"].clone()
    };
    assert_eq!(send().await, 134_101);
    assert_eq!(stage.send(&news).await.0, 200, "the other door takes it");
    clock.advance(minute * 10);
    assert_eq!(send().await, Value::Null);
    clock.advance(minute * 60 * 24 * 8);
    assert_eq!(send().await, 134_101, "not used for a week");
    clock.advance(minute * 10);
    assert_eq!(send().await, Value::Null);
    stage.end().await;
}
