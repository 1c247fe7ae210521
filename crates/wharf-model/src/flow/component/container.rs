//! Components that hold components.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::kind::ComponentKind;
use super::{Component, Nested};
use crate::flow::expression::Expression;

/// A group of inputs; needed around every input before Flow JSON 4.0, optional since.
///
/// See [Cloud API/Flow JSON], forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form(Component);

impl Form {
    /// An empty form.
    pub fn new(name: impl Into<String>) -> Self {
        let form = Component::new(ComponentKind::Form).set("name", name.into());
        Self(form.holding(Nested::Children(Vec::new())))
    }

    /// Adds a component below the others.
    #[must_use]
    pub fn with(mut self, component: impl Into<Component>) -> Self {
        if let Nested::Children(children) = self.0.nested_mut() {
            children.push(component.into());
        }
        self
    }

    /// What the inputs hold at first, by their names.
    #[must_use]
    pub fn init_values(self, values: Map<String, Value>) -> Self {
        Self(self.0.set("init-values", values))
    }

    /// What is wrong with inputs, by their names.
    #[must_use]
    pub fn error_messages(self, messages: Map<String, Value>) -> Self {
        Self(self.0.set("error-messages", messages))
    }
}

impl From<Form> for Component {
    fn from(form: Form) -> Self {
        form.0
    }
}

/// Shows components if a condition holds; Flow JSON 4.0 and newer.
///
/// See [Cloud API/Flows components], if.
///
/// ```
/// use wharf_model::flow::{If, TextBody};
///
/// let adult = If::new("${form.age} > 17").then(TextBody::new("Welcome"));
/// let adult = adult.otherwise(TextBody::new("Come back later"));
/// # let _ = adult;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct If(Component);

impl If {
    /// Without components yet; the condition stands without backticks.
    pub fn new(condition: impl Into<String>) -> Self {
        let component = Component::new(ComponentKind::If).set("condition", condition.into());
        Self(component.holding(Nested::Branches {
            then: Vec::new(),
            otherwise: None,
        }))
    }

    /// Adds a component that is shown if the condition holds.
    #[must_use]
    pub fn then(mut self, component: impl Into<Component>) -> Self {
        if let Nested::Branches { then, .. } = self.0.nested_mut() {
            then.push(component.into());
        }
        self
    }

    /// Adds a component that is shown if the condition does not hold.
    #[must_use]
    pub fn otherwise(mut self, component: impl Into<Component>) -> Self {
        if let Nested::Branches { otherwise, .. } = self.0.nested_mut() {
            otherwise.get_or_insert_default().push(component.into());
        }
        self
    }
}

impl From<If> for Component {
    fn from(branch: If) -> Self {
        branch.0
    }
}

/// Shows the components that belong to a value; Flow JSON 4.0 and newer.
///
/// See [Cloud API/Flows components], switch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch(Component);

impl Switch {
    /// Without cases yet.
    pub fn new(value: Expression) -> Self {
        let component = Component::new(ComponentKind::Switch).set("value", value);
        Self(component.holding(Nested::Cases(BTreeMap::new())))
    }

    /// Adds a component that is shown if the value is this one.
    #[must_use]
    pub fn case(mut self, value: impl Into<String>, component: impl Into<Component>) -> Self {
        if let Nested::Cases(cases) = self.0.nested_mut() {
            cases
                .entry(value.into())
                .or_default()
                .push(component.into());
        }
        self
    }
}

impl From<Switch> for Component {
    fn from(switch: Switch) -> Self {
        switch.0
    }
}
