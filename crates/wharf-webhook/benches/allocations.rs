//! `cargo bench -p wharf-webhook --bench allocations`: how often memory is asked for to parse and
//! normalise a notification, and for plain `serde_json::Value` of the same bytes.
//!
//! Apart from the measurement of time, because to count costs time.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints, and fails by panicking"
)]

mod bodies;

use std::hint::black_box;

use allocation_counter::measure;
use serde_json::Value;
use wharf_webhook::parse;

fn main() {
    for bytes in [1024, 20 * 1024] {
        let body = bodies::notification(bytes);
        println!("{} bytes", body.len());
        show("serde_json::Value", || {
            black_box(serde_json::from_slice::<Value>(&body).unwrap());
        });
        show("probe", || wharf_webhook::probe(&body).unwrap());
        show("parse", || {
            black_box(parse(&body).unwrap());
        });
        show("parse and normalise", || {
            for update in parse(&body).unwrap().updates {
                black_box(update.identity());
                black_box(update.change());
            }
        });
    }
}

fn show(name: &str, run: impl FnMut()) {
    let used = measure(run);
    println!(
        "  {name:<20} {:>6} allocations {:>8} bytes, {:>8} at once",
        used.count_total, used.bytes_total, used.bytes_max
    );
}
