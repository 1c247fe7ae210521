//! A template to create.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::category::{Category, ParameterFormat};
use super::component::Component;
use super::rules::{self, components};
use crate::outgoing::InvalidMessage;

/// A template to create, which keeps to Meta's rules; it serialises to the body of
/// `POST /{waba}/message_templates`.
///
/// Meta's reviewers decide more than these rules can, such as whether a category fits.
///
/// See [Cloud API/Template management] and [Cloud API/Template components].
///
/// ```
/// use wharf_model::template::{Body, Button, Category, Component, Examples, NewTemplate};
///
/// let template = NewTemplate::new("order_sent", "en_US", Category::Utility, vec![
///     Body::text_with("Your order {{1}} is on its way.", Examples::positional(["A-17"])).into(),
///     Component::Buttons(vec![Button::quick_reply("Thank you")]),
/// ])?;
/// assert_eq!(serde_json::to_value(&template).unwrap()["category"], "UTILITY");
///
/// let body = Body::text("Your order {{1}} is on its way.");
/// let fault = NewTemplate::new("a", "en", Category::Utility, vec![body.into()]).unwrap_err();
/// assert_eq!(fault.field(), "/components/0/example");
/// # Ok::<(), wharf_model::InvalidMessage>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NewTemplate {
    name: String,
    language: String,
    category: Category,
    components: Vec<Component>,
    named: bool,
    ttl: Option<i64>,
    allow_category_change: Option<bool>,
    link_tracking_opted_out: Option<bool>,
    sub_category: Option<String>,
    display_format: Option<String>,
}

impl NewTemplate {
    /// A template by name (small letters, digits and underscores) and language code.
    pub fn new(
        name: impl Into<String>,
        language: impl Into<String>,
        category: Category,
        components: Vec<Component>,
    ) -> Result<Self, InvalidMessage> {
        let name = rules::name(name.into(), "/name")?;
        let language = rules::language(language.into(), "/language")?;
        let named = components::check(&components, Some(&category))?;
        Ok(Self {
            name,
            language,
            category,
            components,
            named,
            ttl: None,
            allow_category_change: None,
            link_tracking_opted_out: None,
            sub_category: None,
            display_format: None,
        })
    }

    /// Says how many seconds Meta tries to deliver a message; the category decides what is allowed.
    pub fn time_to_live(mut self, seconds: i64) -> Result<Self, InvalidMessage> {
        self.ttl = Some(rules::ttl(seconds, Some(&self.category))?);
        Ok(self)
    }

    /// Lets Meta choose another category rather than refuse the template.
    #[must_use]
    pub fn allow_category_change(mut self, allow: bool) -> Self {
        self.allow_category_change = Some(allow);
        self
    }

    /// Declines that taps on links are counted.
    #[must_use]
    pub fn link_tracking_opted_out(mut self, opted_out: bool) -> Self {
        self.link_tracking_opted_out = Some(opted_out);
        self
    }

    /// Makes it a template of order statuses.
    #[must_use]
    pub fn order_status(mut self) -> Self {
        self.sub_category = Some("ORDER_STATUS".to_owned());
        self
    }

    /// Shows an order's details (Brazil, and for marketing).
    #[must_use]
    pub fn order_details(mut self) -> Self {
        self.display_format = Some("ORDER_DETAILS".to_owned());
        self
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The language code.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// The category.
    pub fn category(&self) -> &Category {
        &self.category
    }

    /// The components.
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// How the variables are written, as the texts show.
    pub fn parameter_format(&self) -> ParameterFormat {
        if self.named {
            ParameterFormat::Named
        } else {
            ParameterFormat::Positional
        }
    }
}

impl Serialize for NewTemplate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("language", &self.language)?;
        map.serialize_entry("category", &self.category)?;
        // Positional is what Meta takes where nothing is said.
        if self.named {
            map.serialize_entry("parameter_format", &ParameterFormat::Named)?;
        }
        if let Some(ttl) = &self.ttl {
            map.serialize_entry("message_send_ttl_seconds", ttl)?;
        }
        if let Some(allow) = &self.allow_category_change {
            map.serialize_entry("allow_category_change", allow)?;
        }
        if let Some(out) = &self.link_tracking_opted_out {
            map.serialize_entry("cta_url_link_tracking_opted_out", out)?;
        }
        if let Some(sub_category) = &self.sub_category {
            map.serialize_entry("sub_category", sub_category)?;
        }
        if let Some(display_format) = &self.display_format {
            map.serialize_entry("display_format", display_format)?;
        }
        map.serialize_entry("components", &self.components)?;
        map.end()
    }
}
