//! Voice calls: make one, take one, end it.

mod permissions;

use http::Method;
use serde::{Deserialize, Serialize};
use wharf_model::CallId;

use super::Number;
use super::registration::whatsapp;
use crate::call::{Body, Call, decode_json};
use crate::error::RequestError;
use crate::fields::Fields;
use crate::graph;
use crate::user::User;

pub use permissions::{CallAction, CallLimit, CallPermission, CallPermissions};

const EDGE: &str = "calls";

/// Most characters of the data that come back with the webhooks of a call.
const CALLBACK_DATA: usize = 512;

impl Number {
    /// Calls a user who permitted it, with an SDP offer.
    ///
    /// The answer names the call; the user's own session description comes as a webhook. As for
    /// messages there is no idempotency key: after an unknown outcome wait for a webhook with the
    /// call's own callback data. See [Cloud API/Business-initiated calls].
    pub fn connect_call(&self, call: &NewCall) -> Call<ConnectedCall> {
        let url = self.client().url(&self.edge(EDGE));
        let body = check(&call.0).and_then(|()| Body::json(call));
        let (client, operation) = (self.client(), "calls.connect");
        Call::new(client, operation, Method::POST, url, body, decode_json)
    }

    /// Prepares the connection of a user's call with an SDP answer, so that no word is lost when
    /// it is accepted.
    ///
    /// See [Cloud API/User-initiated calls].
    pub fn pre_accept_call(&self, call: &CallId, sdp: &str) -> Call<()> {
        let body = action("pre_accept", call).with("session", answer(sdp));
        self.act_on_call("calls.pre_accept", &body)
    }

    /// Takes a user's call, with the same SDP answer as [`pre_accept_call`](Self::pre_accept_call)
    /// if there was one, and with data to come back in webhooks if wanted (512 characters).
    ///
    /// See [Cloud API/User-initiated calls].
    pub fn accept_call(&self, call: &CallId, sdp: &str, callback_data: Option<&str>) -> Call<()> {
        let body = action("accept", call).with("session", answer(sdp));
        let body = match callback_data {
            Some(data) => body.with("biz_opaque_callback_data", data),
            None => body,
        };
        self.act_on_call("calls.accept", &body)
    }

    /// Declines a user's call.
    ///
    /// See [Cloud API/User-initiated calls].
    pub fn reject_call(&self, call: &CallId) -> Call<()> {
        self.act_on_call("calls.reject", &action("reject", call))
    }

    /// Ends a call that is going on.
    ///
    /// See [Cloud API/User-initiated calls].
    pub fn terminate_call(&self, call: &CallId) -> Call<()> {
        self.act_on_call("calls.terminate", &action("terminate", call))
    }

    /// Whether a user may be called or asked for permission, and how often still; five such
    /// questions a second at most.
    ///
    /// See [Cloud API/User call permissions].
    pub fn call_permissions(&self, user: &User) -> Call<CallPermissions> {
        let query = match user {
            User::Phone(phone) => ("user_wa_id", phone.digits()),
            User::Bsuid(bsuid) => ("recipient", bsuid.as_str()),
        };
        let path = self.edge("call_permissions");
        graph::read(self.client(), "calls.permissions", &path, &[query])
    }

    fn act_on_call(&self, operation: &'static str, body: &Fields) -> Call<()> {
        let path = self.edge(EDGE);
        graph::checked(self.client(), operation, &path, check(body), body)
    }
}

fn action(action: &str, call: &CallId) -> Fields {
    let body = whatsapp().with("call_id", call.as_str());
    body.with("action", action)
}

fn answer(sdp: &str) -> Fields {
    Fields::default()
        .with("sdp_type", "answer")
        .with("sdp", sdp)
}

fn check(body: &Fields) -> Result<(), RequestError> {
    if body.exceeds("biz_opaque_callback_data", CALLBACK_DATA) {
        let problem = "the callback data of the call has more than 512 characters";
        return Err(RequestError::plain(problem));
    }
    Ok(())
}

/// A call to make; see [Cloud API/Business-initiated calls].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct NewCall(Fields);

impl NewCall {
    /// To this user, with the SDP offer (RFC 8866) as text.
    pub fn new(user: &User, sdp: &str) -> Self {
        let body = match user {
            User::Phone(phone) => whatsapp().with("to", phone.digits()),
            User::Bsuid(bsuid) => whatsapp().with("recipient", bsuid.as_str()),
        };
        let session = Fields::default().with("sdp_type", "offer").with("sdp", sdp);
        Self(body.with("action", "connect").with("session", session))
    }

    /// Data that come back in the webhooks of the call; 512 characters at most.
    #[must_use]
    pub fn callback_data(self, data: impl Into<String>) -> Self {
        Self(self.0.with("biz_opaque_callback_data", data.into()))
    }
}

/// A call that Meta began to make; see [Cloud API/Business-initiated calls].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectedCall(Fields);

impl ConnectedCall {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id, by which webhooks tell of it.
    pub fn id(&self) -> Option<CallId> {
        let calls: Vec<Fields> = self.0.list("calls");
        calls.first()?.get("id")
    }
}
