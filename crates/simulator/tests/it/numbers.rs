//! What hangs on a number: registration, name, settings, profile, QR codes, blocked users.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use simulator::{Clock, Settings};

use crate::fixtures::request as fixture;
use crate::kit::{PHONE, Stage, TOKEN, USER, quick, subscribed, subscribed_with, text};

fn edge(name: &str) -> String {
    format!("/v24.0/{PHONE}/{name}")
}

fn details(answer: &Value) -> &str {
    let error = &answer["error"];
    let details = error["error_data"]["details"].as_str();
    details.or(error["message"].as_str()).unwrap_or_default()
}

fn fixed() -> Settings {
    Settings {
        clock: Clock::fixed(Timestamp::UNIX_EPOCH + Duration::from_hours(498_672)),
        ..quick()
    }
}

/// Refused with this code.
fn refused(answer: &(u16, Value), code: i64) {
    assert_eq!(answer.1["error"]["code"], code, "{answer:?}");
    assert!(answer.0 >= 400);
}

/// Whether `value` has every key of `sample`, at every depth of objects.
fn shaped_like(value: &Value, sample: &Value) {
    if let Some(sample) = sample.as_object() {
        for (key, inner) in sample {
            assert!(value.get(key).is_some(), "{key} is missing in {value}");
            shaped_like(&value[key], inner);
        }
    }
}

#[tokio::test]
async fn a_number_shows_every_documented_field() {
    let stage = Stage::new().await;
    let (status, node) = stage.get(&format!("/v24.0/{PHONE}")).await;
    assert_eq!(status, 200);
    for name in [
        "id",
        "display_phone_number",
        "verified_name",
        "status",
        "quality_rating",
        "quality_score",
        "name_status",
        "code_verification_status",
        "platform_type",
        "throughput",
        "account_mode",
        "is_official_business_account",
        "official_business_account",
        "is_pin_enabled",
        "is_on_biz_app",
        "is_preverified_number",
        "search_visibility",
        "whatsapp_business_manager_messaging_limit",
        "country_code",
        "country_dial_code",
        "conversational_automation",
        "health_status",
        "certificate",
    ] {
        assert!(!node[name].is_null(), "{name}");
    }
    let path = format!("/v24.0/{PHONE}?fields=health_status");
    let (_, health) = stage.get(&path).await;
    let sample = fixture("response.health_status.json");
    shaped_like(
        &health["health_status"]["entities"][0],
        &sample["health_status"]["entities"][0],
    );
    assert_eq!(
        health["health_status"]["entities"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    stage.end().await;
}

#[tokio::test]
async fn a_new_display_name_is_reviewed() {
    let (stage, callback) = subscribed_with(fixed()).await;
    let node = format!("/v24.0/{PHONE}");
    let (status, _) = stage
        .post(
            &format!("{node}?new_display_name=Lucky%20Trees"),
            &json!({}),
        )
        .await;
    assert_eq!(status, 200);
    let (_, shown) = stage.get(&node).await;
    assert_eq!(shown["new_name_status"], "PENDING_REVIEW");
    assert_eq!(shown["verified_name"], "Lucky Shrub");
    stage.simulator().clock().advance(Duration::from_secs(31));
    let values = callback.values(1).await;
    assert_eq!(values[0]["decision"], "APPROVED");
    assert_eq!(values[0]["requested_verified_name"], "Lucky Trees");
    let (_, shown) = stage.get(&node).await;
    assert_eq!(shown["verified_name"], "Lucky Trees");

    stage
        .post(&node, &json!({"new_display_name": "www.lucky"}))
        .await;
    stage.simulator().clock().advance(Duration::from_secs(31));
    let values = callback.values(2).await;
    let sample = fixture("phone_number_name_update.rejected.json");
    shaped_like(&values[1], &sample["entry"][0]["changes"][0]["value"]);
    assert_eq!(values[1]["rejection_reason"], "NAME_FORMAT_UNACCEPTABLE");
    let long = "x".repeat(76);
    refused(
        &stage.post(&node, &json!({"new_display_name": long})).await,
        100,
    );
    stage.end().await;
}

#[tokio::test]
async fn a_number_is_verified_with_the_code_of_the_sms() {
    let stage = Stage::with(fixed()).await;
    let ask = json!({"code_method": "SMS", "language": "en_US"});
    refused(&stage.post(&edge("request_code"), &ask).await, 2_388_091);
    let admin = format!("/sim/v1/numbers/{PHONE}");
    let change = json!({"code_verification_status": "NOT_VERIFIED", "registered": false});
    stage.call("PATCH", &admin, Some(&change)).await;
    refused(
        &stage
            .post(&edge("register"), &fixture("request.register.json"))
            .await,
        133_006,
    );

    assert_eq!(stage.post(&edge("request_code"), &ask).await.0, 200);
    let (_, code) = stage.get(&format!("{admin}/code")).await;
    let good = code["code"].as_str().unwrap().to_owned();
    let wrong = if good == "000000" { "000001" } else { "000000" };
    let answer = stage
        .post(&edge("verify_code"), &json!({"code": wrong}))
        .await;
    refused(&answer, 100);
    assert!(details(&answer.1).contains("incorrect"));
    assert_eq!(
        stage
            .post(&edge("verify_code"), &json!({"code": good}))
            .await
            .0,
        200
    );
    let register = stage
        .post(&edge("register"), &fixture("request.register.json"))
        .await;
    assert_eq!(register.1, fixture("response.success.json"));

    stage.call("PATCH", &admin, Some(&change)).await;
    stage.post(&edge("request_code"), &ask).await;
    stage.simulator().clock().advance(Duration::from_mins(10));
    let answer = stage
        .post(&edge("verify_code"), &json!({"code": good}))
        .await;
    assert!(details(&answer.1).contains("expired"));
    stage.end().await;
}

#[tokio::test]
async fn pins_are_guarded_and_registrations_counted() {
    let (stage, callback) = subscribed_with(fixed()).await;
    let clock = stage.simulator().clock().clone();
    let register = |pin: &'static str| {
        let body = json!({"messaging_product": "whatsapp", "pin": pin});
        let stage = &stage;
        async move { stage.post(&edge("register"), &body).await }
    };
    refused(&register("12345").await, 100);
    stage
        .post(&format!("/v24.0/{PHONE}"), &json!({"pin": "212834"}))
        .await;
    let values = callback.values(1).await;
    let sample = fixture("security.pin_changed.json");
    assert_eq!(values[0], sample["entry"][0]["changes"][0]["value"]);

    refused(&register("000000").await, 133_005);
    refused(&register("000000").await, 133_009);
    for _ in 0..4 {
        clock.advance(Duration::from_secs(2));
        refused(&register("000000").await, 133_005);
    }
    clock.advance(Duration::from_secs(2));
    let answer = register("212834").await;
    refused(&answer, 133_008);
    assert!(details(&answer.1).contains("try again at 2026-"));
    clock.advance(Duration::from_hours(1));
    assert_eq!(register("212834").await.0, 200);
    assert_eq!(register("212834").await.0, 200);
    assert_eq!(register("212834").await.0, 200);
    refused(&register("212834").await, 133_016);
    clock.advance(Duration::from_hours(72));
    assert_eq!(register("212834").await.0, 200);
    let body = json!({"messaging_product": "whatsapp", "pin": "212834",
        "data_localization_region": "XX"});
    refused(&stage.post(&edge("register"), &body).await, 100);
    let admin = format!("/sim/v1/numbers/{PHONE}");
    let deleted = json!({"recently_deleted": true});
    stage.call("PATCH", &admin, Some(&deleted)).await;
    refused(&register("212834").await, 133_015);
    stage.end().await;
}

#[tokio::test]
async fn a_deregistered_number_neither_sends_nor_hears() {
    let (stage, callback) = subscribed().await;
    assert_eq!(stage.post(&edge("deregister"), &json!({})).await.0, 200);
    refused(&stage.send(&text("hi")).await, 133_010);
    stage
        .simulator()
        .user(USER)
        .says("anybody there?")
        .await
        .unwrap();
    let (_, node) = stage.get(&format!("/v24.0/{PHONE}")).await;
    assert_eq!(node["status"], "DISCONNECTED");
    stage
        .post(&edge("register"), &fixture("request.register.json"))
        .await;
    stage.text("back again").await;
    assert_eq!(callback.values(1).await[0]["statuses"][0]["status"], "sent");

    let admin = format!("/sim/v1/numbers/{PHONE}");
    stage
        .call("PATCH", &admin, Some(&json!({"on_biz_app": true})))
        .await;
    refused(&stage.post(&edge("deregister"), &json!({})).await, 100);
    stage.end().await;
}

#[tokio::test]
async fn calling_settings_are_checked_and_told() {
    let (stage, callback) = subscribed().await;
    let good = fixture("request.settings-calling.json");
    assert_eq!(stage.post(&edge("settings"), &good).await.0, 200);
    let values = callback.values(1).await;
    let mut sample = fixture("account_settings_update.calling.json");
    let sample = &mut sample["entry"][0]["changes"][0]["value"];
    sample["phone_number_settings"]["calling"]
        .as_object_mut()
        .unwrap()
        .remove("sip");
    shaped_like(&values[0], sample);
    let (_, shown) = stage.get(&edge("settings")).await;
    assert_eq!(shown["calling"], good["calling"]);

    let day = |from: &str, to: &str| json!({"day_of_week": "MONDAY", "open_time": from, "close_time": to});
    for weekly in [
        json!([day("0900", "1200"), day("1100", "1300")]),
        json!([
            day("0900", "1000"),
            day("1100", "1200"),
            day("1300", "1400")
        ]),
        json!([day("1200", "0900")]),
        json!([day("0960", "1200")]),
        json!([{"day_of_week": "FUNDAY", "open_time": "0900", "close_time": "1000"}]),
    ] {
        let hours = json!({"status": "ENABLED", "timezone_id": "Europe/Berlin",
            "weekly_operating_hours": weekly});
        let body = json!({"calling": {"call_hours": hours}});
        refused(&stage.post(&edge("settings"), &body).await, 100);
    }
    let other = json!({"user_identity_change": {"enable_identity_key_check": true}});
    assert_eq!(stage.post(&edge("settings"), &other).await.0, 200);
    let (_, shown) = stage.get(&edge("settings")).await;
    assert_eq!(
        shown["user_identity_change"]["enable_identity_key_check"],
        true
    );
    stage.end().await;

    let deaf = Stage::new().await;
    refused(&deaf.post(&edge("settings"), &good).await, 138_018);
    deaf.end().await;
}

#[tokio::test]
async fn a_profile_keeps_its_limits() {
    let stage = Stage::new().await;
    let path = edge("whatsapp_business_profile");
    let sample = fixture("response.business_profile.json");
    let mut body = sample["data"][0].clone();
    body.as_object_mut().unwrap().remove("profile_picture_url");
    body["profile_picture_handle"] = json!("4:aW1hZ2U=");
    refused(&stage.post(&path, &body).await, 100);
    body["profile_picture_handle"] = json!(stage.uploaded("image/png").await);
    assert_eq!(
        stage.post(&path, &body).await.1,
        fixture("response.success.json")
    );
    let (_, shown) = stage.get(&path).await;
    shaped_like(&shown["data"][0], &sample["data"][0]);
    assert_eq!(shown["data"][0]["websites"], sample["data"][0]["websites"]);
    let (_, some) = stage.get(&format!("{path}?fields=about,email")).await;
    assert!(some["data"][0].get("address").is_none());
    for bad in [
        json!({"about": "x".repeat(140)}),
        json!({"about": ""}),
        json!({"description": "x".repeat(513)}),
        json!({"email": "nobody"}),
        json!({"websites": ["https://a.de", "https://b.de", "https://c.de"]}),
        json!({"websites": ["a.de"]}),
        json!({"vertical": "SPACE"}),
    ] {
        let mut body = bad.clone();
        body["messaging_product"] = json!("whatsapp");
        refused(&stage.post(&path, &body).await, 100);
    }
    refused(
        &stage.post(&path, &json!({"about": "no product"})).await,
        100,
    );
    stage.end().await;
}

#[tokio::test]
async fn usernames_are_claimed_and_given_up() {
    let (stage, callback) = subscribed().await;
    let path = edge("username");
    let answer = stage.post(&path, &json!({"username": "LuckyShrub"})).await;
    assert_eq!(answer.1, fixture("response.username-approved.json"));
    let first = callback.wait(1).await[0].json();
    let sample = fixture("business_username_updates.approved.json");
    shaped_like(&first, &sample);
    assert_eq!(
        first["entry"][0]["changes"][0],
        sample["entry"][0]["changes"][0]
    );
    assert_eq!(stage.get(&path).await.1["username"], "luckyshrub");
    refused(
        &stage.post(&path, &json!({"username": "whatsapp"})).await,
        147_001,
    );
    for bad in [
        "ab",
        "123",
        ".dot",
        "a..b",
        "wwwshop",
        "shop.com",
        "UPPER CASE",
    ] {
        refused(&stage.post(&path, &json!({"username": bad})).await, 100);
    }
    let (_, suggestions) = stage.get(&edge("username_suggestions")).await;
    assert!(
        suggestions["data"][0]["username_suggestions"]
            .as_array()
            .unwrap()
            .len()
            > 1
    );
    assert_eq!(stage.call("DELETE", &path, None).await.0, 200);
    let values = callback.values(2).await;
    assert_eq!(values[1]["status"], "deleted");
    assert!(values[1].get("username").is_none());
    stage.end().await;
}

#[tokio::test]
async fn only_a_2048_bit_key_is_taken() {
    let stage = Stage::new().await;
    let path = edge("whatsapp_business_encryption");
    let good = include_str!("../data/public-2048.pem");
    for bad in [include_str!("../data/public-1024.pem"), "no key"] {
        let body = json!({"business_public_key": bad});
        refused(&stage.post(&path, &body).await, 100);
    }
    let form: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("business_public_key", good)
        .finish();
    let request = stage.http.post(stage.url(&path)).bearer_auth(TOKEN);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(form).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let (_, shown) = stage.get(&path).await;
    assert_eq!(shown["business_public_key"], good);
    assert_eq!(shown["business_public_key_signature_status"], "VALID");
    stage
        .post(&edge("register"), &fixture("request.register.json"))
        .await;
    let (_, shown) = stage.get(&path).await;
    assert_eq!(shown["business_public_key_signature_status"], "MISMATCH");
    stage.end().await;
}

#[tokio::test]
async fn qr_codes_live_and_are_real_pictures() {
    let stage = Stage::new().await;
    let path = edge("message_qrdls");
    let (status, made) = stage.post(&path, &fixture("request.qr-create.json")).await;
    assert_eq!(status, 200, "{made}");
    let code = made["code"].as_str().unwrap().to_owned();
    assert_eq!(code.len(), 14);
    assert_eq!(
        made["deep_link_url"],
        format!("https://wa.me/message/{code}")
    );
    let (_, listed) = stage.get(&path).await;
    let svg = listed["data"][0]["qr_image_url"]
        .as_str()
        .unwrap()
        .to_owned();
    let picture = stage.http.get(&svg).send().await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/svg+xml");
    assert!(picture.text().await.unwrap().contains("<svg"));
    let png = stage
        .http
        .get(svg.replace(".svg", ".png"))
        .send()
        .await
        .unwrap();
    assert_eq!(&png.bytes().await.unwrap()[..8], b"\x89PNG\r\n\x1a\n");

    let update = json!({"code": code, "prefilled_message": "Cyber Tuesday"});
    assert_eq!(stage.post(&path, &update).await.1["code"], code);
    let (_, shown) = stage.get(&format!("{path}/{code}")).await;
    assert_eq!(shown["data"][0]["prefilled_message"], "Cyber Tuesday");
    let long = json!({"prefilled_message": "x".repeat(141)});
    refused(&stage.post(&path, &long).await, 100);
    assert_eq!(
        stage
            .call("DELETE", &format!("{path}/{code}"), None)
            .await
            .0,
        200
    );
    refused(&stage.get(&format!("{path}/{code}")).await, 100);
    stage.end().await;
}

#[tokio::test]
async fn a_blocked_user_is_not_heard_and_not_written_to() {
    let (stage, callback) = subscribed_with(fixed()).await;
    let user = stage.simulator().user(USER);
    user.says("hello").await.unwrap();
    callback.wait(1).await;
    let path = edge("block_users");
    let body = json!({"messaging_product": "whatsapp", "block_users": [{"user": USER}]});
    let answer = stage.post(&path, &body).await;
    assert_eq!(answer, (200, fixture("response.block_users.json")));
    refused(&stage.send(&text("hi")).await, 130_403);
    user.says("why?").await.unwrap();
    let (_, listed) = stage.get(&path).await;
    assert_eq!(listed["data"][0]["block_users"][0]["wa_id"], "16505551234");

    let mixed = json!({"messaging_product": "whatsapp",
        "block_users": [{"user": USER}, {"user": "+16505555678"}]});
    let (status, answer) = stage.post(&path, &mixed).await;
    assert_eq!(status, 400);
    let sample = fixture("response.block_users-mixed.json");
    shaped_like(&answer["block_users"], &sample["block_users"]);
    let failed = &answer["block_users"]["failed_users"][0];
    assert_eq!(failed["input"], "+16505555678");
    assert_eq!(failed["errors"][0]["code"], 131_047);
    assert_eq!(answer["error"]["code"], 139_100);

    let answer = stage.call("DELETE", &path, Some(&body)).await;
    assert_eq!(answer, (200, fixture("response.unblock_users.json")));
    stage.simulator().clock().advance(Duration::from_hours(24));
    refused(&stage.post(&path, &body).await, 139_100);
    assert_eq!(
        callback.got().len(),
        1,
        "what was written while blocked never comes"
    );
    stage.end().await;
}

#[tokio::test]
async fn smaller_settings_are_kept() {
    let stage = Stage::with(fixed()).await;
    let automation = fixture("request.conversational_automation.json");
    let path = edge("conversational_automation");
    assert_eq!(stage.post(&path, &automation).await.0, 200);
    let (_, node) = stage
        .get(&format!("/v24.0/{PHONE}?fields=conversational_automation"))
        .await;
    assert_eq!(
        node["conversational_automation"]["prompts"],
        automation["prompts"]
    );
    for bad in [
        json!({"prompts": ["a", "b", "c", "d", "e"]}),
        json!({"prompts": ["x".repeat(81)]}),
        json!({"prompts": ["🎉"]}),
        json!({"commands": [{"command_name": "x".repeat(33), "command_description": "y"}]}),
    ] {
        refused(&stage.post(&path, &bad).await, 100);
    }
    let path = edge("whatsapp_commerce_settings");
    let (_, shown) = stage.get(&path).await;
    assert_eq!(shown["data"][0]["is_cart_enabled"], true);
    stage
        .post(
            &format!("{path}?is_cart_enabled=false&is_catalog_visible=true"),
            &json!({}),
        )
        .await;
    let (_, shown) = stage.get(&path).await;
    assert_eq!(shown["data"][0]["is_catalog_visible"], true);

    let path = edge("official_business_account");
    let body = json!({"business_website_url": "https://lucky.example",
        "primary_country_of_operation": "US"});
    assert_eq!(stage.post(&path, &body).await.0, 200);
    refused(&stage.post(&path, &body).await, 100);
    let admin = format!("/sim/v1/numbers/{PHONE}/official");
    stage.post(&admin, &json!({"approved": false})).await;
    assert_eq!(stage.get(&path).await.1["oba_status"], "REJECTED");
    refused(&stage.post(&path, &body).await, 100);
    stage.simulator().clock().advance(Duration::from_hours(720));
    assert_eq!(stage.post(&path, &body).await.0, 200);

    let path = edge("business_compliance_info");
    let care = json!({"email": "care@lucky.example", "mobile_number": "+913857614343"});
    let officer = json!({"name": "Chandravati P.", "email": "chandravati@lucky.example",
        "mobile_number": "+913857614343"});
    let info = json!({"messaging_product": "whatsapp", "entity_name": "Lucky Shrub",
        "entity_type": "PARTNERSHIP", "grievance_officer_details": officer,
        "customer_care_details": care});
    assert_eq!(stage.post(&path, &info).await.0, 200);
    assert_eq!(
        stage.get(&path).await.1["data"][0]["entity_name"],
        "Lucky Shrub"
    );
    stage.end().await;
}

#[tokio::test]
async fn the_history_of_a_message_lists_its_statuses() {
    let (stage, callback) = subscribed().await;
    let wamid = stage.text("hi").await;
    callback.wait(2).await;
    let path = edge(&format!("message_history?message_id={wamid}"));
    let (_, history) = stage.get(&path.replace('+', "%2B")).await;
    assert_eq!(history["data"][0]["message_id"], wamid);
    let id = history["data"][0]["id"].as_str().unwrap();
    let (_, events) = stage
        .get(&format!("/v24.0/{id}/events?status_filter=DELIVERED"))
        .await;
    assert_eq!(events["data"].as_array().unwrap().len(), 1);
    stage.end().await;
}
