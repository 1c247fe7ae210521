//! Apps: where their notifications go, and whose they get.

use std::collections::HashMap;

use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use wharf_client::{Client, Method};
use wharf_model::{AccessToken, Field, VerifyToken};

use super::{WABA, done, refused};
use crate::desk::{Desk, fixture};
use crate::platform::{Platform, token};

const APPS: &str = "102290129340398/subscribed_apps";

fn verify() -> VerifyToken {
    VerifyToken::new("myvoiceismypassport?").unwrap()
}

#[tokio::test]
async fn an_app_follows_a_waba() {
    let desk = Desk::open().await;
    let waba = desk.client().waba(&WABA.parse().unwrap());
    done(&desk, waba.subscribe_app(), Method::POST, APPS, json!({})).await;
    let callback = "https://my-waba-alternate-callback.com/webhook";
    let body = fixture("request.subscribed_apps-override");
    let call = waba.override_webhook(&callback.parse().unwrap(), &verify());
    assert!(!format!("{call:?}").contains("passport"));
    done(&desk, call, Method::POST, APPS, body).await;
    let call = waba.unsubscribe_app();
    done(&desk, call, Method::DELETE, APPS, Value::Null).await;
    let long = format!("https://example.com/{}", "x".repeat(200));
    let call = waba.override_webhook(&long.parse().unwrap(), &verify());
    assert!(refused(call).await.contains("over 200 characters"));

    let answer = fixture("response.subscribed_apps");
    desk.answer(200, answer.clone());
    let apps = waba.subscribed_apps().next_page().await.unwrap().unwrap();
    assert_eq!(desk.last().path, APPS);
    assert_eq!(serde_json::to_value(&apps).unwrap(), answer["data"]);
    assert_eq!(apps[0].id().unwrap().as_str(), "670843887433847");
    assert_eq!(apps[0].name().as_deref(), Some("Lucky Shrub"));
    assert_eq!(apps[0].override_callback_uri(), Some(callback));
}

#[tokio::test]
async fn an_app_names_its_callback() {
    let desk = Desk::open().await;
    let app = desk.client().app(&"670843887433847".parse().unwrap());
    let callback = "https://example.com/webhook".parse().unwrap();
    let fields = [Field::Messages, Field::MessageTemplateStatusUpdate];
    let body = json!({
        "object": "whatsapp_business_account", "callback_url": "https://example.com/webhook",
        "verify_token": "myvoiceismypassport?",
        "fields": "messages,message_template_status_update"
    });
    let call = app.subscribe(&callback, &verify(), &fields);
    let path = "670843887433847/subscriptions";
    done(&desk, call, Method::POST, path, body).await;
}

#[tokio::test]
async fn the_simulator_knows_who_follows() {
    let platform = Platform::start().await;
    let waba = platform.client.waba(&WABA.parse().unwrap());
    waba.unsubscribe_app().await.unwrap();
    let none = waba.subscribed_apps().next_page().await.unwrap().unwrap();
    assert!(none.is_empty());
    waba.subscribe_app().await.unwrap();
    let apps = waba.subscribed_apps().next_page().await.unwrap().unwrap();
    assert!(apps[0].id().is_some() && apps[0].name().is_some());

    let (callback, _hook) = hook().await;
    waba.override_webhook(&callback, &verify()).await.unwrap();
    let apps = waba.subscribed_apps().next_page().await.unwrap().unwrap();
    assert_eq!(apps[0].override_callback_uri(), Some(callback.as_str()));
    let own = AccessToken::new("670843887433847|simulated-app-secret").unwrap();
    let client = platform.client.with_token(own).unwrap();
    let app = client.app(&apps[0].id().unwrap());
    let fields = [Field::Messages, Field::Flows];
    app.subscribe(&callback, &verify(), &fields).await.unwrap();
    let nobody = crate::wire::nobody().await;
    let error = app.subscribe(&nobody, &verify(), &fields).await;
    assert!(error.unwrap_err().graph().is_some());
}

/// A callback that repeats a challenge, as long as the set lives.
async fn hook() -> (url::Url, JoinSet<()>) {
    let answer = |Query(pairs): Query<HashMap<String, String>>| async move {
        assert_eq!(pairs["hub.verify_token"], verify().expose());
        pairs["hub.challenge"].clone()
    };
    let router = Router::new().route("/webhook", get(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/webhook", listener.local_addr().unwrap());
    let mut task = JoinSet::new();
    task.spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url.parse().unwrap(), task)
}

#[tokio::test]
async fn a_portfolio_shares_user_ids() {
    let desk = Desk::open().await;
    let business = desk.client().business(&"506914307656634".parse().unwrap());
    let path = "506914307656634/parent-bsuid-accounts";
    let answer = json!({"parent_bsuid_account_id": "9",
        "enrolled_business_portfolios": ["506914307656634", "506914307656635"]});
    let call = business.parent_bsuid_account();
    assert_eq!(call.url().unwrap().path(), format!("/api/{path}"));
    let request = (Method::GET, path, Value::Null);
    let account = super::told(&desk, call, request, answer).await;
    assert_eq!(account.parent_bsuid_account_id(), Some("9"));
    assert_eq!(account.enrolled_business_portfolios().len(), 2);
}

#[tokio::test]
async fn calls_off_graph_have_a_host_of_their_own() {
    let address = |client: &Client| {
        let business = client.business(&"1".parse().unwrap());
        business.parent_bsuid_account().url().unwrap().to_string()
    };
    let builder = || Client::builder(token());
    let client = builder().build().unwrap();
    assert_eq!(
        address(&client),
        "https://api.facebook.com/1/parent-bsuid-accounts"
    );
    // A client of a simulator shows nothing to Meta.
    let base: url::Url = "http://127.0.0.1:4000/graph/".parse().unwrap();
    let client = builder().base_url(base.clone()).build().unwrap();
    assert_eq!(
        address(&client),
        "http://127.0.0.1:4000/graph/1/parent-bsuid-accounts"
    );
    let api = "http://127.0.0.1:4001".parse().unwrap();
    let client = builder().base_url(base).api_base_url(api).build().unwrap();
    assert_eq!(
        address(&client),
        "http://127.0.0.1:4001/1/parent-bsuid-accounts"
    );
    let bad = "ftp://127.0.0.1".parse().unwrap();
    assert!(builder().api_base_url(bad).build().is_err());
}
