//! Events of partners and of what a WABA signed or was granted. The state changes first.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::accounts::Waba;
use crate::core::{Core, lock, read, write};
use crate::error::SimulatorError;
use crate::ids::{AppId, BusinessId, WabaId};
use crate::record::Triggered;
use crate::simulator::Simulator;
use crate::trigger::{Event, Params};

#[rustfmt::skip]
pub(super) const EVENTS: [Event; 9] = [
    ("partner.added", "the WABA is shared with a partner's portfolio [waba, business, solution]"),
    ("partner.removed", "the WABA is no longer shared with a partner [waba, business]"),
    ("partner.disconnected", "the number's app was not used for long: the partner is removed [waba, business, reason]"),
    ("partner.app_installed", "a partner's app is installed on the WABA [waba, business, app, solution]"),
    ("partner.app_uninstalled", "a partner's app is uninstalled: its subscription to the WABA ends [waba, business, app]"),
    ("partner.client_certification", "the certification of a client is decided [waba, status, rejection_reason]"),
    ("account.ad_account_linked", "an ad account is linked to the WABA [waba, business, ad_account]"),
    ("account.mm_lite_terms_signed", "the terms of marketing messages are signed: the WABA is onboarded [waba, business]"),
    ("account.auth_international_price", "international prices of login codes will hold [waba, country]"),
];

/// Why a partner is removed from a number that is in use in the WhatsApp Business app.
const REASONS: [&str; 6] = [
    "ACCOUNT_DISCONNECTED",
    "BUSINESS_DOWNGRADE",
    "CHANGE_NUMBER",
    "COMPANION_INACTIVITY",
    "PRIMARY_INACTIVITY",
    "USER_RE_REGISTERED",
];
const DECISIONS: [&str; 5] = ["APPROVED", "DISCARDED", "FAILED", "PENDING", "REVOKED"];
const MONTH: i64 = 30 * 24 * 60 * 60;

pub(super) fn trigger(
    simulator: &Simulator,
    event: &str,
    params: &Params<'_>,
) -> Result<Triggered, SimulatorError> {
    let core = simulator.core();
    let number = core.number_or_first(params.phone_number_id()?.as_ref())?;
    let waba = params.text_or("waba", number.waba.as_str())?;
    let waba = core
        .waba(waba)
        .ok_or(SimulatorError::Unknown { kind: "waba" })?;
    let partner = partner(core, params, &waba)?;
    let app = match params.text("app")? {
        Some(app) => AppId::from(app),
        None => core.settings.app.id.clone(),
    };
    let mut info = json!({"waba_id": waba.id, "owner_business_id": waba.owner});
    let solution = params.text("solution")?;
    if let (Some(solution), "partner.added" | "partner.app_installed") = (solution, event) {
        info["solution_id"] = json!(solution);
        info["solution_partner_business_ids"] = json!([partner]);
    }
    let entry = Some(partner.as_str().to_owned());
    let (entry, value) = match event {
        "partner.added" => {
            share(core, &partner, &waba.id, true);
            (entry, json!({"event": "PARTNER_ADDED", "waba_info": info}))
        }
        "partner.removed" | "partner.disconnected" => {
            share(core, &partner, &waba.id, false);
            let mut value = json!({"event": "PARTNER_REMOVED", "waba_info": info});
            if event == "partner.disconnected" {
                let reason = word(params, "reason", "PRIMARY_INACTIVITY", &REASONS)?;
                let by_user = matches!(reason, "ACCOUNT_DISCONNECTED" | "CHANGE_NUMBER");
                let initiated_by = if by_user { "USER" } else { "SYSTEM" };
                value["disconnection_info"] =
                    json!({"reason": reason, "initiated_by": initiated_by});
            }
            (entry, value)
        }
        "partner.app_installed" | "partner.app_uninstalled" => {
            info["partner_app_id"] = json!(app);
            let event = event.replace("partner.", "PARTNER_").to_uppercase();
            (entry, json!({"event": event, "waba_info": info}))
        }
        "partner.client_certification" => {
            let status = word(params, "status", "APPROVED", &DECISIONS)?;
            let reason = params.text_or("rejection_reason", "NONE")?;
            let decided = json!({"client_business_id": waba.owner, "status": status,
                                 "rejection_reasons": [reason]});
            let kind = "PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE";
            (
                None,
                json!({"event": kind, "partner_client_certification_info": decided}),
            )
        }
        "account.ad_account_linked" => {
            info["ad_account_linked"] = json!(params.text_or("ad_account", "980198427534243")?);
            let event = "AD_ACCOUNT_LINKED";
            (entry, json!({"event": event, "waba_info": info}))
        }
        "account.mm_lite_terms_signed" => {
            write(&core.accounts).change_waba(&waba.id, |waba| {
                "ONBOARDED".clone_into(&mut waba.marketing_messages_lite_api_status);
            });
            let event = "MM_LITE_TERMS_SIGNED";
            (entry, json!({"event": event, "waba_info": info}))
        }
        _ => (None, prices(core, &waba, params)?),
    };
    let emitted = core.emit_in(&waba.id, entry, "account_update", &value, None);
    if event == "partner.app_uninstalled" {
        lock(&core.subscriptions).unsubscribe(&waba.id, &app);
    }
    Ok(emitted.triggered(event, None))
}

/// The partner's portfolio: the named one, or the first that does not own the WABA, if there is one.
fn partner(core: &Core, params: &Params<'_>, waba: &Waba) -> Result<BusinessId, SimulatorError> {
    let accounts = read(&core.accounts);
    let named = params.text("business")?;
    let mut businesses = accounts.businesses();
    let found = match named {
        Some(id) => businesses.find(|known| known.id.as_str() == id),
        None => businesses
            .find(|known| known.id != waba.owner)
            .or_else(|| accounts.business(waba.owner.as_str())),
    };
    found
        .map(|business| business.id.clone())
        .ok_or(SimulatorError::Unknown { kind: "business" })
}

fn share(core: &Core, partner: &BusinessId, waba: &WabaId, on: bool) {
    write(&core.accounts).change_business(partner.as_str(), |business| {
        business.client_wabas.retain(|known| known != waba);
        if on {
            business.client_wabas.push(waba.clone());
        }
    });
}

/// From next month on, and in one country a month later.
fn prices(core: &Arc<Core>, waba: &Waba, params: &Params<'_>) -> Result<Value, SimulatorError> {
    let start = core.clock.now().as_second() + MONTH;
    let country = params.text_or("country", "ID")?;
    let eligibility = json!({
        "start_time": start,
        "exception_countries": [{"country_code": country, "start_time": start + MONTH}],
    });
    write(&core.accounts).change_waba(&waba.id, |waba| {
        waba.auth_international_rate_eligibility = Some(eligibility.clone());
    });
    Ok(json!({
        "event": "AUTH_INTL_PRICE_ELIGIBILITY_UPDATE",
        "auth_international_rate_eligibility": eligibility,
    }))
}

fn word<'a>(
    params: &Params<'a>,
    name: &'static str,
    or: &'a str,
    words: &[&str],
) -> Result<&'a str, SimulatorError> {
    let given = params.text_or(name, or)?;
    if words.contains(&given) {
        return Ok(given);
    }
    Err(SimulatorError::Parameter {
        name,
        reason: format!("is none of {}", words.join(", ")),
    })
}
