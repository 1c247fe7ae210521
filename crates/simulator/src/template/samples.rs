//! The templates that a fresh simulator has approved.

use serde_json::{Value, json};

use super::{Button, Category, Header, Quality, Template};

impl Template {
    /// A few approved templates of each kind: those that Meta's pages send.
    pub fn samples() -> Vec<Self> {
        let url = |url: &str| Button::Url {
            text: "Open".to_owned(),
            url: url.to_owned(),
        };
        let mut samples = vec![
            Self::new(
                "hello_world",
                "en_US",
                Category::Utility,
                "Welcome and congratulations!!",
            )
            .header(Header::Text("Hello World".to_owned())),
            Self::new(
                "order_confirmation",
                "en_US",
                Category::Utility,
                "Thank you, {{1}}! Your order number is {{2}}. See you soon.",
            )
            .header(Header::Document)
            .button(url("https://www.luckyshrub.com/orders/{{1}}")),
            Self::new(
                "order_confirmation",
                "en",
                Category::Utility,
                "Thank you, {{1}}! We received {{2}} on {{3}}. See you soon.",
            ),
            Self::new(
                "order_delivery_update",
                "en_US",
                Category::Utility,
                "Good news {{1}}! Your order {{2}} is on its way.",
            )
            .header(Header::Location)
            .button(Button::QuickReply {
                text: "Stop delivery updates".to_owned(),
            }),
            Self::new(
                "reservation_confirmation",
                "en_US",
                Category::Utility,
                "A table for {{number_of_guests}} on {{day}}, {{date}} at {{time}} is yours.",
            )
            .header(Header::Image),
            Self::new(
                "welcome_discount_template",
                "en_US",
                Category::Marketing,
                "Hi {{first_name}}! Code {{discount_code}} gives you {{discount_amount}} off.",
            )
            .header(Header::Image),
            Self::new(
                "coupon_code_fall2023_25off",
                "en_US",
                Category::Marketing,
                "Use code {{1}} to get {{2}} off all merchandise!",
            )
            .button(Button::QuickReply {
                text: "Stop offers".to_owned(),
            })
            .button(Button::CopyCode),
            Self::new(
                "verification_code",
                "en_US",
                Category::Authentication,
                "{{1}} is your verification code.",
            )
            .button(url("https://www.whatsapp.com/otp/code/?code={{1}}")),
        ];
        let created = created();
        samples.extend(created.iter().filter_map(|json| Self::read(json).ok()));
        for sample in &mut samples {
            sample.quality = Quality::Green;
        }
        samples
    }
}

fn body(text: &str) -> Value {
    json!({"type": "BODY", "text": text})
}

fn buttons(buttons: &[Value]) -> Value {
    json!({"type": "BUTTONS", "buttons": buttons})
}

#[expect(clippy::too_many_lines, reason = "a list")]
fn created() -> Vec<Value> {
    let make = |name: &str, category: &str, components: &[Value]| json!({"name": name, "language": "en_US", "category": category, "components": components});
    let english = |mut template: Value| {
        template["language"] = json!("en");
        template
    };
    let header = |format: &str| json!({"type": "HEADER", "format": format});
    let card = |page: &str| {
        json!({"components": [
            {"type": "HEADER", "format": "IMAGE"},
            {"type": "BUTTONS", "buttons": [
                {"type": "QUICK_REPLY", "text": "Send me more like this!"},
                {"type": "URL", "text": "Shop", "url": format!("https://www.luckyshrub.com/{page}/{{{{1}}}}")},
            ]},
        ]})
    };
    let product = json!({"components": [
        {"type": "HEADER", "format": "PRODUCT"},
        {"type": "BUTTONS", "buttons": [{"type": "SPM", "text": "View"}]},
    ]});
    let succulents = "Rare succulents for sale! {{1}}, add these plants to your collection.";
    vec![
        make(
            "seasonal_promotion",
            "MARKETING",
            &[
                json!({"type": "HEADER", "format": "TEXT", "text": "Our {{1}} is on!"}),
                body(
                    "Shop now through {{1}} and use code {{2}} to get {{3}} off of all merchandise.",
                ),
                json!({"type": "FOOTER", "text": "Use the buttons below to manage your subscriptions"}),
                buttons(&[
                    json!({"type": "QUICK_REPLY", "text": "Unsubscribe from Promos"}),
                    json!({"type": "QUICK_REPLY", "text": "Unsubscribe from All"}),
                ]),
            ],
        ),
        make(
            "limited_time_offer_caribbean_pkg_2023",
            "MARKETING",
            &[
                header("IMAGE"),
                json!({"type": "LIMITED_TIME_OFFER",
                   "limited_time_offer": {"text": "Expiring offer!", "has_expiration": true}}),
                body("Good news, {{1}}! Use code {{2}} to get 25% off all Caribbean packages!"),
                buttons(&[
                    json!({"type": "COPY_CODE", "example": "CARIBE25"}),
                    json!({"type": "URL", "text": "Book now!", "url": "https://awesomedestinations.com/offers?code={{1}}"}),
                ]),
            ],
        ),
        make(
            "carousel_template_media_cards_v1",
            "MARKETING",
            &[
                body(
                    "Rare succulents for sale! {{1}}, each of them is {{2}} off with code {{3}}. Shop now!",
                ),
                json!({"type": "CAROUSEL", "cards": [card("rare"), card("fat"), card("black")]}),
            ],
        ),
        make(
            "carousel_template_product_cards_v1",
            "MARKETING",
            &[
                body(succulents),
                json!({"type": "CAROUSEL", "cards": [product, product, product]}),
            ],
        ),
        make(
            "intro_catalog_offer",
            "MARKETING",
            &[
                body(
                    "Get Rs {{1}} off on all orders above {{2}}Rs! Valid for your first {{3}} orders!",
                ),
                json!({"type": "FOOTER", "text": "Best grocery deals on WhatsApp!"}),
                buttons(&[json!({"type": "CATALOG", "text": "View catalog"})]),
            ],
        ),
        make(
            "abandoned_cart",
            "MARKETING",
            &[
                json!({"type": "HEADER", "format": "TEXT", "text": "Forget something, {{1}}?"}),
                body(
                    "Looks like you left these items in your cart. Use code {{1}} to get 10% off!",
                ),
                buttons(&[json!({"type": "MPM", "text": "View items"})]),
            ],
        ),
        make(
            "spm_template_named_params",
            "MARKETING",
            &[
                header("PRODUCT"),
                body("Use code {{code}} to get {{percent}} off our newest succulent!"),
                buttons(&[json!({"type": "SPM", "text": "View"})]),
            ],
        ),
        make(
            "example_template_name",
            "MARKETING",
            &[
                body("This is a flows as template demo"),
                buttons(&[
                    json!({"type": "FLOW", "text": "Open flow!", "flow_id": "6627390910605886",
                             "flow_action": "navigate", "navigate_screen": "WELCOME_SCREEN"}),
                ]),
            ],
        ),
        make(
            "order_payment",
            "UTILITY",
            &[
                header("IMAGE"),
                body("Please review and pay for your order."),
                buttons(&[json!({"type": "ORDER_DETAILS", "text": "Review and Pay"})]),
            ],
        ),
        json!({"name": "order_update", "language": "en_US", "category": "UTILITY",
               "sub_category": "ORDER_STATUS", "components": [body("Your order has an update.")]}),
        make(
            "share_number",
            "UTILITY",
            &[
                body("Please share your phone number so that we can find your order."),
                buttons(&[json!({"type": "REQUEST_CONTACT_INFO"})]),
            ],
        ),
        english(make(
            "wa_voice_call",
            "UTILITY",
            &[
                body("You can call us on WhatsApp now for faster service!"),
                buttons(&[
                    json!({"type": "VOICE_CALL", "text": "Call Now"}),
                    json!({"type": "URL", "text": "Contact Support", "url": "https://www.luckyshrub.com/support"}),
                ]),
            ],
        )),
        english(make(
            "sample_cpr_template",
            "UTILITY",
            &[
                json!({"type": "HEADER", "format": "TEXT", "text": "Support of Order No: {{1}}"}),
                body("We would like to call you about order {{1}} for the item {{2}}."),
                json!({"type": "CALL_PERMISSION_REQUEST"}),
            ],
        )),
        english(make(
            "group_invite_link",
            "UTILITY",
            &[body(
                "Join our group with this link: {{1}}. We look forward to meeting you, {{2}}.",
            )],
        )),
        english(make(
            "august_promotion",
            "MARKETING",
            &[
                header("IMAGE"),
                body("News of this month: {{1}}. Have a look at our shop!"),
                buttons(&[
                    json!({"type": "URL", "text": "Shop", "url": "https://www.luckyshrubs.com/"}),
                ]),
            ],
        )),
    ]
}
