//! Dead letters: found, understood, edited and sent again; many at once.

use serde_json::json;

use super::desk::{DOWN, Desk, ENTER, USER};

/// Texts that are no JSON, the line where that is put right, and what is said there.
const NO_JSON: [(&str, &str, &str); 9] = [
    (
        "{\n \"to\": \"1\",\n \"type\": text,\n \"text\": {\n  \"body\": \"x\"\n }\n}",
        "3",
        "“text” is no value: a text stands in quotes.",
    ),
    (
        "{\n \"to\": \"1\"\n \"type\": \"text\"\n}",
        "2",
        "A comma is missing",
    ),
    (
        "{\n \"to\": \"1\",\n \"list\": [\n  1,\n ]\n}",
        "4",
        "one too many",
    ),
    (
        "{\n \"to\": \"1,\n \"type\": \"text\"\n}",
        "2",
        "second quote is missing",
    ),
    (
        "{\n \"to\": \"1\",\n \"type\" \"text\"\n}",
        "3",
        "A colon is missing",
    ),
    ("{\n \"to\": \"1\",\n type: 1\n}", "3", "A name in quotes"),
    (
        "{\n \"to\": {\n  \"a\": 1\n\n",
        "3",
        "The } of a { is missing",
    ),
    ("", "1", "A message is a JSON object"),
    ("{\n}\n{\n}", "3", "more than one"),
];

/// Users each of whom gets one message, as the pace to one user is slow.
fn user(number: usize) -> String {
    format!("155501009{number:02}")
}

/// The first of these users cannot be reached, or can again.
fn reachable(desk: &Desk, count: usize, reachable: bool) {
    for number in 0..count {
        let path = format!("users/{}", user(number));
        desk.simulate("PATCH", &path, &json!({"undeliverable": !reachable}));
    }
}

/// Messages that have become dead letters.
fn dead_letters(desk: &Desk, count: usize) -> Vec<String> {
    reachable(desk, count, false);
    let write = |number| {
        let text = format!("Your order {number} is ready");
        desk.business_writes(&format!("+{}", user(number)), &text)
    };
    let ids: Vec<_> = (0..count).map(write).collect();
    desk.api_until("/api/v1/dead-letters?limit=500", |list| {
        list["data"].as_array().unwrap().len() == count
    });
    ids
}

#[test]
fn a_dead_letter_is_edited_and_sent_again() {
    let desk = Desk::new();
    let ids = dead_letters(&desk, 1);
    desk.open("dead-letters");
    desk.says("This person cannot be reached");
    desk.looks_well("dead-letters");
    desk.click("[aria-label='Dead letters'] .row-link");
    desk.says("What happened");
    desk.says("131026");
    desk.says("Your order 0 is ready");
    desk.looks_well("dead-letter");
    desk.choose("Edit and retry");
    // What is not JSON is said while one types, at its line.
    for (text, line, told) in NO_JSON {
        desk.fill(".json-edit textarea", text);
        let script = "return [...document.querySelectorAll('.edit-lines .is-wrong')].map((one) => one.innerText).join() === arguments[0]
            && document.querySelector('.faults').innerText.includes(arguments[1])";
        let said = desk.browser.wait(script, &json!([line, told]));
        said.unwrap_or_else(|error| panic!("{text}: {error}"));
    }
    assert!(!desk.offers("Send this…"));
    // What the gateway refuses is said at the line that its pointer means.
    let message = |text: &str| {
        let message = json!({"to": format!("+{USER}"), "type": "text", "text": {"body": text}});
        serde_json::to_string_pretty(&message).unwrap()
    };
    desk.fill(".json-edit textarea", &message(&"x".repeat(5000)));
    desk.choose("Send this…");
    desk.choose("Send");
    let fault = desk.see(".faults li[data-pointer='/text/body']");
    assert!(fault.contains("4096"), "{fault}");
    desk.see(".edit-lines .is-wrong");
    desk.looks_well("dead-letter-edit");
    desk.fill(
        ".json-edit textarea",
        &message("Your order is ready, under its right number"),
    );
    desk.choose("Send this…");
    desk.choose("Send");
    desk.says("retried with an edited message");
    desk.message_is(&ids[0], "read");
    desk.choose("Before and after");
    desk.says("Your order 0 is ready");
    desk.open("dead-letters");
    desk.says("No dead letters");
    desk.is_clean_but(&["422"]);
    desk.end();
}

#[test]
fn many_are_retried_at_a_pace_and_seen_to_end() {
    let desk = Desk::new();
    let ids = dead_letters(&desk, 24);
    reachable(&desk, 24, true);
    desk.open("dead-letters");
    desk.choose("Retry all…");
    desk.see(".total[data-total='24']");
    // Its figures lead to their lists.
    desk.click(".counts a[href='#/dead-letters?kind=send']");
    desk.closed();
    desk.holds("location.hash === '#/dead-letters?kind=send' && document.querySelectorAll(\"[aria-label='Dead letters'] tbody tr\").length === 24");
    desk.choose("Retry all…");
    desk.see(".total[data-total='24']");
    desk.fill("input[name=per_second]", "12");
    desk.says("Takes about 2 s");
    desk.looks_well("dead-letters-bulk");
    desk.choose("Retry 24");
    // The bar moves while the job runs.
    desk.holds("document.querySelector('.job progress')?.value > 1 && document.querySelector('.job progress').value < 24");
    desk.picture("dead-letters-job");
    desk.says("Done: 24 of 24");
    desk.says("No dead letters");
    // So does what the job counted.
    desk.click(".past-jobs summary");
    desk.click(".past-jobs a[href*='settled_by=job_']");
    desk.says("has settled");
    desk.holds("document.querySelectorAll(\"[aria-label='Dead letters'] tbody tr\").length === 24");
    assert!(!desk.offers("Retry all…"), "what is settled is not retried");
    desk.looks_well("dead-letters-of-job");
    for id in &ids {
        desk.message_is(id, "read");
    }
    desk.end();
}

#[test]
fn a_job_is_canceled_and_the_rest_discarded() {
    let desk = Desk::new();
    dead_letters(&desk, 12);
    desk.open("dead-letters");
    desk.choose("Retry all…");
    desk.fill("input[name=per_second]", "1");
    desk.choose("Retry 12");
    desk.closed();
    desk.choose("Cancel");
    desk.choose("Cancel the job");
    desk.says("Canceled:");
    // Those that are picked, and a reason.
    desk.until("const boxes = document.querySelectorAll('.pick input'); if (boxes.length < 2) return false;
        boxes[0].click(); boxes[1].click(); return true");
    desk.choose("Discard 2 selected…");
    desk.see(".total[data-total='2']");
    assert!(!desk.offers("Discard 2"));
    desk.fill("input[name=reason]", "the customer was called instead");
    let before = desk.how_many("/api/v1/dead-letters?limit=500");
    desk.choose("Discard 2");
    desk.says("Done: 2 of 2");
    desk.api_until("/api/v1/dead-letters?limit=500", |list| {
        list["data"].as_array().unwrap().len() <= before.max(12) - 2
    });
    desk.end();
}

#[test]
fn keys_alone_find_and_discard_one() {
    let desk = Desk::new();
    dead_letters(&desk, 2);
    desk.browser
        .run("document.activeElement.blur()", &json!([]))
        .unwrap();
    desk.press("gd");
    desk.see("[aria-label='Dead letters'] .row-link");
    desk.until("document.querySelector('.row-link').focus(); return true");
    desk.press(DOWN);
    desk.press(ENTER);
    desk.says("What happened");
    desk.until("[...document.querySelectorAll('button')].find((one) => one.innerText === 'Discard…').focus(); return true");
    desk.press(ENTER);
    desk.see("dialog[open]");
    desk.until("const field = document.querySelector('dialog input[name=reason]'); field.focus(); return document.activeElement === field");
    desk.press(&format!("wrong number{ENTER}"));
    desk.says("discarded: wrong number");
    assert_eq!(desk.how_many("/api/v1/dead-letters"), 1);
    desk.end();
}
