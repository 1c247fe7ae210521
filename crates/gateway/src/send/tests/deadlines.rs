//! Statuses: what an accepted message becomes, in whatever order it is told, or if nothing is.

use std::time::Duration;

use serde_json::json;
use simulator::Delays;

use super::{CHANNEL, House, accept, accept_json, fixed, until};
use crate::clock::Millis;
use crate::ids::Random;
use crate::send::Accepted;
use crate::store::deadlines::TimeToLive;
use crate::store::messages::State;
use crate::store::statuses::{self, NewStatus};

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

impl House {
    /// A status of a message, as a webhook would tell it.
    async fn say(&self, id: &str, status: &'static str, recipient: &'static str, category: &str) {
        let (carrier_id, now) = (self.message(id).await.carrier_id, self.clock.now());
        let carrier_id = carrier_id.unwrap();
        let pricing = json!({"billable": true, "pricing_model": "PMP", "category": category});
        let raw = json!({"id": carrier_id, "status": status, "pricing": pricing}).to_string();
        let ttl = TimeToLive::of(&self.config.send);
        self.write(move |tx| {
            let status = NewStatus {
                carrier_id: &carrier_id,
                channel_id: CHANNEL,
                status,
                recipient,
                message_id: None,
                occurred_at: now,
                received_at: now,
                raw: &raw,
            };
            statuses::keep(tx, &status, &Random::seeded(9), ttl)
        })
        .await;
    }

    async fn accepted(&self, text: &str) -> String {
        let id = self.send(text).await;
        self.until_state(&id, State::Accepted).await;
        id
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_delivered_in_time_expires_and_may_still_arrive() {
    let house = House::build_with(fixed(), |_| {}).await;
    let (never, sent, late) = (
        house.accepted("never").await,
        house.accepted("sent").await,
        house.accepted("late").await,
    );
    let delivered = house.accepted("delivered").await;
    house.say(&sent, "sent", "491", "utility").await;
    house.say(&delivered, "delivered", "491", "utility").await;
    house.clock.advance(30 * DAY - MINUTE);
    let young = house.accepted("young").await;
    assert_eq!(house.message(&never).await.state, State::Accepted);
    house.clock.advance(10 * MINUTE);
    for id in [&never, &sent, &late] {
        let message = house.until_state(id, State::Expired).await;
        assert!(message.state_detail.unwrap().contains("time to live"));
    }
    assert_eq!(house.message(&delivered).await.state, State::Delivered);
    assert_eq!(house.message(&young).await.state, State::Accepted);
    let told = house.events("status").await;
    assert_eq!(told.len(), 3);
    assert!(told.iter().all(|event| event["status"] == "expired"));
    assert!(told.iter().all(|event| event["message_id"].is_string()));
    // Nobody is to decide anything, and what is told long after counts.
    assert_eq!(house.dead_letters(&late).await, []);
    house.say(&late, "sent", "491", "utility").await;
    assert_eq!(house.message(&late).await.state, State::Expired);
    house.say(&late, "read", "491", "utility").await;
    assert_eq!(house.message(&late).await.state, State::Read);
    assert_eq!(house.events("status").await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_code_expires_soon_once_its_price_tells_that_it_is_one() {
    let house = House::build_with(fixed(), |_| {}).await;
    let (code, other) = (house.accepted("code").await, house.accepted("other").await);
    house.say(&code, "sent", "491", "authentication").await;
    house.say(&other, "sent", "491", "marketing").await;
    house.clock.advance(14 * MINUTE);
    let third = house.accepted("third").await;
    assert_eq!(house.message(&code).await.state, State::Sent);
    house.clock.advance(2 * MINUTE);
    house.until_state(&code, State::Expired).await;
    assert_eq!(house.message(&other).await.state, State::Sent);
    assert_eq!(house.message(&third).await.state, State::Accepted);
}

#[tokio::test(flavor = "multi_thread")]
async fn statuses_in_any_order_and_repeated_end_the_same_and_the_last_price_is_kept() {
    let orders: [&[&str]; 6] = [
        &["sent", "delivered", "read"],
        &["read", "delivered", "sent"],
        &["delivered", "sent", "read"],
        &["delivered", "delivered", "read", "sent", "read"],
        &["failed", "read", "delivered"],
        &["read", "failed", "sent"],
    ];
    let house = House::build_with(fixed(), |_| {}).await;
    for order in orders {
        let id = house.accepted("order").await;
        for (number, status) in order.iter().enumerate() {
            let status = ["sent", "delivered", "read", "failed"]
                .into_iter()
                .find(|known| known == status)
                .unwrap();
            let category = if number == 0 { "marketing" } else { "service" };
            house.say(&id, status, "491", category).await;
        }
        let message = house.message(&id).await;
        assert_eq!(message.state, State::Read, "{order:?}");
        let pricing: serde_json::Value =
            serde_json::from_str(message.pricing.as_deref().unwrap()).unwrap();
        assert_eq!(pricing["category"], "service", "{order:?}");
        assert_eq!(house.dead_letters(&id).await, [], "{order:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_member_of_a_group_has_statuses_of_its_own() {
    let house = House::build_with(fixed(), |_| {}).await;
    let id = house.accepted("to a group").await;
    for (status, member) in [
        ("sent", "491"),
        ("delivered", "491"),
        ("delivered", "492"),
        ("delivered", "492"),
        ("read", "491"),
    ] {
        house.say(&id, status, member, "service").await;
    }
    let message = house.message(&id).await;
    assert_eq!(message.state, State::Read);
    let kept = house
        .app()
        .store
        .read(move |tx| crate::store::messages::statuses(tx, &message))
        .await
        .unwrap();
    assert_eq!(kept.len(), 4);
    let of = |member: &str| {
        kept.iter()
            .filter(|status| status.recipient == member)
            .count()
    };
    assert_eq!((of("491"), of("492")), (3, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_carrier_says_of_the_price_is_shown_with_the_message() {
    let house = House::build().await;
    house.simulator.set_delays(Delays {
        sent: Duration::from_millis(1),
        ..Delays::NONE
    });
    house.subscribe().await;
    let text = json!({"to": "+16505551234", "type": "text", "text": {"body": "dear"}});
    let Ok(Accepted::New { message, .. }) = house.accept(accept_json(&text)).await else {
        panic!("not accepted");
    };
    until("it has a price", async || {
        house.message(&message.id).await.pricing.is_some()
    })
    .await;
    let pricing = house.message(&message.id).await.pricing.unwrap();
    assert!(pricing.contains("\"category\""), "{pricing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_may_have_a_time_of_its_own() {
    let house = House::build_with(fixed(), |_| {}).await;
    house
        .change_channel(|channel| channel.waba_id = Some("77".to_owned()))
        .await;
    house
        .write(|tx| {
            for (id, name, seconds) in [("1", "short", "3600"), ("2", "long", "-1")] {
                let definition = format!("{{\"message_send_ttl_seconds\":{seconds}}}");
                tx.execute(
                    "INSERT INTO templates (id, waba_id, name, language, status, definition, \
                     status_at, changed_at, fetched_at) \
                     VALUES ($1, '77', $2, 'en', 'APPROVED', $3, 1, 1, 1)",
                    &[id.into(), name.into(), (&definition).into()],
                )?;
            }
            Ok(())
        })
        .await;
    let mut ids = Vec::new();
    for name in ["short", "long"] {
        let id = house.accepted(name).await;
        let template = json!({"template": {"name": name, "language": {"code": "en"}}}).to_string();
        let of = id.clone();
        house
            .write(move |tx| {
                let sql = "UPDATE messages SET kind = 'template', content = $1 WHERE id = $2";
                tx.execute(sql, &[(&template).into(), (&of).into()])
            })
            .await;
        house.say(&id, "sent", "491", "authentication").await;
        ids.push(id);
    }
    house.clock.advance(50 * MINUTE);
    let other = house.accepted("other").await;
    assert_eq!(house.message(&ids[0]).await.state, State::Sent);
    house.clock.advance(20 * MINUTE);
    house.until_state(&ids[0], State::Expired).await;
    assert_eq!(house.message(&ids[1]).await.state, State::Sent);
    assert_eq!(house.message(&other).await.state, State::Accepted);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_on_a_paused_channel_expires_in_time() {
    let house = House::build_with(fixed(), |_| {}).await;
    house.stop(true).await;
    let later = |text: &str, hours: i64| {
        let mut later = accept(text);
        later.options.expires_at = Some(house.clock.now() + hours * HOUR);
        house.accept(later)
    };
    let (soon, late) = (later("soon", 1), later("late", 3));
    let (Accepted::New { message: soon, .. }, Accepted::New { message: late, .. }) =
        (soon.await.unwrap(), late.await.unwrap())
    else {
        panic!("replayed without a key");
    };
    let ever = house.send("ever").await;
    house.clock.advance(2 * HOUR);
    house.until_state(&soon.id, State::Expired).await;
    let told = house.events("send_result").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["state"], "expired");
    assert_eq!(told[0]["success"], false);
    assert_eq!(house.dead_letters(&soon.id).await, []);
    // The others wait, and are sent with what is left of their time.
    for id in [&late.id, &ever] {
        assert_eq!(house.message(id).await.state, State::Queued);
    }
    house.stop(false).await;
    for id in [&late.id, &ever] {
        house.until_state(id, State::Accepted).await;
    }
    assert_eq!(house.message(&soon.id).await.state, State::Expired);
}
