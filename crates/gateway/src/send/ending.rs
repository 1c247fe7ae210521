//! What the world hears when a message, or a whole channel, cannot go on.

use serde::Serialize;
use wharf_model::ErrorCode;

use super::policy::Refusal;
use super::probe;
use crate::app::App;
use crate::carrier::Rejection;
use crate::clock::Millis;
use crate::ids::Random;
use crate::store::channels::{self, Channel, Paused};
use crate::store::ended::{self, Ending};
use crate::store::messages::{self, State, Waiting};
use crate::store::outbound::{self, Fault, SendResult};
use crate::store::pauses::{self, CarrierPause};
use crate::store::{Locked, StoreError, Tx};

/// `data` of a `channel_paused` event.
#[derive(Debug, Serialize)]
struct ChannelPaused<'a> {
    channel: &'a str,
    reason: &'a str,
    code: Option<i64>,
    error: &'a str,
    advice: &'a str,
    /// Unix seconds.
    next_probe_at: i64,
}

/// `data` of a `channel_resumed` event.
#[derive(Debug, Serialize)]
struct ChannelResumed<'a> {
    channel: &'a str,
    /// `probe` or `person`.
    by: &'static str,
    /// Why the carrier had paused it; null if a person had.
    reason: Option<&'a str>,
    code: Option<i64>,
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
    // Counted once more in the rare case that the transaction is made again.
    let reason = dead.map_or(fault.class.as_str(), |(reason, _)| reason);
    app.metrics.sending.refused(reason);
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

/// Stops a channel that cannot send until something changes; `false` if it is stopped already, or
/// is not the one that was refused: what changed since, such as the token, may have cured it.
pub(super) fn pause(
    tx: &Tx<'_>,
    app: &App,
    channel_id: &str,
    version: Millis,
    rejection: &Rejection,
) -> Result<bool, StoreError> {
    tx.lock(Locked::Channels)?;
    match channels::by_id(tx, channel_id)? {
        Some(channel) if channel.paused.is_none() && channel.updated_at == version => {
            let (class, code) = (rejection.class.as_str(), rejection.code);
            stop(
                tx,
                app,
                channel,
                class,
                code,
                &rejection.title,
                rejection.advice(),
            )?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// A status tells that the carrier does not carry for this channel any more: what waits is kept
/// rather than lost one by one. What was sent before the channel changed says nothing about it now.
pub(crate) fn stopped_by_status(
    tx: &Tx<'_>,
    app: &App,
    channel_id: &str,
    code: i64,
    title: &str,
    sent_at: Millis,
) -> Result<(), StoreError> {
    let class = ErrorCode(code).class();
    if !class.stops_channel() || of_one_message(Some(code)) {
        return Ok(());
    }
    tx.lock(Locked::Channels)?;
    match channels::by_id(tx, channel_id)? {
        Some(channel)
            if channel.paused.is_none()
                && channel.access_token.is_some()
                && channel.updated_at < sent_at =>
        {
            let advice = ErrorCode(code).advice();
            stop(tx, app, channel, class.as_str(), Some(code), title, advice)?;
            tracing::error!(
                channel.id = channel_id,
                class = class.as_str(),
                code,
                advice,
                "the carrier fails this channel's messages: it is paused and keeps its queue"
            );
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Codes of the class that stops a channel which only this kind of message meets: payments, and
/// one template. Put back, the message would stop its channel again whenever it is resumed.
pub(super) fn of_one_message(code: Option<i64>) -> bool {
    matches!(code, Some(134_011 | 134_102))
}

fn stop(
    tx: &Tx<'_>,
    app: &App,
    mut channel: Channel,
    class: &str,
    code: Option<i64>,
    error: &str,
    advice: &str,
) -> Result<(), StoreError> {
    let now = app.clock.now();
    let reason = match code {
        Some(code) => format!("{class} ({code})"),
        None => class.to_owned(),
    };
    channel.paused = Some(Paused { at: now, reason });
    channel.updated_at = now.max(channel.updated_at.saturating_add(1));
    channels::update(tx, &channel)?;
    // What stops again soon after a probe passed is not what the probe can see.
    let before = pauses::last(tx, &channel.id)?;
    let probes = before.map_or(0, |before| match before.lifted_at {
        Some(at) if now.saturating_sub(at) < probe::SOON => before.probes.saturating_add(1),
        _ => 0,
    });
    let pause = CarrierPause {
        channel_id: channel.id.clone(),
        paused_at: now,
        class: class.to_owned(),
        code,
        probes,
        probe_at: now.saturating_add(probe::wait(code, probes)),
        lifted_at: None,
    };
    pauses::put(tx, &pause)?;
    let data = ChannelPaused {
        channel: &channel.id,
        reason: class,
        code,
        error,
        advice,
        next_probe_at: pause.probe_at.div_euclid(1000),
    };
    let id = &channel.id;
    outbound::append(tx, &app.random, "channel_paused", id, None, &data, now)
}

/// Says that a channel sends again.
pub(crate) fn channel_resumed(
    tx: &Tx<'_>,
    random: &Random,
    channel_id: &str,
    by: &'static str,
    pause: Option<&CarrierPause>,
    now: Millis,
) -> Result<(), StoreError> {
    let data = ChannelResumed {
        channel: channel_id,
        by,
        reason: pause.map(|pause| pause.class.as_str()),
        code: pause.and_then(|pause| pause.code),
    };
    outbound::append(tx, random, "channel_resumed", channel_id, None, &data, now)
}
