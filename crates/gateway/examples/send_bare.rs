//! What `cargo xtask bench send` compares with: a bare loop over `wharf-client`, which keeps nothing.
//!
//! `send_bare <graph url> <access token> <count> <in flight> <phone number id>…` sends that many
//! texts over the numbers in turns and prints the seconds that it took.
#![expect(clippy::print_stdout, reason = "the figure is what the caller reads")]

use std::time::Instant;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use wharf_client::{AccessToken, Client};
use wharf_model::outgoing::Text;
use wharf_model::{OutgoingMessage, PhoneNumber, PhoneNumberId};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |what: &'static str| arguments.next().ok_or(what);
    let url = next("the graph url is missing")?;
    let token = AccessToken::new(next("the access token is missing")?)?;
    let count: usize = next("the count is missing")?.parse()?;
    let in_flight: usize = next("the calls in flight are missing")?.parse()?;
    let numbers: Vec<PhoneNumberId> = arguments.map(|id| id.parse()).collect::<Result<_, _>>()?;
    let client = Client::builder(token).base_url(url.parse()?).build()?;
    let begun = Instant::now();
    stream::iter(0..count)
        .map(|number| {
            let (client, numbers) = (&client, &numbers);
            async move {
                let to = format!("+1555{:07}", number % 50_000);
                let text = format!("Your order {number} has left our house this morning.");
                let to: PhoneNumber = to.parse()?;
                let message = OutgoingMessage::new(to, Text::new(text)?)?;
                let id = numbers
                    .get(number % numbers.len().max(1))
                    .ok_or("which number?")?;
                client.number(id).send(&message).await?;
                Ok::<_, Failure>(())
            }
        })
        .buffer_unordered(in_flight)
        .try_collect::<()>()
        .await?;
    println!("{}", begun.elapsed().as_secs_f64());
    Ok(())
}
