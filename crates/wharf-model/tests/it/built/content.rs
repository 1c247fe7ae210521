//! Text, media, places, contacts, reactions and pins.

use jiff::civil::date;
use wharf_model::OutgoingMessage;
use wharf_model::Recipient;
use wharf_model::outgoing::{
    Audio, ContactAddress, ContactCard, ContactEmail, ContactName, ContactOrg, ContactPhone,
    ContactUrl, Contacts, Document, Image, Location, Pin, Reaction, Sticker, Text, Video,
};

use super::{Built, Sample, link, media, message, sample};

const GROUP: &str = "Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD";

pub(super) fn samples() -> Vec<Sample> {
    let mut all = texts();
    all.extend(files());
    all.extend(others());
    all
}

fn text(body: &str) -> Text {
    Text::new(body).unwrap()
}

fn group(content: impl Into<wharf_model::Content>) -> Built {
    let group = Recipient::Group(GROUP.parse().unwrap());
    Built::Message(OutgoingMessage::new(group, content).unwrap())
}

fn texts() -> Vec<Sample> {
    let link = "As requested, here's the link to our latest product: \
                https://www.meta.com/quest/quest-3/";
    let bsuid = Recipient::User("US.13491208655302741918".parse().unwrap());
    let to_bsuid = OutgoingMessage::new(bsuid, text("Does it come in another color?")).unwrap();
    let wamid = "wamid.HBgLMTY0NjcwNDM1OTUVAgASGBQzQTdCNTg5RjY1MEMyRjlGMjRGNgA=";
    let reply = message(text("You're welcome, Pablo!"))
        .reply_to(wamid.parse().unwrap())
        .unwrap();
    let echoed = message(text("Thank you"))
        .callback_data("order:860198-230332")
        .unwrap();
    let body = text("Your latest statement is attached. See... ").preview_url(false);
    let checked = message(body).identity_key_hash("DF2lS5v2W6x=").unwrap();
    let body = "This is another destination option: https://www.luckytravel.com/DDLmU5F1Pw";
    vec![
        sample("text", text(link).preview_url(true)),
        ("text-recipient-bsuid", Built::Message(to_bsuid)),
        ("text-reply-context", Built::Message(reply)),
        ("text-biz_opaque_callback_data", Built::Message(echoed)),
        ("text-identity-check", Built::Message(checked)),
        ("text-group", group(text(body).preview_url(true))),
    ]
}

fn files() -> Vec<Sample> {
    let caption = "The best succulent ever?";
    let image = Image::new(media("1479537139650973")).caption(caption);
    let linked = Image::new(link(
        "https://www.luckyshrub.com/assets/succulents/aloe.png",
    ))
    .caption(caption);
    let document = Document::new(media("1376223850470843"))
        .filename("order_abc123.pdf")
        .and_then(|document| document.caption("Your order confirmation (PDF)"));
    let video = Video::new(media("1166846181421424")).caption("A succulent eclipse!");
    vec![
        sample("image", image.unwrap()),
        sample("image-link", linked.unwrap()),
        sample("document", document.unwrap()),
        sample("video", video.unwrap()),
        sample("sticker", Sticker::new(media("798882015472548"))),
        sample(
            "audio-voice",
            Audio::new(media("1013859600285441")).voice(true),
        ),
    ]
}

fn others() -> Vec<Sample> {
    let place = Location::new(37.442_162_518_686_83, -122.161_535_820_493_94)
        .and_then(|place| place.name("Philz Coffee"))
        .and_then(|place| place.address("101 Forest Ave, Palo Alto, CA 94301"));
    let wamid = || "wamid.HBgLMTY0NjcwNDM1OTUVAgASGBQzQUZCMTY0MDc2MUYwNzBDNTY5MAA=".parse();
    let pin = Pin::new("wamid.HBgLM...".parse().unwrap(), 4).unwrap();
    vec![
        sample("location", place.unwrap()),
        sample("contacts", Contacts::new(vec![contact()]).unwrap()),
        sample("reaction", Reaction::new(wamid().unwrap(), "😀").unwrap()),
        sample("reaction-remove", Reaction::remove(wamid().unwrap())),
        ("pin", group(pin)),
    ]
}

fn contact() -> ContactCard {
    let some = |text: &str| Some(text.to_owned());
    let mut card = ContactCard::new(ContactName {
        formatted_name: "Barbara J. Johnson".to_owned(),
        first_name: some("Barbara"),
        last_name: some("Johnson"),
        middle_name: some("Joana"),
        suffix: some("Esq."),
        prefix: some("Dr."),
    })
    .unwrap();
    let address = |street: &str, kind: &str| ContactAddress {
        street: some(street),
        city: some("Menlo Park"),
        state: some("CA"),
        zip: some("94025"),
        country: some("United States"),
        country_code: some("US"),
        kind: some(kind),
    };
    card.addresses = vec![
        address("1 Lucky Shrub Way", "Office"),
        address("1 Hacker Way", "Pop-Up"),
    ];
    card.birthday = Some(date(1999, 1, 23));
    let email = |email: &str, kind: &str| ContactEmail {
        email: some(email),
        kind: some(kind),
    };
    card.emails = vec![
        email("bjohnson@luckyshrub.com", "Work"),
        email("bjohnson@luckyshrubplants.com", "Work (old)"),
    ];
    card.org = Some(ContactOrg {
        company: some("Lucky Shrub"),
        department: some("Legal"),
        title: some("Lead Counsel"),
    });
    let phone = |phone: &str, kind: &str, wa_id: Option<&str>| ContactPhone {
        phone: some(phone),
        kind: some(kind),
        wa_id: wa_id.map(str::to_owned),
    };
    card.phones = vec![
        phone("+16505559999", "Landline", None),
        phone("+19175559999", "Mobile", Some("19175559999")),
    ];
    let url = |url: &str, kind: &str| ContactUrl {
        url: some(url),
        kind: some(kind),
    };
    card.urls = vec![
        url("https://www.luckyshrub.com", "Company"),
        url("https://www.facebook.com/luckyshrubplants", "Company (FB)"),
    ];
    card
}
