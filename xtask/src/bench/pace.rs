//! A backlog over three numbers, against the simulator with Meta's limits on how fast one may send.
#![expect(clippy::cast_precision_loss, reason = "figures for people")]

use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::json;

use super::wharf::{Around, Gateway, Simulator, build, say};
use super::{http, traffic};

/// Options of `cargo xtask bench send-pace`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Pace {
    /// Messages in the backlog.
    #[arg(long, default_value_t = 10_000)]
    messages: usize,
}

/// The channels beside the first: id, phone number id, messages a second.
const OTHERS: [(&str, &str, u32); 2] = [
    ("second", "106540352242923", 1000),
    ("third", "106540352242924", 80),
];

/// What the three numbers may send in a second.
const PERMITTED: u32 = 1000 + 1000 + 80;

/// Who makes the backlog at once.
const CALLERS: usize = 8;

impl Pace {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let wharf = build()?;
        let numbers = [traffic::PHONE_NUMBER_ID, OTHERS[0].1, OTHERS[1].1];
        let simulator = Simulator::start(&wharf, &numbers.map(str::to_owned))?;
        let limits = json!({"throughput_limit": true, "pair_limit": true});
        http::patch(simulator.address, "/sim/v1/settings", "", &limits)?;
        for number in numbers.iter().take(2) {
            let upgrade = "/sim/v1/trigger/phone_number.quality";
            let body = json!({"phone_number_id": number});
            http::post(simulator.address, upgrade, "", &body)?;
        }
        let around = Around {
            simulator: Some(&simulator),
            ..Around::default()
        };
        let gateway = Gateway::start(&wharf, around)?;
        for (id, number, throughput) in OTHERS {
            gateway.channel(id, number, throughput)?;
        }
        let channels = ["bench", OTHERS[0].0, OTHERS[1].0];
        let tell = |what: &str| {
            channels.iter().try_for_each(|id| {
                let path = format!("/api/v1/channels/{id}/{what}");
                http::post(gateway.address, &path, &gateway.key, &json!({})).map(drop)
            })
        };
        tell("pause")?;
        self.queue(&gateway, &channels)?;
        let begun = Instant::now();
        tell("resume")?;
        let all = u64::try_from(self.messages)?;
        let accepted = simulator.accepted_at_least(all, Duration::from_mins(5))?;
        let took = begun.elapsed();
        ensure!(accepted == all, "only {accepted} of {all} were accepted");
        let refused =
            |class: &str| gateway.metric(&format!("wharf_sends_total{{outcome=\"{class}\"}}"));
        let rate = self.messages as f64 / took.as_secs_f64();
        say(&format!(
            "\nbacklog: {all} messages over three numbers left in {:.2} s: {rate:.0} a second, \
             {:.1} % of the {PERMITTED} that are permitted; refused as too fast for a number: {}, \
             for a user: {}",
            took.as_secs_f64(),
            rate * 100.0 / f64::from(PERMITTED),
            refused("retry_number")?,
            refused("retry_pair")?,
        ));
        Ok(())
    }

    /// Accepts the backlog, in shares as the numbers are fast; each user gets one message.
    fn queue(&self, gateway: &Gateway, channels: &[&str; 3]) -> anyhow::Result<()> {
        std::thread::scope(|scope| {
            let callers: Vec<_> = (0..CALLERS)
                .map(|caller| {
                    scope.spawn(move || {
                        for number in (caller..self.messages).step_by(CALLERS) {
                            let channel = match number % 52 {
                                50 | 51 => channels[2],
                                odd if odd % 2 == 1 => channels[1],
                                _ => channels[0],
                            };
                            let body = json!({
                                "channel": channel, "to": format!("+1555{number:07}"),
                                "type": "text", "text": {"body": "Your order has left our house."},
                            });
                            let path = "/api/v1/messages";
                            http::post(gateway.address, path, &gateway.key, &body)?;
                        }
                        anyhow::Ok(())
                    })
                })
                .collect();
            for caller in callers {
                let ended = caller.join();
                ended.map_err(|_| anyhow::anyhow!("a caller panicked"))??;
            }
            Ok(())
        })
    }
}
