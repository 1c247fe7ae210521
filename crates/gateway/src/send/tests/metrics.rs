//! What metrics tell of sending.

use simulator::Trouble;

use super::{CHANNEL, House, until};
use crate::clock::Clock;
use crate::store::channels::Paused;
use crate::store::messages::State;

impl House {
    pub(super) async fn stop(&self, is_paused: bool) {
        let reason = "closed".to_owned();
        let paused = is_paused.then_some(Paused { at: 7, reason });
        self.change_channel(|channel| channel.paused = paused).await;
    }

    async fn metrics(&self) -> String {
        crate::telemetry::count(self.app()).await.unwrap();
        self.app().metrics.render()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_tell_what_waits_and_what_became_of_the_rest() {
    let house = House::build_with(Clock::system(), |_| {}).await;
    house.subscribe().await;
    house.trouble(Trouble::graph(130_429), 1);
    let delivered = house.send("one").await;
    house.until_state(&delivered, State::Delivered).await;
    house.trouble(Trouble::Fails { code: 131_026 }, 1);
    let failed = house.send("two").await;
    house.until_state(&failed, State::Failed).await;
    house.trouble(Trouble::graph(131_008), 1);
    let refused = house.send("three").await;
    house.until_state(&refused, State::Failed).await;
    house.trouble(Trouble::CutBeforeAccepting, 1);
    let unknown = house.send("four").await;
    house.until_state(&unknown, State::Unknown).await;
    house.stop(true).await;
    let mut late = super::accept("five");
    let expires_at = house.clock.now() + 50;
    late.options.expires_at = Some(expires_at);
    let accepted = house.accept(late).await.unwrap();
    let crate::send::Accepted::New { message, .. } = accepted else {
        panic!("replayed without a key");
    };
    until("its time is over", async || house.clock.now() > expires_at).await;
    house.stop(false).await;
    house.until_state(&message.id, State::Expired).await;
    house.stop(true).await;
    house.send("waits").await;
    house.send("waits too").await;
    let text = house.metrics().await;
    for line in [
        format!("wharf_queue_messages{{channel=\"{CHANNEL}\"}} 2"),
        format!("wharf_queue_oldest_seconds{{channel=\"{CHANNEL}\"}} "),
        format!("wharf_queue_later_messages{{channel=\"{CHANNEL}\"}} 0"),
        "wharf_unsettled_messages{state=\"unknown\"} 1".to_owned(),
        "wharf_unsettled_messages{state=\"sending\"} 0".to_owned(),
        "wharf_throttles_total{limit=\"number\"} 1".to_owned(),
        "wharf_send_refusals_total{reason=\"expired\"} 1".to_owned(),
        "wharf_send_dead_letters_total{reason=\"fix_request\"} 1".to_owned(),
        "wharf_message_statuses_total{status=\"failed\",class=\"recipient\"} 1".to_owned(),
        "wharf_message_statuses_total{status=\"delivered\",class=\"\"} 1".to_owned(),
        "wharf_accept_to_carrier_seconds_count 2".to_owned(),
        "wharf_accept_to_delivered_seconds_count 1".to_owned(),
        "wharf_sends_total{outcome=\"retry_number\"} 1".to_owned(),
        "wharf_sends_total{outcome=\"accepted\"} 2".to_owned(),
        "wharf_sends_total{outcome=\"unknown\"} 1".to_owned(),
    ] {
        assert!(text.contains(&line), "{line} is not in\n{text}");
    }
    // Counted in the database every few seconds, however often it is asked for.
    house.send("waits as well").await;
    let text = house.metrics().await;
    assert!(
        text.contains("wharf_queue_messages{channel=\"shop\"} 2"),
        "{text}"
    );
}
