//! Inputs that the user writes in or ticks.

use super::Component;
use super::kind::ComponentKind;
use crate::flow::action::Action;
use crate::flow::expression::Bound;

/// One line of text.
///
/// See [Cloud API/Flows components], text input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextInput(Component);

impl TextInput {
    /// With its required parts.
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self(
            Component::new(ComponentKind::TextInput)
                .text("name", name)
                .text("label", label),
        )
    }

    /// Chooses keyboard and check.
    #[must_use]
    pub fn input_type(self, input_type: InputType) -> Self {
        Self(self.0.set("input-type", input_type.as_str()))
    }

    /// A regular expression that the value must match; since 6.2, with a helper text.
    #[must_use]
    pub fn pattern(self, pattern: impl Into<String>) -> Self {
        Self(self.0.text("pattern", pattern))
    }

    /// Says whether the user must fill it in.
    #[must_use]
    pub fn required(self, required: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("required", required))
    }

    /// The fewest characters.
    #[must_use]
    pub fn min_chars(self, min_chars: impl Into<Bound<u32>>) -> Self {
        Self(self.0.number("min-chars", min_chars))
    }

    /// The most characters; 80 if not given.
    #[must_use]
    pub fn max_chars(self, max_chars: impl Into<Bound<u32>>) -> Self {
        Self(self.0.number("max-chars", max_chars))
    }

    /// A hint below it, of at most 80 characters.
    #[must_use]
    pub fn helper_text(self, helper_text: impl Into<String>) -> Self {
        Self(self.0.text("helper-text", helper_text))
    }

    /// Puts the label above the input, on up to four lines; since 7.0.
    #[must_use]
    pub fn large_label(self) -> Self {
        Self(self.0.set("label-variant", "large"))
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

    /// What it holds at first; outside a form only, since 4.0.
    #[must_use]
    pub fn init_value(self, init_value: impl Into<String>) -> Self {
        Self(self.0.text("init-value", init_value))
    }

    /// What is wrong with the value; outside a form only, since 4.0.
    #[must_use]
    pub fn error_message(self, error_message: impl Into<String>) -> Self {
        Self(self.0.text("error-message", error_message))
    }
}

impl From<TextInput> for Component {
    fn from(component: TextInput) -> Self {
        component.0
    }
}

/// Several lines of text.
///
/// See [Cloud API/Flows components], text area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextArea(Component);

impl TextArea {
    /// With its required parts.
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self(
            Component::new(ComponentKind::TextArea)
                .text("name", name)
                .text("label", label),
        )
    }

    /// Says whether the user must fill it in.
    #[must_use]
    pub fn required(self, required: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("required", required))
    }

    /// The most characters; 600 if not given.
    #[must_use]
    pub fn max_length(self, max_length: impl Into<Bound<u32>>) -> Self {
        Self(self.0.number("max-length", max_length))
    }

    /// A hint below it, of at most 80 characters.
    #[must_use]
    pub fn helper_text(self, helper_text: impl Into<String>) -> Self {
        Self(self.0.text("helper-text", helper_text))
    }

    /// Puts the label above the input, on up to four lines; since 7.0.
    #[must_use]
    pub fn large_label(self) -> Self {
        Self(self.0.set("label-variant", "large"))
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

    /// What it holds at first; outside a form only, since 4.0.
    #[must_use]
    pub fn init_value(self, init_value: impl Into<String>) -> Self {
        Self(self.0.text("init-value", init_value))
    }

    /// What is wrong with the value; outside a form only, since 4.0.
    #[must_use]
    pub fn error_message(self, error_message: impl Into<String>) -> Self {
        Self(self.0.text("error-message", error_message))
    }
}

impl From<TextArea> for Component {
    fn from(component: TextArea) -> Self {
        component.0
    }
}

/// A box to agree to something, with a text of at most 120 characters; five a screen.
///
/// See [Cloud API/Flows components], opt-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptIn(Component);

impl OptIn {
    /// With its required parts.
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self(
            Component::new(ComponentKind::OptIn)
                .text("name", name)
                .text("label", label),
        )
    }

    /// Says whether the user must fill it in.
    #[must_use]
    pub fn required(self, required: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("required", required))
    }

    /// What "Read more" does: `navigate`, `data_exchange` or `open_url`.
    #[must_use]
    pub fn on_click_action(self, on_click_action: Action) -> Self {
        Self(self.0.set("on-click-action", on_click_action))
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

    /// Says whether it is shown.
    #[must_use]
    pub fn visible(self, visible: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("visible", visible))
    }

    /// What it holds at first; outside a form only, since 4.0.
    #[must_use]
    pub fn init_value(self, init_value: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("init-value", init_value))
    }
}

impl From<OptIn> for Component {
    fn from(component: OptIn) -> Self {
        component.0
    }
}

/// The kind of a [`TextInput`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputType {
    /// Any text.
    Text,
    /// A number.
    Number,
    /// An e-mail address.
    Email,
    /// A hidden text.
    Password,
    /// Hidden digits.
    Passcode,
    /// A phone number.
    Phone,
}

impl InputType {
    /// The value as it stands in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Email => "email",
            Self::Password => "password",
            Self::Passcode => "passcode",
            Self::Phone => "phone",
        }
    }
}
