//! Texts.

use super::Component;
use super::kind::ComponentKind;
use crate::flow::expression::Bound;

/// A heading of at most 80 characters.
///
/// See [Cloud API/Flows components], text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextHeading(Component);

impl TextHeading {
    /// A text, fixed or with references.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Component::new(ComponentKind::TextHeading).text("text", text))
    }

    /// Says whether it is shown.
    #[must_use]
    pub fn visible(self, visible: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("visible", visible))
    }
}

impl From<TextHeading> for Component {
    fn from(component: TextHeading) -> Self {
        component.0
    }
}

/// A smaller heading of at most 80 characters.
///
/// See [Cloud API/Flows components], text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextSubheading(Component);

impl TextSubheading {
    /// A text, fixed or with references.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Component::new(ComponentKind::TextSubheading).text("text", text))
    }

    /// Says whether it is shown.
    #[must_use]
    pub fn visible(self, visible: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("visible", visible))
    }
}

impl From<TextSubheading> for Component {
    fn from(component: TextSubheading) -> Self {
        component.0
    }
}

/// A paragraph of at most 4096 characters.
///
/// See [Cloud API/Flows components], text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextBody(Component);

impl TextBody {
    /// A text, fixed or with references.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Component::new(ComponentKind::TextBody).text("text", text))
    }

    /// Makes the letters bold or italic.
    #[must_use]
    pub fn font_weight(self, font_weight: FontWeight) -> Self {
        Self(self.0.set("font-weight", font_weight.as_str()))
    }

    /// Strikes the text through.
    #[must_use]
    pub fn strikethrough(self, strikethrough: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("strikethrough", strikethrough))
    }

    /// Reads the text as Markdown; since 5.1.
    #[must_use]
    pub fn markdown(self, markdown: bool) -> Self {
        Self(self.0.set("markdown", markdown))
    }

    /// Says whether it is shown.
    #[must_use]
    pub fn visible(self, visible: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("visible", visible))
    }
}

impl From<TextBody> for Component {
    fn from(component: TextBody) -> Self {
        component.0
    }
}

/// A small text of at most 409 characters.
///
/// See [Cloud API/Flows components], text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextCaption(Component);

impl TextCaption {
    /// A text, fixed or with references.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Component::new(ComponentKind::TextCaption).text("text", text))
    }

    /// Makes the letters bold or italic.
    #[must_use]
    pub fn font_weight(self, font_weight: FontWeight) -> Self {
        Self(self.0.set("font-weight", font_weight.as_str()))
    }

    /// Strikes the text through.
    #[must_use]
    pub fn strikethrough(self, strikethrough: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("strikethrough", strikethrough))
    }

    /// Reads the text as Markdown; since 5.1.
    #[must_use]
    pub fn markdown(self, markdown: bool) -> Self {
        Self(self.0.set("markdown", markdown))
    }

    /// Says whether it is shown.
    #[must_use]
    pub fn visible(self, visible: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("visible", visible))
    }
}

impl From<TextCaption> for Component {
    fn from(component: TextCaption) -> Self {
        component.0
    }
}

/// A long text in Markdown; since 5.1.
///
/// See [Cloud API/Flows components], richtext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RichText(Component);

impl RichText {
    /// A text, fixed or with references.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Component::new(ComponentKind::RichText).text("text", text))
    }

    /// Says whether it is shown.
    #[must_use]
    pub fn visible(self, visible: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("visible", visible))
    }
}

impl From<RichText> for Component {
    fn from(component: RichText) -> Self {
        component.0
    }
}

/// The look of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FontWeight {
    /// Bold.
    Bold,
    /// Italic.
    Italic,
    /// Bold and italic.
    BoldItalic,
    /// As usual.
    Normal,
}

impl FontWeight {
    /// The value as it stands in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bold => "bold",
            Self::Italic => "italic",
            Self::BoldItalic => "bold_italic",
            Self::Normal => "normal",
        }
    }
}
