//! What the examples share: whom to call, as whom, and what to do when that fails.
#![expect(
    clippy::disallowed_methods,
    reason = "an example has no configuration but the environment"
)]

use std::env::var;
use std::error::Error;

use wharf_client::{AccessToken, Client};
use wharf_model::{PhoneNumber, PhoneNumberId};

/// A client, the business number and a user: those of `wharf simulate`, unless the environment
/// names others.
pub(crate) fn start() -> Result<(Client, PhoneNumberId, PhoneNumber), Box<dyn Error>> {
    let names = ["ACCESS_TOKEN", "PHONE_NUMBER_ID", "TO"];
    let missing: Vec<_> = names
        .into_iter()
        .filter(|name| var(name).is_err())
        .collect();
    if var("GRAPH_URL").is_ok() && !missing.is_empty() {
        return Err(format!("with GRAPH_URL set {} too", missing.join(", ")).into());
    }
    let setting = |name, default: &str| var(name).unwrap_or_else(|_| default.to_owned());
    let url = setting("GRAPH_URL", "http://127.0.0.1:8081");
    let token = AccessToken::new(setting("ACCESS_TOKEN", "simulated-access-token"))?;
    let number = setting("PHONE_NUMBER_ID", "106540352242922").parse()?;
    let user = setting("TO", "+16505551234").parse()?;
    let client = Client::builder(token).base_url(url.parse()?).build()?;
    Ok((client, number, user))
}

/// What went wrong, and what to do about it.
pub(crate) fn explain(error: wharf_client::Error) -> Box<dyn Error> {
    match error {
        wharf_client::Error::NotSent(_) => {
            "nobody answers: start `wharf simulate`, or set GRAPH_URL, ACCESS_TOKEN, \
             PHONE_NUMBER_ID and TO (for Meta itself GRAPH_URL=https://graph.facebook.com)"
                .into()
        }
        // It may have arrived: a program that may not send twice waits for a status first.
        error if error.outcome_unknown() => format!("uncertain: {error}").into(),
        error => match error.graph() {
            Some(graph) => format!("refused: {graph}, to do: {:?}", graph.class).into(),
            None => error.into(),
        },
    }
}
