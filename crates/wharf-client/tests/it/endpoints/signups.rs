//! In-app signups: make, list, read, change.

use serde_json::{Value, json};
use wharf_client::Method;
use wharf_client::signup::{NewSignup, SignupStatus, SignupUpdate};

use super::{WABA, told};
use crate::desk::Desk;

const SIGNUP: &str = "9876543210123456";

fn details() -> Value {
    json!({
        "id": SIGNUP, "waba_id": WABA, "status": "PAUSED", "signup_message": "News?",
        "confirmation_message": "Your code is {{promo_code}}", "promo_code": "TEN",
        "privacy_policy_url": "https://example.com/privacy", "later": [1]
    })
}

#[tokio::test]
async fn signups_are_made_and_listed() {
    let desk = Desk::open().await;
    let waba = desk.client().waba(&WABA.parse().unwrap());
    let new = NewSignup::new(
        "News?",
        "Your code is {{promo_code}}",
        "https://example.com/privacy",
    );
    let new = new
        .website_url("https://example.com")
        .promo_code("TEN")
        .display_name("spring")
        .accept_terms("https://example.com/terms");
    let body = json!({
        "signup_message": "News?", "confirmation_message": "Your code is {{promo_code}}",
        "privacy_policy_url": "https://example.com/privacy",
        "website_url": "https://example.com", "promo_code": "TEN", "display_name": "spring",
        "policy": {"tos": "https://example.com/terms", "accepted": true}
    });
    let path = format!("{WABA}/signups");
    let request = (Method::POST, &*path, body);
    let made = told(
        &desk,
        waba.create_signup(&new),
        request,
        json!({"id": SIGNUP}),
    )
    .await;
    assert_eq!(made.id().unwrap().as_str(), SIGNUP);

    desk.answer(200, json!({"data": [details()]}));
    let signups = waba.signups().next_page().await.unwrap().unwrap();
    assert_eq!(serde_json::to_value(&signups).unwrap(), json!([details()]));
    let path = desk.last().path;
    let asked = "102290129340398/signups?fields=id%2Cwaba_id%2Cstatus%2Csignup_message%2C";
    assert!(path.starts_with(asked), "{path}");
}

#[tokio::test]
async fn a_signup_is_read_and_changed() {
    let desk = Desk::open().await;
    let signup = desk.client().signup(&SIGNUP.parse().unwrap());
    let path = format!("signups/{SIGNUP}");
    let request = (Method::GET, &*path, Value::Null);
    let details = told(&desk, signup.get(), request, details()).await;
    assert_eq!(details.id().unwrap().as_str(), SIGNUP);
    assert_eq!(details.waba_id().unwrap().as_str(), WABA);
    assert_eq!(
        details.status(),
        Some(SignupStatus::Unknown("PAUSED".to_owned()))
    );
    assert_eq!(details.promo_code(), Some("TEN"));
    assert_eq!(details.website_url(), None);

    let update = SignupUpdate::new()
        .status(&SignupStatus::Disabled)
        .signup_message("a")
        .confirmation_message("b")
        .website_url("https://example.com")
        .promo_code("C")
        .display_name("d");
    let body = json!({
        "status": "DISABLED", "signup_message": "a", "confirmation_message": "b",
        "website_url": "https://example.com", "promo_code": "C", "display_name": "d"
    });
    let request = (Method::POST, &*path, body);
    let changed = told(
        &desk,
        signup.update(&update),
        request,
        json!({"id": SIGNUP}),
    )
    .await;
    assert_eq!(changed.id().unwrap().as_str(), SIGNUP);
}
