//! What a call wants a template to be, read before it is checked.

use serde_json::{Map, Value};

use crate::graph::GraphError;
use crate::graph::call::Call;
use crate::graph::params::{must_be, required};
use crate::graph::shape::Shape;
use crate::graph::templates::check::language;
use crate::graph::templates::refusal::{at_most, invalid};
use crate::template::Category;

const NAME: usize = 512;

/// What every component has, whatever its kind.
const COMPONENT: Shape = Shape::Object(&[
    ("type", Shape::Text),
    ("format", Shape::Text),
    ("text", Shape::Text),
    ("example", Shape::Object(&[])),
    ("buttons", Shape::List(&BUTTON)),
]);
const BUTTON: Shape = Shape::Object(&[
    ("type", Shape::Text),
    ("text", Shape::Text),
    ("flow_id", Shape::Text),
    ("flow_action", Shape::Text),
    ("navigate_screen", Shape::Text),
]);

/// A template as it was asked for.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) language: String,
    pub(super) category: Category,
    pub(super) components: Vec<Value>,
    pub(super) extras: Extras,
}

/// What stands beside the components.
#[derive(Clone, Debug, Default)]
pub(super) struct Extras {
    /// Whether its variables have names.
    pub(super) named: bool,
    pub(super) ttl: Option<i64>,
    pub(super) sub_category: Option<String>,
    pub(super) display_format: Option<String>,
    pub(super) allow_category_change: Option<bool>,
    pub(super) link_tracking_opted_out: Option<bool>,
}

impl Draft {
    /// Reads the parameters of a creation; `components` may come from elsewhere, such as the library.
    pub(super) fn read(call: &Call, components: Vec<Value>) -> Result<Self, GraphError> {
        let params = &call.params;
        Ok(Self {
            name: name(&params.required_text("name")?)?,
            language: language_code(&params.required_text("language")?)?,
            category: category(&params.required_text("category")?)?,
            components,
            extras: Extras::read(call)?,
        })
    }

    /// The body of the creation call, as the registry reads it.
    pub(super) fn json(&self) -> Value {
        let mut json = serde_json::json!({
            "name": self.name,
            "language": self.language,
            "category": self.category,
            "components": self.components,
        });
        if let Some(ttl) = self.extras.ttl {
            json["message_send_ttl_seconds"] = ttl.into();
        }
        if let Some(sub_category) = &self.extras.sub_category {
            json["sub_category"] = sub_category.as_str().into();
        }
        json
    }
}

impl Extras {
    pub(super) fn read(call: &Call) -> Result<Self, GraphError> {
        let params = &call.params;
        let format = params.text("parameter_format")?.unwrap_or_default();
        let named = match format.to_ascii_lowercase().as_str() {
            "" | "positional" => false,
            "named" => true,
            _ => return Err(must_be("parameter_format", "one of {POSITIONAL, NAMED}")),
        };
        Ok(Self {
            named,
            ttl: params.integer("message_send_ttl_seconds")?,
            sub_category: upper(params.text("sub_category")?),
            display_format: upper(params.text("display_format")?),
            allow_category_change: params.boolean("allow_category_change")?,
            link_tracking_opted_out: params.boolean("cta_url_link_tracking_opted_out")?,
        })
    }
}

/// The components of the call, each an object.
pub(super) fn components(call: &Call) -> Result<Option<Vec<Value>>, GraphError> {
    let Some(given) = call.params.json("components")? else {
        return Ok(None);
    };
    match given {
        Value::Array(items) if items.iter().all(Value::is_object) => {
            for (place, item) in items.iter().enumerate() {
                COMPONENT.check(item, &format!("components[{place}]"))?;
            }
            Ok(Some(items))
        }
        _ => Err(must_be("components", "an array of objects")),
    }
}

/// The same, which must be there.
pub(super) fn required_components(call: &Call) -> Result<Vec<Value>, GraphError> {
    components(call)?.ok_or_else(|| required("components"))
}

pub(super) fn name(name: &str) -> Result<String, GraphError> {
    at_most("name", name, NAME)?;
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    if name.chars().all(|letter| plain(letter) || letter == '_') {
        return Ok(name.to_owned());
    }
    Err(invalid(
        "Invalid template name",
        "name may only have lowercase letters, digits and underscores. Rename the template.",
    ))
}

pub(super) fn language_code(code: &str) -> Result<String, GraphError> {
    if language::is_known(code) {
        return Ok(code.to_owned());
    }
    Err(invalid(
        "Unsupported template language",
        format!("language ({code}) is not a supported code. Use one such as en, en_US or pt_BR."),
    ))
}

pub(super) fn category(text: &str) -> Result<Category, GraphError> {
    match text.to_ascii_uppercase().as_str() {
        "AUTHENTICATION" => Ok(Category::Authentication),
        "MARKETING" => Ok(Category::Marketing),
        "UTILITY" => Ok(Category::Utility),
        _ => Err(must_be(
            "category",
            "one of {AUTHENTICATION, MARKETING, UTILITY}",
        )),
    }
}

fn upper(text: Option<String>) -> Option<String> {
    text.map(|text| text.to_ascii_uppercase())
}

/// The `type` of a component or button, in capitals.
pub(super) fn kind(value: &Map<String, Value>) -> String {
    let kind = value.get("type").and_then(Value::as_str);
    kind.unwrap_or_default().to_ascii_uppercase()
}
