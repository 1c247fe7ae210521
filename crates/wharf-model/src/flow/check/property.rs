//! The properties of each kind of component, as Meta's page lists them.

use crate::flow::component::kind::ComponentKind;
use crate::flow::limits as most;
use crate::flow::version::Version;

/// A property of a component.
#[derive(Debug, Clone, Copy)]
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) form: Form,
    pub(super) needed: bool,
    pub(super) since: Version,
}

/// What a property holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// A text of at most so many characters.
    Text(usize),
    /// A text, or a list of texts.
    Paragraphs(usize),
    /// A name, never bound.
    Name,
    Flag,
    Number,
    /// One of some words.
    Word(&'static [&'static str]),
    /// A list of texts.
    Texts,
    /// A list of choices.
    Choices {
        least: usize,
        most: usize,
    },
    /// Items of a navigation list.
    Items,
    /// Images of a carousel.
    Images,
    /// A date, `YYYY-MM-DD`.
    Date,
    /// A form as such, or one for the first and one for the last day.
    Span(&'static Form),
    /// One of some actions.
    Action(&'static [&'static str]),
    /// An object, or where it comes from.
    Object,
    /// Anything.
    Any,
}

impl Property {
    const fn new(name: &'static str, form: Form) -> Self {
        Self {
            name,
            form,
            needed: false,
            since: Version::OLDEST,
        }
    }

    const fn needed(self) -> Self {
        Self {
            needed: true,
            ..self
        }
    }

    const fn since(self, major: u16, minor: u16) -> Self {
        Self {
            since: Version::new(major, minor),
            ..self
        }
    }
}

const fn text(name: &'static str, limit: usize) -> Property {
    Property::new(name, Form::Text(limit))
}

const fn flag(name: &'static str) -> Property {
    Property::new(name, Form::Flag)
}

const fn number(name: &'static str) -> Property {
    Property::new(name, Form::Number)
}

const fn word(name: &'static str, words: &'static [&'static str]) -> Property {
    Property::new(name, Form::Word(words))
}

const fn action(name: &'static str, kinds: &'static [&'static str]) -> Property {
    Property::new(name, Form::Action(kinds))
}

const fn choices(least: usize, most: usize) -> Property {
    Property::new("data-source", Form::Choices { least, most }).needed()
}

const NAME: Property = Property::new("name", Form::Name).needed();
const VISIBLE: Property = flag("visible");
const ENABLED: Property = flag("enabled");
const REQUIRED: Property = flag("required");
const HELPER: Property = text("helper-text", most::HELPER_TEXT);
const DESCRIPTION: Property = text("description", most::DESCRIPTION);
const INIT: Property = Property::new("init-value", Form::Any).since(4, 0);
const ERROR: Property = text("error-message", usize::MAX).since(4, 0);
const WEIGHT: Property = word("font-weight", &["bold", "italic", "bold_italic", "normal"]);
const MARKDOWN: Property = flag("markdown").since(5, 1);
const LARGE_LABEL: Property = word("label-variant", &["large"]).since(7, 0);
const MEDIA_SIZE: Property = word("media-size", &["regular", "large"]).since(5, 0);
const SCALE: Property = word("scale-type", &["cover", "contain"]);
const SELECT: Property = action("on-select-action", &["data_exchange", "update_data"]);
const UNSELECT: Property = action("on-unselect-action", &["update_data"]).since(6, 0);
const ASK: Property = action("on-select-action", &["data_exchange"]);
const LEAD_ON: &[&str] = &["data_exchange", "navigate", "open_url", "update_data"];
const DAYS: Property = Property::new("unavailable-dates", Form::Texts);

const HEADING: &[Property] = &[text("text", most::HEADING).needed(), VISIBLE];
const STRUCK: Property = flag("strikethrough");
const BODY: &[Property] = &[
    Property::new("text", Form::Paragraphs(most::BODY)).needed(),
    WEIGHT,
    STRUCK,
    MARKDOWN,
    VISIBLE,
];
const CAPTION: &[Property] = &[
    Property::new("text", Form::Paragraphs(most::CAPTION)).needed(),
    WEIGHT,
    STRUCK,
    MARKDOWN,
    VISIBLE,
];
const RICH: &[Property] = &[
    Property::new("text", Form::Paragraphs(usize::MAX)).needed(),
    VISIBLE,
];
const TEXT_INPUT: &[Property] = &[
    NAME,
    text("label", most::ENTRY_LABEL).needed(),
    word(
        "input-type",
        &["text", "number", "email", "password", "passcode", "phone"],
    ),
    text("pattern", usize::MAX).since(6, 2),
    REQUIRED,
    number("min-chars"),
    number("max-chars"),
    HELPER,
    LARGE_LABEL,
    ENABLED,
    VISIBLE,
    INIT,
    text("error-message", most::ENTRY_ERROR).since(4, 0),
];
const TEXT_AREA: &[Property] = &[
    NAME,
    text("label", most::ENTRY_LABEL).needed(),
    REQUIRED,
    number("max-length"),
    HELPER,
    LARGE_LABEL,
    ENABLED,
    VISIBLE,
    INIT,
    ERROR,
];
const CHECKBOX: &[Property] = &[
    NAME,
    text("label", most::GROUP_LABEL),
    choices(1, most::GROUP_CHOICES),
    number("min-selected-items"),
    number("max-selected-items"),
    DESCRIPTION.since(4, 0),
    REQUIRED,
    ENABLED,
    VISIBLE,
    MEDIA_SIZE,
    INIT,
    ERROR,
    SELECT,
    UNSELECT,
];
const RADIO: &[Property] = &[
    NAME,
    text("label", most::GROUP_LABEL),
    choices(1, most::GROUP_CHOICES),
    DESCRIPTION.since(4, 0),
    REQUIRED,
    ENABLED,
    VISIBLE,
    MEDIA_SIZE,
    INIT,
    ERROR,
    SELECT,
    UNSELECT,
];
const CHIPS: &[Property] = &[
    NAME,
    text("label", most::LIST_LABEL).needed(),
    choices(most::CHIPS_LEAST, most::GROUP_CHOICES),
    number("min-selected-items"),
    number("max-selected-items"),
    DESCRIPTION,
    REQUIRED,
    ENABLED,
    VISIBLE,
    INIT,
    ERROR,
    SELECT,
    UNSELECT.since(7, 1),
];
const DROPDOWN: &[Property] = &[
    NAME,
    text("label", most::ENTRY_LABEL).needed(),
    choices(1, most::DROPDOWN_CHOICES),
    REQUIRED,
    ENABLED,
    VISIBLE,
    INIT,
    ERROR,
    SELECT,
    UNSELECT,
];
const OPT_IN: &[Property] = &[
    NAME,
    text("label", most::OPT_IN_LABEL).needed(),
    REQUIRED,
    action("on-click-action", LEAD_ON),
    action("on-select-action", &["update_data"]).since(6, 0),
    UNSELECT,
    VISIBLE,
    INIT,
];
const DATE: &[Property] = &[
    NAME,
    text("label", most::DATE_LABEL).needed(),
    Property::new("min-date", Form::Date),
    Property::new("max-date", Form::Date),
    DAYS,
    HELPER,
    REQUIRED,
    ENABLED,
    VISIBLE,
    INIT,
    text("error-message", most::DATE_ERROR).since(4, 0),
    ASK,
];
const CALENDAR: &[Property] = &[
    NAME,
    text("title", most::CALENDAR_TITLE),
    DESCRIPTION,
    Property::new("label", Form::Span(&Form::Text(most::DATE_LABEL))).needed(),
    Property::new("helper-text", Form::Span(&Form::Text(most::HELPER_TEXT))),
    Property::new("required", Form::Span(&Form::Flag)),
    VISIBLE,
    ENABLED,
    word("mode", &["single", "range"]),
    Property::new("min-date", Form::Date),
    Property::new("max-date", Form::Date),
    DAYS,
    Property::new("include-days", Form::Texts),
    number("min-days"),
    number("max-days"),
    Property::new("on-select-action", Form::Any),
    Property::new("init-value", Form::Span(&Form::Date)),
    Property::new("error-message", Form::Span(&Form::Text(most::DATE_ERROR))),
];
const PHOTOS: &[Property] = &[
    NAME,
    text("label", most::GROUP_LABEL).needed(),
    DESCRIPTION,
    word("photo-source", &["camera_gallery", "camera", "gallery"]),
    number("max-file-size-kb"),
    number("min-uploaded-photos"),
    number("max-uploaded-photos"),
    ENABLED,
    VISIBLE,
    Property::new("error-message", Form::Any),
];
const DOCUMENTS: &[Property] = &[
    NAME,
    text("label", most::GROUP_LABEL).needed(),
    DESCRIPTION,
    number("max-file-size-kb"),
    number("min-uploaded-documents"),
    number("max-uploaded-documents"),
    Property::new("allowed-mime-types", Form::Texts),
    ENABLED,
    VISIBLE,
    Property::new("error-message", Form::Any),
];
const IMAGE: &[Property] = &[
    text("src", usize::MAX).needed(),
    number("width"),
    number("height"),
    SCALE,
    number("aspect-ratio"),
    text("alt-text", usize::MAX),
    VISIBLE,
];
const CAROUSEL: &[Property] = &[
    Property::new("images", Form::Images).needed(),
    word("aspect-ratio", &["4:3", "16:9"]),
    SCALE,
    VISIBLE,
];
const LINK: &[Property] = &[
    text("text", most::LINK_TEXT).needed(),
    action("on-click-action", LEAD_ON).needed(),
    VISIBLE,
];
const LIST: &[Property] = &[
    NAME,
    Property::new("list-items", Form::Items).needed(),
    text("label", most::LIST_LABEL),
    DESCRIPTION,
    MEDIA_SIZE,
    action("on-click-action", &["data_exchange", "navigate"]),
    VISIBLE,
];
const FOOTER: &[Property] = &[
    text("label", most::FOOTER_LABEL).needed(),
    action(
        "on-click-action",
        &["navigate", "complete", "data_exchange", "update_data"],
    )
    .needed(),
    text("left-caption", most::FOOTER_CAPTION),
    text("center-caption", most::FOOTER_CAPTION),
    text("right-caption", most::FOOTER_CAPTION),
    ENABLED,
];
const FORM: &[Property] = &[
    NAME,
    Property::new("init-values", Form::Object),
    Property::new("error-messages", Form::Object),
];
const IF: &[Property] = &[text("condition", usize::MAX).needed()];
const SWITCH: &[Property] = &[text("value", usize::MAX).needed()];

/// The first version that has a kind of component.
pub(super) fn since(kind: &ComponentKind) -> Version {
    match kind {
        ComponentKind::If
        | ComponentKind::Switch
        | ComponentKind::PhotoPicker
        | ComponentKind::DocumentPicker => Version::new(4, 0),
        ComponentKind::RichText => Version::new(5, 1),
        ComponentKind::CalendarPicker => Version::new(6, 1),
        ComponentKind::NavigationList => Version::new(6, 2),
        ComponentKind::ChipsSelector => Version::new(6, 3),
        ComponentKind::ImageCarousel => Version::new(7, 1),
        _ => Version::OLDEST,
    }
}

/// The properties of a kind of component; none if the kind is not known.
pub(super) fn of(kind: &ComponentKind) -> Option<&'static [Property]> {
    Some(match kind {
        ComponentKind::TextHeading | ComponentKind::TextSubheading => HEADING,
        ComponentKind::TextBody => BODY,
        ComponentKind::TextCaption => CAPTION,
        ComponentKind::RichText => RICH,
        ComponentKind::TextInput => TEXT_INPUT,
        ComponentKind::TextArea => TEXT_AREA,
        ComponentKind::CheckboxGroup => CHECKBOX,
        ComponentKind::RadioButtonsGroup => RADIO,
        ComponentKind::ChipsSelector => CHIPS,
        ComponentKind::Dropdown => DROPDOWN,
        ComponentKind::OptIn => OPT_IN,
        ComponentKind::DatePicker => DATE,
        ComponentKind::CalendarPicker => CALENDAR,
        ComponentKind::PhotoPicker => PHOTOS,
        ComponentKind::DocumentPicker => DOCUMENTS,
        ComponentKind::Image => IMAGE,
        ComponentKind::ImageCarousel => CAROUSEL,
        ComponentKind::EmbeddedLink => LINK,
        ComponentKind::NavigationList => LIST,
        ComponentKind::Footer => FOOTER,
        ComponentKind::Form => FORM,
        ComponentKind::If => IF,
        ComponentKind::Switch => SWITCH,
        ComponentKind::Unknown(_) => return None,
    })
}
