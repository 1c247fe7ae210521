//! Asks with buttons, then with a list: `cargo run -p wharf-client --example send_interactive`,
//! next to `wharf simulate`.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

#[path = "shared/start.rs"]
mod start;

use std::error::Error;

use wharf_model::OutgoingMessage;
use wharf_model::outgoing::{Buttons, Interactive, List, ListRow, ListSection, ReplyButton};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (client, number, user) = start::start()?;
    let buttons = vec![
        ReplyButton::new("yes", "Yes")?,
        ReplyButton::new("no", "No")?,
    ];
    let rows = vec![
        ListRow::new("am", "Morning")?.description("8 to 12")?,
        ListRow::new("pm", "Afternoon")?.description("13 to 18")?,
    ];
    let list = List::new("Choose", vec![ListSection::new(rows)?])?;
    let questions = [
        Interactive::new("Shall we come on Monday?", Buttons::new(buttons)?)?,
        Interactive::new("When?", list)?,
    ];
    for question in questions {
        let message = OutgoingMessage::new(user.clone(), question)?;
        let call = client.number(&number).send(&message);
        let response = call.await.map_err(start::explain)?;
        println!("accepted as {:?}", response.id());
    }
    Ok(())
}
