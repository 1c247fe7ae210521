//! Flows on a phone: opened from a message or a template, filled in, refused, gone back in, sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use simulator::Template;

use super::looks::{axe, check};
use super::page::{ENTER, ESCAPE, Page, TAB, within};
use super::pictures::plant;
use crate::fixtures::request;
use crate::flow_desk::{Desk, Said, public_key};
use crate::flow_runtime::{create, message};
use crate::flows::sound;
use crate::kit::PHONE;

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
    let offered =
        json!({"flow_id": id, "flow_action": "data_exchange", "flow_cta": "Book a visit"});
    let wamid = offer(&page, offered).await;

    let picture = STANDARD.encode(plant(&page.browser, 0, "image/jpeg"));
    let services =
        json!([{"id": "repot", "title": "Repotting"}, {"id": "sick", "title": "A sick plant"}]);
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

    desk.says([Said::Json(
        json!({"screen": "TIME", "data": {"day_error": "Closed on Sundays",
            "error_message": "Nobody can come on that day. Choose another one."}}),
    )]);
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
    assert_eq!(
        page.see(".flow-notice"),
        "Nobody can come on that day. Choose another one."
    );
    assert_eq!(
        page.see(".flow-field.wrong .flow-error"),
        "Closed on Sundays"
    );
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
    page.browser
        .run(
            "const service = document.querySelector('[name=service]'); service.focus();",
            &json!([]),
        )
        .unwrap();
    page.browser.press("r").unwrap();
    page.until("return document.querySelector('[name=service]').value === 'repot'");
    desk.says([
        Said::Json(json!({"screen": "TIME", "data": {"day_error": ""}})),
        Said::Json(json!({"screen": "CHECK", "data": {"text": "**Monday, 30 November**, in the shop: *repotting*."}})),
        Said::Json(json!({"screen": "SUCCESS", "data": {"extension_message_response": {
            "params": {"flow_token": "TOKEN-1", "visit": "V-7", "day": "2026-11-30"}}}})),
    ]);
    page.click(".flow-foot .primary");
    screen(&page, "When");
    assert_eq!(desk.got().last().unwrap()["data"]["service"], "repot");
    page.until("return document.querySelector('[name=note]').value === 'It lost its leaves'");
    page.browser.type_into("[name=day]", "11302026").unwrap();
    page.click(".flow-foot .primary");
    screen(&page, "Check");
    assert_eq!(desk.got().last().unwrap()["data"]["day"], "2026-11-30");
    assert_eq!(page.see(".flow-body strong"), "Monday, 30 November");
    pictures(&page, "flow-last");
    page.click(".flow-foot .primary");

    let (message, answers) = reply(&mut page).await;
    assert_eq!(
        answers,
        json!({"flow_token": "TOKEN-1", "visit": "V-7", "day": "2026-11-30"})
    );
    assert_eq!(
        (&message["type"], &message["context"]["id"]),
        (&json!("interactive"), &json!(wamid))
    );
    page.until("return !document.querySelector('.veil')");
    assert!(
        page.see(".mine:last-child .response")
            .starts_with("Response sent")
    );
    page.until("return document.querySelector('.composer textarea') && document.activeElement !== document.body");
    pictures(&page, "flow-sent");
    page.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_behind_a_template_is_done_with_the_keyboard_alone() {
    let mut page = Page::new().await;
    let id = create(&page.stage, "sound", &sound(), None).await;
    let publish = format!("/v24.0/{id}/publish");
    assert_eq!(page.stage.post(&publish, &json!({})).await.0, 200);
    let mut template = request("template-create.flow-button.json");
    let button = &mut template["components"][1]["buttons"][0];
    button["flow_id"] = json!(id);
    button["navigate_screen"] = json!("WELCOME");
    page.stage
        .simulator()
        .put_template(Template::read(&template).unwrap());
    let sent = request("request.template-flow-button.json");
    let wamid = page
        .send(json!({"type": "template", "template": sent["template"]}))
        .await;
    page.bubble(&wamid, ".tap-flow");
    let focus = "document.querySelector(arguments[0]).focus()";
    let button = json!([within(&wamid, ".tap-flow")]);
    page.browser.run(focus, &button).unwrap();
    page.browser.press(ENTER).unwrap();
    screen(&page, "Welcome");
    // It is left and opened again.
    page.browser.press(ESCAPE).unwrap();
    page.until("return !document.querySelector('.veil')");
    page.until("return document.activeElement.classList.contains('tap-flow')");
    page.browser.press(ENTER).unwrap();
    screen(&page, "Welcome");
    page.browser.press(&format!("{TAB}Ann{ENTER}")).unwrap();
    page.until("return document.querySelector('.flow-page')?.innerText === 'Ann'");
    page.browser.press(&format!("{TAB}{ENTER}")).unwrap();
    let (_, answers) = reply(&mut page).await;
    assert_eq!(answers, json!({"flow_token": "FLOW_TOKEN", "name": "Ann"}));
    page.see(".mine:last-child .response");
    page.end().await;
}

/// One screen with every other component.
fn parade(picture: &str) -> Value {
    json!({"version": "7.2", "screens": [{
        "id": "ALL", "title": "Everything", "terminal": true,
        "layout": {"type": "SingleColumnLayout", "children": [
            {"type": "RichText", "text": ["# Your order", "Comes **tomorrow**, see [the terms](https://www.luckyshrub.com).",
                "- one aloe", "- one pot", "| What | Price |", "| --- | --- |", "| Aloe | 9 € |"]},
            {"type": "ChipsSelector", "label": "Likes", "name": "likes", "data-source": [
                {"id": "sun", "title": "Sun"}, {"id": "shade", "title": "Shade"}, {"id": "water", "title": "Much water"}]},
            {"type": "CalendarPicker", "label": {"start-date": "From", "end-date": "Until"}, "name": "away", "mode": "range"},
            {"type": "RadioButtonsGroup", "label": "Pot", "name": "pot", "data-source": [
                {"id": "clay", "title": "Clay", "metadata": "9 €", "image": picture, "alt-text": "A clay pot"},
                {"id": "none", "title": "None", "enabled": false}]},
            {"type": "DocumentPicker", "label": "Your list", "name": "list", "max-uploaded-documents": 1,
             "allowed-mime-types": ["text/plain"]},
            {"type": "EmbeddedLink", "text": "Opening hours", "on-click-action": {"name": "open_url", "url": "https://www.luckyshrub.com/hours"}},
            {"type": "If", "condition": "${form.pot} == 'clay'", "then": [
                {"type": "TextCaption", "text": "Clay breathes."}]},
            {"type": "Footer", "label": "Done", "on-click-action": {"name": "complete", "payload": {
                "likes": "${form.likes}", "away": "${form.away}", "pot": "${form.pot}"}}}]}}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_component_is_drawn_and_branches_open() {
    let axe = axe().await;
    let mut page = Page::new().await;
    let picture = STANDARD.encode(plant(&page.browser, 2, "image/jpeg"));
    let id = create(&page.stage, "parade", &parade(&picture), None).await;
    let wamid = offer(&page, json!({"flow_id": id, "mode": "draft"})).await;
    page.click(&within(&wamid, ".tap-flow"));
    screen(&page, "Everything");
    page.see(".flow-text a[href='https://www.luckyshrub.com']");
    page.see(".flow-text table td");
    page.until("return document.querySelectorAll('.flow-text ul li').length === 2");
    pictures(&page, "flow-parade");
    for dark in [true, false] {
        page.browser.dark(dark).unwrap();
        check(&page, &axe, "a flow");
    }
    page.click(".chips .pick:nth-of-type(3)");
    page.browser
        .type_into("[data-part=start-date]", "12012026")
        .unwrap();
    page.browser
        .type_into("[data-part=end-date]", "12052026")
        .unwrap();
    page.click(".flow-picks .pick");
    page.until("return document.querySelector('.flow-caption')?.textContent === 'Clay breathes.'");
    let file = std::env::temp_dir().join(format!("list-{}.txt", std::process::id()));
    std::fs::write(&file, "one aloe").unwrap();
    page.browser
        .type_into(".upload input", file.to_str().unwrap())
        .unwrap();
    page.see(".upload-file");
    std::fs::remove_file(&file).unwrap();
    page.click(".flow-link");
    page.see(".flow-notice a[href='https://www.luckyshrub.com/hours']");
    page.browser
        .run(
            "document.querySelector('.flow-page').scrollTop = 9999",
            &json!([]),
        )
        .unwrap();
    pictures(&page, "flow-parade-end");
    page.click(".flow-foot .primary");
    let (_, answers) = reply(&mut page).await;
    assert_eq!(answers["likes"], json!(["water"]));
    assert_eq!(
        answers["away"],
        json!({"start-date": "2026-12-01", "end-date": "2026-12-05"})
    );
    assert_eq!(answers["pot"], "clay");
    page.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_that_cannot_go_on_says_why() {
    let page = Page::new().await;
    let desk = Desk::open().await;
    let id = create(&page.stage, "visit", &visit(), Some(&desk.url)).await;
    let parameters = json!({"flow_id": id, "mode": "draft", "flow_action": "data_exchange"});
    let wamid = offer(&page, parameters).await;
    page.click(&within(&wamid, ".tap-flow"));
    let told = page.see(".flow-ended p");
    assert!(told.contains("public-key-missing"), "{told}");
    pictures(&page, "flow-failed");
    page.click(".flow-ended .primary");
    page.until("return !document.querySelector('.veil')");
    let path = format!("/sim/v1/flows/{id}");
    let blocked = json!({"status": "BLOCKED"});
    assert_eq!(page.stage.post(&path, &blocked).await.0, 200);
    page.click(&within(&wamid, ".tap-flow"));
    let told = page.see(".flow-ended p");
    assert!(told.contains("cannot be opened"), "{told}");
    // The browser itself tells of the refusal, and of nothing else.
    let complaints = page.browser.complaints().unwrap();
    assert!(
        complaints.iter().all(|one| one.contains("400")),
        "{complaints:?}"
    );
    page.end().await;
}
