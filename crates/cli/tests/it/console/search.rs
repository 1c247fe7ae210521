//! The search: any id or number leads to what it belongs to.

use serde_json::json;

use super::desk::{DOWN, Desk, ENTER, USER};

#[test]
fn any_id_or_number_finds_what_it_belongs_to() {
    let desk = Desk::new();
    desk.open("search");
    desk.looks_well("search-empty");
    let wamid = desk.user_writes("Where is my order?");
    desk.open("tail");
    desk.says("Where is my order?");
    // The carrier's id, from any screen, with keys alone: one result is opened at once.
    desk.press("/");
    desk.press(&wamid);
    desk.press(ENTER);
    desk.until("return location.hash.startsWith('#/messages/msg_')");
    desk.says("Where is my order?");
    let id = desk.until("return decodeURIComponent(location.hash.split('/').pop())");
    // Our own id leads to the same.
    desk.open("overview");
    search(&desk, id.as_str().unwrap());
    desk.press(ENTER);
    desk.browser
        .wait(
            "return location.hash === '#/messages/' + arguments[0]",
            &json!([id]),
        )
        .unwrap();
    // A number is a person, and more: the results drop down, and arrows choose among them.
    search(&desk, &format!("+{USER}"));
    desk.see("#search-found a");
    desk.picture("search-drop");
    desk.press(DOWN);
    desk.see("#search-found a[aria-selected=true]");
    desk.open("search");
    desk.see("main .table");
    desk.looks_well("search");
    search(&desk, "nobody has this");
    desk.says("Nothing has this id or number");
    desk.end();
}

fn search(desk: &Desk, text: &str) {
    let clear = "const input = document.getElementById('search'); input.focus(); input.select(); return true";
    desk.until(clear);
    desk.press(text);
}
