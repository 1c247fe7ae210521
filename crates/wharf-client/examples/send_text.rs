//! Sends a text: `cargo run -p wharf-client --example send_text`, next to `wharf simulate`.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

#[path = "shared/start.rs"]
mod start;

use std::error::Error;

use wharf_model::OutgoingMessage;
use wharf_model::outgoing::Text;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (client, number, user) = start::start()?;
    let message = OutgoingMessage::new(user, Text::new("Hello")?)?;
    let call = client.number(&number).send(&message);
    let response = call.await.map_err(start::explain)?;
    // Accepted is not delivered: a status tells that later, to the webhook.
    println!("accepted as {:?}", response.id());
    Ok(())
}
