//! Triggers: every event happens by real steps and is sent.

use serde_json::{Value, json};
use simulator::{Settings, Simulator, SimulatorError};

use crate::kit::{PATIENCE, Stage, USER, quick, subscribed, subscribed_with, text};

/// Sends one message of each kind that an event may need.
async fn prepare(stage: &Stage) {
    let send = async |body: Value| {
        let (status, answer) = stage.send(&body).await;
        assert_eq!(status, 200, "{answer}");
    };
    let interactive = |kind: &str, action: Value| {
        json!({"messaging_product": "whatsapp", "to": USER, "type": "interactive",
               "interactive": {"type": kind, "body": {"text": "Choose"}, "action": action}})
    };
    let reply = json!({"type": "reply", "reply": {"id": "yes", "title": "Yes"}});
    send(interactive("button", json!({"buttons": [reply]}))).await;
    let sections = json!([{"rows": [{"id": "1", "title": "One"}]}]);
    send(interactive(
        "list",
        json!({"button": "Go", "sections": sections}),
    ))
    .await;
    send(crate::fixtures::request(
        "request.template-quick_reply-payload.json",
    ))
    .await;
    send(text("hi")).await;
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
}

/// The fixture that shows the shape of an event's notification.
fn fixture(event: &str) -> Option<&'static str> {
    Some(match event {
        "message.text" => "messages.text",
        "message.image" => "messages.image",
        "message.audio" => "messages.audio-file",
        "message.voice" => "messages.audio-voice",
        "message.video" => "messages.video",
        "message.document" => "messages.document",
        "message.sticker" => "messages.sticker",
        "message.location" => "messages.location",
        "message.reaction" => "messages.reaction",
        "message.reaction_removed" => "messages.reaction-removed",
        "message.button" => "messages.button",
        "message.interactive.button_reply" | "message.interactive.carousel_reply" => {
            "messages.interactive-button_reply"
        }
        "message.interactive.list_reply" => "messages.interactive-list_reply",
        "message.order" => "messages.order",
        "message.unsupported" => "messages.unsupported",
        "message.interactive.flow_reply" => "messages.interactive-nfm_reply-flow",
        "message.interactive.address_reply" => "messages.interactive-nfm_reply-address",
        "message.interactive.call_permission_accepted" => {
            "messages.interactive-call_permission_reply-accept"
        }
        "message.interactive.call_permission_permanent" => {
            "messages.interactive-call_permission_reply-accept-permanent"
        }
        "message.interactive.call_permission_rejected" => {
            "messages.interactive-call_permission_reply-reject"
        }
        "message.interactive.payment_method" => "messages.interactive-payment_method",
        "message.contact_info" => "messages.contacts-request-contact-info",
        "message.contacts_vcard" => "messages.contacts-shared-vcard",
        "message.forwarded" => "messages.text-forwarded",
        "message.frequently_forwarded" => "messages.text-frequently-forwarded",
        "message.product_inquiry" => "messages.text-message-business-button",
        "message.unavailable" => "messages.unsupported-131060-unavailable",
        "message.edit" => "messages.edit-text-bsuid",
        "message.revoke" => "messages.revoke",
        "user.number_changed" => "messages.system-user_changed_number",
        "user.id_changed" => "messages.system-user_changed_user_id",
        "user.identity_changed" => "messages.system-customer_identity_changed",
        "echo.text" => "smb_message_echoes.text",
        "echo.revoke" => "smb_message_echoes.revoke",
        "history.declined" => "history.declined",
        "state_sync.add" => "smb_app_state_sync.add",
        "state_sync.remove" => "smb_app_state_sync.remove-bsuid",
        "status.read" => "messages.status-read",
        "status.failed" | "status.failed_undeliverable" => "messages.status-failed-131026",
        "status.failed_window" => "messages.status-failed-131047",
        "status.failed_marketing_limit" => "messages.status-failed-131049",
        "status.failed_media" => "messages.status-failed-131053-media",
        "status.failed_identity" => "messages.status-failed-137000-identity",
        "status.payment_captured" => "messages.status-payment-captured",
        "template.approved" | "template.pending" => "message_template_status_update.approved",
        "template.rejected" => "message_template_status_update.rejected-invalid_format",
        "template.paused" => "message_template_status_update.paused",
        "template.disabled" => "message_template_status_update.disabled",
        "template.archived" => "message_template_status_update.archived",
        "template.pending_deletion" => "message_template_status_update.pending_deletion",
        "template.quality_green" | "template.quality_yellow" | "template.quality_red" => {
            "message_template_quality_update.green-to-yellow"
        }
        "template.category_impending" => "template_category_update.impending",
        "template.category_changed" => "template_category_update.completed",
        "account.alert" => "account_alerts.increased_capabilities_deferred",
        "account.restricted" => "account_update.account_restriction",
        "account.violation" => "account_update.account_violation",
        "account.disabled" => "account_update.disabled_update",
        "account.review_approved" => "account_review_update.approved",
        "account.offboarded" => "account_update.account_offboarded",
        "account.reconnected" => "account_update.account_reconnected",
        "account.volume_tier" => "account_update.volume_based_pricing_tier",
        "partner.added" => "account_update.partner_added",
        "partner.removed" => "account_update.partner_removed",
        "partner.disconnected" => "account_update.partner_removed-app-disconnection",
        "partner.app_installed" => "account_update.partner_app_installed",
        "partner.app_uninstalled" => "account_update.partner_app_uninstalled",
        "partner.client_certification" => "account_update.partner_client_certification_status",
        "account.ad_account_linked" => "account_update.ad_account_linked",
        "account.mm_lite_terms_signed" => "account_update.mm_lite_terms_signed",
        "account.auth_international_price" => "account_update.auth_intl_price_eligibility",
        "business.capability" | "business.verified" => "business_capability_update.v24",
        "echo.agent" => "message_echoes.text",
        "user.link_clicked" => "messages.user_actions-link_click",
        "automatic.lead" => "automatic_events.lead_submitted",
        "automatic.purchase" => "automatic_events.purchase",
        "account.error" => "messages.errors",
        "payment_configuration.updated" => "payment_configuration_update.needs_testing",
        "partner_solution.created" => "partner_solutions.created",
        "phone_number.quality" => "phone_number_quality_update.throughput_upgrade",
        "phone_number.name_approved" => "phone_number_name_update.approved",
        "user_preferences.stop" => "user_preferences.stop-bsuid",
        _ => return None,
    })
}

/// Every key with where it stands; the items of an array count as one.
fn keys(value: &Value, path: &str, found: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = format!("{path}/{name}");
                found.insert(path.clone());
                keys(value, &path, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, path, found)),
        _ => {}
    }
}

/// Whether a key may be missing on either side: it depends on the user, the platform's age, or
/// is one of the optional parts of a message.
fn depends(path: &str) -> bool {
    let value = "/entry/changes/value";
    let name = path.rsplit('/').next().unwrap_or_default();
    let of_identity = [
        "solution_id",
        "solution_partner_business_ids",
        "user_id",
        "from_user_id",
        "recipient_user_id",
        "recipient_id",
        "to_user_id",
        "parent_user_id",
        "previous",
        "current",
        "username",
        "wa_id",
        "from",
        "to",
        "phone_number",
        "full_name",
        "first_name",
        "from_logical_id",
        "profile",
        "name",
        "pricing",
        "conversation",
        "url",
        "caption",
        "href",
        "description",
        "address",
        "animated",
        "voice",
        "text",
    ];
    of_identity.contains(&name)
        || path == format!("{value}/contacts")
        || path.starts_with(&format!("{value}/statuses/pricing"))
        || path.starts_with(&format!("{value}/statuses/conversation"))
}

fn assert_same_shape(event: &str, name: &str, body: &Value) {
    let (mut ours, mut theirs) = Default::default();
    keys(body, "", &mut ours);
    keys(
        &crate::fixtures::request(&format!("{name}.json")),
        "",
        &mut theirs,
    );
    let differ: Vec<_> = ours
        .symmetric_difference(&theirs)
        .filter(|path| !depends(path))
        .collect();
    assert!(differ.is_empty(), "{event} is not like {name}: {differ:?}");
}

/// Triggers every `of`th event, each on a platform of its own.
async fn all_events(part: usize, of: usize) {
    assert!(Simulator::events().len() >= 60);
    for (event, does) in Simulator::events().iter().skip(part).step_by(of) {
        assert!(!does.is_empty());
        // Nothing but what was triggered moves: the statuses wait for the trigger.
        let mut settings = quick();
        settings.delays.sent = std::time::Duration::from_hours(1);
        let stage = Stage::with(settings).await;
        let callback = crate::kit::Callback::new().await;
        prepare_waiting(&stage).await;
        stage.simulator().subscribe(&callback.url).await.unwrap();
        let triggered = stage.simulator().trigger(event, Value::Null).await;
        let triggered = triggered.unwrap_or_else(|error| panic!("{event}: {error}"));
        assert_eq!(triggered.event, *event);
        let update = triggered
            .update
            .unwrap_or_else(|| panic!("{event} was not sent"));
        let delivery = loop {
            let deliveries = stage.simulator().deliveries();
            if let Some(delivery) = deliveries.into_iter().find(|one| one.updates == [update]) {
                break delivery;
            }
            callback.wait(1).await;
            tokio::task::yield_now().await;
        };
        let body: Value = serde_json::from_slice(&delivery.body).unwrap();
        assert_eq!(body, triggered.notification, "{event}");
        if let Some(name) = fixture(event) {
            assert_same_shape(event, name, &body);
        }
        stage.end().await;
    }
}

#[tokio::test]
async fn the_first_third_of_events_is_sent_as_documented() {
    all_events(0, 3).await;
}

#[tokio::test]
async fn the_second_third_of_events_is_sent_as_documented() {
    all_events(1, 3).await;
}

#[tokio::test]
async fn the_last_third_of_events_is_sent_as_documented() {
    all_events(2, 3).await;
}

/// The same as `prepare`, and one message for each kind of answer; no status comes by itself.
async fn prepare_waiting(stage: &Stage) {
    let mut bodies = vec![
        json!({"messaging_product": "whatsapp", "to": USER, "type": "interactive", "interactive": {
            "type": "button", "body": {"text": "Choose"}, "action": {"buttons": [
                {"type": "reply", "reply": {"id": "yes", "title": "Yes"}}]}}}),
        json!({"messaging_product": "whatsapp", "to": USER, "type": "interactive", "interactive": {
            "type": "list", "body": {"text": "Choose"}, "action": {"button": "Go", "sections": [
                {"rows": [{"id": "1", "title": "One", "description": "The first"}]}]}}}),
    ];
    for name in [
        "template-quick_reply-payload",
        "interactive-flow-navigate",
        "interactive-address_message",
        "interactive-call_permission_request",
        "interactive-carousel-quick_reply",
        "interactive-request_contact_info",
        "interactive-order_details-br",
    ] {
        let mut body = crate::fixtures::request(&format!("request.{name}.json"));
        body["to"] = json!(USER);
        body.as_object_mut().unwrap().remove("recipient");
        bodies.push(body);
    }
    bodies.push(text("hi"));
    for body in bodies {
        let (status, answer) = stage.send(&body).await;
        assert_eq!(status, 200, "{answer}");
    }
}

#[tokio::test]
async fn a_status_comes_through_the_steps_before_it() {
    let mut settings = quick();
    settings.delays.sent = std::time::Duration::from_hours(1);
    let (stage, callback) = subscribed_with(settings).await;
    let wamid = stage.text("hi").await;
    stage
        .simulator()
        .trigger("status.read", json!({"wamid": wamid}))
        .await
        .unwrap();
    let statuses: Vec<Value> = callback
        .values(3)
        .await
        .iter()
        .map(|value| value["statuses"][0]["status"].clone())
        .collect();
    assert_eq!(statuses, [json!("sent"), json!("delivered"), json!("read")]);
    let again = stage
        .simulator()
        .trigger("status.read", json!({"wamid": wamid}))
        .await;
    assert!(matches!(again, Err(SimulatorError::Parameter { .. })));
    let other = stage.text("hi").await;
    let failed = json!({"wamid": other, "code": 131_049});
    stage
        .simulator()
        .trigger("status.failed", failed)
        .await
        .unwrap();
    let value = callback.values(4).await.remove(3);
    assert_eq!(value["statuses"][0]["errors"][0]["code"], 131_049);
    stage.end().await;
}

#[tokio::test]
async fn the_platform_then_behaves_as_it_said() {
    let (stage, callback) = subscribed_with(Settings {
        auto_read: true,
        ..quick()
    })
    .await;
    let hello = json!({"messaging_product": "whatsapp", "to": USER, "type": "template",
                       "template": {"name": "hello_world", "language": {"code": "en_US"}}});
    let code = async || stage.send(&hello).await.1["error"]["code"].clone();
    let trigger = async |event: &str| {
        stage.simulator().trigger(event, Value::Null).await.unwrap();
    };
    trigger("template.paused").await;
    assert_eq!(code().await, 132_015);
    trigger("template.disabled").await;
    assert_eq!(code().await, 132_016);
    trigger("template.rejected").await;
    assert_eq!(code().await, 132_001);
    trigger("template.approved").await;
    assert_eq!(code().await, Value::Null);
    trigger("account.restricted").await;
    assert_eq!(code().await, 368);
    assert_eq!(stage.send(&text("still open")).await.0, 200);
    trigger("account.reinstated").await;
    assert_eq!(code().await, Value::Null);
    trigger("phone_number.quality").await;
    let (_, node) = stage.get(&format!("/v24.0/{}", crate::kit::PHONE)).await;
    assert_eq!(node["throughput"]["level"], "HIGH");
    let entry = callback.wait(1).await[0].json()["entry"][0].clone();
    assert!(entry["time"].is_i64(), "template fields carry the time");
    stage.end().await;
}

#[tokio::test]
async fn unknown_events_and_parameters_are_refused() {
    let (stage, _callback) = subscribed().await;
    prepare(&stage).await;
    let trigger = async |event: &str, params: Value| {
        stage
            .simulator()
            .trigger(event, params)
            .await
            .unwrap_err()
            .to_string()
    };
    assert!(
        trigger("message.dance", Value::Null)
            .await
            .contains("event")
    );
    assert!(trigger("message.text", json!([])).await.contains("params"));
    assert!(
        trigger("message.text", json!({"text": 1}))
            .await
            .contains("text is not a text")
    );
    assert!(
        trigger("message.text", json!({"phone_number_id": "1"}))
            .await
            .contains("number")
    );
    assert!(
        trigger("status.read", json!({"wamid": "wamid.x"}))
            .await
            .contains("message")
    );
    assert!(
        trigger("template.paused", json!({"template": "x"}))
            .await
            .contains("template")
    );
    let button = json!({"button": "Dance"});
    assert!(
        trigger("message.interactive.button_reply", button)
            .await
            .contains("button")
    );
    stage.end().await;
}
