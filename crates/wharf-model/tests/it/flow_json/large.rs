//! A Flow with an endpoint and most components.

use serde_json::json;
use wharf_model::flow::{
    Action, CalendarPicker, CheckboxGroup, ChipsSelector, Choice, DataField, DatePicker, Dropdown,
    EmbeddedLink, Expression, FlowJson, FontWeight, Footer, If, Image, ImageCarousel, InputType,
    MediaSize, NavigationItem, NavigationList, OptIn, PhotoPicker, PhotoSource, RadioButtonsGroup,
    RichText, ScaleType, Screen, Switch, TextArea, TextBody, TextCaption, TextHeading, TextInput,
    TextSubheading, Weekday,
};

use super::NOTHING;

/// A Flow with an endpoint and most components, that Meta would take.
#[expect(clippy::too_many_lines, reason = "a table of cases")]
pub(super) fn large() -> FlowJson {
    let cities = json!([{"id": "1", "title": "Pune"}]);
    FlowJson::new("7.3")
        .data_api_version("4.0")
        .route("START", ["DETAILS", "TERMS"])
        .route("DETAILS", ["END"])
        .route("TERMS", [""; 0])
        .route("END", [""; 0])
        .screen(
            Screen::new("START").title("Start").with(
                NavigationList::new(
                    "ways",
                    vec![
                        NavigationItem::new("a", "Details")
                            .description("All of them")
                            .metadata("Takes a minute")
                            .image("aW1n", "A door")
                            .end_title("$10")
                            .end_description("a month")
                            .badge("New")
                            .tags(["one", "two"])
                            .on_click_action(Action::navigate(
                                "DETAILS",
                                [("cities", cities.clone()), ("shown", json!(true))],
                            )),
                        NavigationItem::new("b", "Terms")
                            .on_click_action(Action::navigate("TERMS", NOTHING)),
                    ],
                )
                .label("Where to")
                .media_size(MediaSize::Regular),
            ),
        )
        .screen(Screen::new("TERMS").with(RichText::new("# Terms\n\nMany words.").visible(true)))
        .screen(
            Screen::new("DETAILS")
                .refresh_on_back()
                .sensitive(["secret"])
                .data("cities", DataField::like(cities))
                .data("shown", DataField::like(true))
                .with(TextHeading::new("Details"))
                .with(TextSubheading::new("Yours"))
                .with(
                    TextBody::new("Hello")
                        .font_weight(FontWeight::Bold)
                        .strikethrough(false),
                )
                .with(TextCaption::new("*small*").markdown(true))
                .with(
                    TextInput::new("secret", "Secret")
                        .input_type(InputType::Passcode)
                        .pattern("[0-9]+")
                        .helper_text("Digits")
                        .min_chars(4)
                        .max_chars(6)
                        .required(true),
                )
                .with(
                    TextArea::new("about", "A label with more room")
                        .large_label()
                        .max_length(500),
                )
                .with(
                    Dropdown::new("city", "City", Expression::data("cities"))
                        .visible(Expression::data("shown")),
                )
                .with(
                    CheckboxGroup::new(
                        "boxes",
                        "Boxes",
                        vec![
                            Choice::new("x", "X")
                                .description("First")
                                .metadata("1")
                                .color("00FF00"),
                            Choice::new("y", "Y").enabled(false).image("aW1n", "Y"),
                        ],
                    )
                    .min_selected_items(1)
                    .max_selected_items(2)
                    .init_value(vec!["x".to_owned()]),
                )
                .with(
                    RadioButtonsGroup::new(
                        "radio",
                        "Radio",
                        vec![
                            Choice::new("yes", "Yes")
                                .on_select_action(Action::update_data([("shown", true)])),
                            Choice::new("no", "No")
                                .on_unselect_action(Action::update_data([("shown", false)])),
                        ],
                    )
                    .media_size(MediaSize::Large),
                )
                .with(ChipsSelector::new(
                    "chips",
                    "Chips",
                    vec![Choice::new("1", "1"), Choice::new("2", "2")],
                ))
                .with(
                    DatePicker::new("day", "Day")
                        .min_date("2026-01-01")
                        .max_date("2026-12-31")
                        .unavailable_dates(vec!["2026-05-01".to_owned()])
                        .on_select_action(Action::data_exchange([(
                            "day",
                            Expression::form("day"),
                        )])),
                )
                .with(
                    CalendarPicker::new("span", "")
                        .range("From", "To")
                        .title("When")
                        .min_days(2)
                        .max_days(9)
                        .range_required(true, false)
                        .init_range("2026-01-01", "2026-01-05")
                        .include_days([Weekday::Monday, Weekday::Friday]),
                )
                .with(
                    PhotoPicker::new("photos", "Photos")
                        .photo_source(PhotoSource::Camera)
                        .max_uploaded_photos(3)
                        .min_uploaded_photos(0),
                )
                .with(
                    Image::new("aW1n")
                        .scale_type(ScaleType::Contain)
                        .width(10)
                        .height(10)
                        .aspect_ratio(1)
                        .alt_text("A cat"),
                )
                .with(
                    ImageCarousel::new()
                        .image("aW1n", "One")
                        .image("aW1n", "Two")
                        .aspect_ratio("16:9"),
                )
                .with(
                    OptIn::new("terms", "I agree")
                        .on_click_action(Action::open_url("https://example.com/terms")),
                )
                .with(
                    If::new("${form.terms} && (${form.city} == '1')")
                        .then(TextBody::new("`'In ' ${form.city}`"))
                        .otherwise(EmbeddedLink::new(
                            "Why?",
                            Action::open_url("https://example.com"),
                        )),
                )
                .with(
                    Switch::new(Expression::form("radio"))
                        .case("yes", TextBody::new("Good"))
                        .case("no", TextBody::new("Pity")),
                )
                .with(
                    Footer::new(
                        "Go on",
                        Action::data_exchange([("city", Expression::form("city"))]),
                    )
                    .left_caption("left")
                    .right_caption("right")
                    .enabled(Expression::formula("${form.terms} == true")),
                ),
        )
        .screen(
            Screen::new("END")
                .terminal()
                .success(true)
                .with(Footer::new(
                    "Done",
                    Action::complete([("city", Expression::form_of("DETAILS", "city"))]),
                )),
        )
}
