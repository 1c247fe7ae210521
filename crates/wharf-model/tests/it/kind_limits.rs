//! What breaks a limit of one of the rarer kinds is refused, with field, limit and length.

use serde_json::{Value, json};
use wharf_model::outgoing::limits;
use wharf_model::{InvalidMessage, OutgoingMessage};

use crate::fixture;
use crate::limits::{fault, too_long};

const PARAMETERS: &str = "/interactive/action/parameters";

/// Each fault of a sample whose part at a pointer is replaced, and the place that it names.
fn refused<const N: usize>(name: &str, cases: [(&str, Value, &str); N]) {
    let name = format!("request.{name}.json");
    for (pointer, part, field) in cases {
        let found = fault(&name, pointer, part.clone());
        assert_eq!(found.field(), field, "{name} {pointer} {part}");
    }
}

#[test]
fn texts_of_interactive_kinds_have_a_greatest_length() {
    for kind in [
        "flow-navigate",
        "location_request_message",
        "catalog_message",
        "product",
        "product_list",
        "carousel-url",
        "call_permission_request",
        "voice_call",
        "request_contact_info",
        "order_details-br",
        "order_status",
    ] {
        let name = format!("request.interactive-{kind}.json");
        too_long(&name, "/interactive/body/text", limits::INTERACTIVE_BODY);
    }
    for kind in [
        "flow-navigate",
        "catalog_message",
        "product",
        "order_status",
    ] {
        let name = format!("request.interactive-{kind}.json");
        too_long(&name, "/interactive/footer/text", limits::FOOTER);
    }
    for (kind, field, limit) in [
        ("flow-navigate", "/action/parameters/flow_cta", 30),
        ("product_list", "/header/text", 60),
        ("product_list", "/action/sections/0/title", 24),
        ("carousel-url", "/action/cards/1/body/text", 160),
        (
            "carousel-url",
            "/action/cards/1/action/parameters/display_text",
            20,
        ),
        (
            "carousel-quick_reply",
            "/action/cards/1/action/buttons/1/quick_reply/title",
            20,
        ),
        (
            "carousel-quick_reply",
            "/action/cards/1/action/buttons/1/quick_reply/id",
            256,
        ),
        ("voice_call", "/action/parameters/display_text", 20),
        ("voice_call", "/action/parameters/payload", 512),
        (
            "order_details-in",
            "/action/parameters/order/items/0/name",
            60,
        ),
        (
            "order_details-in",
            "/action/parameters/order/tax/description",
            60,
        ),
        (
            "order_details-in",
            "/action/parameters/order/discount/description",
            60,
        ),
        (
            "order_details-in",
            "/action/parameters/order/expiration/description",
            120,
        ),
        (
            "order_details-in",
            "/action/parameters/payment_settings/0/payment_gateway/configuration_name",
            60,
        ),
    ] {
        let name = format!("request.interactive-{kind}.json");
        too_long(&name, &format!("/interactive{field}"), limit);
    }
}

#[test]
fn each_kind_takes_its_own_headers_and_footers() {
    let text = json!({"type": "text", "text": "x"});
    let image = json!({"type": "image", "image": {"id": "1"}});
    for (kind, header, fits) in [
        ("button", &text, true),
        ("cta_url", &text, true),
        ("flow-data_exchange", &image, true),
        ("list", &text, true),
        ("list", &image, false),
        ("product_list", &text, true),
        ("product_list", &image, false),
        ("order_details-br", &image, true),
        ("order_details-br", &text, false),
        ("location_request_message", &text, false),
        ("catalog_message", &text, false),
        ("product", &image, false),
        ("carousel-url", &image, false),
        ("call_permission_request", &text, false),
        ("voice_call", &text, false),
        ("request_contact_info", &text, false),
        ("order_status", &image, false),
    ] {
        let mut sample = fixture(&format!("request.interactive-{kind}.json"));
        sample["interactive"]["header"] = header.clone();
        let read = OutgoingMessage::from_json(&sample);
        assert_eq!(read.is_ok(), fits, "{kind} {header}");
    }
    for (kind, fits) in [
        ("voice_call", true),
        ("order_details-br", true),
        ("location_request_message", false),
        ("carousel-url", false),
        ("call_permission_request", false),
        ("request_contact_info", false),
    ] {
        let mut sample = fixture(&format!("request.interactive-{kind}.json"));
        sample["interactive"]["footer"] = json!({"text": "x"});
        let read = OutgoingMessage::from_json(&sample);
        assert_eq!(read.is_ok(), fits, "{kind}");
    }
    for (kind, fits) in [
        ("product", true),
        ("call_permission_request", true),
        ("list", false),
    ] {
        let mut sample = fixture(&format!("request.interactive-{kind}.json"));
        sample["interactive"]
            .as_object_mut()
            .unwrap()
            .remove("body");
        let read = OutgoingMessage::from_json(&sample);
        assert_eq!(read.is_ok(), fits, "{kind}");
    }
    let mut headless = fixture("request.interactive-product_list.json");
    headless["interactive"]
        .as_object_mut()
        .unwrap()
        .remove("header");
    let missing = OutgoingMessage::from_json(&headless).unwrap_err();
    assert_eq!(missing.field(), "/interactive/header");
}

#[test]
fn flows_say_which_and_how() {
    let payload = "/interactive/action/parameters/flow_action_payload";
    refused(
        "interactive-flow-navigate",
        [
            (
                "/interactive/action/parameters/flow_id",
                Value::Null,
                "/interactive/action/parameters/flow_id",
            ),
            (
                "/interactive/action/parameters/mode",
                json!("secret"),
                "/interactive/action/parameters/mode",
            ),
            (
                "/interactive/action/parameters/flow_message_version",
                json!("2"),
                "/interactive/action/parameters/flow_message_version",
            ),
            (
                "/interactive/action/parameters/flow_action",
                json!("data_exchange"),
                payload,
            ),
            (
                "/interactive/action/parameters/flow_action_payload/data",
                json!({}),
                "/interactive/action/parameters/flow_action_payload/data",
            ),
            (
                "/interactive/action/parameters/flow_action_payload/data",
                json!("{}"),
                "/interactive/action/parameters/flow_action_payload/data",
            ),
        ],
    );
    let mut both = fixture("request.interactive-flow-navigate.json");
    both.pointer_mut(PARAMETERS).unwrap()["flow_name"] = json!("a");
    let field = "/interactive/action/parameters/flow_name";
    assert_eq!(
        OutgoingMessage::from_json(&both).unwrap_err().field(),
        field
    );
}

#[test]
fn products_and_cards_are_counted() {
    let item = json!({"product_retailer_id": "a"});
    let section = |count: usize| json!({"title": "a", "product_items": vec![item.clone(); count]});
    let list = "/interactive/action/sections";
    refused(
        "interactive-product_list",
        [
            (list, json!([]), list),
            (list, json!([section(16), section(15)]), list),
            (
                list,
                json!([section(31)]),
                "/interactive/action/sections/0/product_items",
            ),
            (list, json!(vec![section(1); 11]), list),
            (
                list,
                json!([{"product_items": [item]}]),
                "/interactive/action/sections/0/title",
            ),
        ],
    );
    let cards = "/interactive/action/cards";
    let sample = fixture("request.interactive-carousel-url.json");
    let card = |index: usize| {
        let mut card = sample["interactive"]["action"]["cards"][0].clone();
        card["card_index"] = json!(index);
        card
    };
    let all = |count: usize| (0..count).map(card).collect::<Vec<_>>();
    let with = |key: &str, value: Value| {
        let mut two = all(2);
        two[1][key] = value;
        json!(two)
    };
    let buttons = |ids: &[&str]| {
        let buttons = ids
            .iter()
            .map(|id| json!({"type": "quick_reply", "quick_reply": {"id": id, "title": "x"}}));
        json!({"buttons": buttons.collect::<Vec<_>>()})
    };
    refused(
        "interactive-carousel-url",
        [
            (cards, json!([]), cards),
            (cards, json!(all(1)), cards),
            (cards, json!(all(11)), cards),
            (
                cards,
                with("card_index", json!(3)),
                "/interactive/action/cards/1/card_index",
            ),
            (
                cards,
                with("header", json!({"type": "video", "video": {"id": "1"}})),
                "/interactive/action/cards/1/header/type",
            ),
            (
                cards,
                with("header", json!({"type": "text", "text": "x"})),
                "/interactive/action/cards/1/header/type",
            ),
            (
                cards,
                with("action", buttons(&["a"])),
                "/interactive/action/cards/1/action",
            ),
            (
                cards,
                with("action", buttons(&["a", "a"])),
                "/interactive/action/cards/1/action/buttons/1/quick_reply/id",
            ),
            (
                cards,
                with("body", json!({"text": "a\nb\nc\nd"})),
                "/interactive/action/cards/1/body/text",
            ),
            (
                cards,
                with("type", json!("product")),
                "/interactive/action/cards/1/header",
            ),
        ],
    );
    refused(
        "interactive-carousel-product",
        [(
            "/interactive/action/cards/1/action/catalog_id",
            json!("2"),
            "/interactive/action/cards/1/action/catalog_id",
        )],
    );
}

#[test]
fn calls_addresses_and_pins_keep_to_their_ranges() {
    let ttl = "/interactive/action/parameters/ttl_minutes";
    refused(
        "interactive-voice_call",
        [
            (ttl, json!(0), ttl),
            (ttl, json!(43_201), ttl),
            (ttl, json!("soon"), ttl),
        ],
    );
    let mut address = fixture("request.interactive-address_message.json");
    address["to"] = json!("+910000000000");
    for (key, value, field) in [
        ("country", json!("BR"), "country"),
        (
            "values",
            json!({"in_pin_code": "1234567"}),
            "values/in_pin_code",
        ),
        ("values", json!({"planet": "Mars"}), "values/planet"),
        (
            "saved_addresses",
            json!([{"id": "a", "value": {}}]),
            "saved_addresses/0/value",
        ),
        (
            "validation_errors",
            json!({"city": ""}),
            "validation_errors/city",
        ),
    ] {
        let mut changed = address.clone();
        changed.pointer_mut(PARAMETERS).unwrap()[key] = value;
        let found = OutgoingMessage::from_json(&changed).unwrap_err();
        assert_eq!(found.field(), format!("{PARAMETERS}/{field}"));
    }
    let days = "/pin/expiration_days";
    refused(
        "pin",
        [
            (days, json!(0), days),
            (days, json!("31"), days),
            (days, Value::Null, days),
            ("/pin/type", json!("glue"), "/pin/type"),
        ],
    );
}

#[test]
fn orders_add_up() {
    let at = |key: &str| format!("{PARAMETERS}/{key}");
    let name = "request.interactive-order_details-in.json";
    for (key, value, field) in [
        ("reference_id", json!("x".repeat(36)), "reference_id"),
        ("reference_id", json!("a b"), "reference_id"),
        ("type", json!("free-goods"), "type"),
        ("currency", json!("USD"), "currency"),
        ("currency", json!("BRL"), "payment_settings/0/type"),
        (
            "total_amount",
            json!({"value": 21_001, "offset": 100}),
            "total_amount",
        ),
        (
            "total_amount",
            json!({"value": 21_000, "offset": 10}),
            "total_amount/offset",
        ),
        (
            "order/subtotal",
            json!({"value": -1, "offset": 100}),
            "order/subtotal/value",
        ),
        (
            "order/discount",
            json!({"value": 90_000, "offset": 100}),
            "order/discount",
        ),
        ("order/items", json!([]), "order/items"),
        ("order/items/0/quantity", json!(0), "order/items/0/quantity"),
        ("order/status", json!("shipped"), "order/status"),
        (
            "payment_settings/0/payment_gateway/type",
            json!("piggy_bank"),
            "payment_settings/0/payment_gateway/type",
        ),
    ] {
        assert_eq!(fault(name, &at(key), value).field(), at(field), "{key}");
    }
    for (key, extra) in [
        ("payment_settings/0", "boleto"),
        ("payment_settings/0/payment_gateway", "payu"),
        ("order/tax", "discount_program_name"),
        ("order", "total"),
    ] {
        let mut sample = fixture(name);
        sample.pointer_mut(&at(key)).unwrap()[extra] = json!({});
        let found = OutgoingMessage::from_json(&sample).unwrap_err();
        assert_eq!(found.field(), at(&format!("{key}/{extra}")));
    }
    let mut items = fixture(name).pointer(&at("order/items")).unwrap().clone();
    items[0]["image"] = json!({"link": "https://example.com/a.png"});
    let eleven = vec![items[0].clone(); 11];
    assert!(matches!(
        fault(name, &at("order/items"), json!(eleven)),
        InvalidMessage::TooMany {
            limit: 10,
            count: 11,
            ..
        }
    ));
    let name = "request.interactive-order_status.json";
    for (key, value) in [
        ("order/status", json!("lost")),
        ("payment/status", json!("lost")),
        ("payment/timestamp", json!("soon")),
    ] {
        assert_eq!(fault(name, &at(key), value).field(), at(key));
    }
    let mut long = fixture(name);
    long.pointer_mut(&at("order")).unwrap()["description"] = json!("x".repeat(121));
    let long = OutgoingMessage::from_json(&long).unwrap_err();
    assert_eq!(long.field(), at("order/description"));
}

#[test]
fn parts_of_templates_stand_once_and_where_they_belong() {
    let parts = "/template/components";
    let at = |rest: &str| format!("{parts}/{rest}");
    let offer = fixture("request.template-limited_time_offer.json");
    let doubled = |index: usize| {
        let mut all = offer.pointer(parts).unwrap().clone();
        let again = all[index].clone();
        all.as_array_mut().unwrap().push(again);
        all
    };
    refused(
        "template-limited_time_offer",
        [
            (parts, doubled(0), &at("5/type")),
            (parts, doubled(2), &at("5/type")),
            (parts, doubled(4), &at("5/index")),
            (
                &at("2/parameters/0/limited_time_offer/expiration_time_ms"),
                json!("never"),
                &at("2/parameters/0/limited_time_offer/expiration_time_ms"),
            ),
            (
                &at("0/parameters"),
                json!([{"type": "group_id", "group_id": "a"}]),
                &at("0/parameters/0/type"),
            ),
            (
                &at("0/parameters"),
                json!([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]),
                &at("0/parameters"),
            ),
            (
                &at("1/parameters/0"),
                json!({"type": "image", "image": {"id": "1"}}),
                &at("1/parameters/0/type"),
            ),
        ],
    );
    refused(
        "template-media-carousel",
        [
            (&at("1/cards"), json!([]), &at("1/cards")),
            (
                &at("1/cards/1/card_index"),
                json!(7),
                &at("1/cards/1/card_index"),
            ),
            (
                &at("1/cards/0/components/1/index"),
                json!("2"),
                &at("1/cards/0/components/1/index"),
            ),
            (
                &at("1/cards/0/components/0/parameters/0"),
                json!({"type": "text", "text": "a"}),
                &at("1/cards/0/components/0/parameters/0/type"),
            ),
            (
                &at("1/cards/0/components/0"),
                json!({"type": "carousel", "cards": []}),
                &at("1/cards/0/components/0/type"),
            ),
        ],
    );
    too_long(
        "request.template-voice_call.json",
        &at("0/parameters/1/payload"),
        limits::CALL_PAYLOAD,
    );
    too_long(
        "request.template-mpm.json",
        &at("2/parameters/0/action/sections/0/title"),
        limits::PRODUCT_SECTION_TITLE,
    );
    let gif = json!([{"type": "header", "parameters": [{"type": "gif", "gif": {"id": "1"}}]}]);
    refused("template-spm", [(parts, gif, &at("0/parameters/0/type"))]);
}

#[test]
fn groups_take_text_media_templates_and_pins_only() {
    let group = "Y2FwaV9ncm91cDox";
    for (name, fits) in [
        ("text", true),
        ("image", true),
        ("document", true),
        ("sticker", true),
        ("template-utility", true),
        ("template-header-document-positional", true),
        ("pin", true),
        ("location", false),
        ("contacts", false),
        ("reaction", false),
        ("interactive-button", false),
        ("template-spm", false),
        ("template-mpm", false),
        ("template-catalog", false),
        ("template-order_details", false),
        ("template-order_status", false),
        ("template-media-carousel", false),
        ("template-limited_time_offer", false),
    ] {
        let mut sample = fixture(&format!("request.{name}.json"));
        sample["to"] = json!(group);
        sample["recipient_type"] = json!("group");
        let read = OutgoingMessage::from_json(&sample);
        assert_eq!(read.is_ok(), fits, "{name}");
    }
    let mut pin = fixture("request.pin.json");
    pin["to"] = json!("+16505551234");
    pin["recipient_type"] = json!("individual");
    assert_eq!(
        OutgoingMessage::from_json(&pin).unwrap_err().field(),
        "/type"
    );
    let mut marketing = fixture("request.marketing_messages-template.json");
    marketing["recipient_type"] = json!("group");
    let read = wharf_model::outgoing::MarketingMessage::from_json(&marketing);
    assert_eq!(read.unwrap_err().field(), "/recipient_type");
}
