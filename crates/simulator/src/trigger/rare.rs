//! Events of rarer fields: what other agents wrote, conversions, payments set up, taps on links.

use serde_json::{Value, json};

use crate::core::{Emitted, lock};
use crate::error::SimulatorError;
use crate::graph::codes;
use crate::ids::Wamid;
use crate::record::Triggered;
use crate::simulator::Simulator;
use crate::trigger::{Event, Params, message};
use crate::user::User;
use crate::world::coexist;
use crate::world::status::lane_key;

#[rustfmt::skip]
pub(super) const EVENTS: [Event; 8] = [
    ("echo.agent", "another agent of the business writes to the user [text]"),
    ("user.link_clicked", "the user taps the link of a marketing message [wamid]"),
    ("automatic.lead", "Meta takes what the user wrote for a lead [wamid]"),
    ("automatic.purchase", "Meta takes what the user wrote for a purchase [wamid, currency, value]"),
    ("account.error", "something failed that belongs to no message [code]"),
    ("payment_configuration.updated", "a payment configuration changes [name, provider, status]"),
    ("partner_solution.created", "a multi-partner solution is made [solution]"),
    ("partner_solution.updated", "a multi-partner solution changes [solution, status]"),
];

pub(super) async fn trigger(
    simulator: &Simulator,
    event: &str,
    params: &Params<'_>,
) -> Result<Triggered, SimulatorError> {
    let (core, user) = (simulator.core(), params.user(simulator)?);
    let number = user.number()?;
    let now = core.clock.now().as_second();
    match event {
        "echo.agent" => {
            let text = params.text_or("text", "this is a text message")?;
            let content = json!({ "body": text });
            let (wamid, emitted) = coexist::agent_writes(core, &number, user.key(), &content)?;
            Ok(emitted.triggered(event, Some(wamid)))
        }
        "user.link_clicked" => {
            let wamid = message::wamid(simulator, params, |message| message.template().is_some())?;
            clicked(
                simulator,
                &message::receiver(simulator, params, &wamid)?,
                &wamid,
            )
        }
        "automatic.lead" | "automatic.purchase" => automatic(&user, event, params).await,
        "account.error" => {
            // A code beyond the table is passed on as it is; fractions make no sense.
            #[expect(
                clippy::cast_possible_truncation,
                reason = "codes are small whole numbers"
            )]
            let error = params.number("code")?.map_or(130_429, |error| error as i64);
            let errors = json!([codes::asynchronous(error)]);
            Ok(tell(&user, "messages", "errors", errors)?.triggered(event, None))
        }
        "payment_configuration.updated" => {
            let value = json!({
                "configuration_name": params.text_or("name", "razorpay-prod")?,
                "provider_name": params.text_or("provider", "razorpay")?,
                "provider_mid": "acc_GP4lfNA0iIMn5B",
                "status": params.text_or("status", "Needs Testing")?,
                "created_timestamp": now,
                "updated_timestamp": now,
            });
            let field = "payment_configuration_update";
            Ok(core
                .emit_for_waba(&number.waba, field, &value)
                .triggered(event, None))
        }
        _ => {
            let (kind, status) = match event {
                "partner_solution.created" => ("SOLUTION_CREATED", "INITIATED"),
                _ => ("SOLUTION_UPDATED", params.text_or("status", "ACTIVE")?),
            };
            let value = json!({
                "event": kind,
                "solution_id": params.text_or("solution", "774485461512159")?,
                "solution_status": status,
            });
            let owner = core.waba(number.waba.as_str());
            let entry = owner.map(|waba| waba.owner.as_str().to_owned());
            Ok(core
                .emit_in(&number.waba, entry, "partner_solutions", &value, None)
                .triggered(event, None))
        }
    }
}

/// A change of the user's number with one list in it.
fn tell(
    user: &User,
    field: &'static str,
    list: &str,
    items: Value,
) -> Result<Emitted, SimulatorError> {
    let number = user.number()?;
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": number.display_phone_number,
            "phone_number_id": number.id,
        },
    });
    value[list] = items;
    let core = user.core();
    let world = lock(&core.world);
    let order = lane_key(user.key(), world.user(user.key()));
    Ok(core.emit(&number, field, order, &value))
}

/// A tap counts for the analytics of the template too.
fn clicked(simulator: &Simulator, user: &User, wamid: &str) -> Result<Triggered, SimulatorError> {
    let core = simulator.core();
    let now = core.clock.now();
    {
        let world = lock(&core.world);
        let message = world.message(wamid);
        let message = message.ok_or(SimulatorError::Unknown { kind: "message" })?;
        lock(&core.tally).tap(message, "unique_url_button", "link", now);
    }
    let trace = core.ids.trace();
    let click = json!({
        "action_type": "marketing_messages_link_click",
        "timestamp": now.as_second().to_string(),
        "marketing_messages_link_click_data": {
            "click_component": "cta",
            "product_id": "sku_id",
            "click_id": trace,
            "tracking_token": format!("token_{trace}"),
        },
    });
    let emitted = tell(user, "messages", "user_actions", json!([click]))?;
    Ok(emitted.triggered("user.link_clicked", Some(Wamid::from(wamid))))
}

/// What Meta reads from a message of a user who came from an ad.
async fn automatic(
    user: &User,
    event: &str,
    params: &Params<'_>,
) -> Result<Triggered, SimulatorError> {
    let wamid = match params.text("wamid")? {
        Some(wamid) => Wamid::from(wamid),
        None => user.says("I would like to order it.").await?,
    };
    let mut element = json!({
        "id": wamid,
        "event_name": "LeadSubmitted",
        "timestamp": user.core().clock.now().as_second(),
        "ctwa_clid": "Aff-n8ZTODiE79d22KtAwQKj9e",
    });
    if event == "automatic.purchase" {
        element["event_name"] = json!("Purchase");
        element["custom_data"] = json!({
            "currency": params.text_or("currency", "USD")?,
            "value": params.number("value")?.unwrap_or(25_000.0),
        });
    }
    let emitted = tell(
        user,
        "automatic_events",
        "automatic_events",
        json!([element]),
    )?;
    Ok(emitted.triggered(event, Some(wamid)))
}
