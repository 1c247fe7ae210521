//! The components of Flow JSON: their properties, limits and counts. See [Flows/Components].

use Is::{
    Action, Actions, Children, Choice, Data, Flag, Integer, Map, Name, Number, Options, Text,
};

/// What a property may hold, besides a binding such as `${data.x}`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Is {
    /// A text of at most so many characters, or a list of texts.
    Text(usize),
    /// A name that other parts refer to; never a binding.
    Name,
    Flag,
    /// A whole number, which older versions write as text.
    Integer,
    Number,
    Choice(&'static [&'static str]),
    /// Between one and so many items with `id` and `title`.
    Options(usize),
    /// An action of one of these names.
    Action(&'static [&'static str]),
    /// The same for each tap on an option.
    Actions,
    /// A list of components.
    Children,
    /// Lists of components by name.
    Map,
    /// Anything.
    Data,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) is: Is,
    pub(super) required: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Component {
    pub(super) name: &'static str,
    /// The first version that has it.
    pub(super) since: (u32, u32),
    /// How many may stand on a screen.
    pub(super) most: usize,
    pub(super) properties: &'static [Property],
    /// Whether properties that are not listed here pass.
    pub(super) open: bool,
}

impl Component {
    /// Whether the user puts something in.
    pub(super) fn is_input(&self) -> bool {
        self.properties.iter().any(|property| {
            matches!(property.is, Name) && !matches!(self.name, "Form" | "NavigationList")
        })
    }
}

pub(super) fn find(name: &str) -> Option<&'static Component> {
    COMPONENTS.iter().find(|component| component.name == name)
}

const fn may(name: &'static str, is: Is) -> Property {
    Property {
        name,
        is,
        required: false,
    }
}

const fn must(name: &'static str, is: Is) -> Property {
    Property {
        name,
        is,
        required: true,
    }
}

const fn component(
    name: &'static str,
    since: (u32, u32),
    most: usize,
    properties: &'static [Property],
) -> Component {
    Component {
        name,
        since,
        most,
        properties,
        open: false,
    }
}

const fn open(component: Component) -> Component {
    Component {
        open: true,
        ..component
    }
}

const VISIBLE: Property = may("visible", Flag);
const ENABLED: Property = may("enabled", Flag);
const REQUIRED: Property = may("required", Flag);
const NAME: Property = must("name", Name);
const INIT: Property = may("init-value", Data);
const SELECT: Property = may("on-select-action", Actions);
const UNSELECT: Property = may("on-unselect-action", Actions);
const WEIGHT: Property = may(
    "font-weight",
    Choice(&["bold", "italic", "bold_italic", "normal"]),
);
const LINK_ACTIONS: Is = Action(&["data_exchange", "navigate", "open_url"]);
const NONE: usize = usize::MAX;
const ALL: usize = 50;

#[rustfmt::skip]
const COMPONENTS: [Component; 23] = [
    component("TextHeading", (2, 1), ALL, &[must("text", Text(80)), VISIBLE]),
    component("TextSubheading", (2, 1), ALL, &[must("text", Text(80)), VISIBLE]),
    component("TextBody", (2, 1), ALL, &[must("text", Text(4096)), WEIGHT, may("strikethrough", Flag), VISIBLE, may("markdown", Flag)]),
    component("TextCaption", (2, 1), ALL, &[must("text", Text(409)), WEIGHT, may("strikethrough", Flag), VISIBLE, may("markdown", Flag)]),
    component("RichText", (5, 1), ALL, &[must("text", Text(NONE)), VISIBLE]),
    component("TextInput", (2, 1), ALL, &[must("label", Text(20)), NAME, may("input-type", Choice(&["text", "number", "email", "password", "passcode", "phone"])),
        may("pattern", Text(NONE)), REQUIRED, may("min-chars", Integer), may("max-chars", Integer), may("helper-text", Text(80)), VISIBLE, ENABLED, INIT,
        may("error-message", Text(30)), may("label-variant", Text(NONE))]),
    component("TextArea", (2, 1), ALL, &[must("label", Text(20)), NAME, REQUIRED, may("max-length", Integer), may("helper-text", Text(80)), ENABLED, VISIBLE, INIT,
        may("error-message", Text(30)), may("label-variant", Text(NONE))]),
    component("CheckboxGroup", (2, 1), ALL, &[must("data-source", Options(20)), NAME, may("label", Text(30)), may("min-selected-items", Integer), may("max-selected-items", Integer),
        ENABLED, REQUIRED, VISIBLE, SELECT, UNSELECT, may("description", Text(300)), INIT, may("error-message", Data), may("media-size", Choice(&["regular", "large"]))]),
    component("RadioButtonsGroup", (2, 1), ALL, &[must("data-source", Options(20)), NAME, may("label", Text(30)), ENABLED, REQUIRED, VISIBLE, SELECT, UNSELECT,
        may("description", Text(300)), INIT, may("error-message", Data), may("media-size", Choice(&["regular", "large"]))]),
    component("Dropdown", (2, 1), ALL, &[must("label", Text(20)), must("data-source", Options(200)), NAME, ENABLED, REQUIRED, VISIBLE, SELECT, UNSELECT, INIT,
        may("error-message", Data)]),
    component("Footer", (2, 1), 1, &[must("label", Text(35)), may("left-caption", Text(15)), may("center-caption", Text(15)), may("right-caption", Text(15)), ENABLED,
        must("on-click-action", Action(&["data_exchange", "navigate", "complete"]))]),
    component("OptIn", (2, 1), 5, &[must("label", Text(120)), NAME, REQUIRED, may("on-click-action", LINK_ACTIONS), SELECT, UNSELECT, VISIBLE, INIT]),
    component("EmbeddedLink", (2, 1), 2, &[must("text", Text(25)), must("on-click-action", LINK_ACTIONS), VISIBLE]),
    component("DatePicker", (2, 1), ALL, &[must("label", Text(40)), NAME, may("min-date", Data), may("max-date", Data), may("unavailable-dates", Data), VISIBLE,
        may("helper-text", Text(80)), ENABLED, REQUIRED, SELECT, INIT, may("error-message", Text(80))]),
    component("CalendarPicker", (6, 1), ALL, &[must("label", Data), NAME, may("title", Text(80)), may("description", Text(300)), may("helper-text", Data), may("required", Data), VISIBLE,
        ENABLED, may("mode", Choice(&["single", "range"])), may("min-date", Data), may("max-date", Data), may("unavailable-dates", Data), may("include-days", Data),
        may("min-days", Integer), may("max-days", Integer), SELECT, INIT, may("error-message", Data)]),
    component("Image", (2, 1), 3, &[must("src", Text(NONE)), may("width", Integer), may("height", Integer), may("scale-type", Choice(&["cover", "contain"])),
        may("aspect-ratio", Number), may("alt-text", Text(NONE)), VISIBLE]),
    component("If", (4, 0), ALL, &[must("condition", Text(NONE)), must("then", Children), may("else", Children)]),
    component("Switch", (4, 0), ALL, &[must("value", Text(NONE)), must("cases", Map)]),
    component("PhotoPicker", (4, 0), 1, &[NAME, must("label", Text(80)), may("description", Text(300)), may("photo-source", Choice(&["camera_gallery", "camera", "gallery"])),
        may("max-file-size-kb", Integer), may("min-uploaded-photos", Integer), may("max-uploaded-photos", Integer), ENABLED, VISIBLE, may("error-message", Data)]),
    component("DocumentPicker", (4, 0), 1, &[NAME, must("label", Text(80)), may("description", Text(300)), may("max-file-size-kb", Integer), may("min-uploaded-documents", Integer),
        may("max-uploaded-documents", Integer), may("allowed-mime-types", Data), ENABLED, VISIBLE, may("error-message", Data)]),
    component("Form", (2, 1), ALL, &[NAME, must("children", Children), may("init-values", Data), may("error-messages", Data)]),
    open(component("ChipsSelector", (6, 3), ALL, &[must("data-source", Options(20)), NAME, must("label", Data)])),
    open(component("NavigationList", (6, 2), ALL, &[NAME, must("list-items", Data), may("on-click-action", Action(&["data_exchange", "navigate"]))])),
];
