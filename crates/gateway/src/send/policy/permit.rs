//! The same question when a message is accepted: its caller is there to be told.

use wharf_model::OutgoingMessage;

use super::consent::Purpose;
use super::decide::{Case, Decision};
use super::draft::{self, Draft};
use super::facts::{self, Templates};
use super::refused::Refused;
use crate::app::App;
use crate::clock::Millis;
use crate::send::Options;
use crate::store::contacts::Identity;
use crate::store::{StoreError, Tx, suppressions, windows};

/// A message that is being accepted.
#[derive(Debug)]
pub(in crate::send) struct Offer<'a> {
    pub(in crate::send) channel_id: &'a str,
    pub(in crate::send) recipient: &'a Identity,
    pub(in crate::send) message: &'a OutgoingMessage,
    /// The message as it will be stored.
    pub(in crate::send) content: &'a str,
    pub(in crate::send) options: &'a Options,
    /// It is to be sent later than now: what may change until then is asked only then.
    pub(in crate::send) scheduled: bool,
}

/// Whether a message may be sent as things stand. Writes nothing.
pub(in crate::send) fn permit(
    tx: &Tx<'_>,
    app: &App,
    offer: &Offer<'_>,
    now: Millis,
) -> Result<Result<(), Refused>, StoreError> {
    let draft = Draft::read(offer.message.content().kind(), offer.content);
    let fallback = offer
        .options
        .fallback_template
        .as_ref()
        .filter(|_| draft.is_free_form())
        .map(|template| draft::fallback_of(offer.message, template))
        .transpose();
    let fallback = match fallback {
        Ok(fallback) => fallback,
        Err(invalid) => return Ok(Err(Refused::Fallback(invalid))),
    };
    let instead = fallback.as_ref().and_then(|_| {
        let template = offer.options.fallback_template.as_ref();
        template.map(Draft::of_template)
    });
    let drafts = [Some(&draft), instead.as_ref()].into_iter().flatten();
    let templates = Templates::gather(tx, offer.channel_id, drafts)?;
    for (draft, message) in [
        (Some(&draft), Some(offer.message)),
        (instead.as_ref(), fallback.as_ref()),
    ] {
        let (Some(draft), Some(message)) = (draft, message) else {
            continue;
        };
        let Some(template) = templates.find(draft) else {
            continue;
        };
        let mismatches = facts::mismatches(template, message);
        if !mismatches.is_empty() {
            return Ok(Err(if std::ptr::eq(message, offer.message) {
                Refused::Mismatch(mismatches)
            } else {
                Refused::FallbackMismatch(mismatches)
            }));
        }
    }
    let refusals = suppressions::of_identity(tx, offer.recipient)?;
    // Of a closed window with a fallback, and of what is sent later, the sender thinks.
    let ask = draft.is_free_form()
        && app.config.send.check_window
        && fallback.is_none()
        && !offer.scheduled;
    let heard = if ask {
        Some(windows::of_identity(tx, offer.channel_id, offer.recipient)?)
    } else {
        None
    };
    let mut judged = templates.of_draft(&draft);
    if offer.scheduled {
        judged.standing = None;
        if judged.purpose == Purpose::Unknown {
            // It may be known by then.
            judged.purpose = Purpose::Other;
        }
    }
    let case = Case {
        channel_id: offer.channel_id,
        draft: judged,
        fallback: None,
        expires_at: offer.options.expires_at,
        heard,
        refusals: &refusals,
    };
    let margin = Millis::from(app.config.send.window_margin_seconds) * 1000;
    Ok(match case.decide(margin, now) {
        // What is late already, or waits for its template, is the sender's to end.
        Decision::Send | Decision::SendFallback | Decision::Later(_) | Decision::Expired => Ok(()),
        Decision::Suppressed(refusal) => Err(Refused::Suppressed {
            id: refusal.id.clone(),
            scope: refusal.scope,
        }),
        Decision::WindowClosed { at } => Err(Refused::WindowClosed { closed_at: at }),
        Decision::Template(trouble) => Err(Refused::Template(trouble)),
    })
}
