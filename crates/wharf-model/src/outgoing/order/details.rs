//! An order to review and pay.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::amount::Amount;
use super::payment::PaymentSetting;
use super::totals::Order;
use crate::outgoing::invalid::{InvalidMessage, bounded, required};
use crate::outgoing::limits;
use crate::outgoing::read::Object;

/// An order to review and pay (India, Brazil); what is to pay is computed from the order.
///
/// See [Cloud API/Payments].
///
/// ```
/// use wharf_model::outgoing::{
///     Amount, Charge, Goods, Order, OrderCurrency, OrderDetails, OrderItem, PaymentSetting,
/// };
///
/// let cake = OrderItem::new("1234567".parse()?, "Cake", Amount::hundredths(5_000)?, 1)?;
/// let tax = Charge::new(Amount::hundredths(250)?);
/// let order = Order::new(vec![cake], Amount::hundredths(5_000)?, tax)?;
/// let pay = PaymentSetting::PaymentLink("https://example.com/pay/7".to_owned());
/// let details = OrderDetails::new("order-7".parse()?, Goods::Physical, OrderCurrency::Brl, order)?
///     .payment(pay)?;
/// assert_eq!(details.total().value(), 5_250);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OrderDetails {
    reference_id: ReferenceId,
    #[serde(rename = "type")]
    goods: Goods,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_configuration: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    payment_settings: Vec<PaymentSetting>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    beneficiaries: Vec<Beneficiary>,
    currency: OrderCurrency,
    total_amount: Amount,
    order: Order,
}

/// The business's reference of an order: 1 to 35 of letters, digits, `_`, `.` and `-`, used once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct ReferenceId(String);

/// What is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Goods {
    /// Nothing to ship.
    #[serde(rename = "digital-goods")]
    Digital,
    /// Something to ship.
    #[serde(rename = "physical-goods")]
    Physical,
}

/// The currencies in which users pay in a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum OrderCurrency {
    /// Indian rupees.
    Inr,
    /// Brazilian reais.
    Brl,
}

/// Whom goods are shipped to (India), checked when it is put into an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Beneficiary {
    /// At most 200 characters.
    pub name: String,
    /// At most 100 characters.
    pub address_line1: String,
    /// At most 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_line2: Option<String>,
    /// City.
    pub city: String,
    /// State.
    pub state: String,
    /// Country.
    pub country: String,
    /// Six digits.
    pub postal_code: String,
}

impl OrderDetails {
    pub(crate) const KEYS: &'static [&'static str] = &[
        "reference_id",
        "type",
        "payment_type",
        "payment_configuration",
        "payment_settings",
        "beneficiaries",
        "currency",
        "total_amount",
        "order",
    ];

    /// An order in the currency of one of the two countries.
    pub fn new(
        reference_id: ReferenceId,
        goods: Goods,
        currency: OrderCurrency,
        order: Order,
    ) -> Result<Self, InvalidMessage> {
        let total_amount = order.total().ok_or_else(|| {
            InvalidMessage::invalid("/order/discount", "higher than what is to pay")
        })?;
        Ok(Self {
            reference_id,
            goods,
            payment_type: (currency == OrderCurrency::Brl).then(|| "br".to_owned()),
            payment_configuration: None,
            payment_settings: Vec::new(),
            beneficiaries: Vec::new(),
            currency,
            total_amount,
            order,
        })
    }

    /// Adds a way to pay, of the country that the currency is of.
    pub fn payment(mut self, setting: PaymentSetting) -> Result<Self, InvalidMessage> {
        let list = "/payment_settings";
        let count = self.payment_settings.len() + 1;
        if count > limits::PAYMENT_SETTINGS {
            return Err(InvalidMessage::TooMany {
                field: list.to_owned(),
                limit: limits::PAYMENT_SETTINGS,
                count,
            });
        }
        setting
            .check(self.currency)
            .map_err(|fault| fault.within(&format!("{list}/{}", count - 1)))?;
        self.payment_settings.push(setting);
        Ok(self)
    }

    /// Names a payment configuration and what kind it is of, such as `upi` (India).
    pub fn payment_configuration(
        mut self,
        name: impl Into<String>,
        kind: impl Into<String>,
    ) -> Result<Self, InvalidMessage> {
        let limit = limits::CONFIGURATION_NAME;
        let name = required(name.into(), limit, "/payment_configuration")?;
        self.payment_type = Some(required(kind.into(), limit, "/payment_type")?);
        self.payment_configuration = Some(name);
        Ok(self)
    }

    /// Says whom the goods are shipped to (India).
    pub fn beneficiary(mut self, beneficiary: Beneficiary) -> Result<Self, InvalidMessage> {
        beneficiary.check().map_err(|fault| {
            fault.within(&format!("/beneficiaries/{}", self.beneficiaries.len()))
        })?;
        self.beneficiaries.push(beneficiary);
        Ok(self)
    }

    /// What is to pay.
    pub fn total(&self) -> Amount {
        self.total_amount
    }

    /// The business's reference.
    pub fn reference_id(&self) -> &ReferenceId {
        &self.reference_id
    }

    pub(crate) fn read(object: &Object<'_>) -> Result<Self, InvalidMessage> {
        let at = |fault: InvalidMessage| fault.within(object.at());
        let goods = match object.require_text("type")? {
            "digital-goods" => Goods::Digital,
            "physical-goods" => Goods::Physical,
            _ => return Err(object.invalid("type", "neither digital-goods nor physical-goods")),
        };
        let currency = match object.require_text("currency")? {
            "INR" => OrderCurrency::Inr,
            "BRL" => OrderCurrency::Brl,
            _ => return Err(object.invalid("currency", "neither INR nor BRL")),
        };
        let order = Order::read(&object.require_child("order", Order::KEYS)?)?;
        let reference = ReferenceId::read(object)?;
        let mut details = Self::new(reference, goods, currency, order).map_err(at)?;
        let total = Amount::read(&object.require_child("total_amount", Amount::KEYS)?)?;
        if total != details.total_amount {
            let reason = "not subtotal, tax and shipping less the discount";
            return Err(object.invalid("total_amount", reason));
        }
        for setting in object.each(
            "payment_settings",
            PaymentSetting::KEYS,
            PaymentSetting::read,
        )? {
            details = details.payment(setting).map_err(at)?;
        }
        for one in object.each("beneficiaries", Beneficiary::KEYS, Beneficiary::read)? {
            details = details.beneficiary(one).map_err(at)?;
        }
        let limit = limits::CONFIGURATION_NAME;
        if let Some(name) = object.owned("payment_configuration")? {
            let field = object.pointer("payment_configuration");
            details.payment_configuration = Some(required(name, limit, &field)?);
        }
        if let Some(kind) = object.owned("payment_type")? {
            let field = object.pointer("payment_type");
            details.payment_type = Some(required(kind, limit, &field)?);
        }
        Ok(details)
    }
}

impl ReferenceId {
    /// The reference as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn at(text: String, field: &str) -> Result<Self, InvalidMessage> {
        let text = required(text, limits::REFERENCE_ID, field)?;
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        if !text.bytes().all(allowed) {
            let reason = "not letters, digits, `_`, `.` and `-` only";
            return Err(InvalidMessage::invalid(field, reason));
        }
        Ok(Self(text))
    }

    pub(super) fn read(object: &Object<'_>) -> Result<Self, InvalidMessage> {
        let text = object.require_text("reference_id")?.to_owned();
        Self::at(text, &object.pointer("reference_id"))
    }
}

impl FromStr for ReferenceId {
    type Err = InvalidMessage;

    fn from_str(text: &str) -> Result<Self, InvalidMessage> {
        Self::at(text.to_owned(), "/reference_id")
    }
}

impl fmt::Display for ReferenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Beneficiary {
    const KEYS: &'static [&'static str] = &[
        "name",
        "address_line1",
        "address_line2",
        "city",
        "state",
        "country",
        "postal_code",
    ];

    fn check(&self) -> Result<(), InvalidMessage> {
        for (text, limit, field) in [
            (&self.name, limits::BENEFICIARY_NAME, "/name"),
            (&self.address_line1, limits::ADDRESS_LINE, "/address_line1"),
            (&self.city, limits::ADDRESS_LINE, "/city"),
            (&self.state, limits::ADDRESS_LINE, "/state"),
            (&self.country, limits::ADDRESS_LINE, "/country"),
        ] {
            required(text.clone(), limit, field)?;
        }
        let second = self.address_line2.clone().unwrap_or_default();
        bounded(second, limits::ADDRESS_LINE, "/address_line2")?;
        let code = self.postal_code.as_bytes();
        if code.len() != limits::POSTAL_CODE || !code.iter().all(u8::is_ascii_digit) {
            return Err(InvalidMessage::invalid("/postal_code", "not six digits"));
        }
        Ok(())
    }

    fn read(object: &Object<'_>) -> Result<Self, InvalidMessage> {
        let text = |key: &str| object.require_text(key).map(str::to_owned);
        let code = object.text_or_number("postal_code")?;
        Ok(Self {
            name: text("name")?,
            address_line1: text("address_line1")?,
            address_line2: object.owned("address_line2")?,
            city: text("city")?,
            state: text("state")?,
            country: text("country")?,
            postal_code: code.map(std::borrow::Cow::into_owned).unwrap_or_default(),
        })
    }
}
