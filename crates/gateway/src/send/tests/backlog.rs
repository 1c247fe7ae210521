//! A backlog over several numbers, against a simulator that refuses what is too fast.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use simulator::{Limits, Number, Settings};

use super::{CHANNEL, House, accept_json};
use crate::clock::Clock;
use crate::send::{Accept, accept_within};
use crate::store::channels;

/// The simulator's time passes so much more slowly, so that a debug build on a busy machine keeps up.
const SPEED: u32 = 16;

const MESSAGES: usize = 2_000;

/// Each channel, its number's throughput in real time, and its share of the messages.
const CHANNELS: [(&str, u32, usize); 3] = [
    (CHANNEL, 1000 / SPEED, 960),
    ("second", 1000 / SPEED, 960),
    ("third", 80 / SPEED, 80),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_uses_what_is_permitted_and_is_hardly_ever_refused() {
    let simulate = |settings: &mut Settings| {
        settings.limits = Limits {
            throughput: true,
            pair: true,
            ..Limits::NONE
        };
        settings.clock.run_at(1.0 / f64::from(SPEED));
        let second = Number::new("106540352242923", "15550783882");
        let third = Number::new("106540352242924", "15550783883");
        "HIGH".clone_into(&mut settings.numbers[0].throughput);
        settings.numbers.push(Number {
            throughput: "HIGH".to_owned(),
            ..second
        });
        settings.numbers.push(third);
    };
    let change = |config: &mut crate::config::Config| {
        config.send.pair_pace = true;
        config.send.backoff_first_ms = 200;
    };
    let house = House::build_against(Clock::system(), change, simulate).await;
    assert_eq!(
        CHANNELS.iter().map(|(.., count)| count).sum::<usize>(),
        MESSAGES
    );
    let first = house.channel().await;
    let app = Arc::clone(house.app());
    for (at, (id, throughput, count)) in CHANNELS.into_iter().enumerate() {
        let mut channel = channels::Channel {
            id: id.to_owned(),
            throughput: throughput.into(),
            ..first.clone()
        };
        // Nothing leaves before all of it is there.
        let reason = "the backlog is made".to_owned();
        channel.paused = Some(channels::Paused { at: 1, reason });
        channel.updated_at = 2;
        if at > 0 {
            let number = 106_540_352_242_922 + at;
            channel.phone_number_id = Some(number.to_string());
        }
        let app = Arc::clone(&app);
        house
            .write(move |tx| {
                if at == 0 {
                    channels::update(tx, &channel)?;
                } else {
                    assert!(channels::insert(tx, &channel)?);
                }
                for number in 0..count {
                    // Each tenth is a second message to the same user.
                    let user = format!("+1650{at}{:06}", number - usize::from(number % 10 == 9));
                    let text = json!({"to": user, "type": "text", "text": {"body": "hello"}});
                    let one = Accept {
                        channel_id: channel.id.clone(),
                        ..accept_json(&text)
                    };
                    accept_within(tx, &app, one).unwrap();
                }
                Ok(())
            })
            .await;
    }
    let begun = Instant::now();
    house
        .write(|tx| {
            for mut channel in channels::all(tx)? {
                channel.paused = None;
                channel.updated_at = 3;
                channels::update(tx, &channel)?;
            }
            Ok(())
        })
        .await;
    let all = u64::try_from(MESSAGES).unwrap();
    let patience = Duration::from_mins(3);
    house
        .simulator
        .wait_for_accepted(all, patience)
        .await
        .unwrap();
    let took = begun.elapsed();
    let refused = house.rows(
        "SELECT outcome, detail FROM send_attempts WHERE outcome = 'retry' AND message_id <> $1",
        String::new(),
    );
    let refused = refused.await;
    assert!(
        refused.len() * 1000 <= MESSAGES,
        "{} refused: {:?}",
        refused.len(),
        refused.first()
    );
    let permitted: u32 = CHANNELS.iter().map(|(_, throughput, _)| throughput).sum();
    let rate = f64::from(u32::try_from(MESSAGES).unwrap()) / took.as_secs_f64();
    let share = rate / f64::from(permitted);
    println!(
        "{rate:.0} a second, {:.1} % of what is permitted, {} refused",
        share * 100.0,
        refused.len()
    );
    // The machine may be busy with something else.
    assert!(share > 0.5, "{rate:.0} a second of {permitted}");
}
