//! The admin API: what it shows and moves.

use serde_json::{Value, json};

use crate::kit::{Callback, PATIENCE, PHONE, Stage, USER, subscribed, text};

#[tokio::test]
async fn the_index_lists_routes_that_exist() {
    let stage = Stage::new().await;
    let (_, index) = stage.get("/sim/v1").await;
    for route in index["routes"].as_array().unwrap() {
        let (method, path) = route["route"].as_str().unwrap().split_once(' ').unwrap();
        let path = path.replace("{user}", "16505551234").replace("{id}", "1");
        let path = path.replace("{event}", "nothing");
        let (status, answer) = stage.call(method, &path, Some(&json!({}))).await;
        assert!(status != 405 && status < 500, "{method} {path}: {status}");
        let not_simulated = answer.to_string().contains("Not simulated");
        assert!(
            !not_simulated && answer["error"]["code"].is_null(),
            "{method} {path}: {answer}"
        );
    }
    stage.end().await;
}

#[tokio::test]
async fn users_write_read_and_tap_from_outside() {
    let (stage, callback) = subscribed().await;
    let base = "/sim/v1/users/16505551234";
    let (_, user) = stage
        .call(
            "PATCH",
            base,
            Some(&json!({"name": "Sheena Nelson", "auto_read": false})),
        )
        .await;
    assert_eq!(user["name"], "Sheena Nelson");
    let (status, sent) = stage
        .post(&format!("{base}/messages"), &json!({"text": "hi"}))
        .await;
    assert_eq!((status, &sent["event"]), (200, &json!("message.text")));
    let value = callback.values(1).await.remove(0);
    assert_eq!(value["messages"][0]["id"], sent["wamid"]);
    let place = json!({"type": "location", "location": {"latitude": 1.0, "longitude": 2.0}});
    assert_eq!(stage.post(&format!("{base}/messages"), &place).await.0, 200);
    assert_eq!(
        stage.post(&format!("{base}/messages"), &json!({})).await.0,
        400
    );

    let buttons = json!({"messaging_product": "whatsapp", "to": USER, "type": "interactive",
        "interactive": {"type": "button", "body": {"text": "Choose"}, "action": {"buttons": [
            {"type": "reply", "reply": {"id": "yes", "title": "Yes"}}]}}});
    let wamid = stage.send(&buttons).await.1["messages"][0]["id"].clone();
    callback.wait(4).await;
    let act = async |what: &str, body: Value| stage.post(&format!("{base}/{what}"), &body).await;
    assert_eq!(act("read", json!({"wamid": wamid})).await.0, 200);
    assert_eq!(
        act("tap", json!({"wamid": wamid, "button": "yes"})).await.0,
        200
    );
    assert_eq!(
        act("react", json!({"wamid": wamid, "emoji": "👍"})).await.0,
        200
    );
    assert_eq!(
        act("pick", json!({"wamid": wamid, "row": "1"})).await.0,
        400
    );
    assert_eq!(act("read", json!({"wamid": "wamid.x"})).await.0, 404);
    let (_, chat) = stage
        .get(&format!("{base}/chat?phone_number_id={PHONE}"))
        .await;
    let kinds: Vec<_> = chat["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["kind"])
        .collect();
    assert_eq!(
        kinds,
        ["text", "location", "interactive", "interactive", "reaction"]
    );
    assert_eq!(chat["data"][2]["status"], "read");
    let (_, users) = stage.get("/sim/v1/users").await;
    assert_eq!(users["data"].as_array().unwrap().len(), 1);
    stage.end().await;
}

#[tokio::test]
async fn accepted_deliveries_faults_and_clock() {
    let (stage, _callback) = subscribed().await;
    let fault = json!({"trouble": {"graph": {"code": 130_429}}, "times": 1});
    let (status, made) = stage.post("/sim/v1/faults", &fault).await;
    assert_eq!(status, 200, "{made}");
    assert_eq!(
        stage.get("/sim/v1/faults").await.1["data"][0]["id"],
        made["id"]
    );
    assert_eq!(stage.send(&text("hi")).await.1["error"]["code"], 130_429);
    for trouble in ["cut_before_accepting", "cut_after_accepting"] {
        let (status, made) = stage
            .post("/sim/v1/faults", &json!({"trouble": trouble}))
            .await;
        assert_eq!(status, 200, "{made}");
        let path = format!("/sim/v1/faults/{}", made["id"]);
        assert_eq!(
            stage.call("DELETE", &path, None).await.1,
            json!({"success": true})
        );
    }
    assert_eq!(
        stage
            .post("/sim/v1/faults", &json!({"trouble": "rain"}))
            .await
            .0,
        400
    );

    let mut body = text("hi");
    body["biz_opaque_callback_data"] = json!("twice");
    stage.send(&body).await;
    stage.send(&body).await;
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    assert_eq!(
        stage.get("/sim/v1/accepted/count").await.1,
        json!({"count": 2})
    );
    let (_, accepted) = stage.get("/sim/v1/accepted").await;
    assert_eq!(accepted["data"][0]["body"]["text"]["body"], "hi");
    assert_eq!(accepted["data"][0]["phone_number_id"], PHONE);
    assert_eq!(accepted["data"][0]["statuses"][1]["status"], "delivered");
    let (_, twice) = stage.get("/sim/v1/accepted/duplicates").await;
    assert_eq!(twice["data"][0]["callback_data"], "twice");
    let (_, page) = stage.get("/sim/v1/deliveries?limit=3").await;
    assert_eq!(page["data"].as_array().unwrap().len(), 3);
    let (_, page) = stage
        .get(&format!("/sim/v1/deliveries?after={}", page["next"]))
        .await;
    assert_eq!(page["data"].as_array().unwrap().len(), 1);
    assert_eq!(page["data"][0]["attempts"][0]["status"], 200);

    let stop = json!({"frozen": true, "set": "2026-12-24T18:00:00Z", "advance_ms": 1500});
    let (_, clock) = stage.post("/sim/v1/clock", &stop).await;
    assert_eq!(
        clock,
        json!({"now": "2026-12-24T18:00:01.5Z", "frozen": true, "speed": 0.0, "next": null})
    );
    let (_, settings) = stage
        .call(
            "PATCH",
            "/sim/v1/settings",
            Some(&json!({"auto_read": true, "read_ms": 5})),
        )
        .await;
    assert_eq!(
        (&settings["auto_read"], &settings["read_ms"]),
        (&json!(true), &json!(5))
    );
    assert!(!settings.to_string().contains("simulated-app-secret"));
    stage.end().await;
}

#[tokio::test]
async fn subscribing_and_triggering_from_outside() {
    let (stage, callback) = (Stage::new().await, Callback::with_token("mine").await);
    let wish = json!({"callback_url": callback.url});
    assert_eq!(stage.post("/sim/v1/subscribe", &wish).await.0, 400);
    let wish = json!({"callback_url": callback.url, "verify_token": "mine"});
    assert_eq!(stage.post("/sim/v1/subscribe", &wish).await.0, 200);
    let (_, events) = stage.get("/sim/v1/trigger").await;
    assert!(events["data"].as_array().unwrap().len() >= 20);
    let (status, sent) = stage
        .post(
            "/sim/v1/trigger/message.text",
            &json!({"text": "from outside"}),
        )
        .await;
    assert_eq!(status, 200);
    let got = callback.wait(1).await.remove(0);
    assert_eq!(got.json(), sent["notification"]);
    assert_eq!(
        stage.post("/sim/v1/trigger/nothing", &json!({})).await.0,
        404
    );
    let (_, shown) = stage.get("/sim/v1/state").await;
    assert_eq!(shown["users"], 1);
    stage.end().await;
}
