//! Business phone numbers of a WABA.

use serde::{Deserialize, Serialize};
use wharf_model::PhoneNumberId;

use super::Waba;
use crate::call::Call;
use crate::fields::Fields;
use crate::graph;
use crate::number::{AccountMode, NumberInfo};
use crate::pages::Pages;

impl Waba {
    /// The numbers of the WABA, a page at a time.
    ///
    /// See [Cloud API/Business phone numbers].
    pub fn numbers(&self) -> Pages<NumberInfo> {
        self.pages("numbers.list", "phone_numbers", &[])
    }

    /// The test numbers of the WABA, or those that are not, a page at a time.
    ///
    /// See [Cloud API/Business phone numbers].
    pub fn numbers_in_mode(&self, mode: &AccountMode) -> Pages<NumberInfo> {
        let filter = Fields::default()
            .with("field", "account_mode")
            .with("operator", "EQUAL")
            .with("value", mode.as_str());
        let filter = serde_json::Value::from(vec![filter]).to_string();
        self.pages("numbers.list", "phone_numbers", &[("filtering", &filter)])
    }

    /// Adds a number, which must be verified and registered after that.
    ///
    /// See [Cloud API/Business phone numbers].
    pub fn add_number(&self, number: &NewNumber) -> Call<AddedNumber> {
        graph::post(
            self.client(),
            "numbers.add",
            &self.edge("phone_numbers"),
            number,
        )
    }
}

/// A number to add to a WABA; see [Cloud API/Business phone numbers].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct NewNumber(Fields);

impl NewNumber {
    /// Country prefix, the rest of the number, and the name that people shall see.
    pub fn new(
        country_prefix: impl Into<String>,
        phone_number: impl Into<String>,
        verified_name: impl Into<String>,
    ) -> Self {
        let fields = Fields::default()
            .with("cc", country_prefix.into())
            .with("phone_number", phone_number.into());
        Self(fields.with("verified_name", verified_name.into()))
    }

    /// Takes the number from another WABA.
    #[must_use]
    pub fn migrate_phone_number(self, migrate_phone_number: bool) -> Self {
        Self(self.0.with("migrate_phone_number", migrate_phone_number))
    }

    /// The id of a number that was verified before.
    #[must_use]
    pub fn preverified_id(self, preverified_id: impl Into<String>) -> Self {
        Self(self.0.with("preverified_id", preverified_id.into()))
    }
}

/// A number that was added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AddedNumber(Fields);

impl AddedNumber {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<PhoneNumberId> {
        self.0.get("id")
    }
}
