//! Authentication templates in several languages at once.

use serde::Serialize;

use super::body::{Body, Footer};
use super::button::{Button, ButtonKind};
use super::category::Category;
use super::component::Component;
use super::limits;
use super::otp::Otp;
use super::rules::{self, components};
use crate::outgoing::InvalidMessage;
use crate::outgoing::invalid::counted;

/// An authentication template to create or replace in several languages; it serialises to the body
/// of `POST /{waba}/upsert_message_templates`.
///
/// See [Cloud API/Authentication templates].
///
/// ```
/// use wharf_model::template::{AuthenticationUpsert, Otp};
///
/// let template = AuthenticationUpsert::new("login_code", ["en_US", "fr"], Otp::copy_code())?
///     .security_recommendation()
///     .code_expiration_minutes(10)?;
/// assert_eq!(serde_json::to_value(&template).unwrap()["category"], "AUTHENTICATION");
/// # Ok::<(), wharf_model::InvalidMessage>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuthenticationUpsert {
    name: String,
    languages: Vec<String>,
    category: Category,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_send_ttl_seconds: Option<i64>,
    components: Vec<Component>,
}

impl AuthenticationUpsert {
    /// A template by name and language codes; Meta labels its button.
    pub fn new<T: Into<String>>(
        name: impl Into<String>,
        languages: impl IntoIterator<Item = T>,
        otp: Otp,
    ) -> Result<Self, InvalidMessage> {
        let name = rules::name(name.into(), "/name")?;
        let languages: Vec<String> = languages.into_iter().map(Into::into).collect();
        counted(languages.len(), limits::LANGUAGES, "/languages")?;
        for (index, language) in languages.iter().enumerate() {
            rules::language(language.clone(), &format!("/languages/{index}"))?;
        }
        if otp.autofill_text.is_some() {
            let reason = "Meta writes this text where several languages are made";
            return Err(InvalidMessage::invalid(
                "/components/1/buttons/0/autofill_text",
                reason,
            ));
        }
        let button = Button::new(ButtonKind::Otp(otp));
        let components = vec![
            Component::Body(Body::default()),
            Component::Buttons(vec![button]),
        ];
        components::check(&components, Some(&Category::Authentication))?;
        Ok(Self {
            name,
            languages,
            category: Category::Authentication,
            message_send_ttl_seconds: None,
            components,
        })
    }

    /// Adds "do not share this code".
    #[must_use]
    pub fn security_recommendation(mut self) -> Self {
        for component in &mut self.components {
            if let Component::Body(body) = component {
                body.add_security_recommendation = Some(true);
            }
        }
        self
    }

    /// Says after how many minutes the code expires, 1 to 90.
    pub fn code_expiration_minutes(mut self, minutes: u32) -> Result<Self, InvalidMessage> {
        self.components
            .retain(|component| !matches!(component, Component::Footer(_)));
        let footer = Footer {
            code_expiration_minutes: Some(minutes),
            ..Footer::default()
        };
        self.components.insert(1, footer.into());
        components::check(&self.components, Some(&Category::Authentication))?;
        Ok(self)
    }

    /// Says how many seconds Meta tries to deliver a message, 30 to 900 or -1 for thirty days.
    pub fn time_to_live(mut self, seconds: i64) -> Result<Self, InvalidMessage> {
        let category = Some(&Category::Authentication);
        self.message_send_ttl_seconds = Some(rules::ttl(seconds, category)?);
        Ok(self)
    }
}
