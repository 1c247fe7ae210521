//! The real GET challenge by which a callback proves that it wants notifications.

use crate::core::Core;
use crate::error::SimulatorError;

/// Asks `url` to echo a challenge. See [Cloud API/Create a webhook endpoint].
pub(crate) async fn verify(
    core: &Core,
    url: &str,
    verify_token: &str,
) -> Result<(), SimulatorError> {
    let refused = |reason: String| SimulatorError::Challenge { reason };
    let mut url =
        url::Url::parse(url).map_err(|_| refused("the URL cannot be parsed".to_owned()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refused("the URL is not http or https".to_owned()));
    }
    let challenge = core.ids.challenge();
    url.query_pairs_mut()
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.challenge", &challenge)
        .append_pair("hub.verify_token", verify_token);
    let answer = core
        .office
        .client
        .get(url)
        .timeout(core.settings.webhooks.timeout)
        .send()
        .await
        .map_err(|_| refused("no answer".to_owned()))?;
    let status = answer.status();
    if status.as_u16() != 200 {
        return Err(refused(format!(
            "HTTP Status Code = {}; HTTP Message = {}",
            status.as_u16(),
            status.canonical_reason().unwrap_or_default()
        )));
    }
    let body = answer
        .text()
        .await
        .map_err(|_| refused("the answer broke off".to_owned()))?;
    if body != challenge {
        return Err(refused("the challenge was not echoed".to_owned()));
    }
    Ok(())
}
