//! The life and the settings of a business phone number.

use serde_json::{Value, json};
use wharf_client::number::{
    AccountMode, CallHours, CallingUpdate, CodeMethod, Day, MessagingLimit, NumberStatus, Pin,
    Platform, QualityRating, SettingsUpdate, Throughput, Username, UsernameStatus,
    UsernameTransfer,
};
use wharf_client::{Availability, Method};
use wharf_model::VerifyToken;
use wharf_model::incoming::settings::Switch;

use super::{NUMBER, done, number, refused, told};
use crate::desk::{Desk, fixture};

fn at(edge: &str) -> String {
    format!("{NUMBER}/{edge}")
}

#[tokio::test]
async fn a_number_is_verified_registered_and_deregistered() {
    let desk = Desk::open().await;
    let number = number(&desk);
    let pin: Pin = "212834".parse().unwrap();
    assert_eq!(format!("{pin:?}"), "Pin(******)");
    for text in ["12345", "1234567", "12345a", "１２３４５６"] {
        assert!(text.parse::<Pin>().is_err(), "{text}");
    }
    let body = json!({"code_method": "SMS", "language": "en_US"});
    let call = number.request_code(CodeMethod::Sms, "en_US");
    done(&desk, call, Method::POST, &at("request_code"), body).await;
    let body = json!({"code": "000000"});
    done(
        &desk,
        number.verify_code("000000"),
        Method::POST,
        &at("verify_code"),
        body,
    )
    .await;
    let body = fixture("request.register");
    done(
        &desk,
        number.register(&pin),
        Method::POST,
        &at("register"),
        body,
    )
    .await;
    let body = json!({"messaging_product": "whatsapp", "pin": "212834",
        "data_localization_region": "IN"});
    done(
        &desk,
        number.register_in(&pin, "IN"),
        Method::POST,
        &at("register"),
        body,
    )
    .await;
    done(
        &desk,
        number.set_pin(&pin),
        Method::POST,
        NUMBER,
        json!({"pin": "212834"}),
    )
    .await;
    done(
        &desk,
        number.deregister(),
        Method::POST,
        &at("deregister"),
        Value::Null,
    )
    .await;
    let call = number.request_display_name("Lucky Shrub");
    let path = format!("{NUMBER}?new_display_name=Lucky+Shrub");
    done(&desk, call, Method::POST, &path, Value::Null).await;
    let long = number.request_display_name(&"x".repeat(76));
    assert!(refused(long).await.contains("75 characters"));
    let body = json!({"search_visibility": "NON_VISIBLE"});
    done(
        &desk,
        number.set_search_visibility("NON_VISIBLE"),
        Method::POST,
        NUMBER,
        body,
    )
    .await;
}

#[tokio::test]
async fn what_meta_tells_of_a_number() {
    let desk = Desk::open().await;
    let number = number(&desk);
    let answer = fixture("response.phone_number-full");
    desk.answer(200, answer.clone());
    let info = number.info().await.unwrap();
    assert!(
        desk.last()
            .path
            .starts_with("106540352242922?fields=id%2Cdisplay_phone_number")
    );
    assert_eq!(serde_json::to_value(&info).unwrap(), answer);
    assert_eq!(info.verified_name(), Some("Lucky Shrub"));
    assert_eq!(info.quality_rating(), Some(QualityRating::Green));
    assert_eq!(info.platform_type(), Some(Platform::CloudApi));
    assert_eq!(info.throughput(), Some(Throughput::Standard));
    assert_eq!(info.status(), None::<NumberStatus>);
    assert!(
        info.webhook_configuration()
            .unwrap()
            .application()
            .is_some()
    );
    // No value in what a log may hold.
    assert!(!format!("{info:?}").contains("Lucky"));

    let get = |fields: &str| format!("{NUMBER}?fields={fields}");
    let path = get("whatsapp_business_manager_messaging_limit");
    let call = number.info_fields("whatsapp_business_manager_messaging_limit");
    let answer = fixture("response.phone_number-messaging-limit");
    let info = told(&desk, call, (Method::GET, &path, Value::Null), answer).await;
    assert_eq!(info.messaging_limit(), Some(MessagingLimit::Tier250));

    let (path, answer) = (get("health_status"), fixture("response.health_status"));
    let info = told(
        &desk,
        number.health(),
        (Method::GET, &path, Value::Null),
        answer,
    )
    .await;
    let health = info.health_status().unwrap();
    assert_eq!(health.can_send_message(), Some(Availability::Available));
    assert_eq!(health.entities().len(), 4);

    let (path, answer) = (
        get("webhook_configuration"),
        fixture("response.webhook_configuration"),
    );
    let call = number.info_fields("webhook_configuration");
    let info = told(&desk, call, (Method::GET, &path, Value::Null), answer).await;
    let target = info.webhook_configuration().unwrap();
    assert!(
        target
            .phone_number()
            .unwrap()
            .starts_with("https://my-phone-alternate")
    );
    assert_eq!(AccountMode::from("LIVE"), AccountMode::Live);
}

#[tokio::test]
async fn webhooks_of_one_number_go_elsewhere() {
    let desk = Desk::open().await;
    let number = number(&desk);
    let callback = "https://my-phone-alternate-callback.com/webhook"
        .parse()
        .unwrap();
    let token = VerifyToken::new("myvoiceismypassport?").unwrap();
    let body = fixture("request.phone-webhook_configuration");
    let call = number.override_webhook(&callback, &token);
    done(&desk, call, Method::POST, NUMBER, body).await;
    let body = json!({"webhook_configuration": {"override_callback_uri": ""}});
    done(
        &desk,
        number.remove_webhook_override(),
        Method::POST,
        NUMBER,
        body,
    )
    .await;
}

#[tokio::test]
async fn settings_are_read_and_changed() {
    let desk = Desk::open().await;
    let number = number(&desk);
    let body = fixture("request.settings-calling");
    let hours = CallHours::new("America/Manaus")
        .open(Day::Monday, "0400", "1020")
        .open(Day::Tuesday, "0108", "1020")
        .holiday("2026-01-01", "0000", "2359");
    let calling = CallingUpdate::new()
        .enabled(true)
        .icon_shown(true)
        .icon_countries(["US", "BR"])
        .hours(hours)
        .callback_permission(true);
    let update = SettingsUpdate::new().calling(calling);
    done(
        &desk,
        number.set_settings(&update),
        Method::POST,
        &at("settings"),
        body.clone(),
    )
    .await;
    let update = SettingsUpdate::new().identity_key_check(true);
    let check = json!({"user_identity_change": {"enable_identity_key_check": true}});
    done(
        &desk,
        number.set_settings(&update),
        Method::POST,
        &at("settings"),
        check,
    )
    .await;

    let request = (Method::GET, "106540352242922/settings", Value::Null);
    let settings = told(&desk, number.settings(), request, body.clone()).await;
    assert_eq!(settings.calling().unwrap().status, Some(Switch::Enabled));
    let path = at("settings?include_sip_credentials=true");
    let call = number.settings_with_sip_credentials();
    told(&desk, call, (Method::GET, &path, Value::Null), body).await;
}

#[tokio::test]
async fn hours_that_break_a_rule_are_not_sent() {
    let desk = Desk::open().await;
    let number = number(&desk);
    let open = || CallHours::new("Europe/Berlin").open(Day::Monday, "0900", "1200");
    for (hours, words) in [
        (open().open(Day::Monday, "1100", "1300"), "overlap"),
        (
            open()
                .open(Day::Monday, "1300", "1400")
                .open(Day::Monday, "1500", "1600"),
            "two times",
        ),
        (
            open().open(Day::Tuesday, "1200", "1100"),
            "before it begins",
        ),
        (open().open(Day::Tuesday, "9", "1100"), "four digits"),
        (open().open(Day::Tuesday, "0960", "1100"), "four digits"),
        (
            (0..21).fold(open(), |hours, _| {
                hours.holiday("2026-01-01", "0900", "1000")
            }),
            "20",
        ),
    ] {
        let update = SettingsUpdate::new().calling(CallingUpdate::new().hours(hours));
        let reason = refused(number.set_settings(&update)).await;
        assert!(reason.contains(words), "{reason}");
    }
    let calling = CallingUpdate::new().sip_server("sip.example.com", 5061);
    let update = SettingsUpdate::new().calling(calling.hours(CallHours::always()));
    let body = json!({"calling": {"call_hours": {"status": "DISABLED"}, "sip": {"status": "ENABLED",
        "servers": [{"hostname": "sip.example.com", "port": 5061}]}}});
    done(
        &desk,
        number.set_settings(&update),
        Method::POST,
        &at("settings"),
        body,
    )
    .await;
    let update =
        SettingsUpdate::new().calling(CallingUpdate::new().without_sip().icon_shown(false));
    let body =
        json!({"calling": {"call_icon_visibility": "DISABLE_ALL", "sip": {"status": "DISABLED"}}});
    done(
        &desk,
        number.set_settings(&update),
        Method::POST,
        &at("settings"),
        body,
    )
    .await;
}

#[tokio::test]
async fn usernames_are_asked_for_and_given_up() {
    let desk = Desk::open().await;
    let number = number(&desk);
    let name: Username = "LuckyShrub".parse().unwrap();
    let answer = fixture("response.username-approved");
    let body = json!({"username": "luckyshrub"});
    let call = number.set_username(&name, UsernameTransfer::None);
    let state = told(
        &desk,
        call,
        (Method::POST, &at("username"), body),
        answer.clone(),
    )
    .await;
    assert_eq!(state.status(), Some(UsernameStatus::Approved));
    let body = json!({"username": "luckyshrub", "transfer_action": "force_transfer"});
    let call = number.set_username(&name, UsernameTransfer::Force);
    told(
        &desk,
        call,
        (Method::POST, &at("username"), body),
        answer.clone(),
    )
    .await;
    let request = (Method::GET, "106540352242922/username", Value::Null);
    told(&desk, number.username(), request, answer).await;
    done(
        &desk,
        number.delete_username(),
        Method::DELETE,
        &at("username"),
        Value::Null,
    )
    .await;
    let answer = json!({"data": [{"username": "lucky.shrub"}]});
    let request = (
        Method::GET,
        "106540352242922/username_suggestions",
        Value::Null,
    );
    let names = told(&desk, number.username_suggestions(), request, answer).await;
    assert_eq!(names.data()[0].text("username"), Some("lucky.shrub"));
    for text in [
        "ab",
        "a..b",
        ".abc",
        "abc.",
        "www.shop",
        "12345",
        "lücky",
        &"a".repeat(36),
    ] {
        assert!(text.parse::<Username>().is_err(), "{text}");
    }

    let bsuid = "US.13491208655302741918".parse().unwrap();
    let path = at("contact_book?messaging_product=whatsapp&bsuid=US.13491208655302741918");
    let request = (Method::DELETE, path.as_str(), Value::Null);
    let answer = fixture("response.contact_book-delete");
    let gone = told(&desk, number.forget_contact(&bsuid), request, answer).await;
    assert_eq!(gone.deleted(), Some(true));
}
