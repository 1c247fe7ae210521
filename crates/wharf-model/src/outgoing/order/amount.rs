//! Amounts of money in hundredths.

use serde::Serialize;

use crate::outgoing::invalid::{InvalidMessage, bounded};
use crate::outgoing::limits;
use crate::outgoing::read::Object;

/// An amount of money in hundredths: paise or centavos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Amount {
    value: i64,
    offset: i64,
}

/// An amount that is added, with what it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Charge {
    value: i64,
    offset: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

/// An amount that is taken off, with what it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Discount {
    value: i64,
    offset: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(
        rename = "discount_program_name",
        skip_serializing_if = "Option::is_none"
    )]
    program: Option<String>,
}

impl Amount {
    pub(super) const KEYS: &'static [&'static str] = &["value", "offset"];

    /// An amount in hundredths, not negative: 1250 is 12.50.
    pub fn hundredths(value: i64) -> Result<Self, InvalidMessage> {
        Self::at(value, "")
    }

    /// The amount in hundredths.
    pub fn value(self) -> i64 {
        self.value
    }

    /// An amount that needs no check, since it was computed from checked ones.
    pub(super) fn computed(value: i64) -> Self {
        Self {
            value,
            offset: limits::AMOUNT_OFFSET,
        }
    }

    fn at(value: i64, at: &str) -> Result<Self, InvalidMessage> {
        if value < 0 {
            return Err(InvalidMessage::invalid(
                format!("{at}/value"),
                "less than zero",
            ));
        }
        Ok(Self::computed(value))
    }

    pub(super) fn read(object: &Object<'_>) -> Result<Self, InvalidMessage> {
        if object.require_number::<i64>("offset")? != limits::AMOUNT_OFFSET {
            return Err(object.invalid("offset", "not 100"));
        }
        Self::at(object.require_number("value")?, object.at())
    }
}

impl Charge {
    pub(super) const KEYS: &'static [&'static str] = &["value", "offset", "description"];

    /// What is added.
    pub fn new(amount: Amount) -> Self {
        Self {
            value: amount.value,
            offset: amount.offset,
            description: None,
        }
    }

    /// Says what it is for, in at most 60 characters.
    pub fn description(mut self, text: impl Into<String>) -> Result<Self, InvalidMessage> {
        self.description = Some(bounded(text.into(), limits::ORDER_TEXT, "/description")?);
        Ok(self)
    }

    /// How much.
    pub fn amount(&self) -> Amount {
        Amount::computed(self.value)
    }

    pub(super) fn read(object: &Object<'_>) -> Result<Self, InvalidMessage> {
        let charge = Self::new(Amount::read(object)?);
        match object.text("description")? {
            Some(text) => charge
                .description(text)
                .map_err(|fault| fault.within(object.at())),
            None => Ok(charge),
        }
    }
}

impl Discount {
    pub(super) const KEYS: &'static [&'static str] =
        &["value", "offset", "description", "discount_program_name"];

    /// What is taken off.
    pub fn new(amount: Amount) -> Self {
        Self {
            value: amount.value,
            offset: amount.offset,
            description: None,
            program: None,
        }
    }

    /// Says what it is for, in at most 60 characters.
    pub fn description(mut self, text: impl Into<String>) -> Result<Self, InvalidMessage> {
        self.description = Some(bounded(text.into(), limits::ORDER_TEXT, "/description")?);
        Ok(self)
    }

    /// Names the programme of the discount, in at most 60 characters.
    pub fn program(mut self, name: impl Into<String>) -> Result<Self, InvalidMessage> {
        let field = "/discount_program_name";
        self.program = Some(bounded(name.into(), limits::ORDER_TEXT, field)?);
        Ok(self)
    }

    /// How much.
    pub fn amount(&self) -> Amount {
        Amount::computed(self.value)
    }

    pub(super) fn read(object: &Object<'_>) -> Result<Self, InvalidMessage> {
        let mut discount = Self::new(Amount::read(object)?);
        if let Some(text) = object.text("description")? {
            discount = discount
                .description(text)
                .map_err(|fault| fault.within(object.at()))?;
        }
        if let Some(name) = object.text("discount_program_name")? {
            discount = discount
                .program(name)
                .map_err(|fault| fault.within(object.at()))?;
        }
        Ok(discount)
    }
}
