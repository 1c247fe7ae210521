//! Access tokens: whose they are, what they permit, which WABAs they reach, and how they end.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::ids::{AppId, BusinessId, WabaId};
use crate::settings::Secret;

/// What a token may permit. See [Graph API/Permissions].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// WABAs, numbers, templates, flows, analytics.
    WhatsappBusinessManagement,
    /// Messages, media, calls, groups.
    WhatsappBusinessMessaging,
    /// The portfolio.
    BusinessManagement,
    /// Events for the Conversions API.
    WhatsappBusinessManageEvents,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::WhatsappBusinessManagement,
        Self::WhatsappBusinessMessaging,
        Self::BusinessManagement,
        Self::WhatsappBusinessManageEvents,
    ];

    /// Meta's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WhatsappBusinessManagement => "whatsapp_business_management",
            Self::WhatsappBusinessMessaging => "whatsapp_business_messaging",
            Self::BusinessManagement => "business_management",
            Self::WhatsappBusinessManageEvents => "whatsapp_business_manage_events",
        }
    }
}

/// Whose token it is. See [Cloud API/Access tokens].
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// Of a system user of the business that owns the app; lives until it is revoked.
    SystemUser,
    /// Of a system user of one customer, made by Embedded Signup.
    BusinessIntegration,
    /// Of a person; lives 24 hours.
    User,
    /// Of the app itself: `{app_id}|{app_secret}`.
    App,
}

impl TokenKind {
    /// The word of `debug_token`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SystemUser | Self::BusinessIntegration => "SYSTEM_USER",
            Self::User => "USER",
            Self::App => "APP",
        }
    }
}

/// One access token.
#[derive(Clone, Debug)]
pub struct Token {
    /// The token in clear; empty: one is made.
    pub secret: Secret,
    /// Whose it is.
    pub kind: TokenKind,
    /// The app it was made for.
    pub app: AppId,
    /// The business whose WABAs it reaches; for a business integration, the customer.
    pub business: BusinessId,
    /// The user it stands for; empty: one is made.
    pub user: String,
    /// What it permits.
    pub permissions: BTreeSet<Permission>,
    /// The WABAs it reaches; nothing: all of its business.
    pub wabas: Option<BTreeSet<WabaId>>,
    /// When it was made; set when it is added.
    pub issued: Timestamp,
    /// When it ends, by the simulator's clock.
    pub expires: Option<Timestamp>,
    /// The subcode of 190 with which it is refused since it was revoked, such as 460.
    pub revoked: Option<i64>,
}

impl Token {
    /// A token with every permission for every WABA of `business`, without end.
    pub fn new(kind: TokenKind, app: &AppId, business: &BusinessId) -> Self {
        Self {
            secret: Secret::from(""),
            kind,
            app: app.clone(),
            business: business.clone(),
            user: String::new(),
            permissions: Permission::ALL.into(),
            wabas: None,
            issued: Timestamp::UNIX_EPOCH,
            expires: None,
            revoked: None,
        }
    }

    /// Whether it permits this.
    pub fn permits(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}
