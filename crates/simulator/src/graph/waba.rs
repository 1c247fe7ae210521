//! The WABA itself: its fields and what of it can be changed.
//! See [Cloud API/WhatsApp Business accounts].

pub(super) mod numbers;
pub(crate) mod records;
pub(super) mod users;

use serde_json::{Value, json};

use crate::accounts::Waba;
use crate::chance::mix;
use crate::core::{Core, lock, read, write};
use crate::graph::GraphError;
use crate::graph::apps;
use crate::graph::call::{Answer, Call};
use crate::graph::fields::{self, Field};
use crate::graph::params::must_be;
use crate::ids::WabaId;

/// The longest name, in characters.
const NAME: usize = 100;
/// Meta's time zones are numbered up to this.
const TIMEZONES: i64 = 480;

/// What is shown when no fields are asked for.
const USUAL: &str = "id,name,timezone_id,message_template_namespace,currency";

/// Fields that are edges of the WABA, with their items below `data`.
const EDGES: [&str; 5] = [
    "phone_numbers",
    "subscribed_apps",
    "assigned_users",
    "schedules",
    "activities",
];

/// Fields that belong to other parts of the management API.
const ELSEWHERE: [&str; 9] = [
    "analytics",
    "conversation_analytics",
    "pricing_analytics",
    "template_analytics",
    "template_group_analytics",
    "call_analytics",
    "message_templates",
    "flows",
    "message_analytics",
];

/// Fields that are left out while they have no value.
const OPTIONAL: [&str; 5] = [
    "purchase_order_number",
    "primary_business_location",
    "on_behalf_of_business_info",
    "auth_international_rate_eligibility",
    "audiences",
];

/// `GET /{waba_id}`.
pub(super) fn node(call: &Call, waba: &WabaId) -> Answer {
    let asked = call.params.text("fields")?;
    let wanted = fields::parse(
        asked
            .as_deref()
            .filter(|asked| !asked.is_empty())
            .unwrap_or(USUAL),
    );
    shown(call, waba, &wanted)
}

/// The wanted fields of a WABA.
pub(super) fn shown(call: &Call, waba: &WabaId, wanted: &[Field]) -> Answer {
    let known = call
        .core
        .waba(waba.as_str())
        .ok_or_else(|| call.no_object())?;
    let mut node = all_fields(call, &known);
    for field in wanted {
        if EDGES.contains(&field.name.as_str()) {
            node[&field.name] = edge(call, &known.id, field)?;
        } else if node.get(&field.name).is_none()
            && !ELSEWHERE.contains(&field.name.as_str())
            && !OPTIONAL.contains(&field.name.as_str())
        {
            return Err(no_field(&field.name, "WhatsAppBusinessAccount"));
        }
    }
    Ok(fields::select(node, wanted))
}

/// The refusal for a field that a node does not have.
pub(super) fn no_field(name: &str, node: &str) -> GraphError {
    let message =
        format!("(#100) Tried accessing nonexisting field ({name}) on node type ({node})");
    GraphError::plain(400, 100, message)
}

fn edge(call: &Call, waba: &WabaId, field: &Field) -> Answer {
    let items = match field.name.as_str() {
        "phone_numbers" => numbers::items(call, waba),
        "assigned_users" => users::items(call, waba),
        "activities" => records::activities(call, waba),
        "schedules" => lock(&call.core.records).of(waba).schedules.clone(),
        _ => return Ok(apps::subscribed(call, waba)),
    };
    let limit = field.argument("limit").unwrap_or("25");
    let limit: usize = limit.parse().map_err(|_| must_be("limit", "an integer"))?;
    Ok(json!({"data": items.into_iter().take(limit).collect::<Vec<_>>()}))
}

fn all_fields(call: &Call, waba: &Waba) -> Value {
    let accounts = read(&call.core.accounts);
    let owner = accounts.business(waba.owner.as_str());
    let own = call.caller.token.business == waba.owner;
    let business = json!({"id": waba.owner, "name": owner.map(|owner| owner.name.clone())});
    let mut node = json!({
        "id": waba.id,
        "name": waba.name,
        "status": waba.status_now(call.core.clock.now()),
        "currency": waba.currency,
        "country": waba.country,
        "timezone_id": waba.timezone_id,
        "message_template_namespace": namespace(&call.core, &waba.id),
        "account_review_status": waba.account_review_status,
        "business_verification_status": owner.map(|owner| owner.verification_status.clone()),
        "ownership_type": if own { "SELF_OWNED" } else { "CLIENT_OWNED" },
        "owner_business_info": business,
        "primary_funding_id": derived(&call.core, &waba.id, 104).to_string(),
        "is_enabled_for_insights": waba.is_enabled_for_insights,
        "marketing_messages_lite_api_status": waba.marketing_messages_lite_api_status,
        // Its newer name, which clients ask for.
        "marketing_messages_onboarding_status": waba.marketing_messages_lite_api_status,
        "whatsapp_business_manager_messaging_limit":
            owner.map(|owner| owner.messaging_limit.clone()),
        "disable_marketing_messages_on_cloud_api": waba.disable_marketing_messages_on_cloud_api,
        "health_status": health(call, waba),
    });
    if !own {
        node["on_behalf_of_business_info"] = business;
    }
    for (name, value) in [
        ("purchase_order_number", &waba.purchase_order_number),
        ("primary_business_location", &waba.primary_business_location),
    ] {
        if let Some(value) = value {
            node[name] = json!(value);
        }
    }
    if let Some(eligibility) = &waba.auth_international_rate_eligibility {
        node["auth_international_rate_eligibility"] = eligibility.clone();
    }
    node
}

/// See [Cloud API/Messaging health status].
pub(crate) fn health(call: &Call, waba: &Waba) -> Value {
    let state = match waba.status_now(call.core.clock.now()) {
        "ACTIVE" => "AVAILABLE",
        "DISABLED" => "BLOCKED",
        _ => "LIMITED",
    };
    let mut entity = json!({"entity_type": "WABA", "id": waba.id, "can_send_message": state});
    if state != "AVAILABLE" {
        entity["errors"] = json!([{
            "error_code": if state == "BLOCKED" { 131_031 } else { 368 },
            "error_description": "The WhatsApp Business Account violates a policy.",
            "possible_solution": "Look at Business Support Home and ask for a review.",
        }]);
    }
    let entities = json!([
        entity,
        {"entity_type": "BUSINESS", "id": waba.owner, "can_send_message": "AVAILABLE"},
        {"entity_type": "APP", "id": call.caller.app(), "can_send_message": "AVAILABLE"},
    ]);
    json!({"can_send_message": state, "entities": entities})
}

fn namespace(core: &Core, waba: &WabaId) -> String {
    let (high, low) = (derived(core, waba, 105), derived(core, waba, 106));
    format!(
        "{:08x}_{:04x}_{:04x}_{:04x}_{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

/// A number that stays the same for a WABA.
fn derived(core: &Core, waba: &WabaId, purpose: u64) -> u64 {
    let name = waba
        .as_str()
        .bytes()
        .fold(0_u64, |sum, byte| mix(sum, purpose, u64::from(byte)));
    mix(core.settings.seed, purpose, name)
}

/// `POST /{waba_id}`.
pub(super) fn update(call: &Call, waba: &WabaId) -> Answer {
    let params = &call.params;
    let name = params.short_text("name", NAME)?;
    if name.as_ref().is_some_and(String::is_empty) {
        return Err(must_be("name", "at least 1 character long"));
    }
    let timezone = params.integer("timezone_id")?;
    if timezone.is_some_and(|zone| !(0..=TIMEZONES).contains(&zone)) {
        return Err(must_be("timezone_id", "one of Meta's time zone numbers"));
    }
    let insights = params.boolean("is_enabled_for_insights")?;
    if insights == Some(false) {
        let details = "Template insights cannot be disabled once they are enabled: leave \
                       is_enabled_for_insights out.";
        return Err(GraphError::new(200_006, details));
    }
    let no_marketing = params.boolean("disable_marketing_messages_on_cloud_api")?;
    write(&call.core.accounts).change_waba(waba, |waba| {
        if let Some(name) = name {
            waba.name = name;
        }
        if let Some(zone) = timezone {
            waba.timezone_id = zone.to_string();
        }
        waba.is_enabled_for_insights |= insights.unwrap_or(false);
        if let Some(disabled) = no_marketing {
            waba.disable_marketing_messages_on_cloud_api = disabled;
        }
    });
    records::note(call, waba, "ACCOUNT_UPDATED", "Account settings updated");
    Ok(json!({"success": true}))
}
