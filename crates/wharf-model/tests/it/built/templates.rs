//! Templates with their values.

use jiff::Timestamp;
use serde_json::json;
use wharf_model::outgoing::{
    ButtonValue, Currency, Location, Parameter, Product, TapTarget, Template, TemplateButton,
    TemplateCard,
};

use super::commerce::section;
use super::{Sample, link, media, named, sample, sample_to, template, texts};

pub(super) fn samples() -> Vec<Sample> {
    let mut all = plain();
    all.extend(buttons());
    all.extend(families());
    all
}

fn button(index: u8, value: ButtonValue) -> TemplateButton {
    TemplateButton { index, value }
}

fn with_button(template: Template, value: ButtonValue) -> Template {
    template.button(button(0, value)).unwrap()
}

fn image(id: &str) -> Vec<Parameter> {
    vec![Parameter::Image(media(id))]
}

fn plain() -> Vec<Sample> {
    let utility = template("reservation_confirmation", "en_US")
        .header(image("2871834006348767"))
        .and_then(|template| {
            template.body(named(&[
                ("number_of_guests", "4"),
                ("day", "Saturday"),
                ("date", "August 30th, 2025"),
                ("time", "7:30 pm"),
            ]))
        });
    let welcome = template("welcome_discount_template", "en_US")
        .header(image("1339522734477770"))
        .and_then(|template| {
            template.body(named(&[
                ("first_name", "Jessica"),
                ("discount_code", "WELCOME25"),
                ("discount_amount", "25%"),
            ]))
        });
    let price = Parameter::Currency(Currency {
        fallback_value: "$100.99".to_owned(),
        code: "USD".to_owned(),
        amount_1000: 100_990,
    });
    let day = Parameter::DateTime {
        fallback_value: "February 25, 2026".to_owned(),
    };
    let legacy = template("order_confirmation", "en")
        .deterministic()
        .body(vec![Parameter::text("Pablo"), price, day]);
    let group = "Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD";
    let group = Parameter::Group(group.parse().unwrap());
    let invite = template("group_invite_link", "en").body(vec![group, Parameter::text("Pablo")]);
    vec![
        sample("template-utility", utility.unwrap()),
        sample("template-named-params", welcome.unwrap()),
        sample("template-currency-date_time-legacy", legacy.unwrap()),
        sample("template-group-invite", invite.unwrap()),
    ]
}

fn buttons() -> Vec<Sample> {
    let code = template("verification_code", "en_US").one_time_code("J$FpnYnP");
    let coupon = template("coupon_code_fall2023_25off", "en_US")
        .body(texts(&["25OFF", "25%"]))
        .and_then(|template| template.button(button(1, ButtonValue::CopyCode("25OFF".to_owned()))));
    let data = json!({"product_name": "name"});
    let flow = ButtonValue::Flow {
        token: Some("FLOW_TOKEN".to_owned()),
        data: data.as_object().cloned(),
    };
    let document = Parameter::Document {
        source: media("1376223850470843"),
        filename: Some("order_abc123.pdf".to_owned()),
    };
    let document = template("order_confirmation", "en_US")
        .header(vec![document])
        .and_then(|template| template.body(texts(&["Pablo", "860198-230332"])))
        .unwrap();
    let place = Location::new(37.442_116_765_623_61, -122.161_559_600_831_24)
        .and_then(|place| place.name("Philz Coffee"))
        .and_then(|place| place.address("101 Forest Ave, Palo Alto, CA 94301"));
    let delivery = template("order_delivery_update", "en_US")
        .header(vec![Parameter::Location(place.unwrap())])
        .and_then(|template| template.body(texts(&["Mark", "566701"])))
        .unwrap();
    let call = ButtonValue::VoiceCall {
        ttl_minutes: Some(100),
        payload: Some("payload data".to_owned()),
    };
    vec![
        sample_to("template-auth-otp", "+12015553931", code.unwrap()),
        sample("template-coupon_code", coupon.unwrap()),
        sample(
            "template-flow-button",
            with_button(template("example_template_name", "en_US"), flow),
        ),
        sample(
            "template-header-document-positional",
            with_button(document, ButtonValue::Url("n3mtql".to_owned())),
        ),
        sample(
            "template-quick_reply-payload",
            with_button(
                delivery,
                ButtonValue::QuickReply("stop-delivery-updates".to_owned()),
            ),
        ),
        sample_to(
            "template-voice_call",
            "+14085551234",
            with_button(template("wa_voice_call", "en"), call),
        ),
    ]
}

fn families() -> Vec<Sample> {
    let product = |id: &str| {
        Parameter::Product(Product {
            catalog_id: "194836987003835".parse().unwrap(),
            product_retailer_id: id.parse().unwrap(),
        })
    };
    let catalog = ButtonValue::Catalog {
        thumbnail: Some("2lc20305pt".parse().unwrap()),
    };
    let catalog = with_button(
        template("intro_catalog_offer", "en_US")
            .body(texts(&["100", "400", "3"]))
            .unwrap(),
        catalog,
    );
    let mpm = ButtonValue::Mpm {
        thumbnail: "2lc20305pt".parse().unwrap(),
        sections: vec![
            section("Popular Bundles", &["2lc20305pt", "nseiw1x3ch"]),
            section("Premium Packages", &["n6k6x0y7oe"]),
        ],
    };
    let cart = template("abandoned_cart", "en_US")
        .header(texts(&["Pablo"]))
        .and_then(|template| template.body(texts(&["10OFF"])))
        .unwrap();
    let spm = template("spm_template_named_params", "en_US")
        .header(vec![product("nqryix03ez")])
        .and_then(|template| template.body(named(&[("code", "25OFF"), ("percent", "25%")])));
    let offer = template("limited_time_offer_caribbean_pkg_2023", "en_US")
        .header(image("1602186516975000"))
        .and_then(|offer| offer.body(texts(&["Pablo", "CARIBE25"])))
        .and_then(|offer| offer.offer_expires(Timestamp::from_millisecond(1_209_600_000).unwrap()))
        .and_then(|offer| offer.button(button(0, ButtonValue::CopyCode("CARIBE25".to_owned()))))
        .and_then(|offer| offer.button(button(1, ButtonValue::Url("n3mtql".to_owned()))));
    let tap = TapTarget::new("https://www.luckyshrubs.com/", "Offer Details").unwrap();
    let tap = template("august_promotion", "en")
        .header(vec![Parameter::Image(link("https://www.luckyshrubs.com"))])
        .and_then(|template| template.body(texts(&["Hello Andy..."])))
        .and_then(|template| template.tap_target(tap));
    let media_card = |id: &str, more: &str, url: &str| {
        TemplateCard::new(Parameter::Image(media(id)))
            .and_then(|card| card.button(0, ButtonValue::QuickReply(more.to_owned())))
            .and_then(|card| card.button(1, ButtonValue::Url(url.to_owned())))
            .unwrap()
    };
    let media_cards = vec![
        media_card("1558081531584829", "more-aloes", "blue-elf"),
        media_card("861236878885705", "more-crassulas", "buddhas-temple"),
        media_card("1587064918516321", "more-echeverias", "black-prince"),
    ];
    let media_cards = template("carousel_template_media_cards_v1", "en_US")
        .body(texts(&["Pablo", "20%", "20OFF"]))
        .and_then(|template| template.carousel(media_cards));
    let products = ["vrpj01fvwp", "va2l5ioeat", "sqpjv0mgde"]
        .map(|id| TemplateCard::new(product(id)).unwrap());
    let products = template("carousel_template_product_cards_v1", "en_US")
        .body(texts(&["Pablo"]))
        .and_then(|template| template.carousel(products.to_vec()));
    vec![
        sample("template-catalog", catalog),
        sample("template-mpm", with_button(cart, mpm)),
        sample("template-spm", spm.unwrap()),
        sample_to(
            "template-limited_time_offer",
            "+16505555555",
            offer.unwrap(),
        ),
        sample_to("template-tap_target", "+1233214532", tap.unwrap()),
        sample("template-media-carousel", media_cards.unwrap()),
        sample("template-product-carousel", products.unwrap()),
    ]
}
