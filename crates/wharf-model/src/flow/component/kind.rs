//! The kinds of component.

/// The kinds of component.
///
/// See [Cloud API/Flows components].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ComponentKind {
    /// A heading.
    TextHeading,
    /// A smaller heading.
    TextSubheading,
    /// A paragraph.
    TextBody,
    /// A small text.
    TextCaption,
    /// A long text in Markdown; since 5.1.
    RichText,
    /// One line of text.
    TextInput,
    /// Several lines of text.
    TextArea,
    /// Several of some choices.
    CheckboxGroup,
    /// One of some choices.
    RadioButtonsGroup,
    /// Several of some choices, in little room; since 6.3.
    ChipsSelector,
    /// One of many choices.
    Dropdown,
    /// A box to agree to something.
    OptIn,
    /// A date.
    DatePicker,
    /// A date or a span of dates, in a calendar; since 6.1.
    CalendarPicker,
    /// Photos to upload; since 4.0.
    PhotoPicker,
    /// Files to upload; since 4.0.
    DocumentPicker,
    /// An image.
    Image,
    /// Images to slide through; since 7.1.
    ImageCarousel,
    /// A link inside the screen.
    EmbeddedLink,
    /// A list of ways on; since 6.2.
    NavigationList,
    /// The button at the bottom.
    Footer,
    /// A group of inputs.
    Form,
    /// Components under a condition; since 4.0.
    If,
    /// Components by a value; since 4.0.
    Switch,
    /// One that this version does not know.
    Unknown(String),
}

impl ComponentKind {
    /// The kind as it stands in the JSON.
    pub fn as_str(&self) -> &str {
        match self {
            Self::TextHeading => "TextHeading",
            Self::TextSubheading => "TextSubheading",
            Self::TextBody => "TextBody",
            Self::TextCaption => "TextCaption",
            Self::RichText => "RichText",
            Self::TextInput => "TextInput",
            Self::TextArea => "TextArea",
            Self::CheckboxGroup => "CheckboxGroup",
            Self::RadioButtonsGroup => "RadioButtonsGroup",
            Self::ChipsSelector => "ChipsSelector",
            Self::Dropdown => "Dropdown",
            Self::OptIn => "OptIn",
            Self::DatePicker => "DatePicker",
            Self::CalendarPicker => "CalendarPicker",
            Self::PhotoPicker => "PhotoPicker",
            Self::DocumentPicker => "DocumentPicker",
            Self::Image => "Image",
            Self::ImageCarousel => "ImageCarousel",
            Self::EmbeddedLink => "EmbeddedLink",
            Self::NavigationList => "NavigationList",
            Self::Footer => "Footer",
            Self::Form => "Form",
            Self::If => "If",
            Self::Switch => "Switch",
            Self::Unknown(name) => name,
        }
    }

    /// Whether the user enters something here, so that `${form.…}` may refer to it.
    pub fn is_input(&self) -> bool {
        matches!(
            self,
            Self::TextInput
                | Self::TextArea
                | Self::CheckboxGroup
                | Self::RadioButtonsGroup
                | Self::ChipsSelector
                | Self::Dropdown
                | Self::OptIn
                | Self::DatePicker
                | Self::CalendarPicker
                | Self::PhotoPicker
                | Self::DocumentPicker
        )
    }
}

impl From<&str> for ComponentKind {
    fn from(name: &str) -> Self {
        match name {
            "TextHeading" => Self::TextHeading,
            "TextSubheading" => Self::TextSubheading,
            "TextBody" => Self::TextBody,
            "TextCaption" => Self::TextCaption,
            "RichText" => Self::RichText,
            "TextInput" => Self::TextInput,
            "TextArea" => Self::TextArea,
            "CheckboxGroup" => Self::CheckboxGroup,
            "RadioButtonsGroup" => Self::RadioButtonsGroup,
            "ChipsSelector" => Self::ChipsSelector,
            "Dropdown" => Self::Dropdown,
            "OptIn" => Self::OptIn,
            "DatePicker" => Self::DatePicker,
            "CalendarPicker" => Self::CalendarPicker,
            "PhotoPicker" => Self::PhotoPicker,
            "DocumentPicker" => Self::DocumentPicker,
            "Image" => Self::Image,
            "ImageCarousel" => Self::ImageCarousel,
            "EmbeddedLink" => Self::EmbeddedLink,
            "NavigationList" => Self::NavigationList,
            "Footer" => Self::Footer,
            "Form" => Self::Form,
            "If" => Self::If,
            "Switch" => Self::Switch,
            other => Self::Unknown(other.to_owned()),
        }
    }
}
