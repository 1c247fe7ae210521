//! The official badge, and what India's law asks of a business.

use serde::{Deserialize, Serialize};

use super::Number;
use super::registration::whatsapp;
use crate::call::Call;
use crate::error::RequestError;
use crate::fields::Fields;
use crate::graph;

impl Number {
    /// How far the official badge is.
    ///
    /// See [Cloud API/Official business accounts].
    pub fn official_account(&self) -> Call<OfficialAccount> {
        let path = self.edge("official_business_account");
        graph::read(self.client(), "official.get", &path, &[])
    }

    /// Asks for the official badge. Success means that Meta looks at it, not that it agrees;
    /// after a refusal one may ask again in 30 days.
    ///
    /// See [Cloud API/Official business accounts].
    pub fn request_official_account(&self, request: &OfficialAccountRequest) -> Call<()> {
        let path = self.edge("official_business_account");
        graph::checked(
            self.client(),
            "official.request",
            &path,
            request.check(),
            request,
        )
    }

    /// Reads what the business has declared for India.
    ///
    /// See [Cloud API/Business compliance].
    pub fn compliance(&self) -> Call<ComplianceList> {
        let path = self.edge("business_compliance_info");
        graph::read(self.client(), "compliance.get", &path, &[])
    }

    /// Declares what India's law asks: the fields of Meta's page.
    ///
    /// See [Cloud API/Business compliance].
    pub fn set_compliance(&self, compliance: impl Into<Fields>) -> Call<()> {
        let body = compliance.into().with("messaging_product", "whatsapp");
        let path = self.edge("business_compliance_info");
        graph::set(self.client(), "compliance.set", &path, &body)
    }
}

/// How far the official badge is; see [Cloud API/Official business accounts].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OfficialAccount(Fields);

impl OfficialAccount {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// What became of the request.
    pub fn oba_status(&self) -> Option<OfficialStatus> {
        self.0.text("oba_status").map(OfficialStatus::from)
    }

    /// Why, in Meta's words.
    pub fn status_message(&self) -> Option<&str> {
        self.0.text("status_message")
    }
}

/// What became of a request for the official badge.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OfficialStatus {
    /// `NOT_STARTED`.
    NotStarted,
    /// `PENDING`.
    Pending,
    /// `APPROVED`.
    Approved,
    /// `REJECTED`.
    Rejected,
    /// One that this version does not know.
    Unknown(String),
}

impl OfficialStatus {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::NotStarted => "NOT_STARTED",
            Self::Pending => "PENDING",
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for OfficialStatus {
    fn from(value: &str) -> Self {
        match value {
            "NOT_STARTED" => Self::NotStarted,
            "PENDING" => Self::Pending,
            "APPROVED" => Self::Approved,
            "REJECTED" => Self::Rejected,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

/// A request for the official badge; see [Cloud API/Official business accounts].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct OfficialAccountRequest(Fields);

impl OfficialAccountRequest {
    /// Most supporting links.
    pub const LINKS: usize = 5;

    /// With what Meta needs: a website, and the country and language of most customers.
    pub fn new(
        website: impl Into<String>,
        country: impl Into<String>,
        language: impl Into<String>,
    ) -> Self {
        let fields = whatsapp()
            .with("business_website_url", website.into())
            .with("primary_country_of_operation", country.into());
        Self(fields.with("primary_language", language.into()))
    }

    /// The business that it belongs to.
    #[must_use]
    pub fn parent_business_or_brand(self, parent_business_or_brand: impl Into<String>) -> Self {
        Self(
            self.0
                .with("parent_business_or_brand", parent_business_or_brand.into()),
        )
    }

    /// What else Meta should know.
    #[must_use]
    pub fn additional_supporting_information(
        self,
        additional_supporting_information: impl Into<String>,
    ) -> Self {
        Self(self.0.with(
            "additional_supporting_information",
            additional_supporting_information.into(),
        ))
    }

    /// Press and the like: at most five links.
    #[must_use]
    pub fn supporting_links<T: Into<String>>(self, links: impl IntoIterator<Item = T>) -> Self {
        let links: Vec<String> = links.into_iter().map(Into::into).collect();
        Self(self.0.with("supporting_links", links))
    }

    fn check(&self) -> Result<(), RequestError> {
        if self.0.texts("supporting_links").len() > Self::LINKS {
            return Err(RequestError::plain(
                "there are more than five supporting links",
            ));
        }
        Ok(())
    }
}

/// What a business has declared for India; see [Cloud API/Business compliance].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ComplianceList(Fields);

impl ComplianceList {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The declarations.
    pub fn data(&self) -> Vec<Compliance> {
        self.0.list("data")
    }
}

/// A declaration of a business for India.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Compliance(Fields);

impl Compliance {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The name of the business.
    pub fn entity_name(&self) -> Option<&str> {
        self.0.text("entity_name")
    }

    /// Its legal form, such as `PARTNERSHIP`.
    pub fn entity_type(&self) -> Option<&str> {
        self.0.text("entity_type")
    }

    /// Its legal form, if the list has none for it.
    pub fn entity_type_custom(&self) -> Option<&str> {
        self.0.text("entity_type_custom")
    }

    /// Whether it is registered.
    pub fn is_registered(&self) -> Option<bool> {
        self.0.flag("is_registered")
    }

    /// Who takes complaints.
    pub fn grievance_officer_details(&self) -> Option<Fields> {
        self.0.get("grievance_officer_details")
    }

    /// Who helps.
    pub fn customer_care_details(&self) -> Option<Fields> {
        self.0.get("customer_care_details")
    }
}
