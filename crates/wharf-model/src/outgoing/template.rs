//! Template messages.

mod button;
mod card;
mod component;
mod parameter;

use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::invalid::{InvalidMessage, required};
use super::limits;
use super::order::OrderUpdate;
use super::read::Object;

pub use button::{ButtonValue, TemplateButton};
pub use card::TemplateCard;
pub use component::{Component, TapTarget};
pub use parameter::{Currency, Parameter};

/// An approved template, with the values of its variables.
///
/// Whether they are the ones that the template needs is told by
/// [`TemplateDefinition::check`](crate::template::TemplateDefinition::check).
///
/// See [Cloud API/Templates].
///
/// ```
/// use wharf_model::outgoing::{ButtonValue, Parameter, Template, TemplateButton};
///
/// let template = Template::new("order_update", "en_US")?
///     .body(vec![Parameter::text("Pablo"), Parameter::text("860198")])?
///     .button(TemplateButton { index: 0, value: ButtonValue::Url("n3mtql".to_owned()) })?;
/// assert_eq!(template.components().len(), 2);
///
/// let fault = template.header(vec![Parameter::text("two\nlines")]).unwrap_err();
/// assert_eq!(fault.field(), "/template/components/2/parameters/0/text");
/// # Ok::<(), wharf_model::InvalidMessage>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    name: String,
    language: String,
    policy: Option<Policy>,
    components: Vec<Component>,
}

/// Meta knows one policy: the language as given, or an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Policy {
    Deterministic,
}

impl Template {
    /// A template by name (1 to 512 characters) and language code, such as `en_US`.
    pub fn new(
        name: impl Into<String>,
        language: impl Into<String>,
    ) -> Result<Self, InvalidMessage> {
        let name = required(name.into(), limits::TEMPLATE_NAME, "/template/name")?;
        let field = "/template/language/code";
        let language = required(language.into(), limits::TEMPLATE_LANGUAGE, field)?;
        Ok(Self {
            name,
            language,
            policy: None,
            components: Vec::new(),
        })
    }

    /// Writes the language policy `deterministic`, which is what Meta does in any case.
    #[must_use]
    pub fn deterministic(mut self) -> Self {
        self.policy = Some(Policy::Deterministic);
        self
    }

    /// Adds the value of the header: a text, media, location or product.
    pub fn header(self, parameters: Vec<Parameter>) -> Result<Self, InvalidMessage> {
        self.component(Component::Header(parameters))
    }

    /// Adds the values of the body.
    pub fn body(self, parameters: Vec<Parameter>) -> Result<Self, InvalidMessage> {
        self.component(Component::Body(parameters))
    }

    /// Adds the value of one button.
    pub fn button(self, button: TemplateButton) -> Result<Self, InvalidMessage> {
        self.component(Component::Button(button))
    }

    /// Adds the values of two to ten cards, as many as the template was approved with.
    pub fn carousel(self, cards: Vec<TemplateCard>) -> Result<Self, InvalidMessage> {
        self.component(Component::Carousel(cards))
    }

    /// Says until when a limited-time offer holds.
    pub fn offer_expires(self, at: Timestamp) -> Result<Self, InvalidMessage> {
        self.component(Component::LimitedTimeOffer(at))
    }

    /// Says how an order stands.
    pub fn order_status(self, update: OrderUpdate) -> Result<Self, InvalidMessage> {
        self.component(Component::OrderStatus(update))
    }

    /// Says which link the whole message opens.
    pub fn tap_target(self, target: TapTarget) -> Result<Self, InvalidMessage> {
        self.component(Component::TapTarget(target))
    }

    /// Fills in an authentication template: the code, of 1 to 15 characters, stands in its body
    /// and in its button.
    ///
    /// See [Cloud API/Authentication templates].
    pub fn one_time_code(self, code: impl Into<String>) -> Result<Self, InvalidMessage> {
        let at = format!(
            "/template/components/{}/parameters/0/text",
            self.components.len()
        );
        let code = required(code.into(), limits::OTP, &at)?;
        self.body(vec![Parameter::text(code.clone())])?
            .button(TemplateButton {
                index: 0,
                value: ButtonValue::Url(code),
            })
    }

    /// Adds the values of one part.
    pub fn component(mut self, part: Component) -> Result<Self, InvalidMessage> {
        component::check_new(&self.components, &part)
            .and_then(|()| part.check())
            .map_err(|fault| {
                let at = format!("/template/components/{}", self.components.len());
                fault.within(&at)
            })?;
        self.components.push(part);
        Ok(self)
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The language code.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// The values, part by part; none for a template without variables.
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    pub(crate) fn read(value: &Value) -> Result<Self, InvalidMessage> {
        let object = Object::new(value, "/template", &["name", "language", "components"])?;
        let language = object.require_child("language", &["code", "policy"])?;
        let mut template = Self::new(object.require_text("name")?, language.require_text("code")?)?;
        template.policy = match language.text("policy")? {
            None => None,
            Some("deterministic") => Some(Policy::Deterministic),
            Some(_) => return Err(language.invalid("policy", "not `deterministic`")),
        };
        for part in object.each("components", component::KEYS, component::read)? {
            template = template.component(part)?;
        }
        Ok(template)
    }
}

impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Language<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            policy: Option<Policy>,
            code: &'a str,
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        let language = Language {
            policy: self.policy,
            code: &self.language,
        };
        map.serialize_entry("language", &language)?;
        if !self.components.is_empty() {
            map.serialize_entry("components", &self.components)?;
        }
        map.end()
    }
}
