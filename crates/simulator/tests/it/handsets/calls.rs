//! Calls on a phone: it rings, is answered, declined and hung up, and calls the business itself.

use serde_json::{Value, json};
use simulator::Settings;

use super::looks::{axe, check};
use super::page::{ENTER, Page, TAB, within};
use crate::calls::{act, german, ring};
use crate::fixtures::request;
use crate::kit::{PHONE, USER};

async fn switch(page: &Page, calling: Value) {
    let path = format!("/v24.0/{PHONE}/settings");
    let (status, answer) = page.stage.post(&path, &json!({ "calling": calling })).await;
    assert_eq!(status, 200, "{answer}");
}

/// The phone of the usual user, whose business may call first, and takes calls or not.
async fn phone(calls: bool) -> Page {
    let mut settings: Settings = german();
    "Lucky Shrub".clone_into(&mut settings.numbers[0].verified_name);
    let page = Page::with(settings, 900, 900).await;
    page.stage.simulator().user(USER).set_name("Sheena Nelson");
    if calls {
        switch(&page, json!({"status": "ENABLED"})).await;
    }
    page.open("user=16505551234");
    page
}

/// The next element about a call: its event or status, and all of it.
async fn next(page: &mut Page) -> (String, Value) {
    let found = page
        .next(|value| {
            let call = value.pointer("/calls/0").cloned();
            let status = value.pointer("/statuses/0").cloned();
            call.or_else(|| status.filter(|status| status["type"] == "call"))
        })
        .await;
    let name = found["event"].as_str().or(found["status"].as_str());
    (name.unwrap().to_owned(), found)
}

async fn rings(page: &Page) -> String {
    let (status, answer) = ring(&page.stage).await;
    assert_eq!(status, 200, "{answer}");
    page.see(".call[data-call=incoming]");
    answer["calls"][0]["id"].as_str().unwrap().to_owned()
}

fn pictures(page: &Page, name: &str) {
    page.picture(name);
    page.browser.dark(true).unwrap();
    page.picture(&format!("{name}-dark"));
    page.browser.dark(false).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_phone_rings_is_answered_declined_and_missed() {
    let mut page = phone(true).await;
    page.text("Hello Sheena, your aloe is better. May we call you?")
        .await;
    let asked = request("request.interactive-call_permission_request.json");
    let asked = page
        .send(json!({"type": "interactive", "interactive": asked["interactive"]}))
        .await;
    page.click(&within(&asked, ".tap-call_permission"));
    page.click(".sheet .row:nth-child(1)");
    page.next_message().await;

    let id = rings(&page).await;
    assert_eq!(page.see(".call h2"), "Lucky Shrub");
    assert_eq!(next(&mut page).await.0, "RINGING");
    page.picture("call-incoming");
    // The dialog has the focus: decline comes first, then accept.
    page.browser.press(&format!("{TAB}{TAB}{ENTER}")).unwrap();
    page.see(".call[data-call=talking]");
    let (event, connect) = next(&mut page).await;
    assert_eq!((event.as_str(), &connect["id"]), ("connect", &json!(id)));
    assert_eq!(connect["session"]["sdp_type"], "answer");
    assert_eq!(next(&mut page).await.0, "ACCEPTED");
    page.until("return document.querySelector('.call-state').textContent !== '00:00'");
    page.picture("call-talking");
    page.click(".call-button.no");
    let (event, end) = next(&mut page).await;
    assert_eq!(
        (event.as_str(), &end["status"], &end["direction"]),
        (
            "terminate",
            &json!("COMPLETED"),
            &json!("BUSINESS_INITIATED")
        )
    );
    page.until("return !document.querySelector('.call')");
    let line = within(&id, ".call-line");
    assert!(page.see(&line).starts_with("Voice call"));

    let id = rings(&page).await;
    page.click(".call-button.no");
    assert_eq!(next(&mut page).await.0, "RINGING");
    assert_eq!(next(&mut page).await.0, "REJECTED");
    assert_eq!(next(&mut page).await.1["status"], "FAILED");
    assert!(
        page.see(&within(&id, ".call-line"))
            .starts_with("Declined voice call")
    );

    let missed = rings(&page).await;
    assert_eq!(act(&page.stage, "terminate", &missed).await.0, 200);
    assert!(
        page.see(&within(&missed, ".call-line.missed"))
            .starts_with("Missed voice call")
    );
    page.until("return !document.querySelector('.call')");
    // What is written goes on after a call.
    page.write("Sorry, I was in the garden");
    page.next_message().await;
    page.until("return document.querySelector('.mine .ticks.is-delivered')");
    pictures(&page, "call-lines");

    // The line of a missed call calls back; the business hangs up.
    page.click(&within(&missed, ".call-line"));
    page.see(".call[data-call=outgoing]");
    let connect = page
        .next(|value| {
            let call = value.pointer("/calls/0");
            call.filter(|call| call["event"] == "connect").cloned()
        })
        .await;
    assert_eq!(connect["direction"], "USER_INITIATED");
    page.picture("call-outgoing");
    let id = connect["id"].as_str().unwrap().to_owned();
    assert_eq!(act(&page.stage, "accept", &id).await.0, 200);
    page.see(".call[data-call=talking]");
    assert_eq!(act(&page.stage, "terminate", &id).await.0, 200);
    page.until("return !document.querySelector('.call')");
    page.see(&within(&id, ".call-line"));

    // All of it is there when the page is opened anew, the newest last.
    page.open("user=16505551234");
    page.until("return document.querySelectorAll('.call-line').length === 4");
    page.see(&format!("li[data-wamid=\"{id}\"]:last-child"));
    page.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_user_calls_from_the_chat_and_by_a_button() {
    let axe = axe().await;
    let mut page = phone(false).await;
    page.text("Call us").await;
    page.until("return document.querySelector('.dial').hidden");
    switch(&page, json!({"status": "ENABLED"})).await;
    page.click(".dial");
    page.see(".call[data-call=outgoing]");
    check(&page, &axe, "a call");
    let (event, connect) = next(&mut page).await;
    assert_eq!(
        (event.as_str(), connect.get("cta_payload")),
        ("connect", None)
    );
    page.click(".call-button.no");
    assert_eq!(next(&mut page).await.0, "terminate");
    page.until(
        "return document.querySelector('.mine .call-line')?.innerText.includes('No answer')",
    );

    let button = request("request.interactive-voice_call.json");
    let wamid = page
        .send(json!({"type": "interactive", "interactive": button["interactive"]}))
        .await;
    page.click(&within(&wamid, ".tap-call"));
    page.see(".call[data-call=outgoing]");
    let (_, connect) = next(&mut page).await;
    assert_eq!(connect["cta_payload"], "payload data");
    let id = connect["id"].as_str().unwrap();
    assert_eq!(act(&page.stage, "reject", id).await.0, 200);
    page.until("return document.querySelector('.mine:last-child .call-line')?.innerText.includes('Declined')");

    // The list of chats tells of the call; the icon goes when the business hides it.
    switch(&page, json!({"call_icon_visibility": "DISABLE_ALL"})).await;
    page.until("return document.querySelector('.dial').hidden");
    page.click(".back");
    assert!(page.see(".preview").contains("Voice call"));
    page.picture("call-list");
    page.end().await;
}
