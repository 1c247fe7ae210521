//! A component of a screen, known or not.

pub(super) mod choice;
pub(super) mod container;
pub(super) mod date;
pub(super) mod entry;
pub(super) mod item;
pub(super) mod kind;
pub(super) mod link;
pub(super) mod media;
pub(super) mod text;

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use kind::ComponentKind;

use super::expression::Bound;

/// A component of a screen.
///
/// Built by the type of its kind, such as [`super::TextInput`]; read from a Flow JSON, its
/// properties are there as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    kind: ComponentKind,
    properties: Map<String, Value>,
    nested: Nested,
}

/// The components inside a component.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Nested {
    /// None; most components hold no others.
    Nothing,
    /// The children of a `Form`.
    Children(Vec<Component>),
    /// The two ways of an `If`.
    Branches {
        /// Shown if the condition holds.
        then: Vec<Component>,
        /// Shown if it does not.
        otherwise: Option<Vec<Component>>,
    },
    /// The cases of a `Switch`, each by its value.
    Cases(BTreeMap<String, Vec<Component>>),
}

impl Component {
    /// A component of a kind that this version of the library does not build.
    ///
    /// ```
    /// use serde_json::json;
    /// use wharf_model::flow::Component;
    ///
    /// let slider = Component::new("Slider").set("max", 10);
    /// assert_eq!(serde_json::to_value(slider)?, json!({"type": "Slider", "max": 10}));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn new(kind: impl Into<ComponentKind>) -> Self {
        Self {
            kind: kind.into(),
            properties: Map::new(),
            nested: Nested::Nothing,
        }
    }

    /// Sets a property by the name that it has in the JSON.
    #[must_use]
    pub fn set(mut self, property: &str, value: impl Into<Value>) -> Self {
        self.properties.insert(property.to_owned(), value.into());
        self
    }

    fn text(self, property: &str, text: impl Into<String>) -> Self {
        self.set(property, text.into())
    }

    fn flag(self, property: &str, flag: impl Into<Bound<bool>>) -> Self {
        self.set(property, flag.into())
    }

    fn number(self, property: &str, number: impl Into<Bound<u32>>) -> Self {
        self.set(property, number.into())
    }

    fn list<T: Into<Value>>(self, property: &str, items: impl Into<Bound<Vec<T>>>) -> Self {
        self.set(property, items.into())
    }

    /// What the component is.
    pub fn kind(&self) -> &ComponentKind {
        &self.kind
    }

    /// Its name, by which `${form.…}` refers to an input.
    pub fn name(&self) -> Option<&str> {
        self.get("name").and_then(Value::as_str)
    }

    /// A property by the name that it has in the JSON, nested components apart.
    pub fn get(&self, property: &str) -> Option<&Value> {
        self.properties.get(property)
    }

    /// All properties, type and nested components apart.
    pub fn properties(&self) -> &Map<String, Value> {
        &self.properties
    }

    /// The components inside it.
    pub fn nested(&self) -> &Nested {
        &self.nested
    }

    pub(super) fn holding(mut self, nested: Nested) -> Self {
        self.nested = nested;
        self
    }

    pub(super) fn nested_mut(&mut self) -> &mut Nested {
        &mut self.nested
    }

    /// The lists of nested components, each with its pointer below this one.
    pub(super) fn branches(&self) -> Vec<(String, &[Component])> {
        match &self.nested {
            Nested::Nothing => Vec::new(),
            Nested::Children(children) => vec![("/children".to_owned(), children)],
            Nested::Branches { then, otherwise } => {
                let mut branches = vec![("/then".to_owned(), then.as_slice())];
                if let Some(otherwise) = otherwise {
                    branches.push(("/else".to_owned(), otherwise));
                }
                branches
            }
            Nested::Cases(cases) => cases
                .iter()
                .map(|(case, list)| {
                    let case = case.replace('~', "~0").replace('/', "~1");
                    (format!("/cases/{case}"), list.as_slice())
                })
                .collect(),
        }
    }

    fn read(mut properties: Map<String, Value>) -> Result<Self, String> {
        let kind = match properties.remove("type") {
            Some(Value::String(kind)) => ComponentKind::from(kind.as_str()),
            Some(_) => return Err("/type is not a text".to_owned()),
            None => return Err("/type is required".to_owned()),
        };
        let mut list = |key: &str| match properties.remove(key) {
            None => Ok(None),
            Some(Value::Array(items)) => read_components(items)
                .map(Some)
                .map_err(|e| format!("/{key}{e}")),
            Some(_) => Err(format!("/{key} is not a list")),
        };
        let nested = match kind {
            ComponentKind::Form => list("children")?.map_or(Nested::Nothing, Nested::Children),
            ComponentKind::If => Nested::Branches {
                then: list("then")?.unwrap_or_default(),
                otherwise: list("else")?,
            },
            ComponentKind::Switch => match properties.remove("cases") {
                Some(Value::Object(cases)) => Nested::Cases(read_cases(cases)?),
                Some(_) => return Err("/cases is not an object".to_owned()),
                None => Nested::Nothing,
            },
            _ => Nested::Nothing,
        };
        Ok(Self {
            kind,
            properties,
            nested,
        })
    }
}

/// Reads a list of components; the error begins with the place inside the list.
pub(super) fn read_components(items: Vec<Value>) -> Result<Vec<Component>, String> {
    let items = items.into_iter().enumerate();
    let items = items.map(|(index, item)| match item {
        Value::Object(item) => Component::read(item).map_err(|e| format!("/{index}{e}")),
        _ => Err(format!("/{index} is not an object")),
    });
    items.collect()
}

fn read_cases(cases: Map<String, Value>) -> Result<BTreeMap<String, Vec<Component>>, String> {
    let cases = cases.into_iter().map(|(case, list)| match list {
        Value::Array(items) => match read_components(items) {
            Ok(components) => Ok((case, components)),
            Err(e) => Err(format!("/cases/{case}{e}")),
        },
        _ => Err(format!("/cases/{case} is not a list")),
    });
    cases.collect()
}

impl Serialize for Component {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", self.kind.as_str())?;
        for (key, value) in &self.properties {
            map.serialize_entry(key, value)?;
        }
        match &self.nested {
            Nested::Nothing => {}
            Nested::Children(children) => map.serialize_entry("children", children)?,
            Nested::Branches { then, otherwise } => {
                map.serialize_entry("then", then)?;
                if let Some(otherwise) = otherwise {
                    map.serialize_entry("else", otherwise)?;
                }
            }
            Nested::Cases(cases) => map.serialize_entry("cases", cases)?,
        }
        map.end()
    }
}
