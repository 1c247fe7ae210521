//! What Meta asks of the components of a template together.

use super::buttons;
use super::texts::{self, Named};
use crate::outgoing::InvalidMessage;
use crate::outgoing::invalid::{counted, required_of};
use crate::template::body::{Body, LimitedTimeOffer};
use crate::template::button::{Button, ButtonKind};
use crate::template::category::Category;
use crate::template::component::{Card, Component};
use crate::template::header::{Header, HeaderFormat};
use crate::template::limits;

/// Checks the components of a template, and says whether its variables have names.
///
/// Where the category is not known, only an authentication template is told apart, by its button.
pub(in crate::template) fn check(
    components: &[Component],
    category: Option<&Category>,
) -> Result<bool, InvalidMessage> {
    if let Some(index) = (1..components.len()).find(|index| {
        let (before, after) = components.split_at(*index);
        let kind = after.first().map(Component::kind);
        before.iter().any(|earlier| Some(earlier.kind()) == kind)
    }) {
        let field = format!("/components/{index}/type");
        return Err(InvalidMessage::invalid(
            field,
            "same kind as an earlier component",
        ));
    }
    let set = Set::new(components);
    let authentication = match category {
        Some(category) => *category == Category::Authentication,
        None => set
            .buttons
            .iter()
            .any(|button| matches!(button.kind, ButtonKind::Otp(_))),
    };
    if authentication {
        return super::authentication::check(components).map(|()| false);
    }
    let mut named: Named = None;
    for (index, component) in components.iter().enumerate() {
        let at = format!("/components/{index}");
        let found = set.component(component, category, &at)?;
        merge(&mut named, found, &at)?;
    }
    if set.body.is_none() {
        return Err(InvalidMessage::missing("/components"));
    }
    Ok(named == Some(true))
}

/// The components that decide what is allowed in the others.
struct Set<'a> {
    header: Option<&'a Header>,
    body: Option<&'a Body>,
    buttons: &'a [Button],
    offer: bool,
}

impl<'a> Set<'a> {
    fn new(components: &'a [Component]) -> Self {
        let mut set = Self {
            header: None,
            body: None,
            buttons: &[],
            offer: false,
        };
        for component in components {
            match component {
                Component::Header(header) => set.header = Some(header),
                Component::Body(body) => set.body = Some(body),
                Component::Buttons(buttons) => set.buttons = buttons,
                Component::LimitedTimeOffer(_) => set.offer = true,
                _ => {}
            }
        }
        set
    }

    fn component(
        &self,
        component: &Component,
        category: Option<&Category>,
        at: &str,
    ) -> Result<Named, InvalidMessage> {
        match component {
            Component::Header(header) => {
                header_fits(header, category, at)?;
                texts::header(header, at)
            }
            Component::Body(body) => {
                if body.add_security_recommendation.is_some() {
                    let field = format!("{at}/add_security_recommendation");
                    let reason = "belongs to authentication templates only";
                    return Err(InvalidMessage::invalid(field, reason));
                }
                texts::body(body, self.body_limit(), at)
            }
            Component::Footer(_) if self.offer => Err(InvalidMessage::invalid(
                at,
                "a limited-time offer takes no footer",
            )),
            Component::Footer(footer) => texts::footer(footer, at).map(|()| None),
            Component::Buttons(list) => {
                buttons::check(list, limits::BUTTONS, at)?;
                no_otp(list, at).map(|()| None)
            }
            Component::Carousel(cards) => {
                marketing_or_utility(category, at)?;
                check_cards(cards, at)
            }
            Component::LimitedTimeOffer(offer) => {
                self.check_offer(offer, category, at).map(|()| None)
            }
            Component::CallPermissionRequest => marketing_or_utility(category, at).map(|()| None),
            Component::Unknown(_) => Ok(None),
        }
    }

    fn body_limit(&self) -> usize {
        let product = self
            .header
            .is_some_and(|header| *header.shows() == HeaderFormat::Product);
        match (product, self.offer) {
            (true, _) => limits::CARD_BODY,
            (false, true) => limits::OFFER_BODY,
            (false, false) => limits::BODY,
        }
    }

    fn check_offer(
        &self,
        offer: &LimitedTimeOffer,
        category: Option<&Category>,
        at: &str,
    ) -> Result<(), InvalidMessage> {
        if category.is_some_and(|category| *category != Category::Marketing) {
            return Err(InvalidMessage::invalid(at, "belongs to marketing only"));
        }
        let field = format!("{at}/limited_time_offer/text");
        required_of(offer.text.as_deref(), limits::OFFER_TEXT, &field)?;
        let media =
            |header: &Header| matches!(header.shows(), HeaderFormat::Image | HeaderFormat::Video);
        if !self.header.is_none_or(media) {
            let reason = "an offer takes only a picture or a video as header";
            return Err(InvalidMessage::invalid(at, reason));
        }
        let is_url = |button: &Button| matches!(button.kind, ButtonKind::Url { .. });
        if !self.buttons.iter().any(is_url) {
            return Err(InvalidMessage::invalid(at, "an offer needs a URL button"));
        }
        Ok(())
    }
}

fn check_cards(cards: &[Card], at: &str) -> Result<Named, InvalidMessage> {
    let list = format!("{at}/cards");
    counted(cards.len(), limits::CARDS, &list)?;
    if cards.len() < limits::MIN_CARDS {
        return Err(InvalidMessage::invalid(list, "fewer than two cards"));
    }
    let mut named = None;
    for (index, card) in cards.iter().enumerate() {
        let at = format!("{list}/{index}");
        merge(&mut named, check_card(card, &at)?, &at)?;
        if cards
            .first()
            .is_some_and(|first| shape(first) != shape(card))
        {
            return Err(InvalidMessage::invalid(
                format!("{at}/components"),
                "other header, body or buttons than on the first card",
            ));
        }
    }
    Ok(named)
}

fn check_card(card: &Card, at: &str) -> Result<Named, InvalidMessage> {
    let mut named = None;
    let (mut header, mut buttons) = (false, false);
    for (index, component) in card.components.iter().enumerate() {
        let at = format!("{at}/components/{index}");
        let found = match component {
            Component::Header(found) => {
                header = true;
                if !matches!(
                    found.shows(),
                    HeaderFormat::Image | HeaderFormat::Video | HeaderFormat::Product
                ) {
                    let reason = "a card shows a picture, a video or a product";
                    return Err(InvalidMessage::invalid(format!("{at}/format"), reason));
                }
                texts::header(found, &at)?
            }
            Component::Body(body) => texts::body(body, limits::CARD_BODY, &at)?,
            Component::Buttons(list) => {
                buttons = true;
                self::buttons::check(list, limits::CARD_BUTTONS, &at)?;
                no_otp(list, &at)?;
                None
            }
            Component::Unknown(_) => None,
            _ => {
                let reason = "a card takes only a header, a body and buttons";
                return Err(InvalidMessage::invalid(format!("{at}/type"), reason));
            }
        };
        merge(&mut named, found, &at)?;
    }
    if !header || !buttons {
        return Err(InvalidMessage::missing(format!("{at}/components")));
    }
    Ok(named)
}

/// What has to be the same on each card: kinds of components, of header and of buttons.
fn shape(card: &Card) -> Vec<&str> {
    let mut shape = Vec::new();
    for component in &card.components {
        shape.push(component.kind());
        match component {
            Component::Header(header) => shape.push(header.shows().as_str()),
            Component::Buttons(list) => {
                shape.extend(list.iter().map(|button| button.kind.as_str()));
            }
            _ => {}
        }
    }
    shape
}

fn no_otp(list: &[Button], at: &str) -> Result<(), InvalidMessage> {
    let otp = |button: &Button| matches!(button.kind, ButtonKind::Otp(_));
    match list.iter().position(otp) {
        Some(index) => Err(InvalidMessage::invalid(
            format!("{at}/buttons/{index}/type"),
            "belongs to authentication templates only",
        )),
        None => Ok(()),
    }
}

fn header_fits(
    header: &Header,
    category: Option<&Category>,
    at: &str,
) -> Result<(), InvalidMessage> {
    match (header.shows(), category) {
        (HeaderFormat::Location, category) => marketing_or_utility(category, at),
        (HeaderFormat::Gif, Some(Category::Utility)) => Err(InvalidMessage::invalid(
            format!("{at}/format"),
            "belongs to marketing only",
        )),
        _ => Ok(()),
    }
}

fn marketing_or_utility(category: Option<&Category>, at: &str) -> Result<(), InvalidMessage> {
    match category {
        Some(Category::Authentication) => Err(InvalidMessage::invalid(
            at,
            "belongs to marketing and utility only",
        )),
        _ => Ok(()),
    }
}

fn merge(named: &mut Named, found: Named, at: &str) -> Result<(), InvalidMessage> {
    match (*named, found) {
        (Some(earlier), Some(now)) if earlier != now => Err(InvalidMessage::invalid(
            format!("{at}/text"),
            "numbered and named variables mixed",
        )),
        (None, now) => {
            *named = now;
            Ok(())
        }
        _ => Ok(()),
    }
}
