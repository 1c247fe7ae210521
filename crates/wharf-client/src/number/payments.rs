//! Payments in India: look up and pay back.

use serde::{Deserialize, Serialize};

use super::Number;
use crate::call::Call;
use crate::fields::Fields;
use crate::graph;

impl Number {
    /// What became of a payment. Never trust a webhook alone: look it up.
    ///
    /// See [Cloud API/Payments in India].
    pub fn payment(&self, configuration: &str, reference_id: &str) -> Call<Payments> {
        let path = [self.id().as_str(), "payments", configuration, reference_id];
        graph::read(self.client(), "payments.get", &path, &[])
    }

    /// Pays money back.
    ///
    /// See [Cloud API/Payments in India].
    pub fn refund(&self, refund: &Refund) -> Call<RefundResult> {
        graph::post(
            self.client(),
            "payments.refund",
            &self.edge("payments_refund"),
            refund,
        )
    }
}

/// Money to pay back; see [Cloud API/Payments in India].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Refund(Fields);

impl Refund {
    /// Of a payment by its reference: `value` divided by `offset` in a currency, so 2100 with
    /// offset 100 in `INR` is 21 rupees.
    pub fn new(
        reference_id: impl Into<String>,
        configuration: impl Into<String>,
        currency: impl Into<String>,
        value: u64,
        offset: u64,
    ) -> Self {
        let amount = Fields::default()
            .with("currency", currency.into())
            .with("value", value)
            .with("offset", offset);
        let fields = Fields::default()
            .with("reference_id", reference_id.into())
            .with("speed", "normal")
            .with("payment_config_id", configuration.into());
        Self(fields.with("amount", amount))
    }

    /// Pays it back at once, where that is possible.
    #[must_use]
    pub fn instant(self) -> Self {
        Self(self.0.with("speed", "instant"))
    }
}

/// Payments for one reference; see [Cloud API/Payments in India].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Payments(Fields);

impl Payments {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The payments.
    pub fn payments(&self) -> Vec<Payment> {
        self.0.list("payments")
    }
}

/// A payment and its transactions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Payment(Fields);

impl Payment {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The business's own reference.
    pub fn reference_id(&self) -> Option<&str> {
        self.0.text("reference_id")
    }

    /// What became of it.
    pub fn status(&self) -> Option<&str> {
        self.0.text("status")
    }

    /// Its currency.
    pub fn currency(&self) -> Option<&str> {
        self.0.text("currency")
    }

    /// How much, as value and offset.
    pub fn total_amount(&self) -> Option<Fields> {
        self.0.get("total_amount")
    }

    /// Each try, with refunds.
    pub fn transactions(&self) -> Vec<Fields> {
        self.0.list("transactions")
    }
}

/// What became of a refund.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RefundResult(Fields);

impl RefundResult {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<&str> {
        self.0.text("id")
    }

    /// How far it is.
    pub fn status(&self) -> Option<&str> {
        self.0.text("status")
    }

    /// How fast it was.
    pub fn speed_processed(&self) -> Option<&str> {
        self.0.text("speed_processed")
    }
}
