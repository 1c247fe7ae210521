//! Subscribing over the Graph API: the real challenge, fields, overrides.

use serde_json::{Value, json};
use simulator::{Number, PhoneNumberId, Settings, SimulatorError, WabaId};

use crate::kit::{APP, APP_TOKEN, Callback, PATIENCE, PHONE, Stage, USER, WABA, quick};

fn wish(url: &str, token: &str, fields: &str) -> Value {
    json!({"object": "whatsapp_business_account", "callback_url": url,
           "verify_token": token, "fields": fields})
}

/// Posts with the app's own token, which its subscriptions take.
async fn post_as_app(stage: &Stage, path: &str, body: &Value) -> (u16, Value) {
    stage.call_as(APP_TOKEN, "POST", path, Some(body)).await
}

#[tokio::test]
async fn a_callback_is_taken_only_when_it_echoes() {
    let (stage, callback) = (Stage::new().await, Callback::with_token("mine").await);
    let path = format!("/v24.0/{APP}/subscriptions");
    let (status, answer) =
        post_as_app(&stage, &path, &wish(&callback.url, "wrong", "messages")).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(2200)));
    let message = answer["error"]["message"].as_str().unwrap();
    assert!(message.contains("HTTP Status Code = 403"), "{message}");
    let (status, answer) = post_as_app(
        &stage,
        &path,
        &wish("http://127.0.0.1:1/hook", "mine", "messages"),
    )
    .await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(2200)));
    let (status, answer) = post_as_app(
        &stage,
        &path,
        &wish(&stage.url("/sim/v1"), "mine", "messages"),
    )
    .await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(2200)));
    assert!(
        answer["error"]["message"]
            .as_str()
            .unwrap()
            .contains("not echoed")
    );

    let answer = post_as_app(&stage, &path, &wish(&callback.url, "mine", "messages")).await;
    assert_eq!(answer, (200, json!({"success": true})));
    let path = format!("/v24.0/{WABA}/subscribed_apps");
    assert_eq!(stage.get(&path).await.1, json!({"data": []}));
    assert_eq!(
        stage.post(&path, &json!({})).await,
        (200, json!({"success": true}))
    );
    assert_eq!(
        stage.get(&path).await.1["data"][0]["whatsapp_business_api_data"]["id"],
        APP
    );
    stage.simulator().user(USER).says("hi").await.unwrap();
    callback.wait(1).await;

    assert_eq!(
        stage.call("DELETE", &path, None).await,
        (200, json!({"success": true}))
    );
    stage.simulator().user(USER).says("hi").await.unwrap();
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    assert_eq!(callback.got().len(), 1);
    stage.end().await;
}

#[tokio::test]
async fn the_apps_own_token_and_a_form_body_will_do() {
    let (stage, callback) = (Stage::new().await, Callback::new().await);
    let form = [
        ("object", "whatsapp_business_account"),
        ("callback_url", callback.url.as_str()),
        ("verify_token", "simulated-verify-token"),
        ("fields", "messages,account_update"),
    ];
    let body: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let token = format!("{APP}%7Csimulated-app-secret");
    let answer = stage
        .http
        .post(stage.url(&format!("/v24.0/{APP}/subscriptions?access_token={token}")))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let (_, shown) = stage.get("/sim/v1/state").await;
    assert_eq!(
        shown["subscriptions"]["app"]["fields"],
        json!(["account_update", "messages"])
    );
    stage.end().await;
}

#[tokio::test]
async fn missing_parameters_are_named() {
    let stage = Stage::new().await;
    let path = format!("/v24.0/{APP}/subscriptions");
    for (body, name) in [
        (json!({}), "object"),
        (
            json!({"object": "whatsapp_business_account"}),
            "callback_url",
        ),
        (
            json!({"object": "whatsapp_business_account", "callback_url": "http://x"}),
            "verify_token",
        ),
        (json!({"object": "user"}), "object"),
    ] {
        let (status, answer) = post_as_app(&stage, &path, &body).await;
        assert_eq!((status, &answer["error"]["code"]), (400, &json!(100)));
        assert!(answer["error"]["message"].as_str().unwrap().contains(name));
    }
    let long = format!("http://x.test/{}", "a".repeat(200));
    let (status, _) = post_as_app(&stage, &path, &wish(&long, "t", "messages")).await;
    assert_eq!(status, 400);
    stage.end().await;
}

#[tokio::test]
async fn only_the_fields_asked_for_come() {
    let (stage, callback) = (Stage::new().await, Callback::new().await);
    let path = format!("/v24.0/{APP}/subscriptions");
    post_as_app(
        &stage,
        &path,
        &wish(&callback.url, "simulated-verify-token", "account_update"),
    )
    .await;
    stage
        .post(&format!("/v24.0/{WABA}/subscribed_apps"), &json!({}))
        .await;
    let unheard = stage
        .simulator()
        .trigger("message.text", Value::Null)
        .await
        .unwrap();
    assert_eq!(unheard.update, None);
    stage
        .simulator()
        .trigger("account.restricted", Value::Null)
        .await
        .unwrap();
    let got = callback.wait(1).await;
    assert_eq!(
        got[0].json()["entry"][0]["changes"][0]["field"],
        "account_update"
    );
    stage.end().await;
}

#[tokio::test]
async fn overrides_take_number_before_waba_before_app() {
    let second = Number {
        waba: WabaId::from("2"),
        ..Number::new("20", "15550000020")
    };
    let numbers = vec![Number::default(), Number::new("10", "15550000010"), second];
    let stage = Stage::with(Settings { numbers, ..quick() }).await;
    let (app, waba, number) = (
        Callback::new().await,
        Callback::new().await,
        Callback::new().await,
    );
    stage.simulator().subscribe(&app.url).await.unwrap();
    let token = "simulated-verify-token";
    let body = json!({"override_callback_uri": waba.url, "verify_token": token});
    let path = format!("/v24.0/{WABA}/subscribed_apps");
    assert_eq!(stage.post(&path, &body).await.0, 200);
    assert_eq!(
        stage.get(&path).await.1["data"][0]["override_callback_uri"],
        json!(waba.url)
    );
    let body = json!({"webhook_configuration":
                      {"override_callback_uri": number.url, "verify_token": token}});
    assert_eq!(stage.post("/v24.0/10", &body).await.0, 200);

    let user = stage.simulator().user(USER);
    for id in [PHONE, "10", "20"] {
        user.with(id).says(id).await.unwrap();
    }
    stage
        .simulator()
        .trigger("template.paused", Value::Null)
        .await
        .unwrap();
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    let bodies = |callback: &Callback| -> Vec<Value> {
        let got = callback.got();
        got.iter()
            .map(|got| got.json()["entry"][0]["changes"][0]["value"].clone())
            .map(|value| {
                value
                    .pointer("/messages/0/text/body")
                    .unwrap_or(&value["event"])
                    .clone()
            })
            .collect()
    };
    assert_eq!(bodies(&waba), [json!(PHONE)]);
    assert_eq!(bodies(&number), [json!("10")]);
    let mut of_app = bodies(&app);
    of_app.sort_by_key(Value::to_string);
    assert_eq!(of_app, [json!("20"), json!("PAUSED")]);

    let wrong = json!({"override_callback_uri": waba.url, "verify_token": "wrong"});
    assert_eq!(stage.post(&path, &wrong).await.1["error"]["code"], 2200);
    assert_eq!(stage.post(&path, &json!({})).await.0, 200);
    user.says("back").await.unwrap();
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    assert!(bodies(&app).contains(&json!("back")));
    assert_eq!(
        stage.simulator().settings().numbers[1].id,
        PhoneNumberId::from("10")
    );
    stage.end().await;
}

#[tokio::test]
async fn the_library_refuses_too() {
    let (stage, callback) = (Stage::new().await, Callback::with_token("mine").await);
    let refused = stage.simulator().subscribe(&callback.url).await;
    assert!(matches!(refused, Err(SimulatorError::Challenge { .. })));
    stage
        .simulator()
        .subscribe_with(&callback.url, "mine")
        .await
        .unwrap();
    stage.end().await;
}

/// Subscribes an app to everything of the WABA, with payloads of a version.
async fn subscribe_app(stage: &Stage, app: &str, secret: &str, version: &str, url: &str) {
    let path = format!("/{version}/{app}/subscriptions");
    let mut wish = wish(url, "simulated-verify-token", "");
    wish.as_object_mut().unwrap().remove("fields");
    let token = format!("{app}|{secret}");
    let (status, answer) = stage.call_as(&token, "POST", &path, Some(&wish)).await;
    assert_eq!(status, 200, "{answer}");
    let token = json!({"app": app});
    let (_, token) = stage.post("/sim/v1/tokens", &token).await;
    let path = format!("/{version}/{WABA}/subscribed_apps");
    let token = token["token"].as_str().unwrap();
    let (status, answer) = stage.call_as(token, "POST", &path, Some(&json!({}))).await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test]
async fn a_retry_goes_to_every_app_and_payloads_have_the_version_asked_for() {
    let stage = Stage::new().await;
    let (old, new) = (Callback::new().await, Callback::new().await);
    let second = json!({"id": "77", "name": "Second", "secret": "second-secret"});
    assert_eq!(stage.post("/sim/v1/apps", &second).await.0, 200);
    subscribe_app(&stage, APP, "simulated-app-secret", "v23.0", &old.url).await;
    subscribe_app(&stage, "77", "second-secret", "v24.0", &new.url).await;

    old.answers([500, 200]);
    stage.simulator().user(USER).says("hi").await.unwrap();
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    assert_eq!(old.got().len(), 2);
    let got = new.got();
    assert_eq!(got.len(), 2, "it answered with 200 and hears of it again");
    assert_eq!(got[0].body, got[1].body);
    let signature = |n: usize| got[n].headers["x-hub-signature-256"].clone();
    assert_eq!(signature(0), signature(1), "with its own secret");
    assert_ne!(old.got()[1].headers["x-hub-signature-256"], signature(1));

    // What fails as a repetition is not tried again for it.
    old.answers([500, 200]);
    new.answers([200, 500]);
    stage.simulator().user(USER).says("hi").await.unwrap();
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    assert_eq!((old.got().len(), new.got().len()), (4, 4));

    let value = |callback: &Callback, n: usize| {
        callback.got()[n].json()["entry"][0]["changes"][0]["value"].clone()
    };
    let trigger = async |event: &str| {
        let triggered = stage.simulator().trigger(event, Value::Null).await;
        triggered.unwrap();
        stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    };
    trigger("business.verified").await;
    assert_eq!(value(&old, 4)["max_daily_conversation_per_phone"], -1);
    assert_eq!(value(&new, 4)["max_daily_conversations_per_business"], -1);
    stage.text("hi").await;
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    let statuses = |callback: &Callback| {
        let conversation = |n: usize| {
            value(callback, n)["statuses"][0]
                .get("conversation")
                .is_some()
        };
        [conversation(5), conversation(6)]
    };
    assert_eq!(statuses(&old), [true, true]);
    assert_eq!(statuses(&new), [false, false]);
    stage.end().await;
}

#[tokio::test]
async fn a_partners_portfolio_names_the_entry_and_shares_the_account() {
    let (stage, callback) = crate::kit::subscribed().await;
    let partner = json!({"id": "2949482758682047", "name": "Partner"});
    assert_eq!(stage.post("/sim/v1/businesses", &partner).await.0, 200);
    let trigger = async |event: &str| {
        let triggered = stage.simulator().trigger(event, Value::Null).await.unwrap();
        let entry = &triggered.notification["entry"][0];
        assert_eq!(entry["id"], "2949482758682047");
        entry["changes"][0]["value"].clone()
    };
    let shared = || {
        let businesses = stage.simulator().businesses().into_iter();
        let mut partners = businesses.filter(|known| known.id.as_str() == "2949482758682047");
        partners.next().unwrap().client_wabas
    };
    assert_eq!(trigger("partner.added").await["waba_info"]["waba_id"], WABA);
    assert_eq!(shared(), [WabaId::from(WABA)]);
    let value = trigger("partner.disconnected").await;
    assert_eq!(value["disconnection_info"]["reason"], "PRIMARY_INACTIVITY");
    assert!(shared().is_empty());
    trigger("partner.app_installed").await;
    let value = trigger("partner.app_uninstalled").await;
    assert_eq!(value["waba_info"]["partner_app_id"], APP);
    callback.wait(4).await;
    let path = format!("/v24.0/{WABA}/subscribed_apps");
    assert_eq!(stage.get(&path).await.1, json!({"data": []}));
    stage.end().await;
}
