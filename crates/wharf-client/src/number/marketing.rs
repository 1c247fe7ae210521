//! Marketing messages.

use http::Method;
use wharf_model::SendResponse;
use wharf_model::outgoing::MarketingMessage;

use super::{Number, decode_sent};
use crate::call::{Body, Call};

impl Number {
    /// Sends a marketing template so that Meta optimises its delivery.
    ///
    /// What holds for [`send`](Self::send) holds here too; the WABA takes part in Marketing
    /// Messages. See [Cloud API/Send marketing messages].
    pub fn send_marketing(&self, message: &MarketingMessage) -> Call<SendResponse> {
        Call::new(
            self.client(),
            "messages.send_marketing",
            Method::POST,
            self.client().url(&self.edge("marketing_messages")),
            Body::json(message),
            decode_sent,
        )
    }
}
