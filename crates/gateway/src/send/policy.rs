//! Whether a message may be sent now: asked when it is taken out of the queue, not only when it was
//! accepted, because it may have waited for long.

use super::options::Options;
use crate::app::App;
use crate::clock::Millis;
use crate::store::messages::{State, Waiting};
use crate::store::outbound::Fault;
use crate::store::{StoreError, Tx};

/// What is to become of a message that is about to be sent.
#[derive(Debug)]
pub(super) enum Verdict {
    Send,
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

/// One verdict a message, in their order.
pub(super) fn judge(
    _tx: &Tx<'_>,
    _app: &App,
    _channel_id: &str,
    waiting: &[Waiting],
    now: Millis,
) -> Result<Vec<Verdict>, StoreError> {
    Ok(waiting
        .iter()
        .map(|message| in_time(message, now))
        .collect())
}

/// Whether the caller still wants it sent.
fn in_time(message: &Waiting, now: Millis) -> Verdict {
    match Options::parse(message.options.as_deref()).expires_at {
        Some(expires_at) if expires_at <= now => Verdict::Refuse(Box::new(Refusal {
            state: State::Expired,
            fault: Fault {
                code: None,
                title: "the message expired before it could be sent".to_owned(),
                detail: None,
                class: "expired".to_owned(),
            },
            dead: None,
        })),
        _ => Verdict::Send,
    }
}
