//! The tokens that may end a call from outside.

use tokio_util::sync::CancellationToken;

/// The client's token and the call's own; either ends the call.
pub(super) struct Stop {
    client: Option<CancellationToken>,
    call: Option<CancellationToken>,
}

impl Stop {
    pub(super) fn new(client: Option<CancellationToken>, call: Option<CancellationToken>) -> Self {
        Self { client, call }
    }

    pub(super) fn is_cancelled(&self) -> bool {
        let mut tokens = self.client.iter().chain(&self.call);
        tokens.any(CancellationToken::is_cancelled)
    }

    /// What `work` makes, or `None` if a token was cancelled first.
    pub(super) async fn unless_cancelled<F: Future>(&self, work: F) -> Option<F::Output> {
        tokio::select! {
            biased;
            // First, so that an answer which is there is not thrown away.
            output = work => Some(output),
            () = cancelled(self.client.as_ref()) => None,
            () = cancelled(self.call.as_ref()) => None,
        }
    }
}

async fn cancelled(token: Option<&CancellationToken>) {
    match token {
        Some(token) => token.cancelled().await,
        None => std::future::pending().await,
    }
}
