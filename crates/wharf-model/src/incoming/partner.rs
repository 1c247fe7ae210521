//! A WABA and its partners.

use serde::{Deserialize, Serialize};

use super::wire::{absent, elements, lenient};
use crate::ids::{AdAccountId, AppId, BusinessId, SolutionId, WabaId};

/// A WABA and its partner.
///
/// See [Cloud API/Account update webhook reference].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PartnerChange {
    /// Who and what.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub waba_info: Option<WabaInfo>,
    /// Why a coexistence number left.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub disconnection_info: Option<DisconnectionInfo>,
}

/// A WABA, its owner and its partner.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WabaInfo {
    /// The WABA.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub waba_id: Option<WabaId>,
    /// The portfolio that owns it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub owner_business_id: Option<BusinessId>,
    /// The partner's app.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub partner_app_id: Option<AppId>,
    /// The solution that several partners share.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub solution_id: Option<SolutionId>,
    /// These partners.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub solution_partner_business_ids: Vec<BusinessId>,
    /// The advertising account.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub ad_account_linked: Option<AdAccountId>,
}

/// Why a coexistence number left.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DisconnectionInfo {
    /// Why.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub reason: Option<DisconnectionReason>,
    /// Who did it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub initiated_by: Option<DisconnectionInitiator>,
}

/// A partner's client that was certified, or not.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PartnerCertification {
    /// Who and whether.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub partner_client_certification_info: Option<CertificationInfo>,
}

/// Whether a partner's client was certified.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CertificationInfo {
    /// The client.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub client_business_id: Option<BusinessId>,
    /// Whether.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub status: Option<CertificationStatus>,
    /// Why not.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub rejection_reasons: Vec<String>,
}

/// Why a coexistence number left.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum DisconnectionReason {
    /// It was disconnected in the app.
    AccountDisconnected,
    /// The number went back to the ordinary app.
    BusinessDowngrade,
    /// The number was changed.
    ChangeNumber,
    /// The API was not used for about 30 days.
    CompanionInactivity,
    /// The app was not opened for about 14 days.
    PrimaryInactivity,
    /// The number was registered anew.
    UserReRegistered,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// Who disconnected a coexistence number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum DisconnectionInitiator {
    /// WhatsApp.
    System,
    /// The business's user.
    User,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// Whether a partner's client is certified.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum CertificationStatus {
    /// It is.
    Approved,
    /// The request was dropped.
    Discarded,
    /// It is not.
    Failed,
    /// It is not decided.
    Pending,
    /// It is no longer.
    Revoked,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}
