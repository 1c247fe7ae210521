//! Buttons, lists, links, flows, requests and cards.

use serde_json::json;
use wharf_model::outgoing::{
    Action, AddressField, AddressRequest, Buttons, Carousel, CtaUrl, FlowMessage, FlowMode,
    FlowStart, Header, Interactive, List, ListRow, ListSection, MediaCard, ReplyButton, VoiceCall,
};
use wharf_model::{OutgoingMessage, Recipient};

use super::{Built, Sample, link, media, sample, sample_to};

pub(super) fn samples() -> Vec<Sample> {
    let mut all = taps();
    all.extend(flows());
    all.extend(requests());
    all.extend(carousels());
    all
}

fn interactive(body: &str, action: impl Into<Action>) -> Interactive {
    Interactive::new(body, action).unwrap()
}

fn button(id: &str, title: &str) -> ReplyButton {
    ReplyButton::new(id, title).unwrap()
}

fn taps() -> Vec<Sample> {
    let reply = Buttons::new(vec![
        button("change-button", "Change"),
        button("cancel-button", "Cancel"),
    ])
    .unwrap();
    let body = "Hi Pablo! Your gardening workshop is scheduled for 9am tomorrow. Use the buttons if \
                you need to reschedule. Thank you!";
    let buttons = interactive(body, reply)
        .header(Header::image(media("2762702990552401")))
        .and_then(|message| message.footer("Lucky Shrub: Your gateway to succulents!™"));
    let row = |id: &str, title: &str, description: &str| {
        ListRow::new(id, title)
            .and_then(|row| row.description(description))
            .unwrap()
    };
    let asap = vec![
        row(
            "priority_express",
            "Priority Mail Express",
            "Next Day to 2 Days",
        ),
        row("priority_mail", "Priority Mail", "1–3 Days"),
    ];
    let wait = vec![
        row("usps_ground_advantage", "USPS Ground Advantage", "2–5 Days"),
        row("media_mail", "Media Mail", "2–8 Days"),
    ];
    let sections = vec![
        ListSection::titled("I want it ASAP!", asap).unwrap(),
        ListSection::titled("I can wait a bit", wait).unwrap(),
    ];
    let options = List::new("Shipping Options", sections).unwrap();
    let list = interactive("Which shipping option do you prefer?", options)
        .header(Header::text("Choose Shipping Option").unwrap())
        .and_then(|message| message.footer("Lucky Shrub: Your gateway to succulents™"));
    let url = "https://www.luckyshrub.com?clickID=\
               kqDGWd24Q5TRwoEQTICY7W1JKoXvaZOXWAS7h1P76s0R7Paec4";
    let banner = "https://www.luckyshrub.com/assets/lucky-shrub-banner-logo-v1.png";
    let cta = CtaUrl::new("See Dates", url).unwrap();
    let cta = interactive("Tap the button below to see available dates.", cta)
        .header(Header::image(link(banner)))
        .and_then(|message| message.footer("Dates subject to change."));
    vec![
        sample("interactive-button", buttons.unwrap()),
        sample("interactive-list", list.unwrap()),
        sample("interactive-cta_url", cta.unwrap()),
    ]
}

fn flows() -> Vec<Sample> {
    let token = "AQAAAAACS5FpgQ_cAAAAAD0QI3s.";
    let data = json!({"product_name": "name", "product_description": "description",
        "product_price": 100});
    let start = FlowStart::navigate_with("SCREEN_NAME", data.as_object().unwrap().clone());
    let navigate = FlowMessage::by_id("1".parse().unwrap(), "Book!")
        .and_then(|flow| flow.token(token))
        .unwrap()
        .mode(FlowMode::Published)
        .start(start.unwrap());
    let navigate = interactive("Flow message body", navigate)
        .header(Header::text("Flow message header").unwrap())
        .and_then(|message| message.footer("Flow message footer"));
    let exchange = FlowMessage::by_name("appointment_booking_v1", "Book!")
        .and_then(|flow| flow.token(token))
        .unwrap()
        .start(FlowStart::DataExchange);
    vec![
        sample("interactive-flow-navigate", navigate.unwrap()),
        sample(
            "interactive-flow-data_exchange",
            interactive("Flow message body", exchange),
        ),
    ]
}

fn requests() -> Vec<Sample> {
    let location = "Let's start with your pickup. You can either manually *enter an address* or \
                    *share your current location*.";
    let call = "We would like to call you to help support your query on Order No: ON-12853.";
    let form = AddressRequest::india()
        .value(AddressField::Name, "CUSTOMER_NAME")
        .and_then(|form| form.value(AddressField::PhoneNumber, "+91xxxxxxxxxx"))
        .unwrap();
    let address = "Thanks for your order! Tell us what address you’d like this order delivered to.";
    let button = VoiceCall::new()
        .display_text("Call on WhatsApp")
        .and_then(|call| call.ttl_minutes(100))
        .and_then(|call| call.payload("payload data"))
        .unwrap();
    let voice = "You can call us on WhatsApp now for faster service!";
    let bsuid = Recipient::User("US.13491208655302741918".parse().unwrap());
    let number = "Please share your phone number so that we can find your order.";
    let ask = interactive(number, Action::ContactInfoRequest);
    vec![
        sample(
            "interactive-location_request_message",
            interactive(location, Action::LocationRequest),
        ),
        sample(
            "interactive-call_permission_request",
            interactive(call, Action::CallPermissionRequest),
        ),
        sample_to(
            "interactive-address_message",
            "+910000000000",
            interactive(address, form),
        ),
        sample_to(
            "interactive-voice_call",
            "+14085551234",
            interactive(voice, button),
        ),
        (
            "interactive-request_contact_info",
            Built::Message(OutgoingMessage::new(bsuid, ask).unwrap()),
        ),
    ]
}

fn carousels() -> Vec<Sample> {
    const PLANTS: [(&str, &str); 3] = [
        (
            "blue-echeveria",
            "*Blue Echeveria*\n\nA rosette-shaped succulent with powdery blue leaves, perfect for \
             brightening up any space.",
        ),
        (
            "zebra-haworthia",
            "*Zebra Haworthia*\n\nStriking white stripes on deep green leaves give this compact \
             succulent a bold, modern look.",
        ),
        (
            "panda-plant",
            "*Panda Plant*\n\nSoft, fuzzy leaves with chocolate-brown edges—adorable and easy to \
             care for.",
        ),
    ];
    let picture = |plant: &str| link(&format!("https://www.luckyshrub.com/assets/{plant}.jpeg"));
    let urls = PLANTS.map(|(plant, text)| {
        let url = format!("https://shop.luckyshrub.com/latest/{plant}");
        let cta = CtaUrl::new("Buy now", url).unwrap();
        MediaCard::image(picture(plant), cta).body(text).unwrap()
    });
    let replies = PLANTS.map(|(plant, text)| {
        let replies = vec![
            button(&format!("learn-{plant}"), "Learn more"),
            button(&format!("fav-{plant}"), "Add to favorites"),
        ];
        MediaCard::image(picture(plant), replies)
            .body(text)
            .unwrap()
    });
    let products = ["abc123xyz", "def456uvw"].map(|product| product.parse().unwrap());
    let products = Carousel::products(&"123456789".parse().unwrap(), products).unwrap();
    let body = "Of course! Here are three of our latest arrivals, each under $25:";
    let carousel =
        |cards: [MediaCard; 3]| interactive(body, Carousel::media(cards.to_vec()).unwrap());
    vec![
        sample("interactive-carousel-url", carousel(urls)),
        sample("interactive-carousel-quick_reply", carousel(replies)),
        sample_to(
            "interactive-carousel-product",
            "+1234567890",
            interactive("Check out our featured products!", products),
        ),
    ]
}
