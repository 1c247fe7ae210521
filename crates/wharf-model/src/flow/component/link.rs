//! Components that lead on.

use super::Component;
use super::choice::MediaSize;
use super::item::NavigationItem;
use super::kind::ComponentKind;
use crate::flow::action::Action;
use crate::flow::expression::Bound;

/// The button at the bottom, with a label of at most 35 characters; one a screen.
///
/// See [Cloud API/Flows components], footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footer(Component);

impl Footer {
    /// With its required parts.
    pub fn new(label: impl Into<String>, action: Action) -> Self {
        Self(
            Component::new(ComponentKind::Footer)
                .text("label", label)
                .set("on-click-action", action),
        )
    }

    /// A caption on the left, together with one on the right.
    #[must_use]
    pub fn left_caption(self, left_caption: impl Into<String>) -> Self {
        Self(self.0.text("left-caption", left_caption))
    }

    /// A caption in the middle, instead of the other two.
    #[must_use]
    pub fn center_caption(self, center_caption: impl Into<String>) -> Self {
        Self(self.0.text("center-caption", center_caption))
    }

    /// A caption on the right, together with one on the left.
    #[must_use]
    pub fn right_caption(self, right_caption: impl Into<String>) -> Self {
        Self(self.0.text("right-caption", right_caption))
    }

    /// Says whether it can be used.
    #[must_use]
    pub fn enabled(self, enabled: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("enabled", enabled))
    }
}

impl From<Footer> for Component {
    fn from(component: Footer) -> Self {
        component.0
    }
}

/// A link of at most 35 characters; two a screen.
///
/// See [Cloud API/Flows components], link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedLink(Component);

impl EmbeddedLink {
    /// A text, fixed or with references.
    pub fn new(text: impl Into<String>, action: Action) -> Self {
        Self(
            Component::new(ComponentKind::EmbeddedLink)
                .text("text", text)
                .set("on-click-action", action),
        )
    }

    /// Says whether it is shown.
    #[must_use]
    pub fn visible(self, visible: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("visible", visible))
    }
}

impl From<EmbeddedLink> for Component {
    fn from(component: EmbeddedLink) -> Self {
        component.0
    }
}

/// A list of 1 to 20 ways on, alone on its screen; since 6.2.
///
/// See [Cloud API/Flows components], navigation list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavigationList(Component);

impl NavigationList {
    /// With its required parts.
    pub fn new(name: impl Into<String>, items: impl Into<Bound<Vec<NavigationItem>>>) -> Self {
        Self(
            Component::new(ComponentKind::NavigationList)
                .text("name", name)
                .list("list-items", items),
        )
    }

    /// A label of at most 80 characters.
    #[must_use]
    pub fn label(self, label: impl Into<String>) -> Self {
        Self(self.0.text("label", label))
    }

    /// A description of at most 300 characters.
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        Self(self.0.text("description", description))
    }

    /// The size of the images.
    #[must_use]
    pub fn media_size(self, media_size: MediaSize) -> Self {
        Self(self.0.set("media-size", media_size.as_str()))
    }

    /// What every item does, if the items have no actions of their own.
    #[must_use]
    pub fn on_click_action(self, on_click_action: Action) -> Self {
        Self(self.0.set("on-click-action", on_click_action))
    }

    /// Says whether it is shown.
    #[must_use]
    pub fn visible(self, visible: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("visible", visible))
    }
}

impl From<NavigationList> for Component {
    fn from(component: NavigationList) -> Self {
        component.0
    }
}
