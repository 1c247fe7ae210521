//! What Meta tells of a WABA, and what can be changed in it.

use serde::{Deserialize, Serialize};
use wharf_model::WabaId;

use super::Waba;
use crate::call::Call;
use crate::fields::Fields;
use crate::graph;
use crate::health::HealthStatus;
use crate::number::MessagingLimit;

/// The fields that [`Waba::info`] asks for.
const FIELDS: &str = "id,name,status,currency,country,timezone_id,message_template_namespace,\
    account_review_status,business_verification_status,ownership_type,is_enabled_for_insights,\
    whatsapp_business_manager_messaging_limit";

impl Waba {
    /// Reads what Meta tells of the WABA: name, status, reviews.
    ///
    /// See [Cloud API/WhatsApp business accounts].
    pub fn info(&self) -> Call<WabaInfo> {
        self.info_fields(FIELDS)
    }

    /// Reads chosen fields of the WABA, separated by commas.
    ///
    /// See [Cloud API/WhatsApp business accounts].
    pub fn info_fields(&self, fields: &str) -> Call<WabaInfo> {
        let path = [self.id().as_str()];
        graph::read(self.client(), "wabas.get", &path, &[("fields", fields)])
    }

    /// Whether the WABA can send, and what stands in the way.
    ///
    /// See [Cloud API/Messaging health status].
    pub fn health(&self) -> Call<WabaInfo> {
        self.info_fields("health_status")
    }

    /// Changes the WABA; what is not in the update stays.
    ///
    /// See [Cloud API/WhatsApp business accounts].
    pub fn update(&self, update: &WabaUpdate) -> Call<()> {
        graph::set(self.client(), "wabas.update", &[self.id().as_str()], update)
    }
}

/// A WABA; a field that was not asked for is absent. See [Cloud API/WhatsApp business accounts].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WabaInfo(Fields);

impl WabaInfo {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<WabaId> {
        self.0.get("id")
    }

    /// Its name.
    pub fn name(&self) -> Option<&str> {
        self.0.text("name")
    }

    /// Whether it works.
    pub fn status(&self) -> Option<WabaStatus> {
        self.0.text("status").map(WabaStatus::from)
    }

    /// The currency that it pays in.
    pub fn currency(&self) -> Option<&str> {
        self.0.text("currency")
    }

    /// Its country.
    pub fn country(&self) -> Option<&str> {
        self.0.text("country")
    }

    /// Its time zone, by Meta's number.
    pub fn timezone_id(&self) -> Option<&str> {
        self.0.text("timezone_id")
    }

    /// The name space of its templates.
    pub fn message_template_namespace(&self) -> Option<&str> {
        self.0.text("message_template_namespace")
    }

    /// What Meta's review found.
    pub fn account_review_status(&self) -> Option<ReviewStatus> {
        self.0.text("account_review_status").map(ReviewStatus::from)
    }

    /// Whether its portfolio is verified.
    pub fn business_verification_status(&self) -> Option<&str> {
        self.0.text("business_verification_status")
    }

    /// Who owns it.
    pub fn ownership_type(&self) -> Option<&str> {
        self.0.text("ownership_type")
    }

    /// The portfolio that owns it.
    pub fn owner_business_info(&self) -> Option<Fields> {
        self.0.get("owner_business_info")
    }

    /// The portfolio that it acts for.
    pub fn on_behalf_of_business_info(&self) -> Option<Fields> {
        self.0.get("on_behalf_of_business_info")
    }

    /// Who pays.
    pub fn primary_funding_id(&self) -> Option<&str> {
        self.0.text("primary_funding_id")
    }

    /// The number on its bills.
    pub fn purchase_order_number(&self) -> Option<&str> {
        self.0.text("purchase_order_number")
    }

    /// Whether templates are counted.
    pub fn is_enabled_for_insights(&self) -> Option<bool> {
        self.0.flag("is_enabled_for_insights")
    }

    /// Whether it may use the Marketing Messages API.
    pub fn marketing_messages_lite_api_status(&self) -> Option<&str> {
        self.0.text("marketing_messages_lite_api_status")
    }

    /// Where international prices for authentication apply.
    pub fn auth_international_rate_eligibility(&self) -> Option<Fields> {
        self.0.get("auth_international_rate_eligibility")
    }

    /// Where the business is.
    pub fn primary_business_location(&self) -> Option<&str> {
        self.0.text("primary_business_location")
    }

    /// How many people its portfolio may write to in 24 hours.
    pub fn messaging_limit(&self) -> Option<MessagingLimit> {
        self.0
            .text("whatsapp_business_manager_messaging_limit")
            .map(MessagingLimit::from)
    }

    /// Whether marketing goes through the Marketing Messages API only.
    pub fn disable_marketing_messages_on_cloud_api(&self) -> Option<bool> {
        self.0.flag("disable_marketing_messages_on_cloud_api")
    }

    /// Whether it can send.
    pub fn health_status(&self) -> Option<HealthStatus> {
        self.0.get("health_status")
    }
}

/// Whether a WABA works.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WabaStatus {
    /// `ACTIVE`.
    Active,
    /// `PENDING`.
    Pending,
    /// `RESTRICTED`.
    Restricted,
    /// `DISABLED`.
    Disabled,
    /// One that this version does not know.
    Unknown(String),
}

impl WabaStatus {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Active => "ACTIVE",
            Self::Pending => "PENDING",
            Self::Restricted => "RESTRICTED",
            Self::Disabled => "DISABLED",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for WabaStatus {
    fn from(value: &str) -> Self {
        match value {
            "ACTIVE" => Self::Active,
            "PENDING" => Self::Pending,
            "RESTRICTED" => Self::Restricted,
            "DISABLED" => Self::Disabled,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

/// What Meta's review of a WABA found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReviewStatus {
    /// `PENDING`.
    Pending,
    /// `APPROVED`.
    Approved,
    /// `REJECTED`.
    Rejected,
    /// `RESTRICTED`.
    Restricted,
    /// `LIMIT_REACHED`.
    LimitReached,
    /// One that this version does not know.
    Unknown(String),
}

impl ReviewStatus {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pending => "PENDING",
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
            Self::Restricted => "RESTRICTED",
            Self::LimitReached => "LIMIT_REACHED",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for ReviewStatus {
    fn from(value: &str) -> Self {
        match value {
            "PENDING" => Self::Pending,
            "APPROVED" => Self::Approved,
            "REJECTED" => Self::Rejected,
            "RESTRICTED" => Self::Restricted,
            "LIMIT_REACHED" => Self::LimitReached,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

/// Changes to a WABA; see [Cloud API/WhatsApp business accounts].
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct WabaUpdate(Fields);

impl WabaUpdate {
    /// No changes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another name.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        Self(self.0.with("name", name.into()))
    }

    /// Another time zone, by Meta's number.
    #[must_use]
    pub fn timezone_id(self, timezone_id: impl Into<String>) -> Self {
        Self(self.0.with("timezone_id", timezone_id.into()))
    }

    /// Lets marketing go through the Marketing Messages API only.
    #[must_use]
    pub fn disable_marketing_messages_on_cloud_api(
        self,
        disable_marketing_messages_on_cloud_api: bool,
    ) -> Self {
        Self(self.0.with(
            "disable_marketing_messages_on_cloud_api",
            disable_marketing_messages_on_cloud_api,
        ))
    }

    /// Counts templates from now on; this cannot be undone.
    #[must_use]
    pub fn enable_insights(self) -> Self {
        Self(self.0.with("is_enabled_for_insights", true))
    }
}
