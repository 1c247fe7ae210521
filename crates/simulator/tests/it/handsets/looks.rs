//! What the page shows: every kind of message, light and dark, wide and narrow, and to everybody.

use std::path::Path;

use serde_json::{Value, json};
use simulator::{Button, Category, Header, Template};
use tokio::process::Command;

use super::page::{Page, within};
use super::pictures::{plant, tone};
use crate::fixtures::request;
use crate::kit::{PHONE, USER, quick};

/// The checker of accessibility and its version, so that it stays the one that was tried.
const AXE: &str = "axe-core@4.10.3";

/// Files under ids of our own.
fn files(page: &Page) {
    let simulator = page.stage.simulator();
    for seed in 0..4 {
        let picture = plant(&page.browser, seed, "image/jpeg");
        simulator.put_media(&format!("10{seed}"), "image/jpeg", picture);
    }
    let sticker = plant(&page.browser, 1, "image/webp");
    simulator.put_media("200", "image/webp", sticker);
    simulator.put_media("300", "audio/mpeg", tone());
    simulator.put_media("400", "application/pdf", "%PDF-1.4 receipt");
}

fn templates(page: &Page) {
    let simulator = page.stage.simulator();
    let reservation = request("template-create.utility.json");
    simulator.put_template(Template::read(&reservation).unwrap());
    let carousel = request("template-create.media-carousel.json");
    simulator.put_template(Template::read(&carousel).unwrap());
    let code = request("template-create.auth-one_tap.json");
    simulator.put_template(Template::read(&code).unwrap());
    simulator.put_template(
        Template::new(
            "fall_sale",
            "en_US",
            Category::Marketing,
            "Use code {{1}} to get {{2}} off!",
        )
        .header(Header::Text("Our Fall Sale is on!".to_owned()))
        .button(Button::CopyCode)
        .button(Button::QuickReply {
            text: "Stop offers".to_owned(),
        }),
    );
}

/// A template send of the documentation, with a picture that there is.
fn template(fixture: &str) -> Value {
    let mut send = request(fixture);
    let mut card = 0;
    change(&mut send["template"]["components"], &mut |value| {
        if value.get("image").is_some() {
            value["image"] = json!({"id": format!("10{}", card % 4)});
            card += 1;
        }
    });
    json!({"type": "template", "template": send["template"]})
}

fn change(value: &mut Value, make: &mut impl FnMut(&mut Value)) {
    make(value);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| change(item, make)),
        Value::Object(fields) => fields.values_mut().for_each(|item| change(item, make)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_message_has_its_bubble() {
    let page = Page::new().await;
    files(&page);
    let text = page
        .text("*Hello* _Sheena_! ~Old~ new: ```code``` https://www.luckyshrub.com/a_b?c=1.\n- one\n- two\n> said")
        .await;
    page.bubble(&text, ".text");
    let marks = page
        .browser
        .wait(
            "const text = document.querySelector(arguments[0]);
            return text && ['strong', 'em', 's', 'code.mono', 'a', 'ul li', 'blockquote'].map((one) => text.querySelector(one)?.textContent);",
            &json!([within(&text, ".text")]),
        )
        .unwrap();
    assert_eq!(
        marks,
        json!([
            "Hello",
            "Sheena",
            "Old",
            "code",
            "https://www.luckyshrub.com/a_b?c=1",
            "one",
            "said"
        ])
    );
    let kinds = [
        (
            json!({"type": "image", "image": {"id": "100", "caption": "A *Blue Elf*"}}),
            "img.picture",
        ),
        (
            json!({"type": "image", "image": {"link": "https://www.luckyshrub.com/elf.png"}}),
            ".absent",
        ),
        (
            json!({"type": "audio", "audio": {"id": "300"}}),
            ".sound .play",
        ),
        (
            json!({"type": "document", "document": {"id": "400", "filename": "Receipt.pdf", "caption": "Your receipt"}}),
            "a.paper[download='Receipt.pdf']",
        ),
        (
            json!({"type": "sticker", "sticker": {"id": "200"}}),
            "img.sticker",
        ),
        (
            json!({"type": "location", "location": {"latitude": 37.44221, "longitude": -122.16166, "name": "Philz Coffee", "address": "101 Forest Ave, Palo Alto"}}),
            ".place .map",
        ),
        (
            json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Barbara J. Johnson", "first_name": "Barbara"}, "org": {"company": "Social Tsunami"}, "phones": [{"phone": "+16505559999"}]}]}),
            ".card-person b",
        ),
        (
            json!({"type": "interactive", "interactive": request("request.interactive-list.json")["interactive"]}),
            ".tap-list",
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "cta_url", "body": {"text": "See the dates"}, "action": {"name": "cta_url", "parameters": {"display_text": "See dates", "url": "https://www.luckyshrub.com"}}}}),
            ".tap-url",
        ),
    ];
    for (number, (message, part)) in kinds.into_iter().enumerate() {
        let wamid = page.send(message).await;
        page.bubble(&wamid, part);
        if number == 4 || number == 8 {
            page.picture(&format!("kinds-{number}"));
        }
    }
    // What is shown really came.
    page.until("return [...document.querySelectorAll('img.picture, img.sticker')].filter((one) => one.naturalWidth > 0).length === 2");
    page.until("return document.querySelector('audio').duration > 1");
    let buttons = request("request.interactive-button.json")["interactive"].clone();
    let mut buttons = json!({"type": "interactive", "interactive": buttons});
    buttons["interactive"]["header"]["image"]["id"] = json!("101");
    let wamid = page.send(buttons).await;
    assert_eq!(
        page.bubble(&wamid, ".tap-reply:last-child").trim(),
        "Cancel"
    );
    page.bubble(&wamid, "img.picture");
    page.text("👍").await;
    page.see(".large");
    page.picture("kinds-last");
    page.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn templates_are_shown_with_their_values() {
    let page = Page::new().await;
    files(&page);
    templates(&page);
    let reservation = page.send(template("request.template-utility.json")).await;
    let text = page.bubble(&reservation, ".text");
    assert!(
        text.contains("for 4 at Lucky Shrub Eatery on Saturday"),
        "{text}"
    );
    assert_eq!(page.bubble(&reservation, ".text strong"), "You're all set!");
    page.bubble(&reservation, ".tap-url");
    page.bubble(&reservation, ".tap-phone");
    page.picture("template-reservation");
    let sale = page
        .send(json!({"type": "template", "template": {"name": "fall_sale", "language": {"code": "en_US"},
            "components": [
                {"type": "body", "parameters": [{"type": "text", "text": "25OFF"}, {"type": "text", "text": "25%"}]},
                {"type": "button", "sub_type": "copy_code", "index": 0,
                 "parameters": [{"type": "coupon_code", "coupon_code": "25OFF"}]}]}}))
        .await;
    assert_eq!(
        page.bubble(&sale, ".text"),
        "Use code 25OFF to get 25% off!"
    );
    page.click(&within(&sale, ".tap-copy_code"));
    assert_eq!(page.see(".toast"), "Code 25OFF copied");
    let code = page.send(template("request.template-auth-otp.json")).await;
    let text = page.bubble(&code, ".text");
    assert!(text.contains("is your verification code"), "{text}");
    page.picture("template-code");
    let carousel = page
        .send(template("request.template-media-carousel.json"))
        .await;
    page.bubble(&carousel, ".cards .card:nth-child(3) .tap-url");
    page.bubble(&carousel, ".cards .card:first-child img.picture");
    page.picture("template-carousel");
    page.end().await;
}

/// A conversation that a customer might have.
async fn conversation(page: &mut Page) {
    files(page);
    templates(page);
    let user = page.stage.simulator().user(USER);
    user.says("Hi! Do you have succulents that survive a dark office? 🌵")
        .await
        .unwrap();
    let asked = page.next_message().await["id"].clone();
    page.stage
        .send(&json!({"messaging_product": "whatsapp", "status": "read", "message_id": asked}))
        .await;
    page.send(json!({"type": "text", "context": {"message_id": asked},
        "text": {"body": "We do! The *Zebra Haworthia* is happy almost anywhere. Here is one of ours:"}}))
        .await;
    let picture = page
        .send(json!({"type": "image", "image": {"id": "101", "caption": "Zebra Haworthia, _24 USD_ with its pot"}}))
        .await;
    user.reacts(&picture, "❤️").await.unwrap();
    user.says("Lovely. Can you deliver it on Saturday?")
        .await
        .unwrap();
    page.send(
        json!({"type": "interactive", "interactive": {"type": "button",
        "body": {"text": "Yes, between 9 and 12. Shall we reserve it for you?"},
        "footer": {"text": "Lucky Shrub"},
        "action": {"buttons": [
            {"type": "reply", "reply": {"id": "yes", "title": "Yes, please"}},
            {"type": "reply", "reply": {"id": "no", "title": "Not now"}}]}}}),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_phones_stand_side_by_side_light_and_dark() {
    let mut page = Page::with(quick(), 1180, 900).await;
    let simulator = page.stage.simulator();
    simulator.user(USER).set_name("Sheena Nelson");
    let pablo = simulator.user("+16505559876");
    pablo.set_name("Pablo Morales");
    page.open("user=16505551234&user=16505559876");
    conversation(&mut page).await;
    let mut carousel = template("request.template-media-carousel.json");
    carousel["to"] = json!("+16505559876");
    page.send(carousel).await;
    pablo.says("The first one looks great!").await.unwrap();
    let typing = pablo.chat().last().unwrap().wamid.clone();
    page.stage
        .send(
            &json!({"messaging_product": "whatsapp", "status": "read", "message_id": typing,
            "typing_indicator": {"type": "text"}}),
        )
        .await;
    page.see("[data-phone='16505559876'] .typing");
    page.see("[data-phone='16505551234'] .tap-reply");
    page.see(".reactions");
    page.until("return document.querySelectorAll('.theirs .is-read').length >= 4");
    page.picture("two-phones");
    page.browser.dark(true).unwrap();
    page.picture("two-phones-dark");
    page.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_narrow_screen_is_the_phone() {
    let mut page = Page::with(quick(), 390, 800).await;
    page.stage.simulator().user(USER).set_name("Sheena Nelson");
    page.open("user=16505551234");
    conversation(&mut page).await;
    page.see(".tap-reply");
    let wide = page
        .browser
        .run("return [document.querySelector('.frame').offsetWidth, document.documentElement.scrollWidth]", &json!([]))
        .unwrap();
    assert_eq!(wide, json!([390, 390]));
    page.picture("narrow");
    page.click(".attach");
    page.see(".sheet");
    page.picture("narrow-sheet");
    page.end().await;
}

/// The checker, fetched from npm once.
pub(super) async fn axe() -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(AXE.replace('@', "-"));
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if !script.exists() {
        std::fs::create_dir_all(&folder).unwrap();
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--prefix"])
            .arg(&folder)
            .arg(AXE);
        let output = npm.output().await.unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    std::fs::read_to_string(script).unwrap()
}

pub(super) fn check(page: &Page, axe: &str, what: &str) {
    let script = format!(
        "{axe}; const done = arguments[arguments.length - 1];
        axe.run(document, {{ resultTypes: ['violations'] }}).then((found) => done(found.violations
            .map((one) => `${{one.impact}} ${{one.id}}: ${{one.nodes.map((node) => node.target + ' ' + (node.any[0]?.message ?? '')).join('; ')}}`)),
            (error) => done(['critical ' + error]));"
    );
    let found = page.browser.run_async(&script, &json!([])).unwrap();
    let serious: Vec<_> = found
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .filter(|one| one.starts_with("serious") || one.starts_with("critical"))
        .collect();
    assert!(serious.is_empty(), "{what}: {serious:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_serious() {
    let axe = axe().await;
    let mut page = Page::new().await;
    conversation(&mut page).await;
    page.send(template("request.template-media-carousel.json"))
        .await;
    let wamid = page
        .send(json!({"type": "audio", "audio": {"id": "300"}}))
        .await;
    page.bubble(&wamid, ".play");
    for dark in [false, true] {
        page.browser.dark(dark).unwrap();
        check(&page, &axe, "the chat");
        page.click(&within(&wamid, ".actions"));
        page.see(".sheet");
        check(&page, &axe, "a sheet");
        page.click(".sheet [aria-label='Close']");
        page.click("#bar .primary");
        page.see(".found button");
        check(&page, &axe, "the picker");
        page.click(".picker [aria-label='Close']");
    }
    page.click(".back");
    page.see(".chats");
    check(&page, &axe, "the list of chats");
    page.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_failed_says_why() {
    let page = Page::new().await;
    page.stage.simulator().user(USER).set_undeliverable(true);
    let wamid = page.text("Will you get this?").await;
    let why = page.bubble(&wamid, ".failure");
    assert!(
        why.contains("131026") && why.contains("undeliverable"),
        "{why}"
    );
    page.picture("failed");
    page.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_chat_is_loaded_page_by_page() {
    let page = Page::with(quick(), 900, 900).await;
    let user = page.stage.simulator().user(USER);
    for number in 1..=130 {
        user.says(&format!("message {number}")).await.unwrap();
    }
    page.open("user=16505551234");
    let count = "document.querySelectorAll('li[data-wamid]').length";
    page.until(&format!("return {count} === 40"));
    for shown in [80, 120, 130] {
        page.browser
            .run("document.querySelector('.wall').scrollTop = 0", &json!([]))
            .unwrap();
        page.until(&format!("return {count} === {shown}"));
    }
    let first = page.see("li[data-wamid] .text");
    assert_eq!(first, "message 1");
    page.until("return document.querySelector('.older').hidden");
    let path = format!("/sim/v1/users/16505551234/handset/chat?phone_number_id={PHONE}&limit=7");
    let (status, answer) = page.stage.get(&path).await;
    assert_eq!((status, answer["data"].as_array().unwrap().len()), (200, 7));
    assert_eq!(answer["more"], true);
    page.end().await;
}
