//! Whether a message may be sent now: asked when it is accepted, and again when it is taken out of
//! the queue, because it may have waited for long.
//!
//! What decides is in the parts below, which know no store: the service window, what the contact
//! refuses, how the template stands. Here are the facts gathered, for all messages of a claim at
//! once, and what was decided is carried out.

pub(crate) mod consent;
mod decide;
mod draft;
mod facts;
mod keywords;
mod permit;
mod refused;
mod template;
#[cfg(test)]
mod tests;
mod window;

use super::ending;
use super::options::Options;
use crate::app::App;
use crate::clock::Millis;
use crate::store::messages::{self, State, Waiting};
use crate::store::outbound::{self, Fault};
use crate::store::{StoreError, Tx};
use decide::{Case, Decision};
use draft::Draft;
use facts::Facts;

pub(crate) use keywords::{Keywords, Meaning};
pub(super) use permit::{Offer, permit};
pub(crate) use refused::Refused;
pub(super) use refused::expired;
pub(crate) use window::{Heard, WINDOW};

/// What is to become of a message that is about to be sent.
#[derive(Debug)]
pub(super) enum Verdict {
    Send,
    /// This content of this kind takes the place of its own.
    SendInstead {
        kind: &'static str,
        content: String,
    },
    /// It goes back into the queue.
    Later {
        until: Millis,
        fault: Box<Fault>,
    },
    /// It ends here.
    Refuse(Box<Refusal>),
}

/// Why a message ends before it is sent.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) state: State,
    pub(super) fault: Fault,
    /// A stable code, and what a person should do, if one is to look at it as a dead letter.
    pub(super) dead: Option<(&'static str, &'static str)>,
}

/// Judges messages that were taken out of the queue and carries the verdicts out: in `waiting` stays
/// what is to be sent now, as it is to be sent. Returns what goes back into the queue, with when it
/// is due again.
pub(super) fn enforce(
    tx: &Tx<'_>,
    app: &App,
    channel_id: &str,
    waiting: &mut Vec<Waiting>,
    now: Millis,
) -> Result<Vec<(String, Millis)>, StoreError> {
    let verdicts = judge(tx, app, channel_id, waiting, now)?;
    let mut postponed = Vec::new();
    for (message, verdict) in waiting.iter_mut().zip(&verdicts) {
        match verdict {
            Verdict::Send => {}
            Verdict::SendInstead { kind, content } => {
                messages::replace(tx, message, kind, content, now)?;
                message.kind = (*kind).to_owned();
                message.content.clone_from(content);
            }
            Verdict::Later { until, fault } => {
                let detail = outbound::json(fault)?;
                messages::set_state(tx, &message.id, State::Scheduled, Some(&detail), now)?;
                postponed.push((message.id.clone(), *until));
            }
            Verdict::Refuse(refusal) => {
                ending::refuse(tx, app, channel_id, message, refusal, now)?;
            }
        }
    }
    let mut verdicts = verdicts.iter();
    waiting.retain(|_| {
        matches!(
            verdicts.next(),
            Some(Verdict::Send | Verdict::SendInstead { .. })
        )
    });
    Ok(postponed)
}

/// One verdict a message, in their order.
pub(super) fn judge(
    tx: &Tx<'_>,
    app: &App,
    channel_id: &str,
    waiting: &[Waiting],
    now: Millis,
) -> Result<Vec<Verdict>, StoreError> {
    let settings = &app.config.send;
    let margin = Millis::from(settings.window_margin_seconds) * 1000;
    let drafts: Vec<(Draft, Options)> = waiting
        .iter()
        .map(|message| {
            let options = Options::parse(message.options.as_deref());
            (Draft::read(&message.kind, &message.content), options)
        })
        .collect();
    let fallbacks: Vec<Option<Draft>> = drafts
        .iter()
        .map(|(draft, options)| {
            let template = options.fallback_template.as_ref();
            template
                .filter(|_| draft.is_free_form())
                .map(Draft::of_template)
        })
        .collect();
    let all = drafts.iter().map(|(draft, _)| draft);
    let facts = Facts::gather(
        tx,
        channel_id,
        waiting,
        all.chain(fallbacks.iter().flatten()),
        settings.check_window,
    )?;
    let mut verdicts = Vec::with_capacity(waiting.len());
    for ((message, (draft, options)), fallback) in waiting.iter().zip(&drafts).zip(&fallbacks) {
        let case = Case {
            channel_id,
            draft: facts.of_draft(draft),
            fallback: fallback.as_ref().map(|draft| facts.of_draft(draft)),
            expires_at: options.expires_at,
            heard: facts.heard(&message.conversation_id),
            refusals: facts.refusals(&message.contact_id),
        };
        let decision = case.decide(margin, now);
        let verdict = match decision {
            Decision::Send => facts.fits(message, draft),
            Decision::SendFallback => match draft::in_place(message, options) {
                Some(content) => Verdict::SendInstead {
                    kind: "template",
                    content,
                },
                None => refused::window_closed(None),
            },
            other => refused::verdict(&other),
        };
        verdicts.push(verdict);
    }
    Ok(verdicts)
}
