//! The WABA: violations, restrictions, partners, prices.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::partner::{DisconnectionInfo, PartnerCertification, PartnerChange, WabaInfo};
use super::wire::{absent, body, elements, lenient, number_seconds, one_or_many};

/// What happened to a WABA.
///
/// See [Cloud API/Account update webhook reference].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event")]
#[non_exhaustive]
pub enum AccountUpdate {
    /// It was deleted.
    #[serde(rename = "ACCOUNT_DELETED")]
    Deleted(AccountNotice),
    /// A coexistence number left the API.
    #[serde(rename = "ACCOUNT_OFFBOARDED")]
    Offboarded(AccountNotice),
    /// A coexistence number is back.
    #[serde(rename = "ACCOUNT_RECONNECTED")]
    Reconnected(AccountNotice),
    /// Its number was verified; an older page of Meta's.
    #[serde(rename = "VERIFIED_ACCOUNT")]
    Verified(AccountNotice),
    /// It broke a rule.
    #[serde(rename = "ACCOUNT_VIOLATION")]
    Violation(AccountViolation),
    /// Something is forbidden to it for a while.
    #[serde(rename = "ACCOUNT_RESTRICTION")]
    Restriction(AccountRestriction),
    /// It is disabled, will be, or is so no longer.
    #[serde(rename = "DISABLED_UPDATE")]
    Disabled(AccountDisabled),
    /// It was shared with a partner.
    #[serde(rename = "PARTNER_ADDED")]
    PartnerAdded(PartnerChange),
    /// It is shared with a partner no longer.
    #[serde(rename = "PARTNER_REMOVED")]
    PartnerRemoved(PartnerChange),
    /// A partner's app was given access.
    #[serde(rename = "PARTNER_APP_INSTALLED")]
    PartnerAppInstalled(PartnerChange),
    /// A partner's app lost access.
    #[serde(rename = "PARTNER_APP_UNINSTALLED")]
    PartnerAppUninstalled(PartnerChange),
    /// An advertising account was tied to it.
    #[serde(rename = "AD_ACCOUNT_LINKED")]
    AdAccountLinked(PartnerChange),
    /// The terms of the Marketing Messages API were accepted.
    #[serde(rename = "MM_LITE_TERMS_SIGNED")]
    MmLiteTermsSigned(PartnerChange),
    /// A partner's client was certified, or not.
    #[serde(rename = "PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE")]
    PartnerCertification(PartnerCertification),
    /// The international rate of authentication applies.
    #[serde(rename = "AUTH_INTL_PRICE_ELIGIBILITY_UPDATE")]
    AuthInternationalPrice(AuthInternationalPrice),
    /// The business's country changed.
    #[serde(rename = "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE")]
    PrimaryLocation(PrimaryLocation),
    /// A price by volume was reached.
    #[serde(rename = "VOLUME_BASED_PRICING_TIER_UPDATE")]
    VolumeTier(VolumeTier),
    /// An event that is not in Meta's list, or one whose body is of another form.
    #[serde(untagged)]
    Unknown(Value),
}

impl<'de> Deserialize<'de> for AccountUpdate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let known = match value.get("event").and_then(Value::as_str) {
            Some("ACCOUNT_DELETED") => body(&value, Self::Deleted),
            Some("ACCOUNT_OFFBOARDED") => body(&value, Self::Offboarded),
            Some("ACCOUNT_RECONNECTED") => body(&value, Self::Reconnected),
            Some("VERIFIED_ACCOUNT") => body(&value, Self::Verified),
            Some("ACCOUNT_VIOLATION") => body(&value, Self::Violation),
            Some("ACCOUNT_RESTRICTION") => body(&value, Self::Restriction),
            Some("DISABLED_UPDATE") => body(&value, Self::Disabled),
            Some("PARTNER_ADDED") => body(&value, Self::PartnerAdded),
            Some("PARTNER_REMOVED") => body(&value, Self::PartnerRemoved),
            Some("PARTNER_APP_INSTALLED") => body(&value, Self::PartnerAppInstalled),
            Some("PARTNER_APP_UNINSTALLED") => body(&value, Self::PartnerAppUninstalled),
            Some("AD_ACCOUNT_LINKED") => body(&value, Self::AdAccountLinked),
            Some("MM_LITE_TERMS_SIGNED") => body(&value, Self::MmLiteTermsSigned),
            Some("PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE") => {
                body(&value, Self::PartnerCertification)
            }
            Some("AUTH_INTL_PRICE_ELIGIBILITY_UPDATE") => {
                body(&value, Self::AuthInternationalPrice)
            }
            Some("BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE") => body(&value, Self::PrimaryLocation),
            Some("VOLUME_BASED_PRICING_TIER_UPDATE") => body(&value, Self::VolumeTier),
            _ => None,
        };
        Ok(known.unwrap_or(Self::Unknown(value)))
    }
}

/// What happened to a WABA, where the event says nearly all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountNotice {
    /// The number, as shown.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub phone_number: Option<String>,
    /// The WABA.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub waba_info: Option<WabaInfo>,
    /// Why a coexistence number left.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub disconnection_info: Option<DisconnectionInfo>,
}

/// A rule that was broken.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountViolation {
    /// The number, as shown.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub phone_number: Option<String>,
    /// Which rule.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub violation_info: Option<ViolationInfo>,
}

/// A rule that was broken.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ViolationInfo {
    /// Meta's name of it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub violation_type: Option<String>,
    /// What to do, for a person.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub remediation: Option<String>,
}

/// What is forbidden to a WABA.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountRestriction {
    /// The number, as shown.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub phone_number: Option<String>,
    /// What is forbidden.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub restriction_info: Vec<RestrictionInfo>,
}

/// Something that is forbidden to a WABA.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RestrictionInfo {
    /// What.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub restriction_type: Option<RestrictionKind>,
    /// Until when.
    #[serde(with = "number_seconds", skip_serializing_if = "absent")]
    pub expiration: Option<Timestamp>,
    /// What to do, for a person.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub remediation: Option<String>,
}

/// Whether a WABA is disabled.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountDisabled {
    /// Whether and when.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub ban_info: Option<BanInfo>,
}

/// Whether a WABA is disabled.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BanInfo {
    /// What is or will be; an older page of Meta's shows a list.
    #[serde(with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub waba_ban_state: Vec<BanState>,
    /// When, for a person.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub waba_ban_date: Option<String>,
}

/// Where the international rate of authentication applies.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthInternationalPrice {
    /// Where and when.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub auth_international_rate_eligibility: Option<AuthInternationalRate>,
}

/// Where the international rate of authentication applies.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthInternationalRate {
    /// Since when.
    #[serde(with = "number_seconds", skip_serializing_if = "absent")]
    pub start_time: Option<Timestamp>,
    /// Countries with a time of their own.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub exception_countries: Vec<ExceptionCountry>,
}

/// A country with a time of its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExceptionCountry {
    /// ISO 3166 code.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub country_code: Option<String>,
    /// Since when.
    #[serde(with = "number_seconds", skip_serializing_if = "absent")]
    pub start_time: Option<Timestamp>,
}

/// The country of a business.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PrimaryLocation {
    /// ISO 3166 code.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub country: Option<String>,
}

/// A price by volume.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct VolumeTier {
    /// Which.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub volume_tier_info: Option<VolumeTierInfo>,
}

/// A price by volume; of two reports the earlier counts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct VolumeTierInfo {
    /// When it was reached.
    #[serde(with = "number_seconds", skip_serializing_if = "absent")]
    pub tier_update_time: Option<Timestamp>,
    /// For which category, such as `UTILITY`.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub pricing_category: Option<String>,
    /// From how many messages to how many: `min:max`.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub tier: Option<String>,
    /// Year and month: `2025-11`.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub effective_month: Option<String>,
    /// Country or region.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub region: Option<String>,
}

/// Whether a WABA is disabled.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum BanState {
    /// It is.
    Disable,
    /// It is so no longer.
    Reinstate,
    /// It will be.
    ScheduleForDisable,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// What is forbidden to a WABA.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum RestrictionKind {
    /// To add numbers.
    RestrictedAddPhoneNumberAction,
    /// To call and to be called.
    RestrictedBizInitiatedAndUserInitiatedCalling,
    /// To write first.
    RestrictedBizInitiatedMessaging,
    /// To call.
    RestrictedBusinessInitiatedCalling,
    /// To answer users.
    RestrictedCustomerInitiatedMessaging,
    /// To send utility templates directly.
    RestrictedDirectSendUtilityTemplates,
    /// To be called.
    RestrictedUserInitiatedCalling,
    /// To show the call button.
    RestrictedUserInitiatedCallingCallButtonHidden,
    /// To use utility templates.
    RestrictedUtilityTemplates,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}
