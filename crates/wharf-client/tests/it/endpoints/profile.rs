//! Profile, commerce, message links, blocked users and the rest of a number's resources.

use serde_json::{Value, json};
use wharf_client::number::{
    AutomationUpdate, BlockResult, KeySignature, OfficialAccountRequest, OfficialStatus,
    ProfileUpdate, QrImage, Refund, Vertical,
};
use wharf_client::{Fields, Method};
use wharf_model::PhoneNumber;

use super::{NUMBER, done, number, refused, told};
use crate::desk::{Desk, fixture};

fn at(edge: &str) -> String {
    format!("{NUMBER}/{edge}")
}

#[tokio::test]
async fn the_profile_is_read_and_changed() {
    let desk = Desk::open().await;
    let number = number(&desk);
    let answer = fixture("response.business_profile");
    let path = at(
        "whatsapp_business_profile?fields=about%2Caddress%2Cdescription%2Cemail\
         %2Cprofile_picture_url%2Cwebsites%2Cvertical",
    );
    let request = (Method::GET, path.as_str(), Value::Null);
    let profile = told(&desk, number.profile(), request, answer)
        .await
        .profile()
        .unwrap();
    assert_eq!(profile.vertical(), Some(Vertical::Other));
    assert_eq!(profile.websites().len(), 2);

    let update = ProfileUpdate::new()
        .about("We sell butterflies")
        .vertical(&Vertical::Retail)
        .websites(["https://www.butterflies.com/"]);
    let body = json!({"messaging_product": "whatsapp", "about": "We sell butterflies",
        "vertical": "RETAIL", "websites": ["https://www.butterflies.com/"]});
    let path = at("whatsapp_business_profile");
    done(
        &desk,
        number.set_profile(&update),
        Method::POST,
        &path,
        body,
    )
    .await;
    let new = ProfileUpdate::new;
    for (update, words) in [
        (new().about(""), "empty"),
        (new().about("é".repeat(140)), "139"),
        (new().address("x".repeat(257)), "256"),
        (new().description("x".repeat(513)), "512"),
        (new().email("x".repeat(129)), "128"),
        (new().websites(["a", "b", "c"]), "two websites"),
        (new().websites(["x".repeat(257)]), "256"),
    ] {
        let reason = refused(number.set_profile(&update)).await;
        assert!(reason.contains(words), "{reason}");
    }
}

#[tokio::test]
async fn the_official_badge_and_compliance() {
    let desk = Desk::open().await;
    let number = number(&desk);
    let request = OfficialAccountRequest::new("https://example.com", "US", "English")
        .supporting_links(["https://example.com/press"]);
    let body = json!({"messaging_product": "whatsapp",
        "business_website_url": "https://example.com", "primary_country_of_operation": "US",
        "primary_language": "English", "supporting_links": ["https://example.com/press"]});
    let path = at("official_business_account");
    done(
        &desk,
        number.request_official_account(&request),
        Method::POST,
        &path,
        body,
    )
    .await;
    let many = OfficialAccountRequest::new("a", "b", "c").supporting_links(["l"; 6]);
    assert!(
        refused(number.request_official_account(&many))
            .await
            .contains("five")
    );
    let answer = json!({"id": NUMBER, "oba_status": "PENDING", "status_message": "wait"});
    let request = (Method::GET, path.as_str(), Value::Null);
    let state = told(&desk, number.official_account(), request, answer).await;
    assert_eq!(state.oba_status(), Some(OfficialStatus::Pending));

    let path = at("business_compliance_info");
    let body =
        json!({"messaging_product": "whatsapp", "entity_name": "Shrub", "is_registered": true});
    let given: Fields =
        serde_json::from_value(json!({"entity_name": "Shrub", "is_registered": true})).unwrap();
    done(
        &desk,
        number.set_compliance(given),
        Method::POST,
        &path,
        body.clone(),
    )
    .await;
    let answer = json!({"data": [body]});
    let request = (Method::GET, path.as_str(), Value::Null);
    let told = told(&desk, number.compliance(), request, answer).await;
    assert_eq!(told.data()[0].entity_name(), Some("Shrub"));
}

#[tokio::test]
async fn commerce_settings() {
    let desk = Desk::open().await;
    let number = number(&desk);
    let path = at("whatsapp_commerce_settings");
    let answer =
        json!({"data": [{"id": "1", "is_cart_enabled": true, "is_catalog_visible": false}]});
    let request = (Method::GET, path.as_str(), Value::Null);
    let settings = told(&desk, number.commerce(), request, answer)
        .await
        .settings()
        .unwrap();
    assert_eq!(settings.is_cart_enabled(), Some(true));
    let path = at("whatsapp_commerce_settings?is_cart_enabled=false&is_catalog_visible=true");
    let call = number.set_commerce(Some(false), Some(true));
    done(&desk, call, Method::POST, &path, Value::Null).await;
    let path = at("whatsapp_commerce_settings?is_catalog_visible=true");
    done(
        &desk,
        number.set_commerce(None, Some(true)),
        Method::POST,
        &path,
        Value::Null,
    )
    .await;
}

#[tokio::test]
async fn message_links() {
    let desk = Desk::open().await;
    let number = number(&desk);
    let answer = fixture("response.qr-create");
    let path = at("message_qrdls");
    let request = (Method::POST, path.as_str(), fixture("request.qr-create"));
    let call = number.create_message_link("Cyber Monday", Some(QrImage::Svg));
    let link = told(&desk, call, request, answer.clone()).await;
    assert_eq!(link.code(), Some("4O4YGZEG3RIVE1"));
    let body = json!({"code": "4O4YGZEG3RIVE1", "prefilled_message": "Cyber Tuesday"});
    let call = number.update_message_link("4O4YGZEG3RIVE1", "Cyber Tuesday");
    told(&desk, call, (Method::POST, &path, body), answer.clone()).await;
    let path = at("message_qrdls/4O4YGZEG3RIVE1");
    let call = number.message_link("4O4YGZEG3RIVE1");
    let one = json!({"data": [answer]});
    let list = told(&desk, call, (Method::GET, &path, Value::Null), one.clone()).await;
    assert_eq!(list.link(), Some(link));
    let call = number.delete_message_link("4O4YGZEG3RIVE1");
    done(&desk, call, Method::DELETE, &path, Value::Null).await;
    desk.answer(200, one);
    assert_eq!(
        number
            .message_links()
            .next_page()
            .await
            .unwrap()
            .unwrap()
            .len(),
        1
    );
    let long = number.create_message_link(&"x".repeat(141), None);
    assert!(refused(long).await.contains("140"));
    // A code cannot lead to another path.
    assert!(
        refused(number.delete_message_link(".."))
            .await
            .contains("folder")
    );
}

#[tokio::test]
async fn users_are_blocked_and_unblocked() {
    let desk = Desk::open().await;
    let number = number(&desk);
    let phone: PhoneNumber = "+16505551234".parse().unwrap();
    let bsuid: wharf_model::Bsuid = "US.13491208655302741918".parse().unwrap();
    let users = [phone.into(), bsuid.into()];
    let path = at("block_users");
    let request = (Method::POST, path.as_str(), fixture("request.block_users"));
    let result = told(
        &desk,
        number.block(&users),
        request,
        fixture("response.block_users"),
    )
    .await;
    assert_eq!(
        result.added_users()[0].wa_id().unwrap().as_str(),
        "16505551234"
    );
    let request = (
        Method::DELETE,
        path.as_str(),
        fixture("request.block_users"),
    );
    let answer = fixture("response.unblock_users");
    let result = told(&desk, number.unblock(&users), request, answer).await;
    assert_eq!(result.removed_users().len(), 1);

    let mixed = fixture("response.block_users-mixed");
    desk.answer(400, mixed.clone());
    let error = number.block(&users).await.unwrap_err();
    assert_eq!(error.graph().unwrap().code.0, 139_100);
    let result = BlockResult::from_error(&error).unwrap();
    assert_eq!(serde_json::to_value(&result).unwrap(), mixed);
    assert_eq!(result.added_users().len(), 1);
    let failed = &result.failed_users()[0];
    assert_eq!(failed.errors()[0].count("code"), Some(131_047));

    for answer in [
        json!({"data": [{"messaging_product": "whatsapp", "wa_id": "16505551234"}]}),
        json!({"data": [{"block_users": [{"wa_id": "16505551234"}]}]}),
    ] {
        desk.answer(200, answer);
        let page = number.blocked_users().next_page().await.unwrap().unwrap();
        assert_eq!(page[0].wa_id().unwrap().as_str(), "16505551234");
    }
}

#[tokio::test]
async fn the_encryption_key() {
    let desk = Desk::open().await;
    let number = number(&desk);
    let path = at("whatsapp_business_encryption");
    let key = "-----BEGIN PUBLIC KEY-----\nAAA\n-----END PUBLIC KEY-----";
    desk.answer(200, json!({"success": true}));
    number.set_encryption_key(key).await.unwrap();
    let request = desk.last();
    assert_eq!((request.method, request.path), (Method::POST, path.clone()));
    assert_eq!(request.content_type, "application/x-www-form-urlencoded");
    let pairs = url::form_urlencoded::parse(&request.body).collect::<Vec<_>>();
    assert_eq!(pairs, [("business_public_key".into(), key.into())]);
    assert!(
        refused(number.set_encryption_key("AAA"))
            .await
            .contains("PEM")
    );
    let plain =
        json!({"business_public_key": key, "business_public_key_signature_status": "VALID"});
    for answer in [plain.clone(), json!({"data": [plain]})] {
        let request = (Method::GET, path.as_str(), Value::Null);
        let told = told(&desk, number.encryption_key(), request, answer).await;
        assert_eq!(told.business_public_key().as_deref(), Some(key));
        assert_eq!(told.signature_status(), Some(KeySignature::Valid));
    }
}

#[tokio::test]
async fn commands_and_prompts() {
    let desk = Desk::open().await;
    let number = number(&desk);
    let update = AutomationUpdate::new()
        .welcome_message(false)
        .command("tickets", "Book flight tickets")
        .command("hotel", "Book hotel")
        .prompt("Book a flight")
        .prompt("plan a vacation");
    let (path, body) = (
        at("conversational_automation"),
        fixture("request.conversational_automation"),
    );
    done(
        &desk,
        number.set_automation(&update),
        Method::POST,
        &path,
        body,
    )
    .await;
    let new = AutomationUpdate::new;
    for (update, words) in [
        (
            (0..31).fold(new(), |update, _| update.command("a", "b")),
            "30 commands",
        ),
        (new().command("x".repeat(33), "b"), "32"),
        (new().command("x", "b".repeat(257)), "256"),
        (
            (0..5).fold(new(), |update, _| update.prompt("a")),
            "four prompts",
        ),
        (new().prompt("x".repeat(81)), "80"),
    ] {
        let reason = refused(number.set_automation(&update)).await;
        assert!(reason.contains(words), "{reason}");
    }
}

#[tokio::test]
async fn history_encrypted_messages_and_payments() {
    let desk = Desk::open().await;
    let number = number(&desk);
    let answer =
        json!({"data": [{"id": "1", "message_id": "wamid.A", "events": {"data": [{"x": 1}]}}]});
    let path = at("message_history?message_id=wamid.A");
    let call = number.message_history(&"wamid.A".parse().unwrap());
    let history = told(&desk, call, (Method::GET, &path, Value::Null), answer).await;
    assert_eq!(history.data()[0].events()[0].count("x"), Some(1));

    desk.answer(200, json!({"data": [{"cursor": "c", "node": {"x": 1}}]}));
    let events = number
        .message_events("1")
        .next_page()
        .await
        .unwrap()
        .unwrap();
    assert_eq!(desk.last().path, "1/events");
    assert_eq!(events[0].text("cursor"), Some("c"));

    let path = at("messages_encrypted");
    let body = json!({"messaging_product": "whatsapp", "encrypted_contents": "AAA"});
    let answer = json!({"encrypted_contents": "BBB"});
    let call = number.send_encrypted("AAA");
    let told_back = told(&desk, call, (Method::POST, &path, body), answer).await;
    assert_eq!(told_back.encrypted_contents(), Some("BBB"));

    let path = at("payments/my-config/ref-1");
    let answer = json!({"payments": [{"reference_id": "ref-1", "status": "captured", "currency": "INR",
        "total_amount": {"value": 21000, "offset": 100}, "transactions": [{"id": "t"}]}]});
    let call = number.payment("my-config", "ref-1");
    let payments = told(&desk, call, (Method::GET, &path, Value::Null), answer).await;
    assert_eq!(payments.payments()[0].status(), Some("captured"));
    let refund = Refund::new("ref-1", "my-config", "INR", 2100, 100).instant();
    let body = json!({"reference_id": "ref-1", "speed": "instant", "payment_config_id": "my-config",
        "amount": {"currency": "INR", "value": 2100, "offset": 100}});
    let answer = json!({"id": "r", "status": "pending", "speed_processed": "instant"});
    let path = at("payments_refund");
    told(
        &desk,
        number.refund(&refund),
        (Method::POST, &path, body),
        answer,
    )
    .await;
}
