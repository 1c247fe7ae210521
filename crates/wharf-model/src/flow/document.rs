//! A whole Flow JSON.

use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::check;
use super::problem::{InvalidFlow, Problem};
use super::read::{Keys, texts};
use super::screen::Screen;

/// A whole Flow JSON: the screens of a Flow and the ways between them.
///
/// See [Cloud API/Flow JSON].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowJson {
    pub(super) version: String,
    pub(super) data_api_version: Option<String>,
    pub(super) data_channel_uri: Option<String>,
    pub(super) routing_model: Option<BTreeMap<String, Vec<String>>>,
    pub(super) screens: Vec<Screen>,
    pub(super) other: Map<String, Value>,
}

impl FlowJson {
    /// A Flow without screens, in a version such as `7.3` ([`super::Version::NEWEST`]).
    pub fn new(version: impl Into<String>) -> Self {
        Self {
            version: version.into(),
            data_api_version: None,
            data_channel_uri: None,
            routing_model: None,
            screens: Vec::new(),
            other: Map::new(),
        }
    }

    /// Adds a screen; the first is where the Flow begins, unless routes say otherwise.
    #[must_use]
    pub fn screen(mut self, screen: Screen) -> Self {
        self.screens.push(screen);
        self
    }

    /// Says which version the data endpoint speaks: `3.0`, or `4.0` with signed Flow tokens.
    ///
    /// Needed, with routes, as soon as an action asks the endpoint.
    #[must_use]
    pub fn data_api_version(mut self, version: impl Into<String>) -> Self {
        self.data_api_version = Some(version.into());
        self
    }

    /// Says which screens may follow a screen; forward ways only.
    #[must_use]
    pub fn route<T: Into<String>>(
        mut self,
        from: impl Into<String>,
        to: impl IntoIterator<Item = T>,
    ) -> Self {
        let routes = self.routing_model.get_or_insert_default();
        let to = to.into_iter().map(Into::into);
        routes.entry(from.into()).or_default().extend(to);
        self
    }

    /// The version as it stands in the JSON.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The screens in order.
    pub fn screens(&self) -> &[Screen] {
        &self.screens
    }

    /// The ways between screens, if they are given.
    pub fn routing_model(&self) -> Option<&BTreeMap<String, Vec<String>>> {
        self.routing_model.as_ref()
    }

    /// Properties that this version of the library does not know.
    pub fn other(&self) -> &Map<String, Value> {
        &self.other
    }

    /// Everything that Meta would refuse or may not understand, in the order of the screens.
    pub fn problems(&self) -> Vec<Problem> {
        check::problems(self)
    }

    /// Refuses a Flow that Meta would refuse.
    ///
    /// Components and properties that may simply be newer than this library are no reason; see
    /// [`Problem::is_advice`].
    pub fn check(&self) -> Result<(), InvalidFlow> {
        let problems = self.problems();
        if problems.iter().all(Problem::is_advice) {
            return Ok(());
        }
        Err(InvalidFlow { problems })
    }

    /// The JSON to upload, if Meta would take it.
    pub fn to_json(&self) -> Result<String, InvalidFlow> {
        let mut problems = self.problems();
        // A tree of JSON values always becomes text.
        let json = serde_json::to_string(self).unwrap_or_default();
        if let Some(problem) = check::size(json.len()) {
            problems.push(problem);
        }
        if problems.iter().all(Problem::is_advice) {
            return Ok(json);
        }
        Err(InvalidFlow { problems })
    }

    fn read(object: Map<String, Value>) -> Result<Self, String> {
        let mut keys = Keys::new(object);
        let routing_model = match keys.object("routing_model")? {
            None => None,
            Some(routes) => Some(read_routes(routes)?),
        };
        let mut screens = Vec::new();
        for (index, screen) in keys
            .list("screens")?
            .unwrap_or_default()
            .into_iter()
            .enumerate()
        {
            let Value::Object(screen) = screen else {
                return Err(format!("/screens/{index} is not an object"));
            };
            screens.push(Screen::read(screen).map_err(|e| format!("/screens/{index}{e}"))?);
        }
        Ok(Self {
            version: keys.text("version")?.unwrap_or_default(),
            data_api_version: keys.text("data_api_version")?,
            data_channel_uri: keys.text("data_channel_uri")?,
            routing_model,
            screens,
            other: keys.rest(),
        })
    }
}

fn read_routes(routes: Map<String, Value>) -> Result<BTreeMap<String, Vec<String>>, String> {
    let mut read = BTreeMap::new();
    for (from, to) in routes {
        let Value::Array(to) = to else {
            return Err(format!("/routing_model/{from} is not a list"));
        };
        let to = texts(to).map_err(|place| format!("/routing_model/{from}{place}"))?;
        read.insert(from, to);
    }
    Ok(read)
}

impl<'de> Deserialize<'de> for FlowJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let object = Map::deserialize(deserializer)?;
        Self::read(object).map_err(D::Error::custom)
    }
}

impl Serialize for FlowJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("version", &self.version)?;
        if let Some(version) = &self.data_api_version {
            map.serialize_entry("data_api_version", version)?;
        }
        if let Some(uri) = &self.data_channel_uri {
            map.serialize_entry("data_channel_uri", uri)?;
        }
        if let Some(routes) = &self.routing_model {
            map.serialize_entry("routing_model", routes)?;
        }
        map.serialize_entry("screens", &self.screens)?;
        for (key, value) in &self.other {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}
