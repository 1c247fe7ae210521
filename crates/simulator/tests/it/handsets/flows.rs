//! Flows on a phone: opened from a message or a template, filled in, refused, gone back in, sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use simulator::Template;

use super::page::{ENTER, ESCAPE, Page, TAB, within};
use super::pictures::plant;
use crate::fixtures::request;
use crate::flow_desk::{Desk, Said, public_key};
use crate::flow_runtime::{create, message};
use crate::kit::PHONE;

const SPACE: &str = " ";

/// A visit to a plant doctor: who and what, when, and a look at it all.
fn visit() -> Value {
    let text = || json!({"type": "string", "__example__": "x"});
    let options = json!({"type": "array", "items": {"type": "object", "properties": {
        "id": {"type": "string"}, "title": {"type": "string"}}},
        "__example__": [{"id": "repot", "title": "Repotting"}]});
    let footer = |label: &str, payload: Value| {
        json!({"type": "Footer", "label": label, "left-caption": "Lucky Shrub",
               "right-caption": "Free of charge",
               "on-click-action": {"name": "data_exchange", "payload": payload}})
    };
    json!({
        "version": "7.3", "data_api_version": "4.0",
        "routing_model": {"PLANT": ["TIME"], "TIME": ["CHECK"], "CHECK": []},
        "screens": [
            {"id": "PLANT", "title": "Plant doctor",
             "data": {"services": options, "picture": text()},
             "layout": {"type": "SingleColumnLayout", "children": [
                {"type": "Image", "src": "${data.picture}", "height": 130, "scale-type": "cover",
                 "alt-text": "An aloe in a pot"},
                {"type": "TextHeading", "text": "What may we look at?"},
                {"type": "TextBody", "text": "Tell us about your plant, and a doctor comes to see it."},
                {"type": "TextInput", "label": "Your name", "name": "name", "required": true},
                {"type": "TextInput", "label": "Email", "name": "email", "input-type": "email",
                 "helper-text": "We send a reminder to it", "required": true},
                {"type": "Dropdown", "label": "Service", "name": "service", "required": true,
                 "data-source": "${data.services}"},
                {"type": "RadioButtonsGroup", "label": "Where", "name": "place", "required": true,
                 "data-source": [
                    {"id": "home", "title": "At home", "description": "We come to you"},
                    {"id": "shop", "title": "In the shop", "description": "1 Hacker Way, Menlo Park"}]},
                footer("Choose a time", json!({"name": "${form.name}", "email": "${form.email}",
                    "service": "${form.service}", "place": "${form.place}"}))]}},
            {"id": "TIME", "title": "When", "data": {"day_error": text()},
             "layout": {"type": "SingleColumnLayout", "children": [
                {"type": "TextSubheading", "text": "When does it suit you?"},
                {"type": "DatePicker", "label": "Day", "name": "day", "required": true,
                 "error-message": "${data.day_error}", "helper-text": "From Monday to Saturday"},
                {"type": "CheckboxGroup", "label": "Times of day", "name": "times", "required": true,
                 "data-source": [{"id": "am", "title": "Morning"}, {"id": "pm", "title": "Afternoon"}]},
                {"type": "TextArea", "label": "What we should know", "name": "note"},
                {"type": "OptIn", "label": "I agree to the terms of the visit", "name": "terms",
                 "required": true, "on-click-action": {"name": "open_url", "url": "https://www.luckyshrub.com/terms"}},
                footer("Continue", json!({"day": "${form.day}", "times": "${form.times}",
                    "note": "${form.note}"}))]}},
            {"id": "CHECK", "title": "Check", "terminal": true,
             "data": {"text": text()},
             "layout": {"type": "SingleColumnLayout", "children": [
                {"type": "TextHeading", "text": "All right?"},
                {"type": "TextBody", "text": "${data.text}", "markdown": true},
                {"type": "TextCaption", "text": "You can cancel until the day before."},
                footer("Book the visit", json!({}))]}},
        ],
    })
}

/// The parameters of a message with a Flow, as the rest of a send.
async fn offer(page: &Page, parameters: Value) -> String {
    let mut sent = message(&parameters);
    let interactive = sent["interactive"].take();
    page.send(json!({"type": "interactive", "interactive": interactive}))
        .await
}

/// Waits for a screen by its title.
fn screen(page: &Page, title: &str) {
    let script = "return document.querySelector('.flow-title')?.textContent === arguments[0]
        && !document.querySelector('.flow.busy');";
    page.browser.wait(script, &json!([title])).unwrap();
}

fn pictures(page: &Page, name: &str) {
    page.picture(name);
    page.browser.dark(true).unwrap();
    page.picture(&format!("{name}-dark"));
    page.browser.dark(false).unwrap();
}

/// The user's answer as the business gets it: the message and what is in it.
async fn reply(page: &mut Page) -> (Value, Value) {
    let message = page.next_message().await;
    let reply = &message["interactive"]["nfm_reply"];
    let answers = serde_json::from_str(reply["response_json"].as_str().unwrap()).unwrap();
    (message, answers)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_with_an_endpoint_is_filled_in_refused_gone_back_in_and_sent() {
    let mut page = Page::new().await;
    let desk = Desk::open().await;
    page.stage
        .simulator()
        .set_flow_key(PHONE, &public_key())
        .unwrap();
    let id = create(&page.stage, "visit", &visit(), Some(&desk.url)).await;
    let publish = format!("/v24.0/{id}/publish");
    let (status, answer) = page.stage.post(&publish, &json!({})).await;
    assert_eq!(status, 200, "{answer}");
    let offered = json!({"flow_id": id, "flow_action": "data_exchange", "flow_cta": "Book a visit"});
    let wamid = offer(&page, offered).await;

    let picture = STANDARD.encode(plant(&page.browser, 0, "image/jpeg"));
    let services = json!([{"id": "repot", "title": "Repotting"}, {"id": "sick", "title": "A sick plant"}]);
    desk.says([
        Said::Json(json!({"screen": "PLANT", "data": {"services": services, "picture": picture}})),
        Said::Json(json!({"screen": "TIME", "data": {"day_error": ""}})),
    ]);
    page.click(&within(&wamid, ".tap-flow"));
    screen(&page, "Plant doctor");
    assert_eq!(desk.got()[1]["action"], "INIT");
    pictures(&page, "flow-first");

    // What is missing is told under each field, and the first of them has the focus.
    page.click(".flow-foot .primary");
    page.see(".flow-field.wrong .flow-error");
    page.until("return document.activeElement.name === 'name'");
    page.picture("flow-missing");
    page.browser.type_into("[name=name]", "Sheena").unwrap();
    page.browser
        .type_into("[name=email]", "sheena@example.com")
        .unwrap();
    page.browser.press(TAB).unwrap();
    page.browser.press("a").unwrap();
    page.until("return document.querySelector('[name=service]').value === 'sick'");
    page.click(".flow-picks .pick:nth-of-type(2)");
    page.until("return document.querySelectorAll('.flow-error').length === 0");
    pictures(&page, "flow-filled");
    page.click(".flow-foot .primary");
    screen(&page, "When");
    let asked = desk.got().last().unwrap().clone();
    assert_eq!(
        (&asked["action"], &asked["screen"], &asked["data"]),
        (
            &json!("data_exchange"),
            &json!("PLANT"),
            &json!({"name": "Sheena", "email": "sheena@example.com", "service": "sick", "place": "shop"})
        )
    );

    desk.says([
        Said::Json(json!({"screen": "TIME", "data": {"day_error": "Closed on Sundays",
            "error_message": "Nobody can come on that day. Choose another one."}})),
        Said::Json(json!({"screen": "CHECK", "data": {"text": "**Monday**, in the shop: *a sick plant*."}})),
        Said::Json(json!({"screen": "CHECK", "data": {"text": "**Monday**, in the shop: *repotting*."}})),
    ]);
    page.browser.type_into("[name=day]", "11292026").unwrap();
    page.click(".flow-picks .pick:nth-of-type(1)");
    page.browser
        .type_into("[name=note]", "It lost its leaves")
        .unwrap();
    page.click(".opt-in + .plain");
    page.see(".flow-notice a[href='https://www.luckyshrub.com/terms']");
    page.click(".opt-in input");
    page.until("return !document.querySelector('.flow.busy')");
    page.click(".flow-foot .primary");
    assert_eq!(page.see(".flow-notice"), "Nobody can come on that day. Choose another one.");
    assert_eq!(page.see(".flow-field.wrong .flow-error"), "Closed on Sundays");
    page.until("return document.querySelector('[name=day]').value === '2026-11-29'");
    pictures(&page, "flow-refused");
    let asked = desk.got().last().unwrap().clone();
    assert_eq!(
        asked["data"],
        json!({"day": "2026-11-29", "times": ["am"], "note": "It lost its leaves"})
    );

    // Back to the first screen, where everything still stands, and forth again.
    page.click(".flow-sheet header [aria-label='Back in the form']");
    screen(&page, "Plant doctor");
    page.until("return document.querySelector('[name=name]').value === 'Sheena'");
    page.until("return document.querySelector('[name=place][value=shop]').checked");
    page.until("return document.querySelector('[name=service]').value === 'sick'");
    desk.says([]);
    page.click(".flow-sheet header [aria-label='Close']");
    page.until("return !document.querySelector('.veil')");
    page.end().await;
}
