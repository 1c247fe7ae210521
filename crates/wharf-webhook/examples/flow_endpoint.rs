//! Answers a Flow: `cargo run -p wharf-webhook --features axum,flow --example flow_endpoint`.
//!
//! `FLOW_KEY` names the file of the private key, and `FLOW_KEY_PASSPHRASE` opens it if it is locked;
//! `APP_SECRET` is that of `wharf simulate` unless it is set, and LISTEN is another address.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]
#![expect(
    clippy::disallowed_methods,
    reason = "an example has no configuration but the environment"
)]

use std::error::Error;

use serde_json::json;
use wharf_model::AppSecret;
use wharf_webhook::flow::{FlowAction, FlowEndpoint, FlowKey, FlowRequest, FlowResponse};
use wharf_webhook::serve::{FlowRefusal, flow_endpoint};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let setting = |name, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let Some(file) = std::env::var_os("FLOW_KEY") else {
        return Err("set FLOW_KEY to the file of a private key, which \
            `openssl genrsa -out flow.pem 2048` makes"
            .into());
    };
    let passphrase = std::env::var("FLOW_KEY_PASSPHRASE").ok();
    let secret = setting("APP_SECRET", "simulated-app-secret");
    let key = FlowKey::from_pem(&std::fs::read_to_string(file)?, passphrase.as_deref())?;
    println!("Meta needs this public key:\n{}", key.public_pem());
    let endpoint = FlowEndpoint::new(key, vec![AppSecret::new(secret)?]);
    let routes = axum::Router::new().nest("/flow", flow_endpoint(endpoint, answer));
    let listener = tokio::net::TcpListener::bind(setting("LISTEN", "127.0.0.1:8082")).await?;
    println!("listening on http://{}/flow", listener.local_addr()?);
    axum::serve(listener, routes).await?;
    Ok(())
}

/// Two screens: a day is chosen, and the Flow ends.
async fn answer(request: FlowRequest) -> Result<FlowResponse, FlowRefusal> {
    let token = request.flow_token.as_deref().unwrap_or_default();
    if token.is_empty() {
        return Err(FlowRefusal::Expired("This offer is over".to_owned()));
    }
    let response = match request.action {
        FlowAction::DataExchange => FlowResponse::finish(token, &json!({"booked": true})),
        _ => FlowResponse::screen("DAYS", &json!({"days": ["Monday", "Tuesday"]})),
    };
    response.map_err(|_| FlowRefusal::Failed)
}
