//! Calls what has no method of its own: `cargo run -p wharf-client --example raw_call`, next to
//! `wharf simulate`.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

#[path = "shared/start.rs"]
mod start;

use std::error::Error;

use wharf_client::Method;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (client, number, _) = start::start()?;
    let path = format!("{number}?fields=verified_name,quality_rating");
    let call = client.raw(Method::GET, &path, None);
    println!("GET {}", call.url().ok_or("the path is not one")?);
    println!("{:#}", call.await.map_err(start::explain)?);
    Ok(())
}
