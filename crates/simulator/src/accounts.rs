//! Who owns what: businesses with their WABAs and apps, and the tokens that reach them.

pub(crate) mod records;
mod registry;
pub(crate) mod standing;
mod token;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::ids::{AppId, BusinessId, WabaId};
use crate::settings::App;

pub(crate) use registry::{Accounts, Grant};
pub use standing::Restriction;
pub use token::{Permission, Token, TokenKind};

/// A business portfolio, with what it starts with.
#[derive(Clone, Debug)]
pub struct Business {
    /// Its id in Graph paths.
    pub id: BusinessId,
    /// Its name.
    pub name: String,
    /// `verified`, `not_verified`, `pending`, `rejected` and the like.
    pub verification_status: String,
    /// `TIER_250` to `TIER_UNLIMITED`: users whom its numbers may write to first, in 24 hours.
    pub messaging_limit: String,
    /// Its WABAs.
    pub wabas: Vec<Waba>,
    /// WABAs of other businesses that were shared with it.
    pub client_wabas: Vec<WabaId>,
    /// Its apps.
    pub apps: Vec<App>,
}

impl Default for Business {
    fn default() -> Self {
        Self {
            id: BusinessId::from("506914307656634"),
            name: "Lucky Shrub".to_owned(),
            verification_status: "verified".to_owned(),
            messaging_limit: "TIER_UNLIMITED".to_owned(),
            wabas: Vec::new(),
            client_wabas: Vec::new(),
            apps: Vec::new(),
        }
    }
}

impl Business {
    /// A verified business without WABAs and apps.
    pub fn new(id: &str, name: &str) -> Self {
        Self {
            id: BusinessId::from(id),
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// How many numbers it may have. See [Cloud API/Phone numbers].
    pub fn max_numbers(&self) -> usize {
        if self.verification_status == "verified" || self.messaging_limit != "TIER_250" {
            20
        } else {
            2
        }
    }
}

/// A WhatsApp Business account.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Waba {
    /// Its id in Graph paths.
    pub id: WabaId,
    /// Its name.
    pub name: String,
    /// The business that owns it; set when it is added to one.
    pub owner: BusinessId,
    /// `ACTIVE`, `PENDING`, `RESTRICTED` or `DISABLED`.
    pub status: String,
    /// ISO code.
    pub currency: String,
    /// ISO code of two letters.
    pub country: String,
    /// Meta's number of a time zone.
    pub timezone_id: String,
    /// `PENDING`, `APPROVED` or `REJECTED`.
    pub account_review_status: String,
    /// Whether analytics of templates are on; they never go off again.
    pub is_enabled_for_insights: bool,
    /// Whether marketing templates are refused on `/messages` with 131063.
    pub disable_marketing_messages_on_cloud_api: bool,
    /// `INELIGIBLE`, `ELIGIBLE` or `ONBOARDED`.
    pub marketing_messages_lite_api_status: String,
    /// Purchase order number, if one was given.
    pub purchase_order_number: Option<String>,
    /// Country of most of its customers, if known.
    pub primary_business_location: Option<String>,
    /// From when on international prices of login codes hold, once that was told.
    pub auth_international_rate_eligibility: Option<Value>,
    /// The catalogues of products that are connected to it.
    pub catalogs: Vec<String>,
    /// What it may not do at present.
    pub restrictions: Vec<Restriction>,
    /// When it was made, by the simulator's clock.
    pub created: Option<Timestamp>,
}

impl Default for Waba {
    fn default() -> Self {
        Self {
            id: WabaId::from("102290129340398"),
            name: "Lucky Shrub".to_owned(),
            owner: BusinessId::from("506914307656634"),
            status: "ACTIVE".to_owned(),
            currency: "USD".to_owned(),
            country: "US".to_owned(),
            timezone_id: "1".to_owned(),
            account_review_status: "APPROVED".to_owned(),
            is_enabled_for_insights: false,
            disable_marketing_messages_on_cloud_api: false,
            marketing_messages_lite_api_status: "ONBOARDED".to_owned(),
            purchase_order_number: None,
            primary_business_location: Some("US".to_owned()),
            auth_international_rate_eligibility: None,
            // Those that the samples of Meta's pages name.
            catalogs: vec!["194836987003835".to_owned(), "123456789".to_owned()],
            restrictions: Vec::new(),
            created: None,
        }
    }
}

impl Waba {
    /// An approved, active WABA.
    pub fn new(id: &str, name: &str) -> Self {
        Self {
            id: WabaId::from(id),
            name: name.to_owned(),
            ..Self::default()
        }
    }
}

/// An app as the admin API shows it, without its secret.
pub(crate) fn shown_app(app: &App, owner: Option<&BusinessId>) -> Value {
    json!({"id": app.id, "name": app.name, "business": owner, "requires_proof": app.requires_proof})
}

/// Where an app's page is said to be.
pub(crate) fn app_link(id: &AppId) -> String {
    format!("https://www.facebook.com/games/?app_id={id}")
}
