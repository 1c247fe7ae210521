//! Creation of templates: what the documentation shows is accepted, what breaks a rule is refused.

use serde_json::{Value, json};
use simulator::{Business, Clock, Review, Waba, WabaId};

use crate::fixtures::request;
use crate::kit::{Stage, WABA, quick};

fn templates() -> String {
    format!("/v24.0/{WABA}/message_templates")
}

/// A good template, to be spoilt.
fn good() -> Value {
    json!({
        "name": "order_arrives",
        "language": "en_US",
        "category": "UTILITY",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": {"header_text": ["7"]}},
            {"type": "BODY", "text": "Hello {{1}}, your order will arrive on {{2}} in the morning.",
             "example": {"body_text": [["Ann", "Monday"]]}},
            {"type": "FOOTER", "text": "Lucky Shrub"},
            {"type": "BUTTONS", "buttons": [
                {"type": "URL", "text": "Track", "url": "https://shop.example/{{1}}", "example": ["7"]},
                {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+15550051310"},
            ]},
        ],
    })
}

/// The good one with another value at one place.
fn with(path: &str, value: Value) -> Value {
    let mut spoilt = good();
    if let Some(place) = spoilt.pointer_mut(path) {
        *place = value;
    } else {
        let (parent, name) = path.rsplit_once('/').unwrap();
        spoilt.pointer_mut(parent).unwrap()[name] = value;
    }
    spoilt
}

fn body(text: &str, examples: usize) -> Value {
    let mut component = json!({"type": "BODY", "text": text});
    if examples > 0 {
        component["example"] = json!({"body_text": [vec!["a"; examples]]});
    }
    with("/components/1", component)
}

fn buttons(list: Value) -> Value {
    with("/components/3/buttons", list)
}

fn header(component: Value) -> Value {
    with("/components/0", component)
}

fn login(spoil: impl FnOnce(&mut Value)) -> Value {
    let mut template = request("template-create.auth-zero_tap.json");
    spoil(&mut template);
    template
}

fn offer(spoil: impl FnOnce(&mut Value)) -> Value {
    let mut template = request("template-create.limited_time_offer.json");
    spoil(&mut template);
    template
}

fn carousel(spoil: impl FnOnce(&mut Value)) -> Value {
    let mut template = request("template-create.media-carousel.json");
    spoil(&mut template);
    template
}

#[tokio::test]
async fn every_template_of_the_documentation_is_accepted() {
    let stage = Stage::new().await;
    let names = [
        "auth-copy_code",
        "auth-one_tap",
        "auth-zero_tap",
        "call_permission_request",
        "catalog",
        "coupon",
        "document-header",
        "flow-button",
        "library",
        "limited_time_offer",
        "location-header",
        "media-carousel",
        "mpm",
        "named-params",
        "order_details",
        "order_status",
        "positional-seasonal_promotion",
        "product-carousel",
        "request_contact_info",
        "spm",
        "utility",
        "voice_call",
    ];
    for name in names {
        let mut template = request(&format!("template-create.{name}.json"));
        // The samples of the settings have some of these names.
        template["name"] = json!(format!("{}_2", template["name"].as_str().unwrap()));
        if name == "call_permission_request" {
            template["category"] = json!("UTILITY");
        }
        let template = stage.with_handles(template).await;
        let (status, answer) = stage.post(&templates(), &template).await;
        assert_eq!(status, 200, "{name}: {answer}");
        let wanted = request("response.template-create.json");
        let keys = |value: &Value| {
            value
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(keys(&answer), keys(&wanted));
        let expected = if name == "library" {
            "APPROVED"
        } else {
            "PENDING"
        };
        assert_eq!(answer["status"], expected, "{name}");
        let (status, read) = stage
            .get(&format!("/v24.0/{}", answer["id"].as_str().unwrap()))
            .await;
        assert_eq!(status, 200, "{name}: {read}");
        assert_eq!(read["name"], template["name"]);
    }
    let upsert = request("template-create.auth-upsert-copy_code.json");
    let path = format!("/v24.0/{WABA}/upsert_message_templates");
    let (status, answer) = stage.post(&path, &upsert).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["data"].as_array().unwrap().len(), 3);
    assert_eq!(answer["data"][2]["language"], "fr");
    assert_eq!(answer["data"][2]["status"], "APPROVED");
    let (_, again) = stage.post(&path, &upsert).await;
    assert_eq!(again, answer, "a second time it changes what is there");
    stage.end().await;
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table with one line per rule")]
async fn each_rule_refuses_what_breaks_it() {
    let quick_reply = |text: &str| json!({"type": "QUICK_REPLY", "text": text});
    let url = |url: &str| json!([{"type": "URL", "text": "Go", "url": url}]);
    let long = |length: usize| "a".repeat(length);
    let otp = "/components/2/buttons/0";
    let set = |path: &'static str, value: Value| {
        move |template: &mut Value| *template.pointer_mut(path).unwrap() = value
    };
    let image = json!({"header_handle": ["4::abc"]});
    // What is wrong, the template, the subcode (0: none), and words of the answer.
    #[rustfmt::skip]
    let cases: Vec<(&str, Value, i64, &str)> = vec![
        ("name too long", with("/name", json!(long(513))), 2_388_040, "at most 512"),
        ("name in capitals", with("/name", json!("Order")), 0, "lowercase"),
        ("no name", with("/name", Value::Null), 0, "name is required"),
        ("language", with("/language", json!("tlh")), 0, "language (tlh)"),
        ("category", with("/category", json!("TRANSACTIONAL")), 0, "one of {AUTHENTICATION"),
        ("no components", with("/components", Value::Null), 0, "components is required"),
        ("components no list", with("/components", json!("no")), 0, "components"),
        ("unknown component", with("/components/2/type", json!("FOOT")), 0, "type (FOOT)"),
        ("two bodies", with("/components/2", json!({"type": "BODY", "text": "Two"})), 0, "at most one BODY"),
        ("no body", with("/components/1", json!({"type": "CALL_PERMISSION_REQUEST"})), 2_388_072, "needs one BODY"),
        ("parameter format", with("/parameter_format", json!("mixed")), 0, "parameter_format"),
        ("header format", header(json!({"type": "HEADER", "format": "SOUND"})), 2_388_047, "one of TEXT"),
        ("header too long", header(json!({"type": "HEADER", "format": "TEXT", "text": long(61)})), 2_388_040, "at most 60"),
        ("header empty", header(json!({"type": "HEADER", "format": "TEXT"})), 2_388_047, "needs a text"),
        ("header with two variables", header(json!({"type": "HEADER", "format": "TEXT", "text": "{{1}} and {{2}}"})), 2_388_047, "at most 1"),
        ("header without example", header(json!({"type": "HEADER", "format": "TEXT", "text": "An {{1}}"})), 2_388_047, "example.header_text"),
        ("image without handle", header(json!({"type": "HEADER", "format": "IMAGE"})), 2_388_047, "header_handle"),
        ("unknown handle", header(json!({"type": "HEADER", "format": "VIDEO", "example": {"header_handle": ["https://a.example"]}})), 2_388_047, "Resumable Upload"),
        ("a handle of nothing", header(json!({"type": "HEADER", "format": "IMAGE", "example": image})), 2_388_047, "forgotten"),
        ("gif of utility", header(json!({"type": "HEADER", "format": "GIF", "example": image})), 2_388_047, "MARKETING"),
        ("product without its button", header(json!({"type": "HEADER", "format": "PRODUCT"})), 2_388_047, "SPM"),
        ("body empty", body(" ", 0), 2_388_072, "needs a text"),
        ("body too long", body(&long(1025), 0), 2_388_040, "at most 1024"),
        ("variable first", body("{{1}} is the number of your order today", 1), 2_388_299, "begin or end"),
        ("variable last", body("The number of your order today is {{1}}", 1), 2_388_299, "begin or end"),
        ("too many variables", body("Hello {{1}} and {{2}} there.", 2), 2_388_293, "at least 5"),
        ("gap in variables", body("Hello there {{1}} and dear {{3}} of ours.", 2), 2_388_072, "without a gap"),
        ("names without parameter_format", body("Hello there {{name}} of our big house.", 1), 2_388_072, "parameter_format"),
        ("variable not closed", body("Hello there {{1 of our big house.", 1), 2_388_072, "does not close"),
        ("variable not opened", body("Hello there 1}} of our big house.", 0), 2_388_072, "not opened"),
        ("no example", body("Hello there {{1}} of our big house.", 0), 2_388_072, "example.body_text"),
        ("one example too few", body("Hello there {{1}} of our big house, this is {{2}} now.", 1), 2_388_072, "2 variables"),
        ("footer empty", with("/components/2/text", json!("")), 2_388_073, "FOOTER"),
        ("footer too long", with("/components/2/text", json!(long(61))), 2_388_040, "at most 60"),
        ("footer with variable", with("/components/2/text", json!("By {{1}}!")), 2_388_073, "no variables"),
        ("no buttons", buttons(json!([])), 0, "needs a list"),
        ("eleven buttons", buttons(json!(vec![quick_reply("Yes"); 11])), 0, "at most 10"),
        ("unknown button", buttons(json!([{"type": "BELL", "text": "Ring"}])), 0, "type (BELL)"),
        ("button without text", buttons(json!([{"type": "QUICK_REPLY"}])), 0, "needs a text"),
        ("button text too long", buttons(json!([quick_reply(&long(26))])), 2_388_040, "at most 25"),
        ("button text with variable", buttons(json!([quick_reply("Go {{1}}")])), 0, "no variables"),
        ("three addresses", buttons(json!([url("https://a.example")[0], url("https://b.example")[0], url("https://c.example")[0]])), 0, "at most 2"),
        ("two numbers", buttons(json!([{"type": "PHONE_NUMBER", "text": "A", "phone_number": "+15550051310"}, {"type": "PHONE_NUMBER", "text": "B", "phone_number": "+15550051310"}])), 0, "at most 1"),
        ("two codes", buttons(json!([{"type": "COPY_CODE", "example": "A"}, {"type": "COPY_CODE", "example": "B"}])), 0, "at most 1"),
        ("replies apart", buttons(json!([quick_reply("A"), url("https://a.example")[0], quick_reply("B")])), 0, "together"),
        ("address too long", buttons(url(&format!("https://a.example/{}", long(2000)))), 2_388_040, "at most 2000"),
        ("no address", buttons(url("")), 0, "needs a url"),
        ("address of another kind", buttons(url("ftp://a.example")), 0, "https://"),
        ("variable inside the address", buttons(url("https://a.example/{{1}}/b")), 0, "at its end"),
        ("address without example", buttons(url("https://a.example/{{1}}")), 0, "needs an example"),
        ("number too long", buttons(json!([{"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+1555005131012345678901"}])), 2_388_040, "at most 20"),
        ("no number", buttons(json!([{"type": "PHONE_NUMBER", "text": "Call", "phone_number": "us"}])), 0, "phone number"),
        ("coupon without example", buttons(json!([{"type": "COPY_CODE"}])), 0, "example"),
        ("coupon too long", buttons(json!([{"type": "COPY_CODE", "example": long(21)}])), 2_388_040, "at most 20"),
        ("flow without flow", buttons(json!([{"type": "FLOW", "text": "Go"}])), 0, "exactly one of flow_id"),
        ("flow of two kinds", buttons(json!([{"type": "FLOW", "text": "Go", "flow_id": "1", "flow_name": "a"}])), 0, "exactly one of flow_id"),
        ("flow action", buttons(json!([{"type": "FLOW", "text": "Go", "flow_id": "1", "flow_action": "jump"}])), 0, "flow_action"),
        ("call button's time", buttons(json!([{"type": "VOICE_CALL", "text": "Call", "ttl_minutes": 0}])), 0, "43200"),
        ("code button outside of login codes", buttons(json!([{"type": "OTP", "otp_type": "COPY_CODE"}])), 0, "AUTHENTICATION"),
        ("time of utility", with("/message_send_ttl_seconds", json!(29)), 0, "between 30 and 43200"),
        ("time of marketing", offer(|template| template["message_send_ttl_seconds"] = json!(-1)), 0, "between 43200 and 2592000"),
        ("time of login codes", login(set("/message_send_ttl_seconds", json!(901))), 0, "between 30 and 900"),
        ("display format", with("/display_format", json!("BIG")), 0, "ORDER_DETAILS"),
        ("order status as marketing", {
            let mut template = request("template-create.order_status.json");
            template["category"] = json!("MARKETING");
            template
        }, 0, "UTILITY"),
        ("offer of utility", offer(set("/category", json!("UTILITY"))), 0, "MARKETING"),
        ("offer without object", offer(set("/components/1", json!({"type": "LIMITED_TIME_OFFER"}))), 0, "limited_time_offer"),
        ("offer's text too long", offer(set("/components/1/limited_time_offer/text", json!(long(17)))), 2_388_040, "at most 16"),
        ("offer's text", offer(set("/components/1/limited_time_offer/text", json!(""))), 0, "limited_time_offer.text"),
        ("offer's end", offer(set("/components/1/limited_time_offer/has_expiration", json!("yes"))), 0, "has_expiration"),
        ("offer with footer", offer(|template| template["components"].as_array_mut().unwrap().push(json!({"type": "FOOTER", "text": "No"}))), 0, "no FOOTER"),
        ("offer's header", offer(set("/components/0", json!({"type": "HEADER", "format": "TEXT", "text": "Hi"}))), 0, "IMAGE or VIDEO"),
        ("offer's body too long", offer(set("/components/2", json!({"type": "BODY", "text": long(601)}))), 2_388_040, "at most 600"),
        ("offer without address", offer(set("/components/3/buttons", json!([{"type": "COPY_CODE", "example": "A"}]))), 0, "URL button"),
        ("offer with another button", offer(|template| template["components"][3]["buttons"][0] = quick_reply("No")), 0, "only have COPY_CODE"),
        ("one card", carousel(|template| template["components"][1]["cards"].as_array_mut().unwrap().truncate(1)), 0, "2 to 10"),
        ("eleven cards", carousel(|template| { let card = template["components"][1]["cards"][0].clone(); template["components"][1]["cards"] = json!(vec![card; 11]); }), 0, "2 to 10"),
        ("cards of two shapes", carousel(|template| template["components"][1]["cards"][1]["components"].as_array_mut().unwrap().push(json!({"type": "BODY", "text": "Text"}))), 0, "differs"),
        ("card without header", carousel(|template| { template["components"][1]["cards"][0]["components"].as_array_mut().unwrap().remove(0); }), 0, "HEADER is required"),
        ("card with document", carousel(set("/components/1/cards/0/components/0/format", json!("DOCUMENT"))), 0, "IMAGE, VIDEO or PRODUCT"),
        ("card's body too long", carousel(|template| template["components"][1]["cards"][0]["components"].as_array_mut().unwrap().push(json!({"type": "BODY", "text": long(161)}))), 2_388_040, "at most 160"),
        ("card without buttons", carousel(|template| { template["components"][1]["cards"][0]["components"].as_array_mut().unwrap().remove(1); }), 0, "BUTTONS is required"),
        ("card with three buttons", carousel(|template| template["components"][1]["cards"][0]["components"][1]["buttons"].as_array_mut().unwrap().insert(0, quick_reply("C"))), 0, "one or two buttons"),
        ("carousel with header", carousel(|template| template["components"].as_array_mut().unwrap().push(json!({"type": "FOOTER", "text": "No"}))), 0, "no FOOTER"),
        ("product card with a reply", {
            let mut template = request("template-create.product-carousel.json");
            template["components"][1]["cards"][0]["components"][1]["buttons"][0] = quick_reply("No");
            template
        }, 0, "SPM, URL"),
        ("product's body too long", {
            let mut template = request("template-create.spm.json");
            template["components"][1]["text"] = json!(format!("Use {{{{code}}}} {{{{percent}}}} {}", long(160)));
            template
        }, 2_388_040, "at most 160"),
        ("named twice", {
            let mut template = request("template-create.named-params.json");
            template["components"][1]["text"] = json!("Hello {{first_name}} and {{first_name}} once more, all the best.");
            template
        }, 2_388_072, "unique"),
        ("named in capitals", {
            let mut template = request("template-create.named-params.json");
            template["components"][1]["text"] = json!("Hello dear {{First}}, all the best to you.");
            template
        }, 2_388_072, "lowercase"),
        ("named without example", {
            let mut template = request("template-create.named-params.json");
            template["components"][1]["example"]["body_text_named_params"].as_array_mut().unwrap().pop();
            template
        }, 2_388_072, "body_text_named_params"),
        ("login code with text", login(|template| template["components"][0]["text"] = json!("Hi")), 2_388_072, "Remove text"),
        ("login code's advice", login(set("/components/0/add_security_recommendation", json!("yes"))), 2_388_072, "true or false"),
        ("login code with header", login(|template| template["components"].as_array_mut().unwrap().push(json!({"type": "HEADER", "format": "TEXT", "text": "Hi"}))), 0, "type (HEADER)"),
        ("login code's footer", login(|template| template["components"][1]["text"] = json!("Hi")), 2_388_073, "Remove text"),
        ("login code's minutes", login(set("/components/1/code_expiration_minutes", json!(91))), 2_388_073, "between 1 and 90"),
        ("login code without button", login(set("/components/2/buttons", json!([]))), 0, "exactly one button"),
        ("login code with a reply", login(set(otp, quick_reply("No"))), 0, "exactly one button"),
        ("kind of code button", login(set("/components/2/buttons/0/otp_type", json!("TAP"))), 0, "otp_type"),
        ("code button's text", login(set("/components/2/buttons/0/text", json!(long(26)))), 2_388_040, "at most 25"),
        ("code button's autofill", login(set("/components/2/buttons/0/autofill_text", json!(long(26)))), 2_388_040, "at most 25"),
        ("terms", login(set("/components/2/buttons/0/zero_tap_terms_accepted", json!(false))), 0, "zero_tap_terms_accepted"),
        ("no apps", login(set("/components/2/buttons/0/supported_apps", json!([]))), 0, "1 to 5"),
        ("six apps", login(|template| { let app = template["components"][2]["buttons"][0]["supported_apps"][0].clone(); template["components"][2]["buttons"][0]["supported_apps"] = json!(vec![app; 6]); }), 0, "1 to 5"),
        ("package name", login(set("/components/2/buttons/0/supported_apps/0/package_name", json!("shrub"))), 0, "package_name"),
        ("long package name", login(set("/components/2/buttons/0/supported_apps/0/package_name", json!(format!("a.{}", long(223))))), 2_388_040, "at most 224"),
        ("signature", login(set("/components/2/buttons/0/supported_apps/0/signature_hash", json!("short"))), 0, "exactly 11"),
        ("unknown library template", json!({"name": "mine", "language": "en_US", "category": "UTILITY", "library_template_name": "none"}), 0, "library_template_name (none)"),
        ("library template without its address", json!({"name": "mine", "language": "en_US", "category": "UTILITY", "library_template_name": "delivery_update_1"}), 0, "url.base_url"),
        ("library template of another category", json!({"name": "mine", "language": "en_US", "category": "MARKETING", "library_template_name": "feedback_survey_1", "library_template_button_inputs": [{"type": "URL", "url": {"base_url": "https://a.example"}}]}), 0, "UTILITY"),
    ];
    let stage = Stage::new().await;
    let before = stage.simulator().templates().len();
    for (what, template, subcode, words) in cases {
        let template = match what {
            "a handle of nothing" => template,
            _ => stage.with_handles(template).await,
        };
        let (status, answer) = stage.post(&templates(), &template).await;
        let error = &answer["error"];
        assert_eq!(status, 400, "{what}: {answer}");
        assert_eq!(error["code"], 100, "{what}: {answer}");
        assert_eq!(
            error["error_subcode"].as_i64().unwrap_or(0),
            subcode,
            "{what}: {answer}"
        );
        let told = format!("{} {}", error["message"], error["error_user_msg"]);
        assert!(told.contains(words), "{what}: {answer}");
    }
    assert_eq!(stage.simulator().templates().len(), before);
    let (status, answer) = stage.post(&templates(), &good()).await;
    assert_eq!(status, 200, "the good one is good: {answer}");
    stage.end().await;
}

#[tokio::test]
async fn a_sample_suits_the_format_of_its_header() {
    let stage = Stage::new().await;
    for (mime_type, format, good) in [
        ("image/png", "IMAGE", true),
        ("video/mp4", "VIDEO", true),
        ("application/pdf", "DOCUMENT", true),
        ("image/png", "VIDEO", false),
        ("application/pdf", "IMAGE", false),
    ] {
        let handle = stage.uploaded(mime_type).await;
        let example = json!({"header_handle": [handle]});
        let mut template = header(json!({"type": "HEADER", "format": format, "example": example}));
        template["name"] = json!(format!("sample_{}", format.to_lowercase()));
        let (status, answer) = stage.post(&templates(), &template).await;
        assert_eq!(status == 200, good, "{mime_type} as {format}: {answer}");
    }
    stage.end().await;
}

#[tokio::test]
async fn products_need_a_catalogue_that_is_connected() {
    let stage = Stage::new().await;
    let waba = WabaId::from(WABA);
    let sends = [
        "interactive-catalog_message",
        "interactive-product",
        "interactive-product_list",
        "interactive-carousel-product",
        "template-catalog",
        "template-mpm",
        "template-spm",
        "template-product-carousel",
    ];
    let kinds = ["catalog", "mpm", "spm", "product-carousel"];
    let send = async |name: &str| {
        let mut body = request(&format!("request.{name}.json"));
        body["to"] = json!(crate::kit::USER);
        stage.send(&body).await
    };
    let create = async |name: &str| {
        let mut template = request(&format!("template-create.{name}.json"));
        template["name"] = json!(format!("with_{}", name.replace('-', "_")));
        stage.post(&templates(), &template).await
    };
    assert!(stage.simulator().connect_catalogs(&waba, Vec::new()));
    for name in sends {
        let (status, answer) = send(name).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!(131_009)),
            "{name}: {answer}"
        );
        let details = answer["error"]["error_data"]["details"].as_str().unwrap();
        assert!(
            details.contains("No catalog is connected"),
            "{name}: {answer}"
        );
    }
    for name in kinds {
        let (status, answer) = create(name).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!(100)),
            "{name}: {answer}"
        );
    }
    let path = format!("/sim/v1/wabas/{WABA}");
    let catalogs = json!({"catalogs": ["194836987003835", "123456789"]});
    let (status, shown) = stage.call("PATCH", &path, Some(&catalogs)).await;
    assert_eq!((status, &shown["catalogs"]), (200, &catalogs["catalogs"]));
    for name in sends {
        let (status, answer) = send(name).await;
        assert_eq!(status, 200, "{name}: {answer}");
    }
    for name in kinds {
        let (status, answer) = create(name).await;
        assert_eq!(status, 200, "{name}: {answer}");
    }
    let mut other = request("request.interactive-product.json");
    other["interactive"]["action"]["catalog_id"] = json!("1");
    let (_, answer) = stage.send(&other).await;
    assert_eq!(answer["error"]["code"], 131_009, "{answer}");
    stage.end().await;
}

#[tokio::test]
async fn a_name_is_unique_per_language_and_account() {
    let mut settings = quick();
    settings.businesses.push(Business {
        wabas: vec![Waba::new("777", "Other")],
        ..Business::default()
    });
    let stage = Stage::with(settings).await;
    let (status, first) = stage.post(&templates(), &good()).await;
    assert_eq!(status, 200, "{first}");
    let (status, answer) = stage.post(&templates(), &good()).await;
    let documented = request("error.2388-user-message.json");
    assert_eq!(status, 400);
    for key in [
        "message",
        "type",
        "code",
        "error_subcode",
        "is_transient",
        "error_user_title",
    ] {
        assert_eq!(answer["error"][key], documented["error"][key], "{key}");
    }
    let (status, _) = stage
        .post(&templates(), &with("/language", json!("de")))
        .await;
    assert_eq!(status, 200);
    let (status, other) = stage.post("/v24.0/777/message_templates", &good()).await;
    assert_eq!(status, 200, "{other}");
    let (_, list) = stage
        .get("/v24.0/777/message_templates?name=order_arrives&fields=id")
        .await;
    assert_eq!(list["data"], json!([{"id": other["id"]}]));
    let owned = stage.simulator().templates();
    let owners = owned.iter().filter_map(|template| template.waba.clone());
    let owners: Vec<WabaId> = owners.collect();
    assert_eq!(owners, [WABA, WABA, "777"].map(WabaId::from));
    stage.end().await;
}

#[tokio::test]
async fn an_account_has_so_many_templates_and_makes_so_many_an_hour() {
    let mut settings = quick();
    settings.clock = Clock::fixed("2026-11-21T12:00:00Z".parse().unwrap());
    settings.templates.clear();
    let clock = settings.clock.clone();
    let stage = Stage::with(settings).await;
    let create = async |number: usize| {
        stage
            .post(
                &templates(),
                &with("/name", json!(format!("order_{number}"))),
            )
            .await
    };
    for number in 0..100 {
        let (status, answer) = create(number).await;
        assert_eq!(status, 200, "{answer}");
    }
    let (status, answer) = create(100).await;
    assert_eq!(
        (status, answer["error"]["code"].as_i64()),
        (400, Some(80_008))
    );
    clock.advance(std::time::Duration::from_hours(1));
    assert_eq!(create(100).await.0, 200);
    stage.simulator().set_review(Review {
        most_templates: Some(101),
        ..Review::default()
    });
    let (status, answer) = create(101).await;
    assert_eq!(status, 400);
    assert_eq!(answer["error"]["error_subcode"], 2_388_019);
    stage.end().await;
}
