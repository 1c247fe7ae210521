//! Template messages.

mod button;
mod parameter;

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};
use serde_json::Value;

use super::invalid::{InvalidMessage, counted, required};
use super::limits;
use super::read::Object;

pub use button::{ButtonValue, TemplateButton};
pub use parameter::{Currency, Parameter, Product};

/// An approved template, with the values of its variables.
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
/// let fault = template.body(vec![Parameter::text("two\nlines")]).unwrap_err();
/// assert_eq!(fault.field(), "/template/components/2/parameters/0/text");
/// # Ok::<(), wharf_model::InvalidMessage>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    name: String,
    language: String,
    policy: Option<String>,
    components: Vec<Component>,
}

/// The values of one part of a template.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Component {
    /// A text, media, location or product.
    Header(Vec<Parameter>),
    /// Texts, by position or by name.
    Body(Vec<Parameter>),
    /// The value of one button.
    Button(TemplateButton),
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

    /// Adds the values of the header.
    pub fn header(mut self, parameters: Vec<Parameter>) -> Result<Self, InvalidMessage> {
        self.check(&parameters, limits::TEMPLATE_HEADER_TEXT)?;
        self.components.push(Component::Header(parameters));
        Ok(self)
    }

    /// Adds the values of the body.
    pub fn body(mut self, parameters: Vec<Parameter>) -> Result<Self, InvalidMessage> {
        self.check(&parameters, limits::TEMPLATE_BODY_TEXT)?;
        self.components.push(Component::Body(parameters));
        Ok(self)
    }

    /// Adds the value of one button.
    pub fn button(mut self, button: TemplateButton) -> Result<Self, InvalidMessage> {
        button
            .check()
            .map_err(|fault| fault.within(&self.next_component()))?;
        let buttons = self
            .components
            .iter()
            .filter(|part| matches!(part, Component::Button(_)));
        counted(
            buttons.count() + 1,
            limits::TEMPLATE_BUTTONS,
            "/template/components",
        )?;
        self.components.push(Component::Button(button));
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

    fn next_component(&self) -> String {
        format!("/template/components/{}", self.components.len())
    }

    fn check(&self, parameters: &[Parameter], limit: usize) -> Result<(), InvalidMessage> {
        let at = self.next_component();
        let list = format!("{at}/parameters");
        counted(parameters.len(), limits::TEMPLATE_PARAMETERS, &list)?;
        let named = parameters
            .iter()
            .any(|parameter| parameter.name().is_some());
        for (index, parameter) in parameters.iter().enumerate() {
            parameter
                .check(limit, named)
                .map_err(|fault| fault.within(&format!("{list}/{index}")))?;
        }
        Ok(())
    }

    pub(crate) fn read(value: &Value) -> Result<Self, InvalidMessage> {
        let object = Object::new(value, "/template", &["name", "language", "components"])?;
        let language = object.require_child("language", &["code", "policy"])?;
        let mut template = Self::new(object.require_text("name")?, language.require_text("code")?)?;
        template.policy = match language.text("policy")? {
            None => None,
            Some("deterministic") => Some("deterministic".to_owned()),
            Some(_) => return Err(language.invalid("policy", "not `deterministic`")),
        };
        let known = ["type", "sub_type", "index", "parameters"];
        for component in object.each("components", &known, read_component)? {
            template = match component {
                Component::Header(parameters) => template.header(parameters)?,
                Component::Body(parameters) => template.body(parameters)?,
                Component::Button(button) => template.button(button)?,
            };
        }
        Ok(template)
    }
}

fn read_component(object: &Object<'_>) -> Result<Component, InvalidMessage> {
    let kind = object.require_text("type")?;
    match kind.to_ascii_lowercase().as_str() {
        "header" => Ok(Component::Header(parameter::read_all(object)?)),
        "body" => Ok(Component::Body(parameter::read_all(object)?)),
        "button" => Ok(Component::Button(TemplateButton::read(object)?)),
        _ => Err(InvalidMessage::Unsupported {
            field: object.pointer("type"),
            kind: kind.to_owned(),
        }),
    }
}

impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Language<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            policy: Option<&'a str>,
            code: &'a str,
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        let language = Language {
            policy: self.policy.as_deref(),
            code: &self.language,
        };
        map.serialize_entry("language", &language)?;
        if !self.components.is_empty() {
            map.serialize_entry("components", &self.components)?;
        }
        map.end()
    }
}

impl Serialize for Component {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, parameters) = match self {
            Self::Header(parameters) => ("header", parameters),
            Self::Body(parameters) => ("body", parameters),
            Self::Button(button) => return button.serialize(serializer),
        };
        let mut part = serializer.serialize_struct("Component", 2)?;
        part.serialize_field("type", kind)?;
        part.serialize_field("parameters", parameters)?;
        part.end()
    }
}
