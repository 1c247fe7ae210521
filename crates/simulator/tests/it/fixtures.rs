//! Each request fixture of the kinds that are simulated is accepted.

use serde_json::Value;

use crate::kit::{PHONE, Stage};

/// One fixture of Meta's documentation.
pub(crate) fn request(name: &str) -> Value {
    let path = format!(
        "{}/../../fixtures/cloud-api/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The requests of `/messages`.
pub(crate) const NAMES: [&str; 57] = [
    "audio-voice",
    "contacts",
    "document",
    "image",
    "image-link",
    "interactive-address_message",
    "interactive-button",
    "interactive-call_permission_request",
    "interactive-carousel-product",
    "interactive-carousel-quick_reply",
    "interactive-carousel-url",
    "interactive-catalog_message",
    "interactive-cta_url",
    "interactive-flow-data_exchange",
    "interactive-flow-navigate",
    "interactive-list",
    "interactive-location_request_message",
    "interactive-order_details-br",
    "interactive-order_details-in",
    "interactive-order_status",
    "interactive-product",
    "interactive-product_list",
    "interactive-request_contact_info",
    "interactive-voice_call",
    "location",
    "mark-as-read",
    "pin",
    "reaction",
    "reaction-remove",
    "sticker",
    "template-auth-otp",
    "template-catalog",
    "template-coupon_code",
    "template-currency-date_time-legacy",
    "template-flow-button",
    "template-group-invite",
    "template-header-document-positional",
    "template-limited_time_offer",
    "template-media-carousel",
    "template-mpm",
    "template-named-params",
    "template-order_details",
    "template-order_status",
    "template-product-carousel",
    "template-quick_reply-payload",
    "template-spm",
    "template-tap_target",
    "template-utility",
    "template-voice_call",
    "text",
    "text-biz_opaque_callback_data",
    "text-group",
    "text-identity-check",
    "text-recipient-bsuid",
    "text-reply-context",
    "typing-indicator",
    "video",
];

/// The files and the group that the requests name.
pub(crate) fn furnish(stage: &Stage) {
    for (id, mime_type) in [
        ("1013859600285441", "audio/ogg"),
        ("1376223850470843", "application/pdf"),
        ("1479537139650973", "image/jpeg"),
        ("2762702990552401", "image/png"),
        ("798882015472548", "image/webp"),
        ("1166846181421424", "video/mp4"),
        ("2871834006348767", "image/png"),
        ("1339522734477770", "image/png"),
        ("1602186516975000", "image/png"),
        ("1558081531584829", "image/png"),
        ("861236878885705", "image/png"),
        ("1587064918516321", "image/png"),
    ] {
        stage.simulator().put_media(id, mime_type, "file");
    }
    let group = "Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD";
    stage
        .simulator()
        .put_group(group, &["+16505551234"])
        .unwrap();
}

/// A request of [`NAMES`], with what has passed since it was written down set right.
pub(crate) fn body(name: &str) -> Value {
    let mut body = request(&format!("request.{name}.json"));
    match name {
        // The page prints a number with its digits crossed out.
        "interactive-address_message" => body["to"] = "+919876543210".into(),
        // The page's order ended two years ago.
        "interactive-order_details-in" => {
            let order = body.pointer_mut("/interactive/action/parameters/order");
            order.unwrap()["expiration"]["timestamp"] = "1900000000".into();
        }
        _ => {}
    }
    body
}

#[tokio::test]
async fn requests_of_the_documentation_are_accepted() {
    let stage = Stage::new().await;
    furnish(&stage);
    for name in NAMES {
        let (status, answer) = stage.send(&body(name)).await;
        assert_eq!(status, 200, "{name}: {answer}");
    }
    assert_eq!(stage.simulator().accepted_count(), NAMES.len() as u64 - 2);
    let (status, answer) = stage
        .post(
            &format!("/v24.0/{PHONE}/marketing_messages"),
            &request("request.marketing_messages-template.json"),
        )
        .await;
    assert_eq!(status, 200, "{answer}");
    stage.end().await;
}
