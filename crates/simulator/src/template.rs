//! The registry's templates: what a template send is checked against.

/// One message template in one language.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Template {
    /// Numeric id.
    pub id: u64,
    /// Name, unique per language.
    pub name: String,
    /// Language code, such as `en_US`.
    pub language: String,
    /// What it is for; decides the price category.
    pub category: Category,
    /// Only approved ones can be sent.
    pub status: TemplateStatus,
    /// What stands above the text.
    pub header: Header,
    /// The text, with `{{1}}` or `{{name}}` where values go.
    pub body: String,
    /// Its buttons, in order.
    pub buttons: Vec<Button>,
}

/// A template's category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Category {
    /// Login codes.
    Authentication,
    /// Offers.
    Marketing,
    /// Notices about something the user did.
    Utility,
}

/// A template's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TemplateStatus {
    /// May be sent.
    Approved,
    /// Waits for review.
    Pending,
    /// Refused by review: sends answer 132001.
    Rejected,
    /// Low quality: sends answer 132015.
    Paused,
    /// Paused too often: sends answer 132016.
    Disabled,
}

/// A template's header.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Header {
    /// No header.
    None,
    /// Text, with at most one place for a value.
    Text(String),
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A file.
    Document,
    /// A place.
    Location,
}

/// A template's button.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Button {
    /// Sends its payload back.
    QuickReply {
        /// The label.
        text: String,
    },
    /// Opens a page.
    Url {
        /// The label.
        text: String,
        /// The address; ends in `{{1}}` when the send completes it.
        url: String,
    },
    /// Copies a coupon code.
    CopyCode,
    /// Calls a number.
    PhoneNumber {
        /// The label.
        text: String,
    },
}

impl Template {
    /// A few approved templates: `hello_world`, order and reservation messages, a coupon, a login code.
    pub fn samples() -> Vec<Self> {
        let url = |url: &str| Button::Url {
            text: "Open".to_owned(),
            url: url.to_owned(),
        };
        vec![
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
        ]
    }

    /// An approved template with a text and nothing else. Its id is made from name and language.
    pub fn new(name: &str, language: &str, category: Category, body: &str) -> Self {
        let id = name
            .bytes()
            .chain(language.bytes())
            .fold(17_u64, |id, byte| {
                id.wrapping_mul(131).wrapping_add(u64::from(byte)) % 9_000_000_000_000_000
            });
        Self {
            id: 1_000_000_000_000_000 + id % 1_000_000_000_000_000,
            name: name.to_owned(),
            language: language.to_owned(),
            category,
            status: TemplateStatus::Approved,
            header: Header::None,
            body: body.to_owned(),
            buttons: Vec::new(),
        }
    }

    /// The same with another header.
    #[must_use]
    pub fn header(self, header: Header) -> Self {
        Self { header, ..self }
    }

    /// The same with one more button.
    #[must_use]
    pub fn button(mut self, button: Button) -> Self {
        self.buttons.push(button);
        self
    }

    /// The names between `{{` and `}}` in the body, in order: numbers or words.
    pub fn variables(&self) -> Vec<&str> {
        variables(&self.body)
    }
}

/// The names between `{{` and `}}`, in order.
pub(crate) fn variables(text: &str) -> Vec<&str> {
    text.split("{{")
        .skip(1)
        .filter_map(|rest| rest.split_once("}}"))
        .map(|(name, _)| name)
        .collect()
}
