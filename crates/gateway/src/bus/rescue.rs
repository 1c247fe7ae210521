//! Commands that the server does not deliver: because every delivery was lost on the way or died with
//! its node, or because its consumer is lame. They are still in the stream, and are taken from there.

use std::collections::HashSet;
use std::sync::Arc;

use async_nats::jetstream::consumer::PullConsumer;

use super::consumer::{place, take_group};
use super::streams::{MAX_DELIVER, WORKER};
use super::take::{Delivery, Verdict};
use super::{Bus, subject};
use crate::app::App;

/// Commands rescued at once at most.
const MOST: usize = 1000;

/// Seconds after which a command is certainly not on its way any more: twice what all its deliveries
/// may take.
const CERTAIN: i64 = 240;

/// Makes a lame consumer anew: one that has commands and somebody who asks for them, and delivers
/// none. Nats-server 2.9 leaves one behind when a stream is made again while it is being deleted.
/// `seen` is how far the consumer was the last time.
pub(super) async fn lame(
    bus: &Arc<Bus>,
    consumer: &PullConsumer,
    seen: &mut Option<u64>,
) -> Result<(), async_nats::Error> {
    let info = consumer.get_info().await?;
    let delivered = info.delivered.consumer_sequence;
    let waits = info.num_pending > 0 && info.num_waiting > 0;
    if waits && seen.replace(delivered) == Some(delivered) {
        tracing::warn!("NATS delivers no commands although it has some; the consumer is made anew");
        let stream = &bus.settings.send_stream;
        let jetstream = &bus.jetstream;
        jetstream
            .delete_consumer_from_stream(WORKER, stream)
            .await?;
        return Err("the consumer was lame".into());
    }
    if !waits {
        *seen = None;
    }
    Ok(())
}

/// Takes what is stuck, unless it is in our hands. One that is on its way after all is known by its id
/// or place.
pub(super) async fn stuck(
    app: &Arc<App>,
    bus: &Arc<Bus>,
    consumer: &PullConsumer,
    held: &HashSet<String>,
) -> Result<(), async_nats::Error> {
    let name = &bus.settings.send_stream;
    for _ in 0..MOST {
        let stream = bus.jetstream.get_stream(name).await?;
        let state = &stream.cached_info().state;
        if state.messages == 0 {
            return Ok(());
        }
        let info = consumer.get_info().await?;
        let first = state.first_sequence;
        if first > info.delivered.stream_sequence {
            return Ok(());
        }
        let message = stream.get_raw_message(first).await?;
        let idle = info.num_ack_pending == 0 && info.num_pending == 0;
        // Both times are the server's: our clock need not agree with it.
        let age = state.last_timestamp.unix_timestamp() - message.time.unix_timestamp();
        if !idle && age < CERTAIN {
            return Ok(());
        }
        let place = place(name, first, message.time.unix_timestamp_nanos());
        if held.contains(&place) {
            return Ok(());
        }
        let session = subject::session(&message.subject).to_owned();
        let delivery = Delivery {
            session: session.clone(),
            payload: message.payload,
            place,
            delivered: MAX_DELIVER,
        };
        let verdicts = take_group(app, bus, &session, Arc::new(vec![delivery])).await;
        if !is_taken(&verdicts) {
            return Ok(());
        }
        stream.delete_message(first).await?;
        tracing::info!("a command was taken that NATS would not deliver again");
    }
    Ok(())
}

/// Whether the stream may forget the command: it is done, or a dead letter.
fn is_taken(verdicts: &[Verdict]) -> bool {
    !verdicts.is_empty() && !verdicts.contains(&Verdict::Later)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_the_store_did_not_take_stays_in_the_stream() {
        assert!(!is_taken(&[]));
        assert!(!is_taken(&[Verdict::Later]));
        assert!(is_taken(&[Verdict::Queued]));
        assert!(is_taken(&[Verdict::Repeated]));
    }
}
