//! The simulator, measured from outside: sends with their statuses a second, and memory.
#![expect(clippy::cast_precision_loss, reason = "figures for people")]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::http;
use super::inbox::Server;
use super::load::{self, Load, Outcome};
use super::traffic::PHONE_NUMBER_ID;
use super::wharf::{build_simulator_example, say, wait_for};

const TOKEN: &str = "simulated-access-token";
/// Users that the speed is measured with.
const USERS: usize = 20_000;
/// Lines in each of two directions are written in rounds over all users.
const DIRECTIONS: usize = 2;

/// Options of `cargo xtask bench simulator`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Simulator {
    /// Measured time of the sends, in seconds.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// Sends a second of the steady load.
    #[arg(long, default_value_t = 5_000)]
    rate: u32,
    /// Keep-alive connections.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Users of the measurement of memory.
    #[arg(long, default_value_t = 100_000)]
    users: usize,
    /// Lines in the chat of each, half of them in each direction.
    #[arg(long, default_value_t = 20)]
    lines: usize,
    /// Measure only this part.
    #[arg(long)]
    only: Option<Part>,
}

/// The parts of the measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Speed,
    Memory,
}

impl Simulator {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let program = build_simulator_example("load_rungs")?;
        if self.only != Some(Part::Memory) {
            self.speed(&program)?;
        }
        if self.only != Some(Part::Speed) {
            self.memory(&program)?;
        }
        Ok(())
    }

    /// Sends with three statuses each to a receiver of its own: as fast as they are answered, then
    /// at a steady rate. The bare handler is measured before and after.
    fn speed(&self, program: &Path) -> anyhow::Result<()> {
        let requests: Arc<[Vec<u8>]> = (0..USERS).map(send).collect();
        let mut bare = self.bare(program, &requests)?;
        for rate in [None, Some(self.rate)] {
            let sink = Server::start_with(program, &["sink"])?;
            let simulator = Server::start_with(program, &["simulator"])?;
            let callback = json!({"callback_url": format!("http://{}/hook", sink.address)});
            http::post(simulator.address, "/sim/v1/subscribe", "", &callback)?;
            let begun = Instant::now();
            let length = Duration::from_secs(self.seconds);
            let sends = self.load(simulator.address, &requests, length, rate)?;
            let loaded = begun.elapsed();
            let meanwhile = counts(sink.address)?;
            wait_for("the webhooks", || {
                state(simulator.address).is_ok_and(|state| state["pending"] == 0)
            })?;
            let drained = begun.elapsed().saturating_sub(loaded);
            let counts = counts(sink.address)?;
            if rate.is_none() {
                bare = f64::midpoint(bare, self.bare(program, &requests)?);
            }
            let asked =
                rate.map_or_else(|| "as fast as it goes".to_owned(), |rate| rate.to_string());
            say(&format!(
                "\nsimulator, sends a second asked: {asked}; accepted {:.0} (p50 {:.2} ms, p99 {:.2} ms, {} errors), {:.2} of \
                 the bare handler's {bare:.0}; {:.0} webhooks a second meanwhile, {} in all for {} sends, {:.1} updates in a \
                 POST ({} at most); the last {:.0} ms after the last send; RSS {:.1} MB",
                sends.per_second,
                sends.p50.as_secs_f64() * 1e3,
                sends.p99.as_secs_f64() * 1e3,
                sends.other,
                sends.per_second / bare,
                meanwhile.updates as f64 / loaded.as_secs_f64(),
                counts.updates,
                sends.all,
                counts.updates as f64 / counts.posts.max(1) as f64,
                counts.largest,
                drained.as_secs_f64() * 1e3,
                simulator.resident_kib()? as f64 / 1024.0,
            ));
            ensure!(
                counts.updates == sends.all * 3,
                "three webhooks for each send"
            );
        }
        Ok(())
    }

    fn bare(&self, program: &Path, requests: &Arc<[Vec<u8>]>) -> anyhow::Result<f64> {
        let bare = Server::start_with(program, &["bare"])?;
        let outcome = self.load(bare.address, requests, Duration::from_secs(5), None)?;
        Ok(outcome.per_second)
    }

    fn load(
        &self,
        address: SocketAddr,
        requests: &Arc<[Vec<u8>]>,
        measured: Duration,
        rate: Option<u32>,
    ) -> anyhow::Result<Outcome> {
        let load = Load {
            address,
            connections: self.connections,
            warm_up: Duration::from_secs(1),
            measured,
            rate,
            requests: Arc::clone(requests),
        };
        load.run()
    }

    /// A history of chats, and what it takes.
    fn memory(&self, program: &Path) -> anyhow::Result<()> {
        let rounds = self.lines / DIRECTIONS;
        let kept = (self.users * rounds).to_string();
        let simulator = Server::start_with(program, &["simulator", &kept])?;
        let empty = simulator.resident_kib()?;
        let rounds_of = |rounds: usize, make: fn(usize) -> Vec<u8>| {
            let load = Load {
                address: simulator.address,
                connections: self.connections,
                warm_up: Duration::ZERO,
                measured: Duration::ZERO,
                rate: None,
                requests: (0..self.users).map(make).collect(),
            };
            for _ in 0..rounds {
                ensure!(load.once()? == self.users, "a message was refused");
            }
            wait_for("the statuses", || {
                state(simulator.address).is_ok_and(|state| state["pending"] == 0)
            })?;
            simulator.resident_kib()
        };
        let users = rounds_of(1, create)?;
        let sent = rounds_of(rounds, send)?;
        let all = rounds_of(rounds, write)?;
        let chat = http::get(
            simulator.address,
            &format!("/sim/v1/users/{}/chat", user(1)),
            "",
        )?;
        let chat: Value = serde_json::from_str(&chat)?;
        let lines = chat["data"].as_array().context("a chat")?.len();
        ensure!(lines == rounds * DIRECTIONS, "a chat has {lines} lines");
        let each = |from: u64, to: u64, count: usize| {
            to.saturating_sub(from) as f64 * 1024.0 / count.max(1) as f64
        };
        let of_a_direction = self.users * rounds;
        say(&format!(
            "\nsimulator: {} users with {lines} lines each: RSS {:.0} MB; {:.1} MB empty, then {:.0} bytes a user, {:.0} bytes a \
             message to a user with its statuses, {:.0} bytes a message from a user",
            self.users,
            all as f64 / 1024.0,
            empty as f64 / 1024.0,
            each(empty, users, self.users),
            each(users, sent, of_a_direction),
            each(sent, all, of_a_direction),
        ));
        Ok(())
    }
}

fn user(number: usize) -> usize {
    16_505_000_000 + number
}

fn send(number: usize) -> Vec<u8> {
    let body = json!({
        "messaging_product": "whatsapp", "recipient_type": "individual",
        "to": format!("+{}", user(number)), "type": "text",
        "text": {"body": format!("Your order {number} has left our house this morning.")},
    });
    let bearer = format!("Bearer {TOKEN}");
    let headers = [
        ("content-type", "application/json"),
        ("authorization", bearer.as_str()),
    ];
    let path = format!("/v24.0/{PHONE_NUMBER_ID}/messages");
    load::request(&path, &headers, body.to_string().as_bytes())
}

fn write(number: usize) -> Vec<u8> {
    let body = json!({"text": format!("And where is order {number} now, please?")});
    let path = format!("/sim/v1/users/{}/messages", user(number));
    load::request(
        &path,
        &[("content-type", "application/json")],
        body.to_string().as_bytes(),
    )
}

/// Reading one that does not exist would do as well, but the load generator only posts.
fn create(number: usize) -> Vec<u8> {
    let path = format!("/sim/v1/users/{}", user(number));
    let request = load::request(&path, &[], b"");
    [b"GET ".as_slice(), request.get(5..).unwrap_or_default()].concat()
}

fn state(address: SocketAddr) -> anyhow::Result<Value> {
    Ok(serde_json::from_str(&http::get(
        address,
        "/sim/v1/state",
        "",
    )?)?)
}

struct Counts {
    posts: u64,
    updates: u64,
    largest: u64,
}

fn counts(address: SocketAddr) -> anyhow::Result<Counts> {
    let counts: Value = serde_json::from_str(&http::get(address, "/counts", "")?)?;
    let count = |name: &str| counts[name].as_u64().context("the receiver's counts");
    Ok(Counts {
        posts: count("posts")?,
        updates: count("updates")?,
        largest: count("largest")?,
    })
}
