//! Changes of a template.

use serde::Serialize;

use super::category::Category;
use super::component::Component;
use super::rules::{self, components};
use crate::outgoing::InvalidMessage;

/// Changes of a template; it serialises to the body of `POST /{template}`.
///
/// Only an approved, rejected or paused template can be changed, an approved one once a day and ten
/// times in thirty days, and never its category. Components are replaced all together.
///
/// See [Cloud API/Template management].
///
/// ```
/// use wharf_model::template::{Body, Category, TemplateEdit};
///
/// let edit = TemplateEdit::components(vec![Body::text("Thank you.").into()])?
///     .category(Category::Utility)?;
/// assert_eq!(serde_json::to_value(&edit).unwrap()["components"][0]["type"], "BODY");
/// # Ok::<(), wharf_model::InvalidMessage>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TemplateEdit {
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<Category>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_send_ttl_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cta_url_link_tracking_opted_out: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    components: Option<Vec<Component>>,
}

impl TemplateEdit {
    /// Replaces all components.
    pub fn components(components: Vec<Component>) -> Result<Self, InvalidMessage> {
        components::check(&components, None)?;
        Ok(Self {
            components: Some(components),
            ..Self::nothing()
        })
    }

    /// Changes how many seconds Meta tries to deliver a message.
    pub fn time_to_live(seconds: i64) -> Result<Self, InvalidMessage> {
        Ok(Self {
            message_send_ttl_seconds: Some(rules::ttl(seconds, None)?),
            ..Self::nothing()
        })
    }

    /// Changes whether taps on links are counted.
    pub fn link_tracking_opted_out(opted_out: bool) -> Self {
        Self {
            cta_url_link_tracking_opted_out: Some(opted_out),
            ..Self::nothing()
        }
    }

    /// Changes the category, of a template that is not approved.
    pub fn category(mut self, category: Category) -> Result<Self, InvalidMessage> {
        if let Some(components) = &self.components {
            components::check(components, Some(&category))?;
        }
        if let Some(seconds) = self.message_send_ttl_seconds {
            rules::ttl(seconds, Some(&category))?;
        }
        self.category = Some(category);
        Ok(self)
    }

    /// Both changes; where both say something, the other one counts.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            category: other.category.or(self.category),
            message_send_ttl_seconds: other
                .message_send_ttl_seconds
                .or(self.message_send_ttl_seconds),
            cta_url_link_tracking_opted_out: other
                .cta_url_link_tracking_opted_out
                .or(self.cta_url_link_tracking_opted_out),
            components: other.components.or(self.components),
        }
    }

    fn nothing() -> Self {
        Self {
            category: None,
            message_send_ttl_seconds: None,
            cta_url_link_tracking_opted_out: None,
            components: None,
        }
    }
}
