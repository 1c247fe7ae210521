//! Analytics: the numbers are those of what happened.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::{Business, Clock, Settings, Waba};

use crate::fixtures::request;
use crate::kit::{PATIENCE, Stage, USER, WABA, quick};

/// 21 November 2026, 12:00 UTC.
const NOON: i64 = 1_795_262_400;
const MIDNIGHT: i64 = NOON - 12 * 3600;
const DAY: i64 = 24 * 3600;

/// A clock that stands, an account that wants insights, users who read.
fn settings() -> Settings {
    let mut settings = quick();
    settings.clock = Clock::fixed("2026-11-21T12:00:00Z".parse().unwrap());
    settings.auto_read = true;
    settings.businesses.push(Business {
        wabas: vec![Waba {
            is_enabled_for_insights: true,
            ..Waba::default()
        }],
        ..Business::default()
    });
    settings
}

/// Two texts to a user in the USA, one coupon to India and one to a number that is not reached.
async fn happened() -> (Stage, Clock) {
    let settings = settings();
    let clock = settings.clock.clone();
    let stage = Stage::with(settings).await;
    stage.text("one").await;
    stage.text("two").await;
    stage.simulator().user("919876543210");
    stage
        .simulator()
        .user("919876543211")
        .set_undeliverable(true);
    for to in ["+919876543210", "+919876543211"] {
        let mut coupon = request("request.template-coupon_code.json");
        coupon["to"] = json!(to);
        let (status, answer) = stage.send(&coupon).await;
        assert_eq!(status, 200, "{answer}");
    }
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    (stage, clock)
}

async fn ask(stage: &Stage, fields: &str) -> (u16, Value) {
    let query = url_encoded(fields);
    stage.get(&format!("/v24.0/{WABA}?fields={query}")).await
}

fn url_encoded(text: &str) -> String {
    text.replace('[', "%5B")
        .replace(']', "%5D")
        .replace('"', "%22")
}

fn span(rest: &str) -> String {
    format!(".start({MIDNIGHT}).end({}){rest}", MIDNIGHT + DAY)
}

#[tokio::test]
async fn messages_are_counted_as_they_are_sent_and_delivered() {
    let (stage, clock) = happened().await;
    let (status, answer) = ask(
        &stage,
        &format!("id,analytics{}", span(".granularity(DAY)")),
    )
    .await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(
        answer,
        json!({"id": WABA, "analytics": {
            "phone_numbers": ["15550783881"], "country_codes": ["IN", "US"], "granularity": "DAY",
            "data_points": [{"start": MIDNIGHT, "end": MIDNIGHT + DAY, "sent": 3, "delivered": 3}],
        }})
    );
    let (_, answer) = ask(
        &stage,
        &format!(
            "analytics{}",
            span(".granularity(HALF_HOUR).country_codes([\"IN\"]).product_types([0])")
        ),
    )
    .await;
    assert_eq!(
        answer["analytics"]["data_points"],
        json!([{"start": NOON, "end": NOON + 1800, "sent": 1, "delivered": 1}])
    );
    clock.advance(Duration::from_hours(1));
    stage.text("three").await;
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    let (_, answer) = ask(
        &stage,
        &format!(
            "analytics{}",
            span(".granularity(HALF_HOUR).product_types([2])")
        ),
    )
    .await;
    let starts: Vec<_> = answer["analytics"]["data_points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| point["start"].clone())
        .collect();
    assert_eq!(starts, [NOON, NOON + 3600]);
    let (_, answer) = ask(&stage, &format!("analytics{}", span(".granularity(MONTH)"))).await;
    assert_eq!(answer["analytics"]["data_points"][0]["sent"], 4);
    stage.end().await;
}

#[tokio::test]
async fn prices_follow_what_was_delivered() {
    let (stage, _) = happened().await;
    let dimensions = ".granularity(DAILY).dimensions([\"PRICING_CATEGORY\",\"PRICING_TYPE\",\"COUNTRY\",\"TIER\"])";
    let (status, answer) = ask(&stage, &format!("pricing_analytics{}", span(dimensions))).await;
    assert_eq!(status, 200, "{answer}");
    let documented = request("response.pricing_analytics.json");
    let keys = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(&answer), keys(&documented));
    let points = &answer["pricing_analytics"]["data"][0]["data_points"];
    let sample = &documented["pricing_analytics"]["data"][0]["data_points"];
    assert_eq!(keys(&points[0]), keys(&sample[1]));
    assert_eq!(keys(&points[1]), keys(&sample[0]));
    assert_eq!(points[0]["country"], "IN");
    assert_eq!(
        (&points[0]["pricing_category"], &points[0]["volume"]),
        (&json!("MARKETING"), &json!(1))
    );
    assert_eq!(points[0]["cost"], json!(0.0118));
    assert_eq!(
        (&points[1]["volume"], &points[1]["cost"]),
        (&json!(2), &json!(0))
    );
    let (_, answer) = ask(
        &stage,
        &format!(
            "pricing_analytics{}",
            span(".granularity(MONTHLY).pricing_types([REGULAR]).metric_types([VOLUME])")
        ),
    )
    .await;
    assert_eq!(
        keys(&answer["pricing_analytics"]["data"][0]["data_points"][0]),
        ["end", "start", "volume"]
    );

    let (_, answer) = ask(
        &stage,
        &format!(
            "conversation_analytics{}",
            span(".granularity(DAILY).dimensions([CONVERSATION_DIRECTION])")
        ),
    )
    .await;
    let points = &answer["conversation_analytics"]["data"][0]["data_points"];
    assert_eq!(points[0]["conversation_direction"], "BUSINESS_INITIATED");
    assert_eq!(points[0]["conversation"], 1);
    assert_eq!(
        points[1]["conversation"], 1,
        "two texts are one conversation"
    );
    let (status, _) = ask(
        &stage,
        &format!("call_analytics{}", span(".granularity(DAILY)")),
    )
    .await;
    assert_eq!(status, 200);
    stage.end().await;
}

#[tokio::test]
async fn templates_are_followed_from_send_to_tap() {
    let (stage, _) = happened().await;
    let coupon = stage
        .simulator()
        .templates()
        .into_iter()
        .find(|one| one.name.starts_with("coupon_code"))
        .unwrap()
        .id;
    let user = stage.simulator().user("919876543210");
    let wamid = user.chat().last().unwrap().wamid.clone();
    user.taps_button(&wamid, "Unsubscribe")
        .await
        .or(user.taps_button(&wamid, "Stop offers").await)
        .unwrap();
    let path = format!(
        "/v24.0/{WABA}/template_analytics?start={MIDNIGHT}&end={}&granularity=DAILY&template_ids=[{coupon}]",
        MIDNIGHT + DAY
    );
    let (status, answer) = stage
        .get(&path.replace('[', "%5B").replace(']', "%5D"))
        .await;
    assert_eq!(status, 200, "{answer}");
    let point = &answer["data"][0]["data_points"][0];
    assert_eq!(point["template_id"], coupon.to_string());
    assert_eq!(
        (&point["sent"], &point["delivered"], &point["read"]),
        (&json!(1), &json!(1), &json!(1))
    );
    assert_eq!(
        (&point["clicked"][0]["type"], &point["clicked"][0]["count"]),
        (&json!("quick_reply_button"), &json!(1))
    );
    assert_eq!(
        point["cost"][0],
        json!({"type": "amount_spent", "value": 0.0118})
    );
    stage.end().await;
}

#[tokio::test]
async fn arguments_are_checked() {
    let (stage, _) = happened().await;
    let year_ago = NOON - 366 * DAY;
    let quarter_ago = NOON - 91 * DAY;
    #[rustfmt::skip]
    let cases = [
        ("analytics.start(1)".to_owned(), 100, "end"),
        (format!("analytics.start({NOON}).end({MIDNIGHT}).granularity(DAY)"), 100, "later than start"),
        (format!("analytics{}", span("")), 100, "granularity is required"),
        (format!("analytics{}", span(".granularity(DAILY)")), 100, "one of {HALF_HOUR, DAY, MONTH}"),
        (format!("analytics.start({year_ago}).end({NOON}).granularity(DAY)"), 100, "365 days"),
        (format!("analytics{}", span(".granularity(DAY).phone_numbers([\"1\"])")), 100, "phone_numbers"),
        (format!("analytics{}", span(".granularity(DAY).product_types([0,101])")), 2_388_077, "product_types"),
        (format!("pricing_analytics{}", span(".granularity(DAILY).metric_types([PRICE])")), 100, "metric_types"),
        (format!("template_analytics{}", span(".granularity(DAILY)")), 100, "template_ids"),
        (format!("template_analytics{}", span(".granularity(DAILY).template_ids([1])")), 100, "template_ids"),
        (format!("template_analytics{}", span(".granularity(DAILY).template_ids([1,2,3,4,5,6,7,8,9,10,11])")), 100, "at most 10"),
        (format!("template_analytics.start({quarter_ago}).end({NOON}).granularity(DAILY).template_ids([1])"), 100, "90 days"),
        (format!("template_group_analytics{}", span(".granularity(DAILY)")), 100, "simulate"),
    ];
    for (fields, code, words) in cases {
        let (status, answer) = ask(&stage, &fields).await;
        assert_eq!(status, 400, "{fields}: {answer}");
        let error = &answer["error"];
        assert_eq!(
            error["error_subcode"].as_i64().or(error["code"].as_i64()),
            Some(code),
            "{answer}"
        );
        let told = format!("{} {}", error["message"], error["error_user_msg"]);
        assert!(told.contains(words), "{fields}: {answer}");
    }
    stage.end().await;
    let mut settings = settings();
    settings.businesses[0].wabas[0].country = "DE".to_owned();
    let stage = Stage::with(settings).await;
    let fields = format!(
        "template_analytics{}",
        span(".granularity(DAILY).template_ids([1])")
    );
    let (status, answer) = ask(&stage, &fields).await;
    assert_eq!(
        (status, answer["error"]["code"].as_i64()),
        (400, Some(200_005)),
        "{answer}"
    );
    stage.end().await;
    let stage = Stage::new().await;
    let now = stage.simulator().clock().now().as_second();
    let fields = format!(
        "template_analytics.start({}).end({now}).granularity(DAILY).template_ids([1])",
        now - DAY
    );
    let (status, answer) = ask(&stage, &fields).await;
    assert_eq!(
        (status, answer["error"]["code"].as_i64()),
        (400, Some(200_007)),
        "{answer}"
    );
    stage.end().await;
}

#[tokio::test]
async fn two_templates_are_compared_when_both_were_sent_often() {
    let settings = settings();
    let stage = Stage::with(settings).await;
    let templates = stage.simulator().templates();
    let find = |name: &str| templates.iter().find(|one| one.name == name).unwrap().id;
    let (greeting, promotion) = (find("hello_world"), find("coupon_code_fall2023_25off"));
    let path = format!(
        "/v24.0/{greeting}/compare?template_ids={promotion}&start={}&end={NOON}",
        NOON - 7 * DAY
    );
    let (status, answer) = stage.get(&path).await;
    assert_eq!(status, 400);
    assert!(
        answer["error"]["error_user_msg"]
            .as_str()
            .unwrap()
            .contains("1000"),
        "{answer}"
    );
    let hello = json!({"messaging_product": "whatsapp", "to": USER, "type": "template",
                       "template": {"name": "hello_world", "language": {"code": "en_US"}}});
    let coupon = request("request.template-coupon_code.json");
    for _ in 0..1000 {
        assert_eq!(stage.send(&hello).await.0, 200);
        assert_eq!(stage.send(&coupon).await.0, 200);
    }
    assert_eq!(stage.send(&coupon).await.0, 200);
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    stage
        .simulator()
        .block_over_template(promotion, 3, "SPAM")
        .unwrap();
    let (status, answer) = stage.get(&path).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(
        answer,
        json!({"data": [
            {"metric": "BLOCK_RATE", "type": "RELATIVE", "order_by_relative_metric": [greeting.to_string(), promotion.to_string()]},
            {"metric": "MESSAGE_SENDS", "type": "NUMBER_VALUES", "number_values": [
                {"key": promotion.to_string(), "value": 1001}, {"key": greeting.to_string(), "value": 1000}]},
            {"metric": "TOP_BLOCK_REASON", "type": "STRING_VALUES", "string_values": [
                {"key": promotion.to_string(), "value": "SPAM"},
                {"key": greeting.to_string(), "value": "UNKNOWN_BLOCK_REASON"}]},
        ]})
    );
    let documented = request("response.template-compare.json");
    for (place, metric) in documented["data"].as_array().unwrap().iter().enumerate() {
        assert_eq!(answer["data"][place]["metric"], metric["metric"]);
    }
    for wrong in [
        format!(
            "template_ids={greeting}&start={}&end={NOON}",
            NOON - 7 * DAY
        ),
        format!(
            "template_ids={promotion}&start={}&end={NOON}",
            NOON - 8 * DAY
        ),
    ] {
        assert_eq!(
            stage
                .get(&format!("/v24.0/{greeting}/compare?{wrong}"))
                .await
                .0,
            400
        );
    }
    stage.end().await;
}
