//! What the samples of Meta leave out: every kind and optional part that the builders can make.

use jiff::Timestamp;
use wharf_model::outgoing::{
    Action, AddressField, AddressRequest, Amount, Audio, Beneficiary, ButtonValue, Carousel,
    CatalogMessage, Charge, ContactCard, ContactName, Contacts, CtaUrl, Discount, Document,
    FlowMessage, FlowMode, FlowStart, Goods, Header, Image, Interactive, List, ListRow,
    ListSection, Location, MarketingMessage, MediaCard, Order, OrderCurrency, OrderDetails,
    OrderItem, OrderState, OrderUpdate, Parameter, PaymentGateway, PaymentProvider, PaymentSetting,
    PaymentState, PaymentUpdate, Pin, PixCode, Product, ProductPolicy, SavedAddress, Sticker,
    TemplateButton, Text, Video, VoiceCall,
};
use wharf_model::{Bsuid, GroupId, OutgoingMessage};

use super::{Built, Sample, link, media, sample, template, texts};

pub(crate) fn samples() -> Vec<Sample> {
    let mut all = content();
    all.extend(headers());
    all.extend(actions());
    all.extend(orders());
    all.extend(templates());
    all.extend(marketing());
    all
}

fn group() -> GroupId {
    "Y2FwaV9ncm91cDox".parse().unwrap()
}

fn bsuid() -> Bsuid {
    "US.13491208655302741918".parse().unwrap()
}

fn content() -> Vec<Sample> {
    let url = || link("https://example.com/file");
    let card = ContactCard::new(ContactName {
        formatted_name: "A B".to_owned(),
        last_name: Some("B".to_owned()),
        ..ContactName::default()
    });
    let cards = vec![card.unwrap(); 257];
    let unpin = OutgoingMessage::new(group(), Pin::remove("wamid.A".parse().unwrap()));
    let invite = template("rules", "en").body(texts(&["a"])).unwrap();
    let everything = OutgoingMessage::new(bsuid(), Text::new("a").unwrap())
        .and_then(|message| message.reply_to("wamid.A".parse().unwrap()))
        .and_then(|message| message.callback_data("x".repeat(512)))
        .and_then(|message| message.identity_key_hash("abc="));
    vec![
        ("everything around", Built::Message(everything.unwrap())),
        sample("longest text", Text::new("x".repeat(4096)).unwrap()),
        sample("image", Image::new(url())),
        sample("audio", Audio::new(url())),
        sample("video", Video::new(url())),
        sample("document", Document::new(url())),
        sample("sticker", Sticker::new(url())),
        sample("location", Location::new(0.0, -180.0).unwrap()),
        sample("most contacts", Contacts::new(cards).unwrap()),
        ("unpin", Built::Message(unpin.unwrap())),
        (
            "group template",
            Built::Message(OutgoingMessage::new(group(), invite).unwrap()),
        ),
    ]
}

fn interactive(action: impl Into<Action>) -> Interactive {
    Interactive::new("body", action).unwrap()
}

fn cta() -> CtaUrl {
    CtaUrl::new("Go", "https://example.com/").unwrap()
}

fn headers() -> Vec<Sample> {
    let with = |header: Header| interactive(cta()).header(header).unwrap();
    vec![
        sample("header text", with(Header::text("x".repeat(60)).unwrap())),
        sample("header video", with(Header::video(media("1")))),
        sample(
            "header document",
            with(Header::document(link("https://example.com/a.pdf"))),
        ),
    ]
}

fn actions() -> Vec<Sample> {
    let row = ListRow::new("a", "A").unwrap();
    let rows = ListSection::new(vec![row]).unwrap();
    let list = List::new("Open", vec![rows]).unwrap();
    let flow = || FlowMessage::by_id("1".parse().unwrap(), "Open").unwrap();
    let draft = flow()
        .mode(FlowMode::Draft)
        .start(FlowStart::Navigate(None));
    let screen = FlowStart::navigate("FIRST").unwrap();
    let product = Product {
        catalog_id: "1".parse().unwrap(),
        product_retailer_id: "a".parse().unwrap(),
    };
    let home = [(AddressField::City, "Mumbai"), (AddressField::State, "MH")];
    let address = AddressRequest::india()
        .value(AddressField::InPinCode, "400063")
        .and_then(|form| form.saved(SavedAddress::new("home", home)?))
        .and_then(|form| form.error(AddressField::InPinCode, "Not there."));
    let video = || MediaCard::video(media("1"), cta());
    vec![
        sample(
            "longest list",
            Interactive::new("x".repeat(4096), list).unwrap(),
        ),
        sample("flow", interactive(flow())),
        sample("flow draft", interactive(draft)),
        sample("flow screen", interactive(flow().start(screen))),
        sample("catalog", interactive(CatalogMessage::default())),
        sample(
            "product without body",
            Interactive::without_body(product).unwrap(),
        ),
        sample(
            "call permission without body",
            Interactive::without_body(Action::CallPermissionRequest).unwrap(),
        ),
        sample("voice call", interactive(VoiceCall::new())),
        sample("address", interactive(address.unwrap())),
        sample("empty address", interactive(AddressRequest::india())),
        sample(
            "video cards",
            interactive(Carousel::media(vec![video(), video()]).unwrap()),
        ),
    ]
}

fn amount(value: i64) -> Amount {
    Amount::hundredths(value).unwrap()
}

fn order() -> Order {
    let item = OrderItem::new("a".parse().unwrap(), "A", amount(100), 2)
        .and_then(|item| item.image("https://example.com/a.png"));
    let discount = Discount::new(amount(10)).program("Friends");
    Order::new(vec![item.unwrap()], amount(200), Charge::new(amount(5)))
        .unwrap()
        .discount(discount.unwrap())
        .catalog("1".parse().unwrap())
        .quick_pay()
}

fn details(currency: OrderCurrency, settings: Vec<PaymentSetting>) -> OrderDetails {
    let reference = "a-B_c.1".parse().unwrap();
    let mut details = OrderDetails::new(reference, Goods::Physical, currency, order()).unwrap();
    for setting in settings {
        details = details.payment(setting).unwrap();
    }
    details
}

fn orders() -> Vec<Sample> {
    let gateway = |provider| {
        PaymentSetting::PaymentGateway(PaymentGateway {
            provider,
            configuration_name: "main".to_owned(),
            details: None,
        })
    };
    let india = vec![
        gateway(PaymentProvider::BillDesk),
        gateway(PaymentProvider::Razorpay),
        gateway(PaymentProvider::PayU),
        gateway(PaymentProvider::Zaakpay),
    ];
    let text = |text: &str| text.to_owned();
    let brazil = vec![
        PaymentSetting::PixDynamicCode(PixCode {
            code: text("00020101"),
            merchant_name: text("Shop"),
            key: text("39580525000189"),
            key_type: text("CNPJ"),
        }),
        PaymentSetting::Boleto(text("03399026944140000002628346101018898510000008848")),
        PaymentSetting::OffsiteCardPay {
            last_four_digits: text("1234"),
            credential_id: text("card-1"),
        },
    ];
    let ship_to = Beneficiary {
        name: text("A B"),
        address_line1: text("1 Road"),
        address_line2: Some(text("House 2")),
        city: text("Mumbai"),
        state: text("Maharashtra"),
        country: text("India"),
        postal_code: text("400063"),
    };
    let india = details(OrderCurrency::Inr, india).beneficiary(ship_to);
    let status = OrderUpdate::new("a".parse().unwrap(), OrderState::PartiallyShipped)
        .description("Half of it")
        .unwrap()
        .payment(PaymentUpdate::new(PaymentState::Pending));
    vec![
        sample("order in India", interactive(india.unwrap())),
        sample(
            "order in Brazil",
            interactive(details(OrderCurrency::Brl, brazil)),
        ),
        sample("order status", interactive(status)),
    ]
}

fn templates() -> Vec<Sample> {
    let button = |index: u8, value| TemplateButton { index, value };
    let with = |value| template("a", "en").button(button(9, value)).unwrap();
    let header = |value| template("a", "en").header(vec![value]).unwrap();
    let url = || link("https://example.com/file");
    let document = Parameter::Document {
        source: url(),
        filename: None,
    };
    let expires = Timestamp::from_second(1_800_000_000).unwrap();
    vec![
        sample("template without values", template("a", "en")),
        sample("template to copy", {
            template("a", "en").offer_expires(expires).unwrap()
        }),
        sample("header video", header(Parameter::Video(url()))),
        sample("header document", header(document)),
        sample(
            "bare flow button",
            with(ButtonValue::Flow {
                token: None,
                data: None,
            }),
        ),
        sample(
            "bare catalog button",
            with(ButtonValue::Catalog { thumbnail: None }),
        ),
        sample(
            "bare call button",
            with(ButtonValue::VoiceCall {
                ttl_minutes: None,
                payload: None,
            }),
        ),
    ]
}

fn marketing() -> Vec<Sample> {
    let gif = template("a", "en")
        .header(vec![Parameter::Gif(media("1"))])
        .unwrap();
    let gif = MarketingMessage::new(bsuid(), gif)
        .unwrap()
        .product_policy(ProductPolicy::Strict)
        .activity_sharing(false)
        .callback_data("a")
        .unwrap();
    vec![("marketing", Built::Marketing(gif))]
}
