//! The cards of a template's carousel.

use serde::Serialize;
use serde::ser::Serializer;

use super::component::{self, Component};
use super::parameter::{self, Parameter};
use super::{TemplateButton, button};
use crate::outgoing::invalid::{InvalidMessage, counted};
use crate::outgoing::limits;
use crate::outgoing::read::Object;

/// The values of one card: as many cards as the template was approved with, two to ten.
///
/// See [Cloud API/Media card carousel templates] and [Cloud API/Product card carousel templates].
///
/// ```
/// use wharf_model::outgoing::{ButtonValue, MediaSource, Parameter, Template, TemplateCard};
///
/// let card = |id: &str| {
///     let image = Parameter::Image(MediaSource::Id(id.parse()?));
///     let more = ButtonValue::QuickReply(format!("more-{id}"));
///     Ok::<_, Box<dyn std::error::Error>>(TemplateCard::new(image)?.button(0, more)?)
/// };
/// let template = Template::new("rare_plants", "en_US")?.carousel(vec![card("1")?, card("2")?])?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateCard {
    components: Vec<Component>,
}

impl TemplateCard {
    /// A card with a picture, a video or a product.
    pub fn new(header: Parameter) -> Result<Self, InvalidMessage> {
        let mut card = Self {
            components: Vec::new(),
        };
        card.add(Component::Header(vec![header]))?;
        Ok(card)
    }

    /// Adds the values of the card's body.
    pub fn body(mut self, parameters: Vec<Parameter>) -> Result<Self, InvalidMessage> {
        self.add(Component::Body(parameters))?;
        Ok(self)
    }

    /// Adds the value of one of the card's buttons.
    pub fn button(mut self, index: u8, value: button::ButtonValue) -> Result<Self, InvalidMessage> {
        self.add(Component::Button(TemplateButton { index, value }))?;
        Ok(self)
    }

    /// The values, part by part.
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    fn add(&mut self, part: Component) -> Result<(), InvalidMessage> {
        let at = format!("/components/{}", self.components.len());
        component::check_new(&self.components, &part)
            .and_then(|()| match &part {
                Component::Header(parameters) => {
                    let fits = |parameter: &Parameter| {
                        matches!(
                            parameter,
                            Parameter::Image(_) | Parameter::Video(_) | Parameter::Product(_)
                        )
                    };
                    if !parameters.iter().all(fits) {
                        let reason = "a card shows a picture, a video or a product";
                        return Err(InvalidMessage::invalid("/parameters/0/type", reason));
                    }
                    parameter::check_header(parameters)
                }
                Component::Body(parameters) => parameter::check_body(parameters, limits::CARD_BODY),
                Component::Button(button) => {
                    let card = usize::from(button.index) < limits::TEMPLATE_CARD_BUTTONS;
                    if !card {
                        return Err(InvalidMessage::invalid("/index", "not 0 or 1"));
                    }
                    button.check()
                }
                _ => Err(InvalidMessage::invalid(
                    "/type",
                    "a card takes only a header, a body and buttons",
                )),
            })
            .map_err(|fault| fault.within(&at))?;
        self.components.push(part);
        Ok(())
    }

    pub(super) fn read(object: &Object<'_>) -> Result<Self, InvalidMessage> {
        object.check_index("card_index")?;
        let mut card = Self {
            components: Vec::new(),
        };
        for part in object.each("components", component::KEYS, component::read)? {
            card.add(part).map_err(|fault| fault.within(object.at()))?;
        }
        Ok(card)
    }
}

/// Checks two to ten cards, with pointers from the component that holds them.
pub(super) fn check(cards: &[TemplateCard]) -> Result<(), InvalidMessage> {
    counted(cards.len(), limits::CARDS, "/cards")?;
    if cards.len() < limits::MIN_CARDS {
        return Err(InvalidMessage::invalid("/cards", "fewer than two cards"));
    }
    Ok(())
}

/// The cards as Meta's request writes them, with their places.
pub(super) struct Cards<'a>(pub(super) &'a [TemplateCard]);

impl Serialize for Cards<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Card<'a> {
            card_index: usize,
            components: &'a [Component],
        }
        let cards = self.0.iter().enumerate().map(|(card_index, card)| Card {
            card_index,
            components: &card.components,
        });
        serializer.collect_seq(cards)
    }
}
