//! Review of templates: verdicts after a while and on command, and what the business hears.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::{Category, Clock, Quality, Reason, Review, ReviewRule, Ruling, TemplateStatus};

use crate::fixtures::request;
use crate::kit::{Callback, Stage, USER, WABA, quick, subscribed_with};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// A stage whose clock stands.
pub(crate) async fn standing() -> (Stage, Callback, Clock) {
    let mut settings = quick();
    settings.clock = Clock::fixed("2026-11-21T12:00:00Z".parse().unwrap());
    let clock = settings.clock.clone();
    let (stage, callback) = subscribed_with(settings).await;
    (stage, callback, clock)
}

/// Creates a template; gives its id.
pub(crate) async fn create(stage: &Stage, name: &str, category: &str, body: &str) -> String {
    let template = json!({"name": name, "language": "en_US", "category": category,
                          "components": [{"type": "BODY", "text": body}]});
    let path = format!("/v24.0/{WABA}/message_templates");
    let (status, answer) = stage.post(&path, &template).await;
    assert_eq!(status, 200, "{answer}");
    answer["id"].as_str().unwrap().to_owned()
}

/// The code that a send of the template is refused with; 0 when it is accepted.
pub(crate) async fn send(stage: &Stage, name: &str) -> i64 {
    let body = json!({"messaging_product": "whatsapp", "to": USER, "type": "template",
                      "template": {"name": name, "language": {"code": "en_US"}}});
    let (_, answer) = stage.send(&body).await;
    answer["error"]["code"].as_i64().unwrap_or(0)
}

/// The last of `n` changes with its field.
async fn told(callback: &Callback, n: usize) -> (String, Value) {
    let got = callback.wait(n).await;
    let change = got[n - 1].json()["entry"][0]["changes"][0].clone();
    let field = change["field"].as_str().unwrap().to_owned();
    (field, change["value"].clone())
}

fn keys(value: &Value) -> Vec<&String> {
    value.as_object().unwrap().keys().collect()
}

/// Whether a change has the fields of a documented one.
fn like(value: &Value, fixture: &str) {
    let documented = request(fixture)["entry"][0]["changes"][0]["value"].clone();
    assert_eq!(keys(value), keys(&documented), "{value}");
    for (name, field) in documented.as_object().unwrap() {
        let same = std::mem::discriminant(field) == std::mem::discriminant(&value[name]);
        assert!(same, "{name} of {value}");
    }
}

#[tokio::test]
async fn a_template_is_approved_after_a_while_and_can_then_be_sent() {
    let (stage, callback, clock) = standing().await;
    let id = create(&stage, "greeting", "UTILITY", "Hello there").await;
    assert_eq!(send(&stage, "greeting").await, 132_001);
    clock.advance(Duration::from_secs(2));
    let (field, value) = told(&callback, 1).await;
    assert_eq!(field, "message_template_status_update");
    like(&value, "message_template_status_update.approved.json");
    assert_eq!(value["event"], "APPROVED");
    assert_eq!(value["message_template_id"].to_string(), id);
    assert_eq!(send(&stage, "greeting").await, 0);
    stage.end().await;
}

#[tokio::test]
async fn a_template_is_rejected_for_what_it_says_or_is_called() {
    let (stage, callback, clock) = standing().await;
    for (place, (name, body, reason)) in [
        (
            "one",
            "Hello there dear {{1}}{{2}}, all the very best to you.",
            "INVALID_FORMAT",
        ),
        ("my_rejected_scam", "Hello there", "SCAM"),
        ("my_rejected", "Hello there", "INVALID_FORMAT"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut component = json!({"type": "BODY", "text": body});
        if body.contains("{{") {
            component["example"] = json!({"body_text": [["a", "b"]]});
        }
        let template = json!({"name": name, "language": "en_US", "category": "UTILITY",
                              "components": [component]});
        let path = format!("/v24.0/{WABA}/message_templates");
        let (status, answer) = stage.post(&path, &template).await;
        assert_eq!(status, 200, "{answer}");
        clock.advance(Duration::from_secs(2));
        let (_, value) = told(&callback, place + 1).await;
        assert_eq!(value["reason"], reason);
        if reason == "INVALID_FORMAT" {
            like(
                &value,
                "message_template_status_update.rejected-invalid_format.json",
            );
        }
        let path = format!(
            "/v24.0/{}?fields=status,rejected_reason,health_status",
            answer["id"].as_str().unwrap()
        );
        let (_, read) = stage.get(&path).await;
        assert_eq!(read["status"], "REJECTED");
        assert_eq!(read["rejected_reason"], reason);
        assert_eq!(
            read["health_status"]["entities"][0]["errors"][0]["error_code"],
            141_002
        );
        assert_eq!(send(&stage, name).await, 132_001);
    }
    stage.end().await;
}

#[tokio::test]
async fn a_utility_template_that_sells_becomes_marketing() {
    let (stage, callback, clock) = standing().await;
    let id = create(&stage, "news", "UTILITY", "Today all shoes are 20% off").await;
    clock.advance(Duration::from_secs(2));
    told(&callback, 1).await;
    clock.advance(DAY);
    let (field, value) = told(&callback, 2).await;
    assert_eq!(field, "template_category_update");
    like(&value, "template_category_update.impending.json");
    assert_eq!(
        (&value["correct_category"], &value["new_category"]),
        (&json!("MARKETING"), &json!("UTILITY"))
    );
    let read = async || {
        let path = format!("/v24.0/{id}?fields=category,correct_category,previous_category");
        stage.get(&path).await.1
    };
    assert_eq!(
        read().await,
        json!({"id": id, "category": "UTILITY", "correct_category": "MARKETING"})
    );
    clock.advance(DAY);
    let (_, value) = told(&callback, 3).await;
    like(&value, "template_category_update.completed.json");
    assert_eq!(
        read().await,
        json!({"id": id, "category": "MARKETING", "previous_category": "UTILITY"})
    );

    // Whoever allows it gets the right category at once; whoever forbids it, a rejection.
    let mut template = json!({"name": "allowed", "language": "en_US", "category": "UTILITY",
                              "allow_category_change": true,
                              "components": [{"type": "BODY", "text": "All shoes are 20% off"}]});
    let path = format!("/v24.0/{WABA}/message_templates");
    let (_, answer) = stage.post(&path, &template).await;
    assert_eq!(answer["category"], "MARKETING");
    template["name"] = json!("forbidden");
    template["allow_category_change"] = json!(false);
    stage.post(&path, &template).await;
    clock.advance(Duration::from_secs(2));
    let values = callback.values(5).await;
    let reasons: Vec<_> = values[3..]
        .iter()
        .map(|value| value["reason"].clone())
        .collect();
    assert!(
        reasons.contains(&json!("INCORRECT_CATEGORY")),
        "{reasons:?}"
    );
    stage.end().await;
}

#[tokio::test]
async fn low_quality_pauses_for_three_hours_then_six_then_for_good() {
    let (stage, callback, clock) = standing().await;
    let id = stage.simulator().templates()[0].id;
    let rule = |ruling| stage.simulator().review_template(id, ruling).unwrap();
    rule(Ruling::Quality(Quality::Green));
    rule(Ruling::Quality(Quality::Yellow));
    let (field, value) = told(&callback, 2).await;
    assert_eq!(field, "message_template_quality_update");
    like(
        &value,
        "message_template_quality_update.green-to-yellow.json",
    );
    for (place, (title, hours)) in [("FIRST_PAUSE", 3), ("SECOND_PAUSE", 6)]
        .into_iter()
        .enumerate()
    {
        rule(Ruling::Pause);
        let (_, value) = told(&callback, 3 + 2 * place).await;
        like(&value, "message_template_status_update.paused.json");
        assert_eq!(value["other_info"]["title"], title);
        assert_eq!(send(&stage, "hello_world").await, 132_015);
        let (status, answer) = stage
            .post(&format!("/v24.0/{id}/unpause"), &json!({}))
            .await;
        assert_eq!(
            (status, answer["error"]["error_subcode"].as_i64()),
            (400, Some(2_388_039))
        );
        clock.advance(HOUR * (hours - 1));
        assert_eq!(send(&stage, "hello_world").await, 132_015);
        clock.advance(HOUR);
        let (_, value) = told(&callback, 4 + 2 * place).await;
        assert_eq!(value["event"], "REINSTATED");
        assert_eq!(value["other_info"]["title"], "UNPAUSE");
    }
    rule(Ruling::Pause);
    let (_, value) = told(&callback, 7).await;
    assert_eq!(value["event"], "DISABLED");
    assert!(value["disable_info"]["disable_date"].is_string());
    assert_eq!(send(&stage, "hello_world").await, 132_016);
    stage.end().await;
}

#[tokio::test]
async fn pacing_pauses_until_the_business_goes_on() {
    let (stage, callback, _) = standing().await;
    let id = stage.simulator().templates()[0].id;
    stage
        .simulator()
        .review_template(id, Ruling::PauseForPacing)
        .unwrap();
    let (_, value) = told(&callback, 1).await;
    assert_eq!(value["other_info"]["title"], "RATE_LIMITING_PAUSE");
    let (status, answer) = stage
        .post(&format!("/v24.0/{id}/unpause"), &json!({}))
        .await;
    assert_eq!((status, answer), (200, json!({"success": true})));
    assert_eq!(send(&stage, "hello_world").await, 0);
    stage.end().await;
}

#[tokio::test]
async fn what_nobody_sends_is_archived_after_a_year_and_deleted_later() {
    let (stage, callback, clock) = standing().await;
    create(&stage, "used", "UTILITY", "Hello there").await;
    clock.advance(Duration::from_secs(2));
    told(&callback, 1).await;
    create(&stage, "unused", "UTILITY", "Hello there").await;
    clock.advance(Duration::from_secs(2));
    told(&callback, 2).await;
    clock.advance(DAY * 200);
    assert_eq!(send(&stage, "used").await, 0);
    let before = callback.wait(3).await.len();
    stage
        .simulator()
        .wait_until_idle(crate::kit::PATIENCE)
        .await
        .unwrap();
    let before = before.max(callback.got().len());
    clock.advance(DAY * 165);
    let (_, value) = told(&callback, before + 1).await;
    like(&value, "message_template_status_update.archived.json");
    assert_eq!(value["message_template_name"], "unused");
    assert_eq!(send(&stage, "unused").await, 132_001);
    clock.advance(DAY * 28);
    let (_, value) = told(&callback, before + 2).await;
    assert_eq!(
        (&value["event"], &value["message_template_name"]),
        (&json!("DELETED"), &json!("unused"))
    );
    assert_eq!(send(&stage, "used").await, 0);
    stage.end().await;
}

#[tokio::test]
async fn a_test_decides_over_the_library_and_over_http() {
    let (stage, callback, clock) = standing().await;
    stage.simulator().set_review(Review {
        rule: ReviewRule::OnCommand,
        ..Review::default()
    });
    let id = create(&stage, "waiting", "UTILITY", "Hello there").await;
    clock.advance(DAY);
    assert_eq!(send(&stage, "waiting").await, 132_001);
    let number: u64 = id.parse().unwrap();
    stage
        .simulator()
        .review_template(number, Ruling::Reject(Reason::TagContentMismatch))
        .unwrap();
    stage
        .simulator()
        .review_template(number, Ruling::Recategorise(Category::Marketing))
        .unwrap();
    let events = [
        ("IN_APPEAL", "IN_APPEAL"),
        ("REINSTATED", "APPROVED"),
        ("FLAGGED", "APPROVED"),
        ("LOCKED", "APPROVED"),
        ("LIMIT_EXCEEDED", "LIMIT_EXCEEDED"),
        ("APPROVED", "APPROVED"),
        ("ARCHIVED", "ARCHIVED"),
        ("UNARCHIVED", "APPROVED"),
        ("DISABLED", "DISABLED"),
        ("PENDING_DELETION", "PENDING_DELETION"),
        ("DELETED", ""),
    ];
    for (place, (event, status)) in events.into_iter().enumerate() {
        let order = json!({"event": event});
        let (http, answer) = stage
            .post(&format!("/sim/v1/templates/{id}/review"), &order)
            .await;
        assert_eq!(http, 200, "{answer}");
        let (_, value) = told(&callback, place + 3).await;
        assert_eq!(value["event"], event);
        match event {
            "PENDING_DELETION" => like(
                &value,
                "message_template_status_update.pending_deletion.json",
            ),
            "DISABLED" => like(&value, "message_template_status_update.disabled.json"),
            _ => {}
        }
        let (_, shown) = stage.get(&format!("/sim/v1/templates/{id}")).await;
        assert_eq!(
            shown["template"]["status"].as_str().unwrap_or_default(),
            status
        );
    }
    let (http, _) = stage
        .post(
            &format!("/sim/v1/templates/{id}/review"),
            &json!({"event": "APPROVED"}),
        )
        .await;
    assert_eq!(http, 404);
    let (_, review) = stage.get("/sim/v1/templates/review").await;
    assert_eq!(review["rule"], "on_command");
    let change = json!({"rule": "approve_all", "delay_ms": 0});
    stage
        .call("PATCH", "/sim/v1/templates/review", Some(&change))
        .await;
    let id = create(&stage, "rejected_scam", "UTILITY", "Hello there").await;
    told(&callback, 3 + events.len()).await;
    let status = stage
        .simulator()
        .templates()
        .iter()
        .find(|one| one.id.to_string() == id)
        .map(|one| one.status);
    assert_eq!(status, Some(TemplateStatus::Approved));
    stage.end().await;
}
