//! The WABA: its fields, numbers, users and records, what the platform decides about it, its limits.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use simulator::{Business, Category, Clock, Limits, Number, Settings};

use crate::accounts::{fixture, same_keys};
use crate::kit::{APP, PHONE, Stage, TOKEN, USER, WABA, quick, subscribed, text};

fn path(edge: &str) -> String {
    format!("/v24.0/{WABA}{edge}")
}

fn code(answer: &Value) -> &Value {
    &answer["error"]["code"]
}

#[tokio::test]
async fn fields_are_those_that_were_asked_for() {
    let stage = Stage::new().await;
    let (_, answer) = stage
        .get(&path(
            "?fields=name,status,currency,country,business_verification_status",
        ))
        .await;
    assert_eq!(answer, fixture("response.waba"));
    let (_, answer) = stage.get(&path("")).await;
    assert_eq!(answer.as_object().unwrap().len(), 5);
    let asked = "?fields=owner_business_info{name},health_status{can_send_message},\
                 message_template_namespace,phone_numbers{verified_name},subscribed_apps";
    let (_, answer) = stage.get(&path(asked)).await;
    assert_eq!(
        answer["phone_numbers"],
        json!({"data": [{"id": PHONE, "verified_name": "Lucky Shrub"}]})
    );
    assert_eq!(answer["owner_business_info"]["name"], "Lucky Shrub");
    assert_eq!(
        answer["health_status"],
        json!({"can_send_message": "AVAILABLE"})
    );
    assert_eq!(answer["subscribed_apps"], json!({"data": []}));
    let (status, answer) = stage.get(&path("?fields=nonsense")).await;
    assert_eq!((status, code(&answer)), (400, &json!(100)));
    assert!(
        answer["error"]["message"]
            .as_str()
            .unwrap()
            .contains("(nonsense)")
    );
    stage.end().await;
}

#[tokio::test]
async fn settings_change_and_insights_stay_on() {
    let stage = Stage::new().await;
    let body = json!({"name": "Shrub", "timezone_id": "7", "is_enabled_for_insights": true});
    assert_eq!(
        stage.post(&path(""), &body).await,
        (200, json!({"success": true}))
    );
    let (_, answer) = stage
        .get(&path("?fields=name,timezone_id,is_enabled_for_insights"))
        .await;
    assert_eq!(
        answer,
        json!({"id": WABA, "name": "Shrub", "timezone_id": "7", "is_enabled_for_insights": true})
    );
    for (body, expected) in [
        (json!({"is_enabled_for_insights": false}), 200_006),
        (json!({"name": "x".repeat(101)}), 100),
        (json!({"name": ""}), 100),
        (json!({"timezone_id": 9999}), 100),
    ] {
        let (status, answer) = stage.post(&path(""), &body).await;
        assert_eq!((status, code(&answer)), (400, &json!(expected)), "{body}");
    }
    let (_, log) = stage
        .get(&path("/activities?activity_type=ACCOUNT_UPDATED"))
        .await;
    assert_eq!(log["data"].as_array().unwrap().len(), 1);
    assert_eq!(log["data"][0]["actor_type"], "API");
    stage.end().await;
}

fn marketing() -> Value {
    json!({"messaging_product": "whatsapp", "to": USER, "type": "template",
           "template": {"name": "summer_sale", "language": {"code": "en_US"}}})
}

/// Settings with a marketing template that takes no parameters.
fn selling() -> Settings {
    let mut settings = quick();
    let mut template = settings
        .templates
        .iter()
        .find(|template| template.name == "hello_world")
        .unwrap()
        .clone();
    "summer_sale".clone_into(&mut template.name);
    template.category = Category::Marketing;
    settings.templates.push(template);
    settings
}

#[tokio::test]
async fn marketing_can_be_kept_off_the_cloud_api() {
    let stage = Stage::with(selling()).await;
    assert_eq!(stage.send(&marketing()).await.0, 200);
    let body = json!({"disable_marketing_messages_on_cloud_api": true});
    assert_eq!(stage.post(&path(""), &body).await.0, 200);
    let (status, answer) = stage.send(&marketing()).await;
    assert_eq!((status, code(&answer)), (400, &json!(131_063)));
    stage.text("a service message goes on").await;
    stage.end().await;
}

#[tokio::test]
async fn numbers_are_listed_filtered_and_added_within_the_portfolios_limit() {
    let business = Business {
        verification_status: "not_verified".to_owned(),
        messaging_limit: "TIER_250".to_owned(),
        ..Business::default()
    };
    let settings = Settings {
        businesses: vec![business],
        ..quick()
    };
    let stage = Stage::with(settings).await;
    let wish = json!({"cc": "1", "phone_number": "6505550000", "verified_name": "Second"});
    let (status, added) = stage.post(&path("/phone_numbers"), &wish).await;
    assert_eq!(status, 200, "{added}");
    let (_, answer) = stage.post(&path("/phone_numbers"), &wish).await;
    assert_eq!(code(&answer), 2_388_012);
    let third = json!({"cc": "1", "phone_number": "6505550001", "verified_name": "Third"});
    let (_, answer) = stage.post(&path("/phone_numbers"), &third).await;
    assert_eq!(code(&answer), 100);
    let event = stage.simulator().trigger("business.verified", Value::Null);
    event.await.unwrap();
    assert_eq!(stage.post(&path("/phone_numbers"), &third).await.0, 200);

    let (_, page) = stage
        .get(&path(
            "/phone_numbers?sort=creation_time.desc&limit=2&fields=verified_name",
        ))
        .await;
    assert_eq!(page["data"][0]["verified_name"], "Third");
    assert_eq!(
        page["data"][1],
        json!({"id": added["id"], "verified_name": "Second"})
    );
    let next = page["paging"]["next"].as_str().unwrap();
    let next = next.strip_prefix(&stage.running.base_url).unwrap();
    let (_, page) = stage.get(next).await;
    assert_eq!(page["data"].as_array().unwrap().len(), 1);
    assert_eq!(page["data"][0]["id"], PHONE);
    assert_eq!(page["paging"].get("next"), None);

    let filter = r#"[{"field":"status","operator":"EQUAL","value":"CONNECTED"}]"#;
    let filter: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
    let (_, page) = stage
        .get(&path(&format!("/phone_numbers?filtering={filter}")))
        .await;
    assert_eq!(page["data"].as_array().unwrap().len(), 1);
    for (name, body) in [
        (
            "cc",
            json!({"cc": "a", "phone_number": "6505550009", "verified_name": "n"}),
        ),
        ("phone_number", json!({"cc": "1", "verified_name": "n"})),
        (
            "verified_name",
            json!({"cc": "1", "phone_number": "6505550009"}),
        ),
    ] {
        let (_, answer) = stage.post(&path("/phone_numbers"), &body).await;
        assert!(answer["error"]["message"].as_str().unwrap().contains(name));
    }
    stage.end().await;
}

#[tokio::test]
async fn users_are_assigned_with_tasks() {
    let stage = Stage::new().await;
    let users = path("/assigned_users");
    let body = json!({"user": "42", "tasks": ["MANAGE", "DEVELOP"]});
    assert_eq!(
        stage.post(&users, &body).await,
        (200, json!({"success": true}))
    );
    let of = format!("{users}?business=506914307656634");
    let (_, answer) = stage.get(&of).await;
    assert_eq!(answer["data"][0]["tasks"], json!(["DEVELOP", "MANAGE"]));
    assert_eq!(answer["summary"]["total_count"], 1);
    assert_eq!(code(&stage.get(&users).await.1), 100);
    for wrong in [
        json!({"user": "42"}),
        json!({"tasks": ["MANAGE"]}),
        json!({"user": "42", "tasks": ["FLY"]}),
        json!({"user": "me", "tasks": ["MANAGE"]}),
    ] {
        assert_eq!(code(&stage.post(&users, &wrong).await.1), 100);
    }
    let gone = format!("{users}?user=42");
    assert_eq!(stage.call("DELETE", &gone, None).await.0, 200);
    assert_eq!(stage.call("DELETE", &gone, None).await.0, 400);
    assert_eq!(stage.get(&of).await.1["summary"]["total_count"], 0);
    stage.end().await;
}

#[tokio::test]
async fn schedules_are_kept() {
    let stage = Stage::new().await;
    let body = json!({"name": "Hours", "schedule_type": "BUSINESS_HOURS", "start_time": "09:00",
                      "end_time": "17:00", "days_of_week": ["MONDAY"]});
    let (status, made) = stage.post(&path("/schedules"), &body).await;
    assert_eq!(status, 200, "{made}");
    let (_, list) = stage.get(&path("/schedules?fields=id,name,status")).await;
    assert_eq!(
        list["data"],
        json!([{"id": made["id"], "name": "Hours", "status": "ACTIVE"}])
    );
    for (name, value) in [
        ("start_time", "18:00"),
        ("end_time", "5 pm"),
        ("schedule_type", "NEVER"),
        ("name", ""),
    ] {
        let mut wrong = body.clone();
        wrong[name] = json!(value);
        let (_, answer) = stage.post(&path("/schedules"), &wrong).await;
        assert_eq!(code(&answer), 100, "{name}");
    }
    stage.end().await;
}

#[tokio::test]
async fn a_business_lists_its_own_and_its_clients_wabas() {
    let stage = Stage::new().await;
    let (_, client) = stage
        .post("/sim/v1/businesses", &json!({"name": "Client"}))
        .await;
    let waba = json!({"id": "800", "name": "Client", "business": client["id"]});
    assert_eq!(stage.post("/sim/v1/wabas", &waba).await.0, 200);
    let partner = json!({"id": "501", "name": "Partner", "client_wabas": ["800"]});
    assert_eq!(stage.post("/sim/v1/businesses", &partner).await.0, 200);
    let (_, token) = stage
        .post("/sim/v1/tokens", &json!({"business": "501"}))
        .await;
    let token = token["token"].as_str().unwrap();
    let (_, clients) = stage
        .call_as(
            token,
            "GET",
            "/v24.0/501/client_whatsapp_business_accounts",
            None,
        )
        .await;
    assert_eq!(clients["data"][0]["id"], "800");
    let (_, waba) = stage
        .call_as(token, "GET", "/v24.0/800?fields=ownership_type", None)
        .await;
    assert_eq!(waba["ownership_type"], "CLIENT_OWNED");
    let owned = "/v24.0/506914307656634/owned_whatsapp_business_accounts";
    let (_, owned) = stage
        .get(&format!("{owned}?fields=name,phone_numbers{{id}}"))
        .await;
    assert_eq!(owned["data"][0]["id"], WABA);
    assert_eq!(
        owned["data"][0]["phone_numbers"]["data"],
        json!([{"id": PHONE}])
    );
    let (_, business) = stage
        .get("/v24.0/506914307656634?fields=verification_status")
        .await;
    assert_eq!(business["verification_status"], "verified");
    stage.end().await;
}

#[tokio::test]
async fn the_platform_reviews_restricts_and_disables() {
    let (stage, callback) = subscribed().await;
    let simulator = stage.simulator();
    let mut seen = 0;
    for (event, params, name) in [
        (
            "account.restricted",
            Value::Null,
            "account_update.account_restriction",
        ),
        (
            "account.reinstated",
            Value::Null,
            "account_update.disabled_update",
        ),
        (
            "account.approved",
            Value::Null,
            "account_review_update.approved",
        ),
        (
            "account.alert",
            Value::Null,
            "account_alerts.increased_capabilities_deferred",
        ),
        (
            "account.oba_approved",
            Value::Null,
            "account_alerts.oba_approved",
        ),
        ("security.pin_changed", Value::Null, "security.pin_changed"),
        (
            "security.pin_reset_request",
            Value::Null,
            "security.pin_reset_request",
        ),
        (
            "account.deleted",
            Value::Null,
            "account_update.account_deleted",
        ),
        (
            "account.reinstated",
            Value::Null,
            "account_update.disabled_update",
        ),
        (
            "account.primary_location",
            json!({"country": "DE"}),
            "account_update.business_primary_location",
        ),
    ] {
        simulator.trigger(event, params).await.unwrap();
        seen += 1;
        let got = callback.wait(seen).await;
        same_keys(&got[seen - 1].json(), &fixture(name));
    }

    let template = json!({"messaging_product": "whatsapp", "to": USER, "type": "template",
                          "template": {"name": "hello_world", "language": {"code": "en_US"}}});
    simulator
        .trigger("account.restricted", Value::Null)
        .await
        .unwrap();
    assert_eq!(code(&stage.send(&template).await.1), 368);
    stage.text("an answer is still good").await;
    let asked = path("?fields=status,health_status{can_send_message},account_review_status");
    let (_, answer) = stage.get(&asked).await;
    assert_eq!(answer["status"], "RESTRICTED");
    assert_eq!(answer["health_status"]["can_send_message"], "LIMITED");
    simulator.clock().advance(Duration::from_hours(192));
    assert_eq!(
        stage.get(&asked).await.1["status"],
        "ACTIVE",
        "a week is over"
    );
    assert_eq!(stage.send(&template).await.0, 200);

    simulator
        .trigger("account.disabled", Value::Null)
        .await
        .unwrap();
    let (status, answer) = stage.send(&text("hi")).await;
    assert_eq!((status, code(&answer)), (403, &json!(131_031)));
    assert_eq!(stage.get(&asked).await.1["status"], "DISABLED");
    simulator
        .trigger("account.reinstated", Value::Null)
        .await
        .unwrap();
    stage.text("back again").await;
    stage.end().await;
}

/// A call with its usage header, and its code if it was refused.
async fn usage(stage: &Stage, path: &str, header: &str) -> (Option<Value>, Option<i64>) {
    let call = stage.http.get(stage.url(path)).bearer_auth(TOKEN);
    let answer = call.send().await.unwrap();
    let told = answer
        .headers()
        .get(header)
        .map(|told| serde_json::from_slice(told.as_bytes()).unwrap());
    let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    if !body["error"].is_null() {
        assert_eq!(body["error"]["is_transient"], true);
    }
    (told, body["error"]["code"].as_i64())
}

#[tokio::test]
async fn management_calls_are_limited_per_hour() {
    let settings = Settings {
        clock: Clock::fixed(Timestamp::constant(1_795_219_200, 0)),
        limits: Limits::STRICT,
        numbers: vec![Number {
            onboarded: false,
            ..Number::default()
        }],
        ..quick()
    };
    let stage = Stage::with(settings).await;
    let header = "x-business-use-case-usage";
    for call in 1..=200 {
        let (told, refused) = usage(&stage, &path(""), header).await;
        assert_eq!(refused, None);
        assert_eq!(told.is_some(), call >= 10, "call {call}");
        if call == 100 {
            assert_eq!(told.unwrap()[WABA][0]["call_count"], 50);
        }
    }
    stage.simulator().clock().advance(Duration::from_mins(20));
    let (told, refused) = usage(&stage, &path(""), header).await;
    assert_eq!(refused, Some(80_007));
    let told = told.unwrap();
    assert_eq!(told[WABA][0]["call_count"], 100);
    assert_eq!(told[WABA][0]["estimated_time_to_regain_access"], 40);
    stage.simulator().clock().advance(Duration::from_mins(40));
    assert_eq!(usage(&stage, &path(""), header).await.1, None);

    for _ in 0..200 {
        usage(&stage, &format!("/v24.0/{APP}"), "x-app-usage").await;
    }
    let (told, refused) = usage(&stage, &format!("/v24.0/{APP}"), "x-app-usage").await;
    assert_eq!(
        (told.unwrap()["call_count"].as_i64(), refused),
        (Some(100), Some(4))
    );
    stage.end().await;
}
