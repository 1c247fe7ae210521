//! Compares a message with the template that it is made from, before it is sent.

mod buttons;
mod mismatch;
mod values;

use super::button::{Button, ButtonKind};
use super::category::Category;
use super::component::{Card, Component};
use super::definition::TemplateDefinition;
use super::header::{Header, HeaderFormat};
use super::limits;
use super::status::TemplateStatus;
use crate::outgoing;
use mismatch::Report;
use values::Text;

pub use mismatch::{Mismatch, Reason};

impl TemplateDefinition {
    /// Checks that a message has the values that this template needs, and no others.
    ///
    /// The first mismatch is told; [`mismatches`](Self::mismatches) tells all.
    ///
    /// See [Cloud API/Templates]; Meta refuses such a message with code 132018, 132000 or 132012.
    ///
    /// ```
    /// use wharf_model::outgoing::{Parameter, Template};
    /// use wharf_model::template::TemplateDefinition;
    ///
    /// let definition: TemplateDefinition = serde_json::from_str(r#"{
    ///     "name": "order_sent", "language": "en_US", "status": "APPROVED",
    ///     "components": [{"type": "BODY", "text": "Order {{1}} leaves on {{2}}."}]
    /// }"#)?;
    /// let message = Template::new("order_sent", "en_US")?.body(vec![Parameter::text("A-17")])?;
    /// let mismatch = definition.check(&message).unwrap_err();
    /// assert_eq!(
    ///     mismatch.to_string(),
    ///     "/template/components/0/parameters: body has 1 values, give 2"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check(&self, message: &outgoing::Template) -> Result<(), Box<Mismatch>> {
        match self.mismatches(message).into_iter().next() {
            Some(first) => Err(Box::new(first)),
            None => Ok(()),
        }
    }

    /// All that does not fit together; nothing if the message can be sent.
    ///
    /// What the definition does not say is not compared: of one that was listed without its
    /// components only name, language and status are.
    pub fn mismatches(&self, message: &outgoing::Template) -> Vec<Mismatch> {
        let mut report = Report::default();
        self.compare_names(message, &mut report);
        if let Some(components) = &self.components {
            let definition = Parts::new(components, self.category.as_ref());
            let given = Given::new(message.components(), "/template");
            definition.compare(&given, "", &mut report);
            self.compare_order_status(&given, &mut report);
        }
        report.into_inner()
    }

    fn compare_names(&self, message: &outgoing::Template, report: &mut Report) {
        let other = |expected: &str, found: &str| Reason::Other {
            expected: expected.to_owned(),
            found: found.to_owned(),
        };
        if let Some(name) = self.name.as_deref().filter(|name| *name != message.name()) {
            report.add("name", "/template/name", other(name, message.name()));
        }
        let differs = |language: &&str| *language != message.language();
        if let Some(language) = self.language.as_deref().filter(differs) {
            let field = "/template/language/code";
            report.add("language", field, other(language, message.language()));
        }
        if let Some(status) = &self.status
            && *status != TemplateStatus::Approved
        {
            let reason = other(TemplateStatus::Approved.as_str(), status.as_str());
            report.add("status", "/template/name", reason);
        }
    }

    fn compare_order_status(&self, given: &Given<'_>, report: &mut Report) {
        let wanted = match self.sub_category.as_deref() {
            Some("ORDER_STATUS") => true,
            Some(_) => false,
            // Not said, so not compared.
            None => return,
        };
        report.presence(
            "order_status",
            wanted,
            given.place("order_status"),
            given.at,
        );
    }
}

/// The parts of a definition, or of one of its cards.
struct Parts<'a> {
    header: Option<&'a Header>,
    body: Option<Text<'a>>,
    buttons: &'a [Button],
    cards: Option<&'a [Card]>,
    offer: bool,
    authentication: bool,
}

/// The parts of a message, or of one of its cards, with their places.
struct Given<'a> {
    components: &'a [outgoing::Component],
    at: &'a str,
}

impl<'a> Parts<'a> {
    fn new(components: &'a [Component], category: Option<&Category>) -> Self {
        let mut parts = Self {
            header: None,
            body: None,
            buttons: &[],
            cards: None,
            offer: false,
            authentication: category == Some(&Category::Authentication),
        };
        let (mut timed, mut limit) = (false, limits::BODY);
        let mut body = None;
        for component in components {
            match component {
                Component::Header(header) => {
                    parts.header = Some(header);
                    if *header.shows() == HeaderFormat::Product {
                        limit = limits::CARD_BODY;
                    }
                }
                Component::Body(found) => body = Some(found),
                Component::Buttons(buttons) => parts.buttons = buttons,
                Component::Carousel(cards) => parts.cards = Some(cards),
                Component::LimitedTimeOffer(offer) => {
                    timed = offer.has_expiration == Some(true);
                    limit = limits::OFFER_BODY;
                }
                _ => {}
            }
        }
        let otp = |button: &Button| matches!(button.kind, ButtonKind::Otp(_));
        parts.authentication |= parts.buttons.iter().any(otp);
        parts.offer = timed;
        parts.body = body.map(|body| match &body.text {
            None if parts.authentication => Text::one_time_code(),
            text => Text::new(text.as_deref().unwrap_or_default(), limit),
        });
        parts
    }

    /// Compares everything but names; `card` stands before the names of the components of a card.
    fn compare(&self, given: &Given<'_>, card: &str, report: &mut Report) {
        self.compare_header(given, card, report);
        self.compare_body(given, card, report);
        buttons::compare(self.buttons, self.authentication, given, card, report);
        if !card.is_empty() {
            return;
        }
        let offer = given.place("limited_time_offer");
        report.presence("limited_time_offer", self.offer, offer, given.at);
        let tap_target = given.place("tap_target_configuration");
        let is_url = |button: &Button| matches!(button.kind, ButtonKind::Url { .. });
        if tap_target.is_some() && !self.buttons.first().is_some_and(is_url) {
            report.presence("tap_target_configuration", false, tap_target, given.at);
        }
        self.compare_cards(given, report);
    }

    fn compare_header(&self, given: &Given<'_>, card: &str, report: &mut Report) {
        let component = format!("{card}header");
        let found = given.find(|part| match part {
            outgoing::Component::Header(parameters) => Some(parameters.as_slice()),
            _ => None,
        });
        let text = match self.header {
            Some(header) => match header.shows() {
                HeaderFormat::Text => header.text.as_deref(),
                // What Meta invents is not compared.
                HeaderFormat::Unknown(_) => return,
                format => {
                    let kind = format.as_str().to_ascii_lowercase();
                    values::compare_media(&kind, found, given.at, &component, report);
                    return;
                }
            },
            None => None,
        };
        let text = Text::new(text.unwrap_or_default(), limits::HEADER);
        text.compare(found, given.at, &component, report);
    }

    fn compare_body(&self, given: &Given<'_>, card: &str, report: &mut Report) {
        let found = given.find(|part| match part {
            outgoing::Component::Body(parameters) => Some(parameters.as_slice()),
            _ => None,
        });
        let none = Text::new("", limits::BODY);
        let mut text = self.body.as_ref().unwrap_or(&none).clone();
        if !card.is_empty() {
            text.limit = limits::CARD_BODY;
        }
        if self.authentication {
            text.limit_of_values = Some(outgoing::limits::OTP);
        }
        text.compare(found, given.at, &format!("{card}body"), report);
    }

    fn compare_cards(&self, given: &Given<'_>, report: &mut Report) {
        let found = given.find(|part| match part {
            outgoing::Component::Carousel(cards) => Some(cards.as_slice()),
            _ => None,
        });
        let (cards, (at, found)) = match (self.cards, found) {
            (Some(cards), Some(found)) => (cards, found),
            (wanted, found) => {
                let place = found.map(|(at, _)| at);
                report.presence("carousel", wanted.is_some(), place, given.at);
                return;
            }
        };
        let field = format!("{at}/cards");
        if cards.len() != found.len() {
            let reason = Reason::Count {
                expected: cards.len(),
                found: found.len(),
            };
            report.add("carousel", field, reason);
            return;
        }
        for (index, (card, found)) in cards.iter().zip(found).enumerate() {
            let at = format!("{field}/{index}");
            let given = Given::new(found.components(), &at);
            let name = format!("card {} ", index + 1);
            Parts::new(&card.components, None).compare(&given, &name, report);
        }
    }
}

impl<'a> Given<'a> {
    fn new(components: &'a [outgoing::Component], at: &'a str) -> Self {
        Self { components, at }
    }

    /// The first component that `pick` takes, with its place.
    fn find<T>(&self, pick: impl Fn(&'a outgoing::Component) -> Option<T>) -> Option<(String, T)> {
        let numbered = self.components.iter().enumerate();
        let mut found = numbered.filter_map(|(index, part)| {
            Some((format!("{}/components/{index}", self.at), pick(part)?))
        });
        found.next()
    }

    /// Where the component of a kind stands, if it is there.
    fn place(&self, kind: &str) -> Option<String> {
        self.find(|part| (part.kind() == kind).then_some(()))
            .map(|(at, ())| at)
    }
}
