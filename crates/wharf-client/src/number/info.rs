//! What Meta tells of a business phone number.

use serde::{Deserialize, Serialize};
use wharf_model::PhoneNumberId;

use super::Number;
use super::automation::Automation;
use super::official::OfficialAccount;
use super::state::{
    AccountMode, CodeVerification, MessagingLimit, NameStatus, NumberStatus, Platform,
    QualityRating, Throughput,
};
use super::webhook::WebhookConfiguration;
use crate::call::Call;
use crate::fields::Fields;
use crate::graph;
use crate::health::HealthStatus;

/// The fields that [`Number::info`] asks for.
const FIELDS: &str = "id,display_phone_number,verified_name,status,quality_rating,name_status,\
    new_name_status,code_verification_status,platform_type,throughput,account_mode,\
    is_official_business_account,is_pin_enabled,webhook_configuration,\
    whatsapp_business_manager_messaging_limit";

impl Number {
    /// Reads what Meta tells of the number: names, status, quality, limits.
    ///
    /// See [Cloud API/Business phone numbers].
    pub fn info(&self) -> Call<NumberInfo> {
        self.info_fields(FIELDS)
    }

    /// Reads chosen fields of the number, separated by commas.
    ///
    /// See [Cloud API/Business phone numbers].
    pub fn info_fields(&self, fields: &str) -> Call<NumberInfo> {
        let path = [self.id().as_str()];
        graph::read(self.client(), "numbers.get", &path, &[("fields", fields)])
    }

    /// Whether the number can send and take calls, and what stands in the way.
    ///
    /// See [Cloud API/Messaging health status].
    pub fn health(&self) -> Call<NumberInfo> {
        self.info_fields("health_status")
    }
}

/// A business phone number; a field that was not asked for is absent. See [Cloud API/Business phone numbers].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NumberInfo(Fields);

impl NumberInfo {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<PhoneNumberId> {
        self.0.get("id")
    }

    /// The number as people see it.
    pub fn display_phone_number(&self) -> Option<&str> {
        self.0.text("display_phone_number")
    }

    /// The name that people see.
    pub fn verified_name(&self) -> Option<&str> {
        self.0.text("verified_name")
    }

    /// Whether it works.
    pub fn status(&self) -> Option<NumberStatus> {
        self.0.text("status").map(NumberStatus::from)
    }

    /// How people take its messages.
    pub fn quality_rating(&self) -> Option<QualityRating> {
        self.0.text("quality_rating").map(QualityRating::from)
    }

    /// What became of its name.
    pub fn name_status(&self) -> Option<NameStatus> {
        self.0.text("name_status").map(NameStatus::from)
    }

    /// A name that waits for review.
    pub fn new_display_name(&self) -> Option<&str> {
        self.0.text("new_display_name")
    }

    /// What became of the name that waits.
    pub fn new_name_status(&self) -> Option<NameStatus> {
        self.0.text("new_name_status").map(NameStatus::from)
    }

    /// Whether its owner was verified.
    pub fn code_verification_status(&self) -> Option<CodeVerification> {
        self.0
            .text("code_verification_status")
            .map(CodeVerification::from)
    }

    /// What it is registered with.
    pub fn platform_type(&self) -> Option<Platform> {
        self.0.text("platform_type").map(Platform::from)
    }

    /// Whether it is a test number.
    pub fn account_mode(&self) -> Option<AccountMode> {
        self.0.text("account_mode").map(AccountMode::from)
    }

    /// Whether it has the official badge.
    pub fn is_official_business_account(&self) -> Option<bool> {
        self.0.flag("is_official_business_account")
    }

    /// How far the official badge is.
    pub fn official_business_account(&self) -> Option<OfficialAccount> {
        self.0.get("official_business_account")
    }

    /// Whether two-step verification is on.
    pub fn is_pin_enabled(&self) -> Option<bool> {
        self.0.flag("is_pin_enabled")
    }

    /// Whether the business app uses it too.
    pub fn is_on_biz_app(&self) -> Option<bool> {
        self.0.flag("is_on_biz_app")
    }

    /// Whether it was verified before it had a WABA.
    pub fn is_preverified_number(&self) -> Option<bool> {
        self.0.flag("is_preverified_number")
    }

    /// When it came to the platform.
    pub fn last_onboarded_time(&self) -> Option<&str> {
        self.0.text("last_onboarded_time")
    }

    /// Whether people find it by searching.
    pub fn search_visibility(&self) -> Option<&str> {
        self.0.text("search_visibility")
    }

    /// How many people its portfolio may write to in 24 hours.
    pub fn messaging_limit(&self) -> Option<MessagingLimit> {
        self.0
            .text("whatsapp_business_manager_messaging_limit")
            .map(MessagingLimit::from)
    }

    /// Its country.
    pub fn country_code(&self) -> Option<&str> {
        self.0.text("country_code")
    }

    /// Its country's prefix.
    pub fn country_dial_code(&self) -> Option<&str> {
        self.0.text("country_dial_code")
    }

    /// Its certificate, for registering.
    pub fn certificate(&self) -> Option<&str> {
        self.0.text("certificate")
    }

    /// The certificate of a new name.
    pub fn new_certificate(&self) -> Option<&str> {
        self.0.text("new_certificate")
    }

    /// Where its notifications go.
    pub fn webhook_configuration(&self) -> Option<WebhookConfiguration> {
        self.0.get("webhook_configuration")
    }

    /// Commands and prompts.
    pub fn conversational_automation(&self) -> Option<Automation> {
        self.0.get("conversational_automation")
    }

    /// Whether it can send.
    pub fn health_status(&self) -> Option<HealthStatus> {
        self.0.get("health_status")
    }

    /// How many messages a second it may send.
    pub fn throughput(&self) -> Option<Throughput> {
        let throughput: Fields = self.0.get("throughput")?;
        throughput.text("level").map(Throughput::from)
    }
}
