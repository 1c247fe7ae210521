//! Every screen without a mouse: whatever can be pressed is reached with keys, and shows it.

use serde_json::json;

use super::desk::{Desk, ESCAPE, TAB, USER};

/// Presses of the key until all of a screen must have been reached.
const PRESSES: usize = 120;

/// Notes what has the focus, and that it can be seen to have it.
const LOOK: &str = "const one = document.activeElement;
    if (!one || one === document.body) return '';
    one.dataset.reached = 'yes';
    // A file is chosen through a button, a row through its link: they may show it around them.
    const parts = [one, one.parentElement, one.closest('tr, label, .talk')].filter(Boolean);
    const shows = parts.some((part) => [null, '::after', '::before'].some((drawn) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(part, drawn);
        return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
    }));
    return shows ? '' : one.outerHTML.slice(0, 120);";

/// What can be pressed, and was not reached. Of rows, tabs and choices that arrows move among, one is enough.
const MISSED: &str = "const inside = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document;
    return [...inside.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
    .filter((one) => one.getClientRects().length && !one.disabled && !one.dataset.reached)
    .filter((one) => {
        const style = getComputedStyle(one);
        if (style.visibility === 'hidden' || one.closest('[aria-hidden=true], [inert]')) return false;
        const group = one.closest('[role=list], [role=tablist], [role=menu], [role=listbox], [role=radiogroup], table');
        if (one.type === 'radio') return !document.querySelector(`input[name='${one.name}'][data-reached]`);
        return !(one.tabIndex === -1 && (!group || group.querySelector('[data-reached]') || group.dataset.reached));
    }).map((one) => one.outerHTML.slice(0, 120));";

#[test]
fn everything_on_every_screen_is_reached_with_keys() {
    let desk = Desk::new();
    desk.user_writes("Is anybody there?");
    desk.business_writes("+15550109999", "You have not written to us");
    let conversation = desk.get("/api/v1/conversations?limit=1");
    let conversation = conversation["data"][0]["id"].as_str().unwrap().to_owned();
    let message = desk.get("/api/v1/messages?limit=1");
    let message = message["data"][0]["id"].as_str().unwrap().to_owned();
    let endpoint = desk.get("/api/v1/endpoints");
    let endpoint = endpoint["data"][0]["id"].as_str().unwrap().to_owned();
    let refused = json!({"trouble": {"graph": {"code": 131_026}}, "times": 1});
    desk.simulate("POST", "faults", &refused);
    desk.business_writes(&format!("+{USER}"), "To nobody");
    let letter = desk.api_until("/api/v1/dead-letters?kind=send", |list| {
        !list["data"].as_array().unwrap().is_empty()
    });
    let letter = letter["data"][0]["id"].as_str().unwrap().to_owned();
    for place in [
        "overview".to_owned(),
        "inbox".to_owned(),
        format!("inbox/{conversation}"),
        "search".to_owned(),
        "messages".to_owned(),
        format!("messages/{message}"),
        "errors".to_owned(),
        "dead-letters".to_owned(),
        format!("dead-letters/{letter}"),
        "tail".to_owned(),
        "channels".to_owned(),
        "channels/demo".to_owned(),
        "endpoints".to_owned(),
        format!("endpoints/{endpoint}"),
        "templates".to_owned(),
        "keys".to_owned(),
        "audit".to_owned(),
    ] {
        desk.open(&place);
        desk.until("return !document.querySelector('.loading')");
        // From the top of the page on.
        desk.until("document.activeElement?.blur(); getSelection().removeAllRanges(); return true");
        all_is_reached(&desk, &place);
    }
    // A dialog has the focus, and keeps it.
    for (place, dialog) in [
        ("channels/demo".to_owned(), "Pause…"),
        (format!("endpoints/{endpoint}"), "Recover…"),
        ("dead-letters".to_owned(), "Retry all…"),
        ("keys".to_owned(), "New key"),
        ("keys".to_owned(), "Sign out everywhere…"),
    ] {
        desk.open(&place);
        desk.choose(dialog);
        desk.see("dialog[open]");
        // Arrows choose among those that have a name in common.
        desk.holds(
            "[...document.querySelectorAll('dialog [type=radio]')].every((one) => one.name)",
        );
        desk.until("return !document.querySelector('.loading')");
        all_is_reached(&desk, dialog);
        desk.press(ESCAPE);
        desk.closed();
    }
    desk.end();
}

fn all_is_reached(desk: &Desk, place: &str) {
    for _ in 0..PRESSES {
        desk.press(TAB);
        let hidden = desk.browser.run(LOOK, &json!([])).unwrap();
        assert_eq!(hidden, "", "the focus cannot be seen at {place}");
        let left = desk.browser.run(MISSED, &json!([])).unwrap();
        if left.as_array().unwrap().is_empty() {
            break;
        }
    }
    let missed = desk.browser.run(MISSED, &json!([])).unwrap();
    assert_eq!(missed, json!([]), "not reached at {place}");
}
