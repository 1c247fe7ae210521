//! Keys and the audit: made, rotated, revoked, and all of it on record.

use serde_json::{Value, json};

use super::desk::{Desk, ENTER};

/// The status that the API answers to this key.
fn status(desk: &Desk, key: &str) -> i64 {
    let script = "const done = arguments[1]; fetch('/api/v1/channels', {headers: {authorization: 'Bearer ' + arguments[0]}, credentials: 'omit'})
        .then((answer) => done(answer.status))";
    let answer = desk.browser.run_async(script, &json!([key])).unwrap();
    answer.as_i64().unwrap()
}

fn act_on(desk: &Desk, name: &str, act: &str) {
    desk.choose(&format!("Acts on {name}"));
    desk.choose(act);
}

fn make(desk: &Desk, name: &str, role: &str) -> String {
    desk.open("keys");
    desk.choose("New key");
    desk.fill("input[name=name]", name);
    desk.click(&format!("input[name=role][value={role}]"));
    desk.choose("Create");
    let key = desk.see(".secret code");
    assert!(key.starts_with("wharf_"), "{key}");
    key
}

#[test]
fn a_key_is_made_rotated_and_revoked_and_the_audit_shows_it() {
    let desk = Desk::new();
    desk.open("keys");
    desk.says("yours");
    desk.looks_well("keys");
    desk.choose("New key");
    desk.looks_well("key-new");
    desk.fill("input[name=name]", "of no channel");
    desk.choose("Only these");
    desk.says("Choose at least one.");
    assert!(!desk.offers("Create"));
    desk.choose("demo");
    desk.holds("!document.querySelector('dialog [type=submit]').disabled");
    desk.choose("Cancel");
    desk.closed();
    let first = make(&desk, "billing", "sender");
    desk.looks_well("key-shown");
    desk.choose("I have it");
    desk.closed();
    assert_eq!(status(&desk, &first), 200);
    act_on(&desk, "billing", "Rotate…");
    desk.choose("Rotate");
    let second = desk.see(".secret code");
    desk.choose("I have it");
    desk.closed();
    desk.says("old secret ends");
    // Two live at once.
    assert_eq!((status(&desk, &first), status(&desk, &second)), (200, 200));
    act_on(&desk, "billing", "Revoke…");
    desk.choose("Revoke");
    desk.says("“billing” is revoked.");
    assert_eq!((status(&desk, &first), status(&desk, &second)), (401, 401));
    desk.open("audit");
    for action in ["api_key.created", "api_key.rotated", "api_key.revoked"] {
        desk.says(action);
    }
    desk.looks_well("audit");
    let folder = tempfile::tempdir().unwrap();
    let save = |at: u32, name: &str| {
        let link = format!(".head-acts button:nth-child({at})");
        let file = desk.take_home(&link, folder.path(), &format!("wharf-audit.{name}"));
        String::from_utf8(file).unwrap()
    };
    let (csv, json) = (save(1, "csv"), save(2, "ndjson"));
    let deeds: Vec<Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(
        deeds.iter().any(|deed| deed["action"] == "api_key.rotated"),
        "{json}"
    );
    assert!(csv.lines().next().unwrap().contains("action"), "{csv}");
    assert_eq!(csv.matches("api_key.rotated").count(), 1, "{csv}");
    desk.fill("input[name=action]", "api_key.created");
    desk.holds("location.hash.includes('action=api_key.created')");
    desk.holds("document.querySelectorAll('[aria-label=Audit] tbody tr').length >= 1 && !document.querySelector('[aria-label=Audit]').innerText.includes('api_key.revoked')");
    desk.click("[aria-label=Audit] .row-link");
    let told = desk.see(".diff");
    assert!(
        told.contains("billing") && told.contains("sender"),
        "{told}"
    );
    assert!(!told.contains("wharf_"), "{told}");
    desk.looks_well("audit-deed");
    desk.is_clean_but(&["401 (Unauthorized)"]);
    desk.end();
}

#[test]
fn a_viewer_is_offered_nothing_that_it_may_not_do() {
    let desk = Desk::new();
    let viewer = make(&desk, "guest", "viewer");
    desk.choose("I have it");
    desk.click(".sign-out");
    desk.see("body[data-ready='out'] .sign-in");
    desk.type_into("input[name=key]", &format!("{viewer}{ENTER}"));
    desk.see("body[data-ready='in'] main h1");
    let endpoint = desk.get("/api/v1/endpoints")["data"][0]["id"].clone();
    let endpoint = format!("endpoints/{}", endpoint.as_str().unwrap());
    for (place, forbidden) in [
        ("channels", "New channel"),
        ("channels/demo", "Pause…"),
        ("endpoints", "New endpoint"),
        (&endpoint, "Send test"),
        (&endpoint, "Recover…"),
        ("dead-letters", "Retry all…"),
    ] {
        desk.open(place);
        desk.holds("!document.querySelector('.loading')");
        assert!(
            !desk.offers(forbidden) && !desk.offers("More"),
            "{place}: {forbidden}"
        );
    }
    for hidden in ["keys", "audit"] {
        let link = format!("document.querySelector(\".side a[href='#/{hidden}']\")");
        desk.holds(&format!("!{link}"));
    }
    desk.picture("channel-as-viewer");
    desk.end();
}

#[test]
fn signing_out_everywhere_ends_this_session_too() {
    let desk = Desk::new();
    desk.open("keys");
    desk.choose("Sign out everywhere…");
    desk.choose("Sign out");
    desk.see("body[data-ready='out'] .sign-in");
    desk.is_clean_but(&["401 (Unauthorized)"]);
    desk.end();
}
