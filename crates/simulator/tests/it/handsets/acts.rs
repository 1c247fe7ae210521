//! What a user does on the page, as the business hears of it.

use serde_json::{Value, json};

use super::page::{DOWN, ENTER, ESCAPE, Page, TAB, UP, within};
use super::pictures::{plant, tone};
use crate::kit::{PHONE, USER, quick};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_user_writes_reaches_the_business_and_is_answered() {
    let mut page = Page::new().await;
    page.write("Does it come in another color?");
    let message = page.next_message().await;
    assert_eq!(message["type"], "text");
    assert_eq!(message["from"], "16505551234");
    assert_eq!(message["text"]["body"], "Does it come in another color?");
    let asked = message["id"].as_str().unwrap().to_owned();
    page.bubble(&asked, ".ticks.is-delivered");
    let (status, _) = page
        .stage
        .send(
            &json!({"messaging_product": "whatsapp", "status": "read", "message_id": asked,
            "typing_indicator": {"type": "text"}}),
        )
        .await;
    assert_eq!(status, 200);
    page.bubble(&asked, ".ticks.is-read");
    page.see(".typing");
    let answer = page
        .send(
            json!({"type": "text", "context": {"message_id": asked}, "text": {"body": "In blue!"}}),
        )
        .await;
    assert_eq!(page.bubble(&answer, ".text"), "In blue!");
    assert!(page.bubble(&answer, ".quote").contains("another color"));
    page.until("return document.querySelector('.typing').hidden");
    // It is looked at, and so it is read.
    for step in ["sent", "delivered", "read"] {
        let status = page.next_status().await;
        assert_eq!(
            (&status["status"], &status["id"]),
            (&json!(step), &json!(answer))
        );
    }
    page.bubble(&answer, ".ticks.is-read");
    page.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_rows_and_reactions_reach_the_business() {
    let mut page = Page::new().await;
    let choice = page
        .send(json!({"type": "interactive", "interactive": {"type": "button", "body": {"text": "Change?"},
            "action": {"buttons": [{"type": "reply", "reply": {"id": "change", "title": "Change"}},
                                   {"type": "reply", "reply": {"id": "cancel", "title": "Cancel"}}]}}}))
        .await;
    page.click(&within(&choice, ".tap-reply:last-child"));
    let message = page.next_message().await;
    assert_eq!(
        message["interactive"]["button_reply"],
        json!({"id": "cancel", "title": "Cancel"})
    );
    assert_eq!(message["context"]["id"], json!(choice));

    let list = crate::fixtures::request("request.interactive-list.json")["interactive"].clone();
    let list = page
        .send(json!({"type": "interactive", "interactive": list}))
        .await;
    page.click(&within(&list, ".tap-list"));
    page.see(".sheet legend");
    page.picture("list");
    page.click(".pick input[value='priority_mail']");
    page.click(".picks .primary");
    let message = page.next_message().await;
    assert_eq!(message["interactive"]["list_reply"]["id"], "priority_mail");

    page.click(&within(&list, ".actions"));
    page.see(".emoji");
    page.picture("menu");
    page.click(".emoji button:first-child");
    let message = page.next_message().await;
    assert_eq!(
        message["reaction"],
        json!({"message_id": list, "emoji": "👍"})
    );
    assert_eq!(
        page.bubble(&list, ".reactions, li[data-wamid] .reactions"),
        "👍"
    );

    page.click(&within(&list, ".actions"));
    page.click(".sheet .row:first-of-type");
    page.see(".answering");
    page.write("What does it cost?");
    let message = page.next_message().await;
    assert_eq!(message["context"]["id"], json!(list));
    page.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_places_and_contacts_are_sent() {
    let mut page = Page::new().await;
    let folder = tempfile(&page);
    for (name, kind, selector) in [
        ("plant.png", "image", "img.picture"),
        ("note.wav", "audio", ".sound"),
        ("terms.txt", "document", "a.paper"),
    ] {
        page.browser
            .run(
                "document.querySelector('.composer input[type=file]').dataset.kind = arguments[0]",
                &json!([kind]),
            )
            .unwrap();
        let path = folder.path().join(name);
        page.browser
            .type_into(".composer input[type=file]", path.to_str().unwrap())
            .unwrap();
        let message = page.next_message().await;
        assert_eq!(message["type"], kind, "{message}");
        let wamid = message["id"].as_str().unwrap();
        page.bubble(wamid, selector);
        let id = message[kind]["id"].as_str().unwrap();
        let bytes = page
            .stage
            .http
            .get(page.stage.url(&format!("/sim/v1/media/{id}")));
        let bytes = bytes.send().await.unwrap().bytes().await.unwrap();
        assert_eq!(bytes, std::fs::read(&path).unwrap());
        if kind == "document" {
            assert_eq!(message[kind]["filename"], "terms.txt");
        }
    }
    page.click(".attach");
    page.see(".grid");
    page.picture("share");
    page.click(".grid .row:nth-child(4)");
    page.click(".sheet .primary");
    let message = page.next_message().await;
    assert_eq!(message["location"]["name"], "Philz Coffee");
    assert_eq!(message["location"]["latitude"], 37.44221);
    page.click(".attach");
    page.click(".grid .row:nth-child(5)");
    page.click(".sheet .primary");
    let message = page.next_message().await;
    assert_eq!(
        message["contacts"][0]["name"]["formatted_name"],
        "Barbara Johnson"
    );
    page.see(".mine .card-person");
    page.picture("sent");
    page.end().await;
}

/// A folder with a picture, a sound and a text.
fn tempfile(page: &Page) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("plant.png", &plant(&page.browser, 2, "image/png"));
    write("note.wav", &tone());
    write("terms.txt", b"Water once a week.");
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn own_messages_are_edited_and_deleted() {
    let mut page = Page::new().await;
    page.write("Seven o'clok");
    let wamid = page.next_message().await["id"].as_str().unwrap().to_owned();
    page.click(&within(&wamid, ".actions"));
    page.click(".row:has(.icon-edit)");
    page.see(".answering");
    page.browser
        .run(
            "document.querySelector('.composer textarea').value = ''",
            &json!([]),
        )
        .unwrap();
    page.write("Seven o'clock");
    let message = page.next_message().await;
    assert_eq!(message["edit"]["original_message_id"], json!(wamid));
    assert_eq!(message["edit"]["message"]["text"]["body"], "Seven o'clock");
    page.browser
        .wait(
            "return document.querySelector(arguments[0]).innerText === \"Seven o'clock\"",
            &json!([within(&wamid, ".text")]),
        )
        .unwrap();
    assert!(page.bubble(&wamid, ".meta").contains("edited"));
    page.click(&within(&wamid, ".actions"));
    page.click(".row:has(.icon-trash)");
    let message = page.next_message().await;
    assert_eq!(message["revoke"]["original_message_id"], json!(wamid));
    page.see(".deleted");
    page.end().await;
}

fn statuses(status: &Value) -> (Value, Value) {
    (
        status["status"].clone(),
        status["errors"][0]["code"].clone(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn offers_are_stopped_the_business_is_blocked_and_the_phone_goes_off() {
    let mut page = Page::new().await;
    let simulator = page.stage.simulator();
    simulator.put_template(simulator::Template::new(
        "sale",
        "en",
        simulator::Category::Marketing,
        "A sale!",
    ));
    page.click(".chat .top [aria-label='Chat settings']");
    page.picture("settings");
    page.click(".row:has(.icon-mute)");
    let preference = page
        .next(|value| value.pointer("/user_preferences/0").cloned())
        .await;
    assert_eq!(preference["value"], "stop");
    page.send(
        json!({"type": "template", "template": {"name": "sale", "language": {"code": "en"}}}),
    )
    .await;
    assert_eq!(
        statuses(&page.next_status().await),
        (json!("failed"), json!(131_050))
    );
    page.see(".failure");

    page.click(".chat .top [aria-label='Chat settings']");
    page.click(".row:has(.icon-block)");
    page.see(".banner");
    let wamid = page.text("Are you there?").await;
    page.bubble(&wamid, ".ticks.is-sent");
    assert_eq!(page.next_status().await["status"], "sent");
    page.click(".banner button");
    page.until("return document.querySelector('.banner').hidden");

    page.click(".back");
    page.click(".home .top [aria-label='Phone settings']");
    page.see(".sheet");
    page.picture("phone-settings");
    page.click(".row:has(.icon-power)");
    page.see(".off");
    page.picture("off");
    let (_, screen) = page.stage.get("/sim/v1/users/16505551234/handset").await;
    assert_eq!(screen["phone_off"], true);
    let wamid = page.text("Later, then").await;
    assert_eq!(page.next_status().await["status"], "sent");
    page.click(".off button");
    let status = page.next_status().await;
    assert_eq!(
        (&status["status"], &status["id"]),
        (&json!("delivered"), &json!(wamid))
    );
    let (_, screen) = page.stage.get("/sim/v1/users/16505551234/handset").await;
    assert_eq!(screen["phone_off"], false);
    page.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_done_with_the_keyboard_alone() {
    let mut page = Page::new().await;
    let choice = page
        .send(json!({"type": "interactive", "interactive": {"type": "button", "body": {"text": "Change?"},
            "action": {"buttons": [{"type": "reply", "reply": {"id": "change", "title": "Change"}}]}}}))
        .await;
    page.bubble(&choice, ".tap-reply");
    let press = |keys: &str| page.browser.press(keys).unwrap();
    let focus = |selector: &str| {
        page.browser
            .wait(
                "return document.activeElement?.matches(arguments[0])",
                &json!([selector]),
            )
            .unwrap();
    };
    // From the address bar to the chat: the first Tab reaches the bar, further ones the phone.
    press(TAB);
    focus("#bar button");
    for selector in [".caption button", ".back", ".chat .top .round:last-child"] {
        press(TAB);
        focus(selector);
    }
    press(TAB);
    focus("li[data-wamid]");
    press(TAB);
    focus(".tap-reply");
    press(ENTER);
    page.see(".mine .text");
    // Escape leaves the message for the composer; the up arrow leads back to the last one.
    press(ESCAPE);
    focus(".composer textarea");
    press("Hello");
    press(ENTER);
    page.until("return document.querySelectorAll('.mine').length === 2");
    press(UP);
    focus(".mine:last-child");
    press(UP);
    press(UP);
    focus(".theirs");
    press(ENTER);
    focus(".emoji button");
    press(ENTER);
    page.see(".reactions");
    focus(".theirs");
    press("r");
    focus(".composer textarea");
    page.see(".answering");
    press(ESCAPE);
    press(ESCAPE);
    focus(".chat-row");
    press(DOWN);
    press(ENTER);
    focus(".composer textarea");
    let kinds = [
        page.next_message().await,
        page.next_message().await,
        page.next_message().await,
    ];
    let kinds = kinds.map(|message| message["type"].clone());
    assert_eq!(kinds, ["interactive", "text", "reaction"].map(Value::from));
    page.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn phones_are_found_among_many_and_made() {
    let page = Page::with(quick(), 1300, 900).await;
    let simulator = page.stage.simulator();
    for number in 0..100_000 {
        let user = simulator.user(&format!("+1650{number:07}"));
        user.set_name(&format!("Person {number}"));
    }
    page.open("user=16500000000");
    page.click("#bar .primary");
    page.until("return document.querySelectorAll('.found li').length === 30");
    assert!(page.see(".found-foot").contains("100,000 phones"));
    page.picture("picker");
    page.click(".found-foot .plain");
    page.until("return document.querySelectorAll('.found li').length === 60");
    page.browser
        .type_into(".search input", "person 98765")
        .unwrap();
    page.until("return document.querySelectorAll('.found li').length === 1");
    page.click(".found button");
    page.see("[data-phone='16500098765']");
    page.click("#bar .primary");
    page.browser
        .type_into(".new [name=who]", "@realsheenanelson")
        .unwrap();
    page.browser
        .type_into(".new [name=name]", "Sheena")
        .unwrap();
    page.click(".new .primary");
    page.see("[data-phone='@realsheenanelson']");
    page.until("return document.body.dataset.ready?.split(' ').length === 3");
    page.picture("three");
    let (_, screen) = page
        .stage
        .get("/sim/v1/users/@realsheenanelson/handset")
        .await;
    assert_eq!(
        (&screen["name"], &screen["wa_id"]),
        (&json!("Sheena"), &Value::Null)
    );
    page.click("[data-phone='16500000000'] .caption button");
    page.until("return document.querySelectorAll('.slot').length === 2");
    let (_, found) = page
        .stage
        .get("/sim/v1/handsets?q=%2B1650000299&limit=4")
        .await;
    assert_eq!(found["data"].as_array().unwrap().len(), 4);
    assert!(found["next"].is_u64(), "{found}");
    page.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unread_messages_are_counted_until_they_are_looked_at() {
    let page = Page::new().await;
    page.click(".back");
    page.text("One").await;
    page.text("Two").await;
    assert_eq!(page.see(".badge").lines().next(), Some("2"));
    assert!(page.see(".preview").contains("Two"));
    page.picture("home");
    let (_, screen) = page.stage.get("/sim/v1/users/16505551234/handset").await;
    assert_eq!(screen["chats"][0]["unread"], 2);
    assert_eq!(screen["chats"][0]["phone_number_id"], PHONE);
    page.click(".chat-row");
    page.until("return document.querySelectorAll('.theirs .is-read').length === 2");
    let chat = page.stage.simulator().user(USER).chat();
    assert!(
        chat.iter()
            .all(|line| line.status == Some(simulator::MessageStatus::Read))
    );
    page.end().await;
}
