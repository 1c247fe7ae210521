//! The admin API under `/sim/v1`: look at the simulator, and move it, from outside the process.
//!
//! It has no keys: whoever reaches the listener may use it, as befits a tool for tests.
//! `GET /sim/v1` lists the routes below.

mod control;
mod error;
mod records;
mod state;
mod time;
mod trouble;
mod users;

use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::simulator::Simulator;

pub(crate) use error::AdminError;

/// Every route and what it does.
#[rustfmt::skip]
const ROUTES: [(&str, &str); 34] = [
    ("GET /sim/v1", "this list"),
    ("GET /sim/v1/state", "counts: users, accepted, deliveries, pending; subscriptions"),
    ("GET /sim/v1/settings", "the settings, without secrets"),
    ("PATCH /sim/v1/settings", "sent_ms, delivered_ms, read_ms, auto_read, service_window, throughput_limit, pair_limit"),
    ("GET /sim/v1/numbers", "the business phone numbers"),
    ("GET /sim/v1/templates", "the templates"),
    ("PUT /sim/v1/templates", "adds or replaces a template"),
    ("POST /sim/v1/subscribe", "callback_url, verify_token: real challenge, then all fields of all WABAs"),
    ("DELETE /sim/v1/subscribe", "ends every subscription"),
    ("GET /sim/v1/users", "the users; ?after=&limit="),
    ("GET /sim/v1/users/{user}", "one user: a phone number, or @username; created on first use"),
    ("PATCH /sim/v1/users/{user}", "name, username, auto_read, undeliverable, stopped_marketing"),
    ("GET /sim/v1/users/{user}/chat", "the chat; ?phone_number_id="),
    ("POST /sim/v1/users/{user}/messages", "text, or type and content as in webhooks; context.message_id, phone_number_id"),
    ("POST /sim/v1/users/{user}/read", "wamid: reads it and all before it"),
    ("POST /sim/v1/users/{user}/tap", "wamid, button (id or title)"),
    ("POST /sim/v1/users/{user}/pick", "wamid, row (id or title)"),
    ("POST /sim/v1/users/{user}/react", "wamid, emoji (empty: take back)"),
    ("GET /sim/v1/accepted", "accepted sends, oldest first; ?after=&limit="),
    ("GET /sim/v1/accepted/count", "how many were accepted since the start"),
    ("GET /sim/v1/accepted/duplicates", "biz_opaque_callback_data carried by more than one send"),
    ("GET /sim/v1/deliveries", "webhook deliveries with attempts, oldest first; ?after=&limit="),
    ("GET /sim/v1/faults", "the faults in force"),
    ("POST /sim/v1/faults", "orders a fault: trouble, number, calls, matching, after, every, times, probability"),
    ("DELETE /sim/v1/faults", "ends all faults"),
    ("DELETE /sim/v1/faults/{id}", "ends one fault"),
    ("GET /sim/v1/faults/script", "the scripts that are not over"),
    ("POST /sim/v1/faults/script", "orders faults call by call: steps of trouble and times, number, calls, matching, repeat"),
    ("GET /sim/v1/webhooks", "what goes wrong with notifications"),
    ("PATCH /sim/v1/webhooks", "shares of updates duplicated, reordered, delayed (delay_ms), and of notifications dropped at first"),
    ("GET /sim/v1/clock", "now, whether it stands, its speed, when the next thing is due"),
    ("POST /sim/v1/clock", "set (RFC 3339), advance_ms, step, frozen, speed; settle waits for the webhooks, timeout_ms at most"),
    ("GET /sim/v1/trigger", "the events"),
    ("POST /sim/v1/trigger/{event}", "makes an event happen; the body holds its parameters"),
];

/// The admin routes, to be nested under `/sim/v1`.
pub(crate) fn router(simulator: Simulator) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/state", get(state::state))
        .route(
            "/settings",
            get(state::settings).patch(state::change_settings),
        )
        .route("/numbers", get(state::numbers))
        .route("/templates", get(state::templates).put(state::put_template))
        .route(
            "/subscribe",
            post(control::subscribe).delete(control::unsubscribe),
        )
        .route("/users", get(users::list))
        .route("/users/{user}", get(users::get).patch(users::change))
        .route("/users/{user}/chat", get(users::chat))
        .route("/users/{user}/messages", post(users::write))
        .route("/users/{user}/read", post(users::read))
        .route("/users/{user}/tap", post(users::tap))
        .route("/users/{user}/pick", post(users::pick))
        .route("/users/{user}/react", post(users::react))
        .route("/accepted", get(records::accepted))
        .route("/accepted/count", get(records::count))
        .route("/accepted/duplicates", get(records::duplicates))
        .route("/deliveries", get(records::deliveries))
        .route(
            "/faults",
            get(control::faults)
                .post(control::add_fault)
                .delete(control::clear_faults),
        )
        .route("/faults/{id}", delete(control::clear_fault))
        .route(
            "/faults/script",
            get(trouble::scripts).post(trouble::add_script),
        )
        .route(
            "/webhooks",
            get(trouble::webhooks).patch(trouble::change_webhooks),
        )
        .route("/clock", get(time::clock).post(time::change))
        .route("/trigger", get(control::events))
        .route("/trigger/{event}", post(control::trigger))
        .with_state(simulator)
}

async fn index() -> Json<Value> {
    let routes: Vec<_> = ROUTES
        .iter()
        .map(|(route, does)| json!({"route": route, "does": does}))
        .collect();
    Json(json!({ "routes": routes }))
}
