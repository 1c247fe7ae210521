//! Payments of orders in India and Brazil: who paid what, and what was paid back.
//! See [Cloud API/Payments].

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::chance::mix;
use crate::core::{Core, Emitted, lock};
use crate::error::SimulatorError;
use crate::ids::PhoneNumberId;
use crate::settings::Number;
use crate::world::Key;
use crate::world::status::lane_key;

/// Payments that are remembered.
const MOST: usize = 100_000;
/// Attempts at one payment, and refunds of it, that are kept.
const ATTEMPTS: usize = 100;

/// Every payment by number and reference.
#[derive(Debug, Default)]
pub(crate) struct Payments {
    known: HashMap<(PhoneNumberId, String), Payment>,
    order: VecDeque<(PhoneNumberId, String)>,
    made: u64,
}

/// What became of an order's payment.
#[derive(Clone, Debug)]
pub(crate) struct Payment {
    pub(crate) configuration: String,
    pub(crate) status: &'static str,
    pub(crate) currency: String,
    pub(crate) total: Value,
    pub(crate) transactions: Vec<Value>,
    /// The sum that was paid back, in the unit of `total`.
    pub(crate) refunded: i64,
}

impl Payments {
    pub(crate) fn get_mut(
        &mut self,
        number: &PhoneNumberId,
        reference: &str,
    ) -> Option<&mut Payment> {
        self.known.get_mut(&(number.clone(), reference.to_owned()))
    }

    /// An id such as `order_1f…`.
    pub(crate) fn id(&mut self, seed: u64, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}_{:014x}", mix(seed, 230, self.made) >> 8)
    }

    fn entry(&mut self, key: (PhoneNumberId, String), new: Payment) -> &mut Payment {
        if !self.known.contains_key(&key) {
            self.order.push_back(key.clone());
            if self.order.len() > MOST
                && let Some(oldest) = self.order.pop_front()
            {
                self.known.remove(&oldest);
            }
        }
        self.known.entry(key).or_insert(new)
    }
}

/// How an attempt to pay ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    Captured,
    Pending,
    Failed,
}

impl Attempt {
    /// The status of the payment, and of its transaction.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Captured => ("captured", "success"),
            Self::Pending => ("pending", "pending"),
            Self::Failed => ("failed", "failed"),
        }
    }
}

/// The parameters of the order that a message asks to pay.
pub(crate) fn order(body: &Value) -> Option<&Value> {
    if body["interactive"]["type"] == "order_details" {
        return body.pointer("/interactive/action/parameters");
    }
    let components = body.pointer("/template/components")?.as_array()?;
    components
        .iter()
        .find_map(|component| component.pointer("/parameters/0/action/order_details"))
}

/// A user pays, or tries to, what a message asks for.
pub(crate) fn pay(
    core: &Arc<Core>,
    number: &Number,
    user: &Key,
    wamid: &str,
    attempt: Attempt,
) -> Result<Emitted, SimulatorError> {
    let mut world = lock(&core.world);
    let unknown = SimulatorError::Unknown { kind: "message" };
    let message = world.message(wamid);
    let message = message.filter(|message| message.to.user() == Some(user));
    let body = message.map(|message| message.accepted.json());
    let body = body.ok_or(unknown)?;
    let order = order(&body).ok_or_else(|| SimulatorError::Parameter {
        name: "wamid",
        reason: "names a message that asks for no payment".to_owned(),
    })?;
    let reference = order["reference_id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let gateway = &order["payment_settings"][0]["payment_gateway"];
    let configuration = gateway["configuration_name"]
        .as_str()
        .or(order["payment_configuration"].as_str())
        .unwrap_or_default();
    let (status, outcome) = attempt.words();
    let now = core.clock.now().as_second();
    let transaction = {
        let mut payments = lock(&core.payments);
        let (id, gateway_id) = (
            payments.id(core.settings.seed, "order"),
            payments.id(core.settings.seed, "pay"),
        );
        let key = (number.id.clone(), reference.clone());
        let payment = payments.entry(
            key,
            Payment {
                configuration: configuration.to_owned(),
                status: "pending",
                currency: order["currency"].as_str().unwrap_or("INR").to_owned(),
                total: order["total_amount"].clone(),
                transactions: Vec::new(),
                refunded: 0,
            },
        );
        if payment.status == "captured" || payment.transactions.len() >= ATTEMPTS {
            return Err(SimulatorError::Parameter {
                name: "wamid",
                reason: "names an order that is paid, or was tried too often".to_owned(),
            });
        }
        payment.status = status;
        let mut transaction = json!({
            "id": id,
            "pg_transaction_id": gateway_id,
            "type": gateway["type"].as_str().unwrap_or("upi"),
            "status": outcome,
            "created_timestamp": now,
            "updated_timestamp": now,
            "method": {"type": "upi"},
        });
        if attempt == Attempt::Failed {
            transaction["error"] = json!({"code": "BAD_REQUEST_ERROR", "reason": "payment_failed"});
        }
        payment.transactions.push(transaction.clone());
        transaction
    };
    if attempt == Attempt::Captured {
        world.orders.pay(&number.waba, &reference);
    }
    let person = world.user(user);
    let mut element = json!({
        "id": wamid,
        "type": "payment",
        "status": status,
        "payment": {
            "reference_id": reference,
            "amount": {
                "value": order["total_amount"]["value"],
                "offset": order["total_amount"]["offset"],
            },
            "transaction": transaction,
            "currency": order["currency"],
        },
        "timestamp": now.to_string(),
    });
    let notes = gateway["type"].as_str().map(|kind| &gateway[kind]);
    for name in ["receipt", "notes"] {
        if let Some(value) = notes.and_then(|notes| notes.get(name)) {
            element["payment"][name] = value.clone();
        }
    }
    if let Some(person) = person {
        element["recipient_user_id"] = json!(person.bsuid);
        if let Some(wa_id) = &person.wa_id {
            element["recipient_id"] = json!(wa_id);
        }
    }
    let mut value = number.value();
    value["statuses"] = json!([element]);
    Ok(core.emit(number, "messages", lane_key(user, person), &value))
}
