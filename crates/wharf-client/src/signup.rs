//! Calls for one in-app signup: a link by which users agree to marketing messages.

use serde::{Deserialize, Serialize};
use wharf_model::WabaId;
use wharf_model::ids::SignupId;

use crate::call::Call;
use crate::client::Client;
use crate::fields::Fields;
use crate::graph;

/// Calls for one in-app signup; see [`Client::signup`].
#[derive(Debug, Clone)]
pub struct Signup {
    client: Client,
    id: SignupId,
}

impl Client {
    /// Calls for one in-app signup: read, change, switch off.
    pub fn signup(&self, id: &SignupId) -> Signup {
        Signup {
            client: self.clone(),
            id: id.clone(),
        }
    }
}

impl Signup {
    /// Reads all that Meta tells of the signup.
    ///
    /// See [Cloud API/In-app signup].
    pub fn get(&self) -> Call<SignupDetails> {
        graph::read(&self.client, "signups.get", &self.path(), &[])
    }

    /// Changes texts or website, or switches the signup on or off.
    ///
    /// See [Cloud API/In-app signup].
    pub fn update(&self, update: &SignupUpdate) -> Call<SignupRef> {
        graph::post(&self.client, "signups.update", &self.path(), update)
    }

    fn path(&self) -> [&str; 2] {
        ["signups", self.id.as_str()]
    }
}

/// A signup to make; see [Cloud API/In-app signup].
///
/// Meta checks the lengths: 300 characters for messages, 50 letters and digits for the code.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct NewSignup(Fields);

impl NewSignup {
    /// What users read before they agree, what they get after that (`{{promo_code}}` stands for
    /// the code in it), and the address of the privacy policy, which can never be changed.
    pub fn new(
        signup_message: impl Into<String>,
        confirmation_message: impl Into<String>,
        privacy_policy_url: impl Into<String>,
    ) -> Self {
        let fields = Fields::default()
            .with("signup_message", signup_message.into())
            .with("confirmation_message", confirmation_message.into())
            .with("privacy_policy_url", privacy_policy_url.into());
        Self(fields)
    }

    /// The website of the business; `https` only.
    #[must_use]
    pub fn website_url(self, website_url: impl Into<String>) -> Self {
        Self(self.0.with("website_url", website_url.into()))
    }

    /// A code that stands in the confirmation.
    #[must_use]
    pub fn promo_code(self, promo_code: impl Into<String>) -> Self {
        Self(self.0.with("promo_code", promo_code.into()))
    }

    /// A name for the business itself; users do not see it.
    #[must_use]
    pub fn display_name(self, display_name: impl Into<String>) -> Self {
        Self(self.0.with("display_name", display_name.into()))
    }

    /// Accepts Meta's terms at this address, as the first signup of a business must.
    #[must_use]
    pub fn accept_terms(self, terms_url: impl Into<String>) -> Self {
        let policy = Fields::default().with("tos", terms_url.into());
        Self(self.0.with("policy", policy.with("accepted", true)))
    }
}

/// What to change of a signup; see [Cloud API/In-app signup].
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct SignupUpdate(Fields);

impl SignupUpdate {
    /// Changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Switches it on or off.
    #[must_use]
    pub fn status(self, status: &SignupStatus) -> Self {
        Self(self.0.with("status", status.as_str()))
    }

    /// What users read before they agree.
    #[must_use]
    pub fn signup_message(self, signup_message: impl Into<String>) -> Self {
        Self(self.0.with("signup_message", signup_message.into()))
    }

    /// What users get after they agreed.
    #[must_use]
    pub fn confirmation_message(self, confirmation_message: impl Into<String>) -> Self {
        let message = confirmation_message.into();
        Self(self.0.with("confirmation_message", message))
    }

    /// The website of the business; `https` only.
    #[must_use]
    pub fn website_url(self, website_url: impl Into<String>) -> Self {
        Self(self.0.with("website_url", website_url.into()))
    }

    /// A code that stands in the confirmation.
    #[must_use]
    pub fn promo_code(self, promo_code: impl Into<String>) -> Self {
        Self(self.0.with("promo_code", promo_code.into()))
    }

    /// A name for the business itself; users do not see it.
    #[must_use]
    pub fn display_name(self, display_name: impl Into<String>) -> Self {
        Self(self.0.with("display_name", display_name.into()))
    }
}

/// The id of a signup that was made or changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SignupRef(Fields);

impl SignupRef {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<SignupId> {
        self.0.get("id")
    }
}

/// A signup; see [Cloud API/In-app signup].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SignupDetails(Fields);

impl SignupDetails {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<SignupId> {
        self.0.get("id")
    }

    /// The WABA that it is of.
    pub fn waba_id(&self) -> Option<WabaId> {
        self.0.get("waba_id")
    }

    /// Whether it is on.
    pub fn status(&self) -> Option<SignupStatus> {
        self.0.text("status").map(SignupStatus::from)
    }

    /// What users read before they agree.
    pub fn signup_message(&self) -> Option<&str> {
        self.0.text("signup_message")
    }

    /// What users get after they agreed.
    pub fn confirmation_message(&self) -> Option<&str> {
        self.0.text("confirmation_message")
    }

    /// Where the privacy policy is.
    pub fn privacy_policy_url(&self) -> Option<&str> {
        self.0.text("privacy_policy_url")
    }

    /// The website of the business.
    pub fn website_url(&self) -> Option<&str> {
        self.0.text("website_url")
    }

    /// The code that stands in the confirmation.
    pub fn promo_code(&self) -> Option<&str> {
        self.0.text("promo_code")
    }

    /// Its name for the business itself.
    pub fn display_name(&self) -> Option<&str> {
        self.0.text("display_name")
    }
}

/// Whether a signup is on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignupStatus {
    /// `ACTIVE`.
    Active,
    /// `DISABLED`.
    Disabled,
    /// One that this version does not know.
    Unknown(String),
}

impl SignupStatus {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Active => "ACTIVE",
            Self::Disabled => "DISABLED",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for SignupStatus {
    fn from(value: &str) -> Self {
        match value {
            "ACTIVE" => Self::Active,
            "DISABLED" => Self::Disabled,
            other => Self::Unknown(other.to_owned()),
        }
    }
}
