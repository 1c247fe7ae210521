//! A screen: its data, its layout, and whether the Flow may end there.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::component::{Component, read_components};
use super::data::DataField;
use super::read::Keys;

/// A screen of a Flow, with one column of components.
///
/// See [Cloud API/Flow JSON], screens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen {
    pub(super) id: String,
    pub(super) title: Option<String>,
    pub(super) terminal: Option<bool>,
    pub(super) success: Option<bool>,
    pub(super) refresh_on_back: Option<bool>,
    pub(super) sensitive: Option<Vec<String>>,
    pub(super) data: Option<Map<String, Value>>,
    pub(super) layout: Layout,
    pub(super) other: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) kind: String,
    pub(super) children: Vec<Component>,
    pub(super) other: Map<String, Value>,
}

pub(super) const SINGLE_COLUMN: &str = "SingleColumnLayout";

impl Screen {
    /// An empty screen. The id has letters and underscores only, and is not `SUCCESS`.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            title: None,
            terminal: None,
            success: None,
            refresh_on_back: None,
            sensitive: None,
            data: None,
            layout: Layout {
                kind: SINGLE_COLUMN.to_owned(),
                children: Vec::new(),
                other: Map::new(),
            },
            other: Map::new(),
        }
    }

    /// The title in the bar above the screen.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Lets the Flow end here; such a screen needs a footer.
    #[must_use]
    pub fn terminal(mut self) -> Self {
        self.terminal = Some(true);
        self
    }

    /// Says whether ending here is a success of the business (the default).
    #[must_use]
    pub fn success(mut self, success: bool) -> Self {
        self.success = Some(success);
        self
    }

    /// Asks the data endpoint again when the user goes back from here.
    #[must_use]
    pub fn refresh_on_back(mut self) -> Self {
        self.refresh_on_back = Some(true);
        self
    }

    /// Names the inputs that the summary must not show; Flow JSON 5.1 and newer.
    #[must_use]
    pub fn sensitive<T: Into<String>>(mut self, inputs: impl IntoIterator<Item = T>) -> Self {
        self.sensitive = Some(inputs.into_iter().map(Into::into).collect());
        self
    }

    /// Declares a field that the screen is given by the one before it or by the endpoint.
    #[must_use]
    pub fn data(mut self, name: impl Into<String>, field: DataField) -> Self {
        let data = self.data.get_or_insert_default();
        data.insert(name.into(), field.into());
        self
    }

    /// Adds a component below the others.
    #[must_use]
    pub fn with(mut self, component: impl Into<Component>) -> Self {
        self.layout.children.push(component.into());
        self
    }

    /// The id, unique in the Flow.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether the Flow may end here.
    pub fn is_terminal(&self) -> bool {
        self.terminal == Some(true)
    }

    /// The declared data, each field as JSON Schema with an example.
    pub fn data_fields(&self) -> Option<&Map<String, Value>> {
        self.data.as_ref()
    }

    /// The components from top to bottom.
    pub fn components(&self) -> &[Component] {
        &self.layout.children
    }

    /// Properties that this version of the library does not know.
    pub fn other(&self) -> &Map<String, Value> {
        &self.other
    }

    pub(super) fn read(object: Map<String, Value>) -> Result<Self, String> {
        let mut keys = Keys::new(object);
        let layout = keys.object("layout")?.ok_or("/layout is required")?;
        let mut layout = Keys::new(layout);
        let children = layout.list("children").map_err(|e| format!("/layout{e}"))?;
        let children = read_components(children.unwrap_or_default());
        let layout = Layout {
            kind: layout
                .text("type")
                .map_err(|e| format!("/layout{e}"))?
                .unwrap_or_default(),
            children: children.map_err(|e| format!("/layout/children{e}"))?,
            other: layout.rest(),
        };
        Ok(Self {
            id: keys.text("id")?.unwrap_or_default(),
            title: keys.text("title")?,
            terminal: keys.flag("terminal")?,
            success: keys.flag("success")?,
            refresh_on_back: keys.flag("refresh_on_back")?,
            sensitive: keys.texts("sensitive")?,
            data: keys.object("data")?,
            layout,
            other: keys.rest(),
        })
    }
}

impl Serialize for Screen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        if let Some(title) = &self.title {
            map.serialize_entry("title", title)?;
        }
        let flags = [
            ("terminal", self.terminal),
            ("success", self.success),
            ("refresh_on_back", self.refresh_on_back),
        ];
        for (key, flag) in flags {
            if let Some(flag) = flag {
                map.serialize_entry(key, &flag)?;
            }
        }
        if let Some(sensitive) = &self.sensitive {
            map.serialize_entry("sensitive", sensitive)?;
        }
        if let Some(data) = &self.data {
            map.serialize_entry("data", data)?;
        }
        map.serialize_entry("layout", &self.layout)?;
        for (key, value) in &self.other {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl Serialize for Layout {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &self.kind)?;
        map.serialize_entry("children", &self.children)?;
        for (key, value) in &self.other {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}
