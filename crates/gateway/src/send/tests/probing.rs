//! A channel that its carrier has paused resumes by itself when a probe passes.

use std::time::Duration;

use simulator::{Calls, Fault, Trouble};
use tokio::time::timeout;

use super::{CHANNEL, House, fixed, until};
use crate::clock::Millis;
use crate::store::channels::{self, Paused};
use crate::store::messages::State;
use crate::store::pauses::{self, CarrierPause};

const MINUTE: Millis = 60_000;

impl House {
    async fn pause(&self) -> Option<CarrierPause> {
        let pause = self.app().store.read(|tx| pauses::last(tx, CHANNEL)).await;
        pause.unwrap()
    }

    async fn until_paused(&self) -> CarrierPause {
        until("the channel is paused", async || {
            self.channel().await.paused.is_some()
        })
        .await;
        self.pause().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_token_in_the_same_file_resumes_the_channel_at_once() {
    let house = House::build_with(fixed(), |_| {}).await;
    std::fs::write(&house.token, "expired").unwrap();
    house
        .change_channel(|channel| channel.name = "token read anew".to_owned())
        .await;
    let id = house.send("waits").await;
    let pause = house.until_paused().await;
    assert_eq!((pause.class.as_str(), pause.code), ("auth", Some(190)));
    assert_eq!(pause.probe_at - pause.paused_at, MINUTE);
    // The file is read from time to time; the clock stands still, so that no probe is due.
    let token = house.simulator.settings().access_token.expose().to_owned();
    for _ in 0..5 {
        std::fs::write(&house.token, &token).unwrap();
        let accepted = house.until_state(&id, State::Accepted);
        if timeout(Duration::from_secs(4), accepted).await.is_ok() {
            break;
        }
        // On a busy machine nobody had read the expired one before: once more.
        std::fs::write(&house.token, "expired").unwrap();
        let patience = Duration::from_secs(2);
        let _ = timeout(patience, house.until_state(&id, State::Accepted)).await;
    }
    assert!(house.channel().await.paused.is_none());
    let resumed = house.events("channel_resumed").await;
    assert_eq!(resumed.len(), 1);
    assert_eq!(
        (&resumed[0]["by"], &resumed[0]["code"]),
        (&"probe".into(), &190.into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_grow_apart_until_one_passes_also_when_the_trouble_comes_back() {
    let house = House::build_with(fixed(), |_| {}).await;
    // This question would meet one of the faults for the probes.
    until("it is known how the number is judged", async || {
        let known = house.app().store.read(|tx| channels::standing(tx, CHANNEL));
        known.await.unwrap().0.is_some()
    })
    .await;
    house.simulator.fault(Fault::new(Trouble::graph(131_042)));
    let blocked = Fault::new(Trouble::graph(368)).calls(Calls::Manage);
    house.simulator.fault(blocked.times(2));
    let id = house.send("waits").await;
    let pause = house.until_paused().await;
    assert_eq!(pause.probes, 0);
    for (probes, minutes) in [(1, 2), (2, 4)] {
        let due = house.pause().await.unwrap().probe_at;
        house.clock.advance(due - house.clock.now());
        until("it is probed", async || {
            house.pause().await.unwrap().probes == probes
        })
        .await;
        let pause = house.pause().await.unwrap();
        assert_eq!(pause.probe_at - house.clock.now(), minutes * MINUTE);
        house.until_state(&id, State::Queued).await;
    }
    // This probe passes, and the message meets the same refusal.
    house.clock.advance(4 * MINUTE);
    until("it is paused again", async || {
        house.events("channel_paused").await.len() == 2
    })
    .await;
    assert_eq!(house.events("channel_resumed").await.len(), 1);
    let pause = house.pause().await.unwrap();
    assert_eq!(pause.probes, 3);
    assert_eq!(pause.probe_at - pause.paused_at, 8 * MINUTE);
    house.simulator.clear_faults();
    house.clock.advance(8 * MINUTE);
    house.until_state(&id, State::Accepted).await;
    assert_eq!(house.events("channel_resumed").await.len(), 2);
    assert_eq!(house.dead_letters(&id).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_pause_is_never_lifted_by_a_probe() {
    let house = House::build_with(fixed(), |_| {}).await;
    house.trouble(Trouble::graph(131_042), 1);
    let id = house.send("waits").await;
    house.until_paused().await;
    // As the API does when a person pauses it too.
    house
        .write(|tx| {
            pauses::remove(tx, CHANNEL)?;
            let mut channel = crate::store::channels::by_id(tx, CHANNEL)?.unwrap();
            let at = channel.paused.map_or(0, |paused| paused.at);
            let reason = "a person".to_owned();
            channel.paused = Some(Paused { at, reason });
            channel.updated_at += 1;
            crate::store::channels::update(tx, &channel)
        })
        .await;
    // Probes are made of these alone.
    let open = house.app().store.read(pauses::open).await.unwrap();
    assert_eq!(open, []);
    house.clock.advance(60 * MINUTE);
    assert_eq!(house.message(&id).await.state, State::Queued);
    assert!(house.channel().await.paused.is_some());
}
