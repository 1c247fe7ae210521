//! Canaries: secrets, numbers, names and texts planted in a full run, from the first notification
//! to the end of a person's data, and looked for where nobody may find them: in what the gateway
//! logs, counts and refuses, and in the addresses that it and its own clients call.

mod house;
mod look;
mod wrong;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use house::{House, NAME, OTHER, SECRET, TEXT};
use look::{Traces, in_base64};

use crate::console::desk::USER;

#[tokio::test(flavor = "multi_thread")]
async fn no_canary_is_found_after_a_full_run() {
    let mut house = House::start().await;
    house.a_person_writes().await;
    house.messages_go_out().await;
    house.subscribers_fail().await;
    house.strangers_call().await;
    house.bodies_are_wrong().await;
    house.commands_are_run();
    house.somebody_is_at_the_console();
    house.the_token_dies_and_lives().await;
    house.everything_comes_in().await;
    house.the_gateway_crashes().await;
    house.a_person_is_erased().await;
    let traces = house.end().await;

    // What is not planted cannot be found missing.
    for canary in [USER, OTHER, NAME, TEXT, SECRET] {
        assert!(traces.was_carried(canary), "{canary} was not planted");
    }
    assert!(traces.keys.iter().all(|key| traces.was_carried(key)));
    assert!(traces.log.lines().count() > 300, "{}", traces.log);
    // Before the crash, and after it.
    let counted = traces.metrics.matches("\nwharf_api_requests_total{");
    assert!(counted.count() > 20, "{}", traces.metrics);
    assert_eq!(traces.metrics.matches("# EOF").count(), 2);
    // Wamids have the number in them, as Meta's do.
    let numbers = in_base64(USER);
    assert!(numbers.iter().any(|number| traces.was_carried(number)));
    let (addresses, refusals) = (traces.addresses().len(), traces.refusals().len());
    assert!(addresses > 500 && refusals > 200, "{addresses}, {refusals}");

    let found = traces.canaries();
    let first = &found[..found.len().min(50)];
    assert!(found.is_empty(), "{} of them: {first:#?}", found.len());
}

#[test]
fn a_canary_that_got_out_is_found() {
    let bytes = |text: &str| text.as_bytes().to_vec();
    let traces = |log: &str, asked: &str, answered: &str| Traces {
        keys: vec!["wharf_of_somebody".to_owned()],
        log: log.to_owned(),
        metrics: String::new(),
        refusals: Vec::new(),
        records: vec![test_servers::Record {
            asked: bytes(asked),
            answered: bytes(answered),
        }],
    };
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
    let answer = |status: &str, body: &str| {
        format!(
            "HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let body = json!({"to": USER, "text": TEXT}).to_string();
    let fine = format!(
        "{}{}",
        answer("200 OK", &body),
        answer("404 Not Found", "no")
    );
    assert_eq!(
        traces("all well", &get("/a"), &fine).canaries(),
        Vec::<String>::new()
    );
    let wamid = BASE64_STANDARD.encode(format!("a mark {USER} and more"));
    for (log, asked, answered) in [
        (format!("sent to +{USER}"), get("/a"), fine.clone()),
        ("key wharf_of_somebody".to_owned(), get("/a"), fine.clone()),
        (String::new(), get(&format!("/a?to={USER}")), fine.clone()),
        (String::new(), get(&format!("/a/{wamid}")), fine.clone()),
        (String::new(), get("/a"), fine + &answer("422 No", &body)),
        (String::new(), get("/a"), answer("500 No", NAME)),
    ] {
        let found = traces(&log, &asked, &answered).canaries();
        assert_eq!(found.len(), 1, "{log} {asked} {answered}: {found:?}");
    }
}
