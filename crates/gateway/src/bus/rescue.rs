//! Commands that the server delivers no more, because every delivery was lost on the way or died with
//! its node: they are still in the stream, and are taken from there.

use std::sync::Arc;

use async_nats::jetstream::consumer::PullConsumer;

use super::consumer::{place, take_group};
use super::streams::{ACK_WAIT, MAX_DELIVER};
use super::take::Delivery;
use super::{Bus, subject};
use crate::app::App;

/// Commands rescued at once at most.
const MOST: usize = 1000;

/// How old a command is at least of which it is certain that it is not on its way: all deliveries
/// and a pause.
const CERTAIN: i128 = (ACK_WAIT.as_nanos() as i128) * (MAX_DELIVER as i128 + 1) * 2;

/// Takes what is stuck. One that is on its way after all is known by its id or place.
pub(super) async fn stuck(
    app: &Arc<App>,
    bus: &Arc<Bus>,
    consumer: &PullConsumer,
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
        let published = message.time.unix_timestamp_nanos();
        let idle = info.num_ack_pending == 0 && info.num_pending == 0;
        // Both times are the server's: our clock need not agree with it.
        let age = state.last_timestamp.unix_timestamp_nanos() - published;
        if !idle && age < CERTAIN {
            return Ok(());
        }
        let session = subject::session(&message.subject).to_owned();
        let delivery = Delivery {
            session: session.clone(),
            payload: message.payload,
            place: place(name, first, published),
            delivered: MAX_DELIVER,
        };
        let verdicts = take_group(app, bus, &session, Arc::new(vec![delivery])).await;
        if verdicts.is_empty() {
            return Ok(());
        }
        stream.delete_message(first).await?;
        tracing::info!("a command was taken that NATS would not deliver again");
    }
    Ok(())
}
