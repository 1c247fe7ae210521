//! The admin API under `/sim/v1`: look at the simulator, and move it, from outside the process.
//!
//! It has no keys: whoever reaches the listener may use it, as befits a tool for tests.
//! `GET /sim/v1` lists the routes below.

mod accounts;
mod acts;
mod calls;
mod control;
mod error;
mod flows;
mod groups;
mod handsets;
mod numbers;
mod payments;
mod records;
mod state;
mod stream;
mod templates;
mod time;
mod trouble;
mod users;

use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, patch, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::simulator::Simulator;

pub(crate) use error::AdminError;

/// Files up to this size are taken; WhatsApp's largest document is 100 MB.
const BODY_LIMIT: usize = 101 << 20;

/// Every route and what it does.
#[rustfmt::skip]
const ROUTES: &[(&str, &str)] = &[
    ("GET /sim/v1", "this list"),
    ("GET /sim/v1/state", "counts: users, accepted, deliveries, pending; subscriptions"),
    ("GET /sim/v1/settings", "the settings, without secrets"),
    ("PATCH /sim/v1/settings", "sent_ms, delivered_ms, read_ms, auto_read, service_window, throughput_limit, pair_limit, messaging_limit, template_pacing, quality_feedback, us_marketing_pause, management_limit"),
    ("GET /sim/v1/businesses", "the business portfolios"),
    ("POST /sim/v1/businesses", "name; id, verification_status, messaging_limit, client_wabas"),
    ("GET /sim/v1/wabas", "the WABAs"),
    ("POST /sim/v1/wabas", "name; id, business, currency, country, timezone_id, catalogs"),
    ("PATCH /sim/v1/wabas/{id}", "catalogs: the catalogues of products that are connected to it"),
    ("GET /sim/v1/numbers", "the business phone numbers"),
    ("POST /sim/v1/numbers", "waba, display_phone_number; id, calling_code, verified_name, onboarded"),
    ("GET /sim/v1/apps", "the apps, without secrets"),
    ("POST /sim/v1/apps", "name; id, business, secret, requires_proof"),
    ("POST /sim/v1/tokens", "token, kind, app, business, user, permissions, wabas, expires_in_s: all may be left out"),
    ("POST /sim/v1/codes", "as for tokens, and redirect_uri: a code for GET /oauth/access_token, good once for ten minutes"),
    ("DELETE /sim/v1/tokens", "token, subcode: it is refused with 190 from now on"),
    ("GET /sim/v1/templates", "the templates"),
    ("PUT /sim/v1/templates", "adds or replaces a template: as listed here, or as Meta creates it"),
    ("GET /sim/v1/templates/review", "how templates are reviewed"),
    ("PATCH /sim/v1/templates/review", "delay_ms, rule (approve_all, marked, content, on_command), recategorise_ms, most_templates"),
    ("GET /sim/v1/templates/{id}", "one template and its history"),
    ("POST /sim/v1/templates/{id}/review", "decides: event (APPROVED, REJECTED, PAUSED, QUALITY, CATEGORY and so on), reason, quality, category"),
    ("POST /sim/v1/templates/{id}/blocks", "users, reason: so many users block the business over it"),
    ("POST /sim/v1/subscribe", "callback_url, verify_token: real challenge, then all fields of all WABAs"),
    ("DELETE /sim/v1/subscribe", "ends every subscription"),
    ("GET /sim/v1/users", "the users; ?after=&limit="),
    ("GET /sim/v1/users/{user}", "one user: a phone number, or @username; created on first use"),
    ("PATCH /sim/v1/users/{user}", "name, username, auto_read, undeliverable, stopped_marketing, marketing_capped"),
    ("GET /sim/v1/users/{user}/chat", "the chat; ?phone_number_id="),
    ("GET /sim/v1/users/{user}/handset", "what the phone shows: profile and chats, with unread counts"),
    ("PATCH /sim/v1/users/{user}/handset", "phone_off; blocked with phone_number_id"),
    ("GET /sim/v1/users/{user}/handset/chat", "the chat as it is drawn; ?phone_number_id=&before=&limit="),
    ("POST /sim/v1/users/{user}/files", "a file as the body; ?kind=&filename=&caption=&phone_number_id=&context="),
    ("GET /sim/v1/handsets", "the phones; ?q=&after=&limit="),
    ("GET /sim/v1/media/{id}", "the bytes of a file in a chat"),
    ("GET /sim/v1/stream", "server-sent events of the phones in ?user=, which may be repeated"),
    ("POST /sim/v1/users/{user}/messages", "text, or type and content as in webhooks; context.message_id, phone_number_id"),
    ("POST /sim/v1/users/{user}/read", "wamid: reads it and all before it"),
    ("POST /sim/v1/users/{user}/tap", "wamid, button (id or title)"),
    ("POST /sim/v1/users/{user}/pick", "wamid, row (id or title)"),
    ("POST /sim/v1/users/{user}/react", "wamid, emoji (empty: take back)"),
    ("POST /sim/v1/users/{user}/act", "act: block, unblock, report, phone_off, phone_on, edit, delete, submit_flow, give_address, answer_call_request, share_number, order, change_number, change_identity, hear_from_app"),
    ("POST /sim/v1/users/{user}/flows", "wamid: opens the Flow of a message; answers its screen"),
    ("GET /sim/v1/users/{user}/flows/{session}", "the screen of a Flow that is open"),
    ("POST /sim/v1/users/{user}/flows/{session}", "fill {name: value}, press (words or name), back; answers the screen"),
    ("GET /sim/v1/flows", "the Flows"),
    ("POST /sim/v1/flows/{flow}", "status, or alert and active: as Meta's monitoring orders it"),
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
        .route(
            "/businesses",
            get(accounts::businesses).post(accounts::add_business),
        )
        .route("/wabas", get(accounts::wabas).post(accounts::add_waba))
        .route("/wabas/{id}", patch(accounts::change_waba))
        .route("/numbers", get(state::numbers).post(accounts::add_number))
        .route("/apps", get(accounts::apps).post(accounts::add_app))
        .route(
            "/tokens",
            post(accounts::add_token).delete(accounts::revoke),
        )
        .route("/templates", get(state::templates).put(state::put_template))
        .route(
            "/templates/review",
            get(templates::review).patch(templates::change_review),
        )
        .route("/templates/{id}", get(templates::get))
        .route("/templates/{id}/review", post(templates::rule))
        .route("/templates/{id}/blocks", post(templates::block))
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
        .route("/users/{user}/act", post(acts::act))
        .route(
            "/users/{user}/handset",
            get(handsets::get).patch(handsets::change),
        )
        .route("/users/{user}/handset/chat", get(handsets::chat))
        .route(
            "/users/{user}/files",
            post(handsets::file).layer(DefaultBodyLimit::max(BODY_LIMIT)),
        )
        .route("/handsets", get(handsets::list))
        .route("/media/{id}", get(handsets::media))
        .route("/stream", get(stream::follow))
        .route("/codes", post(accounts::add_code))
        .route("/users/{user}/flows", post(flows::open))
        .route(
            "/users/{user}/flows/{session}",
            get(flows::screen).post(flows::act),
        )
        .route("/flows", get(flows::list))
        .route("/flows/{flow}", post(flows::change))
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
        .merge(numbers::router())
        .merge(groups::router())
        .merge(calls::router())
        .merge(payments::router())
        .with_state(simulator)
}

async fn index() -> Json<Value> {
    let routes: Vec<_> = ROUTES
        .iter()
        .chain(&numbers::ROUTES)
        .chain(&groups::ROUTES)
        .chain(&calls::ROUTES)
        .chain(&payments::ROUTES)
        .map(|(route, does)| json!({"route": route, "does": does}))
        .collect();
    Json(json!({ "routes": routes }))
}
