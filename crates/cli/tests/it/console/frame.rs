//! What is around every screen: navigation, keys, sizes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::desk::{DOWN, Desk, ENTER, ESCAPE, TAB};

/// Bytes of script that the shell and any one screen may have together, as they are sent.
const SCRIPT: u64 = 200_000;

#[test]
fn keys_alone_lead_everywhere() {
    let desk = Desk::new();
    desk.press(TAB);
    let focus = "return document.activeElement.innerText";
    // The page begins where the focus was left: at its very start after a load.
    desk.browser
        .run("document.activeElement.blur()", &json!([]))
        .unwrap();
    for (keys, heading) in [("gl", "Live tail"), ("go", "Overview"), ("gs", "Search")] {
        desk.press(keys);
        let there = format!("return document.querySelector('main h1')?.innerText === '{heading}'");
        desk.until(&there);
    }
    // The search has the focus there.
    desk.until("return document.activeElement.id === 'search'");
    desk.press(ESCAPE);
    desk.press("?");
    assert!(desk.see("dialog[open]").contains("Live tail"));
    desk.press(ESCAPE);
    desk.until("return !document.querySelector('dialog[open]')");
    desk.press("/");
    desk.until("return document.activeElement.id === 'search'");
    desk.press(ESCAPE);
    desk.until("return document.activeElement.id !== 'search'");
    // From the skip link to the screen, and through a table by arrows.
    desk.open("messages");
    desk.see(".row-link");
    desk.browser
        .run("document.querySelector('.skip').focus()", &json!([]))
        .unwrap();
    assert_eq!(
        desk.browser.run(focus, &json!([])).unwrap(),
        "Skip to the screen"
    );
    desk.press(ENTER);
    desk.until("return document.activeElement.id === 'main'");
    for _ in 0..8 {
        desk.press(TAB);
        if desk
            .browser
            .run("return document.activeElement.className", &json!([]))
            .unwrap()
            == "row-link"
        {
            break;
        }
    }
    desk.press(DOWN);
    desk.until(
        "return [...document.querySelectorAll('.row-link')].indexOf(document.activeElement) === 1",
    );
    desk.press(ENTER);
    desk.until("return location.hash.startsWith('#/messages/msg_')");
    desk.end();
}

#[test]
fn on_a_phone_the_navigation_comes_when_it_is_called() {
    let desk = Desk::new();
    desk.browser.resize(360, 740).unwrap();
    desk.click(".open-nav");
    desk.see(".nav-open .side");
    desk.picture("navigation-phone");
    desk.click(".side a[href='#/tail']");
    desk.until("return document.querySelector('main h1')?.innerText === 'Live tail'");
    desk.until("return !document.querySelector('.nav-open')");
    desk.end();
}

#[test]
fn what_does_not_exist_is_said_and_leads_on() {
    let desk = Desk::new();
    desk.browser
        .run("location.hash = '#/nowhere/at/all'", &json!([]))
        .unwrap();
    desk.says("There is nothing here");
    desk.browser
        .run(
            "location.hash = '#/messages/msg_00000000000000000000000000'",
            &json!([]),
        )
        .unwrap();
    desk.says("There is no such message");
    desk.is_clean_but(&["404 (Not Found)"]);
    desk.end();
}

#[test]
fn no_screen_loads_much_script() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../console");
    let screens = fs::read_dir(folder.join("screens")).unwrap();
    let screens = screens.map(|entry| entry.unwrap().path());
    for screen in screens.filter(|path| path.extension().is_some_and(|kind| kind == "js")) {
        let mut loaded = BTreeSet::new();
        load(&folder.join("app.js"), &mut loaded);
        load(&screen, &mut loaded);
        let bytes: u64 = loaded
            .iter()
            .map(|file| fs::metadata(file).unwrap().len())
            .sum();
        assert!(
            loaded.len() > 10 && bytes < SCRIPT,
            "{bytes} bytes for {screen:?}"
        );
    }
}

/// Adds the module and all that it imports.
fn load(module: &Path, loaded: &mut BTreeSet<PathBuf>) {
    let module = module.canonicalize().unwrap();
    if !loaded.insert(module.clone()) {
        return;
    }
    let text = fs::read_to_string(&module).unwrap();
    let imports = text.split(['\'', '"']).filter(|part| {
        let is_path = part.starts_with("./") || part.starts_with("../");
        is_path && part.ends_with(".js") && !part.contains('$')
    });
    for import in imports {
        load(&module.parent().unwrap().join(import), loaded);
    }
}
