//! Bad and good webhooks at the door.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn bad_notifications_get_the_right_status_and_leave_nothing() {
    let app = TestApp::start().await;
    let url = app.url("/webhooks/whatsapp");
    let body = r#"{"object":"whatsapp_business_account","entry":[]}"#;

    let unsigned = app.http.post(&url).body(body).send().await.unwrap();
    assert_eq!(unsigned.status(), 401);
    for wrong in [
        "sha256=00",
        "sha1=00",
        "deadbeef",
        "sha256=",
        "",
        &format!("sha256={}", "0".repeat(64)),
    ] {
        let request = app
            .http
            .post(&url)
            .header("x-hub-signature-256", wrong)
            .body(body);
        assert_eq!(request.send().await.unwrap().status(), 401, "{wrong:?}");
    }
    let large = vec![b' '; app.config.server.webhook_body_limit + 1];
    assert_eq!(app.notify(&large).await, 413);
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep = format!(r#"{{"object":"whatsapp_business_account","entry":{nested}}}"#);
    for bad in [
        "",
        "no JSON",
        "[]",
        "{}",
        r#"{"object":"page","entry":[]}"#,
        &deep,
    ] {
        assert_eq!(app.notify(bad.as_bytes()).await, 400, "{bad:.40}");
    }
    assert_eq!(app.notify(body.as_bytes()).await, 200);

    app.until_applied().await;
    assert_eq!(app.events().await, Vec::<serde_json::Value>::new());
    let metrics = app.metrics().await;
    for outcome in [
        "unsigned",
        "bad_signature",
        "too_large",
        "malformed",
        "accepted",
    ] {
        assert!(
            metrics.contains(&format!("wharf_webhooks_total{{outcome=\"{outcome}\"}}")),
            "{metrics}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_challenge_is_answered_only_with_the_right_token() {
    let app = TestApp::start().await;
    let token = std::fs::read_to_string(app.data().join("verify-token")).unwrap();
    let challenge = |token: &str| {
        app.http.get(app.url("/webhooks/whatsapp")).query(&[
            ("hub.mode", "subscribe"),
            ("hub.challenge", "1158201444"),
            ("hub.verify_token", token),
        ])
    };
    let right = challenge(&token).send().await.unwrap();
    assert_eq!(
        (right.status().as_u16(), right.text().await.unwrap()),
        (200, "1158201444".into())
    );
    assert_eq!(challenge("wrong").send().await.unwrap().status(), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_nobody_set_up_loses_nothing() {
    let app = TestApp::start().await;
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "77", "changes": [{
        "field": "messages", "value": {"messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "4930", "phone_number_id": "4242"},
            "contacts": [{"profile": {"name": "A"}, "wa_id": "491", "user_id": "DE.1"}],
            "messages": [{"from": "491", "from_user_id": "DE.1", "id": "wamid.A",
                "timestamp": "1749416383", "type": "text", "text": {"body": "hello"}}]}}]}]});
    assert_eq!(app.notify(body.to_string().as_bytes()).await, 200);
    app.until_applied().await;
    let events = app.events().await;
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0]["session_id"], "4242");
    assert_eq!(events[0]["data"]["update"]["text"]["body"], "hello");
    let channel = app.get("/api/v1/channels/4242").await;
    assert_eq!(channel["state"], "receive_only");

    // Its owner sets it up under another name: nothing is in the way, and nothing is applied again.
    let claim = json!({"id": "office", "name": "Office", "phone_number_id": "4242"});
    let made = app.post("/api/v1/channels", &claim).await;
    assert_eq!(
        (&made["id"], &made["waba_id"]),
        (&json!("office"), &json!("77"))
    );
    let old = app
        .call("GET", "/api/v1/channels/4242")
        .send()
        .await
        .unwrap();
    assert_eq!(old.status(), 404);
    assert_eq!(app.notify(body.to_string().as_bytes()).await, 200);
    app.until_applied().await;
    assert_eq!(app.events().await.len(), 1);
    let messages = app.get("/api/v1/messages?channel=office").await;
    assert_eq!(messages["data"].as_array().unwrap().len(), 1, "{messages}");
    let again = app.call("POST", "/api/v1/channels").json(&claim);
    assert_eq!(again.send().await.unwrap().status(), 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_without_a_name_of_its_own_keeps_that_of_the_one_it_takes_over() {
    let app = TestApp::start().await;
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "77", "changes": [{
        "field": "messages", "value": {"messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "4930", "phone_number_id": "4242"},
            "messages": [{"from": "491", "id": "wamid.A", "timestamp": "1749416383",
                "type": "text", "text": {"body": "hello"}}]}}]}]});
    assert_eq!(app.notify(body.to_string().as_bytes()).await, 200);
    app.until_applied().await;
    let claim = json!({"name": "Office", "phone_number_id": "4242"});
    let made = app.post("/api/v1/channels", &claim).await;
    assert_eq!(made["id"], "4242");
    let channel = app.get("/api/v1/channels/4242").await;
    assert_eq!(channel["name"], "Office");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_takes_webhooks_of_its_own_as_soon_as_it_is_there() {
    let app = TestApp::start().await;
    let secret = app.data().join("own-secret");
    std::fs::write(&secret, "a secret of its own").unwrap();
    let signed = wharf_webhook::sign(
        &wharf_model::AppSecret::new("a secret of its own").unwrap(),
        br#"{"object":"whatsapp_business_account","entry":[]}"#,
    );
    for number in 0..20 {
        let id = format!("own-{number}");
        let channel = json!({"id": id, "name": "Own", "phone_number_id": format!("77{number}"),
            "app_secret": format!("file:{}", secret.display())});
        app.post("/api/v1/channels", &channel).await;
        let request = app.http.post(app.url(&format!("/webhooks/whatsapp/{id}")));
        let request = request.header("x-hub-signature-256", &signed);
        let body = r#"{"object":"whatsapp_business_account","entry":[]}"#;
        assert_eq!(
            request.body(body).send().await.unwrap().status(),
            200,
            "{id}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_knows_the_secret_of_one_channel_speaks_for_no_other() {
    let app = TestApp::start().await;
    for (id, number, waba, secret) in [
        ("a", "101", "10", "first"),
        ("a2", "102", "10", "first"),
        ("b", "201", "20", "second"),
        ("c", "301", "30", "none"),
    ] {
        let file = app.data().join(secret);
        std::fs::write(&file, format!("the {secret} secret")).unwrap();
        let mut channel = json!({"id": id, "name": id, "phone_number_id": number, "waba_id": waba});
        if secret != "none" {
            channel["app_secret"] = format!("file:{}", file.display()).into();
        }
        app.post("/api/v1/channels", &channel).await;
    }
    let text = |number: &str, wamid: &str| {
        json!({"field": "messages", "value": {"messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "49", "phone_number_id": number},
            "messages": [{"from": "491", "id": wamid, "timestamp": "1749416383",
                "type": "text", "text": {"body": "hello"}}]}})
    };
    let template = |number: Option<&str>| {
        let mut value = json!({"event": "DISABLED", "message_template_id": 1,
            "message_template_name": "order", "message_template_language": "de"});
        if let Some(number) = number {
            value["metadata"] = json!({"phone_number_id": number, "display_phone_number": "49"});
        }
        json!({"field": "message_template_status_update", "value": value})
    };
    let send = async |waba: &str, change: serde_json::Value| {
        let body = json!({"object": "whatsapp_business_account",
            "entry": [{"id": waba, "time": 1_749_416_383, "changes": [change]}]})
        .to_string();
        let secret = wharf_model::AppSecret::new("the first secret").unwrap();
        let signature = wharf_webhook::sign(&secret, body.as_bytes());
        let request = app.http.post(app.url("/webhooks/whatsapp/a"));
        let request = request.header("x-hub-signature-256", signature).body(body);
        assert_eq!(request.send().await.unwrap().status(), 200);
    };
    send("10", text("101", "wamid.own")).await;
    send("10", text("102", "wamid.same-app")).await;
    send("10", template(None)).await;
    send("10", text("201", "wamid.forged")).await;
    send("30", text("301", "wamid.of-the-gateway")).await;
    send("10", text("401", "wamid.of-nobody")).await;
    send("20", template(None)).await;
    send("20", template(Some("101"))).await;
    send("10", text("201", "wamid.forged")).await;
    app.until_applied().await;

    let messages = app.get("/api/v1/messages").await;
    let of = |message: &serde_json::Value| message["channel"].as_str().map(str::to_owned);
    let mut channels: Vec<_> = messages["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(of)
        .collect();
    channels.sort();
    assert_eq!(channels, [Some("a".to_owned()), Some("a2".to_owned())]);
    let events = app.events().await;
    let kept: Vec<_> = events
        .iter()
        .filter(|event| event["event"] == "unrecognised")
        .collect();
    assert_eq!(kept.len(), 5, "{events:?}");
    assert_eq!(events.len(), 8, "{events:?}");
    assert_eq!(kept[0]["session_id"], "a");
    assert_eq!(kept[0]["data"]["raw"]["update"]["id"], "wamid.forged");
    let letters = app.get("/api/v1/dead-letters?reason=wrong_signer").await;
    assert_eq!(letters["data"].as_array().unwrap().len(), 5, "{letters}");
    assert_eq!(letters["data"][0]["fix"]["action"], "create_channel");
    let known = app.get("/api/v1/channels").await;
    assert_eq!(known["data"].as_array().unwrap().len(), 5, "{known}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_signature_is_refused_before_its_channel_is_looked_for() {
    let app = TestApp::start().await;
    let url = app.url("/webhooks/whatsapp/nobody");
    let zeros = format!("sha256={}", "0".repeat(64));
    for (signature, status) in [("", 401), ("sha256=00", 401), (zeros.as_str(), 404)] {
        let request = app.http.post(&url).header("x-hub-signature-256", signature);
        assert_eq!(
            request.body("{}").send().await.unwrap().status(),
            status,
            "{signature}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_end_is_not_waited_for() {
    let app = TestApp::start().await;
    let address = app.url("").replace("http://", "");
    let address = address.trim_end_matches('/');
    let begun = format!(
        "POST /webhooks/whatsapp HTTP/1.1\r\nhost: {address}\r\ncontent-length: 100\r\n\
         x-hub-signature-256: sha256={}\r\n\r\n{{",
        "0".repeat(64)
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(begun.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let read = tokio::time::timeout(Duration::from_secs(40), stream.read_to_string(&mut answer));
    read.await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}
