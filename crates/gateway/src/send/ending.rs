//! What the world hears when a message, or a whole channel, cannot go on.

use serde::Serialize;

use super::policy::Refusal;
use crate::app::App;
use crate::carrier::Rejection;
use crate::clock::Millis;
use crate::store::channels::{self, Paused};
use crate::store::ended::{self, Ending};
use crate::store::messages::{self, State, Waiting};
use crate::store::outbound::{self, Fault, SendResult};
use crate::store::{Locked, StoreError, Tx};

/// `data` of a `channel_paused` event.
#[derive(Debug, Serialize)]
struct ChannelPaused<'a> {
    channel: &'a str,
    reason: &'a str,
    code: Option<i64>,
    error: &'a str,
    advice: &'a str,
}

/// Says that a message was not accepted, or that nobody knows.
pub(super) fn send_result(
    tx: &Tx<'_>,
    app: &App,
    channel_id: &str,
    message_id: &str,
    request_id: Option<&str>,
    state: State,
    fault: &Fault,
) -> Result<(), StoreError> {
    let now = app.clock.now();
    let error = match &fault.detail {
        Some(detail) => format!("{}: {detail}", fault.title),
        None => fault.title.clone(),
    };
    let result = SendResult {
        request_id,
        success: false,
        message_id: None,
        error: Some(&error),
        timestamp: now.div_euclid(1000),
        id: Some(message_id),
        state: state.as_str(),
        code: fault.code,
        reason: None,
    };
    outbound::append(
        tx,
        &app.random,
        "send_result",
        channel_id,
        Some(message_id),
        &result,
        now,
    )
}

/// Ends a message that waited and may not be sent.
pub(super) fn refuse(
    tx: &Tx<'_>,
    app: &App,
    channel_id: &str,
    message: &Waiting,
    refusal: &Refusal,
    now: Millis,
) -> Result<(), StoreError> {
    let Refusal { state, fault, dead } = refusal;
    let detail = outbound::json(fault)?;
    messages::set_state(tx, &message.id, *state, Some(&detail), now)?;
    let request_id = message.request_id.as_deref();
    send_result(tx, app, channel_id, &message.id, request_id, *state, fault)?;
    let Some((reason, advice)) = dead else {
        return Ok(());
    };
    let ending = Ending::new(fault, advice, message.attempts, None);
    ended::bury(
        tx,
        &app.random,
        channel_id,
        &message.id,
        reason,
        &ending,
        now,
    )
}

/// Stops a channel that cannot send until somebody acts; `false` if it is stopped already, or is
/// not the one that was refused: what changed since, such as the token, may have cured it.
pub(super) fn pause(
    tx: &Tx<'_>,
    app: &App,
    channel_id: &str,
    version: Millis,
    rejection: &Rejection,
) -> Result<bool, StoreError> {
    let now = app.clock.now();
    tx.lock(Locked::Channels)?;
    let Some(mut channel) = channels::by_id(tx, channel_id)? else {
        return Ok(false);
    };
    if channel.paused.is_some() || channel.updated_at != version {
        return Ok(false);
    }
    let class = rejection.class.as_str();
    let reason = match rejection.code {
        Some(code) => format!("{class} ({code})"),
        None => class.to_owned(),
    };
    channel.paused = Some(Paused { at: now, reason });
    channel.updated_at = now;
    channels::update(tx, &channel)?;
    let data = ChannelPaused {
        channel: channel_id,
        reason: class,
        code: rejection.code,
        error: &rejection.title,
        advice: rejection.advice(),
    };
    outbound::append(
        tx,
        &app.random,
        "channel_paused",
        channel_id,
        None,
        &data,
        now,
    )?;
    Ok(true)
}
