//! Messages that ask something of the user, and the answers they get.

use serde_json::{Value, json};

use super::page::{Page, within};
use super::pictures::plant;
use crate::fixtures::request;

/// Sends an interactive message of the documentation.
async fn ask(page: &Page, name: &str) -> String {
    let mut message = request(&format!("request.interactive-{name}.json"));
    // The link of a picture cannot be fetched here; one of ours is as good.
    let picture = json!({"id": "100"});
    for place in [
        "/interactive/header/image",
        "/interactive/action/cards/0/header/image",
        "/interactive/action/cards/1/header/image",
        "/interactive/action/cards/2/header/image",
    ] {
        if let Some(image) = message.pointer_mut(place) {
            *image = picture.clone();
        }
    }
    if let Some(expiration) = message.pointer_mut("/interactive/action/parameters/order/expiration")
    {
        expiration["timestamp"] = json!("1900000000");
    }
    page.send(json!({"type": "interactive", "interactive": message["interactive"]}))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_request_has_its_buttons_and_its_answer() {
    let mut page = Page::new().await;
    let picture = plant(&page.browser, 0, "image/jpeg");
    page.stage
        .simulator()
        .put_media("100", "image/jpeg", picture);
    for (name, part) in [
        ("address_message", ".tap-address"),
        ("carousel-url", ".card:nth-child(3) .tap-url"),
        ("carousel-quick_reply", ".card:nth-child(3) .tap-reply"),
        ("carousel-product", ".card .goods"),
        ("catalog_message", ".tap-catalog"),
        ("flow-navigate", ".tap-flow"),
        ("order_details-in", ".bill dl"),
        ("order_status", ".bill"),
        ("product_list", ".tap-products"),
        ("voice_call", ".tap-call"),
    ] {
        let wamid = ask(&page, name).await;
        page.bubble(&wamid, part);
        if name == "product_list" {
            page.picture("requests");
        }
    }
    let asked = ask(&page, "location_request_message").await;
    page.click(&within(&asked, ".tap-location_request"));
    page.click(".sheet .primary");
    let message = page.next_message().await;
    assert_eq!(
        (&message["type"], &message["context"]["id"]),
        (&json!("location"), &json!(asked))
    );

    let asked = ask(&page, "request_contact_info").await;
    page.click(&within(&asked, ".tap-contact_request"));
    let message = page.next_message().await;
    assert_eq!(message["contacts"][0]["phones"][0]["wa_id"], "16505551234");

    let asked = ask(&page, "call_permission_request").await;
    page.click(&within(&asked, ".tap-call_permission"));
    page.click(".sheet .row:nth-child(2)");
    let message = page.next_message().await;
    let reply = &message["interactive"]["call_permission_reply"];
    assert_eq!(
        (&reply["response"], &reply["is_permanent"]),
        (&json!("accept"), &json!(false))
    );

    let asked = ask(&page, "product").await;
    page.click(&within(&asked, ".tap-product"));
    page.see(".ware");
    page.picture("products");
    page.click(".sheet .primary");
    let message = page.next_message().await;
    assert_eq!(message["order"]["product_items"][0]["quantity"], 1);

    let asked = ask(&page, "address_message").await;
    page.click(&within(&asked, ".tap-address"));
    page.click(".sheet .primary");
    let message = page.next_message().await;
    let reply = &message["interactive"]["nfm_reply"];
    let values: Value = serde_json::from_str(reply["response_json"].as_str().unwrap()).unwrap();
    assert_eq!(values["values"]["city"], "Mumbai");
    page.see(".mine:last-child .response");
    page.picture("answers");
    page.end().await;
}
