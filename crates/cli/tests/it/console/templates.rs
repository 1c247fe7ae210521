//! Templates: listed with how they stand, drawn, made, approved, changed, deleted.

use serde_json::json;

use super::desk::Desk;

fn row(name: &str, state: &str) -> String {
    format!(
        "return [...document.querySelectorAll('tbody tr')].find((row) => row.innerText.includes('{name}') && row.innerText.includes('{state}'))"
    )
}

#[test]
fn templates_are_listed_filtered_and_drawn() {
    let desk = Desk::new();
    desk.open("templates");
    desk.until(&row("hello_world", "approved"));
    desk.looks_well("templates");
    desk.type_into("input[type=search]", "limited time offer");
    desk.until("return document.querySelectorAll('tbody tr').length === 1");
    desk.click(".row-link");
    desk.see("dialog .card-offer");
    desk.picture("template-offer");
    desk.press(super::desk::ESCAPE);
    desk.until("return !document.querySelector('dialog[open]')");
    desk.browser
        .run(
            "document.querySelector('input[type=search]').select()",
            &json!([]),
        )
        .unwrap();
    desk.type_into("input[type=search]", "carousel template media");
    desk.until("return document.querySelectorAll('tbody tr').length === 1");
    desk.click(".row-link");
    desk.until("return document.querySelectorAll('dialog .card-card').length === 3");
    desk.looks_well("template-carousel");
    desk.end();
}

#[test]
fn a_template_is_made_approved_changed_and_deleted() {
    let desk = Desk::new();
    desk.simulate("PATCH", "templates/review", &json!({"rule": "on_command"}));
    desk.open("templates");
    desk.until(&row("hello_world", "approved"));
    desk.click(".head .is-primary");
    let field = |label: &str, text: &str| {
        let script = "const label = [...document.querySelectorAll('dialog label')].find((one) => one.innerText === arguments[0]);
            label.control.dataset.now = arguments[0]; return true";
        desk.browser.wait(script, &json!([label])).unwrap();
        desk.type_into(&format!("[data-now={label:?}]"), text);
    };
    // What is missing is said at its field, and nothing is sent.
    desk.click("[form=template-form]");
    desk.says("Write what the message says.");
    field("Name", "Table ready");
    field(
        "Body",
        "Hello {{1}}, your table for {{2}} is ready. See you soon!",
    );
    field("Example for {{1}}", "Ada");
    field("Example for {{2}}", "four");
    field("Footer", "Luigi’s, Main Street");
    desk.until("return document.querySelector('.editor .preview').innerText.includes('Hello Ada, your table for four is ready.')");
    desk.looks_well("template-editor");
    desk.click("[form=template-form]");
    desk.until(&row("table_ready", "pending"));
    desk.says("Meta reviews it");
    let made = desk.get("/api/v1/templates?name=table_ready");
    let id = made["data"][0]["id"].as_str().unwrap().to_owned();
    // Meta's word arrives while the page is open.
    desk.simulate(
        "POST",
        &format!("templates/{id}/review"),
        &json!({"event": "APPROVED"}),
    );
    desk.until(&row("table_ready", "approved"));
    desk.until("return document.querySelector('dialog .badge')?.innerText === 'approved'");
    desk.until("const edit = [...document.querySelectorAll('dialog footer button')].find((one) => one.innerText === 'Edit' && !one.disabled); edit?.click(); return edit");
    desk.see(".editor");
    field("Footer", ", at your service");
    desk.click("[form=template-form]");
    // Meta may have reviewed it before the page is drawn.
    desk.until("return [...document.querySelectorAll('dialog .preview')].some((one) => one.innerText.includes('at your service')) && !document.querySelector('.editor')");
    desk.simulate(
        "POST",
        &format!("templates/{id}/review"),
        &json!({"event": "REJECTED", "reason": "INVALID_FORMAT"}),
    );
    desk.until(&row("table_ready", "rejected"));
    desk.says("Rejected: ");
    desk.picture("template-rejected");
    desk.click("dialog footer .is-danger");
    desk.click(".confirm .is-danger");
    desk.until("return !document.querySelector('dialog[open]')");
    desk.until("return ![...document.querySelectorAll('tbody tr')].some((row) => row.innerText.includes('table_ready') && !row.innerText.includes('delet'))");
    desk.end();
}

#[test]
fn who_may_only_look_changes_nothing() {
    let desk = Desk::signed_out();
    let desk = desk.with_role("viewer");
    desk.sign_in();
    desk.open("templates");
    desk.until(&row("hello_world", "approved"));
    desk.click(".row-link");
    desk.see("dialog .card-body");
    let buttons = "return [...document.querySelectorAll('main button, dialog footer button')].map((one) => one.innerText).join()";
    let buttons = desk.browser.run(buttons, &json!([])).unwrap();
    assert!(
        !buttons.as_str().unwrap().contains("New template"),
        "{buttons}"
    );
    assert!(!buttons.as_str().unwrap().contains("Delete"), "{buttons}");
    desk.end();
}
