//! The reference of the API, in a browser.

use serde_json::json;

use super::desk::Desk;

#[test]
fn the_reference_shows_every_operation() {
    let desk = Desk::new();
    let api = desk.get("/openapi.json");
    let paths = api["paths"].as_object().unwrap().values();
    let names = paths.flat_map(|path| path.as_object().unwrap().keys());
    let methods = ["get", "post", "put", "patch", "delete"];
    let count = names
        .filter(|name| methods.contains(&name.as_str()))
        .count();
    assert!(count > 50, "{count}");
    desk.browser.open(&format!("{}/docs", desk.url)).unwrap();
    desk.see("#groups a");
    desk.holds(&format!(
        "document.querySelectorAll('#groups a').length === {count}"
    ));
    desk.looks_well("docs");
    // One of them, by keys: found, and shown with what it takes and gives.
    desk.press("/");
    desk.press("send_message");
    desk.says(&format!("of {count} operations"));
    let first = "document.querySelector('#groups a')";
    desk.until(&format!("{first}.focus(); return true"));
    desk.press(super::desk::ENTER);
    desk.holds(
        "location.hash === '#send_message' && document.querySelector('main article h1, main h1')",
    );
    desk.says("/api/v1/messages");
    desk.says("202");
    desk.looks_well("docs-operation");
    // Every one can be drawn.
    let drawn = desk.browser.run_async(
        "const done = arguments[0]; const bad = [];
        document.getElementById('search').value = ''; document.getElementById('search').dispatchEvent(new Event('input'));
        const all = [...document.querySelectorAll('#groups a')].map((one) => one.hash);
        const next = () => { const hash = all.shift(); if (!hash) return done(bad); location.hash = hash;
            setTimeout(() => { if (!document.querySelector('main h1') || document.querySelector('main [role=alert]')) bad.push(hash); next(); }); };
        next();",
        &json!([]),
    );
    assert_eq!(drawn.unwrap(), json!([]));
    desk.end();
}
