//! A template made from Meta's library.

use serde::Serialize;
use serde::ser::{self, SerializeMap, Serializer};

use super::category::Category;
use super::limits;
use super::otp::{OtpKind, SupportedApp};
use super::rules;
use crate::outgoing::InvalidMessage;
use crate::outgoing::invalid::{bounded, counted, required};

/// A template made from Meta's library, as a rule approved at once; it serialises to the body of
/// `POST /{waba}/message_templates`.
///
/// See [Cloud API/Template library].
///
/// ```
/// use wharf_model::template::{Category, LibraryButton, LibraryTemplate};
///
/// let template =
///     LibraryTemplate::new("my_update", "en_US", Category::Utility, "delivery_update_1")?
///         .buttons(vec![LibraryButton::url("https://example.com/{{1}}", "https://example.com/7")?])?;
/// # Ok::<(), wharf_model::InvalidMessage>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LibraryTemplate {
    name: String,
    language: String,
    category: Category,
    library_name: String,
    buttons: Vec<LibraryButton>,
    body: Option<LibraryBody>,
}

/// What a button of a library template needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum LibraryButton {
    /// Opens a URL.
    Url {
        /// The URL and a sample.
        url: LibraryUrl,
    },
    /// Calls a phone number.
    PhoneNumber {
        /// At most 20 characters.
        phone_number: String,
    },
    /// Hands over a one-time code.
    Otp {
        /// How.
        otp_type: OtpKind,
        /// The business agrees to the terms of zero-tap.
        #[serde(skip_serializing_if = "Option::is_none")]
        zero_tap_terms_accepted: Option<bool>,
        /// The Android apps that may take the code.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        supported_apps: Vec<SupportedApp>,
    },
}

/// The URL of a library template's button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LibraryUrl {
    /// The URL, with a variable at its end or none.
    pub base_url: String,
    /// A whole URL as a sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_suffix_example: Option<String>,
}

/// What the body of a library template says beyond its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LibraryBody {
    /// How to reach the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub add_contact_number: Option<bool>,
    /// Where to learn more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub add_learn_more_link: Option<bool>,
    /// Not to share a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub add_security_recommendation: Option<bool>,
    /// Where a parcel is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub add_track_package_link: Option<bool>,
    /// After how many minutes a code expires, 1 to 90.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_expiration_minutes: Option<u32>,
}

impl LibraryButton {
    /// A button that opens a URL with a variable at its end, and a whole URL as a sample.
    pub fn url(
        base_url: impl Into<String>,
        example: impl Into<String>,
    ) -> Result<Self, InvalidMessage> {
        Ok(Self::Url {
            url: LibraryUrl {
                base_url: required(base_url.into(), limits::URL, "/url/base_url")?,
                url_suffix_example: Some(required(
                    example.into(),
                    limits::URL,
                    "/url/url_suffix_example",
                )?),
            },
        })
    }

    fn check(&self) -> Result<(), InvalidMessage> {
        match self {
            Self::Url { url } => {
                required(url.base_url.clone(), limits::URL, "/url/base_url")?;
                let example = url.url_suffix_example.clone().unwrap_or_default();
                bounded(example, limits::URL, "/url/url_suffix_example").map(drop)
            }
            Self::PhoneNumber { phone_number } => {
                let number = phone_number.clone();
                required(number, limits::PHONE_NUMBER, "/phone_number").map(drop)
            }
            Self::Otp {
                otp_type: OtpKind::CopyCode,
                ..
            } => Ok(()),
            Self::Otp { supported_apps, .. } => counted(
                supported_apps.len(),
                limits::SUPPORTED_APPS,
                "/supported_apps",
            ),
        }
    }
}

impl LibraryTemplate {
    /// A template by its own name and language, and by the name that the library gives it.
    pub fn new(
        name: impl Into<String>,
        language: impl Into<String>,
        category: Category,
        library_name: impl Into<String>,
    ) -> Result<Self, InvalidMessage> {
        Ok(Self {
            name: rules::name(name.into(), "/name")?,
            language: rules::language(language.into(), "/language")?,
            category,
            library_name: rules::name(library_name.into(), "/library_template_name")?,
            buttons: Vec::new(),
            body: None,
        })
    }

    /// Says what the buttons need to know, in the order of the library's template.
    pub fn buttons(mut self, buttons: Vec<LibraryButton>) -> Result<Self, InvalidMessage> {
        const FIELD: &str = "/library_template_button_inputs";
        counted(buttons.len(), limits::BUTTONS, FIELD)?;
        for (index, button) in buttons.iter().enumerate() {
            button
                .check()
                .map_err(|fault| fault.within(&format!("{FIELD}/{index}")))?;
        }
        self.buttons = buttons;
        Ok(self)
    }

    /// Says what the body adds to its text.
    pub fn body(mut self, body: LibraryBody) -> Result<Self, InvalidMessage> {
        if let Some(minutes) = body.code_expiration_minutes {
            let field = "/library_template_body_inputs/code_expiration_minutes";
            rules::minutes(minutes, field)?;
        }
        self.body = Some(body);
        Ok(self)
    }
}

impl Serialize for LibraryTemplate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("language", &self.language)?;
        map.serialize_entry("category", &self.category)?;
        map.serialize_entry("library_template_name", &self.library_name)?;
        // Meta takes both as JSON in a text.
        if !self.buttons.is_empty() {
            let text = serde_json::to_string(&self.buttons).map_err(ser::Error::custom)?;
            map.serialize_entry("library_template_button_inputs", &text)?;
        }
        if let Some(body) = &self.body {
            let text = serde_json::to_string(body).map_err(ser::Error::custom)?;
            map.serialize_entry("library_template_body_inputs", &text)?;
        }
        map.end()
    }
}
