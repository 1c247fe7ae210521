//! The simulator, measured from outside: sends with their statuses a second, and memory.
//!
//! The simulator, the receiver of its webhooks, the bare handler and this load generator are a
//! process each; they share the machine, so that only figures of one run can be compared.
#![expect(clippy::cast_precision_loss, reason = "figures for people")]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
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
    /// Measure this build of the example `load_rungs`, such as an earlier one, instead of building it.
    #[arg(long)]
    program: Option<PathBuf>,
}

/// The parts of the measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Speed,
    Memory,
}

impl Simulator {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let program = match &self.program {
            Some(program) => program.clone(),
            None => build_simulator_example("load_rungs")?,
        };
        if self.only != Some(Part::Memory) {
            self.speed(&program)?;
        }
        if self.only != Some(Part::Speed) {
            self.memory(&program)?;
        }
        Ok(())
    }

    /// Sends with three statuses each: as fast as they are answered, then at a steady rate. The
    /// bare handler is measured before and after the first.
    fn speed(&self, program: &Path) -> anyhow::Result<()> {
        let requests: Arc<[Vec<u8>]> = (0..USERS).map(send).collect();
        say(&format!(
            "simulator: {} connections, {USERS} recipients; load average {}",
            self.connections,
            load_average()?
        ));
        let before = self.bare(program, &requests)?;
        let fastest = self.sends(program, &requests, None)?;
        let after = self.bare(program, &requests)?;
        let bare = f64::midpoint(before.per_second, after.per_second);
        say(&format!(
            "the bare handler {:.0} a second before and {:.0} after, {:.0} and {:.0} us of processor time a request: the \
             simulator {:.2} of it",
            before.per_second,
            after.per_second,
            before.processor_us,
            after.processor_us,
            fastest / bare,
        ));
        self.sends(program, &requests, Some(self.rate))?;
        say(&format!("load average {}", load_average()?));
        Ok(())
    }

    /// One load on a simulator and a receiver of its own; gives the accepted sends a second.
    fn sends(
        &self,
        program: &Path,
        requests: &Arc<[Vec<u8>]>,
        rate: Option<u32>,
    ) -> anyhow::Result<f64> {
        let sink = Server::start_with(program, &["sink"])?;
        let simulator = Server::start_with(program, &["simulator"])?;
        let callback = json!({"callback_url": format!("http://{}/hook", sink.address)});
        http::post(simulator.address, "/sim/v1/subscribe", "", &callback)?;
        let begun = Instant::now();
        let length = Duration::from_secs(self.seconds);
        let sends = self.load(simulator.address, requests, length, rate)?;
        let loaded = begun.elapsed();
        let meanwhile = counts(sink.address)?;
        settled(simulator.address)?;
        let drained = begun.elapsed().saturating_sub(loaded);
        let counts = counts(sink.address)?;
        let asked = rate.map_or_else(
            || "as fast as they are answered".to_owned(),
            |rate| format!("{rate} a second asked, latency from the moment each was due"),
        );
        say(&format!(
            "\nsends, {asked}: {:.0} a second accepted in {} s, {} refused, p50 {:.2} ms, p99 {:.2} ms\n\
             their webhooks: {:.0} updates a second meanwhile; {} in all for {} sends (three each), {:.1} in a POST, {} at most; \
             the last {:.0} ms after the last send\n\
             processor time of the simulator for a send and its webhooks: {:.0} us; RSS {:.0} MB",
            sends.per_second,
            self.seconds,
            sends.other,
            sends.p50.as_secs_f64() * 1e3,
            sends.p99.as_secs_f64() * 1e3,
            meanwhile.updates as f64 / loaded.as_secs_f64(),
            counts.updates,
            sends.all,
            counts.updates as f64 / counts.posts.max(1) as f64,
            counts.largest,
            drained.as_secs_f64() * 1e3,
            micros(simulator.processor_time()?, sends.all),
            megabytes(simulator.resident_kib()?),
        ));
        ensure!(
            counts.updates == sends.all * 3,
            "three webhooks for each send"
        );
        Ok(sends.per_second)
    }

    fn bare(&self, program: &Path, requests: &Arc<[Vec<u8>]>) -> anyhow::Result<Bare> {
        let bare = Server::start_with(program, &["bare"])?;
        let outcome = self.load(bare.address, requests, Duration::from_secs(5), None)?;
        Ok(Bare {
            per_second: outcome.per_second,
            processor_us: micros(bare.processor_time()?, outcome.all),
        })
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
            settled(simulator.address)?;
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
            "\nsimulator: {} users with {lines} lines each, nobody subscribed (the log of webhooks takes 67 MB at most \
             beside): RSS {:.0} MB; {:.1} MB empty, then {:.0} bytes a user, {:.0} bytes a message to a user with its \
             statuses, {:.0} bytes a message from a user",
            self.users,
            megabytes(all),
            megabytes(empty),
            each(empty, users, self.users),
            each(users, sent, of_a_direction),
            each(sent, all, of_a_direction),
        ));
        Ok(())
    }
}

/// What the bare handler reached.
#[derive(Clone, Copy, Debug)]
struct Bare {
    per_second: f64,
    processor_us: f64,
}

fn micros(time: Duration, of: u64) -> f64 {
    time.as_secs_f64() * 1e6 / of.max(1) as f64
}

fn megabytes(kib: u64) -> f64 {
    kib as f64 * 1024.0 / 1e6
}

/// How busy the machine was in the last minute.
fn load_average() -> anyhow::Result<String> {
    let text = std::fs::read_to_string("/proc/loadavg")?;
    Ok(text.split_whitespace().next().unwrap_or("?").to_owned())
}

/// Waits until every status is told.
fn settled(simulator: SocketAddr) -> anyhow::Result<()> {
    wait_for("the webhooks", || {
        // To ask costs the simulator time.
        std::thread::sleep(Duration::from_millis(20));
        state(simulator).is_ok_and(|state| state["pending"] == 0)
    })
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
