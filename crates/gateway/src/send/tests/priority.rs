//! What leaves first: lanes, and that none waits for ever.

use std::sync::Arc;

use super::{CHANNEL, House, accept};
use crate::send::claim::{self, Ask, PassedOver};
use crate::send::options::{Options, Priority};
use crate::send::pairs::Pairs;
use crate::send::{Accept, accept_within};
use crate::store::channels::Paused;
use crate::store::outbound::{Claim, Claimed, Claimer};

/// A house whose channel does not send, so that a test can claim by itself.
async fn at_rest() -> House {
    let house = House::build().await;
    house
        .change_channel(|channel| {
            let reason = "a test claims".to_owned();
            channel.paused = Some(Paused { at: 1, reason });
        })
        .await;
    house
}

fn of(text: &str, priority: Priority, caller: &str) -> Accept {
    let options = Options {
        priority,
        caller: caller.to_owned(),
        ..Options::default()
    };
    Accept {
        options,
        ..accept(text)
    }
}

impl House {
    async fn accept_all(&self, all: Vec<Accept>) {
        let app = Arc::clone(self.app());
        self.write(move |tx| {
            for one in all {
                accept_within(tx, &app, one).unwrap();
            }
            Ok(())
        })
        .await;
    }

    /// Claims as the channel's sender does, as if it were not paused.
    async fn claim(&self, limit: i64, passed_over: &mut PassedOver) -> Vec<Claimed> {
        let (app, before) = (Arc::clone(self.app()), *passed_over);
        let paused = self.channel().await.paused;
        let claimed = self.write(move |tx| {
            let sql = "UPDATE channels SET paused_at = NULL WHERE id = $1";
            tx.execute(sql, &[CHANNEL.into()])?;
            let claimer = Claimer {
                channel_id: CHANNEL,
                version: 2,
                node: "node",
                fence: None,
                claimed_at: 7,
            };
            let ask = Ask {
                limit,
                passed_over: before,
                pairs: &mut Pairs::default(),
                now: app.clock.now(),
            };
            let claim = claim::claim(tx, &app, &claimer, ask)?;
            let sql = "UPDATE channels SET paused_at = $1 WHERE id = $2";
            let at = paused.map(|paused| paused.at);
            tx.execute(sql, &[at.into(), CHANNEL.into()])?;
            Ok(claim)
        });
        match claimed.await {
            Claim::Taken {
                messages,
                passed_over: waiting,
                ..
            } => {
                passed_over.count(&messages, &waiting);
                messages
            }
            Claim::Stale => panic!("the channel is not as expected"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_code_leaves_before_a_campaign_that_was_there_first() {
    let house = at_rest().await;
    let campaign = (0..5_000).map(|number| of(&number.to_string(), Priority::Low, "campaign"));
    house.accept_all(campaign.collect()).await;
    let mut passed_over = PassedOver::default();
    assert_eq!(house.claim(40, &mut passed_over).await.len(), 40);
    house
        .accept_all(vec![
            of("news", Priority::Normal, "shop"),
            of("code", Priority::High, "login"),
        ])
        .await;
    let next = house.claim(3, &mut passed_over).await;
    let texts: Vec<_> = next.iter().map(text).collect();
    assert_eq!(texts, ["code", "news", "40"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lane_that_is_passed_over_for_long_moves_on_all_the_same() {
    let house = at_rest().await;
    let high = (0..60).map(|number| of(&number.to_string(), Priority::High, "login"));
    let low = (0..9).map(|number| of(&format!("low-{number}"), Priority::Low, "campaign"));
    house.accept_all(high.chain(low).collect()).await;
    let mut passed_over = PassedOver::default();
    let mut texts = Vec::new();
    for _ in 0..44 {
        let claimed = house.claim(1, &mut passed_over).await;
        texts.extend(claimed.iter().map(text));
    }
    let low: Vec<usize> = (0..44).filter(|at| texts[*at].starts_with("low")).collect();
    assert_eq!(low, [20, 41], "one in about twenty: {texts:?}");
}

fn text(claimed: &Claimed) -> String {
    let body: serde_json::Value = serde_json::from_str(&claimed.content).unwrap();
    body["text"]["body"].as_str().unwrap().to_owned()
}
