//! `cargo bench -p wharf-webhook --bench parse`: the time to parse and normalise a notification,
//! against plain `serde_json::Value` of the same bytes in the same run.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints, and fails by panicking"
)]

mod bodies;

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde_json::Value;
use wharf_webhook::parse;

/// Rounds; in each, every way has its turn, so that a busy machine slows all alike.
const ROUNDS: usize = 61;
/// Time of one turn.
const TURN: Duration = Duration::from_millis(8);

type Way = (&'static str, fn(&[u8]));

const WAYS: [Way; 4] = [
    ("serde_json::Value", |body| {
        black_box(serde_json::from_slice::<Value>(black_box(body)).unwrap());
    }),
    ("probe", |body| {
        wharf_webhook::probe(black_box(body)).unwrap();
    }),
    ("parse", |body| {
        black_box(parse(black_box(body)).unwrap());
    }),
    ("parse and normalise", |body| {
        for update in parse(black_box(body)).unwrap().updates {
            black_box(update.identity());
            black_box(update.change());
        }
    }),
];

fn main() {
    for bytes in [1024, 20 * 1024] {
        let body = bodies::notification(bytes);
        let updates = parse(&body).unwrap().updates.len();
        println!("{} bytes, {updates} updates", body.len());
        let mut times = vec![Vec::with_capacity(ROUNDS); WAYS.len()];
        for _ in 0..ROUNDS {
            for ((_, way), times) in WAYS.iter().zip(&mut times) {
                times.push(turn(*way, &body));
            }
        }
        let medians: Vec<f64> = times.into_iter().map(median).collect();
        for ((name, _), time) in WAYS.iter().zip(&medians) {
            let ratio = time / medians[0];
            println!("  {name:<20} {:>9.2} µs {ratio:>6.2} × Value", time * 1e6);
        }
    }
}

/// Seconds of one call.
fn turn(way: fn(&[u8]), body: &[u8]) -> f64 {
    let begun = Instant::now();
    let mut calls = 0_u32;
    while begun.elapsed() < TURN {
        for _ in 0..16 {
            way(body);
        }
        calls += 16;
    }
    begun.elapsed().as_secs_f64() / f64::from(calls)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
