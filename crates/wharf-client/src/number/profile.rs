//! The business profile: what people see about the business.

use serde::{Deserialize, Serialize};

use super::Number;
use super::registration::whatsapp;
use crate::call::Call;
use crate::error::RequestError;
use crate::fields::Fields;
use crate::graph;

const FIELDS: &str = "about,address,description,email,profile_picture_url,websites,vertical";

impl Number {
    /// Reads the business profile.
    ///
    /// See [Cloud API/Business profiles].
    pub fn profile(&self) -> Call<BusinessProfiles> {
        let path = self.edge("whatsapp_business_profile");
        graph::read(self.client(), "profile.get", &path, &[("fields", FIELDS)])
    }

    /// Changes the business profile; what is not in the update stays.
    ///
    /// See [Cloud API/Business profiles].
    pub fn set_profile(&self, update: &ProfileUpdate) -> Call<()> {
        let path = self.edge("whatsapp_business_profile");
        graph::checked(self.client(), "profile.set", &path, update.check(), update)
    }
}

/// The answer to a request for a profile: a list of one. See [Cloud API/Business profiles].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BusinessProfiles(Fields);

impl BusinessProfiles {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The profile.
    pub fn data(&self) -> Vec<BusinessProfile> {
        self.0.list("data")
    }

    /// The profile.
    pub fn profile(&self) -> Option<BusinessProfile> {
        self.data().into_iter().next()
    }
}

/// What people see about the business; see [Cloud API/Business profiles].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BusinessProfile(Fields);

impl BusinessProfile {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The line below the name.
    pub fn about(&self) -> Option<&str> {
        self.0.text("about")
    }

    /// Where the business is.
    pub fn address(&self) -> Option<&str> {
        self.0.text("address")
    }

    /// What it does.
    pub fn description(&self) -> Option<&str> {
        self.0.text("description")
    }

    /// How to write to it.
    pub fn email(&self) -> Option<&str> {
        self.0.text("email")
    }

    /// Where to read more.
    pub fn websites(&self) -> Vec<&str> {
        self.0.texts("websites")
    }

    /// Its trade.
    pub fn vertical(&self) -> Option<Vertical> {
        self.0.text("vertical").map(Vertical::from)
    }

    /// A link to its picture, for a short time.
    pub fn profile_picture_url(&self) -> Option<&str> {
        self.0.text("profile_picture_url")
    }
}

/// Changes to a business profile; see [Cloud API/Business profiles].
///
/// What is too long is not sent: awaiting the call says so.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ProfileUpdate(Fields);

impl Default for ProfileUpdate {
    fn default() -> Self {
        Self::new()
    }
}

impl ProfileUpdate {
    /// Longest line below the name.
    pub const ABOUT: usize = 139;
    /// Longest address.
    pub const ADDRESS: usize = 256;
    /// Longest description; Meta's OpenAPI file says 256, its guide 512.
    pub const DESCRIPTION: usize = 512;
    /// Longest e-mail address.
    pub const EMAIL: usize = 128;
    /// Most websites.
    pub const WEBSITES: usize = 2;
    /// Longest website.
    pub const WEBSITE: usize = 256;

    /// No changes yet.
    pub fn new() -> Self {
        Self(whatsapp())
    }

    /// The line below the name, of 1 to 139 characters.
    #[must_use]
    pub fn about(self, about: impl Into<String>) -> Self {
        Self(self.0.with("about", about.into()))
    }

    /// Where the business is, in at most 256 characters.
    #[must_use]
    pub fn address(self, address: impl Into<String>) -> Self {
        Self(self.0.with("address", address.into()))
    }

    /// What it does, in at most 512 characters.
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        Self(self.0.with("description", description.into()))
    }

    /// How to write to it, in at most 128 characters.
    #[must_use]
    pub fn email(self, email: impl Into<String>) -> Self {
        Self(self.0.with("email", email.into()))
    }

    /// Its trade.
    #[must_use]
    pub fn vertical(self, vertical: &Vertical) -> Self {
        Self(self.0.with("vertical", vertical.as_str()))
    }

    /// Its picture: the handle of a resumable upload.
    #[must_use]
    pub fn profile_picture_handle(self, profile_picture_handle: impl Into<String>) -> Self {
        Self(
            self.0
                .with("profile_picture_handle", profile_picture_handle.into()),
        )
    }

    /// Where to read more: at most two addresses of 256 characters.
    #[must_use]
    pub fn websites<T: Into<String>>(self, websites: impl IntoIterator<Item = T>) -> Self {
        let websites: Vec<String> = websites.into_iter().map(Into::into).collect();
        Self(self.0.with("websites", websites))
    }

    fn check(&self) -> Result<(), RequestError> {
        let websites = self.0.texts("websites");
        let long = websites
            .iter()
            .any(|site| site.chars().count() > Self::WEBSITE);
        let problem = if self.0.text("about") == Some("") {
            "the about text is empty"
        } else if self.0.exceeds("about", Self::ABOUT) {
            "the about text has more than 139 characters"
        } else if self.0.exceeds("address", Self::ADDRESS) {
            "the address has more than 256 characters"
        } else if self.0.exceeds("description", Self::DESCRIPTION) {
            "the description has more than 512 characters"
        } else if self.0.exceeds("email", Self::EMAIL) {
            "the e-mail address has more than 128 characters"
        } else if websites.len() > Self::WEBSITES {
            "there are more than two websites"
        } else if long {
            "a website has more than 256 characters"
        } else {
            return Ok(());
        };
        Err(RequestError::plain(problem))
    }
}

/// The trade of a business.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Vertical {
    /// `ALCOHOL`.
    Alcohol,
    /// `APPAREL`.
    Apparel,
    /// `AUTO`.
    Auto,
    /// `BEAUTY`.
    Beauty,
    /// `EDU`.
    Edu,
    /// `ENTERTAIN`.
    Entertain,
    /// `EVENT_PLAN`.
    EventPlan,
    /// `FINANCE`.
    Finance,
    /// `GOVT`.
    Govt,
    /// `GROCERY`.
    Grocery,
    /// `HEALTH`.
    Health,
    /// `HOTEL`.
    Hotel,
    /// `NONPROFIT`.
    Nonprofit,
    /// `ONLINE_GAMBLING`.
    OnlineGambling,
    /// `OTC_DRUGS`.
    OtcDrugs,
    /// `OTHER`.
    Other,
    /// `PHYSICAL_GAMBLING`.
    PhysicalGambling,
    /// `PROF_SERVICES`.
    ProfServices,
    /// `RESTAURANT`.
    Restaurant,
    /// `RETAIL`.
    Retail,
    /// `TRAVEL`.
    Travel,
    /// One that this version does not know.
    Unknown(String),
}

impl Vertical {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Alcohol => "ALCOHOL",
            Self::Apparel => "APPAREL",
            Self::Auto => "AUTO",
            Self::Beauty => "BEAUTY",
            Self::Edu => "EDU",
            Self::Entertain => "ENTERTAIN",
            Self::EventPlan => "EVENT_PLAN",
            Self::Finance => "FINANCE",
            Self::Govt => "GOVT",
            Self::Grocery => "GROCERY",
            Self::Health => "HEALTH",
            Self::Hotel => "HOTEL",
            Self::Nonprofit => "NONPROFIT",
            Self::OnlineGambling => "ONLINE_GAMBLING",
            Self::OtcDrugs => "OTC_DRUGS",
            Self::Other => "OTHER",
            Self::PhysicalGambling => "PHYSICAL_GAMBLING",
            Self::ProfServices => "PROF_SERVICES",
            Self::Restaurant => "RESTAURANT",
            Self::Retail => "RETAIL",
            Self::Travel => "TRAVEL",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for Vertical {
    fn from(value: &str) -> Self {
        match value {
            "ALCOHOL" => Self::Alcohol,
            "APPAREL" => Self::Apparel,
            "AUTO" => Self::Auto,
            "BEAUTY" => Self::Beauty,
            "EDU" => Self::Edu,
            "ENTERTAIN" => Self::Entertain,
            "EVENT_PLAN" => Self::EventPlan,
            "FINANCE" => Self::Finance,
            "GOVT" => Self::Govt,
            "GROCERY" => Self::Grocery,
            "HEALTH" => Self::Health,
            "HOTEL" => Self::Hotel,
            "NONPROFIT" => Self::Nonprofit,
            "ONLINE_GAMBLING" => Self::OnlineGambling,
            "OTC_DRUGS" => Self::OtcDrugs,
            "OTHER" => Self::Other,
            "PHYSICAL_GAMBLING" => Self::PhysicalGambling,
            "PROF_SERVICES" => Self::ProfServices,
            "RESTAURANT" => Self::Restaurant,
            "RETAIL" => Self::Retail,
            "TRAVEL" => Self::Travel,
            other => Self::Unknown(other.to_owned()),
        }
    }
}
