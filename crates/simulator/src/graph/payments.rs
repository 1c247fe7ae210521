//! Looking payments up and paying back. See [Cloud API/Payments in India].

use serde_json::{Value, json};

use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::params::{must_be, required};
use crate::settings::Number;

/// `GET /{phone_number_id}/payments/{configuration}/{reference_id}`.
pub(super) fn look_up(call: &Call, number: &Number) -> Answer {
    let configuration = call.edge().1;
    let reference = call.path.get(3).map_or("", String::as_str);
    let mut payments = lock(&call.core.payments);
    let payment = payments.get_mut(&number.id, reference);
    let payment = payment.filter(|payment| payment.configuration == configuration);
    let payment = payment.ok_or_else(|| missing("reference_id"))?;
    Ok(json!({"payments": [{
        "reference_id": reference,
        "status": payment.status,
        "currency": payment.currency,
        "total_amount": payment.total,
        "transactions": payment.transactions,
    }]}))
}

/// `POST /{phone_number_id}/payments_refund`.
pub(super) fn refund(call: &Call, number: &Number) -> Answer {
    let params = &call.params;
    let reference = params.required_text("reference_id")?;
    let speed = params.text("speed")?.unwrap_or_else(|| "normal".to_owned());
    if !["normal", "instant"].contains(&speed.as_str()) {
        return Err(must_be("speed", "normal or instant"));
    }
    let configuration = params.required_text("payment_config_id")?;
    let amount = params.json("amount")?.ok_or_else(|| required("amount"))?;
    let whole = |name: &str| {
        amount[name]
            .as_i64()
            .or_else(|| amount[name].as_str()?.parse().ok())
    };
    let value = whole("value").filter(|value| *value > 0);
    let value = value.ok_or_else(|| must_be("amount.value", "a positive integer"))?;
    let core = &call.core;
    let mut payments = lock(&core.payments);
    let id = payments.id(core.settings.seed, "rfnd");
    let payment = payments.get_mut(&number.id, &reference);
    let payment = payment.filter(|payment| payment.configuration == configuration);
    let payment = payment.ok_or_else(|| missing("reference_id"))?;
    if amount["currency"] != payment.currency.as_str() {
        return Err(must_be("amount.currency", &payment.currency));
    }
    if whole("offset") != payment.total["offset"].as_i64() {
        return Err(must_be("amount.offset", "the offset of the payment"));
    }
    if payment.status != "captured" {
        let details = "Only a captured payment can be refunded.";
        return Err(GraphError::new(100, details));
    }
    let left = payment.total["value"].as_i64().unwrap_or(0) - payment.refunded;
    if value > left {
        let most = format!("at most {left}: no more is left of the payment");
        return Err(must_be("amount.value", &most));
    }
    payment.refunded += value;
    let refund = json!({
        "id": id,
        "status": "success",
        "speed_processed": speed,
        "amount": amount,
        "created_timestamp": core.clock.now().as_second(),
    });
    if let Some(transaction) = payment.transactions.last_mut() {
        match transaction["refunds"].as_array_mut() {
            Some(refunds) if refunds.len() < 100 => refunds.push(refund),
            Some(_) => {}
            None => transaction["refunds"] = Value::Array(vec![refund]),
        }
    }
    Ok(json!({"id": id, "status": "success", "speed_processed": speed}))
}

fn missing(name: &str) -> GraphError {
    GraphError::new(
        100,
        format!("Param {name} names no payment of this phone number and configuration."),
    )
}
