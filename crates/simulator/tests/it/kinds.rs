//! Every kind of message with its limits: interactive kinds, templates of each family, pins.
#![expect(
    clippy::too_many_lines,
    reason = "one refusal after another, each a line"
)]

use serde_json::{Value, json};

use crate::fixtures::request;
use crate::kit::{PHONE, Stage, USER};

/// What a change of an accepted body is answered with: the code and a part of the details.
struct Case {
    at: &'static str,
    value: Value,
    code: i64,
    details: &'static str,
}

fn case(at: &'static str, value: Value, code: i64, details: &'static str) -> Case {
    Case {
        at,
        value,
        code,
        details,
    }
}

/// Sends the fixture with one place changed at a time; null takes the place out.
async fn refusals(stage: &Stage, name: &str, cases: Vec<Case>) {
    for case in cases {
        let mut body = request(&format!("request.{name}.json"));
        if body["to"].as_str().is_some_and(|to| to.contains("xx")) {
            body["to"] = json!(USER);
        }
        let (parent, key) = case.at.rsplit_once('/').unwrap();
        let parent = body.pointer_mut(parent).unwrap();
        match (parent, &case.value) {
            (Value::Object(fields), Value::Null) => {
                fields.remove(key).unwrap();
            }
            (Value::Object(fields), value) => {
                fields.insert(key.to_owned(), value.clone());
            }
            (parent, value) => parent[key.parse::<usize>().unwrap()] = value.clone(),
        }
        let (status, answer) = stage.send(&body).await;
        let error = &answer["error"];
        let said = error["error_data"]["details"].as_str().unwrap_or_default();
        let hint = format!("{name} {}: {answer}", case.at);
        assert_eq!((status, &error["code"]), (400, &json!(case.code)), "{hint}");
        assert!(said.contains(case.details), "{hint}");
    }
}

fn long(n: usize) -> Value {
    json!("é".repeat(n))
}

#[tokio::test]
async fn requests_to_users_are_checked() {
    let stage = Stage::new().await;
    let kind = "interactive-location_request_message";
    refusals(
        &stage,
        kind,
        vec![
            case(
                "/interactive/action/name",
                json!("send"),
                131_009,
                "send_location",
            ),
            case("/interactive/body/text", long(1025), 100, "at most 1024"),
            case(
                "/interactive/footer",
                json!({"text": "x"}),
                131_009,
                "not allowed",
            ),
            case(
                "/interactive/header",
                json!({"type": "text"}),
                131_009,
                "not allowed",
            ),
            case(
                "/interactive/body",
                Value::Null,
                131_008,
                "interactive.body",
            ),
        ],
    )
    .await;
    let values = "/interactive/action/parameters/values";
    refusals(
        &stage,
        "interactive-address_message",
        vec![
            case(
                "/interactive/action/parameters/country",
                json!("US"),
                131_009,
                "must be IN",
            ),
            case(values, json!({"planet": "x"}), 100, "planet"),
            case(values, json!({"in_pin_code": "1234567"}), 100, "at most 6"),
        ],
    )
    .await;
    let parameters = "/interactive/action/parameters";
    refusals(
        &stage,
        "interactive-voice_call",
        vec![
            case(parameters, json!({"ttl_minutes": 43_201}), 131_009, "43200"),
            case(
                parameters,
                json!({"payload": "x".repeat(513)}),
                100,
                "at most 512",
            ),
            case(
                parameters,
                json!({"display_text": "x".repeat(21)}),
                100,
                "at most 20",
            ),
        ],
    )
    .await;
    refusals(
        &stage,
        "interactive-request_contact_info",
        vec![case(
            "/interactive/action/name",
            json!("x"),
            131_009,
            "request_contact_info",
        )],
    )
    .await;
    stage.end().await;
}

#[tokio::test]
async fn flows_products_and_carousels_are_checked() {
    let stage = Stage::new().await;
    let p = |name: &str| -> &'static str {
        Box::leak(format!("/interactive/action/parameters/{name}").into_boxed_str())
    };
    refusals(
        &stage,
        "interactive-flow-navigate",
        vec![
            case(p("flow_message_version"), json!("2"), 131_009, "\"3\""),
            case(p("flow_id"), Value::Null, 131_008, "flow_id"),
            case(p("flow_name"), json!("x"), 131_009, "beside flow_id"),
            case(p("flow_cta"), long(31), 100, "at most 30"),
            case(p("mode"), json!("live"), 131_009, "published or draft"),
            case(
                p("flow_action"),
                json!("data_exchange"),
                131_009,
                "flow_action_payload",
            ),
            case(
                p("flow_action_payload"),
                json!({"screen": "A", "data": {}}),
                131_009,
                "empty",
            ),
        ],
    )
    .await;
    let items: Vec<Value> = (0..31)
        .map(|n| json!({"product_retailer_id": n.to_string()}))
        .collect();
    let sections = "/interactive/action/sections";
    refusals(
        &stage,
        "interactive-product_list",
        vec![
            case(
                "/interactive/header",
                Value::Null,
                131_008,
                "interactive.header",
            ),
            case(
                sections,
                json!([{"title": "x", "product_items": items[..30]},
                {"title": "y", "product_items": items[30..]}]),
                131_009,
                "at most 30",
            ),
            case(
                sections,
                json!([{"product_items": items[..1]}, {"product_items": items[..1]}]),
                131_008,
                "title",
            ),
            case(
                sections,
                json!([{"title": long(25), "product_items": items[..1]}]),
                100,
                "at most 24",
            ),
        ],
    )
    .await;
    refusals(
        &stage,
        "interactive-product",
        vec![
            case(
                "/interactive/header",
                json!({"type": "text", "text": "x"}),
                131_009,
                "header",
            ),
            case(
                "/interactive/action/catalog_id",
                Value::Null,
                131_008,
                "catalog_id",
            ),
        ],
    )
    .await;
    let card = request("request.interactive-carousel-url.json")["interactive"]["action"]["cards"]
        [0]
    .clone();
    let other =
        request("request.interactive-carousel-quick_reply.json")["interactive"]["action"]["cards"]
            [1]
        .clone();
    let cards = "/interactive/action/cards";
    let with = |at: &str, value: Value| {
        let mut second = card.clone();
        second["card_index"] = json!(1);
        *second.pointer_mut(at).unwrap() = value;
        json!([card, second])
    };
    refusals(
        &stage,
        "interactive-carousel-url",
        vec![
            case(cards, json!([card]), 131_009, "between 2 and 10"),
            case(cards, json!([card, card]), 131_009, "count the cards"),
            case(
                cards,
                json!([card, other]),
                131_009,
                "same header and buttons",
            ),
            case(cards, with("/body/text", long(161)), 100, "at most 160"),
            case(
                cards,
                with("/body/text", json!("a\nb\nc\nd")),
                131_009,
                "2 line breaks",
            ),
            case(cards, with("/header/type", json!("text")), 100, "image"),
            case(
                cards,
                with("/action/parameters/display_text", long(21)),
                100,
                "at most 20",
            ),
            case(
                "/interactive/footer",
                json!({"text": "x"}),
                131_009,
                "not allowed",
            ),
        ],
    )
    .await;
    stage.end().await;
}

#[tokio::test]
async fn orders_add_up_and_go_forward() {
    let stage = Stage::new().await;
    let at = |name: &str| -> &'static str {
        Box::leak(format!("/interactive/action/parameters/{name}").into_boxed_str())
    };
    let money = |value: i64| json!({"value": value, "offset": 100});
    refusals(
        &stage,
        "interactive-order_details-br",
        vec![
            case(at("reference_id"), json!("a b"), 131_009, "only letters"),
            case(at("reference_id"), json!("x".repeat(36)), 100, "at most 35"),
            case(at("type"), json!("dreams"), 131_009, "digital-goods"),
            case(at("currency"), json!("USD"), 131_009, "INR or BRL"),
            case(at("total_amount"), money(1), 131_009, "subtotal + tax"),
            case(
                at("total_amount"),
                json!({"value": 1, "offset": 10}),
                131_009,
                "must be 100",
            ),
            case(
                at("order/expiration"),
                json!({"timestamp": "1", "description": ""}),
                131_009,
                "300 seconds",
            ),
            case(
                at("payment_settings"),
                json!([{"type": "cash", "cash": {}}]),
                131_009,
                "payment setting",
            ),
        ],
    )
    .await;
    let details = request("request.interactive-order_details-br.json");
    assert_eq!(stage.send(&details).await.0, 200);
    let (_, again) = stage.send(&details).await;
    assert_eq!(again["error"]["code"], 131_009);
    let status = |reference: &str, status: &str| {
        let mut body = request("request.interactive-order_status.json");
        let parameters = body.pointer_mut("/interactive/action/parameters").unwrap();
        parameters["reference_id"] = json!(reference);
        parameters["order"]["status"] = json!(status);
        body
    };
    let mine = "unique-reference-id";
    for (body, fails) in [
        (status("nobody's", "shipped"), true),
        (status(mine, "shipped"), false),
        (status(mine, "canceled"), true),
        (status(mine, "completed"), false),
        (status(mine, "shipped"), true),
    ] {
        let mut body = body;
        body["interactive"]["action"]["parameters"]["reference_id"] = json!(
            body["interactive"]["action"]["parameters"]["reference_id"]
                .as_str()
                .unwrap()
                .replace('\'', "_")
        );
        let (status, answer) = stage.send(&body).await;
        assert_eq!(status, 200, "{answer}");
        stage
            .simulator()
            .wait_until_idle(crate::kit::PATIENCE)
            .await
            .unwrap();
        let accepted = stage.simulator().accepted();
        let last = accepted.last().unwrap().statuses.last().unwrap().0;
        assert_eq!(last == simulator::MessageStatus::Failed, fails, "{body}");
    }
    stage.end().await;
}

#[tokio::test]
async fn templates_of_each_family_are_checked() {
    let stage = Stage::new().await;
    for id in [
        "1602186516975000",
        "1558081531584829",
        "861236878885705",
        "1587064918516321",
    ] {
        stage.simulator().put_media(id, "image/png", "file");
    }
    let text = |text: &str| json!([{"type": "text", "text": text}]);
    refusals(
        &stage,
        "template-auth-otp",
        vec![
            case(
                "/template/components/1/parameters",
                text("other"),
                132_018,
                "code of the body",
            ),
            case(
                "/template/components/0/parameters",
                text("1234567890123456"),
                132_018,
                "at most 15",
            ),
        ],
    )
    .await;
    refusals(
        &stage,
        "template-limited_time_offer",
        vec![
            case(
                "/template/components/2/parameters/0/limited_time_offer",
                json!({}),
                131_008,
                "expiration_time_ms",
            ),
            case(
                "/template/components/2",
                json!({"type": "footer"}),
                131_009,
                "known component",
            ),
            case(
                "/template/components/3/parameters/0/coupon_code",
                json!("x".repeat(21)),
                100,
                "at most 20",
            ),
        ],
    )
    .await;
    let sent = request("request.template-media-carousel.json");
    let cards = &sent["template"]["components"][1]["cards"];
    refusals(
        &stage,
        "template-media-carousel",
        vec![
            case(
                "/template/components/1/cards",
                json!([cards[0], cards[1]]),
                132_000,
                "carousel",
            ),
            case(
                "/template/components/1/cards",
                json!([cards[0], cards[1], cards[1]]),
                131_009,
                "each once",
            ),
            case(
                "/template/components/1/cards/0/components/0/parameters/0/type",
                json!("video"),
                132_012,
                "expected IMAGE",
            ),
            case(
                "/template/components/1",
                json!({"type": "order_status"}),
                131_008,
                "carousel",
            ),
        ],
    )
    .await;
    let sections = "/template/components/2/parameters/0/action/sections";
    refusals(
        &stage,
        "template-mpm",
        vec![
            case(sections, json!([]), 131_009, "between 1 and 10"),
            case(
                "/template/components/2/parameters",
                Value::Null,
                131_008,
                "parameters",
            ),
        ],
    )
    .await;
    refusals(
        &stage,
        "template-spm",
        vec![
            case(
                "/template/components/0/parameters/0/product",
                json!({"catalog_id": "1"}),
                131_008,
                "product_retailer_id",
            ),
            case(
                "/template/components/1/parameters/0/parameter_name",
                Value::Null,
                132_012,
                "missing or empty",
            ),
        ],
    )
    .await;
    refusals(
        &stage,
        "template-tap_target",
        vec![
            case(
                "/template/components/1/parameters/0/parameter_name",
                json!("x"),
                132_012,
                "positional",
            ),
            case(
                "/template/components/2/parameters/0/tap_target_configuration/0/url",
                json!("x"),
                131_009,
                "http",
            ),
        ],
    )
    .await;
    refusals(
        &stage,
        "template-voice_call",
        vec![case(
            "/template/components/0/parameters/0/ttl_minutes",
            json!(0),
            131_009,
            "43200",
        )],
    )
    .await;
    refusals(
        &stage,
        "template-order_status",
        vec![
            case("/template/components", json!([]), 131_008, "order_status"),
            case(
                "/template/components/0/parameters/0/order_status/order/status",
                json!("lost"),
                131_009,
                "processing",
            ),
        ],
    )
    .await;
    refusals(
        &stage,
        "template-flow-button",
        vec![case(
            "/template/components/0/parameters/0/action",
            json!({"token": "x"}),
            100,
            "token",
        )],
    )
    .await;
    stage.end().await;
}

#[tokio::test]
async fn pins_are_for_groups() {
    let stage = Stage::new().await;
    refusals(
        &stage,
        "pin",
        vec![
            case(
                "/pin/expiration_days",
                Value::Null,
                131_008,
                "expiration_days",
            ),
            case(
                "/pin/expiration_days",
                json!(31),
                131_009,
                "between 1 and 30",
            ),
            case("/pin/type", json!("glue"), 131_009, "pin or unpin"),
            case("/pin/message_id", json!("x"), 131_009, "message ID"),
        ],
    )
    .await;
    let mut pin = request("request.pin.json");
    pin["recipient_type"] = json!("individual");
    pin["to"] = json!(USER);
    let (_, answer) = stage.send(&pin).await;
    assert_eq!(answer["error"]["code"], 131_009);
    stage.end().await;
}

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
