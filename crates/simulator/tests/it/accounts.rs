//! Businesses, apps and tokens: who reaches what, and how tokens come and end.

use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;
use simulator::{App, Business, Clock, Number, Secret, Settings, Waba, WabaId};

use crate::fixtures::request;
use crate::kit::{APP, APP_TOKEN, Callback, PATIENCE, PHONE, Stage, TOKEN, USER, WABA, hex, quick};

/// One fixture of Meta's documentation.
pub(crate) fn fixture(name: &str) -> Value {
    request(&format!("{name}.json"))
}

/// The answer has the keys of the fixture, all of them and no others; of lists the first item tells.
pub(crate) fn same_keys(answer: &Value, fixture: &Value) {
    fn shape(value: &Value) -> Value {
        match value {
            Value::Object(fields) => fields
                .iter()
                .map(|(name, value)| (name.clone(), shape(value)))
                .collect(),
            Value::Array(items) => items.iter().take(1).map(shape).collect(),
            _ => Value::Null,
        }
    }
    assert_eq!(shape(answer), shape(fixture), "{answer}");
}

/// A second business with a WABA, a number and an app.
fn two() -> Settings {
    let other = Business {
        wabas: vec![Waba::new("700", "Other")],
        apps: vec![App {
            id: "900".into(),
            name: "Other".to_owned(),
            secret: Secret::from("other-secret"),
            ..App::default()
        }],
        ..Business::new("500", "Other")
    };
    let number = Number {
        waba: WabaId::from("700"),
        ..Number::new("70", "15550000070")
    };
    Settings {
        clock: Clock::fixed(Timestamp::constant(1_795_219_200, 0)),
        businesses: vec![Business::default(), other],
        numbers: vec![Number::default(), number],
        ..quick()
    }
}

async fn token(stage: &Stage, wish: &Value) -> String {
    let (status, answer) = stage.post("/sim/v1/tokens", wish).await;
    assert_eq!(status, 200, "{answer}");
    answer["token"].as_str().unwrap().to_owned()
}

fn code(answer: &Value) -> (i64, i64) {
    let number = |name: &str| answer["error"][name].as_i64().unwrap_or(0);
    (number("code"), number("error_subcode"))
}

#[tokio::test]
async fn one_business_does_not_see_the_other() {
    let stage = Stage::with(two()).await;
    let other = token(&stage, &json!({"app": "900"})).await;
    for (path, mine) in [
        (format!("/v24.0/{WABA}"), true),
        (format!("/v24.0/{PHONE}"), true),
        ("/v24.0/506914307656634".to_owned(), true),
        ("/v24.0/700".to_owned(), false),
        ("/v24.0/70".to_owned(), false),
        ("/v24.0/500".to_owned(), false),
        ("/v24.0/900".to_owned(), false),
    ] {
        let (seen, unseen) = if mine {
            (TOKEN, &*other)
        } else {
            (&*other, TOKEN)
        };
        assert_eq!(
            stage.call_as(seen, "GET", &path, None).await.0,
            200,
            "{path}"
        );
        let (status, answer) = stage.call_as(unseen, "GET", &path, None).await;
        assert_eq!((status, code(&answer)), (400, (100, 33)), "{path}");
    }
    let path = "/v24.0/70/messages";
    let (status, answer) = stage.post(path, &crate::kit::text("hi")).await;
    assert_eq!((status, code(&answer)), (400, (100, 33)));
    same_keys(&answer, &fixture("error.100-subcode33-object-missing"));
    let (status, _) = stage
        .call_as(&other, "POST", path, Some(&crate::kit::text("hi")))
        .await;
    assert_eq!(status, 200);
    stage.end().await;
}

#[tokio::test]
async fn a_token_does_what_it_permits_and_reaches_its_targets() {
    let stage = Stage::with(two()).await;
    let messaging = json!({"permissions": ["whatsapp_business_messaging"]});
    let messaging = token(&stage, &messaging).await;
    let (status, answer) = stage
        .call_as(&messaging, "GET", &format!("/v24.0/{WABA}"), None)
        .await;
    assert_eq!((status, code(&answer)), (403, (200, 0)));
    let details = answer["error"]["error_data"]["details"].as_str().unwrap();
    assert!(
        details.contains("whatsapp_business_management"),
        "{details}"
    );
    let send = format!("/v24.0/{PHONE}/messages");
    let text = crate::kit::text("hi");
    assert_eq!(
        stage
            .call_as(&messaging, "POST", &send, Some(&text))
            .await
            .0,
        200
    );

    let management = json!({"permissions": ["whatsapp_business_management"], "wabas": [WABA]});
    let management = token(&stage, &management).await;
    let (status, answer) = stage.call_as(&management, "POST", &send, Some(&text)).await;
    assert_eq!((status, code(&answer)), (403, (10, 0)));
    let path = format!("/v24.0/{WABA}");
    assert_eq!(stage.call_as(&management, "GET", &path, None).await.0, 200);
    let nowhere = token(&stage, &json!({"wabas": []})).await;
    let (_, answer) = stage.call_as(&nowhere, "GET", &path, None).await;
    assert_eq!(code(&answer), (100, 33));
    let (status, answer) = stage.call_as(APP_TOKEN, "GET", &path, None).await;
    assert_eq!((status, code(&answer)), (403, (200, 0)));
    stage.end().await;
}

#[tokio::test]
async fn tokens_end_by_the_clock_or_by_hand() {
    let stage = Stage::with(two()).await;
    let path = format!("/v24.0/{WABA}");
    let user = token(&stage, &json!({"kind": "user"})).await;
    assert_eq!(stage.call_as(&user, "GET", &path, None).await.0, 200);
    stage.simulator().clock().advance(Duration::from_hours(24));
    let (status, answer) = stage.call_as(&user, "GET", &path, None).await;
    assert_eq!((status, code(&answer)), (401, (190, 463)));
    same_keys(&answer, &fixture("error.190-expired"));
    let message = answer["error"]["message"].as_str().unwrap();
    assert!(message.contains("Session has expired on "), "{message}");
    assert!(message.contains("The current time is "), "{message}");
    assert!(!answer.to_string().contains(&user));

    let body = json!({"token": TOKEN});
    let (_, answer) = stage.call("DELETE", "/sim/v1/tokens", Some(&body)).await;
    assert_eq!(answer, json!({"success": true}));
    let (status, answer) = stage.get(&path).await;
    assert_eq!((status, code(&answer)), (401, (190, 460)));
    let (_, answer) = stage
        .get(&format!("/debug_token?input_token={TOKEN}&access_token="))
        .await;
    assert_eq!(code(&answer), (190, 460), "an empty parameter is none");
    let (status, answer) = stage
        .call_as(
            APP_TOKEN,
            "GET",
            &format!("/debug_token?input_token={TOKEN}"),
            None,
        )
        .await;
    assert_eq!(status, 200);
    assert_eq!(answer["data"]["is_valid"], false);
    assert_eq!(answer["data"]["error"]["subcode"], 460);
    let (_, answer) = stage
        .call_as(
            APP_TOKEN,
            "GET",
            &format!("/v24.0/debug_token?input_token={user}"),
            None,
        )
        .await;
    assert_eq!(answer["data"]["error"]["subcode"], 463);
    stage.end().await;
}

#[tokio::test]
async fn debug_token_and_me_tell_what_a_token_is() {
    let stage = Stage::new().await;
    let (status, answer) = stage
        .call_as(
            APP_TOKEN,
            "GET",
            &format!("/debug_token?input_token={TOKEN}"),
            None,
        )
        .await;
    assert_eq!(status, 200);
    let expected = fixture("response.debug_token");
    for name in [
        "app_id",
        "type",
        "application",
        "expires_at",
        "is_valid",
        "user_id",
    ] {
        assert_eq!(answer["data"][name], expected["data"][name], "{name}");
    }
    let scopes = answer["data"]["granular_scopes"].as_array().unwrap();
    for scope in expected["data"]["granular_scopes"].as_array().unwrap() {
        assert!(scopes.contains(scope), "{scope}");
    }
    let (_, answer) = stage.get("/debug_token?input_token=nonsense").await;
    assert_eq!(answer["data"]["is_valid"], false);
    assert_eq!(stage.get("/debug_token").await.0, 400);
    let (_, me) = stage.get("/v24.0/me").await;
    assert_eq!(me["id"], expected["data"]["user_id"]);
    let (status, answer) = stage.call_as(APP_TOKEN, "GET", "/me", None).await;
    assert_eq!((status, code(&answer)), (400, (2500, 0)));
    stage.end().await;
}

#[tokio::test]
async fn oauth_gives_app_tokens_and_exchanges_codes_once() {
    let stage = Stage::with(two()).await;
    let client = format!("client_id={APP}&client_secret=simulated-app-secret");
    for version in ["", "/v24.0"] {
        let path = format!("{version}/oauth/access_token?grant_type=client_credentials&{client}");
        let answer = stage.http.get(stage.url(&path)).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        assert_eq!(answer["access_token"], APP_TOKEN);
        assert_eq!(answer["token_type"], "bearer");
    }
    let path = format!("/oauth/access_token?client_id={APP}&client_secret=wrong");
    let (status, answer) = stage.get(&path).await;
    assert_eq!((status, code(&answer)), (400, (1, 0)));

    let wish = json!({"business": "500", "wabas": ["700"], "redirect_uri": "https://a.test/"});
    let (_, made) = stage.post("/sim/v1/codes", &wish).await;
    let code_text = made["code"].as_str().unwrap();
    let path =
        format!("/oauth/access_token?{client}&code={code_text}&redirect_uri=https://a.test/");
    let (status, answer) = stage.get(&path).await;
    assert_eq!(status, 200, "{answer}");
    let customer = answer["access_token"].as_str().unwrap();
    assert_eq!(
        stage.call_as(customer, "GET", "/v24.0/700", None).await.0,
        200
    );
    let (_, foreign) = stage
        .call_as(customer, "GET", &format!("/v24.0/{WABA}"), None)
        .await;
    assert_eq!(code(&foreign), (100, 33));
    assert_eq!(code(&stage.get(&path).await.1), (100, 36009));

    let (_, made) = stage.post("/sim/v1/codes", &json!({})).await;
    let code_text = made["code"].as_str().unwrap();
    stage.simulator().clock().advance(Duration::from_secs(601));
    let path = format!("/oauth/access_token?{client}&code={code_text}");
    assert_eq!(code(&stage.get(&path).await.1), (100, 36007));
    stage.end().await;
}

#[tokio::test]
async fn a_proof_is_checked_when_sent_and_demanded_when_required() {
    let settings = Settings {
        app: App {
            requires_proof: true,
            ..App::default()
        },
        ..quick()
    };
    let stage = Stage::with(settings).await;
    let mut mac = Hmac::<Sha256>::new_from_slice(b"simulated-app-secret").unwrap();
    mac.update(TOKEN.as_bytes());
    let proof = hex(&mac.finalize().into_bytes());
    let path = format!("/v24.0/{WABA}");
    let (status, answer) = stage.get(&path).await;
    assert_eq!((status, code(&answer)), (400, (100, 0)));
    let (status, answer) = stage.get(&format!("{path}?appsecret_proof=00")).await;
    assert_eq!((status, code(&answer)), (400, (100, 0)));
    let proven = format!("{path}?appsecret_proof={proof}");
    assert_eq!(stage.get(&proven).await.0, 200);
    let body = json!({"name": "Proven", "appsecret_proof": proof});
    assert_eq!(stage.post(&path, &body).await.0, 200);
    let send = format!("/v24.0/{PHONE}/messages?appsecret_proof={proof}");
    assert_eq!(stage.post(&send, &crate::kit::text("hi")).await.0, 200);
    stage.end().await;
}

#[tokio::test]
async fn ended_versions_are_served_and_unknown_ones_are_not() {
    let stage = Stage::new().await;
    for version in ["v2.3", "v13.0", "v20.0", "v21.0", "v26.0"] {
        let (status, _) = stage.get(&format!("/{version}/{WABA}")).await;
        assert_eq!(status, 200, "{version}");
    }
    for version in ["v27.0", "v20.1", "v0.9", "v020.0", "24.0", "version"] {
        let (status, answer) = stage.get(&format!("/{version}/{WABA}")).await;
        assert_eq!((status, code(&answer)), (400, (2500, 0)), "{version}");
    }
    stage.end().await;
}

#[tokio::test]
async fn every_subscribed_app_gets_its_own_signed_copy() {
    let (stage, first, second) = (
        Stage::with(two()).await,
        Callback::new().await,
        Callback::new().await,
    );
    stage.simulator().subscribe(&first.url).await.unwrap();
    // The other business's app serves this WABA as a partner.
    let partner = json!({"app": "900", "business": "506914307656634"});
    let partner = token(&stage, &partner).await;
    let wish = json!({"object": "whatsapp_business_account", "callback_url": second.url,
                      "verify_token": "simulated-verify-token", "fields": ["messages"]});
    let path = "/v24.0/900/subscriptions";
    let own = "900|other-secret";
    let (status, answer) = stage.call_as(&partner, "POST", path, Some(&wish)).await;
    assert_eq!((status, code(&answer)), (400, (15, 0)));
    let (status, answer) = stage.call_as(APP_TOKEN, "POST", path, Some(&wish)).await;
    assert_eq!((status, code(&answer)), (400, (15, 0)));
    assert_eq!(stage.call_as(own, "POST", path, Some(&wish)).await.0, 200);
    let apps = format!("/v24.0/{WABA}/subscribed_apps");
    assert_eq!(
        stage
            .call_as(&partner, "POST", &apps, Some(&json!({})))
            .await
            .0,
        200
    );
    let (_, listed) = stage.get(&apps).await;
    let ids: Vec<_> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|app| app["whatsapp_business_api_data"]["id"].clone())
        .collect();
    assert_eq!(ids, [json!(APP), json!("900")]);

    stage.simulator().user(USER).says("hi").await.unwrap();
    let copies = [(&first, "simulated-app-secret"), (&second, "other-secret")];
    for (callback, secret) in copies {
        let got = callback.wait(1).await;
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(&got[0].body);
        let signature = format!("sha256={}", hex(&mac.finalize().into_bytes()));
        assert_eq!(got[0].headers["x-hub-signature-256"], signature.as_str());
    }
    let event = stage.simulator().trigger("account.approved", Value::Null);
    event.await.unwrap();
    first.wait(2).await;
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    assert_eq!(second.got().len(), 1, "it did not ask for account fields");

    let (_, shown) = stage.call_as(own, "GET", path, None).await;
    assert_eq!(
        shown,
        json!({"data": [{"object": "whatsapp_business_account", "callback_url": second.url,
            "active": true, "fields": [{"name": "messages", "version": "v24.0"}]}]})
    );
    let wrong = json!({"object": "whatsapp_business_account", "callback_url": second.url,
                       "verify_token": "t", "fields": "no_such_field"});
    let (_, answer) = stage.call_as(own, "POST", path, Some(&wrong)).await;
    assert!(
        answer["error"]["message"]
            .as_str()
            .unwrap()
            .contains("no_such_field")
    );
    assert_eq!(stage.call_as(own, "DELETE", path, None).await.0, 200);
    assert_eq!(
        stage.call_as(own, "GET", path, None).await.1,
        json!({"data": []})
    );
    stage.simulator().user(USER).says("hi").await.unwrap();
    first.wait(3).await;
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    assert_eq!(second.got().len(), 1);
    stage.end().await;
}

#[tokio::test]
async fn everything_can_be_made_while_it_runs() {
    let stage = Stage::new().await;
    let (_, business) = stage
        .post("/sim/v1/businesses", &json!({"name": "New"}))
        .await;
    let (_, app) = stage
        .post(
            "/sim/v1/apps",
            &json!({"name": "New", "business": business["id"]}),
        )
        .await;
    let (_, waba) = stage
        .post(
            "/sim/v1/wabas",
            &json!({"name": "New", "business": business["id"]}),
        )
        .await;
    let number = json!({"waba": waba["id"], "display_phone_number": "4930123456",
                        "calling_code": "49"});
    let (_, number) = stage.post("/sim/v1/numbers", &number).await;
    let token = token(&stage, &json!({"app": app["id"]})).await;
    let path = format!("/v24.0/{}/messages", number["id"].as_str().unwrap());
    let (status, answer) = stage
        .call_as(&token, "POST", &path, Some(&crate::kit::text("hi")))
        .await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(stage.simulator().businesses().len(), 2);
    let twice = json!({"id": business["id"], "name": "Again"});
    assert_eq!(stage.post("/sim/v1/businesses", &twice).await.0, 400);
    let lost = json!({"waba": "1", "display_phone_number": "1"});
    assert_eq!(stage.post("/sim/v1/numbers", &lost).await.0, 404);
    stage.end().await;
}
