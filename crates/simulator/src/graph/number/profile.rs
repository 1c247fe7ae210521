//! The business profile, compliance data and commerce settings of a number.
//! See [Cloud API/Business profiles].

use serde_json::{Map, Value, json};

use super::{reads, success};
use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::check::is_web_address;
use crate::graph::fields;
use crate::graph::params::{must_be, required};
use crate::graph::shape::Shape;
use crate::settings::Number;

const VERTICALS: &str = " ALCOHOL APPAREL AUTO BEAUTY EDU ENTERTAIN EVENT_PLAN FINANCE GOVT \
    GROCERY HEALTH HOTEL NONPROFIT ONLINE_GAMBLING OTC_DRUGS OTHER PHYSICAL_GAMBLING \
    PROF_SERVICES RESTAURANT RETAIL TRAVEL";
/// Texts of the profile with their limits.
const TEXTS: [(&str, usize); 4] = [
    ("about", 139),
    ("address", 256),
    ("description", 512),
    ("email", 128),
];
const WEBSITES: usize = 2;
const WEBSITE: usize = 256;
/// Fields of a person to reach, with their limits.
const CONTACT: [(&str, usize); 4] = [
    ("name", 128),
    ("email", 128),
    ("mobile_number", 20),
    ("landline_number", 20),
];
const ENTITIES: [&str; 6] = [
    "LIMITED_LIABILITY_PARTNERSHIP",
    "SOLE_PROPRIETORSHIP",
    "PARTNERSHIP",
    "PUBLIC_COMPANY",
    "PRIVATE_COMPANY",
    "OTHER",
];

/// `GET` and `POST /{phone_number_id}/whatsapp_business_profile`.
pub(super) fn profile(call: &Call, number: &Number) -> Answer {
    let params = &call.params;
    if reads(call) {
        let profile = lock(&call.core.numbers_state)
            .of(&number.id)
            .profile
            .clone();
        let mut node = Value::Object(profile);
        if node.get("vertical").is_none() {
            node["vertical"] = json!("");
        }
        node["messaging_product"] = json!("whatsapp");
        let wanted = params.text("fields")?.unwrap_or_default();
        return Ok(json!({"data": [fields::select(node, &fields::parse(&wanted))]}));
    }
    params.product()?;
    let mut changes = Map::new();
    for (name, most) in TEXTS {
        if let Some(text) = params.short_text(name, most)? {
            changes.insert(name.to_owned(), json!(text));
        }
    }
    if changes.get("about").is_some_and(|about| about == "") {
        return Err(must_be("about", "between 1 and 139 characters long"));
    }
    let email = changes
        .get("email")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !email.is_empty() && !is_email(email) {
        return Err(must_be("email", "an e-mail address"));
    }
    if let Some(websites) = params.list("websites")? {
        let good = |address: &String| address.chars().count() <= WEBSITE && is_web_address(address);
        if websites.len() > WEBSITES || !websites.iter().all(good) {
            return Err(must_be(
                "websites",
                "at most 2 addresses of at most 256 characters that begin with http",
            ));
        }
        changes.insert("websites".to_owned(), json!(websites));
    }
    if let Some(vertical) = params.text("vertical")? {
        if !VERTICALS.split(' ').any(|known| known == vertical) {
            return Err(must_be("vertical", &format!("one of{VERTICALS}")));
        }
        changes.insert("vertical".to_owned(), json!(vertical));
    }
    if let Some(handle) = params.text("profile_picture_handle")? {
        let file = call.core.uploads.handle(&handle);
        if !file.is_some_and(|file| file.mime_type.starts_with("image/")) {
            let what = "the handle of a picture from the Resumable Upload API";
            return Err(must_be("profile_picture_handle", what));
        }
        let address = format!("{}/profile/{}.jpg", call.core.base_url, number.id);
        changes.insert("profile_picture_url".to_owned(), json!(address));
    }
    let mut numbers = lock(&call.core.numbers_state);
    numbers.of(&number.id).profile.extend(changes);
    Ok(success())
}

fn is_email(text: &str) -> bool {
    text.split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

/// `GET` and `POST /{phone_number_id}/business_compliance_info`, for businesses in India.
pub(super) fn compliance(call: &Call, number: &Number) -> Answer {
    let params = &call.params;
    let mut numbers = lock(&call.core.numbers_state);
    let state = numbers.of(&number.id);
    if reads(call) {
        let wanted = fields::parse(&params.text("fields")?.unwrap_or_default());
        let data = state.compliance.iter();
        let data = data.map(|info| fields::select(info.clone(), &wanted));
        return Ok(json!({"data": data.collect::<Vec<_>>()}));
    }
    params.product()?;
    let name = params.required_text("entity_name")?;
    if !(2..=128).contains(&name.chars().count()) {
        return Err(must_be("entity_name", "between 2 and 128 characters long"));
    }
    let kind = params.required_text("entity_type")?;
    if !ENTITIES.contains(&kind.as_str()) {
        let known = format!("one of {}", ENTITIES.join(", "));
        return Err(must_be("entity_type", &known));
    }
    let custom = params.short_text("entity_type_custom", 1024)?;
    if kind == "OTHER" && custom.is_none() {
        return Err(required("entity_type_custom"));
    }
    let mut info = json!({
        "messaging_product": "whatsapp",
        "whatsapp_business_account_id": number.waba,
        "entity_name": name,
        "entity_type": kind,
        "is_registered": params.boolean("is_registered")?.unwrap_or(false),
        "grievance_officer_details": contact(call, "grievance_officer_details", true)?,
        "customer_care_details": contact(call, "customer_care_details", false)?,
    });
    if let Some(custom) = custom {
        info["entity_type_custom"] = json!(custom);
    }
    state.compliance = Some(info);
    Ok(success())
}

/// Whom to reach: an e-mail address, and a mobile or landline number.
fn contact(call: &Call, name: &str, named: bool) -> Result<Value, GraphError> {
    let details = call.params.json(name)?.ok_or_else(|| required(name))?;
    let fields = details
        .as_object()
        .ok_or_else(|| must_be(name, "an object"))?;
    for (field, most) in CONTACT {
        let path = format!("{name}.{field}");
        let value = fields.get(field).unwrap_or(&Value::Null);
        Shape::Text.check(value, &path)?;
        if value
            .as_str()
            .is_some_and(|text| text.chars().count() > most)
        {
            let what = format!("at most {most} characters long; shorten it");
            return Err(must_be(&path, &what));
        }
    }
    let text = |field: &str| details[field].as_str().filter(|text| !text.is_empty());
    if named && text("name").is_none() {
        return Err(required(&format!("{name}.name")));
    }
    if !text("email").is_some_and(is_email) {
        return Err(must_be(&format!("{name}.email"), "an e-mail address"));
    }
    let is_phone = |text: &str| {
        text.strip_prefix('+').is_some_and(|digits| {
            (2..=15).contains(&digits.len())
                && !digits.starts_with('0')
                && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    let phones = ["mobile_number", "landline_number"];
    if phones.iter().all(|field| text(field).is_none()) {
        return Err(required(&format!("{name}.mobile_number")));
    }
    for field in phones {
        if text(field).is_some_and(|phone| !is_phone(phone)) {
            let path = format!("{name}.{field}");
            return Err(must_be(&path, "a phone number that begins with +"));
        }
    }
    Ok(details)
}

/// `GET` and `POST /{phone_number_id}/whatsapp_commerce_settings`.
pub(super) fn commerce(call: &Call, number: &Number) -> Answer {
    let mut numbers = lock(&call.core.numbers_state);
    let state = numbers.of(&number.id);
    if reads(call) {
        return Ok(json!({"data": [{
            "id": number.id,
            "is_cart_enabled": state.cart_enabled,
            "is_catalog_visible": state.catalog_visible,
        }]}));
    }
    let cart = call.params.boolean("is_cart_enabled")?;
    let catalog = call.params.boolean("is_catalog_visible")?;
    if cart.is_none() && catalog.is_none() {
        return Err(required("is_cart_enabled"));
    }
    state.cart_enabled = cart.unwrap_or(state.cart_enabled);
    state.catalog_visible = catalog.unwrap_or(state.catalog_visible);
    Ok(success())
}
