//! Orders and their statuses.

use jiff::Timestamp;
use serde_json::json;
use wharf_model::outgoing::{
    Amount, ButtonValue, Charge, Discount, Goods, Header, Importer, Interactive, Order,
    OrderCurrency, OrderDetails, OrderExpiration, OrderItem, OrderState, OrderUpdate, Parameter,
    PaymentGateway, PaymentProvider, PaymentSetting, PaymentState, PaymentUpdate, TemplateButton,
};

use super::{Sample, link, sample_to, template};

pub(super) fn samples() -> Vec<Sample> {
    let india = Interactive::new("your-text-body-content", india())
        .and_then(|message| {
            message.header(Header::image(link(
                "https://www.luckyshrub.com/assets/order.png",
            )))
        })
        .and_then(|message| message.footer("your-text-footer-content"));
    let payment = PaymentUpdate::new(PaymentState::Captured);
    let status = OrderUpdate::new(
        "unique-reference-id".parse().unwrap(),
        OrderState::Processing,
    )
    .payment(payment.since(Timestamp::from_second(1_722_445_231).unwrap()));
    let status = Interactive::new("your-mandatory-text-body-content", status)
        .and_then(|message| message.footer("your-optional-text-footer-content"));
    vec![
        sample_to(
            "interactive-order_details-in",
            "+919876543210",
            india.unwrap(),
        ),
        sample_to(
            "interactive-order_details-br",
            "+5511999990000",
            Interactive::new("Your message content", brazil()).unwrap(),
        ),
        sample_to(
            "interactive-order_status",
            "+5511999990000",
            status.unwrap(),
        ),
        in_template(),
        status_in_template(),
    ]
}

fn amount(value: i64) -> Amount {
    Amount::hundredths(value).unwrap()
}

fn charge(value: i64, text: &str) -> Charge {
    Charge::new(amount(value)).description(text).unwrap()
}

fn item(id: &str, name: &str, price: i64) -> OrderItem {
    OrderItem::new(id.parse().unwrap(), name, amount(price), 1).unwrap()
}

fn india() -> OrderDetails {
    let bread = item("1234567", "Bread", 10_000).sale_amount(amount(100));
    let discount = Discount::new(amount(1000)).description("discount-description");
    let expires = OrderExpiration::new(
        Timestamp::from_second(1_720_600_000).unwrap(),
        "Order expires in 24 hours",
    );
    let order = Order::new(vec![bread], amount(20_000), charge(1000, "tax-description"))
        .unwrap()
        .shipping(charge(1000, "shipping-description"))
        .discount(discount.unwrap())
        .expiration(expires.unwrap());
    let details = json!({"receipt": "receipt-value", "notes": {"key1": "value1"}});
    let gateway = PaymentSetting::PaymentGateway(PaymentGateway {
        provider: PaymentProvider::Razorpay,
        configuration_name: "razorpay-prod".to_owned(),
        details: details.as_object().cloned(),
    });
    let reference = "order-2025-0001".parse().unwrap();
    OrderDetails::new(reference, Goods::Digital, OrderCurrency::Inr, order)
        .and_then(|details| details.payment(gateway))
        .unwrap()
}

fn brazil() -> OrderDetails {
    let cake = item("1234567", "Cake", 50_000);
    let order = Order::new(vec![cake], amount(50_000), charge(0, "optional text")).unwrap();
    let pay = PaymentSetting::PaymentLink("https://my-payment-link-url".to_owned());
    let reference = "unique-reference-id".parse().unwrap();
    OrderDetails::new(reference, Goods::Digital, OrderCurrency::Brl, order)
        .and_then(|details| details.payment(pay))
        .unwrap()
}

fn in_template() -> Sample {
    let address = Importer {
        address_line1: Some("1 Main Road".to_owned()),
        city: Some("Mumbai".to_owned()),
        country_code: Some("IN".to_owned()),
        postal_code: Some("400063".to_owned()),
        ..Importer::default()
    };
    let plant = item("di9ozbzfi4", "Echeveria", 400)
        .imported("India", "Lucky Shrub", address)
        .unwrap();
    let order = Order::new(vec![plant], amount(400), Charge::new(amount(500)))
        .unwrap()
        .shipping(Charge::new(amount(0)))
        .discount(Discount::new(amount(250)));
    let upi = "upi://pay?pa=merchant_vpa&pn=merchant%20Name&mc=mc_code&purpose=purpose_code\
               &tr=transaction_record";
    let reference = "reference_id_value".parse().unwrap();
    let details = OrderDetails::new(reference, Goods::Digital, OrderCurrency::Inr, order)
        .and_then(|details| details.payment(PaymentSetting::UpiIntentLink(upi.to_owned())))
        .and_then(|details| details.payment_configuration("unique_payment_config_id", "upi"))
        .unwrap();
    let image = Parameter::Image(link("https://www.luckyshrub.com/order.jpg"));
    let message = template("order_payment", "en_US")
        .deterministic()
        .header(vec![image])
        .and_then(|template| {
            template.button(TemplateButton {
                index: 0,
                value: ButtonValue::OrderDetails(Box::new(details)),
            })
        });
    sample_to("template-order_details", "+919876543210", message.unwrap())
}

fn status_in_template() -> Sample {
    let update = OrderUpdate::new(
        "reference_id_value".parse().unwrap(),
        OrderState::Processing,
    )
    .description("Packed")
    .unwrap();
    let message = template("order_update", "en_US")
        .deterministic()
        .order_status(update);
    sample_to("template-order_status", "+919876543210", message.unwrap())
}
