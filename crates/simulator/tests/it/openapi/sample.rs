//! Sound requests: the fixtures of the documentation, and what its pages show beside them.

use serde_json::{Value, json};

use crate::fixtures::{self, request};
use crate::kit::{Callback, PHONE, Stage, USER, WABA, quick, subscribed_with};
use simulator::Number;

const MESSAGES: &str = "POST /{Phone-Number-ID}/messages";
const GROUP: &str = "Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD";
/// A German number, which may call first.
const CALLER: &str = "106540352242923";

/// A sound request.
pub(super) struct Sample {
    pub(super) name: String,
    /// As the file names it.
    pub(super) operation: &'static str,
    pub(super) path: String,
    pub(super) body: Value,
    /// Whether it is accepted as it stands; others need what happened before.
    pub(super) stands_alone: bool,
}

impl Sample {
    fn new(operation: &'static str, body: Value, name: impl Into<String>) -> Self {
        let (_, path) = operation.split_once(' ').unwrap();
        let path = path
            .replace("{Phone-Number-ID}", PHONE)
            .replace("{WABA-ID}", WABA)
            .replace("{WhatsApp-Business-Account-ID}", WABA)
            .replace("{group_id}", GROUP);
        Self {
            name: name.into(),
            operation,
            path: format!("/v24.0{path}"),
            body,
            stands_alone: true,
        }
    }

    fn at(self, node: &str) -> Self {
        let rest = self.path.splitn(4, '/').nth(3).unwrap_or("").to_owned();
        let path = format!("/v24.0/{node}/{rest}");
        Self {
            path: path.trim_end_matches('/').to_owned(),
            ..self
        }
    }

    fn needs_more(self) -> Self {
        Self {
            stands_alone: false,
            ..self
        }
    }

    pub(super) fn method(&self) -> &'static str {
        self.operation.split_once(' ').unwrap().0
    }
}

/// A simulator in which the samples can be sent, and what its requests need.
pub(super) async fn stage() -> (Stage, Callback, Vec<Sample>) {
    let mut settings = quick();
    settings.numbers.push(Number {
        calling_code: "49".to_owned(),
        ..Number::new(CALLER, "4915112345678")
    });
    let (stage, callback) = subscribed_with(settings).await;
    fixtures::furnish(&stage);
    for id in [PHONE, CALLER] {
        let body = json!({"calling": {"status": "ENABLED"}});
        let (status, answer) = stage.post(&format!("/v24.0/{id}/settings"), &body).await;
        assert_eq!(status, 200, "{answer}");
    }
    // The PIN of the documented registration.
    let pin = json!({"pin": "212834"});
    let (status, answer) = stage.post(&format!("/v24.0/{PHONE}"), &pin).await;
    assert_eq!(status, 200, "{answer}");
    let body = json!({"name": "changed later", "categories": ["OTHER"]});
    let (_, flow) = stage.post(&format!("/v24.0/{WABA}/flows"), &body).await;
    let path = format!("/v24.0/{PHONE}/message_qrdls");
    let (_, qr) = stage.post(&path, &request("request.qr-create.json")).await;
    let path = format!("/v24.0/{WABA}/message_templates?name=hello_world");
    let (_, templates) = stage.get(&path).await;
    let mut samples = messages();
    samples.extend(numbers(&qr["code"]));
    samples.extend(groups());
    samples.extend(accounts(&callback.url));
    let flow = flow["id"].as_str().unwrap();
    let template = templates["data"][0]["id"].as_str().unwrap();
    samples.extend(content(flow, template));
    (stage, callback, samples)
}

fn messages() -> Vec<Sample> {
    let mut samples: Vec<_> = fixtures::NAMES
        .iter()
        // The file has no schema for them.
        .filter(|name| !["mark-as-read", "typing-indicator"].contains(name))
        .map(|name| Sample::new(MESSAGES, fixtures::body(name), *name))
        .collect();
    let body = request("request.marketing_messages-template.json");
    let operation = "POST /{Phone-Number-ID}/marketing_messages";
    samples.push(Sample::new(operation, body, "marketing_messages"));
    samples
}

fn numbers(qr: &Value) -> Vec<Sample> {
    let sample = |operation, name: &str| {
        Sample::new(operation, request(&format!("request.{name}.json")), name)
    };
    let profile = request("response.business_profile.json")["data"][0].clone();
    let mut profile = profile.as_object().unwrap().clone();
    profile.remove("profile_picture_url");
    let officer = json!({"name": "Chandravati P.", "email": "chandravati@lucky.example",
        "mobile_number": "+913857614343"});
    let care = json!({"email": "care@lucky.example", "mobile_number": "+913857614343"});
    let compliance = json!({"messaging_product": "whatsapp", "entity_name": "Lucky Shrub",
        "entity_type": "PARTNERSHIP", "is_registered": true,
        "grievance_officer_details": officer, "customer_care_details": care});
    let node = "POST /{Phone-Number-ID}";
    let settings = "POST /{Phone-Number-ID}/settings";
    let calls = "POST /{Phone-Number-ID}/calls";
    let codes = "POST /{Phone-Number-ID}/message_qrdls";
    let update = json!({"code": qr, "prefilled_message": "Cyber Tuesday"});
    let identity = json!({"user_identity_change": {"enable_identity_key_check": true}});
    let storage = json!({"storage_configuration": {"status": "IN_COUNTRY_STORAGE_ENABLED",
        "data_localization_region": "IN"}});
    vec![
        sample("POST /{Phone-Number-ID}/block_users", "block_users").needs_more(),
        sample("DELETE /{Phone-Number-ID}/block_users", "block_users").needs_more(),
        sample(calls, "call-connect").at(CALLER).needs_more(),
        sample(calls, "call-accept").needs_more(),
        sample(calls, "call-terminate").needs_more(),
        sample(
            "POST /{Phone-Number-ID}/conversational_automation",
            "conversational_automation",
        ),
        sample("POST /{Phone-Number-ID}/groups", "group-create"),
        sample(node, "phone-webhook_configuration").needs_more(),
        Sample::new(
            node,
            json!({"new_display_name": "Lucky Shrubs", "pin": "212834",
                "search_visibility": "VISIBLE"}),
            "number",
        ),
        sample(codes, "qr-create"),
        Sample::new(codes, update, "qr-update"),
        sample("POST /{Phone-Number-ID}/register", "register"),
        Sample::new(
            "POST /{Phone-Number-ID}/request_code",
            json!({"code_method": "SMS", "language": "en_US"}),
            "request_code",
        )
        .needs_more(),
        Sample::new(
            "POST /{Phone-Number-ID}/verify_code",
            json!({"code": "123456"}),
            "verify_code",
        )
        .needs_more(),
        sample(settings, "settings-calling"),
        Sample::new(settings, identity, "settings-identity"),
        Sample::new(settings, storage, "settings-storage"),
        Sample::new(
            "POST /{Phone-Number-ID}/whatsapp_business_profile",
            Value::Object(profile),
            "profile",
        ),
        Sample::new(
            "POST /{Phone-Number-ID}/business_compliance_info",
            compliance,
            "compliance",
        ),
        Sample::new(
            "POST /{Phone-Number-ID}/whatsapp_business_encryption",
            json!({"business_public_key": include_str!("../../data/public-2048.pem")}),
            "encryption",
        ),
    ]
}

fn groups() -> Vec<Sample> {
    let product = || json!({"messaging_product": "whatsapp"});
    let mut change = product();
    change["subject"] = json!("Test Subject");
    change["description"] = json!("A group for tests");
    let mut participants = product();
    participants["participants"] = json!([{"user": USER}]);
    let mut requests = product();
    requests["join_requests"] = json!(["MTY1MDU1NTEyMzQ6MA"]);
    let sample = |operation, body: &Value, name: &str| Sample::new(operation, body.clone(), name);
    vec![
        sample("POST /{group_id}", &change, "group-change"),
        sample("POST /{group_id}/invite_link", &product(), "group-invite"),
        sample(
            "DELETE /{group_id}/invite_link",
            &product(),
            "group-uninvite",
        ),
        sample("POST /{group_id}/join_requests", &requests, "group-approve").needs_more(),
        sample(
            "DELETE /{group_id}/join_requests",
            &requests,
            "group-reject",
        )
        .needs_more(),
        sample(
            "DELETE /{group_id}/participants",
            &participants,
            "group-remove",
        ),
    ]
}

fn accounts(callback: &str) -> Vec<Sample> {
    let users = json!({"user": "42", "tasks": ["MANAGE", "DEVELOP"]});
    let number = json!({"cc": "1", "phone_number": "16505550001", "verified_name": "Second"});
    let schedule = json!({"name": "Hours", "schedule_type": "BUSINESS_HOURS",
        "start_time": "09:00", "end_time": "17:00", "days_of_week": ["MONDAY"],
        "is_active": true, "recurrence_pattern": {"frequency": "WEEKLY", "interval": 1}});
    let subscription = json!({"override_callback_uri": callback,
        "verify_token": "simulated-verify-token"});
    vec![
        Sample::new(
            "POST /{WhatsApp-Business-Account-ID}/assigned_users",
            users,
            "assigned_users",
        ),
        Sample::new(
            "DELETE /{WhatsApp-Business-Account-ID}/assigned_users",
            json!({"user": "42"}),
            "assigned_users-remove",
        ),
        Sample::new("POST /{WABA-ID}/phone_numbers", number, "phone_numbers").needs_more(),
        Sample::new("POST /{WABA-ID}/schedules", schedule, "schedules"),
        Sample::new(
            "POST /{WABA-ID}/subscribed_apps",
            subscription,
            "subscribed_apps",
        ),
        Sample::new(
            "POST /{WABA-ID}",
            json!({"name": "Lucky Shrub", "timezone_id": "1"}),
            "waba",
        ),
    ]
}

/// Templates and Flows.
fn content(flow: &str, template: &str) -> Vec<Sample> {
    let create = "POST /{WABA-ID}/message_templates";
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cloud-api");
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("template-create."))
        // It goes to another edge, which the file does not have.
        .filter(|name| !name.contains("upsert"))
        .collect();
    names.sort_unstable();
    let mut samples: Vec<_> = names
        .iter()
        .map(|name| Sample::new(create, request(name), name).needs_more())
        .collect();
    let edit = json!({"category": "MARKETING", "components": [
        {"type": "HEADER", "format": "TEXT", "text": "Sale"},
        {"type": "BODY", "text": "Our sale has begun."},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Stop"}]}]});
    samples.push(
        Sample::new("POST /{TEMPLATE_ID}", edit, "template-edit")
            .at(template)
            .needs_more(),
    );
    let made = json!({"name": "new flow", "categories": ["OTHER"],
        "endpoint_uri": "https://flows.lucky.example/endpoint"});
    let changed = json!({"name": "changed flow", "categories": ["SURVEY"]});
    samples.push(Sample::new("POST /{WABA-ID}/flows", made, "flow-create").needs_more());
    let migrated = json!({"source_waba_id": WABA, "source_flow_names": ["changed later"]});
    let migrate = "POST /{WABA-ID}/migrate_flows";
    samples.push(Sample::new(migrate, migrated, "flow-migrate"));
    samples.push(Sample::new("POST /{Flow-ID}", changed, "flow-change").at(flow));
    samples
}
