//! Bad and good webhooks at the door.

use serde_json::json;

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
