//! What is only kept as it came, and what is known of a person only while their erasure waits.

use super::*;
use crate::bus::Bench;

impl TestApp {
    /// Stops all gateways and looks for the person in all that is kept.
    async fn check_nothing_is_left(&mut self, words: &[&str]) {
        for number in 0..self.gateways() {
            self.stop_node(number).await;
        }
        let mut held = self.everything().await;
        files_below(self.data(), &mut held);
        for word in words {
            assert_eq!(holders(&held, word), [""; 0], "{word} is left");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_were_refused_go_and_so_does_what_the_audit_has_of_them() {
    let mut bench = Bench::start().await;
    let refusal = json!({"to": format!("+{NUMBER}"), "scope": "all"});
    bench.app.post("/api/v1/suppressions", &refusal).await;
    for request in ["left", "edited"] {
        let command = json!({"type": "text", "to": format!("{NUMBER}@s.whatsapp.net"),
            "text": "canary-command", "request_id": request});
        bench.command(CHANNEL, &command).await;
        assert_eq!(bench.result(request).await["success"], false);
    }
    let letters = bench.dead_letters().await;
    let mut edited = letters
        .iter()
        .filter(|letter| letter["detail"]["request_id"] == "edited");
    let edited = edited.next().unwrap()["id"].as_str().unwrap().to_owned();
    let message = json!({"to": OTHER, "type": "text", "text": {"body": "others-out"}});
    let retry = format!("/api/v1/dead-letters/{edited}/retry");
    bench.app.post(&retry, &json!({"message": message})).await;

    let contact = bench.app.contact(NUMBER).await;
    let erasure = bench.app.erase(&contact).await;
    let done = bench.app.until_erased(&erasure).await;
    assert_eq!(done["erased"]["dead_letters"], 2, "{done}");
    let path = format!("/api/v1/dead-letters/{edited}");
    let shown = bench.app.get(&path).await;
    assert_eq!(
        shown["history"][0]["was"],
        json!({"erased": true}),
        "{shown}"
    );
    let words = [NUMBER, "canary-command"];
    bench.app.check_nothing_is_left(&words).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_turns_out_to_be_somebody_known_already_is_erased_whole() {
    let mut app = TestApp::start_without_bus().await;
    let refusal = json!({"to": format!("+{NUMBER}"), "scope": "all"});
    app.post("/api/v1/suppressions", &refusal).await;
    let number = settings().numbers[0].clone();
    let unnumbered = json!({"messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1", "phone_number_id": number.id.to_string()},
        "contacts": [{"profile": {"name": NAME}, "user_id": BSUID}],
        "messages": [{"from_user_id": BSUID, "id": "wamid.1", "timestamp": "1749416383",
            "type": "text", "text": {"body": "canary-in-1"}}]});
    let body = notification("messages", &unnumbered).to_string();
    assert_eq!(app.notify(body.as_bytes()).await, 200);
    app.until_applied().await;
    let contact = app.contact(NUMBER).await;

    let roles = std::mem::take(&mut app.config.cluster.roles);
    app.restart_at_once().await;
    let body = shared(BSUID, "canary-in-2", "others-in").to_string();
    assert_eq!(app.notify(body.as_bytes()).await, 200);
    let erasure = app.erase(&contact).await;
    assert_eq!(erasure["step"], "waiting", "{erasure}");
    app.config.cluster.roles = roles;
    app.restart_at_once().await;
    let done = app.until_erased(&erasure).await;
    assert_eq!(done["erased"]["messages"], 2, "{done}");
    assert_eq!(done["erased"]["identities"], 2, "{done}");
    assert_ne!(done["contact_id"], *contact, "{done}");
    app.check_nothing_is_left(&[NUMBER, NAME, USERNAME, BSUID, "canary-in"])
        .await;
}
