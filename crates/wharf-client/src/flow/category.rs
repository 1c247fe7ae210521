//! Categories of Flows.

/// What a Flow is for; see [Cloud API/Flows API].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FlowCategory {
    /// `SIGN_UP`.
    SignUp,
    /// `SIGN_IN`.
    SignIn,
    /// `APPOINTMENT_BOOKING`.
    AppointmentBooking,
    /// `LEAD_GENERATION`.
    LeadGeneration,
    /// `CONTACT_US`.
    ContactUs,
    /// `CUSTOMER_SUPPORT`.
    CustomerSupport,
    /// `SURVEY`.
    Survey,
    /// `OTHER`.
    Other,
    /// One that this version does not know.
    Unknown(String),
}

impl FlowCategory {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::SignUp => "SIGN_UP",
            Self::SignIn => "SIGN_IN",
            Self::AppointmentBooking => "APPOINTMENT_BOOKING",
            Self::LeadGeneration => "LEAD_GENERATION",
            Self::ContactUs => "CONTACT_US",
            Self::CustomerSupport => "CUSTOMER_SUPPORT",
            Self::Survey => "SURVEY",
            Self::Other => "OTHER",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for FlowCategory {
    fn from(value: &str) -> Self {
        match value {
            "SIGN_UP" => Self::SignUp,
            "SIGN_IN" => Self::SignIn,
            "APPOINTMENT_BOOKING" => Self::AppointmentBooking,
            "LEAD_GENERATION" => Self::LeadGeneration,
            "CONTACT_US" => Self::ContactUs,
            "CUSTOMER_SUPPORT" => Self::CustomerSupport,
            "SURVEY" => Self::Survey,
            "OTHER" => Self::Other,
            other => Self::Unknown(other.to_owned()),
        }
    }
}
