//! Events of accounts: reviews, restrictions, bans, capabilities, security. The state changes first.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::accounts::standing::{NO_NUMBERS, NO_TEMPLATES, Restriction};
use crate::accounts::{Business, Waba};
use crate::clock::later;
use crate::core::{Core, lock, read, write};
use crate::error::SimulatorError;
use crate::ids::WabaId;
use crate::numbers::official;
use crate::numbers::pin::is_pin;
use crate::record::Triggered;
use crate::simulator::Simulator;
use crate::trigger::{Event, Params, calling};
use crate::world::conduct::portfolio;

pub(super) const WEEK: Duration = Duration::from_hours(7 * 24);

#[rustfmt::skip]
pub(super) const EVENTS: [Event; 20] = [
    ("account.approved", "the review of the WABA ends well [waba]"),
    ("account.rejected", "the review of the WABA ends badly [waba]"),
    ("account.pending", "the WABA is under review [waba]"),
    ("account.deferred", "the review of the WABA waits [waba]"),
    ("account.restricted", "the WABA may not do something for a week: templates answer 368, or calls of the number 138014 [waba, restriction]"),
    ("account.violation", "the WABA violated a policy [waba, violation_type]"),
    ("account.disable_scheduled", "the WABA will be disabled in a week [waba]"),
    ("account.disabled", "the WABA is disabled: sends answer 131031 [waba]"),
    ("account.reinstated", "restriction and ban of the WABA end [waba]"),
    ("account.deleted", "the WABA is deleted: sends answer 131031 [waba]"),
    ("account.primary_location", "the country of most customers is another one [waba, country]"),
    ("account.alert", "the portfolio's capabilities stay as they are for now [waba]"),
    ("account.oba_approved", "the number becomes an Official Business Account [phone_number_id]"),
    ("account.oba_rejected", "the number does not become an Official Business Account [phone_number_id]"),
    ("account.profile_picture_lost", "the number lost its profile picture [phone_number_id]"),
    ("business.capability", "the portfolio's messaging limit changes [waba, limit]"),
    ("business.verified", "the portfolio is verified: more numbers, a higher limit [waba]"),
    ("security.pin_changed", "the two-step PIN was changed or enabled [phone_number_id, pin]"),
    ("security.pin_reset_request", "somebody asked to turn the two-step PIN off [phone_number_id, requester]"),
    ("security.pin_request_success", "the two-step PIN was turned off [phone_number_id, requester]"),
];

pub(super) fn trigger(
    simulator: &Simulator,
    event: &str,
    params: &Params<'_>,
) -> Result<Triggered, SimulatorError> {
    let core = simulator.core();
    let number = core.number_or_first(params.phone_number_id()?.as_ref())?;
    let waba = match params.text("waba")? {
        Some(waba) => WabaId::from(waba),
        None => number.waba.clone(),
    };
    let known = core
        .waba(waba.as_str())
        .ok_or(SimulatorError::Unknown { kind: "waba" })?;
    let business = read(&core.accounts)
        .business(known.owner.as_str())
        .cloned()
        .ok_or(SimulatorError::Unknown { kind: "business" })?;
    let (family, name) = event.split_once('.').unwrap_or((event, ""));
    if family == "business" {
        return capabilities(core, event, name, params, &known, &business);
    }
    if matches!(name, "oba_approved" | "oba_rejected") {
        return official::decide(core, &number.id, name == "oba_approved")
            .map(|emitted| emitted.triggered(event, None))
            .ok_or(SimulatorError::Unknown { kind: "number" });
    }
    if let Some(emitted) = calling::notice(core, name, params, &number)? {
        return Ok(emitted.triggered(event, None));
    }
    let (field, value) = match (family, name) {
        ("security", name) => ("security", security(core, params, name, &number)?),
        (_, "alert" | "profile_picture_lost") => {
            if name == "profile_picture_lost" {
                let mut numbers = lock(&core.numbers_state);
                numbers.of(&number.id).profile.remove("profile_picture_url");
            }
            ("account_alerts", alert(name, &business, number.id.as_str()))
        }
        (_, "approved" | "rejected" | "pending" | "deferred") => {
            ("account_review_update", review(core, &waba, name))
        }
        (_, name) => ("account_update", account(core, &known, name, params)?),
    };
    note(core, &waba, event);
    Ok(core
        .emit_for_waba(&waba, field, &value)
        .triggered(event, None))
}

fn change(core: &Core, waba: &WabaId, change: impl FnOnce(&mut Waba)) {
    write(&core.accounts).change_waba(waba, change);
}

/// The audit log keeps what the platform did.
fn note(core: &Core, waba: &WabaId, event: &str) {
    let activity = crate::accounts::records::Activity {
        id: core.ids.account(),
        kind: "COMPLIANCE_ACTION",
        at: core.clock.now(),
        actor: None,
        description: event.to_owned(),
    };
    lock(&core.records).change(waba).add(activity);
}

fn review(core: &Core, waba: &WabaId, name: &str) -> Value {
    let decision = name.to_ascii_uppercase();
    change(core, waba, |waba| {
        // Deferred: the review goes on.
        waba.account_review_status = match name {
            "deferred" => "PENDING".to_owned(),
            _ => decision.clone(),
        };
    });
    json!({ "decision": decision })
}

fn account(
    core: &Core,
    waba: &Waba,
    name: &str,
    params: &Params<'_>,
) -> Result<Value, SimulatorError> {
    let now = core.clock.now();
    let id = &waba.id;
    Ok(match name {
        "restricted" => restrict(core, id, params)?,
        "reinstated" => {
            change(core, id, |waba| {
                waba.restrictions.clear();
                "ACTIVE".clone_into(&mut waba.status);
            });
            calling::reinstate(core, waba);
            ban("REINSTATE", now)
        }
        "disabled" => {
            change(core, id, |waba| "DISABLED".clone_into(&mut waba.status));
            ban("DISABLE", now)
        }
        "disable_scheduled" => ban("SCHEDULE_FOR_DISABLE", later(now, WEEK)),
        "violation" => {
            let kind = params.text_or("violation_type", "SCAM")?;
            json!({"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": kind}})
        }
        "deleted" => {
            change(core, id, |waba| "DISABLED".clone_into(&mut waba.status));
            json!({"event": "ACCOUNT_DELETED"})
        }
        "offboarded" => json!({"event": "ACCOUNT_OFFBOARDED"}),
        "reconnected" => json!({"event": "ACCOUNT_RECONNECTED"}),
        "primary_location" => {
            let country = params.text_or("country", "US")?;
            change(core, id, |waba| {
                waba.primary_business_location = Some(country.to_owned());
            });
            json!({"event": "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE", "country": country})
        }
        _ => return Err(SimulatorError::Unknown { kind: "event" }),
    })
}

fn restrict(core: &Core, waba: &WabaId, params: &Params<'_>) -> Result<Value, SimulatorError> {
    let kinds = match params.text("restriction")? {
        Some(kind) if kind.starts_with("RESTRICTED_") => vec![kind],
        Some(_) => {
            return Err(SimulatorError::Parameter {
                name: "restriction",
                reason: "does not begin with RESTRICTED_".to_owned(),
            });
        }
        None => vec![NO_TEMPLATES, NO_NUMBERS],
    };
    let until = later(core.clock.now(), WEEK);
    let info = kinds
        .iter()
        .map(|kind| json!({"restriction_type": kind, "expiration": until.as_second()}));
    let info: Vec<_> = info.collect();
    change(core, waba, |waba| {
        for kind in kinds {
            waba.restrictions
                .retain(|restriction| restriction.restriction_type != kind);
            waba.restrictions.push(Restriction {
                restriction_type: kind.to_owned(),
                until: Some(until),
            });
        }
        // The kinds are Meta's, but they come from outside.
        let extra = waba.restrictions.len().saturating_sub(20);
        waba.restrictions.drain(..extra);
    });
    Ok(json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": info}))
}

fn ban(state: &str, at: Timestamp) -> Value {
    let date = at
        .to_zoned(TimeZone::UTC)
        .strftime("%B %-d, %Y")
        .to_string();
    let info = json!({"waba_ban_state": state, "waba_ban_date": date});
    json!({"event": "DISABLED_UPDATE", "ban_info": info})
}

fn alert(name: &str, business: &Business, number: &str) -> Value {
    let (entity, id, severity, status, kind, text) = match name {
        "profile_picture_lost" => (
            "PHONE_NUMBER",
            number,
            "WARNING",
            "ACTIVE",
            "PROFILE_PICTURE_LOST",
            "The profile picture of your business was lost: set it again.".to_owned(),
        ),
        _ => (
            "BUSINESS",
            business.id.as_str(),
            "WARNING",
            "ACTIVE",
            "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED",
            format!(
                "Limits cannot be increased for your business {} now.",
                business.name
            ),
        ),
    };
    json!({"entity_type": entity, "entity_id": id, "alert_info": {
        "alert_severity": severity,
        "alert_status": status,
        "alert_type": kind,
        "alert_description": text,
    }})
}

fn security(
    core: &Core,
    params: &Params<'_>,
    name: &str,
    number: &crate::settings::Number,
) -> Result<Value, SimulatorError> {
    let wanted = params.text_or("pin", "123456")?;
    if !is_pin(wanted) {
        return Err(SimulatorError::Parameter {
            name: "pin",
            reason: "is not six digits".to_owned(),
        });
    }
    match name {
        "pin_changed" => lock(&core.numbers_state).of(&number.id).pin.set(wanted),
        "pin_request_success" => lock(&core.numbers_state).of(&number.id).pin.clear(),
        _ => {}
    }
    let mut value = json!({
        "display_phone_number": number.display_phone_number,
        "event": name.to_ascii_uppercase(),
    });
    if name != "pin_changed" {
        value["requester"] = json!(params.text_or("requester", "61555822107539")?);
    }
    Ok(value)
}

/// The portfolio may do more or less: every WABA of it hears.
fn capabilities(
    core: &std::sync::Arc<Core>,
    event: &str,
    name: &str,
    params: &Params<'_>,
    waba: &Waba,
    business: &Business,
) -> Result<Triggered, SimulatorError> {
    let mut changed = business.clone();
    if name == "verified" {
        "verified".clone_into(&mut changed.verification_status);
        if changed.messaging_limit == "TIER_250" {
            "TIER_2K".clone_into(&mut changed.messaging_limit);
        }
    } else {
        params
            .text_or("limit", "TIER_2K")?
            .clone_into(&mut changed.messaging_limit);
    }
    let most = match changed.messaging_limit.as_str() {
        "TIER_50" => 50,
        "TIER_250" => 250,
        "TIER_2K" => 2_000,
        "TIER_10K" => 10_000,
        "TIER_100K" => 100_000,
        "TIER_UNLIMITED" => usize::MAX,
        _ => {
            return Err(SimulatorError::Parameter {
                name: "limit",
                reason:
                    "is none of TIER_50, TIER_250, TIER_2K, TIER_10K, TIER_100K, TIER_UNLIMITED"
                        .to_owned(),
            });
        }
    };
    let others: Vec<_> = {
        let mut accounts = write(&core.accounts);
        accounts.change_business(business.id.as_str(), |business| *business = changed);
        let of_business = accounts.wabas().filter(|other| other.owner == business.id);
        of_business
            .map(|other| other.id.clone())
            .filter(|other| *other != waba.id)
            .collect()
    };
    for other in others {
        portfolio::tell(core, &other, most);
    }
    Ok(portfolio::tell(core, &waba.id, most).triggered(event, None))
}
