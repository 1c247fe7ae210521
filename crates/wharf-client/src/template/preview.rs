//! The texts that Meta writes into authentication templates.

use serde::{Deserialize, Serialize};
use wharf_model::template::limits;

use crate::error::RequestError;
use crate::fields::Fields;
use crate::query::Query;

/// Which texts of authentication templates to show; see [Cloud API/Authentication templates].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewFilter {
    query: Query,
    minutes: Option<u32>,
}

impl PreviewFilter {
    /// Body and button, in all languages.
    pub fn new() -> Self {
        let query = Query::default().with("category", "AUTHENTICATION");
        Self {
            query: query.with("button_types", "OTP"),
            minutes: None,
        }
    }

    /// In these languages, by their codes.
    #[must_use]
    pub fn languages<T: AsRef<str>>(mut self, languages: impl IntoIterator<Item = T>) -> Self {
        let mut codes = String::new();
        for language in languages {
            if !codes.is_empty() {
                codes.push(',');
            }
            codes.push_str(language.as_ref());
        }
        self.query = self.query.with("languages", codes);
        self
    }

    /// With the sentence that the code is not to be shared.
    #[must_use]
    pub fn security_recommendation(mut self) -> Self {
        self.query = self.query.with("add_security_recommendation", "true");
        self
    }

    /// With the footer that says after how many minutes the code expires, 1 to 90.
    #[must_use]
    pub fn code_expiration_minutes(mut self, minutes: u32) -> Self {
        let text = minutes.to_string();
        self.query = self.query.with("code_expiration_minutes", text);
        self.minutes = Some(minutes);
        self
    }

    pub(crate) fn pairs(&self) -> Result<Vec<(&str, &str)>, RequestError> {
        let allowed = 1..=limits::CODE_EXPIRATION_MINUTES;
        if self
            .minutes
            .is_some_and(|minutes| !allowed.contains(&minutes))
        {
            return Err(RequestError::plain("a code expires after 1 to 90 minutes"));
        }
        Ok(self.query.pairs())
    }
}

impl Default for PreviewFilter {
    fn default() -> Self {
        Self::new()
    }
}

/// The texts of an authentication template in one language; see
/// [Cloud API/Authentication templates].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TemplatePreview(Fields);

impl TemplatePreview {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The language code.
    pub fn language(&self) -> Option<&str> {
        self.0.text("language")
    }

    /// The body, with `{{1}}` for the code.
    pub fn body(&self) -> Option<&str> {
        self.0.text("body")
    }

    /// The footer.
    pub fn footer(&self) -> Option<&str> {
        self.0.text("footer")
    }

    /// The buttons.
    pub fn buttons(&self) -> Vec<PreviewButton> {
        self.0.list("buttons")
    }
}

/// The labels of the button of an authentication template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PreviewButton(Fields);

impl PreviewButton {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Where the code is copied.
    pub fn text(&self) -> Option<&str> {
        self.0.text("text")
    }

    /// Where an app takes the code.
    pub fn autofill_text(&self) -> Option<&str> {
        self.0.text("autofill_text")
    }
}
