//! The throughput that a number really has.

use simulator::Settings;

use super::{CHANNEL, House, until};
use crate::clock::Clock;

impl House {
    async fn until_rate(&self, rate: i64) {
        let what = format!("{rate} a second");
        until(&what, async || self.channel().await.rate() == rate).await;
    }

    async fn let_learn(&self) {
        self.change_channel(|channel| channel.throughput = 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_sends_what_meta_permits_it_unless_a_person_says_otherwise() {
    let high = |settings: &mut Settings| {
        "HIGH".clone_into(&mut settings.numbers[0].throughput);
    };
    let house = House::build_against(Clock::system(), |_| {}, high).await;
    assert_eq!(
        house.channel().await.learned,
        None,
        "a person's word stands"
    );
    house.change_channel(|channel| channel.throughput = 7).await;
    assert_eq!(house.channel().await.rate(), 7);
    house.let_learn().await;
    house.until_rate(1000).await;
    house.change_channel(|channel| channel.throughput = 7).await;
    assert_eq!(house.channel().await.rate(), 7);
    // Another number is another matter.
    house
        .change_channel(|channel| channel.phone_number_id = Some("1".to_owned()))
        .await;
    assert_eq!(house.channel().await.learned, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_is_learned_from_its_webhook() {
    let house = House::build().await;
    house.subscribe().await;
    house.let_learn().await;
    until("the number was asked for", async || {
        house.channel().await.learned.is_some()
    })
    .await;
    assert_eq!(house.channel().await.rate(), 80);
    let trigger = house
        .simulator
        .trigger("phone_number.quality", serde_json::json!({}));
    trigger.await.unwrap();
    house.until_rate(1000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_in_the_business_app_too_is_slower() {
    let house = House::build().await;
    let trigger = house
        .simulator
        .trigger("message.unavailable", serde_json::json!({}));
    trigger.await.unwrap();
    house.let_learn().await;
    house.until_rate(20).await;
    let id = house.channel().await.id;
    assert_eq!(id, CHANNEL);
}
