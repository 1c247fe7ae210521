//! Inputs with choices.

use super::Component;
use super::item::Choice;
use super::kind::ComponentKind;
use crate::flow::action::Action;
use crate::flow::expression::Bound;

/// Several of 1 to 20 choices.
///
/// See [Cloud API/Flows components], checkbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckboxGroup(Component);

impl CheckboxGroup {
    /// With its required parts.
    pub fn new(
        name: impl Into<String>,
        label: impl Into<String>,
        choices: impl Into<Bound<Vec<Choice>>>,
    ) -> Self {
        Self(
            Component::new(ComponentKind::CheckboxGroup)
                .text("name", name)
                .text("label", label)
                .list("data-source", choices),
        )
    }

    /// The fewest that must be chosen.
    #[must_use]
    pub fn min_selected_items(self, min_selected_items: impl Into<Bound<u32>>) -> Self {
        Self(self.0.number("min-selected-items", min_selected_items))
    }

    /// The most that may be chosen.
    #[must_use]
    pub fn max_selected_items(self, max_selected_items: impl Into<Bound<u32>>) -> Self {
        Self(self.0.number("max-selected-items", max_selected_items))
    }

    /// A description of at most 300 characters.
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        Self(self.0.text("description", description))
    }

    /// Says whether the user must fill it in.
    #[must_use]
    pub fn required(self, required: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("required", required))
    }

    /// Says whether it can be used.
    #[must_use]
    pub fn enabled(self, enabled: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("enabled", enabled))
    }

    /// Says whether it is shown.
    #[must_use]
    pub fn visible(self, visible: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("visible", visible))
    }

    /// The size of the images; since 5.0.
    #[must_use]
    pub fn media_size(self, media_size: MediaSize) -> Self {
        Self(self.0.set("media-size", media_size.as_str()))
    }

    /// The ids chosen at first; outside a form only, since 4.0.
    #[must_use]
    pub fn init_value(self, init_value: impl Into<Bound<Vec<String>>>) -> Self {
        Self(self.0.list("init-value", init_value))
    }

    /// What is wrong with the value; outside a form only, since 4.0.
    #[must_use]
    pub fn error_message(self, error_message: impl Into<String>) -> Self {
        Self(self.0.text("error-message", error_message))
    }

    /// What happens when something is chosen.
    #[must_use]
    pub fn on_select_action(self, on_select_action: Action) -> Self {
        Self(self.0.set("on-select-action", on_select_action))
    }

    /// What happens when something is no longer chosen; since 6.0.
    #[must_use]
    pub fn on_unselect_action(self, on_unselect_action: Action) -> Self {
        Self(self.0.set("on-unselect-action", on_unselect_action))
    }
}

impl From<CheckboxGroup> for Component {
    fn from(component: CheckboxGroup) -> Self {
        component.0
    }
}

/// One of 1 to 20 choices.
///
/// See [Cloud API/Flows components], radio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RadioButtonsGroup(Component);

impl RadioButtonsGroup {
    /// With its required parts.
    pub fn new(
        name: impl Into<String>,
        label: impl Into<String>,
        choices: impl Into<Bound<Vec<Choice>>>,
    ) -> Self {
        Self(
            Component::new(ComponentKind::RadioButtonsGroup)
                .text("name", name)
                .text("label", label)
                .list("data-source", choices),
        )
    }

    /// A description of at most 300 characters.
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        Self(self.0.text("description", description))
    }

    /// Says whether the user must fill it in.
    #[must_use]
    pub fn required(self, required: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("required", required))
    }

    /// Says whether it can be used.
    #[must_use]
    pub fn enabled(self, enabled: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("enabled", enabled))
    }

    /// Says whether it is shown.
    #[must_use]
    pub fn visible(self, visible: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("visible", visible))
    }

    /// The size of the images; since 5.0.
    #[must_use]
    pub fn media_size(self, media_size: MediaSize) -> Self {
        Self(self.0.set("media-size", media_size.as_str()))
    }

    /// The id chosen at first; outside a form only, since 4.0.
    #[must_use]
    pub fn init_value(self, init_value: impl Into<String>) -> Self {
        Self(self.0.text("init-value", init_value))
    }

    /// What is wrong with the value; outside a form only, since 4.0.
    #[must_use]
    pub fn error_message(self, error_message: impl Into<String>) -> Self {
        Self(self.0.text("error-message", error_message))
    }

    /// What happens when something is chosen.
    #[must_use]
    pub fn on_select_action(self, on_select_action: Action) -> Self {
        Self(self.0.set("on-select-action", on_select_action))
    }

    /// What happens when something is no longer chosen; since 6.0.
    #[must_use]
    pub fn on_unselect_action(self, on_unselect_action: Action) -> Self {
        Self(self.0.set("on-unselect-action", on_unselect_action))
    }
}

impl From<RadioButtonsGroup> for Component {
    fn from(component: RadioButtonsGroup) -> Self {
        component.0
    }
}

/// One of 1 to 200 choices, 100 if any has an image.
///
/// See [Cloud API/Flows components], dropdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropdown(Component);

impl Dropdown {
    /// With its required parts.
    pub fn new(
        name: impl Into<String>,
        label: impl Into<String>,
        choices: impl Into<Bound<Vec<Choice>>>,
    ) -> Self {
        Self(
            Component::new(ComponentKind::Dropdown)
                .text("name", name)
                .text("label", label)
                .list("data-source", choices),
        )
    }

    /// Says whether the user must fill it in.
    #[must_use]
    pub fn required(self, required: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("required", required))
    }

    /// Says whether it can be used.
    #[must_use]
    pub fn enabled(self, enabled: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("enabled", enabled))
    }

    /// Says whether it is shown.
    #[must_use]
    pub fn visible(self, visible: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("visible", visible))
    }

    /// The id chosen at first; outside a form only, since 4.0.
    #[must_use]
    pub fn init_value(self, init_value: impl Into<String>) -> Self {
        Self(self.0.text("init-value", init_value))
    }

    /// What is wrong with the value; outside a form only, since 4.0.
    #[must_use]
    pub fn error_message(self, error_message: impl Into<String>) -> Self {
        Self(self.0.text("error-message", error_message))
    }

    /// What happens when something is chosen.
    #[must_use]
    pub fn on_select_action(self, on_select_action: Action) -> Self {
        Self(self.0.set("on-select-action", on_select_action))
    }

    /// What happens when something is no longer chosen; since 6.0.
    #[must_use]
    pub fn on_unselect_action(self, on_unselect_action: Action) -> Self {
        Self(self.0.set("on-unselect-action", on_unselect_action))
    }
}

impl From<Dropdown> for Component {
    fn from(component: Dropdown) -> Self {
        component.0
    }
}

/// Several of 2 to 20 choices, in little room; since 6.3.
///
/// See [Cloud API/Flows components], chips.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipsSelector(Component);

impl ChipsSelector {
    /// With its required parts.
    pub fn new(
        name: impl Into<String>,
        label: impl Into<String>,
        choices: impl Into<Bound<Vec<Choice>>>,
    ) -> Self {
        Self(
            Component::new(ComponentKind::ChipsSelector)
                .text("name", name)
                .text("label", label)
                .list("data-source", choices),
        )
    }

    /// The fewest that must be chosen.
    #[must_use]
    pub fn min_selected_items(self, min_selected_items: impl Into<Bound<u32>>) -> Self {
        Self(self.0.number("min-selected-items", min_selected_items))
    }

    /// The most that may be chosen.
    #[must_use]
    pub fn max_selected_items(self, max_selected_items: impl Into<Bound<u32>>) -> Self {
        Self(self.0.number("max-selected-items", max_selected_items))
    }

    /// A description of at most 300 characters.
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        Self(self.0.text("description", description))
    }

    /// Says whether the user must fill it in.
    #[must_use]
    pub fn required(self, required: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("required", required))
    }

    /// Says whether it can be used.
    #[must_use]
    pub fn enabled(self, enabled: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("enabled", enabled))
    }

    /// Says whether it is shown.
    #[must_use]
    pub fn visible(self, visible: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("visible", visible))
    }

    /// The ids chosen at first; outside a form only.
    #[must_use]
    pub fn init_value(self, init_value: impl Into<Bound<Vec<String>>>) -> Self {
        Self(self.0.list("init-value", init_value))
    }

    /// What is wrong with the value; outside a form only, since 4.0.
    #[must_use]
    pub fn error_message(self, error_message: impl Into<String>) -> Self {
        Self(self.0.text("error-message", error_message))
    }

    /// What happens when something is chosen.
    #[must_use]
    pub fn on_select_action(self, on_select_action: Action) -> Self {
        Self(self.0.set("on-select-action", on_select_action))
    }

    /// What happens when something is no longer chosen; since 6.0.
    #[must_use]
    pub fn on_unselect_action(self, on_unselect_action: Action) -> Self {
        Self(self.0.set("on-unselect-action", on_unselect_action))
    }
}

impl From<ChipsSelector> for Component {
    fn from(component: ChipsSelector) -> Self {
        component.0
    }
}

/// The size of the images of choices and items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MediaSize {
    /// Small, as usual.
    Regular,
    /// Large.
    Large,
}

impl MediaSize {
    /// The value as it stands in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Large => "large",
        }
    }
}
