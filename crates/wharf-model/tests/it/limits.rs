//! What breaks a limit is refused, with field, limit and length.

use serde_json::{Value, json};
use wharf_model::outgoing::{ListRow, ListSection, Parameter, Template, limits};
use wharf_model::{InvalidMessage, OutgoingMessage};

use crate::fixture;

/// The fault of a sample whose part at `pointer` is replaced.
pub(crate) fn fault(name: &str, pointer: &str, part: Value) -> InvalidMessage {
    let mut sample = fixture(name);
    *sample
        .pointer_mut(pointer)
        .unwrap_or_else(|| panic!("{name} has no {pointer}")) = part;
    OutgoingMessage::from_json(&sample).expect_err(pointer)
}

pub(crate) fn too_long(name: &str, field: &str, limit: usize) {
    // Two bytes each: characters are counted.
    let longest = "é".repeat(limit);
    let mut sample = fixture(name);
    *sample.pointer_mut(field).unwrap() = json!(longest);
    OutgoingMessage::from_json(&sample).unwrap_or_else(|e| panic!("{field}: {e}"));
    assert_eq!(
        fault(name, field, json!(longest + "é")),
        InvalidMessage::TooLong {
            field: field.to_owned(),
            limit,
            length: limit + 1
        }
    );
}

#[test]
fn texts_have_a_greatest_length() {
    too_long("request.text.json", "/text/body", 4096);
    too_long("request.image.json", "/image/caption", 1024);
    too_long("request.video.json", "/video/caption", 1024);
    too_long("request.document.json", "/document/caption", 1024);
    too_long(
        "request.interactive-button.json",
        "/interactive/body/text",
        1024,
    );
    too_long(
        "request.interactive-button.json",
        "/interactive/footer/text",
        60,
    );
    too_long(
        "request.interactive-button.json",
        "/interactive/action/buttons/1/reply/id",
        256,
    );
    too_long(
        "request.interactive-button.json",
        "/interactive/action/buttons/0/reply/title",
        20,
    );
    too_long(
        "request.interactive-list.json",
        "/interactive/body/text",
        4096,
    );
    too_long(
        "request.interactive-list.json",
        "/interactive/header/text",
        60,
    );
    too_long(
        "request.interactive-list.json",
        "/interactive/action/button",
        20,
    );
    too_long(
        "request.interactive-list.json",
        "/interactive/action/sections/1/title",
        24,
    );
    too_long(
        "request.interactive-list.json",
        "/interactive/action/sections/1/rows/0/id",
        200,
    );
    too_long(
        "request.interactive-list.json",
        "/interactive/action/sections/1/rows/1/title",
        24,
    );
    let description = "/interactive/action/sections/0/rows/1/description";
    too_long("request.interactive-list.json", description, 72);
    let label = "/interactive/action/parameters/display_text";
    too_long("request.interactive-cta_url.json", label, 20);
    too_long("request.template-utility.json", "/template/name", 512);
    let value = "/template/components/1/parameters/2/text";
    too_long("request.template-utility.json", value, 1024);
    assert!(matches!(
        Template::new("a", "en")
            .unwrap()
            .header(vec![Parameter::text("x".repeat(61))]),
        Err(InvalidMessage::TooLong {
            limit: 60,
            length: 61,
            ..
        })
    ));
    let coupon = "/template/components/1/parameters/0/coupon_code";
    too_long("request.template-coupon_code.json", coupon, 20);
    let payload = "/template/components/2/parameters/0/payload";
    too_long("request.template-quick_reply-payload.json", payload, 256);
    too_long(
        "request.text-biz_opaque_callback_data.json",
        "/biz_opaque_callback_data",
        512,
    );
}

#[test]
fn lists_have_a_greatest_and_a_least_length() {
    let button = |n: u8| json!({"type": "reply", "reply": {"id": n.to_string(), "title": "x"}});
    let name = "request.interactive-button.json";
    let field = "/interactive/action/buttons";
    let four: Vec<_> = (0..4).map(button).collect();
    let too_many = InvalidMessage::TooMany {
        field: field.to_owned(),
        limit: 3,
        count: 4,
    };
    assert_eq!(fault(name, field, json!(four)), too_many);
    let missing = InvalidMessage::Missing {
        field: field.to_owned(),
    };
    assert_eq!(fault(name, field, json!([])), missing);
    let same = fault(name, field, json!([button(1), button(1)]));
    assert_eq!(same.field(), "/interactive/action/buttons/1/reply/id");

    let row = |n: u8| json!({"id": n.to_string(), "title": "x"});
    let name = "request.interactive-list.json";
    let eleven: Vec<_> = (0..11).map(row).collect();
    let over = fault(name, "/interactive/action/sections/0/rows", json!(eleven));
    assert_eq!(over.field(), "/interactive/action/sections/0/rows");
    let untitled = fault(name, "/interactive/action/sections/1/title", Value::Null);
    assert_eq!(untitled.field(), "/interactive/action/sections/1/title");

    let card = json!({"name": {"formatted_name": "A B", "first_name": "A"}});
    let cards = vec![card; limits::CONTACTS + 1];
    assert!(matches!(
        fault("request.contacts.json", "/contacts", json!(cards)),
        InvalidMessage::TooMany {
            limit: 257,
            count: 258,
            ..
        }
    ));
}

#[test]
fn an_empty_text_is_told_from_one_that_is_not_there() {
    let places = [
        ("request.text.json", "/text/body"),
        (
            "request.interactive-list.json",
            "/interactive/action/button",
        ),
        (
            "request.interactive-flow-navigate.json",
            "/interactive/action/parameters/flow_cta",
        ),
        (
            "request.interactive-product_list.json",
            "/interactive/action/sections/0/title",
        ),
        ("request.contacts.json", "/contacts/0/name/formatted_name"),
    ];
    for (name, field) in places {
        let empty = fault(name, field, json!(""));
        assert_eq!(empty.to_string(), format!("{field} must not be empty"));
        let missing = fault(name, field, Value::Null);
        assert_eq!(missing.to_string(), format!("{field} is required"));
    }
}

#[test]
fn ten_rows_are_counted_over_all_sections() {
    let rows = |from: u8| -> Vec<ListRow> {
        (from..from + 6)
            .map(|n| ListRow::new(n.to_string(), "x").unwrap())
            .collect()
    };
    let sections = vec![
        ListSection::titled("a", rows(0)).unwrap(),
        ListSection::titled("b", rows(6)).unwrap(),
    ];
    assert!(matches!(
        wharf_model::outgoing::List::new("Open", sections),
        Err(InvalidMessage::TooMany {
            limit: 10,
            count: 12,
            ..
        })
    ));
}

#[test]
fn faults_name_the_place() {
    for (name, pointer, part, field) in [
        ("request.text.json", "/text/body", json!(""), "/text/body"),
        ("request.text.json", "/text/body", json!(7), "/text/body"),
        (
            "request.text.json",
            "/text",
            json!({"body": "a", "x/y": 1}),
            "/text/x~1y",
        ),
        ("request.text.json", "/to", json!("(none)"), "/to"),
        ("request.text.json", "/to", Value::Null, "/to"),
        (
            "request.text.json",
            "/recipient_type",
            json!("crowd"),
            "/recipient_type",
        ),
        (
            "request.text.json",
            "/messaging_product",
            json!("sms"),
            "/messaging_product",
        ),
        ("request.image.json", "/image", json!({}), "/image/id"),
        (
            "request.image-link.json",
            "/image/link",
            json!("ftp://a/b"),
            "/image/link",
        ),
        (
            "request.image-link.json",
            "/image/link",
            json!("https://a b"),
            "/image/link",
        ),
        (
            "request.image.json",
            "/image",
            json!({"id": "1", "link": "https://a"}),
            "/image/link",
        ),
        (
            "request.location.json",
            "/location/latitude",
            json!(90.5),
            "/location/latitude",
        ),
        (
            "request.location.json",
            "/location/longitude",
            json!("east"),
            "/location/longitude",
        ),
        (
            "request.contacts.json",
            "/contacts/0/birthday",
            json!("1/2/99"),
            "/contacts/0/birthday",
        ),
        (
            "request.contacts.json",
            "/contacts/0/name",
            json!({"formatted_name": "A"}),
            "/contacts/0/name/first_name",
        ),
        (
            "request.interactive-list.json",
            "/interactive/header",
            json!({"type": "image", "image": {"id": "1"}}),
            "/interactive/header/type",
        ),
        (
            "request.template-utility.json",
            "/template/components/1/parameters/1",
            json!({"type": "text", "text": "by position"}),
            "/template/components/1/parameters/1/parameter_name",
        ),
        (
            "request.template-utility.json",
            "/template/components/1/parameters/1/text",
            json!("five     spaces"),
            "/template/components/1/parameters/1/text",
        ),
        (
            "request.template-coupon_code.json",
            "/template/components/1/index",
            json!(10),
            "/template/components/1/index",
        ),
    ] {
        assert_eq!(
            fault(name, pointer, part).field(),
            field,
            "{name} {pointer}"
        );
    }
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let mut extra = fixture("request.text.json");
    extra["preview_url"] = json!(true);
    let unknown = OutgoingMessage::from_json(&extra).unwrap_err();
    assert_eq!(unknown.to_string(), "/preview_url is invalid: unknown key");

    let mut group = fixture("request.interactive-list.json");
    group["recipient_type"] = json!("group");
    assert_eq!(
        OutgoingMessage::from_json(&group).unwrap_err().field(),
        "/type"
    );

    let mut reaction = fixture("request.reaction.json");
    reaction["context"] = json!({"message_id": "wamid.A"});
    assert_eq!(
        OutgoingMessage::from_json(&reaction).unwrap_err().field(),
        "/context"
    );

    for (json, field) in [
        (json!([]), "/type"),
        (json!({"to": "+16505551234"}), "/type"),
        (json!({"to": "+16505551234", "type": "text"}), "/text"),
        (json!({"type": "text", "text": {"body": "x"}}), "/to"),
    ] {
        assert_eq!(
            OutgoingMessage::from_json(&json).unwrap_err().field(),
            field,
            "{json}"
        );
    }
    let typeless = json!({"to": "+16505551234", "text": {"body": "x"}});
    assert_eq!(
        OutgoingMessage::from_json(&typeless)
            .unwrap()
            .content()
            .kind(),
        "text"
    );
}
