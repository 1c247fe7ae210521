//! The cards of a carousel template.

use crate::graph::GraphError;
use crate::graph::check::Object;
use crate::graph::check::template::given::{self, Given};
use crate::graph::check::template::{Place, buttons, header, needs, texts, unexpected};
use crate::template::Card;

const CARD_BODY: usize = 160;
const CARDS: usize = 10;

/// Exactly the cards that the template was approved with.
pub(super) fn check(
    place: &Place<'_>,
    known: &[Card],
    carousel: Option<&Object<'_>>,
) -> Result<(), GraphError> {
    let Some(carousel) = carousel else {
        return if known.is_empty() {
            Ok(())
        } else {
            Err(needs("carousel"))
        };
    };
    if known.is_empty() {
        return Err(unexpected("carousel"));
    }
    let cards = carousel.required_objects("cards", 1, CARDS)?;
    texts::count("carousel", known.len(), cards.len())?;
    let mut seen = vec![false; known.len()];
    for card in cards {
        card.only(&["card_index", "components"])?;
        let index = card
            .get("card_index")
            .ok_or_else(|| card.missing("card_index"))?;
        let index = index.as_u64().and_then(|index| usize::try_from(index).ok());
        let fresh = index.and_then(|index| Some((index, seen.get_mut(index)?)));
        let Some((index, seen @ false)) = fresh else {
            return Err(card.invalid("card_index", "must count the cards from 0, each once"));
        };
        *seen = true;
        let Some(known) = known.get(index) else {
            continue;
        };
        let given = Given::read(&card)?;
        header(place, &known.header, given.header.as_ref())?;
        let parameters = given::parameters(given.body.as_ref())?;
        texts::fill("body", &known.body, &parameters, CARD_BODY)?;
        buttons::check(place.core, &known.buttons, &given.buttons)?;
        if given.carousel.is_some() || given.offer.is_some() || given.order_status.is_some() {
            return Err(card.invalid("components", "must be header, body and buttons"));
        }
    }
    Ok(())
}
