//! Sends a template: `cargo run -p wharf-client --example send_template`, next to `wharf simulate`.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

#[path = "shared/start.rs"]
mod start;

use std::error::Error;

use wharf_model::OutgoingMessage;
use wharf_model::outgoing::{Parameter, Template};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (client, number, user) = start::start()?;
    let template = Template::new("order_confirmation", "en")?.body(vec![
        Parameter::text("Pablo"),
        Parameter::text("three roses"),
        Parameter::text("Monday"),
    ])?;
    let message = OutgoingMessage::new(user, template)?;
    let call = client.number(&number).send(&message);
    let response = call.await.map_err(start::explain)?;
    println!("accepted as {:?}", response.id());
    Ok(())
}
