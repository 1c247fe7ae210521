//! Tokens: asked for, looked at, and never shown.

use std::error::Error as _;
use std::time::Duration;

use serde_json::{Value, json};
use wharf_client::app::{App, AuthorizationCode, Grant};
use wharf_client::{Call, Error, Method};
use wharf_model::{AccessToken, AppSecret};

use super::told;
use crate::desk::{Desk, fixture};
use crate::wire::nobody;

const SECRET: &str = "canarySecretOfAnApp";
const CODE: &str = "AQcanaryCode";
const GRANTED: &str = "EAAJcanaryGranted";

fn app(desk: &Desk) -> App {
    desk.client().app(&"670843887433847".parse().unwrap())
}

fn secret() -> AppSecret {
    AppSecret::new(SECRET).unwrap()
}

/// Everything that a log line could show of an error.
fn shown(error: &Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut next = error.source();
    while let Some(source) = next {
        text = format!("{text} {source} {source:?}");
        next = source.source();
    }
    text
}

async fn granted(desk: &Desk, call: Call<Grant>, path: &str, answer: Value) -> Grant {
    desk.answer(200, answer);
    let grant = call.await.unwrap();
    let request = desk.last();
    assert_eq!(
        (&request.method, request.path.as_str()),
        (&Method::GET, path)
    );
    assert_eq!(request.authorization, None, "the token is of no use here");
    assert_eq!(grant.token().expose(), GRANTED);
    assert_eq!(grant.token_type(), Some("bearer"));
    let text = format!("{grant:?}");
    assert!(!text.contains(GRANTED), "{text}");
    grant
}

#[tokio::test]
async fn tokens_are_granted() {
    let desk = Desk::open().await;
    let app = app(&desk);
    let path = "oauth/access_token?client_id=670843887433847&client_secret=canarySecretOfAnApp\
        &grant_type=client_credentials";
    let answer = json!({"access_token": GRANTED, "token_type": "bearer"});
    let grant = granted(&desk, app.app_token(&secret()), path, answer).await;
    assert_eq!(grant.expires_in(), None);

    let code = AuthorizationCode::new(CODE);
    let redirect = "https://example.com/back?a=b".parse().unwrap();
    let path = "oauth/access_token?client_id=670843887433847&client_secret=canarySecretOfAnApp\
        &code=AQcanaryCode";
    let answer = json!({"access_token": GRANTED, "token_type": "bearer", "expires_in": 60,
        "new": 1});
    let call = app.business_token(&secret(), &code, None);
    let grant = granted(&desk, call, path, answer.clone()).await;
    assert_eq!(grant.expires_in(), Some(Duration::from_mins(1)));
    assert_eq!(grant.fields().count("new"), Some(1));
    let path = format!("{path}&redirect_uri=https%3A%2F%2Fexample.com%2Fback%3Fa%3Db");
    let call = app.business_token(&secret(), &code, Some(&redirect));
    granted(&desk, call, &path, answer).await;
}

#[tokio::test]
async fn a_token_is_looked_at() {
    let desk = Desk::open().await;
    let asked = AccessToken::new(GRANTED).unwrap();
    let request = (
        Method::GET,
        "debug_token?input_token=EAAJcanaryGranted",
        Value::Null,
    );
    let call = desk.client().debug_token(&asked);
    let info = told(&desk, call, request, fixture("response.debug_token")).await;
    assert_eq!(info.app_id().unwrap().as_str(), "670843887433847");
    assert_eq!(info.kind().as_deref(), Some("SYSTEM_USER"));
    assert_eq!((info.is_valid(), info.expires_at()), (Some(true), Some(0)));
    assert_eq!(info.scopes()[1], "whatsapp_business_messaging");
    let scope = &info.granular_scopes()[0];
    assert_eq!(scope.scope(), Some("whatsapp_business_management"));
    assert_eq!(scope.target_ids(), ["102290129340398"]);
    assert!(info.error().is_none());

    let ended = json!({"data": {"is_valid": false, "scopes": [],
        "error": {"code": 190, "message": "The session has expired", "subcode": 463}}});
    desk.answer(200, ended);
    let info = desk.client().debug_token(&asked).await.unwrap();
    assert_eq!(info.is_valid(), Some(false));
    let error = info.error().unwrap();
    assert_eq!((error.code(), error.subcode()), (Some(190), Some(463)));
    let authorization = desk.last().authorization;
    assert_eq!(authorization.as_deref(), Some("Bearer token"));
}

#[tokio::test]
async fn no_error_shows_a_secret_or_an_address() {
    let desk = Desk::open().await;
    let app = app(&desk);
    let code = AuthorizationCode::new(CODE);
    let asked = AccessToken::new(GRANTED).unwrap();
    let leak = format!("no {SECRET}, no {CODE}, no {GRANTED}");
    let refusal = json!({"error": {"message": leak, "code": 100, "type": "OAuthException"}});
    let all = [SECRET, CODE, GRANTED];

    // What Graph says is kept for who asks, without the secrets that this very call sent.
    desk.answer(400, refusal.clone());
    let call = app.business_token(&secret(), &code, None);
    assert!(!format!("{call:?}").contains(CODE), "{call:?}");
    let granting = call.await.unwrap_err();
    let told = granting.graph().unwrap();
    assert_eq!(
        told.message.as_deref(),
        Some(format!("no [secret], no [secret], no {GRANTED}").as_str())
    );
    assert!(!told.body.contains(SECRET) && !told.body.contains(CODE));
    desk.answer(400, refusal);
    let looking = desk.client().debug_token(&asked).await.unwrap_err();
    assert!(!looking.graph().unwrap().body.contains(GRANTED));

    let mut errors = vec![granting, looking];
    for answer in [
        json!({"access_token": ""}),
        json!({"token": GRANTED}),
        json!([]),
    ] {
        desk.answer(200, answer);
        errors.push(app.app_token(&secret()).await.unwrap_err());
    }
    let lost = wharf_client::Client::builder(asked.clone()).base_url(nobody().await);
    let lost = lost.build().unwrap();
    let id = "1".parse().unwrap();
    let call = lost.app(&id).business_token(&secret(), &code, None);
    errors.push(call.await.unwrap_err());
    errors.push(lost.debug_token(&asked).await.unwrap_err());
    for error in &errors {
        let shown = shown(error);
        for secret in all {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(!shown.contains("http://"), "{shown}");
    }
    assert_eq!(format!("{code:?}"), "AuthorizationCode(redacted)");
}
