//! The straight way: filtered, signed, complete, each endpoint for itself, over a restart.

use std::collections::HashSet;

use base64::Engine as _;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_events_arrive_complete_and_signed() {
    let house = House::start().await;
    let mut receiver = Receiver::answering(204).await;
    let before = house.event("message", "shop").await;
    let endpoint = house.endpoint(&receiver.url).await;
    let ids = house.events("message", "shop", 1000).await;
    let got = receiver.until(1000).await;
    house.until_state(&endpoint, State::Delivered, 1000).await;

    assert_eq!(receiver.count(), 1000);
    let arrived: HashSet<_> = got.iter().map(Got::id).collect();
    assert_eq!(arrived, ids.iter().map(String::as_str).collect());
    assert!(
        !arrived.contains(before.as_str()),
        "an endpoint gets what comes after it was made"
    );
    let key = endpoint.secrets[0].expose().strip_prefix("whsec_").unwrap();
    let key = base64::prelude::BASE64_STANDARD.decode(key).unwrap();
    for request in &got {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(body["id"], request.id());
        assert_eq!(
            (&body["event"], &body["session_id"]),
            (&"message".into(), &"shop".into())
        );
        let at: i64 = request.header("webhook-timestamp").parse().unwrap();
        assert!((house.clock.now() / 1000 - at).abs() < 60);
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{at}.", request.id()).as_bytes());
        mac.update(&request.body);
        let mac = base64::prelude::BASE64_STANDARD.encode(mac.finalize().into_bytes());
        assert_eq!(request.header("webhook-signature"), format!("v1,{mac}"));
        assert_eq!(request.header("content-type"), "application/json");
        let agent = request.header("user-agent");
        assert_eq!(agent, concat!("Wharf/", env!("CARGO_PKG_VERSION")));
    }
    assert_eq!(house.metric("delivered"), 1000);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_secrets_sign_while_one_replaces_the_other() {
    let house = House::start().await;
    let mut receiver = Receiver::answering(200).await;
    let mut endpoint = house.endpoint(&receiver.url).await;
    endpoint
        .secrets
        .insert(0, Secret::generate(&Random::seeded(9)));
    let updated = endpoint.clone();
    assert!(house.write(move |tx| endpoints::update(tx, &updated)).await);
    let id = endpoint.id.clone();
    assert_eq!(
        house.read(move |tx| endpoints::by_id(tx, &id)).await,
        Some(endpoint.clone())
    );
    // The worker learns of it by a signal: what is delivered before has one signature.
    until("both sign", async || {
        house.event("message", "shop").await;
        receiver
            .got
            .borrow()
            .last()
            .is_some_and(|got| got.header("webhook-signature").contains(' '))
    })
    .await;
    let got = receiver.until(1).await.pop().unwrap();
    let at = got.header("webhook-timestamp").parse().unwrap();
    for secret in &endpoint.secrets {
        let header = got.header("webhook-signature");
        assert!(crate::standard_webhooks::verify(
            secret,
            got.id(),
            at,
            &got.body,
            header
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_gets_what_it_asked_for() {
    let house = House::start().await;
    let mut receiver = Receiver::answering(200).await;
    let endpoint = house
        .endpoint_for(&receiver.url, &["message", "status"], &["shop", "desk"])
        .await;
    let mut wanted = Vec::new();
    for (kind, channel, wants) in [
        ("message", "shop", true),
        ("status", "desk", true),
        ("message", "other", false),
        ("template", "shop", false),
        ("message", "desk", true),
    ] {
        let id = house.event(kind, channel).await;
        wanted.extend(wants.then_some(id));
    }
    house.events("template", "shop", 3000).await;
    wanted.push(house.event("status", "shop").await);
    let got = receiver.until(wanted.len()).await;
    let arrived: HashSet<_> = got.iter().map(|got| got.id().to_owned()).collect();
    assert_eq!(arrived, wanted.into_iter().collect());
    assert_eq!(house.deliveries(&endpoint).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_endpoint_delays_no_other_and_a_dead_one_is_not_hammered() {
    let house = House::start().await;
    let slow = Receiver::start(|_| None).await;
    let mut quick = Receiver::answering(200).await;
    let dead = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/", listener.local_addr().unwrap())
    };
    let stuck = house.endpoint(&slow.url).await;
    let dead = house.endpoint(&dead).await;
    house.endpoint(&quick.url).await;
    for _ in 0..10 {
        house.events("message", "shop", 50).await;
    }
    quick.until(500).await;
    let in_flight = house.config.deliver.in_flight;
    assert_eq!(slow.count(), in_flight, "calls under way at once");
    house.until_state(&stuck, State::Delivered, 0).await;
    let tried = house
        .deliveries(&dead)
        .await
        .iter()
        .filter(|one| one.attempts > 0)
        .count();
    assert!(tried < 100, "{tried} calls of a port where nobody listens");
    // What hangs must not hold up the end of this test.
    house.app().stopping.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_resumes_what_was_not_recorded() {
    // The first answer never comes: at the stop it is as after a crash.
    let mut house = House::start_with(Clock::fixed(NOW), |config| {
        config.server.drain_seconds = 0;
        config.deliver.in_flight = 1;
    })
    .await;
    let mut receiver = Receiver::start(|nth| (nth > 1).then(|| answer(200))).await;
    let endpoint = house.endpoint(&receiver.url).await;
    let first = house.event("message", "shop").await;
    receiver.until(1).await;
    let second = house.event("status", "shop").await;
    // With no time to drain, the call under way is broken off.
    house.stop().await;

    house.clock.advance(60_000);
    house.boot(2).await;
    let got = receiver.until(3).await;
    house.until_state(&endpoint, State::Delivered, 2).await;
    let ids: Vec<_> = got.iter().map(Got::id).collect();
    assert_eq!(ids[0], first);
    assert_eq!(ids[1..].iter().collect::<HashSet<_>>().len(), 2);
    assert!(ids[1..].contains(&first.as_str()) && ids[1..].contains(&second.as_str()));
    let again = got[1..].iter().find(|got| got.id() == first).unwrap();
    assert_eq!(again.body, got[0].body, "the same bytes");
    assert_ne!(
        again.header("webhook-timestamp"),
        got[0].header("webhook-timestamp")
    );
    assert_eq!(receiver.count(), 3);
}
