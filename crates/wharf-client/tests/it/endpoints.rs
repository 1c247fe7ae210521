//! Endpoints of the management API: what is sent, and what is made of the answer.

mod analytics;
mod apps;
mod business;
mod calls;
mod flows;
mod groups;
mod numbers;
mod pages;
mod profile;
mod signups;
mod templates;
mod tokens;
mod uploads;
mod wabas;

use serde::Serialize;
use serde_json::{Value, json};
use wharf_client::number::Number;
use wharf_client::{Call, Error, Method};

use crate::desk::Desk;

const NUMBER: &str = "106540352242922";
const WABA: &str = "102290129340398";

fn number(desk: &Desk) -> Number {
    desk.client().number(&NUMBER.parse().unwrap())
}

/// Sends a call that answers with no more than success.
async fn done(desk: &Desk, call: Call<()>, method: Method, path: &str, body: Value) {
    desk.answer(200, json!({"success": true}));
    call.await.unwrap();
    check(desk, &method, path, &body);
}

/// Sends a call, and wants its answer to serialise back to what the server said.
async fn told<T: Serialize + Send + 'static>(
    desk: &Desk,
    call: Call<T>,
    (method, path, body): (Method, &str, Value),
    answer: Value,
) -> T {
    desk.answer(200, answer.clone());
    let told = call.await.unwrap();
    check(desk, &method, path, &body);
    assert_eq!(serde_json::to_value(&told).unwrap(), answer);
    told
}

fn check(desk: &Desk, method: &Method, path: &str, body: &Value) {
    let request = desk.last();
    assert_eq!((&request.method, request.path.as_str()), (method, path));
    assert_eq!(request.json(), *body);
}

/// The pairs of a path's query, decoded.
fn query(path: &str) -> Vec<(String, String)> {
    let url = url::Url::parse(&format!("http://desk/{path}")).unwrap();
    url.query_pairs().into_owned().collect()
}

/// Awaits a call that cannot be built, and tells why.
async fn refused<T: std::fmt::Debug + Send + 'static>(call: Call<T>) -> String {
    match call.await.unwrap_err() {
        Error::Request(reason) => reason.to_string(),
        error => format!("not refused: {error}"),
    }
}
