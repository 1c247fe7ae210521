//! Validation of Flow JSON, with an error of Meta's shape for each mistake.
//! See [Flows/Flow JSON] and [Flows/Error codes].

mod action;
mod binding;
mod layout;
mod model;
mod routing;

use serde_json::{Value, json};

use crate::flows::json::{Kind, Node, place};

/// The versions that can be published.
const VERSIONS: [&str; 14] = [
    "2.1", "3.0", "3.1", "4.0", "5.0", "5.1", "6.0", "6.1", "6.2", "6.3", "7.0", "7.1", "7.2",
    "7.3",
];
/// The versions of the exchange with a data endpoint.
const DATA_VERSIONS: [&str; 2] = ["3.0", "4.0"];
/// More errors than these help nobody.
const MOST: usize = 100;

/// What is wrong so far, and where.
pub(super) struct Report<'a> {
    text: &'a str,
    errors: Vec<Value>,
}

impl Report<'_> {
    /// Notes a mistake of the value at `path`.
    fn add(&mut self, error: &str, message: impl Into<String>, node: &Node, path: &str) {
        if self.errors.len() >= MOST {
            return;
        }
        let mut entry = json!({
            "error": error,
            "error_type": "FLOW_JSON_ERROR",
            "message": message.into(),
        });
        let at = place(self.text, node.start, node.end);
        let mut pointer = at.clone();
        pointer["path"] = json!(path);
        for (into, from) in [(&mut entry, at)] {
            if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
                into.extend(from);
            }
        }
        entry["pointers"] = json!([pointer]);
        self.errors.push(entry);
    }

    fn missing(&mut self, property: &str, node: &Node, path: &str) {
        let message = format!("Required property '{property}' is missing.");
        self.add("MISSING_REQUIRED_TYPE_PROPERTY", message, node, path);
    }

    fn wrong_type(&mut self, expected: &str, node: &Node, path: &str) {
        let message = format!(
            "Expected property '{path}' to be of type {expected}, but found {}.",
            node.type_name()
        );
        self.add("INVALID_PROPERTY_TYPE", message, node, path);
    }

    /// Notes keys that are not among `known`.
    fn only(&mut self, known: &[&str], node: &Node, path: &str) {
        for (name, value) in node.fields() {
            if !known.contains(&name.as_str()) {
                let message = format!("Property '{name}' cannot be specified at '{path}'.");
                self.add("INVALID_PROPERTY_KEY", message, value, &join(path, name));
            }
        }
    }
}

/// A screen of the document.
pub(super) struct Screen<'a> {
    id: &'a str,
    node: &'a Node,
    path: String,
    terminal: bool,
}

/// What all checks look at.
pub(super) struct Document<'a> {
    root: &'a Node,
    version: (u32, u32),
    screens: Vec<Screen<'a>>,
}

impl<'a> Document<'a> {
    fn screen(&self, id: &str) -> Option<&Screen<'a>> {
        self.screens.iter().find(|screen| screen.id == id)
    }

    /// Whether it talks to a data endpoint.
    fn has_endpoint(&self) -> bool {
        self.root.get("data_api_version").is_some()
    }
}

/// Every mistake of a Flow JSON; none when it can be published.
pub(super) fn validate(text: &str) -> Vec<Value> {
    let mut report = Report {
        text,
        errors: Vec::new(),
    };
    let root = match Node::parse(text) {
        Ok(root) => root,
        Err(at) => {
            let end = text.len().min(at + 1);
            let node = Node {
                start: at,
                end,
                kind: Kind::Plain(Value::Null),
            };
            report.add("INVALID_FLOW_JSON", "Flow JSON is not valid.", &node, "");
            return report.errors;
        }
    };
    if !matches!(root.kind, Kind::Object(_)) {
        report.wrong_type("object", &root, "");
        return report.errors;
    }
    let version = version(&mut report, &root);
    top(&mut report, &root, version);
    let screens = screens(&mut report, &root);
    let document = Document {
        root: &root,
        version,
        screens,
    };
    for screen in &document.screens {
        check_screen(&mut report, &document, screen);
    }
    if !document.screens.is_empty() {
        ends(&mut report, &document);
        routing::check(&mut report, &document);
    }
    report.errors
}

fn version(report: &mut Report<'_>, root: &Node) -> (u32, u32) {
    const NEWEST: (u32, u32) = (7, 3);
    let Some(node) = root.get("version") else {
        report.add(
            "MISSING_FLOW_JSON_VERSION",
            "Flow JSON version is not specified.",
            root,
            "version",
        );
        return NEWEST;
    };
    let parsed = node.text().and_then(|text| {
        let (major, minor) = text.split_once('.')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    });
    match (parsed, node.text()) {
        (Some(version), Some(text)) if VERSIONS.contains(&text) => version,
        (Some(version @ (1..=7, _)), _) => {
            let message = "Unsupported Flow JSON version.";
            report.add("UNSUPPORTED_FLOW_JSON_VERSION", message, node, "version");
            version
        }
        _ => {
            let message = "Invalid Flow JSON version.";
            report.add("INVALID_FLOW_JSON_VERSION", message, node, "version");
            NEWEST
        }
    }
}

fn top(report: &mut Report<'_>, root: &Node, version: (u32, u32)) {
    report.only(
        &[
            "version",
            "data_api_version",
            "routing_model",
            "screens",
            "data_channel_uri",
        ],
        root,
        "",
    );
    if let Some(uri) = root.get("data_channel_uri").filter(|_| version >= (3, 0)) {
        let message = "Property 'data_channel_uri' is no longer supported in Flow JSON as of \
                       version '3.0'. Please configure your endpoint URI using Flows API or Builder.";
        report.add("INVALID_PROPERTY_KEY", message, uri, "data_channel_uri");
    }
    if let Some(node) = root.get("data_api_version")
        && !node
            .text()
            .is_some_and(|text| DATA_VERSIONS.contains(&text))
    {
        let message = "No supported Data API version found for given Flow JSON version.";
        report.add(
            "NO_SUPPORTED_DATA_API_VERSION",
            message,
            node,
            "data_api_version",
        );
    }
}

fn screens<'a>(report: &mut Report<'_>, root: &'a Node) -> Vec<Screen<'a>> {
    let Some(list) = root.get("screens") else {
        report.missing("screens", root, "screens");
        return Vec::new();
    };
    if !matches!(list.kind, Kind::Array(_)) {
        report.wrong_type("array", list, "screens");
        return Vec::new();
    }
    if list.items().is_empty() {
        let message = "Property 'screens' should have at least '1' item.";
        report.add("MIN_ITEMS_REQUIRED", message, list, "screens");
    }
    let mut screens: Vec<Screen<'a>> = Vec::new();
    for (index, node) in list.items().iter().enumerate() {
        let path = format!("screens[{index}]");
        let at = format!("{path}.id");
        let Some(id_node) = node.get("id") else {
            report.missing("id", node, &at);
            continue;
        };
        let Some(id) = id_node.text() else {
            report.wrong_type("string", id_node, &at);
            continue;
        };
        if id.is_empty() {
            let message = "Property 'id' should have at least '1' character.";
            report.add("MIN_CHARS_REQUIRED", message, id_node, &at);
        } else if !id
            .chars()
            .all(|letter| letter.is_ascii_alphabetic() || letter == '_')
        {
            let message = "Property 'id' should only consist of alphabets and underscores.";
            report.add("PATTERN_MISMATCH", message, id_node, &at);
        } else if id == "SUCCESS" {
            let message = "Invalid value found for property 'id': 'SUCCESS' is a reserved keyword.";
            report.add("INVALID_PROPERTY_VALUE", message, id_node, &at);
        } else if screens.iter().any(|known| known.id == id) {
            let message = format!("Duplicate screen id '{id}': it must be unique.");
            report.add("INVALID_PROPERTY_VALUE", message, id_node, &at);
        }
        let terminal = node
            .get("terminal")
            .and_then(Node::boolean)
            .unwrap_or(false);
        screens.push(Screen {
            id,
            node,
            path,
            terminal,
        });
    }
    screens
}

fn check_screen(report: &mut Report<'_>, document: &Document<'_>, screen: &Screen<'_>) {
    report.only(
        &[
            "id",
            "layout",
            "terminal",
            "success",
            "title",
            "data",
            "refresh_on_back",
            "sensitive",
        ],
        screen.node,
        &screen.path,
    );
    let path = |name| join(&screen.path, name);
    for name in ["terminal", "success", "refresh_on_back"] {
        if let Some(node) = screen.node.get(name)
            && node.boolean().is_none()
        {
            report.wrong_type("boolean", node, &path(name));
        }
    }
    for (name, kind) in [
        ("title", "string"),
        ("data", "object"),
        ("sensitive", "array"),
    ] {
        if let Some(node) = screen.node.get(name)
            && node.type_name() != kind
        {
            report.wrong_type(kind, node, &path(name));
        }
    }
    if let Some(node) = screen.node.get("success").filter(|_| !screen.terminal) {
        let message = "Property 'success' can only be specified on a terminal screen.";
        report.add(
            "NOT_KEYWORD_SCHEMA_VALIDATION_FAILED",
            message,
            node,
            &path("success"),
        );
    }
    model::check(report, screen);
    match screen.node.get("layout") {
        None => report.missing("layout", screen.node, &path("layout")),
        Some(node) => layout::check(report, document, screen, node),
    }
}

/// A Flow must end somewhere, and well in at least one place.
fn ends(report: &mut Report<'_>, document: &Document<'_>) {
    let Some(list) = document.root.get("screens") else {
        return;
    };
    let terminal: Vec<_> = document
        .screens
        .iter()
        .filter(|screen| screen.terminal)
        .collect();
    if terminal.is_empty() {
        let message = "Flow JSON should have at least one terminal screen: set 'terminal' to true.";
        report.add("INVALID_PROPERTY_VALUE", message, list, "screens");
        return;
    }
    let good = |screen: &&Screen<'_>| {
        screen
            .node
            .get("success")
            .and_then(Node::boolean)
            .unwrap_or(true)
    };
    if !terminal.iter().any(good) {
        let message = "At least one terminal screen must have property 'success' set as true.";
        report.add("INVALID_PROPERTY_VALUE", message, list, "screens");
    }
}

/// The path of a property.
fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
